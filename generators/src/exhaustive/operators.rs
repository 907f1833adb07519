//! Every condition operator against the values at its edges.
//!
//! A check holds one identity policy of one statement with one condition, and the request's values for its key. All
//! combinations of
//!
//! - the operator: a base of a family, with or without `IfExists`, alone or behind one of two set prefixes. `Null`
//!   takes no `IfExists` (IAM-047): 6 spellings of every other base, 3 of `Null`;
//! - the key: `app:Key`, single-valued as far as anybody knows, and `aws:TagKeys`, which is multivalued;
//! - the effect;
//! - the policy's list of values, of which a family has *p*;
//! - the request's values: the key absent, or any list of up to two of the *v* values of the family, the same one
//!   twice and both orders included: *r* = 1 + 1 + *v* + *v*². So of two values both, the first, the second or none
//!   match.
//!
//! | family | spellings | *p* | *v* | *r* | spellings · *p* · *r* |
//! |---|---|---|---|---|---|
//! | String | 6 · 6 = 36 | 7 | 7 | 58 | 14,616 |
//! | Arn | 4 · 6 = 24 | 7 | 7 | 58 | 9,744 |
//! | Numeric | 6 · 6 = 36 | 5 | 6 | 44 | 7,920 |
//! | Date | 6 · 6 = 36 | 5 | 6 | 44 | 7,920 |
//! | IP | 2 · 6 = 12 | 8 | 8 | 74 | 7,104 |
//! | Bool | 1 · 6 = 6 | 5 | 4 | 22 | 660 |
//! | Binary | 1 · 6 = 6 | 4 | 5 | 32 | 768 |
//! | Null | 1 · 3 = 3 | 5 | 3 | 14 | 210 |
//! | | | | | | 48,942 |
//!
//! 48,942 · 2 keys · 2 effects = **195,768**.
//!
//! What the documentation leaves open here is registered: IAM-141, IAM-142, IAM-147, IAM-148, IAM-151, IAM-163, IAM-167,
//! IAM-170, IAM-173, IAM-176, IAM-180, IAM-181, IAM-186.

use veriam_model::{Check, PolicyText, Principal, Resource};

use super::HOME;

/// How many checks [`operators`] yields; the module's table derives it.
pub const OPERATORS_SIZE: usize = 195_768;

/// Every operator against every edge of its family, in a fixed order; ids are `o-0`, `o-1`, …
pub fn operators() -> impl Iterator<Item = Check> {
    FAMILIES
        .iter()
        .flat_map(checks)
        .enumerate()
        .map(|(at, mut check)| {
            check.id = Some(format!("o-{at}"));
            check
        })
}

/// Operators that compare the same kind of value.
struct Family {
    bases: &'static [&'static str],
    suffixes: &'static [&'static str],
    /// The lists of values a policy states, as JSON.
    policies: &'static [&'static str],
    /// The values a request may hold.
    values: &'static [&'static str],
}

const PREFIXES: [&str; 3] = ["", "ForAllValues:", "ForAnyValue:"];
const SUFFIXES: &[&str] = &["", "IfExists"];
const KEYS: [&str; 2] = ["app:Key", "aws:TagKeys"];
const EFFECTS: [&str; 2] = ["Allow", "Deny"];

