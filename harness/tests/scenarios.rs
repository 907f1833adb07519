//! The scenarios of the repository: embedded, complete, each outcome with its counterpart.

use std::path::{Path, PathBuf};

use veriam::scenario::{embedded, sibling};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn every_file_of_the_folder_is_embedded_and_nothing_else() {
    fn walk(folder: &Path, root: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, found);
            } else if !path.ends_with("coverage.toml") {
                let path = path.strip_prefix(root).unwrap();
                found.push(path.to_str().unwrap().replace('\\', "/"));
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join("scenarios"), &root(), &mut found);
    found.sort();
    let embedded: Vec<&str> = embedded::FILES.iter().map(|file| file.path).collect();
    assert_eq!(found, embedded, "keep the list in embedded.rs, in order");
}

#[test]
fn every_allowed_call_has_a_denied_sibling_and_the_other_way_round() {
    let mut lone = Vec::new();
    for scenario in embedded::scenarios().unwrap() {
        for call in sibling::lone(&scenario) {
            let it = &scenario.call(call.number).unwrap().it;
            lone.push(format!("{}: {it} {:?}", scenario.file, call.named));
        }
    }
    assert!(lone.is_empty(), "{lone:#?}");
}

/// Every part of the five source documents, by hand.
const PARTS: &[(&str, &[&str])] = &[
    (
        "000",
        &[
            "section: the multi-tenant scenario",
            "section: solution architecture",
            "section: prerequisites",
            "section: implementation",
            "section: step 1",
            "section: step 1, runtime policy",
            "section: step 1, endpoint policy",
            "section: step 1, apply the policies",
            "section: step 1, verify the policies",
            "section: step 1, identity policy",
            "section: step 2",
            "section: step 2, an explicit Deny overrides",
            "section: step 2, endpoint policy",
            "section: step 2, put replaces the whole policy",
            "section: step 2, verify the policies",
            "section: step 2, identity policy",
            "section: OAuth authentication considerations",
            "section: understanding policy evaluation",
            "section: conclusion",
            "section: next steps",
            "block: runtime-policy.json",
            "block: endpoint-policy.json",
            "block: identity policy of Example Corp",
            "block: statements added to the runtime policy",
            "block: statements added to the endpoint policy",
            "block: identity policy of AnyCompany",
            "row 1",
            "row 2",
            "row 3",
            "row 4",
            "row 5",
            "row 6",
        ],
    ),
    (
        "001",
        &[
            "section: what is now possible",
            "section: preparation, invoked through the proxy",
            "section: preparation, invoked from the console",
            "section: setting up the policy, per endpoint",
            "section: setting up the policy, invoked through the proxy",
            "section: setting up the policy, invoked from the console",
            "section: conclusion",
            "section: runtime, endpoint and gateway are eligible",
            "section: policy syntax, SigV4",
            "section: policy syntax, OAuth",
            "action: InvokeAgentRuntime",
            "action: InvokeAgentRuntimeWithWebSocketStream",
            "action: InvokeAgentRuntimeForUser",
            "action: InvokeAgentRuntimeWithWebSocketStreamForUser",
            "action: StopRuntimeSession",
            "action: GetAgentCard",
            "action: InvokeGateway",
            "section: one path blocked while another stays open",
            "rule: an explicit Deny anywhere wins",
            "rule: without a Deny one Allow of either side is enough",
            "rule: without any statement access is denied",
            "block: DenyAllOthers",
            "row 1",
            "row 2",
            "row 3",
            "row 4",
            "row 5",
            "row 6",
            "row 7",
            "row 8",
            "row 9",
        ],
    ),
    (
        "002",
        &[
            "section: isolated execution",
            "section: execution role",
            "section: permissions model",
            "section: SigV4 and per-user identity",
            "section: network configuration",
            "section: inbound OAuth",
            "section: gateway policies",
            "policy: trust of the execution role",
            "API: CreateHarness",
            "API: GetHarness",
            "API: UpdateHarness",
            "API: DeleteHarness",
            "API: ListHarnesses",
            "API: ListHarnessVersions",
            "API: InvokeHarness",
            "API: InvokeAgentRuntimeCommand",
            "API: InvokeAgentRuntimeCommandShell",
            "API: CreateHarnessEndpoint",
            "API: GetHarnessEndpoint",
            "API: UpdateHarnessEndpoint",
            "API: DeleteHarnessEndpoint",
            "API: ListHarnessEndpoints",
            "statement: BedrockModelInvocation",
            "statement: EcrPublicTokenAccess",
            "statement: StsForEcrPublicPull",
            "statement: XRayTracingAccess",
            "statement: CloudWatchLogsGroup",
            "statement: CloudWatchLogsDescribeGroups",
            "statement: CloudWatchLogsStream",
            "statement: CloudWatchMetricsPublish",
            "statement: AgentCoreWorkloadIdentity",
            "statement: AgentCoreBrowserDefault",
            "statement: AgentCoreCodeInterpreterDefault",
            "optional statement: ECRImageAccess",
            "optional statement: ECRTokenAccess",
            "optional statement: AgentCoreMemory",
            "optional statement: AgentCoreGateway",
            "optional statement: AgentCoreApiKeyTokenVault",
            "optional statement: AgentCoreApiKeySecret",
            "optional statement: AgentCoreOAuth2TokenVault",
            "optional statement: AgentCoreOAuth2Secret",
            "section: related topics",
        ],
    ),
    (
        "003",
        &[
            "section: considerations",
            "section: authorization considerations",
            "section: create an interface endpoint",
            "section: create an endpoint policy",
            "policy: runtime",
            "policy: mixed IAM and OAuth",
            "policy: code interpreter",
            "policy: memory, all data plane operations",
            "policy: memory, all memories",
            "policy: memory, one operation",
            "policy: browser",
            "policy: gateway",
            "policy: identity",
        ],
    ),
    (
        "004",
        &[
            "pattern 1: role names",
            "pattern 2: iam:PassRole",
            "pattern 3: a runtime made anew",
            "pattern 4: key policies",
            "pattern 5: resource-based policies across accounts",
            "pattern 6: the data plane of memories",
            "pattern 7: the role of evaluations",
            "pattern 8: encryption of topics",
            "tag: ApplicationId",
            "tag: Environment",
            "tag: Project",
            "tag: ServiceLine",
            "tag: ManagedBy",
            "section: two service-level details",
            "section: the mental model",
        ],
    ),
];

