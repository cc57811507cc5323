//! Automation of groups: what is heard of their members, and what becomes of points that wait.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use perbus::{AutomationPoint, Curve, Error, FadeEnd, Result, SendTap};

use super::grouped;
use crate::common::*;

fn frames(frames: u32) -> Duration {
    Duration::from_secs_f64(f64::from(frames) / RATE)
}

/// A linear fade from frame `start` on, as it is heard at the sample with this index.
fn linear(index: usize, start: i64, length: i64, from: f32, to: f32) -> f32 {
    let done = ((index as i64 + 1 - start) as f32 / length as f32).clamp(0.0, 1.0);
    from + (to - from) * done
}

#[test]
fn members_in_motion_follow_to_the_frame_whatever_the_blocks() -> Result<()> {
    for block in [1, 7, 64, 500, 512] {
        let (engine, mixer, group) = grouped()?;
        let outer = engine.create_group("outer")?;
        outer.add_group(&group)?;
        outer.add(&mixer.bus(2)?)?;
        mixer.bus(0)?.fade_to(0.0, frames(2_000), Curve::Linear)?;
        mixer
            .bus(1)?
            .fade_at(300, 2.0, frames(500), Curve::Linear)?;
        group.fade_at(700, 0.25, frames(1_000), Curve::Linear)?;
        group.fade_at(1_700, 1.5, frames(300), Curve::Linear)?;
        outer.fade_at(901, 0.5, frames(64), Curve::Linear)?;
        let heard = render_in(&engine, 2_500, block).remove(0);
        let expected = |at: usize| {
            let group = linear(at, 700, 1_000, 1.0, 0.25) + linear(at, 1_700, 300, 0.0, 1.25);
            let outer = linear(at, 901, 64, 1.0, 0.5);
            let first = 0.1 * linear(at, 0, 2_000, 1.0, 0.0);
            let second = 0.2 * linear(at, 300, 500, 1.0, 2.0);
            outer * (group * (first + second) + 0.4)
        };
        assert_samples(&heard, expected, 2e-6);
    }
    Ok(())
}

#[test]
fn a_set_at_a_frame_is_a_ramp_of_each_member() -> Result<()> {
    let (engine, _mixer, group) = grouped()?;
    group.automate_volume(&[
        AutomationPoint::set(2_001, 1.0),
        AutomationPoint::set(333, 0.5),
    ])?;
    let heard = render_mono(&engine, 3_000);
    let ramps = |at| linear(at, 333, 480, 1.0, 0.5) + linear(at, 2_001, 480, 0.0, 0.5);
    assert_samples(&heard, |at| 0.3 * ramps(at) + 0.4, 2e-6);
    Ok(())
}

#[test]
fn a_post_fader_send_follows_its_strip_and_the_groups() -> Result<()> {
    let engine = running(2);
    let (main, aux) = (engine.main_mixer(), engine.create_mixer()?);
    engine.connect(&aux, &main, 0, 7)?;
    engine.connect(&constant(&engine, &[1.0, 1.0]), &main, 0, 0)?;
    let dry = main.bus(0)?;
    let group = engine.create_group("all")?;
    group.add(&dry)?;
    dry.set_pan(-1.0)?;
    let send = dry.send_to(&aux, SendTap::PostFader)?;
    send.set_pan(1.0)?;
    // Scheduled before the send is switched, and after.
    dry.fade_at(1_000, 0.5, frames(1_000), Curve::Linear)?;
    send.fade_at(1_200, 0.5, frames(200), Curve::Linear)?;
    group.fade_at(1_500, 2.0, frames(1_000), Curve::Linear)?;
    send.set_send_tap(SendTap::PreFader)?;
    render(&engine, 600);
    send.set_send_tap(SendTap::PostFader)?;
    dry.fade_at(3_000, 1.0, frames(100), Curve::Linear)?;
    let heard = render(&engine, 3_000);
    let dry = |at| linear(at, 1_000, 1_000, 1.0, 0.5) + linear(at, 3_000, 100, 0.0, 0.5);
    let group = |at| linear(at, 1_500, 1_000, 1.0, 2.0);
    let send = |at| linear(at, 1_200, 200, 1.0, 0.5);
    assert_samples(&heard[0], |at| dry(at + 600) * group(at + 600), 4e-6);
    let wet = |at| dry(at) * group(at) * send(at);
    assert_samples(&heard[1], |at| wet(at + 600), 4e-6);
    Ok(())
}

