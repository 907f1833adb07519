//! What is said about a runtime and, apart from it, about its endpoint: calls.
//!
//! A call of `InvokeAgentRuntime` needs the action on the runtime *R* and on its endpoint *E* (AC-072); with the user-id
//! header it needs `InvokeAgentRuntimeForUser` on both, too (AC-098). All combinations of
//!
//! - the identity policy, one statement about each resource: silent, allows, denies (3 · 3); with the header also
//!   allows the first action alone (4 · 4). A root user has none;
//! - the policy of each resource: none, silent, denies, or allows the account, the entity (the role of a role session,
//!   the user of a federated-user session), the caller itself; with the header also allows the caller the first action
//!   alone. For a root user the caller itself is everybody;
//! - whose the runtime is: the caller's account's, another's.
//!
//! | caller | policies of R, E | without header | with header | calls of both owners |
//! |---|---|---|---|---|
//! | user | 5, 6 with header | 9 · 25 = 225 | 16 · 36 = 576 | 1,602 |
//! | role session | 6, 7 with header | 9 · 36 = 324 | 16 · 49 = 784 | 2,216 |
//! | federated-user session, its session policy allows | 6, 7 with header | 324 | 784 | 2,216 |
//! | root user | 5, 6 with header | 25 | 36 | 122 |
//! | JWT | | | | 427 |
//! | | | | | **6,583** |
//!
//! A JWT caller has neither identity policy nor account. The policies of its R and E are none, silent, deny, allow `*`
//! or allow `{"AWS":"*"}` (5), with the header also `*` the first action alone (6). It comes over the internet or through
//! a network whose endpoint policy is absent, silent, denies, allows everything, R alone or E alone (7):
//! (25 + 36) · 7 = 427.
//!
//! What the documentation leaves open here is registered: IAM-103, AC-093, AC-122, AC-125, AC-173.

use veriam_model::{
    Account, Authorizer, Call, CallCase, Caller, FederatedCaller, Identity, JwtCaller, Network,
    Path, PolicyText, Request, RootCaller, Runtime, RuntimeEndpoint, RuntimeOperation,
    RuntimeRequest, SessionCaller, Tags, Token, TokenClaims, TokenRules, UserCaller, World,
};

use super::{AWAY, ELSEWHERE, HOME};

/// How many calls [`two_resource`] yields; the module's table derives it.
pub const TWO_RESOURCE_SIZE: usize = 6_583;

/// Every combination of what policies say about a runtime and its endpoint, in a fixed order.
pub fn two_resource() -> impl Iterator<Item = CallCase> {
    Kind::ALL.into_iter().flat_map(|kind| {
        [false, true].into_iter().flat_map(move |header| {
            let owners: &[&str] = if kind == Kind::Jwt {
                &[AWAY]
            } else {
                &[HOME, AWAY]
            };
            owners.iter().flat_map(move |owner| {
                calls(Setting {
                    kind,
                    header,
                    owner,
                })
            })
        })
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    User,
    Session,
    Federated,
    Root,
    Jwt,
}

impl Kind {
    const ALL: [Kind; 5] = [
        Kind::User,
        Kind::Session,
        Kind::Federated,
        Kind::Root,
        Kind::Jwt,
    ];
}

/// What a policy says about one resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    /// There is no policy.
    Nothing,
    /// It is about something else.
    Silent,
    Denies,
    /// Both actions.
    Allows(Grade),
    /// The action named like the operation, to the caller itself.
    AllowsFirst,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grade {
    Direct,
    Entity,
    Account,
    /// `{"AWS":"*"}`, which does not surely name a JWT caller.
    AwsStar,
}

/// The network a call comes through, by what its endpoint policy says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Internet,
    NoPolicy,
    Silent,
    Denies,
    Allows,
    AllowsRuntime,
    AllowsEndpoint,
}

const DIRECT: Says = Says::Allows(Grade::Direct);
const WAYS: &[Way] = &[
    Way::Internet,
    Way::NoPolicy,
    Way::Silent,
    Way::Denies,
    Way::Allows,
    Way::AllowsRuntime,
    Way::AllowsEndpoint,
];

/// Who calls, with or without the user-id header, and whose the runtime is.
#[derive(Clone, Copy, Debug)]
struct Setting {
    kind: Kind,
    header: bool,
    owner: &'static str,
}

impl Setting {
    /// The states of the identity policy about one resource.
    fn identity(self) -> &'static [Says] {
        const ALL: &[Says] = &[Says::Silent, DIRECT, Says::Denies, Says::AllowsFirst];
        match (self.kind, self.header) {
            (Kind::Root | Kind::Jwt, _) => &[Says::Nothing],
            (_, true) => ALL,
            (_, false) => &ALL[..3],
        }
    }

    /// The states of the policy of one resource.
    fn resource(self) -> Vec<Says> {
        let grades: &[Grade] = match self.kind {
            Kind::User | Kind::Root => &[Grade::Direct, Grade::Account],
            Kind::Session | Kind::Federated => &[Grade::Direct, Grade::Account, Grade::Entity],
            Kind::Jwt => &[Grade::Direct, Grade::AwsStar],
        };
        let mut states = vec![Says::Nothing, Says::Silent, Says::Denies];
        states.extend(grades.iter().copied().map(Says::Allows));
        if self.header {
            states.push(Says::AllowsFirst);
        }
        states
    }

    fn ways(self) -> &'static [Way] {
        match self.kind {
            Kind::Jwt => WAYS,
            _ => &WAYS[..1],
        }
    }
}

