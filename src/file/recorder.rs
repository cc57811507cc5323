//! Recorders: what a mixer or a bus sounds, into a file while it plays.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::control::bus::Bus;
use crate::engine::mirror::Mirror;
use crate::engine::node::{sealed::AsNode, NodeRef};
use crate::engine::tap::{Tap, TapBlock};
use crate::error::{Error, Result};
use crate::file::reader::File;
use crate::file::recording::{Block, RecorderStatus, Recording, Shared, Writing};
use crate::file::settings::FileSettings;
use crate::nodes::mixer::Mixer;
use crate::sync::lock;

/// How many blocks of 0.1 s or more may wait for the disk. On a device, where the disk is slower for
/// longer than that, frames are dropped another second later.
const WAITING_BLOCKS: usize = 100;

/// How long the disk may take for the next block or the end of a file.
const LONGEST_IN_BATCH: Duration = Duration::from_secs(5);

/// Records what a mixer or a bus sounds into a file, from [`Mixer::record`] or [`Bus::record`] on
/// until it is stopped.
///
/// A thread of the recorder's own writes, so that neither the audio thread nor callbacks wait for
/// the disk. The file has another name until it is complete: see [`File::create`].
///
/// # Time
///
/// The recording follows the engine's time, frame by frame. What is not rendered while that time
/// runs, since the mixer is connected to nothing, say, is silence of the same length; so are frames
/// that were [dropped](RecorderStatus::dropped). While the time itself stands still, because the
/// engine is paused, stopped or has lost its device, nothing is recorded, and the recording continues
/// without a gap: after a loss the file has all that was rendered until then, even what the device did
/// not get to play, followed by what is rendered from the restart on. It also does where the time jumps: backwards, as at [`Engine::reset`], or by more
/// than an hour.
///
/// # The end
///
/// [`stop`](Self::stop) ends the recording with what has been rendered by then, and
/// [`stop_at`](Self::stop_at) at a frame. A recorder that is dropped stops as well: what was played
/// cannot be played again. If the disk is full or fails, nothing is left of the file;
/// [`status`](Self::status) reports it while the recorder runs. If the mixer gets another sample
/// rate or channel count, the recording ends there, and [`Recording::interrupted`] says so.
///
/// A recorder keeps its engine alive.
///
/// [`Engine::reset`]: crate::Engine::reset
///
/// ```
/// use perbus::{Engine, File, FileSettings, Format};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("take.wav");
/// let stereo = Format::new(48_000.0, 2)?;
/// let engine = Engine::offline(stereo, 512)?;
/// let source = engine.create_source(stereo, |block| block.channel_mut(0).fill(0.5))?;
/// engine.main_mixer().bus(0)?.connect(&source)?;
/// engine.start()?;
///
/// let recorder = engine.main_mixer().record(&path, &FileSettings::wav(stereo))?;
/// engine.render_blocks(48_000, |_| Ok(()))?;
/// let recording = recorder.stop()?;
/// # if !cfg!(target_vendor = "apple") {
/// assert_eq!((recording.frames, recording.dropped), (48_000, 0));
/// assert_eq!(File::open(&path)?.frames(), 48_000);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Recorder {
    /// `None` once it has been stopped. Shared, so that a stop does not wait for a call that waits.
    live: Mutex<Option<Arc<Live>>>,
    path: PathBuf,
    shared: Arc<Shared>,
}

/// What makes a recording, in the order in which it ends.
struct Live {
    /// Dropping it hands over what was rendered, and ends the writing thread.
    tap: Tap,
    _mirror: Option<Mirror>,
    node: NodeRef,
    rate: f64,
}

impl Live {
    /// The engine's time, in frames of the recording.
    fn now(&self) -> Result<i64> {
        let engine = &self.node.engine;
        let ratio = self.rate / engine.format().sample_rate();
        Ok((engine.sample_time()? as f64 * ratio).floor() as i64)
    }

    /// Ends the recording with what is rendered. Not on a thread that serves the tap.
    fn end(self: Arc<Self>, shared: &Shared) {
        // Before the last block, or else silence would follow that.
        shared.stopped(self.now().ok(), self.tap.dropped_frames().ok());
    }
}

impl Mixer {
    /// Records what leaves the mixer, after its output volume, from the next rendered block on.
    ///
    /// The file has the mixer's sample rate and channel count: those of the connection onward, or
    /// the engine's. It takes the mixer's one [tap](crate::Node::tap).
    ///
    /// Maps to `installTapOnBus:bufferSize:format:block:` and
    /// `initForWriting:settings:commonFormat:interleaved:error:`.
    ///
    /// # Errors
    /// - [`Error::Format`] when the settings' rate or channel count is not the mixer's.
    /// - [`Error::InvalidArgument`] when the mixer has a tap or another recorder.
    /// - [`Error::NotAttached`] when the mixer was detached.
    /// - Whatever [`File::create`] returns.
    /// - [`Error::InRender`].
    pub fn record(&self, path: impl AsRef<Path>, settings: &FileSettings) -> Result<Recorder> {
        Recorder::of(self, None, path.as_ref(), settings, None)
    }

