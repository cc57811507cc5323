//! Runs every conformance case as a test of its own.

use std::ffi::{c_char, c_int, CStr};

// Not named below, but the cases and the AVFAudio that they call are linked through these.
use perbus as _;
use perbus_conformance as _;

type Case = unsafe extern "C" fn(message: *mut c_char, capacity: usize) -> c_int;

/// Runs a case and panics with its message when it fails.
fn run(case: Case) {
    let mut message: [c_char; 512] = [0; 512];
    // SAFETY: every case has this signature (the CASE macro of cases/support.h defines it) and
    // writes at most `capacity` bytes to `message`; it lets no exception out.
    let failed = unsafe { case(message.as_mut_ptr(), message.len()) };
    if failed != 0 {
        // SAFETY: the array is zeroed and a case ends what it writes with a zero, so there is one
        // within its bounds; nothing else refers to it.
        let message = unsafe { CStr::from_ptr(message.as_ptr()) };
        panic!("{}", message.to_string_lossy());
    }
}

macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        mod native {
            use super::{c_char, c_int};

            extern "C" {
                $(pub(super) fn $name(message: *mut c_char, capacity: usize) -> c_int;)*
            }
        }

        $(
            #[test]
            fn $name() {
                run(native::$name);
            }
        )*
    };
}

cases! {
    case_00_choices_of_the_render_core,
    case_01_new_engine,
    case_02_io_nodes_are_attached_when_read,
    case_03_main_mixer_is_connected_when_read,
    case_04_new_player,
    case_05_values_before_attachment,
    case_06_attach_and_detach,
    case_07_attach_twice,
    case_08_attach_to_a_second_engine,
    case_09_connect_unattached,
    case_10_connect_with_an_empty_format,
    case_11_connect_is_told_from_both_ends,
    case_12_connect_replaces_the_source,
    case_13_connect_moves_the_source,
    case_14_connect_without_buses,
    case_15_next_available_input_bus,
    case_16_connect_grows_the_mixer,
    case_17_connection_formats,
    case_18_connect_to_many,
    case_19_connect_to_fewer,
    case_20_disconnect,
    case_21_no_destination,
    case_22_destination_before_start,
    case_23_volume_set_before_connect,
    case_24_destination_volume_is_its_own,
    case_25_source_volume_reaches_all,
    case_26_reconnect_forgets_the_destination,
    case_27_pan_moves_with_the_source,
    case_28_destination_of_a_destination,
    case_29_who_conforms,
    case_30_band_past_half_the_rate,
    case_30_destination_through_an_effect,
    case_30_destination_through_two_effects,
    case_30_detached_effect_joins_its_neighbours,
    case_30_effects_and_splits,
    case_30_equalizer_values,
    case_30_reset_clears_an_effects_tail,
    case_30_reset_clears_what_converts_into_an_effect,
    case_31_bus_volume_through_an_effect,
    case_31_unconnected_bus_touches_nothing,
    case_32_unity,
    case_33_sum_does_not_clip,
    case_34_bus_volume,
    case_35_bus_volume_leaves_other_buses,
    case_36_output_volume,
    case_37_pan,
    case_38_mono_output_has_no_pan,
    case_39_player_keeps_its_own_time,
    case_39_source_of_another_rate,
    case_39_split_source,
    case_39_tap_hears_the_sources_rate,
    case_40_mono_source_in_stereo,
    case_41_manual_rendering_while_running,
    case_42_render_in_the_wrong_state,
    case_43_render_and_reset,
    case_44_realtime_mode,
    case_45_engine_of_another_rate,
    case_45_manual_mode_keeps_connections,
    case_46_input_without_data,
    case_47_play_too_early,
    case_48_buffers_follow_without_a_gap,
    case_49_loop,
    case_50_interrupt_and_stop,
    case_51_buffer_with_another_channel_count,
    case_52_playing_after_the_last_buffer,
    case_53_player_time,
    case_54_one_tap_a_bus,
    case_55_what_a_source_block_sees,
    case_56_buffers_and_formats,
    case_57_connection_point,
    case_61_bus_count,
    case_61_bus_parameters,
    case_61_bus_parameters_without_a_source,
    case_58_matrix_shape,
    case_59_matrix_sums,
    case_60_each_matrix_level_silences,
    case_61_mixer_unit_bus_out_of_range,
    case_62_unknown_audio_unit,
    case_63_split_into_a_matrix,
    case_64_matrix_buses_and_formats,
}
