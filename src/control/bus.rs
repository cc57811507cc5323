//! The channel strip of one mixer input bus.

use std::fmt;
use std::hash::{Hash, Hasher};

use crate::desk::decibels::{to_db, volume_from_db};
use crate::desk::faders::Faders;
use crate::desk::ranges::{check_bus, check_pan, check_volume};
use crate::desk::scene::BusConfig;
use crate::desk::strip::{Feed, Strip, StripGuard};
use crate::desk::strips::StripRef;
use crate::desk::Desk;
use crate::engine::connection::MAX_BUSES;
use crate::engine::raw_node::RawNode;
use crate::engine::target::Target;
use crate::engine::Engine;
use crate::error::Result;
use crate::nodes::mixer::Mixer;
use crate::sync::in_render;

/// A mixer's input bus and its fader, pan, mute, solo and label, as on a console.
///
/// What is connected to the bus sounds through its strip; the strip keeps its values while sources
/// come and go, and applies them to every new connection.
///
/// Changes are click-free. On the portable engine each one is a linear ramp of 480 frames (10 ms at
/// 48 kHz) in every output channel, from what is heard at that moment: however changes overlap, no
/// frame moves by more than the ramps and fades under way. A bus that is silent at the frame where
/// a change takes effect needs no ramp, and what sounds next has the new values from its first
/// frame. A bus is silent when its player does not play, waits or has run out of buffers, or when
/// its source's block is silent, once the tail of what is in between (a converter, an equalizer) is
/// over. Setting a value that is already set, and that nothing moves, changes nothing.
///
/// ```
/// use perbus::{Engine, Format};
///
/// let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
/// let bus = engine.main_mixer().bus(2)?;
/// bus.set_volume(0.5)?;
///
/// let player = engine.create_player()?;
/// engine.connect(&player, bus.mixer(), 0, 2)?;
/// assert_eq!(engine.connection_volume(&player, bus.mixer(), 2)?, 0.5);
/// bus.set_muted(true)?;
/// assert_eq!(engine.connection_volume(&player, bus.mixer(), 2)?, 0.0);
/// assert_eq!(bus.volume(), 0.5);
/// # Ok::<(), perbus::Error>(())
/// ```
#[doc(alias = "AVAudioMixingDestination")]
#[derive(Clone)]
pub struct Bus {
    // The strip may have masters, and goes before the engine.
    pub(crate) strip: StripRef<Target>,
    pub(crate) mixer: Mixer,
    pub(crate) bus: u32,
}

impl PartialEq for Bus {
    fn eq(&self, other: &Self) -> bool {
        self.mixer == other.mixer && self.bus == other.bus
    }
}

impl Eq for Bus {}

impl Hash for Bus {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.mixer.hash(state);
        self.bus.hash(state);
    }
}

impl fmt::Debug for Bus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Bus")
            .field("mixer", &self.mixer)
            .field("number", &self.bus)
            .field("label", &self.label())
            .field("volume", &self.volume())
            .field("pan", &self.pan())
            .field("muted", &self.is_muted())
            .field("soloed", &self.is_soloed())
            .finish_non_exhaustive()
    }
}

