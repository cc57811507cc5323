//! Random moves of strips, groups and sends, sample by sample against products in double precision.

mod world;

use perbus::{Curve, SendTap};
use proptest::prelude::*;
use world::World;

use crate::common::model_config;

/// Sources, each on two channels of its own, so that each strip is heard alone.
const SOURCES: usize = 2;
const GROUPS: usize = 3;

#[derive(Clone, Copy, Debug)]
enum Fader {
    Dry(usize),
    Send(usize),
    Group(usize),
}

#[derive(Clone, Debug)]
enum Step {
    Fade(Fader, f32, u32, Curve),
    /// After so many frames.
    FadeAt(Fader, u32, f32, u32, Curve),
    CancelFrom(Fader, u32),
    Set(Fader, f32),
    Mute(Fader, bool),
    /// A dry strip or its send joins a group, or leaves it.
    Join(usize, bool, usize, bool),
    /// A group in one of a higher number.
    Nest(usize, usize, bool),
    Tap(usize, SendTap),
    /// In blocks of these lengths.
    Render(Vec<u32>),
}

fn fader() -> impl Strategy<Value = Fader> {
    prop_oneof![
        2 => (0..SOURCES).prop_map(Fader::Dry),
        1 => (0..SOURCES).prop_map(Fader::Send),
        3 => (0..GROUPS).prop_map(Fader::Group),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let volume = || 0.0..=1.8f32;
    let frames = || prop_oneof![1 => 1..64u32, 3 => 500..5000u32];
    let curve = || {
        prop_oneof![
            Just(Curve::Linear),
            Just(Curve::EqualPower),
            Just(Curve::Exponential)
        ]
    };
    let tap = prop_oneof![Just(SendTap::PreFader), Just(SendTap::PostFader)];
    let blocks = prop::collection::vec(prop_oneof![1..40u32, 40..512u32], 1..8);
    prop_oneof![
        8 => (fader(), volume(), frames(), curve())
            .prop_map(|(a, b, c, d)| Step::Fade(a, b, c, d)),
        6 => (fader(), 0..4000u32, volume(), frames(), curve())
            .prop_map(|(a, b, c, d, e)| Step::FadeAt(a, b, c, d, e)),
        1 => (fader(), 0..4000u32, volume())
            .prop_map(|(a, b, c)| Step::FadeAt(a, b, c, 0, Curve::Linear)),
        1 => (fader(), 0..4000u32).prop_map(|(a, b)| Step::CancelFrom(a, b)),
        2 => (fader(), volume()).prop_map(|(a, b)| Step::Set(a, b)),
        2 => (fader(), any::<bool>()).prop_map(|(a, b)| Step::Mute(a, b)),
        2 => (0..SOURCES, any::<bool>(), 0..GROUPS, prop::bool::weighted(0.7))
            .prop_map(|(a, b, c, d)| Step::Join(a, b, c, d)),
        1 => (0..GROUPS, 0..GROUPS, any::<bool>()).prop_map(|(a, b, c)| Step::Nest(a, b, c)),
        2 => (0..SOURCES, tap).prop_map(|(a, b)| Step::Tap(a, b)),
        12 => blocks.prop_map(Step::Render),
    ]
}

proptest! {
    #![proptest_config(model_config())]

    #[test]
    fn every_sample_is_the_product_of_the_faders(
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut world = World::new().expect("a console");
        for step in steps {
            world.apply(step)?;
        }
    }
}
