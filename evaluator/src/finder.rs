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
use crate::pattern::Pattern;
use crate::principal::{Entry, Who};
use crate::program::Rule;
use crate::source::Texts;
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
    /// The names they stand at.
    names: Vec<u64>,
    /// How many statements one of them meets where it stands, itself included, on the average.
    size: u64,
}

impl Crowd {
    /// Adds a statement that stands at these names.
    fn add(&mut self, names: impl Iterator<Item = u64>) {
        self.statements = self.statements.saturating_add(1);
        self.names.extend(names);
    }

    /// Works out the size.
    fn count(&mut self) {
        self.names.sort_unstable();
        let groups = self.names.chunk_by(|a, b| a == b);
        let squares = groups.map(|group| (group.len() as u64).saturating_mul(group.len() as u64));
        let sum = squares.fold(0u64, u64::saturating_add);
        self.size = sum.checked_div(self.statements).unwrap_or(u64::MAX);
    }

    fn tells_apart(&self) -> bool {
        self.size < self.statements
    }
}

/// The key of a condition and the patterns of which it needs one.
fn needed(condition: &Condition) -> Option<(u32, &[Pattern])> {
    Some((condition.key, condition.needs_one_of()?))
}

impl Finder {
    /// Up to so many rules looking at all is faster.
    const FEW: usize = 8;

    /// Builds a finder; none when there are few rules. `first` is the number of the first of them, `tests` gives
    /// the conditions of a rule.
    pub(crate) fn build<'c, I: Iterator<Item = &'c Condition>>(
        rules: &[Rule],
        first: u32,
        tests: impl Fn(&Rule) -> I,
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
            for (key, patterns) in tests(rule).filter_map(needed) {
                let names = patterns.iter().map(|pattern| hash_of(&pattern.key()));
                crowds.entry(Place::Key(key)).or_default().add(names);
            }
        }
        for crowd in crowds.values_mut() {
            crowd.count();
        }
        let mut always = Vec::new();
        let mut callers = Vec::new();
        let mut keys: BTreeMap<u32, Vec<(Key<'_>, u32)>> = BTreeMap::new();
        let crowd = |place| crowds.get(&place).filter(|crowd| crowd.tells_apart());
        for (number, rule) in (first..).zip(rules) {
            let by_key = tests(rule)
                .filter_map(needed)
                .filter_map(|(key, patterns)| {
                    Some((crowd(Place::Key(key))?.size, Some((key, patterns))))
                });
            let by_caller = who(rule).and_then(|_| Some((crowd(Place::Caller)?.size, None)));
            match by_key.chain(by_caller).min_by_key(|(size, _)| *size) {
                None => always.push(number),
                Some((_, None)) => {
                    let names = who(rule)
                        .unwrap_or_default()
                        .iter()
                        .flat_map(Callers::places);
                    callers.extend(names.flatten().map(|name| (name, number)));
                }
                Some((_, Some((key, patterns)))) => {
                    let places = patterns.iter().map(|pattern| (pattern.key(), number));
                    keys.entry(key).or_default().extend(places);
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
    pub(crate) fn find<'v, T: Texts<'v>>(
        &self,
        caller: &Caller<'_>,
        values: impl Fn(u32) -> Option<T>,
        visit: &mut impl FnMut(u32) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        self.always.iter().try_for_each(|&rule| visit(rule))?;
        self.callers.find(caller, visit)?;
        for (key, tree) in &self.keys {
            // An absent key makes each of these conditions false.
            for value in values(*key).into_iter().flat_map(Texts::all) {
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

fn tree(mut list: Vec<(Key<'_>, u32)>) -> Trie<u32> {
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
    /// A role by its name, in an account.
    Role,
    /// A user or session by its ARN.
    Arn,
    /// A user by name, in an account, for its federated-user sessions.
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
        let at = |name, text| Some(at(name, text));
        match entry {
            Entry::Everyone | Entry::EveryIdentity => [None, None],
            Entry::Account { account, .. } => [at(Name::Account, account), None],
            Entry::Role { account, name, .. } => [Some(of(Name::Role, account, name)), None],
            Entry::User {
                arn, account, name, ..
            } => [at(Name::Arn, arn), Some(of(Name::User, account, name))],
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
            Kind::User => self.visit(at(Name::Arn, caller.arn), visit)?,
            Kind::RoleSession { role } => {
                self.visit(at(Name::Arn, caller.arn), visit)?;
                self.visit(of(Name::Role, caller.account, role), visit)?;
            }
            Kind::FederatedUser { name } => {
                self.visit(at(Name::Arn, caller.arn), visit)?;
                self.visit(of(Name::User, caller.account, name), visit)?;
            }
            Kind::Service => return self.visit(at(Name::Service, caller.arn), visit),
            Kind::Provider => return self.visit(at(Name::Provider, caller.arn), visit),
            Kind::Anonymous | Kind::Jwt => return ControlFlow::Continue(()),
        }
        self.visit(at(Name::Account, caller.account), visit)
    }

    #[inline]
    fn visit(&self, hash: u64, visit: &mut impl FnMut(u32) -> ControlFlow<()>) -> ControlFlow<()> {
        let from = self.0.partition_point(|(h, _)| *h < hash);
        let behind = self.0.get(from..).unwrap_or_default();
        let mut same = behind.iter().take_while(|(h, _)| *h == hash);
        same.try_for_each(|(_, rule)| visit(*rule))
    }
}

/// Where a name stands.
#[inline]
fn at(name: Name, text: &str) -> u64 {
    hash(name as u64, text.as_bytes())
}

/// Where a name stands that is one only in its account.
#[inline]
fn of(name: Name, account: &str, text: &str) -> u64 {
    hash(at(name, account), text.as_bytes())
}

fn hash_of(key: &Key<'_>) -> u64 {
    hash(u64::from(key.is_whole()), key.bytes())
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
