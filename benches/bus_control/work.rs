//! The calls: walks over a mixer's buses that set, or read, each in turn.

use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use perbus::Bus;
use perbus_floors::calls::{Bare, Map, Message};

use crate::desk::Desk;

/// The floor of the ratios: a lock, a map and a store.
pub(crate) const FLOOR: &str = "floor C";

pub(crate) struct Work<'a> {
    pub(crate) name: &'static str,
    /// Makes that many calls and returns how long they took.
    pub(crate) run: Box<dyn FnMut(u64) -> Duration + 'a>,
}

/// Walks the buses and moves the volume, so that no call repeats the one before it.
pub(crate) fn walk(buses: u32, mut call: impl FnMut(u32, f32)) -> impl FnMut(u64) -> Duration {
    let mut step = 0_u32;
    move |calls| {
        let start = Instant::now();
        for _ in 0..calls {
            step = step.wrapping_add(1);
            call(black_box(step % buses), (step % 1000) as f32 / 1000.0);
        }
        start.elapsed()
    }
}

fn work<'a>(name: &'static str, buses: u32, call: impl FnMut(u32, f32) + 'a) -> Work<'a> {
    Work {
        name,
        run: Box::new(walk(buses, call)),
    }
}

const TRACKED: &str = "a tracked bus";

/// Floors first.
pub(crate) fn all(desk: &Desk) -> Vec<Work<'_>> {
    let mut all = floors(desk.buses());
    all.extend(volumes(desk));
    all.extend(others(desk));
    all
}

fn floors(buses: u32) -> Vec<Work<'static>> {
    let map = Map::new(buses);
    let cells: Vec<AtomicU32> = (0..buses).map(|_| AtomicU32::new(0)).collect();
    let bare = Bare::new(buses).expect("an offline engine");
    let message = Message::new().expect("an object");
    vec![
        work(FLOOR, buses, move |bus, volume| map.set(bus, volume)),
        work("atomic store", buses, move |bus, volume| {
            cells[bus as usize].store(volume.to_bits(), Ordering::Relaxed);
        }),
        work("message", buses, move |_, _| {
            black_box(message.send());
        }),
        work("C function", buses, move |bus, volume| {
            assert!(bare.set(bus, volume), "{TRACKED}");
        }),
    ]
}

pub(crate) fn strips(desk: &Desk) -> Vec<Bus> {
    (0..desk.buses())
        .map(|bus| desk.mixer.bus(bus).expect("a bus in range"))
        .collect()
}

fn volumes(desk: &Desk) -> Vec<Work<'_>> {
    let (engine, mixer, buses) = (&desk.engine, &desk.mixer, desk.buses());
    let (set, get) = (strips(desk), strips(desk));
    vec![
        work("by number", buses, move |bus, volume| {
            engine
                .set_mixer_volume_for_bus(mixer, volume, bus)
                .expect(TRACKED);
        }),
        work("by number, get", buses, move |bus, _| {
            black_box(engine.mixer_volume_for_bus(mixer, bus).expect(TRACKED));
        }),
        work("by strip", buses, move |bus, volume| {
            set[bus as usize].set_volume(volume).expect(TRACKED);
        }),
        work("by strip, get", buses, move |bus, _| {
            black_box(get[bus as usize].volume());
        }),
        work("by connection", buses, move |bus, volume| {
            engine
                .set_connection_volume(&desk.players[bus as usize], mixer, bus, volume)
                .expect(TRACKED);
        }),
        work("by connection, get", buses, move |bus, _| {
            let player = &desk.players[bus as usize];
            black_box(engine.connection_volume(player, mixer, bus).expect(TRACKED));
        }),
    ]
}

fn others(desk: &Desk) -> Vec<Work<'_>> {
    let (engine, mixer, buses) = (&desk.engine, &desk.mixer, desk.buses());
    let (pan, mute) = (strips(desk), strips(desk));
    vec![
        work("pan by number", buses, move |bus, pan| {
            engine
                .set_mixer_pan_for_bus(mixer, pan, bus)
                .expect(TRACKED);
        }),
        work("pan by strip", buses, move |bus, value| {
            pan[bus as usize].set_pan(value).expect(TRACKED);
        }),
        work("mute", buses, move |bus, value| {
            mute[bus as usize].set_muted(value > 0.5).expect(TRACKED);
        }),
    ]
}
