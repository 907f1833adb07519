//! Canaries about which policies count and what their elements mean.

use serde_json::{Value, json};
use veriam_model::{Check, Decision, Fact, PolicySlot, PolicyText, Verb};
use veriam_oracle::{CallerKind, Derivation, Detail, Grade, Layer, trace};

use super::text::{add_statement, statements};
use super::{Bug, Canary, READINGS};

/// Every canary of this file.
pub(super) const ALL: &[Canary] = &[
    Canary {
        name: "not-action-as-action",
        does: "NotAction is read as Action.",
        seen: "realistic",
        bug: Bug::Check(not_action),
    },
    Canary {
        name: "not-resource-as-resource",
        does: "NotResource is read as Resource.",
        seen: "realistic",
        bug: Bug::Check(not_resource),
    },
    Canary {
        name: "boundary-ignored",
        does: "The permissions boundary does not count.",
        seen: "IAMSpy; AWS Emulator of November 2026, as others report",
        bug: Bug::Check(|check| check.boundary = None),
    },
    Canary {
        name: "boundary-ignored-for-a-role-grant",
        does: "A resource policy that names the role lets its sessions past the role's permissions boundary.",
        seen: "PMapper",
        bug: Bug::Check(role_grant_past_boundary),
    },
    Canary {
        name: "session-policy-ignored",
        does: "The session policy of a role session does not count.",
        seen: "AWS Emulator of November 2026, as others report",
        bug: Bug::Check(no_session_policy),
    },
    Canary {
        name: "session-policy-blocking-a-session-arn-grant",
        does: "A resource policy that names the session itself still needs the session policy to allow.",
        seen: "iam-simulate 0.1.173",
        bug: Bug::Decision(session_policy_blocks),
    },
    Canary {
        name: "scp-levels-flattened",
        does: "One Allow in any SCP is enough for all levels of the organization.",
        seen: "fakecloud-iam",
        bug: Bug::Check(|check| flatten(&mut check.scps)),
    },
    Canary {
        name: "each-scp-document-must-allow",
        does: "Every SCP of a level has to allow by itself.",
        seen: "fakecloud-iam",
        bug: Bug::Check(|check| split(&mut check.scps)),
    },
    Canary {
        name: "scp-not-applied-to-a-resource-policy-grant",
        does: "SCPs do not limit what a resource policy grants the caller.",
        seen: "fakecloud-iam",
        bug: Bug::Check(scp_past_resource_policy),
    },
    Canary {
        name: "scp-on-the-management-account",
        does: "SCPs limit the management account as well.",
        seen: "realistic",
        bug: Bug::Check(scp_on_management),
    },
    Canary {
        name: "rcp-ignored",
        does: "Resource control policies do not count.",
        seen: "all measured evaluators but iam-simulate know no such policies",
        bug: Bug::Check(|check| check.rcps.clear()),
    },
    Canary {
        name: "rcp-levels-flattened",
        does: "One Allow in any RCP is enough for all levels of the organization.",
        seen: "realistic",
        bug: Bug::Check(|check| flatten(&mut check.rcps)),
    },
    Canary {
        name: "endpoint-policy-ignored",
        does: "The policy of the VPC endpoint does not count.",
        seen: "all measured evaluators but iam-simulate know no such policies, ministack 1.5 among them",
        bug: Bug::Check(|check| check.endpoint_policy = None),
    },
    Canary {
        name: "resource-policy-ignored",
        does: "The policy of the resource does not count.",
        seen: "moto, for most services",
        bug: Bug::Check(|check| check.resource_policy = None),
    },
    Canary {
        name: "only-the-first-statement",
        does: "Only the first statement of a document is read.",
        seen: "realistic",
        bug: Bug::Check(first_statement),
    },
];

fn not_action(check: &mut Check) {
    statements(check, &mut |mut statement| {
        statement.rename("NotAction", "Action");
    });
}

