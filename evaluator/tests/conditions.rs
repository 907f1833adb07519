//! Conditions: operator, policy values, request values, answer; by dialect where readings differ.
//!
//! The condition stands alone in an Allow, so its answer is the decision.

use veriam_evaluator::{Engine, Request};
use veriam_model::{Check, Context, Decision, Dialect, PolicyText, Principal, Resource};

fn dialect(settings: &str) -> Dialect {
    settings
        .split_whitespace()
        .fold(Dialect::default(), |dialect, setting| {
            dialect.with_setting(setting).unwrap()
        })
}

/// Whether a condition holds. `context` is a JSON object from key to list of strings.
fn holds(version: &str, condition: &str, context: &str, settings: &str) -> bool {
    let mut check = Check::new(
        Principal {
            arn: "arn:aws:iam::111122223333:user/alice".to_owned(),
            account: Some("111122223333".to_owned()),
        },
        "s3:GetObject",
        Resource {
            arn: "arn:aws:s3:::b/k".to_owned(),
            account: "111122223333".to_owned(),
        },
    );
    check.context = serde_json::from_str::<Context>(context).unwrap();
    // A policy type without checks of dates, so that malformed ones can be stored.
    let statement = format!(
        r#"{{"Version":"{version}","Statement":{{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{condition}}}}}"#
    );
    check.resource_policy = Some(PolicyText::new(statement));
    let engine = Engine::for_check(&check, &dialect(settings))
        .unwrap_or_else(|e| panic!("{condition}: {e:?}"));
    let request = Request::of(&check);
    let decision = engine.decide(&request).unwrap();
    assert_eq!(engine.explain(&request).unwrap().decision, decision);
    decision == Decision::Allow
}

const YES: bool = true;
const NO: bool = false;

/// One key `k:s` under one operator. A request value of `-` means that the key is absent.
fn rows(settings: &str, rows: &[(&str, &str, &str, bool)]) {
    on_key("k:s", settings, rows);
}

