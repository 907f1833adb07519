//! Targets: what is compared with the oracle.
//!
//! A target says who it is and what it can be asked ([`Target::describe`]), and replies to cases
//! ([`Target::observe_all`]). Where it cannot make the world of a case exactly as drawn, because it chooses ids, times or
//! addresses itself, it tells the case that really was, and the oracle is asked about that one ([`Observation`]).
//! Everybody in the harness asks through [`Target::ask_all`], which keeps from a target what it does not support and takes
//! calls apart into checks where that is what it takes.

pub mod capabilities;
#[cfg(feature = "aws")]
mod driven;
pub mod exec;
mod guarded;
mod in_process;
mod pieces;
#[cfg(feature = "planted-mistakes")]
pub mod planted;
mod spec;

use veriam_model::{Case, Dialect};

use crate::compare::Reply;

pub use capabilities::Capabilities;
#[cfg(feature = "aws")]
pub use driven::{Driven, EMULATOR};
pub use exec::TargetOptions;
pub use guarded::Guarded;
pub use in_process::{Evaluator, Oracle};
pub use spec::{OpenError, Spec};

/// Who a target is and what it can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// Its name, as reports and stored cases give it.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it can be asked.
    pub capabilities: Capabilities,
    /// The reading it declares for every choice, if it does.
    pub dialect: Option<Dialect>,
}

/// What a target did with a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// The case as it really was; nothing where that is the one drawn. The verdict is that of this case.
    pub effective: Option<Case>,
    /// The reply.
    pub reply: Reply,
}

impl Observation {
    /// A reply to a case as it was drawn.
    #[must_use]
    pub const fn as_drawn(reply: Reply) -> Self {
        Self {
            effective: None,
            reply,
        }
    }

    /// The case the reply is about.
    #[must_use]
    pub fn case<'a>(&'a self, drawn: &'a Case) -> &'a Case {
        self.effective.as_ref().unwrap_or(drawn)
    }
}

/// Something that answers cases.
pub trait Target: Sync {
    /// Its name, as reports and stored cases give it.
    fn name(&self) -> &str;

    /// Its version.
    fn version(&self) -> &str;

    /// The reading it declares for every choice; it is compared under exactly that dialect. A target that declares
    /// none may follow any reading, as long as it is the same one throughout a run.
    fn dialect(&self) -> Option<&Dialect>;

    /// What it can be asked, if that is not everything.
    fn capabilities(&self) -> Option<&Capabilities> {
        None
    }

    /// Its reply to a case it supports. Never panics: a target that breaks replies [`Reply::Failed`].
    fn observe(&self, case: &Case) -> Reply;

    /// What it does with some cases that it supports, in order; for targets that save work where neighbours share a
    /// world, or that change what was drawn.
    fn observe_all(&self, cases: &[&Case]) -> Vec<Observation> {
        let replies = cases.iter().map(|case| self.observe(case));
        replies.map(Observation::as_drawn).collect()
    }

    /// Why it answers nobody any more; nothing while it does. What it replies from then on says nothing about a case.
    fn lost(&self) -> Option<String> {
        None
    }

    /// How a command line names it, where its name alone does not lead to it.
    fn asked_as(&self) -> Option<String> {
        None
    }

    /// Whether it is a process of its own: a failure takes long, so that nobody should provoke one again and
    /// again, and it need not behave alike twice.
    fn is_process(&self) -> bool {
        false
    }

    /// Whether it may change a case so much that what the oracle says of the drawn one need not hold.
    fn changes_cases(&self) -> bool {
        false
    }

    /// What it will make of a case that it changes, as far as that can be told without asking it.
    fn foreseen(&self, _case: &Case) -> Option<Case> {
        None
    }

    /// How many cases it may be asked to make one divergence small.
    fn shrink_budget(&self) -> usize {
        crate::run::SHRINK_BUDGET
    }

    /// All of what it says about itself.
    fn describe(&self) -> Description {
        Description {
            name: self.name().to_owned(),
            version: self.version().to_owned(),
            capabilities: self
                .capabilities()
                .cloned()
                .unwrap_or_else(Capabilities::everything),
            dialect: self.dialect().copied(),
        }
    }

    /// What it does with some cases, in order. What it cannot be asked is [`Reply::Unsupported`] with the reason; calls
    /// are asked as the checks they ask for where it takes checks only.
    fn ask_all(&self, cases: &[&Case]) -> Vec<Observation> {
        match self.capabilities() {
            None => self.observe_all(cases),
            Some(capabilities) => pieces::ask_all(
                cases,
                capabilities,
                &self.asked_under(),
                &|supported: &[&Case]| self.observe_all(supported),
            ),
        }
    }

    /// What it does with one case; see [`Target::ask_all`].
    fn ask(&self, case: &Case) -> Observation {
        let observation = self.ask_all(&[case]).pop();
        observation.unwrap_or_else(|| {
            Observation::as_drawn(Reply::Failed("the target gave no reply".to_owned()))
        })
    }

    /// The dialect the oracle is asked under: the declared one, else the default one.
    fn asked_under(&self) -> Dialect {
        self.dialect().copied().unwrap_or_default()
    }
}

/// The target of this program with that name, or `None` when it has no such target.
#[must_use]
pub fn by_name(name: &str, dialect: Dialect) -> Option<Box<dyn Target + Send + Sync>> {
    if name == Evaluator::NAME {
        return Some(Box::new(Evaluator { dialect }));
    }
    if name == Oracle::NAME {
        return Some(Box::new(Oracle { dialect }));
    }
    #[cfg(feature = "planted-mistakes")]
    if let Some(planted) = planted::Planted::by_name(name, dialect) {
        return Some(Box::new(planted));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_found_by_their_name() {
        let dialect = Dialect::default();
        assert_eq!(by_name("evaluator", dialect).unwrap().name(), "evaluator");
        assert_eq!(by_name("oracle", dialect).unwrap().name(), "oracle");
        assert!(by_name("nobody", dialect).is_none());
        assert!(by_name("planted:nothing", dialect).is_none());
    }

    #[test]
    fn a_target_that_says_nothing_about_it_can_be_asked_everything() {
        let described = Evaluator::default().describe();
        assert_eq!(described.capabilities, Capabilities::everything());
        assert_eq!(described.dialect, Some(Dialect::default()));
    }
}
