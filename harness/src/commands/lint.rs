//! `veriam lint`

use veriam_model::PolicyType;

use super::{read, shown};
use crate::cli::{Format, LintArgs};
use crate::exit::Exit;
use crate::lint::{Document, Reading, Unreadable, closing, json, page, totals};
use crate::rim::{Ended, Failure, Streams};

pub(super) fn run(args: &LintArgs, streams: &mut Streams<'_>) -> Ended {
    if args.list {
        return streams.end(Exit::Agreed, &page());
    }
    // The argument is required where there is no list.
    let policy_type = args.policy_type.unwrap_or(PolicyType::Identity);
    if args.on.is_some() && policy_type != PolicyType::Resource {
        let error = "--on is about resource-based policies; give --type resource, or leave it out";
        return Err(Failure::usage(error.to_owned()));
    }
    let dialect = args.dialect.dialect();
    let reading = Reading {
        policy_type,
        on: args.on.as_deref(),
        with_notes: args.notes,
        dialect: &dialect,
    };
    let mut documents = Vec::new();
    let mut unreadable = Vec::new();
    for file in &args.files {
        match read(file, streams) {
            Ok(bytes) => {
                let document = Document::new(shown(file), &bytes, &reading);
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
    if totals.errors + totals.warnings > 0 {
        exit = exit.or(Exit::Divergence);
    }
    if !unreadable.is_empty() {
        exit = exit.or(Exit::Usage);
    }
    for Unreadable { error, .. } in &unreadable {
        streams.tell(&format!("veriam: {error}\n"));
    }
    match args.format {
        Format::Json => streams.end(exit, &json(&documents, &unreadable, policy_type)),
        Format::Text => {
            let mut text: String = documents.iter().map(Document::to_text).collect();
            text.push_str(&closing(&totals, policy_type));
            streams.end(exit, &text)
        }
    }
}
