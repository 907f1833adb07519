//! Points that the documentation leaves open, one at a time: what becomes of the put depends on how they are read.

use veriam_model::facts::agentcore::{PolicyHolder, SERVICE};

use crate::documents::edits::{
    Members, list, member, object, on_condition, on_principal, on_statement, put, replace, take,
    text,
};
use crate::draw::{Draw, Text, cut, join};
use crate::json::Json;

use super::ground::Ground;
use super::statements::outsider;

/// A choice, and how a policy comes to turn on it; says whether the policy allowed it.
type Point = (u16, fn(&mut Draw<'_, '_>, &Ground, &mut Members) -> bool);

/// Leaves one point open and returns the number of its choice; nothing if none fits.
pub(super) fn add(draw: &mut Draw<'_, '_>, ground: &Ground, root: &mut Members) -> Option<u16> {
    // Only memories have newer actions: there they come more often.
    if ground.holder == Some(PolicyHolder::Memory) && draw.chance(1, 4) {
        return newer_action(draw, root).then_some(45);
    }
    for _ in 0..8 {
        let (choice, make) = POINTS[draw.weighted(&POINTS.map(|(choice, _)| weight(choice)))];
        if make(draw, ground, root) {
            return Some(choice);
        }
    }
    None
}

/// How often a choice is taken. Those that refuse by their default reading are met as a refusal, too.
const fn weight(choice: u16) -> usize {
    match choice {
        145 | 148 | 150 | 154 | 273 | 274 => 5,
        _ => 3,
    }
}

const POINTS: [Point; 16] = [
    // Too long where bytes count.
    (39, |_, _, root| {
        put(root, "Id", Json::String("é".repeat(10_240).into()))
    }),
    (145, |draw, _, root| {
        on_statement(draw, root, |_, s| take(s, "Resource"))
    }),
    (147, |draw, ground, root| {
        let own = || Json::String(ground.arn.clone().into());
        let resources = match draw.below(3) {
            0 => list([own()]),
            1 => list([own(), own()]),
            _ => list([own(), Json::Null]),
        };
        on_statement(draw, root, |_, s| replace(s, "Resource", resources))
    }),
    (148, |draw, ground, root| {
        // Behind the type: a pattern that reaches into it is another point (IAM-067).
        let id = ground.arn.find('/').map_or(0, |at| at + 1);
        let (fixed, id) = ground.arn.split_at(id);
        let pattern = match draw.below(3) {
            0 => join(&[fixed, id, "*"]),
            1 => join(&[fixed, &id[..cut(draw, id)], "*"]),
            _ => join(&[fixed, &id[..id.len() - 1], "?"]),
        };
        on_statement(draw, root, |_, s| {
            replace(s, "Resource", Json::String(pattern))
        })
    }),
    (150, |draw, ground, root| {
        let other = match ground.holder {
            Some(PolicyHolder::Gateway) => "bedrock-agentcore:InvokeAgentRuntime",
            _ => "bedrock-agentcore:InvokeGateway",
        };
        let action = draw.one(&[
            other,
            "bedrock-agentcore:CreateAgentRuntime",
            "bedrock-agentcore:InvokeAgent",
            "bedrock:InvokeAgent",
            "s3:GetObject",
            "bedrock-agentcore-control:GetMemory",
        ]);
        act(draw, root, action.into())
    }),
    (151, |draw, _, root| {
        let action = draw.one(&["bedrock-agentcore:*", "*", "bedrock-agentcore:?*"]);
        act(draw, root, action.into())
    }),
    (153, |draw, _, root| {
        let id = text("79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be");
        on_principal(draw, root, object([("CanonicalUser", id)]))
    }),
    (154, |draw, ground, root| {
        let spared = match ground.principals.first() {
            Some(arn) => Json::String(arn.clone().into()),
            None => text("111122223333"),
        };
        on_statement(draw, root, |_, s| {
            replace(s, "Effect", text("Deny"))
                && take(s, "Principal")
                && put(s, "NotPrincipal", object([("AWS", spared)]))
        })
    }),
    (155, |draw, ground, root| {
        let gone = match draw.below(3) {
            0 => outsider(draw, ground, "role/", "Gone"),
            1 => outsider(draw, ground, "user/", "left.long-ago"),
            _ => "AROAEXAMPLEID0000002".into(),
        };
        on_principal(draw, root, object([("AWS", Json::String(gone))]))
    }),
    (156, |draw, _, root| {
        let key = draw.one(&["s3:prefix", "foo:bar", "aws:NoSuchKey", "aws:PrincipalTag/"]);
        test(draw, root, "StringEquals", key, "x")
    }),
    (270, |_, _, root| {
        replace(root, "Version", text("2008-10-17"))
    }),
    (271, |_, _, root| {
        let Some(statements) = member(root, "Statement") else {
            return false;
        };
        let mut all = match std::mem::replace(statements, Json::Null) {
            Json::Array(all) => all,
            one => vec![one],
        };
        if let [one] = &all[..] {
            all.push(one.clone());
        }
        for statement in &mut all {
            if let Json::Object(statement) = statement {
                take(statement, "Sid");
                put(statement, "Sid", text("Twice"));
            }
        }
        *statements = Json::Array(all);
        true
    }),
    (272, |draw, _, root| {
        let value = draw.one(&["${aws:PrincipalTag/team}", "a-${*}", "${aws:userid, 'x'}"]);
        test(draw, root, "StringEquals", "aws:PrincipalTag/team", value)
    }),
    (273, |draw, ground, root| {
        let name = join(&[SERVICE, ":", draw.one(ground.actions)]);
        on_statement(draw, root, |_, s| {
            take(s, "Action") && put(s, "NotAction", Json::String(name))
        })
    }),
    (274, |draw, _, root| {
        on_statement(draw, root, |_, s| {
            take(s, "Resource") && put(s, "NotResource", text("arn:aws:s3:::b"))
        })
    }),
    (275, |draw, _, root| {
        let unknown = draw.one(&["StringSame", "ForSomeValue:StringEquals", "NullIfExists"]);
        test(draw, root, unknown, "aws:PrincipalTag/team", "blue")
    }),
];

/// An action of memories that is newer than the list (AC-045).
fn newer_action(draw: &mut Draw<'_, '_>, root: &mut Members) -> bool {
    let name = draw.one(&["IngestData", "UpdateMemoryRecordExpirySpecification"]);
    act(draw, root, join(&[SERVICE, ":", name]))
}

fn act(draw: &mut Draw<'_, '_>, root: &mut Members, action: Text) -> bool {
    on_statement(draw, root, |_, s| {
        replace(s, "Action", Json::String(action))
    })
}

fn test(
    draw: &mut Draw<'_, '_>,
    root: &mut Members,
    operator: &'static str,
    key: &'static str,
    value: &'static str,
) -> bool {
    on_condition(
        draw,
        root,
        object([(operator, object([(key, text(value))]))]),
    )
}
