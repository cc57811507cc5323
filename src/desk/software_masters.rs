//! Masters for engines that have none: each bus gets its own volume times those of its masters. Pan
//! laws for those that only balance: a mono bus gets the volume and the balance with the same gains.
//!
//! It lies between the desk and the engine, so that the desk need not know of the difference.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, Weak};

use crate::desk::automation::Point;
use crate::desk::backend::{Backend, BusKey};
use crate::desk::fade::Curve;
use crate::desk::faders::Which;
use crate::desk::pan_law::{as_balance, PanLaw};
use crate::desk::ranges::MAX_VOLUME;
use crate::error::{Error, Result};
use crate::sync::lock;

/// An engine with masters that are multiplied here. Nothing fades by itself: a fade would move the
/// product, not a factor, so that the desk drives all fades in steps.
#[derive(Debug)]
pub(crate) struct SoftwareMasters<B> {
    backend: B,
    /// Held while factors change and products are sent, which have to arrive in the same order.
    sending: Mutex<()>,
}

/// A connection of the engine's, or a master.
#[derive(Debug)]
pub(crate) enum Fader<C> {
    Bus(Arc<Bus<C>>),
    Master(Arc<Master<C>>),
}

/// A connection, with what its volume is made of.
#[derive(Debug)]
pub(crate) struct Bus<C> {
    connection: C,
    /// Its mixer's, when it was made.
    law: PanLaw,
    factors: Mutex<Factors<C>>,
}

#[derive(Debug)]
struct Factors<C> {
    /// `None` until it is set: a new connection starts at its source's own volume.
    volume: Option<f32>,
    /// `None` likewise.
    pan: Option<f32>,
    masters: Vec<Arc<Master<C>>>,
}

#[derive(Debug)]
pub(crate) struct Master<C> {
    volume: Mutex<f32>,
    /// The buses that have it, by address. A connection that has ended is dropped by the desk, and
    /// with it its bus.
    buses: Mutex<HashMap<usize, Weak<Bus<C>>>>,
}

/// A volume and a pan for one connection.
pub(crate) struct Setting<C> {
    bus: Arc<Bus<C>>,
    volume: f32,
    pan: f32,
}

// Not derived: that would require the same of the connection.
impl<C> Clone for Fader<C> {
    fn clone(&self) -> Self {
        match self {
            Self::Bus(bus) => Self::Bus(Arc::clone(bus)),
            Self::Master(master) => Self::Master(Arc::clone(master)),
        }
    }
}

impl<C> Fader<C> {
    pub(crate) fn new(connection: C, law: PanLaw) -> Self {
        Self::Bus(Arc::new(Bus {
            connection,
            law,
            factors: Mutex::new(Factors {
                volume: None,
                pan: None,
                masters: Vec::new(),
            }),
        }))
    }

    /// The engine's connection; `None` for a master.
    pub(crate) fn native(&self) -> Option<&C> {
        match self {
            Self::Bus(bus) => Some(&bus.connection),
            Self::Master(_) => None,
        }
    }

    fn bus(&self) -> Result<&Arc<Bus<C>>> {
        match self {
            Self::Bus(bus) => Ok(bus),
            Self::Master(_) => Err(Error::WrongKind("a master has no bus".to_owned())),
        }
    }
}

impl<C> Bus<C> {
    /// What the engine gets, if the bus's own volume is known.
    fn product(&self) -> Option<f32> {
        let factors = lock(&self.factors);
        let volume = factors.volume?;
        let masters = factors.masters.iter();
        let masters: f64 = masters.map(|it| f64::from(*lock(&it.volume))).product();
        Some((f64::from(volume) * masters).min(f64::from(MAX_VOLUME)) as f32)
    }

    fn replace_pan(&self, pan: Option<f32>) -> Option<f32> {
        std::mem::replace(&mut lock(&self.factors).pan, pan)
    }

    fn replace_volume(&self, volume: Option<f32>) -> Option<f32> {
        std::mem::replace(&mut lock(&self.factors).volume, volume)
    }
}

impl<C> Master<C> {
    fn buses(&self) -> Vec<Arc<Bus<C>>> {
        lock(&self.buses)
            .values()
            .filter_map(Weak::upgrade)
            .collect()
    }
}

impl<C> Drop for Bus<C> {
    fn drop(&mut self) {
        let address = std::ptr::from_ref(self) as usize;
        for master in &lock(&self.factors).masters {
            lock(&master.buses).remove(&address);
        }
    }
}

