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

#[test]
fn the_plot_marks_what_exceeds_full_scale() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    // Beyond full scale from 0.4 to 0.5 s, on the right.
    write_wav(&folder.join("loud.wav"), 48_000, |frame| {
        [
            0.5,
            if (19_200..24_000).contains(&frame) {
                1.5
            } else {
                0.5
            },
        ]
    });
    let marks = |stem: &str| {
        let arguments = [stem, "-o", "mix.wav", "--plot", "mix.svg"];
        assert!(mixdown(folder, &arguments).status.success());
        let svg = fs::read_to_string(folder.join("mix.svg")).unwrap();
        let texts = well_formed(&svg);
        // The line of full scale is in every row.
        assert_eq!(texts.iter().filter(|text| *text == "0 dBFS").count(), 2);
        let marks = svg
            .lines()
            .filter(|line| line.starts_with("<rect") && line.contains("fill=\"#CD2828\""));
        let number = |line: &str, name: &str| {
            let value = line.split(name).nth(1).unwrap();
            value.split('"').next().unwrap().parse::<i32>().unwrap()
        };
        marks
            .map(|line| (number(line, " y=\""), number(line, " x=\"")))
            .collect::<Vec<_>>()
    };
    let loud = marks("loud.wav");
    // From 0.4 to 0.5 of 960 columns; the meters of buses look at 50 ms and more at a time.
    let (from, to) = (200 + 960 * 4 / 10, 200 + 960 / 2);
    let sum = loud.iter().map(|(y, _)| *y).max();
    let (of_sum, of_bus): (Vec<_>, Vec<_>) = loud.iter().partition(|(y, _)| Some(*y) == sum);
    for (marks, slack) in [(of_sum, 5), (of_bus, 60)] {
        let columns = (to - from) as usize;
        assert!((columns..columns + 2 * slack).contains(&marks.len()));
        let (from, to) = (from - slack as i32, to + slack as i32);
        assert!(
            marks.iter().all(|(_, x)| (from..to).contains(x)),
            "{marks:?}"
        );
    }
    assert_eq!(marks("loud.wav:vol=0.6"), []);
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
