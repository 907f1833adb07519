//! What generation promises about worlds and calls: each is well-formed, the same bytes give the same, the simplest
//! first, and whatever a call can turn on is reached.

mod common;
#[path = "common/forms.rs"]
mod forms;

use std::collections::{BTreeMap, BTreeSet};

use arbitrary::Unstructured;
use serde_json::Value;
use veriam_generators::{CALLS_PER_WORLD, case_bytes, generated_case, generated_group, world};
use veriam_model::{
    Authorizer, Call, CallCase, Caller, Case, CaseKind, ControlOperation, GatewayAuthorizer,
    HarnessOperation, IdentityOperation, MemoryOperation, Path, PolicyText, PolicyType, Request,
    RuntimeOperation, ToolOperation, World,
};

use common::{statements, strings};
use forms::principal_form;

fn drawn(seed: u64, index: u64) -> impl Iterator<Item = CallCase> {
    let bytes = case_bytes(seed, index);
    let (world, calls) = world(&mut Unstructured::new(&bytes)).expect("total");
    let case = move |call| CallCase {
        world: world.clone(),
        call,
    };
    calls.into_iter().map(case)
}

#[test]
fn every_world_and_every_call_is_well_formed() {
    for index in 0..5_000 {
        let bytes = case_bytes(2, index);
        let (world, calls) = world(&mut Unstructured::new(&bytes)).expect("total");
        assert_eq!(world.validate(), Ok(()));
        assert_eq!(calls.len() as u64, CALLS_PER_WORLD);
        for call in &calls {
            assert_eq!(world.validate_call(call), Ok(()));
        }
    }
}

#[test]
fn a_case_is_that_of_its_group() {
    for group in 0..500 {
        let cases = generated_group(7, group);
        assert_eq!(generated_group(7, group), cases);
        for (index, case) in (group * CALLS_PER_WORLD..).zip(&cases) {
            assert_eq!(generated_case(7, index), *case);
        }
        let kinds: Vec<_> = cases.iter().map(Case::kind).collect();
        let calls = kinds.iter().filter(|k| **k == CaseKind::Call).count();
        assert!(calls == 0 || calls == cases.len(), "{kinds:?}");
        if let Case::Call(first) = &cases[0] {
            let shared = |case: &Case| matches!(case, Case::Call(c) if c.world == first.world);
            assert!(cases.iter().all(shared));
        }
    }
    assert_ne!(generated_group(7, 0), generated_group(8, 0));
}

#[test]
fn a_campaign_mixes_checks_calls_documents_and_puts() {
    let mut counts: BTreeMap<CaseKind, u64> = BTreeMap::new();
    let groups = 5_000;
    for group in 0..groups {
        for case in generated_group(3, group) {
            *counts.entry(case.kind()).or_default() += 1;
        }
    }
    for (kind, share) in [
        (CaseKind::Check, 60),
        (CaseKind::Call, 25),
        (CaseKind::Document, 10),
        (CaseKind::Put, 5),
    ] {
        let found = counts[&kind] * 100;
        let cases = groups * CALLS_PER_WORLD;
        let fits = (share - 1) * cases..=(share + 1) * cases;
        assert!(
            fits.contains(&found),
            "{kind:?}: {found} of {cases} hundred"
        );
    }
}

