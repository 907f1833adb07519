//! Shorter names: each is replaced by a short one wherever it occurs as a whole, in all parts of the case at once.

use veriam_model::PolicyText;

use super::documents;
use super::search::{Search, Subject};
use super::tree::Node;

/// AWS's documentation accounts, in the order in which they replace others.
const ACCOUNTS: [&str; 5] = [
    "111122223333",
    "444455556666",
    "555555555555",
    "999988887777",
    "123456789012",
];

/// Words of ARNs and callers that are no names.
const WORDS: [&str; 33] = [
    "arn",
    "aws",
    "root",
    "user",
    "role",
    "group",
    "assumed-role",
    "federated-user",
    "saml-provider",
    "oidc-provider",
    "table",
    "key",
    "runtime",
    "runtime-endpoint",
    "gateway",
    "memory",
    "harness",
    "harness-endpoint",
    "browser",
    "browser-custom",
    "aws.browser.v1",
    "code-interpreter",
    "code-interpreter-custom",
    "aws.codeinterpreter.v1",
    "workload-identity-directory",
    "workload-identity",
    "token-vault",
    "default",
    "apikeycredentialprovider",
    "oauth2credentialprovider",
    "paymentcredentialprovider",
    "anonymous",
    "jwt",
];

/// Replaces names, one after the other.
pub(super) fn shorten<S: Subject>(search: &mut Search<'_, S>) {
    for name in names(&mut search.best) {
        let account = is_account(&name);
        let used = search.size.1.clone();
        let letters = ('a'..='z').map(String::from);
        let accounts = ACCOUNTS.iter().map(|a| (*a).to_owned());
        let mut free: Box<dyn Iterator<Item = String>> = match account {
            true => Box::new(accounts.filter(|a| !has_token(&used, a))),
            false => Box::new(letters.filter(|l| !has_token(&used, l))),
        };
        if let Some(short) = free.next() {
            search.change(|subject| substitute(subject, &name, &short));
        }
    }
}

/// The names of the subject: of callers, resources and accounts, and words in context values.
fn names<S: Subject>(subject: &mut S) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    subject.each_text(&mut |text| {
        // Of an ARN only the account and the sixth part hold names.
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let texts = match parts[..] {
            ["arn", _, _, _, account, rest] => [account, rest],
            _ => ["", text],
        };
        for token in texts.iter().flat_map(|t| t.split(|c| !in_token(c))) {
            let known = names.iter().any(|n| n == token) || WORDS.contains(&token);
            if token.len() > 1 && !known {
                names.push(token.to_owned());
            }
        }
    });
    names
}

/// Puts `short` wherever `name` stands as a whole.
pub(super) fn substitute<S: Subject>(subject: &mut S, name: &str, short: &str) {
    subject.each_text(&mut |text| *text = replace_tokens(text, name, short));
    for slot in subject.slots() {
        let node = subject.policy(slot).and_then(|p| Node::read(p.as_str()));
        if let Some(mut node) = node {
            node.for_each_scalar(&mut |source| *source = replace_tokens(source, name, short));
            documents::put(subject, slot, PolicyText::new(node.write()));
        }
    }
}

fn is_account(token: &str) -> bool {
    token.len() == 12 && token.bytes().all(|b| b.is_ascii_digit())
}

fn in_token(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '.')
}

fn has_token(text: &str, token: &str) -> bool {
    text.split(|c| !in_token(c)).any(|t| t == token)
}

/// The text with every whole token `name` replaced.
fn replace_tokens(text: &str, name: &str, short: &str) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(name) {
        let end = at + name.len();
        let before = rest[..at]
            .chars()
            .next_back()
            .or(replaced.chars().next_back());
        let whole = !before.is_some_and(in_token) && !rest[end..].starts_with(in_token);
        replaced.push_str(&rest[..at]);
        replaced.push_str(if whole { short } else { name });
        rest = &rest[end..];
    }
    replaced.push_str(rest);
    replaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_tokens_are_replaced() {
        let cases = [
            ("user/alice", "user/a"),
            ("alice", "a"),
            ("alice-2/alice", "alice-2/a"),
            ("malice/alice.x", "malice/alice.x"),
            ("alice:alice/\"alice\"", "a:a/\"a\""),
            ("alicealice", "alicealice"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(replace_tokens(text, "alice", "a"), expected);
        }
    }
}
