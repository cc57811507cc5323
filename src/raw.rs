//! The C types behind this crate, for this project's own bindings. Not part of the public API: it
//! may change in any version.

use std::ptr::NonNull;

use libc::c_void;

use crate::control::meter::Meter;
use crate::desk::fade::Curve;
use crate::desk::pan_law::PanLaw;
use crate::engine::clock;
use crate::engine::format::Format;
use crate::engine::node::{Node, NodeId};
use crate::engine::tapping::raw_tap;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ffi;
#[cfg(feature = "files")]
use crate::file::{FileSettings, Recorder, Recording};
use crate::nodes::any_node::AnyNode;
use crate::nodes::buffer::Buffer;
use crate::nodes::equalizer::Band;
use crate::nodes::levels::Levels;
#[cfg(feature = "files")]
use crate::nodes::player::Player;
use crate::nodes::schedule::BufferEnd;
#[cfg(feature = "files")]
use crate::nodes::schedule::Schedule;
use crate::nodes::source::RenderBlock;
use crate::sync::in_render;

pub use crate::ffi::last_os_code;
pub use crate::ffi::{
    perbus_band, perbus_buffer, perbus_completion, perbus_curve, perbus_device_options,
    perbus_device_status, perbus_end, perbus_engine, perbus_error, perbus_event_handler,
    perbus_format, perbus_input_function, perbus_kind, perbus_meter, perbus_node, perbus_node_info,
    perbus_pan_law, perbus_point, perbus_render, perbus_render_time, perbus_schedule,
    perbus_status, perbus_tap, perbus_tap_callback, PERBUS_MAX_CHANNELS, PERBUS_SCHEDULE_HOST_TIME,
    PERBUS_SCHEDULE_INTERRUPTS, PERBUS_SCHEDULE_INTERRUPTS_AT_LOOP, PERBUS_SCHEDULE_LOOPS,
};

#[cfg(feature = "files")]
pub use crate::ffi::{
    perbus_file, perbus_file_get_info, perbus_file_info, perbus_file_open, perbus_file_settings,
    perbus_position,
};

/// The shim's handle of a node. It lives as long as the node.
pub fn node_handle(node: &(impl Node + ?Sized)) -> *mut perbus_node {
    node.as_node().raw.as_ptr()
}

/// The shim's handle of an engine. It lives as long as the engine.
pub fn engine_handle(engine: &Engine) -> *mut perbus_engine {
    engine.as_ptr()
}

/// Whether this thread has a batch open.
pub fn has_batch(engine: &Engine) -> bool {
    engine.desk().graph.has_batch()
}

/// Where an engine is, for C.
pub fn to_render_time(time: clock::RenderTime) -> perbus_render_time {
    let host_time = time.instant.map_or(0, clock::host_time);
    let host = time.instant.map_or(0, |_| ffi::PERBUS_TIME_HOST);
    perbus_render_time {
        sample_time: time.sample_time,
        sample_rate: time.sample_rate,
        host_time: host_time.unsigned_abs(),
        known: ffi::PERBUS_TIME_SAMPLE | host,
    }
}

/// The host time of perbus.h of a moment, in nanoseconds.
pub fn host_time(instant: std::time::Instant) -> u64 {
    clock::host_time(instant).unsigned_abs()
}

/// What perbus.h calls a host time.
pub fn instant_at(host_time: u64) -> std::time::Instant {
    clock::instant_at(host_time)
}

/// A node's number, as [`node_id`](perbus_point) has it in C.
pub fn node_id(id: NodeId) -> u64 {
    id.address
}

/// What a node is called in C.
pub fn kind(node: &AnyNode) -> perbus_kind {
    match node {
        AnyNode::Output(_) => ffi::perbus_kind_PERBUS_KIND_OUTPUT,
        AnyNode::Input(_) => ffi::perbus_kind_PERBUS_KIND_INPUT,
        AnyNode::Mixer(_) => ffi::perbus_kind_PERBUS_KIND_MIXER,
        AnyNode::Player(_) => ffi::perbus_kind_PERBUS_KIND_PLAYER,
        AnyNode::Source(_) => ffi::perbus_kind_PERBUS_KIND_SOURCE,
        AnyNode::Equalizer(_) => ffi::perbus_kind_PERBUS_KIND_EQUALIZER,
        AnyNode::Matrix(_) => ffi::perbus_kind_PERBUS_KIND_MATRIX,
        AnyNode::Other(_) => ffi::perbus_kind_PERBUS_KIND_OTHER,
    }
}

/// A buffer's end for C.
pub fn end(end: BufferEnd) -> perbus_end {
    match end {
        BufferEnd::Played => ffi::perbus_end_PERBUS_END_PLAYED,
        BufferEnd::Interrupted => ffi::perbus_end_PERBUS_END_INTERRUPTED,
        BufferEnd::Stopped => ffi::perbus_end_PERBUS_END_STOPPED,
        BufferEnd::Detached => ffi::perbus_end_PERBUS_END_DETACHED,
        BufferEnd::Failed => ffi::perbus_end_PERBUS_END_FAILED,
    }
}

