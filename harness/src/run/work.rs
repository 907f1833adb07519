//! Units of a part side by side.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use veriam_generators::{CALLS_PER_WORLD, generated_group};
use veriam_reports::{Part, PlannedUnit, Stopped, UnitRecord};

use super::{Course, Plan, Question, Rows, Tally, spaces, unit};
use crate::target::Target;

/// Cases between two steps of the progress bar.
const STEP: u64 = 128;

pub(super) struct Work<'a> {
    plan: &'a Plan,
    rows: &'a Rows,
    target: &'a dyn Target,
    course: &'a Course<'a>,
    /// By part and number.
    done: BTreeMap<(Part, u64), &'a UnitRecord>,
    diverged: AtomicBool,
    out_of_time: AtomicBool,
}

impl<'a> Work<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        rows: &'a Rows,
        target: &'a dyn Target,
        course: &'a Course<'a>,
    ) -> Self {
        let done = course.done.iter();
        Self {
            plan,
            rows,
            target,
            course,
            done: done.map(|unit| ((unit.part, unit.unit), unit)).collect(),
            diverged: AtomicBool::new(false),
            out_of_time: AtomicBool::new(false),
        }
    }

    /// Why units were left out.
    pub(super) fn stopped(&self) -> Option<Stopped> {
        if self.diverged.load(Ordering::Relaxed) {
            Some(Stopped::Divergence)
        } else if self.is_lost() {
            Some(Stopped::Lost)
        } else if self.out_of_time.load(Ordering::Relaxed) {
            Some(Stopped::Time)
        } else {
            None
        }
    }

    /// Runs units of one part.
    pub(super) fn part(&self, part: Part, units: &[PlannedUnit]) -> Vec<UnitRecord> {
        match part {
            Part::Controls | Part::Sources | Part::Vectors => {
                let rows = self.rows.of(part);
                let ran = units.par_iter().filter_map(|unit| {
                    self.unit(unit, || {
                        let rows = rows.iter().skip(unit.first as usize);
                        let groups = rows.take(unit.cases as usize);
                        groups.map(|question| vec![question.clone()])
                    })
                });
                ran.collect()
            }
            Part::Combiner | Part::Operators | Part::Principals | Part::TwoResource => {
                self.space(part, units)
            }
            Part::Generated => {
                let ran = units
                    .par_iter()
                    .filter_map(|unit| self.unit(unit, || self.generated(unit)));
                ran.collect()
            }
        }
    }

    fn generated(&self, unit: &PlannedUnit) -> impl Iterator<Item = Vec<Question>> + use<> {
        let (seed, start, end) = (self.plan.seed, unit.first, unit.first + unit.cases);
        (start..end)
            .step_by(CALLS_PER_WORLD as usize)
            .map(move |first| {
                let group = generated_group(seed, first / CALLS_PER_WORLD);
                // The last group of all may be cut short.
                let cases = group.into_iter().take((end - first) as usize);
                cases.map(Question::bare).collect()
            })
    }

    fn space(&self, part: Part, units: &[PlannedUnit]) -> Vec<UnitRecord> {
        // An iterator has no random access: every unit is cut from the front of what is left.
        let mut all = spaces::space(part)
            .into_iter()
            .flatten()
            .map(Question::bare);
        let mut at = 0;
        let mut ran = Vec::new();
        // A few units at a time keep memory flat and every thread busy.
        for units in units.chunks(self.plan.jobs.max(1) * 2) {
            let cut: Vec<(&PlannedUnit, Vec<Question>)> = units
                .iter()
                .map(|unit| {
                    let questions = match self.known(unit) {
                        Some(_) => Vec::new(),
                        None => {
                            let skipped = (unit.first - at) as usize;
                            at = unit.first + unit.cases;
                            let rest = all.by_ref().skip(skipped);
                            rest.take(unit.cases as usize).collect()
                        }
                    };
                    (unit, questions)
                })
                .collect();
            let done = cut.into_par_iter().filter_map(|(unit, questions)| {
                self.unit(unit, || {
                    questions.into_iter().map(|question| vec![question])
                })
            });
            ran.par_extend(done);
        }
        ran
    }

    /// A unit that was done before.
    fn known(&self, unit: &PlannedUnit) -> Option<&'a UnitRecord> {
        let known = self.done.get(&(unit.part, unit.unit)).copied();
        known.filter(|known| known.cases == unit.cases && unit.part != Part::Controls)
    }

    /// Whether the target answers nobody any more.
    fn is_lost(&self) -> bool {
        self.target.lost().is_some()
    }

    fn may_start(&self, unit: &PlannedUnit) -> bool {
        if self.diverged.load(Ordering::Relaxed) || self.is_lost() {
            return false;
        }
        let go_on = unit.part == Part::Controls || (self.course.go_on)();
        if !go_on {
            self.out_of_time.store(true, Ordering::Relaxed);
        }
        go_on
    }

    /// Judges the groups of neighbouring cases of a unit; `None` when it is not started.
    fn unit<G: Iterator<Item = Vec<Question>>>(
        &self,
        unit: &PlannedUnit,
        groups: impl FnOnce() -> G,
    ) -> Option<UnitRecord> {
        if let Some(known) = self.known(unit) {
            (self.course.progress)(unit.cases);
            return Some(known.clone());
        }
        if !self.may_start(unit) {
            return None;
        }
        let mut tally = Tally::new();
        let mut index = unit.first;
        let mut since = 0;
        for group in groups() {
            if self.diverged.load(Ordering::Relaxed) || self.is_lost() {
                break;
            }
            unit::judge(unit.part, index, &group, self.target, &mut tally);
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
            return None;
        }
        let record = UnitRecord {
            part: unit.part,
            unit: unit.unit,
            first: unit.first,
            cases: index - unit.first,
            tally: tally.record(unit.part),
        };
        (self.course.finished)(&record);
        Some(record)
    }
}
