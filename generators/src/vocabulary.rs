//! The small vocabulary a case is made of: accounts, names, the caller and the target.

use std::rc::Rc;

use crate::draw::{Draw, Text, join};

/// AWS's documentation accounts.
pub(crate) const ACCOUNTS: [&str; 5] = [
    "111122223333",
    "444455556666",
    "555555555555",
    "999988887777",
    "123456789012",
];

/// User names and the paths they may have.
pub(crate) const USERS: [&str; 6] = ["alice", "bob", "Carol", "dave-ops", "erin.smith", "mallory"];
pub(crate) const PATHS: [&str; 3] = ["team/", "division/unit/", "ops/"];
pub(crate) const ROLES: [&str; 6] = [
    "app",
    "Admin",
    "ci-deploy",
    "ReadOnlyAudit",
    "data.reader",
    "tenant-a",
];
pub(crate) const SESSIONS: [&str; 5] = ["s1", "alice", "build-42", "i-0abc12345678", "Monday"];
pub(crate) const SERVICES: [&str; 5] = [
    "lambda.amazonaws.com",
    "cloudtrail.amazonaws.com",
    "sns.amazonaws.com",
    "logging.s3.amazonaws.com",
    "bedrock-agentcore.amazonaws.com",
];
/// Federated providers by name; the others have ARNs.
pub(crate) const PROVIDERS: [&str; 3] = [
    "accounts.google.com",
    "cognito-identity.amazonaws.com",
    "www.amazon.com",
];
pub(crate) const REGIONS: [&str; 3] = ["us-west-2", "us-east-1", "eu-central-1"];

/// What kind of caller asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallerKind {
    User,
    RoleSession,
    FederatedSession,
    Root,
    Service,
    Provider,
    Anonymous,
    Jwt,
}

impl CallerKind {
    /// Whether identity policies and a boundary count for the caller.
    pub(crate) const fn has_identity(self) -> bool {
        matches!(
            self,
            CallerKind::User | CallerKind::RoleSession | CallerKind::FederatedSession
        )
    }

    /// Whether the caller belongs to an account and so to SCPs.
    pub(crate) const fn in_account(self) -> bool {
        self.has_identity() || matches!(self, CallerKind::Root)
    }
}

/// The caller.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) kind: CallerKind,
    pub(crate) partition: &'static str,
    /// Empty for callers outside accounts.
    pub(crate) account: &'static str,
    /// Of the user (also the one behind a federated-user session), the role or the service.
    pub(crate) name: &'static str,
    /// Empty, or ends in a slash.
    pub(crate) path: &'static str,
    /// Of a role session.
    pub(crate) session: &'static str,
    pub(crate) arn: Text,
}

