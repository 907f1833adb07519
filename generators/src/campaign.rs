//! Which case stands where in a campaign.

use arbitrary::Unstructured;
use veriam_model::{CallCase, Case, DocumentCase, PolicyText};

use crate::stream::{CASE_BYTES, Stream, case_bytes};
use crate::{CALLS_PER_WORLD, documents, generated_check, worlds};

/// Cases of one group.
const GROUP: usize = CALLS_PER_WORLD as usize;

/// Bytes from which a world with its calls is generated.
const WORLD_BYTES: usize = CASE_BYTES;

/// Sets the stream of groups apart from those of cases.
const GROUPS: u64 = 0x574f_524c_4453_2121;

pub(crate) fn group(seed: u64, group: u64) -> [Case; GROUP] {
    match stream(seed, group) {
        (true, stream) => {
            let mut cases = calls(stream).map(|case| Case::Call(Box::new(case)));
            std::array::from_fn(|_| cases.next().unwrap_or_else(|| document(seed, group)))
        }
        (false, mut stream) => std::array::from_fn(|at| {
            let index = group * CALLS_PER_WORLD + at as u64;
            single(&mut stream, seed, index)
        }),
    }
}

pub(crate) fn case(seed: u64, index: u64) -> Case {
    let (number, at) = (index / CALLS_PER_WORLD, (index % CALLS_PER_WORLD) as usize);
    match stream(seed, number) {
        (true, stream) => match calls(stream).nth(at) {
            Some(case) => Case::Call(Box::new(case)),
            None => document(seed, number),
        },
        (false, mut stream) => {
            for _ in 0..at {
                stream.next();
            }
            single(&mut stream, seed, index)
        }
    }
}

/// Whether the group is a world, and where the rest of its choices come from.
fn stream(seed: u64, group: u64) -> (bool, Stream) {
    let mut stream = Stream::new(seed ^ GROUPS, group, 0);
    (stream.next().is_multiple_of(4), stream)
}

/// A call of the world of that number.
#[cfg(feature = "proptest")]
pub(crate) fn call(seed: u64, index: u64) -> CallCase {
    let world = Stream::new(seed ^ GROUPS, index / CALLS_PER_WORLD, 0);
    let mut calls: Vec<CallCase> = calls(world).collect();
    calls.swap_remove((index % CALLS_PER_WORLD) as usize)
}

fn calls(mut stream: Stream) -> impl Iterator<Item = CallCase> {
    let mut bytes = [0; WORLD_BYTES];
    stream.fill(&mut bytes);
    let (world, calls) = worlds::world(&mut Unstructured::new(&bytes));
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

fn single(stream: &mut Stream, seed: u64, index: u64) -> Case {
    match stream.next().is_multiple_of(5) {
        true => document(seed, index),
        false => Case::Check(Box::new(generated_check(seed, index))),
    }
}

fn document(seed: u64, index: u64) -> Case {
    let bytes = case_bytes(seed, index);
    let (policy_type, text, _) = documents::document(&mut Unstructured::new(&bytes));
    Case::Document(DocumentCase {
        policy_type,
        text: PolicyText::new(text),
    })
}
