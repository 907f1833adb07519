//! `veriam explain`: somebody who reads it sees which statement decided and what to change.

mod support;

use support::{ALLOW, Finished, check, veriam_in};
use veriam_model::{Check, PolicyText, Principal, Resource};

const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/sources.jsonl");

fn explain(args: &[&str], input: &str) -> Finished {
    let args = [&["explain"], args].concat();
    veriam_in(&std::env::temp_dir(), &args, input.as_bytes())
}

fn explained(args: &[&str], input: &str) -> String {
    let finished = explain(args, input);
    assert_eq!((finished.code, finished.err.as_str()), (0, ""));
    finished.out
}

/// Only what stands above the list of rules, which is the registry's text.
fn without_rules(text: &str) -> &str {
    text.split("rules cited\n").next().unwrap_or_default()
}

#[test]
fn the_deny_outside_the_vpc_is_named_with_the_key_that_is_missing() {
    let text = explained(&[SOURCES, "--id", "D000-application-internet-runtime"], "");
    let first = text.lines().next().unwrap();
    assert!(first.contains("explicit deny"), "{first}");
    assert!(first.contains("DenyAnyCompanyOutsideVpc"), "{first}");
    assert!(first.contains("resource-based policy"), "{first}");
    insta::assert_snapshot!(without_rules(&text));
}

/// The same call as facts: a role of AnyCompany, from the internet, where only its VPC is let in.
#[test]
fn a_call_from_outside_the_vpc_names_statement_operator_key_and_what_is_missing() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../docs/examples/outside-the-vpc.json"
    );
    let text = explained(&[path], "");
    assert!(text.starts_with("denied explicitly by resource-based policy\n"));
    for told in [
        "Deny `DenyAnyCompanyOutsideVpc`",
        "StringNotEquals aws:SourceVpc",
        "wanted vpc-0health1234",
        "found  (absent)",
        "it exists only for requests through a VPC endpoint",
        "change one of it and the outcome is: allow",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
    insta::assert_snapshot!(without_rules(&text));
    let json = explained(&[path, "--format", "json"], "");
    let told: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(told["schema"], "veriam.call-explanation/1");
    assert_eq!(told["outcome"]["denied"]["by"][0], "resource");
    assert_eq!(told["checks"].as_array().unwrap().len(), 2);
}

#[test]
fn a_call_of_a_scenario_is_named_by_its_number() {
    const SCENARIO: &str = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../scenarios/000-multi-tenant/two-tenants.yaml"
    );
    let text = explained(&[&format!("{SCENARIO}#1")], "");
    assert!(text.contains("call      InvokeAgentRuntime\n"), "{text}");
    for (number, told) in [
        ("#0", "give a number from 1 to"),
        ("#999", "there is no call 999"),
        ("#one", "`#one` names no call; give its number, from 1"),
        ("", "name one by its number, for example"),
    ] {
        let finished = explain(&[&format!("{SCENARIO}{number}")], "");
        assert_eq!(finished.code, 2);
        assert!(finished.err.contains(told), "{}", finished.err);
    }
}

#[test]
fn a_malformed_call_is_refused_with_its_place_or_member() {
    let example = include_str!("../../docs/examples/outside-the-vpc.json");
    for (from, to, told) in [
        (
            "\"region\"",
            "\"regoin\"",
            "<stdin>:3:12: not a call in its world: unknown field `regoin`",
        ),
        (
            "\"role\": \"A",
            "\"role\": \"B",
            "`call.caller.session.role` is",
        ),
        (
            "\"address\": \"2",
            "\"address\": \"9992",
            "write an IPv4 or IPv6 address",
        ),
    ] {
        assert!(example.contains(from), "{from}");
        let finished = explain(&[], &example.replacen(from, to, 1));
        assert_eq!(finished.code, 2);
        assert!(finished.err.contains(told), "{}", finished.err);
    }
}

#[test]
fn a_missing_allow_on_the_callers_side_is_told() {
    let id = "D000-application-health-vpc-no-identity-policy-runtime";
    let text = explained(&[SOURCES, "--id", id], "");
    assert!(text.starts_with("implicit deny"), "{text}");
    insta::assert_snapshot!(without_rules(&text));
}

#[test]
fn the_one_element_that_fails_is_shown_with_what_it_wants_and_finds() {
    let policy = r#"{"Version":"2012-10-17","Statement":[
        {"Sid":"ReadReports","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::amzn-s3-demo-bucket/reports/*"},
        {"Sid":"WriteAll","Effect":"Allow","Action":"s3:PutObject","Resource":"*"}]}"#;
    let text = explained(&[], &check(&[policy]).to_json());
    let (_, nearest) = text.split_once("what would change it\n").unwrap();
    assert!(
        nearest.trim_start().starts_with("Allow `ReadReports`"),
        "{nearest}"
    );
    insta::assert_snapshot!(without_rules(&text));
}

#[test]
fn an_allow_names_the_statements_it_rests_on() {
    let text = explained(&[], &check(&[ALLOW]).to_json());
    assert!(text.starts_with("allow"), "{text}");
    insta::assert_snapshot!(without_rules(&text));
}

#[test]
fn two_denies_are_both_told() {
    let policies = [
        r#"{"Version":"2012-10-17","Statement":{"Sid":"One","Effect":"Deny","Action":"*","Resource":"*"}}"#,
        r#"{"Version":"2012-10-17","Statement":{"Sid":"Two","Effect":"Deny","Action":"s3:*","Resource":"*"}}"#,
    ];
    let text = explained(&[], &check(&policies).to_json());
    let first = text.lines().next().unwrap();
    assert!(
        first.contains("`One`") && first.ends_with(", and one more Deny"),
        "{first}"
    );
    assert!(
        text.contains("Deny `Two` of the identity-based policy (identity_policies[1]) applies\n"),
        "{text}"
    );
}

