//! `veriam explain` of a put: somebody who reads it sees the outcome, the piece at fault, the rules and what it turns on.

mod support;

use serde_json::Value;
use support::veriam_in;
use veriam::case_file::StoredCase;
use veriam_model::{Case, Dialect, PolicyText, Put};

const GATEWAY: &str = "arn:aws:bedrock-agentcore:us-west-2:111122223333:gateway/tools-abcdef0123";

/// A policy over several lines, with a statement's members apart from those that every one has.
fn policy(action: &str, resource: &str) -> String {
    format!(
        r#"{{
  "Version": "2012-10-17",
  "Statement": [
    {{
      "Sid": "Partners",
      "Effect": "Allow",
      "Principal": {{ "AWS": "arn:aws:iam::444455556666:role/Caller" }},
      "Action": "{action}",
      "Resource": "{resource}"
    }}
  ]
}}"#
    )
}

fn put(policy: &str) -> Put {
    Put {
        resource: GATEWAY.to_owned(),
        policy: PolicyText::new(policy),
        account: "111122223333".to_owned(),
        region: "us-west-2".to_owned(),
        exists: true,
        principals: vec!["arn:aws:iam::444455556666:role/Caller".to_owned()],
    }
}

/// The put as a stored divergence of a target that says the contrary.
fn stored(put: Put, expected: &str, observed: &str) -> String {
    let tail = format!(
        r#""signature":{{"target":"exec:other","expected":"{expected}","observed":"{observed}","rules":[]}},
           "origin":{{"part":"generated","seed":7,"profile":"default","index":1,"generator_version":1,"veriam":"0.1.0"}},
           "dialect":[]"#
    );
    let text = format!(
        r#"{{"schema":"veriam.case/1",{tail},"put":{}}}"#,
        put.to_json()
    );
    let case = StoredCase::from_json(text.as_bytes()).unwrap();
    assert!(matches!(case.case, Case::Put(_)));
    case.to_json()
}

fn explained(args: &[&str], input: &str) -> String {
    let args = [&["explain"], args].concat();
    let finished = veriam_in(&std::env::temp_dir(), &args, input.as_bytes());
    assert_eq!((finished.code, finished.err.as_str()), (0, ""));
    finished.out
}

fn told(args: &[&str], input: &str) -> Value {
    let args = [args, &["--format", "json"]].concat();
    serde_json::from_str(&explained(&args, input)).unwrap()
}

/// Only what stands above the list of rules, which is the registry's text.
fn without_rules(text: &str) -> &str {
    text.split("rules cited\n").next().unwrap_or_default()
}

#[test]
fn a_stored_policy_is_told_with_the_rule_of_every_step() {
    let put = put(&policy("bedrock-agentcore:InvokeGateway", GATEWAY));
    let case = stored(put, "put stored", "put refused ValidationException");
    let text = explained(&[], &case);
    assert!(text.starts_with("stored\n"), "{text}");
    assert!(!text.contains("at fault"), "{text}");
    insta::assert_snapshot!(without_rules(&text));
}

#[test]
fn a_refusal_marks_the_piece_of_the_policy_and_names_what_else_is_at_fault() {
    let text = policy("bedrock-agentcore:InvokeGateway", "*").replacen(
        "arn:aws:iam::444455556666:role/Caller",
        "arn:aws:iam::4444:role/Caller",
        1,
    );
    let case = stored(
        put(&text),
        "put refused ValidationException AC-149",
        "put stored",
    );
    let text = explained(&[], &case);
    insta::assert_snapshot!(without_rules(&text));
    let told = told(&[], &case);
    assert_eq!(told["schema"], "veriam.put-explanation/1");
    assert_eq!(told["outcome"]["refused"]["rule"], "AC-149");
    assert_eq!(told["place"]["member"], "policy");
    assert_eq!(told["place"]["line"], 7);
    assert_eq!(told["place"]["column"], 29);
    assert_eq!(told["place"]["text"], "\"arn:aws:iam::4444:role/Caller\"");
    let faults = told["faults"].as_array().unwrap();
    assert_eq!(faults.len(), 2);
    assert_eq!(faults[0], told["outcome"]["refused"]);
    assert_eq!(faults[1]["rule"], "AC-143");
    assert_eq!(told["undetermined"], false);
    assert_eq!(told["turns_on"], serde_json::json!([]));
    let evaluator = told["evaluator"].as_str().unwrap();
    assert!(text.starts_with(&format!("{}\n", evaluator.trim_start_matches("put "))));
}

