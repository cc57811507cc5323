//! Frames, by times in other units.

/// What the frames of a track's packets are counted with.
pub(super) struct Clock {
    pub(super) timescale: u32,
    pub(super) rate: u32,
    /// 0 where packets differ.
    pub(super) frames_per_packet: u64,
}

impl Clock {
    /// A packet's frames, by its duration in the track's own time.
    pub(super) fn frames(&self, duration: u32) -> u64 {
        if self.frames_per_packet == 0 {
            rescale(u64::from(duration), self.rate, self.timescale)
        } else if self.timescale == self.rate {
            u64::from(duration).min(self.frames_per_packet)
        } else {
            // Rounded times would add up to another length.
            self.frames_per_packet
        }
    }
}

/// Times `rate / scale`, rounded.
pub(super) fn rescale(time: u64, rate: u32, scale: u32) -> u64 {
    let (rate, scale) = (u128::from(rate), u128::from(scale));
    let frames = (u128::from(time) * rate + scale / 2) / scale;
    u64::try_from(frames).unwrap_or(u64::MAX)
}
