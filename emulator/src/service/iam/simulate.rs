//! `SimulateCustomPolicy`: policies of a request, judged for actions and resources of the request.

use veriam_evaluator::{Engine, Request};
use veriam_model::{Check, Context, Decision, Dialect, PolicyText, Principal, Resource};

use super::list;
use crate::service::query::Query;
use crate::settings::mistaken;
use crate::wire::{Fault, xml};

/// The most pairs of action and resource of one request.
const MOST: usize = 1_000;

pub(super) fn custom_policy(query: &Query<'_>) -> Result<String, Fault> {
    query.may("iam", "*")?;
    let form = query.form;
    let identity = texts(query, "PolicyInputList");
    if identity.is_empty() {
        form.need("PolicyInputList")?;
    }
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
    let principal = caller(query)?;
    let mut check = Check::new(principal, "", resource(query, "*", query.account));
    check.identity_policies = identity;
    if !mistaken!(query.asked.planted, SimulatedBoundaryIgnored) {
        check.boundary = texts(query, "PermissionsBoundaryPolicyInputList").pop();
    }
    check.resource_policy = form.get("ResourcePolicy").map(PolicyText::new);
    check.scps = levels(query);
    check.context = context(query)?;
    let caller_account = check.principal.account.clone().unwrap_or_default();
    let mut asked = Vec::with_capacity(resources.len());
    for arn in &resources {
        if check.resource_policy.is_some() && is_role(arn) {
            return Err(invalid(
                "Resource policies of roles are not simulated.".to_owned(),
            ));
        }
        check.resource = resource(query, arn, &caller_account);
        let engine = Engine::for_check(&check, &Dialect::default()).map_err(|policy| {
            invalid(format!(
                "The {} breaks {} at byte {}.",
                policy.policy, policy.rule, policy.offset
            ))
        })?;
        asked.push((engine, check.resource.clone()));
    }
    let mut results = Vec::new();
    for action in &actions {
        for (engine, resource) in &asked {
            let request = Request {
                action,
                resource,
                ..Request::of(&check)
            };
            let decided = engine.decide(&request);
            let decision = decided.map_err(|error| invalid(error.to_string()))?;
            results.push(result(action, &resource.arn, decision));
        }
    }
    Ok(list("EvaluationResults", results))
}

fn result(action: &str, arn: &str, decision: Decision) -> String {
    let decision = match decision {
        Decision::Allow => "allowed",
        Decision::ExplicitDeny => "explicitDeny",
        Decision::ImplicitDeny => "implicitDeny",
    };
    let leaves = [
        ("EvalActionName", action),
        ("EvalResourceName", arn),
        ("EvalDecision", decision),
    ];
    let leaves = leaves.map(|(name, text)| xml::leaf(name, text)).concat();
    leaves + "<MatchedStatements/><MissingContextValues/>"
}

fn invalid(message: String) -> Fault {
    Fault::new(400, "InvalidInput", message)
}

fn texts(query: &Query<'_>, list: &str) -> Vec<PolicyText> {
    let texts = query.form.list(list, "").into_iter();
    texts.map(PolicyText::new).collect()
}

/// The service control policies, from the root of the organization down.
fn levels(query: &Query<'_>) -> Vec<Vec<PolicyText>> {
    let level = |n: usize| {
        let list =
            format!("OrderedOrganizationPolicyInputList.member.{n}.ServiceControlPolicyInputList");
        texts(query, &list)
    };
    let levels = (1..).map(level);
    let levels: Vec<_> = levels.take_while(|level| !level.is_empty()).collect();
    if !levels.is_empty() && mistaken!(query.asked.planted, SimulatedLevelsJoined) {
        return vec![levels.concat()];
    }
    levels
}

/// The simulated caller: the user of `CallerArn`, or else one that no policy names.
fn caller(query: &Query<'_>) -> Result<Principal, Fault> {
    let arn = match query.form.get("CallerArn") {
        Some(arn) => arn.to_owned(),
        None if query.form.get("ResourcePolicy").is_some() => {
            let message = "A resource policy needs CallerArn, whom it is asked for.";
            return Err(invalid(message.to_owned()));
        }
        None => format!("arn:aws:iam::{}:user/simulated", query.account),
    };
    match arn.splitn(6, ':').collect::<Vec<&str>>()[..] {
        ["arn", _, "iam", "", account, name] if name.starts_with("user/") => Ok(Principal {
            account: Some(account.to_owned()),
            arn,
        }),
        _ => Err(invalid(format!(
            "{arn} is no user; this emulator simulates users as callers only."
        ))),
    }
}

/// A resource with its owner: whom the ARN names, else `ResourceOwner`, else the caller's account.
fn resource(query: &Query<'_>, arn: &str, caller: &str) -> Resource {
    let account = |arn: &str| {
        let account = arn.split(':').nth(4).unwrap_or_default();
        let is_account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
        is_account.then(|| account.to_owned())
    };
    let owner = || {
        let owner = query.form.get("ResourceOwner");
        let owner = owner.filter(|_| !mistaken!(query.asked.planted, SimulatedOwnerIgnored));
        owner.and_then(account)
    };
    Resource {
        arn: arn.to_owned(),
        account: account(arn)
            .or_else(owner)
            .unwrap_or_else(|| caller.to_owned()),
    }
}

fn is_role(arn: &str) -> bool {
    let mut parts = arn.splitn(6, ':').skip(2);
    parts.next() == Some("iam") && parts.nth(2).is_some_and(|name| name.starts_with("role/"))
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
        added.map_err(|error| invalid(error.to_string()))?;
    }
    Ok(context)
}
