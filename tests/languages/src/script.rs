//! Scripts: what there is to begin with, and what random steps they take from there.

use crate::random::Random;
use crate::steps::listening::set_input;

/// An engine as the script knows it: which nodes were made for it.
pub(crate) struct Desk {
    pub(crate) name: String,
    pub(crate) rate: u32,
    pub(crate) channels: u32,
    pub(crate) longest: usize,
    pub(crate) main: String,
    pub(crate) output: String,
    pub(crate) mixers: Vec<String>,
    pub(crate) players: Vec<(String, u32)>,
    pub(crate) sources: Vec<String>,
    pub(crate) equalizers: Vec<String>,
    pub(crate) matrices: Vec<String>,
}

pub(crate) struct Script {
    pub(crate) random: Random,
    lines: Vec<String>,
    pub(crate) desks: Vec<Desk>,
    /// Names of buffers, with their channel counts.
    pub(crate) buffers: Vec<(String, u32)>,
    /// Groups of the first engine, which the others' are named apart from.
    pub(crate) groups: usize,
    /// Buses that may be sends.
    pub(crate) sends: Vec<(String, u32)>,
    pub(crate) fades: usize,
    /// Fades that were scheduled.
    pub(crate) waiting: usize,
    /// What has been automated: volumes, pans, groups and outputs, with their buses, groups or mixers.
    pub(crate) automated: Vec<(&'static str, String)>,
    /// How many frames the first engine has been asked for.
    pub(crate) clock: i64,
    pub(crate) scenes: usize,
    pub(crate) engine_scenes: usize,
    /// Taps and recorders that have not been ended.
    pub(crate) taps: Vec<String>,
    pub(crate) takes: Vec<String>,
    /// Buses that were soloed, and silence the others until they are not.
    pub(crate) soloed: Vec<(String, u32)>,
    made: usize,
    /// The lines of a batch that is being written.
    batch: Option<Vec<String>>,
}

/// How many steps a script takes after its beginning.
const STEPS: (usize, usize) = (170, 260);

/// The script of a seed: the same everywhere and always.
pub(crate) fn script(seed: u64) -> Vec<String> {
    let mut script = Script {
        random: Random::new(seed),
        lines: Vec::new(),
        desks: Vec::new(),
        buffers: Vec::new(),
        groups: 0,
        sends: Vec::new(),
        fades: 0,
        waiting: 0,
        automated: Vec::new(),
        clock: 0,
        scenes: 0,
        engine_scenes: 0,
        taps: Vec::new(),
        takes: Vec::new(),
        soloed: Vec::new(),
        made: 0,
        batch: None,
    };
    script.begin();
    for _ in 0..script.random.between(STEPS.0, STEPS.1) {
        script.step();
    }
    script.end();
    script.lines
}

impl Script {
    pub(crate) fn line(&mut self, line: String) {
        self.batch.as_mut().unwrap_or(&mut self.lines).push(line);
    }

    /// Has what `steps` writes run as a batch.
    pub(crate) fn batch(&mut self, steps: impl FnOnce(&mut Self)) {
        if self.batch.is_some() {
            return steps(self);
        }
        self.batch = Some(Vec::new());
        steps(self);
        let lines = self.batch.take().unwrap_or_default();
        let engine = self.engine();
        self.line(format!("batch {engine} {}", lines.len()));
        self.lines.extend(lines);
    }

    pub(crate) fn in_batch(&self) -> bool {
        self.batch.is_some()
    }

