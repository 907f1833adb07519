//! The size of a document (IAM-073): a note, never a fault.

use veriam_model::PolicyType;
use veriam_model::facts::QUOTAS;

use crate::SizeNote;

/// Counts the characters of a text. Where the quota does not count white space, only that outside strings is
/// left out (readings, 1.11).
pub(crate) fn size(policy_type: PolicyType, bytes: &[u8]) -> SizeNote {
    let text = String::from_utf8_lossy(bytes);
    let quota = QUOTAS.iter().find(|q| q.policy_type == policy_type);
    let characters = match quota {
        Some(quota) if !quota.counts_white_space => {
            text.chars().count() - white_space_outside_strings(&text)
        }
        _ => text.chars().count(),
    };
    let quota = quota.map_or(usize::MAX, |q| q.characters);
    SizeNote {
        characters,
        quota,
        fits: characters <= quota,
    }
}

fn white_space_outside_strings(text: &str) -> usize {
    let mut count = 0;
    let mut in_string = false;
    let mut escaped = false;
    for c in text.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_string => escaped = true,
            '"' => in_string = !in_string,
            ' ' | '\t' | '\n' | '\r' if !in_string => count += 1,
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_counts_for_some_types_and_inside_strings_for_all() {
        let text = "{ \"a b\\\" \" :\n\t1 }é";
        assert_eq!(size(PolicyType::Scp, text.as_bytes()).characters, 18);
        assert_eq!(size(PolicyType::Identity, text.as_bytes()).characters, 13);
    }

    #[test]
    fn the_quota_itself_still_fits() {
        for policy_type in PolicyType::ALL {
            let quota = size(policy_type, b"").quota;
            assert!(
                size(policy_type, "x".repeat(quota).as_bytes()).fits,
                "{policy_type}"
            );
            let one_more = size(policy_type, "x".repeat(quota + 1).as_bytes());
            assert!(!one_more.fits, "{policy_type}");
        }
    }
}
