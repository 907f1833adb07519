//! `Resource` and `NotResource` against the requested resource (section 3 of the rules; readings, 3.2).

use veriam_model::readings::{NoResource, ResourceStar, ShortArn, UnresolvedNotResource};
use veriam_model::{PolicyType, Verb};

use crate::arn::Arn;
use crate::document::Listed;
use crate::finding::{Finding, Scope};
use crate::notes::{Notes, iam};
use crate::variable::{self, Expanded};
use crate::wildcard::{self, Symbol, has_wildcard};
use crate::{Element, VariableTrace};

/// Tests the element.
pub(crate) fn test<'d>(element: &Listed, scope: Scope<'_>, mut notes: Notes<'d>) -> Finding<'d> {
    // IAM-090: a list is an OR.
    notes.cite_if(element.values.len() > 1, iam(90));
    let mut variables = Vec::new();
    let mut first = None;
    let mut unresolved = None;
    let listed = notes.any(&element.values, |notes, text| {
        let covers = match covers(text, scope, notes, &mut variables) {
            Some(covers) => covers,
            None => {
                unresolved = Some(text);
                // IAM-197: it matches no resource.
                notes.cite_if(!element.not, iam(197));
                false
            }
        };
        if covers && first.is_none() {
            first = Some(text);
        }
        covers
    });
    let mut holds = listed != element.not;
    if element.not {
        // IAM-098: every resource that is not listed.
        notes.cite(iam(98));
        notes.cite_if(scope.effect == Verb::Allow, iam(99));
        // IAM-198: an unresolved value excludes nothing, or disables the statement.
        if holds && unresolved.is_some() {
            holds = notes.choose::<UnresolvedNotResource>() == UnresolvedNotResource::ReachesAll;
        }
    }
    let name = if element.not {
        Element::NotResource
    } else {
        Element::Resource
    };
    let mut finding = Finding::new(name, holds, notes);
    finding.variables = variables;
    if finding.notes.wants_text() {
        let resource = &scope.request.check.resource.arn;
        finding.wanted = element.values.clone();
        finding.found = Some(vec![resource.clone()]);
        finding.why = match (first, unresolved) {
            (Some(pattern), _) => format!("`{pattern}` in {name} covers {resource}"),
            (None, Some(text)) => {
                format!(
                    "nothing in {name} covers {resource}; a variable in `{text}` stands for nothing"
                )
            }
            (None, None) => format!("nothing in {name} covers {resource}"),
        };
    }
    finding
}

/// Whether one value covers the requested resource; `None` when a variable in it is unresolved.
fn covers(
    text: &str,
    scope: Scope<'_>,
    notes: &mut Notes<'_>,
    variables: &mut Vec<VariableTrace>,
) -> Option<bool> {
    // IAM-089: `*` covers every request.
    if text == "*" {
        notes.cite(iam(89));
        return Some(true);
    }
    // The six parts of the pattern, or fewer; variables stand in the sixth only (IAM-207).
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    notes.cite_if(parts.len() < 6, iam(64));
    if parts.len() < 6 && !text.ends_with('*') {
        let filled = format!("{text}{}", ":*".repeat(6 - parts.len()));
        let covers = is_filled_up(text, scope.policy_type)
            && covers(&filled, scope, notes, variables)?
            && notes.choose::<ShortArn>() == ShortArn::TrailingParts;
        return Some(covers);
    }
    let head = parts.get(..5).unwrap_or(&parts);
    notes.cite_if(!scope.version_2012 && text.contains("${"), iam(190));
    let tail = match parts.get(5) {
        None => None,
        Some(sixth) => {
            let sixth =
                variable::expand(sixth, scope.version_2012, scope.request, notes, variables);
            Some(sixth?)
        }
    };
    let pattern = Pattern { head, tail };
    Some(match scope.request.resource {
        None => covers_no_resource(&parts, scope, notes),
        Some(resource) => {
            // IAM-091, IAM-095: part by part, with wildcards inside a part, and with case.
            notes.cite(iam(91));
            notes.cite(iam(95));
            let covers = covers_arn(&pattern, &scope.request.check.resource.arn, notes);
            cite_matching(&parts, &pattern, resource, covers, notes);
            covers
        }
    })
}

