//! Taking ARNs apart.

/// The six parts of an ARN: the text split at its first five colons, so that the sixth may hold colons.
///
/// The text need not begin with `arn:`. None when there are fewer than five colons.
pub(crate) fn split(text: &str) -> Option<[&str; 6]> {
    let mut parts = text.splitn(6, ':');
    Some([
        parts.next()?,
        parts.next()?,
        parts.next()?,
        parts.next()?,
        parts.next()?,
        parts.next()?,
    ])
}

/// The six parts of a text that begins with `arn:`.
pub(crate) fn parse(text: &str) -> Option<[&str; 6]> {
    split(text).filter(|parts| parts[0] == "arn")
}

/// Whether an account part mixes characters and wildcards (IAM-030).
pub(crate) fn is_partly_wild(account: &str) -> bool {
    account.contains(['*', '?']) && account.chars().nth(1).is_some()
}
