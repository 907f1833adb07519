//! One value of a condition key (readings, 1.9). At most one fault a value.

use veriam_model::facts::SYSTEM_IDENTIFIER_KEYS;
use veriam_model::{PolicyType, RuleId};

use crate::notes::iam;
use crate::variable::{self, Segment};
use crate::wildcard::has_wildcard;
use crate::{Family, Operator};

use super::Reader;

/// Checks the text of a value.
pub(super) fn check(
    operator: Operator,
    key: &str,
    text: &str,
    offset: usize,
    reader: &mut Reader<'_>,
) {
    let fault = variable_fault(operator, text, reader.is_2012())
        .or_else(|| date_fault(operator, text, reader.is_iam_type()))
        .or_else(|| match reader.policy_type {
            PolicyType::Endpoint => endpoint_fault(operator, key, text, reader.is_2012()),
            _ => None,
        });
    if let Some(rule) = fault {
        reader.fault(rule, offset);
    }
}

/// IAM-068, IAM-069: where variables may stand, and how they are written.
fn variable_fault(operator: Operator, text: &str, is_2012: bool) -> Option<RuleId> {
    if !is_2012 || !text.contains("${") {
        return None;
    }
    match operator.family() {
        Family::String | Family::Arn => variable::parse(text).is_err().then_some(iam(69)),
        Family::Bool => None,
        Family::Numeric | Family::Date | Family::Binary | Family::Ip | Family::Null => {
            Some(iam(68))
        }
    }
}

/// IAM-165, IAM-074: what no date can be.
fn date_fault(operator: Operator, text: &str, is_iam_type: bool) -> Option<RuleId> {
    if operator.family() != Family::Date {
        return None;
    }
    if has_wildcard(text) {
        return Some(iam(165));
    }
    if !is_iam_type {
        return None;
    }
    let permitted = |b: u8| b.is_ascii_digit() || b"TtZz:.+-".contains(&b);
    let has_digit = text.bytes().any(|b| b.is_ascii_digit());
    let all_digits = text.bytes().all(|b| b.is_ascii_digit());
    let too_large = all_digits && text.parse::<i64>().is_err();
    (!has_digit || !text.bytes().all(permitted) || too_large).then_some(iam(74))
}

/// IAM-030: limits that hold in endpoint policies only.
fn endpoint_fault(operator: Operator, key: &str, text: &str, is_2012: bool) -> Option<RuleId> {
    let is_like = matches!(operator, Operator::StringLike | Operator::StringNotLike);
    let is_arn = operator.family() == Family::Arn;
    let made_by_aws = SYSTEM_IDENTIFIER_KEYS
        .iter()
        .any(|k| k.eq_ignore_ascii_case(key));
    let faulty = (made_by_aws && operator.family() == Family::Numeric)
        || (made_by_aws && (is_like || is_arn) && has_wildcard(text))
        || (is_like && has_lonely_wildcard(text, is_2012))
        || (is_arn && has_mixed_account(text, is_2012));
    faulty.then_some(iam(30))
}

/// Whether some wildcard has six other characters in a row neither directly before nor directly after it.
fn has_lonely_wildcard(text: &str, is_2012: bool) -> bool {
    let marks = marks(text, is_2012);
    let runs: Vec<usize> = marks
        .split(|mark| *mark == Mark::Wildcard)
        .map(<[Mark]>::len)
        .collect();
    // The n-th wildcard stands between the n-th and the next run of other characters.
    runs.windows(2).any(|pair| pair.iter().all(|&run| run < 6))
}

/// Whether the account part of an ARN is longer than one character and holds a wildcard.
fn has_mixed_account(text: &str, is_2012: bool) -> bool {
    let marks = marks(text, is_2012);
    let parts: Vec<&[Mark]> = marks.split(|mark| *mark == Mark::Colon).collect();
    let account = match parts.as_slice() {
        [_, _, _, _, account, _, ..] => *account,
        _ => return false,
    };
    let wild = |mark: &Mark| matches!(mark, Mark::Wildcard | Mark::InVariable { wild: true });
    account.len() > 1 && account.iter().any(wild)
}

/// What a character of a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Colon,
    Wildcard,
    Other,
    /// Between `${` and `}`, these included: ordinary text.
    InVariable {
        /// Whether it is `*` or `?`.
        wild: bool,
    },
}

/// The marks of a text, one for each character.
fn marks(text: &str, is_2012: bool) -> Vec<Mark> {
    let segments = match variable::parse(text) {
        Ok(segments) if is_2012 => segments,
        _ => vec![Segment::Text(text)],
    };
    let mut marks = Vec::new();
    let in_variable = |c| Mark::InVariable {
        wild: matches!(c, '*' | '?'),
    };
    for segment in segments {
        match segment {
            Segment::Text(text) => marks.extend(text.chars().map(|c| match c {
                ':' => Mark::Colon,
                '*' | '?' => Mark::Wildcard,
                _ => Mark::Other,
            })),
            Segment::Special(character) => {
                marks.extend(["${", character, "}"].concat().chars().map(in_variable));
            }
            Segment::Variable { source, .. } => marks.extend(source.chars().map(in_variable)),
        }
    }
    marks
}

