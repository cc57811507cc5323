//! Players that play files.

use std::ops::Range;

use libc::c_void;

use crate::engine::format::Format;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ffi::{self, native};
use crate::file::reader::File;
use crate::nodes::player::{complete, Completion, Player};
use crate::nodes::schedule::{BufferEnd, Schedule};

/// Where a [`Player`] is: [`Player::position`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Position {
    /// The player's time, in frames of its connection. It stands still while the player is paused.
    pub player_frame: i64,
    /// The frame of the file that sounds next. `None` if the player plays a buffer, or nothing is
    /// queued.
    pub file_frame: Option<u64>,
    /// The length of the whole file, in frames. `None` with `file_frame`.
    pub file_frames: Option<u64>,
    /// Frames of silence because a file was not decoded in time, since the player was made. Always 0
    /// offline, and on Apple's engine, which does not tell.
    pub late_frames: u64,
}

impl Player {
    /// Queues a file, which is decoded ahead on a thread of the engine: no more than two seconds of a
    /// player's files are in memory, however long they are.
    ///
    /// The player opens the file anew, under its name, when its turn comes, and has a position of its
    /// own: the [`File`] may be read meanwhile, scheduled on other players, or dropped. It must have
    /// the player's channels ([`Engine::create_player_for_file`]); its rate is converted.
    ///
    /// Files, their parts ([`schedule_segment`](Self::schedule_segment)) and buffers follow each other
    /// without a gap, and one that loops has no seam. Offline, rendering waits for the decoder, so that
    /// the same files make the same sound, whatever the timing. On a device, what is not decoded in
    /// time is silent and counted ([`Position::late_frames`]), and the player stays in time. This
    /// call itself decodes the beginning of a file that is played at once.
    ///
    /// ```
    /// # use perbus::FileSettings;
    /// use perbus::{Engine, File, Format, Schedule};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("song.wav");
    /// # let mut made = File::create(&path, FileSettings::wav(Format::new(48_000.0, 1)?))?;
    /// # made.write(&[&(0..96_000).map(|i| (i % 100) as f32 / 100.0).collect::<Vec<_>>()])?;
    /// # made.finish()?;
    /// let engine = Engine::offline(Format::new(48_000.0, 1)?, 512)?;
    /// let song = File::open(&path)?;
    /// let player = engine.create_player_for_file(&song)?;
    /// engine.connect(&player, &engine.main_mixer(), 0, 0)?;
    /// engine.start()?;
    ///
    /// player.schedule_file(&song, Schedule::default())?;
    /// player.play()?;
    /// let mut samples = [0.0; 512];
    /// engine.render(&mut [&mut samples])?;
    /// assert_eq!((samples[0], samples[99], samples[100]), (0.0, 0.99, 0.0));
    ///
    /// player.seek(48_050)?;
    /// engine.render(&mut [&mut samples])?;
    /// assert_eq!(samples[0], 0.5);
    /// assert_eq!(player.position()?.file_frame, Some(48_562));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Maps to `scheduleFile:atTime:completionHandler:`. On Apple's engine a file that interrupts
    /// begins one frame later, and the rate of files that `AVAudioFile` does not read is not
    /// converted.
    ///
    /// # Errors
    /// - [`Error::Format`](crate::Error::Format) for a channel count or a layout that is not the
    ///   player's, or a rate that cannot be converted.
    /// - [`Error::OutOfRange`](crate::Error::OutOfRange) for a start past 2^53 frames.
    /// - [`Error::InvalidArgument`](crate::Error::InvalidArgument) for an empty file that loops.
    /// - [`Error::WrongKind`](crate::Error::WrongKind) for an instant, offline.
    /// - [`Error::NotConnected`](crate::Error::NotConnected),
    ///   [`Error::NotAttached`](crate::Error::NotAttached) and
    ///   [`Error::NoMemory`](crate::Error::NoMemory) as [`schedule`](Self::schedule).
    pub fn schedule_file(&self, file: &File, schedule: Schedule) -> Result<()> {
        // SAFETY: the file's handle is live.
        unsafe { self.queue_file(file.as_ptr(), None, schedule, None, std::ptr::null_mut()) }
    }

    /// As [`schedule_file`](Self::schedule_file), and runs `completed` once the file has ended, as
    /// [`schedule_with`](Self::schedule_with) does: with [`BufferEnd::Failed`] if it could not be read
    /// to its end. What was decoded until then has been played.
    ///
    /// # Errors
    /// As [`schedule_file`](Self::schedule_file); `completed` is dropped without being run then.
    pub fn schedule_file_with(
        &self,
        file: &File,
        schedule: Schedule,
        completed: impl FnOnce(BufferEnd) + Send + 'static,
    ) -> Result<()> {
        // SAFETY: the file's handle is live.
        unsafe { self.queue_file_with(file.as_ptr(), None, schedule, completed) }
    }

