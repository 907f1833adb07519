//! The algorithm: from the statements that apply to the decision (section 7.0 of the rules).

use std::ops::ControlFlow;

use veriam_model::{Decision, Fact, facts, readings as dialects};

use crate::caller::{Action, Caller, Kind, Object};
use crate::glob::Case;
use crate::index::{Check, Found};
use crate::principal::{Grade, Naming};
use crate::program::{
    ActionPattern, Actions, Program, ResourcePattern, Resources, Rule, Shard, Target, pool,
};
use crate::run::{Run, Scratch};
use crate::settings::{Settings, mistaken};
use crate::work::Meter;
use crate::{MalformedRequest, Request};

/// Learns which statements applied.
pub(crate) trait Trace {
    /// Whether every statement is tried, also those that no longer matter.
    const IS_COMPLETE: bool;
    /// A statement applied.
    fn applied(&mut self, rule: &Rule);
}

/// Nobody asks.
impl Trace for () {
    const IS_COMPLETE: bool = false;
    #[inline]
    fn applied(&mut self, _: &Rule) {}
}

/// Decides a request.
#[inline]
pub(crate) fn decide<M: Meter, T: Trace>(
    program: &Program,
    settings: &Settings,
    request: &Request<'_>,
    meter: M,
    trace: &mut T,
) -> Result<Decision, MalformedRequest> {
    let action = Action::parse(request.action)?;
    let object = Object::parse(request.resource)?;
    let decider = Decider {
        caller: Caller::parse(request.principal, &action)?,
        object,
        action,
        request,
        run: Run {
            program,
            settings,
            context: request.context,
            scratch: Scratch::new(),
            meter,
        },
    };
    Ok(decider.decide(trace))
}

struct Decider<'r, M> {
    request: &'r Request<'r>,
    caller: Caller<'r>,
    action: Action<'r>,
    object: Object<'r>,
    run: Run<'r, M>,
}

/// What the statements that applied add up to.
#[derive(Default)]
struct Tally {
    denied: bool,
    /// How the resource policy's Allow statements name the caller.
    direct: bool,
    entity: bool,
    account: bool,
    /// The pools of the first shard with an Allow.
    allowed: u64,
    /// Some level of service, or of resource control policies has no Allow.
    scp_missing: bool,
    rcp_missing: bool,
}

impl Tally {
    fn allows(&self, pool: u8) -> bool {
        self.allowed & pool::bit(pool) != 0
    }

    /// Whether the resource policy has an Allow for the caller, however it is named.
    fn resource_allows(&self) -> bool {
        self.direct || self.entity || self.account
    }
}

/// Which policies count for a request.
#[derive(Clone, Copy, Default)]
struct Counting {
    /// Pools below the levels.
    base: u64,
    scps: bool,
    rcps: bool,
    /// The resource policy's denies do not count (IAM-261).
    spares_resource_denies: bool,
}

