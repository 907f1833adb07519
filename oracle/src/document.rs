//! Policy documents: what the grammar accepts, and what it means (IAM-001…IAM-074; readings, section 1).
//!
//! [`read`] checks a text completely. Each file below takes one part of the grammar; all of them report
//! faults to one [`Reader`].

mod action;
mod characters;
mod condition;
mod operator_name;
mod principal;
mod rcp;
mod resource;
mod root;
mod scp;
mod size;
mod statement;
mod value;

use std::collections::HashSet;

use veriam_model::{Dialect, Fault, PolicyType, RuleId, Verb};

use crate::json::{self, Member, Node};
use crate::notes::{Notes, iam};
use crate::{Detail, Operator, SetOperator, Version};

pub(crate) use size::size;

/// A valid document.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) version: Version,
    pub(crate) statements: Vec<Statement>,
}

impl Document {
    /// Whether variables exist in it (IAM-190).
    pub(crate) fn is_2012(&self) -> bool {
        self.version == Version::V2012
    }
}

/// A statement.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub(crate) sid: Option<String>,
    pub(crate) effect: Verb,
    /// `None`: neither `Principal` nor `NotPrincipal`.
    pub(crate) principal: Option<PrincipalElement>,
    pub(crate) action: Listed,
    /// `None`: neither `Resource` nor `NotResource`.
    pub(crate) resource: Option<Listed>,
    /// `None`: no `Condition`.
    pub(crate) condition: Option<Condition>,
}

/// `Action` or `NotAction`, `Resource` or `NotResource`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listed {
    /// Whether it is the `Not…` element.
    pub(crate) not: bool,
    pub(crate) values: Vec<String>,
}

/// `Principal` or `NotPrincipal`.
#[derive(Clone, Debug)]
pub(crate) struct PrincipalElement {
    /// Whether it is `NotPrincipal`.
    pub(crate) not: bool,
    pub(crate) entries: Vec<PrincipalEntry>,
}

/// One listed principal, as its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PrincipalEntry {
    /// `"*"`
    Everyone,
    /// `{"AWS": "*"}`
    AwsStar,
    AccountId(String),
    UniqueId(String),
    Arn(String),
    Service(String),
    Federated(String),
    CanonicalUser(String),
}

/// `Condition`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Condition {
    /// Whether it is `{}` (IAM-040).
    pub(crate) is_empty: bool,
    /// Its operators, without unknown ones over an empty block, which impose nothing (IAM-045).
    pub(crate) blocks: Vec<OperatorBlock>,
}

impl Condition {
    /// Whether it, or an operator of it, is `{}` (IAM-040).
    pub(crate) fn has_empty_block(&self) -> bool {
        self.is_empty || self.blocks.iter().any(|block| block.keys.is_empty())
    }
}

/// An operator of a `Condition` with its keys.
#[derive(Clone, Debug)]
pub(crate) struct OperatorBlock {
    pub(crate) operator: Operator,
    pub(crate) set: Option<SetOperator>,
    pub(crate) if_exists: bool,
    pub(crate) keys: Vec<KeyValues>,
}

/// A key under an operator with its values.
#[derive(Clone, Debug)]
pub(crate) struct KeyValues {
    pub(crate) key: String,
    pub(crate) values: Vec<String>,
}

/// A document as far as it could be read.
#[derive(Clone, Debug)]
pub(crate) struct Reading<'d> {
    /// Every fault, by place, then rule.
    pub(crate) faults: Vec<Fault>,
    /// What it means; to be used only if there is no fault.
    pub(crate) document: Document,
    pub(crate) notes: Notes<'d>,
}

/// Reads a policy text.
pub(crate) fn read<'d>(
    policy_type: PolicyType,
    bytes: &[u8],
    dialect: &'d Dialect,
    detail: Option<Detail>,
) -> Reading<'d> {
    let mut reader = Reader {
        policy_type,
        version: Version::Missing,
        faults: Vec::new(),
        notes: Notes::new(dialect, detail),
    };
    let statements = match json::read(bytes) {
        Ok(root) => {
            characters::check(&root, &mut reader);
            root::read(&root, &mut reader)
        }
        Err(fault) => {
            // Readings, 1.1: an unreadable text has exactly one fault.
            reader.fault(fault.rule, fault.offset);
            Vec::new()
        }
    };
    reader.faults.sort_unstable();
    reader.faults.dedup();
    Reading {
        faults: reader.faults,
        document: Document {
            version: reader.version,
            statements,
        },
        notes: reader.notes,
    }
}

