//! Statements in other documents, and parts of statements in statements of their own.

use veriam_model::{PolicyText, PolicyType};

use super::edit_one;
use super::effects::DENY;
use super::parts::{
    Lawful, Pool, drop_member, has_effect, member, member_mut, statements, statements_mut,
};
use crate::draw::Draw;
use crate::shrink::Node;

/// Splits a document, joins two, or splits a statement; whatever is possible, from a drawn one on.
pub(super) fn change<S: Lawful>(draw: &mut Draw<'_, '_>, case: &S) -> Option<S> {
    let first = draw.below(3);
    (0..3).find_map(|at| match (first + at) % 3 {
        0 => in_pool(draw, case, split),
        1 => in_pool(draw, case, join),
        _ => edit_one(draw, case, split_statement),
    })
}

type Edit = fn(&mut Draw<'_, '_>, PolicyType, &mut Vec<PolicyText>) -> bool;

/// Changes one pool: identity policies of one caller, SCPs of one level, RCPs of one level. Statements never change
/// their level, since every level has to allow by itself.
fn in_pool<S: Lawful>(draw: &mut Draw<'_, '_>, case: &S, edit: Edit) -> Option<S> {
    let mut changed = case.clone();
    let mut pools: Vec<Pool<'_>> = changed.pools();
    let count = pools.len();
    let first = draw.below(count);
    let done = (0..count).any(|at| {
        let (policy_type, pool) = &mut pools[(first + at) % count];
        edit(draw, *policy_type, pool)
    });
    done.then_some(changed)
}

/// Moves the last statements of a document into one of their own, of the same version.
fn split(draw: &mut Draw<'_, '_>, _: PolicyType, pool: &mut Vec<PolicyText>) -> bool {
    let first = draw.below(pool.len());
    for at in 0..pool.len() {
        let at = (first + at) % pool.len();
        let Some(mut root) = Node::read(pool[at].as_str()) else {
            continue;
        };
        let mut second = root.clone();
        let (Some(Node::Array(list)), Some(Node::Array(rest))) = (
            member_mut(&mut root, "Statement"),
            member_mut(&mut second, "Statement"),
        ) else {
            continue;
        };
        if list.len() < 2 {
            continue;
        }
        let keep = 1 + draw.below(list.len() - 1);
        list.truncate(keep);
        rest.drain(..keep);
        pool[at] = PolicyText::new(root.write());
        pool.insert(at + 1, PolicyText::new(second.write()));
        return true;
    }
    false
}

/// Makes one document of two neighbours of the same version.
fn join(draw: &mut Draw<'_, '_>, policy_type: PolicyType, pool: &mut Vec<PolicyText>) -> bool {
    let pairs = pool.len().saturating_sub(1);
    let first = draw.below(pairs);
    for at in 0..pairs {
        let at = (first + at) % pairs;
        let read = |text: &PolicyText| Node::read(text.as_str());
        let (Some(mut root), Some(mut other)) = (read(&pool[at]), read(&pool[at + 1])) else {
            continue;
        };
        let version = |root: &Node| member(root, "Version").map(Node::text);
        if version(&root) != version(&other) {
            continue;
        }
        let both = || statements(&root).iter().chain(statements(&other));
        // The RCP that allows stands alone (IAM-029).
        if policy_type == PolicyType::Rcp && !both().all(|s| has_effect(s, DENY)) {
            continue;
        }
        let all: Vec<Node> = both().cloned().collect();
        let taken: Vec<Option<String>> = statements(&root).iter().map(sid).collect();
        let mut all = all;
        for statement in &mut all[taken.len()..] {
            // Names are unique in a document (IAM-016), and say nothing.
            if taken.contains(&sid(statement)) {
                drop_member(statement, "Sid");
            }
        }
        drop_member(&mut other, "Statement");
        if let Some(list) = member_mut(&mut root, "Statement") {
            *list = Node::Array(all);
        }
        pool[at] = PolicyText::new(root.write());
        pool.remove(at + 1);
        return true;
    }
    false
}

fn sid(statement: &Node) -> Option<String> {
    member(statement, "Sid").and_then(Node::text)
}

/// Makes two statements of one that lists several actions or resources. Not of one that lists what it does *not* mean:
/// there every element narrows the others.
fn split_statement(draw: &mut Draw<'_, '_>, _: PolicyType, root: &mut Node) -> bool {
    let count = statements(root).len();
    let first = draw.below(count);
    let names = if draw.chance(1, 2) {
        ["Action", "Resource"]
    } else {
        ["Resource", "Action"]
    };
    for at in 0..count {
        let at = (first + at) % count;
        for name in names {
            let statement = &mut statements_mut(root)[at];
            let mut second = statement.clone();
            let (Some(Node::Array(list)), Some(Node::Array(rest))) =
                (member_mut(statement, name), member_mut(&mut second, name))
            else {
                continue;
            };
            // An element may be `null`, and a list of nothing else is another matter (IAM-035, IAM-037).
            let plain = list.iter().all(|element| element.text().is_some());
            if list.len() < 2 || !plain {
                continue;
            }
            let keep = 1 + draw.below(list.len() - 1);
            list.truncate(keep);
            rest.drain(..keep);
            drop_member(&mut second, "Sid");
            match member_mut(root, "Statement") {
                Some(Node::Array(all)) => all.insert(at + 1, second),
                Some(one) => {
                    let old = std::mem::replace(one, Node::Array(Vec::new()));
                    *one = Node::Array(vec![old, second]);
                }
                None => {}
            }
            return true;
        }
    }
    false
}
