//! Shrinking of checks.

use veriam_model::{Check, PolicySlot, PolicyText, PolicyType};

use super::search::{Search, Subject};

impl Subject for Check {
    type Slot = PolicySlot;

    fn wire(&self) -> String {
        self.to_json()
    }

    fn is_well_formed(&self) -> bool {
        // What a malformed request is, is the judges' business.
        true
    }

    fn slots(&self) -> Vec<PolicySlot> {
        self.policies().map(|(slot, _)| slot).collect()
    }

    fn policy(&self, slot: PolicySlot) -> Option<&PolicyText> {
        let mut policies = self.policies();
        policies.find(|(s, _)| *s == slot).map(|(_, policy)| policy)
    }

    fn policy_mut(&mut self, slot: PolicySlot) -> Option<&mut PolicyText> {
        match slot {
            PolicySlot::Identity(i) => self.identity_policies.get_mut(i),
            PolicySlot::Resource => self.resource_policy.as_mut(),
            PolicySlot::Boundary => self.boundary.as_mut(),
            PolicySlot::Session => self.session_policy.as_mut(),
            PolicySlot::Scp(level, i) => self.scps.get_mut(level).and_then(|l| l.get_mut(i)),
            PolicySlot::Rcp(level, i) => self.rcps.get_mut(level).and_then(|l| l.get_mut(i)),
            PolicySlot::Endpoint => self.endpoint_policy.as_mut(),
        }
    }

    fn policy_type(&self, slot: PolicySlot) -> PolicyType {
        match slot {
            PolicySlot::Identity(_) => PolicyType::Identity,
            PolicySlot::Boundary => PolicyType::Boundary,
            PolicySlot::Session => PolicyType::Session,
            PolicySlot::Scp(..) => PolicyType::Scp,
            PolicySlot::Rcp(..) => PolicyType::Rcp,
            PolicySlot::Endpoint => PolicyType::Endpoint,
            // The resource's ARN tells (readings, 2.2).
            PolicySlot::Resource => {
                let mut parts = self.resource.arn.splitn(6, ':').skip(2);
                let (service, last) = (parts.next(), parts.nth(2).unwrap_or_default());
                match service {
                    Some("iam") if last.starts_with("role/") => PolicyType::Trust,
                    Some("kms") if last.starts_with("key/") => PolicyType::Key,
                    _ => PolicyType::Resource,
                }
            }
        }
    }

    fn each_text(&mut self, visit: &mut dyn FnMut(&mut String)) {
        visit(&mut self.principal.arn);
        if let Some(account) = &mut self.principal.account {
            visit(account);
        }
        visit(&mut self.resource.arn);
        visit(&mut self.resource.account);
        change_context(self, |entries| {
            for value in entries.iter_mut().flat_map(|(_, values)| values) {
                visit(value);
            }
        });
    }

    /// Whole policies, levels and facts.
    fn coarse(search: &mut Search<'_, Self>) {
        search.thin(|c| &mut c.facts);
        search.thin(|c| &mut c.scps);
        search.thin(|c| &mut c.rcps);
        search.thin(|c| &mut c.identity_policies);
        let single: [fn(&mut Check) -> &mut Option<PolicyText>; 4] = [
            |c| &mut c.endpoint_policy,
            |c| &mut c.session_policy,
            |c| &mut c.boundary,
            |c| &mut c.resource_policy,
        ];
        for policy in single {
            search.change(|check| *policy(check) = None);
        }
        let levels: [Levels; 2] = [|c| &mut c.scps, |c| &mut c.rcps];
        for levels in levels {
            for level in 0..levels(&mut search.best).len() {
                search.thin(|c| &mut levels(c)[level]);
            }
        }
    }

    /// Context keys by halves, then values.
    fn fine(search: &mut Search<'_, Self>) {
        let length = search.best.context.len();
        search.thin_by(
            length,
            |c| c.context.len(),
            |check, from, to| {
                for index in (from..to).rev() {
                    check.context.remove(index);
                }
            },
        );
        for key in 0..search.best.context.len() {
            let mut at = 0;
            while at < search.best.context.entries()[key].1.len() {
                let removed = search.change(|check| {
                    change_context(check, |entries| drop(entries[key].1.remove(at)));
                });
                if !removed {
                    at += 1;
                }
            }
        }
    }
}

/// The SCPs or the RCPs of a check.
type Levels = fn(&mut Check) -> &mut Vec<Vec<PolicyText>>;

/// Rebuilds the context after a change of its entries.
pub(crate) fn change_context(
    check: &mut Check,
    change: impl FnOnce(&mut Vec<(String, Vec<String>)>),
) {
    let mut entries = check.context.entries().to_vec();
    change(&mut entries);
    let mut context = veriam_model::Context::new();
    for (name, values) in entries {
        // The names were distinct and at most became others; one that is taken is dropped.
        let _ = context.insert(name, values);
    }
    check.context = context;
}
