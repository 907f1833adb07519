//! Labels: what a case reaches, and what of it decided.
//!
//! Every label belongs to a [`Family`]. A check carries a label when the thing it names occurs in a policy that
//! counts for the check; the label is *decisive* when it stands in the deciding place: in a statement that
//! applies and without which the decision would be another one, or in the only element that keeps a statement
//! from applying where the statement would have changed the decision. A call carries the labels of its checks,
//! decisive are those of the check where it fails, or of every check when it is allowed; what it is as a whole
//! (operation, path, outcome) always decides, and so does what becomes of a put.

mod counts;
mod family;
mod label;
mod names;
pub mod quotas;
mod resource;
mod trap;
mod values;

pub use counts::Counts;
pub use family::{Family, LABELS};
pub use label::Label;
pub use resource::ResourceType;
pub use trap::Trap;

use veriam_model::{CallCase, CaseKind, Check, ChoiceSet, Decision, Outcome, PutOutcome};
use veriam_oracle::{
    CallDerivation, CheckOutcome, Derivation, ElementTrace, PolicyTrace, StatementTrace,
};

use crate::operation::Operation;

/// The labels of one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marks {
    /// Labels of what occurs.
    pub seen: LabelSet,
    /// Labels of what decided.
    pub decisive: LabelSet,
}

const WORDS: usize = LABELS.div_ceil(64);

/// A set of labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LabelSet([u64; WORDS]);

impl LabelSet {
    /// The empty set.
    #[must_use]
    pub const fn new() -> Self {
        Self([0; WORDS])
    }

    /// Adds a label.
    pub const fn insert(&mut self, label: Label) {
        let index = label.index();
        self.0[index / 64] |= 1 << (index % 64);
    }

    /// Adds every label of another set.
    pub const fn extend_from(&mut self, other: &LabelSet) {
        let mut word = 0;
        while word < WORDS {
            self.0[word] |= other.0[word];
            word += 1;
        }
    }

    /// Whether the label is in the set.
    #[must_use]
    pub const fn contains(&self, label: Label) -> bool {
        let index = label.index();
        self.0[index / 64] & (1 << (index % 64)) != 0
    }

    /// The indices of the labels, ascending.
    fn indices(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(word, &bits)| {
            let mut rest = bits;
            std::iter::from_fn(move || {
                (rest != 0).then(|| {
                    let bit = rest.trailing_zeros() as usize;
                    rest &= rest - 1;
                    word * 64 + bit
                })
            })
        })
    }
}

impl Default for LabelSet {
    fn default() -> Self {
        Self::new()
    }
}

impl Marks {
    /// The labels of a case of that kind of which nothing else is known.
    #[must_use]
    pub const fn of_kind(kind: CaseKind) -> Self {
        let mut marks = Marks {
            seen: LabelSet::new(),
            decisive: LabelSet::new(),
        };
        marks.whole(Label::case(kind));
        marks
    }

    /// Adds a label that says what the case is as a whole: it always decides.
    const fn whole(&mut self, label: Label) {
        self.seen.insert(label);
        self.decisive.insert(label);
    }

    /// Adds the open points that were consulted, and those the outcome turns on.
    pub fn open_points(&mut self, consulted: ChoiceSet, turning: ChoiceSet) {
        for choice in consulted.iter() {
            self.seen.insert(Label::open_point(choice));
        }
        for choice in turning.iter() {
            // A choice may be consulted under another reading only.
            self.seen.insert(Label::open_point(choice));
            self.decisive.insert(Label::open_point(choice));
        }
    }
}

/// The labels of the check a derivation is about.
#[must_use]
pub fn of_check(check: &Check, derivation: &Derivation) -> Marks {
    let mut all = Marks::of_kind(CaseKind::Check);
    if let Some(marks) = marks(check, derivation) {
        all.seen.extend_from(&marks.seen);
        all.decisive.extend_from(&marks.decisive);
    }
    all
}

/// The labels of a put, of which that becomes.
#[must_use]
pub fn of_put(outcome: &PutOutcome) -> Marks {
    let mut all = Marks::of_kind(CaseKind::Put);
    all.whole(Label::put_outcome(outcome));
    all
}

/// The labels of the call a derivation is about.
#[must_use]
pub fn of_call(case: &CallCase, derivation: &CallDerivation) -> Marks {
    let mut all = Marks::of_kind(CaseKind::Call);
    let outcome = &derivation.judgement.outcome;
    let operation = Operation::of(&case.call.request);
    all.whole(Label::request(operation.family()));
    all.whole(Label::operation(operation));
    all.whole(Label::path(&case.world, &case.call));
    if let Some(label) = Label::authorizer(case) {
        all.whole(label);
    }
    all.whole(Label::call_outcome(outcome));
    for pair in &derivation.pairs {
        let Some(marks) = marks(&pair.check, &pair.derivation) else {
            continue;
        };
        all.seen.extend_from(&marks.seen);
        let decides = match outcome {
            Outcome::Denied(denial) => denial.at == pair.pair,
            _ => true,
        };
        if decides {
            all.decisive.extend_from(&marks.decisive);
        }
    }
    all
}

