//! Calls in the making.

use std::rc::Rc;

use veriam_model::{Call, Path, PolicyText};

use crate::draw::Draw;
use crate::maker::Features;
use crate::values::{self, Kind, Value};
use crate::vocabulary::{self, CallerKind};

use super::callers::{Who, signed_kind_at};
use super::facts::{Cover, Facts, Way};
use super::parts::Ask;
use super::requests::{Asked, Wanted};
use super::scene::{AGENTS, Scene};
use super::tokens::Claims;

/// The way a call takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    Internet(Value),
    /// Through the network of that index.
    Network(usize, Value),
}

/// A call in the making.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    /// The call whose session policy this one shares: its own number, unless it varies another.
    pub(crate) origin: usize,
    pub(crate) who: Who,
    pub(crate) asked: Asked,
    pub(crate) route: Route,
    pub(crate) at: u64,
    pub(crate) user_agent: &'static str,
}

impl Planned {
    /// A drawn call with the credentials that are wanted.
    pub(crate) fn draw(
        draw: &mut Draw<'_, '_>,
        features: Features,
        scene: &Scene,
        origin: usize,
    ) -> Self {
        let family = scene.family(draw);
        let asked = Asked::draw(draw, scene, family);
        let at = time(draw);
        let who = caller(draw, features, scene, &asked, at);
        let mut call = Self {
            origin,
            who,
            asked,
            route: route(draw, scene),
            at,
            user_agent: draw.one(&AGENTS),
        };
        call.settle(draw, scene);
        call
    }

    /// Fits what goes with the caller to the caller.
    pub(crate) fn settle(&mut self, draw: &mut Draw<'_, '_>, scene: &Scene) {
        self.asked.suit(draw, scene, &self.who);
        if (self.asked.is_elsewhere() || self.who.kind == CallerKind::Service)
            && let Route::Network(_, address) = &self.route
        {
            self.route = Route::Internet(address.clone());
        }
    }

    /// The parts of what it asks for, as policies are written for them.
    pub(crate) fn asks(&self, scene: &Scene) -> Vec<Ask> {
        let family = self.asked.family();
        let parts = self.asked.parts(scene, &self.who).into_iter();
        parts.map(|part| Ask::new(scene, family, part)).collect()
    }

    /// Whether it is judged as nobody's, whoever calls.
    pub(crate) fn is_nobodys(&self, scene: &Scene) -> bool {
        self.asked.wanted(scene) == Wanted::Nothing
    }

    /// The caller as the principal of checks.
    pub(crate) fn caller(&self, scene: &Scene) -> vocabulary::Caller {
        let who = &self.who;
        if self.is_nobodys(scene) {
            return vocabulary::Caller::known(CallerKind::Jwt, scene.partition, "", ["", "", ""]);
        }
        let person = match who.kind {
            CallerKind::User | CallerKind::FederatedSession => scene.users.get(who.person),
            CallerKind::RoleSession => scene.roles.get(who.person),
            _ => None,
        };
        let (path, name) = match who.kind {
            CallerKind::Service => ("", who.service()),
            _ => person.map_or(("", ""), |p| (p.path, p.name)),
        };
        vocabulary::Caller::known(
            who.kind,
            scene.partition,
            who.account,
            [path, name, who.session],
        )
    }

    /// What the keys of the call follow from.
    pub(crate) fn facts(&self, scene: &Scene) -> Facts {
        let who = &self.who;
        let caller = self.caller(scene);
        let nobody = !caller.kind.in_account();
        let (id, own) = match caller.kind {
            CallerKind::User => (scene.users[who.person].id, scene.users[who.person].tags),
            CallerKind::RoleSession => (scene.roles[who.person].id, scene.roles[who.person].tags),
            _ => ("", [None, None]),
        };
        let via = match self.asked {
            Asked::Other(asked) => asked.via(),
            _ => None,
        };
        let way = match &self.route {
            _ if via.is_some() || caller.kind == CallerKind::Service => Way::Nowhere,
            Route::Internet(address) => Way::Internet(address.clone()),
            Route::Network(index, address) => {
                let net = &scene.networks[*index];
                Way::Network {
                    endpoint: net.endpoint,
                    vpc: net.vpc,
                    account: net.account,
                    org: scene.org(net.account),
                    address: address.clone(),
                }
            }
        };
        let service = caller.kind == CallerKind::Service;
        let source = who.source.filter(|_| service);
        Facts {
            id,
            org: if nobody { None } else { scene.org(who.account) },
            tags: match nobody {
                true => [None, None],
                false => [who.tags[0].or(own[0]), who.tags[1].or(own[1])],
            },
            token: who.token.filter(|_| !nobody),
            source_identity: who.source_identity.filter(|_| !nobody),
            provider: who.provider.filter(|_| !nobody),
            source_account: source.map(|(account, _)| account),
            source_arn: source.and_then(|_| who.source_arn(scene)),
            source_org: source.and_then(|(account, _)| scene.org(account)),
            via: via.is_some(),
            way,
            at: self.at,
            user_agent: self.user_agent,
            region: scene.region,
            part: Rc::default(),
            cover: Cover::All,
            caller,
        }
    }

    /// The call as the model has it.
    pub(crate) fn finish(&self, scene: &Scene, policy: Option<PolicyText>) -> Call {
        Call {
            caller: self.who.finish(scene, policy),
            request: self.asked.finish(scene),
            from: match &self.route {
                Route::Internet(address) => Path::Internet {
                    address: address.text.as_ref().to_owned(),
                },
                Route::Network(index, address) => Path::Endpoint {
                    endpoint: scene.networks[*index].endpoint.to_owned(),
                    address: address.text.as_ref().to_owned(),
                },
            },
            at: self.at,
            user_agent: self.user_agent.to_owned(),
        }
    }
}

/// A caller with the credentials that the request wants.
pub(crate) fn caller(
    draw: &mut Draw<'_, '_>,
    features: Features,
    scene: &Scene,
    asked: &Asked,
    at: u64,
) -> Who {
    let wanted = asked.wanted(scene);
    let home = asked.home(scene);
    let home = home.filter(|_| asked.is_bound() || !draw.chance(1, 8));
    let kind = match wanted {
        Wanted::Token(_) => CallerKind::Jwt,
        Wanted::Nothing => match draw.weighted(&[5, 3, 2]) {
            0 => CallerKind::Anonymous,
            1 => CallerKind::Jwt,
            _ => signed_kind_at(draw, scene, None),
        },
        Wanted::Signature { services: true } if draw.chance(1, 5) => CallerKind::Service,
        Wanted::Signature { .. } => signed_kind_at(draw, scene, home),
    };
    let kind = match (kind, asked) {
        // Root users cannot assume roles (IAM-252).
        (CallerKind::Root, Asked::Role(_)) if !draw.chance(1, 8) => CallerKind::RoleSession,
        (kind, _) => kind,
    };
    let mut who = Who::draw(draw, features, scene, kind, home, at);
    if let Wanted::Token(rules) = wanted {
        who.claims = Claims::that_meet(draw, rules);
    }
    who
}

pub(crate) fn route(draw: &mut Draw<'_, '_>, scene: &Scene) -> Route {
    let through = !scene.networks.is_empty() && draw.chance(3, 5);
    let address = values::request(draw, Kind::Ip);
    match through {
        true => Route::Network(draw.below(scene.networks.len()), address),
        false => Route::Internet(address),
    }
}

fn time(draw: &mut Draw<'_, '_>) -> u64 {
    let meaning = values::epoch(draw).meaning / 1_000;
    u64::try_from(meaning).unwrap_or(0)
}
