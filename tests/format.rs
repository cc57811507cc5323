//! Formats and layouts: which are valid, and which are refused.

mod common;
#[path = "common/refusals.rs"]
mod refusals;

use std::time::Duration;

use common::layouts::{shapes, LAYOUTS};
use common::*;
use perbus::{Engine, Error, Format, Result};
use refusals::*;

#[test]
fn formats_that_are_none() {
    for rate in [0.0, -0.0, -48_000.0, f64::NAN, f64::INFINITY, 768_000.5] {
        fails! { Format, &format!("{rate} Hz|768000"); Format::new(rate, 2); }
    }
    for channels in [0, 65, u32::MAX] {
        fails! { Format, &format!("count {channels} |1 to 64"); Format::new(RATE, channels); }
    }
    for (rate, channels) in [(768_000.0, 64), (f64::MIN_POSITIVE, 1)] {
        assert!(
            Format::new(rate, channels).is_ok(),
            "{rate} Hz, {channels} channels"
        );
    }
}

#[test]
fn a_layout_has_its_own_number_of_channels() -> Result<()> {
    for layout in LAYOUTS {
        let channels = layout.channels().expect("a layout with speakers");
        for count in 1..=9 {
            let made = format(count).with_layout(layout);
            assert_eq!(made.is_ok(), count == channels, "{made:?}");
            if let Err(error) = made {
                assert!(matches!(error, Error::Format(_)), "{error:?}");
                assert!(error.to_string().contains(&layout.to_string()), "{error}");
            }
        }
    }
    // As the engine reports them.
    for made in (1..=64).map(format).chain(shapes()) {
        assert_eq!(Engine::offline(made, 64)?.format(), made);
        assert_eq!(made.with_layout(made.layout())?, made);
    }
    Ok(())
}

#[test]
fn frames_and_durations_are_the_same_time() -> Result<()> {
    for rate in [8_000.0, 22_050.0, 44_100.0, 48_000.0, 768_000.0, 44_100.5] {
        let format = Format::new(rate, 2)?;
        for frames in [0, 1, 7, 480, 44_100, 1 << 20, (1 << 40) + 3] {
            assert_eq!(format.frames(format.duration(frames)), frames, "{rate}");
        }
        assert_eq!(format.duration(-5), Duration::ZERO);
        assert_eq!(format.frames(Duration::MAX), i64::MAX);
    }
    let format = Format::new(48_000.0, 1)?;
    // To the nearest frame.
    assert_eq!(format.frames(Duration::from_micros(31)), 1);
    assert_eq!(format.frames(Duration::from_micros(10)), 0);
    assert_eq!(format.duration(72_000), Duration::from_millis(1_500));
    let slow = Format::new(f64::MIN_POSITIVE, 1)?;
    assert_eq!(slow.duration(i64::MAX), Duration::MAX);
    Ok(())
}
