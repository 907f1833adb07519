//! Operations of the control plane without a request of their own (section 6.11 of the readings; IAM-290).

use serde_json::{Value, json};
use veriam_evaluator::{CallError, On, Operation, Passes, World};
use veriam_model::{
    Caller, Context, ControlOperation, ControlRequest, ControlTarget, Dialect, Request, Tags,
};

use crate::scene::{OWNER, TENANT, jwt, policy, say, scene, through_vpc, under, user};
use crate::whole::{asking, tags, told};

const ACTION: &str = "bedrock-agentcore:TagResource";
const FIRST: &str =
    "arn:aws:bedrock-agentcore:us-west-2:111122223333:workload-identity-directory/default";
const SECOND: &str = "arn:aws:bedrock-agentcore:us-west-2:111122223333:token-vault/default";

/// The outcome for a caller, of an operation on the two things, of which the first has the tag `team`.
fn outcome(
    world: &veriam_model::World,
    caller: Caller,
    passes: Passes<'_>,
) -> Result<String, CallError> {
    let (team, none) = (tags(&[("team", "red")]), Tags::new());
    let on = |arn, tags| On {
        arn,
        account: OWNER,
        tags,
    };
    let operation = Operation {
        action: ACTION,
        on: &[on(FIRST, &team), on(SECOND, &none)],
        passes,
    };
    let request = Request::Control(ControlRequest {
        operation: ControlOperation::ListAgentRuntimes,
        on: ControlTarget::Nothing,
        role: None,
        settings: Context::new(),
        tags: Tags::new(),
    });
    let mut call = asking(caller, request);
    if !world.networks.iter().all(|n| n.policy.is_none()) {
        call = through_vpc(call);
    }
    let world = World::new(world, &Dialect::default()).unwrap();
    let outcome = world.decide_operation(&call, &operation)?;
    Ok(told(&outcome))
}

fn having(statements: &[Value]) -> veriam_model::World {
    let mut world = scene();
    for user in &mut world.users {
        user.policies = policy(statements).into_iter().collect();
    }
    world
}

const NOTHING: Tags = Tags::new();

#[test]
fn each_thing_has_to_be_allowed_by_the_caller_in_its_own_account() {
    let both = having(&[say("Allow", ACTION, json!([FIRST, SECOND]))]);
    let of = |world: &veriam_model::World, account: &str| {
        outcome(world, user(account), Passes::Tags(&NOTHING)).unwrap()
    };
    assert_eq!(of(&both, OWNER), "allowed");
    assert!(
        of(&both, TENANT).starts_with("implicit"),
        "{}",
        of(&both, TENANT)
    );
    for one in [FIRST, SECOND] {
        let world = having(&[say("Allow", ACTION, one)]);
        assert!(of(&world, OWNER).starts_with("implicit"), "{one}");
    }
    let other = having(&[say("Allow", "bedrock-agentcore:ListAgentRuntimes", "*")]);
    assert!(
        of(&other, OWNER).starts_with("implicit"),
        "the request of the call is not asked"
    );
    let mut filtered = both.clone();
    filtered.networks[0].policy = policy(&[crate::scene::to(say("Deny", ACTION, "*"), json!("*"))]);
    assert!(of(&filtered, OWNER).starts_with("explicit"));
}

#[test]
fn tags_of_the_thing_and_of_the_request_are_shown_and_keys_alone_are_keys_alone() {
    let passed = tags(&[("note", "x")]);
    let anything = || say("Allow", ACTION, SECOND);
    for (condition, of_tags, of_keys) in [
        (
            json!({"StringEquals": {"aws:ResourceTag/team": "red"}}),
            true,
            true,
        ),
        (
            json!({"StringEquals": {"aws:ResourceTag/team": "blue"}}),
            false,
            false,
        ),
        (
            json!({"StringEquals": {"aws:RequestTag/note": "x"}}),
            true,
            false,
        ),
        (
            json!({"ForAnyValue:StringEquals": {"aws:TagKeys": "note"}}),
            true,
            true,
        ),
        (
            json!({"ForAnyValue:StringEquals": {"aws:TagKeys": "other"}}),
            false,
            false,
        ),
    ] {
        let world = having(&[
            under(say("Allow", ACTION, FIRST), condition.clone()),
            anything(),
        ]);
        for (passes, expected) in [
            (Passes::Tags(&passed), of_tags),
            (Passes::Keys(&passed), of_keys),
        ] {
            let outcome = outcome(&world, user(OWNER), passes).unwrap();
            assert_eq!(outcome == "allowed", expected, "{condition} {passes:?}");
        }
    }
    let absent = json!({"Null": {"aws:TagKeys": "true"}});
    let world = having(&[under(say("Allow", ACTION, FIRST), absent), anything()]);
    for passes in [Passes::Tags(&NOTHING), Passes::Keys(&NOTHING)] {
        assert_eq!(outcome(&world, user(OWNER), passes).unwrap(), "allowed");
    }
}

#[test]
fn who_does_not_sign_and_what_nobody_owns_is_no_question() {
    let mut world = having(&[]);
    let refused = outcome(&world, jwt(), Passes::Tags(&NOTHING));
    assert!(
        matches!(refused, Err(CallError::Malformed(_))),
        "{refused:?}"
    );
    world.accounts.retain(|account| account.id == TENANT);
    world.users.retain(|user| user.account == TENANT);
    world.roles.clear();
    world.runtimes.clear();
    let refused = outcome(&world, user(TENANT), Passes::Tags(&NOTHING));
    assert!(
        matches!(refused, Err(CallError::Malformed(_))),
        "{refused:?}"
    );
}
