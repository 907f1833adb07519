//! What is expected of a call.

use veriam_model::{
    ALL_CHOICES, Choice, DenialKind, InvalidCall, PolicyType, PolicyTypes, Rejection,
};

use crate::place::Place;
use crate::scenario::expect::{Expectation, Expected, Level};
use crate::scenario::fields::{Fields, named, one_or_more, text};
use crate::scenario::yaml::{Fault, Node, Value};

pub(super) fn expectation(node: &Node) -> Result<Expectation, Fault> {
    let Value::Map(all) = &node.value else {
        return expected(node).map(Expectation::Outcome);
    };
    let Some((_, open)) = all.iter().find(|(key, _)| key.text == "undetermined") else {
        return expected(node).map(Expectation::Outcome);
    };
    let mut choices = Vec::new();
    for item in one_or_more(open) {
        choices.push(choice(item)?);
    }
    let mut names = vec!["undetermined", "default"];
    let own: &[&'static str] = match choices[..] {
        [one] => one.reading_names(),
        _ => &[],
    };
    names.extend(own);
    let fields = Fields::new(node, "an open expectation", &names)?;
    let mut readings = Vec::new();
    for &name in own {
        if let Some(node) = fields.get(name) {
            readings.push((name, expected(node)?));
        }
    }
    Ok(Expectation::Open {
        choices,
        readings,
        default: fields.get("default").map(expected).transpose()?,
    })
}

fn choice(node: &Node) -> Result<Choice, Fault> {
    let found = text(node, "undetermined")?;
    let choice = ALL_CHOICES.iter().find(|c| c.rule().to_string() == found);
    choice.copied().ok_or_else(|| {
        Fault::new(
            node.place,
            format_args!(
                "no open choice is called `{found}`; `veriam rules --undetermined` lists them"
            ),
        )
    })
}

fn expected(node: &Node) -> Result<Expected, Fault> {
    const SHAPES: &str = "write `allowed`, `denied`, `{ denied: explicit, by: resource-based policy }`, \
                          `{ rejected: unauthenticated }`, `{ invalid: no_such_endpoint }` or \
                          `{ undetermined: AC-093, union: allowed, literal: { denied: implicit } }`";
    let Value::Map(all) = &node.value else {
        return match text(node, "expect")? {
            "allowed" => Ok(Expected::Allowed),
            "denied" => Ok(denied(None)),
            other => Err(Fault::new(
                node.place,
                format_args!("`{other}` is no expectation; {SHAPES}"),
            )),
        };
    };
    let has = |name: &str| all.iter().any(|(key, _)| key.text == name);
    if has("denied") {
        return denial(node);
    }
    if has("rejected") {
        let fields = Fields::new(node, "a rejection", &["rejected"])?;
        let node = fields.need("rejected", "why")?;
        let values = Rejection::ALL.map(|r| (r.name(), r));
        return named(node, "rejected", values).map(Expected::Rejected);
    }
    if has("invalid") {
        let fields = Fields::new(node, "an invalid call", &["invalid"])?;
        let node = fields.need("invalid", "why")?;
        let values = InvalidCall::ALL.map(|i| (i.name(), i));
        return named(node, "invalid", values).map(Expected::Invalid);
    }
    let place: Place = all.first().map_or(node.place, |(key, _)| key.place);
    Err(Fault::new(
        place,
        format_args!("this is no expectation; {SHAPES}"),
    ))
}

fn denied(kind: Option<DenialKind>) -> Expected {
    Expected::Denied {
        kind,
        by: PolicyTypes::new(),
        at: None,
        action: None,
    }
}

fn denial(node: &Node) -> Result<Expected, Fault> {
    let fields = Fields::new(node, "a denial", &["denied", "by", "at", "action"])?;
    let kinds = [
        ("explicit", Some(DenialKind::Explicit)),
        ("implicit", Some(DenialKind::Implicit)),
        ("any", None),
    ];
    let kind = named(
        fields.need("denied", "`denied: explicit`")?,
        "denied",
        kinds,
    )?;
    let mut by = PolicyTypes::new();
    if let Some(node) = fields.get("by") {
        for item in one_or_more(node) {
            by.insert(policy_type(item)?);
        }
    }
    let at = fields
        .get("at")
        .map(|node| named(node, "at", Level::ALL.map(|l| (l.name(), l))))
        .transpose()?;
    let action = fields.text("action")?.map(|name| match name.contains(':') {
        true => name,
        false => format!("bedrock-agentcore:{name}"),
    });
    Ok(Expected::Denied {
        kind,
        by,
        at,
        action,
    })
}

/// A policy type by its title or its short name.
fn policy_type(node: &Node) -> Result<PolicyType, Fault> {
    let found = text(node, "by")?;
    if let Some(found) = PolicyType::ALL.into_iter().find(|t| t.name() == found) {
        return Ok(found);
    }
    named(node, "by", PolicyType::ALL.map(|t| (t.title(), t)))
}
