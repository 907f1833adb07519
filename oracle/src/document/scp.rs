//! The older, narrower language of service control policies (IAM-033), under the reading `limited`.

use veriam_model::Verb;
use veriam_model::readings::ScpLanguage;

use crate::json::{Node, Value};
use crate::notes::iam;

use super::Reader;
use super::statement::Members;

/// Checks a statement of an SCP.
pub(super) fn check(effect: Option<Verb>, members: &Members<'_, '_>, reader: &mut Reader<'_>) {
    let mut places = Vec::new();
    // No NotResource; in an Allow no Condition and no NotAction.
    places.extend(members.get("NotResource").map(|member| member.offset));
    if effect == Some(Verb::Allow) {
        places.extend(members.get("Condition").map(|member| member.offset));
        places.extend(members.get("NotAction").map(|member| member.offset));
        // In an Allow only the resource `*`.
        for member in members.all("Resource") {
            let other = strings(&member.node).filter(|(_, text)| *text != "*");
            places.extend(other.map(|(offset, _)| offset));
        }
    }
    // `*` only at the end of an action, and no `?`.
    for member in members.all("Action").chain(members.all("NotAction")) {
        let inner_wildcard = |text: &str| {
            let before_the_end = text.strip_suffix('*').unwrap_or(text);
            text != "*:*" && (text.contains('?') || before_the_end.contains('*'))
        };
        let wild = strings(&member.node).filter(|(_, text)| inner_wildcard(text));
        places.extend(wild.map(|(offset, _)| offset));
    }
    for place in places {
        if reader.notes.choose::<ScpLanguage>() == ScpLanguage::Limited {
            reader.fault(iam(33), place);
        }
    }
}

/// The strings of a value or list, each with its place.
fn strings<'n>(node: &'n Node<'_>) -> impl Iterator<Item = (usize, &'n str)> {
    let elements = match &node.value {
        Value::List(elements) => elements.as_slice(),
        _ => std::slice::from_ref(node),
    };
    elements.iter().filter_map(|element| match &element.value {
        Value::Text(text) => Some((element.offset, text.as_ref())),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use crate::document::testing::{assert_statement, assert_statement_under};
    use veriam_model::readings::ScpLanguage;
    use veriam_model::{Dialect, PolicyType};

    #[test]
    fn scps_have_the_full_language_unless_a_dialect_limits_them() {
        for (statement, limited) in [
            (
                r#""Effect":"Allow","Action":"s3:Get*","Resource":"*""#,
                &[][..],
            ),
            (
                r#""Effect":"Allow","NotAction":"s3:*","Resource":["arn:aws:s3:::b","*"],"Condition":{}"#,
                &[
                    (33, "\"NotAction\""),
                    (33, "\"arn:aws:s3:::b\""),
                    (33, "\"Condition\""),
                ],
            ),
            (
                r#""Effect":"Deny","NotAction":"s3:*","Resource":"arn:aws:s3:::b","Condition":{}"#,
                &[],
            ),
            (
                r#""Effect":"Deny","Action":["s3:*","s3:G*t","s3:G?","*","*:*"],"NotResource":"*""#,
                &[
                    (33, "\"s3:G*t\""),
                    (33, "\"s3:G?\""),
                    (33, "\"NotResource\""),
                ],
            ),
        ] {
            assert_statement(PolicyType::Scp, statement, &[]);
            let dialect = Dialect::default().with(ScpLanguage::Limited);
            assert_statement_under(&dialect, PolicyType::Scp, statement, limited);
        }
    }
}
