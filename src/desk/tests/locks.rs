//! Per-bus calls while the graph is edited.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::Arc;
use std::thread;

use super::fake::{Fake, FakeConnection, FakeNode};
use super::FakeDesk;
use crate::desk::graph::Live;
use crate::desk::node::Kind;
use crate::desk::routing::Endpoint;
use crate::error::Result;
use crate::sync::spin::wait_while;

/// A mixer with so many sources.
fn desk(buses: u32) -> Result<(FakeDesk, Arc<FakeNode>)> {
    let desk = FakeDesk::new(Fake::new(true, true));
    let mixer = FakeNode::new(0, Kind::Mixer);
    let node = desk.edit()?.attach(&desk.driver, &mixer)?;
    for bus in 0..buses {
        let source = FakeNode::new(1 + bus, Kind::Player);
        let mut graph = desk.edit()?;
        let from = Endpoint {
            node: graph.attach(&desk.driver, &source)?,
            bus: 0,
        };
        desk.backend().connect(FakeConnection {
            source: source.number,
            mixer: 0,
            bus,
            alone: false,
        });
        let live = Live::new(&source, &mixer);
        graph.connect(&desk.driver, from, Endpoint { node, bus }, live)?;
    }
    Ok((desk, mixer))
}

#[test]
fn the_list_of_used_strips_never_grows_in_a_call() -> Result<()> {
    let (desk, mixer) = desk(100)?;
    let before = desk.graph.used_strips();
    for bus in 0..100 {
        desk.set_volume(&mixer, mixer.strips.get_or_create(bus), 0.5)?;
    }
    assert_eq!((before.0, desk.graph.used_strips().0), (0, 100));
    assert_eq!(desk.graph.used_strips().1, before.1);
    Ok(())
}

#[test]
fn nobody_holds_a_strip_while_the_graph_is_edited() -> Result<()> {
    const STRIPS: u32 = 3;
    const EDITS: usize = if cfg!(miri) { 20 } else { 2000 };
    let (desk, mixer) = desk(STRIPS)?;
    let graph = &desk.graph;
    let (inside, calls) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        for thread in 0..4 {
            let (inside, calls, over, mixer) = (&inside, &calls, &over, &mixer);
            scope.spawn(move || {
                let mut turn = thread;
                while !over.load(Ordering::Relaxed) {
                    turn = (turn * 5 + 1) % 97;
                    let strip = mixer.strips.get_or_create(turn % STRIPS);
                    let state = graph.lock_strip(strip);
                    inside.fetch_add(1, Ordering::Relaxed);
                    if calls.fetch_add(1, Ordering::Relaxed) % 61 == 0 {
                        thread::yield_now();
                    }
                    inside.fetch_sub(1, Ordering::Relaxed);
                    drop(state);
                }
            });
        }
        let mut seen = 0;
        for edit in 0..EDITS {
            // At least one call between two edits, so that there is something to wait for.
            wait_while(|| calls.load(Ordering::Relaxed) == seen);
            let held = graph.write();
            for look in 0..edit % 50 {
                if inside.load(Ordering::Relaxed) != 0 {
                    over.store(true, Ordering::Relaxed);
                    panic!("a strip is held in edit {edit}");
                }
                if look % 16 == 15 {
                    thread::yield_now();
                }
            }
            seen = calls.load(Ordering::Relaxed);
            drop(held);
        }
        over.store(true, Ordering::Relaxed);
    });
    Ok(())
}
