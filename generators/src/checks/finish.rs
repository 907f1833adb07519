//! From plans to checks: texts, facts and the context that was settled on the way.

use std::borrow::Cow;
use std::rc::Rc;

use veriam_model::{Check, Fact, PolicyText, PolicyType, Principal, Resource};

use crate::breach::breach;
use crate::context::{self, State};
use crate::draw::{Draw, flip_case};
use crate::json::Style;
use crate::maker::Feature;
use crate::policy::Document;
use crate::vocabulary::CallerKind;

use super::{Draft, Plan, Slot, policy_type};

impl Plan<'_, '_> {
    /// Puts the parts together.
    pub(super) fn finish(mut self) -> Check {
        if self.maker.caller.kind != CallerKind::Jwt && self.maker.draw.chance(1, 10) {
            breach(&mut self.maker);
        }
        let caller = &self.maker.caller;
        let account = match caller.kind {
            CallerKind::Anonymous => Some("anonymous".to_owned()),
            CallerKind::Service | CallerKind::Provider | CallerKind::Jwt => None,
            _ => Some(caller.account.to_owned()),
        };
        let principal = Principal {
            arn: caller.arn.clone().into_owned(),
            account,
        };
        let resource = Resource {
            arn: self.maker.target.arn().as_ref().to_owned(),
            account: self.maker.target.owner.to_owned(),
        };
        let action = match self.maker.draw.chance(1, 40) {
            true => flip_case(&mut self.maker.draw, self.maker.target.action),
            false => None,
        };
        let action = action.unwrap_or(Cow::Borrowed(self.maker.target.action));
        let mut check = Check::new(principal, action, resource);
        check.scps = vec![Vec::new(); self.scps];
        check.rcps = vec![Vec::new(); self.rcps];
        for draft in std::mem::take(&mut self.drafts) {
            let slot = draft.slot;
            let text = self.text(draft);
            match slot {
                Slot::Identity => check.identity_policies.push(text),
                Slot::Resource => check.resource_policy = Some(text),
                Slot::Boundary => check.boundary = Some(text),
                Slot::Session => check.session_policy = Some(text),
                Slot::Scp(level) => check.scps[level].push(text),
                Slot::Rcp(level) => check.rcps[level].push(text),
                Slot::Endpoint => check.endpoint_policy = Some(text),
            }
        }
        self.facts(&mut check);
        self.context(&mut check);
        check
    }

    fn text(&mut self, draft: Draft) -> PolicyText {
        let policy_type = policy_type(draft.slot, &self.maker.target);
        let mut document = Document {
            version: draft.version,
            id: None,
            statements: draft.statements,
        };
        let maker = &mut self.maker;
        if maker.maybe(Feature::Sids, 1, 3) {
            name_statements(&mut maker.draw, policy_type, &mut document);
        }
        let mut style = match maker.on(Feature::Spelling) {
            true => Style::draw(&mut maker.draw),
            false => Style::plain(),
        };
        PolicyText::new(document.into_text(&mut style))
    }

    fn facts(&mut self, check: &mut Check) {
        let draw = &mut self.maker.draw;
        let caller = self.maker.caller.kind;
        if caller.in_account() && draw.chance(1, 40) {
            check.facts.push(Fact::PrincipalInManagementAccount);
        }
        if draw.chance(1, 50) {
            check.facts.push(Fact::ResourceInManagementAccount);
        }
        if caller == CallerKind::RoleSession && draw.chance(1, 30) {
            check.facts.push(Fact::ServiceLinkedRole);
        }
    }

    /// The settled keys, and now and then one that nothing asks for.
    fn context(&mut self, check: &mut Check) {
        if self.maker.maybe(Feature::Decoys, 1, 4) {
            let key = &context::SINGLE[self.maker.draw.below(context::SINGLE.len())];
            let (draw, parties, context) = self.maker.split();
            if context.entry(key).is_none() {
                context.settle(draw, parties, key, key.kind, State::Present);
            }
        }
        for entry in std::mem::take(&mut self.maker.context.entries) {
            let Some(values) = entry.values else {
                continue;
            };
            let name = match self.maker.maybe(Feature::KeyCase, 1, 8) {
                true => flip_case(&mut self.maker.draw, entry.key.name),
                false => None,
            };
            let name = name.unwrap_or(Cow::Borrowed(entry.key.name));
            let values = Rc::unwrap_or_clone(values).into_iter();
            let values = values.map(|v| v.text.into_owned());
            // No key is settled twice, so none can be there already.
            let _ = check.context.insert(name, values.collect());
        }
    }
}

/// Gives statements Sids and the document an Id, as far as its type permits.
pub(crate) fn name_statements(
    draw: &mut Draw<'_, '_>,
    policy_type: PolicyType,
    document: &mut Document,
) {
    let iam = matches!(
        policy_type,
        PolicyType::Identity | PolicyType::Boundary | PolicyType::Session | PolicyType::Trust
    );
    for (at, statement) in document.statements.iter_mut().enumerate() {
        if draw.chance(2, 3) {
            // Letters and digits only in IAM policies (IAM-015).
            let sid = if iam {
                format!("S{at}")
            } else {
                format!("Statement {at}")
            };
            statement.sid = Some(sid.into());
        }
    }
    // Whether policies attached to identities may have an Id is open (IAM-013).
    if !iam && draw.chance(1, 3) {
        document.id = Some("policy-1".into());
    }
}
