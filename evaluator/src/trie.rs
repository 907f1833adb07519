//! A radix tree over bytes: finds, along a text, every key that begins it.

use std::borrow::Cow;
use std::ops::{ControlFlow, Range};

/// A key of a tree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key<'k> {
    text: Cow<'k, [u8]>,
    /// Only the whole text matches; else every text that begins so might.
    is_whole: bool,
}

impl<'k> Key<'k> {
    /// The key of texts that begin so.
    pub(crate) fn beginning(text: &'k str) -> Self {
        Self {
            text: Cow::Borrowed(text.as_bytes()),
            is_whole: false,
        }
    }

    /// The key of one text.
    pub(crate) fn whole(text: &'k str) -> Self {
        Self {
            is_whole: true,
            ..Self::beginning(text)
        }
    }

    /// The bytes of its text.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.text
    }

    /// Whether it is a key of one text.
    pub(crate) fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// The key in lower case.
    pub(crate) fn lower(mut self) -> Self {
        if self.text.iter().any(u8::is_ascii_uppercase) {
            self.text.to_mut().make_ascii_lowercase();
        }
        self
    }
}

/// See the [module](self).
#[derive(Clone, Debug)]
pub(crate) struct Trie<T> {
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
    ahead: Range<u32>,
    /// The items of keys that end here and match nothing else.
    whole: Range<u32>,
    edges: Range<u32>,
}

/// Entries that become one node and what is below it.
struct Group<'e, T> {
    entries: &'e [(Key<'e>, T)],
    /// How many bytes of their keys are said above.
    depth: usize,
    /// The edge that leads to the node.
    edge: Option<usize>,
}

