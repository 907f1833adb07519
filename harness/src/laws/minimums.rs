//! How often each law has to be tried.

use veriam_generators::laws::Law;
use veriam_reports::PlannedLaw;

/// For each law, in how many of 100,000 generated cases it has to be applied, and applied so that it could be broken. From
/// 20,000 cases on a run in which one is tried less often is void.
///
/// About half of what the generator reaches.
pub const MINIMUMS: [(Law, u64, u64); 11] = [
    (Law::AddDeny, 500, 500),
    (Law::AddAllow, 500, 500),
    (Law::AllowKey, 500, 500),
    (Law::DenyKey, 500, 500),
    (Law::Order, 500, 500),
    (Law::Format, 500, 500),
    (Law::KeyCase, 500, 500),
    (Law::ActionCase, 500, 500),
    (Law::Regroup, 500, 500),
    (Law::RenameAccounts, 500, 500),
    (Law::Unrelated, 500, 500),
];

/// The laws as the start of a run tells of them.
#[must_use]
pub fn planned() -> Vec<PlannedLaw> {
    let planned = |&(law, applied, capable): &(Law, u64, u64)| PlannedLaw {
        law: law.name().to_owned(),
        title: law.title().to_owned(),
        applied,
        capable,
    };
    MINIMUMS.iter().map(planned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_law_has_its_minimums_in_order() {
        let laws = MINIMUMS.map(|(law, _, _)| law);
        assert_eq!(laws, Law::ALL);
        assert!(
            MINIMUMS
                .iter()
                .all(|&(_, applied, capable)| { applied >= capable && capable > 0 })
        );
    }
}
