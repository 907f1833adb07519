//! Targets: what is compared with the oracle.

use std::panic::{AssertUnwindSafe, catch_unwind};

use veriam_model::{Check, Dialect};

use crate::compare::{self, Reply};

/// Something that answers checks.
pub trait Target: Sync {
    /// Its name, as reports and stored cases give it.
    fn name(&self) -> &str;

    /// Its version.
    fn version(&self) -> &str;

    /// The reading it declares for every choice; it is compared under exactly that dialect.
    fn dialect(&self) -> &Dialect;

    /// Its reply to a check. Never panics: a target that breaks replies [`Reply::Failed`].
    fn observe(&self, check: &Check) -> Reply;
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

    fn dialect(&self) -> &Dialect {
        &self.dialect
    }

    fn observe(&self, check: &Check) -> Reply {
        caught(|| compare::evaluator_answer(check, &self.dialect))
    }
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
    use veriam_evaluator::{Engine, Request};
    use veriam_model::{Check, Dialect};

    use super::{Reply, Target, caught};
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
            let mistake = Mistake::ALL.iter().find(|m| m.name() == mistake)?;
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

        fn dialect(&self) -> &Dialect {
            &self.dialect
        }

        fn observe(&self, check: &Check) -> Reply {
            caught(|| {
                let engine = Engine::for_check_with_mistake(check, &self.dialect, self.mistake);
                match compare::outcome(engine, &Request::of(check)) {
                    Ok(outcome) => compare::oracle_reply(outcome),
                    Err(_) => Reply::Malformed,
                }
            })
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
