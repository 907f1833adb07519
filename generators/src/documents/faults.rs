//! Grammar faults, one at a time: each makes a valid document break one rule at one place.

use veriam_model::PolicyType;

use super::edits::{
    Members, allows, change_action, has, list, member, number, object, on_condition, on_principal,
    on_resource, on_statement, one_of, put, repeat, replace, take, text,
};
use crate::draw::Draw;
use crate::json::Json;

/// The document that a fault is put into.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ground {
    pub(crate) policy_type: PolicyType,
    /// Version 2012-10-17.
    pub(crate) current: bool,
}

impl Ground {
    /// The types whose strings and Sids are limited (readings: *IAM types*).
    fn iam(self) -> bool {
        use PolicyType::{Boundary, Identity, Session, Trust};
        matches!(self.policy_type, Identity | Boundary | Session | Trust)
    }

    fn is(self, types: &[PolicyType]) -> bool {
        types.contains(&self.policy_type)
    }
}

/// One way to break one rule; says whether the document allowed it.
type Fault = (u16, fn(&mut Draw<'_, '_>, Ground, &mut Members) -> bool);

/// Puts one fault into the document and returns the number of the IAM rule it breaks; nothing if none fits.
pub(crate) fn add(draw: &mut Draw<'_, '_>, ground: Ground, json: &mut Json) -> Option<u16> {
    let Json::Object(root) = json else {
        return None;
    };
    if ground.policy_type == PolicyType::Rcp && allows(root) {
        // The full-access policy stops being one when anything changes, which is a fault of its own.
        return None;
    }
    for _ in 0..8 {
        let (rule, make) = FAULTS[draw.below(FAULTS.len())];
        if make(draw, ground, root) {
            if rule == 1 {
                let document = std::mem::take(root);
                *json = Json::Array(vec![Json::Object(document)]);
            }
            return Some(rule);
        }
    }
    None
}

/// Spoils the text itself.
pub(crate) fn spoil(draw: &mut Draw<'_, '_>, text: String) -> (String, u16) {
    let start = text.find('{').unwrap_or(0) + 1;
    let (head, tail) = text.split_at(start.min(text.len()));
    let member = |member: &str| [head, member, ",", tail].concat();
    match draw.below(12) {
        0 => (text[..text.rfind('}').unwrap_or(0)].to_owned(), 2),
        1 => ([head, ",", tail].concat(), 2),
        2 => (text.replacen('"', "'", 2), 2),
        3 => (member("/* why */ \"Id\":\"x\""), 2),
        4 => (member("\"Id\":\"a\u{1}b\""), 2),
        5 => (member("\"Id\":\"\\ud83d\""), 2),
        6 => (member("\"Id\":012"), 2),
        7 => (String::new(), 2),
        8 => (text + " {}", 1),
        9 => ("\"Statement\"".to_owned(), 1),
        10 => ("\u{feff}".to_owned() + &text, 72),
        _ => {
            let deep = 33 + draw.below(200);
            let nested = ["\"Id\":", &"[".repeat(deep), &"]".repeat(deep)].concat();
            (member(&nested), 72)
        }
    }
}

const RESOURCE_LIKE: [PolicyType; 2] = [PolicyType::Resource, PolicyType::Key];
const WITH_PRINCIPAL: [PolicyType; 3] = [PolicyType::Resource, PolicyType::Key, PolicyType::Trust];
const IDENTITY_LIKE: [PolicyType; 3] = [
    PolicyType::Identity,
    PolicyType::Boundary,
    PolicyType::Session,
];

