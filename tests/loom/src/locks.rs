//! The strip lock and the graph lock.

use std::sync::Arc as Owned;

use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::thread;

use crate::desk::graph_lock::GraphLock;
use crate::desk::node::DeskNode;
use crate::desk::strip::Strip;
use crate::model;
use crate::sync::spin::SpinMutex;

/// A connection, which calls use with their strip locked, and edits replace. loom reports every
/// access that another one may overlap.
#[derive(Debug)]
struct Connection {
    engine: Arc<UnsafeCell<u32>>,
}

impl Connection {
    fn set(&self) {
        // SAFETY: that nothing overlaps is what is tested; loom panics otherwise.
        self.engine.with_mut(|value| unsafe { *value += 1 });
    }
}

#[derive(Debug)]
struct Node;

impl DeskNode for Node {
    type Connection = Connection;
}

struct World {
    graph: GraphLock<Node>,
    strips: Vec<Owned<Strip<Connection>>>,
    /// The connections' other ends: an edit uses them without a strip's lock.
    engines: Vec<Arc<UnsafeCell<u32>>>,
}

/// A graph with so many strips that are fed.
fn world(strips: usize) -> Arc<World> {
    let engines: Vec<_> = (0..strips).map(|_| Arc::new(UnsafeCell::new(0))).collect();
    let connection = |bus: usize| Connection {
        engine: engines[bus].clone(),
    };
    let strips: Vec<_> = (0..strips)
        .map(|bus| Owned::new(Strip::new(bus, connection(bus))))
        .collect();
    let graph = GraphLock::default();
    graph.write().strips.clone_from(&strips);
    Arc::new(World {
        graph,
        strips,
        engines,
    })
}

impl World {
    /// A per-bus call.
    fn call(&self, strip: usize) {
        let locked = self.graph.lock_strip(&self.strips[strip]);
        if let Some(connection) = &locked.feed {
            connection.set();
        }
    }

    /// A call that does not wait; whether it was made.
    fn try_call(&self, strip: usize) -> bool {
        let Some(locked) = self.graph.try_lock_strip(&self.strips[strip]) else {
            return false;
        };
        if let Some(connection) = &locked.feed {
            connection.set();
        }
        true
    }

    /// An edit, which changes all connections.
    fn edit(&self) {
        let edit = self.graph.write();
        for engine in &self.engines {
            // SAFETY: as above.
            engine.with_mut(|value| unsafe { *value += 1 });
        }
        drop(edit);
    }

    /// How often the connections were used in all.
    fn uses(&self) -> u32 {
        // SAFETY: as above.
        let of = |engine: &Arc<UnsafeCell<u32>>| engine.with(|value| unsafe { *value });
        self.engines.iter().map(of).sum()
    }
}

#[test]
fn one_thread_at_a_time_has_a_strip() {
    model(2, || {
        let lock = Arc::new(SpinMutex::new(UnsafeCell::new(0)));
        let add = |lock: &SpinMutex<UnsafeCell<u32>>| {
            // SAFETY: loom panics when accesses overlap.
            lock.lock().with_mut(|value| unsafe { *value += 1 });
        };
        let threads: Vec<_> = (0..1)
            .map(|_| {
                let lock = lock.clone();
                thread::spawn(move || {
                    add(&lock);
                    if let Some(held) = lock.try_lock() {
                        // SAFETY: as above.
                        held.with_mut(|value| unsafe { *value += 1 });
                    }
                })
            })
            .collect();
        add(&lock);
        for thread in threads {
            thread.join().expect("a thread");
        }
        // SAFETY: as above.
        let sum = lock.lock().with(|value| unsafe { *value });
        assert!((2..=3).contains(&sum), "{sum}");
    });
}

#[test]
fn calls_and_edits_never_overlap() {
    model(2, || {
        let world = world(2);
        let (one, two) = (world.clone(), world.clone());
        let calls = thread::spawn(move || {
            one.call(0);
            one.call(1);
        });
        let others = thread::spawn(move || two.call(0));
        world.edit();
        calls.join().expect("a thread");
        others.join().expect("a thread");
        assert_eq!(world.uses(), 3 + 2);
    });
}

#[test]
fn marked_strips_are_waited_for_once_more() {
    model(2, || {
        let world = world(1);
        world.call(0);
        let other = world.clone();
        let calls = thread::spawn(move || {
            other.call(0);
            u32::from(other.try_call(0))
        });
        world.edit();
        world.edit();
        let tried = calls.join().expect("a thread");
        assert_eq!(world.uses(), 1 + 1 + tried + 2);
    });
}

#[test]
fn a_batch_keeps_others_out_and_lets_its_own_calls_in() {
    model(2, || {
        let world = world(1);
        let (one, two) = (world.clone(), world.clone());
        let calls = thread::spawn(move || one.call(0));
        let edits = thread::spawn(move || two.edit());
        world.graph.open_batch();
        // Neither the other call nor the other edit comes between these two.
        // SAFETY: loom panics when accesses overlap.
        let before = world.engines[0].with(|value| unsafe { *value });
        world.call(0);
        world.edit();
        // SAFETY: as above.
        let after = world.engines[0].with(|value| unsafe { *value });
        assert_eq!(after, before + 2);
        world.graph.close_batch();
        calls.join().expect("a thread");
        edits.join().expect("a thread");
        assert_eq!(world.uses(), 4);
    });
}

#[test]
fn batches_of_two_threads_take_turns() {
    model(2, || {
        let world = world(1);
        let batch = |world: &World| {
            world.graph.open_batch();
            world.call(0);
            world.graph.open_batch();
            world.edit();
            world.graph.close_batch();
            world.call(0);
            world.graph.close_batch();
        };
        let other = world.clone();
        let thread = thread::spawn(move || batch(&other));
        batch(&world);
        thread.join().expect("a thread");
        assert_eq!(world.uses(), 6);
    });
}

/// That the model sees overlapping accesses at all: here the edit does not take the graph's lock.
#[test]
#[should_panic]
fn an_edit_without_the_lock_is_noticed() {
    model(2, || {
        let world = world(1);
        let other = world.clone();
        let calls = thread::spawn(move || other.call(0));
        // SAFETY: it is not, and loom panics.
        world.engines[0].with_mut(|value| unsafe { *value += 1 });
        calls.join().expect("a thread");
    });
}
