//! How the engine carries out what the desk decides.

use std::sync::Arc;

use crate::desk::automation::Point;
use crate::desk::backend::{Backend, BusKey};
use crate::desk::fade::Curve;
use crate::desk::faders::Which;
use crate::desk::pan_law::PanLaw;
use crate::engine::connection::{Connection, Native, MAX_BUSES};
use crate::engine::handle::MasterHandle;
use crate::error::{Error, Result};
use crate::ffi::{self, native};

impl Backend for Native {
    type Connection = Connection;
    type Setting = ffi::perbus_connection_change;

    const MAX_BUSES: u32 = MAX_BUSES;

    fn bus_of(connection: &Connection) -> Option<BusKey> {
        match connection {
            Connection::Faders { mixer, bus, .. } | Connection::Parameters { mixer, bus, .. } => {
                Some((mixer.as_ptr() as usize, *bus))
            }
            Connection::Mirrored(both) => Self::bus_of(&both[0]),
            Connection::Output(_) | Connection::Master(_) => None,
        }
    }

    /// A reset does not turn it back, nor does a device that halts and has no time.
    fn now(&self) -> i64 {
        self.time()
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

    fn volume(&self, connection: &Connection) -> Result<f32> {
        Native::volume(self, connection)
    }

    fn pan(&self, connection: &Connection) -> Result<f32> {
        Native::pan(self, connection)
    }

    fn fade_volume(
        &self,
        connection: &Connection,
        to: f32,
        frames: u64,
        shape: Curve,
    ) -> Result<()> {
        let curve = shape.to_ffi();
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
            Connection::Mirrored(both) => {
                self.both(both, |it| self.fade_volume(it, to, frames, shape))
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
            Connection::Mirrored(both) => self.both(both, |it| self.fade_pan(it, to, frames)),
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
        if let Connection::Mirrored(both) = connection {
            return self.both(both, |it| self.automate(it, which, from, points));
        }
        let past = self.past();
        let from = from.saturating_sub(past);
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
            // See above.
            Connection::Mirrored(_) => Ok(()),
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
        if let Connection::Mirrored(both) = connection {
            return self.both(both, |it| self.set_masters(it, masters));
        }
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

    fn set_pan_law(&self, output: &Connection, law: PanLaw) -> Result<bool> {
        let Connection::Output(mixer) = output else {
            return Err(Error::WrongKind("only a mixer has a pan law".to_owned()));
        };
        // SAFETY: the mixer is live, and the graph lock is held.
        unsafe { native!(perbus_mixer_set_pan_law(mixer.as_ptr(), law.to_ffi())) }?;
        Ok(true)
    }

    #[cfg(any(test, target_vendor = "apple"))]
    fn pans_mono(&self, connection: &Connection) -> Result<bool> {
        if let Connection::Mirrored(both) = connection {
            return self.pans_mono(&both[0]);
        }
        let (Connection::Faders { mixer, bus, .. } | Connection::Parameters { mixer, bus, .. }) =
            connection
        else {
            return Ok(false);
        };
        let blank = crate::engine::format::Format::none;
        let (mut input, mut output) = (blank(), blank());
        let mixer = mixer.as_ptr();
        // SAFETY: the mixer is live while the strip is held, and the pointers are to live locals.
        unsafe {
            native!(perbus_node_get_input_format(mixer, *bus, &mut input))?;
            native!(perbus_node_get_output_format(mixer, 0, &mut output))?;
        }
        Ok(input.channels == 1 && output.channels > 1)
    }

    fn batch<T>(&self, call: impl FnOnce() -> Result<T>) -> Result<T> {
        self.native_batch(|_| call())
    }
}
