//! Why a file cannot be decoded.

use std::collections::TryReserveError;
use std::io;

use symphonia::core::errors::Error as CodecError;

pub(super) type Result<T> = std::result::Result<T, Fault>;

#[derive(Debug)]
pub(super) enum Fault {
    /// Nothing that is decoded here; what it is.
    Unsupported(String),
    /// What is wrong with it.
    Damaged(String),
    System(io::Error),
    /// What the file asks for does not fit into memory.
    NoMemory(String),
}

impl Fault {
    pub(super) fn unsupported(what: impl Into<String>) -> Self {
        Self::Unsupported(what.into())
    }

    pub(super) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged(what.into())
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::damaged("it is cut short"),
            _ => Self::System(error),
        }
    }
}

impl From<TryReserveError> for Fault {
    fn from(error: TryReserveError) -> Self {
        Self::NoMemory(format!("its tables take too much memory: {error}"))
    }
}

impl From<CodecError> for Fault {
    fn from(error: CodecError) -> Self {
        match error {
            CodecError::Unsupported(what) => Self::unsupported(what),
            other => Self::Damaged(other.to_string()),
        }
    }
}
