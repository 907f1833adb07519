//! `Resource` and `NotResource` (readings, 1.6).

use veriam_model::PolicyType;
use veriam_model::facts::{PARTITIONS, TYPED_ARN_SERVICES};
use veriam_model::readings::{EmptyNot, EmptyResource, ServiceWildcard};

use crate::arn::Arn;
use crate::json::{Node, Value};
use crate::notes::iam;
use crate::variable;
use crate::wildcard::has_wildcard;

use super::Reader;

/// Reads the value of an element: its resource strings.
pub(super) fn read(not: bool, node: &Node<'_>, reader: &mut Reader<'_>) -> Vec<String> {
    let is_list = matches!(node.value, Value::List(_));
    let mut resources = Vec::new();
    let mut is_empty = true;
    for element in reader.elements(node) {
        match &element.value {
            Value::Text(text) => {
                check(text, element.offset, reader);
                resources.push(text.to_string());
            }
            Value::Null if is_list => {
                // IAM-035: null among resources is passed over.
                reader.notes.cite(iam(35));
                continue;
            }
            // IAM-035: otherwise strings only.
            _ => reader.fault(iam(35), element.offset),
        }
        is_empty = false;
    }
    if is_empty {
        empty(not, node.offset, reader);
    }
    resources
}

fn empty(not: bool, offset: usize, reader: &mut Reader<'_>) {
    if not {
        // IAM-039: perhaps everything, to be refused.
        if reader.notes.choose::<EmptyNot>() == EmptyNot::Refused {
            reader.fault(iam(39), offset);
        }
    } else if reader.notes.choose::<EmptyResource>() == EmptyResource::Refused {
        // IAM-037: nothing, perhaps not stored.
        reader.fault(iam(37), offset);
    }
}

/// One resource string: reports the first fault that fits.
fn check(text: &str, offset: usize, reader: &mut Reader<'_>) {
    if text == "*" {
        return;
    }
    // IAM-063: `*` or an ARN.
    if !text.starts_with("arn:") {
        reader.fault(iam(63), offset);
        return;
    }
    if reader.is_2012() {
        // IAM-207: no variable at or before the fifth colon. A colon inside a variable does not count, so the
        // question is whether five colons stand before the first variable.
        let before = text.split("${").next().unwrap_or(text);
        let has_variable = before.len() < text.len();
        if has_variable && before.matches(':').count() < 5 {
            reader.fault(iam(207), offset);
            return;
        }
        // IAM-069: variables are well-formed.
        if variable::parse(text).is_err() {
            reader.fault(iam(69), offset);
            return;
        }
    }
    // IAM-065: the partition is a known one or `*`.
    let partition = text.split(':').nth(1).unwrap_or_default();
    reader.notes.cite_if(partition == "*", iam(65));
    if partition != "*" && !PARTITIONS.contains(&partition) {
        reader.fault(iam(65), offset);
        return;
    }
    match Arn::split(text) {
        Some(arn) => check_parts(arn, offset, reader),
        None => {
            // IAM-064: fewer than six parts; an RCP cannot have them.
            reader.notes.cite(iam(64));
            if reader.policy_type == PolicyType::Rcp {
                reader.fault(iam(64), offset);
            }
        }
    }
}

fn check_parts(arn: Arn<'_>, offset: usize, reader: &mut Reader<'_>) {
    // IAM-067: perhaps no wildcard in the service part.
    if has_wildcard(arn.service)
        && reader.notes.choose::<ServiceWildcard>() == ServiceWildcard::Refused
    {
        reader.fault(iam(67), offset);
        return;
    }
    // IAM-066: no Region in ARNs of IAM and of S3 buckets.
    let has_region = !matches!(arn.region, "" | "*");
    if has_region && (arn.service == "iam" || (arn.service == "s3" && arn.account.is_empty())) {
        reader.fault(iam(66), offset);
        return;
    }
    // IAM-067: no wildcard in the word for the resource type.
    let type_word = arn.resource.split(['/', ':']).next().unwrap_or_default();
    if TYPED_ARN_SERVICES.contains(&arn.service)
        && arn.resource != "*"
        && has_wildcard(type_word)
        && !type_word.contains("${")
    {
        reader.fault(iam(67), offset);
        return;
    }
    // IAM-030: in endpoint policies the account is an id or a wildcard, not a mixture.
    if reader.policy_type == PolicyType::Endpoint
        && arn.account.chars().count() > 1
        && has_wildcard(arn.account)
    {
        reader.fault(iam(30), offset);
    }
}

#[cfg(test)]
mod tests {
    use crate::document::testing::{assert_statement, assert_statement_under, faults};
    use veriam_model::readings::{EmptyNot, EmptyResource, ServiceWildcard};
    use veriam_model::{Dialect, PolicyType};

