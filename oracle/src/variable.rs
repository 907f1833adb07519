//! Policy variables: how they are written (IAM-069) and what they stand for (IAM-190…IAM-208).

use std::borrow::Cow;

use veriam_model::facts::context_key;
use veriam_model::readings::VariableDefault;

use crate::keys;
use crate::notes::{Notes, iam};
use crate::request::Request;
use crate::wildcard::{Symbol, has_wildcard, matches, text_matches};
use crate::{VariableForm, VariableTrace};

/// A part of a text that may hold variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Segment<'t> {
    /// Ordinary text.
    Text(&'t str),
    /// `${*}`, `${?}` or `${$}`: the character between the braces (IAM-203).
    Special(&'t str),
    /// `${name}` or `${name, 'default'}`.
    Variable {
        name: &'t str,
        default: Option<&'t str>,
        /// The variable as written.
        source: &'t str,
    },
}

/// `${` that begins no variable (IAM-069).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MalformedVariable;

/// Splits a text of a 2012-10-17 document at its variables (readings, 1.10).
pub(crate) fn parse(text: &str) -> Result<Vec<Segment<'_>>, MalformedVariable> {
    let mut segments = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        if start > 0 {
            segments.push(Segment::Text(&rest[..start]));
        }
        let variable = &rest[start..];
        let (segment, length) = parse_one(variable)?;
        segments.push(segment);
        rest = &variable[length..];
    }
    if !rest.is_empty() {
        segments.push(Segment::Text(rest));
    }
    Ok(segments)
}

/// The variable at the start of a text that begins with `${`, and its length in bytes.
fn parse_one(text: &str) -> Result<(Segment<'_>, usize), MalformedVariable> {
    let body = &text["${".len()..];
    if ["*}", "?}", "$}"]
        .iter()
        .any(|special| body.starts_with(special))
    {
        return Ok((Segment::Special(&body[..1]), "${*}".len()));
    }
    let not_in_name = [' ', '\t', '\n', '\r', ',', '\'', '{', '}'];
    let name_length = body.find(not_in_name).ok_or(MalformedVariable)?;
    let (name, behind) = body.split_at(name_length);
    if name.is_empty() {
        return Err(MalformedVariable);
    }
    let (default, rest) = if let Some(rest) = behind.strip_prefix('}') {
        (None, rest)
    } else {
        let quoted = behind.strip_prefix(", '").ok_or(MalformedVariable)?;
        let (default, rest) = quoted.split_once('\'').ok_or(MalformedVariable)?;
        let rest = rest.strip_prefix('}').ok_or(MalformedVariable)?;
        (Some(default), rest)
    };
    let length = text.len() - rest.len();
    let variable = Segment::Variable {
        name,
        default,
        source: &text[..length],
    };
    Ok((variable, length))
}

/// A text with its variables replaced: what the policy's author wrote, and what was put in, which is literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expanded<'t>(Vec<Piece<'t>>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece<'t> {
    Written(&'t str),
    Substituted(Cow<'t, str>),
}

impl Expanded<'_> {
    /// The text, in which `*` and `?` are ordinary characters.
    pub(crate) fn text(&self) -> Cow<'_, str> {
        if let [Piece::Written(text)] = self.0.as_slice() {
            return Cow::Borrowed(text);
        }
        let texts = self.0.iter().map(|piece| match piece {
            Piece::Written(text) => text,
            Piece::Substituted(text) => text.as_ref(),
        });
        Cow::Owned(texts.collect())
    }

    /// The pattern, in which `*` and `?` as written are wildcards and as substituted are not (IAM-204).
    pub(crate) fn pattern(&self) -> Vec<Symbol> {
        self.symbols().collect()
    }

    /// The symbols of that pattern.
    pub(crate) fn symbols(&self) -> impl Iterator<Item = Symbol> {
        self.0.iter().flat_map(|piece| {
            let (text, is_written) = match piece {
                Piece::Written(text) => (*text, true),
                Piece::Substituted(text) => (text.as_ref(), false),
            };
            text.chars().map(move |c| match is_written {
                true => Symbol::of(c),
                false => Symbol::Literal(c),
            })
        })
    }

    /// Whether the pattern matches the whole text.
    pub(crate) fn matches(&self, text: &str) -> bool {
        match self.0.as_slice() {
            [Piece::Written(pattern)] => text_matches(pattern, text),
            _ => matches(&self.pattern(), text),
        }
    }
}

/// Replaces the variables of a policy value. `None` when one of them stands for nothing.
///
/// One pass only: what is put in is not looked at again (IAM-205).
pub(crate) fn expand<'t>(
    text: &'t str,
    version_2012: bool,
    request: &Request<'t>,
    notes: &mut Notes<'_>,
    traces: &mut Vec<VariableTrace>,
) -> Option<Expanded<'t>> {
    notes.cite_if(has_lone_dollar(text), iam(208));
    if !text.contains("${") {
        return Some(Expanded(vec![Piece::Written(text)]));
    }
    if !version_2012 {
        // IAM-190: variables exist in 2012-10-17 documents only.
        notes.cite(iam(190));
        trace_plain_text(text, notes, traces);
        return Some(Expanded(vec![Piece::Written(text)]));
    }
    let Ok(segments) = parse(text) else {
        // Only under Bool can a valid document hold a malformed variable (readings, 1.9); it stays as written.
        return Some(Expanded(vec![Piece::Written(text)]));
    };
    notes.cite(iam(191));
    let mut pieces = Some(Vec::new());
    for segment in segments {
        let piece = match segment {
            Segment::Text(text) => Some(Piece::Written(text)),
            Segment::Special(character) => {
                notes.cite(iam(203));
                Some(Piece::Substituted(Cow::Borrowed(character)))
            }
            Segment::Variable { name, default, .. } => {
                let value = resolve(name, default, request, notes);
                if let Some(value) = value {
                    notes.cite_if(has_wildcard(value), iam(204));
                    notes.cite_if(value.contains("${"), iam(205));
                }
                value.map(|value| Piece::Substituted(Cow::Borrowed(value)))
            }
        };
        if let (true, Some(form)) = (notes.is_recording(), form(&segment)) {
            traces.push(VariableTrace {
                form,
                resolved: piece.is_some(),
                version_2012,
            });
        }
        pieces = match (pieces, piece) {
            (Some(mut pieces), Some(piece)) => {
                pieces.push(piece);
                Some(pieces)
            }
            _ => None,
        };
    }
    pieces.map(Expanded)
}

