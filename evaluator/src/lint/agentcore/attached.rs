//! Resource-based policies of AgentCore: what PutResourcePolicy stores, and for which resource.

use veriam_model::facts::agentcore::{PolicyHolder, RESOURCE_POLICY_STATEMENTS};

use super::kinds;
use super::known::{Actions, Types};
use super::statement::{Reach, Resource, Statement};
use super::{Agentcore, Found};
use crate::json::{Kind, Value};
use crate::lint::agentcore::arn::{inside, types_of};
use crate::lint::member;

/// What takes a resource-based policy, with the types that it is made for.
const HOLDERS: [(PolicyHolder, &[&str]); 3] = [
    (PolicyHolder::Runtime, &["runtime", "runtime-endpoint"]),
    (PolicyHolder::Gateway, &["gateway"]),
    (PolicyHolder::Memory, &["memory"]),
];

impl Agentcore<'_, '_> {
    pub(super) fn attached(&mut self, root: Value<'_, '_>, statements: &[Statement<'_, '_>]) {
        self.count(root, statements.len());
        let mut first: Option<String> = self.on.map(str::to_owned);
        for statement in statements {
            if !statement.is_about_agentcore() && self.on.is_none() {
                continue;
            }
            let Some(resources) = &statement.resources else {
                if !statement.has_not_resource {
                    let start = statement.value.offset();
                    let place = start..start.saturating_add(1);
                    self.found(Found::at(&kinds::WITHOUT_RESOURCE, place));
                }
                continue;
            };
            for resource in resources {
                self.exact(resource, &mut first);
            }
            self.holder(statement);
        }
    }

    /// AC-038: what one policy may hold.
    fn count(&mut self, root: Value<'_, '_>, statements: usize) {
        if statements > RESOURCE_POLICY_STATEMENTS
            && let Some(list) = member(root, "Statement")
        {
            let start = list.offset();
            self.found(Found::at(
                &kinds::STATEMENTS,
                start..start.saturating_add(1),
            ));
        }
    }

    /// AC-143: the resource is the one that the policy is attached to, in full.
    fn exact(&mut self, resource: &Resource<'_, '_>, first: &mut Option<String>) {
        let is_plain = !resource.text.contains("${");
        let kind = if is_plain && resource.text.contains(['*', '?']) {
            &kinds::NOT_EXACT
        } else if matches!(resource.value.kind(), Kind::Plain | Kind::Escaped) && is_plain {
            match first {
                None => {
                    *first = Some(resource.text.clone());
                    return;
                }
                Some(first) if *first == resource.text => return,
                Some(_) if self.on.is_some() => &kinds::NOT_ATTACHED,
                Some(_) => &kinds::SEVERAL,
            }
        } else {
            return;
        };
        let mut found = Found::at(kind, resource.value.span());
        if let Some(on) = self.on {
            let different = difference(&resource.text, on);
            if *kind == kinds::NOT_ATTACHED {
                found.place = inside(resource.value, different);
            }
            found = found.remedy(format!("write {on}"));
        }
        self.found(found);
    }

    /// AC-041: the kind of resource says which actions its policies may name.
    fn holder(&mut self, statement: &Statement<'_, '_>) {
        let types = match self.on {
            Some(on) => types_of(on),
            None => statement.types,
        };
        let of = |names: &[&str]| Types::named(names).meets(types);
        let mut holders = HOLDERS.iter().filter(|(_, names)| of(names));
        let (Some((holder, _)), None) = (holders.next(), holders.next()) else {
            // Several: the types are not told. None: nothing takes such a policy.
            for resource in statement.resources.iter().flatten() {
                let takes = HOLDERS.iter().any(|(_, names)| of(names));
                if let Reach::Own { .. } = resource.reach
                    && !takes
                {
                    self.add(&kinds::NO_POLICY, resource.value);
                }
            }
            return;
        };
        let may = Actions::where_(|a| a.policy == Some(*holder));
        let vague = Actions::where_(|a| a.is_vague);
        for pattern in statement.actions.iter().flatten() {
            let exists = pattern.covers != Actions::NONE;
            let is_vague = pattern.is_one && pattern.covers.meets(vague);
            if pattern.is_own && exists && !is_vague && !pattern.covers.meets(may) {
                let word = match holder {
                    PolicyHolder::Runtime => "a runtime or of an endpoint",
                    PolicyHolder::Gateway => "a gateway",
                    PolicyHolder::Memory => "a memory",
                };
                let said = format!(
                    "no action that the resource-based policy of {word} can name: `{}`",
                    pattern.text
                );
                let found = Found::at(&kinds::POLICY_ACTION, pattern.value.span());
                self.found(found.said(said));
            }
        }
    }

    /// AC-136: resource control policies do not reach the service.
    pub(super) fn without_effect(&mut self, statements: &[Statement<'_, '_>]) {
        for pattern in statements.iter().flat_map(|s| s.actions.iter().flatten()) {
            if pattern.is_own {
                self.add(&kinds::RCP, pattern.value);
            }
        }
    }
}

/// The part of a text, between colons or slashes, in which it first differs from another; all that is left over when one
/// begins with the other.
fn difference(text: &str, other: &str) -> std::ops::Range<usize> {
    let mut start = 0usize;
    let mut parts = other.split_inclusive([':', '/']);
    for part in text.split_inclusive([':', '/']) {
        let end = start.saturating_add(part.len());
        if parts.next() != Some(part) {
            let bare = part.trim_end_matches([':', '/']);
            let stop = start.saturating_add(bare.len());
            return if bare.is_empty() {
                0..text.len()
            } else {
                start..stop
            };
        }
        start = end;
    }
    0..text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_part_that_differs_is_found() {
        for (text, other, expected) in [
            ("arn:aws:x:r:1:a/b", "arn:aws:x:r:2:a/b", "1"),
            ("arn:aws:x:r:1:a/b/c", "arn:aws:x:r:1:a/b", "b"),
            ("arn:aws:x:r:1:a", "arn:aws:x:r:1:a/b", "a"),
            ("arn:aws::r", "arn:aws:x:r", "arn:aws::r"),
        ] {
            assert_eq!(text.get(difference(text, other)), Some(expected), "{text}");
        }
    }
}
