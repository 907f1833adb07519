//! Condition tests with a known answer, built around context keys that they settle on the way.

use std::borrow::Cow;
use std::rc::Rc;

use veriam_model::Verb;
use veriam_model::facts::SYSTEM_IDENTIFIER_KEYS;

use crate::context::{Key, State, other_text};
use crate::draw::{Text, flip_case, join};
use crate::maker::{Feature, Maker, Setting};
use crate::operators::{BASES, Base, FAMILIES, Operator, Order, Set, Test};
use crate::policy::Block;
use crate::values::{self, Kind, Share, Value};

/// Which key an operator tests, and its state.
struct Subject {
    key: &'static Key,
    kind: Kind,
    state: State,
}

impl Maker<'_, '_> {
    /// Adds a test that holds, or one that fails; says whether it could.
    pub(crate) fn add_condition(
        &mut self,
        setting: Setting,
        holds: bool,
        blocks: &mut Vec<Block>,
    ) -> bool {
        let Some(operator) = self.operator(setting) else {
            return false;
        };
        let made = if operator.base.test == Test::Null {
            self.null_test(operator, holds)
        } else {
            self.value_test(setting, operator, holds)
        };
        let Some((operator, key, values)) = made else {
            return false;
        };
        self.push(blocks, operator, key, values)
    }

    /// Adds a test that would hold if the document's version knew variables, which it does not.
    pub(crate) fn add_dead_variable(&mut self, blocks: &mut Vec<Block>) -> bool {
        let base = BASES[self.draw.one(&[0, 2, 4])];
        let operator = Operator {
            base,
            set: None,
            if_exists: false,
        };
        let wanted = |k: &Key| k.kind == Kind::Text && plain_variable_target(k);
        let Some(subject) = self.single_subject(State::Present, wanted) else {
            return false;
        };
        let values = self.settle(&subject);
        let Some(text) = values.first().map(|v| v.text.clone()) else {
            return false;
        };
        let Some(value) = self.variable_hit(&text, subject.key.name) else {
            return false;
        };
        self.push(blocks, operator, subject.key, vec![value])
    }

    fn push(
        &mut self,
        blocks: &mut Vec<Block>,
        operator: Operator,
        key: &'static Key,
        values: Vec<Text>,
    ) -> bool {
        let name = match self.maybe(Feature::KeyCase, 1, 6) {
            true => flip_case(&mut self.draw, key.name).unwrap_or(Cow::Borrowed(key.name)),
            false => Cow::Borrowed(key.name),
        };
        match blocks.iter_mut().find(|b| b.operator == operator) {
            None => blocks.push(Block {
                operator,
                keys: vec![(name, values)],
            }),
            // No key twice under one operator (IAM-020, IAM-022).
            Some(block)
                if block
                    .keys
                    .iter()
                    .any(|(k, _)| k.eq_ignore_ascii_case(&name)) =>
            {
                return false;
            }
            Some(block) => block.keys.push((name, values)),
        }
        true
    }

    fn operator(&mut self, setting: Setting) -> Option<Operator> {
        const WEIGHTS: [usize; 8] = [12, 8, 12, 12, 5, 4, 3, 6];
        let mut weights = WEIGHTS;
        for (family, weight) in weights.iter_mut().enumerate() {
            if !self.features.family(family) {
                *weight = 0;
            }
        }
        if weights.iter().all(|w| *w == 0) {
            return None;
        }
        let (start, end) = FAMILIES[self.draw.weighted(&weights)];
        let mut base = BASES[start + self.draw.below(end - start)];
        if base.test == Test::TextLike && setting.endpoint() && !setting.current {
            // Wildcards in such a policy need six characters beside them and cannot be escaped.
            base = BASES[0];
        }
        let set = match self.maybe(Feature::Sets, 5, 9) {
            true => Some(self.draw.one(&[Set::ForAnyValue, Set::ForAllValues])),
            false => None,
        };
        let if_exists = base.test != Test::Null && self.maybe(Feature::IfExists, 2, 5);
        Some(Operator {
            base,
            set,
            if_exists,
        })
    }

