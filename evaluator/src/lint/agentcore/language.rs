//! Whether two patterns have a text in common.
//!
//! A pattern is a nondeterministic automaton: of a resource with wildcards, or of the regular expression with which the
//! facts say what the API accepts. Two of them meet if their product reaches its end. Only ASCII texts count; nothing
//! AgentCore names holds other characters.

use std::collections::HashSet;
use std::iter::Peekable;
use std::str::Chars;

use crate::variable::{self, Part};

/// A set of ASCII characters, one bit each.
type Set = u128;

const ANY: Set = u128::MAX;

/// Most pairs of states that are looked at; beyond, two patterns are taken to meet.
const MOST_PAIRS: usize = 2_000;

/// Most states of a pattern; a longer one is taken to meet everything.
const MOST_STATES: usize = 400;

/// All texts of a pattern.
#[derive(Debug, Default)]
pub(super) struct Language {
    /// The last state is the end.
    states: Vec<State>,
    is_everything: bool,
}

#[derive(Debug, Default)]
struct State {
    free: Vec<usize>,
    steps: Vec<(Set, usize)>,
}

impl Language {
    /// All texts.
    pub(super) fn everything() -> Self {
        Self {
            states: Vec::new(),
            is_everything: true,
        }
    }

    /// The texts that match a part of a resource with `*` and `?`; a variable stands for any text.
    pub(super) fn of_resource(text: &str, has_variables: bool) -> Self {
        let mut language = Self::default();
        let mut at = language.state();
        let parts = variable::parts(text).map(|(part, source)| match part {
            Part::Variable { .. } if has_variables => ("*", true),
            Part::Literal(literal) if has_variables => (literal, false),
            _ => (source, true),
        });
        for (part, wildcards) in parts {
            for c in part.chars() {
                if language.states.len() > MOST_STATES {
                    language.is_everything = true;
                    return language;
                }
                at = match c {
                    '*' if wildcards => language.run(at),
                    '?' if wildcards => language.step(at, ANY),
                    _ => language.step(at, only(c)),
                };
            }
        }
        language
    }

    /// The texts of a regular expression: characters, classes, groups, alternatives and repetitions. None when it holds
    /// anything else.
    pub(super) fn of_expression(text: &str) -> Option<Self> {
        let mut chars = text.chars().peekable();
        let node = alternatives(&mut chars)?;
        if chars.peek().is_some() {
            return None;
        }
        let mut language = Self::default();
        let from = language.state();
        let at = language.add(&node, from);
        // The end is the last state.
        let end = language.state();
        language.free(at, end);
        Some(language)
    }

    /// Whether some text belongs to both.
    pub(super) fn meets(&self, other: &Self) -> bool {
        if self.is_everything || other.is_everything {
            return true;
        }
        let end = |l: &Self| l.states.len().saturating_sub(1);
        let goal = (end(self), end(other));
        let mut seen = HashSet::from([(0, 0)]);
        let mut open = vec![(0, 0)];
        while let Some((a, b)) = open.pop() {
            if (a, b) == goal || seen.len() > MOST_PAIRS {
                return true;
            }
            let (Some(here), Some(there)) = (self.states.get(a), other.states.get(b)) else {
                continue;
            };
            let mut reach = |pair| {
                if seen.insert(pair) {
                    open.push(pair);
                }
            };
            for &free in &here.free {
                reach((free, b));
            }
            for &free in &there.free {
                reach((a, free));
            }
            for &(left, to) in &here.steps {
                for &(right, too) in &there.steps {
                    if left & right != 0 {
                        reach((to, too));
                    }
                }
            }
        }
        false
    }

    fn state(&mut self) -> usize {
        self.states.push(State::default());
        self.states.len().saturating_sub(1)
    }

    fn free(&mut self, from: usize, to: usize) {
        if let Some(state) = self.states.get_mut(from) {
            state.free.push(to);
        }
    }

    /// One character of a set; the state behind it.
    fn step(&mut self, from: usize, set: Set) -> usize {
        let to = self.state();
        if let Some(state) = self.states.get_mut(from) {
            state.steps.push((set, to));
        }
        to
    }

    /// Any run of characters; the state behind it, which is a new one so that the last state stays the end.
    fn run(&mut self, from: usize) -> usize {
        if let Some(state) = self.states.get_mut(from) {
            state.steps.push((ANY, from));
        }
        let to = self.state();
        self.free(from, to);
        to
    }

    fn add(&mut self, node: &Node, from: usize) -> usize {
        match node {
            Node::One(set) => self.step(from, *set),
            Node::Row(nodes) => nodes.iter().fold(from, |at, node| self.add(node, at)),
            Node::Either(nodes) => {
                let ends: Vec<usize> = nodes.iter().map(|node| self.add(node, from)).collect();
                let to = self.state();
                for end in ends {
                    self.free(end, to);
                }
                to
            }
            Node::Times { node, least, most } => {
                let mut at = (0..*least).fold(from, |at, _| self.add(node, at));
                let Some(most) = most else {
                    // A state of its own, so that the run begins and ends in the same one.
                    let again = self.state();
                    self.free(at, again);
                    let behind = self.add(node, again);
                    self.free(behind, again);
                    return again;
                };
                let to = self.state();
                for _ in *least..*most {
                    self.free(at, to);
                    at = self.add(node, at);
                }
                self.free(at, to);
                to
            }
        }
    }
}

fn only(c: char) -> Set {
    1u128.checked_shl(u32::from(c)).unwrap_or_default()
}

enum Node {
    One(Set),
    Row(Vec<Node>),
    Either(Vec<Node>),
    Times {
        node: Box<Node>,
        least: usize,
        most: Option<usize>,
    },
}

type Input<'t> = Peekable<Chars<'t>>;

