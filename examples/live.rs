//! Plays stems, each on a bus of its own, to an output device, and records the mix:
//!
//! ```sh
//! cargo run --example live -- take.wav drums.wav bass.flac
//! ```
//!
//! The faders move every second, and levels and the device's state are printed. When the device is lost,
//! the engine starts again as soon as there is one, and the stems go on where they were.

use std::error::Error;
use std::thread::sleep;
use std::time::Duration;

use perbus::{decibels, Bus, Curve, Engine, EngineEvent, File, FileSettings, Player, Schedule};

const SECOND: Duration = Duration::from_secs(1);

fn main() -> Result<(), Box<dyn Error>> {
    let mut names = std::env::args().skip(1);
    let take = names.next().ok_or("live TAKE.wav STEM...")?;
    let builder = Engine::builder().latency(Duration::from_millis(50));
    let engine = builder.restarts(true).build()?;
    engine.set_meter_taps(true)?;
    engine.on_event(|_, event| {
        if event != EngineEvent::Xrun {
            println!("{event:?}");
        }
    })?;
    let mixer = engine.main_mixer();
    let (mut strips, mut players) = (Vec::new(), Vec::new());
    for name in names {
        let stem = File::open(&name)?;
        let player = engine.create_player_for_file(&stem)?;
        let strip = mixer.connect_next(&player)?;
        strip.set_label(&name);
        player.schedule_file(&stem, Schedule::looping())?;
        strips.push(strip);
        players.push(player);
    }
    engine.start()?;
    let recorder = mixer.record(take, &FileSettings::wav(engine.format()))?;
    // All of them from the same frame on.
    engine.batch(|| players.iter().try_for_each(Player::play))?;
    for second in 0..seconds() {
        for (number, strip) in strips.iter().enumerate() {
            // One after the other is in front.
            let in_front = second % strips.len() == number;
            let volume = if in_front { 1.0 } else { 0.25 };
            strip.fade_to(volume, SECOND / 2, Curve::EqualPower)?;
        }
        sleep(SECOND);
        show(&engine, &strips)?;
    }
    let recording = recorder.stop()?;
    println!("{}: {} frames", recording.path.display(), recording.frames);
    Ok(())
}

fn seconds() -> usize {
    let text = std::env::var("LIVE_SECONDS").unwrap_or_default();
    text.parse().unwrap_or(60)
}

fn show(engine: &Engine, strips: &[Bus]) -> perbus::Result<()> {
    for strip in strips {
        let peaks = strip.meter()?.peak;
        let peak = peaks.iter().copied().fold(0.0, f32::max);
        print!("{:6.1} dB ", decibels::to_db(peak));
    }
    match engine.device_status() {
        Ok(device) => println!("{}: {} underruns", device.name, device.underruns),
        Err(_) => println!("no device"),
    }
    Ok(())
}
