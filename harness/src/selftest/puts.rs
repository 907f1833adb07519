//! Canaries about puts: which policies are stored.

use veriam_model::{Put, PutPlace, PutRefusal, RuleId};

use super::{Bug, Canary};

/// Every canary of this file.
pub(super) const ALL: &[Canary] = &[
    Canary {
        name: "put-by-another-account",
        does: "Whoever asks can put a policy on a resource, not only its owner.",
        seen: "realistic",
        bug: Bug::Put(owned),
    },
    Canary {
        name: "put-on-what-is-not-there",
        does: "A policy is stored for a resource that does not exist.",
        seen: "realistic",
        bug: Bug::Put(|put| put.exists = true),
    },
    Canary {
        name: "put-with-any-resource",
        does: "Whether Resource names the resource the policy is put on is not checked.",
        seen: "realistic",
        bug: Bug::Overlooked(|refusal| is_any(refusal, &[143, 146])),
    },
    Canary {
        name: "put-of-any-size",
        does: "Neither the length of a policy nor the number of its statements is limited.",
        seen: "realistic",
        bug: Bug::Overlooked(|refusal| is_any(refusal, &[38])),
    },
    Canary {
        name: "put-with-malformed-principals",
        does: "Principals are stored whatever form their ARNs have.",
        seen: "realistic",
        bug: Bug::Overlooked(|refusal| {
            is_any(refusal, &[149])
                && matches!(&refusal.at, PutPlace::Policy { pointer, .. } if pointer.contains("/Principal"))
        }),
    },
    Canary {
        name: "put-with-wildcards-in-principals",
        does: "A policy is stored with a wildcard inside the name of a principal.",
        seen: "ministack 1.5",
        bug: Bug::Overlooked(|refusal| refusal.rule == RuleId::iam(52)),
    },
];

/// The account of the caller becomes that of the resource.
fn owned(put: &mut Put) {
    if let Some(owner) = put.resource.split(':').nth(4)
        && owner.len() == 12
        && owner.bytes().all(|b| b.is_ascii_digit())
    {
        put.account = owner.to_owned();
    }
}

fn is_any(refusal: &PutRefusal, rules: &[u16]) -> bool {
    rules
        .iter()
        .any(|number| RuleId::agentcore(*number) == refusal.rule)
}
