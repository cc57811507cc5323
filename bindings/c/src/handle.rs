//! The handles that C holds: each is a box around a handle of Rust's.

use std::sync::Arc;

use perbus::raw::perbus_status;
use perbus::{AnyNode, Engine, Equalizer, Matrix, Mixer, Player};

use crate::failure::{get, Failure, Outcome};
use crate::life::Life;

/// An engine: a graph of nodes, their channel strips, and what renders them.
pub struct perbus_desk_engine {
    pub(crate) engine: Engine,
    pub(crate) life: Arc<Life>,
}

/// A node of an engine: its output, a mixer, player, source, equalizer or matrix mixer.
pub struct perbus_desk_node {
    pub(crate) node: AnyNode,
    pub(crate) life: Arc<Life>,
}

/// The channel strip of one input bus of a mixer.
pub struct perbus_desk_bus {
    pub(crate) bus: perbus::Bus,
    pub(crate) life: Arc<Life>,
}

impl perbus_desk_engine {
    pub(crate) fn node(&self, node: AnyNode) -> *mut perbus_desk_node {
        give(perbus_desk_node {
            node,
            life: Arc::clone(&self.life),
        })
    }
}

/// Hands a value out as a handle.
pub(crate) fn give<T>(value: T) -> *mut T {
    Box::into_raw(Box::new(value))
}

/// Ends a handle; NULL is none.
pub(crate) fn take<T>(handle: *mut T) {
    if !handle.is_null() {
        // SAFETY: the header asks for a handle that was handed out by `give` and not ended yet.
        crate::failure::end(|| drop(unsafe { Box::from_raw(handle) }));
    }
}

#[cold]
fn wrong(name: &str, kind: &str) -> Failure {
    let message = format!("{name} is no {kind}");
    Failure::new(perbus_status::PERBUS_ERROR_WRONG_KIND, message)
}

pub(crate) fn mixer<'a>(
    handle: *const perbus_desk_node,
    name: &str,
) -> Outcome<(&'a Mixer, &'a Life)> {
    let node = get(handle, name)?;
    match &node.node {
        AnyNode::Mixer(mixer) => Ok((mixer, &node.life)),
        _ => Err(wrong(name, "mixer")),
    }
}

pub(crate) fn player<'a>(handle: *const perbus_desk_node) -> Outcome<(&'a Player, &'a Arc<Life>)> {
    let node = get(handle, "player")?;
    match &node.node {
        AnyNode::Player(player) => Ok((player, &node.life)),
        _ => Err(wrong("the node", "player")),
    }
}

pub(crate) fn equalizer<'a>(handle: *const perbus_desk_node) -> Outcome<(&'a Equalizer, &'a Life)> {
    let node = get(handle, "equalizer")?;
    match &node.node {
        AnyNode::Equalizer(equalizer) => Ok((equalizer, &node.life)),
        _ => Err(wrong("the node", "equalizer")),
    }
}

pub(crate) fn matrix<'a>(handle: *const perbus_desk_node) -> Outcome<(&'a Matrix, &'a Life)> {
    let node = get(handle, "matrix")?;
    match &node.node {
        AnyNode::Matrix(matrix) => Ok((matrix, &node.life)),
        _ => Err(wrong("the node", "matrix")),
    }
}