impl<T: Copy> Trie<T> {
    /// Builds a tree of entries sorted by key; a key may occur several times.
    pub(crate) fn build(entries: &[(Key<'_>, T)]) -> Self {
        let mut trie = Trie {
            nodes: Vec::new(),
            edges: Vec::new(),
            labels: Vec::new(),
            items: Vec::with_capacity(entries.len()),
        };
        let mut open = vec![Group {
            entries,
            depth: 0,
            edge: None,
        }];
        while let Some(group) = open.pop() {
            let Group {
                entries: group,
                depth,
                edge,
            } = group;
            let number = narrow(trie.nodes.len());
            if let Some((_, child)) = edge.and_then(|edge| trie.edges.get_mut(edge)) {
                *child = number;
            }
            let end = match (group.first(), group.last()) {
                (Some((first, _)), Some((last, _))) => common(&first.text, &last.text),
                _ => 0,
            };
            let label = group.first().and_then(|(key, _)| key.text.get(depth..end));
            let label = append(&mut trie.labels, label.unwrap_or_default().iter().copied());
            // Entries that end here come first, and among them those that match what follows.
            let ended = group.partition_point(|(key, _)| key.text.len() <= end);
            let (here, below) = group.split_at_checked(ended).unwrap_or_default();
            let ahead = here.partition_point(|(key, _)| !key.is_whole);
            let (ahead, whole) = here.split_at_checked(ahead).unwrap_or_default();
            let ahead = append(&mut trie.items, ahead.iter().map(|(_, item)| *item));
            let whole = append(&mut trie.items, whole.iter().map(|(_, item)| *item));
            let first_edge = narrow(trie.edges.len());
            let next = |key: &Key<'_>| key.text.get(end).copied().unwrap_or_default();
            for child in below.chunk_by(|a, b| next(&a.0) == next(&b.0)) {
                open.push(Group {
                    entries: child,
                    depth: end,
                    edge: Some(trie.edges.len()),
                });
                let byte = child.first().map(|(key, _)| next(key));
                trie.edges.push((byte.unwrap_or_default(), 0));
            }
            trie.nodes.push(Node {
                label,
                ahead,
                whole,
                edges: first_edge..narrow(trie.edges.len()),
            });
        }
        trie
    }
}

impl<T> Trie<T> {
    /// Visits the items of every key that is the text, or its beginning where that is enough.
    #[inline]
    pub(crate) fn walk(
        &self,
        text: &[u8],
        visit: &mut impl FnMut(&T) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        self.walk_by(text, |a, b| a == b, |byte| byte, visit)
    }

    /// The same for keys in lower case and a text in any ASCII case.
    #[inline]
    pub(crate) fn walk_ignoring_case(
        &self,
        text: &[u8],
        visit: &mut impl FnMut(&T) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let same = |a: &[u8], b: &[u8]| a.eq_ignore_ascii_case(b);
        self.walk_by(text, same, |byte| byte.to_ascii_lowercase(), visit)
    }

    #[inline]
    fn walk_by(
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
            slice(&self.items, &node.ahead)
                .iter()
                .try_for_each(&mut *visit)?;
            let Some(&next) = rest.first() else {
                return slice(&self.items, &node.whole)
                    .iter()
                    .try_for_each(&mut *visit);
            };
            let edges = slice(&self.edges, &node.edges);
            let Ok(edge) = edges.binary_search_by_key(&normal(next), |(byte, _)| *byte) else {
                break;
            };
            match edges.get(edge) {
                Some(&(_, child)) => number = child,
                None => break,
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
fn append<T>(list: &mut Vec<T>, items: impl Iterator<Item = T>) -> Range<u32> {
    let start = narrow(list.len());
    list.extend(items);
    start..narrow(list.len())
}

#[inline]
fn slice<'l, T>(list: &'l [T], range: &Range<u32>) -> &'l [T] {
    list.get(range.start as usize..range.end as usize)
        .unwrap_or_default()
}

/// Documents are far smaller than 4 GiB, and so are their trees.
fn narrow(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(keys: &[(String, bool)], text: &str, ignores_case: bool) -> Result<(), TestCaseError> {
        let normal = |text: &str| {
            if ignores_case {
                text.to_lowercase()
            } else {
                text.to_owned()
            }
        };
        let mut entries: Vec<(Key<'_>, usize)> = keys
            .iter()
            .map(|(text, whole)| {
                if *whole {
                    Key::whole(text)
                } else {
                    Key::beginning(text)
                }
            })
            .map(|key| if ignores_case { key.lower() } else { key })
            .enumerate()
            .map(|(i, key)| (key, i))
            .collect();
        entries.sort();
        let trie = Trie::build(&entries);
        let mut met = Vec::new();
        let mut visit = |&i: &usize| {
            met.push(i);
            ControlFlow::Continue(())
        };
        let flow = if ignores_case {
            trie.walk_ignoring_case(text.as_bytes(), &mut visit)
        } else {
            trie.walk(text.as_bytes(), &mut visit)
        };
        prop_assert!(flow.is_continue());
        met.sort_unstable();
        let text = normal(text);
        let begins = |(key, whole): &(String, bool)| {
            let key = normal(key);
            if *whole {
                key == text
            } else {
                text.starts_with(&key)
            }
        };
        let expected: Vec<usize> = (0..keys.len()).filter(|i| begins(&keys[*i])).collect();
        prop_assert_eq!(met, expected);
        Ok(())
    }

    proptest! {
        #[test]
        fn a_walk_meets_exactly_the_keys_that_begin_the_text(
            keys in prop::collection::vec(("[ab:]{0,5}", any::<bool>()), 0..40),
            text in "[ab:]{0,6}",
        ) {
            check(&keys, &text, false)?;
        }

        #[test]
        fn so_does_a_walk_that_ignores_case(
            keys in prop::collection::vec(("[aBb:]{0,4}", any::<bool>()), 0..20),
            text in "[aAbB:]{0,5}",
        ) {
            check(&keys, &text, true)?;
        }
    }

    #[test]
    fn a_visitor_can_stop() {
        let trie = Trie::build(&[(Key::beginning(""), 1), (Key::beginning("a"), 2)]);
        let mut met = 0;
        let flow = trie.walk(b"ab", &mut |&i| {
            met = i;
            ControlFlow::Break(())
        });
        assert!(flow.is_break());
        assert_eq!(met, 1);
    }
}
