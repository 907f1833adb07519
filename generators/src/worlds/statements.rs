//! Statements aimed at a call: they reach its pairs, or one element of them fails.

use veriam_model::{PolicyType, RuntimeOperation, Verb};

use crate::draw::{Text, cut, flip_case, join, replace_one};
use crate::maker::{Feature, Maker, Setting};
use crate::policy::{Patterns, Statement};
use crate::principals::Grade;
use crate::statements::takes_principal;
use crate::vocabulary::{ACCOUNTS, REGIONS};

use super::facts::Cover;

/// Every action on runtimes and their endpoints.
const ACTIONS: [&str; 9] = [
    "bedrock-agentcore:InvokeAgentRuntime",
    "bedrock-agentcore:InvokeAgentRuntimeForUser",
    "bedrock-agentcore:InvokeAgentRuntimeWithWebSocketStream",
    "bedrock-agentcore:InvokeAgentRuntimeWithWebSocketStreamForUser",
    "bedrock-agentcore:InvokeAgentRuntimeCommand",
    "bedrock-agentcore:InvokeAgentRuntimeCommandShell",
    "bedrock-agentcore:StopRuntimeSession",
    "bedrock-agentcore:GetAgentCard",
    "bedrock-agentcore:GetRuntimeProtectedResourceMetadata",
];

/// The actions that a call needs: the base action first.
pub(crate) fn actions(operation: RuntimeOperation, for_user: bool) -> &'static [&'static str] {
    let at = match operation {
        RuntimeOperation::InvokeAgentRuntime => 0,
        RuntimeOperation::InvokeAgentRuntimeWithWebSocketStream => 2,
        RuntimeOperation::InvokeAgentRuntimeCommand => 4,
        RuntimeOperation::InvokeAgentRuntimeCommandShell => 5,
        RuntimeOperation::StopRuntimeSession => 6,
        RuntimeOperation::GetAgentCard => 7,
        RuntimeOperation::GetRuntimeProtectedResourceMetadata => 8,
    };
    &ACTIONS[at..=at + usize::from(for_user)]
}

/// What a call asks for.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) actions: &'static [&'static str],
    pub(crate) partition: &'static str,
    pub(crate) region: &'static str,
    pub(crate) owner: &'static str,
    pub(crate) id: &'static str,
    pub(crate) endpoint: &'static str,
}

impl Ask {
    pub(crate) fn at(&self, region: &str, owner: &str, rest: &[&str]) -> Text {
        let mut arn = String::with_capacity(112);
        let start = [
            "arn:",
            self.partition,
            ":bedrock-agentcore:",
            region,
            ":",
            owner,
            ":runtime/",
        ];
        arn.extend(start.iter().chain(rest).copied());
        arn.into()
    }

    fn here(&self, rest: &[&str]) -> Text {
        self.at(self.region, self.owner, rest)
    }

    pub(crate) fn runtime(&self) -> Text {
        self.here(&[self.id])
    }

    pub(crate) fn door(&self) -> Text {
        self.here(&[self.id, "/runtime-endpoint/", self.endpoint])
    }
}

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

impl Maker<'_, '_> {
    /// A statement about a call.
    pub(crate) fn aimed(&mut self, ask: &Ask, aimed: Aimed) -> Statement {
        let Aimed { setting, grade, .. } = aimed;
        if let Some(facts) = &mut self.context.facts {
            facts.cover = aimed.cover;
        }
        let mut fault = (!aimed.applies).then(|| self.call_fault(setting));
        let mut conditions = Vec::new();
        if fault == Some(Fault::Condition) && !self.add_condition(setting, false, &mut conditions) {
            fault = Some(Fault::Action);
        }
        let who = takes_principal(setting).then(|| match fault {
            Some(Fault::Who) => self.who_else(setting),
            _ => self.who(setting, grade),
        });
        let actions = self.call_actions(ask, aimed, fault == Some(Fault::Action));
        let resources = match fault {
            Some(Fault::Resource) => self.call_resources_missed(ask, aimed),
            _ => self.call_resources(ask, aimed),
        };
        for _ in conditions.len()..aimed.tests {
            self.add_condition(setting, true, &mut conditions);
        }
        Statement {
            sid: None,
            effect: setting.effect,
            who,
            actions,
            resources: Some(resources),
            conditions,
        }
    }

