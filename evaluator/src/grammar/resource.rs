//! Resource strings (IAM-030, IAM-063 to IAM-067, IAM-069, IAM-207).

use veriam_model::{PolicyType, facts, readings as dialects};

use super::Reader;
use crate::arn::{self, Arn};
use crate::fault::{self, Kind};
use crate::json::Value;
use crate::variable;

const WILDCARDS: [char; 2] = ['*', '?'];

impl Reader<'_> {
    /// Checks one resource string.
    pub(super) fn resource(&mut self, value: Value<'_, '_>, text: &str) {
        if let Some(kind) = self.resource_fault(text) {
            self.add(kind, value);
        }
    }

    fn resource_fault(&self, text: &str) -> Option<&'static Kind> {
        if text == "*" {
            return None;
        }
        if !text.starts_with("arn:") {
            return Some(&fault::RESOURCE_FORM);
        }
        let parts = Arn::split(text);
        if self.has_variables
            && let Some(opened) = text.find("${")
        {
            // Variables belong behind the fifth colon, and no colon before the first `${` is inside one.
            let before = text.get(..opened).unwrap_or_default();
            if Arn::split(before).is_none() {
                return Some(&fault::VARIABLE_EARLY);
            }
            if !variable::well_formed(text) {
                return Some(&fault::VARIABLE_FORM);
            }
        }
        let partition = text.split(':').nth(1).unwrap_or_default();
        if partition != "*" && !facts::PARTITIONS.contains(&partition) {
            return Some(&fault::PARTITION);
        }
        let Some(arn) = parts else {
            let is_rcp = self.policy_type == PolicyType::Rcp;
            return is_rcp.then_some(&fault::RESOURCE_SHORT);
        };
        let (service, account) = (arn.service(), arn.account());
        if service.contains(WILDCARDS) && self.reads(dialects::ServiceWildcard::Refused) {
            return Some(&fault::SERVICE_WILDCARD);
        }
        let takes_no_region = service == "iam" || (service == "s3" && account.is_empty());
        if takes_no_region && !matches!(arn.region(), "" | "*") {
            return Some(&fault::ARN_REGION);
        }
        if facts::TYPED_ARN_SERVICES.contains(&service) && arn.rest() != "*" {
            let word = arn.rest().split(['/', ':']).next().unwrap_or_default();
            if word.contains(WILDCARDS) && !variable::has_variable(word) {
                return Some(&fault::TYPE_WILDCARD);
            }
        }
        let is_endpoint = self.policy_type == PolicyType::Endpoint;
        if is_endpoint && arn::is_partly_wild(account) {
            return Some(&fault::ENDPOINT_ACCOUNT);
        }
        None
    }
}
