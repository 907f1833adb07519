//! Every planted mistake: one request that the sound emulator answers rightly, and the one with the mistake wrongly.
#![expect(unreachable_pub, reason = "a module of a test has no readers outside")]

mod scene;
#[path = "../emulator/support/mod.rs"]
#[expect(
    dead_code,
    reason = "what the tests of the emulator share; not all of it is wanted here"
)]
mod support;

use std::collections::HashSet;

use serde_json::{Value, json};
use veriam_emulator::planted::Mistake;

use scene::{
    APP, BASE, GATEWAY, HARNESS, MEMORY, OWNER, PREFIX, RUNTIME, Scene, allow, deny,
    resource_policy, session, user, when, world,
};
use support::signer::sha256;

/// `name: Mistake, right answer => wrong answer, |scene| the answer;`
macro_rules! mistakes {
    ($( $name:ident: $mistake:ident, $right:literal => $wrong:literal, $probe:expr; )+) => {
        const SHOWN: &[Mistake] = &[$( Mistake::$mistake, )+];
        $(
            #[test]
            fn $name() {
                let probe: fn(&mut Scene) -> String = $probe;
                for (mistake, expected) in [(None, $right), (Some(Mistake::$mistake), $wrong)] {
                    let found = probe(&mut Scene::new(mistake));
                    assert_eq!(found, expected, "{mistake:?}");
                }
            }
        )+
    };
}

