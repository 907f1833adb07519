//! The rim of the grammar: what is valid by the default readings, but contested, odd or rare. Parsers meet it here;
//! generated checks keep away from it.

use veriam_model::PolicyType;

use super::edits::{
    Members, allows, has, list, number, object, on_condition, on_principal, on_resource,
    on_statement, one_of, put, replace, take, text,
};
use crate::draw::Draw;
use crate::json::Json;

/// Makes the document odd; says whether it could.
pub(super) fn add(draw: &mut Draw<'_, '_>, policy_type: PolicyType, json: &mut Json) -> bool {
    let Json::Object(root) = json else {
        return false;
    };
    if policy_type == PolicyType::Rcp {
        return rcp(draw, root);
    }
    match draw.below(6) {
        0 => members(draw, policy_type, root),
        1 => actions(draw, root),
        2 => resources(draw, policy_type, root),
        3 => principals(draw, policy_type, root),
        4 => operators(draw, root),
        _ => values(draw, policy_type, root),
    }
}

fn rcp(draw: &mut Draw<'_, '_>, root: &mut Members) -> bool {
    // The full-access policy has no Condition.
    let plain = allows(root) || draw.chance(1, 2);
    on_statement(draw, root, |_, s| match plain {
        true => put(s, "Sid", text("any text: even this")),
        false => put(s, "Condition", object([])),
    })
}

fn members(draw: &mut Draw<'_, '_>, policy_type: PolicyType, root: &mut Members) -> bool {
    match draw.below(4) {
        // Contested for policies attached to identities (IAM-013).
        0 => put(root, "Id", text("cd3ad3d9-2776-4ef1-a904-4c229d1642ee")),
        1 => {
            // Empty Sids may repeat (IAM-016).
            if let Some((_, Json::Array(statements))) =
                root.iter_mut().find(|(n, _)| n == "Statement")
            {
                for statement in statements {
                    if let Json::Object(statement) = statement {
                        take(statement, "Sid");
                        put(statement, "Sid", text(""));
                    }
                }
                return true;
            }
            false
        }
        // Contested in identity policies (IAM-011).
        2 => policy_type == PolicyType::Identity && plain_text(root) && take(root, "Version"),
        _ => on_statement(draw, root, |_, s| put(s, "Condition", object([]))),
    }
}

/// Whether the document means the same text in every version.
fn plain_text(root: &Members) -> bool {
    fn plain(json: &Json) -> bool {
        match json {
            Json::String(text) => !text.contains("${"),
            Json::Array(elements) => elements.iter().all(plain),
            Json::Object(members) => members.iter().all(|(_, m)| plain(m)),
            _ => true,
        }
    }
    root.iter().all(|(_, member)| plain(member))
}

fn actions(draw: &mut Draw<'_, '_>, root: &mut Members) -> bool {
    let value = one_of(
        draw,
        [
            list([]),
            text("*:*"),
            text("s3:"),
            text("iam: asdf ..."),
            text("s3:GetObject,PutObject"),
            text("S3:GETOBJECT"),
            text("a-b.c:x"),
            list([text("*"), text("*"), text("s3:*")]),
        ],
    );
    on_statement(draw, root, |_, s| replace(s, "Action", value))
}

fn resources(draw: &mut Draw<'_, '_>, policy_type: PolicyType, root: &mut Members) -> bool {
    let value = one_of(
        draw,
        [
            list([]),
            list([text("*"), Json::Null]),
            text("arn:aws:sqs"),
            text("arn:aws:fdsasf"),
            text("arn:aws:*:*:*:x"),
            text("arn:*:s3:::b/*"),
            text("arn:aws-cn:s3:*::b"),
            text("arn:aws:sqs:*:111122223333:q"),
            text("arn:aws:logs:us-east-1:111122223333:log-group:app:log-stream:s"),
            text("arn:aws:s3:::b/${$}{*}/$x"),
            text("arn:aws:iam::111122223333:*"),
            text("arn:aws:s3:::*log*/?"),
            text("arn:aws:secretsmanager:us-east-1:111122223333:secret:db-??????"),
        ],
    );
    let empty = value == list([]);
    if policy_type == PolicyType::Trust {
        return false;
    }
    // An empty NotResource is refused (IAM-039).
    if empty {
        return on_statement(draw, root, |_, s| {
            has(s, "Resource") && replace(s, "Resource", value)
        });
    }
    on_resource(draw, root, value)
}

