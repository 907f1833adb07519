//! A world with its calls in the making: where statements go, and how everything is put together in the end.

use std::rc::Rc;

use veriam_model::{Call, PolicyText, PolicyType, Verb, World};

use crate::checks::name_statements;
use crate::context::Context;
use crate::draw::Draw;
use crate::json::Style;
use crate::maker::{Feature, Features, Maker, Setting};
use crate::policy::{Document, Statement, Version};
use crate::sizes::Sizes;
use crate::vocabulary::{Caller, CallerKind, Target};

use super::assembly::{self, Texts};
use super::calls::Planned;
use super::facts::Cover;
use super::keys::CALL_KEYS;
use super::parts::Ask;
use super::scene::Scene;

/// Where a statement stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    User(usize),
    UserBoundary(usize),
    Role(usize),
    RoleBoundary(usize),
    /// The trust policy of a role.
    Trust(usize),
    /// Of the call of that number.
    Session(usize),
    Runtime(usize),
    Endpoint(usize, usize),
    Gateway(usize),
    Memory(usize),
    /// Of a resource of another service, and whether it is a key's policy.
    Other(usize, bool),
    Network(usize),
    /// Account and level.
    Scp(usize, usize),
    Rcp(usize, usize),
}

impl Place {
    fn policy_type(self) -> PolicyType {
        match self {
            Place::User(_) | Place::Role(_) => PolicyType::Identity,
            Place::UserBoundary(_) | Place::RoleBoundary(_) => PolicyType::Boundary,
            Place::Session(_) => PolicyType::Session,
            Place::Trust(_) => PolicyType::Trust,
            Place::Other(_, true) => PolicyType::Key,
            Place::Runtime(_)
            | Place::Endpoint(..)
            | Place::Gateway(_)
            | Place::Memory(_)
            | Place::Other(_, false) => PolicyType::Resource,
            Place::Network(_) => PolicyType::Endpoint,
            Place::Scp(..) => PolicyType::Scp,
            Place::Rcp(..) => PolicyType::Rcp,
        }
    }

    /// Whether several documents may stand there.
    fn several(self) -> bool {
        matches!(
            self,
            Place::User(_) | Place::Role(_) | Place::Scp(..) | Place::Rcp(..)
        )
    }

    /// Whether it is the policy of a resource.
    pub(super) fn is_resource(self) -> bool {
        matches!(
            self.policy_type(),
            PolicyType::Resource | PolicyType::Trust | PolicyType::Key
        )
    }

    /// Which resources of a part its statements are about; none: it does not count for any.
    pub(super) fn cover(self, ask: &Ask) -> Option<Cover> {
        if !self.is_resource() {
            return Some(Cover::All);
        }
        let holds = |holder: super::parts::Holder| holder.place == self;
        let mut things = ask.things.iter();
        things
            .position(|thing| thing.holder.is_some_and(holds))
            .map(Cover::One)
    }
}

/// A document in the making.
pub(super) struct Draft {
    place: Place,
    version: Version,
    /// An SCP that keeps to the language of 2023.
    limited: bool,
    statements: Vec<Statement>,
}

/// A world in the making.
pub(super) struct Plan<'u, 'b> {
    pub(super) maker: Maker<'u, 'b>,
    pub(super) scene: Scene,
    pub(super) calls: Vec<Planned>,
    drafts: Vec<Draft>,
    full_language: bool,
}

impl<'u, 'b> Plan<'u, 'b> {
    pub(super) fn draw(sizes: &'static Sizes, mut draw: Draw<'u, 'b>) -> Self {
        let features = Features::draw(&mut draw, sizes);
        let scene = Scene::draw(&mut draw, features, sizes);
        let full_language = draw.chance(1, 24);
        Self {
            maker: Maker {
                draw,
                sizes,
                features,
                caller: Caller::known(CallerKind::Anonymous, scene.partition, "", ["", "", ""]),
                target: Target::of_call(scene.partition, "", scene.region, "", ""),
                keys: &CALL_KEYS,
                context: Context::default(),
                bounded: false,
                excepted: false,
            },
            scene,
            calls: Vec::with_capacity(4),
            drafts: Vec::with_capacity(12),
            full_language,
        }
    }

    /// Turns the maker to the call, and says what it asks for.
    pub(super) fn turn_to(&mut self, call: &Planned) -> Vec<Ask> {
        let scene = &self.scene;
        let asks = call.asks(scene);
        let first = &asks[0];
        let maker = &mut self.maker;
        let mut facts = call.facts(scene);
        facts.part = Rc::clone(&first.facts);
        maker.caller = facts.caller.clone();
        maker.target = Target::of_call(
            scene.partition,
            first.service(),
            scene.region,
            first.facts.owner.unwrap_or("aws"),
            first.actions[0],
        );
        maker.bounded = match facts.caller.kind {
            CallerKind::User | CallerKind::FederatedSession => scene.users[call.who.person].bounded,
            CallerKind::RoleSession => scene.roles[call.who.person].bounded,
            _ => false,
        };
        maker.context.facts = Some(facts);
        asks
    }

