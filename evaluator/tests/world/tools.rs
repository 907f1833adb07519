//! Browsers and code interpreters (section 6.9 of the readings; AC-015, AC-057, AC-243, AC-245).

use serde_json::json;
use veriam_model::{Caller, Dialect, Request, ToolKind, ToolOperation, ToolRequest};

use crate::scene::{OWNER, TENANT, jwt, root, say, session, under, user};
use crate::whole::{
    BROWSER, INTERPRETER, asking, check_pairs, decided, grant, granted, refused, service, tags,
    whole,
};

fn request(operation: ToolOperation, tool: Option<&str>) -> Request {
    let tool = tool.map(str::to_owned);
    Request::Tool(ToolRequest { operation, tool })
}

/// A tool of the operation's kind.
fn custom(operation: ToolOperation) -> (&'static str, &'static str) {
    match operation.kind() {
        ToolKind::Browser => (BROWSER, "browser-custom/browser_a-AbCdEf0123"),
        ToolKind::CodeInterpreter => (INTERPRETER, "code-interpreter-custom/code_a-AbCdEf0123"),
    }
}

fn of_aws(operation: ToolOperation) -> &'static str {
    match operation.kind() {
        ToolKind::Browser => "arn:aws:bedrock-agentcore:us-west-2:aws:browser/aws.browser.v1",
        ToolKind::CodeInterpreter => {
            "arn:aws:bedrock-agentcore:us-west-2:aws:code-interpreter/aws.codeinterpreter.v1"
        }
    }
}

#[test]
fn each_operation_asks_for_its_own_action_on_the_tool_that_is_addressed() {
    for &operation in ToolOperation::ALL {
        let (tool, path) = custom(operation);
        let of_customer = request(operation, Some(tool));
        let pairs = [(operation.name(), path)];
        check_pairs(&of_customer, &Dialect::default(), &pairs);
        let pairs = [(operation.name(), of_aws(operation))];
        check_pairs(&request(operation, None), &Dialect::default(), &pairs);
    }
}

/// AC-245: the tools of AWS are nobody else's, and no grant on an account's resources reaches them.
#[test]
fn what_aws_owns_counts_as_the_callers_own() {
    let start = ToolOperation::StartBrowserSession;
    let mut mine = whole();
    let owned = format!("arn:aws:bedrock-agentcore:us-west-2:{OWNER}:*");
    grant(&mut mine, &[say("Allow", "bedrock-agentcore:*", owned)]);
    let on_aws = asking(user(OWNER), request(start, None));
    let denied = "implicit StartBrowserSession browser/aws.browser.v1 identity";
    assert_eq!(decided(&mine, &on_aws), denied);
    let on_mine = asking(user(OWNER), request(start, Some(BROWSER)));
    assert_eq!(decided(&mine, &on_mine), "allowed");
    for account in [OWNER, TENANT] {
        for caller in [user(account), session(account), root(account)] {
            let call = asking(caller, request(start, None));
            assert_eq!(decided(&granted(), &call), "allowed");
        }
    }
}

#[test]
fn tools_of_other_accounts_are_out_of_reach() {
    for &operation in ToolOperation::ALL {
        let (tool, path) = custom(operation);
        for (caller, by) in [
            (user(TENANT), "resource"),
            (root(TENANT), "resource"),
            (session(TENANT), "resource"),
        ] {
            let call = asking(caller, request(operation, Some(tool)));
            let expected = format!("implicit {operation} {path} {by}");
            assert_eq!(decided(&granted(), &call), expected);
        }
    }
}

#[test]
fn keys_tell_the_owner_unless_it_is_aws() {
    let start = ToolOperation::StartCodeInterpreterSession;
    let allowed = |tool, condition| {
        let mut world = whole();
        world.tools[1].tags = tags(&[("Team", "blue")]);
        grant(&mut world, &[under(say("Allow", "*", "*"), condition)]);
        decided(&world, &asking(user(OWNER), request(start, tool))) == "allowed"
    };
    let account = || json!({"StringEquals": {"aws:ResourceAccount": OWNER}});
    let tag = || json!({"StringEquals": {"aws:ResourceTag/team": "blue"}});
    assert!(allowed(Some(INTERPRETER), account()));
    assert!(allowed(Some(INTERPRETER), tag()));
    assert!(!allowed(None, account()));
    assert!(!allowed(None, tag()));
    for key in [
        "aws:ResourceAccount",
        "aws:ResourceOrgID",
        "aws:ResourceOrgPaths",
    ] {
        assert!(allowed(None, json!({"Null": {key: "true"}})), "{key}");
    }
    assert!(allowed(None, json!({"Null": {"aws:SourceIp": "false"}})));
}

#[test]
fn tools_are_of_the_kind_that_is_asked_and_requests_are_signed() {
    let wrong = request(ToolOperation::StartBrowserSession, Some(INTERPRETER));
    let call = asking(user(OWNER), wrong);
    assert_eq!(refused(&granted(), &call), "call.request.tool.tool");
    for caller in [
        jwt(),
        Caller::Anonymous,
        service("lambda.amazonaws.com", None),
    ] {
        let call = asking(caller, request(ToolOperation::InvokeCodeInterpreter, None));
        assert_eq!(refused(&granted(), &call), "call.caller");
    }
}
