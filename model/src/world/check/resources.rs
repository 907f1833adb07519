//! What well-formed resources besides runtimes are.

use std::collections::HashSet;

use super::{Malformed, fault, is_arn, unique, word};
use crate::World;

impl World {
    pub(super) fn validate_resources(&self) -> Result<(), Malformed> {
        let mut ids = HashSet::new();
        for (i, gateway) in self.gateways.iter().enumerate() {
            self.owned("gateways", i, &gateway.account)?;
            let at = || format!("gateways[{i}].id");
            word(
                at(),
                &gateway.id,
                "a gateway id, for example tools-abcdef0123",
            )?;
            unique(&mut ids, &gateway.id, at)?;
        }
        let mut ids = HashSet::new();
        for (i, memory) in self.memories.iter().enumerate() {
            self.owned("memories", i, &memory.account)?;
            let at = || format!("memories[{i}].id");
            word(
                at(),
                &memory.id,
                "a memory id, for example notes-AbCdEf0123",
            )?;
            unique(&mut ids, &memory.id, at)?;
        }
        let mut ids = HashSet::new();
        for (i, harness) in self.harnesses.iter().enumerate() {
            self.owned("harnesses", i, &harness.account)?;
            let at = || format!("harnesses[{i}].id");
            word(
                at(),
                &harness.id,
                "a harness id, for example helper-AbCdEf0123",
            )?;
            unique(&mut ids, &harness.id, at)?;
            let mut names = HashSet::new();
            for (e, endpoint) in harness.endpoints.iter().enumerate() {
                let at = || format!("harnesses[{i}].endpoints[{e}].name");
                word(
                    at(),
                    &endpoint.name,
                    "an endpoint name, for example DEFAULT",
                )?;
                unique(&mut names, &endpoint.name, at)?;
            }
        }
        let mut ids = HashSet::new();
        for (i, tool) in self.tools.iter().enumerate() {
            self.owned("tools", i, &tool.account)?;
            let at = || format!("tools[{i}].id");
            word(at(), &tool.id, "a tool id, for example browser-AbCdEf0123")?;
            unique(&mut ids, &tool.id, at)?;
        }
        let mut names = HashSet::new();
        for (i, identity) in self.workload_identities.iter().enumerate() {
            self.owned("workload_identities", i, &identity.account)?;
            let at = format!("workload_identities[{i}].name");
            dotted(at.clone(), &identity.name)?;
            if !names.insert((&identity.account, &identity.name)) {
                return fault(at, &identity.name, "a name of its own");
            }
        }
        let mut names = HashSet::new();
        for (i, provider) in self.providers.iter().enumerate() {
            self.owned("providers", i, &provider.account)?;
            let at = format!("providers[{i}].name");
            dotted(at.clone(), &provider.name)?;
            if !names.insert((&provider.account, provider.kind, &provider.name)) {
                return fault(at, &provider.name, "a name of its own");
            }
        }
        let mut arns = HashSet::new();
        for (i, other) in self.others.iter().enumerate() {
            self.owned("others", i, &other.account)?;
            let at = || format!("others[{i}].arn");
            if !is_arn(&other.arn) || other.arn.starts_with("arn:aws:bedrock-agentcore:") {
                return fault(at(), &other.arn, "the ARN of a resource of another service");
            }
            unique(&mut arns, &other.arn, at)?;
        }
        Ok(())
    }

    fn owned(&self, list: &str, index: usize, account: &str) -> Result<(), Malformed> {
        self.known_account(account, || format!("{list}[{index}].account"))
    }
}

/// What names of workload identities and providers hold.
fn dotted(member: String, found: &str) -> Result<(), Malformed> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    if !found.is_empty() && found.bytes().all(fits) {
        return Ok(());
    }
    fault(member, found, "a name of letters, digits and -_.")
}
