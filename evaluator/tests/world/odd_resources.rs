//! Odd resources besides runtimes, many of which are well-formed all the same.

use proptest::prelude::*;
use proptest::sample::select;
use veriam_model::{
    EngineMode, Gateway, GatewayAuthorizer, Harness, HarnessEndpoint, Memory, OtherPolicyType,
    OtherResource, PolicyText, PolicyType, Provider, ProviderKind, Tool, ToolKind,
    WorkloadIdentity, World,
};

use crate::odd::{account, authorizer, policy_of, tags, text, token_rules, word};
use crate::scene::{OWNER, TENANT};

/// Everything a world holds besides accounts, identities, runtimes and networks.
#[derive(Clone, Debug)]
pub(crate) struct Resources {
    pub(crate) gateways: Vec<Gateway>,
    pub(crate) memories: Vec<Memory>,
    pub(crate) harnesses: Vec<Harness>,
    pub(crate) tools: Vec<Tool>,
    pub(crate) workload_identities: Vec<WorkloadIdentity>,
    pub(crate) providers: Vec<Provider>,
    pub(crate) others: Vec<OtherResource>,
}

/// The key that most requests to other services are about.
pub(crate) const KEY: &str = "arn:aws:kms:us-west-2:111122223333:key/one";

pub(crate) fn trust() -> impl Strategy<Value = PolicyText> {
    let principals: &[&str] = &[
        r#""*""#,
        r#"{"AWS":"111122223333"}"#,
        r#"{"AWS":"arn:aws:iam::111122223333:role/app"}"#,
        r#"{"Service":"lambda.amazonaws.com"}"#,
    ];
    let conditions: &[&str] = &[
        "",
        r#","Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"}}"#,
        r#","Condition":{"StringLike":{"aws:ResourceTag/Team":"*"}}"#,
        r#","Resource":"*""#,
    ];
    let parts = (
        select(&["Allow", "Allow", "Deny"][..]),
        select(principals),
        select(conditions),
    );
    parts.prop_map(|(effect, principal, condition)| {
        PolicyText::new(format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"{effect}","Action":"sts:*","Principal":{principal}{condition}}}}}"#
        ))
    })
}

fn own() -> impl Strategy<Value = Option<PolicyText>> {
    prop::option::of(policy_of(PolicyType::Resource))
}

fn gateway() -> impl Strategy<Value = Gateway> {
    let engine = prop::option::of(select(&[EngineMode::Enforce, EngineMode::LogOnly][..]));
    let authorizer = prop_oneof![
        Just(GatewayAuthorizer::CustomJwt),
        select(&GatewayAuthorizer::ALL[..]),
    ];
    let parts = (
        account(),
        word(),
        authorizer,
        token_rules(),
        engine,
        tags(),
        own(),
    );
    parts.prop_map(
        |(account, id, authorizer, token_rules, engine, tags, policy)| Gateway {
            account,
            id,
            authorizer,
            token_rules,
            engine,
            tags,
            policy,
        },
    )
}

fn memory() -> impl Strategy<Value = Memory> {
    let account = select(&[OWNER, TENANT, "1"][..]);
    (account, word(), tags(), own()).prop_map(|(account, id, tags, policy)| Memory {
        account: account.to_owned(),
        id,
        tags,
        policy,
    })
}

fn harness() -> impl Strategy<Value = Harness> {
    let endpoint = (word(), tags()).prop_map(|(name, tags)| HarnessEndpoint { name, tags });
    let endpoints = prop::collection::vec(endpoint, 0..3);
    let parts = (
        account(),
        word(),
        authorizer(),
        token_rules(),
        any::<bool>(),
        tags(),
        endpoints,
    );
    parts.prop_map(
        |(account, id, authorizer, token_rules, with_memory, tags, endpoints)| Harness {
            account,
            id,
            authorizer,
            token_rules,
            with_memory,
            tags,
            endpoints,
        },
    )
}

