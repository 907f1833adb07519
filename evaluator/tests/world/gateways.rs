//! Gateways (section 6.5 and 6.6 of the readings; AC-168, AC-200 to AC-204, AC-207).

use serde_json::{Value, json};
use veriam_evaluator::{CallError, World as Compiled};
use veriam_model::{
    Caller, Dialect, EngineMode, GatewayAuthorizer, JwtCaller, Membership, PolicyText, Request,
    TokenClaims, World, readings::UnauthorizedGatewayDenies as Denies,
};

use crate::scene::{
    OWNER, TENANT, federated, jwt, policy, root, say, session, session_caller, through_vpc, to,
    user,
};
use crate::whole::{
    arn, decided, decided_in, everyone, grant, granted, refused, service, to_gateway, whole,
};

const INVOKE: &str = "bedrock-agentcore:InvokeGateway";

fn with(mut world: World, authorizer: GatewayAuthorizer) -> World {
    world.gateways[0].authorizer = authorizer;
    world
}

fn owned(mut world: World, statements: &[Value]) -> World {
    world.gateways[0].policy = policy(statements);
    world
}

fn filtered(mut world: World, statements: &[Value]) -> World {
    world.networks[0].policy = policy(statements);
    world
}

/// Everybody who can call.
fn callers() -> [Caller; 8] {
    let bad_token = Caller::Jwt(JwtCaller {
        subject: "sub-1".to_owned(),
        accepted: false,
        claims: TokenClaims::default(),
    });
    [
        user(OWNER),
        session(OWNER),
        root(OWNER),
        federated(OWNER, policy(&[say("Allow", "*", "*")])),
        jwt(),
        bad_token,
        service("lambda.amazonaws.com", None),
        Caller::Anonymous,
    ]
}

#[test]
fn the_authorizer_says_who_may_come() {
    use GatewayAuthorizer::{AuthenticateOnly, AwsIam, CustomJwt, None};
    const OK: &str = "allowed";
    const MIX: &str = "method_mismatch";
    const NO: &str = "unauthenticated";
    const NOT_GRANTED: &str = "implicit InvokeGateway gateway/tools-abcdef0123 resource";
    let table = [
        (AwsIam, [OK, OK, OK, OK, MIX, MIX, NOT_GRANTED, NO]),
        (CustomJwt, [MIX, MIX, MIX, MIX, OK, "bad_token", MIX, NO]),
        (None, [OK; 8]),
        (AuthenticateOnly, [OK, OK, OK, OK, MIX, MIX, OK, NO]),
    ];
    for (authorizer, expected) in table {
        let world = with(granted(), authorizer);
        for (caller, expected) in callers().into_iter().zip(expected) {
            let outcome = decided(&world, &to_gateway(caller.clone()));
            assert_eq!(outcome, expected, "{authorizer:?} {caller:?}");
        }
    }
}

/// The nine rows of AC-068, which AC-207 says of gateways too, and what is said across accounts.
#[test]
fn either_side_allows_at_home_and_both_abroad() {
    let at = "InvokeGateway gateway/tools-abcdef0123";
    let rows = [
        ("allow", "-", "allowed", "implicit resource"),
        ("allow", "allow", "allowed", "allowed"),
        ("allow", "deny", "explicit resource", "explicit resource"),
        ("-", "-", "implicit identity", "implicit identity+resource"),
        ("-", "allow", "allowed", "implicit identity"),
        ("-", "deny", "explicit resource", "explicit resource"),
        ("deny", "-", "explicit identity", "explicit identity"),
        ("deny", "allow", "explicit identity", "explicit identity"),
        (
            "deny",
            "deny",
            "explicit identity+resource",
            "explicit identity+resource",
        ),
    ];
    let said = |cell| match cell {
        "allow" => vec![say("Allow", INVOKE, arn("gateway/tools-abcdef0123"))],
        "deny" => vec![say("Deny", INVOKE, arn("gateway/tools-abcdef0123"))],
        _ => vec![],
    };
    for (identity, own, at_home, abroad) in rows {
        let own: Vec<Value> = said(own).into_iter().map(everyone).collect();
        let mut world = owned(whole(), &own);
        grant(&mut world, &said(identity));
        for (account, expected) in [(OWNER, at_home), (TENANT, abroad)] {
            let expected = match expected.split_once(' ') {
                Some((kind, by)) => format!("{kind} {at} {by}"),
                None => expected.to_owned(),
            };
            for caller in [user(account), session(account)] {
                assert_eq!(decided(&world, &to_gateway(caller)), expected, "{identity}");
            }
        }
    }
}

