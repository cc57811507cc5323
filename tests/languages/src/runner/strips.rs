//! The runner in Rust: strips, mixers, fades.

use std::sync::PoisonError;

use perbus::{Fade, PanLaw};

use crate::runner::words::*;
use crate::values::bits;
use crate::world::{number, Answer, End, Failure, World};

fn law(name: &str) -> PanLaw {
    match name {
        "balance" => PanLaw::Balance,
        _ => PanLaw::ConstantPower,
    }
}

fn faded<'a>(world: &'a World, name: &str) -> Result<&'a (Fade, End), Failure> {
    world.fades.get(name).ok_or(Failure::Missing)
}

#[rustfmt::skip] // A line an operation.
pub(super) fn answer(world: &mut World, name: &str, words: &[&str]) -> Answer {
    match (name, words) {
        ("volume", [m, bus, v]) => done(world.bus(m, bus)?.set_volume(number(v))),
        ("volume_db", [m, bus, v]) => done(world.bus(m, bus)?.set_volume_db(number(v))),
        ("get_volume_db", [m, bus]) => Ok(bits(world.bus(m, bus)?.volume_db())),
        ("pan", [m, bus, v]) => done(world.bus(m, bus)?.set_pan(number(v))),
        ("mute", [m, bus, flag]) => done(world.bus(m, bus)?.set_muted(on(flag))),
        ("solo", [m, bus, flag]) => done(world.bus(m, bus)?.set_soloed(on(flag))),
        ("safe", [m, bus, flag]) => done(world.bus(m, bus)?.set_solo_safe(on(flag))),
        ("clear_solo", [e]) => done(world.engine(e)?.clear_solo()),
        ("label", [m, bus, label]) => { world.bus(m, bus)?.set_label(&label[1..]); Ok(String::new()) }
        ("reset", [m, bus]) => done(world.bus(m, bus)?.reset()),
        ("get_volume", [m, bus]) => Ok(bits(world.bus(m, bus)?.volume())),
        ("get_pan", [m, bus]) => Ok(bits(world.bus(m, bus)?.pan())),
        ("get_mute", [m, bus]) => Ok(world.bus(m, bus)?.is_muted().to_string()),
        ("get_solo", [m, bus]) => Ok(world.bus(m, bus)?.is_soloed().to_string()),
        ("get_safe", [m, bus]) => Ok(world.bus(m, bus)?.is_solo_safe().to_string()),
        ("audible", [m, bus]) => Ok(world.bus(m, bus)?.is_audible().to_string()),
        ("get_label", [m, bus]) => Ok(format!("={}", world.bus(m, bus)?.label())),
        ("effective", [m, bus]) => Ok(bits(world.bus(m, bus)?.effective_volume())),
        ("connected", [m, bus]) => Ok(world.bus(m, bus)?.is_connected().to_string()),
        ("meter", [m, bus]) => metered(world.bus(m, bus)?.meter()),

        ("output_volume", [m, v]) => done(world.mixer(m)?.set_output_volume(number(v))),
        ("get_output_volume", [m]) => value(world.mixer(m)?.output_volume()),
        ("output_volume_db", [m, v]) => done(world.mixer(m)?.set_output_volume_db(number(v))),
        ("get_output_volume_db", [m]) => value(world.mixer(m)?.output_volume_db()),
        ("pan_law", [m, law]) => done(world.mixer(m)?.set_pan_law(self::law(law))),
        ("get_pan_law", [m]) => Ok(match world.mixer(m)?.pan_law() {
            PanLaw::ConstantPower => "constant_power",
            _ => "balance",
        }.into()),
        ("reserve", [m, count]) => done(world.mixer(m)?.reserve(number(count))),
        ("next_bus", [m]) => plain(world.mixer(m)?.next_bus()),
        ("mixer_meter", [m]) => metered(world.mixer(m)?.meter()),

        ("fade", [f, m, bus, v, length, curve]) => {
            let (end, ended) = watch();
            let fade = world.bus(m, bus)?.fade_to_with(number(v), milliseconds(length), self::curve(curve), ended)?;
            world.fades.insert((*f).to_owned(), (fade, end));
            Ok(String::new())
        }
        ("group_fade", [f, g, v, length, curve]) => {
            let (end, ended) = watch();
            let fade = world.group(g)?.fade_to_with(number(v), milliseconds(length), self::curve(curve), ended)?;
            world.fades.insert((*f).to_owned(), (fade, end));
            Ok(String::new())
        }
        ("output_fade", [f, m, v, length, curve]) => {
            let (end, ended) = watch();
            let fade = world.mixer(m)?.fade_output_volume_to_with(number(v), milliseconds(length), self::curve(curve), ended)?;
            world.fades.insert((*f).to_owned(), (fade, end));
            Ok(String::new())
        }
        ("fade_pan", [f, m, bus, v, length]) => {
            let (end, ended) = watch();
            let fade = world.bus(m, bus)?.fade_pan_to_with(number(v), milliseconds(length), ended)?;
            world.fades.insert((*f).to_owned(), (fade, end));
            Ok(String::new())
        }
        ("fading", [f]) => Ok(faded(world, f)?.0.is_running().to_string()),
        ("cancel", [f]) => done(faded(world, f)?.0.cancel()),
        ("end", [f]) => {
            let end = *faded(world, f)?.1.lock().unwrap_or_else(PoisonError::into_inner);
            Ok(end.map_or("running".into(), |end| format!("{end:?}").to_lowercase()))
        }
        _ => Err(Failure::Other),
    }
}