impl Caller {
    /// A caller who is known already; `path` is empty or ends in a slash.
    pub(crate) fn known(
        kind: CallerKind,
        partition: &'static str,
        account: &'static str,
        [path, name, session]: [&'static str; 3],
    ) -> Self {
        let mut caller = Self {
            kind,
            partition,
            account,
            name,
            path,
            session,
            arn: Text::Borrowed(""),
        };
        caller.arn = match kind {
            CallerKind::User => caller.user_arn(),
            CallerKind::RoleSession => caller.session_arn(name, session),
            CallerKind::FederatedSession => caller.federated_arn(name),
            CallerKind::Root => caller.root_arn(),
            CallerKind::Jwt => "jwt".into(),
            CallerKind::Service => name.into(),
            _ => "anonymous".into(),
        };
        caller
    }

    pub(crate) fn new(
        draw: &mut Draw<'_, '_>,
        kind: CallerKind,
        partition: &'static str,
        account: &'static str,
    ) -> Self {
        let mut caller = Self {
            kind,
            partition,
            account,
            name: "",
            path: "",
            session: "",
            arn: Text::Borrowed(""),
        };
        match kind {
            CallerKind::User | CallerKind::FederatedSession => {
                caller.name = draw.one(&USERS);
                if draw.chance(1, 4) {
                    caller.path = draw.one(&PATHS);
                }
            }
            CallerKind::RoleSession => {
                caller.name = draw.one(&ROLES);
                caller.session = draw.one(&SESSIONS);
                if draw.chance(1, 3) {
                    caller.path = draw.one(&PATHS);
                }
            }
            CallerKind::Service => {
                caller.account = "";
                caller.name = draw.one(&SERVICES);
            }
            CallerKind::Provider => {
                caller.name = draw.one(&["", "", PROVIDERS[0], PROVIDERS[1], PROVIDERS[2]]);
            }
            CallerKind::Root => {}
            CallerKind::Anonymous | CallerKind::Jwt => caller.account = "",
        }
        caller.arn = match kind {
            CallerKind::User => caller.user_arn(),
            CallerKind::RoleSession => caller.session_arn(caller.name, caller.session),
            CallerKind::FederatedSession => caller.federated_arn(caller.name),
            CallerKind::Root => caller.root_arn(),
            CallerKind::Service => caller.name.into(),
            CallerKind::Provider if caller.name.is_empty() => {
                provider_arn(draw, partition, account)
            }
            CallerKind::Provider => caller.name.into(),
            CallerKind::Anonymous => "anonymous".into(),
            CallerKind::Jwt => "jwt".into(),
        };
        caller
    }

    /// The ARN of the user itself or behind a federated-user session.
    pub(crate) fn user_arn(&self) -> Text {
        iam_arn(self.partition, self.account, "user/", self.path, self.name)
    }

    /// The ARN of the role behind a role session, with its path.
    pub(crate) fn role_arn(&self) -> Text {
        iam_arn(self.partition, self.account, "role/", self.path, self.name)
    }

    pub(crate) fn root_arn(&self) -> Text {
        iam_arn(self.partition, self.account, "root", "", "")
    }

    pub(crate) fn session_arn(&self, role: &str, session: &str) -> Text {
        let tail = ["assumed-role/", role, "/", session];
        sts_arn(self.partition, self.account, &tail)
    }

    pub(crate) fn federated_arn(&self, name: &str) -> Text {
        sts_arn(self.partition, self.account, &["federated-user/", name])
    }

    /// The value of `aws:PrincipalArn`: never a session's ARN (IAM-273).
    pub(crate) fn principal_arn(&self) -> Text {
        match self.kind {
            CallerKind::RoleSession => self.role_arn(),
            _ => self.arn.clone(),
        }
    }
}

pub(crate) fn iam_arn(partition: &str, account: &str, word: &str, path: &str, name: &str) -> Text {
    join(&["arn:", partition, ":iam::", account, ":", word, path, name])
}

fn sts_arn(partition: &str, account: &str, tail: &[&str]) -> Text {
    let mut arn = ["arn:", partition, ":sts::", account, ":"].concat();
    arn.extend(tail.iter().copied());
    arn.into()
}

/// A SAML or OpenID Connect provider of the account.
pub(crate) fn provider_arn(draw: &mut Draw<'_, '_>, partition: &str, account: &str) -> Text {
    let tail = draw.one(&[
        "saml-provider/ExampleCorp",
        "oidc-provider/token.example.com",
        "saml-provider/AnyCompany",
    ]);
    iam_arn(partition, account, tail, "", "")
}

/// What kind of resource is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TargetKind {
    Object,
    Bucket,
    Table,
    Key,
    Role,
    IamUser,
    IamRole,
    Runtime,
    Endpoint,
    Gateway,
    Memory,
    /// A browser tool that AWS itself owns.
    AwsTool,
    /// An action without resource type: the resource is `*`.
    Nothing,
}

/// The resource and the action asked for.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) kind: TargetKind,
    pub(crate) partition: &'static str,
    pub(crate) service: &'static str,
    pub(crate) region: &'static str,
    /// The account part of the ARN: empty in S3 ARNs.
    pub(crate) account: &'static str,
    /// Who owns the resource; `aws` for AWS itself.
    pub(crate) owner: &'static str,
    /// The resource-type word with its slash; empty where there is none.
    pub(crate) word: &'static str,
    /// What follows the word.
    pub(crate) name: Text,
    pub(crate) action: &'static str,
    arn: Rc<str>,
}

impl Target {
    pub(crate) fn new(
        draw: &mut Draw<'_, '_>,
        kind: TargetKind,
        partition: &'static str,
        owner: &'static str,
    ) -> Self {
        let region = draw.one(&REGIONS);
        let (service, region, word) = match kind {
            TargetKind::Object | TargetKind::Bucket => ("s3", "", ""),
            TargetKind::Table => ("dynamodb", region, "table/"),
            TargetKind::Key => ("kms", region, "key/"),
            TargetKind::Role | TargetKind::IamRole => ("iam", "", "role/"),
            TargetKind::IamUser => ("iam", "", "user/"),
            TargetKind::Runtime | TargetKind::Endpoint => ("bedrock-agentcore", region, "runtime/"),
            TargetKind::Gateway => ("bedrock-agentcore", region, "gateway/"),
            TargetKind::Memory => ("bedrock-agentcore", region, "memory/"),
            TargetKind::AwsTool => ("bedrock-agentcore", region, "browser/"),
            TargetKind::Nothing => ("", "", ""),
        };
        let mut target = Self {
            kind,
            partition,
            service,
            region,
            account: if service == "s3" { "" } else { owner },
            owner,
            word,
            name: "".into(),
            action: "",
            arn: "".into(),
        };
        target.rename(name(draw, kind));
        target.action = draw.one(actions(kind));
        target
    }

