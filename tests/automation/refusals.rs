//! What is refused, and that it changes nothing.

use std::time::Duration;

use perbus::{AutomationPoint, Curve, Error, Result};

use crate::chains::{frames, one_source};
use crate::common::*;

#[test]
fn bad_points_are_refused_and_change_nothing() -> Result<()> {
    let (engine, bus) = one_source()?;
    render(&engine, 1_000);
    let good = AutomationPoint::fade(2_000, 0.5, frames(100), Curve::EqualPower);
    bus.automate_volume(&[good])?;
    let day = Duration::from_secs(24 * 60 * 60);
    let long = day + Duration::from_nanos(1);
    for (frame, value, duration, reason) in [
        (999, 0.5, day, "frame 999 is before the engine's time, 1000"),
        (-1, 0.5, day, "frame -1 is before the engine's time, 1000"),
        (i64::MIN, 0.5, day, "is before the engine's time, 1000"),
        (
            i64::MAX,
            0.5,
            day,
            "frame 9223372036854775807 is after 9007199254740992",
        ),
        (3_000, 4.01, day, "volume 4.01 is not in 0 to 4"),
        (3_000, f32::NAN, day, "volume NaN is not in 0 to 4"),
        (3_000, -0.5, day, "volume -0.5 is not in 0 to 4"),
        (3_000, 0.5, long, "longer than 86400s"),
    ] {
        let bad = AutomationPoint::fade(frame, value, duration, Curve::Linear);
        let other = AutomationPoint::set(2_500, 0.0);
        for refused in [
            bus.fade_at(frame, value, duration, Curve::Linear).map(drop),
            bus.automate_volume(&[other, bad]),
            bus.mixer().automate_output_volume(&[bad, other]),
        ] {
            let Err(Error::OutOfRange(message)) = refused else {
                panic!("{refused:?} instead of {reason}");
            };
            assert!(message.contains(reason), "{message} instead of {reason}");
        }
    }
    let twice = [
        good,
        AutomationPoint::set(1_500, 1.0),
        AutomationPoint::set(2_000, 1.0),
    ];
    let refused = bus.automate_volume(&twice).unwrap_err();
    assert!(matches!(refused, Error::InvalidArgument(_)));
    assert_eq!(refused.to_string(), "two points start at frame 2000");
    let curved = AutomationPoint::fade(2_000, 0.5, frames(100), Curve::EqualPower);
    assert!(matches!(
        bus.automate_pan(&[curved]),
        Err(Error::InvalidArgument(_))
    ));
    let beyond = bus.fade_pan_at(2_000, 1.001, frames(100));
    assert!(matches!(beyond, Err(Error::OutOfRange(_))));
    assert!(matches!(
        bus.cancel_automation_from(999),
        Err(Error::OutOfRange(_))
    ));
    assert_eq!(bus.volume_automation(), [good]);
    assert_eq!(bus.pan_automation(), []);
    assert_eq!(bus.mixer().output_volume_automation(), []);
    bus.automate_volume(&[])?;
    // The present frame is not over.
    bus.set_volume_at(1_000, 0.25)?;
    assert_heard(&engine, &[0.25]);

    let group = engine.create_mixer()?;
    engine.detach(&group)?;
    for refused in [
        group.bus(0)?.set_volume_at(5_000, 0.5),
        group.bus(0)?.cancel_automation_from(5_000),
        group.set_output_volume_at(5_000, 0.5),
        group.cancel_output_automation_from(5_000),
    ] {
        assert!(matches!(refused, Err(Error::NotAttached(_))), "{refused:?}");
    }
    Ok(())
}
