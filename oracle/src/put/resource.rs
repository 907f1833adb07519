//! Resources of a put policy (readings, 7.9).

use veriam_model::readings::{ImplicitResource, PartialWildcard, PutNotResource, ResourceList};

use super::{Inspection, strings};
use crate::json::{Member, Node, Value};
use crate::notes::ac;
use crate::wildcard::{has_wildcard, text_matches};

/// A statement with neither `Resource` nor `NotResource`: AC-145, whether the resource is implicit is open.
pub(super) fn missing(statement: &Node<'_>, inspection: &mut Inspection<'_>) {
    if inspection.notes.choose::<ImplicitResource>() == ImplicitResource::Required {
        inspection.open_fault(ac(145), statement.offset);
    }
}

/// `NotResource`: AC-274, no source mentions it for these policies.
pub(super) fn not_element(member: &Member<'_>, inspection: &mut Inspection<'_>) {
    if inspection.notes.choose::<PutNotResource>() == PutNotResource::Refused {
        inspection.open_fault(ac(274), member.offset);
    }
}

/// Looks into the value of `Resource`.
pub(super) fn element(node: &Node<'_>, inspection: &mut Inspection<'_>) {
    // AC-147: a list may hold nothing but the ARN, and whether it may be a list at all is open.
    if matches!(node.value, Value::List(_))
        && inspection.notes.choose::<ResourceList>() == ResourceList::Refused
    {
        inspection.open_fault(ac(147), node.offset);
    }
    // AC-143: it is exactly the ARN.
    inspection.notes.cite(ac(143));
    let strings = strings(node);
    if strings.is_empty() {
        return inspection.fault(ac(143), node.offset);
    }
    for (text, offset) in strings {
        resource(text, offset, inspection);
    }
}

fn resource(text: &str, offset: usize, inspection: &mut Inspection<'_>) {
    let exact = inspection.put.resource.as_str();
    if text == exact {
        return;
    }
    if inspection.version_2012 && text.contains("${") {
        return inspection.fault(ac(143), offset);
    }
    if !has_wildcard(text) {
        // AC-146: the ARN of something else.
        return inspection.fault(ac(146), offset);
    }
    if text == "*" || !text_matches(text, exact) {
        return inspection.fault(ac(143), offset);
    }
    // AC-148: a pattern that matches; nobody saw one stored.
    if inspection.notes.choose::<PartialWildcard>() == PartialWildcard::Refused {
        inspection.open_fault(ac(148), offset);
    }
}
