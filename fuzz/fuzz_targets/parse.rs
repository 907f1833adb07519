//! The evaluator's parser on arbitrary bytes: no panic, spans inside the text, bounded work.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| veriam::properties::parser_is_total(data));
