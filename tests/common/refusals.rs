//! Calls that must fail, with the right kind of error and a message with the right content.

use std::fmt::Debug;

use perbus::{Error, Result};

pub(crate) type Kind = fn(&Error) -> bool;

macro_rules! kind {
    ($name:ident) => {
        (|error| matches!(error, perbus::Error::$name(_))) as $crate::refusals::Kind
    };
}

/// Each of the calls fails in the same way.
macro_rules! fails {
    ($kind:ident, $message:expr; $($call:expr;)+) => {
        $(refused(kind!($kind), $message, $call);)+
    };
}

pub(crate) use {fails, kind};

/// The parts of `message`, separated by bars, must all occur in the error's message.
#[track_caller]
pub(crate) fn refused<T: Debug>(kind: Kind, message: &str, result: Result<T>) {
    let error = result.expect_err("the call was to fail");
    assert!(kind(&error), "another kind of error: {error:?}");
    let text = error.to_string();
    for part in message.split('|') {
        assert!(text.contains(part), "\"{text}\" does not say \"{part}\"");
    }
}
