//! What happens on the demo's desk while it plays: automation, a group, a send, and a scene at the
//! end.

use std::time::Duration;

use perbus::{
    AutomationPoint, Band, Bus, Curve, Engine, EngineScene, FilterType, Group, Mixer, Result,
    SceneParts, SendTap,
};

/// The buses of the group.
const BAND: [u32; 3] = [0, 1, 2];
const DRUMS: u32 = 0;
const VOICE: u32 = 3;
/// Where the voice's send comes back.
pub(crate) const RETURN: u32 = 4;

/// The fade to the last scene: its start and length in seconds.
pub(crate) const FINALE: (f64, f64) = (6.0, 1.5);

pub(crate) struct Show {
    engine: Engine,
    drums: Bus,
    voice: Bus,
    send: Bus,
    returned: Bus,
    band: Group,
    opening: EngineScene,
    finale: EngineScene,
}

impl Show {
    /// On a desk whose strips are set and whose stems are connected.
    pub(crate) fn new(engine: &Engine, mixer: &Mixer) -> Result<Self> {
        let [drums, voice, returned] = [mixer.bus(DRUMS)?, mixer.bus(VOICE)?, mixer.bus(RETURN)?];
        let band = engine.create_group("band")?;
        for bus in BAND {
            band.add(&mixer.bus(bus)?)?;
        }

        // The send's effect leaves the voice's breath, on the side opposite to the voice.
        let (aux, effect) = (engine.create_mixer()?, engine.create_equalizer(1)?);
        let rate = engine.format().sample_rate();
        let breath = Band {
            filter: FilterType::HighPass,
            frequency: (rate / 8.0).min(1_500.0) as f32,
            ..Band::default()
        };
        effect.set_band(0, breath)?;
        engine.connect(&aux, &effect, 0, 0)?;
        returned.connect(&effect)?;
        returned.set_pan(-0.8)?;
        let send = voice.send_to(&aux, SendTap::PostFader)?;
        send.set_volume_db(6.0)?;

        let opening = engine.snapshot().only(SceneParts::FADERS);
        band.set_volume_db(-18.0)?;
        voice.set_volume(voice.volume() * 1.25)?;
        let finale = engine.snapshot().only(SceneParts::FADERS);
        engine.apply(&opening)?;
        Ok(Self {
            engine: engine.clone(),
            drums,
            voice,
            send,
            returned,
            band,
            opening,
            finale,
        })
    }

    /// The bus on which the send comes back.
    pub(crate) fn returned(&self) -> &Bus {
        &self.returned
    }

    /// Puts the faders where they were initially.
    pub(crate) fn rewind(&self) -> Result<()> {
        self.engine.apply(&self.opening)
    }

    /// Schedules what is known in advance; the engine's time is 0.
    pub(crate) fn schedule(&self) -> Result<()> {
        // The drums step back during the second bar; the voice fades out, and rises slowly.
        self.ride(&self.drums, &[(1.75, 0.25, 0.25), (3.75, 1.0, 0.25)])?;
        self.ride(&self.voice, &[(3.5, 0.0, 0.5), (4.5, 1.0, 1.0)])
    }

    /// Automates a fader: start in seconds, share of the present volume, length in seconds.
    fn ride(&self, bus: &Bus, course: &[(f64, f32, f64)]) -> Result<()> {
        let volume = bus.volume();
        let point = |&(start, share, length): &(f64, f32, f64)| {
            let length = Duration::from_secs_f64(length);
            AutomationPoint::fade(
                self.frame(start) as i64,
                volume * share,
                length,
                Curve::Linear,
            )
        };
        bus.automate_volume(&course.iter().map(point).collect::<Vec<_>>())
    }

    /// The frame at which [`finish`](Self::finish) is called.
    pub(crate) fn finale(&self) -> u64 {
        self.frame(FINALE.0)
    }

    /// Fades to the last scene, in which the band's group is low.
    pub(crate) fn finish(&self) -> Result<()> {
        let length = Duration::from_secs_f64(FINALE.1);
        self.engine
            .fade_to_scene(&self.finale, length, Curve::Linear)
    }

    /// The group's fader now.
    pub(crate) fn band_volume(&self) -> f32 {
        self.band.volume()
    }

    /// What a row of the plot shows as its gain now: of the return, what the send has.
    pub(crate) fn gain(&self, bus: &Bus) -> f32 {
        let shown = if *bus == self.returned {
            &self.send
        } else {
            bus
        };
        shown.effective_volume()
    }

    /// A bus's part in the show.
    pub(crate) fn note(bus: u32) -> Option<&'static str> {
        match bus {
            RETURN => Some("post-fader"),
            bus if BAND.contains(&bus) => Some("in band"),
            _ => None,
        }
    }

    fn frame(&self, seconds: f64) -> u64 {
        (seconds * self.engine.format().sample_rate()).round() as u64
    }
}

/// How gains move during the mix: one value after every block.
pub(crate) struct Courses {
    frame: u64,
    /// Frame, and the gain of each bus by its place in the list.
    pub(crate) buses: Vec<(u64, Vec<f32>)>,
    /// Frame, and the group's fader.
    pub(crate) band: Vec<(u64, f32)>,
}

impl Courses {
    pub(crate) fn new() -> Self {
        Self {
            frame: 0,
            buses: Vec::new(),
            band: Vec::new(),
        }
    }

    /// Looks at the desk after a block of so many frames.
    pub(crate) fn add(&mut self, show: &Show, buses: &[Bus], frames: usize) {
        self.frame += frames as u64;
        let gains = buses.iter().map(|bus| show.gain(bus)).collect();
        self.buses.push((self.frame, gains));
        self.band.push((self.frame, show.band_volume()));
    }

    /// The course of one bus.
    pub(crate) fn of(&self, place: usize) -> Vec<(u64, f32)> {
        self.buses
            .iter()
            .map(|(frame, gains)| (*frame, gains[place]))
            .collect()
    }
}
