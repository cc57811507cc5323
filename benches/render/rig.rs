//! The two sides of a row: perbus's graph, and the floor's buses with the very same samples.

use perbus::{
    AutomationPoint, Buffer, Bus, Engine, Format, Group, Mixer, Player, Result, Schedule, SendTap,
};
use perbus_floors::render::{self, Floor};

pub(crate) const RATE: f64 = 48_000.0;
/// Each bus's loop: 0.25 s.
pub(crate) const LOOP: u32 = 12_000;
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Work {
    Steady,
    /// Every bus's volume is set before each block.
    Moving,
    Metered,
    Mono,
    /// Through 8 sub-mixers.
    Tree,
    Silent,
    /// Post-fader sends of all buses, in 4 groups, each in the one before it.
    Console,
    /// The graph of `Console` without groups, and with ordinary sends: all gains are folded by hand.
    Folded,
    /// So many points of automation wait on every bus.
    Waiting(i64),
}

pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) work: Work,
    pub(crate) buses: u32,
    pub(crate) block: usize,
}

/// Nested groups of a console, the fader of each, and the level of a send.
const GROUPS: u32 = 4;
const GROUP: f32 = 0.9;
const SEND: f32 = 0.5;

/// What the groups make of a bus.
fn nested(bus: u32) -> f32 {
    GROUP.powi((bus % GROUPS) as i32 + 1)
}

pub(crate) fn volume(bus: u32) -> f32 {
    0.2 + 0.1 * (bus % 7) as f32
}

pub(crate) fn pan(bus: u32) -> f32 {
    (bus * 37 % 21) as f32 / 12.0 - 10.0 / 12.0
}

/// Where a moving bus's volume goes in this block.
pub(crate) fn moved(bus: u32, block: u32) -> f32 {
    volume(bus) * if block.is_multiple_of(2) { 1.0 } else { 0.75 }
}

pub(crate) fn gains(volume: f32, pan: f32) -> [f32; 2] {
    [volume * (1.0 - pan.max(0.0)), volume * (1.0 + pan.min(0.0))]
}

pub(crate) fn noise(format: Format, seed: u32) -> Result<Buffer> {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    Buffer::from_fn(format, LOOP, |_, _| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as f32 / u32::MAX as f32 - 0.5
    })
}

/// perbus's side of a row.
pub(crate) struct Rig {
    engine: Engine,
    buses: Vec<Bus>,
    _players: Vec<Player>,
}

impl Rig {
    pub(crate) fn new(case: &Case, sounds: &[Buffer]) -> Result<Self> {
        let engine = Engine::offline(Format::new(RATE, 2)?, case.block as u32)?;
        let main = engine.main_mixer();
        let groups: Vec<Mixer> = if case.work == Work::Tree {
            (0..8)
                .map(|group| {
                    let mixer = engine.create_mixer()?;
                    engine.connect(&mixer, &main, 0, group)?;
                    Ok(mixer)
                })
                .collect::<Result<_>>()?
        } else {
            vec![main]
        };
        let mut rig = Self {
            engine,
            buses: Vec::new(),
            _players: Vec::new(),
        };
        for (number, sound) in (0..).zip(sounds) {
            let mixer = &groups[number as usize % groups.len()];
            let bus = mixer.bus(number / groups.len() as u32)?;
            let player = rig.engine.create_player()?;
            rig.engine
                .connect_with_format(&player, mixer, 0, bus.number(), sound.format())?;
            let silent = case.work == Work::Silent;
            bus.set_volume(if silent { 0.0 } else { volume(number) })?;
            bus.set_pan(pan(number))?;
            if case.work == Work::Metered {
                bus.meter()?;
            }
            if let Work::Waiting(points) = case.work {
                // Hours away.
                let points: Vec<AutomationPoint> = (0..points)
                    .map(|at| AutomationPoint::set((1 << 40) + at, volume(number)))
                    .collect();
                bus.automate_volume(&points)?;
            }
            let looping = Schedule {
                loops: true,
                ..Schedule::default()
            };
            player.schedule_as(sound, looping)?;
            rig._players.push(player);
            rig.buses.push(bus);
        }
        if matches!(case.work, Work::Console | Work::Folded) {
            rig.send_all(case.work)?;
        }
        rig.engine.start()?;
        for player in &rig._players {
            player.play()?;
        }
        Ok(rig)
    }

    /// Sends every bus to an aux mixer, after faders in nested groups or at the same gains.
    fn send_all(&self, work: Work) -> Result<()> {
        let aux = self.engine.create_mixer()?;
        self.engine.main_mixer().connect_next(&aux)?;
        if work == Work::Folded {
            for (number, bus) in (0..).zip(&self.buses) {
                let heard = volume(number) * nested(number);
                bus.set_volume(heard)?;
                let send = bus.send_to(&aux, SendTap::PreFader)?;
                send.set_volume(heard * SEND)?;
                send.set_pan(pan(number))?;
            }
            return Ok(());
        }
        let mut groups: Vec<Group> = Vec::new();
        for number in 0..GROUPS {
            let group = self.engine.create_group(&format!("group {number}"))?;
            group.set_volume(GROUP)?;
            if let Some(outer) = groups.last() {
                outer.add_group(&group)?;
            }
            groups.push(group);
        }
        for (number, bus) in (0..).zip(&self.buses) {
            groups[(number % GROUPS) as usize].add(bus)?;
            let send = bus.send_to(&aux, SendTap::PostFader)?;
            send.set_volume(SEND)?;
            send.set_pan(pan(number))?;
        }
        Ok(())
    }

    pub(crate) fn set_volumes(&self, block: u32) {
        for (number, bus) in (0..).zip(&self.buses) {
            bus.set_volume(moved(number, block)).expect("in range");
        }
    }

    pub(crate) fn render(&self, [left, right]: &mut [Vec<f32>; 2]) {
        self.engine.render(&mut [left, right]).expect("it renders");
    }
}

/// The floor's buses: the very samples that perbus plays.
pub(crate) fn floor_buses<'a>(case: &Case, sounds: &'a [Buffer]) -> Vec<render::Bus<'a>> {
    (0..)
        .zip(sounds)
        .map(|(number, sound)| render::Bus {
            channels: [
                sound.channel(0),
                sound.channel(sound.format().channels() - 1),
            ],
            gains: gains(
                match case.work {
                    Work::Moving => moved(number, 1),
                    // With the send, which has the same pan.
                    Work::Console | Work::Folded => volume(number) * nested(number) * (1.0 + SEND),
                    _ => volume(number),
                },
                pan(number),
            ),
        })
        .collect()
}

pub(crate) fn render_floor(
    floor: &mut Floor<'_>,
    ramped: bool,
    block: u32,
    out: &mut [Vec<f32>; 2],
) {
    let [left, right] = out;
    if ramped {
        let target = |bus| gains(moved(bus as u32, block), pan(bus as u32));
        floor.render_ramped(target, [left, right]);
    } else {
        floor.render([left, right]);
    }
}

pub(crate) fn silence(case: &Case) -> [Vec<f32>; 2] {
    [vec![0.0; case.block], vec![0.0; case.block]]
}
