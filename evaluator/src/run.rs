//! What one decision looks up and remembers: variables, and the answers of shared conditions.
//!
//! Nothing here allocates: what is remembered lies in arrays of fixed size, and what does not fit is worked out
//! again.

use std::cell::Cell;
use std::net::IpAddr;

use veriam_model::readings as dialects;

use crate::arn::Arn;
use crate::condition::{Condition, Malformed, Test, in_ranges, truth};
use crate::glob::Case;
use crate::operator::Set;
use crate::pattern::{Values, are_resolved, run, run_arn};
use crate::program::Program;
use crate::settings::Settings;
use crate::source::{Source, Texts};
use crate::value::date::{self, Instant};
use crate::value::number::Decimal;
use crate::value::{address, base64};
use crate::work::Meter;

/// What is remembered during one decision.
#[derive(Debug)]
pub(crate) struct Scratch {
    /// Answers of conditions that several rules ask: whether known, and which.
    known: [Cell<u64>; Scratch::WORDS],
    holds: [Cell<u64>; Scratch::WORDS],
    /// The last value that was read as an address, by the number of its key.
    address: Cell<Option<(u32, Option<IpAddr>)>>,
    /// The last value that was read as a date; by the number of its key.
    date: Cell<Option<(u32, Option<Instant>)>>,
}

impl Scratch {
    const WORDS: usize = 4;
    /// How many conditions can have their answers remembered.
    pub(crate) const MEMOS: u16 = 256;

    /// Nothing is remembered.
    #[inline]
    pub(crate) fn new() -> Self {
        Self {
            known: [const { Cell::new(0) }; Self::WORDS],
            holds: [const { Cell::new(0) }; Self::WORDS],
            address: Cell::new(None),
            date: Cell::new(None),
        }
    }

    /// The remembered answer of a condition.
    #[inline]
    fn answer(&self, memo: u16) -> Option<bool> {
        let bit = 1u64.wrapping_shl(u32::from(memo));
        let word = usize::from(memo / 64);
        let known = self.known.get(word)?.get() & bit != 0;
        known.then_some(self.holds.get(word)?.get() & bit != 0)
    }

    /// Remembers the answer of a condition.
    #[inline]
    fn remember(&self, memo: u16, holds: bool) {
        let bit = 1u64.wrapping_shl(u32::from(memo));
        let word = usize::from(memo / 64);
        if let (Some(known), Some(answers)) = (self.known.get(word), self.holds.get(word)) {
            known.set(known.get() | bit);
            answers.set(answers.get() | if holds { bit } else { 0 });
        }
    }
}

/// One decision in progress.
pub(crate) struct Run<'r, S, M> {
    pub(crate) program: &'r Program,
    pub(crate) settings: &'r Settings,
    pub(crate) source: S,
    pub(crate) scratch: Scratch,
    pub(crate) meter: M,
}

impl<'r, S: Source<'r>, M: Meter> Values for Run<'r, S, M> {
    /// The value of a variable (section 3.7 of the readings).
    #[inline]
    fn value(&self, variable: u32) -> Option<&str> {
        let variable = self.program.variables.get(variable as usize)?;
        let default = variable.default.as_deref();
        let Some(values) = self.values(variable.key) else {
            return default;
        };
        let key = self.program.keys.get(variable.key as usize)?;
        let single = values.only().filter(|_| !key.is_multivalued);
        let defaults_when_empty = default.is_some()
            && single.is_none_or(str::is_empty)
            && (self.settings).reads(dialects::VariableDefault::DefaultWhenEmpty);
        if defaults_when_empty { default } else { single }
    }
}