/// IAM-064: a short ARN that does not end in `*` covers nothing, or is read as if `:*` stood behind it for each
/// missing part.
fn is_filled_up(text: &str, policy_type: PolicyType) -> bool {
    match policy_type {
        PolicyType::Identity | PolicyType::Session | PolicyType::Boundary => true,
        PolicyType::Resource | PolicyType::Trust | PolicyType::Key | PolicyType::Endpoint => {
            has_wildcard(text)
        }
        PolicyType::Scp | PolicyType::Rcp => false,
    }
}

/// IAM-100: an action without a resource type is about `*`. No ARN covers that, except perhaps one of the
/// action's service whose sixth part is `*`.
fn covers_no_resource(parts: &[&str], scope: Scope<'_>, notes: &mut Notes<'_>) -> bool {
    notes.cite(iam(100));
    let all_of_the_service = matches!(
        parts,
        [_, _, service, _, _, "*"] if service.eq_ignore_ascii_case(scope.request.service)
    );
    all_of_the_service && notes.choose::<NoResource>() == NoResource::SameService
}

/// An ARN pattern: up to five parts before the sixth, which is missing in a short one.
struct Pattern<'t> {
    head: &'t [&'t str],
    tail: Option<Expanded<'t>>,
}

/// IAM-093: whether a `*` directly before a colon of the pattern may run over colons. It makes a difference
/// only for an ARN of more than five colons.
fn covers_arn(pattern: &Pattern<'_>, resource: &str, notes: &mut Notes<'_>) -> bool {
    covers_part_by_part(pattern, resource)
        || (pattern.head.iter().any(|part| part.ends_with('*'))
            && covers_with_span(pattern, resource)
            && notes.choose::<ResourceStar>() == ResourceStar::Span)
}

/// Matches a pattern against the whole text of an ARN, part by part. Wildcards before the sixth part do not match
/// colons, except that one at the end of a short pattern does.
fn covers_part_by_part(pattern: &Pattern<'_>, resource: &str) -> bool {
    let mut rest = Some(resource);
    for (index, part) in pattern.head.iter().enumerate() {
        let Some(text) = rest else {
            return false;
        };
        let (segment, behind) = match text.split_once(':') {
            Some((segment, behind)) => (segment, Some(behind)),
            None => (text, None),
        };
        if !wildcard::text_matches(part, segment) {
            return false;
        }
        let is_end = pattern.tail.is_none() && index + 1 == pattern.head.len();
        if is_end {
            return part.ends_with('*') || behind.is_none();
        }
        rest = behind;
    }
    match (&pattern.tail, rest) {
        (Some(tail), Some(rest)) => tail.matches(rest),
        _ => false,
    }
}

/// The same, but a `*` at the end of a part matches colons, too. Then the next part may begin at any later segment
/// of the text.
fn covers_with_span(pattern: &Pattern<'_>, resource: &str) -> bool {
    let segments: Vec<&str> = resource.split(':').collect();
    let count = segments.len();
    // begins[i]: the part at hand can begin with the i-th segment.
    let mut begins = vec![false; count + 1];
    begins[0] = true;
    for (index, part) in pattern.head.iter().enumerate() {
        let is_end = pattern.tail.is_none() && index + 1 == pattern.head.len();
        let ends_in_star = part.ends_with('*');
        let mut next_begins = vec![false; count + 1];
        for at in (0..count).filter(|&at| begins[at]) {
            if !wildcard::text_matches(part, segments[at]) {
                continue;
            }
            if is_end && (ends_in_star || at + 1 == count) {
                return true;
            }
            next_begins[at + 1] = true;
            if ends_in_star {
                next_begins[at + 1..].fill(true);
            }
        }
        begins = next_begins;
    }
    let Some(tail) = &pattern.tail else {
        return false;
    };
    (0..count).any(|at| begins[at] && tail.matches(&segments[at..].join(":")))
}

