//! A desk with constant sounds, and everything that moves its gains.

use std::time::Duration;

use perbus::{Bus, BusConfig, Curve, Engine, Fade, Levels, Mixer, Player, Source};
use proptest::prelude::*;

use super::model::{Gain, Path, Set};
use crate::common::{constant, constant_buffer, format, render_in, RATE};

/// The strips: four buses of the main mixer, fed by a source, a player, a mixer and a matrix; and
/// that mixer's own bus, fed by a source.
const STRIPS: usize = 5;
const MAIN: std::ops::Range<usize> = 0..4;
const PLAYER: usize = 1;
const SUB: usize = 4;
/// The main mixer's bus that the other mixer feeds.
const FROM_SUB: usize = 2;
/// After the strips come the output volumes of the main mixer and of the other one.
const GAINS: usize = STRIPS + 2;
/// The path of each sound.
const WAYS: [&[usize]; 4] = [&[0, 5], &[1, 5], &[3, 5], &[SUB, 6, 2, 5]];
/// The paths of the sources that are reconnected.
const FIRST_WAY: usize = 0;
const SUB_WAY: usize = 3;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Volume(usize, u8),
    Pan(usize, i8),
    Fade(usize, u8, u32, Curve),
    FadePan(usize, i8, u32),
    Cancel(usize),
    Mute(usize, bool),
    Solo(usize, bool),
    Configure(usize, u8, i8, bool),
    Scene,
    Output(bool, u8),
    Reconnect(bool),
    Play(bool),
    Queue(u32),
    Stop,
    Restart,
    Reset,
    Render(u32),
}

pub(crate) fn step() -> impl Strategy<Value = Step> {
    use Step::*;
    let strip = || 0..STRIPS;
    let level = || 0..=4u8;
    let pan = || -2..=2i8;
    let frames = || prop_oneof![0..40u32, 100..600u32, 600..3000u32];
    let curve = prop_oneof![
        Just(Curve::Linear),
        Just(Curve::EqualPower),
        Just(Curve::Exponential)
    ];
    prop_oneof![
        4 => (strip(), level()).prop_map(|(strip, to)| Volume(strip, to)),
        4 => (strip(), pan()).prop_map(|(strip, to)| Pan(strip, to)),
        4 => (strip(), level(), frames(), curve).prop_map(|(strip, to, frames, curve)| Fade(strip, to, frames, curve)),
        3 => (strip(), pan(), frames()).prop_map(|(strip, to, frames)| FadePan(strip, to, frames)),
        2 => strip().prop_map(Cancel),
        3 => (strip(), any::<bool>()).prop_map(|(strip, on)| Mute(strip, on)),
        2 => (strip(), any::<bool>()).prop_map(|(strip, on)| Solo(strip, on)),
        2 => (strip(), level(), pan(), any::<bool>()).prop_map(|(strip, to, pan, muted)| Configure(strip, to, pan, muted)),
        1 => Just(Scene),
        2 => (any::<bool>(), level()).prop_map(|(main, to)| Output(main, to)),
        1 => any::<bool>().prop_map(Reconnect),
        2 => any::<bool>().prop_map(Play),
        3 => (1..700u32).prop_map(Queue),
        1 => Just(Stop),
        1 => Just(Restart),
        1 => Just(Reset),
        14 => prop_oneof![1..64u32, 64..600u32].prop_map(Render),
    ]
}

fn level(quarters: u8) -> f32 {
    f32::from(quarters) / 4.0
}

fn side(halves: i8) -> f32 {
    f32::from(halves) / 2.0
}

/// What the player has yet to play.
#[derive(Default)]
struct Queue {
    playing: bool,
    frames: u32,
    /// The last frame of the last block sounded, and the sound was to continue.
    sounded: bool,
    goes_on: bool,
}

pub(crate) struct Desk {
    engine: Engine,
    mixers: [Mixer; 2],
    strips: Vec<Bus>,
    sources: [Source; 3],
    player: Player,
    fades: Vec<Option<(Fade, Path)>>,
    soloed: [bool; STRIPS],
    muted: [bool; STRIPS],
    sets: Vec<Set>,
    gains: Vec<Gain>,
    queue: Queue,
    /// A path's sound starts afresh with the next block.
    breaks: [bool; 4],
    started: bool,
    channels: usize,
    block: usize,
    now: i64,
    pub(crate) heard: Vec<Vec<f32>>,
}

