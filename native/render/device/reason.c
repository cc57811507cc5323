// SPDX-License-Identifier: MIT OR Apache-2.0
#include "render/device/reason.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void pbr_say(pbr_reason *reason, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason->text, sizeof reason->text, format, arguments);
    va_end(arguments);
    reason->no_memory = false;
}

void pbr_say_no_memory(pbr_reason *reason, const char *format, ...) {
    pbr_say(reason, "no memory for ");
    size_t length = strlen(reason->text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason->text + length, sizeof reason->text - length, format, arguments);
    va_end(arguments);
    reason->no_memory = true;
}

void pbr_say_more(pbr_reason *reason, const char *text) {
    size_t length = strlen(reason->text);
    snprintf(reason->text + length, sizeof reason->text - length, "; %s", text);
}
