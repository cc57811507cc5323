//! The drawing of a mix: all buses are in it, and it is well-formed.

use std::fs;

use super::program::*;

#[test]
fn the_plot_is_a_drawing_of_all_buses() {
    let folder = tempfile::tempdir().unwrap();
    let odd = "<a> & \"b\".wav";
    fs::copy(recording("Noise.wav"), folder.path().join(odd)).unwrap();
    let voice = recording("Front_Left.wav");
    mix(
        folder.path(),
        &[
            odd, &voice, "-o", "mix.wav", "--plot", "mix.svg", "--rate", "44100",
        ],
    );
    assert_eq!(files(folder.path()), [odd, "mix.svg", "mix.wav"]);
    let svg = fs::read_to_string(folder.path().join("mix.svg")).unwrap();
    let texts = well_formed(&svg);
    for name in [
        "&lt;a&gt; &amp; &quot;b&quot;.wav",
        "Front_Left.wav",
        "sum",
        "mix.wav",
        "time in s",
    ] {
        assert!(
            texts.iter().any(|text| text.contains(name)),
            "{name} is not among {texts:?}"
        );
    }
    assert_eq!(svg.matches("<polygon").count(), 3);
}

#[test]
fn the_plot_of_the_demo_shows_group_send_automation_and_scene() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["-o", "mix.wav", "--plot", "mix.svg"];
    mix(folder.path(), &arguments);
    let svg = fs::read_to_string(folder.path().join("mix.svg")).unwrap();
    let texts = well_formed(&svg);
    for part in ["in band", "post-fader", "group of", "automated", "scene"] {
        assert!(
            texts.iter().any(|text| text.contains(part)),
            "{part} is not among {texts:?}"
        );
    }
    // Five waveforms and the sum; the gains of the buses and the group's fader are lines with a
    // point for each block.
    assert_eq!(svg.matches("<polygon").count(), 6);
    let blocks = 8 * 48_000 / 512;
    let courses = svg.lines().filter(|line| {
        let points = line.split("points=\"").nth(1).unwrap_or_default();
        line.starts_with("<polyline") && points.matches(',').count() >= blocks
    });
    assert_eq!(courses.count(), 6);

    // Nothing depends on the time that rendering takes.
    let sound = fs::read(folder.path().join("mix.wav")).unwrap();
    mix(folder.path(), &arguments);
    assert!(fs::read(folder.path().join("mix.wav")).unwrap() == sound);
    assert!(fs::read_to_string(folder.path().join("mix.svg")).unwrap() == svg);
}

/// Checks that tags close in order and no stray marks are left, and returns the texts.
fn well_formed(xml: &str) -> Vec<String> {
    let mut open = Vec::new();
    let mut texts = Vec::new();
    for piece in xml.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap();
        assert!(!text.contains('>'), "stray mark after {tag}");
        for entity in text.split('&').skip(1) {
            let known = ["lt;", "gt;", "amp;", "quot;", "apos;"];
            assert!(
                known.iter().any(|known| entity.starts_with(known)),
                "bare & in {text}"
            );
        }
        let name = tag.split_whitespace().next().unwrap();
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{name} closes what is not open");
        } else if !tag.ends_with('/') && !tag.starts_with('?') {
            assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
            open.push(name);
        }
        if !text.trim().is_empty() {
            texts.push(text.trim().to_owned());
        }
    }
    assert!(open.is_empty(), "{open:?} stay open");
    texts
}
