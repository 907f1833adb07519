//! Breaches of the vocabulary: the request is no longer the one that the policies were written for.

use std::rc::Rc;

use crate::context::{self, State};
use crate::draw::flip_case;
use crate::maker::Maker;
use crate::values::Kind;
use crate::vocabulary::{
    ACCOUNTS, CallerKind, ROLES, SESSIONS, TargetKind, USERS, actions, iam_arn, name,
};

/// Changes the action, the resource, the caller or a key of the context.
pub(crate) fn breach(maker: &mut Maker<'_, '_>) {
    let draw = &mut maker.draw;
    match draw.below(6) {
        0 if maker.target.kind != TargetKind::Nothing
            && maker.caller.kind != CallerKind::Provider =>
        {
            maker.target.action = draw.one(actions(maker.target.kind));
        }
        1 if maker.target.kind != TargetKind::Nothing => {
            let name = name(draw, maker.target.kind);
            maker.target.rename(name);
        }
        2 if maker.target.kind != TargetKind::Nothing => {
            let name = flip_case(draw, &maker.target.name);
            maker.target.rename(name.unwrap_or("x".into()));
        }
        // A caller of whose chain a part stays listed would be contested (IAM-120).
        3 if !maker.excepted => other_caller(maker),
        4 if maker.caller.kind.in_account() && !maker.excepted => {
            let account = draw.one(&ACCOUNTS);
            let caller = &mut maker.caller;
            caller.arn = caller.arn.replace(caller.account, account).into();
            caller.account = account;
        }
        _ => {
            let count = maker.context.entries.len();
            if count > 0 {
                let at = draw.below(count);
                breach_key(maker, at);
            }
        }
    }
}

fn other_caller(maker: &mut Maker<'_, '_>) {
    let draw = &mut maker.draw;
    let caller = &mut maker.caller;
    match caller.kind {
        CallerKind::User => {
            caller.name = draw.one(&USERS);
            caller.arn = caller.user_arn();
        }
        CallerKind::RoleSession => {
            caller.name = draw.one(&[caller.name, ROLES[0], ROLES[1]]);
            caller.session = draw.one(&SESSIONS);
            caller.arn = caller.session_arn(caller.name, caller.session);
        }
        CallerKind::FederatedSession => {
            caller.name = draw.one(&USERS);
            caller.arn = caller.federated_arn(caller.name);
        }
        CallerKind::Provider => {
            caller.arn = iam_arn(
                caller.partition,
                caller.account,
                "saml-provider/Stranger",
                "",
                "",
            );
        }
        _ => {}
    }
}

/// Removes a key, or gives it another value of its kind.
fn breach_key(maker: &mut Maker<'_, '_>, at: usize) {
    if maker.context.entries[at].pinned {
        return;
    }
    if maker.draw.chance(1, 2) {
        maker.context.entries.remove(at);
        return;
    }
    let (draw, parties, context) = maker.split();
    let entry = &mut context.entries[at];
    if entry.kind == Kind::Text && entry.key.many {
        if let Some(values) = &mut entry.values {
            Rc::make_mut(values).truncate(1);
        }
        return;
    }
    let value = context::sample(draw, parties, entry.key, entry.kind, State::Present);
    let full = entry.values.as_ref().is_some_and(|v| !v.is_empty());
    if full {
        entry.values = Some(Rc::new(vec![value]));
    }
}
