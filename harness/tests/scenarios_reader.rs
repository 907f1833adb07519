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
            replaced("type: runtime", "type: function"),
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

const FAMILIES: &str = r#"scenario: veriam.scenario/1
title: One call of each family
region: us-west-2
accounts: { app: "111122223333", partner: "444455556666" }
resources:
  agent: { type: runtime, account: app, id: agent-AbCdEf0123, token-rules: { clients: shop } }
  tools: { type: gateway, account: app, id: tools-abcdef0123, authorizer: none, engine: log-only }
  notes: { type: memory, account: app, id: notes-AbCdEf0123 }
  helper: { type: harness, account: app, id: helper-AbCdEf0123, with-memory: true, endpoints: { live: { tags: { stage: prod } } } }
  browser: { type: browser, account: app, id: browser-AbCdEf0123 }
  interpreter: { type: aws-code-interpreter }
  identity: { type: workload-identity, account: app, name: helper }
  openai: { type: api-key-provider, account: app, name: openai }
  bucket: { type: other, account: app, arn: "arn:aws:s3:::amzn-s3-demo-bucket" }
  key: { type: kms-key, account: app, arn: "arn:aws:kms:us-west-2:111122223333:key/one", policy: key.json }
principals:
  admin: { type: role, account: app, name: AdminRole, policies: [full.json], trust: trust.json }
  bearer: { type: jwt, audiences: [tools], client: shop, scopes: [tools/call] }
  function: { type: service, service: lambda.amazonaws.com, source-account: app, source-arn: "arn:aws:lambda:us-west-2:111122223333:function:f" }
calls:
  - { it: gateway, caller: admin, call: InvokeGateway, on: tools, tool-call: true, expect: allowed }
  - { it: memory, caller: admin, call: CreateEvent, on: notes, by-arn: true, actor: alice, session: s1, namespace-variables: { shop: one }, expect: allowed }
  - { it: harness, caller: admin, call: InvokeHarness, on: helper, qualifier: live, user-id: u1, expect: allowed }
  - { it: tool, caller: admin, call: InvokeCodeInterpreter, on: interpreter, expect: allowed }
  - { it: identity, caller: admin, call: GetResourceApiKey, on: identity, provider: openai, expect: allowed }
  - { it: token, caller: admin, call: GetWorkloadAccessTokenForJWT, on: identity, claims: { iss: i, sub: s, aud: [a, b] }, expect: allowed }
  - { it: control plane, caller: admin, call: CreateAgentRuntime, role: admin, settings: { subnets: [subnet-1] }, tags: { stage: prod }, expect: allowed }
  - { it: policy, caller: admin, call: PutResourcePolicy, on: agent, qualifier: DEFAULT, expect: allowed }
  - { it: session, caller: function, call: AssumeRole, on: admin, expect: allowed }
  - { it: key, caller: admin, call: "kms:Decrypt", on: key, keys: { "kms:ViaService": s3.us-west-2.amazonaws.com }, via: s3.amazonaws.com, expect: allowed }
  - { it: whole account, caller: admin, call: "xray:PutTraceSegments", expect: allowed }
only:
  - { call: [InvokeGateway], on: tools, callers: [admin, bearer, function] }
"#;

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}}"#;
const KEY: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"kms:*","Resource":"*"}}"#;

fn read_families(text: &str) -> Result<veriam::scenario::Scenario, ScenarioError> {
    let files = Memory(BTreeMap::from([
        ("s/scenario.yaml", text.as_bytes().to_vec()),
        ("s/full.json", FULL.as_bytes().to_vec()),
        ("s/trust.json", TRUST.as_bytes().to_vec()),
        ("s/key.json", KEY.as_bytes().to_vec()),
    ]));
    files.scenario("s/scenario.yaml")
}

