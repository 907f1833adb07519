//! A check to build tests from.

use veriam_model::{Check, Dialect, PolicyText, PolicyType, Principal, Resource};

use crate::document;
use crate::finding::Scope;
use crate::notes::Notes;
use crate::request::Request;
use crate::statement;

/// A check with one statement to ask about.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) check: Check,
    dialect: Dialect,
    policy_type: PolicyType,
    version: &'static str,
}

impl Case {
    /// IAM user alice of 111122223333 gets an object of a bucket of her account.
    pub(crate) fn user() -> Self {
        Self::caller("arn:aws:iam::111122223333:user/alice", Some("111122223333"))
    }

    pub(crate) fn caller(arn: &str, account: Option<&str>) -> Self {
        let principal = Principal {
            arn: arn.to_owned(),
            account: account.map(str::to_owned),
        };
        let resource = Resource {
            arn: "arn:aws:s3:::b/k".to_owned(),
            account: "111122223333".to_owned(),
        };
        Self {
            check: Check::new(principal, "s3:GetObject", resource),
            dialect: Dialect::default(),
            policy_type: PolicyType::Identity,
            version: "2012-10-17",
        }
    }

    pub(crate) fn action(mut self, action: &str) -> Self {
        self.check.action = action.to_owned();
        self
    }

    pub(crate) fn resource(mut self, arn: &str) -> Self {
        self.check.resource.arn = arn.to_owned();
        self
    }

    pub(crate) fn context(mut self, key: &str, values: &[&str]) -> Self {
        let values = values.iter().map(|&value| value.to_owned()).collect();
        self.check
            .context
            .insert(key, values)
            .expect("the key is new");
        self
    }

    pub(crate) fn dialect(mut self, change: impl FnOnce(Dialect) -> Dialect) -> Self {
        self.dialect = change(self.dialect);
        self
    }

    pub(crate) fn policy_type(mut self, policy_type: PolicyType) -> Self {
        self.policy_type = policy_type;
        self
    }

    pub(crate) fn version(mut self, version: &'static str) -> Self {
        self.version = version;
        self
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Check)) -> Self {
        change(&mut self.check);
        self
    }

    /// Whether a Deny statement of the case's policy type applies; a principal of everyone is added where the
    /// type wants one and the elements name none.
    pub(crate) fn statement_applies(&self, elements: &str) -> bool {
        let principal = match statement::has_principals(self.policy_type) {
            true if !elements.contains("Principal\"") => "\"Principal\":\"*\",",
            _ => "",
        };
        let text = format!(
            r#"{{"Version":"{}","Statement":{{{principal}"Effect":"Deny",{elements}}}}}"#,
            self.version
        );
        let reading = document::read(self.policy_type, text.as_bytes(), &self.dialect, None);
        assert_eq!(reading.faults, [], "{text}");
        let request = Request::read(&self.check).expect("the request is well-formed");
        let scope = Scope {
            request: &request,
            policy_type: self.policy_type,
            version_2012: reading.document.is_2012(),
            effect: veriam_model::Verb::Deny,
            bounded: self.check.boundary.is_some(),
        };
        let mut notes = Notes::new(&self.dialect, None);
        let (said, trace) =
            statement::evaluate(&reading.document.statements[0], 0, scope, &mut notes);
        assert_eq!(trace, None);
        said.applies
    }

    /// The decision, or `invalid`.
    pub(crate) fn decide(&self) -> &'static str {
        let judgement =
            crate::judge(&self.check, &self.dialect).expect("the request is well-formed");
        match judgement.outcome {
            crate::CheckOutcome::Decided(decision) => decision.name(),
            crate::CheckOutcome::Invalid(_) => "invalid",
        }
    }

    /// Whether a rule is cited.
    pub(crate) fn cites(&self, rule: veriam_model::RuleId) -> bool {
        let judgement =
            crate::judge(&self.check, &self.dialect).expect("the request is well-formed");
        judgement.rules.contains(rule)
    }
}

/// A 2012-10-17 document with these statements.
pub(crate) fn policy(statements: &str) -> PolicyText {
    PolicyText::new(format!(
        r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#
    ))
}
