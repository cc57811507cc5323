//! A native engine's connections: where the values of strips go.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::Arc;

use crate::desk::backend::Backend;
use crate::desk::fade::Curve;
use crate::desk::ranges::MAX_VOLUME;
use crate::engine::handle::{NodeHandle, NodePtr, RawEngine};
use crate::error::Result;
use crate::ffi::{self, native};

/// Input bus numbers of a mixer run from 0 to `MAX_BUSES - 1`.
pub const MAX_BUSES: u32 = ffi::PERBUS_MAX_BUSES;

// The desk has no ffi to take it from.
const _: () = assert!(MAX_VOLUME == ffi::PERBUS_MAX_VOLUME as f32);

/// The source, mixer and bus that a strip's values go to while something is connected.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) at: Route,
    /// The source lives as long.
    _source: Arc<NodeHandle>,
}

/// Where a connection is, for as long as its strip is held.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Route {
    pub(crate) source: NodePtr,
    pub(crate) mixer: NodePtr,
    pub(crate) bus: u32,
    /// The bus is set by the mixer's own parameters, because what feeds it has no faders.
    pub(crate) by_parameter: bool,
}

impl Connection {
    pub(crate) fn new(
        source: &Arc<NodeHandle>,
        mixer: NodePtr,
        bus: u32,
        by_parameter: bool,
    ) -> Self {
        Self {
            at: Route {
                source: source.pointer(),
                mixer,
                bus,
                by_parameter,
            },
            _source: Arc::clone(source),
        }
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
    pub(crate) fn volume(&self, at: Route) -> Result<f32> {
        let (source, mixer, bus) = (at.source.as_ptr(), at.mixer.as_ptr(), at.bus);
        let mut volume = 0.0;
        if at.by_parameter {
            let engine = self.raw.as_ptr();
            // SAFETY: as in set_volume; the pointer is to a live local.
            unsafe { native!(perbus_bus_get_volume(engine, mixer, bus, &mut volume)) }?;
        } else {
            // SAFETY: as above.
            unsafe {
                native!(perbus_connection_get_volume(
                    source,
                    mixer,
                    bus,
                    &mut volume
                ))
            }?;
        }
        Ok(volume)
    }

    /// The pan that the engine applies, likewise.
    pub(crate) fn pan(&self, at: Route) -> Result<f32> {
        let (source, mixer, bus) = (at.source.as_ptr(), at.mixer.as_ptr(), at.bus);
        let mut pan = 0.0;
        if at.by_parameter {
            let engine = self.raw.as_ptr();
            // SAFETY: as in volume.
            unsafe { native!(perbus_bus_get_pan(engine, mixer, bus, &mut pan)) }?;
        } else {
            // SAFETY: as in volume.
            unsafe { native!(perbus_connection_get_pan(source, mixer, bus, &mut pan)) }?;
        }
        Ok(pan)
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
        let at = &connection.at;
        let (source, mixer, bus) = (at.source.as_ptr(), at.mixer.as_ptr(), at.bus);
        if at.by_parameter {
            let engine = self.raw.as_ptr();
            // SAFETY: all handles are live while the strip is held, and graph calls are kept away.
            return unsafe { native!(perbus_bus_set_volume(engine, mixer, bus, volume)) };
        }
        // SAFETY: as above.
        unsafe { native!(perbus_connection_set_volume(source, mixer, bus, volume)) }
    }

    #[inline(always)]
    fn set_pan(&self, connection: &Connection, pan: f32) -> Result<()> {
        let at = &connection.at;
        let (source, mixer, bus) = (at.source.as_ptr(), at.mixer.as_ptr(), at.bus);
        if at.by_parameter {
            let engine = self.raw.as_ptr();
            // SAFETY: as in set_volume.
            return unsafe { native!(perbus_bus_set_pan(engine, mixer, bus, pan)) };
        }
        // SAFETY: as in set_volume.
        unsafe { native!(perbus_connection_set_pan(source, mixer, bus, pan)) }
    }

    fn fade_volume(
        &self,
        connection: &Connection,
        to: f32,
        frames: u64,
        curve: Curve,
    ) -> Result<()> {
        let at = &connection.at;
        let (source, mixer, bus) = (at.source.as_ptr(), at.mixer.as_ptr(), at.bus);
        let curve = curve.to_ffi();
        if at.by_parameter {
            let engine = self.raw.as_ptr();
            // SAFETY: as in set_volume.
            return unsafe {
                native!(perbus_bus_fade_volume(
                    engine, mixer, bus, to, frames, curve
                ))
            };
        }
        // SAFETY: as in set_volume.
        unsafe {
            native!(perbus_connection_fade_volume(
                source, mixer, bus, to, frames, curve
            ))
        }
    }

    fn fade_pan(&self, connection: &Connection, to: f32, frames: u64) -> Result<()> {
        let at = &connection.at;
        let (source, mixer, bus) = (at.source.as_ptr(), at.mixer.as_ptr(), at.bus);
        if at.by_parameter {
            let engine = self.raw.as_ptr();
            // SAFETY: as in set_volume.
            return unsafe { native!(perbus_bus_fade_pan(engine, mixer, bus, to, frames)) };
        }
        // SAFETY: as in set_volume.
        unsafe { native!(perbus_connection_fade_pan(source, mixer, bus, to, frames)) }
    }

    fn setting(connection: &Connection, volume: f32, pan: f32) -> Option<Self::Setting> {
        let at = &connection.at;
        // The engine's call for many takes connections with faders of their own.
        (!at.by_parameter).then(|| ffi::perbus_connection_change {
            source: at.source.as_ptr(),
            mixer: at.mixer.as_ptr(),
            bus: at.bus,
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

    fn batch<T>(&self, call: impl FnOnce() -> Result<T>) -> Result<T> {
        self.native_batch(|_| call())
    }
}
