//! The ledger: divergences that somebody accepted, and how a run stands to them.
//!
//! Every kind of divergence is new or known; every entry is one of: of use, stale (a run that could have shown such a
//! divergence did not), expired (its date has passed), or not judged. Only a known divergence is no failure.

mod date;
mod pattern;

use std::fmt;

use serde::Serialize;
use veriam_model::RuleId;

pub use date::{Date, ParseDateError};
pub use pattern::{KindPattern, ParsePatternError};

use crate::signature::written;
use crate::{ClusterRecord, Kind, Part, Signature, Summary};

/// The target of divergences between documentation and oracle: every run can show them, whatever it asks.
const ORACLE: &str = "oracle";

/// An accepted divergence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LedgerEntry {
    /// Where it begins in its file, from 1.
    pub line: usize,
    /// Which divergences it accepts.
    #[serde(flatten)]
    pub accepts: Accepts,
    /// Why they are accepted.
    pub reason: String,
    /// Where that is discussed.
    pub link: Option<String>,
    /// The last day on which they are.
    pub expires: Option<Date>,
    /// The day the entry was made.
    pub added: Option<Date>,
    /// How many generated cases a run compares at least before the entry can be stale.
    pub cases: Option<u64>,
}

/// Which divergences an entry accepts. No two entries of a ledger accept the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
pub struct Accepts {
    /// The target.
    pub target: String,
    /// The law it breaks; none where it differs from the oracle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub law: Option<String>,
    /// What it should have replied; of a law, what it replied before the change.
    pub expected: KindPattern,
    /// What it replied; of a law, after the change.
    pub observed: KindPattern,
    /// The rules that decided, in id order; any when absent.
    pub rules: Option<Vec<RuleId>>,
}

impl Accepts {
    /// Exactly the divergences with that signature.
    #[must_use]
    pub fn exactly(signature: &Signature) -> Self {
        Accepts {
            target: signature.target.clone(),
            law: signature.law.clone(),
            expected: signature.expected.into(),
            observed: signature.observed.into(),
            rules: Some(signature.rules.clone()),
        }
    }

    /// Whether it accepts a divergence with that signature.
    #[must_use]
    pub fn covers(&self, signature: &Signature) -> bool {
        let rules = self.rules.as_ref();
        self.replies(signature.expected, signature.observed)
            && self.target == signature.target
            && self.law == signature.law
            && rules.is_none_or(|rules| *rules == signature.rules)
    }

    /// Whether a run that asks `target` may show such divergences.
    #[must_use]
    pub fn concerns(&self, target: &str) -> bool {
        self.target == target || self.target == ORACLE
    }

    fn replies(&self, expected: Kind, observed: Kind) -> bool {
        self.expected.matches(expected) && self.observed.matches(observed)
    }
}

impl fmt::Display for Accepts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Accepts {
            target,
            law,
            expected,
            observed,
            rules,
        } = self;
        let rules = rules.as_deref().unwrap_or_default();
        written(f, target, law.as_deref(), expected, observed, rules)
    }
}

impl LedgerEntry {
    /// Whether its date has passed.
    #[must_use]
    pub fn is_expired(&self, today: Date) -> bool {
        self.expires.is_some_and(|last| today > last)
    }
}

/// Whether a divergence is accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// By no entry.
    #[default]
    New,
    /// By an entry.
    Known,
}

/// One kind of divergence and how it stands to the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClusterSummary {
    /// The kind and its stored case.
    #[serde(flatten)]
    pub record: ClusterRecord,
    /// Whether it is accepted.
    pub ledger: Standing,
    /// Why, when it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl std::ops::Deref for ClusterSummary {
    type Target = ClusterRecord;

    fn deref(&self) -> &ClusterRecord {
        &self.record
    }
}

impl From<ClusterRecord> for ClusterSummary {
    fn from(record: ClusterRecord) -> Self {
        ClusterSummary {
            record,
            ledger: Standing::New,
            reason: None,
        }
    }
}

/// A ledger as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// Its file, as it was named; none when there is none, which accepts nothing.
    pub file: Option<String>,
    /// Its entries, in their order.
    pub entries: Vec<LedgerEntry>,
}