mistakes! {
    headers_of_amazon_have_to_be_signed: AmzHeadersNotSigned, "403 InvalidSignatureException" => "200", |scene| {
        scene.load(world(&[]));
        let mut raw = scene.signed(scene::invoke(), &user("alice"));
        raw.headers.push(("x-amz-user-agent".into(), "added on the road".into()));
        scene.send(&raw)
    };
    the_hash_of_the_body_is_that_of_the_body: BodyHashNotChecked, "403 InvalidSignatureException" => "200", |scene| {
        scene.load(world(&[]));
        let mut raw = scene::invoke();
        raw.headers.push(("x-amz-content-sha256".into(), sha256(&raw.body)));
        let mut raw = scene.signed(raw, &user("alice"));
        raw.body = json!({"prompt": "changed on the road"}).to_string().into_bytes();
        scene.send(&raw)
    };
    the_session_token_is_that_of_the_key: SessionTokenNotChecked, "403 UnrecognizedClientException" => "200", |scene| {
        scene.load(world(&[]));
        let mut keys = scene.keys(&session(json!({})), 3_600);
        keys.token = Some("another".to_owned());
        scene.ask(scene::invoke(), &keys, &BASE)
    };
    signatures_are_recent: ClockSkewNotChecked, "403 InvalidSignatureException" => "200", |scene| {
        scene.load(world(&[]));
        let keys = scene.keys(&user("alice"), 0);
        let raw = scene.sign(scene::invoke(), &keys, &BASE);
        scene.pass(3_600);
        scene.send(&raw)
    };
    signatures_are_for_the_service: ScopeServiceNotChecked, "403 InvalidSignatureException" => "200", |scene| {
        scene.load(world(&[]));
        let keys = scene.keys(&user("alice"), 0);
        scene.ask(scene::invoke(), &keys, &("us-west-2", "s3"))
    };
    signatures_are_for_the_region: ScopeRegionNotChecked, "403 InvalidSignatureException" => "200", |scene| {
        scene.load(world(&[]));
        let keys = scene.keys(&user("alice"), 0);
        scene.ask(scene::invoke(), &keys, &("eu-west-1", "bedrock-agentcore"))
    };
    sessions_end: ExpiredSessionAccepted, "403 ExpiredTokenException" => "200", |scene| {
        scene.load(world(&[]));
        let keys = scene.keys(&session(json!({})), 900);
        scene.pass(3_600);
        scene.ask(scene::invoke(), &keys, &BASE)
    };
    paths_are_encoded_twice: PathEncodedOnce, "200" => "403 InvalidSignatureException", |scene| {
        scene.load(world(&[]));
        scene.asks(scene::invoke(), &user("alice"))
    };
    session_tokens_are_signed: TokenLeftOutOfSignature, "200" => "403 InvalidSignatureException", |scene| {
        scene.load(world(&[]));
        scene.asks(scene::invoke(), &session(json!({})))
    };
    queries_are_signed: QueryLeftOutOfSignature, "200" => "403 InvalidSignatureException", |scene| {
        scene.load(world(&[]));
        let mut raw = scene::invoke();
        raw.query = "qualifier=prod".to_owned();
        scene.asks(raw, &user("alice"))
    };
    a_user_is_not_the_root_user: UserKeyIsRoot, "403 AccessDeniedException" => "200", |scene| {
        scene.load(world(&[("/users/0/policies", json!([]))]));
        scene.asks(scene::invoke(), &user("alice"))
    };

    user_agents_count: UserAgentIgnored, "200" => "403 AccessDeniedException", |scene| {
        let only = when(allow("*", "*"), "StringLike", "aws:UserAgent", "cli/*");
        scene.load(world(&[("/users/0/policies/0", only)]));
        let mut raw = scene::invoke();
        raw.headers.push(("user-agent".into(), "cli/2".into()));
        scene.asks(raw, &user("alice"))
    };
    source_addresses_count: SourceAddressIsLoopback, "200" => "403 AccessDeniedException", |scene| {
        let only = when(allow("*", "*"), "IpAddress", "aws:SourceIp", "203.0.113.0/24");
        scene.load(world(&[("/users/0/policies/0", only)]));
        let raw = scene.from(scene::invoke(), &json!({"internet": {"address": "203.0.113.7"}}));
        scene.asks(raw, &user("alice"))
    };
    sessions_have_names: SessionNameLost, "403 AccessDeniedException" => "200", |scene| {
        let s1 = "arn:aws:sts::111122223333:assumed-role/app/s1";
        let not = resource_policy(deny("bedrock-agentcore:InvokeAgentRuntime", RUNTIME), &json!({"AWS": s1}));
        scene.load(world(&[("/runtimes/0/policy", not)]));
        scene.asks(scene::invoke(), &session(json!({})))
    };
    session_tags_count: SessionTagsDropped, "200" => "403 AccessDeniedException", |scene| {
        let only = when(allow("*", "*"), "StringEquals", "aws:PrincipalTag/team", "red");
        scene.load(world(&[("/roles/0/policies/0", only)]));
        scene.asks(scene::invoke(), &session(json!({"tags": {"team": "red"}})))
    };
    source_identities_count: SourceIdentityDropped, "200" => "403 AccessDeniedException", |scene| {
        let only = when(allow("*", "*"), "StringEquals", "aws:SourceIdentity", "bob");
        scene.load(world(&[("/roles/0/policies/0", only)]));
        scene.asks(scene::invoke(), &session(json!({"source_identity": "bob"})))
    };
    session_policies_limit: SessionPolicyDropped, "403 AccessDeniedException" => "200", |scene| {
        scene.load(world(&[]));
        scene.asks(scene::invoke(), &session(json!({"policy": allow("iam:List*", "*")})))
    };
    mfa_counts: MfaAlwaysFalse, "200" => "403 AccessDeniedException", |scene| {
        let only = when(allow("*", "*"), "Bool", "aws:MultiFactorAuthPresent", "true");
        scene.load(world(&[("/users/0/policies/0", only)]));
        let (mut alice, now) = (user("alice"), scene.now());
        alice["user"]["token"] = json!({"issued": now, "mfa": now});
        scene.asks(scene::invoke(), &alice)
    };
    old_sessions_can_be_told: TokenIssuedNow, "403 AccessDeniedException" => "200", |scene| {
        let time = veriam_emulator::auth::date::iso(scene.now() + 60);
        let old = when(deny("*", "*"), "DateLessThan", "aws:TokenIssueTime", &time);
        scene.load(world(&[("/roles/0/policies", json!([allow("*", "*"), old]))]));
        let keys = scene.keys(&session(json!({})), 3_600);
        scene.pass(600);
        scene.ask(scene::invoke(), &keys, &BASE)
    };
    the_vpc_counts: SourceVpcIsEndpoint, "200" => "403 AccessDeniedException", |scene| {
        let only = when(allow("*", "*"), "StringEquals", "aws:SourceVpc", "vpc-1");
        scene.load(world(&[("/users/0/policies/0", only)]));
        let raw = scene.through(scene::invoke(), "vpce-1");
        scene.asks(raw, &user("alice"))
    };

    a_user_id_asks_for_more: UserIdHeaderIgnored, "403 AccessDeniedException" => "200", |scene| {
        scene.load(world(&[("/users/0/policies/0", allow("bedrock-agentcore:InvokeAgentRuntime", "*"))]));
        let mut raw = scene::invoke();
        raw.headers.push(("x-amzn-bedrock-agentcore-runtime-user-id".into(), "bob".into()));
        scene.asks(raw, &user("alice"))
    };
    the_qualifier_names_the_endpoint: QualifierIgnored, "403 AccessDeniedException" => "200", |scene| {
        let default = format!("{RUNTIME}/runtime-endpoint/DEFAULT");
        let both = json!([allow("*", RUNTIME), allow("*", &default)]);
        scene.load(world(&[("/users/0/policies", both)]));
        let mut raw = scene::invoke();
        raw.query = "qualifier=prod".to_owned();
        scene.asks(raw, &user("alice"))
    };
    the_default_endpoint_is_asked_about: EndpointNeedsQualifier, "403 AccessDeniedException" => "200", |scene| {
        scene.load(world(&[("/users/0/policies/0", allow("*", RUNTIME))]));
        scene.asks(scene::invoke(), &user("alice"))
    };
    the_namespace_is_the_namespace: NamespaceFromPath, "200" => "403 AccessDeniedException", |scene| {
        let only = when(allow("*", "*"), "StringEquals", "bedrock-agentcore:namespace", "/notes");
        scene.load(world(&[("/users/0/policies/0", only)]));
        let body = json!({"namespace": "/notes", "searchCriteria": {"searchQuery": "x"}});
        scene.asks(scene::post(&format!("/memories/{MEMORY}/retrieve"), &body), &user("alice"))
    };
    the_actor_is_the_actor: ActorAndSessionSwapped, "201" => "403 AccessDeniedException", |scene| {
        let only = when(allow("*", "*"), "StringEquals", "bedrock-agentcore:actorId", "bob");
        scene.load(world(&[("/users/0/policies/0", only)]));
        let body = json!({"actorId": "bob", "sessionId": "s1"});
        scene.asks(scene::post(&format!("/memories/{MEMORY}/events"), &body), &user("alice"))
    };
    roles_are_passed: PassRoleNotAsked, "403 AccessDeniedException" => "202", |scene| {
        scene.load(world(&[("/users/0/policies/0", allow("bedrock-agentcore:*", "*"))]));
        let mut raw = scene::post("/runtimes/", &json!({"agentRuntimeName": "new", "roleArn": APP}));
        raw.method = "PUT".to_owned();
        scene.asks(raw, &user("alice"))
    };
    tags_of_a_session_are_allowed_apart: PassedOnNotAsked, "403 AccessDenied" => "200", |scene| {
        let trust = json!({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Principal": {"AWS": OWNER}, "Action": "sts:AssumeRole",
        }});
        scene.load(world(&[("/roles/0/trust", trust)]));
        scene.assumes(&[("Tags.member.1.Key", "Team"), ("Tags.member.1.Value", "red")])
    };
    a_harness_is_invoked_as_a_runtime_too: HarnessCompanionNotAsked, "403 AccessDeniedException" => "200", |scene| {
        scene.load(world(&[("/users/0/policies/0", allow("bedrock-agentcore:InvokeHarness", "*"))]));
        let mut raw = scene::post("/harnesses/invoke", &json!({}));
        raw.query = format!("harnessArn={}", support::signer::encode(format!("{PREFIX}harness/{HARNESS}").as_bytes(), false));
        scene.asks(raw, &user("alice"))
    };
    the_token_vault_is_asked_about: TokenVaultNotAsked, "403 AccessDeniedException" => "200", |scene| {
        let directory = format!("{PREFIX}workload-identity-directory/*");
        let provider = format!("{PREFIX}token-vault/default/*");
        let both = json!([allow("*", &directory), allow("*", &provider)]);
        scene.load(world(&[("/users/0/policies", both)]));
        let body = json!({"workloadIdentityToken": "workload-token/worker", "resourceCredentialProviderName": "mail"});
        scene.asks(scene::post("/identities/api-key", &body), &user("alice"))
    };

    endpoint_policies_count: EndpointPolicyIgnored, "403 AccessDeniedException" => "200", |scene| {
        let none = resource_policy(deny("*", "*"), &json!("*"));
        scene.load(world(&[("/networks/0/policy", none)]));
        let raw = scene.through(scene::invoke(), "vpce-1");
        scene.asks(raw, &user("alice"))
    };
    each_endpoint_has_its_policy: EndpointPolicyOfFirst, "403 AccessDeniedException" => "200", |scene| {
        let none = resource_policy(deny("*", "*"), &json!("*"));
        scene.load(world(&[("/networks/1/policy", none)]));
        let raw = scene.through(scene::invoke(), "vpce-2");
        scene.asks(raw, &user("alice"))
    };
    a_policy_takes_the_place_of_the_default: DefaultEndpointPolicyKept, "403 AccessDeniedException" => "200", |scene| {
        let other = resource_policy(allow("bedrock-agentcore:InvokeGateway", "*"), &json!("*"));
        scene.load(world(&[("/networks/0/policy", other)]));
        let raw = scene.through(scene::invoke(), "vpce-1");
        scene.asks(raw, &user("alice"))
    };
    endpoint_policies_bind_who_does_not_sign: EndpointPolicyForSignersOnly, "403 AccessDeniedException" => "200", |scene| {
        let none = resource_policy(deny("*", "*"), &json!("*"));
        scene.load(world(&[("/networks/0/policy", none)]));
        let raw = scene::post(&format!("/gateway/{GATEWAY}/mcp"), &json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}));
        let raw = scene.through(raw, "vpce-1");
        scene.send(&raw)
    };

    long_policies_are_refused: PolicySizeNotChecked, "400 ValidationException" => "201", |scene| {
        let good = good().to_string();
        scene.puts(&(good + &" ".repeat(21_000)))
    };
    policies_are_about_their_resource: ForeignResourceAccepted, "400 ValidationException" => "201", |scene| {
        let mut policy = good();
        policy["Statement"]["Resource"] = json!(format!("{PREFIX}runtime/other-AbCdEf0123"));
        scene.puts(&policy.to_string())
    };
    policies_have_a_version: VersionNotChecked, "400 ValidationException" => "201", |scene| {
        let mut policy = good();
        policy.as_object_mut().unwrap().remove("Version");
        scene.puts(&policy.to_string())
    };
    actions_are_those_of_the_resource: ForeignActionAccepted, "400 ValidationException" => "201", |scene| {
        let mut policy = good();
        policy["Statement"]["Action"] = json!("bedrock-agentcore:InvokeGateway");
        scene.puts(&policy.to_string())
    };
    what_is_refused_is_not_stored: RefusedPolicyStored, "{}" => "a policy", |scene| {
        let mut policy = good();
        policy["Statement"]["Action"] = json!("bedrock-agentcore:InvokeGateway");
        assert_eq!(scene.puts(&policy.to_string()), "400 ValidationException");
        let mut raw = scene::resource_policy_of(RUNTIME, "");
        raw.method = "GET".to_owned();
        raw.body.clear();
        let stored = scene.replied(raw, &user("alice")).json();
        if stored == json!({}) { "{}".to_owned() } else { "a policy".to_owned() }
    };
    refusals_have_the_name_of_their_error: RefusalIsAccessDenied, "400 ValidationException" => "403 AccessDeniedException", |scene| {
        scene.puts("{")
    };

    policies_are_read_before_they_are_stored: StoredPoliciesUnread, "400" => "200", |scene| {
        scene.iam("CreatePolicy", &[("PolicyName", "p"), ("PolicyDocument", "{}")])
    };
    boundaries_bind_in_simulations: SimulatedBoundaryIgnored, "implicitDeny" => "allowed", |scene| {
        let (all, other) = (allow("*", "*").to_string(), allow("s3:PutObject", "*").to_string());
        scene.simulates(&[
            ("PolicyInputList.member.1", &all),
            ("PermissionsBoundaryPolicyInputList.member.1", &other),
        ])
    };
    every_level_of_an_organization_has_to_allow: SimulatedLevelsJoined, "implicitDeny" => "allowed", |scene| {
        let (all, other) = (allow("*", "*").to_string(), allow("s3:PutObject", "*").to_string());
        let levels = "OrderedOrganizationPolicyInputList.member";
        let list = "ServiceControlPolicyInputList.member.1";
        scene.simulates(&[
            ("PolicyInputList.member.1", &all),
            (&format!("{levels}.1.{list}"), &all),
            (&format!("{levels}.2.{list}"), &other),
        ])
    };
    buckets_belong_to_whom_the_request_says: SimulatedOwnerIgnored, "implicitDeny" => "allowed", |scene| {
        let all = allow("*", "*").to_string();
        scene.simulates(&[
            ("PolicyInputList.member.1", &all),
            ("ResourceOwner", "arn:aws:iam::444455556666:root"),
        ])
    };
}

/// A policy that is stored.
fn good() -> Value {
    resource_policy(
        allow("bedrock-agentcore:InvokeAgentRuntime", RUNTIME),
        &json!({"AWS": OWNER}),
    )
}

#[test]
fn every_mistake_is_shown_and_has_a_name_of_its_own() {
    assert_eq!(SHOWN, Mistake::ALL);
    let names: HashSet<&str> = Mistake::ALL.iter().map(|m| m.name()).collect();
    assert_eq!(names.len(), Mistake::ALL.len());
    let of_evaluator = veriam_evaluator::planted::Mistake::ALL
        .iter()
        .chain(veriam_evaluator::planted::Mistake::CALLS);
    for other in of_evaluator {
        assert!(!names.contains(other.name()), "{}", other.name());
    }
    for &mistake in Mistake::ALL {
        let name = mistake.name();
        assert_eq!(Mistake::from_name(name), Some(mistake));
        let fits = |b: u8| b.is_ascii_lowercase() || b == b'-';
        assert!(name.bytes().all(fits), "{name}");
    }
    assert_eq!(Mistake::from_name("none"), None);
}
