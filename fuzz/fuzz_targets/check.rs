//! Both judges on a check drawn from arbitrary bytes: the same answer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| veriam::properties::judges_agree(data));
