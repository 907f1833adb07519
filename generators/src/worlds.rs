//! Worlds and calls: first what stands before anybody calls, then call after call with the policies that bring about
//! what is to become of it, and calls that differ from those in one thing.

mod aims;
mod assembly;
mod callers;
mod calls;
mod carried;
mod classics;
mod facts;
mod filler;
mod foreign;
mod keys;
mod layers;
mod misses;
mod open;
mod parts;
mod plan;
mod requests;
mod resources;
mod scene;
mod siblings;
mod statements;
mod tokens;
mod variations;

use arbitrary::Unstructured;
use veriam_model::{Call, World};

use crate::CALLS_PER_WORLD;
use crate::draw::Draw;
use crate::sizes::Sizes;

pub(crate) use facts::{Fact, Facts, Say};
pub(crate) use scene::{ENDPOINTS, NETWORKS, RUNTIMES, VPCS};

/// Turns bytes into a world and calls in it.
pub(crate) fn world(sizes: &'static Sizes, bytes: &mut Unstructured<'_>) -> (World, Vec<Call>) {
    let mut plan = plan::Plan::draw(sizes, Draw::new(bytes));
    for _ in 0..CALLS_PER_WORLD {
        plan.add_call();
    }
    plan.lengthen();
    plan.finish()
}
