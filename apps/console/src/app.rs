//! The console: what actions do.

mod picture;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use perbus::{Bus, SendTap};
use perbus_mix::{Desk, Failure, Mix};

use crate::action::Action;
use crate::board::{Board, Channel};
use crate::keys::Mode;
use crate::meter::Needles;
use crate::output::Output;
use crate::recording::Recording;
use crate::scenes::Scenes;
use crate::taper;
use crate::transport::Transport;

/// How long a message stays.
const MESSAGE: Duration = Duration::from_secs(4);

pub(crate) struct App<'a> {
    output: Output,
    board: Board,
    transport: Transport<'a>,
    scenes: Scenes,
    recording: Recording,
    pub(crate) mode: Mode,
    selected: usize,
    /// The leftmost strip's place, as it was drawn last.
    pub(crate) first: usize,
    /// The place of the return whose sends are on the faders.
    layer: Option<usize>,
    /// Those of what is on the faders.
    needles: Vec<Needles>,
    looked: Instant,
    message: Option<(String, bool, Instant)>,
    /// Where the mix was when the engine was last seen running, in seconds.
    position: f64,
    running: bool,
    pub(crate) redraws: bool,
    pub(crate) quits: bool,
}

impl<'a> App<'a> {
    /// For an output that was started.
    pub(crate) fn new(
        mix: &'a Mix,
        desk: &'a Desk<'a>,
        input: Option<Bus>,
        output: Output,
        looped: bool,
    ) -> Self {
        Self {
            output,
            recording: Recording::new(desk.engine().main_mixer()),
            board: Board::new(mix, desk, input),
            transport: Transport::new(mix, desk, looped),
            scenes: Scenes::new(mix, desk),
            mode: Mode::Mixing,
            selected: 0,
            first: 0,
            layer: None,
            needles: Vec::new(),
            looked: Instant::now(),
            message: None,
            position: 0.0,
            running: true,
            redraws: false,
            quits: false,
        }
    }

    /// Does it, and says what went wrong.
    pub(crate) fn act(&mut self, action: Action) {
        if let Err(Failure(reason)) = self.try_to(action) {
            self.say(reason, true);
        }
    }

    /// Records into a file from now on.
    pub(crate) fn record(&mut self, path: PathBuf) -> Result<(), Failure> {
        let said = self.recording.start(path)?;
        self.say(said, false);
        Ok(())
    }

    /// What is due by now.
    pub(crate) fn tick(&mut self) {
        self.running = self.output.is_running();
        if self.output.was_restarted() {
            self.say("the device is back", false);
            if let Err(Failure(reason)) = self.transport.resume(self.position) {
                self.say(reason, true);
            }
        }
        if self.output.was_moved() {
            self.say("the sound system has changed the device", false);
        }
        if self.output.was_decoder_late() {
            self.say("a file was not decoded in time, and silent", true);
        }
        if let Some(said) = self.output.look_after_input() {
            self.say(said, false);
        }
        if let Err(Failure(reason)) = self.recording.check() {
            self.say(reason, true);
        }
        if self.running {
            self.position = self.transport.position();
            if let Err(Failure(reason)) = self.transport.tick() {
                self.say(reason, true);
            }
        }
    }

    /// What a channel's fader moves: in a layer of sends, its send. The master's is always its own.
    fn control(&self, channel: &Channel) -> Option<Channel> {
        match (self.layer, channel) {
            (None, channel) | (_, channel @ Channel::Master(_)) => Some(channel.clone()),
            (Some(layer), channel) => self.board.send(channel, layer),
        }
    }

    fn channel(&self, place: usize) -> Option<Channel> {
        self.board.channels().get(place).cloned()
    }

