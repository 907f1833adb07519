//! Conditions of a put policy (readings, 7.10).

use veriam_model::facts::agentcore::service_keys;
use veriam_model::facts::context_key;
use veriam_model::readings::{PutVariables, UnknownKeys};

use super::{Inspection, members, strings};
use crate::json::Node;
use crate::notes::ac;

/// Looks into the value of `Condition`.
pub(super) fn element(node: &Node<'_>, inspection: &mut Inspection<'_>) {
    for operator in members(node) {
        for key in members(&operator.node) {
            // AC-156: global keys and those of the service are accepted; whether others are is open.
            inspection.notes.cite(ac(156));
            if !is_known(&key.name)
                && inspection.notes.choose::<UnknownKeys>() == UnknownKeys::Refused
            {
                inspection.open_fault(ac(156), key.offset);
            }
            for (text, offset) in strings(&key.node) {
                // AC-272: so is whether variables are.
                if inspection.version_2012
                    && text.contains("${")
                    && inspection.notes.choose::<PutVariables>() == PutVariables::Refused
                {
                    inspection.open_fault(ac(272), offset);
                }
            }
        }
    }
}

fn is_known(key: &str) -> bool {
    let global = context_key(key).is_some_and(|known| known.name.starts_with("aws:"));
    let key = key.to_ascii_lowercase();
    global
        || service_keys().iter().any(|known| {
            let name = known.name.to_ascii_lowercase();
            match name.ends_with('/') {
                true => key.starts_with(&name) && key != name,
                false => key == name,
            }
        })
}