#[test]
fn bearers_of_tokens_depend_on_the_gateways_policy() {
    let jwt_only = |own: &[Value]| with(owned(whole(), own), GatewayAuthorizer::CustomJwt);
    let call = to_gateway(jwt());
    let denied = "implicit InvokeGateway gateway/tools-abcdef0123 resource";
    assert_eq!(decided(&jwt_only(&[]), &call), "allowed");
    let allow = everyone(say("Allow", INVOKE, "*"));
    assert_eq!(decided(&jwt_only(&[allow]), &call), "allowed");
    let to_role = to(
        say("Allow", INVOKE, "*"),
        json!({"AWS": "arn:aws:iam::111122223333:role/app"}),
    );
    assert_eq!(decided(&jwt_only(&[to_role]), &call), denied);
}

#[test]
fn calls_of_tools_that_cedar_decides_are_no_question() {
    for (engine, tool_call, is_question) in [
        (None, true, true),
        (Some(EngineMode::LogOnly), true, true),
        (Some(EngineMode::Enforce), false, true),
        (Some(EngineMode::Enforce), true, false),
    ] {
        let mut world = granted();
        world.gateways[0].engine = engine;
        let mut call = to_gateway(user(OWNER));
        if let Request::Gateway(request) = &mut call.request {
            request.tool_call = tool_call;
        }
        if is_question {
            assert_eq!(decided(&world, &call), "allowed");
        } else {
            assert_eq!(refused(&world, &call), "call.request.gateway.tool_call");
        }
    }
}

const OPEN: [GatewayAuthorizer; 2] = [GatewayAuthorizer::None, GatewayAuthorizer::AuthenticateOnly];

#[test]
fn a_gateway_that_authorizes_nothing_needs_no_grant() {
    for authorizer in OPEN {
        // Nothing allows anything, at home or abroad.
        let mut world = with(whole(), authorizer);
        for account in [OWNER, TENANT] {
            for caller in [
                user(account),
                session(account),
                root(account),
                federated(account, None),
            ] {
                assert_eq!(decided(&world, &to_gateway(caller)), "allowed");
            }
        }
        // Nor do boundaries and levels without an Allow count.
        for identity in world.users.iter_mut().chain(&mut world.roles) {
            identity.boundary = policy(&[say("Allow", "s3:*", "*")]);
        }
        for account in &mut world.accounts {
            account.organization = Some(Membership {
                id: format!("o-{}", account.id),
                path: vec!["r-ab12".to_owned()],
                management: false,
                scps: vec![vec![]],
                rcps: Vec::new(),
            });
        }
        assert_eq!(decided(&world, &to_gateway(user(OWNER))), "allowed");
    }
}