#[test]
fn zero_bytes_give_the_simplest_world_and_calls() {
    for bytes in [&[][..], &[0; 4_096][..]] {
        let (world, calls) = world(&mut Unstructured::new(bytes)).expect("total");
        assert_eq!(calls.len() as u64, CALLS_PER_WORLD);
        let policies = world.policies();
        let texts: Vec<&str> = policies.iter().map(|(_, p)| p.as_str()).collect();
        assert_eq!(
            texts,
            [concat!(
                r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","#,
                r#""Action":"bedrock-agentcore:InvokeAgentRuntime","#,
                r#""Resource":["arn:aws:bedrock-agentcore:us-west-2:111122223333:runtime/support_agent-AbCdEf0123","#,
                r#""arn:aws:bedrock-agentcore:us-west-2:111122223333:runtime/support_agent-AbCdEf0123"#,
                r#"/runtime-endpoint/DEFAULT"]}}"#
            )]
        );
        let sizes = (world.accounts.len(), world.users.len(), world.roles.len());
        assert_eq!(sizes, (1, 1, 0));
        assert_eq!((world.runtimes.len(), world.networks.len()), (1, 0));
        assert!(calls.iter().all(|call| *call == calls[0]));
        assert!(matches!(calls[0].caller, Caller::User(_)));
        let request = calls[0].request.runtime().expect("runtimes are asked");
        assert_eq!((&request.qualifier, &request.user_id), (&None, &None));
    }
}

#[test]
fn worlds_are_small_and_their_policies_are_json() {
    let mut sizes = Vec::new();
    for case in (0..1_000).flat_map(|index| drawn(3, index)) {
        for (_, policy) in case.world.policies() {
            serde_json::from_str::<Value>(policy.as_str()).expect("valid JSON");
        }
        sizes.push(serde_json::to_string(&case).expect("can be written").len());
    }
    sizes.sort_unstable();
    let part = |percent: usize| sizes[sizes.len() * percent / 100];
    assert!(part(50) < 3_500, "median {}", part(50));
    assert!(part(99) < 10_000, "p99 {}", part(99));
}

/// In how many of the calls each feature occurs.
type Counts = BTreeMap<String, usize>;

const WORLDS: u64 = 4_500;

fn counts() -> (Counts, usize) {
    let mut counts = Counts::new();
    let mut total = 0;
    for case in (0..WORLDS).flat_map(|index| drawn(4, index)) {
        total += 1;
        let mut seen = BTreeSet::new();
        describe_call(&case, &mut seen);
        describe_world(&case.world, &mut seen);
        for (place, policy) in case.world.policies() {
            describe_policy(place.policy_type(), policy, &mut seen);
        }
        if let Some(policy) = case.call.session_policy() {
            describe_policy(PolicyType::Session, policy, &mut seen);
        }
        for what in seen {
            *counts.entry(what).or_default() += 1;
        }
    }
    (counts, total)
}

/// The account that owns what the call is about, where it is clear.
fn owner<'w>(world: &'w World, call: &Call) -> Option<&'w str> {
    Some(match &call.request {
        Request::Runtime(r) => &world.runtime(&r.runtime)?.account,
        Request::Gateway(r) => &world.gateway(&r.gateway)?.account,
        Request::Memory(r) => &world.memory(&r.memory)?.account,
        Request::Harness(r) => &world.harness(r.harness.as_deref()?)?.account,
        Request::Tool(r) => &world.tool(r.tool.as_deref()?)?.account,
        Request::AssumeRole(r) => &world.role(&r.role.account, &r.role.name)?.account,
        Request::Other(r) => &world.other(&r.resource)?.account,
        Request::Identity(_) | Request::Control(_) => return None,
    })
}

fn family(request: &Request) -> &'static str {
    match request {
        Request::Runtime(_) => "runtime",
        Request::Gateway(_) => "gateway",
        Request::Memory(_) => "memory",
        Request::Harness(_) => "harness",
        Request::Tool(_) => "tool",
        Request::Identity(_) => "identity",
        Request::Control(_) => "control",
        Request::AssumeRole(_) => "assume_role",
        Request::Other(_) => "other",
    }
}