fn address<C>(bus: &Arc<Bus<C>>) -> usize {
    Arc::as_ptr(bus) as usize
}

impl<B: Backend> SoftwareMasters<B> {
    pub(crate) fn new(backend: B) -> Self {
        Self {
            backend,
            sending: Mutex::default(),
        }
    }

    fn alone(&self) -> MutexGuard<'_, ()> {
        lock(&self.sending)
    }

    /// Whether the bus's volume and pan are converted: the engine would balance what is to be panned.
    fn converts(&self, bus: &Bus<B::Connection>) -> Result<bool> {
        Ok(bus.law == PanLaw::ConstantPower && self.backend.pans_mono(&bus.connection)?)
    }

    fn send(&self, bus: &Bus<B::Connection>) -> Result<()> {
        let Some(product) = bus.product() else {
            return Ok(());
        };
        if !self.converts(bus)? {
            return self.backend.set_volume(&bus.connection, product);
        }
        let pan = lock(&bus.factors).pan.unwrap_or(0.0);
        let (volume, balance) = as_balance(product, pan);
        self.backend.batch(|| {
            self.backend.set_volume(&bus.connection, volume)?;
            self.backend.set_pan(&bus.connection, balance)
        })
    }

    /// The bus's own volume and pan, or what the engine has where that is not what they make.
    fn read(&self, bus: &Bus<B::Connection>) -> Result<(f32, f32)> {
        let _alone = self.alone();
        let volume = self.backend.volume(&bus.connection)?;
        let pan = self.backend.pan(&bus.connection)?;
        let converts = self.converts(bus)?;
        let product = bus.product();
        let (own, own_pan) = {
            let factors = lock(&bus.factors);
            (factors.volume, factors.pan)
        };
        let made = match product {
            Some(product) if converts => as_balance(product, own_pan.unwrap_or(0.0)),
            _ => (product.unwrap_or(volume), own_pan.unwrap_or(pan)),
        };
        let kept = |own: Option<f32>, made: f32, is: f32| match own {
            Some(own) if made == is => own,
            _ => is,
        };
        Ok((kept(own, made.0, volume), kept(own_pan, made.1, pan)))
    }

    fn set_bus_pan(&self, bus: &Bus<B::Connection>, pan: f32) -> Result<()> {
        let _alone = self.alone();
        let before = bus.replace_pan(Some(pan));
        let sent = self.converts(bus).and_then(|converts| {
            // Until its volume is known there is nothing to convert.
            if converts {
                self.send(bus)
            } else {
                self.backend.set_pan(&bus.connection, pan)
            }
        });
        sent.inspect_err(|_| {
            bus.replace_pan(before);
        })
    }

    fn set_bus(&self, bus: &Bus<B::Connection>, volume: f32) -> Result<()> {
        let _alone = self.alone();
        let before = bus.replace_volume(Some(volume));
        self.send(bus).inspect_err(|_| {
            bus.replace_volume(before);
        })
    }

    /// Sends the products of all its buses, heard from one frame on if the engine can do that.
    fn set_master(&self, master: &Master<B::Connection>, volume: f32) -> Result<()> {
        let _alone = self.alone();
        let before = std::mem::replace(&mut *lock(&master.volume), volume);
        let buses = master.buses();
        let send = || buses.iter().try_for_each(|bus| self.send(bus));
        if buses.is_empty() {
            return Ok(());
        }
        self.backend.batch(send).inspect_err(|_| {
            *lock(&master.volume) = before;
            // Those that were sent already are sent their old products again.
            for bus in &buses {
                let _ = self.send(bus);
            }
        })
    }
}

fn unsupported() -> Error {
    Error::Unsupported("this engine does not fade by itself".to_owned())
}

impl<B> Deref for SoftwareMasters<B> {
    type Target = B;

    fn deref(&self) -> &B {
        &self.backend
    }
}

impl<B: Backend> Backend for SoftwareMasters<B> {
    type Connection = Fader<B::Connection>;
    type Setting = Setting<B::Connection>;

    const MAX_BUSES: u32 = B::MAX_BUSES;

    fn bus_of(fader: &Self::Connection) -> Option<BusKey> {
        fader.native().and_then(B::bus_of)
    }

    fn now(&self) -> i64 {
        self.backend.now()
    }

    fn set_volume(&self, fader: &Self::Connection, volume: f32) -> Result<()> {
        match fader {
            Fader::Bus(bus) => self.set_bus(bus, volume),
            Fader::Master(master) => self.set_master(master, volume),
        }
    }

