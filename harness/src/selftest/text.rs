//! Policy texts, taken apart and written back: what a canary misreads, it misreads here.
//!
//! The order of members has no meaning, so a text that comes back from here means what it meant, but for the change. A
//! text in which nothing changes is kept to the byte.

use serde_json::{Map, Value, json};
use veriam_model::{Check, PolicySlot, PolicyText};

/// A statement, and where it stands.
pub(crate) struct Statement<'a> {
    /// The policy it stands in.
    pub(crate) slot: PolicySlot,
    /// Whether the document has the current version, so that variables are filled in.
    pub(crate) current: bool,
    /// Its position in the document.
    pub(crate) index: usize,
    /// Its members.
    pub(crate) members: &'a mut Map<String, Value>,
}

/// Every policy of the check with its place, to be changed.
fn policies(check: &mut Check) -> Vec<(PolicySlot, &mut PolicyText)> {
    let mut all = Vec::new();
    for (i, text) in check.identity_policies.iter_mut().enumerate() {
        all.push((PolicySlot::Identity(i), text));
    }
    for (slot, text) in [
        (PolicySlot::Resource, &mut check.resource_policy),
        (PolicySlot::Boundary, &mut check.boundary),
        (PolicySlot::Session, &mut check.session_policy),
        (PolicySlot::Endpoint, &mut check.endpoint_policy),
    ] {
        all.extend(text.iter_mut().map(|text| (slot, text)));
    }
    for (slot, levels) in [
        (
            PolicySlot::Scp as fn(usize, usize) -> PolicySlot,
            &mut check.scps,
        ),
        (PolicySlot::Rcp, &mut check.rcps),
    ] {
        for (l, level) in levels.iter_mut().enumerate() {
            for (i, text) in level.iter_mut().enumerate() {
                all.push((slot(l, i), text));
            }
        }
    }
    all
}

/// The statements of a policy.
pub(crate) fn count(text: &PolicyText) -> usize {
    match serde_json::from_str(text.as_str()) {
        Ok(Value::Object(members)) => match members.get("Statement") {
            Some(Value::Array(list)) => list.len(),
            Some(_) => 1,
            None => 0,
        },
        _ => 0,
    }
}

/// Changes documents as a whole.
pub(crate) fn documents(
    check: &mut Check,
    change: &mut dyn FnMut(PolicySlot, &mut Map<String, Value>),
) {
    for (slot, text) in policies(check) {
        document(text, &mut |members| change(slot, members));
    }
}

/// Changes one document.
pub(crate) fn document(text: &mut PolicyText, change: &mut dyn FnMut(&mut Map<String, Value>)) {
    let Ok(Value::Object(before)) = serde_json::from_str(text.as_str()) else {
        return;
    };
    let mut after = before.clone();
    change(&mut after);
    // A fraction may come back in another spelling, and a number in a policy is the text it is written as.
    if after != before && !holds_fraction(&after) {
        *text = PolicyText::new(Value::Object(after).to_string());
    }
}

fn holds_fraction(members: &Map<String, Value>) -> bool {
    fn inside(value: &Value) -> bool {
        match value {
            Value::Number(number) => number.is_f64(),
            Value::Array(values) => values.iter().any(inside),
            Value::Object(members) => members.values().any(inside),
            _ => false,
        }
    }
    members.values().any(inside)
}

/// Changes statements.
pub(crate) fn statements(check: &mut Check, change: &mut dyn FnMut(Statement<'_>)) {
    documents(check, &mut |slot, members| {
        let current = members.get("Version").and_then(Value::as_str) == Some("2012-10-17");
        let mut each = |index, value: &mut Value| {
            if let Value::Object(members) = value {
                change(Statement {
                    slot,
                    current,
                    index,
                    members,
                });
            }
        };
        match members.get_mut("Statement") {
            Some(Value::Array(list)) => {
                for (index, value) in list.iter_mut().enumerate() {
                    each(index, value);
                }
            }
            Some(one) => each(0, one),
            None => {}
        }
    });
}

impl Statement<'_> {
    /// Whether it denies.
    pub(crate) fn denies(&self) -> bool {
        self.members.get("Effect").and_then(Value::as_str) == Some("Deny")
    }

    /// Lets the statement never apply.
    pub(crate) fn never(&mut self) {
        never(self.members);
    }

    /// Gives a member another name.
    pub(crate) fn rename(&mut self, from: &str, to: &str) {
        if let Some(value) = self.members.remove(from) {
            self.members.insert(to.to_owned(), value);
        }
    }
}

/// Lets the statement never apply: no request has this key.
pub(crate) fn never(statement: &mut Map<String, Value>) {
    let condition = statement.entry("Condition").or_insert_with(|| json!({}));
    if let Value::Object(operators) = condition {
        let block = operators.entry("StringEquals").or_insert_with(|| json!({}));
        if let Value::Object(keys) = block {
            keys.insert("veriam:never".to_owned(), json!("never"));
        }
    }
}

