//! Odd worlds and odd calls, many of which are well-formed all the same.

use proptest::prelude::*;
use proptest::sample::select;
use veriam_evaluator::{Limits, faults};
use veriam_model::{
    Account, Authorizer, Call, Caller, Dialect, FederatedCaller, Identity, JwtCaller, Membership,
    Network, OtherPolicyType, Path, PolicyText, PolicyType, RootCaller, Runtime, RuntimeEndpoint,
    ServiceCaller, SessionCaller, Tags, Token, TokenClaims, TokenRules, UserCaller, World,
};

use crate::odd_requests::request;
use crate::odd_resources::{Resources, mend_resources, resources, trust};
use crate::scene::{NOW, OWNER, TENANT, scene};

/// One of the texts, mostly the first.
pub(crate) fn text(texts: &'static [&'static str]) -> impl Strategy<Value = String> + Clone {
    prop_oneof![
        30 => Just(texts[0]),
        1 => select(texts),
    ]
    .prop_map(str::to_owned)
}

pub(crate) fn account() -> impl Strategy<Value = String> + Clone {
    text(&[
        OWNER,
        TENANT,
        "000000000000",
        "1",
        "１１１１２２２２３３３３",
    ])
}

pub(crate) fn name() -> impl Strategy<Value = String> + Clone {
    text(&["app", "root", "a.b", "=,@+", "a/b", "", "*", "ünder"])
}

pub(crate) fn word() -> impl Strategy<Value = String> + Clone {
    text(&["one", "DEFAULT", "o-1", "a b", "", "${x}"])
}

pub(crate) fn tags() -> impl Strategy<Value = Tags> {
    let tags = prop::collection::vec((text(&["Team", "", "a/b", "${*}"]), name()), 0..3);
    tags.prop_map(|list| {
        let mut tags = Tags::new();
        for (key, value) in list {
            tags.insert(key, value).ok();
        }
        tags
    })
}

fn policy_text() -> impl Strategy<Value = PolicyText> {
    let conditions = [
        "",
        r#","Condition":{"StringNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/app"}}"#,
        r#","Condition":{"StringLike":{"aws:PrincipalTag/Team":"${aws:ResourceTag/Team, 'x'}"}}"#,
        r#","Condition":{"DateLessThan":{"aws:CurrentTime":"2030-01-01"},"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#,
        r#","Condition":{"ForAnyValue:StringLike":{"aws:VpceOrgPaths":"*","aws:PrincipalOrgPaths":"o-1/*"}}"#,
        r#","Condition":{"NumericLessThan":{"aws:MultiFactorAuthAge":"${aws:EpochTime}"}}"#,
    ];
    let principals = [
        "",
        "",
        r#","Principal":"*""#,
        r#","Principal":{"AWS":["111122223333","arn:aws:sts::111122223333:assumed-role/app/app"]}"#,
        r#","NotPrincipal":{"AWS":"arn:aws:iam::111122223333:user/app"}"#,
    ];
    let parts = (
        select(&["Allow", "Deny", "Allow", "Deny", "allow"][..]),
        select(
            &[
                "*",
                "bedrock-agentcore:*",
                "bedrock-agentcore:Invoke*",
                "s3:*",
                "x",
            ][..],
        ),
        select(
            &[
                "*",
                "arn:aws:bedrock-agentcore:*:*:runtime/${aws:userid}*",
                "arn:aws",
            ][..],
        ),
        select(conditions.to_vec()),
        select(principals.to_vec()),
    );
    parts.prop_map(|(effect, action, resource, condition, principal)| {
        PolicyText::new(format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"{effect}","Action":"{action}","Resource":"{resource}"{condition}{principal}}}}}"#
        ))
    })
}

/// A policy of a type that is mostly valid.
pub(crate) fn policy_of(policy_type: PolicyType) -> impl Strategy<Value = PolicyText> {
    let fallback = match policy_type {
        PolicyType::Resource | PolicyType::Endpoint | PolicyType::Key => r#","Principal":"*""#,
        _ => "",
    };
    policy_text().prop_map(move |text| {
        if is_valid(policy_type, &text) || text.as_str().contains("allow") {
            return text;
        }
        PolicyText::new(format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*","Resource":"*"{fallback}}}}}"#
        ))
    })
}

pub(crate) fn is_valid(policy_type: PolicyType, text: &PolicyText) -> bool {
    let bytes = text.as_str().as_bytes();
    faults(policy_type, bytes, &Dialect::default(), &Limits::default()).is_empty()
}

fn organization() -> impl Strategy<Value = Option<Membership>> {
    let scps = prop::collection::vec(
        prop::collection::vec(policy_of(PolicyType::Scp), 0..2),
        0..3,
    );
    let membership = (
        word(),
        prop::collection::vec(word(), 0..3),
        any::<bool>(),
        scps,
    );
    prop::option::of(
        membership.prop_map(|(id, path, management, scps)| Membership {
            id,
            path,
            management,
            scps,
            rcps: Vec::new(),
        }),
    )
}

