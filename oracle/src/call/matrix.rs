//! Which rules about two resources and two accounts a call shows (AC-068…AC-099). They follow from the decisions on the
//! pairs, which need none of them; whoever asks why is told.

use veriam_model::{Decision, Outcome, PolicySlot, Verb};

use super::ask::{Ask, Asked, Authorization};
use super::combine::Judged;
use super::scene::Who;
use crate::notes::{Notes, ac};
use crate::{Grade, Layer};

/// Cites the rules that the pairs of a call show, if its resource is one that takes resource-based policies.
pub(crate) fn cite(
    asked: &Asked<'_>,
    judged: &[Judged<'_>],
    outcome: &Outcome,
    notes: &mut Notes<'_>,
) {
    match asked.authorization {
        Authorization::TwoResources => cite_runtime(asked, judged, outcome, notes),
        Authorization::OneResource => {
            // AC-086: the two resources belong to runtimes.
            notes.cite(ac(86));
            for pair in judged {
                cite_pair(pair, notes);
            }
        }
        Authorization::EveryPair | Authorization::Nothing { .. } => {}
    }
}

fn cite_runtime(
    asked: &Asked<'_>,
    judged: &[Judged<'_>],
    outcome: &Outcome,
    notes: &mut Notes<'_>,
) {
    for pair in judged {
        cite_pair(pair, notes);
    }
    // Pairs come two by two: an action on the runtime, the same on the endpoint.
    for two in judged.chunks_exact(2) {
        let [runtime, endpoint] = two else { continue };
        cite_two(runtime, endpoint, notes);
    }
    let Who::Signer(signer) = &asked.scene.who else {
        cite_jwt(judged, outcome, notes);
        return;
    };
    let is_own = |ask: &Ask<'_>| ask.owner.id() == signer.account.id;
    match asked.asks.iter().all(is_own) {
        // AC-092: each resource by either side, both resources.
        true => notes.cite(ac(92)),
        // AC-075: the owner has to allow both.
        false => notes.cite(ac(75)),
    }
}

fn cite_pair(pair: &Judged<'_>, notes: &mut Notes<'_>) {
    let parties = pair.policies.parties;
    let (identity, resource) = (pair.identity() == Layer::Allow, pair.resource_allows());
    let allowed = pair.decision == Decision::Allow;
    if parties.same_account == Some(true) {
        // AC-070: a policy of the resource that is silent is like none.
        notes.cite_if(is_silent(pair), ac(70));
    }
    // AC-071: what SCPs and Deny statements take away no resource policy gives.
    let overridden = pair.decision == Decision::ExplicitDeny || scps_are_silent(pair);
    notes.cite_if(overridden && resource, ac(71));
    // AC-088: across accounts one side is not enough.
    let cross = parties.same_account == Some(false);
    notes.cite_if(cross && !allowed && identity != resource, ac(88));
    // AC-096: naming the account delegates. AC-097: what else holds of principals and sessions in IAM.
    let grants = |grade| {
        pair.policies
            .resource_allows()
            .any(|said| said.grade == grade)
    };
    notes.cite_if(grants(Grade::Account), ac(96));
    notes.cite_if(grants(Grade::Entity), ac(97));
    // AC-099: withholding this action forbids the header.
    let for_user = pair.pair.action.ends_with("ForUser");
    notes.cite_if(for_user && !allowed, ac(99));
    // AC-167: a statement for everyone lets callers of both kinds through an endpoint.
    let everyone = pair.policies.said.iter().any(|policy| {
        let mut statements = policy.statements.iter();
        policy.slot == PolicySlot::Endpoint
            && statements.any(|s| s.applies && s.effect == Verb::Allow && s.everyone)
    });
    notes.cite_if(everyone, ac(167));
}

/// Whether a caller of the owner's account is allowed while the resource's own policy says nothing.
fn is_silent(pair: &Judged<'_>) -> bool {
    let parties = pair.policies.parties;
    let allowed = pair.decision == Decision::Allow && parties.same_account == Some(true);
    allowed && parties.has_resource_policy && !pair.resource_allows()
}

/// Rules about an action on both resources.
fn cite_two(runtime: &Judged<'_>, endpoint: &Judged<'_>, notes: &mut Notes<'_>) {
    let parties = runtime.policies.parties;
    // AC-077: so it was seen with an endpoint whose policy holds a Deny for others.
    notes.cite_if(is_silent(endpoint) && has_deny(endpoint), ac(77));
    let is = |pair: &Judged<'_>, decision| pair.decision == decision;
    let (first, second) = (
        is(runtime, Decision::ImplicitDeny),
        is(endpoint, Decision::ImplicitDeny),
    );
    // AC-081: of two pairs that fail the runtime's is reported.
    notes.cite_if(first && second, ac(81));
    let covers = |pair: &Judged<'_>| parties.has_identity_side() && pair.identity() == Layer::Allow;
    let half_covered = covers(runtime) != covers(endpoint) && (first || second);
    match parties.same_account {
        // AC-079: identity policies have to name both. AC-084: nor does a grant on the runtime reach the endpoint.
        Some(true) => {
            notes.cite_if(half_covered, ac(79));
            notes.cite_if(runtime.resource_allows() && !first && second, ac(84));
        }
        // AC-089: also across accounts.
        Some(false) => notes.cite_if(half_covered, ac(89)),
        None => {}
    }
    // AC-078, AC-083: a Deny on one of the two is enough.
    let (runtime, endpoint) = (denies(runtime), denies(endpoint));
    notes.cite_if(endpoint && !runtime, ac(78));
    notes.cite_if(runtime && !endpoint, ac(83));
}

/// AC-123: a token, a policy on one of the two that allows, and none on the other.
fn cite_jwt(judged: &[Judged<'_>], outcome: &Outcome, notes: &mut Notes<'_>) {
    let has_policy = |pair: &Judged<'_>| pair.policies.parties.has_resource_policy;
    let some = judged
        .iter()
        .any(|pair| has_policy(pair) && pair.resource_allows());
    let none = judged.iter().any(|pair| !has_policy(pair));
    notes.cite_if(*outcome == Outcome::Allowed && some && none, ac(123));
}

/// Whether the resource's own policy holds a Deny.
fn has_deny(pair: &Judged<'_>) -> bool {
    let mut said = pair.policies.said.iter();
    said.any(|policy| {
        let mut statements = policy.statements.iter();
        policy.slot == PolicySlot::Resource && statements.any(|s| s.effect == Verb::Deny)
    })
}

/// Whether the resource's own policy denies.
fn denies(pair: &Judged<'_>) -> bool {
    let resource = pair.policies.layer(|slot| slot == PolicySlot::Resource);
    resource == Layer::Deny
}

fn scps_are_silent(pair: &Judged<'_>) -> bool {
    let levels = 0..pair.policies.parties.counting_scp_levels();
    levels.into_iter().any(|level| {
        let at = |slot| matches!(slot, PolicySlot::Scp(l, _) if l == level);
        pair.policies.layer(at) != Layer::Allow
    })
}
