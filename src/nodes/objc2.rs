//! Conversions from and to the objects of objc2-avf-audio.
//!
//! Objects lead to handles through `unsafe` functions, for the reasons under
//! [`Engine::from_native`]. Handles lead to objects through `From`: what is done with those is
//! `unsafe` in objc2 itself.

use std::ptr::NonNull;

use objc2::rc::Retained;
use objc2_avf_audio::{
    AVAudioEngine, AVAudioMixerNode, AVAudioNode, AVAudioOutputNode, AVAudioPlayerNode,
    AVAudioSourceNode, AVAudioUnit, AVAudioUnitEQ,
};

use crate::engine::node::Node;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::nodes::any_node::AnyNode;
use crate::nodes::equalizer::Equalizer;
use crate::nodes::matrix::Matrix;
use crate::nodes::mixer::Mixer;
use crate::nodes::other_node::OtherNode;
use crate::nodes::output::Output;
use crate::nodes::player::Player;
use crate::nodes::source::Source;

impl Engine {
    /// [`from_native`](Self::from_native) for an engine of objc2's.
    ///
    /// # Safety
    /// As there, but for the pointer.
    ///
    /// # Errors
    /// As there.
    pub unsafe fn from_retained(engine: Retained<AVAudioEngine>) -> Result<Self> {
        // SAFETY: the object lives during the call, and what else there is to promise our caller does.
        unsafe { Self::from_native(NonNull::from(&*engine).cast()) }
    }
}

impl From<&Engine> for Retained<AVAudioEngine> {
    fn from(engine: &Engine) -> Self {
        let object = engine.native().as_ptr().cast();
        // SAFETY: it is an AVAudioEngine, which lives at least as long as the handle.
        let retained = unsafe { Self::retain(object) };
        retained.expect("an object is not NULL")
    }
}

impl AnyNode {
    /// [`from_native`](Self::from_native) for a node of objc2's, of any class.
    ///
    /// # Safety
    /// As there, but for the pointer.
    ///
    /// # Errors
    /// As there.
    pub unsafe fn from_retained(engine: &Engine, node: Retained<AVAudioNode>) -> Result<Self> {
        // SAFETY: the object lives during the call, and what else there is to promise our caller does.
        unsafe { Self::from_native(engine, NonNull::from(&*node).cast()) }
    }
}

/// Kinds whose class says enough to make a handle.
macro_rules! from_retained {
    ($($kind:ident: $class:ty),*) => {$(
        impl $kind {
            /// [`AnyNode::from_native`] for a node of this class.
            ///
            /// # Safety
            /// As there, but for the pointer.
            ///
            /// # Errors
            /// As there.
            pub unsafe fn from_retained(engine: &Engine, node: Retained<$class>) -> Result<Self> {
                let object = NonNull::from(&*node).cast();
                // SAFETY: the object lives during the call, and what else there is to promise our
                // caller does.
                match unsafe { AnyNode::from_native(engine, object) }? {
                    AnyNode::$kind(node) => Ok(node),
                    other => Err(Error::WrongKind(format!("{} is of another kind", other.id()))),
                }
            }
        }
    )*};
}

from_retained!(
    Mixer: AVAudioMixerNode,
    Output: AVAudioOutputNode,
    Source: AVAudioSourceNode,
    Equalizer: AVAudioUnitEQ
);

macro_rules! into_retained {
    ($($kind:ident: $class:ty),*) => {$(
        impl From<&$kind> for Retained<$class> {
            fn from(node: &$kind) -> Self {
                let object = Node::native(node).as_ptr().cast();
                // SAFETY: a node of this kind is of this class, and lives at least as long as the
                // handle.
                let retained = unsafe { Self::retain(object) };
                retained.expect("an object is not NULL")
            }
        }
    )*};
}

into_retained!(
    AnyNode: AVAudioNode,
    OtherNode: AVAudioNode,
    Mixer: AVAudioMixerNode,
    Output: AVAudioOutputNode,
    Player: AVAudioPlayerNode,
    Source: AVAudioSourceNode,
    Equalizer: AVAudioUnitEQ,
    Matrix: AVAudioUnit
);
