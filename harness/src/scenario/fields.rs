//! Reading a tree field by field, with messages that name what was expected and the fix.

use crate::place::Place;
use crate::scenario::yaml::{Fault, Key, Node, Value};

/// A mapping whose names are all known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields<'n> {
    what: &'static str,
    place: Place,
    entries: &'n [(Key, Node)],
}

impl<'n> Fields<'n> {
    /// Reads a mapping, for example `what` = "a call", with these names.
    pub(crate) fn new(
        node: &'n Node,
        what: &'static str,
        known: &[&'static str],
    ) -> Result<Self, Fault> {
        let entries = entries(node, what)?;
        for (key, value) in entries {
            if !known.contains(&key.text.as_str()) {
                return Err(Fault::new(
                    key.place,
                    format_args!(
                        "{what} has no field `{}`; {}",
                        key.text,
                        choose(&key.text, known)
                    ),
                ));
            }
            if value.is_null() {
                return Err(Fault::new(
                    key.place,
                    format_args!(
                        "`{}` has no value; give it one or remove the field",
                        key.text
                    ),
                ));
            }
        }
        Ok(Self {
            what,
            place: node.place,
            entries,
        })
    }

    /// The value of a field, if it is there.
    pub(crate) fn get(&self, name: &str) -> Option<&'n Node> {
        let mut entries = self.entries.iter();
        entries.find(|(k, _)| k.text == name).map(|(_, v)| v)
    }

    /// The value of a field that must be there.
    pub(crate) fn need(&self, name: &'static str, example: &str) -> Result<&'n Node, Fault> {
        self.get(name).ok_or_else(|| {
            Fault::new(
                self.place,
                format_args!("{} lacks `{name}`; add {example}", self.what),
            )
        })
    }

    /// The text of a field, if it is there.
    pub(crate) fn text(&self, name: &'static str) -> Result<Option<String>, Fault> {
        self.get(name)
            .map(|node| text(node, name).map(str::to_owned))
            .transpose()
    }

    /// The place of a field, else of the mapping.
    pub(crate) fn place(&self, name: &str) -> Place {
        self.get(name).map_or(self.place, |node| node.place)
    }
}

/// The entries of a mapping.
pub(crate) fn entries<'n>(node: &'n Node, what: &str) -> Result<&'n [(Key, Node)], Fault> {
    match &node.value {
        Value::Map(entries) => Ok(entries),
        _ => Err(Fault::new(
            node.place,
            format_args!(
                "{what} is a mapping, and here is {}; write `name: value` lines",
                node.kind()
            ),
        )),
    }
}

/// The items of a list.
pub(crate) fn items<'n>(node: &'n Node, what: &str) -> Result<&'n [Node], Fault> {
    match &node.value {
        Value::List(items) => Ok(items),
        _ => Err(Fault::new(
            node.place,
            format_args!(
                "`{what}` is a list, and here is {}; write `- ` before each item, or put them in [ ]",
                node.kind()
            ),
        )),
    }
}

/// The items of a list, or one item alone.
pub(crate) fn one_or_more(node: &Node) -> &[Node] {
    match &node.value {
        Value::List(items) => items,
        _ => std::slice::from_ref(node),
    }
}

/// The text of a scalar, quoted or not.
pub(crate) fn text<'n>(node: &'n Node, what: &str) -> Result<&'n str, Fault> {
    match &node.value {
        Value::Scalar { text, .. } if !node.is_null() && !text.trim().is_empty() => Ok(text),
        Value::Scalar { .. } => Err(Fault::new(
            node.place,
            format_args!("`{what}` is empty; write a text"),
        )),
        _ => Err(Fault::new(
            node.place,
            format_args!(
                "`{what}` is a text, and here is {}; write one value",
                node.kind()
            ),
        )),
    }
}

/// `true` or `false`.
pub(crate) fn boolean(node: &Node, what: &str) -> Result<bool, Fault> {
    match text(node, what)? {
        "true" => Ok(true),
        "false" => Ok(false),
        other => Err(Fault::new(
            node.place,
            format_args!("`{what}` is {other:?}; write true or false"),
        )),
    }
}

/// The one of some named values that a scalar names.
pub(crate) fn named<T: Copy>(
    node: &Node,
    what: &str,
    values: impl IntoIterator<Item = (&'static str, T)>,
) -> Result<T, Fault> {
    let found = text(node, what)?;
    let mut names = Vec::new();
    for (name, value) in values {
        if name == found {
            return Ok(value);
        }
        names.push(name);
    }
    Err(Fault::new(
        node.place,
        format_args!(
            "`{found}` is no value of `{what}`; {}",
            choose(found, &names)
        ),
    ))
}

/// What to write instead: the name that is meant, or all of them.
pub(crate) fn choose(found: &str, names: &[&str]) -> String {
    if let Some(near) = nearest(found, names) {
        return format!("did you mean `{near}`?");
    }
    match names {
        [] => "there is none yet, so declare it first".to_owned(),
        [one] => format!("write `{one}`"),
        [one, other] => format!("write `{one}` or `{other}`"),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(|n| format!("`{n}`")).collect();
            format!("use one of {} or `{last}`", first.join(", "))
        }
    }
}

/// The name that differs least, if it differs little.
fn nearest<'a>(found: &str, names: &[&'a str]) -> Option<&'a str> {
    let folded = |text: &str| text.to_lowercase().replace(['_', ' '], "-");
    let wanted = folded(found);
    let distance = |name: &&'a str| edits(&wanted, &folded(name));
    let best = names.iter().copied().min_by_key(distance)?;
    let limit = (wanted.chars().count() / 3).clamp(1, 3);
    (distance(&best) <= limit).then_some(best)
}

/// Insertions, deletions, replacements and swaps of neighbours between two texts.
fn edits(a: &str, b: &str) -> usize {
    let letters = |text: &str| text.chars().take(64).collect::<Vec<char>>();
    let (a, b) = (letters(a), letters(b));
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let differs = usize::from(a[i - 1] != b[j - 1]);
            let mut least = (rows[i - 1][j - 1] + differs)
                .min(rows[i - 1][j] + 1)
                .min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_offered_only_when_it_is_near() {
        let names = ["developer", "application", "user-id"];
        for (found, expected) in [
            ("develper", Some("developer")),
            ("Developer", Some("developer")),
            ("user_id", Some("user-id")),
            ("aplicaton", Some("application")),
            ("deveolper", Some("developer")),
            ("stranger", None),
            ("", None),
        ] {
            assert_eq!(nearest(found, &names), expected, "{found}");
        }
        assert_eq!(edits("kitten", "sitting"), 3);
        assert_eq!(
            choose("stranger", &names),
            "use one of `developer`, `application` or `user-id`"
        );
    }
}
