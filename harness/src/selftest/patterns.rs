//! Canaries about wildcards and letter case in actions, resources and texts.

use serde_json::Value;
use veriam_model::{Check, PolicyText};

use super::test::tests;
use super::text::{add, document, each_text, glob, glob_with_classes, statements, texts};
use super::{Bug, Canary};

/// Every canary of this file.
pub(super) const ALL: &[Canary] = &[
    Canary {
        name: "regex-characters-live",
        does: "In resources and StringLike a full stop stands for any character, a dollar sign for the end of the text.",
        seen: "moto; PMapper with other characters, by its source",
        bug: Bug::Check(full_stops),
    },
    Canary {
        name: "brackets-as-classes",
        does: "In resources, StringLike and ARN operators `[…]` stands for any one of the characters in it.",
        seen: "PMapper, localemu; moto, by its source",
        bug: Bug::Check(brackets_as_classes),
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
        seen: "moto, by its source: as in a regular expression",
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

/// Whether a pattern has a dollar sign that begins no variable and does not stand at its end.
fn ends_inside(pattern: &str) -> bool {
    let mut dollars = pattern.match_indices('$');
    dollars.any(|(at, _)| {
        let behind = &pattern[at + 1..];
        !behind.is_empty() && !behind.starts_with(['{', '}'])
    })
}

/// A resource that no check is about: it stands for a pattern that matches nothing.
const NO_RESOURCE: &str = "arn:aws:s3:::veriam-nothing";

fn full_stops(check: &mut Check) {
    statements(check, &mut |statement| {
        for member in ["Resource", "NotResource"] {
            if let Some(value) = statement.members.get_mut(member) {
                each_text(value, &mut |pattern| {
                    if ends_inside(pattern) {
                        NO_RESOURCE.clone_into(pattern);
                    }
                });
            }
        }
    });
    resources(check, |pattern, arn| {
        pattern.contains('.') && glob(&stops_open(pattern), arn, false)
    });
    tests(check, &|test| match test.base.as_str() {
        "StringLike" | "StringNotLike" => test.compared(|wanted, found| {
            !ends_inside(wanted) && glob(&stops_open(wanted), found, false)
        }),
        _ => None,
    });
}

fn brackets_as_classes(check: &mut Check) {
    let arn = check.resource.arn.clone();
    statements(check, &mut |statement| {
        for member in ["Resource", "NotResource"] {
            if let Some(value) = statement.members.get_mut(member) {
                each_text(value, &mut |pattern| {
                    let has_class = pattern.contains('[') && !pattern.contains("${");
                    if has_class && !glob_with_classes(pattern, &arn) {
                        NO_RESOURCE.clone_into(pattern);
                    }
                });
            }
        }
    });
    resources(check, |pattern, arn| {
        pattern.contains('[') && glob_with_classes(pattern, arn)
    });
    tests(check, &|test| {
        let knows = test.base.contains("Like") || test.is("Arn");
        let meant = knows && test.wanted.iter().any(|wanted| wanted.contains('['));
        test.compared(glob_with_classes).filter(|_| meant)
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
                        NO_RESOURCE.clone_into(pattern);
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
