//! What most files of this crate use.

pub(crate) use std::sync::{Arc, Mutex};

pub(crate) use perbus::{raw, AnyNode};
pub(crate) use pyo3::gc::PyVisit;
pub(crate) use pyo3::prelude::*;
pub(crate) use pyo3::types::PyTuple;
pub(crate) use pyo3::{PyClass, PyTraverseError};

pub(crate) use crate::array::*;
pub(crate) use crate::bus::Bus;
pub(crate) use crate::callback::*;
pub(crate) use crate::convert::*;
pub(crate) use crate::core::*;
pub(crate) use crate::engine::Engine;
pub(crate) use crate::error::*;
pub(crate) use crate::forward::*;
pub(crate) use crate::gil::*;
pub(crate) use crate::mixer::Mixer;
pub(crate) use crate::node::*;
pub(crate) use crate::player::*;
pub(crate) use crate::shutdown::Busy;
