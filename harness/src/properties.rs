//! What must hold for every byte string: properties as functions, called by fuzz targets and by ordinary tests.
//!
//! Each panics when its property fails, which is what a fuzzer and a test both understand.

use std::collections::BTreeSet;

use arbitrary::Unstructured;
use veriam_evaluator as evaluator;
use veriam_evaluator::Limits;
use veriam_model::{
    ALL_CHOICES, Call, CallCase, Case, Check, Dialect, DocumentCase, Fault, PolicyText, PolicyType,
    Put, RuleId, World,
};
use veriam_oracle as oracle;

use crate::compare::{
    UNREADABLE, agree, call_reply, evaluator_answer, evaluator_reply, oracle_answer, oracle_reply,
    world_reply,
};

/// Splits fuzz input into a policy type, a dialect and the bytes of a document.
///
/// The first byte picks the type, the second one leaves the default dialect or changes one choice.
fn document(data: &[u8]) -> Option<(PolicyType, Dialect, &[u8])> {
    let (&[kind, choice], text) = data.split_first_chunk::<2>()?;
    let policy_type = PolicyType::ALL[usize::from(kind) % PolicyType::ALL.len()];
    let mut dialect = Dialect::default();
    // Half of the values keep the default, so that the fuzzer spends its time there.
    if choice >= 128
        && let Some(&choice) = ALL_CHOICES.get(usize::from(choice - 128) % ALL_CHOICES.len())
    {
        dialect = dialect.with_index(choice, 1);
    }
    Some((policy_type, dialect, text))
}

/// The evaluator's parser is total: no panic, every span inside the text and on character boundaries, the first
/// finding is the parser's error, and a text without finding is accepted.
pub fn parser_is_total(data: &[u8]) {
    let Some((policy_type, dialect, bytes)) = document(data) else {
        return;
    };
    let limits = Limits::default();
    let faults = evaluator::faults(policy_type, bytes, &dialect, &limits);
    for fault in &faults {
        assert!(
            fault.span.start <= fault.span.end && fault.span.end <= bytes.len(),
            "{fault:?}"
        );
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        assert!(!faults.is_empty(), "text that is not UTF-8 must be a fault");
        return;
    };
    for fault in &faults {
        assert!(text.is_char_boundary(fault.span.start), "{fault:?}");
        assert!(text.is_char_boundary(fault.span.end), "{fault:?}");
    }
    match evaluator::Policy::parse_with(policy_type, text, &dialect, &limits) {
        Ok(_) => assert!(faults.is_empty(), "accepted with faults {faults:?}"),
        Err(error) => {
            let first = faults.iter().map(|f| (f.span.start, f.rule)).min();
            let fault = error.fault();
            assert_eq!(Some((fault.offset, fault.rule)), first);
        }
    }
    // Findings beyond faults must be as tame.
    for finding in evaluator::findings(policy_type, text, &dialect, &limits) {
        assert!(
            text.is_char_boundary(finding.span.start) && text.is_char_boundary(finding.span.end)
        );
    }
}

/// The faults of a document as a set, with all unreadable texts alike.
fn comparable(faults: impl Iterator<Item = Fault>) -> BTreeSet<Fault> {
    let faults: BTreeSet<Fault> = faults.collect();
    if faults.iter().any(|f| UNREADABLE.contains(&f.rule)) {
        let unreadable = Fault {
            offset: 0,
            rule: RuleId::iam(2),
        };
        assert_eq!(
            faults.len(),
            1,
            "an unreadable text has one fault: {faults:?}"
        );
        return BTreeSet::from([unreadable]);
    }
    faults
}

/// Both parsers find the same faults at the same places.
pub fn parsers_agree(data: &[u8]) {
    let Some((policy_type, dialect, bytes)) = document(data) else {
        return;
    };
    let expected = oracle::read_document(policy_type, bytes, &dialect).faults;
    let found = evaluator::faults(policy_type, bytes, &dialect, &Limits::default());
    let found = found.iter().map(|f| Fault {
        offset: f.span.start,
        rule: f.rule,
    });
    let (expected, found) = (comparable(expected.into_iter()), comparable(found));
    assert_eq!(
        expected,
        found,
        "oracle (left) and evaluator (right) on a {policy_type} policy under {dialect:?}: {:?}",
        String::from_utf8_lossy(bytes)
    );
}

/// Both judges give the same answer on a check drawn from the bytes, also under a dialect that reads one choice
/// otherwise, and with one of its policies replaced by arbitrary text.
pub fn judges_agree(data: &[u8]) {
    let Some((check, dialect)) = check(data) else {
        return;
    };
    let expected = oracle_answer(&check, &dialect);
    let observed = evaluator_answer(&check, &dialect);
    assert!(
        agree(&expected, &observed),
        "oracle {expected:?}, evaluator {observed:?} under {dialect:?} on {}",
        check.to_json()
    );
}