fn describe_call(case: &CallCase, seen: &mut BTreeSet<String>) {
    let CallCase { world, call } = case;
    let owner = owner(world, call);
    let (caller, account) = match &call.caller {
        Caller::User(user) => {
            let token = if user.token.is_some() {
                " with token"
            } else {
                ""
            };
            seen.insert(format!("caller user{token}"));
            ("user", Some(user.account.as_str()))
        }
        Caller::Session(session) => {
            let parts = [
                ("policy", session.policy.is_some()),
                ("tags", !session.tags.is_empty()),
                ("source identity", session.source_identity.is_some()),
                ("provider", session.provider.is_some()),
                ("MFA", session.token.mfa.is_some()),
            ];
            let parts = parts.into_iter().filter(|(_, there)| *there);
            seen.extend(parts.map(|(part, _)| format!("session with {part}")));
            ("session", Some(session.account.as_str()))
        }
        Caller::Root(root) => ("root", Some(root.account.as_str())),
        Caller::Federated(session) => {
            let policy = if session.policy.is_some() {
                "with"
            } else {
                "without"
            };
            seen.insert(format!("federated {policy} policy"));
            ("federated", Some(session.account.as_str()))
        }
        Caller::Jwt(jwt) => (if jwt.accepted { "jwt" } else { "bad jwt" }, None),
        Caller::Service(_) => ("service", None),
        Caller::Anonymous => ("anonymous", None),
    };
    let family = family(&call.request);
    seen.insert(format!("caller {caller}"));
    seen.insert(format!("{family} by {caller}"));
    if let (Some(account), Some(owner)) = (account, owner) {
        let same = if account == owner { "same" } else { "other" };
        seen.insert(format!("{same} account"));
        seen.insert(format!("{family} of {same} account"));
    }
    describe_request(case, seen);
    let runtime = call.request.runtime();
    let header = if runtime.is_some_and(|r| r.user_id.is_some()) {
        " for user"
    } else {
        ""
    };
    let operation = call.request.operation();
    seen.insert(format!("{family} operation {operation}{header}"));
    let family = |address: &str| {
        if address.contains(':') {
            "IPv6"
        } else {
            "IPv4"
        }
    };
    seen.insert(match &call.from {
        Path::Internet { address } => format!("internet {}", family(address)),
        Path::Endpoint { address, .. } => format!("network {}", family(address)),
    });
    let Some(asked) = runtime else {
        return;
    };
    let listed = |name: &str| {
        let runtime = world.runtime(&asked.runtime);
        runtime.is_some_and(|r| r.endpoints.iter().any(|e| e.name == name))
    };
    seen.insert(match asked.qualifier.as_deref() {
        None => "no qualifier".to_owned(),
        Some("DEFAULT") => "qualifier DEFAULT".to_owned(),
        Some(name) => format!("qualifier listed {}", listed(name)),
    });
}

/// What requests besides those to runtimes carry, and what they are about.
fn describe_request(case: &CallCase, seen: &mut BTreeSet<String>) {
    let CallCase { world, call } = case;
    let mut with = |what: &str, there: bool| {
        if there {
            seen.insert(what.to_owned());
        }
    };
    match &call.request {
        Request::Runtime(_) | Request::AssumeRole(_) => {}
        Request::Gateway(request) => {
            let gateway = world.gateway(&request.gateway).expect("well-formed");
            with(&format!("gateway {}", gateway.authorizer.name()), true);
            with("gateway tool call", request.tool_call);
            with("gateway engine", gateway.engine.is_some());
        }
        Request::Memory(request) => {
            with("memory by ARN", request.by_arn);
            with("memory actor", request.actor.is_some());
            with("memory session", request.session.is_some());
            with("memory strategy", request.strategy.is_some());
            with("memory namespace", request.namespace.is_some());
            with("memory namespace path", request.namespace_path.is_some());
            let variables = !request.namespace_variables.is_empty();
            with("memory namespace variable", variables);
        }
        Request::Harness(request) => {
            with("harness for user", request.user_id.is_some());
            let endpoint = request.endpoint.as_deref();
            with("harness endpoint", endpoint.is_some());
            with("harness endpoint DEFAULT", endpoint == Some("DEFAULT"));
            with("harness made with memory", request.with_memory);
        }
        Request::Tool(request) => {
            with("tool of AWS", request.tool.is_none());
            with("tool of a customer", request.tool.is_some());
        }
        Request::Identity(request) => {
            with("identity provider", request.provider.is_some());
            with("identity user id", request.user_id.is_some());
            with("identity claims", request.claims.is_some());
        }
        Request::Control(request) => {
            with("control role", request.role.is_some());
            with("control settings", !request.settings.is_empty());
            with("control tags", !request.tags.is_empty());
        }
        Request::Other(request) => {
            with("other via", request.via.is_some());
            with("other keys", !request.keys.is_empty());
            with("other without resource", request.resource == "*");
        }
    }
    if let Caller::Service(service) = &call.caller {
        with("service for a resource", service.source_arn.is_some());
        with("service by itself", service.source_account.is_none());
    }
    if let Caller::Jwt(jwt) = &call.caller {
        with("token with claims", !jwt.claims.is_empty());
    }
}

