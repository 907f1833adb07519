//! Root and statements (AC-038, AC-149, AC-154, AC-270, AC-271, AC-273, AC-274).

use std::borrow::Cow;
use std::collections::HashSet;

use veriam_model::{RuleId, facts, readings as dialects};

use super::{BADLY_FORMED, Check, TOO_LARGE};
use crate::json::Value;

const NOT_PRINCIPAL: RuleId = RuleId::agentcore(154);
const VERSION_2008: RuleId = RuleId::agentcore(270);
const REPEATED_SID: RuleId = RuleId::agentcore(271);
const NOT_ACTION: RuleId = RuleId::agentcore(273);
const NOT_RESOURCE: RuleId = RuleId::agentcore(274);

impl Check<'_> {
    /// Looks through a valid document: every member has a known name, stands there once and has its type.
    pub(super) fn document(&mut self, root: Value<'_, '_>) {
        let mut version = None;
        let mut statements = None;
        for (name, value) in root.members().into_iter().flatten() {
            match name.string().as_deref() {
                Some("Version") => version = Some(value),
                Some("Statement") => statements = Some(value),
                _ => {}
            }
        }
        match version {
            None => self.add(BADLY_FORMED, root),
            Some(value) => {
                self.has_variables = value.string().is_some_and(|text| text == "2012-10-17");
                let refuses = self.reads(dialects::PutVersion2008::Refused);
                if !self.has_variables && refuses {
                    self.add(VERSION_2008, value);
                }
            }
        }
        let Some(statements) = statements else { return };
        let mut sids = HashSet::new();
        let Some(elements) = statements.elements() else {
            return self.statement(statements, &mut sids);
        };
        for (place, statement) in elements.enumerate() {
            if place == facts::agentcore::RESOURCE_POLICY_STATEMENTS {
                self.add(TOO_LARGE, statement);
            }
            self.statement(statement, &mut sids);
        }
    }

    fn statement<'a>(&mut self, statement: Value<'_, 'a>, sids: &mut HashSet<Cow<'a, str>>) {
        let mut has_resource = false;
        for (name, value) in statement.members().into_iter().flatten() {
            match name.string().as_deref() {
                Some("Sid") => self.sid(value, sids),
                Some("Principal") => self.principals(value),
                Some("NotPrincipal") => {
                    if self.reads(dialects::PutNotPrincipal::Refused) {
                        self.add(NOT_PRINCIPAL, name);
                    }
                    self.principals(value);
                }
                Some("Action") => self.actions(value),
                Some("NotAction") if self.reads(dialects::PutNotAction::Refused) => {
                    self.add(NOT_ACTION, name);
                }
                Some("Resource") => {
                    has_resource = true;
                    self.resources(value);
                }
                Some("NotResource") => {
                    has_resource = true;
                    if self.reads(dialects::PutNotResource::Refused) {
                        self.add(NOT_RESOURCE, name);
                    }
                }
                Some("Condition") => self.condition(value),
                _ => {}
            }
        }
        if !has_resource {
            self.no_resource(statement);
        }
    }

    fn sid<'a>(&mut self, value: Value<'_, 'a>, sids: &mut HashSet<Cow<'a, str>>) {
        let sid = value.string().unwrap_or_default();
        if !sid.is_empty() && !sids.insert(sid) && self.reads(dialects::PutRepeatedSid::Refused) {
            self.add(REPEATED_SID, value);
        }
    }
}
