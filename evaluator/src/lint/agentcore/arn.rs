//! ARNs that can name nothing, and why.

use std::ops::Range;

use crate::arn::Arn;
use crate::json::{Kind, Value};
use crate::variable;

use super::kinds;
use super::known::{self, Types, resource_types};
use super::statement::{PREFIX, Reach, language};
use super::{Agentcore, Found};

/// How many colons of an ARN are looked at: those of its parts and some too many.
const MOST_COLONS: usize = 12;

/// How many segments behind the account are looked at: no type has more.
const MOST_SEGMENTS: usize = 6;

/// An ARN's parts with their places in its text.
#[derive(Clone)]
struct Parts<'t> {
    text: &'t str,
    /// Where the service, region, account and the rest stand.
    service: Range<usize>,
    region: Range<usize>,
    account: Range<usize>,
    rest: Range<usize>,
    /// The colon too many, with the one before it.
    extra: Option<Range<usize>>,
}

impl<'t> Parts<'t> {
    /// Finds the parts. Where they make no sense and leaving out an empty one mends that, it is left out.
    fn of(text: &'t str, makes_sense: impl Fn(&str, &str) -> bool) -> Option<Self> {
        let colons = text.match_indices(':').map(|(at, _)| at);
        let mut all = Vec::new();
        let mut start = 0;
        for colon in colons.take(MOST_COLONS) {
            all.push(start..colon);
            start = colon.saturating_add(1);
        }
        all.push(start..text.len());
        let fits = |parts: &Self| makes_sense(parts.get(&parts.service), parts.get(&parts.rest));
        let plain = Self::at(text, &all, None)?;
        if fits(&plain) {
            return Some(plain);
        }
        for (place, part) in all.iter().enumerate() {
            if !part.is_empty() {
                continue;
            }
            let mut fewer = all.clone();
            fewer.remove(place);
            if let Some(mended) = Self::at(text, &fewer, Some(around(part)))
                && fits(&mended)
            {
                return Some(mended);
            }
        }
        Some(plain)
    }

    fn at(text: &'t str, parts: &[Range<usize>], extra: Option<Range<usize>>) -> Option<Self> {
        let [_, _, service, region, account, rest, ..] = parts else {
            return None;
        };
        Some(Parts {
            text,
            service: service.clone(),
            region: region.clone(),
            account: account.clone(),
            rest: rest.start..text.len(),
            extra,
        })
    }

    fn own(&self, types: Types) -> Reach {
        let partition = self.text.split(':').nth(1).unwrap_or_default();
        let rest = self.get(&self.rest);
        let (region, account) = (self.get(&self.region), self.get(&self.account));
        Reach::Own {
            types,
            arn: format!("arn:{partition}:{PREFIX}:{region}:{account}:{rest}"),
            rest: rest.to_owned(),
        }
    }

    fn get(&self, part: &Range<usize>) -> &'t str {
        self.text.get(part.clone()).unwrap_or_default()
    }
}

impl Agentcore<'_, '_> {
    /// Reads an entry of Resource and tells why it can name nothing.
    pub(super) fn resource(&mut self, value: Value<'_, '_>) -> Reach {
        let text = value.string().unwrap_or_default();
        self.arn(value, &text)
    }

    /// Reads the ARN of AgentCore in a condition; a wildcard for everything is no type.
    pub(super) fn source_arn(&mut self, value: Value<'_, '_>, text: &str) {
        self.arn(value, text);
    }

    /// Reads the ARN of a resource.
    fn arn(&mut self, value: Value<'_, '_>, text: &str) -> Reach {
        if text == "*" {
            return Reach::Everything;
        }
        let has_variables = self.has_variables();
        let is_own = |service: &str, rest: &str| {
            service == PREFIX && !known::types_of(rest, has_variables).is_empty()
        };
        let Some(parts) = Parts::of(text, is_own) else {
            // A `*` at the end runs over the parts that are missing.
            let service = text.split(':').nth(2).unwrap_or("*");
            let is_open = text.ends_with('*') && (service == PREFIX || service.contains('*'));
            return if is_open {
                Reach::Everything
            } else {
                Reach::Foreign
            };
        };
        let service = parts.get(&parts.service);
        if service.contains(['*', '?']) {
            return Reach::Everything;
        }
        // `arn:aws::bedrock-agentcore:…` with an unknown type, too.
        let parts = match parts.get(&parts.region) {
            PREFIX if service.is_empty() && parts.extra.is_none() => {
                Parts::of(text, |service, _| service == PREFIX).unwrap_or(parts)
            }
            _ => parts,
        };
        if parts.get(&parts.service) != PREFIX {
            return Reach::Foreign;
        }
        if let Some(extra) = &parts.extra {
            let place = inside(value, extra.clone());
            self.found(Found::at(&kinds::EXTRA_SEGMENT, place));
        }
        self.own(value, &parts)
    }

