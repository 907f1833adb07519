//! Actions that do not exist.

use super::kinds;
use super::known::{Actions, actions};
use super::statement::{PREFIX, Pattern, Reach, Statement};
use super::{Agentcore, Found};
use crate::lint::{member, one_or_many};

/// Actions of Amazon Bedrock that have the name of one of AgentCore.
const SHARED: &[&str] = &[
    "DeleteResourcePolicy",
    "GetResourcePolicy",
    "ListSessions",
    "ListTagsForResource",
    "PutResourcePolicy",
    "TagResource",
    "UntagResource",
];

impl Agentcore<'_, '_> {
    /// Unknown names and prefixes of a statement, behind Action or NotAction.
    pub(super) fn actions(&mut self, statement: &mut Statement<'_, '_>) {
        let before = self.lint.findings.len();
        let names_own = statement
            .resources
            .iter()
            .flatten()
            .any(|r| matches!(r.reach, Reach::Own { .. } | Reach::Unclear));
        for pattern in statement.actions.iter().flatten() {
            self.action(pattern, names_own);
        }
        let spared = member(statement.value, "NotAction").into_iter();
        for value in spared.flat_map(one_or_many) {
            self.action(&Pattern::read(value), names_own);
        }
        statement.has_wrong_action = self.lint.findings.len() > before;
    }

    fn action(&mut self, pattern: &Pattern<'_, '_>, names_own: bool) {
        let Some((prefix, name)) = pattern.text.split_once(':') else {
            return;
        };
        let is_known = |name: &str| {
            let mut known = actions().iter();
            known.any(|action| action.name.eq_ignore_ascii_case(name))
        };
        if !pattern.is_own {
            // AC-046, AC-060: older pages and some newer ones write the prefix of Amazon Bedrock.
            let lower = prefix.to_ascii_lowercase();
            let is_near = lower.contains("bedrock") || lower.contains("agentcore");
            let is_shared = SHARED
                .iter()
                .any(|shared| shared.eq_ignore_ascii_case(name));
            if is_near && is_known(name) && (names_own || !is_shared) {
                let found = Found::at(&kinds::ACTION_PREFIX, pattern.value.span());
                self.found(found.remedy(format!("write {PREFIX}:{name}")));
            }
            return;
        }
        // What cannot be a name at all is told elsewhere.
        let possible = |c: char| c.is_ascii_alphanumeric() || matches!(c, '*' | '?');
        if pattern.covers != Actions::NONE || name.is_empty() || !name.chars().all(possible) {
            return;
        }
        if !pattern.is_one {
            return self.add(&kinds::NO_SUCH_ACTIONS, pattern.value);
        }
        let mut found = Found::at(&kinds::UNKNOWN_ACTION, pattern.value.span());
        if let Some(near) = self.nearest(name, actions().iter().map(|action| action.name)) {
            found = found.remedy(format!("write {PREFIX}:{near}, if that is meant"));
        }
        self.found(found);
    }
}
