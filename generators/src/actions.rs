//! Action elements that select the request's action, and elements that just fail to.

use veriam_model::{PolicyType, Verb};

use crate::draw::{Text, cut, flip_case, join, replace_one};
use crate::maker::{Feature, Maker, Setting};
use crate::policy::Patterns;
use crate::vocabulary::{TargetKind, actions};

/// Actions of services that no case asks for.
const ELSEWHERE: [&str; 4] = [
    "ec2:RunInstances",
    "sqs:SendMessage",
    "lambda:InvokeFunction",
    "s3express:*",
];

impl Maker<'_, '_> {
    /// An element that selects the action, or one that just does not.
    pub(crate) fn action_element(&mut self, setting: Setting, selects: bool) -> Patterns {
        let may_except = setting.policy_type != PolicyType::Rcp && !setting.bare_allow();
        let not = may_except && self.maybe(Feature::NotAction, 1, 5);
        let mut list = Vec::with_capacity(2);
        if selects != not {
            list.push(self.action_hit(setting));
        } else {
            list.push(self.action_miss(setting));
        }
        if self.maybe(Feature::Lists, 1, 4) {
            list.push(self.draw.one(&ELSEWHERE).into());
            if self.draw.chance(1, 2) {
                list.reverse();
            }
        }
        Patterns { not, list }
    }

    fn action_hit(&mut self, setting: Setting) -> Text {
        let action = self.target.action;
        if !self.on(Feature::Wildcards) {
            return action.into();
        }
        let (prefix, name) = action.split_once(':').unwrap_or((action, ""));
        // An action of a limited SCP has wildcards at its end only.
        let inner = !setting.limited;
        match self.draw.weighted(&[10, 3, 5, 4, 2, 2, 1]) {
            1 => flip_case(&mut self.draw, action).unwrap_or(action.into()),
            2 => {
                let at = cut(&mut self.draw, name);
                join(&[prefix, ":", &name[..at], "*"])
            }
            3 => join(&[prefix, ":*"]),
            4 if inner => {
                let at = cut(&mut self.draw, name);
                let skip = cut(&mut self.draw, &name[at..]);
                join(&[prefix, ":", &name[..at], "*", &name[at + skip..]])
            }
            5 if inner => join(&[prefix, ":", &replace_one(&mut self.draw, name, "?")]),
            6 if setting.policy_type != PolicyType::Rcp => "*".into(),
            _ => action.into(),
        }
    }

    fn action_miss(&mut self, setting: Setting) -> Text {
        let action = self.target.action;
        let (prefix, name) = action.split_once(':').unwrap_or((action, ""));
        let inner = !setting.limited && self.on(Feature::Wildcards);
        match self.draw.weighted(&[4, 3, 2, 2, 1, 1]) {
            // One letter changed.
            1 => {
                let changed = replace_one(&mut self.draw, name, "q");
                match changed.eq_ignore_ascii_case(name) {
                    true => join(&[prefix, ":", name, "q"]),
                    false => join(&[prefix, ":", &changed]),
                }
            }
            // Anchored at the end, too.
            2 => join(&[prefix, ":", &name[..name.len().saturating_sub(1)]]),
            3 if inner => join(&[prefix, ":", name, "?"]),
            // The same name in another service.
            4 => join(&["s3express", ":", name]),
            5 if self.on(Feature::Wildcards) => {
                let at = cut(&mut self.draw, name).max(1);
                join(&[prefix, ":", &name[..at], "q*"])
            }
            _ => {
                let others = actions(self.target.kind);
                let other = self.draw.one(others);
                match other == action {
                    true => join(&[prefix, ":Unknown"]),
                    false => other.into(),
                }
            }
        }
    }

    /// An element that neither selects the action nor nearly does.
    pub(crate) fn action_elsewhere(&mut self) -> Patterns {
        Patterns::one(self.draw.one(&ELSEWHERE))
    }

    /// Resource or NotResource, covering the target or just not. Nothing where the element is forbidden or left out.
    pub(crate) fn resource_element(&mut self, setting: Setting, covers: bool) -> Option<Patterns> {
        if setting.policy_type == PolicyType::Trust {
            return None;
        }
        if setting.bare_allow() || self.target.kind == TargetKind::Nothing {
            return Some(Patterns::one("*"));
        }
        if covers && setting.policy_type == PolicyType::Resource && self.draw.chance(1, 16) {
            // Some services let their policies go without (IAM-025).
            return None;
        }
        let not = !setting.limited && self.maybe(Feature::NotResource, 1, 5);
        let mut list = Vec::with_capacity(2);
        match (covers, not) {
            (true, false) | (false, true) => list.push(self.resource_hit(setting)),
            (false, false) => list.push(self.resource_miss(setting)),
            // A variable without value in NotResource is contested (IAM-198): only names that are elsewhere.
            (true, true) => list.push(self.resource_elsewhere()),
        }
        if self.maybe(Feature::Lists, 1, 4) {
            list.push(self.resource_elsewhere());
            if self.draw.chance(1, 2) {
                list.reverse();
            }
        }
        Some(Patterns { not, list })
    }

    /// How likely the effect is to be narrowed: plain statements stay plain.
    pub(crate) fn plain_statement_actions(&mut self, effect: Verb) -> Patterns {
        let action = self.target.action;
        match (effect, self.draw.below(3)) {
            (Verb::Allow, 1) => Patterns::one(join(&[self.target.prefix(), ":*"])),
            (Verb::Allow, 2) => Patterns::one("*"),
            _ => Patterns::one(action),
        }
    }
}
