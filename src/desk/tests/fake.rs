//! An engine that keeps what it is told, and can fade or not.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use crate::desk::backend::Backend;
use crate::desk::fade::{Curve, FadeState};
use crate::desk::node::{DeskNode, Kind, NodeState};
use crate::desk::ranges::MAX_VOLUME;
use crate::desk::routing::OUTPUT;
use crate::desk::software_masters::{Fader, SoftwareMasters};
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::sync::lock;

/// A connection's source and its mixer's bus, by their tests' numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FakeConnection {
    pub(super) source: u32,
    pub(super) mixer: u32,
    pub(super) bus: u32,
    pub(super) alone: bool,
}

impl FakeConnection {
    pub(super) fn output(mixer: u32) -> Self {
        Self {
            source: mixer,
            mixer,
            bus: OUTPUT,
            alone: true,
        }
    }
}
/// Stands for a master's mixer; its number is the source's.
const MASTER: u32 = u32::MAX;

/// Where a new connection starts: no strip in the tests stands there.
pub(super) const NEW: (f32, f32) = (0.515, -0.515);

/// One connection's volume and pan, each with the fade that leads away from it.
#[derive(Clone, Copy, Debug)]
struct Values {
    volume: (f32, Option<FadeState>),
    pan: (f32, Option<FadeState>),
}

impl Values {
    const NEW: Self = Self {
        volume: (NEW.0, None),
        pan: (NEW.1, None),
    };

    const NEW_OUTPUT: Self = Self {
        volume: (1.0, None),
        pan: (0.0, None),
    };
}

#[derive(Debug)]
pub(super) struct Fake {
    time: AtomicI64,
    fades: bool,
    has_masters: bool,
    /// Whatever is set is refused.
    pub(super) refuses: AtomicBool,
    connections: Mutex<BTreeMap<FakeConnection, Values>>,
    /// By mixer and bus: they belong to the bus, whatever is connected.
    masters: Mutex<BTreeMap<(u32, u32), Vec<FakeConnection>>>,
    made: AtomicU32,
    batches: AtomicU32,
    /// Changes that could be heard one after another.
    pub(super) moments: AtomicU32,
}

pub(super) const BUSES: u32 = 1000;

impl Fake {
    pub(super) fn new(fades: bool) -> Self {
        Self {
            time: AtomicI64::new(0),
            fades,
            has_masters: true,
            refuses: AtomicBool::new(false),
            connections: Mutex::default(),
            masters: Mutex::default(),
            made: AtomicU32::new(0),
            batches: AtomicU32::new(0),
            moments: AtomicU32::new(0),
        }
    }

    pub(super) fn advance(&self, frames: i64) {
        self.time.fetch_add(frames, Ordering::Relaxed);
    }

    /// Makes a connection, or makes it anew; a mixer's output forgets what it was set to.
    pub(super) fn connect(&self, connection: FakeConnection) {
        let new = match connection.bus {
            OUTPUT => Values::NEW_OUTPUT,
            _ => Values::NEW,
        };
        lock(&self.connections).insert(connection, new);
    }

    /// The volume and the pan that the engine applies now.
    pub(super) fn heard(&self, connection: FakeConnection) -> (f32, f32) {
        let values = lock(&self.connections)[&connection];
        let masters = lock(&self.masters);
        let masters = masters.get(&(connection.mixer, connection.bus));
        let product: f32 = masters
            .into_iter()
            .flatten()
            .map(|it| self.own(*it))
            .product();
        let volume = (self.value(values.volume) * product).min(MAX_VOLUME);
        (volume, self.value(values.pan))
    }

    fn own(&self, connection: FakeConnection) -> f32 {
        self.value(lock(&self.connections)[&connection].volume)
    }

    fn value(&self, (value, fade): (f32, Option<FadeState>)) -> f32 {
        fade.map_or(value, |fade| fade.at(self.now()))
    }

