//! The fields of one entry.

use std::str::FromStr;

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use veriam_generators::laws::Law;
use veriam_model::RuleId;
use veriam_reports::{Accepts, Date, KindPattern, LedgerEntry};

use super::LedgerError;

/// Every field, in the order in which people write them.
const NAMES: [&str; 10] = [
    "target", "law", "expected", "observed", "rules", "reason", "link", "expires", "added", "cases",
];

/// Whether a text can be given as a reason; what to do when it cannot.
pub(crate) fn reason_fault(text: &str) -> Option<&'static str> {
    let empty = text.trim().is_empty();
    empty.then_some("the reason is empty; say why the divergence is accepted")
}

/// Whether a text can be given as a link; what to do when it cannot.
pub(crate) fn link_fault(text: &str) -> Option<&'static str> {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let plain = |rest: &str| !rest.is_empty() && !rest.contains(|c: char| c.is_whitespace());
    (!rest.is_some_and(plain)).then_some("not a link; write one that begins with https://")
}

/// The fields of one entry as they were read.
pub(super) struct Fields<'a, 'i> {
    text: &'a str,
    header: usize,
    table: &'a DeTable<'i>,
}

impl<'a, 'i> Fields<'a, 'i> {
    /// The fields below the header at an offset.
    pub(super) fn new(text: &'a str, header: usize, table: &'a DeTable<'i>) -> Self {
        Self {
            text,
            header,
            table,
        }
    }

    pub(super) fn entry(&self, line: usize) -> Result<LedgerEntry, LedgerError> {
        self.names()?;
        let accepts = Accepts {
            target: self.required("target")?,
            law: self.law()?,
            expected: self.pattern("expected")?,
            observed: self.pattern("observed")?,
            rules: self.rules()?,
        };
        Ok(LedgerEntry {
            line,
            accepts,
            reason: self.required("reason")?,
            link: self.link()?,
            expires: self.date("expires")?,
            added: self.date("added")?,
            cases: self.cases()?,
        })
    }

    /// The first unknown name in the text is the one to tell.
    fn names(&self) -> Result<(), LedgerError> {
        let keys = self.table.keys();
        let unknown = keys.filter(|key| !NAMES.contains(&key.get_ref().as_ref()));
        match unknown.min_by_key(|key| key.span().start) {
            None => Ok(()),
            Some(key) => Err(LedgerError::at(
                self.text,
                key.span().start,
                format!(
                    "unknown field `{}`; an entry has {}",
                    key.get_ref(),
                    NAMES.join(", ")
                ),
            )),
        }
    }

    fn get(&self, name: &str) -> Option<&'a Spanned<DeValue<'i>>> {
        self.table.get(name)
    }

    fn fault(&self, value: &Spanned<DeValue<'_>>, message: impl Into<String>) -> LedgerError {
        LedgerError::at(self.text, value.span().start, message)
    }

    fn wrong_type(&self, name: &str, value: &Spanned<DeValue<'_>>, wanted: &str) -> LedgerError {
        let found = value.get_ref().type_str();
        self.fault(
            value,
            format!("`{name}` is of type {found}; write {wanted}"),
        )
    }

    fn string(&self, name: &str, wanted: &str) -> Result<Option<&'a str>, LedgerError> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        match value.get_ref().as_str() {
            Some(text) => Ok(Some(text)),
            None => Err(self.wrong_type(name, value, wanted)),
        }
    }

    fn missing(&self, name: &str) -> LedgerError {
        let message =
            format!("the entry has no `{name}`; it needs target, expected, observed and reason");
        LedgerError::at(self.text, self.header, message)
    }

    fn required(&self, name: &str) -> Result<String, LedgerError> {
        let text = self.string(name, "a text in quotes")?;
        let text = text.ok_or_else(|| self.missing(name))?;
        let fault = match name {
            "reason" => reason_fault(text),
            _ if text.is_empty() => {
                Some("the name is empty; write the target as `veriam run` names it")
            }
            _ => None,
        };
        match (fault, self.get(name)) {
            (Some(fault), Some(value)) => Err(self.fault(value, fault)),
            _ => Ok(text.to_owned()),
        }
    }

    fn pattern(&self, name: &str) -> Result<KindPattern, LedgerError> {
        let wanted = "a reply in quotes, for example \"implicit_deny\"";
        let text = self.string(name, wanted)?;
        let text = text.ok_or_else(|| self.missing(name))?;
        self.parsed(name, text)
    }

    fn parsed<T: FromStr<Err: std::fmt::Display>>(
        &self,
        name: &str,
        text: &str,
    ) -> Result<T, LedgerError> {
        text.parse().map_err(|error: T::Err| {
            let at = self.get(name).map_or(self.header, |v| v.span().start);
            LedgerError::at(self.text, at, format!("`{name}`: {error}"))
        })
    }

    /// A law by its name, which catches misspelt ones.
    fn law(&self) -> Result<Option<String>, LedgerError> {
        let wanted = "the name of a law in quotes, for example \"order\"";
        let Some(text) = self.string("law", wanted)? else {
            return Ok(None);
        };
        let law: Law = self.parsed("law", text)?;
        Ok(Some(law.name().to_owned()))
    }

    fn rules(&self) -> Result<Option<Vec<RuleId>>, LedgerError> {
        let Some(value) = self.get("rules") else {
            return Ok(None);
        };
        let wanted = "a list of rule ids, for example [\"IAM-136\"]";
        let items = value.get_ref().as_array();
        let items = items.ok_or_else(|| self.wrong_type("rules", value, wanted))?;
        let mut rules: Vec<RuleId> = Vec::new();
        for item in items.iter() {
            let text = item.get_ref().as_str();
            let text = text.ok_or_else(|| self.wrong_type("rules", item, wanted))?;
            let rule = text.parse();
            let rule = rule.map_err(|e| self.fault(item, format!("`{text}`: {e}")))?;
            if rules.contains(&rule) {
                let message = format!("{rule} stands twice; remove it once");
                return Err(self.fault(item, message));
            }
            rules.push(rule);
        }
        rules.sort_unstable();
        Ok(Some(rules))
    }

    fn link(&self) -> Result<Option<String>, LedgerError> {
        let text = self.string("link", "a URL in quotes")?;
        match (text.and_then(link_fault), self.get("link")) {
            (Some(fault), Some(value)) => Err(self.fault(value, fault)),
            _ => Ok(text.map(str::to_owned)),
        }
    }

    /// A day, in quotes or without: TOML has days of its own.
    fn date(&self, name: &str) -> Result<Option<Date>, LedgerError> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let wanted = "a day, for example 2027-01-31";
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(day) if day.time.is_none() => day.to_string(),
            DeValue::Datetime(_) => {
                let message = format!("`{name}` has a time of day; write {wanted}");
                return Err(self.fault(value, message));
            }
            _ => return Err(self.wrong_type(name, value, wanted)),
        };
        self.parsed(name, &text).map(Some)
    }

    fn cases(&self) -> Result<Option<u64>, LedgerError> {
        let Some(value) = self.get("cases") else {
            return Ok(None);
        };
        let wanted = "a number of generated cases, for example 100_000";
        let number = value.get_ref().as_integer();
        let number = number.ok_or_else(|| self.wrong_type("cases", value, wanted))?;
        match u64::from_str_radix(number.as_str(), number.radix()) {
            Ok(cases) => Ok(Some(cases)),
            Err(_) => {
                let message = format!("`cases` is no count; write {wanted}");
                Err(self.fault(value, message))
            }
        }
    }
}
