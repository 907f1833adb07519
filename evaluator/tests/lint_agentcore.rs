//! What lint finds about AgentCore, kind and place.
//!
//! A case is a document with marks, as in `lint.rs`: `«unknown-action»` stands where a finding of that code is expected.
//! Single quotes stand for double ones, R, E and G for the ARNs below, `ac:` for the prefix of the service.

use std::fs;
use std::path::Path;

use veriam_evaluator::{Finding, Limits, Severity, findings, findings_on};
use veriam_model::{Dialect, PolicyType};

const ACCOUNT: &str = "arn:aws:bedrock-agentcore:us-west-2:111122223333";
const RUNTIME: &str = "arn:aws:bedrock-agentcore:us-west-2:111122223333:runtime/agent_a-AbCdEf0123";

fn unmark(marked: &str) -> (String, Vec<(usize, String)>) {
    let (mut text, mut expected) = (String::new(), Vec::new());
    let mut rest = marked;
    while let Some((before, after)) = rest.split_once('«') {
        text += before;
        let (codes, after) = after.split_once('»').unwrap();
        expected.extend(codes.split(',').map(|code| (text.len(), code.to_owned())));
        rest = after;
    }
    (text + rest, expected)
}

fn look(policy_type: PolicyType, on: Option<&str>, text: &str) -> Vec<Finding> {
    let (dialect, limits) = (Dialect::default(), Limits::default());
    let found = match on {
        Some(on) => findings_on(on, text, &dialect, &limits),
        None => findings(policy_type, text, &dialect, &limits),
    };
    for finding in &found {
        assert!(text.get(finding.span.clone()).is_some(), "{finding:?}");
    }
    found
}

fn codes(found: &[Finding]) -> Vec<&str> {
    found.iter().map(|f| f.code).collect()
}

