use super::*;

#[test]
fn principals_stand_where_the_type_takes_them() {
    let rest = r#""Effect":"Deny","Action":"s3:x","Resource":"*""#;
    let ids = "identity boundary session";
    statement(
        ids,
        "",
        &format!(r#"{{{rest},«27»"Principal":5,«31»"NotPrincipal":[]}}"#),
    );
    statement(
        "scp",
        "",
        &format!(r#"{{{rest},«28»"Principal":{{"a":1,"a":2}},«28»"NotPrincipal":"*"}}"#),
    );
    statement(
        "rcp",
        "",
        &format!(r#"{{{rest},"Principal":"*",«29»"NotPrincipal":5}}"#),
    );
    statement("rcp", "", &format!(r#"«29»{{{rest}}}"#));
    for value in [
        "{\"AWS\":\"*\"}",
        "[\"*\"]",
        "\"**\"",
        "null",
        "5",
        "{\"Bad\":1,\"Bad\":2}",
    ] {
        statement("rcp", "", &format!(r#"{{{rest},"Principal":«29»{value}}}"#));
    }
    statement("resource key", "", &format!("«27»{{{rest}}}"));
    statement("endpoint", "", &format!("«30»{{{rest}}}"));
    statement(
        "resource key",
        "",
        &format!(r#"«27»{{{rest},"Principal":"*","NotPrincipal":"*"}}"#),
    );
    statement(
        "endpoint",
        "",
        &format!(r#"«30»{{{rest},"Principal":"*","NotPrincipal":"*"}}"#),
    );
    statement(
        "resource key endpoint",
        "",
        &format!(r#"{{{rest},"NotPrincipal":{{"AWS":"111122223333"}}}}"#),
    );
    let trust = r#""Effect":"Deny","Action":"sts:x""#;
    statement("trust", "", &format!("«27»{{{trust}}}"));
    statement(
        "trust",
        "",
        &format!(r#"«27»{{{trust},«31»"NotPrincipal":5}}"#),
    );
    statement(
        "trust",
        "",
        &format!(r#"{{{trust},"Principal":"*",«31»"NotPrincipal":5}}"#),
    );
    let allow = r#"{"Effect":"Allow","Action":"s3:x",«32»"NotPrincipal":{"AWS":«50»"x"}}"#;
    statement("resource key endpoint", "", allow);
    statement(
        "resource key endpoint",
        "IAM-032=accepted",
        &allow.replace("«32»", ""),
    );
}

#[test]
fn a_principal_is_everyone_or_an_object_of_kinds() {
    let types = "resource key endpoint trust";
    principal(types, "", "\"*\"");
    principal("trust", "IAM-053=refused", "«53»\"*\"");
    principal("resource", "IAM-053=refused", "\"*\"");
    principal("trust", "IAM-053=refused", "{\"AWS\":\"*\"}");
    for value in [
        "\"arn:aws:iam::1:root\"",
        "\"\"",
        "[\"*\"]",
        "[]",
        "5",
        "true",
        "null",
        "\"**\"",
    ] {
        principal(types, "", &format!("«50»{value}"));
    }
    principal(types, "", "{}");
    principal(types, "", r#"{"AWS":[],"Service":[]}"#);
    principal(types, "", r#"{«50»"Bad":{"x":1},«50»"aws":"*"}"#);
    principal(types, "", r#"{"AWS":"*",«20»"AWS":5,«50»"x":1,«20»"x":1}"#);
    for value in ["5", "null", "{}"] {
        principal(
            types,
            "",
            &format!(r#"{{"AWS":«50»{value},"Service":["x",«50»{value}]}}"#),
        );
    }
    principal("resource key endpoint", "", r#"{«54»"Federated":5}"#);
    principal(
        "trust",
        "",
        r#"{"Federated":["accounts.google.com","arn:aws:iam::1:saml-provider/x"]}"#,
    );
    principal("trust key endpoint", "", r#"{«55»"CanonicalUser":5}"#);
    principal(
        "resource",
        "",
        r#"{"CanonicalUser":["79a5",«50»"",«52»"a*"]}"#,
    );
    let not =
        |value: &str| format!(r#"{{"Effect":"Deny","NotPrincipal":{value},"Action":"s3:x"}}"#);
    for value in ["{}", r#"{"AWS":[]}"#, r#"{"AWS":[],"Service":[]}"#] {
        statement("resource key endpoint", "", &not(&format!("«39»{value}")));
        statement("resource key endpoint", "IAM-039=everything", &not(value));
    }
    statement("resource", "", &not(r#"{«50»"Bad":[]}"#));
    statement("resource", "", &not(r#"{"AWS":[],"Service":"x"}"#));
    statement("resource", "", &not("\"*\""));
}

#[test]
fn an_entry_names_an_account_an_arn_or_an_id() {
    let types = "resource key endpoint trust";
    for text in [
        "*",
        "111122223333",
        "arn:aws:iam::111122223333:root",
        "arn:aws:iam::1:user/a",
        "arn:aws:sts::1:assumed-role/R/s",
        "arn:::::",
        "AROAEXAMPLEEXAMPLE01",
        "ABCDEFGHIJKLMNOP",
        "arn:aws:iam::1:groups",
        "arn:aws:sns::1:group/x",
    ] {
        principal(types, "", &format!(r#"{{"AWS":["{text}"]}}"#));
    }
    let longest = format!("A{}", "B".repeat(127));
    principal(types, "", &format!(r#"{{"AWS":"{longest}"}}"#));
    for (rule, text) in [
        (50, ""),
        (50, "x"),
        (50, "11112222333"),
        (50, "1111222233334"),
        (50, "arn:aws:iam::1"),
        (50, "ABCDEFGHIJKLMNO"),
        (50, "Abcdefghijklmnop"),
        (50, "BBCDEFGHIJKLMNOP"),
        (50, "sns.amazonaws.com"),
        (50, "ARN:aws:iam::1:root"),
        (52, "arn:aws:iam::111122223333:role/*"),
        (52, "**"),
        (52, "1111?2223333"),
        (52, "arn:aws:iam::*:root"),
        (58, "arn:aws:iam::1:group/Devs"),
        (58, "arn:aws:iam::1:group/"),
        (68, "arn:aws:iam::1:user/${aws:username}"),
        (68, "${*}"),
        (68, "${"),
        (68, "*${x}"),
    ] {
        principal(types, "", &format!(r#"{{"AWS":["*",«{rule}»"{text}"]}}"#));
    }
    let long = format!("A{}", "B".repeat(128));
    principal(types, "", &format!(r#"{{"AWS":«50»"{long}"}}"#));
    for (rule, text) in [(52, "*"), (52, "a?"), (50, ""), (68, "${x}")] {
        principal(types, "", &format!(r#"{{"Service":«{rule}»"{text}"}}"#));
        principal(
            "trust",
            "",
            &format!(r#"{{"Federated":[«{rule}»"{text}"]}}"#),
        );
    }
    principal(types, "", r#"{"Service":"anything at all"}"#);
    old_statement(
        "resource",
        "",
        r#"{"Effect":"Deny","Principal":{"AWS":["arn:aws:iam::1:user/${x}",«50»"${x}"]},"Action":"s3:x"}"#,
    );
}

#[test]
fn resource_control_policies_deny_named_actions() {
    let rcp = |marked: &str| statement("rcp", "", marked);
    rcp(r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}"#);
    rcp(r#"{"Sid":"x y","Effect":"Allow","Principal":"*","Action":["*"],"Resource":["*"]}"#);
    check(
        "rcp",
        "",
        r#"«12»{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}"#,
    );
    rcp(r#"{"Effect":«29»"Allow","Principal":"*","Action":«29»"*","Resource":"*","Condition":{}}"#);
    rcp(r#"{"Effect":«29»"Allow","Principal":"*","Action":"s3:*","Resource":"*"}"#);
    rcp(r#"{"Effect":«29»"Allow","Principal":"*","Action":[«29»"*",«29»"*"],"Resource":"*"}"#);
    rcp(r#"{"Effect":«29»"Allow","Principal":"*","Action":"*:*","Resource":"*"}"#);
    rcp(r#"{"Effect":"Deny","Principal":"*","Action":["s3:x",«29»"*"],"Resource":"*"}"#);
    rcp(r#"{"Effect":"Deny","Principal":"*",«29»"NotAction":«59»"x","Resource":"*"}"#);
    rcp(
        r#"{"Effect":«29»"Allow","Principal":"*","Action":«29»"*","Resource":"*"},{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}"#,
    );
    rcp(r#"{"Effect":«29»"Allow","Principal":"*","Action":«29»"*","Resource":"arn:aws:s3:::b"}"#);
    rcp(r#"{"Effect":«29»"Allow","Principal":«29»{"AWS":"*"},"Action":«29»"*","Resource":"*"}"#);
    rcp(r#"«29»{"Effect":«29»"Allow","Action":«29»"*","Resource":"*"}"#);
}
