//! `test`, `init`, `matrix` and `diff` through the program.

mod support;

use std::path::Path;

use support::{veriam, veriam_in};

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A folder with the first scenario in `a`.
fn first() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let made = veriam_in(folder.path(), &["init", "a"], b"");
    assert_eq!(made.code, 0, "{}", made.err);
    folder
}

fn edit(folder: &Path, file: &str, from: &str, to: &str) {
    let path = folder.join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    std::fs::write(path, text.replace(from, to)).unwrap();
}

#[test]
fn the_embedded_scenarios_pass_anywhere_and_are_the_ones_of_the_repository() {
    let embedded = veriam(&["test"]);
    assert_eq!(embedded.code, 0, "{}{}", embedded.out, embedded.err);
    let files = veriam_in(&root(), &["test", "scenarios"], b"");
    assert_eq!(files.code, 0, "{}{}", files.out, files.err);
    assert_eq!(embedded.out, files.out);
    assert!(embedded.out.contains("both judges agree"));
}

#[test]
fn a_new_user_gets_from_nothing_to_a_table() {
    let folder = first();
    let tested = veriam_in(folder.path(), &["test", "a"], b"");
    assert_eq!(tested.code, 0, "{}{}", tested.out, tested.err);
    insta::assert_snapshot!("first_test", tested.out);
    let table = veriam_in(folder.path(), &["matrix", "a/scenario.yaml"], b"");
    assert_eq!(table.code, 0, "{}", table.err);
    insta::assert_snapshot!("first_matrix", table.out);
}

#[test]
fn init_replaces_nothing_and_leaves_nothing_half_written() {
    let folder = first();
    let before = std::fs::read(folder.path().join("a/scenario.yaml")).unwrap();
    let again = veriam_in(folder.path(), &["init", "a"], b"");
    assert_eq!((again.code, again.out.as_str()), (2, ""), "{}", again.err);
    assert!(again.err.contains("is there already"), "{}", again.err);
    std::fs::create_dir(folder.path().join("b")).unwrap();
    std::fs::write(folder.path().join("b/tenant-policy.json"), "mine").unwrap();
    let blocked = veriam_in(folder.path(), &["init", "b"], b"");
    assert_eq!(blocked.code, 2);
    let left: Vec<_> = std::fs::read_dir(folder.path().join("b"))
        .unwrap()
        .collect();
    assert_eq!(left.len(), 1, "{left:?}");
    let after = std::fs::read(folder.path().join("a/scenario.yaml")).unwrap();
    assert_eq!(before, after);
    // A file where the folder should be.
    let file = veriam_in(folder.path(), &["init", "b/tenant-policy.json"], b"");
    assert_ne!(file.code, 0);
    assert_eq!(
        std::fs::read_to_string(folder.path().join("b/tenant-policy.json")).unwrap(),
        "mine"
    );
}

#[test]
fn a_wrong_expectation_fails_and_tells_expected_got_and_why() {
    let folder = first();
    edit(
        folder.path(),
        "a/scenario.yaml",
        "expect: allowed",
        "expect: { denied: implicit, at: endpoint }",
    );
    edit(
        folder.path(),
        "a/scenario.yaml",
        "callers: [developer]\n    from: { developer: tenant-vpc }",
        "callers: [intern]",
    );
    let failed = veriam_in(folder.path(), &["test", "a"], b"");
    assert_eq!((failed.code, failed.err.as_str()), (1, ""));
    insta::assert_snapshot!(failed.out);
    let json = veriam_in(folder.path(), &["test", "a", "--format", "json"], b"");
    assert_eq!(json.code, 1);
    let told: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(told["schema"], "veriam.test/1");
    assert_eq!(told["passed"], false);
    assert_eq!(told["failed"], 2);
    let call = &told["scenarios"][0]["calls"][0];
    assert_eq!(call["passed"], false);
    assert_eq!(call["got"], "allowed");
    assert!(call["why"][0].as_str().unwrap().contains("AllowTenant"));
}

