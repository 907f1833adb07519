//! Swarm: each case does entirely without some features, so that the others meet more often.

use std::collections::BTreeMap;

use veriam_generators::Campaign;
use veriam_model::{Case, PolicyText, Profile};

/// Features that show in the text of policies, with a text that none without them has.
const FEATURES: [(&str, &[&str]); 17] = [
    ("conditions", &["\"Condition\""]),
    ("set operators", &["ForAnyValue:", "ForAllValues:"]),
    ("IfExists", &["IfExists\""]),
    ("variables", &["${aws:"]),
    ("NotAction", &["\"NotAction\""]),
    ("NotResource", &["\"NotResource\""]),
    ("NotPrincipal", &["\"NotPrincipal\""]),
    ("one-character wildcards", &["?"]),
    ("Sids", &["\"Sid\""]),
    ("String", &["StringEquals", "StringLike", "StringNot"]),
    ("Numeric", &["Numeric"]),
    (
        "Date",
        &["DateEquals", "DateLess", "DateGreater", "DateNot"],
    ),
    ("Bool", &["Bool\"", "BoolIfExists\""]),
    ("Binary", &["BinaryEquals"]),
    ("IpAddress", &["IpAddress"]),
    ("Arn", &["ArnEquals", "ArnLike", "ArnNot"]),
    ("Null", &["Null\""]),
];

/// The policies of a case as one text, and which layers it has.
fn text(case: &Case) -> String {
    let texts: Vec<&PolicyText> = match case {
        Case::Document(document) => vec![&document.text],
        Case::Put(put) => vec![&put.policy],
        Case::Check(check) => check.policies().map(|(_, policy)| policy).collect(),
        Case::Call(case) => {
            let world = case.world.policies().into_iter().map(|(_, policy)| policy);
            world.chain(case.call.session_policy()).collect()
        }
    };
    texts
        .iter()
        .map(|text| text.as_str())
        .collect::<Vec<_>>()
        .join("\n")
}

fn features(case: &Case) -> Vec<&'static str> {
    let text = text(case);
    let has = |(_, signs): &&(&str, &[&str])| signs.iter().any(|sign| text.contains(sign));
    let mut found: Vec<&str> = FEATURES.iter().filter(has).map(|(name, _)| *name).collect();
    if let Case::Check(check) = case {
        for (layer, there) in [
            ("boundary", check.boundary.is_some()),
            ("session policy", check.session_policy.is_some()),
            ("SCPs", !check.scps.is_empty()),
            ("RCPs", !check.rcps.is_empty()),
            ("endpoint policy", check.endpoint_policy.is_some()),
        ] {
            found.extend(there.then_some(layer));
        }
    }
    found
}

/// A case of hundreds of statements does without a feature only if the feature is off.
#[test]
fn a_case_does_entirely_without_some_features_however_long_it_is() {
    let campaign = Campaign::of(17, Profile::Large);
    let mut with: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut total: BTreeMap<&str, usize> = BTreeMap::new();
    for case in (0..54).flat_map(|group| campaign.group(group)) {
        let kind = case.kind().name();
        if matches!(case, Case::Put(_)) {
            // Puts keep to a few conditions: the grammar is what documents are for.
            continue;
        }
        *total.entry(kind).or_default() += 1;
        for feature in features(&case) {
            *with.entry((kind, feature)).or_default() += 1;
        }
    }
    for (kind, total) in total {
        assert!(total >= 15, "{kind}: {total}");
        for (feature, _) in FEATURES {
            if (kind, feature) == ("call", "Binary") {
                // No context key of a call is binary.
                continue;
            }
            let with = with.get(&(kind, feature)).copied().unwrap_or(0);
            let without = total - with;
            assert!(
                without * 16 >= total,
                "{kind}: {without} of {total} without {feature}"
            );
            // Documents of few types can have NotPrincipal.
            let least = if feature == "NotPrincipal" {
                1
            } else {
                total / 5
            };
            assert!(with >= least, "{kind}: {with} of {total} with {feature}");
        }
    }
}

/// What is rare meets: every two of these features are together in some of 2,000 cases.
#[test]
fn rare_features_appear_together() {
    const RARE: [&str; 14] = [
        "set operators",
        "IfExists",
        "variables",
        "NotAction",
        "NotResource",
        "NotPrincipal",
        "Binary",
        "Null",
        "Arn",
        "boundary",
        "session policy",
        "SCPs",
        "RCPs",
        "endpoint policy",
    ];
    let campaign = Campaign::new(17);
    let mut together: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut alone: BTreeMap<&str, usize> = BTreeMap::new();
    for index in 0..2_000 {
        let found = features(&Case::Check(Box::new(campaign.check(index))));
        for one in &found {
            *alone.entry(one).or_default() += 1;
            for other in &found {
                *together.entry((one, other)).or_default() += 1;
            }
        }
    }
    for one in RARE {
        assert!(alone[one] < 1_500, "{one}: {} of 2,000", alone[one]);
        for other in RARE.into_iter().filter(|other| *other > one) {
            let count = together.get(&(one, other)).copied().unwrap_or(0);
            assert!(count >= 3, "{one} with {other}: {count} of 2,000 checks");
        }
    }
}
