//! `IpAddress` and `NotIpAddress` (IAM-174…IAM-182).

use std::net::IpAddr;

use ipnet::IpNet;
use veriam_model::readings::{BareIpv6, MalformedIp, MappedIpv4};

use super::malformed;
use crate::Operator;
use crate::notes::{Notes, iam};

/// Tests one request value, an address, against the policy's values, ranges and addresses.
pub(super) fn test(
    operator: Operator,
    wanted: &[String],
    value: &str,
    notes: &mut Notes<'_>,
) -> bool {
    notes.cite(iam(174));
    let wanted: Vec<Option<Range>> = wanted.iter().map(|text| Range::parse(text)).collect();
    let value = value.parse().ok().map(|address| Range {
        address,
        prefix: None,
    });
    malformed::test(
        operator.is_negated(),
        &wanted,
        value.as_ref(),
        MalformedIp::Negation,
        notes,
        |notes, wanted, value| wanted.contains(value.address, notes),
    )
}

/// An address with or without prefix length.
#[derive(Clone, Copy, Debug)]
struct Range {
    address: IpAddr,
    prefix: Option<u8>,
}

impl Range {
    /// std reads addresses strictly (no leading zeros, no zone); prefix lengths are checked here.
    fn parse(text: &str) -> Option<Self> {
        let Some((address, prefix)) = text.split_once('/') else {
            return Some(Self {
                address: text.parse().ok()?,
                prefix: None,
            });
        };
        let address: IpAddr = address.parse().ok()?;
        let digits = prefix.bytes().all(|b| b.is_ascii_digit());
        if !digits || (prefix.len() > 1 && prefix.starts_with('0')) {
            return None;
        }
        let prefix: u8 = prefix.parse().ok()?;
        (prefix <= bits(address)).then_some(Self {
            address,
            prefix: Some(prefix),
        })
    }

    fn contains(&self, address: IpAddr, notes: &mut Notes<'_>) -> bool {
        self.cite(address, notes);
        if self.holds(address, notes) {
            return true;
        }
        // IAM-180: perhaps an IPv4-mapped address counts as the IPv4 address, too.
        match address {
            IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
                Some(v4) => {
                    notes.cite(iam(180));
                    self.holds(IpAddr::V4(v4), notes)
                        && notes.choose::<MappedIpv4>() == MappedIpv4::Ipv4
                }
                None => false,
            },
            IpAddr::V4(_) => false,
        }
    }

    /// Whether the address lies in the range. An address of the other family never does (IAM-179).
    fn holds(&self, address: IpAddr, notes: &mut Notes<'_>) -> bool {
        let within =
            |prefix| IpNet::new(self.address, prefix).is_ok_and(|range| range.contains(&address));
        if let Some(prefix) = self.prefix {
            return within(prefix);
        }
        // IAM-175, IAM-176: without a prefix length one host; for IPv6 the page prints /32.
        let host = within(bits(self.address));
        if host || self.address.is_ipv4() || !within(32) {
            return host;
        }
        notes.choose::<BareIpv6>() == BareIpv6::Prefix32
    }

    fn cite(&self, address: IpAddr, notes: &mut Notes<'_>) {
        let prefix = self.prefix.unwrap_or(bits(self.address));
        let has_host_bits =
            IpNet::new(self.address, prefix).is_ok_and(|range| range.network() != self.address);
        let is_private = match self.address {
            IpAddr::V4(v4) => v4.is_private(),
            IpAddr::V6(_) => false,
        };
        notes.cite_if(prefix == bits(self.address), iam(175));
        notes.cite_if(has_host_bits, iam(177));
        notes.cite_if(self.address.is_ipv6(), iam(178));
        notes.cite_if(self.address.is_ipv6() != address.is_ipv6(), iam(179));
        // IAM-182: the operator takes private ranges; whether a key ever holds such addresses is another matter.
        notes.cite_if(is_private, iam(182));
    }
}

