//! Requests to memories (section 6.7 of the readings).

use std::collections::HashMap;

use veriam_model::{InvalidCall, MemoryOperation, MemoryRequest, PolicyPlace};

use super::build::Builder;
use super::carried::Carried;
use super::pairs::{Asked, Pairs, action_of};
use super::parts::Thing;
use super::party::Party;
use super::{World, WorldError};
use crate::settings::mistaken;

impl Builder<'_> {
    pub(super) fn memories(&mut self) -> Result<HashMap<Box<str>, Thing>, WorldError> {
        let mut built = HashMap::new();
        for (number, memory) in self.world.memories.iter().enumerate() {
            let policy = self.resource_policy(PolicyPlace::Memory(number))?;
            let path = format!("memory/{}", memory.id);
            let thing = Thing {
                policy,
                ..self.thing(&memory.account, &path, &memory.tags)
            };
            built.insert(memory.id.as_str().into(), thing);
        }
        Ok(built)
    }
}

/// Lists what a request asks of the policies; none when it names what is not there.
pub(super) fn ask<'c>(
    world: &'c World,
    request: &'c MemoryRequest,
    party: &Party<'c>,
    pairs: &mut Pairs<'c>,
) -> Option<Asked> {
    let on = world.target(world.memories.get(request.memory.as_str())?);
    // A bare id is looked up in the caller's account (AC-241).
    let is_abroad = on
        .owner
        .is_some_and(|owner| *owner.id != *party.caller.account);
    let looks_everywhere = mistaken!(world.settings, BareMemoryIdAcrossAccounts);
    if is_abroad && !request.by_arn && !looks_everywhere {
        return Some(Asked::Invalid(InvalidCall::NoSuchMemory));
    }
    #[cfg(feature = "planted-mistakes")]
    if mistaken!(world.settings, NamespacePathAsNamespace) {
        let carried = Carried::MistakenMemory(request);
        pairs.push(action(request.operation), on, carried);
        return Some(Asked::Pairs);
    }
    pairs.push(action(request.operation), on, Carried::Memory(request));
    Some(Asked::Pairs)
}

fn action(operation: MemoryOperation) -> &'static str {
    action_of!(operation, MemoryOperation:
        GetMemory UpdateMemory DeleteMemory CreateEvent GetEvent DeleteEvent ListEvents ListActors ListSessions
        GetMemoryRecord ListMemoryRecords RetrieveMemoryRecords DeleteMemoryRecord BatchCreateMemoryRecords
        BatchUpdateMemoryRecords BatchDeleteMemoryRecords StartMemoryExtractionJob ListMemoryExtractionJobs)
}
