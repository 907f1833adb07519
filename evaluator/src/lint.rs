//! What a valid document probably does not mean.
//!
//! Lint reads the document's JSON again and looks at what the grammar found well-formed. Its findings refuse
//! nothing.

use std::collections::HashSet;
use std::ops::Range;

use veriam_model::{Dialect, PolicyType, facts, readings as dialects};

use crate::Finding;
use crate::arn::Arn;
use crate::fault::{self, Kind as FindingKind, kinds};
use crate::json::{Json, Kind, Value};
use crate::variable;

mod agentcore;
mod condition;
mod nearest;

pub(crate) use agentcore::is_key;

kinds! {
    ALL: Warning iam;
    SIZE = 73 "document-size", "the document is longer than AWS stores for its type", "shorten or split it";
    PLAIN_VARIABLE = 190 "variable-without-version", "a variable in a document without Version 2012-10-17 is plain text:" @quote, "write \"Version\": \"2012-10-17\"";
    NO_ACTION = 36 "empty-action-list", "an empty list of actions selects nothing", "name an action or remove the statement";
    NO_RESOURCE = 37 "empty-resource-list", "an empty list of resources selects nothing", "name a resource or remove the statement";
    NOBODY = 38 "empty-principal", "the element names nobody", "name a principal or remove the statement";
    ODD_ACTION = 62 "odd-action-name", "no action has such a name, so it selects nothing:" @quote, "write one action a string: letters, digits and wildcards behind the colon";
    NOT_EVERYTHING = 87 "not-action-everything", "NotAction with `*` selects nothing", "name the actions to leave out";
    SHORT_ARN = 64 "short-arn-pattern", "an ARN of fewer than six parts that does not end in `*`:" @quote, "write all six parts";
    BUCKET_ACCOUNT = 66 "bucket-arn-account", "an account in the ARN of a bucket, which has none:" @quote, "leave the account empty";
    SERVICE_WILDCARD = 67 "service-wildcard-pattern", "a wildcard in the service part of" @quote, "name the service";
    MISMATCHED_ACTION = 116 "action-principal-mismatch", "no caller of this kind can do the action" @quote, "use sts:AssumeRoleWithWebIdentity or sts:AssumeRoleWithSAML with Federated principals, sts:AssumeRole with others";
}

/// The findings of a document that could be read, sorted. `on` is the ARN of the resource it is attached to.
pub(crate) fn lint(
    policy_type: PolicyType,
    json: &Json<'_>,
    text: &str,
    on: Option<&str>,
    dialect: &Dialect,
) -> Vec<Finding> {
    let root = json.root();
    let mut lint = Lint {
        text,
        policy_type,
        dialect,
        has_variables: false,
        findings: Vec::new(),
    };
    lint.size(json);
    let version = member(root, "Version").and_then(Value::string);
    lint.has_variables = version.as_deref() == Some("2012-10-17");
    if let Some(statements) = member(root, "Statement") {
        for statement in one_or_many(statements) {
            lint.statement(statement);
        }
    }
    agentcore::look(&mut lint, root, on);
    let mut findings = lint.findings;
    findings.sort_by(|a, b| {
        let key = |f: &Finding| (f.span.start, f.rule, f.code);
        key(a).cmp(&key(b))
    });
    findings.dedup_by(|a, b| (a.span.start, a.code) == (b.span.start, b.code));
    findings
}

struct Lint<'d> {
    text: &'d str,
    policy_type: PolicyType,
    dialect: &'d Dialect,
    has_variables: bool,
    findings: Vec<Finding>,
}

