//! One case: ask both judges, compare, count.

use std::panic::{AssertUnwindSafe, catch_unwind};

use veriam_model::{Check, ChoiceSet, Dialect, Row};
use veriam_oracle::{self as oracle, Derivation, Detail, Verdict};

use super::Part;
use super::tally::{Found, OracleFault, Tally, Who};
use crate::compare::{Reply, agree, oracle_reply};
use crate::labels;
use crate::target::Target;

/// Judges one case of a part and adds it to the tally.
pub(super) fn judge(part: Part, index: u64, row: &Row, target: &dyn Target, tally: &mut Tally) {
    let check = &row.check;
    let asked = catch_unwind(AssertUnwindSafe(|| ask_oracle(part, check, target)));
    let oracle = match asked {
        Ok(answer) => answer,
        Err(panic) => {
            let message = panic
                .downcast_ref::<&str>()
                .map(|text| (*text).to_owned())
                .or_else(|| panic.downcast_ref::<String>().cloned())
                .unwrap_or_default();
            tally.faults.push(OracleFault { index, message });
            return;
        }
    };
    let observed = target.observe(check);
    if let Reply::Unsupported(_) = observed {
        tally.unsupported += 1;
        return;
    }
    tally.compared += 1;
    tally.outcomes.add(&oracle.reply);
    tally.undetermined += u64::from(oracle.undetermined);
    if let Some(marks) = oracle.derivation.as_ref().and_then(labels::marks) {
        tally.labels.add(&marks);
    }
    let found = |who, expected, observed| Found {
        index,
        who,
        expected,
        observed,
    };
    // What is documented holds under the default readings.
    let documented = row.expected.filter(|_| !oracle.read_otherwise);
    match documented.map(Reply::Decided) {
        Some(documented) if !agree(&documented, &oracle.reply) => {
            tally.diverged(found(Who::Oracle, documented, oracle.reply));
        }
        _ if !agree(&oracle.reply, &observed) => {
            tally.diverged(found(Who::Target, oracle.reply, observed));
        }
        _ => {}
    }
}

struct OracleAnswer {
    reply: Reply,
    /// Whether a choice was consulted that the dialect reads otherwise than by default.
    read_otherwise: bool,
    undetermined: bool,
    derivation: Option<Derivation>,
}

/// Generated cases are judged with their derivation, which labels need; the others without.
fn ask_oracle(part: Part, check: &Check, target: &dyn Target) -> OracleAnswer {
    let dialect = target.dialect();
    let (judgement, derivation) = if part == Part::Generated {
        match oracle::trace(check, dialect, Detail::Structure) {
            Ok(derivation) => (derivation.judgement.clone(), Some(derivation)),
            Err(_) => return OracleAnswer::malformed(),
        }
    } else {
        match oracle::judge(check, dialect) {
            Ok(judgement) => (judgement, None),
            Err(_) => return OracleAnswer::malformed(),
        }
    };
    OracleAnswer {
        reply: oracle_reply(judgement.outcome),
        read_otherwise: reads_otherwise(judgement.consulted, dialect),
        // Without a choice consulted there is nothing to flip, and the search is the costly part.
        undetermined: part == Part::Generated
            && !judgement.consulted.is_empty()
            && !matches!(oracle::verdict(check), Ok(Verdict::Determined(_))),
        derivation,
    }
}

/// Whether a dialect has another reading than the default one for one of these choices.
pub(crate) fn reads_otherwise(consulted: ChoiceSet, dialect: &Dialect) -> bool {
    consulted.iter().any(|choice| dialect.index(choice) != 0)
}

impl OracleAnswer {
    fn malformed() -> Self {
        Self {
            reply: Reply::Malformed,
            read_otherwise: false,
            undetermined: false,
            derivation: None,
        }
    }
}
