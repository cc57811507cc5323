//! The ways in which an engine is less kind than the portable one, by the names that
//! `PERBUS_MANNERS` has for them, and what a probe's answers say of them.

use serde_json::Value;

/// A manner, the place of an answer, and the answer of an engine that does not have it.
const KIND: &[(&str, &str, bool)] = &[
    ("pending", "/manner_pending/controls_before_start", true),
    ("pending", "/manner_pending/controls_after_start", true),
    ("slow-start", "/manner_slow_start/takes_10_ms", false),
    (
        "slow-start",
        "/manner_device/observed/start_takes_10_ms",
        false,
    ),
    (
        "stop-waits",
        "/manner_stop_waits/stop_waits_for_handlers",
        false,
    ),
    ("strict-teardown", "/manner_strict_teardown/survives", true),
    ("breaks-connects", "/manner_breaks_connects/throws", false),
    (
        "early-completions",
        "/manner_early_completions/plain_comes_before_it_is_played",
        false,
    ),
    ("configuration", "/manner_configuration/keeps_volume", true),
    ("configuration", "/manner_configuration/keeps_pan", true),
    (
        "configuration",
        "/manner_configuration/keeps_output_volume",
        true,
    ),
    (
        "configuration",
        "/manner_configuration/keeps_equalizer",
        true,
    ),
    (
        "late-pulls",
        "/manner_late_pulls/called_when_detached",
        false,
    ),
    (
        "late-pulls",
        "/manner_late_pulls/called_when_released",
        false,
    ),
    ("no-fades", "/manner_no_fades/has_fades", true),
    ("no-meters", "/manner_no_meters/has_meters", true),
    ("wide-output", "/manner_output/is_wide", false),
    ("no-output", "/manner_output/has_format", true),
    (
        "other-clock",
        "/manner_device/observed/counts_from_elsewhere",
        false,
    ),
    (
        "other-clock",
        "/manner_device/observed/has_sample_time_at_once",
        true,
    ),
];

/// The same with volumes: 0.25 is what was set.
const KEPT: &[(&str, &str)] = &[
    (
        "loses-output",
        "/manner_loses_output/set_then_connected/reads",
    ),
    (
        "loses-output",
        "/manner_loses_output/set_then_started/reads",
    ),
    (
        "loses-output",
        "/manner_loses_output/set_then_started/heard",
    ),
];

/// The probes whose answers are needed.
pub fn probes() -> impl Iterator<Item = &'static str> {
    let names = crate::probe::NAMES.iter().copied();
    names.filter(|name| name.starts_with("manner_"))
}

/// The manners that these answers confirm, in a fixed order. A probe that ended its process has
/// not answered: only a teardown confirms its manner in that way.
#[must_use]
pub fn confirmed(answers: &Value) -> Vec<&'static str> {
    let unkind = KIND.iter().filter(|(_, place, kind)| {
        let ended = place.starts_with("/manner_strict_teardown")
            && answers.pointer("/manner_strict_teardown/failed").is_some();
        ended
            || answers
                .pointer(place)
                .is_some_and(|it| *it != Value::Bool(*kind))
    });
    let lost = KEPT.iter().filter(|(_, place)| {
        let volume = answers.pointer(place).and_then(Value::as_f64);
        volume.is_some_and(|it| (it - 0.25).abs() > 1e-6)
    });
    let mut names: Vec<_> = unkind.map(|it| it.0).collect();
    names.extend(lost.map(|it| it.0));
    names.sort_unstable();
    names.dedup();
    names
}
