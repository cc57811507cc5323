//! Operations on strips, and their effect according to the model.

use perbus::{BusConfig, Control, Error, Fallback, MAX_BUSES};

use super::world::{expect, on, Handle, Strip, World};
use super::{Change, BUSES};

impl World {
    /// Without a source: the mixer's sum or its own pan downstream, a refusal, or the strip.
    pub(crate) fn set_by_number(&mut self, node: usize, bus: u32, change: Change) {
        let Handle::Mixer(mixer) = &self.items[node].handle else {
            return;
        };
        let result = match change {
            Change::Volume(volume) => self.engine.set_mixer_volume_for_bus(mixer, volume, bus),
            Change::Pan(pan) => self.engine.set_mixer_pan_for_bus(mixer, pan, bus),
            Change::Mute(_) | Change::Solo(_) => return,
        };
        let tracked = self.links.contains_key(&(node, bus));
        let possible = self.items[node].attached && bus < MAX_BUSES && change.in_range();
        if !possible {
            return expect(result, false);
        }
        if tracked || self.fallback == Fallback::Hold {
            let control = if tracked {
                Control::Connection
            } else {
                Control::Held
            };
            assert_eq!(result.ok(), Some(control));
            self.strip(node, bus).change(change);
            return;
        }
        if self.fallback == Fallback::Deny {
            assert!(matches!(result, Err(Error::NotConnected(_))), "{result:?}");
            return;
        }
        if let Change::Volume(volume) = change {
            assert_eq!(result.ok(), Some(Control::Mixer));
            self.items[node].output_volume = volume;
            return;
        }
        let fed = self.fed_by(node);
        if fed.is_empty() {
            assert!(matches!(result, Err(Error::NoPanControl(_))), "{result:?}");
            return;
        }
        assert_eq!(result.ok(), Some(Control::Mixer));
        for (mixer, bus) in fed {
            self.strip(mixer, bus).change(change);
        }
    }

    pub(crate) fn set_by_strip(&mut self, node: usize, bus: u32, change: Change) {
        let Handle::Mixer(mixer) = &self.items[node].handle else {
            return;
        };
        let strip = mixer.bus(bus);
        assert_eq!(strip.is_ok(), bus < MAX_BUSES);
        let Ok(strip) = strip else { return };
        let result = match change {
            Change::Volume(volume) => strip.set_volume(volume),
            Change::Pan(pan) => strip.set_pan(pan),
            Change::Mute(muted) => strip.set_muted(muted),
            Change::Solo(soloed) => strip.set_soloed(soloed),
        };
        let possible = self.items[node].attached && change.in_range();
        expect(result, possible);
        if possible {
            self.strip(node, bus).change(change);
        }
    }

    pub(crate) fn set_by_connection(
        &mut self,
        source: usize,
        node: usize,
        bus: u32,
        change: Change,
    ) {
        let Handle::Mixer(mixer) = &self.items[node].handle else {
            return;
        };
        let engine = &self.engine;
        let result = on!(&self.items[source].handle, from => match change {
            Change::Volume(volume) => engine.set_connection_volume(from, mixer, bus, volume),
            Change::Pan(pan) => engine.set_connection_pan(from, mixer, bus, pan),
            Change::Mute(_) | Change::Solo(_) => return,
        });
        let connected = self.links.get(&(node, bus)) == Some(&source);
        let possible = connected && change.in_range();
        expect(result, possible);
        if possible {
            self.strip(node, bus).change(change);
        }
    }

    pub(crate) fn configure(&mut self, node: usize, entries: &[BusConfig]) {
        let Handle::Mixer(mixer) = &self.items[node].handle else {
            return;
        };
        let result = mixer.configure(entries);
        let possible = self.items[node].attached
            && entries.iter().enumerate().all(|(place, entry)| {
                let volume = entry.volume.is_none_or(|to| Change::Volume(to).in_range());
                let pan = entry.pan.is_none_or(|to| Change::Pan(to).in_range());
                let twice = entries[..place].iter().any(|other| other.bus == entry.bus);
                entry.bus < MAX_BUSES && volume && pan && !twice
            });
        expect(result, possible);
        if !possible {
            return;
        }
        for entry in entries {
            let strip = self.strip(node, entry.bus);
            let changes = [
                entry.volume.map(Change::Volume),
                entry.pan.map(Change::Pan),
                entry.muted.map(Change::Mute),
                entry.soloed.map(Change::Solo),
            ];
            changes
                .into_iter()
                .flatten()
                .for_each(|to| strip.change(to));
            if let Some(label) = &entry.label {
                strip.label.clone_from(label);
            }
        }
    }

    pub(crate) fn snapshot(&mut self, node: usize) {
        let Handle::Mixer(mixer) = &self.items[node].handle else {
            return;
        };
        let strips = (0..BUSES).map(|bus| self.strip_of(node, bus)).collect();
        let output_volume = self.items[node].output_volume;
        self.scenes
            .push((node, mixer.snapshot(), strips, output_volume));
    }

    pub(crate) fn apply_scene(&mut self, scene: usize, other: Option<usize>) {
        if self.scenes.is_empty() {
            return;
        }
        let (own, scene, strips, output_volume) = self.scenes[scene % self.scenes.len()].clone();
        let node = other.map_or(own, |node| node % self.items.len());
        let Handle::Mixer(mixer) = &self.items[node].handle else {
            return;
        };
        let possible = self.items[node].attached;
        expect(mixer.apply(&scene), possible);
        if possible {
            // Buses that the scene does not list are unchanged, and so are solos.
            for bus in scene.buses().iter().map(|config| config.bus) {
                let strip = self.strip(node, bus);
                *strip = Strip {
                    soloed: strip.soloed,
                    ..strips[bus as usize].clone()
                };
            }
            self.items[node].output_volume = output_volume;
        }
    }

    pub(crate) fn reset(&mut self, node: usize, bus: u32) {
        let Handle::Mixer(mixer) = &self.items[node].handle else {
            return;
        };
        let Ok(strip) = mixer.bus(bus) else { return };
        let possible = self.items[node].attached;
        expect(strip.reset(), possible);
        if possible {
            let strip = self.strip(node, bus);
            let label = std::mem::take(&mut strip.label);
            *strip = Strip {
                label,
                ..Strip::default()
            };
        }
    }

    pub(crate) fn label(&mut self, node: usize, bus: u32, label: u8) {
        let Handle::Mixer(mixer) = &self.items[node].handle else {
            return;
        };
        let Ok(strip) = mixer.bus(bus) else { return };
        strip.set_label(&label.to_string());
        self.strip(node, bus).label = label.to_string();
    }
}