/// The faults. A test proves that every rule of readings sections 1.3 to 1.10 with a default fault is among them.
const FAULTS: &[Fault] = &[
    // The root.
    (1, |_, _, _| true),
    (3, |_, _, root| put(root, "Comment", text("x"))),
    (5, |draw, _, root| {
        let name = draw.one(&["version", "STATEMENT", "id"]);
        put(root, name, text("x"))
    }),
    (6, |_, _, root| take(root, "Statement")),
    (7, |draw, _, root| {
        let value = one_of(draw, [text("x"), Json::Null, Json::Bool(true), number("5")]);
        replace(root, "Statement", value)
    }),
    (7, |draw, _, root| match member(root, "Statement") {
        Some(Json::Array(statements)) => {
            statements.push(one_of(draw, [text("x"), Json::Null, list([]), number("5")]));
            true
        }
        _ => false,
    }),
    (8, |_, _, root| replace(root, "Statement", list([]))),
    (9, |draw, ground, root| {
        // Without a good version variables are plain text, which may mend other things but breaks nothing.
        let wrong = ["2012-10-18", "2012-10-17 ", "", "2008"];
        let value = one_of(
            draw,
            [
                text(wrong[0]),
                text(wrong[1]),
                text(wrong[2]),
                text(wrong[3]),
                number("20121017"),
                Json::Null,
            ],
        );
        // In an endpoint policy an escaped wildcard would become one.
        ground.current && !ground.is(&[PolicyType::Endpoint]) && replace(root, "Version", value)
    }),
    (12, |draw, ground, root| {
        ground.is(&[PolicyType::Rcp])
            && match draw.below(2) {
                0 => take(root, "Version"),
                _ => replace(root, "Version", text("2008-10-17")),
            }
    }),
    (14, |draw, _, root| {
        let value = one_of(draw, [number("42"), list([]), object([]), Json::Null]);
        take(root, "Id");
        put(root, "Id", value)
    }),
    // Repeated members.
    (20, |draw, _, root| {
        let name = draw.one(&["Version", "Statement", "Id"]);
        repeat(root, name)
    }),
    (20, |draw, _, root| {
        let name = draw.one(&[
            "Effect",
            "Action",
            "NotAction",
            "Resource",
            "Sid",
            "Condition",
            "Principal",
        ]);
        on_statement(draw, root, |_, s| repeat(s, name))
    }),
    (20, |draw, _, root| {
        on_statement(draw, root, |_, s| match member(s, "Principal") {
            Some(Json::Object(members)) if !members.is_empty() => {
                let first = members[0].clone();
                members.push(first);
                true
            }
            _ => false,
        })
    }),
    (20, |draw, _, root| {
        on_block(draw, root, "StringEquals", |_, block| repeat(block, KEY))
    }),
    (20, |draw, _, root| {
        on_statement(draw, root, |_, s| match member(s, "Condition") {
            Some(Json::Object(operators)) if !operators.is_empty() => {
                let first = operators[0].clone();
                operators.push(first);
                true
            }
            _ => false,
        })
    }),
    (22, |draw, _, root| {
        on_block(draw, root, "StringLike", |_, block| {
            block.push(("Example:FAULT".into(), text("longer-than-six")));
            true
        })
    }),
    // Statements.
    (4, |draw, _, root| {
        let name = draw.one(&["Bank", "Conditions", "Comment", "Principals"]);
        on_statement(draw, root, |_, s| put(s, name, text("x")))
    }),
    (5, |draw, _, root| {
        let name = draw.one(&["effect", "sid", "ACTION", "notResource", "condition"]);
        on_statement(draw, root, |_, s| put(s, name, text("x")))
    }),
    (15, |draw, _, root| {
        let value = one_of(draw, [number("1"), list([]), object([]), Json::Null]);
        on_statement(draw, root, |_, s| {
            take(s, "Sid");
            put(s, "Sid", value)
        })
    }),
    (15, |draw, ground, root| {
        let sid = draw.one(&["has space", "a-b", "a_b", "\u{e9}"]);
        ground.iam()
            && on_statement(draw, root, |_, s| {
                take(s, "Sid");
                put(s, "Sid", text(sid))
            })
    }),
    (16, |_, ground, root| match member(root, "Statement") {
        Some(Json::Array(statements)) if ground.iam() && statements.len() > 1 => {
            for statement in &mut statements[..2] {
                if let Json::Object(statement) = statement {
                    take(statement, "Sid");
                    put(statement, "Sid", text("Twice"));
                }
            }
            true
        }
        _ => false,
    }),
    (18, |draw, _, root| {
        on_statement(draw, root, |_, s| take(s, "Effect"))
    }),
    (19, |draw, ground, root| {
        let value = one_of(
            draw,
            [
                text("allow"),
                text("DENY"),
                text(""),
                Json::Bool(true),
                list([text("Deny")]),
            ],
        );
        // With another effect an RCP or NotPrincipal may break more than this.
        !ground.is(&[PolicyType::Rcp])
            && on_statement(draw, root, |_, s| replace(s, "Effect", value))
    }),
    (24, |draw, _, root| {
        on_statement(draw, root, |_, s| take(s, "Action") || take(s, "NotAction"))
    }),
    (24, |draw, ground, root| {
        !ground.is(&[PolicyType::Rcp])
            && on_statement(draw, root, |_, s| {
                let other = if has(s, "Action") {
                    "NotAction"
                } else {
                    "Action"
                };
                put(s, other, text("s3:GetObject"))
            })
    }),
    (25, |draw, ground, root| {
        !ground.is(&[PolicyType::Trust])
            && on_statement(draw, root, |_, s| {
                let other = if has(s, "Resource") {
                    "NotResource"
                } else {
                    "Resource"
                };
                (has(s, "Resource") || has(s, "NotResource"))
                    && put(s, other, text("arn:aws:s3:::b"))
            })
    }),
    (25, |draw, ground, root| {
        let required = ground.is(&IDENTITY_LIKE) || ground.is(&[PolicyType::Scp, PolicyType::Rcp]);
        required
            && on_statement(draw, root, |_, s| {
                take(s, "Resource") || take(s, "NotResource")
            })
    }),
    (26, |draw, ground, root| {
        let name = draw.one(&["Resource", "NotResource"]);
        ground.is(&[PolicyType::Trust]) && on_statement(draw, root, |_, s| put(s, name, text("*")))
    }),
    (35, |draw, _, root| {
        let value = one_of(
            draw,
            [
                number("5"),
                object([]),
                Json::Null,
                list([list([])]),
                list([number("5")]),
                list([text("s3:*"), Json::Null]),
            ],
        );
        on_statement(draw, root, |_, s| change_action(s, value))
    }),
    (35, |draw, _, root| {
        let value = one_of(
            draw,
            [
                number("5"),
                object([]),
                Json::Null,
                list([list([])]),
                list([text("*"), number("5")]),
            ],
        );
        on_resource(draw, root, value)
    }),
    (39, |draw, ground, root| {
        // A NotAction of an RCP is refused anyway.
        !ground.is(&[PolicyType::Rcp])
            && on_statement(draw, root, |_, s| {
                let _ = take(s, "Action") || take(s, "NotAction");
                put(s, "NotAction", list([]))
            })
    }),
    (39, |draw, ground, root| {
        !ground.is(&[PolicyType::Trust])
            && on_statement(draw, root, |_, s| {
                let _ = take(s, "Resource") || take(s, "NotResource");
                put(s, "NotResource", list([]))
            })
    }),
    (59, |draw, _, root| {
        let wrong = draw.one(&[
            "ListBucket",
            "s3:List:Bucket",
            ":Get",
            "a a:ListBucket",
            "",
            "s_3:Get",
            "**",
        ]);
        on_statement(draw, root, |_, s| change_action(s, text(wrong)))
    }),
    (60, |draw, _, root| {
        let wrong = draw.one(&["s*:GetObject", "s?:GetObject", "*:GetObject", "*3:*"]);
        on_statement(draw, root, |_, s| change_action(s, text(wrong)))
    }),
    (63, |draw, _, root| {
        let wrong = draw.one(&[
            "",
            "mybucket",
            "ARN:aws:s3:::b",
            " arn:aws:s3:::b",
            "**",
            "?",
        ]);
        on_resource(draw, root, text(wrong))
    }),
    (64, |draw, ground, root| {
        let wrong = draw.one(&["arn:aws:s3:*", "arn:aws:kms", "arn:aws:sqs:us-west-2:*"]);
        ground.is(&[PolicyType::Rcp]) && on_resource(draw, root, text(wrong))
    }),
    (65, |draw, _, root| {
        let wrong = draw.one(&[
            "arn:error:s3:::b",
            "arn::s3:::b",
            "arn:AWS:s3:::b",
            "arn:aws*:s3:::b",
        ]);
        on_resource(draw, root, text(wrong))
    }),
    (66, |draw, _, root| {
        let wrong = draw.one(&[
            "arn:aws:s3:us-east-1::b",
            "arn:aws:iam:us-east-1:111122223333:user/x",
            "arn:aws:iam:?:111122223333:role/x",
        ]);
        on_resource(draw, root, text(wrong))
    }),
    (67, |draw, _, root| {
        let wrong = draw.one(&[
            "arn:aws:iam::111122223333:u*",
            "arn:aws:dynamodb:us-east-1:111122223333:tab?e/x",
            "arn:aws:kms:*:*:*/k",
            "arn:aws:bedrock-agentcore:us-west-2:111122223333:run*",
        ]);
        on_resource(draw, root, text(wrong))
    }),
    (68, |draw, ground, root| {
        ground.current
            && on_statement(draw, root, |_, s| {
                change_action(s, text("s3:${aws:username}"))
            })
    }),
    (68, |draw, ground, root| {
        let operator = draw.one(&[
            "NumericEquals",
            "DateLessThan",
            "BinaryEquals",
            "IpAddress",
            "Null",
            "ForAnyValue:NotIpAddressIfExists",
        ]);
        ground.current
            && on_block(draw, root, operator, |_, block| {
                replace(block, KEY, text("${aws:username}"))
            })
    }),
    (68, |draw, ground, root| {
        ground.current
            && ground.is(&WITH_PRINCIPAL)
            && on_principal(
                draw,
                root,
                object([(
                    "AWS",
                    text("arn:aws:iam::111122223333:user/${aws:username}"),
                )]),
            )
    }),
    (69, |draw, ground, root| {
        let wrong = draw.one(&[
            "arn:aws:s3:::${aws:username",
            "arn:aws:s3:::${}",
            "arn:aws:s3:::a${a:b, default}/*",
            "arn:aws:s3:::${a b}",
            "arn:aws:s3:::${a:b,'x'}",
            "arn:aws:s3:::${ab}/${",
        ]);
        ground.current && on_resource(draw, root, text(wrong))
    }),
    (69, |draw, ground, root| {
        let operator = draw.one(&[
            "StringEquals",
            "StringNotLike",
            "ArnLike",
            "ForAllValues:StringLike",
        ]);
        let wrong = draw.one(&[
            "${aws:username",
            "${}",
            "${a:b, 'x}",
            "x${a:b,  'x'}",
            "${*",
        ]);
        ground.current
            && on_block(draw, root, operator, |_, block| {
                replace(block, KEY, text(wrong))
            })
    }),
    (70, |draw, ground, root| {
        let wrong = draw.one(&[
            "s3:Get\u{4e2d}",
            "s3:\u{100}",
            "s3:Get\u{7}",
            "s3:\u{1f600}",
        ]);
        ground.iam() && on_statement(draw, root, |_, s| change_action(s, text(wrong)))
    }),
    (207, |draw, ground, root| {
        let wrong = draw.one(&[
            "arn:aws:s3:${aws:x}::b",
            "arn:${aws:x}:s3:::b",
            "arn:aws:dynamodb:us-east-1:${aws:PrincipalAccount}:table/x",
        ]);
        ground.current && on_resource(draw, root, text(wrong))
    }),
    // Principals.
    (27, |draw, ground, root| {
        ground.is(&IDENTITY_LIKE) && on_statement(draw, root, |_, s| put(s, "Principal", text("*")))
    }),
    (27, |draw, ground, root| {
        ground.is(&WITH_PRINCIPAL) && on_statement(draw, root, |_, s| take(s, "Principal"))
    }),
    (27, |draw, ground, root| {
        ground.is(&RESOURCE_LIKE)
            && on_statement(draw, root, |_, s| {
                let deny = matches!(member(s, "Effect"), Some(Json::String(e)) if e == "Deny");
                deny && has(s, "Principal")
                    && put(s, "NotPrincipal", object([("AWS", text("111122223333"))]))
            })
    }),
    (28, |draw, ground, root| {
        let name = draw.one(&["Principal", "NotPrincipal"]);
        ground.is(&[PolicyType::Scp]) && on_statement(draw, root, |_, s| put(s, name, text("*")))
    }),
    (29, |draw, ground, root| {
        let rcp = ground.is(&[PolicyType::Rcp]);
        let kind = draw.below(6);
        let who = one_of(
            draw,
            [
                object([("AWS", text("*"))]),
                text("111122223333"),
                list([text("*")]),
            ],
        );
        rcp && on_statement(draw, root, |_, s| match kind {
            0 => take(s, "Principal"),
            1 => replace(s, "Principal", who),
            2 => put(s, "NotPrincipal", object([("AWS", text("111122223333"))])),
            3 => take(s, "Action") && put(s, "NotAction", text("s3:GetObject")),
            4 => replace(s, "Action", list([text("s3:GetObject"), text("*")])),
            _ => replace(s, "Effect", text("Allow")),
        })
    }),
    (30, |draw, ground, root| {
        ground.is(&[PolicyType::Endpoint])
            && on_statement(draw, root, |_, s| {
                take(s, "Principal") || take(s, "NotPrincipal")
            })
    }),
    (30, |draw, ground, root| {
        let wrong = draw.one(&[
            "arn:aws:dynamodb:*:1111*:table/x",
            "arn:aws:sqs:us-west-2:11112222333?:q",
        ]);
        ground.is(&[PolicyType::Endpoint]) && on_resource(draw, root, text(wrong))
    }),
    (30, |draw, ground, root| {
        let (operator, key, value) = draw.one(&[
            ("StringLike", "aws:SourceVpc", "vpc-0123456*"),
            ("StringNotLikeIfExists", "aws:PrincipalOrgID", "o-123456?"),
            ("NumericEquals", "aws:PrincipalAccount", "111122223333"),
            ("StringLike", KEY, "short*"),
            ("ForAnyValue:StringLike", KEY, "*"),
            ("ArnLike", KEY, "arn:aws:iam::1111*:role/x"),
        ]);
        ground.is(&[PolicyType::Endpoint])
            && on_block(draw, root, operator, |_, block| {
                block.clear();
                put(block, key, text(value))
            })
    }),
    (31, |draw, ground, root| {
        let forbidden = ground.is(&IDENTITY_LIKE) || ground.is(&[PolicyType::Trust]);
        forbidden
            && on_statement(draw, root, |_, s| {
                put(s, "NotPrincipal", object([("AWS", text("111122223333"))]))
            })
    }),
    (32, |draw, ground, root| {
        let takes = ground.is(&RESOURCE_LIKE) || ground.is(&[PolicyType::Endpoint]);
        takes
            && on_statement(draw, root, |_, s| {
                let _ = take(s, "Principal") || take(s, "NotPrincipal");
                replace(s, "Effect", text("Allow"))
                    && put(s, "NotPrincipal", object([("AWS", text("111122223333"))]))
            })
    }),
    (50, |draw, ground, root| {
        let value = one_of(
            draw,
            [
                text("arn:aws:iam::111122223333:root"),
                list([text("*")]),
                number("5"),
                Json::Null,
                object([("Bad", text("x"))]),
                object([("aws", text("*"))]),
                object([("AWS", number("111122223333"))]),
                object([("AWS", list([list([])]))]),
                object([("AWS", text("12345"))]),
                object([("AWS", text(""))]),
                object([("AWS", text("arn:aws:iam"))]),
                object([("Service", text(""))]),
            ],
        );
        ground.is(&WITH_PRINCIPAL) && on_principal(draw, root, value)
    }),
    (52, |draw, ground, root| {
        let value = one_of(
            draw,
            [
                object([("AWS", text("arn:aws:iam::111122223333:role/*"))]),
                object([("AWS", list([text("111122223333"), text("11112222333?")]))]),
                object([("Service", text("*"))]),
                object([("Service", text("*.amazonaws.com"))]),
            ],
        );
        ground.is(&WITH_PRINCIPAL) && on_principal(draw, root, value)
    }),
    (54, |draw, ground, root| {
        let value = object([("Federated", text("accounts.google.com"))]);
        ground.is(&RESOURCE_LIKE) && on_principal(draw, root, value)
    }),
    (55, |draw, ground, root| {
        let value = object([("CanonicalUser", text("0123456789abcdef"))]);
        ground.is(&[PolicyType::Trust, PolicyType::Key]) && on_principal(draw, root, value)
    }),
    (58, |draw, ground, root| {
        let value = object([("AWS", text("arn:aws:iam::111122223333:group/Devs"))]);
        ground.is(&WITH_PRINCIPAL) && on_principal(draw, root, value)
    }),
    // Conditions.
    (41, |draw, _, root| {
        let value = one_of(draw, [list([]), text("x"), Json::Bool(false)]);
        on_condition(draw, root, value)
    }),
    (41, |draw, _, root| {
        let value = one_of(draw, [list([text("x")]), text("x"), number("1")]);
        on_condition(draw, root, object([("StringEquals", value)]))
    }),
    (44, |draw, _, root| on_condition(draw, root, Json::Null)),
    (44, |draw, _, root| {
        on_condition(draw, root, object([("Bool", Json::Null)]))
    }),
    (44, |draw, _, root| {
        let value = one_of(draw, [Json::Null, list([Json::Null])]);
        on_block(draw, root, "StringEquals", |_, block| {
            replace(block, KEY, value)
        })
    }),
    (42, |draw, _, root| {
        let value = one_of(
            draw,
            [object([]), list([list([text("x")])]), list([object([])])],
        );
        on_block(draw, root, "StringEquals", |_, block| {
            replace(block, KEY, value)
        })
    }),
    (45, |draw, _, root| {
        let wrong = draw.one(&[
            "StringMatches",
            "ForAnyValue::StringEquals",
            "ForSomeValue:StringEquals",
            "IfExists",
            "",
            "StringEqualsIfExistsIfExists",
            "StringEquals ",
        ]);
        on_block(draw, root, wrong, |_, _| true)
    }),
    (46, |draw, _, root| {
        let wrong = draw.one(&[
            "stringequals",
            "StringLikeIfexists",
            "foranyvalue:StringEquals",
            "NULL",
        ]);
        on_block(draw, root, wrong, |_, _| true)
    }),
    (47, |draw, _, root| {
        let wrong = draw.one(&[
            "NullIfExists",
            "ForAllValues:NullIfExists",
            "ForAllValues:StringEquals:IfExists",
        ]);
        on_block(draw, root, wrong, |_, _| true)
    }),
    (74, |draw, ground, root| {
        let wrong = draw.one(&[
            "sdfdsf",
            "",
            "9223372036854775808",
            "T",
            "2024/01/01",
            "tomorrow 12:00",
        ]);
        ground.iam()
            && on_block(draw, root, "DateLessThan", |_, block| {
                replace(block, KEY, text(wrong))
            })
    }),
    (165, |draw, _, root| {
        let wrong = draw.one(&["2024-*", "*", "2024-01-0?"]);
        on_block(draw, root, "DateEquals", |_, block| {
            replace(block, KEY, text(wrong))
        })
    }),
];

/// The key that faulty conditions are about.
const KEY: &str = "example:Fault";

/// Gives a statement a condition of that operator on a key of its own and changes that.
fn on_block(
    draw: &mut Draw<'_, '_>,
    root: &mut Members,
    operator: &'static str,
    change: impl FnOnce(&mut Draw<'_, '_>, &mut Members) -> bool,
) -> bool {
    let mut block = vec![(KEY.into(), text("longer-than-six"))];
    change(draw, &mut block)
        && on_condition(
            draw,
            root,
            Json::Object(vec![(operator.into(), Json::Object(block))]),
        )
}
