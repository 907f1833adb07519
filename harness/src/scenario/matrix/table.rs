//! The matrix set as tables: what is alike stands in one row.

use veriam_model::Outcome;

use super::{Ask, Cell, CellVerdict, Matrix};
use crate::style::{BAD, FAINT, GOOD, NOTE, STRONG, paint, wrap};

/// What becomes of everybody who asks an endpoint for the same things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The name of the resource.
    pub resource: String,
    /// The endpoint, where the requests are about one.
    pub endpoint: Option<String>,
    /// What is asked for; everybody gets the same answer to each.
    pub asks: Vec<Ask>,
    /// Who, from where, with what outcome.
    pub rows: Vec<Row>,
}

/// One row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The names of the principals; empty: everybody.
    pub callers: Vec<String>,
    /// The names of the ways; empty: any.
    pub ways: Vec<String>,
    /// What becomes of the call, in words.
    pub outcome: String,
    /// Whether it gets in.
    pub access: Access,
}

/// Whether a call gets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// The documentation leaves it open.
    Open,
}

impl Access {
    fn of(verdict: &CellVerdict) -> Self {
        match verdict {
            CellVerdict::Determined(Outcome::Allowed) => Access::Yes,
            CellVerdict::Determined(_) => Access::No,
            CellVerdict::Open { .. } => Access::Open,
        }
    }
}

/// The matrix as tables, operations with the same answers in one.
#[must_use]
pub fn tables(matrix: &Matrix<'_>) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    let same = |a: &Cell, b: &Cell| {
        (&a.resource, &a.endpoint, &a.ask) == (&b.resource, &b.endpoint, &b.ask)
    };
    for cells in matrix.cells.chunk_by(same) {
        let Some(first) = cells.first() else { continue };
        let rows = rows(cells, matrix);
        let alike = tables.iter_mut().find(|t| {
            (&t.resource, &t.endpoint) == (&first.resource, &first.endpoint) && t.rows == rows
        });
        match alike {
            Some(table) => table.asks.push(first.ask.clone()),
            None => tables.push(Table {
                resource: first.resource.clone(),
                endpoint: first.endpoint.clone(),
                asks: vec![first.ask.clone()],
                rows,
            }),
        }
    }
    tables
}

/// One row for each principal and outcome; one for everybody if all are alike. Where nobody gets in, principals with the
/// same answers share a row.
fn rows(cells: &[Cell], matrix: &Matrix<'_>) -> Vec<Row> {
    let first = cells.first().map(|cell| cell.verdict.to_string());
    if cells.iter().all(|c| Some(c.verdict.to_string()) == first) {
        return vec![Row {
            callers: Vec::new(),
            ways: Vec::new(),
            outcome: first.unwrap_or_default(),
            access: cells.first().map_or(Access::No, |c| Access::of(&c.verdict)),
        }];
    }
    let all = matrix.scenario.ways().count();
    let mut rows: Vec<Row> = Vec::new();
    for cells in cells.chunk_by(|a, b| a.caller == b.caller) {
        let start = rows.len();
        for cell in cells {
            let outcome = cell.verdict.to_string();
            match rows[start..].iter_mut().find(|row| row.outcome == outcome) {
                Some(row) => row.ways.push(cell.way.clone()),
                None => rows.push(Row {
                    callers: vec![cell.caller.clone()],
                    ways: vec![cell.way.clone()],
                    outcome,
                    access: Access::of(&cell.verdict),
                }),
            }
        }
        for row in &mut rows[start..] {
            if row.ways.len() == all {
                row.ways.clear();
            }
        }
    }
    if rows.iter().all(|row| row.access == Access::No) {
        rows = shared(rows);
    }
    rows
}

