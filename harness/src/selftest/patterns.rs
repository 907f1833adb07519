//! Canaries about wildcards and letter case in actions, resources and texts.

use serde_json::Value;
use veriam_model::{Check, PolicyText};

use super::test::tests;
use super::text::{add, document, each_text, glob, statements, texts};
use super::{Bug, Canary};

/// Every canary of this file.
pub(super) const ALL: &[Canary] = &[
    Canary {
        name: "regex-characters-live",
        does: "A full stop in a resource or in a StringLike pattern stands for any one character.",
        seen: "moto and PMapper, by their source",
        bug: Bug::Check(full_stops),
    },
    Canary {
        name: "brackets-as-classes",
        does: "Square brackets in a resource list the characters that may stand there.",
        seen: "PMapper",
        bug: Bug::Check(brackets),
    },
    Canary {
        name: "resources-ignoring-case",
        does: "Resources are compared without regard to letter case.",
        seen: "PMapper, IAMSpy",
        bug: Bug::Check(resources_ignoring_case),
    },
    Canary {
        name: "actions-keeping-case",
        does: "Letter case counts in actions.",
        seen: "moto, by its source",
        bug: Bug::Check(actions_keeping_case),
    },
    Canary {
        name: "question-mark-as-zero-or-one",
        does: "`?` stands for one character or none, in resources, actions and StringLike.",
        seen: "realistic",
        bug: Bug::Check(lazy_question_mark),
    },
    Canary {
        name: "wildcards-in-string-equals",
        does: "StringEquals and StringNotEquals know wildcards.",
        seen: "realistic",
        bug: Bug::Check(wild_equals),
    },
    Canary {
        name: "trailing-wildcard-only",
        does: "A wildcard that does not stand at the end of a resource is a plain character.",
        seen: "realistic",
        bug: Bug::Check(trailing_only),
    },
    Canary {
        name: "partial-wildcard-in-a-principal-honoured",
        does: "A wildcard within the ARN of a principal is accepted.",
        seen: "ministack 1.5, iam-rs",
        bug: Bug::Document(partial_principals),
    },
];

/// Lets the resources of each statement match the check's resource where `matches` says that a pattern does. Patterns
/// with variables and resources with wildcards of their own are left alone.
fn resources(check: &mut Check, matches: impl Fn(&str, &str) -> bool) {
    let arn = check.resource.arn.clone();
    if arn.contains(['*', '?', '$']) {
        return;
    }
    statements(check, &mut |statement| {
        for member in ["Resource", "NotResource"] {
            if let Some(value) = statement.members.get_mut(member) {
                let patterns = texts(value);
                let matched = |p: &String| !p.contains("${") && matches(p, &arn);
                if patterns.iter().any(matched) && !patterns.contains(&arn) {
                    add(value, &arn);
                }
            }
        }
    });
}

/// The pattern with `?` for every full stop.
fn stops_open(pattern: &str) -> String {
    pattern.replace('.', "?")
}

fn full_stops(check: &mut Check) {
    resources(check, |pattern, arn| {
        pattern.contains('.') && glob(&stops_open(pattern), arn, false)
    });
    tests(check, &|test| match test.base.as_str() {
        "StringLike" | "StringNotLike" => {
            test.compared(|wanted, found| glob(&stops_open(wanted), found, false))
        }
        _ => None,
    });
}

/// The patterns that a pattern stands for whose brackets are read as classes; nothing without brackets.
fn classes(pattern: &str) -> Option<Vec<String>> {
    let (start, rest) = pattern.split_once('[')?;
    let (class, end) = rest.split_once(']')?;
    let each = class.chars();
    Some(each.map(|c| format!("{start}{c}{end}")).collect())
}

fn brackets(check: &mut Check) {
    statements(check, &mut |statement| {
        for member in ["Resource", "NotResource"] {
            if let Some(value) = statement.members.get_mut(member) {
                let patterns = texts(value);
                if patterns.iter().any(|pattern| classes(pattern).is_some()) {
                    let each = patterns.into_iter();
                    let all = each.flat_map(|p| classes(&p).unwrap_or_else(|| vec![p]));
                    *value = all.map(Value::from).collect();
                }
            }
        }
    });
}

fn resources_ignoring_case(check: &mut Check) {
    resources(check, |pattern, arn| {
        let lower = str::to_ascii_lowercase;
        glob(&lower(pattern), &lower(arn), false)
    });
}

/// An action of no service: it stands for a pattern that matches nothing.
const NO_ACTION: &str = "sts:NoSuchAction";

fn actions_keeping_case(check: &mut Check) {
    let asked = check.action.clone();
    statements(check, &mut |statement| {
        for member in ["Action", "NotAction"] {
            if let Some(value) = statement.members.get_mut(member) {
                each_text(value, &mut |pattern| {
                    let lower = str::to_ascii_lowercase;
                    let meant = glob(&lower(pattern), &lower(&asked), false);
                    if meant && !glob(pattern, &asked, false) {
                        NO_ACTION.clone_into(pattern);
                    }
                });
            }
        }
    });
}

fn lazy_question_mark(check: &mut Check) {
    resources(check, |pattern, arn| {
        pattern.contains('?') && glob(pattern, arn, true)
    });
    let asked = check.action.clone();
    statements(check, &mut |statement| {
        for member in ["Action", "NotAction"] {
            if let Some(value) = statement.members.get_mut(member) {
                each_text(value, &mut |pattern| {
                    let lower = str::to_ascii_lowercase;
                    if pattern.contains('?') && glob(&lower(pattern), &lower(&asked), true) {
                        asked.clone_into(pattern);
                    }
                });
            }
        }
    });
    tests(check, &|test| match test.base.as_str() {
        "StringLike" | "StringNotLike" => test.compared(|wanted, found| glob(wanted, found, true)),
        _ => None,
    });
}

fn wild_equals(check: &mut Check) {
    tests(check, &|test| match test.base.as_str() {
        "StringEquals" | "StringNotEquals" => {
            test.compared(|wanted, found| glob(wanted, found, false))
        }
        _ => None,
    });
}

fn trailing_only(check: &mut Check) {
    let arn = check.resource.arn.clone();
    statements(check, &mut |statement| {
        for member in ["Resource", "NotResource"] {
            if let Some(value) = statement.members.get_mut(member) {
                each_text(value, &mut |pattern| {
                    let start = pattern.strip_suffix('*').unwrap_or(pattern);
                    let inside = start.contains(['*', '?']) && !pattern.contains("${");
                    if inside && arn.as_str() != pattern {
                        "arn:aws:s3:::veriam-nothing".clone_into(pattern);
                    }
                });
            }
        }
    });
}

/// Puts a plain name where a principal has a wildcard within its ARN, so that the document is read as if the wildcard
/// were in order.
fn partial_principals(text: &mut PolicyText) {
    fn plain(value: &mut Value) {
        each_text(value, &mut |principal| {
            if principal.starts_with("arn:") && principal.contains(['*', '?']) {
                *principal = principal.replace(['*', '?'], "x");
            }
        });
    }
    document(text, &mut |members| {
        let each = |statement: &mut Value| {
            for member in ["Principal", "NotPrincipal"] {
                if let Some(value) = statement.pointer_mut(&format!("/{member}/AWS")) {
                    plain(value);
                }
            }
        };
        match members.get_mut("Statement") {
            Some(Value::Array(list)) => list.iter_mut().for_each(each),
            Some(one) => each(one),
            None => {}
        }
    });
}
