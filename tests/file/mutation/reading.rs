//! Reads a file that may be damaged.

use std::path::Path;

use super::damage::Random;
use perbus::{Error, File};

/// The most frames that are read of a file, which may state years.
const MOST: u64 = 1 << 20;

/// Opens a file, reads it to its end, and then at a few places.
pub(crate) fn read(path: &Path, random: &mut Random) {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) => return check(&error, path),
    };
    let frames = file.frames();
    read_on(&mut file, random);
    for _ in 0..3 {
        // Where it was last, too: after an error.
        let frame = match random.below(3) {
            0 => frames.saturating_sub(random.below(3_000) as u64),
            _ => random.below(frames.min(1 << 40) as usize + 1) as u64,
        };
        match file.seek(frame) {
            Ok(()) => assert_eq!(file.position(), frame),
            Err(error) => check(&error, path),
        }
        read_some(&mut file, 1 + random.below(5_000));
    }
    if random.below(4) == 0 {
        let rate = file.format().sample_rate();
        match File::load_with_limit(path, rate, 16 << 20) {
            Ok(loaded) => assert_eq!(u64::from(loaded.frames()), frames),
            Err(error) => check(&error, path),
        }
    }
    assert!(file.info().is_ok());
}

/// From the start to the end, the first fault, or far enough.
fn read_on(file: &mut File, random: &mut Random) {
    let mut all = 0;
    while all < MOST {
        let asked = 1 + random.below(9_000);
        match read_some(file, asked) {
            Some(read) if read > 0 => all += read as u64,
            _ => break,
        }
        assert!(all <= file.frames(), "{all} frames of {}", file.frames());
    }
}

fn read_some(file: &mut File, frames: usize) -> Option<usize> {
    let mut planes = vec![vec![f32::NAN; frames]; file.format().channels() as usize];
    let mut slices: Vec<&mut [f32]> = planes.iter_mut().map(Vec::as_mut_slice).collect();
    match file.read(&mut slices) {
        Ok(read) => {
            assert!(read <= frames);
            let numbers = planes.iter().flat_map(|plane| &plane[..read]);
            assert!(numbers.into_iter().all(|sample| sample.is_finite()));
            let end = file.position() == file.frames();
            assert!(
                read > 0 || end,
                "an end at {} of {}",
                file.position(),
                file.frames()
            );
            Some(read)
        }
        Err(error) => {
            check(&error, file.path());
            None
        }
    }
}

/// An error names the file, and says why.
pub(crate) fn check(error: &Error, path: &Path) {
    let name = path.file_name().unwrap().to_string_lossy();
    let text = error.to_string();
    assert!(
        text.contains(&*name) || !matches!(error, Error::File(_)),
        "{text}"
    );
    assert!(
        matches!(error, Error::File(_) | Error::OutOfRange(_)),
        "{error:?}"
    );
    assert!(!text.trim_end().ends_with(':'), "{text}");
}
