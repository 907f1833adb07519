//! Actions of a put policy (readings, 7.8).

use veriam_model::facts::agentcore::{Action, PolicyHolder, SERVICE, actions};
use veriam_model::readings::{ActionScope, BroadActions, UnlistedMemoryActions};

use super::arn::On;
use super::{Inspection, strings};
use crate::json::Node;
use crate::notes::ac;
use crate::wildcard::{has_wildcard, text_matches};

/// Memory actions that are newer than the list (AC-045).
const UNLISTED: [&str; 2] = ["IngestData", "UpdateMemoryRecordExpirySpecification"];

/// Looks into the value of `Action`.
pub(super) fn element(node: &Node<'_>, inspection: &mut Inspection<'_>) {
    for (text, offset) in strings(node) {
        action(text, offset, inspection);
    }
}

fn action(text: &str, offset: usize, inspection: &mut Inspection<'_>) {
    let (prefix, name) = text.split_once(':').unwrap_or(("*", "*"));
    let (prefix, name) = (prefix.to_ascii_lowercase(), name.to_ascii_lowercase());
    let matches = |action: &str| text_matches(&name, &action.to_ascii_lowercase());
    let of_service = text_matches(&prefix, SERVICE);
    let beyond = has_wildcard(&prefix);
    // AC-151: wildcards are accepted.
    inspection
        .notes
        .cite_if(beyond || has_wildcard(&name), ac(151));
    let scope = match inspection.on {
        _ if !of_service => Scope::None,
        // AC-004: no list tells the actions of harnesses.
        On::Harness => Scope::Some { besides: false },
        On::Kind(kind) => {
            // AC-041: the actions that policies on such a resource can name.
            inspection.notes.cite(ac(41));
            let its = |action: &Action| action.policy == Some(kind);
            let newer = kind == PolicyHolder::Memory && UNLISTED.iter().any(|a| matches(a));
            let newer_count = newer
                && inspection.notes.choose::<UnlistedMemoryActions>()
                    == UnlistedMemoryActions::Accepted;
            let is_newer =
                |action: &Action| newer_count && UNLISTED.contains(&action.name.as_str());
            let mut matched = actions().iter().filter(|action| matches(&action.name));
            let some = newer_count || matched.clone().any(its);
            match some {
                true => Scope::Some {
                    besides: matched.any(|action| !its(action) && !is_newer(action)),
                },
                false => Scope::Others,
            }
        }
    };
    if scope == (Scope::Some { besides: false }) && !beyond {
        return;
    }
    // AC-150: how far this is checked is open.
    let read = inspection.notes.choose::<ActionScope>();
    let by_type = read == ActionScope::Type;
    let too_broad = match (read, scope) {
        (ActionScope::Any, _) => false,
        (_, Scope::None) | (ActionScope::Type, Scope::Others) => {
            return inspection.open_fault(ac(150), offset);
        }
        (_, Scope::Others) => beyond,
        (_, Scope::Some { besides }) => beyond || (by_type && besides),
    };
    if too_broad && inspection.notes.choose::<BroadActions>() == BroadActions::Refused {
        inspection.open_fault(ac(151), offset);
    }
}

/// Which actions a pattern names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    /// None of the service.
    None,
    /// None that a policy of the resource can name.
    Others,
    /// Some that it can, and perhaps others of the service besides.
    Some { besides: bool },
}