/// The labels of a check's decision; `None` when it was not decided.
fn marks(check: &Check, derivation: &Derivation) -> Option<Marks> {
    let CheckOutcome::Decided(decision) = derivation.judgement.outcome else {
        return None;
    };
    let mut seen = LabelSet::new();
    let mut decisive = LabelSet::new();
    for policy in derivation.policies.iter().filter(|p| p.counts) {
        seen.insert(Label::policy_type(policy.policy_type));
        seen.insert(Label::outcome_by_type(decision, policy.policy_type));
        for statement in &policy.statements {
            if let Some(grade) = statement.grade {
                seen.insert(Label::grade(grade));
            }
            for element in &statement.elements {
                mark_element(&mut seen, element);
            }
            mark_decisive(
                &mut decisive,
                check,
                derivation,
                decision,
                policy,
                statement,
            );
        }
    }
    // What the check is as a whole is seen in any case, and decisive when any of its statements is.
    let whole = [
        Label::outcome(decision),
        Label::caller(derivation.caller),
        Label::accounts(derivation.same_account),
        Label::resource_type(ResourceType::of(&check.resource.arn)),
    ];
    let decides = decisive != LabelSet::new();
    for label in whole {
        seen.insert(label);
        if decides {
            decisive.insert(label);
        }
    }
    // A trap is known by what it decides.
    seen.extend_from(&decisive);
    Some(Marks { seen, decisive })
}

/// The elements on which the decision turns: all of a statement that applies, the failing one of a statement
/// that fails in nothing else; empty when the decision stays as it is without the statement.
pub fn decisive_elements<'a>(
    derivation: &Derivation,
    policy: &PolicyTrace,
    statement: &'a StatementTrace,
) -> Option<(Decision, Vec<&'a ElementTrace>)> {
    let CheckOutcome::Decided(decision) = derivation.judgement.outcome else {
        return None;
    };
    let elements: Vec<&ElementTrace> = if statement.applies {
        statement.elements.iter().collect()
    } else {
        let failing: Vec<_> = statement.elements.iter().filter(|e| !e.holds).collect();
        if failing.len() != 1 {
            return None;
        }
        failing
    };
    let other = derivation.decision_if(policy.slot, statement.index, !statement.applies)?;
    (other != decision).then_some((other, elements))
}

fn mark_decisive(
    decisive: &mut LabelSet,
    check: &Check,
    derivation: &Derivation,
    decision: Decision,
    policy: &PolicyTrace,
    statement: &StatementTrace,
) {
    let Some((_, elements)) = decisive_elements(derivation, policy, statement) else {
        return;
    };
    decisive.insert(Label::policy_type(policy.policy_type));
    decisive.insert(Label::outcome_by_type(decision, policy.policy_type));
    if let Some(grade) = statement.grade {
        decisive.insert(Label::grade(grade));
    }
    for trap in trap::traps(check, derivation, policy, statement, &elements) {
        decisive.insert(Label::trap(trap));
    }
    for element in elements {
        mark_element(decisive, element);
    }
}

fn mark_element(set: &mut LabelSet, element: &ElementTrace) {
    set.insert(Label::element(element.element));
    for form in &element.principal_forms {
        set.insert(Label::principal_form(*form));
    }
    for variable in &element.variables {
        set.insert(Label::variable(variable));
        if variable.version_2012 {
            set.insert(Label::variable_form(variable.form));
        }
    }
    if let Some(condition) = &element.condition {
        set.insert(Label::operator(condition.operator));
        set.insert(Label::operator_family(condition.operator.family()));
        set.insert(Label::set_operator(condition.set));
        set.insert(Label::if_exists(condition.if_exists));
        set.insert(Label::key_state(condition.state));
        set.insert(Label::condition(condition));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use veriam_generators::generated_check;
    use veriam_model::Dialect;
    use veriam_oracle::{Detail, trace};

    #[test]
    fn what_decides_is_seen() {
        for index in 0..3_000 {
            let check = generated_check(1, index);
            let traced = trace(&check, &Dialect::default(), Detail::Structure);
            let Some(marks) = traced.ok().and_then(|traced| marks(&check, &traced)) else {
                continue;
            };
            let mut both = marks.seen;
            both.extend_from(&marks.decisive);
            assert!(both == marks.seen, "{index}");
        }
    }
}