/// What a variable stands for.
fn resolve<'t>(
    name: &str,
    default: Option<&'t str>,
    request: &Request<'t>,
    notes: &mut Notes<'_>,
) -> Option<&'t str> {
    // IAM-194: letter case of the name does not count, that of the value is kept; IAM-196: tags work too.
    notes.cite(iam(194));
    notes.cite_if(name.contains('/'), iam(196));
    let found = request.context(name);
    keys::cite(name, found.is_some(), request, notes);
    let Some((_, values)) = found else {
        // IAM-201: the default is for absent keys.
        notes.cite(if default.is_some() {
            iam(201)
        } else {
            iam(206)
        });
        return default;
    };

    // IAM-195: only single-valued keys resolve.
    let multivalued = context_key(name).is_some_and(|key| key.multivalued);
    let value = match values {
        [value] if !multivalued => Some(value.as_str()),
        _ => {
            notes.cite(iam(195));
            None
        }
    };
    // IAM-202: present but empty, or multivalued, with a default.
    if let (Some(default), None | Some("")) = (default, value) {
        return match notes.choose::<VariableDefault>() {
            VariableDefault::AbsentOnly => value,
            VariableDefault::DefaultWhenEmpty => Some(default),
        };
    }
    notes.cite_if(default.is_some(), iam(201));
    value
}

/// Whether a `$` stands before something else than `{`.
fn has_lone_dollar(text: &str) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        rest = &rest[at + 1..];
        if !rest.starts_with('{') && !rest.starts_with('}') {
            return true;
        }
    }
    false
}

/// The variables that a document of an older version does not have.
fn trace_plain_text(text: &str, notes: &Notes<'_>, traces: &mut Vec<VariableTrace>) {
    if !notes.is_recording() {
        return;
    }
    for segment in parse(text).unwrap_or_default() {
        if let Some(form) = form(&segment) {
            traces.push(VariableTrace {
                form,
                resolved: false,
                version_2012: false,
            });
        }
    }
}

fn form(segment: &Segment<'_>) -> Option<VariableForm> {
    match segment {
        Segment::Text(_) => None,
        Segment::Special("*") => Some(VariableForm::LiteralStar),
        Segment::Special("?") => Some(VariableForm::LiteralQuestion),
        Segment::Special(_) => Some(VariableForm::LiteralDollar),
        Segment::Variable { name, .. } if name.contains('/') => Some(VariableForm::Tag),
        Segment::Variable { default, .. } => Some(match default {
            Some(_) => VariableForm::WithDefault,
            None => VariableForm::Plain,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_a_name_and_perhaps_a_quoted_default() {
        let variable = |name, default, source| Segment::Variable {
            name,
            default,
            source,
        };
        for (text, expected) in [
            ("", vec![]),
            ("a$b", vec![Segment::Text("a$b")]),
            (
                "${aws:username}",
                vec![variable("aws:username", None, "${aws:username}")],
            ),
            (
                "a${b}c",
                vec![
                    Segment::Text("a"),
                    variable("b", None, "${b}"),
                    Segment::Text("c"),
                ],
            ),
            (
                "${a:b, 'd}'}",
                vec![variable("a:b", Some("d}"), "${a:b, 'd}'}")],
            ),
            ("${a, ''}", vec![variable("a", Some(""), "${a, ''}")]),
            (
                "${*}${?}${$}",
                vec![
                    Segment::Special("*"),
                    Segment::Special("?"),
                    Segment::Special("$"),
                ],
            ),
            ("${**}", vec![variable("**", None, "${**}")]),
            (
                "$${a}",
                vec![Segment::Text("$"), variable("a", None, "${a}")],
            ),
        ] {
            assert_eq!(parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn anything_else_behind_the_opening_is_malformed() {
        for text in [
            "${",
            "${}",
            "${aws:username",
            "${a b}",
            "${a:b, default}",
            "${a:b,'d'}",
            "${a:b,  'd'}",
            "${a:b, 'd' }",
            "${a:b, 'd}",
            "${a{b}",
            "${a${b}}",
            "${a\t}",
            "${'a'}",
            "${*",
            "${a}${",
        ] {
            assert_eq!(parse(text), Err(MalformedVariable), "{text}");
        }
    }

    #[test]
    fn a_dollar_without_brace_is_an_ordinary_character() {
        for (text, expected) in [
            ("a$b", true),
            ("$", true),
            ("${a}", false),
            ("${$}", false),
            ("$${a}", true),
        ] {
            assert_eq!(has_lone_dollar(text), expected, "{text}");
        }
    }
}