/// The state of reading one document.
struct Reader<'d> {
    policy_type: PolicyType,
    /// Known before any statement is looked at, because the order of members means nothing (IAM-023).
    version: Version,
    faults: Vec<Fault>,
    notes: Notes<'d>,
}

impl Reader<'_> {
    fn fault(&mut self, rule: RuleId, offset: usize) {
        self.notes.cite(rule);
        self.faults.push(Fault { offset, rule });
    }

    fn is_2012(&self) -> bool {
        self.version == Version::V2012
    }

    /// Identity, boundary, session and trust policies: IAM stores them itself and is stricter with them.
    fn is_iam_type(&self) -> bool {
        matches!(
            self.policy_type,
            PolicyType::Identity | PolicyType::Boundary | PolicyType::Session | PolicyType::Trust
        )
    }

    /// Reports members that repeat an earlier one (IAM-020) and returns the others.
    fn distinct<'n, 't>(&mut self, members: &'n [Member<'t>]) -> Vec<&'n Member<'t>> {
        let mut names = HashSet::new();
        let mut distinct = Vec::with_capacity(members.len());
        for member in members {
            if names.insert(&member.name) {
                distinct.push(member);
            } else {
                self.fault(iam(20), member.offset);
            }
        }
        distinct
    }

    /// The elements of a list. A bare value and a list of one mean the same (IAM-034).
    fn elements<'n, 't>(&mut self, node: &'n Node<'t>) -> &'n [Node<'t>] {
        let elements = match &node.value {
            json::Value::List(elements) => elements,
            _ => std::slice::from_ref(node),
        };
        self.notes.cite_if(elements.len() == 1, iam(34));
        elements
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! Helpers for the tests of the grammar.

    use super::*;

    /// The faults of a text as (rule number, what stands at the place).
    pub(crate) fn faults_under(
        policy_type: PolicyType,
        text: &str,
        dialect: &Dialect,
    ) -> Vec<(u16, String)> {
        let reading = read(policy_type, text.as_bytes(), dialect, None);
        let faults = reading.faults.iter();
        faults
            .map(|fault| {
                let rest = &text[fault.offset..];
                let token = match rest.chars().next() {
                    Some('"') => {
                        let end = rest[1..].find('"').map_or(rest.len(), |end| end + 2);
                        &rest[..end]
                    }
                    Some('{' | '[') => &rest[..1],
                    _ => {
                        let end = rest.find([',', '}', ']', ' ']).unwrap_or(rest.len());
                        &rest[..end]
                    }
                };
                (fault.rule.number(), token.to_owned())
            })
            .collect()
    }

    /// The faults under the default dialect.
    pub(crate) fn faults(policy_type: PolicyType, text: &str) -> Vec<(u16, String)> {
        faults_under(policy_type, text, &Dialect::default())
    }

    /// A 2012-10-17 document with one statement.
    pub(crate) fn document(statement: &str) -> String {
        format!(r#"{{"Version":"2012-10-17","Statement":[{{{statement}}}]}}"#)
    }

    /// Asserts the faults of a statement in a 2012-10-17 document.
    pub(crate) fn assert_statement(
        policy_type: PolicyType,
        statement: &str,
        expected: &[(u16, &str)],
    ) {
        assert_statement_under(&Dialect::default(), policy_type, statement, expected);
    }

    /// As [`assert_statement`], under a dialect.
    pub(crate) fn assert_statement_under(
        dialect: &Dialect,
        policy_type: PolicyType,
        statement: &str,
        expected: &[(u16, &str)],
    ) {
        let found = faults_under(policy_type, &document(statement), dialect);
        let found: Vec<(u16, &str)> = found.iter().map(|(n, t)| (*n, t.as_str())).collect();
        assert_eq!(found, expected, "{policy_type} {statement}");
    }
}
