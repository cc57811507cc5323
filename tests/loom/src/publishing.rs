//! A model of `native/render/plan/core.c`: how plans reach the audio thread, when replaced ones are
//! freed, and that a bulk change is heard as a whole.
//!
//! loom knows sequentially consistent fences, but treats such accesses as acquiring and releasing
//! ones. So a fence stands where the C code has a sequentially consistent access.

use std::ptr;

use loom::cell::UnsafeCell;
use loom::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
use loom::sync::atomic::{fence, AtomicPtr, AtomicU32, AtomicU64};
use loom::sync::Arc;
use loom::thread;

use crate::model;

struct Plan {
    /// What the audio thread uses, and the control thread when it frees the plan.
    memory: UnsafeCell<u32>,
}

struct Core {
    plan: AtomicPtr<Plan>,
    sequence: AtomicU64,
    gate: AtomicU64,
    settings: [AtomicU32; 2],
    /// Whether the fences are there; without them the model has to find the fault.
    ordered: bool,
}

impl Core {
    fn new(ordered: bool) -> Self {
        Self {
            plan: AtomicPtr::new(ptr::null_mut()),
            sequence: AtomicU64::new(0),
            gate: AtomicU64::new(0),
            settings: [AtomicU32::new(0), AtomicU32::new(0)],
            ordered,
        }
    }

    fn order(&self) {
        if self.ordered {
            fence(SeqCst);
        }
    }

    /// `pbr_core_enter`, the loading of the plan, its use, and `pbr_core_leave`.
    fn block(&self) -> u32 {
        self.sequence.fetch_add(1, AcqRel);
        self.order();
        let plan = self.plan.load(Acquire);
        let mut used = 0;
        if !plan.is_null() {
            // SAFETY: plans live until the model ends; `memory` says when one counts as freed.
            let plan = unsafe { &*plan };
            // SAFETY: loom panics when freeing overlaps.
            used = plan.memory.with(|memory| unsafe { *memory });
        }
        let sequence = self.sequence.load(Relaxed);
        self.sequence.store(sequence + 1, Release);
        used
    }

    /// `pbr_core_publish`; returns the replaced plan and the sequence at that time.
    fn publish(&self, plan: *mut Plan) -> (*mut Plan, u64) {
        let old = self.plan.swap(plan, AcqRel);
        self.order();
        (old, self.sequence.load(Acquire))
    }

    /// `pbr_core_collect`, of one plan. Whether it was freed.
    fn collect(&self, (plan, at): (*mut Plan, u64)) -> bool {
        let now = self.sequence.load(Acquire);
        let over = at % 2 == 0 || at != now;
        if over && !plan.is_null() {
            // SAFETY: as above.
            unsafe { &*plan }
                .memory
                .with_mut(|memory| unsafe { *memory = 0 });
        }
        over
    }

    /// `pbr_core_begin_change` and `pbr_core_end_change`, around two settings.
    fn change(&self, value: u32) {
        self.gate.fetch_add(1, Relaxed);
        fence(Release);
        for setting in &self.settings {
            setting.store(value, Relaxed);
        }
        self.gate.fetch_add(1, Release);
    }

    /// What `pbr_plan_take_settings` does: reads everything, and uses it if the gate was even and
    /// has not moved.
    fn take(&self) -> Option<[u32; 2]> {
        let entered = self.gate.load(Acquire);
        let taken = [
            self.settings[0].load(Relaxed),
            self.settings[1].load(Relaxed),
        ];
        fence(Acquire);
        let after = self.gate.load(Relaxed);
        (entered % 2 == 0 && after == entered).then_some(taken)
    }
}

/// Two edits while blocks are rendered.
fn publish_and_free(ordered: bool) {
    model(3, move || {
        let plans: Vec<_> = (1..=2)
            .map(|number| {
                Box::into_raw(Box::new(Plan {
                    memory: UnsafeCell::new(number),
                }))
            })
            .collect();
        let core = Arc::new(Core::new(ordered));
        core.publish(plans[0]);
        let audio = core.clone();
        let blocks = thread::spawn(move || {
            for _ in 0..2 {
                assert_ne!(audio.block(), 0, "a block has used a freed plan");
            }
        });
        let retired = core.publish(plans[1]);
        assert_eq!(retired.0, plans[0]);
        let freed = core.collect(retired);
        blocks.join().expect("the audio thread");
        // Once the blocks are over, nothing stays behind.
        assert!(freed || core.collect(retired));
        assert_eq!(core.block(), 2);
        for plan in plans {
            // SAFETY: from into_raw above, and no thread is left.
            drop(unsafe { Box::from_raw(plan) });
        }
    });
}

#[test]
fn no_block_uses_a_freed_plan() {
    publish_and_free(true);
}

/// The block may have entered unseen, and still load the replaced plan.
#[test]
#[should_panic]
fn weaker_orders_are_noticed() {
    publish_and_free(false);
}

#[test]
fn a_change_is_taken_as_a_whole() {
    model(3, || {
        let core = Arc::new(Core::new(true));
        let control = core.clone();
        let changes = thread::spawn(move || {
            control.change(1);
            control.change(2);
        });
        for _ in 0..2 {
            if let Some([one, two]) = core.take() {
                assert_eq!(one, two);
            }
        }
        changes.join().expect("the control thread");
        assert_eq!(core.take(), Some([2, 2]));
    });
}
