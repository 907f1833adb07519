//! Scenarios that cannot be read: every refusal names file, line, column, what was expected and the fix.

use std::collections::BTreeMap;

use veriam::scenario::{Files, ScenarioError};

/// Files in memory.
struct Memory(BTreeMap<&'static str, Vec<u8>>);

impl Files for Memory {
    fn bytes(&self, path: &str) -> Result<Vec<u8>, String> {
        let file = self.0.get(path).cloned();
        file.ok_or_else(|| "cannot be read: no such file; give a file that exists".to_owned())
    }
}

const GOOD: &str = r#"scenario: veriam.scenario/1
title: Two accounts, one agent
region: us-west-2
accounts:
  platform: "555555555555"
  tenant: { id: "111122223333", organization: { id: o-a1b2c3d4e5, path: [r-ab12], scps: [[full.json]] } }
resources:
  agent:
    type: runtime
    account: platform
    id: agent-AbCdEf0123
    tags: { stage: beta }
    policy: policy.json
    endpoints:
      DEFAULT: { policy: policy.json }
networks:
  vpc: { vpc: vpc-1, endpoint: vpce-1, account: tenant, policy: full-access.json }
principals:
  developer: { type: role, account: tenant, name: DeveloperRole, policies: [full.json] }
  limited: { type: session, role: developer, policy: full.json, mfa: true }
  alice: { type: user, account: platform, name: alice, temporary: true, issued: 2026-01-15T11:00:00Z }
  broker: { type: federated, user: alice, policy: full.json }
  root: { type: root, account: tenant }
  bearer: { type: jwt }
  nobody: { type: anonymous }
calls:
  - it: lets the developer in
    caller: developer
    call: InvokeAgentRuntime
    on: agent
    from: vpc
    rules: [AC-072]
    expect: { denied: implicit, by: resource-based policy }
  - it: turns away what is not signed
    caller: nobody
    call: InvokeAgentRuntime
    on: agent
    expect: { rejected: unauthenticated }
only:
  - { call: InvokeAgentRuntime, on: agent, callers: [developer], from: { developer: [vpc] }, open: [alice] }
"#;

const FULL: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
const FULL_ACCESS: &str =
    r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}"#;
const POLICY: &str = r#"{"policy": "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Deny\",\"Principal\":{\"AWS\":\"111122223333\"},\"Action\":\"bedrock-agentcore:*\",\"Resource\":\"arn:aws:bedrock-agentcore:us-west-2:555555555555:runtime/agent-AbCdEf0123\"}}"}"#;

fn read_bytes(text: &[u8], policy: &[u8]) -> Result<veriam::scenario::Scenario, ScenarioError> {
    let files = Memory(BTreeMap::from([
        ("s/scenario.yaml", text.to_vec()),
        ("s/full.json", FULL.as_bytes().to_vec()),
        ("s/full-access.json", FULL_ACCESS.as_bytes().to_vec()),
        ("s/policy.json", policy.to_vec()),
    ]));
    files.scenario("s/scenario.yaml")
}

fn read(text: &str) -> Result<veriam::scenario::Scenario, ScenarioError> {
    read_bytes(text.as_bytes(), POLICY.as_bytes())
}

#[test]
fn the_text_that_the_broken_ones_are_made_of_is_read() {
    let scenario = read(GOOD).unwrap();
    assert_eq!(scenario.calls.len(), 2);
    assert_eq!(scenario.principals.len(), 7);
    let policy = scenario.world.runtimes[0].policy.as_ref().unwrap();
    // As `get-resource-policy` printed it: the text inside is the policy.
    assert!(policy.as_str().starts_with("{\"Version\""), "{policy:?}");
}

