//! How large the cases of a profile are: every number of the generators that depends on it.
//!
//! There is one generator. What it draws for the default profile it draws for the others too, from the same bytes in
//! the same order; a profile only says how many of a thing there may be, and how many statements that do not apply are
//! put around those that do.

use veriam_model::Profile;

use crate::draw::Draw;
use crate::stream::CASE_BYTES;

/// The sizes of one profile.
#[derive(Debug)]
pub(crate) struct Sizes {
    /// Bytes a case is made of.
    pub(crate) bytes: usize,
    /// The most statements that the policies of a check may have together, without those AWS attaches by itself.
    pub(crate) most_in_check: Option<usize>,
    /// Likewise, those of a world and its calls.
    pub(crate) most_in_world: Option<usize>,
    /// At most one of boundary, session policy, SCPs, RCPs and endpoint policy, and that with one level.
    pub(crate) one_layer: bool,
    /// Statements of a document by itself.
    pub(crate) document: Spread,
    /// Of those, how many more the last choice of `document` may add.
    pub(crate) document_more: usize,
    /// Statements of a policy that is put.
    pub(crate) put: Spread,
    /// How many more there may be.
    pub(crate) put_more: usize,
    /// Statements that nearly apply, put around the others: at least these, and how many more.
    pub(crate) filler: (usize, usize),
    /// Statements of one document before another one is begun, where several may stand.
    pub(crate) per_document: usize,
    /// The most others whom a statement names beside the one it is about.
    pub(crate) crowd: usize,
    /// Accounts of a world.
    pub(crate) accounts: Spread,
    /// Users of a world.
    pub(crate) users: Spread,
    /// Roles of a world.
    pub(crate) roles: Spread,
    /// Kinds of resources that calls of a world are about, beside the first.
    pub(crate) families: Spread,
    /// Runtimes of a world, and resources of other kinds, each by itself.
    pub(crate) runtimes: Spread,
    /// Endpoints of a runtime.
    pub(crate) endpoints: Spread,
    /// Networks of a world.
    pub(crate) networks: Spread,
    /// How many names of a kind there are to choose from; the first ones are those of the default profile.
    pub(crate) names: usize,
    /// Calls after the first differ from an earlier one in one thing, and get no policies of their own.
    pub(crate) one_call: bool,
}

/// Numbers of something, each with its weight; the first on zero bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    counts: &'static [usize],
    weights: &'static [usize],
}

const fn spread(counts: &'static [usize], weights: &'static [usize]) -> Spread {
    assert!(counts.len() == weights.len());
    Spread { counts, weights }
}

impl Spread {
    /// One of the numbers.
    pub(crate) fn draw(self, draw: &mut Draw<'_, '_>) -> usize {
        self.counts[draw.weighted(self.weights)]
    }

    /// The largest of the numbers.
    pub(crate) fn last(self) -> usize {
        self.counts.last().copied().unwrap_or(0)
    }
}

impl Sizes {
    /// The sizes of a profile.
    pub(crate) const fn of(profile: Profile) -> &'static Sizes {
        match profile {
            Profile::Tiny => &TINY,
            Profile::Default => &DEFAULT,
            Profile::Large => &LARGE,
        }
    }
}

static TINY: Sizes = Sizes {
    bytes: CASE_BYTES,
    most_in_check: Some(2),
    most_in_world: Some(3),
    one_layer: true,
    document: spread(&[1, 2], &[3, 1]),
    document_more: 0,
    put: spread(&[1, 2], &[3, 1]),
    put_more: 0,
    filler: (0, 0),
    per_document: usize::MAX,
    crowd: 0,
    accounts: spread(&[1, 2], &[3, 3]),
    users: spread(&[1, 0], &[1, 1]),
    roles: spread(&[0, 1], &[1, 3]),
    families: spread(&[0], &[1]),
    runtimes: spread(&[1], &[1]),
    endpoints: spread(&[0, 1], &[2, 3]),
    networks: spread(&[0, 1], &[1, 2]),
    names: 6,
    one_call: true,
};

static DEFAULT: Sizes = Sizes {
    bytes: CASE_BYTES,
    most_in_check: None,
    most_in_world: None,
    one_layer: false,
    document: spread(&[1, 2, 3, 5], &[40, 20, 10, 1]),
    document_more: 40,
    put: spread(&[1, 2, 3, 5], &[40, 20, 10, 1]),
    put_more: 0,
    filler: (0, 0),
    per_document: usize::MAX,
    crowd: 0,
    accounts: spread(&[1, 2, 3], &[3, 5, 2]),
    users: spread(&[1, 2, 0], &[4, 3, 2]),
    roles: spread(&[0, 1, 2], &[2, 6, 4]),
    families: spread(&[0, 1], &[3, 2]),
    runtimes: spread(&[1, 2], &[3, 2]),
    endpoints: spread(&[0, 1, 2], &[4, 5, 2]),
    networks: spread(&[0, 1, 2], &[4, 5, 2]),
    names: 6,
    one_call: false,
};

static LARGE: Sizes = Sizes {
    bytes: 24 * CASE_BYTES,
    most_in_check: None,
    most_in_world: None,
    one_layer: false,
    document: spread(&[200], &[1]),
    document_more: 300,
    put: spread(&[20], &[1]),
    put_more: 15,
    filler: (200, 200),
    per_document: 40,
    crowd: 6,
    accounts: spread(&[4], &[1]),
    users: spread(&[12, 18, 24], &[1, 1, 1]),
    roles: spread(&[12, 18, 24], &[1, 1, 1]),
    families: spread(&[1, 2, 3], &[1, 1, 1]),
    runtimes: spread(&[6, 9, 12], &[1, 1, 1]),
    endpoints: spread(&[0, 1, 2, 4], &[3, 5, 2, 1]),
    networks: spread(&[2, 4, 6], &[1, 1, 1]),
    names: 48,
    one_call: false,
};
