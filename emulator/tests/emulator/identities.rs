//! Workload identities, credential providers and tags: made by their APIs, and decided by policies.

use serde_json::{Value, json};
use veriam_emulator::Emulator;

use crate::agentcore::{OWNER, TENANT, path, start};
use crate::support::client::{Client, Reply, json as request};
use crate::support::who::Who;

const ARN: &str = "arn:aws:bedrock-agentcore:us-west-2:111122223333";

/// A user of the owner's account with one policy.
fn user(emulator: &Emulator, statements: &Value) -> Who {
    let mut root = Who::bootstrap(emulator.address(), OWNER);
    let named = [("UserName", "alice")];
    if root.query("iam", "GetUser", &named).status == 404 {
        root.done("iam", "CreateUser", &named);
    }
    let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    let policy = [
        ("UserName", "alice"),
        ("PolicyName", "p"),
        ("PolicyDocument", text.as_str()),
    ];
    root.done("iam", "PutUserPolicy", &policy);
    Who::of(
        emulator.address(),
        &root.done("iam", "CreateAccessKey", &named),
    )
}

fn ask(who: &mut Who, operation: &str, body: &Value) -> Reply {
    who.rest("POST", &format!("/identities/{operation}"), body)
}

fn told(emulator: &Emulator) -> Value {
    let state = emulator.core().read();
    let world = state.world();
    json!([world.workload_identities, world.providers])
}

#[test]
fn workload_identities_and_providers_come_and_go() {
    let emulator = start();
    let mut root = Who::bootstrap(emulator.address(), OWNER);
    let vault = format!("{ARN}:token-vault/default");
    for (kind, many, list, member, arn, body) in [
        (
            "WorkloadIdentity",
            "WorkloadIdentities",
            "workloadIdentities",
            "workloadIdentityArn",
            format!("{ARN}:workload-identity-directory/default/workload-identity/first"),
            json!({}),
        ),
        (
            "ApiKeyCredentialProvider",
            "ApiKeyCredentialProviders",
            "credentialProviders",
            "credentialProviderArn",
            format!("{vault}/apikeycredentialprovider/first"),
            json!({"apiKey": "secret"}),
        ),
        (
            "Oauth2CredentialProvider",
            "Oauth2CredentialProviders",
            "credentialProviders",
            "credentialProviderArn",
            format!("{vault}/oauth2credentialprovider/first"),
            json!({"credentialProviderVendor": "GithubOauth2", "oauth2ProviderConfigInput": {}}),
        ),
        (
            "PaymentCredentialProvider",
            "PaymentCredentialProviders",
            "credentialProviders",
            "credentialProviderArn",
            format!("{vault}/paymentcredentialprovider/first"),
            json!({"credentialProviderVendor": "StripePrivy", "providerConfigurationInput": {}}),
        ),
    ] {
        let named = json!({"name": "first"});
        let mut create = body;
        create["name"] = json!("first");
        create["tags"] = json!({"team": "red"});
        let get = ask(&mut root, &format!("Get{kind}"), &named);
        assert_eq!((get.status, get.code()), (404, "ResourceNotFoundException"));
        let made = ask(&mut root, &format!("Create{kind}"), &create);
        assert_eq!((made.status, &made.json()[member]), (201, &json!(arn)));
        let again = ask(&mut root, &format!("Create{kind}"), &create);
        let conflict = if kind == "WorkloadIdentity" {
            (400, "ValidationException")
        } else {
            (409, "ConflictException")
        };
        assert_eq!((again.status, again.code()), conflict, "{kind}");
        for verb in ["Get", "Update"] {
            let shown = ask(&mut root, &format!("{verb}{kind}"), &create);
            assert_eq!(shown.status, 200, "{verb}{kind}");
            let shown = shown.json();
            assert_eq!(
                (&shown["name"], &shown[member]),
                (&json!("first"), &json!(arn))
            );
            assert!(shown["createdTime"].as_u64().is_some(), "{shown}");
        }
        // Another account has none of it.
        let mut other = Who::bootstrap(emulator.address(), TENANT);
        let operation = format!("List{many}");
        let listed = ask(&mut root, &operation, &json!({})).json();
        assert_eq!(listed[list][0][member], arn, "{kind}");
        assert_eq!(
            ask(&mut other, &operation, &json!({})).json()[list],
            json!([])
        );
        let foreign = ask(&mut other, &format!("Delete{kind}"), &named);
        assert_eq!(foreign.status, 404, "{kind}");
        let tags = json!({"team": "red"});
        let world = told(&emulator);
        let kept = world
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|l| l.as_array().unwrap());
        let kept: Vec<&Value> = kept.filter(|one| one["tags"] == tags).collect();
        assert_eq!(kept.len(), 1, "{kind}: {world}");
        assert_eq!(ask(&mut root, &format!("Delete{kind}"), &named).status, 204);
        assert_eq!(told(&emulator), json!([[], []]), "{kind}");
        let bad = ask(&mut root, &format!("Create{kind}"), &json!({"name": "a/b"}));
        assert_eq!((bad.status, bad.code()), (400, "ValidationException"));
    }
}

