//! A statement as lint sees it: what it names, with the places where it does.

use crate::json::Value;
use crate::lint::{first_members, member, one_or_many};
use crate::operator::{self, Family, Name, Operator, Set};
use crate::variable;

use super::known::{Actions, Types};
use super::language::Language;

/// A statement with its parts read.
pub(super) struct Statement<'j, 'a> {
    pub(super) value: Value<'j, 'a>,
    pub(super) is_deny: bool,
    /// None with NotAction.
    pub(super) actions: Option<Vec<Pattern<'j, 'a>>>,
    /// None without Resource, and with NotResource.
    pub(super) resources: Option<Vec<Resource<'j, 'a>>>,
    pub(super) has_not_resource: bool,
    /// Whether an action was told not to exist.
    pub(super) has_wrong_action: bool,
    /// The actions of AgentCore it matches; all but the named ones with NotAction.
    pub(super) covers: Actions,
    /// The types its resources can be of.
    pub(super) types: Types,
    pub(super) who: Who<'j, 'a>,
    pub(super) tests: Vec<Test<'j, 'a>>,
}

/// An entry of Action.
pub(super) struct Pattern<'j, 'a> {
    pub(super) value: Value<'j, 'a>,
    pub(super) text: String,
    /// Whether it has the prefix of AgentCore.
    pub(super) is_own: bool,
    /// Whether it names one action.
    pub(super) is_one: bool,
    /// The actions of AgentCore it matches.
    pub(super) covers: Actions,
}

/// An entry of Resource, as far as it can be told when read alone.
pub(super) struct Resource<'j, 'a> {
    pub(super) value: Value<'j, 'a>,
    pub(super) text: String,
    pub(super) reach: Reach,
}

/// What a resource is meant to name.
pub(super) enum Reach {
    /// Resources of any service.
    Everything,
    /// Another service's resources.
    Foreign,
    /// AgentCore's, of some types; faults that have been told aside.
    Own {
        types: Types,
        /// The ARN without a colon too many.
        arn: String,
        /// What stands behind the account.
        rest: String,
    },
    /// AgentCore's, but no type is recognisable; that has been told.
    Unclear,
}

/// Whom a statement is about.
#[derive(Default)]
pub(super) struct Who<'j, 'a> {
    pub(super) value: Option<Value<'j, 'a>>,
    /// `"*"`, which names bearers of tokens, too (AC-113).
    pub(super) is_everyone: bool,
    /// `{"AWS": "*"}` (AC-114).
    pub(super) is_every_principal: bool,
    pub(super) is_negated: bool,
    pub(super) aws: Vec<Value<'j, 'a>>,
    pub(super) services: Vec<Value<'j, 'a>>,
}

/// A key under an operator.
pub(super) struct Test<'j, 'a> {
    /// The operator's name.
    pub(super) name: Value<'j, 'a>,
    pub(super) operator: Operator,
    pub(super) key: Value<'j, 'a>,
    pub(super) key_name: String,
    pub(super) values: Value<'j, 'a>,
}

impl Test<'_, '_> {
    /// Whether the key is one of some, or begins like one that ends in `/`.
    pub(super) fn is_of(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| {
            if key.ends_with('/') {
                let start = self.key_name.get(..key.len());
                start.is_some_and(|start| start.eq_ignore_ascii_case(key))
            } else {
                key.eq_ignore_ascii_case(&self.key_name)
            }
        })
    }

    /// Whether the test holds for a request without the key.
    pub(super) fn holds_when_absent(&self) -> bool {
        if self.operator.base.family == Family::Null {
            return self.has_value("true");
        }
        match self.operator.set {
            Set::ForAllValues => true,
            Set::ForAnyValue => false,
            Set::None => self.operator.if_exists || self.operator.base.negated,
        }
    }

    pub(super) fn has_value(&self, wanted: &str) -> bool {
        one_or_many(self.values).any(|value| {
            let text = value.string();
            let text = text.as_deref().unwrap_or_else(|| value.source());
            text.eq_ignore_ascii_case(wanted)
        })
    }
}

