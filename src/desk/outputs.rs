//! Mixers' output volumes: each is a strip whose feed is its mixer's output, so that it is kept while
//! the mixer is detached, and fades like any other.

use crate::desk::backend::Backend;
use crate::desk::driver::Driver;
use crate::desk::faders::Which;
use crate::desk::foreign::MadeBy;
use crate::desk::graph::Graph;
use crate::desk::node::{Connection, DeskNode};
use crate::desk::routing::Endpoint;
use crate::desk::strip::Feed;
use crate::desk::strips::StripRef;
use crate::desk::Desk;
use crate::error::Result;
use crate::sync::in_render;

impl<N: DeskNode> Desk<N> {
    /// The strip of a mixer's output volume.
    pub(crate) fn output<'a>(&self, mixer: &'a N) -> Result<&'a StripRef<Connection<N>>> {
        in_render::refuse()?;
        if let Some(strip) = mixer.output.get() {
            return Ok(strip);
        }
        // While it is made the mixer is neither attached nor detached.
        let _graph = self.read()?;
        Ok(mixer.output.get_or_init(|| {
            let strip = StripRef::alone();
            if let Ok(slot) = mixer.slot() {
                let mut state = strip.lock();
                let output = N::output(mixer);
                // A mixer that something else has made starts where that has set it.
                if let Ok(volume) = self.backend().volume(&output) {
                    state.faders.set_volume(volume);
                }
                (state.place, state.feed) = (Endpoint::output_of(slot), Feed::Source(output));
            }
            strip
        }))
    }

    /// Sets a mixer's output volume, whether it is attached or not.
    pub(crate) fn set_output_volume(&self, mixer: &N, volume: f32) -> Result<()> {
        let strip = self.output(mixer)?;
        let mut state = self.lock_strip(strip)?;
        if state.faders.volume_moves() {
            drop(state);
            return self.set_moving(mixer, strip, Which::Volume, volume);
        }
        strip.set_volume(&mut state, &self.driver, volume)
    }

    /// Where a mixer's output volume is.
    pub(crate) fn output_volume(&self, mixer: &N) -> Result<f32> {
        Ok(self.output(mixer)?.volume(|| self.now()))
    }
}

impl<N: DeskNode> Graph<N> {
    /// A mixer has been attached: it starts at the engine's own volume.
    pub(crate) fn attach_output<T>(
        &self,
        driver: &Driver<N::Backend, T>,
        mixer: &N,
        slot: u32,
    ) -> Result<()> {
        mixer.output.get().map_or(Ok(()), |strip| {
            let feed = Feed::Source(N::output(mixer));
            strip.retarget(driver, Endpoint::output_of(slot), feed, false, MadeBy::Desk)
        })
    }

    /// A mixer has been detached: its output volume stays where a fade had got to.
    pub(crate) fn detach_output<T>(
        &self,
        driver: &Driver<N::Backend, T>,
        mixer: &N,
        slot: u32,
    ) -> Result<()> {
        mixer.output.get().map_or(Ok(()), |strip| {
            strip.stop_fades(driver);
            strip.retarget(
                driver,
                Endpoint::output_of(slot),
                Feed::None,
                false,
                MadeBy::Desk,
            )
        })
    }

    /// A node feeds one more input. What moves its output volume goes on by itself.
    pub(crate) fn restore_output<T>(
        &self,
        driver: &Driver<N::Backend, T>,
        node: u32,
    ) -> Result<()> {
        let output = self.node(node).and_then(|node| node.output.get());
        let output = output.filter(|strip| !strip.faders().volume_moves());
        output.map_or(Ok(()), |strip| strip.reapply(driver))
    }

    /// A node has been connected: engines may forget what was set before.
    pub(crate) fn reapply_output<T>(
        &self,
        driver: &Driver<N::Backend, T>,
        node: u32,
    ) -> Result<()> {
        let output = self.node(node).and_then(|node| node.output.get());
        output.map_or(Ok(()), |strip| strip.renew(driver))
    }
}
