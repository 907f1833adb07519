//! What is turned away before any policy is read: the order of section 5.2 of the readings.

use veriam_model::{Authorizer, Caller, JwtCaller, PolicyText, RuntimeEndpoint, Tags, TokenClaims};

use crate::scene::{
    OWNER, call, federated, jwt, of_runtime, outcome, root, scene, session, session_caller, user,
};

fn bad_token() -> Caller {
    Caller::Jwt(JwtCaller {
        subject: "sub-1".to_owned(),
        accepted: false,
        claims: TokenClaims::default(),
    })
}

/// A runtime that wants signatures, but for its endpoint `tokens`.
fn mixed() -> veriam_model::World {
    let mut world = scene();
    for (name, authorizer) in [("plain", None), ("tokens", Some(Authorizer::Jwt))] {
        world.runtimes[0].endpoints.push(RuntimeEndpoint {
            name: name.to_owned(),
            authorizer,
            tags: Tags::new(),
            policy: None,
        });
    }
    world
}

#[test]
fn the_endpoint_decides_how_callers_prove_who_they_are() {
    let world = mixed();
    let signers = [
        user(OWNER),
        session(OWNER),
        root(OWNER),
        federated(OWNER, None),
    ];
    for signer in signers {
        for (qualifier, is_rejected) in [("DEFAULT", false), ("plain", false), ("tokens", true)] {
            let mut call = call(signer.clone());
            of_runtime(&mut call).qualifier = Some(qualifier.to_owned());
            let outcome = outcome(&world, &call);
            assert_eq!(
                outcome == "method_mismatch",
                is_rejected,
                "{qualifier}: {outcome}"
            );
        }
    }
    let expected = [
        (jwt(), ["method_mismatch", "method_mismatch", "allowed"]),
        (
            bad_token(),
            ["method_mismatch", "method_mismatch", "bad_token"],
        ),
        (Caller::Anonymous, ["unauthenticated"; 3]),
    ];
    for (caller, outcomes) in expected {
        for (qualifier, expected) in ["DEFAULT", "plain", "tokens"].into_iter().zip(outcomes) {
            let mut call = call(caller.clone());
            of_runtime(&mut call).qualifier = Some(qualifier.to_owned());
            assert_eq!(outcome(&world, &call), expected, "{caller:?} {qualifier}");
        }
    }
}

#[test]
fn an_endpoint_that_does_not_exist_comes_before_everything() {
    let mut world = mixed();
    for caller in [Caller::Anonymous, jwt(), bad_token(), session(OWNER)] {
        let mut call = call(caller);
        of_runtime(&mut call).qualifier = Some("green".to_owned());
        assert_eq!(outcome(&world, &call), "no_such_endpoint");
    }
    // DEFAULT is there, listed or not, named or not.
    world.runtimes[0].endpoints.clear();
    for qualifier in [None, Some("DEFAULT")] {
        let mut call = call(root(OWNER));
        of_runtime(&mut call).qualifier = qualifier.map(str::to_owned);
        assert_eq!(outcome(&world, &call), "allowed");
    }
}

#[test]
fn an_invalid_session_policy_is_an_error_only_where_policies_are_read() {
    let mut world = mixed();
    let mut caller = session_caller(OWNER, "app");
    caller.policy = Some(PolicyText::new("{}"));
    let mut call = call(Caller::Session(caller));
    let decide = |world: &veriam_model::World, call: &_| {
        let dialect = veriam_model::Dialect::default();
        veriam_evaluator::World::new(world, &dialect)
            .unwrap()
            .decide(call)
    };
    let Err(veriam_evaluator::CallError::InvalidPolicy {
        place,
        rule,
        offset,
        ..
    }) = decide(&world, &call)
    else {
        panic!("accepted");
    };
    assert_eq!(place.to_string(), "call.caller.policy");
    assert_eq!((rule.to_string().as_str(), offset), ("IAM-006", 0));
    of_runtime(&mut call).qualifier = Some("tokens".to_owned());
    assert_eq!(outcome(&world, &call), "method_mismatch");
    of_runtime(&mut call).qualifier = Some("green".to_owned());
    assert_eq!(outcome(&world, &call), "no_such_endpoint");
    world.runtimes[0].policy = Some(PolicyText::new("x"));
    let error =
        veriam_evaluator::World::new(&world, &veriam_model::Dialect::default()).unwrap_err();
    assert_eq!(
        error.to_string().split(':').next(),
        Some("`runtimes[0].policy`")
    );
}
