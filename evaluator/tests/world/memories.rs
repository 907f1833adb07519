//! Memories (section 6.7 of the readings; AC-013, AC-041, AC-235 to AC-241).

use serde_json::json;
use veriam_model::{Caller, Dialect, MemoryOperation, MemoryRequest, Request, World};

use crate::scene::{OWNER, TENANT, jwt, policy, root, say, session, through_vpc, to, under, user};
use crate::whole::{
    arn, asking, check_pairs, decided, everyone, grant, granted, of_memory, refused, service, tags,
    whole,
};

const PATH: &str = "memory/notes-AbCdEf0123";

#[test]
fn each_operation_asks_for_its_own_action_on_the_memory() {
    for operation in MemoryOperation::ALL {
        let mut request = of_memory(*operation);
        let pairs = [(operation.name(), PATH)];
        check_pairs(
            &Request::Memory(request.clone()),
            &Dialect::default(),
            &pairs,
        );
        // Its owner's callers may name it by its id.
        request.by_arn = false;
        check_pairs(&Request::Memory(request), &Dialect::default(), &pairs);
    }
}

#[test]
fn abroad_both_sides_allow_and_the_arn_is_named() {
    use MemoryOperation::RetrieveMemoryRecords as Retrieve;
    let action = "bedrock-agentcore:RetrieveMemoryRecords";
    let denied = |by: &str| format!("implicit RetrieveMemoryRecords {PATH} {by}");
    let share = || to(say("Allow", action, arn(PATH)), json!({"AWS": TENANT}));
    let shared = |mut world: World| {
        world.memories[0].policy = policy(&[share()]);
        world
    };
    for caller in [user(TENANT), session(TENANT)] {
        let call = |by_arn| {
            let request = MemoryRequest {
                by_arn,
                ..of_memory(Retrieve)
            };
            asking(caller.clone(), Request::Memory(request))
        };
        assert_eq!(decided(&shared(granted()), &call(true)), "allowed");
        assert_eq!(decided(&granted(), &call(true)), denied("resource"));
        assert_eq!(decided(&shared(whole()), &call(true)), denied("identity"));
        assert_eq!(decided(&whole(), &call(true)), denied("identity+resource"));
        // The bare id leads nowhere, whatever is allowed.
        assert_eq!(decided(&shared(granted()), &call(false)), "no_such_memory");
        assert_eq!(decided(&whole(), &call(false)), "no_such_memory");
    }
    // Management of a memory can be shared too (AC-041).
    let mut world = granted();
    let all = to(
        say("Allow", "bedrock-agentcore:*", "*"),
        json!({"AWS": TENANT}),
    );
    world.memories[0].policy = policy(&[all]);
    for operation in MemoryOperation::ALL {
        let call = asking(root(TENANT), Request::Memory(of_memory(*operation)));
        assert_eq!(decided(&world, &call), "allowed", "{operation}");
    }
}

