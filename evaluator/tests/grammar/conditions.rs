use super::*;

#[test]
fn a_condition_is_an_object_of_operators_of_keys() {
    let c = |marked: &str| condition("identity", "", marked);
    c("{}");
    c(r#"{"StringEquals":{}}"#);
    c("«44»null");
    for value in ["[]", "\"x\"", "5", "true"] {
        c(&format!("«41»{value}"));
        c(&format!(r#"{{"StringEquals":«41»{value}}}"#));
    }
    c(r#"{"StringEquals":«44»null}"#);
    c(r#"{"StringEquals":{"a":"x"},«20»"StringEquals":5,"StringLike":{"a":"x",«20»"a":{}}}"#);
    c(r#"{"StringEquals":{"a:b":"x",«22»"A:b":«44»null,«20»"a:b":{},«22»"A:B":"y"}}"#);
    let keys: Vec<String> = (0..40).map(|i| format!(r#""k{i}":1"#)).collect();
    c(&format!(
        r#"{{"StringEquals":{{{},«22»"K39":1,«20»"k39":1}}}}"#,
        keys.join(",")
    ));
}

#[test]
fn operators_have_their_documented_names() {
    let c = |marked: &str| condition("identity", "", marked);
    for name in [
        "StringEquals",
        "ForAllValues:StringLikeIfExists",
        "ForAnyValue:Null",
        "BoolIfExists",
        "NotIpAddress",
    ] {
        c(&format!(r#"{{"{name}":{{"a":"true"}}}}"#));
    }
    for name in [
        "StringMatches",
        "",
        "ForSomeValue:StringEquals",
        "StringEqualsIfexistsX",
        ":Bool",
        "nullifexists",
    ] {
        c(&format!(r#"{{«45»"{name}":{{"a":"x"}}}}"#));
        c(&format!(r#"{{"{name}":{{}}}}"#));
        c(&format!(r#"{{«45»"{name}":«41»[]}}"#));
    }
    c(r#"{«45»"ForAnyValue::StringEquals":{"a":"x"}}"#);
    c(r#"{"ForAnyValue::StringEquals":{}}"#);
    for name in [
        "NullIfExists",
        "ForAllValues:NullIfExists",
        "ForAllValues:StringEquals:IfExists",
        "a:b:c",
    ] {
        c(&format!(r#"{{«47»"{name}":{{"a":"x"}}}}"#));
        c(&format!(r#"{{«47»"{name}":{{}}}}"#));
    }
    for name in [
        "stringequals",
        "forallvalues:StringEquals",
        "ForAnyValue:BOOLIFEXISTS",
        "StringEqualsifexists",
    ] {
        c(&format!(r#"{{«46»"{name}":{{"a":"x"}}}}"#));
        c(&format!(r#"{{«46»"{name}":{{}}}}"#));
        condition(
            "identity",
            "IAM-046=lenient",
            &format!(r#"{{"{name}":{{"a":"x"}}}}"#),
        );
    }
    condition(
        "identity",
        "IAM-046=lenient",
        r#"{"stringequals":{"a":"x"},"StringEquals":{"a":«69»"${"},"numericequals":{"a":«68»"${"}}"#,
    );
    // Under a faulty operator only duplicates and types are looked at.
    c(r#"{«45»"X":{"a":["${",{}]}}"#.replace("{}", "«42»{}").as_str());
    c(r#"{«46»"dateequals":{"a":"*","b":«44»null,"c":[«42»[]],«20»"a":{},«22»"A":"2024-*"}}"#);
}

#[test]
fn values_are_strings_numbers_and_booleans() {
    let c = |marked: &str| condition("identity", "", marked);
    c(r#"{"StringEquals":{"a":["x",1,-2.5e3,true,false,""],"b":[],"c":7}}"#);
    c(r#"{"StringEquals":{"a":«44»null,"b":«42»{},"c":[«44»null,«42»{"x":1},«42»["y"]]}}"#);
    let refused = "IAM-043=refused";
    condition(
        "identity",
        refused,
        r#"{"StringEquals":{"a":«43»["x",1],"b":["x","y"],"c":[1,2.5],"d":«43»[1,true],"e":[]}}"#,
    );
    condition(
        "identity",
        refused,
        r#"{"StringEquals":{"a":["x",«44»null,"y"],"b":«43»[1,«42»[],"x"]}}"#,
    );
}

#[test]
fn variables_stand_in_string_and_arn_values() {
    let c = |marked: &str| condition("identity", "", marked);
    for name in [
        "StringEquals",
        "StringNotEqualsIgnoreCase",
        "StringLike",
        "ArnLike",
        "ForAnyValue:ArnNotEqualsIfExists",
    ] {
        c(&format!(
            r#"{{"{name}":{{"a":["${{x}}","${{x, 'y'}}${{*}}$",«69»"${{",«69»"${{ x}}"]}}}}"#
        ));
    }
    c(r#"{"Bool":{"a":["${x}","${"]}}"#);
    for name in [
        "NumericEquals",
        "DateEquals",
        "BinaryEquals",
        "IpAddress",
        "Null",
        "DateLessThan",
    ] {
        c(&format!(
            r#"{{"{name}":{{"a":[«68»"${{x}}",«68»"*${{"]}}}}"#
        ));
    }
    old_statement(
        "resource",
        "",
        r#"{"Effect":"Deny","Principal":"*","Action":"*","Condition":{"StringEquals":{"a":"${"},"NumericEquals":{"a":"${x}"},"DateEquals":{"a":["${x}",«165»"${*}"]}}}"#,
    );
}

#[test]
fn dates_of_iam_documents_look_like_dates() {
    let good = [
        "2024-01-01T00:00:00Z",
        "01T",
        "0",
        "9223372036854775807",
        "009223372036854775807",
        "-5",
        "tTzZ:.+-1",
        "99999999999999999999Z",
    ];
    for text in good {
        condition(
            "identity boundary session",
            "",
            &format!(r#"{{"DateEquals":{{"a":"{text}"}}}}"#),
        );
    }
    for text in [
        "",
        "sdfdsf",
        "9223372036854775808",
        "2024-01-01 00:00",
        "1e5",
        "T",
        "12345678901234567890",
        "é1",
        "1,5",
    ] {
        condition(
            "identity",
            "",
            &format!(r#"{{"DateLessThan":{{"a":[«74»"{text}","0"]}}}}"#),
        );
        condition(
            "scp",
            "",
            &format!(r#"{{"DateLessThan":{{"a":"{text}"}}}}"#),
        );
        condition(
            "resource",
            "",
            &format!(r#"{{"DateLessThan":{{"a":"{text}"}}}}"#),
        );
    }
    condition(
        "identity",
        "",
        r#"{"DateEquals":{"a":[5,«74»1e5,«74»true,-5.5]}}"#,
    );
    for text in ["2024-*", "?", "*"] {
        condition(
            "identity scp",
            "",
            &format!(r#"{{"DateEqualsIfExists":{{"a":«165»"{text}"}}}}"#),
        );
    }
}

#[test]
fn endpoint_policies_keep_to_their_limits() {
    let c = |marked: &str| condition("endpoint", "", marked);
    c(
        r#"{"NumericEquals":{"aws:SourceVpc":«30»"1","AWS:PRINCIPALACCOUNT":[«30»5,«30»"x"],"aws:MultiFactorAuthAge":"1"}}"#,
    );
    c(r#"{"NumericEquals":{"aws:SourceVpc":[],"aws:SourceAccount":«68»"${x}"}}"#);
    c(r#"{"StringLike":{"aws:SourceVpc":["vpc-123",«30»"vpc-1234*",«30»"vpc-1234${*}"]}}"#);
    c(r#"{"StringNotLike":{"aws:ResourceOrgID":«30»"o-?"},"ArnLike":{"aws:SourceVpce":«30»"*"}}"#);
    c(
        r#"{"StringEquals":{"aws:SourceVpc":"vpc-*"},"StringLikeIfExists":{"aws:SourceVpcX":"123456*"}}"#,
    );
    for text in [
        "abcdef*",
        "*abcdef",
        "abcdef?",
        "abcdef*x",
        "x*abcdef",
        "abcdef**ghijkl",
        "éabcde*",
        "*${abc}",
        "${*}",
        "a${?}",
        "abc",
        "123456*7*890123",
        "${*}12*",
    ] {
        c(&format!(r#"{{"StringLike":{{"k":"{text}"}}}}"#));
    }
    for text in [
        "*",
        "abcde*",
        "*abcde",
        "abcdef***ghijkl",
        "abc*def",
        "123456*78*90",
        "?",
        "${*}1*",
        "abcdef*x*abcde",
    ] {
        c(&format!(
            r#"{{"ForAnyValue:StringNotLikeIfExists":{{"k":[«30»"{text}"]}}}}"#
        ));
        c(&format!(r#"{{"StringEquals":{{"k":"{text}"}}}}"#));
    }
    c(r#"{"StringLike":{"k":«69»"*${"}}"#);
    for text in [
        "arn:aws:iam::1*:x",
        "arn:aws:iam::?1:x",
        "::::**:",
        "arn:aws:iam::${*}:x",
        "arn:aws:${a:b}:: *:x",
    ] {
        c(&format!(r#"{{"ArnEquals":{{"k":«30»"{text}"}}}}"#));
        condition(
            "resource",
            "",
            &format!(r#"{{"ArnEquals":{{"k":"{text}"}}}}"#),
        );
    }
    for text in [
        "arn:aws:iam::*:x",
        "arn:aws:iam::1*",
        "arn:aws:iam::1:x*",
        "*",
        "arn:aws:iam:1*::x",
        "arn:aws:iam::${a:b}:x",
    ] {
        c(&format!(r#"{{"ArnLike":{{"k":"{text}"}}}}"#));
    }
    // Without variables the braces are text.
    let old = |value: &str| {
        format!(r#"{{"Effect":"Deny","Principal":"*","Action":"*","Condition":{value}}}"#)
    };
    old_statement(
        "endpoint",
        "",
        &old(r#"{"StringLike":{"k":[«30»"${*}","${abcdef*}"]}}"#),
    );
    old_statement(
        "endpoint",
        "",
        &old(r#"{"ArnLike":{"k":["arn:aws:${a:*::x",«30»"::${:x:1*:y"]}}"#),
    );
}
