//! The syntax of policy variables: `${name}`, `${name, 'default'}` and the literals `${*}`, `${?}`, `${$}`
//! (IAM-069, IAM-203). Only documents of version 2012-10-17 have them.

/// One part of a text that may hold variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    /// Ordinary text, never empty.
    Text(&'a str),
    /// `${*}`, `${?}` or `${$}`: the character itself.
    Literal(&'a str),
    /// `${name}` or `${name, 'default'}`.
    Variable {
        name: &'a str,
        default: Option<&'a str>,
    },
    /// A `${` that opens none of these.
    Malformed,
}

/// Whether the text opens a variable anywhere, well-formed or not.
pub(crate) fn has_variable(text: &str) -> bool {
    text.contains("${")
}

/// Whether every `${` of the text opens a variable or a literal.
pub(crate) fn well_formed(text: &str) -> bool {
    parts(text).all(|(part, _)| part != Part::Malformed)
}

/// The parts of a text in order, each with its source; the sources joined are the text.
pub(crate) fn parts(text: &str) -> Parts<'_> {
    Parts { rest: text }
}

/// See [`parts`].
#[derive(Clone, Debug)]
pub(crate) struct Parts<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Parts<'a> {
    type Item = (Part<'a>, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let (part, length) = match self.rest.find("${") {
            None => (Part::Text(self.rest), self.rest.len()),
            Some(0) => opened(self.rest),
            Some(before) => (Part::Text(self.rest.get(..before)?), before),
        };
        let (source, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some((part, source))
    }
}

/// What the `${` at the start of the text opens, and how many bytes it takes.
fn opened(text: &str) -> (Part<'_>, usize) {
    let malformed = (Part::Malformed, 2);
    let Some(inside) = text.strip_prefix("${") else {
        return malformed;
    };
    for literal in ["*", "?", "$"] {
        if inside
            .strip_prefix(literal)
            .is_some_and(|r| r.starts_with('}'))
        {
            return (Part::Literal(literal), 4);
        }
    }
    let name_end = inside
        .find([' ', '\t', '\n', '\r', ',', '\'', '{', '}'])
        .unwrap_or(inside.len());
    let Some((name, behind)) = inside.split_at_checked(name_end) else {
        return malformed;
    };
    if name.is_empty() {
        return malformed;
    }
    let (default, rest) = if let Some(rest) = behind.strip_prefix('}') {
        (None, rest)
    } else {
        let quoted = behind.strip_prefix(", '").and_then(|d| d.split_once('\''));
        match quoted.map(|(default, after)| (default, after.strip_prefix('}'))) {
            Some((default, Some(rest))) => (Some(default), rest),
            _ => return malformed,
        }
    };
    let length = text.len().saturating_sub(rest.len());
    (Part::Variable { name, default }, length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let mut joined = String::new();
        let shown = parts(text)
            .map(|(part, source)| {
                joined.push_str(source);
                match part {
                    Part::Text(text) => text.to_owned(),
                    Part::Literal(text) => format!("={text}"),
                    Part::Variable { name, default } => format!("<{name}|{default:?}>"),
                    Part::Malformed => "!".to_owned(),
                }
            })
            .collect();
        assert_eq!(joined, text);
        shown
    }

    #[test]
    fn variables_literals_and_text_are_told_apart() {
        for (text, expected) in [
            ("", vec![]),
            ("a$b", vec!["a$b"]),
            ("$", vec!["$"]),
            ("a${*}b${?}${$}", vec!["a", "=*", "b", "=?", "=$"]),
            ("$${a}", vec!["$", "<a|None>"]),
            ("${aws:username}/*", vec!["<aws:username|None>", "/*"]),
            ("${a, 'x y'}", vec![r#"<a|Some("x y")>"#]),
            ("${a, ''}", vec![r#"<a|Some("")>"#]),
            ("${a, '}:{'}z", vec![r#"<a|Some("}:{")>"#, "z"]),
            ("${**}${a*}", vec!["<**|None>", "<a*|None>"]),
            ("${$a}", vec!["<$a|None>"]),
            ("${a:é/b}", vec!["<a:é/b|None>"]),
        ] {
            assert_eq!(shown(text), expected, "{text}");
            assert!(well_formed(text), "{text}");
        }
    }

    #[test]
    fn anything_else_behind_the_brace_is_malformed() {
        for text in [
            "${",
            "${}",
            "${a",
            "${a b}",
            "${ a}",
            "${a }",
            "${a,'x'}",
            "${a,  'x'}",
            "${a, x}",
            "${a, 'x}",
            "${a, 'x' }",
            "${a, 'x'",
            "${a, 'x''}",
            "${a{b}}",
            "${a'}",
            "${, 'x'}",
            "${a\tb}",
            "${a\n}",
            "${a\r}",
            "${*",
            "${${a}}",
        ] {
            assert!(!well_formed(text), "{text}");
            assert!(has_variable(text), "{text}");
            assert_eq!(shown(text)[0], "!", "{text}");
        }
        assert_eq!(shown("x${ ${a}"), ["x", "!", " ", "<a|None>"]);
    }
}
