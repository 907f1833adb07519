//! Statements that nearly reach a call, and do not: they make policies as long as real ones, and change nothing.
//!
//! Each is one that would reach some call of the world, but for one element. That element is wrong for every call of the
//! world: it names a person who does not call, a runtime that nobody calls, or no action at all.

use veriam_model::{Authorizer, GatewayAuthorizer, PolicyType, Verb};

use crate::draw::{Text, flip_case, join};
use crate::maker::Setting;
use crate::names::NAMES;
use crate::policy::{Patterns, Who};
use crate::principals::Grade;
use crate::statements::takes_principal;
use crate::vocabulary::{ACCOUNTS, CallerKind, iam_arn};

use super::calls::Planned;
use super::facts::Cover;
use super::misses::stale;
use super::parts::Ask;
use super::plan::{Place, Plan};
use super::statements::Aimed;

impl Plan<'_, '_> {
    /// Makes the policies as long as the profile wants them.
    pub(super) fn lengthen(&mut self) {
        let (least, more) = self.maker.sizes.filler;
        if least == 0 {
            return;
        }
        let count = least + self.maker.draw.below(more);
        let places = self.places();
        let strangers = self.strangers();
        let calls = self.calls.clone();
        for (at, call) in calls.iter().enumerate() {
            let asks = self.turn_to(call);
            let own = self.own_places(call, &asks, &places);
            for _ in (at..count).step_by(calls.len()) {
                // Most stand where they are read.
                let place = match own.is_empty() || self.maker.draw.chance(1, 4) {
                    true => self.maker.draw.one(&places),
                    false => self.maker.draw.one(&own),
                };
                let ask = &asks[self.maker.draw.below(asks.len())];
                self.near(ask, place, &strangers);
            }
        }
    }

    /// Where statements that change nothing may stand: where there is a policy, or none would mean the same.
    fn places(&self) -> Vec<Place> {
        let scene = &self.scene;
        let mut places: Vec<Place> = (0..scene.users.len()).map(Place::User).collect();
        places.extend((0..scene.roles.len()).map(Place::Role));
        for (at, runtime) in scene.runtimes.iter().enumerate() {
            // Where a token is enough, a policy that does not allow is not the same as none (AC-121, AC-122).
            let own = Place::Runtime(at);
            if runtime.authorizer == Authorizer::Iam || self.speaks(own) {
                places.push(own);
            }
            for door in 0..runtime.endpoints.len() {
                let own = Place::Endpoint(at, door);
                if runtime.authorizer(Some(door)) == Authorizer::Iam || self.speaks(own) {
                    places.push(own);
                }
            }
        }
        for (at, gateway) in scene.gateways.iter().enumerate() {
            // Nor is a policy the same as none where nothing is authorized, if it denies (AC-203).
            let own = Place::Gateway(at);
            if gateway.authorizer == GatewayAuthorizer::AwsIam || self.speaks(own) {
                places.push(own);
            }
        }
        places.extend((0..scene.memories.len()).map(Place::Memory));
        let limits = (0..scene.users.len()).map(Place::UserBoundary);
        let limits = limits.chain((0..scene.roles.len()).map(Place::Trust));
        let limits = limits.chain((0..scene.roles.len()).map(Place::RoleBoundary));
        let limits = limits.chain((0..scene.networks.len()).map(Place::Network));
        let limits = limits.chain(self.calls.iter().map(|call| Place::Session(call.origin)));
        places.extend(limits.filter(|place| self.speaks(*place)));
        for (at, account) in scene.accounts.iter().enumerate() {
            if let Some(org) = account.org {
                places.extend((0..org.scps).map(|level| Place::Scp(at, level)));
                places.extend((0..org.rcps).map(|level| Place::Rcp(at, level)));
            }
        }
        places
    }

    /// Those of the places whose policies count for the call.
    fn own_places(&self, call: &Planned, asks: &[Ask], places: &[Place]) -> Vec<Place> {
        let (who, scene) = (&call.who, &self.scene);
        let account = |at: usize| scene.accounts[at].id;
        let counts = |place: &&Place| match **place {
            Place::User(at) | Place::UserBoundary(at) => {
                let user = matches!(who.kind, CallerKind::User | CallerKind::FederatedSession);
                user && at == who.person
            }
            Place::Role(at) | Place::RoleBoundary(at) => {
                who.kind == CallerKind::RoleSession && at == who.person
            }
            Place::Session(origin) => who.limited && origin == call.origin,
            Place::Trust(_)
            | Place::Runtime(_)
            | Place::Endpoint(..)
            | Place::Gateway(_)
            | Place::Memory(_)
            | Place::Other(..) => asks.iter().any(|ask| place.cover(ask).is_some()),
            Place::Network(at) => {
                matches!(call.route, super::calls::Route::Network(n, _) if n == at)
            }
            Place::Scp(at, _) => account(at) == who.account,
            Place::Rcp(at, _) => asks[0].facts.owner == Some(account(at)),
        };
        places.iter().filter(counts).copied().collect()
    }