    /// As [`record`](Self::record), from a frame on: of the engine's time, in frames of the mixer's
    /// rate.
    ///
    /// # Errors
    /// As [`record`](Self::record), and [`Error::OutOfRange`] for a frame that has passed.
    pub fn record_at(
        &self,
        frame: i64,
        path: impl AsRef<Path>,
        settings: &FileSettings,
    ) -> Result<Recorder> {
        Recorder::of(self, None, path.as_ref(), settings, Some(frame))
    }
}

impl Bus {
    /// Records what is heard of the bus in its mixer's sum: after its fader, pan, mute, solo and
    /// groups, and before the mixer's output volume. It goes on while sources come and go; without
    /// one there is silence.
    ///
    /// What feeds the bus feeds a hidden mixer, too, whose gains are those of the bus: every change
    /// of the strip is heard in both at the same frame, and the sum is the same to the bit as without
    /// the recorder. A fade or ramp that is under way when the recording starts is joined where it
    /// has got to, and a change before its first block is there from that block on, without a ramp. The hidden mixer needs a free bus of the bus's own mixer, which
    /// [`Mixer::next_bus`] does not offer meanwhile; whatever else is connected there gets it. No
    /// list of nodes, scene or view has any of it.
    ///
    /// The file has the mixer's sample rate and channel count.
    ///
    /// ```
    /// # use perbus::{Engine, File, FileSettings, Format};
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("voice.wav");
    /// # let stereo = Format::new(48_000.0, 2)?;
    /// # let engine = Engine::offline(stereo, 512)?;
    /// # let source = engine.create_source(stereo, |block| block.channel_mut(0).fill(0.5))?;
    /// let voice = engine.main_mixer().bus(0)?;
    /// voice.connect(&source)?;
    /// voice.set_volume(0.5)?;
    /// engine.start()?;
    /// let recorder = voice.record(&path, &FileSettings::wav(stereo))?;
    /// engine.render_blocks(4_800, |_| Ok(()))?;
    /// recorder.stop()?;
    /// # if !cfg!(target_vendor = "apple") {
    /// let mut file = File::open(&path)?;
    /// let (mut left, mut right) = ([0.0; 4_800], [0.0; 4_800]);
    /// file.read(&mut [&mut left, &mut right])?;
    /// assert_eq!(left, [0.25; 4_800]);
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// - [`Error::Format`] when the settings' rate or channel count is not the mixer's.
    /// - [`Error::InvalidArgument`] when the bus is recorded already.
    /// - [`Error::NotAttached`] when the mixer was detached.
    /// - Whatever [`File::create`] and [`Engine::connect`](crate::Engine::connect) return.
    /// - [`Error::InRender`].
    pub fn record(&self, path: impl AsRef<Path>, settings: &FileSettings) -> Result<Recorder> {
        Recorder::of(self.mixer(), Some(self), path.as_ref(), settings, None)
    }

    /// As [`record`](Self::record), from a frame on: of the engine's time, in frames of the mixer's
    /// rate.
    ///
    /// # Errors
    /// As [`record`](Self::record), and [`Error::OutOfRange`] for a frame that has passed.
    pub fn record_at(
        &self,
        frame: i64,
        path: impl AsRef<Path>,
        settings: &FileSettings,
    ) -> Result<Recorder> {
        Recorder::of(
            self.mixer(),
            Some(self),
            path.as_ref(),
            settings,
            Some(frame),
        )
    }
}