    fn begin(&mut self) {
        let rate = *self.random.pick(&[48_000, 48_000, 44_100, 32_000]);
        let channels = *self.random.pick(&[2, 2, 2, 1]);
        let longest = *self.random.pick(&[128, 256, 480]);
        self.desk("e0", rate, channels, longest);
        self.desk("e1", rate, 1, 64);
        for _ in 0..self.random.between(1, 2) {
            let mixer = self.make_mixer(0);
            let (main, bus) = (self.desks[0].main.clone(), self.bus());
            self.line(format!("connect e0 {mixer} 0 {main} {bus}"));
        }
        self.make_mixer(1);
        self.make_player(1);
        for _ in 0..self.random.between(3, 4) {
            self.make_player(0);
        }
        for _ in 0..self.random.between(1, 2) {
            self.make_source();
        }
        self.make_equalizer();
        for channels in [1, 2, channels] {
            self.make_buffer(channels);
        }
        for _ in 0..self.random.between(2, 3) {
            self.make_group();
        }
        self.line("group stranger e1".into());
        self.make_input();
        self.line("start e0".into());
        self.line("start e1".into());
        for player in self.players() {
            self.revive(&player);
        }
        if self.random.percent(60) {
            self.make_matrix();
        }
    }

    fn desk(&mut self, name: &str, rate: u32, channels: u32, longest: usize) {
        let (main, output) = (format!("{name}main"), format!("{name}output"));
        self.line(format!("engine {name} {rate} {channels} {longest}"));
        self.line(format!("main {main} {name}"));
        self.line(format!("output {output} {name}"));
        self.desks.push(Desk {
            name: name.into(),
            rate,
            channels,
            longest,
            mixers: vec![main.clone()],
            main,
            output,
            players: Vec::new(),
            sources: Vec::new(),
            equalizers: Vec::new(),
            matrices: Vec::new(),
        });
    }

    /// All buffers come to their ends, and the strips are looked at once more.
    fn end(&mut self) {
        for tap in std::mem::take(&mut self.taps) {
            self.line(format!("untap {tap}"));
        }
        for take in std::mem::take(&mut self.takes) {
            self.line(format!("end_record {take}"));
        }
        for desk in 0..self.desks.len() {
            let engine = self.desks[desk].name.clone();
            for (player, _) in self.desks[desk].players.clone() {
                self.line(format!("detach {engine} {player}"));
            }
            self.line(format!("audit {engine}"));
            self.line(format!("dot {engine}"));
            for mixer in self.desks[desk].mixers.clone() {
                self.line(format!("snapshot last {mixer}"));
                self.line(format!("table {mixer}"));
            }
        }
        for group in 0..self.groups {
            self.line(format!("group_members g{group}"));
            self.line(format!("get_group_volume g{group}"));
        }
        for fade in 0..self.fades {
            self.line(format!("end f{fade}"));
        }
        for fade in 0..self.waiting {
            self.line(format!("end w{fade}"));
        }
        self.line("ends".into());
    }

    pub(crate) fn name(&mut self, kind: &str) -> String {
        self.made += 1;
        format!("{kind}{}", self.made)
    }

    pub(crate) fn make_mixer(&mut self, desk: usize) -> String {
        let name = self.name("mixer");
        let engine = self.desks[desk].name.clone();
        self.line(format!("mixer {name} {engine}"));
        self.desks[desk].mixers.push(name.clone());
        name
    }

    /// A group with two members.
    pub(crate) fn make_group(&mut self) {
        let group = self.groups;
        self.groups += 1;
        self.line(format!("group g{group} e0"));
        for _ in 0..2 {
            let (mixer, bus) = (self.own_mixer(), self.bus());
            self.line(format!("group_add g{group} {mixer} {bus}"));
        }
    }

    /// A group, seldom one of the other engine.
    pub(crate) fn group(&mut self) -> String {
        if self.random.percent(3) {
            return "stranger".into();
        }
        format!("g{}", self.random.below(self.groups))
    }

    pub(crate) fn make_player(&mut self, desk: usize) {
        let name = self.name("player");
        let Desk {
            name: engine,
            channels,
            rate,
            ..
        } = &self.desks[desk];
        let (mut channels, rate) = (*channels, *rate);
        let line = if self.random.percent(40) {
            channels = *self.random.pick(&[1, 2]);
            // Not another rate: arrays have none in Python, and are taken for the player's.
            format!("player_in {name} {engine} {rate} {channels}")
        } else {
            format!("player {name} {engine}")
        };
        self.line(line);
        self.desks[desk].players.push((name, channels));
    }

