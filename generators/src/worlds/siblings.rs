//! Actions that stand beside those a call needs: easily taken for them, or forgotten.

use std::sync::LazyLock;

use veriam_model::{
    ControlOperation, HarnessOperation, IdentityOperation, MemoryOperation, ToolOperation,
};

use super::parts::{Ask, action};
use super::resources::Family;

/// The actions of the same kind of resource.
pub(crate) fn siblings(ask: &Ask) -> &'static [&'static str] {
    static RUNTIME: Actions = LazyLock::new(|| actions(&RUNTIME_NAMES));
    static GATEWAY: Actions = LazyLock::new(|| actions(&GATEWAY_NAMES));
    static MEMORY: Actions = LazyLock::new(|| actions(&names(MemoryOperation::ALL, |o| o.name())));
    static HARNESS: Actions = LazyLock::new(|| {
        let behind = ["InvokeAgentRuntime", "InvokeAgentRuntimeForUser"];
        actions(&[&names(HarnessOperation::ALL, |o| o.name())[..], &behind].concat())
    });
    static TOOL: Actions = LazyLock::new(|| actions(&names(ToolOperation::ALL, |o| o.name())));
    static IDENTITY: Actions =
        LazyLock::new(|| actions(&names(IdentityOperation::ALL, |o| o.name())));
    static CONTROL: Actions =
        LazyLock::new(|| actions(&names(ControlOperation::ALL, |o| o.name())));
    match (ask.service(), ask.family) {
        ("iam", _) => &["iam:GetRole", "iam:PassRol", "iam:CreateServiceLinkedRole"],
        ("sts", _) => &[
            "sts:TagSession",
            "sts:AssumeRoleWithSAML",
            "sts:GetFederationToken",
        ],
        ("kms", _) => &[
            "kms:Encrypt",
            "kms:Decrypt",
            "kms:ReEncryptFrom",
            "kms:CreateGrant",
        ],
        (_, Family::Runtime) => &RUNTIME,
        (_, Family::Gateway) => &GATEWAY,
        (_, Family::Memory) => &MEMORY,
        (_, Family::Harness) => &HARNESS,
        (_, Family::Tool) => &TOOL,
        (_, Family::Identity) => &IDENTITY,
        (_, Family::Control) => &CONTROL,
        (_, Family::Role | Family::Other) => &["s3:ListBucket", "sqs:GetQueueUrl", "ecr:PutImage"],
    }
}

/// Every action on runtimes and their endpoints.
const RUNTIME_NAMES: [&str; 9] = [
    "InvokeAgentRuntime",
    "InvokeAgentRuntimeForUser",
    "InvokeAgentRuntimeWithWebSocketStream",
    "InvokeAgentRuntimeWithWebSocketStreamForUser",
    "InvokeAgentRuntimeCommand",
    "InvokeAgentRuntimeCommandShell",
    "StopRuntimeSession",
    "GetAgentCard",
    "GetRuntimeProtectedResourceMetadata",
];

const GATEWAY_NAMES: [&str; 4] = [
    "InvokeAgentRuntime",
    "GetGateway",
    "AuthorizeAction",
    "ListGatewayTargets",
];

type Actions = LazyLock<Vec<&'static str>>;

fn actions(names: &[&str]) -> Vec<&'static str> {
    names.iter().map(|name| action(name)).collect()
}

fn names<O: Copy>(operations: &[O], name: fn(O) -> &'static str) -> Vec<&'static str> {
    operations
        .iter()
        .map(|operation| name(*operation))
        .collect()
}
