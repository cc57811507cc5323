//! What has to change when an engine measures something else than was chosen.

use std::fmt;
use std::fs;
use std::path::Path;

use serde_json::Value;

/// Both sides are rounded to millionths.
const TOLERANCE: f64 = 1e-6;
/// Relative to the project's root.
const CHOICES: &str = "conformance/choices.json";
const HEADER: &str = "native/render/choices.h";
const CONNECTIONS: &str = "native/avfaudio/graph/AVAudioEngineConnections.m";
const DESTINATION: &str = "native/avfaudio/graph/AVAudioMixingDestination.m";
const MIXER: &str = "native/avfaudio/nodes/AVAudioMixerNode.m";
const MANNERS: &str = "native/avfaudio/graph/PBManners.m";

/// How the places of answers begin, and what decides there: a file, and a text that only one of its
/// lines contains. The longest beginning counts.
#[rustfmt::skip]
const DECIDING: &[(&str, &str, &str)] = &[
    ("/P01_pan", HEADER, "static inline pbr_gains pbr_balance("),
    ("/P02_step", HEADER, "#define PBR_RAMP_FRAMES "),
    ("/P03_beyond_the_range/volume", DESTINATION, "- (void)setVolume:(float)"),
    ("/P03_beyond_the_range/pan", DESTINATION, "- (void)setPan:(float)"),
    ("/P03_beyond_the_range/output_volume", MIXER, "- (void)setOutputVolume:(float)"),
    ("/P04_channels", HEADER, "static inline uint32_t pbr_make_routes("),
    ("/P04_channels/stereo_to_mono", HEADER, "static inline float pbr_mono_factor("),
    ("/P04_channels/5_1_in_mono", HEADER, "static inline float pbr_mono_factor("),
    ("/P04_channels/5_1_pan", "native/render/layout.h", "static inline pbr_side pbr_layout_side("),
    ("/P04_channels/discrete", HEADER, "static inline bool pbr_layout_converts("),
    ("/P05_listed_again", HEADER, "#define PBR_CONNECT_KEEPS_LISTED "),
    ("/P06_connect_twice", HEADER, "#define PBR_CONNECT_FREES_FIRST "),
    ("/P07_full_mixer", HEADER, "#define PBR_MIXER_INPUTS "),
    ("/P07_full_mixer/next", "native/avfaudio/graph/PBConnections.m", "AVAudioNodeBus PBNextInputBus("),
    ("/P08_destination_through", "native/avfaudio/graph/PBWalk.m", "AVAudioNode *PBControllerOf("),
    ("/P09_parameter_and_source", "native/avfaudio/units/PBMixerBuses.m", "static void SetGainValues("),
    ("/P10_output_volume_before_attach", MIXER, "- (void)setOutputVolume:(float)"),
    ("/P11_disconnect_free_bus/input_", CONNECTIONS, "- (void)disconnectNodeInput:(AVAudioNode *)node bus:"),
    ("/P11_disconnect_free_bus/inputs_", CONNECTIONS, "- (void)disconnectNodeInput:(AVAudioNode *)node {"),
    ("/P11_disconnect_free_bus/output_", CONNECTIONS, "- (void)disconnectNodeOutput:(AVAudioNode *)node bus:"),
    ("/P11_disconnect_free_bus/outputs_", CONNECTIONS, "- (void)disconnectNodeOutput:(AVAudioNode *)node {"),
    ("/P12_too_many_frames", "native/avfaudio/plan/PBRenderBlock.m", "kAudioUnitErr_TooManyFramesToProcess : kAudio_NoError"),
    ("/P13_tap", "native/avfaudio/nodes/AVAudioNodeTaps.m", "tap->requested = bufferSize"),
    ("/P14_completion", "native/avfaudio/nodes/PBCallbacks.m", "void PBCallbacksPut("),
    ("/others/new_node/sample_rate", HEADER, "#define PBR_NOMINAL_RATE "),
    ("/others/new_node/channels", HEADER, "#define PBR_NOMINAL_CHANNELS "),
    ("/others/frames_late", HEADER, "#define PBR_CONVERTER "),
    ("/others/split_across_rates_throws", "native/avfaudio/graph/PBRates.m", "static NSString *Torn("),
    ("/others/engine_stop", HEADER, "#define PBR_ENGINE_STOP_KEEPS_QUEUE "),
    ("/bus_1000", CONNECTIONS, "static void RequireInputBus("),
    ("/clocks", "native/avfaudio/nodes/AVAudioNode.m", "- (AVAudioTime *)lastRenderTime"),
    ("/equalizer_bands", "native/avfaudio/units/AVAudioUnitEQ.m", "- (instancetype)pbMakeBands:"),
    ("/manner_pending", MANNERS, "{\"pending\","),
    ("/manner_loses_output", MANNERS, "{\"loses-output\","),
    ("/manner_slow_start", MANNERS, "{\"slow-start\","),
    ("/manner_stop_waits", MANNERS, "{\"stop-waits\","),
    ("/manner_strict_teardown", MANNERS, "{\"strict-teardown\","),
    ("/manner_breaks_connects", MANNERS, "{\"breaks-connects\","),
    ("/manner_configuration", MANNERS, "{\"configuration\","),
    ("/manner_device", MANNERS, "{\"other-clock\","),
    ("/manner_late_pulls", MANNERS, "{\"late-pulls\","),
    ("/manner_no_fades", MANNERS, "{\"no-fades\","),
    ("/manner_no_fades/first_frame", HEADER, "#define PBR_RAMP_FRAMES "),
    ("/manner_no_meters", MANNERS, "{\"no-meters\","),
    ("/manner_output/has_format", MANNERS, "{\"no-output\","),
    ("/manner_output/is_wide", MANNERS, "{\"wide-output\","),
    ("/manner_early_completions", "native/avfaudio/nodes/PBCallbacks.m", "void PBCallbacksPut("),
];

