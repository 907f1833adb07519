//! One test of a `Condition`: an operator applied to a key (section 5 of the rules; readings, 3.4…3.7).
//!
//! The shape of a test is here: is the key absent, which set operator, how do several values combine. Each
//! family of operators has its own file and tests one request value against the policy's list.

mod absent;
mod arn;
mod binary;
mod boolean;
mod date;
mod ip;
mod malformed;
mod null;
mod numeric;
mod set_operator;
mod string;

use veriam_model::facts::{ContextKey, ValueType, context_key};
use veriam_model::readings::BoolVariables;
use veriam_model::{PolicyType, Verb};

use crate::document::{KeyValues, OperatorBlock};
use crate::finding::{Finding, Scope};
use crate::notes::{Notes, ac, iam};
use crate::variable::{self, Expanded};
use crate::{
    CallerKind, ConditionTrace, Element, Family, KeyState, SetOperator, VariableTrace, keys,
};

/// Tests one key under one operator.
pub(crate) fn test<'d>(
    block: &OperatorBlock,
    key: &KeyValues,
    scope: Scope<'_>,
    mut notes: Notes<'d>,
) -> Finding<'d> {
    let mut variables = Vec::new();
    let found = scope.request.context(&key.key);
    cite_key(
        block,
        key,
        found.map(|(spelling, _)| spelling),
        scope,
        &mut notes,
    );
    let values = found.map(|(_, values)| values);
    let holds = match (block.operator.family(), values) {
        (Family::Null, values) => null::test(block.set, &key.values, values, &mut notes),
        (_, None) => absent::test(block, scope.effect, &mut notes),
        (_, Some(values)) => present(block, key, values, scope, &mut notes, &mut variables),
    };
    if scope.request.derived.is_some() {
        cite_derived(block, &key.key, values.is_none(), holds, scope, &mut notes);
    }
    // IAM-131: a condition decides about its statement and nothing else.
    notes.cite(iam(131));
    let state = match (values, holds) {
        (None, _) => KeyState::Absent,
        (Some(_), true) => KeyState::Matched,
        (Some(_), false) => KeyState::NotMatched,
    };
    let mut finding = Finding::new(Element::Condition, holds, notes);
    finding.variables = variables;
    if finding.notes.wants_text() {
        finding.wanted = key.values.clone();
        finding.found = values.map(<[String]>::to_vec);
        finding.why = why(block, key, values, holds, scope);
    }
    if finding.notes.is_recording() {
        finding.condition = Some(ConditionTrace {
            operator: block.operator,
            set: block.set,
            if_exists: block.if_exists,
            key: key.key.clone(),
            state,
        });
    }
    finding
}

/// Tests a present key with any operator but `Null`.
fn present(
    block: &OperatorBlock,
    key: &KeyValues,
    values: &[String],
    scope: Scope<'_>,
    notes: &mut Notes<'_>,
    variables: &mut Vec<VariableTrace>,
) -> bool {
    let operator = block.operator;
    let known = context_key(&key.key);
    // IAM-138: with IfExists a present key is tested as without.
    notes.cite_if(block.if_exists, iam(138));
    // IAM-129, IAM-130: several values.
    let several = if operator.is_negated() {
        iam(130)
    } else {
        iam(129)
    };
    notes.cite_if(key.values.len() > 1, several);
    let present = set_operator::Present {
        values,
        multivalued: known.is_some_and(|known| known.multivalued),
        negated: operator.is_negated(),
    };
    match operator.family() {
        Family::String => {
            let is_tag = matches!(known, Some(known) if is_tag_of_134(known));
            let wanted = expand(key, operator.is_negated(), scope, notes, variables);
            set_operator::test(block.set, present, notes, |notes, value| {
                string::test(operator, &wanted, value, is_tag, notes)
            })
        }
        Family::Arn => {
            let wanted = expand(key, operator.is_negated(), scope, notes, variables);
            set_operator::test(block.set, present, notes, |notes, value| {
                arn::test(operator, &wanted, value, notes)
            })
        }
        Family::Bool => {
            let wanted = booleans(key, scope, notes, variables);
            set_operator::test(block.set, present, notes, |notes, value| {
                boolean::test(&wanted, value, notes)
            })
        }
        Family::Numeric => set_operator::test(block.set, present, notes, |notes, value| {
            numeric::test(operator, &key.values, value, notes)
        }),
        Family::Date => set_operator::test(block.set, present, notes, |notes, value| {
            date::test(operator, &key.values, value, notes)
        }),
        Family::Binary => set_operator::test(block.set, present, notes, |notes, value| {
            binary::test(&key.values, value, notes)
        }),
        Family::Ip => set_operator::test(block.set, present, notes, |notes, value| {
            ip::test(operator, &key.values, value, notes)
        }),
        Family::Null => null::test(block.set, &key.values, Some(values), notes),
    }
}

