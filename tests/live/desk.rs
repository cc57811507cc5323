//! 64 buses whose faders move.

use std::f64::consts::TAU;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use perbus::{
    AutomationPoint, Buffer, Curve, Engine, File, FileSettings, Format, Player, Recorder,
    RecorderState, Recording, Result, Schedule,
};

use super::{give_up, processor_times, seconds, RATE};

const BUSES: u32 = 64;
const BLOCK: u32 = 256;

/// From scheduling to the first sound, in frames.
const LEAD: i64 = RATE as i64 / 2;

/// How far the recording may be from the offline render.
const TOLERANCE: f32 = 1e-4;

/// What the audio thread may take of a processor.
const LOAD: f64 = 0.05;

/// The bus that is recorded alone.
const ALONE: u32 = 5;

fn stereo() -> Format {
    Format::new(f64::from(RATE), 2).expect("a usual format")
}

/// Of a bus's tone.
fn hertz(bus: u32) -> f64 {
    f64::from(100 + 13 * bus)
}

fn amplitude() -> f64 {
    1.0 / f64::from(BUSES)
}

/// A second of the bus's tone, to be repeated.
fn tone(bus: u32) -> Result<Buffer> {
    Buffer::from_fn(
        Format::new(f64::from(RATE), 1 + bus % 2)?,
        RATE,
        |frame, _| {
            let turns = hertz(bus) * f64::from(frame) / f64::from(RATE);
            (amplitude() * (TAU * turns).sin()) as f32
        },
    )
}

