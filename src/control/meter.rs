//! Meters of buses and mixers.

use crate::control::bus::Bus;
use crate::engine::connection::Connection;
use crate::engine::meter_taps::MeteredBus;
use crate::engine::node::sealed::AsNode;
use crate::engine::target::Target;
use crate::error::{Error, Result};
use crate::ffi::{self, native};
use crate::nodes::mixer::Mixer;

/// One reading of a meter: linear, full scale is 1. Index 0 is left, 1 is right; a mono signal is
/// left only; channels without a side, such as a centre, count on both.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Meter {
    /// The highest magnitude of the last window, which is 2400 frames (50 ms at 48 kHz), or the
    /// rest of the block that it ends with.
    pub peak: [f32; 2],
    /// The root mean square of the last window.
    pub rms: [f32; 2],
    /// Samples past full scale since the connection was made and first metered.
    pub clips: u64,
}

impl From<ffi::perbus_meter> for Meter {
    fn from(meter: ffi::perbus_meter) -> Self {
        Self {
            peak: meter.peak,
            rms: meter.rms,
            clips: meter.clips,
        }
    }
}

const BLANK: ffi::perbus_meter = ffi::perbus_meter {
    peak: [0.0; 2],
    rms: [0.0; 2],
    clips: 0,
};

impl Bus {
    /// The bus's meter: what it adds to its mixer, after fader, pan, mute and solo. The first call
    /// for a connection switches the meter on; it reads zeros until a window is full.
    ///
    /// ```
    /// use perbus::{Engine, Format};
    ///
    /// let stereo = Format::new(48_000.0, 2)?;
    /// let engine = Engine::offline(stereo, 2400)?;
    /// let bus = engine.main_mixer().bus(0)?;
    /// let source = engine.create_source(stereo, |block| {
    ///     block.channel_mut(0).fill(0.5);
    ///     block.channel_mut(1).fill(-0.25);
    /// })?;
    /// engine.connect(&source, bus.mixer(), 0, 0)?;
    /// bus.set_volume(0.5)?;
    /// bus.meter()?;
    /// engine.start()?;
    /// engine.render(&mut [&mut [0.0; 2400], &mut [0.0; 2400]])?;
    /// assert_eq!(bus.meter()?.peak, [0.25, 0.125]);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// - [`Error::NotConnected`] when the bus has no source.
    /// - [`Error::NotMixing`] when its source is a matrix.
    /// - [`Error::NotAttached`] when the mixer was detached.
    /// - [`Error::Unsupported`] on Apple's AVFAudio, which has no meter per connection, unless
    ///   [`Engine::set_meter_taps`](crate::Engine::set_meter_taps) has switched taps on that feed it.
    /// - With them, [`Error::InvalidArgument`] while the program taps the node that is connected to the
    ///   bus.
    pub fn meter(&self) -> Result<Meter> {
        let own = self.own_meter();
        let meter = self.engine().meter_or(own, || {
            self.engine().tapped_bus(&MeteredBus {
                mixer: &self.mixer.0.raw,
                bus: self.bus,
                strip: &self.strip,
            })
        });
        meter.map(Meter::from)
    }

    /// The engine's.
    fn own_meter(&self) -> Result<ffi::perbus_meter> {
        let state = self.lock_attached()?;
        let Some(connection) = state.feed.connection().and_then(Target::native) else {
            return Err(Error::NotConnected(format!(
                "bus {} has no source",
                self.bus
            )));
        };
        let Connection::Faders { source, mixer, .. } = connection.own() else {
            return Err(Error::NotMixing(format!(
                "bus {} is fed by a matrix, whose connections have no meter",
                self.bus
            )));
        };
        let (source, mixer) = (source.as_ptr(), mixer.as_ptr());
        let mut meter = BLANK;
        // SAFETY: the pointer is to a live local; both handles are live while the strip is held,
        // and graph calls are kept away.
        unsafe {
            native!(perbus_connection_get_meter(
                source, mixer, self.bus, &mut meter
            ))
        }?;
        Ok(meter)
    }
}

impl Mixer {
    /// The meter of the mixer's sum, after its output volume. The first call switches it on.
    ///
    /// # Errors
    /// On Apple's AVFAudio alone:
    /// - [`Error::Unsupported`] unless [`Engine::set_meter_taps`](crate::Engine::set_meter_taps) has
    ///   switched taps on that feed it.
    /// - With them, [`Error::NotAttached`] when the mixer was detached, and [`Error::InvalidArgument`]
    ///   while the program taps or records it.
    pub fn meter(&self) -> Result<Meter> {
        let raw = &self.as_node().raw;
        let mut meter = BLANK;
        // SAFETY: the handle is live and the pointer is to a live local.
        let own = unsafe { native!(perbus_mixer_get_meter(raw.as_ptr(), &mut meter)) };
        let own = own.map(|()| meter);
        let meter = self
            .engine()
            .meter_or(own, || self.engine().tapped_output(raw));
        meter.map(Meter::from)
    }
}
