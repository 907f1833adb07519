//! Action strings (IAM-059, IAM-060, IAM-068).

use veriam_model::readings as dialects;

use super::Reader;
use crate::fault::{self, Kind};
use crate::json::Value;
use crate::variable;

impl Reader<'_> {
    /// Checks one action string.
    pub(super) fn action(&mut self, value: Value<'_, '_>, text: &str) {
        if let Some(kind) = self.action_fault(text) {
            self.add(kind, value);
        }
        if self.is_limited_scp() && text != "*:*" && has_inner_wildcard(text) {
            self.add(&fault::SCP_ACTION_WILDCARD, value);
        }
    }

    fn action_fault(&self, text: &str) -> Option<&'static Kind> {
        if text == "*" {
            return None;
        }
        if self.has_variables && variable::has_variable(text) {
            return Some(&fault::VARIABLE_PLACE);
        }
        let Some((prefix, name)) = text.split_once(':') else {
            return Some(&fault::ACTION_FORM);
        };
        if prefix.is_empty() || name.contains(':') {
            return Some(&fault::ACTION_FORM);
        }
        if text == "*:*" {
            return None;
        }
        if prefix.contains(['*', '?']) {
            let refused = self.reads(dialects::ActionPrefixWildcard::Refused);
            return refused.then_some(&fault::ACTION_PREFIX_WILDCARD);
        }
        let permitted = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
        (!prefix.bytes().all(permitted)).then_some(&fault::ACTION_PREFIX)
    }
}

/// Whether a `*` stands before the end, or a `?` anywhere.
fn has_inner_wildcard(text: &str) -> bool {
    text.strip_suffix('*').unwrap_or(text).contains('*') || text.contains('?')
}
