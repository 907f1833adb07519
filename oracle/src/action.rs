//! `Action` and `NotAction` against the requested action (section 2 of the rules; readings, 3.1).

use veriam_model::Verb;

use crate::Element;
use crate::document::Listed;
use crate::finding::{Finding, Scope};
use crate::notes::{Notes, iam};
use crate::request::Request;
use crate::wildcard::{self, has_wildcard, symbols};

/// Tests the element.
pub(crate) fn test<'d>(element: &Listed, scope: Scope<'_>, mut notes: Notes<'d>) -> Finding<'d> {
    // IAM-083: a list is an OR.
    notes.cite_if(element.values.len() > 1, iam(83));
    let mut first = None;
    let listed = notes.any(&element.values, |notes, pattern| {
        let covers = covers(pattern, scope.request, notes);
        if covers && first.is_none() {
            first = Some(pattern);
        }
        covers
    });
    if element.not {
        // IAM-084: every action that is not listed.
        notes.cite(iam(84));
        notes.cite(match scope.effect {
            Verb::Allow => iam(85),
            Verb::Deny => iam(86),
        });
        // IAM-087: nothing is outside `*`.
        notes.cite_if(element.values.iter().any(|value| value == "*"), iam(87));
    }
    let name = if element.not {
        Element::NotAction
    } else {
        Element::Action
    };
    let mut finding = Finding::new(name, listed != element.not, notes);
    if finding.notes.wants_text() {
        let action = &scope.request.check.action;
        finding.wanted = element.values.clone();
        finding.found = Some(vec![action.clone()]);
        finding.why = match first {
            Some(pattern) => format!("`{pattern}` in {name} covers {action}"),
            None => format!("nothing in {name} covers {action}"),
        };
    }
    finding
}

/// Whether one action pattern covers the requested action.
fn covers(pattern: &str, request: &Request<'_>, notes: &mut Notes<'_>) -> bool {
    // IAM-080: `*` covers everything; IAM-060: so does `*:*`.
    if pattern == "*" || pattern == "*:*" {
        notes.cite(iam(80));
        notes.cite_if(pattern == "*:*", iam(60));
        return true;
    }
    let Some((prefix, name)) = pattern.split_once(':') else {
        return false; // not in a valid document
    };
    // IAM-077: letter case does not count.
    notes.cite(iam(77));
    // IAM-060: wildcards in the prefix, only where a dialect accepts it.
    notes.cite_if(has_wildcard(prefix), iam(60));
    let is_service = matches(prefix, request.service);
    // IAM-082: the name never reaches over to another service.
    notes.cite_if(!is_service, iam(82));
    // IAM-078, IAM-079, IAM-081: wildcards, from end to end.
    notes.cite_if(name.contains('*'), iam(78));
    notes.cite_if(name.contains('?'), iam(79));
    notes.cite_if(is_service, iam(81));
    let is_named = matches(name, request.operation);
    // IAM-061, IAM-062: names that no action has are harmless.
    let is_odd = name.is_empty() || name.contains([' ', ',']);
    notes.cite_if(is_odd, iam(62));
    notes.cite_if(!is_named && !has_wildcard(name), iam(61));
    is_service && is_named
}

/// A pattern against a text, without ASCII case.
fn matches(pattern: &str, text: &str) -> bool {
    if !has_wildcard(pattern) {
        return pattern.eq_ignore_ascii_case(text);
    }
    let pattern = symbols(&pattern.to_ascii_lowercase());
    wildcard::matches(&pattern, &text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use crate::Detail;
    use crate::testing::{Case, policy};
    use veriam_model::readings::ActionPrefixWildcard;
    use veriam_model::{Dialect, PolicyType};

    fn applies(element: &str, pattern: &str, action: &str) -> bool {
        let case = Case::user().policy_type(PolicyType::Scp).action(action);
        case.statement_applies(&format!(r#""{element}":{pattern},"Resource":"*""#))
    }

    #[test]
    fn patterns_match_prefix_and_name_without_case() {
        for (pattern, action, expected) in [
            ("\"*\"", "sqs:SendMessage", true),
            ("\"*:*\"", "sqs:SendMessage", true),
            ("\"IAM:listaccesskeys\"", "iam:ListAccessKeys", true),
            ("\"iam:*AccessKey*\"", "iam:UpdateAccessKey", true),
            ("\"iam:*AccessKey*\"", "iam:GetUser", false),
            ("\"s3:Get?bject\"", "s3:GetObject", true),
            ("\"s3:Get?Object\"", "s3:GetObject", false),
            ("\"s3:Get\"", "s3:GetObject", false),
            ("\"s3:*\"", "s3express:CreateSession", false),
            ("\"s3:GetObject,PutObject\"", "s3:GetObject", false),
            ("\"s3:\"", "s3:GetObject", false),
            ("\"s3:Get.bject\"", "s3:GetObject", false),
            ("\"s3:\u{212a}ey\"", "s3:key", false),
            (
                "[\"sqs:SendMessage\",\"s3:GetObject\"]",
                "s3:GetObject",
                true,
            ),
            ("[]", "s3:GetObject", false),
        ] {
            assert_eq!(
                applies("Action", pattern, action),
                expected,
                "{pattern} {action}"
            );
            if pattern != "[]" {
                assert_eq!(
                    applies("NotAction", pattern, action),
                    !expected,
                    "{pattern} {action}"
                );
            }
        }
    }

    #[test]
    fn a_dialect_may_match_prefixes_as_patterns() {
        for (pattern, expected) in [
            ("s*:Get*", true),
            ("?3:GetObject", true),
            ("*:Put*", false),
            ("S*:*", true),
        ] {
            let case = Case::user()
                .action("s3:GetObject")
                .dialect(|dialect| dialect.with(ActionPrefixWildcard::Accepted));
            let statement = format!(r#""Action":"{pattern}","Resource":"*""#);
            assert_eq!(case.statement_applies(&statement), expected, "{pattern}");
        }
    }

    #[test]
    fn the_first_pattern_that_covers_the_action_is_named() {
        let mut check = Case::user().action("s3:GetObject").check;
        check.identity_policies = vec![policy(
            r#"{"Effect":"Allow","Action":["s3:Put*","s3:Get*","s3:*"],"Resource":"*"}"#,
        )];
        let traced = crate::trace(&check, &Dialect::default(), Detail::Full);
        let told = format!("{:?}", traced.expect("the request is well-formed"));
        assert!(told.contains("`s3:Get*` in Action covers s3:GetObject"));
        assert!(!told.contains("`s3:*` in Action"));
    }
}
