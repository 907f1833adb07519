//! Canaries about what follows from what the policies say.

use veriam_model::{CallCase, Check, Decision, Pair, PolicySlot, Verb};
use veriam_oracle::{CallerKind, Derivation, Detail, Layer, trace};

use super::policies::delegate;
use super::text::statements;
use super::{Bug, Canary, READINGS};

/// Every canary of this file.
pub(super) const ALL: &[Canary] = &[
    Canary {
        name: "foreign-explicit-deny-ignored",
        does: "A Deny in the resource policy of another account does not count.",
        seen: "realistic",
        bug: Bug::Check(foreign_deny),
    },
    Canary {
        name: "cross-account-by-one-side",
        does: "Across accounts one side that allows is enough.",
        seen: "iam-rs and aws-iam join the policies of both sides",
        bug: Bug::Check(one_side),
    },
    Canary {
        name: "same-account-needing-both",
        does: "Within an account both the caller's policies and the resource policy have to allow.",
        seen: "realistic",
        bug: Bug::Check(both_sides),
    },
    Canary {
        name: "implicit-deny-as-explicit",
        does: "A missing Allow is reported as an explicit deny.",
        seen: "moto, by its source: an Allow that does not match denies",
        bug: Bug::Decision(|_, _, honest| match honest {
            Decision::ImplicitDeny => Decision::ExplicitDeny,
            other => other,
        }),
    },
    Canary {
        name: "allow-beats-deny",
        does: "An Allow in the caller's policies wins over a Deny there.",
        seen: "realistic",
        bug: Bug::Check(allow_beats_deny),
    },
    Canary {
        name: "trust-policy-not-required",
        does: "Identity policies are enough to assume a role of the same account.",
        seen: "realistic",
        bug: Bug::Check(no_trust_policy),
    },
    Canary {
        name: "key-policy-not-required",
        does: "Identity policies are enough to use a KMS key of the same account.",
        seen: "AWS Emulator of November 2026, by its user guide",
        bug: Bug::Check(no_key_policy),
    },
    Canary {
        name: "root-denied",
        does: "The root user needs policies like an IAM user.",
        seen: "iam-simulate 0.1.173",
        bug: Bug::Check(root_as_user),
    },
    Canary {
        name: "one-resource-is-enough",
        does: "An action allowed on either the runtime or the endpoint is allowed on both.",
        seen: "realistic",
        bug: Bug::Pairs(one_resource),
    },
    Canary {
        name: "one-pair-is-enough",
        does: "A call is allowed as soon as one of its pairs is and nothing denies.",
        seen: "realistic",
        bug: Bug::Pairs(one_pair),
    },
    Canary {
        name: "jwt-allowed-past-an-unmatched-policy",
        does: "A valid token is enough although the resource has a policy in which no Allow applies.",
        seen: "realistic; the documentation does not settle it",
        bug: Bug::Decision(jwt_past_policy),
    },
];

fn is_foreign(check: &Check) -> bool {
    let caller = check.principal.account.as_deref();
    caller.is_some_and(|account| account != check.resource.account)
}

fn foreign_deny(check: &mut Check) {
    if is_foreign(check) {
        statements(check, &mut |mut statement| {
            if statement.slot == PolicySlot::Resource && statement.denies() {
                statement.never();
            }
        });
    }
}

fn one_side(check: &mut Check) {
    if let Some(account) = check.principal.account.clone()
        && is_foreign(check)
    {
        check.resource.account = account;
    }
}

fn both_sides(check: &mut Check) {
    if !is_foreign(check) {
        "000000000000".clone_into(&mut check.resource.account);
    }
}

fn allow_beats_deny(check: &mut Check) {
    let Ok(derivation) = trace(check, &READINGS, Detail::Structure) else {
        return;
    };
    let own = derivation.policies.iter();
    let own = own.filter(|policy| policy.counts && matches!(policy.slot, PolicySlot::Identity(_)));
    let mut allows = own.flat_map(|policy| &policy.statements);
    if allows.any(|said| said.applies && said.effect == Verb::Allow) {
        statements(check, &mut |mut statement| {
            if matches!(statement.slot, PolicySlot::Identity(_)) && statement.denies() {
                statement.never();
            }
        });
    }
}

fn no_trust_policy(check: &mut Check) {
    let assumes = check
        .action
        .to_ascii_lowercase()
        .starts_with("sts:assumerole");
    if assumes && check.resource.arn.contains(":role/") {
        delegate(check, true);
    }
}

fn no_key_policy(check: &mut Check) {
    let on_key = check.resource.arn.contains(":kms:") && check.resource.arn.contains(":key/");
    if on_key {
        delegate(check, false);
    }
}

fn root_as_user(check: &mut Check) {
    if let Some(start) = check.principal.arn.strip_suffix(":root") {
        check.principal.arn = format!("{start}:user/veriam-root");
        check.identity_policies.clear();
    }
}

fn one_resource(_: &CallCase, pairs: &mut Vec<(Pair, Decision)>) {
    let allowed: Vec<String> = pairs
        .iter()
        .filter(|(_, decision)| *decision == Decision::Allow)
        .map(|(pair, _)| pair.action.clone())
        .collect();
    for (pair, decision) in pairs {
        if *decision == Decision::ImplicitDeny && allowed.contains(&pair.action) {
            *decision = Decision::Allow;
        }
    }
}

fn one_pair(_: &CallCase, pairs: &mut Vec<(Pair, Decision)>) {
    if pairs
        .iter()
        .any(|(_, decision)| *decision == Decision::Allow)
    {
        pairs.retain(|(_, decision)| *decision != Decision::ImplicitDeny);
    }
}

fn jwt_past_policy(check: &Check, derivation: &Derivation, honest: Decision) -> Decision {
    let endpoint = derivation.policies.iter();
    let mut endpoint = endpoint.filter(|policy| policy.slot == PolicySlot::Endpoint);
    // A guardrail that does not allow still denies.
    let passes = endpoint.all(|policy| policy.verdict == Layer::Allow) && check.rcps.is_empty();
    let is_jwt = derivation.caller == CallerKind::Jwt && check.resource_policy.is_some();
    match honest {
        Decision::ImplicitDeny if is_jwt && passes => Decision::Allow,
        _ => honest,
    }
}
