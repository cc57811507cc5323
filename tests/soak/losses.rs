//! An engine plays to a server that is killed again and again, and starts again by itself each time:
//! no frame of what it plays is lost or repeated, and nothing is left over of the devices it had.
//!
//! `PERBUS_SOAK_SECONDS` is how long it plays, and `PERBUS_SOAK_LOSS_SECONDS` from one loss to the
//! next.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{channel, Receiver};
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::{Duration, Instant};

use perbus::{
    Buffer, BufferEnd, Engine, EngineEvent, File, FileSettings, Player, Result, Schedule, TapBlock,
};

use super::common::process::{give_up, length};
use super::common::*;
use super::memory::Watch;
use super::LABEL;

/// Samples state their places in these units, which `f32` has exactly.
const UNIT: f32 = 1.0 / (1 << 20) as f32;

/// Of the loop on the left side, and of the file on the right one.
const PLACES: [u32; 2] = [48_000, 480_000];

/// Of the buffers whose ends are counted.
const SHORT: u32 = 24_000;

const LATENCY: Duration = Duration::from_millis(100);

/// Losses until the memory is what it will be.
const WARM_UP: u64 = 3;

/// How far frames and the clock may be apart, in seconds: the server takes several blocks at once.
const AHEAD: f64 = 0.15;

/// What the mix was heard to be.
#[derive(Default)]
struct Heard {
    /// The places of the last frame that was not silent.
    last: Option<[u32; 2]>,
    played: u64,
    /// Frames for which the file was not decoded in time.
    late: u64,
    wrong: Option<String>,
}

impl Heard {
    fn listen(&mut self, block: &TapBlock<'_>) {
        let sides = [block.channel(0), block.channel(1)];
        for (left, right) in sides[0].iter().zip(sides[1]) {
            if (*left, *right) == (0.0, 0.0) {
                continue;
            }
            let heard = [left / UNIT - 1.0, right / UNIT - 1.0];
            let next = match self.last {
                Some(last) => [(last[0] + 1) % PLACES[0], (last[1] + 1) % PLACES[1]],
                None => [0, 0],
            };
            if *right == 0.0 && heard[0] == next[0] as f32 {
                self.late += 1;
            } else if heard != next.map(|it| it as f32) && self.wrong.is_none() {
                self.wrong = Some(format!(
                    "frame {} is of {heard:?}, not {next:?}",
                    self.played
                ));
            }
            self.last = Some(next);
            self.played += 1;
        }
    }
}

/// A buffer or file that states its places on one side.
fn place(frame: u32, side: usize) -> f32 {
    (frame % PLACES[side] + 1) as f32 * UNIT
}

fn write(path: &Path) -> Result<()> {
    let mut file = File::create(path, FileSettings::wav(format(2)))?;
    let (silence, places): (Vec<f32>, Vec<f32>) =
        (0..PLACES[1]).map(|it| (0.0, place(it, 1))).unzip();
    file.write(&[&silence, &places])?;
    file.finish()
}

/// Plays silence, and more of it when that has ended.
fn go_on(player: &Player, silence: &Buffer, ended: &Arc<AtomicU64>) -> Result<()> {
    let (again, sound, counter) = (player.clone(), silence.clone(), Arc::clone(ended));
    player.schedule_with(silence, Schedule::default(), move |end| {
        if end == BufferEnd::Played {
            counter.fetch_add(1, Ordering::Relaxed);
            let _ = go_on(&again, &sound, &counter);
        }
    })
}

fn kill_the_server() {
    let folder = std::env::var("XDG_RUNTIME_DIR").expect("tools/with-pulse.sh sets it");
    let number = std::fs::read_to_string(format!("{folder}/pid")).expect("a server");
    let killed = Command::new("kill").args(["-9", number.trim()]).status();
    assert!(killed.expect("kill").success());
}

/// The next event but for what a busy machine causes: breaks, and files that are decoded late.
fn next(events: &Receiver<EngineEvent>) -> EngineEvent {
    loop {
        match events.recv_timeout(PATIENCE).expect("an event") {
            EngineEvent::Xrun | EngineEvent::DecoderLate => {}
            event => return event,
        }
    }
}

