//! The two matrices: what identity and resource policies say of the runtime and of its endpoint (AC-092, AC-093 within
//! an account, AC-075, AC-087 to AC-089 across accounts).

use serde_json::{Value, json};
use veriam_model::{Caller, Dialect, readings::IdentityCoverage};

use crate::scene::{
    E, INVOKE, OWNER, R, TENANT, call, outcome_in, policy, say, scene, session, to, under, user,
};

/// What an identity policy says of a resource.
fn identity(cell: &str, resource: &str) -> Option<Value> {
    match cell {
        "-" => None,
        "allow" => Some(say("Allow", INVOKE, resource)),
        "deny" => Some(say("Deny", INVOKE, resource)),
        _ => panic!("{cell}"),
    }
}

/// What a resource's own policy says of a caller.
fn own(cell: &str, resource: &str, caller: &str) -> Vec<Value> {
    let allow = |principal| to(say("Allow", INVOKE, resource), principal);
    let deny = to(say("Deny", INVOKE, resource), json!("*"));
    let not_this = json!({"StringEquals": {"aws:PrincipalAccount": "999999999999"}});
    match cell {
        "none" => vec![],
        "allow" => vec![allow(json!({"AWS": caller}))],
        "silent" => vec![under(deny, not_this)],
        "others" => vec![allow(
            json!({"AWS": "arn:aws:iam::111122223333:role/other"}),
        )],
        "deny" => vec![deny],
        "allow and deny" => vec![allow(json!({"AWS": caller})), deny],
        _ => panic!("{cell}"),
    }
}

struct Row {
    number: u32,
    /// Of runtime and endpoint.
    identity: [&'static str; 2],
    /// Each of these.
    runtime: &'static [&'static str],
    endpoint: &'static [&'static str],
    union: &'static str,
    literal: &'static str,
}

const fn row(
    number: u32,
    identity: [&'static str; 2],
    runtime: &'static [&'static str],
    endpoint: &'static [&'static str],
    outcome: &'static str,
) -> Row {
    Row {
        number,
        identity,
        runtime,
        endpoint,
        union: outcome,
        literal: outcome,
    }
}

const fn open(
    number: u32,
    identity: [&'static str; 2],
    runtime: &'static [&'static str],
    endpoint: &'static [&'static str],
    literal: &'static str,
) -> Row {
    Row {
        number,
        identity,
        runtime,
        endpoint,
        union: "allowed",
        literal,
    }
}

const BOTH: [&str; 2] = ["allow", "allow"];
const ANY: &[&str] = &["none", "allow", "silent", "others"];
const QUIET: &[&str] = &["none", "silent", "others"];

const SAME_ACCOUNT: &[Row] = &[
    row(1, BOTH, &["none"], &["none"], "allowed"),
    row(
        2,
        ["allow", "-"],
        &["none"],
        &["none"],
        "implicit E identity",
    ),
    row(
        3,
        ["-", "allow"],
        &["none"],
        &["none"],
        "implicit R identity",
    ),
    row(4, ["-", "-"], &["none"], &["none"], "implicit R identity"),
    row(5, BOTH, &["allow"], &["none"], "allowed"),
    row(6, BOTH, &["none"], &["allow"], "allowed"),
    row(7, BOTH, &["allow"], &["allow"], "allowed"),
    row(8, BOTH, &["none"], &["silent"], "allowed"),
    row(9, BOTH, &["silent"], &["none"], "allowed"),
    row(10, BOTH, &["others"], QUIET, "allowed"),
    row(
        11,
        BOTH,
        &["deny", "allow and deny"],
        &["none", "allow", "deny"],
        "explicit R resource",
    ),
    row(
        12,
        BOTH,
        ANY,
        &["deny", "allow and deny"],
        "explicit E resource",
    ),
    open(
        13,
        ["-", "-"],
        &["allow"],
        &["allow"],
        "implicit R identity",
    ),
    row(14, ["-", "-"], &["allow"], &["none"], "implicit E identity"),
    row(15, ["-", "-"], &["none"], &["allow"], "implicit R identity"),
    row(
        16,
        ["-", "-"],
        &["allow"],
        &["silent", "others"],
        "implicit E identity+resource",
    ),
    open(17, ["allow", "-"], ANY, &["allow"], "implicit E identity"),
    open(18, ["-", "allow"], &["allow"], ANY, "implicit R identity"),
    row(19, ["deny", "allow"], ANY, ANY, "explicit R identity"),
    row(19, ["allow", "deny"], ANY, ANY, "explicit E identity"),
    row(19, ["-", "deny"], ANY, ANY, "explicit E identity"),
    row(
        19,
        ["deny", "deny"],
        &["deny"],
        ANY,
        "explicit R identity+resource",
    ),
];

