//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Parser;
use perbus_mix::{argument, demo, gain, mix_file, Failure, Mix};

use crate::encode::Bits;

/// Mix audio files, each on a bus of its own, to one file.
///
/// Without files, mix four short stems made on the spot.
#[derive(Parser)]
#[command(name = "mixdown", version)]
pub(crate) struct Args {
    /// A file and its channel strip: vol (0 to 4) or gain (dB, at most 12.04), pan (-1 left
    /// to 1 right), mute. Settings start after the last ':' that KEY or KEY=VALUE follows, unless
    /// there is a file of the whole name.
    #[arg(value_name = "FILE[:KEY=VALUE,...]")]
    pub(crate) files: Vec<OsString>,

    /// A mix in a TOML file: stems, groups, fades, scenes. Files on the command line follow its stems.
    #[arg(long = "mix", value_name = "TOML")]
    pub(crate) mix_file: Option<PathBuf>,

    /// The mix, as long as the longest file: a .wav, .flac or .ogg file, or - for WAV on standard
    /// output.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,

    /// How samples are stored: 16 and 24 are integers, with TPDF dither; 32f is float. By default
    /// 32f in WAV and 24 in FLAC.
    #[arg(long, value_enum)]
    pub(crate) bits: Option<Bits>,

    /// The gain of the sum, in dB, at most 12.04.
    #[arg(long, value_name = "GAIN", allow_hyphen_values = true, value_parser = gain::parse)]
    pub(crate) master: Option<f32>,

    /// Amplify the sum so that it peaks at this level.
    #[arg(long, value_name = "DBFS", num_args = 0..=1, require_equals = true,
          default_missing_value = "-1", allow_hyphen_values = true, value_parser = gain::parse_level)]
    pub(crate) normalize: Option<f32>,

    /// Write each bus after its strip, too: before the master's gain and normalising.
    #[arg(long = "stems", value_name = "DIR")]
    pub(crate) stem_folder: Option<PathBuf>,

    /// Measure loudness (LUFS), its range and true peaks of every bus and the sum: EBU R 128.
    #[arg(long)]
    pub(crate) loudness: bool,

    /// Draw every bus and the sum.
    #[arg(long, value_name = "SVG")]
    pub(crate) plot: Option<PathBuf>,

    /// Sample rate of the mix, 1000 to 768000; files of other rates are resampled.
    #[arg(long, value_name = "HZ", default_value_t = 48_000,
          value_parser = clap::value_parser!(u32).range(1_000..=768_000))]
    pub(crate) rate: u32,

    /// Frames rendered at a time, 1 to 1048576.
    #[arg(long, value_name = "FRAMES", default_value_t = 512,
          value_parser = clap::value_parser!(u32).range(1..=1_048_576))]
    pub(crate) block: u32,
}

impl Args {
    /// What to mix; not decoded yet.
    pub(crate) fn mix(&self) -> Result<Mix, Failure> {
        let stems = self.files.iter().map(|it| argument::parse(it));
        let stems = stems.collect::<Result<Vec<_>, _>>()?;
        let mut mix = match &self.mix_file {
            Some(path) => mix_file::read(path, stems)?,
            None if stems.is_empty() => demo::mix(self.rate)?,
            None => Mix {
                stems,
                ..Mix::new()
            },
        };
        if let (true, Some(path)) = (mix.stems.is_empty(), &self.mix_file) {
            return Err(Failure::of(path.display(), "there are no stems"));
        }
        mix.master = self.master.unwrap_or(mix.master);
        Ok(mix)
    }

    pub(crate) fn to_stdout(&self) -> bool {
        self.output.as_os_str() == "-"
    }
}
