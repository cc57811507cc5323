//! The audio thread meets no memory that the control side has not touched before.
#![cfg(target_os = "linux")]

use std::mem::MaybeUninit;
use std::sync::mpsc::channel;
use std::thread;

use perbus::{Engine, Result};

use super::common::constant;
use super::fake;

/// Of the calling thread.
fn page_faults() -> i64 {
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the pointer is to a live local; zeros are a valid rusage.
    let usage = unsafe {
        assert_eq!(libc::getrusage(libc::RUSAGE_THREAD, usage.as_mut_ptr()), 0);
        usage.assume_init()
    };
    usage.ru_minflt + usage.ru_majflt
}

/// Each edit makes a plan, which needs more memory than the one before.
#[test]
fn the_first_block_of_a_plan_has_no_page_faults() -> Result<()> {
    const WARM_UP: usize = 4;
    let _alone = fake::alone();
    let engine = Engine::builder().block(4096).build()?;
    let mixer = engine.main_mixer();
    engine.connect(&constant(&engine, &[1.0, 1.0]), &mixer, 0, 0)?;
    engine.start()?;
    let (order, orders) = channel::<()>();
    let (report, reports) = channel();
    let faults = thread::scope(|scope| {
        scope.spawn(move || {
            let mut planes = [vec![f32::NAN; 4096], vec![f32::NAN; 4096]];
            for () in orders {
                let before = page_faults();
                assert!(fake::play_into(&mut planes));
                let faults = page_faults() - before;
                report
                    .send((faults, planes[0][4095]))
                    .expect("the test waits");
            }
        });
        let mut faults = Vec::new();
        for bus in 1..40 {
            let inner = engine.create_mixer()?;
            engine.connect(&constant(&engine, &[1.0, 1.0]), &inner, 0, 0)?;
            engine.connect(&inner, &mixer, 0, bus)?;
            order.send(()).expect("the audio thread waits");
            let (taken, heard) = reports.recv().expect("a block");
            assert_eq!(heard, bus as f32 + 1.0);
            faults.push(taken);
        }
        drop(order);
        Ok::<_, perbus::Error>(faults)
    })?;
    assert!(faults[WARM_UP..].iter().all(|it| *it == 0), "{faults:?}");
    Ok(())
}