#[cfg(test)]
mod tests {
    use crate::document::testing::{assert_statement, faults};
    use crate::{Family, Operator};
    use veriam_model::PolicyType;

    fn assert_value(
        policy_type: PolicyType,
        operator: &str,
        key: &str,
        value: &str,
        rule: Option<u16>,
    ) {
        let principal = match policy_type {
            PolicyType::Identity => "",
            _ => r#""Principal":"*","#,
        };
        let statement = format!(
            r#"{principal}"Effect":"Deny","Action":"a:b","Resource":"*","Condition":{{"{operator}":{{"{key}":"{value}"}}}}"#
        );
        let quoted = format!("\"{value}\"");
        let expected: Vec<(u16, &str)> = rule.map(|r| (r, quoted.as_str())).into_iter().collect();
        assert_statement(policy_type, &statement, &expected);
    }

    #[test]
    fn variables_stand_in_strings_and_arns_only() {
        for &operator in Operator::ALL {
            let (well_formed, malformed) = match operator.family() {
                Family::String | Family::Arn => (None, Some(69)),
                Family::Bool => (None, None),
                _ => (Some(68), Some(68)),
            };
            let name = operator.name();
            assert_value(
                PolicyType::Identity,
                name,
                "a:b",
                "${a:b, 'c'}${*}",
                well_formed,
            );
            assert_value(PolicyType::Identity, name, "a:b", "${a:b", malformed);
        }
        let text = r#"{"Statement":{"Effect":"Deny","Action":"a:b","Resource":"*",
            "Condition":{"StringEquals":{"a:b":"${"},"NumericEquals":{"a:b":"${x}"}}}}"#;
        assert_eq!(faults(PolicyType::Identity, text), []);
    }

    #[test]
    fn dates_have_no_wildcards_and_in_iam_policies_look_like_dates() {
        for (value, iam, elsewhere) in [
            ("2024-01-01T00:00:00Z", None, None),
            ("01T", None, None),
            ("2016-12-13T21:20:37.593194+00:00", None, None),
            ("9223372036854775807", None, None),
            ("09223372036854775807", None, None),
            ("9223372036854775808", Some(74), None),
            ("-9223372036854775809", None, None),
            ("", Some(74), None),
            ("T", Some(74), None),
            ("sdfdsf", Some(74), None),
            ("2024 01", Some(74), None),
            ("2024-*", Some(165), Some(165)),
            ("?", Some(165), Some(165)),
        ] {
            for operator in [
                "DateEquals",
                "DateNotEqualsIfExists",
                "ForAnyValue:DateLessThan",
            ] {
                assert_value(PolicyType::Identity, operator, "a:b", value, iam);
                assert_value(PolicyType::Resource, operator, "a:b", value, elsewhere);
            }
        }
        assert_value(PolicyType::Identity, "StringLike", "a:b", "2024-*", None);
    }

    #[test]
    fn endpoint_policies_limit_wildcards() {
        let endpoint = PolicyType::Endpoint;
        for (operator, key, value, faulty) in [
            // Identifiers made by AWS.
            ("StringLike", "aws:SourceVpc", "vpc-0123456*", true),
            ("StringNotLike", "AWS:sourcevpc", "vpc-0123456?", true),
            ("ArnLike", "aws:PrincipalAccount", "1*", true),
            ("ArnEquals", "aws:PrincipalAccount", "${*}", true),
            ("StringEquals", "aws:SourceVpc", "vpc-*", false),
            ("NumericEquals", "aws:PrincipalAccount", "1", true),
            ("NumericLessThan", "aws:EpochTime", "1", false),
            // Six characters on one side of each wildcard.
            ("StringLike", "a:b", "abcdef*", false),
            ("StringLike", "a:b", "*abcdef", false),
            ("StringLike", "a:b", "abcde*abcde", true),
            ("StringLike", "a:b", "*", true),
            ("StringLike", "a:b", "abcdef**", true),
            ("StringLike", "a:b", "abcdef*?uvwxyz", false),
            ("StringLike", "a:b", "${*}ab*", false),
            ("StringLike", "a:b", "${a:b}*", false),
            ("StringLike", "a:b", "${*}", false),
            ("StringNotLike", "a:b", "a?", true),
            ("StringEquals", "a:b", "*", false),
            ("ArnLike", "a:b", "*", false),
            // The account part of an ARN.
            ("ArnLike", "a:b", "arn:aws:s3::1111*:x", true),
            ("ArnNotEquals", "a:b", "arn:aws:s3::1?:x", true),
            ("ArnLike", "a:b", "arn:aws:s3::*:x", false),
            ("ArnLike", "a:b", "arn:aws:s3::1*", false),
            (
                "ArnLike",
                "a:b",
                "arn:aws:s3::${aws:PrincipalAccount}:x*",
                false,
            ),
            ("ArnLike", "a:b", "arn:aws:s3:${a:b}:1:x*", false),
            ("StringEquals", "a:b", "arn:aws:s3::1111*:x", false),
        ] {
            assert_value(endpoint, operator, key, value, faulty.then_some(30));
            assert_value(PolicyType::Resource, operator, key, value, None);
        }
    }
}
