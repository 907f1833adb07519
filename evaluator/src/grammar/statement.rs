//! One statement: its elements, and which of them must, may and must not be there.

use veriam_model::facts::STATEMENT_ELEMENTS;
use veriam_model::{PolicyType, Verb, readings as dialects};

use super::{Member, Members, Reader, Seen};
use crate::document::{Selection, Statement, Text};
use crate::fault::{self, Kind};
use crate::json::Value;

// Places in `STATEMENT_ELEMENTS`.
const SID: usize = 0;
const EFFECT: usize = 1;
pub(super) const PRINCIPAL: usize = 2;
pub(super) const NOT_PRINCIPAL: usize = 3;
const ACTION: usize = 4;
const NOT_ACTION: usize = 5;
const RESOURCE: usize = 6;
const NOT_RESOURCE: usize = 7;
const CONDITION: usize = 8;

/// The members of a statement.
pub(super) type Elements<'j, 'a> = Members<'j, 'a, 9>;

/// A list element: `Action`, `NotAction`, `Resource` or `NotResource`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct List {
    pub(super) resource: bool,
    pub(super) negated: bool,
}

impl Reader<'_> {
    /// Reads a statement; `only` says that the document has no other.
    pub(super) fn statement<'a>(
        &mut self,
        object: Value<'_, 'a>,
        only: bool,
        sids: &mut Seen<'a>,
    ) -> Statement<'a> {
        let merged: &[usize] = if self.is_stored() {
            &[EFFECT, ACTION, RESOURCE]
        } else {
            &[]
        };
        let elements = self.members(
            object,
            &STATEMENT_ELEMENTS,
            merged,
            &fault::UNKNOWN_STATEMENT_MEMBER,
        );
        let sid = elements.get(SID).and_then(|m| self.sid(m.value, sids));
        let effect = self.effect(object, &elements);
        let principal = self.principal(object, &elements, effect);
        let action = self.action_element(object, &elements, effect);
        let resource = self.resource_element(object, &elements, effect);
        let (conditions, void) = match elements.get(CONDITION) {
            Some(member) => self.condition(member, effect),
            None => (Vec::new(), false),
        };
        if self.policy_type == PolicyType::Rcp && !(only && is_full_access(&elements, effect)) {
            self.rcp(&elements, effect);
        }
        Statement {
            sid,
            effect: effect.unwrap_or(Verb::Deny),
            principal,
            action,
            resource,
            conditions,
            void,
        }
    }

    fn sid<'a>(&mut self, value: Value<'_, 'a>, sids: &mut Seen<'a>) -> Option<Text<'a>> {
        let Some(sid) = value.string() else {
            self.add(&fault::SID_FORM, value);
            return None;
        };
        if self.is_iam_type() {
            if !sid.bytes().all(|b| b.is_ascii_alphanumeric()) {
                self.add(&fault::SID_CHARACTERS, value);
            }
            if !sid.is_empty() && !sids.insert(sid.clone()) {
                self.add(&fault::REPEATED_SID, value);
            }
        }
        Some(sid)
    }

    /// The effect that counts: the last one where repetitions are no fault.
    fn effect(&mut self, object: Value<'_, '_>, elements: &Elements<'_, '_>) -> Option<Verb> {
        let Some(member) = elements.all(EFFECT).last() else {
            self.add_at_brace(&fault::MISSING_EFFECT, object);
            return None;
        };
        match member.value.string().as_deref() {
            Some("Allow") => Some(Verb::Allow),
            Some("Deny") => Some(Verb::Deny),
            _ => {
                self.add(&fault::EFFECT, member.value);
                None
            }
        }
    }

    fn action_element<'a>(
        &mut self,
        object: Value<'_, 'a>,
        elements: &Elements<'_, 'a>,
        effect: Option<Verb>,
    ) -> Selection<'a> {
        match (elements.has(ACTION), elements.get(NOT_ACTION)) {
            (true, Some(_)) => self.add_at_brace(&fault::ACTION_TWICE, object),
            (false, None) => self.add_at_brace(&fault::ACTION_MISSING, object),
            _ => {}
        }
        if let Some(member) = elements.get(NOT_ACTION)
            && effect == Some(Verb::Allow)
            && self.is_limited_scp()
        {
            self.add(&fault::SCP_ALLOW_NOT_ACTION, member.name);
        }
        self.selection(elements, ACTION, NOT_ACTION, effect)
    }

    fn resource_element<'a>(
        &mut self,
        object: Value<'_, 'a>,
        elements: &Elements<'_, 'a>,
        effect: Option<Verb>,
    ) -> Selection<'a> {
        use PolicyType::{Boundary, Identity, Rcp, Scp, Session, Trust};
        if self.policy_type == Trust {
            let all = elements.all(RESOURCE).chain(elements.get(NOT_RESOURCE));
            for member in all {
                self.add(&fault::TRUST_RESOURCE, member.name);
            }
            return Selection::All;
        }
        match (elements.has(RESOURCE), elements.get(NOT_RESOURCE)) {
            (true, Some(_)) => self.add_at_brace(&fault::RESOURCE_TWICE, object),
            (false, None)
                if matches!(self.policy_type, Identity | Boundary | Session | Scp | Rcp) =>
            {
                self.add_at_brace(&fault::RESOURCE_MISSING, object);
            }
            _ => {}
        }
        if let Some(member) = elements.get(NOT_RESOURCE)
            && self.is_limited_scp()
        {
            self.add(&fault::SCP_NOT_RESOURCE, member.name);
        }
        self.selection(elements, RESOURCE, NOT_RESOURCE, effect)
    }

    /// Reads an element and its `Not` form, of which a valid statement has at most one.
    fn selection<'a>(
        &mut self,
        elements: &Elements<'_, 'a>,
        plain: usize,
        negated: usize,
        effect: Option<Verb>,
    ) -> Selection<'a> {
        let mut patterns = Vec::new();
        let resource = plain == RESOURCE;
        for (name, negated) in [(plain, false), (negated, true)] {
            for member in elements.all(name) {
                self.patterns(member, List { resource, negated }, effect, &mut patterns);
            }
        }
        if elements.has(negated) {
            Selection::Except(patterns)
        } else if elements.has(plain) {
            Selection::Of(patterns)
        } else {
            Selection::All
        }
    }

    /// Reads one string or list of strings.
    fn patterns<'a>(
        &mut self,
        member: Member<'_, 'a>,
        list: List,
        effect: Option<Verb>,
        into: &mut Vec<Text<'a>>,
    ) {
        let value = member.value;
        let Some(elements) = value.elements() else {
            return self.pattern(value, list, effect, into);
        };
        let mut is_empty = true;
        for element in elements.filter(|e| !(list.resource && e.is_null())) {
            is_empty = false;
            self.pattern(element, list, effect, into);
        }
        if is_empty && let Some(kind) = self.empty_list(list) {
            self.add(kind, value);
        }
    }

    fn pattern<'a>(
        &mut self,
        value: Value<'_, 'a>,
        list: List,
        effect: Option<Verb>,
        into: &mut Vec<Text<'a>>,
    ) {
        let Some(text) = value.string() else {
            return self.add(&fault::NOT_A_STRING, value);
        };
        if list.resource {
            self.resource(value, &text);
            if effect == Some(Verb::Allow) && !list.negated && text != "*" && self.is_limited_scp()
            {
                self.add(&fault::SCP_ALLOW_RESOURCE, value);
            }
        } else {
            self.action(value, &text);
        }
        into.push(text);
    }

    /// The fault that an empty list is, if it is one.
    fn empty_list(&self, list: List) -> Option<&'static Kind> {
        if list.negated {
            let refused = self.reads(dialects::EmptyNot::Refused);
            refused.then_some(&fault::EMPTY_NOT)
        } else if list.resource {
            let refused = self.reads(dialects::EmptyResource::Refused);
            refused.then_some(&fault::EMPTY_RESOURCE)
        } else {
            let refused = self.reads(dialects::EmptyAction::Refused);
            refused.then_some(&fault::EMPTY_ACTION)
        }
    }

    /// Whether the document is a service control policy under the limits of 2023 (IAM-033).
    pub(super) fn is_limited_scp(&self) -> bool {
        self.policy_type == PolicyType::Scp && self.reads(dialects::ScpLanguage::Limited)
    }

    /// What a resource control policy may not have (IAM-029), but for its principal.
    fn rcp(&mut self, elements: &Elements<'_, '_>, effect: Option<Verb>) {
        if let Some(member) = elements.get(NOT_ACTION) {
            self.add(&fault::RCP_NOT_ACTION, member.name);
        }
        if effect == Some(Verb::Allow)
            && let Some(member) = elements.all(EFFECT).last()
        {
            self.add(&fault::RCP_ALLOW, member.value);
        }
        for value in elements.all(ACTION).map(|m| m.value) {
            if is_star(value) {
                self.add(&fault::RCP_ANY_ACTION, value);
            }
            for element in value
                .elements()
                .into_iter()
                .flatten()
                .filter(|&e| is_star(e))
            {
                self.add(&fault::RCP_ANY_ACTION, element);
            }
        }
    }
}

/// Whether a statement is that of the full-access policy: Allow, everyone, every action, every resource.
fn is_full_access(elements: &Elements<'_, '_>, effect: Option<Verb>) -> bool {
    let stars = |name: usize| {
        let mut all = elements.all(name).map(|m| m.value);
        match (all.next(), all.next()) {
            (Some(value), None) => match value.elements() {
                None => is_star(value),
                Some(mut list) => list.next().is_some_and(is_star) && list.next().is_none(),
            },
            _ => false,
        }
    };
    let others = [NOT_PRINCIPAL, NOT_ACTION, NOT_RESOURCE, CONDITION];
    effect == Some(Verb::Allow)
        && elements.get(PRINCIPAL).is_some_and(|m| is_star(m.value))
        && stars(ACTION)
        && stars(RESOURCE)
        && !others.into_iter().any(|name| elements.has(name))
}

/// Whether a value is the string `*`.
pub(super) fn is_star(value: Value<'_, '_>) -> bool {
    value.string().is_some_and(|text| text == "*")
}
