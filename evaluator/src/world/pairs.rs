//! What a request comes to: pairs of an action and what it is done to, or an answer before any policy.

use veriam_model::{InvalidCall, Rejection, Tags};

use super::World;
use super::carried::Carried;
use super::layer::Layer;
use super::parts::{Account, Thing};

/// What a request asks of the policies. Its pairs are listed elsewhere, so that an answer is small.
pub(super) enum Asked {
    /// Nothing: it asks for something that is not there.
    Invalid(InvalidCall),
    /// Nothing: it is turned away.
    Rejected(Rejection),
    /// Every pair that was listed is judged.
    Pairs,
    /// Nobody has to allow the pair that was listed; an endpoint policy may stop it (section 6.6 of the readings).
    Open(Open),
}

/// What may stop a request that nothing has to grant.
#[derive(Clone, Copy)]
pub(super) struct Open {
    /// It is judged as whoever signed it, not as nobody.
    pub(super) is_signed: bool,
    /// The Deny statements of the policies that would count elsewhere count (AC-203).
    pub(super) honours_denies: bool,
    /// The policy of the VPC endpoint counts.
    pub(super) is_filtered: bool,
}

/// One check.
#[derive(Clone, Copy)]
pub(super) struct Pair<'c> {
    pub(super) action: &'c str,
    pub(super) on: Target<'c>,
    pub(super) carried: Carried<'c>,
}

/// What a check is about.
#[derive(Clone, Copy)]
pub(super) struct Target<'c> {
    pub(super) arn: &'c str,
    /// None: AWS itself.
    pub(super) owner: Option<&'c Account>,
    pub(super) tags: &'c Tags,
    pub(super) policy: Option<&'c Layer>,
    /// An endpoint that a runtime is called through (AC-173).
    pub(super) is_runtime_endpoint: bool,
    /// It is not AgentCore's: some calls of other services are settled before any policy, and it may lie in another
    /// partition.
    pub(super) is_elsewhere: bool,
}

/// The pairs of one request, in order.
pub(super) struct Pairs<'c> {
    pairs: [Option<Pair<'c>>; Pairs::MOST],
    count: usize,
}

impl<'c> Pairs<'c> {
    /// No operation has more.
    pub(super) const MOST: usize = 6;

    pub(super) fn new() -> Self {
        Self {
            pairs: [const { None }; Self::MOST],
            count: 0,
        }
    }

    #[inline]
    pub(super) fn push(&mut self, action: &'c str, on: Target<'c>, carried: Carried<'c>) {
        let place = self.pairs.get_mut(self.count);
        debug_assert!(place.is_some(), "an operation with more pairs than any");
        if let Some(place) = place {
            *place = Some(Pair {
                action,
                on,
                carried,
            });
            self.count = self.count.saturating_add(1);
        }
    }

    #[inline]
    pub(super) fn iter(&self) -> impl Iterator<Item = &Pair<'c>> {
        self.pairs.iter().take(self.count).flatten()
    }
}

impl<'c> Target<'c> {
    /// No resource in particular: it counts as the caller's (section 6 of the readings).
    pub(super) fn star(caller: Option<&'c Account>) -> Self {
        Self::unknown("*", caller)
    }

    /// Something of which no more is known than whose it is.
    pub(super) fn unknown(arn: &'c str, owner: Option<&'c Account>) -> Self {
        static NONE: Tags = Tags::new();
        Self {
            arn,
            owner,
            tags: &NONE,
            policy: None,
            is_runtime_endpoint: false,
            is_elsewhere: false,
        }
    }

    /// The same as an object of the control plane, where no resource-based policy counts (section 6.11).
    pub(super) fn managed(self) -> Self {
        Self {
            policy: None,
            is_runtime_endpoint: false,
            ..self
        }
    }
}

impl World {
    /// A thing as the target of a check.
    pub(super) fn target<'c>(&'c self, thing: &'c Thing) -> Target<'c> {
        Target {
            arn: &thing.arn,
            owner: thing.owner.and_then(|number| self.accounts.get(number)),
            tags: &thing.tags,
            policy: thing.policy.as_ref(),
            is_runtime_endpoint: thing.is_runtime_endpoint,
            is_elsewhere: false,
        }
    }
}

/// The action named like an operation; every operation is listed, or it does not compile.
macro_rules! action_of {
    ($operation:expr, $enum:ident: $($name:ident)+) => {
        match $operation {
            $( veriam_model::$enum::$name => concat!("bedrock-agentcore:", stringify!($name)), )+
        }
    };
}

pub(super) use action_of;
