//! The case: one thing that a judge and a target are both asked.

use crate::{Call, Check, PolicyText, PolicyType, Put, World};

/// One question to a judge and to a target.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Case {
    /// Is this policy of that type valid?
    Document(DocumentCase),
    /// What is decided on this check?
    Check(Box<Check>),
    /// What becomes of this call in that world?
    Call(Box<CallCase>),
    /// Is this resource-based policy stored?
    Put(Box<Put>),
}

/// A policy text and the type it is meant for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DocumentCase {
    /// What the policy is meant to be attached to.
    pub policy_type: PolicyType,
    /// Its text.
    pub text: PolicyText,
}

/// A call and the world it is made in.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CallCase {
    /// What stands before anybody calls.
    pub world: World,
    /// The call.
    pub call: Call,
}

/// The kinds of cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CaseKind {
    /// [`Case::Document`]
    Document,
    /// [`Case::Check`]
    Check,
    /// [`Case::Call`]
    Call,
    /// [`Case::Put`]
    Put,
}

impl CaseKind {
    /// Every kind, in declaration order.
    pub const ALL: [CaseKind; 4] = [
        CaseKind::Document,
        CaseKind::Check,
        CaseKind::Call,
        CaseKind::Put,
    ];

    /// The name in files and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            CaseKind::Document => "document",
            CaseKind::Check => "check",
            CaseKind::Call => "call",
            CaseKind::Put => "put",
        }
    }
}

impl Case {
    /// Which kind of case it is.
    #[must_use]
    pub const fn kind(&self) -> CaseKind {
        match self {
            Case::Document(_) => CaseKind::Document,
            Case::Check(_) => CaseKind::Check,
            Case::Call(_) => CaseKind::Call,
            Case::Put(_) => CaseKind::Put,
        }
    }
}