const FAMILIES: [Family; 8] = [
    Family {
        bases: &[
            "StringEquals",
            "StringNotEquals",
            "StringEqualsIgnoreCase",
            "StringNotEqualsIgnoreCase",
            "StringLike",
            "StringNotLike",
        ],
        suffixes: SUFFIXES,
        policies: &[
            r#""Alpha/b""#,
            r#""Alpha/*""#,
            r#""Alpha/?""#,
            r#""Alpha/${*}""#,
            r#""""#,
            r#"["Alpha/b","zulu"]"#,
            "[]",
        ],
        // Equal, in other case, too short for `?`, too long for it, a wildcard as text, equal to the other, empty.
        values: &[
            "Alpha/b", "alpha/B", "Alpha/", "Alpha/bc", "Alpha/*", "zulu", "",
        ],
    },
    Family {
        bases: &["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"],
        suffixes: SUFFIXES,
        policies: &[
            r#""arn:aws:iam::111122223333:role/app/x""#,
            // A wildcard within a part, one for a whole part, two of which one would have to run over a colon, no ARN.
            r#""arn:aws:iam::111122223333:role/app/?""#,
            r#""arn:aws:iam::*:role/app/*""#,
            r#""arn:aws:*:*:role/app/x:y""#,
            r#""arn:aws:*:role/app/x""#,
            r#""*""#,
            r#"["arn:aws:iam::111122223333:role/app/x","arn:aws:iam::444455556666:role/*"]"#,
        ],
        // Equal; in other case; another account, region; a colon in the last part, and one part too few; no ARN.
        values: &[
            "arn:aws:iam::111122223333:role/app/x",
            "arn:aws:iam::111122223333:Role/app/x",
            "arn:aws:iam::444455556666:role/app/x",
            "arn:aws:iam:us-east-1:111122223333:role/app/x",
            "arn:aws:iam::111122223333:role/app/x:y",
            "arn:aws:iam::111122223333",
            "app/x",
        ],
    },
    Family {
        bases: &[
            "NumericEquals",
            "NumericNotEquals",
            "NumericLessThan",
            "NumericLessThanEquals",
            "NumericGreaterThan",
            "NumericGreaterThanEquals",
        ],
        suffixes: SUFFIXES,
        policies: &["10", r#""-10""#, r#"["10","20"]"#, r#""ten""#, "[]"],
        // Just below, equal, equal in other words, just above, far below, no number.
        values: &["9.99", "10", "10.0", "10.01", "-10", "ten"],
    },
    Family {
        bases: &[
            "DateEquals",
            "DateNotEquals",
            "DateLessThan",
            "DateLessThanEquals",
            "DateGreaterThan",
            "DateGreaterThanEquals",
        ],
        suffixes: SUFFIXES,
        policies: &[
            r#""2024-01-01T00:00:00Z""#,
            r#""1704067200""#,
            r#"["2024-01-01","2025-01-01T00:00:00Z"]"#,
            // Digits and dashes, so the policy stands (IAM-074), but no day.
            r#""2024-13-01""#,
            "[]",
        ],
        // A second before; the same instant thrice; a second after; no day.
        values: &[
            "2023-12-31T23:59:59Z",
            "2024-01-01T00:00:00Z",
            "2024-01-01T01:00:00+01:00",
            "1704067200",
            "2024-01-01T00:00:01Z",
            "2024-02-30",
        ],
    },
    Family {
        bases: &["IpAddress", "NotIpAddress"],
        suffixes: SUFFIXES,
        policies: &[
            r#""203.0.113.0/24""#,
            r#""203.0.113.255""#,
            r#""0.0.0.0/0""#,
            r#""2001:DB8::/32""#,
            r#""2001:db8::1""#,
            r#"["203.0.113.9/24","2001:db8::/32"]"#,
            r#""203.0.113.0/33""#,
            "[]",
        ],
        // The last address before a range, its first and last, the first behind it; the other family; no address.
        values: &[
            "203.0.112.255",
            "203.0.113.0",
            "203.0.113.255",
            "203.0.114.0",
            "2001:db8::1",
            "2001:db9::",
            "::ffff:203.0.113.5",
            "203.0.113.256",
        ],
    },
    Family {
        bases: &["Bool"],
        suffixes: SUFFIXES,
        policies: &[
            "true",
            r#""false""#,
            r#"["true","false"]"#,
            r#""True""#,
            "[]",
        ],
        values: &["true", "false", "True", "maybe"],
    },
    Family {
        bases: &["BinaryEquals"],
        suffixes: SUFFIXES,
        policies: &[r#""AQID""#, r#"["AQID","AQI="]"#, r#""AQI""#, "[]"],
        // Equal, a prefix of its bytes, in other case (other bytes), without padding, nothing like base64.
        values: &["AQID", "AQI=", "aqid", "AQI", "no base64"],
    },
    Family {
        bases: &["Null"],
        suffixes: &[""],
        policies: &[
            "true",
            r#""false""#,
            r#"["true","false"]"#,
            r#""maybe""#,
            "[]",
        ],
        values: &["x", "y", ""],
    },
];

fn checks(family: &'static Family) -> impl Iterator<Item = Check> {
    let spellings = PREFIXES.iter().flat_map(move |prefix| {
        family.bases.iter().flat_map(move |base| {
            let suffixes = family.suffixes.iter();
            suffixes.map(move |suffix| [prefix, *base, *suffix].concat())
        })
    });
    let policies = spellings.flat_map(move |operator| {
        KEYS.iter().flat_map(move |key| {
            let operator = operator.clone();
            EFFECTS.iter().flat_map(move |effect| {
                let operator = operator.clone();
                family.policies.iter().map(move |values| {
                    let text = format!(
                        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"{effect}","Action":"*","Resource":"*","Condition":{{"{operator}":{{"{key}":{values}}}}}}}}}"#
                    );
                    (*key, PolicyText::new(text))
                })
            })
        })
    });
    policies.flat_map(move |(key, policy)| {
        requests(family.values).map(move |values| check(key, &policy, values))
    })
}

/// The key absent, then every list of up to two values.
fn requests(values: &'static [&'static str]) -> impl Iterator<Item = Option<Vec<String>>> {
    let one = values.iter().map(|value| vec![(*value).to_owned()]);
    let two = values.iter().flat_map(move |first| {
        let second = values.iter();
        second.map(move |second| vec![(*first).to_owned(), (*second).to_owned()])
    });
    let present = std::iter::once(Vec::new()).chain(one).chain(two);
    std::iter::once(None).chain(present.map(Some))
}

fn check(key: &str, policy: &PolicyText, values: Option<Vec<String>>) -> Check {
    let principal = Principal {
        arn: "arn:aws:iam::111122223333:user/u".to_owned(),
        account: Some(HOME.to_owned()),
    };
    let resource = Resource {
        arn: "arn:aws:s3:::b/k".to_owned(),
        account: HOME.to_owned(),
    };
    let mut check = Check::new(principal, "s3:GetObject", resource);
    check.identity_policies.push(policy.clone());
    if let Some(values) = values
        && check.context.insert(key, values).is_err()
    {
        unreachable!("the context was empty")
    }
    check
}
