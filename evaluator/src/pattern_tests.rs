use super::*;

/// Values of variables by number; `-` for none.
struct List(&'static [&'static str]);

impl Values for List {
    fn value(&self, variable: u32) -> Option<&str> {
        Some(self.0[variable as usize]).filter(|v| *v != "-")
    }
}

fn compile(text: &str, colons: Colons) -> Vec<Piece> {
    let mut next = 0;
    pieces(&tokens(text, true, true), colons, |_, _| {
        next += 1;
        next - 1
    })
}

const PARTED: Colons = Colons::Parted { spans: false };
const SPANNING: Colons = Colons::Parted { spans: true };

fn hit(text: &str, colons: Colons, values: &'static [&'static str], against: &str) -> bool {
    let pattern = Pattern::new(compile(text, colons));
    pattern.matches(against, Case::Exact, &List(values), &())
}

#[test]
fn a_text_falls_into_literals_wildcards_and_variables() {
    assert_eq!(
        tokens("a*${*}b?${x, 'y'}$", true, true),
        [
            Token::Text("a".into()),
            Token::Many,
            Token::Text("*b".into()),
            Token::One,
            Token::Variable {
                name: "x",
                default: Some("y")
            },
            Token::Text("$".into()),
        ]
    );
    assert_eq!(
        tokens("a*${x}", false, false),
        [Token::Text("a*${x}".into())]
    );
    assert_eq!(tokens("${*}", true, false).len(), 3);
    assert_eq!(tokens("${ x}", true, true), [Token::Text("${ x}".into())]);
    assert!(tokens("", true, true).is_empty());
}

#[test]
fn literals_and_open_ends_need_no_pieces() {
    assert!(Pattern::new(compile("abc", PARTED)).is_literal());
    assert_eq!(
        Pattern::new(compile("abc*", Colons::Crossed)).rest,
        Rest::Anything
    );
    assert_eq!(Pattern::new(compile("a:*", PARTED)).rest, Rest::Anything);
    assert_eq!(
        Pattern::new(compile("***", Colons::Crossed)).rest,
        Rest::Anything
    );
    assert_eq!(
        Pattern::new(compile("x*y", PARTED)).key(),
        Key::beginning("x")
    );
    assert_eq!(Pattern::new(compile("xy", PARTED)).key(), Key::whole("xy"));
}

#[test]
fn wildcards_before_the_fifth_colon_stay_in_their_part() {
    let arn = "arn:aws:sqs:us-east-1:111122223333:q:x";
    for (pattern, parted, spanning) in [
        ("arn:aws:sqs:*:111122223333:q:x", true, true),
        ("arn:aws:*:q:x", false, true),
        ("arn:*:q:x", false, true),
        ("arn:aws:sqs:us*1:*:*", true, true),
        ("arn:aws:s*1:111122223333:q:x", false, false),
        ("arn:aws:sqs:us?east?1:111122223333:q?x", true, true),
        ("arn:aws:sqs?us-east-1:111122223333:q:x", false, false),
        ("arn:aws:*", true, true),
        ("arn:*:*:*:*:*", true, true),
        ("arn:aws:**:q:x", false, true),
    ] {
        assert_eq!(hit(pattern, PARTED, &[], arn), parted, "{pattern}");
        assert_eq!(hit(pattern, SPANNING, &[], arn), spanning, "{pattern}");
    }
}

#[test]
fn values_are_literal_and_unresolved_variables_match_nothing() {
    assert!(hit("a/${x}/*", Colons::Crossed, &["b*"], "a/b*/c"));
    assert!(!hit("a/${x}/*", Colons::Crossed, &["b*"], "a/bb/c"));
    assert!(hit("${x}${x}", Colons::Crossed, &["1", "2"], "12"));
    assert!(hit("${x}", Colons::Crossed, &[""], ""));
    assert!(!hit("*${x}", Colons::Crossed, &["-"], ""));
    assert!(!hit("*${x}*", Colons::Crossed, &["-"], "abc"));
}

#[test]
fn an_arn_is_split_after_its_variables_got_values() {
    let hit = |pattern: &str, values: &'static [&'static str], text: &str| {
        run_arn(&compile(pattern, PARTED), text, &List(values), &())
    };
    let role = "arn:aws:iam::111122223333:role/a:b";
    for (pattern, values, expected) in [
        (
            "arn:aws:iam::${x}:role/*",
            ["111122223333"].as_slice(),
            true,
        ),
        ("${x}role/*", &["arn:aws:iam::111122223333:"], true),
        ("${x}${y}:iam::*:role/*", &["ar", "n:aws"], true),
        ("arn:aws:iam:*:role/${x}", &["a:b"], false),
        ("arn:aws:iam::*${x}*", &[":"], true),
        ("arn:aws:iam::*:${x}?b", &["role/a"], true),
        ("*${x}*", &["arn:aws:iam::111122223333:role/a:b"], false),
        ("arn:aws:iam::${x}*", &["111122223333"], false),
        ("${x}", &["arn:aws:iam::111122223333:role/a:b"], true),
        ("${x}", &["arn:aws:iam::111122223333:role/*"], false),
        ("?rn:aws:iam::${x}:role/*", &["111122223333"], false),
    ] {
        assert_eq!(hit(pattern, values, role), expected, "{pattern}");
    }
}