/// How far the frames of an engine and the clock have got.
fn progress(engine: &Engine) -> Result<(f64, Instant, u64)> {
    let status = engine.device_status()?;
    let seconds = status.frames as f64 / status.sample_rate;
    Ok((seconds, Instant::now(), status.underruns))
}

#[test]
#[ignore = "an_engine_outlives_its_server_again_and_again runs it on a server"]
fn pass() -> Result<()> {
    let lasts = Duration::from_secs(length("PERBUS_SOAK_SECONDS", 15));
    let every = Duration::from_secs_f64(length("PERBUS_SOAK_LOSS_SECONDS", 2.5));
    std::env::set_var("PERBUS_AUDIO", "pulse");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("places.wav");
    write(&path)?;
    let builder = Engine::builder().sample_rate(RATE).block(256);
    let engine = builder.latency(LATENCY).restarts(true).build()?;
    let main = engine.main_mixer();
    let (sender, events) = channel();
    engine.on_event(move |_, event| sender.send(event).expect("the test waits"))?;
    let song = File::open(&path)?;
    let players = [
        engine.create_player()?,
        engine.create_player_for_file(&song)?,
        engine.create_player()?,
    ];
    for (bus, player) in (0..).zip(&players) {
        engine.connect(player, &main, 0, bus)?;
    }
    let heard = Arc::new(Mutex::new(Heard::default()));
    let ear = Arc::clone(&heard);
    let tap = main.tap(4_800, move |block| {
        ear.lock().expect("a listener").listen(&block);
    })?;
    let places = Buffer::from_fn(format(2), PLACES[0], |frame, side| match side {
        0 => place(frame, 0),
        _ => 0.0,
    })?;
    let ended = Arc::new(AtomicU64::new(0));
    players[0].schedule_as(&places, Schedule::looping())?;
    players[1].schedule_file(&song, Schedule::looping())?;
    let silence = constant_buffer(&[0.0; 2], SHORT);
    (0..4).try_for_each(|_| go_on(&players[2], &silence, &ended))?;
    engine.start()?;
    let start = engine.sample_time()? + 9_600;
    engine.batch(|| players.iter().try_for_each(|it| it.play_at(start)))?;
    let (mut memory, mut losses, mut underruns) = (Watch::new(WARM_UP), 0, 0);
    let (mut rendered, mut passed) = (0.0, 0.0);
    let begin = Instant::now();
    while begin.elapsed() < lasts {
        sleep(every / 4);
        let (first, then, breaks) = progress(&engine)?;
        sleep(every * 3 / 4);
        let (last, now, more) = progress(&engine)?;
        let (frames, time) = (last - first, (now - then).as_secs_f64());
        underruns += more;
        if breaks == more {
            assert!((frames - time).abs() < AHEAD, "{frames} s in {time} s");
            (rendered, passed) = (rendered + frames, passed + time);
        }
        memory.step();
        kill_the_server();
        let seen = [next(&events), next(&events), next(&events)];
        losses += 1;
        assert_eq!(
            seen,
            [
                EngineEvent::DeviceLost,
                EngineEvent::ConfigurationChanged,
                EngineEvent::Restarted
            ]
        );
        assert!(players.iter().all(|it| it.is_playing().unwrap_or(false)));
    }
    sleep(every / 4);
    players.iter().try_for_each(Player::pause)?;
    sleep(LATENCY);
    tap.wait()?;
    let place = players[0].position()?.player_frame as u64;
    let counted = ended.load(Ordering::Relaxed);
    engine.stop()?;
    let heard = heard.lock().expect("a listener");
    if tap.dropped_frames()? > 0 {
        give_up(LABEL, "the machine was too busy to listen");
    }
    assert_eq!(heard.wrong, None);
    let late = players[1].position()?.late_frames;
    assert_eq!(heard.late, late);
    for player in &players {
        assert_eq!(player.position()?.player_frame as u64, place);
    }
    assert!(
        place - heard.played < 2 * 4_800,
        "{place}, {}",
        heard.played
    );
    assert_eq!(counted, place / u64::from(SHORT));
    println!(
        "{LABEL}: {:.0} s on a server that was lost {losses} times: {place} frames played, each once; \
         {underruns} underruns, {late} frames decoded late; without them {rendered:.3} s were rendered in {passed:.3} s",
        begin.elapsed().as_secs_f64()
    );
    memory.end();
    Ok(())
}
