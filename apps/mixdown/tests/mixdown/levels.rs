//! Levels: what exceeds full scale, normalising, the master's gain, integer samples, loudness.

use std::f32::consts::TAU;
use std::fs;
use std::path::Path;

use super::program::*;

/// A mono file of one value.
fn constant(path: &Path, value: f32) {
    write_wav(path, 48_000, |_| [value]);
}

fn stderr(folder: &Path, arguments: &[&str]) -> String {
    let output = mixdown(folder, arguments);
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{arguments:?}: {message}");
    message
}

#[test]
fn a_sum_beyond_full_scale_is_warned_of_with_its_level() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    constant(&folder.join("a.wav"), 0.5);
    let twice = ["a.wav:gain=6.0206dB", "a.wav:Vol=2", "-o", "mix.wav"];

    // 0.5 doubled, twice: 2 in all samples of both sides.
    let warned = stderr(folder, &twice);
    assert!(
        warned.starts_with("mixdown: warning: the sum exceeds 0 dBFS by 6.02 dB in 96000 samples"),
        "{warned}"
    );
    assert!(warned.contains("float keeps them"), "{warned}");
    let mix = read_wav(&folder.join("mix.wav"));
    assert!(mix.iter().all(|sample| (sample - 2.0).abs() < 1e-4));

    let warned = stderr(folder, &[&twice[..], &["--bits", "16"]].concat());
    assert!(warned.contains("they are clipped"), "{warned}");
    let mix = read_ints(&folder.join("mix.wav"), 16);
    assert!(mix.iter().all(|sample| *sample == i32::from(i16::MAX)));

    // A bus beyond full scale is no harm if the sum is not.
    let arguments = ["a.wav:vol=4", "-o", "mix.wav", "--master=-6.03"];
    assert_eq!(stderr(folder, &arguments), "");
}

#[test]
fn the_master_gain_scales_every_sample() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let voice = recording("Front_Left.wav");
    mix(folder, &[&voice, "-o", "plain.wav"]);
    let lines = mix(folder, &[&voice, "-o", "mix.wav", "--master", "-6 dB"]);
    let gain = 10_f32.powf(-6.0 / 20.0);
    let (plain, quiet) = (
        read_wav(&folder.join("plain.wav")),
        read_wav(&folder.join("mix.wav")),
    );
    assert_eq!(plain.len(), quiet.len());
    for (plain, quiet) in plain.iter().zip(&quiet) {
        assert!((plain * gain - quiet).abs() < 1e-6);
    }
    // The bus is metered before it.
    assert!((number(&lines[0], 5) - 6.0 - number(&lines[1], 1)).abs() < 0.011);
}

#[test]
fn normalising_takes_the_peak_to_the_level() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let [voice, noise] = ["Front_Left.wav", "Noise.wav"].map(recording);
    let loud = format!("{noise}:gain=12");
    mixdown(folder, &[&voice, &loud, "-o", "plain.wav"]);
    let plain = read_wav(&folder.join("plain.wav"));
    let peak = |samples: &[f32]| samples.iter().fold(0.0_f32, |peak, it| peak.max(it.abs()));
    for (argument, level) in [("--normalize", -1.0), ("--normalize=-3dB", -3.0_f32)] {
        let lines = mix(folder, &[&voice, &loud, "-o", "mix.wav", argument]);
        let normalized = read_wav(&folder.join("mix.wav"));
        let wanted = 10_f32.powf(level / 20.0);
        assert!((peak(&normalized) - wanted).abs() < 1e-6, "{argument}");
        assert_eq!(number(&lines[2], 1), f64::from(level));
        let gain = wanted / peak(&plain);
        let steady = plain.iter().zip(&normalized);
        assert!(steady
            .clone()
            .all(|(it, new)| (it * gain - new).abs() < 1e-6));
        assert_eq!(plain.len(), normalized.len());
    }
    // Silence has no level.
    let silent = format!("{noise}:mute");
    mix(folder, &[&silent, "-o", "mix.wav", "--normalize"]);
    assert_eq!(peak(&read_wav(&folder.join("mix.wav"))), 0.0);
    assert_eq!(files(folder), ["mix.wav", "plain.wav"]);
}

#[test]
fn integers_are_dithered_with_a_triangular_noise_of_two_steps() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (bits, name) in [(16_u16, "16"), (24, "24")] {
        let step = (1.0 - f32::from(bits)).exp2();
        // Rounding alone would lose 0.3 of a step.
        constant(&folder.join("a.wav"), 100.3 * step);
        mix(folder, &["a.wav", "-o", "mix.wav", "--bits", name]);
        let samples = read_ints(&folder.join("mix.wav"), bits);
        assert_eq!(samples.len(), 96_000);
        let errors = samples.iter().map(|sample| f64::from(*sample) - 100.3);
        let mean = errors.clone().sum::<f64>() / 96_000.0;
        let power = errors.clone().map(|error| error * error).sum::<f64>() / 96_000.0;
        assert!(mean.abs() < 0.01, "{bits} bits: {mean} steps off");
        // 1/6 of the noise and 1/12 of rounding, in squares of a step.
        assert!((power - 0.25).abs() < 0.01, "{bits} bits: {power}");
        assert!(errors.clone().all(|error| error.abs() <= 1.5));

        let first = fs::read(folder.join("mix.wav")).unwrap();
        mix(folder, &["a.wav", "-o", "mix.wav", "--bits", name]);
        assert!(fs::read(folder.join("mix.wav")).unwrap() == first);
    }
}

#[test]
fn loudness_is_that_of_ebu_tech_3341() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    // Its first case: 20 s of a stereo sine of 1 kHz at -23 dBFS have -23 LUFS.
    let level = 10_f32.powf(-23.0 / 20.0);
    write_wav(&folder.join("sine.wav"), 20 * 48_000, |frame| {
        [level * (TAU * (frame % 48) as f32 / 48.0).sin(); 2]
    });
    let arguments = [
        "sine.wav:gain=-10",
        "sine.wav:mute",
        "-o",
        "mix.wav",
        "--loudness",
    ];
    let lines = mix(folder, &[&arguments[..], &["--normalize=-23"]].concat());
    let near = |column: &str, wanted: f64| {
        let found: f64 = column.parse().unwrap();
        assert!((found - wanted).abs() < 0.1, "{column} is not {wanted}");
    };
    let bus = &lines[0][7..];
    near(&bus[0], -33.0);
    near(&bus[1], 0.0);
    near(&bus[2], -33.0);
    assert_eq!(lines[1][7..], ["-inf", "0.00", "-inf", "muted"]);
    let sum = &lines[2][3..];
    near(&sum[0], -23.0);
    near(&sum[2], -23.0);
    assert_eq!(sum[3..].join(" "), "normalized by +10.00 dB");

    // Buses on desks of their own have the levels that the meters of the mix show.
    let demo = mix(folder, &["-o", "mix.wav"]);
    let alone = mix(folder, &["-o", "mix.wav", "--loudness"]);
    for (metered, alone) in demo.iter().zip(&alone) {
        assert_eq!(metered[..], alone[..metered.len()]);
    }
}
