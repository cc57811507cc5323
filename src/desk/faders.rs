//! Where one bus's faders are. Pure Rust, no ffi.

use crate::desk::fade::{Curve, FadeState, Position};

/// One bus's fader positions. While a value fades, the position is the one that the fade leads to.
///
/// What plain calls touch comes first, in one cache line with the lock and the connection: whether
/// a value fades, but not how.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(crate) struct Faders {
    pub(crate) volume: f32,
    pub(crate) pan: f32,
    pub(crate) muted: bool,
    pub(crate) soloed: bool,
    pub(crate) solo_safe: bool,
    /// Another strip is soloed, and this one is not on its signal's way. Follows the routing map:
    /// see [`Solo`](crate::desk::solo::Solo).
    pub(crate) silenced_by_solo: bool,
    volume_fades: bool,
    pan_fades: bool,
    /// Points of [automation](crate::desk::automation) wait for their frames.
    volume_waits: bool,
    pan_waits: bool,
    /// The fade under way, or the last one.
    last_volume_fade: FadeState,
    last_pan_fade: FadeState,
}

impl Default for Faders {
    fn default() -> Self {
        Self {
            volume: 1.0,
            pan: 0.0,
            muted: false,
            soloed: false,
            solo_safe: false,
            silenced_by_solo: false,
            volume_fades: false,
            pan_fades: false,
            volume_waits: false,
            pan_waits: false,
            last_volume_fade: FadeState::NONE,
            last_pan_fade: FadeState::NONE,
        }
    }
}

impl Faders {
    #[inline]
    pub(crate) fn set_volume(&mut self, volume: f32) {
        (self.volume, self.volume_fades) = (volume, false);
    }

    #[inline]
    pub(crate) fn set_pan(&mut self, pan: f32) {
        (self.pan, self.pan_fades) = (pan, false);
    }

    /// Whether the volume fades, or is going to.
    #[inline]
    pub(crate) fn volume_moves(&self) -> bool {
        self.volume_fades | self.volume_waits
    }

    #[inline]
    pub(crate) fn pan_moves(&self) -> bool {
        self.pan_fades | self.pan_waits
    }

    /// The volume's fade, while it is under way.
    #[inline]
    pub(crate) fn volume_fade(&self) -> Option<FadeState> {
        self.volume_fades.then_some(self.last_volume_fade)
    }

    /// The pan's fade, likewise.
    #[inline]
    pub(crate) fn pan_fade(&self) -> Option<FadeState> {
        self.pan_fades.then_some(self.last_pan_fade)
    }

    /// Where the volume is at the engine's time `now`.
    pub(crate) fn volume_at(&self, now: i64) -> f32 {
        self.volume_fade().map_or(self.volume, |fade| fade.at(now))
    }

    /// Where the pan is at the engine's time `now`.
    pub(crate) fn pan_at(&self, now: i64) -> f32 {
        self.pan_fade().map_or(self.pan, |fade| fade.at(now))
    }

    /// Whether nobody has moved or muted anything.
    pub(crate) fn is_untouched(&self) -> bool {
        let moved = self.volume_moves() || self.pan_moves() || self.muted;
        !moved && (self.volume, self.pan) == (1.0, 0.0)
    }

    #[inline]
    pub(crate) fn silenced(&self) -> bool {
        self.muted || self.silenced_by_solo
    }

    /// The fades that were under way before a change, and are not after it.
    pub(crate) fn replaced(self, before: Self) -> impl Iterator<Item = FadeState> {
        Which::ALL.into_iter().filter_map(move |which| {
            which
                .of(&before)
                .filter(|fade| which.of(&self) != Some(*fade))
        })
    }

    /// What the engine gets.
    pub(crate) fn sent(&self) -> Sent {
        let silenced = self.silenced();
        Sent {
            volume: if silenced { 0.0 } else { self.volume },
            volume_fade: self.volume_fade().filter(|_| !silenced),
            silenced,
            pan: self.pan,
            pan_fade: self.pan_fade(),
        }
    }

