//! Connecting to a bus, by the bus itself.

use crate::control::bus::Bus;
use crate::engine::format::Format;
use crate::engine::node::{sealed::AsNode, Node};
use crate::error::Result;
use crate::nodes::any_node::AnyNode;
use crate::nodes::mixer::Mixer;

impl Bus {
    /// Connects a source's first output bus to this one, in the source's format: the one that it
    /// was made with or last connected in, or else the engine's. The strip applies at once.
    ///
    /// Earlier connections of either bus end, and a source that is connected elsewhere moves. A player that is to play a buffer of another format than
    /// the engine's, a mono file on a stereo engine, say, is made for it with
    /// [`Engine::create_player_for`](crate::Engine::create_player_for), or connected in its format
    /// with [`connect_with_format`](Self::connect_with_format). The mixer converts.
    ///
    /// Maps to `connect:to:fromBus:toBus:format:`. For another output bus, see
    /// [`Engine::connect`](crate::Engine::connect).
    ///
    /// ```
    /// use perbus::{Buffer, Engine, Format};
    ///
    /// let engine = Engine::offline(Format::new(48_000.0, 2)?, 64)?;
    /// let voice = Buffer::from_fn(Format::new(48_000.0, 1)?, 64, |_, _| 0.5)?;
    /// let player = engine.create_player_for(&voice)?;
    /// let bus = engine.main_mixer().bus(3)?;
    /// bus.connect(&player)?;
    /// bus.set_volume(0.5)?;
    ///
    /// engine.start()?;
    /// player.schedule(&voice)?;
    /// player.play()?;
    /// let (mut left, mut right) = ([0.0; 64], [0.0; 64]);
    /// engine.render(&mut [&mut left, &mut right])?;
    /// assert_eq!((left, right), ([0.25; 64], [0.25; 64]));
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Engine::connect`](crate::Engine::connect).
    pub fn connect(&self, source: &(impl Node + ?Sized)) -> Result<()> {
        self.engine().connect(source, &self.mixer, 0, self.bus)
    }

    /// As [`connect`](Self::connect), in a given format: see
    /// [`Engine::connect_with_format`](crate::Engine::connect_with_format).
    ///
    /// # Errors
    /// As [`Engine::connect`](crate::Engine::connect).
    pub fn connect_with_format(&self, source: &(impl Node + ?Sized), format: Format) -> Result<()> {
        self.engine()
            .connect_with_format(source, &self.mixer, 0, self.bus, format)
    }

    /// Ends the bus's connection; no effect when there is none. The strip keeps its values.
    ///
    /// Maps to `disconnectNodeInput:bus:`.
    ///
    /// # Errors
    /// - [`Error::NotAttached`](crate::Error::NotAttached) when the mixer was detached.
    /// - [`Error::OutOfRange`](crate::Error::OutOfRange) for a bus that the mixer does not have
    ///   yet.
    pub fn disconnect(&self) -> Result<()> {
        self.engine().disconnect_input(&self.mixer, self.bus)
    }

    /// What is connected to the bus.
    ///
    /// ```
    /// # use perbus::{AnyNode, Engine, Format};
    /// # let engine = Engine::offline(Format::new(48_000.0, 2)?, 64)?;
    /// let (bus, player) = (engine.main_mixer().bus(3)?, engine.create_player()?);
    /// bus.connect(&player)?;
    /// assert_eq!(bus.source()?, Some(AnyNode::Player(player)));
    /// bus.disconnect()?;
    /// assert_eq!(bus.source()?, None);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotAttached`](crate::Error::NotAttached) when the mixer was detached.
    pub fn source(&self) -> Result<Option<AnyNode>> {
        let graph = self.desk().read()?;
        let link = graph.link(&self.mixer.0.raw, self.bus)?;
        let shown = link.filter(|link| !link.payload.source.is_hidden);
        Ok(shown.map(|link| self.engine().any(&link.payload.source)))
    }
}

impl Mixer {
    /// Connects a source to the lowest bus that nothing is connected to, in the source's format as
    /// [`Bus::connect`] does, and returns the bus. Threads that do so at the same time get
    /// different buses.
    ///
    /// Maps to `nextAvailableInputBus` and `connect:to:fromBus:toBus:format:`.
    ///
    /// ```
    /// # use perbus::{Engine, Format};
    /// # let engine = Engine::offline(Format::new(48_000.0, 2)?, 64)?;
    /// let mixer = engine.main_mixer();
    /// let drums = mixer.connect_next(&engine.create_player()?)?;
    /// let bass = mixer.connect_next(&engine.create_player()?)?;
    /// assert_eq!((drums.number(), bass.number()), (0, 1));
    /// drums.set_volume_db(-3.0)?;
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Engine::connect`](crate::Engine::connect).
    pub fn connect_next(&self, source: &(impl Node + ?Sized)) -> Result<Bus> {
        self.connect_next_with_format(source, self.engine().format_of(source))
    }

    /// As [`connect_next`](Self::connect_next), in a given format.
    ///
    /// # Errors
    /// As [`Engine::connect`](crate::Engine::connect).
    pub fn connect_next_with_format(
        &self,
        source: &(impl Node + ?Sized),
        format: Format,
    ) -> Result<Bus> {
        let engine = self.engine();
        engine.check_owner(source)?;
        let raw = &self.as_node().raw;
        let mut graph = engine.desk().edit()?;
        let bus = self.next_bus_now()?;
        engine.connect_raw(&mut graph, (&source.as_node().raw, 0), (raw, bus), format)?;
        drop(graph);
        self.bus(bus)
    }
}