    fn own(&mut self, value: Value<'_, '_>, parts: &Parts<'_>) -> Reach {
        let (region, account) = (parts.get(&parts.region), parts.get(&parts.account));
        let rest = parts.get(&parts.rest);
        let types = known::types_of(rest, self.has_variables());
        let of_owner = |customers: bool| {
            let owned = types.each().filter(|t| t.is_customers() == customers);
            owned.count() > 0
        };
        let (is_customers, is_aws) = (of_owner(true), of_owner(false));
        if types.is_empty() {
            self.unknown_type(value, parts);
            return Reach::Unclear;
        }
        // AC-016: evaluators that come with the service have neither region nor account.
        let comes_with_it = ["evaluator/Builtin.", "evaluator/ThirdParty."];
        let is_nobodys = region.is_empty() && account.is_empty();
        let is_builtin = comes_with_it.iter().any(|start| rest.starts_with(start))
            || (is_nobodys && rest.starts_with("evaluator/") && rest.contains('*'));
        if is_builtin {
            return parts.own(types);
        }
        if region.is_empty() {
            self.found(Found::at(
                &kinds::EMPTY_REGION,
                inside(value, around(&parts.region)),
            ));
        }
        let mut blanks = Blanks::default();
        blanks.look(parts, &parts.region);
        let web_search = Types::named(&["web-search"]);
        match account {
            "" => {
                let place = inside(value, around(&parts.account));
                self.found(Found::at(&kinds::EMPTY_ACCOUNT, place));
            }
            "aws" if !is_aws && !types.meets(web_search) => {
                let place = inside(value, parts.account.clone());
                self.found(Found::at(&kinds::AWS_ACCOUNT, place));
            }
            "aws" => {}
            _ if account.contains(['*', '?']) || variable::has_variable(account) => {}
            _ => {
                if !blanks.look(parts, &parts.account) && !is_account(account) {
                    let place = inside(value, parts.account.clone());
                    self.found(Found::at(&kinds::ACCOUNT, place));
                }
                if !is_customers {
                    let word = rest.find('/').unwrap_or(rest.len());
                    let behind = parts.rest.start.saturating_add(word);
                    let place = inside(value, parts.rest.start..behind);
                    self.found(Found::at(&kinds::TOOL_OWNER, place));
                }
            }
        }
        self.ids(value, parts, types, &mut blanks);
        if let Some(first) = blanks.places.first() {
            let names = blanks.places.iter().map(|place| parts.get(place));
            let said = format!("still to be filled in: {}", known::joined(names, "and"));
            let place = inside(value, first.clone());
            self.found(Found::at(&kinds::PLACEHOLDER, place).said(said));
        }
        parts.own(types)
    }

    /// Ids that the API cannot give, or that are still to be filled in.
    fn ids(&mut self, value: Value<'_, '_>, parts: &Parts<'_>, types: Types, blanks: &mut Blanks) {
        let rest = parts.get(&parts.rest);
        let of = language(rest, self.has_variables());
        if types.each().any(|t| t.is_id(&of)) {
            return;
        }
        // The segments that are ids are the second and the fourth.
        let segments: Vec<&str> = rest.split('/').collect();
        let is_possible = |place: usize| {
            let alone = segments.iter().enumerate().map(|(other, segment)| {
                let is_other = other % 2 == 1 && other != place;
                if is_other { "*" } else { segment }
            });
            let alone = alone.collect::<Vec<_>>().join("/");
            let of = language(&alone, self.has_variables());
            types.each().any(|t| t.is_id(&of))
        };
        let mut at = parts.rest.start;
        let mut wrong = None;
        for (place, segment) in segments.iter().enumerate().take(MOST_SEGMENTS) {
            let here = at..at.saturating_add(segment.len());
            at = here.end.saturating_add(1);
            let is_id = place % 2 == 1 && !segment.is_empty();
            if is_id && !is_possible(place) && !blanks.look(parts, &here) {
                let is_literal = !segment.contains(['*', '?', '$', '{', '}']);
                wrong = wrong.or(is_literal.then_some(here));
            }
        }
        if !blanks.in_rest(&parts.rest)
            && let Some(wrong) = wrong
        {
            let example = types.each().next().map(|t| example(&t.facts.name));
            let mut found = Found::at(&kinds::IMPOSSIBLE_ID, inside(value, wrong));
            if let Some(example) = example.filter(|text| !text.is_empty()) {
                found = found.remedy(format!(
                    "write the id as the API tells it, not the name, for example {example}"
                ));
            }
            self.found(found);
        }
    }