impl<'j, 'a> Statement<'j, 'a> {
    /// Reads a statement; `resource` reads one entry of Resource.
    pub(super) fn read(
        value: Value<'j, 'a>,
        mut resource: impl FnMut(Value<'j, 'a>) -> Reach,
    ) -> Self {
        let effect = member(value, "Effect").and_then(Value::string);
        let principal = member(value, "Principal");
        let spared = member(value, "NotPrincipal");
        let actions = member(value, "Action");
        let resources = member(value, "Resource");
        let actions: Option<Vec<_>> =
            actions.map(|all| one_or_many(all).map(Pattern::read).collect());
        let resources: Option<Vec<_>> = resources.map(|all| {
            let read = |value: Value<'j, 'a>| Resource {
                value,
                text: value.string().unwrap_or_default().into_owned(),
                reach: resource(value),
            };
            one_or_many(all).map(read).collect()
        });
        Statement {
            value,
            is_deny: effect.as_deref() == Some("Deny"),
            covers: covered(value, actions.as_deref()),
            types: types_of(resources.as_deref()),
            actions,
            resources,
            has_wrong_action: false,
            has_not_resource: member(value, "NotResource").is_some(),
            who: Who::read(
                principal.or(spared),
                principal.is_none() && spared.is_some(),
            ),
            tests: tests(value),
        }
    }

    /// Whether it speaks of AgentCore by name.
    pub(super) fn is_about_agentcore(&self) -> bool {
        let own_action = self.actions.iter().flatten().any(|p| p.is_own);
        let is_own = |r: &Resource<'_, '_>| matches!(r.reach, Reach::Own { .. } | Reach::Unclear);
        own_action || self.resources.iter().flatten().any(is_own)
    }

    /// Whether it holds for callers with a bearer token as far as keys of IAM principals are concerned.
    pub(super) fn can_hold_for_tokens(&self) -> bool {
        let is_false = |t: &Test<'_, '_>| t.is_of(PRINCIPAL_KEYS) && !t.holds_when_absent();
        self.who.is_everyone && !self.tests.iter().any(is_false)
    }
}

fn covered(statement: Value<'_, '_>, patterns: Option<&[Pattern<'_, '_>]>) -> Actions {
    if let Some(patterns) = patterns {
        let each = patterns.iter().map(|p| p.covers);
        return each.fold(Actions::NONE, Actions::and);
    }
    let spared = member(statement, "NotAction").into_iter();
    let spared = spared.flat_map(one_or_many).map(Pattern::read);
    spared.fold(Actions::ALL, |all, p| all.without(p.covers))
}

fn types_of(resources: Option<&[Resource<'_, '_>]>) -> Types {
    let Some(resources) = resources else {
        return Types::ALL;
    };
    resources.iter().fold(Types::NONE, |types, resource| {
        types.and(match &resource.reach {
            Reach::Everything | Reach::Unclear => Types::ALL,
            Reach::Foreign => Types::NONE,
            Reach::Own { types, .. } => *types,
        })
    })
}

/// Keys of IAM principals, which bearers of tokens lack (AC-115).
pub(super) const PRINCIPAL_KEYS: &[&str] = &[
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalTag/",
    "aws:userid",
    "aws:username",
];

/// Most characters of a pattern, runs of wildcards counted once: no action has a name as long.
const LONGEST: usize = 160;

impl<'j, 'a> Pattern<'j, 'a> {
    pub(super) fn read(value: Value<'j, 'a>) -> Self {
        let text = value.string().unwrap_or_default().into_owned();
        let (prefix, name) = text.split_once(':').unwrap_or(("", &text));
        let is_own = prefix.eq_ignore_ascii_case(PREFIX);
        let covers = if text == "*" || text == "*:*" {
            Actions::ALL
        } else if is_own {
            matching(name)
        } else {
            Actions::NONE
        };
        Pattern {
            value,
            is_own,
            is_one: !text.contains(['*', '?']),
            covers,
            text,
        }
    }
}

/// The prefix of AgentCore's actions.
pub(super) const PREFIX: &str = veriam_model::facts::agentcore::SERVICE;

