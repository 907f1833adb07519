//! Which actions a policy names (AC-041, AC-042, AC-045, AC-047, AC-150, AC-151).

use veriam_model::RuleId;
use veriam_model::facts::agentcore::{self as facts, Action, PolicyHolder};
use veriam_model::readings::{ActionScope, BroadActions, UnlistedMemoryActions};

use super::Check;
use super::wild::{Wild, is_pattern};
use crate::glob::Case;
use crate::json::Value;
use crate::lint::one_or_many;

const UNSUPPORTED: RuleId = RuleId::agentcore(150);
const TOO_BROAD: RuleId = RuleId::agentcore(151);

/// What memories know beyond the actions that the guide lists for their policies.
const UNLISTED: [&str; 2] = ["IngestData", "UpdateMemoryRecordExpirySpecification"];

impl Check<'_> {
    pub(super) fn actions(&mut self, value: Value<'_, '_>) {
        if self.reads(ActionScope::Any) {
            return;
        }
        for action in one_or_many(value) {
            let text = action.string().unwrap_or_default();
            if let Some(rule) = self.action_fault(&text) {
                self.add(rule, action);
            }
        }
    }

    /// The table of readings 7.8; everything is fine where nothing is checked.
    fn action_fault(&self, text: &str) -> Option<RuleId> {
        let (prefix, name) = if text == "*" {
            ("*", "*")
        } else {
            text.split_once(':').unwrap_or((text, ""))
        };
        if !Name::new(prefix).matches(facts::SERVICE) {
            return Some(UNSUPPORTED);
        }
        let by_type = self.kind.filter(|_| self.reads(ActionScope::Type));
        let name = Name::new(name);
        if let Some(kind) = by_type
            && !self.names_own(&name, kind)
        {
            return Some(UNSUPPORTED);
        }
        if !self.reads(BroadActions::Refused) {
            return None;
        }
        let reaches_beyond = by_type.is_some_and(|kind| self.names_other(&name, kind));
        (is_pattern(prefix) || reaches_beyond).then_some(TOO_BROAD)
    }

    /// Whether a name matches an action that a policy on that kind of resource can name.
    fn names_own(&self, name: &Name<'_>, kind: PolicyHolder) -> bool {
        let mut listed = facts::actions().iter().filter(|a| a.policy == Some(kind));
        listed.any(|action| name.matches(&action.name))
            || self
                .unlisted(kind)
                .iter()
                .any(|action| name.matches(action))
    }

    /// Whether a pattern matches any other action of the service.
    fn names_other(&self, name: &Name<'_>, kind: PolicyHolder) -> bool {
        let Name::Pattern(pattern) = name else {
            return false;
        };
        let unlisted = self.unlisted(kind);
        let is_own = |action: &Action| {
            action.policy == Some(kind) || unlisted.contains(&action.name.as_str())
        };
        let mut others = facts::actions().iter().filter(|action| !is_own(action));
        others.any(|action| pattern.matches(&action.name))
    }

    /// The actions of that kind of resource beyond those of the guide's list.
    fn unlisted(&self, kind: PolicyHolder) -> &'static [&'static str] {
        if kind == PolicyHolder::Memory && self.reads(UnlistedMemoryActions::Accepted) {
            &UNLISTED
        } else {
            &[]
        }
    }
}

/// A prefix or name, which compares without ASCII case.
enum Name<'a> {
    Plain(&'a str),
    Pattern(Wild<'a>),
}

impl<'a> Name<'a> {
    fn new(text: &'a str) -> Self {
        if is_pattern(text) {
            Name::Pattern(Wild::new(text, Case::Ascii))
        } else {
            Name::Plain(text)
        }
    }

    fn matches(&self, text: &str) -> bool {
        match self {
            Name::Plain(name) => name.eq_ignore_ascii_case(text),
            Name::Pattern(pattern) => pattern.matches(text),
        }
    }
}
