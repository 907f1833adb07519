//! One check, call or put told to people: what decided, and what to change.

mod call;
mod json;
mod pick;
mod put;
mod text;

pub use call::{CallExplanation, CallSubject, call_facts};
pub use pick::{PickError, Picked, Select, Subject, pick};
pub use put::{PutExplanation, PutSubject};

use veriam_model::{Decision, Verb};
use veriam_oracle::{
    self as oracle, CheckOutcome, Derivation, Detail, Element, ElementTrace, MalformedRequest,
    PolicyTrace, StatementTrace, Verdict, VerdictError,
};

use crate::compare::{Reply, evaluator_answer};
use crate::labels;

/// Everything there is to say about one check.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// What was asked.
    pub subject: Subject,
    /// How the oracle decides it.
    pub derivation: Derivation,
    /// Whether open choices could change the outcome; `None` under another dialect than the default one.
    pub verdict: Option<Result<Verdict, VerdictError>>,
    /// What the evaluator replies.
    pub evaluator: Reply,
}

/// A statement that decided, or that would have decided otherwise had it applied.
#[derive(Clone, Copy, Debug)]
pub struct Decider<'a> {
    /// Its policy.
    pub policy: &'a PolicyTrace,
    /// The statement.
    pub statement: &'a StatementTrace,
    /// The decision if it applied and does not, or the other way round.
    pub otherwise: Decision,
}

impl Explanation {
    /// Explains a check.
    ///
    /// # Errors
    /// [`MalformedRequest`] when it is no question.
    pub fn new(subject: Subject) -> Result<Self, MalformedRequest> {
        let check = &subject.row.check;
        let derivation = oracle::trace(check, &subject.dialect, Detail::Full)?;
        let default = subject.dialect == veriam_model::Dialect::default();
        Ok(Self {
            verdict: default.then(|| oracle::verdict(check)),
            evaluator: evaluator_answer(check, &subject.dialect),
            derivation,
            subject,
        })
    }

    /// The decision, if every policy is valid.
    #[must_use]
    pub fn decision(&self) -> Option<Decision> {
        match self.derivation.judgement.outcome {
            CheckOutcome::Decided(decision) => Some(decision),
            CheckOutcome::Invalid(_) => None,
        }
    }

    /// The statements to look at first.
    ///
    /// Of an explicit deny: every Deny that applies. Of an allow: the Allow statements without which it would be
    /// none, or, when none of them is needed alone, all that apply. Of an implicit deny: the Allow statements
    /// that would have made it an allow, those with the fewest failing elements first.
    #[must_use]
    pub fn deciders(&self) -> Vec<Decider<'_>> {
        let Some(decision) = self.decision() else {
            return Vec::new();
        };
        let (effect, applies) = match decision {
            Decision::ExplicitDeny => (Verb::Deny, true),
            Decision::Allow => (Verb::Allow, true),
            Decision::ImplicitDeny => (Verb::Allow, false),
        };
        let mut deciders = Vec::new();
        for policy in self.derivation.policies.iter().filter(|p| p.counts) {
            for statement in &policy.statements {
                if statement.effect != effect || statement.applies != applies {
                    continue;
                }
                let otherwise = self
                    .derivation
                    .decision_if(policy.slot, statement.index, !applies);
                deciders.extend(otherwise.map(|otherwise| Decider {
                    policy,
                    statement,
                    otherwise,
                }));
            }
        }
        let turns = |decider: &Decider<'_>| decider.otherwise != decision;
        let needed = decision == Decision::ImplicitDeny || deciders.iter().any(turns);
        if decision != Decision::ExplicitDeny && needed {
            deciders.retain(turns);
        }
        let failing = |d: &Decider<'_>| d.statement.elements.iter().filter(|e| !e.holds).count();
        // A statement about another action is seldom the one that was meant.
        let of_other_action = |d: &Decider<'_>| {
            let mut elements = d.statement.elements.iter();
            let is_action = |e: Element| matches!(e, Element::Action | Element::NotAction);
            elements.any(|e| !e.holds && is_action(e.element))
        };
        deciders.sort_by_key(|decider| (failing(decider), of_other_action(decider)));
        deciders
    }

    /// Whether the decision turns on this element.
    fn is_decisive(
        &self,
        policy: &PolicyTrace,
        statement: &StatementTrace,
        element: &ElementTrace,
    ) -> bool {
        labels::decisive_elements(&self.derivation, policy, statement)
            .is_some_and(|(_, elements)| elements.iter().any(|e| std::ptr::eq(*e, element)))
    }

    /// The explanation for people, with ANSI styles.
    #[must_use]
    pub fn to_text(&self) -> String {
        text::render(self)
    }

    /// The explanation as one JSON object with a line feed at its end.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::render(self)
    }
}
