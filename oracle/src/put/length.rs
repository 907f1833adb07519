//! The length of a policy (readings, 7.4).

use veriam_model::PolicyType;
use veriam_model::readings::PolicyLength;

use crate::document;
use crate::notes::{Notes, ac};

/// Most that AgentCore stores (AC-038).
const MOST: usize = 20_480;

/// Whether the text is short enough.
pub(super) fn fits(text: &str, notes: &mut Notes<'_>) -> bool {
    // AC-038: 20 KB; whether of characters or bytes, and with white space or without, is open (AC-039).
    notes.cite(ac(38));
    let characters = text.chars().count() <= MOST;
    let bytes = text.len() <= MOST;
    // Identity policies are counted like that (IAM-073).
    let dense = document::size(PolicyType::Identity, text.as_bytes()).characters <= MOST;
    if characters == bytes && bytes == dense {
        return characters;
    }
    match notes.choose::<PolicyLength>() {
        PolicyLength::Characters => characters,
        PolicyLength::Bytes => bytes,
        PolicyLength::WithoutWhiteSpace => dense,
    }
}
