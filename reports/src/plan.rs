//! The units of a plan and who runs which.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Part, StartRecord};

/// More units than any campaign has; a plan with more is a mistake.
pub const MOST_UNITS: u64 = 1 << 24;

/// A share of the units of a plan, written `K/N`: every `N`-th unit, beginning with the one numbered `K`, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Shard {
    index: u64,
    of: u64,
}

impl Shard {
    /// All of a plan.
    pub const WHOLE: Shard = Shard { index: 0, of: 1 };

    /// The share numbered `index`, from 0, of `of` shares; `None` when there is no such share.
    #[must_use]
    pub const fn new(index: u64, of: u64) -> Option<Self> {
        if index < of {
            Some(Self { index, of })
        } else {
            None
        }
    }

    /// Its number, from 0.
    #[must_use]
    pub const fn index(self) -> u64 {
        self.index
    }

    /// How many shares there are.
    #[must_use]
    pub const fn of(self) -> u64 {
        self.of
    }

    /// Whether a unit is to run here. Controls are: every process asks them of its own target.
    #[must_use]
    pub fn has(self, unit: &PlannedUnit) -> bool {
        unit.number
            .is_none_or(|number| number % self.of == self.index)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| text.parse::<u64>().ok()).flatten()
        };
        let (index, of) = text
            .split_once('/')
            .and_then(|(index, of)| Some((number(index)?, number(of)?)))
            .ok_or("write K/N, for example 0/16")?;
        Shard::new(index, of).ok_or_else(|| match of.checked_sub(1) {
            None => "there are no shards of 0; write K/N with N from 1".to_owned(),
            Some(last) => format!(
                "shards are numbered from 0: of {of} the last is {last}/{of}, there is no {index}/{of}"
            ),
        })
    }
}

impl TryFrom<String> for Shard {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Shard> for String {
    fn from(shard: Shard) -> Self {
        shard.to_string()
    }
}

/// A part and its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PlannedPart {
    /// The part.
    pub part: Part,
    /// Its cases.
    pub cases: u64,
}

impl PlannedPart {
    /// How many units it has.
    #[must_use]
    pub const fn units(&self, unit_cases: u64) -> u64 {
        if unit_cases == 0 {
            return 0;
        }
        self.cases.div_ceil(unit_cases)
    }
}

/// A unit of a plan: neighbouring cases of one part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlannedUnit {
    /// Its number over all parts in the order of the run, from 0; `None` for controls, which run in every shard.
    pub number: Option<u64>,
    /// The part.
    pub part: Part,
    /// Its number within the part, from 0.
    pub unit: u64,
    /// The number of its first case within the part.
    pub first: u64,
    /// Its cases.
    pub cases: u64,
}

/// The units of some parts, in the order of the run.
pub fn planned_units(
    parts: &[PlannedPart],
    unit_cases: u64,
) -> impl Iterator<Item = PlannedUnit> + '_ {
    let mut numbers = 0..;
    parts.iter().flat_map(move |part| {
        let numbered = part.part != Part::Controls;
        let count = part.units(unit_cases);
        let start = if numbered {
            let start = numbers.start;
            numbers.start += count;
            Some(start)
        } else {
            None
        };
        (0..count).map(move |unit| PlannedUnit {
            number: start.map(|start| start + unit),
            part: part.part,
            unit,
            first: unit * unit_cases,
            cases: unit_cases.min(part.cases - unit * unit_cases),
        })
    })
}

