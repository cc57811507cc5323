//! An engine that keeps what it is told, and can fade or not.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use crate::desk::automation::Point;
use crate::desk::backend::{Backend, BusKey};
use crate::desk::fade::{Curve, FadeState};
use crate::desk::faders::Which;
use crate::desk::node::{DeskNode, Kind, NodeState};
use crate::desk::pan_law::PanLaw;
use crate::desk::ranges::MAX_VOLUME;
use crate::desk::routing::OUTPUT;
use crate::desk::software_masters::{Fader, SoftwareMasters};
use crate::desk::tests::fake_values::{Control, Values};
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

#[derive(Debug)]
pub(super) struct Fake {
    time: AtomicI64,
    fades: bool,
    has_masters: bool,
    automates: bool,
    /// Whatever is set is refused.
    pub(super) refuses: AtomicBool,
    connections: Mutex<BTreeMap<FakeConnection, Values>>,
    /// By mixer and bus: they belong to the bus, whatever is connected.
    masters: Mutex<BTreeMap<(u32, u32), Vec<FakeConnection>>>,
    /// For these the engine does not answer yet.
    pub(super) pending: Mutex<BTreeSet<FakeConnection>>,
    made: AtomicU32,
    batches: AtomicU32,
    /// Changes that could be heard one after another.
    pub(super) moments: AtomicU32,
}

pub(super) const BUSES: u32 = 1000;

impl Fake {
    pub(super) fn new(fades: bool, automates: bool) -> Self {
        Self {
            time: AtomicI64::new(0),
            fades,
            has_masters: true,
            automates,
            refuses: AtomicBool::new(false),
            connections: Mutex::default(),
            masters: Mutex::default(),
            pending: Mutex::default(),
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
            OUTPUT => (1.0, 0.0),
            _ => NEW,
        };
        lock(&self.connections).insert(connection, Values::new(new));
    }

    /// The volume and the pan that the engine applies now.
    pub(super) fn heard(&self, connection: FakeConnection) -> (f32, f32) {
        let now = self.now();
        let connections = lock(&self.connections);
        let masters = lock(&self.masters);
        let masters = masters.get(&(connection.mixer, connection.bus));
        let product: f32 = masters
            .into_iter()
            .flatten()
            .map(|it| connections[it].volume.at(now))
            .product();
        let values = &connections[&connection];
        let volume = (values.volume.at(now) * product).min(MAX_VOLUME);
        (volume, values.pan.at(now))
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

    fn check_there(&self, connection: &FakeConnection) -> Result<()> {
        if lock(&self.pending).contains(connection) {
            return Err(Error::Pending("not yet".to_owned()));
        }
        Ok(())
    }

    /// As the engine reports a value: without masters.
    fn read(&self, connection: &FakeConnection, which: Which) -> Result<f32> {
        self.check_there(connection)?;
        let mut connections = lock(&self.connections);
        let Some(values) = connections.get_mut(connection) else {
            return Err(Error::NotConnected("no such connection".to_owned()));
        };
        Ok(values.control(which).at(self.now()))
    }

    /// What the program sets behind the desk's back, or nothing if it does not have the connection.
    pub(super) fn set_behind(&self, connection: FakeConnection, volume: f32, pan: f32) {
        if let Some(values) = lock(&self.connections).get_mut(&connection) {
            *values = Values::new((volume, pan));
        }
    }

    fn set(&self, connection: &FakeConnection, change: impl FnOnce(&mut Values)) -> Result<()> {
        self.moment();
        self.may()?;
        self.check_there(connection)?;
        let mut connections = lock(&self.connections);
        let values = connections.get_mut(connection);
        change(values.expect("the desk sets connections that there are"));
        Ok(())
    }

    /// A fade from now on, from where the value is, or a value. What has started is over with that,
    /// and the rest stays: also what starts in the block that comes next.
    fn start(
        &self,
        connection: &FakeConnection,
        which: Which,
        to: f32,
        fade: Option<(u64, Curve)>,
    ) -> Result<()> {
        let now = self.now();
        self.set(connection, |values| {
            let control = values.control(which);
            control.start_up_to(now - 1);
            let from = control.running_at(now);
            control.value = to;
            control.fade = fade.map(|(frames, curve)| FadeState::new(curve, from, to, now, frames));
        })
    }
}

impl Backend for Fake {
    type Connection = FakeConnection;
    type Setting = (FakeConnection, f32, f32);

    const MAX_BUSES: u32 = BUSES;

    fn bus_of(connection: &FakeConnection) -> Option<BusKey> {
        (connection.mixer != MASTER).then_some((connection.mixer as usize, connection.bus))
    }

