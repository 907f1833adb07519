//! Calls that turn on a contested point, so that every reading of it is met.

use veriam_model::{Authorizer, GatewayAuthorizer, RuntimeOperation, Verb};

use crate::draw::Text;
use crate::operators::{BASES, Operator};
use crate::policy::{Block, Patterns};
use crate::principals::Grade;
use crate::vocabulary::CallerKind;

use super::aims::{Layer, layer};
use super::callers::Who;
use super::calls::{Planned, Route, caller};
use super::facts::{Cover, Facts, Say};
use super::parts::Ask;
use super::plan::{Place, Plan};
use super::requests::{Asked, OfRuntime, USER_IDS};
use super::statements::Aimed;

/// A contested point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Point {
    /// AC-093: the identity policies of a same-account caller do not cover both resources.
    Union,
    /// AC-118: general keys for token bearers.
    General,
    /// AC-122: a policy without matching Allow, for token bearers.
    Silent,
    /// AC-125: ForUser for token bearers.
    ForUser,
    /// AC-173: an endpoint policy that names the runtime only.
    RuntimeOnly,
    /// AC-182: the account and the organization of the VPC endpoint.
    Vpce,
    /// AC-183: the ARN of the VPC.
    VpcArn,
    /// AC-189: the actions that accompany a harness operation, on its endpoint.
    HarnessBehind,
    /// AC-190: the default endpoint of a harness.
    HarnessDefault,
    /// AC-191: memory actions for a harness without memory.
    HarnessMemory,
    /// AC-193: the user-id header of a harness.
    HarnessUser,
    /// AC-203: a Deny at a gateway that authorizes nothing.
    OpenGateway,
    /// AC-259: the role that an update carries.
    Update,
}

impl Plan<'_, '_> {
    /// Makes the call turn on a contested point, if the world has what that needs.
    pub(super) fn open(&mut self, call: &mut Planned) -> bool {
        const ON_RUNTIMES: &[Point] = &[
            Point::Union,
            Point::General,
            // What other calls need often covers it up.
            Point::General,
            Point::Silent,
            Point::ForUser,
            Point::RuntimeOnly,
            Point::Vpce,
            Point::VpcArn,
        ];
        const ON_HARNESSES: &[Point] = &[
            Point::HarnessBehind,
            Point::HarnessDefault,
            Point::HarnessMemory,
            Point::HarnessUser,
        ];
        let points = match call.asked {
            Asked::Runtime(_) => ON_RUNTIMES,
            Asked::Harness(_) => ON_HARNESSES,
            Asked::Gateway(asked) if asked.is_open(&self.scene) => &[Point::OpenGateway],
            Asked::Gateway(_) => &[Point::Silent, Point::General],
            Asked::Control(_) => &[Point::Update],
            Asked::Memory(_) | Asked::Tool(_) | Asked::Identity(_) => &[Point::Vpce, Point::VpcArn],
            _ => return false,
        };
        let point = self.maker.draw.one(points);
        let before = call.clone();
        let suits = match point {
            Point::Union => self.at_home(call),
            Point::General | Point::Silent | Point::ForUser => {
                self.with_token(call, point == Point::ForUser)
            }
            Point::RuntimeOnly => self.through(call, true),
            Point::Vpce | Point::VpcArn => self.through(call, false),
            Point::Update => self.with_role(call),
            Point::OpenGateway => true,
            Point::HarnessBehind
            | Point::HarnessDefault
            | Point::HarnessMemory
            | Point::HarnessUser => self.of_harness(call, point),
        };
        if !suits {
            *call = before;
            return false;
        }
        let asks = self.turn_to(call);
        match point {
            Point::OpenGateway => return self.deny_open(call, &asks),
            Point::Update
            | Point::HarnessBehind
            | Point::HarnessDefault
            | Point::HarnessMemory
            | Point::HarnessUser => {
                let layers = self.layers(call, &asks);
                for layer in layers {
                    for ask in asks.iter().filter(|ask| !ask.doubtful) {
                        self.allow(ask, layer, Cover::All, None, None);
                    }
                }
                return true;
            }
            _ => {}
        }
        let ask = &asks[0];
        let layers = self.layers(call, &asks);
        // The one place where the point decides; everything else allows.
        let at = layers.iter().position(|l| match point {
            Point::Union => matches!(l.place, Place::User(_) | Place::Role(_)),
            Point::General | Point::Silent | Point::ForUser => l.place.is_resource(),
            Point::RuntimeOnly => matches!(l.place, Place::Network(_)),
            _ => true,
        });
        for (index, layer) in layers.into_iter().enumerate() {
            let cover = layer.cover(ask);
            if Some(index) != at {
                self.allow(ask, layer, cover, None, None);
                continue;
            }
            match (point, call.asked) {
                (Point::Union, Asked::Runtime(asked)) => self.union(asked, ask, layer),
                (Point::Silent, _) => self.state(ask, layer, Verb::Allow, false),
                (Point::ForUser, _) => {
                    let base = Patterns::one(ask.actions[0]);
                    self.allow(ask, layer, cover, Some(base), None);
                }
                (Point::RuntimeOnly, _) => self.allow(ask, layer, Cover::One(0), None, None),
                _ => {
                    let block = self.test(ask, cover, point);
                    self.allow(ask, layer, cover, None, Some(block));
                }
            }
        }
        true
    }

