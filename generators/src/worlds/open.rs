//! Calls that turn on a contested point, so that every reading of it is met.

use veriam_model::{Authorizer, Verb};

use crate::draw::Text;
use crate::operators::{BASES, Operator};
use crate::policy::{Block, Patterns};
use crate::principals::Grade;
use crate::vocabulary::CallerKind;

use super::aims::Layer;
use super::calls::{Planned, Route, Who, user_id};
use super::facts::{Cover, Facts, Say};
use super::plan::{Place, Plan};
use super::statements::{Aimed, Ask};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Point {
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
}

impl Plan<'_, '_> {
    /// Makes the call turn on a contested point, if the world has what that needs.
    pub(super) fn open(&mut self, call: &mut Planned) -> bool {
        let points = [
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
        let point = self.maker.draw.one(&points);
        let suits = match point {
            Point::Union => self.at_home(call),
            Point::General | Point::Silent => self.with_token(call),
            Point::ForUser => {
                call.operation = self.maker.draw.one(&[
                    veriam_model::RuntimeOperation::InvokeAgentRuntime,
                    veriam_model::RuntimeOperation::InvokeAgentRuntimeWithWebSocketStream,
                ]);
                call.user_id = Some(user_id(&mut self.maker.draw));
                self.with_token(call)
            }
            Point::RuntimeOnly => self.through(call, true),
            Point::Vpce | Point::VpcArn => self.through(call, false),
        };
        if !suits {
            if !call.operation.takes_user_id() {
                call.user_id = None;
            }
            return false;
        }
        let ask = self.turn_to(call);
        let layers = self.layers(call);
        // The one place where the point decides; everything else allows.
        let at = layers.iter().position(|l| match point {
            Point::Union => matches!(l.place, Place::User(_) | Place::Role(_)),
            Point::General | Point::Silent | Point::ForUser => {
                matches!(l.place, Place::Runtime(_) | Place::Endpoint(..))
            }
            Point::RuntimeOnly => matches!(l.place, Place::Network(_)),
            Point::Vpce | Point::VpcArn => true,
        });
        for (index, layer) in layers.into_iter().enumerate() {
            if Some(index) != at {
                self.allow(&ask, layer, layer.place.cover(), None, None);
                continue;
            }
            match point {
                Point::Union => self.union(call, &ask, layer),
                Point::Silent => self.state(&ask, layer, Verb::Allow, false),
                Point::ForUser => {
                    let base = Patterns::one(ask.actions[0]);
                    self.allow(&ask, layer, layer.place.cover(), Some(base), None);
                }
                Point::RuntimeOnly => self.allow(&ask, layer, Cover::Runtime, None, None),
                Point::General | Point::Vpce | Point::VpcArn => {
                    let block = self.test(point);
                    self.allow(&ask, layer, layer.place.cover(), None, Some(block));
                }
            }
        }
        true
    }

    /// The resources' own policies allow, and the identity's cover one of the two or none.
    fn union(&mut self, call: &Planned, ask: &Ask, layer: Layer) {
        let own = Layer {
            place: Place::Runtime(call.runtime),
            grade: Grade::Direct,
        };
        let door = call.door.map(|door| Layer {
            place: Place::Endpoint(call.runtime, door),
            grade: Grade::Direct,
        });
        let half = door.is_none() || self.maker.draw.chance(1, 2);
        match door {
            Some(door) if half && self.maker.draw.chance(1, 2) => {
                self.allow(ask, layer, Cover::Runtime, None, None);
                self.allow(ask, door, Cover::Endpoint, None, None);
            }
            _ => {
                if half {
                    self.allow(ask, layer, Cover::Endpoint, None, None);
                }
                self.allow(ask, own, Cover::Runtime, None, None);
                if let Some(door) = door {
                    self.allow(ask, door, Cover::Endpoint, None, None);
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
        if !setting.bare_allow() {
            statement.conditions.extend(block);
        }
        self.push(draft, statement);
    }

    /// A caller of the runtime's own account, who needs policies.
    fn at_home(&mut self, call: &mut Planned) -> bool {
        let home = self.scene.runtimes[call.runtime].account;
        let user = self.scene.users.iter().position(|u| u.account == home);
        let role = self.scene.roles.iter().position(|r| r.account == home);
        let signed = self.scene.runtimes[call.runtime].authorizer(call.door) == Authorizer::Iam;
        let (kind, person) = match (role, user) {
            (Some(role), None) => (CallerKind::RoleSession, role),
            (None, Some(user)) => (CallerKind::User, user),
            (Some(role), Some(user)) => match self.maker.draw.chance(1, 2) {
                true => (CallerKind::RoleSession, role),
                false => (CallerKind::User, user),
            },
            (None, None) => return false,
        };
        if signed {
            let draw = &mut self.maker.draw;
            call.who = Who::draw(draw, self.maker.features, &self.scene, kind, call.at);
            (call.who.person, call.who.account) = (person, home);
        }
        signed
    }

    /// The bearer of a token, at a resource with a policy.
    fn with_token(&mut self, call: &mut Planned) -> bool {
        let bearers = |r: &super::scene::Agent| r.policed && r.authorizer == Authorizer::Jwt;
        let Some(runtime) = self.scene.runtimes.iter().position(bearers) else {
            return false;
        };
        if call.runtime != runtime || call.who.kind != CallerKind::Jwt {
            let doors = &self.scene.runtimes[runtime].endpoints;
            call.runtime = runtime;
            call.door = doors.iter().position(|d| d.name == "DEFAULT");
            call.qualifier = None;
            if self.scene.runtimes[runtime].authorizer(call.door) != Authorizer::Jwt {
                call.who.kind = CallerKind::Anonymous;
                return true;
            }
            let draw = &mut self.maker.draw;
            let kind = CallerKind::Jwt;
            call.who = Who::draw(draw, self.maker.features, &self.scene, kind, call.at);
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
    fn test(&mut self, point: Point) -> Block {
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
