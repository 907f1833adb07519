//! `veriam lint` on policies of AgentCore: the printed ones, those of the scenarios, and the page of findings.

mod support;

use std::collections::BTreeMap;
use std::path::Path;

use support::{Finished, veriam_in};
use veriam::data::{SOURCES, VECTORS, rows};
use veriam::scenario::embedded;
use veriam_evaluator::{Limits, Severity, findings, findings_on};
use veriam_model::{Dialect, PolicyText, PolicyType, World};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn lint(args: &[&str]) -> Finished {
    let all: Vec<&str> = ["lint"].into_iter().chain(args.iter().copied()).collect();
    veriam_in(&root().join("scenarios"), &all, b"")
}

#[test]
fn the_page_of_findings_is_that_of_the_program() {
    let listed = lint(&["--list"]);
    assert_eq!((listed.code, listed.err.as_str()), (0, ""));
    let page = std::fs::read_to_string(root().join("docs/lint.md")).unwrap();
    assert!(
        page == listed.out,
        "write docs/lint.md again: veriam lint --list > docs/lint.md"
    );
}

#[test]
fn every_finding_rests_on_a_rule_that_can_be_looked_up() {
    for kind in veriam_evaluator::finding_kinds() {
        let known = veriam_oracle::rule(kind.rule);
        assert!(known.is_some(), "{}: {}", kind.code, kind.rule);
    }
}

#[test]
fn a_printed_gateway_policy_is_told_fault_by_fault() {
    let args = [
        "--type",
        "endpoint",
        "003-endpoint-policies/gateway-as-printed.json",
    ];
    let finished = lint(&args);
    assert_eq!((finished.code, finished.err.as_str()), (1, ""));
    insta::assert_snapshot!(finished.out);
}

#[test]
fn a_printed_policy_for_two_runtimes_is_told_with_its_notes() {
    let args = [
        "--type",
        "endpoint",
        "--notes",
        "003-endpoint-policies/runtime-mixed-as-printed.json",
    ];
    insta::assert_snapshot!(lint(&args).out);
}

#[test]
fn a_policy_of_another_resource_is_told_with_the_part_that_differs() {
    let on = "arn:aws:bedrock-agentcore:us-west-2:555555555555:runtime/support-agent-runtime/runtime-endpoint/DEFAULT";
    let file = "000-multi-tenant/endpoint-policy-as-printed.json";
    let finished = lint(&["--type", "resource", "--on", on, file]);
    assert_eq!(finished.code, 1);
    insta::assert_snapshot!(finished.out);
    let finished = lint(&["--type", "identity", "--on", on, file]);
    assert_eq!((finished.code, finished.out.as_str()), (2, ""));
    assert!(finished.err.contains("--type resource"), "{}", finished.err);
    let finished = lint(&["--type", "resource", "--on", "arn:aws:s3:::b", file]);
    assert_eq!(finished.code, 2);
    assert!(
        finished.err.contains("a gateway or a memory"),
        "{}",
        finished.err
    );
}

#[test]
fn notes_are_counted_shown_when_asked_for_and_change_no_exit_code() {
    let args = ["--type", "endpoint", "003-endpoint-policies/runtime.json"];
    let finished = lint(&args);
    assert_eq!(finished.code, 0);
    assert_eq!(
        finished.out,
        "nothing found in 1 document read as VPC endpoint policy; 1 note not shown (--notes)\n"
    );
    let finished = lint(&[&args[..], &["--notes"]].concat());
    assert_eq!(finished.code, 0);
    assert!(finished.out.contains(": note: ") && finished.out.ends_with("; 1 note\n"));
    let json = |more: &[&str]| {
        let finished = lint(&[&args[..], &["--format", "json"], more].concat());
        let told: serde_json::Value = serde_json::from_str(&finished.out).unwrap();
        let findings = told["documents"][0]["findings"].as_array().unwrap().len();
        (finished.code, told["notes"].clone(), findings)
    };
    assert_eq!(json(&[]), (0, 1.into(), 0));
    assert_eq!(json(&["--notes"]), (0, 1.into(), 1));
}

