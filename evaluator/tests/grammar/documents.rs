use super::*;

#[test]
fn a_text_that_cannot_be_read_has_one_fault() {
    for marked in [
        "«2»",
        "  «2»",
        "«2»This is not json",
        r#"{"Version":"2012-10-17","Statement":[]«2»"#,
        r#"{"Version":"2012-10-17",«2»}"#,
        r#"{"Version":"«2»\ud800"}"#,
        r#"{"Version":"a«2»	b"}"#,
        r#"{"a":«2»01"#,
        "«1»[]",
        r#" «1»"x""#,
        "«1»12",
        "«1»null",
        "«1»[{}]",
        "{}«1»{}",
        "{} «1»x",
        "«72»\u{feff}{}",
    ] {
        let (text, _) = unmark(marked);
        if text == r#"{"a":01"# {
            check(ALL, "", r#"{"a":0«2»1"#);
        } else {
            check(ALL, "", marked);
        }
    }
    let deep = format!("{}«72»[", "{\"a\":".repeat(32));
    check(ALL, "", &deep);
}

#[test]
fn invalid_utf8_is_found_at_its_first_byte() {
    let limits = Limits::default();
    for (bytes, place) in [
        (b"{\"a\":\"\xff\"}".as_slice(), 6),
        (b"{}\xc3", 2),
        (b"\xed\xa0\x80{}", 0),
    ] {
        let found = faults(PolicyType::Identity, bytes, &Dialect::default(), &limits);
        let places: Vec<_> = found
            .iter()
            .map(|f| (f.span.start, f.rule.number()))
            .collect();
        assert_eq!(places, [(place, 71)]);
        assert!(found[0].span.end <= bytes.len());
    }
}