/// The keys whose pages add that case does not matter in their values.
fn is_tag_of_134(known: &ContextKey) -> bool {
    matches!(known.name, "aws:RequestTag/" | "aws:ResourceTag/")
}

/// The policy's values with their variables replaced; `None` for those that stand for nothing.
fn expand<'s>(
    key: &'s KeyValues,
    negated: bool,
    scope: Scope<'s>,
    notes: &mut Notes<'_>,
    variables: &mut Vec<VariableTrace>,
) -> Vec<Option<Expanded<'s>>> {
    let mut expanded = Vec::with_capacity(key.values.len());
    for text in &key.values {
        let value = variable::expand(text, scope.version_2012, scope.request, notes, variables);
        // IAM-199, IAM-200: an unresolved value matches nothing, so a positive test of it fails and a negated
        // one passes.
        let unresolved = if negated { iam(200) } else { iam(199) };
        notes.cite_if(scope.version_2012 && text.contains("${"), unresolved);
        expanded.push(value);
    }
    expanded
}

/// The policy's values under `Bool`, where variables are plain text or not (IAM-192).
fn booleans(
    key: &KeyValues,
    scope: Scope<'_>,
    notes: &mut Notes<'_>,
    variables: &mut Vec<VariableTrace>,
) -> Vec<Option<String>> {
    let mut values = Vec::with_capacity(key.values.len());
    for text in &key.values {
        let is_expanded = scope.version_2012
            && text.contains("${")
            && notes.choose::<BoolVariables>() == BoolVariables::Expanded;
        values.push(if is_expanded {
            let value = variable::expand(text, true, scope.request, notes, variables);
            value.map(|value| value.text().into_owned())
        } else {
            Some(text.clone())
        });
    }
    values
}

/// Cites the rules about the key itself.
fn cite_key(
    block: &OperatorBlock,
    key: &KeyValues,
    spelling: Option<&str>,
    scope: Scope<'_>,
    notes: &mut Notes<'_>,
) {
    let name = key.key.as_str();
    keys::cite(name, spelling.is_some(), scope.request, notes);
    if spelling.is_some_and(|spelling| spelling != name) {
        // IAM-132: letter case does not count; IAM-133: in the tag's name neither.
        notes.cite(iam(132));
        notes.cite_if(name.contains('/'), iam(133));
    }
    let caller = scope.request.caller.kind();
    // IAM-265: conditions apply to anonymous callers with the keys they have.
    notes.cite_if(caller == CallerKind::Anonymous, iam(265));
    cite_shape(block, key, notes);
    let negated = block.operator.is_negated();
    // AC-124: a negated test of a principal key in a Deny holds for every JWT caller.
    let denies_jwt = caller == CallerKind::Jwt
        && scope.effect == Verb::Deny
        && scope.policy_type == PolicyType::Resource
        && negated
        && spelling.is_none()
        && keys::is_principal_key(name);
    notes.cite_if(denies_jwt, ac(124));
    let Some(known) = context_key(name) else {
        return;
    };
    // IAM-274: the root ARN as a principal's ARN selects the root user only.
    let names_root =
        known.name == "aws:PrincipalArn" && key.values.iter().any(|value| value.ends_with(":root"));
    notes.cite_if(names_root, iam(274));
    // IAM-187: an operator of another type than the key's, or one of the types of a key that has two.
    let family = block.operator.family();
    let has_two_types = known.name == "aws:EpochTime";
    notes.cite_if(
        family != Family::Null && (has_two_types || !suits(family, known)),
        iam(187),
    );
    // IAM-193: string operators on keys that hold addresses.
    let as_text = family == Family::String && known.value_type == ValueType::IpAddress;
    notes.cite_if(as_text, iam(193));
}

