//! The put: a resource-based policy of AgentCore, handed to `PutResourcePolicy` (AC-023).

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Malformed, PolicyText, RuleId, WireError};

/// One request `PutResourcePolicy`, from a caller whom its own policies let make it: is the policy stored?
///
/// Raw facts only. [`Put::validate`] says what a well-formed put is; what form the ARN and the policy must have is
/// the judges' business.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Put {
    /// The resource the policy is put on: the member `resourceArn`, decoded, as it was sent.
    pub resource: String,
    /// The member `policy`.
    pub policy: PolicyText,
    /// The caller's account. Only the owner of a resource can put its policy (AC-035).
    pub account: String,
    /// The region the request is sent to, for example `us-west-2`.
    pub region: String,
    /// Whether there is such a resource (AC-157).
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub exists: bool,
    /// The ARNs of the IAM users and roles that exist; every other one does not (AC-155).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub principals: Vec<String>,
}

fn yes() -> bool {
    true
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands references over"
)]
fn is_yes(value: &bool) -> bool {
    *value
}

impl Put {
    /// Reads one wire line.
    ///
    /// # Errors
    /// [`WireError`] when the line is not a put: malformed JSON, a missing, repeated, unknown or mistyped member.
    /// Faults of the policy are no wire errors; they are the judge's business.
    pub fn from_json(line: &str) -> Result<Self, WireError> {
        serde_json::from_str(line).map_err(|error| WireError::new("a put", &error))
    }

    /// The put as one wire line, without the line feed; the policy is written as a string.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Checks that the put is well-formed. Neither the ARN of the resource nor the policy is looked into.
    ///
    /// # Errors
    /// [`Malformed`] with the first member at fault.
    pub fn validate(&self) -> Result<(), Malformed> {
        let fault = |member: String, found: &str, expected| {
            let found = found.to_owned();
            Err(Malformed {
                member,
                found,
                expected,
            })
        };
        if self.resource.is_empty() {
            // No client can send it: the member is a part of the path.
            let expected = "the ARN of the resource";
            return fault("resource".to_owned(), &self.resource, expected);
        }
        let account = &self.account;
        if account.len() != 12 || !account.bytes().all(|b| b.is_ascii_digit()) {
            return fault("account".to_owned(), account, "twelve digits");
        }
        let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        if self.region.is_empty() || !self.region.bytes().all(fits) {
            let expected = "a region, for example us-west-2";
            return fault("region".to_owned(), &self.region, expected);
        }
        let mut seen = HashSet::new();
        for (i, principal) in self.principals.iter().enumerate() {
            let colons = principal.bytes().filter(|&b| b == b':').count();
            if !principal.starts_with("arn:") || colons < 5 {
                let expected = "the ARN of an IAM user or role";
                return fault(format!("principals[{i}]"), principal, expected);
            }
            if !seen.insert(principal) {
                let expected = "a value that no other has";
                return fault(format!("principals[{i}]"), principal, expected);
            }
        }
        Ok(())
    }
}

/// What becomes of a put.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PutOutcome {
    /// The policy is stored, in place of the one before (AC-027).
    Stored,
    /// Nothing changes.
    Refused(PutRefusal),
}

/// Why a policy is not stored: the first fault.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PutRefusal {
    /// The error AWS answers with.
    pub error: PutError,
    /// The rule that is broken.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub rule: RuleId,
    /// Where.
    pub at: PutPlace,
}

/// The errors of `PutResourcePolicy` that say something about the request (AC-023); throttling and internal errors do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum PutError {
    /// The ARN or the policy is refused.
    #[serde(rename = "ValidationException")]
    Validation,
    /// There is no such resource.
    #[serde(rename = "ResourceNotFoundException")]
    ResourceNotFound,
    /// The caller may not put a policy on that resource.
    #[serde(rename = "AccessDeniedException")]
    AccessDenied,
}

impl PutError {
    /// Every error, in declaration order.
    pub const ALL: [PutError; 3] = [
        PutError::Validation,
        PutError::ResourceNotFound,
        PutError::AccessDenied,
    ];

    /// The name AWS gives it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            PutError::Validation => "ValidationException",
            PutError::ResourceNotFound => "ResourceNotFoundException",
            PutError::AccessDenied => "AccessDeniedException",
        }
    }

    /// Its HTTP status.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            PutError::Validation => 400,
            PutError::ResourceNotFound => 404,
            PutError::AccessDenied => 403,
        }
    }
}

impl fmt::Display for PutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where a put is at fault.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PutPlace {
    /// The ARN of the resource.
    Resource,
    /// The policy.
    Policy {
        /// What is at fault, as a JSON Pointer (RFC 6901) into the policy: `/Statement/0/Resource`; a missing member by
        /// the object that lacks it. Empty for the whole text.
        pointer: String,
        /// Byte offset into the policy's text, from 0; at a member's name where the name is at fault.
        offset: usize,
    },
}

impl fmt::Display for PutPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PutPlace::Resource => f.write_str("resourceArn"),
            PutPlace::Policy { pointer, offset } if pointer.is_empty() => {
                write!(f, "the policy, byte {offset}")
            }
            PutPlace::Policy { pointer, offset } => write!(f, "{pointer}, byte {offset}"),
        }
    }
}

