//! Siblings: an allowed and a denied call that differ in one fact, so that the fact is seen to matter.

use super::{DeclaredCall, Scenario, facts};

/// A call without the sibling it should have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lone {
    /// Its number, from 1.
    pub number: usize,
    /// Why the sibling it names is none; none when it names no sibling and has none.
    pub named: Option<String>,
}

/// The calls whose outcome nothing in the scenario shows to turn on a fact.
///
/// A call that is left open needs no sibling, and is one for either side that its author names among its readings. A
/// sibling that is named may differ in more than one fact: the author says that less would not change the outcome.
#[must_use]
pub fn lone(scenario: &Scenario) -> Vec<Lone> {
    let mut lone = Vec::new();
    for (index, call) in scenario.calls.iter().enumerate() {
        let Some(allowed) = call.expectation.is_allowed() else {
            continue;
        };
        let other_side = |c: &&DeclaredCall| c.expectation.may_be(!allowed);
        let mut others = scenario.calls.iter().filter(other_side);
        let named = match &call.sibling {
            Some(it) if others.any(|c| c.it == *it) => continue,
            Some(it) => Some(format!("`{it}` has the same outcome")),
            None if others.any(|c| facts_apart(call, c) == 1) => continue,
            None => None,
        };
        lone.push(Lone {
            number: index + 1,
            named,
        });
    }
    lone
}

/// In how many facts two calls differ: caller, every fact of the request, way, time, user agent.
#[must_use]
pub fn facts_apart(a: &DeclaredCall, b: &DeclaredCall) -> usize {
    let (x, y) = (&a.call, &b.call);
    let around = [
        a.caller != b.caller,
        x.from != y.from,
        x.at != y.at,
        x.user_agent != y.user_agent,
    ];
    let around = around.into_iter().filter(|differs| *differs).count();
    around + facts::apart(&x.request, &y.request)
}
