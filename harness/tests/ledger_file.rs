//! The ledger's file: how it is read, refused, added to, listed and pruned.

mod support;

use std::path::Path;

use support::{ALLOW, DENY, check, veriam_in};
use veriam::case_file::{Origin, Signature, StoredCase};
use veriam::ledger::{pruned, read};
use veriam_model::{Case, Decision, Dialect, Profile, RuleId};
use veriam_reports::{Date, Kind, SUMMARY_SCHEMA};

fn signature(target: &str, observed: &str, rule: u16) -> Signature {
    Signature {
        target: target.to_owned(),
        law: None,
        expected: Kind::Decided(Decision::ImplicitDeny),
        observed: observed.parse().unwrap(),
        rules: vec![RuleId::iam(rule)],
    }
}

/// An entry of the ledger; fields that follow are added.
fn entry(target: &str, observed: &str, further: &str) -> String {
    format!(
        "[[ledger]]\ntarget = \"{target}\"\nexpected = \"implicit_deny\"\nobserved = \"{observed}\"\n\
         reason = \"agreed\"\n{further}\n"
    )
}

#[test]
fn a_malformed_ledger_is_refused_with_place_and_remedy() {
    let good = entry("other", "allow", "");
    let with = |line: &str| format!("{good}{line}\n");
    let without = |name: &str| {
        let lines = good.lines().filter(|line| !line.starts_with(name));
        lines.collect::<Vec<_>>().join("\n")
    };
    let swap = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        good.replacen(from, to, 1)
    };
    let rows = [
        ("unknown field", with("owner = \"me\"")),
        ("unknown table", with("[targets]")),
        ("unknown name at the top", format!("version = 1\n{good}")),
        ("a table below an entry", with("[ledger.more]\na = 1")),
        ("one table", swap("[[ledger]]", "[ledger]")),
        (
            "an inline array",
            "ledger = [{ target = \"a\" }]".to_owned(),
        ),
        ("an empty array", "ledger = []".to_owned()),
        ("a number", "ledger = 3".to_owned()),
        ("no target", without("target")),
        ("no expected", without("expected")),
        ("no observed", without("observed")),
        ("no reason", without("reason")),
        ("an empty target", swap("\"other\"", "\"\"")),
        ("an empty reason", swap("\"agreed\"", "\"  \"")),
        ("a reason that is a number", swap("\"agreed\"", "7")),
        ("no such reply", swap("\"allow\"", "\"alow\"")),
        ("an empty reply", swap("\"allow\"", "\"\"")),
        ("a reply that is a list", swap("\"allow\"", "[\"allow\"]")),
        ("rules that are a text", with("rules = \"IAM-136\"")),
        ("a rule that is a number", with("rules = [136]")),
        ("no such rule", with("rules = [\"IAM-136\", \"IAM-999\"]")),
        ("a rule twice", with("rules = [\"IAM-136\", \"iam-136\"]")),
        ("no link", with("link = \"see above\"")),
        ("a link with a space", with("link = \"https://a b\"")),
        ("a link that is a list", with("link = []")),
        ("no day of the calendar", with("expires = 2026-02-30")),
        (
            "no day of the calendar, in quotes",
            with("expires = \"2026-02-30\""),
        ),
        ("a month", with("expires = \"2026-02\"")),
        ("a time", with("added = 2026-01-01T00:00:00Z")),
        ("a time of day", with("expires = 07:00:00")),
        ("a number of days", with("expires = 30")),
        ("fewer cases than none", with("cases = -1")),
        ("cases in quotes", with("cases = \"5\"")),
        ("a field twice", with("reason = \"again\"")),
        ("an entry twice", format!("{good}\n{good}")),
        ("an open string", with("link = \"https://")),
        ("no TOML", "{\"ledger\": []}".to_owned()),
        (
            "after a comment with é",
            format!("# é\n\n{}", with("é = 1")),
        ),
    ];
    let mut told = String::new();
    for (what, text) in rows {
        let error = read(text.as_bytes()).expect_err(what);
        told.push_str(&format!("{what}: veriam.toml:{error}\n"));
    }
    for (what, bytes) in [
        ("byte order mark", b"\xef\xbb\xbf".as_slice()),
        ("invalid UTF-8", b"# a\n# \xff\n"),
    ] {
        let error = read(bytes).expect_err(what);
        told.push_str(&format!("{what}: veriam.toml:{error}\n"));
    }
    insta::assert_snapshot!(told);
}

#[test]
fn an_empty_file_and_comments_alone_are_a_ledger() {
    assert_eq!(read(b"").unwrap(), []);
    assert_eq!(read(b"# nothing yet\r\n").unwrap(), []);
}

