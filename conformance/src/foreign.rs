//! A program's own AVFAudio objects, made and changed without perbus.

use std::ptr::NonNull;

use libc::c_void;

mod native {
    use libc::{c_float, c_void, size_t};

    extern "C" {
        pub fn foreign_engine(rate: f64, channels: u32, max_frames: u32) -> *mut c_void;
        pub fn foreign_source(rate: f64, channels: u32, value: c_float) -> *mut c_void;
        pub fn foreign_mixer() -> *mut c_void;
        pub fn foreign_player() -> *mut c_void;
        pub fn foreign_equalizer() -> *mut c_void;
        pub fn foreign_object() -> *mut c_void;
        pub fn foreign_release(object: *mut c_void);
        pub fn foreign_main_mixer(engine: *mut c_void) -> *mut c_void;
        pub fn foreign_output(engine: *mut c_void) -> *mut c_void;
        pub fn foreign_attached(engine: *mut c_void) -> size_t;
        pub fn foreign_has(engine: *mut c_void, node: *mut c_void) -> bool;
        pub fn foreign_attach(engine: *mut c_void, node: *mut c_void) -> bool;
        pub fn foreign_detach(engine: *mut c_void, node: *mut c_void) -> bool;
        pub fn foreign_connect(
            engine: *mut c_void,
            source: *mut c_void,
            destination: *mut c_void,
            bus: u32,
            rate: f64,
            channels: u32,
        ) -> bool;
        pub fn foreign_connect_two(
            engine: *mut c_void,
            source: *mut c_void,
            destination: *mut c_void,
            one: u32,
            two: u32,
            rate: f64,
            channels: u32,
        ) -> bool;
        pub fn foreign_disconnect_input(engine: *mut c_void, node: *mut c_void, bus: u32) -> bool;
        pub fn foreign_feeding(engine: *mut c_void, node: *mut c_void, bus: u32) -> *mut c_void;
        pub fn foreign_start(engine: *mut c_void) -> bool;
        pub fn foreign_is_running(engine: *mut c_void) -> bool;
        pub fn foreign_set(
            source: *mut c_void,
            mixer: *mut c_void,
            bus: u32,
            volume: c_float,
            pan: c_float,
        ) -> bool;
        pub fn foreign_get(
            source: *mut c_void,
            mixer: *mut c_void,
            bus: u32,
            volume: *mut c_float,
            pan: *mut c_float,
        ) -> bool;
        pub fn foreign_set_output_volume(mixer: *mut c_void, volume: c_float);
        pub fn foreign_output_volume(mixer: *mut c_void) -> c_float;
        pub fn foreign_taps(node: *mut c_void, bus: u32) -> bool;
        pub fn foreign_render(
            engine: *mut c_void,
            frames: u32,
            left: *mut c_float,
            right: *mut c_float,
        ) -> bool;
    }
}

/// The rate and the channels of everything here.
pub const RATE: f64 = 48_000.0;
const CHANNELS: u32 = 2;

/// An object that is retained once.
#[derive(Debug)]
pub struct Object(NonNull<c_void>);

// SAFETY: AVFAudio's objects may be used on any thread; the tests serialise their calls.
unsafe impl Send for Object {}

impl Drop for Object {
    fn drop(&mut self) {
        // SAFETY: the object is live, and this is its only release.
        unsafe { native::foreign_release(self.raw()) }
    }
}

impl Object {
    fn new(made: *mut c_void) -> Self {
        Self(NonNull::new(made).expect("memory for an object"))
    }

    #[must_use]
    pub fn pointer(&self) -> NonNull<c_void> {
        self.0
    }

    fn raw(&self) -> *mut c_void {
        self.0.as_ptr()
    }

    /// Of another class.
    #[must_use]
    pub fn plain() -> Self {
        // SAFETY: it makes an object.
        Self::new(unsafe { native::foreign_object() })
    }

    /// A source of a constant.
    #[must_use]
    pub fn source(value: f32) -> Self {
        // SAFETY: as above.
        Self::new(unsafe { native::foreign_source(RATE, CHANNELS, value) })
    }

    #[must_use]
    pub fn mixer() -> Self {
        // SAFETY: as above.
        Self::new(unsafe { native::foreign_mixer() })
    }

    #[must_use]
    pub fn player() -> Self {
        // SAFETY: as above.
        Self::new(unsafe { native::foreign_player() })
    }

    #[must_use]
    pub fn equalizer() -> Self {
        // SAFETY: as above.
        Self::new(unsafe { native::foreign_equalizer() })
    }
}

/// An `AVAudioEngine` of the program's. Nodes are named by their pointers, and have to be live.
#[derive(Debug)]
pub struct ForeignEngine(pub Object);

type Node = NonNull<c_void>;

// SAFETY, for all of these: the engine and its nodes are live.
impl ForeignEngine {
    /// Renders offline, in blocks of at most so many frames.
    #[must_use]
    pub fn offline(max_frames: u32) -> Self {
        // SAFETY: it makes an object.
        Self(Object::new(unsafe {
            native::foreign_engine(RATE, CHANNELS, max_frames)
        }))
    }

