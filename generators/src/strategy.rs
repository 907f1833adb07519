//! Cases as strategies of proptest.
//!
//! What a failing property is shrunk to is found by the structural shrinker ([`shrink`](crate::shrink)), never by
//! changing the bytes a case was made of. Policies that look valid keep looking so, and worlds and calls stay
//! well-formed.
//!
//! ```
//! use proptest::prelude::*;
//! use veriam_generators::strategy::call_strategy;
//!
//! proptest!(ProptestConfig::with_cases(20), |(case in call_strategy())| {
//!     // Here stands what your policy engine has to say about the call; whatever the property refuses becomes small.
//!     prop_assert!(case.world.validate_call(&case.call).is_ok());
//! });
//! ```

use proptest::arbitrary::any;
use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use veriam_model::{CallCase, Case, Check, DocumentCase, Put};

use crate::shrink::{Shrinkable, Steps};
use crate::{Campaign, generated_case, generated_check};

/// Checks as campaigns have them; the id tells seed and index.
pub fn check_strategy() -> impl Strategy<Value = Check> + Clone {
    Structural(|seed, index| Tree::new(generated_check(seed, index)))
}

/// Calls as campaigns have them, each with its world.
pub fn call_strategy() -> impl Strategy<Value = CallCase> + Clone {
    Structural(|seed, index| Tree::new(Campaign::new(seed).call(index)))
}

/// Cases of all kinds, in the mix of campaigns.
pub fn strategy() -> impl Strategy<Value = Case> + Clone {
    Structural(|seed, index| match generated_case(seed, index) {
        Case::Document(case) => Cases::Document(Tree::new(case)),
        Case::Check(check) => Cases::Check(Box::new(Tree::new(*check))),
        Case::Call(case) => Cases::Call(Box::new(Tree::new(*case))),
        Case::Put(put) => Cases::Put(Box::new(Tree::new(*put))),
    })
}

/// A strategy that makes a tree of a campaign's seed and an index.
struct Structural<T>(fn(u64, u64) -> T);

impl<T> Clone for Structural<T> {
    fn clone(&self) -> Self {
        Self(self.0)
    }
}

impl<T> std::fmt::Debug for Structural<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Structural")
    }
}

impl<T: ValueTree> Strategy for Structural<T> {
    type Tree = T;
    type Value = T::Value;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let (seed, index) = any::<(u64, u32)>().new_tree(runner)?.current();
        Ok((self.0)(seed, u64::from(index)))
    }
}

/// A case on its way to a smaller one.
struct Tree<S>(Steps<S>);

impl<S: Shrinkable> Tree<S> {
    fn new(case: S) -> Self {
        Self(Steps::new(case))
    }
}

impl<S: Shrinkable + std::fmt::Debug> ValueTree for Tree<S> {
    type Value = S;

    fn current(&self) -> S {
        self.0.current().clone()
    }

    fn simplify(&mut self) -> bool {
        self.0.fails()
    }

    fn complicate(&mut self) -> bool {
        self.0.passes()
    }
}

/// A case of any kind on its way to a smaller one.
enum Cases {
    Document(Tree<DocumentCase>),
    Check(Box<Tree<Check>>),
    Call(Box<Tree<CallCase>>),
    Put(Box<Tree<Put>>),
}

impl ValueTree for Cases {
    type Value = Case;

    fn current(&self) -> Case {
        match self {
            Cases::Document(tree) => Case::Document(tree.current()),
            Cases::Check(tree) => Case::Check(Box::new(tree.current())),
            Cases::Call(tree) => Case::Call(Box::new(tree.current())),
            Cases::Put(tree) => Case::Put(Box::new(tree.current())),
        }
    }

    fn simplify(&mut self) -> bool {
        match self {
            Cases::Document(tree) => tree.simplify(),
            Cases::Check(tree) => tree.simplify(),
            Cases::Call(tree) => tree.simplify(),
            Cases::Put(tree) => tree.simplify(),
        }
    }

    fn complicate(&mut self) -> bool {
        match self {
            Cases::Document(tree) => tree.complicate(),
            Cases::Check(tree) => tree.complicate(),
            Cases::Call(tree) => tree.complicate(),
            Cases::Put(tree) => tree.complicate(),
        }
    }
}