/// Errors and warnings.
fn codes(policy_type: PolicyType, on: Option<&str>, policy: &PolicyText) -> Vec<&'static str> {
    let (dialect, limits) = (Dialect::default(), Limits::default());
    let found = match on {
        Some(on) => findings_on(on, policy.as_str(), &dialect, &limits),
        None => findings(policy_type, policy.as_str(), &dialect, &limits),
    };
    let told = found.iter().filter(|f| f.severity != Severity::Note);
    told.map(|f| f.code).collect()
}

/// Every policy of a world with what it is attached to.
fn policies(world: &World) -> Vec<(PolicyType, Option<String>, &PolicyText)> {
    let mut all = Vec::new();
    for runtime in &world.runtimes {
        let arn = format!(
            "arn:aws:bedrock-agentcore:{}:{}:runtime/{}",
            world.region, runtime.account, runtime.id
        );
        let of_endpoints = runtime.endpoints.iter().map(|endpoint| {
            let arn = format!("{arn}/runtime-endpoint/{}", endpoint.name);
            (arn, &endpoint.policy)
        });
        let both = std::iter::once((arn.clone(), &runtime.policy)).chain(of_endpoints);
        for (arn, policy) in both {
            all.extend(
                policy
                    .iter()
                    .map(|p| (PolicyType::Resource, Some(arn.clone()), p)),
            );
        }
    }
    let mut plain = |policy_type, policies: &mut dyn Iterator<Item = _>| {
        all.extend(policies.map(|p| (policy_type, None, p)));
    };
    let identities = || world.roles.iter().chain(&world.users);
    plain(
        PolicyType::Identity,
        &mut identities().flat_map(|i| &i.policies),
    );
    plain(
        PolicyType::Boundary,
        &mut identities().filter_map(|i| i.boundary.as_ref()),
    );
    plain(
        PolicyType::Endpoint,
        &mut world.networks.iter().filter_map(|n| n.policy.as_ref()),
    );
    let organizations = world
        .accounts
        .iter()
        .filter_map(|a| a.organization.as_ref());
    plain(
        PolicyType::Scp,
        &mut organizations.flat_map(|o| o.scps.iter().flatten()),
    );
    all
}

/// What the policies of the scenarios show on purpose; all others have nothing to be told.
const SHOWN: &[(&str, &[&str])] = &[
    // Document 000 writes a name for the id of its runtime (C3), and this scenario leaves out one half after the other.
    (
        "000-multi-tenant/halves.yaml",
        &[
            "impossible-id",
            "missing-endpoint-resource",
            "missing-runtime-resource",
        ],
    ),
    // Denies by keys that tokens lack, and for one action.
    (
        "000-multi-tenant/oauth.yaml",
        &["deny-locks-out-tokens", "siblings-left-open"],
    ),
    ("000-multi-tenant/scenario-table.yaml", &["impossible-id"]),
    // The endpoint policy as printed, for the runtime of another account (C2).
    (
        "000-multi-tenant/step-1.yaml",
        &[
            "impossible-id",
            "missing-runtime-resource",
            "resource-not-attached",
        ],
    ),
    ("000-multi-tenant/two-tenants.yaml", &["impossible-id"]),
    ("000-multi-tenant/verified.yaml", &["impossible-id"]),
    // Document 001 denies one action (AC-110).
    ("001-proxy-role/nine-rows.yaml", &["siblings-left-open"]),
    ("001-proxy-role/proxy.yaml", &["siblings-left-open"]),
    // The execution role as printed: lists of sessions named by ARN, and an API key without its identity (C29, AC-055).
    (
        "002-harness/execution-role.yaml",
        &["action-needs-any-resource", "missing-companion-resource"],
    ),
    // The endpoint policies as printed (C5, C6, C7, C20).
    (
        "003-endpoint-policies/gateway.yaml",
        &[
            "action-prefix-of-agentcore",
            "empty-arn-account",
            "extra-arn-segment",
        ],
    ),
    (
        "003-endpoint-policies/identity.yaml",
        &["missing-companion-resource"],
    ),
    ("003-endpoint-policies/memory.yaml", &["extra-arn-segment"]),
    (
        "003-endpoint-policies/runtime.yaml",
        &["extra-arn-segment", "impossible-id"],
    ),
    (
        "003-endpoint-policies/tools.yaml",
        &["extra-arn-segment", "tool-owner"],
    ),
    // What pages of the documentation get wrong, each shown by a call.
    (
        "agentcore/disagreements.yaml",
        &[
            "action-prefix-of-agentcore",
            "bool-without-if-exists",
            "empty-arn-account",
            "endpoint-segment",
            "extra-arn-segment",
            "impossible-id",
            "provider-segment",
            "siblings-left-open",
            "tool-owner",
            "unknown-action",
        ],
    ),
    (
        "agentcore/examples.yaml",
        &["missing-endpoint-resource", "siblings-left-open"],
    ),
    ("layers/scenario.yaml", &["siblings-left-open"]),
    // Each combination of halves.
    (
        "matrices/cross-account.yaml",
        &["missing-endpoint-resource"],
    ),
    (
        "matrices/same-account.yaml",
        &["missing-endpoint-resource", "siblings-left-open"],
    ),
];

