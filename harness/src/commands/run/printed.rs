//! A divergence for people.

use veriam_model::{CallCase, Case, Check, DocumentCase, PolicyText};
use veriam_reports::ClusterRecord;

use crate::case_file::StoredCase;
use crate::pretty::pretty;
use crate::style::{STRONG, paint};

/// The case as people want to see it: what was asked, then each policy, pretty-printed where it is JSON.
pub(in crate::commands) fn printed(case: &StoredCase, record: &ClusterRecord) -> String {
    let mut lines = Lines(format!(
        "{}\n",
        paint(STRONG, format_args!("divergence of {}", case.signature))
    ));
    match &case.case {
        Case::Check(check) => lines.check(check),
        Case::Document(document) => lines.document(document),
        Case::Call(case) => lines.call(case),
        Case::Put(put) => lines.policy(&put.resource, &put.policy),
    }
    if let Some(replay) = &record.replay {
        lines.field("replay", replay);
    }
    lines.0.push('\n');
    lines.0
}

struct Lines(String);

impl Lines {
    fn field(&mut self, name: &str, value: &str) {
        self.0.push_str(&format!("  {name:<10}{value}\n"));
    }

    fn policy(&mut self, place: &str, policy: &PolicyText) {
        self.field("policy", place);
        for row in pretty(policy.as_str()).lines() {
            self.field("", row);
        }
    }

    fn check(&mut self, check: &Check) {
        self.field("caller", &check.principal.arn);
        self.field("action", &check.action);
        let resource = &check.resource;
        self.field(
            "resource",
            &format!("{} of account {}", resource.arn, resource.account),
        );
        for (key, values) in check.context.iter() {
            self.field("context", &format!("{key} = {values:?}"));
        }
        for fact in &check.facts {
            self.field("fact", &format!("{fact:?}"));
        }
        for (slot, policy) in check.policies() {
            self.policy(&slot.to_string(), policy);
        }
    }

    fn document(&mut self, document: &DocumentCase) {
        self.policy(document.policy_type.title(), &document.text);
    }

    fn call(&mut self, case: &CallCase) {
        for (name, value) in crate::explain::call_facts(case) {
            self.field(name, &value);
        }
        for (place, policy) in case.world.policies() {
            self.policy(&place.to_string(), policy);
        }
        if let Some(policy) = case.call.session_policy() {
            self.policy("session policy", policy);
        }
    }
}