    fn moment(&self) {
        if self.batches.load(Ordering::Relaxed) == 0 {
            self.moments.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn check_masters(&self) -> Result<()> {
        if self.has_masters {
            return Ok(());
        }
        Err(Error::Unsupported("no masters".to_owned()))
    }

    fn may(&self) -> Result<()> {
        if self.refuses.load(Ordering::Relaxed) {
            return Err(Error::Exception("refused".to_owned()));
        }
        Ok(())
    }

    fn set(&self, connection: &FakeConnection, change: impl FnOnce(&mut Values)) -> Result<()> {
        self.moment();
        self.may()?;
        let mut connections = lock(&self.connections);
        let values = connections.get_mut(connection);
        change(values.expect("the desk sets connections that there are"));
        Ok(())
    }

    fn fade(&self, from: f32, to: f32, frames: u64, curve: Curve) -> (f32, Option<FadeState>) {
        let fade = FadeState::new(curve, from, to, self.now(), frames);
        (to, Some(fade))
    }
}

impl Backend for Fake {
    type Connection = FakeConnection;
    type Setting = (FakeConnection, f32, f32);

    const MAX_BUSES: u32 = BUSES;

    fn now(&self) -> i64 {
        self.time.load(Ordering::Relaxed)
    }

    fn set_volume(&self, connection: &FakeConnection, volume: f32) -> Result<()> {
        self.set(connection, |values| values.volume = (volume, None))
    }

    fn set_pan(&self, connection: &FakeConnection, pan: f32) -> Result<()> {
        if connection.mixer == MASTER {
            return Ok(());
        }
        self.set(connection, |values| values.pan = (pan, None))
    }

    fn can_fade(connection: &FakeConnection) -> bool {
        *connection != FakeConnection::output(1)
    }

    fn fade_volume(
        &self,
        connection: &FakeConnection,
        to: f32,
        frames: u64,
        curve: Curve,
    ) -> Result<()> {
        if !self.fades {
            return Err(Error::Unsupported("no fades".to_owned()));
        }
        assert!(
            Self::can_fade(connection),
            "a fade that it was told is none"
        );
        let from = self.own(*connection);
        let fade = self.fade(from, to, frames, curve);
        self.set(connection, |values| values.volume = fade)
    }

    fn fade_pan(&self, connection: &FakeConnection, to: f32, frames: u64) -> Result<()> {
        if !self.fades {
            return Err(Error::Unsupported("no fades".to_owned()));
        }
        let from = self.heard(*connection).1;
        let fade = self.fade(from, to, frames, Curve::Linear);
        self.set(connection, |values| values.pan = fade)
    }

    fn setting(connection: &FakeConnection, volume: f32, pan: f32) -> Option<Self::Setting> {
        (!connection.alone && connection.mixer != MASTER).then_some((*connection, volume, pan))
    }

    fn apply(&self, settings: &[Self::Setting]) -> Result<()> {
        self.batch(|| {
            for (connection, volume, pan) in settings {
                self.set(connection, |values| {
                    (values.volume, values.pan) = ((*volume, None), (*pan, None));
                })?;
            }
            Ok(())
        })
    }

    fn create_master(&self) -> Result<FakeConnection> {
        self.may()?;
        self.check_masters()?;
        let master = FakeConnection {
            source: self.made.fetch_add(1, Ordering::Relaxed),
            mixer: MASTER,
            bus: 0,
            alone: false,
        };
        self.connect(master);
        lock(&self.connections)
            .get_mut(&master)
            .expect("it was made")
            .volume = (1.0, None);
        Ok(master)
    }

    fn set_masters(&self, connection: &FakeConnection, masters: &[FakeConnection]) -> Result<()> {
        self.check_masters()?;
        self.set(connection, |_| {
            lock(&self.masters).insert((connection.mixer, connection.bus), masters.to_vec());
        })
    }

    fn batch<T>(&self, call: impl FnOnce() -> Result<T>) -> Result<T> {
        self.moment();
        self.batches.fetch_add(1, Ordering::Relaxed);
        let result = call();
        self.batches.fetch_sub(1, Ordering::Relaxed);
        result
    }
}

/// The engine of a test, with masters or without.
pub(super) trait FakeBackend: Backend + fmt::Debug {
    fn new(fades: bool) -> Self;

    fn fake(&self) -> &Fake;

    fn connection(connection: FakeConnection) -> Self::Connection;
}

impl FakeBackend for Fake {
    fn new(fades: bool) -> Self {
        Self::new(fades)
    }

    fn fake(&self) -> &Fake {
        self
    }

    fn connection(connection: FakeConnection) -> FakeConnection {
        connection
    }
}

impl FakeBackend for SoftwareMasters<Fake> {
    fn new(fades: bool) -> Self {
        Self::new(Fake {
            has_masters: false,
            ..Fake::new(fades)
        })
    }

    fn fake(&self) -> &Fake {
        self
    }

    fn connection(connection: FakeConnection) -> Fader<FakeConnection> {
        connection.into()
    }
}

#[derive(Debug)]
pub(super) struct FakeNode<B: Backend = Fake> {
    pub(super) number: u32,
    desk: NodeState<B::Connection>,
}

impl<B: Backend> FakeNode<B> {
    pub(super) fn new(number: u32, kind: Kind) -> Arc<Self> {
        Arc::new(Self {
            number,
            desk: NodeState::new(kind),
        })
    }
}

impl<B: Backend> Deref for FakeNode<B> {
    type Target = NodeState<B::Connection>;

    fn deref(&self) -> &NodeState<B::Connection> {
        &self.desk
    }
}

impl<B: FakeBackend> DeskNode for FakeNode<B> {
    type Backend = B;

    fn connection(source: &Arc<Self>, mixer: &Self, bus: u32) -> B::Connection {
        B::connection(FakeConnection {
            source: source.number,
            mixer: mixer.number,
            bus,
            alone: source.kind == Kind::Matrix,
        })
    }

    fn output(mixer: &Self) -> B::Connection {
        B::connection(FakeConnection::output(mixer.number))
    }
}

pub(super) type FakeDesk = Desk<FakeNode>;