/// Cites the rules that say how the parts compare.
fn cite_matching(
    parts: &[&str],
    pattern: &Pattern<'_>,
    resource: Arn<'_>,
    covers: bool,
    notes: &mut Notes<'_>,
) {
    let tail = || pattern.tail.iter().flat_map(Expanded::symbols);
    let has_star = tail().any(|symbol| symbol == Symbol::Run);

    // IAM-092, IAM-094: `*` runs over slashes, and over colons of the sixth part.
    notes.cite_if(has_star && resource.resource.contains('/'), iam(92));
    notes.cite_if(resource.resource.contains(':'), iam(94));
    // IAM-093: before the sixth part wildcards stay inside their part, but for a `*` at its end.
    notes.cite_if(pattern.head.iter().any(|part| has_wildcard(part)), iam(93));
    // IAM-097: without a separator before the `*` the pattern is a plain prefix.
    let mut prefix = tail().take_while(|symbol| *symbol != Symbol::Run);
    let separators = ['/', ':'].map(Symbol::Literal);
    let has_separator = prefix.any(|symbol| separators.contains(&symbol));
    notes.cite_if(has_star && !has_separator, iam(97));
    // IAM-096: a bucket and its objects are different resources.
    let is_bucket_beside_object = parts.get(2) == Some(&"s3")
        && resource.service == "s3"
        && tail().any(|symbol| symbol == Symbol::Literal('/')) != resource.resource.contains('/');
    notes.cite_if(is_bucket_beside_object && !covers, iam(96));
}

#[cfg(test)]
mod tests {
    use crate::testing::Case;
    use veriam_model::PolicyType;
    use veriam_model::readings::{
        NoResource, ResourceStar, ShortArn, UnresolvedNotResource, VariableDefault,
    };

