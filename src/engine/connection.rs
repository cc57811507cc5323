//! A native engine's connections: where the values of strips go.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::Arc;

use crate::desk::automation::Point;
use crate::desk::backend::Backend;
use crate::desk::fade::Curve;
use crate::desk::faders::Which;
use crate::desk::ranges::MAX_VOLUME;
use crate::engine::handle::{MasterHandle, NodeHandle, NodePtr, RawEngine};
use crate::error::{Error, Result};
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
    /// The volume of a mixer's sum.
    Output(NodePtr),
    /// A volume that buses have in common.
    Master(Arc<MasterHandle>),
}

// A strip has it in one cache line with its lock and its faders.
const _: () = assert!(size_of::<Connection>() <= 32);

impl Connection {
    /// The engine's own, as of connections on platforms on which something is in between.
    pub(crate) fn native(&self) -> Option<&Self> {
        Some(self)
    }

    /// What feeds the bus, if it is a bus's.
    pub(crate) fn source(&self) -> Option<NodePtr> {
        match self {
            Self::Faders { source, .. } | Self::Parameters { source, .. } => Some(*source),
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

/// A native engine and its time.
#[derive(Debug)]
pub(crate) struct Native {
    pub(crate) raw: RawEngine,
    /// The engine's time before its resets, in frames.
    past: AtomicI64,
    /// The latest time so far: it stays while a device does not play.
    latest: AtomicI64,
}

impl Native {
    pub(crate) fn new(raw: RawEngine) -> Self {
        Self {
            raw,
            past: AtomicI64::new(0),
            latest: AtomicI64::new(0),
        }
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
            Connection::Output(_) | Connection::Master(_) => Ok(()),
        }?;
        Ok(pan)
    }

    #[cold]
    fn set_other_volume(&self, connection: &Connection, volume: f32) -> Result<()> {
        match connection {
            Connection::Faders { .. } => self.set_volume(connection, volume),
            Connection::Parameters { mixer, bus, .. } => {
                let (engine, mixer) = (self.raw.as_ptr(), mixer.as_ptr());
                // SAFETY: as in set_volume.
                unsafe { native!(perbus_bus_set_volume(engine, mixer, *bus, volume)) }
            }
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
    fn set_other_pan(&self, connection: &Connection, pan: f32) -> Result<()> {
        match connection {
            Connection::Faders { .. } => self.set_pan(connection, pan),
            Connection::Parameters { mixer, bus, .. } => {
                let (engine, mixer) = (self.raw.as_ptr(), mixer.as_ptr());
                // SAFETY: as in set_volume.
                unsafe { native!(perbus_bus_set_pan(engine, mixer, *bus, pan)) }
            }
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

impl Backend for Native {
    type Connection = Connection;
    type Setting = ffi::perbus_connection_change;

    const MAX_BUSES: u32 = MAX_BUSES;

    /// A reset does not turn it back, nor does a device that halts and has no time.
    fn now(&self) -> i64 {
        let now = self.past.load(Ordering::Relaxed) + self.sample_time().unwrap_or(0);
        self.latest.fetch_max(now, Ordering::Relaxed).max(now)
    }

    #[inline(always)]
    fn set_volume(&self, connection: &Connection, volume: f32) -> Result<()> {
        let Connection::Faders {
            source, mixer, bus, ..
        } = connection
        else {
            return self.set_other_volume(connection, volume);
        };
        let (source, mixer) = (source.as_ptr(), mixer.as_ptr());
        // SAFETY: all handles are live while the strip is held, and graph calls are kept away.
        unsafe { native!(perbus_connection_set_volume(source, mixer, *bus, volume)) }
    }

    #[inline(always)]
    fn set_pan(&self, connection: &Connection, pan: f32) -> Result<()> {
        let Connection::Faders {
            source, mixer, bus, ..
        } = connection
        else {
            return self.set_other_pan(connection, pan);
        };
        let (source, mixer) = (source.as_ptr(), mixer.as_ptr());
        // SAFETY: as in set_volume.
        unsafe { native!(perbus_connection_set_pan(source, mixer, *bus, pan)) }
    }

    fn fade_volume(
        &self,
        connection: &Connection,
        to: f32,
        frames: u64,
        curve: Curve,
    ) -> Result<()> {
        let curve = curve.to_ffi();
        match connection {
            Connection::Faders {
                source, mixer, bus, ..
            } => {
                let (source, mixer, bus) = (source.as_ptr(), mixer.as_ptr(), *bus);
                // SAFETY: as in set_volume.
                unsafe {
                    native!(perbus_connection_fade_volume(
                        source, mixer, bus, to, frames, curve
                    ))
                }
            }
            Connection::Parameters { mixer, bus, .. } => {
                let (engine, mixer, bus) = (self.raw.as_ptr(), mixer.as_ptr(), *bus);
                // SAFETY: as in set_volume.
                unsafe {
                    native!(perbus_bus_fade_volume(
                        engine, mixer, bus, to, frames, curve
                    ))
                }
            }
            Connection::Output(mixer) => {
                let mixer = mixer.as_ptr();
                // SAFETY: as in set_volume.
                unsafe { native!(perbus_mixer_fade_output_volume(mixer, to, frames, curve)) }
            }
            Connection::Master(master) => {
                let master = master.as_ptr();
                // SAFETY: the master lives as long as its handle.
                unsafe { native!(perbus_master_fade_volume(master, to, frames, curve)) }
            }
        }
    }

    fn fade_pan(&self, connection: &Connection, to: f32, frames: u64) -> Result<()> {
        match connection {
            Connection::Faders {
                source, mixer, bus, ..
            } => {
                let (source, mixer, bus) = (source.as_ptr(), mixer.as_ptr(), *bus);
                // SAFETY: as in set_volume.
                unsafe { native!(perbus_connection_fade_pan(source, mixer, bus, to, frames)) }
            }
            Connection::Parameters { mixer, bus, .. } => {
                let (engine, mixer, bus) = (self.raw.as_ptr(), mixer.as_ptr(), *bus);
                // SAFETY: as in set_volume.
                unsafe { native!(perbus_bus_fade_pan(engine, mixer, bus, to, frames)) }
            }
            Connection::Output(_) | Connection::Master(_) => Ok(()),
        }
    }

    fn automate(
        &self,
        connection: &Connection,
        which: Which,
        from: i64,
        points: &[Point],
    ) -> Result<()> {
        let past = self.past();
        let from = from - past;
        let points: Vec<_> = points
            .iter()
            .map(|point| ffi::perbus_automation_point {
                start: point.start - past,
                value: point.to,
                frames: point.frames,
                curve: point.curve.to_ffi(),
            })
            .collect();
        let (first, count) = (points.as_ptr(), points.len());
        let control = match which {
            Which::Volume => ffi::perbus_control_PERBUS_CONTROL_VOLUME,
            Which::Pan => ffi::perbus_control_PERBUS_CONTROL_PAN,
        };
        match connection {
            Connection::Faders {
                source, mixer, bus, ..
            } => {
                let (source, mixer) = (source.as_ptr(), mixer.as_ptr());
                // SAFETY: as in set_volume; there are `count` points at `first`.
                unsafe {
                    native!(perbus_connection_automate(
                        source, mixer, *bus, control, from, first, count
                    ))
                }
            }
            Connection::Parameters { mixer, bus, .. } => {
                let (engine, mixer) = (self.raw.as_ptr(), mixer.as_ptr());
                // SAFETY: as above.
                unsafe {
                    native!(perbus_bus_automate(
                        engine, mixer, *bus, control, from, first, count
                    ))
                }
            }
            Connection::Output(_) | Connection::Master(_) if which == Which::Pan => Ok(()),
            Connection::Master(master) => {
                let master = master.as_ptr();
                // SAFETY: the master lives as long as its handle; there are `count` points.
                unsafe { native!(perbus_master_automate(master, from, first, count)) }
            }
            Connection::Output(mixer) => {
                let mixer = mixer.as_ptr();
                // SAFETY: as above.
                unsafe {
                    native!(perbus_mixer_automate_output_volume(
                        mixer, from, first, count
                    ))
                }
            }
        }
    }

    fn setting(connection: &Connection, volume: f32, pan: f32) -> Option<Self::Setting> {
        // The engine's call for many takes connections with faders of their own.
        let Connection::Faders {
            source, mixer, bus, ..
        } = connection
        else {
            return None;
        };
        Some(ffi::perbus_connection_change {
            source: source.as_ptr(),
            mixer: mixer.as_ptr(),
            bus: *bus,
            volume,
            pan,
        })
    }

    fn apply(&self, settings: &[Self::Setting]) -> Result<()> {
        // SAFETY: all handles are live while their strips are held, the pointer is to `len`
        // entries, and the graph lock keeps graph calls away.
        unsafe {
            native!(perbus_connections_apply(
                self.raw.as_ptr(),
                settings.as_ptr(),
                settings.len(),
            ))
        }
    }

    fn create_master(&self) -> Result<Connection> {
        let mut master = std::ptr::null_mut();
        // SAFETY: the engine is live; on PERBUS_OK the handle is ours to destroy.
        unsafe { native!(perbus_master_create(self.raw.as_ptr(), &mut master)) }?;
        Ok(Connection::Master(Arc::new(MasterHandle::new(master)?)))
    }

    fn set_masters(&self, connection: &Connection, masters: &[Connection]) -> Result<()> {
        let (Connection::Faders { mixer, bus, .. } | Connection::Parameters { mixer, bus, .. }) =
            connection
        else {
            return Err(Error::WrongKind("only a bus has masters".to_owned()));
        };
        let masters = masters.iter().filter_map(|it| match it {
            Connection::Master(master) => Some(master.as_ptr()),
            _ => None,
        });
        let masters: Vec<_> = masters.collect();
        // SAFETY: all handles are live while the strip is held, the pointer is to `len` of them, and
        // graph calls are kept away.
        unsafe {
            native!(perbus_bus_set_masters(
                self.raw.as_ptr(),
                mixer.as_ptr(),
                *bus,
                masters.as_ptr(),
                masters.len()
            ))
        }
    }

    fn batch<T>(&self, call: impl FnOnce() -> Result<T>) -> Result<T> {
        self.native_batch(|_| call())
    }
}
