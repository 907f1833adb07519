//! What calls ask for, one file for each family of requests.

mod control;
mod gateway;
mod harness;
mod identity;
mod memory;
mod other;
mod runtime;
mod tool;

use veriam_model::Request;

use crate::draw::{Draw, join};
use crate::vocabulary::CallerKind;

use super::callers::Who;
use super::parts::{Part, Thing};
use super::resources::Family;
use super::scene::Scene;
use super::tokens::Rules;

pub(crate) use control::OfControl;
pub(crate) use gateway::OfGateway;
pub(crate) use harness::OfHarness;
pub(crate) use identity::{AUDIENCES, CLIENTS, ISSUERS, OfIdentity, SCOPES};
pub(crate) use memory::{ACTORS, MEMORY_SESSIONS, NAMESPACES, OfMemory, STRATEGIES};
pub(crate) use other::{
    EXTERNAL_IDS, OfOther, OfRole, SESSION_NAMES, SOURCE_IDENTITIES, estate_thing, tag_keys,
};
pub(crate) use runtime::OfRuntime;
pub(crate) use tool::OfTool;

pub(crate) const USER_IDS: [&str; 3] = ["user-7", "alice@example.com", "tenant b"];

/// What a call asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Asked {
    Runtime(OfRuntime),
    Gateway(OfGateway),
    Memory(OfMemory),
    Harness(OfHarness),
    Tool(OfTool),
    Identity(OfIdentity),
    Control(OfControl),
    Role(OfRole),
    Other(OfOther),
}

/// The credentials that a request wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// A signature; of a service too, where services call.
    Signature {
        services: bool,
    },
    Token(&'static Rules),
    /// Nobody looks at any.
    Nothing,
}

impl Wanted {
    pub(crate) fn is_like(&self, other: &Wanted) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

impl Asked {
    pub(crate) fn draw(draw: &mut Draw<'_, '_>, scene: &Scene, family: Family) -> Self {
        match family {
            Family::Runtime => Asked::Runtime(OfRuntime::draw(draw, scene)),
            Family::Gateway => Asked::Gateway(OfGateway::draw(draw, scene)),
            Family::Memory => Asked::Memory(OfMemory::draw(draw, scene)),
            Family::Harness => Asked::Harness(OfHarness::draw(draw, scene)),
            Family::Tool => Asked::Tool(OfTool::draw(draw, scene)),
            Family::Identity => Asked::Identity(OfIdentity::draw(draw, scene)),
            Family::Control => Asked::Control(OfControl::draw(draw, scene)),
            Family::Role => Asked::Role(OfRole::draw(draw, scene)),
            Family::Other => Asked::Other(OfOther::draw(draw, scene)),
        }
    }

    pub(crate) fn family(&self) -> Family {
        match self {
            Asked::Runtime(_) => Family::Runtime,
            Asked::Gateway(_) => Family::Gateway,
            Asked::Memory(_) => Family::Memory,
            Asked::Harness(_) => Family::Harness,
            Asked::Tool(_) => Family::Tool,
            Asked::Identity(_) => Family::Identity,
            Asked::Control(_) => Family::Control,
            Asked::Role(_) => Family::Role,
            Asked::Other(_) => Family::Other,
        }
    }

    pub(crate) fn wanted(&self, scene: &Scene) -> Wanted {
        match self {
            Asked::Runtime(asked) => asked.wanted(scene),
            Asked::Gateway(asked) => asked.wanted(scene),
            Asked::Harness(asked) => asked.wanted(scene),
            Asked::Role(_) | Asked::Other(_) => Wanted::Signature { services: true },
            Asked::Memory(_) | Asked::Tool(_) | Asked::Identity(_) | Asked::Control(_) => {
                Wanted::Signature { services: false }
            }
        }
    }

    /// Whether a call with other credentials than those wanted is a question at all.
    pub(crate) fn takes_any(&self) -> bool {
        match self {
            Asked::Runtime(_) | Asked::Gateway(_) => true,
            Asked::Harness(asked) => asked.is_invocation(),
            _ => false,
        }
    }

    /// Whether only the policy of the interface endpoint counts.
    pub(crate) fn is_open(&self, scene: &Scene) -> bool {
        match self {
            Asked::Runtime(asked) => asked.is_metadata(),
            Asked::Gateway(asked) => asked.is_open(scene),
            _ => false,
        }
    }

