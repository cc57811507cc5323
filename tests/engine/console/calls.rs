//! Calls that leave the connections as they are, and their effect according to the model.

use std::time::Duration;

use perbus::{Curve, Error, Group, PanLaw, Result};
use proptest::prelude::*;

use super::model::Grouped;
use super::world::{Tested, World};
use super::{Call, Motion, Moving, GROUPS};
use crate::common::RATE;
use crate::course::{Leg, Path};

/// A value of a volume or a pan.
fn scaled(what: Moving, share: f32) -> f32 {
    match what {
        Moving::Pan(_) => 2.0 * share - 1.0,
        _ => 1.75 * share,
    }
}

fn length(frames: u32) -> Duration {
    Duration::from_secs_f64(f64::from(frames) / RATE)
}

impl World {
    /// One of the groups there are.
    fn group(&self, place: usize) -> Option<(u32, Group)> {
        let found = self.groups.iter().nth(place);
        found.map(|(number, group)| (*number, group.clone()))
    }

    pub(crate) fn created(&mut self, group: Group) {
        let modelled = Grouped {
            fader: Path::at_rest(1.0),
            soloed: false,
            members: [].into(),
            inner: [].into(),
        };
        self.model.groups.insert(group.number(), modelled);
        self.groups.insert(group.number(), group);
    }

    fn path(&mut self, what: Moving) -> Option<&mut Path> {
        match what {
            Moving::Volume(at) => Some(&mut self.model.strip(at).volume),
            Moving::Pan(at) => Some(&mut self.model.strip(at).pan),
            Moving::Output(mixer) => Some(&mut self.model.outputs[mixer]),
            Moving::Group(place) => {
                let groups = self.model.groups.values_mut();
                groups.map(|it| &mut it.fader).nth(place)
            }
        }
    }

