//! Canaries of laws: for each law one that breaks it.
//!
//! Here a canary is held against itself, not against the oracle: laws find it without one.

use rayon::prelude::*;
use serde_json::{Map, Value, json};
use veriam_generators::laws::{Law, drawn};
use veriam_generators::{CALLS_PER_WORLD, Campaign, generated_group};
use veriam_model::{CallCase, Case, Check};
use veriam_reports::{Found, Who};

use super::text::{count, documents, never, statements};
use super::{Bug, Canary, canaries};
use crate::laws::{LawCase, observe, shrunk};

/// For each law the name of a canary that breaks it.
const BREAKS: [(Law, &str); Law::ALL.len()] = [
    (Law::AddDeny, "deny-list-allows-the-rest"),
    (Law::AddAllow, "only-the-first-statement"),
    (Law::AllowKey, "keys-joined-by-or"),
    (Law::DenyKey, "keys-joined-by-or"),
    (Law::Order, "only-the-first-principal"),
    (Law::Format, "single-action-not-understood"),
    (Law::KeyCase, "key-names-keeping-case"),
    (Law::ActionCase, "actions-keeping-case"),
    (Law::Regroup, "only-the-first-identity-policy"),
    (Law::RenameAccounts, "account-ids-as-floats"),
    (Law::Unrelated, "first-runtime-for-the-called-one"),
];

/// Canaries whose bug shows only where two cases are held against each other, or is there for the sake of a law.
pub(super) const ALL: &[Canary] = &[
    Canary {
        name: "deny-list-allows-the-rest",
        does: "A level of SCPs, or a boundary, that denies something allows whatever it does not deny.",
        seen: "realistic",
        bug: Bug::Check(deny_lists),
    },
    Canary {
        name: "keys-joined-by-or",
        does: "A Condition of several keys holds as soon as one of them does.",
        seen: "realistic",
        bug: Bug::Check(any_key),
    },
    Canary {
        name: "only-the-first-identity-policy",
        does: "Of several identity policies only the first is read.",
        seen: "realistic",
        bug: Bug::Check(|check| check.identity_policies.truncate(1)),
    },
    Canary {
        name: "single-action-not-understood",
        does: "An Action that is no list is not understood, so its statement never applies.",
        seen: "realistic",
        bug: Bug::Check(lists_only),
    },
    Canary {
        name: "key-names-keeping-case",
        does: "Letter case counts in the names of condition keys.",
        seen: "realistic",
        bug: Bug::Check(exact_keys),
    },
    Canary {
        name: "account-ids-as-floats",
        does: "Account ids are compared as numbers of 24 significant bits.",
        seen: "realistic",
        bug: Bug::Check(float_accounts),
    },
    Canary {
        name: "first-runtime-for-the-called-one",
        does: "The policy of the first runtime of the world counts for every runtime.",
        seen: "realistic",
        bug: Bug::Call(first_runtime),
    },
];

/// For each law a canary that breaks it, in the order of the laws.
#[must_use]
pub fn law_canaries() -> Vec<(Law, Canary)> {
    let all = [canaries(), ALL.to_vec()].concat();
    let named = |name| all.iter().find(|canary| canary.name == name).copied();
    let found = BREAKS.iter();
    found
        .filter_map(|&(law, name)| Some((law, named(name)?)))
        .collect()
}

/// How a canary was caught by a law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LawCaught {
    /// Cases of a campaign of laws until then, the one that caught it included.
    pub cases: u64,
    /// The pair that caught it, made small.
    pub case: LawCase,
}

impl LawCaught {
    /// Statements in the policies of the two cases, before and after the change.
    #[must_use]
    pub fn statements(&self) -> (usize, usize) {
        (
            statements_in(&self.case.original),
            statements_in(&self.case.changed),
        )
    }
}

/// Statements in all policies of a case, also in those that have no part in a call.
fn statements_in(case: &Case) -> usize {
    match case {
        Case::Document(document) => count(&document.text),
        Case::Put(put) => count(&put.policy),
        Case::Check(check) => check.policies().map(|(_, text)| count(text)).sum(),
        Case::Call(case) => {
            let world = case.world.policies().into_iter().map(|(_, text)| text);
            world.chain(case.call.session_policy()).map(count).sum()
        }
    }
}

/// What became of the canary of a law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HuntedLaw {
    /// The law.
    pub law: Law,
    /// The name of the canary.
    pub name: &'static str,
    /// What is wrong with it, in one sentence.
    pub does: &'static str,
    /// How it was caught; nothing if it was not.
    pub caught: Option<LawCaught>,
}

/// Hunts for each law its canary; in the order of the laws.
#[must_use]
pub fn hunt_laws(seed: u64, cases: u64) -> Vec<HuntedLaw> {
    let canaries = law_canaries();
    let each = canaries.par_iter();
    each.map(|(law, canary)| HuntedLaw {
        law: *law,
        name: canary.name,
        does: canary.does,
        caught: hunt_law(*law, canary, seed, cases),
    })
    .collect()
}

/// Takes the cases of a campaign of laws until a canary breaks the law, and makes the pair small.
#[must_use]
pub fn hunt_law(law: Law, canary: &Canary, seed: u64, cases: u64) -> Option<LawCaught> {
    caught_by(law, canary, seed, &first_broken(law, canary, seed, cases)?)
}

