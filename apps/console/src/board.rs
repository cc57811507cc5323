//! What is on the console: its channels in their order, and their controls in the engine.

use std::fmt::Display;

use perbus::{Bus, Engine, Group, Meter, Mixer, Result, SendTap};
use perbus_mix::{Desk, Mix};

/// A channel: what a strip on the screen stands for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Channel {
    Bus(Bus),
    Group(Group),
    Master(Mixer),
}

impl Channel {
    pub(crate) fn label(&self) -> String {
        match self {
            Self::Bus(bus) => bus.label(),
            Self::Group(group) => group.name(),
            Self::Master(_) => "master".to_owned(),
        }
    }

    pub(crate) fn set_label(&self, label: &str) {
        match self {
            Self::Bus(bus) => bus.set_label(label),
            Self::Group(group) => group.set_name(label),
            Self::Master(_) => {}
        }
    }

    pub(crate) fn volume_db(&self) -> f32 {
        match self {
            Self::Bus(bus) => bus.volume_db(),
            Self::Group(group) => group.volume_db(),
            Self::Master(mixer) => mixer.output_volume_db().unwrap_or(f32::NEG_INFINITY),
        }
    }

    pub(crate) fn set_volume_db(&self, db: f32) -> Result<()> {
        match self {
            Self::Bus(bus) => bus.set_volume_db(db),
            Self::Group(group) => group.set_volume_db(db),
            Self::Master(mixer) => mixer.set_output_volume_db(db),
        }
    }

    pub(crate) fn pan(&self) -> Option<f32> {
        match self {
            Self::Bus(bus) => Some(bus.pan()),
            _ => None,
        }
    }

    pub(crate) fn set_pan(&self, pan: f32) -> Result<()> {
        match self {
            Self::Bus(bus) => bus.set_pan(pan),
            _ => Ok(()),
        }
    }

    pub(crate) fn is_muted(&self) -> Option<bool> {
        match self {
            Self::Bus(bus) => Some(bus.is_muted()),
            Self::Group(group) => Some(group.is_muted()),
            Self::Master(_) => None,
        }
    }

    pub(crate) fn set_muted(&self, muted: bool) -> Result<()> {
        match self {
            Self::Bus(bus) => bus.set_muted(muted),
            Self::Group(group) => group.set_muted(muted),
            Self::Master(_) => Ok(()),
        }
    }

    pub(crate) fn is_soloed(&self) -> Option<bool> {
        match self {
            Self::Bus(bus) => Some(bus.is_soloed()),
            Self::Group(group) => Some(group.is_soloed()),
            Self::Master(_) => None,
        }
    }

    pub(crate) fn set_soloed(&self, soloed: bool) -> Result<()> {
        match self {
            Self::Bus(bus) => bus.set_soloed(soloed),
            Self::Group(group) => group.set_soloed(soloed),
            Self::Master(_) => Ok(()),
        }
    }

    pub(crate) fn is_audible(&self) -> bool {
        match self {
            Self::Bus(bus) => bus.is_audible(),
            Self::Group(group) => !group.is_muted(),
            Self::Master(_) => true,
        }
    }

    /// Zeros where there is nothing to measure.
    pub(crate) fn meter(&self) -> Meter {
        let reading = match self {
            Self::Bus(bus) => bus.meter(),
            Self::Group(group) => group.meter(),
            Self::Master(mixer) => mixer.meter(),
        };
        reading.unwrap_or_default()
    }

    /// What is written below the strip.
    pub(crate) fn note(&self) -> String {
        match self {
            Self::Bus(bus) => match bus.send_tap() {
                Some(SendTap::PreFader) => "pre".to_owned(),
                Some(_) => "post".to_owned(),
                None => joined(bus.groups().iter().map(Group::name)),
            },
            Self::Group(group) => match group.members().len() {
                1 => "1 bus".to_owned(),
                members => format!("{members} buses"),
            },
            Self::Master(_) => String::new(),
        }
    }
}

fn joined(names: impl Iterator<Item = impl Display>) -> String {
    let names: Vec<String> = names.map(|it| it.to_string()).collect();
    names.join("+")
}

/// The channels of a desk.
pub(crate) struct Board {
    pub(crate) engine: Engine,
    pub(crate) main: Mixer,
    buses: Vec<Bus>,
    /// The name of each return, and the mixer that its sends feed.
    pub(crate) returns: Vec<(String, Mixer)>,
}

impl Board {
    /// `input` is the microphone's bus.
    pub(crate) fn new(mix: &Mix, desk: &Desk<'_>, input: Option<Bus>) -> Self {
        for (number, bus) in desk.buses.iter().enumerate() {
            bus.set_label(mix.bus_name(number));
        }
        let returns = mix.returns.iter().enumerate();
        let returns = returns.filter_map(|(place, back)| {
            let aux = desk.aux(place)?;
            Some((back.name.clone(), aux.clone()))
        });
        Self {
            engine: desk.engine().clone(),
            main: desk.engine().main_mixer(),
            buses: desk.buses.iter().cloned().chain(input).collect(),
            returns: returns.collect(),
        }
    }

    /// The buses, then the groups, then the master.
    pub(crate) fn channels(&self) -> Vec<Channel> {
        let buses = self.buses.iter().cloned().map(Channel::Bus);
        let groups = self.engine.groups().into_iter().map(Channel::Group);
        let master = Channel::Master(self.main.clone());
        buses.chain(groups).chain([master]).collect()
    }

    /// A channel's send to a return, if it has one.
    pub(crate) fn send(&self, channel: &Channel, place: usize) -> Option<Channel> {
        let (Channel::Bus(bus), Some((_, aux))) = (channel, self.returns.get(place)) else {
            return None;
        };
        let sends = bus.sends().into_iter();
        let mut to_aux = sends.filter(|send| send.mixer() == aux);
        to_aux.next().map(Channel::Bus)
    }

    /// Gives a channel a closed send to a return.
    pub(crate) fn add_send(&self, channel: &Channel, place: usize) -> Result<Option<Channel>> {
        let (Channel::Bus(bus), Some((_, aux))) = (channel, self.returns.get(place)) else {
            return Ok(None);
        };
        let send = self.engine.batch(|| {
            let send = bus.send_to(aux, SendTap::PostFader)?;
            send.set_volume(0.0)?;
            Ok(send)
        })?;
        Ok(Some(Channel::Bus(send)))
    }

    /// Puts a channel's bus into a group, or takes it out; whether it is in now.
    pub(crate) fn toggle_member(&self, bus: &Bus, group: &Group) -> Result<bool> {
        let is_member = group.members().contains(bus);
        if is_member {
            group.remove(bus)?;
        } else {
            group.add(bus)?;
        }
        Ok(!is_member)
    }
}