/// Cites the rules about the network keys of a call, and about conditions of endpoint policies.
fn cite_derived(
    block: &OperatorBlock,
    key: &str,
    absent: bool,
    holds: bool,
    scope: Scope<'_>,
    notes: &mut Notes<'_>,
) {
    // AC-169: global keys can be used in endpoint policies.
    let is_global = context_key(key).is_some_and(|known| known.name.starts_with("aws:"));
    notes.cite_if(
        scope.policy_type == PolicyType::Endpoint && is_global,
        ac(169),
    );
    let is = |name: &str| key.eq_ignore_ascii_case(name);
    let is_vpc = is("aws:SourceVpc") || is("aws:SourceVpce");
    let negated = block.operator.is_negated();
    // AC-178: a Deny of everything outside a VPC reaches public requests, too.
    let denies = scope.effect == Verb::Deny && negated && holds;
    notes.cite_if(absent && is_vpc && denies, ac(178));
    // AC-179: what the bare operators say of the keys of the other way.
    let is_bare =
        block.operator.family() != Family::Null && block.set.is_none() && !block.if_exists;
    let is_other_way = (is_vpc && !negated) || is("aws:SourceIp");
    notes.cite_if(absent && is_bare && is_other_way, ac(179));
}

/// Cites the rules about operator and values, whether the key is there or not.
fn cite_shape(block: &OperatorBlock, key: &KeyValues, notes: &mut Notes<'_>) {
    let family = block.operator.family();
    if family == Family::Null {
        return;
    }
    // IAM-149: ForAllValues with IfExists is ForAllValues.
    let for_all = block.set == Some(SetOperator::ForAllValues);
    notes.cite_if(for_all && block.if_exists, iam(149));
    // IAM-150: a set operator on a single-valued key.
    let multivalued = context_key(&key.key).is_some_and(|known| known.multivalued);
    notes.cite_if(block.set.is_some() && !multivalued, iam(150));
    // IAM-152: an empty list.
    notes.cite_if(key.values.is_empty(), iam(152));
    // IAM-171: both booleans are alternatives, so one of them matches whatever is there.
    let lists = |text: &str| key.values.iter().any(|value| value == text);
    let both = lists("true") && lists("false");
    notes.cite_if(family == Family::Bool && both, iam(171));
}

fn suits(family: Family, known: &ContextKey) -> bool {
    match known.value_type {
        ValueType::String => family == Family::String,
        ValueType::Arn => family == Family::Arn,
        ValueType::Bool => family == Family::Bool,
        ValueType::Date => family == Family::Date,
        ValueType::Numeric => family == Family::Numeric,
        ValueType::IpAddress => family == Family::Ip,
    }
}

fn why(
    block: &OperatorBlock,
    key: &KeyValues,
    values: Option<&[String]>,
    holds: bool,
    scope: Scope<'_>,
) -> String {
    let set = block.set.map(|set| format!("{set}:")).unwrap_or_default();
    let suffix = if block.if_exists { "IfExists" } else { "" };
    let operator = format!("{set}{}{suffix}", block.operator);
    let verdict = if holds { "holds" } else { "fails" };
    match values {
        None => {
            let reason = keys::why_absent(&key.key, scope.request.caller.kind());
            format!("{reason}; {operator} {verdict} for an absent key")
        }
        Some([]) => format!(
            "{} is present without any value; {operator} {verdict}",
            key.key
        ),
        Some(values) => {
            let is = if values.len() == 1 { "is" } else { "holds" };
            format!("{} {is} {}; {operator} {verdict}", key.key, listed(values))
        }
    }
}