impl Lint<'_> {
    fn add(&mut self, kind: &'static FindingKind, value: Value<'_, '_>) {
        self.add_at(kind, value.span());
    }

    fn add_at(&mut self, kind: &'static FindingKind, place: Range<usize>) {
        self.findings.push(fault::finding(self.text, (place, kind)));
    }

    /// IAM-073, with or without the white space between the tokens.
    fn size(&mut self, json: &Json<'_>) {
        let text = self.text;
        let Some(quota) = facts::QUOTAS
            .iter()
            .find(|q| q.policy_type == self.policy_type)
        else {
            return;
        };
        let mut characters = text.chars().count();
        if !quota.counts_white_space {
            // White space outside of strings: all of it, less what the strings hold.
            let is_space = |c: &char| matches!(c, ' ' | '\t' | '\n' | '\r');
            let inside = json
                .strings()
                .flat_map(|s| s.source().chars())
                .filter(is_space)
                .count();
            let all = text.chars().filter(is_space).count();
            characters = characters.saturating_sub(all.saturating_sub(inside));
        }
        if characters > quota.characters {
            let start = json.root().offset();
            self.add_at(&SIZE, start..start.saturating_add(1));
        }
    }

    fn statement(&mut self, statement: Value<'_, '_>) {
        for (name, value) in first_members(statement) {
            match name.string().as_deref() {
                Some("Action") => self.actions(value),
                Some("NotAction") => self.not_actions(value),
                Some("Resource") => self.resources(value, true),
                Some("NotResource") => self.resources(value, false),
                Some("Principal") => self.principal(value),
                Some("Condition") => self.condition(value),
                _ => {}
            }
        }
        if self.policy_type == PolicyType::Trust {
            self.trust(statement);
        }
    }

    fn actions(&mut self, value: Value<'_, '_>) {
        if is_empty_list(value) {
            self.add(&NO_ACTION, value);
        }
        for action in one_or_many(value) {
            self.action(action);
        }
    }

    fn not_actions(&mut self, value: Value<'_, '_>) {
        for action in one_or_many(value) {
            if action
                .string()
                .is_some_and(|text| text == "*" || text == "*:*")
            {
                self.add(&NOT_EVERYTHING, action);
            }
            self.action(action);
        }
    }

    fn action(&mut self, action: Value<'_, '_>) {
        let text = action.string().unwrap_or_default();
        let possible = |c: char| c.is_ascii_alphanumeric() || matches!(c, '*' | '?' | '-' | '_');
        if let Some((_, name)) = text.split_once(':')
            && (name.is_empty() || !name.chars().all(possible))
        {
            self.add(&ODD_ACTION, action);
        }
    }

    fn resources(&mut self, value: Value<'_, '_>, empty_selects_nothing: bool) {
        if empty_selects_nothing && one_or_many(value).all(Value::is_null) {
            self.add(&NO_RESOURCE, value);
        }
        for resource in one_or_many(value) {
            let text = resource.string().unwrap_or_default();
            self.plain_variable(&text, resource);
            let Some(arn) = Arn::parse(&text) else {
                let stands_for_nothing =
                    self.dialect.get::<dialects::ShortArn>() == dialects::ShortArn::Nothing;
                if text.starts_with("arn:") && !text.ends_with('*') && stands_for_nothing {
                    self.add(&SHORT_ARN, resource);
                }
                continue;
            };
            if arn.service().contains(['*', '?']) {
                self.add(&SERVICE_WILDCARD, resource);
            }
            let is_bucket = arn.service() == "s3" && arn.region().is_empty();
            if is_bucket && !matches!(arn.account(), "" | "*") {
                self.add(&BUCKET_ACCOUNT, resource);
            }
        }
    }

    fn principal(&mut self, value: Value<'_, '_>) {
        let mut members = value.members().into_iter().flatten();
        if value.members().is_some() && members.all(|(_, entries)| is_empty_list(entries)) {
            self.add(&NOBODY, value);
        }
    }

    /// IAM-116: what the kinds of principals of a trust policy can do.
    fn trust(&mut self, statement: Value<'_, '_>) {
        let Some(principal) = member(statement, "Principal") else {
            return;
        };
        let has = |kind| member(principal, kind).is_some_and(|entries| !is_empty_list(entries));
        let (federated, others) = (has("Federated"), has("AWS") || has("Service"));
        let actions = member(statement, "Action")
            .into_iter()
            .flat_map(one_or_many);
        for action in actions {
            let text = action.string().unwrap_or_default();
            let is = |name: &str| text.eq_ignore_ascii_case(name);
            let of_provider = is("sts:AssumeRoleWithWebIdentity") || is("sts:AssumeRoleWithSAML");
            let mismatch = (is("sts:AssumeRole") && federated && !others)
                || (of_provider && others && !federated);
            if mismatch {
                self.add(&MISMATCHED_ACTION, action);
            }
        }
    }

    /// IAM-190: a variable that is none.
    fn plain_variable(&mut self, text: &str, value: Value<'_, '_>) {
        if !self.has_variables && variable::has_variable(text) {
            self.add(&PLAIN_VARIABLE, value);
        }
    }
}

/// The elements of a list, or the value itself.
pub(crate) fn one_or_many<'j, 'a>(value: Value<'j, 'a>) -> impl Iterator<Item = Value<'j, 'a>> {
    let alone = (value.kind() != Kind::Array).then_some(value);
    value.elements().into_iter().flatten().chain(alone)
}

fn is_empty_list(value: Value<'_, '_>) -> bool {
    value
        .elements()
        .is_some_and(|mut elements| elements.next().is_none())
}

/// The first member of a name.
fn member<'j, 'a>(object: Value<'j, 'a>, name: &str) -> Option<Value<'j, 'a>> {
    let mut members = object.members()?;
    members
        .find(|(n, _)| n.string().is_some_and(|n| n == name))
        .map(|(_, value)| value)
}

/// The members of an object without repetitions.
fn first_members<'j, 'a>(
    object: Value<'j, 'a>,
) -> impl Iterator<Item = (Value<'j, 'a>, Value<'j, 'a>)> {
    let mut seen = HashSet::new();
    let members = object.members().into_iter().flatten();
    members.filter(move |(name, _)| seen.insert(name.string()))
}

/// Every kind of finding.
pub(crate) fn kinds() -> impl Iterator<Item = &'static &'static FindingKind> {
    let general = ALL.iter().chain(condition::ALL);
    general.chain(agentcore::all_kinds())
}
