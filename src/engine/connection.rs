//! A native engine's connections: where the values of strips go.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::Arc;

use crate::desk::backend::Backend;
use crate::desk::fade::Curve;
use crate::desk::pan_law::PanLaw;
use crate::desk::ranges::MAX_VOLUME;
use crate::engine::handle::{MasterHandle, NodeHandle, NodePtr, RawEngine};
use crate::error::Result;
use crate::ffi::{self, native};

/// Input bus numbers of a mixer run from 0 to `MAX_BUSES - 1`.
pub const MAX_BUSES: u32 = ffi::PERBUS_MAX_BUSES;

// The desk has no ffi to take it from.
const _: () = assert!(MAX_VOLUME == ffi::PERBUS_MAX_VOLUME as f32);

/// What a strip's values go to, for as long as the strip is held.
#[derive(Clone, Debug)]
pub(crate) enum Connection {
    /// A source's own volume and pan for one bus of a mixer.
    Faders {
        source: NodePtr,
        mixer: NodePtr,
        bus: u32,
        /// The source lives as long.
        _lives: Arc<NodeHandle>,
    },
    /// The mixer's own parameters for the bus, because what feeds it has no faders.
    Parameters {
        source: NodePtr,
        mixer: NodePtr,
        bus: u32,
        _lives: Arc<NodeHandle>,
    },
    /// A bus's, and the same to its [mirror](crate::desk::mirrors).
    Mirrored(Box<[Connection; 2]>),
    /// The volume of a mixer's sum.
    Output(NodePtr),
    /// A volume that buses have in common.
    Master(Arc<MasterHandle>),
}

// A strip has it in one cache line with its lock and its faders.
const _: () = assert!(size_of::<Connection>() <= 32);

impl Connection {
    /// Without the bus's mirror.
    pub(crate) fn own(&self) -> &Self {
        match self {
            Self::Mirrored(both) => &both[0],
            other => other,
        }
    }

    /// The engine's own, as of connections on platforms on which something is in between.
    #[cfg(not(target_vendor = "apple"))]
    pub(crate) fn native(&self) -> Option<&Self> {
        Some(self)
    }

    /// What feeds the bus, if it is a bus's.
    pub(crate) fn source(&self) -> Option<NodePtr> {
        match self {
            Self::Faders { source, .. } | Self::Parameters { source, .. } => Some(*source),
            Self::Mirrored(both) => both[0].source(),
            Self::Output(_) | Self::Master(_) => None,
        }
    }

    /// Whether it is set without the engine's lock.
    pub(crate) fn is_lock_free(&self) -> bool {
        matches!(self, Self::Faders { .. })
    }
}

impl Curve {
    pub(crate) fn to_ffi(self) -> ffi::perbus_curve {
        match self {
            Self::Linear => ffi::perbus_curve_PERBUS_CURVE_LINEAR,
            Self::EqualPower => ffi::perbus_curve_PERBUS_CURVE_EQUAL_POWER,
            Self::Exponential => ffi::perbus_curve_PERBUS_CURVE_EXPONENTIAL,
        }
    }
}

impl PanLaw {
    pub(crate) fn to_ffi(self) -> ffi::perbus_pan_law {
        match self {
            Self::Balance => ffi::perbus_pan_law_PERBUS_PAN_LAW_BALANCE,
            Self::ConstantPower => ffi::perbus_pan_law_PERBUS_PAN_LAW_CONSTANT_POWER,
        }
    }
}

/// A native engine and its time.
#[derive(Debug)]
pub(crate) struct Native {
    pub(crate) raw: RawEngine,
    /// The engine's time before its resets, in frames.
    past: AtomicI64,
    /// The latest time so far: it stays while a device does not play.
    latest: Arc<AtomicI64>,
}

impl Native {
    pub(crate) fn new(raw: RawEngine) -> Self {
        Self {
            raw,
            past: AtomicI64::new(0),
            latest: Arc::default(),
        }
    }

    /// The time that fades are counted in.
    pub(super) fn time(&self) -> i64 {
        let now = self.past.load(Ordering::Relaxed) + self.sample_time().unwrap_or(0);
        self.latest.fetch_max(now, Ordering::Relaxed).max(now)
    }

    /// The time that [`time`](Self::time) has returned last, for those who may not ask the engine.
    pub(super) fn latest(&self) -> Arc<AtomicI64> {
        Arc::clone(&self.latest)
    }

    pub(crate) fn sample_time(&self) -> Result<i64> {
        let mut frames = 0;
        // SAFETY: the engine is live and the pointer is to a live local.
        unsafe {
            native!(perbus_engine_get_sample_time(
                self.raw.as_ptr(),
                &mut frames
            ))
        }?;
        Ok(frames)
    }

    /// The engine's time before its last reset: the desk's runs on.
    pub(crate) fn past(&self) -> i64 {
        self.past.load(Ordering::Relaxed)
    }

    /// Continues from `now`, the time at which the engine was reset.
    pub(crate) fn was_reset(&self, now: i64) -> Result<()> {
        let past = now - self.sample_time()?;
        self.past.store(past, Ordering::Relaxed);
        Ok(())
    }

