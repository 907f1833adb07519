//! Policies that are in order: nothing about them is open.

use veriam_model::facts::agentcore::{SERVICE, actions};

use crate::documents::edits::{Members, text};
use crate::draw::{Draw, Text, cut, flip_case, join};
use crate::json::{Json, Style};
use crate::maker::{Feature, Features};
use crate::vocabulary::{ACCOUNTS, ROLES, SERVICES, SESSIONS, USERS, iam_arn};

use super::ground::Ground;

/// Operators with a key they suit and values: global keys and keys of the service (AC-156), no variables (AC-272).
const TESTS: [(&str, &str, &[&str]); 20] = [
    ("StringEquals", "aws:SourceVpc", &["vpc-0health1234"]),
    (
        "StringNotEquals",
        "aws:SourceVpce",
        &["vpce-0a1b2c3d", "vpce-1111bbbb"],
    ),
    ("StringEquals", "aws:PrincipalOrgID", &["o-a1b2c3d4e5"]),
    ("StringEquals", "aws:SourceAccount", &["111122223333"]),
    (
        "StringEqualsIfExists",
        "aws:PrincipalAccount",
        &["444455556666"],
    ),
    (
        "StringNotEqualsIfExists",
        "aws:SourceVpc",
        &["vpc-0a1b2c3d4e"],
    ),
    ("StringLike", "aws:PrincipalTag/team", &["blue*", "red"]),
    (
        "StringEqualsIgnoreCase",
        "aws:userid",
        &["AROAEXAMPLEID0000001:s1"],
    ),
    (
        "ArnLike",
        "aws:PrincipalArn",
        &["arn:aws:iam::111122223333:role/*"],
    ),
    (
        "ArnNotEqualsIfExists",
        "aws:PrincipalArn",
        &["arn:aws:iam::111122223333:role/Admin"],
    ),
    (
        "ArnEquals",
        "aws:SourceArn",
        &["arn:aws:lambda:us-west-2:111122223333:function:x"],
    ),
    (
        "IpAddress",
        "aws:SourceIp",
        &["203.0.113.0/24", "2001:db8::/32"],
    ),
    ("NotIpAddressIfExists", "aws:VpcSourceIp", &["10.0.0.0/8"]),
    ("Bool", "aws:SecureTransport", &["true"]),
    ("BoolIfExists", "aws:ViaAWSService", &["false"]),
    ("Null", "aws:SourceVpc", &["true"]),
    ("DateLessThan", "aws:CurrentTime", &["2027-01-01T00:00:00Z"]),
    ("NumericLessThanEquals", "aws:MultiFactorAuthAge", &["3600"]),
    (
        "ForAnyValue:StringLike",
        "aws:PrincipalOrgPaths",
        &["o-a1b2c3d4e5/r-ab12/*"],
    ),
    (
        "ForAllValues:StringEquals",
        "bedrock-agentcore:namespace",
        &["/team/blue"],
    ),
];

/// The members of a policy of that many statements.
pub(super) fn root(
    draw: &mut Draw<'_, '_>,
    features: Features,
    ground: &Ground,
    count: usize,
    style: &mut Style,
) -> Members {
    let sids = features.on(Feature::Sids) && draw.chance(1, 2);
    let mut statements = Vec::with_capacity(count);
    for at in 0..count.max(1) {
        let mut statement = statement(draw, features, ground, style);
        if sids {
            let sid = format!("Sid{at}");
            statement.insert(0, ("Sid".into(), Json::String(sid.into())));
        }
        statements.push(Json::Object(statement));
    }
    let statements = match statements.len() {
        1 if !style.vary() => statements.pop().unwrap_or(Json::Null),
        _ => Json::Array(statements),
    };
    vec![
        ("Version".into(), text("2012-10-17")),
        ("Statement".into(), statements),
    ]
}

fn statement(
    draw: &mut Draw<'_, '_>,
    features: Features,
    ground: &Ground,
    style: &mut Style,
) -> Members {
    let mut members: Members = vec![
        ("Effect".into(), text(draw.one(&["Allow", "Deny"]))),
        ("Principal".into(), principal(draw, ground, style)),
        ("Action".into(), texts(named(draw, features, ground), style)),
        ("Resource".into(), Json::String(ground.arn.clone().into())),
    ];
    if features.on(Feature::Conditions) && draw.chance(1, 2) {
        members.push(("Condition".into(), condition(draw, style)));
    }
    members
}

