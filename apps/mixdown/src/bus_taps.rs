//! Listening to every bus after its strip, while the mix is rendered.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use perbus::{Bus, Tap, TapBlock};

use crate::args::Args;
use crate::desk::Desk;
use crate::mixing::Listener;
use crate::output::{Outputs, StemFile};
use perbus_mix::Failure;

/// Taps of all buses, which measure them and write their files on a thread of the engine.
pub(crate) struct BusTaps {
    buses: Vec<Arc<Mutex<TappedBus>>>,
    taps: Vec<Tap>,
    /// The length of a tap's block.
    block: u64,
    /// Frames rendered since the taps' closures were last waited for.
    ahead: u64,
}

struct TappedBus {
    listener: Listener,
    stem: Option<StemFile>,
    /// Frames that are still to come.
    left: u64,
    heard: Result<(), Failure>,
}

impl TappedBus {
    fn add(&mut self, block: TapBlock<'_>) {
        let length = self.left.min(u64::from(block.frames())) as usize;
        self.left -= length as u64;
        let planes = [0, 1].map(|side| &block.channel(side)[..length]);
        if self.heard.is_ok() {
            self.heard = self.take(&planes);
        }
    }

    fn take(&mut self, block: &[&[f32]]) -> Result<(), Failure> {
        self.listener.add(block)?;
        self.stem.as_mut().map_or(Ok(()), |stem| stem.write(block))
    }

    /// Adds what the tap has left out at the end, as on Apple's engine: by then players are silent.
    fn complete(&mut self) -> Result<(), Failure> {
        const SILENCE: [f32; 4096] = [0.0; 4096];
        while self.left > 0 {
            let length = self.left.min(SILENCE.len() as u64) as usize;
            self.take(&[&SILENCE[..length]; 2])?;
            self.left -= length as u64;
        }
        self.stem.take().map_or(Ok(()), StemFile::finish)
    }
}

/// After a panic, which was reported, `finish` fails.
fn lock(tapped: &Mutex<TappedBus>) -> MutexGuard<'_, TappedBus> {
    tapped.lock().unwrap_or_else(PoisonError::into_inner)
}

impl BusTaps {
    /// Taps the desk, which was started and has rendered nothing yet.
    pub(crate) fn open(
        desk: &Desk<'_>,
        args: &Args,
        columns: usize,
        outputs: &Outputs,
    ) -> Result<Self, Failure> {
        let frames = desk.frames();
        // The shortest that taps have.
        let block = args.rate.div_ceil(10);
        let (mut buses, mut taps) = (Vec::new(), Vec::new());
        for (number, bus) in desk.mirrors.iter().enumerate() {
            let tapped = Arc::new(Mutex::new(TappedBus {
                listener: Listener::new(frames, columns, args.rate, args.loudness)?,
                stem: outputs.open_stem(args, number)?,
                left: frames,
                heard: Ok(()),
            }));
            let tap = tap(bus, block, Arc::clone(&tapped));
            taps.push(tap.map_err(|error| Failure::of(format!("bus {number}"), error))?);
            buses.push(tapped);
        }
        Ok(Self {
            buses,
            taps,
            block: u64::from(block),
            // Half a block apart from when blocks are ready, so that the engine rarely waits.
            ahead: u64::from(block / 2),
        })
    }

    /// After so many frames were rendered: lets the closures catch up now and then, so that blocks do
    /// not pile up, and returns what went wrong in them.
    pub(crate) fn heard(&mut self, frames: u64) -> Result<(), Failure> {
        self.ahead += frames;
        if self.ahead < self.block {
            return Ok(());
        }
        self.ahead %= self.block;
        for tap in &self.taps {
            tap.wait()
                .map_err(|error| Failure::of("the engine", error))?;
        }
        let mut buses = self.buses.iter();
        buses.try_for_each(|tapped| std::mem::replace(&mut lock(tapped).heard, Ok(())))
    }

    /// What each bus was, once all of it has been heard; the files are complete.
    pub(crate) fn finish(self) -> Result<Vec<Listener>, Failure> {
        drop(self.taps);
        let finish = |tapped: Arc<Mutex<TappedBus>>| {
            let tapped = Arc::into_inner(tapped).map(Mutex::into_inner);
            let Some(Ok(mut tapped)) = tapped else {
                return Err(Failure::of("the engine", "listening to a bus has failed"));
            };
            std::mem::replace(&mut tapped.heard, Ok(()))?;
            tapped.complete()?;
            Ok(tapped.listener)
        };
        self.buses.into_iter().map(finish).collect()
    }
}

fn tap(bus: &Bus, frames: u32, tapped: Arc<Mutex<TappedBus>>) -> perbus::Result<Tap> {
    bus.mixer()
        .tap(frames, move |block| lock(&tapped).add(block))
}
