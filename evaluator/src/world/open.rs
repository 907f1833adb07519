//! Requests that nobody has to grant (section 6.6 of the readings).

use veriam_model::{Denial, DenialKind, Outcome, Pair as At, PolicyType, PolicyTypes};

use super::facts::PairFacts;
use super::judge::{Judge, base, levels};
use super::pairs::{Open, Pair, Pairs};
use crate::program::{Present, pool};

impl Judge<'_> {
    /// The outcome of a request that only an endpoint policy can stop and, under one reading of AC-203, a Deny.
    pub(super) fn outcome_of_open(&self, pairs: &Pairs<'_>, open: Open) -> Outcome {
        let denial = pairs
            .iter()
            .find_map(|pair| self.denial_of_open(pair, open));
        denial.map_or(Outcome::Allowed, Outcome::Denied)
    }

    fn denial_of_open(&self, pair: &Pair<'_>, open: Open) -> Option<Denial> {
        let facts = PairFacts {
            call: &self.facts,
            pair,
        };
        let endpoint_policy = self.endpoint_policy.filter(|_| open.is_filtered);
        let question = self.question(pair, Present::default());
        let filtered =
            endpoint_policy.map(|layer| layer.tally(&question, &facts, base(pool::ENDPOINT)));
        let mut denied_by = PolicyTypes::new();
        if filtered.is_some_and(|tally| tally.denied) {
            denied_by.insert(PolicyType::Endpoint);
        }
        if open.honours_denies {
            // What NotPrincipal reaches depends on the boundary (IAM-122).
            let present = Present {
                boundary: self.boundary.is_some(),
                ..Present::default()
            };
            let question = self.question(pair, present);
            let scps = self.scps.filter(|_| question.scps_bind());
            let real = [
                (PolicyType::Identity, self.identity, base(pool::IDENTITY)),
                (PolicyType::Resource, pair.on.policy, base(pool::RESOURCE)),
                (PolicyType::Boundary, self.boundary, base(pool::BOUNDARY)),
                (PolicyType::Session, self.session, base(pool::SESSION)),
                (PolicyType::Scp, scps, levels(true, false)),
            ];
            for (policy_type, layer, counting) in real {
                let denies =
                    |layer: &super::layer::Layer| layer.tally(&question, &facts, counting).denied;
                if layer.is_some_and(denies) {
                    denied_by.insert(policy_type);
                }
            }
        }
        let denied = |kind, by| {
            let at = At {
                action: pair.action.to_owned(),
                resource: pair.on.arn.to_owned(),
            };
            Some(Denial { kind, at, by })
        };
        if !denied_by.is_empty() {
            return denied(DenialKind::Explicit, denied_by);
        }
        if filtered.is_some_and(|tally| !tally.allows(pool::ENDPOINT)) {
            let by = PolicyTypes::new().with(PolicyType::Endpoint);
            return denied(DenialKind::Implicit, by);
        }
        None
    }
}
