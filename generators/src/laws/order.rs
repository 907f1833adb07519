//! Another order of what has none: members of objects, elements of lists, policies that count together, context keys
//! and their values. Levels of SCPs and RCPs have an order, and keep it.

use super::edit_all;
use super::parts::{Lawful, distinct};
use crate::draw::Draw;
use crate::shrink::Node;

pub(super) fn change<S: Lawful>(draw: &mut Draw<'_, '_>, case: &S) -> Option<S> {
    let mut changed = edit_all(case, |mut root| {
        node(draw, &mut root);
        root.write()
    })?;
    for (_, pool) in changed.pools() {
        shuffle(draw, pool);
    }
    changed.change_context(&mut |entries| {
        shuffle(draw, entries);
        for (_, values) in entries {
            shuffle(draw, values);
        }
    });
    Some(changed)
}

fn node(draw: &mut Draw<'_, '_>, this: &mut Node) {
    match this {
        Node::Scalar(_) => {}
        Node::Array(elements) => {
            shuffle(draw, elements);
            for element in elements {
                node(draw, element);
            }
        }
        Node::Object(members) => {
            // Of members with one name the first or the last counts (IAM-020, IAM-021).
            if distinct(members) {
                shuffle(draw, members);
            }
            for (_, value) in members {
                node(draw, value);
            }
        }
    }
}

fn shuffle<T>(draw: &mut Draw<'_, '_>, list: &mut [T]) {
    for end in (1..list.len()).rev() {
        list.swap(end, end - draw.below(end + 1));
    }
}