fn tool() -> impl Strategy<Value = Tool> {
    let kind = select(&[ToolKind::Browser, ToolKind::CodeInterpreter][..]);
    (account(), kind, word(), tags()).prop_map(|(account, kind, id, tags)| Tool {
        account,
        kind,
        id,
        tags,
    })
}

fn workload_identity() -> impl Strategy<Value = WorkloadIdentity> {
    let managed = prop::bool::weighted(0.2);
    (account(), word(), managed, tags()).prop_map(|(account, name, managed, tags)| {
        WorkloadIdentity {
            account,
            name,
            managed,
            tags,
        }
    })
}

fn provider() -> impl Strategy<Value = Provider> {
    let kind = select(
        &[
            ProviderKind::ApiKey,
            ProviderKind::Oauth2,
            ProviderKind::Payment,
        ][..],
    );
    (account(), kind, word(), tags()).prop_map(|(account, kind, name, tags)| Provider {
        account,
        kind,
        name,
        tags,
    })
}

fn other() -> impl Strategy<Value = OtherResource> {
    let arn = text(&[
        KEY,
        "arn:aws:s3:::one",
        "arn:aws",
        "*",
        "arn:aws-cn:sqs:::q",
    ]);
    let kinds = prop_oneof![
        policy_of(PolicyType::Resource).prop_map(|policy| (OtherPolicyType::Resource, policy)),
        policy_of(PolicyType::Key).prop_map(|policy| (OtherPolicyType::Key, policy)),
    ];
    let policy = prop::option::of(kinds);
    (arn, account(), policy, tags()).prop_map(|(arn, account, policy, tags)| {
        let (policy_type, policy) = policy.unzip();
        OtherResource {
            arn,
            account,
            policy_type: policy_type.unwrap_or_default(),
            policy,
            tags,
        }
    })
}

pub(crate) fn resources() -> impl Strategy<Value = Resources> {
    let parts = (
        prop::collection::vec(gateway().boxed(), 1..3),
        prop::collection::vec(memory().boxed(), 1..3),
        prop::collection::vec(harness().boxed(), 1..3),
        prop::collection::vec(tool().boxed(), 1..3),
        prop::collection::vec(workload_identity().boxed(), 1..3),
        prop::collection::vec(provider().boxed(), 1..3),
        prop::collection::vec(other().boxed(), 1..3),
    );
    parts.prop_map(
        |(gateways, memories, harnesses, tools, workload_identities, providers, others)| {
            Resources {
                gateways,
                memories,
                harnesses,
                tools,
                workload_identities,
                providers,
                others,
            }
        },
    )
}

/// Makes the names fit together: at most one of everything, of one of the two accounts.
pub(crate) fn mend_resources(world: &mut World) {
    let one = || "one".to_owned();
    let settle = |account: &mut String| {
        if account != OWNER {
            *account = TENANT.to_owned();
        }
    };
    world.gateways.truncate(1);
    for gateway in &mut world.gateways {
        settle(&mut gateway.account);
        gateway.id = one();
    }
    world.memories.truncate(1);
    for memory in &mut world.memories {
        settle(&mut memory.account);
        memory.id = one();
    }
    world.harnesses.truncate(1);
    for harness in &mut world.harnesses {
        settle(&mut harness.account);
        harness.id = one();
        harness.endpoints.truncate(1);
        harness.endpoints.iter_mut().for_each(|e| e.name = one());
    }
    world.tools.truncate(1);
    for tool in &mut world.tools {
        settle(&mut tool.account);
        tool.id = one();
    }
    world.workload_identities.truncate(1);
    for identity in &mut world.workload_identities {
        settle(&mut identity.account);
        identity.name = one();
    }
    world.providers.truncate(1);
    for provider in &mut world.providers {
        settle(&mut provider.account);
        provider.name = one();
    }
    world.others.truncate(1);
    for other in &mut world.others {
        settle(&mut other.account);
        if other.arn.len() < 8 {
            other.arn = KEY.to_owned();
        }
    }
}