/// An entry of `scenarios/coverage.toml`.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    document: String,
    part: String,
    file: Option<String>,
    #[serde(default)]
    it: Vec<String>,
    nothing: Option<String>,
}

fn coverage() -> Vec<Part> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        part: Vec<Part>,
    }
    let text = std::fs::read_to_string(root().join("scenarios/coverage.toml")).unwrap();
    toml::from_str::<File>(&text).unwrap().part
}

#[test]
fn every_part_of_the_five_documents_is_mapped_once_in_their_order() {
    let parts = coverage();
    let mapped: Vec<(&str, &str)> = parts
        .iter()
        .map(|p| (p.document.as_str(), p.part.as_str()))
        .collect();
    let wanted: Vec<(&str, &str)> = PARTS
        .iter()
        .flat_map(|(document, parts)| parts.iter().map(move |part| (*document, *part)))
        .collect();
    assert_eq!(mapped, wanted);
    let silent: Vec<&str> = parts
        .iter()
        .filter(|p| p.nothing.is_some())
        .map(|p| p.part.as_str())
        .collect();
    let expected = [
        "section: next steps",
        "action: InvokeGateway",
        "section: isolated execution",
        "section: related topics",
        "section: considerations",
        "section: create an interface endpoint",
        "section: the mental model",
    ];
    assert_eq!(silent, expected);
}

#[test]
fn every_mapping_names_calls_that_exist() {
    let scenarios = embedded::scenarios().unwrap();
    for part in coverage() {
        let name = format!("{} {}", part.document, part.part);
        let Some(file) = &part.file else {
            assert!(part.nothing.is_some() && part.it.is_empty(), "{name}");
            continue;
        };
        assert!(part.nothing.is_none() && !part.it.is_empty(), "{name}");
        let path = format!("scenarios/{file}");
        let scenario = scenarios.iter().find(|s| s.file == path);
        let scenario = scenario.unwrap_or_else(|| panic!("{name}: no scenario {path}"));
        for it in &part.it {
            let found = scenario.calls.iter().any(|call| call.it == *it);
            assert!(found, "{name}: {path} has no call `{it}`");
        }
    }
}

#[test]
fn both_matrices_are_there_row_by_row() {
    let scenarios = embedded::scenarios().unwrap();
    for (file, rows) in [("same-account", 19), ("cross-account", 9)] {
        let path = format!("scenarios/matrices/{file}.yaml");
        let scenario = scenarios.iter().find(|s| s.file == path).unwrap();
        for row in 1..=rows {
            let name = format!("row {row}:");
            let found = scenario.calls.iter().any(|call| call.it.starts_with(&name));
            assert!(found, "{path} has no {name}");
        }
    }
}

#[test]
fn no_account_but_those_of_the_documentation_is_named() {
    let known = [
        "111122223333",
        "444455556666",
        "555555555555",
        "123456789012",
        "999999999999",
    ];
    for file in embedded::FILES {
        let digits = file.text.split(|c: char| !c.is_ascii_digit());
        for account in digits.filter(|d| d.len() == 12) {
            assert!(known.contains(&account), "{}: {account}", file.path);
        }
    }
}

