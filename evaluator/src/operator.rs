//! Condition operators and their names (IAM-045, IAM-046, IAM-047).

/// A condition operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Operator {
    pub(crate) base: Base,
    pub(crate) set: Set,
    /// The suffix `IfExists`: an absent key makes the test true.
    pub(crate) if_exists: bool,
}

/// The set operator in front.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Set {
    None,
    ForAllValues,
    ForAnyValue,
}

/// What a test compares, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Base {
    pub(crate) family: Family,
    /// Holds when no policy value matches.
    pub(crate) negated: bool,
}

/// The comparison of one request value with one policy value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Family {
    /// `StringEquals`
    Text,
    /// `StringEqualsIgnoreCase`
    TextIgnoreCase,
    /// `StringLike`
    TextLike,
    Numeric(Order),
    Date(Order),
    Bool,
    Binary,
    Ip,
    Arn,
    Null,
}

/// Which order of request value to policy value passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Order {
    /// Whether a request value that compares so to the policy value passes.
    pub(crate) fn passes(self, request_to_policy: std::cmp::Ordering) -> bool {
        match self {
            Order::Equal => request_to_policy.is_eq(),
            Order::Less => request_to_policy.is_lt(),
            Order::LessOrEqual => request_to_policy.is_le(),
            Order::Greater => request_to_policy.is_gt(),
            Order::GreaterOrEqual => request_to_policy.is_ge(),
        }
    }
}

const fn is(family: Family) -> Base {
    Base {
        family,
        negated: false,
    }
}

const fn not(family: Family) -> Base {
    Base {
        family,
        negated: true,
    }
}

/// The 27 base operators.
pub(crate) const BASES: [(&str, Base); 27] = [
    ("StringEquals", is(Family::Text)),
    ("StringNotEquals", not(Family::Text)),
    ("StringEqualsIgnoreCase", is(Family::TextIgnoreCase)),
    ("StringNotEqualsIgnoreCase", not(Family::TextIgnoreCase)),
    ("StringLike", is(Family::TextLike)),
    ("StringNotLike", not(Family::TextLike)),
    ("NumericEquals", is(Family::Numeric(Order::Equal))),
    ("NumericNotEquals", not(Family::Numeric(Order::Equal))),
    ("NumericLessThan", is(Family::Numeric(Order::Less))),
    (
        "NumericLessThanEquals",
        is(Family::Numeric(Order::LessOrEqual)),
    ),
    ("NumericGreaterThan", is(Family::Numeric(Order::Greater))),
    (
        "NumericGreaterThanEquals",
        is(Family::Numeric(Order::GreaterOrEqual)),
    ),
    ("DateEquals", is(Family::Date(Order::Equal))),
    ("DateNotEquals", not(Family::Date(Order::Equal))),
    ("DateLessThan", is(Family::Date(Order::Less))),
    ("DateLessThanEquals", is(Family::Date(Order::LessOrEqual))),
    ("DateGreaterThan", is(Family::Date(Order::Greater))),
    (
        "DateGreaterThanEquals",
        is(Family::Date(Order::GreaterOrEqual)),
    ),
    ("Bool", is(Family::Bool)),
    ("BinaryEquals", is(Family::Binary)),
    ("IpAddress", is(Family::Ip)),
    ("NotIpAddress", not(Family::Ip)),
    ("ArnEquals", is(Family::Arn)),
    ("ArnNotEquals", not(Family::Arn)),
    ("ArnLike", is(Family::Arn)),
    ("ArnNotLike", not(Family::Arn)),
    ("Null", is(Family::Null)),
];

const SETS: [(&str, Set); 2] = [
    ("ForAllValues", Set::ForAllValues),
    ("ForAnyValue", Set::ForAnyValue),
];

/// What an operator's name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    /// A documented operator.
    Known(Operator),
    /// A documented operator but for letter case (IAM-046).
    OtherCase(Operator),
    /// An unknown base or prefix, or three or more parts of which the second is empty (IAM-045).
    Unknown,
    /// Three or more parts, or `NullIfExists` (IAM-047).
    Qualifiers,
}

