//! The mixing desk: an offline engine with one player per bus.

use perbus::{Buffer, Bus, Control, Engine, Format, Mixer, Player};

use crate::meter::Meter;
use crate::progress::Progress;
use crate::show::{Courses, Show, RETURN};
use crate::stems::{Sound, Stem};
use crate::Failure;

pub(crate) struct Desk {
    engine: Engine,
    mixer: Mixer,
    /// What the demo's desk does while it plays.
    show: Option<Show>,
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
    /// Its part in the demo's show.
    pub(crate) note: Option<&'static str>,
    pub(crate) meter: Meter,
}

impl Desk {
    /// A stereo desk at `rate` Hz that renders `block` frames at a time.
    pub(crate) fn new(rate: u32, block: u32) -> Result<Self, Failure> {
        let open = || {
            let engine = Engine::offline(Format::new(f64::from(rate), 2)?, block)?;
            let mixer = engine.main_mixer();
            Ok(Self {
                engine,
                mixer,
                show: None,
            })
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
                self.mixer.bus(bus)?.connect(&player)?;
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

    /// Sets up the demo's show, for stems that are connected.
    pub(crate) fn open_show(&mut self) -> Result<(), Failure> {
        let show = Show::new(&self.engine, &self.mixer);
        self.show = Some(show.map_err(|error| Failure::of("the demo", error))?);
        Ok(())
    }

    /// Renders all buses together and hands each block on.
    pub(crate) fn mix(
        &self,
        tracks: &[Track<'_>],
        columns: usize,
        mut each: impl FnMut(&[&[f32]]) -> perbus::Result<()>,
    ) -> perbus::Result<(Meter, Option<Courses>)> {
        let mut meter = Meter::new(length(tracks), columns);
        let progress = Progress::new(meter.frames());
        progress.say("mixing");
        let mut buses: Vec<Bus> = Vec::new();
        for track in tracks {
            buses.push(self.mixer.bus(track.bus)?);
        }
        buses.extend(self.show.iter().map(|show| show.returned().clone()));
        let mut courses = self.show.as_ref().map(|show| (show, Courses::new()));
        self.pass(tracks, meter.frames(), |block| {
            meter.add(block);
            if let Some((show, courses)) = &mut courses {
                courses.add(show, &buses, block[0].len());
            }
            progress.advance(block[0].len() as u64);
            each(block)
        })?;
        Ok((meter, courses.map(|(_, courses)| courses)))
    }

    /// Renders each bus alone: soloed, and the return of its send muted.
    pub(crate) fn measure(
        &self,
        tracks: &[Track<'_>],
        columns: usize,
    ) -> Result<Vec<BusLevel>, Failure> {
        let progress = Progress::new(tracks.len() as u64);
        let mut levels = Vec::new();
        let frames = length(tracks);
        for track in tracks {
            progress.say(&format!("measuring bus {}", track.bus));
            let name = track.stem.name.clone();
            let level = self.solo(track.bus, name, tracks, Meter::new(frames, columns));
            levels.push(level.map_err(|error| Failure::of(&track.stem.argument, error))?);
            progress.advance(1);
        }
        if self.show.is_some() {
            let meter = Meter::new(frames, columns);
            let level = self.solo(RETURN, "breath".to_owned(), tracks, meter);
            levels.push(level.map_err(|error| Failure::of("the demo", error))?);
        }
        Ok(levels)
    }

    fn solo(
        &self,
        number: u32,
        name: String,
        tracks: &[Track<'_>],
        mut meter: Meter,
    ) -> perbus::Result<BusLevel> {
        let bus = self.mixer.bus(number)?;
        if let Some(show) = &self.show {
            show.rewind()?;
            // A solo is heard through its send, too.
            show.returned().set_muted(number != RETURN)?;
        }
        let (volume, control) = self.engine.mixer_volume_for_bus(&self.mixer, number)?;
        let (pan, _) = self.engine.mixer_pan_for_bus(&self.mixer, number)?;
        bus.set_soloed(true)?;
        self.pass(tracks, meter.frames(), |block| {
            meter.add(block);
            Ok(())
        })?;
        bus.set_soloed(false)?;
        Ok(BusLevel {
            bus: number,
            name,
            volume,
            control,
            pan,
            muted: bus.is_muted(),
            note: self.show.as_ref().and_then(|_| Show::note(number)),
            meter,
        })
    }

    /// Plays all stems from their start.
    fn pass(
        &self,
        tracks: &[Track<'_>],
        frames: u64,
        mut each: impl FnMut(&[&[f32]]) -> perbus::Result<()>,
    ) -> perbus::Result<()> {
        self.engine.start()?;
        if let Some(show) = &self.show {
            show.rewind()?;
        }
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
        let Some(show) = &self.show else {
            return self.engine.render_blocks(frames, each);
        };
        show.schedule()?;
        let finale = show.finale().min(frames);
        self.engine.render_blocks(finale, &mut each)?;
        show.finish()?;
        self.engine.render_blocks(frames - finale, each)
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
