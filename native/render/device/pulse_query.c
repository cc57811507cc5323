// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What PulseAudio's server says about its devices.
#include <stdio.h>
#include <string.h>

#include "pulse_query.h"

#define DEFAULT_SINK "@DEFAULT_SINK@"
#define DEFAULT_SOURCE "@DEFAULT_SOURCE@"
// Streams can have less, at the price of breaks whenever the machine is busy.
#define LOW_LATENCY 0.01

static const pbr_pulse_library *const pulse = &pbr_pulse_calls;

// For a query: its server, and where its results go.
typedef struct query {
    pbr_pulse_server *server;
    pbr_device_infos *infos;
    pbr_device_info *info;
    bool found;
    const char *host;
    char output[PBR_DEVICE_TEXT];
    char input[PBR_DEVICE_TEXT];
} query;

void pbr_pulse_wake(pbr_pulse_server *server) {
    pulse->threaded_mainloop_signal(server->loop, 0);
}

void pbr_pulse_context_changed(pa_context *context, void *server) {
    (void)context;
    pbr_pulse_wake(server);
}

bool pbr_pulse_answers(pbr_reason *reason) {
    pbr_pulse_server server;
    if (!pbr_pulse_connect(&server, pbr_pulse_context_changed, &server, reason)) {
        return false;
    }
    pbr_pulse_disconnect(&server);
    return true;
}

void pbr_pulse_describe(pbr_device_info *info, const char *host, const char *name,
                        const char *description, double rate) {
    pbr_device_set_text(info->id, sizeof info->id, PBR_PULSE_PREFIX, name);
    pbr_device_set_text(info->name, sizeof info->name, description != NULL ? description : name,
                        NULL);
    pbr_device_set_text(info->host, sizeof info->host, host, NULL);
    info->rate = rate;
    info->low_latency = LOW_LATENCY;
    info->latency = PBR_DEVICE_LATENCY;
}

static void take_sink(pa_context *context, const pa_sink_info *sink, int end, void *of) {
    (void)context;
    query *asked = of;
    if (end == 0) {
        pbr_device_info *info = asked->infos != NULL ? pbr_device_add(asked->infos) : asked->info;
        if (info != NULL) {
            pbr_pulse_describe(info, asked->host, sink->name, sink->description,
                               sink->sample_spec.rate);
            info->outputs = sink->sample_spec.channels;
            info->default_output = strcmp(sink->name, asked->output) == 0;
            asked->found = true;
        }
    }
    pbr_pulse_wake(asked->server);
}

static void take_source(pa_context *context, const pa_source_info *source, int end, void *of) {
    (void)context;
    query *asked = of;
    if (end == 0) {
        pbr_device_info *info = asked->infos != NULL ? pbr_device_add(asked->infos) : asked->info;
        if (info != NULL) {
            pbr_pulse_describe(info, asked->host, source->name, source->description,
                               source->sample_spec.rate);
            info->inputs = source->sample_spec.channels;
            info->default_input = strcmp(source->name, asked->input) == 0;
            asked->found = true;
        }
    }
    pbr_pulse_wake(asked->server);
}

static void take_defaults(pa_context *context, const pa_server_info *server, void *of) {
    (void)context;
    query *asked = of;
    if (server != NULL) {
        const char *name = server->server_name;
        bool pipewire = name != NULL && strstr(name, "PipeWire") != NULL;
        asked->host = pipewire ? PBR_HOST_PIPEWIRE : PBR_HOST_PULSEAUDIO;
        const char *output = server->default_sink_name;
        const char *input = server->default_source_name;
        pbr_device_set_text(asked->output, sizeof asked->output, output != NULL ? output : "",
                            NULL);
        pbr_device_set_text(asked->input, sizeof asked->input, input != NULL ? input : "", NULL);
    }
    pbr_pulse_wake(asked->server);
}

static bool ask_for_defaults(query *asked) {
    pbr_pulse_begin_wait(asked->server);
    return pbr_pulse_finish(asked->server, pulse->context_get_server_info(asked->server->context,
                                                                          take_defaults, asked));
}

bool pbr_pulse_list(pbr_device_infos *infos, pbr_reason *reason) {
    pbr_pulse_server server;
    if (!pbr_pulse_connect(&server, pbr_pulse_context_changed, &server, reason)) {
        return false;
    }
    query asked = {.server = &server, .infos = infos, .host = PBR_HOST_PULSEAUDIO};
    bool listed =
        ask_for_defaults(&asked) &&
        pbr_pulse_finish(&server,
                         pulse->context_get_sink_info_list(server.context, take_sink, &asked)) &&
        pbr_pulse_finish(&server,
                         pulse->context_get_source_info_list(server.context, take_source, &asked));
    if (!listed) {
        pbr_say(reason, "PulseAudio does not list its devices: %s", pbr_pulse_reason(&server));
    }
    pbr_pulse_disconnect(&server);
    return listed;
}

static bool judge(const query *asked, const char *what, const char *name, pbr_reason *reason) {
    if (!asked->found && asked->server->late) {
        pbr_say(reason, "the PulseAudio server does not answer");
    } else if (!asked->found && name[0] != '\0') {
        pbr_say(reason, "there is no %s device \"" PBR_PULSE_PREFIX "%s\"", what, name);
    } else if (!asked->found) {
        pbr_say(reason, "PulseAudio has no %s device", what);
    }
    return asked->found;
}

bool pbr_pulse_look_up(pbr_pulse_server *server, const char *name, pbr_device_info *info,
                       pbr_reason *reason) {
    query asked = {.server = server, .info = info, .host = PBR_HOST_PULSEAUDIO};
    ask_for_defaults(&asked);
    pbr_pulse_finish(
        server, pulse->context_get_sink_info_by_name(
                    server->context, name[0] != '\0' ? name : DEFAULT_SINK, take_sink, &asked));
    return judge(&asked, "output", name, reason);
}

bool pbr_pulse_look_up_input(pbr_pulse_server *server, const char *name, pbr_device_info *info,
                             pbr_reason *reason) {
    query asked = {.server = server, .info = info, .host = PBR_HOST_PULSEAUDIO};
    ask_for_defaults(&asked);
    pbr_pulse_finish(
        server, pulse->context_get_source_info_by_name(
                    server->context, name[0] != '\0' ? name : DEFAULT_SOURCE, take_source, &asked));
    return judge(&asked, "input", name, reason);
}

typedef bool (*look_up)(pbr_pulse_server *server, const char *name, pbr_device_info *info,
                        pbr_reason *reason);

static bool find(look_up looks_up, const char *name, pbr_device_info *info, pbr_reason *reason) {
    pbr_pulse_server server;
    if (!pbr_pulse_connect(&server, pbr_pulse_context_changed, &server, reason)) {
        return false;
    }
    bool found = looks_up(&server, name, info, reason);
    pbr_pulse_disconnect(&server);
    return found;
}

bool pbr_pulse_find(const char *name, pbr_device_info *info, pbr_reason *reason) {
    return find(pbr_pulse_look_up, name, info, reason);
}

bool pbr_pulse_find_input(const char *name, pbr_device_info *info, pbr_reason *reason) {
    return find(pbr_pulse_look_up_input, name, info, reason);
}
