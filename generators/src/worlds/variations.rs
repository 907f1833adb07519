//! Calls that differ from what the policies were written for: in the credentials, in what they name, or in one thing.

use veriam_model::Token;

use crate::values::{self, Kind};
use crate::vocabulary::{CallerKind, SESSIONS};

use super::callers::{Who, signed_kind, signed_kind_at};
use super::calls::{Planned, Route, route};
use super::plan::Plan;
use super::requests::Wanted;
use super::scene::{AGENTS, tags};

impl Plan<'_, '_> {
    /// Takes away the credentials, or takes those of the other kind, or ones that are not accepted.
    pub(super) fn reject(&mut self, call: &mut Planned) {
        if !call.asked.takes_any() {
            return self.vary_signed(call);
        }
        let draw = &mut self.maker.draw;
        let wanted = call.asked.wanted(&self.scene);
        let jwt = call.who.kind == CallerKind::Jwt;
        let kind = match draw.below(6) {
            0 if jwt => {
                call.who.accepted = false;
                return;
            }
            drawn
                if drawn >= 3
                    && jwt
                    && matches!(wanted, Wanted::Token(_))
                    && call.who.claims.spoil(draw) =>
            {
                return;
            }
            1..=3 => CallerKind::Anonymous,
            _ if jwt => signed_kind(draw, &self.scene),
            _ => CallerKind::Jwt,
        };
        call.who = Who::draw(draw, self.maker.features, &self.scene, kind, None, call.at);
        call.who.limited = false;
        call.settle(&mut self.maker.draw, &self.scene);
    }

    /// Asks for something that is not there, or in vain.
    pub(super) fn nowhere(&mut self, call: &mut Planned) {
        let draw = &mut self.maker.draw;
        if !call.asked.nowhere(draw, &self.scene, &call.who) {
            self.reject(call);
        }
    }

    /// Adds a call that differs from an earlier one in one thing.
    pub(super) fn vary(&mut self) {
        let earlier = self.maker.draw.below(self.calls.len());
        let mut call = self.calls[earlier].clone();
        match call.asked.wanted(&self.scene) {
            Wanted::Signature { .. } if call.who.kind.in_account() => self.vary_signed(&mut call),
            _ => self.vary_token(&mut call),
        }
        self.calls.push(call);
    }

    /// What a policy without matching Allow means for a token's bearer is open (AC-122): little is varied.
    fn vary_token(&mut self, call: &mut Planned) {
        let draw = &mut self.maker.draw;
        match draw.weighted(&[3, 3, 5, 1, 2]) {
            0 => call.at += draw.one(&[1, 60, 86_400]),
            1 => call.user_agent = draw.one(&AGENTS),
            2 => self.reject(call),
            3 => self.nowhere(call),
            _ => {
                call.route = route(draw, &self.scene);
                call.settle(draw, &self.scene);
            }
        }
    }

    fn vary_signed(&mut self, call: &mut Planned) {
        let draw = &mut self.maker.draw;
        match draw.weighted(&[8, 22, 6, 6, 8, 6, 4, 3, 1]) {
            0 => self.other_caller(call),
            1 => {
                call.asked.vary(draw, &self.scene, call.who.kind);
                call.settle(draw, &self.scene);
                if call.asked.is_bound() && call.asked.home(&self.scene) != Some(call.who.account) {
                    self.other_caller(call);
                }
            }
            2 => {
                call.route = route(draw, &self.scene);
                call.settle(draw, &self.scene);
            }
            3 => {
                let address = values::request(draw, Kind::Ip);
                call.route = match call.route {
                    Route::Internet(_) => Route::Internet(address),
                    Route::Network(index, _) => Route::Network(index, address),
                };
            }
            4 => self.other_credentials(call),
            5 => {
                let later = draw.one(&[1, 60, 86_400]);
                call.at += later;
            }
            6 => call.user_agent = draw.one(&AGENTS),
            7 if call.asked.takes_any() => self.reject(call),
            _ => self.nowhere_or_later(call),
        }
    }

    fn nowhere_or_later(&mut self, call: &mut Planned) {
        let draw = &mut self.maker.draw;
        if !call.asked.nowhere(draw, &self.scene, &call.who) {
            call.at += 1;
        }
    }

    fn other_caller(&mut self, call: &mut Planned) {
        let draw = &mut self.maker.draw;
        match call.who.kind {
            CallerKind::RoleSession if draw.chance(1, 2) && !call.asked.is_bound() => {
                call.who.session = match (draw.below(3), call.who.session) {
                    (0, "s1") => "S1",
                    (0, "Monday") => "monday",
                    _ => draw.one(&SESSIONS),
                };
            }
            _ => {
                let home = call.asked.home(&self.scene);
                let home = home.filter(|_| call.asked.is_bound());
                let kind = signed_kind_at(draw, &self.scene, home);
                let scene = &self.scene;
                call.who = Who::draw(draw, self.maker.features, scene, kind, home, call.at);
                call.who.limited = false;
                call.settle(draw, scene);
            }
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
            _ => call.at += 1,
        }
    }
}