impl StartRecord {
    /// The units of the plan, those of other shards too.
    pub fn units(&self) -> impl Iterator<Item = PlannedUnit> + '_ {
        planned_units(&self.parts, self.unit_cases)
    }

    /// The planned size of a part.
    #[must_use]
    pub fn part(&self, part: Part) -> Option<&PlannedPart> {
        self.parts.iter().find(|p| p.part == part)
    }

    /// The first member in which two plans differ, with both values; `None` when the units of one are the units of the
    /// other. Threads and shards make no difference.
    #[must_use]
    pub fn difference(&self, other: &StartRecord) -> Option<(&'static str, String, String)> {
        let json = |value: &dyn erased::Json| value.json();
        let members: [(&'static str, &dyn erased::Json, &dyn erased::Json); 12] = [
            ("target", &self.target, &other.target),
            (
                "target_version",
                &self.target_version,
                &other.target_version,
            ),
            ("veriam", &self.veriam, &other.veriam),
            (
                "generator_version",
                &self.generator_version,
                &other.generator_version,
            ),
            ("seed", &self.seed, &other.seed),
            ("profile", &self.profile, &other.profile),
            ("dialect", &self.dialect, &other.dialect),
            ("unit_cases", &self.unit_cases, &other.unit_cases),
            ("parts", &self.parts, &other.parts),
            ("labels", &self.labels, &other.labels),
            ("laws", &self.laws, &other.laws),
            ("without", &self.without, &other.without),
        ];
        let differs = members
            .into_iter()
            .map(|(name, mine, theirs)| (name, json(mine), json(theirs)));
        differs.into_iter().find(|(_, mine, theirs)| mine != theirs)
    }
}

mod erased {
    /// Something that has a JSON text.
    pub(super) trait Json {
        fn json(&self) -> String;
    }

    impl<T: serde::Serialize> Json for T {
        fn json(&self) -> String {
            serde_json::to_string(self).unwrap_or_default()
        }
    }
}

/// Units by name, neighbours in one: `vectors 0, generated 3-7`.
#[must_use]
pub fn unit_names(units: &[(Part, u64)]) -> String {
    let runs = units.chunk_by(|a, b| a.0 == b.0 && a.1 + 1 == b.1);
    let names: Vec<String> = runs
        .map(|run| {
            let (part, from) = run[0];
            match run.len() as u64 {
                1 => format!("{} {from}", part.name()),
                n => format!("{} {from}-{}", part.name(), from + n - 1),
            }
        })
        .collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_numbered_from_zero_and_read_as_they_are_written() {
        for text in ["0/1", "3/4", "15/16"] {
            assert_eq!(
                text.parse::<Shard>().map(|s| s.to_string()),
                Ok(text.into())
            );
        }
        for wrong in ["", "1", "1/1", "4/4", "0/0", "-1/4", "+1/4", "1/ 4", "a/b"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
        let told = "4/4".parse::<Shard>().unwrap_err();
        assert!(told.contains("the last is 3/4"), "{told}");
    }

    #[test]
    fn any_number_of_shards_is_a_partition_of_the_units() {
        let part = |part, cases| PlannedPart { part, cases };
        let parts = [
            part(Part::Controls, 6),
            part(Part::Vectors, 9),
            part(Part::Combiner, 0),
            part(Part::Generated, 45),
        ];
        let units: Vec<PlannedUnit> = planned_units(&parts, 10).collect();
        let numbers: Vec<_> = units.iter().map(|u| u.number).collect();
        let expected = [None, Some(0), Some(1), Some(2), Some(3), Some(4), Some(5)];
        assert_eq!(numbers, expected);
        assert_eq!(units.iter().map(|u| u.cases).sum::<u64>(), 60);
        for of in 1..9 {
            for unit in units.iter().filter(|u| u.number.is_some()) {
                let owners = (0..of).filter(|&k| Shard::new(k, of).is_some_and(|s| s.has(unit)));
                assert_eq!(owners.count(), 1);
            }
        }
    }

    #[test]
    fn neighbouring_units_are_named_together() {
        let units = [
            (Part::Vectors, 0),
            (Part::Generated, 1),
            (Part::Generated, 3),
            (Part::Generated, 4),
        ];
        assert_eq!(unit_names(&units), "vectors 0, generated 1, generated 3-4");
        assert_eq!(unit_names(&[]), "");
    }
}
