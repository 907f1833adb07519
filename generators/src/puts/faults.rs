//! What AgentCore refuses under every reading, one fault at a time.

use veriam_model::Put;

use crate::documents::edits::{
    Members, member, object, on_principal, on_statement, put as add_member, replace, take, text,
};
use crate::draw::{Draw, Text, flip_case, join};
use crate::json::Json;
use crate::vocabulary::{ACCOUNTS, REGIONS};

use super::ground::Ground;

/// A rule, and one way to break it; says whether the put allowed it.
type Fault = (
    u16,
    fn(&mut Draw<'_, '_>, &Ground, &mut Put, &mut Members) -> bool,
);

/// Puts one fault into the put and returns the number of the rule it breaks; nothing if none fits.
pub(super) fn add(
    draw: &mut Draw<'_, '_>,
    ground: &Ground,
    put: &mut Put,
    root: &mut Members,
) -> Option<u16> {
    for _ in 0..8 {
        let (rule, make) = FAULTS[draw.below(FAULTS.len())];
        if make(draw, ground, put, root) {
            return Some(rule);
        }
    }
    None
}

const FAULTS: [Fault; 16] = [
    // The ARN of the resource.
    (5, |draw, ground, put, _| {
        let path = draw.one(&[
            "browser-custom/b-AbCdEf0123",
            "code-interpreter-custom/c-AbCdEf0123",
            "workload-identity-directory/default",
            "token-vault/default",
        ]);
        put.resource = ground.arn_of(path);
        true
    }),
    (23, |draw, _, put, _| {
        match draw.below(2) {
            0 => put.resource.truncate(19),
            _ => put.resource.push_str(&"x".repeat(1_012)),
        }
        true
    }),
    (35, |draw, ground, put, _| {
        let start = draw.below(ACCOUNTS.len());
        let mut others = (0..ACCOUNTS.len()).map(|i| ACCOUNTS[(start + i) % ACCOUNTS.len()]);
        match others.find(|account| *account != ground.account) {
            Some(other) => {
                other.clone_into(&mut put.account);
                true
            }
            None => false,
        }
    }),
    (149, |draw, ground, put, _| {
        let (old, new) = match draw.below(9) {
            0 => ("arn:", "ARN:"),
            1 => (ground.partition, "amazon"),
            2 => ("bedrock-agentcore", "bedrock"),
            3 => (ground.region, ""),
            4 => (ground.account, "123"),
            5 => ("/runtime-endpoint/", "/endpoint/"),
            6 => (":bedrock-agentcore:", "::bedrock-agentcore:"),
            7 => ("/", "/x/"),
            _ => ("/", ""),
        };
        let changed = put.resource.replacen(old, new, 1);
        let differs = changed != put.resource;
        put.resource = changed;
        differs
    }),
    (157, |_, _, put, _| {
        put.exists = false;
        true
    }),
    (157, |draw, ground, put, _| {
        let other = draw.one(&REGIONS);
        other.clone_into(&mut put.region);
        other != ground.region
    }),
    // The policy as a whole.
    (38, |_, _, _, root| {
        add_member(root, "Id", Json::String("x".repeat(20_480).into()))
    }),
    (38, |_, _, _, root| {
        let Some(statements) = member(root, "Statement") else {
            return false;
        };
        let mut one = match &mut *statements {
            Json::Array(list) if !list.is_empty() => list.swap_remove(0),
            other => other.clone(),
        };
        if let Json::Object(one) = &mut one {
            take(one, "Sid");
            take(one, "Condition");
            replace(one, "Principal", text("*"));
        }
        *statements = Json::Array(vec![one; 101]);
        true
    }),
    (149, |_, _, _, root| take(root, "Version")),
    // Its statements.
    (149, |draw, ground, _, root| {
        let form = draw.below(6);
        let wrong: Text = match form {
            0 => join(&[
                "arn:",
                ground.partition,
                ":sts::111122223333:assumed-role/App",
            ]),
            1 => join(&[
                "arn:",
                ground.partition,
                ":sts::111122223333:assumed-role/team/App/s",
            ]),
            2 => join(&["arn:", ground.partition, ":iam::11112222333:role/App"]),
            3 => join(&[
                "arn:",
                ground.partition,
                ":iam:us-west-2:111122223333:role/App",
            ]),
            4 => join(&["arn:", ground.partition, ":iam::111122223333:role/"]),
            _ => join(&["arn:", ground.partition, ":s3::111122223333:role/App"]),
        };
        on_principal(draw, root, object([("AWS", Json::String(wrong))]))
    }),
    (143, |draw, _, _, root| resource(draw, root, "*".into())),
    (143, |draw, ground, _, root| {
        let wrong = match draw.below(2) {
            0 => join(&[&ground.arn, "?"]),
            _ => join(&[&ground.arn, "${*}"]),
        };
        resource(draw, root, wrong)
    }),
    (143, |draw, ground, _, root| {
        // A pattern for everything of another kind.
        let other = if ground.arn.contains(":gateway/") {
            "memory/*"
        } else {
            "gateway/*"
        };
        resource(draw, root, ground.arn_of(other).into())
    }),
    (146, |draw, ground, _, root| {
        let id = ground.arn.rfind('/').map_or(0, |at| at + 1);
        let wrong = match flip_case(draw, &ground.arn[id..]) {
            Some(id_) => join(&[&ground.arn[..id], &id_]),
            None => join(&[&ground.arn, "x"]),
        };
        resource(draw, root, wrong)
    }),
    (146, |draw, ground, _, root| {
        // The runtime where its endpoint is meant, or the other way round.
        let wrong = match ground.arn.split_once("/runtime-endpoint/") {
            Some((runtime, _)) => runtime.to_owned(),
            None => [&ground.arn, "/runtime-endpoint/DEFAULT"].concat(),
        };
        resource(draw, root, wrong.into())
    }),
    (146, |draw, ground, _, root| {
        let account = if ground.account == ACCOUNTS[0] {
            ACCOUNTS[1]
        } else {
            ACCOUNTS[0]
        };
        let wrong = ground.arn.replacen(ground.account, account, 1);
        resource(draw, root, wrong.into())
    }),
];

fn resource(draw: &mut Draw<'_, '_>, root: &mut Members, value: Text) -> bool {
    on_statement(draw, root, |_, s| {
        replace(s, "Resource", Json::String(value))
    })
}
