//! Faders that move, and what is heard of the sources behind them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;
use std::time::Duration;

use perbus::{Bus, BusConfig, Control, Curve, Engine, FadeEnd, Mixer, Result, Scene};

use super::edits::{level_of, Graph, Numbers, BUSES, GROUPS};

/// What one strip was last set to.
#[derive(Clone, Copy)]
struct Strip {
    volume: f32,
    pan: f32,
    muted: bool,
}

impl Strip {
    fn gains(self) -> [f32; 2] {
        let volume = if self.muted { 0.0 } else { self.volume };
        [
            volume * (1.0 - self.pan.max(0.0)),
            volume * (1.0 + self.pan.min(0.0)),
        ]
    }
}

/// What the changes of gains move.
pub(crate) struct Faders {
    engine: Engine,
    main: Mixer,
    groups: Vec<Mixer>,
    /// Those of the groups, then those of the main mixer.
    buses: Vec<Bus>,
    strips: Vec<Strip>,
    /// Of each group, as it was at the last rest.
    scenes: Vec<(Scene, Vec<Strip>)>,
    pub(crate) fades: u64,
    pub(crate) ended: Arc<AtomicU64>,
    pub(crate) changes: u64,
}

impl Faders {
    pub(crate) fn new(graph: &Graph) -> Result<Self> {
        let mut buses = Vec::new();
        for group in &graph.groups {
            for bus in 0..BUSES {
                buses.push(group.bus(bus)?);
            }
        }
        for bus in 0..GROUPS {
            buses.push(graph.main.bus(bus)?);
        }
        let unity = Strip {
            volume: 1.0,
            pan: 0.0,
            muted: false,
        };
        Ok(Self {
            engine: graph.engine.clone(),
            main: graph.main.clone(),
            groups: graph.groups.clone(),
            strips: vec![unity; buses.len()],
            scenes: Vec::new(),
            buses,
            fades: 0,
            ended: Arc::default(),
            changes: 0,
        })
    }

    /// While nothing fades.
    pub(crate) fn keep_scenes(&mut self) {
        let strips = self.strips.chunks(BUSES as usize);
        let scenes = self.groups.iter().zip(strips);
        self.scenes = scenes
            .map(|(group, strips)| (group.snapshot(), strips.to_vec()))
            .collect();
    }

    pub(crate) fn change(&mut self, numbers: &mut Numbers) -> Result<()> {
        let index = numbers.index(self.buses.len());
        let (bus, strip) = (&self.buses[index], &mut self.strips[index]);
        let (volume, pan) = (numbers.level(), 2.0 * numbers.level() - 1.0);
        self.changes += 1;
        match numbers.below(64) {
            0..=29 => {
                strip.volume = volume;
                bus.set_volume(volume)
            }
            30..=44 => {
                strip.pan = pan;
                bus.set_pan(pan)
            }
            45..=49 => {
                strip.muted = !strip.muted;
                bus.set_muted(strip.muted)
            }
            50..=56 => {
                strip.volume = volume;
                let mixer = self
                    .groups
                    .get(index / BUSES as usize)
                    .unwrap_or(&self.main);
                let control = self
                    .engine
                    .set_mixer_volume_for_bus(mixer, volume, bus.number())?;
                assert_ne!(control, Control::Mixer);
                Ok(())
            }
            57..=58 => {
                (strip.volume, strip.pan) = (volume, pan);
                self.changes += 1;
                self.engine.batch(|| {
                    bus.set_volume(volume)?;
                    bus.set_pan(pan)
                })
            }
            59..=60 => {
                (strip.volume, strip.pan) = (volume, pan);
                self.changes += 1;
                bus.mixer().configure(&[BusConfig {
                    volume: Some(volume),
                    pan: Some(pan),
                    ..BusConfig::new(bus.number())
                }])
            }
            61 => {
                let group = numbers.index(self.groups.len());
                let first = group * BUSES as usize;
                let (scene, strips) = &self.scenes[group];
                self.strips[first..first + strips.len()].copy_from_slice(strips);
                self.changes += 3 * u64::from(BUSES) - 1;
                self.groups[group].apply(scene)
            }
            _ => {
                strip.volume = volume;
                let ended = Arc::clone(&self.ended);
                let over = Duration::from_micros(numbers.below(8_000));
                let curves = [Curve::Linear, Curve::EqualPower, Curve::Exponential];
                let curve = curves[numbers.index(3)];
                self.fades += 1;
                bus.fade_to_with(volume, over, curve, move |end| {
                    assert_ne!(end, FadeEnd::Stopped);
                    ended.fetch_add(1, Ordering::Relaxed);
                })
                .map(drop)
            }
        }
    }

    /// What is heard of the sources at their places.
    pub(crate) fn sum(&self, places: &[Option<(usize, u32)>]) -> [f32; 2] {
        let mut sum = [0.0f64; 2];
        for (source, place) in places.iter().enumerate() {
            let Some((group, bus)) = *place else { continue };
            let own = self.strips[group * BUSES as usize + bus as usize].gains();
            let outer = self.strips[self.groups.len() * BUSES as usize + group].gains();
            for side in 0..2 {
                sum[side] += f64::from(level_of(source) * own[side] * outer[side]);
            }
        }
        sum.map(|it| it as f32)
    }
}