impl Recorder {
    fn of(
        mixer: &Mixer,
        bus: Option<&Bus>,
        path: &Path,
        settings: &FileSettings,
        start: Option<i64>,
    ) -> Result<Self> {
        let engine = mixer.engine();
        mixer.as_node().raw.slot()?;
        let own = engine.inspect(mixer)?.outputs[0];
        let asked = settings.format();
        if (own.sample_rate(), own.channels()) != (asked.sample_rate(), asked.channels()) {
            return Err(Error::Format(format!(
                "a file of {} Hz and {} channels cannot record {}, which has {} Hz and {}",
                asked.sample_rate(),
                asked.channels(),
                mixer.id(),
                own.sample_rate(),
                own.channels()
            )));
        }
        let file = File::create(path, *settings)?;
        let mirror = bus.map(|bus| Mirror::of(engine, &bus.mixer.0.raw, bus.number(), own));
        let mirror = mirror.transpose()?;
        let node = match &mirror {
            Some(mirror) => engine.node_ref(mirror.node()),
            None => mixer.as_node().clone(),
        };
        let shared = Arc::new(Shared::new(start));
        let (sender, blocks) = sync_channel(WAITING_BLOCKS);
        let writing = Writing::new(file, Arc::clone(&shared));
        let spawned = thread::Builder::new()
            .name("perbus recorder".to_owned())
            .spawn(move || writing.run(blocks));
        spawned.map_err(|error| Error::NoMemory(format!("no thread for a recorder: {error}")))?;
        let queued = Arc::clone(&shared);
        // AVFAudio rounds to 0.1 s.
        let tap = Mixer(node.clone()).tap(1, move |block: TapBlock<'_>| {
            queued.count_queued();
            // Nobody takes it after the end of the recording.
            let _ = sender.send(Block::of(&block));
        });
        let live = tap.and_then(|tap| {
            let live = Live {
                tap,
                _mirror: mirror,
                node,
                rate: own.sample_rate(),
            };
            let now = live.now()?;
            match start.filter(|frame| *frame < now) {
                Some(frame) => Err(Error::OutOfRange(format!(
                    "frame {frame} has passed: the engine's time is {now}"
                ))),
                None => Ok(live),
            }
        });
        if live.is_err() {
            shared.wait_for_file(None);
        }
        let live = Some(Arc::new(live?));
        shared.keep();
        Ok(Self {
            live: Mutex::new(live),
            path: path.to_path_buf(),
            shared,
        })
    }

    /// How the recording fares. Takes a lock of the recorder's own, and waits for nothing else.
    #[must_use]
    pub fn status(&self) -> RecorderStatus {
        let dropped = self.live().map(|live| live.tap.dropped_frames());
        // Apple's engine does not count them.
        self.shared.status(dropped.and_then(Result::ok))
    }

    /// Ends the recording at a frame of the engine's time, in frames of the mixer's rate: the first
    /// that it does not have. The file is complete soon after that was rendered. Another call before
    /// then sets another end.
    ///
    /// It does not wait, and may be called in callbacks.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a frame before the recording's start, or one that it has got past.
    pub fn stop_at(&self, frame: i64) -> Result<()> {
        self.shared.stop_at(frame)
    }

    /// Waits until all that was rendered is on its way to the disk, but for the last part of less
    /// than 0.1 s. A program that renders offline calls this now and then where the disk is slower
    /// than the engine, so that blocks do not pile up in memory. On Apple's engine it does not wait
    /// for the engine.
    ///
    /// # Errors
    /// - [`Error::InvalidArgument`] on a thread of an engine, such as in a callback; in a
    ///   [batch](crate::Engine::batch), once no callback has returned for half a second.
    /// - [`Error::InRender`].
    pub fn wait(&self) -> Result<()> {
        if let Some(live) = self.live() {
            live.tap.wait()?;
        }
        self.shared.wait_until_written();
        Ok(())
    }

    /// Ends the recording with what has been rendered, unless it ends earlier by
    /// [`stop_at`](Self::stop_at), and completes the file.
    ///
    /// # Errors
    /// - [`Error::File`] when the disk is full or fails: nothing is left of the file.
    /// - [`Error::InvalidArgument`] as for [`wait`](Self::wait), and in a batch once the disk has taken
    ///   nothing for five seconds; [`Error::InRender`]: the recording ends, but the file is completed by
    ///   another thread.
    pub fn stop(self) -> Result<Recording> {
        self.stop_once()
    }

    /// [`stop`](Self::stop), for owners that share the recorder. Not twice.
    pub(crate) fn stop_once(&self) -> Result<Recording> {
        let limit = self.end()?;
        self.shared.wait_for_end(&self.path, limit)
    }

    fn live(&self) -> Option<Arc<Live>> {
        lock(&self.live).clone()
    }

    /// Returns how long the end may be waited for: in a batch not for ever, since another thread that is in
    /// a call on the recorder, and ends it, may be waiting for the batch.
    fn end(&self) -> Result<Option<Duration>> {
        let Some(live) = lock(&self.live).take() else {
            return Ok(None);
        };
        // A thread that hands blocks over cannot wait for them.
        let waited = live.tap.wait();
        if waited.is_ok() {
            let in_batch = live.node.engine.desk().graph.has_batch();
            live.end(&self.shared);
            return Ok(in_batch.then_some(LONGEST_IN_BATCH));
        }
        // As far as the recording has not got past now.
        let _ = live.now().and_then(|now| self.shared.stop_at(now));
        let shared = Arc::clone(&self.shared);
        // Without a thread, what is queued is discarded.
        let _ = thread::Builder::new()
            .name("perbus recorder".to_owned())
            .spawn(move || live.end(&shared));
        waited.map(|()| None)
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        if self.live().is_some() {
            if let Ok(limit) = self.end() {
                self.shared.wait_for_file(limit);
            }
        }
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Recorder")
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}