    /// A batch for the crate's own calls, which hold the graph lock or a strip already.
    pub(crate) fn native_batch<T>(
        &self,
        call: impl FnOnce(*mut ffi::perbus_engine) -> Result<T>,
    ) -> Result<T> {
        // SAFETY: the engine is live; the batch is closed below, on the same thread.
        unsafe { native!(perbus_engine_begin_edit(self.raw.as_ptr())) }?;
        let open = NativeBatch(self);
        let result = call(self.raw.as_ptr());
        drop(open);
        result
    }

    /// The volume that the engine applies to a connection whose strip is held.
    pub(crate) fn volume(&self, connection: &Connection) -> Result<f32> {
        let mut volume = 0.0;
        let result = &mut volume;
        match connection {
            Connection::Faders {
                source, mixer, bus, ..
            } => {
                let (source, mixer) = (source.as_ptr(), mixer.as_ptr());
                // SAFETY: as in set_volume; the pointer is to a live local.
                unsafe { native!(perbus_connection_get_volume(source, mixer, *bus, result)) }
            }
            Connection::Parameters { mixer, bus, .. } => {
                let (engine, mixer) = (self.raw.as_ptr(), mixer.as_ptr());
                // SAFETY: as above.
                unsafe { native!(perbus_bus_get_volume(engine, mixer, *bus, result)) }
            }
            Connection::Mirrored(both) => return self.volume(&both[0]),
            Connection::Output(mixer) => {
                // SAFETY: as above.
                unsafe { native!(perbus_mixer_get_output_volume(mixer.as_ptr(), result)) }
            }
            Connection::Master(master) => {
                // SAFETY: as above.
                unsafe { native!(perbus_master_get_volume(master.as_ptr(), result)) }
            }
        }?;
        Ok(volume)
    }

    /// The pan that the engine applies, likewise; 0 for what has none.
    pub(crate) fn pan(&self, connection: &Connection) -> Result<f32> {
        let mut pan = 0.0;
        let result = &mut pan;
        match connection {
            Connection::Faders {
                source, mixer, bus, ..
            } => {
                let (source, mixer) = (source.as_ptr(), mixer.as_ptr());
                // SAFETY: as in volume.
                unsafe { native!(perbus_connection_get_pan(source, mixer, *bus, result)) }
            }
            Connection::Parameters { mixer, bus, .. } => {
                let (engine, mixer) = (self.raw.as_ptr(), mixer.as_ptr());
                // SAFETY: as in volume.
                unsafe { native!(perbus_bus_get_pan(engine, mixer, *bus, result)) }
            }
            Connection::Mirrored(both) => return self.pan(&both[0]),
            Connection::Output(_) | Connection::Master(_) => Ok(()),
        }?;
        Ok(pan)
    }

    /// Sets a bus's connection and its mirror's, from one block on.
    pub(super) fn both(
        &self,
        both: &[Connection; 2],
        set: impl Fn(&Connection) -> Result<()>,
    ) -> Result<()> {
        self.native_batch(|_| both.iter().try_for_each(set))
    }

    #[cold]
    pub(super) fn set_other_volume(&self, connection: &Connection, volume: f32) -> Result<()> {
        match connection {
            Connection::Faders { .. } => self.set_volume(connection, volume),
            Connection::Parameters { mixer, bus, .. } => {
                let (engine, mixer) = (self.raw.as_ptr(), mixer.as_ptr());
                // SAFETY: as in set_volume.
                unsafe { native!(perbus_bus_set_volume(engine, mixer, *bus, volume)) }
            }
            Connection::Mirrored(both) => self.both(both, |it| self.set_volume(it, volume)),
            Connection::Output(mixer) => {
                // SAFETY: as in set_volume.
                unsafe { native!(perbus_mixer_set_output_volume(mixer.as_ptr(), volume)) }
            }
            Connection::Master(master) => {
                // SAFETY: the master lives as long as its handle.
                unsafe { native!(perbus_master_set_volume(master.as_ptr(), volume)) }
            }
        }
    }

    #[cold]
    pub(super) fn set_other_pan(&self, connection: &Connection, pan: f32) -> Result<()> {
        match connection {
            Connection::Faders { .. } => self.set_pan(connection, pan),
            Connection::Parameters { mixer, bus, .. } => {
                let (engine, mixer) = (self.raw.as_ptr(), mixer.as_ptr());
                // SAFETY: as in set_volume.
                unsafe { native!(perbus_bus_set_pan(engine, mixer, *bus, pan)) }
            }
            Connection::Mirrored(both) => self.both(both, |it| self.set_pan(it, pan)),
            // They have no pan.
            Connection::Output(_) | Connection::Master(_) => Ok(()),
        }
    }
}

/// The engine's own batch, open for as long as this lives.
pub(crate) struct NativeBatch<'a>(pub(crate) &'a Native);

impl Drop for NativeBatch<'_> {
    fn drop(&mut self) {
        // SAFETY: the engine is live, and this thread has opened the batch.
        let closed = unsafe { native!(perbus_engine_end_batch(self.0.raw.as_ptr())) };
        debug_assert!(closed.is_ok(), "{closed:?}");
    }
}