const ACROSS_ACCOUNTS: &[Row] = &[
    row(1, BOTH, &["allow"], &["allow"], "allowed"),
    row(2, BOTH, &["allow"], QUIET, "implicit E resource"),
    row(3, BOTH, QUIET, &["allow"], "implicit R resource"),
    row(4, BOTH, QUIET, QUIET, "implicit R resource"),
    row(5, ["-", "-"], &["allow"], &["allow"], "implicit R identity"),
    row(
        6,
        ["allow", "-"],
        &["allow"],
        &["allow"],
        "implicit E identity",
    ),
    row(
        7,
        ["-", "allow"],
        &["allow"],
        &["allow"],
        "implicit R identity",
    ),
    row(
        8,
        BOTH,
        &["allow"],
        &["allow and deny"],
        "explicit E resource",
    ),
    row(
        9,
        ["deny", "allow"],
        &["allow"],
        &["allow"],
        "explicit R identity",
    ),
    row(9, BOTH, &["deny"], &["allow"], "explicit R resource"),
    row(4, ["-", "-"], QUIET, QUIET, "implicit R identity+resource"),
];

fn check(rows: &[Row], caller: &Caller, arn: &str) {
    for row in rows {
        for runtime in row.runtime {
            for endpoint in row.endpoint {
                let mut world = scene();
                let said = [identity(row.identity[0], R), identity(row.identity[1], E)];
                let said = policy(&said.into_iter().flatten().collect::<Vec<_>>());
                for identity in world.users.iter_mut().chain(&mut world.roles) {
                    identity.policies = said.clone().into_iter().collect();
                }
                world.runtimes[0].policy = policy(&own(runtime, R, arn));
                world.runtimes[0].endpoints[0].policy = policy(&own(endpoint, E, arn));
                let call = call(caller.clone());
                let readings = [
                    (IdentityCoverage::Union, row.union),
                    (IdentityCoverage::Literal, row.literal),
                ];
                for (reading, expected) in readings {
                    let dialect = Dialect::default().with(reading);
                    assert_eq!(
                        outcome_in(&world, &call, &dialect),
                        expected,
                        "row {}, runtime {runtime}, endpoint {endpoint}, {reading:?}",
                        row.number
                    );
                }
            }
        }
    }
}

#[test]
fn within_an_account_either_side_allows_each_resource() {
    check(
        SAME_ACCOUNT,
        &user(OWNER),
        "arn:aws:iam::111122223333:user/alice",
    );
    check(
        SAME_ACCOUNT,
        &session(OWNER),
        "arn:aws:iam::111122223333:role/app",
    );
}

#[test]
fn across_accounts_both_sides_allow_both_resources() {
    check(
        ACROSS_ACCOUNTS,
        &user(TENANT),
        "arn:aws:iam::444455556666:user/alice",
    );
    check(
        ACROSS_ACCOUNTS,
        &session(TENANT),
        "arn:aws:iam::444455556666:role/app",
    );
    check(
        ACROSS_ACCOUNTS,
        &session(TENANT),
        "arn:aws:iam::444455556666:root",
    );
}
