//! Names of condition operators: an optional set operator, a base, an optional `IfExists` (IAM-045…IAM-047;
//! readings, 1.9).

use crate::{Operator, SetOperator};

/// A condition operator as it stands in a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) operator: Operator,
    pub(super) set: Option<SetOperator>,
    pub(super) if_exists: bool,
}

/// What a name in the place of an operator is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Parsed {
    /// An operator, exactly spelled.
    Exact(Name),
    /// An operator but for letter case (IAM-046).
    Miscased(Name),
    /// No operator (IAM-045); tolerated over an empty block.
    Unknown,
    /// Parts that do not fit together (IAM-047).
    Misfit,
}

/// Reads a name.
pub(super) fn parse(text: &str) -> Parsed {
    let parts: Vec<&str> = text.split(':').collect();
    let (prefix, base) = match parts.as_slice() {
        [base] => (None, *base),
        [prefix, base] => (Some(*prefix), *base),
        [_, "", ..] => return Parsed::Unknown,
        _ => return Parsed::Misfit,
    };
    if let Some(name) = find(prefix, base, |a, b| a == b) {
        return Parsed::Exact(name);
    }
    let known_prefix = prefix.is_none_or(|p| SetOperator::ALL.iter().any(|set| set.name() == p));
    if known_prefix && base == "NullIfExists" {
        return Parsed::Misfit;
    }
    match find(prefix, base, str::eq_ignore_ascii_case) {
        Some(name) => Parsed::Miscased(name),
        None => Parsed::Unknown,
    }
}

/// The operator whose spelling is the same as prefix and base.
fn find(prefix: Option<&str>, base: &str, same: fn(&str, &str) -> bool) -> Option<Name> {
    let set = match prefix {
        None => None,
        Some(prefix) => Some(
            SetOperator::ALL
                .into_iter()
                .find(|set| same(set.name(), prefix))?,
        ),
    };
    for &operator in Operator::ALL {
        let plain = operator.name();
        if same(plain, base) {
            return Some(Name {
                operator,
                set,
                if_exists: false,
            });
        }
        let is_suffixed = match (base.get(..plain.len()), base.get(plain.len()..)) {
            (Some(start), Some(suffix)) => same(plain, start) && same("IfExists", suffix),
            _ => false,
        };
        if operator != Operator::Null && is_suffixed {
            return Some(Name {
                operator,
                set,
                if_exists: true,
            });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operator_takes_a_prefix_and_all_but_null_a_suffix() {
        for &operator in Operator::ALL {
            for set in [
                None,
                Some(SetOperator::ForAllValues),
                Some(SetOperator::ForAnyValue),
            ] {
                for if_exists in [false, true] {
                    let prefix = set.map(|s| format!("{s}:")).unwrap_or_default();
                    let suffix = if if_exists { "IfExists" } else { "" };
                    let text = format!("{prefix}{operator}{suffix}");
                    let expected = if operator == Operator::Null && if_exists {
                        Parsed::Misfit
                    } else {
                        Parsed::Exact(Name {
                            operator,
                            set,
                            if_exists,
                        })
                    };
                    assert_eq!(parse(&text), expected, "{text}");
                }
            }
        }
    }

    #[test]
    fn other_names_are_unknown_miscased_or_malformed() {
        for text in [
            "",
            "StringMatches",
            "StringEqualsifexist",
            "IfExists",
            "ForAllValues:",
            ":StringEquals",
            "ForAllValue:StringEquals",
            "ForAllValues:Bogus",
            "StringEquals ",
            "ForSomeValues:NullIfExists",
            "nullifexists",
            "forallvalues:NullIfExists",
            "ForAnyValue::StringEquals",
            "a::",
            "::",
        ] {
            assert_eq!(parse(text), Parsed::Unknown, "{text}");
        }
        for text in [
            "stringequals",
            "StringEqualsIfexists",
            "forallvalues:StringEquals",
            "ForAnyValue:BOOL",
            "null",
        ] {
            assert!(matches!(parse(text), Parsed::Miscased(_)), "{text}");
        }
        for text in [
            "ForAllValues:StringEquals:IfExists",
            "a:b:c:d",
            ":a:",
            "NullIfExists",
            "ForAnyValue:NullIfExists",
        ] {
            assert_eq!(parse(text), Parsed::Misfit, "{text}");
        }
    }
}
