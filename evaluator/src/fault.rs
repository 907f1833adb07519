//! The kinds of faults, and their collection while a document is checked.
//!
//! One line a kind: rule, stable code, what is wrong, how to mend it. Which faults there are and where they lie
//! is laid down in `docs/readings.md` section 1.

use std::borrow::Cow;
use std::ops::Range;

use veriam_model::RuleId;

use crate::{Finding, Severity};

/// A kind of fault.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) severity: Severity,
    pub(crate) rule: RuleId,
    /// Stable name in kebab-case.
    pub(crate) code: &'static str,
    /// What is wrong; the text at the place follows it in the message when `shows` is set.
    pub(crate) what: &'static str,
    /// What to do about it.
    pub(crate) remedy: &'static str,
    /// Whether the message quotes the text at the place.
    pub(crate) shows: bool,
}

/// `LIST: Severity book; NAME = rule "code", "what" @quote, "remedy"; …` with the book of [`RuleId`].
macro_rules! kinds {
    (@ quote) => { true };
    (@) => { false };
    ($list:ident: $severity:ident $book:ident;
     $( $name:ident = $rule:literal $code:literal, $what:literal $(@$shows:ident)?, $remedy:literal; )+) => {
        $(
            pub(crate) static $name: $crate::fault::Kind = $crate::fault::Kind {
                severity: $crate::Severity::$severity,
                rule: veriam_model::RuleId::$book($rule),
                code: $code,
                what: $what,
                remedy: $remedy,
                shows: $crate::fault::kinds!(@ $($shows)?),
            };
        )+
        /// Every kind of the list.
        pub(crate) static $list: &[&$crate::fault::Kind] = &[ $( &$name, )+ ];
    };
}

pub(crate) use kinds;

