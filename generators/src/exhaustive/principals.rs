//! Every form of naming a principal against every kind of caller.
//!
//! A check holds one resource-based policy of one statement, which allows or denies everything to whom it names. All
//! combinations of
//!
//! - who is named: *n* = 49 values of `Principal` and, except in trust policies, which refuse it (IAM-031),
//!   13 of `NotPrincipal`. Some are faults of the policy: wildcards in a name (IAM-052), a member in other letter case
//!   or a text other than `*` (IAM-050), `Federated` outside trust policies (IAM-054), `CanonicalUser` inside them
//!   (IAM-055), an Allow with `NotPrincipal` (IAM-032);
//! - the effect: 2;
//! - the caller with what else there is of it, the resource, and whose that is:
//!
//! | caller | identity policy | boundary | session policy | settings |
//! |---|---|---|---|---|
//! | root user | | | | 1 |
//! | user | absent, allows | absent, silent, allows | | 2 · 3 = 6 |
//! | role session | absent, allows | absent, silent, allows | absent, silent, allows | 18 |
//! | federated-user session | absent, allows | absent, silent, allows | absent, silent, allows | 18 |
//!
//! So callers in accounts have 43 settings, each for a resource of their own and of another account: 86. An object, a
//! key and a runtime are named by 62 values, a role that is to be assumed by 49: 62 · 3 + 49 = 235 values.
//!
//! | caller | resources | values · settings · effects | checks |
//! |---|---|---|---|
//! | in an account | object, key, runtime, role; same, cross | 235 · 86 · 2 | 40,420 |
//! | service | object, key, role | (62 + 62 + 49) · 2 | 346 |
//! | web identity, OIDC, SAML provider | role | 3 · 49 · 2 | 294 |
//! | anonymous | object | 62 · 2 | 124 |
//! | JWT | runtime | 62 · 2 | 124 |
//! | | | | **41,308** |
//!
//! What the documentation leaves open here is registered: IAM-032, IAM-053, IAM-103, IAM-120, AC-122.

use veriam_model::{Check, PolicyText, Principal, Resource};

use super::{AWAY, ELSEWHERE, HOME};

/// How many checks [`principals`] yields; the module's table derives it.
pub const PRINCIPALS_SIZE: usize = 41_308;

/// Every form of principal against every kind of caller, in a fixed order; ids are `p-0`, `p-1`, …
pub fn principals() -> impl Iterator<Item = Check> {
    CALLERS
        .iter()
        .flat_map(checks)
        .enumerate()
        .map(|(at, mut check)| {
            check.id = Some(format!("p-{at}"));
            check
        })
}

/// A caller, what it may be asked for, and which policies it can have.
struct Caller {
    arn: &'static str,
    account: Option<&'static str>,
    targets: &'static [Target],
    owners: &'static [&'static str],
    identity: &'static [Says],
    boundary: &'static [Says],
    session: &'static [Says],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Object,
    Key,
    Runtime,
    /// A role, with the action by which this caller assumes it.
    Role(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    Absent,
    Silent,
    Allows,
}

const UNUSED: &[Says] = &[Says::Absent];
const TWO: &[Says] = &[Says::Absent, Says::Allows];
const THREE: &[Says] = &[Says::Absent, Says::Silent, Says::Allows];

const ALL: &[Target] = &[
    Target::Object,
    Target::Key,
    Target::Runtime,
    Target::Role("sts:AssumeRole"),
];
const ANY_SERVICE: &[Target] = &[Target::Object, Target::Key, Target::Role("sts:AssumeRole")];
const BY_WEB_IDENTITY: &[Target] = &[Target::Role("sts:AssumeRoleWithWebIdentity")];
const BY_SAML: &[Target] = &[Target::Role("sts:AssumeRoleWithSAML")];

const CALLERS: [Caller; 10] = [
    inside("arn:aws:iam::111122223333:root", UNUSED, UNUSED, UNUSED),
    inside("arn:aws:iam::111122223333:user/u", TWO, THREE, UNUSED),
    inside(
        "arn:aws:sts::111122223333:assumed-role/r/s",
        TWO,
        THREE,
        THREE,
    ),
    inside(
        "arn:aws:sts::111122223333:federated-user/u",
        TWO,
        THREE,
        THREE,
    ),
    outside("sns.amazonaws.com", None, ANY_SERVICE),
    outside("accounts.google.com", None, BY_WEB_IDENTITY),
    outside(
        "arn:aws:iam::111122223333:oidc-provider/example.com",
        None,
        BY_WEB_IDENTITY,
    ),
    outside("arn:aws:iam::111122223333:saml-provider/p", None, BY_SAML),
    outside("anonymous", Some("anonymous"), &[Target::Object]),
    outside("jwt", None, &[Target::Runtime]),
];

