//! Whom statements name, and on whose behalf.

use veriam_model::PolicyType;

use super::known::Actions;
use super::statement::{PREFIX, Statement};
use super::{Agentcore, Found, kinds};
use crate::arn::Arn;
use crate::json::Value;
use crate::lint::agentcore::arn::{inside, is_account, is_blank};

/// Keys that tie a service to the one it calls for.
const SOURCE_KEYS: &[&str] = &[
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
];

/// Actions whose callers can have a bearer token instead of a signature.
const WITH_TOKEN: &[&str] = &[
    "GetAgentCard",
    "GetRuntimeProtectedResourceMetadata",
    "InvokeAgentRuntime",
    "InvokeAgentRuntimeCommand",
    "InvokeAgentRuntimeCommandShell",
    "InvokeAgentRuntimeForUser",
    "InvokeAgentRuntimeWithWebSocketStream",
    "InvokeAgentRuntimeWithWebSocketStreamForUser",
    "InvokeGateway",
    "StopRuntimeSession",
];

impl Agentcore<'_, '_> {
    pub(super) fn callers(&mut self, statements: &[Statement<'_, '_>]) {
        let is_about = |s: &&Statement<'_, '_>| s.is_about_agentcore();
        for statement in statements.iter().filter(is_about) {
            for value in &statement.who.aws {
                self.principal(*value);
            }
            self.source_arns(statement);
            if self.policy_type == PolicyType::Resource
                && !statement.is_deny
                && lacks_source(statement)
            {
                for service in &statement.who.services {
                    self.add(&kinds::DEPUTY, *service);
                }
            }
        }
        self.tokens_named(statements);
    }

    /// An ARN that no principal has.
    fn principal(&mut self, value: Value<'_, '_>) {
        let text = value.string().unwrap_or_default();
        let Some(arn) = Arn::parse(&text) else {
            return;
        };
        if matches!(arn.service(), "iam" | "sts") {
            let account = arn.account();
            if !is_account(account) && is_blank(account) {
                let said = format!("still to be filled in: `{account}`");
                let found = Found::at(&kinds::PLACEHOLDER, value.span());
                self.found(found.said(said));
            } else if !is_account(account) && account != "aws" && arn.region().is_empty() {
                self.add(&kinds::NO_PRINCIPAL, value);
            }
            return;
        }
        // `arn:aws::iam::…`, as the pages on endpoint policies print it (C5).
        if arn.service().is_empty() && matches!(arn.region(), "iam" | "sts") {
            let first = "arn:".len().saturating_add(arn.partition().len());
            let place = inside(value, first..first.saturating_add(2));
            return self.found(Found::at(&kinds::EXTRA_SEGMENT, place));
        }
        self.add(&kinds::NO_PRINCIPAL, value);
    }

    /// ARNs in conditions: those of AgentCore are looked at as resources are.
    fn source_arns(&mut self, statement: &Statement<'_, '_>) {
        for test in statement
            .tests
            .iter()
            .filter(|t| t.is_of(&["aws:SourceArn"]))
        {
            for value in crate::lint::one_or_many(test.values) {
                let text = value.string().unwrap_or_default();
                if text.contains(PREFIX) {
                    self.source_arn(value, &text);
                    continue;
                }
                // C32
                if let Some(arn) = Arn::parse(&text)
                    && arn.service() == "lambda"
                    && let Some(name) = arn.rest().strip_prefix("function/")
                {
                    let start = text.len().saturating_sub(arn.rest().len());
                    let found = Found::at(&kinds::LAMBDA, inside(value, start..text.len()));
                    self.found(found.remedy(format!("write function:{name}")));
                }
            }
        }
    }

    /// AC-166, AC-113: only `"*"` names bearers of tokens.
    fn tokens_named(&mut self, statements: &[Statement<'_, '_>]) {
        let kind = match self.policy_type {
            PolicyType::Endpoint => &kinds::ENDPOINT_POLICY_TOKENS,
            PolicyType::Resource => &kinds::RESOURCE_POLICY_TOKENS,
            _ => return,
        };
        let with_token = Actions::named(WITH_TOKEN);
        let allows = || {
            statements
                .iter()
                .filter(|s| !s.is_deny && s.covers.meets(with_token))
        };
        let open = allows().filter(|s| s.who.is_everyone);
        let open = open.fold(Actions::NONE, |all, s| all.and(s.covers));
        let mut closed = allows().filter(|s| {
            let own = s.covers.both(with_token);
            s.is_about_agentcore() && !s.who.is_everyone && own.without(open) != Actions::NONE
        });
        if let Some(statement) = closed.next()
            && let Some(who) = statement.who.value
        {
            self.add(kind, who);
        }
    }

    /// AC-253: execution roles.
    pub(super) fn trust(&mut self, statements: &[Statement<'_, '_>]) {
        for statement in statements.iter().filter(|s| !s.is_deny) {
            self.source_arns(statement);
            let own = |v: &&Value<'_, '_>| {
                let service = v.string().unwrap_or_default();
                service == "bedrock-agentcore.amazonaws.com"
            };
            if lacks_source(statement)
                && let Some(service) = statement.who.services.iter().find(own)
            {
                self.add(&kinds::TRUST, *service);
            }
        }
    }
}

fn lacks_source(statement: &Statement<'_, '_>) -> bool {
    !statement.tests.iter().any(|t| t.is_of(SOURCE_KEYS))
}