#[test]
fn an_open_point_is_told_with_the_outcome_of_each_reading() {
    let put = put(&policy("bedrock-agentcore:InvokeAgentRuntime", GATEWAY));
    let line = put.to_json();
    let text = explained(&[], &line);
    assert!(text.contains("The outcome turns on them"), "{text}");
    assert!(text.contains("AC-150=any: stored"), "{text}");
    insta::assert_snapshot!(without_rules(&text));
    let told = told(&[], &line);
    assert_eq!(told["undetermined"], true);
    assert_eq!(told["turns_on"], serde_json::json!(["AC-150"]));
    assert_eq!(told["readings"].as_array().unwrap().len(), 3);
    assert_eq!(told["choices"][0]["reading"], "type");
    let other = explained(&["--dialect", "AC-150=any"], &line);
    assert!(other.starts_with("stored\n"), "{other}");
    assert!(!other.contains("The outcome turns on"), "{other}");
}

#[test]
fn replay_says_that_a_put_can_be_explained_and_a_document_cannot() {
    let folder = tempfile::tempdir().unwrap();
    let put = stored(
        put(&policy("bedrock-agentcore:InvokeGateway", GATEWAY)),
        "put stored",
        "put refused ValidationException",
    );
    let put = put.replace("exec:other", "evaluator");
    let (before, _) = put.split_once("\"put\":").unwrap();
    let document = format!(r#"{before}"document":{{"type":"resource","text":"{{}}"}}}}"#);
    for (case, is_told) in [(put, true), (document, false)] {
        std::fs::write(folder.path().join("case.json"), &case).unwrap();
        let replayed = veriam_in(folder.path(), &["replay", "case.json"], b"");
        assert!(replayed.out.contains("agrees now"), "{}", replayed.err);
        let hint = "`veriam explain case.json` tells why";
        assert_eq!(replayed.out.contains(hint), is_told, "{}", replayed.out);
        let explained = veriam_in(folder.path(), &["explain", "case.json"], b"");
        assert_eq!(explained.code == 0, is_told, "{}", explained.err);
    }
}

/// `docs/put.md` promises it.
#[test]
fn the_example_is_explained() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../docs/examples/partner-memory.json"
    );
    let told = told(&[path], "");
    assert_eq!(told["outcome"]["refused"]["rule"], "AC-148");
    assert_eq!(told["turns_on"], serde_json::json!(["AC-148"]));
    assert_eq!(told["place"]["line"], 9);
    assert!(
        told["place"]["text"]
            .as_str()
            .unwrap()
            .ends_with("memory/*\"")
    );
}

#[test]
fn an_arn_that_is_refused_is_marked_itself() {
    let mut put = put(&policy("bedrock-agentcore:InvokeGateway", GATEWAY));
    put.resource = GATEWAY.replace("us-west-2", "us-east-1");
    let text = explained(&[], &put.to_json());
    assert!(
        text.starts_with("refused with ResourceNotFoundException: AC-157 at resourceArn\n"),
        "{text}"
    );
    insta::assert_snapshot!(without_rules(&text));
}

