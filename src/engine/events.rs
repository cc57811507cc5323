//! What happens to an engine by itself.

use std::sync::{Arc, Weak};

use libc::c_void;

use crate::engine::{Engine, EngineInner};
use crate::error::Result;
use crate::ffi::{self, native};
use crate::sync::panics::caught;

/// What [`Engine::on_event`] reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EngineEvent {
    /// The device or its sound system is gone.
    DeviceLost,
    /// The sound system has moved the engine to another device, on which it goes on playing
    /// or recording.
    DeviceChanged,
    /// The engine has stopped because of its device. [`Engine::start`] opens the device anew.
    ConfigurationChanged,
    /// The device has run out of samples, or recorded ones were lost, once or several times.
    Xrun,
    /// A file was not decoded in time, once or several times:
    /// [`Position::late_frames`](crate::Position::late_frames).
    DecoderLate,
    /// The engine has started again by itself: see
    /// [`EngineBuilder::restarts`](crate::EngineBuilder::restarts).
    Restarted,
    /// The input is gone or does not open. The engine plays on, and [`Engine::input`] is silent until
    /// the next start or [`Engine::set_input_device`].
    InputLost,
}

type Callback = Box<dyn FnMut(&Engine, EngineEvent) + Send>;
type Destroy = Option<unsafe extern "C" fn(*mut c_void)>;

/// Who receives the events.
pub(crate) enum Listener {
    /// No one: there is none yet, or it has panicked.
    Nobody,
    Callback(Callback),
    /// A handler of C's, which takes the context, on any thread.
    Handler(
        unsafe extern "C" fn(*mut c_void, ffi::perbus_event),
        *mut c_void,
        Destroy,
    ),
}

struct Context {
    /// Weak, or else the engine would keep itself alive.
    engine: Weak<EngineInner>,
    listener: Listener,
}

impl Engine {
    /// Has `callback` called with what happens to the engine by itself, in place of the previous
    /// callback: on a thread of the engine's own, one event after the other. It may call everything,
    /// also [`start`](Self::start), and drop the last handle of the engine. After a panic, which is
    /// caught, it is not called any more.
    ///
    /// A loss is noticed within half a second. The engine has stopped by then: as after
    /// [`stop`](Self::stop), players keep their queues, fades stand still, strips and output volumes
    /// are kept, and all of it goes on once `start` has found a device and
    /// [`Player::play`](crate::Player::play) has resumed the players; an engine that
    /// [restarts](crate::EngineBuilder::restarts) does both by itself. What was scheduled and the fades
    /// end neither with the loss nor with the restart. On Apple's engine, which has no fades of its own
    /// and no clock while it is stopped, fades end as [`FadeEnd::Stopped`](crate::FadeEnd::Stopped).
    ///
    /// Strips, output volumes, equalizers and matrices have been set again before `callback` is called,
    /// also on [adopted](Self::from_native) engines, of which nothing else changes.
    ///
    /// Maps to `AVAudioEngineConfigurationChangeNotification`. On Apple's engine, only that and
    /// [`Restarted`](EngineEvent::Restarted) are reported.
    /// Waits for a callback that is running, unless called from it.
    ///
    /// ```no_run
    /// use perbus::{Engine, EngineEvent};
    ///
    /// let engine = Engine::new()?;
    /// engine.on_event(|engine, event| match event {
    ///     EngineEvent::ConfigurationChanged => match engine.start() {
    ///         Ok(()) => println!("plays again"),
    ///         Err(error) => eprintln!("{error}"),
    ///     },
    ///     other => println!("{other:?}"),
    /// })?;
    /// engine.start()?;
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// - [`Error::WrongKind`](crate::Error::WrongKind) for an offline engine.
    /// - [`Error::InvalidArgument`](crate::Error::InvalidArgument) in a [batch](Self::batch), for whose end
    ///   a callback may be waiting.
    pub fn on_event(
        &self,
        callback: impl FnMut(&Engine, EngineEvent) + Send + 'static,
    ) -> Result<()> {
        self.listen(Listener::Callback(Box::new(callback)))
    }

