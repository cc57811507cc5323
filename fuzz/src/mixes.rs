//! Mix files: read, checked as the programs do, and played for a moment.

use perbus::{Buffer, Format};
use perbus_mix::{mix_file, Desk, Sound};

use crate::common::render;

const RATE: u32 = 48_000;

/// Desks of more buses would test how long a desk takes.
const MOST_BUSES: usize = 64;

pub(crate) fn mixes(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let parsed = mix_file::parse(text, "fuzzed", Vec::new(), |_, _| {
        Ok(Sound::Decoded(sound()))
    });
    let mix = match parsed {
        Ok(mix) if mix.bus_count() <= MOST_BUSES => mix,
        Ok(_) => return,
        Err(failure) => return assert_shown(&failure.0),
    };
    if let Err(failure) = Desk::rehearse(&mix, RATE) {
        return assert_shown(&failure.0);
    }
    let played = Desk::offline(RATE, 512).and_then(|engine| Desk::new(&mix, engine, true));
    let desk = match played.and_then(|desk| desk.schedule(0, 0.0).map(|()| desk)) {
        Ok(desk) => desk,
        Err(failure) => panic!("it was rehearsed: {}", failure.0),
    };
    desk.engine().start().expect("an offline engine starts");
    for plane in render(desk.engine(), 2_048) {
        assert!(plane.iter().all(|it| it.is_finite()));
    }
    for scene in &mix.scenes {
        desk.show(scene).expect("it was rehearsed");
    }
    for plane in render(desk.engine(), 512) {
        assert!(plane.iter().all(|it| it.is_finite()));
    }
}

/// For one line of a terminal.
fn assert_shown(failure: &str) {
    assert!(
        failure.starts_with("fuzzed: ") || failure.contains(": "),
        "{failure}"
    );
    assert!(!failure.contains(char::is_control), "{failure:?}");
}

fn sound() -> Buffer {
    let format = Format::new(f64::from(RATE), 2).expect("a usual format");
    Buffer::from_fn(format, 480, |frame, _| (frame % 96) as f32 / 960.0).expect("a buffer")
}
