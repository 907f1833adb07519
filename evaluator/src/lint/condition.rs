//! Conditions that probably do not test what they seem to.

use std::borrow::Cow;

use veriam_model::facts::{self, ContextKey, ValueType};
use veriam_model::readings as dialects;

use super::{Lint, agentcore, first_members, is_empty_list, one_or_many};
use crate::arn::Arn;
use crate::fault::kinds;
use crate::json::{Kind, Value};
use crate::operator::{self, Family, Name, Operator, Set};
use crate::value::address::{Holds, Range};
use crate::value::number::Decimal;
use crate::value::{base64, date};
use crate::variable;

kinds! {
    ALL: Warning iam;
    EMPTY = 40 "empty-condition", "an empty condition tests nothing", "remove it, or name a key";
    KEY_FORMAT = 48 "condition-key-format", "a condition key is `prefix:name`, not" @quote, "write the service prefix and the name";
    UNKNOWN_KEY = 48 "unknown-condition-key", "no request has the global key" @quote, "correct the name";
    TAG_NAME = 49 "missing-tag-name", "a tag key without the tag's name:" @quote, "write the name behind the slash";
    MIXED = 43 "mixed-value-types", "a list of several types:" @quote, "write all values as strings";
    SET_ON_SINGLE = 150 "set-operator-on-single-value", "a set operator on a key that has one value:" @quote, "use the operator without ForAllValues or ForAnyValue";
    MANY_WITHOUT_SET = 151 "multivalued-without-set-operator", "a key that can have several values without a set operator:" @quote, "put ForAnyValue: or ForAllValues: in front of the operator";
    NO_VALUES = 152 "empty-value-list", "an empty list of values", "name a value or remove the key";
    WILDCARD = 153 "wildcard-without-like", "a wildcard is an ordinary character here:" @quote, "use StringLike or StringNotLike";
    NUMBER = 163 "malformed-number", "not a number:" @quote, "write digits, perhaps with a sign and a fraction";
    DATE = 167 "malformed-date", "not a date:" @quote, "write 2026-01-31T00:00:00Z or epoch seconds";
    BOOL = 170 "odd-boolean", "neither true nor false:" @quote, "write true or false";
    BOTH_BOOLS = 171 "both-booleans", "true and false together test only that the key is present", "keep one, or use Null";
    BASE64 = 173 "malformed-base64", "not base64:" @quote, "encode the bytes with padding";
    HOST_BITS = 177 "host-bits", "bits behind the prefix are ignored:" @quote, "write the first address of the range";
    RANGE = 181 "malformed-range", "not an IP address or range:" @quote, "write an address, or a range like 203.0.113.0/24";
    PRIVATE = 182 "private-source-ip", "aws:SourceIp is always a public address, never in" @quote, "use aws:VpcSourceIp";
    ARN = 186 "malformed-arn", "not an ARN of six parts:" @quote, "write all six parts";
    TYPE = 187 "operator-type-mismatch", "the operator is made for values of another type than those of" @quote, "use an operator of the key's type";
    SESSION = 273 "session-in-principal-arn", "aws:PrincipalArn of a role session is the ARN of the role, never" @quote, "write arn:…:iam::ACCOUNT:role/NAME";
}

