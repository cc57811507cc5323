//! True per-bus volume and pan for AVAudioEngine mixers.
//!
//! `AVAudioMixerNode` has one output volume and no fader per input bus. The control exists, but on
//! the other side: every connection of a source to a mixer has its own volume and pan. This crate
//! tracks which source feeds which bus and turns "volume of mixer M, bus 3" into the call that sets
//! it. Each bus gets a channel strip ([`Bus`]) whose values stay put while sources come and go.
//!
//! On Apple platforms it drives Apple's AVFAudio; elsewhere it drives a portable engine with the
//! same classes, which renders real sound.
//!
//! ```
//! use perbus::{Buffer, Control, Engine, Format};
//!
//! let stereo = Format::new(48_000.0, 2)?;
//! let engine = Engine::offline(stereo, 512)?;
//! let mixer = engine.main_mixer();
//!
//! // Two players on two buses, each with its own fader.
//! let (drums, bass) = (engine.create_player()?, engine.create_player()?);
//! engine.connect(&drums, &mixer, 0, 0)?;
//! engine.connect(&bass, &mixer, 0, 1)?;
//! mixer.bus(0)?.set_volume(0.5)?;
//! engine.set_mixer_volume_for_bus(&mixer, 0.25, 1)?;
//!
//! engine.start()?;
//! for player in [&drums, &bass] {
//!     player.schedule(&Buffer::from_fn(stereo, 512, |_, _| 1.0)?)?;
//!     player.play()?;
//! }
//! let (mut left, mut right) = ([0.0; 512], [0.0; 512]);
//! engine.render(&mut [&mut left, &mut right])?;
//! assert_eq!(left, [0.75; 512]);
//!
//! // A bus without a source falls back to the mixer's global control, and says so.
//! engine.disconnect_input(&mixer, 1)?;
//! assert_eq!(engine.set_mixer_volume_for_bus(&mixer, 0.9, 1)?, Control::Mixer);
//! # Ok::<(), perbus::Error>(())
//! ```
//!
//! # Concepts
//!
//! | Concept | In short | Items |
//! |---|---|---|
//! | Engine | a graph of nodes and what renders it, to a device or offline | [`Engine::new`], [`Engine::offline`], [`Engine::start`], [`Engine::render`] |
//! | Bus | a numbered input of a mixer | [`Mixer::bus`], [`Mixer::next_bus`], [`Mixer::reserve`], [`MAX_BUSES`] |
//! | Strip | a bus's fader, pan, mute, solo and label, kept while sources come and go | [`Bus`] |
//! | By number | the volume and pan of "mixer M, bus 3", and which control that is | [`Engine::set_mixer_volume_for_bus`], [`Engine::set_mixer_pan_for_bus`], [`Control`], [`Fallback`] |
//! | Connection | one source on one bus | [`Bus::connect`], [`Mixer::connect_next`], [`Engine::connect`], [`Engine::disconnect_input`], [`Engine::set_connection_volume`] |
//! | Fan-out | further connections of a source, each with a strip of its own | [`Engine::connect_many`], [`Engine::add_destination`], [`Engine::remove_destination`] |
//! | Send | a further bus for what feeds one, before or after its fader | [`Bus::send_to`], [`SendTap`], [`SendTarget`], [`Bus::sends`] |
//! | Group | a fader, mute and solo over buses of any mixers | [`Engine::create_group`], [`Group`], [`Engine::groups`] |
//! | Many at once | all or nothing, and in one block | [`Mixer::configure`], [`BusConfig`]; [`Engine::batch`] |
//! | Scene | a mixer or the whole engine, saved and recalled, at once or in a fade | [`Mixer::snapshot`], [`Mixer::apply`], [`Mixer::fade_to_scene`], [`Scene`]; [`Engine::snapshot`], [`Engine::apply`], [`Engine::fade_to_scene`], [`EngineScene`]; [`SceneParts`] |
//! | Fade | a volume or pan that moves, exact to the frame | [`Bus::fade_to`], [`Bus::fade_pan_to`], [`Curve`], [`Fade`], [`FadeEnd`] |
//! | Tap | what leaves a node, as blocks of samples | [`Node::tap`], [`Node::tap_bus`], [`TapBlock`], [`Tap`] |
//! | Meter | peak, RMS and clipped samples | [`Bus::meter`], [`Mixer::meter`], [`Meter`] |
//! | Decibels | volumes as decibels | [`decibels`], [`Bus::set_volume_db`], [`Mixer::set_output_volume_db`] |
//! | Pan laws | gains for a position between two sides | [`pan`] |
//! | Player | sound from memory and from files, scheduled and looped | [`Player`], [`Schedule`], [`BufferEnd`], [`Engine::play_once`] |
//! | Buffer | the samples for players | [`Buffer`], [`BufferBuilder`] |
//! | Source | sound from a closure | [`Engine::create_source`], [`Source`], [`RenderBlock`] |
//! | Input | sound from a microphone | [`Engine::input`], [`Engine::set_input`], [`Input`] |
//! | Format | sample rate, channels, and which speaker each one feeds | [`Format`], [`ChannelLayout`] |
//! | Equalizer | filters between a source and a bus | [`Equalizer`], [`Band`], [`FilterType`], [`MAX_BANDS`] |
//! | Matrix mixer | every input channel to every output channel | [`Matrix`], [`Levels`], [`MAX_MATRIX_BUSES`] |
//! | Node | what is connected: mixers, players, sources, effects, the output | [`Node`], [`AnyNode`], [`NodeId`], [`Output`], [`Engine::nodes`] |
//! | Tracking | what feeds what, and whether the map and the engine agree | [`Engine::source_of`], [`Engine::audit`], [`Discrepancy`], [`Engine::inspect`], [`NodeInfo`], [`Engine::to_dot`] |
//! | Files | reading and writing audio files | [`File`], [`FileSettings`], [`file`](mod@file), [`Engine::render_to_wav`] |
//! | Recorder | a mixer or a bus, into a file while it plays | [`Mixer::record`], [`Bus::record`], [`Recorder`] |
//! | Threads | rendering on several | [`Engine::set_render_threads`], [`MAX_RENDER_THREADS`] |
//! | Errors | what can go wrong | [`Error`], [`Result`] |
//! | Version | of the native library | [`version`](version()) |
//!
//! The [guides](guide) explain how it works and how it compares with plain AVAudioEngine.
//!
//! # Conventions
//!
//! - Volumes are linear gains from 0 to 4 (beyond 1 is undocumented on Apple); pans run from -1 (left) to 1 (right).
//! - A call that fails has changed nothing. Its [`Error`] names the value and the limit.
//! - Every handle can be cloned, sent to other threads and shared between them, and every method
//!   may be called on any thread except one that is running a source's closure
//!   ([`Error::InRender`]).
//! - Methods wait for locks and allocate, so none is for an audio thread; their results reach it
//!   without a lock.
//!
//! # Features
//!
//! - `devices` (on by default): output and input devices. Without it, engines only render offline, and
//!   [`devices`], [`Engine::new`] and [`Engine::builder`] return [`Error::Unsupported`].
//! - `files` (on by default): audio files, in [`file`](mod@file) and [`Engine::render_to_wav`].
//! - `objc2`: handles from and to `Retained` objects of objc2-avf-audio, on Apple platforms; nothing
//!   elsewhere.
//! - `serde`: [`Scene`], [`EngineScene`] and [`BusConfig`] can be stored.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod control;
mod desk;
mod engine;
mod error;
mod ffi;
pub mod file;
mod nodes;
#[doc(hidden)]
pub mod raw;
mod sync;

