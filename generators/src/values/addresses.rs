//! IP addresses and ranges around them.

use std::net::Ipv4Addr;

use crate::draw::{Draw, Text};
use crate::values::Value;

/// An IPv6 address, ranges that hold it and ranges that do not. Always with a prefix length (IAM-176), never
/// IPv4-mapped (IAM-180).
struct V6 {
    address: &'static str,
    around: [&'static str; 4],
    beside: [&'static str; 3],
    host: &'static str,
}

const V6: [V6; 3] = [
    V6 {
        address: "2001:db8:1234:5678::1",
        around: [
            "2001:DB8:1234:5678::/64",
            "2001:db8:1234::/48",
            "2001:db8:1234:5678::ffff/80",
            "::/0",
        ],
        beside: [
            "2001:db8:1234:5679::/64",
            "2001:db8:1235::/48",
            "2001:db8:1234:5678::2/128",
        ],
        host: "2001:db8:1234:5678:0:0:0:1/128",
    },
    V6 {
        address: "2001:db8::9",
        around: [
            "2001:db8::/32",
            "2001:0db8::8/127",
            "2001:db8:0:0::/64",
            "2000::/3",
        ],
        beside: ["2001:db9::/32", "2001:db8::a/127", "2001:db8:0:1::/64"],
        host: "2001:db8::9/128",
    },
    V6 {
        address: "2001:DB8:0:a::C",
        around: [
            "2001:db8:0:a::/64",
            "2001:db8:0:8::/61",
            "2001:db8:0:a::c/120",
            "2001:db8::/33",
        ],
        beside: [
            "2001:db8:0:b::/64",
            "2001:db8:0:10::/61",
            "2001:db8:8000::/33",
        ],
        host: "2001:db8:0:000a::c/128",
    },
];

const V4: [Ipv4Addr; 6] = [
    Ipv4Addr::new(203, 0, 113, 77),
    Ipv4Addr::new(203, 0, 113, 0),
    Ipv4Addr::new(198, 51, 100, 255),
    Ipv4Addr::new(192, 0, 2, 9),
    Ipv4Addr::new(10, 1, 2, 3),
    Ipv4Addr::new(172, 31, 255, 254),
];

/// A request value.
pub(crate) fn request(draw: &mut Draw<'_, '_>) -> Value {
    if draw.chance(1, 4) {
        let place = draw.below(V6.len());
        return Value {
            text: V6[place].address.into(),
            meaning: -1 - place as i64,
        };
    }
    let address = draw.one(&V4);
    Value {
        text: address.to_string().into(),
        meaning: i64::from(address.to_bits()),
    }
}

/// A range that holds the address.
pub(crate) fn hit(draw: &mut Draw<'_, '_>, value: &Value) -> Text {
    let Some(bits) = v4(value) else {
        let table = &V6[place(value)];
        return match draw.below(6) {
            0 => table.host.into(),
            _ => draw.one(&table.around).into(),
        };
    };
    match draw.weighted(&[3, 4, 2, 1, 1]) {
        0 => value.text.clone(),
        1 => network(draw, bits, 24),
        2 => network(draw, bits, 16),
        3 => {
            let length = 1 + draw.below(32) as u32;
            network(draw, bits, length)
        }
        _ => network(draw, bits, 0),
    }
}

/// A range that holds this one address.
pub(crate) fn host(value: &Value) -> Text {
    match v4(value) {
        Some(_) => value.text.clone(),
        None => V6[place(value)].host.into(),
    }
}

/// A range that holds none of the addresses.
pub(crate) fn miss(draw: &mut Draw<'_, '_>, values: &[Value]) -> Text {
    if let [only] = values {
        let other_family = draw.chance(1, 4);
        match v4(only) {
            Some(_) if other_family => return draw.one(&["::/0", "2001:db8::/32"]).into(),
            None if other_family => return draw.one(&["0.0.0.0/0", "203.0.113.0/24"]).into(),
            Some(bits) => {
                // The range of the same size right beside the one that holds the address.
                let length = draw.one(&[24, 32, 16, 25, 30, 8, 1]);
                let size = 1u32.checked_shl(32 - length).unwrap_or(0);
                let beside = if draw.chance(1, 2) {
                    bits.wrapping_sub(size)
                } else {
                    bits.wrapping_add(size)
                };
                return network(draw, beside, length);
            }
            None => return draw.one(&V6[place(only)].beside).into(),
        }
    }
    draw.one(&["100.64.0.0/10", "3fff::/20"]).into()
}

fn network(draw: &mut Draw<'_, '_>, bits: u32, length: u32) -> Text {
    let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
    // Host bits beyond the prefix do not count (IAM-177).
    let bits = if draw.chance(1, 5) { bits } else { bits & mask };
    let address = Ipv4Addr::from_bits(bits);
    if length == 32 && !draw.chance(1, 3) {
        return address.to_string().into();
    }
    format!("{address}/{length}").into()
}

fn v4(value: &Value) -> Option<u32> {
    u32::try_from(value.meaning).ok()
}

fn place(value: &Value) -> usize {
    usize::try_from(-1 - value.meaning).unwrap_or(0) % V6.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use arbitrary::Unstructured;
    use std::net::{IpAddr, Ipv6Addr};

    fn holds(range: &str, address: &str) -> bool {
        let (network, length) = range.split_once('/').unwrap_or((range, "32"));
        let length: u32 = length.parse().expect("a prefix length");
        match (network.parse(), address.parse()) {
            (Ok(IpAddr::V4(a)), Ok(IpAddr::V4(b))) => {
                length == 0 || (a.to_bits() ^ b.to_bits()) >> (32 - length) == 0
            }
            (Ok(IpAddr::V6(a)), Ok(IpAddr::V6(b))) => {
                let bits = |ip: Ipv6Addr| ip.to_bits();
                length == 0 || (bits(a) ^ bits(b)) >> (128 - length) == 0
            }
            (Ok(_), Ok(_)) => false,
            other => panic!("{range} {address} {other:?}"),
        }
    }

    #[test]
    fn hits_hold_the_address_and_misses_do_not() {
        let mut lengths = [0; 129];
        for case in 0..400 {
            let bytes = crate::case_bytes(3, case);
            let mut bytes = Unstructured::new(&bytes);
            let mut draw = Draw::new(&mut bytes);
            let value = request(&mut draw);
            let hit = hit(&mut draw, &value);
            assert!(holds(&hit, &value.text), "{hit} {}", value.text);
            assert!(holds(&host(&value), &value.text));
            let miss = miss(&mut draw, std::slice::from_ref(&value));
            assert!(!holds(&miss, &value.text), "{miss} {}", value.text);
            let length = hit
                .split_once('/')
                .map_or(32, |(_, l)| l.parse().unwrap_or(32));
            lengths[length] += 1;
        }
        assert!(lengths[0] > 0 && lengths[24] > 0 && lengths[64] > 0);
        for table in &V6 {
            for range in table.around.iter().chain([&table.host]) {
                assert!(holds(range, table.address), "{range}");
            }
            for range in table.beside {
                assert!(!holds(range, table.address), "{range}");
            }
        }
    }
}
