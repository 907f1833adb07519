//! The decision of a check from what its policies say (7.0, `evaluate`).
//!
//! Explicit denies first, then guardrails that have to allow (RCPs, SCPs, endpoint policy), then grants.

use veriam_model::{Decision, Dialect, PolicySlot, RuleId, Verb};

use crate::notes::{Notes, ac, iam};
use crate::parties::{Parties, Preempted};
use crate::statement::Said;
use crate::{CallerKind, Layer, Step, grants};

/// What one policy says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PolicySaid {
    pub(crate) slot: PolicySlot,
    pub(crate) counts: bool,
    /// Empty when it does not count.
    pub(crate) statements: Vec<Said>,
}

/// What all policies of a check say.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Policies<'p> {
    pub(crate) parties: &'p Parties,
    pub(crate) said: &'p [PolicySaid],
    /// Whether SCPs and endpoint policy may stop what is always allowed (IAM-260).
    pub(crate) guarded: bool,
}

/// What policies say together: a Deny beats an Allow.
pub(crate) fn verdict<'s>(statements: impl IntoIterator<Item = &'s Said>) -> Layer {
    let mut layer = Layer::Silent;
    for said in statements.into_iter().filter(|said| said.applies) {
        match said.effect {
            Verb::Deny => return Layer::Deny,
            Verb::Allow => layer = Layer::Allow,
        }
    }
    layer
}

impl<'p> Policies<'p> {
    /// What the policies in some places say together, if they count.
    pub(crate) fn layer(&self, place: impl Fn(PolicySlot) -> bool) -> Layer {
        let policies = self.said.iter().filter(|p| p.counts && place(p.slot));
        verdict(policies.flat_map(|p| &p.statements))
    }

    /// The applicable Allow statements of the resource policy: RPALLOW.
    pub(crate) fn resource_allows(&self) -> impl Iterator<Item = &'p Said> {
        let resource = self
            .said
            .iter()
            .filter(|p| p.counts && p.slot == PolicySlot::Resource);
        let statements = resource.flat_map(|p| &p.statements);
        statements.filter(|said| said.applies && said.effect == Verb::Allow)
    }

    fn has_deny_statement(&self) -> bool {
        let statements = self.said.iter().flat_map(|policy| &policy.statements);
        statements.into_iter().any(|said| said.effect == Verb::Deny)
    }

    /// The policies in which some Deny statement applies.
    pub(crate) fn denying(&self) -> Vec<PolicySlot> {
        let denies =
            |policy: &&PolicySaid| policy.counts && verdict(&policy.statements) == Layer::Deny;
        self.said
            .iter()
            .filter(denies)
            .map(|policy| policy.slot)
            .collect()
    }
}

/// The steps of the algorithm as they are taken.
#[derive(Debug)]
pub(crate) struct Log<'d> {
    pub(crate) notes: Notes<'d>,
    pub(crate) steps: Vec<Step>,
}

impl<'d> Log<'d> {
    pub(crate) fn new(notes: Notes<'d>) -> Self {
        Self {
            notes,
            steps: Vec::new(),
        }
    }

    /// A step: the rules it applies and what it finds.
    pub(crate) fn step(&mut self, rules: &[RuleId], text: impl FnOnce() -> String) {
        for &rule in rules {
            self.notes.cite(rule);
        }
        if self.notes.is_recording() {
            self.steps.push(Step {
                rules: rules.to_vec(),
                text: self.notes.text(text),
            });
        }
    }
}

/// Decides a check.
pub(crate) fn decide(policies: Policies<'_>, log: &mut Log<'_>) -> Decision {
    let parties = policies.parties;
    // IAM-272: one (action, resource) check at a time. IAM-267: those of a call combine by AND.
    log.notes.cite(iam(272));
    log.notes.cite(iam(267));
    // IAM-102: partitions of IAM identities are compared.
    log.notes.cite_if(parties.same_account.is_some(), iam(102));
    match parties.preempted {
        Some(Preempted::AlwaysAllowed) if !policies.guarded => {
            log.step(&[iam(260)], || {
                "the operation always succeeds for this caller".to_owned()
            });
            return Decision::Allow;
        }
        Some(Preempted::RootAssumesRole) => {
            log.step(&[iam(252)], || {
                "a root user cannot call AssumeRole".to_owned()
            });
            return Decision::ImplicitDeny;
        }
        Some(Preempted::OtherPartition) => {
            log.step(&[iam(102)], || {
                "caller and resource are in different partitions".to_owned()
            });
            return Decision::ImplicitDeny;
        }
        Some(Preempted::AlwaysAllowed) | None => {}
    }
    // IAM-213: the order of what follows.
    log.notes.cite(iam(213));
    // IAM-270: a Deny statement that applies is an explicit deny, whatever else is missing.
    log.notes.cite_if(policies.has_deny_statement(), iam(270));
    let mut denying = policies.denying();
    if parties.is_bucket_owner_on_policy && denying.contains(&PolicySlot::Resource) {
        // IAM-261: the bucket policy cannot lock its owner's root user out of itself.
        log.step(&[iam(261)], || {
            "a Deny in the bucket policy does not stop the owner's root user here".to_owned()
        });
        denying.retain(|slot| *slot != PolicySlot::Resource);
    }
    if !denying.is_empty() {
        explicit_deny(policies, &denying, log);
        return Decision::ExplicitDeny;
    }
    log.step(&[], || "no Deny statement applies".to_owned());
    without_denies(policies, log)
}