    /// What an action of a call is about. The calls know the ARNs of their resources themselves.
    pub(crate) fn of_call(
        partition: &'static str,
        service: &'static str,
        region: &'static str,
        owner: &'static str,
        action: &'static str,
    ) -> Self {
        Self {
            kind: TargetKind::Runtime,
            partition,
            service,
            region,
            account: owner,
            owner,
            word: "",
            name: "".into(),
            action,
            arn: "".into(),
        }
    }

    /// Gives the resource another name.
    pub(crate) fn rename(&mut self, name: Text) {
        self.name = name;
        let Self {
            partition,
            service,
            region,
            account,
            word,
            ..
        } = *self;
        self.arn = match self.kind {
            TargetKind::Nothing => "*".into(),
            _ => {
                let start = [
                    "arn:", partition, ":", service, ":", region, ":", account, ":", word,
                ];
                (start.concat() + &self.name).into()
            }
        };
    }

    /// The resource's ARN, or `*`.
    pub(crate) fn arn(&self) -> Rc<str> {
        Rc::clone(&self.arn)
    }

    /// Whether the action succeeds whatever policies say (IAM-260).
    pub(crate) fn always_succeeds(&self) -> bool {
        matches!(self.action, "sts:GetCallerIdentity" | "sts:GetSessionToken")
    }

    /// The action's service prefix: `sts` on a role that is to be assumed.
    pub(crate) fn prefix(&self) -> &'static str {
        self.action.split_once(':').map_or("", |(prefix, _)| prefix)
    }

    /// Whether the resource can hold a policy of its own.
    pub(crate) const fn holds_policy(&self) -> bool {
        !matches!(
            self.kind,
            TargetKind::IamUser | TargetKind::IamRole | TargetKind::AwsTool | TargetKind::Nothing
        )
    }

    /// Whether the resource's own policy must allow even inside one account (IAM-249, IAM-255).
    pub(crate) const fn needs_own_policy(&self) -> bool {
        matches!(self.kind, TargetKind::Role | TargetKind::Key)
    }
}

/// Actions on resources of the kind.
pub(crate) const fn actions(kind: TargetKind) -> &'static [&'static str] {
    match kind {
        TargetKind::Object => &[
            "s3:GetObject",
            "s3:PutObject",
            "s3:DeleteObject",
            "s3:GetObjectTagging",
        ],
        TargetKind::Bucket => &[
            "s3:ListBucket",
            "s3:GetBucketTagging",
            "s3:GetBucketPolicy",
            "s3:PutBucketPolicy",
            "s3:DeleteBucketPolicy",
        ],
        TargetKind::Table => &[
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
        ],
        TargetKind::Key => &[
            "kms:Decrypt",
            "kms:Encrypt",
            "kms:GenerateDataKey",
            "kms:DescribeKey",
            "kms:RetireGrant",
        ],
        TargetKind::Role => &[
            "sts:AssumeRole",
            "sts:AssumeRole",
            "sts:TagSession",
            "sts:SetSourceIdentity",
        ],
        TargetKind::IamUser => &["iam:GetUser", "iam:CreateAccessKey", "iam:DeleteUser"],
        TargetKind::IamRole => &["iam:PassRole", "iam:GetRole", "iam:AttachRolePolicy"],
        TargetKind::Runtime | TargetKind::Endpoint => &[
            "bedrock-agentcore:InvokeAgentRuntime",
            "bedrock-agentcore:InvokeAgentRuntimeForUser",
            "bedrock-agentcore:InvokeAgentRuntimeCommand",
            "bedrock-agentcore:StopRuntimeSession",
            "bedrock-agentcore:GetAgentCard",
        ],
        TargetKind::Gateway => &["bedrock-agentcore:InvokeGateway"],
        TargetKind::Memory => &[
            "bedrock-agentcore:CreateEvent",
            "bedrock-agentcore:GetEvent",
            "bedrock-agentcore:ListEvents",
            "bedrock-agentcore:RetrieveMemoryRecords",
        ],
        TargetKind::AwsTool => &[
            "bedrock-agentcore:StartBrowserSession",
            "bedrock-agentcore:GetBrowserSession",
        ],
        TargetKind::Nothing => &[
            "s3:ListAllMyBuckets",
            "kms:ListKeys",
            "iam:ListUsers",
            "dynamodb:ListTables",
            "bedrock-agentcore:ListAgentRuntimes",
            "sts:GetCallerIdentity",
            "sts:GetSessionToken",
        ],
    }
}

