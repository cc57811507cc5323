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
    /// The sound system has moved the engine to another device, on which it goes on playing.
    DeviceChanged,
    /// The engine has stopped because of its device. [`Engine::start`] opens the device anew.
    ConfigurationChanged,
    /// The device has run out of samples, once or several times.
    Xrun,
}

type Callback = Box<dyn FnMut(&Engine, EngineEvent) + Send>;

struct Context {
    /// Weak, or else the engine would keep itself alive.
    engine: Weak<EngineInner>,
    callback: Callback,
    failed: bool,
}

impl Engine {
    /// Has `callback` called with what happens to the engine by itself, in place of the previous
    /// callback: on a thread of the engine's own, one event after the other. It may call everything,
    /// also [`start`](Self::start), and drop the last handle of the engine. After a panic, which is
    /// caught, it is not called any more.
    ///
    /// A loss is noticed within half a second. The engine has stopped by then: as after
    /// [`stop`](Self::stop), players keep their queues, fades stand still, strips and output volumes
    /// are kept, and all of it goes on once `start` has found a device.
    ///
    /// Maps to `AVAudioEngineConfigurationChangeNotification`, the only event of Apple's engine.
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
    /// [`Error::WrongKind`](crate::Error::WrongKind) for an offline engine.
    pub fn on_event(
        &self,
        callback: impl FnMut(&Engine, EngineEvent) + Send + 'static,
    ) -> Result<()> {
        let context = Box::into_raw(Box::new(Context {
            engine: Arc::downgrade(&self.inner),
            callback: Box::new(callback),
            failed: false,
        }));
        // SAFETY: perbus.h calls `destroy` once, after the last call of the handler, and only when
        // it has returned PERBUS_OK.
        let set = unsafe { self.set_event_handler(Some(tell), context.cast(), Some(destroy)) };
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
        destroy: Option<unsafe extern "C" fn(*mut c_void)>,
    ) -> Result<()> {
        // SAFETY: the engine is live; the rest is as our caller promises.
        unsafe {
            native!(perbus_engine_set_event_handler(
                self.as_ptr(),
                handler,
                context,
                destroy,
            ))
        }
    }
}

unsafe extern "C" fn tell(context: *mut c_void, event: ffi::perbus_event) {
    // SAFETY: `on_event` passed a box that lives until `destroy`, and perbus.h has one call of a
    // handler at a time.
    let context = unsafe { &mut *context.cast::<Context>() };
    let event = match event {
        ffi::perbus_event_PERBUS_EVENT_DEVICE_LOST => EngineEvent::DeviceLost,
        ffi::perbus_event_PERBUS_EVENT_DEVICE_CHANGED => EngineEvent::DeviceChanged,
        ffi::perbus_event_PERBUS_EVENT_CONFIGURATION_CHANGED => EngineEvent::ConfigurationChanged,
        ffi::perbus_event_PERBUS_EVENT_XRUN => EngineEvent::Xrun,
        _ => return,
    };
    let Some(inner) = context.engine.upgrade() else {
        return;
    };
    if !context.failed {
        let engine = Engine { inner };
        context.failed = caught(|| (context.callback)(&engine, event)).is_none();
        caught(|| drop(engine));
    }
}

unsafe extern "C" fn destroy(context: *mut c_void) {
    // SAFETY: `on_event` passed a box, and perbus.h calls this once.
    let context = unsafe { Box::from_raw(context.cast::<Context>()) };
    caught(|| drop(context));
}