#[test]
fn what_was_made_can_be_asked_for_tokens() {
    let emulator = start();
    let mut root = Who::bootstrap(emulator.address(), OWNER);
    let token = json!({"workloadName": "worker"});
    let get = |root: &mut Who| root.rest("POST", "/identities/GetWorkloadAccessToken", &token);
    assert_ne!(get(&mut root).status, 200, "there is none yet");
    ask(
        &mut root,
        "CreateWorkloadIdentity",
        &json!({"name": "worker"}),
    );
    assert_eq!(get(&mut root).status, 200);
}

#[test]
fn policies_decide_about_the_thing_and_about_what_holds_it() {
    let emulator = start();
    let directory = format!("{ARN}:workload-identity-directory/default");
    let vault = format!("{ARN}:token-vault/default");
    let allow =
        |action: &str, on: &[&str]| json!({"Effect": "Allow", "Action": action, "Resource": on});
    let create = "bedrock-agentcore:CreateWorkloadIdentity";
    let mine = format!("{directory}/workload-identity/mine*");
    let keys = format!("{vault}/apikeycredentialprovider/*");
    for (statements, operation, name, missing) in [
        (
            json!([allow(create, &[&mine, &directory])]),
            "CreateWorkloadIdentity",
            "mine-1",
            None,
        ),
        (
            json!([allow(create, &[&mine, &directory])]),
            "CreateWorkloadIdentity",
            "yours-1",
            Some(format!("{directory}/workload-identity/yours-1")),
        ),
        (
            json!([allow(create, &[&mine])]),
            "CreateWorkloadIdentity",
            "mine-2",
            Some(directory.clone()),
        ),
        (
            json!([allow("bedrock-agentcore:Create*", &[&keys, &vault])]),
            "CreateApiKeyCredentialProvider",
            "k",
            None,
        ),
        (
            json!([allow("bedrock-agentcore:Create*", &[&keys])]),
            "CreateApiKeyCredentialProvider",
            "l",
            Some(vault.clone()),
        ),
        (
            json!([allow("bedrock-agentcore:Get*", &["*"])]),
            "ListWorkloadIdentities",
            "",
            Some(format!("{directory}/workload-identity/*")),
        ),
        (
            json!([allow("bedrock-agentcore:List*", &["*"])]),
            "ListWorkloadIdentities",
            "",
            None,
        ),
    ] {
        let before = told(&emulator);
        let mut alice = user(&emulator, &statements);
        let reply = ask(&mut alice, operation, &json!({"name": name}));
        let key = alice.key_id.clone();
        let mut root = Who::bootstrap(emulator.address(), OWNER);
        root.done(
            "iam",
            "DeleteAccessKey",
            &[("UserName", "alice"), ("AccessKeyId", &key)],
        );
        let Some(resource) = missing else {
            assert!(reply.status < 300, "{operation} {name}: {}", reply.text());
            continue;
        };
        let message = format!(
            "User: arn:aws:iam::{OWNER}:user/alice is not authorized to perform: bedrock-agentcore:{operation} on \
             resource: {resource} because no identity-based policy allows the bedrock-agentcore:{operation} action"
        );
        assert_eq!((reply.status, reply.code()), (403, "AccessDeniedException"));
        assert_eq!(reply.json()["message"], message);
        assert_eq!(told(&emulator), before, "what is denied changes nothing");
    }
}

