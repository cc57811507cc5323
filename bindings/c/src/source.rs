//! Sources: sound from a function.

use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

use perbus::raw::{
    self, perbus_error, perbus_format, perbus_input_function, perbus_render, perbus_status,
};
use perbus::{AnyNode, RenderBlock};

use crate::failure::{get, out, run, Failure, Outcome};
use crate::handle::{perbus_desk_engine, perbus_desk_node};
use crate::life::Life;

/// Called once with the context of a source, input, tap or event handler, after its last use.
pub type perbus_desk_destroy = Option<unsafe extern "C" fn(context: *mut c_void)>;

/// Whether this thread is inside a source's render function, where nothing may wait: most calls are
/// PERBUS_ERROR_IN_RENDER there. Threads: any. Real-time safe: yes
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_in_render() -> bool {
    raw::in_render()
}

/// A function of C's that makes sound.
#[derive(Clone, Copy)]
pub(crate) enum Function {
    Source(perbus_render),
    Input(perbus_input_function),
}

/// Such a function, and what it is called with.
pub(crate) struct Rendering {
    function: Function,
    destroy: perbus_desk_destroy,
    context: *mut c_void,
    ended: AtomicBool,
}

// SAFETY: perbus.h has one render call of a source at a time, and `destroy` after the last of them;
// the context is only passed to both.
unsafe impl Send for Rendering {}
// SAFETY: as above; all that is shared is the flag.
unsafe impl Sync for Rendering {}

impl Rendering {
    fn render(&self, block: &mut RenderBlock<'_>) {
        let channels = raw::channels(block);
        let (first, count) = (channels.as_ptr(), channels.len() as u32);
        let (time, frames) = (block.sample_time(), block.frames());
        let ended = self.ended.load(Ordering::Relaxed);
        let sounds = !ended
            && match self.function {
                // SAFETY: the header asks for a function that takes these, and the block's pointers
                // are to `frames` samples each.
                Function::Source(Some(render)) => unsafe {
                    !render(self.context, time, frames, first, count)
                },
                // SAFETY: as above.
                Function::Input(Some(fill)) => unsafe { fill(self.context, frames, first, count) },
                Function::Source(None) | Function::Input(None) => false,
            };
        if !sounds {
            block.set_silent();
        }
    }

    /// Gives the context up; it does not render any more.
    pub(crate) fn end(&self) {
        if !self.ended.swap(true, Ordering::AcqRel) {
            if let Some(destroy) = self.destroy {
                // SAFETY: the header asks for a function that takes this context.
                unsafe { destroy(self.context) };
            }
        }
    }
}

/// Goes with the node.
struct Owner {
    rendering: Arc<Rendering>,
    life: Weak<Life>,
    /// Not of a source that could not be made: C keeps its context then.
    made: Arc<AtomicBool>,
}

impl Drop for Owner {
    fn drop(&mut self) {
        if self.made.load(Ordering::Acquire) {
            if let Some(life) = self.life.upgrade() {
                life.remove_source(&self.rendering);
            }
            self.rendering.end();
        }
    }
}

/// Makes a source from a render function, and attaches it.
/// @param format in which it renders
/// @param render fills every channel of a block, or returns true for silence. It runs on the audio
/// thread: it must not allocate, lock, wait or log, nor throw. Calls from it on the desk are
/// PERBUS_ERROR_IN_RENDER
/// @param context the functions' argument
/// @param destroy called with the context once, after the last call of `render`: when the source or
/// its engine goes, or is closed; NULL for none. Not called when this fails
/// @param out_node receives the source; free it with perbus_desk_node_release
/// @retval PERBUS_ERROR_FORMAT format: a rate or channel count outside its range
/// Maps to -[AVAudioSourceNode initWithFormat:renderBlock:] and attachNode:.
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_source_create(
    engine: *mut perbus_desk_engine,
    format: *const perbus_format,
    render: perbus_render,
    context: *mut c_void,
    destroy: perbus_desk_destroy,
    out_node: *mut *mut perbus_desk_node,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let format = raw::format(get(format, "format")?)?;
        if render.is_none() {
            return Err(Failure::null("render"));
        }
        let out_node = out(out_node, "out_node")?;
        let function = (Function::Source(render), context, destroy);
        let source = give(engine, function, |fill| {
            engine.engine.create_source(format, fill)
        })?;
        out_node.write(engine.node(AnyNode::Source(source)));
        Ok(())
    })
}

/// Gives the engine a function of C's, with what it is called with and what ends that, as a closure.
pub(crate) fn give<T>(
    engine: &perbus_desk_engine,
    (function, context, destroy): (Function, *mut c_void, perbus_desk_destroy),
    take: impl FnOnce(Box<dyn FnMut(&mut RenderBlock<'_>) + Send>) -> perbus::Result<T>,
) -> Outcome<T> {
    let _open = engine.life.enter()?;
    let rendering = Arc::new(Rendering {
        function,
        destroy,
        context,
        ended: AtomicBool::new(false),
    });
    let made = Arc::new(AtomicBool::new(false));
    let owner = Owner {
        rendering: Arc::clone(&rendering),
        life: Arc::downgrade(&engine.life),
        made: Arc::clone(&made),
    };
    let taken = take(Box::new(move |block| {
        // The whole of it moves into the closure, and goes with that.
        let owner = &owner;
        owner.rendering.render(block);
    }))?;
    made.store(true, Ordering::Release);
    engine.life.add_source(&rendering);
    Ok(taken)
}