kinds! {
    ALL: Error iam;
    // The text as a whole.
    ROOT_NOT_OBJECT = 1 "root-not-object", "the document is" @quote, "write one JSON object";
    TRAILING_TEXT = 1 "trailing-text", "something follows the document:" @quote, "remove it";
    JSON_SYNTAX = 2 "json-syntax", "not JSON here:" @quote, "write RFC 8259 JSON";
    JSON_UNFINISHED = 2 "json-unfinished", "the text ends inside a value", "complete the document";
    JSON_CONTROL = 2 "control-character", "a control character inside a string", "escape it";
    JSON_ESCAPE = 2 "invalid-escape", "no escape of JSON:" @quote, "write one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX";
    SURROGATE = 2 "unpaired-surrogate", "half of a surrogate pair" @quote, "write both halves, or the character itself";
    INVALID_UTF8 = 71 "invalid-utf8", "not UTF-8", "save the document as UTF-8";
    BYTE_ORDER_MARK = 72 "byte-order-mark", "the document begins with a byte order mark", "save it without one";
    TOO_DEEP = 72 "nested-too-deep", "objects and arrays are nested too deep", "a policy needs six levels; flatten it";
    TOO_LARGE = 73 "document-too-large", "the document is larger than the reader's limit", "split it, or raise `Limits::max_bytes`";
    TOO_MANY_STATEMENTS = 73 "too-many-statements", "the document has more statements than the reader's limit", "split it, or raise `Limits::max_statements`";
    CHARACTERS = 70 "unsupported-character", "characters outside TAB, LF, CR and U+0020 to U+00FF in" @quote, "use only those";

    // Members.
    MEMBER_CASE = 5 "element-case", "an element in other letter case:" @quote, "write it as the grammar does";
    UNKNOWN_MEMBER = 3 "unknown-element", "unknown element" @quote, "a document has Version, Id and Statement; remove it";
    UNKNOWN_STATEMENT_MEMBER = 4 "unknown-statement-element", "unknown element of a statement" @quote, "remove it";
    REPEATED_MEMBER = 20 "repeated-member", "repeated member" @quote, "keep one";
    REPEATED_KEY_CASE = 22 "repeated-key", "the same condition key in other letter case:" @quote, "keep one";

    // The document.
    MISSING_STATEMENT = 6 "missing-statement", "no Statement", "add it";
    STATEMENT_FORM = 7 "statement-form", "a statement is no object:" @quote, "write an object or a list of objects";
    NO_STATEMENTS = 8 "empty-statement", "the list of statements is empty", "add a statement";
    VERSION = 9 "invalid-version", "unknown Version" @quote, "write \"2012-10-17\"";
    IDENTITY_VERSION = 11 "identity-version", "an identity-based policy without Version 2012-10-17", "write \"Version\": \"2012-10-17\"";
    RCP_VERSION = 12 "rcp-version", "a resource control policy without Version 2012-10-17", "write \"Version\": \"2012-10-17\"";
    ID_NOT_ALLOWED = 13 "id-not-allowed", "Id in a policy that is attached to an identity", "remove it";
    ID_FORM = 14 "id-form", "Id is no string:" @quote, "write a string";

    // Sid, Effect.
    SID_FORM = 15 "sid-form", "Sid is no string:" @quote, "write a string";
    SID_CHARACTERS = 15 "sid-characters", "a Sid with other characters than letters and digits:" @quote, "use A-Z, a-z and 0-9";
    REPEATED_SID = 16 "repeated-sid", "another statement has the Sid" @quote, "make it unique";
    MISSING_EFFECT = 18 "missing-effect", "a statement without Effect", "add \"Effect\": \"Allow\" or \"Deny\"";
    EFFECT = 19 "invalid-effect", "unknown Effect" @quote, "write \"Allow\" or \"Deny\"";

    // Action, Resource.
    ACTION_MISSING = 24 "missing-action", "a statement with neither Action nor NotAction", "add one of them";
    ACTION_TWICE = 24 "action-and-not-action", "a statement with both Action and NotAction", "keep one of them";
    RESOURCE_MISSING = 25 "missing-resource", "a statement with neither Resource nor NotResource", "add one of them";
    RESOURCE_TWICE = 25 "resource-and-not-resource", "a statement with both Resource and NotResource", "keep one of them";
    TRUST_RESOURCE = 26 "resource-in-trust-policy", "a role trust policy with" @quote, "remove it; the policy is about its own role";
    NOT_A_STRING = 35 "not-a-string", "not a string:" @quote, "write a string or a list of strings";
    EMPTY_ACTION = 36 "empty-action", "an empty list of actions", "name an action";
    EMPTY_RESOURCE = 37 "empty-resource", "an empty list of resources", "name a resource";
    EMPTY_NOT = 39 "empty-not-element", "an empty NotAction, NotResource or NotPrincipal", "name what is left out, or write the element without Not";
    ACTION_FORM = 59 "action-form", "an action is `*` or `service:Name`, not" @quote, "write exactly one colon behind a service prefix";
    ACTION_PREFIX = 59 "action-prefix", "the service prefix of an action holds letters, digits, `-` and `.` only:" @quote, "correct the prefix";
    ACTION_PREFIX_WILDCARD = 60 "action-prefix-wildcard", "a wildcard in the service prefix of an action:" @quote, "name the service, or write `*`";
    VARIABLE_PLACE = 68 "variable-place", "a variable where none is expanded:" @quote, "use variables in resources and in values of string and ARN operators only";
    VARIABLE_FORM = 69 "variable-form", "a malformed variable in" @quote, "write ${key} or ${key, 'default'}";
    VARIABLE_EARLY = 207 "variable-before-fifth-colon", "a variable before the fifth colon of an ARN:" @quote, "use variables in the last part only";
    RESOURCE_FORM = 63 "resource-form", "a resource is `*` or an ARN, not" @quote, "write an ARN";
    RESOURCE_SHORT = 64 "short-arn", "an ARN with fewer than six parts:" @quote, "write all six parts";
    PARTITION = 65 "unknown-partition", "unknown partition in" @quote, "write aws, or another partition, or `*`";
    ARN_REGION = 66 "arn-region", "a region in an ARN that has none:" @quote, "leave the region empty";
    SERVICE_WILDCARD = 67 "service-wildcard", "a wildcard in the service part of" @quote, "name the service";
    TYPE_WILDCARD = 67 "resource-type-wildcard", "a wildcard in the resource type of" @quote, "write the type in full";
    SCP_NOT_RESOURCE = 33 "scp-not-resource", "a service control policy with NotResource", "write Resource";
    SCP_ALLOW_CONDITION = 33 "scp-allow-condition", "an Allow with a Condition in a service control policy", "remove the condition, or deny instead";
    SCP_ALLOW_NOT_ACTION = 33 "scp-allow-not-action", "an Allow with NotAction in a service control policy", "write Action";
    SCP_ALLOW_RESOURCE = 33 "scp-allow-resource", "an Allow in a service control policy on" @quote, "write \"*\"";
    SCP_ACTION_WILDCARD = 33 "scp-action-wildcard", "a wildcard that does not end the action" @quote, "use `*` at the end only";

    // Principals.
    PRINCIPAL_NOT_ALLOWED = 27 "principal-not-allowed", "a principal in a policy that is attached to an identity", "remove it";
    PRINCIPAL_MISSING = 27 "missing-principal", "a statement without Principal", "add it";
    PRINCIPAL_TWICE = 27 "principal-and-not-principal", "a statement with both Principal and NotPrincipal", "keep one of them";
    SCP_PRINCIPAL = 28 "scp-principal", "a principal in a service control policy", "remove it";
    RCP_NOT_PRINCIPAL = 29 "rcp-not-principal", "NotPrincipal in a resource control policy", "write \"Principal\": \"*\"";
    RCP_PRINCIPAL = 29 "rcp-principal", "a statement of a resource control policy needs", "write \"Principal\": \"*\"";
    RCP_NOT_ACTION = 29 "rcp-not-action", "NotAction in a resource control policy", "write Action";
    RCP_ALLOW = 29 "rcp-allow", "an Allow in a resource control policy", "write Deny; RCPFullAWSAccess allows";
    RCP_ANY_ACTION = 29 "rcp-any-action", "the action `*` in a resource control policy", "name services or actions";
    ENDPOINT_PRINCIPAL_MISSING = 30 "endpoint-missing-principal", "a statement of an endpoint policy without Principal", "add it";
    ENDPOINT_PRINCIPAL_TWICE = 30 "endpoint-principal-and-not-principal", "a statement of an endpoint policy with both Principal and NotPrincipal", "keep one of them";
    ENDPOINT_ACCOUNT = 30 "endpoint-account-wildcard", "a wildcard inside the account of" @quote, "write an account id or `*`";
    ENDPOINT_KEY = 30 "endpoint-key", "a wildcard or number test of an identifier that AWS makes:" @quote, "compare the whole identifier as text";
    ENDPOINT_RUN = 30 "endpoint-wildcard", "a wildcard without six characters next to it in" @quote, "write at least six characters before or behind it";
    NOT_PRINCIPAL_NOT_ALLOWED = 31 "not-principal-not-allowed", "NotPrincipal in a policy that takes none", "remove it";
    ALLOW_NOT_PRINCIPAL = 32 "allow-not-principal", "NotPrincipal with Allow", "write Principal, or deny";
    PRINCIPAL_FORM = 50 "principal-form", "not a principal:" @quote, "write \"*\" or an object like {\"AWS\": \"111122223333\"}";
    PRINCIPAL_KIND = 50 "principal-kind", "unknown kind of principal" @quote, "use AWS, Service, Federated or CanonicalUser";
    PRINCIPAL_NOT_STRING = 50 "principal-not-a-string", "a principal is no string:" @quote, "write a string or a list of strings";
    PRINCIPAL_NAME = 50 "principal-name", "names no principal:" @quote, "write an account id or an ARN";
    PRINCIPAL_WILDCARD = 52 "principal-wildcard", "a wildcard inside a principal:" @quote, "write the whole name, or \"*\" with a condition";
    TRUST_STAR = 53 "trust-everyone", "the bare principal \"*\" in a role trust policy", "write {\"AWS\": \"*\"}";
    FEDERATED_PLACE = 54 "federated-principal", "Federated outside a role trust policy", "remove it";
    CANONICAL_PLACE = 55 "canonical-user", "CanonicalUser outside a resource-based policy", "name the account";
    PRINCIPAL_GROUP = 58 "group-principal", "a group is no principal:" @quote, "name users or roles";

    // Conditions.
    CONDITION_FORM = 41 "condition-form", "not an object:" @quote, "write operator, key and value: {\"StringEquals\": {\"aws:PrincipalOrgID\": \"o-1\"}}";
    CONDITION_VALUE = 42 "condition-value", "not a condition value:" @quote, "write a string, a number, a boolean or a list of these";
    MIXED_VALUES = 43 "mixed-values", "a list of several types:" @quote, "write all values as strings";
    CONDITION_NULL = 44 "condition-null", "null inside a Condition", "remove it";
    OPERATOR = 45 "unknown-operator", "unknown condition operator" @quote, "use a documented one, for example StringEquals";
    OPERATOR_CASE = 46 "operator-case", "a condition operator in other letter case:" @quote, "write it as documented";
    OPERATOR_QUALIFIER = 47 "operator-qualifier", "too many qualifiers on the condition operator" @quote, "write an optional ForAllValues: or ForAnyValue:, the operator and an optional IfExists; Null takes no IfExists";
    DATE_WILDCARD = 165 "date-wildcard", "a wildcard in a date:" @quote, "write the whole date";
    DATE = 74 "invalid-date", "not a date:" @quote, "write 2026-01-31T00:00:00Z or epoch seconds";
}