/// A line of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Relative to the project's root.
    pub file: &'static str,
    /// Counted from 1; `None` if it is not found, as without the project's sources.
    pub number: Option<usize>,
    pub text: String,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number {
            Some(number) => write!(f, "{}:{number}: {}", self.file, self.text),
            None => write!(f, "{}: {}", self.file, self.text),
        }
    }
}

/// An answer other than the choice.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Its place, as a JSON pointer.
    pub place: String,
    pub measured: Value,
    pub chosen: Value,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: measured {}, chosen {}\n  {}",
            self.place,
            self.measured,
            self.chosen,
            choice(&self.place)
        )?;
        match deciding(&self.place) {
            Some(line) => write!(f, "\n  {line}"),
            None => Ok(()),
        }
    }
}

/// Answers that depend on the machine are in a group of this name: no choice is measured by them.
const OBSERVED: &str = "observed";

/// Every place where what was measured is not what was chosen.
#[must_use]
pub fn changes(measured: &Value) -> Vec<Change> {
    let mut found = Vec::new();
    compare(String::new(), measured, &crate::choices(), &mut found);
    found
}

fn compare(place: String, measured: &Value, chosen: &Value, found: &mut Vec<Change>) {
    match (measured, chosen) {
        (Value::Object(left), Value::Object(right)) => {
            for name in left
                .keys()
                .chain(right.keys().filter(|it| !left.contains_key(*it)))
                .filter(|it| *it != OBSERVED)
            {
                let side = |map: &serde_json::Map<_, _>| map.get(name).cloned().unwrap_or_default();
                compare(format!("{place}/{name}"), &side(left), &side(right), found);
            }
            return;
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (index, (left, right)) in left.iter().zip(right).enumerate() {
                compare(format!("{place}/{index}"), left, right, found);
            }
            return;
        }
        _ => {}
    }
    let same = match (measured.as_f64(), chosen.as_f64()) {
        (Some(left), Some(right)) => (left - right).abs() <= TOLERANCE,
        _ => measured == chosen,
    };
    if !same {
        found.push(Change {
            place,
            measured: measured.clone(),
            chosen: chosen.clone(),
        });
    }
}

/// The line of `choices.json` that has a choice, or the part of it that is there.
#[must_use]
pub fn choice(place: &str) -> Line {
    let lines: Vec<_> = include_str!("../choices.json").lines().collect();
    let (mut at, mut value) = (0, crate::choices());
    for (depth, part) in place.split('/').skip(1).enumerate() {
        // As serde_json writes it: two columns a level, and a line for each value of a list.
        let next = match &value {
            Value::Array(_) => part.parse::<usize>().ok().map(|index| at + 1 + index),
            _ => {
                let start = format!("{:indent$}\"{part}\":", "", indent = 2 * (depth + 1));
                (at..lines.len()).find(|&line| lines[line].starts_with(&start))
            }
        };
        let inner = match &value {
            Value::Array(values) => part.parse::<usize>().ok().and_then(|it| values.get(it)),
            other => other.get(part),
        };
        let (Some(next), Some(inner)) = (next, inner.cloned()) else {
            break;
        };
        (at, value) = (next, inner);
    }
    Line {
        file: CHOICES,
        number: Some(at + 1),
        text: lines[at].trim().to_owned(),
    }
}

/// The line that decides what the portable engine answers at a place.
#[must_use]
pub fn deciding(place: &str) -> Option<Line> {
    let fitting = DECIDING
        .iter()
        .filter(|(start, ..)| place.starts_with(start));
    let &(_, file, text) = fitting.max_by_key(|(start, ..)| start.len())?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let source = fs::read_to_string(root.join(file)).unwrap_or_default();
    let mut found = source
        .lines()
        .enumerate()
        .filter(|(_, line)| line.contains(text));
    let line = match (found.next(), found.next()) {
        (Some((index, line)), None) => Line {
            file,
            number: Some(index + 1),
            text: line.trim().to_owned(),
        },
        _ => Line {
            file,
            number: None,
            text: text.to_owned(),
        },
    };
    Some(line)
}