/// The pair that caught a canary, made small.
#[must_use]
pub fn caught_by(law: Law, canary: &Canary, seed: u64, found: &Found) -> Option<LawCaught> {
    let (case, _) = shrunk(law, found, Campaign::new(seed), canary)?;
    Some(LawCaught {
        cases: found.index + 1,
        case,
    })
}

/// The first case of a campaign of laws on which a canary breaks the law.
#[must_use]
pub fn first_broken(law: Law, canary: &Canary, seed: u64, cases: u64) -> Option<Found> {
    for group in 0..cases.div_ceil(CALLS_PER_WORLD) {
        let first = group * CALLS_PER_WORLD;
        for (case, index) in generated_group(seed, group).iter().zip(first..cases) {
            if let Some(found) = broken_by(law, canary, (seed, index), case) {
                return Some(found);
            }
        }
    }
    None
}

/// What a canary does to the law on one case of a campaign of laws, if that is drawn for the case and broken.
#[must_use]
pub fn broken_by(
    law: Law,
    canary: &Canary,
    (seed, index): (u64, u64),
    case: &Case,
) -> Option<Found> {
    let (_, changed) = drawn(seed, index, case)
        .applied
        .filter(|(drawn, _)| *drawn == law)?;
    let seen = observe(law, case, &changed, canary).ok()?;
    seen.broken.then(|| Found {
        index,
        law: Some(law.name().to_owned()),
        who: Who::Target,
        expected: seen.before,
        observed: seen.after,
        failure: seen.failure,
    })
}

fn deny_lists(check: &mut Check) {
    let denies = |members: &Map<String, Value>| {
        let all = match members.get("Statement") {
            Some(Value::Array(list)) => list.as_slice(),
            Some(one) => std::slice::from_ref(one),
            None => &[],
        };
        all.iter().any(|s| s["Effect"] == "Deny")
    };
    documents(check, &mut |slot, members| {
        use veriam_model::PolicySlot as S;
        if !matches!(slot, S::Scp(..) | S::Boundary) || !denies(members) {
            return;
        }
        let mut all = match members.remove("Statement") {
            Some(Value::Array(list)) => list,
            Some(one) => vec![one],
            None => Vec::new(),
        };
        all.push(json!({"Effect": "Allow", "Action": "*", "Resource": "*"}));
        members.insert("Statement".to_owned(), Value::Array(all));
    });
}

/// Each key in a statement of its own.
fn any_key(check: &mut Check) {
    documents(check, &mut |_, members| {
        let all = match members.remove("Statement") {
            Some(Value::Array(list)) => list,
            Some(one) => vec![one],
            None => Vec::new(),
        };
        let split = all.into_iter().flat_map(|statement| {
            let tests: Vec<(String, String, Value)> = statement["Condition"]
                .as_object()
                .into_iter()
                .flatten()
                .flat_map(|(operator, keys)| {
                    let keys = keys.as_object().into_iter().flatten();
                    keys.map(|(key, wanted)| (operator.clone(), key.clone(), wanted.clone()))
                })
                .collect();
            if tests.len() < 2 {
                return vec![statement];
            }
            let with = tests.into_iter().map(|(operator, key, wanted)| {
                let mut one = statement.clone();
                one["Condition"] = json!({operator: {key: wanted}});
                if let Some(members) = one.as_object_mut() {
                    members.remove("Sid");
                }
                one
            });
            with.collect()
        });
        let split: Vec<Value> = split.collect();
        members.insert("Statement".to_owned(), Value::Array(split));
    });
}

fn lists_only(check: &mut Check) {
    statements(check, &mut |statement| {
        if matches!(statement.members.get("Action"), Some(Value::String(_))) {
            never(statement.members);
        }
    });
}

/// A key of a policy that the request spells otherwise is one the request does not have.
fn exact_keys(check: &mut Check) {
    let keys: Vec<String> = check.context.iter().map(|(k, _)| k.to_owned()).collect();
    statements(check, &mut |statement| {
        let Some(Value::Object(operators)) = statement.members.get_mut("Condition") else {
            return;
        };
        for block in operators.values_mut().filter_map(Value::as_object_mut) {
            let misspelt = |name: &str| {
                let alike = |key: &&String| key.eq_ignore_ascii_case(name);
                keys.iter().find(alike).is_some_and(|key| key != name)
            };
            *block = std::mem::take(block)
                .into_iter()
                .map(|(name, wanted)| match misspelt(&name) {
                    true => (
                        format!("veriam:absent-{}", name.replace([':', '/'], "-")),
                        wanted,
                    ),
                    false => (name, wanted),
                })
                .collect();
        }
    });
}

fn float_accounts(check: &mut Check) {
    let rounded = |id: &str| id.parse::<f32>().ok();
    let owner = check.resource.account.clone();
    let Some(caller) = check.principal.account.clone() else {
        return;
    };
    if caller != owner && rounded(&caller).is_some() && rounded(&caller) == rounded(&owner) {
        check.resource.arn = check.resource.arn.replace(&owner, &caller);
        check.resource.account = caller;
    }
}

fn first_runtime(case: &mut CallCase) {
    let CallCase { world, call } = case;
    let Some(first) = world.runtimes.first().map(|first| first.policy.clone()) else {
        return;
    };
    let asked = call.request.runtime().map(|request| &request.runtime);
    let mut runtimes = world.runtimes.iter_mut();
    if let Some(called) = runtimes.find(|runtime| Some(&runtime.id) == asked) {
        called.policy = first;
    }
}
