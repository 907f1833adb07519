//! Canaries about policy variables and the language versions that have them.

use serde_json::{Value, json};
use veriam_model::Check;

use super::test::{Test, tests, value};
use super::text::{documents, each_text, statements};
use super::{Bug, Canary};

/// Every canary of this file.
pub(super) const ALL: &[Canary] = &[
    Canary {
        name: "literal-star-expanded",
        does: "`${*}` and `${?}` are filled in with wildcards that match.",
        seen: "7 of 9 measured evaluators get `${*}` wrong, ministack 1.5 and PMapper among them",
        bug: Bug::Check(literal_star),
    },
    Canary {
        name: "variables-under-2008",
        does: "Variables are filled in under version 2008-10-17.",
        seen: "iam-simulate 0.1.173, PMapper, iam-rs, localemu",
        bug: Bug::Check(current_under_2008),
    },
    Canary {
        name: "variables-without-version",
        does: "Variables are filled in in documents without Version.",
        seen: "iam-simulate 0.1.173, PMapper, localemu",
        bug: Bug::Check(current_without_version),
    },
    Canary {
        name: "no-variables",
        does: "Variables are plain text under every version.",
        seen: "ministack 1.5",
        bug: Bug::Check(no_variables),
    },
    Canary {
        name: "default-value-ignored",
        does: "The default value of a variable is not looked at: without its key the variable has no value.",
        seen: "6 of 9 measured evaluators, ministack 1.5 and PMapper among them",
        bug: Bug::Check(no_defaults),
    },
    Canary {
        name: "unset-variable-as-empty-text",
        does: "A variable without value is the empty text.",
        seen: "iam-rs",
        bug: Bug::Check(empty_when_unset),
    },
    Canary {
        name: "negated-deny-against-an-unset-variable",
        does: "A negated operator fails where its variable has no value, so that a Deny with it does not bite.",
        seen: "iam-simulate 0.1.173",
        bug: Bug::Check(negated_against_unset),
    },
];

/// A variable in a text.
struct Variable<'t> {
    name: &'t str,
    /// With its quotes, where there is one.
    default: Option<&'t str>,
}

/// Replaces variables in a text of a current document; `${*}`, `${?}` and `${$}` have these names.
fn replaced(text: &str, replacement: &dyn Fn(&Variable<'_>) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let (before, variable) = rest.split_at(start);
        out.push_str(before);
        // A default may hold braces; it ends at its second quote.
        let quoted = variable.split_once(", '").and_then(|(name, _)| {
            let is_default = !name[2..].contains('}');
            let behind = &variable[name.len() + 3..];
            let end = behind.find("'}").filter(|_| is_default)?;
            Some(name.len() + 3 + end + 2)
        });
        let Some(length) = quoted.or_else(|| variable.find('}').map(|at| at + 1)) else {
            out.push_str(variable);
            return out;
        };
        let source = &variable[..length];
        let body = &source[2..length - 1];
        let (name, default) = match body.split_once(", ") {
            Some((name, default)) => (name, Some(default)),
            None => (body, None),
        };
        match replacement(&Variable { name, default }) {
            Some(text) => out.push_str(&text),
            None => out.push_str(source),
        }
        rest = &variable[length..];
    }
    out.push_str(rest);
    out
}

/// Replaces variables in resources and in conditions that know variables, in current documents.
fn variables(check: &mut Check, replacement: &dyn Fn(&Check, &Variable<'_>) -> Option<String>) {
    let asked = check.clone();
    let replace = |text: &str| replaced(text, &|variable| replacement(&asked, variable));
    statements(check, &mut |statement| {
        if statement.current {
            for member in ["Resource", "NotResource"] {
                if let Some(value) = statement.members.get_mut(member) {
                    each_text(value, &mut |text| *text = replace(text));
                }
            }
        }
    });
    tests(check, &|test| {
        let wanted: Vec<String> = test.wanted.iter().map(|text| replace(text)).collect();
        let meant = knows_variables(test) && wanted != test.wanted;
        meant.then(|| test.with(&test.base, &wanted))
    });
}

fn knows_variables(test: &Test<'_>) -> bool {
    test.current && (test.is("String") || test.is("Arn"))
}

fn literal_star(check: &mut Check) {
    variables(check, &|_, variable| {
        matches!(variable.name, "*" | "?").then(|| variable.name.to_owned())
    });
}

fn current_under_2008(check: &mut Check) {
    documents(check, &mut |_, members| {
        if members.get("Version").and_then(Value::as_str) == Some("2008-10-17") {
            members.insert("Version".to_owned(), json!("2012-10-17"));
        }
    });
}

fn current_without_version(check: &mut Check) {
    documents(check, &mut |_, members| {
        members
            .entry("Version")
            .or_insert_with(|| json!("2012-10-17"));
    });
}

fn no_variables(check: &mut Check) {
    documents(check, &mut |_, members| {
        if members.get("Version").and_then(Value::as_str) == Some("2012-10-17") {
            members.insert("Version".to_owned(), json!("2008-10-17"));
        }
    });
}

fn no_defaults(check: &mut Check) {
    variables(check, &|_, variable| {
        variable.default.map(|_| format!("${{{}}}", variable.name))
    });
}

/// Whether a variable has no value: no key, and no default. Special characters are not variables.
fn is_unset(check: &Check, variable: &Variable<'_>) -> bool {
    let is_special = matches!(variable.name, "*" | "?" | "$");
    !is_special && variable.default.is_none() && value(check, variable.name).is_none()
}

fn empty_when_unset(check: &mut Check) {
    variables(check, &|check, variable| {
        is_unset(check, variable).then(String::new)
    });
}

fn negated_against_unset(check: &mut Check) {
    tests(check, &|test| {
        let meant = knows_variables(test) && test.negated() && test.plain() && !test.absent();
        let is_unset = |text: &String| {
            let without = replaced(text, &|variable| {
                let unset = variable.default.is_none()
                    && !matches!(variable.name, "*" | "?" | "$")
                    && !test.request_has(variable.name);
                unset.then(|| "\0".to_owned())
            });
            without.contains('\0')
        };
        (meant && test.denies && test.wanted.iter().any(is_unset)).then_some(false)
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_found_with_their_defaults() {
        let shown = |variable: &Variable<'_>| {
            let default = variable.default.unwrap_or("-");
            Some(format!("<{}|{default}>", variable.name))
        };
        for (text, expected) in [
            ("a", "a"),
            ("a${b:c}d", "a<b:c|->d"),
            ("${b:c, 'd}e'}f", "<b:c|'d}e'>f"),
            ("${*}${b}, 'x'}", "<*|-><b|->, 'x'}"),
            ("${", "${"),
        ] {
            assert_eq!(replaced(text, &shown), expected, "{text}");
        }
    }
}
