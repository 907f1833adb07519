//! Both judges on a put drawn from arbitrary bytes: the same outcome.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| veriam::properties::judges_agree_on_puts(data));