/// What a request carries, the key that shows it, and others that do not.
#[test]
fn members_are_keys() {
    use MemoryOperation as Op;
    type Member = fn(&mut MemoryRequest);
    let rows: [(Op, Member, &str, &str); 8] = [
        (
            Op::CreateEvent,
            |r| r.actor = some("v"),
            "actorId",
            "sessionId",
        ),
        (
            Op::ListSessions,
            |r| r.actor = some("v"),
            "ActorID",
            "strategyId",
        ),
        (
            Op::ListEvents,
            |r| r.session = some("v"),
            "sessionId",
            "actorId",
        ),
        (
            Op::StartMemoryExtractionJob,
            |r| r.strategy = some("v"),
            "strategyId",
            "namespace",
        ),
        (
            Op::RetrieveMemoryRecords,
            |r| r.namespace = some("v"),
            "namespace",
            "namespacePath",
        ),
        // AC-239: the other way round too.
        (
            Op::RetrieveMemoryRecords,
            |r| r.namespace_path = some("v"),
            "namespacePath",
            "namespace",
        ),
        // AC-236: by id of a record, if it is sent.
        (
            Op::DeleteMemoryRecord,
            |r| r.namespace = some("v"),
            "namespace",
            "namespacePath",
        ),
        (
            Op::CreateEvent,
            |r| r.namespace_variables = tags(&[("Team", "v")]),
            "namespaceVariable/team",
            "namespaceVariable/other",
        ),
    ];
    for (operation, set, key, other) in rows {
        let call = |sent: bool| {
            let mut request = of_memory(operation);
            if sent {
                set(&mut request);
            }
            asking(user(OWNER), Request::Memory(request))
        };
        let when = |key: &str, value: &str| {
            let key = format!("bedrock-agentcore:{key}");
            let mut world = whole();
            let condition = json!({"StringEquals": {key: value}});
            grant(&mut world, &[under(say("Allow", "*", "*"), condition)]);
            world
        };
        let denied = format!("implicit {operation} {PATH} identity");
        assert_eq!(decided(&when(key, "v"), &call(true)), "allowed", "{key}");
        assert_eq!(decided(&when(key, "w"), &call(true)), denied, "{key}");
        assert_eq!(decided(&when(key, "v"), &call(false)), denied, "{key}");
        assert_eq!(decided(&when(other, "v"), &call(true)), denied, "{key}");
    }
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// AC-238.
#[test]
fn a_namespace_variable_without_condition_costs_nothing() {
    let mut request = of_memory(MemoryOperation::CreateEvent);
    request.namespace_variables = tags(&[("team", "blue")]);
    let call = asking(user(OWNER), Request::Memory(request));
    assert_eq!(decided(&granted(), &call), "allowed");
}

#[test]
fn members_that_the_operation_does_not_take_are_malformed() {
    type Member = fn(&mut MemoryRequest);
    let rows: [(MemoryOperation, Member, &str); 5] = [
        (
            MemoryOperation::ListActors,
            |r| r.actor = some("v"),
            "actor",
        ),
        (
            MemoryOperation::ListSessions,
            |r| r.session = some("v"),
            "session",
        ),
        (
            MemoryOperation::GetMemoryRecord,
            |r| r.namespace_path = some("v"),
            "namespace_path",
        ),
        (
            MemoryOperation::CreateEvent,
            |r| r.actor = some(""),
            "actor",
        ),
        (
            MemoryOperation::GetEvent,
            |r| r.namespace_variables = tags(&[("a", "b")]),
            "namespace_variables",
        ),
    ];
    for (operation, set, member) in rows {
        let mut request = of_memory(operation);
        set(&mut request);
        let call = asking(user(OWNER), Request::Memory(request));
        let expected = format!("call.request.memory.{member}");
        assert_eq!(refused(&granted(), &call), expected);
    }
}

#[test]
fn only_who_signs_can_ask() {
    let request = || Request::Memory(of_memory(MemoryOperation::GetMemory));
    for caller in [
        jwt(),
        Caller::Anonymous,
        service("lambda.amazonaws.com", None),
    ] {
        assert_eq!(
            refused(&granted(), &asking(caller, request())),
            "call.caller"
        );
    }
}

#[test]
fn tags_and_endpoint_policies_count() {
    let call = || {
        let request = Request::Memory(of_memory(MemoryOperation::ListActors));
        through_vpc(asking(user(OWNER), request))
    };
    let mut world = whole();
    world.memories[0].tags = tags(&[("Team", "blue")]);
    let blue = json!({"StringEquals": {"aws:ResourceTag/team": "blue"}});
    grant(&mut world, &[under(say("Allow", "*", "*"), blue)]);
    assert_eq!(decided(&world, &call()), "allowed");
    world.networks[0].policy = policy(&[everyone(say("Allow", "s3:*", "*"))]);
    let denied = format!("implicit ListActors {PATH} endpoint");
    assert_eq!(decided(&world, &call()), denied);
}
