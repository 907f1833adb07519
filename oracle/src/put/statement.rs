//! Root and statements of a put policy (readings, 7.6).

use std::collections::HashSet;

use veriam_model::facts::agentcore::RESOURCE_POLICY_STATEMENTS;
use veriam_model::readings::{PutNotAction, PutNotPrincipal, PutRepeatedSid, PutVersion2008};

use super::{Inspection, action, condition, members, principal, resource, strings};
use crate::json::{Member, Node, Value};
use crate::notes::ac;

/// Looks into a valid document.
pub(super) fn document(root: &Node<'_>, inspection: &mut Inspection<'_>) {
    let named = |name| members(root).iter().find(|member| member.name == name);
    match named("Version") {
        // AC-149: Version is mandatory.
        None => inspection.fault(ac(149), root.offset),
        Some(version) if version.node.value == Value::Text("2012-10-17".into()) => {
            inspection.version_2012 = true;
        }
        // AC-270: whether the older one will do is open.
        Some(version) => {
            if inspection.notes.choose::<PutVersion2008>() == PutVersion2008::Refused {
                inspection.open_fault(ac(270), version.node.offset);
            }
        }
    }
    let Some(statements) = named("Statement") else {
        return;
    };
    let statements = match &statements.node.value {
        Value::List(elements) => elements.as_slice(),
        _ => std::slice::from_ref(&statements.node),
    };
    // AC-038: at most 100 statements.
    if let Some(first_too_many) = statements.get(RESOURCE_POLICY_STATEMENTS) {
        inspection.fault(ac(38), first_too_many.offset);
    }
    let mut sids = HashSet::new();
    for statement in statements {
        elements(statement, &mut sids, inspection);
    }
}

fn elements<'n>(
    statement: &'n Node<'_>,
    sids: &mut HashSet<&'n str>,
    inspection: &mut Inspection<'_>,
) {
    let mut has_resource = false;
    for member in members(statement) {
        match member.name.as_ref() {
            "Sid" => sid(member, sids, inspection),
            "Principal" => principal::entries(&member.node, inspection),
            "NotPrincipal" => {
                // AC-154: no source mentions it for these policies.
                if inspection.notes.choose::<PutNotPrincipal>() == PutNotPrincipal::Refused {
                    inspection.open_fault(ac(154), member.offset);
                }
                principal::entries(&member.node, inspection);
            }
            "Action" => action::element(&member.node, inspection),
            "NotAction" => not_action(member, inspection),
            "Resource" => {
                has_resource = true;
                resource::element(&member.node, inspection);
            }
            "NotResource" => {
                has_resource = true;
                resource::not_element(member, inspection);
            }
            "Condition" => condition::element(&member.node, inspection),
            _ => {}
        }
    }
    if !has_resource {
        resource::missing(statement, inspection);
    }
}

/// AC-273: no source mentions it for these policies.
fn not_action(member: &Member<'_>, inspection: &mut Inspection<'_>) {
    if inspection.notes.choose::<PutNotAction>() == PutNotAction::Refused {
        inspection.open_fault(ac(273), member.offset);
    }
}

/// AC-271: whether Sids have to differ is open.
fn sid<'n>(member: &'n Member<'_>, sids: &mut HashSet<&'n str>, inspection: &mut Inspection<'_>) {
    for (sid, offset) in strings(&member.node) {
        let repeated = !sid.is_empty() && !sids.insert(sid);
        if repeated && inspection.notes.choose::<PutRepeatedSid>() == PutRepeatedSid::Refused {
            inspection.open_fault(ac(271), offset);
        }
    }
}