/// Changes each text of a string or list of strings.
pub(crate) fn each_text(value: &mut Value, change: &mut dyn FnMut(&mut String)) {
    match value {
        Value::String(text) => change(text),
        Value::Array(values) => {
            for value in values {
                each_text(value, change);
            }
        }
        _ => {}
    }
}

/// The texts of a string or list of strings.
pub(crate) fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::Bool(_) | Value::Number(_) => vec![value.to_string()],
        _ => Vec::new(),
    }
}

/// Adds a text to a string or list of strings.
pub(crate) fn add(value: &mut Value, text: &str) {
    let mut all: Vec<Value> = match value.take() {
        Value::Array(values) => values,
        one => vec![one],
    };
    all.push(json!(text));
    *value = Value::Array(all);
}

/// Adds a statement to a document.
pub(crate) fn add_statement(text: &mut PolicyText, statement: &Value) {
    document(text, &mut |members| {
        let mut all = match members.remove("Statement") {
            Some(Value::Array(values)) => values,
            Some(one) => vec![one],
            None => Vec::new(),
        };
        all.push(statement.clone());
        members.insert("Statement".to_owned(), Value::Array(all));
    });
}

/// Whether a pattern of `*` and `?` matches a text; `lazy` lets `?` stand for nothing as well.
pub(crate) fn glob(pattern: &str, text: &str, lazy: bool) -> bool {
    let symbols = pattern.chars().map(|c| match c {
        '*' => Symbol::Any,
        '?' => Symbol::One { lazy },
        c => Symbol::Of(vec![(c, c)]),
    });
    matches(symbols, text)
}

/// Whether a pattern of `*`, `?` and classes such as `[ab]` and `[0-9]` matches a text, as file names are matched. A
/// bracket without its other half is a plain character.
pub(crate) fn glob_with_classes(pattern: &str, text: &str) -> bool {
    let mut symbols = Vec::new();
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        symbols.push(match c {
            '*' => Symbol::Any,
            '?' => Symbol::One { lazy: false },
            '[' if rest.find(']').is_some_and(|end| end > 0) => {
                let (class, behind) = rest.split_once(']').unwrap_or((rest, ""));
                rest = behind;
                Symbol::Of(ranges(class))
            }
            c => Symbol::Of(vec![(c, c)]),
        });
    }
    matches(symbols.into_iter(), text)
}

/// What a symbol of a pattern stands for.
enum Symbol {
    /// Any text.
    Any,
    /// One character, or perhaps none.
    One { lazy: bool },
    /// One character of these ranges.
    Of(Vec<(char, char)>),
}

fn ranges(class: &str) -> Vec<(char, char)> {
    let characters: Vec<char> = class.chars().collect();
    let mut ranges = Vec::new();
    let mut rest = characters.as_slice();
    while let [first, behind @ ..] = rest {
        (rest, ranges) = match behind {
            ['-', last, behind @ ..] => (behind, [ranges, vec![(*first, *last)]].concat()),
            behind => (behind, [ranges, vec![(*first, *first)]].concat()),
        };
    }
    ranges
}

fn matches(symbols: impl Iterator<Item = Symbol>, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    // `reach[i]`: whether what was read of the pattern matches the first `i` characters.
    let mut reach = vec![false; text.len() + 1];
    reach[0] = true;
    for symbol in symbols {
        let mut next = vec![false; text.len() + 1];
        for i in 0..=text.len() {
            next[i] = match &symbol {
                Symbol::Any => reach[i] || (i > 0 && next[i - 1]),
                Symbol::One { lazy } => (*lazy && reach[i]) || (i > 0 && reach[i - 1]),
                Symbol::Of(ranges) => {
                    let within = |(from, to): &(char, char)| (*from..=*to).contains(&text[i - 1]);
                    i > 0 && reach[i - 1] && ranges.iter().any(within)
                }
            };
        }
        reach = next;
    }
    reach[text.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_wildcards_do() {
        for (pattern, text, lazy, expected) in [
            ("a*c", "abbc", false, true),
            ("a?c", "abc", false, true),
            ("a?c", "ac", false, false),
            ("a?c", "ac", true, true),
            ("*", "", false, true),
            ("a", "ab", false, false),
        ] {
            assert_eq!(glob(pattern, text, lazy), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn classes_are_one_character_of_several() {
        for (pattern, text, expected) in [
            ("a[1].b", "a1.b", true),
            ("a[1].b", "a[1].b", false),
            ("[a-c0]*", "b-x", true),
            ("[a-c0]*", "0", true),
            ("[a-c0]*", "d", false),
            ("a[", "a[", true),
            ("a[]", "a[]", true),
        ] {
            assert_eq!(
                glob_with_classes(pattern, text),
                expected,
                "{pattern} {text}"
            );
        }
    }

    #[test]
    fn a_text_without_change_keeps_its_bytes() {
        let written = r#"{ "Statement": {"Effect": "Deny", "Action" : "*", "Resource":"*"} }"#;
        let mut text = PolicyText::new(written);
        document(&mut text, &mut |_| {});
        assert_eq!(text.as_str(), written);
    }
}
