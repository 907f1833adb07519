//! Controls: cases whose answer is beyond doubt. A target that misses one is not connected to what we think it is.

use veriam_model::{
    Account, Call, CallCase, Caller, Case, Check, Decision, Denial, DenialKind, Identity, Outcome,
    Pair, Path, PolicyText, PolicyType, PolicyTypes, Principal, Request, Resource, Runtime,
    RuntimeOperation, RuntimeRequest, Tags, TokenRules, UserCaller, World,
};

use super::Question;
use crate::compare::Reply;

/// How many controls open a run.
pub const CONTROLS: u64 = 6;

const ACCOUNT: &str = "111122223333";
const ALLOW: &str = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
const DENY: &str = r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#;

/// A check and a call that must be allowed, that must be denied explicitly, and that must be denied implicitly.
pub(super) fn controls() -> Vec<Question> {
    let policy = |statements: &str| {
        PolicyText::new(format!(
            r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#
        ))
    };
    let rows = [
        ("control-must-allow", Some(policy(ALLOW)), Decision::Allow),
        (
            "control-must-deny-explicitly",
            Some(policy(&format!("{ALLOW},{DENY}"))),
            Decision::ExplicitDeny,
        ),
        ("control-must-deny-implicitly", None, Decision::ImplicitDeny),
    ];
    let checks = rows.iter().cloned().map(|(id, policy, decision)| Question {
        case: Case::Check(Box::new(check(id, policy))),
        documented: Some(Reply::Decided(decision)),
        rule: None,
    });
    let calls = rows.iter().cloned().map(|(_, policy, decision)| Question {
        case: Case::Call(Box::new(call(policy))),
        documented: Some(Reply::Call(outcome(decision))),
        rule: None,
    });
    checks.chain(calls).collect()
}

fn check(id: &str, policy: Option<PolicyText>) -> Check {
    let principal = Principal {
        arn: format!("arn:aws:iam::{ACCOUNT}:user/alice"),
        account: Some(ACCOUNT.to_owned()),
    };
    let resource = Resource {
        arn: "arn:aws:s3:::amzn-s3-demo-bucket/report.txt".to_owned(),
        account: ACCOUNT.to_owned(),
    };
    let mut check = Check::new(principal, "s3:GetObject", resource);
    check.id = Some(id.to_owned());
    check.identity_policies.extend(policy);
    check
}

fn call(policy: Option<PolicyText>) -> CallCase {
    let mut world = World::new("us-east-1");
    world.accounts.push(Account {
        id: ACCOUNT.to_owned(),
        organization: None,
    });
    world.users.push(Identity {
        account: ACCOUNT.to_owned(),
        name: "alice".to_owned(),
        path: "/".to_owned(),
        id: "AIDAEXAMPLE".to_owned(),
        tags: Tags::new(),
        policies: policy.into_iter().collect(),
        boundary: None,
        trust: None,
    });
    world.runtimes.push(Runtime {
        account: ACCOUNT.to_owned(),
        id: "control-AbCdEf0123".to_owned(),
        authorizer: veriam_model::Authorizer::Iam,
        token_rules: TokenRules::default(),
        tags: Tags::new(),
        policy: None,
        endpoints: Vec::new(),
    });
    let call = Call {
        caller: Caller::User(UserCaller {
            account: ACCOUNT.to_owned(),
            name: "alice".to_owned(),
            token: None,
        }),
        request: Request::Runtime(RuntimeRequest {
            operation: RuntimeOperation::InvokeAgentRuntime,
            runtime: "control-AbCdEf0123".to_owned(),
            qualifier: None,
            user_id: None,
        }),
        from: Path::Internet {
            address: "203.0.113.10".to_owned(),
        },
        at: 1_767_225_600,
        user_agent: "control".to_owned(),
    };
    CallCase { world, call }
}

fn outcome(decision: Decision) -> Outcome {
    let kind = match decision {
        Decision::Allow => return Outcome::Allowed,
        Decision::ExplicitDeny => DenialKind::Explicit,
        Decision::ImplicitDeny => DenialKind::Implicit,
    };
    Outcome::Denied(Denial {
        kind,
        at: Pair {
            action: "bedrock-agentcore:InvokeAgentRuntime".to_owned(),
            resource: format!(
                "arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT}:runtime/control-AbCdEf0123"
            ),
        },
        by: PolicyTypes::new().with(PolicyType::Identity),
    })
}
