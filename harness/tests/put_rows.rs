//! Puts: the documented rows, held against the evaluator as the oracle's own tests hold them against the oracle, and many
//! policies made from them, on which both judges have to agree in rule and place.

#[expect(dead_code, reason = "what a row cites is tested beside the rows")]
#[path = "../../oracle/tests/rows/puts.rs"]
mod rows;

use std::collections::BTreeMap;

use rows::{dialect, rows};
use veriam::compare::{Reply, agree, evaluator_reply, oracle_reply};
use veriam_model::{ALL_CHOICES, Case, Dialect, PolicyText};

#[test]
fn the_evaluator_ends_every_put_as_its_row_says() {
    let mut complaints = Vec::new();
    let mut count = 0;
    for row in rows() {
        let case = Case::Put(Box::new(row.put));
        let default = (Dialect::default(), row.expected);
        let others = row.otherwise.into_iter();
        let others = others.map(|(settings, outcome)| (dialect(&settings), outcome));
        for (dialect, expected) in std::iter::once(default).chain(others) {
            count += 1;
            let found = evaluator_reply(&case, &dialect);
            if !agree(&Reply::Put(expected.clone()), &found) {
                complaints.push(format!(
                    "{} {dialect:?}: {found}, not {expected}: {}",
                    row.id, row.note
                ));
            }
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    assert!(count >= 195, "rows went missing");
}

/// How many policies are made from the rows.
const CASES: usize = 500;

/// What is put into a policy, or in the place of some of its text.
const PIECES: [&str; 32] = [
    "",
    "*",
    "?",
    "${",
    "${*}",
    "\\u002a",
    "\"",
    "\\",
    " ",
    ",",
    "null",
    "[]",
    "{}",
    "\"\"",
    "\"*\"",
    "1",
    "é",
    "a",
    "A",
    "/",
    ":",
    "-",
    "Not",
    "2008",
    "\"Sid\":\"x\",",
    "\"Id\":\"x\",",
    "\"Effect\":\"Deny\",",
    "IfExists",
    "ForAnyValue:",
    "arn:aws:iam::444455556666:role/Other",
    "AROAEXAMPLEEXAMPLEID",
    "s3:",
];

/// Cuts a text at the character boundary before a place.
fn boundary(text: &str, place: usize) -> usize {
    (0..=place.min(text.len()))
        .rev()
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or(0)
}

/// Numbers that look drawn, the same in every run (splitmix64).
struct Drawn(u64);

impl Drawn {
    /// A number below `end`, which is not 0.
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }

    fn changed(&mut self, text: &str) -> String {
        let from = boundary(text, self.below(text.len() + 1));
        let to = boundary(text, from + self.below(5)).max(from);
        let piece = PIECES[self.below(PIECES.len())];
        format!("{}{piece}{}", &text[..from], &text[to..])
    }
}

#[test]
fn both_judges_agree_on_what_is_made_from_the_rows() {
    let rows = rows();
    let mut drawn = Drawn(7);
    let mut rules: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..CASES {
        let mut put = rows[drawn.below(rows.len())].put.clone();
        // Mostly the policy; now and then the ARN.
        let of_resource = drawn.below(10) == 0;
        for _ in 0..drawn.below(3) {
            if of_resource {
                put.resource = drawn.changed(&put.resource);
            } else {
                put.policy = PolicyText::new(drawn.changed(put.policy.as_str()));
            }
        }
        let mut dialect = Dialect::default();
        for _ in 0..drawn.below(6) {
            let choice = ALL_CHOICES[drawn.below(ALL_CHOICES.len())];
            dialect = dialect.with_index(choice, drawn.below(choice.reading_names().len()));
        }
        let case = Case::Put(Box::new(put));
        let oracle = oracle_reply(&case, &dialect);
        let evaluator = evaluator_reply(&case, &dialect);
        assert!(
            agree(&oracle, &evaluator),
            "{case:?} {dialect:?}\noracle: {oracle}\nevaluator: {evaluator}"
        );
        *rules.entry(oracle.kind().to_string()).or_default() += 1;
    }
    // They agree on something: most rules of puts refuse some of these, and some are stored.
    assert!(rules.len() >= 20, "{rules:?}");
    assert!(rules["put stored"] >= CASES / 10, "{rules:?}");
}

/// White space outside strings is told from that inside, in what is no JSON as well.
#[test]
fn both_judges_measure_what_is_no_json_alike() {
    let put = rows().remove(0).put;
    let dialect = dialect(&["AC-039=without-white-space".to_owned()]);
    for (start, is_long) in [
        (r"", false),
        (r#"""#, true),
        (r#""""#, false),
        (r#""\""#, true),
        (r#""\\""#, false),
        (r#""\\\""#, true),
        (r#"\""#, true),
        (r#"\"""#, false),
    ] {
        let mut put = put.clone();
        put.policy = PolicyText::new(format!("{start}{}", " ".repeat(20_480 - start.len() + 1)));
        let case = Case::Put(Box::new(put));
        let oracle = oracle_reply(&case, &dialect);
        let evaluator = evaluator_reply(&case, &dialect);
        assert!(
            agree(&oracle, &evaluator),
            "{start}: oracle: {oracle}; evaluator: {evaluator}"
        );
        let found = evaluator.kind().to_string();
        assert_eq!(found.ends_with("AC-038"), is_long, "{start}: {found}");
    }
}
