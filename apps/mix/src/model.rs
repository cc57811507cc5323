//! What is mixed, and how: plain values, whose ranges the desk checks.

use std::path::{Path, PathBuf};

use perbus::{Buffer, BusConfig, Curve, File, SendTap};

use crate::printable;

/// Stems are on the buses 0 and up, returns on those that follow.
#[derive(Default)]
pub struct Mix {
    pub stems: Vec<Stem>,
    pub returns: Vec<Return>,
    pub groups: Vec<GroupPlan>,
    pub scenes: Vec<ScenePlan>,
    /// The main mixer's output volume.
    pub master: f32,
    pub master_fades: Vec<Move>,
}

/// A sound and what its bus does.
pub struct Stem {
    /// As the user wrote it, for messages.
    pub argument: String,
    pub name: String,
    pub strip: Strip,
    pub fades: Vec<Move>,
    pub sends: Vec<Send>,
    pub sound: Sound,
}

pub enum Sound {
    File(PathBuf),
    Decoded(Buffer),
    /// Too long to be in memory: decoded while it plays.
    Streamed(File),
}

/// A channel strip's settings.
pub struct Strip {
    pub volume: f32,
    pub pan: f32,
    pub muted: bool,
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
pub struct Move {
    pub at: f64,
    pub over: f64,
    pub curve: Curve,
    pub volume: Option<f32>,
    pub pan: Option<f32>,
}

/// From a stem to a return.
pub struct Send {
    pub to: usize,
    pub volume: f32,
    pub tap: SendTap,
}

/// A bus on which sends come back, through an effect.
pub struct Return {
    pub name: String,
    pub strip: Strip,
    pub fades: Vec<Move>,
    /// Removes what is below this frequency, in Hz.
    pub high_pass: Option<f32>,
}

pub struct GroupPlan {
    pub name: String,
    /// Numbers of buses.
    pub members: Vec<u32>,
    pub volume: f32,
    pub muted: bool,
    pub fades: Vec<Move>,
}

/// A fade to a scene, in seconds.
pub struct ScenePlan {
    pub at: f64,
    pub over: f64,
    pub curve: Curve,
    pub buses: Vec<BusConfig>,
    /// Place in the list of groups, volume and mute.
    pub groups: Vec<(usize, Option<f32>, Option<bool>)>,
    pub master: Option<f32>,
}

/// What sets a value at a time.
enum Event<'a> {
    /// The number of a bus.
    Bus(usize, &'a Move),
    /// The place of a group.
    Group(usize, &'a Move),
    Master(&'a Move),
    Scene(&'a ScenePlan),
}

impl Mix {
    pub fn new() -> Self {
        Self {
            master: 1.0,
            ..Self::default()
        }
    }

    /// Stems and returns.
    pub fn bus_count(&self) -> usize {
        self.stems.len() + self.returns.len()
    }

    pub fn bus_name(&self, bus: usize) -> &str {
        match self.stems.get(bus) {
            Some(stem) => &stem.name,
            None => &self.returns[bus - self.stems.len()].name,
        }
    }

    pub fn strip(&self, bus: usize) -> &Strip {
        match self.stems.get(bus) {
            Some(stem) => &stem.strip,
            None => &self.returns[bus - self.stems.len()].strip,
        }
    }

    pub fn fades(&self, bus: usize) -> &[Move] {
        match self.stems.get(bus) {
            Some(stem) => &stem.fades,
            None => &self.returns[bus - self.stems.len()].fades,
        }
    }

    /// What a message about a bus names.
    pub fn argument(&self, bus: usize) -> String {
        match self.stems.get(bus) {
            Some(stem) => stem.argument.clone(),
            None => format!("return {}", self.bus_name(bus)),
        }
    }

    /// Whether any gain changes during the mix.
    pub fn moves(&self) -> bool {
        let buses = (0..self.bus_count()).any(|bus| !self.fades(bus).is_empty());
        let groups = self.groups.iter().any(|group| !group.fades.is_empty());
        buses || groups || !self.scenes.is_empty()
    }

    /// What the automation and the scenes have set before a time, in seconds: a scene for whatever they
    /// set at any time. A fade that is under way is at its target already.
    pub fn automated_at(&self, seconds: f64) -> ScenePlan {
        let mut state = ScenePlan {
            at: seconds,
            over: 0.0,
            curve: Curve::Linear,
            buses: Vec::new(),
            groups: Vec::new(),
            master: None,
        };
        let mut events: Vec<(f64, Event<'_>)> = Vec::new();
        for bus in 0..self.bus_count() {
            events.extend(
                self.fades(bus)
                    .iter()
                    .map(|it| (it.at, Event::Bus(bus, it))),
            );
        }
        for (place, group) in self.groups.iter().enumerate() {
            events.extend(
                group
                    .fades
                    .iter()
                    .map(|it| (it.at, Event::Group(place, it))),
            );
        }
        events.extend(
            self.master_fades
                .iter()
                .map(|it| (it.at, Event::Master(it))),
        );
        events.extend(self.scenes.iter().map(|it| (it.at, Event::Scene(it))));
        events.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        for (_, event) in &events {
            self.apply(&mut state, event, true);
        }
        for (_, event) in events.iter().filter(|(at, _)| *at < seconds) {
            self.apply(&mut state, event, false);
        }
        state
    }

    /// Sets in `state` what an event sets: to the event's value, or to what the mix begins with.
    fn apply(&self, state: &mut ScenePlan, event: &Event<'_>, begins: bool) {
        match event {
            Event::Bus(bus, fade) => {
                let mut config = BusConfig::new(*bus as u32);
                (config.volume, config.pan) = (fade.volume, fade.pan);
                self.apply_bus(state, &config, begins);
            }
            Event::Group(place, fade) => {
                self.apply_group(state, (*place, fade.volume, None), begins);
            }
            Event::Master(fade) => state.master = fade.volume.map(|it| self.master_of(it, begins)),
            Event::Scene(scene) => {
                for config in &scene.buses {
                    self.apply_bus(state, config, begins);
                }
                for group in &scene.groups {
                    self.apply_group(state, *group, begins);
                }
                if let Some(volume) = scene.master {
                    state.master = Some(self.master_of(volume, begins));
                }
            }
        }
    }

    fn master_of(&self, volume: f32, begins: bool) -> f32 {
        if begins {
            self.master
        } else {
            volume
        }
    }

    fn apply_bus(&self, state: &mut ScenePlan, config: &BusConfig, begins: bool) {
        let strip = self.strip(config.bus as usize);
        let place = state.buses.iter().position(|it| it.bus == config.bus);
        let place = place.unwrap_or_else(|| {
            state.buses.push(BusConfig::new(config.bus));
            state.buses.len() - 1
        });
        let known = &mut state.buses[place];
        if let Some(volume) = config.volume {
            known.volume = Some(if begins { strip.volume } else { volume });
        }
        if let Some(pan) = config.pan {
            known.pan = Some(if begins { strip.pan } else { pan });
        }
        if let Some(muted) = config.muted {
            known.muted = Some(if begins { strip.muted } else { muted });
        }
    }

    fn apply_group(
        &self,
        state: &mut ScenePlan,
        (place, volume, muted): (usize, Option<f32>, Option<bool>),
        begins: bool,
    ) {
        let plan = &self.groups[place];
        let known = state.groups.iter().position(|(group, ..)| *group == place);
        let known = known.unwrap_or_else(|| {
            state.groups.push((place, None, None));
            state.groups.len() - 1
        });
        let known = &mut state.groups[known];
        if let Some(volume) = volume {
            known.1 = Some(if begins { plan.volume } else { volume });
        }
        if let Some(muted) = muted {
            known.2 = Some(if begins { plan.muted } else { muted });
        }
    }

    /// A bus's part besides its strip.
    pub fn note(&self, bus: usize) -> Option<String> {
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
    pub fn from_file(argument: &str, path: &Path, strip: Strip) -> Self {
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
pub fn name_of(path: &Path) -> String {
    printable(
        &path
            .file_name()
            .unwrap_or(path.as_os_str())
            .to_string_lossy(),
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn automation_is_caught_up_with_at_any_time() {
        let mix = crate::demo::mix(1000).unwrap();
        let volumes = |seconds| {
            let state = mix.automated_at(seconds);
            let mut buses: Vec<_> = state.buses.iter().map(|it| (it.bus, it.volume)).collect();
            buses.sort_by_key(|(bus, _)| *bus);
            let group = state.groups[0].1.map(perbus::decibels::to_db);
            (buses, group.map(f32::round), state.groups.len())
        };
        let begin = (vec![(0, Some(0.7)), (3, Some(0.4))], Some(0.0), 1);
        assert_eq!(volumes(0.0), begin);
        assert_eq!(volumes(1.75), begin);
        let second_bar = (vec![(0, Some(0.175)), (3, Some(0.0))], Some(0.0), 1);
        assert_eq!(volumes(3.6), second_bar);
        let end = (vec![(0, Some(0.7)), (3, Some(0.5))], Some(-18.0), 1);
        assert_eq!(volumes(7.9), end);
    }
}