/// Names of resources of the kind. No name holds a colon, so that every ARN has exactly five (IAM-093).
pub(crate) fn name(draw: &mut Draw<'_, '_>, kind: TargetKind) -> Text {
    let bucket = draw.one(&["amzn-s3-demo-bucket", "examplecorp-data", "reports"]);
    match kind {
        TargetKind::Bucket => bucket.into(),
        TargetKind::Object => {
            let key = if draw.chance(1, 10) {
                draw.one(&[
                    "a*b.txt",
                    "what?.txt",
                    "price$list",
                    "${owner}/f",
                    "scan[1].txt",
                    "logs[a-z]/x.log",
                ])
            } else {
                draw.one(&[
                    "report.txt",
                    "team/alice/notes.txt",
                    "logs/2026/11/a.log",
                    "Inbox/42",
                    "home/bob/",
                ])
            };
            join(&[bucket, "/", key])
        }
        TargetKind::Table => draw
            .one(&["Orders", "Thread", "users-prod", "Orders/index/by-date"])
            .into(),
        TargetKind::Key => draw
            .one(&[
                "1234abcd-12ab-34cd-56ef-1234567890ab",
                "mrk-1234abcd12ab34cd56ef1234567890ab",
            ])
            .into(),
        TargetKind::Role | TargetKind::IamRole => draw
            .one(&["target", "team/target", "Deployer", "tenant-a"])
            .into(),
        TargetKind::IamUser => draw.one(&["dana", "team/dana", "Zhang"]).into(),
        TargetKind::Runtime => draw
            .one(&["support_agent-AbCdEf0123", "billing-0123456789"])
            .into(),
        TargetKind::Endpoint => {
            let endpoint = draw.one(&["DEFAULT", "prod", "canary_2"]);
            join(&["support_agent-AbCdEf0123/runtime-endpoint/", endpoint])
        }
        TargetKind::Gateway => draw
            .one(&["orders-gateway-abcdef0123", "tools-0123456789"])
            .into(),
        TargetKind::Memory => draw
            .one(&["chat_memory-AbCdEf0123", "notes-0123456789"])
            .into(),
        TargetKind::AwsTool => "aws.browser.v1".into(),
        TargetKind::Nothing => "".into(),
    }
}

/// Who asks for what: same account or not, caller and resource that go together.
pub(crate) fn parties(draw: &mut Draw<'_, '_>) -> (Caller, Target) {
    use CallerKind as C;
    use TargetKind as T;
    let home = draw.one(&ACCOUNTS);
    let away = draw.one(&ACCOUNTS);
    let partition = if draw.chance(1, 50) { "aws-cn" } else { "aws" };
    let kinds = [
        C::User,
        C::RoleSession,
        C::FederatedSession,
        C::Root,
        C::Service,
        C::Provider,
        C::Anonymous,
        C::Jwt,
    ];
    let kind = kinds[draw.weighted(&[24, 30, 10, 8, 8, 6, 7, 7])];
    let targets: &[T] = match kind {
        C::Provider => &[T::Role],
        C::Jwt => &[T::Runtime, T::Endpoint, T::Gateway],
        C::Anonymous => &[T::Object, T::Object, T::Bucket, T::Table],
        C::Service => &[T::Object, T::Role, T::Key, T::Bucket, T::Table, T::Runtime],
        _ => &[
            T::Object,
            T::Object,
            T::Object,
            T::Object,
            T::Bucket,
            T::Bucket,
            T::Table,
            T::Table,
            T::Key,
            T::Key,
            T::Role,
            T::Role,
            T::Runtime,
            T::Runtime,
            T::Endpoint,
            T::Endpoint,
            T::Gateway,
            T::Memory,
            T::IamUser,
            T::IamRole,
            T::AwsTool,
            T::Nothing,
        ],
    };
    let target = draw.one(targets);
    // Without a policy of its own nothing can be shared with another account.
    let alone = matches!(target, T::IamUser | T::IamRole | T::Nothing);
    let owner = match target {
        T::AwsTool => "aws",
        _ if alone && !draw.chance(1, 16) || target == T::Nothing => home,
        _ if draw.chance(1, 3) => away,
        _ => home,
    };
    let caller = Caller::new(draw, kind, partition, home);
    let partition = match draw.chance(1, 150) {
        true if partition == "aws" => "aws-us-gov",
        _ => partition,
    };
    let mut target = Target::new(draw, target, partition, owner);
    if kind == C::Provider {
        target.action = draw.one(&["sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"]);
    }
    if target.action == "sts:GetSessionToken" && !matches!(kind, C::User | C::Root) {
        // It takes long-term credentials.
        target.action = "sts:GetCallerIdentity";
    }
    (caller, target)
}
