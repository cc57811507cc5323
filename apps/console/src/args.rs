//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Parser;
use perbus_mix::{argument, demo, mix_file, Failure, Mix};

/// Mix stems live, in the terminal: faders, pans, groups, sends, scenes.
#[derive(Parser)]
#[command(name = "perbus-console", version)]
pub(crate) struct Args {
    /// A stem and its channel strip: vol (0 to 4) or gain (dB, at most 12.04), pan (-1 left to 1
    /// right), mute.
    #[arg(value_name = "FILE[:KEY=VALUE,...]")]
    files: Vec<OsString>,

    /// A mix in a TOML file, as mixdown reads it. Files on the command line follow its stems.
    #[arg(long = "mix", value_name = "TOML")]
    mix_file: Option<PathBuf>,

    /// Play four short stems that the program makes itself, over and over.
    #[arg(long, conflicts_with_all = ["files", "mix_file"])]
    demo: bool,

    /// The output device, by its id; without it, the default one.
    #[arg(long, value_name = "ID", conflicts_with = "offline")]
    pub(crate) output: Option<String>,

    /// Put a microphone on a bus of its own, which starts muted: the default one, or the one of an id.
    #[arg(long, value_name = "ID", num_args = 0..=1, require_equals = true,
          default_missing_value = "", conflicts_with = "offline")]
    pub(crate) input: Option<String>,

    /// Run without a device, by the computer's clock: nothing is heard, but everything can be
    /// recorded.
    #[arg(long)]
    pub(crate) offline: bool,

    /// Print the devices and exit.
    #[arg(long)]
    pub(crate) list_devices: bool,

    /// The sample rate; without it, the device's, or 48000 with --offline.
    #[arg(long, value_name = "HZ", value_parser = clap::value_parser!(u32).range(1_000..=768_000))]
    pub(crate) rate: Option<u32>,

    /// Frames rendered at once; without it, what suits the latency, or 256 with --offline.
    #[arg(long, value_name = "FRAMES", value_parser = clap::value_parser!(u32).range(16..=4_096))]
    pub(crate) block: Option<u32>,

    /// The latency to ask the device for, in milliseconds; without it, 30.
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u32).range(1..=2_000), conflicts_with = "offline")]
    pub(crate) latency: Option<u32>,

    /// Play from the start.
    #[arg(long)]
    pub(crate) play: bool,

    /// Record the mix from the start, into a WAV file.
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,

    /// Start over at the end. The demo always does.
    #[arg(long = "loop")]
    pub(crate) looped: bool,
}

impl Args {
    /// What to mix; not decoded yet.
    pub(crate) fn mix(&self, rate: u32) -> Result<Mix, Failure> {
        let stems = self.files.iter().map(|it| argument::parse(it));
        let stems = stems.collect::<Result<Vec<_>, _>>()?;
        let mix = match &self.mix_file {
            Some(path) => mix_file::read(path, stems)?,
            None if self.demo => demo::mix(rate)?,
            None => Mix {
                stems,
                ..Mix::new()
            },
        };
        if mix.stems.is_empty() && self.input.is_none() {
            return Err(Failure::of(
                "there is nothing to play",
                "name files, a mix with --mix, --input, or --demo",
            ));
        }
        Ok(mix)
    }

    /// Whether to go on where no device can be opened: the demo is there to be looked at, too.
    pub(crate) fn may_be_unheard(&self) -> bool {
        self.demo && !self.offline && self.output.is_none() && self.input.is_none()
    }

    pub(crate) fn loops(&self) -> bool {
        self.looped || self.demo
    }
}