fn alternatives(input: &mut Input<'_>) -> Option<Node> {
    let mut all = vec![row(input)?];
    while input.next_if_eq(&'|').is_some() {
        all.push(row(input)?);
    }
    Some(Node::Either(all))
}

fn row(input: &mut Input<'_>) -> Option<Node> {
    let mut nodes = Vec::new();
    while let Some(c) = input.next_if(|c| !matches!(c, '|' | ')')) {
        let node = match c {
            '(' => {
                let inner = alternatives(input)?;
                input.next_if_eq(&')')?;
                inner
            }
            '[' => Node::One(class(input)?),
            '\\' => Node::One(only(input.next()?)),
            '.' => Node::One(ANY),
            '^' | '$' | '{' | '}' | '*' | '+' | '?' => return None,
            _ => Node::One(only(c)),
        };
        nodes.push(repeated(node, input)?);
    }
    Some(Node::Row(nodes))
}

fn repeated(node: Node, input: &mut Input<'_>) -> Option<Node> {
    let (least, most) = match input.peek() {
        Some('?') => (0, Some(1)),
        Some('*') => (0, None),
        Some('+') => (1, None),
        Some('{') => {
            input.next();
            let least = number(input)?;
            let most = if input.next_if_eq(&',').is_some() {
                number(input)?
            } else {
                least
            };
            if input.peek() != Some(&'}') {
                return None;
            }
            (least, Some(most))
        }
        _ => return Some(node),
    };
    input.next();
    Some(Node::Times {
        node: Box::new(node),
        least,
        most,
    })
}

fn number(input: &mut Input<'_>) -> Option<usize> {
    let mut digits = String::new();
    while let Some(digit) = input.next_if(char::is_ascii_digit) {
        digits.push(digit);
    }
    digits.parse().ok()
}

/// A class behind its bracket. A hyphen is itself at either end and behind a range.
fn class(input: &mut Input<'_>) -> Option<Set> {
    let negated = input.next_if_eq(&'^').is_some();
    let mut set = 0;
    loop {
        let first = match input.next()? {
            ']' => return Some(if negated { !set } else { set }),
            '\\' => input.next()?,
            c => c,
        };
        let mut ahead = input.clone();
        let is_range = ahead.next() == Some('-') && !matches!(ahead.next(), Some(']') | None);
        if is_range && first != '-' {
            input.next();
            let last = input.next()?;
            set = (first..=last).fold(set, |set, c| set | only(c));
        } else {
            set |= only(first);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meets(resource: &str, expression: &str) -> bool {
        let expression = Language::of_expression(expression).unwrap();
        Language::of_resource(resource, true).meets(&expression)
    }

    #[test]
    fn a_text_meets_the_expression_it_matches() {
        let runtime = "runtime/[a-zA-Z][a-zA-Z0-9_]{0,3}-[a-zA-Z0-9]{4}";
        assert!(meets("runtime/a-0000", runtime));
        assert!(meets("runtime/abc_-Ab0z", runtime));
        assert!(!meets("runtime/abcde-0000", runtime));
        assert!(!meets("runtime/1-0000", runtime));
        assert!(!meets("runtime/a-00000", runtime));
        assert!(!meets("runtime/a-000", runtime));
        assert!(!meets("", runtime));
        assert!(meets("", "a?"));
        for (text, expected) in [
            ("a-b-0", true),
            ("-a0", false),
            ("a-0", true),
            ("a--0", false),
        ] {
            assert_eq!(meets(text, "([0-9a-z][-]?){1,4}0"), expected, "{text}");
        }
    }

    #[test]
    fn classes_have_ranges_escapes_and_plain_hyphens() {
        for (class, inside, outside) in [
            ("[a-c]", "abc", "d-"),
            ("[a-zA-Z0-9-_]", "aZ9-_", ":/."),
            ("[a-z0-9-.]", "a9-.", "_A"),
            (r"[a-z\-_]", "a-_", "A\\"),
            ("[-]", "-", "a"),
            ("[^/]", "a-é:".get(..2).unwrap(), "/"),
        ] {
            for c in inside.chars() {
                assert!(meets(&c.to_string(), class), "{c} {class}");
            }
            for c in outside.chars() {
                assert!(!meets(&c.to_string(), class), "{c} {class}");
            }
        }
    }

    #[test]
    fn wildcards_and_variables_stand_for_anything() {
        let endpoint = "runtime/[^/]+/runtime-endpoint/[^/]+";
        for text in [
            "*",
            "runtime/*",
            "run*t",
            "runtime/a*",
            "runtime/?/runtime-endpoint/?",
            "*/runtime-endpoint/*",
            "runtime/${aws:PrincipalTag/agent}",
            "runtime/a/*",
        ] {
            assert!(meets(text, endpoint), "{text}");
        }
        for text in [
            "runtime/a",
            "runtime/??",
            "runtime/a/endpoint/*",
            "*/endpoint/x",
            "gateway*",
            "runtime/a/runtime-endpoint/é",
        ] {
            assert!(!meets(text, endpoint), "{text}");
        }
        let plain = Language::of_resource("a${x}", false);
        assert!(!plain.meets(&Language::of_expression("ab").unwrap()));
        assert!(meets("a${*}", r"a\*"));
    }

    #[test]
    fn other_expressions_are_refused() {
        for text in ["a(", "a)", "[a", "a{1", "a{1,}", "^a", "a$", "*a", "\\"] {
            assert!(Language::of_expression(text).is_none(), "{text}");
        }
    }

    #[test]
    fn long_and_tangled_patterns_are_taken_to_meet() {
        let tangled = "*a".repeat(1_500) + "b";
        assert!(meets(&tangled, "[^b]{0,500}"));
        assert!(meets(&"a".repeat(5_000), "b"));
    }
}
