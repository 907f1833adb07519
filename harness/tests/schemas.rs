//! JSON Schemas: those in `docs/schemas` are those of the types, and what the program writes and reads fits them.

use std::path::Path;
use std::sync::Mutex;

use serde_json::Value;
use veriam::case_file::{Origin, Signature, StoredCase};
use veriam::labels::quotas::Quotas;
use veriam::run::{Course, Part, Plan, Rows, run_units, start};
use veriam::schemas::SchemaName;
use veriam::target::Evaluator;
use veriam_generators::generated_group;
use veriam_model::{Case, Dialect, Outcome, Profile};
use veriam_oracle::judge_call;
use veriam_reports::{Kind, OutcomeKind, Record, Shard, from_lines, to_lines};

fn validator(name: SchemaName) -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(&name.text()).unwrap();
    jsonschema::draft202012::new(&schema).unwrap_or_else(|e| panic!("{}: {e}", name.name()))
}

fn fits(validator: &jsonschema::Validator, text: &str) {
    let value: Value = serde_json::from_str(text).unwrap();
    if let Err(error) = validator.validate(&value) {
        panic!("{error} at {}: {text}", error.instance_path());
    }
}

#[test]
fn the_files_are_those_of_the_types() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/schemas");
    for name in SchemaName::ALL {
        let path = folder.join(format!("{}.schema.json", name.name()));
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(
            text,
            name.text(),
            "write {} again: veriam schema {}",
            path.display(),
            name.name()
        );
    }
}

#[test]
fn calls_outcomes_and_cases_fit_their_schemas() {
    let call = validator(SchemaName::Call);
    let outcome = validator(SchemaName::Outcome);
    let stored = validator(SchemaName::Case);
    fits(
        &call,
        include_str!("../../docs/examples/outside-the-vpc.json"),
    );
    let mut calls = 0;
    for case in (0..150).flat_map(|group| generated_group(5, group)) {
        if let Case::Call(case) = &case {
            calls += 1;
            fits(&call, &serde_json::to_string(case).unwrap());
            let judged = judge_call(&case.world, &case.call, &Dialect::default()).unwrap();
            let text = serde_json::to_string(&judged.outcome).unwrap();
            fits(&outcome, &text);
            assert_eq!(
                serde_json::from_str::<Outcome>(&text).unwrap(),
                judged.outcome
            );
        }
        let case = StoredCase {
            signature: Signature {
                target: "evaluator".to_owned(),
                law: None,
                expected: Kind::Accepted,
                observed: Kind::Call(OutcomeKind::Allowed),
                rules: Vec::new(),
            },
            origin: Origin {
                part: "generated".to_owned(),
                seed: None,
                profile: None,
                index: 0,
                id: None,
                generator_version: 2,
                veriam: "0.1.0".to_owned(),
                without: Vec::new(),
            },
            dialect: Dialect::default(),
            documented: None,
            case,
        };
        fits(&stored, &case.to_json());
    }
    assert!(calls > 100);
}

#[test]
fn a_call_that_the_reader_refuses_does_not_fit() {
    let call = validator(SchemaName::Call);
    let example = include_str!("../../docs/examples/outside-the-vpc.json");
    for (from, to) in [
        ("\"region\"", "\"regoin\""),
        ("\"internet\"", "\"intranet\""),
        ("\"InvokeAgentRuntime\",", "\"Invoke\","),
        ("\"at\": 1767225600", "\"at\": -1"),
        ("\"issued\"", "\"isued\""),
    ] {
        assert!(example.contains(from), "{from}");
        let value: Value = serde_json::from_str(&example.replace(from, to)).unwrap();
        assert!(!call.is_valid(&value), "{to}");
    }
}

#[test]
fn the_records_of_a_run_fit_and_read_back() {
    let record = validator(SchemaName::Record);
    let plan = Plan {
        parts: vec![Part::Generated],
        cases: 400,
        seed: 1,
        profile: Profile::Default,
        quotas: Quotas::embedded().unwrap(),
        jobs: 1,
        without: veriam_model::PolicyTypes::new(),
        stop_at_first: false,
    };
    let target = Evaluator::default();
    let rows = Rows::embedded().unwrap();
    let begun = start(&plan, plan.planned(&rows), Shard::WHOLE, &target);
    let records = Mutex::new(vec![Record::Start(begun)]);
    let course = Course {
        shard: Shard::WHOLE,
        done: None,
        stop: &|| None,
        finished: &|unit| records.lock().unwrap().push(Record::Unit(unit.clone())),
        progress: &|_| {},
    };
    run_units(&plan, &rows, &target, &course).unwrap();
    let records = records.into_inner().unwrap();
    assert_eq!(records.len(), 3);
    let text = to_lines(&records);
    text.lines().for_each(|line| fits(&record, line));
    assert_eq!(from_lines(text.as_bytes()).unwrap().records, records);
    let other = text.replacen("veriam.record/1", "veriam.record/2", 1);
    let error = from_lines(other.as_bytes()).unwrap_err();
    assert!(error.to_string().starts_with("1: schema"), "{error}");
}

#[test]
fn lines_of_the_protocol_fit_their_schemas() {
    use veriam::decide::Judge;
    use veriam::protocol::{hello, id_of, reply, request, serve};

    let dialect = Dialect::default();
    fits(
        &validator(SchemaName::ProtocolHello),
        &hello(Judge::Evaluator, &dialect),
    );
    let (requests, answers) = (
        validator(SchemaName::ProtocolRequest),
        validator(SchemaName::ProtocolAnswer),
    );
    for case in (0..100).flat_map(|group| generated_group(9, group)) {
        let line = request("7", &case);
        fits(&requests, &line);
        let answer = serve(line.as_bytes(), Judge::Oracle, &dialect).unwrap();
        fits(&answers, &answer);
        let (id, text) = id_of(answer.as_bytes()).unwrap();
        assert_eq!(id, "7");
        let expected = veriam::compare::oracle_reply(&case, &dialect);
        assert!(veriam::compare::agree(&expected, &reply(text, &case)));
    }
    for wrong in [
        r#"{"decision":"allow"}"#,
        r#"{"id":"1","decision":"maybe"}"#,
        r#"{"id":"1","verdict":"allow"}"#,
    ] {
        let value: Value = serde_json::from_str(wrong).unwrap();
        assert!(!answers.is_valid(&value), "{wrong}");
    }
}
