//! Checksums that start from 0 and take the most significant bit first.

pub(super) struct Crc([u32; 256]);

impl Crc {
    /// A polynomial of fewer than 32 bits stands in the upper ones, and so do its sums.
    pub(super) const fn new(polynomial: u32) -> Self {
        let mut table = [0; 256];
        let mut byte = 0;
        while byte < 256 {
            let mut sum = (byte as u32) << 24;
            let mut bit = 0;
            while bit < 8 {
                let carry = sum >> 31;
                sum = (sum << 1) ^ (carry * polynomial);
                bit += 1;
            }
            table[byte] = sum;
            byte += 1;
        }
        Self(table)
    }

    pub(super) fn of(&self, bytes: &[u8]) -> u32 {
        bytes.iter().fold(0, |sum, byte| {
            (sum << 8) ^ self.0[usize::from((sum >> 24) as u8 ^ byte)]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_the_catalogue() {
        // CRC-16/UMTS and CRC-32 of Ogg over the usual nine bytes.
        assert_eq!(Crc::new(0x8005_0000).of(b"123456789"), 0xfee8_0000);
        assert_eq!(Crc::new(0x04c1_1db7).of(b"123456789"), 0x89a1_897f);
    }
}
