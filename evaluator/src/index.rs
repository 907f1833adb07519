//! Finds the targets a request could match without trying all of them.
//!
//! Two levels of tries: the first by action (ASCII case ignored), the second by resource. A pattern stands where
//! its literal beginning ends, so a walk along the request's text meets every pattern that could match and, but
//! for patterns that begin alike, no other. What the walk has not proved is checked by whoever asks.

use std::ops::ControlFlow;

use crate::pattern::Pattern;
use crate::program::{ActionPattern, Actions, ResourcePattern, Resources, Target};
use crate::trie::{Key, Trie};

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
        let mut pairs: Vec<(Key<'_>, Key<'_>, Found)> = Vec::with_capacity(targets.len());
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
            resources.push(Trie::build(&entries.collect::<Vec<_>>()));
        }
        Some(Self {
            actions: Trie::build(&keys),
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
        (self.actions).walk_ignoring_case(action.as_bytes(), &mut |&number| match self
            .resources
            .get(number as usize)
        {
            Some(trie) => trie.walk(resource.as_bytes(), visit),
            None => ControlFlow::Continue(()),
        })
    }
}

fn anything() -> Key<'static> {
    Key::beginning("")
}

fn action_keys(actions: &Actions) -> Vec<(Key<'_>, Check)> {
    if actions.negated {
        return vec![(anything(), Check::Element)];
    }
    let mut keys = Vec::with_capacity(actions.patterns.len());
    for (number, pattern) in actions.patterns.iter().enumerate() {
        keys.push(match pattern {
            ActionPattern::Everything => (anything(), Check::Met),
            ActionPattern::Like(pattern) => {
                let (key, check) = of_pattern(number, pattern);
                (key.lower(), check)
            }
        });
    }
    keys
}

fn resource_keys(resources: &Resources) -> Vec<(Key<'_>, Check)> {
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
                    let number = u32::try_from(number).unwrap_or(u32::MAX);
                    keys.push((Key::whole("*"), Check::Pattern(number)));
                }
            }
        }
    }
    keys
}

fn of_pattern(number: usize, pattern: &Pattern) -> (Key<'_>, Check) {
    let check = if pattern.is_literal() || pattern.is_open() {
        Check::Met
    } else {
        Check::Pattern(u32::try_from(number).unwrap_or(u32::MAX))
    };
    (pattern.key(), check)
}
