//! Names that the target chose instead of those drawn, put in their place wherever they stand as whole tokens.

/// Names drawn and the names that were given instead.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    pairs: Vec<(String, String)>,
}

impl Names {
    /// From now on `drawn` is called `given`.
    pub(crate) fn rename(&mut self, drawn: &str, given: &str) {
        self.pairs.retain(|(from, _)| from != drawn);
        if drawn != given {
            self.pairs.push((drawn.to_owned(), given.to_owned()));
        }
    }

    /// What something drawn is called.
    pub(crate) fn of<'n>(&'n self, drawn: &'n str) -> &'n str {
        let mut pairs = self.pairs.iter();
        pairs
            .find(|(from, _)| from == drawn)
            .map_or(drawn, |(_, to)| to)
    }

    /// The text with the names that were given; none where a wildcard stands for a part of a name, since what it stands
    /// for would change.
    pub(crate) fn put_into(&self, text: &str) -> Option<String> {
        if self.pairs.is_empty() {
            return Some(text.to_owned());
        }
        let mut told = String::with_capacity(text.len());
        let mut rest = text;
        let mut before = None;
        while let Some(c) = rest.chars().next() {
            if !is_of_token(c) {
                told.push(c);
                before = Some(c);
                rest = rest.get(c.len_utf8()..).unwrap_or_default();
                continue;
            }
            let end = rest.find(|c| !is_of_token(c)).unwrap_or(rest.len());
            let (token, after) = rest.split_at(end);
            let starred = (
                before.is_some_and(is_wildcard),
                after.chars().next().is_some_and(is_wildcard),
            );
            if self.pairs.iter().any(|pair| cuts(token, starred, pair)) {
                return None;
            }
            told.push_str(self.of(token));
            before = token.chars().next_back();
            rest = after;
        }
        Some(told)
    }
}

/// Whether a piece of a pattern, with wildcards before or behind it, fits the one name and not the other.
fn cuts(token: &str, starred: (bool, bool), (drawn, given): &(String, String)) -> bool {
    let fits = |name: &str| match starred {
        (false, false) => false,
        (true, false) => name.ends_with(token),
        (false, true) => name.starts_with(token),
        (true, true) => name.contains(token),
    };
    token != drawn && fits(drawn) != fits(given)
}

/// What names are made of; everything else stands between them.
fn is_of_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

fn is_wildcard(c: char) -> bool {
    matches!(c, '*' | '?')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let mut names = Names::default();
        names.rename("agent-AbCdEf0123", "agent-ZyXwVu9876");
        names.rename("same", "same");
        names
    }

    #[test]
    fn whole_tokens_are_replaced_and_nothing_else() {
        let rows = [
            (
                "runtime/agent-AbCdEf0123/runtime-endpoint/x",
                "runtime/agent-ZyXwVu9876/runtime-endpoint/x",
            ),
            ("\"agent-AbCdEf0123\"", "\"agent-ZyXwVu9876\""),
            ("agent-AbCdEf0123x", "agent-AbCdEf0123x"),
            ("x_agent-AbCdEf0123", "x_agent-AbCdEf0123"),
            ("agent-AbCdEf0123*", "agent-ZyXwVu9876*"),
            ("runtime/agent-*", "runtime/agent-*"),
            ("runtime/*", "runtime/*"),
            ("é agent-AbCdEf0123", "é agent-ZyXwVu9876"),
            ("", ""),
        ];
        for (text, told) in rows {
            assert_eq!(names().put_into(text).as_deref(), Some(told), "{text}");
        }
    }

    #[test]
    fn patterns_that_cut_through_a_name_are_told() {
        for text in [
            "runtime/agent-AbC*",
            "*f0123",
            "runtime/agent-?bCdEf0123",
            "*CdEf*",
        ] {
            assert_eq!(names().put_into(text), None, "{text}");
        }
        assert!(
            Names::default().put_into("runtime/agent-AbC*").is_some(),
            "nothing was renamed"
        );
    }
}