/// Cites the rules that the rest of the algorithm would have applied, once a step has settled the outcome:
/// they hold, though they no longer matter (IAM-213). What they choose does not matter either.
fn cite_rest(log: &mut Log<'_>, rest: impl FnOnce(&mut Log<'_>) -> Decision) -> Decision {
    let mut quiet = Log::new(log.notes.fresh());
    let decision = rest(&mut quiet);
    log.notes.take_over_rules(&quiet.notes);
    decision
}

/// IAM-210: one applicable Deny in any policy that counts beats every Allow.
fn explicit_deny(policies: Policies<'_>, denying: &[PolicySlot], log: &mut Log<'_>) {
    let parties = policies.parties;
    let mut rules = vec![iam(210)];
    if denying.contains(&PolicySlot::Boundary) {
        rules.push(iam(225));
    }
    if parties.same_account == Some(false) {
        rules.push(iam(246));
    }
    if parties.caller == CallerKind::Root {
        rules.push(iam(262));
    }
    // IAM-270: the label, where an Allow is missing too.
    if cite_rest(log, |log| without_denies(policies, log)) != Decision::Allow {
        rules.push(iam(270));
    }
    log.step(&rules, || {
        let places: Vec<String> = denying.iter().map(PolicySlot::to_string).collect();
        format!("a Deny statement applies in {}", places.join(", "))
    });
}

/// What follows when no Deny statement applies.
fn without_denies(policies: Policies<'_>, log: &mut Log<'_>) -> Decision {
    cite_layers(policies, log);
    if !guardrails_allow(policies, log) {
        cite_rest(log, |log| granted(policies, log));
        return Decision::ImplicitDeny;
    }
    granted(policies, log)
}

/// What follows when every guardrail allows.
fn granted(policies: Policies<'_>, log: &mut Log<'_>) -> Decision {
    if policies.guarded {
        log.step(&[iam(260)], || {
            "the operation succeeds for this caller unless an SCP or the endpoint policy stops it"
                .to_owned()
        });
        return Decision::Allow;
    }
    let decision = grants::decide(policies, log);
    if decision != Decision::Allow {
        // IAM-231, IAM-241: guardrails never grant.
        log.notes.cite_if(counts(policies, is_scp), iam(231));
        log.notes.cite_if(counts(policies, is_rcp), iam(241));
    }
    decision
}

fn is_scp(slot: PolicySlot) -> bool {
    matches!(slot, PolicySlot::Scp(..))
}

fn is_rcp(slot: PolicySlot) -> bool {
    matches!(slot, PolicySlot::Rcp(..))
}

fn counts(policies: Policies<'_>, place: fn(PolicySlot) -> bool) -> bool {
    policies.said.iter().any(|p| p.counts && place(p.slot))
}

/// RCPs, SCPs and the endpoint policy each have to allow.
fn guardrails_allow(policies: Policies<'_>, log: &mut Log<'_>) -> bool {
    let parties = policies.parties;
    // IAM-238: at every level.
    for level in 0..parties.counting_rcp_levels() {
        let at = |slot| matches!(slot, PolicySlot::Rcp(l, _) if l == level);
        if policies.layer(at) != Layer::Allow {
            log.step(&[iam(238)], || format!("no RCP of level {level} allows"));
            return false;
        }
    }
    // IAM-214, IAM-230: at every level.
    for level in 0..parties.counting_scp_levels() {
        let at = |slot| matches!(slot, PolicySlot::Scp(l, _) if l == level);
        if policies.layer(at) != Layer::Allow {
            // IAM-236: also when the grant would come from a resource policy.
            log.notes
                .cite_if(policies.resource_allows().next().is_some(), iam(236));
            log.step(&[iam(214), iam(230)], || {
                format!("no SCP of level {level} allows")
            });
            return false;
        }
    }
    // IAM-242.
    if parties.has_endpoint_policy
        && policies.layer(|slot| slot == PolicySlot::Endpoint) != Layer::Allow
    {
        let mut rules = vec![iam(242)];
        if parties.caller == CallerKind::Jwt {
            rules.push(ac(166));
        }
        log.step(&rules, || {
            "the policy of the VPC endpoint does not allow".to_owned()
        });
        return false;
    }
    true
}

/// Cites what the policies that count stand for.
fn cite_layers(policies: Policies<'_>, log: &mut Log<'_>) {
    let parties = policies.parties;
    let notes = &mut log.notes;
    let is_root = parties.caller == CallerKind::Root;
    if parties.counting_scp_levels() > 0 {
        notes.cite(iam(230));
        notes.cite(iam(232));
        notes.cite_if(is_root, iam(237));
    }
    if parties.counting_rcp_levels() > 0 {
        notes.cite(iam(238));
        notes.cite(iam(239));
        notes.cite_if(parties.has_no_resource, iam(271));
    }
    notes.cite_if(parties.has_endpoint_policy, iam(242));
    notes.cite_if(
        parties.has_endpoint_policy && parties.caller == CallerKind::Jwt,
        ac(166),
    );
}

/// The decision from given statements; cites nothing.
pub(crate) fn decide_quietly(policies: Policies<'_>, dialect: &Dialect) -> Decision {
    decide(policies, &mut Log::new(Notes::new(dialect, None)))
}