/// A number from 0 to 1 that follows from a bus and a step.
fn place(bus: u32, step: i64) -> f32 {
    let mixed = (u64::from(bus) << 32 | step as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((mixed ^ mixed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40) as f32 / (1 << 24) as f32
}

/// Players on all buses of an engine.
fn connect(engine: &Engine) -> Result<Vec<Player>> {
    let mixer = engine.main_mixer();
    let players = (0..BUSES).map(|bus| {
        let tone = tone(bus)?;
        let player = engine.create_player_for(&tone)?;
        mixer.bus(bus)?.connect(&player)?;
        player.schedule_as(&tone, Schedule::looping())?;
        Ok(player)
    });
    players.collect()
}

/// Schedules everything for a frame of a running engine: the players, and the faders' moves.
fn schedule(engine: &Engine, players: &[Player], start: i64) -> Result<()> {
    let curves = [Curve::Linear, Curve::EqualPower, Curve::Exponential];
    engine.batch(|| {
        for (bus, player) in (0..).zip(players) {
            let strip = engine.main_mixer().bus(bus)?;
            let (mut volumes, mut pans) = (Vec::new(), Vec::new());
            for step in 0..i64::from(seconds()) * 2 {
                let frame = start + step * i64::from(RATE / 2) + i64::from(bus) * 317;
                let over = Duration::from_millis(u64::from(20 + bus * 6));
                let curve = curves[(step as usize + bus as usize) % 3];
                volumes.push(AutomationPoint::fade(frame, place(bus, step), over, curve));
                let side = 2.0 * place(bus, step + 1_000) - 1.0;
                pans.push(AutomationPoint::fade(frame + 97, side, over, Curve::Linear));
            }
            strip.automate_volume(&volumes)?;
            strip.automate_pan(&pans)?;
            player.play_at(start)?;
        }
        Ok(())
    })
}

/// Recorders of the mix and of one bus, from a frame on for the test's length.
fn record(engine: &Engine, folder: &Path, start: i64) -> Result<[Recorder; 2]> {
    let (mixer, settings) = (engine.main_mixer(), FileSettings::wav(stereo()));
    let recorders = [
        mixer.record_at(start, folder.join("mix.wav"), &settings)?,
        mixer
            .bus(ALONE)?
            .record_at(start, folder.join("bus.wav"), &settings)?,
    ];
    for recorder in &recorders {
        recorder.stop_at(start + frames())?;
    }
    Ok(recorders)
}

fn frames() -> i64 {
    i64::from(seconds() * RATE)
}

fn end(recorders: [Recorder; 2]) -> Result<[Recording; 2]> {
    let [mix, bus] = recorders;
    Ok([mix.stop()?, bus.stop()?])
}

/// The same without a device.
fn render(folder: &Path) -> Result<()> {
    let engine = Engine::offline(stereo(), BLOCK)?;
    let players = connect(&engine)?;
    engine.start()?;
    schedule(&engine, &players, LEAD)?;
    let recorders = record(&engine, folder, LEAD)?;
    for _ in 0..=seconds() {
        engine.render_blocks(u64::from(RATE), |_| Ok(()))?;
        recorders.iter().try_for_each(Recorder::wait)?;
    }
    end(recorders).map(drop)
}

fn read(path: &Path) -> Result<[Vec<f32>; 2]> {
    let mut file = File::open(path)?;
    let frames = file.frames() as usize;
    let (mut left, mut right) = (vec![0.0; frames], vec![0.0; frames]);
    file.read(&mut [&mut left, &mut right])?;
    Ok([left, right])
}

/// The greatest difference of two files, which have the test's length.
fn difference(first: &Path, second: &Path) -> Result<f32> {
    let mut most = 0.0f32;
    for (first, second) in read(first)?.iter().zip(&read(second)?) {
        assert_eq!(
            (first.len() as i64, second.len() as i64),
            (frames(), frames())
        );
        for (first, second) in first.iter().zip(second) {
            let difference = (first - second).abs();
            assert!(!difference.is_nan());
            most = most.max(difference);
        }
    }
    Ok(most)
}

/// The most that tones and faders can move in a frame: the steepest tones, and ramps of 480 frames.
fn steepest() -> f32 {
    let tones = (0..BUSES).map(|bus| amplitude() * TAU * hertz(bus) / f64::from(RATE));
    (tones.sum::<f64>() + amplitude() * f64::from(BUSES) / 480.0) as f32
}

/// A console that plays at the same time, in a terminal of its own.
struct Console(String);

impl Console {
    /// `PERBUS_LIVE_CONSOLE` names the program.
    fn start() -> Option<Self> {
        let program = std::env::var("PERBUS_LIVE_CONSOLE").ok()?;
        let console = Self(format!("perbus-live-{}", std::process::id()));
        let command = format!("{program} --demo");
        let words = [
            "-f",
            "/dev/null",
            "new-session",
            "-d",
            "-x",
            "120",
            "-y",
            "40",
            &command,
        ];
        assert!(console.tmux(&words), "tmux does not start");
        println!("live: with {command}");
        Some(console)
    }

    fn tmux(&self, words: &[&str]) -> bool {
        let mut tmux = Command::new("tmux");
        let status = tmux.args(["-L", &self.0]).args(words).status();
        status.is_ok_and(|status| status.success())
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        // It has ended by itself if it does not play any more.
        let played = self.tmux(&["kill-server"]);
        assert!(played || std::thread::panicking(), "the console has ended");
    }
}

/// The processor time of the thread that renders, which libpulse has named.
fn audio_time() -> Duration {
    let all = processor_times();
    let audio = all
        .iter()
        .filter(|(name, _)| name.starts_with("threaded-ml"));
    audio.map(|(_, time)| *time).sum()
}

fn greatest_jump(path: &Path) -> Result<f32> {
    let jumps = read(path)?.map(|channel| {
        let steps = channel.windows(2).map(|pair| (pair[1] - pair[0]).abs());
        steps.fold(0.0f32, f32::max)
    });
    Ok(jumps[0].max(jumps[1]))
}

#[test]
#[ignore = "sixty_four_buses_play_as_they_render_offline runs it on a server"]
fn plays() -> Result<()> {
    let folder = tempfile::tempdir().expect("a folder");
    let (live, offline) = (folder.path().join("live"), folder.path().join("offline"));
    for folder in [&live, &offline] {
        std::fs::create_dir(folder).expect("a folder");
    }
    let builder = Engine::builder().sample_rate(f64::from(RATE)).block(BLOCK);
    let engine = builder.latency(Duration::from_millis(100)).build()?;
    let players = connect(&engine)?;
    engine.start()?;
    let begin = Instant::now();
    while engine.sample_time()? <= 0 && begin.elapsed() < Duration::from_secs(5) {
        sleep(Duration::from_millis(1));
    }
    let start = engine.sample_time()? + LEAD;
    schedule(&engine, &players, start)?;
    let recorders = record(&engine, &live, start)?;
    if engine.sample_time()? >= start {
        give_up("half a second was too short to schedule everything");
    }
    let console = Console::start();
    let (before, used) = (Instant::now(), audio_time());
    let limit = Duration::from_secs(u64::from(seconds()) + 10);
    while recorders
        .iter()
        .any(|it| it.status().state != RecorderState::Finished)
    {
        if begin.elapsed() > limit {
            drop(console);
            give_up(&format!("{:?} after {limit:?}", recorders[0].status()));
        }
        sleep(Duration::from_millis(20));
    }
    let share = (audio_time() - used).as_secs_f64() / before.elapsed().as_secs_f64();
    drop(console);
    let status = engine.device_status()?;
    let recordings = end(recorders)?;
    engine.stop()?;
    println!(
        "live: {BUSES} buses, {} s, blocks of {}, {} ms to {}: {} underruns, {} late blocks, {} of \
         {} frames dropped",
        seconds(),
        status.block,
        status.latency.as_millis(),
        status.host,
        status.underruns,
        status.late,
        recordings[0].dropped,
        recordings[0].frames
    );
    println!(
        "live: the audio thread takes {:.2} % of a processor; a block is rendered in {:.2} % of its \
         time, {:.2} % at most",
        100.0 * share,
        100.0 * status.mean_load,
        100.0 * status.max_load
    );
    for recording in &recordings {
        assert_eq!(
            (recording.dropped, recording.silence),
            (0, 0),
            "{recording:?}"
        );
        assert_eq!(recording.frames as i64, frames());
    }
    render(&offline)?;
    for name in ["mix.wav", "bus.wav"] {
        let most = difference(&live.join(name), &offline.join(name))?;
        println!("live: {name} differs from the offline render by {most:e} at most");
        assert!(most < TOLERANCE, "{name}: {most}");
    }
    let (jump, steepest) = (greatest_jump(&live.join("mix.wav"))?, steepest());
    println!("live: the greatest step of the mix is {jump:.4}, of at most {steepest:.4}");
    assert!(jump < steepest);
    assert_eq!(status.block, BLOCK);
    if status.underruns > 0 {
        give_up(&format!("{} underruns", status.underruns));
    }
    if share >= LOAD {
        give_up(&format!("a load of {:.2} % of a processor", 100.0 * share));
    }
    Ok(())
}