impl Lint<'_> {
    pub(super) fn condition(&mut self, condition: Value<'_, '_>) {
        if is_empty_object(condition) {
            self.add(&EMPTY, condition);
        }
        for (name, block) in first_members(condition) {
            let operator = match operator::read(&name.string().unwrap_or_default()) {
                Name::Known(operator) | Name::OtherCase(operator) => operator,
                _ => continue,
            };
            if is_empty_object(block) {
                self.add(&EMPTY, block);
            }
            for (key, values) in first_members(block) {
                self.key(key, operator);
                self.values(key, values, operator);
            }
        }
    }

    fn key(&mut self, key: Value<'_, '_>, operator: Operator) {
        let name = key.string().unwrap_or_default();
        let Some(known) = facts::context_key(&name) else {
            if let Some(known) = agentcore::service_key(&name) {
                self.valence(key, operator, known.many);
            }
            return self.unknown_key(key, &name);
        };
        self.valence(key, operator, known.multivalued);
        if !suits(operator.base.family, known) {
            self.add(&TYPE, key);
        }
    }

    /// Set operators are for keys that can have several values.
    fn valence(&mut self, key: Value<'_, '_>, operator: Operator, is_multivalued: bool) {
        match operator.set {
            Set::None if is_multivalued && operator.base.family != Family::Null => {
                self.add(&MANY_WITHOUT_SET, key);
            }
            Set::ForAllValues | Set::ForAnyValue if !is_multivalued => {
                self.add(&SET_ON_SINGLE, key);
            }
            _ => {}
        }
    }

    fn unknown_key(&mut self, key: Value<'_, '_>, name: &str) {
        let names_tag = facts::CONTEXT_KEYS.iter().any(|known| {
            let stem = known.name.strip_suffix('/');
            stem.is_some_and(|stem| name.trim_end_matches('/').eq_ignore_ascii_case(stem))
        });
        let parts = name.split_once(':');
        if names_tag {
            self.add(&TAG_NAME, key);
        } else if parts.is_none_or(|(prefix, rest)| prefix.is_empty() || rest.is_empty()) {
            self.add(&KEY_FORMAT, key);
        } else if parts.is_some_and(|(prefix, _)| prefix.eq_ignore_ascii_case("aws")) {
            self.add(&UNKNOWN_KEY, key);
        }
    }

    fn values(&mut self, key: Value<'_, '_>, values: Value<'_, '_>, operator: Operator) {
        if is_empty_list(values) {
            self.add(&NO_VALUES, values);
        }
        let kind = |value: Value<'_, '_>| match value.kind() {
            Kind::Escaped => Kind::Plain,
            kind => kind,
        };
        let mut kinds = one_or_many(values).map(kind);
        if let Some(first) = kinds.next()
            && kinds.any(|kind| kind != first)
        {
            self.add(&MIXED, values);
        }
        let texts = || one_or_many(values).filter_map(text_of);
        let is = |wanted: &str| texts().any(|text| text.eq_ignore_ascii_case(wanted));
        if operator.base.family == Family::Bool && is("true") && is("false") {
            self.add(&BOTH_BOOLS, values);
        }
        let key = key.string().unwrap_or_default();
        for value in one_or_many(values) {
            if let Some(text) = text_of(value) {
                self.value(value, &text, &key, operator.base.family);
            }
        }
    }

    fn value(&mut self, value: Value<'_, '_>, text: &str, key: &str, family: Family) {
        let has_variable = variable::has_variable(text);
        match family {
            Family::Text | Family::TextIgnoreCase => {
                self.plain_variable(text, value);
                if text.contains(['*', '?']) && !has_variable {
                    self.add(&WILDCARD, value);
                }
            }
            Family::TextLike => self.plain_variable(text, value),
            Family::Arn => {
                self.plain_variable(text, value);
                let expands = has_variable && self.has_variables;
                if !expands && text != "*" && Arn::parse(text).is_none() {
                    self.add(&ARN, value);
                }
            }
            Family::Numeric(_) if Decimal::parse(text).is_none() => self.add(&NUMBER, value),
            Family::Date(_) => {
                let year_alone =
                    self.dialect.get::<dialects::FourDigitDate>() == dialects::FourDigitDate::Year;
                if date::parse(text, year_alone).is_none() {
                    self.add(&DATE, value);
                }
            }
            Family::Bool | Family::Null if !matches!(text, "true" | "false") => {
                self.add(&BOOL, value);
            }
            Family::Binary if !base64::is_valid(text) => self.add(&BASE64, value),
            Family::Ip => self.range(value, text, key),
            Family::Numeric(_) | Family::Bool | Family::Null | Family::Binary => {}
        }
        if key.eq_ignore_ascii_case("aws:PrincipalArn")
            && let Some(arn) = Arn::parse(text)
            && arn.service() == "sts"
            && arn.rest().starts_with("assumed-role/")
        {
            self.add(&SESSION, value);
        }
    }

    fn range(&mut self, value: Value<'_, '_>, text: &str, key: &str) {
        let Some(range) = Range::parse(text, 128) else {
            return self.add(&RANGE, value);
        };
        if range.has_host_bits(text) {
            self.add(&HOST_BITS, value);
        }
        if key.eq_ignore_ascii_case("aws:SourceIp") && range.holds() == Holds::PrivateOnly {
            self.add(&PRIVATE, value);
        }
    }
}

fn is_empty_object(value: Value<'_, '_>) -> bool {
    value
        .members()
        .is_some_and(|mut members| members.next().is_none())
}

/// The text a condition value stands for.
fn text_of<'a>(value: Value<'_, 'a>) -> Option<Cow<'a, str>> {
    match value.kind() {
        Kind::Plain | Kind::Escaped => value.string(),
        Kind::Number | Kind::Bool => Some(Cow::Borrowed(value.source())),
        Kind::Null | Kind::Array | Kind::Object => None,
    }
}

/// Whether an operator is made for a key's values (IAM-187). String operators compare any text.
fn suits(family: Family, key: &ContextKey) -> bool {
    let is_clock = matches!(key.name, "aws:EpochTime" | "aws:CurrentTime");
    match family {
        Family::Text | Family::TextIgnoreCase | Family::TextLike | Family::Null => true,
        Family::Numeric(_) => key.value_type == ValueType::Numeric || is_clock,
        Family::Date(_) => key.value_type == ValueType::Date || is_clock,
        Family::Bool => key.value_type == ValueType::Bool || key.name == "aws:AssumedRoot",
        Family::Binary => false,
        Family::Ip => key.value_type == ValueType::IpAddress,
        Family::Arn => key.value_type == ValueType::Arn,
    }
}