fn identity(is_role: bool) -> impl Strategy<Value = Identity> {
    let policies = prop::collection::vec(policy_of(PolicyType::Identity), 0..3);
    let boundary = prop::option::of(policy_of(PolicyType::Boundary));
    let path = text(&["/", "/a/b/", "//", "/:/", ""]);
    let trust = prop::option::weighted(if is_role { 0.7 } else { 0.02 }, trust());
    let parts = (
        account(),
        name(),
        path,
        word(),
        tags(),
        policies,
        boundary,
        trust,
    );
    parts.prop_map(
        |(account, name, path, id, tags, policies, boundary, trust)| Identity {
            account,
            name,
            path,
            id,
            tags,
            policies,
            boundary,
            trust,
        },
    )
}

pub(crate) fn authorizer() -> impl Strategy<Value = Authorizer> {
    select(&Authorizer::ALL[..])
}

/// Some lists, rarely empty at once.
fn rules() -> impl Strategy<Value = (Vec<String>, Vec<String>, Vec<String>)> {
    let list = || prop::collection::vec(word(), 0..2);
    (list(), list(), list())
}

pub(crate) fn token_rules() -> impl Strategy<Value = TokenRules> {
    let some = rules().prop_map(|(audiences, clients, scopes)| TokenRules {
        audiences,
        clients,
        scopes,
    });
    let of_scopes = word().prop_map(|scope| TokenRules {
        scopes: vec![scope],
        ..TokenRules::default()
    });
    prop_oneof![Just(TokenRules::default()), some, of_scopes]
}

fn claims() -> impl Strategy<Value = TokenClaims> {
    rules().prop_map(|(audiences, clients, scopes)| TokenClaims {
        audiences,
        client: clients.into_iter().next(),
        scopes,
    })
}

fn runtime() -> impl Strategy<Value = Runtime> {
    let own = || prop::option::of(policy_of(PolicyType::Resource));
    let endpoint = (word(), prop::option::of(authorizer()), tags(), own()).prop_map(
        |(name, authorizer, tags, policy)| RuntimeEndpoint {
            name,
            authorizer,
            tags,
            policy,
        },
    );
    let endpoints = prop::collection::vec(endpoint, 0..3);
    let parts = (
        account(),
        word(),
        authorizer(),
        token_rules(),
        tags(),
        own(),
        endpoints,
    );
    parts.prop_map(
        |(account, id, authorizer, token_rules, tags, policy, endpoints)| Runtime {
            account,
            id,
            authorizer,
            token_rules,
            tags,
            policy,
            endpoints,
        },
    )
}

fn network() -> impl Strategy<Value = Network> {
    let policy = prop::option::of(policy_of(PolicyType::Endpoint));
    (word(), word(), account(), policy).prop_map(|(endpoint, vpc, account, policy)| Network {
        endpoint,
        vpc,
        account,
        policy,
    })
}

pub(crate) fn world() -> impl Strategy<Value = World> {
    let accounts = prop::collection::vec((account(), organization()), 1..4);
    let parts = (
        text(&["aws", "aws-cn", "", "a:b"]),
        text(&["us-west-2", "", "x:y"]),
        accounts,
        prop::collection::vec(identity(false).boxed(), 1..3),
        prop::collection::vec(identity(true).boxed(), 1..3),
        prop::collection::vec(runtime().boxed(), 1..3),
        prop::collection::vec(network().boxed(), 1..3),
        resources().boxed(),
    );
    parts.prop_map(
        |(partition, region, accounts, users, roles, runtimes, networks, resources)| {
            let accounts = accounts
                .into_iter()
                .map(|(id, organization)| Account { id, organization });
            let Resources {
                gateways,
                memories,
                harnesses,
                tools,
                workload_identities,
                providers,
                others,
            } = resources;
            World {
                partition,
                region,
                accounts: accounts.collect(),
                users,
                roles,
                runtimes,
                gateways,
                memories,
                harnesses,
                tools,
                workload_identities,
                providers,
                others,
                networks,
            }
        },
    )
}

/// The same with names that fit together: one account of each kind, at most one of everything else in them.
pub(crate) fn mended(mut world: World) -> World {
    let Ok(accounts) = <[Account; 2]>::try_from(scene().accounts) else {
        return scene();
    };
    let organizations = world.accounts.into_iter().map(|a| a.organization);
    let organizations: Vec<_> = organizations.chain([None, None]).collect();
    world.accounts = (accounts.into_iter().zip(organizations).enumerate())
        .map(|(number, (mut account, organization))| {
            account.organization = organization.map(|membership| Membership {
                id: "o-1".to_owned(),
                path: vec!["r-1".to_owned()],
                management: membership.management && number == 0,
                ..membership
            });
            account
        })
        .collect();
    world.partition = "aws".to_owned();
    world.region = "us-west-2".to_owned();
    world.users.truncate(1);
    world.roles.truncate(1);
    world.runtimes.truncate(1);
    world.networks.truncate(1);
    for identity in world.users.iter_mut().chain(&mut world.roles) {
        identity.account = OWNER.to_owned();
        identity.name = "app".to_owned();
        identity.id = "AROA".to_owned();
        identity.path = "/".to_owned();
    }
    world.users.iter_mut().for_each(|user| user.trust = None);
    mend_resources(&mut world);
    for runtime in &mut world.runtimes {
        if runtime.account != OWNER {
            runtime.account = TENANT.to_owned();
        }
        runtime.id = "one".to_owned();
        runtime.endpoints.truncate(1);
        for endpoint in &mut runtime.endpoints {
            endpoint.name = "one".to_owned();
        }
    }
    for network in &mut world.networks {
        network.account = TENANT.to_owned();
        network.endpoint = "one".to_owned();
        network.vpc = "one".to_owned();
    }
    world
}