fn describe_world(world: &World, seen: &mut BTreeSet<String>) {
    seen.insert(format!("accounts {}", world.accounts.len()));
    seen.insert(format!("runtimes {}", world.runtimes.len()));
    seen.insert(format!("networks {}", world.networks.len()));
    for account in &world.accounts {
        let Some(organization) = &account.organization else {
            seen.insert("account alone".to_owned());
            continue;
        };
        seen.insert(format!("levels of SCPs {}", organization.scps.len().min(3)));
        seen.insert(format!("levels of RCPs {}", organization.rcps.len()));
        if organization.management {
            seen.insert("management account".to_owned());
        }
    }
    for identity in world.users.iter().chain(&world.roles) {
        let parts = [
            ("path", identity.path != "/"),
            ("tags", !identity.tags.is_empty()),
            ("boundary", identity.boundary.is_some()),
            ("no policy", identity.policies.is_empty()),
        ];
        let parts = parts.into_iter().filter(|(_, there)| *there);
        seen.extend(parts.map(|(part, _)| format!("identity with {part}")));
    }
    for runtime in &world.runtimes {
        seen.insert(format!("endpoints {}", runtime.endpoints.len()));
        let kind = match runtime.authorizer {
            Authorizer::Iam => "IAM",
            Authorizer::Jwt => "JWT",
        };
        seen.insert(format!("authorizer {kind}"));
        for endpoint in &runtime.endpoints {
            let own = endpoint.authorizer.is_some_and(|a| a != runtime.authorizer);
            seen.insert(format!("endpoint differs {own}"));
            if endpoint.policy.is_some() && runtime.policy.is_some() {
                seen.insert("policies on runtime and endpoint".to_owned());
            }
        }
    }
    for network in &world.networks {
        let policy = if network.policy.is_some() {
            "with"
        } else {
            "without"
        };
        seen.insert(format!("network {policy} policy"));
        if world.runtimes.iter().all(|r| r.account != network.account) {
            seen.insert("network of another account".to_owned());
        }
    }
}

fn describe_policy(policy_type: PolicyType, policy: &PolicyText, seen: &mut BTreeSet<String>) {
    let document: Value = serde_json::from_str(policy.as_str()).expect("valid JSON");
    let version = document["Version"].as_str().unwrap_or("none");
    seen.insert(format!("version {version} {policy_type}"));
    for statement in statements(&document) {
        let effect = statement["Effect"].as_str().unwrap_or_default();
        seen.insert(format!("{policy_type} {effect}"));
        for element in ["NotAction", "NotResource", "NotPrincipal"] {
            if !statement[element].is_null() {
                seen.insert(format!("{element} {effect}"));
            }
        }
        match &statement["Principal"] {
            Value::String(_) => {
                seen.insert(format!("{policy_type} principal everyone"));
            }
            Value::Object(kinds) => {
                for (kind, names) in kinds {
                    let names = strings(names);
                    let forms = names.iter().map(|name| principal_form(kind, name));
                    seen.extend(forms.map(|form| format!("{policy_type} principal {form}")));
                    if names.len() > 1 {
                        seen.insert("principal list".to_owned());
                    }
                }
            }
            _ => {}
        }
        for text in strings(&statement["Resource"]) {
            if version == "2012-10-17" && text.contains("${") {
                seen.insert("variable in Resource".to_owned());
            }
        }
        for (operator, block) in statement["Condition"].as_object().into_iter().flatten() {
            for (key, values) in block.as_object().into_iter().flatten() {
                describe_test(operator, &key.to_ascii_lowercase(), values, seen);
            }
        }
    }
}

