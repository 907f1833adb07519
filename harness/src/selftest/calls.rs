//! Canaries about calls: which pairs a call asks for, and which context keys it has.

use veriam_model::{CallCase, Check, Decision, Pair, Request};

use super::test::value;
use super::{Bug, Canary};

/// Every canary of this file.
pub(super) const ALL: &[Canary] = &[
    Canary {
        name: "endpoint-pair-dropped",
        does: "A call is checked on the runtime only, not on the endpoint it names.",
        seen: "iam-simulate judges one resource a call",
        bug: Bug::Pairs(no_endpoint),
    },
    Canary {
        name: "runtime-pair-dropped",
        does: "A call is checked on the endpoint only, not on the runtime behind it.",
        seen: "realistic",
        bug: Bug::Pairs(no_runtime),
    },
    Canary {
        name: "user-id-header-ignored",
        does: "The user-id header asks for no further action.",
        seen: "realistic",
        bug: Bug::Call(|case| no_user_id(&mut case.call.request)),
    },
    Canary {
        name: "principal-arn-as-session-arn",
        does: "aws:PrincipalArn of a role session holds the ARN of the session, not that of the role.",
        seen: "ministack 1.5",
        bug: Bug::Check(session_arn),
    },
    Canary {
        name: "source-ip-through-a-vpc-endpoint",
        does: "aws:SourceIp is there for requests through a VPC endpoint as well.",
        seen: "realistic",
        bug: Bug::Check(private_source_ip),
    },
    Canary {
        name: "source-vpc-on-public-traffic",
        does: "aws:SourceVpc is there for requests from the internet as well.",
        seen: "realistic",
        bug: Bug::Check(public_source_vpc),
    },
    Canary {
        name: "source-vpc-missing",
        does: "aws:SourceVpc is never there.",
        seen: "ministack 1.5 cannot be told of a VPC",
        bug: Bug::Check(|check| drop_key(check, "aws:SourceVpc")),
    },
];

fn no_user_id(request: &mut Request) {
    match request {
        Request::Runtime(request) => request.user_id = None,
        Request::Harness(request) => request.user_id = None,
        _ => {}
    }
}

fn is_endpoint(pair: &Pair) -> bool {
    pair.resource.contains("/runtime-endpoint/")
}

fn no_endpoint(_: &CallCase, pairs: &mut Vec<(Pair, Decision)>) {
    pairs.retain(|(pair, _)| !is_endpoint(pair));
}

fn no_runtime(_: &CallCase, pairs: &mut Vec<(Pair, Decision)>) {
    pairs.retain(|(pair, _)| is_endpoint(pair));
}

/// Takes a key out of the context and says where it stood.
pub(super) fn drop_key(check: &mut Check, key: &str) {
    let mut keys = check.context.entries().iter();
    if let Some(place) = keys.position(|(name, _)| name.eq_ignore_ascii_case(key)) {
        check.context.remove(place);
    }
}

/// Puts a key into the context; no other may be there under that name.
fn put_key(check: &mut Check, key: &str, values: Vec<String>) {
    drop_key(check, key);
    // Nothing is there under this name any more.
    let _ = check.context.insert(key, values);
}

fn session_arn(check: &mut Check) {
    const KEY: &str = "aws:PrincipalArn";
    let caller = check.principal.arn.clone();
    if caller.contains(":assumed-role/") && value(check, KEY).is_some() {
        put_key(check, KEY, vec![caller]);
    }
}

fn private_source_ip(check: &mut Check) {
    if value(check, "aws:SourceIp").is_none()
        && let Some(address) = value(check, "aws:VpcSourceIp").map(<[String]>::to_vec)
    {
        put_key(check, "aws:SourceIp", address);
    }
}

fn public_source_vpc(check: &mut Check) {
    if value(check, "aws:SourceIp").is_some() && value(check, "aws:SourceVpc").is_none() {
        put_key(check, "aws:SourceVpc", vec!["vpc-00000000".to_owned()]);
    }
}
