//! What can go wrong.

use std::io;
use std::path::PathBuf;

/// The result of a fallible perbus call.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a call failed. The message names the value at fault and its limit, where there is one; a
/// call that failed has changed nothing.
///
/// ```
/// use perbus::{Engine, Error, Format};
///
/// let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
/// let error = engine.main_mixer().bus(0)?.set_volume(4.01).unwrap_err();
/// assert!(matches!(error, Error::OutOfRange(_)));
/// assert_eq!(error.to_string(), "volume 4.01 is not in 0 to 4");
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A value that makes no sense here.
    #[error("{0}")]
    InvalidArgument(String),
    /// A number outside its range; NaN and infinities too.
    #[error("{0}")]
    OutOfRange(String),
    /// Nothing is connected there.
    #[error("{0}")]
    NotConnected(String),
    /// The node was detached from its engine.
    #[error("{0}")]
    NotAttached(String),
    /// The node belongs to another engine.
    #[error("{0}")]
    WrongEngine(String),
    /// The call is not for this kind of node or engine.
    #[error("{0}")]
    WrongKind(String),
    /// The source has no per-connection volume and pan.
    #[error("{0}")]
    NotMixing(String),
    /// The source feeds the bus, but the engine does not let it control that yet. Setting a strip
    /// does not fail with this: its values go to the engine as soon as it takes them.
    #[error("{0}")]
    Pending(String),
    /// The bus has no source and its mixer feeds no other mixer: there is no pan to fall back to.
    #[error("{0}")]
    NoPanControl(String),
    /// The connection would feed a node its own output.
    #[error("{0}")]
    Cycle(String),
    /// A format that does not fit, or is invalid.
    #[error("{0}")]
    Format(String),
    /// The engine is not started.
    #[error("{0}")]
    NotRunning(String),
    /// The engine cannot start: there is no device, for instance.
    #[error("the engine cannot start: {0}")]
    Start(String),
    /// Rendering failed.
    #[error("rendering failed: {0}")]
    Render(String),
    /// AVFAudio threw an exception; this is its reason.
    #[error("AVFAudio: {0}")]
    Exception(String),
    /// Memory ran out.
    #[error("{0}")]
    NoMemory(String),
    /// The AVFAudio classes are missing from the program.
    #[error("{0}")]
    Unavailable(String),
    /// The AVFAudio in use does not have this feature: Apple's has no meters of its own, for instance.
    #[error("{0}")]
    Unsupported(String),
    /// The call was made from a source's render closure, in which nothing may wait.
    #[error("{0}")]
    InRender(String),
    /// An audio file could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// A status that this version of the crate does not know.
    #[error("unknown status {code}: {message}")]
    Unknown {
        /// The status's number in `perbus.h`.
        code: i32,
        /// The native side's message.
        message: String,
    },
}

/// Why an audio file could not be read or written.
///
/// Every variant about a file carries its path, and the message names it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// The file is missing, or it cannot be opened or read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file has no bytes, or no frames of audio.
    #[error("{} holds no audio: it is empty", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// The file is not audio, or a kind of audio this crate does not decode.
    #[error("{} is not an audio file that can be decoded: {reason}", path.display())]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// What was not recognized.
        reason: String,
    },
    /// The file ends before the audio it promises does, or is damaged there.
    #[error("{} is cut short or damaged: {}", path.display(), missing(*decoded, *promised))]
    Truncated {
        /// The file.
        path: PathBuf,
        /// Frames that could be read.
        decoded: u64,
        /// Frames its header promises, where the header says.
        promised: Option<u64>,
    },
    /// The file cannot be opened: its headers are damaged or incomplete.
    #[error("{} is damaged: {reason}", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What was wrong.
        reason: String,
    },
    /// The file has more frames than a buffer can hold.
    #[error("{} is too long to load: a buffer holds at most {} frames", path.display(), u32::MAX)]
    TooLong {
        /// The file.
        path: PathBuf,
    },
    /// The file's samples would take more memory than the limit allows.
    #[error(
        "{} is too large to load: {bytes} bytes when decoded, and the limit is {limit}",
        path.display()
    )]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// What its samples would take.
        bytes: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// The file cannot be written: the system refuses, or its type cannot be as asked for.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A resampler cannot be made or fed as asked.
    #[error("cannot resample from {from} Hz to {to} Hz: {reason}")]
    Resample {
        /// The input rate in Hz.
        from: f64,
        /// The output rate in Hz.
        to: f64,
        /// What was wrong.
        reason: String,
    },
}

fn missing(decoded: u64, promised: Option<u64>) -> String {
    match promised {
        Some(promised) => format!("it ends after {decoded} of {promised} frames"),
        None => format!("it ends inside its audio, after {decoded} frames"),
    }
}
