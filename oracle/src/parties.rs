//! Who and what a check is about, as far as the algorithm asks: the questions of 7.0 that no policy answers.

use veriam_model::facts::RCP_SERVICES;
use veriam_model::{Fact, PolicyType};

use crate::CallerKind;
use crate::arn::Arn;
use crate::request::{Caller, Request};

/// The parties of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parties {
    pub(crate) caller: CallerKind,
    /// Whether caller and resource share an account; `None` for callers in no account.
    pub(crate) same_account: Option<bool>,
    /// What ends the matter before any policy is looked at, or nearly any.
    pub(crate) preempted: Option<Preempted>,
    /// sts:AssumeRole…, sts:TagSession or sts:SetSourceIdentity on a role: the trust policy must allow.
    pub(crate) assumes_role: bool,
    /// A session of the very role that it assumes.
    pub(crate) assumes_itself: bool,
    /// sts:TagSession or sts:SetSourceIdentity.
    pub(crate) passes_tags_or_identity: bool,
    pub(crate) on_kms_key: bool,
    /// A KMS operation without a key.
    pub(crate) kms_without_key: bool,
    /// An action of Amazon Bedrock AgentCore.
    pub(crate) on_agentcore: bool,
    /// The root user of a bucket's owner reads, writes or deletes its policy (IAM-261).
    pub(crate) is_bucket_owner_on_policy: bool,
    /// The type of the resource's own policy.
    pub(crate) resource_policy_type: PolicyType,
    pub(crate) has_resource_policy: bool,
    pub(crate) has_boundary: bool,
    pub(crate) has_session_policy: bool,
    pub(crate) has_endpoint_policy: bool,
    pub(crate) identity_policies: usize,
    pub(crate) scp_levels: usize,
    pub(crate) rcp_levels: usize,
    /// The action has no resource type, so the RCPs are those of the caller's account (IAM-271).
    pub(crate) has_no_resource: bool,
    pub(crate) scps_bind: Bound,
    pub(crate) rcps_bind: Bound,
}

/// What ends the matter early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Preempted {
    /// sts:GetCallerIdentity or sts:GetSessionToken, which always succeed (IAM-260).
    AlwaysAllowed,
    /// sts:AssumeRole by a root user (IAM-252).
    RootAssumesRole,
    /// Caller and resource are in different partitions (IAM-102).
    OtherPartition,
}

/// Whether the policies of an organization bind a request, or why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    Yes,
    /// SCPs: the caller is in no account of the organization.
    NoMember,
    ManagementAccount,
    ServiceLinkedRole,
    /// RCPs: not one of the services they reach.
    OtherService,
}

impl Parties {
    pub(crate) fn of(request: &Request<'_>) -> Self {
        let check = request.check;
        let caller = request.caller;
        let is_role = request.is_role();
        let passes_tags_or_identity =
            request.is_action("sts:TagSession") || request.is_action("sts:SetSourceIdentity");
        let assumes = passes_tags_or_identity || starts_with(&check.action, "sts:AssumeRole");
        let is_kms = request.service.eq_ignore_ascii_case("kms");
        let same_account = same_account(request);
        Self {
            caller: caller.kind(),
            same_account,
            preempted: preempted(request),
            assumes_role: assumes && is_role,
            assumes_itself: assumes && assumes_itself(request),
            passes_tags_or_identity,
            on_kms_key: request.is_kms_key(),
            kms_without_key: is_kms && request.resource.is_none(),
            on_agentcore: request.service.eq_ignore_ascii_case("bedrock-agentcore"),
            is_bucket_owner_on_policy: matches!(caller, Caller::Root(arn)
                if arn.account == check.resource.account)
                && [
                    "s3:GetBucketPolicy",
                    "s3:PutBucketPolicy",
                    "s3:DeleteBucketPolicy",
                ]
                .iter()
                .any(|action| request.is_action(action)),
            resource_policy_type: resource_policy_type(request),
            has_resource_policy: check.resource_policy.is_some(),
            has_boundary: check.boundary.is_some(),
            has_session_policy: check.session_policy.is_some(),
            has_endpoint_policy: check.endpoint_policy.is_some(),
            identity_policies: check.identity_policies.len(),
            scp_levels: check.scps.len(),
            rcp_levels: check.rcps.len(),
            has_no_resource: request.resource.is_none(),
            scps_bind: scps_bind(request),
            rcps_bind: rcps_bind(request),
        }
    }