impl Desk {
    pub(crate) fn new(channels: u32, block: usize) -> Self {
        let engine = Engine::offline(format(channels), 512).unwrap();
        engine.start().unwrap();
        let main = engine.main_mixer();
        let sub = engine.create_mixer().unwrap();
        let ones = vec![1.0; channels as usize];
        let sources = [0; 3].map(|_| constant(&engine, &ones));
        let player = engine.create_player().unwrap();
        engine.connect(&sources[0], &main, 0, 0).unwrap();
        engine.connect(&player, &main, 0, 1).unwrap();
        engine.connect(&sub, &main, 0, 2).unwrap();
        engine.connect(&sources[1], &sub, 0, 0).unwrap();
        let matrix = engine.create_matrix(1, 1).unwrap();
        engine.connect(&matrix, &main, 0, 3).unwrap();
        engine.connect(&sources[2], &matrix, 0, 0).unwrap();
        let levels = Levels::identity(channels, channels);
        matrix.set_levels(&levels).unwrap();
        let strips = [(&main, 0), (&main, 1), (&main, 2), (&main, 3), (&sub, 0)];
        Self {
            strips: strips.map(|(mixer, bus)| mixer.bus(bus).unwrap()).into(),
            mixers: [main, sub],
            sources,
            player,
            engine,
            fades: vec![None; 2 * STRIPS],
            soloed: Default::default(),
            muted: Default::default(),
            sets: vec![Set::default(); GAINS],
            gains: vec![Gain::new(channels as usize, Set::default()); GAINS],
            queue: Queue::default(),
            breaks: [true; 4],
            started: true,
            channels: channels as usize,
            block,
            now: 0,
            heard: vec![Vec::new(); channels as usize],
        }
    }

    fn silence(&mut self) {
        let any = self.soloed.contains(&true);
        for strip in 0..STRIPS {
            // The sub-mixer's strip is heard with the bus that it leads to, and the other way round.
            let together = if [SUB, FROM_SUB].contains(&strip) {
                self.soloed[SUB] || self.soloed[FROM_SUB]
            } else {
                self.soloed[strip]
            };
            let hushed = any && !together;
            self.sets[strip].silenced = self.muted[strip] || hushed;
        }
    }

    pub(crate) fn apply(&mut self, step: Step) {
        let now = self.now;
        match step {
            Step::Volume(strip, to) => {
                self.strips[strip].set_volume(level(to)).unwrap();
                self.sets[strip].volume = Path::still(level(to));
            }
            Step::Pan(strip, to) => {
                self.strips[strip].set_pan(side(to)).unwrap();
                self.sets[strip].pan = Path::still(side(to));
            }
            Step::Fade(strip, to, frames, curve) => {
                let length = Duration::from_secs_f64(f64::from(frames) / RATE);
                let fade = self.strips[strip].fade_to(level(to), length, curve);
                let from = self.sets[strip].volume.at(now) as f32;
                let path = Path::fade(from, level(to), now, frames, curve);
                self.sets[strip].volume = path;
                self.fades[strip] = Some((fade.unwrap(), path));
            }
            Step::FadePan(strip, to, frames) => {
                let length = Duration::from_secs_f64(f64::from(frames) / RATE);
                let fade = self.strips[strip].fade_pan_to(side(to), length);
                let from = self.sets[strip].pan.at(now) as f32;
                let path = Path::fade(from, side(to), now, frames, Curve::Linear);
                self.sets[strip].pan = path;
                self.fades[STRIPS + strip] = Some((fade.unwrap(), path));
            }
            Step::Cancel(strip) => {
                for which in [strip, STRIPS + strip] {
                    let set = &mut self.sets[strip];
                    let path = if which == strip {
                        &mut set.volume
                    } else {
                        &mut set.pan
                    };
                    if let Some((fade, ordered)) = &self.fades[which] {
                        fade.cancel().unwrap();
                        if ordered == path && !path.is_over(now) {
                            *path = Path::still(path.at(now) as f32);
                        }
                    }
                }
            }
            Step::Mute(strip, on) => {
                self.strips[strip].set_muted(on).unwrap();
                self.muted[strip] = on;
            }
            Step::Solo(strip, on) => {
                self.strips[strip].set_soloed(on).unwrap();
                self.soloed[strip] = on;
            }
            Step::Configure(strip, to, pan, muted) => self.configure(strip, to, pan, muted),
            Step::Scene => {
                for (mixer, strips) in self.mixers.iter().zip([MAIN, SUB..STRIPS]) {
                    mixer.apply(&mixer.snapshot()).unwrap();
                    for set in &mut self.sets[strips] {
                        set.volume = Path::still(set.volume.at(now) as f32);
                        set.pan = Path::still(set.pan.at(now) as f32);
                    }
                }
            }
            Step::Output(main, to) => {
                let mixer = &self.mixers[usize::from(!main)];
                mixer.set_output_volume(level(to)).unwrap();
                self.sets[STRIPS + usize::from(!main)].volume = Path::still(level(to));
            }
            Step::Reconnect(sub) => {
                let mixer = &self.mixers[usize::from(sub)];
                let source = &self.sources[usize::from(sub)];
                self.engine.disconnect_input(mixer, 0).unwrap();
                self.engine.connect(source, mixer, 0, 0).unwrap();
                self.breaks[if sub { SUB_WAY } else { FIRST_WAY }] = true;
            }
            Step::Play(on) => {
                if on {
                    self.player.play().unwrap();
                } else {
                    self.player.pause().unwrap();
                }
                self.queue.playing = on;
            }
            Step::Queue(frames) => {
                let ones = vec![1.0; self.channels];
                let buffer = constant_buffer(&ones, frames);
                self.player.schedule(&buffer).unwrap();
                self.queue.frames += frames;
            }
            Step::Stop => {
                self.player.stop().unwrap();
                self.queue = Queue {
                    sounded: self.queue.sounded,
                    ..Queue::default()
                };
            }
            Step::Restart => {
                self.engine.pause().unwrap();
                self.engine.start().unwrap();
                self.started = true;
            }
            Step::Reset => self.engine.reset().unwrap(),
            Step::Render(frames) => self.render(frames as usize),
        }
        self.silence();
    }