#[test]
fn the_ledger_shown_in_the_documentation_reads() {
    let page = include_str!("../../docs/ledger.md");
    let toml = page.split("```toml\n").nth(1).unwrap();
    let toml = toml.split("```").next().unwrap();
    let entries = read(toml.as_bytes()).unwrap();
    assert_eq!(entries.len(), 2);
    assert!(
        entries[0]
            .accepts
            .covers(&signature("evaluator", "allow", 136))
    );
}

/// A stored case of that signature, which nobody judges again here.
fn case(folder: &Path, name: &str, signature: Signature) {
    let case = StoredCase {
        signature,
        origin: Origin {
            part: "generated".to_owned(),
            seed: Some(7),
            profile: Some(Profile::Default),
            index: 41,
            id: None,
            generator_version: 1,
            veriam: "0.1.0".to_owned(),
            without: Vec::new(),
        },
        dialect: Dialect::default(),
        documented: None,
        case: Case::Check(Box::new(check(&[ALLOW, DENY]))),
    };
    std::fs::write(folder.join(name), case.to_json()).unwrap();
}

#[test]
fn an_entry_is_added_at_the_end_and_once_only() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("veriam.toml");
    case(folder.path(), "a.json", signature("other", "allow", 136));
    case(
        folder.path(),
        "b.json",
        signature("other", "explicit_deny", 7),
    );
    let reason = "it's \"agreed\" \\ so\nfar \u{7f}é";
    let args = ["ledger", "add", "a.json", "--reason", reason];
    let made = veriam_in(folder.path(), &args, b"");
    assert_eq!((made.code, made.err.as_str()), (0, ""));
    assert_eq!(
        made.out,
        "veriam.toml: accepts other: expected implicit_deny, observed allow by IAM-136\n"
    );
    // Without a line feed at its end, and with a carriage return and a remark.
    let mut first = std::fs::read_to_string(&file).unwrap();
    first.insert_str(0, "# accepted \r\n\n");
    let first = first.trim_end();
    std::fs::write(&file, first).unwrap();
    let args = [
        "ledger",
        "add",
        "b.json",
        "--reason",
        "later",
        "--link",
        "https://example.com/7",
        "--expires",
        "2027-01-31",
    ];
    assert_eq!(veriam_in(folder.path(), &args, b"").code, 0);
    let both = std::fs::read_to_string(&file).unwrap();
    let second = both.strip_prefix(first).expect("the rest stays as it is");
    let second: String = second
        .lines()
        .map(|line| match line.strip_prefix("added = ") {
            Some(day) => format!("added = {}\n", day.parse::<Date>().map_or("", |_| "[day]")),
            None => format!("{line}\n"),
        })
        .collect();
    assert_eq!(
        second,
        "\n\n[[ledger]]\ntarget = \"other\"\nexpected = \"implicit_deny\"\nobserved = \"explicit_deny\"\n\
         rules = [\"IAM-007\"]\nreason = \"later\"\nlink = \"https://example.com/7\"\nexpires = 2027-01-31\n\
         added = [day]\ncases = 42\n"
    );
    let entries = read(both.as_bytes()).unwrap();
    assert_eq!(entries[0].reason, reason);
    assert!(entries[0].accepts.covers(&signature("other", "allow", 136)));
    let again = veriam_in(folder.path(), &args, b"");
    assert_eq!(again.code, 2);
    assert!(
        again
            .err
            .contains("veriam.toml:12:1: this entry is for the same"),
        "{}",
        again.err
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap(), both);
    std::fs::write(&file, "[ledger]\n").unwrap();
    let broken = veriam_in(folder.path(), &args, b"");
    assert_eq!(broken.code, 2, "{}", broken.err);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "[ledger]\n");
}

#[test]
fn check_lists_the_entries_and_fails_when_one_has_expired() {
    let folder = tempfile::tempdir().unwrap();
    let asked = |toml: &str, format: &str| {
        std::fs::write(folder.path().join("my.toml"), toml).unwrap();
        let args = ["ledger", "check", "--config", "my.toml", "--format", format];
        veriam_in(folder.path(), &args, b"")
    };
    let toml = entry(
        "other",
        "allow",
        "link = \"https://example.com/7\"\nadded = 2026-01-01",
    );
    let finished = asked(&toml, "text");
    assert_eq!(
        (finished.code, finished.out.as_str()),
        (
            0,
            "my.toml:1: accepted: other: expected implicit_deny, observed allow\n  reason   agreed\n  \
             link     https://example.com/7\n  added    2026-01-01\n"
        )
    );
    let toml = toml + &entry("other", "*_deny", "expires = 2020-01-31");
    let finished = asked(&toml, "text");
    assert_eq!(finished.code, 3);
    assert!(
        finished.out.contains("my.toml:8: expired: other: "),
        "{}",
        finished.out
    );
    let finished = asked(&toml, "json");
    let json: serde_json::Value = serde_json::from_str(&finished.out).unwrap();
    assert_eq!(finished.code, 3);
    assert_eq!(json["schema"], "veriam.ledger/1");
    assert_eq!(json["entries"][0]["state"], "accepted");
    assert_eq!(json["entries"][1]["state"], "expired");
    assert_eq!(json["entries"][1]["observed"], "*_deny");
    let finished = asked(&entry("other", "alow", ""), "text");
    assert_eq!(finished.code, 2);
    assert!(
        finished.err.contains("my.toml:4:12: `observed`: `alow`"),
        "{}",
        finished.err
    );
}

