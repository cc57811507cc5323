//! True per-bus volume and pan for AVAudioEngine mixers.
//!
//! `AVAudioMixerNode` has one output volume and no fader per input bus. The control exists on the
//! other side: every source -> mixer connection has a volume and a pan of its own. This crate keeps
//! track of which source feeds which bus and turns "volume of mixer M, bus 3" into the call that
//! does it. Each bus gets a channel strip ([`Bus`]) whose values stay put while sources come and go.
//!
//! Where to look:
//!
//! | | |
//! |---|---|
//! | the engine: to a device, offline, time, threads | [`Engine`] |
//! | a mixer's input bus: fader, pan, mute, solo, label | [`Bus`], from [`Mixer::bus`] |
//! | by mixer and bus number; whose control it was | [`Engine::set_mixer_volume_for_bus`], [`Control`], [`Fallback`] |
//! | one source on one bus | [`Engine::set_connection_volume`] |
//! | many strips at once, scenes | [`Mixer::configure`], [`Mixer::snapshot`], [`Scene`] |
//! | fades | [`Bus::fade_to`], [`Curve`], [`Fade`] |
//! | decibels, pan laws | [`decibels`], [`Bus::set_volume_db`], [`pan`] |
//! | sounds from memory, from a closure | [`Player`] and [`Buffer`], [`Source`] |
//! | connections and sends | [`Engine::connect`], [`Engine::connect_many`], [`Engine::add_destination`] |
//! | the nodes of an engine, what feeds what | [`Engine::nodes`], [`Engine::source_of`], [`Engine::audit`], [`Engine::to_dot`] |
//! | effects, patch bays | [`Equalizer`], [`Matrix`] |
//! | meters | [`Bus::meter`], [`Mixer::meter`] |
//! | audio files | [`file`](mod@file), [`Engine::render_to_wav`] |
//! | what can go wrong | [`Error`] |
//!
//! Volumes are linear gains from 0 to 1, pans run from -1 (left) to 1 (right). Every call may be made
//! on any thread except in a source's closure ([`Error::InRender`]); a call that fails has changed
//! nothing.
//!
//! On Apple platforms it drives Apple's AVFAudio; elsewhere a portable engine of the same classes,
//! which renders real sound.
//!
//! ```
//! use perbus::{Buffer, Control, Engine, Format};
//!
//! let stereo = Format::new(48_000.0, 2)?;
//! let engine = Engine::offline(stereo, 512)?;
//! let mixer = engine.main_mixer()?;
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

pub use control::bus::Bus;
pub use control::fade::Fade;
pub use control::meter::Meter;
pub use desk::decibels;
pub use desk::fade::{Curve, FadeEnd};
pub use desk::fallback::{Control, Fallback};
pub use desk::scene::{BusConfig, Scene};
pub use engine::connection::MAX_BUSES;
pub use engine::format::{ChannelLayout, Format};
pub use engine::inspect::{Discrepancy, NodeInfo};
pub use engine::node::{Node, NodeId};
pub use engine::render_threads::MAX_RENDER_THREADS;
pub use engine::version::version;
pub use engine::Engine;
pub use error::{Error, Result};
pub use nodes::any_node::AnyNode;
pub use nodes::buffer::{Buffer, BufferBuilder};
pub use nodes::equalizer::{Band, Equalizer, FilterType, MAX_BANDS};
pub use nodes::levels::Levels;
pub use nodes::matrix::{Matrix, MAX_MATRIX_BUSES};
pub use nodes::mixer::Mixer;
pub use nodes::output::Output;
pub use nodes::pan;
pub use nodes::player::Player;
pub use nodes::schedule::{BufferEnd, Schedule};
pub use nodes::source::{RenderBlock, Source};

/// The guides' examples are tests.
#[cfg(doctest)]
mod guides {
    #[doc = include_str!("../README.md")]
    struct Readme;
    #[doc = include_str!("../docs/per-bus-control.md")]
    struct PerBusControl;
    #[doc = include_str!("../docs/from-avaudioengine.md")]
    struct FromAvAudioEngine;
    #[doc = include_str!("../docs/adding-a-function.md")]
    struct AddingAFunction;
}