#[test]
fn what_lint_knows_of_the_piece_is_told_with_it() {
    for (action, resource, remedy) in [
        ("bedrock-agentcore:InvokeGateway", "*", Some(GATEWAY)),
        ("bedrock-agentcore:InvokeAgentRuntime", GATEWAY, Some("")),
        ("s3:GetObject", GATEWAY, None),
    ] {
        let line = put(&policy(action, resource)).to_json();
        let told = told(&[], &line)["place"]["remedy"].clone();
        assert_eq!(told.is_null(), remedy.is_none(), "{action}: {told}");
        let text = explained(&[], &line);
        let found = told.as_str().unwrap_or_default();
        assert!(found.contains(remedy.unwrap_or_default()), "{told}");
        assert_eq!(text.contains(&format!("= {found}")), remedy.is_some());
    }
}

#[test]
fn a_long_line_is_cut_around_the_piece() {
    let flat = policy("bedrock-agentcore:InvokeGateway", "*").replace(['\n', ' '], "");
    let statement = flat.split_once('[').unwrap().1.split_once(']').unwrap().0;
    let good = statement.replace("\"Resource\":\"*\"", &format!("\"Resource\":\"{GATEWAY}\""));
    let good = good.replace("Partners", "Others");
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":[{good},{statement}],"Id":"{}"}}"#,
        "x".repeat(300)
    );
    let text = explained(&[], &put(&text).to_json());
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().position(|line| line.ends_with('^')).unwrap();
    let column = lines[at].find('^').unwrap();
    let source: String = lines[at - 1].chars().skip(column).collect();
    assert!(source.starts_with("\"*\"}],\"Id\":\"xxx"), "{text}");
    assert!(lines[at - 1].contains('…') && lines[at - 1].ends_with('…'));
    assert!(lines[at - 1].chars().count() < 110, "{text}");
}

#[test]
fn a_put_is_picked_from_lines_as_checks_are() {
    let good = put(&policy("bedrock-agentcore:InvokeGateway", GATEWAY)).to_json();
    let bad = good.replacen("\"region\"", "\"zone\"", 1);
    let lines = format!("{good}\n\n{bad}\n");
    assert!(explained(&["--line", "1"], &lines).starts_with("stored\n"));
    let args = ["explain", "--line", "3"];
    let finished = veriam_in(&std::env::temp_dir(), &args, lines.as_bytes());
    assert_eq!(finished.code, 2);
    assert!(finished.err.contains("<stdin>:3:"), "{}", finished.err);
}

#[test]
fn what_is_no_put_is_refused_with_its_place_or_member() {
    let good = put(&policy("bedrock-agentcore:InvokeGateway", GATEWAY)).to_json();
    for (from, to, told) in [
        ("\"region\"", "\"zone\"", "<stdin>:1:"),
        (
            "\"region\"",
            "\"zone\"",
            ": not a put: unknown field `zone`",
        ),
        ("\"us-west-2\"", "\"\"", "`region`"),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good);
        let finished = veriam_in(&std::env::temp_dir(), &["explain"], bad.as_bytes());
        assert_eq!((finished.code, finished.out.as_str()), (2, ""), "{told}");
        assert!(finished.err.contains(told), "{told}: {}", finished.err);
    }
}

/// Every put that the rows speak of is told without end or panic, with the outcome that the judge gives.
#[test]
fn every_row_is_explained() {
    for row in include_str!("../../oracle/tests/rows/puts.jsonl").lines() {
        let row: Value = serde_json::from_str(row).unwrap();
        let put: Put = serde_json::from_value(row["put"].clone()).unwrap();
        let subject = veriam::explain::PutSubject {
            put,
            dialect: Dialect::default(),
            documented: None,
            signature: None,
        };
        let explanation = veriam::explain::PutExplanation::new(subject).unwrap();
        let told: Value = serde_json::from_str(&explanation.to_json()).unwrap();
        let id = &row["id"];
        assert_eq!(told["outcome"], row["expected"], "{id}");
        assert_eq!(told["turns_on"], row["open"], "{id}");
        let refused = row["expected"] != "stored";
        assert_eq!(told["place"].is_object(), refused, "{id}");
        let text = explanation.to_text();
        assert!(text.contains("so replies the evaluator"), "{id}: {text}");
        assert_eq!(text.contains("^"), refused, "{id}: {text}");
    }
}
