//! Per-bus calls that never wait: for callers that hold a lock others need, an interpreter's for
//! example.

use crate::desk::ranges::{check_pan, check_volume};
use crate::desk::strip::{Feed, State, Strip};
use crate::desk::Desk;
use crate::engine::raw_node::RawNode;
use crate::engine::target::Target;
use crate::error::Result;
use crate::nodes::mixer::Mixer;
use crate::sync::in_render;

impl Mixer {
    /// As [`Bus::set_volume`](crate::Bus::set_volume), if that need not wait: for an edit of the
    /// graph, another call on the bus, or the engine's lock. Otherwise `None`, and nothing has
    /// changed; also for a bus without a source if `connected` asks for one.
    #[doc(hidden)]
    #[inline]
    pub fn try_set_bus_volume(&self, bus: u32, volume: f32, connected: bool) -> Option<Result<()>> {
        if let Err(error) = check_volume(volume) {
            return Some(Err(error));
        }
        self.try_change(bus, connected, |strip, state, desk| {
            strip.set_volume(state, &desk.driver, volume)
        })
    }

    /// As [`Bus::set_pan`](crate::Bus::set_pan), likewise.
    #[doc(hidden)]
    #[inline]
    pub fn try_set_bus_pan(&self, bus: u32, pan: f32, connected: bool) -> Option<Result<()>> {
        if let Err(error) = check_pan(pan) {
            return Some(Err(error));
        }
        self.try_change(bus, connected, |strip, state, desk| {
            strip.set_pan(state, &desk.driver, pan)
        })
    }

    #[inline]
    fn try_change(
        &self,
        bus: u32,
        connected: bool,
        set: impl FnOnce(&Strip<Target>, &mut State<Target>, &Desk<RawNode>) -> Result<()>,
    ) -> Option<Result<()>> {
        if let Err(error) = in_render::refuse() {
            return Some(Err(error));
        }
        let (raw, desk) = (&self.0.raw, self.engine().desk());
        let strip = raw.strips.get(bus)?;
        let mut state = desk.graph.try_lock_strip(strip)?;
        if state.faders.volume_moves() || state.faders.pan_moves() {
            // The end of a fade is reported.
            return None;
        }
        match &state.feed {
            // Parameters are set under the engine's lock.
            Feed::Source(target) if target.native().is_none_or(|it| !it.is_lock_free()) => {
                return None
            }
            Feed::None if connected => return None,
            Feed::None => {
                if let Err(error) = raw.slot() {
                    return Some(Err(error));
                }
            }
            Feed::Source(..) | Feed::Effect => (),
        }
        Some(set(strip, &mut state, desk))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::strip_costs::desk;
    use crate::desk::fade::Curve;
    use crate::error::Error;
    use std::time::Duration;

    #[test]
    fn what_would_have_to_wait_is_left_undone() -> Result<()> {
        let (engine, mixer, players) = desk(2)?;
        let bus = mixer.bus(0)?;
        let set = |volume| mixer.try_set_bus_volume(0, volume, true);
        // The first call since an edit puts the strip on the list of those that the next waits for.
        assert!(set(0.5).is_none());
        bus.set_volume(1.0)?;
        set(0.5).unwrap()?;
        mixer.try_set_bus_pan(0, -1.0, true).unwrap()?;
        assert_eq!((bus.volume(), bus.pan()), (0.5, -1.0));
        assert_eq!(engine.connection_volume(&players[0], &mixer, 0)?, 0.5);

        let locked = bus.strip.lock();
        assert!(set(0.25).is_none());
        drop(locked);
        let edit = engine.desk().graph.write();
        assert!(set(0.25).is_none());
        drop(edit);
        bus.fade_to(0.0, Duration::from_secs(1), Curve::Linear)?;
        assert!(set(0.25).is_none());
        bus.set_volume(0.5)?;
        set(0.25).unwrap()?;
        assert_eq!(bus.volume(), 0.25);
        Ok(())
    }

    #[test]
    fn a_bus_without_a_source_has_a_strip_and_no_connection() -> Result<()> {
        let (engine, mixer, _players) = desk(1)?;
        assert!(mixer.try_set_bus_volume(7, 0.5, false).is_none());
        let bus = mixer.bus(7)?;
        assert!(mixer.try_set_bus_volume(7, 0.5, true).is_none());
        mixer.try_set_bus_volume(7, 0.5, false).unwrap()?;
        assert_eq!(bus.volume(), 0.5);
        let refused = mixer.try_set_bus_volume(7, 4.01, false);
        assert!(matches!(refused, Some(Err(Error::OutOfRange(_)))));

        let group = engine.create_mixer()?;
        group.bus(0)?;
        engine.detach(&group)?;
        let refused = group.try_set_bus_pan(0, 0.5, false);
        assert!(matches!(refused, Some(Err(Error::NotAttached(_)))));
        Ok(())
    }
}
