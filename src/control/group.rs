//! Groups: one fader, mute and solo over strips of any mixers.

use std::fmt;
use std::hash::{Hash, Hasher};

use crate::desk::decibels::{to_db, volume_from_db};
use crate::desk::owner::GroupOwner;
use crate::desk::ranges::check_volume;
use crate::desk::strip::Strip;
use crate::desk::strips::StripRef;
use crate::engine::target::Target;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::sync::in_render;

/// A fader, mute and solo over any number of buses, as a console's VCA group.
///
/// What is heard of a member has its own fader times those of its groups, at most
/// [`MAX_VOLUME`](crate::MAX_VOLUME): the group scales its members and sums nothing, so that they
/// keep their balance and may be on different mixers. A bus may be in several groups, and a group
/// in others; each group counts once for a bus, however many ways lead to it. Membership belongs to
/// the bus: it stays while sources come and go, and when the mixer is detached and attached again.
///
/// Changes of the fader are click-free, as those of a [`Bus`](crate::Bus) are: each member ramps from what is
/// heard. Fades of a group and of its members are multiplied frame by frame on the portable engine;
/// on Apple's, products are set every few milliseconds while one fades. To move the fader costs the
/// same whatever the number of members; on Apple's engine it sets each.
///
/// A group goes on when its last handle is dropped: [`Engine::groups`] finds it again,
/// [`Engine::remove_group`] ends it. Handles of a removed one return
/// [`Error::NotAttached`](crate::Error::NotAttached).
///
/// ```
/// use perbus::{Engine, Format};
///
/// let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
/// let (main, drums) = (engine.main_mixer(), engine.create_mixer()?);
/// let (kick, snare, bass) = (drums.bus(0)?, drums.bus(1)?, main.bus(5)?);
/// let rhythm = engine.create_group("rhythm")?;
/// rhythm.add_all([&kick, &snare, &bass])?;
///
/// snare.set_volume(0.5)?;
/// rhythm.set_volume(0.8)?;
/// assert_eq!((snare.volume(), snare.effective_volume()), (0.5, 0.4));
/// assert_eq!(bass.effective_volume(), 0.8);
/// rhythm.set_muted(true)?;
/// assert_eq!(snare.effective_volume(), 0.0);
/// # Ok::<(), perbus::Error>(())
/// ```
#[doc(alias = "VCA")]
#[derive(Clone)]
pub struct Group {
    // The strip has a master, and goes before the engine.
    pub(crate) strip: StripRef<Target>,
    engine: Engine,
    pub(crate) number: u32,
}

impl PartialEq for Group {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number && self.engine == other.engine
    }
}

impl Eq for Group {}

impl Hash for Group {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.engine.hash(state);
        self.number.hash(state);
    }
}

impl fmt::Debug for Group {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Group")
            .field("number", &self.number)
            .field("name", &self.name())
            .finish()
    }
}

impl Engine {
    /// Makes a group without members, at volume 1. Names need not differ.
    ///
    /// # Errors
    /// [`Error::NoMemory`](crate::Error::NoMemory).
    pub fn create_group(&self, name: &str) -> Result<Group> {
        self.desk().create_group(name).map(|it| self.group(it))
    }

    /// The groups that the engine has, in the order in which they were made; none in a source's
    /// closure.
    ///
    /// ```
    /// # use perbus::{Engine, Format};
    /// # let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    /// engine.create_group("drums")?;
    /// engine.create_group("voices")?;
    /// let names: Vec<_> = engine.groups().iter().map(|group| group.name()).collect();
    /// assert_eq!(names, ["drums", "voices"]);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    #[must_use]
    pub fn groups(&self) -> Vec<Group> {
        self.all_groups(self.desk().groups())
    }

    /// Ends a group: its members sound as if they had never been in it, and so do the groups in it.
    /// Fades of its fader stop.
    ///
    /// # Errors
    /// - [`Error::WrongEngine`](crate::Error::WrongEngine).
    /// - [`Error::NotAttached`](crate::Error::NotAttached) when it was removed already.
    pub fn remove_group(&self, group: &Group) -> Result<()> {
        self.check_group(group)?;
        self.desk().remove_group(group.number)
    }

