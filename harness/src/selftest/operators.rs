//! Canaries about condition operators, whatever type of value they compare.

use veriam_model::Check;

use super::test::{Test, tests};
use super::{Bug, Canary};

/// Every canary of this file.
pub(super) const ALL: &[Canary] = &[
    Canary {
        name: "negated-operator-false-on-a-missing-key",
        does: "A negated operator fails where the request has no such key, so that a Deny with it does not bite.",
        seen: "localemu, IAMSpy",
        bug: Bug::Check(negated_false),
    },
    Canary {
        name: "positive-operator-true-on-a-missing-key",
        does: "An operator that is not negated holds where the request has no such key.",
        seen: "realistic",
        bug: Bug::Check(positive_true),
    },
    Canary {
        name: "if-exists-dropped",
        does: "The suffix IfExists is not looked at.",
        seen: "realistic",
        bug: Bug::Check(if_exists_dropped),
    },
    Canary {
        name: "null-inverted",
        does: "Null with true asks for the key to be there, and with false for it to be absent.",
        seen: "realistic",
        bug: Bug::Check(null_inverted),
    },
    Canary {
        name: "for-all-values-false-on-a-missing-key",
        does: "ForAllValues fails where the request has no such key.",
        seen: "minio/pkg, by its source (negated operators)",
        bug: Bug::Check(for_all_false),
    },
    Canary {
        name: "for-any-value-true-on-a-missing-key",
        does: "ForAnyValue holds where the request has no such key.",
        seen: "IAMSpy, wami-condition (negated operators)",
        bug: Bug::Check(for_any_true),
    },
    Canary {
        name: "negated-set-operator-inverted",
        does: "With a set operator the negation is applied to the whole test, not to each value.",
        seen: "minio/pkg, by its source",
        bug: Bug::Check(set_inverted),
    },
    Canary {
        name: "nor-lists-read-as-or",
        does: "A negated operator with several values holds as soon as one of them differs.",
        seen: "4 of 10 measured evaluators misread such lists",
        bug: Bug::Check(nor_as_or),
    },
    Canary {
        name: "only-the-first-of-several-values",
        does: "Of several values of a condition only the first is compared.",
        seen: "realistic",
        bug: Bug::Check(first_value),
    },
];

fn negated_false(check: &mut Check) {
    tests(check, &|test| {
        let wrong = test.plain() && test.absent() && test.negated() && !test.if_exists;
        wrong.then_some(false)
    });
}

fn positive_true(check: &mut Check) {
    tests(check, &|test| {
        let wrong = test.plain() && test.absent() && !test.negated();
        wrong.then_some(true)
    });
}

fn if_exists_dropped(check: &mut Check) {
    tests(check, &|test| {
        let meant = test.plain() && test.if_exists && test.absent();
        meant.then(|| test.negated())
    });
}

fn null_inverted(check: &mut Check) {
    tests(check, &|test| {
        let is_null = test.base == "Null" && test.set.is_none();
        is_null.then(|| !test.holds())
    });
}

/// Whether the test has that set operator and its key is absent.
fn absent_under(test: &Test<'_>, set: &str) -> bool {
    test.set.as_deref() == Some(set) && test.absent() && test.base != "Null" && !test.if_exists
}

fn for_all_false(check: &mut Check) {
    tests(check, &|test| {
        absent_under(test, "forallvalues").then_some(false)
    });
}

fn for_any_true(check: &mut Check) {
    tests(check, &|test| {
        absent_under(test, "foranyvalue").then_some(true)
    });
}

fn set_inverted(check: &mut Check) {
    tests(check, &|test| {
        let meant = test.set.is_some() && test.negated() && !test.if_exists;
        meant.then(|| !test.with(&test.base.replacen("Not", "", 1), &test.wanted))
    });
}

fn nor_as_or(check: &mut Check) {
    tests(check, &|test| {
        let meant = test.plain() && test.negated() && !test.absent() && test.wanted.len() > 1;
        let differs = |text: &String| test.with(&test.base, std::slice::from_ref(text));
        meant.then(|| test.wanted.iter().any(differs))
    });
}

fn first_value(check: &mut Check) {
    tests(check, &|test| {
        let meant = test.wanted.len() > 1 && test.base != "Null";
        meant.then(|| test.with(&test.base, &test.wanted[..1]))
    });
}
