//! Engines and nodes that the program has made itself, through AVFAudio.

use std::collections::HashMap;
use std::ffi::c_void;
use std::ptr::NonNull;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak};

use perbus::raw::{perbus_error, perbus_status};
use perbus::{AnyNode, Engine};

use crate::failure::{get, out, run, Failure, Outcome};
use crate::handle::{give, perbus_desk_engine, perbus_desk_node};
use crate::life::Life;

/// The lives of the engines by the address of the native one: one that is adopted twice closes once.
#[derive(Default)]
pub(crate) struct Lives(HashMap<usize, Weak<Life>>);

static LIVES: LazyLock<Mutex<Lives>> = LazyLock::new(Mutex::default);

pub(crate) fn lives() -> MutexGuard<'static, Lives> {
    LIVES.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Lives {
    /// A handle to the engine, of the life that its other handles have, or of this one.
    pub(crate) fn handle(&mut self, engine: Engine, new: Life) -> *mut perbus_desk_engine {
        let address = engine.native().as_ptr() as usize;
        let known = self.0.get(&address).and_then(Weak::upgrade);
        let life = known.filter(|life| !life.has_let_go()).unwrap_or_else(|| {
            if self.0.len() == self.0.capacity() {
                self.0.retain(|_, life| life.strong_count() > 0);
            }
            let life = Arc::new(new);
            self.0.insert(address, Arc::downgrade(&life));
            life
        });
        give(perbus_desk_engine { engine, life })
    }
}

fn object(pointer: *mut c_void, name: &str) -> Outcome<NonNull<c_void>> {
    NonNull::new(pointer).ok_or_else(|| Failure::null(name))
}

/// Takes up an AVAudioEngine that the program has made itself: its mixers have strips from now on,
/// which begin with the volume and pan of their connections. See perbus/adopt.h for what stays the
/// program's. The handle retains the engine. One that was adopted already, or is this library's own,
/// is the same engine again.
///
/// From now on, and for as long as there are handles, the program makes its own calls that attach,
/// detach, connect, disconnect, start, stop or reset on this engine only while no other thread is in a
/// call of this library on it, rendering apart: inside of perbus_desk_engine_batch, for instance. After
/// them, and after setting volumes or pans by itself, it calls perbus_desk_engine_sync.
///
/// perbus_desk_engine_close lets an adopted engine go and leaves it as it is: it may be adopted anew.
/// @param av_engine an AVAudioEngine. A pointer to anything that is not an Objective-C object is
/// undefined behaviour
/// @param out_engine receives the handle; free it with perbus_desk_engine_release
/// @retval PERBUS_ERROR_WRONG_KIND an object of another class
/// @retval PERBUS_ERROR_UNAVAILABLE as perbus_desk_engine_create
/// Maps to attachedNodes, inputConnectionPointForNode:inputBus: and isInManualRenderingMode.
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_adopt(
    av_engine: *mut c_void,
    out_engine: *mut *mut perbus_desk_engine,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let native = object(av_engine, "av_engine")?;
        let out_engine = out(out_engine, "out_engine")?;
        crate::life::outside()?;
        let mut lives = lives();
        // SAFETY: the header asks for an object, and for calls of the program's that do not run beside
        // others.
        let engine = unsafe { Engine::from_native(native) }?;
        out_engine.write(lives.handle(engine, Life::adopted()));
        Ok(())
    })
}

/// A handle to a node that the program has made itself, of any class: PERBUS_KIND_OTHER for one that
/// this library knows nothing more about. A node that belongs to no engine is attached to this one.
/// What it is connected to, and the values of its connections, are known after the next
/// perbus_desk_engine_sync. Two handles to one node have the same id.
/// @param av_node an AVAudioNode. A pointer to anything that is not an Objective-C object is
/// undefined behaviour
/// @param out_node receives the handle; free it with perbus_desk_node_release
/// @retval PERBUS_ERROR_WRONG_KIND an object of another class
/// @retval PERBUS_ERROR_WRONG_ENGINE another engine has the node
/// Maps to attachNode:. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_node_adopt(
    engine: *mut perbus_desk_engine,
    av_node: *mut c_void,
    out_node: *mut *mut perbus_desk_node,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let native = object(av_node, "av_node")?;
        let out_node = out(out_node, "out_node")?;
        // SAFETY: as for perbus_desk_engine_adopt.
        let adopt = || unsafe { AnyNode::from_native(&engine.engine, native) };
        out_node.write(engine.node(engine.life.open(adopt)?));
        Ok(())
    })
}

/// Takes over what the program has changed by itself: nodes, connections, volumes and pans.
/// perbus_desk_engine_audit lists what differs until then. A connection on a bus that nothing is known
/// of gives its volume and pan to the strip; a new one on any other bus gets the strip's values. Where
/// nothing was reconnected, values other than those that the desk has set last move the fader and the
/// pan, but end neither a mute nor a solo, nor a fade.
///
/// It looks at every node and bus: the cost is some microseconds for each connection.
/// @retval PERBUS_ERROR_EXCEPTION the engine refuses a value; the map is right all the same
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_sync(
    engine: *mut perbus_desk_engine,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        engine.life.open(|| engine.engine.sync())
    })
}
