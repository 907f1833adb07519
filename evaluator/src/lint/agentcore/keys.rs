//! Condition keys that the service does not have, or not for these actions.

use veriam_model::facts::agentcore as facts;

use super::kinds;
use super::known::{Actions, Known, joined, service_key};
use super::statement::{PREFIX, Pattern, Statement, Test};
use super::{Agentcore, Found};
use crate::operator::{Family, Set};

/// Keys on what a request creates or tags.
const OF_TAGS: &[&str] = &["aws:RequestTag/", "aws:TagKeys"];

impl Agentcore<'_, '_> {
    pub(super) fn keys(&mut self, statements: &[Statement<'_, '_>]) {
        for statement in statements {
            for test in &statement.tests {
                if is_own(&test.key_name) && service_key(&test.key_name).is_none() {
                    self.unknown_key(test);
                } else if is_own(&test.key_name) || test.is_of(OF_TAGS) {
                    self.carried(statement, test);
                }
            }
        }
    }

    fn unknown_key(&mut self, test: &Test<'_, '_>) {
        let mut found = Found::at(&kinds::UNKNOWN_KEY, test.key.span());
        let own = facts::service_keys()
            .iter()
            .map(|k| k.name.as_str())
            .filter(|name| is_own(name));
        let names = own.filter_map(|name| name.split_once(':').map(|(_, name)| name));
        let name = test.key_name.split_once(':').map_or("", |(_, name)| name);
        if let Some(near) = self.nearest(name, names) {
            found = found.remedy(format!("write {PREFIX}:{near}, if that is meant"));
        }
        self.found(found);
    }

    /// Whether requests for the named actions can have the key.
    fn carried(&mut self, statement: &Statement<'_, '_>, test: &Test<'_, '_>) {
        let Some(patterns) = &statement.actions else {
            return;
        };
        // What other services' requests carry is not known here.
        if patterns.is_empty()
            || patterns
                .iter()
                .any(|p| !p.is_own || p.covers == Actions::NONE)
        {
            return;
        }
        let carries = |action: &Known| action.carries(&test.key_name);
        let lacks = |p: &&Pattern<'_, '_>| !p.covers.each().any(carries);
        let lacking: Vec<&Pattern<'_, '_>> = patterns.iter().filter(lacks).collect();
        if lacking.is_empty() || test.operator.base.family == Family::Null {
            return;
        }
        let is_all = lacking.len() == patterns.len();
        // Beside others that carry it, a test that holds without the key spares these on purpose.
        let is_lenient = test.holds_when_absent() || test.operator.set == Set::ForAllValues;
        if !is_all && is_lenient {
            return;
        }
        let names = joined(lacking.iter().map(|p| p.text.as_str()), "and");
        let said = if test.holds_when_absent() {
            format!(
                "no request for {names} carries `{}`: the test always holds",
                test.key_name
            )
        } else {
            format!(
                "no request for {names} carries `{}`: the statement never applies to it",
                test.key_name
            )
        };
        let found = Found::at(&kinds::NEVER_CARRIED, test.key.span());
        self.found(found.said(said));
    }
}

fn is_own(key: &str) -> bool {
    let prefix = key.split_once(':').map_or("", |(prefix, _)| prefix);
    prefix.eq_ignore_ascii_case(PREFIX)
}
