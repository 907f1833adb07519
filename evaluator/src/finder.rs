//! Finds, among many statements with the same actions and resources, those a request could still meet.
//!
//! Where a policy has a statement for each of many tenants, what tells these apart is whom they name or what one
//! condition key must be. Each statement stands at that which tells most of them apart: at the entries of its
//! principal element, or at the values of one key. A request then meets only the statements that stand at its own
//! caller and its own values. Statements without such a place are always met.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use crate::caller::{Caller, Kind};
use crate::condition::Condition;
use crate::principal::{Entry, Who};
use crate::program::Rule;
use crate::trie::{Key, Trie};

/// See the [module](self).
#[derive(Clone, Debug)]
pub(crate) struct Finder {
    /// Rules that every request meets.
    always: Box<[u32]>,
    callers: Callers,
    /// Rules by the values of a key, which has its number.
    keys: Box<[(u32, Trie<u32>)]>,
}

/// What can tell statements apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// The principal element.
    Caller,
    /// The values of the key of this number.
    Key(u32),
}

/// How the statements that could stand at a place would crowd there.
#[derive(Default)]
struct Crowd {
    statements: u64,
    /// How many of them stand at each name.
    at: BTreeMap<u64, u64>,
}

impl Crowd {
    /// Adds a statement that stands at these names.
    fn add(&mut self, names: impl Iterator<Item = u64>) {
        self.statements = self.statements.saturating_add(1);
        for name in names {
            let count = self.at.entry(name).or_default();
            *count = count.saturating_add(1);
        }
    }

    /// How many statements one of them meets where it stands, itself included, on the average.
    fn size(&self) -> u64 {
        let squares = self.at.values().map(|count| count.saturating_mul(*count));
        let sum = squares.fold(0u64, u64::saturating_add);
        sum.checked_div(self.statements).unwrap_or(u64::MAX)
    }

    fn tells_apart(&self) -> bool {
        self.size() < self.statements
    }
}

impl Finder {
    /// Up to so many rules looking at all is faster.
    const FEW: usize = 8;

    /// Builds a finder; none when there are few rules. `first` is the number of the first of them, `tests` gives
    /// the conditions of a rule.
    pub(crate) fn build<'c>(
        rules: &[Rule],
        first: u32,
        tests: impl Fn(&Rule) -> Vec<&'c Condition>,
        principals: &[Who],
    ) -> Option<Self> {
        if rules.len() <= Self::FEW {
            return None;
        }
        let who = |rule: &Rule| principals.get(rule.who as usize).and_then(named);
        let mut crowds: BTreeMap<Place, Crowd> = BTreeMap::new();
        for rule in rules {
            if let Some(entries) = who(rule) {
                let names = entries.iter().flat_map(Callers::places).flatten();
                crowds.entry(Place::Caller).or_default().add(names);
            }
            for condition in tests(rule) {
                if let Some(keys) = condition.keys() {
                    let names = keys
                        .iter()
                        .map(|key| hash(key.is_whole() as u64, key.bytes()));
                    crowds
                        .entry(Place::Key(condition.key))
                        .or_default()
                        .add(names);
                }
            }
        }
        crowds.retain(|_, crowd| crowd.tells_apart());
        let mut always = Vec::new();
        let mut callers = Vec::new();
        let mut keys: BTreeMap<u32, Vec<(Key, u32)>> = BTreeMap::new();
        for (number, rule) in (first..).zip(rules) {
            let entries = who(rule);
            let tests = tests(rule);
            let by_key = tests
                .iter()
                .filter(|c| c.keys().is_some())
                .map(|c| Place::Key(c.key));
            let places = by_key.chain(entries.map(|_| Place::Caller));
            let places = places.filter_map(|place| Some((crowds.get(&place)?.size(), place)));
            match places.min() {
                None => always.push(number),
                Some((_, Place::Caller)) => {
                    let names = entries.unwrap_or_default().iter().flat_map(Callers::places);
                    callers.extend(names.flatten().map(|name| (name, number)));
                }
                Some((_, Place::Key(key))) => {
                    let condition = tests.iter().find(|c| c.key == key && c.keys().is_some());
                    let places = condition.and_then(|c| c.keys()).unwrap_or_default();
                    let list = keys.entry(key).or_default();
                    list.extend(places.into_iter().map(|place| (place, number)));
                }
            }
        }
        Some(Self {
            always: always.into(),
            callers: Callers::new(callers),
            keys: keys
                .into_iter()
                .map(|(key, list)| (key, tree(list)))
                .collect(),
        })
    }

    /// Calls back with the number of every rule that a request could meet; some may come more than once.
    #[inline]
    pub(crate) fn find<'v>(
        &self,
        caller: &Caller<'_>,
        values: impl Fn(u32) -> Option<&'v [String]>,
        visit: &mut impl FnMut(u32) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        self.always.iter().try_for_each(|&rule| visit(rule))?;
        self.callers.find(caller, visit)?;
        for (key, tree) in &self.keys {
            // An absent key makes each of these conditions false.
            for value in values(*key).unwrap_or_default() {
                tree.walk(value.as_bytes(), &mut |&rule| visit(rule))?;
            }
        }
        ControlFlow::Continue(())
    }
}

