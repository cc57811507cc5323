//! The mixing desk: an engine, set up as the mix says.

use std::time::Duration;

use perbus::{
    file::resampled_frames, AutomationPoint, Band, Bus, BusConfig, Curve, Engine, EngineScene,
    FilterType, Format, Group, GroupConfig, Mixer, Player, Scene,
};

use crate::model::{Mix, Move, ScenePlan, Sound, Strip};
use crate::Failure;

pub struct Desk<'a> {
    mix: &'a Mix,
    engine: Engine,
    main: Mixer,
    pub buses: Vec<Bus>,
    /// Of each return: a send that comes back there.
    sends: Vec<Option<Bus>>,
    pub groups: Vec<Group>,
    /// One a stem.
    pub players: Vec<Player>,
    /// Of each bus, if it is listened to: another bus with the same source and the same strip, alone
    /// on its mixer.
    pub mirrors: Vec<Bus>,
}

impl<'a> Desk<'a> {
    /// Sets up an engine. Stems that are not decoded are silent. `listens`: every bus can be heard
    /// after its strip.
    pub fn new(mix: &'a Mix, engine: Engine, listens: bool) -> Result<Self, Failure> {
        let open = || {
            let main = engine.main_mixer();
            let buses = (0..mix.bus_count() as u32).map(|bus| main.bus(bus));
            let buses = buses.collect::<perbus::Result<Vec<Bus>>>()?;
            Ok((main, buses))
        };
        let opened = open().map_err(|error: perbus::Error| Failure::of("the engine", error));
        let (main, buses) = opened?;
        let mut desk = Self {
            mix,
            engine,
            main,
            buses,
            sends: vec![None; mix.returns.len()],
            groups: Vec::new(),
            players: Vec::new(),
            mirrors: Vec::new(),
        };
        for bus in 0..mix.bus_count() {
            let set_up =
                set_strip(&desk.buses[bus], mix.strip(bus)).and_then(|()| desk.connect(bus));
            set_up.map_err(|error| Failure::of(mix.argument(bus), error))?;
        }
        for stem in 0..mix.stems.len() {
            let sent = desk.send(stem);
            sent.map_err(|error| Failure::of(mix.argument(stem), error))?;
        }
        desk.set_up_groups()?;
        let finished = desk.main.set_output_volume(mix.master);
        finished.map_err(|error| Failure::of("master", error))?;
        if listens {
            let listening = desk.listen();
            listening.map_err(|error| Failure::of("the engine", error))?;
        }
        Ok(desk)
    }

    /// Checks every value of a mix, before anything is decoded. Returns whether the engine has
    /// meters of buses.
    pub fn rehearse(mix: &'a Mix, rate: u32) -> Result<bool, Failure> {
        let desk = Self::new(mix, Self::offline(rate, 64)?, false)?;
        desk.schedule(0, 0.0)?;
        mix.scenes.iter().try_for_each(|scene| desk.show(scene))?;
        let metered = desk.buses.first().map(Bus::meter);
        Ok(!matches!(metered, Some(Err(perbus::Error::Unsupported(_)))))
    }

    /// A stereo engine at `rate` Hz that renders at most `block` frames at a time.
    pub fn offline(rate: u32, block: u32) -> Result<Engine, Failure> {
        Format::new(f64::from(rate), 2)
            .and_then(|stereo| Engine::offline(stereo, block))
            .map_err(|error| Failure::of("the engine", error))
    }

    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The longest stem's length, in frames.
    pub fn frames(&self) -> u64 {
        let lengths = self.mix.stems.iter().map(|stem| match &stem.sound {
            Sound::Decoded(buffer) => u64::from(buffer.frames()),
            Sound::Streamed(file) => {
                let rate = file.format().sample_rate();
                resampled_frames(file.frames(), rate, self.engine.format().sample_rate())
            }
            Sound::File(_) => 0,
        });
        lengths.max().unwrap_or(0)
    }

    /// Seconds as frames of the engine.
    pub fn frame(&self, seconds: f64) -> u64 {
        (seconds * self.engine.format().sample_rate()).round() as u64
    }

    /// Starts a scene's fade.
    pub fn show(&self, scene: &ScenePlan) -> Result<(), Failure> {
        let fade = || {
            let over = duration(scene.over)?;
            self.engine
                .fade_to_scene(&self.scene(scene), over, scene.curve)
        };
        fade().map_err(|error| Failure::of(format!("scene at {} s", scene.at), error))
    }

    /// What a plot shows as a bus's gain now: of a return, what its send has.
    pub fn gain(&self, bus: usize) -> f32 {
        let back = bus.checked_sub(self.mix.stems.len());
        let send = back.and_then(|back| self.sends[back].as_ref());
        send.unwrap_or(&self.buses[bus]).effective_volume()
    }

    /// The mixer on which the sends to a return come in.
    pub fn aux(&self, place: usize) -> Option<&Mixer> {
        Some(self.sends.get(place)?.as_ref()?.mixer())
    }

    /// Connects a player or, to a return, its effect.
    fn connect(&mut self, bus: usize) -> perbus::Result<()> {
        if bus >= self.mix.stems.len() {
            return Ok(());
        }
        let player = match &self.mix.stems[bus].sound {
            Sound::Decoded(buffer) => self.engine.create_player_for(buffer)?,
            Sound::Streamed(file) => {
                let (rate, own) = (self.engine.format().sample_rate(), file.format());
                let format = Format::new(rate, own.channels())?.with_layout(own.layout())?;
                self.engine.create_player_with(format)?
            }
            Sound::File(_) => self.engine.create_player()?,
        };
        self.buses[bus].connect(&player)?;
        self.players.push(player);
        Ok(())
    }

