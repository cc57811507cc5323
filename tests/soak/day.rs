//! A desk that does the same in every period: files that stream, loops, effects, a matrix, sends and
//! automation. Hours later each sample is still what it was in the third period, and every counter
//! is exact.
//!
//! `PERBUS_SOAK_HOURS` is how much audio is rendered.

use std::f64::consts::TAU;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use perbus::{
    Band, Buffer, BufferEnd, Curve, Engine, Equalizer, FadeEnd, File, FileSamples, FileSettings,
    FilterType, Format, Matrix, Mixer, Player, Result, Schedule, SendTap, Tap,
};

use super::common::process::length;
use super::common::*;
use super::memory::Watch;
use super::LABEL;

const BLOCK: u32 = 512;

/// Frames after which everything repeats: about ten seconds, and whole blocks.
const PERIOD: u32 = 938 * BLOCK;

/// Periods until filters, ramps and memory are what they will be.
const WARM_UP: u64 = 2;

/// Effects that have heard more of the past may differ by the rounding of their states.
const NEAR: f32 = 1e-6;

/// A tenth of a second: the least that a tap delivers.
const TAP: u32 = 4_800;

const LOOPS: u32 = 8;
const FADES: u32 = 4;

/// What the memory of a desk needs until it is flat, in periods.
const MEMORY_WARM_UP: u64 = 12;

fn sound(voice: u32, frame: u32, channel: u32) -> f32 {
    let hertz = f64::from(70 + 41 * voice + 3 * channel);
    (0.04 * (TAU * hertz * f64::from(frame) / RATE).sin()) as f32
}

/// A file of this length.
fn write(path: &Path, settings: FileSettings, frames: u32, voice: u32) -> Result<()> {
    let channels: Vec<Vec<f32>> = (0..settings.format().channels())
        .map(|channel| (0..frames).map(|it| sound(voice, it, channel)).collect())
        .collect();
    let mut file = File::create(path, settings)?;
    file.write(&channels.iter().map(Vec::as_slice).collect::<Vec<_>>())?;
    file.finish()
}

/// A file that is played once per period, or one that loops and is sent back.
struct Song {
    player: Player,
    file: File,
    ended: Arc<AtomicU64>,
}

impl Song {
    fn new(engine: &Engine, path: PathBuf, settings: FileSettings, voice: u32) -> Result<Self> {
        write(&path, settings, PERIOD, voice)?;
        let file = File::open(path)?;
        Ok(Self {
            player: engine.create_player_for_file(&file)?,
            file,
            ended: Arc::default(),
        })
    }

    fn schedule(&self) -> Result<()> {
        let ended = Arc::clone(&self.ended);
        self.player
            .schedule_file_with(&self.file, Schedule::default(), move |end| {
                assert_eq!(end, BufferEnd::Played);
                ended.fetch_add(1, Ordering::Relaxed);
            })
    }

    /// After so many periods.
    fn check(&self, periods: u64) -> Result<()> {
        let position = self.player.position()?;
        assert_eq!(position.player_frame, (periods * u64::from(PERIOD)) as i64);
        assert_eq!(position.late_frames, 0);
        assert_reached(&self.ended, periods);
        Ok(())
    }
}

/// Waits for a thread that reports what has ended.
fn assert_reached(counter: &AtomicU64, expected: u64) {
    let begin = Instant::now();
    while counter.load(Ordering::Relaxed) < expected && begin.elapsed() < PATIENCE {
        thread::sleep(Duration::from_micros(50));
    }
    assert_eq!(counter.load(Ordering::Relaxed), expected);
}

struct Desk {
    engine: Engine,
    main: Mixer,
    group: Mixer,
    songs: Vec<Song>,
    /// Its file is longer than a period.
    wanderer: Song,
    faded: Arc<AtomicU64>,
    tapped: Arc<AtomicU64>,
    tap: Tap,
    _kept: (Vec<Player>, [Equalizer; 2], Matrix),
}

