//! Cases as one number, for pins.

use veriam_model::Case;

/// FNV-1a, 64 bits: small, and the same everywhere.
pub(crate) fn hash(texts: impl Iterator<Item = String>) -> u64 {
    texts
        .flat_map(|text| text.into_bytes().into_iter().chain([b'\n']))
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
}

/// All that a case is.
pub(crate) fn written(case: Case) -> String {
    match case {
        Case::Document(case) => format!("{} {}", case.policy_type, case.text.as_str()),
        Case::Check(check) => check.to_json(),
        Case::Call(case) => serde_json::to_string(&case).expect("a case can be written"),
        Case::Put(put) => put.to_json(),
    }
}