/// What a run could have shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Whether it was a whole one: no part in which the target is held against the oracle left out, not ended early, no
    /// shard of another.
    pub whole: bool,
    /// Whether it tried laws on all the cases it was to try them on.
    pub laws: bool,
    /// Whether every pair of replies that diverged was looked into at least once, so that what was left out cannot
    /// hide a further one.
    pub every_pair: bool,
}

/// How a run stands to a ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LedgerSummary {
    /// The ledger's file; null when there is none.
    pub file: Option<String>,
    /// Kinds of divergence that an entry accepts.
    pub known: u64,
    /// Those that none does; a choice of which the target mixes the readings is one as well.
    pub new: u64,
    /// Entries that nothing needs any more.
    pub stale: Vec<LedgerEntry>,
    /// Entries whose date has passed and that are not stale.
    pub expired: Vec<LedgerEntry>,
    /// Entries of use to nothing in this run, which cannot tell whether they are stale.
    pub not_judged: u64,
}

impl Summary {
    /// The summary of the same run, held against a ledger at a day.
    #[must_use]
    pub fn held_against(mut self, ledger: &Ledger, reach: Reach, today: Date) -> Self {
        let mut used = vec![false; ledger.entries.len()];
        for cluster in &mut self.clusters {
            let covering = ledger.entries.iter().enumerate();
            for (i, entry) in covering {
                if entry.accepts.covers(&cluster.signature) {
                    used[i] = true;
                    cluster.ledger = Standing::Known;
                    cluster.reason.get_or_insert_with(|| entry.reason.clone());
                }
            }
        }
        let mut told = LedgerSummary {
            file: ledger.file.clone(),
            known: self.count(Standing::Known),
            new: self.count_new(),
            stale: Vec::new(),
            expired: Vec::new(),
            not_judged: 0,
        };
        for (entry, used) in ledger.entries.iter().zip(used) {
            if !used && self.could_show(entry, reach) {
                told.stale.push(entry.clone());
            } else if entry.is_expired(today) {
                told.expired.push(entry.clone());
            } else if !used {
                told.not_judged += 1;
            }
        }
        self.ledger = Some(told);
        self
    }

    /// Whether there is a divergence that nobody accepted.
    #[must_use]
    pub fn has_new(&self) -> bool {
        let ledger = self.ledger.as_ref();
        ledger.map_or(self.divergences > 0, |ledger| ledger.new > 0)
    }

    fn count(&self, standing: Standing) -> u64 {
        let clusters = self.clusters.iter();
        clusters.filter(|c| c.ledger == standing).count() as u64
    }

    /// Kinds that no entry accepts. Divergences that nobody looked into are taken for what those are that somebody did:
    /// where there is none of these, they are one new kind.
    fn count_new(&self) -> u64 {
        let mixed = self.follows.iter().filter(|f| f.reading.is_none());
        let new = self.count(Standing::New) + mixed.count() as u64;
        if new == 0 && self.clusters.is_empty() {
            u64::from(self.divergences > 0)
        } else {
            new
        }
    }

    /// Whether the run could have shown a divergence that the entry accepts.
    fn could_show(&self, entry: &LedgerEntry, reach: Reach) -> bool {
        let accepts = &entry.accepts;
        let asked = match accepts.law {
            // Documentation and oracle are held against each other in every run, the oracle against itself is not.
            Some(_) => accepts.target == self.target,
            None => accepts.concerns(&self.target),
        };
        let of = |part| self.parts.iter().find(|p| p.part == part);
        let (whole, generated) = match (&accepts.law, &self.laws) {
            (None, _) => {
                let generated = of(Part::Generated);
                let cases = generated.map_or(0, |p| p.compared + p.unsupported);
                (reach.whole, cases)
            }
            (Some(_), Some(laws)) => (reach.laws, laws.cases),
            (Some(_), None) => (false, 0),
        };
        // What was left unexamined has the replies of something examined.
        let hidden = self.not_examined > 0
            && (!reach.every_pair
                || self.clusters.iter().any(|c| {
                    let Signature {
                        expected, observed, ..
                    } = c.signature;
                    accepts.law == c.signature.law && accepts.replies(expected, observed)
                }));
        asked && whole && !self.void && !hidden && generated >= entry.cases.unwrap_or(0)
    }
}
