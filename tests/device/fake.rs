//! The device, in place of PortAudio.

use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use libc::{c_char, c_double, c_int, c_ulong, c_void};

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

const fn info(name: *const c_char, inputs: c_int, outputs: c_int) -> Info {
    Info {
        version: 2,
        name,
        host: 0,
        inputs,
        outputs,
        latencies: [0.01; 4],
        rate: 48_000.0,
    }
}

static INFO: Info = info(c"test".as_ptr(), 0, 2);
static MICROPHONE_INFO: Info = info(c"microphone".as_ptr(), 1, 0);

/// `PaStreamParameters`.
#[repr(C)]
struct Parameters {
    device: c_int,
    channels: c_int,
    format: c_ulong,
    latency: c_double,
    more: *const c_void,
}

/// The stream that was opened last; an engine may close its own later.
pub(crate) struct Stream {
    pub(crate) rate: f64,
    pub(crate) frames: c_ulong,
    pub(crate) latency: f64,
    handle: usize,
    callback: Callback,
    context: usize,
    running: bool,
}

static STREAM: Mutex<Option<Stream>> = Mutex::new(None);
/// Likewise, of those that record.
static RECORDING: Mutex<Option<Stream>> = Mutex::new(None);
static OPENED: AtomicUsize = AtomicUsize::new(0);

const PA_DEVICE_UNAVAILABLE: c_int = -9985;

/// Streams do not end while it is true, as if their sound system had died.
pub(crate) static HANGS: AtomicBool = AtomicBool::new(false);

/// Whether the device may play nothing for long.
pub(crate) static PATIENT: AtomicBool = AtomicBool::new(true);

/// Whether there is a microphone.
pub(crate) static MICROPHONE: AtomicBool = AtomicBool::new(false);

/// Whether there is a device that could be opened.
pub(crate) static GONE: AtomicBool = AtomicBool::new(false);

/// There is only one device, so the tests run one at a time.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    static DEVICE: Mutex<()> = Mutex::new(());
    let alone = DEVICE.lock().unwrap_or_else(PoisonError::into_inner);
    HANGS.store(false, Ordering::Relaxed);
    GONE.store(false, Ordering::Relaxed);
    MICROPHONE.store(false, Ordering::Relaxed);
    PATIENT.store(true, Ordering::Relaxed);
    alone
}

/// Whatever the stream that was opened last was asked for.
pub(crate) fn with_stream<T>(read: impl FnOnce(&Stream) -> T) -> T {
    read(STREAM.lock().unwrap().as_ref().expect("a stream"))
}

pub(crate) fn opened() -> usize {
    OPENED.load(Ordering::Relaxed)
}

/// Has the device, if it plays, play blocks of 256 frames; returns the last left sample.
pub(crate) fn play(blocks: usize) -> f32 {
    play_left(blocks).last().copied().unwrap_or(f32::NAN)
}

/// The same, and returns all left samples.
pub(crate) fn play_left(blocks: usize) -> Vec<f32> {
    let mut planes = [vec![f32::NAN; 256], vec![f32::NAN; 256]];
    let mut left = Vec::with_capacity(256 * blocks);
    for _ in 0..blocks {
        if !play_into(&mut planes) {
            break;
        }
        left.extend_from_slice(&planes[0]);
    }
    left
}

/// Has the microphone, if it records, hear blocks of 256 frames of one value.
pub(crate) fn record(blocks: usize, value: f32) {
    let heard = [value; 256];
    let stream = RECORDING.lock().unwrap();
    let Some(stream) = stream.as_ref().filter(|stream| stream.running) else {
        return;
    };
    for _ in 0..blocks {
        // SAFETY: as PortAudio calls it, with 256 frames of one channel.
        unsafe {
            (stream.callback)(
                heard.as_ptr().cast(),
                null_mut(),
                256,
                null(),
                0,
                stream.context as *mut c_void,
            )
        };
    }
}