    /// Calls `change` with what a channel's controls are now.
    fn with(
        &self,
        place: usize,
        change: impl FnOnce(&Channel) -> perbus::Result<()>,
    ) -> Result<(), Failure> {
        let channel = self.channel(place);
        let control = channel.as_ref().and_then(|it| self.control(it));
        match (channel, control) {
            (Some(channel), Some(control)) => {
                change(&control).map_err(|error| Failure::of(channel.label(), error))
            }
            (Some(channel), None) => Err(Failure::of(
                channel.label(),
                "it has no send here, raise its fader for one",
            )),
            (None, _) => Ok(()),
        }
    }

    fn nudge(&self, place: usize, by: f32) -> Result<(), Failure> {
        let channel = self.channel(place);
        if let (Some(layer), Some(channel)) = (self.layer, channel) {
            if self.control(&channel).is_none() && by > 0.0 {
                let added = self.board.add_send(&channel, layer);
                added.map_err(|error| Failure::of(channel.label(), error))?;
            }
        }
        self.with(place, |it| {
            it.set_volume_db(taper::nudged(it.volume_db(), by))
        })
    }

    fn try_to(&mut self, action: Action) -> Result<(), Failure> {
        let selected = self.selected;
        match action {
            Action::Quit => self.quits = true,
            Action::Redraw => self.redraws = true,
            Action::Help => self.mode = Mode::Help,
            Action::Dismiss => {
                self.mode = Mode::Mixing;
                self.message = None;
            }
            Action::Select(place) => self.selected = place,
            Action::Move(by) => {
                let last = self.board.channels().len() as i32 - 1;
                self.selected = (selected as i32 + by).clamp(0, last) as usize;
            }
            Action::First => self.selected = 0,
            Action::Last => self.selected = self.board.channels().len() - 1,
            Action::Nudge(by) => self.nudge(selected, by)?,
            Action::NudgeAt(place, by) => self.nudge(place, by)?,
            Action::SetFader(place, db) => {
                self.selected = place;
                self.with(place, |it| it.set_volume_db(db.min(taper::highest())))?;
            }
            Action::Unity => self.with(selected, |it| it.set_volume_db(0.0))?,
            Action::Close => self.with(selected, |it| it.set_volume_db(f32::NEG_INFINITY))?,
            Action::Pan(by) => self.with(selected, |it| {
                let pan = it.pan().unwrap_or(0.0) + by;
                it.set_pan(((pan * 100.0).round() / 100.0).clamp(-1.0, 1.0))
            })?,
            Action::SetPan(place, pan) => {
                self.selected = place;
                self.with(place, |it| it.set_pan(pan))?;
            }
            Action::Center => self.with(selected, |it| it.set_pan(0.0))?,
            Action::Mute => self.mute(selected)?,
            Action::MuteAt(place) => {
                self.selected = place;
                self.mute(place)?;
            }
            Action::Solo => self.solo(selected)?,
            Action::SoloAt(place) => {
                self.selected = place;
                self.solo(place)?;
            }
            Action::ClearSolo => self.clear_solo()?,
            Action::PlayOrHalt => self.transport.play_or_halt()?,
            Action::Rewind => self.transport.locate(0.0)?,
            Action::Seek(by) => {
                let position = self.transport.position();
                self.transport.locate(position + by)?;
            }
            Action::Loop => self.transport.toggle_loop()?,
            Action::Follow => self.transport.toggle_following()?,
            Action::Record => {
                let said = self.recording.toggle()?;
                self.say(said, false);
            }
            Action::Recall(place) => self.recall(place)?,
            Action::AskStore => self.mode = Mode::Store,
            Action::Store(place) => {
                self.mode = Mode::Mixing;
                self.scenes.store(place);
                self.say(format!("stored as scene {}", place + 1), false);
            }
            Action::FadeTime(by) => self.scenes.change_time(by),
            Action::Layer(by) => self.change_layer(by),
            Action::SendTap => self.switch_tap()?,
            Action::AskGroup => self.mode = Mode::Group,
            Action::Member(group) => self.toggle_member(group)?,
            Action::NewGroup => self.add_group()?,
            Action::AskLabel => {
                let label = self.channel(selected).map(|it| it.label());
                self.mode = Mode::Label(label.unwrap_or_default());
            }
            Action::Type(letter) => {
                if let Mode::Label(label) = &mut self.mode {
                    label.push(letter);
                }
            }
            Action::Erase => {
                if let Mode::Label(label) = &mut self.mode {
                    label.pop();
                }
            }
            Action::Enter => {
                if let Mode::Label(label) = std::mem::take(&mut self.mode) {
                    if let Some(channel) = self.channel(selected) {
                        channel.set_label(&label);
                    }
                }
            }
            Action::ResetMeters => self.needles.iter_mut().for_each(Needles::reset),
        }
        Ok(())
    }