    fn null_test(
        &mut self,
        mut operator: Operator,
        holds: bool,
    ) -> Option<(Operator, &'static Key, Vec<Text>)> {
        let (value, state) = match operator.set {
            None => {
                let value = self.draw.chance(1, 2);
                // `true` asks for an absent key.
                let absent = value == holds;
                let state = match absent {
                    false => State::Present,
                    true if self.draw.chance(1, 8) => State::Empty,
                    true => State::Absent,
                };
                (value, state)
            }
            // The cells of table D14b that are not contested: ForAllValues holds, ForAnyValue does not.
            Some(_) => {
                operator.set = Some(match holds {
                    true => Set::ForAllValues,
                    false => Set::ForAnyValue,
                });
                match self.draw.below(3) {
                    0 => (true, State::Absent),
                    1 => (false, State::Absent),
                    _ => (!holds, State::Present),
                }
            }
        };
        let keys = match operator.set {
            Some(_) => self.keys.many,
            None if state == State::Empty => self.keys.many,
            None if self.draw.chance(1, 4) => self.keys.many,
            None => self.keys.single,
        };
        let start = self.draw.below(keys.len());
        let mut candidates = (0..keys.len()).map(|i| &keys[(start + i) % keys.len()]);
        let (key, kind) = candidates.find_map(|key| {
            let kind = self.context.entry(key).map_or(key.kind, |e| e.kind);
            let fits = self.context.can_be(key, kind, state);
            fits.then_some((key, kind))
        })?;
        self.settle(&Subject { key, kind, state });
        let values = match operator.set.is_none() && holds && self.draw.chance(1, 16) {
            true => vec!["true".into(), "false".into()],
            false => vec![if value { "true" } else { "false" }.into()],
        };
        Some((operator, key, values))
    }

    fn value_test(
        &mut self,
        setting: Setting,
        operator: Operator,
        holds: bool,
    ) -> Option<(Operator, &'static Key, Vec<Text>)> {
        let absent = operator.when_absent() == Some(holds);
        let empty = match operator.set {
            None => false,
            Some(Set::ForAllValues) => holds,
            Some(Set::ForAnyValue) => !holds,
        };
        let weights = [5, if absent { 3 } else { 0 }, usize::from(empty)];
        let state = [State::Present, State::Absent, State::Empty][self.draw.weighted(&weights)];
        let subject = self.subject(operator, state, setting)?;
        let request = self.settle(&subject);
        if operator.when_absent().is_none() {
            // Were the key to go, the answer would be open (IAM-148).
            self.context.pin(subject.key);
        }
        let share = self.share(operator, subject.state, holds, &request)?;
        let values = self.policy_values(setting, operator, subject.key, &request, share);
        Some((operator, subject.key, values))
    }

    /// Adds a test of that key by that operator, if the key is in a state in which the test comes out so.
    pub(crate) fn add_test(
        &mut self,
        setting: Setting,
        operator: Operator,
        key: &'static Key,
        holds: bool,
        blocks: &mut Vec<Block>,
    ) -> bool {
        let state = match self.context.can_be(key, key.kind, State::Present) {
            true => State::Present,
            false => State::Absent,
        };
        let absent = state == State::Absent;
        if !self.context.can_be(key, key.kind, state) {
            return false;
        }
        if operator.base.test == Test::Null {
            let value = if absent == holds { "true" } else { "false" };
            return self.push(blocks, operator, key, vec![value.into()]);
        }
        if absent && operator.when_absent() != Some(holds) {
            return false;
        }
        let kind = key.kind;
        let request = self.settle(&Subject { key, kind, state });
        let Some(share) = self.share(operator, state, holds, &request) else {
            return false;
        };
        let values = self.policy_values(setting, operator, key, &request, share);
        self.push(blocks, operator, key, values)
    }

    /// Adds a test of a key that the call lacks, with a value that suits another key that it has: it is written for that
    /// one. Says whether the test comes out so.
    pub(crate) fn add_mistaken(
        &mut self,
        setting: Setting,
        operator: Operator,
        (tested, meant): (&'static Key, &'static Key),
        holds: bool,
        blocks: &mut Vec<Block>,
    ) -> bool {
        let (kind, state) = (meant.kind, State::Present);
        let fits = self.context.can_be(tested, tested.kind, State::Absent)
            && self.context.can_be(meant, kind, state);
        if !fits || operator.when_absent() != Some(holds) {
            return false;
        }
        let key = meant;
        let request = self.settle(&Subject { key, kind, state });
        let values = self.policy_values(setting, operator, tested, &request, Share::All);
        self.push(blocks, operator, tested, values)
    }

    /// How many of the request values the positive form must match for the test to hold or fail.
    fn share(
        &mut self,
        operator: Operator,
        state: State,
        holds: bool,
        request: &[Value],
    ) -> Option<Share> {
        if matches!(state, State::Absent | State::Empty) {
            return Some(self.draw.one(&[Share::All, Share::None]));
        }
        let several = request.len() > 1;
        // A value passes when it matches, or under a negated operator when it does not.
        let (all, some, none) = match operator.base.negated {
            false => (Share::All, Share::Some, Share::None),
            true => (Share::None, Share::Some, Share::All),
        };
        let wanted = match (operator.set, holds) {
            (None, true) => [all, all],
            (None, false) => [none, none],
            (Some(Set::ForAllValues), true) => [all, all],
            (Some(Set::ForAllValues), false) => [some, none],
            (Some(Set::ForAnyValue), true) => [all, some],
            (Some(Set::ForAnyValue), false) => [none, none],
        };
        let share = self.draw.one(&wanted);
        let share = match share {
            Share::Some if !several => wanted.into_iter().find(|s| *s != Share::Some)?,
            share => share,
        };
        // Both Booleans are in the request: every value matches one of them.
        let every_bool = operator.base.test == Test::Bool && several;
        (!every_bool || share != Share::None).then_some(share)
    }

