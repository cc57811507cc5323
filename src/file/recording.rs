//! The writing side of recorders.

use std::io;
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::engine::tap::TapBlock;
use crate::error::{Error, FileError, Result};
use crate::file::reader::File;
use crate::sync::lock;

/// The engine's time does not pass over this by itself, in seconds: it was set to something else.
const LONGEST_GAP: f64 = 3_600.0;

/// Frames of silence that are written at a time.
const SILENCE: usize = 4_096;

/// What a recorder does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecorderState {
    /// Nothing has come yet: the engine does not render, or its time has not reached the start.
    Waiting,
    /// It records.
    Recording,
    /// The file is complete.
    Finished,
    /// The file could not be written, for this reason. Nothing is left of it.
    Failed(String),
}

/// What [`Recorder::status`](crate::Recorder::status) reports.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecorderStatus {
    /// What the recorder does.
    pub state: RecorderState,
    /// The length so far. What was rendered last follows within a fraction of a second.
    pub frames: u64,
    /// Frames that were lost because the disk was too slow for ten seconds. They are silence in the
    /// recording. 0 on Apple's engine, which does not count them.
    pub dropped: u64,
    /// Frames of silence where the mixer was not rendered, those that were dropped included.
    pub silence: u64,
}

/// A recording that is complete.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recording {
    /// The file.
    pub path: PathBuf,
    /// Its length.
    pub frames: u64,
    /// As [`RecorderStatus::dropped`].
    pub dropped: u64,
    /// As [`RecorderStatus::silence`].
    pub silence: u64,
    /// Why the recording ended before it was stopped: the mixer got another format.
    pub interrupted: Option<String>,
}

/// A copy of a tap's block.
pub(super) struct Block {
    time: i64,
    rate: f64,
    channels: Vec<Vec<f32>>,
}

impl Block {
    pub(super) fn of(block: &TapBlock<'_>) -> Self {
        let channels = (0..block.channels()).map(|it| block.channel(it).to_vec());
        Self {
            time: block.sample_time(),
            rate: block.sample_rate(),
            channels: channels.collect(),
        }
    }

    fn frames(&self) -> i64 {
        self.channels.first().map_or(0, Vec::len) as i64
    }
}

/// What the recorder and its writing thread share.
pub(super) struct Shared {
    progress: Mutex<Progress>,
    changed: Condvar,
}

#[derive(Default)]
struct Progress {
    /// The engine's time of the frame that is recorded next, once that is known.
    next: Option<i64>,
    /// The first frame that is not recorded any more.
    end: Option<i64>,
    /// The engine's time when the recorder was stopped: what is missing up to there is silence.
    stopped: Option<i64>,
    started: bool,
    frames: u64,
    silence: u64,
    dropped: u64,
    /// Blocks.
    queued: u64,
    written: u64,
    /// The recorder could be made; else no file remains.
    kept: bool,
    interrupted: Option<String>,
    failed: Option<String>,
    /// Of the file, once it is complete.
    result: Option<Result<PathBuf>>,
    over: bool,
}

impl Progress {
    /// What of a block is recorded: frames of silence in front of it, and the part of the block.
    fn take(&mut self, time: i64, frames: i64, rate: f64) -> (i64, Range<usize>) {
        let mut next = self.next.unwrap_or(time);
        let gap = time.saturating_sub(next);
        let jumps = if gap < 0 {
            self.started
        } else {
            gap as f64 > LONGEST_GAP * rate
        };
        if jumps {
            next = time;
        }
        let end = self.end.unwrap_or(i64::MAX);
        let silence = time.min(end).saturating_sub(next).max(0);
        let first = next.saturating_sub(time).clamp(0, frames);
        let last = end.saturating_sub(time).clamp(first, frames);
        self.next = Some(next.max(time.saturating_add(last).min(end)));
        self.started |= silence + last - first > 0;
        (silence, first as usize..last as usize)
    }

    fn has_ended(&self) -> bool {
        let both = self.next.zip(self.end);
        both.is_some_and(|(next, end)| next >= end)
    }
}

impl Shared {
    pub(super) fn new(start: Option<i64>) -> Self {
        Self {
            progress: Mutex::new(Progress {
                next: start,
                ..Progress::default()
            }),
            changed: Condvar::new(),
        }
    }

