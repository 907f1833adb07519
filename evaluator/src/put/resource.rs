//! What a policy says it is about (AC-143, AC-145 to AC-148).

use veriam_model::RuleId;
use veriam_model::readings::{ImplicitResource, PartialWildcard, ResourceList};

use super::Check;
use super::wild::{Wild, is_pattern};
use crate::glob::Case;
use crate::json::{Kind, Value};
use crate::lint::one_or_many;
use crate::variable;

const NOT_EXACT: RuleId = RuleId::agentcore(143);
const MISSING: RuleId = RuleId::agentcore(145);
const ANOTHER: RuleId = RuleId::agentcore(146);
const LIST: RuleId = RuleId::agentcore(147);
const PATTERN: RuleId = RuleId::agentcore(148);

impl Check<'_> {
    /// Looks at a statement with neither Resource nor NotResource.
    pub(super) fn no_resource(&mut self, statement: Value<'_, '_>) {
        if self.reads(ImplicitResource::Required) {
            self.add(MISSING, statement);
        }
    }

    /// Looks into Resource.
    pub(super) fn resources(&mut self, value: Value<'_, '_>) {
        if value.kind() == Kind::Array {
            if self.reads(ResourceList::Refused) {
                self.add(LIST, value);
            }
            if one_or_many(value).all(Value::is_null) {
                self.add(NOT_EXACT, value);
            }
        }
        for resource in one_or_many(value) {
            if let Some(text) = resource.string()
                && let Some(rule) = self.resource_fault(&text)
            {
                self.add(rule, resource);
            }
        }
    }

    fn resource_fault(&self, text: &str) -> Option<RuleId> {
        let resource = self.put.resource.as_str();
        if text == resource {
            return None;
        }
        if self.has_variables && variable::has_variable(text) {
            return Some(NOT_EXACT);
        }
        if !is_pattern(text) {
            return Some(ANOTHER);
        }
        if text == "*" || !Wild::new(text, Case::Exact).matches(resource) {
            return Some(NOT_EXACT);
        }
        self.reads(PartialWildcard::Refused).then_some(PATTERN)
    }
}