#[test]
fn every_refusal_names_place_and_fix() {
    let replaced = |from: &str, to: &str| {
        assert!(GOOD.contains(from), "{from}");
        GOOD.replacen(from, to, 1)
    };
    let until = |end: &str| GOOD[..GOOD.find(end).unwrap()].to_owned();
    let broken = [
        ("an empty file", String::new()),
        ("only a comment", "# later\n".to_owned()),
        ("a list", "- a\n- b\n".to_owned()),
        (
            "no version",
            GOOD.replace("scenario: veriam.scenario/1\n", ""),
        ),
        (
            "another version",
            replaced("veriam.scenario/1", "veriam.scenario/2"),
        ),
        (
            "bad indentation",
            replaced("    account: platform\n", "   account: platform\n"),
        ),
        (
            "an open bracket",
            replaced("policies: [full.json]", "policies: [full.json"),
        ),
        ("a tab", replaced("  agent:\n", "\tagent:\n")),
        ("two documents", format!("{GOOD}---\na: 1\n")),
        ("an anchor", replaced("type: runtime", "type: &t runtime")),
        ("an alias", replaced("type: runtime", "type: *t")),
        ("a tag", replaced("title: Two", "title: !!str Two")),
        (
            "a merge key",
            replaced("    type: runtime", "    <<: { type: runtime }"),
        ),
        ("an unknown field", replaced("title:", "tilte:")),
        (
            "an unknown field of a call",
            replaced(
                "    caller: developer",
                "    user_id: u\n    caller: developer",
            ),
        ),
        (
            "a field without value",
            replaced("title: Two accounts, one agent", "title:"),
        ),
        ("a name twice", replaced("  limited:", "  developer:")),
        ("no title", replaced("title: Two accounts, one agent\n", "")),
        ("no region", replaced("region: us-west-2\n", "")),
        (
            "an account of eleven digits",
            replaced("\"555555555555\"", "\"55555555555\""),
        ),
        (
            "an account that is a list",
            replaced("\"555555555555\"", "[\"555555555555\"]"),
        ),
        (
            "one account twice",
            replaced("\"111122223333\"", "\"555555555555\""),
        ),
        (
            "an account by number",
            replaced(
                "account: platform\n    id",
                "account: \"555555555555\"\n    id",
            ),
        ),
        (
            "an unknown account",
            replaced("account: tenant, name", "account: tenants, name"),
        ),
        ("a region that is none", replaced("us-west-2", "us west")),
        (
            "SCPs that are no levels",
            replaced("[[full.json]]", "[full.json]"),
        ),
        (
            "an unknown type of resource",
            replaced("type: runtime", "type: gateway"),
        ),
        (
            "a resource without id",
            replaced("    id: agent-AbCdEf0123\n", ""),
        ),
        (
            "an id that cannot stand in an ARN",
            replaced("id: agent-AbCdEf0123", "id: agent/1"),
        ),
        (
            "an unknown authorizer",
            replaced("    tags: {", "    authorizer: oauth\n    tags: {"),
        ),
        (
            "tags that differ in case only",
            replaced("{ stage: beta }", "{ stage: beta, Stage: prod }"),
        ),
        (
            "a network called internet",
            replaced("  vpc: { vpc", "  internet: { vpc"),
        ),
        (
            "a network without account",
            replaced(
                "account: tenant, policy: full-access",
                "policy: full-access",
            ),
        ),
        (
            "an unknown type of principal",
            replaced("type: federated", "type: federate"),
        ),
        (
            "a principal without type",
            replaced("type: jwt", "subject: s"),
        ),
        (
            "a session of nobody",
            replaced("role: developer,", "role: develper,"),
        ),
        (
            "a federated session of a role",
            replaced("user: alice", "user: developer"),
        ),
        (
            "MFA without temporary credentials",
            replaced("temporary: true, issued: 2026-01-15T11:00:00Z", "mfa: true"),
        ),
        (
            "a time that is none",
            replaced("2026-01-15T11:00:00Z", "2026-01-15"),
        ),
        (
            "a token from the future",
            replaced(
                "    caller: nobody",
                "    at: 2026-01-15T10:00:00Z\n    caller: alice",
            ),
        ),
        (
            "a role name with a space",
            replaced("name: DeveloperRole", "name: Developer Role"),
        ),
        (
            "a missing policy file",
            replaced("policies: [full.json]", "policies: [fulll.json]"),
        ),
        (
            "a policy that is a list",
            replaced("policy: policy.json", "policy: [policy.json]"),
        ),
        (
            "a policy where a list belongs",
            replaced("policies: [full.json]", "policies: full.json"),
        ),
        (
            "an inline policy AWS refuses",
            replaced(
                "policies: [full.json]",
                "policies: [{ Version: 2012-10-17, Statement: { Effect: allow, Action: \"*\", Resource: \"*\" } }]",
            ),
        ),
        (
            "an inline policy that is no JSON",
            replaced("policies: [full.json]", "policies: ['{\"Version\"']"),
        ),
        ("no calls", format!("{}calls: []\n", until("calls:"))),
        ("calls left out", until("calls:")),
        (
            "calls that are a mapping",
            format!("{}calls: {{ a: b }}\n", until("calls:")),
        ),
        (
            "a call without it",
            replaced("  - it: lets the developer in\n    caller", "  - caller"),
        ),
        (
            "two calls with one it",
            replaced("turns away what is not signed", "lets the developer in"),
        ),
        (
            "an unknown caller",
            replaced("caller: developer", "caller: develper"),
        ),
        (
            "an unknown operation",
            replaced("call: InvokeAgentRuntime\n", "call: InvokeRuntime\n"),
        ),
        (
            "an unknown operation, nearly right",
            replaced("call: InvokeAgentRuntime\n", "call: invokeAgentRuntime\n"),
        ),
        (
            "an unknown resource",
            replaced("on: agent\n", "on: agnet\n"),
        ),
        ("an unknown network", replaced("from: vpc", "from: vcp")),
        (
            "an address that is none",
            replaced("from: vpc", "from: { network: vpc, address: 10.0.0 }"),
        ),
        (
            "a user id that cannot be sent",
            replaced(
                "call: InvokeAgentRuntime\n",
                "call: StopRuntimeSession\n    user-id: u\n",
            ),
        ),
        ("an unknown rule", replaced("AC-072", "AC-319")),
        ("rules that are no list", replaced("[AC-072]", "AC-072")),
        (
            "no expectation",
            replaced(
                "    expect: { denied: implicit, by: resource-based policy }\n",
                "",
            ),
        ),
        (
            "an unknown expectation",
            replaced(
                "{ denied: implicit, by: resource-based policy }",
                "forbidden",
            ),
        ),
        (
            "an unknown expectation in a mapping",
            replaced(
                "{ denied: implicit, by: resource-based policy }",
                "{ allowed: true }",
            ),
        ),
        (
            "an unknown kind of denial",
            replaced("denied: implicit", "denied: implied"),
        ),
        (
            "an unknown policy type",
            replaced("by: resource-based policy", "by: resource based policy"),
        ),
        (
            "an unknown rejection",
            replaced("unauthenticated", "unauthorized"),
        ),
        (
            "an open point that is none",
            replaced(
                "{ denied: implicit, by: resource-based policy }",
                "{ undetermined: AC-072 }",
            ),
        ),
        (
            "an unknown reading",
            replaced(
                "{ denied: implicit, by: resource-based policy }",
                "{ undetermined: AC-093, flat: allowed }",
            ),
        ),
        (
            "an unknown sibling",
            replaced("    rules: [AC-072]", "    sibling: turns away"),
        ),
        (
            "only with an unknown caller",
            replaced("callers: [developer]", "callers: [develper]"),
        ),
        (
            "only with an unlisted caller in from",
            replaced("from: { developer", "from: { alice"),
        ),
        (
            "only with an unknown endpoint",
            replaced("on: agent, callers", "on: agent, qualifier: BETA, callers"),
        ),
        (
            "only with an unknown field",
            replaced("callers: [developer]", "caller: developer"),
        ),
    ];
    let mut all = String::new();
    for (what, text) in broken {
        let error = read(&text).expect_err(what);
        let told = anstream::adapter::strip_str(&error.to_text()).to_string();
        assert!(error.message.contains("; "), "{what} names no fix: {error}");
        assert!(error.place.is_some(), "{what} has no place: {error}");
        all.push_str(&format!("----- {what}\n{told}"));
    }
    insta::assert_snapshot!(all);
}