#[test]
fn an_endpoint_policy_stops_what_nothing_has_to_grant() {
    let denied = |kind: &str| format!("{kind} InvokeGateway gateway/tools-abcdef0123 endpoint");
    let allow = || say("Allow", INVOKE, "*");
    let alice = || json!({"AWS": "arn:aws:iam::111122223333:user/alice"});
    // What the endpoint policy says, what becomes of nobody, of the user it names, and of another.
    let rows = [
        (everyone(allow()), "allowed", "allowed", "allowed"),
        (to(allow(), alice()), "implicit", "allowed", "implicit"),
        (
            to(allow(), json!({"AWS": OWNER})),
            "implicit",
            "allowed",
            "implicit",
        ),
        (
            everyone(say("Allow", "s3:*", "*")),
            "implicit",
            "implicit",
            "implicit",
        ),
        (
            everyone(say("Deny", INVOKE, "*")),
            "explicit",
            "explicit",
            "explicit",
        ),
    ];
    for (statement, nobody, alice, other) in rows {
        let expect = |expected: &str| match expected {
            "allowed" => expected.to_owned(),
            kind => denied(kind),
        };
        let world = filtered(whole(), &[statement]);
        let none = with(world.clone(), GatewayAuthorizer::None);
        // At a gateway without authentication nobody is anybody.
        for caller in [Caller::Anonymous, jwt(), user(OWNER), session(TENANT)] {
            let call = through_vpc(to_gateway(caller));
            assert_eq!(decided(&none, &call), expect(nobody));
        }
        let signed = with(world, GatewayAuthorizer::AuthenticateOnly);
        let call = |caller| through_vpc(to_gateway(caller));
        assert_eq!(decided(&signed, &call(user(OWNER))), expect(alice));
        assert_eq!(decided(&signed, &call(user(TENANT))), expect(other));
        // Over the internet there is none.
        assert_eq!(decided(&none, &to_gateway(Caller::Anonymous)), "allowed");
        assert_eq!(decided(&signed, &to_gateway(user(TENANT))), "allowed");
    }
}

/// The keys of the check are those of who signed, or of nobody.
#[test]
fn an_endpoint_policy_sees_who_signed() {
    let when = |key: &str, absent: &str| {
        let deny = everyone(say("Deny", "*", "*"));
        let deny = crate::scene::under(deny, json!({"Null": {key: absent}}));
        filtered(whole(), &[everyone(say("Allow", "*", "*")), deny])
    };
    let denied = "explicit InvokeGateway gateway/tools-abcdef0123 endpoint";
    let call = through_vpc(to_gateway(user(OWNER)));
    for key in ["aws:PrincipalArn", "aws:PrincipalAccount", "aws:userid"] {
        let none = with(when(key, "true"), GatewayAuthorizer::None);
        assert_eq!(decided(&none, &call), denied, "{key}");
        let signed = with(when(key, "true"), GatewayAuthorizer::AuthenticateOnly);
        assert_eq!(decided(&signed, &call), "allowed", "{key}");
    }
    for key in [
        "aws:SourceVpc",
        "aws:SecureTransport",
        "aws:ResourceAccount",
    ] {
        for authorizer in OPEN {
            let world = with(when(key, "false"), authorizer);
            assert_eq!(decided(&world, &call), denied, "{key}");
        }
    }
}

