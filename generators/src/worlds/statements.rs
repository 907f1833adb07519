//! Statements aimed at a part of a call: they reach its pairs, or one element of them fails.

use std::rc::Rc;

use veriam_model::{PolicyType, Verb};

use crate::draw::{Text, cut, flip_case, join, replace_one};
use crate::maker::{Feature, Maker, Setting};
use crate::policy::{Patterns, Statement};
use crate::principals::Grade;
use crate::statements::takes_principal;

use super::facts::Cover;
use super::parts::{Ask, Thing, split};
use super::siblings::siblings;

/// What a statement is to be like.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Aimed {
    pub(crate) setting: Setting,
    pub(crate) grade: Grade,
    pub(crate) cover: Cover,
    /// It reaches what it covers; otherwise one element fails.
    pub(crate) applies: bool,
    /// Conditions.
    pub(crate) tests: usize,
    /// Only exact names.
    pub(crate) exact: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Action,
    Resource,
    Condition,
    Who,
}

impl Aimed {
    /// Whether the statement has the element Resource at all.
    fn has_resource(self) -> bool {
        self.setting.policy_type != PolicyType::Trust
    }

    /// The things that it covers.
    pub(crate) fn covered(self, ask: &Ask) -> &[Thing] {
        match self.cover {
            Cover::All => &ask.things,
            Cover::One(at) => &ask.things[at..=at],
        }
    }
}

impl Maker<'_, '_> {
    /// A statement about a part of a call.
    pub(crate) fn aimed(&mut self, ask: &Ask, aimed: Aimed) -> Statement {
        let Aimed { setting, grade, .. } = aimed;
        if let Some(facts) = &mut self.context.facts {
            facts.cover = aimed.cover;
            facts.part = Rc::clone(&ask.facts);
        }
        let mut fault = (!aimed.applies).then(|| self.call_fault(ask, aimed));
        let mut conditions = Vec::new();
        if fault == Some(Fault::Condition) && !self.condition(setting, false, &mut conditions) {
            fault = Some(Fault::Action);
        }
        let who = takes_principal(setting).then(|| match fault {
            Some(Fault::Who) => self.who_else(setting),
            _ => self.who(setting, grade),
        });
        let actions = self.call_actions(ask, aimed, fault == Some(Fault::Action));
        let resources = aimed.has_resource().then(|| match fault {
            Some(Fault::Resource) => self.call_resources_missed(ask, aimed),
            _ => self.call_resources(ask, aimed),
        });
        for _ in conditions.len()..aimed.tests {
            self.condition(setting, true, &mut conditions);
        }
        if conditions.is_empty() && self.limits(setting) {
            self.add_carried(setting, true, &mut conditions);
        }
        Statement {
            sid: None,
            effect: setting.effect,
            who,
            actions,
            resources,
            conditions,
        }
    }

    /// Whether a statement that nothing else limits is to test what the request carries.
    fn limits(&mut self, setting: Setting) -> bool {
        let may = self.on(Feature::Conditions) && !setting.bare_allow() && self.carries();
        may && self.draw.chance(1, 2)
    }

    /// A test of any key, or of what the request carries, or one of those that policies for agents get wrong.
    fn condition(
        &mut self,
        setting: Setting,
        holds: bool,
        blocks: &mut Vec<crate::policy::Block>,
    ) -> bool {
        if self.carries() && self.draw.chance(2, 3) && self.add_carried(setting, holds, blocks) {
            return true;
        }
        let classic = self.draw.chance(1, 6) && self.add_classic(setting, holds, blocks);
        classic || self.add_condition(setting, holds, blocks)
    }

    fn call_fault(&mut self, ask: &Ask, aimed: Aimed) -> Fault {
        let setting = aimed.setting;
        let conditions = self.on(Feature::Conditions) && !setting.bare_allow();
        let who = takes_principal(setting) && setting.policy_type != PolicyType::Rcp;
        // An action without resource type is reached by every pattern that is `*`, and by no other.
        let resource = aimed.has_resource() && !setting.bare_allow();
        let made = ask.service() == super::parts::SERVICE;
        let resource =
            resource && (!ask.things.is_empty() || setting.effect == Verb::Allow || made);
        let weights = [
            4,
            match resource {
                // What is made is often named, and is nothing that a creation is checked on.
                true if ask.things.is_empty() => 18,
                true => 6,
                false => 0,
            },
            if conditions { 12 } else { 0 },
            if who { 8 } else { 0 },
        ];
        [Fault::Action, Fault::Resource, Fault::Condition, Fault::Who][self.draw.weighted(&weights)]
    }

