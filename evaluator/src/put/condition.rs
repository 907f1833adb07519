//! What a policy tests (AC-156, AC-272).

use veriam_model::readings::{PutVariables, UnknownKeys};
use veriam_model::{RuleId, facts};

use super::Check;
use crate::json::Value;
use crate::lint::{is_key, one_or_many};
use crate::variable;

const UNKNOWN_KEY: RuleId = RuleId::agentcore(156);
const VARIABLE: RuleId = RuleId::agentcore(272);

impl Check<'_> {
    /// Looks into a Condition, whatever its operators.
    pub(super) fn condition(&mut self, value: Value<'_, '_>) {
        let refuses_keys = self.reads(UnknownKeys::Refused);
        let refuses_variables = self.has_variables && self.reads(PutVariables::Refused);
        if !refuses_keys && !refuses_variables {
            return;
        }
        let operators = value.members().into_iter().flatten();
        for (key, values) in operators.flat_map(|(_, b)| b.members().into_iter().flatten()) {
            if refuses_keys && !is_known(&key.string().unwrap_or_default()) {
                self.add(UNKNOWN_KEY, key);
            }
            if refuses_variables {
                let holds = |value: &Value<'_, '_>| {
                    let text = value.string();
                    text.is_some_and(|text| variable::has_variable(&text))
                };
                for value in one_or_many(values).filter(holds) {
                    self.add(VARIABLE, value);
                }
            }
        }
    }
}

/// Whether a key is global or one of the service.
fn is_known(key: &str) -> bool {
    let is_global = || facts::context_key(key).is_some_and(|known| known.name.starts_with("aws:"));
    is_global()
        || facts::agentcore::service_keys()
            .iter()
            .any(|known| is_key(&known.name, key))
}
