//! Layers: the policies of one type and one owner, compiled together.
//!
//! A check asks the layers that count one by one. Which of them a Deny comes from is then plain, and none has to be
//! compiled again for another caller or another resource.

use std::borrow::Cow;

use veriam_model::PolicySlot;

use super::facts::PairFacts;
use super::key::ContextKey;
use super::values::Values;
use crate::compile::{Sources, compile};
use crate::decide::{Counting, Decider};
use crate::document::Document;
use crate::program::Program;
use crate::question::{Question, Tally};
use crate::run::{Run, Scratch};
use crate::settings::Settings;
use crate::source::Source;
use crate::work::Meter;

#[derive(Clone, Debug)]
pub(super) struct Layer {
    program: Program,
    /// What the keys of the program are, by their numbers.
    keys: Box<[ContextKey]>,
}

/// The documents of a layer.
pub(super) type Documents<'d> = Vec<(PolicySlot, Cow<'d, Document<'d>>)>;

impl Layer {
    /// Compiles what is no level of control policies; none when there is nothing.
    pub(super) fn of(documents: Documents<'_>, settings: &Settings) -> Option<Self> {
        let is_something = !documents.is_empty();
        is_something.then(|| Self::compile(documents, (0, 0), settings))
    }

    /// Compiles documents among which are so many levels of service and resource control policies.
    pub(super) fn compile(
        documents: Documents<'_>,
        (scp_levels, rcp_levels): (usize, usize),
        settings: &Settings,
    ) -> Self {
        let sources = Sources {
            documents,
            scp_levels,
            rcp_levels,
        };
        let program = compile(&sources, settings);
        let keys = program.keys.iter().map(|key| ContextKey::of(&key.name));
        Self {
            keys: keys.collect(),
            program,
        }
    }

    /// What the statements that count for a question add up to.
    pub(super) fn tally<'r>(
        &'r self,
        question: &'r Question<'r>,
        facts: &'r PairFacts<'r>,
        counting: Counting,
    ) -> Tally {
        let decider = Decider {
            question,
            run: Run {
                program: &self.program,
                settings: question.settings,
                source: Derived {
                    keys: &self.keys,
                    facts,
                },
                scratch: Scratch::new(),
                meter: (),
            },
        };
        decider.tally(counting, &mut ())
    }
}

/// Values derived from the facts of a call, when they are asked for.
struct Derived<'r> {
    keys: &'r [ContextKey],
    facts: &'r PairFacts<'r>,
}

impl<'r> Source<'r> for Derived<'r> {
    type Texts = Values<'r>;

    #[inline]
    fn texts(&self, _: &'r Program, key: u32, _: &impl Meter) -> Option<Values<'r>> {
        self.facts.values(self.keys.get(key as usize)?)
    }
}