#[test]
fn a_rule_that_did_not_matter_fails() {
    let folder = first();
    edit(
        folder.path(),
        "a/scenario.yaml",
        "    expect: allowed",
        "    rules: [AC-122]\n    expect: allowed",
    );
    let failed = veriam_in(folder.path(), &["test", "a"], b"");
    assert_eq!(failed.code, 1, "{}", failed.out);
    assert!(
        failed.out.contains("AC-122 did not matter"),
        "{}",
        failed.out
    );
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_judged() {
    let folder = first();
    edit(
        folder.path(),
        "a/runtime-policy.json",
        "\"Allow\"",
        "\"allow\"",
    );
    std::fs::create_dir(folder.path().join("a/b")).unwrap();
    assert_eq!(veriam_in(folder.path(), &["init", "a/b"], b"").code, 0);
    let tested = veriam_in(folder.path(), &["test", "a"], b"");
    assert_eq!(tested.code, 2);
    assert!(
        tested.err.contains("a/runtime-policy.json:6:17: error: "),
        "{}",
        tested.err
    );
    assert!(tested.out.contains("a/b/scenario.yaml"), "{}", tested.out);
    assert!(
        tested.out.contains("1 file cannot be read"),
        "{}",
        tested.out
    );
    for args in [
        &["test", "nowhere"][..],
        &["test", "empty"],
        &["matrix", "nowhere"],
        &["matrix", "a/scenario.yaml"],
    ] {
        std::fs::create_dir_all(folder.path().join("empty")).unwrap();
        let refused = veriam_in(folder.path(), args, b"");
        assert_eq!((refused.code, refused.out.as_str()), (2, ""), "{args:?}");
        assert!(refused.err.starts_with("veriam: "), "{}", refused.err);
    }
}

#[test]
fn the_matrix_of_the_scenario_table_is_that_table_and_nobody_else() {
    let scenario = "scenarios/000-multi-tenant/scenario-table.yaml";
    let text = veriam_in(&root(), &["matrix", scenario], b"");
    assert_eq!(text.code, 0, "{}", text.err);
    insta::assert_snapshot!("matrix_text", text.out);
    let markdown = veriam_in(&root(), &["matrix", scenario, "--format", "markdown"], b"");
    insta::assert_snapshot!("matrix_markdown", markdown.out);
    let json = veriam_in(&root(), &["matrix", scenario, "--format", "json"], b"");
    let told: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(told["schema"], "veriam.matrix/1");
    let calls = told["calls"].as_array().unwrap();
    // Five principals, three ways, seven operations and two of them with a user id.
    assert_eq!(calls.len(), 5 * 3 * 9);
    let allowed: Vec<String> = calls
        .iter()
        .filter(|call| call["outcome"] == "allowed")
        .map(|c| {
            format!(
                "{} {} {} {}",
                c["caller"], c["call"], c["user_id"], c["from"]
            )
        })
        .collect();
    let call =
        |caller: &str, from: &str| format!("\"{caller}\" \"InvokeAgentRuntime\" false \"{from}\"");
    let mut expected = Vec::new();
    for caller in ["developer", "admin"] {
        for from in ["internet", "health-vpc", "other-vpc"] {
            expected.push(call(caller, from));
        }
    }
    expected.push(call("application", "health-vpc"));
    assert_eq!(allowed, expected);
}

#[test]
fn an_open_outcome_is_told_with_its_readings() {
    let scenario = "scenarios/001-proxy-role/nine-rows.yaml";
    let args = ["matrix", scenario, "--call", "InvokeAgentRuntime"];
    let text = veriam_in(&root(), &args, b"");
    assert!(
        text.out
            .contains("open (AC-093): union: allowed; literal: denied for want of an Allow"),
        "{}",
        text.out
    );
    assert!(!text.out.contains("GetAgentCard"));
    let json = veriam_in(&root(), &[&args[..], &["--format", "json"]].concat(), b"");
    let told: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    let open = told["calls"]
        .as_array()
        .unwrap()
        .iter()
        .find(|c| c["outcome"] == "open");
    let open = open.expect("one call is open");
    assert_eq!(open["open"][0], "AC-093");
    assert_eq!(open["readings"][0]["reading"], "union");
    assert_eq!(open["readings"][0]["outcome"], "allowed");
}

#[test]
fn diff_tells_whose_access_changes() {
    let folder = first();
    let run = |args: &[&str]| veriam_in(folder.path(), args, b"");
    let same = run(&["diff", "a", "a"]);
    assert_eq!(same.code, 0, "{}", same.out);
    assert!(
        same.out.contains("nothing changes in 36 calls"),
        "{}",
        same.out
    );

    // One policy replaced: the developer's VPC is another one.
    let policy = std::fs::read_to_string(folder.path().join("a/runtime-policy.json")).unwrap();
    let changed = policy.replace("vpc-0a1b2c3d", "vpc-0z9y8x7w");
    std::fs::write(folder.path().join("v2.json"), changed).unwrap();
    let args = [
        "diff",
        "a/runtime-policy.json",
        "v2.json",
        "--in",
        "a/scenario.yaml",
    ];
    let lost = run(&args);
    assert_eq!((lost.code, lost.err.as_str()), (1, ""));
    insta::assert_snapshot!(lost.out);
    let json = run(&[&args[..], &["--format", "json"]].concat());
    assert_eq!(json.code, 1);
    let told: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(told["schema"], "veriam.diff/1");
    assert_eq!(told["scenarios"][0]["calls"][0]["access"], "lost");

    // Somebody else is named: some calls are denied as before, at another place, which the text must show.
    let changed = policy.replace("DeveloperRole", "InternRole");
    std::fs::write(folder.path().join("v2.json"), changed).unwrap();
    let json = run(&[&args[..], &["--format", "json"]].concat());
    let told: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    let calls = told["scenarios"][0]["calls"].as_array().unwrap();
    assert!(calls.len() >= 6, "{}", json.out);
    for call in calls {
        assert_ne!(call["before"], call["after"], "{call}");
    }

    // Folders: a scenario that one side alone has is a change, too.
    std::fs::create_dir(folder.path().join("b")).unwrap();
    for file in [
        "scenario.yaml",
        "runtime-policy.json",
        "endpoint-policy.json",
        "tenant-policy.json",
    ] {
        std::fs::copy(
            folder.path().join("a").join(file),
            folder.path().join("b").join(file),
        )
        .unwrap();
    }
    assert_eq!(run(&["diff", "a", "b"]).code, 0);
    std::fs::copy(
        folder.path().join("b/scenario.yaml"),
        folder.path().join("b/more.yaml"),
    )
    .unwrap();
    let more = run(&["diff", "a", "b"]);
    assert_eq!(more.code, 1);
    assert!(
        more.out.contains("more.yaml  only there after"),
        "{}",
        more.out
    );
    // Everybody of the tenant is let in.
    edit(
        folder.path(),
        "b/scenario.yaml",
        "name: InternRole }",
        "name: InternRole, policies: [tenant-policy.json] }",
    );
    for file in ["b/runtime-policy.json", "b/endpoint-policy.json"] {
        edit(
            folder.path(),
            file,
            "\"Principal\": { \"AWS\": \"arn:aws:iam::111122223333:role/DeveloperRole\" }",
            "\"Principal\": { \"AWS\": \"111122223333\" }",
        );
    }
    let gained = run(&["diff", "a/scenario.yaml", "b/scenario.yaml"]);
    assert_eq!(gained.code, 1);
    assert!(gained.out.contains("1 gained"), "{}", gained.out);

    for (args, part) in [
        (&["diff", "v2.json", "v2.json"][..], "--in SCENARIO"),
        (
            &["diff", "v2.json", "v2.json", "--in", "a/scenario.yaml"],
            "does not use",
        ),
        (&["diff", "a", "a/scenario.yaml"], "two of a kind"),
        (
            &[
                "diff",
                "a/runtime-policy.json",
                "no.json",
                "--in",
                "a/scenario.yaml",
            ],
            "is replaced by no.json",
        ),
    ] {
        let refused = run(args);
        assert_eq!((refused.code, refused.out.as_str()), (2, ""), "{args:?}");
        assert!(refused.err.contains(part), "{args:?}: {}", refused.err);
    }
}

#[test]
fn a_call_is_explained_by_its_number() {
    let folder = first();
    let explained = veriam_in(folder.path(), &["explain", "a/scenario.yaml#2"], b"");
    assert_eq!(explained.code, 0, "{}", explained.err);
    for part in ["keeps the developer out", "DenyTenantOutsideVpc"] {
        assert!(explained.out.contains(part), "{part}: {}", explained.out);
    }
    // As `veriam test` names the embedded ones, from anywhere.
    let embedded = veriam(&["explain", "scenarios/000-multi-tenant/two-tenants.yaml#1"]);
    assert_eq!(embedded.code, 0, "{}", embedded.err);
    for (input, part) in [
        (
            "a/scenario.yaml#4",
            "there is no call 4; give a number from 1 to 3",
        ),
        ("a/scenario.yaml#0", "there is no call 0"),
        ("a/none.yaml#1", "cannot be read"),
    ] {
        let refused = veriam_in(folder.path(), &["explain", input], b"");
        assert_eq!((refused.code, refused.out.as_str()), (2, ""), "{input}");
        assert!(refused.err.contains(part), "{input}: {}", refused.err);
    }
}

#[test]
fn the_table_of_identities_asks_each_provider_and_what_the_calls_carry() {
    let scenario = "scenarios/003-endpoint-policies/identity.yaml";
    let text = veriam_in(&root(), &["matrix", scenario], b"");
    assert_eq!(text.code, 0, "{}", text.err);
    insta::assert_snapshot!("matrix_of_identities", text.out);
    let json = veriam_in(&root(), &["matrix", scenario, "--format", "json"], b"");
    let told: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    let calls = told["calls"].as_array().unwrap();
    assert!(calls.iter().all(|call| call.get("endpoint").is_none()));
    let keys = calls.iter().filter(|c| c["with"] == "provider model-key");
    // Three identities, four ways; the role of another account has none of them.
    assert_eq!(keys.count(), 3 * 4 * 2);
    let unknown = veriam_in(
        &root(),
        &["matrix", scenario, "--call", "InvokeGateway"],
        b"",
    );
    assert_eq!(unknown.code, 2, "{}", unknown.out);
    assert!(
        unknown
            .err
            .contains("nobody can ask for InvokeGateway here")
    );
}

#[test]
fn the_table_of_the_control_plane_asks_what_the_calls_ask() {
    let scenario = "scenarios/004-permissions-boundary/roles.yaml";
    let text = veriam_in(&root(), &["matrix", scenario], b"");
    assert_eq!(text.code, 0, "{}", text.err);
    insta::assert_snapshot!("matrix_of_roles", text.out);
}

#[test]
fn diff_tells_whose_access_to_a_gateway_changes() {
    let at = |file: &str| format!("scenarios/003-endpoint-policies/{file}");
    let (before, after) = (at("gateway.json"), at("gateway-as-printed.json"));
    let scenario = at("gateway.yaml");
    let args = ["diff", &before, &after, "--in", &scenario];
    let told = veriam_in(&root(), &args, b"");
    assert_eq!((told.code, told.err.as_str()), (1, ""));
    insta::assert_snapshot!("diff_of_a_gateway", told.out);
}
