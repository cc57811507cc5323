//! A desk whose state is compared before and after a call that it refuses.

use std::fmt::Debug;

use perbus::{Engine, Mixer, NodeId, Player, Result, Source};

use crate::common::*;
pub(crate) use crate::refusals::*;

/// What must not change: strips, output volumes, connections and settled sound.
#[derive(Debug, PartialEq)]
struct State {
    strips: Vec<(f32, f32, bool, f32)>,
    volumes: [f32; 2],
    sources: Vec<Option<(NodeId, u32)>>,
    sound: [f32; 2],
}

/// A source and a playing player on the main mixer, and a source on a group that also feeds it.
pub(crate) struct Desk {
    pub(crate) engine: Engine,
    pub(crate) main: Mixer,
    pub(crate) group: Mixer,
    pub(crate) source: Source,
    pub(crate) inner: Source,
    pub(crate) player: Player,
}

impl Desk {
    pub(crate) fn new() -> Result<Self> {
        let engine = running(2);
        let desk = Self {
            main: engine.main_mixer(),
            group: engine.create_mixer()?,
            source: constant(&engine, &[0.5, 0.25]),
            inner: constant(&engine, &[0.125, 0.125]),
            player: engine.create_player()?,
            engine,
        };
        let Self {
            engine,
            main,
            group,
            ..
        } = &desk;
        engine.connect(&desk.source, main, 0, 0)?;
        engine.connect(&desk.player, main, 0, 1)?;
        engine.connect(group, main, 0, 2)?;
        engine.connect(&desk.inner, group, 0, 0)?;
        play_constant(&desk.player, &[0.0625, 0.0625])?;
        for (bus, volume, pan) in [(0, 0.8, -0.5), (1, 0.4, 0.5), (2, 0.6, 0.0)] {
            main.bus(bus)?.set_volume(volume)?;
            main.bus(bus)?.set_pan(pan)?;
        }
        group.set_output_volume(0.75)?;
        Ok(desk)
    }

    fn state(&self) -> State {
        let mixers = [&self.main, &self.group];
        let buses = || {
            mixers
                .iter()
                .flat_map(|mixer| (0..9).map(move |bus| (*mixer, bus)))
        };
        let strip = |(mixer, bus): (&Mixer, u32)| {
            let strip = mixer.bus(bus).unwrap();
            (
                strip.volume(),
                strip.pan(),
                strip.is_muted(),
                strip.effective_volume(),
            )
        };
        assert_audited(&self.engine);
        render(&self.engine, RAMP);
        let last = render(&self.engine, 1);
        State {
            strips: buses().map(strip).collect(),
            volumes: mixers.map(|mixer| mixer.output_volume().unwrap()),
            sources: buses()
                .map(|(mixer, bus)| self.engine.source_of(mixer, bus).unwrap())
                .collect(),
            sound: [last[0][0], last[1][0]],
        }
    }

    #[track_caller]
    pub(crate) fn refuses<T: Debug>(
        &self,
        kind: Kind,
        message: &str,
        call: impl FnOnce() -> Result<T>,
    ) {
        let before = self.state();
        refused(kind, message, call());
        assert_eq!(self.state(), before, "a refused call has changed something");
    }
}

/// Each of the calls fails in the same way and changes nothing.
macro_rules! refuses {
    ($desk:expr, $kind:ident, $message:expr; $($call:expr;)+) => {
        $($desk.refuses(kind!($kind), $message, || $call);)+
    };
}

pub(crate) use refuses;
