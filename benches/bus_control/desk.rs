//! An engine with a player on every bus of its main mixer, and what is done to all of it.

use perbus::{Buffer, BusConfig, Engine, Format, Mixer, Player, Result, Scene, Schedule};

pub(crate) struct Desk {
    pub(crate) engine: Engine,
    pub(crate) mixer: Mixer,
    pub(crate) players: Vec<Player>,
}

impl Desk {
    pub(crate) fn new(buses: u32) -> Result<Self> {
        let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
        let mixer = engine.main_mixer();
        let mut players = Vec::new();
        for bus in 0..buses {
            let player = engine.create_player()?;
            engine.connect(&player, &mixer, 0, bus)?;
            players.push(player);
        }
        Ok(Self {
            engine,
            mixer,
            players,
        })
    }

    /// Starts the engine, with a loop of noise on every bus.
    pub(crate) fn play(&self) -> Result<()> {
        self.engine.start()?;
        let looping = Schedule {
            loops: true,
            ..Schedule::default()
        };
        for (seed, player) in (1_u32..).zip(&self.players) {
            let noise = Buffer::from_fn(self.engine.format(), 12_000, |frame, channel| {
                let mixed = (frame * 2 + channel).wrapping_mul(seed * 2_654_435);
                (mixed % 2001) as f32 / 1e5 - 0.01
            })?;
            player.schedule_as(&noise, looping)?;
            player.play()?;
        }
        Ok(())
    }

    pub(crate) fn buses(&self) -> u32 {
        self.players.len() as u32
    }
}

/// A scene of all buses in one call: two that differ everywhere, in turn.
pub(crate) fn apply_scenes(desk: &Desk) -> impl FnMut() + '_ {
    let scene = |volume| {
        let config = |bus| BusConfig {
            volume: Some(volume),
            ..BusConfig::new(bus)
        };
        Scene::new((0..desk.buses()).map(config).collect())
    };
    let scenes = [scene(0.25), scene(0.75)];
    let mut turn = 0;
    move || {
        turn += 1;
        desk.mixer.apply(&scenes[turn % 2]).expect("a good scene");
    }
}

/// A player taken off its bus and put back.
pub(crate) fn rewire(desk: &Desk) -> impl FnMut() + '_ {
    let mut bus = 0;
    move || {
        bus = (bus + 1) % desk.buses();
        let player = &desk.players[bus as usize];
        desk.engine
            .disconnect_input(&desk.mixer, bus)
            .expect("a bus of the mixer");
        desk.engine
            .connect(player, &desk.mixer, 0, bus)
            .expect("a player of the engine");
    }
}
