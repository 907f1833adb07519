//! Compiled conditions: operands parsed, the answer for an absent key settled (section 3.4 to 3.6 of the readings).

use std::net::IpAddr;

use veriam_model::readings as dialects;

use crate::document::Text;
use crate::glob::Case;
use crate::operator::{Base, Family, Operator, Order, Set};
use crate::pattern::{Colons, Pattern, Piece, Token, pieces, tokens};
use crate::settings::{Settings, mistaken};
use crate::value::address::Range;
use crate::value::date::{self, Instant};
use crate::value::number::Decimal;
use crate::value::{address, base64};

/// One key of one operator.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    /// The number of the key.
    pub(crate) key: u32,
    pub(crate) set: Set,
    /// Passes a value that matches none of the policy's values.
    pub(crate) negated: bool,
    /// The answer when the key is absent.
    pub(crate) when_absent: bool,
    /// What becomes of several values, or none, without a set operator (IAM-151).
    pub(crate) plain_takes_many: bool,
    /// Whether the key is one that can hold several values.
    pub(crate) is_multivalued: bool,
    /// A single empty string is an empty set under `ForAnyValue` (IAM-147).
    pub(crate) empty_text_is_no_value: bool,
    pub(crate) test: Test,
    /// Where its answer is kept during a decision; [`Condition::NO_MEMO`] when only one rule asks.
    pub(crate) memo: u16,
    /// How soon a rule should ask it: the lower, the cheaper and the likelier to fail.
    pub(crate) rank: u8,
}

impl Condition {
    pub(crate) const NO_MEMO: u16 = u16::MAX;

    /// The patterns of which one matches some request value, or the condition does not hold. None when nothing of
    /// that kind can be said.
    pub(crate) fn needs_one_of(&self) -> Option<&[Pattern]> {
        if self.negated || self.when_absent || self.set == Set::ForAllValues {
            return None;
        }
        match &self.test {
            Test::Text {
                patterns,
                case: Case::Exact,
            } => Some(patterns),
            Test::Arn {
                everything: false,
                patterns,
                templates,
            } if templates.is_empty() => Some(patterns),
            _ => None,
        }
    }
}

/// The comparison of a request value with the values of the policy.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    Text {
        patterns: Box<[Pattern]>,
        case: Case,
    },
    Numeric {
        order: Order,
        values: Box<[Box<str>]>,
        malformed: Malformed,
    },
    Date {
        order: Order,
        values: Box<[Instant]>,
        malformed: Malformed,
        year_alone: bool,
    },
    Bool {
        /// Whether request values that count as true, or as false, match.
        matches_true: bool,
        matches_false: bool,
        /// Only `true` and `false` themselves count (IAM-170 `exact`).
        exact: bool,
        /// Values with variables, where these are expanded (IAM-192).
        templates: Box<[Box<[Piece]>]>,
    },
    Binary {
        values: Box<[Box<str>]>,
        /// Invalid base64 compares as text (IAM-173).
        as_text: bool,
    },
    Ip {
        ranges: Box<[Range]>,
        malformed: Malformed,
        /// IPv4-mapped IPv6 addresses count as the IPv4 address too (IAM-180).
        maps: bool,
    },
    Arn {
        /// A value `*`, which matches malformed request values too (IAM-186).
        everything: bool,
        patterns: Box<[Pattern]>,
        /// Values with variables: split when these are known.
        templates: Box<[Box<[Piece]>]>,
    },
    Null {
        wants_absent: bool,
        wants_present: bool,
        /// A single empty string is absent (IAM-141).
        empty_text_is_absent: bool,
        /// Set operators test each value (IAM-142 `per-value`).
        per_value: bool,
    },
}

/// What malformed values do (IAM-163, IAM-167, IAM-181).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Malformed {
    /// They make the test fail, negated or not; else they just match nothing.
    pub(crate) fails: bool,
    /// There is one among the values of the policy.
    pub(crate) in_policy: bool,
}

/// What a condition's compilation needs to know beside its values.
pub(crate) struct Site<'s> {
    pub(crate) settings: &'s Settings,
    /// Whether `${` opens a variable.
    pub(crate) has_variables: bool,
    /// Whether the key holds the value of a request or resource tag.
    pub(crate) is_tag: bool,
    pub(crate) is_multivalued: bool,
}

