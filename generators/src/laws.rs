//! Laws: what two cases that differ in one thing say about each other, whoever judges them.
//!
//! A law turns a generated check or call into a second one ([`pair`]) and says how the two outcomes are related
//! ([`Law::relation`]). Nobody has to know the right outcome of either. `docs/laws.md` says for each law when it applies
//! and which rules it rests on.

mod accounts;
mod conditions;
mod effects;
mod grouping;
mod layout;
mod names;
mod order;
mod parts;
mod unrelated;

use std::fmt;
use std::str::FromStr;

use arbitrary::Unstructured;
use veriam_model::{Case, PolicyText, PolicyType};

use crate::draw::Draw;
use crate::shrink::Node;
use crate::stream::Stream;
use parts::Lawful;

/// Bytes from which a changed case is drawn.
const LAW_BYTES: usize = 1_024;

/// Sets the stream of laws apart from those of cases.
const LAWS: u64 = 0x4c41_5753_4c41_5753;

/// What has to be true of the outcomes of two cases that differ in one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Law {
    /// A Deny statement more in a document that is there.
    AddDeny,
    /// An Allow statement more in a document that is there.
    AddAllow,
    /// A condition key more in an Allow statement.
    AllowKey,
    /// A condition key more in a Deny statement.
    DenyKey,
    /// Another order of whatever has none.
    Order,
    /// Other white space, escapes and lists of one.
    Format,
    /// Other letter case in the names of condition keys.
    KeyCase,
    /// Other letter case in actions.
    ActionCase,
    /// Statements in other documents, parts of statements in other statements.
    Regroup,
    /// Other account ids throughout.
    RenameAccounts,
    /// Another policy of a resource that has no part in the call.
    Unrelated,
}

/// How the outcomes of two cases are related by a law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// What was not allowed is not allowed after the change.
    NeverWidens,
    /// What was allowed is allowed after the change.
    NeverNarrows,
    /// The outcome is of the same kind after the change: the same decision of a check; of a call the same outcome, by
    /// the same policy types or for the same reason.
    Same,
}

impl Law {
    /// Every law, in declaration order.
    pub const ALL: [Law; 11] = [
        Law::AddDeny,
        Law::AddAllow,
        Law::AllowKey,
        Law::DenyKey,
        Law::Order,
        Law::Format,
        Law::KeyCase,
        Law::ActionCase,
        Law::Regroup,
        Law::RenameAccounts,
        Law::Unrelated,
    ];

    /// The name in files and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Law::AddDeny => "add-deny",
            Law::AddAllow => "add-allow",
            Law::AllowKey => "allow-key",
            Law::DenyKey => "deny-key",
            Law::Order => "order",
            Law::Format => "format",
            Law::KeyCase => "key-case",
            Law::ActionCase => "action-case",
            Law::Regroup => "regroup",
            Law::RenameAccounts => "rename-accounts",
            Law::Unrelated => "unrelated",
        }
    }

    /// What it says, in one sentence.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Law::AddDeny => "adding a Deny statement to a document never widens access",
            Law::AddAllow => {
                "adding an Allow statement to an existing document never narrows access"
            }
            Law::AllowKey => "adding a key to the Condition of an Allow never widens access",
            Law::DenyKey => "adding a key to the Condition of a Deny never narrows access",
            Law::Order => "the order of members, statements, lists and policies changes nothing",
            Law::Format => "white space, escapes and lists of one change nothing",
            Law::KeyCase => "the letter case of condition key names changes nothing",
            Law::ActionCase => "the letter case of actions changes nothing",
            Law::Regroup => {
                "regrouping statements within one policy type, version and level changes nothing"
            }
            Law::RenameAccounts => "renaming accounts throughout changes nothing",
            Law::Unrelated => "the policy of an unrelated resource changes nothing",
        }
    }

    /// How the outcomes before and after the change are related.
    #[must_use]
    pub const fn relation(self) -> Relation {
        match self {
            Law::AddDeny | Law::AllowKey => Relation::NeverWidens,
            Law::AddAllow | Law::DenyKey => Relation::NeverNarrows,
            Law::Order
            | Law::Format
            | Law::KeyCase
            | Law::ActionCase
            | Law::Regroup
            | Law::RenameAccounts
            | Law::Unrelated => Relation::Same,
        }
    }
}

impl fmt::Display for Law {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text names no law.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseLawError;

impl fmt::Display for ParseLawError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a law; use one of ")?;
        for (i, law) in Law::ALL.iter().enumerate() {
            let comma = if i == 0 { "" } else { ", " };
            write!(f, "{comma}{law}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ParseLawError {}

impl FromStr for Law {
    type Err = ParseLawError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut all = Law::ALL.into_iter();
        all.find(|law| law.name() == text).ok_or(ParseLawError)
    }
}

/// Why a law was not applied to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NotApplied {
    /// The case is a document, which is no question.
    Document,
    /// No law speaks of puts.
    Put,
    /// The law speaks of other resources, and a check has but one.
    OneResource,
    /// No policy of the case has a place for the change.
    NoPlace,
    /// A policy of the case is no JSON object that can be written back.
    Unreadable,
    /// The case has no account id to rename.
    NoAccount,
    /// A wildcard or a variable may stand for a part of an account id.
    Cut,
    /// A Numeric or Date operator meets an account id.
    Ordered,
    /// What was drawn changes nothing.
    Unchanged,
}

impl NotApplied {
    /// The reason, for people.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            NotApplied::Document => "the case is a document",
            NotApplied::Put => "the case is a put",
            NotApplied::OneResource => "a check has but one resource",
            NotApplied::NoPlace => "no policy has a place for the change",
            NotApplied::Unreadable => "a policy cannot be written back",
            NotApplied::NoAccount => "no account id to rename",
            NotApplied::Cut => "a wildcard or variable may stand for a part of an account id",
            NotApplied::Ordered => "a Numeric or Date operator meets an account id",
            NotApplied::Unchanged => "what was drawn changes nothing",
        }
    }
}

