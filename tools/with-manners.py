#!/usr/bin/env python3
"""Runs the desk's tests once more, on an engine as unkind as Apple's may be: see docs/platforms.md.

They are the programs that `cargo test --workspace --all-features` has built. `with-manners.py NAME...`
runs these programs alone, with all manners.
"""

import json
import os
import subprocess
import sys
import time

# With `apple`. Without those that make no engine (buffer, format), test the manners themselves (manners,
# examples), are about devices (device below, live, no_devices), about engines of the program's own, which
# it does not take apart (adopt), count what calls cost (cost_*), or take long (file, soak, threads_calls).
TESTS = """
automation bus control engine equalizer error fade group input matrix meter mixer node pan_law player
recorder scene send sound source tap threads_edits threads_rendering
""".split()

# `apple` for the tests of fades that leave it out below: where fades are exact to the frame. Models start
# thousands of engines, too many for slow ones.
FADING = "pending,loses-output,stop-waits,strict-teardown,early-completions,late-pulls"

# Each manner by itself over the tests of what it is about: a program, and parts of its tests' names.
ALONE = [
    ("automation", FADING, []),
    ("engine", FADING, ["console::"]),
    ("fade", FADING, []),
    ("group", FADING, ["automation::", "model::", "rates::"]),
    ("scene", FADING, ["fades::", "groups::"]),
    ("sound", FADING, ["gain::moves::"]),
    ("fade", "pending", []),
    ("bus", "pending", ["effects::"]),
    ("fade", "loses-output", ["outputs::"]),
    ("scene", "loses-output", ["engine::", "fades::"]),
    ("threads_edits", "slow-start", []),
    ("player", "stop-waits", ["completions::", "ends::", "one_shots::"]),
    ("player", "strict-teardown", ["completions::", "one_shots::"]),
    ("source", "strict-teardown", []),
    ("error", "breaks-connects", ["connections::"]),
    ("node", "breaks-connects", []),
    ("player", "early-completions", ["completions::", "files::", "formats::", "loops::", "playing::"]),
    ("source", "late-pulls", []),
    ("meter", "no-meters", []),
    ("automation", "no-fades", ["ends::"]),
    ("fade", "no-fades", ["ends", "replacements::"]),
    ("device", "configuration", ["events::", "restarts::"]),
    ("device", "wide-output", ["options::"]),
    ("device", "no-output", ["events::"]),
    ("device", "other-clock", ["clock::"]),
]

