//! The mixing desk: an offline engine, set up as the mix says.

use std::time::Duration;

use perbus::{
    AutomationPoint, Band, Buffer, Bus, BusConfig, Curve, Engine, EngineScene, FilterType, Format,
    Group, GroupConfig, Mixer, Player, Scene,
};

use crate::model::{Mix, Move, ScenePlan, Sound};
use crate::Failure;

/// What a desk renders.
#[derive(Clone, Copy)]
pub(crate) enum Part {
    Whole,
    /// One bus after its strip, before the main mixer's output volume. Only what feeds it is
    /// connected, so that all buses together cost about as much as the whole.
    Alone(usize),
}

pub(crate) struct Desk<'a> {
    mix: &'a Mix,
    part: Part,
    engine: Engine,
    main: Mixer,
    pub(crate) buses: Vec<Bus>,
    /// Of each return: a send that comes back there.
    sends: Vec<Option<Bus>>,
    pub(crate) groups: Vec<Group>,
    players: Vec<(Player, Buffer)>,
}

impl<'a> Desk<'a> {
    /// A stereo desk at `rate` Hz that renders `block` frames at a time. Stems that are not decoded
    /// are silent.
    pub(crate) fn new(mix: &'a Mix, rate: u32, block: u32, part: Part) -> Result<Self, Failure> {
        let open = || {
            let engine = Engine::offline(Format::new(f64::from(rate), 2)?, block)?;
            let main = engine.main_mixer();
            let buses = (0..mix.bus_count() as u32).map(|bus| main.bus(bus));
            let buses = buses.collect::<perbus::Result<Vec<Bus>>>()?;
            Ok((engine, main, buses))
        };
        let opened = open().map_err(|error: perbus::Error| Failure::of("the engine", error));
        let (engine, main, buses) = opened?;
        let mut desk = Self {
            mix,
            part,
            engine,
            main,
            buses,
            sends: vec![None; mix.returns.len()],
            groups: Vec::new(),
            players: Vec::new(),
        };
        for bus in 0..mix.bus_count() {
            let set_up = desk.set_strip(bus).and_then(|()| desk.connect(bus));
            set_up.map_err(|error| Failure::of(mix.argument(bus), error))?;
        }
        for stem in 0..mix.stems.len() {
            let sent = desk.send(stem);
            sent.map_err(|error| Failure::of(mix.argument(stem), error))?;
        }
        desk.set_up_groups()?;
        let finished = desk.finish_setting_up();
        finished.map_err(|error| Failure::of("master", error))?;
        Ok(desk)
    }