    fn applies(case: &Case, element: &str, pattern: &str) -> bool {
        case.statement_applies(&format!(r#""Action":"*","{element}":"{pattern}""#))
    }

    fn on(resource: &str) -> Case {
        Case::user().resource(resource)
    }

    #[test]
    fn patterns_match_from_end_to_end_with_case() {
        for (pattern, resource, expected) in [
            ("*", "arn:aws:s3:::b", true),
            (
                "arn:aws:s3:::b/*/test/*",
                "arn:aws:s3:::b//test/o.jpg",
                true,
            ),
            (
                "arn:aws:s3:::b/*/test/*",
                "arn:aws:s3:::b/1///test///o.jpg",
                true,
            ),
            (
                "arn:aws:s3:::b/*/test/*",
                "arn:aws:s3:::b/1-test/o.jpg",
                false,
            ),
            (
                "arn:aws:s3:::b/*/test/*",
                "arn:aws:s3:::b/test/o.jpg",
                false,
            ),
            (
                "arn:aws:s3:::b/*/test/*",
                "arn:aws:s3:::b/1/2/test.jpg",
                false,
            ),
            ("arn:aws:s3:::b", "arn:aws:s3:::b/k", false),
            ("arn:aws:s3:::b/*", "arn:aws:s3:::b", false),
            ("arn:aws:s3:::b*", "arn:aws:s3:::b/k", true),
            ("arn:aws:s3:::*log*", "arn:aws:s3:::carlos-logs/x", true),
            ("arn:aws:s3:::b/Key", "arn:aws:s3:::b/key", false),
            ("arn:aws:s3:::b?k", "arn:aws:s3:::b:k", true),
            ("arn:aws:s3:::b/?", "arn:aws:s3:::b/", false),
            (
                "arn:aws:logs:us-east-1:111122223333:log-group:*",
                "arn:aws:logs:us-east-1:111122223333:log-group:app:log-stream:s",
                true,
            ),
            (
                "arn:aws:sqs:*:111122223333:q",
                "arn:aws:sqs:us-east-1:111122223333:q",
                true,
            ),
            (
                "arn:aws:sqs:us-*-1:111122223333:q",
                "arn:aws:sqs:us-east-1:111122223333:q",
                true,
            ),
            (
                "arn:aws:sqs:us?east-1:*:q",
                "arn:aws:sqs:us-east-1:111122223333:q",
                true,
            ),
            ("arn:aws:sqs:?:*:q", "arn:aws:sqs::111122223333:q", false),
            (
                "arn:*:*:*:*:*",
                "arn:aws:sqs:us-east-1:111122223333:q",
                true,
            ),
            (
                "arn:aws:sqs:us-east-1*111122223333:q:x:y",
                "arn:aws:sqs:us-east-1:111122223333:q:x:y",
                false,
            ),
            // Short patterns that end in a star.
            (
                "arn:aws:sqs:us-east-1:*",
                "arn:aws:sqs:us-east-1:111122223333:q",
                true,
            ),
            (
                "arn:aws:sqs:us-east-*",
                "arn:aws:sqs:us-east-1:111122223333:q",
                true,
            ),
            ("arn:aws:s*", "arn:aws:sqs:us-east-1:111122223333:q", true),
            ("arn:*", "arn:aws:sqs:us-east-1:111122223333:q", true),
            (
                "arn:aws:sqs:us-west-*",
                "arn:aws:sqs:us-east-1:111122223333:q",
                false,
            ),
            (
                "arn:aws:sqs:us-*-2*",
                "arn:aws:sqs:us-east-1:111122223333:q-2",
                false,
            ),
            // Other short patterns.
            ("arn:aws:sqs", "arn:aws:sqs:us-east-1:111122223333:q", false),
            ("arn:aws:s?s", "arn:aws:sqs:us-east-1:111122223333:q", false),
        ] {
            let case = on(resource);
            assert_eq!(
                applies(&case, "Resource", pattern),
                expected,
                "{pattern} {resource}"
            );
            assert_eq!(
                applies(&case, "NotResource", pattern),
                !expected,
                "{pattern} {resource}"
            );
        }
    }

    #[test]
    fn a_star_before_a_colon_may_run_over_colons() {
        let resource = "arn:aws:sqs:us-east-1:999988887777:x:111122223333:q";
        for (pattern, span, stay) in [
            ("arn:aws:sqs:*:111122223333:q", true, false),
            ("arn:aws:*:111122223333:q", false, false),
            ("arn:aws:sqs:us-*:x:*:q", true, false),
            ("arn:aws:sqs:*-1:999988887777:x:*", true, true),
            ("arn:aws:sqs:u*1:111122223333:q", false, false),
            ("arn:aws:sqs:*?:111122223333:q", false, false),
            ("arn:aws:sqs:*:111122223333:r", false, false),
        ] {
            assert_eq!(
                applies(&on(resource), "Resource", pattern),
                span,
                "{pattern}"
            );
            let case = on(resource).dialect(|dialect| dialect.with(ResourceStar::Stay));
            assert_eq!(applies(&case, "Resource", pattern), stay, "{pattern}");
        }
    }

    #[test]
    fn a_request_without_resource_is_covered_by_a_star_only() {
        for (pattern, star_only, same_service) in [
            ("*", true, true),
            ("arn:aws:s3:::*", false, true),
            ("arn:aws:S3:::*", false, true),
            ("arn:aws:ec2:*:*:*", false, false),
            ("arn:aws:s3:::b*", false, false),
            ("arn:aws:s*:::*", false, false),
            ("arn:aws:s3:*", false, false),
            ("arn:aws:s3:::${*}", false, false),
            // Short, and read as it stands.
            ("arn:aws:s3", false, false),
        ] {
            assert_eq!(
                applies(&on("*"), "Resource", pattern),
                star_only,
                "{pattern}"
            );
            let case = on("*").dialect(|dialect| dialect.with(NoResource::SameService));
            assert_eq!(
                applies(&case, "Resource", pattern),
                same_service,
                "{pattern}"
            );
        }
    }

    #[test]
    fn a_filled_up_short_arn_is_an_arn_of_six_parts() {
        let case = on("*").dialect(|dialect| {
            dialect
                .with(ShortArn::TrailingParts)
                .with(NoResource::SameService)
        });
        assert!(applies(&case, "Resource", "arn:aws:s3"));
        assert!(!applies(&case, "Resource", "arn:aws:sqs"));
        assert!(!applies(&case, "Resource", "arn:aws"));
    }

    #[test]
    fn a_dialect_may_fill_up_short_arns_by_policy_type() {
        let resource = "arn:aws:sqs:us-east-1:111122223333:q:r";
        for (policy_type, plain, wild) in [
            (PolicyType::Identity, true, true),
            (PolicyType::Boundary, true, true),
            (PolicyType::Session, true, true),
            (PolicyType::Resource, false, true),
            (PolicyType::Key, false, true),
            (PolicyType::Endpoint, false, true),
            (PolicyType::Scp, false, false),
        ] {
            let case = on(resource)
                .policy_type(policy_type)
                .dialect(|dialect| dialect.with(ShortArn::TrailingParts));
            for (pattern, expected) in [
                ("arn:aws:sqs", plain),
                ("arn:aws:sqs:us-east-1", plain),
                ("arn:aws:s?s", wild),
                ("arn:aws:sq", false),
            ] {
                assert_eq!(
                    applies(&case, "Resource", pattern),
                    expected,
                    "{policy_type} {pattern}"
                );
            }
        }
    }

    #[test]
    fn variables_are_replaced_by_literal_text() {
        let case = |resource: &str| {
            on(resource)
                .context("aws:username", &["b*b"])
                .context("aws:TagKeys", &["k"])
                .context("aws:PrincipalTag/team", &["${aws:username}"])
                .context("a:empty", &[""])
        };
        for (pattern, resource, expected) in [
            (
                "arn:aws:s3:::b/${aws:username}/*",
                "arn:aws:s3:::b/b*b/x",
                true,
            ),
            (
                "arn:aws:s3:::b/${aws:username}/*",
                "arn:aws:s3:::b/bxb/x",
                false,
            ),
            ("arn:aws:s3:::b/${AWS:UserName}", "arn:aws:s3:::b/b*b", true),
            (
                "arn:aws:s3:::b/${aws:PrincipalTag/team}",
                "arn:aws:s3:::b/${aws:username}",
                true,
            ),
            (
                "arn:aws:s3:::b/${aws:PrincipalTag/team}",
                "arn:aws:s3:::b/b*b",
                false,
            ),
            ("arn:aws:s3:::b/${a:none, 'x*'}", "arn:aws:s3:::b/x*", true),
            ("arn:aws:s3:::b/${a:none, 'x*'}", "arn:aws:s3:::b/xy", false),
            (
                "arn:aws:s3:::b/${aws:username, 'x'}",
                "arn:aws:s3:::b/b*b",
                true,
            ),
            ("arn:aws:s3:::b/${a:none}", "arn:aws:s3:::b/", false),
            ("arn:aws:s3:::b/${aws:TagKeys}", "arn:aws:s3:::b/k", false),
            (
                "arn:aws:s3:::b/${aws:TagKeys, 'x'}",
                "arn:aws:s3:::b/x",
                false,
            ),
            ("arn:aws:s3:::b/${a:empty, 'x'}", "arn:aws:s3:::b/", true),
            ("arn:aws:s3:::b/a${*}", "arn:aws:s3:::b/a*", true),
            ("arn:aws:s3:::b/a${*}", "arn:aws:s3:::b/ab", false),
            ("arn:aws:s3:::b/${?}${$}", "arn:aws:s3:::b/?$", true),
            ("arn:aws:s3:::b/a$b", "arn:aws:s3:::b/a$b", true),
        ] {
            assert_eq!(
                applies(&case(resource), "Resource", pattern),
                expected,
                "{pattern} {resource}"
            );
        }
        let empty = |key: &str, pattern: &str| {
            let case =
                case("arn:aws:s3:::b/x").dialect(|d| d.with(VariableDefault::DefaultWhenEmpty));
            assert!(applies(&case, "Resource", pattern), "{key}");
        };
        empty("multivalued", "arn:aws:s3:::b/${aws:TagKeys, 'x'}");
        empty("empty string", "arn:aws:s3:::b/${a:empty, 'x'}");
    }

    #[test]
    fn an_unresolved_variable_excludes_nothing_or_disables_the_statement() {
        let resource = "arn:aws:s3:::b/x";
        let pattern = "arn:aws:s3:::b/${a:none}";
        assert!(applies(&on(resource), "NotResource", pattern));
        let case = |resource| {
            on(resource).dialect(|dialect| dialect.with(UnresolvedNotResource::NotApplies))
        };
        assert!(!applies(&case(resource), "NotResource", pattern));
        assert!(!applies(&case("*"), "NotResource", pattern));
    }

    #[test]
    fn older_documents_have_no_variables() {
        let case = on("arn:aws:s3:::b/${aws:username}")
            .context("aws:username", &["bob"])
            .version("2008-10-17");
        assert!(applies(&case, "Resource", "arn:aws:s3:::b/${aws:username}"));
        let case = on("arn:aws:s3:::b/bob")
            .context("aws:username", &["bob"])
            .version("2008-10-17");
        assert!(!applies(
            &case,
            "Resource",
            "arn:aws:s3:::b/${aws:username}"
        ));
    }
}