#[test]
fn denies_are_ignored_or_honoured() {
    let at = |by: &str| format!("explicit InvokeGateway gateway/tools-abcdef0123 {by}");
    let deny = || say("Deny", INVOKE, "*");
    let mut everywhere = owned(whole(), &[everyone(deny())]);
    for identity in everywhere.users.iter_mut().chain(&mut everywhere.roles) {
        identity.policies = policy(&[deny()]).into_iter().collect();
        identity.boundary = policy(&[deny()]);
    }
    everywhere.accounts[0].organization = Some(Membership {
        id: "o-1".to_owned(),
        path: vec!["r-ab12".to_owned()],
        management: false,
        scps: vec![vec![], vec![policy(&[deny()]).unwrap()]],
        rcps: Vec::new(),
    });
    let mut managed = everywhere.clone();
    managed.accounts[0]
        .organization
        .as_mut()
        .unwrap()
        .management = true;
    let mut with_policy = session_caller(OWNER, "app");
    with_policy.policy = policy(&[deny()]);
    let with_policy = Caller::Session(with_policy);
    let signed = [
        (&everywhere, user(OWNER), "identity+resource+boundary+scp"),
        (
            &everywhere,
            with_policy.clone(),
            "identity+resource+boundary+session+scp",
        ),
        (&everywhere, root(OWNER), "resource+scp"),
        (&everywhere, user(TENANT), "identity+resource+boundary"),
        (
            &everywhere,
            service("lambda.amazonaws.com", None),
            "resource",
        ),
        (&managed, user(OWNER), "identity+resource+boundary"),
    ];
    let honoured = Dialect::default().with(Denies::Honoured);
    for (world, caller, by) in signed {
        let world = with(world.clone(), GatewayAuthorizer::AuthenticateOnly);
        let call = to_gateway(caller);
        assert_eq!(decided(&world, &call), "allowed", "{by}");
        assert_eq!(decided_in(&world, &call, &honoured), at(by), "{by}");
    }
    // For nobody the gateway's own policy is all there is.
    let world = with(everywhere.clone(), GatewayAuthorizer::None);
    for caller in [user(OWNER), with_policy.clone(), jwt(), Caller::Anonymous] {
        let call = to_gateway(caller);
        assert_eq!(decided(&world, &call), "allowed");
        assert_eq!(decided_in(&world, &call, &honoured), at("resource"));
    }
    // Together with the endpoint policy.
    let world = filtered(world, &[everyone(deny())]);
    let call = through_vpc(to_gateway(user(OWNER)));
    assert_eq!(decided(&world, &call), at("endpoint"));
    let both = at("resource+endpoint");
    assert_eq!(decided_in(&world, &call, &honoured), both);
    // An Allow means nothing, and a Deny that does not apply is none.
    let mut world = owned(whole(), &[everyone(say("Deny", "s3:*", "*"))]);
    grant(&mut world, &[say("Allow", INVOKE, "*")]);
    for authorizer in OPEN {
        let world = with(world.clone(), authorizer);
        let call = to_gateway(user(OWNER));
        assert_eq!(decided_in(&world, &call, &honoured), "allowed");
    }
}

/// A session policy is looked at only where it counts.
#[test]
fn an_invalid_session_policy_matters_only_where_denies_count() {
    let mut caller = session_caller(OWNER, "app");
    caller.policy = Some(PolicyText::new("{}"));
    let call = to_gateway(Caller::Session(caller));
    let honoured = Dialect::default().with(Denies::Honoured);
    for (authorizer, dialect, is_read) in [
        (GatewayAuthorizer::None, Dialect::default(), false),
        (GatewayAuthorizer::None, honoured, false),
        (
            GatewayAuthorizer::AuthenticateOnly,
            Dialect::default(),
            false,
        ),
        (GatewayAuthorizer::AuthenticateOnly, honoured, true),
        (GatewayAuthorizer::AwsIam, Dialect::default(), true),
    ] {
        let world = Compiled::new(&with(granted(), authorizer), &dialect).unwrap();
        let is_error = matches!(world.decide(&call), Err(CallError::InvalidPolicy { .. }));
        assert_eq!(is_error, is_read, "{authorizer:?} {dialect:?}");
    }
}

/// The endpoint policy is judged without the boundary, the real policies with it (IAM-122).
#[test]
fn a_boundary_widens_what_is_not_spared_in_the_real_policies_only() {
    let alice = "arn:aws:iam::111122223333:user/alice";
    let spare = || {
        let mut deny = say("Deny", INVOKE, "*");
        deny["NotPrincipal"] = json!({"AWS": [alice, OWNER]});
        deny
    };
    let mut world = with(whole(), GatewayAuthorizer::AuthenticateOnly);
    world.users[0].boundary = policy(&[say("Allow", "*", "*")]);
    let honoured = Dialect::default().with(Denies::Honoured);
    let call = through_vpc(to_gateway(user(OWNER)));
    let allow = everyone(say("Allow", "*", "*"));
    let outside = filtered(world.clone(), &[allow, spare()]);
    assert_eq!(decided_in(&outside, &call, &honoured), "allowed");
    let own = owned(world, &[spare()]);
    let denied = "explicit InvokeGateway gateway/tools-abcdef0123 resource";
    assert_eq!(decided_in(&own, &call, &honoured), denied);
}
