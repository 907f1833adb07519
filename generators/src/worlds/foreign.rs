//! Resources of other services that AgentCore's work touches.

/// A kind of resource of another service.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Foreign {
    pub(crate) service: &'static str,
    /// Whether its ARN has region and account.
    pub(crate) placed: bool,
    pub(crate) word: &'static str,
    pub(crate) id: &'static str,
    /// Nothing is allowed without its own policy (IAM-255).
    pub(crate) key: bool,
    pub(crate) actions: &'static [&'static str],
    /// Keys that requests may carry, each with its possible values.
    pub(crate) keys: &'static [(&'static str, &'static [&'static str])],
}

/// Those there are.
pub(crate) static KINDS: &[Foreign] = &[
    Foreign {
        service: "kms",
        placed: true,
        word: "key/",
        id: "1234abcd-12ab-34cd-56ef-1234567890ab",
        key: true,
        actions: &[
            "kms:Decrypt",
            "kms:GenerateDataKey",
            "kms:CreateGrant",
            "kms:DescribeKey",
            "kms:Encrypt",
        ],
        keys: &[
            (
                "kms:ViaService",
                &[
                    "bedrock-agentcore.us-west-2.amazonaws.com",
                    "bedrock-agentcore-identity.us-west-2.amazonaws.com",
                    "s3.us-west-2.amazonaws.com",
                ],
            ),
            (
                "kms:EncryptionContextKeys",
                &["tenant", "AppName", "purpose"],
            ),
        ],
    },
    Foreign {
        service: "s3",
        placed: false,
        word: "",
        id: "amzn-s3-demo-bucket/agents/code.zip",
        key: false,
        actions: &["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
        keys: &[("s3:ExistingObjectTag/team", &super::scene::TEAMS)],
    },
    Foreign {
        service: "sqs",
        placed: true,
        word: "",
        id: "memory-events",
        key: false,
        actions: &["sqs:ReceiveMessage", "sqs:DeleteMessage"],
        keys: &[],
    },
    Foreign {
        service: "kms",
        placed: true,
        word: "key/",
        id: "mrk-1234abcd12ab34cd56ef1234567890ab",
        key: true,
        actions: &[
            "kms:Decrypt",
            "kms:CreateGrant",
            "kms:GenerateDataKeyWithoutPlaintext",
        ],
        keys: &[(
            "kms:ViaService",
            &[
                "bedrock-agentcore-identity.us-west-2.amazonaws.com",
                "bedrock-agentcore.us-west-2.amazonaws.com",
            ],
        )],
    },
    Foreign {
        service: "ecr",
        placed: true,
        word: "repository/",
        id: "agents",
        key: false,
        actions: &["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        keys: &[],
    },
];

/// Actions without resource type.
pub(crate) const BARE: [&str; 5] = [
    "iam:ListRoles",
    "ecr:GetAuthorizationToken",
    "s3:ListAllMyBuckets",
    "kms:ListKeys",
    "logs:DescribeLogGroups",
];
