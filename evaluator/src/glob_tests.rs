use std::cell::Cell;

use proptest::prelude::*;

use super::*;

struct Count(Cell<u64>);

impl Meter for Count {
    fn compare(&self, steps: usize) {
        self.0.set(self.0.get() + steps as u64);
    }
}

/// Atoms of a pattern in which `*` and `?` cross colons and `+` and `!` do not.
fn atoms(pattern: &str) -> Vec<Atom<'_>> {
    let mut atoms = Vec::new();
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        let special = ['*', '?', '+', '!'];
        let end = rest
            .find(special)
            .unwrap_or(rest.len())
            .max(first.len_utf8());
        let (head, tail) = rest.split_at(end);
        atoms.push(match first {
            '*' => Atom::Many { colons: true },
            '+' => Atom::Many { colons: false },
            '?' => Atom::One { colons: true },
            '!' => Atom::One { colons: false },
            _ => Atom::Text(head),
        });
        rest = tail;
    }
    atoms
}

fn hit(pattern: &str, text: &str) -> bool {
    let atoms = atoms(pattern);
    matches(|i| atoms.get(i).copied(), text, 0, Case::Exact, &())
}

/// The definition, by recursion.
fn by_definition(pattern: &[char], text: &[char]) -> bool {
    let colons = |c: char| c == '*' || c == '?';
    match (pattern, text) {
        ([], []) => true,
        ([star @ ('*' | '+'), rest @ ..], _) => {
            by_definition(rest, text)
                || matches!(text, [c, more @ ..]
                    if (*c != ':' || colons(*star)) && by_definition(pattern, more))
        }
        ([one @ ('?' | '!'), rest @ ..], [c, more @ ..]) => {
            (*c != ':' || colons(*one)) && by_definition(rest, more)
        }
        ([p, rest @ ..], [c, more @ ..]) => p == c && by_definition(rest, more),
        _ => false,
    }
}

#[test]
fn wildcards_stand_for_runs_and_single_characters() {
    for (pattern, text, expected) in [
        ("", "", true),
        ("", "a", false),
        ("a", "", false),
        ("*", "", true),
        ("*", "a:b/é", true),
        ("a*", "a", true),
        ("*a", "ba", true),
        ("*a", "ab", false),
        ("a*b*c", "a1b2b3c", true),
        ("a*b*c", "a1b2b3", false),
        ("?", "é", true),
        ("??", "é", false),
        ("*?", "é", true),
        ("*??", "é", false),
        ("a?c", "aéc", true),
        ("a?c", "ac", false),
        ("[a]*", "ab", false),
        ("a.b", "axb", false),
        ("\\*", "\\x", true),
        ("+", "a:b", false),
        ("+:+", "a:b", true),
        ("!", ":", false),
        ("a+b", "a:b", false),
        ("*:a+b:c", "x:y:a1b:c", true),
        ("*:a+b:c", "x:a:b:a2b:c", true),
        ("*x+y", "x:xy", true),
        ("+a*b", "xxa:b", true),
    ] {
        assert_eq!(hit(pattern, text), expected, "{pattern} {text}");
    }
}

#[test]
fn literal_text_can_ignore_case() {
    let hit = |pattern: &str, text: &str, case| {
        let atoms = atoms(pattern);
        matches(|i| atoms.get(i).copied(), text, 0, case, &())
    };
    assert!(hit("get*ject", "GetOBJECT", Case::Ascii));
    assert!(!hit("É*", "éa", Case::Ascii));
    assert!(hit("É*k", "éa\u{212a}", Case::Simple));
    assert!(!hit("get*", "Get", Case::Exact));
    assert!(hit("I??", "\u{130}x", Case::Simple));
    assert!(!hit("?", "\u{130}", Case::Simple));
    assert!(hit("i*", "\u{130}", Case::Simple));
    assert!(hit("*\u{307}", "\u{130}", Case::Simple));
}

#[test]
fn star_heavy_patterns_take_the_product_of_both_lengths_at_most() {
    for n in [50usize, 100, 200] {
        let text = "a".repeat(10 * n);
        for pattern in [
            "*a".repeat(n) + "b",
            "a*".repeat(n) + "#",
            "+a".repeat(n) + "b",
            "*".repeat(n) + "b",
            "?*".repeat(n) + "b",
            format!("*:{}", "+a".repeat(n)),
        ] {
            let atoms = atoms(&pattern);
            let work = Count(Cell::new(0));
            assert!(!matches(
                |i| atoms.get(i).copied(),
                &text,
                0,
                Case::Exact,
                &work
            ));
            let most = 5 * (pattern.len() * text.len()) as u64;
            assert!(
                work.0.get() <= most,
                "{pattern}: {} of {most}",
                work.0.get()
            );
        }
    }
}

#[test]
fn the_head_of_an_arn_pattern_takes_no_more_either() {
    for n in [20usize, 40, 80] {
        let part = "a".repeat(n);
        let text = vec![part.as_str(); n].join(":");
        for pattern in [
            format!("*:{0}:{0}:{0}:{0}b", "+a".repeat(n / 2)),
            format!("{0}*:{0}*:{0}*:{0}*:b", "+a".repeat(n / 2)),
            format!("*:*:*:*:*:{}b", "+a*".repeat(n / 2)),
        ] {
            let atoms = atoms(&pattern);
            let work = Count(Cell::new(0));
            assert!(!matches(
                |i| atoms.get(i).copied(),
                &text,
                0,
                Case::Exact,
                &work
            ));
            let most = 5 * (pattern.len() * text.len()) as u64;
            assert!(
                work.0.get() <= most,
                "{pattern}: {} of {most}",
                work.0.get()
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn answers_follow_the_definition(pattern in "[ab:é*?]{0,9}", text in "[ab:é]{0,9}") {
        let (p, t): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
        prop_assert_eq!(hit(&pattern, &text), by_definition(&p, &t), "{} {}", pattern, text);
    }

    /// Runs that cross colons stand directly before a literal colon or at the end, as in patterns of ARNs.
    #[test]
    fn answers_follow_the_definition_with_runs_held_by_colons(
        head in prop::collection::vec(("[ab+!]{0,4}", any::<bool>()), 0..5),
        tail in "[ab:*?]{0,5}",
        text in "[ab:]{0,12}",
    ) {
        let mut pattern = String::new();
        for (part, spans) in head {
            pattern += &part;
            pattern += if spans { "*:" } else { ":" };
        }
        pattern += &tail;
        let (p, t): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
        prop_assert_eq!(hit(&pattern, &text), by_definition(&p, &t), "{} {}", pattern, text);
    }

    /// A character that may be a colon does not occur before a run that stops at colons.
    #[test]
    fn any_mixture_of_both_kinds_of_runs_follows_the_definition(pattern in "[ab:*+!]{0,8}", text in "[ab:]{0,9}") {
        let (p, t): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
        prop_assert_eq!(hit(&pattern, &text), by_definition(&p, &t), "{} {}", pattern, text);
    }
}
