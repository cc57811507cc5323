//! The graph is edited while other threads move the strips of mixers that come and go: no call ever
//! uses a connection that has ended. Afterwards getters, engine and map agree.

#[path = "../common/mod.rs"]
mod common;

use std::thread;
use std::time::{Duration, Instant};

use common::*;
use perbus::{
    Band, BusConfig, Curve, Engine, Equalizer, Error, Fallback, Levels, Matrix, Mixer, Result,
    Source,
};

const BUSES: u32 = 5;
const LASTS: Duration = Duration::from_millis(700);

struct Desk {
    engine: Engine,
    mixers: Vec<Mixer>,
    sources: Vec<Source>,
    equalizers: Vec<Equalizer>,
    matrix: Matrix,
}

struct Numbers(u32);

impl Numbers {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        (self.0 >> 8) % limit
    }

    fn level(&mut self) -> f32 {
        self.below(101) as f32 / 100.0
    }

    fn of<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        &things[self.below(things.len() as u32) as usize]
    }
}

impl Desk {
    fn new() -> Result<Self> {
        let engine = running(2);
        // On an engine without meters they come and go with the connections.
        engine.set_meter_taps(true)?;
        let mut mixers = vec![engine.main_mixer()];
        for _ in 0..3 {
            mixers.push(engine.create_mixer()?);
        }
        let sources: Vec<Source> = (0..6).map(|_| constant(&engine, &[0.01, 0.01])).collect();
        let equalizers = vec![engine.create_equalizer(1)?, engine.create_equalizer(1)?];
        for equalizer in &equalizers {
            equalizer.set_band(0, Band::default())?;
        }
        let matrix = engine.create_matrix(1, 1)?;
        engine.connect(&sources[0], &matrix, 0, 0)?;
        matrix.set_levels(&Levels::identity(2, 2))?;
        Ok(Self {
            engine,
            mixers,
            sources,
            equalizers,
            matrix,
        })
    }

    /// One change of the graph, whichever comes; many are refused.
    fn edit(&self, numbers: &mut Numbers) -> Result<()> {
        let engine = &self.engine;
        let (source, mixer) = (numbers.of(&self.sources), numbers.of(&self.mixers));
        let (equalizer, group) = (numbers.of(&self.equalizers), numbers.of(&self.mixers[1..]));
        let bus = numbers.below(BUSES);
        match numbers.below(16) {
            0..=3 => engine.connect(source, mixer, 0, bus),
            4 => engine.connect(source, equalizer, 0, 0),
            5 => engine.connect(equalizer, mixer, 0, bus),
            6 => engine.connect(&self.equalizers[0], &self.equalizers[1], 0, 0),
            7 => engine.connect(group, mixer, 0, bus),
            8 => engine.connect(&self.matrix, mixer, 0, bus),
            9 => engine.disconnect_input(mixer, bus),
            10 => engine.disconnect_output(source, 0),
            11 => engine.add_destination(source, mixer, 0, bus),
            12 => engine.remove_destination(source, mixer, 0, bus),
            13 => {
                engine.detach(group)?;
                engine.attach(group)
            }
            14 => {
                engine.detach(equalizer)?;
                engine.attach(equalizer)
            }
            _ => {
                engine.detach(source)?;
                engine.attach(source)?;
                engine.stop()?;
                engine.start()
            }
        }
    }

    /// One of the calls that concern a single mixer.
    fn control(&self, numbers: &mut Numbers) -> Result<()> {
        let engine = &self.engine;
        let (source, mixer) = (numbers.of(&self.sources), numbers.of(&self.mixers));
        // Now and then one that was not used before.
        let number = match numbers.below(500) {
            0 => numbers.below(100),
            _ => numbers.below(BUSES),
        };
        let bus = mixer.bus(number)?;
        let (level, pan) = (numbers.level(), numbers.level() - 0.5);
        let on = numbers.below(2) == 0;
        let call = numbers.below(16);
        let called = match call {
            0..=2 => bus.set_volume(level),
            3 => bus.set_pan(pan),
            4 => bus.set_muted(on),
            5 => bus.set_soloed(on),
            6 => bus
                .fade_to(level, Duration::from_millis(1), Curve::Linear)
                .map(drop),
            7 => bus.fade_pan_to(pan, Duration::from_millis(1)).map(drop),
            8 => engine
                .set_mixer_volume_for_bus(mixer, level, number)
                .map(drop),
            9 => engine.set_mixer_pan_for_bus(mixer, pan, number).map(drop),
            10 => engine.set_connection_volume(source, mixer, number, level),
            11 => engine
                .connection_volume(source, mixer, number)
                .map(|volume| assert!((0.0..=1.0).contains(&volume))),
            12 => bus.meter().map(drop),
            13 if on => mixer.configure(&[
                BusConfig {
                    volume: Some(level),
                    muted: Some(on),
                    ..BusConfig::new(number)
                },
                BusConfig {
                    pan: Some(pan),
                    ..BusConfig::new(number + 1)
                },
            ]),
            14 if on => mixer.apply(&mixer.snapshot()),
            _ if numbers.below(64) > 0 => {
                let read = (bus.volume(), bus.pan(), bus.effective_volume());
                assert!((0.0..=1.0).contains(&read.0) && (-1.0..=1.0).contains(&read.1));
                Ok(())
            }
            _ => {
                let _ = (bus.is_connected(), engine.to_dot(), mixer.to_string());
                engine.audit().map(|found| assert_eq!(found, []))?;
                mixer.next_bus().map(drop)
            }
        };
        // A strip knows what feeds it at any moment.
        let asks_for_a_source = (10..=12).contains(&call);
        match called {
            Err(Error::NotConnected(_)) if !asks_for_a_source => panic!("call {call}: {called:?}"),
            called => called,
        }
    }

