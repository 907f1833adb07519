//! What is written down while a check is judged: rules cited, choices consulted.

use veriam_model::{ChoiceSet, Dialect, Reading, RuleId, RuleSet};

use crate::Detail;

/// Rule `number` of the IAM book.
pub(crate) const fn iam(number: u16) -> RuleId {
    RuleId::iam(number)
}

/// Rule `number` of the AgentCore book.
pub(crate) const fn ac(number: u16) -> RuleId {
    RuleId::agentcore(number)
}

/// The notebook of one part of a judgement: of a document, an element, or the algorithm.
#[derive(Clone, Debug)]
pub(crate) struct Notes<'d> {
    dialect: &'d Dialect,
    detail: Option<Detail>,
    rules: RuleSet,
    /// The rules in the order of first use; kept only when somebody wants a derivation.
    order: Vec<RuleId>,
    consulted: ChoiceSet,
}

impl<'d> Notes<'d> {
    /// An empty notebook. `detail` is `None` when no derivation is wanted.
    pub(crate) fn new(dialect: &'d Dialect, detail: Option<Detail>) -> Self {
        Self {
            dialect,
            detail,
            rules: RuleSet::new(),
            order: Vec::new(),
            consulted: ChoiceSet::new(),
        }
    }

    /// An empty notebook with the same dialect and detail.
    pub(crate) fn fresh(&self) -> Self {
        Self::new(self.dialect, self.detail)
    }

    /// Writes down that a rule was applied.
    pub(crate) fn cite(&mut self, rule: RuleId) {
        if self.detail.is_some() && !self.rules.contains(rule) {
            self.order.push(rule);
        }
        self.rules.insert(rule);
    }

    /// Writes down that a rule was applied, if it was.
    pub(crate) fn cite_if(&mut self, applied: bool, rule: RuleId) {
        if applied {
            self.cite(rule);
        }
    }

    /// Asks the dialect for its reading of a choice. To be called only where the readings differ in effect,
    /// so that nothing is called undetermined without need.
    pub(crate) fn choose<R: Reading>(&mut self) -> R {
        self.cite(R::CHOICE.rule());
        self.consulted.insert(R::CHOICE);
        self.dialect.get()
    }

    /// Whether some item passes. Every item is tested, because every rule applied is to be cited; but once an
    /// item has passed, the choices that later ones consult can change nothing and are not written down.
    pub(crate) fn any<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut test: impl FnMut(&mut Self, T) -> bool,
    ) -> bool {
        let mut passed = false;
        for item in items {
            let consulted = self.consulted;
            let passes = test(self, item);
            if passed {
                self.consulted = consulted;
            }
            passed |= passes;
        }
        passed
    }

    /// Whether every item passes; the mirror image of [`Notes::any`].
    pub(crate) fn all<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut test: impl FnMut(&mut Self, T) -> bool,
    ) -> bool {
        !self.any(items, |notes, item| !test(notes, item))
    }

    /// Takes over every rule of another notebook, and its choices too if `with_choices`.
    pub(crate) fn take_over(&mut self, other: &Notes<'_>, with_choices: bool) {
        for &rule in &other.order {
            if !self.rules.contains(rule) {
                self.order.push(rule);
            }
        }
        self.rules.extend_from(&other.rules);
        if with_choices {
            self.consulted.extend_from(other.consulted);
        }
    }

    /// The rules cited.
    pub(crate) fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// The choices consulted.
    pub(crate) fn consulted(&self) -> ChoiceSet {
        self.consulted
    }

    /// The rules cited, in the order of first use; empty when no derivation is wanted.
    pub(crate) fn in_order(&self) -> &[RuleId] {
        &self.order
    }

    /// Whether a derivation is wanted.
    pub(crate) fn is_recording(&self) -> bool {
        self.detail.is_some()
    }

    /// The text, if texts for people are wanted; else an empty one.
    pub(crate) fn text(&self, write: impl FnOnce() -> String) -> String {
        if self.wants_text() {
            write()
        } else {
            String::new()
        }
    }

    /// Whether texts for people are wanted.
    pub(crate) fn wants_text(&self) -> bool {
        self.detail == Some(Detail::Full)
    }
}
