//! Both parsers on arbitrary bytes: the same faults at the same places.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| veriam::properties::parsers_agree(data));
