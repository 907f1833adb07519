//! Why a call has its outcome, in a few lines; `veriam explain` tells it in full.

use veriam_model::{Call, Decision, Dialect, Outcome, PolicySlot, Verb, World};
use veriam_oracle::{
    self as oracle, CallerKind, Detail, Layer, PairDerivation, PolicyTrace, StatementTrace,
};

use super::expect::Level;

/// One line for each pair, with the statements it rests on.
#[must_use]
pub(crate) fn lines(world: &World, call: &Call) -> Vec<String> {
    let derivation = match oracle::trace_call(world, call, &Dialect::default(), Detail::Full) {
        Ok(derivation) => derivation,
        Err(error) => return vec![error.to_string()],
    };
    if derivation.pairs.is_empty() {
        // Turned away before any policy: the last step says why.
        let last = derivation.expansion.last();
        return last.map(|step| step.text.clone()).into_iter().collect();
    }
    let mut lines: Vec<String> = derivation.pairs.iter().map(pair).collect();
    if let (Some(last), Outcome::Denied(_)) =
        (derivation.combination.last(), &derivation.judgement.outcome)
    {
        lines.push(last.text.clone());
    }
    lines
}

fn pair(pair: &PairDerivation) -> String {
    let action = pair.pair.action.split(':').next_back().unwrap_or_default();
    let level = Level::of(&pair.pair).name();
    let outcome = match &pair.derivation.judgement.outcome {
        oracle::CheckOutcome::Decided(Decision::Allow) => "allowed".to_owned(),
        oracle::CheckOutcome::Decided(Decision::ExplicitDeny) => "denied explicitly".to_owned(),
        oracle::CheckOutcome::Decided(Decision::ImplicitDeny) => "not allowed".to_owned(),
        oracle::CheckOutcome::Invalid(invalid) => format!("invalid {}", invalid.policy),
    };
    let mut said = Vec::new();
    if has_identity_side(pair.derivation.caller) && pair.check.identity_policies.is_empty() {
        said.push("the caller has no identity-based policy".to_owned());
    }
    if pair.check.resource_policy.is_none() {
        said.push(format!("the {level} has no resource-based policy"));
    }
    for policy in pair.derivation.policies.iter().filter(|p| p.counts) {
        match policy.verdict {
            Layer::Silent => said.push(format!("{} is silent", name(policy))),
            Layer::Allow => said.push(format!(
                "{} allows{}",
                name(policy),
                statements(policy, Verb::Allow)
            )),
            Layer::Deny => said.push(format!(
                "{} denies{}",
                name(policy),
                statements(policy, Verb::Deny)
            )),
        }
    }
    format!("{action} on the {level}: {outcome}; {}", said.join(", "))
}

fn has_identity_side(caller: CallerKind) -> bool {
    matches!(
        caller,
        CallerKind::User | CallerKind::RoleSession | CallerKind::FederatedUser
    )
}

fn name(policy: &PolicyTrace) -> String {
    let title = policy.policy_type.title();
    match policy.slot {
        PolicySlot::Identity(index) => format!("{title} {}", index + 1),
        PolicySlot::Scp(level, index) | PolicySlot::Rcp(level, index) => {
            format!("{title} {}.{}", level + 1, index + 1)
        }
        _ => title.to_owned(),
    }
}

/// The statements that apply with that effect: ` (AllowTenant, statement 2)`.
fn statements(policy: &PolicyTrace, effect: Verb) -> String {
    let told = |statement: &StatementTrace| match &statement.sid {
        Some(sid) if !sid.is_empty() => sid.clone(),
        _ => format!("statement {}", statement.index + 1),
    };
    let applying = policy.statements.iter();
    let names: Vec<String> = applying
        .filter(|s| s.applies && s.effect == effect)
        .map(told)
        .collect();
    format!(" ({})", names.join(", "))
}
