//! Principals of a put policy (readings, 7.7).

use veriam_model::facts::PARTITIONS;
use veriam_model::readings::{CanonicalUser, PrincipalLookup};

use super::arn::is_account;
use super::{Inspection, members, strings};
use crate::arn::Arn;
use crate::json::Node;
use crate::notes::ac;

/// Looks into the value of `Principal` or `NotPrincipal`.
pub(super) fn entries(node: &Node<'_>, inspection: &mut Inspection<'_>) {
    // AC-152: everyone may be let in, also without a condition.
    let star = |node: &Node<'_>| strings(node).iter().any(|(text, _)| *text == "*");
    inspection.notes.cite_if(star(node), ac(152));
    for member in members(node) {
        match member.name.as_ref() {
            "AWS" => {
                inspection.notes.cite_if(star(&member.node), ac(152));
                for (text, offset) in strings(&member.node) {
                    aws(text, offset, inspection);
                }
            }
            // AC-153: of users as S3 names them no example speaks.
            "CanonicalUser" => {
                if inspection.notes.choose::<CanonicalUser>() == CanonicalUser::Refused {
                    inspection.open_fault(ac(153), member.offset);
                }
            }
            _ => inspection.notes.cite(ac(153)),
        }
    }
}

fn aws(text: &str, offset: usize, inspection: &mut Inspection<'_>) {
    if text == "*" || is_account(text) {
        inspection.notes.cite_if(text != "*", ac(153));
        return;
    }
    let to_look_up = if text.starts_with("arn:") {
        match Arn::split(text).filter(is_well_formed) {
            Some(arn) => arn.service == "iam" && arn.resource != "root",
            // AC-149: badly formed ARNs are refused.
            None => return inspection.fault(ac(149), offset),
        }
    } else {
        // A unique id.
        true
    };
    inspection.notes.cite(ac(153));
    // AC-155: whether anybody looks is open.
    let exists = inspection.put.principals.iter().any(|arn| arn == text);
    if to_look_up
        && !exists
        && inspection.notes.choose::<PrincipalLookup>() == PrincipalLookup::Resolved
    {
        inspection.open_fault(ac(155), offset);
    }
}

/// Whether an ARN is one that IAM or STS gives to somebody.
fn is_well_formed(arn: &Arn<'_>) -> bool {
    let behind = |word| {
        let rest = arn.resource.strip_prefix(word);
        rest.is_some_and(|rest: &str| !rest.is_empty())
    };
    let form = match arn.service {
        "iam" => arn.resource == "root" || behind("user/") || behind("role/"),
        "sts" => behind("federated-user/") || is_session(arn.resource),
        _ => false,
    };
    form && PARTITIONS.contains(&arn.partition) && arn.region.is_empty() && is_account(arn.account)
}

fn is_session(resource: &str) -> bool {
    let parts: Vec<&str> = resource.split('/').collect();
    matches!(parts.as_slice(), ["assumed-role", role, session] if !role.is_empty() && !session.is_empty())
}