fn listed(values: &[String]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
    quoted.join(", ")
}

#[cfg(test)]
pub(crate) mod testing {
    //! Helpers for the tests of operators.

    use super::*;
    use crate::document;
    use crate::request::Request;
    use veriam_model::{Check, Dialect, Principal, Reading, Resource};

    /// Whether a test holds in a 2012-10-17 resource policy. `values`: those of the request.
    pub(crate) fn holds(
        dialect: Dialect,
        operator: &str,
        key: &str,
        wanted: &[&str],
        values: Option<&[&str]>,
    ) -> bool {
        let policy = serde_json::json!({
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Deny", "Principal": "*", "Action": "*", "Condition": {operator: {key: wanted}},
            },
        });
        let text = policy.to_string();
        let reading = document::read(PolicyType::Resource, text.as_bytes(), &dialect, None);
        assert_eq!(reading.faults, [], "{text}");
        let principal = Principal {
            arn: "arn:aws:iam::111122223333:user/alice".to_owned(),
            account: Some("111122223333".to_owned()),
        };
        let resource = Resource {
            arn: "arn:aws:s3:::b".to_owned(),
            account: "111122223333".to_owned(),
        };
        let mut check = Check::new(principal, "s3:GetObject", resource);
        if let Some(values) = values {
            let values = values.iter().map(|&value| value.to_owned()).collect();
            check
                .context
                .insert(key, values)
                .expect("the context is empty");
        }
        let request = Request::read(&check).expect("the request is well-formed");
        let statement = &reading.document.statements[0];
        let block = &statement
            .condition
            .as_ref()
            .expect("there is a condition")
            .blocks[0];
        let scope = Scope {
            request: &request,
            policy_type: PolicyType::Resource,
            version_2012: true,
            effect: statement.effect,
            bounded: false,
        };
        let finding = test(block, &block.keys[0], scope, Notes::new(&dialect, None));
        finding.holds
    }

    /// Asserts (policy value, request value, whether they match) for an operator and its negation.
    pub(crate) fn assert_tests(positive: &str, negated: &str, cases: &[(&str, &str, bool)]) {
        for &(wanted, value, expected) in cases {
            for (operator, expected) in [(positive, expected), (negated, !expected)] {
                for suffix in ["", "IfExists"] {
                    let operator = format!("{operator}{suffix}");
                    let found = holds(
                        Dialect::default(),
                        &operator,
                        "a:b",
                        &[wanted],
                        Some(&[value]),
                    );
                    assert_eq!(found, expected, "{operator} {wanted} {value}");
                }
            }
        }
    }

    /// Asserts that `bad` is malformed on either side, where `good` is not.
    pub(crate) fn assert_malformed<R: Reading>(
        positive: &str,
        negated: &str,
        good: &str,
        bad: &str,
        negation: R,
    ) {
        let default = Dialect::default();
        let negation = default.with(negation);
        for (wanted, value) in [(&[good][..], bad), (&[bad], good), (&[bad], bad)] {
            let test = |dialect, operator| holds(dialect, operator, "a:b", wanted, Some(&[value]));
            assert!(!test(default, positive), "{positive} {wanted:?} {value}");
            assert!(!test(negation, positive), "{positive} {wanted:?} {value}");
            assert!(!test(default, negated), "{negated} {wanted:?} {value}");
            assert!(test(negation, negated), "{negated} {wanted:?} {value}");
        }
        // Beside a match it changes nothing.
        for dialect in [default, negation] {
            assert!(holds(dialect, positive, "a:b", &[bad, good], Some(&[good])));
            assert!(!holds(dialect, negated, "a:b", &[bad, good], Some(&[good])));
        }
    }
}