    fn call_actions(&mut self, ask: &Ask, aimed: Aimed, missed: bool) -> Patterns {
        let setting = aimed.setting;
        let base = ask.actions[0];
        if missed {
            return Patterns::one(self.call_action_missed(ask, setting));
        }
        // A Deny that holds for the base action denies the call.
        let all = setting.effect == Verb::Allow || self.draw.chance(1, 3);
        let needed = if all {
            &ask.actions[..]
        } else {
            &ask.actions[..1]
        };
        let exact = Patterns {
            not: false,
            list: needed.iter().map(|a| Text::Borrowed(*a)).collect(),
        };
        if aimed.exact || !self.on(Feature::Wildcards) {
            return exact;
        }
        let rcp = setting.policy_type == PolicyType::Rcp;
        let (service, name) = split(base);
        match self.draw.weighted(&[14, 2, 2, 1, 1, 1, 1]) {
            1 => {
                let shared = shared(needed);
                let at = service.len() + 1;
                let at = at + cut(&mut self.draw, &shared[at..]);
                Patterns::one(join(&[&base[..at], "*"]))
            }
            2 => Patterns::one(join(&[service, ":*"])),
            3 if !rcp => Patterns::one("*"),
            4 if needed.len() == 1 => {
                let flipped = flip_case(&mut self.draw, base);
                Patterns::one(flipped.unwrap_or(base.into()))
            }
            5 if !setting.limited && needed.len() == 1 => {
                let name = replace_one(&mut self.draw, name, "?");
                Patterns::one(join(&[service, ":", &name]))
            }
            6 if !rcp && !setting.bare_allow() && self.on(Feature::NotAction) => Patterns {
                not: true,
                list: vec![self.sibling(ask).into(), "ec2:*".into()],
            },
            _ => exact,
        }
    }

    /// Of a needed action: a sibling, a letter less or more, another service. An Allow may also leave out one of several.
    fn call_action_missed(&mut self, ask: &Ask, setting: Setting) -> Text {
        let base = ask.actions[0];
        let several = ask.actions.len() > 1 && setting.effect == Verb::Allow;
        let open = matches!(
            setting.policy_type,
            PolicyType::Resource | PolicyType::Endpoint
        );
        // Whether a token's bearer needs ForUser is open (AC-125).
        let signed = self
            .context
            .facts
            .as_ref()
            .is_some_and(super::facts::Facts::signed);
        let several = several && (signed || !open);
        let (service, name) = split(base);
        match self
            .draw
            .weighted(&[if several { 12 } else { 0 }, 5, 1, 1, 1])
        {
            0 => base.into(),
            2 => base[..base.len() - 1].to_owned().into(),
            3 if service == super::parts::SERVICE => join(&["bedrock:", name]),
            3 => join(&[super::parts::SERVICE, ":", name]),
            4 => join(&[base, self.draw.one(&["q", "s"])]),
            _ => self.sibling(ask).into(),
        }
    }

