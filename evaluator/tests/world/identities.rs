//! The identity service (section 6.10 of the readings; AC-055, AC-246 to AC-249).

use serde_json::json;
use veriam_model::{
    Caller, Dialect, IdentityOperation as Op, IdentityRequest, InboundClaims, PolicyText, Request,
    World,
};

use crate::scene::{OWNER, TENANT, jwt, root, say, session_caller, under, user};
use crate::whole::{asking, check_pairs, decided, grant, granted, refused, service, tags, whole};

const D: &str = "workload-identity-directory/default";
const W: &str = "workload-identity-directory/default/workload-identity/worker";
const V: &str = "token-vault/default";

fn request(operation: Op) -> IdentityRequest {
    let wants_provider = !operation.name().starts_with("GetWorkload");
    IdentityRequest {
        operation,
        workload: "worker".to_owned(),
        provider: wants_provider.then(|| "mail".to_owned()),
        user_id: None,
        claims: None,
    }
}

/// The provider that an operation is about, if it is about one.
fn provider(operation: Op) -> Option<&'static str> {
    match operation {
        Op::GetWorkloadAccessToken
        | Op::GetWorkloadAccessTokenForJWT
        | Op::GetWorkloadAccessTokenForUserId => None,
        Op::GetResourceApiKey => Some("token-vault/default/apikeycredentialprovider/mail"),
        Op::GetResourceOauth2Token | Op::CompleteResourceTokenAuth => {
            Some("token-vault/default/oauth2credentialprovider/mail")
        }
        Op::GetResourcePaymentToken => Some("token-vault/default/paymentcredentialprovider/mail"),
    }
}

#[test]
fn each_operation_needs_each_of_its_resources() {
    for &operation in Op::ALL {
        let name = operation.name();
        let mut pairs = Vec::new();
        if let Some(provider) = provider(operation) {
            pairs.extend([(name, provider), (name, V)]);
        }
        pairs.extend([(name, W), (name, D)]);
        let request = Request::Identity(request(operation));
        check_pairs(&request, &Dialect::default(), &pairs);
    }
}

#[test]
fn workload_identities_are_those_of_the_callers_account() {
    // The owner's directory is not the tenant's.
    let mut world = whole();
    let own = format!("arn:aws:bedrock-agentcore:*:{OWNER}:workload-identity-directory/*");
    grant(&mut world, &[say("Allow", "*", own)]);
    let call = |caller| {
        asking(
            caller,
            Request::Identity(request(Op::GetWorkloadAccessToken)),
        )
    };
    assert_eq!(decided(&world, &call(user(OWNER))), "allowed");
    let denied = format!("implicit GetWorkloadAccessToken {W} identity");
    assert_eq!(decided(&world, &call(user(TENANT))), denied);
    assert_eq!(decided(&granted(), &call(root(TENANT))), "allowed");
    world.workload_identities.retain(|w| w.account == OWNER);
    let member = "call.request.identity.workload";
    assert_eq!(refused(&world, &call(user(TENANT))), member);
    for caller in [
        jwt(),
        Caller::Anonymous,
        service("lambda.amazonaws.com", None),
    ] {
        assert_eq!(refused(&world, &call(caller)), "call.caller");
    }
}

/// AC-249: before any policy, a session's included.
#[test]
fn managed_identities_answer_no_direct_request() {
    let mut caller = session_caller(OWNER, "app");
    caller.policy = Some(PolicyText::new("{}"));
    for caller in [user(OWNER), Caller::Session(caller)] {
        for &operation in Op::ALL {
            let request = IdentityRequest {
                workload: "runtime-made".to_owned(),
                ..request(operation)
            };
            let call = asking(caller.clone(), Request::Identity(request));
            assert_eq!(decided(&granted(), &call), "managed_identity");
        }
    }
}

/// A world where the owner's user may do everything under a condition.
fn when(condition: serde_json::Value) -> World {
    let mut world = whole();
    grant(&mut world, &[under(say("Allow", "*", "*"), condition)]);
    world
}