fn calls(setting: Setting) -> impl Iterator<Item = CallCase> {
    let (identity, resource) = (setting.identity(), setting.resource());
    let ways = setting.ways();
    let size = (identity.len() * resource.len()).pow(2) * ways.len();
    (0..size).map(move |mut rest| {
        let mut digit = |base: usize| {
            let digit = rest % base;
            rest /= base;
            digit
        };
        let of_identity = [
            identity[digit(identity.len())],
            identity[digit(identity.len())],
        ];
        let of_resource = [
            resource[digit(resource.len())],
            resource[digit(resource.len())],
        ];
        let way = ways[digit(ways.len())];
        call(setting, of_identity, of_resource, way)
    })
}

const RUNTIME: &str = "agent-0123456789";
const VPCE: &str = "vpce-0a1b2c3d";
const AT: u64 = 1_767_225_600;

fn call(setting: Setting, identity: [Says; 2], resource: [Says; 2], way: Way) -> CallCase {
    let Setting {
        kind,
        header,
        owner,
    } = setting;
    let arns = arns(owner);
    let [of_runtime, of_endpoint] = [0, 1].map(|at| resource_policy(kind, resource[at], &arns[at]));
    let mut world = World::new("us-west-2");
    world.accounts = [HOME, AWAY].map(account).into();
    world.runtimes.push(Runtime {
        account: owner.to_owned(),
        id: RUNTIME.to_owned(),
        authorizer: match kind {
            Kind::Jwt => Authorizer::Jwt,
            _ => Authorizer::Iam,
        },
        token_rules: TokenRules::default(),
        tags: Tags::default(),
        policy: of_runtime,
        endpoints: vec![RuntimeEndpoint {
            name: "DEFAULT".to_owned(),
            authorizer: None,
            tags: Tags::default(),
            policy: of_endpoint,
        }],
    });
    let policies = identity_policy(identity, &arns).into_iter().collect();
    match kind {
        Kind::User | Kind::Federated => world.users.push(named("u", "AIDAEXAMPLE", policies)),
        Kind::Session => world.roles.push(named("r", "AROAEXAMPLE", policies)),
        Kind::Root | Kind::Jwt => {}
    }
    if way != Way::Internet {
        world.networks.push(Network {
            endpoint: VPCE.to_owned(),
            vpc: "vpc-0a1b2c3d".to_owned(),
            account: HOME.to_owned(),
            policy: endpoint_policy(way, &arns),
        });
    }
    let call = Call {
        caller: caller(kind),
        request: Request::Runtime(RuntimeRequest {
            operation: RuntimeOperation::InvokeAgentRuntime,
            runtime: RUNTIME.to_owned(),
            qualifier: None,
            user_id: header.then(|| "user-1".to_owned()),
        }),
        from: match way {
            Way::Internet => Path::Internet {
                address: "203.0.113.7".to_owned(),
            },
            _ => Path::Endpoint {
                endpoint: VPCE.to_owned(),
                address: "10.0.0.7".to_owned(),
            },
        },
        at: AT,
        user_agent: "veriam".to_owned(),
    };
    CallCase { world, call }
}

/// The ARNs of runtime and endpoint.
fn arns(owner: &str) -> [String; 2] {
    let runtime = format!("arn:aws:bedrock-agentcore:us-west-2:{owner}:runtime/{RUNTIME}");
    let endpoint = format!("{runtime}/runtime-endpoint/DEFAULT");
    [runtime, endpoint]
}

fn account(id: &str) -> Account {
    Account {
        id: id.to_owned(),
        organization: None,
    }
}

fn named(name: &str, id: &str, policies: Vec<PolicyText>) -> Identity {
    Identity {
        account: HOME.to_owned(),
        name: name.to_owned(),
        path: "/".to_owned(),
        id: id.to_owned(),
        tags: Tags::default(),
        policies,
        boundary: None,
        trust: None,
    }
}

