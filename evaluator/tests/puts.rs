//! Puts: rows from section 7 of the readings, under every reading of every choice, and texts of any kind.

use proptest::prelude::*;
use veriam_evaluator::put;
use veriam_model::{ALL_CHOICES, Choice, Dialect, PolicyText, Put, PutError, PutOutcome, PutPlace};

const GATEWAY: &str = "arn:aws:bedrock-agentcore:us-west-2:111122223333:gateway/tools-abcdef0123";
const MEMORY: &str = "arn:aws:bedrock-agentcore:us-west-2:111122223333:memory/notes-AbCdEf0123";
const RUNTIME: &str = "arn:aws:bedrock-agentcore:us-west-2:111122223333:runtime/agent_a-AbCdEf0123";
const HARNESS: &str = "arn:aws:bedrock-agentcore:us-west-2:111122223333:harness/lab-AbCdEf0123";
const ROLE: &str = "arn:aws:iam::444455556666:role/team/App";

/// The put of a policy on a resource that is there. `<R>` in the text stands for its ARN.
fn on(resource: &str, text: &str) -> Put {
    Put {
        resource: resource.to_owned(),
        policy: PolicyText::new(text.replace("<R>", resource)),
        account: "111122223333".to_owned(),
        region: "us-west-2".to_owned(),
        exists: true,
        principals: vec![ROLE.to_owned()],
    }
}

fn read_as(settings: &str) -> Dialect {
    let with = |dialect: Dialect, setting| dialect.with_setting(setting).expect(setting);
    settings.split_whitespace().fold(Dialect::default(), with)
}

fn outcome(put_: &Put, settings: &str) -> PutOutcome {
    put(put_, &read_as(settings)).expect("a well-formed put")
}

/// Asserts what becomes of a policy: `stored`, or a rule and the pointer to its place. The place is marked by `§` in the
/// text, which the policy does not have.
#[track_caller]
fn holds(resource: &str, marked: &str, settings: &str, expected: &str) {
    let marked = marked.replace("<R>", resource);
    let asked = on(resource, &marked.replace('§', ""));
    let found = match outcome(&asked, settings) {
        PutOutcome::Stored => "stored".to_owned(),
        PutOutcome::Refused(refusal) => {
            assert_eq!(refusal.error, PutError::Validation);
            match refusal.at {
                PutPlace::Resource => panic!("{marked}: the ARN is at fault"),
                PutPlace::Policy { pointer, offset } => {
                    let place = marked.find('§');
                    assert_eq!(Some(offset), place, "{marked} {settings} {}", refusal.rule);
                    format!("{} {pointer}", refusal.rule)
                }
            }
        }
    };
    assert_eq!(found, expected, "{marked} {settings}");
}

