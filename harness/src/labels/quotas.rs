//! How often each label has to be decisive: a table, so that one can read it and replace it.
//!
//! Each row names labels of one family, or else means those of the family that no other row names, and says how many
//! decisive cases each of them needs in 20,000 compared ones, or in as many as `per` says. Minimums apply from 20,000 compared cases on, in proportion, rounded down. A row of minimum
//! 0 says why there is none. `veriam run --quotas FILE` takes another table.

use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use veriam_reports::{FamilyNames, MINIMUMS_PER, QUOTAS_FROM};

use super::counts::possible;
use super::{Family, LABELS, Label};

/// The table that runs use unless told otherwise.
pub const EMBEDDED: &str = include_str!("../../quotas.toml");

/// The version tag of a table.
pub const QUOTAS_SCHEMA: &str = "veriam.quotas/1";

/// The minimums of all labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quotas {
    /// By number of the label: the minimum for [`MINIMUMS_PER`] compared cases.
    minimums: Vec<u64>,
    /// By number of the label: whether a row names it.
    named: Vec<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    schema: Spanned<String>,
    quota: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    family: Spanned<String>,
    labels: Option<Spanned<OneOrMany>>,
    minimum: u64,
    per: Option<Spanned<u64>>,
    why: Option<String>,
}

/// A pattern, or a list of patterns.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn all(&self) -> &[String] {
        match self {
            OneOrMany::One(one) => std::slice::from_ref(one),
            OneOrMany::Many(many) => many,
        }
    }
}

/// A text that is no table of minimums.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotasError {
    /// The line, from 1; 0 when the whole text is at fault.
    pub line: usize,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for QuotasError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.message),
            line => write!(f, "{line}: {}", self.message),
        }
    }
}

impl std::error::Error for QuotasError {}

impl QuotasError {
    fn at(text: &str, span: Range<usize>, message: String) -> Self {
        let before = text.as_bytes().get(..span.start).unwrap_or_default();
        let line = 1 + before.iter().filter(|b| **b == b'\n').count();
        Self { line, message }
    }
}

impl Quotas {
    /// The table that runs use unless told otherwise.
    ///
    /// # Errors
    /// [`QuotasError`] when the program's own table is at fault.
    pub fn embedded() -> Result<Self, QuotasError> {
        Self::parse(EMBEDDED)
    }

    /// No minimums at all, where nobody asks for them.
    #[must_use]
    pub fn none() -> Self {
        Self {
            minimums: vec![0; LABELS],
            named: vec![false; LABELS],
        }
    }

    /// Reads a table. Labels that no row names have no minimum.
    ///
    /// # Errors
    /// [`QuotasError`] for anything but a table of this version whose rows name labels that there are, each once.
    pub fn parse(text: &str) -> Result<Self, QuotasError> {
        let table: Table = toml::from_str(text).map_err(|error| {
            let message = format!("{}; see harness/quotas.toml for the form", error.message());
            QuotasError::at(text, error.span().unwrap_or(0..0), message)
        })?;
        if table.schema.get_ref() != QUOTAS_SCHEMA {
            let found = table.schema.get_ref();
            let message =
                format!("schema \"{found}\"; this program reads \"{QUOTAS_SCHEMA}\" only");
            return Err(QuotasError::at(text, table.schema.span(), message));
        }
        let mut quotas = Self::none();
        let (some, rest): (Vec<&Row>, _) = table.quota.iter().partition(|r| r.labels.is_some());
        for row in some.into_iter().chain(rest) {
            quotas.add(text, row)?;
        }
        Ok(quotas)
    }

    fn add(&mut self, text: &str, row: &Row) -> Result<(), QuotasError> {
        let name = row.family.get_ref();
        let fail = |span, message| Err(QuotasError::at(text, span, message));
        let Some(family) = Family::ALL.into_iter().find(|f| f.name() == name) else {
            let all: Vec<&str> = Family::ALL.iter().map(|family| family.name()).collect();
            let message = format!("there is no family `{name}`; those are {}", all.join(", "));
            return fail(row.family.span(), message);
        };
        if row.minimum == 0 && row.why.is_none() {
            let message = "a minimum of 0 says why there is none; add `why`".to_owned();
            return fail(row.family.span(), message);
        }
        let per = row.per.as_ref().map_or(QUOTAS_FROM, |per| *per.get_ref());
        if !(QUOTAS_FROM..=MINIMUMS_PER).contains(&per) {
            let span = row.per.as_ref().map_or(row.family.span(), Spanned::span);
            let message = format!("`per` is between {QUOTAS_FROM} and {MINIMUMS_PER} cases");
            return fail(span, message);
        }
        let minimum = row.minimum.saturating_mul(MINIMUMS_PER) / per;
        let Some(labels) = &row.labels else {
            let rest: Vec<Label> = possible(family)
                .filter(|label| !self.named[label.index()])
                .collect();
            if rest.is_empty() {
                let message = format!("other rows name every label of the family `{name}` already");
                return fail(row.family.span(), message);
            }
            rest.into_iter().for_each(|label| self.set(label, minimum));
            return Ok(());
        };
        for pattern in labels.get_ref().all() {
            let named: Vec<Label> = matching(family, pattern);
            if named.is_empty() {
                let message = format!("no label of the family `{name}` is called `{pattern}`");
                return fail(labels.span(), message);
            }
            for label in named {
                if self.named[label.index()] {
                    let message = format!("`{}` has a row already", label.name());
                    return fail(labels.span(), message);
                }
                self.set(label, minimum);
            }
        }
        Ok(())
    }