    fn call_fault(&mut self, setting: Setting) -> Fault {
        let conditions = self.on(Feature::Conditions) && !setting.bare_allow();
        let who = takes_principal(setting) && setting.policy_type != PolicyType::Rcp;
        let weights = [
            4,
            if setting.bare_allow() { 0 } else { 6 },
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
        let needed = if all { ask.actions } else { &ask.actions[..1] };
        let exact = Patterns {
            not: false,
            list: needed.iter().map(|a| Text::Borrowed(*a)).collect(),
        };
        if aimed.exact || !self.on(Feature::Wildcards) {
            return exact;
        }
        let rcp = setting.policy_type == PolicyType::Rcp;
        match self.draw.weighted(&[14, 2, 2, 1, 1, 1, 1]) {
            1 => {
                // The name of the ForUser action begins like that of the base action.
                let at = "bedrock-agentcore:".len() + cut(&mut self.draw, &base[18..]);
                Patterns::one(join(&[&base[..at], "*"]))
            }
            2 => Patterns::one("bedrock-agentcore:*"),
            3 if !rcp => Patterns::one("*"),
            4 if needed.len() == 1 => {
                let flipped = flip_case(&mut self.draw, base);
                Patterns::one(flipped.unwrap_or(base.into()))
            }
            5 if !setting.limited && needed.len() == 1 => {
                let name = replace_one(&mut self.draw, &base[18..], "?");
                Patterns::one(join(&["bedrock-agentcore:", &name]))
            }
            6 if !rcp && !setting.bare_allow() && self.on(Feature::NotAction) => Patterns {
                not: true,
                list: vec![self.sibling(ask).into(), "s3:*".into()],
            },
            _ => exact,
        }
    }

    /// Of a needed action: a sibling, a letter less or more, another service. An Allow may also leave out ForUser.
    fn call_action_missed(&mut self, ask: &Ask, setting: Setting) -> Text {
        let base = ask.actions[0];
        let for_user = ask.actions.len() > 1 && setting.effect == Verb::Allow;
        let open = matches!(
            setting.policy_type,
            PolicyType::Resource | PolicyType::Endpoint
        );
        // Whether a token's bearer needs it is open (AC-125).
        let signed = self
            .context
            .facts
            .as_ref()
            .is_some_and(super::facts::Facts::signed);
        let for_user = for_user && (signed || !open);
        match self
            .draw
            .weighted(&[if for_user { 12 } else { 0 }, 5, 1, 1, 1])
        {
            0 => base.into(),
            2 => base[..base.len() - 1].to_owned().into(),
            3 => join(&["bedrock:", &base[18..]]),
            4 => join(&[base, "q"]),
            _ => self.sibling(ask).into(),
        }
    }

    fn sibling(&mut self, ask: &Ask) -> &'static str {
        let start = self.draw.below(ACTIONS.len());
        let mut others = (0..ACTIONS.len()).map(|i| ACTIONS[(start + i) % ACTIONS.len()]);
        others
            .find(|a| !ask.actions.contains(a))
            .unwrap_or(ACTIONS[7])
    }

    fn call_resources(&mut self, ask: &Ask, aimed: Aimed) -> Patterns {
        let Aimed {
            setting,
            cover,
            exact,
            ..
        } = aimed;
        if setting.bare_allow() {
            return Patterns::one("*");
        }
        let wild = !exact && self.on(Feature::Wildcards);
        match cover {
            Cover::Runtime if wild && self.draw.chance(1, 10) => {
                Patterns::one(self.wide(ask, setting))
            }
            Cover::Runtime => Patterns::one(ask.runtime()),
            Cover::Endpoint if wild && self.draw.chance(1, 10) => {
                Patterns::one(ask.here(&[ask.id, "/runtime-endpoint/*"]))
            }
            Cover::Endpoint => Patterns::one(ask.door()),
            Cover::Both => self.both(ask, setting, wild),
        }
    }

    fn both(&mut self, ask: &Ask, setting: Setting, wild: bool) -> Patterns {
        if setting.effect == Verb::Deny && self.draw.chance(1, 3) {
            // One of the two is enough, but whether an endpoint policy is asked about the endpoint is open (AC-173).
            let network = setting.policy_type == PolicyType::Endpoint;
            return Patterns::one(match network || self.draw.chance(1, 2) {
                true => ask.runtime(),
                false => ask.door(),
            });
        }
        let list = |list| Patterns { not: false, list };
        if !wild {
            return list(vec![ask.runtime(), ask.door()]);
        }
        match self.draw.weighted(&[5, 4, 3, 3, 1, 1]) {
            1 => list(vec![
                ask.runtime(),
                ask.here(&[ask.id, "/runtime-endpoint/*"]),
            ]),
            2 => match self.variable_id(ask, setting) {
                Some(id) => Patterns::one(ask.here(&[&id, "*"])),
                None => Patterns::one(ask.here(&[ask.id, "*"])),
            },
            3 => Patterns::one(self.wide(ask, setting)),
            4 => match setting.current.then(|| self.variable_hit(ask.endpoint, "")) {
                Some(Some(variable)) => list(vec![
                    ask.runtime(),
                    ask.here(&[ask.id, "/runtime-endpoint/", &variable]),
                ]),
                _ => list(vec![ask.runtime(), ask.door()]),
            },
            5 if !setting.limited && self.on(Feature::NotResource) => Patterns {
                not: true,
                list: vec![ask.here(&["unrelated-0123456789*"])],
            },
            _ => list(vec![ask.runtime(), ask.door()]),
        }
    }

