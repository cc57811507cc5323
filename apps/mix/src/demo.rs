//! Four generated stems: four bars at 120 beats per minute, so that the program runs without any
//! audio files.

use std::f32::consts::TAU;

use perbus::{Buffer, Format};

use crate::mix_file;
use crate::model::{Mix, Sound};
use crate::Failure;

const SECONDS: f32 = 8.0;
const BEAT: f32 = 0.5;
const BAR: f32 = 2.0;
/// The last note dies away instead of being cut.
const FADE: f32 = 0.25;

/// A minor, F, C, G: one chord per bar, in MIDI note numbers.
const CHORDS: [[u8; 3]; 4] = [[57, 60, 64], [57, 60, 65], [55, 60, 64], [55, 59, 62]];
/// Below each chord, two octaves down.
const ROOTS: [u8; 4] = [33, 29, 36, 31];
/// Start and length in beats, and the note.
const MELODY: [(f32, f32, u8); 9] = [
    (0.0, 1.5, 64),
    (1.5, 0.5, 67),
    (2.0, 2.0, 69),
    (4.0, 1.5, 67),
    (5.5, 2.5, 65),
    (8.0, 1.5, 64),
    (9.5, 0.5, 67),
    (10.0, 2.0, 72),
    (12.0, 4.0, 71),
];
/// Centre in Hz, bandwidth in Hz and gain of the vowel "ah".
const FORMANTS: [(f32, f32, f32); 3] = [
    (730.0, 90.0, 1.0),
    (1090.0, 110.0, 0.5),
    (2440.0, 160.0, 0.2),
];

/// The demo's mix, whose stems are made at `rate` Hz.
pub fn mix(rate: u32) -> Result<Mix, Failure> {
    mix_file::parse(
        include_str!("demo.toml"),
        "the demo",
        Vec::new(),
        |name, _| {
            let made = match name {
                "drums" => render(rate, 2, &drums),
                "bass" => render(rate, 1, &|time, _| bass(time)),
                "chords" => render(rate, 2, &chords),
                "voice" => {
                    let voice = voice(rate as f32);
                    render(rate, 1, &|time, _| {
                        voice[(time * rate as f32).round() as usize % voice.len()]
                    })
                }
                _ => return Err("no such sound".to_owned()),
            };
            made.map(Sound::Decoded).map_err(|error| error.to_string())
        },
    )
}

/// Computes `sample(seconds, channel)` for the whole length.
fn render(rate: u32, channels: u32, sample: &dyn Fn(f32, u32) -> f32) -> perbus::Result<Buffer> {
    let frames = (SECONDS * rate as f32) as u32;
    Buffer::from_fn(
        Format::new(f64::from(rate), channels)?,
        frames,
        |frame, channel| {
            let time = frame as f32 / rate as f32;
            sample(time, channel) * ((SECONDS - time) / FADE).min(1.0)
        },
    )
}

fn drums(time: f32, channel: u32) -> f32 {
    let beat = time % (2.0 * BEAT);
    let kick_time = if time % BAR >= 1.75 {
        time % BAR - 1.75
    } else {
        beat
    };
    // Its pitch falls from 150 Hz to 50 Hz: the phase is the integral of that.
    let phase = 50.0 * kick_time + 100.0 * (1.0 - (-kick_time * 30.0).exp()) / 30.0;
    let kick = (TAU * phase).sin() * (-kick_time * 9.0).exp();

    let snare_time = (time + BEAT) % (2.0 * BEAT);
    let snare = (0.6 * noise(time, 1) + 0.4 * (TAU * 190.0 * snare_time).sin())
        * (-snare_time * 16.0).exp();
    // Before the first snare there is nothing to ring out.
    let snare = if time < BEAT { 0.0 } else { snare };

    let hat_time = time % (BEAT / 2.0);
    let open = if (time / (BEAT / 2.0)) as u32 % 8 == 7 {
        14.0
    } else {
        60.0
    };
    let bright = noise(time, 2 + channel) - noise(time - 2e-5, 2 + channel);
    let hat = bright * (-hat_time * open).exp();
    0.5 * kick + 0.35 * snare + 0.2 * hat
}