# What is left out, by program and manner, with the reason: it looks into what only the portable engine
# does. Parts of the tests' names.
KINDNESS = {
    ("meter", "no-meters"): {
        # Meters that taps feed are before the mixer's conversions, and late while faders move.
        "a_bus_is_metered_while_its_fader_moves",
        "folded_and_surround_buses_are_metered_as_they_are_heard",
        "stereo_into_a_mono_mixer_is_metered_as_its_sum",
        # The engine's own leave out a whole block.
        "what_is_no_number_counts_for_nothing",
    },
    ("player", "early-completions"): {
        # Halts go in steps of 5 ms of real time, and not of the frames that an offline engine renders.
        "halts::a_pause_ramps_and_resumes_at_full_gain_where_it_fell_silent",
        "halts::a_stop_ramps_to_its_frame_whatever_the_blocks",
        "halts::completions_of_a_ramped_stop_say_so",
        "halts::every_destination_and_channel_ramps_alike",
        "halts::play_takes_a_halt_back_without_a_step",
        "halts::stop_and_pause_come_at_once_in_the_place_of_a_ramp",
        "halts::the_ramp_counts_in_the_rate_of_the_connection",
        # A file that has become shorter since it was opened ends like any other.
        "files::a_file_that_is_cut_short_or_gone_fails_and_the_next_follows",
        # A file that interrupts begins a frame later.
        "files::a_part_loops_without_a_seam_until_it_is_interrupted",
    },
    ("source", "late-pulls"): {
        # A closure is dropped when its node goes, although the block of the engine may still run.
        "closures::a_sources_closure_goes_with_its_node",
        "closures::a_source_that_panics_is_silent_from_then_on",
        "in_render::handles_may_be_dropped_in_a_closure",
    },
    ("device", "configuration"): {
        # The engine has stopped by itself before anybody is notified.
        "events::a_callback_may_panic",
        "restarts::an_engine_starts_again",
    },
    ("device", "other-clock"): {
        # Frames count from the engine's start, and from a reset.
        "clock::the_clock_follows_the_frames",
    },
    ("engine", "pending"): {
        # The model asks the engine for the values of all connections.
        "model::an_engine_follows_a_plain_model",
    },
    # With no-fades, everything below expects a fade or an automation that is exact to the frame, or does
    # not depend on the blocks. tests/manners has those of steps.
    ("automation", "no-fades"): {
        "chains::a_fade_starts_at_its_frame_whatever_the_blocks",
        "chains::a_later_start_takes_over_from_where_the_value_is",
        "chains::a_mixer_at_another_rate_counts_in_the_engine_s_frames",
        "chains::a_pan_and_an_output_volume_move_at_their_frames",
        "chains::a_reset_of_the_clock_moves_nothing_that_waits",
        "chains::fades_that_meet_leave_no_step",
        "chains::thousands_of_points_are_all_heard",
        "chains::what_waits_belongs_to_the_bus",
        "ends::an_end_may_schedule_more",
        "model::automation_follows_a_plain_model",
    },
    ("bus", "no-fades"): {"amplifying::a_fade_amplifies_frame_by_frame"},
    ("engine", "no-fades"): {"console::every_sample_is_what_the_console_says"},
    ("fade", "no-fades"): {
        "curves::",
        "interruptions::a_fade_goes_on_over_a_reconnection",
        "interruptions::a_mixer_at_another_rate_fades_as_long",
        "model::fades_follow_a_plain_model",
        "outputs::a_fade_of_an_output_volume_survives_connections_and_calls_by_number",
        "outputs::an_output_volume_fades_to_its_value_and_reports_the_end",
        "starts::",
        "unheard::fades_go_on_while_a_mixer_leads_nowhere",
    },
    ("group", "no-fades"): {
        "automation::a_group_that_nobody_hears_goes_on",
        "automation::a_post_fader_send_follows_its_strip_and_the_groups",
        "automation::a_set_at_a_frame_is_a_ramp_of_each_member",
        "automation::members_in_motion_follow_to_the_frame_whatever_the_blocks",
        "automation::what_waits_can_be_seen_cancelled_and_outlives_a_reset",
        "model::every_sample_is_the_product_of_the_faders",
        "rates::a_fade_is_heard_at_the_engine_s_time",
    },
    ("matrix", "no-fades"): {"routing::the_bus_of_a_matrix_fades_to_the_frame"},
    ("pan_law", "no-fades"): {"fades_and_groups_move_under_the_law"},
    ("recorder", "no-fades"): {"bus::a_fade_under_way_goes_on_in_both"},
    ("scene", "no-fades"): {
        "fades::a_scene_replaces_fades_and_is_replaced",
        "fades::output_volumes_fade_along",
        "fades::pans_fade_and_mutes_switch_at_the_start",
        "fades::solos_switch_with_the_fades",
        "fades::volumes_fade_together",
        "groups::groups_come_back",
    },
    ("send", "no-fades"): {"the_dry_sound_does_not_move_when_sends_come_and_go"},
    ("sound", "no-fades"): {
        "gain::chains::silence_does_not_depend_on_the_blocks",
        "gain::moves::a_bus_that_is_unmuted_follows_the_rest_of_its_fade",
        "gain::moves::a_cut_on_a_ramp_stays_in_range",
        "gain::moves::a_fade_starts_where_a_pan_ramp_is",
        "gain::moves::the_end_of_a_fade_set_during_it_takes_its_place",
        "gain::no_change_makes_a_step",
        "surround::pans::pan_moves_every_channel_that_has_a_side",
    },
}


def programs():
    """The test programs by name."""
    build = [os.environ.get("CARGO", "cargo"), "test", "--workspace", "--all-features", "--no-run"]
    build.append("--message-format=json")
    built = subprocess.run(build, check=True, stdout=subprocess.PIPE, text=True).stdout
    found = {}
    for line in built.splitlines():
        message = json.loads(line)
        if message.get("executable") and message["target"]["kind"] == ["test"]:
            found[message["target"]["name"]] = message["executable"]
    return found


def left_out(name, manners):
    """What the program leaves out with these manners; `apple` has all that are below."""
    named = manners.split(",")
    chosen = [key for key in KINDNESS if key[0] == name and ("apple" in named or key[1] in named)]
    return sorted(test for key in chosen for test in KINDNESS[key])


def passes(program, name, manners, filters):
    print(f"with {manners}: {name} {' '.join(filters)}".rstrip(), flush=True)
    begun = time.monotonic()
    skipped = [word for test in left_out(name, manners) for word in ("--skip", test)]
    environment = {**os.environ, "PERBUS_MANNERS": manners}
    done = subprocess.run([program, "--quiet", *filters, *skipped], env=environment)
    print(f"  {time.monotonic() - begun:.1f} s", flush=True)
    return done.returncode == 0


def main() -> int:
    found = programs()
    chosen = sys.argv[1:]
    runs = [(name, "apple", []) for name in chosen or TESTS] + ([] if chosen else ALONE)
    return 0 if all(passes(found[name], name, *rest) for name, *rest in runs) else 1


if __name__ == "__main__":
    sys.exit(main())
