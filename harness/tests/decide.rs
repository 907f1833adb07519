//! `veriam decide`: one answer a line, whatever the lines are.

mod support;

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use support::{ALLOW, DENY, check, veriam_in};
use veriam::decide::MAX_LINE_BYTES;
use veriam_model::Check;

fn decide(input: &[u8], args: &[&str]) -> support::Finished {
    veriam_in(&std::env::temp_dir(), &[&["decide"], args].concat(), input)
}

fn named(id: &str, policies: &[&str]) -> String {
    let named = Check {
        id: Some(id.to_owned()),
        ..check(policies)
    };
    named.to_json()
}

#[test]
fn every_line_is_answered_in_order_by_either_judge() {
    let lines = [
        named("a", &[ALLOW]),
        named("d", &[ALLOW, DENY]),
        named("i", &[]),
        named("v", &[ALLOW, "{\"Statement\":[]}"]),
    ];
    // CRLF, blank lines and a last line without an end are all fine.
    let input = format!(
        "{}\n\r\n{}\r\n\n  \n{}\n{}",
        lines[0], lines[1], lines[2], lines[3]
    );
    for judge in ["oracle", "evaluator"] {
        let finished = decide(input.as_bytes(), &["--with", judge]);
        assert_eq!(finished.err, "");
        assert_eq!(finished.code, 0);
        assert_eq!(
            finished.out,
            "{\"id\":\"a\",\"decision\":\"allow\"}\n\
             {\"id\":\"d\",\"decision\":\"explicit_deny\"}\n\
             {\"id\":\"i\",\"decision\":\"implicit_deny\"}\n\
             {\"id\":\"v\",\"invalid\":{\"policy\":\"identity_policies[1]\",\"rule\":\"IAM-008\",\"offset\":13}}\n",
            "{judge}"
        );
    }
}

#[test]
fn a_malformed_line_is_answered_in_its_place_and_the_stream_goes_on() {
    let good = named("good", &[ALLOW]);
    let answer = "{\"id\":\"good\",\"decision\":\"allow\"}";
    let mut long = good.clone().into_bytes();
    long.resize(MAX_LINE_BYTES + 1, b' ');
    let mut bom = b"\xef\xbb\xbf".to_vec();
    bom.extend(good.as_bytes());
    let duplicate = good.replacen('{', "{\"action\":\"s3:GetObject\",", 1);
    let malformed: Vec<(&str, Vec<u8>)> = vec![
        ("a policy", b"{".to_vec()),
        ("not an object", b"[]".to_vec()),
        ("not JSON", b"hello".to_vec()),
        ("invalid UTF-8", b"{\"id\":\"\xff\"}".to_vec()),
        ("a byte order mark", bom),
        ("too long", long),
        ("a NUL", b"\0".to_vec()),
        (
            "an unknown member",
            good.replacen('{', "{\"more\":1,", 1).into_bytes(),
        ),
        ("a repeated member", duplicate.into_bytes()),
        ("trailing data", format!("{good} {good}").into_bytes()),
        (
            "a policy that is a number",
            good.replace("null", "7").into_bytes(),
        ),
        (
            "a malformed request",
            good.replace("s3:GetObject", "GetObject").into_bytes(),
        ),
    ];
    for (what, line) in &malformed {
        let mut input = format!("{good}\n").into_bytes();
        input.extend(line);
        input.extend(format!("\n{good}\n").as_bytes());
        for judge in ["oracle", "evaluator"] {
            let finished = decide(&input, &["--with", judge]);
            assert_eq!(finished.code, 2, "{what}: {}", finished.out);
            let out: Vec<&str> = finished.out.lines().collect();
            assert_eq!(out.len(), 3, "{what}: {}", finished.out);
            assert_eq!((out[0], out[2]), (answer, answer), "{what}");
            let error: serde_json::Value = serde_json::from_str(out[1]).unwrap();
            assert_eq!(error["line"], 2, "{what}");
            assert!(
                error["error"].as_str().is_some_and(|e| !e.is_empty()),
                "{what}"
            );
            assert!(
                finished.err.starts_with("line 2: "),
                "{what}: {}",
                finished.err
            );
        }
    }
}

#[test]
fn messages_of_malformed_lines_are_the_ones_that_were_reviewed() {
    let good = named("good", &[ALLOW]);
    let lines = [
        "{".to_owned(),
        "hello".to_owned(),
        good.replacen('{', "{\"more\":1,", 1),
        good.replacen('{', "{\"action\":\"s3:GetObject\",", 1),
    ];
    let finished = decide(lines.join("\n").as_bytes(), &["--with", "evaluator"]);
    insta::assert_snapshot!(finished.err);
}

#[test]
fn a_dialect_changes_the_answers_of_both_judges_alike() {
    let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s*:GetObject","Resource":"*"}}"#;
    let input = named("x", &[policy]);
    for judge in ["oracle", "evaluator"] {
        let refused = decide(input.as_bytes(), &["--with", judge]).out;
        assert!(refused.contains("IAM-060"), "{refused}");
        let accepted = decide(
            input.as_bytes(),
            &["--with", judge, "--dialect", "IAM-060=accepted"],
        );
        assert_eq!(accepted.out, "{\"id\":\"x\",\"decision\":\"allow\"}\n");
    }
}

#[test]
fn many_lines_keep_their_order() {
    let lines: Vec<String> = (0..5_000)
        .map(|i| named(&i.to_string(), if i % 2 == 0 { &[ALLOW] } else { &[] }))
        .collect();
    let finished = decide(lines.join("\n").as_bytes(), &[]);
    assert_eq!(finished.code, 0);
    let answers: Vec<&str> = finished.out.lines().collect();
    assert_eq!(answers.len(), lines.len());
    for (i, answer) in answers.iter().enumerate() {
        let decision = if i % 2 == 0 { "allow" } else { "implicit_deny" };
        assert_eq!(
            *answer,
            format!("{{\"id\":\"{i}\",\"decision\":\"{decision}\"}}")
        );
    }
}

#[test]
fn a_peer_gets_its_answer_before_it_asks_again() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_veriam"))
        .arg("decide")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    for id in ["1", "2", "3"] {
        writeln!(input, "{}", named(id, &[ALLOW])).unwrap();
        let mut answer = String::new();
        // Blocks for ever when answers are held back, which is the failure.
        output.read_line(&mut answer).unwrap();
        assert_eq!(
            answer,
            format!("{{\"id\":\"{id}\",\"decision\":\"allow\"}}\n")
        );
    }
    drop(input);
    assert!(child.wait().unwrap().success());
}

#[test]
fn nothing_in_is_nothing_out() {
    for input in [&b""[..], b"\n", b"\r\n \n"] {
        let finished = decide(input, &[]);
        assert_eq!((finished.code, finished.out.as_str()), (0, ""));
    }
}