fn bass(time: f32) -> f32 {
    let step = BEAT / 2.0;
    let note_time = time % step;
    let number = (time / step) as usize;
    // The octave on every fourth eighth.
    let octave = if number % 4 == 3 { 12 } else { 0 };
    let pitch = hertz(ROOTS[bar(time)] + octave);
    let tone: f32 = (1..=6)
        .map(|n| n as f32)
        .map(|n| (TAU * n * pitch * time).sin() / n * (-note_time * 2.5 * n).exp())
        .sum();
    0.35 * tone * edges(note_time, step)
}

/// Each note twice, the second one a little flat left and a little sharp right: a chorus.
fn chords(time: f32, channel: u32) -> f32 {
    let bar_time = time % BAR;
    let detune = if channel == 0 { 0.997 } else { 1.003 };
    let sum: f32 = CHORDS[bar(time)]
        .iter()
        .flat_map(|note| [hertz(*note), hertz(*note) * detune])
        .map(|pitch| TAU * pitch * bar_time + pitch)
        .map(|phase| phase.sin() + 0.4 * (2.0 * phase).sin() + 0.15 * (3.0 * phase).sin())
        .sum();
    let tremolo = 0.85 + 0.15 * (TAU * 4.0 * time).sin();
    0.16 * sum * tremolo * (-bar_time * 0.5).exp() * edges(bar_time, BAR)
}

/// A sawtooth with vibrato through the resonances of a vowel.
fn voice(rate: f32) -> Vec<f32> {
    let mut filters =
        FORMANTS.map(|(centre, width, gain)| Resonance::new(centre, width, gain, rate));
    let mut phase = 0.0;
    (0..(SECONDS * rate) as u32)
        .map(|frame| {
            let time = frame as f32 / rate;
            let sung = MELODY.iter().find(|(start, length, _)| {
                (*start * BEAT..(start + length) * BEAT).contains(&time)
            });
            let (pitch, level) = sung.map_or((220.0, 0.0), |(start, length, note)| {
                let note_time = time - start * BEAT;
                // A singer's vibrato sets in once the note is established.
                let vibrato = 0.012 * (note_time * 2.0).min(1.0) * (TAU * 5.5 * time).sin();
                (
                    hertz(*note) * (1.0 + vibrato),
                    breath(note_time, length * BEAT),
                )
            });
            phase = (phase + pitch / rate).fract();
            let saw = (2.0 * phase - 1.0) * level;
            filters
                .iter_mut()
                .map(|filter| filter.process(saw))
                .sum::<f32>()
                * 1.2
        })
        .collect()
}

/// A two-pole resonance, in double precision: at high sample rates the poles come close to where
/// the filter would ring forever.
struct Resonance {
    gain: f64,
    feedback: [f64; 2],
    past: [f64; 2],
}

impl Resonance {
    fn new(centre: f32, width: f32, gain: f32, rate: f32) -> Self {
        let turn = TAU * centre / rate;
        let radius = f64::from(-TAU / 2.0 * width / rate).exp();
        let feedback = [2.0 * radius * f64::from(turn).cos(), -radius * radius];
        // At its centre it amplifies by the inverse of this.
        let unity = (1.0 - radius) * 2.0 * f64::from(turn).sin().abs();
        Self {
            gain: f64::from(gain) * unity,
            feedback,
            past: [0.0; 2],
        }
    }

    fn process(&mut self, input: f32) -> f32 {
        let output = self.gain * f64::from(input)
            + self.feedback[0] * self.past[0]
            + self.feedback[1] * self.past[1];
        self.past = [output, self.past[0]];
        output as f32
    }
}

fn bar(time: f32) -> usize {
    (time / BAR) as usize % CHORDS.len()
}

fn hertz(note: u8) -> f32 {
    440.0 * ((f32::from(note) - 69.0) / 12.0).exp2()
}

/// Removes the clicks at a note's start and end.
fn edges(time: f32, length: f32) -> f32 {
    (time / 0.005).min((length - time) / 0.02).clamp(0.0, 1.0)
}

fn breath(time: f32, length: f32) -> f32 {
    (time / 0.06).min((length - time) / 0.09).clamp(0.0, 1.0)
}

/// White noise, -1 to 1: the same at the same time, different for each seed.
fn noise(time: f32, seed: u32) -> f32 {
    let mut bits = time.to_bits() ^ seed.wrapping_mul(0x9e37_79b9);
    for factor in [0x85eb_ca6b_u32, 0xc2b2_ae35] {
        bits = (bits ^ (bits >> 16)).wrapping_mul(factor);
    }
    (bits ^ (bits >> 16)) as f32 / u32::MAX as f32 * 2.0 - 1.0
}