    pub(crate) fn make_source(&mut self) {
        let name = self.name("source");
        let (rate, channels) = (self.desks[0].rate, self.random.between(1, 2));
        let seed = self.random.below(100);
        self.line(format!("source {name} e0 {rate} {channels} {seed}"));
        let (mixer, bus) = (self.own_mixer(), self.bus());
        self.line(format!("connect e0 {name} 0 {mixer} {bus}"));
        self.desks[0].sources.push(name);
    }

    /// What the program pushes, on a bus.
    fn make_input(&mut self) {
        set_input(self);
        let name = self.name("input");
        self.line(format!("input_node {name} e0"));
        let (mixer, bus) = (self.own_mixer(), self.bus());
        self.line(format!("connect e0 {name} 0 {mixer} {bus}"));
        self.desks[0].sources.push(name);
    }

    /// Between a player and a mixer.
    pub(crate) fn make_equalizer(&mut self) {
        let name = self.name("equalizer");
        let bands = self.random.between(1, 3);
        self.line(format!("equalizer {name} e0 {bands}"));
        let (mixer, bus) = (self.own_mixer(), self.bus());
        let players = self.players();
        let player = self.random.pick(&players).clone();
        self.line(format!("connect e0 {player} 0 {name} 0"));
        self.line(format!("connect e0 {name} 0 {mixer} {bus}"));
        self.desks[0].equalizers.push(name);
    }

    pub(crate) fn make_matrix(&mut self) {
        let name = self.name("matrix");
        self.line(format!("matrix {name} e0 2 1"));
        let (players, rate) = (self.players(), self.desks[0].rate);
        let player = self.random.pick(&players).clone();
        let (mixer, bus) = (self.own_mixer(), self.bus());
        self.line(format!("connect_in e0 {player} 0 {name} 0 {rate} 2"));
        self.line(format!("connect_in e0 {name} 0 {mixer} {bus} {rate} 2"));
        self.line(format!("identity {name}"));
        for place in [
            "input 0",
            "input 1",
            "input 2",
            "output_level 0",
            "output_level 1",
        ] {
            let (what, channel) = place.split_once(' ').unwrap_or_default();
            self.line(format!("{what} {name} {channel} 1"));
        }
        self.line(format!("master {name} 0.75"));
        self.desks[0].matrices.push(name);
    }

    pub(crate) fn make_buffer(&mut self, channels: u32) {
        let name = self.name("buffer");
        let rate = self.desks[0].rate;
        let (frames, seed) = (self.random.between(40, 3000), self.random.below(100));
        self.line(format!("buffer {name} {rate} {channels} {frames} {seed}"));
        self.buffers.push((name, channels));
    }

    /// Has a player sound, whatever became of it.
    pub(crate) fn revive(&mut self, player: &str) {
        let (mixer, bus) = (self.own_mixer(), self.bus());
        self.line(format!("attach e0 {player}"));
        self.line(format!("connect e0 {player} 0 {mixer} {bus}"));
        self.schedule(player, true);
        self.line(format!("play {player}"));
    }

    /// Queues a buffer of the player's channels, mostly.
    pub(crate) fn schedule(&mut self, player: &str, loops: bool) {
        let mut players = self.desks.iter().flat_map(|desk| &desk.players);
        let channels = players
            .find(|(name, _)| name == player)
            .map(|(_, count)| *count);
        let fitting: Vec<_> = self
            .buffers
            .iter()
            .filter(|(_, count)| Some(*count) == channels)
            .map(|(name, _)| name.clone())
            .collect();
        let buffer = if fitting.is_empty() || self.random.percent(10) {
            self.random.pick(&self.buffers).0.clone()
        } else {
            self.random.pick(&fitting).clone()
        };
        let flags = if loops {
            1
        } else {
            *self.random.pick(&[0, 0, 0, 1, 2, 3, 4, 5])
        };
        let at = match self.random.below(20) {
            0 => "9007199254740993".into(),
            1..=4 => self.random.below(2000).to_string(),
            _ => "-".to_string(),
        };
        let at = if loops { "-".into() } else { at };
        self.line(format!("schedule {player} {buffer} {at} {flags}"));
    }
}
