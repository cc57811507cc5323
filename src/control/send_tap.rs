//! Sends: a further bus for what feeds one, before or after its fader.

use std::sync::Arc;

use crate::control::bus::Bus;
use crate::desk::sends::SendTap;
use crate::desk::Desk;
use crate::engine::node::sealed::AsNode;
use crate::error::{Error, Result};
use crate::nodes::mixer::Mixer;

/// Where a send goes: a bus, or a mixer's next free bus. Made from a reference to either.
#[derive(Clone, Debug)]
pub enum SendTarget {
    /// This bus.
    Bus(Bus),
    /// The lowest bus of this mixer that nothing is connected to.
    Mixer(Mixer),
}

impl From<&Bus> for SendTarget {
    fn from(bus: &Bus) -> Self {
        Self::Bus(bus.clone())
    }
}

impl From<&Mixer> for SendTarget {
    fn from(mixer: &Mixer) -> Self {
        Self::Mixer(mixer.clone())
    }
}

impl Bus {
    /// Sends what feeds this bus to a further one, a reverb's or a cue mix's, and returns that: its
    /// strip is the send's, whose fader sets the send's level, with a pan, mute, solo and groups of
    /// its own.
    ///
    /// A [post-fader](SendTap::PostFader) send is heard at that level times this bus's fader, mute
    /// and groups, frame by frame while they fade on the portable engine. A
    /// [pre-fader](SendTap::PreFader) send follows none of them. What solo makes of one bus is not
    /// passed on to the other: the send of a soloed bus is audible, as it is on the way of the
    /// soloed signal.
    ///
    /// Both buses are fed by the same output bus. The send ends, and its strip is an ordinary one
    /// from then on, when one of the two gets another source. While either is disconnected it
    /// waits for the same source. [`end_send`](Self::end_send) ends it as well.
    ///
    /// Sends of sends are possible: a post-fader one follows all faders before it.
    ///
    /// ```
    /// use perbus::{Engine, Format, SendTap};
    ///
    /// let mono = Format::new(48_000.0, 1)?;
    /// let engine = Engine::offline(mono, 64)?;
    /// let (main, reverb) = (engine.main_mixer(), engine.create_mixer()?);
    /// engine.connect(&reverb, &main, 0, 7)?;
    /// let voice = engine.create_source(mono, |block| block.channel_mut(0).fill(1.0))?;
    /// engine.connect(&voice, &main, 0, 0)?;
    ///
    /// let dry = main.bus(0)?;
    /// let send = dry.send_to(&reverb, SendTap::PostFader)?;
    /// send.set_volume(0.5)?;
    /// dry.set_volume(0.5)?;
    /// engine.start()?;
    /// let mut samples = [0.0; 64];
    /// engine.render(&mut [&mut samples])?;
    /// assert_eq!(samples, [0.75; 64]);
    /// assert_eq!((send.volume(), send.effective_volume()), (0.5, 0.25));
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// - [`Error::NotConnected`] when this bus has no source.
    /// - [`Error::InvalidArgument`] for a send of a bus to itself.
    /// - [`Error::Cycle`] for a send to a bus of which this one is a send, directly or through
    ///   others, and onto a mixer that feeds this bus.
    /// - [`Error::WrongEngine`] for a bus or mixer of another engine.
    /// - [`Error::NotAttached`] when either mixer was detached.
    /// - Whatever [`Engine::add_destination`](crate::Engine::add_destination) returns.
    pub fn send_to(&self, to: impl Into<SendTarget>, tap: SendTap) -> Result<Bus> {
        let engine = self.mixer().engine();
        let (mixer, bus) = match to.into() {
            SendTarget::Bus(bus) => (bus.mixer().clone(), Some(bus.number())),
            SendTarget::Mixer(mixer) => (mixer, None),
        };
        engine.check_owner(&mixer)?;
        let desk = engine.desk();
        let mut graph = desk.edit()?;
        let bus = match bus {
            Some(bus) => bus,
            None => mixer.next_bus_now()?,
        };
        let dry = (Arc::clone(&self.mixer().as_node().raw), self.number());
        let wet = (Arc::clone(&mixer.as_node().raw), bus);
        Desk::check_send(&graph, &dry, &wet)?;
        let link = graph.link(&dry.0, dry.1)?.cloned();
        let link = link.ok_or_else(|| {
            Error::NotConnected(format!("bus {} has no source to send", self.number()))
        })?;
        let source = (&link.payload.source, link.source.bus);
        let fed = graph.link(&wet.0, bus)?;
        let is_fed = fed.is_some_and(|it| it.source == link.source);
        desk.backend().native_batch(|_| {
            if !is_fed {
                engine.add_fed(&mut graph, source, (&wet.0, bus))?;
            }
            let joined = desk.join_send(&mut graph, &dry, &wet, tap);
            if joined.is_err() && !is_fed {
                engine.remove_fed(&mut graph, source, (&wet.0, bus))?;
            }
            joined
        })?;
        drop(graph);
        mixer.bus(bus)
    }