#[test]
fn faults_of_policy_files_are_told_in_those_files() {
    let broken: [(&str, &[u8]); 6] = [
        ("no JSON", b"{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n}\n"),
        ("a fault of the grammar", b"{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [{\n    \"Effect\": \"allow\",\n    \"Principal\": \"*\", \"Action\": \"*\", \"Resource\": \"*\" }]\n}\n"),
        ("printed, with a fault inside", b"{\"policy\": \"{\\\"Statement\\\": []}\"}"),
        ("an identity policy where a resource policy belongs", FULL.as_bytes()),
        ("not UTF-8", b"{\n  \"Version\": \"\xff\" }"),
        ("empty", b""),
    ];
    let mut all = String::new();
    for (what, policy) in broken {
        let error = read_bytes(GOOD.as_bytes(), policy).expect_err(what);
        assert_eq!(error.file, "s/policy.json", "{what}: {error}");
        let told = anstream::adapter::strip_str(&error.to_text()).to_string();
        all.push_str(&format!("----- {what}\n{told}"));
    }
    insta::assert_snapshot!(all);
}

#[test]
fn bytes_that_are_no_text_are_refused_with_their_place() {
    let error = read_bytes(b"scenario: veriam.scenario/1\ntitle: \xff\n", b"").unwrap_err();
    assert_eq!(error.location(), "s/scenario.yaml:2:8");
    let error = read_bytes(b"\xef\xbb\xbfscenario: veriam.scenario/1\n", b"").unwrap_err();
    assert_eq!(error.location(), "s/scenario.yaml:1:1");
    assert!(error.message.contains("byte order mark"));
}

#[test]
fn whatever_is_cut_off_or_mixed_up_is_an_error_or_a_scenario() {
    for end in 0..GOOD.len() {
        if GOOD.is_char_boundary(end) {
            let _ = read(&GOOD[..end]);
        }
    }
    for (i, _) in GOOD.match_indices([':', '-', '[', '{', '"', ' ', '\n']) {
        let mut text = GOOD.to_owned();
        for with in ["", "}", "[", "'", "&", "\t", "%", "|", "!", "? "] {
            text.replace_range(i..=i, with);
            let _ = read(&text);
            text = GOOD.to_owned();
        }
    }
}