impl fmt::Display for PutOutcome {
    /// In words: `stored`, `refused with ValidationException: AC-143 at /Statement/Resource, byte 105`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PutOutcome::Stored => f.write_str("stored"),
            PutOutcome::Refused(PutRefusal { error, rule, at }) => {
                write!(f, "refused with {error}: {rule} at {at}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:bedrock-agentcore:us-west-2:111122223333:gateway/tools-abcdef0123";
    const ROLE: &str = "arn:aws:iam::444455556666:role/Caller";

    fn put() -> Put {
        Put {
            resource: ARN.to_owned(),
            policy: PolicyText::new(r#"{"Version":"2012-10-17"}"#),
            account: "111122223333".to_owned(),
            region: "us-west-2".to_owned(),
            exists: true,
            principals: vec![ROLE.to_owned()],
        }
    }

    #[test]
    fn a_put_reads_as_it_is_written() {
        let missing = Put {
            exists: false,
            principals: Vec::new(),
            ..put()
        };
        for put in [put(), missing] {
            assert_eq!(Put::from_json(&put.to_json()), Ok(put));
        }
        // An object is taken as its source text, and there is a resource unless somebody says otherwise.
        let line = format!(
            r#"{{"resource":"{ARN}","policy":{{"Version": "2012-10-17","Version":1}},"account":"111122223333","region":"us-west-2"}}"#
        );
        let read = Put::from_json(&line).expect("a put");
        assert_eq!(
            read.policy.as_str(),
            r#"{"Version": "2012-10-17","Version":1}"#
        );
        assert!(read.exists && read.principals.is_empty());
    }

    #[test]
    fn what_is_no_put_is_refused_with_its_place() {
        let good = put().to_json();
        for (from, to, message) in [
            (r#""region""#, r#""zone""#, "unknown field `zone`"),
            (r#""region""#, r#""account""#, "duplicate field `account`"),
            (r#":"us-west-2""#, ":2", "invalid type: integer `2`"),
            (r#","region":"us-west-2""#, "", "missing field `region`"),
        ] {
            let bad = good.replacen(from, to, 1);
            assert_ne!(bad, good);
            let error = Put::from_json(&bad).expect_err(&bad);
            assert!(error.message.starts_with(message), "{error}");
            assert!(error.to_string().starts_with("not a put: "), "{error}");
            let column = match to {
                "" => bad.len(),
                token => bad.rfind(token).expect("it was put there") + token.len(),
            };
            assert_eq!(error.column, column, "{error}");
        }
        assert!(Put::from_json(&format!("{good} x")).is_err());
    }

    #[test]
    fn what_is_not_well_formed_is_named() {
        assert_eq!(put().validate(), Ok(()));
        let malformed = |change: fn(&mut Put)| {
            let mut put = put();
            change(&mut put);
            put.validate().expect_err("malformed").member
        };
        assert_eq!(malformed(|p| p.resource.clear()), "resource");
        assert_eq!(malformed(|p| p.account.push('3')), "account");
        assert_eq!(
            malformed(|p| p.account = "11112222333x".to_owned()),
            "account"
        );
        assert_eq!(malformed(|p| p.region.clear()), "region");
        assert_eq!(malformed(|p| p.region.push(':')), "region");
        assert_eq!(
            malformed(|p| p.principals.push(ROLE.to_owned())),
            "principals[1]"
        );
        assert_eq!(
            malformed(|p| p.principals[0] = "arn:aws:iam:x".to_owned()),
            "principals[0]"
        );
        // What the judges look into is well-formed whatever it is.
        let odd = Put {
            resource: "x".to_owned(),
            policy: PolicyText::new(""),
            ..put()
        };
        assert_eq!(odd.validate(), Ok(()));
    }

    #[test]
    fn an_outcome_reads_as_it_is_written_and_tells_its_place() {
        let refused = |at| {
            PutOutcome::Refused(PutRefusal {
                error: PutError::Validation,
                rule: RuleId::agentcore(143),
                at,
            })
        };
        let policy = |pointer: &str| {
            refused(PutPlace::Policy {
                pointer: pointer.to_owned(),
                offset: 105,
            })
        };
        for (outcome, wire, words) in [
            (PutOutcome::Stored, r#""stored""#, "stored"),
            (
                refused(PutPlace::Resource),
                r#"{"refused":{"error":"ValidationException","rule":"AC-143","at":"resource"}}"#,
                "refused with ValidationException: AC-143 at resourceArn",
            ),
            (
                policy("/Statement/0/Resource"),
                r#"{"refused":{"error":"ValidationException","rule":"AC-143","at":{"policy":{"pointer":"/Statement/0/Resource","offset":105}}}}"#,
                "refused with ValidationException: AC-143 at /Statement/0/Resource, byte 105",
            ),
            (
                policy(""),
                r#"{"refused":{"error":"ValidationException","rule":"AC-143","at":{"policy":{"pointer":"","offset":105}}}}"#,
                "refused with ValidationException: AC-143 at the policy, byte 105",
            ),
        ] {
            assert_eq!(serde_json::to_string(&outcome).expect("written"), wire);
            assert_eq!(
                serde_json::from_str::<PutOutcome>(wire).expect("read"),
                outcome
            );
            assert_eq!(outcome.to_string(), words);
        }
        for error in PutError::ALL {
            let wire = serde_json::to_string(&error).expect("written");
            assert_eq!(wire, format!("{:?}", error.name()));
        }
    }
}