fn principal(draw: &mut Draw<'_, '_>, ground: &Ground, style: &mut Style) -> Json {
    let one = |kind: &'static str, value: Json| Json::Object(vec![(kind.into(), value)]);
    let own = ground.principals.len();
    let known = if own > 0 { 6 } else { 0 };
    match draw.weighted(&[4, 2, 2, 2, known, known / 2, 2, 1, 2, 1]) {
        0 => text("*"),
        1 => one("AWS", texts(vec!["*".into()], style)),
        2 => one("AWS", texts(vec![draw.one(&ACCOUNTS).into()], style)),
        3 => one(
            "AWS",
            texts(vec![outsider(draw, ground, "root", "")], style),
        ),
        4 => {
            let chosen = &ground.principals[draw.below(own)];
            one("AWS", texts(vec![chosen.clone().into()], style))
        }
        5 => {
            let mut all: Vec<Text> = vec![draw.one(&ACCOUNTS).into()];
            all.extend(ground.principals.iter().map(|arn| Text::Owned(arn.clone())));
            one("AWS", texts(all, style))
        }
        6 => {
            let tail = ["assumed-role/", draw.one(&ROLES), "/", draw.one(&SESSIONS)].concat();
            one("AWS", texts(vec![session(draw, ground, &tail)], style))
        }
        7 => {
            let tail = ["federated-user/", draw.one(&USERS)].concat();
            one("AWS", texts(vec![session(draw, ground, &tail)], style))
        }
        8 => one("Service", texts(vec![draw.one(&SERVICES).into()], style)),
        _ => Json::Object(vec![
            ("AWS".into(), texts(vec![draw.one(&ACCOUNTS).into()], style)),
            (
                "Service".into(),
                texts(vec![draw.one(&SERVICES).into()], style),
            ),
        ]),
    }
}

/// Somebody of any account, by word and name.
pub(super) fn outsider(draw: &mut Draw<'_, '_>, ground: &Ground, word: &str, name: &str) -> Text {
    iam_arn(ground.partition, draw.one(&ACCOUNTS), word, "", name)
}

/// A session of any account.
fn session(draw: &mut Draw<'_, '_>, ground: &Ground, tail: &str) -> Text {
    join(&[
        "arn:",
        ground.partition,
        ":sts::",
        draw.one(&ACCOUNTS),
        ":",
        tail,
    ])
}

/// Actions that the resource takes, and nothing that any other takes.
fn named(draw: &mut Draw<'_, '_>, features: Features, ground: &Ground) -> Vec<Text> {
    let name = draw.one(ground.actions);
    let exact = join(&[SERVICE, ":", name]);
    match draw.weighted(&[5, 2, 2, 1]) {
        1 => {
            let other = join(&[SERVICE, ":", draw.one(ground.actions)]);
            vec![exact, other]
        }
        2 if features.on(Feature::Wildcards) && ground.holder.is_some() => {
            let kept = cut(draw, name).max(1);
            match only_here(ground, &name[..kept]) {
                true => vec![join(&[SERVICE, ":", &name[..kept], "*"])],
                false => vec![exact],
            }
        }
        3 => vec![flip_case(draw, &exact).unwrap_or(exact)],
        _ => vec![exact],
    }
}

/// Whether every action that begins so may stand in the policy.
fn only_here(ground: &Ground, start: &str) -> bool {
    let begin = actions().iter().filter(|a| {
        let same = a.name.get(..start.len());
        same.is_some_and(|same| same.eq_ignore_ascii_case(start))
    });
    begin
        .map(|a| a.policy)
        .all(|holder| holder == ground.holder)
}

fn condition(draw: &mut Draw<'_, '_>, style: &mut Style) -> Json {
    let first = draw.below(TESTS.len());
    let second = draw.below(TESTS.len());
    let mut blocks: Members = Vec::with_capacity(2);
    for (operator, key, values) in [TESTS[first], TESTS[second]] {
        if blocks.iter().all(|(name, _)| name != operator) {
            let values = values.iter().map(|value| Text::Borrowed(*value)).collect();
            let block = vec![(key.into(), texts(values, style))];
            blocks.push((operator.into(), Json::Object(block)));
        }
    }
    Json::Object(blocks)
}

/// A list; of one, most often its element.
fn texts(mut list: Vec<Text>, style: &mut Style) -> Json {
    match list.len() {
        1 if !style.vary() => Json::String(list.swap_remove(0)),
        _ => Json::Array(list.into_iter().map(Json::String).collect()),
    }
}