fn describe_test(operator: &str, key: &str, values: &Value, seen: &mut BTreeSet<String>) {
    let (set, base) = operator.split_once(':').unwrap_or(("", operator));
    let exists = base.ends_with("IfExists");
    let base = base.trim_end_matches("IfExists");
    let form = match base {
        "Null" => "Null",
        _ if base.contains("Not") => "negated",
        _ => "positive",
    };
    seen.insert(format!("{form} {key}"));
    if exists {
        seen.insert(format!("IfExists {key}"));
    }
    if !set.is_empty() {
        seen.insert(format!("{set} {key}"));
    }
    seen.insert(format!("{base} {key}"));
    for text in strings(values) {
        let Some((_, name)) = text.split_once("${") else {
            continue;
        };
        let name = name.split(['}', ',']).next().unwrap_or_default();
        seen.insert(format!("variable {}", name.to_ascii_lowercase()));
    }
}

fn names<O: Copy>(operations: &[O], name: fn(O) -> &'static str) -> Vec<&'static str> {
    operations
        .iter()
        .map(|operation| name(*operation))
        .collect()
}

/// The keys that readings 5.6 lists, tag keys with a tag.
const KEYS: [&str; 38] = [
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalType",
    "aws:userid",
    "aws:username",
    "aws:PrincipalTag/team",
    "aws:PrincipalTag/stage",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalIsAWSService",
    "aws:FederatedProvider",
    "aws:TokenIssueTime",
    "aws:MultiFactorAuthPresent",
    "aws:MultiFactorAuthAge",
    "aws:SourceIdentity",
    "aws:ViaAWSService",
    "aws:SourceIp",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:VpcSourceIp",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
    "aws:SourceVpcArn",
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:SecureTransport",
    "aws:UserAgent",
    "aws:RequestedRegion",
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:ResourceOrgPaths",
    "aws:ResourceTag/team",
    "aws:ResourceTag/stage",
    "aws:RequestTag/team",
    "sts:ExternalId",
    "sts:RoleSessionName",
    "sts:SourceIdentity",
];

/// Keys that Booleans are compared with: no operator negates that.
const BOOLEANS: [&str; 4] = [
    "aws:PrincipalIsAWSService",
    "aws:MultiFactorAuthPresent",
    "aws:ViaAWSService",
    "aws:SecureTransport",
];

#[test]
fn whatever_a_call_can_turn_on_is_reached_often_enough() {
    let (counts, total) = counts();
    let mut expected: Vec<(String, usize)> = Vec::new();
    let mut expect = |what: &str, least: usize| expected.push((what.to_owned(), least));
    for caller in [
        "user",
        "user with token",
        "session",
        "root",
        "federated",
        "jwt",
    ] {
        expect(&format!("caller {caller}"), 250);
    }
    expect("caller bad jwt", 20);
    expect("caller anonymous", 50);
    for part in ["policy", "tags", "source identity", "provider", "MFA"] {
        expect(&format!("session with {part}"), 250);
    }
    expect("federated with policy", 250);
    expect("federated without policy", 50);
    for operation in RuntimeOperation::ALL {
        expect(&format!("runtime operation {operation}"), 150);
        if operation.takes_user_id() {
            expect(&format!("runtime operation {operation} for user"), 100);
        }
    }
    let operations: [(&str, Vec<&str>, usize); 7] = [
        ("gateway", vec!["InvokeGateway"], 800),
        ("memory", names(MemoryOperation::ALL, |o| o.name()), 35),
        ("harness", names(HarnessOperation::ALL, |o| o.name()), 40),
        ("tool", names(ToolOperation::ALL, |o| o.name()), 35),
        ("identity", names(IdentityOperation::ALL, |o| o.name()), 60),
        ("control", names(ControlOperation::ALL, |o| o.name()), 12),
        ("assume_role", vec!["AssumeRole"], 400),
    ];
    for (family, operations, least) in operations {
        for operation in operations {
            expect(&format!("{family} operation {operation}"), least);
        }
        for caller in ["user", "session", "federated"] {
            expect(&format!("{family} by {caller}"), 40);
        }
        expect(&format!("{family} by root"), 4);
    }
    for what in [
        "gateway by service",
        "assume_role by service",
        "other by service",
        "gateway by jwt",
        "gateway by anonymous",
        "harness by jwt",
        "runtime by anonymous",
        "harness by anonymous",
        "service for a resource",
        "service by itself",
        "token with claims",
        "memory of other account",
        "gateway of other account",
        "harness of other account",
        "tool of other account",
        "assume_role of other account",
        "other of other account",
    ] {
        expect(what, 10);
    }
    for authorizer in GatewayAuthorizer::ALL {
        expect(&format!("gateway {}", authorizer.name()), 100);
    }
    for what in [
        "gateway tool call",
        "gateway engine",
        "memory by ARN",
        "memory actor",
        "memory session",
        "memory strategy",
        "memory namespace",
        "memory namespace path",
        "memory namespace variable",
        "harness for user",
        "harness endpoint",
        "harness endpoint DEFAULT",
        "harness made with memory",
        "tool of AWS",
        "tool of a customer",
        "identity provider",
        "identity user id",
        "identity claims",
        "control role",
        "control settings",
        "control tags",
        "other via",
        "other keys",
        "other without resource",
    ] {
        expect(what, 15);
    }
    for path in [
        "internet IPv4",
        "internet IPv6",
        "network IPv4",
        "network IPv6",
    ] {
        expect(path, 250);
    }
    for world in [
        "same account",
        "other account",
        "no qualifier",
        "qualifier DEFAULT",
        "qualifier listed true",
        "accounts 1",
        "accounts 2",
        "accounts 3",
        "account alone",
        "runtimes 1",
        "runtimes 2",
        "networks 0",
        "networks 1",
        "networks 2",
        "endpoints 0",
        "endpoints 1",
        "endpoints 2",
        "authorizer IAM",
        "authorizer JWT",
        "endpoint differs true",
        "policies on runtime and endpoint",
        "network with policy",
        "network without policy",
        "network of another account",
        "levels of SCPs 1",
        "levels of SCPs 2",
        "levels of SCPs 3",
        "levels of RCPs 1",
        "management account",
        "identity with path",
        "identity with tags",
        "identity with boundary",
        "identity with no policy",
        "principal list",
        "variable in Resource",
        "NotAction Allow",
        "NotResource Allow",
        "NotPrincipal Deny",
    ] {
        expect(world, 200);
    }
    expect("qualifier listed false", 50);
    expect("NotAction Deny", 50);
    for policy_type in [
        "identity", "resource", "boundary", "session", "scp", "endpoint",
    ] {
        expect(&format!("{policy_type} Allow"), 250);
        expect(&format!("{policy_type} Deny"), 90);
    }
    expect("rcp Deny", 90);
    for form in [
        "everyone",
        "AWS *",
        "account id",
        "root ARN",
        "user ARN",
        "role ARN",
        "role ARN with path",
        "session ARN",
        "federated-user ARN",
    ] {
        expect(&format!("resource principal {form}"), 150);
    }
    for key in KEYS {
        let key = key.to_ascii_lowercase();
        expect(&format!("positive {key}"), 4);
        expect(&format!("IfExists {key}"), 1);
        let boolean = BOOLEANS.iter().any(|b| b.eq_ignore_ascii_case(&key));
        if !boolean {
            expect(&format!("negated {key}"), 4);
        }
        let many = key.ends_with("paths");
        if many {
            expect(&format!("ForAllValues {key}"), 4);
            expect(&format!("ForAnyValue {key}"), 4);
        }
        expect(&format!("Null {key}"), 2);
    }
    for test in [
        "ArnLike aws:principalarn",
        "ArnEquals aws:principalarn",
        "ArnNotEquals aws:principalarn",
        "NumericLessThan aws:multifactorauthage",
        "DateLessThan aws:currenttime",
        "DateGreaterThan aws:tokenissuetime",
        "IpAddress aws:sourceip",
        "NotIpAddress aws:sourceip",
        "IpAddress aws:vpcsourceip",
    ] {
        expect(test, 20);
    }
    for name in [
        "aws:principaltag/team",
        "aws:username",
        "aws:principalaccount",
    ] {
        expect(&format!("variable {name}"), 50);
    }
    let missed: Vec<String> = expected
        .into_iter()
        .filter_map(|(what, least)| {
            let count = counts.get(&what).copied().unwrap_or(0);
            (count < least).then(|| format!("{what}: {count}, {least} are wanted"))
        })
        .collect();
    assert!(missed.is_empty(), "of {total} calls: {missed:#?}");
    let jwt = counts["caller jwt"] + counts["caller bad jwt"];
    assert!(jwt * 10 < total * 3, "{jwt} of {total} callers bear tokens");
    assert_eq!(counts.get("NotPrincipal Allow"), None);
    assert_eq!(counts.get("version 2008-10-17 identity"), None);
}

/// What `tell` says of the statements in the worlds of some calls, and for how many of the calls.
fn told(
    worlds: u64,
    tell: impl Fn(&CallCase, &Value, &mut dyn FnMut(String)),
) -> BTreeMap<String, usize> {
    let mut told = BTreeMap::new();
    for case in (0..worlds).flat_map(|index| drawn(5, index)) {
        let mut seen = BTreeSet::new();
        for (_, policy) in case.world.policies() {
            let document: Value = serde_json::from_str(policy.as_str()).expect("valid JSON");
            for statement in statements(&document) {
                tell(&case, &statement, &mut |what| {
                    seen.insert(what);
                });
            }
        }
        for what in seen {
            *told.entry(what).or_default() += 1;
        }
    }
    told
}

/// Operator, key and values of the only test of a statement.
fn only_test(statement: &Value) -> Option<(String, String, Vec<String>)> {
    let blocks = statement["Condition"].as_object()?;
    let mut tests = blocks.iter().flat_map(|(operator, block)| {
        let keys = block.as_object().into_iter().flatten();
        keys.map(move |(key, values)| {
            let values = strings(values).into_iter().map(str::to_owned);
            (operator.clone(), key.to_ascii_lowercase(), values.collect())
        })
    });
    let first = tests.next()?;
    tests.next().is_none().then_some(first)
}

fn form(operator: &str) -> &'static str {
    match operator.contains("Not") {
        true => "negated",
        false => "positive",
    }
}