/// The same without its invalid policies.
pub(crate) fn valid(mut world: World) -> World {
    use PolicyType::{Boundary, Endpoint, Identity, Key, Resource, Scp, Trust};
    for account in &mut world.accounts {
        let levels = account.organization.iter_mut().flat_map(|o| &mut o.scps);
        levels.for_each(|level| level.retain(|p| is_valid(Scp, p)));
    }
    for identity in world.users.iter_mut().chain(&mut world.roles) {
        identity.policies.retain(|p| is_valid(Identity, p));
        identity.boundary.take_if(|p| !is_valid(Boundary, p));
        identity.trust.take_if(|p| !is_valid(Trust, p));
    }
    for runtime in &mut world.runtimes {
        runtime.policy.take_if(|p| !is_valid(Resource, p));
        for endpoint in &mut runtime.endpoints {
            endpoint.policy.take_if(|p| !is_valid(Resource, p));
        }
    }
    for gateway in &mut world.gateways {
        gateway.policy.take_if(|p| !is_valid(Resource, p));
    }
    for memory in &mut world.memories {
        memory.policy.take_if(|p| !is_valid(Resource, p));
    }
    for other in &mut world.others {
        let policy_type = match other.policy_type {
            OtherPolicyType::Resource => Resource,
            OtherPolicyType::Key => Key,
        };
        other.policy.take_if(|p| !is_valid(policy_type, p));
    }
    for network in &mut world.networks {
        network.policy.take_if(|p| !is_valid(Endpoint, p));
    }
    world
}

fn token() -> impl Strategy<Value = Token> {
    let odd = || select(&[0, NOW - 1, NOW, NOW + 1, u64::MAX][..]);
    let issued = prop_oneof![8 => Just(NOW - 600), 1 => odd()];
    let mfa = prop_oneof![8 => Just(NOW - 900), 1 => odd()];
    (issued, prop::option::weighted(0.3, mfa)).prop_map(|(issued, mfa)| Token { issued, mfa })
}

fn caller() -> impl Strategy<Value = Caller> {
    let session = || prop::option::of(policy_text());
    prop_oneof![
        (account(), name(), prop::option::of(token())).prop_map(|(account, name, token)| {
            Caller::User(UserCaller {
                account,
                name,
                token,
            })
        }),
        (account(), name(), name(), token(), session(), tags()).prop_map(
            |(account, role, session, token, policy, tags)| {
                Caller::Session(SessionCaller {
                    account,
                    role,
                    session,
                    token,
                    policy,
                    tags,
                    source_identity: None,
                    provider: Some(String::new()),
                })
            }
        ),
        account().prop_map(|account| Caller::Root(RootCaller { account })),
        (account(), name(), token(), session(), tags()).prop_map(
            |(account, user, token, policy, tags)| {
                Caller::Federated(FederatedCaller {
                    account,
                    user,
                    token,
                    policy,
                    tags,
                })
            }
        ),
        (prop::bool::weighted(0.8), claims()).prop_map(|(accepted, claims)| {
            Caller::Jwt(JwtCaller {
                subject: String::new(),
                accepted,
                claims,
            })
        }),
        (
            service(),
            prop::option::of(account()),
            prop::option::of(word())
        )
            .prop_map(|(service, source_account, source_arn)| {
                Caller::Service(ServiceCaller {
                    service,
                    source_account,
                    source_arn,
                })
            }),
        Just(Caller::Anonymous),
    ]
}

pub(crate) fn service() -> impl Strategy<Value = String> {
    text(&[
        "lambda.amazonaws.com",
        "bedrock-agentcore.amazonaws.com",
        "lambda",
        "",
    ])
}

pub(crate) fn a_call() -> impl Strategy<Value = Call> {
    let address = || {
        text(&[
            "203.0.113.9",
            "::1",
            "::ffff:1.2.3.4",
            "1.2.3",
            "01.2.3.4",
            "::1%1",
            "",
        ])
    };
    let from = prop_oneof![
        address().prop_map(|address| Path::Internet { address }),
        (word(), address()).prop_map(|(endpoint, address)| Path::Endpoint { endpoint, address }),
    ];
    let parts = (
        caller().boxed(),
        request(),
        from,
        prop_oneof![
            12 => Just(NOW),
            1 => select(&[0, 253_402_300_799, 253_402_300_800, u64::MAX][..]),
        ],
        name(),
    );
    parts.prop_map(|(caller, request, from, at, user_agent)| Call {
        caller,
        request,
        from,
        at,
        user_agent,
    })
}
