//! A console in random order: connections, strips, groups, sends, solo, automation, output volumes and
//! pan laws, while blocks of random length are rendered. Every sample is compared with a model in
//! double precision, but for those that a ramp leads to.

mod calls;
mod model;
mod sound;
mod world;

use model::{At, BUSES, MIXERS, NODES};
use perbus::{Curve, SendTap};
use proptest::prelude::*;
use world::{Tested, World};

use crate::common::model_config;

const GROUPS: usize = 4;

/// Something that moves, or is to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Moving {
    Volume(At),
    Pan(At),
    Output(usize),
    /// The group at this place in the list of groups.
    Group(usize),
}

/// A value from 0 to 1, of the range of whatever moves; frames; a curve, for volumes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Motion {
    pub(crate) to: f32,
    pub(crate) frames: u32,
    pub(crate) curve: Curve,
}

/// What leaves the connections as they are.
#[derive(Clone, Debug)]
pub(crate) enum Call {
    Set(Moving, f32),
    Fade(Moving, Motion),
    /// After so many frames.
    FadeAt(Moving, u32, Motion),
    SetAt(Moving, u32, f32),
    CancelFrom(Moving, u32),
    Mute(At, bool),
    MuteGroup(usize, bool),
    Solo(At, bool),
    SoloGroup(usize, bool),
    Create,
    Remove(usize),
    Join(usize, Vec<At>),
    Leave(usize, At),
    /// The second one in the first one.
    Nest(usize, usize, bool),
    Tap(At, SendTap),
    Law(usize, bool),
}

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Call(Call),
    Batch(Vec<Call>),
    Connect(usize, At, bool),
    Disconnect(At),
    Send(At, At, SendTap),
    EndSend(At),
    Detach(usize),
    Attach(usize),
    /// Disconnected, and connected again at once.
    Reconnect(At),
    Restart,
    Stop,
    /// The engine's clock begins anew.
    Reset,
    Render(Vec<u32>),
}

fn at() -> impl Strategy<Value = At> {
    prop_oneof![2 => (0..1usize, 0..BUSES), 1 => (0..MIXERS, 0..BUSES)]
}

fn moving() -> impl Strategy<Value = Moving> {
    prop_oneof![
        4 => at().prop_map(Moving::Volume),
        2 => at().prop_map(Moving::Pan),
        1 => (0..MIXERS).prop_map(Moving::Output),
        4 => (0..GROUPS).prop_map(Moving::Group),
    ]
}

fn motion() -> impl Strategy<Value = Motion> {
    let frames = prop_oneof![1 => 1..64u32, 4 => 300..4_000u32];
    let curves = vec![Curve::Linear, Curve::EqualPower, Curve::Exponential];
    let curve = prop::sample::select(curves);
    (0.0..=1.0f32, frames, curve).prop_map(|(to, frames, curve)| Motion { to, frames, curve })
}

fn call() -> impl Strategy<Value = Call> {
    let group = || 0..GROUPS;
    let places = prop::collection::vec(at(), 1..4);
    let tap = prop_oneof![Just(SendTap::PreFader), Just(SendTap::PostFader)];
    prop_oneof![
        2 => (moving(), 0.0..=1.0f32).prop_map(|(a, b)| Call::Set(a, b)),
        8 => (moving(), motion()).prop_map(|(a, b)| Call::Fade(a, b)),
        8 => (moving(), 0..3_000u32, motion()).prop_map(|(a, b, c)| Call::FadeAt(a, b, c)),
        1 => (moving(), 0..3_000u32, 0.0..=1.0f32).prop_map(|(a, b, c)| Call::SetAt(a, b, c)),
        2 => (moving(), 0..3_000u32).prop_map(|(a, b)| Call::CancelFrom(a, b)),
        1 => (at(), any::<bool>()).prop_map(|(a, b)| Call::Mute(a, b)),
        1 => (group(), any::<bool>()).prop_map(|(a, b)| Call::MuteGroup(a, b)),
        1 => (at(), prop::bool::weighted(0.4)).prop_map(|(a, b)| Call::Solo(a, b)),
        1 => (group(), prop::bool::weighted(0.4)).prop_map(|(a, b)| Call::SoloGroup(a, b)),
        2 => Just(Call::Create),
        1 => group().prop_map(Call::Remove),
        3 => (group(), places).prop_map(|(a, b)| Call::Join(a, b)),
        1 => (group(), at()).prop_map(|(a, b)| Call::Leave(a, b)),
        2 => (group(), group(), prop::bool::weighted(0.7))
            .prop_map(|(a, b, c)| Call::Nest(a, b, c)),
        2 => (at(), tap).prop_map(|(a, b)| Call::Tap(a, b)),
        1 => (0..MIXERS, any::<bool>()).prop_map(|(a, b)| Call::Law(a, b)),
    ]
}

pub(crate) fn step() -> impl Strategy<Value = Step> {
    let tap = prop_oneof![1 => Just(SendTap::PreFader), 2 => Just(SendTap::PostFader)];
    let blocks = prop::collection::vec(prop_oneof![1..40u32, 40..512u32], 1..8);
    prop_oneof![
        18 => call().prop_map(Step::Call),
        2 => prop::collection::vec(call(), 1..5).prop_map(Step::Batch),
        4 => (1..NODES, at(), prop::bool::weighted(0.6))
            .prop_map(|(a, b, c)| Step::Connect(a, b, c)),
        1 => at().prop_map(Step::Disconnect),
        3 => (at(), at(), tap).prop_map(|(a, b, c)| Step::Send(a, b, c)),
        1 => at().prop_map(Step::EndSend),
        1 => (1..NODES).prop_map(Step::Detach),
        2 => (1..NODES).prop_map(Step::Attach),
        1 => at().prop_map(Step::Reconnect),
        1 => Just(Step::Restart),
        1 => Just(Step::Stop),
        1 => Just(Step::Reset),
        18 => blocks.prop_map(Step::Render),
    ]
}

/// Takes the steps on a new console, and compares after each.
pub(crate) fn walk(steps: impl IntoIterator<Item = Step>) -> Tested<()> {
    let mut world = World::new().expect("a console");
    for step in steps {
        let shown = format!("{step:?}");
        world
            .apply(step)
            .and_then(|()| world.check())
            .map_err(|error| TestCaseError::fail(format!("{shown}: {error}")))?;
    }
    world.render(&[512; 12])
}

proptest! {
    #![proptest_config(model_config())]

    #[test]
    fn every_sample_is_what_the_console_says(steps in prop::collection::vec(step(), 1..80)) {
        walk(steps)?;
    }
}