/// The entries of an element that names nobody but single callers and accounts.
fn named(who: &Who) -> Option<&[Entry]> {
    match who {
        Who::Of(entries) => {
            let names_all = |entry: &Entry| matches!(entry, Entry::Everyone | Entry::EveryIdentity);
            (!entries.iter().any(names_all)).then_some(entries)
        }
        Who::Except(_) => None,
    }
}

fn tree(mut list: Vec<(Key, u32)>) -> Trie<u32> {
    list.sort();
    list.dedup();
    Trie::build(&list)
}

/// Rules by the callers they name: sorted by a hash of the name, which need not be unique.
#[derive(Clone, Debug)]
struct Callers(Box<[(u64, u32)]>);

/// What a name in a principal element names.
#[derive(Clone, Copy)]
enum Name {
    Account,
    Role,
    /// A user or session by its ARN.
    Arn,
    /// A user by name, for its federated-user sessions.
    User,
    Service,
    Provider,
}

impl Callers {
    fn new(mut list: Vec<(u64, u32)>) -> Self {
        list.sort_unstable();
        list.dedup();
        Self(list.into())
    }

    /// Where an entry stands.
    fn places(entry: &Entry) -> [Option<u64>; 2] {
        let at = |name: Name, text: &str| Some(hash(name as u64, text.as_bytes()));
        match entry {
            Entry::Everyone | Entry::EveryIdentity => [None, None],
            Entry::Account { account, .. } => [at(Name::Account, account), None],
            Entry::Role { name, .. } => [at(Name::Role, name), None],
            Entry::User { arn, name, .. } => [at(Name::Arn, arn), at(Name::User, name)],
            Entry::Session { arn, .. } => [at(Name::Arn, arn), None],
            Entry::Service(name) => [at(Name::Service, name), None],
            Entry::Federated(name) => [at(Name::Provider, name), None],
        }
    }

    #[inline]
    fn find(
        &self,
        caller: &Caller<'_>,
        visit: &mut impl FnMut(u32) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        if self.0.is_empty() {
            return ControlFlow::Continue(());
        }
        match caller.kind {
            Kind::Root => {}
            Kind::User => self.visit(Name::Arn, caller.arn, visit)?,
            Kind::RoleSession { role } => {
                self.visit(Name::Arn, caller.arn, visit)?;
                self.visit(Name::Role, role, visit)?;
            }
            Kind::FederatedUser { name } => {
                self.visit(Name::Arn, caller.arn, visit)?;
                self.visit(Name::User, name, visit)?;
            }
            Kind::Service => return self.visit(Name::Service, caller.arn, visit),
            Kind::Provider => return self.visit(Name::Provider, caller.arn, visit),
            Kind::Anonymous | Kind::Jwt => return ControlFlow::Continue(()),
        }
        self.visit(Name::Account, caller.account, visit)
    }

    #[inline]
    fn visit(
        &self,
        name: Name,
        text: &str,
        visit: &mut impl FnMut(u32) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let hash = hash(name as u64, text.as_bytes());
        let from = self.0.partition_point(|(h, _)| *h < hash);
        let behind = self.0.get(from..).unwrap_or_default();
        let mut same = behind.iter().take_while(|(h, _)| *h == hash);
        same.try_for_each(|(_, rule)| visit(*rule))
    }
}

/// A hash of a text of some kind, eight bytes at a time.
#[inline]
fn hash(kind: u64, text: &[u8]) -> u64 {
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: u64| (hash.rotate_left(23) ^ word).wrapping_mul(SPREAD);
    let (words, rest) = text.as_chunks::<8>();
    let hash = words
        .iter()
        .fold(kind, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    rest.iter()
        .fold(hash, |hash, byte| mix(hash, u64::from(*byte)))
}
