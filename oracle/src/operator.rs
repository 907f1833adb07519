//! The 27 condition operators and the two set operators (IAM-045, IAM-047).

use std::fmt;

/// What the values of an operator are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Text.
    String,
    /// Numbers.
    Numeric,
    /// Instants.
    Date,
    /// Booleans.
    Bool,
    /// Bytes, written as base64.
    Binary,
    /// Addresses and ranges.
    Ip,
    /// ARNs.
    Arn,
    /// Presence of the key.
    Null,
}

macro_rules! operators {
    ($( $name:ident $family:ident $negated:literal ),+ $(,)?) => {
        /// A base condition operator, named as in a policy.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "the names are AWS's own and name() prints them")]
        pub enum Operator { $( $name, )+ }

        impl Operator {
            /// Every operator.
            pub const ALL: &'static [Operator] = &[ $( Operator::$name, )+ ];

            /// The name in a policy.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $( Operator::$name => stringify!($name), )+ }
            }

            /// What its values are.
            #[must_use]
            pub const fn family(self) -> Family {
                match self { $( Operator::$name => Family::$family, )+ }
            }

            /// Whether it holds when nothing matches. `Bool` and `Null` have no negated form (IAM-137).
            #[must_use]
            pub const fn is_negated(self) -> bool {
                match self { $( Operator::$name => $negated, )+ }
            }
        }
    };
}

operators! {
    StringEquals String false,
    StringNotEquals String true,
    StringEqualsIgnoreCase String false,
    StringNotEqualsIgnoreCase String true,
    StringLike String false,
    StringNotLike String true,
    NumericEquals Numeric false,
    NumericNotEquals Numeric true,
    NumericLessThan Numeric false,
    NumericLessThanEquals Numeric false,
    NumericGreaterThan Numeric false,
    NumericGreaterThanEquals Numeric false,
    DateEquals Date false,
    DateNotEquals Date true,
    DateLessThan Date false,
    DateLessThanEquals Date false,
    DateGreaterThan Date false,
    DateGreaterThanEquals Date false,
    Bool Bool false,
    BinaryEquals Binary false,
    IpAddress Ip false,
    NotIpAddress Ip true,
    ArnEquals Arn false,
    ArnNotEquals Arn true,
    ArnLike Arn false,
    ArnNotLike Arn true,
    Null Null false,
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set operator in front of a base operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SetOperator {
    /// `ForAllValues:`
    ForAllValues,
    /// `ForAnyValue:`
    ForAnyValue,
}

impl SetOperator {
    /// Both.
    pub const ALL: [SetOperator; 2] = [SetOperator::ForAllValues, SetOperator::ForAnyValue];

    /// The prefix in a policy, without the colon.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            SetOperator::ForAllValues => "ForAllValues",
            SetOperator::ForAnyValue => "ForAnyValue",
        }
    }
}

impl fmt::Display for SetOperator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_27_operators_in_8_families() {
        assert_eq!(Operator::ALL.len(), 27);
        let negated = Operator::ALL.iter().filter(|o| o.is_negated());
        let names: Vec<_> = negated.map(|o| o.name()).collect();
        // IAM-136 lists them.
        assert_eq!(
            names,
            [
                "StringNotEquals",
                "StringNotEqualsIgnoreCase",
                "StringNotLike",
                "NumericNotEquals",
                "DateNotEquals",
                "NotIpAddress",
                "ArnNotEquals",
                "ArnNotLike"
            ]
        );
    }
}
