//! Targets that are part of this program.

use std::panic::{AssertUnwindSafe, catch_unwind};

use veriam_evaluator as evaluator;
use veriam_model::{Case, Dialect, World};

use super::{Observation, Target};
use crate::compare::{self, Reply};

/// The evaluator library, in process.
#[derive(Clone, Debug, Default)]
pub struct Evaluator {
    /// The dialect it is asked under.
    pub dialect: Dialect,
}

impl Evaluator {
    /// Its name as a target.
    pub const NAME: &'static str = "evaluator";
}

impl Target for Evaluator {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn version(&self) -> &str {
        // All crates of the workspace carry one version.
        env!("CARGO_PKG_VERSION")
    }

    fn dialect(&self) -> Option<&Dialect> {
        Some(&self.dialect)
    }

    fn observe(&self, case: &Case) -> Reply {
        caught(|| compare::evaluator_reply(case, &self.dialect))
    }

    fn observe_all(&self, cases: &[&Case]) -> Vec<Observation> {
        let compile = |world: &World| evaluator::World::new(world, &self.dialect);
        world_by_world(cases, compile, |case| self.observe(case))
    }
}

/// The oracle itself, to be held against itself by laws.
#[derive(Clone, Debug, Default)]
pub struct Oracle {
    /// The dialect it is asked under.
    pub dialect: Dialect,
}

impl Oracle {
    /// Its name as a target.
    pub const NAME: &'static str = crate::run::ORACLE;
}

impl Target for Oracle {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn version(&self) -> &str {
        env!("CARGO_PKG_VERSION")
    }

    fn dialect(&self) -> Option<&Dialect> {
        Some(&self.dialect)
    }

    fn observe(&self, case: &Case) -> Reply {
        caught(|| compare::oracle_reply(case, &self.dialect))
    }
}

/// What an evaluator does with some cases: calls next to each other in one world are asked with the world compiled once,
/// everything else by itself.
pub(super) fn world_by_world(
    cases: &[&Case],
    compile: impl Fn(&World) -> Result<evaluator::World, evaluator::WorldError>,
    alone: impl Fn(&Case) -> Reply,
) -> Vec<Observation> {
    let mut replies = Vec::with_capacity(cases.len());
    let same = |a: &&Case, b: &&Case| match (a, b) {
        (Case::Call(a), Case::Call(b)) => a.world == b.world,
        _ => false,
    };
    for neighbours in cases.chunk_by(same) {
        match in_one_world(neighbours, &compile) {
            Some(of_world) => replies.extend(of_world),
            None => replies.extend(neighbours.iter().map(|case| alone(case))),
        }
    }
    replies.into_iter().map(Observation::as_drawn).collect()
}

/// The replies to calls that are made in one world, which is compiled once; `None` for a single call, and for cases that
/// are no calls.
fn in_one_world(
    cases: &[&Case],
    compile: impl Fn(&World) -> Result<evaluator::World, evaluator::WorldError>,
) -> Option<Vec<Reply>> {
    let mut calls = Vec::with_capacity(cases.len());
    for case in cases {
        match case {
            Case::Call(case) => calls.push(case),
            Case::Check(_) | Case::Document(_) | Case::Put(_) => return None,
        }
    }
    let (first, rest) = calls.split_first()?;
    if rest.is_empty() {
        return None;
    }
    let compiled = catch_unwind(AssertUnwindSafe(|| compile(&first.world))).ok()?;
    let reply = |call| caught(|| compare::world_reply(&compiled, call));
    Some(calls.iter().map(|case| reply(&case.call)).collect())
}

/// A reply, or the panic that came instead of it.
pub(super) fn caught(ask: impl FnOnce() -> Reply) -> Reply {
    catch_unwind(AssertUnwindSafe(ask)).unwrap_or_else(|panic| {
        let message = panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned());
        Reply::Failed(format!(
            "panicked: {}",
            message.unwrap_or_else(|| "no message".to_owned())
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_that_panics_replies_that_it_failed() {
        let reply = caught(|| panic!("on purpose"));
        assert_eq!(reply, Reply::Failed("panicked: on purpose".to_owned()));
    }
}
