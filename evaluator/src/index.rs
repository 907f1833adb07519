//! Finds the targets a request could match without trying all of them.
//!
//! Two levels of tries: the first by action (ASCII case ignored), the second by resource. A pattern stands where
//! its literal beginning ends, so a walk along the request's text meets every pattern that could match and, but
//! for patterns that begin alike, no other. What the walk has not proved is checked by whoever asks.

use std::ops::{ControlFlow, Range};

use crate::pattern::Pattern;
use crate::program::{ActionPattern, Actions, ResourcePattern, Resources, Target};

/// A target, as found through one of its actions and one of its resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) target: u32,
    pub(crate) action: Check,
    pub(crate) resource: Check,
}

/// What is left to check of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// Nothing.
    Met,
    /// The pattern of this number.
    Pattern(u32),
    /// The whole element.
    Element,
}

/// See the [module](self).
#[derive(Clone, Debug)]
pub(crate) struct Index {
    actions: Trie<u32>,
    /// One a node of the first level.
    resources: Vec<Trie<Found>>,
}

/// A key of a trie.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    text: Vec<u8>,
    /// Only the whole text matches; else every text that begins so might.
    whole: bool,
}

impl Index {
    /// Up to so many targets trying all is faster.
    const FEW: usize = 8;
    /// Up to so many pairs of action and resource a target stands at each of them; else at its actions only.
    const MOST_PAIRS: usize = 64;

    /// Builds an index; none when there are few targets.
    pub(crate) fn build(targets: &[Target]) -> Option<Self> {
        if targets.len() <= Self::FEW {
            return None;
        }
        let mut pairs: Vec<(Key, Key, Found)> = Vec::with_capacity(targets.len());
        for (number, target) in targets.iter().enumerate() {
            let actions = action_keys(&target.actions);
            let mut resources = resource_keys(&target.resources);
            if actions.len().saturating_mul(resources.len()) > Self::MOST_PAIRS {
                resources = vec![(anything(), Check::Element)];
            }
            let target = u32::try_from(number).unwrap_or(u32::MAX);
            for (action_key, action) in &actions {
                for (resource_key, resource) in &resources {
                    let found = Found {
                        target,
                        action: *action,
                        resource: *resource,
                    };
                    pairs.push((action_key.clone(), resource_key.clone(), found));
                }
            }
        }
        // Stable, so that the entries of one target at one place stay together.
        pairs.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        let mut keys = Vec::new();
        let mut resources = Vec::new();
        for group in pairs.chunk_by(|a, b| a.0 == b.0) {
            if let Some((key, ..)) = group.first() {
                keys.push((
                    key.clone(),
                    u32::try_from(resources.len()).unwrap_or(u32::MAX),
                ));
            }
            let entries = group.iter().map(|(_, key, found)| (key.clone(), *found));
            resources.push(Trie::build(entries.collect()));
        }
        Some(Self {
            actions: Trie::build(keys),
            resources,
        })
    }

    /// Calls back with every target that a request could match; some may come more than once.
    #[inline]
    pub(crate) fn find(
        &self,
        action: &str,
        resource: &str,
        visit: &mut impl FnMut(&Found) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let ignoring_case = |a: &[u8], b: &[u8]| a.eq_ignore_ascii_case(b);
        let exactly = |a: &[u8], b: &[u8]| a == b;
        let lower = |b: u8| b.to_ascii_lowercase();
        self.actions.walk(
            action.as_bytes(),
            ignoring_case,
            lower,
            &mut |&number| match self.resources.get(number as usize) {
                Some(trie) => trie.walk(resource.as_bytes(), exactly, |b| b, visit),
                None => ControlFlow::Continue(()),
            },
        )
    }
}

fn anything() -> Key {
    Key {
        text: Vec::new(),
        whole: false,
    }
}

fn action_keys(actions: &Actions) -> Vec<(Key, Check)> {
    if actions.negated {
        return vec![(anything(), Check::Element)];
    }
    let key = |(number, pattern): (usize, &ActionPattern)| match pattern {
        ActionPattern::Everything => (anything(), Check::Met),
        ActionPattern::Like(pattern) => {
            let (mut key, check) = of_pattern(number, pattern);
            key.text.make_ascii_lowercase();
            (key, check)
        }
    };
    actions.patterns.iter().enumerate().map(key).collect()
}

fn resource_keys(resources: &Resources) -> Vec<(Key, Check)> {
    if resources.negated {
        return vec![(anything(), Check::Element)];
    }
    let mut keys = Vec::new();
    for (number, pattern) in resources.patterns.iter().enumerate() {
        match pattern {
            ResourcePattern::Everything => keys.push((anything(), Check::Met)),
            ResourcePattern::Nothing => {}
            ResourcePattern::Like {
                pattern,
                covers_star_of,
            } => {
                let (key, check) = of_pattern(number, pattern);
                keys.push((key, check));
                if covers_star_of.is_some() {
                    let star = Key {
                        text: b"*".to_vec(),
                        whole: true,
                    };
                    let number = u32::try_from(number).unwrap_or(u32::MAX);
                    keys.push((star, Check::Pattern(number)));
                }
            }
        }
    }
    keys
}

fn of_pattern(number: usize, pattern: &Pattern) -> (Key, Check) {
    let key = Key {
        text: pattern.head().as_bytes().to_vec(),
        whole: pattern.is_literal(),
    };
    let check = if pattern.is_literal() || pattern.is_open() {
        Check::Met
    } else {
        Check::Pattern(u32::try_from(number).unwrap_or(u32::MAX))
    };
    (key, check)
}

/// A radix tree over bytes.
#[derive(Clone, Debug)]
struct Trie<T> {
    nodes: Vec<Node>,
    /// The children of the nodes: first byte of the label, number of the node; sorted by byte within a node.
    edges: Vec<(u8, u32)>,
    labels: Vec<u8>,
    items: Vec<T>,
}

