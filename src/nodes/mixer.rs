//! Mixers.

use crate::desk::decibels::{to_db, volume_from_db};
use crate::desk::node::Kind;
use crate::desk::pan_law::PanLaw;
use crate::desk::ranges::check_volume;
use crate::engine::node::{sealed::AsNode, NodeRef};
use crate::engine::Engine;
use crate::error::Result;
use crate::ffi::native;

/// A mixer: any number of input buses, each with a channel strip, summed into one output bus.
///
/// ```
/// use perbus::{Engine, Format};
///
/// let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
/// let drums = engine.create_mixer()?;
/// engine.connect(&drums, &engine.main_mixer(), 0, 0)?;
/// drums.bus(7)?.set_pan(-0.5)?;
/// drums.set_output_volume(0.9)?;
/// assert_eq!(drums.bus(7)?.pan(), -0.5);
/// # Ok::<(), perbus::Error>(())
/// ```
#[doc(alias = "AVAudioMixerNode")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mixer(pub(crate) NodeRef);

impl Engine {
    /// The mixer that feeds the output: the engine's first node, "mixer 0". Every call returns a
    /// handle of the same one, in a source's closure as well.
    ///
    /// The engine's constructor makes it, once offline rendering is set up, and reports what goes
    /// wrong.
    ///
    /// An [adopted](Self::from_native) engine is asked for it by the first call, after which the map
    /// is [synced](Self::sync): AVFAudio then makes the mixer if the program never asked, and
    /// connects it to the output if nothing else feeds that.
    ///
    /// Maps to `mainMixerNode`.
    ///
    /// # Panics
    /// If the engine throws instead of handing it out, which none of ours does once its constructor
    /// has succeeded. On an adopted engine, also when the first call is made in a source's closure.
    #[must_use]
    pub fn main_mixer(&self) -> Mixer {
        Mixer(self.node_ref(self.main()))
    }

    /// Makes a mixer and attaches it. It stays and keeps sounding when its last handle is dropped:
    /// see [`nodes`](Self::nodes).
    ///
    /// Maps to `-[AVAudioMixerNode init]` and `attachNode:`.
    ///
    /// # Errors
    /// [`Error::NoMemory`](crate::Error::NoMemory).
    pub fn create_mixer(&self) -> Result<Mixer> {
        let mut raw = std::ptr::null_mut();
        // SAFETY: the pointer is to a live local; on PERBUS_OK the handle is ours to release.
        unsafe { native!(perbus_mixer_create(&mut raw)) }?;
        Ok(Mixer(self.adopt(raw, Kind::Mixer)?))
    }
}

impl Mixer {
    /// Sets the gain of the mixer's sum, 0 to 4 ([`MAX_VOLUME`](crate::MAX_VOLUME), where Apple's
    /// part is undocumented beyond 1), and so of all its buses at once.
    ///
    /// The mixer keeps it while it is detached, and it is applied again whenever the mixer is
    /// attached or connected, and when the engine starts: Apple's mixers forget it.
    ///
    /// Maps to `outputVolume`.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange).
    pub fn set_output_volume(&self, volume: f32) -> Result<()> {
        check_volume(volume)?;
        self.0.engine.desk().set_output_volume(&self.0.raw, volume)
    }

    /// The gain of the mixer's sum, or where a [fade](Self::fade_output_volume_to) has got to;
    /// initially 1.
    ///
    /// # Errors
    /// [`Error::InRender`](crate::Error::InRender) in a source's closure.
    pub fn output_volume(&self) -> Result<f32> {
        self.0.engine.desk().output_volume(&self.0.raw)
    }

    /// The gain of the mixer's sum in decibels: 0 at unity, minus infinity at silence.
    ///
    /// # Errors
    /// As [`output_volume`](Self::output_volume).
    pub fn output_volume_db(&self) -> Result<f32> {
        self.output_volume().map(to_db)
    }

    /// Sets the gain of the mixer's sum in decibels, minus infinity (silence) over 0 (unity)
    /// to 12.04.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) above 12.04 dB.
    pub fn set_output_volume_db(&self, decibels: f32) -> Result<()> {
        self.set_output_volume(volume_from_db(decibels)?)
    }

    /// Sets the pan law of the mixer's mono inputs, those that are connected later included. It
    /// belongs to the mixer: reconnections and being detached leave it alone. Where an input sounds,
    /// the change is heard as a ramp, in all inputs from one block on. In a mixer with a mono output
    /// it has no effect.
    ///
    /// Apple's mixers have no law but balance. There the crate sends them the volume and the balance
    /// whose gains are those of constant power, while a pan fades every few milliseconds.
    ///
    /// Maps to no selector of Apple's.
    ///
    /// ```
    /// use perbus::{Engine, Format, PanLaw};
    ///
    /// let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    /// let mixer = engine.main_mixer();
    /// let mono = Format::new(48_000.0, 1)?;
    /// let source = engine.create_source(mono, |block| block.channel_mut(0).fill(1.0))?;
    /// engine.connect(&source, &mixer, 0, 0)?;
    /// mixer.set_pan_law(PanLaw::ConstantPower)?;
    /// engine.start()?;
    /// let (mut left, mut right) = ([0.0; 512], [0.0; 512]);
    /// engine.render(&mut [&mut left, &mut right])?;
    /// assert!((left[511] - 0.5f32.sqrt()).abs() < 1e-6 && left == right);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::InRender`](crate::Error::InRender) in a source's closure.
    pub fn set_pan_law(&self, law: PanLaw) -> Result<()> {
        self.0.engine.desk().set_pan_law(&self.0.raw, law)
    }

    /// The pan law of the mixer's mono inputs; initially [`PanLaw::Balance`].
    #[must_use]
    pub fn pan_law(&self) -> PanLaw {
        self.0.raw.pan_law.get()
    }

    /// Gives the mixer at least `buses` input buses (1 to [`MAX_BUSES`](crate::MAX_BUSES)).
    ///
    /// Calling it is optional: a mixer grows when a connection asks for a higher bus.
    ///
    /// Maps to `-[AUAudioUnitBusArray setBusCount:error:]`.
    ///
    /// ```
    /// # use perbus::{Engine, Format};
    /// let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    /// let mixer = engine.create_mixer()?;
    /// mixer.reserve(32)?;
    /// assert_eq!(engine.inspect(&mixer)?.inputs.len(), 32);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// - [`Error::OutOfRange`](crate::Error::OutOfRange).
    /// - [`Error::Exception`](crate::Error::Exception) when the engine refuses.
    pub fn reserve(&self, buses: u32) -> Result<()> {
        let _graph = self.0.engine.desk().edit()?;
        // SAFETY: the handle is live, and the graph lock is held.
        unsafe { native!(perbus_mixer_reserve(self.0.raw.as_ptr(), buses)) }
    }

    /// The lowest input bus that nothing is connected to. Maps to `nextAvailableInputBus`.
    ///
    /// # Errors
    /// [`Error::Exception`](crate::Error::Exception) when the engine cannot tell.
    pub fn next_bus(&self) -> Result<u32> {
        let _graph = self.0.engine.desk().read()?;
        self.next_bus_now()
    }

    /// For callers that hold the graph's lock.
    pub(crate) fn next_bus_now(&self) -> Result<u32> {
        let mut bus = 0;
        // SAFETY: the handle is live, the pointer is to a live local, and graph calls are kept
        // away.
        unsafe { native!(perbus_mixer_get_next_bus(self.0.raw.as_ptr(), &mut bus)) }?;
        Ok(bus)
    }
}

impl AsNode for Mixer {
    fn as_node(&self) -> &NodeRef {
        &self.0
    }
}
