//! The rows that ship inside the program: real policies, documented vectors, workloads.

use veriam_model::{Row, WireError};

/// One embedded file of rows.
#[derive(Clone, Copy, Debug)]
pub struct RowFile {
    /// Its path in the repository.
    pub path: &'static str,
    /// Its text, one row a line.
    pub text: &'static str,
}

/// The policies that published documents print, with the outcomes those documents state.
pub const SOURCES: &[RowFile] = &[RowFile {
    path: "harness/data/sources.jsonl",
    text: include_str!("../data/sources.jsonl"),
}];

/// The documented vectors: one statement of the documentation a row.
pub const VECTORS: &[RowFile] = &[RowFile {
    path: "oracle/tests/vectors/iam.jsonl",
    text: include_str!("../../oracle/tests/vectors/iam.jsonl"),
}];

/// The three speed workloads.
pub const WORKLOADS: &[RowFile] = &[RowFile {
    path: "oracle/tests/vectors/workloads.jsonl",
    text: include_str!("../../oracle/tests/vectors/workloads.jsonl"),
}];

/// An embedded row that cannot be read: a fault of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// The file.
    pub path: &'static str,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub error: WireError,
}

impl std::fmt::Display for RowFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.error)
    }
}

impl std::error::Error for RowFault {}

/// Reads every row of some files, in order.
///
/// # Errors
/// [`RowFault`] at the first line that is no row.
pub fn rows(files: &[RowFile]) -> Result<Vec<Row>, RowFault> {
    let mut rows = Vec::new();
    for file in files {
        for (number, line) in file.text.lines().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            let row = Row::from_json(line).map_err(|error| RowFault {
                path: file.path,
                line: number + 1,
                error,
            })?;
            rows.push(row);
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_embedded_row_reads_has_its_own_id_and_an_expected_outcome() {
        let mut ids = BTreeSet::new();
        for (files, least) in [(SOURCES, 54), (VECTORS, 414), (WORKLOADS, 3)] {
            let rows = rows(files).unwrap();
            assert!(rows.len() >= least, "{} rows", rows.len());
            for row in rows {
                assert!(row.expected.is_some(), "{:?}", row.check.id);
                let id = row.check.id.expect("every row has an id");
                assert!(ids.insert(id.clone()), "{id} twice");
            }
        }
    }

    #[test]
    fn every_data_file_of_the_folder_is_embedded() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/data");
        let mut found: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".jsonl"))
            .map(|name| format!("harness/data/{name}"))
            .collect();
        found.sort();
        let embedded: Vec<&str> = SOURCES.iter().map(|f| f.path).collect();
        assert_eq!(found, embedded, "add new files to SOURCES, in order");
    }
}