    /// A form that no type has: say which is meant.
    fn unknown_type(&mut self, value: Value<'_, '_>, parts: &Parts<'_>) {
        let rest = parts.get(&parts.rest);
        let mut at = parts.rest.start;
        let mut segments = Vec::new();
        for segment in rest.split('/') {
            let here = at..at.saturating_add(segment.len());
            at = here.end.saturating_add(1);
            segments.push((segment, here));
        }
        let third = segments
            .get(2)
            .map(|(segment, here)| (*segment, here.clone()));
        if let Some(("endpoint", here)) = &third
            && rest.starts_with("runtime/")
        {
            return self.found(Found::at(
                &kinds::ENDPOINT_SEGMENT,
                inside(value, here.clone()),
            ));
        }
        if let Some((segment @ ("api-key" | "oauth2-credential-provider"), here)) = &third
            && rest.starts_with("token-vault/")
        {
            let right = if *segment == "api-key" {
                "apikeycredentialprovider"
            } else {
                "oauth2credentialprovider"
            };
            let found = Found::at(&kinds::PROVIDER_SEGMENT, inside(value, here.clone()));
            return self.found(found.remedy(format!("write {right}")));
        }
        let words: Vec<&str> = segments.iter().step_by(2).map(|(s, _)| *s).collect();
        let forms: Vec<(String, &str)> = resource_types()
            .iter()
            .map(|t| (words_of(&t.facts.path), t.facts.path.as_str()))
            .collect();
        let near = self.nearest(
            &words.join("/"),
            forms.iter().map(|(words, _)| words.as_str()),
        );
        let form = near.and_then(|near| forms.iter().find(|(words, _)| words == near));
        let mut found = Found::at(&kinds::UNKNOWN_TYPE, inside(value, parts.rest.clone()));
        if let Some((_, path)) = form {
            found = found.remedy(format!("write {path}, if that is meant"));
        }
        self.found(found);
    }
}

/// The fixed words of a path.
fn words_of(path: &str) -> String {
    let words: Vec<&str> = path.split('/').step_by(2).collect();
    words.join("/")
}

/// Parts that are still to be filled in.
#[derive(Default)]
struct Blanks {
    places: Vec<Range<usize>>,
}

impl Blanks {
    /// Notes a part if it is one.
    fn look(&mut self, parts: &Parts<'_>, place: &Range<usize>) -> bool {
        let is = is_blank(parts.get(place));
        if is {
            self.places.push(place.clone());
        }
        is
    }

    fn in_rest(&self, rest: &Range<usize>) -> bool {
        self.places.iter().any(|place| place.start >= rest.start)
    }
}

/// Whether a text stands for what its reader has to write: `ACCOUNT_ID`, `<region>`, `my-gateway`.
pub(super) fn is_blank(text: &str) -> bool {
    let is_capital = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    let capitals = text.bytes().filter(u8::is_ascii_uppercase).count();
    let lower = text.to_ascii_lowercase();
    let named = ["region", "account", "account-id", "account_id", "accountid"];
    (capitals >= 2 && text.bytes().all(is_capital))
        || text.contains(['<', '>'])
        || (text.len() >= 3 && lower.bytes().all(|b| b == b'x'))
        || (!lower.contains(|c: char| c.is_ascii_digit())
            && ["my-", "my_", "your-", "your_"]
                .iter()
                .any(|start| lower.starts_with(start)))
        || named.contains(&lower.as_str())
}

/// Twelve digits.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// An id the API could give, behind its type.
fn example(name: &str) -> &'static str {
    match name {
        "runtime" => "runtime/my_agent-AbCdEf0123",
        "runtime-endpoint" => "runtime/my_agent-AbCdEf0123/runtime-endpoint/DEFAULT",
        "gateway" => "gateway/my-gateway-abcdef0123",
        "memory" => "memory/my_memory-AbCdEf0123",
        "browser" => "browser/aws.browser.v1",
        "browser-custom" => "browser-custom/my_browser-AbCdEf0123",
        "code-interpreter" => "code-interpreter/aws.codeinterpreter.v1",
        "code-interpreter-custom" => "code-interpreter-custom/my_interpreter-AbCdEf0123",
        _ => "",
    }
}

/// A place in a string's text as a place in the document; the whole string if it has escapes.
pub(super) fn inside(value: Value<'_, '_>, place: Range<usize>) -> Range<usize> {
    let span = value.span();
    if value.kind() != Kind::Plain {
        return span;
    }
    let first = span.start.saturating_add(1);
    first.saturating_add(place.start)..first.saturating_add(place.end)
}

/// An empty part with the colons around it.
fn around(place: &Range<usize>) -> Range<usize> {
    place.start.saturating_sub(1)..place.end.saturating_add(1)
}

/// The types an ARN without faults can be of.
pub(super) fn types_of(arn: &str) -> Types {
    let Some(parts) = Arn::parse(arn).filter(|arn| arn.service() == PREFIX) else {
        return Types::NONE;
    };
    known::types_of(parts.rest(), false)
}
