//! What lint finds, kind and place.
//!
//! A case is a document with marks: `«size»` stands where a finding of that code is expected. The document without
//! the marks is valid and must have exactly these findings.

use veriam_evaluator::{Limits, Policy, Severity, findings};
use veriam_model::{Dialect, PolicyType};

fn unmark(marked: &str) -> (String, Vec<(usize, String)>) {
    let mut text = String::new();
    let mut expected = Vec::new();
    let mut rest = marked;
    while let Some((before, after)) = rest.split_once('«') {
        text += before;
        let (codes, after) = after.split_once('»').unwrap();
        expected.extend(codes.split(',').map(|code| (text.len(), code.to_owned())));
        rest = after;
    }
    (text + rest, expected)
}

fn check(policy_type: PolicyType, settings: &str, marked: &str) {
    let (text, expected) = unmark(marked);
    let (limits, mut dialect) = (Limits::default(), Dialect::default());
    for setting in settings.split_whitespace() {
        dialect = dialect.with_setting(setting).unwrap();
    }
    Policy::parse_with(policy_type, &text, &dialect, &limits)
        .unwrap_or_else(|e| panic!("{marked}: {e}"));
    let found = findings(policy_type, &text, &dialect, &limits);
    let places: Vec<(usize, String)> = found
        .iter()
        .map(|f| (f.span.start, f.code.to_owned()))
        .collect();
    assert_eq!(places, expected, "{marked}");
    for finding in found {
        assert_eq!(finding.severity, Severity::Warning);
        assert!(text.get(finding.span.clone()).is_some(), "{finding:?}");
    }
}