/// Whether this thread is inside a source's closure.
pub fn in_render() -> bool {
    in_render::inside()
}

/// Refuses a call from a source's closure.
///
/// # Errors
/// [`Error::InRender`].
pub fn refuse_in_render() -> Result<()> {
    in_render::refuse()
}

/// [`Engine::render`] into C's memory.
///
/// # Safety
/// There are `count` pointers, each to room for `frames` samples that nothing else uses meanwhile.
///
/// # Errors
/// As [`Engine::render`].
pub unsafe fn render(
    engine: &Engine,
    frames: u32,
    channels: *const *mut f32,
    count: u32,
) -> Result<()> {
    // SAFETY: as our caller promises.
    unsafe { engine.render_into(frames, channels, count) }
}

/// [`Engine::builder`]'s engine for C's options.
///
/// # Safety
/// The strings that they name are NUL-terminated.
///
/// # Errors
/// As [`EngineBuilder::build`](crate::EngineBuilder::build).
pub unsafe fn create_for_device(options: &perbus_device_options) -> Result<Engine> {
    // SAFETY: as our caller promises.
    unsafe { Engine::create_for_device(options) }
}

/// [`Engine::device_status`] for C.
///
/// # Errors
/// As [`Engine::device_status`].
pub fn device_status(engine: &Engine) -> Result<perbus_device_status> {
    engine.raw_device_status()
}

/// [`Engine::on_event`] for C; without a handler, nobody hears of events.
///
/// # Safety
/// The functions take this context, on any thread.
///
/// # Errors
/// As [`Engine::on_event`].
pub unsafe fn set_event_handler(
    engine: &Engine,
    handler: perbus_event_handler,
    context: *mut c_void,
    destroy: Option<unsafe extern "C" fn(*mut c_void)>,
) -> Result<()> {
    // SAFETY: as our caller promises.
    unsafe { engine.set_event_handler(handler, context, destroy) }
}

/// [`Node::tap`] for C, of a bus and in blocks of so many frames.
///
/// # Safety
/// The functions take this context, on any thread.
///
/// # Errors
/// As [`Node::tap`].
pub unsafe fn create_tap(
    node: &impl Node,
    bus_and_frames: (u32, u32),
    callback: perbus_tap_callback,
    context: *mut c_void,
    destroy: Option<unsafe extern "C" fn(*mut c_void)>,
) -> Result<NonNull<perbus_tap>> {
    let (engine, raw) = (node.engine(), &node.as_node().raw);
    // SAFETY: as our caller promises.
    unsafe { raw_tap(engine, raw, bus_and_frames, callback, context, destroy) }
}

/// Sets the crate's decoders for the process, once.
///
/// # Errors
/// [`Error::InRender`].
#[cfg(feature = "files")]
pub fn set_decoders() -> Result<()> {
    crate::file::set_decoders()
}

/// [`Engine::create_player_for_file`] for a file of this format.
///
/// # Errors
/// As [`Engine::create_player_for_file`].
#[cfg(feature = "files")]
pub fn create_player_for_format(engine: &Engine, file: Format) -> Result<Player> {
    engine.create_player_for_format(file)
}

/// [`Player::schedule_file_with`] for C's file, or, for its frames from a first one on and how many
/// there are, [`Player::schedule_segment_with`].
///
/// # Safety
/// The file is not destroyed.
///
/// # Errors
/// As [`Player::schedule_segment_with`].
#[cfg(feature = "files")]
pub unsafe fn schedule_file(
    player: &Player,
    file: *mut perbus_file,
    segment: Option<(i64, i64)>,
    schedule: Schedule,
    completed: impl FnOnce(BufferEnd) + Send + 'static,
) -> Result<()> {
    // SAFETY: as our caller promises.
    unsafe { player.queue_file_with(file, segment, schedule, completed) }
}

/// [`Player::seek`].
///
/// # Errors
/// As [`Player::seek`].
#[cfg(feature = "files")]
pub fn seek(player: &Player, frame: i64) -> Result<()> {
    player.seek_to(frame)
}

/// Settings from C for a file that has a format of its own.
///
/// # Errors
/// [`Error::InvalidArgument`] for an unknown type or unknown samples.
#[cfg(feature = "files")]
pub fn file_settings(settings: &perbus_file_settings, of: Format) -> Result<FileSettings> {
    FileSettings::from_ffi(settings, of)
}

/// [`Recorder::stop`], for owners that share the recorder: at most once.
///
/// # Errors
/// As [`Recorder::stop`].
#[cfg(feature = "files")]
pub fn stop_recorder(recorder: &Recorder) -> Result<Recording> {
    recorder.stop_once()
}

