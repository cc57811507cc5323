//! AAC's AudioSpecificConfig.

use crate::file::decoders::fault::{Fault, Result};

const RATES: [u32; 13] = [
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
    7_350,
];

const LOW_COMPLEXITY: u32 = 2;

/// What introduces an extension after the rest.
const SYNC_EXTENSION: u32 = 0x2b7;

/// AAC-LC with one or two channels: what is decoded.
#[derive(Debug, PartialEq)]
pub(super) struct Config {
    pub(super) rate: u32,
    pub(super) channels: u32,
}

impl Config {
    /// Refuses by name what is not decoded.
    pub(super) fn read(bytes: &[u8]) -> Result<Self> {
        let mut bits = Bits::new(bytes);
        let object = bits.object_type()?;
        let rate = bits.rate()?;
        let channels = bits.take(4)?;
        check_object_type(object)?;
        if bits.take(1)? == 1 {
            return Err(Fault::unsupported("AAC of 960 frames a packet"));
        }
        if bits.take(1)? == 1 {
            bits.take(14)?;
        }
        bits.take(1)?;
        // An extension that older decoders overlook.
        if bits.take(11).is_ok_and(|sync| sync == SYNC_EXTENSION)
            && bits.object_type().is_ok_and(|object| object == 5)
            && bits.take(1).is_ok_and(|present| present == 1)
        {
            return Err(he_aac());
        }
        check_channels(channels)?;
        Ok(Self { rate, channels })
    }

    /// The same without anything optional.
    pub(super) fn to_bytes(&self) -> [u8; 5] {
        // An index of 15 is followed by the rate itself.
        let (index, explicit) = match RATES.iter().position(|rate| *rate == self.rate) {
            Some(index) => (index as u64, None),
            None => (15, Some(u64::from(self.rate))),
        };
        let start = u64::from(LOW_COMPLEXITY) << 4 | index;
        let (bits, count) = match explicit {
            Some(rate) => ((start << 24 | rate) << 4, 37),
            None => (start << 4, 13),
        };
        let config = (bits | u64::from(self.channels)) << 3;
        let [_, _, _, bytes @ ..] = (config << (40 - count - 3)).to_be_bytes();
        bytes
    }
}

pub(super) fn check_object_type(object: u32) -> Result<()> {
    let name = match object {
        LOW_COMPLEXITY => return Ok(()),
        5 | 29 => return Err(he_aac()),
        1 => "AAC Main",
        3 => "AAC SSR",
        4 => "AAC LTP",
        23 => "AAC-LD",
        39 => "AAC-ELD",
        42 => "xHE-AAC",
        other => return Err(Fault::Unsupported(format!("MPEG-4 audio of type {other}"))),
    };
    Err(Fault::unsupported(name))
}

pub(super) fn check_channels(configuration: u32) -> Result<()> {
    match configuration {
        1 | 2 => Ok(()),
        0 => Err(Fault::unsupported("AAC with channels of its own")),
        more => {
            let channels = if more == 7 { 8 } else { more };
            Err(Fault::Unsupported(format!("AAC with {channels} channels")))
        }
    }
}

pub(super) fn rate_of(index: u32) -> Result<u32> {
    RATES
        .get(index as usize)
        .copied()
        .ok_or_else(|| Fault::damaged("its AAC header has no sample rate"))
}

pub(super) fn he_aac() -> Fault {
    Fault::unsupported("HE-AAC, of which half the band would be missing")
}

struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Bits<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    fn take(&mut self, count: usize) -> Result<u32> {
        let mut value = 0;
        for _ in 0..count {
            let byte = self
                .bytes
                .get(self.at / 8)
                .ok_or_else(|| Fault::damaged("its AAC header is cut short"))?;
            value = value << 1 | u32::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Ok(value)
    }

    fn object_type(&mut self) -> Result<u32> {
        match self.take(5)? {
            31 => Ok(32 + self.take(6)?),
            short => Ok(short),
        }
    }

    fn rate(&mut self) -> Result<u32> {
        match self.take(4)? {
            15 => self.take(24),
            index => rate_of(index),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn low_complexity_is_read_and_written() {
        for (bytes, rate, channels) in [
            ([0x12, 0x10, 0, 0, 0], 44_100, 2),
            ([0x11, 0x88, 0, 0, 0], 48_000, 1),
        ] {
            let config = Config::read(&bytes[..2]).unwrap();
            assert_eq!(config, Config { rate, channels });
            assert_eq!(config.to_bytes(), bytes);
        }
        let odd = Config {
            rate: 12_345,
            channels: 2,
        };
        assert_eq!(Config::read(&odd.to_bytes()).unwrap(), odd);
    }

    #[test]
    fn the_rest_is_refused_by_name() {
        for (bytes, name) in [
            // Explicit SBR, explicit PS, SBR in an extension, six channels, the type 42.
            (&[0x2b, 0x92, 0x08, 0x00][..], "HE-AAC"),
            (&[0xeb, 0x8a, 0x08, 0x00], "HE-AAC"),
            (&[0x13, 0x90, 0x56, 0xe5, 0xa0], "HE-AAC"),
            (&[0x11, 0xb0], "6 channels"),
            (&[0xf9, 0x46, 0x40, 0x00], "xHE-AAC"),
        ] {
            let Err(Fault::Unsupported(reason)) = Config::read(bytes) else {
                panic!("{bytes:x?} is read")
            };
            assert!(reason.contains(name), "{reason}");
        }
        assert!(matches!(Config::read(&[0x12]), Err(Fault::Damaged(_))));
    }
}