    /// The number of connections whose values are those of their strips.
    fn agreeing(&self) -> Result<usize> {
        let mut found = 0;
        for mixer in &self.mixers {
            for number in 0..BUSES {
                let bus = mixer.bus(number)?;
                let mut agrees = |volume: Result<f32>, pan: Result<f32>| {
                    if let (Ok(volume), Ok(pan)) = (volume, pan) {
                        let strip = (bus.effective_volume(), bus.pan());
                        assert_eq!((volume, pan), strip, "{} of {mixer}", bus.number());
                        found += 1;
                    }
                };
                let engine = &self.engine;
                for source in &self.sources {
                    agrees(
                        engine.connection_volume(source, mixer, number),
                        engine.connection_pan(source, mixer, number),
                    );
                }
                for group in &self.mixers {
                    agrees(
                        engine.connection_volume(group, mixer, number),
                        engine.connection_pan(group, mixer, number),
                    );
                }
                agrees(
                    engine.connection_volume(&self.matrix, mixer, number),
                    engine.connection_pan(&self.matrix, mixer, number),
                );
            }
        }
        Ok(found)
    }
}

/// Refusals that are expected while others change the graph.
fn allow(refused: Result<()>) {
    match refused {
        Ok(())
        | Err(
            Error::NotConnected(_)
            | Error::NotAttached(_)
            | Error::NotMixing(_)
            | Error::Pending(_)
            | Error::NoPanControl(_)
            | Error::NotRunning(_)
            | Error::OutOfRange(_)
            | Error::Exception(_)
            | Error::Cycle(_),
        ) => (),
        Err(error) => panic!("{error:?}"),
    }
}

/// Calls again and again until the time is over.
fn go_on(seed: u32, end: Instant, call: impl Fn(&mut Numbers) -> Result<()>) {
    let mut numbers = Numbers(seed);
    while Instant::now() < end {
        allow(call(&mut numbers));
    }
}

#[test]
fn strips_move_while_their_mixers_and_sources_come_and_go() -> Result<()> {
    let desk = Desk::new()?;
    desk.engine.set_fallback(Fallback::Hold);
    let end = Instant::now() + LASTS;
    thread::scope(|scope| {
        for seed in [0x9E37_79B9, 0x85EB_CA6B] {
            let desk = &desk;
            scope.spawn(move || go_on(seed, end, |numbers| desk.edit(numbers)));
        }
        for seed in [0xC2B2_AE35, 0x27D4_EB2F, 0x1656_67B1] {
            let desk = &desk;
            scope.spawn(move || go_on(seed, end, |numbers| desk.control(numbers)));
        }
        let engine = &desk.engine;
        scope.spawn(move || {
            go_on(1, end, |numbers| {
                let mut planar = vec![vec![0.0; 1 + numbers.below(64) as usize]; 2];
                let mut slices: Vec<&mut [f32]> =
                    planar.iter_mut().map(|side| &mut **side).collect();
                engine.render(&mut slices)?;
                let in_range = |sample: &f32| (0.0..=1.0).contains(sample);
                assert!(planar.iter().flatten().all(in_range), "{planar:?}");
                Ok(())
            })
        });
    });
    // Whatever was left connected: three sources and the matrix are, certainly.
    let engine = &desk.engine;
    for (bus, source) in (0..).zip(&desk.sources[..3]) {
        engine.connect(source, &desk.mixers[1], 0, bus)?;
    }
    engine.connect(&desk.matrix, &desk.mixers[1], 0, 3)?;
    render(engine, 1000); // all fades arrive
    assert_audited(engine);
    assert!(desk.agreeing()? >= 4);
    Ok(())
}