fn expect_each(told: &BTreeMap<String, usize>, expected: &[(&str, usize)]) {
    let missed: Vec<_> = expected
        .iter()
        .filter(|(what, least)| told.get(*what).copied().unwrap_or(0) < *least)
        .collect();
    assert!(missed.is_empty(), "{missed:#?} of {told:#?}");
}

#[test]
fn some_statements_about_passing_a_role_turn_on_the_service_alone() {
    let told = told(9_000, |case, statement, say| {
        let passes = matches!(&case.call.request, Request::Control(r) if r.role.is_some());
        let names = strings(&statement["Action"]).contains(&"iam:PassRole");
        let Some((operator, key, values)) = only_test(statement) else {
            return;
        };
        if passes && names && key == "iam:passedtoservice" {
            let own = values
                .iter()
                .any(|v| v == "bedrock-agentcore.amazonaws.com");
            let effect = statement["Effect"].as_str().unwrap_or_default();
            let service = if own { "own" } else { "other" };
            say(format!("{effect} {} {service}", form(&operator)));
        }
    });
    expect_each(
        &told,
        &[
            ("Allow positive own", 20),
            ("Allow positive other", 10),
            ("Allow negated own", 1),
            ("Allow negated other", 10),
            ("Deny positive own", 3),
            ("Deny negated own", 1),
            ("Deny negated other", 2),
        ],
    );
}

