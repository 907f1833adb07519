//! Canaries about the values that condition operators compare: numbers, dates, addresses, ARNs, patterns.

use veriam_model::Check;

use super::test::{Test, tests};
use super::text::glob;
use super::{Bug, Canary};

/// Every canary of this file.
pub(super) const ALL: &[Canary] = &[
    Canary {
        name: "inverted-numeric-comparison",
        does: "NumericLessThan and NumericGreaterThan take the value of the request for the limit.",
        seen: "realistic",
        bug: Bug::Check(numeric_inverted),
    },
    Canary {
        name: "number-compared-as-text",
        does: "Numbers are compared character by character.",
        seen: "realistic",
        bug: Bug::Check(number_as_text),
    },
    Canary {
        name: "epoch-read-as-milliseconds",
        does: "A date written as epoch seconds is taken for milliseconds.",
        seen: "iam-simulate 0.1.173",
        bug: Bug::Check(epoch_milliseconds),
    },
    Canary {
        name: "date-without-time-refused",
        does: "A date without a time of day is not understood, so its condition fails.",
        seen: "fakecloud-iam; others break on such dates",
        bug: Bug::Check(date_without_time),
    },
    Canary {
        name: "zero-prefix-matches-nothing",
        does: "An IPv4 range of prefix length 0 holds no address: a shift by 32 bits.",
        seen: "iam-simulate 0.1.173",
        bug: Bug::Check(zero_prefix),
    },
    Canary {
        name: "ipv6-compared-as-text",
        does: "IPv6 addresses and ranges match only if they are written alike.",
        seen: "iam-simulate compares single addresses so, by its source",
        bug: Bug::Check(ipv6_as_text),
    },
    Canary {
        name: "arn-like-over-segments",
        does: "In ARN operators a wildcard reaches over colons.",
        seen: "7 of 10 measured evaluators, ministack 1.5 and PMapper among them",
        bug: Bug::Check(arn_over_segments),
    },
    Canary {
        name: "arn-equals-without-wildcards",
        does: "ArnEquals and ArnNotEquals take wildcards for plain characters.",
        seen: "iam-rs",
        bug: Bug::Check(arn_equals_plain),
    },
    Canary {
        name: "string-like-ignoring-case",
        does: "StringLike and StringNotLike do not tell upper from lower case.",
        seen: "realistic",
        bug: Bug::Check(like_ignoring_case),
    },
];

fn numeric_inverted(check: &mut Check) {
    tests(check, &|test| {
        let other = match test.base.as_str() {
            "NumericLessThan" => "NumericGreaterThan",
            "NumericGreaterThan" => "NumericLessThan",
            "NumericLessThanEquals" => "NumericGreaterThanEquals",
            "NumericGreaterThanEquals" => "NumericLessThanEquals",
            _ => return None,
        };
        Some(test.with(other, &test.wanted))
    });
}

fn number_as_text(check: &mut Check) {
    tests(check, &|test| {
        if !test.is("Numeric") {
            return None;
        }
        test.compared(|wanted, found| match test.base.as_str() {
            "NumericLessThan" => found < wanted,
            "NumericLessThanEquals" => found <= wanted,
            "NumericGreaterThan" => found > wanted,
            "NumericGreaterThanEquals" => found >= wanted,
            _ => found == wanted,
        })
    });
}

/// Epoch seconds as the seconds that so many milliseconds are; nothing for other spellings.
fn thousandth(text: &str) -> Option<String> {
    let number: u64 = text.parse().ok()?;
    // Shorter numbers read as years.
    (text.len() >= 8).then(|| format!("{}.{:03}", number / 1_000, number % 1_000))
}

fn epoch_milliseconds(check: &mut Check) {
    tests(check, &|test| {
        let found = test.found.as_ref().filter(|_| test.is("Date"))?;
        let misread = |texts: &[String]| -> Vec<String> {
            let each = texts.iter();
            each.map(|text| thousandth(text).unwrap_or_else(|| text.clone()))
                .collect()
        };
        Some(test.among(&test.base, &misread(&test.wanted), Some(&misread(found))))
    });
}

fn date_without_time(check: &mut Check) {
    tests(check, &|test| {
        let is_day = |text: &String| text.len() == 10 && text.matches('-').count() == 2;
        let found = test.found.as_ref().filter(|_| test.is("Date"))?;
        let refused = test.wanted.iter().chain(found).any(is_day);
        refused.then_some(false)
    });
}

/// An address that no request comes from.
const NOBODY: &str = "255.255.255.255/32";

fn zero_prefix(check: &mut Check) {
    tests(check, &|test| {
        replaced(test, "Ip", |text| {
            text.contains('.') && text.ends_with("/0")
        })
    });
}

fn ipv6_as_text(check: &mut Check) {
    tests(check, &|test| {
        let found = test.found.clone().unwrap_or_default();
        replaced(test, "Ip", |text| {
            text.contains(':') && !found.iter().any(|found| found == text)
        })
    });
}

/// What becomes of an address test when the values that `lost` picks match nobody.
fn replaced(test: &Test<'_>, family: &str, lost: impl Fn(&str) -> bool) -> Option<bool> {
    if !test.is(family) || test.absent() || !test.wanted.iter().any(|text| lost(text)) {
        return None;
    }
    let values = test.wanted.iter().map(|text| match lost(text) {
        true => NOBODY.to_owned(),
        false => text.clone(),
    });
    Some(test.with(&test.base, &values.collect::<Vec<_>>()))
}

fn arn_over_segments(check: &mut Check) {
    tests(check, &|test| {
        if !test.is("Arn") {
            return None;
        }
        test.compared(|wanted, found| glob(wanted, found, false))
    });
}

fn arn_equals_plain(check: &mut Check) {
    tests(check, &|test| match test.base.as_str() {
        "ArnEquals" | "ArnNotEquals" => test.compared(|wanted, found| wanted == found),
        _ => None,
    });
}

fn like_ignoring_case(check: &mut Check) {
    tests(check, &|test| match test.base.as_str() {
        "StringLike" | "StringNotLike" => test.compared(|wanted, found| {
            glob(
                &wanted.to_ascii_lowercase(),
                &found.to_ascii_lowercase(),
                false,
            )
        }),
        _ => None,
    });
}
