/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Players, buffers and files. */
#include "desk.h"

CALL(create_buffer, perbus_buffer_create(&STEREO, 1000, &desk->made_buffer, error))
CALL(set_frames, perbus_buffer_set_frames(desk->made_buffer, 10, error))
PLAIN(get_frames, CHECK(perbus_buffer_get_frames(desk->made_buffer) == 10))
PLAIN(get_channel, CHECK(perbus_buffer_get_channel(desk->made_buffer, 1) != NULL))

static perbus_status release_buffer(desk *desk, perbus_error *error) {
    (void)error;
    perbus_buffer_release(desk->made_buffer);
    desk->made_buffer = NULL;
    return PERBUS_OK;
}

static perbus_status one_buffer(desk *desk, const perbus_schedule *schedule, perbus_error *error) {
    return perbus_player_schedule(desk->player, desk->buffer, schedule, error);
}

static perbus_status one_file(desk *desk, const perbus_schedule *schedule, perbus_error *error) {
    return perbus_player_schedule_file(desk->streamer, desk->file, schedule, error);
}

static perbus_status one_segment(desk *desk, const perbus_schedule *schedule, perbus_error *error) {
    return perbus_player_schedule_segment(desk->streamer, desk->file, 100, 3000, schedule, error);
}

CALL(follow, desk_schedule(desk, 0, one_buffer, error))
CALL(loop, desk_schedule(desk, PERBUS_SCHEDULE_LOOPS, one_buffer, error))
CALL(interrupt, desk_schedule(desk, PERBUS_SCHEDULE_INTERRUPTS, one_buffer, error))
CALL(at_loop, desk_schedule(desk, PERBUS_SCHEDULE_INTERRUPTS_AT_LOOP, one_buffer, error))
CALL(stream, desk_schedule(desk, 0, one_file, error))
CALL(stream_segment, desk_schedule(desk, 0, one_segment, error))
CALL(stream_loop, desk_schedule(desk, PERBUS_SCHEDULE_LOOPS, one_segment, error))
CALL(stream_instead, desk_schedule(desk, PERBUS_SCHEDULE_INTERRUPTS, one_file, error))
CALL(position, perbus_player_get_position(desk->streamer, OUT(perbus_position, 0), error))
CALL(seek, perbus_player_seek(desk->streamer, 200, error))
CALL(play, perbus_player_play(desk->player, error))
CALL(play_stream, perbus_player_play(desk->streamer, error))
CALL(play_at, perbus_player_play_at(desk->player, 0, error))
/* Offline it is refused. */
CALL(play_at_host_time, perbus_player_play_at_host_time(desk->player, 1, error))
CALL(pause_player, perbus_player_pause(desk->player, error))
CALL(stop, perbus_player_stop(desk->player, error))
CALL(stop_stream, perbus_player_stop(desk->streamer, error))
CALL(stop_after, perbus_player_stop_after(desk->player, 0.01, error))
CALL(stop_stream_after, perbus_player_stop_after(desk->streamer, 0.01, error))
CALL(pause_after, perbus_player_pause_after(desk->player, 0.01, error))
CALL(is_playing, perbus_player_is_playing(desk->player, OUT(bool, 0), error))
CALL(detach_stream, perbus_engine_detach(desk->engine, desk->streamer, error))

const step PLAYER_STEPS[] = {{"create a buffer", create_buffer},
                             {"set its frames", set_frames},
                             {"get its frames", get_frames},
                             {"get a channel", get_channel},
                             {"release it", release_buffer},
                             {"follow", follow},
                             {"play", play},
                             {"loop", loop},
                             {"interrupt at the loop", at_loop},
                             {"interrupt", interrupt},
                             {"is it playing", is_playing},
                             {"pause", pause_player},
                             {"play at", play_at},
                             {"play at a host time", play_at_host_time},
                             {"pause after", pause_after},
                             {"play again", play},
                             {"follow again", follow},
                             {"stop after", stop_after},
                             {"one for a stop", follow},
                             {"stop", stop},
                             {"stream", stream},
                             {"stream a segment", stream_segment},
                             {"play the stream", play_stream},
                             {"the position", position},
                             {"seek", seek},
                             {"a loop of a segment", stream_loop},
                             {"stream another instead", stream_instead},
                             {"seek again", seek},
                             {"stop the stream after", stop_stream_after},
                             {"stream for a stop", stream_segment},
                             {"stop the stream", stop_stream},
                             {"stream for a detach", stream},
                             {"detach the streamer", detach_stream},
                             {NULL, NULL}};
