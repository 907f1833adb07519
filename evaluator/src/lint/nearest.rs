//! The known name that a misspelt one is nearest to.

/// Longest name that is compared, in characters: no known one is near a longer one.
const LONGEST: usize = 80;

/// The nearest of some names, ASCII case ignored; none when all differ in more than two fifths of the letters.
pub(super) fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let length = name.chars().count();
    if length > LONGEST {
        return None;
    }
    let most = length.saturating_mul(2).checked_div(5)?.max(2);
    // Names that differ much in length differ in as many letters.
    let near = known
        .into_iter()
        .filter(|k| k.chars().count().abs_diff(length) <= most);
    let distances = near.map(|k| (distance(name, k), k));
    let (distance, found) = distances.min_by_key(|(distance, _)| *distance)?;
    (distance <= most && distance < length).then_some(found)
}

/// How many letters have to be inserted, removed or replaced to make one text of the other (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let letters: Vec<char> = b.chars().map(|c| c.to_ascii_lowercase()).collect();
    let mut row: Vec<usize> = (0..=letters.len()).collect();
    for (line, wanted) in a.chars().enumerate() {
        let wanted = wanted.to_ascii_lowercase();
        // What stands diagonally before the cell: the row above, one to the left.
        let mut diagonal = line;
        let mut left = line.saturating_add(1);
        let mut next = vec![left];
        for (letter, above) in letters.iter().zip(row.iter().skip(1)) {
            let replaced = diagonal.saturating_add(usize::from(*letter != wanted));
            left = replaced.min(left.min(*above).saturating_add(1));
            next.push(left);
            diagonal = *above;
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_count_single_letters() {
        for (a, b, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("Invoke", "invoke", 0),
            ("flaw", "lawn", 2),
        ] {
            assert_eq!(distance(a, b), expected, "{a} {b}");
            assert_eq!(distance(b, a), expected, "{b} {a}");
        }
    }

    #[test]
    fn a_name_is_near_or_has_none() {
        let known = ["InvokeAgentRuntime", "InvokeGateway", "GetEvent"];
        assert_eq!(nearest("InvokeAgentRunTme", known), Some(known[0]));
        assert_eq!(nearest("invokegatway", known), Some(known[1]));
        assert_eq!(nearest("ab", known), None);
        assert_eq!(nearest("SomethingElse", known), None);
        assert_eq!(nearest(&"x".repeat(81), known), None);
    }
}
