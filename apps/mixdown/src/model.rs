//! What is mixed, and how: plain values, whose ranges the desk checks.

use std::path::{Path, PathBuf};

use perbus::{Buffer, BusConfig, Curve, File, SendTap};

use crate::printable;

/// Stems are on the buses 0 and up, returns on those that follow.
#[derive(Default)]
pub(crate) struct Mix {
    pub(crate) stems: Vec<Stem>,
    pub(crate) returns: Vec<Return>,
    pub(crate) groups: Vec<GroupPlan>,
    pub(crate) scenes: Vec<ScenePlan>,
    /// The main mixer's output volume.
    pub(crate) master: f32,
    pub(crate) master_fades: Vec<Move>,
}

/// A sound and what its bus does.
pub(crate) struct Stem {
    /// As the user wrote it, for messages.
    pub(crate) argument: String,
    pub(crate) name: String,
    pub(crate) strip: Strip,
    pub(crate) fades: Vec<Move>,
    pub(crate) sends: Vec<Send>,
    pub(crate) sound: Sound,
}

pub(crate) enum Sound {
    File(PathBuf),
    Decoded(Buffer),
    /// Too long to be in memory: decoded while it plays.
    Streamed(File),
}

/// A channel strip's settings.
pub(crate) struct Strip {
    pub(crate) volume: f32,
    pub(crate) pan: f32,
    pub(crate) muted: bool,
}

impl Default for Strip {
    fn default() -> Self {
        Self {
            volume: 1.0,
            pan: 0.0,
            muted: false,
        }
    }
}

/// Automation: what moves where, from when on and how long, in seconds.
pub(crate) struct Move {
    pub(crate) at: f64,
    pub(crate) over: f64,
    pub(crate) curve: Curve,
    pub(crate) volume: Option<f32>,
    pub(crate) pan: Option<f32>,
}

/// From a stem to a return.
pub(crate) struct Send {
    pub(crate) to: usize,
    pub(crate) volume: f32,
    pub(crate) tap: SendTap,
}

/// A bus on which sends come back, through an effect.
pub(crate) struct Return {
    pub(crate) name: String,
    pub(crate) strip: Strip,
    pub(crate) fades: Vec<Move>,
    /// Removes what is below this frequency, in Hz.
    pub(crate) high_pass: Option<f32>,
}

pub(crate) struct GroupPlan {
    pub(crate) name: String,
    /// Numbers of buses.
    pub(crate) members: Vec<u32>,
    pub(crate) volume: f32,
    pub(crate) muted: bool,
    pub(crate) fades: Vec<Move>,
}

/// A fade to a scene, in seconds.
pub(crate) struct ScenePlan {
    pub(crate) at: f64,
    pub(crate) over: f64,
    pub(crate) curve: Curve,
    pub(crate) buses: Vec<BusConfig>,
    /// Place in the list of groups, volume and mute.
    pub(crate) groups: Vec<(usize, Option<f32>, Option<bool>)>,
    pub(crate) master: Option<f32>,
}

impl Mix {
    pub(crate) fn new() -> Self {
        Self {
            master: 1.0,
            ..Self::default()
        }
    }

    /// Stems and returns.
    pub(crate) fn bus_count(&self) -> usize {
        self.stems.len() + self.returns.len()
    }

    pub(crate) fn bus_name(&self, bus: usize) -> &str {
        match self.stems.get(bus) {
            Some(stem) => &stem.name,
            None => &self.returns[bus - self.stems.len()].name,
        }
    }

    pub(crate) fn strip(&self, bus: usize) -> &Strip {
        match self.stems.get(bus) {
            Some(stem) => &stem.strip,
            None => &self.returns[bus - self.stems.len()].strip,
        }
    }

    pub(crate) fn fades(&self, bus: usize) -> &[Move] {
        match self.stems.get(bus) {
            Some(stem) => &stem.fades,
            None => &self.returns[bus - self.stems.len()].fades,
        }
    }

    /// What a message about a bus names.
    pub(crate) fn argument(&self, bus: usize) -> String {
        match self.stems.get(bus) {
            Some(stem) => stem.argument.clone(),
            None => format!("return {}", self.bus_name(bus)),
        }
    }

    /// Whether any gain changes during the mix.
    pub(crate) fn moves(&self) -> bool {
        let buses = (0..self.bus_count()).any(|bus| !self.fades(bus).is_empty());
        let groups = self.groups.iter().any(|group| !group.fades.is_empty());
        buses || groups || !self.scenes.is_empty()
    }

    /// A bus's part besides its strip.
    pub(crate) fn note(&self, bus: usize) -> Option<String> {
        let group = self
            .groups
            .iter()
            .find(|it| it.members.contains(&(bus as u32)));
        if let Some(group) = group {
            return Some(format!("in {}", group.name));
        }
        let back = bus.checked_sub(self.stems.len())?;
        let taps = self.stems.iter().flat_map(|stem| &stem.sends);
        let mut taps = taps.filter(|send| send.to == back).map(|send| send.tap);
        match taps.next()? {
            SendTap::PreFader => Some("pre-fader".to_owned()),
            _ => Some("post-fader".to_owned()),
        }
    }
}

impl Stem {
    pub(crate) fn from_file(argument: &str, path: &Path, strip: Strip) -> Self {
        Self {
            argument: argument.to_owned(),
            name: name_of(path),
            strip,
            fades: Vec::new(),
            sends: Vec::new(),
            sound: Sound::File(path.to_owned()),
        }
    }
}

/// A file's name without its folder.
pub(crate) fn name_of(path: &Path) -> String {
    printable(
        &path
            .file_name()
            .unwrap_or(path.as_os_str())
            .to_string_lossy(),
    )
}
