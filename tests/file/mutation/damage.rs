//! Damage to files: what disks, editors and attackers do to bytes.

/// Numbers from a seed.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// Below a number, or 0.
    pub(crate) fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % most.max(1)
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// A place in so many bytes; every other one in their first part, where the headers are.
    fn place(&mut self, length: usize) -> usize {
        match self.below(2) {
            0 => self.below(length.min(600)),
            _ => self.below(length),
        }
    }
}

/// Values that overflow something.
const NUMBERS: [u64; 12] = [
    0,
    1,
    2,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0x8000,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    u64::MAX,
];

/// Damages `bytes` in one way or a few; `other` is another file's.
pub(crate) fn damage(mut bytes: Vec<u8>, other: &[u8], random: &mut Random) -> Vec<u8> {
    for _ in 0..=random.below(4) {
        if bytes.is_empty() {
            break;
        }
        once(&mut bytes, other, random);
    }
    bytes
}

fn once(bytes: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    let at = random.place(bytes.len());
    let longest = random.pick(&[1, 16, 600, 20_000]);
    let length = 1 + random.below(longest);
    let end = bytes.len().min(at + length);
    match random.below(11) {
        0 => bytes[at] ^= 1 << random.below(8),
        1 => bytes[at] = random.below(256) as u8,
        2 => bytes[at..end].fill(random.pick(&[0, 0xff, 0x55])),
        3 => bytes[at..end]
            .iter_mut()
            .for_each(|byte| *byte = random.below(256) as u8),
        // A size or a count, in either order of its bytes.
        4 | 5 => {
            let width = random.pick(&[1, 2, 4, 8]);
            let number = match random.below(3) {
                0 => (bytes.len() + random.below(17)).saturating_sub(8) as u64,
                _ => random.pick(&NUMBERS),
            };
            let (big, little) = (number.to_be_bytes(), number.to_le_bytes());
            let number = if random.below(2) == 0 {
                &big[8 - width..]
            } else {
                &little[..width]
            };
            let fits = width.min(bytes.len() - at);
            bytes[at..at + fits].copy_from_slice(&number[..fits]);
        }
        6 => bytes.truncate(at),
        7 => drop(bytes.drain(at..end)),
        8 => {
            let again = bytes[at..end].to_vec();
            let to = random.place(bytes.len());
            bytes.splice(to..to, again);
        }
        9 => {
            let from = random.place(other.len());
            let piece = &other[from..other.len().min(from + length)];
            bytes.splice(at..end, piece.iter().copied());
        }
        // The beginning of one file, the rest of another.
        _ => {
            bytes.truncate(at);
            bytes.extend(&other[random.below(other.len())..]);
        }
    }
}
