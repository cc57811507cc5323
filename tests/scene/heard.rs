//! What is heard after a recall is what was heard when the scene was taken, sample by sample.

use perbus::{
    Bus, Curve, Engine, EngineScene, Error, Group, GroupConfig, Mixer, PanLaw, Result, SendTap,
};
use proptest::prelude::*;

use crate::common::*;

const MIXERS: usize = 3;
const BUSES: usize = 8;
const GROUPS: usize = 4;
const SENDS: usize = 3;

/// A main mixer, a sub-mixer and an aux mixer, which both feed it; five sources, mono and stereo,
/// of which three are sent to the aux mixer; and groups without members.
struct Desk {
    engine: Engine,
    mixers: [Mixer; MIXERS],
    buses: Vec<Bus>,
    sends: Vec<Bus>,
    groups: Vec<Group>,
}

impl Desk {
    fn new() -> Result<Self> {
        let engine = running(2);
        let (main, sub, aux) = (
            engine.main_mixer(),
            engine.create_mixer()?,
            engine.create_mixer()?,
        );
        let mut buses = vec![main.connect_next(&sub)?, main.connect_next(&aux)?];
        for (mixer, values) in [
            (&main, &[0.11][..]),
            (&main, &[0.07, 0.05]),
            (&sub, &[0.13]),
            (&sub, &[0.03, 0.02]),
            (&sub, &[0.17]),
        ] {
            buses.push(mixer.connect_next(&constant(&engine, values))?);
        }
        let mut sends = Vec::new();
        for dry in [2, 4, 5] {
            sends.push(buses[dry].send_to(&aux, SendTap::PostFader)?);
        }
        buses.push(sends[0].clone());
        let groups = (0..GROUPS).map(|number| engine.create_group(&number.to_string()));
        Ok(Self {
            groups: groups.collect::<Result<_>>()?,
            mixers: [main, sub, aux],
            engine,
            buses,
            sends,
        })
    }

    fn edit(&self, edit: &Edit) -> Result<()> {
        match *edit {
            Edit::Strip(at, volume, pan) => {
                self.buses[at].set_volume(volume)?;
                self.buses[at].set_pan(pan)
            }
            Edit::Switch(at, muted, soloed, safe) => {
                self.buses[at].set_muted(muted)?;
                self.buses[at].set_soloed(soloed)?;
                self.buses[at].set_solo_safe(safe)
            }
            Edit::Output(at, volume) => self.mixers[at].set_output_volume(volume),
            Edit::Law(at, law) => self.mixers[at].set_pan_law(law),
            Edit::Tap(at, tap) => self.sends[at].set_send_tap(tap),
            Edit::Group(at, volume, muted, soloed) => {
                self.groups[at].set_volume(volume)?;
                self.groups[at].set_muted(muted)?;
                self.groups[at].set_soloed(soloed)
            }
            Edit::Member(group, bus, true) => self.groups[group].add(&self.buses[bus]),
            Edit::Member(group, bus, false) => self.groups[group].remove(&self.buses[bus]),
            Edit::Nest(outer, inner, true) => {
                match self.groups[outer].add_group(&self.groups[inner]) {
                    Err(Error::Cycle(_)) => Ok(()),
                    nested => nested,
                }
            }
            Edit::Nest(outer, inner, false) => self.groups[outer].remove_group(&self.groups[inner]),
            Edit::Fade(at, volume) => {
                let duration = format(2).duration(1_000);
                self.buses[at].fade_to(volume, duration, Curve::Linear)?;
                self.groups[at % GROUPS].fade_to(volume, duration, Curve::Linear)?;
                Ok(())
            }
            Edit::Render(frames) => {
                render(&self.engine, frames);
                Ok(())
            }
        }
    }

    /// Once everything has settled.
    fn heard(&self) -> Vec<Vec<f32>> {
        render(&self.engine, 1_000 + RAMP);
        self.now()
    }

    fn now(&self) -> Vec<Vec<f32>> {
        render(&self.engine, 64)
    }
}

#[derive(Clone, Debug)]
enum Edit {
    Strip(usize, f32, f32),
    Switch(usize, bool, bool, bool),
    Output(usize, f32),
    Law(usize, PanLaw),
    Tap(usize, SendTap),
    Group(usize, f32, bool, bool),
    Member(usize, usize, bool),
    Nest(usize, usize, bool),
    Fade(usize, f32),
    Render(usize),
}