#[test]
fn the_users_id_and_the_claims_are_keys_of_every_pair() {
    let claims = || InboundClaims {
        iss: "https://login.example".to_owned(),
        sub: "sub-7".to_owned(),
        client_id: Some("web".to_owned()),
        aud: vec!["a".to_owned(), "b".to_owned()],
        scope: vec!["read".to_owned()],
    };
    let call = |operation, user_id: Option<&str>, claims| {
        let request = IdentityRequest {
            user_id: user_id.map(str::to_owned),
            claims,
            ..request(operation)
        };
        asking(user(OWNER), Request::Identity(request))
    };
    let key = |name: &str| format!("bedrock-agentcore:{name}");
    let allowed = |condition, call| decided(&when(condition), &call) == "allowed";
    let by_id = || call(Op::GetWorkloadAccessTokenForUserId, Some("u-1"), None);
    assert!(allowed(
        json!({"StringEquals": {key("userid"): "u-1"}}),
        by_id()
    ));
    assert!(!allowed(
        json!({"StringEquals": {key("userid"): "u-2"}}),
        by_id()
    ));
    for operation in [
        Op::GetWorkloadAccessTokenForJWT,
        Op::CompleteResourceTokenAuth,
    ] {
        let full = || call(operation, None, Some(claims()));
        for (name, value) in [
            ("iss", "https://login.example"),
            ("sub", "sub-7"),
            ("client_id", "web"),
        ] {
            let name = key(&format!("InboundJwtClaim/{name}"));
            assert!(allowed(json!({"StringEquals": {&name: value}}), full()));
            assert!(!allowed(json!({"StringEquals": {&name: "x"}}), full()));
            let none = call(operation, None, None);
            assert!(!allowed(json!({"StringEquals": {&name: value}}), none));
        }
        let audience = key("InboundJwtClaim/aud");
        let any = |value| json!({"ForAnyValue:StringEquals": {&audience: value}});
        let all = |values| json!({"ForAllValues:StringEquals": {&audience: values}});
        assert!(allowed(any("b"), full()));
        assert!(!allowed(any("c"), full()));
        assert!(allowed(all(json!(["a", "b", "c"])), full()));
        assert!(!allowed(all(json!(["a", "c"])), full()));
        // Lists without values and a client that is not there are absent.
        let bare = InboundClaims {
            client_id: None,
            aud: Vec::new(),
            scope: Vec::new(),
            ..claims()
        };
        for name in ["client_id", "aud", "scope"] {
            let name = key(&format!("InboundJwtClaim/{name}"));
            let absent = || json!({"Null": {&name: "true"}});
            let bare = call(operation, None, Some(bare.clone()));
            assert!(allowed(absent(), bare), "{name}");
            assert!(!allowed(absent(), full()), "{name}");
        }
    }
}

#[test]
fn operations_carry_what_they_take() {
    let call = |request| asking(user(OWNER), Request::Identity(request));
    let with_id = IdentityRequest {
        user_id: Some("u-1".to_owned()),
        ..request(Op::GetWorkloadAccessToken)
    };
    let member = "call.request.identity.user_id";
    assert_eq!(refused(&granted(), &call(with_id)), member);
    let with_claims = IdentityRequest {
        claims: Some(InboundClaims::default()),
        ..request(Op::GetResourceApiKey)
    };
    let member = "call.request.identity.claims";
    assert_eq!(refused(&granted(), &call(with_claims)), member);
    let with_provider = IdentityRequest {
        provider: Some("mail".to_owned()),
        ..request(Op::GetWorkloadAccessToken)
    };
    let member = "call.request.identity.provider";
    assert_eq!(refused(&granted(), &call(with_provider)), member);
}

#[test]
fn providers_and_identities_have_tags_and_their_containers_none() {
    let mut world = when(json!({"StringEquals": {"aws:ResourceTag/Team": "blue"}}));
    for identity in &mut world.workload_identities {
        identity.tags = tags(&[("team", "blue")]);
    }
    let call = asking(
        user(OWNER),
        Request::Identity(request(Op::GetWorkloadAccessToken)),
    );
    let denied = format!("implicit GetWorkloadAccessToken {D} identity");
    assert_eq!(decided(&world, &call), denied);
    for provider in &mut world.providers {
        provider.tags = tags(&[("team", "blue")]);
    }
    let call = asking(
        user(OWNER),
        Request::Identity(request(Op::GetResourceApiKey)),
    );
    let denied = format!("implicit GetResourceApiKey {V} identity");
    assert_eq!(decided(&world, &call), denied);
}
