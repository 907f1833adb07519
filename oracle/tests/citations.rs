//! Rules are cited only where they can have a say.
//!
//! That a rule is cited where it applies, the pinned rows show. Here each rule with a condition that can be seen from
//! outside, without judging anything, is held against every row that cites it: a citation without that condition would
//! explain a decision with something that has nothing to do with it.

use std::collections::BTreeMap;

use serde_json::Value;
use veriam_model::{Check, Dialect, RuleId};
use veriam_oracle::judge;

const ROWS: [&str; 2] = [
    include_str!("vectors/iam.jsonl"),
    include_str!("rows/checks.jsonl"),
];

/// What can be seen of a check from outside.
struct Seen {
    row: Value,
    /// Every statement, with the member of the check its policy stands in.
    statements: Vec<(&'static str, Value)>,
}

impl Seen {
    fn of(row: Value) -> Self {
        let mut statements = Vec::new();
        for member in [
            "identity_policies",
            "resource_policy",
            "boundary",
            "session_policy",
            "scps",
            "rcps",
            "endpoint_policy",
        ] {
            documents(&row[member], &mut |document| {
                for statement in list(&document["Statement"]) {
                    statements.push((member, statement.clone()));
                }
            });
        }
        Self { row, statements }
    }

    fn text(&self, pointer: &str) -> &str {
        self.row
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    fn has(&self, member: &str) -> bool {
        match &self.row[member] {
            Value::Null => false,
            Value::Array(items) => !items.is_empty(),
            _ => true,
        }
    }

    fn key(&self, key: &str) -> bool {
        let context = self.row["context"].as_object().expect("a context");
        context.keys().any(|k| k.eq_ignore_ascii_case(key))
    }

    /// Whether some statement has one of the elements and its value fits.
    fn element(&self, names: &[&str], fits: impl Fn(&Value) -> bool) -> bool {
        self.statements
            .iter()
            .any(|(_, s)| names.iter().any(|name| s.get(name).is_some_and(&fits)))
    }

    fn some_text(&self, names: &[&str], fits: impl Fn(&str) -> bool) -> bool {
        self.element(names, |value| {
            list(value).filter_map(Value::as_str).any(&fits)
        })
    }

    fn with_effect(&self, name: &str, effect: &str) -> bool {
        let mut statements = self.statements.iter();
        statements.any(|(_, s)| s.get(name).is_some() && s["Effect"] == effect)
    }
}

/// Calls `visit` with each document of a member: one, a list, or lists of levels; as an object or as text.
fn documents(value: &Value, visit: &mut impl FnMut(Value)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| documents(item, visit)),
        Value::String(text) => {
            if let Ok(document) = serde_json::from_str(text) {
                visit(document);
            }
        }
        Value::Object(_) => visit(value.clone()),
        _ => {}
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    let one = (!value.is_array() && !value.is_null()).then_some(value);
    value.as_array().into_iter().flatten().chain(one)
}

fn is_long_list(value: &Value) -> bool {
    value.as_array().is_some_and(|items| items.len() > 1)
}

/// The sixth part of an ARN pattern.
fn sixth(pattern: &str) -> Option<&str> {
    pattern.splitn(6, ':').nth(5)
}

const ACTIONS: [&str; 2] = ["Action", "NotAction"];
const RESOURCES: [&str; 2] = ["Resource", "NotResource"];

/// A rule, what must be there where it is cited, in words, and whether it is.
type Condition = (RuleId, &'static str, fn(&Seen) -> bool);

const CONDITIONS: &[Condition] = &[
    (
        RuleId::iam(60),
        "*:*, or a wildcard before the colon",
        |c| {
            c.some_text(&ACTIONS, |a| {
                a.split_once(':')
                    .is_some_and(|(prefix, _)| prefix.contains(['*', '?']))
            })
        },
    ),
    (RuleId::iam(78), "a star in an action", |c| {
        c.some_text(&ACTIONS, |a| a.contains('*'))
    }),
    (RuleId::iam(79), "a question mark in an action", |c| {
        c.some_text(&ACTIONS, |a| a.contains('?'))
    }),
    (RuleId::iam(83), "a list of actions", |c| {
        c.element(&ACTIONS, is_long_list)
    }),
    (RuleId::iam(84), "NotAction", |c| {
        c.element(&["NotAction"], |_| true)
    }),
    (RuleId::iam(85), "NotAction that allows", |c| {
        c.with_effect("NotAction", "Allow")
    }),
    (RuleId::iam(86), "NotAction that denies", |c| {
        c.with_effect("NotAction", "Deny")
    }),
    (RuleId::iam(87), "NotAction with a star", |c| {
        c.some_text(&["NotAction"], |a| a == "*")
    }),
    (
        RuleId::iam(92),
        "a star in a resource, and a slash in the one asked for",
        |c| c.some_text(&RESOURCES, |r| r.contains('*')) && c.text("/resource/arn").contains('/'),
    ),
    (
        RuleId::iam(93),
        "a wildcard before the sixth part of a resource",
        |c| {
            c.some_text(&RESOURCES, |r| {
                r.splitn(6, ':')
                    .take(5)
                    .any(|part| part.contains(['*', '?']))
            })
        },
    ),
    (RuleId::iam(94), "a colon in the sixth part", |c| {
        sixth(c.text("/resource/arn")).is_some_and(|part| part.contains(':'))
    }),
    (RuleId::iam(96), "an object or a bucket", |c| {
        c.text("/resource/arn").starts_with("arn:aws:s3:")
    }),
    (
        RuleId::iam(97),
        "a star before any separator of the sixth part",
        |c| {
            c.some_text(&RESOURCES, |r| {
                sixth(r).is_some_and(|part| {
                    part.split_once('*')
                        // A variable may bring a separator, or be the text of none.
                        .is_some_and(|(before, _)| {
                            before.contains("${") || !before.contains(['/', ':'])
                        })
                })
            })
        },
    ),
    (RuleId::iam(125), "a list of principals", |c| {
        c.element(&["Principal", "NotPrincipal"], |value| match value {
            Value::Object(kinds) => kinds.len() > 1 || kinds.values().any(is_long_list),
            _ => false,
        })
    }),
    (
        RuleId::iam(229),
        "a user with temporary credentials or a session policy",
        |c| {
            c.text("/principal/arn").contains(":user/")
                && (c.key("aws:TokenIssueTime") || c.has("session_policy"))
        },
    ),
    (RuleId::iam(230), "an SCP", |c| c.has("scps")),
    (RuleId::iam(232), "an SCP", |c| c.has("scps")),
    (RuleId::iam(236), "an SCP and a resource policy", |c| {
        c.has("scps") && c.has("resource_policy")
    }),
    (RuleId::iam(237), "an SCP and a root user", |c| {
        c.has("scps") && c.text("/principal/arn").ends_with(":root")
    }),
    (RuleId::iam(238), "an RCP", |c| c.has("rcps")),
    (RuleId::iam(239), "an RCP", |c| c.has("rcps")),
    (RuleId::iam(242), "an endpoint policy", |c| {
        c.has("endpoint_policy")
    }),
    (RuleId::iam(268), "a service in between", |c| {
        c.key("aws:ViaAWSService") || c.key("aws:CalledVia")
    }),
    (RuleId::iam(271), "an RCP and no resource", |c| {
        c.has("rcps") && c.text("/resource/arn") == "*"
    }),
    (RuleId::agentcore(112), "a token", |c| {
        c.text("/principal/arn") == "jwt"
    }),
    (
        RuleId::agentcore(166),
        "a token and an endpoint policy",
        |c| c.text("/principal/arn") == "jwt" && c.has("endpoint_policy"),
    ),
];

#[test]
fn no_rule_is_cited_without_what_it_is_about() {
    let mut complaints = Vec::new();
    let mut cited: BTreeMap<RuleId, (usize, usize)> = BTreeMap::new();
    for line in ROWS.iter().flat_map(|rows| rows.lines()) {
        let value: Value = serde_json::from_str(line).expect(line);
        let check = Check::from_json(line).expect("a check");
        let rules = judge(&check, &Dialect::default())
            .expect("rows are well-formed")
            .rules;
        let seen = Seen::of(value);
        for (rule, needs, holds) in CONDITIONS {
            let counts = cited.entry(*rule).or_default();
            let holds = holds(&seen);
            counts.0 += usize::from(rules.contains(*rule));
            counts.1 += usize::from(!holds);
            if rules.contains(*rule) && !holds {
                complaints.push(format!("{} cites {rule} without {needs}", seen.text("/id")));
            }
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    for (rule, needs, _) in CONDITIONS {
        let (with, without) = cited[rule];
        assert!(with > 0, "no row cites {rule}, so nothing is shown");
        assert!(without > 0, "every row has {needs}, so nothing is shown");
    }
}
