//! Whom a policy names (AC-149, AC-152, AC-153, AC-155).

use veriam_model::{RuleId, facts, readings as dialects};

use super::{BADLY_FORMED, Check};
use crate::arn::Arn;
use crate::grammar::{is_account_id, is_unique_id};
use crate::json::Value;
use crate::lint::one_or_many;

const CANONICAL_USER: RuleId = RuleId::agentcore(153);
const UNKNOWN: RuleId = RuleId::agentcore(155);

impl Check<'_> {
    /// Looks into Principal or NotPrincipal.
    pub(super) fn principals(&mut self, value: Value<'_, '_>) {
        for (kind, entries) in value.members().into_iter().flatten() {
            match kind.string().as_deref() {
                Some("AWS") => one_or_many(entries).for_each(|entry| self.principal(entry)),
                Some("CanonicalUser") if self.reads(dialects::CanonicalUser::Refused) => {
                    self.add(CANONICAL_USER, kind);
                }
                _ => {}
            }
        }
    }

    /// Looks at an entry under `AWS`.
    fn principal(&mut self, value: Value<'_, '_>) {
        let text = value.string().unwrap_or_default();
        let could_be_missing = match named(&text) {
            Named::BadlyFormed => return self.add(BADLY_FORMED, value),
            Named::UserOrRole => !self.put.principals.iter().any(|known| *known == text),
            Named::UniqueId => true,
            Named::Other => false,
        };
        if could_be_missing && self.reads(dialects::PrincipalLookup::Resolved) {
            self.add(UNKNOWN, value);
        }
    }
}

/// What an entry under `AWS` is.
enum Named {
    /// An ARN that can be none of a principal.
    BadlyFormed,
    UserOrRole,
    UniqueId,
    /// An account, a session or everyone: never looked up.
    Other,
}

fn named(text: &str) -> Named {
    if !text.starts_with("arn:") {
        return if is_unique_id(text) {
            Named::UniqueId
        } else {
            Named::Other
        };
    }
    let Some(arn) = Arn::parse(text) else {
        return Named::BadlyFormed;
    };
    if !facts::PARTITIONS.contains(&arn.partition())
        || !arn.region().is_empty()
        || !is_account_id(arn.account())
    {
        return Named::BadlyFormed;
    }
    let behind = |word: &str| {
        arn.rest()
            .strip_prefix(word)
            .filter(|name| !name.is_empty())
    };
    let is_user_or_role = || behind("user/").or_else(|| behind("role/")).is_some();
    match arn.service() {
        "iam" if arn.rest() == "root" => Named::Other,
        "iam" if is_user_or_role() => Named::UserOrRole,
        "sts" if behind("federated-user/").is_some() => Named::Other,
        "sts" if behind("assumed-role/").is_some_and(is_session) => Named::Other,
        _ => Named::BadlyFormed,
    }
}

/// Whether a text is the name of a role, a slash, and the name of a session.
fn is_session(text: &str) -> bool {
    text.split_once('/').is_some_and(|(role, session)| {
        !role.is_empty() && !session.is_empty() && !session.contains('/')
    })
}
