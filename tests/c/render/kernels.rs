//! The kernels on their own, and whole engines with each of them. The environment variable
//! PERBUS_ISA is read once per process, so each engine renders in a child process of its own.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::common::native::{include, libraries, package, run, STRICT};
use crate::common::*;
use perbus::{Buffer, Bus, Engine, Player, Result, Schedule};

/// Those that this processor lacks stand for the preferred one.
const NAMES: [&str; 5] = ["baseline", "avx2", "avx512", "neon", "unknown"];

/// Where a child process leaves its samples.
const RESULT: &str = "PERBUS_TEST_RESULT";

/// The fraction of a change that one sample may move by.
const STEP: f32 = 0.004;

const BUSES: u32 = 43;
const FRAMES: usize = 8192;
/// How many frames apart faders move.
const PART: usize = 1024;

#[test]
fn kernels_agree_with_plain_loops() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let program = folder.path().join("kernels");
    run(Command::new("cc")
        .args(["-std=gnu11", "-O2", "-g", &include()])
        .args(STRICT)
        .arg(package().join("tests/c/render/kernels.c"))
        .arg("-o")
        .arg(&program)
        .arg(format!("-L{}", libraries().display()))
        .args(["-lperbus_render", "-lm"]));
    run(Command::new(&program).env_remove("PERBUS_ISA"));
    for name in NAMES {
        run(Command::new(&program).env("PERBUS_ISA", name));
    }
}

fn noise(channels: u32, frames: u32, seed: u32) -> Result<Buffer> {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    Buffer::from_fn(format(channels), frames, |_, _| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as f32 / u32::MAX as f32 - 0.5
    })
}

/// Mono and stereo players on the main mixer and on one upstream of it; some are metered.
fn desk() -> Result<(Engine, Vec<Bus>, Vec<Player>)> {
    let engine = Engine::offline(format(2), 512)?;
    let main = engine.main_mixer();
    let group = engine.create_mixer()?;
    engine.connect(&group, &main, 0, BUSES)?;
    let (mut buses, mut players) = (Vec::new(), Vec::new());
    for number in 0..BUSES {
        let mixer = if number % 5 == 0 { &group } else { &main };
        let player = engine.create_player()?;
        let channels = 1 + number % 2;
        engine.connect_with_format(&player, mixer, 0, number, format(channels))?;
        // Seams in many places, and long stretches without one.
        let sound = noise(channels, 700 + 311 * number, number)?;
        let schedule = Schedule {
            loops: number % 4 != 3, // the others end within a block
            ..Schedule::default()
        };
        player.schedule_as(&sound, schedule)?;
        let bus = mixer.bus(number)?;
        if number % 3 == 0 {
            bus.meter()?;
        }
        buses.push(bus);
        players.push(player);
    }
    engine.start()?;
    for player in &players {
        player.play()?;
    }
    Ok((engine, buses, players))
}

/// Everything that is heard while faders move, and the meters afterwards.
fn play(block: usize) -> Result<(Vec<f32>, Vec<f32>)> {
    let (engine, buses, _players) = desk()?;
    let mut heard = Vec::new();
    for part in 0..FRAMES / PART {
        for (number, bus) in buses.iter().enumerate() {
            if (number + part) % 3 == 0 {
                bus.set_volume((number * 7 + part * 3) as f32 % 11.0 / 10.0 % 1.0)?;
                bus.set_pan((number * 5 + part) as f32 % 9.0 / 4.0 - 1.0)?;
            }
        }
        heard.extend(render_in(&engine, PART, block).concat());
    }
    let mut read = Vec::new();
    for bus in buses.iter().step_by(3) {
        let meter = bus.meter()?;
        read.extend(meter.peak.iter().chain(&meter.rms));
    }
    Ok((heard, read))
}

/// A constant sound whose fader moves; the largest step, the settled level, every block size.
fn assert_ramp_is_smooth() -> Result<()> {
    for (before, after) in [(1.0, 0.0), (0.0, 1.0), (1.0, 0.125), (0.3, 0.7)] {
        let mut first: Option<Vec<f32>> = None;
        for block in [512, 1, 7, 16, 64, 479, 480, 481] {
            let engine = running(2);
            let mixer = engine.main_mixer();
            engine.connect(&constant(&engine, &[1.0, 1.0]), &mixer, 0, 0)?;
            mixer.bus(0)?.set_volume(before)?;
            assert_constant(&render_in(&engine, 600, block)[0], before);
            mixer.bus(0)?.set_volume(after)?;
            let left = render_in(&engine, 1100, block).remove(0);
            let limit = STEP * (after - before).abs();
            assert!(largest_step(before, &left) <= limit, "blocks of {block}");
            assert_samples(&left[RAMP..], |_| after, 0.0);
            let first = first.get_or_insert_with(|| left.clone());
            assert_eq!(&left, first, "blocks of {block}");
        }
    }
    Ok(())
}

#[test]
#[ignore = "run by the test below, in a process of its own"]
fn child() -> Result<()> {
    let Some(result) = env::var_os(RESULT) else {
        return Ok(());
    };
    assert_ramp_is_smooth()?;
    let (heard, read) = play(512)?;
    for block in [1, 64, 100, 511] {
        assert!(play(block)?.0 == heard, "blocks of {block} sound different");
    }
    let values = heard.iter().chain(&read);
    let bytes: Vec<u8> = values.flat_map(|value| value.to_le_bytes()).collect();
    fs::write(result, bytes).expect("a writable folder");
    Ok(())
}

/// What a child process with this PERBUS_ISA hears and reads.
fn render_with(isa: &str, folder: &Path) -> Vec<f32> {
    let result = folder.join(isa);
    run(Command::new(env::current_exe().expect("a path"))
        .args(["--exact", "render::kernels::child", "--ignored"])
        .env("PERBUS_ISA", isa)
        .env(RESULT, &result));
    let bytes = fs::read(result).expect("the child's samples");
    let floats = bytes.chunks_exact(4);
    assert!(floats.remainder().is_empty());
    let value = |bytes: &[u8]| f32::from_le_bytes(bytes.try_into().expect("four bytes"));
    floats.map(value).collect()
}

#[test]
fn an_engine_sounds_the_same_with_every_instruction_set() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [baseline, others @ ..] = NAMES.map(|isa| render_with(isa, folder.path()));
    let samples = 2 * FRAMES;
    let loudest = baseline.iter().fold(0.0f32, |most, s| most.max(s.abs()));
    assert!(loudest > 1.0, "the desk is silent");
    for (isa, heard) in NAMES[1..].iter().zip(&others) {
        // No term of a sample exceeds half of full scale.
        let tolerance = 1e-6 * 0.5 * BUSES as f32;
        assert_eq!(heard.len(), baseline.len(), "{isa}");
        assert_samples(heard, |at| baseline[at], tolerance);
        assert!(
            heard[..samples] == others[0][..samples],
            "{isa} fuses otherwise"
        );
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("fma") {
            // They round differently; otherwise the choice had no effect.
            assert!(heard[..samples] != baseline[..samples], "{isa}");
        }
    }
}
