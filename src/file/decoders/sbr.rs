//! Whether AAC packets have the upper half of their band in an extension, as HE-AAC's do, though no
//! header says so.

/// A fill element's id, and the id that ends a packet.
const FILL: u32 = 6;
const END: u32 = 7;

/// The most bytes of a fill element.
const MOST: usize = 269;

/// Elements after the extension that are looked through.
const DEPTH: usize = 3;

/// Whether a packet seems to end with the extension. Elements cannot be found from the front
/// without decoding, and from the back chance may have it that other bits look like one: ask for
/// several packets.
pub(super) fn seems_to_have(packet: &[u8]) -> bool {
    let bits = Bits(packet);
    let Some(last) = (0..bits.len()).rev().find(|at| bits.take(*at, 1) == 1) else {
        return false;
    };
    last >= 2 && bits.take(last - 2, 3) == END && ends_with(&bits, last - 2, DEPTH)
}

fn ends_with(bits: &Bits<'_>, end: usize, depth: usize) -> bool {
    (1..=MOST).any(|count| {
        let head = if count < 15 { 7 } else { 15 };
        let Some(start) = end.checked_sub(8 * count + head) else {
            return false;
        };
        let states_count = match count {
            0..15 => bits.take(start + 3, 4) as usize == count,
            _ => bits.take(start + 3, 4) == 15 && bits.take(start + 7, 8) as usize == count - 14,
        };
        if bits.take(start, 3) != FILL || !states_count {
            return false;
        }
        match bits.take(start + head, 4) {
            // With a checksum or without.
            13 | 14 => true,
            // Zeros only, as an encoder fills up with.
            0 => depth > 0 && ends_with(bits, start, depth - 1),
            _ => false,
        }
    })
}

struct Bits<'a>(&'a [u8]);

impl Bits<'_> {
    fn len(&self) -> usize {
        self.0.len() * 8
    }

    fn take(&self, at: usize, count: usize) -> u32 {
        (at..at + count).fold(0, |value, at| {
            value << 1 | u32::from(self.0[at / 8] >> (7 - at % 8) & 1)
        })
    }
}
