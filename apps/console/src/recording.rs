//! Recording the mix: what leaves the master, into a file.

use std::path::PathBuf;

use perbus::{FileSettings, Mixer, Recorder, RecorderState};
use perbus_mix::Failure;

pub(crate) struct Recording {
    main: Mixer,
    rate: f64,
    recorder: Option<(Recorder, PathBuf)>,
}

impl Recording {
    pub(crate) fn new(main: Mixer) -> Self {
        Self {
            rate: main.engine().format().sample_rate(),
            main,
            recorder: None,
        }
    }

    /// How many seconds there are, and where; `None` while nothing is recorded.
    pub(crate) fn shown(&self) -> Option<(f64, String)> {
        let (recorder, path) = self.recorder.as_ref()?;
        let seconds = recorder.status().frames as f64 / self.rate;
        Some((seconds, path.display().to_string()))
    }

    /// Starts, into the next free file of the current folder, or stops; what to say about it.
    pub(crate) fn toggle(&mut self) -> Result<String, Failure> {
        match self.recorder.take() {
            None => self.start(free_name()),
            Some((recorder, path)) => {
                let stopped = recorder.stop();
                let recording = stopped.map_err(|error| Failure::of(path.display(), error))?;
                let seconds = recording.frames as f64 / self.rate;
                let lost = recording.dropped as f64 / self.rate;
                Ok(match recording.interrupted {
                    Some(reason) => format!("{}: {reason}", path.display()),
                    None if lost > 0.0 => {
                        format!("{}: {seconds:.1} s, {lost:.1} s were lost", path.display())
                    }
                    None => format!("{}: {seconds:.1} s", path.display()),
                })
            }
        }
    }

    /// Records into a file; what to say about it.
    pub(crate) fn start(&mut self, path: PathBuf) -> Result<String, Failure> {
        let settings = FileSettings::wav(self.main.engine().format());
        let recorder = self.main.record(&path, &settings);
        let recorder = recorder.map_err(|error| Failure::of(path.display(), error))?;
        let said = format!("records to {}", path.display());
        self.recorder = Some((recorder, path));
        Ok(said)
    }

    /// Fails once the file could not be written, and ends the recording then.
    pub(crate) fn check(&mut self) -> Result<(), Failure> {
        let state = self.recorder.as_ref().map(|(it, _)| it.status().state);
        if let Some(RecorderState::Failed(reason)) = state {
            if let Some((_, path)) = self.recorder.take() {
                return Err(Failure::of(path.display(), reason));
            }
        }
        Ok(())
    }
}

fn free_name() -> PathBuf {
    let names = (1..).map(|number| PathBuf::from(format!("recording-{number}.wav")));
    let mut free = names.filter(|path| !path.exists());
    free.next().unwrap_or_default()
}
