//! One connection's volume and pan in the engine: where a strip's values go.

use crate::control::fade::Moving;
use crate::desk::faders::Sent;
use crate::engine::handle::{Kind, NodePtr, RawNode};
use crate::engine::EngineInner;
use crate::error::{native, Result};

/// The source, mixer and bus that a strip's values go to while something is connected.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Connection {
    pub(crate) source: NodePtr,
    pub(crate) mixer: NodePtr,
    pub(crate) bus: u32,
    /// The bus is set by the mixer's own parameters, because what feeds it has no faders.
    pub(crate) by_parameter: bool,
}

impl Connection {
    pub(crate) fn new(source: &RawNode, mixer: &RawNode, bus: u32) -> Self {
        Self {
            source: source.pointer(),
            mixer: mixer.pointer(),
            bus,
            by_parameter: source.kind == Kind::Matrix,
        }
    }
}

/// The strip must be held, so that the connection is there.
impl Connection {
    /// Sends what differs from `before`, or everything.
    pub(crate) fn apply(self, before: Option<Sent>, now: Sent, engine: &EngineInner) -> Result<()> {
        let volume = (now.volume, now.volume_fade);
        if before.is_none_or(|before| (before.volume, before.volume_fade) != volume) {
            // A new connection has not been anywhere, and one that was silenced has left its fade:
            // what is left of it starts from where it has got to.
            let joins = before.is_none_or(|before| before.silenced);
            if let Some(fade) = now.volume_fade.filter(|_| joins) {
                self.set_volume(engine, fade.at(engine.now()))?;
            }
            self.send_volume(volume, engine)?;
        }
        let pan = (now.pan, now.pan_fade);
        if before.is_none_or(|before| (before.pan, before.pan_fade) != pan) {
            if let (None, Some(fade)) = (before, now.pan_fade) {
                self.set_pan(engine, fade.at(engine.now()))?;
            }
            self.send_pan(pan, engine)?;
        }
        Ok(())
    }

    #[inline]
    pub(crate) fn set_volume(&self, engine: &EngineInner, volume: f32) -> Result<()> {
        let (source, mixer, bus) = (self.source.as_ptr(), self.mixer.as_ptr(), self.bus);
        if self.by_parameter {
            let engine = engine.raw.as_ptr();
            // SAFETY: all handles are live while the strip is held, and graph calls are kept away.
            return unsafe { native!(perbus_bus_set_volume(engine, mixer, bus, volume)) };
        }
        // SAFETY: as above.
        unsafe { native!(perbus_connection_set_volume(source, mixer, bus, volume)) }
    }

    #[inline]
    pub(crate) fn set_pan(&self, engine: &EngineInner, pan: f32) -> Result<()> {
        let (source, mixer, bus) = (self.source.as_ptr(), self.mixer.as_ptr(), self.bus);
        if self.by_parameter {
            let engine = engine.raw.as_ptr();
            // SAFETY: as in set_volume.
            return unsafe { native!(perbus_bus_set_pan(engine, mixer, bus, pan)) };
        }
        // SAFETY: as in set_volume.
        unsafe { native!(perbus_connection_set_pan(source, mixer, bus, pan)) }
    }

    fn send_volume(
        self,
        (volume, fade): (f32, Option<Moving>),
        engine: &EngineInner,
    ) -> Result<()> {
        let set = |volume| self.set_volume(engine, volume);
        let Some(fade) = fade else {
            return set(volume);
        };
        let (source, mixer, bus) = (self.source.as_ptr(), self.mixer.as_ptr(), self.bus);
        engine.fade_or_step(fade, set, |frames| {
            let curve = fade.curve.to_ffi();
            if self.by_parameter {
                let engine = engine.raw.as_ptr();
                // SAFETY: as in set_volume.
                return unsafe {
                    native!(perbus_bus_fade_volume(
                        engine, mixer, bus, volume, frames, curve
                    ))
                };
            }
            // SAFETY: as in set_volume.
            unsafe {
                native!(perbus_connection_fade_volume(
                    source, mixer, bus, volume, frames, curve
                ))
            }
        })
    }

    fn send_pan(self, (pan, fade): (f32, Option<Moving>), engine: &EngineInner) -> Result<()> {
        let set = |pan| self.set_pan(engine, pan);
        let Some(fade) = fade else { return set(pan) };
        let (source, mixer, bus) = (self.source.as_ptr(), self.mixer.as_ptr(), self.bus);
        engine.fade_or_step(fade, set, |frames| {
            if self.by_parameter {
                let engine = engine.raw.as_ptr();
                // SAFETY: as in set_volume.
                return unsafe { native!(perbus_bus_fade_pan(engine, mixer, bus, pan, frames)) };
            }
            // SAFETY: as in set_volume.
            unsafe { native!(perbus_connection_fade_pan(source, mixer, bus, pan, frames)) }
        })
    }

    /// The volume that the engine applies.
    pub(crate) fn volume(&self, engine: &EngineInner) -> Result<f32> {
        let (source, mixer, bus) = (self.source.as_ptr(), self.mixer.as_ptr(), self.bus);
        let mut volume = 0.0;
        if self.by_parameter {
            let engine = engine.raw.as_ptr();
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

    /// The pan that the engine applies.
    pub(crate) fn pan(&self, engine: &EngineInner) -> Result<f32> {
        let (source, mixer, bus) = (self.source.as_ptr(), self.mixer.as_ptr(), self.bus);
        let mut pan = 0.0;
        if self.by_parameter {
            let engine = engine.raw.as_ptr();
            // SAFETY: as in volume.
            unsafe { native!(perbus_bus_get_pan(engine, mixer, bus, &mut pan)) }?;
        } else {
            // SAFETY: as in volume.
            unsafe { native!(perbus_connection_get_pan(source, mixer, bus, &mut pan)) }?;
        }
        Ok(pan)
    }
}
