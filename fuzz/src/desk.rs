//! The desk: the steps of the console's test, many in a row, against the console's model.

use proptest::strategy::{Strategy, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::console::{step, walk};

/// Of these, one step.
const BYTES: usize = 48;

/// All bytes together are a seed: proptest draws again and again from bytes that do not suit it.
pub(crate) fn desk(bytes: &[u8]) {
    let mut seed = [0_u8; 32];
    for (place, byte) in bytes.iter().enumerate() {
        let mixed = &mut seed[place % 32];
        *mixed = mixed.rotate_left(3).wrapping_add(*byte);
    }
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    let strategy = step();
    let steps = (0..bytes.len().div_ceil(BYTES)).map_while(|_| {
        let tree = strategy.new_tree(&mut runner).ok()?;
        Some(tree.current())
    });
    if let Err(fault) = walk(steps) {
        panic!("{fault}");
    }
}
