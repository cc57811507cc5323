//! What the desk asks of the engine that carries out its decisions.

use std::fmt;

use crate::desk::automation::Point;
use crate::desk::fade::Curve;
use crate::desk::faders::Which;
use crate::desk::pan_law::PanLaw;
use crate::error::Result;

/// A mixer, by what its engine knows it by, and one of its buses.
pub(crate) type BusKey = (usize, u32);

/// An engine as the desk sees it: a clock, connections with a volume and a pan each, and masters. The
/// output of a mixer counts as a connection whose pan has no effect, and so does a master.
///
/// A *master* is a volume without a sound of its own. What is heard through a mixer's bus has the
/// bus's own volume times those of the bus's masters, at most [`MAX_VOLUME`](crate::MAX_VOLUME);
/// then the pan.
///
/// While one of these calls runs, the desk has the connection's strip locked and keeps edits of the
/// graph away, so that the connection stays.
///
/// A call may fail with [`Error::Pending`](crate::Error::Pending): the engine does not take values for
/// the connection yet. See [`deferral`](crate::desk::deferral).
pub(crate) trait Backend {
    /// A connection from a source to a mixer's input bus, or a mixer's output; or a master, which
    /// lives as long as any of its clones.
    type Connection: Clone + fmt::Debug;

    /// A connection with the values that [`apply`](Self::apply) gives it.
    type Setting;

    /// A mixer's input buses have numbers below this.
    const MAX_BUSES: u32;

    /// The bus that a connection belongs to; `None` for a mixer's output or a master.
    fn bus_of(connection: &Self::Connection) -> Option<BusKey>;

    /// The time in frames that fades are counted in. It never runs backwards.
    fn now(&self) -> i64;

    fn set_volume(&self, connection: &Self::Connection, volume: f32) -> Result<()>;

    fn set_pan(&self, connection: &Self::Connection, pan: f32) -> Result<()>;

    /// The volume that the desk has set last; or else what something other than the desk has set since,
    /// or the engine itself. [`Error::NotConnected`](crate::Error::NotConnected) while the engine does
    /// not have the connection yet.
    fn volume(&self, connection: &Self::Connection) -> Result<f32>;

    /// The pan, likewise; 0 for what has none.
    fn pan(&self, connection: &Self::Connection) -> Result<f32>;

    /// Whether the engine may have fades of its own for the connection.
    fn can_fade(_connection: &Self::Connection) -> bool {
        true
    }

    /// Fades the volume from where it is, from the next block on.
    /// [`Error::Unsupported`](crate::Error::Unsupported) on an engine that cannot fade.
    fn fade_volume(
        &self,
        connection: &Self::Connection,
        to: f32,
        frames: u64,
        curve: Curve,
    ) -> Result<()>;

    /// Fades the pan linearly, likewise.
    fn fade_pan(&self, connection: &Self::Connection, to: f32, frames: u64) -> Result<()>;

    /// Schedules what the volume or the pan is to do: these points, in order, take the place of all
    /// that start at `from` or later. What runs is not affected, and what is set or fades from now
    /// on leaves later points alone. [`Error::Unsupported`](crate::Error::Unsupported) on an engine
    /// without automation.
    fn automate(
        &self,
        connection: &Self::Connection,
        which: Which,
        from: i64,
        points: &[Point],
    ) -> Result<()>;

    /// An entry for [`apply`](Self::apply); `None` for a connection that has to be set alone.
    fn setting(connection: &Self::Connection, volume: f32, pan: f32) -> Option<Self::Setting>;

    /// Sets many connections at once: all, or none when any is refused.
    fn apply(&self, settings: &[Self::Setting]) -> Result<()>;

    /// Makes a master, whose volume is 1.
    fn create_master(&self) -> Result<Self::Connection>;

    /// From now on these are the masters of a connection's bus, and no others. They stay with the
    /// bus when its connection ends.
    fn set_masters(
        &self,
        connection: &Self::Connection,
        masters: &[Self::Connection],
    ) -> Result<()>;

    /// Sets the pan law of the mixer whose output this is; false where the desk has to send its buses'
    /// values anew instead, to connections that know the law.
    fn set_pan_law(&self, output: &Self::Connection, law: PanLaw) -> Result<bool>;

    /// Whether a pan moves one channel between two sides.
    #[cfg(any(test, target_vendor = "apple"))]
    fn pans_mono(&self, connection: &Self::Connection) -> Result<bool>;

    /// Runs `call`, whose changes are all heard from the same frame on.
    fn batch<T>(&self, call: impl FnOnce() -> Result<T>) -> Result<T>;
}
