//! A statement more.

use veriam_model::PolicyType;

use super::edit_one;
use super::parts::{Lawful, drop_member, has_effect, member, member_mut, statements};
use crate::draw::Draw;
use crate::shrink::Node;

pub(super) const ALLOW: &str = "Allow";
pub(super) const DENY: &str = "Deny";

/// Adds a statement with that effect to one document, in front or behind: a copy of one that is there, or one that
/// reaches everything.
///
/// Only to documents that are there: a boundary, a session policy, an SCP level or (for JWT callers, AC-122) a resource
/// policy that was not there before narrows by being there.
pub(super) fn add<S: Lawful>(draw: &mut Draw<'_, '_>, case: &S, effect: &str) -> Option<S> {
    let actions = case.actions();
    edit_one(draw, case, |draw, policy_type, root| {
        // An RCP denies, but for the one that is always attached and stands alone (IAM-029).
        let rcp = policy_type == PolicyType::Rcp;
        let denies = statements(root).iter().all(|s| has_effect(s, DENY));
        if rcp && (effect == ALLOW || !denies) {
            return false;
        }
        let copied = draw
            .chance(1, 2)
            .then(|| copy(draw, root, effect))
            .flatten();
        let new = copied.unwrap_or_else(|| everything(draw, policy_type, effect, &actions));
        let front = draw.chance(1, 2);
        match member_mut(root, "Statement") {
            Some(Node::Array(list)) => list.insert(if front { 0 } else { list.len() }, new),
            Some(one) => {
                let old = std::mem::replace(one, Node::Array(Vec::new()));
                let both = if front {
                    vec![new, old]
                } else {
                    vec![old, new]
                };
                *one = Node::Array(both);
            }
            None => return false,
        }
        true
    })
}

/// A copy of a statement with that effect and without its name.
fn copy(draw: &mut Draw<'_, '_>, root: &Node, effect: &str) -> Option<Node> {
    let all = statements(root);
    let mut copy = all.get(draw.below(all.len()))?.clone();
    // Nobody may be allowed by being left out (IAM-032).
    if effect == ALLOW && member(&copy, "NotPrincipal").is_some() {
        return None;
    }
    // Names are unique in a document (IAM-016).
    drop_member(&mut copy, "Sid");
    *member_mut(&mut copy, "Effect")? = Node::string(effect);
    Some(copy)
}

/// A statement that reaches everything, or every resource with one of the actions.
fn everything(
    draw: &mut Draw<'_, '_>,
    policy_type: PolicyType,
    effect: &str,
    actions: &[String],
) -> Node {
    use PolicyType as T;
    let named = draw.chance(1, 2) || policy_type == T::Rcp;
    let action = match actions.get(draw.below(actions.len())) {
        Some(action) if named => action,
        _ => "*",
    };
    let everyone = Node::string("*");
    let principal = match policy_type {
        T::Identity | T::Boundary | T::Session | T::Scp => None,
        T::Trust => Some(Node::Object(vec![("AWS".to_owned(), everyone)])),
        T::Resource | T::Key | T::Endpoint | T::Rcp => Some(everyone),
    };
    let mut members = vec![("Effect".to_owned(), Node::string(effect))];
    members.extend(principal.map(|p| ("Principal".to_owned(), p)));
    members.push(("Action".to_owned(), Node::string(action)));
    if policy_type != T::Trust {
        members.push(("Resource".to_owned(), Node::string("*")));
    }
    Node::Object(members)
}
