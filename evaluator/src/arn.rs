//! Taking ARNs apart.

/// A text of six parts: split at its first five colons, so that the sixth may hold colons.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arn<'a> {
    text: &'a str,
    colons: [usize; 5],
}

impl<'a> Arn<'a> {
    /// Finds the parts of a text that begins with `arn:`; none when there are fewer than six.
    #[inline]
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        Self::split(text).filter(|_| text.as_bytes().starts_with(b"arn:"))
    }

    /// Finds the parts of a text, whatever it begins with.
    #[inline]
    pub(crate) fn split(text: &'a str) -> Option<Self> {
        let mut colons = [0; 5];
        let mut free = colons.iter_mut();
        let mut at = 0usize;
        let (words, rest) = text.as_bytes().as_chunks::<8>();
        for &word in words {
            let mut marks = colon_marks(word);
            while marks != 0 {
                let within = (marks.trailing_zeros() / 8) as usize;
                *free.next()? = at.saturating_add(within);
                if free.len() == 0 {
                    return Some(Self { text, colons });
                }
                marks &= marks.wrapping_sub(1);
            }
            at = at.saturating_add(8);
        }
        for &byte in rest {
            if byte == b':' {
                *free.next()? = at;
                if free.len() == 0 {
                    return Some(Self { text, colons });
                }
            }
            at = at.saturating_add(1);
        }
        None
    }

    /// The second part.
    #[inline]
    pub(crate) fn partition(self) -> &'a str {
        self.between(0)
    }

    /// The third part.
    #[inline]
    pub(crate) fn service(self) -> &'a str {
        self.between(1)
    }

    /// The fourth part.
    #[inline]
    pub(crate) fn region(self) -> &'a str {
        self.between(2)
    }

    /// The fifth part.
    #[inline]
    pub(crate) fn account(self) -> &'a str {
        self.between(3)
    }

    /// The sixth part.
    #[inline]
    pub(crate) fn rest(self) -> &'a str {
        let [.., last] = self.colons;
        self.text.get(last.saturating_add(1)..).unwrap_or_default()
    }

    /// The part behind a colon, up to the next one.
    #[inline]
    fn between(self, colon: usize) -> &'a str {
        let next = colon.saturating_add(1);
        match (self.colons.get(colon), self.colons.get(next)) {
            (Some(&from), Some(&to)) => self
                .text
                .get(from.saturating_add(1)..to)
                .unwrap_or_default(),
            _ => "",
        }
    }
}

/// How many colons a text has.
#[inline]
pub(crate) fn count_colons(text: &str) -> u32 {
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let in_words = words.iter().map(|word| marked(colon_marks(*word)));
    let in_rest = rest.iter().map(|byte| u32::from(*byte == b':'));
    in_words.chain(in_rest).fold(0, u32::wrapping_add)
}

/// Whether a text begins with `arn:` and has at least five colons.
#[inline]
pub(crate) fn is_arn(text: &str) -> bool {
    const ENOUGH: u32 = 5;
    if !text.as_bytes().starts_with(b"arn:") {
        return false;
    }
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let mut colons = 0u32;
    for word in words {
        colons = colons.wrapping_add(marked(colon_marks(*word)));
        if colons >= ENOUGH {
            return true;
        }
    }
    let in_rest = rest.iter().map(|byte| u32::from(*byte == b':'));
    in_rest.fold(colons, u32::wrapping_add) >= ENOUGH
}

/// How many of eight bytes are marked; cheaper than counting bits one by one.
#[inline]
fn marked(marks: u64) -> u32 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    // Each mark adds one to the highest byte.
    (marks.wrapping_shr(7).wrapping_mul(ONES).wrapping_shr(56)) as u32
}

/// A text before and behind the first of some ASCII character.
#[inline]
pub(crate) fn cut(text: &str, at: u8) -> Option<(&str, &str)> {
    let place = text.bytes().position(|byte| byte == at)?;
    Some((text.get(..place)?, text.get(place.saturating_add(1)..)?))
}

/// The highest bit of each of eight bytes that is a colon; the first byte has the lowest bits.
#[inline]
fn colon_marks(word: [u8; 8]) -> u64 {
    const COLONS: u64 = u64::from_le_bytes([b':'; 8]);
    const LOW: u64 = u64::from_le_bytes([0x7f; 8]);
    // Zero where there was a colon; then the seven low bits carry into the eighth unless all are zero.
    let differs = u64::from_le_bytes(word) ^ COLONS;
    let carried = (differs & LOW).wrapping_add(LOW);
    !(carried | differs | LOW)
}

/// Whether an account part mixes characters and wildcards (IAM-030).
pub(crate) fn is_partly_wild(account: &str) -> bool {
    account.contains(['*', '?']) && account.chars().nth(1).is_some()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parts(text: &str) -> Option<[&str; 5]> {
        Arn::split(text).map(|a| {
            [
                a.partition(),
                a.service(),
                a.region(),
                a.account(),
                a.rest(),
            ]
        })
    }

    #[test]
    fn an_arn_has_six_parts_and_begins_with_arn() {
        let arn = "arn:aws:lambda:us-west-2:111122223333:function:f:1";
        assert_eq!(
            parts(arn),
            Some(["aws", "lambda", "us-west-2", "111122223333", "function:f:1"])
        );
        assert!(Arn::parse(arn).is_some());
        assert!(Arn::parse("arn:aws:s3::b").is_none());
        assert!(Arn::parse("ARN:aws:s3:::b").is_none());
        assert_eq!(parts(":::::"), Some([""; 5]));
        assert_eq!(parts("::::"), None);
    }

    proptest! {
        #[test]
        fn colons_are_counted(text in "(arn:)?[:é;9\u{ba}a]{0,30}") {
            let colons = text.matches(':').count();
            prop_assert_eq!(count_colons(&text) as usize, colons);
            prop_assert_eq!(is_arn(&text), text.starts_with("arn:") && colons >= 5);
            prop_assert_eq!(is_arn(&text), Arn::parse(&text).is_some());
        }

        #[test]
        fn parts_are_those_of_the_standard_library(text in "[:é;9\u{ba}a]{0,30}") {
            let expected: Vec<&str> = text.splitn(6, ':').skip(1).collect();
            let expected = <[&str; 5]>::try_from(expected).ok();
            prop_assert_eq!(parts(&text), expected);
        }
    }
}
