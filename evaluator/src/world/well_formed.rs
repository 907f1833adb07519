//! Whether a call is well-formed.
//!
//! What that means, and how a fault is told, is the model's to say. But the model looks for names along its lists, and a
//! call is decided sooner than a long list is read: what a call names is looked up by hashing before, and the model
//! checks the rest. Tests hold the two together.

use veriam_model::{Call, EngineMode, Malformed, Names, ProviderKind, ToolKind};

use super::{CallError, World};

/// Whether a call is well-formed when everything it names was found.
pub(super) fn is_well_formed(world: &World, call: &Call) -> bool {
    call.validate(&Found(world)).is_ok()
}

/// The names of a world, where what a call names was found; what is known of a thing is looked up again.
struct Found<'w>(&'w World);

impl Names for Found<'_> {
    fn has_account(&self, _: &str) -> bool {
        true
    }

    fn has_user(&self, _: &str, _: &str) -> bool {
        true
    }

    fn has_role(&self, _: &str, _: &str) -> bool {
        true
    }

    fn has_trust(&self, _: &str, _: &str) -> bool {
        true
    }

    fn has_runtime(&self, _: &str) -> bool {
        true
    }

    fn gateway_engine(&self, id: &str) -> Option<Option<EngineMode>> {
        self.0.gateways.get(id).map(|gateway| gateway.engine)
    }

    fn has_memory(&self, _: &str) -> bool {
        true
    }

    fn has_harness(&self, _: &str) -> bool {
        true
    }

    fn tool_kind(&self, id: &str) -> Option<ToolKind> {
        self.0.tools.get(id).map(|tool| tool.kind)
    }

    fn has_workload_identity(&self, _: &str, _: &str) -> bool {
        true
    }

    fn has_provider(&self, _: &str, _: ProviderKind, _: &str) -> bool {
        true
    }

    fn owner_of_other(&self, arn: &str) -> Option<&str> {
        let owner = self.0.others.get(arn)?.owner?;
        self.0
            .accounts
            .get(owner)
            .map(|account| account.id.as_ref())
    }

    fn has_network(&self, _: &str) -> bool {
        true
    }
}

/// What is wrong with a call that is not well-formed.
#[cold]
pub(super) fn malformed(world: &World, call: &Call) -> CallError {
    let told = world.names.validate_call(call).err();
    CallError::Malformed(told.unwrap_or_else(|| Malformed {
        member: "call".to_owned(),
        found: String::new(),
        expected: "a well-formed call",
    }))
}
