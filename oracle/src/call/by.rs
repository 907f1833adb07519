//! Which policy types a denial is by (readings, 5.8 and 5.9).

use veriam_model::{Decision, PolicySlot, PolicyType, PolicyTypes};

use crate::decide::{Log, Policies};
use crate::judgement::policy_type;
use crate::notes::Notes;
use crate::parties::{Parties, Preempted};
use crate::{CallerKind, Layer, grants};

/// The types of the policies in which a Deny statement applies.
pub(crate) fn explicit(policies: Policies<'_>) -> PolicyTypes {
    let denying = policies.denying().into_iter();
    denying
        .map(|slot| policy_type(slot, PolicyType::Resource))
        .collect()
}

/// The types of the policies that would have had to allow and do not: guards, then grants.
pub(crate) fn implicit(policies: Policies<'_>, notes: &mut Notes<'_>) -> PolicyTypes {
    let parties = policies.parties;
    // IAM-252, IAM-102: what is denied before policies is for want of either side (readings, 6.15).
    if let Some(Preempted::RootAssumesRole | Preempted::OtherPartition) = parties.preempted {
        return PolicyTypes::new()
            .with(PolicyType::Identity)
            .with(PolicyType::Resource);
    }
    let mut by = guards(policies);
    // IAM-260: what is always allowed needs no grant; only guards can stop it.
    if policies.guarded {
        return by;
    }
    // Which grants are missing is asked also where a guard is what denies.
    let mut log = Log::new(notes.fresh());
    let decision = grants::decide(policies, &mut log);
    notes.take_over_choices(log.notes.consulted());
    if decision == Decision::Allow {
        return by;
    }
    let silent = |slot| policies.layer(|s| s == slot) != Layer::Allow;
    let identity = policies.layer(|slot| matches!(slot, PolicySlot::Identity(_)));
    if parties.has_identity_side() {
        if identity != Layer::Allow {
            by.insert(PolicyType::Identity);
        }
        if parties.has_boundary && silent(PolicySlot::Boundary) {
            by.insert(PolicyType::Boundary);
        }
        // A federated-user session has nothing without session policy.
        let needs_session =
            parties.has_session_policy || parties.caller == CallerKind::FederatedUser;
        if needs_session && silent(PolicySlot::Session) {
            by.insert(PolicyType::Session);
        }
    }
    let resource = match parties.caller {
        // AC-122 is what denies a JWT caller here.
        CallerKind::Jwt => true,
        _ => {
            let asked = parties.same_account == Some(false)
                || parties.has_resource_policy
                || needs_resource_policy(parties);
            asked && policies.resource_allows().next().is_none()
        }
    };
    if resource {
        by.insert(PolicyType::Resource);
    }
    by
}

/// Whether nothing but the resource's own policy could allow (readings, 6.15): a service (IAM-263), and whoever asks for
/// a role (IAM-249) or a KMS key (IAM-255).
fn needs_resource_policy(parties: &Parties) -> bool {
    parties.caller == CallerKind::ServicePrincipal || parties.assumes_role || parties.on_kms_key
}

/// SCPs, RCPs and the policy of the VPC endpoint, where they count and do not allow.
fn guards(policies: Policies<'_>) -> PolicyTypes {
    let parties = policies.parties;
    let mut by = PolicyTypes::new();
    let scp = |level| policies.layer(|slot| matches!(slot, PolicySlot::Scp(l, _) if l == level));
    if (0..parties.counting_scp_levels()).any(|level| scp(level) != Layer::Allow) {
        by.insert(PolicyType::Scp);
    }
    let rcp = |level| policies.layer(|slot| matches!(slot, PolicySlot::Rcp(l, _) if l == level));
    if (0..parties.counting_rcp_levels()).any(|level| rcp(level) != Layer::Allow) {
        by.insert(PolicyType::Rcp);
    }
    let endpoint = policies.layer(|slot| slot == PolicySlot::Endpoint);
    if parties.has_endpoint_policy && endpoint != Layer::Allow {
        by.insert(PolicyType::Endpoint);
    }
    by
}
