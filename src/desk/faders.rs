//! Where one bus's faders are.

use crate::control::fade::{Moving, Which};
use crate::engine::EngineInner;

/// One bus's fader positions. While one fades, its value is where the fade leads.
///
/// What plain calls touch comes first, in one cache line with the lock and the connection.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub(crate) struct Faders {
    pub(crate) volume: f32,
    pub(crate) pan: f32,
    pub(crate) muted: bool,
    pub(crate) soloed: bool,
    pub(crate) volume_fade: Option<Moving>,
    pub(crate) pan_fade: Option<Moving>,
}

impl Default for Faders {
    fn default() -> Self {
        Self {
            volume: 1.0,
            volume_fade: None,
            pan: 0.0,
            pan_fade: None,
            muted: false,
            soloed: false,
        }
    }
}

impl Faders {
    #[inline]
    pub(crate) fn set_volume(&mut self, volume: f32) {
        (self.volume, self.volume_fade) = (volume, None);
    }

    pub(crate) fn set_pan(&mut self, pan: f32) {
        (self.pan, self.pan_fade) = (pan, None);
    }

    /// Where the volume is; the time is asked only while it fades.
    pub(crate) fn volume_now(&self, now: impl FnOnce() -> i64) -> f32 {
        self.volume_fade.map_or(self.volume, |fade| fade.at(now()))
    }

    /// Where the pan is.
    pub(crate) fn pan_now(&self, now: impl FnOnce() -> i64) -> f32 {
        self.pan_fade.map_or(self.pan, |fade| fade.at(now()))
    }

    /// Where the volume is at the engine's time `now`.
    pub(crate) fn volume_at(&self, now: i64) -> f32 {
        self.volume_now(|| now)
    }

    /// Where the pan is at the engine's time `now`.
    pub(crate) fn pan_at(&self, now: i64) -> f32 {
        self.pan_now(|| now)
    }

    /// Solo-in-place silences the strips that are not soloed.
    pub(crate) fn silenced(&self, any_soloed: bool) -> bool {
        self.muted || (any_soloed && !self.soloed)
    }

    /// After a change: fades that were there before and are not now have been replaced.
    pub(crate) fn end_replaced(&self, before: &Self, engine: &EngineInner) {
        for which in Which::ALL {
            if let Some(fade) = which.of(before).filter(|it| which.of(self) != Some(*it)) {
                engine.replace_fade(&fade);
            }
        }
    }

    /// The volume that the engine gets, and the fade that leads there.
    pub(crate) fn effective(&self, any_soloed: bool) -> (f32, Option<Moving>) {
        let sent = self.sent(any_soloed);
        (sent.volume, sent.volume_fade)
    }

    /// What the engine gets.
    pub(crate) fn sent(&self, any_soloed: bool) -> Sent {
        let silenced = self.silenced(any_soloed);
        Sent {
            volume: if silenced { 0.0 } else { self.volume },
            volume_fade: self.volume_fade.filter(|_| !silenced),
            silenced,
            pan: self.pan,
            pan_fade: self.pan_fade,
        }
    }
}

/// Faders as the engine gets them, with the fades that lead there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Sent {
    pub(crate) volume: f32,
    pub(crate) volume_fade: Option<Moving>,
    /// The fade, if there is one, goes on unheard.
    pub(crate) silenced: bool,
    pub(crate) pan: f32,
    pub(crate) pan_fade: Option<Moving>,
}
