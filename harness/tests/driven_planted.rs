//! Realistic bugs of an emulator, planted in ours one at a time. `veriam run --planted NAME` found each of them through the
//! AWS SDK and made it small; what was found is kept in `found/emulator`, and asked again here.

use std::path::{Path, PathBuf};
use std::time::Duration;

use veriam::case_file::StoredCase;
use veriam::compare::{agree, oracle_reply};
use veriam::labels::quotas::Quotas;
use veriam::run::{Part, Plan, Rows, run};
use veriam::store::Rejudged;
use veriam::target::{Driven, Target};
use veriam_emulator::planted::Mistake;
use veriam_model::{PolicyTypes, Profile};

const DEADLINE: Duration = Duration::from_secs(60);

/// Bugs that no request of somebody who is genuine shows, or that policies and puts of the generators do not reach; the
/// emulator's own tests show each of them.
const NOT_REACHED: &[&str] = &[
    "amz-headers-not-signed",
    "body-hash-not-checked",
    "session-token-not-checked",
    "clock-skew-not-checked",
    "scope-service-not-checked",
    "scope-region-not-checked",
    "expired-session-accepted",
    // Sessions of memories and the actors in them are told by keys on which no generated policy turns over HTTP.
    "actor-and-session-swapped",
];

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/found/emulator");
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    files
}

fn planted(name: &str) -> Driven {
    let target = Driven::planted(name, DEADLINE).expect("there is such a bug");
    target.expect("it starts")
}

#[test]
fn what_runs_found_is_wrong_with_the_bug_and_right_without_it() {
    let sound = Driven::embedded(DEADLINE).expect("it starts");
    for file in files() {
        let bytes = std::fs::read(&file).expect("it reads");
        let case =
            StoredCase::from_json(&bytes).unwrap_or_else(|error| panic!("{file:?}: {error}"));
        let name = case.signature.target.clone();
        let stem = file.file_stem().and_then(|stem| stem.to_str());
        assert_eq!(name.strip_prefix("planted:"), stem, "{file:?}");
        let again = Rejudged::new(&case, &planted(&name));
        assert!(again.diverges_as(&case), "{name} is not found any more");
        let observed = sound.ask(&case.case);
        let effective = observed.case(&case.case);
        let expected = oracle_reply(effective, &case.dialect);
        assert!(
            agree(&expected, &observed.reply),
            "{name}: without the bug {expected} and {}",
            observed.reply
        );
    }
}

#[test]
fn every_bug_was_found_or_is_listed() {
    let files = files();
    let found: Vec<&str> = files
        .iter()
        .filter_map(|file| file.file_stem().and_then(|stem| stem.to_str()))
        .collect();
    for mistake in Mistake::ALL {
        let name = mistake.name();
        let (kept, listed) = (found.contains(&name), NOT_REACHED.contains(&name));
        assert!(kept != listed, "{name}: found {kept}, listed {listed}");
    }
    assert_eq!(found.len() + NOT_REACHED.len(), Mistake::ALL.len());
}

/// Runs from the first case of a seed until the first divergence; whether there is one, controls apart.
fn finds(name: &str, seed: u64) -> bool {
    let plan = Plan {
        parts: vec![Part::Generated],
        cases: 600,
        seed,
        profile: Profile::Default,
        quotas: Quotas::none(),
        jobs: 1,
        without: PolicyTypes::new(),
        stop_at_first: true,
    };
    let rows = Rows::embedded().expect("embedded rows read");
    let counted = run(&plan, &rows, &planted(name), &|_| {}).expect("one thread starts");
    let controls = counted.part(Part::Controls).expect("controls run");
    assert_eq!(controls.divergences, 0, "{name}");
    let generated = counted.part(Part::Generated).expect("generated cases run");
    generated.divergences > 0
}

#[test]
fn runs_find_bugs_from_scratch() {
    assert!(finds("planted:token-left-out-of-signature", 1));
    assert!(finds("planted:refused-policy-stored", 4));
    assert!(finds("planted:qualifier-ignored", 1));
}
