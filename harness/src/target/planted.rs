//! Evaluators with one known bug each, which a harness worth its name finds.

use veriam_evaluator::planted::Mistake;
use veriam_evaluator::{Engine, Request, World};
use veriam_model::{Case, Dialect};

use super::in_process::{caught, world_by_world};
use super::{Observation, Target};
use crate::compare::{self, Reply};

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
            // No mistake is about puts.
            Case::Put(_) => compare::evaluator_reply(case, dialect),
        })
    }

    fn observe_all(&self, cases: &[&Case]) -> Vec<Observation> {
        let compile = |world: &_| World::with_mistake(world, &self.dialect, self.mistake);
        world_by_world(cases, compile, |case| self.observe(case))
    }
}