#[test]
fn an_invalid_policy_is_named_with_its_place() {
    let text = explained(&[], &check(&[ALLOW, "{\"Statement\":[]}"]).to_json());
    let first = text.lines().next().unwrap();
    assert!(
        first.contains("invalid policy: identity_policies[1] breaks IAM-008 at byte 13"),
        "{first}"
    );
}

/// A JWT caller and a resource policy that does not allow: AWS's documentation does not say.
fn open_check() -> Check {
    let runtime = "arn:aws:bedrock-agentcore:us-west-2:555555555555:runtime/support-agent-runtime";
    let principal = Principal {
        arn: "jwt".to_owned(),
        account: None,
    };
    let resource = Resource {
        arn: runtime.to_owned(),
        account: "555555555555".to_owned(),
    };
    let mut check = Check::new(principal, "bedrock-agentcore:InvokeAgentRuntime", resource);
    let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"bedrock-agentcore:StopRuntimeSession","Resource":"*"}}"#;
    check.resource_policy = Some(PolicyText::new(policy));
    check
}

#[test]
fn an_open_point_is_told_with_the_outcome_of_each_reading() {
    let line = open_check().to_json();
    let text = explained(&[], &line);
    assert!(text.contains("The outcome turns on them"), "{text}");
    assert!(text.contains("AC-122=allowed: allow"), "{text}");
    insta::assert_snapshot!(without_rules(&text));
    let other = explained(&["--dialect", "AC-122=allowed"], &line);
    assert!(other.starts_with("allow"), "{other}");
}

#[test]
fn the_json_form_holds_the_same_facts() {
    let args = [
        SOURCES,
        "--id",
        "D000-application-internet-runtime",
        "--format",
        "json",
    ];
    let told: serde_json::Value = serde_json::from_str(&explained(&args, "")).unwrap();
    assert_eq!(told["schema"], "veriam.explanation/1");
    assert_eq!(told["decision"], "explicit_deny");
    assert_eq!(told["documented"], "explicit_deny");
    assert_eq!(told["evaluator"], "explicit_deny");
    assert_eq!(told["caller"], "role session");
    assert_eq!(told["same_account"], false);
    let decider = &told["deciders"][0];
    assert_eq!(decider["policy"], "resource_policy");
    assert_eq!(decider["sid"], "DenyAnyCompanyOutsideVpc");
    let elements = told["policies"][1]["statements"][2]["elements"]
        .as_array()
        .unwrap();
    let condition = elements
        .iter()
        .find(|e| e["element"] == "Condition")
        .unwrap();
    assert_eq!(condition["operator"], "StringNotEquals");
    assert_eq!(condition["key"], "aws:SourceVpc");
    assert_eq!(condition["key_state"], "absent");
    assert_eq!(condition["holds"], true);
    let open: serde_json::Value =
        serde_json::from_str(&explained(&["--format", "json"], &open_check().to_json())).unwrap();
    assert_eq!(open["undetermined"], true);
    assert_eq!(open["choices"][0]["id"], "AC-122");
}

#[test]
fn what_cannot_be_explained_is_refused_with_its_place() {
    let good = check(&[ALLOW]).to_json();
    let two = format!("{good}\n{good}\n");
    for (input, args, expected) in [
        ("", &[][..], "no check is given"),
        (two.as_str(), &[], "2 checks are given; pick one"),
        (two.as_str(), &["--line", "3"], "line 3 holds no check"),
        (two.as_str(), &["--id", "x"], "no check has the id `x`"),
        ("{\"action\":1}", &[], "<stdin>:1:"),
        (
            &good.replace("s3:GetObject", "GetObject"),
            &[],
            "malformed request",
        ),
    ] {
        let finished = explain(args, input);
        assert_eq!(
            (finished.code, finished.out.as_str()),
            (2, ""),
            "{expected}"
        );
        assert!(
            finished.err.contains(expected),
            "{expected}: {}",
            finished.err
        );
    }
}

#[test]
fn a_call_of_each_family_is_told_with_its_checks_and_what_is_missing() {
    let calls = [
        (
            "003-endpoint-policies/gateway",
            "asks the endpoint policy even where nothing is authorized",
        ),
        (
            "004-permissions-boundary/memory",
            "stops CreateEvent where the control plane alone is allowed",
        ),
        (
            "002-harness/callers",
            "keeps out who may invoke the harness alone",
        ),
        (
            "003-endpoint-policies/tools",
            "stops the start of a session, for one action is allowed",
        ),
        (
            "002-harness/execution-role",
            "refuses an API key by its block as printed, which names neither identity nor directory",
        ),
        (
            "004-permissions-boundary/roles",
            "does not let CI hand the execution role to AgentCore",
        ),
        (
            "004-permissions-boundary/evaluations",
            "keeps the service out for a runtime",
        ),
        (
            "004-permissions-boundary/keys",
            "keeps topics of other projects out",
        ),
        (
            "003-endpoint-policies/identity",
            "does not answer for an identity that a service manages",
        ),
    ];
    let scenarios = veriam::scenario::embedded::scenarios().unwrap();
    for (file, it) in calls {
        let path = format!("scenarios/{file}.yaml");
        let scenario = scenarios.iter().find(|s| s.file == path).unwrap();
        let index = scenario.calls.iter().position(|call| call.it == it);
        let number = index.unwrap_or_else(|| panic!("{path} has no {it}")) + 1;
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../").to_owned() + &path;
        let text = explained(&[&format!("{file}#{number}")], "");
        let name = path.trim_end_matches(".yaml").rsplit('/').next();
        insta::assert_snapshot!(name.unwrap_or_default(), without_rules(&text));
    }
}
