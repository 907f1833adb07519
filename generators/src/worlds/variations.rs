//! Calls that differ from what the policies were written for: in the credentials, in the endpoint, or in one thing.

use veriam_model::{Authorizer, RuntimeOperation, Token};

use crate::values::{self, Kind};
use crate::vocabulary::{CallerKind, SESSIONS};

use super::calls::{Planned, Route, Who, endpoint, operation, route, signed_kind, user_id};
use super::plan::Plan;
use super::scene::{AGENTS, tags};

impl Plan<'_, '_> {
    /// Takes away the credentials, or takes those of the other kind, or ones that are not accepted.
    pub(super) fn reject(&mut self, call: &mut Planned) {
        let draw = &mut self.maker.draw;
        let jwt = call.who.kind == CallerKind::Jwt;
        let kind = match draw.below(3) {
            0 if jwt => {
                call.who.accepted = false;
                return;
            }
            1 => CallerKind::Anonymous,
            _ if jwt => signed_kind(draw, &self.scene),
            _ => CallerKind::Jwt,
        };
        call.who = Who::draw(draw, self.maker.features, &self.scene, kind, call.at);
        call.who.limited = false;
    }

    /// Names an endpoint that does not exist.
    pub(super) fn no_endpoint(&mut self, call: &mut Planned) {
        let doors = &self.scene.runtimes[call.runtime].endpoints;
        let free = ["default", "Prod", "nowhere", "DEFAULT2"];
        let other = ["prod", "dev"].into_iter();
        let mut free = free.into_iter().skip(self.maker.draw.below(4)).chain(other);
        call.qualifier = free.find(|name| doors.iter().all(|d| d.name != *name));
    }

    /// Adds a call that differs from an earlier one in one thing.
    pub(super) fn vary(&mut self) {
        let earlier = self.maker.draw.below(self.calls.len());
        let mut call = self.calls[earlier].clone();
        if call.who.kind == CallerKind::Jwt {
            self.vary_token(&mut call);
        } else {
            self.vary_signed(&mut call);
        }
        self.calls.push(call);
    }

    /// What a policy without matching Allow means for a token's bearer is open (AC-122): little is varied.
    fn vary_token(&mut self, call: &mut Planned) {
        match self.maker.draw.weighted(&[4, 4, 3, 1, 2]) {
            0 => call.at += self.maker.draw.one(&[1, 60, 86_400]),
            1 => call.user_agent = self.maker.draw.one(&AGENTS),
            2 => self.reject(call),
            3 => self.no_endpoint(call),
            _ => call.route = route(&mut self.maker.draw, &self.scene),
        }
    }

    fn vary_signed(&mut self, call: &mut Planned) {
        let draw = &mut self.maker.draw;
        match draw.weighted(&[8, 8, 6, 6, 6, 6, 8, 6, 4, 3, 4, 1]) {
            0 => self.other_caller(call),
            1 => self.other_door(call),
            2 => call.operation = operation(draw),
            3 if call.operation.takes_user_id() => {
                call.user_id = match call.user_id {
                    Some(_) => None,
                    None => Some(user_id(draw)),
                };
            }
            4 => call.route = route(draw, &self.scene),
            5 => {
                let address = values::request(draw, Kind::Ip);
                call.route = match call.route {
                    Route::Internet(_) => Route::Internet(address),
                    Route::Network(index, _) => Route::Network(index, address),
                };
            }
            6 => self.other_credentials(call),
            7 => {
                let later = draw.one(&[1, 60, 86_400]);
                call.at += later;
            }
            8 => call.user_agent = draw.one(&AGENTS),
            9 => self.reject(call),
            10 => self.other_runtime(call),
            _ => self.no_endpoint(call),
        }
        if !call.operation.takes_user_id() {
            call.user_id = None;
        }
    }

    fn other_caller(&mut self, call: &mut Planned) {
        let draw = &mut self.maker.draw;
        match call.who.kind {
            CallerKind::RoleSession if draw.chance(1, 2) => {
                call.who.session = match (draw.below(3), call.who.session) {
                    (0, "s1") => "S1",
                    (0, "Monday") => "monday",
                    _ => draw.one(&SESSIONS),
                };
            }
            _ => {
                let kind = signed_kind(draw, &self.scene);
                call.who = Who::draw(draw, self.maker.features, &self.scene, kind, call.at);
                call.who.limited = false;
            }
        }
    }

    fn other_door(&mut self, call: &mut Planned) {
        let (qualifier, door) = endpoint(&mut self.maker.draw, &self.scene, call.runtime);
        let runtime = &self.scene.runtimes[call.runtime];
        if runtime.authorizer(door) == Authorizer::Iam {
            (call.qualifier, call.door) = (qualifier, door);
        }
    }

    fn other_runtime(&mut self, call: &mut Planned) {
        let runtime = self.maker.draw.below(self.scene.runtimes.len());
        let (qualifier, door) = endpoint(&mut self.maker.draw, &self.scene, runtime);
        if self.scene.runtimes[runtime].authorizer(door) == Authorizer::Iam {
            call.runtime = runtime;
            (call.qualifier, call.door) = (qualifier, door);
        }
    }

    /// MFA, the time of issue, a tag or another attribute of the session is missing or differs.
    fn other_credentials(&mut self, call: &mut Planned) {
        let draw = &mut self.maker.draw;
        let who = &mut call.who;
        match draw.below(6) {
            0 | 1 if let Some(token) = &mut who.token => {
                token.mfa = match (token.mfa, who.kind) {
                    (None, CallerKind::User | CallerKind::RoleSession) => Some(token.issued),
                    _ => None,
                };
            }
            2 if who.kind == CallerKind::User => {
                who.token = match who.token {
                    Some(_) => None,
                    None => Some(Token {
                        issued: call.at,
                        mfa: None,
                    }),
                };
            }
            3 => {
                if let Some(token) = &mut who.token {
                    token.issued = token.issued.saturating_sub(1);
                    token.mfa = token.mfa.map(|mfa| mfa.min(token.issued));
                }
            }
            4 if who.kind == CallerKind::RoleSession => {
                who.source_identity = match who.source_identity {
                    Some(_) => None,
                    None => Some("alice"),
                };
                if draw.chance(1, 2) {
                    who.provider = None;
                }
            }
            _ if matches!(
                who.kind,
                CallerKind::RoleSession | CallerKind::FederatedSession
            ) =>
            {
                who.tags = tags(draw);
            }
            _ => call.operation = RuntimeOperation::StopRuntimeSession,
        }
    }
}
