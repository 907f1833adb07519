use super::*;
use crate::{
    FAULTS_KEPT, Found, KEPT_PER_PAIR, Kind, LawTally, PlannedLaw, PlannedPart, UnitRecord, Who,
};

/// A pseudo-random sequence (SplitMix64), the same in every run of the tests.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at as u64 + 1) as usize);
        }
    }
}

const UNIT: u64 = 100;

fn start(shard: Shard) -> StartRecord {
    let part = |part, cases| PlannedPart { part, cases };
    StartRecord {
        target: "t".to_owned(),
        target_version: "1".to_owned(),
        veriam: "1".to_owned(),
        generator_version: 1,
        seed: 1,
        profile: veriam_model::Profile::Default,
        dialect: None,
        unit_cases: UNIT,
        parts: vec![part(Part::Controls, 6), part(Part::Generated, 40 * UNIT)],
        without: Vec::new(),
        labels: Vec::new(),
        laws: LAWS.map(planned).to_vec(),
        shard,
        jobs: 1,
    }
}

const LAWS: [&str; 2] = ["order", "add-deny"];

fn planned(law: &str) -> PlannedLaw {
    PlannedLaw {
        law: law.to_owned(),
        title: String::new(),
        applied: 1,
        capable: 1,
    }
}

fn laws(first: u64, cases: u64) -> LawTally {
    let mut laws = LawTally {
        cases,
        ..LawTally::default()
    };
    let count = laws.of(LAWS[usize::from(first.is_multiple_of(3))]);
    count.checks = cases;
    count.not_applied.insert(format!("reason {}", first % 7), 1);
    laws
}

fn found(index: u64, observed: Kind) -> Found {
    Found {
        index,
        law: None,
        who: Who::Target,
        expected: Kind::Accepted,
        observed,
        failure: None,
    }
}

fn unit(number: u64, cases: u64) -> UnitRecord {
    let first = number * UNIT;
    let found: Vec<Found> = (0..cases.min(KEPT_PER_PAIR as u64))
        .map(|i| match i % 2 {
            0 => found(first + i, Kind::Malformed),
            _ => found(first + i, Kind::Failed),
        })
        .collect();
    let reasons = (0..cases).map(|i| (format!("reason {}", first + i * 7), 1));
    UnitRecord {
        part: Part::Generated,
        unit: number,
        first,
        cases,
        tally: Tally {
            checks: cases,
            divergences: cases,
            unsupported_for: reasons.collect(),
            faults: (0..cases.min(9))
                .map(|i| format!("{}: broke", first + i))
                .collect(),
            laws: laws(first, cases),
            found,
            ..Tally::default()
        },
    }
}

fn control(divergences: u64) -> UnitRecord {
    UnitRecord {
        part: Part::Controls,
        unit: 0,
        first: 0,
        cases: 6,
        tally: Tally {
            checks: 6,
            divergences,
            ..Tally::default()
        },
    }
}

fn merged<'a>(sources: impl IntoIterator<Item = &'a Vec<Record>>) -> Merge {
    let mut merge = None;
    for records in sources {
        let mut source = Source::default();
        for record in records {
            source.push(&mut merge, record).unwrap();
        }
        source.close(&mut merge).unwrap();
    }
    merge.unwrap()
}

/// Shards with their controls, units that broke off and were finished elsewhere, and units that stand in several shards.
fn shards(random: &mut Random) -> Vec<Vec<Record>> {
    let mut shards: Vec<Vec<Record>> = (0..5)
        .map(|k| {
            let start = Record::Start(start(Shard::new(k, 5).unwrap()));
            vec![start, Record::Unit(control(u64::from(k == 3)))]
        })
        .collect();
    for number in 0..39 {
        for _ in 0..=random.below(3) {
            let shard = random.below(5) as usize;
            if random.below(4) == 0 {
                let cut = 1 + number % (UNIT - 1);
                shards[shard].push(Record::Unit(unit(number, cut)));
            }
            shards[shard].push(Record::Unit(unit(number, UNIT)));
        }
    }
    // Of the last one nobody has it all.
    for (shard, cases) in [(1, 40), (4, 60)] {
        shards[shard].push(Record::Unit(unit(39, cases)));
    }
    shards
}

