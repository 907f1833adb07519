//! Any bytes at all make a case: nothing panics, nothing fails, and equal bytes make equal cases.

use arbitrary::Unstructured;
use proptest::prelude::*;
use veriam_generators::{check, document, put, world};
use veriam_model::{Check, Put};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn any_bytes_make_a_check(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let made = check(&mut Unstructured::new(&bytes)).expect("total");
        let again = check(&mut Unstructured::new(&bytes)).expect("total");
        prop_assert_eq!(&made, &again);
        let read = Check::from_json(&made.to_json());
        prop_assert_eq!(read.as_ref(), Ok(&made));
    }

    #[test]
    fn any_bytes_make_a_document(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let made = document(&mut Unstructured::new(&bytes)).expect("total");
        let again = document(&mut Unstructured::new(&bytes)).expect("total");
        prop_assert_eq!(made, again);
    }

    #[test]
    fn any_bytes_make_a_put(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let made = put(&mut Unstructured::new(&bytes)).expect("total");
        prop_assert_eq!(made.validate(), Ok(()));
        let read = Put::from_json(&made.to_json());
        prop_assert_eq!(read.as_ref(), Ok(&made));
    }

    #[test]
    fn any_bytes_make_a_world(bytes in proptest::collection::vec(any::<u8>(), 0..900)) {
        let (made, calls) = world(&mut Unstructured::new(&bytes)).expect("total");
        prop_assert_eq!(made.validate(), Ok(()));
        for call in &calls {
            prop_assert_eq!(made.validate_call(call), Ok(()));
        }
        let again = world(&mut Unstructured::new(&bytes)).expect("total");
        prop_assert_eq!((made, calls), again);
    }

    /// Bytes with long runs of equal values, as a fuzzer's byte shrinker makes them.
    #[test]
    fn monotonous_bytes_make_a_case(byte in any::<u8>(), length in 0usize..2_000, tail in any::<u8>()) {
        let mut bytes = vec![byte; length];
        bytes.push(tail);
        check(&mut Unstructured::new(&bytes)).expect("total");
        document(&mut Unstructured::new(&bytes)).expect("total");
        let (world, calls) = world(&mut Unstructured::new(&bytes)).expect("total");
        prop_assert_eq!(world.validate(), Ok(()));
        for call in &calls {
            prop_assert_eq!(world.validate_call(call), Ok(()));
        }
    }
}
