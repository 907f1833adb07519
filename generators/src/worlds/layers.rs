//! Where policies stand that count for a call: those that must allow it, and those that may deny it.

use veriam_model::facts::RCP_SERVICES;

use crate::principals::Grade;
use crate::vocabulary::CallerKind;

use super::aims::{Layer, layer};
use super::calls::{Planned, Route};
use super::parts::{Ask, Holder};
use super::plan::{Place, Plan};

impl Plan<'_, '_> {
    /// What must allow the call.
    pub(super) fn layers(&mut self, call: &Planned, asks: &[Ask]) -> Vec<Layer> {
        let who = &call.who;
        let mut layers = Vec::with_capacity(8);
        if !call.asked.is_open(&self.scene) {
            let own = self.own_places_of(call);
            layers.extend(own.into_iter().map(|place| layer(place, Grade::Direct)));
            for (ask, holder) in self.holders(asks) {
                let same = asks[ask].facts.owner == Some(who.account);
                if let Some(grades) = grades(who.kind, same, holder) {
                    layers.push(layer(holder.place, self.maker.draw.one(grades)));
                }
            }
            if let Some(account) = self.account(who.account)
                && let Some(org) = self.scene.accounts[account].org
                && let Some(level) = org.narrow
                && !org.management
            {
                layers.push(layer(Place::Scp(account, level), Grade::Direct));
            }
        }
        layers.extend(self.network(call).map(|place| layer(place, Grade::Direct)));
        layers
    }

    /// The places of the caller's own policies.
    fn own_places_of(&self, call: &Planned) -> Vec<Place> {
        let who = &call.who;
        let mut places = Vec::with_capacity(4);
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
        places
    }

    /// The policies of the resources, each once, with the part that is about it.
    pub(super) fn holders(&self, asks: &[Ask]) -> Vec<(usize, Holder)> {
        let mut holders: Vec<(usize, Holder)> = Vec::with_capacity(2);
        for (at, ask) in asks.iter().enumerate() {
            for holder in ask.things.iter().filter_map(|thing| thing.holder) {
                if holders.iter().all(|(_, known)| known.place != holder.place) {
                    holders.push((at, holder));
                }
            }
        }
        holders
    }

    fn network(&self, call: &Planned) -> Option<Place> {
        match call.route {
            Route::Network(index, _) if self.scene.networks[index].policed => {
                Some(Place::Network(index))
            }
            _ => None,
        }
    }

    fn account(&self, id: &str) -> Option<usize> {
        self.scene.accounts.iter().position(|a| a.id == id)
    }

    /// Whether RCPs count for the part.
    pub(super) fn guards(&self, ask: &Ask) -> bool {
        RCP_SERVICES.contains(&ask.service())
    }

    /// A place where a Deny counts for the call, if there is any.
    pub(super) fn deny_place(&mut self, call: &Planned, asks: &[Ask]) -> Option<Place> {
        let who = &call.who;
        let mut places = Vec::with_capacity(8);
        if !call.asked.is_open(&self.scene) {
            places.extend(self.own_places_of(call));
            let jwt = who.kind == CallerKind::Jwt;
            for (_, holder) in self.holders(asks) {
                if holder.policed || !jwt {
                    places.extend([holder.place, holder.place]);
                }
            }
            if let Some(account) = self.account(who.account)
                && let Some(org) = self.scene.accounts[account].org
                && org.binding() > 0
            {
                let level = self.maker.draw.below(org.scps);
                places.push(Place::Scp(account, level));
            }
            if self.guards(&asks[0])
                && let Some(account) = asks[0].facts.owner.and_then(|owner| self.account(owner))
                && let Some(org) = self.scene.accounts[account].org
                && org.rcps > 0
                && !org.management
            {
                let level = self.maker.draw.below(org.rcps);
                places.push(Place::Rcp(account, level));
            }
        }
        places.extend(self.network(call));
        match places.len() {
            0 => None,
            count => Some(places[self.maker.draw.below(count)]),
        }
    }
}

/// How the policy of a resource may name the caller whom it must allow; none: it need not.
fn grades(kind: CallerKind, same: bool, holder: Holder) -> Option<&'static [Grade]> {
    use Grade::{Account, Direct, Entity};
    Some(match kind {
        CallerKind::Jwt if holder.policed => &[Direct],
        CallerKind::Service => &[Direct],
        _ if same && !holder.always => return None,
        CallerKind::Root => &[Account, Direct],
        CallerKind::User => &[Direct, Account],
        CallerKind::RoleSession | CallerKind::FederatedSession => &[Direct, Entity, Account],
        _ => return None,
    })
}
