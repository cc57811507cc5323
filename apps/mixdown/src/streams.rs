//! Stems that are decoded while they play.

use std::cell::Cell;
use std::path::Path;
use std::sync::mpsc::{channel, Receiver, Sender};
use std::time::Duration;

use perbus::{BufferEnd, File, Player, Schedule};

/// How long the end of a stopped player may take to be reported.
const PATIENCE: Duration = Duration::from_secs(30);

/// Knows how the files of streaming players end.
pub(crate) struct Streams {
    sender: Sender<(usize, BufferEnd)>,
    ends: Receiver<(usize, BufferEnd)>,
    playing: Cell<usize>,
}

impl Streams {
    pub(crate) fn new() -> Self {
        let (sender, ends) = channel();
        Self {
            sender,
            ends,
            playing: Cell::new(0),
        }
    }

    /// Has a player play a stem's file from its start.
    pub(crate) fn play(&self, stem: usize, player: &Player, file: &File) -> perbus::Result<()> {
        let sender = self.sender.clone();
        player.schedule_file_with(file, Schedule::default(), move |end| {
            // The desk may be gone.
            let _ = sender.send((stem, end));
        })?;
        self.playing.set(self.playing.get() + 1);
        Ok(())
    }

    /// A stem that could not be read to its end, if there is one by now.
    pub(crate) fn failed(&self) -> Option<usize> {
        while let Ok((stem, end)) = self.ends.try_recv() {
            self.playing.set(self.playing.get() - 1);
            if end == BufferEnd::Failed {
                return Some(stem);
            }
        }
        None
    }

    /// The same once all players have been stopped.
    pub(crate) fn finally_failed(&self) -> Option<usize> {
        while self.playing.get() > 0 {
            let (stem, end) = self.ends.recv_timeout(PATIENCE).ok()?;
            self.playing.set(self.playing.get() - 1);
            if end == BufferEnd::Failed {
                return Some(stem);
            }
        }
        None
    }
}

/// Why a file that has failed cannot be read to its end: reads it again.
pub(crate) fn reason(path: &Path) -> String {
    let read = || {
        let mut file = File::open(path)?;
        let mut planes = vec![vec![0.0; 4096]; file.format().channels() as usize];
        let mut slices: Vec<&mut [f32]> = planes.iter_mut().map(Vec::as_mut_slice).collect();
        while file.read(&mut slices)? > 0 {}
        Ok(())
    };
    let read: perbus::Result<()> = read();
    match read {
        Err(error) => error.to_string(),
        Ok(()) => "it has changed while it was read".to_owned(),
    }
}
