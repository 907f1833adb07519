//! Mistakes that are made in what is handed to the evaluator: the call, the world, and what comes back about a put.

use serde_json::{Value, json};
use veriam_evaluator::planted::Mistake as OfEvaluator;
use veriam_evaluator::{World as Judge, WorldError};
use veriam_model::{
    Call, Caller, Dialect, Path, PolicyText, PutOutcome, PutPlace, PutRefusal, Request, RootCaller,
    RuleId, Token, World,
};

use super::Mistake;

/// The call as an emulator with that mistake understands it.
pub(crate) fn call(mut call: Call, mistake: Option<Mistake>) -> Call {
    match mistake {
        Some(Mistake::UserKeyIsRoot) => {
            if let Caller::User(user) = &call.caller
                && user.token.is_none()
            {
                let account = user.account.clone();
                call.caller = Caller::Root(RootCaller { account });
            }
        }
        Some(Mistake::PassedOnNotAsked) => {
            if let Request::AssumeRole(request) = &mut call.request {
                request.tags = veriam_model::Tags::new();
                (request.source_identity, request.transitive) = (None, Vec::new());
            }
        }
        Some(Mistake::UserAgentIgnored) => "-".clone_into(&mut call.user_agent),
        Some(Mistake::MfaAlwaysFalse) => token(&mut call.caller, |token| token.mfa = None),
        Some(Mistake::TokenIssuedNow) => token(&mut call.caller, |token| token.issued = call.at),
        _ => {
            let Caller::Session(session) = &mut call.caller else {
                return call;
            };
            match mistake {
                Some(Mistake::SessionNameLost) => session.session.clone_from(&session.role),
                Some(Mistake::SessionTagsDropped) => session.tags = veriam_model::Tags::new(),
                Some(Mistake::SourceIdentityDropped) => session.source_identity = None,
                Some(Mistake::SessionPolicyDropped) => session.policy = None,
                _ => {}
            }
        }
    }
    call
}

/// Changes what is known of the credentials of a session, if they are those of one.
fn token(caller: &mut Caller, change: impl FnOnce(&mut Token)) {
    let token = match caller {
        Caller::Session(session) => Some(&mut session.token),
        Caller::Federated(session) => Some(&mut session.token),
        Caller::User(user) => user.token.as_mut(),
        Caller::Root(_) | Caller::Jwt(_) | Caller::Service(_) | Caller::Anonymous => None,
    };
    if let Some(token) = token {
        change(token);
    }
}

/// What an emulator with that mistake decides a call with; none: with what every other does.
///
/// # Errors
/// [`WorldError`] when the changed world cannot be compiled.
pub(crate) fn judge(
    world: &World,
    call: &Call,
    mistake: Option<Mistake>,
) -> Result<Option<Judge>, WorldError> {
    let dialect = Dialect::default();
    let of_evaluator = match (mistake, &call.request) {
        (Some(Mistake::EndpointNeedsQualifier), Request::Runtime(r)) if r.qualifier.is_none() => {
            OfEvaluator::EndpointPairDropped
        }
        (Some(Mistake::PassRoleNotAsked), _) => OfEvaluator::PassRoleDropped,
        (Some(Mistake::HarnessCompanionNotAsked), _) => OfEvaluator::HarnessCompanionDropped,
        (Some(Mistake::TokenVaultNotAsked), _) => OfEvaluator::TokenVaultPairDropped,
        _ => {
            let changed = mistake.and_then(|mistake| through_endpoint(world, call, mistake));
            return changed
                .map(|world| Judge::new(&world, &dialect))
                .transpose();
        }
    };
    Judge::with_mistake(world, &dialect, of_evaluator).map(Some)
}

/// The world as a call through a VPC endpoint finds it; none: as it is.
fn through_endpoint(world: &World, call: &Call, mistake: Mistake) -> Option<World> {
    let Path::Endpoint { endpoint, .. } = &call.from else {
        return None;
    };
    let mut changed = world.clone();
    let first = world.networks.first()?.policy.clone();
    let network = changed
        .networks
        .iter_mut()
        .find(|network| network.endpoint == *endpoint)?;
    match mistake {
        Mistake::EndpointPolicyIgnored => network.policy = None,
        Mistake::EndpointPolicyOfFirst => network.policy = first,
        Mistake::DefaultEndpointPolicyKept => {
            network.policy = network.policy.as_ref().and_then(with_default);
        }
        Mistake::EndpointPolicyForSignersOnly
            if matches!(call.caller, Caller::Jwt(_) | Caller::Anonymous) =>
        {
            network.policy = None;
        }
        Mistake::SourceVpcIsEndpoint => network.vpc.clone_from(endpoint),
        _ => return None,
    }
    Some(changed)
}

/// A policy with the statement of the default policy added.
fn with_default(policy: &PolicyText) -> Option<PolicyText> {
    let mut document: Value = serde_json::from_str(policy.as_str()).ok()?;
    let mut statements = match document.get("Statement")?.clone() {
        Value::Array(statements) => statements,
        one => vec![one],
    };
    statements.push(json!({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}));
    let place = document.get_mut("Statement")?;
    *place = Value::Array(statements);
    Some(PolicyText::new(document.to_string()))
}

/// What becomes of a put in an emulator with that mistake.
pub(crate) fn put(outcome: PutOutcome, mistake: Option<Mistake>) -> PutOutcome {
    let PutOutcome::Refused(PutRefusal { rule, at, .. }) = &outcome else {
        return outcome;
    };
    let at_root = matches!(at, PutPlace::Policy { pointer, .. } if pointer.is_empty());
    let overlooked = match mistake {
        Some(Mistake::PolicySizeNotChecked) => *rule == RuleId::agentcore(38) && at_root,
        Some(Mistake::ForeignResourceAccepted) => {
            [143, 146, 148].map(RuleId::agentcore).contains(rule)
        }
        Some(Mistake::VersionNotChecked) => *rule == RuleId::agentcore(149) && at_root,
        Some(Mistake::ForeignActionAccepted) => *rule == RuleId::agentcore(150),
        _ => false,
    };
    if overlooked {
        PutOutcome::Stored
    } else {
        outcome
    }
}