    /// Whether identity policies and a boundary count: for IAM users and sessions (readings, 2.2).
    pub(crate) fn has_identity_side(&self) -> bool {
        matches!(
            self.caller,
            CallerKind::User | CallerKind::RoleSession | CallerKind::FederatedUser
        )
    }

    /// How many levels of SCPs have to allow.
    pub(crate) fn counting_scp_levels(&self) -> usize {
        match self.scps_bind {
            Bound::Yes => self.scp_levels,
            _ => 0,
        }
    }

    /// How many levels of RCPs have to allow.
    pub(crate) fn counting_rcp_levels(&self) -> usize {
        match (self.rcps_bind, self.preempted) {
            (Bound::Yes, None) => self.rcp_levels,
            _ => 0,
        }
    }
}

/// The type a resource's own policy is read as (readings, 2.2).
pub(crate) fn resource_policy_type(request: &Request<'_>) -> PolicyType {
    if request.is_role() {
        PolicyType::Trust
    } else if request.is_kms_key() {
        PolicyType::Key
    } else {
        PolicyType::Resource
    }
}

/// A resource owned by AWS itself counts as the caller's own.
fn same_account(request: &Request<'_>) -> Option<bool> {
    let owner = &request.check.resource.account;
    let identity = request.caller.identity()?;
    Some(owner == identity.account || owner == "aws")
}

fn preempted(request: &Request<'_>) -> Option<Preempted> {
    let kind = request.caller.kind();
    // Readings, 2.6: signed is everybody else.
    let is_signed = !matches!(
        kind,
        CallerKind::Anonymous | CallerKind::Jwt | CallerKind::FederatedProvider
    );
    let is_user_or_root = matches!(kind, CallerKind::User | CallerKind::Root);
    if (request.is_action("sts:GetCallerIdentity") && is_signed)
        || (request.is_action("sts:GetSessionToken") && is_user_or_root)
    {
        return Some(Preempted::AlwaysAllowed);
    }
    if request.is_action("sts:AssumeRole") && kind == CallerKind::Root {
        return Some(Preempted::RootAssumesRole);
    }
    // Readings, 2.5: compared when both ARNs have a partition.
    let caller = Arn::split(request.caller_text()).map(|arn| arn.partition);
    let resource = request.resource.map(|arn| arn.partition);
    match (caller, resource) {
        (Some(caller), Some(resource)) if caller != resource => Some(Preempted::OtherPartition),
        _ => None,
    }
}

fn assumes_itself(request: &Request<'_>) -> bool {
    let (Caller::RoleSession { arn, role }, Some(resource)) = (request.caller, request.resource)
    else {
        return false;
    };
    request.is_role()
        && resource.account == arn.account
        && crate::principal::last_name(resource.resource) == role
}

/// IAM-232…IAM-235, AC-120: SCPs bind the IAM identities of member accounts.
fn scps_bind(request: &Request<'_>) -> Bound {
    if request.caller.identity().is_none() {
        Bound::NoMember
    } else if request.has_fact(Fact::ServiceLinkedRole) {
        Bound::ServiceLinkedRole
    } else if request.has_fact(Fact::PrincipalInManagementAccount) {
        Bound::ManagementAccount
    } else {
        Bound::Yes
    }
}

/// IAM-239, IAM-240: RCPs bind everybody on resources of member accounts, in the services they reach.
fn rcps_bind(request: &Request<'_>) -> Bound {
    let service = request.service.to_ascii_lowercase();
    if request.has_fact(Fact::ResourceInManagementAccount) {
        Bound::ManagementAccount
    } else if request.has_fact(Fact::ServiceLinkedRole) {
        Bound::ServiceLinkedRole
    } else if !RCP_SERVICES.contains(&service.as_str()) || request.is_action("kms:RetireGrant") {
        Bound::OtherService
    } else {
        Bound::Yes
    }
}

/// Whether an action begins so; letter case does not count.
fn starts_with(action: &str, prefix: &str) -> bool {
    action
        .get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}
