//! On the portable engine the probe's answers are the choices that the other tests expect. On
//! Apple's engine they are what the probe is there to find out.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

use perbus_conformance::changes::{self, Line};
use perbus_conformance::manners;
use serde_json::Value;

/// Cargo builds examples into a folder next to that of the test programs.
fn probe(arguments: &[&str], manners: &str) -> Output {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(Path::parent).unwrap();
    let program = profile.join("examples/probe");
    Command::new(&program)
        .args(arguments)
        .env("PERBUS_MANNERS", manners)
        // No device: how it starts would depend on the machine.
        .env("PERBUS_AUDIO", "pulse")
        .env("PULSE_SERVER", "unix:/nonexistent/socket")
        .output()
        .unwrap_or_else(|error| panic!("{}: {error}: run `cargo test`", program.display()))
}

#[track_caller]
fn answer(arguments: &[&str], manners: &str) -> String {
    let output = probe(arguments, manners);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn what_the_portable_engine_does_is_what_was_chosen() {
    let measured = serde_json::from_str(&answer(&[], "")).unwrap();
    let found = changes::changes(&measured);
    let found: Vec<_> = found.iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn an_unknown_probe_is_named() {
    let output = probe(&["P99"], "");
    assert!(!output.status.success());
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.starts_with("\"P99\" is no probe; they are P01_pan, "),
        "{message}"
    );
}

#[test]
fn manners_that_the_engine_has_are_confirmed_and_no_others() {
    for manners in [
        "",
        "pending",
        "loses-output",
        "slow-start",
        "stop-waits",
        "strict-teardown",
        "breaks-connects",
        "early-completions",
        "late-pulls",
        "no-fades",
        "no-meters",
        "no-output",
        "wide-output",
        "loses-output,pending",
    ] {
        assert_eq!(answer(&["--manners"], manners).trim_end(), manners);
    }
    let all = answer(&["--manners"], "apple");
    let all: BTreeSet<_> = all.trim_end().split(',').collect();
    for manner in [
        "early-completions",
        "loses-output",
        "no-meters",
        "pending",
        "slow-start",
        "stop-waits",
        "strict-teardown",
        "wide-output",
    ] {
        assert!(all.contains(manner), "{manner}: {all:?}");
    }
    assert!(!all.contains("breaks-connects"), "{all:?}");
}

/// What needs a device, or somebody who pulls its plug.
#[test]
fn answers_that_no_test_can_have_confirm_their_manners() {
    let with = |place: &str, answer: Value| {
        let mut answers = perbus_conformance::choices();
        let (probe, rest) = place.split_once('/').unwrap();
        let group = &mut answers[probe];
        match rest.split_once('/') {
            Some((inner, leaf)) => group[inner][leaf] = answer,
            None => group[rest] = answer,
        }
        manners::confirmed(&answers)
    };
    assert!(manners::confirmed(&perbus_conformance::choices()).is_empty());
    for (place, answer, confirmed) in [
        (
            "manner_configuration/keeps_volume",
            false.into(),
            "configuration",
        ),
        (
            "manner_configuration/keeps_equalizer",
            false.into(),
            "configuration",
        ),
        (
            "manner_device/observed/start_takes_10_ms",
            true.into(),
            "slow-start",
        ),
        (
            "manner_device/observed/counts_from_elsewhere",
            true.into(),
            "other-clock",
        ),
        (
            "manner_device/observed/has_sample_time_at_once",
            false.into(),
            "other-clock",
        ),
        (
            "manner_late_pulls/called_when_detached",
            true.into(),
            "late-pulls",
        ),
    ] {
        assert_eq!(with(place, answer), [confirmed], "{place}");
    }
}

#[test]
fn what_depends_on_the_machine_is_no_change() {
    let mut measured = perbus_conformance::choices();
    measured["manner_output"]["observed"]["channels"] = 16.into();
    assert_eq!(changes::changes(&measured), []);
    measured["manner_output"]["is_wide"] = true.into();
    assert_eq!(changes::changes(&measured).len(), 1);
}

/// The places of all values.
fn leaves(place: &str, value: &Value, found: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(map) => map
            .iter()
            .for_each(|(name, inner)| leaves(&format!("{place}/{name}"), inner, found)),
        Value::Array(values) => values
            .iter()
            .enumerate()
            .for_each(|(index, inner)| leaves(&format!("{place}/{index}"), inner, found)),
        value => found.push((place.to_owned(), value.clone())),
    }
}

#[test]
fn every_answer_leads_to_the_line_of_its_choice_and_to_the_one_that_decides() {
    let mut all = Vec::new();
    leaves("", &perbus_conformance::choices(), &mut all);
    assert!(all.len() > 200, "{}", all.len());
    let mut numbers = BTreeSet::new();
    for (place, value) in &all {
        let choice = changes::choice(place);
        assert!(
            choice
                .text
                .trim_end_matches(',')
                .ends_with(&value.to_string()),
            "{place}: {choice}"
        );
        assert!(numbers.insert(choice.number), "{place}: {choice}");
        let deciding = changes::deciding(place).unwrap_or_else(|| panic!("{place}: no line"));
        assert!(deciding.number.is_some(), "{place}: {deciding}");
    }
}

#[test]
fn a_change_names_the_choice_and_both_lines() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("measured.json");
    let mut measured = perbus_conformance::choices();
    measured["P07_full_mixer"]["inputs_of_a_new_mixer"] = 16.into();
    measured["P01_pan"]["mono"]["left"][2] = 0.75.into();
    std::fs::write(&file, measured.to_string()).unwrap();
    let said = answer(&["--changes", file.to_str().unwrap()], "");
    let lines: Vec<_> = said.lines().collect();
    let line = |file: &str, text: &str| {
        let source = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file));
        let source = source.unwrap();
        let number = source.lines().position(|it| it.trim().starts_with(text));
        format!("  {file}:{}: {text}", number.unwrap() + 1)
    };
    assert_eq!(lines.len(), 6, "{said}");
    assert_eq!(lines[0], "/P01_pan/mono/left/2: measured 0.75, chosen 1");
    assert!(
        lines[1].starts_with("  conformance/choices.json:"),
        "{said}"
    );
    let balance = line(
        "native/render/choices.h",
        "static inline pbr_gains pbr_balance(",
    );
    assert!(lines[2].starts_with(&balance), "{said}");
    assert_eq!(
        lines[3],
        "/P07_full_mixer/inputs_of_a_new_mixer: measured 16, chosen 8"
    );
    let chosen = line("conformance/choices.json", "\"inputs_of_a_new_mixer\": 8,");
    assert_eq!(lines[4], chosen);
    let inputs = line("native/render/choices.h", "#define PBR_MIXER_INPUTS ");
    assert!(lines[5].starts_with(&inputs), "{said}");
    let unknown = Line {
        file: "conformance/choices.json",
        number: Some(1),
        text: "{".to_owned(),
    };
    assert_eq!(changes::choice("/nothing"), unknown);
    assert_eq!(changes::deciding("/nothing"), None);
}