fn not_resource(check: &mut Check) {
    statements(check, &mut |mut statement| {
        statement.rename("NotResource", "Resource");
    });
}

fn first_statement(check: &mut Check) {
    statements(check, &mut |mut statement| {
        if statement.index > 0 {
            statement.never();
        }
    });
}

/// A document that allows everything.
fn everything() -> PolicyText {
    let allow = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    PolicyText::new(json!({"Version": "2012-10-17", "Statement": allow}).to_string())
}

/// Whether an Allow of the resource policy applies that names the caller with one of these grades.
pub(super) fn granted(derivation: &Derivation, grades: &[Grade]) -> bool {
    let own = derivation.policies.iter();
    let mut own = own.filter(|policy| policy.counts && policy.slot == PolicySlot::Resource);
    own.any(|policy| {
        policy.statements.iter().any(|statement| {
            let graded = statement.grade.is_some_and(|grade| grades.contains(&grade));
            statement.applies && statement.effect == Verb::Allow && graded
        })
    })
}

/// What a check's resource policy grants the caller, asked of the oracle.
fn grants(check: &Check, grades: &[Grade]) -> bool {
    let derivation = trace(check, &READINGS, Detail::Structure);
    derivation.is_ok_and(|derivation| granted(&derivation, grades))
}

fn role_grant_past_boundary(check: &mut Check) {
    if check.boundary.is_some() && grants(check, &[Grade::Entity]) {
        // The boundary's Deny statements still bite: what is skipped is the need of an Allow.
        let allow = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
        for boundary in check.boundary.iter_mut() {
            add_statement(boundary, &allow);
        }
    }
}

fn no_session_policy(check: &mut Check) {
    if check.session_policy.is_some() {
        // Of a federated-user session none would mean that nothing is allowed.
        check.session_policy = Some(everything());
    }
}

fn session_policy_blocks(_: &Check, derivation: &Derivation, honest: Decision) -> Decision {
    let session = derivation.policies.iter();
    let mut session = session.filter(|policy| policy.counts && policy.slot == PolicySlot::Session);
    let silent = session.any(|policy| policy.verdict == Layer::Silent);
    let is_session = matches!(
        derivation.caller,
        CallerKind::RoleSession | CallerKind::FederatedUser
    );
    match honest {
        Decision::Allow if is_session && silent && granted(derivation, &[Grade::Direct]) => {
            Decision::ImplicitDeny
        }
        _ => honest,
    }
}

fn flatten(levels: &mut Vec<Vec<PolicyText>>) {
    if levels.len() > 1 {
        *levels = vec![levels.concat()];
    }
}

fn split(levels: &mut Vec<Vec<PolicyText>>) {
    *levels = levels
        .iter()
        .flat_map(|level| match level.is_empty() {
            true => vec![Vec::new()],
            false => level.iter().map(|text| vec![text.clone()]).collect(),
        })
        .collect();
}

fn scp_past_resource_policy(check: &mut Check) {
    let any = [Grade::Direct, Grade::Entity, Grade::Account];
    if !check.scps.is_empty() && grants(check, &any) {
        check.scps.clear();
    }
}

fn scp_on_management(check: &mut Check) {
    let spared = Fact::PrincipalInManagementAccount;
    check.facts.retain(|fact| *fact != spared);
}

/// Adds an Allow for the caller's account to the resource's own policy, as if that policy were not asked.
pub(super) fn delegate(check: &mut Check, is_trust: bool) {
    let Some(account) = check.principal.account.clone() else {
        return;
    };
    if account != check.resource.account {
        return;
    }
    let mut allow = json!({
        "Effect": "Allow", "Principal": {"AWS": account}, "Action": check.action,
    });
    if !is_trust {
        allow["Resource"] = json!("*");
    }
    match &mut check.resource_policy {
        Some(text) => add_statement(text, &allow),
        None => {
            let document: Value = json!({"Version": "2012-10-17", "Statement": allow});
            check.resource_policy = Some(PolicyText::new(document.to_string()));
        }
    }
}
