//! One test of a `Condition`, replaced by what a bug makes of it.

use serde_json::{Map, Value, json};
use veriam_model::{Check, Decision, Dialect, PolicyText, Principal, Resource};
use veriam_oracle::{CheckOutcome, judge};

use super::text::{never, statements, texts};

/// An operator applied to a key.
pub(crate) struct Test<'a> {
    /// The check it stands in, as it was asked.
    check: &'a Check,
    /// Whether its statement denies.
    pub(crate) denies: bool,
    /// Whether variables are filled in.
    pub(crate) current: bool,
    /// The set operator in front, in lower case.
    pub(crate) set: Option<String>,
    /// The operator by itself.
    pub(crate) base: String,
    /// Whether `IfExists` stands behind it.
    pub(crate) if_exists: bool,
    /// The key.
    pub(crate) key: String,
    /// The values of the policy.
    pub(crate) wanted: Vec<String>,
    /// The values of the request; nothing where the key is absent.
    pub(crate) found: Option<Vec<String>>,
}

impl Test<'_> {
    /// Whether the operator is of that family: `String`, `Numeric`, `Date`, `Ip`, …
    pub(crate) fn is(&self, family: &str) -> bool {
        self.base.contains(family)
    }

    /// Whether the operator is negated.
    pub(crate) fn negated(&self) -> bool {
        self.base.contains("Not")
    }

    /// Whether the key is absent.
    pub(crate) fn absent(&self) -> bool {
        self.found.is_none()
    }

    /// Whether it is a plain test: neither set operator nor `Null`.
    pub(crate) fn plain(&self) -> bool {
        self.set.is_none() && self.base != "Null"
    }

    /// The one value of the request, in a test without set operator or variables.
    pub(crate) fn single(&self) -> Option<&str> {
        let has_variables = self.wanted.iter().any(|text| text.contains("${"));
        match self.found.as_deref() {
            Some([value]) if self.set.is_none() && !has_variables => Some(value),
            _ => None,
        }
    }

    /// What becomes of a plain test when `matches` compares the one value of the request with one of the policy.
    pub(crate) fn compared(&self, matches: impl Fn(&str, &str) -> bool) -> Option<bool> {
        let found = self.single()?;
        let any = self.wanted.iter().any(|wanted| matches(wanted, found));
        Some(any != self.negated())
    }

    /// Whether the test holds.
    pub(crate) fn holds(&self) -> bool {
        self.with(&self.base, &self.wanted)
    }

    /// Whether the test would hold with another operator and other values; set operator and `IfExists` stay.
    pub(crate) fn with(&self, base: &str, wanted: &[String]) -> bool {
        self.among(base, wanted, self.found.as_deref())
    }

    /// Whether the test would hold with another operator, other values and other values in the request.
    pub(crate) fn among(&self, base: &str, wanted: &[String], found: Option<&[String]>) -> bool {
        let set = self.set.as_deref().map_or("", |set| match set {
            "forallvalues" => "ForAllValues:",
            _ => "ForAnyValue:",
        });
        let suffix = if self.if_exists { "IfExists" } else { "" };
        let operator = format!("{set}{base}{suffix}");
        let version = if self.current {
            "2012-10-17"
        } else {
            "2008-10-17"
        };
        let policy = json!({"Version": version, "Statement": {
            "Effect": "Allow", "Action": "*", "Resource": "*",
            "Condition": {operator: {self.key.as_str(): wanted}},
        }});
        // A user of the resource's account, whom this statement allows if its condition holds and nothing else does.
        let account = "111122223333".to_owned();
        let principal = Principal {
            arn: format!("arn:aws:iam::{account}:user/alice"),
            account: Some(account.clone()),
        };
        let arn = "arn:aws:s3:::amzn-s3-demo-bucket".to_owned();
        let mut probe = Check::new(principal, "s3:ListBucket", Resource { arn, account });
        probe.identity_policies = vec![PolicyText::new(policy.to_string())];
        for (key, values) in self.check.context.iter() {
            let values = match (key.eq_ignore_ascii_case(&self.key), found) {
                (false, _) => values.to_vec(),
                (true, Some(found)) => found.to_vec(),
                (true, None) => continue,
            };
            // Keys of a context are distinct.
            let _ = probe.context.insert(key, values);
        }
        let outcome = judge(&probe, &Dialect::default()).map(|judgement| judgement.outcome);
        outcome == Ok(CheckOutcome::Decided(Decision::Allow))
    }

    /// Whether the request has the key, with any number of values.
    pub(crate) fn request_has(&self, key: &str) -> bool {
        value(self.check, key).is_some()
    }
}

/// The values a request has for a key.
pub(crate) fn value<'c>(check: &'c Check, key: &str) -> Option<&'c [String]> {
    let mut keys = check.context.iter();
    keys.find(|(name, _)| name.eq_ignore_ascii_case(key))
        .map(|(_, values)| values)
}

/// Replaces each test of which `bug` says how it comes out by one that comes out so; the others stay.
pub(crate) fn tests(check: &mut Check, bug: &dyn Fn(&Test<'_>) -> Option<bool>) {
    let asked = check.clone();
    statements(check, &mut |statement| {
        let (current, denies) = (statement.current, statement.denies());
        let Some(Value::Object(before)) = statement.members.get("Condition").cloned() else {
            return;
        };
        let mut fails = false;
        let mut after = Map::new();
        for (operator, keys) in before {
            let Value::Object(keys) = keys else { return };
            let mut kept = Map::new();
            for (key, wanted) in keys {
                let test = read(&asked, &operator, &key, &wanted);
                let test = Test {
                    current,
                    denies,
                    ..test
                };
                match bug(&test) {
                    Some(true) => {}
                    Some(false) => fails = true,
                    None => {
                        kept.insert(key, wanted);
                    }
                }
            }
            if !kept.is_empty() {
                after.insert(operator, Value::Object(kept));
            }
        }
        statement
            .members
            .insert("Condition".to_owned(), Value::Object(after));
        if fails {
            never(statement.members);
        }
        if statement.members.get("Condition") == Some(&json!({})) {
            statement.members.remove("Condition");
        }
    });
}

fn read<'a>(check: &'a Check, operator: &str, key: &str, wanted: &Value) -> Test<'a> {
    let (set, rest) = match operator.split_once(':') {
        Some((set, rest)) => (Some(set.to_ascii_lowercase()), rest),
        None => (None, operator),
    };
    let (base, if_exists) = match rest.strip_suffix("IfExists") {
        Some(base) => (base, true),
        None => (rest, false),
    };
    Test {
        check,
        denies: false,
        current: false,
        set,
        base: base.to_owned(),
        if_exists,
        key: key.to_owned(),
        wanted: texts(wanted),
        found: value(check, key).map(<[String]>::to_vec),
    }
}