#[test]
fn calls_of_every_family_are_read_and_pass() {
    let scenario = read_families(FAMILIES).unwrap();
    let families: std::collections::BTreeSet<_> = scenario
        .calls
        .iter()
        .map(|call| veriam::operation::RequestFamily::of(&call.call.request))
        .collect();
    // Runtimes have scenarios enough.
    assert_eq!(
        families.len(),
        veriam::operation::RequestFamily::ALL.len() - 1
    );
    let report = veriam::scenario::check::check(&scenario).unwrap();
    // The header of a user asks for one more action under one reading, which is allowed as well.
    assert!(report.passed(), "{}", report.to_text(false));
}

#[test]
fn every_refusal_about_requests_names_place_and_fix() {
    let broken = [
        ("a field of another family", "tool-call: true", "actor: a"),
        (
            "an operation of another kind of resource",
            "call: CreateEvent, on: notes",
            "call: CreateEvent, on: tools",
        ),
        (
            "an operation that is about something",
            "call: PutResourcePolicy, on: agent",
            "call: PutResourcePolicy",
        ),
        (
            "an operation about nothing, on something",
            "call: CreateAgentRuntime, role",
            "call: CreateAgentRuntime, on: agent, role",
        ),
        (
            "a misspelt operation about nothing",
            "call: CreateAgentRuntime, role",
            "call: CreateRuntime, role",
        ),
        (
            "the prefix of AgentCore",
            "call: InvokeGateway, on",
            "call: \"bedrock-agentcore:InvokeGateway\", on",
        ),
        (
            "an action without service",
            "call: \"kms:Decrypt\"",
            "call: Decrypt",
        ),
        (
            "an operation on a provider",
            "call: GetResourceApiKey, on: identity",
            "call: GetResourceApiKey, on: openai",
        ),
        (
            "a provider that is none",
            "provider: openai",
            "provider: tools",
        ),
        ("no provider", ", provider: openai", ""),
        (
            "a role that is none",
            "role: admin, settings",
            "role: bearer, settings",
        ),
        (
            "a session of what is no role",
            "call: AssumeRole, on: admin",
            "call: AssumeRole, on: tools",
        ),
        (
            "a setting that no key shows",
            "subnets: [subnet-1]",
            "subnet: [subnet-1]",
        ),
        (
            "a key that is derived",
            "\"kms:ViaService\"",
            "\"aws:SourceIp\"",
        ),
        (
            "an actor where none is sent",
            "call: CreateEvent, on: notes",
            "call: GetMemory, on: notes",
        ),
        ("claims without subject", "iss: i, sub: s", "iss: i"),
        (
            "a service that is none",
            "service: lambda.amazonaws.com, source",
            "service: lambda, source",
        ),
        ("an unknown engine", "engine: log-only", "engine: audit"),
        (
            "an unknown authorizer of a gateway",
            "authorizer: none",
            "authorizer: nobody",
        ),
        (
            "a tool of AWS with an id",
            "type: aws-code-interpreter",
            "type: aws-code-interpreter, id: x",
        ),
        (
            "an ARN that is none",
            "arn:aws:s3:::amzn-s3-demo-bucket",
            "amzn-s3-demo-bucket",
        ),
        (
            "a tool call that Cedar decides",
            "engine: log-only",
            "engine: enforce",
        ),
        (
            "a bearer at a memory",
            "caller: admin, call: CreateEvent",
            "caller: bearer, call: CreateEvent",
        ),
        (
            "a resource without type",
            "type: memory, account",
            "account",
        ),
        (
            "trust of a user",
            "type: role, account: app, name: AdminRole",
            "type: user, account: app, name: AdminRole",
        ),
        (
            "only on what is not asked",
            "call: [InvokeGateway], on: tools",
            "on: bucket",
        ),
    ];
    let mut all = String::new();
    for (what, from, to) in broken {
        assert!(FAMILIES.contains(from), "{from}");
        let error = read_families(&FAMILIES.replacen(from, to, 1)).expect_err(what);
        let told = anstream::adapter::strip_str(&error.to_text()).to_string();
        all.push_str(&format!("----- {what}\n{told}"));
    }
    insta::assert_snapshot!(all);
}
