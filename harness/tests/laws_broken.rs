//! For each law there is a target that breaks it: found, shrunk, stored, replayed.
//!
//! Each target is the evaluator behind one realistic bug: what it is asked is first bent as the bug bends it.

use std::collections::BTreeSet;

use serde_json::Value;
use veriam::compare::{Reply, evaluator_reply};
use veriam::laws::{LawCase, LawPlan, clusters, run, store};
use veriam::target::Target;
use veriam_generators::laws::Law;
use veriam_model::{CallCase, Caller, Case, Check, Dialect, Path, PolicyText, World};

/// The evaluator with something wrong in front of it.
struct Bent {
    dialect: Dialect,
    bend: fn(&mut Case),
}

impl Target for Bent {
    fn name(&self) -> &str {
        "bent"
    }

    fn version(&self) -> &str {
        "1"
    }

    fn dialect(&self) -> Option<&Dialect> {
        Some(&self.dialect)
    }

    fn observe(&self, case: &Case) -> Reply {
        let mut bent = case.clone();
        (self.bend)(&mut bent);
        evaluator_reply(&bent, &self.dialect)
    }
}

/// Finds, shrinks, stores and replays; says which laws are broken.
fn broken(bend: fn(&mut Case), law: Law) -> (BTreeSet<Law>, LawCase) {
    let target = Bent {
        dialect: Dialect::default(),
        bend,
    };
    let plan = LawPlan {
        cases: 6_000,
        seed: 21,
        jobs: 2,
    };
    let mut tally = run(&plan, &target, &|_| {}).unwrap();
    let all: BTreeSet<Law> = tally.broken.iter().map(|broken| broken.law).collect();
    // One of the law in question is enough to shrink.
    tally.broken.retain(|broken| broken.law == law);
    tally.broken.truncate(2);
    let clusters = clusters(&tally, &plan, &target);
    let smallest = clusters.iter().min_by_key(|c| c.case.to_json().len());
    let case = smallest
        .unwrap_or_else(|| panic!("{law} is not broken, but {all:?}"))
        .case
        .clone();
    assert_eq!(case.law, law);

    let folder = tempfile::tempdir().unwrap();
    let path = store(folder.path(), &case, &target).unwrap();
    let read = LawCase::from_json(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(read, case);
    let seen = read.again(&target).unwrap();
    assert!(seen.broken, "{law}");
    assert_eq!((seen.before, seen.after), (case.before, case.after));
    // Without the bug the law holds.
    let sound = veriam::target::Evaluator::default();
    assert!(!read.again(&sound).unwrap().broken, "{law}");
    (all, case)
}

fn expect(law: Law, also: &[Law], bend: fn(&mut Case)) -> LawCase {
    let (all, case) = broken(bend, law);
    let expected: BTreeSet<Law> = also.iter().copied().chain([law]).collect();
    assert_eq!(all, expected);
    case
}

fn policies(case: &mut Case, change: &mut dyn FnMut(&mut PolicyText)) {
    match case {
        Case::Document(_) => {}
        Case::Check(check) => of_check(check, change),
        Case::Call(call) => of_call(call, change),
    }
}

fn of_check(check: &mut Check, change: &mut dyn FnMut(&mut PolicyText)) {
    let single = [
        &mut check.resource_policy,
        &mut check.boundary,
        &mut check.session_policy,
        &mut check.endpoint_policy,
    ];
    let levels = check.scps.iter_mut().chain(&mut check.rcps);
    let pools = std::iter::once(&mut check.identity_policies).chain(levels);
    pools
        .flatten()
        .chain(single.into_iter().flatten())
        .for_each(change);
}

fn of_call(call: &mut CallCase, change: &mut dyn FnMut(&mut PolicyText)) {
    let World {
        accounts,
        users,
        roles,
        runtimes,
        networks,
        ..
    } = &mut call.world;
    for organization in accounts.iter_mut().filter_map(|a| a.organization.as_mut()) {
        let levels = organization.scps.iter_mut().chain(&mut organization.rcps);
        levels.flatten().for_each(&mut *change);
    }
    for identity in users.iter_mut().chain(roles) {
        identity.policies.iter_mut().for_each(&mut *change);
        identity.boundary.iter_mut().for_each(&mut *change);
    }
    for runtime in runtimes {
        runtime.policy.iter_mut().for_each(&mut *change);
        for endpoint in &mut runtime.endpoints {
            endpoint.policy.iter_mut().for_each(&mut *change);
        }
    }
    for network in networks {
        network.policy.iter_mut().for_each(&mut *change);
    }
    match &mut call.call.caller {
        Caller::Session(session) => session.policy.iter_mut().for_each(change),
        Caller::Federated(session) => session.policy.iter_mut().for_each(change),
        _ => {}
    }
}

/// Changes the list of statements of every policy.
fn statements(case: &mut Case, change: fn(&mut Vec<Value>)) {
    policies(case, &mut |policy| {
        let mut root: Value = serde_json::from_str(policy.as_str()).unwrap();
        let Some(old) = root.get_mut("Statement") else {
            return;
        };
        let mut list = match old.take() {
            Value::Array(list) => list,
            one => vec![one],
        };
        change(&mut list);
        *old = Value::Array(list);
        *policy = PolicyText::new(root.to_string());
    });
}

fn is(statement: &Value, effect: &str) -> bool {
    statement["Effect"] == effect
}

#[test]
fn denies_that_cancel_each_other() {
    // Which statements stand together then counts, so regrouping shows it as well.
    let case = expect(Law::AddDeny, &[Law::Regroup], |case| {
        statements(case, |list| {
            let denies = list.iter().filter(|s| is(s, "Deny")).count();
            if denies > 1 && denies < list.len() {
                list.retain(|s| !is(s, "Deny"));
            }
        });
    });
    assert!(case.to_json().len() < 4_000, "{}", case.to_json());
}

#[test]
fn only_one_allow_of_a_document_is_kept() {
    expect(Law::AddAllow, &[Law::Order, Law::Regroup], |case| {
        statements(case, |list| {
            if let Some(at) = list.iter().position(|s| is(s, "Allow")) {
                let kept = list[at].clone();
                list.retain(|s| !is(s, "Allow"));
                list.push(kept);
            }
        });
    });
}

/// Statements with that effect lose their Condition when it has several keys.
fn only_one_key(list: &mut [Value], effect: &str) {
    for statement in list.iter_mut().filter(|s| is(s, effect)) {
        let operators = statement["Condition"].as_object();
        let keys = operators.into_iter().flat_map(|o| o.values());
        let keys: usize = keys.filter_map(|k| k.as_object()).map(|k| k.len()).sum();
        if keys > 1
            && let Some(members) = statement.as_object_mut()
        {
            members.remove("Condition");
        }
    }
}

#[test]
fn an_allow_of_several_keys_is_taken_without_any() {
    expect(Law::AllowKey, &[], |case| {
        statements(case, |list| only_one_key(list, "Allow"));
    });
}

#[test]
fn a_deny_of_several_keys_is_taken_without_any() {
    expect(Law::DenyKey, &[], |case| {
        statements(case, |list| only_one_key(list, "Deny"));
    });
}

#[test]
fn the_last_statement_wins() {
    let case = expect(Law::Order, &[Law::Regroup], |case| {
        statements(case, |list| {
            let last = list.pop();
            *list = last.into_iter().collect();
        });
    });
    assert!(case.to_json().len() < 6_000, "{}", case.to_json());
}

#[test]
fn a_list_of_one_is_not_its_element() {
    // A list that is split leaves lists of one.
    expect(Law::Format, &[Law::Regroup], |case| {
        statements(case, |list| {
            for statement in list {
                if statement["Action"].as_array().is_some_and(|a| a.len() == 1) {
                    statement["Action"] = "none:None".into();
                }
            }
        });
    });
}

#[test]
fn key_names_compare_letter_by_letter() {
    expect(Law::KeyCase, &[], |case| {
        // Keys are known in lower case after `aws:` only where they begin in upper case.
        statements(case, |list| {
            for statement in list {
                let condition = statement.get_mut("Condition");
                let Some(operators) = condition.and_then(Value::as_object_mut) else {
                    continue;
                };
                for block in operators.values_mut().filter_map(Value::as_object_mut) {
                    *block = std::mem::take(block)
                        .into_iter()
                        .map(|(name, value)| match name.starts_with("AWS:") {
                            true => (format!("unknown:{name}"), value),
                            false => (name, value),
                        })
                        .collect();
                }
            }
        });
    });
}

#[test]
fn action_names_compare_letter_by_letter() {
    expect(Law::ActionCase, &[], |case| {
        statements(case, |list| {
            for statement in list {
                let shouts = statement["Action"].as_array().is_some_and(|actions| {
                    let texts = actions.iter().filter_map(Value::as_str);
                    texts.clone().count() > 0
                        && texts
                            .into_iter()
                            .any(|a| a.len() > 2 && !a.contains(|c: char| c.is_ascii_lowercase()))
                });
                let shouts = shouts
                    || statement["Action"].as_str().is_some_and(|a| {
                        a.len() > 3 && !a.contains(|c: char| c.is_ascii_lowercase())
                    });
                if shouts {
                    statement["Action"] = "none:None".into();
                }
            }
        });
    });
}

#[test]
fn only_the_first_policies_of_a_pool_count() {
    expect(Law::Regroup, &[Law::Order], |case| match case {
        Case::Check(check) => check.identity_policies.truncate(1),
        Case::Call(call) => {
            let identities = call.world.users.iter_mut().chain(&mut call.world.roles);
            identities.for_each(|identity| identity.policies.truncate(1));
        }
        Case::Document(_) => {}
    });
}

#[test]
fn accounts_compare_by_their_beginning() {
    // Seven digits tell the accounts of a generated world apart.
    expect(Law::RenameAccounts, &[], |case| {
        let shorten = |text: &str| {
            let mut out = String::new();
            let mut digits = 0;
            for c in text.chars() {
                digits = if c.is_ascii_digit() { digits + 1 } else { 0 };
                out.push(if digits > 7 { '0' } else { c });
            }
            out
        };
        if let Case::Check(check) = case {
            let accounts = [
                check.principal.account.clone(),
                Some(check.resource.account.clone()),
            ];
            if accounts
                .iter()
                .flatten()
                .all(|a| a.starts_with(char::is_numeric))
            {
                let text = check.principal.account.as_mut();
                text.into_iter().for_each(|a| *a = shorten(a));
                check.principal.arn = shorten(&check.principal.arn);
                check.resource.account = shorten(&check.resource.account);
            }
        }
    });
}

#[test]
fn a_foreign_runtimes_policy_counts() {
    expect(Law::Unrelated, &[], |case| {
        let Case::Call(case) = case else {
            return;
        };
        let CallCase { world, call } = case.as_mut();
        let mut others = world.runtimes.iter().filter(|r| r.id != call.runtime);
        let foreign = others.find_map(|r| r.policy.clone());
        let denies = foreign.filter(|p| p.as_str().contains("\"Deny\""));
        let through_internet = matches!(call.from, Path::Internet { .. });
        if let (true, Some(policy)) = (through_internet, denies) {
            let mut runtimes = world.runtimes.iter_mut();
            if let Some(called) = runtimes.find(|r| r.id == call.runtime) {
                called.policy = Some(policy);
            }
        }
    });
}