    fn configure(&mut self, strip: usize, to: u8, pan: i8, muted: bool) {
        let bus = &self.strips[strip];
        let config = BusConfig {
            volume: Some(level(to)),
            pan: Some(side(pan)),
            muted: Some(muted),
            ..BusConfig::new(bus.number())
        };
        bus.mixer().configure(&[config]).unwrap();
        self.muted[strip] = muted;
        self.sets[strip].volume = Path::still(level(to));
        self.sets[strip].pan = Path::still(side(pan));
    }

    pub(crate) fn render(&mut self, frames: usize) {
        if frames == 0 {
            return;
        }
        let heard = render_in(&self.engine, frames, self.block);
        let sounding = self.queue.playing && self.queue.frames > 0;
        let player_joined = self.queue.goes_on && sounding;
        for gain in 0..GAINS {
            // A new connection's gain starts where it is to be.
            let fresh = gain == 0 && self.breaks[FIRST_WAY] || gain == SUB && self.breaks[SUB_WAY];
            let set = self.sets[gain].sent();
            if fresh {
                self.gains[gain] = Gain::new(self.channels, set);
            } else {
                let joined = gain != PLAYER || player_joined;
                self.gains[gain].begin(&set, self.now, joined && !self.started);
            }
        }
        let playing = |frame: usize| sounding && (frame as u32) < self.queue.frames;
        for (channel, samples) in heard.iter().enumerate() {
            let mut before = self.heard[channel].last().copied();
            for (frame, sample) in samples.iter().enumerate() {
                let anew = frame == 0 && (self.started || self.breaks.contains(&true));
                let turned = if frame == 0 {
                    sounding && !player_joined || self.queue.sounded != sounding
                } else {
                    playing(frame) != playing(frame - 1)
                };
                let sounds = [true, playing(frame), true, true];
                let now = self.now + frame as i64 + 1;
                self.check(
                    channel,
                    now,
                    *sample,
                    before.filter(|_| !anew && !turned),
                    sounds,
                );
                before = Some(*sample);
            }
            self.heard[channel].extend(samples);
        }
        self.queue.sounded = playing(frames - 1);
        if self.queue.playing {
            self.queue.frames -= self.queue.frames.min(frames as u32);
        }
        self.queue.goes_on = self.queue.playing && self.queue.frames > 0;
        (self.breaks, self.started) = ([false; 4], false);
        self.now += frames as i64;
    }

    fn check(&self, channel: usize, now: i64, sample: f32, before: Option<f32>, sounds: [bool; 4]) {
        let mut limit = 1e-6;
        let mut expected = Some(0.0);
        for (way, _) in WAYS.iter().zip(sounds).filter(|(_, sounds)| *sounds) {
            let gains = || way.iter().map(|gain| &self.gains[*gain]);
            limit += gains().map(|gain| gain.step(channel, now)).sum::<f64>();
            let product: Option<f64> = gains().map(|gain| gain.at(channel, now)).product();
            expected = expected.zip(product).map(|(sum, product)| sum + product);
        }
        let sample = f64::from(sample);
        if let Some(before) = before {
            let step = (sample - f64::from(before)).abs();
            assert!(
                step <= limit,
                "channel {channel}, frame {now}: a step of {step}, over {limit}: {before} to {sample}"
            );
        }
        if let Some(expected) = expected {
            assert!(
                (sample - expected).abs() <= 2e-5,
                "channel {channel}, frame {now}: heard {sample}, not {expected}"
            );
        }
    }
}