    /// Where a send takes its signal from; `None` for a bus that is not a send, and in a source's
    /// closure.
    #[must_use]
    pub fn send_tap(&self) -> Option<SendTap> {
        let desk = self.mixer().engine().desk();
        let send = desk.send(&self.mixer().as_node().raw, self.number());
        send.ok()?.map(|(tap, _)| tap)
    }

    /// Switches a send between before and after the fader; without a click, as every change of a
    /// fader.
    ///
    /// ```
    /// # use perbus::{Engine, Format, SendTap};
    /// # let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    /// # let (main, cue) = (engine.main_mixer(), engine.create_mixer()?);
    /// # let player = engine.create_player()?;
    /// engine.connect(&player, &main, 0, 0)?;
    /// main.bus(0)?.set_volume(0.25)?;
    /// let send = main.bus(0)?.send_to(&cue, SendTap::PreFader)?;
    /// assert_eq!(send.effective_volume(), 1.0);
    /// send.set_send_tap(SendTap::PostFader)?;
    /// assert_eq!(send.effective_volume(), 0.25);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::WrongKind`] for a bus that is not a send.
    pub fn set_send_tap(&self, tap: SendTap) -> Result<()> {
        let desk = self.mixer().engine().desk();
        desk.set_send_tap(&self.mixer().as_node().raw, self.number(), tap)
    }

    /// The bus that this one is a send of; `None` for a bus that is not a send, and in a source's
    /// closure.
    #[must_use]
    pub fn send_source(&self) -> Option<Bus> {
        let engine = self.mixer().engine();
        let raw = &self.mixer().as_node().raw;
        let (_, dry) = engine.desk().send(raw, self.number()).ok()??;
        engine.buses(dry.into_iter().collect()).pop()
    }

    /// The sends of the bus, by mixer and number; none in a source's closure.
    #[must_use]
    pub fn sends(&self) -> Vec<Bus> {
        let engine = self.mixer().engine();
        let raw = &self.mixer().as_node().raw;
        let sends = engine.desk().sends_of(raw, self.number());
        engine.buses(sends.unwrap_or_default())
    }

    /// Ends a send: disconnects its bus, whose strip keeps its values and is an ordinary one from
    /// now on.
    ///
    /// # Errors
    /// [`Error::WrongKind`] for a bus that is not a send.
    pub fn end_send(&self) -> Result<()> {
        let engine = self.mixer().engine();
        let (desk, raw) = (engine.desk(), &self.mixer().as_node().raw);
        let mut graph = desk.edit()?;
        desk.backend().native_batch(|_| {
            desk.end_send(&mut graph, raw, self.number())?;
            let link = match raw.slot() {
                Ok(_) => graph.link(raw, self.number())?.cloned(),
                Err(_) => None,
            };
            link.map_or(Ok(()), |link| {
                let source = (&link.payload.source, link.source.bus);
                engine.remove_fed(&mut graph, source, (raw, self.number()))
            })
        })
    }
}
