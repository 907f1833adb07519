//! `Condition` (IAM-020, IAM-022, IAM-030, IAM-040 to IAM-047, IAM-068, IAM-069, IAM-074, IAM-165).

use veriam_model::{PolicyType, Verb, facts, readings as dialects};

use super::{Member, Reader, Seen};
use crate::arn;
use crate::document::{Condition, Text};
use crate::fault::{self, Kind as Fault};
use crate::json::{Kind, Value};
use crate::operator::{self, Family, Name, Operator};
use crate::variable::{self, Part};

const WILDCARDS: [char; 2] = ['*', '?'];

impl Reader<'_> {
    /// Reads a Condition; says also whether an empty part of it takes the statement out of force (IAM-040).
    pub(super) fn condition<'a>(
        &mut self,
        member: Member<'_, 'a>,
        effect: Option<Verb>,
    ) -> (Vec<Condition<'a>>, bool) {
        if effect == Some(Verb::Allow) && self.is_limited_scp() {
            self.add(&fault::SCP_ALLOW_CONDITION, member.name);
        }
        let mut conditions = Vec::new();
        let Some(operators) = self.object(member.value) else {
            return (conditions, false);
        };
        let mut has_empty = operators.clone().next().is_none();
        let mut seen = Seen::exactly();
        for (name, block) in operators {
            let text = name.string().unwrap_or_default();
            if !seen.insert(text.clone()) {
                self.add(&fault::REPEATED_MEMBER, name);
                continue;
            }
            let is_empty = block.members().is_some_and(|mut m| m.next().is_none());
            let operator = match self.operator(&text, is_empty) {
                Ok(operator) => operator,
                Err(kind) => {
                    self.add(kind, name);
                    None
                }
            };
            has_empty |= is_empty && operator.is_some();
            self.block(block, operator, &mut conditions);
        }
        let empties_count = self.reads(dialects::EmptyCondition::NoEffect);
        (conditions, has_empty && empties_count)
    }

    /// The members of a value that must be an object.
    fn object<'j, 'a>(
        &mut self,
        value: Value<'j, 'a>,
    ) -> Option<impl Iterator<Item = (Value<'j, 'a>, Value<'j, 'a>)> + Clone + use<'j, 'a>> {
        let members = value.members();
        if members.is_none() {
            let kind = if value.is_null() {
                &fault::CONDITION_NULL
            } else {
                &fault::CONDITION_FORM
            };
            self.add(kind, value);
        }
        members
    }

    /// The operator of a name; none for an unknown one that tests nothing.
    fn operator(&self, name: &str, is_empty: bool) -> Result<Option<Operator>, &'static Fault> {
        let ignores_case = self.reads(dialects::OperatorCase::Lenient);
        match operator::read(name) {
            Name::Known(operator) => Ok(Some(operator)),
            Name::OtherCase(operator) if ignores_case => Ok(Some(operator)),
            Name::OtherCase(_) => Err(&fault::OPERATOR_CASE),
            Name::Unknown if is_empty => Ok(None),
            Name::Unknown => Err(&fault::OPERATOR),
            Name::Qualifiers => Err(&fault::OPERATOR_QUALIFIER),
        }
    }

    /// Reads the keys and values of one operator; without an operator only what holds under any.
    fn block<'a>(
        &mut self,
        block: Value<'_, 'a>,
        operator: Option<Operator>,
        into: &mut Vec<Condition<'a>>,
    ) {
        let Some(keys) = self.object(block) else {
            return;
        };
        let mut seen = Seen::exactly();
        let mut seen_in_any_case = Seen::ignoring_case();
        for (name, value) in keys {
            let key = name.string().unwrap_or_default();
            if !seen.insert(key.clone()) {
                self.add(&fault::REPEATED_MEMBER, name);
                continue;
            }
            if !seen_in_any_case.insert(key.clone()) {
                self.add(&fault::REPEATED_KEY_CASE, name);
            }
            let values = self.values(value, &key, operator);
            if let Some(operator) = operator {
                into.push(Condition {
                    operator,
                    key,
                    values,
                });
            }
        }
    }

    fn values<'a>(
        &mut self,
        value: Value<'_, 'a>,
        key: &str,
        operator: Option<Operator>,
    ) -> Vec<Text<'a>> {
        let mut values = Vec::new();
        let Some(elements) = value.elements() else {
            self.value(value, key, operator, &mut values);
            return values;
        };
        let refuses_mixtures = self.reads(dialects::MixedValues::Refused);
        if operator.is_some() && refuses_mixtures && is_mixed(elements.clone()) {
            self.add(&fault::MIXED_VALUES, value);
        }
        for element in elements {
            self.value(element, key, operator, &mut values);
        }
        values
    }

    fn value<'a>(
        &mut self,
        value: Value<'_, 'a>,
        key: &str,
        operator: Option<Operator>,
        into: &mut Vec<Text<'a>>,
    ) {
        let text = match value.kind() {
            Kind::Plain | Kind::Escaped => value.string().unwrap_or_default(),
            Kind::Number | Kind::Bool => Text::Borrowed(value.source()),
            Kind::Null => return self.add(&fault::CONDITION_NULL, value),
            Kind::Array | Kind::Object => return self.add(&fault::CONDITION_VALUE, value),
        };
        if let Some(operator) = operator
            && let Some(kind) = self.value_fault(&text, key, operator.base.family)
        {
            self.add(kind, value);
        }
        into.push(text);
    }

    /// The one fault of a value under an operator.
    fn value_fault(&self, text: &str, key: &str, family: Family) -> Option<&'static Fault> {
        use Family::{Arn, Bool, Date, Text, TextIgnoreCase, TextLike};
        if self.has_variables && variable::has_variable(text) {
            match family {
                Text | TextIgnoreCase | TextLike | Arn => {
                    if !variable::well_formed(text) {
                        return Some(&fault::VARIABLE_FORM);
                    }
                }
                Bool => {}
                _ => return Some(&fault::VARIABLE_PLACE),
            }
        }
        if matches!(family, Date(_)) {
            if text.contains(WILDCARDS) {
                return Some(&fault::DATE_WILDCARD);
            }
            if self.is_iam_type() && !could_be_date(text) {
                return Some(&fault::DATE);
            }
        }
        if self.policy_type == PolicyType::Endpoint {
            return self.endpoint_fault(text, key, family);
        }
        None
    }

    /// The limits of VPC endpoint policies (IAM-030).
    fn endpoint_fault(&self, text: &str, key: &str, family: Family) -> Option<&'static Fault> {
        let is_system_key = facts::SYSTEM_IDENTIFIER_KEYS
            .iter()
            .any(|k| k.eq_ignore_ascii_case(key));
        let has_wildcards = matches!(family, Family::TextLike | Family::Arn);
        let is_numeric = matches!(family, Family::Numeric(_));
        if is_system_key && (is_numeric || (has_wildcards && text.contains(WILDCARDS))) {
            return Some(&fault::ENDPOINT_KEY);
        }
        if family == Family::TextLike && self.has_lonely_wildcard(text) {
            return Some(&fault::ENDPOINT_RUN);
        }
        if family == Family::Arn && arn::is_partly_wild(self.account_part(text)) {
            return Some(&fault::ENDPOINT_ACCOUNT);
        }
        None
    }

    /// The parts of a text, or the whole text where there are no variables.
    fn parts<'t>(&self, text: &'t str) -> impl Iterator<Item = (Part<'t>, &'t str)> {
        let (plain, variables) = if self.has_variables {
            ("", text)
        } else {
            (text, "")
        };
        let plain = (!plain.is_empty()).then_some((Part::Text(plain), plain));
        plain.into_iter().chain(variable::parts(variables))
    }

    /// Whether a wildcard has neither six other characters directly before it nor directly behind it.
    fn has_lonely_wildcard(&self, text: &str) -> bool {
        const ENOUGH: usize = 6;
        // Others in a row up to here, and whether a wildcard still waits for enough of them behind it.
        let (mut run, mut waits) = (0usize, false);
        for (part, source) in self.parts(text) {
            let is_plain = matches!(part, Part::Text(_) | Part::Malformed);
            for character in source.chars() {
                if is_plain && WILDCARDS.contains(&character) {
                    if waits {
                        return true;
                    }
                    waits = run < ENOUGH;
                    run = 0;
                } else {
                    run = run.saturating_add(1);
                    waits &= run < ENOUGH;
                }
            }
        }
        waits
    }

    /// The fifth of at least six parts, split at colons outside of variables; else empty.
    fn account_part<'t>(&self, text: &'t str) -> &'t str {
        let mut colons = [0usize; 5];
        let mut free = colons.iter_mut();
        let mut at = 0usize;
        for (part, source) in self.parts(text) {
            if matches!(part, Part::Text(_) | Part::Malformed) {
                for (place, _) in source.match_indices(':') {
                    if let Some(colon) = free.next() {
                        *colon = at.saturating_add(place);
                    }
                }
            }
            at = at.saturating_add(source.len());
        }
        if free.next().is_some() {
            return "";
        }
        let [_, _, _, fourth, fifth] = colons;
        text.get(fourth.saturating_add(1)..fifth)
            .unwrap_or_default()
    }
}

/// Whether a list holds strings, numbers and booleans of more than one type.
fn is_mixed<'j, 'a: 'j>(elements: impl Iterator<Item = Value<'j, 'a>>) -> bool {
    let mut types = elements.filter_map(|element| match element.kind() {
        Kind::Plain | Kind::Escaped => Some(0),
        Kind::Number => Some(1),
        Kind::Bool => Some(2),
        Kind::Null | Kind::Array | Kind::Object => None,
    });
    match types.next() {
        Some(first) => types.any(|other| other != first),
        None => false,
    }
}

/// The loose check of dates at the IAM API (IAM-074).
fn could_be_date(text: &str) -> bool {
    let permitted = |b: u8| b.is_ascii_digit() || b"TtZz:.+-".contains(&b);
    let all_digits = text.bytes().all(|b| b.is_ascii_digit());
    let fits = || {
        let digits = text.trim_start_matches('0');
        let most = "9223372036854775807";
        (digits.len(), digits) <= (most.len(), most)
    };
    text.bytes().all(permitted)
        && text.bytes().any(|b| b.is_ascii_digit())
        && (!all_digits || fits())
}
