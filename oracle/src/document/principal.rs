//! `Principal` and `NotPrincipal` (readings, 1.7).

use veriam_model::readings::{AllowNotPrincipal, DocumentAge, EmptyNot, TrustStar};
use veriam_model::{PolicyType, RuleId, Verb};

use crate::arn::Arn;
use crate::json::{Member, Node, Value};
use crate::notes::iam;
use crate::wildcard::has_wildcard;

use super::statement::Members;
use super::{PrincipalElement, PrincipalEntry, Reader};

/// Reads the principal element of the statement that begins at `offset`.
///
/// `customer_rcp`: the value of `Principal` is checked with the other limits on RCPs (IAM-029).
pub(super) fn read(
    offset: usize,
    members: &Members<'_, '_>,
    effect: Option<Verb>,
    customer_rcp: bool,
    reader: &mut Reader<'_>,
) -> Option<PrincipalElement> {
    let principal = members.get("Principal");
    let not_principal = members.get("NotPrincipal");
    match reader.policy_type {
        PolicyType::Identity | PolicyType::Boundary | PolicyType::Session => {
            // IAM-027, IAM-031: whom the policy is attached to is the principal.
            refuse(principal, iam(27), reader);
            refuse(not_principal, iam(31), reader);
            None
        }
        PolicyType::Scp => {
            refuse(principal, iam(28), reader);
            refuse(not_principal, iam(28), reader);
            None
        }
        PolicyType::Rcp => {
            refuse(not_principal, iam(29), reader);
            if customer_rcp {
                return Some(everyone());
            }
            principal.map(|member| element(false, &member.node, reader))
        }
        PolicyType::Trust => {
            refuse(not_principal, iam(31), reader);
            if principal.is_none() {
                missing(offset, not_principal.is_none(), reader);
            }
            principal.map(|member| element(false, &member.node, reader))
        }
        PolicyType::Resource | PolicyType::Key | PolicyType::Endpoint => {
            match (principal, not_principal) {
                (None, None) => missing(offset, true, reader),
                (Some(_), Some(_)) => missing(offset, false, reader),
                _ => {}
            }
            let allowing = not_principal.filter(|_| effect == Some(Verb::Allow));
            if let Some(member) = allowing
                && reader.notes.choose::<AllowNotPrincipal>() == AllowNotPrincipal::Refused
            {
                reader.fault(iam(32), member.offset);
            }
            let principal = principal.map(|member| element(false, &member.node, reader));
            let not_principal = not_principal.map(|member| element(true, &member.node, reader));
            principal.or(not_principal)
        }
    }
}

fn everyone() -> PrincipalElement {
    PrincipalElement {
        not: false,
        entries: vec![PrincipalEntry::Everyone],
    }
}

fn refuse(member: Option<&Member<'_>>, rule: RuleId, reader: &mut Reader<'_>) {
    if let Some(member) = member {
        reader.fault(rule, member.offset);
    }
}

/// IAM-027 (IAM-030 in endpoint policies): the statement does not have exactly one of the elements. With
/// neither it is tolerated in a document stored long ago, where it matches nobody (IAM-124).
fn missing(offset: usize, neither: bool, reader: &mut Reader<'_>) {
    if neither && reader.notes.choose::<DocumentAge>() == DocumentAge::Stored {
        return;
    }
    let rule = match reader.policy_type {
        PolicyType::Endpoint => iam(30),
        _ => iam(27),
    };
    reader.fault(rule, offset);
}

