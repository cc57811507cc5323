//! What is shown of the console.

use std::time::{Duration, Instant};

use super::{App, MESSAGE};
use crate::board::Channel;
use crate::meter::Needles;
use crate::shown::{self, Kind, Shown};

impl App<'_> {
    /// What the screen shows now. Needles move by the time since the last call.
    pub(crate) fn shown(&mut self) -> Shown {
        let passed = self.looked.elapsed();
        self.looked = Instant::now();
        let channels = self.board.channels();
        self.selected = self.selected.min(channels.len() - 1);
        self.needles.resize_with(channels.len(), Needles::default);
        let strips = channels.iter().enumerate();
        let strips = strips.map(|(place, channel)| self.strip(place, channel, passed));
        let mut strips: Vec<shown::Strip> = strips.collect();
        let master = strips.pop().unwrap_or_default();
        let (message, is_error) = match &self.message {
            Some((text, is_error, at)) if at.elapsed() < MESSAGE => (text.clone(), *is_error),
            _ => (String::new(), false),
        };
        let position = if self.running {
            self.transport.position()
        } else {
            self.position
        };
        Shown {
            strips,
            master,
            selected: self.selected,
            first: self.first,
            layer: self.layer.map(|it| self.board.returns[it].0.clone()),
            transport: shown::Transport {
                playing: self.transport.is_playing() && self.running,
                position,
                length: self.transport.length(),
                looped: self.transport.is_looped(),
                follows: self
                    .transport
                    .is_automated()
                    .then(|| self.transport.follows()),
            },
            recording: self.recording.shown(),
            scenes: self.scenes.are_stored(),
            recalled: self.scenes.recalled(),
            fade_time: self.scenes.fade_time(),
            status: self.output.status(),
            message,
            is_error,
            mode: self.mode.clone(),
        }
    }

    fn strip(&mut self, place: usize, channel: &Channel, passed: Duration) -> shown::Strip {
        let Some(control) = self.control(channel) else {
            self.needles[place] = Needles::default();
            return shown::Strip {
                kind: Kind::NoSend,
                label: channel.label(),
                ..shown::Strip::default()
            };
        };
        self.needles[place].follow(&control.meter(), passed);
        shown::Strip {
            kind: match channel {
                Channel::Bus(_) => Kind::Bus,
                Channel::Group(_) => Kind::Group,
                Channel::Master(_) => Kind::Master,
            },
            label: channel.label(),
            db: control.volume_db(),
            pan: control.pan(),
            muted: control.is_muted(),
            soloed: control.is_soloed(),
            audible: control.is_audible(),
            needles: self.needles[place].clone(),
            note: control.note(),
        }
    }
}