/// What a failure is called in C.
pub fn status(error: &Error) -> perbus_status {
    use ffi::perbus_status as status;
    match error {
        Error::InvalidArgument(_) => status::PERBUS_ERROR_INVALID_ARGUMENT,
        Error::OutOfRange(_) => status::PERBUS_ERROR_OUT_OF_RANGE,
        Error::NotConnected(_) => status::PERBUS_ERROR_NOT_CONNECTED,
        Error::NotAttached(_) => status::PERBUS_ERROR_NOT_ATTACHED,
        Error::WrongEngine(_) => status::PERBUS_ERROR_WRONG_ENGINE,
        Error::WrongKind(_) => status::PERBUS_ERROR_WRONG_KIND,
        Error::NotMixing(_) => status::PERBUS_ERROR_NOT_MIXING,
        Error::Pending(_) => status::PERBUS_ERROR_PENDING,
        Error::NoPanControl(_) => status::PERBUS_ERROR_NO_PAN_CONTROL,
        Error::Cycle(_) => status::PERBUS_ERROR_CYCLE,
        Error::Format(_) => status::PERBUS_ERROR_FORMAT,
        Error::NotRunning(_) => status::PERBUS_ERROR_NOT_RUNNING,
        Error::Start(_) => status::PERBUS_ERROR_START,
        Error::Render(_) => status::PERBUS_ERROR_RENDER,
        Error::Exception(_) => status::PERBUS_ERROR_EXCEPTION,
        Error::NoMemory(_) => status::PERBUS_ERROR_NO_MEMORY,
        Error::Unavailable(_) => status::PERBUS_ERROR_UNAVAILABLE,
        Error::Unsupported(_) => status::PERBUS_ERROR_UNSUPPORTED,
        Error::InRender(_) => status::PERBUS_ERROR_IN_RENDER,
        Error::File(_) => status::PERBUS_ERROR_FILE,
        Error::Unknown { code, .. } => ffi::perbus_status(*code),
    }
}

/// A format from C.
///
/// # Errors
/// As [`Format::new`] and [`Format::with_layout`], and [`Error::Format`] for an unknown layout.
pub fn format(format: &perbus_format) -> Result<Format> {
    Format::new(format.sample_rate, format.channels)?.with_layout_from_c(format.layout)
}

/// A format for C.
pub fn to_format(format: Format) -> perbus_format {
    format.to_ffi()
}

/// A meter for C.
pub fn to_meter(meter: Meter) -> perbus_meter {
    perbus_meter {
        peak: meter.peak,
        rms: meter.rms,
        clips: meter.clips,
    }
}

/// A curve from C.
///
/// # Errors
/// [`Error::InvalidArgument`] for a number that is no curve's.
pub fn curve(curve: perbus_curve) -> Result<Curve> {
    [Curve::Linear, Curve::EqualPower, Curve::Exponential]
        .into_iter()
        .find(|known| known.to_ffi() == curve)
        .ok_or_else(|| Error::InvalidArgument(format!("unknown curve {}", curve as i32)))
}

/// A pan law from C.
///
/// # Errors
/// [`Error::InvalidArgument`] for a number that is no law's.
pub fn pan_law(law: perbus_pan_law) -> Result<PanLaw> {
    [PanLaw::Balance, PanLaw::ConstantPower]
        .into_iter()
        .find(|known| known.to_ffi() == law)
        .ok_or_else(|| Error::InvalidArgument(format!("unknown pan law {}", law as i32)))
}

/// A pan law for C.
pub fn to_pan_law(law: PanLaw) -> perbus_pan_law {
    law.to_ffi()
}

/// A band from C.
///
/// # Errors
/// [`Error::InvalidArgument`] for an unknown filter type.
pub fn band(band: &perbus_band) -> Result<Band> {
    Band::from_ffi(band)
}

/// A band for C.
pub fn to_band(band: &Band) -> perbus_band {
    band.to_ffi()
}

/// All levels of a matrix as C has them: a row per input channel with its volume last, then the row
/// of the output volumes and the master.
pub fn to_flat(levels: &Levels) -> Vec<f32> {
    levels.to_flat()
}

/// From that layout, with as many values as the dimensions ask for.
pub fn from_flat(inputs: u32, outputs: u32, flat: &[f32]) -> Levels {
    Levels::from_flat(inputs, outputs, flat)
}

/// The pointers to a block's channels, to be handed to a C render function.
pub fn channels<'a>(block: &RenderBlock<'a>) -> &'a [*mut f32] {
    block.channels
}

/// The samples of a buffer's channel; NULL when there is no such channel.
pub fn buffer_channel(buffer: &Buffer, channel: u32) -> *const f32 {
    if channel < buffer.format().channels() {
        buffer.channel(channel).as_ptr()
    } else {
        std::ptr::null()
    }
}

/// The format in which a node is connected by default: the one that it was last given, or else its
/// engine's.
pub fn format_of(node: &(impl Node + ?Sized)) -> Format {
    let node = node.as_node();
    node.raw.format().unwrap_or(node.engine.format())
}