fn caller(kind: Kind) -> Caller {
    let account = HOME.to_owned();
    let token = Token {
        issued: AT - 600,
        mfa: None,
    };
    match kind {
        Kind::User => Caller::User(UserCaller {
            account,
            name: "u".to_owned(),
            token: None,
        }),
        Kind::Session => Caller::Session(SessionCaller {
            account,
            role: "r".to_owned(),
            session: "s".to_owned(),
            token,
            policy: None,
            tags: Tags::default(),
            source_identity: None,
            provider: None,
        }),
        Kind::Federated => Caller::Federated(FederatedCaller {
            account,
            user: "u".to_owned(),
            token,
            // Without one, identity policies mean nothing to it (IAM-227).
            policy: Some(document(&statement("Allow", "", r#""*""#, "*"))),
            tags: Tags::default(),
        }),
        Kind::Root => Caller::Root(RootCaller { account }),
        Kind::Jwt => Caller::Jwt(JwtCaller {
            subject: "alice".to_owned(),
            accepted: true,
            claims: TokenClaims::default(),
        }),
    }
}

const BOTH: &str =
    r#"["bedrock-agentcore:InvokeAgentRuntime","bedrock-agentcore:InvokeAgentRuntimeForUser"]"#;
const FIRST: &str = r#""bedrock-agentcore:InvokeAgentRuntime""#;

/// One statement about each resource.
fn identity_policy(says: [Says; 2], arns: &[String; 2]) -> Option<PolicyText> {
    let statements: Vec<String> = says
        .into_iter()
        .zip(arns)
        .filter_map(|(says, arn)| {
            let (effect, action) = effect_and_action(says)?;
            Some(statement(effect, "", &action, arn))
        })
        .collect();
    (!statements.is_empty()).then(|| document(&format!("[{}]", statements.join(","))))
}

fn resource_policy(kind: Kind, says: Says, arn: &str) -> Option<PolicyText> {
    let (effect, action) = effect_and_action(says)?;
    let grade = match says {
        Says::Allows(grade) => grade,
        Says::AllowsFirst => Grade::Direct,
        _ => return Some(document(&statement(effect, r#""*""#, &action, arn))),
    };
    let who = match (grade, kind) {
        (Grade::Account, _) => r#"{"AWS":"111122223333"}"#,
        (Grade::AwsStar, _) => r#"{"AWS":"*"}"#,
        (Grade::Entity, Kind::Session) => r#"{"AWS":"arn:aws:iam::111122223333:role/r"}"#,
        (Grade::Entity, _) | (Grade::Direct, Kind::User) => {
            r#"{"AWS":"arn:aws:iam::111122223333:user/u"}"#
        }
        (Grade::Direct, Kind::Session) => r#"{"AWS":"arn:aws:sts::111122223333:assumed-role/r/s"}"#,
        (Grade::Direct, Kind::Federated) => {
            r#"{"AWS":"arn:aws:sts::111122223333:federated-user/u"}"#
        }
        (Grade::Direct, Kind::Root | Kind::Jwt) => r#""*""#,
    };
    Some(document(&statement(effect, who, &action, arn)))
}

fn endpoint_policy(way: Way, [runtime, endpoint]: &[String; 2]) -> Option<PolicyText> {
    let (effect, action, resource) = match way {
        Way::Internet | Way::NoPolicy => return None,
        Way::Silent => ("Allow", format!("\"{ELSEWHERE}\""), "*"),
        Way::Denies => ("Deny", r#""*""#.to_owned(), "*"),
        Way::Allows => ("Allow", r#""*""#.to_owned(), "*"),
        Way::AllowsRuntime => ("Allow", r#""*""#.to_owned(), runtime.as_str()),
        Way::AllowsEndpoint => ("Allow", r#""*""#.to_owned(), endpoint.as_str()),
    };
    Some(document(&statement(effect, r#""*""#, &action, resource)))
}

/// Effect and action, the latter as JSON.
fn effect_and_action(says: Says) -> Option<(&'static str, String)> {
    let (effect, action) = match says {
        Says::Nothing => return None,
        Says::Silent => return Some(("Allow", format!("\"{ELSEWHERE}\""))),
        Says::Denies => ("Deny", BOTH),
        Says::Allows(_) => ("Allow", BOTH),
        Says::AllowsFirst => ("Allow", FIRST),
    };
    Some((effect, action.to_owned()))
}

/// A statement; without principal where `who` is empty. `who` and `action` are JSON, `resource` is text.
fn statement(effect: &str, who: &str, action: &str, resource: &str) -> String {
    let (member, comma) = if who.is_empty() {
        ("", "")
    } else {
        (r#""Principal":"#, ",")
    };
    format!(
        r#"{{"Effect":"{effect}",{member}{who}{comma}"Action":{action},"Resource":"{resource}"}}"#
    )
}

/// A policy of one statement, or of a list of them.
fn document(statements: &str) -> PolicyText {
    PolicyText::new(format!(
        r#"{{"Version":"2012-10-17","Statement":{statements}}}"#
    ))
}