/// The actions whose names match a pattern, letter case ignored.
fn matching(name: &str) -> Actions {
    if !name.contains(['*', '?']) {
        return Actions::where_(|action| action.name.eq_ignore_ascii_case(name));
    }
    let mut short = String::new();
    for c in name.to_ascii_lowercase().chars() {
        if !(c == '*' && short.ends_with('*')) {
            short.push(c);
        }
    }
    if short == "*" {
        return Actions::ALL;
    }
    if short.len() > LONGEST {
        return Actions::NONE;
    }
    Actions::where_(|action| matches(&short, &action.name.to_ascii_lowercase()))
}

/// Whether a name matches a pattern with wildcards.
fn matches(pattern: &str, name: &str) -> bool {
    // The places in the name that the pattern has come to.
    let mut places = vec![true];
    places.resize(name.len().saturating_add(1), false);
    for c in pattern.chars() {
        let mut next = vec![false; places.len()];
        let mut reached = false;
        for (place, slot) in next.iter_mut().enumerate() {
            let here = places.get(place).copied().unwrap_or_default();
            let before = place.checked_sub(1);
            let from = before
                .and_then(|b| places.get(b).copied())
                .unwrap_or_default();
            let letter = before.and_then(|b| name.as_bytes().get(b).copied());
            reached |= here;
            *slot = match c {
                '*' => reached,
                '?' => from,
                _ => from && letter.map(char::from) == Some(c),
            };
        }
        places = next;
    }
    places.last().copied().unwrap_or_default()
}

impl<'j, 'a> Who<'j, 'a> {
    fn read(value: Option<Value<'j, 'a>>, is_negated: bool) -> Self {
        let mut who = Who {
            value,
            is_negated,
            ..Who::default()
        };
        let Some(value) = value else {
            return who;
        };
        who.is_everyone = value.string().as_deref() == Some("*");
        for (kind, entries) in first_members(value) {
            match kind.string().as_deref() {
                Some("AWS") => who.aws.extend(one_or_many(entries)),
                Some("Service") => who.services.extend(one_or_many(entries)),
                _ => {}
            }
        }
        let is_star = |v: &Value<'_, '_>| v.string().as_deref() == Some("*");
        who.is_every_principal = who.aws.iter().any(is_star);
        who
    }
}

fn tests<'j, 'a>(statement: Value<'j, 'a>) -> Vec<Test<'j, 'a>> {
    let mut tests = Vec::new();
    let blocks = member(statement, "Condition").into_iter();
    for (name, block) in blocks.flat_map(first_members) {
        let operator = match operator::read(&name.string().unwrap_or_default()) {
            Name::Known(operator) | Name::OtherCase(operator) => operator,
            Name::Unknown | Name::Qualifiers => continue,
        };
        for (key, values) in first_members(block) {
            tests.push(Test {
                name,
                operator,
                key,
                key_name: key.string().unwrap_or_default().into_owned(),
                values,
            });
        }
    }
    tests
}

/// A part of a resource as a language.
pub(super) fn language(rest: &str, has_variables: bool) -> Language {
    Language::of_resource(rest, has_variables && variable::has_variable(rest))
}

#[cfg(test)]
mod tests_of_patterns {
    use super::super::known::actions;
    use super::*;

    #[test]
    fn patterns_match_whole_names_in_any_case() {
        for (pattern, name, expected) in [
            ("", "", true),
            ("a", "", false),
            ("a*", "a", true),
            ("*a", "ba", true),
            ("a?c", "abc", true),
            ("a?", "a", false),
            ("*b*", "abc", true),
            ("a*c", "abcd", false),
            ("*", "", true),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
        let count = |name| matching(name).each().count();
        assert_eq!(count("invokeagentruntime*"), 6);
        assert_eq!(count("INVOKEGATEWAY"), 1);
        assert_eq!(count("Invoke??way"), 0);
        assert_eq!(count("***"), actions().len());
        assert_eq!(count(&"a*".repeat(100)), 0);
    }
}
