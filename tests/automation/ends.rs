//! How fades that start later end, and who hears of it.

use std::sync::{Arc, Mutex};

use perbus::{Curve, FadeEnd, Result};

use crate::chains::{frames, one_source};
use crate::common::*;

type Ends = Arc<Mutex<Vec<(u32, FadeEnd)>>>;

fn report(ends: &Ends, number: u32) -> impl FnOnce(FadeEnd) + Send + 'static {
    let ends = Arc::clone(ends);
    move |end| ends.lock().unwrap().push((number, end))
}

#[test]
fn each_fade_reports_its_end_once() -> Result<()> {
    use FadeEnd::{Finished, Replaced, Stopped};
    let (engine, bus) = one_source()?;
    let ends = Ends::default();
    let start = |number, at, to| {
        bus.fade_at_with(at, to, frames(500), Curve::Linear, report(&ends, number))
    };
    let taken = || std::mem::take(&mut *ends.lock().unwrap());
    let first = start(0, 100, 0.0)?;
    start(1, 300, 1.0)?;
    start(2, 1_000, 0.5)?;
    start(3, 1_000, 0.25)?;
    assert_eq!(taken(), [(2, Replaced)]);
    assert!(!first.is_running());
    render(&engine, 200);
    assert!(first.is_running());
    render(&engine, 200);
    assert_eq!((taken(), first.is_running()), (vec![(0, Replaced)], false));
    render(&engine, 400);
    assert_eq!(taken(), [(1, Finished)]);
    // A value that is set now leaves later points alone.
    bus.set_volume(1.0)?;
    render(&engine, 400);
    assert_eq!(taken(), []);
    bus.set_volume(1.0)?;
    assert_eq!(taken(), [(3, Replaced)]);

    let waiting = start(4, 2_000, 0.0)?;
    start(5, 3_000, 0.0)?;
    waiting.cancel()?;
    waiting.cancel()?;
    assert_eq!(taken(), [(4, Replaced)]);
    assert_eq!(bus.volume_automation().len(), 1);
    let last = start(6, 4_000, 0.5)?;
    render(&engine, 2_000);
    bus.cancel_automation_from(4_100)?;
    assert_eq!(taken(), []);
    assert!(!last.is_running());
    assert_eq!(bus.volume_automation().len(), 1);
    render(&engine, 1_000);
    assert_eq!(taken(), [(5, Finished)]);
    assert!(last.is_running());
    render(&engine, 1_000);
    assert_eq!((taken(), bus.volume()), (vec![(6, Finished)], 0.5));
    start(7, 10_000, 0.0)?;
    drop((first, waiting, last));
    let taken = std::mem::take(&mut *ends.lock().unwrap());
    assert_eq!(taken, []);
    drop((bus, engine));
    assert_eq!(*ends.lock().unwrap(), [(7, Stopped)]);
    Ok(())
}

#[test]
fn a_detached_mixer_stops_what_waits() -> Result<()> {
    let (engine, _) = one_source()?;
    let group = engine.create_mixer()?;
    let bus = group.bus(0)?;
    let ends = Ends::default();
    bus.fade_at_with(500, 0.5, frames(500), Curve::Linear, report(&ends, 0))?;
    bus.fade_pan_at_with(500, 0.5, frames(500), report(&ends, 1))?;
    group.fade_output_volume_at_with(500, 0.5, frames(500), Curve::Linear, report(&ends, 2))?;
    engine.detach(&group)?;
    let mut ended = ends.lock().unwrap().clone();
    ended.sort_unstable_by_key(|(number, _)| *number);
    assert_eq!(ended, [0, 1, 2].map(|number| (number, FadeEnd::Stopped)));
    engine.attach(&group)?;
    render(&engine, 2_000);
    assert_eq!(
        (bus.volume(), bus.pan(), group.output_volume()?),
        (1.0, 0.0, 1.0)
    );
    assert_eq!(group.output_volume_automation(), []);
    Ok(())
}

/// The end of one starts the next.
#[test]
fn an_end_may_schedule_more() -> Result<()> {
    let (engine, bus) = one_source()?;
    let (again, ended) = (bus.clone(), Ends::default());
    let last = report(&ended, 1);
    bus.fade_at_with(100, 0.0, frames(100), Curve::Linear, move |_| {
        let next = again.fade_at_with(1_000, 1.0, frames(100), Curve::Linear, last);
        assert!(next.is_ok());
    })?;
    let heard = render_in(&engine, 1_500, 100).remove(0);
    assert_samples(&heard[200..1_000], |_| 0.0, 0.0);
    assert_samples(&heard[1_099..], |_| 1.0, 1e-6);
    assert_eq!(*ended.lock().unwrap(), [(1, FadeEnd::Finished)]);
    Ok(())
}
