//! Actions and resources that do not go together.

use veriam_model::PolicyType;

use super::kinds;
use super::known::{Actions, Known, Types, joined};
use super::statement::{Pattern, Reach, Resource, Statement};
use super::{Agentcore, Found};

impl Agentcore<'_, '_> {
    pub(super) fn together(&mut self, statements: &[Statement<'_, '_>]) {
        for statement in statements {
            self.reach(statement);
        }
        // Elsewhere a missing Allow is nobody's mistake: a Deny only, or one resource a policy.
        if matches!(
            self.policy_type,
            PolicyType::Identity
                | PolicyType::Boundary
                | PolicyType::Session
                | PolicyType::Endpoint
        ) {
            self.endpoints(statements);
            self.companions(statements);
        }
    }

    /// Actions that no resource of the statement suits, and the other way round.
    fn reach(&mut self, statement: &Statement<'_, '_>) {
        let (Some(patterns), Some(resources)) = (&statement.actions, &statement.resources) else {
            return;
        };
        let is_everything = |r: &Resource<'_, '_>| matches!(r.reach, Reach::Everything);
        if resources.is_empty() || resources.iter().any(is_everything) {
            return;
        }
        let types = statement.types;
        let mut is_told = statement.has_wrong_action;
        let mut accepted = Types::NONE;
        for pattern in patterns {
            // What a wildcard matches besides is not meant by it.
            let accepts = |action: &Known| match action.is_vague && pattern.is_one {
                true => Types::ALL,
                false => action.accepts,
            };
            let suited = pattern
                .covers
                .each()
                .fold(Types::NONE, |all, action| all.and(accepts(action)));
            accepted = accepted.and(suited);
            if !pattern.is_own || suited.meets(types) {
                continue;
            }
            is_told = true;
            // A resource-based policy is held against the actions of its resource.
            let is_told_there = self.policy_type == PolicyType::Resource && types != Types::NONE;
            if pattern.covers != Actions::NONE && !is_told_there {
                self.mismatch(pattern);
            }
        }
        if is_told || self.policy_type == PolicyType::Resource {
            return;
        }
        for resource in resources {
            if let Reach::Own { types, .. } = &resource.reach
                && !types.meets(accepted)
            {
                self.add(&kinds::UNUSED_RESOURCE, resource.value);
            }
        }
    }

    fn mismatch(&mut self, pattern: &Pattern<'_, '_>) {
        let wanted = pattern
            .covers
            .each()
            .fold(Types::NONE, |all, a| all.and(a.accepts));
        if wanted.is_empty() {
            return self.add(&kinds::NEEDS_STAR, pattern.value);
        }
        let mut paths = wanted.each().map(|t| t.facts.path.as_str());
        let found = Found::at(&kinds::MISMATCH, pattern.value.span());
        let path = paths.next().unwrap_or_default();
        let told = match paths.count() {
            0 => format!("name one, which ends in {path}"),
            _ => format!("name one of the type {}", wanted.names("or")),
        };
        self.found(found.remedy(told));
    }

    /// Other actions that are asked about resources of several types at once (AC-053, AC-055).
    fn companions(&mut self, statements: &[Statement<'_, '_>]) {
        let runtime = Types::named(&["runtime", "runtime-endpoint"]);
        let identity = Types::named(&["workload-identity", "workload-identity-directory"]);
        let several = Actions::where_(|a| a.needs.each().count() > 1 && !a.needs.meets(runtime));
        let of_identity = Actions::where_(|a| a.needs == identity);
        let mut allowed: Vec<(Actions, Types)> = Vec::new();
        for statement in allows(statements, several) {
            let own = statement.covers.both(several);
            if !allowed.contains(&(own, statement.types)) {
                allowed.push((own, statement.types));
            }
        }
        for statement in allows(statements, several) {
            let types = statement.types;
            for pattern in statement.actions.iter().flatten() {
                // Who allows everything on a resource does not mean each single action.
                let meant = if pattern.is_one { several } else { of_identity };
                let mut lacks = Types::NONE;
                let asked = pattern.covers.both(meant);
                for action in asked.each().filter(|a| a.needs.meets(types)) {
                    let have = allowed
                        .iter()
                        .filter(|(a, _)| a.meets(Actions::named(&[action.name])));
                    let have = have.fold(Types::NONE, |all, (_, types)| all.and(*types));
                    lacks = lacks.and(action.needs.without(have));
                }
                if !lacks.is_empty() {
                    let paths = joined(lacks.each().map(|t| t.facts.path.as_str()), "and");
                    let found = Found::at(&kinds::MISSING_COMPANION, pattern.value.span());
                    self.found(found.remedy(format!("add {paths}")));
                }
            }
        }
    }
}

/// The statements that allow some of the actions.
fn allows<'s, 'j, 'a>(
    statements: &'s [Statement<'j, 'a>],
    of: Actions,
) -> impl Iterator<Item = &'s Statement<'j, 'a>> {
    statements
        .iter()
        .filter(move |s| !s.is_deny && s.covers.meets(of))
}