const fn inside(
    arn: &'static str,
    identity: &'static [Says],
    boundary: &'static [Says],
    session: &'static [Says],
) -> Caller {
    Caller {
        arn,
        account: Some(HOME),
        targets: ALL,
        owners: &[HOME, AWAY],
        identity,
        boundary,
        session,
    }
}

const fn outside(
    arn: &'static str,
    account: Option<&'static str>,
    targets: &'static [Target],
) -> Caller {
    Caller {
        arn,
        account,
        targets,
        owners: &[HOME],
        identity: UNUSED,
        boundary: UNUSED,
        session: UNUSED,
    }
}

/// Values of `Principal`.
const NAMED: [&str; 49] = [
    r#""*""#,
    r#"{"AWS":"*"}"#,
    // Accounts: the caller's, another.
    r#"{"AWS":"111122223333"}"#,
    r#"{"AWS":"arn:aws:iam::111122223333:root"}"#,
    r#"{"AWS":"444455556666"}"#,
    r#"{"AWS":"arn:aws:iam::444455556666:root"}"#,
    // Users: the caller, behind a path, in other case, another, of another account, in another partition.
    r#"{"AWS":"arn:aws:iam::111122223333:user/u"}"#,
    r#"{"AWS":"arn:aws:iam::111122223333:user/a/u"}"#,
    r#"{"AWS":"arn:aws:iam::111122223333:user/U"}"#,
    r#"{"AWS":"arn:aws:iam::111122223333:user/v"}"#,
    r#"{"AWS":"arn:aws:iam::444455556666:user/u"}"#,
    r#"{"AWS":"arn:aws-cn:iam::111122223333:user/u"}"#,
    // Roles, likewise.
    r#"{"AWS":"arn:aws:iam::111122223333:role/r"}"#,
    r#"{"AWS":"arn:aws:iam::111122223333:role/a/r"}"#,
    r#"{"AWS":"arn:aws:iam::111122223333:role/R"}"#,
    r#"{"AWS":"arn:aws:iam::111122223333:role/q"}"#,
    r#"{"AWS":"arn:aws:iam::444455556666:role/r"}"#,
    r#"{"AWS":"arn:aws-cn:iam::111122223333:role/r"}"#,
    // Sessions: the caller, in other case, another of the role, of another role, of another account.
    r#"{"AWS":"arn:aws:sts::111122223333:assumed-role/r/s"}"#,
    r#"{"AWS":"arn:aws:sts::111122223333:assumed-role/r/S"}"#,
    r#"{"AWS":"arn:aws:sts::111122223333:assumed-role/r/t"}"#,
    r#"{"AWS":"arn:aws:sts::111122223333:assumed-role/q/s"}"#,
    r#"{"AWS":"arn:aws:sts::444455556666:assumed-role/r/s"}"#,
    // Federated-user sessions.
    r#"{"AWS":"arn:aws:sts::111122223333:federated-user/u"}"#,
    r#"{"AWS":"arn:aws:sts::111122223333:federated-user/U"}"#,
    r#"{"AWS":"arn:aws:sts::444455556666:federated-user/u"}"#,
    // A unique id names nobody here.
    r#"{"AWS":"AROAEXAMPLEEXAMPLE12"}"#,
    // Services: the caller, another, in other case.
    r#"{"Service":"sns.amazonaws.com"}"#,
    r#"{"Service":"sqs.amazonaws.com"}"#,
    r#"{"Service":"SNS.amazonaws.com"}"#,
    // Providers: web identity, OIDC, SAML, each a caller; another.
    r#"{"Federated":"accounts.google.com"}"#,
    r#"{"Federated":"arn:aws:iam::111122223333:oidc-provider/example.com"}"#,
    r#"{"Federated":"arn:aws:iam::111122223333:saml-provider/p"}"#,
    r#"{"Federated":"arn:aws:iam::444455556666:saml-provider/p"}"#,
    // Lists: the best grade counts.
    r#"{"AWS":["111122223333","arn:aws:iam::111122223333:user/u"]}"#,
    r#"{"AWS":["arn:aws:iam::111122223333:role/r","arn:aws:sts::111122223333:assumed-role/r/s"]}"#,
    r#"{"AWS":["444455556666","arn:aws:iam::111122223333:user/v"]}"#,
    r#"{"AWS":["arn:aws:iam::111122223333:user/v","*"]}"#,
    r#"{"Service":["sqs.amazonaws.com","sns.amazonaws.com"]}"#,
    r#"{"AWS":"111122223333","Service":"sns.amazonaws.com"}"#,
    r#"{"Federated":"accounts.google.com","AWS":"arn:aws:iam::111122223333:role/r"}"#,
    r#"{"AWS":[]}"#,
    r#"{"CanonicalUser":"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}"#,
    // Faults.
    r#"{"AWS":"arn:aws:iam::111122223333:user/*"}"#,
    r#"{"AWS":"arn:aws:iam::*:root"}"#,
    r#"{"Service":"*"}"#,
    r#"{"aws":"111122223333"}"#,
    r#""111122223333""#,
    r#"{"AWS":"arn:aws:iam::111122223333:group/g"}"#,
];

