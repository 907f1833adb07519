//! A condition key more.

use veriam_model::PolicyType;

use super::edit_one;
use super::effects::ALLOW;
use super::parts::{Lawful, has_effect, member_mut, statements_mut};
use crate::draw::Draw;
use crate::shrink::Node;

/// Tests that are valid in every policy type: operator, key, values. Operators that are negated or ask for absence are
/// among them, and values that hold and that do not.
const TESTS: &[(&str, &str, &[&str])] = &[
    (
        "StringEquals",
        "aws:PrincipalAccount",
        &["000000000000", "111122223333"],
    ),
    (
        "StringNotEquals",
        "aws:PrincipalAccount",
        &["111122223333", "000000000000"],
    ),
    (
        "StringEquals",
        "aws:RequestedRegion",
        &["xx-none-1", "us-east-1"],
    ),
    (
        "StringNotEquals",
        "aws:SourceVpce",
        &["vpce-00000000", "vpce-0a1b2c3d"],
    ),
    ("StringEqualsIfExists", "aws:SourceVpc", &["vpc-00000000"]),
    ("Null", "aws:PrincipalArn", &["true", "false"]),
    ("Null", "aws:SourceIp", &["true", "false"]),
    ("Bool", "aws:SecureTransport", &["false", "true"]),
    (
        "BoolIfExists",
        "aws:MultiFactorAuthPresent",
        &["true", "false"],
    ),
    (
        "IpAddress",
        "aws:SourceIp",
        &["198.51.100.0/24", "0.0.0.0/0"],
    ),
    (
        "NotIpAddress",
        "aws:SourceIp",
        &["203.0.113.0/24", "0.0.0.0/0"],
    ),
    ("NumericLessThan", "aws:MultiFactorAuthAge", &["300"]),
    (
        "DateGreaterThan",
        "aws:CurrentTime",
        &["2020-01-01T00:00:00Z", "2090-01-01T00:00:00Z"],
    ),
];

/// Adds a key to the Condition of one statement with that effect, under an operator that is there or a new one.
pub(super) fn add_key<S: Lawful>(draw: &mut Draw<'_, '_>, case: &S, effect: &str) -> Option<S> {
    edit_one(draw, case, |draw, policy_type, root| {
        // The one RCP that allows stands without Condition (IAM-029).
        if policy_type == PolicyType::Rcp && effect == ALLOW {
            return false;
        }
        let mut fitting: Vec<&mut Node> = statements_mut(root)
            .iter_mut()
            .filter(|statement| has_effect(statement, effect))
            .collect();
        let chosen = draw.below(fitting.len());
        let Some(statement) = fitting.get_mut(chosen) else {
            return false;
        };
        if member_mut(statement, "Condition").is_none()
            && let Node::Object(members) = statement
        {
            members.push(("Condition".to_owned(), Node::Object(Vec::new())));
        }
        match member_mut(statement, "Condition") {
            Some(Node::Object(operators)) => insert(draw, operators),
            _ => false,
        }
    })
}

fn insert(draw: &mut Draw<'_, '_>, operators: &mut Vec<(String, Node)>) -> bool {
    let first = draw.below(TESTS.len());
    for (operator, key, values) in TESTS.iter().cycle().skip(first).take(TESTS.len()) {
        let new = ((*key).to_owned(), Node::string(draw.one(values)));
        match operators.iter_mut().find(|(name, _)| name == operator) {
            None => {
                operators.push(((*operator).to_owned(), Node::Object(vec![new])));
                return true;
            }
            // Keys of an operator are distinct in any letter case (IAM-022).
            Some((_, Node::Object(keys)))
                if keys.iter().all(|(name, _)| !name.eq_ignore_ascii_case(key)) =>
            {
                keys.push(new);
                return true;
            }
            Some(_) => {}
        }
    }
    false
}
