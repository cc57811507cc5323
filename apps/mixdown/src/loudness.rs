//! Loudness as EBU R 128 measures it.

use ebur128::{EbuR128, Mode};

/// What the table shows.
#[derive(Clone, Copy)]
pub(crate) struct Loudness {
    /// Integrated loudness in LUFS.
    pub(crate) integrated: f64,
    /// Loudness range in LU.
    pub(crate) range: f64,
    /// The highest true peak of both sides, in dBTP.
    pub(crate) true_peak: f64,
}

/// Measures a stereo stream.
pub(crate) struct LoudnessMeter(EbuR128);

impl LoudnessMeter {
    pub(crate) fn new(rate: u32) -> Result<Self, ebur128::Error> {
        EbuR128::new(2, rate, Mode::I | Mode::LRA | Mode::TRUE_PEAK).map(Self)
    }

    pub(crate) fn add(&mut self, block: &[&[f32]]) -> Result<(), ebur128::Error> {
        self.0.add_frames_planar_f32(block)
    }

    pub(crate) fn read(&self) -> Result<Loudness, ebur128::Error> {
        let true_peak = self.0.true_peak(0)?.max(self.0.true_peak(1)?);
        Ok(Loudness {
            integrated: self.0.loudness_global()?,
            range: self.0.loudness_range()?,
            true_peak: 20.0 * true_peak.log10(),
        })
    }
}
