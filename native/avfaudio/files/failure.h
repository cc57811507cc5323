// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Why a file could not be read or written, and names of files for messages.
#ifndef PBF_FAILURE_H
#define PBF_FAILURE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef enum pbf_reason {
    PBF_SYSTEM,      // the system refused; `number` is its errno
    PBF_UNSUPPORTED, // not a format that is read or written here
    PBF_DAMAGED,     // cut short, or its contents make no sense
    PBF_NO_MEMORY
} pbf_reason;

typedef struct pbf_failure {
    pbf_reason reason;
    int number;
    char text[200];
} pbf_failure;

// Returns false. printf format.
__attribute__((format(printf, 3, 4))) static inline bool
pbf_fail(pbf_failure *failure, pbf_reason reason, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    failure->reason = reason;
    failure->number = 0;
    vsnprintf(failure->text, sizeof failure->text, format, arguments);
    va_end(arguments);
    return false;
}

// The same for a call that the system refused.
static inline bool pbf_fail_system(pbf_failure *failure, const char *what, int number) {
    char words[128] = "";
    // Either variant of strerror_r: one fills the buffer, the other may return a constant.
#if defined(__GLIBC__) && defined(_GNU_SOURCE)
    snprintf(words, sizeof words, "%s", strerror_r(number, words, sizeof words));
#else
    if (strerror_r(number, words, sizeof words) != 0) {
        snprintf(words, sizeof words, "error %d", number);
    }
#endif
    pbf_fail(failure, PBF_SYSTEM, "%s: %s", what, words);
    failure->number = number;
    return false;
}

// The length of the UTF-8 sequence at the start of the bytes; 0 if there is none.
static inline size_t pbf_utf8(const unsigned char *bytes) {
    size_t length = bytes[0] < 0x80                                 ? 1
                    : (bytes[0] & 0xE0) == 0xC0 && bytes[0] >= 0xC2 ? 2
                    : (bytes[0] & 0xF0) == 0xE0                     ? 3
                    : (bytes[0] & 0xF8) == 0xF0 && bytes[0] <= 0xF4 ? 4
                                                                    : 0;
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    // Not the shortest form, surrogates, past the last character.
    bool wrong = (bytes[0] == 0xE0 && bytes[1] < 0xA0) || (bytes[0] == 0xED && bytes[1] >= 0xA0) ||
                 (bytes[0] == 0xF0 && bytes[1] < 0x90) || (bytes[0] == 0xF4 && bytes[1] >= 0x90);
    return wrong ? 0 : length;
}

enum { PBF_NAME = 128 };

// The path as one line of UTF-8: other bytes as \xFF, and of a long one the end.
static inline void pbf_name(const char *path, char name[PBF_NAME]) {
    static const char cut[] = "...";
    size_t length = strlen(path), room = PBF_NAME - 1, used = 0;
    size_t most = (room - sizeof cut) / 4;
    if (length > most) {
        // It may be longer only if nothing in it has to be escaped.
        bool plain = length <= room;
        for (size_t i = 0; plain && i < length; i++) {
            plain = path[i] >= 0x20 && path[i] < 0x7F;
        }
        if (!plain) {
            memcpy(name, cut, sizeof cut);
            used = sizeof cut - 1;
            path += length - most;
            while (((unsigned char)*path & 0xC0) == 0x80) {
                path++;
            }
        }
    }
    while (*path != '\0' && used + 4 <= room) {
        const unsigned char *bytes = (const unsigned char *)path;
        size_t sequence = pbf_utf8(bytes);
        if (sequence == 0 || bytes[0] < 0x20 || bytes[0] == 0x7F) {
            used += (size_t)snprintf(name + used, PBF_NAME - used, "\\x%02X", bytes[0]);
            path++;
        } else {
            memcpy(name + used, path, sequence);
            used += sequence;
            path += sequence;
        }
    }
    while (*path != '\0' && used < room) {
        name[used++] = *path++;
    }
    name[used] = '\0';
}

#endif
