//! Files of any bytes: opened, read at any place, and streamed by a player that is interrupted.

use std::fs;
use std::path::Path;

use perbus::{Engine, File, Format, Schedule};

use crate::damage::Random;
use crate::reading::{check, read};

pub(crate) fn files(bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("fuzzed");
    fs::write(&path, bytes).expect("a file");
    let sum = bytes
        .iter()
        .fold(0u64, |sum, byte| sum.wrapping_mul(31) + u64::from(*byte));
    let mut random = Random::new(sum);
    read(&path, &mut random);
    stream(&path, &mut random);
    let left: Vec<_> = fs::read_dir(folder.path()).expect("a folder").collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

/// Plays parts of it, and begins elsewhere before they are over.
fn stream(path: &Path, random: &mut Random) {
    let Ok(file) = File::open(path) else {
        return;
    };
    let frames = file.frames();
    let rates = [48_000.0, 44_100.0, file.format().sample_rate()];
    let rate = rates[random.below(3)].clamp(8_000.0, 192_000.0);
    let stereo = Format::new(rate, 2).expect("a usual format");
    let engine = Engine::offline(stereo, 512).expect("an engine");
    let player = engine.create_player().expect("a player");
    if engine.connect(&player, &engine.main_mixer(), 0, 0).is_err() || engine.start().is_err() {
        panic!("a player of an offline engine");
    }
    let mut planes = [vec![0.0; 512], vec![0.0; 512]];
    for _ in 0..3 {
        let first = random.below(frames.min(1 << 40) as usize + 1) as u64;
        let count = random.below(20_000) as u64;
        let scheduled = if random.below(3) == 0 {
            player.schedule_file(&file, Schedule::default())
        } else {
            player.schedule_segment(&file, first..first + count, Schedule::default())
        };
        if let Err(error) = scheduled {
            assert!(!error.to_string().is_empty());
            continue;
        }
        player.play().expect("it is connected");
        for _ in 0..random.below(12) {
            let [left, right] = &mut planes;
            if let Err(error) = engine.render(&mut [left, right]) {
                check(&error, path);
            }
            assert!(planes.iter().flatten().all(|it| it.is_finite()));
            if random.below(6) == 0 {
                let to = random.below(frames.min(1 << 40) as usize + 1) as u64;
                // Refused outside the part that is scheduled.
                let _ = player.seek(to);
            }
        }
        if random.below(2) == 0 {
            player.stop().expect("it plays");
        }
    }
}