    fn policy_values(
        &mut self,
        setting: Setting,
        operator: Operator,
        key: &'static Key,
        request: &[Value],
        share: Share,
    ) -> Vec<Text> {
        let spare = self.spare(operator.base, key);
        let stand_in = [spare];
        // Without request values any policy values will do: take those that fit a value of the vocabulary.
        let request = if request.is_empty() {
            &stand_in
        } else {
            request
        };
        if let Test::Order(kind, order) = operator.base.test
            && order != Order::Equal
        {
            let mut list = vec![values::limit(&mut self.draw, kind, order, request, share)];
            if share == Share::All && self.maybe(Feature::Lists, 1, 4) {
                // Several limits are alternatives: a narrower one changes nothing (IAM-162).
                list.push(values::limit(
                    &mut self.draw,
                    kind,
                    order,
                    request,
                    Share::None,
                ));
            }
            return list;
        }
        let matched = match share {
            Share::All => request.len(),
            Share::Some => 1 + self.draw.below(request.len() - 1),
            Share::None => 0,
        };
        let mut list = Vec::with_capacity(2);
        for value in &request[..matched.min(request.len())] {
            // A wildcard might match what is to stay unmatched.
            let wild = share == Share::All;
            list.push(self.matching(setting, operator.base, key, value, wild));
        }
        let decoys = usize::from(self.maybe(Feature::Lists, 1, 3));
        let misses = if list.is_empty() { 1 + decoys } else { decoys };
        for _ in 0..misses {
            if operator.base.test != Test::Bool || list.is_empty() {
                list.push(self.missing(setting, operator.base, key, request));
            }
        }
        if list.len() > 1 && self.draw.chance(1, 2) {
            list.reverse();
        }
        list
    }

    fn matching(
        &mut self,
        setting: Setting,
        base: Base,
        key: &'static Key,
        value: &Value,
        wild: bool,
    ) -> Text {
        let text = &value.text;
        let wild = wild && !(setting.endpoint() && system_made(key));
        match base.test {
            Test::Text { ignore_case } => match self.with_variable(setting, text, key) {
                Some(variable) => variable,
                None => self.equal_text(setting, text, ignore_case),
            },
            Test::TextLike => match self.with_variable(setting, text, key) {
                Some(variable) => variable,
                None => self.like(setting, text, wild),
            },
            Test::Arn => self.arn_value(setting, text, key, wild),
            test if wild => values::hit(&mut self.draw, test.kind(), value),
            test => values::exact(&mut self.draw, test.kind(), value),
        }
    }

    fn missing(
        &mut self,
        setting: Setting,
        base: Base,
        key: &'static Key,
        request: &[Value],
    ) -> Text {
        let other = other_text(&mut self.draw, key, request);
        let only = match request {
            [only] => &only.text,
            // Near misses are made for one value; they might match another.
            _ if !matches!(base.test, Test::Text { .. } | Test::TextLike) => {
                return match base.test {
                    Test::Arn => "arn:aws:sqs:us-east-1:999988887777:none".into(),
                    test => values::miss(&mut self.draw, test.kind(), request),
                };
            }
            _ => return crate::texts::literal(&other, setting, base.test == Test::TextLike),
        };
        let variables = setting.current && self.maybe(Feature::Variables, 2, 5);
        // Whether the values of request and resource tags have letter case is open (IAM-134).
        let tag =
            key.name.starts_with("aws:RequestTag/") || key.name.starts_with("aws:ResourceTag/");
        match base.test {
            Test::Text { .. } | Test::TextLike if variables => {
                match self.variable_miss(only, key.name) {
                    Some(variable) => variable,
                    None => other,
                }
            }
            Test::Text { ignore_case } => {
                self.unequal_text(setting, only, other, !ignore_case && !tag)
            }
            Test::TextLike => self.unlike(setting, only, other, !tag),
            Test::Arn => self.arn_other_value(setting, only, key, base.negated),
            test => values::miss(&mut self.draw, test.kind(), request),
        }
    }

