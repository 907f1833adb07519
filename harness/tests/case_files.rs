//! Stored documents and calls: written, read back, refused when malformed.

use veriam::case_file::{Origin, Signature, StoredCase};
use veriam_generators::generated_group;
use veriam_model::{
    CallCase, Case, Dialect, DocumentCase, PolicyText, PolicyType, Profile, RuleId,
};
use veriam_reports::{Kind, OutcomeKind};

const EXAMPLE: &str = include_str!("../../docs/examples/outside-the-vpc.json");

fn stored(case: Case) -> StoredCase {
    StoredCase {
        signature: Signature {
            target: "evaluator".to_owned(),
            law: None,
            expected: Kind::Call(OutcomeKind::Allowed),
            observed: Kind::Refused(RuleId::iam(59)),
            rules: vec![RuleId::agentcore(72)],
        },
        origin: Origin {
            part: "generated".to_owned(),
            seed: Some(7),
            profile: Some(Profile::Default),
            index: 42,
            id: None,
            generator_version: 2,
            veriam: "0.1.0".to_owned(),
            without: Vec::new(),
        },
        dialect: Dialect::default().with_setting("AC-093=literal").unwrap(),
        documented: None,
        case,
    }
}

fn example() -> CallCase {
    serde_json::from_str(EXAMPLE).unwrap()
}

#[test]
fn every_kind_of_case_reads_back_as_it_was() {
    let generated = (0..200).flat_map(|group| generated_group(3, group));
    let odd = ["", "{\"a\":1,\"a\":2}", "{\n}", "\u{feff}{}", "no JSON"];
    let documents = odd.map(|text| {
        Case::Document(DocumentCase {
            policy_type: PolicyType::Scp,
            text: PolicyText::new(text),
        })
    });
    let call = Case::Call(Box::new(example()));
    for case in generated.chain(documents).chain([call]) {
        let case = stored(match case {
            // A check is stored without its name.
            Case::Check(mut check) => {
                check.id = None;
                Case::Check(check)
            }
            other => other,
        });
        let text = case.to_json();
        let read = StoredCase::from_json(text.as_bytes()).unwrap_or_else(|e| panic!("{e}: {text}"));
        assert_eq!(read, case);
        assert_eq!(read.to_json(), text);
        assert_eq!(read.file_name(), case.file_name());
    }
}

#[test]
fn policies_of_a_world_are_set_as_objects() {
    let text = stored(Case::Call(Box::new(example()))).to_json();
    // Those of the example are set over several lines already, which is kept byte for byte.
    assert!(
        text.contains("\"Sid\": \"DenyAnyCompanyOutsideVpc\""),
        "{text}"
    );
    assert!(!text.contains("\\\"Sid\\\""), "{text}");
}

#[test]
fn a_malformed_case_is_refused_with_its_place() {
    let good = stored(Case::Call(Box::new(example()))).to_json();
    let document = DocumentCase {
        policy_type: PolicyType::Resource,
        text: PolicyText::new("{}"),
    };
    let document = stored(Case::Document(document)).to_json();
    let swap = |text: &str, from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    };
    let rows = [
        ("no call", swap(&good, "\"call\": {", "\"world\": {")),
        (
            "unknown member of the world",
            swap(&good, "\"region\"", "\"regoin\""),
        ),
        (
            "unknown member of the call",
            swap(&good, "\"runtime\": \"s", "\"runtmie\": \"s"),
        ),
        (
            "unknown operation",
            swap(&good, "\"InvokeAgentRuntime\"", "\"Invoke\""),
        ),
        ("unknown way", swap(&good, "\"internet\"", "\"intranet\"")),
        (
            "a policy that is a number",
            swap(&good, "\"policies\": [", "\"policies\": [7,"),
        ),
        (
            "a time before 1970",
            swap(&good, "\"at\": 1767225600", "\"at\": -1"),
        ),
        (
            "unknown policy type",
            swap(&document, "\"resource\"", "\"bucket\""),
        ),
        (
            "a document without text",
            swap(&document, "\"text\"", "\"txet\""),
        ),
        (
            "a document and a call",
            swap(
                &good,
                "\"world\": {",
                "\"document\": {\"type\": \"scp\", \"text\": \"\"}, \"world\": {",
            ),
        ),
    ];
    let mut told = String::new();
    for (what, text) in rows {
        let error = StoredCase::from_json(text.as_bytes()).expect_err(what);
        told.push_str(&format!("{what}: {error}\n"));
    }
    insta::assert_snapshot!(told);
}