fn edit() -> impl Strategy<Value = Edit> {
    let rarely = || prop::bool::weighted(0.2);
    let law = prop_oneof![Just(PanLaw::Balance), Just(PanLaw::ConstantPower)];
    let tap = prop_oneof![Just(SendTap::PreFader), Just(SendTap::PostFader)];
    prop_oneof![
        (0..BUSES, 0.0..=2.0f32, -1.0..=1.0f32).prop_map(|(a, b, c)| Edit::Strip(a, b, c)),
        (0..BUSES, rarely(), rarely(), rarely()).prop_map(|(a, b, c, d)| Edit::Switch(a, b, c, d)),
        (0..MIXERS, 0.0..=2.0f32).prop_map(|(a, b)| Edit::Output(a, b)),
        (0..MIXERS, law).prop_map(|(a, b)| Edit::Law(a, b)),
        (0..SENDS, tap).prop_map(|(a, b)| Edit::Tap(a, b)),
        (0..GROUPS, 0.0..=2.0f32, rarely(), rarely())
            .prop_map(|(a, b, c, d)| Edit::Group(a, b, c, d)),
        (0..GROUPS, 0..BUSES, any::<bool>()).prop_map(|(a, b, c)| Edit::Member(a, b, c)),
        (0..GROUPS, 0..GROUPS, any::<bool>()).prop_map(|(a, b, c)| Edit::Nest(a, b, c)),
        (0..BUSES, 0.0..=2.0f32).prop_map(|(a, b)| Edit::Fade(a, b)),
        (1..600usize).prop_map(Edit::Render),
    ]
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    prop::collection::vec(edit(), 0..25)
}

/// Scenes that are good but for their ends.
fn bad(scene: &EngineScene) -> [EngineScene; 4] {
    let with = |change: &dyn Fn(&mut GroupConfig)| {
        let mut groups = scene.groups().to_vec();
        change(groups.last_mut().expect("there are groups"));
        scene.clone().with_groups(groups)
    };
    [
        with(&|it| it.volume = Some(4.01)),
        with(&|it| it.inner_groups = Some(vec![it.group])),
        with(&|it| it.members = Some(vec![("mixer 99".to_owned(), 0)])),
        with(&|it| it.group = 99),
    ]
}

proptest! {
    #![proptest_config(model_config())]

    #[test]
    fn a_recalled_desk_sounds_as_it_did(
        before in edits(),
        after in edits(),
        fades in any::<bool>(),
    ) {
        let desk = Desk::new().unwrap();
        for edit in &before {
            desk.edit(edit).unwrap();
        }
        render(&desk.engine, 1_000);
        let scene = desk.engine.snapshot_with_solo();
        let expected = desk.heard();

        for edit in &after {
            desk.edit(edit).unwrap();
        }
        let edited = (desk.heard(), desk.engine.snapshot_with_solo());
        for bad in bad(&scene) {
            prop_assert!(desk.engine.apply(&bad).is_err());
            prop_assert_eq!(&desk.now(), &edited.0);
        }
        prop_assert_eq!(&desk.engine.snapshot_with_solo(), &edited.1);

        if fades {
            let duration = format(2).duration(700);
            desk.engine.fade_to_scene(&scene, duration, Curve::EqualPower).unwrap();
        } else {
            desk.engine.apply(&scene).unwrap();
        }
        prop_assert_eq!(&desk.heard(), &expected);
        prop_assert_eq!(&desk.engine.snapshot_with_solo(), &scene);
    }
}

/// The same with a scene that was stored, in an engine that was built in the same order.
#[cfg(feature = "serde")]
#[test]
fn a_stored_desk_sounds_the_same_in_another_run() -> Result<()> {
    let first = Desk::new()?;
    let edits = [
        Edit::Strip(2, 0.5, -0.25),
        Edit::Member(0, 2, true),
        Edit::Member(1, 5, true),
        Edit::Nest(1, 0, true),
        Edit::Group(1, 0.5, false, false),
        Edit::Law(0, PanLaw::ConstantPower),
        Edit::Tap(1, SendTap::PreFader),
        Edit::Output(2, 1.5),
    ];
    for edit in &edits {
        first.edit(edit)?;
    }
    let text = serde_json::to_string(&first.engine.snapshot()).expect("a scene is plain data");
    let second = Desk::new()?;
    second
        .engine
        .apply(&serde_json::from_str(&text).expect("it reads back"))?;
    assert_eq!(second.heard(), first.heard());
    assert_eq!(second.engine.snapshot(), first.engine.snapshot());
    Ok(())
}