    /// A Deny that would count if the gateway authorized anything.
    fn deny_open(&mut self, call: &Planned, asks: &[Ask]) -> bool {
        let layers = self.layers(call, asks);
        for layer in layers {
            self.allow(&asks[0], layer, Cover::All, None, None);
        }
        let own = self.holders(asks)[0].1.place;
        let mut places = vec![own];
        if !call.is_nobodys(&self.scene) {
            places.extend(match call.who.kind {
                CallerKind::User | CallerKind::FederatedSession => {
                    Some(Place::User(call.who.person))
                }
                CallerKind::RoleSession => Some(Place::Role(call.who.person)),
                _ => None,
            });
        }
        let place = self.maker.draw.one(&places);
        self.state(&asks[0], layer(place, Grade::Direct), Verb::Deny, true);
        true
    }

    /// An update that hands over a role, by somebody of the account.
    fn with_role(&mut self, call: &mut Planned) -> bool {
        let Asked::Control(asked) = &mut call.asked else {
            return false;
        };
        if !asked.suit_update(&mut self.maker.draw, &self.scene) {
            return false;
        }
        let home = asked.owner(&self.scene);
        let Some(role) = self
            .scene
            .roles
            .iter()
            .position(|r| Some(r.account) == home)
        else {
            return false;
        };
        asked.hand_over(role);
        self.someone_at(call, home)
    }

    fn of_harness(&mut self, call: &mut Planned, point: Point) -> bool {
        let Asked::Harness(asked) = &mut call.asked else {
            return false;
        };
        if !asked.suit(&mut self.maker.draw, &self.scene, point) {
            return false;
        }
        let home = Some(asked.owner(&self.scene));
        self.someone_at(call, home)
    }

    /// A user or a role's session of that account calls, without session policy.
    fn someone_at(&mut self, call: &mut Planned, home: Option<&'static str>) -> bool {
        let user = self.scene.users.iter().any(|u| Some(u.account) == home);
        let role = self.scene.roles.iter().any(|r| Some(r.account) == home);
        let kind = match (user, role) {
            (_, true) => CallerKind::RoleSession,
            (true, false) => CallerKind::User,
            (false, false) => return false,
        };
        let draw = &mut self.maker.draw;
        call.who = Who::draw(draw, self.maker.features, &self.scene, kind, home, call.at);
        call.who.limited = false;
        true
    }

    /// The resources' own policies allow, and the identity's cover one of the two or none.
    fn union(&mut self, asked: OfRuntime, ask: &Ask, identity: Layer) {
        let own = layer(Place::Runtime(asked.runtime), Grade::Direct);
        let door = asked.door;
        let door = door.map(|door| layer(Place::Endpoint(asked.runtime, door), Grade::Direct));
        let (runtime, endpoint) = (Cover::One(0), Cover::One(1));
        let half = door.is_none() || self.maker.draw.chance(1, 2);
        match door {
            Some(door) if half && self.maker.draw.chance(1, 2) => {
                self.allow(ask, identity, runtime, None, None);
                self.allow(ask, door, endpoint, None, None);
            }
            _ => {
                if half {
                    self.allow(ask, identity, endpoint, None, None);
                }
                self.allow(ask, own, runtime, None, None);
                if let Some(door) = door {
                    self.allow(ask, door, endpoint, None, None);
                }
            }
        }
    }

    fn allow(
        &mut self,
        ask: &Ask,
        layer: Layer,
        cover: Cover,
        actions: Option<Patterns>,
        block: Option<Block>,
    ) {
        if self.is_full(0) {
            return;
        }
        let (draft, setting) = self.draft(layer.place, Verb::Allow);
        let aimed = Aimed {
            setting,
            grade: layer.grade,
            cover,
            applies: true,
            tests: 0,
            exact: true,
        };
        let mut statement = self.maker.aimed(ask, aimed);
        if let Some(actions) = actions {
            statement.actions = actions;
        }
        if let Some(block) = block
            && !setting.bare_allow()
        {
            // Nothing else is to decide.
            statement.conditions = vec![block];
        }
        self.push(draft, statement);
    }

    /// A caller of the runtime's own account, who needs policies.
    fn at_home(&mut self, call: &mut Planned) -> bool {
        let Asked::Runtime(asked) = call.asked else {
            return false;
        };
        if asked.authorizer(&self.scene) != Authorizer::Iam {
            return false;
        }
        let home = asked.owner(&self.scene);
        let user = self.scene.users.iter().any(|u| u.account == home);
        let role = self.scene.roles.iter().any(|r| r.account == home);
        let draw = &mut self.maker.draw;
        let kind = match (role, user) {
            (true, false) => CallerKind::RoleSession,
            (false, true) => CallerKind::User,
            (true, true) => draw.one(&[CallerKind::User, CallerKind::RoleSession]),
            (false, false) => return false,
        };
        let scene = &self.scene;
        call.who = Who::draw(draw, self.maker.features, scene, kind, Some(home), call.at);
        true
    }