fn principals(draw: &mut Draw<'_, '_>, policy_type: PolicyType, root: &mut Members) -> bool {
    let value = match policy_type {
        PolicyType::Trust => one_of(
            draw,
            [
                text("*"),
                object([]),
                object([("AWS", list([]))]),
                object([
                    ("Federated", list([text("accounts.google.com"), text("x")])),
                    ("Service", list([])),
                ]),
                object([("AWS", text("AROAEXAMPLEID0000002"))]),
            ],
        ),
        PolicyType::Resource | PolicyType::Key | PolicyType::Endpoint => one_of(
            draw,
            [
                object([]),
                object([("AWS", list([]))]),
                object([("AWS", list([text("*"), text("111122223333")]))]),
                object([("Service", text("no such service"))]),
                object([("AWS", text("AIDAEXAMPLEID0000001"))]),
                object([("AWS", text("arn:aws:iam::111122223333:saml-provider/x"))]),
            ],
        ),
        _ => return false,
    };
    if policy_type == PolicyType::Resource && draw.chance(1, 4) {
        let canonical = object([(
            "CanonicalUser",
            list([text("0123456789abcdef"), text("any")]),
        )]);
        return on_principal(draw, root, canonical);
    }
    on_principal(draw, root, value)
}

fn operators(draw: &mut Draw<'_, '_>, root: &mut Members) -> bool {
    let value = one_of(
        draw,
        [
            object([("StringEquals", object([]))]),
            object([("Bogus", object([]))]),
            object([("ForSomeValue:StringEquals", object([]))]),
            object([("ForAllValues:Null", object([("aws:TagKeys", text("true"))]))]),
            object([("Bool", object([("", list([]))]))]),
            object([(
                "ForAllValues:StringLikeIfExists",
                object([("no colon", list([]))]),
            )]),
            object([(
                "Null",
                object([("aws:TagKeys", list([Json::Bool(true), text("maybe")]))]),
            )]),
        ],
    );
    on_condition(draw, root, value)
}

fn values(draw: &mut Draw<'_, '_>, policy_type: PolicyType, root: &mut Members) -> bool {
    if policy_type == PolicyType::Endpoint {
        // Its limits on values would turn some of these into faults.
        return operators(draw, root);
    }
    let (operator, value) = match draw.below(10) {
        0 => (
            "StringEquals",
            list([text("true"), Json::Bool(false), number("1")]),
        ),
        1 => (
            "NumericEquals",
            one_of(
                draw,
                [
                    text("ten"),
                    text("1e3"),
                    text("+1"),
                    text(""),
                    number("1E400"),
                    number("-0"),
                ],
            ),
        ),
        2 => (
            "DateEquals",
            one_of(
                draw,
                [
                    text("2024"),
                    number("2024"),
                    text("01T"),
                    text("-292275054"),
                ],
            ),
        ),
        3 => (
            "Bool",
            one_of(
                draw,
                [
                    text("True"),
                    text("yes"),
                    number("1"),
                    text("${aws:SecureTransport}"),
                    text("${"),
                ],
            ),
        ),
        4 => (
            "BinaryEquals",
            one_of(
                draw,
                [text("QQ"), text("QR=="), text("not base64"), text("")],
            ),
        ),
        5 => (
            "IpAddress",
            one_of(
                draw,
                [
                    text("2001:db8::1"),
                    text("::ffff:192.0.2.1"),
                    text("1.2.3"),
                    text("1.2.3.4/33"),
                    text("01.2.3.4"),
                    text("1.2.3.4/08"),
                ],
            ),
        ),
        6 => (
            "ArnLike",
            one_of(
                draw,
                [
                    text("*"),
                    text("arn:aws"),
                    text(""),
                    text("arn:aws:iam::*:role/?"),
                ],
            ),
        ),
        7 => (
            "StringLike",
            one_of(
                draw,
                [
                    text(""),
                    text("*"),
                    text("a${*}?${$}{"),
                    text("$x"),
                    text("\u{ff}"),
                ],
            ),
        ),
        8 => (
            "DateLessThan",
            one_of(
                draw,
                [
                    text("2024-02-30"),
                    text("2024-01-01T00:00:00"),
                    text("2024-01-01T24:00:00Z"),
                    text("9223372036854775807"),
                ],
            ),
        ),
        _ => (
            "StringEquals",
            one_of(
                draw,
                [
                    text("${aws:PrincipalTag/team, ''}"),
                    text("${aws:nosuch}"),
                    text("${a/b.c:d, 'x y}'}"),
                ],
            ),
        ),
    };
    on_condition(
        draw,
        root,
        object([(operator, object([("example:Rim", value)]))]),
    )
}
