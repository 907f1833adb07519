//! Size quotas of policy documents (IAM-073, AC-038).

use crate::PolicyType;

/// A size quota of one policy type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// The policy type it limits.
    pub policy_type: PolicyType,
    /// Most characters a document of the type may have.
    pub characters: usize,
    /// Whether white space outside strings counts.
    pub counts_white_space: bool,
    /// What the number limits, for messages.
    pub what: &'static str,
}

/// Size quotas. Source: IAM and STS quotas, Organizations quotas, service guides (IAM-073); where a type has
/// several limits the widest is listed here and `what` names it.
pub const QUOTAS: &[Quota] = &[
    Quota {
        policy_type: PolicyType::Identity,
        characters: 10_240,
        counts_white_space: false,
        what: "all inline policies of a role together (managed policy 6,144; user 2,048; group 5,120)",
    },
    Quota {
        policy_type: PolicyType::Boundary,
        characters: 6_144,
        counts_white_space: false,
        what: "a managed policy",
    },
    Quota {
        policy_type: PolicyType::Trust,
        characters: 4_096,
        counts_white_space: false,
        what: "a role trust policy at its highest quota (2,048 by default)",
    },
    Quota {
        policy_type: PolicyType::Session,
        characters: 2_048,
        counts_white_space: false,
        what: "an inline session policy",
    },
    Quota {
        policy_type: PolicyType::Scp,
        characters: 10_240,
        counts_white_space: true,
        what: "a service control policy (5,120 before the limit was raised)",
    },
    Quota {
        policy_type: PolicyType::Rcp,
        characters: 5_120,
        counts_white_space: true,
        what: "a resource control policy",
    },
    Quota {
        policy_type: PolicyType::Endpoint,
        characters: 20_480,
        counts_white_space: true,
        what: "a VPC endpoint policy",
    },
    Quota {
        policy_type: PolicyType::Key,
        characters: 32_768,
        counts_white_space: true,
        what: "a KMS key policy",
    },
    Quota {
        policy_type: PolicyType::Resource,
        characters: 20_480,
        counts_white_space: true,
        what: "an S3 bucket policy or an AgentCore resource policy",
    },
];
