//! Units of a part side by side.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use veriam_generators::CALLS_PER_WORLD;
use veriam_reports::{Part, PlannedUnit, Stopped, UnitRecord};

use super::{Course, Fold, Plan, Question, Rows, Tally, spaces, unit};
use crate::laws;
use crate::target::Target;

/// Cases between two steps of the progress bar.
const STEP: u64 = 128;

pub(super) struct Work<'a> {
    plan: &'a Plan,
    rows: &'a Rows,
    target: &'a dyn Target,
    course: &'a Course<'a>,
    fold: &'a Fold,
    diverged: AtomicBool,
    stopped: OnceLock<Stopped>,
}

impl<'a> Work<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        rows: &'a Rows,
        target: &'a dyn Target,
        course: &'a Course<'a>,
        fold: &'a Fold,
    ) -> Self {
        Self {
            plan,
            rows,
            target,
            course,
            fold,
            diverged: AtomicBool::new(false),
            stopped: OnceLock::new(),
        }
    }

    /// Why units were left out.
    pub(super) fn stopped(&self) -> Option<Stopped> {
        if self.diverged.load(Ordering::Relaxed) {
            Some(Stopped::Divergence)
        } else if self.is_lost() {
            Some(Stopped::Lost)
        } else {
            self.stopped.get().copied()
        }
    }

    /// Runs units of one part.
    pub(super) fn part(&self, part: Part, units: impl Iterator<Item = PlannedUnit> + Send) {
        match part {
            Part::Controls | Part::Sources | Part::Vectors => {
                let rows = self.rows.of(part);
                units.par_bridge().for_each(|unit| {
                    self.unit(&unit, || {
                        let rows = rows.iter().skip(unit.first as usize);
                        let groups = rows.take(unit.cases as usize);
                        groups.map(|question| vec![question.clone()])
                    });
                });
            }
            Part::Combiner | Part::Operators | Part::Principals | Part::TwoResource => {
                self.space(part, units);
            }
            Part::Generated | Part::Laws => units
                .par_bridge()
                .for_each(|unit| self.unit(&unit, || self.generated(&unit))),
        }
    }

    fn generated(&self, unit: &PlannedUnit) -> impl Iterator<Item = Vec<Question>> + use<> {
        let campaign = self.plan.campaign();
        let (start, end) = (unit.first, unit.first + unit.cases);
        (start..end)
            .step_by(CALLS_PER_WORLD as usize)
            .map(move |first| {
                let group = campaign.group(first / CALLS_PER_WORLD);
                // The last group of all may be cut short.
                let cases = group.into_iter().take((end - first) as usize);
                cases.map(Question::bare).collect()
            })
    }

    fn space(&self, part: Part, mut units: impl Iterator<Item = PlannedUnit>) {
        // An iterator has no random access: every unit is cut from the front of what is left.
        let mut all = spaces::space(part)
            .into_iter()
            .flatten()
            .map(Question::bare);
        let mut at = 0;
        loop {
            // A few units at a time keep memory flat and every thread busy.
            let some = units.by_ref().take(self.plan.jobs.max(1) * 2);
            let cut: Vec<(PlannedUnit, Vec<Question>)> = some
                .map(|unit| {
                    let questions = match self.is_done(&unit) {
                        true => Vec::new(),
                        false => {
                            let skipped = (unit.first - at) as usize;
                            at = unit.first + unit.cases;
                            let rest = all.by_ref().skip(skipped);
                            rest.take(unit.cases as usize).collect()
                        }
                    };
                    (unit, questions)
                })
                .collect();
            if cut.is_empty() {
                break;
            }
            cut.into_par_iter().for_each(|(unit, questions)| {
                self.unit(&unit, || {
                    questions.into_iter().map(|question| vec![question])
                });
            });
        }
    }

    /// Whether a unit was done before.
    fn is_done(&self, unit: &PlannedUnit) -> bool {
        let done = self.course.done.filter(|_| unit.part != Part::Controls);
        done.is_some_and(|done| done.is_whole(unit))
    }

    /// Whether the target answers nobody any more.
    fn is_lost(&self) -> bool {
        self.target.lost().is_some()
    }

    fn may_start(&self, unit: &PlannedUnit) -> bool {
        if self.diverged.load(Ordering::Relaxed) || self.is_lost() {
            return false;
        }
        if unit.part == Part::Controls {
            return true;
        }
        match (self.course.stop)() {
            Some(why) => {
                self.stopped.get_or_init(|| why);
                false
            }
            None => true,
        }
    }

    /// Judges the groups of neighbouring cases of a unit, unless it is not to be started.
    fn unit<G: Iterator<Item = Vec<Question>>>(
        &self,
        unit: &PlannedUnit,
        groups: impl FnOnce() -> G,
    ) {
        if self.is_done(unit) {
            (self.course.progress)(unit.cases);
            return;
        }
        if !self.may_start(unit) {
            return;
        }
        let mut tally = Tally::new();
        let mut index = unit.first;
        let mut since = 0;
        let mut groups = groups();
        loop {
            if self.diverged.load(Ordering::Relaxed) || self.is_lost() {
                break;
            }
            // Many at a time, so that a target that is a program need not be waited for after each; one group at a time
            // where the first divergence ends the run.
            let mut group: Vec<Question> = Vec::new();
            while group.is_empty() || (!self.plan.stop_at_first && group.len() < STEP as usize) {
                match groups.next() {
                    Some(next) => group.extend(next),
                    None => break,
                }
            }
            if group.is_empty() {
                break;
            }
            match unit.part {
                Part::Laws => {
                    laws::judge(self.plan.seed, index, &group, self.target, &mut tally);
                }
                part => unit::judge(
                    part,
                    index,
                    &group,
                    self.plan.without,
                    self.target,
                    &mut tally,
                ),
            }
            if self.plan.stop_at_first && tally.divergences > 0 {
                self.diverged.store(true, Ordering::Relaxed);
            }
            index += group.len() as u64;
            since += group.len() as u64;
            if since >= STEP {
                (self.course.progress)(since);
                since = 0;
            }
        }
        (self.course.progress)(since);
        if index == unit.first {
            return;
        }
        let record = UnitRecord {
            part: unit.part,
            unit: unit.unit,
            first: unit.first,
            cases: index - unit.first,
            tally: tally.record(unit.part),
        };
        (self.course.finished)(&record);
        self.fold.add(&record);
    }
}
