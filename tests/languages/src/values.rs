//! Values as scripts and answers have them.

/// A sample of a buffer or a source: -0.5 to 0.5, a whole number of 256ths, the same in all languages.
pub(crate) fn sample(frame: i64, channel: u32, seed: u32) -> f32 {
    let place = frame * 73 + i64::from(channel) * 179 + i64::from(seed) * 31;
    (place.rem_euclid(257) - 128) as f32 / 256.0
}

pub(crate) fn bits(value: f32) -> String {
    format!("{:08x}", value.to_bits())
}

/// FNV-1a over the samples' bytes, channel after channel.
pub(crate) fn hash(planar: &[Vec<f32>]) -> u64 {
    let bytes = planar.iter().flatten().flat_map(|it| it.to_le_bytes());
    bytes.fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3)
    })
}

/// A number as all languages read it: through double precision or not, it is the same.
pub(crate) fn text(value: f32) -> String {
    let text = value.to_string().to_lowercase();
    let double: f64 = text.parse().expect("a number that was just written");
    assert!(
        value.is_nan() || (double as f32).to_bits() == value.to_bits(),
        "{text} is another number in double precision"
    );
    text
}
