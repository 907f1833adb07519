//! `SimulateCustomPolicy`: policies of a request, judged for actions and resources of the request.

use veriam_evaluator::{EngineBuilder, Policy, Request};
use veriam_model::{Context, Decision, PolicyType, Principal, Resource};

use super::list;
use crate::service::query::Query;
use crate::wire::{Fault, xml};

/// The most pairs of action and resource of one request.
const MOST: usize = 1_000;

pub(super) fn custom_policy(query: &Query<'_>) -> Result<String, Fault> {
    query.may("iam", "*")?;
    let form = query.form;
    let invalid = |message: String| Fault::new(400, "InvalidInput", message);
    let mut engine = EngineBuilder::new();
    let mut identity = Vec::new();
    for text in form.list("PolicyInputList", "") {
        identity.push(parsed(PolicyType::Identity, &text)?);
    }
    if identity.is_empty() {
        form.need("PolicyInputList")?;
    }
    for policy in identity {
        engine = engine.identity(policy);
    }
    if let Some(text) = form.list("PermissionsBoundaryPolicyInputList", "").first() {
        engine = engine.boundary(parsed(PolicyType::Boundary, text)?);
    }
    if let Some(text) = form.get("ResourcePolicy") {
        engine = engine.resource(parsed(PolicyType::Resource, text)?);
    }
    let engine = engine.build().map_err(|error| invalid(error.to_string()))?;
    let arn = form.get("CallerArn").map_or_else(
        || format!("arn:aws:iam::{}:user/simulated", query.account),
        str::to_owned,
    );
    let account = arn
        .split(':')
        .nth(4)
        .filter(|id| !id.is_empty())
        .unwrap_or(query.account)
        .to_owned();
    let owner = form
        .get("ResourceOwner")
        .map_or(account.as_str(), |owner| {
            owner.split(':').nth(4).unwrap_or(owner)
        })
        .to_owned();
    let principal = Principal {
        arn,
        account: Some(account),
    };
    let context = context(query)?;
    let actions = form.list("ActionNames", "");
    if actions.is_empty() {
        form.need("ActionNames")?;
    }
    let mut resources = form.list("ResourceArns", "");
    if resources.is_empty() {
        resources.push("*".to_owned());
    }
    if actions.len().saturating_mul(resources.len()) > MOST {
        return Err(invalid(format!(
            "More than {MOST} pairs of actions and resources."
        )));
    }
    let mut results = Vec::new();
    for action in &actions {
        for arn in &resources {
            let resource = Resource {
                arn: arn.clone(),
                account: owner.clone(),
            };
            let request = Request {
                principal: &principal,
                action,
                resource: &resource,
                context: &context,
                facts: &[],
            };
            let decided = engine
                .decide(&request)
                .map_err(|error| invalid(error.to_string()))?;
            let decision = match decided {
                Decision::Allow => "allowed",
                Decision::ExplicitDeny => "explicitDeny",
                _ => "implicitDeny",
            };
            let leaves = [
                ("EvalActionName", action.as_str()),
                ("EvalResourceName", arn),
                ("EvalDecision", decision),
            ];
            let leaves = leaves.map(|(name, text)| xml::leaf(name, text)).concat();
            results.push(leaves + "<MatchedStatements/><MissingContextValues/>");
        }
    }
    Ok(list("EvaluationResults", results))
}

fn parsed(policy_type: PolicyType, text: &str) -> Result<Policy, Fault> {
    let parsed = Policy::parse(policy_type, text);
    parsed.map_err(|error| Fault::new(400, "InvalidInput", error.to_string()))
}

fn context(query: &Query<'_>) -> Result<Context, Fault> {
    let mut context = Context::new();
    for (n, name) in query
        .form
        .list("ContextEntries", ".ContextKeyName")
        .into_iter()
        .enumerate()
    {
        let values = query.form.list(
            &format!("ContextEntries.member.{}.ContextKeyValues", n + 1),
            "",
        );
        let added = context.insert(name, values);
        added.map_err(|error| Fault::new(400, "InvalidInput", error.to_string()))?;
    }
    Ok(context)
}