#[test]
fn condition_keys_show_tags_way_and_time() {
    let emulator = start();
    let mut admin = Client::new(emulator.address());
    let mut alice = user(
        &emulator,
        &json!([{"Effect": "Allow", "Action": "bedrock-agentcore:*", "Resource": "*",
            "Condition": {"StringEquals": {"aws:RequestTag/team": "red"}}},
            {"Effect": "Allow", "Action": ["bedrock-agentcore:Delete*", "bedrock-agentcore:ListTags*"],
             "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "red"}}},
            {"Effect": "Allow", "Action": "bedrock-agentcore:Delete*",
             "Resource": "arn:aws:bedrock-agentcore:us-west-2:111122223333:workload-identity-directory/default"},
            {"Effect": "Allow", "Action": "bedrock-agentcore:UntagResource", "Resource": "*",
             "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": "note"}, "StringNotLike": {"aws:RequestTag/note": "*"}}}]),
    );
    let create = |who: &mut Who, name: &str, team: &str| {
        let body = json!({"name": name, "tags": {"team": team, "note": "x"}});
        ask(who, "CreateWorkloadIdentity", &body).status
    };
    assert_eq!(create(&mut alice, "red", "red"), 201);
    assert_eq!(create(&mut alice, "blue", "blue"), 403);
    let mut root = Who::bootstrap(emulator.address(), OWNER);
    assert_eq!(create(&mut root, "blue", "blue"), 201);
    let arn =
        |name: &str| format!("{ARN}:workload-identity-directory/default/workload-identity/{name}");
    for (name, status) in [("red", 200), ("blue", 403)] {
        let listed = alice.rest("GET", &format!("/tags/{}", path(&arn(name))), &Value::Null);
        assert_eq!(listed.status, status, "{name}: {}", listed.text());
    }
    for (keys, status) in [("tagKeys=note&tagKeys=team", 403), ("tagKeys=note", 204)] {
        let mut raw = request(
            "DELETE",
            &format!("/tags/{}", path(&arn("red"))),
            &Value::Null,
        );
        raw.query = keys.to_owned();
        let raw = alice.signed(raw, "bedrock-agentcore");
        let untagged = alice.client.send(&raw);
        assert_eq!(untagged.status, status, "{keys}: {}", untagged.text());
    }
    for (name, status) in [("red", 204), ("blue", 403)] {
        let deleted = ask(&mut alice, "DeleteWorkloadIdentity", &json!({"name": name}));
        assert_eq!(deleted.status, status, "{name}: {}", deleted.text());
    }
    // An endpoint policy counts, on the way that has one.
    let closed = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*",
        "Action": "bedrock-agentcore:Get*", "Resource": "*"}});
    let network = json!({"endpoint": "vpce-1", "vpc": "vpc-1", "account": OWNER, "policy": closed.to_string()});
    let put = request("PUT", "/_veriam/networks", &network);
    assert_eq!(admin.send(&put).status, 204);
    let from = json!({"endpoint": {"endpoint": "vpce-1", "address": "10.0.0.9"}});
    assert_eq!(
        admin
            .send(&request("PUT", "/_veriam/paths/vpc", &from))
            .status,
        200
    );
    root.base = "/via/vpc".to_owned();
    let get = ask(&mut root, "GetWorkloadIdentity", &json!({"name": "blue"}));
    assert_eq!(get.status, 200, "{}", get.text());
    let denied = ask(
        &mut root,
        "DeleteWorkloadIdentity",
        &json!({"name": "blue"}),
    );
    assert!(
        denied.text().contains("no VPC endpoint policy"),
        "{}",
        denied.text()
    );
}

#[test]
fn managed_workload_identities_stay() {
    let emulator = start();
    let mut admin = Client::new(emulator.address());
    let world = json!({"region": "us-west-2", "accounts": [{"id": OWNER}],
        "workload_identities": [{"account": OWNER, "name": "of-runtime", "managed": true}]});
    assert_eq!(
        admin.send(&request("PUT", "/_veriam/world", &world)).status,
        204
    );
    let mut root = Who::bootstrap(emulator.address(), OWNER);
    let named = json!({"name": "of-runtime"});
    assert_eq!(ask(&mut root, "GetWorkloadIdentity", &named).status, 200);
    assert_eq!(ask(&mut root, "DeleteWorkloadIdentity", &named).status, 400);
    assert_eq!(told(&emulator)[0][0]["name"], "of-runtime");
}
