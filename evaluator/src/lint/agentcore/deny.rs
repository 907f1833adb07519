//! Denies that leave a way open, or close one too many.

use veriam_model::PolicyType;

use super::kinds;
use super::known::{AROUND, Actions, INVOKE};
use super::statement::{PRINCIPAL_KEYS, Pattern, Statement, Test};
use super::{Agentcore, Found};
use crate::arn::Arn;
use crate::json::Value;
use crate::lint::agentcore::arn::is_account;
use crate::operator::{Family, Set};

/// Keys that only requests through a VPC endpoint have, and the public address that they lack.
const PRIVATE_KEYS: &[&str] = &[
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:SourceVpcArn",
    "aws:VpcSourceIp",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
];

/// Truths about signed requests, which bearers of tokens lack (AC-117).
const SIGNED_KEYS: &[&str] = &["aws:ViaAWSService", "aws:PrincipalIsAWSService"];

impl Agentcore<'_, '_> {
    pub(super) fn denials(&mut self, statements: &[Statement<'_, '_>]) {
        let of = |is_deny: bool| {
            let chosen = statements.iter().filter(move |s| s.is_deny == is_deny);
            chosen.fold(Actions::NONE, |all, s| all.and(s.covers))
        };
        let (denied, allowed) = (of(true), of(false));
        let lets_tokens_in = statements
            .iter()
            .any(|s| !s.is_deny && s.can_hold_for_tokens());
        for statement in statements {
            if statement.is_deny {
                self.siblings(statement, denied, allowed);
            }
            if !statement.is_about_agentcore() {
                continue;
            }
            if statement.is_deny && self.takes_tokens() {
                self.tokens(statement, lets_tokens_in);
            }
            self.addresses(statement);
        }
    }

    /// Whether bearers of tokens are asked about in the type of policy.
    fn takes_tokens(&self) -> bool {
        matches!(
            self.policy_type,
            PolicyType::Resource | PolicyType::Endpoint
        )
    }

    /// AC-110: who denies one way to invoke a runtime and means all.
    fn siblings(&mut self, statement: &Statement<'_, '_>, denied: Actions, allowed: Actions) {
        let invoke = Actions::named(&INVOKE);
        let base = Actions::named(&INVOKE[..1]);
        let is_base = |p: &&Pattern<'_, '_>| p.is_own && p.covers.meets(base);
        let Some(pattern) = statement.actions.iter().flatten().find(is_base) else {
            return;
        };
        let could = if self.is_open_to_others(statement) {
            Actions::ALL
        } else {
            allowed
        };
        // AC-098: a call for a user needs both actions, so that this one closes it.
        let closed = Actions::named(&["InvokeAgentRuntimeForUser"]);
        let open = invoke.without(denied).both(could);
        if open.without(closed) != Actions::NONE {
            let said = format!(
                "the Deny leaves other ways into the runtime open: {}",
                open.names("and")
            );
            let found = Found::at(&kinds::OPEN_SIBLINGS, pattern.value.span());
            self.found(found.said(said));
        } else if Actions::named(&AROUND).without(denied).meets(could) && open == Actions::NONE {
            let around = Actions::named(&AROUND).without(denied).both(could);
            let said = format!("the Deny leaves {} open", around.names("and"));
            let found = Found::at(&kinds::OPEN_AROUND, pattern.value.span());
            self.found(found.said(said));
        }
    }

    /// Whether a policy elsewhere can allow what the Deny does not name.
    fn is_open_to_others(&self, statement: &Statement<'_, '_>) -> bool {
        match self.policy_type {
            PolicyType::Scp => true,
            PolicyType::Resource => {
                let who = &statement.who;
                // Callers of the resource's own account are allowed by their own policies, those of others by this one.
                let owner = |arn: &str| Arn::parse(arn).map(|arn| arn.account().to_owned());
                let own = self.on.and_then(owner).or_else(|| {
                    let mut resources = statement.resources.iter().flatten();
                    resources.find_map(|r| owner(&r.text))
                });
                let is_own = |value: &Value<'_, '_>| {
                    let text = value.string().unwrap_or_default();
                    let account = owner(&text).unwrap_or_else(|| text.into_owned());
                    !is_account(&account) || own.as_ref() == Some(&account)
                };
                who.is_everyone || who.is_negated || who.aws.iter().any(is_own)
            }
            _ => false,
        }
    }

    /// Denies for everyone that treat bearers of tokens otherwise than signed callers.
    fn tokens(&mut self, statement: &Statement<'_, '_>, lets_tokens_in: bool) {
        if !statement.who.is_everyone {
            return;
        }
        let is_of_principal = |t: &&Test<'_, '_>| t.is_of(PRINCIPAL_KEYS);
        let (of_principal, others): (Vec<_>, Vec<_>) =
            statement.tests.iter().partition(is_of_principal);
        if let Some(first) = of_principal.first()
            && others.is_empty()
            && of_principal.iter().all(|t| t.holds_when_absent())
        {
            // AC-124
            let kind = if lets_tokens_in {
                &kinds::LOCKS_OUT_TOKENS
            } else {
                &kinds::HITS_TOKENS
            };
            self.add(kind, first.key);
        }
        for test in &statement.tests {
            let is_plain = test.operator.set == Set::None && !test.operator.if_exists;
            let is_bool = test.operator.base.family == Family::Bool;
            if is_plain && is_bool && test.is_of(SIGNED_KEYS) && test.has_value("false") {
                // AC-117
                let said = format!(
                    "a bearer token has no `{}`, so the Deny does not hit its bearer",
                    test.key_name
                );
                self.found(Found::at(&kinds::BOOL, test.name.span()).said(said));
            }
        }
    }

    /// AC-179: public addresses and private callers.
    fn addresses(&mut self, statement: &Statement<'_, '_>) {
        let is_private = statement.tests.iter().any(|t| t.is_of(PRIVATE_KEYS));
        for test in statement
            .tests
            .iter()
            .filter(|t| t.is_of(&["aws:SourceIp"]))
        {
            if test.operator.base.family != Family::Ip {
                continue;
            }
            if self.policy_type == PolicyType::Endpoint {
                self.add(&kinds::PUBLIC_ADDRESS, test.key);
            } else if statement.is_deny && test.holds_when_absent() && !is_private {
                self.add(&kinds::LOCKS_OUT_PRIVATE, test.key);
            }
        }
    }
}
