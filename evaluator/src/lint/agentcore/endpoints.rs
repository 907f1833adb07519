//! Runtimes without their endpoints, and the other way round (AC-079).
//!
//! A call of a runtime is asked about the runtime and about its endpoint, each for itself, so that policies which allow have
//! to name both.

use std::collections::HashMap;

use veriam_model::PolicyType;

use super::known::{Actions, Types};
use super::language::Language;
use super::statement::{Reach, Resource, Statement, language};
use super::{Agentcore, Found, kinds};
use crate::fault::Kind;

/// What stands between a runtime and the name of its endpoint.
const BETWEEN: &str = "/runtime-endpoint/";

/// Most comparisons of patterns with patterns in one document; beyond, nothing more is said about endpoints.
const MOST_WORK: usize = 10_000;

/// What the statements of a document allow on runtimes and endpoints.
#[derive(Default)]
struct Allowed<'s> {
    /// On every resource.
    everywhere: Actions,
    /// By the runtime, `runtime/ID`.
    runtimes: HashMap<&'s str, Actions>,
    /// On some endpoint, by its runtime.
    endpoints: HashMap<&'s str, Actions>,
    /// By patterns that reach over the id of the runtime.
    patterns: Vec<(Language, Actions)>,
    work: usize,
}

impl Agentcore<'_, '_> {
    pub(super) fn endpoints(&mut self, statements: &[Statement<'_, '_>]) {
        let both = Types::named(&["runtime", "runtime-endpoint"]);
        let pairs = Actions::where_(|a| both.without(a.needs).is_empty());
        let (runtime, endpoint) = (
            Types::named(&["runtime"]),
            Types::named(&["runtime-endpoint"]),
        );
        let has_variables = self.has_variables();
        let allows = || statements.iter().filter(|s| !s.is_deny);
        let mut allowed = Allowed::default();
        for statement in allows() {
            allowed.add(statement, statement.covers.both(pairs), has_variables);
        }
        for statement in allows() {
            let asked = Asked::of(statement, pairs);
            for resource in statement.resources.iter().flatten() {
                let Reach::Own { types, arn, rest } = &resource.reach else {
                    continue;
                };
                if *types == runtime && !asked.by(allowed.on_endpoints(rest, has_variables)) {
                    // AC-173: for endpoint policies it is not said that both are asked about.
                    let kind = match self.policy_type {
                        PolicyType::Endpoint => &kinds::ENDPOINT_POLICY_RESOURCE,
                        _ => &kinds::MISSING_ENDPOINT,
                    };
                    self.missing(kind, resource, &format!("{arn}{BETWEEN}*"));
                } else if *types == endpoint
                    && let Some((of, _)) = rest.split_once(BETWEEN)
                    && let Some((wanted, _)) = arn.split_once(BETWEEN)
                    && !asked.by(allowed.on_runtimes(of, has_variables))
                {
                    self.missing(&kinds::MISSING_RUNTIME, resource, wanted);
                }
            }
        }
    }

    fn missing(&mut self, kind: &'static Kind, resource: &Resource<'_, '_>, wanted: &str) {
        let found = Found::at(kind, resource.value.span());
        self.found(found.remedy(format!("add {wanted}")));
    }
}

/// The actions of a statement for which the other resource has to be allowed.
struct Asked {
    /// Each of these.
    named: Actions,
    /// One of these: who writes a wildcard does not mean each action it matches.
    matched: Actions,
}

impl Asked {
    fn of(statement: &Statement<'_, '_>, pairs: Actions) -> Self {
        let patterns = || statement.actions.iter().flatten();
        let all = |is_one: bool| {
            let chosen = patterns().filter(move |p| p.is_one == is_one);
            chosen
                .fold(Actions::NONE, |all, p| all.and(p.covers))
                .both(pairs)
        };
        Asked {
            named: all(true),
            matched: all(false),
        }
    }

    fn by(&self, allowed: Actions) -> bool {
        let each = self.named.without(allowed) == Actions::NONE;
        each && (self.matched == Actions::NONE || self.matched.meets(allowed))
    }
}

impl<'s> Allowed<'s> {
    fn add(&mut self, statement: &'s Statement<'_, '_>, covers: Actions, has_variables: bool) {
        if covers == Actions::NONE {
            return;
        }
        let Some(resources) = &statement.resources else {
            self.everywhere = self.everywhere.and(covers);
            return;
        };
        for resource in resources {
            let rest = match &resource.reach {
                Reach::Everything | Reach::Unclear => {
                    self.everywhere = self.everywhere.and(covers);
                    continue;
                }
                Reach::Foreign => continue,
                Reach::Own { rest, .. } => rest.as_str(),
            };
            let (runtime, endpoint) = match rest.split_once(BETWEEN) {
                Some((runtime, endpoint)) => (runtime, Some(endpoint)),
                None => (rest, None),
            };
            let known = match endpoint {
                _ if is_pattern(runtime) => {
                    self.patterns.push((language(rest, has_variables), covers));
                    continue;
                }
                Some(_) => self.endpoints.entry(runtime),
                None => self.runtimes.entry(runtime),
            };
            let known = known.or_default();
            *known = known.and(covers);
        }
    }

    /// What is allowed on some endpoint of a runtime.
    fn on_endpoints(&mut self, runtime: &str, has_variables: bool) -> Actions {
        let wanted = language(&format!("{runtime}{BETWEEN}*"), has_variables);
        let known = named(&self.endpoints, runtime, has_variables, &mut self.work);
        known.and(self.by_pattern(&wanted))
    }

    /// What is allowed on a runtime.
    fn on_runtimes(&mut self, runtime: &str, has_variables: bool) -> Actions {
        let wanted = language(runtime, has_variables);
        let known = named(&self.runtimes, runtime, has_variables, &mut self.work);
        known.and(self.by_pattern(&wanted))
    }

    fn by_pattern(&mut self, wanted: &Language) -> Actions {
        self.work = self.work.saturating_add(self.patterns.len());
        if self.work > MOST_WORK {
            return Actions::ALL;
        }
        let met = self.patterns.iter().filter(|(p, _)| p.meets(wanted));
        met.fold(self.everywhere, |all, (_, covers)| all.and(*covers))
    }
}

/// What is allowed on the resources of a runtime; the runtime can be a pattern itself.
fn named(
    known: &HashMap<&str, Actions>,
    runtime: &str,
    has_variables: bool,
    work: &mut usize,
) -> Actions {
    if !is_pattern(runtime) {
        return known.get(runtime).copied().unwrap_or_default();
    }
    *work = work.saturating_add(known.len());
    if *work > MOST_WORK {
        return Actions::ALL;
    }
    let pattern = language(runtime, has_variables);
    let met = known
        .iter()
        .filter(|(name, _)| pattern.meets(&language(name, has_variables)));
    met.fold(Actions::NONE, |all, (_, covers)| all.and(*covers))
}

fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '$'])
}
