//! Many strips of a mixer at once: all or nothing, and heard from one block on.

use crate::control::by_number::check_bus;
use crate::desk::faders::Faders;
use crate::desk::level::{check_pan, check_volume};
use crate::desk::strip::Strip;
use crate::desk::strips::AllStrips;
use crate::engine::node::{sealed::AsNode, Node};
use crate::error::{native, Error, Result};
use crate::ffi;
use crate::nodes::mixer::Mixer;
use crate::sync::in_render;

/// What [`Mixer::configure`] changes on one bus; what is `None` stays.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(deny_unknown_fields)
)]
pub struct BusConfig {
    /// The bus's number.
    pub bus: u32,
    /// The fader: a linear gain, 0 to 1.
    pub volume: Option<f32>,
    /// The pan, -1 (left) to 1 (right).
    pub pan: Option<f32>,
    /// Whether the bus is muted.
    pub muted: Option<bool>,
    /// Whether the bus is soloed.
    pub soloed: Option<bool>,
    /// The bus's label.
    pub label: Option<String>,
}

impl BusConfig {
    /// A change of nothing yet.
    #[must_use]
    pub fn new(bus: u32) -> Self {
        Self {
            bus,
            ..Self::default()
        }
    }

    fn check(&self) -> Result<()> {
        check_bus(self.bus)?;
        self.volume.map_or(Ok(()), check_volume)?;
        self.pan.map_or(Ok(()), check_pan)
    }

    fn write(&self, faders: &mut Faders) {
        if let Some(volume) = self.volume {
            faders.set_volume(volume);
        }
        if let Some(pan) = self.pan {
            faders.set_pan(pan);
        }
        faders.muted = self.muted.unwrap_or(faders.muted);
        faders.soloed = self.soloed.unwrap_or(faders.soloed);
    }
}

/// The strips of a mixer at one moment, see [`Mixer::snapshot`].
///
/// A scene is a plain value: it names buses by number, and fits any mixer. With the feature `serde` it
/// can be stored, with the version of the form:
///
/// ```
/// # #[cfg(feature = "serde")] {
/// use perbus::{BusConfig, Scene};
///
/// let scene = Scene::new(vec![BusConfig { volume: Some(0.5), ..BusConfig::new(3) }]);
/// let text = serde_json::to_string(&scene).unwrap();
/// assert!(text.starts_with(r#"{"version":1,"buses":[{"bus":3,"volume":0.5,"#));
/// assert_eq!(serde_json::from_str::<Scene>(&text).unwrap(), scene);
/// // What a later perbus wrote is refused, not read in part. A form without a version is 0.1's.
/// let newer = text.replace("\"version\":1", "\"version\":9");
/// assert!(serde_json::from_str::<Scene>(&newer).is_err());
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    buses: Vec<BusConfig>,
}

impl Scene {
    /// A scene of these buses, for any mixer.
    #[must_use]
    pub fn new(buses: Vec<BusConfig>) -> Self {
        Self { buses }
    }

    /// The buses it sets, by ascending number in a snapshot.
    #[must_use]
    pub fn buses(&self) -> &[BusConfig] {
        &self.buses
    }
}

impl Mixer {
    /// Changes many strips at once. Everything is checked first; then all of it changes, and on the
    /// portable engine it is heard from one and the same block on.
    ///
    /// ```
    /// use perbus::{BusConfig, Engine, Format};
    ///
    /// let mixer = Engine::offline(Format::new(48_000.0, 2)?, 512)?.main_mixer()?;
    /// mixer.configure(&[
    ///     BusConfig { volume: Some(0.5), pan: Some(-1.0), ..BusConfig::new(0) },
    ///     BusConfig { muted: Some(true), ..BusConfig::new(1) },
    /// ])?;
    /// assert_eq!((mixer.bus(0)?.volume(), mixer.bus(1)?.is_muted()), (0.5, true));
    /// // One bad entry, and nothing has changed.
    /// let refused = mixer.configure(&[
    ///     BusConfig { volume: Some(1.0), ..BusConfig::new(0) },
    ///     BusConfig { pan: Some(2.0), ..BusConfig::new(1) },
    /// ]);
    /// assert!(refused.is_err());
    /// assert_eq!(mixer.bus(0)?.volume(), 0.5);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// - [`Error::OutOfRange`] for a volume, a pan, or a bus not below
    ///   [`MAX_BUSES`](crate::MAX_BUSES).
    /// - [`Error::InvalidArgument`] for a bus that is listed twice.
    /// - [`Error::NotAttached`] when the mixer was detached.
    pub fn configure(&self, buses: &[BusConfig]) -> Result<()> {
        let mut numbers = Vec::with_capacity(buses.len());
        for config in buses {
            config.check()?;
            numbers.push(config.bus);
        }
        numbers.sort_unstable();
        if let Some(twice) = numbers.windows(2).find(|pair| pair[0] == pair[1]) {
            let reason = format!("bus {} is listed twice", twice[0]);
            return Err(Error::InvalidArgument(reason));
        }
        let raw = &self.as_node().raw;
        let _ends = self.engine().inner.ends_told();
        let _graph = self.engine().inner.read()?;
        raw.slot()?;
        let strips = raw.strips.all();
        let mut wanted: Vec<_> = buses
            .iter()
            .map(|config| (config.bus, strips.get_or_make(config.bus), config))
            .collect();
        wanted.sort_unstable_by_key(|(bus, ..)| *bus);
        self.change_strips(&strips, &wanted)?;
        for (_, strip, config) in wanted {
            if let Some(label) = &config.label {
                strip.set_label(label);
            }
        }
        Ok(())
    }