    /// Checks every value of a mix, before anything is decoded.
    pub(crate) fn rehearse(mix: &'a Mix, rate: u32) -> Result<(), Failure> {
        let desk = Self::new(mix, rate, 64, Part::Whole)?;
        desk.schedule()?;
        mix.scenes.iter().try_for_each(|scene| desk.show(scene))
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The longest stem's length, in frames.
    pub(crate) fn frames(&self) -> u64 {
        let lengths = self.mix.stems.iter().map(|stem| match &stem.sound {
            Sound::Decoded(buffer) => u64::from(buffer.frames()),
            Sound::File(_) => 0,
        });
        lengths.max().unwrap_or(0)
    }

    /// Starts the engine and all players at its time 0, with the automation that is known.
    pub(crate) fn start(&self) -> Result<(), Failure> {
        let failure = |error: perbus::Error| Failure::of("the engine", error);
        let settle = || {
            self.engine.start()?;
            // Apple's engine may ramp to the strips' values: before the music starts.
            let settled = self.engine.format().sample_rate() / 20.0;
            self.engine.render_blocks(settled as u64, |_| Ok(()))?;
            self.engine.reset()
        };
        settle().map_err(failure)?;
        self.schedule()?;
        let play = |(player, sound): &(Player, Buffer)| {
            player.schedule(sound)?;
            player.play()
        };
        self.players.iter().try_for_each(play).map_err(failure)
    }

    /// The frame at which a scene's fade starts.
    pub(crate) fn frame(&self, seconds: f64) -> u64 {
        (seconds * self.engine.format().sample_rate()).round() as u64
    }

    /// Starts a scene's fade.
    pub(crate) fn show(&self, scene: &ScenePlan) -> Result<(), Failure> {
        let fade = || {
            let over = duration(scene.over)?;
            self.engine
                .fade_to_scene(&self.scene(scene), over, scene.curve)
        };
        fade().map_err(|error| Failure::of(format!("scene at {} s", scene.at), error))
    }

    /// What a plot shows as a bus's gain now: of a return, what its send has.
    pub(crate) fn gain(&self, bus: usize) -> f32 {
        let back = bus.checked_sub(self.mix.stems.len());
        let send = back.and_then(|back| self.sends[back].as_ref());
        send.unwrap_or(&self.buses[bus]).effective_volume()
    }

    fn set_strip(&self, bus: usize) -> perbus::Result<()> {
        let (strip, bus) = (self.mix.strip(bus), &self.buses[bus]);
        bus.set_volume(strip.volume)?;
        bus.set_pan(strip.pan)?;
        bus.set_muted(strip.muted)
    }

    /// Whether this desk needs a stem.
    fn plays(&self, stem: usize) -> bool {
        match self.part {
            Part::Whole => true,
            Part::Alone(bus) if bus == stem => true,
            Part::Alone(bus) => self.mix.stems[stem]
                .sends
                .iter()
                .any(|send| self.mix.stems.len() + send.to == bus),
        }
    }

    /// Connects a player or, to a return, its effect.
    fn connect(&mut self, bus: usize) -> perbus::Result<()> {
        if bus >= self.mix.stems.len() || !self.plays(bus) {
            return Ok(());
        }
        let sound = match &self.mix.stems[bus].sound {
            Sound::Decoded(buffer) => buffer.clone(),
            Sound::File(_) => Buffer::from_fn(self.engine.format(), 1, |_, _| 0.0)?,
        };
        let player = self.engine.create_player_for(&sound)?;
        self.buses[bus].connect(&player)?;
        self.players.push((player, sound));
        Ok(())
    }

    fn send(&mut self, stem: usize) -> perbus::Result<()> {
        let mix = self.mix;
        for send in &mix.stems[stem].sends {
            let bus = mix.stems.len() + send.to;
            let wanted = match self.part {
                Part::Whole => true,
                Part::Alone(alone) => alone == bus,
            };
            if wanted {
                let aux = match &self.sends[send.to] {
                    Some(present) => present.mixer().clone(),
                    None => self.open_return(send.to)?,
                };
                let sent = self.buses[stem].send_to(&aux, send.tap)?;
                sent.set_volume(send.volume)?;
                self.sends[send.to] = Some(sent);
            }
        }
        Ok(())
    }

    /// The mixer of a return's sends, which goes through its effect to its bus.
    fn open_return(&self, place: usize) -> perbus::Result<Mixer> {
        let aux = self.engine.create_mixer()?;
        let bus = &self.buses[self.mix.stems.len() + place];
        let Some(frequency) = self.mix.returns[place].high_pass else {
            bus.connect(&aux)?;
            return Ok(aux);
        };
        let effect = self.engine.create_equalizer(1)?;
        // At low rates what would be removed is all that there is.
        let highest = self.engine.format().sample_rate() as f32 / 8.0;
        effect.set_band(
            0,
            Band {
                filter: FilterType::HighPass,
                frequency: frequency.min(highest),
                ..Band::default()
            },
        )?;
        self.engine.connect(&aux, &effect, 0, 0)?;
        bus.connect(&effect)?;
        Ok(aux)
    }

    fn set_up_groups(&mut self) -> Result<(), Failure> {
        for plan in &self.mix.groups {
            let set_up = || {
                let group = self.engine.create_group(&plan.name)?;
                for member in &plan.members {
                    group.add(&self.buses[*member as usize])?;
                }
                group.set_volume(plan.volume)?;
                group.set_muted(plan.muted)?;
                Ok(group)
            };
            let failure = |error: perbus::Error| Failure::of(format!("group {}", plan.name), error);
            self.groups.push(set_up().map_err(failure)?);
        }
        Ok(())
    }

    fn finish_setting_up(&self) -> perbus::Result<()> {
        match self.part {
            Part::Whole => self.main.set_output_volume(self.mix.master),
            // What feeds a return is heard through its sends alone.
            Part::Alone(bus) if bus >= self.mix.stems.len() => self.buses[bus].set_soloed(true),
            Part::Alone(_) => Ok(()),
        }
    }

    /// Schedules all automation, from the engine's time 0 on.
    fn schedule(&self) -> Result<(), Failure> {
        for (number, bus) in self.buses.iter().enumerate() {
            let fades = self.mix.fades(number);
            let schedule = || {
                bus.automate_volume(&self.points(fades, volume)?)?;
                bus.automate_pan(&self.points(fades, pan)?)
            };
            schedule().map_err(|error| Failure::of(self.mix.argument(number), error))?;
        }
        for (group, plan) in self.groups.iter().zip(&self.mix.groups) {
            let points = self.points(&plan.fades, volume);
            points
                .and_then(|points| group.automate_volume(&points))
                .map_err(|error| Failure::of(format!("group {}", plan.name), error))?;
        }
        if let Part::Whole = self.part {
            let points = self.points(&self.mix.master_fades, volume);
            points
                .and_then(|points| self.main.automate_output_volume(&points))
                .map_err(|error| Failure::of("master", error))?;
        }
        Ok(())
    }

    /// Those of a list that set a value, in the order of their starts.
    fn points(
        &self,
        fades: &[Move],
        target: impl Fn(&Move) -> Option<(f32, Curve)>,
    ) -> perbus::Result<Vec<AutomationPoint>> {
        let mut points = Vec::new();
        for fade in fades {
            if let Some((value, curve)) = target(fade) {
                let frame = self.frame(fade.at) as i64;
                let over = duration(fade.over)?;
                points.push(AutomationPoint::fade(frame, value, over, curve));
            }
        }
        points.sort_by_key(|point| point.frame);
        Ok(points)
    }

    fn scene(&self, plan: &ScenePlan) -> EngineScene {
        let buses: Vec<BusConfig> = plan.buses.clone();
        let mut strips = Scene::new(buses);
        if let (Some(volume), Part::Whole) = (plan.master, self.part) {
            strips = strips.with_output_volume(volume);
        }
        let groups = plan.groups.iter().map(|(place, volume, muted)| {
            let mut config = GroupConfig::new(self.groups[*place].number());
            (config.volume, config.muted) = (*volume, *muted);
            config
        });
        EngineScene::new([(self.main.id().to_string(), strips)]).with_groups(groups)
    }
}

fn volume(fade: &Move) -> Option<(f32, Curve)> {
    Some((fade.volume?, fade.curve))
}

/// Pans fade linearly.
fn pan(fade: &Move) -> Option<(f32, Curve)> {
    Some((fade.pan?, Curve::Linear))
}

fn duration(seconds: f64) -> perbus::Result<Duration> {
    Duration::try_from_secs_f64(seconds)
        .map_err(|error| perbus::Error::OutOfRange(format!("{seconds} s: {error}")))
}