const THREE: &str = "\
# Accepted divergences.

# about the first
[[ledger]]
target = \"other\"
expected = \"allow\"
observed = \"failed\"
reason = \"\"\"
first
# not a remark\"\"\"
# right below the first

# a heading

# about the second
[[ledger]] # the second
target = \"other\"
reason = \"second\" # why
observed = \"malformed\"
expected = \"allow\"

[[ledger]]
target = \"other\"
expected = \"allow\"
observed = \"unsupported\"
reason = \"third\"
";

#[test]
fn entries_are_removed_with_their_remarks_and_nothing_else_is() {
    let accepts: Vec<_> = read(THREE.as_bytes())
        .unwrap()
        .into_iter()
        .map(|entry| entry.accepts)
        .collect();
    let text = |which: &[usize]| {
        let stale: Vec<_> = which.iter().map(|i| accepts[*i].clone()).collect();
        let pruned = pruned(THREE.as_bytes(), &stale).unwrap();
        assert_eq!(pruned.removed.len(), which.len());
        assert_eq!(pruned.missing, []);
        pruned.text
    };
    let at = |needle: &str| THREE.find(needle).unwrap();
    let (first, heading) = (at("# about the first"), at("# a heading"));
    let (second, third) = (at("# about the second"), THREE.rfind("[[ledger]]").unwrap());
    assert_eq!(text(&[]), THREE);
    assert_eq!(text(&[0]), [&THREE[..first], &THREE[heading..]].concat());
    assert_eq!(text(&[1]), [&THREE[..second], &THREE[third..]].concat());
    assert_eq!(text(&[2]), THREE[..third - 1]);
    assert_eq!(text(&[0, 1, 2]), "# Accepted divergences.\n\n# a heading\n");
    let left = pruned(text(&[1]).as_bytes(), &accepts[1..2]).unwrap();
    assert_eq!(left.missing, accepts[1..2]);
    assert_eq!(left.text, text(&[1]));
}

#[test]
fn what_was_added_and_is_stale_is_pruned_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("veriam.toml");
    let before = format!("# mine\n\n{}", entry("other", "failed", ""));
    std::fs::write(&file, &before).unwrap();
    case(folder.path(), "a.json", signature("other", "allow", 136));
    let args = ["ledger", "add", "a.json", "--reason", "agreed"];
    assert_eq!(veriam_in(folder.path(), &args, b"").code, 0);
    let both = std::fs::read_to_string(&file).unwrap();
    // What is read of a summary; the run itself is tested elsewhere.
    let stale = &read(both.as_bytes()).unwrap()[1];
    let summary = serde_json::json!({
        "schema": SUMMARY_SCHEMA,
        "clusters": [],
        "ledger": {"file": "veriam.toml", "known": 1, "new": 0, "stale": [stale]},
    });
    let summary = summary.to_string();
    let prune = ["ledger", "prune", "--stale-from", "-"];
    let finished = veriam_in(folder.path(), &prune, summary.as_bytes());
    assert_eq!((finished.code, finished.err.as_str()), (0, ""));
    assert!(
        finished
            .out
            .contains("removed other: expected implicit_deny, observed allow")
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap(), before);
    let finished = veriam_in(folder.path(), &prune, summary.as_bytes());
    assert!(
        finished.out.contains("has no longer other: "),
        "{}",
        finished.out
    );
    assert_eq!(finished.code, 0);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), before);
    let unasked = serde_json::json!({"schema": SUMMARY_SCHEMA, "ledger": null}).to_string();
    for (input, message) in [
        (unasked.as_str(), "run it again without --no-ledger"),
        (
            "{\"schema\":\"veriam.summary/1\"}",
            "schema \"veriam.summary/1\"",
        ),
        ("{}", "not a summary"),
        ("", "not a summary"),
    ] {
        let finished = veriam_in(folder.path(), &prune, input.as_bytes());
        assert_eq!(finished.code, 2, "{input}");
        assert!(finished.err.contains(message), "{}", finished.err);
    }
}