#[test]
fn policies_of_scenarios_yield_only_what_they_show_on_purpose() {
    let mut told: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut looked_at = 0;
    for scenario in embedded::scenarios().unwrap() {
        for (policy_type, on, policy) in policies(&scenario.world) {
            looked_at += 1;
            let codes = codes(policy_type, on.as_deref(), policy);
            let known = told
                .entry(scenario.file.replace("scenarios/", ""))
                .or_default();
            known.extend(codes);
            known.sort_unstable();
            known.dedup();
        }
    }
    told.retain(|_, codes| !codes.is_empty());
    let told: Vec<(&str, &[&str])> = told
        .iter()
        .map(|(file, codes)| (file.as_str(), &codes[..]))
        .collect();
    assert_eq!(told, SHOWN);
    assert!(looked_at > 100, "{looked_at}");
}

#[test]
fn rows_of_documents_yield_nothing_about_agentcore_but_their_ids() {
    let mut looked_at = 0;
    for row in rows(SOURCES).unwrap().iter().chain(&rows(VECTORS).unwrap()) {
        let check = &row.check;
        let plain = [
            (
                PolicyType::Identity,
                check.identity_policies.iter().collect::<Vec<_>>(),
            ),
            (PolicyType::Boundary, check.boundary.iter().collect()),
            (PolicyType::Session, check.session_policy.iter().collect()),
            (PolicyType::Scp, check.scps.iter().flatten().collect()),
            (PolicyType::Rcp, check.rcps.iter().flatten().collect()),
            (PolicyType::Endpoint, check.endpoint_policy.iter().collect()),
            (PolicyType::Resource, check.resource_policy.iter().collect()),
        ];
        for (policy_type, policies) in plain {
            for policy in policies {
                looked_at += 1;
                let (dialect, limits) = (Dialect::default(), Limits::default());
                let found = findings(policy_type, policy.as_str(), &dialect, &limits);
                let told = found.iter().filter(|f| {
                    f.severity != Severity::Note && f.rule.book() == veriam_model::Book::AgentCore
                });
                // The documents print a name for an id (C3) and a Deny of one action (AC-110), and warn of a Deny by a key
                // that tokens lack. A check is about one resource, so that some policies name one.
                let shown = [
                    "deny-locks-out-tokens",
                    "impossible-id",
                    "missing-endpoint-resource",
                    "siblings-left-open",
                ];
                let other: Vec<_> = told.filter(|f| !shown.contains(&f.code)).collect();
                assert!(
                    other.is_empty(),
                    "{:?}: {policy_type:?} {other:?}",
                    check.id
                );
            }
        }
    }
    assert!(looked_at > 500, "{looked_at}");
}
