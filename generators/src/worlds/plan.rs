//! A world with its calls in the making: where statements go, and how everything is put together in the end.

use veriam_model::{
    Account, Call, Identity, Membership, Network, PolicyText, PolicyType, Runtime, RuntimeEndpoint,
    TokenRules, Verb, World,
};

use crate::checks::name_statements;
use crate::context::Context;
use crate::draw::Draw;
use crate::json::Style;
use crate::maker::{Feature, Features, Maker, Setting};
use crate::policy::{Document, Statement, Version};
use crate::sizes::Sizes;
use crate::vocabulary::{Caller, CallerKind, Target};

use super::calls::{Planned, tag_list};
use super::facts::Cover;
use super::keys::CALL_KEYS;
use super::scene::{Home, Person, Scene};
use super::statements::{Ask, actions};

/// Where a statement stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    User(usize),
    UserBoundary(usize),
    Role(usize),
    RoleBoundary(usize),
    /// Of the call of that number.
    Session(usize),
    Runtime(usize),
    Endpoint(usize, usize),
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
            Place::Runtime(_) | Place::Endpoint(..) => PolicyType::Resource,
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

    /// Which pairs of a call its statements are about.
    pub(super) fn cover(self) -> Cover {
        match self {
            Place::Runtime(_) => Cover::Runtime,
            Place::Endpoint(..) => Cover::Endpoint,
            _ => Cover::Both,
        }
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
                target: Target::agent(scene.partition, scene.region, "", "", ""),
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
    pub(super) fn turn_to(&mut self, call: &Planned) -> Ask {
        let scene = &self.scene;
        let runtime = &scene.runtimes[call.runtime];
        let actions = actions(call.operation, call.user_id.is_some());
        let maker = &mut self.maker;
        let facts = call.facts(scene);
        maker.caller = facts.caller.clone();
        maker.target = Target::agent(
            scene.partition,
            scene.region,
            runtime.account,
            runtime.id,
            actions[0],
        );
        maker.context.facts = Some(facts);
        maker.bounded = match call.who.kind {
            CallerKind::User | CallerKind::FederatedSession => scene.users[call.who.person].bounded,
            CallerKind::RoleSession => scene.roles[call.who.person].bounded,
            _ => false,
        };
        Ask {
            actions,
            partition: scene.partition,
            region: scene.region,
            owner: runtime.account,
            id: runtime.id,
            endpoint: call.endpoint(scene),
        }
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
        let world = World {
            partition: scene.partition.to_owned(),
            accounts: accounts(&scene.accounts, &mut texts),
            users: people(&scene.users, &mut texts, Place::User, Place::UserBoundary),
            roles: people(&scene.roles, &mut texts, Place::Role, Place::RoleBoundary),
            runtimes: runtimes(scene, &mut texts),
            networks: networks(scene, &mut texts),
            ..World::new(scene.region)
        };
        (world, calls)
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

/// The documents that are not placed yet.
struct Texts(Vec<(Place, PolicyText)>);

impl Texts {
    fn all(&mut self, place: Place) -> Vec<PolicyText> {
        let mut found = Vec::new();
        for (p, text) in &mut self.0 {
            if *p == place {
                found.push(std::mem::replace(text, PolicyText::new(String::new())));
            }
        }
        found
    }

    fn one(&mut self, place: Place) -> Option<PolicyText> {
        self.all(place).pop()
    }
}

const FULL_SCP: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
const FULL_RCP: &str = concat!(
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","#,
    r#""Action":"*","Resource":"*"}}"#
);

fn accounts(homes: &[Home], texts: &mut Texts) -> Vec<Account> {
    let account = |(at, home): (usize, &Home)| Account {
        id: home.id.to_owned(),
        organization: home.org.map(|org| Membership {
            id: org.id.to_owned(),
            path: org.path.iter().map(|unit| (*unit).to_owned()).collect(),
            management: org.management,
            scps: (0..org.scps)
                .map(|level| {
                    let full = (org.narrow != Some(level)).then(|| PolicyText::new(FULL_SCP));
                    let own = texts.all(Place::Scp(at, level));
                    full.into_iter().chain(own).collect()
                })
                .collect(),
            rcps: (0..org.rcps)
                .map(|level| {
                    let own = texts.all(Place::Rcp(at, level));
                    [PolicyText::new(FULL_RCP)].into_iter().chain(own).collect()
                })
                .collect(),
        }),
    };
    homes.iter().enumerate().map(account).collect()
}

fn people(
    people: &[Person],
    texts: &mut Texts,
    own: fn(usize) -> Place,
    boundary: fn(usize) -> Place,
) -> Vec<Identity> {
    let identity = |(at, person): (usize, &Person)| Identity {
        account: person.account.to_owned(),
        name: person.name.to_owned(),
        path: ["/", person.path].concat(),
        id: person.id.to_owned(),
        tags: tag_list(person.tags),
        policies: texts.all(own(at)),
        boundary: texts.one(boundary(at)),
        trust: None,
    };
    people.iter().enumerate().map(identity).collect()
}

fn runtimes(scene: &Scene, texts: &mut Texts) -> Vec<Runtime> {
    let runtimes = scene.runtimes.iter().enumerate();
    runtimes
        .map(|(at, runtime)| Runtime {
            account: runtime.account.to_owned(),
            id: runtime.id.to_owned(),
            authorizer: runtime.authorizer,
            token_rules: TokenRules::default(),
            tags: tag_list(runtime.tags),
            policy: texts.one(Place::Runtime(at)),
            endpoints: runtime
                .endpoints
                .iter()
                .enumerate()
                .map(|(door, endpoint)| RuntimeEndpoint {
                    name: endpoint.name.to_owned(),
                    authorizer: endpoint.authorizer,
                    tags: tag_list(endpoint.tags),
                    policy: texts.one(Place::Endpoint(at, door)),
                })
                .collect(),
        })
        .collect()
}

fn networks(scene: &Scene, texts: &mut Texts) -> Vec<Network> {
    let networks = scene.networks.iter().enumerate();
    networks
        .map(|(at, network)| Network {
            endpoint: network.endpoint.to_owned(),
            vpc: network.vpc.to_owned(),
            account: network.account.to_owned(),
            policy: texts.one(Place::Network(at)),
        })
        .collect()
}