/// The value of an element: `"*"`, or an object of kinds (IAM-050).
fn element(not: bool, node: &Node<'_>, reader: &mut Reader<'_>) -> PrincipalElement {
    reader.notes.cite(iam(50));
    let mut entries = Vec::new();
    match &node.value {
        Value::Text(text) if text == "*" => {
            // IAM-053: perhaps not in a trust policy.
            if reader.policy_type == PolicyType::Trust
                && reader.notes.choose::<TrustStar>() == TrustStar::Refused
            {
                reader.fault(iam(53), node.offset);
            }
            entries.push(PrincipalEntry::Everyone);
        }
        Value::Object(members) => {
            let members = reader.distinct(members);
            // IAM-051: several kinds are alternatives.
            reader.notes.cite_if(members.len() > 1, iam(51));
            let mut names_nobody = true;
            for member in members {
                names_nobody &= kind(member, &mut entries, reader);
            }
            if names_nobody {
                nobody(not, node.offset, reader);
            }
        }
        _ => reader.fault(iam(50), node.offset),
    }
    PrincipalElement { not, entries }
}

fn nobody(not: bool, offset: usize, reader: &mut Reader<'_>) {
    if !not {
        // IAM-038: nobody.
        reader.notes.cite(iam(38));
    } else if reader.notes.choose::<EmptyNot>() == EmptyNot::Refused {
        // IAM-039: perhaps everybody, to be refused.
        reader.fault(iam(39), offset);
    }
}

/// One member of a principal object. Returns whether it is an empty list.
fn kind(member: &Member<'_>, entries: &mut Vec<PrincipalEntry>, reader: &mut Reader<'_>) -> bool {
    let name = member.name.as_ref();
    let refused = match name {
        "AWS" | "Service" => None,
        // IAM-054: for trust policies only.
        "Federated" => (reader.policy_type != PolicyType::Trust).then_some(iam(54)),
        // IAM-055: an S3 form.
        "CanonicalUser" => matches!(
            reader.policy_type,
            PolicyType::Trust | PolicyType::Key | PolicyType::Endpoint
        )
        .then_some(iam(55)),
        _ => Some(iam(50)),
    };
    if let Some(rule) = refused {
        reader.fault(rule, member.offset);
        return false;
    }
    let elements = reader.elements(&member.node);
    for element in elements {
        match &element.value {
            Value::Text(text) => match entry(name, text, reader) {
                Ok(entry) => entries.push(entry),
                Err(rule) => reader.fault(rule, element.offset),
            },
            _ => reader.fault(iam(50), element.offset),
        }
    }
    elements.is_empty()
}

/// One entry: the first rule that fits decides.
fn entry(kind: &str, text: &str, reader: &mut Reader<'_>) -> Result<PrincipalEntry, RuleId> {
    if kind == "AWS" && text == "*" {
        return Ok(PrincipalEntry::AwsStar);
    }
    if text.contains("${") {
        // IAM-126: no variables in principals; IAM-068 refuses them where they exist.
        reader.notes.cite(iam(126));
        if reader.is_2012() {
            return Err(iam(68));
        }
    }
    // IAM-052: a wildcard is never part of a name.
    if has_wildcard(text) {
        return Err(iam(52));
    }
    if text.is_empty() {
        return Err(iam(50));
    }
    let owned = text.to_owned();
    match kind {
        "Service" => return Ok(PrincipalEntry::Service(owned)),
        "Federated" => return Ok(PrincipalEntry::Federated(owned)),
        "CanonicalUser" => return Ok(PrincipalEntry::CanonicalUser(owned)),
        _ => {}
    }
    if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(PrincipalEntry::AccountId(owned));
    }
    if is_unique_id(text) {
        return Ok(PrincipalEntry::UniqueId(owned));
    }
    match Arn::split(text) {
        // IAM-058: groups are no principals.
        Some(arn) if arn.service == "iam" && arn.resource.starts_with("group/") => Err(iam(58)),
        Some(_) => Ok(PrincipalEntry::Arn(owned)),
        None => Err(iam(50)),
    }
}

/// `A` and 15 to 127 more capital letters and digits.
fn is_unique_id(text: &str) -> bool {
    let more = text.strip_prefix('A').unwrap_or_default();
    let permitted = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    (15..=127).contains(&more.len()) && more.bytes().all(permitted)
}

