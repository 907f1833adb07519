//! The byte stream of a campaign: the same bytes for the same case on every machine, in any order.

/// Cases in one unit of work.
pub const CASES_PER_UNIT: u64 = 4_096;

/// Bytes from which one case of the default profile is generated.
pub const CASE_BYTES: usize = 1_024;

/// An endless stream of bytes that depends on (campaign seed, unit, index of the case in its unit) only.
///
/// It is SplitMix64 (Steele, Lea and Flood, 2014) started at a mix of the three numbers: good enough to spread
/// cases, cheap enough to fill two kilobytes a case, and without any state shared between cases.
#[derive(Clone, Debug)]
pub struct Stream {
    state: u64,
}

impl Stream {
    /// The stream of one case.
    #[must_use]
    pub const fn new(seed: u64, unit: u64, index: u64) -> Self {
        let state = mix(seed ^ 0x5645_5249_414d_2121);
        let state = mix(state ^ unit.wrapping_mul(INCREMENT));
        let state = mix(state.wrapping_add(index.wrapping_mul(INCREMENT)));
        Self { state }
    }

    /// The next eight bytes as a number.
    pub const fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(INCREMENT);
        mix(self.state)
    }

    /// Fills the buffer with the next bytes.
    pub fn fill(&mut self, buffer: &mut [u8]) {
        let (words, rest) = buffer.as_chunks_mut::<8>();
        for word in words {
            *word = self.next().to_le_bytes();
        }
        let last = self.next().to_le_bytes();
        rest.copy_from_slice(&last[..rest.len()]);
    }
}

const INCREMENT: u64 = 0x9e37_79b9_7f4a_7c15;

/// SplitMix64's output function.
const fn mix(state: u64) -> u64 {
    let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The bytes of the `index`-th case of the campaign `seed`, counted over all its units.
#[must_use]
pub fn case_bytes(seed: u64, index: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    fill_case_bytes(seed, index, &mut bytes);
    bytes
}

/// [`case_bytes`] into a buffer that is used again; what it held is lost.
pub fn fill_case_bytes(seed: u64, index: u64, buffer: &mut Vec<u8>) {
    buffer.resize(CASE_BYTES, 0);
    Stream::new(seed, index / CASES_PER_UNIT, index % CASES_PER_UNIT).fill(buffer);
}
