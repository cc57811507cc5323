//! A desk on which everything changes all the time.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use perbus::{
    Buffer, Curve, Engine, File, FileSettings, Format, Mixer, Player, Result, Scene, Schedule,
};
use tempfile::TempDir;

pub(crate) const RATE: f64 = 48_000.0;
pub(crate) const FRAMES: u32 = 512;

/// Of all strips, on mixers of their own.
const GROUPS: u32 = 8;

/// Files that stream.
const SONGS: u32 = 8;

/// Blocks from one step of the churn to the next.
const STEP: u64 = 4;

pub(crate) struct Desk {
    engine: Engine,
    main: Mixer,
    groups: Vec<Mixer>,
    players: Vec<Player>,
    songs: Vec<Player>,
    scenes: Vec<[Scene; 2]>,
    spare: Buffer,
    numbers: u64,
    _files: (Vec<File>, TempDir),
}

fn noise(seed: u32, frame: u32) -> f32 {
    let mixed = frame.wrapping_mul(2_654_435_761) ^ seed.wrapping_mul(40_503);
    ((mixed.wrapping_mul(2_246_822_519) >> 8) as f32 / (1 << 24) as f32 - 0.5) * 0.02
}

fn write(folder: &TempDir, song: u32) -> Result<File> {
    let path = folder.path().join(format!("{song}.wav"));
    let mut file = File::create(&path, FileSettings::wav(Format::new(RATE, 2)?))?;
    let second: Vec<f32> = (0..RATE as u32).map(|frame| noise(song, frame)).collect();
    (0..20).try_for_each(|_| file.write(&[&second, &second]))?;
    file.finish()?;
    File::open(path)
}

impl Desk {
    pub(crate) fn new(strips: u32) -> Result<Self> {
        let stereo = Format::new(RATE, 2)?;
        let engine = Engine::builder().sample_rate(RATE).block(FRAMES).build()?;
        let main = engine.main_mixer();
        engine.start()?;
        let each = strips / GROUPS;
        // About 50 MB in all for hundreds of strips, and a few hundred for thousands.
        let length = if strips > 1_024 { 2_048 } else { 12_000 };
        let (mut groups, mut players) = (Vec::new(), Vec::new());
        for group in 0..GROUPS {
            let mixer = engine.create_mixer()?;
            engine.connect(&mixer, &main, 0, group)?;
            for bus in 0..each {
                let player = engine.create_player()?;
                engine.connect(&player, &mixer, 0, bus)?;
                let seed = group * each + bus;
                let sound =
                    Buffer::from_fn(stereo, length, |frame, side| noise(2 * seed + side, frame))?;
                player.schedule_as(&sound, Schedule::looping())?;
                players.push(player);
            }
            groups.push(mixer);
        }
        let folder = tempfile::tempdir().expect("a folder");
        let (mut songs, mut files) = (Vec::new(), Vec::new());
        for song in 0..SONGS {
            let file = write(&folder, song)?;
            let player = engine.create_player_for_file(&file)?;
            engine.connect(&player, &main, 0, GROUPS + song)?;
            player.schedule_file(&file, Schedule::looping())?;
            songs.push(player);
            files.push(file);
        }
        let mut scenes = Vec::new();
        for group in &groups {
            let first = group.snapshot();
            for (bus, step) in group.buses().zip(0u32..) {
                bus.set_volume((step % 10) as f32 / 10.0)?;
                bus.set_pan((step % 7) as f32 / 3.0 - 1.0)?;
            }
            scenes.push([first, group.snapshot()]);
        }
        engine.batch(|| players.iter().chain(&songs).try_for_each(Player::play))?;
        Ok(Self {
            spare: Buffer::from_fn(stereo, length, |frame, side| noise(side, frame))?,
            engine,
            main,
            groups,
            players,
            songs,
            scenes,
            numbers: 88_172_645_463_325_252,
            _files: (files, folder),
        })
    }

    pub(crate) fn late_frames(&self) -> Result<u64> {
        let late = self
            .songs
            .iter()
            .map(|song| Ok(song.position()?.late_frames));
        late.sum()
    }

    fn below(&mut self, limit: usize) -> usize {
        self.numbers ^= self.numbers << 13;
        self.numbers ^= self.numbers >> 7;
        self.numbers ^= self.numbers << 17;
        (self.numbers >> 16) as usize % limit
    }

    /// Changes things as blocks go by, until it is over; what was changed.
    pub(crate) fn churn(&mut self, rendered: &AtomicU64, over: &AtomicBool) -> Result<String> {
        let (mut seen, mut step, mut edits, mut fades, mut scenes, mut seeks) =
            (0, 0u64, 0, 0, 0, 0);
        while !over.load(Ordering::Acquire) {
            let now = rendered.load(Ordering::Acquire);
            if now < seen + STEP {
                thread::sleep(Duration::from_micros(20));
                continue;
            }
            seen = now;
            step += 1;
            edits += self.edit()?;
            fades += self.move_faders()?;
            if step.is_multiple_of(32) {
                // All strips at once.
                let which = (step / 32 % 2) as usize;
                let over = Duration::from_millis(50);
                for (group, scenes) in self.groups.iter().zip(&self.scenes) {
                    group.fade_to_scene(&scenes[which], over, Curve::EqualPower)?;
                }
                scenes += 1;
            }
            if step.is_multiple_of(50) {
                let group = self.below(self.groups.len());
                self.groups[group].apply(&self.scenes[group][0])?;
                scenes += 1;
            }
            if step.is_multiple_of(64) {
                let (song, frame) = (self.below(self.songs.len()), self.below(900_000));
                self.songs[song].seek(frame as u64)?;
                seeks += 1;
            }
        }
        Ok(format!(
            "{edits} edits, {fades} fades, {scenes} scenes, {seeks} seeks"
        ))
    }

    /// A player is replaced by a new one, or moved to another mixer and back.
    fn edit(&mut self) -> Result<u64> {
        let index = self.below(self.players.len());
        let each = self.players.len() / self.groups.len();
        let (group, bus) = (index / each, (index % each) as u32);
        let mixer = &self.groups[group];
        if index.is_multiple_of(2) {
            let player = self.engine.create_player()?;
            self.engine.connect(&player, mixer, 0, bus)?;
            player.schedule_as(&self.spare, Schedule::looping())?;
            player.play()?;
            self.engine.detach(&self.players[index])?;
            self.players[index] = player;
        } else {
            let player = &self.players[index];
            self.engine.connect(player, &self.main, 0, GROUPS + SONGS)?;
            self.engine.connect(player, mixer, 0, bus)?;
        }
        Ok(2)
    }

    fn move_faders(&mut self) -> Result<u64> {
        for change in 0..16 {
            let (group, value) = (self.below(self.groups.len()), self.below(101));
            let buses = self.players.len() / self.groups.len();
            let bus = self.below(buses) as u32;
            let bus = self.groups[group].bus(bus)?;
            let value = value as f32 / 100.0;
            match change % 8 {
                0 => bus
                    .fade_to(value, Duration::from_millis(30), Curve::Exponential)
                    .map(drop)?,
                1 => bus.set_pan(2.0 * value - 1.0)?,
                _ => bus.set_volume(value)?,
            }
        }
        Ok(2)
    }
}