    fn set_pan(&self, fader: &Self::Connection, pan: f32) -> Result<()> {
        match fader {
            Fader::Bus(bus) => self.set_bus_pan(bus, pan),
            Fader::Master(_) => Ok(()),
        }
    }

    fn volume(&self, fader: &Self::Connection) -> Result<f32> {
        match fader {
            Fader::Bus(bus) => self.read(bus).map(|(volume, _)| volume),
            Fader::Master(master) => Ok(*lock(&master.volume)),
        }
    }

    fn pan(&self, fader: &Self::Connection) -> Result<f32> {
        match fader {
            Fader::Bus(bus) => self.read(bus).map(|(_, pan)| pan),
            Fader::Master(_) => Ok(0.0),
        }
    }

    fn can_fade(_: &Self::Connection) -> bool {
        false
    }

    fn fade_volume(&self, _: &Self::Connection, _: f32, _: u64, _: Curve) -> Result<()> {
        Err(unsupported())
    }

    fn fade_pan(&self, _: &Self::Connection, _: f32, _: u64) -> Result<()> {
        Err(unsupported())
    }

    fn automate(&self, _: &Self::Connection, _: Which, _: i64, _: &[Point]) -> Result<()> {
        Err(unsupported())
    }

    fn setting(fader: &Self::Connection, volume: f32, pan: f32) -> Option<Self::Setting> {
        let Fader::Bus(bus) = fader else {
            return None;
        };
        B::setting(&bus.connection, volume, pan)?;
        Some(Setting {
            bus: Arc::clone(bus),
            volume,
            pan,
        })
    }

    fn apply(&self, settings: &[Self::Setting]) -> Result<()> {
        let _alone = self.alone();
        let before: Vec<_> = settings
            .iter()
            .map(|it| {
                let volume = it.bus.replace_volume(Some(it.volume));
                (volume, it.bus.replace_pan(Some(it.pan)))
            })
            .collect();
        let products = settings.iter().filter_map(|it| {
            let product = it.bus.product()?;
            let converted = self.converts(&it.bus).map(|converts| {
                let (volume, pan) = match converts {
                    true => as_balance(product, it.pan),
                    false => (product, it.pan),
                };
                B::setting(&it.bus.connection, volume, pan)
            });
            converted.transpose()
        });
        let applied = products
            .collect::<Result<Vec<_>>>()
            .and_then(|products| self.backend.apply(&products));
        applied.inspect_err(|_| {
            for (setting, (volume, pan)) in settings.iter().zip(before).rev() {
                setting.bus.replace_volume(volume);
                setting.bus.replace_pan(pan);
            }
        })
    }

    fn create_master(&self) -> Result<Self::Connection> {
        Ok(Fader::Master(Arc::new(Master {
            volume: Mutex::new(1.0),
            buses: Mutex::default(),
        })))
    }

    fn set_masters(
        &self,
        connection: &Self::Connection,
        masters: &[Self::Connection],
    ) -> Result<()> {
        let bus = connection.bus()?;
        let masters = masters.iter().filter_map(|it| match it {
            Fader::Bus(_) => None,
            Fader::Master(master) => Some(Arc::clone(master)),
        });
        let masters: Vec<_> = masters.collect();
        let _alone = self.alone();
        let set = |masters: Vec<Arc<Master<_>>>| {
            for master in &masters {
                lock(&master.buses).insert(address(bus), Arc::downgrade(bus));
            }
            let left = std::mem::replace(&mut lock(&bus.factors).masters, masters);
            let factors = lock(&bus.factors);
            for master in &left {
                if !factors.masters.iter().any(|it| Arc::ptr_eq(it, master)) {
                    lock(&master.buses).remove(&address(bus));
                }
            }
            left
        };
        let before = set(masters);
        self.send(bus).inspect_err(|_| {
            set(before);
        })
    }

    /// The buses' connections have the law.
    fn set_pan_law(&self, _: &Self::Connection, _: PanLaw) -> Result<bool> {
        Ok(false)
    }

    fn pans_mono(&self, fader: &Self::Connection) -> Result<bool> {
        let native = fader.native();
        native.map_or(Ok(false), |it| self.backend.pans_mono(it))
    }

    fn batch<T>(&self, call: impl FnOnce() -> Result<T>) -> Result<T> {
        self.backend.batch(call)
    }
}
