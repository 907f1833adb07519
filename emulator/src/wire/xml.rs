//! XML, as answers of the query protocol need it.

use super::Fault;

/// A text with everything escaped that means something in XML; what cannot stand in XML at all becomes `U+FFFD`.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#xD;"),
            '\n' | '\t' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'.. => out.push(c),
            _ => out.push('\u{fffd}'),
        }
    }
    out
}

/// `<name>text</name>`, the text escaped.
#[must_use]
pub fn leaf(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>", escape(text))
}

/// `<name>inner</name>`, what is inside taken as XML.
#[must_use]
pub fn node(name: &str, inner: &str) -> String {
    format!("<{name}>{inner}</{name}>")
}

/// The answer to an action; `result` is the XML inside its result, none where the action has none.
#[must_use]
pub fn response(namespace: &str, action: &str, result: Option<&str>, request_id: &str) -> String {
    let result = result.map_or_else(String::new, |result| {
        node(&format!("{action}Result"), result)
    });
    let metadata = node("ResponseMetadata", &leaf("RequestId", request_id));
    format!("<{action}Response xmlns=\"{namespace}\">{result}{metadata}</{action}Response>")
}

/// An error.
#[must_use]
pub fn error(fault: &Fault, request_id: &str) -> String {
    let who = if fault.status < 500 {
        "Sender"
    } else {
        "Receiver"
    };
    let inner = [
        leaf("Type", who),
        leaf("Code", &fault.code),
        leaf("Message", &fault.message),
    ]
    .concat();
    let id = leaf("RequestId", request_id);
    format!(
        "<ErrorResponse>{}{id}</ErrorResponse>",
        node("Error", &inner)
    )
}

#[cfg(test)]
mod tests {
    use super::{error, escape, response};
    use crate::wire::Fault;

    #[test]
    fn nothing_of_a_text_becomes_markup() {
        assert_eq!(
            escape("<a b=\"&\">\u{0}\r\n\u{fffe}"),
            "&lt;a b=&quot;&amp;&quot;&gt;\u{fffd}&#xD;\n\u{fffd}"
        );
    }

    #[test]
    fn answers_have_the_form_clients_read() {
        assert_eq!(
            response("urn:x", "GetUser", Some("<User/>"), "1"),
            "<GetUserResponse xmlns=\"urn:x\"><GetUserResult><User/></GetUserResult><ResponseMetadata>\
             <RequestId>1</RequestId></ResponseMetadata></GetUserResponse>"
        );
        let fault = Fault::new(404, "NoSuchEntity", "no <such> user");
        assert_eq!(
            error(&fault, "1"),
            "<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>no &lt;such&gt; user\
             </Message></Error><RequestId>1</RequestId></ErrorResponse>"
        );
    }
}
