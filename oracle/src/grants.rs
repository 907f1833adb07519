//! Who has to allow, once nothing denies and every guardrail allows (7.0, step 3).

use veriam_model::{Decision, PolicySlot, RuleId};

use crate::decide::{Log, Policies};
use crate::notes::iam;
use crate::{CallerKind, Grade, Layer, jwt};

/// What the resource policy allows this caller: RPALLOW.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ResourceAllow {
    pub(crate) direct: bool,
    pub(crate) entity: bool,
    pub(crate) account: bool,
    /// Whether a direct grant is one to everyone.
    pub(crate) everyone: bool,
}

impl ResourceAllow {
    fn of(policies: Policies<'_>) -> Self {
        let has = |grade| policies.resource_allows().any(|said| said.grade == grade);
        Self {
            direct: has(Grade::Direct),
            entity: has(Grade::Entity),
            account: has(Grade::Account),
            everyone: policies.resource_allows().any(|said| said.everyone),
        }
    }

    fn is_empty(self) -> bool {
        !(self.direct || self.entity || self.account)
    }
}

/// Decides by grants.
pub(crate) fn decide(policies: Policies<'_>, log: &mut Log<'_>) -> Decision {
    // IAM-209: who is not allowed is denied.
    log.notes.cite(iam(209));
    let allow = ResourceAllow::of(policies);
    match policies.parties.caller {
        CallerKind::Anonymous | CallerKind::ServicePrincipal | CallerKind::FederatedProvider => {
            outsider(policies, allow, log)
        }
        CallerKind::Jwt => jwt::decide(policies, allow, log),
        CallerKind::Root
        | CallerKind::User
        | CallerKind::RoleSession
        | CallerKind::FederatedUser => identity(policies, allow, log),
    }
}

/// Anonymous callers, service principals, web identity and SAML callers: the resource policy has to name
/// them directly.
fn outsider(policies: Policies<'_>, allow: ResourceAllow, log: &mut Log<'_>) -> Decision {
    let parties = policies.parties;
    let mut rules = match parties.caller {
        CallerKind::ServicePrincipal => vec![iam(223), iam(263)],
        CallerKind::FederatedProvider => vec![iam(116)],
        _ => vec![iam(264)],
    };
    if parties.assumes_role {
        rules.push(iam(249));
        rules.push(iam(253));
    }
    if allow.direct {
        log.step(&rules, || {
            format!("the resource policy allows this {}", parties.caller)
        });
        Decision::Allow
    } else {
        log.step(&rules, || {
            format!("the resource policy does not allow this {}", parties.caller)
        });
        Decision::ImplicitDeny
    }
}

/// What the caller's own side says.
#[derive(Clone, Copy, Debug)]
struct OwnSide {
    identity: Layer,
    boundary_ok: bool,
    session_ok: bool,
    /// `id_ok` of 7.0; true for a root user.
    allows: bool,
}

impl OwnSide {
    fn of(policies: Policies<'_>, log: &mut Log<'_>) -> Self {
        let parties = policies.parties;
        let is_root = parties.caller == CallerKind::Root;
        let identity = policies.layer(|slot| matches!(slot, PolicySlot::Identity(_)));
        let boundary = policies.layer(|slot| slot == PolicySlot::Boundary);
        let session = policies.layer(|slot| slot == PolicySlot::Session);
        let boundary_ok = is_root || !parties.has_boundary || boundary == Layer::Allow;
        let session_ok = match parties.caller {
            CallerKind::RoleSession => !parties.has_session_policy || session == Layer::Allow,
            CallerKind::FederatedUser => session == Layer::Allow,
            _ => true,
        };
        let notes = &mut log.notes;
        // IAM-262: nothing on a root user's own side limits it.
        notes.cite_if(is_root, iam(262));
        // IAM-211: identity policies are one pool.
        notes.cite_if(
            parties.has_identity_side() && parties.identity_policies > 1,
            iam(211),
        );
        // IAM-224: a boundary has to allow, too; IAM-226, IAM-227: and the session policy of a session.
        notes.cite_if(
            parties.has_identity_side() && parties.has_boundary,
            iam(224),
        );
        notes.cite_if(parties.caller == CallerKind::RoleSession, iam(226));
        notes.cite_if(parties.caller == CallerKind::FederatedUser, iam(227));
        Self {
            identity,
            boundary_ok,
            session_ok,
            allows: is_root || (identity == Layer::Allow && boundary_ok && session_ok),
        }
    }

    /// What is missing, for people.
    fn missing(&self) -> String {
        let mut missing = Vec::new();
        if self.identity != Layer::Allow {
            missing.push("no identity policy allows");
        }
        if !self.boundary_ok {
            missing.push("the permissions boundary does not allow");
        }
        if !self.session_ok {
            missing.push("no session policy allows");
        }
        missing.join(", ")
    }
}

fn identity(policies: Policies<'_>, allow: ResourceAllow, log: &mut Log<'_>) -> Decision {
    let own = OwnSide::of(policies, log);
    let parties = policies.parties;
    if parties.assumes_role {
        // IAM-253: what identity statements are tested against is the role.
        log.notes.cite(iam(253));
        // IAM-251: a role does not trust itself. IAM-254: tags and source identity need their own permission.
        log.notes.cite_if(parties.assumes_itself, iam(251));
        log.notes.cite_if(parties.passes_tags_or_identity, iam(254));
    }
    // IAM-257: KMS operations without a key have no key policy.
    log.notes.cite_if(parties.kms_without_key, iam(257));
    if parties.same_account == Some(true) {
        same_account(policies, allow, own, log)
    } else {
        cross_account(policies, allow, own, log)
    }
}

