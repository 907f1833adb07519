//! What is asked, and how the statements that apply add up to the decision (section 7.0 of the rules).

use veriam_model::{Decision, Fact, facts, readings as dialects};

use crate::caller::{Action, Caller, Kind, Object};
use crate::program::{Present, pool};
use crate::settings::{Settings, mistaken};

/// One question, its parties taken apart.
#[derive(Clone, Copy)]
pub(crate) struct Question<'r> {
    pub(crate) settings: &'r Settings,
    pub(crate) caller: Caller<'r>,
    pub(crate) action: Action<'r>,
    pub(crate) object: Object<'r>,
    /// The account that owns the resource, or `aws`.
    pub(crate) owner: &'r str,
    pub(crate) facts: &'r [Fact],
    /// Which policies there are, whatever they say and whether they count or not.
    pub(crate) present: Present,
}

/// Which policies are consulted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Consulted {
    /// All that count.
    All,
    /// Those that guard: nobody has to grant the request (IAM-260).
    Guards,
    /// None: the answer is this one.
    None(Decision),
}

/// What the statements that applied add up to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) denied: bool,
    /// How the resource policy's Allow statements name the caller.
    pub(crate) direct: bool,
    pub(crate) entity: bool,
    pub(crate) account: bool,
    /// The pools of the first shard with an Allow.
    pub(crate) allowed: u64,
    /// Some level of service, or of resource control policies has no Allow.
    pub(crate) scp_missing: bool,
    pub(crate) rcp_missing: bool,
}

impl Tally {
    /// Adds what other policies add up to.
    pub(crate) fn add(&mut self, other: &Tally) {
        self.denied |= other.denied;
        self.allowed |= other.allowed;
        self.scp_missing |= other.scp_missing;
        self.rcp_missing |= other.rcp_missing;
        self.add_grants(other);
    }

    /// Adds the Allow statements of another resource policy.
    pub(crate) fn add_grants(&mut self, other: &Tally) {
        self.direct |= other.direct;
        self.entity |= other.entity;
        self.account |= other.account;
    }

    pub(crate) fn allows(&self, pool: u8) -> bool {
        self.allowed & pool::bit(pool) != 0
    }

    /// Whether the resource policy has an Allow for the caller, however it is named.
    pub(crate) fn resource_allows(&self) -> bool {
        self.direct || self.entity || self.account
    }
}