    /// Whether a call on a mixer was accepted: it is refused while that is detached.
    fn accepted<T>(&self, mixer: usize, done: Result<T>) -> Tested<bool> {
        match done {
            Ok(_) => {
                prop_assert!(self.model.attached[mixer]);
                Ok(true)
            }
            Err(Error::NotAttached(_)) if !self.model.attached[mixer] => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    pub(crate) fn call(&mut self, call: Call) -> Tested<()> {
        let now = self.now;
        match call {
            Call::Set(what, share) => {
                let to = scaled(what, share);
                let done = match what {
                    Moving::Volume(at) => self.bus(at).set_volume(to),
                    Moving::Pan(at) => self.bus(at).set_pan(to),
                    Moving::Output(mixer) => {
                        // Kept while the mixer is detached.
                        self.mixers[mixer].set_output_volume(to)?;
                        self.model.outputs[mixer].start(now, Leg::set(now, to));
                        return Ok(());
                    }
                    Moving::Group(place) => match self.group(place) {
                        Some((_, group)) => group.set_volume(to),
                        None => return Ok(()),
                    },
                };
                self.moved(what, done, |path| path.start(now, Leg::set(now, to)))
            }
            Call::Fade(what, Motion { to, frames, curve }) => {
                let (to, curve) = (scaled(what, to), curve_of(what, curve));
                let done = match what {
                    Moving::Volume(at) => self.bus(at).fade_to(to, length(frames), curve),
                    Moving::Pan(at) => self.bus(at).fade_pan_to(to, length(frames)),
                    Moving::Output(mixer) => {
                        self.mixers[mixer].fade_output_volume_to(to, length(frames), curve)
                    }
                    Moving::Group(place) => match self.group(place) {
                        Some((_, group)) => group.fade_to(to, length(frames), curve),
                        None => return Ok(()),
                    },
                };
                let leg = Leg::new(now, to, frames, curve);
                self.moved(what, done.map(drop), |path| path.start(now, leg))
            }
            Call::FadeAt(what, delay, Motion { to, frames, curve }) => {
                let (to, curve) = (scaled(what, to), curve_of(what, curve));
                let start = now + i64::from(delay);
                let (frame, long) = (start - self.past, length(frames));
                let done = match what {
                    Moving::Volume(at) => self.bus(at).fade_at(frame, to, long, curve),
                    Moving::Pan(at) => self.bus(at).fade_pan_at(frame, to, long),
                    Moving::Output(mixer) => {
                        self.mixers[mixer].fade_output_volume_at(frame, to, long, curve)
                    }
                    Moving::Group(place) => match self.group(place) {
                        Some((_, group)) => group.fade_at(frame, to, long, curve),
                        None => return Ok(()),
                    },
                };
                let leg = Leg::new(start, to, frames, curve);
                let schedule = |path: &mut Path| path.schedule(leg);
                self.moved(what, done.map(drop), schedule)
            }
            Call::SetAt(what, delay, share) => {
                let (to, start) = (scaled(what, share), now + i64::from(delay));
                let frame = start - self.past;
                let done = match what {
                    Moving::Volume(at) => self.bus(at).set_volume_at(frame, to),
                    Moving::Pan(at) => self.bus(at).set_pan_at(frame, to),
                    Moving::Output(mixer) => self.mixers[mixer].set_output_volume_at(frame, to),
                    Moving::Group(place) => match self.group(place) {
                        Some((_, group)) => group.set_volume_at(frame, to),
                        None => return Ok(()),
                    },
                };
                let leg = Leg::set(start, to);
                self.moved(what, done, |path| path.schedule(leg))
            }
            Call::CancelFrom(what, delay) => {
                let start = now + i64::from(delay);
                let frame = start - self.past;
                let done = match what {
                    Moving::Volume(at) | Moving::Pan(at) => {
                        let done = self.bus(at).cancel_automation_from(frame);
                        // Both of a bus's values.
                        self.moved(Moving::Volume(at), done, |path| path.cancel_from(start))?;
                        if self.model.attached[at.0] {
                            self.model.strip(at).pan.cancel_from(start);
                        }
                        return Ok(());
                    }
                    Moving::Output(mixer) => {
                        self.mixers[mixer].cancel_output_automation_from(frame)
                    }
                    Moving::Group(place) => match self.group(place) {
                        Some((_, group)) => group.cancel_automation_from(frame),
                        None => return Ok(()),
                    },
                };
                self.moved(what, done, |path| path.cancel_from(start))
            }
            Call::Mute(at, muted) => {
                let done = self.bus(at).set_muted(muted);
                let mute = |path: &mut Path| path.muted = muted;
                self.moved(Moving::Volume(at), done, mute)
            }
            Call::Solo(at, soloed) => {
                let done = self.bus(at).set_soloed(soloed);
                if self.accepted(at.0, done)? {
                    self.model.strip(at).soloed = soloed;
                }
                Ok(())
            }
            Call::Tap(at, tap) => {
                let set = self.bus(at).set_send_tap(tap);
                let send = self.model.sends.get_mut(&at);
                prop_assert_eq!(set.is_ok(), send.is_some(), "{:?}", set);
                if let Some(send) = send {
                    send.tap = tap;
                }
                Ok(())
            }
            Call::Law(mixer, power) => {
                let law = if power {
                    PanLaw::ConstantPower
                } else {
                    PanLaw::Balance
                };
                let set = self.mixers[mixer].set_pan_law(law);
                if set.is_ok() || self.model.attached[mixer] {
                    set?;
                    self.model.laws[mixer] = law;
                }
                Ok(())
            }
            of_groups => self.call_groups(of_groups),
        }
    }

    /// Moves the model as the console has been moved.
    fn moved(
        &mut self,
        what: Moving,
        done: Result<()>,
        change: impl FnOnce(&mut Path),
    ) -> Tested<()> {
        let mixer = match what {
            Moving::Volume(at) | Moving::Pan(at) => at.0,
            Moving::Output(mixer) => mixer,
            Moving::Group(_) => 0,
        };
        if self.accepted(mixer, done)? {
            change(self.path(what).expect("it is there"));
        }
        Ok(())
    }

    fn call_groups(&mut self, call: Call) -> Tested<()> {
        let place = match call {
            Call::Create => {
                if self.groups.len() < GROUPS {
                    self.created(self.engine.create_group("another")?);
                }
                return Ok(());
            }
            Call::MuteGroup(place, _)
            | Call::SoloGroup(place, _)
            | Call::Remove(place)
            | Call::Join(place, _)
            | Call::Leave(place, _)
            | Call::Nest(place, ..) => place,
            _ => return Ok(()),
        };
        let Some((number, group)) = self.group(place) else {
            return Ok(());
        };
        let modelled = self.model.groups.get_mut(&number).expect("it is there");
        match call {
            Call::MuteGroup(_, muted) => {
                group.set_muted(muted)?;
                modelled.fader.muted = muted;
            }
            Call::SoloGroup(_, soloed) => {
                group.set_soloed(soloed)?;
                modelled.soloed = soloed;
            }
            Call::Remove(_) => {
                self.engine.remove_group(&group)?;
                self.groups.remove(&number);
                self.model.groups.remove(&number);
                for other in self.model.groups.values_mut() {
                    other.inner.remove(&number);
                }
            }
            Call::Join(_, places) => {
                modelled.members.extend(&places);
                let buses: Vec<_> = places.iter().map(|at| self.bus(*at)).collect();
                group.add_all(&buses)?;
            }
            Call::Leave(_, at) => {
                modelled.members.remove(&at);
                group.remove(&self.bus(at))?;
            }
            Call::Nest(_, inner, nested) => {
                let Some((inner_number, inner)) = self.group(inner) else {
                    return Ok(());
                };
                if !nested {
                    let modelled = self.model.groups.get_mut(&number);
                    modelled.expect("it is there").inner.remove(&inner_number);
                    group.remove_group(&inner)?;
                } else if self.model.inside(inner_number).contains(&number) {
                    let refused = group.add_group(&inner);
                    prop_assert!(matches!(refused, Err(Error::Cycle(_))), "{refused:?}");
                } else {
                    group.add_group(&inner)?;
                    let modelled = self.model.groups.get_mut(&number);
                    modelled.expect("it is there").inner.insert(inner_number);
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// Pans fade linearly.
fn curve_of(what: Moving, curve: Curve) -> Curve {
    match what {
        Moving::Pan(_) => Curve::Linear,
        _ => curve,
    }
}