fn on_key(key: &str, settings: &str, rows: &[(&str, &str, &str, bool)]) {
    for &(operator, values, request, expected) in rows {
        let context = match request {
            "-" => "{}".to_owned(),
            _ => format!(r#"{{"{key}":{request}}}"#),
        };
        let condition = format!(r#"{{"{operator}":{{"{key}":{values}}}}}"#);
        let found = holds("2012-10-17", &condition, &context, settings);
        assert_eq!(
            found, expected,
            "{condition} against {context} [{settings}]"
        );
    }
}

#[test]
fn strings() {
    rows(
        "",
        &[
            ("StringEquals", r#""a*""#, r#"["ab"]"#, NO),
            ("StringEquals", r#""a*""#, r#"["a*"]"#, YES),
            ("StringEquals", r#"["x","a"]"#, r#"["a"]"#, YES),
            ("StringEquals", r#""a""#, r#"["A"]"#, NO),
            ("StringEquals", r#""a""#, r#"["ab"]"#, NO),
            ("StringEquals", r#""ab""#, r#"["a"]"#, NO),
            ("StringEquals", r#""""#, r#"[""]"#, YES),
            ("StringEquals", "5", r#"["5"]"#, YES),
            ("StringEquals", "[]", r#"["5"]"#, NO),
            ("StringNotEquals", "[]", r#"["5"]"#, YES),
            ("StringNotEquals", r#"["x","a"]"#, r#"["a"]"#, NO),
            ("StringNotEquals", r#"["x","a"]"#, r#"["b"]"#, YES),
            (
                "StringEqualsIgnoreCase",
                r#""JohnDÖE""#,
                r#"["johndöe"]"#,
                YES,
            ),
            ("StringEqualsIgnoreCase", r#""ss""#, r#"["ß"]"#, NO),
            ("StringEqualsIgnoreCase", r#""a*""#, r#"["AB"]"#, NO),
            ("StringNotEqualsIgnoreCase", r#""a""#, r#"["A"]"#, NO),
            ("StringLike", r#""h*/?""#, r#"["home/x/é"]"#, YES),
            ("StringLike", r#""H*""#, r#"["home"]"#, NO),
            ("StringLike", r#""a${*}""#, r#"["a*"]"#, YES),
            ("StringLike", r#""a${*}""#, r#"["ab"]"#, NO),
            ("StringNotLike", r#"["a*","b*"]"#, r#"["bx"]"#, NO),
            ("StringNotLike", r#"["a*","b*"]"#, r#"["cx"]"#, YES),
        ],
    );
}

#[test]
fn values_of_tags_may_ignore_case() {
    let cases = [
        ("StringEquals", r#""X""#, r#"["x"]"#, YES),
        ("StringNotEquals", r#""X""#, r#"["x"]"#, NO),
        ("StringLike", r#""X*É?""#, r#"["xaéb"]"#, YES),
        ("StringNotLike", r#""X*""#, r#"["xa"]"#, NO),
        ("StringLike", r#""X*${a:v}""#, r#"["xB"]"#, NO),
    ];
    let opposite = cases.map(|(o, v, r, yes)| (o, v, r, !yes && v != r#""X*${a:v}""#));
    for key in ["aws:RequestTag/t", "aws:ResourceTag/t"] {
        on_key(key, "IAM-134=ignore-case", &cases);
        on_key(key, "", &opposite);
    }
    on_key("aws:PrincipalTag/t", "IAM-134=ignore-case", &opposite);
}

#[test]
fn absent_keys() {
    for family in [
        "StringEquals",
        "StringLike",
        "NumericLessThan",
        "DateEquals",
        "Bool",
        "BinaryEquals",
        "IpAddress",
        "ArnLike",
    ] {
        let set = |prefix: &str, suffix: &str| format!("{prefix}{family}{suffix}");
        rows(
            "",
            &[
                (&set("", ""), r#""false""#, "-", NO),
                (&set("", "IfExists"), r#""false""#, "-", YES),
                (&set("ForAllValues:", ""), r#""false""#, "-", YES),
                (&set("ForAllValues:", "IfExists"), r#""false""#, "-", YES),
                (&set("ForAnyValue:", ""), r#""false""#, "-", NO),
                (&set("ForAnyValue:", "IfExists"), r#""false""#, "-", YES),
            ],
        );
        rows(
            "IAM-148=false",
            &[
                (&set("ForAnyValue:", "IfExists"), r#""false""#, "-", NO),
                (&set("", "IfExists"), r#""false""#, "-", YES),
                (&set("ForAllValues:", "IfExists"), r#""false""#, "-", YES),
            ],
        );
    }
    for negated in [
        "StringNotEquals",
        "StringNotLike",
        "StringNotEqualsIgnoreCase",
        "NumericNotEquals",
        "DateNotEquals",
        "NotIpAddress",
        "ArnNotLike",
        "ArnNotEquals",
    ] {
        rows(
            "",
            &[
                (negated, r#""x""#, "-", YES),
                (&format!("{negated}IfExists"), r#""x""#, "-", YES),
                (&format!("ForAllValues:{negated}"), r#""x""#, "-", YES),
                (&format!("ForAnyValue:{negated}"), r#""x""#, "-", NO),
            ],
        );
    }
}

#[test]
fn set_operators() {
    for (values, all, any, all_not, any_not) in [
        (r#"["a"]"#, YES, YES, NO, NO),
        (r#"["a","b"]"#, YES, YES, NO, NO),
        (r#"["a","c"]"#, NO, YES, NO, YES),
        (r#"["c"]"#, NO, NO, YES, YES),
        ("[]", YES, NO, YES, NO),
        (r#"[""]"#, YES, NO, YES, NO),
        (r#"["",""]"#, NO, NO, YES, YES),
    ] {
        for key in ["aws:TagKeys", "k:s"] {
            on_key(
                key,
                "",
                &[
                    ("ForAllValues:StringEquals", r#"["a","b"]"#, values, all),
                    ("ForAnyValue:StringEquals", r#"["a","b"]"#, values, any),
                    (
                        "ForAllValues:StringNotEquals",
                        r#"["a","b"]"#,
                        values,
                        all_not,
                    ),
                    (
                        "ForAnyValue:StringNotEquals",
                        r#"["a","b"]"#,
                        values,
                        any_not,
                    ),
                    (
                        "ForAnyValue:StringEqualsIfExists",
                        r#"["a","b"]"#,
                        values,
                        any,
                    ),
                ],
            );
        }
    }
    rows(
        "IAM-147=value",
        &[
            ("ForAnyValue:StringEquals", r#""""#, r#"[""]"#, YES),
            ("ForAnyValue:StringNotEquals", r#""a""#, r#"[""]"#, YES),
            ("ForAllValues:StringEquals", r#""a""#, r#"[""]"#, YES),
            ("ForAnyValue:StringEquals", r#""""#, "[]", NO),
        ],
    );
    rows(
        "",
        &[
            ("ForAnyValue:StringEquals", r#""""#, r#"[""]"#, NO),
            ("ForAnyValue:StringEquals", "[]", r#"["a"]"#, NO),
            ("ForAllValues:StringEquals", "[]", r#"["a"]"#, NO),
            ("ForAllValues:StringEquals", "[]", "-", YES),
        ],
    );
}

#[test]
fn several_values_without_set_operator() {
    for (key, one_is_many) in [("aws:tagkeys", true), ("k:s", false)] {
        on_key(
            key,
            "",
            &[
                ("StringEquals", r#""a""#, r#"["a","b"]"#, YES),
                ("StringEquals", r#""a""#, r#"["c","b"]"#, NO),
                ("StringNotEquals", r#""a""#, r#"["a","b"]"#, NO),
                ("StringNotEquals", r#""a""#, r#"["c","b"]"#, YES),
                ("StringEquals", r#""a""#, r#"["a"]"#, YES),
                ("StringEquals", r#""a""#, "[]", NO),
                ("StringNotEquals", r#""a""#, "[]", YES),
                ("StringEqualsIfExists", r#""a""#, "[]", NO),
            ],
        );
        on_key(
            key,
            "IAM-151=false",
            &[
                ("StringEquals", r#""a""#, r#"["a","b"]"#, NO),
                ("StringNotEquals", r#""a""#, r#"["c","b"]"#, NO),
                ("StringNotEquals", r#""a""#, "[]", NO),
                ("StringEquals", r#""a""#, r#"["a"]"#, !one_is_many),
                ("StringNotEquals", r#""a""#, "-", YES),
                ("ForAnyValue:StringEquals", r#""a""#, r#"["a","b"]"#, YES),
            ],
        );
    }
}

#[test]
fn null() {
    rows(
        "",
        &[
            ("Null", "true", "-", YES),
            ("Null", r#""TRUE""#, "-", YES),
            ("Null", "false", "-", NO),
            ("Null", "true", r#"["x"]"#, NO),
            ("Null", r#""False""#, r#"["x"]"#, YES),
            ("Null", "[true,false]", "-", YES),
            ("Null", "[true,false]", r#"["x"]"#, YES),
            ("Null", r#""yes""#, "-", NO),
            ("Null", r#""yes""#, r#"["x"]"#, NO),
            ("Null", "[]", "-", NO),
            ("Null", "[]", r#"["x"]"#, NO),
            ("Null", "true", "[]", YES),
            ("Null", "false", "[]", NO),
            ("Null", "true", r#"[""]"#, YES),
            ("Null", "false", r#"[""]"#, NO),
            ("Null", "false", r#"["",""]"#, YES),
            ("ForAllValues:Null", "true", "-", YES),
            ("ForAllValues:Null", "false", "-", YES),
            ("ForAllValues:Null", r#""x""#, "-", YES),
            ("ForAllValues:Null", "[]", "[]", YES),
            ("ForAllValues:Null", "true", r#"["x"]"#, YES),
            ("ForAllValues:Null", "false", r#"["x"]"#, YES),
            ("ForAllValues:Null", r#""x""#, r#"["x"]"#, NO),
            ("ForAllValues:Null", "[]", r#"["x"]"#, NO),
            ("ForAnyValue:Null", "true", "-", NO),
            ("ForAnyValue:Null", "false", "-", NO),
            ("ForAnyValue:Null", "true", r#"["x"]"#, NO),
            ("ForAnyValue:Null", "false", r#"["x"]"#, NO),
        ],
    );
    rows(
        "IAM-142=per-value",
        &[
            ("ForAllValues:Null", "true", r#"["x"]"#, NO),
            ("ForAllValues:Null", "false", r#"["x"]"#, YES),
            ("ForAllValues:Null", "[true,false]", r#"["x"]"#, YES),
            ("ForAnyValue:Null", "true", r#"["x"]"#, NO),
            ("ForAnyValue:Null", "false", r#"["x"]"#, YES),
            ("ForAnyValue:Null", "false", "-", NO),
            ("ForAllValues:Null", "true", r#"[""]"#, YES),
            ("ForAnyValue:Null", "false", r#"[""]"#, NO),
        ],
    );
    rows(
        "IAM-141=present",
        &[
            ("Null", "true", r#"[""]"#, NO),
            ("Null", "false", r#"[""]"#, YES),
            ("Null", "true", "[]", YES),
        ],
    );
    rows(
        "IAM-141=present IAM-142=per-value",
        &[
            ("ForAllValues:Null", "true", r#"[""]"#, NO),
            ("ForAnyValue:Null", "false", r#"[""]"#, YES),
        ],
    );
}

#[test]
fn numbers() {
    rows(
        "",
        &[
            ("NumericEquals", "10", r#"["10.0"]"#, YES),
            ("NumericEquals", r#"["1","-2.50"]"#, r#"["-2.5"]"#, YES),
            ("NumericNotEquals", "10", r#"["10.0"]"#, NO),
            ("NumericNotEquals", "10", r#"["11"]"#, YES),
            ("NumericLessThan", "10", r#"["9.99"]"#, YES),
            ("NumericLessThan", "10", r#"["10"]"#, NO),
            ("NumericLessThanEquals", "10", r#"["10"]"#, YES),
            ("NumericLessThanEquals", "10", r#"["11"]"#, NO),
            ("NumericGreaterThan", "10", r#"["11"]"#, YES),
            ("NumericGreaterThan", "10", r#"["10"]"#, NO),
            ("NumericGreaterThanEquals", "10", r#"["10"]"#, YES),
            ("NumericGreaterThanEquals", "10", r#"["9"]"#, NO),
            ("NumericLessThan", "[2700,3600]", r#"["3000"]"#, YES),
            ("NumericEquals", "1e1", r#"["10"]"#, NO),
            ("NumericNotEquals", "10", r#"["a"]"#, NO),
            ("NumericNotEquals", "[]", r#"["a"]"#, NO),
            ("NumericNotEquals", r#"["a",10]"#, r#"["11"]"#, NO),
            ("NumericNotEquals", "[]", r#"["11"]"#, YES),
            ("NumericEquals", r#"["a",11]"#, r#"["11"]"#, YES),
            ("NumericEquals", r#""a""#, r#"["a"]"#, NO),
        ],
    );
    rows(
        "IAM-163=negation",
        &[
            ("NumericNotEquals", "10", r#"["a"]"#, YES),
            ("NumericNotEquals", r#"["a",10]"#, r#"["11"]"#, YES),
            ("NumericNotEquals", r#"["a",10]"#, r#"["10"]"#, NO),
            ("NumericEquals", r#""a""#, r#"["a"]"#, NO),
            ("NumericLessThan", "10", r#"["a"]"#, NO),
        ],
    );
}

#[test]
fn dates() {
    rows(
        "",
        &[
            (
                "DateEquals",
                r#""2024-01-01T00:00:00Z""#,
                r#"["1704067200"]"#,
                YES,
            ),
            (
                "DateNotEquals",
                r#""2024-01-01T00:00:00Z""#,
                r#"["1704067200"]"#,
                NO,
            ),
            (
                "DateLessThan",
                r#""2024-01-01T00:00:00+01:00""#,
                r#"["2023-12-31T23:30:00Z"]"#,
                NO,
            ),
            (
                "DateLessThan",
                r#""2024-01-01""#,
                r#"["2023-12-31T23:59:59.999Z"]"#,
                YES,
            ),
            (
                "DateLessThanEquals",
                r#""2024-01""#,
                r#"["2024-01-01"]"#,
                YES,
            ),
            ("DateGreaterThan", "5", r#"["6"]"#, YES),
            ("DateGreaterThan", "5", r#"["5"]"#, NO),
            ("DateGreaterThanEquals", "5", r#"["5"]"#, YES),
            ("DateEquals", r#""2024""#, r#"["2024"]"#, YES),
            (
                "DateEquals",
                r#""2024""#,
                r#"["1970-01-01T00:33:44Z"]"#,
                YES,
            ),
            ("DateNotEquals", r#""x""#, r#"["5"]"#, NO),
            ("DateNotEquals", "5", r#"["x"]"#, NO),
            ("DateEquals", r#"["x",5]"#, r#"["5"]"#, YES),
        ],
    );
    rows(
        "IAM-166=year",
        &[
            ("DateEquals", r#""2024""#, r#"["2024-01-01"]"#, YES),
            ("DateEquals", r#""2024-01-01""#, r#"["2024"]"#, YES),
            (
                "DateEquals",
                r#""02024""#,
                r#"["1970-01-01T00:33:44Z"]"#,
                YES,
            ),
        ],
    );
    rows(
        "IAM-167=negation",
        &[
            ("DateNotEquals", r#""x""#, r#"["5"]"#, YES),
            ("DateNotEquals", "5", r#"["x"]"#, YES),
            ("DateNotEquals", "5", r#"["5"]"#, NO),
            ("DateEquals", "5", r#"["x"]"#, NO),
        ],
    );
}

#[test]
fn booleans() {
    rows(
        "",
        &[
            ("Bool", "false", r#"["false"]"#, YES),
            ("Bool", "true", r#"["True"]"#, YES),
            ("Bool", r#""TRUE""#, r#"["true"]"#, YES),
            ("Bool", "false", r#"["asdf"]"#, YES),
            ("Bool", r#""x""#, r#"["false"]"#, YES),
            ("Bool", r#""""#, r#"[""]"#, YES),
            ("Bool", "true", r#"["1"]"#, NO),
            ("Bool", "[true,false]", r#"["x"]"#, YES),
            ("Bool", "[]", r#"["true"]"#, NO),
            ("Bool", r#""${k:s}""#, r#"["true"]"#, NO),
            ("Bool", r#""${k:s}""#, r#"["false"]"#, YES),
        ],
    );
    rows(
        "IAM-170=exact",
        &[
            ("Bool", "true", r#"["true"]"#, YES),
            ("Bool", "true", r#"["True"]"#, NO),
            ("Bool", r#""TRUE""#, r#"["true"]"#, NO),
            ("Bool", "false", r#"["asdf"]"#, NO),
            ("Bool", r#""x""#, r#"["x"]"#, NO),
            ("Bool", r#"["x",false]"#, r#"["false"]"#, YES),
            ("Bool", r#""${k:s}""#, r#"["false"]"#, NO),
        ],
    );
    rows(
        "IAM-192=expanded",
        &[
            ("Bool", r#""${k:s}""#, r#"["true"]"#, YES),
            ("Bool", r#""${k:s}""#, r#"["TRUE"]"#, YES),
            ("Bool", r#""t${k:no, 'ru'}e""#, r#"["true"]"#, YES),
            ("Bool", r#""t${k:no, 'ru'}e""#, r#"["false"]"#, NO),
            ("Bool", r#""${k:no, 'x'}""#, r#"["false"]"#, YES),
            ("Bool", r#""${k:no}""#, r#"["false"]"#, NO),
            ("Bool", r#""${k:no}""#, r#"["true"]"#, NO),
            ("Bool", r#""${""#, r#"["false"]"#, YES),
            ("Bool", r#""${*}""#, r#"["false"]"#, YES),
        ],
    );
    rows(
        "IAM-192=expanded IAM-170=exact",
        &[
            ("Bool", r#""${k:s}""#, r#"["true"]"#, YES),
            ("Bool", r#""${k:s}""#, r#"["false"]"#, YES),
            ("Bool", r#""${k:s}""#, r#"["TRUE"]"#, NO),
            ("Bool", r#""${k:no, 'True'}""#, r#"["true"]"#, NO),
            ("Bool", r#""${k:no, 'true'}""#, r#"["false"]"#, NO),
        ],
    );
}

#[test]
fn binaries() {
    rows(
        "",
        &[
            ("BinaryEquals", r#""QUJD""#, r#"["QUJD"]"#, YES),
            ("BinaryEquals", r#""QUJD""#, r#"["QUJE"]"#, NO),
            ("BinaryEquals", r#""QQ==""#, r#"["QQ=="]"#, YES),
            ("BinaryEquals", r#""x""#, r#"["x"]"#, NO),
            ("BinaryEquals", r#""QQ""#, r#"["QQ=="]"#, NO),
            ("BinaryEquals", r#""QR==""#, r#"["QR=="]"#, NO),
            ("BinaryEquals", r#""""#, r#"[""]"#, YES),
        ],
    );
    rows(
        "IAM-173=text",
        &[
            ("BinaryEquals", r#""QUJD""#, r#"["QUJD"]"#, YES),
            ("BinaryEquals", r#""x""#, r#"["x"]"#, YES),
            ("BinaryEquals", r#""x""#, r#"["y"]"#, NO),
            ("BinaryEquals", r#""QQ""#, r#"["QQ=="]"#, NO),
        ],
    );
}

#[test]
fn addresses() {
    rows(
        "",
        &[
            (
                "IpAddress",
                r#""203.0.113.9/24""#,
                r#"["203.0.113.77"]"#,
                YES,
            ),
            (
                "IpAddress",
                r#"["203.0.113.0/24","2001:DB8::/32"]"#,
                r#"["2001:db8::9"]"#,
                YES,
            ),
            (
                "NotIpAddress",
                r#""203.0.113.0/24""#,
                r#"["203.0.113.77"]"#,
                NO,
            ),
            (
                "NotIpAddress",
                r#""203.0.113.0/24""#,
                r#"["2001:db8::9"]"#,
                YES,
            ),
            ("IpAddress", r#""2001:db8::1""#, r#"["2001:db8::2"]"#, NO),
            ("IpAddress", r#""1.2.3.4""#, r#"["::ffff:1.2.3.4"]"#, NO),
            (
                "IpAddress",
                r#""::ffff:1.2.3.4""#,
                r#"["::ffff:1.2.3.4"]"#,
                YES,
            ),
            ("NotIpAddress", r#""x""#, r#"["1.2.3.4"]"#, NO),
            ("NotIpAddress", r#""1.2.3.4""#, r#"["x"]"#, NO),
            ("IpAddress", r#""1.2.3.4""#, r#"["1.2.3.4/32"]"#, NO),
            ("IpAddress", r#"["x","1.2.3.4"]"#, r#"["1.2.3.4"]"#, YES),
        ],
    );
    rows(
        "IAM-176=prefix-32",
        &[
            (
                "IpAddress",
                r#""2001:db8::1""#,
                r#"["2001:db8:ffff::2"]"#,
                YES,
            ),
            (
                "IpAddress",
                r#""2001:db8::1/128""#,
                r#"["2001:db8::2"]"#,
                NO,
            ),
            ("IpAddress", r#""1.2.3.4""#, r#"["1.2.3.5"]"#, NO),
        ],
    );
    rows(
        "IAM-180=ipv4",
        &[
            ("IpAddress", r#""1.2.3.0/24""#, r#"["::ffff:1.2.3.4"]"#, YES),
            (
                "NotIpAddress",
                r#""1.2.3.0/24""#,
                r#"["::ffff:1.2.3.4"]"#,
                NO,
            ),
            (
                "IpAddress",
                r#""::ffff:0:0/96""#,
                r#"["::ffff:1.2.3.4"]"#,
                YES,
            ),
            ("IpAddress", r#""::ffff:1.2.3.4""#, r#"["1.2.3.4"]"#, NO),
        ],
    );
    rows(
        "IAM-181=negation",
        &[
            ("NotIpAddress", r#""x""#, r#"["1.2.3.4"]"#, YES),
            ("NotIpAddress", r#""1.2.3.4""#, r#"["x"]"#, YES),
            ("NotIpAddress", r#"["x","1.2.3.4"]"#, r#"["1.2.3.4"]"#, NO),
            ("IpAddress", r#""x""#, r#"["x"]"#, NO),
        ],
    );
    // Two keys, so that what was read from one is not taken for the other.
    let both = r#"{"IpAddress":{"k:a":"10.0.0.0/8","k:b":"11.0.0.0/8"}}"#;
    let context = r#"{"k:a":["10.1.1.1"],"k:b":["11.1.1.1"]}"#;
    assert!(holds("2012-10-17", both, context, ""));
    let both = r#"{"DateEquals":{"k:a":"1","k:b":"2"},"DateLessThan":{"k:a":"2","k:b":"3"}}"#;
    assert!(holds(
        "2012-10-17",
        both,
        r#"{"k:a":["1"],"k:b":["2"]}"#,
        ""
    ));
}

#[test]
fn arns() {
    let role = r#"["arn:aws:iam::111122223333:role/app-1"]"#;
    rows(
        "",
        &[
            (
                "ArnLike",
                r#""arn:aws:iam::111122223333:role/app-*""#,
                role,
                YES,
            ),
            ("ArnEquals", r#""arn:aws:iam::*:role/app-?""#, role, YES),
            ("ArnNotEquals", r#""arn:aws:iam::*:role/app-?""#, role, NO),
            ("ArnNotLike", r#""arn:aws:iam::*:role/x""#, role, YES),
            ("ArnLike", r#""arn:aws:iam::*:ROLE/app-1""#, role, NO),
            ("ArnLike", r#""arn:aws:*:role/app-1""#, role, NO),
            ("ArnLike", r#""arn:aws:iam:*:role/app-1""#, role, NO),
            ("ArnLike", r#""arn:aws:iam::111122223333:*""#, role, YES),
            ("ArnLike", r#""arn:aws:iam::111122223333*""#, role, NO),
            (
                "ArnLike",
                r#""arn:aws:sqs:*:1:a:*:c""#,
                r#"["arn:aws:sqs:us:1:a:b:b:c"]"#,
                YES,
            ),
            ("ArnLike", r#""*""#, role, YES),
            ("ArnLike", r#""*""#, r#"["x"]"#, YES),
            ("ArnNotLike", r#""*""#, r#"["x"]"#, NO),
            ("ArnLike", r#""**""#, role, NO),
            ("ArnLike", r#""x""#, r#"["x"]"#, NO),
            ("ArnNotLike", r#""x""#, role, YES),
            (
                "ArnNotLike",
                r#""arn:aws:iam::*:role/x""#,
                r#"["test2"]"#,
                NO,
            ),
            ("ArnNotLike", "[]", r#"["test2"]"#, NO),
            ("ArnNotLike", "[]", role, YES),
            ("ArnLike", r#""?rn:aws:iam::*:role/*""#, role, NO),
            ("ArnLike", r#""arn:aws:iam::${k:s}:role/*""#, role, NO),
            ("ArnLike", r#""${k:s}""#, role, YES),
            ("ArnNotLike", r#""${k:s}""#, role, NO),
            ("ArnNotLike", r#""${k:no}""#, role, YES),
            (
                "ArnLike",
                r#""arn:aws:iam::${k:no, '111122223333'}:role/*""#,
                role,
                YES,
            ),
            (
                "ArnLike",
                r#""arn:aws:${k:no, 'iam::111122223333'}:role/*""#,
                role,
                YES,
            ),
            (
                "ArnLike",
                r#""arn:aws:${k:no, 'iam:*'}:111122223333:role/*""#,
                role,
                NO,
            ),
        ],
    );
    rows(
        "IAM-186=nothing",
        &[
            ("ArnLike", r#""*""#, role, NO),
            ("ArnNotLike", r#""*""#, role, YES),
            ("ArnNotLike", r#""*""#, r#"["x"]"#, NO),
            ("ArnLike", r#"["*","arn:*:*:*:*:*"]"#, role, YES),
        ],
    );
}

#[test]
fn variables() {
    let like = |pattern: &str, context: &str, settings: &str| {
        let condition = format!(r#"{{"StringLike":{{"k:s":"{pattern}"}}}}"#);
        holds("2012-10-17", &condition, context, settings)
    };
    let not_like = |pattern: &str, context: &str, settings: &str| {
        let condition = format!(r#"{{"StringNotLike":{{"k:s":"{pattern}"}}}}"#);
        holds("2012-10-17", &condition, context, settings)
    };
    let both = r#"{"k:s":["a/bob/c"],"aws:UserName":["bob"],"aws:TagKeys":["bob"],"k:two":["bob","x"],"k:none":[],"k:empty":[""],"k:star":["*"],"k:var":["${aws:username}"]}"#;
    assert!(like("a/${AWS:username}/?", both, ""));
    assert!(!like("a/${aws:UserNam}/?", both, ""));
    assert!(not_like("a/${aws:UserNam}/?", both, ""));
    assert!(!like("a/${k:star}/c", both, ""));
    assert!(!like("a/${k:var}/c", both, ""));
    assert!(like("a/${k:no, 'bob'}/c", both, ""));
    assert!(!like("a/${k:no, '*'}/c", both, ""));
    // Multivalued, several values, no value: unresolved, default or not.
    for name in ["aws:tagkeys", "k:two", "k:none"] {
        for settings in ["", "IAM-202=default-when-empty"] {
            assert!(!like(&format!("a/${{{name}}}/c"), both, settings), "{name}");
            assert!(
                not_like(&format!("a/${{{name}}}/c"), both, settings),
                "{name}"
            );
            let defaults = like(&format!("a/${{{name}, 'bob'}}/c"), both, settings);
            assert_eq!(defaults, !settings.is_empty(), "{name}");
        }
    }
    assert!(like("a/bob/c${k:empty, 'x'}", both, ""));
    assert!(!like(
        "a/bob/c${k:empty, 'x'}",
        both,
        "IAM-202=default-when-empty"
    ));
    assert!(like(
        "a/bob/${k:empty, 'c'}",
        both,
        "IAM-202=default-when-empty"
    ));
    assert!(like(
        "a/bob/c${k:empty}",
        both,
        "IAM-202=default-when-empty"
    ));
    // A document of the older version has no variables, but wildcards.
    let old = |pattern: &str, value: &str| {
        let condition = format!(r#"{{"StringLike":{{"k:s":"{pattern}"}}}}"#);
        holds(
            "2008-10-17",
            &condition,
            &format!(r#"{{"k:s":["{value}"]}}"#),
            "",
        )
    };
    assert!(old("${x}", "${x}"));
    assert!(old("${*}", "${abc}"));
    assert!(!old("${x, 'a'}", "a"));
}

#[test]
fn all_tests_of_a_condition_must_hold() {
    let two = r#"{"StringEquals":{"k:a":"1","k:b":"2"},"NumericLessThan":{"K:A":"5"}}"#;
    for (context, expected) in [
        (r#"{"K:a":["1"],"k:B":["2"]}"#, YES),
        (r#"{"k:a":["1"],"k:b":["3"]}"#, NO),
        (r#"{"k:a":["2"],"k:b":["2"]}"#, NO),
        (r#"{"k:b":["2"]}"#, NO),
    ] {
        assert_eq!(holds("2012-10-17", two, context, ""), expected, "{context}");
    }
}

#[test]
fn empty_conditions() {
    for condition in [
        "{}",
        r#"{"StringEquals":{}}"#,
        r#"{"Null":{},"StringEquals":{"k:a":"1"}}"#,
    ] {
        let context = r#"{"k:a":["1"]}"#;
        assert!(holds("2012-10-17", condition, context, ""), "{condition}");
        assert!(
            !holds("2012-10-17", condition, context, "IAM-040=no-effect"),
            "{condition}"
        );
    }
    assert!(holds(
        "2012-10-17",
        r#"{"Bogus":{}}"#,
        "{}",
        "IAM-040=no-effect"
    ));
    assert!(holds(
        "2012-10-17",
        r#"{"bool":{"k:a":"true"}}"#,
        r#"{"k:a":["true"]}"#,
        "IAM-046=lenient"
    ));
}
