//! Both judges on the calls of a world drawn from arbitrary bytes: the same outcomes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| veriam::properties::judges_agree_on_calls(data));