    /// The document that takes the next statement of the place, and what it permits.
    pub(super) fn draft(&mut self, place: Place, effect: Verb) -> (usize, Setting) {
        let open = self.drafts.iter().rposition(|d| d.place == place);
        let at = match open {
            Some(at) if !place.several() || !self.maker.draw.chance(1, 3) => at,
            _ => {
                let old = match place.policy_type() {
                    // An RCP must be current (IAM-012); whether an identity policy must be is open (IAM-011).
                    PolicyType::Rcp | PolicyType::Identity => false,
                    _ => self.maker.maybe(Feature::OldVersions, 1, 6),
                };
                let version = match old {
                    true => self.maker.draw.one(&[Version::Missing, Version::Old]),
                    false => Version::Current,
                };
                self.drafts.push(Draft {
                    place,
                    version,
                    limited: matches!(place, Place::Scp(..)) && !self.full_language,
                    statements: Vec::with_capacity(2),
                });
                self.drafts.len() - 1
            }
        };
        (at, self.setting(at, effect))
    }

    /// Adds the statement, unless the document says it already.
    pub(super) fn push(&mut self, draft: usize, statement: Statement) {
        let statements = &mut self.drafts[draft].statements;
        if !statements.contains(&statement) {
            statements.push(statement);
        }
    }

    /// Whether the policies have as many statements as they may have, `kept` of them being still to come.
    pub(super) fn is_full(&self, kept: usize) -> bool {
        let said: usize = self.drafts.iter().map(|d| d.statements.len()).sum();
        let most = self.maker.sizes.most_in_world;
        most.is_some_and(|most| said + kept >= most)
    }

    /// Whether any statement stands there.
    pub(super) fn speaks(&self, place: Place) -> bool {
        self.drafts.iter().any(|d| d.place == place)
    }

    /// A document of the place that has room, for statements that change nothing; a new one is current, so that nothing
    /// turns on its version.
    pub(super) fn roomy(&mut self, place: Place, effect: Verb) -> (usize, Setting) {
        let most = self.maker.sizes.per_document;
        let fits = |d: &Draft| d.place == place && (!place.several() || d.statements.len() < most);
        let at = match self.drafts.iter().rposition(fits) {
            Some(at) => at,
            None => {
                self.drafts.push(Draft {
                    place,
                    version: Version::Current,
                    limited: matches!(place, Place::Scp(..)) && !self.full_language,
                    statements: Vec::with_capacity(16),
                });
                self.drafts.len() - 1
            }
        };
        (at, self.setting(at, effect))
    }

    /// Puts a statement somewhere into the document.
    pub(super) fn slip_in(&mut self, draft: usize, statement: Statement) {
        let at = self
            .maker
            .draw
            .below(self.drafts[draft].statements.len() + 1);
        self.drafts[draft].statements.insert(at, statement);
    }

    fn setting(&self, draft: usize, effect: Verb) -> Setting {
        let draft = &self.drafts[draft];
        Setting {
            policy_type: draft.place.policy_type(),
            effect,
            current: draft.version == Version::Current,
            limited: draft.limited,
        }
    }

    /// Adds a statement about something else where a policy stands that says nothing yet.
    fn fill(&mut self, place: Place) {
        if !self.speaks(place) && !self.is_full(0) {
            let (draft, setting) = self.draft(place, Verb::Allow);
            let statement = self.maker.elsewhere(setting);
            self.push(draft, statement);
        }
    }

    fn fill_all(&mut self) {
        for at in 0..self.scene.users.len() {
            if self.scene.users[at].bounded {
                self.fill(Place::UserBoundary(at));
            }
        }
        for at in 0..self.scene.roles.len() {
            if self.scene.roles[at].bounded {
                self.fill(Place::RoleBoundary(at));
            }
        }
        for at in 0..self.scene.networks.len() {
            if self.scene.networks[at].policed {
                self.fill(Place::Network(at));
            }
        }
        if self.scene.has(super::resources::Family::Role) {
            for at in 0..self.scene.roles.len() {
                self.fill(Place::Trust(at));
            }
        }
        for at in 0..self.calls.len() {
            if self.calls[at].who.limited {
                self.fill(Place::Session(self.calls[at].origin));
            }
        }
    }

    /// Puts the parts together.
    pub(super) fn finish(mut self) -> (World, Vec<Call>) {
        self.fill_all();
        let drafts = std::mem::take(&mut self.drafts);
        let mut texts = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let place = draft.place;
            texts.push((place, self.text(draft)));
        }
        let mut texts = Texts(texts);
        let scene = &self.scene;
        let mut calls = Vec::with_capacity(self.calls.len());
        for call in &self.calls {
            // A call that varies another comes with the same session policy.
            let place = Place::Session(call.origin);
            let policy = texts.0.iter().find(|(p, _)| *p == place);
            let policy = policy.filter(|_| call.who.limited);
            calls.push(call.finish(scene, policy.map(|(_, text)| text.clone())));
        }
        (assembly::world(scene, &mut texts), calls)
    }

    fn text(&mut self, draft: Draft) -> PolicyText {
        let mut document = Document {
            version: draft.version,
            id: None,
            statements: draft.statements,
        };
        let maker = &mut self.maker;
        if maker.maybe(Feature::Sids, 1, 4) {
            name_statements(&mut maker.draw, draft.place.policy_type(), &mut document);
        }
        let mut style = match maker.maybe(Feature::Spelling, 1, 3) {
            true => Style::draw(&mut maker.draw),
            false => Style::plain(),
        };
        PolicyText::new(document.into_text(&mut style))
    }
}
