//! What becomes of a call, and the policies that bring it about.

use veriam_model::Verb;

use crate::maker::Feature;
use crate::principals::Grade;
use crate::vocabulary::CallerKind;

use super::calls::{Planned, Route};
use super::plan::{Place, Plan};
use super::statements::{Aimed, Ask};

/// The outcome that the policies are written for. A judge may see it otherwise, because of what other calls of the
/// world need; the shares come out about right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goal {
    Allow,
    Explicit,
    Implicit,
    Rejected,
    NoEndpoint,
    /// It turns on a contested point.
    Open,
}

/// A place that must allow, and how it must name the caller.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layer {
    pub(super) place: Place,
    pub(super) grade: Grade,
}

const fn layer(place: Place, grade: Grade) -> Layer {
    Layer { place, grade }
}

impl Plan<'_, '_> {
    /// Adds a call: one with policies of its own, or one that differs from an earlier one in one thing.
    pub(super) fn add_call(&mut self) {
        let first = self.calls.is_empty();
        if !first && (self.maker.sizes.one_call || self.maker.draw.chance(2, 5)) {
            self.vary();
            return;
        }
        let goal = [
            Goal::Allow,
            Goal::Explicit,
            Goal::Implicit,
            Goal::Rejected,
            Goal::NoEndpoint,
            Goal::Open,
        ][self.maker.draw.weighted(&[40, 27, 25, 3, 1, 6])];
        let origin = self.calls.len();
        let mut call = Planned::draw(
            &mut self.maker.draw,
            self.maker.features,
            &self.scene,
            origin,
        );
        match goal {
            Goal::Rejected => self.reject(&mut call),
            Goal::NoEndpoint => self.no_endpoint(&mut call),
            Goal::Open if self.open(&mut call) => {}
            Goal::Open => self.bring_about(&call, Goal::Allow),
            goal => self.bring_about(&call, goal),
        }
        self.calls.push(call);
    }

    fn bring_about(&mut self, call: &Planned, goal: Goal) {
        let ask = self.turn_to(call);
        let layers = self.layers(call);
        let withheld = match goal {
            Goal::Implicit => self.withheld(call, &layers),
            _ => None,
        };
        for (at, layer) in layers.into_iter().enumerate() {
            match withheld == Some(at) {
                true => self.withhold(&ask, layer),
                false => self.grant(&ask, layer, goal),
            }
        }
        let deny = match goal {
            Goal::Explicit => true,
            Goal::Implicit => self.maker.draw.chance(1, 6),
            _ => self.maker.draw.chance(2, 5),
        };
        if deny && let Some(place) = self.deny_place(call) {
            self.state(
                &ask,
                layer(place, Grade::Direct),
                Verb::Deny,
                goal == Goal::Explicit,
            );
        }
        self.decoys(call, &ask);
    }

    /// What must allow the call.
    pub(super) fn layers(&mut self, call: &Planned) -> Vec<Layer> {
        let who = &call.who;
        let (kind, person) = (who.kind, who.person);
        let mut layers = Vec::with_capacity(8);
        let same = who.account == self.scene.runtimes[call.runtime].account;
        match kind {
            CallerKind::User | CallerKind::FederatedSession => {
                layers.push(layer(Place::User(person), Grade::Direct));
                if self.scene.users[person].bounded {
                    layers.push(layer(Place::UserBoundary(person), Grade::Direct));
                }
            }
            CallerKind::RoleSession => {
                layers.push(layer(Place::Role(person), Grade::Direct));
                if self.scene.roles[person].bounded {
                    layers.push(layer(Place::RoleBoundary(person), Grade::Direct));
                }
            }
            _ => {}
        }
        if who.limited {
            layers.push(layer(Place::Session(call.origin), Grade::Direct));
        }
        let resources = self.resources(call);
        let draw = &mut self.maker.draw;
        for (place, policed) in resources.into_iter().flatten() {
            let grades: &[Grade] = match kind {
                CallerKind::Jwt if policed => &[Grade::Direct],
                CallerKind::Root if !same => &[Grade::Account, Grade::Direct],
                CallerKind::User if !same => &[Grade::Direct, Grade::Account],
                CallerKind::RoleSession | CallerKind::FederatedSession if !same => {
                    &[Grade::Direct, Grade::Entity, Grade::Account]
                }
                _ => continue,
            };
            layers.push(layer(place, draw.one(grades)));
        }
        let account = self.scene.accounts.iter().position(|a| a.id == who.account);
        if let Some(account) = account
            && let Some(org) = self.scene.accounts[account].org
            && let Some(level) = org.narrow
            && !org.management
        {
            layers.push(layer(Place::Scp(account, level), Grade::Direct));
        }
        if let Route::Network(index, _) = call.route
            && self.scene.networks[index].policed
        {
            layers.push(layer(Place::Network(index), Grade::Direct));
        }
        layers
    }

    /// The places of the runtime's and the endpoint's own policies, and whether those hold some for bearers of tokens.
    fn resources(&self, call: &Planned) -> [Option<(Place, bool)>; 2] {
        let runtime = &self.scene.runtimes[call.runtime];
        let own = (Place::Runtime(call.runtime), runtime.policed);
        let door = call.door.map(|door| {
            let place = Place::Endpoint(call.runtime, door);
            (place, runtime.endpoints[door].policed)
        });
        [Some(own), door]
    }