fn same_account(
    policies: Policies<'_>,
    allow: ResourceAllow,
    own: OwnSide,
    log: &mut Log<'_>,
) -> Decision {
    let parties = policies.parties;
    if allow.direct {
        log.step(&direct_rules(policies, allow), || {
            "the resource policy names the caller directly and allows".to_owned()
        });
        return Decision::Allow;
    }
    if allow.entity {
        // IAM-216, IAM-219: only boundary and session policy still limit.
        let mut rules = vec![match parties.caller {
            CallerKind::FederatedUser => iam(219),
            _ => iam(216),
        }];
        // IAM-249, IAM-255: so it is with trust and key policies.
        if parties.assumes_role {
            rules.push(iam(249));
        }
        if parties.on_kms_key {
            rules.push(iam(255));
        }
        if own.boundary_ok && own.session_ok {
            rules.push(iam(212));
            log.step(&rules, || {
                "the resource policy names the role or user behind the session and allows, and neither \
                 boundary nor session policy is in the way"
                    .to_owned()
            });
            return Decision::Allow;
        }
        log.step(&rules, || {
            format!(
                "the resource policy allows the role or user behind the session, but {}",
                own.missing()
            )
        });
    }
    if parties.assumes_role || parties.on_kms_key {
        return own_policy_required(policies, allow, own, log);
    }
    if allow.account {
        // IAM-106, IAM-221: a delegation.
        log.notes.cite(iam(106));
        log.notes.cite(iam(221));
    }
    if own.allows {
        log.step(&[own_side_rule(policies)], || match parties.caller {
            CallerKind::Root => "a root user has full access to its own account".to_owned(),
            _ => "the caller's identity policies allow".to_owned(),
        });
        Decision::Allow
    } else {
        log.step(&[own_side_rule(policies)], || {
            format!(
                "the resource policy does not allow the caller, and {}",
                own.missing()
            )
        });
        Decision::ImplicitDeny
    }
}

fn own_side_rule(policies: Policies<'_>) -> RuleId {
    match policies.parties.caller {
        CallerKind::Root => iam(222),
        _ => iam(212),
    }
}

/// The rules by which a direct grant inside the account suffices.
fn direct_rules(policies: Policies<'_>, allow: ResourceAllow) -> Vec<RuleId> {
    let parties = policies.parties;
    let mut rules = vec![match parties.caller {
        CallerKind::Root => iam(222),
        CallerKind::User => iam(215),
        CallerKind::FederatedUser => iam(218),
        _ => iam(217),
    }];
    if allow.everyone {
        rules.push(iam(220));
    }
    if parties.assumes_role {
        rules.push(iam(249));
    }
    if parties.on_kms_key {
        rules.extend([iam(255), iam(256)]);
    }
    rules.push(iam(212));
    rules
}

/// Roles and KMS keys: without their own policy nobody has access, and naming the account delegates.
fn own_policy_required(
    policies: Policies<'_>,
    allow: ResourceAllow,
    own: OwnSide,
    log: &mut Log<'_>,
) -> Decision {
    let (rule, policy) = match policies.parties.assumes_role {
        true => (iam(249), "trust policy"),
        false => (iam(255), "key policy"),
    };
    match (allow.account, own.allows) {
        (true, true) => {
            log.step(&[rule], || {
                format!("the {policy} delegates to the account, and the caller's own side allows")
            });
            Decision::Allow
        }
        (true, false) => {
            log.step(&[rule], || {
                format!(
                    "the {policy} delegates to the account, but {}",
                    own.missing()
                )
            });
            Decision::ImplicitDeny
        }
        (false, _) => {
            log.step(&[rule], || {
                format!("the {policy} does not allow, and nothing can replace it")
            });
            Decision::ImplicitDeny
        }
    }
}

/// Both accounts have to allow.
fn cross_account(
    policies: Policies<'_>,
    allow: ResourceAllow,
    own: OwnSide,
    log: &mut Log<'_>,
) -> Decision {
    let parties = policies.parties;
    let mut rules = vec![iam(244)];
    if parties.assumes_role {
        rules.push(iam(250));
    }
    if parties.on_kms_key {
        rules.push(iam(255));
    }
    // IAM-247: of a root user only the resource's side is asked.
    if parties.caller == CallerKind::Root {
        rules.push(iam(247));
    }
    match (allow.is_empty(), own.allows) {
        (false, true) => {
            log.step(&rules, || {
                "both the resource policy and the caller's own side allow".to_owned()
            });
            Decision::Allow
        }
        (false, false) => {
            // IAM-245: across accounts, being named directly does not replace the own side.
            if allow.direct || allow.entity {
                rules.push(iam(245));
            }
            log.step(&rules, || {
                format!(
                    "the resource policy allows a caller of another account, but {}",
                    own.missing()
                )
            });
            Decision::ImplicitDeny
        }
        (true, _) => {
            // IAM-248: without a resource policy that allows there is no access from another account.
            rules.push(iam(248));
            log.step(&rules, || {
                "the resource is another account's, and its policy does not allow the caller"
                    .to_owned()
            });
            Decision::ImplicitDeny
        }
    }
}