impl<'r, S: Source<'r>, M: Meter> Run<'r, S, M> {
    /// The values of a key; none when it is absent.
    #[inline]
    pub(crate) fn values(&self, key: u32) -> Option<S::Texts> {
        self.source.texts(self.program, key, &self.meter)
    }

    /// Whether a condition holds.
    #[inline]
    pub(crate) fn holds(&self, number: u32) -> bool {
        let Some(condition) = self.program.conditions.get(number as usize) else {
            return false;
        };
        if condition.memo == Condition::NO_MEMO {
            return self.evaluate(condition);
        }
        if let Some(answer) = self.scratch.answer(condition.memo) {
            return answer;
        }
        let answer = self.evaluate(condition);
        self.scratch.remember(condition.memo, answer);
        answer
    }

    /// Section 3.4 of the readings.
    #[inline]
    fn evaluate(&self, condition: &Condition) -> bool {
        self.meter.condition();
        let values = self.values(condition.key);
        if let Test::Null { .. } = condition.test {
            return null(condition, values);
        }
        let Some(values) = values else {
            return condition.when_absent;
        };
        let passes = |value| self.passes(condition, value, None);
        match condition.set {
            Set::None => match values.only() {
                Some(value) if !condition.is_multivalued => {
                    self.passes(condition, value, Some(condition.key))
                }
                _ if !condition.plain_takes_many => false,
                _ if condition.negated => values.all().all(passes),
                _ => values.all().any(passes),
            },
            Set::ForAllValues => values.is_empty_text() || values.all().all(passes),
            Set::ForAnyValue => {
                let is_empty = condition.empty_text_is_no_value && values.is_empty_text();
                !is_empty && values.all().any(passes)
            }
        }
    }

    /// Whether a request value passes; `only` is the number of its key when the key has no other value.
    #[inline]
    fn passes(&self, condition: &Condition, text: &str, only: Option<u32>) -> bool {
        let negated = condition.negated;
        match &condition.test {
            Test::Text { patterns, case } => {
                let hit = patterns
                    .iter()
                    .any(|p| p.matches(text, *case, self, &self.meter));
                hit != negated
            }
            Test::Arn {
                everything,
                patterns,
                templates,
            } => {
                let hit = *everything
                    || patterns
                        .iter()
                        .any(|p| p.matches(text, Case::Exact, self, &self.meter))
                    || self.matches_template(templates, text);
                // What matched is well-formed, or `*` took it as it is.
                hit != negated && (hit || Arn::parse(text).is_some())
            }
            Test::Numeric {
                order,
                values,
                malformed,
            } => {
                let Some(number) = Decimal::parse(text) else {
                    return negated && !malformed.fails;
                };
                let hit = values.iter().any(|value| {
                    self.meter.compare(value.len().saturating_add(1));
                    Decimal::parse(value).is_some_and(|v| order.passes(number.compare(v)))
                });
                verdict(hit, negated, *malformed)
            }
            Test::Date {
                order,
                values,
                malformed,
                year_alone,
            } => {
                let Some(date) = self.date(text, *year_alone, only) else {
                    return negated && !malformed.fails;
                };
                self.meter.compare(values.len());
                let hit = values.iter().any(|value| order.passes(date.cmp(value)));
                verdict(hit, negated, *malformed)
            }
            Test::Ip {
                ranges,
                malformed,
                maps,
            } => {
                let Some(address) = self.address(text, only) else {
                    return negated && !malformed.fails;
                };
                self.meter.compare(ranges.len());
                verdict(in_ranges(address, ranges, *maps), negated, *malformed)
            }
            Test::Bool {
                matches_true,
                matches_false,
                exact,
                templates,
            } => match truth(text, *exact) {
                None => false,
                Some(truth) => {
                    let plain = if truth { *matches_true } else { *matches_false };
                    plain || self.matches_truth(templates, truth, *exact)
                }
            },
            Test::Binary { values, as_text } => {
                let equal = |value: &str| {
                    self.meter.compare(value.len().saturating_add(1));
                    value == text
                };
                // Each sequence of bytes has one text, so equal texts are all there is to compare.
                (*as_text || base64::is_valid(text)) && values.iter().any(|value| equal(value))
            }
            Test::Null { .. } => false,
        }
    }

    /// Whether a request ARN matches a policy value with variables.
    fn matches_template(&self, templates: &[Box<[crate::pattern::Piece]>], text: &str) -> bool {
        templates
            .iter()
            .any(|pieces| are_resolved(pieces, self) && run_arn(pieces, text, self, &self.meter))
    }

    /// Whether a policy value with variables comes out as this truth.
    fn matches_truth(
        &self,
        templates: &[Box<[crate::pattern::Piece]>],
        truth: bool,
        exact: bool,
    ) -> bool {
        let is = |pieces: &[_], text, case| run(pieces, text, 0, case, self, &self.meter);
        templates.iter().any(|pieces| {
            are_resolved(pieces, self)
                && match (truth, exact) {
                    (true, true) => is(pieces, "true", Case::Exact),
                    (false, true) => is(pieces, "false", Case::Exact),
                    (_, false) => is(pieces, "true", Case::Ascii) == truth,
                }
        })
    }

    #[inline]
    fn address(&self, text: &str, only: Option<u32>) -> Option<IpAddr> {
        remembered(&self.scratch.address, only, || address::parse(text))
    }

    #[inline]
    fn date(&self, text: &str, year_alone: bool, only: Option<u32>) -> Option<Instant> {
        remembered(&self.scratch.date, only, || date::parse(text, year_alone))
    }
}

/// What was read from the only value of a key the last time, or reads it.
#[inline]
fn remembered<T: Copy>(
    last: &Cell<Option<(u32, Option<T>)>>,
    only: Option<u32>,
    read: impl FnOnce() -> Option<T>,
) -> Option<T> {
    if let (Some(key), Some((known, value))) = (only, last.get())
        && key == known
    {
        return value;
    }
    let value = read();
    if let Some(key) = only {
        last.set(Some((key, value)));
    }
    value
}

/// The answer for a well-formed request value.
#[inline]
fn verdict(hit: bool, negated: bool, malformed: Malformed) -> bool {
    hit != negated && !(negated && malformed.fails && malformed.in_policy)
}

/// `Null`, with or without a set operator.
fn null<'r>(condition: &Condition, values: Option<impl Texts<'r>>) -> bool {
    let Test::Null {
        wants_absent,
        wants_present,
        empty_text_is_absent,
        per_value,
    } = condition.test
    else {
        return false;
    };
    let is_absent = values
        .is_none_or(|values| values.is_empty() || (empty_text_is_absent && values.is_empty_text()));
    match condition.set {
        Set::None if is_absent => wants_absent,
        Set::None => wants_present,
        Set::ForAllValues if is_absent => condition.when_absent,
        Set::ForAllValues => wants_present || (wants_absent && !per_value),
        Set::ForAnyValue if is_absent => false,
        Set::ForAnyValue => wants_present && per_value,
    }
}
