//! What is in its recordings.

use std::path::Path;

use perbus::Schedule;
use perbus_mix::{decode, mix_file, Desk, Sound};

use super::console;
use super::sound::write_tone;
use super::tmux::Tmux;

/// The samples of a float WAV file, interleaved.
fn read(path: &Path) -> Vec<f32> {
    let mut wav = hound::WavReader::open(path).unwrap();
    wav.samples().map(Result::unwrap).collect()
}

/// From the first sound on.
fn from_sound(samples: &[f32]) -> &[f32] {
    let begin = samples.iter().position(|sample| *sample != 0.0).unwrap();
    // Both sides of a frame.
    &samples[begin / 2 * 2..]
}

/// The mix is in the file to the bit, wherever it begins.
#[test]
fn the_mix_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    write_tone(&folder.path().join("tone.wav"), 1.0);
    let command = console("tone.wav --offline");
    let Some(tmux) = Tmux::run_in(folder, 80, 24, &command, &[]) else {
        return;
    };
    tmux.wait_text("# halted  0:00.0 / 0:01.0");
    tmux.press(&["r"]);
    tmux.wait_text(" REC 0:00.");
    tmux.press(&["Space"]);
    // The held peak stays for seconds.
    tmux.wait("a level", |screen| screen.cell(0, 2) != "-inf");
    tmux.wait_text("# halted");
    tmux.press(&["r"]);
    tmux.wait_text("recording-1.wav: ");
    let read = |name: &str| read(&tmux.path().join(name));
    let (tone, recorded) = (read("tone.wav"), read("recording-1.wav"));
    let begin = recorded
        .chunks(2)
        .position(|frame| frame[0] != 0.0)
        .unwrap();
    // The sine's own first sample is 0.
    let recorded = &recorded[2 * (begin - 1)..];
    for side in 0..2 {
        let heard: Vec<f32> = recorded.iter().skip(side).step_by(2).copied().collect();
        assert_eq!(heard[..tone.len()], tone);
        assert!(heard[tone.len()..].iter().all(|sample| *sample == 0.0));
    }
    // A second one has another name.
    tmux.press(&["r"]);
    tmux.wait_text("records to recording-2.wav");
}

const MIX: &str = r#"
[[stem]]
name = "first"
file = "tone.wav"
gain = -6
fades = [
    { at = 0.1, gain = -20, over = 0.3, curve = "exponential" },
    { at = 0.3, pan = 1, over = 0.5 },
    { at = 0.7, gain = 3, over = 0.1 },
]
sends = [{ to = "room", gain = -3, tap = "pre" }]

[[stem]]
name = "second"
file = "tone.wav"
gain = -12
pan = -0.5

[[return]]
name = "room"
high_pass = 2000
pan = -1

[[group]]
name = "both"
stems = ["first", "second"]
fades = [{ at = 0.2, gain = -10, over = 0.6 }]

[master]
fades = [{ at = 0.5, volume = 0.5, over = 0.4 }]
"#;

/// The mix as an offline engine renders it, without the console.
fn rendered(path: &Path) -> Vec<f32> {
    let mut mix = mix_file::read(path, Vec::new()).unwrap();
    decode::decode(&mut mix.stems, 48_000, 0.0, |_, _| ()).unwrap();
    let desk = Desk::new(&mix, Desk::offline(48_000, 512).unwrap(), false).unwrap();
    desk.engine().start().unwrap();
    desk.schedule(0, 0.0).unwrap();
    for (player, stem) in desk.players.iter().zip(&mix.stems) {
        let Sound::Streamed(file) = &stem.sound else {
            panic!("it is decoded while it plays")
        };
        player.schedule_file(file, Schedule::default()).unwrap();
        player.play().unwrap();
    }
    let mut samples = Vec::new();
    let all = desk.engine().render_blocks(desk.frames(), |planar| {
        let frames = planar[0].iter().zip(planar[1]);
        samples.extend(frames.flat_map(|(left, right)| [*left, *right]));
        Ok(())
    });
    all.unwrap();
    samples
}

#[test]
fn automation_is_recorded_as_it_is_rendered_offline() {
    let folder = tempfile::tempdir().unwrap();
    write_tone(&folder.path().join("tone.wav"), 1.0);
    std::fs::write(folder.path().join("mix.toml"), MIX).unwrap();
    let command = console("--mix mix.toml --offline --play --record take.wav");
    let Some(tmux) = Tmux::run_in(folder, 80, 24, &command, &[]) else {
        return;
    };
    tmux.wait_text("# halted");
    tmux.press(&["q"]);
    tmux.wait_text("restored");
    let recorded = read(&tmux.path().join("take.wav"));
    let expected = rendered(&tmux.path().join("mix.toml"));
    let (recorded, expected) = (from_sound(&recorded), from_sound(&expected));
    let worst = recorded
        .iter()
        .zip(expected)
        .map(|(one, other)| (one - other).abs());
    let worst = worst.fold(0.0, f32::max);
    assert!(recorded.len() >= expected.len() && worst < 1e-4, "{worst}");
    let loudest = expected.iter().copied().fold(0.0, f32::max);
    assert!(loudest > 0.2, "{loudest}");
}
