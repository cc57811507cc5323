//! However changes of a gain overlap, no frame moves by more than the ramps and fades in progress,
//! the final values are right, and the block size does not matter.

mod chains;
mod desk;
mod model;
mod moves;
mod silences;

use proptest::prelude::*;

use desk::{step, Desk};

proptest! {
    #![proptest_config(crate::common::model_config())]

    #[test]
    fn no_change_makes_a_step(channels in 1..=8u32, steps in prop::collection::vec(step(), 1..50)) {
        let mut heard: Option<Vec<Vec<f32>>> = None;
        for block in [512, 1, 64, 480, 77] {
            let mut desk = Desk::new(channels, block);
            steps.iter().for_each(|step| desk.apply(*step));
            desk.render(1100);
            let first = heard.get_or_insert_with(|| desk.heard.clone());
            for (one, other) in first.iter().zip(&desk.heard) {
                for (frame, (one, other)) in one.iter().zip(other).enumerate() {
                    prop_assert!(
                        (one - other).abs() <= 1e-6,
                        "frame {frame}: {one} in blocks of 512, {other} in blocks of {block}"
                    );
                }
            }
        }
    }
}