    /// The runtime's id with a variable for a part of it.
    fn variable_id(&mut self, ask: &Ask, setting: Setting) -> Option<Text> {
        if !setting.current || !self.on(Feature::Variables) {
            return None;
        }
        let skip = usize::from(ask.id.starts_with("t_")) * 2;
        let end = skip + ask.id[skip..].find(['_', '-'])?;
        let variable = self.variable_hit(&ask.id[skip..end], "")?;
        Some(join(&[&ask.id[..skip], &variable, &ask.id[end..]]))
    }

    /// A pattern that covers more than the one runtime with its endpoints.
    fn wide(&mut self, ask: &Ask, setting: Setting) -> Text {
        let rcp = setting.policy_type == PolicyType::Rcp;
        match self.draw.below(5) {
            0 => ask.here(&["*"]),
            1 => ask.at("*", ask.owner, &[ask.id, "*"]),
            2 => ask.at(ask.region, "*", &[ask.id, "*"]),
            3 if !rcp => join(&["arn:", ask.partition, ":bedrock-agentcore:*"]),
            _ => "*".into(),
        }
    }

    /// One segment is wrong; an Allow may also name one of the two resources only.
    fn call_resources_missed(&mut self, ask: &Ask, aimed: Aimed) -> Patterns {
        let Aimed { setting, cover, .. } = aimed;
        let allow = setting.effect == Verb::Allow;
        // Whether an endpoint policy must name the endpoint is open (AC-173).
        let halves = allow && cover == Cover::Both && setting.policy_type != PolicyType::Endpoint;
        let half = if halves { 8 } else { 0 };
        let one = if allow && cover == Cover::Both { 2 } else { 0 };
        let tail = match cover {
            Cover::Endpoint => ["/runtime-endpoint/", ask.endpoint],
            _ => ["", ""],
        };
        let many = if cover == Cover::Both && self.on(Feature::Wildcards) {
            "*"
        } else {
            ""
        };
        let with = |id: &str, region: &str, owner: &str| {
            ask.at(region, owner, &[id, tail[0], tail[1], many])
        };
        let here = |id: &str| with(id, ask.region, ask.owner);
        let pattern = match self.draw.weighted(&[half, one, 2, 2, 2, 2, 2, 2]) {
            0 => match self.draw.below(4) {
                0 => ask.runtime(),
                1 => {
                    let other = other_name(ask.endpoint);
                    let other = ask.here(&[ask.id, "/runtime-endpoint/", other]);
                    return Patterns {
                        not: false,
                        list: vec![ask.runtime(), other],
                    };
                }
                2 => {
                    let wrong = ask.here(&[ask.id, "/endpoint/", ask.endpoint]);
                    return Patterns {
                        not: false,
                        list: vec![ask.runtime(), wrong],
                    };
                }
                _ => ask.door(),
            },
            1 => ask.here(&[ask.id, "/runtime-endpoint/*"]),
            2 => match flip_case(&mut self.draw, ask.id) {
                Some(flipped) => here(&flipped),
                None => here("other-0123456789"),
            },
            3 => {
                let account = self.draw.one(&ACCOUNTS);
                let account = if account == ask.owner {
                    "000000000000"
                } else {
                    account
                };
                with(ask.id, ask.region, account)
            }
            4 => {
                let region = self.draw.one(&REGIONS);
                let region = if region == ask.region {
                    "ap-south-1"
                } else {
                    region
                };
                with(ask.id, region, ask.owner)
            }
            5 => match cover {
                Cover::Runtime => ask.door(),
                Cover::Endpoint => ask.runtime(),
                Cover::Both => here("other-0123456789"),
            },
            6 => match cover {
                Cover::Endpoint => ask.here(&[ask.id, "/endpoint/", ask.endpoint]),
                _ => here("unrelated-0123456789"),
            },
            _ => match cover {
                Cover::Endpoint => {
                    let other = other_name(ask.endpoint);
                    ask.here(&[ask.id, "/runtime-endpoint/", other])
                }
                _ => here(&join(&[&ask.id[..ask.id.len() - 1], "X"])),
            },
        };
        Patterns::one(pattern)
    }
}

fn other_name(endpoint: &str) -> &'static str {
    if endpoint == "DEFAULT" {
        "prod"
    } else {
        "DEFAULT"
    }
}
