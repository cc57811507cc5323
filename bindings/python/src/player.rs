//! Players: scheduled samples and files, one after the other.

use std::time::Instant;

use perbus::{Buffer, BufferEnd, Format, Position, Schedule, StartTime};

use crate::file::File;
use crate::prelude::*;

/// Plays arrays of samples, and files. Arrays must have as many channels as the player's connection; they are taken
/// to have its rate, which the mixer converts.
///
/// A player counts in frames of its connection: its own time, and the engine's time too, which for
/// the player runs from the same moment at its own rate.
///
/// >>> import numpy, perbus
/// >>> engine = perbus.Engine.offline(48000, 1)
/// >>> player = engine.create_player()
/// >>> engine.connect(player, engine.main_mixer)
/// >>> engine.start()
/// >>> player.schedule(numpy.array([1, 0, 0, 0], numpy.float32), loops=True)
/// >>> player.play()
/// >>> engine.render(8)
/// array([[1., 0., 0., 0., 1., 0., 0., 0.]], dtype=float32)
#[pyclass(module = "perbus", frozen, extends = Node, subclass)]
pub(crate) struct Player;

forward!(Player {
    /// Plays from the next rendered frame, or from where it was paused.
    ///
    /// :raises NotRunningError: before the engine is started
    /// :raises NotConnectedError: when the player is not connected
    /// :raises NotAttachedError:
    play();

    /// Plays from a frame of the engine's time, counted at the rate of the player's connection; a
    /// past one means now. Fails as `play`.
    play_at(engine_frame: Value<i64>);

    /// Halts the player where it is.
    pause();

    /// Fades the player out, linearly, over so many seconds, and then stops it; offline, exactly
    /// then. `play` takes it back.
    ///
    /// :raises OutOfRangeError: for less than 0 seconds, or more than a day
    stop_after(seconds: Seconds);

    /// The same with a pause at its end: `play` resumes at full gain where the player fell silent.
    pause_after(seconds: Seconds);

    /// The file that plays, or is first in the queue, goes on from another of its frames. Its end, its
    /// loop and what is queued behind it stay. The next block has the new place; during a sound this
    /// clicks. Must not be called from a completion.
    ///
    /// :raises OutOfRangeError: for a frame that is not in the part of the file that was queued
    /// :raises InvalidArgumentError: when the player plays no file
    seek(frame: Value<u64>);

    /// Where the player is, as of the last block.
    #[getter]
    position() -> Position;

    /// Whether the player is to play; also true when its queue has run out.
    #[getter]
    is_playing() -> bool;
});

#[pymethods]
impl Player {
    /// Halts the player, empties its queue and sets its time to 0. Must not be called from a
    /// completion.
    fn stop(slf: &Bound<'_, Self>) -> PyResult<()> {
        let player = slf.as_super().get().held::<perbus::Player>(slf.py())?;
        // On Apple's engine it may wait for functions.
        Core::wait(slf.py(), move || player.stop())
    }

    /// Plays so that the first frame is heard at a time of `time.monotonic`, in seconds; one that is too
    /// early for the latency means at once. Players of one engine that are to play at the same time begin
    /// with the same frame.
    ///
    /// :raises WrongKindError: for an offline engine
    /// :raises OutOfRangeError: for a negative time
    fn play_at_time(slf: &Bound<'_, Self>, seconds: Seconds) -> PyResult<()> {
        let moment = moment(seconds);
        Self::call(slf, move |player| player.play_at(moment))
    }