    /// The strips as they are now: of every bus that was ever connected or asked for. None of them
    /// in a source's closure, where nothing may wait for who changes a strip.
    ///
    /// ```
    /// # use perbus::{Engine, Format};
    /// # let mixer = Engine::offline(Format::new(48_000.0, 2)?, 512)?.main_mixer()?;
    /// mixer.bus(0)?.set_volume(0.3)?;
    /// let verse = mixer.snapshot();
    /// mixer.bus(0)?.set_volume(0.9)?;
    /// mixer.apply(&verse)?;
    /// assert_eq!(mixer.bus(0)?.volume(), 0.3);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    #[must_use]
    pub fn snapshot(&self) -> Scene {
        if in_render::inside() {
            return Scene::default();
        }
        let now = self.engine().now();
        let strips = self.as_node().raw.strips.all();
        let held: Vec<_> = strips
            .iter()
            .map(|(bus, strip)| (bus, strip, strip.lock()))
            .collect();
        let buses = held
            .iter()
            .map(|(bus, strip, state)| BusConfig {
                bus: *bus,
                volume: Some(state.faders.volume_at(now)),
                pan: Some(state.faders.pan_at(now)),
                muted: Some(state.faders.muted),
                soloed: Some(state.faders.soloed),
                label: Some(strip.label()),
            })
            .collect();
        Scene { buses }
    }

    /// Sets the strips to a scene, as [`configure`](Self::configure) does: all or nothing, heard
    /// from one block on. Buses that the scene does not list stay. It may be a scene of another mixer:
    /// bus 3 is bus 3.
    ///
    /// # Errors
    /// - [`Error::InvalidArgument`] for a scene with a bus listed twice.
    /// - [`Error::OutOfRange`] for a volume, a pan, or a bus not below
    ///   [`MAX_BUSES`](crate::MAX_BUSES).
    /// - [`Error::NotAttached`] when the mixer was detached.
    pub fn apply(&self, scene: &Scene) -> Result<()> {
        self.configure(&scene.buses)
    }

    /// Changes some of the mixer's strips, given by ascending bus, and lets the engine have the
    /// connections that this changes, in one call. The graph lock must be held.
    fn change_strips(
        &self,
        strips: &AllStrips<'_>,
        wanted: &[(u32, &Strip, &BusConfig)],
    ) -> Result<()> {
        // Nobody else changes solo while there are `strips`.
        let before = strips.soloed();
        let mut after = before;
        for (_, strip, config) in wanted {
            let was = strip.faders().soloed;
            after = after + u32::from(config.soloed.unwrap_or(was)) - u32::from(was);
        }
        // The first solo silences the others, and the end of the last one lets them sound again.
        let targets: Vec<_> = if (before > 0) == (after > 0) {
            let wanted = wanted.iter();
            wanted
                .map(|(_, strip, config)| (*strip, Some(*config)))
                .collect()
        } else {
            let mut wanted = wanted.iter().peekable();
            let mut config = |bus| wanted.next_if(|it| it.0 == bus).map(|it| it.2);
            strips
                .iter()
                .map(|(bus, strip)| (strip, config(bus)))
                .collect()
        };
        // In ascending order, and nobody who holds a strip's lock waits for another's.
        let mut held: Vec<_> = targets
            .into_iter()
            .map(|(strip, config)| {
                let state = strip.lock();
                let mut new = state.faders;
                if let Some(config) = config {
                    config.write(&mut new);
                }
                (strip, state, new)
            })
            .collect();
        let inner = &self.engine().inner;
        inner.graph.visit(held.len());
        let mut changes = Vec::new();
        let mut fading = Vec::new();
        for (_, old, new) in &held {
            let feed = &old.feed;
            let (old, new) = (old.faders.sent(before > 0), new.sent(after > 0));
            let Some(connection) = feed.connection().filter(|_| old != new) else {
                continue;
            };
            let fades = [old.volume_fade, old.pan_fade, new.volume_fade, new.pan_fade];
            if connection.by_parameter || fades.iter().any(Option::is_some) {
                fading.push((connection, old, new));
            } else {
                changes.push(ffi::perbus_connection_change {
                    source: connection.source.as_ptr(),
                    mixer: connection.mixer.as_ptr(),
                    bus: connection.bus,
                    volume: new.volume,
                    pan: new.pan,
                });
            }
        }
        let apply = |engine| {
            // SAFETY: all handles are live, the pointer is to `len` entries, and the graph lock
            // keeps graph calls away.
            unsafe {
                native!(perbus_connections_apply(
                    engine,
                    changes.as_ptr(),
                    changes.len(),
                ))
            }
        };
        if fading.is_empty() {
            apply(inner.raw.as_ptr())?;
        } else {
            // A fade that the change leaves alone goes on, and a matrix is not in the engine's list.
            self.engine().native_batch(|engine| {
                apply(engine)?;
                for (connection, old, new) in fading {
                    connection.apply(Some(old), new, inner)?;
                }
                Ok(())
            })?;
        }
        strips.set_soloed(after);
        for (strip, state, new) in &mut held {
            let old = std::mem::replace(&mut state.faders, *new);
            new.end_replaced(&old, inner);
            strip.drive_fades(state, inner);
        }
        Ok(())
    }
}
