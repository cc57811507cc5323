//! A strip's fades: their ends, and their steps on engines that do not fade by themselves.

use crate::desk::backend::Backend;
use crate::desk::driver::Driver;
use crate::desk::fade::FadeEnd;
use crate::desk::faders::Which;
use crate::desk::strip::{State, Strip};

impl<C> Strip<C> {
    /// Ends the fades where they have got to: nothing moves them any more.
    pub(crate) fn stop_fades<B: Backend<Connection = C>, T>(&self, driver: &Driver<B, T>) {
        let mut state = self.lock();
        for which in Which::ALL {
            let fade = which.of(&state.faders);
            let waits = which.waits(&state.faders);
            if fade.is_none() && !waits {
                continue;
            }
            let now = driver.now();
            let value = state.value_at(which, now);
            if waits {
                let (waiting, wake) =
                    state.change_lane(which, |lane| (lane.take_all(), lane.wake.take()));
                driver.change_wake(wake, None);
                state.change_lane(which, |_| ());
                for it in waiting {
                    driver.cut_unheard(it.ended, FadeEnd::Stopped);
                }
            }
            which.set(&mut state.faders, value);
            if let (Which::Volume, Some(fader)) = (which, state.fader()) {
                // Its sends may still sound. The strip's own connection has ended.
                let _ = driver.automate(fader, which, now, &[]);
                if !state.faders.muted {
                    let _ = driver.set_volume(fader, value);
                }
            }
            let Some(fade) = fade else {
                continue;
            };
            let arrived = fade.frames_left(now) == 0;
            let end = if arrived {
                FadeEnd::Finished
            } else {
                FadeEnd::Stopped
            };
            driver.cut_fade(&fade, end);
        }
    }

    /// Sets where a fade has got to, if the engine does not fade the value by itself.
    pub(crate) fn step<B: Backend<Connection = C>, T>(
        &self,
        state: &State<C>,
        driver: &Driver<B, T>,
        which: Which,
    ) {
        let target = match which {
            Which::Volume => state.volume_target(),
            Which::Pan => state.feed.connection().map(|it| (it, false)),
        };
        let Some((target, false)) = target else {
            return;
        };
        if driver.has_fades(target) {
            return;
        }
        let now = driver.now();
        // A value that the engine refuses is tried again with the next step.
        let _ = match which {
            Which::Volume => driver.set_volume(target, state.faders.volume_at(now)),
            Which::Pan => driver.set_pan(target, state.faders.pan_at(now)),
        };
    }

    /// Fades that the engine does not do by itself are driven in steps.
    pub(crate) fn drive_fades<B: Backend<Connection = C>, T>(
        &self,
        state: &State<C>,
        driver: &Driver<B, T>,
    ) {
        let target = state.volume_target();
        if target.is_none_or(|(target, _)| driver.has_fades(target)) {
            return;
        }
        for which in Which::ALL {
            if let Some(fade) = which.of(&state.faders) {
                driver.drive_in_steps(&fade);
            }
        }
    }
}
