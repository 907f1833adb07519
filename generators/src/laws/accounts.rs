//! Other account ids throughout.
//!
//! An account id is renamed where it stands as a whole token: twelve digits without a letter or digit next to them. That
//! is a bijection of whole texts, so equal texts stay equal and others stay different; what else a policy can do with
//! a text is the precondition:
//! - a wildcard that touches digits may cut through an id (IAM-078, IAM-079);
//! - a variable that touches letters or digits may glue an id to them, so that it is no token any more (IAM-204);
//! - Numeric and Date operators know an order, and digits that are no account (IAM-161, IAM-164).

use veriam_model::PolicyText;

use super::NotApplied;
use super::parts::{Lawful, member, statements};
use crate::draw::Draw;
use crate::shrink::Node;

const DIGITS: usize = 12;

/// Keys of numbers and dates that never hold an account, in lower case.
const TIMES: [&str; 4] = [
    "aws:currenttime",
    "aws:epochtime",
    "aws:tokenissuetime",
    "aws:multifactorauthage",
];

pub(super) fn change<S: Lawful>(draw: &mut Draw<'_, '_>, case: &S) -> Result<S, NotApplied> {
    let mut old: Vec<String> = Vec::new();
    for account in case.accounts() {
        if is_id(&account) && !old.contains(&account) {
            old.push(account);
        }
    }
    let mut documents = Vec::new();
    let mut known = String::new();
    for slot in case.slots() {
        let root = case.policy(slot).and_then(|p| Node::read(p.as_str()));
        let root = root.ok_or(NotApplied::Unreadable)?;
        each(&root, &mut |text| {
            known.push_str(text);
            known.push('\n');
        });
        documents.push((slot, root));
    }
    let mut changed = case.clone();
    changed.each_text(&mut |text| known.push_str(&format!("{text}\n")));
    for (name, values) in case.context().unwrap_or_default() {
        known.push_str(&format!("{name}\n{}\n", values.join("\n")));
    }
    let names = fresh(draw, &old, &known);
    if names.is_empty() {
        return Err(NotApplied::NoAccount);
    }
    for (_, root) in &documents {
        fits(case, root, &names)?;
    }
    for (slot, root) in documents {
        let mut root = root;
        rename_node(&mut root, &names);
        let policy = changed.policy_mut(slot).ok_or(NotApplied::Unreadable)?;
        *policy = PolicyText::new(root.write());
    }
    changed.each_text(&mut |text| *text = renamed(text, &names));
    changed.change_context(&mut |entries| {
        for (name, _) in entries {
            *name = renamed(name, &names);
        }
    });
    Ok(changed)
}

type Names = Vec<(String, String)>;

/// New ids that occur nowhere, often alike: with one beginning, so that comparing beginnings is not enough.
fn fresh(draw: &mut Draw<'_, '_>, old: &[String], known: &str) -> Names {
    let mut names = Names::new();
    let beginning = 1_000_000 + draw.word() % 9_000_000;
    let alike = draw.chance(1, 2);
    for account in old {
        let mut number = if alike {
            u64::from(beginning) * 100_000 + u64::from(draw.word() % 100)
        } else {
            100_000_000_000 + u64::from(draw.word()) * 200
        };
        let taken = |id: &str| known.contains(id) || names.iter().any(|(_, new)| new == id);
        let mut id = number.to_string();
        while taken(&id) {
            number += 1;
            id = number.to_string();
        }
        names.push((account.clone(), id));
    }
    names
}

fn is_id(text: &str) -> bool {
    text.len() == DIGITS && text.bytes().all(|b| b.is_ascii_digit())
}

/// Visits every text of a document, names of members and numbers included.
fn each(node: &Node, visit: &mut dyn FnMut(&str)) {
    match node {
        Node::Scalar(source) => match node.text() {
            Some(text) => visit(&text),
            None => visit(source),
        },
        Node::Array(elements) => elements.iter().for_each(|element| each(element, visit)),
        Node::Object(members) => {
            for (name, value) in members {
                visit(name);
                each(value, visit);
            }
        }
    }
}

fn rename_node(node: &mut Node, names: &Names) {
    match node {
        Node::Scalar(source) => {
            let text = Node::Scalar(source.clone()).text();
            *source = match text {
                Some(text) => Node::string(&renamed(&text, names)).write(),
                None => renamed(source, names),
            };
        }
        Node::Array(elements) => elements.iter_mut().for_each(|e| rename_node(e, names)),
        Node::Object(members) => {
            for (name, value) in members {
                *name = renamed(name, names);
                rename_node(value, names);
            }
        }
    }
}