/// Rows that differ in their principals only, as one.
fn shared(rows: Vec<Row>) -> Vec<Row> {
    let mut merged: Vec<Row> = Vec::new();
    for row in rows {
        let alike = |r: &&mut Row| r.ways == row.ways && r.outcome == row.outcome;
        match merged.iter_mut().find(alike) {
            Some(same) => same.callers.extend(row.callers),
            None => merged.push(row),
        }
    }
    merged
}

impl Table {
    fn same_endpoint(&self, other: &Self) -> bool {
        (&self.resource, &self.endpoint) == (&other.resource, &other.endpoint)
    }

    /// The resource and the endpoint.
    fn place(&self) -> String {
        match &self.endpoint {
            Some(endpoint) => format!("{}, endpoint {endpoint}", self.resource),
            None => self.resource.clone(),
        }
    }

    /// What is asked for, in words.
    fn heading(&self) -> String {
        let asks: Vec<String> = self.asks.iter().map(Ask::to_string).collect();
        let lists = self.asks.iter().any(|ask| !ask.with.is_empty());
        asks.join(if lists { "; " } else { ", " })
    }
}

impl Row {
    fn callers(&self) -> String {
        match self.callers.is_empty() {
            true => "everybody".to_owned(),
            false => self.callers.join(", "),
        }
    }

    fn ways(&self) -> String {
        match self.ways.is_empty() {
            true => "anywhere".to_owned(),
            false => self.ways.join(", "),
        }
    }
}

pub(super) fn text(matrix: &Matrix<'_>) -> String {
    let mut text = format!("{}\n", paint(STRONG, &matrix.scenario.title));
    let tables = tables(matrix);
    for of_endpoint in tables.chunk_by(Table::same_endpoint) {
        for (i, table) in of_endpoint.iter().enumerate() {
            if i == 0 {
                text.push_str(&format!("\n{}\n", paint(STRONG, table.place())));
            }
            for line in wrap(&table.heading(), 100) {
                text.push_str(&format!("\n  {line}"));
            }
            text.push('\n');
            text.push_str(&set(&table.rows));
        }
    }
    text
}

/// The rows of a table, in columns.
fn set(rows: &[Row]) -> String {
    let width = |value: fn(&Row) -> String, least: usize| {
        let widths = rows.iter().map(|row| value(row).chars().count());
        widths.max().unwrap_or(0).max(least)
    };
    let (callers, ways) = (width(Row::callers, 6), width(Row::ways, 4));
    let head = format!("{:<callers$}  {:<ways$}  outcome", "caller", "from");
    let mut text = format!("    {}\n", paint(FAINT, head));
    for row in rows {
        let style = match row.access {
            Access::Yes => GOOD,
            Access::No => BAD,
            Access::Open => NOTE,
        };
        text.push_str(&format!(
            "    {:<callers$}  {:<ways$}  {}\n",
            row.callers(),
            row.ways(),
            paint(style, &row.outcome)
        ));
    }
    text
}

pub(super) fn markdown(matrix: &Matrix<'_>) -> String {
    let mut text = format!("## {}\n", escaped(&matrix.scenario.title));
    let tables = tables(matrix);
    for of_endpoint in tables.chunk_by(Table::same_endpoint) {
        for (i, table) in of_endpoint.iter().enumerate() {
            if i == 0 {
                text.push_str(&format!("\n### {}\n", escaped(&table.place())));
            }
            let heading = escaped(&table.heading());
            text.push_str(&format!(
                "\n{heading}\n\n| caller | from | outcome |\n|---|---|---|\n"
            ));
            for row in &table.rows {
                let (callers, ways) = (escaped(&row.callers()), escaped(&row.ways()));
                let outcome = match row.access {
                    Access::Yes => format!("**{}**", row.outcome),
                    Access::No | Access::Open => escaped(&row.outcome),
                };
                text.push_str(&format!("| {callers} | {ways} | {outcome} |\n"));
            }
        }
    }
    text
}

/// Names are the author's; a bar in one must not end a cell.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('|', "\\|")
        .replace('\n', " ")
}
