//! Gains as people write them.

use perbus::{decibels, MAX_VOLUME};

/// A number of decibels, whose unit may be left out: `-6`, `+3dB`, `-inf dB`.
pub fn parse_db(text: &str) -> Option<f32> {
    let text = text.trim();
    let number = match text.len().checked_sub(2) {
        Some(at) if text.is_char_boundary(at) && text[at..].eq_ignore_ascii_case("db") => {
            text[..at].trim_end()
        }
        _ => text,
    };
    number.parse().ok()
}

/// The linear gain, which the library lets be at most [`MAX_VOLUME`].
pub fn from_db(db: f32) -> Result<f32, String> {
    let most = decibels::to_db(MAX_VOLUME);
    // NaN fails the comparison.
    if db <= most {
        Ok(decibels::from_db(db).min(MAX_VOLUME))
    } else {
        Err(format!("gain {db} dB is not in -inf to {most:.2}"))
    }
}

/// For the command line: a gain in decibels as a linear one.
pub fn parse(text: &str) -> Result<f32, String> {
    from_db(parse_db(text).ok_or_else(|| format!("'{text}' is not a number of decibels"))?)
}

/// For the command line: a level to normalise to.
pub fn parse_level(text: &str) -> Result<f32, String> {
    match parse_db(text) {
        Some(level) if (-100.0..=0.0).contains(&level) => Ok(level),
        Some(level) => Err(format!("{level} dBFS is not in -100 to 0")),
        None => Err(format!("'{text}' is not a number of decibels")),
    }
}