    /// What the connection and a master get to which volume and mute have moved: only solo silences
    /// the connection then.
    pub(crate) fn sent_apart(&self) -> (Sent, Sent) {
        let connection = Sent {
            volume: if self.silenced_by_solo { 0.0 } else { 1.0 },
            volume_fade: None,
            silenced: self.silenced_by_solo,
            ..self.sent()
        };
        let master = Self {
            silenced_by_solo: false,
            pan: 0.0,
            pan_fades: false,
            ..*self
        };
        (connection, master.sent())
    }
}

/// Faders as the engine gets them, with the fades that lead there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Sent {
    pub(crate) volume: f32,
    pub(crate) volume_fade: Option<FadeState>,
    /// A fade, if there is one, continues unheard.
    pub(crate) silenced: bool,
    pub(crate) pan: f32,
    pub(crate) pan_fade: Option<FadeState>,
}

/// How recalled values get to where they lead.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Over {
    pub(crate) frames: u64,
    pub(crate) curve: Curve,
    /// When they all start.
    pub(crate) now: i64,
}

/// One of a strip's two values that can fade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    Volume,
    Pan,
}

impl Which {
    pub(crate) const ALL: [Self; 2] = [Self::Volume, Self::Pan];

    pub(crate) fn of(self, faders: &Faders) -> Option<FadeState> {
        match self {
            Self::Volume => faders.volume_fade(),
            Self::Pan => faders.pan_fade(),
        }
    }

    /// Whether points wait.
    pub(crate) fn waits(self, faders: &Faders) -> bool {
        match self {
            Self::Volume => faders.volume_waits,
            Self::Pan => faders.pan_waits,
        }
    }

    pub(crate) fn set_waits(self, faders: &mut Faders, waits: bool) {
        match self {
            Self::Volume => faders.volume_waits = waits,
            Self::Pan => faders.pan_waits = waits,
        }
    }

    /// The value, or where its fade leads, with the fade.
    pub(crate) fn position(self, faders: &Faders) -> Position {
        match self {
            Self::Volume => (faders.volume, faders.volume_fade()),
            Self::Pan => (faders.pan, faders.pan_fade()),
        }
    }

    /// The fade has arrived.
    pub(crate) fn arrive(self, faders: &mut Faders) {
        match self {
            Self::Volume => faders.volume_fades = false,
            Self::Pan => faders.pan_fades = false,
        }
    }

    pub(crate) fn start(self, faders: &mut Faders, fade: FadeState) {
        self.set(faders, fade.to);
        match self {
            Self::Volume => (faders.last_volume_fade, faders.volume_fades) = (fade, true),
            Self::Pan => (faders.last_pan_fade, faders.pan_fades) = (fade, true),
        }
    }

    pub(crate) fn at(self, faders: &Faders, now: i64) -> f32 {
        match self {
            Self::Volume => faders.volume_at(now),
            Self::Pan => faders.pan_at(now),
        }
    }

    /// Leads the value somewhere: at once, or with a fade unless it is there already.
    pub(crate) fn lead(self, faders: &mut Faders, value: f32, over: Option<Over>) {
        let Some(Over { frames, curve, now }) = over.filter(|over| over.frames > 0) else {
            self.set(faders, value);
            return;
        };
        let from = self.at(faders, now);
        if self.of(faders).is_none() && from == value {
            return;
        }
        let curve = match self {
            Self::Volume => curve,
            // Pans fade linearly alone.
            Self::Pan => Curve::Linear,
        };
        self.start(faders, FadeState::new(curve, from, value, now, frames));
    }

    pub(crate) fn set(self, faders: &mut Faders, value: f32) {
        match self {
            Self::Volume => faders.set_volume(value),
            Self::Pan => faders.set_pan(value),
        }
    }
}