impl Desk {
    /// The main mixer has the group through an equalizer on bus 0, the songs on buses 1 to 3, the
    /// wanderer through another equalizer on bus 4, and a matrix on bus 5; the group has the loops.
    fn new(folder: &Path) -> Result<Self> {
        let (stereo, mono) = (format(2), format(1));
        let engine = Engine::offline(stereo, BLOCK)?;
        let (main, group) = (engine.main_mixer(), engine.create_mixer()?);
        let equalizers = [engine.create_equalizer(3)?, engine.create_equalizer(1)?];
        let matrix = engine.create_matrix(1, 1)?;
        let kinds = [
            FileSettings::wav(stereo).with_samples(FileSamples::Int16),
            FileSettings::flac(mono),
            FileSettings::wav(mono),
        ];
        let mut songs = Vec::new();
        for (bus, settings) in (1..).zip(kinds) {
            let path = folder.join(format!("song{bus}"));
            let song = Song::new(&engine, path, settings, bus)?;
            engine.connect(&song.player, &main, 0, bus)?;
            songs.push(song);
        }
        let path = folder.join("wanderer");
        let wanderer = Song::new(&engine, path, FileSettings::wav(mono), 9)?;
        engine.connect(&wanderer.player, &equalizers[1], 0, 0)?;
        engine.connect(&equalizers[1], &main, 0, 4)?;
        let mut players = Vec::new();
        for bus in 0..LOOPS {
            let frames = PERIOD >> bus;
            let channels = 1 + bus % 2;
            let buffer =
                Buffer::from_fn(Format::new(RATE, channels)?, frames, |frame, channel| {
                    sound(20 + bus, frame, channel)
                })?;
            let player = engine.create_player_for(&buffer)?;
            if bus == 0 {
                engine.connect(&player, &matrix, 0, 0)?;
                engine.connect(&matrix, &main, 0, 5)?;
                matrix.set_identity()?;
            } else {
                engine.connect(&player, &group, 0, bus)?;
            }
            player.schedule_as(&buffer, Schedule::looping())?;
            players.push(player);
        }
        engine.connect(&group, &equalizers[0], 0, 0)?;
        engine.connect(&equalizers[0], &main, 0, 0)?;
        main.bus(1)?
            .send_to(&group, SendTap::PostFader)?
            .set_volume(0.3)?;
        let filters = [
            FilterType::LowShelf,
            FilterType::Parametric,
            FilterType::HighShelf,
        ];
        for (index, filter) in (0..).zip(filters) {
            let band = Band {
                filter,
                frequency: 200.0 * 5f32.powi(index),
                gain: 4.0 - 3.0 * index as f32,
                ..Band::default()
            };
            equalizers[0].set_band(index as u32, band)?;
        }
        equalizers[1].set_band(
            0,
            Band {
                gain: -6.0,
                ..Band::default()
            },
        )?;
        let tapped = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&tapped);
        let tap = main.tap(TAP, move |block| {
            counted.fetch_add(block.frames().into(), Ordering::Relaxed);
        })?;
        engine.start()?;
        Ok(Self {
            engine,
            main,
            group,
            songs,
            wanderer,
            faded: Arc::default(),
            tapped,
            tap,
            _kept: (players, equalizers, matrix),
        })
    }

    fn play(&self) -> Result<()> {
        self.wanderer
            .player
            .schedule_file(&self.wanderer.file, Schedule::looping())?;
        self.engine.batch(|| {
            self._kept.0.iter().try_for_each(Player::play)?;
            self.wanderer.player.play()?;
            self.songs.iter().try_for_each(|song| song.player.play())
        })
    }

    /// Schedules a period: what it does is the same in each.
    fn schedule(&self, period: u64) -> Result<()> {
        let start = (period * u64::from(PERIOD)) as i64;
        self.songs.iter().try_for_each(Song::schedule)?;
        // In the middle, where only a third of it has been played since.
        self.wanderer.player.seek(u64::from(PERIOD / 3))?;
        let curves = [Curve::Linear, Curve::EqualPower, Curve::Exponential];
        let strips = self.main.buses().chain(self.group.buses());
        for (index, bus) in strips.enumerate() {
            for fade in 0..FADES {
                let frame = start + i64::from(PERIOD / FADES * fade) + 317 * index as i64;
                let volume = [0.2, 0.9, 0.4, 0.7][fade as usize];
                let over = Duration::from_millis(200 + 70 * u64::from(fade));
                let curve = curves[(index + fade as usize) % 3];
                let faded = Arc::clone(&self.faded);
                bus.fade_at_with(frame, volume, over, curve, move |end| {
                    assert_eq!(end, FadeEnd::Finished);
                    faded.fetch_add(1, Ordering::Relaxed);
                })?;
                bus.fade_pan_at(frame + 99, volume - 0.5, over)?;
            }
        }
        self.main
            .fade_output_volume_at(start + 5, 0.8, Duration::from_secs(2), Curve::Linear)?;
        let back = start + i64::from(PERIOD / 2);
        self.main
            .fade_output_volume_at(back, 1.0, Duration::from_secs(2), Curve::EqualPower)?;
        Ok(())
    }

    fn strips(&self) -> u64 {
        self.main.buses().chain(self.group.buses()).count() as u64
    }

    /// After so many periods.
    fn check(&self, periods: u64) -> Result<()> {
        let frames = periods * u64::from(PERIOD);
        assert_eq!(self.engine.sample_time()?, frames as i64);
        self.songs.iter().try_for_each(|song| song.check(periods))?;
        assert_eq!(self.wanderer.player.position()?.player_frame, frames as i64);
        assert_eq!(self.wanderer.player.position()?.late_frames, 0);
        assert_eq!(
            self.faded.load(Ordering::Relaxed),
            periods * self.strips() * u64::from(FADES)
        );
        self.tap.wait()?;
        let tapped = self.tapped.load(Ordering::Relaxed);
        // It waits for more to fill a block of its own.
        assert_eq!(tapped, frames - frames % u64::from(TAP));
        assert_eq!(self.tap.dropped_frames()?, 0);
        Ok(())
    }
}