/// The faults of one document, collected in any order.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    list: Vec<(Range<usize>, &'static Kind)>,
}

impl Faults {
    /// Notes a fault at a place.
    pub(crate) fn add(&mut self, kind: &'static Kind, place: Range<usize>) {
        self.list.push((place, kind));
    }

    /// Whether none was noted.
    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The faults by place, then rule; one for each pair of rule and place.
    pub(crate) fn into_sorted(mut self) -> Vec<(Range<usize>, &'static Kind)> {
        self.list
            .sort_by_key(|(place, kind)| (place.start, kind.rule));
        self.list
            .dedup_by_key(|(place, kind)| (place.start, kind.rule));
        self.list
    }
}

/// Writes a fault out for people. The place must lie inside the text.
pub(crate) fn finding(text: &str, (span, kind): (Range<usize>, &'static Kind)) -> Finding {
    let mut message = kind.what.to_owned();
    if kind.shows {
        message.push(' ');
        message.push_str(&excerpt(text.get(span.clone()).unwrap_or_default()));
    }
    Finding {
        severity: kind.severity,
        rule: kind.rule,
        span,
        code: kind.code,
        message,
        remedy: Cow::Borrowed(kind.remedy),
    }
}

/// The text on one line in backquotes, at most 60 characters of it.
pub(crate) fn excerpt(text: &str) -> String {
    const MOST: usize = 60;
    let mut shown: String = text
        .chars()
        .take(MOST)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.chars().nth(MOST).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_unique_kebab_case_and_every_kind_says_what_and_how() {
        let mut seen = HashSet::new();
        for kind in ALL.iter().chain(crate::lint::kinds()) {
            assert!(seen.insert(kind.code), "{}", kind.code);
            let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(kind.code.chars().all(kebab), "{}", kind.code);
            assert!(
                !kind.what.is_empty() && !kind.remedy.is_empty(),
                "{}",
                kind.code
            );
            assert!(!kind.remedy.ends_with('.'), "{}", kind.code);
        }
    }

    #[test]
    fn a_message_quotes_a_bounded_line_of_the_text() {
        let text = "é".repeat(100) + "\n";
        let shown = finding(&text, (0..text.len(), &ROOT_NOT_OBJECT));
        assert_eq!(
            shown.message,
            format!("the document is `{}…`", "é".repeat(60))
        );
        let shown = finding("a\nb", (0..3, &ROOT_NOT_OBJECT));
        assert_eq!(shown.message, "the document is `a b`");
    }

    #[test]
    fn faults_are_sorted_by_place_and_rule_and_said_once() {
        let mut faults = Faults::default();
        faults.add(&EFFECT, 5..6);
        faults.add(&VERSION, 9..10);
        faults.add(&SID_FORM, 5..8);
        faults.add(&EFFECT, 5..9);
        let sorted: Vec<_> = faults
            .into_sorted()
            .iter()
            .map(|(s, k)| (s.start, k.code))
            .collect();
        assert_eq!(
            sorted,
            [
                (5, "sid-form"),
                (5, "invalid-effect"),
                (9, "invalid-version")
            ]
        );
    }
}
