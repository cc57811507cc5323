//! 16 files of an hour each, read while they play.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use perbus::{Engine, File, FileSettings, Format, RecorderState, Result, Schedule};

use super::common::process::resident;
use super::{give_up, seconds, RATE};

const FILES: u32 = 16;
const HOUR: u32 = 3_600;

/// From scheduling to the first sound, in frames.
const LEAD: i64 = RATE as i64 / 2;

/// What the files may take, in bytes.
const MEMORY: u64 = 64 << 20;

/// A sample of a file.
fn sample(file: u32, frame: u32) -> i16 {
    let mixed = (frame.wrapping_mul(2_654_435_761)) ^ file.wrapping_mul(40_503);
    (mixed.wrapping_mul(2_246_822_519) >> 20) as i16 % 2_000 - 1_000
}

fn sounding() -> u32 {
    (seconds() + 1) * RATE
}

/// A mono WAV file of an hour that sounds for as long as the test plays. The rest takes no room on
/// the disk.
fn write(path: &Path, file: u32) -> std::io::Result<()> {
    let bytes = 2 * HOUR * RATE;
    let mut data = Vec::new();
    data.extend(b"RIFF");
    data.extend((bytes + 36).to_le_bytes());
    data.extend(b"WAVEfmt ");
    data.extend(16u32.to_le_bytes());
    data.extend([1u16, 1].iter().flat_map(|it| it.to_le_bytes()));
    data.extend([RATE, 2 * RATE].iter().flat_map(|it| it.to_le_bytes()));
    data.extend([2u16, 16].iter().flat_map(|it| it.to_le_bytes()));
    data.extend(b"data");
    data.extend(bytes.to_le_bytes());
    data.extend((0..sounding()).flat_map(|frame| sample(file, frame).to_le_bytes()));
    let mut written = fs::File::create(path)?;
    written.write_all(&data)?;
    written.set_len(u64::from(bytes) + 44)
}

#[test]
#[ignore = "sixteen_files_of_an_hour_play_in_little_memory runs it on a server"]
fn play() -> Result<()> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |file: u32| folder.path().join(format!("{file}.wav"));
    (0..FILES).for_each(|file| write(&path(file), file).expect("a file"));
    let engine = Engine::builder().sample_rate(f64::from(RATE)).block(256);
    let engine = engine.latency(Duration::from_millis(100)).build()?;
    let mixer = engine.main_mixer();
    engine.start()?;
    let before = resident();
    let mut players = Vec::new();
    for file in 0..FILES {
        let opened = File::open(path(file))?;
        assert_eq!(opened.frames(), u64::from(HOUR * RATE));
        let player = engine.create_player_for_file(&opened)?;
        mixer.bus(file)?.connect(&player)?;
        player.schedule_file(&opened, Schedule::default())?;
        players.push(player);
    }
    let start = engine.sample_time()? + LEAD;
    engine.batch(|| players.iter().try_for_each(|it| it.play_at(start)))?;
    let (mix, stereo) = (
        folder.path().join("mix.wav"),
        Format::new(f64::from(RATE), 2)?,
    );
    let recorder = mixer.record_at(start, &mix, &FileSettings::wav(stereo))?;
    recorder.stop_at(start + i64::from(seconds() * RATE))?;
    let mut most = before;
    let (begin, limit) = (
        Instant::now(),
        Duration::from_secs(u64::from(seconds()) + 10),
    );
    while recorder.status().state != RecorderState::Finished {
        if begin.elapsed() > limit {
            give_up(&format!("{:?} after {limit:?}", recorder.status()));
        }
        most = most.max(resident());
        sleep(Duration::from_millis(20));
    }
    let status = engine.device_status()?;
    let recording = recorder.stop()?;
    engine.stop()?;
    println!(
        "live: {FILES} files of an hour, {} s: {} underruns, {:.1} MiB of memory more at most, {:.2} \
         % of the time for rendering",
        seconds(),
        status.underruns,
        (most - before) as f64 / f64::from(1 << 20),
        100.0 * status.mean_load
    );
    assert!(most - before < MEMORY, "{}", most - before);
    assert_eq!((recording.dropped, recording.silence), (0, 0));
    assert_eq!(recording.frames, u64::from(seconds() * RATE));
    let mut file = File::open(&mix)?;
    let (mut left, mut right) = (vec![0.0; RATE as usize], vec![0.0; RATE as usize]);
    for second in 0..seconds() {
        assert_eq!(file.read(&mut [&mut left, &mut right])?, RATE as usize);
        for (frame, (left, right)) in (second * RATE..).zip(left.iter().zip(&right)) {
            let sum: i32 = (0..FILES).map(|file| i32::from(sample(file, frame))).sum();
            let sum = sum as f32 / 32_768.0;
            if (left - sum).abs() >= 1e-5 || left != right {
                // A decoder that is late is silent, and continues at the right place.
                give_up(&format!("frame {frame} is {left}, not {sum}"));
            }
        }
    }
    if status.underruns > 0 {
        give_up(&format!("{} underruns", status.underruns));
    }
    Ok(())
}