    fn now(&self) -> i64 {
        self.time.load(Ordering::Relaxed)
    }

    fn set_volume(&self, connection: &FakeConnection, volume: f32) -> Result<()> {
        self.start(connection, Which::Volume, volume, None)
    }

    fn set_pan(&self, connection: &FakeConnection, pan: f32) -> Result<()> {
        if connection.mixer == MASTER {
            return Ok(());
        }
        self.start(connection, Which::Pan, pan, None)
    }

    fn volume(&self, connection: &FakeConnection) -> Result<f32> {
        self.read(connection, Which::Volume)
    }

    fn pan(&self, connection: &FakeConnection) -> Result<f32> {
        self.read(connection, Which::Pan)
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
        self.start(connection, Which::Volume, to, Some((frames, curve)))
    }

    fn fade_pan(&self, connection: &FakeConnection, to: f32, frames: u64) -> Result<()> {
        if !self.fades {
            return Err(Error::Unsupported("no fades".to_owned()));
        }
        self.start(connection, Which::Pan, to, Some((frames, Curve::Linear)))
    }

    fn automate(
        &self,
        connection: &FakeConnection,
        which: Which,
        from: i64,
        points: &[Point],
    ) -> Result<()> {
        if !self.automates {
            return Err(Error::Unsupported("no automation".to_owned()));
        }
        let now = self.now();
        let starts: Vec<_> = points.iter().map(|it| it.start).collect();
        assert!(starts.is_sorted_by(|a, b| a < b), "{starts:?}");
        assert!(
            starts.iter().all(|start| *start >= from.max(now)),
            "{starts:?} {from} {now}"
        );
        self.set(connection, |values| {
            let control = values.control(which);
            control.start_up_to(now - 1);
            control.points.split_off(&from);
            control
                .points
                .extend(points.iter().map(|it| (it.start, *it)));
        })
    }

    fn setting(connection: &FakeConnection, volume: f32, pan: f32) -> Option<Self::Setting> {
        (!connection.alone && connection.mixer != MASTER).then_some((*connection, volume, pan))
    }

    fn apply(&self, settings: &[Self::Setting]) -> Result<()> {
        self.batch(|| {
            for (connection, volume, pan) in settings {
                self.start(connection, Which::Volume, *volume, None)?;
                self.start(connection, Which::Pan, *pan, None)?;
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
            .volume = Control::new(1.0);
        Ok(master)
    }

    fn set_masters(&self, connection: &FakeConnection, masters: &[FakeConnection]) -> Result<()> {
        self.check_masters()?;
        self.set(connection, |_| {
            lock(&self.masters).insert((connection.mixer, connection.bus), masters.to_vec());
        })
    }

    fn set_pan_law(&self, _: &FakeConnection, law: PanLaw) -> Result<bool> {
        self.may()?;
        match law {
            PanLaw::Balance => Ok(true),
            PanLaw::ConstantPower => Err(Error::Unsupported("no pan laws".to_owned())),
        }
    }

    /// Odd buses are mono.
    fn pans_mono(&self, connection: &FakeConnection) -> Result<bool> {
        Ok(connection.bus % 2 == 1)
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

    fn connection(connection: FakeConnection, law: PanLaw) -> Self::Connection;
}

impl FakeBackend for Fake {
    fn new(fades: bool) -> Self {
        Self::new(fades, fades)
    }

    fn fake(&self) -> &Fake {
        self
    }

    fn connection(connection: FakeConnection, _: PanLaw) -> FakeConnection {
        connection
    }
}

impl FakeBackend for SoftwareMasters<Fake> {
    fn new(fades: bool) -> Self {
        Self::new(Fake {
            has_masters: false,
            ..Fake::new(fades, false)
        })
    }

    fn fake(&self) -> &Fake {
        self
    }

    fn connection(connection: FakeConnection, law: PanLaw) -> Fader<FakeConnection> {
        Fader::new(connection, law)
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
    type Meter = ();

    fn connection(source: &Arc<Self>, mixer: &Self, bus: u32) -> B::Connection {
        let connection = FakeConnection {
            source: source.number,
            mixer: mixer.number,
            bus,
            alone: source.kind == Kind::Matrix,
        };
        B::connection(connection, mixer.pan_law.get())
    }

    fn mirrored(source: &Arc<Self>, mixer: &Self, bus: u32, _own: &Self) -> B::Connection {
        Self::connection(source, mixer, bus)
    }

    fn mirror(source: &Arc<Self>, _mixer: &Self, own: &Self) -> B::Connection {
        Self::connection(source, own, 0)
    }

    fn output(mixer: &Self) -> B::Connection {
        B::connection(FakeConnection::output(mixer.number), PanLaw::Balance)
    }
}