fn written(marked: &str) -> String {
    let marked = marked
        .replace('\'', "\"")
        .replace("[R]", RUNTIME)
        .replace("[A]", ACCOUNT)
        .replace("ac:", "bedrock-agentcore:");
    format!(r#"{{"Version":"2012-10-17","Statement":{marked}}}"#)
}

/// The findings of a document, which must be those of its marks.
fn check_on(policy_type: PolicyType, on: Option<&str>, marked: &str) -> Vec<Finding> {
    let (text, expected) = unmark(&written(marked));
    let found = look(policy_type, on, &text);
    let places: Vec<(usize, String)> = found
        .iter()
        .map(|f| (f.span.start, f.code.to_owned()))
        .collect();
    assert_eq!(places, expected, "{marked}");
    found
}

fn check(policy_type: PolicyType, marked: &str) -> Vec<Finding> {
    check_on(policy_type, None, marked)
}

fn identity(actions: &str, resources: &str) -> Vec<Finding> {
    check(
        PolicyType::Identity,
        &format!("{{'Effect':'Allow','Action':{actions},'Resource':{resources}}}"),
    )
}

fn remedies(found: &[Finding]) -> Vec<&str> {
    found.iter().map(|f| f.remedy.as_ref()).collect()
}

#[test]
fn actions_that_do_not_exist_are_found_with_the_nearest() {
    for (name, near) in [
        ("InvokeAgentRuntimes", "InvokeAgentRuntime"),
        ("InvokeRuntime", "InvokeAgentRuntime"),
        ("invokegatway", "InvokeGateway"),
        ("StartMemoryExtractionJobs", "StartMemoryExtractionJob"),
    ] {
        let found = identity(
            &format!("['ac:GetMemory',«unknown-action»'ac:{name}']"),
            "'*'",
        );
        assert_eq!(
            remedies(&found),
            [format!("write bedrock-agentcore:{near}, if that is meant")]
        );
    }
    let found = identity("«unknown-action»'ac:Frobnicate'", "'*'");
    assert_eq!(
        remedies(&found),
        ["write the name of an action, or a wildcard"]
    );
    identity(
        "['ac:invoke*','BEDROCK-AGENTCORE:getmemory',«pattern-without-action»'ac:Invoke*Agent']",
        "'*'",
    );
    identity(
        "['ac:GetRuntimeProtectedResourceMetadata','ac:IngestData']",
        "'*'",
    );
    check(
        PolicyType::Scp,
        "{'Effect':'Deny','NotAction':['ac:InvokeGateway',«unknown-action»'ac:InvokeGatewey'],'Resource':'*'}",
    );
}

#[test]
fn the_prefix_is_that_of_the_service() {
    let found = identity(
        "['bedrock:InvokeModel',«action-prefix-of-agentcore»'bedrock:InvokeGateway']",
        "'*'",
    );
    assert_eq!(remedies(&found), ["write bedrock-agentcore:InvokeGateway"]);
    identity(
        "«action-prefix-of-agentcore»'bedrock-agentcore-control:UpdateMemory'",
        "'*'",
    );
    // Amazon Bedrock has actions of these names.
    identity(
        "['bedrock:TagResource','bedrock:ListSessions','s3:GetObject']",
        "'*'",
    );
    identity("«action-prefix-of-agentcore»'bedrock:TagResource'", "'[R]'");
}

#[test]
fn arns_of_other_shapes_name_nothing() {
    for resource in [
        "arn:aws«extra-arn-segment»::bedrock-agentcore:us-west-2:111122223333:memory/m_1-AbCdEf0123",
        "arn:aws:bedrock-agentcore«extra-arn-segment»::us-west-2:111122223333:memory/m_1-AbCdEf0123",
        "arn:aws:bedrock-agentcore:us-west-2«extra-arn-segment»::111122223333:memory/m_1-AbCdEf0123",
        "arn:aws«extra-arn-segment»::bedrock-agentcore:us-west-2«empty-arn-account»::memory/m_1-AbCdEf0123",
        "arn:aws:bedrock-agentcore:us-west-2«empty-arn-account»::memory/m_1-AbCdEf0123",
        "arn:aws:bedrock-agentcore«empty-arn-region»::111122223333:memory/*",
        "arn:aws:bedrock-agentcore:us-west-2:«impossible-account»11112222333:memory/*",
        "arn:aws:bedrock-agentcore:us-west-2:«resource-of-aws»aws:memory/*",
        "arn:aws:bedrock-agentcore:*:*:memory/«impossible-id»my",
        "arn:aws:bedrock-agentcore:us-west-2:«placeholder»ACCOUNT_ID:memory/MEMORY_ID",
        "arn:aws:bedrock-agentcore:«placeholder»<region>:<account-id>:memory/<id>",
    ] {
        identity("'ac:GetMemory'", &format!("'{resource}'"));
    }
    for resource in [
        "arn:aws:bedrock-agentcore:us-west-2:111122223333:memory/m_1-AbCdEf0123",
        "arn:aws-us-gov:bedrock-agentcore:*:111122223333:memory/m*",
        "arn:aws:bedrock-agentcore:*:*:*",
        "arn:aws:bedrock-agentcore:us-west-2:*",
        "arn:aws:bedrock-agentcore:*:*:memory/${aws:PrincipalTag/memory}",
        "*",
    ] {
        identity("'ac:GetMemory'", &format!("'{resource}'"));
    }
}

#[test]
fn types_that_do_not_exist_are_found_with_the_form_that_is_meant() {
    identity(
        "'ac:InvokeAgentRuntime'",
        "['[R]','[R]/«endpoint-segment»endpoint/DEFAULT','[R]/runtime-endpoint/DEFAULT']",
    );
    let found = identity(
        "'ac:GetApiKeyCredentialProvider'",
        "['[A]:token-vault/default','[A]:token-vault/default/«provider-segment»api-key/x']",
    );
    assert_eq!(remedies(&found), ["write apikeycredentialprovider"]);
    let found = identity(
        "'ac:GetAgentRuntime'",
        "'[A]:«unknown-resource-type»runtimes/agent_a-AbCdEf0123'",
    );
    assert_eq!(
        remedies(&found),
        ["write runtime/<RuntimeId>, if that is meant"]
    );
    identity(
        "'ac:GetAgentRuntime'",
        "'[A]:«unknown-resource-type»agent/0123:1'",
    );
    identity(
        "'ac:GetAgentRuntime'",
        "'[A]:«unknown-resource-type»runtime/a/b/c/d/e'",
    );
}

#[test]
fn tools_belong_to_aws_or_have_another_type() {
    let invoke = "'ac:StartBrowserSession'";
    identity(invoke, "'[A]:«tool-owner»browser/my_browser-AbCdEf0123'");
    identity(invoke, "'[A]:«tool-owner»browser/*'");
    identity(invoke, "'[A]:browser-custom/my_browser-AbCdEf0123'");
    identity(
        invoke,
        "['arn:aws:bedrock-agentcore:us-west-2:aws:browser/aws.browser.v1','arn:aws:bedrock-agentcore:*:*:browser/*']",
    );
    identity(
        "'ac:InvokeCodeInterpreter'",
        "'[A]:«tool-owner»code-interpreter/aws.codeinterpreter.v1'",
    );
    identity(
        "'ac:ConnectBrowserLiveViewStream'",
        "'[A]:browser-custom/*'",
    );
    // AC-016, AC-017
    identity(
        "'ac:Evaluate'",
        "['arn:aws:bedrock-agentcore:::evaluator/Builtin.Helpfulness','[A]:evaluator/mine-AbCdEf0123']",
    );
    identity(
        "'ac:InvokeWebSearch'",
        "['[A]:tool/web-search.v1','arn:aws:bedrock-agentcore:us-west-2:aws:tool/web-search.v1']",
    );
}

#[test]
fn ids_are_those_that_the_api_gives() {
    let both = |id: &str| format!("['[A]:runtime/{id}','[A]:runtime/{id}/runtime-endpoint/*']");
    identity(
        "'ac:InvokeAgentRuntime'",
        &both("«impossible-id»support-agent-runtime"),
    );
    identity(
        "'ac:InvokeAgentRuntime'",
        &both("«impossible-id»customAgent1"),
    );
    identity("'ac:InvokeAgentRuntime'", "'[R]*'");
    identity(
        "'ac:InvokeAgentRuntime'",
        "['[R]','[R]/runtime-endpoint/PROD']",
    );
    identity(
        "'ac:InvokeAgentRuntime'",
        "['[R]','[R]/runtime-endpoint/«impossible-id»1st']",
    );
    identity(
        "'ac:InvokeGateway'",
        "['[A]:gateway/my-gateway-abcdef0123','[A]:gateway/«impossible-id»My-Gateway-ABCDEF0123']",
    );
}

#[test]
fn actions_and_resources_go_together() {
    let found = identity(
        "['ac:InvokeAgentRuntime',«action-resource-mismatch»'ac:InvokeGateway']",
        "'[R]*'",
    );
    assert_eq!(
        remedies(&found),
        ["name one, which ends in gateway/<GatewayId>"]
    );
    identity(
        "[«action-needs-any-resource»'ac:ListGateways','ac:InvokeGateway']",
        "'[A]:gateway/*'",
    );
    identity(
        "['ac:ListGateways','ac:InvokeGateway']",
        "['[A]:gateway/*','*']",
    );
    identity(
        "'ac:InvokeGateway'",
        "['[A]:gateway/*',«resource-without-action»'[R]']",
    );
    identity("[«action-resource-mismatch»'ac:Invoke*']", "'[A]:memory/*'");
    identity(
        "«action-resource-mismatch»'ac:CreateEvent'",
        "'arn:aws:s3:::bucket'",
    );
    identity(
        "['s3:GetObject','ac:CreateEvent']",
        "['arn:aws:s3:::bucket/*','[A]:memory/*']",
    );
    // The guide goes beyond the reference (AC-033, AC-053, AC-061).
    identity("'ac:PutResourcePolicy'", "'[A]:memory/*'");
    identity("'ac:ManageAdminPolicy'", "'[A]:gateway/*'");
    identity("'ac:TagResource'", "'[A]:dataset/*'");
    // What a harness needs of its runtime is asked about the harness (AC-188).
    identity(
        "['ac:InvokeHarness','ac:InvokeAgentRuntime']",
        "'[A]:harness/*'",
    );
    identity("'*'", "'[R]*'");
    identity("'bedrock-agentcore:*'", "'[A]:gateway/*'");
}

#[test]
fn runtime_and_endpoint_are_both_asked_about() {
    for action in [
        "'ac:InvokeAgentRuntime'",
        "'ac:*'",
        "['ac:GetAgentCard','ac:StopRuntimeSession']",
    ] {
        let found = identity(action, "«missing-endpoint-resource»'[R]'");
        assert_eq!(
            remedies(&found),
            [format!("add {RUNTIME}/runtime-endpoint/*")]
        );
        let found = identity(
            action,
            "«missing-runtime-resource»'[R]/runtime-endpoint/DEFAULT'",
        );
        assert_eq!(remedies(&found), [format!("add {RUNTIME}")]);
    }
    identity(
        "'ac:InvokeAgentRuntime'",
        "['[R]','[R]/runtime-endpoint/DEFAULT']",
    );
    identity("'ac:InvokeAgentRuntime'", "['[R]','[R]*']");
    identity("'ac:GetAgentRuntime'", "'[R]'");
    identity(
        "'ac:InvokeAgentRuntime'",
        "['[R]','[R]/runtime-endpoint/*',«missing-endpoint-resource»'[A]:runtime/agent_b-AbCdEf0123']",
    );
    // Two statements together.
    let invoke = |resource: &str| {
        format!("{{'Effect':'Allow','Action':'ac:InvokeAgentRuntime','Resource':{resource}}}")
    };
    let both = format!(
        "[{},{}]",
        invoke("'[R]'"),
        invoke("'[R]/runtime-endpoint/*'")
    );
    check(PolicyType::Session, &both);
    // Each named action has to be allowed on both; of a wildcard some.
    let other = |action: &str| {
        format!(
            "{{'Effect':'Allow','Action':'ac:{action}','Resource':'[R]/runtime-endpoint/DEFAULT'}}"
        )
    };
    let first = |actions: &str, resource: &str| {
        format!("{{'Effect':'Allow','Action':{actions},'Resource':{resource}}}")
    };
    check(
        PolicyType::Identity,
        &format!(
            "[{},{}]",
            first(
                "['ac:InvokeAgentRuntime','ac:GetAgentCard']",
                "«missing-endpoint-resource»'[R]'"
            ),
            other("GetAgentCard")
        ),
    );
    check(
        PolicyType::Identity,
        &format!("[{},{}]", first("'ac:*'", "'[R]'"), other("GetAgentCard")),
    );
    for covers in [
        "[A]:runtime/*a-AbCdEf0123/*",
        "[A]:*",
        "[A]:runtime/agent_?-AbCdEf0123*",
        "*",
    ] {
        check(
            PolicyType::Identity,
            &format!(
                "[{},{}]",
                first("'ac:GetAgentCard'", "'[R]'"),
                first("'ac:GetAgentCard'", &format!("'{covers}'"))
            ),
        );
    }
    // A Deny on one is enough, and a resource-based policy speaks of one.
    check(
        PolicyType::Identity,
        "{'Effect':'Deny','Action':'ac:GetAgentCard','Resource':'[R]'}",
    );
    check(
        PolicyType::Resource,
        "{'Effect':'Allow','Principal':'*','Action':'ac:GetAgentCard','Resource':'[R]'}",
    );
    // AC-173 leaves open whether endpoint policies are asked about both.
    check(
        PolicyType::Endpoint,
        "{'Effect':'Allow','Principal':'*','Action':'ac:InvokeAgentRuntime','Resource':«endpoint-policy-on-runtime-only»'[R]'}",
    );
}

#[test]
fn other_actions_on_several_resources_need_all() {
    let found = identity(
        "«missing-companion-resource»'ac:GetWorkloadAccessToken'",
        "'[A]:workload-identity-directory/default/workload-identity/x'",
    );
    assert_eq!(
        remedies(&found),
        ["add `workload-identity-directory/<DirectoryId>`"]
    );
    identity(
        "'ac:GetWorkloadAccessToken'",
        "['[A]:workload-identity-directory/default','[A]:workload-identity-directory/default/workload-identity/*']",
    );
    identity(
        "'ac:GetWorkloadAccessToken*'",
        "'[A]:workload-identity-directory/default*'",
    );
    identity(
        "«missing-companion-resource»'ac:AuthorizeAction'",
        "'[A]:gateway/*'",
    );
    identity("'ac:*'", "'[A]:gateway/*'");
    // Either of two tools is addressed (AC-056).
    identity("'ac:StartBrowserSession'", "'[A]:browser-custom/*'");
}

#[test]
fn a_deny_of_one_way_in_leaves_the_others() {
    let resource = |principal: &str, actions: &str, more: &str| {
        check(
            PolicyType::Resource,
            &format!(
                "[{{'Effect':'Deny','Principal':{principal},'Action':{actions},'Resource':'[R]','Condition':{{'StringNotEquals':{{'aws:SourceVpc':'vpc-1'}}}}}}{more}]"
            ),
        )
    };
    let found = resource("'*'", "«siblings-left-open»'ac:InvokeAgentRuntime'", "");
    assert!(
        found[0]
            .message
            .contains("`InvokeAgentRuntimeCommandShell`")
    );
    assert!(!found[0].message.contains("`InvokeAgentRuntime`"));
    resource(
        "{'AWS':'arn:aws:iam::111122223333:role/x'}",
        "['ac:StopRuntimeSession',«siblings-left-open»'ac:InvokeAgentRuntime']",
        "",
    );
    resource("'*'", "«sessions-left-open»'ac:InvokeAgentRuntime*'", "");
    resource("'*'", "'ac:*'", "");
    // Nobody else lets a foreign caller in; and who denies a user id denies that.
    resource(
        "{'AWS':'arn:aws:iam::444455556666:role/x'}",
        "'ac:InvokeAgentRuntime'",
        "",
    );
    resource("'*'", "'ac:InvokeAgentRuntimeForUser'", "");
    resource(
        "'*'",
        "['ac:InvokeAgentRuntimeCommand','ac:InvokeAgentRuntimeCommandShell']",
        "",
    );
    // A second Deny names the rest.
    resource(
        "'*'",
        "'ac:InvokeAgentRuntime'",
        ",{'Effect':'Deny','Principal':'*','Action':['ac:InvokeAgentRuntime?*','ac:GetAgentCard','ac:StopRuntimeSession'],'Resource':'[R]'}",
    );
    let of = |policy_type, allowed: &str, code: &str| {
        check(
            policy_type,
            &format!(
                "[{{'Effect':'Allow','Action':'{allowed}','Resource':'*'}},{{'Effect':'Deny','Action':{code}'ac:InvokeAgentRuntime','Resource':'*'}}]"
            ),
        )
    };
    of(PolicyType::Identity, "ac:*", "«siblings-left-open»");
    of(PolicyType::Identity, "ac:InvokeAgentRuntime", "");
    check(
        PolicyType::Scp,
        "{'Effect':'Deny','Action':«siblings-left-open»'ac:InvokeAgentRuntime','Resource':'*'}",
    );
}

#[test]
fn a_resource_based_policy_names_its_resource() {
    let allow = |resource: &str| {
        format!(
            "{{'Effect':'Allow','Principal':'*','Action':'ac:InvokeAgentRuntime','Resource':{resource}}}"
        )
    };
    let statement =
        |on: Option<&str>, resource: &str| check_on(PolicyType::Resource, on, &allow(resource));
    for resource in ["«resource-not-exact»'*'", "«resource-not-exact»'[R]*'"] {
        let found = statement(None, resource);
        assert_eq!(found[0].severity, Severity::Error);
    }
    statement(
        None,
        "['[R]',«several-resources»'[R]/runtime-endpoint/DEFAULT']",
    );
    check(
        PolicyType::Resource,
        &format!(
            "[{},{}]",
            allow("'[R]'"),
            allow("«several-resources»'[A]:runtime/agent_b-AbCdEf0123'")
        ),
    );
    check(
        PolicyType::Resource,
        &format!("[{},{}]", allow("'[R]'"), allow("'[R]'")),
    );
    statement(Some(RUNTIME), "'[R]'");
    let found = statement(
        Some(RUNTIME),
        "'arn:aws:bedrock-agentcore:us-west-2:«resource-not-attached»999999999999:runtime/agent_a-AbCdEf0123'",
    );
    assert_eq!(remedies(&found), [format!("write {RUNTIME}")]);
    statement(
        Some(&format!("{RUNTIME}/runtime-endpoint/DEFAULT")),
        "'[A]:runtime/«resource-not-attached»agent_a-AbCdEf0123'",
    );
    let found = statement(Some(RUNTIME), "«resource-not-exact»'*'");
    assert_eq!(remedies(&found), [format!("write {RUNTIME}")]);
    check(
        PolicyType::Resource,
        "«policy-without-resource»{'Effect':'Allow','Principal':'*','Action':'ac:InvokeGateway'}",
    );
    check(
        PolicyType::Resource,
        "{'Effect':'Allow','Principal':'*','Action':'ac:GetHarness','Resource':«no-resource-based-policy»'[A]:harness/h-AbCdEf0123'}",
    );
    // Buckets have their own rules.
    check(
        PolicyType::Resource,
        "{'Effect':'Allow','Principal':'*','Action':'s3:GetObject','Resource':['arn:aws:s3:::a/*','arn:aws:s3:::b']}",
    );
    let many = vec![allow("'[R]'"); 101].join(",");
    check(
        PolicyType::Resource,
        &format!("«too-many-policy-statements»[{many}]"),
    );
}

#[test]
fn a_resource_based_policy_names_actions_of_its_resource() {
    let with = |actions: &str, resource: &str| {
        check(
            PolicyType::Resource,
            &format!(
                "{{'Effect':'Allow','Principal':'*','Action':{actions},'Resource':'{resource}'}}"
            ),
        )
    };
    with(
        "['ac:InvokeAgentRuntime',«action-not-in-resource-policy»'ac:GetAgentRuntime',«action-not-in-resource-policy»'ac:InvokeGateway']",
        "[R]",
    );
    with(
        "['ac:*','ac:Invoke*',«action-not-in-resource-policy»'ac:Put*']",
        "[A]:gateway/a-abcdef0123",
    );
    with(
        "['ac:CreateEvent','ac:DeleteMemory','ac:IngestData',«action-not-in-resource-policy»'ac:CreateMemory']",
        "[A]:memory/a-AbCdEf0123",
    );
}

#[test]
fn denies_for_everyone_hit_bearers_of_tokens() {
    let deny = |conditions: &str, more: &str| {
        check(
            PolicyType::Resource,
            &format!(
                "[{{'Effect':'Deny','Principal':'*','Action':'ac:*','Resource':'[R]','Condition':{{{conditions}}}}}{more}]"
            ),
        )
    };
    let open = ",{'Effect':'Allow','Principal':'*','Action':'ac:*','Resource':'[R]'}";
    let role = "'arn:aws:iam::111122223333:role/x'";
    deny(
        &format!("'StringNotEquals':{{«deny-hits-tokens»'aws:PrincipalArn':{role}}}"),
        "",
    );
    deny(
        &format!("'StringNotEquals':{{«deny-locks-out-tokens»'aws:PrincipalArn':{role}}}"),
        open,
    );
    deny(
        "'StringNotEqualsIfExists':{«deny-locks-out-tokens»'aws:PrincipalAccount':'111122223333'}",
        open,
    );
    deny(
        &format!(
            "'StringNotEquals':{{'aws:PrincipalArn':{role}}},'Null':{{'aws:PrincipalArn':'false'}}"
        ),
        open,
    );
    deny(
        &format!("'StringNotEquals':{{'aws:PrincipalArn':{role},'aws:SourceVpc':'vpc-1'}}"),
        open,
    );
    deny("'StringEquals':{'aws:PrincipalOrgID':'o-1'}", open);
    let vpc = "'StringNotEquals':{'aws:SourceVpc':'vpc-1'}";
    deny(
        &format!("{vpc},«bool-without-if-exists»'Bool':{{'aws:ViaAWSService':'false'}}"),
        "",
    );
    deny(
        &format!("{vpc},'BoolIfExists':{{'aws:ViaAWSService':false}}"),
        "",
    );
    deny(&format!("{vpc},'Bool':{{'aws:ViaAWSService':'true'}}"), "");
}

#[test]
fn public_addresses_and_private_callers_exclude_each_other() {
    let ip = |policy_type, effect: &str, conditions: &str| {
        check(
            policy_type,
            &format!(
                "{{'Effect':'{effect}','Principal':'*','Action':'ac:InvokeGateway','Resource':'[A]:gateway/a-abcdef0123','Condition':{{{conditions}}}}}"
            ),
        )
    };
    ip(
        PolicyType::Resource,
        "Deny",
        "'NotIpAddress':{«deny-locks-out-private»'aws:SourceIp':'192.0.2.0/24'}",
    );
    ip(
        PolicyType::Resource,
        "Deny",
        "'NotIpAddress':{'aws:SourceIp':'192.0.2.0/24'},'StringNotEquals':{'aws:SourceVpce':'vpce-1'}",
    );
    ip(
        PolicyType::Resource,
        "Deny",
        "'IpAddress':{'aws:SourceIp':'192.0.2.0/24'}",
    );
    ip(
        PolicyType::Resource,
        "Allow",
        "'IpAddress':{'aws:SourceIp':'192.0.2.0/24'}",
    );
    ip(
        PolicyType::Endpoint,
        "Allow",
        "'IpAddress':{«public-address-behind-endpoint»'aws:SourceIp':'192.0.2.0/24'}",
    );
}

#[test]
fn principals_and_those_they_call_for_are_looked_at() {
    let allow = |principal: &str, conditions: &str| {
        check(
            PolicyType::Resource,
            &format!(
                "{{'Effect':'Allow','Principal':{principal},'Action':'ac:InvokeGateway','Resource':'[A]:gateway/a-abcdef0123'{conditions}}}"
            ),
        )
    };
    let source = |arn: &str| {
        format!(
            ",'Condition':{{'StringEquals':{{'aws:SourceAccount':'111122223333'}},'ArnLike':{{'aws:SourceArn':'{arn}'}}}}"
        )
    };
    allow(
        "«resource-policy-without-tokens»{'Service':«service-without-source»'lambda.amazonaws.com'}",
        "",
    );
    allow(
        "«resource-policy-without-tokens»{'Service':'lambda.amazonaws.com'}",
        &source("arn:aws:lambda:us-west-2:111122223333:function:f"),
    );
    let found = allow(
        "«resource-policy-without-tokens»{'Service':'lambda.amazonaws.com'}",
        &source("arn:aws:lambda:us-west-2:111122223333:«lambda-function-arn»function/f"),
    );
    assert_eq!(found[1].remedy, "write function:f");
    allow(
        "«resource-policy-without-tokens»{'Service':'x.amazonaws.com'}",
        &source("[A]:«unknown-resource-type»runtimes/x"),
    );
    allow(
        "«resource-policy-without-tokens»{'AWS':[«impossible-principal»'arn:aws:s3:::x',«impossible-principal»'arn:aws:iam::1:role/x','111122223333']}",
        "",
    );
    allow(
        "«resource-policy-without-tokens»{'AWS':['arn:aws«extra-arn-segment»::iam::111122223333:user/x',«placeholder»'arn:aws:iam::ACCOUNT_ID:root']}",
        "",
    );
    let trust = |conditions: &str, code: &str| {
        check(
            PolicyType::Trust,
            &format!(
                "{{'Effect':'Allow','Principal':{{'Service':{code}'bedrock-agentcore.amazonaws.com'}},'Action':'sts:AssumeRole'{conditions}}}"
            ),
        )
    };
    trust("", "«trust-without-source»");
    trust(&source("[A]:*"), "");
}

#[test]
fn endpoint_policies_name_bearers_of_tokens_only_with_a_star() {
    let allow = |principal: &str, action: &str| {
        format!("{{'Effect':'Allow','Principal':{principal},'Action':'{action}','Resource':'*'}}")
    };
    let root = "{'AWS':'arn:aws:iam::111122223333:root'}";
    let marked = format!("«endpoint-policy-without-tokens»{root}");
    check(PolicyType::Endpoint, &allow(&marked, "ac:InvokeGateway"));
    check(PolicyType::Endpoint, &allow(root, "ac:CreateEvent"));
    let both = format!(
        "[{},{}]",
        allow(root, "ac:InvokeGateway"),
        allow("'*'", "ac:Invoke*")
    );
    check(PolicyType::Endpoint, &both);
}

#[test]
fn condition_keys_exist_and_are_carried() {
    let with = |actions: &str, conditions: &str| {
        check(
            PolicyType::Identity,
            &format!(
                "{{'Effect':'Allow','Action':{actions},'Resource':'*','Condition':{{{conditions}}}}}"
            ),
        )
    };
    let found = with(
        "'ac:CreateEvent'",
        "'StringEquals':{«unknown-agentcore-key»'ac:actorID_':'x','BEDROCK-AGENTCORE:sessionid':'y'}",
    );
    assert_eq!(
        remedies(&found),
        ["write bedrock-agentcore:actorId, if that is meant"]
    );
    let found = with(
        "['ac:CreateEvent','ac:ListActors']",
        "'StringEquals':{«key-never-carried»'ac:actorId':'x'}",
    );
    assert!(
        found[0].message.contains("bedrock-agentcore:ListActors"),
        "{found:?}"
    );
    with(
        "['ac:CreateEvent','ac:ListActors']",
        "'StringEqualsIfExists':{'ac:actorId':'x'}",
    );
    with(
        "'ac:InvokeAgentRuntime'",
        "'StringNotEquals':{«key-never-carried»'ac:runtimeSessionId':'x'}",
    );
    with("['ac:*','ac:ListActors']", "'Null':{'ac:actorId':'false'}");
    with("'ac:*'", "'StringLike':{'ac:namespace':'x/*'}");
    with(
        "'ac:CreateEvent'",
        "'StringEquals':{'ac:namespaceVariable/x':'y'}",
    );
    with(
        "'ac:UpdateGateway'",
        "'StringEquals':{'ac:PolicyEngineMode':'ENFORCE'}",
    );
    with(
        "'ac:InvokeGateway'",
        "'StringEquals':{«key-never-carried»'aws:RequestTag/team':'a'}",
    );
    with(
        "['ac:InvokeGateway','s3:PutObject']",
        "'StringEquals':{'aws:RequestTag/team':'a'}",
    );
    with(
        "'ac:GetWorkloadAccessTokenForJWT'",
        "'StringEquals':{«multivalued-without-set-operator»'ac:InboundJwtClaim/aud':'a'},'ForAnyValue:StringEquals':{'ac:InboundJwtClaim/scope':'b',«set-operator-on-single-value»'ac:InboundJwtClaim/sub':'c'}",
    );
}

#[test]
fn resource_control_policies_do_not_reach_agentcore() {
    check(
        PolicyType::Rcp,
        "{'Effect':'Deny','Principal':'*','Action':[«rcp-on-agentcore»'ac:InvokeGateway','s3:*'],'Resource':'*'}",
    );
}

fn scenario(path: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    fs::read_to_string(folder.join(path)).unwrap()
}

/// The faults of the nine endpoint policies of document 003 as printed (C5, C6, C7, C20; AC-175), notes left out.
#[test]
fn the_printed_endpoint_policies_have_their_faults_and_the_corrected_ones_none() {
    let colons = &["extra-arn-segment", "extra-arn-segment"][..];
    let tool = &["extra-arn-segment", "extra-arn-segment", "tool-owner"][..];
    for (name, expected) in [
        ("runtime", colons),
        (
            "runtime-mixed",
            &[
                "extra-arn-segment",
                "extra-arn-segment",
                "impossible-id",
                "extra-arn-segment",
                "impossible-id",
            ],
        ),
        ("code-interpreter", tool),
        ("memory", colons),
        ("memory-all", colons),
        ("memory-create-event", colons),
        ("browser", tool),
        (
            "gateway",
            &[
                "action-prefix-of-agentcore",
                "extra-arn-segment",
                "empty-arn-account",
            ],
        ),
        ("identity", &["missing-companion-resource"]),
    ] {
        for (suffix, expected) in [("-as-printed", expected), ("", &[][..])] {
            let text = scenario(&format!("003-endpoint-policies/{name}{suffix}.json"));
            let mut found = look(PolicyType::Endpoint, None, &text);
            found.retain(|f| f.severity != Severity::Note);
            assert_eq!(codes(&found), expected, "{name}{suffix}");
        }
    }
}

/// The four resource-based policies of document 000: an id that is a name (C3), one foreign account (C2).
#[test]
fn the_printed_resource_policies_have_their_faults_and_the_corrected_ones_none() {
    let runtime = "arn:aws:bedrock-agentcore:us-west-2:555555555555:runtime/support-agent-runtime";
    let endpoint = format!("{runtime}/runtime-endpoint/DEFAULT");
    for (name, on, statements, is_foreign) in [
        ("runtime-policy.json", runtime, 1, false),
        ("runtime-policy-v2.json", runtime, 3, false),
        ("endpoint-policy-as-printed.json", &endpoint, 1, true),
        ("endpoint-policy-v2.json", &endpoint, 3, false),
    ] {
        let text = scenario(&format!("000-multi-tenant/{name}"));
        let mut expected = vec!["impossible-id"; statements];
        if is_foreign {
            expected.insert(0, "resource-not-attached");
        }
        let told = |text: &str, on: &str| {
            let mut found = look(PolicyType::Resource, Some(on), text);
            found.retain(|f| f.severity != Severity::Note);
            found
        };
        assert_eq!(codes(&told(&text, on)), expected, "{name}");
        let corrected = |text: &str| {
            text.replace("support-agent-runtime", "support_agent-AbCdEf0123")
                .replace("999999999999", "555555555555")
        };
        assert_eq!(told(&corrected(&text), &corrected(on)), [], "{name}");
    }
}

#[test]
fn escapes_and_hostile_texts_have_their_place() {
    let text = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"bedrock-agentcore:GetMemory","Resource":"arn:aws::bedrock-agentcore:us-west-2:111122223333:memory\/*"}}"#;
    let found = look(PolicyType::Identity, None, text);
    assert_eq!(codes(&found), ["extra-arn-segment"]);
    assert_eq!(
        text.get(found[0].span.clone()).unwrap().chars().next(),
        Some('"')
    );
    let long = "*a".repeat(2_000);
    for resource in [
        format!("arn:aws:bedrock-agentcore:::{long}"),
        format!(
            "arn:aws:bedrock-agentcore:{}:runtime/{long}",
            ":".repeat(5_000)
        ),
        format!("arn:aws:bedrock-agentcore:r:a:{}", "runtime/".repeat(3_000)),
    ] {
        let text = written(&format!(
            "{{'Effect':'Allow','Action':['ac:{long}'],'Resource':['{resource}']}}"
        ));
        look(PolicyType::Identity, None, &text);
    }
    let endpoints: Vec<String> = (0..300)
        .map(|i| format!("'[A]:runtime/a{i}-AbCdEf0123'"))
        .collect();
    let text = written(&format!(
        "{{'Effect':'Allow','Action':'ac:InvokeAgentRuntime','Resource':[{}]}}",
        endpoints.join(",")
    ));
    let found = look(PolicyType::Identity, None, &text);
    let missing = found
        .iter()
        .filter(|f| f.code == "missing-endpoint-resource");
    assert_eq!(missing.count(), 300);
}
