//! Shrinking inside the policies.

use veriam_model::PolicyText;

use super::search::{Search, Subject};
use super::tree::Node;

/// Which removals are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effort {
    /// Those that may leave a valid policy.
    Likely,
    /// All of them.
    Everything,
}

/// Members without which no statement is valid, or no document.
const NEEDED: [&str; 3] = ["Effect", "Action", "Statement"];

/// Shrinks every policy of the best check.
pub(super) fn shrink<S: Subject>(search: &mut Search<'_, S>, effort: Effort) {
    for slot in search.best.slots() {
        // Spelling first: what follows writes the policy anew anyway.
        let Some(node) = node(&search.best, slot) else {
            continue;
        };
        replace(search, slot, &node);
        remove(search, slot, effort);
        simplify(search, slot);
    }
}

fn node<S: Subject>(subject: &S, slot: S::Slot) -> Option<Node> {
    Node::read(subject.policy(slot)?.as_str())
}

fn replace<S: Subject>(search: &mut Search<'_, S>, slot: S::Slot, node: &Node) -> bool {
    let text = PolicyText::new(node.write());
    search.change(|subject| put(subject, slot, text))
}

pub(super) fn put<S: Subject>(subject: &mut S, slot: S::Slot, text: PolicyText) {
    if let Some(place) = subject.policy_mut(slot) {
        *place = text;
    }
}

/// Tries a change at a place of the policy; `change` says whether there is anything to change.
fn change_at<S: Subject>(
    search: &mut Search<'_, S>,
    slot: S::Slot,
    path: &[usize],
    change: impl FnOnce(&mut Node) -> bool,
) -> bool {
    let Some(mut node) = node(&search.best, slot) else {
        return false;
    };
    node.at_mut(path).is_some_and(change) && replace(search, slot, &node)
}

/// Removes elements and members, from the outside in: long lists by halves, then one by one.
fn remove<S: Subject>(search: &mut Search<'_, S>, slot: S::Slot, effort: Effort) {
    each_container(search, slot, &mut |search, path| {
        let length = |search: &Search<'_, S>| {
            let node = node(&search.best, slot);
            node.and_then(|n| n.at(path).map(Node::len)).unwrap_or(0)
        };
        let list = matches!(
            node(&search.best, slot).as_ref().and_then(|n| n.at(path)),
            Some(Node::Array(_))
        );
        let mut chunk = if list { (length(search) / 2).max(1) } else { 1 };
        loop {
            let mut at = 0;
            while at < length(search) {
                let removed = change_at(search, slot, path, |container| {
                    let needed = container
                        .name(at)
                        .is_some_and(|name| NEEDED.contains(&name));
                    container.remove(at, chunk);
                    !needed || effort == Effort::Everything
                });
                if !removed {
                    at += chunk;
                }
            }
            if chunk == 1 {
                return;
            }
            chunk /= 2;
        }
    });
}

/// Replaces values by the simplest ones that may do.
fn simplify<S: Subject>(search: &mut Search<'_, S>, slot: S::Slot) {
    each_container(search, slot, &mut |search, path| {
        let Some(container) = node(&search.best, slot).and_then(|n| n.at(path).cloned()) else {
            return;
        };
        for index in 0..container.len() {
            let mut place = path.to_vec();
            place.push(index);
            let name = container.name(index).unwrap_or_default();
            // A list of one is its element.
            change_at(search, slot, &place, |value| match value {
                Node::Array(elements) if elements.len() == 1 => {
                    *value = elements.remove(0);
                    true
                }
                _ => false,
            });
            // A string without escapes.
            change_at(search, slot, &place, |value| match value.text() {
                Some(text) => {
                    *value = Node::string(&text);
                    true
                }
                None => false,
            });
            widen(search, slot, path, index, name);
            plainer_operator(search, slot, path, index, name);
        }
    });
}

/// Replaces what a statement is about by everything.
fn widen<S: Subject>(
    search: &mut Search<'_, S>,
    slot: S::Slot,
    path: &[usize],
    index: usize,
    name: &str,
) {
    let positive = match name {
        "Action" | "NotAction" => "Action",
        "Resource" | "NotResource" => "Resource",
        "Principal" | "NotPrincipal" => "Principal",
        _ => return,
    };
    let mut forms = vec![Node::string("*")];
    if positive == "Principal" {
        // Role trust policies want the object.
        let everyone = ("AWS".to_owned(), Node::string("*"));
        forms.push(Node::Object(vec![everyone]));
    }
    for form in forms {
        let widened = change_at(search, slot, path, |statement| {
            statement.rename(index, positive);
            match statement.at_mut(&[index]) {
                Some(value) => {
                    *value = form;
                    true
                }
                None => false,
            }
        });
        if widened {
            return;
        }
    }
    // If not everything, then perhaps the same without the negation, or one value of the list as everything.
    change_at(search, slot, path, |statement| {
        statement.rename(index, positive);
        positive != name
    });
    let mut place = path.to_vec();
    place.push(index);
    let length = node(&search.best, slot).and_then(|n| n.at(&place).map(Node::len));
    for element in 0..length.unwrap_or(0) {
        place.push(element);
        change_at(search, slot, &place, |value| {
            let string = matches!(value, Node::Scalar(_));
            *value = Node::string("*");
            string
        });
        place.pop();
    }
}

/// Drops the prefix and the suffix of a condition operator.
fn plainer_operator<S: Subject>(
    search: &mut Search<'_, S>,
    slot: S::Slot,
    path: &[usize],
    index: usize,
    name: &str,
) {
    let mut name = name.to_owned();
    let plain = |name: &str| {
        let shorter = [
            name.strip_prefix("ForAllValues:"),
            name.strip_prefix("ForAnyValue:"),
            name.strip_suffix("IfExists"),
        ];
        shorter.map(|s| s.map(str::to_owned))
    };
    for at in 0..3 {
        if let Some(shorter) = &plain(&name)[at]
            && change_at(search, slot, path, |container| {
                container.rename(index, shorter);
                true
            })
        {
            name.clone_from(shorter);
        }
    }
}

/// Calls `visit` with the path of every array and object, outer ones first, as the policy shrinks.
fn each_container<S: Subject>(
    search: &mut Search<'_, S>,
    slot: S::Slot,
    visit: &mut dyn FnMut(&mut Search<'_, S>, &[usize]),
) {
    let mut path = Vec::new();
    walk(search, slot, &mut path, visit);
}

fn walk<S: Subject>(
    search: &mut Search<'_, S>,
    slot: S::Slot,
    path: &mut Vec<usize>,
    visit: &mut dyn FnMut(&mut Search<'_, S>, &[usize]),
) {
    if search.exhausted {
        return;
    }
    visit(search, path);
    let mut index = 0;
    loop {
        let Some(node) = node(&search.best, slot) else {
            return;
        };
        let Some(container) = node.at(path) else {
            return;
        };
        if index >= container.len() {
            return;
        }
        if matches!(
            container.child(index),
            Some(Node::Array(_) | Node::Object(_))
        ) {
            path.push(index);
            walk(search, slot, path, visit);
            path.pop();
        }
        index += 1;
    }
}
