//! Canaries about requests to everything but runtimes: what each is checked on, with which keys and policies.

use veriam_model::{CallCase, Check, Decision, GatewayAuthorizer, Pair, Request, TokenRules};

use super::calls::drop_key;
use super::test::value;
use super::{Bug, Canary};

/// Every canary of this file.
pub(super) const ALL: &[Canary] = &[
    Canary {
        name: "gateway-policy-ignored",
        does: "The resource-based policy of a gateway is not looked at.",
        seen: "realistic",
        bug: Bug::Check(|check| no_policy(check, ":gateway/")),
    },
    Canary {
        name: "gateway-that-authorizes-nothing-needs-a-grant",
        does: "A gateway with AUTHENTICATE_ONLY asks the policies as one with AWS_IAM does.",
        seen: "realistic",
        bug: Bug::Call(gateway_as_iam),
    },
    Canary {
        name: "scopes-of-tokens-not-looked-at",
        does: "A token gets in whatever its scopes, audiences and client are.",
        seen: "realistic",
        bug: Bug::Call(no_token_rules),
    },
    Canary {
        name: "memory-policy-ignored",
        does: "The resource-based policy of a memory is not looked at.",
        seen: "realistic",
        bug: Bug::Check(|check| no_policy(check, ":memory/")),
    },
    Canary {
        name: "memory-actor-missing",
        does: "bedrock-agentcore:actorId is never there.",
        seen: "realistic",
        bug: Bug::Check(|check| drop_key(check, "bedrock-agentcore:actorId")),
    },
    Canary {
        name: "memory-of-another-account-by-bare-id",
        does: "The bare id of a memory reaches into another account.",
        seen: "realistic",
        bug: Bug::Call(whole_arn),
    },
    Canary {
        name: "harness-runtime-action-dropped",
        does: "Of the actions that invoking a harness needs, the one of its runtime is not asked about.",
        seen: "realistic",
        bug: Bug::Pairs(no_runtime_of_harness),
    },
    Canary {
        name: "identity-companions-dropped",
        does: "Credentials are checked on the provider only, tokens of workloads on the identity only.",
        seen: "iam-simulate judges one resource a call",
        bug: Bug::Pairs(no_companions),
    },
    Canary {
        name: "inbound-claims-missing",
        does: "The keys of the claims of an inbound token are never there.",
        seen: "realistic",
        bug: Bug::Check(no_inbound_claims),
    },
    Canary {
        name: "pass-role-not-asked",
        does: "Handing over a role needs no iam:PassRole.",
        seen: "realistic",
        bug: Bug::Pairs(|_, pairs| pairs.retain(|(pair, _)| pair.action != PASS_ROLE)),
    },
    Canary {
        name: "passed-to-service-missing",
        does: "iam:PassedToService is never there.",
        seen: "realistic",
        bug: Bug::Check(|check| drop_key(check, "iam:PassedToService")),
    },
    Canary {
        name: "creation-checked-on-a-new-resource",
        does: "A creation is checked on the ARN of what it makes, not on *.",
        seen: "realistic",
        bug: Bug::Check(new_resource),
    },
    Canary {
        name: "source-account-missing",
        does: "aws:SourceAccount is not there when a service calls.",
        seen: "realistic",
        bug: Bug::Check(|check| drop_key(check, "aws:SourceAccount")),
    },
];

const PASS_ROLE: &str = "iam:PassRole";

fn no_policy(check: &mut Check, kind: &str) {
    if check.resource.arn.contains(":bedrock-agentcore:") && check.resource.arn.contains(kind) {
        check.resource_policy = None;
    }
}

fn gateway_as_iam(case: &mut CallCase) {
    for gateway in &mut case.world.gateways {
        if gateway.authorizer == GatewayAuthorizer::AuthenticateOnly {
            gateway.authorizer = GatewayAuthorizer::AwsIam;
        }
    }
}

fn no_token_rules(case: &mut CallCase) {
    let world = &mut case.world;
    for runtime in &mut world.runtimes {
        runtime.token_rules = TokenRules::default();
    }
    for gateway in &mut world.gateways {
        gateway.token_rules = TokenRules::default();
    }
    for harness in &mut world.harnesses {
        harness.token_rules = TokenRules::default();
    }
}

fn whole_arn(case: &mut CallCase) {
    if let Request::Memory(request) = &mut case.call.request {
        request.by_arn = true;
    }
}

fn no_runtime_of_harness(case: &CallCase, pairs: &mut Vec<(Pair, Decision)>) {
    if let Request::Harness(request) = &case.call.request {
        let own = format!("bedrock-agentcore:{}", request.operation);
        pairs.retain(|(pair, _)| pair.action == own);
    }
}

fn no_companions(case: &CallCase, pairs: &mut Vec<(Pair, Decision)>) {
    if matches!(case.call.request, Request::Identity(_)) {
        // The provider, or where none is asked the workload identity, stands first.
        pairs.truncate(1);
    }
}

fn no_inbound_claims(check: &mut Check) {
    for claim in ["iss", "sub", "client_id", "aud", "scope"] {
        drop_key(check, &format!("bedrock-agentcore:InboundJwtClaim/{claim}"));
    }
}

fn new_resource(check: &mut Check) {
    let kind = match check.action.strip_prefix("bedrock-agentcore:Create") {
        Some("AgentRuntime") => "runtime",
        Some("Gateway") => "gateway",
        Some("Memory") => "memory",
        Some("Harness") => "harness",
        Some("Browser") => "browser-custom",
        Some("CodeInterpreter") => "code-interpreter-custom",
        _ => return,
    };
    if check.resource.arn != "*" {
        return;
    }
    let partition = check.principal.arn.split(':').nth(1).unwrap_or("aws");
    let region = value(check, "aws:RequestedRegion").and_then(<[String]>::first);
    let region = region.map_or("us-west-2", String::as_str);
    check.resource.arn = format!(
        "arn:{partition}:bedrock-agentcore:{region}:{}:{kind}/new-0123456789",
        check.resource.account
    );
}
