//! Which statements apply to a question, and the decision of one program about it.

use std::ops::ControlFlow;

use veriam_model::{Decision, readings as dialects};

use crate::caller::{Action, Caller, Object};
use crate::glob::Case;
use crate::index::{Check, Found};
use crate::principal::{Grade, Naming};
use crate::program::{
    ActionPattern, Actions, Program, ResourcePattern, Resources, Rule, Shard, Target, pool,
};
use crate::question::{Consulted, Question, Tally};
use crate::run::{Run, Scratch};
use crate::settings::{Settings, mistaken};
use crate::source::{Listed, Source};
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
    let question = Question {
        settings,
        caller: Caller::parse(request.principal, &action)?,
        object,
        action,
        owner: &request.resource.account,
        facts: request.facts,
        present: program.present,
    };
    let decider = Decider {
        question: &question,
        run: Run {
            program,
            settings,
            source: Listed::new(request.context),
            scratch: Scratch::new(),
            meter,
        },
    };
    Ok(decider.decide(trace))
}

/// One question put to one program.
pub(crate) struct Decider<'r, S, M> {
    pub(crate) question: &'r Question<'r>,
    pub(crate) run: Run<'r, S, M>,
}

/// Which policies count for a request.
#[derive(Clone, Copy, Default)]
pub(crate) struct Counting {
    /// Pools below the levels.
    pub(crate) base: u64,
    pub(crate) scps: bool,
    pub(crate) rcps: bool,
    /// The resource policy's denies do not count (IAM-261).
    pub(crate) spares_resource_denies: bool,
}

impl<'r, S: Source<'r>, M: Meter> Decider<'r, S, M> {
    #[inline]
    fn decide<T: Trace>(&self, trace: &mut T) -> Decision {
        let question = self.question;
        let caller = &question.caller;
        let present = &question.present;
        let scps = present.scps && question.scps_bind();
        let consulted = question.consulted();
        let counting = match consulted {
            Consulted::None(decision) => return decision,
            Consulted::Guards => Counting {
                base: pool::bit(pool::ENDPOINT),
                scps,
                ..Counting::default()
            },
            Consulted::All => {
                let mut base = pool::bit(pool::RESOURCE) | pool::bit(pool::ENDPOINT);
                if caller.has_identity_policies() {
                    base |= pool::bit(pool::IDENTITY) | pool::bit(pool::BOUNDARY);
                }
                if caller.is_session() {
                    base |= pool::bit(pool::SESSION);
                }
                Counting {
                    base,
                    scps,
                    rcps: present.rcps && question.rcps_bind(),
                    spares_resource_denies: question.is_bucket_policy_call_of_owner(),
                }
            }
        };
        question.combine(consulted, &self.tally(counting, trace))
    }

    /// Evaluates every statement that counts.
    #[inline]
    pub(crate) fn tally<T: Trace>(&self, counting: Counting, trace: &mut T) -> Tally {
        let Question {
            settings,
            caller,
            action,
            present,
            ..
        } = self.question;
        let has_boundary = present.boundary && caller.has_identity_policies();
        let gateway = settings.reads(dialects::EndpointKind::Gateway)
            && (action.begins("s3:") || action.begins("dynamodb:"));
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
struct Pass<'p, 'r, S, M, T> {
    decider: &'p Decider<'r, S, M>,
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

impl<'r, S: Source<'r>, M: Meter, T: Trace> Pass<'_, 'r, S, M, T> {
    #[inline]
    fn visit_all(&mut self) -> ControlFlow<()> {
        let shard = self.shard;
        match &shard.index {
            // An explanation names each statement once, in order.
            Some(index) if !T::IS_COMPLETE => {
                let action = self.decider.question.action.text;
                let object = self.decider.question.object.text;
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
            ActionPattern::Like(p) => {
                p.matches(self.decider.question.action.text, Case::Ascii, &(), meter)
            }
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
        let Decider { run, question } = self.decider;
        let Question { object, action, .. } = question;
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
        let decider = self.decider;
        // An explanation names each statement once; and a finder knows better than the mistake.
        let tries_all = T::IS_COMPLETE || mistaken!(decider.question.settings, ArnNamesJwtCaller);
        match &target.finder {
            Some(finder) if !tries_all => {
                let values = |key| decider.run.values(key);
                finder.find(&decider.question.caller, values, &mut |number| match shard
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
            settings: self.decider.question.settings,
            is_deny: rule.is_deny,
            has_boundary: self.has_boundary,
            accounts_are_roots: self.gateway && rule.pool == pool::ENDPOINT,
        };
        naming.grade(who, &self.decider.question.caller)
    }

    #[inline]
    fn conditions_hold(&self, rule: &Rule) -> bool {
        let from = rule.first_test as usize;
        let tests = from..from.saturating_add(rule.test_count as usize);
        let tests = self.shard.tests.get(tests).unwrap_or_default();
        tests.iter().all(|&test| self.decider.run.holds(test))
    }
}
