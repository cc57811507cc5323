//! The example plays stems to a real server, and records what it plays.

use std::path::Path;
use std::process::Command;

use perbus::{Buffer, File, FileSettings, Format};

/// Half a second of a tone, in a file of its own.
fn write_stem(path: &Path, level: f32) -> perbus::Result<()> {
    let format = Format::new(48_000.0, 1)?;
    let stem = Buffer::from_fn(format, 24_000, |frame, _| {
        level * (frame as f32 * std::f32::consts::TAU / 480.0).sin()
    })?;
    let mut file = File::create(path, FileSettings::wav(format))?;
    file.write(&[stem.channel(0)])?;
    file.finish()
}

#[test]
fn it_plays_and_records() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    for (name, level) in [("one.wav", 0.5), ("two.wav", 0.25)] {
        write_stem(&path(name), level).expect("a stem");
    }
    let program = std::env::current_exe().expect("this program");
    let target = program.ancestors().nth(2).expect("the target folder");
    let output = Command::new("sh")
        .arg("tools/with-pulse.sh")
        .arg(target.join("examples/live"))
        .args([path("take.wav"), path("one.wav"), path("two.wav")])
        .env("LIVE_SECONDS", "2")
        .output()
        .expect("a shell");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if text.contains("are skipped") {
        println!("{text}");
        return;
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}\n{errors}");
    assert_eq!(text.matches(" underruns").count(), 2, "{text}");
    let mut take = File::open(path("take.wav")).expect("a recording");
    assert!(take.frames() > 48_000, "{}", take.frames());
    let (mut left, mut right) = (vec![0.0; 48_000], vec![0.0; 48_000]);
    take.read(&mut [&mut left, &mut right]).expect("samples");
    let loudest = left.iter().fold(0.0f32, |most, it| most.max(it.abs()));
    assert!((0.3..=0.8).contains(&loudest), "{loudest}");
}