    fn mute(&self, place: usize) -> Result<(), Failure> {
        self.with(place, |it| match it.is_muted() {
            Some(muted) => it.set_muted(!muted),
            None => Ok(()),
        })
    }

    fn solo(&self, place: usize) -> Result<(), Failure> {
        self.with(place, |it| match it.is_soloed() {
            Some(soloed) => it.set_soloed(!soloed),
            None => Ok(()),
        })
    }

    fn clear_solo(&self) -> Result<(), Failure> {
        let cleared = self.board.engine.clear_solo();
        cleared.map_err(|error| Failure::of("solo", error))
    }

    fn recall(&mut self, place: usize) -> Result<(), Failure> {
        let number = place + 1;
        let recalled = self.scenes.recall(place);
        let is_stored = recalled.map_err(|error| Failure::of(format!("scene {number}"), error))?;
        if !is_stored {
            let reason = format!("there is no scene {number}, w {number} stores one");
            self.say(reason, false);
        }
        Ok(())
    }

    fn change_layer(&mut self, by: i32) {
        let layers = self.board.returns.len() as i32 + 1;
        let now = self.layer.map_or(0, |it| it as i32 + 1);
        let next = (now + by).rem_euclid(layers);
        self.layer = usize::try_from(next - 1).ok();
        self.needles.clear();
        if layers == 1 {
            self.say("the mix has no returns to send to", false);
        }
    }

    fn switch_tap(&mut self) -> Result<(), Failure> {
        self.with(self.selected, |it| match it {
            Channel::Bus(send) => match send.send_tap() {
                Some(SendTap::PreFader) => send.set_send_tap(SendTap::PostFader),
                Some(_) => send.set_send_tap(SendTap::PreFader),
                None => Ok(()),
            },
            _ => Ok(()),
        })
    }

    fn toggle_member(&mut self, place: usize) -> Result<(), Failure> {
        self.mode = Mode::Mixing;
        let Some(group) = self.board.engine.groups().get(place).cloned() else {
            self.say(format!("there is no group {}", place + 1), false);
            return Ok(());
        };
        let Some(Channel::Bus(bus)) = self.channel(self.selected) else {
            self.say("only buses are put into groups", false);
            return Ok(());
        };
        let toggled = self.board.toggle_member(&bus, &group);
        let is_member = toggled.map_err(|error| Failure::of(group.name(), error))?;
        let way = if is_member { "into" } else { "out of" };
        self.say(format!("{} {way} {}", bus.label(), group.name()), false);
        Ok(())
    }

    fn add_group(&mut self) -> Result<(), Failure> {
        self.mode = Mode::Mixing;
        let groups = self.board.engine.groups().len();
        let group = self
            .board
            .engine
            .create_group(&format!("group {}", groups + 1));
        let group = group.map_err(|error| Failure::of("a new group", error))?;
        if let Some(Channel::Bus(bus)) = self.channel(self.selected) {
            let added = group.add(&bus);
            added.map_err(|error| Failure::of(group.name(), error))?;
        }
        // The selected channel may be to its right.
        if self.selected + 1 == self.board.channels().len() - 1 {
            self.selected += 1;
        }
        Ok(())
    }

    pub(crate) fn say(&mut self, text: impl Into<String>, is_error: bool) {
        self.message = Some((text.into(), is_error, Instant::now()));
    }
}
