/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Files, taps, inputs and devices. */
#include "desk.h"

CALL(open, perbus_file_open(desk_file_path(), &desk->made_file, error))

static perbus_status close(desk *desk, perbus_error *error) {
    (void)error;
    perbus_file_destroy(desk->made_file);
    desk->made_file = NULL;
    return PERBUS_OK;
}

static perbus_status read(desk *desk, perbus_error *error) {
    float samples[100] = {0}, *channels[] = {samples};
    perbus_status status =
        perbus_file_read(desk->made_file, channels, 1, 100, OUT(uint64_t, 0), error);
    if (status == PERBUS_OK) {
        memcpy(desk->result + 8, samples, sizeof samples);
    }
    return status;
}

static perbus_status info(desk *desk, perbus_error *error) {
    perbus_file_info info = {.frames = 7};
    perbus_status status = perbus_file_get_info(desk->made_file, &info, error);
    CHECK(info.frames == (status == PERBUS_OK ? 48000 : 7));
    return status;
}

CALL(seek, perbus_file_seek(desk->made_file, 20000, error))

static perbus_status create(desk *desk, perbus_error *error, perbus_file_type type) {
    const perbus_file_settings settings = {
        .format = {48000.0, 2, PERBUS_LAYOUT_STEREO}, .type = type, .samples = PERBUS_FILE_INT_16};
    return perbus_file_create(desk->path, &settings, &desk->made_file, error);
}

CALL(create_wav, create(desk, error, PERBUS_FILE_WAV))
CALL(create_flac, create(desk, error, PERBUS_FILE_FLAC))
CALL(create_vorbis, create(desk, error, PERBUS_FILE_OGG_VORBIS))

static const float SOME[2000];

static perbus_status write_made(desk *desk, perbus_error *error) {
    const float *channels[] = {SOME, SOME};
    return perbus_file_write(desk->made_file, channels, 2, 2000, error);
}

/* To the file that stays open. */
static perbus_status write(desk *desk, perbus_error *error) {
    const float *channels[] = {SOME};
    return perbus_file_write(desk->writing, channels, 1, 2000, error);
}

CALL(finish, perbus_file_finish(desk->made_file, error))

static perbus_status refuse(void *context, const char *path, void **out_stream,
                            perbus_decoder_info *out_info, char *message, size_t capacity) {
    (void)context, (void)path, (void)out_stream, (void)out_info;
    snprintf(message, capacity, "none");
    return PERBUS_ERROR_UNSUPPORTED;
}

static perbus_status read_none(void *stream, float *const *channels, uint64_t frames,
                               uint64_t *out_read, char *message, size_t capacity) {
    (void)stream, (void)channels, (void)frames, (void)out_read, (void)message, (void)capacity;
    return PERBUS_ERROR_DAMAGED;
}

static perbus_status seek_none(void *stream, int64_t frame, char *message, size_t capacity) {
    (void)stream, (void)frame, (void)message, (void)capacity;
    return PERBUS_ERROR_DAMAGED;
}

static void close_none(void *stream) {
    (void)stream;
}

CALL(set_decoder,
     perbus_file_set_decoder(&(perbus_decoder){refuse, read_none, seek_none, close_none, NULL},
                             error))
CALL(no_decoder, perbus_file_set_decoder(NULL, error))

static void sum_block(void *context, const perbus_tap_block *block) {
    (void)context, (void)block;
}

static perbus_status create_tap(desk *desk, perbus_error *error) {
    perbus_status status = perbus_tap_create(desk->subs[1], 0, 4800, sum_block, &desk->destroyed,
                                             count, &desk->made_tap, error);
    desk->given += status == PERBUS_OK;
    return status;
}

CALL(wait_tap, perbus_tap_wait(desk->made_tap, error))
CALL(dropped, perbus_tap_get_dropped(desk->made_tap, OUT(uint64_t, 0), error))

static perbus_status destroy_tap(desk *desk, perbus_error *error) {
    (void)error;
    perbus_tap_destroy(desk->made_tap);
    desk->made_tap = NULL;
    return PERBUS_OK;
}

static perbus_status discard_tap(desk *desk, perbus_error *error) {
    (void)error;
    perbus_tap_discard(desk->made_tap);
    perbus_tap_destroy(desk->made_tap);
    desk->made_tap = NULL;
    return PERBUS_OK;
}

