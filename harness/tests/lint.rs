//! `veriam lint`: every fault with its place and how to mend it.

mod support;

use support::{ALLOW, Finished, veriam_in};

const FAULTY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Read reports",
      "Effect": "allow",
      "Action": ["s3GetObject", "s3:ListBucket"],
      "Ressource": "arn:aws:s3:::amzn-s3-demo-bucket/*"
    },
    {
      "Effect": "Deny",
      "Action": "s3:*",
      "Resource": "amzn-s3-demo-bucket",
      "Condition": { "StringEqual": { "aws:SourceVpc": "vpc-0123" } }
    }
  ]
}
"#;

fn lint(files: &[(&str, &[u8])], args: &[&str]) -> Finished {
    let folder = tempfile::tempdir().unwrap();
    let mut all = vec!["lint"];
    all.extend(args);
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
        all.push(name);
    }
    veriam_in(folder.path(), &all, b"")
}

#[test]
fn every_fault_is_shown_with_place_excerpt_and_remedy() {
    let finished = lint(
        &[("policy.json", FAULTY.as_bytes())],
        &["--type", "identity"],
    );
    assert_eq!((finished.code, finished.err.as_str()), (1, ""));
    for place in [
        "policy.json:4:5: error",
        "policy.json:5:14: error",
        "policy.json:6:17: error",
        "policy.json:7:18: error",
        "policy.json:8:7: error",
        "policy.json:13:19: error",
        "policy.json:14:22: error",
    ] {
        assert!(finished.out.contains(place), "{place}: {}", finished.out);
    }
    for rule in [
        "IAM-015", "IAM-019", "IAM-059", "IAM-004", "IAM-063", "IAM-045",
    ] {
        assert!(finished.out.contains(rule), "{rule}: {}", finished.out);
    }
    insta::assert_snapshot!(finished.out);
}

#[test]
fn the_json_form_counts_lines_columns_and_bytes() {
    let args = ["--type", "identity", "--format", "json"];
    let finished = lint(&[("policy.json", FAULTY.as_bytes())], &args);
    assert_eq!(finished.code, 1);
    let told: serde_json::Value = serde_json::from_str(&finished.out).unwrap();
    let findings = told["documents"][0]["findings"].as_array().unwrap();
    let errors = findings.iter().filter(|f| f["severity"] == "error").count();
    assert_eq!(told["errors"], errors);
    let action = findings.iter().find(|f| f["rule"] == "IAM-059").unwrap();
    assert_eq!(
        (&action["line"], &action["column"]),
        (&7.into(), &18.into())
    );
    let start = FAULTY.find("\"s3GetObject\"").unwrap();
    assert_eq!(action["offset"], start);
}

#[test]
fn a_minified_document_shows_the_part_around_the_place() {
    let many: Vec<String> = (0..40)
        .map(|i| {
            format!(r#"{{"Sid":"S{i}","Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}"#)
        })
        .collect();
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
        many.join(",").replacen("s3:GetObject", "s3:Get:Object", 1)
    );
    let finished = lint(&[("min.json", text.as_bytes())], &["--type", "identity"]);
    assert_eq!(finished.code, 1);
    assert!(
        finished.out.lines().all(|line| line.chars().count() < 140),
        "{}",
        finished.out
    );
    assert!(finished.out.contains("s3:Get:Object"));
}

#[test]
fn a_document_beyond_its_quota_is_found() {
    let filler = "x".repeat(7_000);
    let text = ALLOW.replacen("\"*\"", &format!("\"s3:{filler}\""), 1);
    let finished = lint(&[("big.json", text.as_bytes())], &["--type", "boundary"]);
    assert_eq!(finished.code, 1, "{}", finished.out);
    assert!(
        finished.out.contains("IAM-073") && finished.out.contains("warning"),
        "{}",
        finished.out
    );
}

#[test]
fn good_documents_pass_and_several_are_summed_up() {
    let finished = lint(
        &[("a.json", ALLOW.as_bytes()), ("b.json", ALLOW.as_bytes())],
        &["--type", "boundary"],
    );
    assert_eq!(
        (finished.code, finished.err.as_str()),
        (0, ""),
        "{}",
        finished.out
    );
    assert_eq!(
        finished.out,
        "nothing found in 2 documents read as permissions boundary\n"
    );
}

#[test]
fn bytes_of_any_kind_have_a_place_and_no_panic() {
    for (bytes, column) in [
        (&b""[..], "1:1"),
        (b"\xef\xbb\xbf{}", "1:1"),
        (b"{\"Version\":\"\xff\"}", "1:13"),
        (b"\xff\xfe\x00{", "1:1"),
        (b"\n\n  ?", "3:3"),
        (b"{}{}", "1:3"),
    ] {
        let finished = lint(&[("x.json", bytes)], &["--type", "identity"]);
        assert_eq!(finished.code, 1, "{}{}", finished.out, finished.err);
        let place = format!("x.json:{column}: error");
        assert!(finished.out.contains(&place), "{place}: {}", finished.out);
    }
}

#[test]
fn standard_input_is_a_document_too_and_a_missing_file_hides_no_other() {
    let folder = std::env::temp_dir();
    let finished = veriam_in(&folder, &["lint", "--type", "identity", "-"], b"[]");
    assert_eq!(finished.code, 1);
    assert!(
        finished.out.contains("<stdin>:1:1: error"),
        "{}",
        finished.out
    );
    let args = ["lint", "--type", "identity", "no-such-file.json", "-"];
    let finished = veriam_in(&folder, &args, b"[]");
    assert_eq!(finished.code, 2);
    assert!(finished.err.contains("no-such-file.json"));
    assert!(finished.out.contains("<stdin>:1:1: error"));
}