pub(crate) fn records() -> bool {
    let stream = RECORDING.lock().unwrap();
    stream.as_ref().is_some_and(|stream| stream.running)
}

/// Has the device play a block of any length; false if it does not play.
pub(crate) fn play_into(planes: &mut [Vec<f32>; 2]) -> bool {
    let frames = planes[0].len();
    assert_eq!(frames, planes[1].len());
    let stream = STREAM.lock().unwrap();
    let Some(stream) = stream.as_ref().filter(|stream| stream.running) else {
        return false;
    };
    let mut output = planes.each_mut().map(|plane| plane.as_mut_ptr());
    // SAFETY: as PortAudio calls it, with two planes of as many frames.
    unsafe {
        (stream.callback)(
            null(),
            output.as_mut_ptr().cast(),
            frames as c_ulong,
            null(),
            0,
            stream.context as *mut c_void,
        )
    };
    true
}

fn set_running(handle: *mut c_void, running: bool) -> c_int {
    for streams in [&STREAM, &RECORDING] {
        let mut stream = streams.lock().unwrap();
        if let Some(stream) = stream.as_mut().filter(|it| it.handle == handle as usize) {
            stream.running = running;
        }
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
    if MICROPHONE.load(Ordering::Relaxed) {
        1
    } else {
        -1
    }
}

#[no_mangle]
extern "C" fn Pa_GetDeviceCount() -> c_int {
    1 + c_int::from(MICROPHONE.load(Ordering::Relaxed))
}

#[no_mangle]
extern "C" fn Pa_GetHostApiInfo(_: c_int) -> *const c_void {
    null()
}

/// `PaStreamInfo`. A device may play nothing for four times its latency before it counts as lost: its
/// time stands still for as long as most tests take.
#[repr(C)]
struct StreamInfo {
    version: c_int,
    input_latency: c_double,
    output_latency: c_double,
    rate: c_double,
}

const fn stream_info(output_latency: c_double) -> StreamInfo {
    StreamInfo {
        version: 1,
        input_latency: 0.0,
        output_latency,
        rate: 48_000.0,
    }
}

static LONG: StreamInfo = stream_info(1000.0);
static SHORT: StreamInfo = stream_info(0.02);

#[no_mangle]
extern "C" fn Pa_GetStreamInfo(_: *mut c_void) -> *const c_void {
    if PATIENT.load(Ordering::Relaxed) {
        (&raw const LONG).cast()
    } else {
        (&raw const SHORT).cast()
    }
}

#[no_mangle]
extern "C" fn Pa_GetDeviceInfo(index: c_int) -> *const c_void {
    if index == 0 {
        (&raw const INFO).cast()
    } else {
        (&raw const MICROPHONE_INFO).cast()
    }
}

#[no_mangle]
extern "C" fn Pa_GetErrorText(_: c_int) -> *const c_char {
    c"none".as_ptr()
}

#[no_mangle]
extern "C" fn Pa_OpenStream(
    stream: *mut *mut c_void,
    input: *const Parameters,
    output: *const Parameters,
    rate: c_double,
    frames: c_ulong,
    _flags: c_ulong,
    callback: Callback,
    context: *mut c_void,
) -> c_int {
    if GONE.load(Ordering::Relaxed) {
        return PA_DEVICE_UNAVAILABLE;
    }
    let handle = 1 + OPENED.fetch_add(1, Ordering::Relaxed);
    // SAFETY: the caller's room for the handle.
    unsafe { *stream = handle as *mut c_void };
    let (streams, parameters) = if output.is_null() {
        (&RECORDING, input)
    } else {
        (&STREAM, output)
    };
    // SAFETY: as PortAudio is called.
    let latency = unsafe { (*parameters).latency };
    *streams.lock().unwrap() = Some(Stream {
        rate,
        frames,
        latency,
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
    while HANGS.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(10));
    }
    set_running(stream, false)
}

#[no_mangle]
extern "C" fn Pa_CloseStream(stream: *mut c_void) -> c_int {
    set_running(stream, false)
}