/// A document with one statement, of which what is given replaces what stands there.
fn document(statement: &str) -> String {
    let mut members = String::new();
    let mut add = |name: &str, others: &[&str], value: &str| {
        let is_given = |name: &&str| statement.contains(&format!("\"{name}\""));
        if !others.iter().any(is_given) {
            members.push_str(&format!("\"{name}\":{value},"));
        }
    };
    add("Effect", &["Effect"], "\"Deny\"");
    add("Principal", &["Principal", "NotPrincipal"], "\"*\"");
    add(
        "Action",
        &["Action", "NotAction"],
        "\"bedrock-agentcore:*\"",
    );
    add("Resource", &["Resource", "NotResource"], "\"<R>\"");
    format!(r#"{{"Version":"2012-10-17","Statement":{{{members}{statement}}}}}"#)
}

#[track_caller]
fn statement(resource: &str, statement: &str, settings: &str, expected: &str) {
    holds(resource, &document(statement), settings, expected);
}

#[test]
fn the_arn_is_judged_first() {
    let valid = document(r#""Sid":"S""#);
    let runtime_endpoint = format!("{RUNTIME}/runtime-endpoint/DEFAULT");
    let harness_endpoint = format!("{HARNESS}/harness-endpoint/prod");
    let long = |length: usize| format!("{GATEWAY}{}", "x".repeat(length - GATEWAY.len()));
    use PutError::{AccessDenied, ResourceNotFound, Validation};
    for (resource, settings, expected) in [
        (GATEWAY, "", None),
        (MEMORY, "", None),
        (RUNTIME, "", None),
        (runtime_endpoint.as_str(), "", None),
        // The other partitions; ids are not looked at.
        (&GATEWAY.replace("arn:aws:", "arn:aws-cn:"), "", None),
        (&GATEWAY.replace("tools-abcdef0123", "Ü:*"), "", None),
        ("arn:aws:bedrock-age", "", Some((Validation, 23))),
        ("arn:aws:bedrock-agen", "", Some((Validation, 149))),
        ("äääääääääääääääääää", "", Some((Validation, 23))),
        (&long(1_011), "", None),
        (&long(1_012), "", Some((Validation, 23))),
        (
            &GATEWAY.replace("arn:", "Arn:"),
            "",
            Some((Validation, 149)),
        ),
        (
            &GATEWAY.replace(":aws:", ":aws-x:"),
            "",
            Some((Validation, 149)),
        ),
        (
            &GATEWAY.replace("agentcore", "agentcore2"),
            "",
            Some((Validation, 149)),
        ),
        (
            &GATEWAY.replace("us-west-2", ""),
            "",
            Some((Validation, 149)),
        ),
        (&GATEWAY.replace("3333", "333"), "", Some((Validation, 149))),
        (
            &GATEWAY.replace("gateway/", "gateways/"),
            "",
            Some((Validation, 149)),
        ),
        (
            &GATEWAY.replace("gateway/", "Gateway/"),
            "",
            Some((Validation, 149)),
        ),
        (
            &GATEWAY.replace("tools-abcdef0123", ""),
            "",
            Some((Validation, 149)),
        ),
        (&format!("{GATEWAY}/"), "", Some((Validation, 149))),
        (
            &format!("{RUNTIME}/endpoint/DEFAULT"),
            "",
            Some((Validation, 149)),
        ),
        (
            &format!("{RUNTIME}/runtime-endpoint/"),
            "",
            Some((Validation, 149)),
        ),
        // Another account comes before the type and before what is there.
        (
            &GATEWAY.replace("3333", "3334"),
            "",
            Some((AccessDenied, 35)),
        ),
        (
            &HARNESS.replace("3333", "3334"),
            "",
            Some((AccessDenied, 35)),
        ),
        (
            "arn:aws:bedrock-agentcore:us-west-2:aws:browser/aws.browser.v1",
            "",
            Some((AccessDenied, 35)),
        ),
        (
            "arn:aws:bedrock-agentcore:us-west-2:111122223333:browser/x",
            "",
            Some((Validation, 149)),
        ),
        (HARNESS, "", Some((Validation, 4))),
        (&harness_endpoint, "", Some((Validation, 4))),
        (HARNESS, "AC-004=stored", None),
        (&harness_endpoint, "AC-004=stored", None),
        (
            "arn:aws:bedrock-agentcore:us-west-2:111122223333:browser-custom/x",
            "AC-004=stored",
            Some((Validation, 5)),
        ),
        (
            "arn:aws:bedrock-agentcore:us-west-2:111122223333:token-vault/a/apikeycredentialprovider/b",
            "",
            Some((Validation, 5)),
        ),
        (
            &GATEWAY.replace("us-west-2", "us-west-1"),
            "",
            Some((ResourceNotFound, 157)),
        ),
        (
            &HARNESS.replace("us-west-2", "us-west-1"),
            "",
            Some((Validation, 4)),
        ),
        (
            &HARNESS.replace("us-west-2", "us-west-1"),
            "AC-004=stored",
            Some((ResourceNotFound, 157)),
        ),
    ] {
        let found = outcome(&on(resource, &valid), settings);
        // The ARN comes before everything that is wrong with the policy.
        let nonsense = outcome(&on(resource, "nonsense"), settings);
        match (found, nonsense, expected) {
            (PutOutcome::Stored, PutOutcome::Refused(refusal), None) => {
                assert_ne!(refusal.at, PutPlace::Resource, "{resource}");
            }
            (PutOutcome::Refused(found), PutOutcome::Refused(nonsense), Some((error, rule))) => {
                assert_eq!(found, nonsense, "{resource}");
                assert_eq!(
                    (found.error, found.rule.number()),
                    (error, rule),
                    "{resource}"
                );
                assert_eq!(found.at, PutPlace::Resource);
            }
            (found, _, _) => panic!("{resource} {settings}: {found}"),
        }
    }
    let missing = Put {
        exists: false,
        ..on(GATEWAY, "nonsense")
    };
    assert_eq!(
        outcome(&missing, "").to_string(),
        "refused with ResourceNotFoundException: AC-157 at resourceArn"
    );
}

#[test]
fn length_is_counted_in_three_ways() {
    // Two-byte characters inside a string, blanks outside.
    let text = |filling: &str| document(&format!(r#""Sid":"{filling}""#)).replace("<R>", GATEWAY);
    let bare = text("").len();
    let narrow = "x".repeat(20_480 - bare);
    let wide = "é".repeat(20_480 - bare);
    let spaced = narrow.replacen('x', " ", 1);
    for (text, readings) in [
        (text(&narrow), ["stored"; 3]),
        (text(&format!("{narrow}x")), ["long"; 3]),
        (text(&spaced), ["stored"; 3]),
        (text(&format!("{spaced}x")), ["long"; 3]),
        (text(&wide), ["stored", "long", "stored"]),
        (format!("{} \n", text(&narrow)), ["long", "long", "stored"]),
        // What is no JSON is measured, too, and too long before it is no JSON.
        ("}".repeat(20_480), ["unread"; 3]),
        ("}".repeat(20_481), ["long"; 3]),
        (" ".repeat(20_481), ["long", "long", "unread"]),
        (format!("\"{}", " ".repeat(20_480)), ["long"; 3]),
        (String::new(), ["unread"; 3]),
    ] {
        let names = ["characters", "bytes", "without-white-space"];
        for (name, expected) in names.into_iter().zip(readings) {
            let found = match outcome(&on(GATEWAY, &text), &format!("AC-039={name}")) {
                PutOutcome::Stored => "stored",
                PutOutcome::Refused(refusal) => {
                    match (refusal.rule.to_string().as_str(), refusal.at) {
                        ("AC-038", PutPlace::Policy { pointer, offset: 0 })
                            if pointer.is_empty() =>
                        {
                            "long"
                        }
                        ("IAM-002" | "IAM-001", _) => "unread",
                        (rule, _) => panic!("{rule}"),
                    }
                }
            };
            assert_eq!(found, expected, "{name} {}", text.len());
        }
    }
}

#[test]
fn the_document_is_a_new_one_of_type_resource() {
    holds(GATEWAY, "§[]", "", "IAM-001 ");
    holds(
        GATEWAY,
        r#"{"Version":"2012-10-17",§"Statment":1,"Statement":{}}"#,
        "",
        "IAM-003 /Statment",
    );
    holds(GATEWAY, r#"§{"Version":"2012-10-17"}"#, "", "IAM-006 ");
    statement(
        GATEWAY,
        r#""Resource":"<R>",§"Resource":"<R>""#,
        "",
        "IAM-020 /Statement/Resource",
    );
    // Whatever age the dialect says documents have.
    statement(
        GATEWAY,
        r#""Resource":"<R>",§"Resource":"<R>""#,
        "IAM-021=stored",
        "IAM-020 /Statement/Resource",
    );
    statement(
        GATEWAY,
        r#""Principal":{§"Azure/~":"x"}"#,
        "",
        "IAM-050 /Statement/Principal/Azure~1~0",
    );
    statement(
        GATEWAY,
        r#""Condition":{"Bool":{"\u0061/b":§{}}}"#,
        "",
        "IAM-042 /Statement/Condition/Bool/a~1b",
    );
    // The grammar comes before what AgentCore asks, wherever the two stand.
    statement(
        GATEWAY,
        r#""NotAction":"s3:*","Sid":§1"#,
        "",
        "IAM-015 /Statement/Sid",
    );
    // Other choices about documents are read as the dialect says.
    statement(
        GATEWAY,
        r#""Condition":{§"stringequals":{"aws:userid":"x"}}"#,
        "",
        "IAM-046 /Statement/Condition/stringequals",
    );
    statement(
        GATEWAY,
        r#""Condition":{"stringequals":{"aws:userid":"x"}}"#,
        "IAM-046=lenient",
        "stored",
    );
    let unknown = r#""Condition":{§"StringAlmost":{"aws:userid":"x"},"a:b:c":{"aws:userid":"x"}}"#;
    statement(
        GATEWAY,
        unknown,
        "",
        "IAM-045 /Statement/Condition/StringAlmost",
    );
    statement(
        GATEWAY,
        &unknown.replace('§', ""),
        "AC-275=accepted",
        "stored",
    );
    let qualified = r#""Condition":{§"NullIfExists":{"aws:userid":"x"}}"#;
    statement(
        GATEWAY,
        qualified,
        "",
        "IAM-047 /Statement/Condition/NullIfExists",
    );
    statement(
        GATEWAY,
        &qualified.replace('§', ""),
        "AC-275=accepted",
        "stored",
    );
    statement(
        GATEWAY,
        r#""Condition":{§"bool":{"aws:userid":"x"}}"#,
        "AC-275=accepted",
        "IAM-046 /Statement/Condition/bool",
    );
    statement(
        GATEWAY,
        r#""Condition":{"A":{"aws:userid":§null}}"#,
        "AC-275=accepted",
        "IAM-044 /Statement/Condition/A/aws:userid",
    );
    // What is behind such an operator is looked into.
    statement(
        GATEWAY,
        r#""Condition":{"A":{§"s3:prefix":"x"}}"#,
        "AC-275=accepted AC-156=refused",
        "AC-156 /Statement/Condition/A/s3:prefix",
    );
    statement(
        GATEWAY,
        r#""Condition":{"A":{"s3:prefix":["x",§"${"]}}"#,
        "AC-275=accepted AC-272=refused",
        "AC-272 /Statement/Condition/A/s3:prefix/1",
    );
}

#[test]
fn root_and_statements() {
    let one = r#"{"Effect":"Deny","Principal":"*","Action":"*","Resource":"<R>"}"#;
    holds(
        GATEWAY,
        &format!(r#" §{{"Statement":{one}}}"#),
        "",
        "AC-149 ",
    );
    let old = format!(r#"{{"Version":§"2008-10-17","Statement":{one}}}"#);
    holds(GATEWAY, &old.replace('§', ""), "", "stored");
    holds(GATEWAY, &old.replace('§', ""), "AC-270=accepted", "stored");
    holds(GATEWAY, &old, "AC-270=refused", "AC-270 /Version");
    let list = |count: usize| {
        let mut all = vec![one.to_owned(); count];
        if let Some(beyond) = all.get_mut(100) {
            beyond.insert(0, '§');
        }
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
            all.join(",")
        )
    };
    holds(GATEWAY, &list(100), "", "stored");
    holds(GATEWAY, &list(101), "", "AC-038 /Statement/100");
    holds(GATEWAY, &list(103), "", "AC-038 /Statement/100");
    let sids = |sids: [&str; 3]| {
        let with =
            sids.map(|sid| one.replace(r#"{"Effect""#, &format!(r#"{{"Sid":{sid},"Effect""#)));
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
            with.join(",")
        )
    };
    for (given, expected) in [
        (["\"\"", "\"\"", "\"\""], "stored"),
        ([r#""a""#, r#""A""#, r#""b""#], "stored"),
        (
            [r#""a b""#, r#""c""#, r#"§"a\u0020b""#],
            "AC-271 /Statement/2/Sid",
        ),
        ([r#""a""#, r#"§"a""#, r#""a""#], "AC-271 /Statement/1/Sid"),
    ] {
        holds(GATEWAY, &sids(given).replace('§', ""), "", "stored");
        holds(GATEWAY, &sids(given), "AC-271=refused", expected);
    }
    for (text, choice, rule) in [
        (
            r#"§"NotPrincipal":{"AWS":"111122223333"}"#,
            "AC-154",
            "AC-154 /Statement/NotPrincipal",
        ),
        (
            r#"§"NotAction":"s3:*""#,
            "AC-273",
            "AC-273 /Statement/NotAction",
        ),
        (
            r#"§"NotResource":"<R>""#,
            "AC-274",
            "AC-274 /Statement/NotResource",
        ),
    ] {
        statement(GATEWAY, text, "", rule);
        statement(GATEWAY, text, &format!("{choice}=refused"), rule);
        statement(
            GATEWAY,
            &text.replace('§', ""),
            &format!("{choice}=accepted"),
            "stored",
        );
    }
    // The first fault is the one with the lowest offset, then the lowest rule.
    statement(
        GATEWAY,
        r#""Resource":§"arn:aws:s3:::b","NotAction":"x:y""#,
        "",
        "AC-146 /Statement/Resource",
    );
    statement(
        GATEWAY,
        r#"§"NotAction":"x:y","Resource":"*""#,
        "",
        "AC-273 /Statement/NotAction",
    );
    holds(
        GATEWAY,
        r#"§{"Statement":{"Effect":"Deny","Principal":"*","Action":"s3:x"}}"#,
        "",
        "AC-149 ",
    );
}

#[test]
fn principals() {
    for fine in [
        r#""*""#,
        r#"{"AWS":"*"}"#,
        r#"{"AWS":["111122223333","arn:aws:iam::111122223333:root"]}"#,
        r#"{"Service":["anything","x"]}"#,
        r#"{"AWS":"arn:aws:iam::444455556666:user/a"}"#,
        r#"{"AWS":"arn:aws-us-gov:sts::444455556666:assumed-role/R/S"}"#,
        r#"{"AWS":"arn:aws:sts::444455556666:federated-user/f/g"}"#,
        r#"{"AWS":[]}"#,
        r#"{}"#,
    ] {
        statement(GATEWAY, &format!(r#""Principal":{fine}"#), "", "stored");
    }
    for wrong in [
        "arn:x:iam::444455556666:root",
        "arn:aws:iam:us-west-2:444455556666:root",
        "arn:aws:iam::44445555666:root",
        "arn:aws:iam::aws:role/R",
        "arn:aws:iam::444455556666:Root",
        "arn:aws:iam::444455556666:root/",
        "arn:aws:iam::444455556666:role/",
        "arn:aws:iam::444455556666:user",
        "arn:aws:iam::444455556666:assumed-role/R/S",
        "arn:aws:sts::444455556666:assumed-role/R",
        "arn:aws:sts::444455556666:assumed-role/R/",
        "arn:aws:sts::444455556666:assumed-role//S",
        "arn:aws:sts::444455556666:assumed-role/R/S/T",
        "arn:aws:sts::444455556666:federated-user/",
        "arn:aws:sts::444455556666:role/R",
        "arn:aws:s3::444455556666:role/R",
        "arn:::::",
    ] {
        statement(
            GATEWAY,
            &format!(r#""Principal":{{"AWS":§"{wrong}"}}"#),
            "",
            "AC-149 /Statement/Principal/AWS",
        );
        // The entries of a NotPrincipal are looked into as well.
        let spared = format!(r#""NotPrincipal":{{"AWS":["111122223333",§"{wrong}"]}}"#);
        statement(
            GATEWAY,
            &spared,
            "AC-154=accepted",
            "AC-149 /Statement/NotPrincipal/AWS/1",
        );
    }
    let canonical = r#""Principal":{"AWS":"*",§"CanonicalUser":[]}"#;
    statement(GATEWAY, &canonical.replace('§', ""), "", "stored");
    statement(
        GATEWAY,
        &canonical.replace('§', ""),
        "AC-153=accepted",
        "stored",
    );
    statement(
        GATEWAY,
        canonical,
        "AC-153=refused",
        "AC-153 /Statement/Principal/CanonicalUser",
    );
    for (entry, resolved) in [
        (ROLE, "stored"),
        (
            "§arn:aws:iam::444455556666:role/team/app",
            "AC-155 /Statement/Principal/AWS",
        ),
        (
            "§arn:aws:iam::444455556666:user/team/App",
            "AC-155 /Statement/Principal/AWS",
        ),
        ("§AROAEXAMPLEEXAMPLE", "AC-155 /Statement/Principal/AWS"),
        ("arn:aws:iam::999999999999:root", "stored"),
        ("999999999999", "stored"),
        ("*", "stored"),
        ("arn:aws:sts::444455556666:assumed-role/R/S", "stored"),
    ] {
        let marked = if entry.starts_with('§') { "§" } else { "" };
        let text = format!(
            r#""Principal":{{"AWS":{marked}"{}"}}"#,
            entry.replace('§', "")
        );
        statement(GATEWAY, &text.replace('§', ""), "", "stored");
        statement(
            GATEWAY,
            &text.replace('§', ""),
            "AC-155=not-resolved",
            "stored",
        );
        statement(GATEWAY, &text, "AC-155=resolved", resolved);
    }
}

#[test]
fn actions() {
    // Under `type`, `service` and `any`; then under `type` and `service` where patterns may not reach beyond.
    let (ok, no, far) = ("stored", "AC-150", "AC-151");
    for (resource, action, readings) in [
        (
            GATEWAY,
            "bedrock-agentcore:InvokeGateway",
            [ok, ok, ok, ok, ok],
        ),
        (
            GATEWAY,
            "Bedrock-AgentCore:invokegateway",
            [ok, ok, ok, ok, ok],
        ),
        (
            GATEWAY,
            "bedrock-agentcore:InvokeGatewa?",
            [ok, ok, ok, ok, ok],
        ),
        (GATEWAY, "bedrock-agentcore:invokeg*", [ok, ok, ok, ok, ok]),
        (GATEWAY, "bedrock-agentcore:Invoke*", [ok, ok, ok, far, ok]),
        (
            GATEWAY,
            "bedrock-agentcore:InvokeAgentRuntime",
            [no, ok, ok, no, ok],
        ),
        (
            GATEWAY,
            "bedrock-agentcore:InvokeAgentRuntime*",
            [no, ok, ok, no, ok],
        ),
        (GATEWAY, "bedrock-agentcore:Nothing", [no, ok, ok, no, ok]),
        (GATEWAY, "bedrock-agentcore:", [no, ok, ok, no, ok]),
        (GATEWAY, "s3:GetObject", [no, no, ok, no, no]),
        (GATEWAY, "bedrock:InvokeGateway", [no, no, ok, no, no]),
        (GATEWAY, "*", [ok, ok, ok, far, far]),
        (GATEWAY, "*:*", [ok, ok, ok, far, far]),
        (
            RUNTIME,
            "bedrock-agentcore:InvokeAgentRuntime*",
            [ok, ok, ok, ok, ok],
        ),
        (
            RUNTIME,
            "bedrock-agentcore:*Runtime*",
            [ok, ok, ok, far, ok],
        ),
        (
            RUNTIME,
            "bedrock-agentcore:GetAgentRuntime",
            [no, ok, ok, no, ok],
        ),
        (MEMORY, "bedrock-agentcore:GetMemory", [ok, ok, ok, ok, ok]),
        (
            MEMORY,
            "bedrock-agentcore:StartMemoryExtractionJobs",
            [no, ok, ok, no, ok],
        ),
    ] {
        let settings = [
            "AC-150=type AC-151=accepted",
            "AC-150=service",
            "AC-150=any AC-151=refused",
            "AC-150=type AC-151=refused",
            "AC-150=service AC-151=refused",
        ];
        for (settings, expected) in settings.into_iter().zip(readings) {
            let mark = if expected == ok { "" } else { "§" };
            let text = format!(
                r#""Action":["bedrock-agentcore:{}",{mark}"{action}"]"#,
                match resource {
                    GATEWAY => "InvokeGateway",
                    RUNTIME => "GetAgentCard",
                    _ => "GetMemory",
                }
            );
            let expected = match expected {
                "stored" => expected.to_owned(),
                rule => format!("{rule} /Statement/Action/1"),
            };
            statement(resource, &text, settings, &expected);
        }
    }
    // Prefixes with wildcards, where the grammar takes them.
    let prefix = r#""Action":§"bedrock-*:InvokeGateway""#;
    let accepted = "IAM-060=accepted";
    statement(GATEWAY, &prefix.replace('§', ""), accepted, "stored");
    statement(
        GATEWAY,
        prefix,
        &format!("{accepted} AC-151=refused"),
        "AC-151 /Statement/Action",
    );
    statement(
        GATEWAY,
        r#""Action":§"s?:InvokeGateway""#,
        accepted,
        "AC-150 /Statement/Action",
    );
    // What memories know beyond the list.
    for name in [
        "IngestData",
        "ingest*",
        "UpdateMemoryRecordExpirySpecification",
    ] {
        let text = format!(r#""Action":§"bedrock-agentcore:{name}""#);
        statement(MEMORY, &text, "", "AC-150 /Statement/Action");
        statement(MEMORY, &text, "AC-045=refused", "AC-150 /Statement/Action");
        statement(MEMORY, &text.replace('§', ""), "AC-045=accepted", "stored");
        statement(
            GATEWAY,
            &text,
            "AC-045=accepted",
            "AC-150 /Statement/Action",
        );
    }
    // A permission that no table lists is none that a pattern could reach beyond.
    let update = r#""Action":"bedrock-agentcore:UpdateMemory*""#;
    statement(MEMORY, update, "AC-151=refused", "stored");
    // No table tells the actions of harnesses.
    statement(
        HARNESS,
        r#""Action":"bedrock-agentcore:Nothing""#,
        "AC-004=stored AC-151=refused",
        "stored",
    );
    statement(
        HARNESS,
        r#""Action":§"s3:x""#,
        "AC-004=stored",
        "AC-150 /Statement/Action",
    );
    statement(
        HARNESS,
        r#""Action":§"*""#,
        "AC-004=stored AC-151=refused",
        "AC-151 /Statement/Action",
    );
    // A list that names none is fine where the grammar takes it.
    statement(GATEWAY, r#""Action":[]"#, "IAM-036=accepted", "stored");
}

#[test]
fn resources() {
    let missing =
        r#"{"Version":"2012-10-17","Statement":[§{"Effect":"Deny","Principal":"*","Action":"*"}]}"#;
    holds(GATEWAY, missing, "", "AC-145 /Statement/0");
    holds(GATEWAY, missing, "AC-145=required", "AC-145 /Statement/0");
    holds(
        GATEWAY,
        &missing.replace('§', ""),
        "AC-145=implicit",
        "stored",
    );
    let list = r#""Resource":§["<R>",null]"#;
    statement(GATEWAY, &list.replace('§', ""), "", "stored");
    statement(GATEWAY, &list.replace('§', ""), "AC-147=accepted", "stored");
    statement(
        GATEWAY,
        list,
        "AC-147=refused",
        "AC-147 /Statement/Resource",
    );
    for settings in ["", "AC-147=refused"] {
        statement(
            GATEWAY,
            r#""Resource":§[null]"#,
            &format!("IAM-037=accepted {settings}"),
            "AC-143 /Statement/Resource",
        );
    }
    statement(
        GATEWAY,
        r#""Resource":["<R>",§"arn:aws:s3:::b"]"#,
        "",
        "AC-146 /Statement/Resource/1",
    );
    for (text, refused, accepted) in [
        ("<R>", "", ""),
        ("<R>*", "AC-148", ""),
        ("arn:aws:bedrock-agentcore:*", "AC-148", ""),
        (
            "arn:aws:bedrock-agentcore:us-west-2:1111?2223333:gateway/tools-abcdef0123",
            "AC-148",
            "",
        ),
        ("arn:aws:bedrock-agentcore:*gateway/tools-*", "AC-148", ""),
        ("*", "AC-143", "AC-143"),
        ("<R>?", "AC-143", "AC-143"),
        (
            "arn:aws:bedrock-agentcore:*gateway/TOOLS-*",
            "AC-143",
            "AC-143",
        ),
        ("<R>${*}", "AC-143", "AC-143"),
        ("<R>/x", "AC-146", "AC-146"),
        (
            "arn:aws:bedrock-agentcore:us-west-2:999999999999:gateway/tools-abcdef0123",
            "AC-146",
            "AC-146",
        ),
    ] {
        for (settings, rule) in [("AC-148=refused", refused), ("AC-148=accepted", accepted)] {
            let (mark, expected) = match rule {
                "" => ("", "stored".to_owned()),
                rule => ("§", format!("{rule} /Statement/Resource")),
            };
            statement(
                GATEWAY,
                &format!(r#""Resource":{mark}"{text}""#),
                settings,
                &expected,
            );
        }
    }
    // Nothing is expanded in an old document, and equal is equal in any.
    let odd = &GATEWAY.replace("tools", "${x}");
    let old = r#"{"Version":"2008-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"<R>"}}"#;
    holds(odd, old, "", "stored");
    holds(odd, &old.replace("2008", "2012"), "", "stored");
    holds(
        GATEWAY,
        &old.replace("\"<R>\"", "§\"<R>${x}\""),
        "",
        "AC-146 /Statement/Resource",
    );
    // Written with escapes it is the same text.
    statement(
        GATEWAY,
        &format!(r#""Resource":"\u0061{}""#, &GATEWAY[1..]),
        "",
        "stored",
    );
}

#[test]
fn conditions() {
    for known in [
        "aws:userid",
        "AWS:UserId",
        "aws:PrincipalTag/x",
        "aws:requesttag/x",
        "Bedrock-AgentCore:Namespace",
    ] {
        let text = format!(r#""Condition":{{"StringEquals":{{"{known}":"x"}}}}"#);
        statement(GATEWAY, &text, "AC-156=refused", "stored");
    }
    for unknown in [
        "s3:prefix",
        "aws:Nothing",
        "aws:PrincipalTag/",
        "bedrock-agentcore:Nothing",
        "",
        "userid",
    ] {
        let text = format!(
            r#""Condition":{{"Bool":{{"aws:userid":"x"}},"StringEquals":{{§"{unknown}":"x"}}}}"#
        );
        let expected = format!(
            "AC-156 /Statement/Condition/StringEquals/{}",
            unknown.replace('/', "~1")
        );
        statement(GATEWAY, &text.replace('§', ""), "", "stored");
        statement(GATEWAY, &text.replace('§', ""), "AC-156=accepted", "stored");
        statement(GATEWAY, &text, "AC-156=refused", &expected);
    }
    let variable = r#""Condition":{"StringEquals":{"aws:userid":["x",§"${aws:userid}"]}}"#;
    statement(GATEWAY, &variable.replace('§', ""), "", "stored");
    statement(
        GATEWAY,
        &variable.replace('§', ""),
        "AC-272=accepted",
        "stored",
    );
    statement(
        GATEWAY,
        variable,
        "AC-272=refused",
        "AC-272 /Statement/Condition/StringEquals/aws:userid/1",
    );
    // Under every operator, even where a variable is no fault of the grammar.
    let of_bool = r#""Condition":{"Bool":{"aws:userid":§"${"}}"#;
    statement(
        GATEWAY,
        of_bool,
        "AC-272=refused",
        "AC-272 /Statement/Condition/Bool/aws:userid",
    );
    // An old document has no variables.
    let old = document(&variable.replace('§', "")).replace("2012-10-17", "2008-10-17");
    holds(GATEWAY, &old, "AC-272=refused", "stored");
}

/// The choices of section 7.
fn choices() -> impl Iterator<Item = Choice> {
    let of_puts = [4, 39, 45, 145, 147, 148, 150, 151, 153, 154, 155, 156];
    let all = ALL_CHOICES.iter().copied();
    all.filter(move |choice| {
        let (id, number) = (choice.to_string(), choice.rule().number());
        id.starts_with("AC-") && (of_puts.contains(&number) || (270..=275).contains(&number))
    })
}

/// For each choice of section 7 puts that turn on it; between them under each reading but the default.
fn turning() -> Vec<(&'static str, Vec<Put>)> {
    const PLAIN: &str = r#""Sid":"S""#;
    let deny = |statement: &str| on(GATEWAY, &document(statement));
    let text = |text: &str| on(GATEWAY, text);
    let long = |filling: &str, times: usize| {
        let statement = r#"{"Effect":"Deny","Principal":"*","Action":"*","Resource":"<R>"}"#;
        let filling = filling.repeat(times);
        text(&format!(
            r#"{{"Version":"2012-10-17","Id":"{filling}","Statement":{statement}}}"#
        ))
    };
    let spaced = text(&format!("{}{}", document(PLAIN), " ".repeat(20_480)));
    let same_sid = r#"{"Sid":"S","Effect":"Deny","Principal":"*","Action":"*","Resource":"<R>"}"#;
    vec![
        ("AC-004", vec![on(HARNESS, &document(PLAIN))]),
        ("AC-039", vec![long("é", 15_000), spaced]),
        (
            "AC-045",
            vec![on(
                MEMORY,
                &document(r#""Action":"bedrock-agentcore:IngestData""#),
            )],
        ),
        (
            "AC-145",
            vec![text(
                r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"*"}}"#,
            )],
        ),
        ("AC-147", vec![deny(r#""Resource":["<R>"]"#)]),
        ("AC-148", vec![deny(r#""Resource":"<R>*""#)]),
        (
            "AC-150",
            vec![
                deny(r#""Action":"bedrock-agentcore:InvokeAgentRuntime""#),
                deny(r#""Action":"s3:GetObject""#),
            ],
        ),
        ("AC-151", vec![deny(PLAIN)]),
        (
            "AC-153",
            vec![deny(
                r#""Principal":{"CanonicalUser":"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}"#,
            )],
        ),
        (
            "AC-154",
            vec![deny(
                r#""NotPrincipal":{"AWS":"arn:aws:iam::444455556666:role/team/App"}"#,
            )],
        ),
        (
            "AC-155",
            vec![deny(
                r#""Principal":{"AWS":"arn:aws:iam::444455556666:role/Gone"}"#,
            )],
        ),
        (
            "AC-156",
            vec![deny(r#""Condition":{"StringEquals":{"foo:bar":"v"}}"#)],
        ),
        (
            "AC-270",
            vec![text(&document(PLAIN).replace("2012-10-17", "2008-10-17"))],
        ),
        (
            "AC-271",
            vec![text(&format!(
                r#"{{"Version":"2012-10-17","Statement":[{same_sid},{same_sid}]}}"#
            ))],
        ),
        (
            "AC-272",
            vec![deny(
                r#""Condition":{"StringEquals":{"aws:PrincipalTag/a":"${aws:PrincipalTag/b}"}}"#,
            )],
        ),
        (
            "AC-273",
            vec![deny(r#""NotAction":"bedrock-agentcore:InvokeGateway""#)],
        ),
        ("AC-274", vec![deny(r#""NotResource":"arn:aws:s3:::b""#)]),
        (
            "AC-275",
            vec![deny(
                r#""Condition":{"StringSame":{"aws:PrincipalTag/a":"v"}}"#,
            )],
        ),
    ]
}

#[test]
fn every_choice_of_section_7_turns_some_put_under_every_reading() {
    let turning = turning();
    let named: Vec<&str> = turning.iter().map(|(choice, _)| *choice).collect();
    let all: Vec<String> = choices().map(|choice| choice.to_string()).collect();
    assert_eq!(named, all);
    for (choice, (_, puts)) in choices().zip(&turning) {
        for reading in choice.reading_names() {
            let setting = format!("{choice}={reading}");
            if read_as(&setting) == Dialect::default() {
                continue;
            }
            let turns = |put: &Put| {
                let stored = |settings| outcome(put, settings) == PutOutcome::Stored;
                stored("") != stored(&setting)
            };
            assert!(puts.iter().any(turns), "{setting} turns nothing");
        }
    }
}

#[test]
fn what_is_no_put_is_an_error() {
    let malformed = Put {
        account: "1".to_owned(),
        ..on(GATEWAY, "")
    };
    let error = put(&malformed, &Dialect::default()).expect_err("no account");
    assert_eq!(error.member, "account");
}

/// A dialect with any readings of the choices of section 7.
fn dialects() -> impl Strategy<Value = Dialect> {
    proptest::collection::vec(0usize..3, 18).prop_map(|indices| {
        choices()
            .zip(indices)
            .fold(Dialect::default(), |dialect, (choice, index)| {
                dialect.with_index(choice, index % choice.reading_names().len())
            })
    })
}

/// Texts from nonsense to nearly a policy.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("§".to_owned()),
        Just("\"".to_owned()),
        Just("\\u0000".to_owned()),
        Just("*".to_owned()),
        Just("[]".to_owned()),
        Just("null".to_owned()),
        Just("\"Sid\":\"x\",".to_owned()),
        ".{0,4}",
    ];
    let valid = document(r#""Condition":{"StringLike":{"aws:PrincipalArn":["a","${b}"]}}"#)
        .replace("<R>", GATEWAY);
    let spliced = (piece, any::<proptest::sample::Index>(), 0usize..6).prop_map(
        move |(piece, place, length)| {
            let at = place.index(valid.len());
            let behind = (at + length).min(valid.len());
            format!("{}{piece}{}", &valid[..at], &valid[behind..])
        },
    );
    prop_oneof![".{0,60}", spliced]
}

proptest! {
    #[test]
    fn no_text_panics_and_every_place_is_in_it(
        text in texts(),
        resource in prop_oneof![Just(GATEWAY.to_owned()), "[a-z:/*é]{1,60}", "arn:aws:bedrock-agentcore:.{0,40}"],
        dialect in dialects(),
    ) {
        let mut asked = on(GATEWAY, &text);
        asked.resource = resource;
        let outcome = put(&asked, &dialect);
        if let Ok(PutOutcome::Refused(refusal)) = outcome
            && let PutPlace::Policy { pointer, offset } = refusal.at
        {
            prop_assert!(text.is_char_boundary(offset));
            prop_assert_eq!(refusal.error, PutError::Validation);
            // The pointer leads somewhere, unless nothing could be read.
            if let Ok(json) = serde_json::from_str::<serde_json::Value>(&text) {
                prop_assert!(json.pointer(&pointer).is_some(), "{}", pointer);
            } else {
                prop_assert_eq!(pointer, "");
            }
        }
    }
}
