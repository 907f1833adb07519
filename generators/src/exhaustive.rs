//! Small spaces in full.

use veriam_model::{Check, Principal, Resource};

/// How many checks [`combiner`] yields.
pub const COMBINER_SIZE: usize = 1;

/// Every combination of policy verdicts.
pub fn combiner() -> impl Iterator<Item = Check> {
    std::iter::once(plainest())
}

/// A check without any policy.
pub(crate) fn plainest() -> Check {
    let principal = Principal {
        arn: "arn:aws:iam::111122223333:user/a".to_owned(),
        account: Some("111122223333".to_owned()),
    };
    let resource = Resource {
        arn: "arn:aws:s3:::b/k".to_owned(),
        account: "111122223333".to_owned(),
    };
    Check::new(principal, "s3:GetObject", resource)
}
