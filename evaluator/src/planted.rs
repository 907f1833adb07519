//! Known bugs, each switched on at one place, for testing a conformance harness.

/// A realistic mistake an evaluator could make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mistake {
    /// A negated operator is false when its key is absent.
    NegatedOnAbsentKey,
    /// A wildcard of an ARN operator runs over the colons between ARN parts.
    ArnLikeCrossesColon,
    /// Variables are expanded in documents without version 2012-10-17.
    VariablesUnder2008,
    /// A grant to a role is not limited by boundary and session policy.
    RoleGrantEscapesBoundary,
    /// A grant to the session itself is limited by the session policy.
    SessionGrantHeldBySessionPolicy,
    /// `ForAllValues` is false when its key is absent.
    ForAllValuesOnAbsentKey,
    /// All SCP levels are one pool.
    ScpLevelsPooled,
    /// A grant to the account is a grant to each of its principals.
    AccountPrincipalAsFullGrant,
    /// Access across accounts needs an Allow on one side only.
    CrossAccountFromOneSide,
    /// Numeric orders compare the wrong way round.
    InvertedNumericComparison,
    /// `IfExists` does nothing: a positive operator is false when its key is absent.
    IfExistsIgnored,
    /// Service control policies bind the management account.
    ManagementAccountBoundByScps,
    /// Within one account a KMS key needs no Allow in its key policy.
    KeyPolicyNotNeeded,
    /// An address range is the network only when its host bits are zero.
    HostBitsCompared,
    /// A call is judged on the runtime only.
    EndpointPairDropped,
    /// Across accounts the resource policy of the runtime or of the endpoint is enough.
    OneResourcePolicyEnough,
    /// `aws:PrincipalArn` of a role session is the ARN of the session.
    PrincipalArnOfSession,
    /// Through a VPC endpoint `aws:SourceIp` is the private address.
    SourceIpThroughEndpoint,
    /// The ARN of a principal, or an account, names the bearer of a token too.
    ArnNamesJwtCaller,
    /// A call of a harness is judged without the runtime action that accompanies its own.
    HarnessCompanionDropped,
    /// Handing over a role needs no `iam:PassRole`.
    PassRoleDropped,
    /// What a credential provider hands out is judged without the token vault.
    TokenVaultPairDropped,
    /// A request of a workload identity is judged without its directory.
    DirectoryPairDropped,
    /// `bedrock-agentcore:namespace` is the path of the request where it has one.
    NamespacePathAsNamespace,
    /// A gateway that only authenticates asks the policies like one that takes signatures.
    AuthenticateOnlyAuthorizes,
    /// Endpoint policies are not asked about gateways without authorization.
    NoneGatewaySkipsEndpointPolicy,
    /// A tool that AWS owns is judged like one of another account.
    AwsToolOfAnotherAccount,
    /// The bare id of a memory leads to another account's memory.
    BareMemoryIdAcrossAccounts,
    /// Requests of services lack `aws:SourceAccount`, `aws:SourceArn` and the keys of that account's organization.
    ServiceWithoutSourceKeys,
    /// AC-093 is read as `union` for InvokeAgentRuntime and as `literal` for every other operation.
    MixedReadings,
}

impl Mistake {
    /// Every mistake that a check can show.
    pub const ALL: &'static [Mistake] = &[
        Mistake::NegatedOnAbsentKey,
        Mistake::ArnLikeCrossesColon,
        Mistake::VariablesUnder2008,
        Mistake::RoleGrantEscapesBoundary,
        Mistake::SessionGrantHeldBySessionPolicy,
        Mistake::ForAllValuesOnAbsentKey,
        Mistake::ScpLevelsPooled,
        Mistake::AccountPrincipalAsFullGrant,
        Mistake::CrossAccountFromOneSide,
        Mistake::InvertedNumericComparison,
        Mistake::IfExistsIgnored,
        Mistake::ManagementAccountBoundByScps,
        Mistake::KeyPolicyNotNeeded,
        Mistake::HostBitsCompared,
    ];

    /// Every mistake that only a call can show. All but [`Mistake::MixedReadings`], which is last, change an outcome
    /// in the default dialect that no other dialect allows.
    pub const CALLS: &'static [Mistake] = &[
        Mistake::EndpointPairDropped,
        Mistake::OneResourcePolicyEnough,
        Mistake::PrincipalArnOfSession,
        Mistake::SourceIpThroughEndpoint,
        Mistake::ArnNamesJwtCaller,
        Mistake::HarnessCompanionDropped,
        Mistake::PassRoleDropped,
        Mistake::TokenVaultPairDropped,
        Mistake::DirectoryPairDropped,
        Mistake::NamespacePathAsNamespace,
        Mistake::AuthenticateOnlyAuthorizes,
        Mistake::NoneGatewaySkipsEndpointPolicy,
        Mistake::AwsToolOfAnotherAccount,
        Mistake::BareMemoryIdAcrossAccounts,
        Mistake::ServiceWithoutSourceKeys,
        Mistake::MixedReadings,
    ];

    /// The mistake's name in kebab-case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Mistake::NegatedOnAbsentKey => "negated-on-absent-key",
            Mistake::ArnLikeCrossesColon => "arn-like-crosses-colon",
            Mistake::VariablesUnder2008 => "variables-under-2008",
            Mistake::RoleGrantEscapesBoundary => "role-grant-escapes-boundary",
            Mistake::SessionGrantHeldBySessionPolicy => "session-grant-held-by-session-policy",
            Mistake::ForAllValuesOnAbsentKey => "for-all-values-on-absent-key",
            Mistake::ScpLevelsPooled => "scp-levels-pooled",
            Mistake::AccountPrincipalAsFullGrant => "account-principal-as-full-grant",
            Mistake::CrossAccountFromOneSide => "cross-account-from-one-side",
            Mistake::InvertedNumericComparison => "inverted-numeric-comparison",
            Mistake::IfExistsIgnored => "if-exists-ignored",
            Mistake::ManagementAccountBoundByScps => "management-account-bound-by-scps",
            Mistake::KeyPolicyNotNeeded => "key-policy-not-needed",
            Mistake::HostBitsCompared => "host-bits-compared",
            Mistake::EndpointPairDropped => "endpoint-pair-dropped",
            Mistake::OneResourcePolicyEnough => "one-resource-policy-enough",
            Mistake::PrincipalArnOfSession => "principal-arn-of-session",
            Mistake::SourceIpThroughEndpoint => "source-ip-through-endpoint",
            Mistake::ArnNamesJwtCaller => "arn-names-jwt-caller",
            Mistake::HarnessCompanionDropped => "harness-companion-dropped",
            Mistake::PassRoleDropped => "pass-role-dropped",
            Mistake::TokenVaultPairDropped => "token-vault-pair-dropped",
            Mistake::DirectoryPairDropped => "directory-pair-dropped",
            Mistake::NamespacePathAsNamespace => "namespace-path-as-namespace",
            Mistake::AuthenticateOnlyAuthorizes => "authenticate-only-authorizes",
            Mistake::NoneGatewaySkipsEndpointPolicy => "none-gateway-skips-endpoint-policy",
            Mistake::AwsToolOfAnotherAccount => "aws-tool-of-another-account",
            Mistake::BareMemoryIdAcrossAccounts => "bare-memory-id-across-accounts",
            Mistake::ServiceWithoutSourceKeys => "service-without-source-keys",
            Mistake::MixedReadings => "mixed-readings",
        }
    }
}