#[test]
fn records_come_to_the_same_in_any_order_and_however_often() {
    let mut random = Random(3);
    let mut shards = shards(&mut random);
    let once = merged(&shards);
    assert_eq!(once.units(), 41);
    let sum = once.part(Part::Generated).unwrap();
    assert_eq!(sum.checks, 39 * UNIT + 60);
    assert_eq!(once.part(Part::Controls).unwrap().divergences, 1);
    for _ in 0..20 {
        for shard in &mut shards {
            random.shuffle(&mut shard[1..]);
        }
        random.shuffle(&mut shards);
        // Some twice; their start is then that of no shard.
        let twice = shards.iter().chain(&shards[..2]);
        assert_eq!(merged(twice), once);
    }
}

#[test]
fn what_is_not_only_counted_is_bounded_and_the_rest_counted() {
    let all = merged(&shards(&mut Random(3)));
    let sum = all.part(Part::Generated).unwrap();
    for kind in [Kind::Malformed, Kind::Failed] {
        let kept: Vec<u64> = sum
            .found
            .iter()
            .filter(|f| f.observed == kind)
            .map(|f| f.index)
            .collect();
        assert_eq!(kept.len(), KEPT_PER_PAIR);
        // The first ones of the campaign.
        assert!(kept.iter().all(|index| *index < 2 * UNIT + 10), "{kept:?}");
    }
    assert_eq!(sum.divergences, sum.checks);
    assert_eq!(sum.faults.len(), FAULTS_KEPT);
    assert_eq!(sum.faults[0], "0: broke");
    assert_eq!(sum.more_faults, 40 * 9 - FAULTS_KEPT as u64);
    assert_eq!(sum.unsupported_for.len(), 257);
    let reasons: u64 = sum.unsupported_for.values().sum();
    assert_eq!(reasons, sum.checks);
}

#[test]
fn the_same_unit_with_other_counts_is_a_contradiction() {
    let mut merge = Merge::begin(start(Shard::WHOLE)).unwrap();
    assert_eq!(merge.unit(&unit(7, 30)), Ok(Kept::AsItIs));
    let mut other = unit(7, 30);
    other.tally.undetermined = 1;
    let contradiction = Err(MergeError::Contradiction(Part::Generated, 7));
    assert_eq!(merge.unit(&other), contradiction);
    assert_eq!(merge.unit(&unit(7, UNIT)), Ok(Kept::Whole));
    assert_eq!(merge.unit(&unit(7, UNIT)), Ok(Kept::Known));
    // An unfinished one says nothing against it.
    assert_eq!(merge.unit(&other), Ok(Kept::Known));
    let mut other = unit(7, UNIT);
    other.tally.undetermined = 1;
    assert_eq!(merge.unit(&other), contradiction);
}

#[test]
fn units_after_an_interruption_are_missing_and_those_left_out_on_purpose_are_not() {
    let end = |stopped| EndRecord {
        shard: Shard::WHOLE,
        seconds: 1.0,
        compared: 6,
        stopped,
    };
    for (stopped, missing, not_run, interrupted) in [
        (Some(Stopped::Time), 0, 40, false),
        (Some(Stopped::Divergence), 0, 40, false),
        (Some(Stopped::Interrupted), 40, 0, true),
        (Some(Stopped::Journal), 40, 0, false),
        (None, 40, 0, false),
    ] {
        let mut merge = Merge::begin(start(Shard::WHOLE)).unwrap();
        merge.unit(&control(0)).unwrap();
        merge.end(&end(stopped));
        let absent = merge.absent(Shard::WHOLE);
        assert_eq!(absent.missing.len(), missing, "{stopped:?}");
        assert_eq!(absent.not_run.len(), not_run, "{stopped:?}");
        assert_eq!(absent.interrupted, interrupted, "{stopped:?}");
    }
}