#[test]
fn elements_are_those_of_the_grammar_in_its_letter_case() {
    let id = "identity";
    check(
        id,
        "",
        &format!(r#"{{"Version":"2012-10-17",«3»"Extra":1,"Statement":{OK}}}"#),
    );
    check(
        id,
        "",
        &format!(r#"{{«5»"version":"x",«5»"ID":1,"Statement":{OK}}}"#),
    );
    check(
        id,
        "",
        r#"«6»{«5»"statement":[],«3»"Statements":{"a":1,"a":2}}"#,
    );
    check(
        id,
        "",
        &format!(r#"{{"Statement":{OK},«20»"Statement":5,«20»"Statement":[]}}"#),
    );
    check(
        id,
        "",
        &format!(r#"{{"Statement":{OK},«3»"x":1,«20»"x":2,«3»"X":3}}"#),
    );
    check(
        id,
        "",
        &format!(r#"{{«5»"id":1,«20»"id":2,"Statement":{OK}}}"#),
    );
    check(
        id,
        "",
        &format!(r#"{{"Statement":{OK},"Version":"2012-10-17",«20»"Versi\u006fn":1}}"#),
    );
    statement(
        id,
        "",
        r#"{"Effect":"Deny","Action":"*","Resource":"*",«4»"Bank":{"x":1},«5»"sid":""}"#,
    );
    statement(
        id,
        "",
        r#"{"Effect":"Deny",«20»"Effect":"x","Action":"*",«20»"Action":1,"Resource":"*",«20»"Resource":"y"}"#,
    );
    statement(
        id,
        "",
        r#"«18»{«5»"effect":"Deny","Action":"*","Resource":"*"}"#,
    );
}

#[test]
fn documents_saved_long_ago_may_repeat_elements() {
    let stored = "IAM-021=stored";
    statement(
        "identity",
        stored,
        r#"{"Effect":"x","Effect":"Deny","Action":"*","Action":"s3:x","Resource":"*","Resource":["*"]}"#,
    );
    statement(
        "identity",
        stored,
        r#"{"Effect":"Deny","Effect":«19»"x","Action":"*","Action":«59»"s3","Resource":"*","Resource":[«63»"s3"]}"#,
    );
    statement(
        "identity",
        stored,
        r#"{"Sid":"","Effect":"Deny",«20»"Sid":"","NotAction":"*",«20»"NotAction":1,"Resource":"*"}"#,
    );
    statement(
        "resource key endpoint trust",
        stored,
        r#"{"Effect":"Allow","Action":"s3:x"}"#,
    );
    statement(
        "trust",
        stored,
        r#"«27»{"Effect":"Allow",«31»"NotPrincipal":"*","Action":"s3:x"}"#,
    );
    statement(
        "resource key",
        stored,
        r#"«27»{"Effect":"Deny","Principal":"*","NotPrincipal":"*","Action":"s3:x"}"#,
    );
    statement(
        "rcp",
        stored,
        r#"«29»{"Effect":"Deny","Action":"s3:x","Resource":"*"}"#,
    );
}

#[test]
fn the_statement_is_an_object_or_a_list_of_objects() {
    check("identity", "", r#"«6»{"Version":"2012-10-17"}"#);
    check("resource", "", "«6»{}");
    check(
        "identity",
        "",
        r#"{"Version":"2012-10-17","Statement":«8»[]}"#,
    );
    for value in ["1", "null", "\"x\"", "true"] {
        check("identity", "", &format!(r#"{{"Statement":«7»{value}}}"#));
        check(
            "identity",
            "",
            &format!(r#"{{"Statement":[{OK},«7»{value}]}}"#),
        );
    }
    check("identity", "", r#"{"Statement":[«7»[]]}"#);
    check("identity", "", &format!(r#"{{"Statement":{OK}}}"#));
    check("identity", "", &format!(r#"{{"Statement":[{OK},{OK}]}}"#));
    check("identity", "", r#"{"Statement":«18,24,25»{}}"#);
    check("identity", "", r#"{"Statement":[«18,24,25»{}]}"#);
}

#[test]
fn the_version_is_one_of_two_strings() {
    for version in [
        "\"2013-10-17\"",
        "20121017",
        "\"2012-10-17 \"",
        "null",
        "\"\"",
        "[\"2012-10-17\"]",
    ] {
        check(
            "identity scp",
            "",
            &format!(r#"{{"Version":«9»{version},"Statement":{OK}}}"#),
        );
        check(
            "resource key endpoint",
            "",
            &format!(r#"{{"Version":«9»{version},"Statement":{OPEN}}}"#),
        );
    }
    check(
        "identity",
        "",
        &format!(r#"{{"Version":"2012-10\u002d17","Statement":{OK}}}"#),
    );
    check(
        "identity scp boundary session",
        "",
        &format!(r#"{{"Version":"2008-10-17","Statement":{OK}}}"#),
    );
    let refused = "IAM-011=refused";
    check("identity", refused, &format!(r#"«11»{{"Statement":{OK}}}"#));
    check(
        "identity",
        refused,
        &format!(r#"{{"Version":«11»"2008-10-17","Statement":{OK}}}"#),
    );
    check(
        "identity",
        refused,
        &format!(r#"{{"Version":«9»1,"Statement":{OK}}}"#),
    );
    check(
        "boundary session scp",
        refused,
        &format!(r#"{{"Statement":{OK}}}"#),
    );
    let rcp = r#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}"#;
    check(
        "rcp",
        "",
        &format!(r#"{{"Version":"2012-10-17","Statement":{rcp}}}"#),
    );
    check("rcp", "", &format!(r#"«12»{{"Statement":{rcp}}}"#));
    check(
        "rcp",
        "",
        &format!(r#"{{"Version":«12»"2008-10-17","Statement":{rcp}}}"#),
    );
    check(
        "rcp",
        "",
        &format!(r#"{{"Version":«9»"2013-10-17","Statement":{rcp}}}"#),
    );
}

#[test]
fn the_id_is_a_string() {
    for value in ["[\"x\"]", "{}", "1", "null"] {
        check(
            "identity scp",
            "",
            &format!(r#"{{"Id":«14»{value},"Statement":{OK}}}"#),
        );
    }
    check(
        "identity boundary session scp",
        "",
        &format!(r#"{{"Id":"x y","Statement":{OK}}}"#),
    );
    check(
        "identity boundary session",
        "IAM-013=refused",
        &format!(r#"{{«13»"Id":"x","Statement":{OK}}}"#),
    );
    check(
        "identity",
        "IAM-013=refused",
        &format!(r#"{{«13»"Id":«14»1,"Statement":{OK}}}"#),
    );
    check(
        "scp",
        "IAM-013=refused",
        &format!(r#"{{"Id":"x","Statement":{OK}}}"#),
    );
}

#[test]
fn iam_documents_have_latin_characters_only() {
    check(
        "identity boundary session",
        "",
        &format!(r#"{{"Id":«70»"中","Statement":{OK}}}"#),
    );
    check(
        "identity",
        "",
        &format!(r#"{{"Id":"ÿ\u00ff\t\n\r~\u007f\u0080","Statement":{OK}}}"#),
    );
    for text in ["\\u0100", "\\u0000", "\\u001f", "\\b", "\\u2028", "😀"] {
        check(
            "identity",
            "",
            &format!(r#"{{"Id":«70»"a{text}","Statement":{OK}}}"#),
        );
        check(
            "scp",
            "",
            &format!(r#"{{"Id":"a{text}","Statement":{OK}}}"#),
        );
    }
    check(
        "identity",
        "",
        &format!(r#"{{«3,70»"中":{{«70»"中":[«70»"中"]}},"Statement":{OK}}}"#),
    );
    statement(
        "trust",
        "",
        r#"{"Effect":"Allow","Principal":{"Service":«70»"中"},"Action":"sts:x"}"#,
    );
    statement(
        "resource",
        "",
        r#"{"Effect":"Allow","Principal":{"Service":"中"},"Action":"sts:x"}"#,
    );
}

#[test]
fn faults_of_different_kinds_are_all_found_in_order() {
    check(
        "identity",
        "",
        concat!(
            r#"{«3»"X":1,"Version":«9»1,"Statement":[«7»1,«24,25»{"Sid":«15»"a b","Effect":«19»"x",«27»"Principal":1},"#,
            r#"{"Effect":"Deny","Action":[«59»"a",«35»1],"Resource":«63»"b","Condition":{«45»"Y":{"k":«44»null}}}],«20»"X":2}"#
        ),
    );
}