/// The case after the change the law speaks of. The policies of the case have to be valid; then those of the changed one
/// are.
///
/// # Errors
/// [`NotApplied`] when the law cannot be applied to the case, or the change that was drawn is none.
pub fn pair(law: Law, u: &mut Unstructured<'_>, case: &Case) -> Result<Case, NotApplied> {
    let draw = &mut Draw::new(u);
    let changed = match case {
        Case::Document(_) => return Err(NotApplied::Document),
        Case::Put(_) => return Err(NotApplied::Put),
        Case::Check(_) if law == Law::Unrelated => return Err(NotApplied::OneResource),
        Case::Check(check) => Case::Check(Box::new(change(law, draw, check.as_ref())?)),
        Case::Call(call) if law == Law::Unrelated => {
            Case::Call(Box::new(unrelated::change(draw, call)))
        }
        Case::Call(call) => Case::Call(Box::new(change(law, draw, call.as_ref())?)),
    };
    match changed == *case {
        true => Err(NotApplied::Unchanged),
        false => Ok(changed),
    }
}

/// [`pair`] with the bytes that belong to a case of a campaign and to one of several attempts.
///
/// # Errors
/// [`NotApplied`], as [`pair`].
pub fn drawn_pair(
    law: Law,
    seed: u64,
    index: u64,
    attempt: u64,
    case: &Case,
) -> Result<Case, NotApplied> {
    let mut bytes = [0; LAW_BYTES];
    Stream::new(seed ^ LAWS, index, attempt).fill(&mut bytes);
    pair(law, &mut Unstructured::new(&bytes), case)
}

/// What became of drawing a law for a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawn {
    /// Laws that were tried first, and why they were not applied.
    pub passed: Vec<(Law, NotApplied)>,
    /// The law that was applied, and the changed case; nothing when none can be.
    pub applied: Option<(Law, Case)>,
}

/// Draws a law for a case of a campaign: the first one that can be applied, from a drawn one on. None can be applied to a
/// document or a put, and none is tried.
#[must_use]
pub fn drawn(seed: u64, index: u64, case: &Case) -> Drawn {
    let mut drawn = Drawn::default();
    if let Case::Document(_) | Case::Put(_) = case {
        return drawn;
    }
    let first = Stream::new(seed ^ LAWS, index, u64::MAX).next() % Law::ALL.len() as u64;
    let from_first = Law::ALL.iter().cycle().skip(first as usize);
    for &law in from_first.take(Law::ALL.len()) {
        match drawn_pair(law, seed, index, 0, case) {
            Ok(changed) => {
                drawn.applied = Some((law, changed));
                break;
            }
            Err(why) => drawn.passed.push((law, why)),
        }
    }
    drawn
}

fn change<S: Lawful>(law: Law, draw: &mut Draw<'_, '_>, case: &S) -> Result<S, NotApplied> {
    let (changed, otherwise) = match law {
        Law::AddDeny => (effects::add(draw, case, effects::DENY), NotApplied::NoPlace),
        Law::AddAllow => (
            effects::add(draw, case, effects::ALLOW),
            NotApplied::NoPlace,
        ),
        Law::AllowKey => (
            conditions::add_key(draw, case, effects::ALLOW),
            NotApplied::NoPlace,
        ),
        Law::DenyKey => (
            conditions::add_key(draw, case, effects::DENY),
            NotApplied::NoPlace,
        ),
        Law::Order => (order::change(draw, case), NotApplied::Unreadable),
        Law::Format => (layout::change(draw, case), NotApplied::Unreadable),
        Law::KeyCase => (names::keys(draw, case), NotApplied::Unreadable),
        Law::ActionCase => (names::actions(draw, case), NotApplied::Unreadable),
        Law::Regroup => (grouping::change(draw, case), NotApplied::NoPlace),
        Law::RenameAccounts => return accounts::change(draw, case),
        // Only calls have resources beside the one that is asked for.
        Law::Unrelated => (None, NotApplied::OneResource),
    };
    changed.ok_or(otherwise)
}

/// Changes one policy: the first, from a drawn one on, that `edit` says it changed.
fn edit_one<S: Lawful>(
    draw: &mut Draw<'_, '_>,
    case: &S,
    mut edit: impl FnMut(&mut Draw<'_, '_>, PolicyType, &mut Node) -> bool,
) -> Option<S> {
    let slots = case.slots();
    let first = draw.below(slots.len());
    for at in 0..slots.len() {
        let slot = slots[(first + at) % slots.len()];
        let Some(mut root) = case.policy(slot).and_then(|p| Node::read(p.as_str())) else {
            continue;
        };
        if edit(draw, case.policy_type(slot), &mut root) {
            let mut changed = case.clone();
            *changed.policy_mut(slot)? = PolicyText::new(root.write());
            return Some(changed);
        }
    }
    None
}

/// Rewrites every policy.
fn edit_all<S: Lawful>(case: &S, mut edit: impl FnMut(Node) -> String) -> Option<S> {
    let mut changed = case.clone();
    for slot in case.slots() {
        let root = Node::read(case.policy(slot)?.as_str())?;
        *changed.policy_mut(slot)? = PolicyText::new(edit(root));
    }
    Some(changed)
}