#[test]
fn some_statements_turn_on_one_claim_of_the_token_inside_a_request() {
    let told = told(9_000, |case, statement, say| {
        let claims = matches!(&case.call.request, Request::Identity(r) if r.claims.is_some());
        let Some((operator, key, _)) = only_test(statement) else {
            return;
        };
        if let (true, Some(claim)) = (
            claims,
            key.strip_prefix("bedrock-agentcore:inboundjwtclaim/"),
        ) {
            let effect = statement["Effect"].as_str().unwrap_or_default();
            say(format!("{effect} {} {claim}", form(&operator)));
        }
    });
    for claim in ["iss", "sub", "client_id", "aud", "scope"] {
        let allow = (format!("Allow positive {claim}"), 8);
        let deny = (format!("Deny positive {claim}"), 1);
        let not = (format!("Allow negated {claim}"), 4);
        for (what, least) in [allow, deny, not] {
            expect_each(&told, &[(&what, least)]);
        }
    }
}

#[test]
fn some_statements_about_creations_name_what_is_made_where_everything_is_asked_for() {
    let words = [
        ("CreateAgentRuntime", ":runtime/"),
        ("CreateGateway", ":gateway/"),
        ("CreateMemory", ":memory/"),
        ("CreateHarness", ":harness/"),
        ("CreateBrowser", ":browser-custom/"),
        ("CreateCodeInterpreter", ":code-interpreter-custom/"),
    ];
    let told = told(3_000, |case, statement, say| {
        let operation = case.call.request.operation();
        let action = format!("bedrock-agentcore:{operation}");
        let Some((_, word)) = words.iter().find(|(name, _)| *name == operation) else {
            return;
        };
        if !strings(&statement["Action"]).contains(&action.as_str()) {
            return;
        }
        let effect = statement["Effect"].as_str().unwrap_or_default();
        for element in ["Resource", "NotResource"] {
            let named = strings(&statement[element]);
            if named.iter().any(|arn| arn.contains(word)) {
                say(format!("{effect} {element}"));
                say(format!("about {operation}"));
            }
        }
    });
    expect_each(
        &told,
        &[
            ("Allow Resource", 10),
            ("Deny Resource", 8),
            ("Allow NotResource", 12),
            ("Deny NotResource", 4),
        ],
    );
    for (operation, _) in words {
        expect_each(&told, &[(&format!("about {operation}"), 3)]);
    }
}

#[test]
fn some_statements_test_one_key_of_namespaces_where_the_request_carries_the_other() {
    let told = told(3_000, |case, statement, say| {
        let Request::Memory(request) = &case.call.request else {
            return;
        };
        let (namespace, path) = (&request.namespace, &request.namespace_path);
        let tests = statement["Condition"].as_object();
        for block in tests.into_iter().flat_map(|tests| tests.values()) {
            for (key, values) in block.as_object().into_iter().flatten() {
                let key = key.to_ascii_lowercase();
                let (own, other) = match key.strip_prefix("bedrock-agentcore:") {
                    Some("namespace") => (namespace, path),
                    Some("namespacepath") => (path, namespace),
                    _ => continue,
                };
                let named = |text: &String| strings(values).contains(&text.as_str());
                if own.is_none() && other.as_ref().is_some_and(named) {
                    say(format!("{key} with the other's value"));
                }
            }
        }
    });
    expect_each(
        &told,
        &[
            ("bedrock-agentcore:namespace with the other's value", 8),
            ("bedrock-agentcore:namespacepath with the other's value", 40),
        ],
    );
}