/// Both judges give the same answer to the calls of a world drawn from the bytes, also under a dialect that reads one
/// choice otherwise.
pub fn judges_agree_on_calls(data: &[u8]) {
    let Some((world, calls, dialect)) = calls(data) else {
        return;
    };
    let compiled = evaluator::World::new(&world, &dialect);
    for call in calls {
        let outcome = oracle::judge_call(&world, &call, &dialect);
        let expected = call_reply(outcome.map(|judgement| judgement.outcome));
        let observed = world_reply(&compiled, &call);
        assert!(
            agree(&expected, &observed),
            "oracle {expected:?}, evaluator {observed:?} under {dialect:?} on {call:?} in {world:?}"
        );
    }
}

/// Both judges say the same of a put drawn from the bytes, also under a dialect that reads one choice otherwise, and with
/// its policy replaced by arbitrary text.
pub fn judges_agree_on_puts(data: &[u8]) {
    let Some((put, dialect)) = put(data) else {
        return;
    };
    let case = Case::Put(Box::new(put));
    let expected = oracle_reply(&case, &dialect);
    let observed = evaluator_reply(&case, &dialect);
    assert!(
        agree(&expected, &observed),
        "oracle {expected}, evaluator {observed} under {dialect:?} on {case:?}"
    );
}

/// The check that fuzz input stands for, and the dialect.
fn check(data: &[u8]) -> Option<(Check, Dialect)> {
    let (&[choice, spoil], rest) = data.split_first_chunk::<2>()?;
    let mut input = Unstructured::new(rest);
    let mut check = veriam_generators::check(&mut input).ok()?;
    if spoil >= 192 {
        let text = String::from_utf8_lossy(input.take_rest()).into_owned();
        spoil_one(&mut check, usize::from(spoil), text);
    }
    Some((check, one_otherwise(choice)))
}

/// The world and calls that fuzz input stands for, and the dialect.
fn calls(data: &[u8]) -> Option<(World, Vec<Call>, Dialect)> {
    let (&choice, rest) = data.split_first()?;
    let (world, calls) = veriam_generators::world(&mut Unstructured::new(rest)).ok()?;
    Some((world, calls, one_otherwise(choice)))
}

/// The put that fuzz input stands for, and the dialect.
fn put(data: &[u8]) -> Option<(Put, Dialect)> {
    let (&[choice, spoil], rest) = data.split_first_chunk::<2>()?;
    let mut input = Unstructured::new(rest);
    let mut put = veriam_generators::put(&mut input).ok()?;
    if spoil >= 192 {
        put.policy = PolicyText::new(String::from_utf8_lossy(input.take_rest()).into_owned());
    }
    Some((put, one_otherwise(choice)))
}

/// The default dialect, or one that reads one choice otherwise.
fn one_otherwise(choice: u8) -> Dialect {
    match ALL_CHOICES.get(usize::from(choice) % (2 * ALL_CHOICES.len())) {
        Some(&choice) => Dialect::default().with_index(choice, 1),
        None => Dialect::default(),
    }
}

/// What a fuzz target makes of its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Artifact {
    /// A document: [`parser_is_total`], [`parsers_agree`].
    Document,
    /// A check: [`judges_agree`].
    Check,
    /// Calls in one world: [`judges_agree_on_calls`].
    Calls,
    /// A put: [`judges_agree_on_puts`].
    Put,
}

/// The cases a fuzz target makes of its input, and the dialect it judges them under; `None` where it makes none, or a
/// document that is no text.
#[must_use]
pub fn cases_of(artifact: Artifact, data: &[u8]) -> Option<(Vec<Case>, Dialect)> {
    match artifact {
        Artifact::Document => {
            let (policy_type, dialect, bytes) = document(data)?;
            let text = PolicyText::new(std::str::from_utf8(bytes).ok()?);
            let case = DocumentCase { policy_type, text };
            Some((vec![Case::Document(case)], dialect))
        }
        Artifact::Check => {
            let (check, dialect) = check(data)?;
            Some((vec![Case::Check(Box::new(check))], dialect))
        }
        Artifact::Calls => {
            let (world, calls, dialect) = calls(data)?;
            let case = |call| {
                let world = world.clone();
                Case::Call(Box::new(CallCase { world, call }))
            };
            Some((calls.into_iter().map(case).collect(), dialect))
        }
        Artifact::Put => {
            let (put, dialect) = put(data)?;
            Some((vec![Case::Put(Box::new(put))], dialect))
        }
    }
}

fn spoil_one(check: &mut Check, which: usize, text: String) {
    let text = PolicyText::new(text);
    match which % 4 {
        0 => check.identity_policies = vec![text],
        1 => check.resource_policy = Some(text),
        2 => check.endpoint_policy = Some(text),
        _ => check.scps = vec![vec![text]],
    }
}