    /// The account that the caller must be of, or else is denied or no question; none: any will do.
    pub(crate) fn home(&self, scene: &Scene) -> Option<&'static str> {
        match self {
            Asked::Harness(asked) if asked.is_anywhere() => None,
            Asked::Harness(asked) => Some(asked.owner(scene)),
            Asked::Tool(asked) => asked.owner(scene),
            Asked::Identity(asked) => Some(asked.home(scene)),
            Asked::Control(asked) => asked.owner(scene),
            _ => None,
        }
    }

    /// Whether a caller of another account makes it no question.
    pub(crate) fn is_bound(&self) -> bool {
        match self {
            Asked::Identity(_) => true,
            Asked::Control(asked) => asked.hands_over(),
            _ => false,
        }
    }

    /// Whether it comes over the internet only.
    pub(crate) fn is_elsewhere(&self) -> bool {
        matches!(self, Asked::Role(_) | Asked::Other(_))
    }

    /// Fits the request to the caller.
    pub(crate) fn suit(&mut self, draw: &mut Draw<'_, '_>, scene: &Scene, who: &Who) {
        match self {
            Asked::Memory(asked) => asked.suit(scene, who),
            Asked::Control(asked) => asked.suit(draw, scene, who),
            Asked::Other(asked) => asked.suit(scene, who),
            _ => {}
        }
    }

    pub(crate) fn parts(&self, scene: &Scene, who: &Who) -> Vec<Part> {
        match self {
            Asked::Runtime(asked) => asked.parts(scene),
            Asked::Gateway(asked) => asked.parts(scene),
            Asked::Memory(asked) => asked.parts(scene),
            Asked::Harness(asked) => asked.parts(scene, who.account),
            Asked::Tool(asked) => asked.parts(scene),
            Asked::Identity(asked) => asked.parts(scene),
            Asked::Control(asked) => asked.parts(scene, who.account),
            Asked::Role(asked) => asked.parts(scene),
            Asked::Other(asked) => asked.parts(scene, who.account),
        }
    }

    pub(crate) fn finish(&self, scene: &Scene) -> Request {
        match self {
            Asked::Runtime(asked) => asked.finish(scene),
            Asked::Gateway(asked) => asked.finish(scene),
            Asked::Memory(asked) => asked.finish(scene),
            Asked::Harness(asked) => asked.finish(scene),
            Asked::Tool(asked) => asked.finish(scene),
            Asked::Identity(asked) => asked.finish(scene),
            Asked::Control(asked) => asked.finish(scene),
            Asked::Role(asked) => asked.finish(scene),
            Asked::Other(asked) => asked.finish(scene),
        }
    }

    /// Asks for something that is not there; says whether the request can.
    pub(crate) fn nowhere(&mut self, draw: &mut Draw<'_, '_>, scene: &Scene, who: &Who) -> bool {
        match self {
            Asked::Runtime(asked) => asked.nowhere(draw, scene),
            Asked::Harness(asked) => asked.nowhere(draw, scene),
            Asked::Control(asked) => asked.nowhere(draw, scene),
            Asked::Memory(asked) => asked.nowhere(scene, who),
            Asked::Identity(asked) => asked.nowhere(scene),
            _ => false,
        }
    }

    /// Changes one thing that the request says; the credentials wanted stay the same.
    pub(crate) fn vary(&mut self, draw: &mut Draw<'_, '_>, scene: &Scene, kind: CallerKind) {
        match self {
            Asked::Runtime(asked) => asked.vary(draw, scene, kind),
            Asked::Gateway(asked) => asked.vary(draw, scene),
            Asked::Memory(asked) => asked.vary(draw, scene),
            Asked::Harness(asked) => asked.vary(draw, scene),
            Asked::Tool(asked) => asked.vary(draw, scene),
            Asked::Identity(asked) => asked.vary(draw, scene),
            Asked::Control(asked) => asked.vary(draw, scene),
            Asked::Role(asked) => *asked = OfRole::draw(draw, scene),
            Asked::Other(asked) => asked.vary(draw, scene),
        }
    }
}

/// A name of an endpoint that is free.
fn no_name(draw: &mut Draw<'_, '_>, is_free: impl Fn(&str) -> bool) -> Option<&'static str> {
    let free = ["default", "Prod", "nowhere", "DEFAULT2"];
    let other = ["prod", "dev"].into_iter();
    let mut free = free.into_iter().skip(draw.below(4)).chain(other);
    free.find(|name| is_free(name))
}

/// A role of the scene as a resource.
fn role_thing(scene: &Scene, role: usize) -> Thing {
    let role = &scene.roles[role];
    Thing {
        service: "iam",
        region: "",
        account: role.account,
        word: "role/",
        id: join(&[role.path, role.name]),
        tail: None,
        tags: role.tags,
        holder: None,
    }
}