    fn set(&mut self, label: Label, minimum: u64) {
        self.named[label.index()] = true;
        self.minimums[label.index()] = minimum;
    }

    /// The minimum of a label for [`MINIMUMS_PER`] compared cases; 0: none.
    #[must_use]
    pub fn minimum(&self, label: Label) -> u64 {
        self.minimums[label.index()]
    }

    /// The labels that no row names.
    pub fn unnamed(&self) -> impl Iterator<Item = Label> + '_ {
        let all = Family::ALL.into_iter().flat_map(possible);
        all.filter(|label| !self.named[label.index()])
    }

    /// The names of all labels that a case can carry, with their minimums, in the order of the report.
    #[must_use]
    pub fn families(&self) -> Vec<FamilyNames> {
        let family = |family: Family| FamilyNames {
            family: family.name().to_owned(),
            labels: possible(family).map(Label::name).collect(),
            minimums: possible(family).map(|label| self.minimum(label)).collect(),
        };
        Family::ALL.into_iter().map(family).collect()
    }
}

/// The labels of a family that a pattern names: the one with that very name, or all that match it, `*` standing for any
/// text.
fn matching(family: Family, pattern: &str) -> Vec<Label> {
    let exact = possible(family).find(|label| label.name() == pattern);
    match exact {
        Some(label) => vec![label],
        None => possible(family)
            .filter(|label| matches(pattern, &label.name()))
            .collect(),
    }
}

fn matches(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(name) = name.strip_prefix(start) else {
        return false;
    };
    (0..=name.len())
        .filter(|at| name.is_char_boundary(*at))
        .any(|at| matches(rest, &name[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &str) -> String {
        format!("schema = \"{QUOTAS_SCHEMA}\"\n{rows}")
    }

    fn refused(rows: &str) -> String {
        Quotas::parse(&table(rows)).expect_err(rows).to_string()
    }

    #[test]
    fn the_embedded_table_has_one_row_for_each_label() {
        let quotas = Quotas::embedded().expect("the table is in order");
        let unnamed: Vec<String> = quotas
            .unnamed()
            .map(|label| format!("{}: {}", label.family().name(), label.name()))
            .collect();
        assert!(unnamed.is_empty(), "labels without a row: {unnamed:?}");
    }

    #[test]
    fn every_family_has_a_minimum_somewhere() {
        let quotas = Quotas::embedded().expect("the table is in order");
        for family in Family::ALL {
            let asks = possible(family).any(|label| quotas.minimum(label) > 0);
            // What is open is kept out of generated cases wherever it can be.
            assert!(asks || family == Family::OpenPoint, "{}", family.name());
        }
    }

    #[test]
    fn a_label_that_no_row_names_is_told() {
        let some = table("[[quota]]\nfamily = \"path\"\nlabels = \"VPC*\"\nminimum = 1\n");
        let quotas = Quotas::parse(&some).expect("in order");
        assert!(quotas.unnamed().any(|label| label.name() == "internet"));
        assert!(
            quotas
                .unnamed()
                .all(|label| !label.name().starts_with("VPC"))
        );
    }

    #[test]
    fn minimums_are_for_20_000_cases_or_as_many_as_the_row_says() {
        let rows = "[[quota]]\nfamily = \"path\"\nlabels = [\"internet\"]\nminimum = 7\n\
                    [[quota]]\nfamily = \"path\"\nlabels = \"VPC*\"\nminimum = 7\nper = 100000\n";
        let quotas = Quotas::parse(&table(rows)).expect("in order");
        let names = quotas.families();
        let paths = names.iter().find(|f| f.family == "path").expect("there");
        assert_eq!(paths.minimums, [35, 7, 7, 7]);
    }

    #[test]
    fn a_star_is_any_text_unless_a_label_is_called_so() {
        assert!(matches("ForAnyValue:* absent", "ForAnyValue:Bool absent"));
        assert!(!matches("ForAnyValue:* absent", "ForAnyValue:Bool matched"));
        assert!(matches("*", "") && matches("a*c*", "abcd") && !matches("a*d*e", "abcd"));
        let one = matching(Family::VariableForm, "${*}");
        assert_eq!(one.len(), 1, "{one:?}");
    }

    #[test]
    fn rows_that_are_not_in_order_are_refused_with_their_line() {
        let row = |rest: &str| format!("[[quota]]\nfamily = \"path\"\n{rest}\n");
        for (rows, told) in [
            (
                row("minimum = 1") + &row("minimum = 1"),
                "6: other rows name every label of the family `path`",
            ),
            (
                row("labels = \"inter*\"\nminimum = 1")
                    + &row("labels = \"internet\"\nminimum = 1"),
                "8: `internet` has a row already",
            ),
            (
                row("labels = \"sea\"\nminimum = 1"),
                "4: no label of the family `path` is called `sea`",
            ),
            (row("minimum = 0"), "3: a minimum of 0 says why"),
            (
                row("minimum = 1\nper = 10"),
                "5: `per` is between 20000 and 100000",
            ),
            (row("minimum = -1"), "4: "),
            (
                row("minimum = 1\nmaximum = 2"),
                "5: unknown field `maximum`",
            ),
            (
                "[[quota]]\nfamily = \"luck\"\nminimum = 1".to_owned(),
                "3: there is no family `luck`",
            ),
        ] {
            let error = refused(&rows);
            assert!(error.starts_with(told), "{error}");
        }
        let other = Quotas::parse("schema = \"veriam.quotas/2\"\nquota = []");
        let told = other.expect_err("another version").to_string();
        assert!(told.starts_with("1: schema \"veriam.quotas/2\""), "{told}");
    }
}
