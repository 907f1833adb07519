//! What becomes of a call, and the policies that bring it about.

use veriam_model::Verb;

use crate::maker::Feature;
use crate::principals::Grade;
use crate::vocabulary::CallerKind;

use super::calls::Planned;
use super::facts::Cover;
use super::parts::Ask;
use super::plan::{Place, Plan};
use super::statements::Aimed;

/// The outcome that the policies are written for. A judge may see it otherwise, because of what other calls of the
/// world need; the shares come out about right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goal {
    Allow,
    Explicit,
    Implicit,
    Rejected,
    Nowhere,
    /// It turns on a contested point.
    Open,
}

/// A place that must allow, and how it must name the caller.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layer {
    pub(super) place: Place,
    pub(super) grade: Grade,
}

pub(super) const fn layer(place: Place, grade: Grade) -> Layer {
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
            Goal::Nowhere,
            Goal::Open,
        ][self.maker.draw.weighted(&[40, 27, 25, 4, 1, 6])];
        let origin = self.calls.len();
        let mut call = Planned::draw(
            &mut self.maker.draw,
            self.maker.features,
            &self.scene,
            origin,
        );
        match goal {
            Goal::Rejected => self.reject(&mut call),
            Goal::Nowhere => self.nowhere(&mut call),
            Goal::Open if self.open(&mut call) => {}
            Goal::Open => self.bring_about(&call, Goal::Allow),
            goal => self.bring_about(&call, goal),
        }
        self.calls.push(call);
    }

    fn bring_about(&mut self, call: &Planned, goal: Goal) {
        let asks = self.turn_to(call);
        let joined = self.joined(&asks);
        let layers = self.layers(call, &asks);
        let withheld = match goal {
            Goal::Implicit => self.withheld(call, &layers),
            _ => None,
        };
        for (at, layer) in layers.into_iter().enumerate() {
            let asks: &[Ask] = match (&joined, layer.place.is_resource()) {
                (Some(joined), false) => std::slice::from_ref(joined),
                _ => &asks,
            };
            let counting: Vec<&Ask> = asks.iter().filter(|ask| layer.covers(ask)).collect();
            let sure: Vec<usize> = (0..counting.len())
                .filter(|at| !counting[*at].doubtful)
                .collect();
            let missed = match withheld == Some(at) && !sure.is_empty() {
                true => Some(sure[self.maker.draw.below(sure.len())]),
                false => None,
            };
            for (part, ask) in counting.into_iter().enumerate() {
                match missed == Some(part) {
                    true => self.withhold(ask, layer),
                    false => self.grant(ask, layer, goal),
                }
            }
        }
        let deny = match goal {
            Goal::Explicit => true,
            Goal::Implicit => self.maker.draw.chance(1, 6),
            _ => self.maker.draw.chance(2, 5),
        };
        if deny && let Some(place) = self.deny_place(call, &asks) {
            let layer = layer(place, Grade::Direct);
            let fits = |ask: &&Ask| !ask.doubtful && layer.covers(ask);
            let fit: Vec<&Ask> = asks.iter().filter(fits).collect();
            if !fit.is_empty() {
                let ask = fit[self.maker.draw.below(fit.len())];
                self.state(ask, layer, Verb::Deny, goal == Goal::Explicit);
            }
        }
        self.decoys(call, &asks);
    }

    /// The parts as one, as guides put them into one statement: where no part has keys of its own.
    fn joined(&mut self, asks: &[Ask]) -> Option<Ask> {
        let bare = |ask: &Ask| ask.facts.carried.is_empty() && !ask.things.is_empty();
        if asks.len() < 2 || !asks.iter().all(bare) || self.maker.draw.chance(1, 2) {
            return None;
        }
        let mut joined = asks[0].clone();
        let mut facts = joined.facts.as_ref().clone();
        for ask in &asks[1..] {
            for action in &ask.actions {
                if !joined.actions.contains(action) {
                    joined.actions.push(action);
                }
            }
            for thing in &ask.things {
                if joined.things.iter().all(|known| known.tail != thing.tail) {
                    facts.tags.push(thing.tags);
                    joined.things.push(thing.clone());
                }
            }
        }
        joined.facts = facts.into();
        Some(joined)
    }

    /// The layer that is not to allow; what silence of a resource's policy means for a token's bearer is open (AC-122).
    fn withheld(&mut self, call: &Planned, layers: &[Layer]) -> Option<usize> {
        let jwt = call.who.kind == CallerKind::Jwt;
        let may = |place: Place| !(jwt && place.is_resource());
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
            cover: layer.cover(ask),
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
            cover: layer.cover(ask),
            applies,
            tests,
            exact: effect == Verb::Deny && self.maker.draw.chance(1, 2),
        };
        let statement = self.maker.aimed(ask, aimed);
        self.push(draft, statement);
    }

    /// Statements on which nothing should turn: a resource's Allow beside the identity's, and RCPs.
    fn decoys(&mut self, call: &Planned, asks: &[Ask]) {
        if call.who.kind != CallerKind::Jwt && self.maker.maybe(Feature::Decoys, 1, 4) {
            let holders = self.holders(asks);
            if !holders.is_empty() {
                let (ask, holder) = holders[self.maker.draw.below(holders.len())];
                let applies = self.maker.draw.chance(1, 3);
                let layer = layer(holder.place, Grade::Direct);
                self.state(&asks[ask], layer, Verb::Allow, applies);
            }
        }
        if let Some(owner) = asks[0].facts.owner
            && let Some(account) = self.scene.accounts.iter().position(|a| a.id == owner)
            && let Some(org) = self.scene.accounts[account].org
            && org.rcps > 0
            // Those of some other services count.
            && !self.guards(&asks[0])
            && self.maker.draw.chance(1, 4)
        {
            let place = Place::Rcp(account, self.maker.draw.below(org.rcps));
            self.state(&asks[0], layer(place, Grade::Direct), Verb::Deny, true);
        }
    }
}

impl Layer {
    fn covers(self, ask: &Ask) -> bool {
        self.place.cover(ask).is_some()
    }

    /// Which resources of the part statements of the layer are about.
    pub(super) fn cover(self, ask: &Ask) -> Cover {
        self.place.cover(ask).unwrap_or(Cover::All)
    }
}