    fn send(&mut self, stem: usize) -> perbus::Result<()> {
        let mix = self.mix;
        for send in &mix.stems[stem].sends {
            let aux = match &self.sends[send.to] {
                Some(present) => present.mixer().clone(),
                None => self.open_return(send.to)?,
            };
            let sent = self.buses[stem].send_to(&aux, send.tap)?;
            sent.set_volume(send.volume)?;
            self.sends[send.to] = Some(sent);
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

    /// Gives every bus its mirror. The sum stays as it is, to the bit: the mirrors' mixers are muted, so
    /// that they are rendered but not mixed, and faders of sends would compute in another way.
    fn listen(&mut self) -> perbus::Result<()> {
        let silent = self.engine.create_mixer()?;
        let last = self.main.bus(self.buses.len() as u32)?;
        last.connect(&silent)?;
        last.set_muted(true)?;
        for (number, bus) in self.buses.iter().enumerate() {
            let source = bus.source()?;
            let source = source.ok_or_else(|| not_connected(number))?;
            let own = self.engine.create_mixer()?;
            let way = silent.bus(number as u32)?;
            way.connect(&own)?;
            way.set_muted(true)?;
            self.engine.add_destination(&source, &own, 0, 0)?;
            let mirror = own.bus(0)?;
            set_strip(&mirror, self.mix.strip(number))?;
            for (group, plan) in self.groups.iter().zip(&self.mix.groups) {
                if plan.members.contains(&(number as u32)) {
                    group.add(&mirror)?;
                }
            }
            self.mirrors.push(mirror);
        }
        Ok(())
    }

    /// A bus, and its mirror.
    fn strips(&self, bus: usize) -> impl Iterator<Item = &Bus> {
        let mirror = self.mirrors.get(bus);
        mirror.into_iter().chain([&self.buses[bus]])
    }

    /// Schedules the automation from `position` on, in seconds, which is at frame `start` of the
    /// engine's time.
    pub fn schedule(&self, start: i64, position: f64) -> Result<(), Failure> {
        let from = |fades, target| self.points(fades, start, position, target);
        for number in 0..self.buses.len() {
            let fades = self.mix.fades(number);
            let schedule = || {
                let (volumes, pans) = (from(fades, volume)?, from(fades, pan)?);
                for strip in self.strips(number) {
                    strip.automate_volume(&volumes)?;
                    strip.automate_pan(&pans)?;
                }
                Ok(())
            };
            let scheduled: perbus::Result<()> = schedule();
            scheduled.map_err(|error| Failure::of(self.mix.argument(number), error))?;
        }
        for (group, plan) in self.groups.iter().zip(&self.mix.groups) {
            from(&plan.fades, volume)
                .and_then(|points| group.automate_volume(&points))
                .map_err(|error| Failure::of(format!("group {}", plan.name), error))?;
        }
        from(&self.mix.master_fades, volume)
            .and_then(|points| self.main.automate_output_volume(&points))
            .map_err(|error| Failure::of("master", error))
    }

    /// Cancels what is scheduled for `frame` of the engine's time and later.
    pub fn cancel_automation_from(&self, frame: i64) -> perbus::Result<()> {
        for strip in (0..self.buses.len()).flat_map(|bus| self.strips(bus)) {
            strip.cancel_automation_from(frame)?;
        }
        for group in &self.groups {
            group.cancel_automation_from(frame)?;
        }
        self.main.cancel_output_automation_from(frame)
    }

    /// Those of a list that set a value, in the order of their starts.
    fn points(
        &self,
        fades: &[Move],
        start: i64,
        position: f64,
        target: fn(&Move) -> Option<(f32, Curve)>,
    ) -> perbus::Result<Vec<AutomationPoint>> {
        let mut points = Vec::new();
        for fade in fades.iter().filter(|fade| fade.at >= position) {
            if let Some((value, curve)) = target(fade) {
                let frame = start + self.frame(fade.at - position) as i64;
                let over = duration(fade.over)?;
                points.push(AutomationPoint::fade(frame, value, over, curve));
            }
        }
        points.sort_by_key(|point| point.frame);
        Ok(points)
    }

    pub fn scene(&self, plan: &ScenePlan) -> EngineScene {
        let buses: Vec<BusConfig> = plan.buses.clone();
        let mut strips = Scene::new(buses);
        if let Some(volume) = plan.master {
            strips = strips.with_output_volume(volume);
        }
        let groups = plan.groups.iter().map(|(place, volume, muted)| {
            let mut config = GroupConfig::new(self.groups[*place].number());
            (config.volume, config.muted) = (*volume, *muted);
            config
        });
        let mirrors = plan.buses.iter().filter_map(|config| {
            let mirror = self.mirrors.get(config.bus as usize)?;
            let mut config = config.clone();
            config.bus = mirror.number();
            Some((mirror.mixer().id().to_string(), Scene::new(vec![config])))
        });
        let main = (self.main.id().to_string(), strips);
        EngineScene::new(mirrors.chain([main])).with_groups(groups)
    }
}

fn not_connected(bus: usize) -> perbus::Error {
    perbus::Error::NotConnected(format!("nothing feeds bus {bus}"))
}

fn set_strip(bus: &Bus, strip: &Strip) -> perbus::Result<()> {
    bus.set_volume(strip.volume)?;
    bus.set_pan(strip.pan)?;
    bus.set_muted(strip.muted)
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