impl Site<'_> {
    /// Compiles a condition on a key; `number` gives variables their numbers.
    pub(crate) fn condition(
        &self,
        key: u32,
        operator: Operator,
        values: &[Text<'_>],
        number: &mut dyn FnMut(&str, Option<&str>) -> u32,
    ) -> Condition {
        let Operator {
            base,
            set,
            if_exists,
        } = operator;
        let settings = self.settings;
        Condition {
            key,
            set,
            negated: base.negated,
            when_absent: self.when_absent(base, set, if_exists),
            plain_takes_many: settings.reads(dialects::PlainMultivalued::AnyValue),
            is_multivalued: self.is_multivalued,
            empty_text_is_no_value: settings.reads(dialects::ForAnyEmptyString::EmptySet),
            test: self.test(base.family, values, number),
            memo: Condition::NO_MEMO,
            rank: rank(base, set),
        }
    }

    fn when_absent(&self, base: Base, set: Set, if_exists: bool) -> bool {
        let reads_true = self.settings.reads(dialects::ForAnyIfExists::True);
        let if_exists = if_exists && !mistaken!(self.settings, IfExistsIgnored);
        match (set, if_exists) {
            (Set::ForAnyValue, true) => reads_true,
            (_, true) => true,
            (Set::ForAllValues, false) => !mistaken!(self.settings, ForAllValuesOnAbsentKey),
            (Set::ForAnyValue, false) => false,
            (Set::None, false) => base.negated && !mistaken!(self.settings, NegatedOnAbsentKey),
        }
    }

    fn test(
        &self,
        family: Family,
        values: &[Text<'_>],
        number: &mut dyn FnMut(&str, Option<&str>) -> u32,
    ) -> Test {
        match family {
            Family::Text => self.text(values, false, self.tag_case(), number),
            Family::TextLike => self.text(values, true, self.tag_case(), number),
            Family::TextIgnoreCase => self.text(values, false, Case::Simple, number),
            Family::Numeric(order) => self.numeric(order, values),
            Family::Date(order) => self.date(order, values),
            Family::Bool => self.bool(values, number),
            Family::Binary => self.binary(values),
            Family::Ip => self.ip(values),
            Family::Arn => self.arn(values, number),
            Family::Null => self.null(values),
        }
    }

    /// How the case-sensitive string operators compare (IAM-134).
    fn tag_case(&self) -> Case {
        let ignores_case = self.settings.reads(dialects::TagValueCase::IgnoreCase);
        if self.is_tag && ignores_case {
            Case::Simple
        } else {
            Case::Exact
        }
    }

    fn text(
        &self,
        values: &[Text<'_>],
        wildcards: bool,
        case: Case,
        number: &mut dyn FnMut(&str, Option<&str>) -> u32,
    ) -> Test {
        let pattern = |value: &Text<'_>| {
            let tokens = tokens(value, wildcards, self.has_variables);
            Pattern::new(pieces(&tokens, Colons::Crossed, &mut *number))
        };
        Test::Text {
            patterns: values.iter().map(pattern).collect(),
            case,
        }
    }

    fn numeric(&self, order: Order, values: &[Text<'_>]) -> Test {
        let order = if mistaken!(self.settings, InvertedNumericComparison) {
            inverted(order)
        } else {
            order
        };
        let good: Box<[Box<str>]> = values
            .iter()
            .filter(|value| Decimal::parse(value).is_some())
            .map(|value| value.as_ref().into())
            .collect();
        Test::Numeric {
            order,
            malformed: Malformed {
                fails: self.settings.reads(dialects::MalformedNumber::False),
                in_policy: good.len() < values.len(),
            },
            values: good,
        }
    }

    fn date(&self, order: Order, values: &[Text<'_>]) -> Test {
        let year_alone = self.settings.reads(dialects::FourDigitDate::Year);
        let good: Box<[Instant]> = values
            .iter()
            .filter_map(|value| date::parse(value, year_alone))
            .collect();
        Test::Date {
            order,
            malformed: Malformed {
                fails: self.settings.reads(dialects::MalformedDate::False),
                in_policy: good.len() < values.len(),
            },
            values: good,
            year_alone,
        }
    }

    fn bool(&self, values: &[Text<'_>], number: &mut dyn FnMut(&str, Option<&str>) -> u32) -> Test {
        let exact = self.settings.reads(dialects::OddBoolean::Exact);
        let expands = self.has_variables && self.settings.reads(dialects::BoolVariables::Expanded);
        let (mut matches_true, mut matches_false) = (false, false);
        let mut templates: Vec<Box<[Piece]>> = Vec::new();
        for value in values {
            let tokens = tokens(value, false, expands);
            if tokens.iter().any(|t| matches!(t, Token::Variable { .. })) {
                templates.push(pieces(&tokens, Colons::Crossed, &mut *number).into());
                continue;
            }
            let text = match tokens.first() {
                Some(Token::Text(text)) => text.as_ref(),
                _ => "",
            };
            match truth(text, exact) {
                Some(true) => matches_true = true,
                Some(false) => matches_false = true,
                None => {}
            }
        }
        Test::Bool {
            matches_true,
            matches_false,
            exact,
            templates: templates.into(),
        }
    }

    fn binary(&self, values: &[Text<'_>]) -> Test {
        let as_text = self.settings.reads(dialects::MalformedBinary::Text);
        let values = values
            .iter()
            .filter(|value| as_text || base64::is_valid(value));
        Test::Binary {
            values: values.map(|value| value.as_ref().into()).collect(),
            as_text,
        }
    }

    fn ip(&self, values: &[Text<'_>]) -> Test {
        let bare_v6 = if self.settings.reads(dialects::BareIpv6::Prefix32) {
            32
        } else {
            128
        };
        let good: Box<[Range]> = values
            .iter()
            .filter_map(|value| {
                let range = Range::parse(value, bare_v6)?;
                let skewed = mistaken!(self.settings, HostBitsCompared);
                Some(if skewed {
                    range.with_host_bits(value)
                } else {
                    range
                })
            })
            .collect();
        Test::Ip {
            malformed: Malformed {
                fails: self.settings.reads(dialects::MalformedIp::False),
                in_policy: good.len() < values.len(),
            },
            ranges: good,
            maps: self.settings.reads(dialects::MappedIpv4::Ipv4),
        }
    }

    fn arn(&self, values: &[Text<'_>], number: &mut dyn FnMut(&str, Option<&str>) -> u32) -> Test {
        let star_matches = self.settings.reads(dialects::ArnStar::Everything);
        let mut everything = false;
        let mut patterns = Vec::new();
        let mut templates: Vec<Box<[Piece]>> = Vec::new();
        for value in values {
            if value == "*" {
                everything |= star_matches;
                continue;
            }
            let tokens = tokens(value, true, self.has_variables);
            if tokens.iter().any(|t| matches!(t, Token::Variable { .. })) {
                templates.push(pieces(&tokens, Colons::Crossed, &mut *number).into());
            } else if is_arn(&tokens) {
                let colons = if mistaken!(self.settings, ArnLikeCrossesColon) {
                    Colons::Crossed
                } else {
                    Colons::Parted { spans: false }
                };
                patterns.push(Pattern::new(pieces(&tokens, colons, &mut *number)));
            }
        }
        Test::Arn {
            everything,
            patterns: patterns.into(),
            templates: templates.into(),
        }
    }

    fn null(&self, values: &[Text<'_>]) -> Test {
        let says = |text: &str| values.iter().any(|value| value.eq_ignore_ascii_case(text));
        Test::Null {
            wants_absent: says("true"),
            wants_present: says("false"),
            empty_text_is_absent: self.settings.reads(dialects::NullEmptyString::Null),
            per_value: self.settings.reads(dialects::NullSetOperator::PerValue),
        }
    }
}

/// Whether a pattern without variables is a well-formed ARN: `arn:` in front, at least five colons.
fn is_arn(tokens: &[Token<'_>]) -> bool {
    let begins = matches!(tokens.first(), Some(Token::Text(text)) if text.starts_with("arn:"));
    let colons = tokens.iter().map(|token| match token {
        Token::Text(text) => text.matches(':').count(),
        _ => 0,
    });
    begins && colons.fold(0usize, usize::saturating_add) >= 5
}

/// What a boolean's text counts as (IAM-170); none when it matches nothing.
pub(crate) fn truth(text: &str, exact: bool) -> Option<bool> {
    match (text, exact) {
        ("true", _) => Some(true),
        ("false", _) => Some(false),
        (_, true) => None,
        (_, false) => Some(text.eq_ignore_ascii_case("true")),
    }
}

fn inverted(order: Order) -> Order {
    match order {
        Order::Equal => Order::Equal,
        Order::Less => Order::Greater,
        Order::LessOrEqual => Order::GreaterOrEqual,
        Order::Greater => Order::Less,
        Order::GreaterOrEqual => Order::LessOrEqual,
    }
}

/// The lower, the sooner: cheap tests first, and among them those that are likelier to fail.
fn rank(base: Base, set: Set) -> u8 {
    let cost: u8 = match base.family {
        Family::Text | Family::Arn => 1,
        Family::Null | Family::Bool => 2,
        Family::TextLike => 3,
        Family::Binary | Family::Ip => 4,
        Family::Numeric(_) => 5,
        Family::TextIgnoreCase | Family::Date(_) => 6,
    };
    let many = if set == Set::None { 0 } else { 10 };
    let negated = if base.negated { 20 } else { 0 };
    cost.saturating_add(many).saturating_add(negated)
}

/// The address of a request value, and the one it maps to if that counts too.
pub(crate) fn in_ranges(address: IpAddr, ranges: &[Range], maps: bool) -> bool {
    let mapped = if maps { address::mapped(address) } else { None };
    let holds = |range: &Range| {
        range.contains(address) || mapped.is_some_and(|address| range.contains(address))
    };
    ranges.iter().any(holds)
}
