//! The names a call can refer to.

use crate::{EngineMode, ProviderKind, ToolKind, World};

/// What there is that a call can name, as far as [`Call::validate`](crate::Call::validate) asks.
///
/// A [`World`] answers from its lists. Whoever keeps the names in another shape, or has looked them up already, answers in
/// its place, so that what a well-formed call is stands in one place only.
pub trait Names {
    /// Whether there is an account with that id.
    fn has_account(&self, id: &str) -> bool;
    /// Whether there is a user of that account and name.
    fn has_user(&self, account: &str, name: &str) -> bool;
    /// Whether there is a role of that account and name.
    fn has_role(&self, account: &str, name: &str) -> bool;
    /// Whether there is such a role, and its trust policy is known.
    fn has_trust(&self, account: &str, name: &str) -> bool;
    /// Whether there is a runtime with that id.
    fn has_runtime(&self, id: &str) -> bool;
    /// Whether there is a gateway with that id, and the mode of its policy engine if it has one.
    fn gateway_engine(&self, id: &str) -> Option<Option<EngineMode>>;
    /// Whether there is a memory with that id.
    fn has_memory(&self, id: &str) -> bool;
    /// Whether there is a harness with that id.
    fn has_harness(&self, id: &str) -> bool;
    /// What the tool with that id is; none: there is none.
    fn tool_kind(&self, id: &str) -> Option<ToolKind>;
    /// Whether there is a workload identity of that account and name.
    fn has_workload_identity(&self, account: &str, name: &str) -> bool;
    /// Whether there is a credential provider of that account, kind and name.
    fn has_provider(&self, account: &str, kind: ProviderKind, name: &str) -> bool;
    /// The account that owns the resource of another service with that ARN; none: nothing is known of it.
    fn owner_of_other(&self, arn: &str) -> Option<&str>;
    /// Whether there is a network with that interface endpoint.
    fn has_network(&self, endpoint: &str) -> bool;
}

impl Names for World {
    fn has_account(&self, id: &str) -> bool {
        self.account(id).is_some()
    }

    fn has_user(&self, account: &str, name: &str) -> bool {
        self.user(account, name).is_some()
    }

    fn has_role(&self, account: &str, name: &str) -> bool {
        self.role(account, name).is_some()
    }

    fn has_trust(&self, account: &str, name: &str) -> bool {
        let role = self.role(account, name);
        role.is_some_and(|role| role.trust.is_some())
    }

    fn has_runtime(&self, id: &str) -> bool {
        self.runtime(id).is_some()
    }

    fn gateway_engine(&self, id: &str) -> Option<Option<EngineMode>> {
        self.gateway(id).map(|gateway| gateway.engine)
    }

    fn has_memory(&self, id: &str) -> bool {
        self.memory(id).is_some()
    }

    fn has_harness(&self, id: &str) -> bool {
        self.harness(id).is_some()
    }

    fn tool_kind(&self, id: &str) -> Option<ToolKind> {
        self.tool(id).map(|tool| tool.kind)
    }

    fn has_workload_identity(&self, account: &str, name: &str) -> bool {
        self.workload_identity(account, name).is_some()
    }

    fn has_provider(&self, account: &str, kind: ProviderKind, name: &str) -> bool {
        self.provider(account, kind, name).is_some()
    }

    fn owner_of_other(&self, arn: &str) -> Option<&str> {
        self.other(arn).map(|other| other.account.as_str())
    }

    fn has_network(&self, endpoint: &str) -> bool {
        self.network(endpoint).is_some()
    }
}
