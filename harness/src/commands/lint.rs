//! `veriam lint`

use super::{read, shown};
use crate::cli::{Format, LintArgs};
use crate::exit::Exit;
use crate::lint::{Document, Unreadable, closing, json, totals};
use crate::rim::{Ended, Streams};

pub(super) fn run(args: &LintArgs, streams: &mut Streams<'_>) -> Ended {
    let dialect = args.dialect.dialect();
    let mut documents = Vec::new();
    let mut unreadable = Vec::new();
    for file in &args.files {
        match read(file, streams) {
            Ok(bytes) => {
                let document = Document::new(shown(file), &bytes, args.policy_type, &dialect);
                documents.push(document);
            }
            Err(error) => unreadable.push(Unreadable {
                file: shown(file),
                error,
            }),
        }
    }
    let totals = totals(&documents);
    let mut exit = Exit::Agreed;
    if totals.with_findings > 0 {
        exit = exit.or(Exit::Divergence);
    }
    if !unreadable.is_empty() {
        exit = exit.or(Exit::Usage);
    }
    for Unreadable { error, .. } in &unreadable {
        streams.tell(&format!("veriam: {error}\n"));
    }
    match args.format {
        Format::Json => streams.end(exit, &json(&documents, &unreadable, args.policy_type)),
        Format::Text => {
            let mut text: String = documents.iter().map(Document::to_text).collect();
            text.push_str(&closing(&totals, args.policy_type));
            streams.end(exit, &text)
        }
    }
}