    /// Queues samples, channels x frames of contiguous float32, or (frames) for one channel. They
    /// are copied: the array may change afterwards.
    ///
    /// :param at: the start, in frames of the player's own time; a past one means now. None
    ///     follows what is queued.
    /// :param at_time: instead of ``at``, when the first frame is heard: a time of `time.monotonic`, in
    ///     seconds. What interrupts at a time does so at once if the player does not play when
    ///     it is scheduled
    /// :param loops: repeat until the player is stopped or interrupted
    /// :param interrupts: replace what plays now and all that is queued
    /// :param interrupts_at_loop: the same, when the pass that plays now ends
    /// :param on_complete: runs once, when the samples were played, interrupted or stopped, on a
    ///     thread of the engine; it may schedule more but must not stop the player
    /// :param on_end: the same with a `BufferEnd`, which says why
    /// :raises FormatError: when the channels are not those of the player's connection
    /// :raises InvalidArgumentError: when the array is not contiguous, a sample is not finite, or both
    ///     ``at`` and ``at_time`` are given
    /// :raises NotAttachedError:
    /// :raises OutOfRangeError: for a start past 2^53 frames, or a negative time
    /// :raises WrongKindError: for a time on an offline engine
    #[pyo3(signature = (samples, at = None, *, at_time = None, loops = false, interrupts = false,
                        interrupts_at_loop = false, on_complete = None, on_end = None))]
    #[allow(clippy::too_many_arguments)]
    fn schedule(
        slf: &Bound<'_, Self>, samples: &Bound<'_, PyAny>, at: Option<Value<i64>>,
        at_time: Option<Seconds>, loops: bool, interrupts: bool, interrupts_at_loop: bool,
        on_complete: Option<&Bound<'_, PyAny>>, on_end: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let ends = Ends::keep(slf, on_complete, on_end)?;
        let player = slf.as_super().get().held::<perbus::Player>(slf.py())?;
        let buffer = buffer(samples, move || raw::format_of(&*player))?;
        let at = start_time(slf.py(), at, at_time)?;
        let schedule = Schedule { at, loops, interrupts, interrupts_at_loop };
        Self::call(slf, move |player| match ends {
            Some(ends) => player.schedule_with(&buffer, schedule, |end| ends.call(end)),
            None => player.schedule_as(&buffer, schedule),
        })
    }

    /// Queues a `File` that was opened, whole. It is decoded ahead on a thread of the engine, so that
    /// at most two seconds of it are in memory, and its rate is converted. The player has a position of
    /// its own: the file may be read meanwhile, queued elsewhere, or closed.
    ///
    /// The other parameters are those of `schedule`. A file that cannot be read to its end is played as
    /// far as it can be, and ends with ``BufferEnd.FAILED``.
    ///
    /// >>> import numpy, os, perbus, tempfile
    /// >>> with tempfile.TemporaryDirectory() as folder:
    /// ...     path = os.path.join(folder, "ramp.wav")
    /// ...     with perbus.File.create(path, perbus.Format(48000, 1)) as file:
    /// ...         file.write(numpy.arange(1000, dtype=numpy.float32))
    /// ...     engine = perbus.Engine.offline(48000, 1)
    /// ...     with perbus.File.open(path) as file:
    /// ...         player = engine.create_player_for_file(file)
    /// ...         engine.connect(player, engine.main_mixer)
    /// ...         player.schedule_file(file)
    /// ...     engine.start()
    /// ...     player.play()
    /// ...     player.seek(500)
    /// ...     engine.render(3).tolist(), player.position.file_frame
    /// ([[500.0, 501.0, 502.0]], 503)
    ///
    /// :raises FormatError: when the channels are not those of the player's connection, or the rates
    ///     are too far apart
    /// :raises InvalidArgumentError: for an empty file that loops
    /// :raises WrongKindError: for a file that is being written
    /// :raises NotAttachedError:
    /// :raises NotConnectedError: before the first connection of a player with a format of its own
    /// :raises OutOfRangeError: for a start past 2^53 frames
    #[pyo3(signature = (file, at = None, *, at_time = None, loops = false, interrupts = false,
                        interrupts_at_loop = false, on_complete = None, on_end = None))]
    #[allow(clippy::too_many_arguments)]
    fn schedule_file(
        slf: &Bound<'_, Self>, file: &Bound<'_, File>, at: Option<Value<i64>>,
        at_time: Option<Seconds>, loops: bool, interrupts: bool, interrupts_at_loop: bool,
        on_complete: Option<&Bound<'_, PyAny>>, on_end: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let at = start_time(slf.py(), at, at_time)?;
        let schedule = Schedule { at, loops, interrupts, interrupts_at_loop };
        let ends = Ends::keep(slf, on_complete, on_end)?;
        file.get().lend(slf, |player, file| match ends {
            Some(ends) => player.schedule_file_with(file, schedule, |end| ends.call(end)),
            None => player.schedule_file(file, schedule),
        })
    }

    /// Queues a part of a file: so many ``frames`` from ``start`` on. Parts that follow each other in
    /// the file and in the queue sound like the whole. Everything else is as with `schedule_file`.
    ///
    /// :raises OutOfRangeError: for a part that is empty or goes past the file's end
    #[pyo3(signature = (file, start, frames, at = None, *, at_time = None, loops = false, interrupts = false,
                        interrupts_at_loop = false, on_complete = None, on_end = None))]
    #[allow(clippy::too_many_arguments)]
    fn schedule_segment(
        slf: &Bound<'_, Self>, file: &Bound<'_, File>, start: Value<u64>, frames: Value<u64>,
        at: Option<Value<i64>>, at_time: Option<Seconds>, loops: bool, interrupts: bool,
        interrupts_at_loop: bool, on_complete: Option<&Bound<'_, PyAny>>,
        on_end: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let at = start_time(slf.py(), at, at_time)?;
        let schedule = Schedule { at, loops, interrupts, interrupts_at_loop };
        let ends = Ends::keep(slf, on_complete, on_end)?;
        let part = start.0..start.0.saturating_add(frames.0);
        file.get().lend(slf, |player, file| match ends {
            Some(ends) => player.schedule_segment_with(file, part, schedule, |end| ends.call(end)),
            None => player.schedule_segment(file, part, schedule),
        })
    }
}

