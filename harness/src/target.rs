//! Targets: what is compared with the oracle.

use std::panic::{AssertUnwindSafe, catch_unwind};

use veriam_evaluator as evaluator;
use veriam_model::{Case, Dialect, World};

use crate::compare::{self, Reply};

/// Something that answers cases.
pub trait Target: Sync {
    /// Its name, as reports and stored cases give it.
    fn name(&self) -> &str;

    /// Its version.
    fn version(&self) -> &str;

    /// The reading it declares for every choice; it is compared under exactly that dialect. A target that declares
    /// none may follow any reading, as long as it is the same one throughout a run.
    fn dialect(&self) -> Option<&Dialect>;

    /// Its reply to a case. Never panics: a target that breaks replies [`Reply::Failed`].
    fn observe(&self, case: &Case) -> Reply;

    /// Its replies to some cases in order, for targets that save work where neighbours share a world.
    fn observe_all(&self, cases: &[&Case]) -> Vec<Reply> {
        cases.iter().map(|case| self.observe(case)).collect()
    }

    /// The dialect the oracle is asked under: the declared one, else the default one.
    fn asked_under(&self) -> Dialect {
        self.dialect().copied().unwrap_or_default()
    }
}

/// The target with that name, or `None` when this build has no such target.
#[must_use]
pub fn by_name(name: &str, dialect: Dialect) -> Option<Box<dyn Target>> {
    if name == Evaluator::NAME {
        return Some(Box::new(Evaluator { dialect }));
    }
    #[cfg(feature = "planted-mistakes")]
    if let Some(planted) = planted::Planted::by_name(name, dialect) {
        return Some(Box::new(planted));
    }
    None
}

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

    fn observe_all(&self, cases: &[&Case]) -> Vec<Reply> {
        in_one_world(cases, |world| evaluator::World::new(world, &self.dialect))
            .unwrap_or_else(|| cases.iter().map(|case| self.observe(case)).collect())
    }
}

/// The replies to calls that are all made in one world, which is compiled once; `None` when they are not.
fn in_one_world(
    cases: &[&Case],
    compile: impl Fn(&World) -> Result<evaluator::World, evaluator::WorldError>,
) -> Option<Vec<Reply>> {
    let mut calls = Vec::with_capacity(cases.len());
    for case in cases {
        match case {
            Case::Call(case) => calls.push(case),
            Case::Check(_) | Case::Document(_) => return None,
        }
    }
    let (first, rest) = calls.split_first()?;
    if rest.is_empty() || rest.iter().any(|case| case.world != first.world) {
        return None;
    }
    let compiled = catch_unwind(AssertUnwindSafe(|| compile(&first.world))).ok()?;
    let reply = |call| caught(|| compare::world_reply(&compiled, call));
    Some(calls.iter().map(|case| reply(&case.call)).collect())
}

/// A reply, or the panic that came instead of it.
fn caught(ask: impl FnOnce() -> Reply) -> Reply {
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

/// Evaluators with one known bug each, which a harness worth its name finds.
#[cfg(feature = "planted-mistakes")]
pub mod planted {
    use veriam_evaluator::planted::Mistake;
    use veriam_evaluator::{Engine, Request, World};
    use veriam_model::{Case, Dialect};

    use super::{Reply, Target, caught, in_one_world};
    use crate::compare;

    /// The evaluator with one known bug.
    #[derive(Clone, Debug)]
    pub struct Planted {
        name: String,
        mistake: Mistake,
        dialect: Dialect,
    }

    impl Planted {
        /// The target named `planted:` and the mistake's name.
        #[must_use]
        pub fn new(mistake: Mistake, dialect: Dialect) -> Self {
            Self {
                name: format!("planted:{}", mistake.name()),
                mistake,
                dialect,
            }
        }

        /// The target with that name.
        #[must_use]
        pub fn by_name(name: &str, dialect: Dialect) -> Option<Self> {
            let mistake = name.strip_prefix("planted:")?;
            let mut known = Mistake::ALL.iter().chain(Mistake::CALLS);
            let mistake = known.find(|m| m.name() == mistake)?;
            Some(Self::new(*mistake, dialect))
        }
    }

    impl Target for Planted {
        fn name(&self) -> &str {
            &self.name
        }

        fn version(&self) -> &str {
            env!("CARGO_PKG_VERSION")
        }

        fn dialect(&self) -> Option<&Dialect> {
            Some(&self.dialect)
        }

        fn observe(&self, case: &Case) -> Reply {
            let Self {
                mistake, dialect, ..
            } = self;
            caught(|| match case {
                Case::Check(check) => {
                    let engine = Engine::for_check_with_mistake(check, dialect, *mistake);
                    match compare::outcome(engine, &Request::of(check)) {
                        Ok(outcome) => compare::outcome_reply(outcome),
                        Err(_) => Reply::Malformed,
                    }
                }
                Case::Document(document) => compare::evaluator_reading(document, dialect),
                Case::Call(case) => {
                    let world = World::with_mistake(&case.world, dialect, *mistake);
                    compare::world_reply(&world, &case.call)
                }
            })
        }

        fn observe_all(&self, cases: &[&Case]) -> Vec<Reply> {
            in_one_world(cases, |world| {
                World::with_mistake(world, &self.dialect, self.mistake)
            })
            .unwrap_or_else(|| cases.iter().map(|case| self.observe(case)).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_that_panics_replies_that_it_failed() {
        let reply = caught(|| panic!("on purpose"));
        assert_eq!(reply, Reply::Failed("panicked: on purpose".to_owned()));
    }

    #[test]
    fn targets_are_found_by_their_name() {
        let dialect = Dialect::default();
        assert_eq!(by_name("evaluator", dialect).unwrap().name(), "evaluator");
        assert!(by_name("nobody", dialect).is_none());
        assert!(by_name("planted:nothing", dialect).is_none());
    }
}