static bool push(void *context, uint32_t frames, float *const *channels, uint32_t channel_count) {
    (void)context;
    for (uint32_t c = 0; c < channel_count; c++) {
        for (uint32_t i = 0; i < frames; i++) {
            channels[c][i] = 0.125f;
        }
    }
    return true;
}

/* A paused engine's. */
CALL(pause_engine, perbus_engine_pause(desk->engine, error))
CALL(start, perbus_engine_start(desk->engine, error))

static perbus_status set_input(desk *desk, perbus_error *error) {
    perbus_status status =
        perbus_engine_set_input(desk->engine, &STEREO, push, &desk->destroyed, count, error);
    desk->given += status == PERBUS_OK;
    return status;
}

static perbus_status set_another(desk *desk, perbus_error *error) {
    const perbus_format other = {44100.0, 1, PERBUS_LAYOUT_MONO};
    perbus_status status =
        perbus_engine_set_input(desk->engine, &other, push, &desk->destroyed, count, error);
    desk->given += status == PERBUS_OK;
    return status;
}

CALL(connect_input,
     perbus_engine_connect(desk->engine, desk->input, 0, desk->main_mixer, 5, NULL, error))

static perbus_status devices(desk *desk, perbus_error *error) {
    perbus_device *devices = NULL;
    size_t count = 7;
    (void)desk;
    perbus_status status = perbus_devices_copy(&devices, &count, error);
    CHECK(status == PERBUS_OK || (devices == NULL && count == 7));
    perbus_devices_free(devices);
    return status;
}

static perbus_status create_for_device(desk *desk, perbus_error *error) {
    const perbus_device_options options = {.block = 256, .restarts = true};
    return perbus_engine_create_for_device(&options, &desk->made_engine, error);
}

static perbus_status destroy_engine(desk *desk, perbus_error *error) {
    (void)error;
    perbus_engine_destroy(desk->made_engine);
    desk->made_engine = NULL;
    return PERBUS_OK;
}

CALL(set_output_device, perbus_engine_set_output_device(desk->device, "", error))
CALL(no_output_device, perbus_engine_set_output_device(desk->device, "nothing:at:all", error))
CALL(set_input_device, perbus_engine_set_input_device(desk->device, "", error))

static perbus_status device_status(desk *desk, perbus_error *error) {
    perbus_device_status status;
    return perbus_engine_get_device_status(desk->device, &status, error);
}

static void note_event(void *context, perbus_event event) {
    (void)context, (void)event;
}

static perbus_status set_handler(desk *desk, perbus_error *error) {
    perbus_status status =
        perbus_engine_set_event_handler(desk->device, note_event, &desk->destroyed, count, error);
    desk->given += status == PERBUS_OK;
    return status;
}

CALL(no_handler, perbus_engine_set_event_handler(desk->device, NULL, NULL, NULL, error))

const step OTHER_STEPS[] = {{"open a file", open},
                            {"a file's info", info},
                            {"read", read},
                            {"seek", seek},
                            {"read there", read},
                            {"close", close},
                            {"create a WAV file", create_wav},
                            {"write it", write_made},
                            {"finish it", finish},
                            {"close that", close},
                            {"create a FLAC file", create_flac},
                            {"write FLAC", write_made},
                            {"finish FLAC", finish},
                            {"close FLAC", close},
                            {"create a Vorbis file", create_vorbis},
                            {"write Vorbis", write_made},
                            {"close Vorbis unfinished", close},
                            {"set a decoder", set_decoder},
                            {"remove it", no_decoder},
                            {"create a tap", create_tap},
                            {"wait for a tap", wait_tap},
                            {"frames dropped", dropped},
                            {"destroy a tap", destroy_tap},
                            {"create another tap", create_tap},
                            {"discard a tap", discard_tap},
                            {"pause", pause_engine},
                            {"set an input", set_input},
                            {"connect the input", connect_input},
                            {"start", start},
                            {"pause again", pause_engine},
                            {"another input", set_another},
                            {"start again", start},
                            {"list devices", devices},
                            {"create for a device", create_for_device},
                            {"destroy the device's", destroy_engine},
                            {"set an output device", set_output_device},
                            {"set one that is not there", no_output_device},
                            {"set an input device", set_input_device},
                            {"a device's status", device_status},
                            {"set a handler", set_handler},
                            {"set another", set_handler},
                            {"set none", no_handler},
                            {"write on", write},
                            {NULL, NULL}};
