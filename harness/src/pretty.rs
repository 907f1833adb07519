//! JSON text set for people, token by token: nothing is read, reordered or dropped.

/// Longest container without inner containers that stays on one line, in bytes.
const ON_ONE_LINE: usize = 72;

/// The text with line breaks and indentation between its tokens; a text that is no JSON comes back as it is.
#[must_use]
pub fn pretty(text: &str) -> String {
    if serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest = text;
    let mut depth = 0_usize;
    while let Some(c) = rest.chars().next() {
        match c {
            ' ' | '\t' | '\r' | '\n' => rest = &rest[1..],
            '{' | '[' => {
                if let Some(end) = flat(rest) {
                    one_line(&mut out, &rest[..end]);
                    rest = &rest[end..];
                } else {
                    out.push(c);
                    depth += 1;
                    line(&mut out, depth);
                    rest = &rest[1..];
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(c);
                rest = &rest[1..];
            }
            ',' => {
                out.push(c);
                line(&mut out, depth);
                rest = &rest[1..];
            }
            ':' => {
                out.push_str(": ");
                rest = &rest[1..];
            }
            '"' => {
                let end = string(rest);
                out.push_str(&rest[..end]);
                rest = &rest[end..];
            }
            other => {
                out.push(other);
                rest = &rest[other.len_utf8()..];
            }
        }
    }
    out
}

fn line(out: &mut String, depth: usize) {
    out.push('\n');
    for _ in 0..depth {
        out.push_str("  ");
    }
}

/// Where the string at the start of a text ends, quotes included.
fn string(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    text.len()
}

/// Where the container at the start of a text ends, if it is short and holds no other one.
fn flat(text: &str) -> Option<usize> {
    let mut at = 1;
    while at <= ON_ONE_LINE {
        match text.as_bytes().get(at)? {
            b'{' | b'[' => return None,
            b'}' | b']' => return Some(at + 1),
            b'"' => at += string(&text[at..]),
            _ => at += 1,
        }
    }
    None
}

/// A flat container on one line.
fn one_line(out: &mut String, mut rest: &str) {
    while let Some(c) = rest.chars().next() {
        match c {
            ' ' | '\t' | '\r' | '\n' => rest = &rest[1..],
            ',' | ':' => {
                out.push(c);
                out.push(' ');
                rest = &rest[1..];
            }
            '"' => {
                let end = string(rest);
                out.push_str(&rest[..end]);
                rest = &rest[end..];
            }
            other => {
                out.push(other);
                rest = &rest[other.len_utf8()..];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_token_stays_where_it_was() {
        let text = r#"{"b":1,"b":[ ],"a":{"x":["é,:{", "\"}"],"y":{}},"n":-1.50e3,"t":true}"#;
        let set = pretty(text);
        let squeezed = |s: &str| s.replace([' ', '\n'], "");
        assert_eq!(squeezed(&set), squeezed(text));
        assert_eq!(
            set,
            "{\n  \"b\": 1,\n  \"b\": [],\n  \"a\": {\n    \"x\": [\"é,:{\", \"\\\"}\"],\n    \"y\": {}\n  },\n  \
             \"n\": -1.50e3,\n  \"t\": true\n}"
        );
        assert_eq!(pretty(&set), set);
    }

    #[test]
    fn text_that_is_no_json_stays_as_it_is() {
        for text in ["", "{", "{\"a\":", "nonsense \u{1}"] {
            assert_eq!(pretty(text), text);
        }
    }
}