fn statement(policy_type: PolicyType, marked: &str) {
    check(
        policy_type,
        "",
        &format!(r#"{{"Version":"2012-10-17","Statement":{marked}}}"#),
    );
}

fn condition(marked: &str) {
    statement(
        PolicyType::Scp,
        &format!(r#"{{"Effect":"Deny","Action":"*","Resource":"*","Condition":{marked}}}"#),
    );
}

#[test]
fn a_sound_policy_has_no_findings() {
    statement(
        PolicyType::Identity,
        r#"{"Effect":"Allow","Action":["s3:Get*","bedrock-agentcore:InvokeAgentRuntime"],"Resource":["*","arn:aws:s3:::b/${aws:username}","arn:aws:sqs:*"],"Condition":{"StringEquals":{"aws:PrincipalTag/team":"a"},"ForAnyValue:StringLike":{"aws:TagKeys":"a*"},"Bool":{"aws:SecureTransport":"true"},"IpAddress":{"aws:SourceIp":"203.0.113.0/24"},"Null":{"aws:TagKeys":false},"DateLessThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"},"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"},"ArnLike":{"aws:PrincipalArn":["*","arn:aws:iam::*:role/x"]}}}"#,
    );
}

#[test]
fn elements_that_select_nothing_are_found() {
    statement(
        PolicyType::Scp,
        r#"[{"Effect":"Deny","Action":«empty-action-list»[],"Resource":«empty-resource-list»[null]},{"Effect":"Deny","NotAction":[«not-action-everything»"*","s3:x"],"NotResource":"*"}]"#,
    );
    for (text, code) in [
        ("s3:GetObject,PutObject", "odd-action-name"),
        ("s3:Get ", "odd-action-name"),
        ("s3:", "odd-action-name"),
        ("s3:é", "odd-action-name"),
    ] {
        statement(
            PolicyType::Scp,
            &format!(r#"{{"Effect":"Deny","Action":["s3:x",«{code}»"{text}"],"Resource":"*"}}"#),
        );
    }
    for value in ["{}", r#"{"AWS":[],"Service":[]}"#] {
        statement(
            PolicyType::Resource,
            &format!(r#"{{"Effect":"Deny","Principal":«empty-principal»{value},"Action":"s3:x"}}"#),
        );
    }
}

#[test]
fn odd_resources_are_found() {
    let with = |marked: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Deny","Action":"s3:*","Resource":{marked}}}}}"#
        )
    };
    check(
        PolicyType::Scp,
        "",
        &with(r#"[«short-arn-pattern»"arn:aws:sqs","arn:aws:sqs*"]"#),
    );
    check(
        PolicyType::Scp,
        "IAM-064=trailing-parts",
        &with(r#""arn:aws:sqs""#),
    );
    check(
        PolicyType::Scp,
        "",
        &with(
            r#"[«service-wildcard-pattern»"arn:aws:s*:::b",«bucket-arn-account»"arn:aws:s3::111122223333:b","arn:aws:s3:us-east-1:111122223333:accesspoint/x"]"#,
        ),
    );
}

#[test]
fn variables_need_the_newer_version() {
    check(
        PolicyType::Scp,
        "",
        r#"{"Statement":{"Effect":"Deny","Action":"s3:*","Resource":[«variable-without-version»"arn:aws:s3:::${aws:username}"],"Condition":{"StringEquals":{"s3:prefix":«variable-without-version»"${x}"},"ArnLike":{"aws:SourceArn":«malformed-arn,variable-without-version»"${x}"}}}}"#,
    );
}

#[test]
fn trust_policies_allow_what_their_principals_can_do() {
    let trust = |principal: &str, actions: &str| {
        statement(
            PolicyType::Trust,
            &format!(r#"{{"Effect":"Allow","Principal":{principal},"Action":{actions}}}"#),
        );
    };
    trust(
        r#"{"Federated":"accounts.google.com"}"#,
        r#"["sts:AssumeRoleWithWebIdentity",«action-principal-mismatch»"sts:AssumeRole","sts:TagSession"]"#,
    );
    trust(
        r#"{"AWS":"111122223333"}"#,
        r#"["STS:assumerole",«action-principal-mismatch»"sts:AssumeRoleWithSAML"]"#,
    );
    trust(
        r#"{"Service":"ec2.amazonaws.com","Federated":"x"}"#,
        r#"["sts:AssumeRole","sts:AssumeRoleWithSAML"]"#,
    );
    trust(r#""*""#, r#""sts:AssumeRoleWithSAML""#);
}

#[test]
fn condition_keys_are_known_and_fit_their_operator() {
    condition("«empty-condition»{}");
    condition(r#"{"StringEquals":«empty-condition»{},"Bogus":{}}"#);
    condition(
        r#"{"StringEquals":{«condition-key-format»"nokey":"x",«condition-key-format»":x":"x",«condition-key-format»"aws:":"x",«unknown-condition-key»"AWS:NoSuchKey":"x","s3:anything":"x"}}"#,
    );
    condition(
        r#"{"StringEquals":{«missing-tag-name»"aws:ResourceTag":"x",«missing-tag-name»"aws:requesttag/":"x"}}"#,
    );
    condition(
        r#"{"ForAllValues:StringEquals":{«set-operator-on-single-value»"aws:PrincipalOrgID":"o-1","aws:TagKeys":"a","custom:key":"a"},"StringLike":{«multivalued-without-set-operator»"aws:TagKeys":"a*"}}"#,
    );
    condition(
        r#"{"NumericEquals":{«operator-type-mismatch»"aws:username":"1","aws:EpochTime":"1"},"Bool":{«operator-type-mismatch»"aws:SourceIp":"true"},"IpAddress":{«operator-type-mismatch»"aws:SourceVpc":"203.0.113.1"}}"#,
    );
}

#[test]
fn condition_values_fit_their_operator() {
    condition(
        r#"{"StringEquals":{"k:a":«empty-value-list»[],"k:b":«mixed-value-types»["x",1,true],"k:c":["x","\u0079"],"k:d":["${*}",«wildcard-without-like»"a*"]}}"#,
    );
    condition(
        r#"{"NumericEquals":{"k:a":[«malformed-number»"x","-1.5"],"k:b":«malformed-number»1e3},"BinaryEquals":{"k:a":[«malformed-base64»"a","QQ=="]},"DateEquals":{"k:a":[«malformed-date»"01T","2024","5"]}}"#,
    );
    condition(
        r#"{"Bool":{"k:a":«both-booleans»["true","false"],"k:b":«both-booleans»[«odd-boolean»"True","false"],"k:c":«odd-boolean»"yes"},"Null":{"k:a":«odd-boolean»"1"}}"#,
    );
    condition(
        r#"{"IpAddress":{"k:a":[«malformed-range»"x",«host-bits»"203.0.113.9/24","203.0.113.9","::/0",«host-bits»"2001:db8::1/64"],"aws:SourceIp":[«private-source-ip»"10.1.0.0/16",«host-bits,private-source-ip»"192.168.1.1/24",«private-source-ip»"fd00::/8","10.0.0.0/7","172.15.0.0/16"],"aws:VpcSourceIp":"10.0.0.0/8"}}"#,
    );
    condition(
        r#"{"ArnEquals":{"aws:PrincipalArn":[«malformed-arn»"x",«session-in-principal-arn»"arn:aws:sts::111122223333:assumed-role/R/s","${aws:x}"]},"StringEquals":{"AWS:principalarn":«session-in-principal-arn»"arn:aws:sts::111122223333:assumed-role/R/s"}}"#,
    );
}

#[test]
fn sizes_are_those_that_aws_stores() {
    let statement = r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#;
    let of = |length: usize, with: char| {
        let empty = format!(r#"{{"Version":"2012-10-17","Id":"","Statement":{statement}}}"#);
        let fill: String = std::iter::repeat_n(with, length - empty.chars().count()).collect();
        empty.replace(r#""Id":"""#, &format!(r#""Id":"{fill}""#))
    };
    check(PolicyType::Boundary, "", &of(6_144, 'x'));
    check(PolicyType::Boundary, "", &of(6_144, 'é'));
    check(
        PolicyType::Boundary,
        "",
        &format!("«document-size»{}", of(6_145, 'x')),
    );
    check(
        PolicyType::Boundary,
        "",
        &format!("«document-size»{}", of(6_145, ' ')),
    );
    let spaced = of(6_144, 'x').replace(
        r#","Statement""#,
        &format!(",{}\"Statement\"", " \t\n\r".repeat(1000)),
    );
    check(PolicyType::Boundary, "", &spaced);
    check(PolicyType::Scp, "", &of(10_240, 'x'));
    check(
        PolicyType::Scp,
        "",
        &format!(" «document-size»{}", of(10_240, 'x')),
    );
}

#[test]
fn what_cannot_be_read_has_no_findings() {
    for text in ["", "{", "[]", "\u{feff}{}"] {
        let found = findings(
            PolicyType::Scp,
            text,
            &Dialect::default(),
            &Limits::default(),
        );
        assert_eq!(found, []);
    }
}