    pub(crate) fn group(&self, (number, strip): (u32, StripRef<Target>)) -> Group {
        Group {
            engine: self.clone(),
            number,
            strip,
        }
    }

    pub(crate) fn all_groups(&self, all: Result<Vec<(u32, StripRef<Target>)>>) -> Vec<Group> {
        let all = all.unwrap_or_default().into_iter();
        all.map(|it| self.group(it)).collect()
    }

    pub(crate) fn check_group(&self, group: &Group) -> Result<()> {
        if group.engine == *self {
            return Ok(());
        }
        Err(Error::WrongEngine(format!(
            "the group {:?} belongs to another engine",
            group.name()
        )))
    }
}

impl Group {
    /// The engine whose group it is.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Tells it apart from the engine's other groups: 0 for the first one that was made. No number
    /// is used twice.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The group's name.
    #[must_use]
    pub fn name(&self) -> String {
        self.strip.label()
    }

    /// Gives the group another name.
    pub fn set_name(&self, name: &str) {
        self.strip.set_label(name);
    }

    /// The fader: a linear gain, 0 to 4, initially 1; 0 in a source's closure.
    #[must_use]
    pub fn volume(&self) -> f32 {
        self.ask(|strip| strip.volume(|| self.engine.now()))
    }

    /// Moves the fader; no member is visited on the portable engine.
    ///
    /// # Errors
    /// - [`Error::OutOfRange`](crate::Error::OutOfRange) outside 0 to 4.
    /// - [`Error::NotAttached`](crate::Error::NotAttached) when the group was removed.
    pub fn set_volume(&self, volume: f32) -> Result<()> {
        check_volume(volume)?;
        let desk = self.engine.desk();
        desk.set_volume(&GroupOwner, &self.strip, volume)
    }

    /// The fader in decibels: 0 at unity, minus infinity at silence.
    #[must_use]
    pub fn volume_db(&self) -> f32 {
        to_db(self.volume())
    }

    /// Moves the fader to a gain in decibels, minus infinity (silence) to 12.04.
    ///
    /// # Errors
    /// As [`set_volume`](Self::set_volume).
    pub fn set_volume_db(&self, decibels: f32) -> Result<()> {
        self.set_volume(volume_from_db(decibels)?)
    }

    /// Whether the group is muted.
    #[must_use]
    pub fn is_muted(&self) -> bool {
        self.ask(|strip| strip.faders().muted)
    }

    /// Silences all members, or lets those sound again that nothing else silences. Their own mutes
    /// stay as they are.
    ///
    /// # Errors
    /// [`Error::NotAttached`](crate::Error::NotAttached) when the group was removed.
    pub fn set_muted(&self, muted: bool) -> Result<()> {
        let desk = self.engine.desk();
        desk.set_muted(&GroupOwner, &self.strip, muted)
    }

    /// Whether the group is soloed.
    #[must_use]
    pub fn is_soloed(&self) -> bool {
        self.ask(|strip| strip.faders().soloed)
    }

    /// Solos all members, those of groups in this one too, as if each of them were
    /// [soloed](crate::Bus::set_soloed). Their own solos stay as they are.
    ///
    /// ```
    /// # use perbus::{Engine, Format};
    /// # let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    /// let mixer = engine.main_mixer();
    /// let (drums, bass) = (mixer.bus(0)?, mixer.bus(1)?);
    /// let group = engine.create_group("drums")?;
    /// group.add(&drums)?;
    /// group.set_soloed(true)?;
    /// assert!(drums.is_audible() && !bass.is_audible());
    /// assert!(!drums.is_soloed());
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotAttached`](crate::Error::NotAttached) when the group was removed.
    pub fn set_soloed(&self, soloed: bool) -> Result<()> {
        self.engine.desk().set_group_soloed(self.number, soloed)
    }

    fn ask<T: Default>(&self, ask: impl FnOnce(&Strip<Target>) -> T) -> T {
        if in_render::inside() {
            T::default()
        } else {
            ask(&self.strip)
        }
    }
}