pub use control::automation::AutomationPoint;
pub use control::bus::Bus;
pub use control::fade::Fade;
pub use control::group::Group;
pub use control::meter::Meter;
pub use control::send_tap::SendTarget;
pub use desk::decibels;
pub use desk::engine_scene::EngineScene;
pub use desk::fade::{Curve, FadeEnd};
pub use desk::fallback::{Control, Fallback};
pub use desk::group_config::GroupConfig;
pub use desk::pan_law::PanLaw;
pub use desk::ranges::MAX_VOLUME;
pub use desk::scene::{BusConfig, Scene};
pub use desk::scene_parts::SceneParts;
pub use desk::sends::SendTap;
pub use engine::audit::Discrepancy;
pub use engine::clock::{RenderTime, StartTime};
pub use engine::connection::MAX_BUSES;
pub use engine::device::{devices, Device, DeviceStatus, EngineBuilder};
pub use engine::events::EngineEvent;
pub use engine::format::{ChannelLayout, Format};
pub use engine::inspect::NodeInfo;
pub use engine::node::{Node, NodeId};
pub use engine::render_threads::MAX_RENDER_THREADS;
pub use engine::tap::{Tap, TapBlock};
pub use engine::version::version;
pub use engine::Engine;
pub use error::{Error, Result};
#[cfg(feature = "files")]
pub use file::{File, FileInfo, FileSamples, FileSettings, FileType, Position};
#[cfg(feature = "files")]
pub use file::{Recorder, RecorderState, RecorderStatus, Recording};
pub use nodes::any_node::AnyNode;
pub use nodes::buffer::{Buffer, BufferBuilder};
pub use nodes::equalizer::{Band, Equalizer, FilterType, MAX_BANDS};
pub use nodes::input::Input;
pub use nodes::levels::Levels;
pub use nodes::matrix::{Matrix, MAX_MATRIX_BUSES};
pub use nodes::mixer::Mixer;
pub use nodes::other_node::OtherNode;
pub use nodes::output::Output;
pub use nodes::pan;
pub use nodes::player::Player;
pub use nodes::schedule::{BufferEnd, Schedule};
pub use nodes::source::{RenderBlock, Source};

