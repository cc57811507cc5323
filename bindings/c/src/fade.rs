//! Fades.

use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use perbus::raw::{self, perbus_curve, perbus_error, perbus_status};
use perbus::{Bus, Curve, Fade, FadeEnd, Group, Mixer};

use crate::engine::duration;
use crate::failure::{get, out, run, write_if, Outcome};
use crate::handle::{give, mixer, perbus_desk_bus, perbus_desk_node, take};
use crate::life::Life;

/// A fade under way, or over.
pub struct perbus_desk_fade {
    fade: Fade,
    life: Arc<Life>,
}

/// How a fade came to its end.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub enum perbus_desk_fade_end {
    /// It reached its value.
    PERBUS_DESK_FADE_FINISHED = 1,
    /// It was cancelled, a new value or fade took its place, or its engine was closed.
    PERBUS_DESK_FADE_REPLACED = 2,
    /// Its mixer was detached, its group removed, or its engine is gone or, on Apple's, has stopped:
    /// it has stayed where it had got to.
    PERBUS_DESK_FADE_STOPPED = 3,
}

/// Called once when a fade is over, with the context it was given: after the offline block that
/// ends it, on the thread that rendered; within the call that replaces it; or within a few
/// milliseconds on a thread of the library while a device plays. It may call the desk, but must not
/// throw.
pub type perbus_desk_fade_ended =
    Option<unsafe extern "C" fn(context: *mut c_void, end: perbus_desk_fade_end)>;

/// What fades.
pub(crate) enum Target {
    Volume(Bus),
    Pan(Bus),
    Group(Group),
    Output(Mixer),
}

impl Target {
    fn fade(
        &self,
        to: f32,
        duration: Duration,
        curve: Curve,
        ended: impl FnOnce(FadeEnd) + Send + 'static,
    ) -> perbus::Result<Fade> {
        match self {
            Self::Volume(bus) => bus.fade_to_with(to, duration, curve, ended),
            Self::Pan(bus) => bus.fade_pan_to_with(to, duration, ended),
            Self::Group(group) => group.fade_to_with(to, duration, curve, ended),
            Self::Output(mixer) => mixer.fade_output_volume_to_with(to, duration, curve, ended),
        }
    }

    fn fade_at(
        &self,
        frame: i64,
        to: f32,
        duration: Duration,
        curve: Curve,
        ended: impl FnOnce(FadeEnd) + Send + 'static,
    ) -> perbus::Result<Fade> {
        match self {
            Self::Volume(bus) => bus.fade_at_with(frame, to, duration, curve, ended),
            Self::Pan(bus) => bus.fade_pan_at_with(frame, to, duration, ended),
            Self::Group(group) => group.fade_at_with(frame, to, duration, curve, ended),
            Self::Output(mixer) => {
                mixer.fade_output_volume_at_with(frame, to, duration, curve, ended)
            }
        }
    }

    fn set(&self, value: f32) -> perbus::Result<()> {
        match self {
            Self::Volume(bus) => bus.set_volume(value),
            Self::Pan(bus) => bus.set_pan(value),
            Self::Group(group) => group.set_volume(value),
            Self::Output(mixer) => mixer.set_output_volume(value),
        }
    }
}

/// A fade that a close has to end.
pub(crate) struct RunningFade {
    target: Target,
    fade: Fade,
    to: f32,
}

impl RunningFade {
    /// Ends it at the value that it leads to, if it has started.
    pub(crate) fn replace(self) {
        let running = self.fade.is_running();
        let _ = self.fade.cancel();
        if running {
            let _ = self.target.set(self.to);
        }
    }
}

/// What a fade's closure and its starter share.
#[derive(Default)]
struct State {
    started: AtomicBool,
    over: AtomicBool,
}

/// Tells C how the fade ended: when it is called, or when it is dropped with its engine.
struct Ended {
    callback: perbus_desk_fade_ended,
    context: *mut c_void,
    state: Arc<State>,
    life: Weak<Life>,
    number: u64,
}

// SAFETY: the header says on which threads the callback is called; the context is only passed to
// it.
unsafe impl Send for Ended {}

impl Ended {
    fn tell(&mut self, end: perbus_desk_fade_end) {
        self.state.over.store(true, Ordering::SeqCst);
        if let Some(life) = self.life.upgrade() {
            life.remove_fade(self.number);
        }
        if let Some(callback) = self.callback.take() {
            // SAFETY: the header asks for a function that takes this context.
            unsafe { callback(self.context, end) };
        }
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        // A fade that was refused has no end.
        if self.state.started.load(Ordering::SeqCst) {
            self.tell(perbus_desk_fade_end::PERBUS_DESK_FADE_STOPPED);
        }
    }
}

/// Where to fade to, and from which frame on: now for none.
pub(crate) struct Wanted {
    to: f32,
    seconds: f64,
    curve: perbus_curve,
    frame: Option<i64>,
}

impl Wanted {
    pub(crate) fn new(to: f32, seconds: f64, curve: perbus_curve) -> Self {
        Self {
            to,
            seconds,
            curve,
            frame: None,
        }
    }

    pub(crate) fn at(self, frame: i64) -> Self {
        Self {
            frame: Some(frame),
            ..self
        }
    }
}