    fn statement(element: &str, value: &str) -> String {
        format!(r#""Effect":"Deny","Principal":"*","Action":"a:b","{element}":{value}"#)
    }

    #[test]
    fn a_resource_is_a_star_or_an_arn_of_a_known_partition() {
        for (resource, rule) in [
            ("*", 0),
            ("arn:aws:s3:::b", 0),
            ("arn:aws:s3:::b/${aws:username}/*", 0),
            ("arn:aws:s3:::${a:b, 'x:y'}", 0),
            ("arn:*:s3:::b", 0),
            ("arn:aws-us-gov:s3:::b", 0),
            ("arn:aws:iam:*:111122223333:user/x", 0),
            ("arn:aws:s3:us-east-1:111122223333:accesspoint/x", 0),
            ("arn:aws:iam::111122223333:*", 0),
            ("arn:aws:iam::111122223333:user/*", 0),
            ("arn:aws:iam::111122223333:${aws:username}*", 0),
            ("arn:aws:s3:::b*", 0),
            ("arn:aws:*:*:*:x", 0),
            // Short.
            ("arn:aws", 0),
            ("arn:aws:fdsasf", 0),
            ("arn:aws:bedrock-agentcore:us-west-2:*", 0),
            ("arn:*", 0),
            // Refused.
            ("", 63),
            ("mybucket", 63),
            ("ARN:aws:s3:::b", 63),
            ("${aws:username}", 63),
            ("arn:aws:s3:${aws:x}::b", 207),
            ("arn:aws:s3::${aws:x}:b", 207),
            ("arn:aws:${x}", 207),
            ("arn:aws:s3::${", 207),
            ("arn:aws:s3:::b/${aws:username", 69),
            ("arn:aws:s3:::b/${}", 69),
            ("arn:", 65),
            ("arn:error:s3:::b", 65),
            ("arn:aw*:s3:::b", 65),
            ("arn::s3:::b", 65),
            ("arn:aws:s3:us-east-1::b", 66),
            ("arn:aws:iam:us-east-1:111122223333:user/x", 66),
            ("arn:aws:iam::111122223333:u*", 67),
            ("arn:aws:iam::111122223333:u?er/x", 67),
            ("arn:aws:lambda:us-east-1:111122223333:f*:x", 67),
        ] {
            let quoted = format!("\"{resource}\"");
            let expected: &[(u16, &str)] = match rule {
                0 => &[],
                rule => &[(rule, &quoted)],
            };
            for element in ["Resource", "NotResource"] {
                assert_statement(PolicyType::Key, &statement(element, &quoted), expected);
            }
        }
    }

    #[test]
    fn rcps_take_no_short_arn_and_endpoint_policies_no_mixed_account() {
        for (policy_type, resource, expected) in [
            (
                PolicyType::Rcp,
                "\"arn:aws:s3:*\"",
                &[(64, "\"arn:aws:s3:*\"")][..],
            ),
            (PolicyType::Endpoint, "\"arn:aws:s3:::b\"", &[]),
            (PolicyType::Endpoint, "\"arn:aws:sqs:*:*:q\"", &[]),
            (
                PolicyType::Endpoint,
                "\"arn:aws:sqs:*:1111*:q\"",
                &[(30, "\"arn:aws:sqs:*:1111*:q\"")],
            ),
            (PolicyType::Resource, "\"arn:aws:sqs:*:1111*:q\"", &[]),
        ] {
            assert_statement(policy_type, &statement("Resource", resource), expected);
        }
    }

    #[test]
    fn lists_hold_strings_and_nulls_that_are_passed_over() {
        let both = |value: &str, expected: &[(u16, &str)]| {
            for element in ["Resource", "NotResource"] {
                assert_statement(PolicyType::Resource, &statement(element, value), expected);
            }
        };
        both("[\"*\",null]", &[]);
        both("[\"*\",7,[],{}]", &[(35, "7"), (35, "["), (35, "{")]);
        both("null", &[(35, "null")]);
        for value in ["[]", "[null]"] {
            assert_statement(PolicyType::Resource, &statement("Resource", value), &[]);
            let refused = [(39, "[")];
            assert_statement(
                PolicyType::Resource,
                &statement("NotResource", value),
                &refused,
            );
            let other = Dialect::default()
                .with(EmptyResource::Refused)
                .with(EmptyNot::Everything);
            let under = |element, expected: &[(u16, &str)]| {
                let statement = statement(element, value);
                assert_statement_under(&other, PolicyType::Resource, &statement, expected);
            };
            under("Resource", &[(37, "[")]);
            under("NotResource", &[]);
        }
    }

    #[test]
    fn a_dialect_may_refuse_wildcards_in_the_service_part() {
        let dialect = Dialect::default().with(ServiceWildcard::Refused);
        let value = "\"arn:aws:s?:us-east-1::b\"";
        let statement = statement("Resource", value);
        assert_statement_under(&dialect, PolicyType::Key, &statement, &[(67, value)]);
    }

    #[test]
    fn in_older_documents_variables_are_plain_text() {
        for (resource, expected) in [
            ("arn:aws:s3:${aws:x}::b", &[][..]),
            ("arn:aws:s3:::b/${", &[]),
            ("arn:aws:s3:us-east-1::b", &[66]),
        ] {
            let text = format!(
                r#"{{"Statement":{{"Effect":"Deny","Action":"a:b","Resource":"{resource}"}}}}"#
            );
            let found = faults(PolicyType::Identity, &text);
            let found: Vec<u16> = found.into_iter().map(|(number, _)| number).collect();
            assert_eq!(found, expected, "{resource}");
        }
    }
}
