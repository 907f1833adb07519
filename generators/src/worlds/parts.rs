//! What a call asks for, in parts: actions, and the resources each of them is checked on.

use std::rc::Rc;
use std::sync::LazyLock;

use veriam_model::facts::agentcore;

use crate::draw::{Text, join};

use super::plan::Place;
use super::resources::Family;
use super::scene::{Org, Scene, TagList};

/// The service of AgentCore, as ARNs and actions name it.
pub(crate) const SERVICE: &str = "bedrock-agentcore";

/// A resource.
#[derive(Clone, Debug)]
pub(crate) struct Thing {
    pub(crate) service: &'static str,
    /// Empty where ARNs have none.
    pub(crate) region: &'static str,
    /// The account part of the ARN.
    pub(crate) account: &'static str,
    /// The type's word with its slash.
    pub(crate) word: &'static str,
    pub(crate) id: Text,
    /// What hangs on it: a type's word between slashes, and a name.
    pub(crate) tail: Option<(&'static str, &'static str)>,
    pub(crate) tags: TagList,
    /// Where its own policy stands, if it takes one.
    pub(crate) holder: Option<Holder>,
}

/// Where the policy of a resource stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Holder {
    pub(crate) place: Place,
    /// It has a policy even where only bearers of tokens call.
    pub(crate) policed: bool,
    /// Nothing is allowed without it, not even within the account (IAM-249, IAM-255).
    pub(crate) always: bool,
}

impl Thing {
    /// A resource of AgentCore.
    pub(crate) fn agentcore(
        scene: &Scene,
        account: &'static str,
        word: &'static str,
        id: &'static str,
    ) -> Self {
        Self {
            service: SERVICE,
            region: scene.region,
            account,
            word,
            id: id.into(),
            tail: None,
            tags: [None, None],
            holder: None,
        }
    }

    /// What hangs on this one.
    pub(crate) fn part(&self, word: &'static str, name: &'static str) -> Self {
        Self {
            tail: Some((word, name)),
            tags: [None, None],
            holder: None,
            ..self.clone()
        }
    }

    pub(crate) fn tagged(mut self, tags: TagList) -> Self {
        self.tags = tags;
        self
    }

    pub(crate) fn held(mut self, place: Place, policed: bool, always: bool) -> Self {
        self.holder = Some(Holder {
            place,
            policed,
            always,
        });
        self
    }

    /// Whether the other one is this one, or hangs on it or on what this one hangs on.
    pub(crate) fn is_near(&self, other: &Thing) -> bool {
        (self.word, &self.id, self.account) == (other.word, &other.id, other.account)
    }
}

/// One part of what a call asks for: each action on each thing.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    /// `service:Name`, the base action first.
    pub(crate) actions: Vec<&'static str>,
    /// None: the resource is `*`.
    pub(crate) things: Vec<Thing>,
    /// The account that owns them; none: AWS does.
    pub(crate) owner: Option<&'static str>,
    /// Keys that the request adds.
    pub(crate) carried: Vec<(Text, Vec<Text>)>,
    /// Whether it is needed is contested: policies usually allow it, and nothing else turns on it.
    pub(crate) doubtful: bool,
}

impl Part {
    pub(crate) fn new(actions: Vec<&'static str>, things: Vec<Thing>, owner: &'static str) -> Self {
        Self {
            actions,
            things,
            owner: Some(owner),
            carried: Vec::new(),
            doubtful: false,
        }
    }

    pub(crate) fn doubtful(mut self) -> Self {
        self.doubtful = true;
        self
    }

    pub(crate) fn carrying(mut self, carried: Vec<(Text, Vec<Text>)>) -> Self {
        self.carried = carried;
        self
    }
}

/// What the keys of a part follow from, beside the facts of the call.
#[derive(Clone, Debug, Default)]
pub(crate) struct PartFacts {
    pub(crate) owner: Option<&'static str>,
    pub(crate) owner_org: Option<Org>,
    /// Of each thing.
    pub(crate) tags: Vec<TagList>,
    pub(crate) carried: Vec<(Text, Vec<Text>)>,
}

