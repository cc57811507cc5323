//! How much memory a bus takes, and that moving its fader takes none.

use perbus::{Buffer, Bus, Engine, Format, Mixer, Player, Result, Schedule};

use crate::malloc::{alone, calls, left_behind};

const BUSES: u32 = 4096;

/// An engine with that many unconnected players, and a sound for all of them.
fn players() -> Result<(Engine, Mixer, Vec<Player>, Buffer)> {
    let stereo = Format::new(48_000.0, 2)?;
    let engine = Engine::offline(stereo, 512)?;
    let mixer = engine.main_mixer();
    let players = (0..BUSES)
        .map(|_| engine.create_player())
        .collect::<Result<Vec<Player>>>()?;
    let sound = Buffer::from_fn(stereo, 100, |_, _| 0.1)?;
    Ok((engine, mixer, players, sound))
}

fn connect(engine: &Engine, mixer: &Mixer, players: &[Player]) -> Result<()> {
    for (bus, player) in (0..).zip(players) {
        engine.connect(player, mixer, 0, bus)?;
        mixer.bus(bus)?.set_volume(0.5)?;
    }
    Ok(())
}

fn play(engine: &Engine, players: &[Player], sound: &Buffer) -> Result<()> {
    engine.start()?;
    for player in players {
        let looping = Schedule {
            loops: true,
            ..Schedule::default()
        };
        player.schedule_as(sound, looping)?;
        player.play()?;
    }
    render(engine)
}

fn render(engine: &Engine) -> Result<()> {
    let (mut left, mut right) = ([0.0; 512], [0.0; 512]);
    engine.render(&mut [&mut left, &mut right])
}

/// Bytes per bus that `work` leaves behind: the engine's and Rust's.
fn left_by_a_bus(work: impl FnOnce() -> Result<()>) -> Result<(f64, f64)> {
    let a_bus = |bytes: i64| bytes as f64 / f64::from(BUSES);
    let (engine, rust) = left_behind(work)?;
    Ok((a_bus(engine), a_bus(rust)))
}

/// Connection, volume and pan, and the bus's place in the render plan; its samples, its player and
/// what the player has queued are not the connection's.
#[test]
fn a_connected_bus_takes_at_most_512_bytes_of_the_engine() -> Result<()> {
    let _alone = alone();
    let (engine, mixer, players, sound) = players()?;
    let connections = left_by_a_bus(|| connect(&engine, &mixer, &players))?;
    let plan = left_by_a_bus(|| {
        engine.start()?;
        render(&engine)
    })?;
    assert!(connections.0 + plan.0 <= 512.0, "{connections:?}, {plan:?}");
    let queue = left_by_a_bus(|| play(&engine, &players, &sound))?;
    // The engine's and Rust's share of everything, including faders, labels and the map of what
    // feeds what.
    let all = connections.0 + connections.1 + plan.0 + queue.0 + queue.1;
    assert!(all <= 1280.0, "{connections:?}, {plan:?}, {queue:?}");
    Ok(())
}

#[test]
fn moving_and_reading_faders_takes_no_memory() -> Result<()> {
    let _alone = alone();
    let (engine, mixer, players, sound) = players()?;
    let players = &players[..64];
    connect(&engine, &mixer, players)?;
    play(&engine, players, &sound)?;
    let buses = (0..64)
        .map(|bus| mixer.bus(bus))
        .collect::<Result<Vec<Bus>>>()?;
    let taken = calls(|| {
        for round in 0..10 {
            let value = round as f32 / 10.0;
            for ((number, bus), player) in (0..).zip(&buses).zip(players) {
                bus.set_volume(value)?;
                bus.set_pan(value)?;
                bus.set_muted(true)?;
                bus.set_muted(false)?;
                engine.set_mixer_volume_for_bus(&mixer, value, number)?;
                engine.set_mixer_pan_for_bus(&mixer, value, number)?;
                engine.set_connection_volume(player, &mixer, number, value)?;
                engine.set_connection_pan(player, &mixer, number, value)?;
                assert_eq!(engine.connection_volume(player, &mixer, number)?, value);
                assert_eq!(engine.connection_pan(player, &mixer, number)?, value);
                let _ = (
                    bus.volume(),
                    bus.pan(),
                    bus.is_muted(),
                    bus.effective_volume(),
                );
                let _ = engine.mixer_volume_for_bus(&mixer, number)?;
                let _ = engine.mixer_pan_for_bus(&mixer, number)?;
            }
            render(&engine)?;
        }
        Ok(())
    })?;
    assert_eq!(taken, 0);
    let one = calls(|| {
        drop(std::hint::black_box(Box::new(1)));
        Ok(())
    })?;
    assert_eq!(one, 1, "calls are counted");
    Ok(())
}
