//! Every combination of what the policies of a check say.
//!
//! [`combiner`] tests how verdicts of policies combine, apart from how each of them comes about: every policy is one
//! fixed statement, so that a layer is *absent*, *silent* (there, about another action), *allows* or *denies*.
//!
//! | layer | states | held by |
//! |---|---|---|
//! | resource policy `R` | absent, silent, denies, allows the account / the entity / the caller directly | every target; `entity` only for sessions, `account` only for callers in accounts |
//! | identity policy `I`, boundary `B` | absent, silent, allows, denies | user, role session, federated-user session |
//! | session policy `S` | the same four | role session, federated-user session |
//! | SCPs | absent, or two levels each of which is silent, allows or denies: 10 | callers in accounts |
//! | RCPs, endpoint policy | absent, silent, allows, denies | everybody |
//!
//! `G` = 10 · 4 · 4 = 160 settings of the three guardrails. Crossing all layers would take 6 · 4³ · 160 · 6 = 368,640
//! checks for one kind of session, so for identities two spaces stand for it: all of `R · I · B · S` with **at most
//! one** guardrail present (1 + 9 + 3 + 3 = 16 settings), and `R · I` with **two or three** present (144), boundary
//! and session policy aside. What is left out is a guardrail pair together with a boundary or session policy.
//!
//! | caller | targets | accounts | checks | |
//! |---|---|---|---|---|
//! | user | object, role, key | same, cross | 6 · (5 · 4 · 4 · 16 + 5 · 4 · 144) | 24,960 |
//! | role session | object, role, key | same, cross | 6 · (6 · 4 · 4 · 4 · 16 + 6 · 4 · 144) | 57,600 |
//! | federated-user session | object, role, key | same, cross | 6 · (6 · 4 · 4 · 4 · 16 + 6 · 4 · 144) | 57,600 |
//! | root user | object, role, key | same, cross | 6 · 5 · 160 | 4,800 |
//! | service | object, role, key | | 3 · 4 · 16 | 192 |
//! | federated provider | role | | 4 · 16 | 64 |
//! | anonymous | object | | 4 · 16 | 64 |
//! | JWT | runtime | | 4 · 16 | 64 |
//! | | | | | **145,344** |
//!
//! In a JWT caller's checks, silence of a resource policy is an open point (AC-122); everything else is settled.

use veriam_model::{Check, PolicyText, Principal, Resource};

use super::{AWAY, ELSEWHERE, HOME};

/// How many checks [`combiner`] yields; the module's table derives it.
pub const COMBINER_SIZE: usize = 145_344;

