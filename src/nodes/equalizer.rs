//! Equalizers: the one effect of this crate.

use crate::desk::node::Kind;
use crate::engine::equalization::Value;
use crate::engine::node::{sealed::AsNode, NodeRef};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ffi::{self, native};

/// The most bands of an equalizer.
pub const MAX_BANDS: u32 = ffi::PERBUS_MAX_BANDS;

/// What a band does. In brackets: what it uses in addition to the frequency.
///
/// The curves are those of the Audio EQ Cookbook (R. Bristow-Johnson) on the portable engine.
#[doc(alias = "AVAudioUnitEQFilterType")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum FilterType {
    /// A bell around the frequency (bandwidth, gain).
    #[default]
    Parametric = 0,
    /// Butterworth: -3 dB at the frequency.
    LowPass = 1,
    /// Butterworth: -3 dB at the frequency.
    HighPass = 2,
    /// (bandwidth)
    ResonantLowPass = 3,
    /// (bandwidth)
    ResonantHighPass = 4,
    /// 0 dB at the frequency, less elsewhere (bandwidth).
    BandPass = 5,
    /// Silence at the frequency (bandwidth).
    BandStop = 6,
    /// The gain below the frequency, half of it there (gain).
    LowShelf = 7,
    /// The gain above the frequency, half of it there (gain).
    HighShelf = 8,
    /// (bandwidth, gain)
    ResonantLowShelf = 9,
    /// (bandwidth, gain)
    ResonantHighShelf = 10,
}

impl FilterType {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 11] = [
        Self::Parametric,
        Self::LowPass,
        Self::HighPass,
        Self::ResonantLowPass,
        Self::ResonantHighPass,
        Self::BandPass,
        Self::BandStop,
        Self::LowShelf,
        Self::HighShelf,
        Self::ResonantLowShelf,
        Self::ResonantHighShelf,
    ];
}

/// One band of an equalizer. The default is a bell of 0 dB at 1 kHz, half an octave wide.
#[doc(alias = "AVAudioUnitEQFilterParameters")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// What the band does.
    pub filter: FilterType,
    /// Hz, above 0 and below half the sample rate.
    pub frequency: f32,
    /// dB, -96 to 24.
    pub gain: f32,
    /// Octaves, 0.05 to 5.
    pub bandwidth: f32,
    /// Whether the band passes everything.
    pub bypass: bool,
}

impl Band {
    pub(crate) fn to_ffi(self) -> ffi::perbus_band {
        ffi::perbus_band {
            type_: self.filter as i32,
            frequency: self.frequency,
            gain: self.gain,
            bandwidth: self.bandwidth,
            bypass: self.bypass,
        }
    }

    pub(crate) fn from_ffi(band: &ffi::perbus_band) -> Result<Self> {
        let filter = FilterType::ALL
            .into_iter()
            .find(|filter| *filter as i32 == band.type_)
            .ok_or_else(|| Error::InvalidArgument(format!("unknown filter type {}", band.type_)))?;
        Ok(Self {
            filter,
            frequency: band.frequency,
            gain: band.gain,
            bandwidth: band.bandwidth,
            bypass: band.bypass,
        })
    }
}

impl Default for Band {
    fn default() -> Self {
        Self {
            filter: FilterType::Parametric,
            frequency: 1000.0,
            gain: 0.0,
            bandwidth: 0.5,
            bypass: false,
        }
    }
}

/// An equalizer, see [`Engine::create_equalizer`](crate::Engine::create_equalizer): one input, one
/// output, and between them bands in series and a gain after them.
///
/// It can be anywhere in the graph. Between a source and a mixer it leaves the bus's channel strip
/// in charge: the strip controls the source that feeds the equalizer. Changes are smooth and
/// click-free.
///
/// ```
/// use perbus::{Band, Control, Engine, FilterType, Format};
///
/// let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
/// let (mixer, voice) = (engine.main_mixer(), engine.create_player()?);
/// let equalizer = engine.create_equalizer(2)?;
/// engine.connect(&voice, &equalizer, 0, 0)?;
/// engine.connect(&equalizer, &mixer, 0, 3)?;
///
/// let rumble = Band { filter: FilterType::HighPass, frequency: 80.0, ..Band::default() };
/// equalizer.set_band(0, rumble)?;
/// equalizer.set_band(1, Band { frequency: 3000.0, gain: 4.0, ..Band::default() })?;
///
/// // The bus's fader is still there, behind the equalizer.
/// assert_eq!(engine.set_mixer_volume_for_bus(&mixer, 0.5, 3)?, Control::Connection);
/// assert_eq!(engine.connection_volume(&voice, &mixer, 3)?, 0.5);
/// # Ok::<(), perbus::Error>(())
/// ```
#[doc(alias = "AVAudioUnitEQ")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Equalizer(pub(crate) NodeRef);

