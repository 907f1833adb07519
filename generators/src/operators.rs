//! Condition operators: names and shapes.

use std::borrow::Cow;

use crate::draw::{Text, join};
use crate::values::Kind;

/// A base operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Base {
    pub(crate) name: &'static str,
    pub(crate) test: Test,
    pub(crate) negated: bool,
}

/// What a base operator's positive form compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Test {
    /// Whole texts.
    Text { ignore_case: bool },
    /// Texts with wildcards.
    TextLike,
    /// ARNs, part by part.
    Arn,
    /// Numbers or dates by order.
    Order(Kind, Order),
    /// Booleans.
    Bool,
    /// Bytes.
    Binary,
    /// Address ranges.
    Ip,
    /// Presence of the key.
    Null,
}

/// How the request value must stand to the policy value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Test {
    /// The kind of value the operator is made for.
    pub(crate) const fn kind(self) -> Kind {
        match self {
            Test::Text { .. } | Test::TextLike | Test::Null => Kind::Text,
            Test::Arn => Kind::Arn,
            Test::Order(kind, _) => kind,
            Test::Bool => Kind::Bool,
            Test::Binary => Kind::Binary,
            Test::Ip => Kind::Ip,
        }
    }
}

const fn base(name: &'static str, test: Test, negated: bool) -> Base {
    Base {
        name,
        test,
        negated,
    }
}

const NUMBER: Kind = Kind::Number;
const DATE: Kind = Kind::Date;

/// Every base operator; families stand together, `FAMILIES` names their ranges.
#[rustfmt::skip]
pub(crate) const BASES: [Base; 27] = [
    base("StringEquals", Test::Text { ignore_case: false }, false),
    base("StringNotEquals", Test::Text { ignore_case: false }, true),
    base("StringEqualsIgnoreCase", Test::Text { ignore_case: true }, false),
    base("StringNotEqualsIgnoreCase", Test::Text { ignore_case: true }, true),
    base("StringLike", Test::TextLike, false),
    base("StringNotLike", Test::TextLike, true),
    base("ArnEquals", Test::Arn, false),
    base("ArnLike", Test::Arn, false),
    base("ArnNotEquals", Test::Arn, true),
    base("ArnNotLike", Test::Arn, true),
    base("NumericEquals", Test::Order(NUMBER, Order::Equal), false),
    base("NumericNotEquals", Test::Order(NUMBER, Order::Equal), true),
    base("NumericLessThan", Test::Order(NUMBER, Order::Less), false),
    base("NumericLessThanEquals", Test::Order(NUMBER, Order::LessOrEqual), false),
    base("NumericGreaterThan", Test::Order(NUMBER, Order::Greater), false),
    base("NumericGreaterThanEquals", Test::Order(NUMBER, Order::GreaterOrEqual), false),
    base("DateEquals", Test::Order(DATE, Order::Equal), false),
    base("DateNotEquals", Test::Order(DATE, Order::Equal), true),
    base("DateLessThan", Test::Order(DATE, Order::Less), false),
    base("DateLessThanEquals", Test::Order(DATE, Order::LessOrEqual), false),
    base("DateGreaterThan", Test::Order(DATE, Order::Greater), false),
    base("DateGreaterThanEquals", Test::Order(DATE, Order::GreaterOrEqual), false),
    base("IpAddress", Test::Ip, false),
    base("NotIpAddress", Test::Ip, true),
    base("Bool", Test::Bool, false),
    base("BinaryEquals", Test::Binary, false),
    base("Null", Test::Null, false),
];

/// The operator families as ranges of [`BASES`]: text, ARN, numeric, date, address, Boolean, binary, null.
pub(crate) const FAMILIES: [(usize, usize); 8] = [
    (0, 6),
    (6, 10),
    (10, 16),
    (16, 22),
    (22, 24),
    (24, 25),
    (25, 26),
    (26, 27),
];

/// The prefix of an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Set {
    ForAllValues,
    ForAnyValue,
}

/// A condition operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Operator {
    pub(crate) base: Base,
    pub(crate) set: Option<Set>,
    pub(crate) if_exists: bool,
}

impl Operator {
    /// The operator as policies spell it.
    pub(crate) fn name(self) -> Text {
        let prefix = match self.set {
            None => "",
            Some(Set::ForAllValues) => "ForAllValues:",
            Some(Set::ForAnyValue) => "ForAnyValue:",
        };
        match (prefix, self.if_exists) {
            ("", false) => Cow::Borrowed(self.base.name),
            (prefix, false) => join(&[prefix, self.base.name]),
            (prefix, true) => join(&[prefix, self.base.name, "IfExists"]),
        }
    }

    /// What the test says when the key is absent (IAM-135, 136, 138, 143..146); nothing where that is open (IAM-148).
    pub(crate) fn when_absent(self) -> Option<bool> {
        match (self.set, self.if_exists) {
            (Some(Set::ForAnyValue), true) => None,
            (Some(Set::ForAllValues), _) | (None, true) => Some(true),
            (Some(Set::ForAnyValue), false) => Some(false),
            (None, false) => Some(self.base.negated),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_cover_the_operators_once_each() {
        let mut covered = Vec::new();
        for (start, end) in FAMILIES {
            covered.extend(start..end);
        }
        assert_eq!(covered, (0..BASES.len()).collect::<Vec<_>>());
    }

    #[test]
    fn negated_operators_are_the_eight_of_the_rules() {
        let negated = BASES.iter().filter(|b| b.negated).map(|b| b.name);
        let expected = [
            "StringNotEquals",
            "StringNotEqualsIgnoreCase",
            "StringNotLike",
            "ArnNotEquals",
            "ArnNotLike",
            "NumericNotEquals",
            "DateNotEquals",
            "NotIpAddress",
        ];
        assert_eq!(negated.collect::<Vec<_>>(), expected);
    }
}
