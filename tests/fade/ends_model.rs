//! Random fades, and calls that cut them short: each end against a plain model.

use std::collections::BTreeMap;
use std::sync::mpsc::channel;
use std::time::Duration;

use perbus::{BusConfig, Curve, Fade, FadeEnd};
use proptest::prelude::*;

use crate::common::{constant, render, running};

#[derive(Clone, Debug)]
enum Step {
    Fade(u32, bool, u64),
    Set(u32, bool),
    ByNumber(u32),
    Configure(u32),
    Scene,
    Reset(u32),
    Mute(u32),
    Cancel(usize),
    Render(usize),
}

const BUSES: u32 = 3;

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0..BUSES, any::<bool>(), 0..1200u64).prop_map(|(bus, pan, frames)| {
            Step::Fade(bus, pan, frames.saturating_sub(200))
        }),
        3 => (0..BUSES, any::<bool>()).prop_map(|(bus, pan)| Step::Set(bus, pan)),
        2 => (0..BUSES).prop_map(Step::ByNumber),
        2 => (0..BUSES).prop_map(Step::Configure),
        1 => Just(Step::Scene),
        1 => (0..BUSES).prop_map(Step::Reset),
        2 => (0..BUSES).prop_map(Step::Mute),
        3 => (0..40usize).prop_map(Step::Cancel),
        6 => (1..900usize).prop_map(Step::Render),
    ]
}

proptest! {
    #![proptest_config(crate::common::model_config())]

    /// Each end is reported once, by the very call that causes it.
    #[test]
    fn every_end_is_told_when_it_comes(steps in prop::collection::vec(step(), 1..60)) {
        let engine = running(1);
        let mixer = engine.main_mixer();
        for bus in 0..BUSES - 1 {
            engine.connect(&constant(&engine, &[0.5]), &mixer, 0, bus).unwrap();
        }
        let (sender, receiver) = channel();
        let mut fades: Vec<Fade> = Vec::new();
        // What fades there: the fade's number and the frame of its end.
        let mut running: BTreeMap<(u32, bool), (usize, u64)> = BTreeMap::new();
        let mut now = 0;
        for step in steps {
            let mut expected = Vec::new();
            let mut replace = |at: (u32, bool), running: &mut BTreeMap<_, (usize, u64)>| {
                if let Some((number, _)) = running.remove(&at) {
                    expected.push((number, FadeEnd::Replaced));
                }
            };
            match step {
                Step::Fade(bus, pan, frames) => {
                    replace((bus, pan), &mut running);
                    let (number, sender) = (fades.len(), sender.clone());
                    let ended = move |end| sender.send((number, end)).unwrap();
                    let length = Duration::from_secs_f64(frames as f64 / 48_000.0);
                    let strip = mixer.bus(bus).unwrap();
                    fades.push(if pan {
                        strip.fade_pan_to_with(0.5, length, ended).unwrap()
                    } else {
                        strip.fade_to_with(0.5, length, Curve::Linear, ended).unwrap()
                    });
                    running.insert((bus, pan), (number, now + frames));
                }
                Step::Set(bus, pan) => {
                    let strip = mixer.bus(bus).unwrap();
                    if pan { strip.set_pan(-0.5) } else { strip.set_volume(0.25) }.unwrap();
                    replace((bus, pan), &mut running);
                }
                Step::ByNumber(bus) => {
                    engine.set_mixer_volume_for_bus(&mixer, 0.75, bus).unwrap();
                    // The last bus has no source, so this is the mixer's own volume.
                    if bus + 1 < BUSES {
                        replace((bus, false), &mut running);
                    }
                }
                Step::Configure(bus) => {
                    let config = BusConfig { pan: Some(0.25), ..BusConfig::new(bus) };
                    mixer.configure(&[config]).unwrap();
                    replace((bus, true), &mut running);
                }
                Step::Scene => {
                    let scene = mixer.snapshot();
                    mixer.apply(&scene).unwrap();
                    for bus in 0..BUSES {
                        replace((bus, false), &mut running);
                        replace((bus, true), &mut running);
                    }
                }
                Step::Reset(bus) => {
                    mixer.bus(bus).unwrap().reset().unwrap();
                    replace((bus, false), &mut running);
                    replace((bus, true), &mut running);
                }
                Step::Mute(bus) => {
                    let strip = mixer.bus(bus).unwrap();
                    strip.set_muted(!strip.is_muted()).unwrap();
                }
                Step::Cancel(which) => {
                    if !fades.is_empty() {
                        let which = which % fades.len();
                        fades[which].cancel().unwrap();
                        let at = running.iter().find(|(_, (number, _))| *number == which);
                        if let Some(at) = at.map(|(at, _)| *at) {
                            replace(at, &mut running);
                        }
                    }
                }
                Step::Render(frames) => {
                    render(&engine, frames);
                    now += frames as u64;
                }
            }
            running.retain(|_, (number, end)| {
                if *end <= now {
                    expected.push((*number, FadeEnd::Finished));
                }
                *end > now
            });
            let mut told: Vec<_> = receiver.try_iter().collect();
            told.sort_unstable_by_key(|(number, _)| *number);
            expected.sort_unstable_by_key(|(number, _)| *number);
            prop_assert_eq!(told, expected);
            for (number, fade) in fades.iter().enumerate() {
                let runs = running.values().any(|(it, _)| *it == number);
                prop_assert_eq!(fade.is_running(), runs);
            }
        }
        let mut left: Vec<_> = running.values().map(|(number, _)| *number).collect();
        left.sort_unstable();
        drop((fades, mixer, engine));
        let mut told: Vec<_> = receiver.try_iter().collect();
        told.sort_unstable_by_key(|(number, _)| *number);
        let stopped: Vec<_> = left.into_iter().map(|number| (number, FadeEnd::Stopped)).collect();
        prop_assert_eq!(told, stopped);
    }
}