#[test]
fn a_group_that_nobody_hears_goes_on() -> Result<()> {
    let (engine, mixer, group) = grouped()?;
    let quiet = engine.create_group("quiet")?;
    quiet.set_volume_at(100, 0.25)?;
    quiet.fade_at(1_000, 0.75, frames(1_000), Curve::Linear)?;
    quiet.set_volume_at(4_000, 0.0)?;
    render(&engine, 1_500);
    assert!((quiet.volume() - 0.5).abs() < 1e-6);
    // In the middle of a fade.
    quiet.add(&mixer.bus(2)?)?;
    render(&engine, 500);
    let rest = render_mono(&engine, 1_000);
    assert_samples(&rest, |_| 0.3 + 0.4 * 0.75, 2e-6);
    quiet.remove(&mixer.bus(2)?)?;
    render(&engine, 1_200);
    assert_eq!((quiet.volume(), quiet.volume_automation()), (0.0, vec![]));
    // What is set later than a point that nobody heard counts.
    quiet.set_volume(0.5)?;
    quiet.add(&mixer.bus(2)?)?;
    assert_heard(&engine, &[0.3 + 0.2]);
    group.set_muted(true)?;
    group.set_volume_at(engine.sample_time()? + 10, 0.5)?;
    render(&engine, 1_000);
    group.set_muted(false)?;
    assert_heard(&engine, &[0.15 + 0.2]);
    Ok(())
}

#[test]
fn what_waits_can_be_seen_cancelled_and_outlives_a_reset() -> Result<()> {
    let (engine, _mixer, group) = grouped()?;
    let points = [
        AutomationPoint::fade(1_000, 0.0, frames(1_000), Curve::Linear),
        AutomationPoint::set(5_000, 1.0),
        AutomationPoint::set(9_000, 0.25),
    ];
    group.automate_volume(&points)?;
    assert_eq!(group.volume_automation(), points);
    render(&engine, 600);
    engine.reset()?;
    assert_eq!(group.volume_automation()[0].frame, 400);
    group.cancel_automation_from(900)?;
    let heard = render_mono(&engine, 6_000);
    // What starts earlier continues.
    let volume = |at: usize| linear(at, 400, 1_000, 1.0, 0.0);
    assert_samples(&heard, |at| 0.3 * volume(at) + 0.4, 2e-6);
    assert_eq!(group.volume_automation(), []);
    Ok(())
}

#[test]
fn each_end_is_reported_once() -> Result<()> {
    use FadeEnd::{Finished, Replaced, Stopped};
    let (engine, _mixer, group) = grouped()?;
    let ends = Arc::new(Mutex::new(Vec::new()));
    let start = |number, at| {
        let ends = Arc::clone(&ends);
        let ended = move |end| ends.lock().unwrap().push((number, end));
        group.fade_at_with(at, 0.5, frames(100), Curve::Linear, ended)
    };
    let taken = || std::mem::take(&mut *ends.lock().unwrap());
    let first = start(0, 100)?;
    start(1, 1_000)?;
    start(2, 1_000)?;
    let waiting = start(3, 2_000)?;
    start(4, 3_000)?;
    assert_eq!(taken(), [(1, Replaced)]);
    render(&engine, 150);
    assert!(first.is_running() && !waiting.is_running());
    waiting.cancel()?;
    assert_eq!(taken(), [(3, Replaced)]);
    render(&engine, 1_000);
    assert_eq!(taken(), [(0, Finished), (2, Finished)]);
    engine.remove_group(&group)?;
    assert_eq!(taken(), [(4, Stopped)]);
    assert_heard(&engine, &[0.7]);
    Ok(())
}

#[test]
fn bad_points_are_refused_and_change_nothing() -> Result<()> {
    let (engine, _mixer, group) = grouped()?;
    render(&engine, 100);
    let good = AutomationPoint::set(500, 0.5);
    for (frame, volume, reason) in [
        (99, 0.5, "frame 99 is before the engine's time, 100"),
        (200, 4.01, "volume 4.01 is not in 0 to 4"),
        (200, f32::NAN, "volume NaN is not in 0 to 4"),
    ] {
        let refused = [
            group
                .fade_at(frame, volume, frames(1), Curve::Linear)
                .map(drop),
            group.set_volume_at(frame, volume),
            group.automate_volume(&[good, AutomationPoint::set(frame, volume)]),
        ];
        for refused in refused {
            let Err(Error::OutOfRange(message)) = refused else {
                panic!("{refused:?} instead of {reason}");
            };
            assert!(message.contains(reason), "{message} instead of {reason}");
        }
    }
    let twice = group.automate_volume(&[good, good]);
    assert!(matches!(twice, Err(Error::InvalidArgument(_))));
    let early = group.cancel_automation_from(99);
    assert!(matches!(early, Err(Error::OutOfRange(_))));
    assert_eq!(group.volume_automation(), []);
    engine.remove_group(&group)?;
    for refused in [
        group.fade_at(500, 0.5, frames(1), Curve::Linear).map(drop),
        group.set_volume_at(500, 0.5),
        group.cancel_automation_from(500),
    ] {
        assert!(matches!(refused, Err(Error::NotAttached(_))), "{refused:?}");
    }
    Ok(())
}