impl Bus {
    /// The bus's number on its mixer.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.bus
    }

    /// The mixer whose bus it is.
    #[must_use]
    pub fn mixer(&self) -> &Mixer {
        &self.mixer
    }

    /// The engine that the mixer was made for.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        self.mixer.engine()
    }

    /// Whether a source is connected.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.desk()
            .lock_strip(&self.strip)
            .is_ok_and(|state| !matches!(state.feed, Feed::None))
    }

    /// The fader: a linear gain, 0 (silence) to 4 (+12 dB: [`MAX_VOLUME`](crate::MAX_VOLUME)),
    /// initially 1 (unity).
    ///
    /// In a source's closure, where nothing may wait for another thread's change of the strip, this
    /// is 0, and so are pan and effective volume; mute, solo and
    /// [`is_connected`](Self::is_connected) are false.
    #[must_use]
    pub fn volume(&self) -> f32 {
        self.ask(|strip| strip.volume(|| self.now()))
    }

    /// Moves the fader.
    ///
    /// Beyond 1 the bus is amplified; what exceeds full scale is up to what plays the mix. On
    /// Apple's engine the effect of volumes beyond 1 is undocumented.
    ///
    /// Maps to `-[AVAudioMixingDestination setVolume:]`.
    ///
    /// # Errors
    /// - [`Error::OutOfRange`](crate::Error::OutOfRange) outside 0 to 4.
    /// - [`Error::NotAttached`](crate::Error::NotAttached) when the mixer was detached.
    pub fn set_volume(&self, volume: f32) -> Result<()> {
        check_volume(volume)?;
        self.desk()
            .set_volume(&self.mixer.0.raw, &self.strip, volume)
    }

    /// The fader in decibels: 0 at unity, minus infinity at silence.
    #[must_use]
    pub fn volume_db(&self) -> f32 {
        to_db(self.volume())
    }

    /// Moves the fader to a gain in decibels, minus infinity (silence) over 0 (unity) to
    /// 12.04, the gain of 4.
    ///
    /// ```
    /// # use perbus::{Engine, Format};
    /// # let bus = Engine::offline(Format::new(48_000.0, 2)?, 512)?.main_mixer().bus(0)?;
    /// bus.set_volume_db(-6.0)?;
    /// assert!((bus.volume() - 0.5).abs() < 2e-3);
    /// bus.set_volume_db(f32::NEG_INFINITY)?;
    /// assert_eq!(bus.volume(), 0.0);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// - [`Error::OutOfRange`](crate::Error::OutOfRange) above 12.04 dB.
    /// - [`Error::NotAttached`](crate::Error::NotAttached) when the mixer was detached.
    pub fn set_volume_db(&self, decibels: f32) -> Result<()> {
        self.set_volume(volume_from_db(decibels)?)
    }

    /// The pan: -1 (left) to 1 (right), initially 0.
    #[must_use]
    pub fn pan(&self) -> f32 {
        self.ask(|strip| strip.pan(|| self.now()))
    }

    /// Sets the pan: a mono source is panned, a stereo one balanced. In a surround mixer the left
    /// gain applies to L, Ls and Lb, the right one to R, Rs and Rb; to C and LFE the volume alone
    /// applies. Channels without a layout are pairs, left and right; to the last of an odd number
    /// the volume alone applies. In a mixer with a mono output the pan has no effect.
    ///
    /// Maps to `-[AVAudioMixingDestination setPan:]`.
    ///
    /// # Errors
    /// - [`Error::OutOfRange`](crate::Error::OutOfRange) outside -1 to 1.
    /// - [`Error::NotAttached`](crate::Error::NotAttached) when the mixer was detached.
    pub fn set_pan(&self, pan: f32) -> Result<()> {
        check_pan(pan)?;
        self.desk().set_pan(&self.mixer.0.raw, &self.strip, pan)
    }

    /// Whether the bus is muted.
    #[must_use]
    pub fn is_muted(&self) -> bool {
        self.ask(|strip| strip.faders().muted)
    }

    /// Silences the bus, or lets it sound again at its fader's volume.
    ///
    /// # Errors
    /// [`Error::NotAttached`](crate::Error::NotAttached) when the mixer was detached.
    pub fn set_muted(&self, muted: bool) -> Result<()> {
        self.desk().set_muted(&self.mixer.0.raw, &self.strip, muted)
    }

    /// Whether the bus is soloed.
    #[must_use]
    pub fn is_soloed(&self) -> bool {
        self.ask(|strip| strip.faders().soloed)
    }

    /// Solo in place, for the whole engine: while any bus is soloed, only these are heard:
    ///
    /// - the soloed buses, and those that are [solo-safe](Self::set_solo_safe);
    /// - every bus that the source of a soloed one is heard through: its other connections (sends),
    ///   and the buses of the mixers that it goes on through, such as a reverb's return;
    /// - every bus that leads into a soloed one, through mixers, effects and matrices: all buses of
    ///   a group whose bus on the main mixer is soloed.
    ///
    /// All others are silent. Their faders stay where they are, and they sound again when the last
    /// solo ends. Mute wins over solo. All of it is heard from one block on, and follows when
    /// connections change while a bus is soloed. The source of a bus is the nearest one through its
    /// effects. Buses of a detached mixer keep their solos, which count again when it is attached.
    ///
    /// The first solo and the end of the last one visit every bus of the engine; others visit only
    /// the buses that they change.
    ///
    /// ```
    /// # use perbus::{Engine, Format};
    /// # let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    /// let (main, reverb) = (engine.main_mixer(), engine.create_mixer()?);
    /// let (drums, bass) = (engine.create_player()?, engine.create_player()?);
    /// engine.connect(&drums, &main, 0, 0)?;
    /// engine.connect(&bass, &main, 0, 1)?;
    /// engine.add_destination(&drums, &reverb, 0, 0)?;
    /// engine.add_destination(&bass, &reverb, 0, 1)?;
    /// engine.connect(&reverb, &main, 0, 7)?;
    ///
    /// main.bus(0)?.set_soloed(true)?;
    /// // The drums, their send and the reverb's return; neither the bass nor its send.
    /// assert!(main.bus(0)?.is_audible() && reverb.bus(0)?.is_audible());
    /// assert!(main.bus(7)?.is_audible());
    /// assert!(!main.bus(1)?.is_audible() && !reverb.bus(1)?.is_audible());
    /// assert_eq!((main.bus(1)?.volume(), main.bus(1)?.effective_volume()), (1.0, 0.0));
    ///
    /// engine.clear_solo()?;
    /// assert_eq!(main.bus(1)?.effective_volume(), 1.0);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotAttached`](crate::Error::NotAttached) when the mixer was detached.
    pub fn set_soloed(&self, soloed: bool) -> Result<()> {
        self.mixer.configure(&[BusConfig {
            soloed: Some(soloed),
            ..BusConfig::new(self.bus)
        }])
    }

    /// Whether solo never silences the bus.
    #[must_use]
    pub fn is_solo_safe(&self) -> bool {
        self.ask(|strip| strip.faders().solo_safe)
    }

    /// Keeps solos of other buses from silencing this one, or no longer: for a click, or a return
    /// that is to be heard always. The buses that it is heard through further on are not made safe
    /// by it.
    ///
    /// ```
    /// # use perbus::{Engine, Format};
    /// # let mixer = Engine::offline(Format::new(48_000.0, 2)?, 512)?.main_mixer();
    /// let (drums, click) = (mixer.bus(0)?, mixer.bus(1)?);
    /// click.set_solo_safe(true)?;
    /// drums.set_soloed(true)?;
    /// assert!(click.is_audible() && !mixer.bus(2)?.is_audible());
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotAttached`](crate::Error::NotAttached) when the mixer was detached.
    pub fn set_solo_safe(&self, solo_safe: bool) -> Result<()> {
        self.mixer.configure(&[BusConfig {
            solo_safe: Some(solo_safe),
            ..BusConfig::new(self.bus)
        }])
    }

    /// Whether the bus is neither muted nor silenced by a solo elsewhere. Its fader may still be at
    /// 0. In a source's closure false, like [`is_muted`](Self::is_muted).
    #[must_use]
    pub fn is_audible(&self) -> bool {
        self.ask(|strip| !strip.faders().silenced())
    }

    /// Resets the strip to the values of a new one: volume 1, pan 0, neither muted nor soloed nor
    /// solo-safe. The label stays.
    ///
    /// # Errors
    /// [`Error::NotAttached`](crate::Error::NotAttached) when the mixer was detached.
    pub fn reset(&self) -> Result<()> {
        let Faders {
            volume,
            pan,
            muted,
            soloed,
            solo_safe,
            ..
        } = Faders::default();
        self.mixer.configure(&[BusConfig {
            volume: Some(volume),
            pan: Some(pan),
            muted: Some(muted),
            soloed: Some(soloed),
            solo_safe: Some(solo_safe),
            ..BusConfig::new(self.bus)
        }])
    }

    /// The name of the bus; initially empty.
    #[must_use]
    pub fn label(&self) -> String {
        self.strip.label()
    }

    /// Names the bus.
    pub fn set_label(&self, label: &str) {
        self.strip.set_label(label);
    }

    /// The gain that is heard, at most [`MAX_VOLUME`](crate::MAX_VOLUME): 0 while the bus is muted,
    /// or while solo silences it; otherwise [`volume`](Self::volume) times the volumes of all its
    /// [groups](Self::groups), and for a post-fader [send](Self::send_to) times what the dry bus
    /// has.
    #[must_use]
    pub fn effective_volume(&self) -> f32 {
        self.ask(|strip| strip.heard_volume(|| self.now()))
    }

    /// What the strip answers, if the thread may wait for it.
    #[inline]
    fn ask<T: Default>(&self, ask: impl FnOnce(&Strip<Target>) -> T) -> T {
        if in_render::inside() {
            T::default()
        } else {
            ask(&self.strip)
        }
    }

    #[inline]
    pub(crate) fn desk(&self) -> &Desk<RawNode> {
        self.mixer.engine().desk()
    }

    /// The strip of a mixer that must be attached.
    pub(crate) fn lock_attached(&self) -> Result<StripGuard<'_, Target>> {
        self.desk().lock_attached(&self.mixer.0.raw, &self.strip)
    }

    pub(crate) fn now(&self) -> i64 {
        self.mixer.engine().now()
    }
}

impl Engine {
    /// Ends the solos of all buses, so that all sound again from one block on.
    ///
    /// # Errors
    /// [`Error::Exception`](crate::Error::Exception) when the engine refuses; nothing has changed
    /// then.
    pub fn clear_solo(&self) -> Result<()> {
        self.desk().clear_solo()
    }
}

impl Mixer {
    /// The channel strip of an input bus. It belongs to the bus, not to what is connected there:
    /// it may be set before anything is, and it keeps its values when sources come and go.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) for a bus not below
    /// [`MAX_BUSES`](crate::MAX_BUSES).
    pub fn bus(&self, bus: u32) -> Result<Bus> {
        check_bus(bus, MAX_BUSES)?;
        in_render::refuse()?;
        Ok(Bus {
            mixer: self.clone(),
            bus,
            strip: self.0.raw.strips.get_or_create_ref(bus),
        })
    }

    /// The buses that have a strip, by ascending number: those that were ever connected or asked
    /// for.
    ///
    /// ```
    /// # use perbus::{Engine, Format};
    /// # let mixer = Engine::offline(Format::new(48_000.0, 2)?, 512)?.main_mixer();
    /// mixer.bus(5)?.set_label("bass");
    /// mixer.bus(2)?.set_label("drums");
    /// let labels: Vec<_> = mixer.buses().map(|bus| bus.label()).collect();
    /// assert_eq!(labels, ["drums", "bass"]);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    pub fn buses(&self) -> impl Iterator<Item = Bus> + '_ {
        let strips = &self.0.raw.strips;
        strips.iter().filter_map(move |(bus, _)| {
            Some(Bus {
                mixer: self.clone(),
                bus,
                strip: strips.get_ref(bus)?,
            })
        })
    }
}