    /// An engine on a device takes up its events, whether anybody listens or not.
    pub(crate) fn look_after_events(&self) -> Result<()> {
        match self.max_frames() {
            Some(_) => Ok(()),
            None => self.listen(Listener::Nobody),
        }
    }

    /// What is the engine's own business before anybody is notified. What cannot be applied now waits
    /// for the next change of the graph, or the next start.
    fn take_up(&self, event: EngineEvent) {
        if event == EngineEvent::ConfigurationChanged {
            self.desk().stop_stepped_fades();
        }
        if let EngineEvent::ConfigurationChanged | EngineEvent::Restarted = event {
            let _ = self.reapply_all();
        }
    }

    /// Takes up events. On failure the context of a handler is not destroyed.
    pub(crate) fn listen(&self, listener: Listener) -> Result<()> {
        let context = Box::into_raw(Box::new(Context {
            engine: Arc::downgrade(&self.inner),
            listener,
        }));
        // SAFETY: the engine is live. perbus.h calls `destroy` once, after the last call of the
        // handler, and only when it has returned PERBUS_OK.
        let set = unsafe {
            native!(perbus_engine_set_event_handler(
                self.as_ptr(),
                Some(tell),
                context.cast(),
                Some(destroy),
            ))
        };
        if set.is_err() {
            // SAFETY: on failure destroy is not called: the box is still ours.
            drop(unsafe { Box::from_raw(context) });
        }
        set
    }

    /// [`on_event`](Self::on_event) for a handler as C has it.
    ///
    /// # Safety
    /// The functions take this context, on any thread.
    pub(crate) unsafe fn set_event_handler(
        &self,
        handler: ffi::perbus_event_handler,
        context: *mut c_void,
        destroy: Destroy,
    ) -> Result<()> {
        if let Some(handler) = handler {
            return self.listen(Listener::Handler(handler, context, destroy));
        }
        self.listen(Listener::Nobody)?;
        if let Some(destroy) = destroy {
            // SAFETY: as our caller promises.
            unsafe { destroy(context) };
        }
        Ok(())
    }
}

unsafe extern "C" fn tell(context: *mut c_void, event: ffi::perbus_event) {
    // SAFETY: `on_event` passed a box that lives until `destroy`, and perbus.h has one call of a
    // handler at a time.
    let context = unsafe { &mut *context.cast::<Context>() };
    let number = event;
    let event = match number {
        ffi::perbus_event_PERBUS_EVENT_DEVICE_LOST => EngineEvent::DeviceLost,
        ffi::perbus_event_PERBUS_EVENT_DEVICE_CHANGED => EngineEvent::DeviceChanged,
        ffi::perbus_event_PERBUS_EVENT_CONFIGURATION_CHANGED => EngineEvent::ConfigurationChanged,
        ffi::perbus_event_PERBUS_EVENT_XRUN => EngineEvent::Xrun,
        ffi::perbus_event_PERBUS_EVENT_DECODER_LATE => EngineEvent::DecoderLate,
        ffi::perbus_event_PERBUS_EVENT_RESTARTED => EngineEvent::Restarted,
        ffi::perbus_event_PERBUS_EVENT_INPUT_LOST => EngineEvent::InputLost,
        _ => return,
    };
    let Some(inner) = context.engine.upgrade() else {
        return;
    };
    let engine = Engine { inner };
    caught(|| engine.take_up(event));
    match &mut context.listener {
        Listener::Nobody => {}
        Listener::Callback(callback) => {
            if caught(|| callback(&engine, event)).is_none() {
                let failed = std::mem::replace(&mut context.listener, Listener::Nobody);
                caught(|| drop(failed));
            }
        }
        // SAFETY: whoever passed it says so, and `destroy` has not ended it.
        Listener::Handler(handler, of, _) => unsafe { handler(*of, number) },
    }
    caught(|| drop(engine));
}

unsafe extern "C" fn destroy(context: *mut c_void) {
    // SAFETY: `on_event` passed a box, and perbus.h calls this once.
    let context = unsafe { Box::from_raw(context.cast::<Context>()) };
    if let Listener::Handler(_, of, Some(destroy)) = context.listener {
        // SAFETY: whoever passed the two says so, and the last call has returned.
        unsafe { destroy(of) };
    }
    caught(|| drop(context));
}