impl Engine {
    /// Makes an equalizer, its bands bypassed, and attaches it. It stays when its
    /// last handle is dropped: see [`nodes`](Self::nodes).
    ///
    /// Maps to `-[AVAudioUnitEQ initWithNumberOfBands:]` and `attachNode:`.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) unless `bands` is 1 to
    /// [`MAX_BANDS`](crate::MAX_BANDS).
    pub fn create_equalizer(&self, bands: u32) -> Result<Equalizer> {
        let mut raw = std::ptr::null_mut();
        // SAFETY: the pointer is to a live local; on PERBUS_OK the handle is ours to release.
        unsafe { native!(perbus_equalizer_create(bands, &mut raw)) }?;
        Ok(Equalizer(self.adopt(raw, Kind::Effect)?))
    }
}

impl Equalizer {
    /// How many bands it was made with.
    ///
    /// # Errors
    /// [`Error::Exception`](crate::Error::Exception) when the engine cannot tell.
    pub fn band_count(&self) -> Result<u32> {
        let mut count = 0;
        self.call(|raw| {
            // SAFETY: the handle is live and the pointer is to a live local.
            unsafe { native!(perbus_equalizer_get_band_count(raw, &mut count)) }
        })?;
        Ok(count)
    }

    /// What a band is set to. The bands of a new equalizer are bypassed.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) when `index` is not below the band count.
    pub fn band(&self, index: u32) -> Result<Band> {
        let mut band = Band::default().to_ffi();
        self.call(|raw| {
            // SAFETY: the handle is live and the pointer is to a live local.
            unsafe { native!(perbus_equalizer_get_band(raw, index, &mut band)) }
        })?;
        Band::from_ffi(&band)
    }

    /// Sets a band.
    ///
    /// Maps to the properties of `AVAudioUnitEQFilterParameters`.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) when `index` is not below the band count,
    /// for a frequency that is not above 0 and below half the sample rate, a gain outside -96 to 24
    /// dB or a bandwidth outside 0.05 to 5 octaves.
    pub fn set_band(&self, index: u32, band: Band) -> Result<()> {
        self.set(Value::Band(index, band.to_ffi()))
    }

    /// The gain after the bands, in dB; initially 0.
    ///
    /// # Errors
    /// [`Error::Exception`](crate::Error::Exception) when the engine cannot tell.
    pub fn global_gain(&self) -> Result<f32> {
        let mut gain = 0.0;
        self.call(|raw| {
            // SAFETY: the handle is live and the pointer is to a live local.
            unsafe { native!(perbus_equalizer_get_global_gain(raw, &mut gain)) }
        })?;
        Ok(gain)
    }

    /// Sets the gain after the bands, -96 to 24 dB. Maps to `globalGain`.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange).
    pub fn set_global_gain(&self, decibels: f32) -> Result<()> {
        self.set(Value::Gain(decibels))
    }

    /// Whether it passes everything unchanged.
    ///
    /// # Errors
    /// [`Error::Exception`](crate::Error::Exception) when the engine cannot tell.
    pub fn is_bypassed(&self) -> Result<bool> {
        let mut bypassed = false;
        self.call(|raw| {
            // SAFETY: the handle is live and the pointer is to a live local.
            unsafe { native!(perbus_equalizer_get_bypass(raw, &mut bypassed)) }
        })?;
        Ok(bypassed)
    }

    /// Passes everything unchanged, or not; bands and gain stay set.
    ///
    /// Maps to `-[AVAudioUnitEffect setBypass:]`.
    ///
    /// # Errors
    /// [`Error::Exception`](crate::Error::Exception) when the engine cannot.
    pub fn set_bypassed(&self, bypassed: bool) -> Result<()> {
        self.set(Value::Bypassed(bypassed))
    }

    fn set(&self, value: Value) -> Result<()> {
        let _graph = self.engine().desk().read()?;
        value.set(&self.0.raw)
    }

    /// Runs `call` with the graph lock held for reading: the sample rate is the graph's.
    fn call(&self, call: impl FnOnce(*mut ffi::perbus_node) -> Result<()>) -> Result<()> {
        let _graph = self.engine().desk().read()?;
        call(self.0.raw.as_ptr())
    }
}

impl AsNode for Equalizer {
    fn as_node(&self) -> &NodeRef {
        &self.0
    }
}
