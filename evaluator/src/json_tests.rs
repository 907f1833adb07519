use proptest::prelude::*;
use serde_json::value::RawValue;

use super::*;

/// The nodes as a text that says everything: kind, place and decoded value.
fn tree(value: Value<'_, '_>) -> String {
    let at = value.span();
    match value.kind() {
        Kind::Object => {
            let members: Vec<String> = value
                .members()
                .unwrap()
                .map(|(name, value)| format!("{}={}", tree(name), tree(value)))
                .collect();
            format!("{{{}}}@{at:?}", members.join(","))
        }
        Kind::Array => {
            let elements: Vec<String> = value.elements().unwrap().map(tree).collect();
            format!("[{}]@{at:?}", elements.join(","))
        }
        Kind::Plain | Kind::Escaped => format!("{:?}@{at:?}", value.string().unwrap()),
        _ => format!("{}@{at:?}", value.source()),
    }
}

fn read(text: &str) -> Result<String, Unreadable> {
    Json::read(text, 32).map(|json| tree(json.root()))
}

#[test]
fn names_values_and_repetitions_keep_their_places() {
    assert_eq!(
        read(r#" {"a":[1,-2.50e+3], "a": null,"b\u0061":{"\n":true}} "#).unwrap(),
        r#"{"a"@2..5=[1@7..8,-2.50e+3@9..17]@6..18,"a"@20..23=null@25..29,"ba"@30..39={"\n"@41..45=true@46..50}@40..51}@1..52"#
    );
}

#[test]
fn an_object_in_an_array_is_followed_by_its_sibling() {
    assert_eq!(
        read(r#"[{"a":[]},{},[[]],"x"]"#).unwrap(),
        r#"[{"a"@2..5=[]@6..8}@1..9,{}@10..12,[[]@14..16]@13..17,"x"@18..21]@0..22"#
    );
}

#[test]
fn escapes_are_decoded() {
    for (text, expected) in [
        (r#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
        (r#""\u0041\u00e9\u4E2d""#, "A\u{e9}\u{4e2d}"),
        (r#""x\uD83D\uDE00y\u0041""#, "x\u{1f600}yA"),
        (r#""\\u0041""#, "\\u0041"),
        (r#""\u0000""#, "\0"),
        (r#""é\né""#, "é\né"),
    ] {
        let json = Json::read(text, 32).unwrap();
        assert_eq!(json.root().string().unwrap(), expected, "{text}");
        assert_eq!(
            serde_json::from_str::<String>(text).unwrap(),
            expected,
            "{text}"
        );
    }
}

#[test]
fn what_is_no_json_is_refused_at_its_place() {
    for (text, why, start) in [
        ("", Why::Unfinished, 0),
        ("  ", Why::Unfinished, 2),
        ("{", Why::Unfinished, 1),
        (r#"{"a""#, Why::Unfinished, 4),
        (r#"{"a":"#, Why::Unfinished, 5),
        (r#"{"a":1"#, Why::Unfinished, 6),
        (r#"{"a":1,}"#, Why::Unexpected, 7),
        (r#"{"a":1,,"b":2}"#, Why::Unexpected, 7),
        (r#"{,"a":1}"#, Why::Unexpected, 1),
        (r#"{"a" 1}"#, Why::Unexpected, 5),
        ("{a:1}", Why::Unexpected, 1),
        ("{1:1}", Why::Unexpected, 1),
        ("[1,]", Why::Unexpected, 3),
        ("[1 2]", Why::Unexpected, 3),
        ("[,1]", Why::Unexpected, 1),
        ("[1}", Why::Unexpected, 2),
        ("]", Why::Unexpected, 0),
        ("01", Why::Trailing, 1),
        ("-", Why::Unfinished, 1),
        ("-a", Why::Unexpected, 1),
        ("+1", Why::Unexpected, 0),
        (".5", Why::Unexpected, 0),
        ("1.", Why::Unfinished, 2),
        ("[1.]", Why::Unexpected, 3),
        ("1e", Why::Unfinished, 2),
        ("[1e+]", Why::Unexpected, 4),
        ("0x10", Why::Trailing, 1),
        ("tru", Why::Unfinished, 3),
        ("True", Why::Unexpected, 0),
        ("nul1", Why::Unexpected, 3),
        ("NaN", Why::Unexpected, 0),
        ("// c\n1", Why::Unexpected, 0),
        ("1 // c", Why::Trailing, 2),
        ("{}{}", Why::Trailing, 2),
        ("'a'", Why::Unexpected, 0),
        ("\u{feff}{}", Why::Unexpected, 0),
        ("\u{a0}{}", Why::Unexpected, 0),
        ("\u{c}{}", Why::Unexpected, 0),
        ("\"a\tb\"", Why::Control, 2),
        ("\"a\0\"", Why::Control, 2),
        ("\"a", Why::Unfinished, 2),
        (r#""\"#, Why::Unfinished, 2),
        (r#""\x""#, Why::Escape, 1),
        (r#""\é""#, Why::Escape, 1),
        (r#""\u12g4""#, Why::Escape, 5),
        (r#""\u12é4""#, Why::Escape, 5),
        (r#""\u12"#, Why::Unfinished, 5),
        (r#""\U0041""#, Why::Escape, 1),
        (r#""\ud83d""#, Why::Surrogate, 1),
        (r#""\ud83dx""#, Why::Surrogate, 1),
        (r#""\ud83d\n""#, Why::Surrogate, 1),
        (r#""\ud83d\u0041""#, Why::Surrogate, 1),
        (r#""\ud83d\ud83d""#, Why::Surrogate, 1),
        (r#""\ude00""#, Why::Surrogate, 1),
    ] {
        let error = Json::read(text, 32).unwrap_err();
        assert_eq!((error.why, error.span.start), (why, start), "{text:?}");
        assert!(text.get(error.span).is_some(), "{text:?}");
        assert!(!serde_reads(text), "{text:?}");
    }
}

#[test]
fn depth_is_counted_from_the_root() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(Json::read(&nested(32), 32).is_ok());
    let error = Json::read(&nested(33), 32).unwrap_err();
    assert_eq!((error.why, error.span), (Why::Depth, 32..33));
    assert!(Json::read(&nested(10_000), 10_000).is_ok());
    let open = "{\"a\":".repeat(10_000);
    assert_eq!(Json::read(&open, 32).unwrap_err().why, Why::Depth);
    // Siblings are no depth.
    assert!(Json::read(&format!("[{}]", ["[]"; 100].join(",")), 2).is_ok());
}

#[test]
fn a_special_byte_is_found_wherever_it_stands_among_eight() {
    for place in 0..8 {
        for byte in 0..=255u8 {
            for other in [b'a', 0x7f, 0x80, 0xff, b'!', b'#', b'[', b']', 0x20] {
                let mut word = [other; 8];
                word[place] = byte;
                let expected = byte == b'"' || byte == b'\\' || byte < 0x20;
                assert_eq!(has_special(word), expected, "{word:?}");
            }
        }
    }
}

/// Compares with serde_json: the same texts are read, with the same values.
fn agrees(text: &str) {
    let ours = Json::read(text, 100);
    assert_eq!(ours.is_ok(), serde_reads(text), "{text:?}: {ours:?}");
    match ours {
        Ok(json) => compare(json.root(), serde_json::from_str(text).unwrap()),
        Err(error) => assert!(text.get(error.span).is_some(), "{text:?}"),
    }
}

/// Whether serde_json takes the text for JSON; a number beyond its range is one.
fn serde_reads(text: &str) -> bool {
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(_) => true,
        Err(error) => error.to_string().starts_with("number out of range"),
    }
}

/// Compares one value with what serde_json takes for the same source text.
fn compare(ours: Value<'_, '_>, theirs: &RawValue) {
    assert_eq!(ours.source(), theirs.get().trim());
    match ours.kind() {
        Kind::Plain | Kind::Escaped => {
            let text: String = serde_json::from_str(theirs.get()).unwrap();
            assert_eq!(ours.string().unwrap(), text);
        }
        Kind::Array => {
            let elements: Vec<&RawValue> = serde_json::from_str(theirs.get()).unwrap();
            assert_eq!(ours.elements().unwrap().count(), elements.len());
            for (ours, theirs) in ours.elements().unwrap().zip(elements) {
                compare(ours, theirs);
            }
        }
        Kind::Object => {
            let mut members: serde_json::Map<String, serde_json::Value> =
                serde_json::from_str(theirs.get()).unwrap();
            for (name, _) in ours.members().unwrap() {
                members.remove(name.string().unwrap().as_ref());
            }
            assert!(members.is_empty());
        }
        Kind::Null | Kind::Bool | Kind::Number => {}
    }
}

/// A JSON text of small depth with spaces, escapes and repeated names.
fn json_text() -> impl Strategy<Value = String> {
    let string = r#""([a-c\\u0041 é]|\\n|\\u00e9|\\ud83d\\ude00|\\"){0,4}""#;
    let scalar = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("false".to_owned()),
        "-?(0|[1-9][0-9]{0,3})(\\.[0-9]{1,2})?([eE][+-]?[0-9]{1,2})?",
        string,
    ];
    scalar.prop_recursive(4, 32, 4, move |inner| {
        let space = "[ \n\t\r]{0,1}";
        prop_oneof![
            (prop::collection::vec(inner.clone(), 0..4), space)
                .prop_map(|(v, s)| format!("[{s}{}{s}]", v.join(&format!("{s},")))),
            (prop::collection::vec((string, inner), 0..4), space).prop_map(|(m, s)| {
                let members: Vec<String> =
                    m.iter().map(|(k, v)| format!("{k}{s}:{s}{v}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn serde_json_reads_the_same(text in json_text()) {
        agrees(&text);
    }

    #[test]
    fn a_broken_text_is_broken_for_serde_json_too(
        text in json_text(),
        at in any::<prop::sample::Index>(),
        with in prop::sample::select(vec!["", ",", "\"", "}", "[", "\\", "0", "e", ":", "\u{1}", "é", " "]),
    ) {
        let places: Vec<usize> = text.char_indices().map(|(i, _)| i).collect();
        let from = *at.get(&places);
        let width = text[from..].chars().next().unwrap().len_utf8();
        agrees(&format!("{}{with}{}", &text[..from], &text[from + width..]));
    }

    #[test]
    fn any_text_at_all_is_read_like_serde_json(text in r#"[\[\]{}",:0-9a-fnrtu\\ .eE+-]{0,24}"#) {
        agrees(&text);
    }
}