#[cfg(test)]
mod tests {
    use crate::document::testing::{assert_statement, assert_statement_under, faults};
    use veriam_model::readings::{AllowNotPrincipal, DocumentAge, EmptyNot, TrustStar};
    use veriam_model::{Dialect, PolicyType};

    use PolicyType::{Boundary, Endpoint, Identity, Key, Rcp, Resource, Scp, Session, Trust};

    /// A Deny with these elements and, where the type wants one, a resource.
    fn deny(policy_type: PolicyType, elements: &str) -> String {
        match policy_type {
            Trust => format!(r#"{elements}"Effect":"Deny","Action":"s3:x""#),
            _ => format!(r#"{elements}"Effect":"Deny","Action":"s3:x","Resource":"*""#),
        }
    }

    #[test]
    fn who_must_and_who_must_not_name_principals() {
        let principal = r#""Principal":"*","#;
        let not_principal = r#""NotPrincipal":{"AWS":"111122223333"},"#;
        let both = format!("{principal}{not_principal}");
        for (policy_type, elements, expected) in [
            (Identity, principal, &[(27, "\"Principal\"")][..]),
            (Boundary, principal, &[(27, "\"Principal\"")]),
            (Session, principal, &[(27, "\"Principal\"")]),
            (Scp, principal, &[(28, "\"Principal\"")]),
            (Rcp, principal, &[]),
            (Identity, not_principal, &[(31, "\"NotPrincipal\"")]),
            (Scp, not_principal, &[(28, "\"NotPrincipal\"")]),
            (Trust, not_principal, &[(27, "{"), (31, "\"NotPrincipal\"")]),
            (Resource, not_principal, &[]),
            (Key, not_principal, &[]),
            (Endpoint, not_principal, &[]),
            (Resource, "", &[(27, "{")]),
            (Trust, "", &[(27, "{")]),
            (Key, "", &[(27, "{")]),
            (Endpoint, "", &[(30, "{")]),
            (Resource, &both, &[(27, "{")]),
            (Endpoint, &both, &[(30, "{")]),
            (Trust, &both, &[(31, "\"NotPrincipal\"")]),
        ] {
            assert_statement(policy_type, &deny(policy_type, elements), expected);
        }
        let stored = Dialect::default().with(DocumentAge::Stored);
        for policy_type in [Resource, Trust, Key, Endpoint] {
            assert_statement_under(&stored, policy_type, &deny(policy_type, ""), &[]);
        }
        assert_statement_under(&stored, Key, &deny(Key, &both), &[(27, "{")]);
    }

    #[test]
    fn not_principal_belongs_with_deny() {
        let allow = r#""Effect":"Allow","NotPrincipal":{"AWS":"111122223333"},"Action":"a:b""#;
        for policy_type in [Resource, Key, Endpoint] {
            assert_statement(policy_type, allow, &[(32, "\"NotPrincipal\"")]);
            let dialect = Dialect::default().with(AllowNotPrincipal::Accepted);
            assert_statement_under(&dialect, policy_type, allow, &[]);
        }
    }

    #[test]
    fn the_value_is_a_star_or_an_object_of_four_kinds() {
        for (policy_type, value, expected) in [
            (Resource, "\"*\"", &[][..]),
            (Trust, "\"*\"", &[]),
            (Resource, "{}", &[]),
            (Resource, r#"{"AWS":[],"Service":[]}"#, &[]),
            (
                Resource,
                r#"{"AWS":["*","111122223333"],"Service":"x y","CanonicalUser":"79a5"}"#,
                &[],
            ),
            (Trust, r#"{"Federated":["accounts.google.com"]}"#, &[]),
            (
                Resource,
                "\"arn:aws:iam::111122223333:root\"",
                &[(50, "\"arn:aws:iam::111122223333:root\"")],
            ),
            (Resource, "[\"*\"]", &[(50, "[")]),
            (Resource, "null", &[(50, "null")]),
            (
                Resource,
                r#"{"Bad":5,"aws":[]}"#,
                &[(50, "\"Bad\""), (50, "\"aws\"")],
            ),
            (
                Resource,
                r#"{"AWS":5,"Service":[[],"x"]}"#,
                &[(50, "5"), (50, "[")],
            ),
            (Resource, r#"{"AWS":"*","AWS":"x"}"#, &[(20, "\"AWS\"")]),
            (Resource, r#"{"Federated":5}"#, &[(54, "\"Federated\"")]),
            (Key, r#"{"CanonicalUser":5}"#, &[(55, "\"CanonicalUser\"")]),
            (
                Trust,
                r#"{"CanonicalUser":"x"}"#,
                &[(55, "\"CanonicalUser\"")],
            ),
            (
                Endpoint,
                r#"{"CanonicalUser":"x"}"#,
                &[(55, "\"CanonicalUser\"")],
            ),
        ] {
            let elements = format!("\"Principal\":{value},");
            assert_statement(policy_type, &deny(policy_type, &elements), expected);
        }
        let dialect = Dialect::default().with(TrustStar::Refused);
        let trust = deny(Trust, "\"Principal\":\"*\",");
        assert_statement_under(&dialect, Trust, &trust, &[(53, "\"*\"")]);
        let object = deny(Trust, "\"Principal\":{\"AWS\":\"*\"},");
        assert_statement_under(&dialect, Trust, &object, &[]);
    }

    #[test]
    fn the_complement_of_nobody_is_refused() {
        for value in ["{}", r#"{"AWS":[],"Service":[]}"#] {
            let statement = deny(Resource, &format!("\"NotPrincipal\":{value},"));
            assert_statement(Resource, &statement, &[(39, "{")]);
            let dialect = Dialect::default().with(EmptyNot::Everything);
            assert_statement_under(&dialect, Resource, &statement, &[]);
        }
        let star = deny(Resource, "\"NotPrincipal\":\"*\",");
        assert_statement(Resource, &star, &[]);
    }

    #[test]
    fn entries_are_accounts_ids_and_arns_without_wildcards_or_variables() {
        for (kind, text, rule) in [
            ("AWS", "*", 0),
            ("AWS", "111122223333", 0),
            ("AWS", "arn:aws:iam::111122223333:root", 0),
            ("AWS", "arn:aws:iam::111122223333:user/group/x", 0),
            ("AWS", "arn:a:b:c:d:e", 0),
            ("AWS", "AROAEXAMPLE00000", 0),
            ("Service", "anything at all", 0),
            ("AWS", "arn:aws:iam::111122223333:role/*", 52),
            ("AWS", "**", 52),
            ("AWS", "arn:aws:iam::111122223333:user/${aws:username}", 68),
            ("AWS", "${*}", 68),
            ("AWS", "", 50),
            ("AWS", "11112222333", 50),
            ("AWS", "1111222233334", 50),
            ("AWS", "AROAEXAMPLE0000", 50),
            ("AWS", "BROAEXAMPLE00000", 50),
            ("AWS", "AROAExAMPLE00000", 50),
            ("AWS", "arn:aws:iam::111122223333", 50),
            ("AWS", "arn:aws:iam::111122223333:group/Devs", 58),
            ("Service", "*", 52),
            ("Service", "s3.*.com", 52),
            ("Service", "", 50),
            ("CanonicalUser", "?", 52),
        ] {
            let elements = format!(r#""Principal":{{"{kind}":"{text}"}},"#);
            let quoted = format!("\"{text}\"");
            let expected: &[(u16, &str)] = match rule {
                0 => &[],
                rule => &[(rule, &quoted)],
            };
            assert_statement(Resource, &deny(Resource, &elements), expected);
        }
    }

    #[test]
    fn variables_in_principals_of_older_documents_are_text() {
        let text =
            r#"{"Statement":{"Effect":"Deny","Principal":{"Service":"${x}"},"Action":"a:b"}}"#;
        assert_eq!(faults(Resource, text), []);
    }
}