    /// The ARNs of users and roles that do not call.
    fn strangers(&self) -> Vec<Text> {
        let scene = &self.scene;
        let arn = |word: &str, person: &super::scene::Person| {
            iam_arn(
                scene.partition,
                person.account,
                word,
                person.path,
                person.name,
            )
        };
        let calls = |kinds: &[CallerKind], at: usize| {
            let mut whos = self.calls.iter().map(|call| &call.who);
            whos.any(|who| kinds.contains(&who.kind) && who.person == at)
        };
        let users = scene.users.iter().enumerate();
        let users = users
            .filter(|(at, _)| !calls(&[CallerKind::User, CallerKind::FederatedSession], *at))
            .map(|(_, user)| arn("user/", user));
        let roles = scene.roles.iter().enumerate();
        let roles = roles
            .filter(|(at, _)| !calls(&[CallerKind::RoleSession], *at))
            .map(|(_, role)| arn("role/", role));
        users.chain(roles).collect()
    }

    /// Adds a statement that would reach the call but for one element.
    fn near(&mut self, ask: &Ask, place: Place, strangers: &[Text]) {
        let effect = match place {
            Place::Rcp(..) => Verb::Deny,
            _ => self.maker.draw.one(&[Verb::Allow, Verb::Allow, Verb::Deny]),
        };
        let (draft, setting) = self.roomy(place, effect);
        let grades = self.maker.grades(setting);
        let grade = match effect {
            Verb::Allow => Grade::Direct,
            Verb::Deny => self.maker.draw.one(grades),
        };
        let tests = self.maker.condition_count(setting);
        let aimed = Aimed {
            setting,
            grade,
            cover: place.cover(ask).unwrap_or(Cover::All),
            applies: true,
            tests,
            exact: self.maker.draw.chance(1, 2),
        };
        let mut statement = self.maker.aimed(ask, aimed);
        match self.miss(setting, !ask.things.is_empty(), !strangers.is_empty()) {
            Miss::Who => statement.who = Some(self.some_of(strangers)),
            Miss::Resource => statement.resources = Some(self.beside(ask, aimed.cover)),
            Miss::Action => {
                let base = ask.actions[0];
                let more = self.maker.draw.chance(1, 2);
                statement.actions = Patterns::one(match more {
                    true => join(&[base, "s"]),
                    false => Text::Borrowed(&base[..base.len() - 1]),
                });
            }
        }
        self.slip_in(draft, statement);
    }

    fn miss(&mut self, setting: Setting, things: bool, strangers: bool) -> Miss {
        let names = takes_principal(setting) && setting.policy_type != PolicyType::Rcp;
        let who = if names && strangers { 6 } else { 0 };
        let resource = things && !setting.bare_allow();
        let resource = resource && setting.policy_type != PolicyType::Trust;
        let resource = if resource { 4 } else { 0 };
        [Miss::Action, Miss::Who, Miss::Resource][self.maker.draw.weighted(&[2, who, resource])]
    }

    /// Some people who do not call, or services.
    fn some_of(&mut self, strangers: &[Text]) -> Who {
        let count = 1 + self.maker.draw.below(self.maker.sizes.crowd);
        let first = self.maker.draw.below(strangers.len());
        let others = strangers.iter().cycle().skip(first);
        let names = others.take(count.min(strangers.len())).cloned().collect();
        Who::Listed {
            not: false,
            members: vec![("AWS", names)],
        }
    }

    /// A pattern for a resource that nobody calls, and that reads nearly like one that is called.
    fn beside(&mut self, ask: &Ask, cover: Cover) -> Patterns {
        let thing = &ask.things[match cover {
            Cover::All => 0,
            Cover::One(at) => at,
        }];
        let draw = &mut self.maker.draw;
        let which = draw.below(5);
        let (word, name) = match (cover, draw.chance(1, 3)) {
            (Cover::One(_), _) => thing.tail.unwrap_or(("", "")),
            (Cover::All, true) => ("*", ""),
            (Cover::All, false) => ("", ""),
        };
        let at = |id: &str, region: &str, account: &str| {
            ask.at(thing, region, account, &[id, word, name])
        };
        let here = |id: &str| at(id, thing.region, thing.account);
        Patterns::one(match which {
            0 | 1 => here(&format!("unrelated_{}-0123456789", draw.below(NAMES))),
            2 => here(&flip_case(draw, &thing.id).unwrap_or("x".into())),
            3 if !thing.account.is_empty() => {
                let account = draw.one(&ACCOUNTS);
                let account = match self.scene.accounts.iter().any(|a| a.id == account) {
                    true => "000000000000",
                    false => account,
                };
                at(&thing.id, thing.region, account)
            }
            4 if !thing.region.is_empty() => at(&thing.id, "ap-south-1", thing.account),
            _ => here(&stale(&thing.id)),
        })
    }
}

/// The element that keeps a statement from reaching any call.
#[derive(Clone, Copy, Debug)]
enum Miss {
    Action,
    Who,
    Resource,
}