/// Starts a fade, and hands it out if that is wanted.
pub(crate) fn begin(
    target: Target,
    life: &Arc<Life>,
    wanted: Wanted,
    callback: perbus_desk_fade_ended,
    context: *mut c_void,
    out_fade: *mut *mut perbus_desk_fade,
) -> Outcome<()> {
    let _open = life.enter()?;
    let duration = duration(wanted.seconds)?;
    let curve = raw::curve(wanted.curve)?;
    let state = Arc::new(State::default());
    let number = life.number();
    let mut ended = Ended {
        callback,
        context,
        state: Arc::clone(&state),
        life: Arc::downgrade(life),
        number,
    };
    let ended = move |end| {
        ended.tell(match end {
            FadeEnd::Finished => perbus_desk_fade_end::PERBUS_DESK_FADE_FINISHED,
            FadeEnd::Replaced => perbus_desk_fade_end::PERBUS_DESK_FADE_REPLACED,
            FadeEnd::Stopped => perbus_desk_fade_end::PERBUS_DESK_FADE_STOPPED,
        });
    };
    let to = wanted.to;
    let fade = match wanted.frame {
        None => target.fade(to, duration, curve, ended)?,
        Some(frame) => target.fade_at(frame, to, duration, curve, ended)?,
    };
    state.started.store(true, Ordering::SeqCst);
    let running = RunningFade {
        target,
        fade: fade.clone(),
        to,
    };
    life.add_fade(number, running);
    if state.over.load(Ordering::SeqCst) {
        life.remove_fade(number);
    }
    if !out_fade.is_null() {
        let life = Arc::clone(life);
        write_if(out_fade, give(perbus_desk_fade { fade, life }));
    }
    Ok(())
}

/// Fades the volume to a value, beginning with the next block. It starts from the value of
/// perbus_desk_bus_get_volume. On the portable engine every frame has exactly the gain of the
/// curve; Apple's receives a new volume every few milliseconds. A new value or fade replaces the
/// running one. A bus that is unmuted during its fade follows the rest in steps, once per block.
/// @param volume 0 to 4
/// @param seconds 0 to a day
/// @param curve the course of the fade
/// @param ended called once when the fade is over, possibly before this returns; may be NULL. Not
/// called if this fails
/// @param context the callback's argument
/// @param out_fade receives a handle, freed with perbus_desk_fade_release; may be NULL
/// @retval PERBUS_ERROR_OUT_OF_RANGE volume or seconds
/// @retval PERBUS_ERROR_INVALID_ARGUMENT curve is not a perbus_curve
/// @retval PERBUS_ERROR_NOT_ATTACHED the mixer was detached
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_fade_to(
    bus: *mut perbus_desk_bus,
    volume: f32,
    seconds: f64,
    curve: perbus_curve,
    ended: perbus_desk_fade_ended,
    context: *mut c_void,
    out_fade: *mut *mut perbus_desk_fade,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        let target = Target::Volume(bus.bus.clone());
        let wanted = Wanted::new(volume, seconds, curve);
        begin(target, &bus.life, wanted, ended, context, out_fade)
    })
}

/// Fades the pan linearly to a value from -1 to 1; otherwise like perbus_desk_bus_fade_to.
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_fade_pan_to(
    bus: *mut perbus_desk_bus,
    pan: f32,
    seconds: f64,
    ended: perbus_desk_fade_ended,
    context: *mut c_void,
    out_fade: *mut *mut perbus_desk_fade,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        let target = Target::Pan(bus.bus.clone());
        let wanted = Wanted::new(pan, seconds, 0);
        begin(target, &bus.life, wanted, ended, context, out_fade)
    })
}

/// Fades the gain of the mixer's sum; otherwise like perbus_desk_bus_fade_to.
/// @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
/// @retval as perbus_desk_bus_fade_to
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_mixer_fade_output_volume_to(
    mixer: *mut perbus_desk_node,
    volume: f32,
    seconds: f64,
    curve: perbus_curve,
    ended: perbus_desk_fade_ended,
    context: *mut c_void,
    out_fade: *mut *mut perbus_desk_fade,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let node = get(mixer, "mixer")?;
        let target = Target::Output(self::mixer(mixer, "the node")?.0.clone());
        let wanted = Wanted::new(volume, seconds, curve);
        begin(target, &node.life, wanted, ended, context, out_fade)
    })
}

/// Whether the fade is in progress. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_fade_is_running(
    fade: *mut perbus_desk_fade,
    out_running: *mut bool,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let fade = get(fade, "fade")?;
        out(out_running, "out_running")?.write(fade.fade.is_running());
        Ok(())
    })
}

/// Stops the fade at its current value. No effect if it is over or was replaced.
/// @retval PERBUS_ERROR_NOT_ATTACHED the mixer was detached
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_fade_cancel(
    fade: *mut perbus_desk_fade,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let fade = get(fade, "fade")?;
        fade.life.open(|| fade.fade.cancel())
    })
}

/// Frees the handle; the fade goes on. NULL is a no-op. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_fade_release(fade: *mut perbus_desk_fade) {
    take(fade);
}
