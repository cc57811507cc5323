//! Whether a change lands in silence depends on frames, not on blocks, whatever is between a player
//! and the bus.

use std::time::Duration;

use perbus::{
    Band, Buffer, Bus, Curve, Engine, Equalizer, FilterType, Format, Mixer, Player, Result,
};
use proptest::prelude::*;

use crate::common::{render_in, running};

/// What a player's sound goes through.
#[derive(Clone, Copy, Debug)]
enum Chain {
    Converter,
    Equalizer,
    /// A mixer, its output volume, and a bus of it.
    Mixer,
    /// The same at half the rate, so that a converter follows.
    HalfMixer,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Queue(u32),
    Play(bool),
    Stop,
    Volume(u8),
    Pan(i8),
    Inner(u8),
    InnerFade(u8, u32),
    Output(u8),
    Gain(i8),
    Render(u32),
}

fn step() -> impl Strategy<Value = Step> {
    use Step::*;
    prop_oneof![
        6 => (1..300u32).prop_map(Queue),
        3 => prop::bool::weighted(0.8).prop_map(Play),
        1 => Just(Stop),
        3 => (0..=4u8).prop_map(Volume),
        2 => (-2..=2i8).prop_map(Pan),
        2 => (0..=4u8).prop_map(Inner),
        2 => (0..=4u8, 1..600u32).prop_map(|(to, frames)| InnerFade(to, frames)),
        2 => (0..=4u8).prop_map(Output),
        1 => (-20..=0i8).prop_map(Gain),
        12 => prop_oneof![1..64u32, 64..900u32].prop_map(Render),
    ]
}

struct World {
    engine: Engine,
    player: Player,
    format: Format,
    bus: Bus,
    group: Option<Mixer>,
    equalizer: Option<Equalizer>,
    heard: Vec<Vec<f32>>,
}

impl World {
    fn new(chain: Chain) -> Result<Self> {
        let engine = running(2);
        let main = engine.main_mixer();
        let player = engine.create_player()?;
        let half = Format::new(24_000.0, 2)?;
        let (mut group, mut equalizer, mut format) = (None, None, engine.format());
        match chain {
            Chain::Converter => {
                format = half;
                engine.connect_with_format(&player, &main, 0, 0, format)?;
            }
            Chain::Equalizer => {
                let made = engine.create_equalizer(1)?;
                let band = Band {
                    filter: FilterType::Parametric,
                    gain: 6.0,
                    ..Band::default()
                };
                made.set_band(0, band)?;
                engine.connect(&made, &main, 0, 0)?;
                engine.connect(&player, &made, 0, 0)?;
                equalizer = Some(made);
            }
            Chain::Mixer | Chain::HalfMixer => {
                if matches!(chain, Chain::HalfMixer) {
                    format = half;
                }
                let made = engine.create_mixer()?;
                engine.connect_with_format(&made, &main, 0, 0, format)?;
                engine.connect_with_format(&player, &made, 0, 0, format)?;
                group = Some(made);
            }
        }
        Ok(Self {
            bus: main.bus(0)?,
            engine,
            player,
            format,
            group,
            equalizer,
            heard: vec![Vec::new(); 2],
        })
    }

    fn apply(&mut self, step: Step, block: usize) -> Result<()> {
        let level = |quarters| f32::from(quarters) / 4.0;
        let inner = self.group.as_ref().map(|group| group.bus(0)).transpose()?;
        match step {
            Step::Queue(frames) => {
                let buffer = Buffer::from_fn(self.format, frames, |_, _| 0.5)?;
                self.player.schedule(&buffer)?;
            }
            Step::Play(true) => self.player.play()?,
            Step::Play(false) => self.player.pause()?,
            Step::Stop => self.player.stop()?,
            Step::Volume(to) => self.bus.set_volume(level(to))?,
            Step::Pan(to) => self.bus.set_pan(f32::from(to) / 2.0)?,
            Step::Inner(to) => inner.map_or(Ok(()), |bus| bus.set_volume(level(to)))?,
            Step::InnerFade(to, frames) => {
                let length = Duration::from_secs_f64(f64::from(frames) / 48_000.0);
                if let Some(bus) = inner {
                    bus.fade_to(level(to), length, Curve::Linear)?;
                }
            }
            Step::Output(to) => {
                let group = self.group.as_ref();
                group.map_or(Ok(()), |group| group.set_output_volume(level(to)))?;
            }
            Step::Gain(to) => {
                let equalizer = self.equalizer.as_ref();
                equalizer.map_or(Ok(()), |it| it.set_global_gain(f32::from(to)))?;
            }
            Step::Render(frames) => {
                let heard = render_in(&self.engine, frames as usize, block);
                for (all, more) in self.heard.iter_mut().zip(heard) {
                    all.extend(more);
                }
            }
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(crate::common::model_config())]

    #[test]
    fn silence_does_not_depend_on_the_blocks(
        chain in prop_oneof![
            Just(Chain::Converter),
            Just(Chain::Equalizer),
            Just(Chain::Mixer),
            Just(Chain::HalfMixer),
        ],
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut first: Option<Vec<Vec<f32>>> = None;
        for block in [512, 64, 480, 13] {
            let mut world = World::new(chain).unwrap();
            for step in &steps {
                world.apply(*step, block).unwrap();
            }
            world.apply(Step::Render(700), block).unwrap();
            let first = first.get_or_insert_with(|| world.heard.clone());
            for (one, other) in first.iter().zip(&world.heard) {
                for (frame, (one, other)) in one.iter().zip(other).enumerate() {
                    prop_assert!(
                        (one - other).abs() <= 2e-6,
                        "{chain:?}, frame {frame}: {one} in blocks of 512, {other} of {block}"
                    );
                }
            }
        }
    }
}