impl Question<'_> {
    /// Which policies are consulted: there are calls of STS that are settled before (IAM-252, IAM-260), and nothing crosses
    /// partitions (IAM-102).
    #[inline]
    pub(crate) fn consulted(&self) -> Consulted {
        if self.action.is_of_sts()
            && let Some(consulted) = self.consulted_of_sts()
        {
            return consulted;
        }
        match self.caller.partition {
            Some(partition) if self.object.is_outside(partition) => {
                Consulted::None(Decision::ImplicitDeny)
            }
            _ => Consulted::All,
        }
    }

    fn consulted_of_sts(&self) -> Option<Consulted> {
        let (kind, action) = (self.caller.kind, &self.action);
        let is_signed = !matches!(kind, Kind::Anonymous | Kind::Jwt | Kind::Provider);
        let always = (is_signed && action.is("sts:GetCallerIdentity"))
            || (matches!(kind, Kind::User | Kind::Root) && action.is("sts:GetSessionToken"));
        if always {
            let guards_count = !self.settings.reads(dialects::AlwaysAllowed::Always);
            return Some(if guards_count {
                Consulted::Guards
            } else {
                Consulted::None(Decision::Allow)
            });
        }
        let is_root_assuming = kind == Kind::Root && action.is("sts:AssumeRole");
        is_root_assuming.then_some(Consulted::None(Decision::ImplicitDeny))
    }

    /// Whether service control policies bind the caller (IAM-232 to IAM-235, IAM-237).
    pub(crate) fn scps_bind(&self) -> bool {
        let binds_management = mistaken!(self.settings, ManagementAccountBoundByScps);
        let is_exempt = self.facts.iter().any(|fact| match fact {
            Fact::PrincipalInManagementAccount => !binds_management,
            Fact::ServiceLinkedRole => true,
            Fact::ResourceInManagementAccount => false,
        });
        self.caller.is_iam_identity() && !is_exempt
    }

    /// Whether resource control policies bind the call (IAM-239, IAM-240).
    pub(crate) fn rcps_bind(&self) -> bool {
        let is_exempt = self.facts.iter().any(|fact| {
            matches!(
                fact,
                Fact::ResourceInManagementAccount | Fact::ServiceLinkedRole
            )
        });
        let service = self.action.service();
        let reaches = |name: &&str| name.eq_ignore_ascii_case(service);
        !is_exempt && facts::RCP_SERVICES.iter().any(reaches) && !self.action.is("kms:RetireGrant")
    }

    /// Whether the root user of the bucket's owner reads or writes the bucket's policy (IAM-261).
    pub(crate) fn is_bucket_policy_call_of_owner(&self) -> bool {
        let calls = [
            "s3:GetBucketPolicy",
            "s3:PutBucketPolicy",
            "s3:DeleteBucketPolicy",
        ];
        self.caller.kind == Kind::Root
            && self.caller.account == self.owner
            && calls.iter().any(|call| self.action.is(call))
    }

    /// The decision that the statements add up to.
    #[inline]
    pub(crate) fn combine(&self, consulted: Consulted, tally: &Tally) -> Decision {
        if let Consulted::None(decision) = consulted {
            return decision;
        }
        let present = &self.present;
        if tally.denied {
            return Decision::ExplicitDeny;
        }
        let endpoint_missing = present.endpoint && !tally.allows(pool::ENDPOINT);
        if tally.rcp_missing || tally.scp_missing || endpoint_missing {
            return Decision::ImplicitDeny;
        }
        if consulted == Consulted::Guards || self.is_granted(tally) {
            Decision::Allow
        } else {
            Decision::ImplicitDeny
        }
    }

    /// Whether the caller's and the resource's side grant the request.
    #[inline]
    pub(crate) fn is_granted(&self, tally: &Tally) -> bool {
        let settings = self.settings;
        let present = &self.present;
        let boundary_allows = !present.boundary || tally.allows(pool::BOUNDARY);
        let (session_allows, is_granted_by_identity) = match self.caller.kind {
            Kind::Anonymous | Kind::Service | Kind::Provider => return tally.direct,
            Kind::Jwt => {
                let silence_allows = settings.reads(dialects::JwtSilentPolicy::Allowed);
                return tally.direct || !present.resource || silence_allows;
            }
            Kind::Root => (true, true),
            kind => {
                let session_allows = match kind {
                    Kind::RoleSession { .. } => !present.session || tally.allows(pool::SESSION),
                    Kind::FederatedUser { .. } => tally.allows(pool::SESSION),
                    _ => true,
                };
                let identity_allows = tally.allows(pool::IDENTITY);
                (
                    session_allows,
                    identity_allows && boundary_allows && session_allows,
                )
            }
        };
        if self.is_across_accounts() {
            let from_one_side = mistaken!(settings, CrossAccountFromOneSide);
            return if from_one_side {
                tally.resource_allows() || is_granted_by_identity
            } else {
                tally.resource_allows() && is_granted_by_identity
            };
        }
        let is_held = mistaken!(settings, SessionGrantHeldBySessionPolicy) && !session_allows;
        if tally.direct && !is_held {
            return true;
        }
        let escapes = mistaken!(settings, RoleGrantEscapesBoundary);
        if tally.entity && (escapes || (boundary_allows && session_allows)) {
            return true;
        }
        if self.needs_resource_policy() {
            return tally.account && is_granted_by_identity;
        }
        is_granted_by_identity
    }

    /// Whether the caller is of another account than the resource; what AWS owns is nobody else's (AC-245).
    #[inline]
    pub(crate) fn is_across_accounts(&self) -> bool {
        self.caller.is_iam_identity() && self.caller.account != self.owner && self.owner != "aws"
    }

    /// Whether the identity side alone is not enough within one account (IAM-249, IAM-254, IAM-255).
    pub(crate) fn needs_resource_policy(&self) -> bool {
        // Callers with an account have a partition, and what lies in another one was denied before.
        let partition = self.caller.partition.unwrap_or_default();
        if self.object.is_role(partition) {
            return self.action.begins("sts:AssumeRole")
                || self.action.is("sts:TagSession")
                || self.action.is("sts:SetSourceIdentity");
        }
        self.object.is_key(partition) && !mistaken!(self.settings, KeyPolicyNotNeeded)
    }
}