/// The moment of `time.monotonic`.
fn moment(seconds: Seconds) -> Instant {
    let nanoseconds = seconds.0.as_nanos().min(i64::MAX.unsigned_abs().into());
    raw::instant_at(nanoseconds as u64)
}

fn start_time(
    py: Python<'_>, at: Option<Value<i64>>, at_time: Option<Seconds>,
) -> PyResult<Option<StartTime>> {
    match (at, at_time) {
        (Some(_), Some(_)) => {
            Err(failure(py, "InvalidArgumentError", "it starts at a frame or at a time, not both"))
        }
        (at, None) => Ok(at.map(|at| at.0.into())),
        (None, time) => Ok(time.map(|time| moment(time).into())),
    }
}

/// What runs when something that was queued has ended.
struct Ends {
    completed: Option<Function>,
    ended: Option<Function>,
}

impl Ends {
    fn keep(
        player: &Bound<'_, Player>, on_complete: Option<&Bound<'_, PyAny>>,
        on_end: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Option<Self>> {
        let objects = &player.as_super().get().core().objects;
        let keep = |it: Option<_>, name| it.map(|it| objects.keep_function(it, name)).transpose();
        let (completed, ended) = (keep(on_complete, "on_complete")?, keep(on_end, "on_end")?);
        let any = completed.is_some() || ended.is_some();
        Ok(any.then_some(Self { completed, ended }))
    }

    fn call(self, end: BufferEnd) {
        if let Some(function) = self.completed {
            function.call("a completion", |py| Ok(PyTuple::empty(py)));
        }
        if let Some(function) = self.ended {
            function.call("a buffer's end", |py| PyTuple::new(py, [Value(end)]));
        }
    }
}

/// Samples for a player of this format; of its rate alone, when their channels are others.
pub(crate) fn buffer(
    samples: &Bound<'_, PyAny>, format: impl FnOnce() -> Format + Send,
) -> PyResult<Buffer> {
    let array = planar(samples, "samples")?;
    let channels = array.rows as u32;
    let (buffer, bad) = read(&array, "samples", move |rows| {
        let bad = (0u32..).zip(rows).find_map(|(channel, row)| {
            let frame = row.iter().position(|sample| !sample.is_finite())?;
            let value = row[frame].to_string().to_lowercase();
            Some(format!("sample {frame} of channel {channel} is {value}"))
        });
        let mut format = format();
        if format.channels() != channels {
            format = Format::new(format.sample_rate(), channels)?;
        }
        Ok((Buffer::from_planar(format, rows)?, bad))
    })?;
    match bad {
        Some(reason) => Err(failure(samples.py(), "InvalidArgumentError", reason)),
        None => Ok(buffer),
    }
}