#[test]
#[ignore = "every_hour_sounds_like_the_first runs it in a process of its own"]
fn passes() -> Result<()> {
    let hours: f64 = length("PERBUS_SOAK_HOURS", 0.2);
    let periods =
        ((hours * 3_600.0 * RATE / f64::from(PERIOD)).ceil() as u64).max(MEMORY_WARM_UP + 1);
    let folder = tempfile::tempdir().expect("a folder");
    let desk = Desk::new(folder.path())?;
    let mut first = [Vec::new(), Vec::new()];
    let mut memory = Watch::new(MEMORY_WARM_UP);
    let mut most = 0.0f32;
    let begin = Instant::now();
    desk.play()?;
    for period in 0..periods {
        desk.schedule(period)?;
        let mut frame = 0;
        desk.engine.render_blocks(PERIOD.into(), |block| {
            for (side, first) in block.iter().zip(&mut first) {
                if period <= WARM_UP {
                    assert!(side.iter().all(|it| it.abs() < 1.0));
                }
                if period == WARM_UP {
                    first.extend_from_slice(side);
                }
                if period > WARM_UP && side[..] != first[frame..frame + side.len()] {
                    assert_samples(side, |it| first[frame + it], NEAR);
                    let pairs = side.iter().zip(&first[frame..]);
                    most = pairs.fold(most, |most, (it, first)| most.max((it - first).abs()));
                }
            }
            frame += block[0].len();
            Ok(())
        })?;
        desk.check(period + 1)?;
        memory.step();
    }
    assert!(first.iter().all(|side| side.iter().any(|it| *it > 0.1)));
    assert_audited(&desk.engine);
    println!(
        "{LABEL}: {:.2} hours of audio in {:.0} s: {periods} periods, {} files and {} fades have \
         ended; no sample differs by more than {most:e}",
        periods as f64 * f64::from(PERIOD) / RATE / 3_600.0,
        begin.elapsed().as_secs_f64(),
        3 * periods,
        desk.faded.load(Ordering::Relaxed)
    );
    memory.end();
    Ok(())
}
