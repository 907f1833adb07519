//! IAM and STS: the query protocol, `POST /` with a form.

use veriam_model::{Caller, Context, OtherRequest, Outcome, Path, Request};

use super::{Asked, Core, denial, iam, sts};
use crate::wire::form::Form;
use crate::wire::{Answer, Fault, Protocol, xml};

/// A request of the query protocol whose sender is known.
pub(super) struct Query<'a> {
    pub(super) core: &'a Core,
    pub(super) asked: &'a Asked<'a>,
    pub(super) form: &'a Form,
    pub(super) action: &'a str,
    pub(super) caller: &'a Caller,
    /// The keys of the caller's session tags that pass on.
    pub(super) transitive: &'a [String],
    /// The caller's account.
    pub(super) account: &'a str,
    /// Whether the caller is the root user of an account, by the access key that every account has.
    bootstrap: bool,
}

/// Answers a request to IAM or STS.
pub(super) fn answer(core: &Core, asked: &Asked<'_>) -> Answer {
    let answered = answered(core, asked);
    answered.unwrap_or_else(|mut fault| {
        // What the rest of the emulator names as REST-JSON does.
        if let Some(code) = fault.code.strip_suffix("Exception") {
            fault.code = match code {
                "Validation" => "ValidationError".to_owned(),
                "InternalServer" => "InternalFailure".to_owned(),
                code => code.to_owned(),
            };
        }
        Answer::fault(&fault, Protocol::Query, asked.request_id)
    })
}

fn answered(core: &Core, asked: &Asked<'_>) -> Result<Answer, Fault> {
    let form = Form::read(asked.incoming.body)?;
    let action = form.get("Action").unwrap_or_default();
    let (service, namespace) = match form.get("Version") {
        Some("2010-05-08") => ("iam", "https://iam.amazonaws.com/doc/2010-05-08/"),
        Some("2011-06-15") => ("sts", "https://sts.amazonaws.com/doc/2011-06-15/"),
        _ => {
            let message = format!("Could not find operation {action} for the version given.");
            return Err(Fault::new(400, "InvalidAction", message));
        }
    };
    let key = core
        .signer(asked, service)
        .map_err(|refusal| refusal.fault(Protocol::Query))?;
    let account = super::account(&key.caller).unwrap_or_default();
    let query = Query {
        core,
        asked,
        form: &form,
        action,
        caller: &key.caller,
        transitive: &key.transitive,
        account,
        bootstrap: matches!(key.caller, Caller::Root(_)) && key.token.is_none(),
    };
    let result = match service {
        "iam" => iam::answer(&query)?,
        _ => sts::answer(&query)?,
    };
    let body = xml::response(namespace, action, result.as_deref(), asked.request_id);
    Ok(Answer {
        status: 200,
        headers: vec![("content-type", "text/xml".to_owned())],
        body: body.into_bytes(),
    })
}

impl Query<'_> {
    /// Whether the caller may do what the action is named for, on that ARN of the caller's account. The access key that
    /// every account has may do everything here, so that no policy can lock its owner out.
    pub(super) fn may(&self, service: &str, resource: &str) -> Result<(), Fault> {
        if self.bootstrap {
            return Ok(());
        }
        let request = Request::Other(OtherRequest {
            action: format!("{service}:{}", self.action),
            resource: resource.to_owned(),
            account: None,
            keys: Context::new(),
            via: None,
        });
        self.decide(request)
    }

    /// Whether a request is allowed.
    pub(super) fn decide(&self, request: Request) -> Result<(), Fault> {
        self.decide_for(self.caller, request)
    }

    /// Whether a request of that caller is allowed.
    pub(super) fn decide_for(&self, caller: &Caller, request: Request) -> Result<(), Fault> {
        if matches!(self.asked.from, Path::Endpoint { .. }) {
            let message = "IAM and STS are not behind the VPC endpoint of AgentCore.";
            return Err(Fault::new(400, "ValidationError", message));
        }
        match self.core.decide(self.asked, caller, request)? {
            Outcome::Allowed => Ok(()),
            Outcome::Denied(denied) => {
                let message = denial::message(self.core.read().world(), caller, &denied);
                Err(Fault::new(403, "AccessDenied", message))
            }
            Outcome::Rejected(_) | Outcome::Invalid(_) => Err(Fault::new(
                403,
                "AccessDenied",
                "The request is not allowed.",
            )),
        }
    }

    /// The refusal of an action that is not served.
    pub(super) fn unknown(&self) -> Fault {
        let message = format!("This emulator does not serve {}.", self.action);
        Fault::new(400, "InvalidAction", message)
    }
}
