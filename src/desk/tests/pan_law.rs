//! Pan laws over an engine that only balances.

use std::sync::atomic::Ordering;

use super::console_model::MIXERS;
use super::console_stage::Test;
use super::fake::Fake;
use crate::desk::fade::Curve;
use crate::desk::faders::Which;
use crate::desk::fading::FadeRequest;
use crate::desk::pan_law::{as_balance, PanLaw};
use crate::desk::software_masters::SoftwareMasters;
use crate::desk::strips::StripRef;

type Stage = Test<SoftwareMasters<Fake>>;

/// Two players on a mixer's buses: the first is mono there.
const MONO: (u32, u32) = (0, 1);
const STEREO: (u32, u32) = (0, 2);

fn stage() -> Stage {
    let mut stage = Stage::new(true);
    assert!(stage.connect(MIXERS, MONO, true) && stage.connect(MIXERS + 1, STEREO, true));
    stage
}

impl Stage {
    fn strip(
        &self,
        at: (u32, u32),
    ) -> StripRef<<SoftwareMasters<Fake> as crate::desk::backend::Backend>::Connection> {
        let strip = self.node(at.0).strips.get_ref(at.1);
        strip.expect("it is fed")
    }

    #[track_caller]
    fn assert_heard(&self, at: (u32, u32), expected: (f32, f32)) {
        let heard = self.fake().heard(self.connection(at).expect("it is fed"));
        let near = (heard.0 - expected.0).abs() < 1e-6 && (heard.1 - expected.1).abs() < 1e-6;
        assert!(near, "{at:?}: {heard:?}, not {expected:?}");
    }
}

#[test]
fn mono_buses_get_the_balance_with_the_same_gains() {
    let mut stage = stage();
    let mixer = stage.node(0).clone();
    for at in [MONO, STEREO] {
        let strip = stage.strip(at);
        stage.desk.set_volume(&mixer, &strip, 0.5).unwrap();
        stage.desk.set_pan(&mixer, &strip, 0.25).unwrap();
    }
    stage.assert_heard(MONO, (0.5, 0.25));
    let moments = stage.fake().moments.load(Ordering::Relaxed);
    let law = PanLaw::ConstantPower;
    stage.desk.set_pan_law(&mixer, law).unwrap();
    // All of it at once.
    assert_eq!(stage.fake().moments.load(Ordering::Relaxed), moments + 1);
    stage.assert_heard(MONO, as_balance(0.5, 0.25));
    stage.assert_heard(STEREO, (0.5, 0.25));
    // Either value alone, a mute, and a new connection.
    let strip = stage.strip(MONO);
    stage.desk.set_pan(&mixer, &strip, -0.5).unwrap();
    stage.assert_heard(MONO, as_balance(0.5, -0.5));
    stage.desk.set_volume(&mixer, &strip, 2.0).unwrap();
    stage.assert_heard(MONO, as_balance(2.0, -0.5));
    stage.desk.set_muted(&mixer, &strip, true).unwrap();
    stage.assert_heard(MONO, as_balance(0.0, -0.5));
    stage.desk.set_muted(&mixer, &strip, false).unwrap();
    assert!(stage.connect(MIXERS + 2, MONO, true));
    stage.assert_heard(MONO, as_balance(2.0, -0.5));
    assert_eq!((strip.faders().volume, strip.faders().pan), (2.0, -0.5));

    stage.desk.set_pan_law(&mixer, PanLaw::Balance).unwrap();
    stage.assert_heard(MONO, (2.0, -0.5));
    assert_eq!(mixer.pan_law.get(), PanLaw::Balance);
}

#[test]
fn groups_are_multiplied_before_the_law() {
    let stage = stage();
    let mixer = stage.node(0).clone();
    stage
        .desk
        .set_pan_law(&mixer, PanLaw::ConstantPower)
        .unwrap();
    let (number, fader) = stage.groups.iter().next().expect("there are three");
    let member = (mixer.clone(), MONO.1);
    stage.desk.add_members(*number, &[member]).unwrap();
    stage.assert_heard(MONO, as_balance(1.0, 0.0));
    stage.fade(fader, None, 0.25, 0).unwrap();
    stage.desk.poll_fades();
    stage.assert_heard(MONO, as_balance(0.25, 0.0));
    // The members keep their group when the law changes.
    stage.desk.set_pan_law(&mixer, PanLaw::Balance).unwrap();
    stage.assert_heard(MONO, (0.25, 0.0));
}

#[test]
fn a_pan_fades_along_the_law_in_steps() {
    let stage = stage();
    let mixer = stage.node(0).clone();
    let strip = stage.strip(MONO);
    let request = FadeRequest {
        which: Which::Pan,
        to: 1.0,
        frames: 1_000,
        curve: Curve::Linear,
    };
    let ended = Box::new(|_| {});
    stage.desk.fade(&mixer, &strip, request, ended).unwrap();
    for step in 1..=10 {
        if step == 3 {
            // A fade under way goes on.
            stage
                .desk
                .set_pan_law(&mixer, PanLaw::ConstantPower)
                .unwrap();
        }
        stage.fake().advance(100);
        stage.desk.poll_fades();
        let pan = step as f32 / 10.0;
        let expected = if step < 3 {
            (1.0, pan)
        } else {
            as_balance(1.0, pan)
        };
        stage.assert_heard(MONO, expected);
    }
}

#[test]
fn a_law_that_is_refused_is_taken_back() {
    let stage = stage();
    let mixer = stage.node(0).clone();
    stage.fake().refuses.store(true, Ordering::Relaxed);
    let law = PanLaw::ConstantPower;
    assert!(stage.desk.set_pan_law(&mixer, law).is_err());
    assert_eq!(mixer.pan_law.get(), PanLaw::Balance);
    stage.fake().refuses.store(false, Ordering::Relaxed);
    let strip = stage.strip(MONO);
    stage.desk.set_pan(&mixer, &strip, 0.5).unwrap();
    stage.assert_heard(MONO, (1.0, 0.5));
}
