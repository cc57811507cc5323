// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Which library plays. A build without devices has no_devices.c instead.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend.h"

// "pulse" or "portaudio": the library to use for whatever an id does not decide.
#define CHOICE "PERBUS_AUDIO"

static const pbr_backend *const backends[] = {&pbr_pulse, &pbr_portaudio};
enum { BACKENDS = sizeof backends / sizeof *backends };

bool pbr_has_devices(void) {
    return true;
}

// Whether the prefix without its colon is this word.
static bool is_called(const pbr_backend *backend, const char *word) {
    size_t length = strlen(backend->prefix) - 1;
    return strncmp(backend->prefix, word, length) == 0 && word[length] == '\0';
}

static pbr_pick choose(pbr_reason *reason) {
    pbr_pick chosen = {.name = ""};
    const char *choice = getenv(CHOICE);
    if (choice != NULL && choice[0] != '\0') {
        for (size_t i = 0; i < BACKENDS && chosen.backend == NULL; i++) {
            chosen.backend = is_called(backends[i], choice) ? backends[i] : NULL;
        }
        if (chosen.backend == NULL) {
            pbr_say(reason, CHOICE " is \"%s\", not pulse or portaudio", choice);
        }
    } else if (!pbr_portaudio_is_linked() && pbr_pulse.answers(&chosen.passed)) {
        chosen.backend = &pbr_pulse;
    } else {
        chosen.backend = &pbr_portaudio;
    }
    return chosen;
}

pbr_pick pbr_pick_backend(const char *id, const char *what, pbr_reason *reason) {
    if (id[0] == '\0') {
        return choose(reason);
    }
    pbr_pick resolved = {.name = ""};
    for (size_t i = 0; i < BACKENDS; i++) {
        size_t length = strlen(backends[i]->prefix);
        if (strncmp(id, backends[i]->prefix, length) == 0 && id[length] != '\0') {
            resolved.backend = backends[i];
            resolved.name = id + length;
            return resolved;
        }
    }
    pbr_say(reason, "there is no %s device \"%s\"", what, id);
    return resolved;
}

pbr_pick pbr_pick_library(const char *library, pbr_reason *reason) {
    (void)reason;
    pbr_pick stayed = {.name = ""};
    for (size_t i = 0; i < BACKENDS; i++) {
        stayed.backend = backends[i]->prefix == library ? backends[i] : stayed.backend;
    }
    return stayed;
}
