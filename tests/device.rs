//! An engine that plays to a device: one that this test provides in place of PortAudio, and whose
//! time passes only when the test says so.
#![cfg(not(target_vendor = "apple"))]

mod common;

use std::ptr::null;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use common::{constant, TOLERANCE};
use libc::{c_char, c_double, c_int, c_ulong, c_void};
use perbus::{Bus, Curve, Engine, Result};

type Callback = unsafe extern "C" fn(
    *const c_void,
    *mut c_void,
    c_ulong,
    *const c_void,
    c_ulong,
    *mut c_void,
) -> c_int;

/// `PaDeviceInfo`.
#[repr(C)]
struct Info {
    version: c_int,
    name: *const c_char,
    host: c_int,
    inputs: c_int,
    outputs: c_int,
    latencies: [c_double; 4],
    rate: c_double,
}

// SAFETY: the name is a constant.
unsafe impl Sync for Info {}

static INFO: Info = Info {
    version: 2,
    name: c"test".as_ptr(),
    host: 0,
    inputs: 0,
    outputs: 2,
    latencies: [0.01; 4],
    rate: 48_000.0,
};

/// The stream that was opened last; an engine may close its own later.
struct Stream {
    handle: usize,
    callback: Callback,
    context: usize,
    running: bool,
}

static STREAM: Mutex<Option<Stream>> = Mutex::new(None);
static OPENED: AtomicUsize = AtomicUsize::new(0);

/// Has the device, if it plays, play blocks of 256 frames; returns the last left sample.
fn play(blocks: usize) -> f32 {
    let mut planes = [[f32::NAN; 256]; 2];
    let stream = STREAM.lock().unwrap();
    let Some(stream) = stream.as_ref().filter(|stream| stream.running) else {
        return f32::NAN;
    };
    for _ in 0..blocks {
        let mut output = planes.each_mut().map(|plane| plane.as_mut_ptr());
        // SAFETY: as PortAudio calls it, with two planes of 256 frames.
        unsafe {
            (stream.callback)(
                null(),
                output.as_mut_ptr().cast(),
                256,
                null(),
                0,
                stream.context as *mut c_void,
            )
        };
    }
    planes[0][255]
}

fn set_running(handle: *mut c_void, running: bool) -> c_int {
    let mut stream = STREAM.lock().unwrap();
    if let Some(stream) = stream.as_mut().filter(|it| it.handle == handle as usize) {
        stream.running = running;
    }
    0
}

#[no_mangle]
extern "C" fn Pa_Initialize() -> c_int {
    0
}

#[no_mangle]
extern "C" fn Pa_Terminate() -> c_int {
    0
}

#[no_mangle]
extern "C" fn Pa_GetDefaultOutputDevice() -> c_int {
    0
}

#[no_mangle]
extern "C" fn Pa_GetDefaultInputDevice() -> c_int {
    -1
}

#[no_mangle]
extern "C" fn Pa_GetDeviceCount() -> c_int {
    1
}

#[no_mangle]
extern "C" fn Pa_GetHostApiInfo(_: c_int) -> *const c_void {
    null()
}

/// `PaStreamInfo`. Its time stands still for as long as a test takes, which is no loss for a device
/// of that latency.
#[repr(C)]
struct StreamInfo {
    version: c_int,
    input_latency: c_double,
    output_latency: c_double,
    rate: c_double,
}

static STREAM_INFO: StreamInfo = StreamInfo {
    version: 1,
    input_latency: 0.0,
    output_latency: 1000.0,
    rate: 48_000.0,
};

#[no_mangle]
extern "C" fn Pa_GetStreamInfo(_: *mut c_void) -> *const c_void {
    (&raw const STREAM_INFO).cast()
}

#[no_mangle]
extern "C" fn Pa_GetDeviceInfo(_: c_int) -> *const c_void {
    (&raw const INFO).cast()
}

#[no_mangle]
extern "C" fn Pa_GetErrorText(_: c_int) -> *const c_char {
    c"none".as_ptr()
}

#[no_mangle]
extern "C" fn Pa_OpenStream(
    stream: *mut *mut c_void,
    _input: *const c_void,
    _output: *const c_void,
    _rate: c_double,
    _frames: c_ulong,
    _flags: c_ulong,
    callback: Callback,
    context: *mut c_void,
) -> c_int {
    let handle = 1 + OPENED.fetch_add(1, Ordering::Relaxed);
    // SAFETY: the caller's room for the handle.
    unsafe { *stream = handle as *mut c_void };
    *STREAM.lock().unwrap() = Some(Stream {
        handle,
        callback,
        context: context as usize,
        running: false,
    });
    0
}

#[no_mangle]
extern "C" fn Pa_StartStream(stream: *mut c_void) -> c_int {
    set_running(stream, true)
}

#[no_mangle]
extern "C" fn Pa_StopStream(stream: *mut c_void) -> c_int {
    set_running(stream, false)
}

#[no_mangle]
extern "C" fn Pa_CloseStream(stream: *mut c_void) -> c_int {
    set_running(stream, false)
}

/// 32 blocks of 256 frames at 48 kHz.
const FADE: Duration = Duration::from_nanos(8192 * 1_000_000_000 / 48_000 + 1);

/// There is only one device, so the tests run one at a time.
static DEVICE: Mutex<()> = Mutex::new(());

/// An engine that has played 10 blocks of 1.0.
fn desk() -> Result<(Engine, Bus)> {
    let engine = Engine::new()?;
    let bus = engine.main_mixer().bus(0)?;
    engine.connect(&constant(&engine, &[1.0, 1.0]), bus.mixer(), 0, 0)?;
    engine.start()?;
    assert_eq!(play(10), 1.0);
    Ok((engine, bus))
}

#[track_caller]
fn assert_at(heard: f32, bus: &Bus, expected: f32) {
    assert!((heard - expected).abs() <= TOLERANCE, "heard {heard}");
    let volume = bus.volume();
    assert!((volume - expected).abs() <= TOLERANCE, "{volume}");
}

/// Time stands still for a fade while nothing plays.
#[test]
fn a_fade_waits_while_its_device_does() -> Result<()> {
    let _alone = DEVICE.lock().unwrap_or_else(PoisonError::into_inner);
    for halt in [Engine::pause, Engine::stop] {
        for reset in [false, true] {
            let (engine, bus) = desk()?;
            let fade = bus.fade_to(0.0, FADE, Curve::Linear)?;
            assert_at(play(16), &bus, 0.5);
            halt(&engine)?;
            if reset {
                engine.reset()?;
            }
            assert_at(0.5, &bus, 0.5);
            assert!(fade.is_running());
            engine.start()?;
            assert_at(play(8), &bus, 0.25);
            assert_at(play(8), &bus, 0.0);
            assert!(!fade.is_running());
        }
    }
    Ok(())
}

#[test]
fn a_fade_may_begin_while_its_device_waits() -> Result<()> {
    let _alone = DEVICE.lock().unwrap_or_else(PoisonError::into_inner);
    for halt in [Engine::pause, Engine::stop] {
        let (engine, bus) = desk()?;
        halt(&engine)?;
        let fade = bus.fade_to(0.0, FADE, Curve::Linear)?;
        assert!(fade.is_running());
        engine.start()?;
        assert!(fade.is_running());
        assert_at(play(24), &bus, 0.25);
        fade.cancel()?;
        play(4);
        assert_at(play(1), &bus, 0.25);
    }
    Ok(())
}
