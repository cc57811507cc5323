//! Many strips of a mixer at once, and solo, which concerns all of them.

use crate::desk::backend::Backend;
use crate::desk::node::{Connection, DeskNode};
use crate::desk::scene::{BusConfig, Scene};
use crate::desk::strip::Strip;
use crate::desk::strips::AllStrips;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::sync::in_render;

/// A strip of some bus, and what is to change there.
type Wanted<'a, N> = (u32, &'a Strip<Connection<N>>, &'a BusConfig);

impl<N: DeskNode> Desk<N> {
    /// Changes strips of an attached mixer: all of them, or none when anything is refused.
    pub(crate) fn configure(&self, mixer: &N, buses: &[BusConfig]) -> Result<()> {
        let mut numbers = Vec::with_capacity(buses.len());
        for config in buses {
            config.check(N::Backend::MAX_BUSES)?;
            numbers.push(config.bus);
        }
        numbers.sort_unstable();
        if let Some(twice) = numbers.windows(2).find(|pair| pair[0] == pair[1]) {
            let reason = format!("bus {} is listed twice", twice[0]);
            return Err(Error::InvalidArgument(reason));
        }
        let _ends = self.reporting_ends();
        let _graph = self.read()?;
        mixer.slot()?;
        let strips = mixer.strips.all();
        let mut wanted: Vec<Wanted<'_, N>> = buses
            .iter()
            .map(|config| (config.bus, strips.get_or_create(config.bus), config))
            .collect();
        wanted.sort_unstable_by_key(|(bus, ..)| *bus);
        self.change_strips(&strips, &wanted)?;
        for (_, strip, config) in wanted {
            if let Some(label) = &config.label {
                strip.set_label(label);
            }
        }
        Ok(())
    }

    /// The mixer's strips at this moment; none where the thread must not wait.
    pub(crate) fn snapshot(&self, mixer: &N) -> Scene {
        if in_render::inside() {
            return Scene::default();
        }
        let now = self.now();
        let strips = mixer.strips.all();
        let locked: Vec<_> = strips
            .iter()
            .map(|(bus, strip)| (bus, strip, strip.lock()))
            .collect();
        let buses = locked
            .iter()
            .map(|(bus, strip, state)| BusConfig {
                bus: *bus,
                volume: Some(state.faders.volume_at(now)),
                pan: Some(state.faders.pan_at(now)),
                muted: Some(state.faders.muted),
                soloed: Some(state.faders.soloed),
                label: Some(strip.label()),
            })
            .collect();
        Scene::new(buses)
    }

    /// Changes some of the mixer's strips, given by ascending bus, and passes the connections that
    /// this changes to the engine in one call. The graph lock must be held.
    fn change_strips(
        &self,
        strips: &AllStrips<'_, Connection<N>>,
        wanted: &[Wanted<'_, N>],
    ) -> Result<()> {
        // Nothing else changes solo while `strips` exists.
        let before = strips.soloed();
        let mut after = before;
        for (_, strip, config) in wanted {
            let was = strip.faders().soloed;
            after = after + u32::from(config.soloed.unwrap_or(was)) - u32::from(was);
        }
        // The first solo silences the others, and the end of the last one lets them sound again.
        let targets: Vec<_> = if (before > 0) == (after > 0) {
            let wanted = wanted.iter();
            wanted
                .map(|(_, strip, config)| (*strip, Some(*config)))
                .collect()
        } else {
            let mut wanted = wanted.iter().peekable();
            let mut config = |bus| wanted.next_if(|it| it.0 == bus).map(|it| it.2);
            strips
                .iter()
                .map(|(bus, strip)| (strip, config(bus)))
                .collect()
        };
        // In ascending order, and no holder of a single strip's lock waits for another strip's.
        let mut locked: Vec<_> = targets
            .into_iter()
            .map(|(strip, config)| {
                let state = strip.lock();
                let mut new = state.faders;
                if let Some(config) = config {
                    config.write(&mut new);
                }
                (strip, state, new)
            })
            .collect();
        self.graph.visit(locked.len());
        let mut settings = Vec::new();
        let mut alone = Vec::new();
        for (_, state, new) in &locked {
            let (old, new) = (state.faders.sent(before > 0), new.sent(after > 0));
            let Some(connection) = state.feed.connection().filter(|_| old != new) else {
                continue;
            };
            let fades = [old.volume_fade, old.pan_fade, new.volume_fade, new.pan_fade];
            let setting = N::Backend::setting(connection, new.volume, new.pan);
            match setting.filter(|_| fades.iter().all(Option::is_none)) {
                Some(setting) => settings.push(setting),
                // A fade that the change does not concern continues.
                None => alone.push((connection, old, new)),
            }
        }
        if alone.is_empty() {
            self.backend().apply(&settings)?;
        } else {
            self.backend().batch(|| {
                self.backend().apply(&settings)?;
                for (connection, old, new) in alone {
                    self.driver.apply(connection, Some(old), new)?;
                }
                Ok(())
            })?;
        }
        strips.set_soloed(after);
        for (strip, state, new) in &mut locked {
            let old = std::mem::replace(&mut state.faders, *new);
            strip.changed(state, &old, &self.driver);
        }
        Ok(())
    }
}