/// A part while policies are written for it.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) family: Family,
    pub(crate) partition: &'static str,
    pub(crate) actions: Vec<&'static str>,
    pub(crate) things: Vec<Thing>,
    pub(crate) facts: Rc<PartFacts>,
    pub(crate) doubtful: bool,
}

impl Ask {
    pub(crate) fn new(scene: &Scene, family: Family, part: Part) -> Self {
        Self {
            family,
            partition: scene.partition,
            actions: part.actions,
            facts: Rc::new(PartFacts {
                owner: part.owner,
                owner_org: part.owner.and_then(|owner| scene.org(owner)),
                tags: part.things.iter().map(|thing| thing.tags).collect(),
                carried: part.carried,
            }),
            things: part.things,
            doubtful: part.doubtful,
        }
    }

    /// An ARN like that of the thing, in another region or account and with something else behind the word.
    pub(crate) fn at(&self, thing: &Thing, region: &str, account: &str, rest: &[&str]) -> Text {
        let mut arn = String::with_capacity(112);
        let start = [
            "arn:",
            self.partition,
            ":",
            thing.service,
            ":",
            region,
            ":",
            account,
            ":",
            thing.word,
        ];
        arn.extend(start.iter().chain(rest).copied());
        arn.into()
    }

    /// An ARN like that of the thing, with something else behind the word.
    pub(crate) fn here(&self, thing: &Thing, rest: &[&str]) -> Text {
        self.at(thing, thing.region, thing.account, rest)
    }

    /// The thing's ARN.
    pub(crate) fn arn(&self, thing: &Thing) -> Text {
        match thing.tail {
            Some((word, name)) => self.here(thing, &[&thing.id, word, name]),
            None => self.here(thing, &[&thing.id]),
        }
    }

    /// The service of its actions.
    pub(crate) fn service(&self) -> &'static str {
        split(self.actions[0]).0
    }
}

/// Prefix and name of an action.
pub(crate) fn split(action: &str) -> (&str, &str) {
    action.split_once(':').unwrap_or(("", action))
}

/// An action of AgentCore, with its prefix.
pub(crate) fn action(name: &str) -> &'static str {
    static ACTIONS: LazyLock<Vec<String>> = LazyLock::new(|| {
        let names = agentcore::actions().iter().map(|a| a.name.as_str());
        // Not in the reference (AC-059).
        let names = names.chain(["GetRuntimeProtectedResourceMetadata"]);
        let mut all: Vec<String> = names.map(|name| format!("{SERVICE}:{name}")).collect();
        all.sort_unstable();
        all
    });
    let found = ACTIONS.binary_search_by(|action| split(action).1.cmp(name));
    found.map_or("bedrock-agentcore:Unknown", |at| &ACTIONS[at])
}

/// A key of AgentCore with one value.
pub(crate) fn key(name: &str, value: &'static str) -> (Text, Vec<Text>) {
    (join(&[SERVICE, ":", name]), vec![value.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use veriam_model::{
        ControlOperation, HarnessOperation, IdentityOperation, MemoryOperation, RuntimeOperation,
        ToolOperation,
    };

    #[test]
    fn every_operation_has_an_action() {
        let names = RuntimeOperation::ALL.iter().map(|o| o.name());
        let names = names.chain(MemoryOperation::ALL.iter().map(|o| o.name()));
        let names = names.chain(HarnessOperation::ALL.iter().map(|o| o.name()));
        let names = names.chain(ToolOperation::ALL.iter().map(|o| o.name()));
        let names = names.chain(IdentityOperation::ALL.iter().map(|o| o.name()));
        let names = names.chain(ControlOperation::ALL.iter().map(|o| o.name()));
        for name in names.chain(["InvokeGateway", "InvokeAgentRuntimeForUser"]) {
            assert_eq!(split(action(name)), (SERVICE, name));
        }
    }
}
