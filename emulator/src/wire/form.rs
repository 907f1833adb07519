//! Forms: how the query protocol writes its parameters.

use std::collections::BTreeMap;
use std::fmt;

use super::Fault;
use crate::auth::sigv4::decode;

/// The parameters of a request in the query protocol.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Form(BTreeMap<String, String>);

impl fmt::Debug for Form {
    /// The names only: values can be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// The most entries of a list that are read.
const MOST: usize = 200;
/// The most parameters of a request. It is read before anybody is known to have signed it.
const PARAMETERS: usize = 2_000;

impl Form {
    /// Reads a body of type `application/x-www-form-urlencoded`.
    ///
    /// # Errors
    /// `MalformedInput` when it is no such body, gives a parameter twice, or has more than 2,000.
    pub fn read(body: &[u8]) -> Result<Self, Fault> {
        let malformed = |why: &str| Fault::new(400, "MalformedInput", why);
        let Ok(text) = std::str::from_utf8(body) else {
            return Err(malformed("The body is not UTF-8."));
        };
        let mut form = BTreeMap::new();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let read = |part: &str| decode(&part.replace('+', " "));
            let (Some(name), Some(value)) = (read(name), read(value)) else {
                return Err(malformed("The body is not percent-encoded UTF-8."));
            };
            if form.insert(name, value).is_some() {
                return Err(malformed("A parameter is given twice."));
            }
            if form.len() > PARAMETERS {
                return Err(malformed("There are too many parameters."));
            }
        }
        Ok(Self(form))
    }

    /// A parameter.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A parameter that has to be there.
    ///
    /// # Errors
    /// `ValidationError`, as IAM and STS answer it.
    pub fn need(&self, name: &str) -> Result<&str, Fault> {
        self.get(name).filter(|value| !value.is_empty()).ok_or_else(|| {
            let mut member = name.to_owned();
            if let Some(first) = member.get_mut(..1) {
                first.make_ascii_lowercase();
            }
            let message = format!(
                "1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be null"
            );
            Fault::new(400, "ValidationError", message)
        })
    }

    /// The entries of a list of structures: for `Tags.member.1.Key` the pairs of `Key` and `Value`, in order.
    ///
    /// # Errors
    /// `ValidationError` when an entry lacks one of them, or there are too many.
    pub fn pairs(
        &self,
        list: &str,
        name: &str,
        value: &str,
    ) -> Result<Vec<(String, String)>, Fault> {
        let mut pairs = Vec::new();
        for n in 1..=MOST + 1 {
            let of = |member: &str| self.get(&format!("{list}.member.{n}.{member}"));
            match (of(name), of(value)) {
                (None, None) => return Ok(pairs),
                (Some(name), Some(value)) => pairs.push((name.to_owned(), value.to_owned())),
                _ => {
                    let message = format!("Entry {n} of {list} needs {name} and {value}.");
                    return Err(Fault::new(400, "ValidationError", message));
                }
            }
        }
        Err(Fault::new(
            400,
            "ValidationError",
            format!("{list} has more than {MOST} entries."),
        ))
    }

    /// The entries of a list of texts: `TagKeys.member.1`, in order; `suffix` is what stands behind the number.
    #[must_use]
    pub fn list(&self, list: &str, suffix: &str) -> Vec<String> {
        let entries = (1..=MOST).map_while(|n| self.get(&format!("{list}.member.{n}{suffix}")));
        entries.map(str::to_owned).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Form;

    #[test]
    fn forms_are_read_as_clients_write_them() {
        let form = Form::read(
            b"Action=TagUser&Tags.member.1.Key=a+b&Tags.member.1.Value=%C3%A9%2B&Tags.member.2.Key=c&Tags.member.2.Value=",
        )
        .unwrap();
        assert_eq!(form.get("Action"), Some("TagUser"));
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            form.pairs("Tags", "Key", "Value").unwrap(),
            [pair("a b", "\u{e9}+"), pair("c", "")]
        );
        assert_eq!(form.list("Tags", ".Key"), ["a b", "c"]);
        let fault = form.need("UserName").unwrap_err();
        assert_eq!(fault.code, "ValidationError");
        assert!(
            fault.message.contains("Value null at 'userName'"),
            "{}",
            fault.message
        );
    }

    #[test]
    fn what_is_no_form_is_refused() {
        for body in [&b"a=1&a=2"[..], b"a=%4", b"a=%FF", b"\xff"] {
            assert_eq!(Form::read(body).unwrap_err().code, "MalformedInput");
        }
        let many = |count: usize| (0..count).map(|n| format!("p{n}=&")).collect::<String>();
        assert!(Form::read(many(2_000).as_bytes()).is_ok());
        let fault = Form::read(many(2_001).as_bytes()).unwrap_err();
        assert_eq!(fault.message, "There are too many parameters.");
    }
}
