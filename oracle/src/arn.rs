//! ARNs: `arn:partition:service:region:account:resource`, six parts, the last one with all further colons
//! (IAM-094).

/// The five parts of an ARN behind the word `arn`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arn<'t> {
    pub(crate) partition: &'t str,
    pub(crate) service: &'t str,
    pub(crate) region: &'t str,
    pub(crate) account: &'t str,
    /// The sixth part, which may hold colons.
    pub(crate) resource: &'t str,
}

impl<'t> Arn<'t> {
    /// Splits a text that begins with `arn:` and has at least five colons.
    pub(crate) fn split(text: &'t str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        if parts.next() != Some("arn") {
            return None;
        }
        Some(Self {
            partition: parts.next()?,
            service: parts.next()?,
            region: parts.next()?,
            account: parts.next()?,
            resource: parts.next()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_has_six_parts_and_the_sixth_keeps_its_colons() {
        let arn = Arn::split("arn:aws:logs:us-east-1:111122223333:log-group:a:*").unwrap();
        assert_eq!(arn.region, "us-east-1");
        assert_eq!(arn.resource, "log-group:a:*");
        for no_arn in [
            "",
            "arn",
            "arn:aws:s3::b",
            "ARN:aws:s3:::b",
            " arn:aws:s3:::b",
        ] {
            assert_eq!(Arn::split(no_arn), None, "{no_arn}");
        }
    }
}
