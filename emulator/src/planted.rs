//! Known bugs of an emulator, each switched on by [`Config::mistake`](crate::Config::mistake), for testing what is to find
//! them. Where one lives, `mistaken!` asks for it, or `change` brings it about in what is handed to the evaluator.

pub(crate) mod change;

/// `/// what goes wrong` `Name = "name-in-kebab-case",`
macro_rules! mistakes {
    ($( $(#[$doc:meta])+ $mistake:ident = $name:literal, )+) => {
        /// A realistic mistake of who writes an emulator.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Mistake {
            $( $(#[$doc])+ $mistake, )+
        }

        impl Mistake {
            /// Every mistake, in declaration order.
            pub const ALL: &'static [Mistake] = &[$( Mistake::$mistake, )+];

            /// The mistake's name in kebab-case.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $( Mistake::$mistake => $name, )+
                }
            }
        }
    };
}

mistakes! {
    // Signatures.
    /// Headers `x-amz-…` need not be signed.
    AmzHeadersNotSigned = "amz-headers-not-signed",
    /// What `x-amz-content-sha256` says of the body is not held against the body.
    BodyHashNotChecked = "body-hash-not-checked",
    /// The session token of a temporary key may be any.
    SessionTokenNotChecked = "session-token-not-checked",
    /// Signatures may be as old and as new as they like.
    ClockSkewNotChecked = "clock-skew-not-checked",
    /// Signatures for another service are accepted.
    ScopeServiceNotChecked = "scope-service-not-checked",
    /// Signatures for another region are accepted.
    ScopeRegionNotChecked = "scope-region-not-checked",
    /// Sessions that are over go on.
    ExpiredSessionAccepted = "expired-session-accepted",
    /// The path is signed as it was sent, not encoded once more: ARNs in paths do not match.
    PathEncodedOnce = "path-encoded-once",
    /// The session token is left out of the signature: no session gets in.
    TokenLeftOutOfSignature = "token-left-out-of-signature",
    /// The query is left out of the signature.
    QueryLeftOutOfSignature = "query-left-out-of-signature",
    /// The long-term key of a user is judged as the root user of the account.
    UserKeyIsRoot = "user-key-is-root",

    // What is known of a request.
    /// `aws:UserAgent` is always the same.
    UserAgentIgnored = "user-agent-ignored",
    /// `aws:SourceIp` is always 127.0.0.1.
    SourceAddressIsLoopback = "source-address-is-loopback",
    /// A session is named like its role.
    SessionNameLost = "session-name-lost",
    /// Session tags are dropped.
    SessionTagsDropped = "session-tags-dropped",
    /// The source identity is dropped.
    SourceIdentityDropped = "source-identity-dropped",
    /// The session policy is dropped.
    SessionPolicyDropped = "session-policy-dropped",
    /// No session was made with MFA.
    MfaAlwaysFalse = "mfa-always-false",
    /// `aws:TokenIssueTime` is the time of the request.
    TokenIssuedNow = "token-issued-now",
    /// `aws:SourceVpc` is the id of the VPC endpoint.
    SourceVpcIsEndpoint = "source-vpc-is-endpoint",

    // What a request asks for.
    /// The header that names a user asks for nothing more.
    UserIdHeaderIgnored = "user-id-header-ignored",
    /// The endpoint is always `DEFAULT`.
    QualifierIgnored = "qualifier-ignored",
    /// Without a qualifier the endpoint is not asked about.
    EndpointNeedsQualifier = "endpoint-needs-qualifier",
    /// The namespace of a query for memory records is taken from `namespacePath`.
    NamespaceFromPath = "namespace-from-path",
    /// Actor and session of an event are mixed up.
    ActorAndSessionSwapped = "actor-and-session-swapped",
    /// Handing over a role needs no `iam:PassRole`.
    PassRoleNotAsked = "pass-role-not-asked",
    /// Tags and a source identity that are passed to `AssumeRole` ask for nothing more.
    PassedOnNotAsked = "passed-on-not-asked",
    /// A harness is invoked without the runtime action that accompanies it.
    HarnessCompanionNotAsked = "harness-companion-not-asked",
    /// What a credential provider hands out is judged without the token vault.
    TokenVaultNotAsked = "token-vault-not-asked",

    // Endpoint policies.
    /// Policies of VPC endpoints are not asked.
    EndpointPolicyIgnored = "endpoint-policy-ignored",
    /// The policy of the first VPC endpoint is asked for all of them.
    EndpointPolicyOfFirst = "endpoint-policy-of-first",
    /// The default policy of a VPC endpoint stays beside the one that was set.
    DefaultEndpointPolicyKept = "default-endpoint-policy-kept",
    /// Policies of VPC endpoints are not asked about requests that nobody signed.
    EndpointPolicyForSignersOnly = "endpoint-policy-for-signers-only",

    // Puts.
    /// A policy may have any length.
    PolicySizeNotChecked = "policy-size-not-checked",
    /// The `Resource` of a policy may be any.
    ForeignResourceAccepted = "foreign-resource-accepted",
    /// A policy needs no `Version`.
    VersionNotChecked = "version-not-checked",
    /// A policy may name actions that its kind of resource does not have.
    ForeignActionAccepted = "foreign-action-accepted",
    /// What is refused is stored all the same.
    RefusedPolicyStored = "refused-policy-stored",
    /// A policy that is refused is answered as if the caller might not put it.
    RefusalIsAccessDenied = "refusal-is-access-denied",

    // Policies that IAM is handed.
    /// IAM stores policies unread.
    StoredPoliciesUnread = "stored-policies-unread",
    /// A simulation does without its boundary.
    SimulatedBoundaryIgnored = "simulated-boundary-ignored",
    /// All service control policies of a simulation are one level.
    SimulatedLevelsJoined = "simulated-levels-joined",
    /// The owner of a simulated resource is always the caller's account.
    SimulatedOwnerIgnored = "simulated-owner-ignored",
}

impl Mistake {
    /// The mistake of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|m| m.name() == name)
    }
}
