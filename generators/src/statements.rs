//! Statements aimed at the request: they apply, or one element of them fails.

use veriam_model::{PolicyType, Verb};

use crate::maker::{Feature, Maker, Setting};
use crate::policy::{Patterns, Statement, Who};
use crate::principals::Grade;

/// The element of a statement that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Who,
    Action,
    Resource,
    Condition,
    /// A variable in a document whose version has none.
    Version,
}

impl Maker<'_, '_> {
    /// A statement that applies to the request; an Allow of a resource policy with that grade.
    pub(crate) fn applying(&mut self, setting: Setting, grade: Grade, tests: usize) -> Statement {
        let who = takes_principal(setting).then(|| self.who(setting, grade));
        let mut statement = Statement {
            sid: None,
            effect: setting.effect,
            who,
            actions: self.action_element(setting, true),
            resources: self.resource_element(setting, true),
            conditions: Vec::new(),
        };
        for _ in 0..tests {
            self.add_condition(setting, true, &mut statement.conditions);
        }
        statement
    }

    /// A statement of which exactly one element keeps it from applying.
    pub(crate) fn failing(&mut self, setting: Setting, grade: Grade, tests: usize) -> Statement {
        let fault = self.fault(setting);
        let mut conditions = Vec::new();
        // The failing test first: a later one gives way if it wants the same key.
        let fault = match fault {
            Fault::Condition if !self.add_condition(setting, false, &mut conditions) => {
                self.other_fault(setting)
            }
            fault => fault,
        };
        let mut resources = None;
        let fault = match fault {
            Fault::Version => {
                let believed = Setting {
                    current: true,
                    ..setting
                };
                let in_resource = setting.policy_type != PolicyType::Trust
                    && !setting.limited
                    && self.draw.chance(1, 2);
                if in_resource {
                    resources = self.resource_variable(believed).map(Patterns::one);
                }
                let done = resources.is_some()
                    || !setting.bare_allow() && self.add_dead_variable(&mut conditions);
                if done {
                    fault
                } else {
                    self.other_fault(setting)
                }
            }
            fault => fault,
        };
        let who = takes_principal(setting).then(|| match fault {
            Fault::Who => self.who_else(setting),
            _ => self.who(setting, grade),
        });
        let actions = self.action_element(setting, fault != Fault::Action);
        let resources = match resources {
            Some(resources) => Some(resources),
            None => self.resource_element(setting, fault != Fault::Resource),
        };
        let more = tests.saturating_sub(conditions.len());
        for _ in 0..more {
            self.add_condition(setting, true, &mut conditions);
        }
        Statement {
            sid: None,
            effect: setting.effect,
            who,
            actions,
            resources,
            conditions,
        }
    }

    /// A statement that applies, without anything that needs a second look.
    pub(crate) fn plain(&mut self, setting: Setting, grade: Grade) -> Statement {
        let who = takes_principal(setting).then(|| self.who(setting, grade));
        let resources = match setting.policy_type {
            PolicyType::Trust => None,
            _ if self.draw.chance(1, 2) && self.can_miss_resource(setting) => {
                Some(Patterns::one(self.plain_resource(setting)))
            }
            _ => Some(Patterns::one("*")),
        };
        let actions = match setting.policy_type {
            PolicyType::Rcp => Patterns::one(self.target.action),
            _ => self.plain_statement_actions(setting.effect),
        };
        Statement {
            sid: None,
            effect: setting.effect,
            who,
            actions,
            resources,
            conditions: Vec::new(),
        }
    }

    /// A statement about something else.
    pub(crate) fn elsewhere(&mut self, setting: Setting) -> Statement {
        let resources = match setting.policy_type {
            PolicyType::Trust => None,
            _ => Some(Patterns::one("*")),
        };
        Statement {
            sid: None,
            effect: setting.effect,
            who: takes_principal(setting).then(|| self.who(setting, Grade::Direct)),
            actions: self.action_elsewhere(),
            resources,
            conditions: Vec::new(),
        }
    }

    fn fault(&mut self, setting: Setting) -> Fault {
        let conditions = self.on(Feature::Conditions) && !setting.bare_allow();
        let versions = !setting.current && self.on(Feature::Variables);
        let weights = [
            2,
            if conditions { 12 } else { 0 },
            if self.can_miss_resource(setting) {
                4
            } else {
                0
            },
            if can_miss_who(setting) { 7 } else { 0 },
            if versions { 12 } else { 0 },
        ];
        [
            Fault::Action,
            Fault::Condition,
            Fault::Resource,
            Fault::Who,
            Fault::Version,
        ][self.draw.weighted(&weights)]
    }

    fn other_fault(&mut self, setting: Setting) -> Fault {
        if can_miss_who(setting) && self.draw.chance(1, 2) {
            return Fault::Who;
        }
        Fault::Action
    }

    fn can_miss_resource(&self, setting: Setting) -> bool {
        setting.policy_type != PolicyType::Trust
            && !setting.bare_allow()
            && !self.target.service.is_empty()
    }

    fn plain_resource(&mut self, setting: Setting) -> crate::draw::Text {
        let arn = self.target.arn();
        crate::texts::literal(&arn, setting, true)
    }
}

/// Statements of these policies have a Principal element.
pub(crate) fn takes_principal(setting: Setting) -> bool {
    matches!(
        setting.policy_type,
        PolicyType::Resource
            | PolicyType::Trust
            | PolicyType::Key
            | PolicyType::Endpoint
            | PolicyType::Rcp
    )
}

fn can_miss_who(setting: Setting) -> bool {
    takes_principal(setting) && setting.policy_type != PolicyType::Rcp
}

/// The policy that is attached everywhere: as an SCP `FullAWSAccess`, as an RCP `RCPFullAWSAccess`.
pub(crate) fn full_access(policy_type: PolicyType) -> Statement {
    Statement {
        sid: None,
        effect: Verb::Allow,
        who: (policy_type == PolicyType::Rcp).then_some(Who::Everyone),
        actions: Patterns::one("*"),
        resources: Some(Patterns::one("*")),
        conditions: Vec::new(),
    }
}
