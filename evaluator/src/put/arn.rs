//! The ARN a policy is put on (AC-004, AC-005, AC-023, AC-035, AC-149, AC-157).

use veriam_model::facts::{
    PARTITIONS,
    agentcore::{self, Owner, PolicyHolder, ResourceType},
};
use veriam_model::{Dialect, Put, PutError, PutPlace, PutRefusal, RuleId, readings as dialects};

use super::BADLY_FORMED;
use crate::arn::Arn;
use crate::grammar::is_account_id;

const HARNESS: RuleId = RuleId::agentcore(4);
const NO_POLICY: RuleId = RuleId::agentcore(5);
const LENGTH: RuleId = RuleId::agentcore(23);
const FOREIGN: RuleId = RuleId::agentcore(35);
const NOT_THERE: RuleId = RuleId::agentcore(157);

/// The kind of the resource, none for a harness; or why no policy can be put on that ARN.
pub(super) fn kind(put: &Put, dialect: &Dialect) -> Result<Option<PolicyHolder>, PutRefusal> {
    let refused = |error, rule| {
        let at = PutPlace::Resource;
        Err(PutRefusal { error, rule, at })
    };
    let text = put.resource.as_str();
    if !(20..=1_011).contains(&text.chars().count()) {
        return refused(PutError::Validation, LENGTH);
    }
    let Some((arn, resource)) = typed(text) else {
        return refused(PutError::Validation, BADLY_FORMED);
    };
    if arn.account() != put.account {
        return refused(PutError::AccessDenied, FOREIGN);
    }
    let kind = match resource.name.as_str() {
        "runtime" | "runtime-endpoint" => Some(PolicyHolder::Runtime),
        "gateway" => Some(PolicyHolder::Gateway),
        "memory" => Some(PolicyHolder::Memory),
        "harness" | "harness-endpoint" => match dialect.get::<dialects::HarnessPolicy>() {
            dialects::HarnessPolicy::Stored => None,
            dialects::HarnessPolicy::Refused => return refused(PutError::Validation, HARNESS),
        },
        _ => return refused(PutError::Validation, NO_POLICY),
    };
    if arn.region() != put.region || !put.exists {
        return refused(PutError::ResourceNotFound, NOT_THERE);
    }
    Ok(kind)
}

/// The parts of an ARN of AgentCore, and the type of resource they fit.
fn typed(text: &str) -> Option<(Arn<'_>, &'static ResourceType)> {
    let arn = Arn::parse(text)?;
    let is_known = PARTITIONS.contains(&arn.partition());
    if !is_known || arn.service() != agentcore::SERVICE || arn.region().is_empty() {
        return None;
    }
    let fits = |resource: &&ResourceType| {
        let owned = match resource.account {
            Owner::Customer => is_account_id(arn.account()),
            Owner::Aws => arn.account() == "aws",
        };
        owned && has_path(arn.rest(), &resource.path)
    };
    let resource = agentcore::resource_types().iter().find(fits)?;
    Some((arn, resource))
}

/// Whether a text has the segments of a path, in which `<…>` is any segment that is not empty.
fn has_path(text: &str, path: &str) -> bool {
    let mut segments = text.split('/');
    let fits = |wanted: &str| {
        segments.next().is_some_and(|segment| {
            if wanted.starts_with('<') && wanted.ends_with('>') {
                !segment.is_empty()
            } else {
                segment == wanted
            }
        })
    };
    path.split('/').all(fits) && segments.next().is_none()
}
