//! The state of one case while it is made.

use veriam_model::{PolicyType, Verb};

use crate::context::{Context, KeySet, Parties};
use crate::draw::Draw;
use crate::vocabulary::{Caller, Target};

/// One case in the making: who asks for what, and what is settled about the context.
pub(crate) struct Maker<'u, 'b> {
    pub(crate) draw: Draw<'u, 'b>,
    pub(crate) features: Features,
    pub(crate) caller: Caller,
    pub(crate) target: Target,
    /// The keys that conditions may test.
    pub(crate) keys: &'static KeySet,
    pub(crate) context: Context,
    /// A boundary counts for the caller, so that NotPrincipal spares nobody (IAM-122).
    pub(crate) bounded: bool,
    /// Some statement has NotPrincipal: the caller must not change any more, or a part of its chain might be listed.
    pub(crate) excepted: bool,
}

/// What the place of a statement permits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting {
    pub(crate) policy_type: PolicyType,
    pub(crate) effect: Verb,
    /// The document's version is 2012-10-17: `${` begins a variable.
    pub(crate) current: bool,
    /// An SCP keeps to the language of 2023, so that nothing turns on IAM-033.
    pub(crate) limited: bool,
}

impl Setting {
    /// Endpoint policies have limits of their own (IAM-030).
    pub(crate) fn endpoint(self) -> bool {
        self.policy_type == PolicyType::Endpoint
    }

    /// The statement of a limited SCP that allows: only Action varies.
    pub(crate) fn bare_allow(self) -> bool {
        self.limited && self.effect == Verb::Allow
    }
}

impl<'u, 'b> Maker<'u, 'b> {
    /// The source of choices and the parties, borrowed apart from the context.
    pub(crate) fn split(&mut self) -> (&mut Draw<'u, 'b>, Parties<'_>, &mut Context) {
        let parties = Parties {
            caller: &self.caller,
            target: &self.target,
        };
        (&mut self.draw, parties, &mut self.context)
    }

    pub(crate) fn on(&self, feature: Feature) -> bool {
        self.features.on(feature)
    }

    /// True `hits` times in `of` when the feature is on.
    pub(crate) fn maybe(&mut self, feature: Feature, hits: usize, of: usize) -> bool {
        self.on(feature) && self.draw.chance(hits, of)
    }
}

/// What a case may use. Each case turns features off at random, so that the others meet more often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feature {
    Conditions,
    Sets,
    IfExists,
    Variables,
    Defaults,
    Escapes,
    NotAction,
    NotResource,
    NotPrincipal,
    Wildcards,
    Lists,
    OldVersions,
    Spelling,
    Boundary,
    Session,
    Scp,
    Rcp,
    Endpoint,
    Decoys,
    KeyCase,
    Sids,
    /// The first of the operator families; they follow in the order of `operators::FAMILIES`.
    Operators,
}

/// A set of features.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Features(u32);

impl Features {
    /// Each feature with a chance of three in four; none on zero bytes.
    pub(crate) fn draw(draw: &mut Draw<'_, '_>) -> Self {
        Self(draw.word() | draw.word())
    }

    pub(crate) fn on(self, feature: Feature) -> bool {
        self.0 >> feature as u32 & 1 == 1
    }

    /// Whether the operators of the family with that index may be used.
    pub(crate) fn family(self, index: usize) -> bool {
        self.0 >> (Feature::Operators as usize + index) & 1 == 1
    }
}