impl<'r, M: Meter> Decider<'r, M> {
    fn settings(&self) -> &'r Settings {
        self.run.settings
    }

    #[inline]
    fn decide<T: Trace>(&self, trace: &mut T) -> Decision {
        if self.action.is_of_sts()
            && let Some(decision) = self.before_policies(trace)
        {
            return decision;
        }
        if let Some(partition) = self.caller.partition
            && self.object.is_outside(partition)
        {
            return Decision::ImplicitDeny;
        }
        let present = &self.run.program.present;
        let mut base = pool::bit(pool::RESOURCE) | pool::bit(pool::ENDPOINT);
        if self.caller.has_identity_policies() {
            base |= pool::bit(pool::IDENTITY) | pool::bit(pool::BOUNDARY);
        }
        if self.caller.is_session() {
            base |= pool::bit(pool::SESSION);
        }
        let tally = self.tally(
            Counting {
                base,
                scps: present.scps && self.scps_bind(),
                rcps: present.rcps && self.rcps_bind(),
                spares_resource_denies: self.is_bucket_policy_call_of_owner(),
            },
            trace,
        );
        self.combine(&tally)
    }

    /// The three calls of STS that are settled before any policy is looked at (IAM-252, IAM-260).
    fn before_policies<T: Trace>(&self, trace: &mut T) -> Option<Decision> {
        let kind = self.caller.kind;
        let is_signed = !matches!(kind, Kind::Anonymous | Kind::Jwt | Kind::Provider);
        let always = (is_signed && self.action.is("sts:GetCallerIdentity"))
            || (matches!(kind, Kind::User | Kind::Root) && self.action.is("sts:GetSessionToken"));
        if always {
            return Some(self.guarded(trace));
        }
        (kind == Kind::Root && self.action.is("sts:AssumeRole")).then_some(Decision::ImplicitDeny)
    }

    /// A call that no policy of the caller and the resource can stop.
    fn guarded<T: Trace>(&self, trace: &mut T) -> Decision {
        if self.settings().reads(dialects::AlwaysAllowed::Always) {
            return Decision::Allow;
        }
        let present = &self.run.program.present;
        let counting = Counting {
            base: pool::bit(pool::ENDPOINT),
            scps: present.scps && self.scps_bind(),
            ..Counting::default()
        };
        let tally = self.tally(counting, trace);
        if tally.denied {
            Decision::ExplicitDeny
        } else if tally.scp_missing || (present.endpoint && !tally.allows(pool::ENDPOINT)) {
            Decision::ImplicitDeny
        } else {
            Decision::Allow
        }
    }

    /// Whether service control policies bind the caller (IAM-232 to IAM-235, IAM-237).
    fn scps_bind(&self) -> bool {
        let binds_management = mistaken!(self.settings(), ManagementAccountBoundByScps);
        let is_exempt = self.request.facts.iter().any(|fact| match fact {
            Fact::PrincipalInManagementAccount => !binds_management,
            Fact::ServiceLinkedRole => true,
            Fact::ResourceInManagementAccount => false,
        });
        self.caller.is_iam_identity() && !is_exempt
    }

    /// Whether resource control policies bind the call (IAM-239, IAM-240).
    fn rcps_bind(&self) -> bool {
        let is_exempt = self.request.facts.iter().any(|fact| {
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
    fn is_bucket_policy_call_of_owner(&self) -> bool {
        let calls = [
            "s3:GetBucketPolicy",
            "s3:PutBucketPolicy",
            "s3:DeleteBucketPolicy",
        ];
        self.caller.kind == Kind::Root
            && self.caller.account == self.request.resource.account
            && calls.iter().any(|call| self.action.is(call))
    }

    /// The decision that the statements add up to.
    #[inline]
    fn combine(&self, tally: &Tally) -> Decision {
        let present = &self.run.program.present;
        if tally.denied {
            return Decision::ExplicitDeny;
        }
        let endpoint_missing = present.endpoint && !tally.allows(pool::ENDPOINT);
        if tally.rcp_missing || tally.scp_missing || endpoint_missing {
            return Decision::ImplicitDeny;
        }
        if self.is_granted(tally) {
            Decision::Allow
        } else {
            Decision::ImplicitDeny
        }
    }

    /// Whether the caller's and the resource's side grant the request.
    #[inline]
    fn is_granted(&self, tally: &Tally) -> bool {
        let settings = self.settings();
        let present = &self.run.program.present;
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
        let owner = self.request.resource.account.as_str();
        if self.caller.account != owner && owner != "aws" {
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

    /// Whether the identity side alone is not enough within one account (IAM-249, IAM-254, IAM-255).
    fn needs_resource_policy(&self) -> bool {
        // Callers with an account have a partition, and what lies in another one was denied before.
        let partition = self.caller.partition.unwrap_or_default();
        if self.object.is_role(partition) {
            return self.action.begins("sts:AssumeRole")
                || self.action.is("sts:TagSession")
                || self.action.is("sts:SetSourceIdentity");
        }
        self.object.is_key(partition) && !mistaken!(self.settings(), KeyPolicyNotNeeded)
    }

    /// Evaluates every statement that counts.
    #[inline]
    fn tally<T: Trace>(&self, counting: Counting, trace: &mut T) -> Tally {
        let has_boundary = self.run.program.present.boundary && self.caller.has_identity_policies();
        let gateway = self.settings().reads(dialects::EndpointKind::Gateway)
            && (self.action.begins("s3:") || self.action.begins("dynamodb:"));
        let mut tally = Tally::default();
        for (number, shard) in self.run.program.shards.iter().enumerate() {
            let levels = |levels, count| if count { levels } else { 0 };
            let scps = levels(shard.scps, counting.scps);
            let rcps = levels(shard.rcps, counting.rcps);
            let base = if number == 0 { counting.base } else { 0 };
            let mut pass = Pass {
                decider: self,
                shard,
                counting: base | scps | rcps,
                satisfied: 0,
                allowed: 0,
                spares_resource_denies: counting.spares_resource_denies,
                has_boundary,
                gateway,
                tally: &mut tally,
                trace,
            };
            let flow = pass.visit_all();
            let allowed = pass.allowed;
            if number == 0 {
                tally.allowed = allowed;
            }
            tally.scp_missing |= scps & !allowed != 0;
            tally.rcp_missing |= rcps & !allowed != 0;
            if flow.is_break() {
                break;
            }
        }
        tally
    }
}

/// One pass over a shard.
struct Pass<'p, 'r, M, T> {
    decider: &'p Decider<'r, M>,
    shard: &'r Shard,
    /// The pools that count.
    counting: u64,
    /// The pools that no further Allow can add to.
    satisfied: u64,
    /// The pools with an Allow.
    allowed: u64,
    spares_resource_denies: bool,
    has_boundary: bool,
    gateway: bool,
    tally: &'p mut Tally,
    trace: &'p mut T,
}

impl<M: Meter, T: Trace> Pass<'_, '_, M, T> {
    #[inline]
    fn visit_all(&mut self) -> ControlFlow<()> {
        let shard = self.shard;
        match &shard.index {
            // An explanation names each statement once, in order.
            Some(index) if !T::IS_COMPLETE => {
                let action = self.decider.action.text;
                let object = self.decider.object.text;
                index.find(action, object, &mut |found| self.visit_found(found))
            }
            _ => shard.targets.iter().try_for_each(|target| {
                if self.matches_actions(&target.actions)
                    && self.matches_resources(&target.resources)
                {
                    self.visit_rules(target)
                } else {
                    ControlFlow::Continue(())
                }
            }),
        }
    }

    /// Checks what the index has left open.
    #[inline]
    fn visit_found(&mut self, found: &Found) -> ControlFlow<()> {
        let shard = self.shard;
        let Some(target) = shard.targets.get(found.target as usize) else {
            return ControlFlow::Continue(());
        };
        let action_matches = match found.action {
            Check::Met => true,
            Check::Element => self.matches_actions(&target.actions),
            Check::Pattern(number) => (target.actions.patterns.get(number as usize))
                .is_some_and(|pattern| self.matches_action(pattern)),
        };
        let matches = action_matches
            && match found.resource {
                Check::Met => true,
                Check::Element => self.matches_resources(&target.resources),
                Check::Pattern(number) => (target.resources.patterns.get(number as usize))
                    .is_some_and(|pattern| self.matches_resource(pattern)),
            };
        if matches {
            self.visit_rules(target)
        } else {
            ControlFlow::Continue(())
        }
    }

    /// Section 3.1 of the readings.
    #[inline]
    fn matches_actions(&self, actions: &Actions) -> bool {
        actions.patterns.iter().any(|p| self.matches_action(p)) != actions.negated
    }

    #[inline]
    fn matches_action(&self, pattern: &ActionPattern) -> bool {
        let meter = &self.decider.run.meter;
        match pattern {
            ActionPattern::Everything => true,
            ActionPattern::Like(p) => p.matches(self.decider.action.text, Case::Ascii, &(), meter),
        }
    }

    /// Section 3.2 of the readings.
    #[inline]
    fn matches_resources(&self, resources: &Resources) -> bool {
        if resources.needs_values && !self.has_values(resources) {
            return false;
        }
        resources.patterns.iter().any(|p| self.matches_resource(p)) != resources.negated
    }

    #[inline]
    fn matches_resource(&self, pattern: &ResourcePattern) -> bool {
        let Decider {
            run,
            object,
            action,
            ..
        } = self.decider;
        match pattern {
            ResourcePattern::Everything => true,
            ResourcePattern::Nothing => false,
            ResourcePattern::Like {
                pattern,
                covers_star_of,
            } => {
                if object.is_star() {
                    let service = covers_star_of.as_deref();
                    return service.is_some_and(|s| s.eq_ignore_ascii_case(action.service()));
                }
                pattern.matches(object.text, Case::Exact, run, &run.meter)
            }
        }
    }

    /// Whether every variable of a resource element has a value.
    fn has_values(&self, resources: &Resources) -> bool {
        resources.patterns.iter().all(|pattern| match pattern {
            ResourcePattern::Like { pattern, .. } => pattern.is_resolved(&self.decider.run),
            ResourcePattern::Everything | ResourcePattern::Nothing => true,
        })
    }

    /// Looks at the statements of a target that matches.
    #[inline]
    fn visit_rules(&mut self, target: &Target) -> ControlFlow<()> {
        let shard = self.shard;
        match &target.finder {
            // An explanation names each statement once.
            Some(finder) if !T::IS_COMPLETE => {
                let decider = self.decider;
                let values = |key| decider.run.values(key);
                finder.find(&decider.caller, values, &mut |number| match shard
                    .rules
                    .get(number as usize)
                {
                    Some(rule) => self.visit_rule(rule),
                    None => ControlFlow::Continue(()),
                })
            }
            _ => {
                let range = target.rules.start as usize..target.rules.end as usize;
                let mut rules = shard.rules.get(range).unwrap_or_default().iter();
                rules.try_for_each(|rule| self.visit_rule(rule))
            }
        }
    }

    /// Looks at a statement whose action and resource match.
    #[inline]
    fn visit_rule(&mut self, rule: &Rule) -> ControlFlow<()> {
        let bit = pool::bit(rule.pool);
        let is_settled = !rule.is_deny && self.satisfied & bit != 0 && !T::IS_COMPLETE;
        if self.counting & bit == 0 || is_settled {
            return ControlFlow::Continue(());
        }
        self.decider.run.meter.statement();
        let grade = self.grade(rule);
        if grade == Grade::None || !self.conditions_hold(rule) {
            return ControlFlow::Continue(());
        }
        self.trace.applied(rule);
        if !rule.is_deny {
            self.allow(rule, grade);
        } else if !(rule.pool == pool::RESOURCE && self.spares_resource_denies) {
            self.tally.denied = true;
            if !T::IS_COMPLETE {
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    }

    #[inline]
    fn allow(&mut self, rule: &Rule, grade: Grade) {
        let bit = pool::bit(rule.pool);
        self.allowed |= bit;
        if rule.pool != pool::RESOURCE {
            self.satisfied |= bit;
            return;
        }
        match grade {
            Grade::Direct => {
                self.tally.direct = true;
                self.satisfied |= bit;
            }
            Grade::Entity => self.tally.entity = true,
            Grade::Account => self.tally.account = true,
            Grade::None => {}
        }
    }

    /// How a statement names the caller.
    #[inline]
    fn grade(&self, rule: &Rule) -> Grade {
        if rule.who == Rule::ANYONE {
            return Grade::Direct;
        }
        let Some(who) = self.decider.run.program.principals.get(rule.who as usize) else {
            return Grade::None;
        };
        let naming = Naming {
            settings: self.decider.settings(),
            is_deny: rule.is_deny,
            has_boundary: self.has_boundary,
            accounts_are_roots: self.gateway && rule.pool == pool::ENDPOINT,
        };
        naming.grade(who, &self.decider.caller)
    }

    #[inline]
    fn conditions_hold(&self, rule: &Rule) -> bool {
        let from = rule.first_test as usize;
        let tests = from..from.saturating_add(rule.test_count as usize);
        let tests = self.shard.tests.get(tests).unwrap_or_default();
        tests.iter().all(|&test| self.decider.run.holds(test))
    }
}