#[derive(Clone, Debug)]
struct Node {
    /// The bytes that lead here from the parent.
    label: Range<u32>,
    /// The items of keys that end here and match whatever follows.
    open: Range<u32>,
    /// The items of keys that end here and match nothing else.
    whole: Range<u32>,
    edges: Range<u32>,
}

impl<T: Clone> Trie<T> {
    /// Builds a tree of entries sorted by key; a key may occur several times.
    fn build(entries: Vec<(Key, T)>) -> Self {
        let mut trie = Trie {
            nodes: Vec::new(),
            edges: Vec::new(),
            labels: Vec::new(),
            items: Vec::new(),
        };
        // Entries that share their first `depth` bytes, with the edge that leads to their node.
        let mut open: Vec<(Range<usize>, usize, Option<usize>)> = vec![(0..entries.len(), 0, None)];
        while let Some((range, depth, edge)) = open.pop() {
            let Some(group) = entries.get(range.clone()) else {
                continue;
            };
            let end = match (group.first(), group.last()) {
                (Some((first, _)), Some((last, _))) => common(&first.text, &last.text),
                _ => 0,
            };
            let number = narrow(trie.nodes.len());
            if let Some((_, child)) = edge.and_then(|edge| trie.edges.get_mut(edge)) {
                *child = number;
            }
            let label = group.first().and_then(|(key, _)| key.text.get(depth..end));
            let label = append(&mut trie.labels, label.unwrap_or_default());
            // Entries that end here come first, and among them those that match what follows.
            let ended = group.partition_point(|(key, _)| key.text.len() <= end);
            let (here, below) = group.split_at_checked(ended).unwrap_or_default();
            let wholes = here.partition_point(|(key, _)| !key.whole);
            let (ahead, whole) = here.split_at_checked(wholes).unwrap_or_default();
            let items = |entries: &[(Key, T)]| -> Vec<T> {
                entries.iter().map(|(_, item)| item.clone()).collect()
            };
            let ahead = append(&mut trie.items, &items(ahead));
            let whole = append(&mut trie.items, &items(whole));
            let first_edge = trie.edges.len();
            let mut from = range.start.saturating_add(ended);
            let next_byte = |key: &Key| key.text.get(end).copied().unwrap_or_default();
            for child in below.chunk_by(|a, b| next_byte(&a.0) == next_byte(&b.0)) {
                let byte = child.first().map(|(key, _)| next_byte(key));
                let to = from.saturating_add(child.len());
                open.push((from..to, end, Some(trie.edges.len())));
                trie.edges.push((byte.unwrap_or_default(), 0));
                from = to;
            }
            trie.nodes.push(Node {
                label,
                open: ahead,
                whole,
                edges: narrow(first_edge)..narrow(trie.edges.len()),
            });
        }
        trie
    }
}

impl<T> Trie<T> {
    /// Visits the items of every key that is the whole text, or its beginning where that is enough.
    #[inline]
    fn walk(
        &self,
        text: &[u8],
        same: impl Fn(&[u8], &[u8]) -> bool,
        normal: impl Fn(u8) -> u8,
        visit: &mut impl FnMut(&T) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let mut rest = text;
        let mut number = 0u32;
        while let Some(node) = self.nodes.get(number as usize) {
            let label = slice(&self.labels, &node.label);
            let Some((head, behind)) = rest.split_at_checked(label.len()) else {
                break;
            };
            if !same(label, head) {
                break;
            }
            rest = behind;
            slice(&self.items, &node.open)
                .iter()
                .try_for_each(&mut *visit)?;
            let Some(&next) = rest.first() else {
                return slice(&self.items, &node.whole)
                    .iter()
                    .try_for_each(&mut *visit);
            };
            let edges = slice(&self.edges, &node.edges);
            match edges.binary_search_by_key(&normal(next), |(byte, _)| *byte) {
                Ok(edge) => match edges.get(edge) {
                    Some(&(_, child)) => number = child,
                    None => break,
                },
                Err(_) => break,
            }
        }
        ControlFlow::Continue(())
    }
}

/// How many bytes two texts begin alike.
fn common(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

/// Appends items and says where they stand.
fn append<T: Clone>(list: &mut Vec<T>, items: &[T]) -> Range<u32> {
    let start = narrow(list.len());
    list.extend_from_slice(items);
    start..narrow(list.len())
}

#[inline]
fn slice<'l, T>(list: &'l [T], range: &Range<u32>) -> &'l [T] {
    list.get(range.start as usize..range.end as usize)
        .unwrap_or_default()
}

/// Documents are far smaller than 4 GiB, and so are their indexes.
fn narrow(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_walk_meets_exactly_the_keys_that_begin_the_text(
            keys in prop::collection::vec(("[ab:]{0,5}", any::<bool>()), 0..40),
            text in "[ab:]{0,6}",
        ) {
            let mut entries: Vec<(Key, usize)> = keys
                .iter()
                .enumerate()
                .map(|(i, (text, whole))| (Key { text: text.clone().into_bytes(), whole: *whole }, i))
                .collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            let trie = Trie::build(entries);
            let mut met = Vec::new();
            let _ = trie.walk(text.as_bytes(), |a, b| a == b, |b| b, &mut |&i| {
                met.push(i);
                ControlFlow::Continue(())
            });
            met.sort_unstable();
            let expected: Vec<usize> = keys
                .iter()
                .enumerate()
                .filter(|(_, (key, whole))| if *whole { *key == text } else { text.starts_with(key.as_str()) })
                .map(|(i, _)| i)
                .collect();
            prop_assert_eq!(met, expected);
        }
    }
}
