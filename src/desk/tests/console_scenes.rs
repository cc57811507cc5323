//! Scenes in the random test of groups and sends.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::console_model::{At, Fader, BUSES, MIXERS, NEW};
use super::console_stage::{Test, Tested};
use super::fake::FakeBackend;
use crate::desk::group_config::GroupConfig;
use crate::desk::scene_parts::SceneParts;
use crate::error::Error;

fn near(a: f32, b: f32) -> bool {
    (a - b).abs() < 3e-5
}

impl<B: FakeBackend> Test<B> {
    /// Takes a scene, which has to be what the model says.
    pub(super) fn keep(&mut self) -> Tested<()> {
        let scene = self.desk.snapshot_engine(true);
        let (model, now) = (&self.model, self.model.now);
        let attached = |at: &At| model.attached.contains(&at.0);
        let names: Vec<_> = (0..MIXERS).filter(|it| attached(&(*it, 0))).collect();
        prop_assert_eq!(scene.mixers().count(), names.len());
        let is = |fader: &Fader, volume: Option<f32>, muted, soloed| {
            near(fader.at(now), volume.unwrap_or(-1.0))
                && (muted, soloed) == (Some(fader.muted), Some(fader.soloed))
        };
        for mixer in names {
            let taken = scene.mixer(&self.node(mixer).name());
            let taken = taken.expect("all attached mixers are part of it");
            for bus in taken.buses() {
                let at = (mixer, bus.bus);
                let fader = model.strips.get(&at).unwrap_or(&NEW);
                prop_assert!(is(fader, bus.volume, bus.muted, bus.soloed), "{bus:?}");
                prop_assert_eq!(bus.send_tap, model.sends.get(&at).map(|it| it.tap));
            }
        }
        let numbers: Vec<_> = scene.groups().iter().map(|it| it.group).collect();
        prop_assert_eq!(&numbers, &model.groups.keys().copied().collect::<Vec<_>>());
        for config in scene.groups() {
            let group = &model.groups[&config.group];
            prop_assert!(is(&group.fader, config.volume, config.muted, config.soloed));
            let members = group.members.iter().filter(|it| attached(it)).copied();
            prop_assert_eq!(self.members_of(config), members.collect());
            let inner = config.inner_groups.clone().expect("it is part of it");
            prop_assert_eq!(
                inner.into_iter().collect::<BTreeSet<_>>(),
                group.inner.clone()
            );
        }
        self.kept = scene;
        Ok(())
    }

    fn members_of(&self, config: &GroupConfig) -> BTreeSet<At> {
        let members = config.members.as_ref().expect("they are part of it").iter();
        let place = |(name, bus): &(String, u32)| {
            let mut mixers = 0..MIXERS;
            let mixer = mixers.find(|it| self.node(*it).name() == *name);
            (mixer.expect("a mixer of the test"), *bus)
        };
        members.map(place).collect()
    }

    /// Recalls the scene that was taken last, or some of it; at once.
    pub(super) fn recall(&mut self, parts: SceneParts) -> Tested<()> {
        let kept = self.kept.clone();
        let done = self.desk.recall_engine(&kept.only(parts), None);
        let mut mixers = (0..MIXERS).map(|it| (it, self.node(it).name()));
        let gone = mixers.any(|(mixer, name)| {
            kept.mixer(&name).is_some() && !self.model.attached.contains(&mixer)
        });
        let model = &self.model;
        let gone = gone
            || kept
                .groups()
                .iter()
                .any(|it| !model.groups.contains_key(&it.group));
        match done {
            Ok(()) if !gone => {}
            Err(Error::NotAttached(_)) if gone => return Ok(()),
            Err(Error::Exception(_)) if !gone && self.refuses() => return Ok(()),
            done => return Err(TestCaseError::fail(format!("{gone}: {done:?}"))),
        }
        let write = |fader: &mut Fader, volume: Option<f32>, muted: Option<bool>, soloed| {
            if let Some(volume) = volume.filter(|_| parts.contains(SceneParts::FADERS)) {
                fader.set(volume);
            }
            if parts.contains(SceneParts::MUTES) {
                fader.muted = muted.unwrap_or(fader.muted);
            }
            if parts.contains(SceneParts::SOLOS) {
                fader.soloed = Option::unwrap_or(soloed, fader.soloed);
            }
        };
        for mixer in 0..MIXERS {
            let name = self.node(mixer).name();
            let Some(scene) = kept.mixer(&name) else {
                continue;
            };
            for bus in scene.buses() {
                let at = (mixer, bus.bus);
                prop_assert!(bus.bus < BUSES);
                write(self.model.strip(at), bus.volume, bus.muted, bus.soloed);
                if let Some(send) = self.model.sends.get_mut(&at) {
                    let tap = bus
                        .send_tap
                        .filter(|_| parts.contains(SceneParts::SEND_TAPS));
                    send.tap = tap.unwrap_or(send.tap);
                }
            }
        }
        for config in kept.groups() {
            let members = self.members_of(config);
            let group = self.model.groups.get_mut(&config.group);
            let group = group.expect("none is gone");
            write(&mut group.fader, config.volume, config.muted, config.soloed);
            if parts.contains(SceneParts::GROUPS) {
                let attached = &self.model.attached;
                group.members.retain(|it| !attached.contains(&it.0));
                group.members.extend(members);
                group.inner = config.inner_groups.iter().flatten().copied().collect();
            }
        }
        Ok(())
    }
}
