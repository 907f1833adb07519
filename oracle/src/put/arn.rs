//! The ARN a policy is put on (readings, 7.3).

use veriam_model::facts::PARTITIONS;
use veriam_model::facts::agentcore::{Owner, PolicyHolder, ResourceType, SERVICE, resource_types};
use veriam_model::readings::HarnessPolicy;
use veriam_model::{Put, PutError, RuleId};

use crate::arn::Arn;
use crate::notes::{Notes, ac};

/// What carries the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum On {
    /// A kind of resource whose actions are listed.
    Kind(PolicyHolder),
    /// A harness or its endpoint, which no list of actions speaks of.
    Harness,
}

impl On {
    pub(super) const fn name(self) -> &'static str {
        match self {
            On::Kind(PolicyHolder::Runtime) => "runtime",
            On::Kind(PolicyHolder::Gateway) => "gateway",
            On::Kind(PolicyHolder::Memory) => "memory",
            On::Harness => "harness",
        }
    }
}

/// What the ARN names, or why it is refused.
pub(super) fn judge(put: &Put, notes: &mut Notes<'_>) -> Result<On, (PutError, RuleId)> {
    let mut refused = |error, rule| {
        notes.cite(rule);
        Err((error, rule))
    };
    // AC-023: the API takes 20 to 1,011 characters.
    let characters = put.resource.chars().count();
    if !(20..=1_011).contains(&characters) {
        return refused(PutError::Validation, ac(23));
    }
    // AC-149: badly formed ARNs are refused.
    let arn = Arn::split(&put.resource).filter(|arn| {
        PARTITIONS.contains(&arn.partition) && arn.service == SERVICE && !arn.region.is_empty()
    });
    let resource_type = arn.and_then(|arn| resource_types().iter().find(|t| fits(t, &arn)));
    let (Some(arn), Some(resource_type)) = (arn, resource_type) else {
        return refused(PutError::Validation, ac(149));
    };
    // AC-035: nobody puts a policy on what another account owns.
    if arn.account != put.account {
        return refused(PutError::AccessDenied, ac(35));
    }
    let on = match resource_type.name.as_str() {
        // AC-042: endpoints take the same actions as their runtime.
        "runtime" | "runtime-endpoint" => On::Kind(PolicyHolder::Runtime),
        "gateway" => On::Kind(PolicyHolder::Gateway),
        "memory" => On::Kind(PolicyHolder::Memory),
        // AC-004: whether a harness takes one, nobody says.
        "harness" | "harness-endpoint" => match notes.choose::<HarnessPolicy>() {
            HarnessPolicy::Stored => On::Harness,
            HarnessPolicy::Refused => return Err((PutError::Validation, ac(4))),
        },
        // AC-005: nothing else takes one.
        _ => return refused(PutError::Validation, ac(5)),
    };
    // AC-001: runtimes with their endpoints, gateways and memories do.
    notes.cite_if(on != On::Harness, ac(1));
    notes.cite_if(resource_type.name == "runtime-endpoint", ac(42));
    // AC-157: what is not there, not there in this region, is not found.
    if arn.region != put.region || !put.exists {
        notes.cite(ac(157));
        return Err((PutError::ResourceNotFound, ac(157)));
    }
    Ok(on)
}

/// Whether account and path of an ARN are those of a resource type.
fn fits(resource_type: &ResourceType, arn: &Arn<'_>) -> bool {
    let account = match resource_type.account {
        Owner::Customer => is_account(arn.account),
        Owner::Aws => arn.account == "aws",
    };
    let template: Vec<&str> = resource_type.path.split('/').collect();
    let path: Vec<&str> = arn.resource.split('/').collect();
    let same = |(&wanted, &found): (&&str, &&str)| match wanted.starts_with('<') {
        true => !found.is_empty(),
        false => wanted == found,
    };
    account && template.len() == path.len() && template.iter().zip(&path).all(same)
}

/// Whether a text is an account id.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}