/// Reads an operator's name.
pub(crate) fn read(name: &str) -> Name {
    let (prefix, base) = match name.split_once(':') {
        None => (None, name),
        Some((prefix, rest)) => match rest.split_once(':') {
            None => (Some(prefix), rest),
            Some(("", _)) => return Name::Unknown,
            Some(_) => return Name::Qualifiers,
        },
    };
    let exact = |a: &str, b: &str| a == b;
    let set = |same: fn(&str, &str) -> bool| match prefix {
        None => Some(Set::None),
        Some(prefix) => SETS.iter().find(|(n, _)| same(n, prefix)).map(|&(_, s)| s),
    };
    if let Some(set) = set(exact) {
        if let Some((base, if_exists)) = base_of(base, exact) {
            return Name::Known(Operator {
                base,
                set,
                if_exists,
            });
        }
        if base == "NullIfExists" {
            return Name::Qualifiers;
        }
    }
    let ignoring_case = str::eq_ignore_ascii_case;
    match (set(ignoring_case), base_of(base, ignoring_case)) {
        (Some(set), Some((base, if_exists))) => Name::OtherCase(Operator {
            base,
            set,
            if_exists,
        }),
        _ => Name::Unknown,
    }
}

/// The base operator of a name without prefix, and whether it ends in `IfExists`.
fn base_of(name: &str, same: fn(&str, &str) -> bool) -> Option<(Base, bool)> {
    const SUFFIX: &str = "IfExists";
    let find = |name: &str| BASES.iter().find(|(n, _)| same(n, name)).map(|&(_, b)| b);
    if let Some(base) = find(name) {
        return Some((base, false));
    }
    let (stem, suffix) = name.split_at_checked(name.len().checked_sub(SUFFIX.len())?)?;
    let base = find(stem)?;
    (same(SUFFIX, suffix) && base.family != Family::Null).then_some((base, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_name_is_known() {
        for (name, base) in BASES {
            for (prefix, set) in [
                ("", Set::None),
                ("ForAllValues:", Set::ForAllValues),
                ("ForAnyValue:", Set::ForAnyValue),
            ] {
                let operator = |if_exists| Operator {
                    base,
                    set,
                    if_exists,
                };
                let plain = format!("{prefix}{name}");
                assert_eq!(read(&plain), Name::Known(operator(false)), "{plain}");
                assert_eq!(
                    read(&plain.to_uppercase()),
                    Name::OtherCase(operator(false)),
                    "{plain}"
                );
                let suffixed = format!("{plain}IfExists");
                if name == "Null" {
                    assert_eq!(read(&suffixed), Name::Qualifiers, "{suffixed}");
                } else {
                    assert_eq!(read(&suffixed), Name::Known(operator(true)), "{suffixed}");
                    assert_eq!(
                        read(&format!("{plain}ifexists")),
                        Name::OtherCase(operator(true)),
                        "{suffixed}"
                    );
                }
            }
        }
    }

    #[test]
    fn other_names_are_refused_by_their_rule() {
        for (name, expected) in [
            ("", Name::Unknown),
            ("StringMatches", Name::Unknown),
            ("StringEquals ", Name::Unknown),
            ("StringEqualsIfExistsIfExists", Name::Unknown),
            ("IfExists", Name::Unknown),
            (":StringEquals", Name::Unknown),
            ("ForAllValues:", Name::Unknown),
            ("ForAllValue:StringEquals", Name::Unknown),
            ("nullifexists", Name::Unknown),
            ("ForSomeValue:NullIfExists", Name::Unknown),
            ("NullIfExists", Name::Qualifiers),
            ("ForAllValues:NullIfExists", Name::Qualifiers),
            ("ForAnyValue::StringEquals", Name::Unknown),
            ("::", Name::Unknown),
            ("a::b:c", Name::Unknown),
            ("ForAllValues:StringEquals:IfExists", Name::Qualifiers),
            (":a:", Name::Qualifiers),
            ("a:b::c", Name::Qualifiers),
        ] {
            assert_eq!(read(name), expected, "{name}");
        }
        assert!(matches!(read("forallvalues:Null"), Name::OtherCase(_)));
        assert!(matches!(read("ForAllValues:null"), Name::OtherCase(_)));
    }
}