fn bits(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

#[cfg(test)]
mod tests {
    use crate::condition::testing::{assert_malformed, assert_tests, holds};
    use veriam_model::Dialect;
    use veriam_model::readings::{BareIpv6, MalformedIp, MappedIpv4};

    #[test]
    fn an_address_lies_in_a_range_of_its_family() {
        assert_tests(
            "IpAddress",
            "NotIpAddress",
            &[
                ("203.0.113.0/24", "203.0.113.77", true),
                ("203.0.113.0/24", "203.0.114.1", false),
                ("203.0.113.9/24", "203.0.113.77", true),
                ("203.0.113.5", "203.0.113.5", true),
                ("203.0.113.5", "203.0.113.6", false),
                ("203.0.113.5/32", "203.0.113.6", false),
                ("203.0.113.4/31", "203.0.113.5", true),
                ("0.0.0.0/0", "255.255.255.255", true),
                ("10.0.0.0/8", "10.1.2.3", true),
                ("2001:DB8:1234:5678::/64", "2001:db8:1234:5678::1", true),
                ("2001:DB8:1234:5678::/64", "2001:db8:1234:5679::1", false),
                ("2001:db8:0:0:0:0:0:1", "2001:db8::1", true),
                ("2001:db8::1/128", "2001:db8::2", false),
                ("::/0", "2001:db8::1", true),
                ("::/0", "192.0.2.1", false),
                ("0.0.0.0/0", "2001:db8::1", false),
            ],
        );
        let mixed = ["203.0.113.0/24", "2001:DB8::/32"];
        assert!(holds(
            Dialect::default(),
            "IpAddress",
            "a:b",
            &mixed,
            Some(&["2001:db8::9"])
        ));
    }

    #[test]
    fn what_is_no_range_or_address_is_malformed() {
        for text in [
            "",
            "x",
            "203.0.113",
            "203.0.113.256",
            "203.0.113.05",
            "010.0.0.1",
            "203.0.113.5/33",
            "203.0.113.5/",
            "203.0.113.5/+8",
            "203.0.113.5/08",
            "203.0.113.5/00",
            "203.0.113.5/8/8",
            "203.0.113.5/255.255.255.0",
            "2001:db8::/129",
            "2001:db8::1%eth0",
            "2001:db8::1::",
            " 203.0.113.5",
            "203.0.113.*",
        ] {
            assert_malformed(
                "IpAddress",
                "NotIpAddress",
                "203.0.113.5",
                text,
                MalformedIp::Negation,
            );
        }
        // A range is no address.
        assert!(!holds(
            Dialect::default(),
            "IpAddress",
            "a:b",
            &["0.0.0.0/0"],
            Some(&["203.0.113.0/32"])
        ));
    }

    #[test]
    fn dialects_differ_on_bare_ipv6_and_mapped_addresses() {
        let test = |dialect: Dialect, wanted, value| {
            let positive = holds(dialect, "IpAddress", "a:b", &[wanted], Some(&[value]));
            let negated = holds(dialect, "NotIpAddress", "a:b", &[wanted], Some(&[value]));
            assert_ne!(positive, negated, "{wanted} {value}");
            positive
        };
        let default = Dialect::default();
        let prefix = default.with(BareIpv6::Prefix32);
        assert!(!test(default, "2001:db8::1", "2001:db8::2"));
        assert!(test(prefix, "2001:db8::1", "2001:db8::2"));
        assert!(!test(prefix, "2001:db8::1", "2001:db9::2"));
        assert!(!test(prefix, "2001:db8::1/128", "2001:db8::2"));
        let mapped = default.with(MappedIpv4::Ipv4);
        assert!(!test(default, "203.0.113.0/24", "::ffff:203.0.113.7"));
        assert!(test(mapped, "203.0.113.0/24", "::ffff:203.0.113.7"));
        assert!(test(mapped, "::ffff:0:0/96", "::ffff:203.0.113.7"));
        assert!(!test(mapped, "203.0.113.0/24", "::203.0.113.7"));
        assert!(!test(mapped, "::ffff:203.0.113.7", "203.0.113.7"));
    }
}