/// How perbus works, and how it compares: one guide per module.
pub mod guide {
    // The links between the guides, here to these modules instead of to the files.
    #[doc = "[platform differences]: crate::guide::platforms\n\n"]
    #[doc = include_str!("../docs/per-bus-control.md")]
    pub mod per_bus_control {}

    #[doc = "[per-bus control]: crate::guide::per_bus_control#solo\n\n"]
    #[doc = include_str!("../docs/console.md")]
    pub mod console {}

    #[doc = include_str!("../docs/adopting.md")]
    pub mod adopting {}

    #[doc = include_str!("../docs/from-avaudioengine.md")]
    pub mod from_avaudioengine {}

    #[doc = include_str!("../docs/from-0.1.md")]
    pub mod from_0_1 {}

    #[doc = "[per-bus control]: crate::guide::per_bus_control#channels\n\n"]
    #[doc = include_str!("../docs/platforms.md")]
    pub mod platforms {}

    #[doc = "[Platform differences]: crate::guide::platforms#when-memory-runs-out\n\n"]
    #[doc = "[desk.c]: https://github.com/perbus/perbus/blob/main/examples/c/desk.c\n"]
    #[doc = "[live.c]: https://github.com/perbus/perbus/blob/main/examples/c/live.c\n"]
    #[doc = "[mixdown.c]: https://github.com/perbus/perbus/blob/main/examples/c/mixdown.c\n\n"]
    #[doc = include_str!("../docs/c-api.md")]
    pub mod c_api {}

    #[doc = include_str!("../docs/performance.md")]
    pub mod performance {}
}

/// The examples of pages that are not part of the documentation are tests, too.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../README.md")]
    struct Readme;
    #[doc = include_str!("../docs/adding-a-function.md")]
    struct AddingAFunction;
}
