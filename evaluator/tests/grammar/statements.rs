use super::*;

#[test]
fn sids_of_iam_documents_are_unique_words() {
    let with =
        |sid: &str| format!(r#"{{"Sid":{sid},"Effect":"Deny","Action":"*","Resource":"*"}}"#);
    for value in ["{}", "1", "null", "[\"a\"]"] {
        statement("identity scp", "", &with(&format!("«15»{value}")));
    }
    statement("identity boundary session", "", &with("«15»\"has space\""));
    statement("scp", "", &with("\"has space\""));
    statement("identity", "", &with("\"\""));
    statement("identity", "", &with("\"aZ09\""));
    statement("identity", "", &with("«15»\"é\""));
    let twice = |a: &str, b: &str| format!("{},{}", with(a), with(b));
    statement("identity", "", &twice("\"a\"", "«16»\"a\""));
    statement("identity", "", &twice("\"a\"", "«16»\"\\u0061\""));
    statement("identity", "", &twice("\"a\"", "\"A\""));
    statement("identity", "", &twice("\"\"", "\"\""));
    statement("identity", "", &twice("«15»\"-\"", "«15,16»\"-\""));
    statement("scp", "", &twice("\"a\"", "\"a\""));
    let many: Vec<String> = (0..40).map(|i| with(&format!("\"s{i}\""))).collect();
    statement("identity", "", &many.join(","));
    statement(
        "identity",
        "",
        &format!("{},{}", many.join(","), with("«16»\"s39\"")),
    );
}

#[test]
fn the_effect_is_allow_or_deny() {
    statement("identity", "", r#"«18»{"Action":"*","Resource":"*"}"#);
    for value in [
        "\"allow\"",
        "\"denY\"",
        "\"\"",
        "null",
        "true",
        "[\"Allow\"]",
    ] {
        statement(
            "identity",
            "",
            &format!(r#"{{"Effect":«19»{value},"Action":"*","Resource":"*"}}"#),
        );
    }
}

#[test]
fn a_statement_has_action_or_not_action_and_resource_or_not_resource() {
    statement("identity", "", r#"«24»{"Effect":"Deny","Resource":"*"}"#);
    statement(
        "identity",
        "",
        r#"«24»{"Effect":"Deny","Action":"*","NotAction":"*","Resource":"*"}"#,
    );
    statement(
        "identity",
        "",
        r#"«24»{"Effect":"Deny","Action":«59»"a","NotAction":«35»1,"Resource":"*"}"#,
    );
    let types = "identity boundary session scp";
    statement(types, "", r#"«25»{"Effect":"Deny","Action":"*"}"#);
    statement(
        types,
        "",
        r#"«25»{"Effect":"Deny","Action":"*","Resource":"*","NotResource":"*"}"#,
    );
    statement(
        types,
        "",
        r#"{"Effect":"Deny","NotAction":"*","NotResource":"*"}"#,
    );
    statement(
        "rcp",
        "",
        r#"«25»{"Effect":"Deny","Principal":"*","Action":"s3:x"}"#,
    );
    statement(
        "resource key endpoint",
        "",
        r#"{"Effect":"Deny","Principal":"*","Action":"*"}"#,
    );
    statement(
        "resource key endpoint",
        "",
        r#"«25»{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","NotResource":"*"}"#,
    );
    statement(
        "trust",
        "",
        r#"{"Effect":"Allow","Principal":"*","Action":"sts:x",«26»"Resource":5,«26»"NotResource":[]}"#,
    );
    statement(
        "trust",
        "",
        r#"{"Effect":"Allow","Principal":"*","Action":"sts:x",«26»"Resource":"*"}"#,
    );
}

#[test]
fn actions_and_resources_are_strings_or_lists_of_strings() {
    for value in ["1", "null", "true", "{}"] {
        action("", &format!("«35»{value}"));
        action("", &format!("[\"*\",«35»{value}]"));
        resource("identity", "", &format!("«35»{value}"));
    }
    action("", "[«35»[]]");
    action("", "[]");
    action("IAM-036=refused", "«36»[]");
    action("IAM-036=refused", "[«35»null]");
    resource("identity", "", "[\"*\",null]");
    resource("identity", "", "[«35»1,null]");
    resource("identity", "", "[«35»{}]");
    resource("identity", "", "[]");
    resource("identity", "IAM-037=refused", "«37»[null,null]");
    resource("identity", "IAM-037=refused", "«37»[]");
    resource("identity", "IAM-037=refused", "[«35»1]");
    let not = r#"{"Effect":"Deny","NotAction":«39»[],"NotResource":«39»[null]}"#;
    statement("identity", "", not);
    statement("identity", "IAM-039=everything", &not.replace("«39»", ""));
}

#[test]
fn an_action_is_a_prefix_and_a_name() {
    for text in [
        "*",
        "*:*",
        "s3:*",
        "s3:Get*",
        "a.b-C9:x",
        "s3:",
        "s3: x,y ",
        "iam:NoSuchThing",
        "s3:Get?bject",
        "s3:é",
    ] {
        action("", &format!("[\"{text}\"]"));
    }
    for text in [
        "",
        "ListBucket",
        "s3:List:Bucket",
        ":x",
        ":",
        "a a:x",
        "s_3:x",
        "é:x",
        "**",
        "?",
        " *",
        "*:*:*",
    ] {
        action("", &format!("«59»\"{text}\""));
    }
    for text in [
        "s*:GetObject",
        "*3:x",
        "?:x",
        "**:*",
        "*:Get",
        "s *:x",
        "*:",
    ] {
        action("", &format!("[\"*\",«60»\"{text}\"]"));
        action("IAM-060=accepted", &format!("\"{text}\""));
    }
    for text in ["s3:${x}", "${", "${*}", "s3:a:${x}", "${x}:*"] {
        action("", &format!("«68»\"{text}\""));
    }
    old_statement(
        "identity",
        "",
        r#"{"Effect":"Deny","Action":["s3:${x}",«59»"${x}",«59»"${a:x}"],"Resource":"*"}"#,
    );
    statement(
        "identity",
        "",
        r#"{"Effect":"Deny","NotAction":[«68»"s3:${x}"],"Resource":"*"}"#,
    );
}

#[test]
fn a_resource_is_a_star_or_an_arn() {
    let id = "identity";
    for text in [
        "*",
        "arn:aws:s3:::b",
        "arn:*:s3:::b",
        "arn:aws-cn:s3:::b/*",
        "arn:aws:sqs",
        "arn:aws:*",
        "arn:*",
        "arn:aws:s3:::b:c:d",
        "arn:aws:*:*:*:*",
        "arn:aws:s?s:::x",
        "arn:aws:iam::1:user/*",
        "arn:aws:iam:*:1:role/x",
        "arn:aws:s3:us-east-1:111122223333:accesspoint/x",
        "arn:aws:s3:*::b",
        "arn:aws:s3:::${aws:username}/*",
        "arn:aws:s3:::b/${a, 'x:y'}${*}",
        "arn:aws:iam::1:*",
        "arn:aws:iam::1:${aws:x}*/y",
        "arn:aws:sns:::u*",
        "arn:aws:lambda:::function:f*",
        "arn:aws:s3:::$b",
        "arn:aws:s3:1*2:1*2:b",
        "arn:aws:iam::1:",
        "arn:aws:iam::1:/u*",
    ] {
        resource(id, "", &format!("[\"{text}\"]"));
    }
    for (rule, text) in [
        (63, ""),
        (63, "mybucket"),
        (63, "ARN:aws:s3:::b"),
        (63, " arn:aws:s3:::b"),
        (63, "**"),
        (63, "arn"),
        (63, "a*"),
        (63, "${x}"),
        (65, "arn:"),
        (65, "arn:aw:s3:::b"),
        (65, "arn:aws*"),
        (65, "arn::s3:::b"),
        (65, "arn:AWS:s3:::b"),
        (65, "arn:?:s3:::b"),
        (65, "arn:**:s3:::b"),
        (66, "arn:aws:iam:us-east-1:1:role/x"),
        (66, "arn:aws:s3:us-east-1::b"),
        (66, "arn:aws:iam:?::root"),
        (66, "arn:aws:iam:**::root"),
        (67, "arn:aws:iam::1:u*"),
        (67, "arn:aws:iam::1:?ser/x"),
        (67, "arn:aws:bedrock-agentcore:::run*time/x"),
        (67, "arn:aws:dynamodb:::*/x"),
        (67, "arn:aws:kms:::**"),
        (67, "arn:aws:lambda:::f*:x/y"),
        (67, "arn:aws:iam::1:*:*"),
        (69, "arn:aws:s3:::${"),
        (69, "arn:aws:s3:::${}"),
        (69, "arn:aws:s3:::${a b}"),
        (69, "arn:aws:s3:::${a}${a, x}"),
        (69, "arn:zzz:s3:::${"),
        (207, "arn:aws:s3:${aws:x}::b"),
        (207, "arn:${x}"),
        (207, "arn:aws:s3::${"),
        (207, "arn:aws:${*}:::b"),
        (207, "arn:zzz:${x}"),
        (207, "arn:aws:s3:${a:b:c:d}x"),
    ] {
        resource(id, "", &format!("[\"*\",«{rule}»\"{text}\"]"));
    }
    for text in [
        "arn:aws:*:::b",
        "arn:aws:s?3:::b",
        "arn:aws:s*:us-east-1::b",
    ] {
        resource(id, "IAM-067=refused", &format!("«67»\"{text}\""));
        resource(id, "", &format!("\"{text}\""));
    }
    resource(id, "IAM-067=refused", "\"arn:aws:*\"");
    old_statement(
        id,
        "",
        r#"{"Effect":"Deny","Action":"*","Resource":["arn:aws:s3:${aws:x}::b","arn:aws:s3:::${",«63»"${x}",«65»"arn:${x}","arn:aws:iam::1:u*${/x"]}"#,
    );
    for text in ["arn:aws:sqs", "arn:aws:*", "arn:*"] {
        resource("rcp", "", &format!("«64»\"{text}\""));
        resource("resource", "", &format!("\"{text}\""));
    }
    resource("rcp", "", "\"arn:aws:s3:::b\"");
    for account in ["1*", "*1", "**", "12?4", "?*"] {
        resource("endpoint", "", &format!("«30»\"arn:aws:s3::{account}:b\""));
        resource("resource", "", &format!("\"arn:aws:s3::{account}:b\""));
    }
    for account in ["*", "?", "111122223333", "", "é"] {
        resource("endpoint", "", &format!("\"arn:aws:s3::{account}:b\""));
    }
    resource("endpoint", "", "«67»\"arn:aws:iam::1*:u*\"");
    statement(
        id,
        "",
        r#"{"Effect":"Deny","Action":"*","NotResource":[«63»"x",null]}"#,
    );
}

#[test]
fn the_limits_of_2023_bind_service_control_policies_where_asked() {
    let limited = "IAM-033=limited";
    let cases = [
        r#"{"Effect":"Deny","Action":"s3:Get*",«33»"NotResource":"*"}"#,
        r#"{"Effect":"Allow","Action":"*","Resource":"*",«33»"Condition":{}}"#,
        r#"{"Effect":"Deny","Action":"*","Resource":"*","Condition":{}}"#,
        r#"{"Effect":"Allow",«33»"NotAction":"s3:*","Resource":"*"}"#,
        r#"{"Effect":"Deny","NotAction":"s3:*","Resource":"*"}"#,
        r#"{"Effect":"Allow","Action":"*","Resource":[«33»"arn:aws:s3:::b","*",null]}"#,
        r#"{"Effect":"Allow","Action":"*","Resource":«33,63»"b"}"#,
        r#"{"Effect":"Allow","Action":"*","Resource":«35»5}"#,
        r#"{"Effect":"Deny","Action":"*","Resource":"arn:aws:s3:::b"}"#,
        r#"{"Effect":"Deny","Action":[«33»"s3:*Object",«33»"s3:Get?","*:*",«33,60»"*:x","s3:*",«33»"s3:**"],"Resource":"*"}"#,
        r#"{"Effect":"Deny","NotAction":«33»"s3:*Object","Resource":"*"}"#,
    ];
    for marked in cases {
        statement("scp", limited, marked);
        let other = marked.replace("«33»", "").replace("33,", "");
        statement("scp", "", &other);
        statement("identity", limited, &other);
    }
}
