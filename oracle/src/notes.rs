//! What is written down while a check is judged: rules cited, choices consulted.

use veriam_model::{ChoiceSet, Dialect, Reading, RuleId, RuleSet};

use crate::{Detail, Judgement};

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

    /// Whether some item passes. Every item is tested, because every rule applied is to be cited. But choices
    /// are written down only while they can matter: not after an item that passes, and none at all if an item
    /// passes without consulting any.
    pub(crate) fn any<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut test: impl FnMut(&mut Self, T) -> bool,
    ) -> bool {
        let before = std::mem::take(&mut self.consulted);
        let mut matter = Matter::default();
        for item in items {
            let passes = test(self, item);
            matter.add(passes, std::mem::take(&mut self.consulted));
        }
        self.consulted = before;
        self.consulted.extend_from(matter.choices());
        matter.settled
    }

    /// Whether every item passes; the mirror image of [`Notes::any`].
    pub(crate) fn all<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut test: impl FnMut(&mut Self, T) -> bool,
    ) -> bool {
        !self.any(items, |notes, item| !test(notes, item))
    }

    /// Takes over every rule of another notebook.
    pub(crate) fn take_over_rules(&mut self, other: &Notes<'_>) {
        for &rule in &other.order {
            if !self.rules.contains(rule) {
                self.order.push(rule);
            }
        }
        self.rules.extend_from(&other.rules);
    }

    /// Takes over consulted choices.
    pub(crate) fn take_over_choices(&mut self, choices: ChoiceSet) {
        self.consulted.extend_from(choices);
    }

    /// Strikes out every choice: none of them can change the outcome.
    pub(crate) fn forget_choices(&mut self) {
        self.consulted = ChoiceSet::new();
    }

    /// Takes over all of another notebook.
    pub(crate) fn take_over(&mut self, other: &Notes<'_>) {
        self.take_over_rules(other);
        self.take_over_choices(other.consulted);
    }

    /// Takes over what a judgement rests on; only the order of its rules is not known any more.
    pub(crate) fn take_over_judgement(&mut self, judgement: &Judgement) {
        self.rules.extend_from(&judgement.rules);
        self.consulted.extend_from(judgement.consulted);
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

/// Which choices can matter among items of which one settles the matter.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Matter {
    /// Whether some item settled it.
    pub(crate) settled: bool,
    /// Whether one did so under any reading.
    for_good: bool,
    consulted: ChoiceSet,
}

impl Matter {
    /// Adds an item: whether it settles the matter, and the choices it consulted.
    pub(crate) fn add(&mut self, settles: bool, consulted: ChoiceSet) {
        self.for_good |= settles && consulted.is_empty();
        if !self.settled {
            self.consulted.extend_from(consulted);
        }
        self.settled |= settles;
    }

    /// The choices that can matter.
    pub(crate) fn choices(&self) -> ChoiceSet {
        if self.for_good {
            ChoiceSet::new()
        } else {
            self.consulted
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use veriam_model::{Choice, readings};

    #[test]
    fn choices_are_written_down_only_while_they_can_matter() {
        let dialect = Dialect::default();
        // Each item: does it pass, and does it consult?
        for (items, consulted) in [
            (&[(false, true)][..], true),
            (&[(true, true)], true),
            (&[(true, false), (false, true)], false),
            (&[(false, true), (true, false)], false),
            (&[(false, false), (true, true)], true),
            (&[], false),
        ] {
            let mut notes = Notes::new(&dialect, None);
            let passed = notes.any(items, |notes, &(passes, consults)| {
                if consults {
                    notes.choose::<readings::ArnStar>();
                }
                notes.cite(iam(1));
                passes
            });
            assert_eq!(passed, items.iter().any(|(passes, _)| *passes));
            let found = notes.consulted().contains(Choice::ArnStar);
            assert_eq!(found, consulted, "{items:?}");
            assert_eq!(notes.rules().contains(iam(1)), !items.is_empty());
        }
    }

    #[test]
    fn what_was_consulted_before_stays_written_down() {
        let dialect = Dialect::default();
        let mut notes = Notes::new(&dialect, None);
        notes.choose::<readings::ArnStar>();
        assert!(!notes.all([1], |_, _| false));
        assert!(notes.consulted().contains(Choice::ArnStar));
    }

    #[test]
    fn order_is_kept_when_somebody_wants_a_derivation() {
        let dialect = Dialect::default();
        let mut notes = Notes::new(&dialect, Some(Detail::Structure));
        let mut other = notes.fresh();
        notes.cite(iam(9));
        for rule in [7, 9, 7, 8] {
            other.cite(iam(rule));
        }
        notes.take_over(&other);
        assert_eq!(notes.in_order(), [9, 7, 8].map(iam));
        assert_eq!(notes.text(|| "x".to_owned()), "");
    }
}