    /// The text as a variable, or as a plain start and a variable.
    fn with_variable(&mut self, setting: Setting, text: &str, key: &'static Key) -> Option<Text> {
        if !setting.current || !self.maybe(Feature::Variables, 1, 2) {
            return None;
        }
        let at = match text.rfind(['/', '-', ':']) {
            Some(at) if self.draw.chance(1, 3) => at + 1,
            _ => 0,
        };
        let variable = self.variable_hit(&text[at..], key.name)?;
        Some(join(&[
            &crate::texts::literal(&text[..at], setting, true),
            &variable,
        ]))
    }

    /// A value of the operator's kind for a key that has none in the request.
    fn spare(&mut self, base: Base, key: &'static Key) -> Value {
        match base.test.kind() {
            Kind::Text => Value::text(other_text(&mut self.draw, key, &[])),
            Kind::Arn => Value::text("arn:aws:iam::111122223333:role/app"),
            kind => values::request(&mut self.draw, kind),
        }
    }

    fn settle(&mut self, subject: &Subject) -> Rc<Vec<Value>> {
        let (draw, parties, context) = self.split();
        context.settle(draw, parties, subject.key, subject.kind, subject.state)
    }

    fn subject(&mut self, operator: Operator, state: State, setting: Setting) -> Option<Subject> {
        let kind = operator.base.test.kind();
        if operator.set.is_some() && (state == State::Empty || self.draw.chance(3, 5)) {
            let text = kind == Kind::Text;
            let many = self.keys.many;
            let start = if text {
                self.draw.below(many.len())
            } else {
                many.len() - 1
            };
            let mut keys = (0..many.len()).map(|i| &many[(start + i) % many.len()]);
            // Values that are no text stand in dynamodb:LeadingKeys only.
            let fits = |key: &&Key| {
                (text || key.name == "dynamodb:LeadingKeys")
                    && self.context.can_be(key, kind, state)
            };
            if let Some(key) = keys.find(fits) {
                return Some(Subject { key, kind, state });
            }
            if state == State::Empty {
                return None;
            }
        }
        let state = match (operator.set, operator.base.test, state) {
            // An empty text is fine where it is compared as any other (IAM-158).
            (None, Test::Text { .. } | Test::TextLike, State::Present) => State::PresentOrEmptyText,
            (_, _, state) => state,
        };
        // Now and then text operators test an ARN or an address as text (IAM-187, IAM-193).
        let texts = kind == Kind::Text && self.draw.chance(1, 8);
        let numbers_as_dates = kind == Kind::Date && self.draw.chance(1, 4);
        let endpoint_numeric = setting.endpoint() && kind == Kind::Number;
        let wanted = |key: &Key| {
            if endpoint_numeric && system_made(key) {
                return false;
            }
            if texts {
                return matches!(key.kind, Kind::Arn | Kind::Ip);
            }
            if numbers_as_dates {
                return key.name == "aws:EpochTime";
            }
            key.kind == kind
        };
        self.single_subject(state, wanted)
    }

    fn single_subject(&mut self, state: State, wanted: impl Fn(&Key) -> bool) -> Option<Subject> {
        // Keys of one kind stand together: begin at a random one of the right kind.
        let single = self.keys.single;
        let first = single.iter().position(&wanted)?;
        let count = single
            .iter()
            .filter(|k| k.kind == single[first].kind)
            .count();
        let mut start = first + self.draw.below(count);
        // Of the keys of calls many are absent: the one behind them is not to be the most frequent.
        for _ in 0..2 {
            let key = &single[start % single.len()];
            if self.context.facts.is_none() || self.context.can_be(key, key.kind, state) {
                break;
            }
            start = first + self.draw.below(count);
        }
        let mut keys = (0..single.len()).map(|i| &single[(start + i) % single.len()]);
        let key = keys.find(|k| wanted(k) && self.context.can_be(k, k.kind, state))?;
        Some(Subject {
            key,
            kind: key.kind,
            state,
        })
    }

    /// How many tests a statement gets: usually none to two, three at most.
    pub(crate) fn condition_count(&mut self, setting: Setting) -> usize {
        if !self.on(Feature::Conditions) || setting.bare_allow() {
            return 0;
        }
        match setting.effect {
            Verb::Allow => self.draw.weighted(&[4, 5, 3, 1]),
            Verb::Deny => self.draw.weighted(&[2, 5, 3, 1]),
        }
    }
}

/// Keys whose values read like names, so that a variable can stand for them.
fn plain_variable_target(key: &Key) -> bool {
    key.name.contains("Tag/") || key.name.ends_with("username") || key.name.ends_with("OrgID")
}

/// Keys with identifiers that AWS assigns, which endpoint policies name in full (IAM-030).
fn system_made(key: &Key) -> bool {
    SYSTEM_IDENTIFIER_KEYS
        .iter()
        .any(|name| name.eq_ignore_ascii_case(key.name))
}