    fn wait(&self, until: impl Fn(&Progress) -> bool) -> MutexGuard<'_, Progress> {
        let progress = lock(&self.progress);
        self.changed
            .wait_while(progress, |progress| !until(progress))
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the recording is over; `None` if nothing has been written for as long as the limit.
    fn wait_until_over(&self, limit: Option<Duration>) -> Option<MutexGuard<'_, Progress>> {
        let Some(limit) = limit else {
            return Some(self.wait(|progress| progress.over));
        };
        let mut progress = lock(&self.progress);
        while !progress.over {
            let written = progress.written;
            let waited = self
                .changed
                .wait_timeout_while(progress, limit, |it| !it.over && it.written == written)
                .unwrap_or_else(PoisonError::into_inner);
            progress = waited.0;
            if waited.1.timed_out() {
                return None;
            }
        }
        Some(progress)
    }

    /// The recorder is made.
    pub(super) fn keep(&self) {
        lock(&self.progress).kept = true;
    }

    pub(super) fn count_queued(&self) {
        lock(&self.progress).queued += 1;
    }

    /// The recorder is stopped at the engine's time `now`.
    pub(super) fn stopped(&self, now: Option<i64>, dropped: Option<u64>) {
        let mut progress = lock(&self.progress);
        progress.stopped = now;
        progress.dropped = dropped.unwrap_or(progress.dropped);
    }

    pub(super) fn stop_at(&self, frame: i64) -> Result<()> {
        let mut progress = lock(&self.progress);
        if let Some(next) = progress.next.filter(|next| frame < *next) {
            return Err(Error::OutOfRange(format!(
                "frame {frame} is before frame {next}, which the recording has got to"
            )));
        }
        progress.end = Some(frame);
        Ok(())
    }

    pub(super) fn wait_until_written(&self) {
        let queued = lock(&self.progress).queued;
        drop(self.wait(|progress| progress.over || progress.written >= queued));
    }

    pub(super) fn wait_for_file(&self, limit: Option<Duration>) {
        drop(self.wait_until_over(limit));
    }

    pub(super) fn wait_for_end(&self, path: &Path, limit: Option<Duration>) -> Result<Recording> {
        let Some(mut progress) = self.wait_until_over(limit) else {
            let reason = "in a batch: a call on the recorder may wait for its end".to_owned();
            return Err(Error::InvalidArgument(reason));
        };
        let panicked = || {
            Err(Error::File(FileError::Write {
                path: path.to_path_buf(),
                source: io::Error::other("its thread has panicked"),
            }))
        };
        Ok(Recording {
            path: progress.result.take().unwrap_or_else(panicked)?,
            frames: progress.frames,
            dropped: progress.dropped,
            silence: progress.silence,
            interrupted: progress.interrupted.clone(),
        })
    }

    pub(super) fn status(&self, dropped: Option<u64>) -> RecorderStatus {
        let mut progress = lock(&self.progress);
        progress.dropped = dropped.unwrap_or(progress.dropped);
        let state = match &progress.failed {
            Some(reason) => RecorderState::Failed(reason.clone()),
            None if progress.over => RecorderState::Finished,
            None if progress.started => RecorderState::Recording,
            None => RecorderState::Waiting,
        };
        RecorderStatus {
            state,
            frames: progress.frames,
            dropped: progress.dropped,
            silence: progress.silence,
        }
    }
}

/// What the thread of a recorder has.
pub(super) struct Writing {
    /// `None` once it is complete, or has failed.
    file: Option<File>,
    rate: f64,
    channels: usize,
    shared: Arc<Shared>,
}

impl Writing {
    pub(super) fn new(file: File, shared: Arc<Shared>) -> Self {
        let format = file.format();
        Self {
            file: Some(file),
            rate: format.sample_rate(),
            channels: format.channels() as usize,
            shared,
        }
    }

    pub(super) fn run(mut self, blocks: Receiver<Block>) {
        while let Ok(block) = blocks.recv() {
            let flow = self.take(&block);
            lock(&self.shared.progress).written += 1;
            self.shared.changed.notify_all();
            if flow.is_break() {
                break;
            }
        }
        // Nobody waits for room any more.
        drop(blocks);
        self.finish();
    }

    fn take(&mut self, block: &Block) -> ControlFlow<()> {
        if (block.rate, block.channels.len()) != (self.rate, self.channels) {
            lock(&self.shared.progress).interrupted = Some(format!(
                "the mixer has {} Hz and {} channels now, not {} Hz and {}",
                block.rate,
                block.channels.len(),
                self.rate,
                self.channels
            ));
            return ControlFlow::Break(());
        }
        let mut progress = lock(&self.shared.progress);
        let (silence, part) = progress.take(block.time, block.frames(), self.rate);
        let ends = progress.has_ended();
        drop(progress);
        self.write_silence(silence)?;
        let channels = block.channels.iter().map(|it| &it[part.clone()]);
        self.write(&channels.collect::<Vec<_>>(), false)?;
        if ends {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }

    fn write_silence(&mut self, frames: i64) -> ControlFlow<()> {
        let silence = [0.0; SILENCE];
        let mut left = usize::try_from(frames).unwrap_or(0);
        while left > 0 {
            let frames = left.min(SILENCE);
            self.write(&vec![&silence[..frames]; self.channels], true)?;
            left -= frames;
        }
        ControlFlow::Continue(())
    }

    fn write(&mut self, channels: &[&[f32]], is_silence: bool) -> ControlFlow<()> {
        let Some(file) = &mut self.file else {
            return ControlFlow::Break(());
        };
        let frames = channels.first().map_or(0, |it| it.len()) as u64;
        let written = file.write(channels);
        let mut progress = lock(&self.shared.progress);
        match written {
            Ok(()) => {
                progress.frames += frames;
                progress.silence += if is_silence { frames } else { 0 };
                ControlFlow::Continue(())
            }
            Err(error) => {
                progress.failed = Some(error.to_string());
                progress.result = Some(Err(error));
                drop(progress);
                self.file = None;
                ControlFlow::Break(())
            }
        }
    }

    /// Nothing comes any more.
    fn finish(mut self) {
        let mut progress = lock(&self.shared.progress);
        let interrupted = progress.interrupted.is_some();
        let missing = progress.stopped.filter(|_| !interrupted);
        let (silence, _) = missing.map_or((0, 0..0), |now| {
            let known = progress.next.filter(|next| *next < now);
            known.map_or((0, 0..0), |_| progress.take(now, 0, self.rate))
        });
        let kept = progress.kept;
        drop(progress);
        let _ = self.write_silence(silence);
        let Some(file) = self.file.take().filter(|_| kept) else {
            return;
        };
        let path = file.path().to_path_buf();
        let finished = file.finish().map(|()| path);
        let mut progress = lock(&self.shared.progress);
        progress.failed = finished.as_ref().err().map(ToString::to_string);
        progress.result = Some(finished);
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.file = None;
        lock(&self.shared.progress).over = true;
        self.shared.changed.notify_all();
    }
}