/// Values of `NotPrincipal`.
const SPARED: [&str; 13] = [
    r#""*""#,
    r#"{"AWS":"*"}"#,
    r#"{"AWS":"111122223333"}"#,
    r#"{"AWS":"444455556666"}"#,
    // The chains of the caller, whole and in part.
    r#"{"AWS":"arn:aws:iam::111122223333:user/u"}"#,
    r#"{"AWS":["arn:aws:iam::111122223333:user/u","arn:aws:iam::111122223333:root"]}"#,
    r#"{"AWS":["arn:aws:sts::111122223333:assumed-role/r/s","arn:aws:iam::111122223333:role/r"]}"#,
    r#"{"AWS":["arn:aws:sts::111122223333:assumed-role/r/s","arn:aws:iam::111122223333:role/r","111122223333"]}"#,
    r#"{"AWS":["arn:aws:sts::111122223333:federated-user/u","arn:aws:iam::111122223333:user/u","111122223333"]}"#,
    // Somebody else's chain, in the caller's account.
    r#"{"AWS":["arn:aws:iam::111122223333:user/v","111122223333"]}"#,
    r#"{"AWS":["arn:aws:iam::111122223333:role/q","111122223333"]}"#,
    r#"{"Service":"sns.amazonaws.com"}"#,
    r#"{"AWS":"arn:aws:iam::111122223333:user/*"}"#,
];

fn checks(caller: &'static Caller) -> impl Iterator<Item = Check> {
    let places = caller
        .targets
        .iter()
        .flat_map(|target| caller.owners.iter().map(move |owner| (*target, *owner)));
    let settings = places.flat_map(move |place| {
        caller.identity.iter().flat_map(move |identity| {
            caller.boundary.iter().flat_map(move |boundary| {
                let session = caller.session.iter();
                session.map(move |session| (place, [*identity, *boundary, *session]))
            })
        })
    });
    settings.flat_map(move |((target, owner), own)| {
        statements(target).map(move |policy| check(caller, target, owner, own, policy))
    })
}

/// The resource-based policies of a target.
fn statements(target: Target) -> impl Iterator<Item = PolicyText> {
    let trust = matches!(target, Target::Role(_));
    let spared: &[&str] = if trust { &[] } else { &SPARED };
    let named = NAMED.iter().map(|value| ("Principal", *value));
    let who = named.chain(spared.iter().map(|value| ("NotPrincipal", *value)));
    let resource = if trust { "" } else { r#","Resource":"*""# };
    who.flat_map(move |(member, value)| {
        ["Allow", "Deny"].map(|effect| {
            PolicyText::new(format!(
                r#"{{"Version":"2012-10-17","Statement":{{"Effect":"{effect}","{member}":{value},"Action":"*"{resource}}}}}"#
            ))
        })
    })
}

fn check(
    caller: &Caller,
    target: Target,
    owner: &str,
    [identity, boundary, session]: [Says; 3],
    policy: PolicyText,
) -> Check {
    let (arn, action) = match target {
        Target::Object => ("arn:aws:s3:::b/k".to_owned(), "s3:GetObject"),
        Target::Key => (
            format!("arn:aws:kms:us-east-1:{owner}:key/k"),
            "kms:Decrypt",
        ),
        Target::Runtime => (
            format!("arn:aws:bedrock-agentcore:us-west-2:{owner}:runtime/a-0123456789"),
            "bedrock-agentcore:InvokeAgentRuntime",
        ),
        Target::Role(action) => (format!("arn:aws:iam::{owner}:role/t"), action),
    };
    let principal = Principal {
        arn: caller.arn.to_owned(),
        account: caller.account.map(str::to_owned),
    };
    let resource = Resource {
        arn,
        account: owner.to_owned(),
    };
    let mut check = Check::new(principal, action, resource);
    check.resource_policy = Some(policy);
    check.identity_policies.extend(own_policy(identity));
    check.boundary = own_policy(boundary);
    check.session_policy = own_policy(session);
    check
}

/// A policy of the caller's own.
fn own_policy(says: Says) -> Option<PolicyText> {
    let action = match says {
        Says::Absent => return None,
        Says::Silent => ELSEWHERE,
        Says::Allows => "*",
    };
    Some(PolicyText::new(format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"{action}","Resource":"*"}}}}"#
    )))
}