/// Every combination of policy verdicts, in a fixed order; ids are `x-0`, `x-1`, …
pub fn combiner() -> impl Iterator<Item = Check> {
    spaces()
        .flat_map(checks)
        .enumerate()
        .map(|(at, mut check)| {
            check.id = Some(format!("x-{at}"));
            check
        })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Caller {
    User,
    RoleSession,
    FederatedSession,
    Root,
    Service,
    Provider,
    Anonymous,
    Jwt,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Object,
    Role,
    Key,
    Runtime,
}

/// What a layer says; the grade matters to resource policies only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    Absent,
    Silent,
    Denies,
    Allows(Grade),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grade {
    Direct,
    Entity,
    Account,
}

const ALLOWS: Says = Says::Allows(Grade::Direct);
const LAYER: &[Says] = &[Says::Absent, Says::Silent, ALLOWS, Says::Denies];
const UNUSED: &[Says] = &[Says::Absent];
const LEVEL: [Says; 3] = [Says::Silent, ALLOWS, Says::Denies];

/// The settings of SCPs (nothing, or two levels), RCPs and endpoint policy.
#[derive(Clone, Copy, Debug)]
struct Guards {
    scps: Option<[Says; 2]>,
    rcp: Says,
    endpoint: Says,
}

impl Guards {
    fn present(self) -> usize {
        usize::from(self.scps.is_some())
            + usize::from(self.rcp != Says::Absent)
            + usize::from(self.endpoint != Says::Absent)
    }
}

/// One product: all combinations of these for one caller, target and pair of accounts.
struct Space {
    caller: Caller,
    target: Target,
    same: bool,
    resource: &'static [Says],
    identity: &'static [Says],
    boundary: &'static [Says],
    session: &'static [Says],
    guards: Vec<Guards>,
}

fn spaces() -> impl Iterator<Item = Space> {
    let identities = [
        Caller::User,
        Caller::RoleSession,
        Caller::FederatedSession,
        Caller::Root,
    ];
    let three = [Target::Object, Target::Role, Target::Key];
    let in_accounts = identities.into_iter().flat_map(move |caller| {
        let pairs = three
            .into_iter()
            .flat_map(|target| [(target, true), (target, false)]);
        pairs.flat_map(move |(target, same)| account_spaces(caller, target, same))
    });
    let outside = [
        (Caller::Service, Target::Object),
        (Caller::Service, Target::Role),
        (Caller::Service, Target::Key),
        (Caller::Provider, Target::Role),
        (Caller::Anonymous, Target::Object),
        (Caller::Jwt, Target::Runtime),
    ];
    let outside = outside.into_iter().map(|(caller, target)| Space {
        caller,
        target,
        same: true,
        resource: resource_states(caller),
        identity: UNUSED,
        boundary: UNUSED,
        session: UNUSED,
        guards: guards().filter(|g| g.scps.is_none()).collect(),
    });
    in_accounts.chain(outside)
}

fn account_spaces(caller: Caller, target: Target, same: bool) -> Vec<Space> {
    let space = |session, boundary, identity, guards| Space {
        caller,
        target,
        same,
        resource: resource_states(caller),
        identity,
        boundary,
        session,
        guards,
    };
    if caller == Caller::Root {
        return vec![space(UNUSED, UNUSED, UNUSED, guards().collect())];
    }
    let session = if caller == Caller::User {
        UNUSED
    } else {
        LAYER
    };
    // Without a session policy a federated-user session has no use for identity policies (IAM-227).
    let aside = if caller == Caller::FederatedSession {
        &[ALLOWS]
    } else {
        UNUSED
    };
    let alone = guards().filter(|g| g.present() <= 1).collect();
    let together = guards().filter(|g| g.present() > 1).collect();
    vec![
        space(session, LAYER, LAYER, alone),
        space(aside, UNUSED, LAYER, together),
    ]
}

const fn resource_states(caller: Caller) -> &'static [Says] {
    const ALL: &[Says] = &[
        Says::Absent,
        Says::Silent,
        Says::Denies,
        Says::Allows(Grade::Direct),
        Says::Allows(Grade::Account),
        Says::Allows(Grade::Entity),
    ];
    match caller {
        Caller::RoleSession | Caller::FederatedSession => ALL,
        Caller::User | Caller::Root => ALL.split_at(5).0,
        Caller::Service | Caller::Provider | Caller::Anonymous | Caller::Jwt => ALL.split_at(4).0,
    }
}

fn guards() -> impl Iterator<Item = Guards> {
    let two_levels = LEVEL
        .into_iter()
        .flat_map(|root| LEVEL.map(|account| Some([root, account])));
    let scps = std::iter::once(None).chain(two_levels);
    scps.flat_map(|scps| {
        LAYER.iter().flat_map(move |&rcp| {
            LAYER.iter().map(move |&endpoint| Guards {
                scps,
                rcp,
                endpoint,
            })
        })
    })
}

fn checks(space: Space) -> impl Iterator<Item = Check> {
    let layers = [
        space.resource,
        space.identity,
        space.boundary,
        space.session,
    ];
    let combinations = layers.iter().map(|l| l.len()).product::<usize>();
    let size = combinations * space.guards.len();
    (0..size).map(move |at| {
        let guards = space.guards[at % space.guards.len()];
        let mut rest = at / space.guards.len();
        let [resource, identity, boundary, session] = layers.map(|layer| {
            let says = layer[rest % layer.len()];
            rest /= layer.len();
            says
        });
        let (caller, target) = (space.caller, space.target);
        let mut check = blank(caller, target, space.same);
        check.resource_policy = resource_policy(caller, target, resource);
        check.identity_policies.extend(attached(identity));
        check.boundary = attached(boundary);
        check.session_policy = attached(session);
        if let Some(levels) = guards.scps {
            check.scps = levels
                .map(|level| attached(level).into_iter().collect())
                .into();
        }
        check.rcps = rcps(target, guards.rcp);
        check.endpoint_policy = with_principal(guards.endpoint, "\"*\"", "*", true);
        check
    })
}