    /// The layer that is not to allow; what silence of a resource's policy means for a token's bearer is open (AC-122).
    fn withheld(&mut self, call: &Planned, layers: &[Layer]) -> Option<usize> {
        let jwt = call.who.kind == CallerKind::Jwt;
        let may = |place: Place| !(jwt && matches!(place, Place::Runtime(_) | Place::Endpoint(..)));
        let fit: Vec<usize> = (0..layers.len())
            .filter(|i| may(layers[*i].place))
            .collect();
        match fit.len() {
            0 => None,
            count => Some(fit[self.maker.draw.below(count)]),
        }
    }

    /// Allows, in a way that suits the goal: nothing turns on it when a Deny decides.
    fn grant(&mut self, ask: &Ask, layer: Layer, goal: Goal) {
        if self.is_full(usize::from(goal == Goal::Explicit)) {
            return;
        }
        let exact = match goal {
            Goal::Explicit if self.maker.draw.chance(2, 5) => return,
            Goal::Explicit => true,
            Goal::Implicit => self.maker.draw.chance(2, 3),
            _ => self.maker.draw.chance(1, 4),
        };
        let (draft, setting) = self.draft(layer.place, Verb::Allow);
        let tests = match exact {
            true => 0,
            false => self.maker.condition_count(setting),
        };
        let aimed = Aimed {
            setting,
            grade: layer.grade,
            cover: layer.place.cover(),
            applies: true,
            tests,
            exact,
        };
        let statement = self.maker.aimed(ask, aimed);
        self.push(draft, statement);
    }

    /// Does not allow: by a statement that just fails, by one about something else, or by silence.
    fn withhold(&mut self, ask: &Ask, layer: Layer) {
        if self.is_full(0) {
            return;
        }
        match self.maker.draw.weighted(&[9, 1, 1]) {
            0 => self.state(ask, layer, Verb::Allow, false),
            1 => {
                let (draft, setting) = self.draft(layer.place, Verb::Allow);
                let statement = self.maker.elsewhere(setting);
                self.push(draft, statement);
            }
            _ => {}
        }
    }

    /// Adds a statement that applies, or one that fails by one element.
    pub(super) fn state(&mut self, ask: &Ask, layer: Layer, effect: Verb, applies: bool) {
        if self.is_full(0) {
            return;
        }
        let (draft, setting) = self.draft(layer.place, effect);
        let grade = match effect {
            Verb::Allow => layer.grade,
            // A Deny reaches the caller by any grade.
            Verb::Deny => {
                let grades = self.maker.grades(setting);
                self.maker.draw.one(grades)
            }
        };
        let tests = self.maker.condition_count(setting);
        let aimed = Aimed {
            setting,
            grade,
            cover: layer.place.cover(),
            applies,
            tests,
            exact: effect == Verb::Deny && self.maker.draw.chance(1, 2),
        };
        let statement = self.maker.aimed(ask, aimed);
        self.push(draft, statement);
    }

    /// A place where a Deny counts for the caller, if there is any.
    fn deny_place(&mut self, call: &Planned) -> Option<Place> {
        let who = &call.who;
        let mut places = Vec::with_capacity(8);
        match who.kind {
            CallerKind::User | CallerKind::FederatedSession => {
                places.push(Place::User(who.person));
                if self.scene.users[who.person].bounded {
                    places.push(Place::UserBoundary(who.person));
                }
            }
            CallerKind::RoleSession => {
                places.push(Place::Role(who.person));
                if self.scene.roles[who.person].bounded {
                    places.push(Place::RoleBoundary(who.person));
                }
            }
            _ => {}
        }
        if who.limited {
            places.push(Place::Session(call.origin));
        }
        let jwt = who.kind == CallerKind::Jwt;
        for (place, policed) in self.resources(call).into_iter().flatten() {
            if policed || !jwt {
                places.extend([place, place]);
            }
        }
        let account = self.scene.accounts.iter().position(|a| a.id == who.account);
        if let Some(account) = account
            && let Some(org) = self.scene.accounts[account].org
            && org.binding() > 0
        {
            let level = self.maker.draw.below(org.scps);
            places.push(Place::Scp(account, level));
        }
        if let Route::Network(index, _) = call.route
            && self.scene.networks[index].policed
        {
            places.push(Place::Network(index));
        }
        match places.len() {
            0 => None,
            count => Some(places[self.maker.draw.below(count)]),
        }
    }

    /// Statements on which nothing should turn: a resource's Allow beside the identity's, and RCPs.
    fn decoys(&mut self, call: &Planned, ask: &Ask) {
        if call.who.kind != CallerKind::Jwt && self.maker.maybe(Feature::Decoys, 1, 4) {
            let resources = self.resources(call);
            let [own, door] = resources.map(|r| r.map(|(place, _)| place));
            let place = match (door, self.maker.draw.chance(1, 2)) {
                (Some(door), true) => Some(door),
                _ => own,
            };
            if let Some(place) = place {
                let applies = self.maker.draw.chance(1, 3);
                self.state(ask, layer(place, Grade::Direct), Verb::Allow, applies);
            }
        }
        let owner = self.scene.runtimes[call.runtime].account;
        let account = self.scene.accounts.iter().position(|a| a.id == owner);
        if let Some(account) = account
            && let Some(org) = self.scene.accounts[account].org
            && org.rcps > 0
            && self.maker.draw.chance(1, 4)
        {
            let place = Place::Rcp(account, self.maker.draw.below(org.rcps));
            self.state(ask, layer(place, Grade::Direct), Verb::Deny, true);
        }
    }
}