    /// An action that the part does not need, of the same kind of resource if there is one.
    fn sibling(&mut self, ask: &Ask) -> &'static str {
        let all = siblings(ask);
        let start = self.draw.below(all.len());
        let mut others = (0..all.len()).map(|i| all[(start + i) % all.len()]);
        others
            .find(|a| !ask.actions.contains(a))
            .unwrap_or("bedrock-agentcore:ListGateways")
    }

    fn call_resources(&mut self, ask: &Ask, aimed: Aimed) -> Patterns {
        let setting = aimed.setting;
        let things = aimed.covered(ask);
        if setting.bare_allow() {
            return Patterns::one("*");
        }
        if things.is_empty() {
            // Everything but what is made: the request is about nothing that is there already.
            let made = !setting.limited && !aimed.exact && ask.service() == super::parts::SERVICE;
            return match made && self.maybe(Feature::NotResource, 1, 4) {
                true => Patterns {
                    not: true,
                    list: vec![self.beside_nothing(ask)],
                },
                false => Patterns::one("*"),
            };
        }
        let wild = !aimed.exact && self.on(Feature::Wildcards);
        let list = |list| Patterns { not: false, list };
        match (aimed.cover, things) {
            (Cover::One(_), [own, ..]) if wild && self.draw.chance(1, 10) => match own.tail {
                Some((word, _)) => Patterns::one(ask.here(own, &[&own.id, word, "*"])),
                None => list(self.wide(ask, things, setting)),
            },
            (Cover::One(_), [own, ..]) => Patterns::one(ask.arn(own)),
            _ => self.each_thing(ask, setting, wild),
        }
    }

    /// Patterns for everything that the part is about.
    fn each_thing(&mut self, ask: &Ask, setting: Setting, wild: bool) -> Patterns {
        let things = &ask.things[..];
        if things.len() > 1 && setting.effect == Verb::Deny && self.draw.chance(1, 3) {
            // One of several is enough, but whether an endpoint policy is asked about the endpoint is open (AC-173).
            let network = setting.policy_type == PolicyType::Endpoint;
            let at = self.draw.below(things.len());
            return Patterns::one(ask.arn(&things[if network { 0 } else { at }]));
        }
        let list = |list| Patterns { not: false, list };
        let exact = || list(things.iter().map(|thing| ask.arn(thing)).collect());
        if !wild {
            return exact();
        }
        match self.draw.weighted(&[5, 4, 3, 3, 1, 1]) {
            1 => list(things.iter().map(|thing| tail_wild(ask, thing)).collect()),
            2 => {
                let mut patterns: Vec<Text> = Vec::with_capacity(2);
                for thing in distinct(things) {
                    patterns.push(match self.variable_id(thing, setting) {
                        Some(id) => ask.here(thing, &[&id, "*"]),
                        None => ask.here(thing, &[&thing.id, "*"]),
                    });
                }
                list(patterns)
            }
            3 => list(self.wide(ask, things, setting)),
            4 => {
                let mut patterns: Vec<Text> = Vec::with_capacity(2);
                for thing in things {
                    let variable = thing.tail.filter(|_| setting.current);
                    let variable = variable
                        .and_then(|(word, name)| Some((word, self.variable_hit(name, "")?)));
                    patterns.push(match variable {
                        Some((word, name)) => ask.here(thing, &[&thing.id, word, &name]),
                        None => ask.arn(thing),
                    });
                }
                list(patterns)
            }
            5 if !setting.limited && self.on(Feature::NotResource) => Patterns {
                not: true,
                list: vec![ask.here(&things[0], &["unrelated-0123456789*"])],
            },
            _ => exact(),
        }
    }

    /// The thing's id with a variable for a part of it.
    fn variable_id(&mut self, thing: &Thing, setting: Setting) -> Option<Text> {
        if !setting.current || !self.on(Feature::Variables) {
            return None;
        }
        let id = &thing.id;
        let skip = usize::from(id.starts_with("t_")) * 2;
        let end = skip + id[skip..].find(['_', '-'])?;
        let variable = self.variable_hit(&id[skip..end], "")?;
        Some(join(&[&id[..skip], &variable, &id[end..]]))
    }

    /// Patterns that cover more than the things.
    fn wide(&mut self, ask: &Ask, things: &[Thing], setting: Setting) -> Vec<Text> {
        let rcp = setting.policy_type == PolicyType::Rcp;
        let kind = self.draw.below(5);
        let own = &things[0];
        match kind {
            3 if !rcp => return vec![join(&["arn:", ask.partition, ":", own.service, ":*"])],
            0..3 => {}
            _ => return vec!["*".into()],
        }
        let pattern = |thing: &Thing| match kind {
            1 if !thing.region.is_empty() => ask.at(thing, "*", thing.account, &[&thing.id, "*"]),
            2 if !thing.account.is_empty() => ask.at(thing, thing.region, "*", &[&thing.id, "*"]),
            _ => ask.here(thing, &["*"]),
        };
        distinct(things).map(pattern).collect()
    }
}

/// The thing's ARN, or that of everything that hangs where it hangs.
fn tail_wild(ask: &Ask, thing: &Thing) -> Text {
    match thing.tail {
        Some((word, _)) => ask.here(thing, &[&thing.id, word, "*"]),
        None => ask.arn(thing),
    }
}

/// One of all things that hang on the same.
fn distinct(things: &[Thing]) -> impl Iterator<Item = &Thing> {
    let first = |at: usize| things.iter().position(|other| other.is_near(&things[at]));
    let kept = (0..things.len()).filter(move |at| first(*at) == Some(*at));
    kept.map(|at| &things[at])
}

/// What all of the actions begin with.
fn shared<'a>(actions: &[&'a str]) -> &'a str {
    let first = actions[0];
    let common = |other: &str| {
        let pairs = first.bytes().zip(other.bytes());
        pairs.take_while(|(a, b)| a == b).count()
    };
    let length = actions.iter().map(|action| common(action)).min();
    &first[..length.unwrap_or(0)]
}