    /// Queues a part of a file: the frames `frames.start` up to, but not including, `frames.end`.
    /// Parts that follow each other in the file and in the queue sound like the whole, also when their
    /// rate is converted. Everything else is as with [`schedule_file`](Self::schedule_file).
    ///
    /// ```no_run
    /// # use perbus::{File, Player, Schedule};
    /// # fn example(player: &Player, song: &File) -> perbus::Result<()> {
    /// // An introduction, then a part that repeats until the player is stopped.
    /// player.schedule_segment(song, 0..96_000, Schedule::default())?;
    /// player.schedule_segment(song, 96_000..480_000, Schedule::looping())?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Maps to `scheduleSegment:startingFrame:frameCount:atTime:completionHandler:`.
    ///
    /// # Errors
    /// As [`schedule_file`](Self::schedule_file), and
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) for a segment that is empty or goes past the
    /// file's end.
    pub fn schedule_segment(
        &self,
        file: &File,
        frames: Range<u64>,
        schedule: Schedule,
    ) -> Result<()> {
        let (file, segment) = (file.as_ptr(), Some(segment(frames)?));
        // SAFETY: the file's handle is live.
        unsafe { self.queue_file(file, segment, schedule, None, std::ptr::null_mut()) }
    }

    /// As [`schedule_segment`](Self::schedule_segment) and
    /// [`schedule_file_with`](Self::schedule_file_with).
    ///
    /// # Errors
    /// As [`schedule_segment`](Self::schedule_segment); `completed` is dropped without being run then.
    pub fn schedule_segment_with(
        &self,
        file: &File,
        frames: Range<u64>,
        schedule: Schedule,
        completed: impl FnOnce(BufferEnd) + Send + 'static,
    ) -> Result<()> {
        let segment = Some(segment(frames)?);
        // SAFETY: the file's handle is live.
        unsafe { self.queue_file_with(file.as_ptr(), segment, schedule, completed) }
    }

    /// Where the player is, as of the last block: in its own time, and in the file that it plays or,
    /// until it starts, has first in its queue. Maps to `playerTimeForNodeTime:`.
    ///
    /// # Errors
    /// [`Error::Exception`](crate::Error::Exception) when the engine cannot say.
    pub fn position(&self) -> Result<Position> {
        let mut position = ffi::perbus_position {
            player_frame: 0,
            file_frame: -1,
            file_frames: 0,
            late_frames: 0,
        };
        self.call(|player| {
            // SAFETY: the handle is live and the pointer is to a live local.
            unsafe { native!(perbus_player_get_position(player, &mut position)) }
        })?;
        let file_frame = u64::try_from(position.file_frame).ok();
        Ok(Position {
            player_frame: position.player_frame,
            file_frame,
            file_frames: file_frame.and_then(|_| u64::try_from(position.file_frames).ok()),
            late_frames: position.late_frames,
        })
    }

    /// The file that is played, or is first in the queue, goes on from another of its frames. Where it
    /// ends, its loop, and what is queued behind it stay. The next block has the new place; on a
    /// device, what played goes on until the new place is decoded, which this call waits for. During
    /// a sound this clicks.
    ///
    /// Maps to `scheduleSegment:startingFrame:frameCount:atTime:completionHandler:`. Must not be
    /// called from a completion.
    ///
    /// # Errors
    /// - [`Error::OutOfRange`](crate::Error::OutOfRange) for a frame that is not in the scheduled part
    ///   of the file.
    /// - [`Error::InvalidArgument`](crate::Error::InvalidArgument) if the player plays a buffer, or
    ///   nothing is queued.
    /// - [`Error::NoMemory`](crate::Error::NoMemory).
    pub fn seek(&self, frame: u64) -> Result<()> {
        self.seek_to(to_frame(frame)?)
    }

    pub(crate) fn seek_to(&self, frame: i64) -> Result<()> {
        self.call(|player| {
            // SAFETY: the handle is live.
            unsafe { native!(perbus_player_seek(player, frame)) }
        })
    }

    /// A segment is its first frame and how many frames it has; the whole file without one.
    ///
    /// # Safety
    /// The handle is live.
    pub(crate) unsafe fn queue_file_with(
        &self,
        file: *mut ffi::perbus_file,
        segment: Option<(i64, i64)>,
        schedule: Schedule,
        completed: impl FnOnce(BufferEnd) + Send + 'static,
    ) -> Result<()> {
        let context = Box::into_raw(Box::new(Completion(Box::new(completed))));
        // SAFETY: as our caller promises.
        let queued =
            unsafe { self.queue_file(file, segment, schedule, Some(complete), context.cast()) };
        if queued.is_err() {
            // SAFETY: perbus.h runs a completion only for a file that was queued, so the box is still
            // ours.
            drop(unsafe { Box::from_raw(context) });
        }
        queued
    }

    /// # Safety
    /// The handle is live, and the completion takes the context.
    unsafe fn queue_file(
        &self,
        file: *mut ffi::perbus_file,
        segment: Option<(i64, i64)>,
        schedule: Schedule,
        completion: ffi::perbus_completion,
        context: *mut c_void,
    ) -> Result<()> {
        let schedule = schedule.to_ffi(completion, context)?;
        let Some((start, frames)) = segment else {
            return self.call(|player| {
                // SAFETY: both handles are live and the schedule is a live local.
                unsafe { native!(perbus_player_schedule_file(player, file, &schedule)) }
            });
        };
        self.call(|player| {
            // SAFETY: as above.
            unsafe {
                native!(perbus_player_schedule_segment(
                    player, file, start, frames, &schedule
                ))
            }
        })
    }
}

fn segment(frames: Range<u64>) -> Result<(i64, i64)> {
    let (start, end) = (to_frame(frames.start)?, to_frame(frames.end)?);
    Ok((start, end.saturating_sub(start)))
}

fn to_frame(frame: u64) -> Result<i64> {
    i64::try_from(frame)
        .map_err(|_| Error::OutOfRange(format!("frame {frame} is past {}", i64::MAX)))
}

impl Engine {
    /// Makes a player for a file, and others with its channels, as
    /// [`create_player_with`](Self::create_player_with) does: with the file's channels, and the rate of
    /// the engine, to which the player converts.
    ///
    /// # Errors
    /// [`Error::NoMemory`](crate::Error::NoMemory).
    pub fn create_player_for_file(&self, file: &File) -> Result<Player> {
        self.create_player_for_format(file.format())
    }

    pub(crate) fn create_player_for_format(&self, file: Format) -> Result<Player> {
        let format = Format::new(self.format().sample_rate(), file.channels())?;
        self.create_player_with(format.with_layout(file.layout())?)
    }
}