/// A check without any policy.
fn blank(caller: Caller, target: Target, same: bool) -> Check {
    let (arn, account) = match caller {
        Caller::User => ("arn:aws:iam::111122223333:user/u", Some(HOME)),
        Caller::RoleSession => ("arn:aws:sts::111122223333:assumed-role/r/s", Some(HOME)),
        Caller::FederatedSession => ("arn:aws:sts::111122223333:federated-user/u", Some(HOME)),
        Caller::Root => ("arn:aws:iam::111122223333:root", Some(HOME)),
        Caller::Service => ("sns.amazonaws.com", None),
        Caller::Provider => ("accounts.google.com", None),
        Caller::Anonymous => ("anonymous", Some("anonymous")),
        Caller::Jwt => ("jwt", None),
    };
    let owner = if same { HOME } else { AWAY };
    let owned = |start: &str, end: &str| [start, owner, end].concat();
    let (resource, action) = match target {
        Target::Object => ("arn:aws:s3:::b/k".to_owned(), "s3:GetObject"),
        Target::Role if caller == Caller::Provider => (
            owned("arn:aws:iam::", ":role/t"),
            "sts:AssumeRoleWithWebIdentity",
        ),
        Target::Role => (owned("arn:aws:iam::", ":role/t"), "sts:AssumeRole"),
        Target::Key => (owned("arn:aws:kms:us-east-1:", ":key/k"), "kms:Decrypt"),
        Target::Runtime => (
            owned(
                "arn:aws:bedrock-agentcore:us-west-2:",
                ":runtime/a-0123456789",
            ),
            "bedrock-agentcore:InvokeAgentRuntime",
        ),
    };
    let principal = Principal {
        arn: arn.to_owned(),
        account: account.map(str::to_owned),
    };
    let resource = Resource {
        arn: resource,
        account: owner.to_owned(),
    };
    Check::new(principal, action, resource)
}

/// A policy attached to an identity, an organization's level or a session.
fn attached(says: Says) -> Option<PolicyText> {
    let (effect, action) = effect_and_action(says, "*")?;
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"{effect}","Action":"{action}","Resource":"*"}}}}"#
    );
    Some(PolicyText::new(text))
}

fn resource_policy(caller: Caller, target: Target, says: Says) -> Option<PolicyText> {
    let everyone = match target {
        // The bare `*` is contested in trust policies (IAM-053).
        Target::Role if caller != Caller::Service && caller != Caller::Provider => r#"{"AWS":"*"}"#,
        Target::Role => match caller {
            Caller::Provider => r#"{"Federated":"accounts.google.com"}"#,
            _ => r#"{"Service":"sns.amazonaws.com"}"#,
        },
        _ => r#""*""#,
    };
    let who = match (says, caller) {
        (Says::Allows(Grade::Account), _) => r#"{"AWS":"111122223333"}"#,
        (Says::Allows(Grade::Entity), Caller::RoleSession) => {
            r#"{"AWS":"arn:aws:iam::111122223333:role/r"}"#
        }
        (Says::Allows(Grade::Entity), _) => r#"{"AWS":"arn:aws:iam::111122223333:user/u"}"#,
        (Says::Allows(Grade::Direct), Caller::User) => {
            r#"{"AWS":"arn:aws:iam::111122223333:user/u"}"#
        }
        (Says::Allows(Grade::Direct), Caller::RoleSession) => {
            r#"{"AWS":"arn:aws:sts::111122223333:assumed-role/r/s"}"#
        }
        (Says::Allows(Grade::Direct), Caller::FederatedSession) => {
            r#"{"AWS":"arn:aws:sts::111122223333:federated-user/u"}"#
        }
        (Says::Allows(Grade::Direct), Caller::Service) => r#"{"Service":"sns.amazonaws.com"}"#,
        _ => everyone,
    };
    with_principal(says, who, "*", target != Target::Role)
}

/// RCPs at one level: the full-access policy that is always attached, alone or with a Deny; silent without it.
fn rcps(target: Target, says: Says) -> Vec<Vec<PolicyText>> {
    let service = match target {
        Target::Object => "s3:*",
        Target::Role => "sts:*",
        Target::Key => "kms:*",
        Target::Runtime => "bedrock-agentcore:*",
    };
    let policy = |says| with_principal(says, r#""*""#, service, true);
    let full = with_principal(ALLOWS, r#""*""#, "*", true);
    match says {
        Says::Absent => Vec::new(),
        Says::Allows(_) => vec![Vec::from_iter(full)],
        Says::Denies => vec![full.into_iter().chain(policy(Says::Denies)).collect()],
        // A customer's RCP only denies: this one something else.
        Says::Silent => vec![Vec::from_iter(with_principal(
            Says::Denies,
            r#""*""#,
            ELSEWHERE,
            true,
        ))],
    }
}

fn with_principal(says: Says, who: &str, action: &str, resource: bool) -> Option<PolicyText> {
    let (effect, action) = effect_and_action(says, action)?;
    let resource = if resource { r#","Resource":"*""# } else { "" };
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"{effect}","Principal":{who},"Action":"{action}"{resource}}}}}"#
    );
    Some(PolicyText::new(text))
}

fn effect_and_action(says: Says, action: &str) -> Option<(&'static str, &str)> {
    match says {
        Says::Absent => None,
        Says::Silent => Some(("Allow", ELSEWHERE)),
        Says::Denies => Some(("Deny", action)),
        Says::Allows(_) => Some(("Allow", action)),
    }
}
