//! Every shape of input into every shape of mixer, with faders moving at odd frames, against sums
//! in double precision.

use perbus::{Bus, Engine, Error, Format, Result};

use crate::common::layouts::{fader, gains, shapes};
use crate::common::*;

/// Frames of a ramp: a change is over with its last one.
const MOVE: usize = 480;

struct Random(u32);

impl Random {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 % limit
    }

    fn share(&mut self) -> f32 {
        self.below(1001) as f32 / 1000.0
    }
}

/// A bus with a looping sound, and the fader as it should be: one ramp per channel.
struct Strip {
    bus: Bus,
    _player: perbus::Player,
    sound: Vec<Vec<f32>>,
    output: Format,
    routes: Vec<Vec<f64>>,
    length: usize,
    from: Vec<f64>,
    to: Vec<f64>,
    done: usize,
}

impl Strip {
    fn gain(&self, channel: usize, ahead: usize) -> f64 {
        let share = (self.done + ahead).min(MOVE) as f64 / MOVE as f64;
        self.from[channel] + (self.to[channel] - self.from[channel]) * share
    }

    fn move_to(&mut self, volume: f32, pan: f32) -> Result<()> {
        self.bus.set_volume(volume)?;
        self.bus.set_pan(pan)?;
        let channels = self.to.len();
        self.from = (0..channels).map(|c| self.gain(c, 0)).collect();
        self.to = (0..channels)
            .map(|c| fader(volume, pan, self.output, c))
            .collect();
        self.done = 0;
        Ok(())
    }

    fn sample(&self, channel: usize, frame: usize) -> f64 {
        let at = frame % self.length;
        let part = |(sound, row): (&Vec<f32>, &Vec<f64>)| f64::from(sound[at]) * row[channel];
        self.sound.iter().zip(&self.routes).map(part).sum()
    }
}

#[test]
fn every_shape_sums_as_in_double_precision() -> Result<()> {
    for (seed, output) in (1..).zip(shapes()) {
        let mut random = Random(seed * 7919);
        let engine = Engine::offline(output, 512)?;
        engine.set_meter_taps(true)?;
        engine.start()?;
        let mixer = engine.main_mixer();
        let mut strips = Vec::new();
        for (number, input) in (0..).zip(shapes()) {
            let length = 100 + random.below(900);
            let sound: Vec<Vec<f32>> = (0..input.channels())
                .map(|_| (0..length).map(|_| random.share() - 0.5).collect())
                .collect();
            let buffer = perbus::Buffer::from_fn(input, length, |frame, channel| {
                sound[channel as usize][frame as usize]
            })?;
            let player = engine.create_player()?;
            let connected = engine.connect_with_format(&player, &mixer, 0, number, input);
            let Some(routes) = gains(input, output) else {
                assert!(matches!(connected, Err(Error::Format(_))), "{connected:?}");
                assert_eq!(engine.source_of(&mixer, number)?, None);
                continue;
            };
            connected?;
            player.schedule_as(&buffer, looping())?;
            player.play()?;
            let bus = mixer.bus(number)?;
            if number % 3 == 0 {
                bus.meter()?;
            }
            let channels = output.channels() as usize;
            strips.push(Strip {
                bus,
                _player: player,
                sound,
                output,
                routes,
                length: length as usize,
                from: vec![1.0; channels],
                to: vec![1.0; channels],
                done: MOVE,
            });
        }
        let mut frame = 0;
        for round in 0..60 {
            for strip in strips.iter_mut().filter(|_| round > 0) {
                if random.below(4) == 0 {
                    strip.move_to(random.share(), 2.0 * random.share() - 1.0)?;
                }
            }
            let frames = 1 + random.below(if round % 2 == 0 { 512 } else { 20 }) as usize;
            for (c, heard) in render(&engine, frames).iter().enumerate() {
                for (i, &sample) in heard.iter().enumerate() {
                    let part = |s: &Strip| s.gain(c, i + 1) * s.sample(c, frame + i);
                    let sum: f64 = strips.iter().map(part).sum();
                    assert!(
                        (f64::from(sample) - sum).abs() <= 5e-6,
                        "{output:?}, channel {c}, frame {}: {sample}, not {sum}",
                        frame + i
                    );
                }
            }
            frame += frames;
            strips.iter_mut().for_each(|strip| strip.done += frames);
        }
    }
    Ok(())
}
