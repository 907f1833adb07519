//! Each mistake of calls changes an outcome; each mistake of checks is one in calls too.

use serde_json::{Value, json};
use veriam_evaluator::planted::Mistake;
use veriam_model::{Authorizer, Call, Dialect, Membership, Operation, World};

use crate::scene::{
    E, INVOKE, OWNER, R, TENANT, call, jwt, outcome, policy, say, scene, session, short,
    through_vpc, to, under, user,
};

fn mistaken(world: &World, call: &Call, mistake: Mistake) -> String {
    let dialect = Dialect::default();
    let world = veriam_evaluator::World::with_mistake(world, &dialect, mistake).unwrap();
    short(&world.decide(call).unwrap())
}

fn granted(resource: &str) -> World {
    let mut world = scene();
    for identity in world.users.iter_mut().chain(&mut world.roles) {
        identity.policies = policy(&[say("Allow", "*", resource)]).into_iter().collect();
    }
    world
}

fn on_runtime(world: World, statement: Value) -> World {
    on(world, 0, statement)
}

/// Gives the runtime (0) or its endpoint (1) a policy.
fn on(mut world: World, place: usize, statement: Value) -> World {
    let runtime = &mut world.runtimes[0];
    let slots = [&mut runtime.policy, &mut runtime.endpoints[0].policy];
    for (number, slot) in slots.into_iter().enumerate() {
        if number == place {
            *slot = policy(std::slice::from_ref(&statement));
        }
    }
    world
}

fn tokens(mut world: World) -> World {
    world.runtimes[0].authorizer = Authorizer::Jwt;
    world
}

/// A mistake, a call that shows it, and its outcomes: right and wrong.
fn shown() -> Vec<(Mistake, World, Call, [&'static str; 2])> {
    let everyone = |statement| to(statement, json!("*"));
    let tenant = || to(say("Allow", INVOKE, "*"), json!({"AWS": TENANT}));
    let within = |operator: &str, key: &str, value: &str| {
        under(
            everyone(say("Deny", "*", "*")),
            json!({ operator: {key: value} }),
        )
    };
    let role = "arn:aws:iam::111122223333:role/app";
    let stop = |mut call: Call| {
        call.operation = Operation::StopRuntimeSession;
        call
    };
    let open = on(
        on_runtime(scene(), everyone(say("Allow", "*", "*"))),
        1,
        everyone(say("Allow", "*", "*")),
    );
    let mut unbound = granted("*");
    for account in &mut unbound.accounts {
        account.organization = Some(Membership {
            id: format!("o-{}", account.id),
            path: vec!["r-ab12".to_owned()],
            management: true,
            scps: vec![vec![]],
            rcps: Vec::new(),
        });
    }
    vec![
        (
            Mistake::EndpointPairDropped,
            granted(R),
            call(user(OWNER)),
            ["implicit E identity", "allowed"],
        ),
        (
            Mistake::OneResourcePolicyEnough,
            on_runtime(granted("*"), tenant()),
            call(user(TENANT)),
            ["implicit E resource", "allowed"],
        ),
        (
            Mistake::OneResourcePolicyEnough,
            on(granted("*"), 1, tenant()),
            call(user(TENANT)),
            ["implicit R resource", "allowed"],
        ),
        (
            Mistake::PrincipalArnOfSession,
            on_runtime(
                granted("*"),
                within("ArnNotEquals", "aws:PrincipalArn", role),
            ),
            call(session(OWNER)),
            ["allowed", "explicit R resource"],
        ),
        (
            Mistake::SourceIpThroughEndpoint,
            on_runtime(
                granted("*"),
                within("IpAddress", "aws:SourceIp", "10.0.0.0/8"),
            ),
            through_vpc(call(user(OWNER))),
            ["allowed", "explicit R resource"],
        ),
        (
            Mistake::ArnNamesJwtCaller,
            on_runtime(
                tokens(scene()),
                to(say("Allow", INVOKE, R), json!({"AWS": role})),
            ),
            call(jwt()),
            ["implicit R resource", "allowed"],
        ),
        (
            Mistake::MixedReadings,
            open.clone(),
            stop(call(user(OWNER))),
            ["allowed", "implicit R identity"],
        ),
        (
            Mistake::CrossAccountFromOneSide,
            granted("*"),
            call(user(TENANT)),
            ["implicit R resource", "allowed"],
        ),
        (
            Mistake::ManagementAccountBoundByScps,
            unbound,
            call(user(OWNER)),
            ["allowed", "implicit R scp"],
        ),
    ]
}

#[test]
fn each_mistake_changes_an_outcome() {
    let shown = shown();
    for (mistake, world, call, [right, wrong]) in &shown {
        let name = mistake.name();
        assert_eq!(outcome(world, call), *right, "{name}");
        assert_eq!(mistaken(world, call, *mistake), *wrong, "{name}");
    }
    for mistake in Mistake::CALLS {
        assert!(
            shown.iter().any(|(m, ..)| m == mistake),
            "{}",
            mistake.name()
        );
    }
}

#[test]
fn a_mistake_changes_nothing_it_is_not_about() {
    let mut shown = shown();
    // An ordinary call, right under every mistake.
    shown.push((
        Mistake::MixedReadings,
        granted("*"),
        call(user(OWNER)),
        ["allowed", "allowed"],
    ));
    for (about, world, call, [right, _]) in &shown {
        for mistake in Mistake::CALLS.iter().filter(|m| *m != about) {
            let name = mistake.name();
            // Dropping the endpoint hides what is wrong there.
            if *mistake == Mistake::EndpointPairDropped && right.contains(" E ") {
                continue;
            }
            assert_eq!(mistaken(world, call, *mistake), *right, "{name}");
        }
    }
}

#[test]
fn mixed_readings_agree_with_a_reading_on_each_operation() {
    let everyone = |resource| policy(&[to(say("Allow", "*", resource), json!("*"))]);
    let mut world = scene();
    world.runtimes[0].policy = everyone(R);
    world.runtimes[0].endpoints[0].policy = everyone(E);
    for operation in Operation::ALL {
        let mut call = call(user(OWNER));
        call.operation = operation;
        let is_union = operation == Operation::InvokeAgentRuntime;
        let expected = if is_union {
            "allowed"
        } else {
            "implicit R identity"
        };
        assert_eq!(
            mistaken(&world, &call, Mistake::MixedReadings),
            expected,
            "{operation}"
        );
    }
}
