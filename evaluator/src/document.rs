//! A document as its grammar sees it: elements in their meaning, texts as they were written.

use std::borrow::Cow;

use veriam_model::{PolicyType, Verb};

use crate::operator::Operator;

/// A text of the document, borrowed from it where it holds no escapes.
pub(crate) type Text<'a> = Cow<'a, str>;

/// A valid document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Document<'a> {
    pub(crate) policy_type: PolicyType,
    /// Whether `Version` is 2012-10-17, so that `${` opens a variable (IAM-190).
    pub(crate) has_variables: bool,
    pub(crate) statements: Vec<Statement<'a>>,
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Statement<'a> {
    pub(crate) sid: Option<Text<'a>>,
    pub(crate) effect: Verb,
    pub(crate) principal: Who<'a>,
    pub(crate) action: Selection<'a>,
    pub(crate) resource: Selection<'a>,
    pub(crate) conditions: Vec<Condition<'a>>,
    /// An empty condition that takes the statement out of force (IAM-040 `no-effect`).
    pub(crate) void: bool,
}

/// `Action`/`NotAction` or `Resource`/`NotResource`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Selection<'a> {
    /// No such element: everything.
    All,
    /// What at least one pattern matches.
    Of(Vec<Text<'a>>),
    /// What no pattern matches.
    Except(Vec<Text<'a>>),
}

/// `Principal` or `NotPrincipal`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Who<'a> {
    /// Neither element: whoever the policy is attached to, or nobody in a policy that needs one (IAM-124, IAM-127).
    Unsaid,
    /// Those named.
    Of(Vec<Named<'a>>),
    /// Those not named.
    Except(Vec<Named<'a>>),
}

/// One entry of a principal element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Named<'a> {
    /// The bare string `*`.
    Everyone,
    /// An entry under `AWS`, `*` included.
    Aws(Text<'a>),
    /// An entry under `Service`.
    Service(Text<'a>),
    /// An entry under `Federated`.
    Federated(Text<'a>),
    /// An entry under `CanonicalUser`; a check knows no canonical ids, so it names nobody (IAM-117).
    Canonical,
}

/// One key of one operator of a `Condition`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Condition<'a> {
    pub(crate) operator: Operator,
    pub(crate) key: Text<'a>,
    pub(crate) values: Vec<Text<'a>>,
}

impl Document<'_> {
    /// The same document with texts of its own.
    pub(crate) fn into_owned(self) -> Document<'static> {
        Document {
            policy_type: self.policy_type,
            has_variables: self.has_variables,
            statements: self
                .statements
                .into_iter()
                .map(Statement::into_owned)
                .collect(),
        }
    }
}

impl Statement<'_> {
    fn into_owned(self) -> Statement<'static> {
        Statement {
            sid: self.sid.map(own),
            effect: self.effect,
            principal: match self.principal {
                Who::Unsaid => Who::Unsaid,
                Who::Of(named) => Who::Of(named.into_iter().map(Named::into_owned).collect()),
                Who::Except(named) => {
                    Who::Except(named.into_iter().map(Named::into_owned).collect())
                }
            },
            action: self.action.into_owned(),
            resource: self.resource.into_owned(),
            conditions: self
                .conditions
                .into_iter()
                .map(Condition::into_owned)
                .collect(),
            void: self.void,
        }
    }
}

impl Selection<'_> {
    fn into_owned(self) -> Selection<'static> {
        match self {
            Selection::All => Selection::All,
            Selection::Of(patterns) => Selection::Of(own_all(patterns)),
            Selection::Except(patterns) => Selection::Except(own_all(patterns)),
        }
    }
}

impl Named<'_> {
    fn into_owned(self) -> Named<'static> {
        match self {
            Named::Everyone => Named::Everyone,
            Named::Aws(text) => Named::Aws(own(text)),
            Named::Service(text) => Named::Service(own(text)),
            Named::Federated(text) => Named::Federated(own(text)),
            Named::Canonical => Named::Canonical,
        }
    }
}

impl Condition<'_> {
    fn into_owned(self) -> Condition<'static> {
        Condition {
            operator: self.operator,
            key: own(self.key),
            values: own_all(self.values),
        }
    }
}

fn own(text: Text<'_>) -> Text<'static> {
    Cow::Owned(text.into_owned())
}

fn own_all(texts: Vec<Text<'_>>) -> Vec<Text<'static>> {
    texts.into_iter().map(own).collect()
}
