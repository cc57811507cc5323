//! The mixing desk: an offline engine with one player per bus.

use perbus::{Buffer, Control, Engine, Format, Mixer, Player};

use crate::meter::Meter;
use crate::progress::Progress;
use crate::stems::{Sound, Stem};
use crate::Failure;

pub(crate) struct Desk {
    engine: Engine,
    mixer: Mixer,
}

/// A stem on its bus.
pub(crate) struct Track<'a> {
    stem: &'a Stem,
    bus: u32,
    player: Player,
    sound: &'a Buffer,
}

/// What a bus contributes to the mix.
pub(crate) struct BusLevel {
    pub(crate) bus: u32,
    pub(crate) name: String,
    pub(crate) volume: f32,
    /// Which control the bus has: its own only if its source is tracked.
    pub(crate) control: Control,
    pub(crate) pan: f32,
    pub(crate) muted: bool,
    pub(crate) meter: Meter,
}

impl Desk {
    /// A stereo desk at `rate` Hz that renders `block` frames at a time.
    pub(crate) fn new(rate: u32, block: u32) -> Result<Self, Failure> {
        let open = || {
            let engine = Engine::offline(Format::new(f64::from(rate), 2)?, block)?;
            let mixer = engine.main_mixer();
            Ok(Self { engine, mixer })
        };
        open().map_err(|error: perbus::Error| Failure::of("--rate and --block", error))
    }

    /// Strips belong to the bus, so they are set, and their ranges checked, before a source is
    /// connected.
    pub(crate) fn set_strip(&self, bus: u32, stem: &Stem) -> Result<(), Failure> {
        let set = || {
            let bus = self.mixer.bus(bus)?;
            bus.set_volume(stem.strip.volume)?;
            bus.set_pan(stem.strip.pan)?;
            bus.set_muted(stem.strip.muted)
        };
        set().map_err(|error| Failure::of(&stem.argument, error))
    }

    /// Gives each decoded stem a player, on the bus of its place in the list.
    pub(crate) fn connect<'a>(&self, stems: &'a [Stem]) -> Result<Vec<Track<'a>>, Failure> {
        let mut tracks = Vec::new();
        for (bus, stem) in (0..).zip(stems) {
            let Sound::Decoded(sound) = &stem.sound else {
                continue;
            };
            let failure = |error: perbus::Error| Failure::of(&stem.argument, error);
            let connect = || {
                let player = self.engine.create_player_for(sound)?;
                self.engine.connect(&player, &self.mixer, 0, bus)?;
                Ok(Track {
                    stem,
                    bus,
                    player,
                    sound,
                })
            };
            tracks.push(connect().map_err(failure)?);
        }
        Ok(tracks)
    }

    /// Renders all buses together and hands each block on.
    pub(crate) fn mix(
        &self,
        tracks: &[Track<'_>],
        columns: usize,
        mut each: impl FnMut(&[&[f32]]) -> perbus::Result<()>,
    ) -> perbus::Result<Meter> {
        let mut meter = Meter::new(length(tracks), columns);
        let progress = Progress::new(meter.frames());
        progress.say("mixing");
        self.pass(tracks, meter.frames(), |block| {
            meter.add(block);
            progress.advance(block[0].len() as u64);
            each(block)
        })?;
        Ok(meter)
    }

    /// Renders each bus with all others muted.
    pub(crate) fn measure(
        &self,
        tracks: &[Track<'_>],
        columns: usize,
    ) -> Result<Vec<BusLevel>, Failure> {
        let progress = Progress::new(tracks.len() as u64);
        let mut levels = Vec::new();
        for track in tracks {
            progress.say(&format!("measuring bus {}", track.bus));
            let level = self.solo(track, tracks, columns);
            levels.push(level.map_err(|error| Failure::of(&track.stem.argument, error))?);
            progress.advance(1);
        }
        Ok(levels)
    }

    fn solo(
        &self,
        track: &Track<'_>,
        tracks: &[Track<'_>],
        columns: usize,
    ) -> perbus::Result<BusLevel> {
        for other in tracks {
            let muted = other.stem.strip.muted || other.bus != track.bus;
            self.mixer.bus(other.bus)?.set_muted(muted)?;
        }
        let mut meter = Meter::new(length(tracks), columns);
        self.pass(tracks, meter.frames(), |block| {
            meter.add(block);
            Ok(())
        })?;
        let (volume, control) = self.engine.mixer_volume_for_bus(&self.mixer, track.bus)?;
        let (pan, _) = self.engine.mixer_pan_for_bus(&self.mixer, track.bus)?;
        Ok(BusLevel {
            bus: track.bus,
            name: track.stem.name.clone(),
            volume,
            control,
            pan,
            muted: track.stem.strip.muted,
            meter,
        })
    }

    /// Plays all stems from their start.
    fn pass(
        &self,
        tracks: &[Track<'_>],
        frames: u64,
        each: impl FnMut(&[&[f32]]) -> perbus::Result<()>,
    ) -> perbus::Result<()> {
        self.engine.start()?;
        for track in tracks {
            track.player.stop()?;
        }
        // Render the ramps of strips that were moved before the music starts.
        let settled = self.engine.format().sample_rate() / 20.0;
        self.engine.render_blocks(settled as u64, |_| Ok(()))?;
        self.engine.reset()?;
        for track in tracks {
            track.player.schedule(track.sound)?;
            track.player.play()?;
        }
        self.engine.render_blocks(frames, each)
    }
}

/// The longest stem's length, in frames.
fn length(tracks: &[Track<'_>]) -> u64 {
    tracks
        .iter()
        .map(|track| u64::from(track.sound.frames()))
        .max()
        .unwrap_or(0)
}
