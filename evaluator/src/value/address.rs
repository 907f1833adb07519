//! IP addresses and ranges (IAM-174 to IAM-181).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The addresses under a prefix. Host bits are cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Range {
    V4 { network: u32, mask: u32 },
    V6 { network: u128, mask: u128 },
}

impl Range {
    /// Reads an address, with or without a prefix length. `bare_v6` is the prefix length of an IPv6 address
    /// that has none (IAM-176).
    pub(crate) fn parse(text: &str, bare_v6: u32) -> Option<Self> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(prefix_length(length)?)),
            None => (text, None),
        };
        match address.parse().ok()? {
            IpAddr::V4(address) => {
                let mask = mask(length.unwrap_or(32), 32)?;
                let mask = u32::try_from(mask).ok()?;
                let network = address.to_bits() & mask;
                Some(Self::V4 { network, mask })
            }
            IpAddr::V6(address) => {
                let mask = mask(length.unwrap_or(bare_v6), 128)?;
                let network = address.to_bits() & mask;
                Some(Self::V6 { network, mask })
            }
        }
    }

    /// Whether an address lies in the range; one of the other family never does.
    pub(crate) fn contains(self, address: IpAddr) -> bool {
        match (self, address) {
            (Self::V4 { network, mask }, IpAddr::V4(address)) => {
                address.to_bits() & mask == network
            }
            (Self::V6 { network, mask }, IpAddr::V6(address)) => {
                address.to_bits() & mask == network
            }
            _ => false,
        }
    }
}

/// What addresses a range holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    /// Only addresses that are private.
    PrivateOnly,
    /// Others, too.
    Others,
}

impl Range {
    /// What the range holds: private are 10/8, 172.16/12, 192.168/16 and fc00::/7.
    pub(crate) fn holds(self) -> Holds {
        let private = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"];
        let within = |outer: &str| match (self, Range::parse(outer, 128)) {
            (
                Self::V4 { network, mask },
                Some(Self::V4 {
                    network: n,
                    mask: m,
                }),
            ) => mask & m == m && network & m == n,
            (
                Self::V6 { network, mask },
                Some(Self::V6 {
                    network: n,
                    mask: m,
                }),
            ) => mask & m == m && network & m == n,
            _ => false,
        };
        if private.into_iter().any(within) {
            Holds::PrivateOnly
        } else {
            Holds::Others
        }
    }

    /// The range as somebody would read it who forgets to cut off the host bits of the text it comes from.
    pub(crate) fn with_host_bits(self, text: &str) -> Self {
        let address = text
            .split('/')
            .next()
            .and_then(|address| address.parse().ok());
        match (self, address) {
            (Self::V4 { mask, .. }, Some(IpAddr::V4(address))) => Self::V4 {
                network: address.to_bits(),
                mask,
            },
            (Self::V6 { mask, .. }, Some(IpAddr::V6(address))) => Self::V6 {
                network: address.to_bits(),
                mask,
            },
            _ => self,
        }
    }

    /// Whether the text this range was read from has bits behind its prefix.
    pub(crate) fn has_host_bits(self, text: &str) -> bool {
        self.with_host_bits(text) != self
    }
}

/// The address of a request.
pub(crate) fn parse(text: &str) -> Option<IpAddr> {
    // Most are IPv4; both parsers refuse zones, ports and spaces.
    let v4 = text.parse::<Ipv4Addr>().ok().map(IpAddr::V4);
    v4.or_else(|| text.parse::<Ipv6Addr>().ok().map(IpAddr::V6))
}

/// The IPv4 address in an IPv4-mapped IPv6 address.
pub(crate) fn mapped(address: IpAddr) -> Option<IpAddr> {
    match address {
        IpAddr::V4(_) => None,
        IpAddr::V6(address) => address.to_ipv4_mapped().map(IpAddr::V4),
    }
}

/// A decimal number without sign or leading zeros.
fn prefix_length(text: &str) -> Option<u32> {
    let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let is_padded = text.len() > 1 && text.starts_with('0');
    (is_number && !is_padded).then(|| text.parse().ok())?
}

/// The first `length` of `width` bits; none when there are not so many.
fn mask(length: u32, width: u32) -> Option<u128> {
    let all = u128::MAX.checked_shr(128u32.checked_sub(width)?)?;
    let host = width.checked_sub(length)?;
    Some(all & u128::MAX.checked_shl(host).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(range: &str, address: &str) -> bool {
        Range::parse(range, 128)
            .unwrap()
            .contains(parse(address).unwrap())
    }

    #[test]
    fn an_address_lies_in_the_ranges_that_share_its_prefix() {
        for (range, inside, outside) in [
            ("203.0.113.0/24", "203.0.113.77", "203.0.114.1"),
            ("203.0.113.9/24", "203.0.113.255", "203.0.112.255"),
            ("203.0.113.5", "203.0.113.5", "203.0.113.6"),
            ("203.0.113.4/31", "203.0.113.5", "203.0.113.6"),
            ("0.0.0.0/0", "255.255.255.255", "::1"),
            ("1.2.3.4/1", "127.0.0.1", "128.0.0.1"),
            ("::/0", "ffff::1", "1.2.3.4"),
            (
                "2001:DB8:1234:5678::/64",
                "2001:db8:1234:5678::1",
                "2001:db8:1234:5679::",
            ),
            ("2001:db8::1", "2001:0db8:0:0:0:0:0:1", "2001:db8::2"),
            ("2001:db8::/127", "2001:db8::1", "2001:db8::2"),
            ("::ffff:1.2.3.4/128", "::ffff:102:304", "1.2.3.4"),
        ] {
            assert!(holds(range, inside), "{range} {inside}");
            assert!(!holds(range, outside), "{range} {outside}");
        }
        let page = Range::parse("2001:db8::1", 32).unwrap();
        assert!(page.contains(parse("2001:db8:ffff::").unwrap()));
        assert_eq!(mapped(parse("::ffff:1.2.3.4").unwrap()), parse("1.2.3.4"));
        assert_eq!(mapped(parse("::1.2.3.4").unwrap()), None);
    }

    #[test]
    fn nothing_else_is_a_range_or_an_address() {
        for text in [
            "",
            "1.2.3",
            "1.2.3.4.5",
            "1.2.3.256",
            "01.2.3.4",
            "1.2.3.4 ",
            " 1.2.3.4",
            "1.2.3.-4",
            "1.2.3.0x4",
            "1.2.3.4:80",
            "fe80::1%eth0",
            "[::1]",
            ":::",
            "1::2::3",
            "12345::",
            "::g",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9",
            "1.2.3.4\n",
            "a",
            "*",
        ] {
            assert_eq!(Range::parse(text, 128), None, "{text}");
            assert_eq!(parse(text), None, "{text}");
        }
        for text in [
            "1.2.3.4/33",
            "1.2.3.4/",
            "1.2.3.4/08",
            "1.2.3.4/+8",
            "1.2.3.4/-8",
            "1.2.3.4/8/8",
            "1.2.3.4/ 8",
            "::/129",
            "::/0128",
            "/8",
            "1.2.3.0/255.255.255.0",
            "1.2.3.4/99999999999",
            "1.2.3.4/٨",
        ] {
            assert_eq!(Range::parse(text, 128), None, "{text}");
        }
        assert_eq!(parse("1.2.3.4/32"), None);
    }
}
