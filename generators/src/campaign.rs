//! Which case stands where in a campaign.

use arbitrary::Unstructured;
use veriam_model::{CallCase, Case, Check, DocumentCase, PolicyText, Profile};

use crate::sizes::Sizes;
use crate::stream::{CASES_PER_UNIT, Stream};
use crate::{CALLS_PER_WORLD, checks, documents, puts, worlds};

/// Cases of one group.
const GROUP: usize = CALLS_PER_WORLD as usize;

/// Sets the stream of groups apart from those of cases.
const GROUPS: u64 = 0x574f_524c_4453_2121;

/// An endless list of cases: seed, profile and index say which case it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Campaign {
    seed: u64,
    profile: Profile,
}

impl Campaign {
    /// The campaign of a seed in the default profile.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self::of(seed, Profile::Default)
    }

    /// The campaign of a seed in a profile.
    #[must_use]
    pub const fn of(seed: u64, profile: Profile) -> Self {
        Self { seed, profile }
    }

    /// Its seed.
    #[must_use]
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// Its profile.
    #[must_use]
    pub const fn profile(&self) -> Profile {
        self.profile
    }

    /// The four consecutive cases from `4 * group` on: checks, documents and puts, each by itself, or one world
    /// with four calls. About 60 % of a campaign's cases are checks, 25 % calls, 10 % documents and 5 % puts.
    #[must_use]
    pub fn group(&self, group: u64) -> [Case; GROUP] {
        match self.stream(group) {
            (true, stream) => {
                let mut cases = self.calls(stream).map(|case| Case::Call(Box::new(case)));
                std::array::from_fn(|_| cases.next().unwrap_or_else(|| self.document(group)))
            }
            (false, mut stream) => std::array::from_fn(|at| {
                let index = group * CALLS_PER_WORLD + at as u64;
                self.single(&mut stream, index)
            }),
        }
    }

    /// The `index`-th case: that of [`Campaign::group`], which is the better choice for all four.
    #[must_use]
    pub fn case(&self, index: u64) -> Case {
        let (group, at) = (index / CALLS_PER_WORLD, (index % CALLS_PER_WORLD) as usize);
        match self.stream(group) {
            (true, stream) => match self.calls(stream).nth(at) {
                Some(case) => Case::Call(Box::new(case)),
                None => self.document(group),
            },
            (false, mut stream) => {
                for _ in 0..at {
                    stream.next();
                }
                self.single(&mut stream, index)
            }
        }
    }

    /// The `index`-th check; its id is `g-<seed>-<index>`.
    #[must_use]
    pub fn check(&self, index: u64) -> Check {
        let bytes = self.bytes(index);
        let mut check = checks::check(self.sizes(), &mut Unstructured::new(&bytes));
        check.id = Some(format!("g-{}-{index}", self.seed));
        check
    }

    /// A call of the world of that number.
    #[cfg(feature = "proptest")]
    pub(crate) fn call(&self, index: u64) -> CallCase {
        let world = Stream::new(self.seed ^ GROUPS, index / CALLS_PER_WORLD, 0);
        let mut calls: Vec<CallCase> = self.calls(world).collect();
        calls.swap_remove((index % CALLS_PER_WORLD) as usize)
    }

    const fn sizes(&self) -> &'static Sizes {
        Sizes::of(self.profile)
    }

    /// The bytes of a case that stands by itself.
    fn bytes(&self, index: u64) -> Vec<u8> {
        let mut bytes = vec![0; self.sizes().bytes];
        Stream::new(self.seed, index / CASES_PER_UNIT, index % CASES_PER_UNIT).fill(&mut bytes);
        bytes
    }

    /// Whether the group is a world, and where the rest of its choices come from.
    fn stream(&self, group: u64) -> (bool, Stream) {
        let mut stream = Stream::new(self.seed ^ GROUPS, group, 0);
        (stream.next().is_multiple_of(4), stream)
    }

    fn calls(&self, mut stream: Stream) -> impl Iterator<Item = CallCase> + use<> {
        let mut bytes = vec![0; self.sizes().bytes];
        stream.fill(&mut bytes);
        let (world, calls) = worlds::world(self.sizes(), &mut Unstructured::new(&bytes));
        let last = calls.len() - 1;
        let mut world = Some(world);
        calls.into_iter().enumerate().filter_map(move |(at, call)| {
            let world = if at == last {
                world.take()
            } else {
                world.clone()
            };
            world.map(|world| CallCase { world, call })
        })
    }

    fn single(&self, stream: &mut Stream, index: u64) -> Case {
        match stream.next() % 15 {
            0 => self.put(index),
            1 | 2 => self.document(index),
            _ => Case::Check(Box::new(self.check(index))),
        }
    }

    fn document(&self, index: u64) -> Case {
        let bytes = self.bytes(index);
        let mut bytes = Unstructured::new(&bytes);
        let (policy_type, text, _) = documents::document(self.sizes(), &mut bytes);
        Case::Document(DocumentCase {
            policy_type,
            text: PolicyText::new(text),
        })
    }

    fn put(&self, index: u64) -> Case {
        let bytes = self.bytes(index);
        let (put, _) = puts::put(self.sizes(), &mut Unstructured::new(&bytes));
        Case::Put(Box::new(put))
    }
}