/// The text with every whole token that is an old id replaced.
fn renamed(text: &str, names: &Names) -> String {
    let mut out = String::with_capacity(text.len());
    for token in text.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let word = token.trim_end_matches(|c: char| !c.is_alphanumeric());
        let new = names.iter().find(|(old, _)| old == word);
        out.push_str(new.map_or(word, |(_, new)| new));
        out.push_str(&token[word.len()..]);
    }
    out
}

/// Renaming must change nothing that the document's operators can see.
fn fits<S: Lawful>(case: &S, root: &Node, names: &Names) -> Result<(), NotApplied> {
    let mut cut = false;
    each(root, &mut |text| cut |= cuts(text, names));
    if cut {
        return Err(NotApplied::Cut);
    }
    let unordered = statements(root).iter().all(|statement| {
        let Some(Node::Object(operators)) = member(statement, "Condition") else {
            return true;
        };
        let ordered = |name: &str| name.contains("Numeric") || name.contains("Date");
        operators
            .iter()
            .filter(|(name, _)| ordered(name))
            .all(|(_, block)| {
                let Node::Object(keys) = block else {
                    return true;
                };
                keys.iter().all(|(key, value)| {
                    let mut named = names_account(key, names);
                    each(value, &mut |text| named |= names_account(text, names));
                    let holds = |values: &[String]| values.iter().any(|v| names_account(v, names));
                    !named
                        && match case.context() {
                            Some(context) => !context.iter().any(|(name, values)| {
                                name.eq_ignore_ascii_case(key) && holds(values)
                            }),
                            None => TIMES.contains(&key.to_ascii_lowercase().as_str()),
                        }
                })
            })
    });
    match unordered {
        true => Ok(()),
        false => Err(NotApplied::Ordered),
    }
}

fn names_account(text: &str, names: &Names) -> bool {
    names.iter().any(|(old, _)| text.contains(old.as_str()))
}

/// Whether a wildcard may stand for a part of an id, or a variable be glued to something.
fn cuts(text: &str, names: &Names) -> bool {
    let bytes = text.as_bytes();
    let glued = |at: Option<usize>| {
        let byte = at.and_then(|at| bytes.get(at));
        byte.is_some_and(|b| b.is_ascii_alphanumeric() || !b.is_ascii())
    };
    for (at, byte) in bytes.iter().enumerate() {
        let alone = match byte {
            b'*' | b'?' => {
                let before = bytes[..at]
                    .iter()
                    .rev()
                    .take_while(|b| b.is_ascii_digit())
                    .count();
                let after = bytes[at + 1..]
                    .iter()
                    .take_while(|b| b.is_ascii_digit())
                    .count();
                let ids = || names.iter().flat_map(|(old, new)| [old, new]);
                let part = |run: &str| !run.is_empty() && ids().any(|id| id.contains(run));
                !part(&text[at - before..at]) && !part(&text[at + 1..at + 1 + after])
            }
            b'$' if bytes.get(at + 1) == Some(&b'{') => !glued(at.checked_sub(1)),
            b'}' => !glued(Some(at + 1)),
            _ => true,
        };
        if !alone {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        vec![("111122223333".to_owned(), "700000000001".to_owned())]
    }

    #[test]
    fn whole_tokens_are_renamed_and_nothing_else() {
        let renamed = |text| renamed(text, &names());
        assert_eq!(
            renamed("arn:aws:iam::111122223333:role/x-111122223333"),
            "arn:aws:iam::700000000001:role/x-700000000001"
        );
        for text in [
            "x111122223333",
            "1111222233334",
            "11112222333",
            "é111122223333",
            "",
        ] {
            assert_eq!(renamed(text), text);
        }
    }

    #[test]
    fn wildcards_and_variables_that_touch_an_id_are_seen() {
        for text in [
            "1111*",
            "*33",
            "111122223333*",
            "a${aws:username}",
            "${aws:username}1",
        ] {
            assert!(cuts(text, &names()), "{text}");
        }
        for text in [
            "arn:aws:iam::*:role/*",
            "a-*",
            "9*",
            "/${aws:username}/*",
            "a*",
        ] {
            assert!(!cuts(text, &names()), "{text}");
        }
    }
}
