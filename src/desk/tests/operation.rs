//! What the random test does, one step at a time.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::model::{BUSES, NODES};
use crate::desk::fallback::Fallback;
use crate::desk::routing::OUTPUT;
use crate::desk::scene::BusConfig;

/// A bus of one of the two mixers.
pub(super) type Place = (u32, u32);

#[derive(Clone, Debug)]
pub(super) enum Operation {
    Connect(u32, u32, u32),
    Add(u32, u32, u32),
    DisconnectInput(u32, u32),
    DisconnectOutput(u32),
    Detach(u32),
    Attach(u32),
    Set(Place, bool, f32),
    /// By number, with what is done on a bus without a source.
    SetByNumber(Place, f32, Fallback),
    Mute(Place, bool),
    /// A mixer's output volume.
    SetOutput(u32, f32),
    /// The engine refuses whatever this sets.
    SetRefused(Place, f32),
    Configure(u32, Vec<BusConfig>),
    Snapshot(u32, bool),
    ClearSolo,
    Apply(u32),
    Fade(Place, bool, f32, i64),
    FadeOutput(u32, f32, i64),
    /// After so many frames.
    FadeAt(Place, bool, i64, f32, i64),
    /// By how many frames later each starts, a value and a length.
    Automate(Place, bool, BTreeMap<i64, (f32, i64)>),
    CancelFrom(Place, bool, i64),
    Cancel(usize),
    Advance(i64),
}

fn place() -> impl Strategy<Value = Place> {
    (0..2u32, 0..BUSES)
}

/// A bus, or a mixer's output volume, and which of its values.
fn control() -> impl Strategy<Value = (Place, bool)> {
    prop_oneof![
        4 => (place(), any::<bool>()),
        1 => (0..2u32).prop_map(|mixer| ((mixer, OUTPUT), true)),
    ]
}

fn config() -> impl Strategy<Value = BusConfig> {
    let volume = prop::option::of(0.0..=1.0f32);
    let pan = prop::option::of(-1.0..=1.0f32);
    let switch = || prop::option::of(any::<bool>());
    let switches = [switch(), switch(), switch()];
    (0..BUSES, volume, pan, switches).prop_map(|(bus, volume, pan, [muted, soloed, solo_safe])| {
        BusConfig {
            volume,
            pan,
            muted,
            soloed,
            solo_safe,
            ..BusConfig::new(bus)
        }
    })
}

pub(super) fn operation() -> impl Strategy<Value = Operation> {
    let nodes = NODES.len() as u32;
    let fallback = prop_oneof![
        Just(Fallback::Global),
        Just(Fallback::Deny),
        Just(Fallback::Hold)
    ];
    let points = prop::collection::btree_map(0..300i64, (0.0..=1.0f32, 0..200i64), 0..6);
    let configs = prop::collection::vec(config(), 1..4);
    prop_oneof![
        6 => (1..nodes, 0..4u32, 0..BUSES).prop_map(|(a, b, c)| Operation::Connect(a, b, c)),
        3 => (1..nodes, 0..2u32, 0..BUSES).prop_map(|(a, b, c)| Operation::Add(a, b, c)),
        2 => (0..4u32, 0..BUSES).prop_map(|(node, bus)| Operation::DisconnectInput(node, bus)),
        1 => (1..nodes).prop_map(Operation::DisconnectOutput),
        1 => (1..nodes).prop_map(Operation::Detach),
        3 => (1..nodes).prop_map(Operation::Attach),
        6 => (place(), any::<bool>(), 0.0..=1.0f32).prop_map(|(a, b, c)| Operation::Set(a, b, c)),
        3 => (place(), 0.0..=1.0f32, fallback)
            .prop_map(|(a, b, c)| Operation::SetByNumber(a, b, c)),
        4 => (place(), any::<bool>()).prop_map(|(a, b)| Operation::Mute(a, b)),
        2 => (place(), 0.0..=1.0f32).prop_map(|(a, b)| Operation::SetRefused(a, b)),
        4 => (0..2u32, configs).prop_map(|(a, b)| Operation::Configure(a, b)),
        1 => (0..2u32, any::<bool>()).prop_map(|(a, b)| Operation::Snapshot(a, b)),
        1 => Just(Operation::ClearSolo),
        1 => (0..2u32).prop_map(Operation::Apply),
        5 => (place(), any::<bool>(), 0.0..=1.0f32, 0..400i64)
            .prop_map(|(a, b, c, d)| Operation::Fade(a, b, c, d)),
        2 => (0..2u32, 0.0..=1.0f32).prop_map(|(a, b)| Operation::SetOutput(a, b)),
        2 => (0..2u32, 0.0..=1.0f32, 0..400i64)
            .prop_map(|(a, b, c)| Operation::FadeOutput(a, b, c)),
        5 => (control(), 0..300i64, 0.0..=1.0f32, 0..300i64)
            .prop_map(|((a, b), c, d, e)| Operation::FadeAt(a, b, c, d, e)),
        3 => (control(), points).prop_map(|((a, b), c)| Operation::Automate(a, b, c)),
        2 => (control(), 0..200i64).prop_map(|((a, b), c)| Operation::CancelFrom(a, b, c)),
        3 => (0..20usize).prop_map(Operation::Cancel),
        6 => (1..200i64).prop_map(Operation::Advance),
    ]
}