    /// The bearer of a token, at a resource with a policy.
    fn with_token(&mut self, call: &mut Planned, for_user: bool) -> bool {
        let scene = &self.scene;
        match &mut call.asked {
            Asked::Runtime(asked) => {
                let bearers =
                    |r: &super::scene::Agent| r.policed && r.authorizer == Authorizer::Jwt;
                let Some(runtime) = scene.runtimes.iter().position(bearers) else {
                    return false;
                };
                if asked.runtime != runtime || asked.authorizer(scene) != Authorizer::Jwt {
                    let doors = &scene.runtimes[runtime].endpoints;
                    asked.runtime = runtime;
                    asked.door = doors.iter().position(|d| d.name == "DEFAULT");
                    asked.qualifier = None;
                    asked.user_id = None;
                }
                if asked.is_metadata() {
                    asked.operation = RuntimeOperation::InvokeAgentRuntime;
                }
                if for_user {
                    asked.operation = self.maker.draw.one(&[
                        RuntimeOperation::InvokeAgentRuntime,
                        RuntimeOperation::InvokeAgentRuntimeWithWebSocketStream,
                    ]);
                    asked.user_id = Some(self.maker.draw.one(&USER_IDS));
                }
                if asked.authorizer(scene) != Authorizer::Jwt {
                    return false;
                }
            }
            Asked::Gateway(asked) => {
                let bearers = |g: &super::resources::Gate| {
                    g.policed && g.authorizer == GatewayAuthorizer::CustomJwt
                };
                let Some(gateway) = scene.gateways.iter().position(bearers) else {
                    return false;
                };
                asked.gateway = gateway;
                asked.tool_call = false;
            }
            _ => return false,
        }
        if call.who.kind != CallerKind::Jwt {
            let (draw, features) = (&mut self.maker.draw, self.maker.features);
            call.who = caller(draw, features, scene, &call.asked, call.at);
        }
        true
    }

    /// Through a network, one with an endpoint policy if need be.
    fn through(&mut self, call: &mut Planned, policed: bool) -> bool {
        let fits = |n: &super::scene::Net| n.policed || !policed;
        let Some(index) = self.scene.networks.iter().position(fits) else {
            return false;
        };
        let (Route::Internet(address) | Route::Network(_, address)) = &call.route;
        call.route = Route::Network(index, address.clone());
        true
    }

    /// A test of a key that the call has by one reading only, which holds if it has it.
    fn test(&mut self, ask: &Ask, cover: Cover, point: Point) -> Block {
        if let Some(facts) = &mut self.maker.context.facts {
            facts.part = std::rc::Rc::clone(&ask.facts);
            facts.cover = cover;
        }
        let candidates: &[(&str, Say, &str)] = match point {
            Point::Vpce => &[
                ("aws:VpceAccount", Say::VpceAccount, "StringEquals"),
                ("aws:VpceOrgID", Say::VpceOrgId, "StringEquals"),
                ("aws:VpceOrgPaths", Say::VpceOrgPaths, "Null"),
            ],
            Point::VpcArn => &[
                ("aws:SourceVpcArn", Say::SourceVpcArn, "ArnEquals"),
                ("aws:SourceVpcArn", Say::SourceVpcArn, "ArnLike"),
            ],
            _ => &[
                ("aws:SecureTransport", Say::SecureTransport, "Bool"),
                ("aws:CurrentTime", Say::CurrentTime, "DateEquals"),
                ("aws:EpochTime", Say::EpochTime, "NumericEquals"),
                ("aws:RequestedRegion", Say::RequestedRegion, "StringEquals"),
                ("aws:ResourceAccount", Say::ResourceAccount, "StringEquals"),
                ("aws:ResourceOrgID", Say::ResourceOrgId, "StringEquals"),
                ("aws:UserAgent", Say::UserAgent, "StringEquals"),
                (
                    "aws:ResourceTag/team",
                    Say::ResourceTag("team"),
                    "StringEquals",
                ),
            ],
        };
        let (mut key, say, mut operator) = self.maker.draw.one(candidates);
        let facts = self.maker.context.facts.as_ref();
        let mut value: Text = facts.map_or("".into(), |f: &Facts| f.value(say).text);
        if value.is_empty() {
            // No organization, no tag: another key of the same point.
            (key, operator) = (candidates[0].0, candidates[0].2);
            value = facts.map_or("".into(), |f: &Facts| f.value(candidates[0].1).text);
        }
        if operator == "Null" || self.maker.draw.chance(1, 3) {
            (operator, value) = ("Null", "false".into());
        }
        let base = BASES.iter().find(|b| b.name == operator);
        Block {
            operator: Operator {
                base: *base.unwrap_or(&BASES[0]),
                set: None,
                if_exists: false,
            },
            keys: vec![(key.into(), vec![value])],
        }
    }
}
