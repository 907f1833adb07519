//! Other letter case where it does not count: in names of condition keys (IAM-132, IAM-133) and in actions
//! (IAM-077).

use super::edit_all;
use super::parts::{Lawful, member_mut, statements_mut};
use crate::draw::Draw;
use crate::shrink::Node;

/// Names of condition keys, in policies and in the context. The names of policy variables stay as they are.
pub(super) fn keys<S: Lawful>(draw: &mut Draw<'_, '_>, case: &S) -> Option<S> {
    let mut changed = edit_all(case, |mut root| {
        for statement in statements_mut(&mut root) {
            let Some(Node::Object(operators)) = member_mut(statement, "Condition") else {
                continue;
            };
            for (_, block) in operators {
                if let Node::Object(keys) = block {
                    keys.iter_mut()
                        .for_each(|(name, _)| *name = other_case(draw, name));
                }
            }
        }
        root.write()
    })?;
    changed.change_context(&mut |entries| {
        for (name, _) in entries {
            *name = other_case(draw, name);
        }
    });
    Some(changed)
}

/// Actions, in policies and in the request.
pub(super) fn actions<S: Lawful>(draw: &mut Draw<'_, '_>, case: &S) -> Option<S> {
    let mut changed = edit_all(case, |mut root| {
        for statement in statements_mut(&mut root) {
            for name in ["Action", "NotAction"] {
                if let Some(value) = member_mut(statement, name) {
                    value.for_each_scalar(&mut |source| {
                        let text = Node::Scalar(source.clone()).text();
                        if let Some(text) = text {
                            *source = Node::string(&other_case(draw, &text)).write();
                        }
                    });
                }
            }
        }
        root.write()
    })?;
    if draw.chance(1, 2) {
        changed.change_action(&mut |action| *action = other_case(draw, action));
    }
    Some(changed)
}

/// The text in upper case, in lower case, or as it is but for a few letters.
fn other_case(draw: &mut Draw<'_, '_>, text: &str) -> String {
    match draw.below(4) {
        0 => text.to_ascii_uppercase(),
        1 => text.to_ascii_lowercase(),
        2 => text.to_owned(),
        _ => {
            let every = 1 + draw.below(4);
            let flip = |(at, c): (usize, char)| match (at % every == 0, c.is_ascii_lowercase()) {
                (false, _) => c,
                (true, true) => c.to_ascii_uppercase(),
                (true, false) => c.to_ascii_lowercase(),
            };
            text.chars().enumerate().map(flip).collect()
        }
    }
}