#[test]
fn only_catches_everybody_whom_it_does_not_list_and_misses_nobody_it_does() {
    use veriam::scenario::check::{OnlyProblem, check};

    let mut scenarios = embedded::scenarios().unwrap();
    let table = scenarios
        .iter_mut()
        .find(|s| s.file.ends_with("scenario-table.yaml"))
        .unwrap();
    let problems = |scenario: &veriam::scenario::Scenario| {
        let report = check(scenario).unwrap();
        let intruders = report.only[0].intruders.iter();
        intruders
            .map(|i| {
                (
                    i.caller.clone(),
                    i.way.clone(),
                    i.problem == OnlyProblem::GetsIn,
                )
            })
            .collect::<Vec<_>>()
    };
    assert!(problems(table).is_empty());
    // Somebody else gets in.
    let callers = table.only[0].callers.clone();
    table.only[0].callers.remove(1);
    let found = problems(table);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(
        found
            .iter()
            .all(|(caller, _, gets_in)| caller == "admin" && *gets_in)
    );
    // Somebody on the list does not, from two of three ways.
    table.only[0].callers = callers;
    table.only[0].callers[2].1 = None;
    let found = problems(table);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found
            .iter()
            .all(|(caller, _, gets_in)| caller == "application" && !gets_in)
    );
}

#[test]
fn a_call_without_counterpart_is_lone_and_so_is_one_that_names_a_wrong_one() {
    let first = || {
        let scenarios = embedded::scenarios().unwrap();
        let first = scenarios.into_iter().find(|s| s.file.contains("/first/"));
        first.unwrap()
    };
    let numbers = |scenario: &veriam::scenario::Scenario| -> Vec<usize> {
        sibling::lone(scenario).iter().map(|l| l.number).collect()
    };
    assert!(numbers(&first()).is_empty());
    let mut alone = first();
    alone.calls.remove(0);
    assert_eq!(numbers(&alone), [1, 2]);
    // Two facts apart: another caller from another place.
    let mut apart = first();
    apart.calls.remove(1);
    apart.calls[1].call.at += 1;
    assert_eq!(numbers(&apart), [1, 2]);
    let mut named = first();
    named.calls[1].sibling = Some(named.calls[2].it.clone());
    assert_eq!(numbers(&named), [2]);
    assert!(sibling::lone(&named)[0].named.is_some());
}

#[test]
fn an_open_outcome_satisfies_only_who_expects_it_to_be_open_that_way() {
    use veriam::scenario::check::check;
    use veriam::scenario::{Expectation, Expected};
    use veriam_model::Choice;

    let scenarios = embedded::scenarios().unwrap();
    let rows = scenarios
        .iter()
        .find(|s| s.file.ends_with("nine-rows.yaml"));
    let mut rows = rows.unwrap().clone();
    let open =
        |choices: &[Choice], readings: &[(&'static str, Expected)], default| Expectation::Open {
            choices: choices.to_vec(),
            readings: readings.to_vec(),
            default,
        };
    let choice = Choice::IdentityCoverage;
    let denied = Expected::Denied {
        kind: None,
        by: veriam_model::PolicyTypes::new(),
        at: None,
        action: None,
    };
    for (passes, expectation) in [
        (true, open(&[choice], &[], None)),
        (
            true,
            open(
                &[choice],
                &[("literal", denied.clone())],
                Some(Expected::Allowed),
            ),
        ),
        (false, open(&[choice], &[("union", denied.clone())], None)),
        (false, open(&[choice], &[], Some(denied.clone()))),
        (false, open(&[choice, Choice::JwtSilentPolicy], &[], None)),
        (false, Expectation::Outcome(Expected::Allowed)),
        (false, Expectation::Outcome(denied)),
    ] {
        // Row 5.
        rows.calls[4].expectation = expectation.clone();
        assert_eq!(
            check(&rows).unwrap().calls[4].passed(),
            passes,
            "{expectation}"
        );
    }
}

#[test]
fn judges_that_differ_fail_a_test_whose_expectation_holds() {
    use veriam::scenario::Disagreement;
    use veriam::scenario::check::check;

    let scenarios = embedded::scenarios().unwrap();
    let mut report = check(&scenarios[0]).unwrap();
    assert!(report.passed());
    report.calls[0].judged.disagreement = Some(Disagreement {
        dialect: veriam_model::Dialect::default(),
        oracle: "allowed".to_owned(),
        evaluator: "denied".to_owned(),
    });
    assert!(!report.passed());
    let text = report.to_text(false);
    assert!(text.contains("the two judges differ"), "{text}");
}

#[test]
fn the_scenario_of_the_documentation_is_read_and_passes() {
    use veriam::scenario::Files;
    use veriam::scenario::check::check;

    struct One(String);
    impl Files for One {
        fn bytes(&self, _: &str) -> Result<Vec<u8>, String> {
            Ok(self.0.clone().into_bytes())
        }
    }
    let page = std::fs::read_to_string(root().join("docs/scenarios.md")).unwrap();
    let mut blocks = page.split("```yaml\n").skip(1);
    let block = blocks
        .find(|b| b.starts_with("scenario:"))
        .expect("a whole scenario");
    let block = &block[..block.find("```").unwrap()];
    let scenario = One(block.to_owned()).scenario("docs/scenarios.md").unwrap();
    let report = check(&scenario).unwrap();
    assert!(report.passed(), "{}", report.to_text(true));
    assert!(sibling::lone(&scenario).is_empty());
}
