//! Behaviour that Apple does not document, measured on the AVFAudio that this program is linked to.

use std::ffi::CStr;

use libc::{c_char, c_void};
use serde_json::{Map, Value};

type Put = unsafe extern "C" fn(context: *mut c_void, path: *const c_char, json: *const c_char);
type Measure = unsafe extern "C" fn(context: *mut c_void, put: Put);

macro_rules! probes {
    ($($function:ident => $name:literal),* $(,)?) => {
        mod native {
            use super::{c_void, Put};

            extern "C" {
                $(pub(super) fn $function(context: *mut c_void, put: Put);)*
            }
        }

        /// The names of the probes, and of the choices.
        pub const NAMES: &[&str] = &[$($name),*];

        fn find(name: &str) -> Option<Measure> {
            match name {
                $($name => Some(native::$function),)*
                _ => None,
            }
        }
    };
}

probes! {
    probe_p01_pan => "P01_pan",
    probe_p02_step => "P02_step",
    probe_p03_beyond_the_range => "P03_beyond_the_range",
    probe_p04_channels => "P04_channels",
    probe_p05_listed_again => "P05_listed_again",
    probe_p06_connect_twice => "P06_connect_twice",
    probe_p07_full_mixer => "P07_full_mixer",
    probe_p08_destination_through => "P08_destination_through",
    probe_p09_parameter_and_source => "P09_parameter_and_source",
    probe_p10_output_volume_before_attach => "P10_output_volume_before_attach",
    probe_p11_disconnect_free_bus => "P11_disconnect_free_bus",
    probe_p12_too_many_frames => "P12_too_many_frames",
    probe_p13_tap => "P13_tap",
    probe_p14_completion => "P14_completion",
    probe_others => "others",
    probe_bus_1000 => "bus_1000",
    probe_clocks => "clocks",
    probe_equalizer_bands => "equalizer_bands",
    probe_manner_breaks_connects => "manner_breaks_connects",
    probe_manner_configuration => "manner_configuration",
    probe_manner_device => "manner_device",
    probe_manner_early_completions => "manner_early_completions",
    probe_manner_late_pulls => "manner_late_pulls",
    probe_manner_loses_output => "manner_loses_output",
    probe_manner_no_fades => "manner_no_fades",
    probe_manner_no_meters => "manner_no_meters",
    probe_manner_output => "manner_output",
    probe_manner_pending => "manner_pending",
    probe_manner_slow_start => "manner_slow_start",
    probe_manner_stop_waits => "manner_stop_waits",
    probe_manner_strict_teardown => "manner_strict_teardown",
}

/// The answers of one probe; `None` if there is no probe of that name.
pub fn measure(name: &str) -> Option<Value> {
    let probe = find(name)?;
    let mut answers = Map::new();
    // SAFETY: every probe has this signature (the PROBE macro of probe/probe.h defines it), lets no
    // exception out, and calls `put` on this thread only, before it returns, with its context.
    unsafe { probe((&raw mut answers).cast(), put) };
    Some(Value::Object(answers))
}

/// Stores an answer below its path.
unsafe extern "C" fn put(context: *mut c_void, path: *const c_char, json: *const c_char) {
    // SAFETY: `measure` passes its map as the context and does not touch it meanwhile; the probes
    // pass strings that live for this call.
    let (answers, path, json) = unsafe {
        (
            &mut *context.cast::<Map<String, Value>>(),
            CStr::from_ptr(path).to_string_lossy(),
            CStr::from_ptr(json).to_string_lossy(),
        )
    };
    let (groups, leaf) = path.rsplit_once('.').unwrap_or(("", &path));
    let mut answers = answers;
    for group in groups.split('.').filter(|group| !group.is_empty()) {
        let inner = answers
            .entry(group)
            .or_insert_with(|| Value::Object(Map::new()));
        match inner {
            Value::Object(map) => answers = map,
            _ => return,
        }
    }
    let value = serde_json::from_str(&json).unwrap_or_else(|_| Value::from(json.as_ref()));
    answers.insert(leaf.to_owned(), value);
}
