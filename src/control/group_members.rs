//! What groups have: buses, other groups, and a meter of it all.

use std::sync::Arc;

use crate::control::bus::Bus;
use crate::control::group::Group;
use crate::control::meter::Meter;
use crate::desk::tied;
use crate::engine::node::sealed::AsNode;
use crate::engine::raw_node::RawNode;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::nodes::mixer::Mixer;

impl Group {
    /// Adds a bus; no effect when it is a member already. What is heard of it ramps to its new gain.
    ///
    /// # Errors
    /// - [`Error::WrongEngine`](crate::Error::WrongEngine) for a bus of another engine.
    /// - [`Error::NotAttached`](crate::Error::NotAttached) when the group was removed.
    pub fn add(&self, bus: &Bus) -> Result<()> {
        self.add_all([bus])
    }

    /// Adds any number of buses: all, heard from one block on, or none when any is refused.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn add_all<'a>(&self, buses: impl IntoIterator<Item = &'a Bus>) -> Result<()> {
        let desk = self.engine().desk();
        desk.add_members(self.number, &self.strips(buses)?)
    }

    /// Takes a bus out of the group; no effect when it is no member. It may still be in it through
    /// a group in this one.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn remove(&self, bus: &Bus) -> Result<()> {
        self.remove_all([bus])
    }

    /// Takes any number of buses out of the group, likewise; all of it is heard from one block on.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn remove_all<'a>(&self, buses: impl IntoIterator<Item = &'a Bus>) -> Result<()> {
        let desk = self.engine().desk();
        desk.remove_members(self.number, &self.strips(buses)?)
    }

    /// Puts a group into this one, so that this one's fader, mute and solo act on its members, too;
    /// no effect when it is there already.
    ///
    /// ```
    /// # use perbus::{Engine, Error, Format};
    /// # let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    /// let (band, drums) = (engine.create_group("band")?, engine.create_group("drums")?);
    /// let kick = engine.main_mixer().bus(0)?;
    /// band.add_group(&drums)?;
    /// drums.add(&kick)?;
    /// // Twice in the band, and counted once.
    /// band.add(&kick)?;
    /// band.set_volume(0.5)?;
    /// assert_eq!(kick.effective_volume(), 0.5);
    /// let circle = drums.add_group(&band).unwrap_err();
    /// assert!(matches!(circle, Error::Cycle(_)));
    /// assert_eq!(
    ///     circle.to_string(),
    ///     r#"group "band" cannot be in group "drums", which it contains"#
    /// );
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// - [`Error::Cycle`](crate::Error::Cycle) for the group itself, or one that contains it.
    /// - [`Error::WrongEngine`](crate::Error::WrongEngine) for a group of another engine.
    /// - [`Error::NotAttached`](crate::Error::NotAttached) when either was removed.
    pub fn add_group(&self, group: &Group) -> Result<()> {
        self.engine().check_group(group)?;
        let desk = self.engine().desk();
        desk.nest_group(self.number, group.number, true)
    }

    /// Takes a group out of this one; no effect when it is not directly in it.
    ///
    /// # Errors
    /// As [`add_group`](Self::add_group), but for circles.
    pub fn remove_group(&self, group: &Group) -> Result<()> {
        self.engine().check_group(group)?;
        let desk = self.engine().desk();
        desk.nest_group(self.number, group.number, false)
    }

    /// The buses that are directly in the group, by mixer and number; not those of groups in it.
    /// Buses of detached mixers are members, too. None for a removed group, and in a source's
    /// closure.
    #[must_use]
    pub fn members(&self) -> Vec<Bus> {
        let members = self.engine().desk().members(self.number, false);
        self.engine().buses(members.unwrap_or_default())
    }

    /// The groups that are directly in this one; likewise.
    #[must_use]
    pub fn inner_groups(&self) -> Vec<Group> {
        let inner = self.engine().desk().groups_of_group(self.number, true);
        self.engine().all_groups(inner)
    }

    /// The groups that this one is directly in; likewise.
    #[must_use]
    pub fn groups(&self) -> Vec<Group> {
        let outer = self.engine().desk().groups_of_group(self.number, false);
        self.engine().all_groups(outer)
    }

    /// The members' meters as one, those of groups in this one too, each bus once, after all
    /// faders: the square root of the sum of the squares of their RMS, as of sounds that have
    /// nothing to do with each other; the highest of their peaks; all their clips. Buses without a
    /// source count as silent, and so do those that a matrix feeds, which have no meter.
    ///
    /// ```
    /// # use perbus::{Engine, Format};
    /// let mono = Format::new(48_000.0, 1)?;
    /// let engine = Engine::offline(mono, 2400)?;
    /// let (mixer, group) = (engine.main_mixer(), engine.create_group("both")?);
    /// for (bus, value) in [(0, 0.3), (1, 0.4)] {
    ///     let source = engine.create_source(mono, move |block| block.channel_mut(0).fill(value))?;
    ///     engine.connect(&source, &mixer, 0, bus)?;
    ///     group.add(&mixer.bus(bus)?)?;
    /// }
    /// group.meter()?;
    /// engine.start()?;
    /// engine.render(&mut [&mut [0.0; 2400]])?;
    /// let meter = group.meter()?;
    /// assert!((meter.rms[0] - 0.5).abs() < 1e-6 && meter.peak[0] == 0.4);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// - [`Error::NotAttached`](crate::Error::NotAttached) when the group was removed.
    /// - [`Error::Unsupported`](crate::Error::Unsupported) and
    ///   [`Error::InvalidArgument`](crate::Error::InvalidArgument) as [`Bus::meter`].
    pub fn meter(&self) -> Result<Meter> {
        let members = self.engine().desk().members(self.number, true)?;
        let mut sum = Meter::default();
        let mut powers = [0.0; 2];
        for bus in self.engine().buses(members) {
            let meter = match bus.meter() {
                // Nothing sounds there, or nothing that has a meter.
                Err(Error::NotConnected(_) | Error::NotMixing(_) | Error::NotAttached(_)) => {
                    continue
                }
                meter => meter?,
            };
            for (side, power) in powers.iter_mut().enumerate() {
                *power += f64::from(meter.rms[side]).powi(2);
                sum.peak[side] = sum.peak[side].max(meter.peak[side]);
            }
            sum.clips += meter.clips;
        }
        sum.rms = powers.map(|power| power.sqrt() as f32);
        Ok(sum)
    }

    fn strips<'a>(
        &self,
        buses: impl IntoIterator<Item = &'a Bus>,
    ) -> Result<Vec<tied::Mixer<RawNode>>> {
        let strip = |bus: &Bus| {
            self.engine().check_owner(bus.mixer())?;
            Ok((Arc::clone(&bus.mixer().as_node().raw), bus.number()))
        };
        buses.into_iter().map(strip).collect()
    }
}

impl Bus {
    /// The groups that the bus is directly in; none in a source's closure.
    #[must_use]
    pub fn groups(&self) -> Vec<Group> {
        let engine = self.mixer().engine();
        let mixer = &self.mixer().as_node().raw;
        let groups = engine.desk().groups_of_strip(mixer, self.number());
        engine.all_groups(groups)
    }
}

impl Engine {
    pub(crate) fn buses(&self, strips: Vec<tied::Mixer<RawNode>>) -> Vec<Bus> {
        let bus = |(raw, bus): tied::Mixer<RawNode>| Bus {
            strip: raw.strips.get_or_create_ref(bus),
            mixer: Mixer(self.node_ref(&raw)),
            bus,
        };
        strips.into_iter().map(bus).collect()
    }
}