    /// For a device, none of whose nodes exist yet.
    #[must_use]
    pub fn live() -> Self {
        // SAFETY: it makes an object.
        Self(Object::new(unsafe {
            native::foreign_engine(RATE, CHANNELS, 0)
        }))
    }

    #[must_use]
    pub fn pointer(&self) -> NonNull<c_void> {
        self.0.pointer()
    }

    fn raw(&self) -> *mut c_void {
        self.0.raw()
    }

    #[must_use]
    pub fn main_mixer(&self) -> Node {
        // SAFETY: as above.
        NonNull::new(unsafe { native::foreign_main_mixer(self.raw()) }).expect("a main mixer")
    }

    #[must_use]
    pub fn output(&self) -> Node {
        // SAFETY: as above.
        NonNull::new(unsafe { native::foreign_output(self.raw()) }).expect("an output")
    }

    /// How many nodes it has.
    #[must_use]
    pub fn attached(&self) -> usize {
        // SAFETY: as above.
        unsafe { native::foreign_attached(self.raw()) }
    }

    /// Whether it has the node.
    #[must_use]
    pub fn has(&self, node: Node) -> bool {
        // SAFETY: as above.
        unsafe { native::foreign_has(self.raw(), node.as_ptr()) }
    }

    pub fn attach(&self, node: Node) -> bool {
        // SAFETY: as above.
        unsafe { native::foreign_attach(self.raw(), node.as_ptr()) }
    }

    pub fn detach(&self, node: Node) -> bool {
        // SAFETY: as above.
        unsafe { native::foreign_detach(self.raw(), node.as_ptr()) }
    }

    pub fn connect(&self, source: Node, destination: Node, bus: u32) -> bool {
        let (source, destination) = (source.as_ptr(), destination.as_ptr());
        // SAFETY: as above.
        unsafe { native::foreign_connect(self.raw(), source, destination, bus, RATE, CHANNELS) }
    }

    /// The source feeds two buses of one node, and nothing else.
    pub fn connect_two(&self, source: Node, destination: Node, one: u32, two: u32) -> bool {
        let (source, destination) = (source.as_ptr(), destination.as_ptr());
        // SAFETY: as above.
        unsafe {
            native::foreign_connect_two(self.raw(), source, destination, one, two, RATE, CHANNELS)
        }
    }

    pub fn disconnect_input(&self, node: Node, bus: u32) -> bool {
        // SAFETY: as above.
        unsafe { native::foreign_disconnect_input(self.raw(), node.as_ptr(), bus) }
    }

    /// What feeds an input bus.
    #[must_use]
    pub fn feeding(&self, node: Node, bus: u32) -> Option<Node> {
        // SAFETY: as above.
        NonNull::new(unsafe { native::foreign_feeding(self.raw(), node.as_ptr(), bus) })
    }

    pub fn start(&self) -> bool {
        // SAFETY: as above.
        unsafe { native::foreign_start(self.raw()) }
    }

    #[must_use]
    pub fn is_running(&self) -> bool {
        // SAFETY: as above.
        unsafe { native::foreign_is_running(self.raw()) }
    }

    /// The last frame of so many.
    #[must_use]
    pub fn hear(&self, frames: u32) -> [f32; 2] {
        let (mut left, mut right) = (vec![0.0; frames as usize], vec![0.0; frames as usize]);
        // SAFETY: as above; there is room for the frames.
        let rendered = unsafe {
            native::foreign_render(self.raw(), frames, left.as_mut_ptr(), right.as_mut_ptr())
        };
        assert!(rendered, "the engine renders");
        [left[left.len() - 1], right[right.len() - 1]]
    }
}

/// Sets a connection's volume and pan; false if the source does not control the bus.
pub fn set(source: Node, mixer: Node, bus: u32, volume: f32, pan: f32) -> bool {
    // SAFETY: both are live.
    unsafe { native::foreign_set(source.as_ptr(), mixer.as_ptr(), bus, volume, pan) }
}

/// A connection's volume and pan.
#[must_use]
pub fn get(source: Node, mixer: Node, bus: u32) -> Option<(f32, f32)> {
    let (mut volume, mut pan) = (0.0, 0.0);
    let (source, mixer) = (source.as_ptr(), mixer.as_ptr());
    // SAFETY: both are live, and the pointers are to live locals.
    let there = unsafe { native::foreign_get(source, mixer, bus, &mut volume, &mut pan) };
    there.then_some((volume, pan))
}

pub fn set_output_volume(mixer: Node, volume: f32) {
    // SAFETY: it is live.
    unsafe { native::foreign_set_output_volume(mixer.as_ptr(), volume) }
}

#[must_use]
pub fn output_volume(mixer: Node) -> f32 {
    // SAFETY: it is live.
    unsafe { native::foreign_output_volume(mixer.as_ptr()) }
}

/// Whether a tap of an output bus can be made: it has none. The new one is removed at once.
#[must_use]
pub fn can_tap(node: Node, bus: u32) -> bool {
    // SAFETY: it is live.
    unsafe { native::foreign_taps(node.as_ptr(), bus) }
}
