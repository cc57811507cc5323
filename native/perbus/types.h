/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/** @file
 * Handles, statuses, errors, formats.
 */
#ifndef PERBUS_TYPES_H
#define PERBUS_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The version of this header and its binary interface: major * 10000 + minor * 100 + patch. Below
 *  1.0 the minor number counts as the major one. Within a major version the interface only grows: a
 *  program runs with any library of that major version whose perbus_version is not lower. The
 *  soname contains the major version, as in libperbus.so.0.2, so that no other is loaded. */
#define PERBUS_VERSION 200

/** A mixer's input buses are numbered from 0 to PERBUS_MAX_BUSES - 1. */
#define PERBUS_MAX_BUSES 65536
/** The largest number of channels of a format. */
#define PERBUS_MAX_CHANNELS 64
/** The largest volume, +12 dB. Apple documents volumes up to 1; what its mixers do with more is not
 *  documented. */
#define PERBUS_MAX_VOLUME 4
/** The highest sample rate of a format, in Hz. */
#define PERBUS_MAX_SAMPLE_RATE 768000

/** An engine: a graph of nodes and what renders it. Maps to AVAudioEngine. */
typedef struct perbus_engine perbus_engine;
/** A node of any kind. Maps to AVAudioNode. */
typedef struct perbus_node perbus_node;
/** Samples for players. Maps to AVAudioPCMBuffer. */
typedef struct perbus_buffer perbus_buffer;

/** The result of a call. Values are never renumbered. */
typedef enum perbus_status {
    PERBUS_OK = 0,
    PERBUS_ERROR_INVALID_ARGUMENT = -1, /**< A NULL pointer, or a value that makes no sense. */
    PERBUS_ERROR_OUT_OF_RANGE = -2,     /**< A number outside its range; also NaN and infinities. */
    PERBUS_ERROR_NOT_CONNECTED = -3,    /**< Nothing is connected there. */
    PERBUS_ERROR_NOT_ATTACHED = -4,     /**< The node belongs to no engine. */
    PERBUS_ERROR_WRONG_ENGINE = -5,     /**< The node belongs to another engine. */
    PERBUS_ERROR_WRONG_KIND = -6,       /**< A node or engine of the wrong kind for the call. */
    PERBUS_ERROR_NOT_MIXING = -7,       /**< The source has no per-connection volume and pan. */
    PERBUS_ERROR_CYCLE = -8,            /**< The connection would feed a node its own output. */
    PERBUS_ERROR_FORMAT = -9,           /**< A format that does not fit or is not valid. */
    PERBUS_ERROR_NOT_RUNNING = -10,     /**< The engine is not started. */
    PERBUS_ERROR_START = -11,       /**< The engine cannot start, for example without a device. */
    PERBUS_ERROR_RENDER = -12,      /**< Rendering failed. */
    PERBUS_ERROR_EXCEPTION = -13,   /**< AVFAudio threw; the message is its reason. */
    PERBUS_ERROR_NO_MEMORY = -14,   /**< Memory ran out. */
    PERBUS_ERROR_UNAVAILABLE = -15, /**< The AVFAudio classes are not linked in. */
    PERBUS_ERROR_UNSUPPORTED = -16, /**< This system's AVFAudio does not support it. */
    PERBUS_ERROR_IN_RENDER = -17,   /**< Called from a source's render function. */
    PERBUS_ERROR_FILE = -19,        /**< An audio file could not be read or written. */
    PERBUS_ERROR_DAMAGED = -22,     /**< An audio file is cut short or damaged. */
    PERBUS_ERROR_PENDING = -23,     /**< The source feeds the bus, but the engine does not let it
                                         control that yet: try again after the next change of the
                                         graph or start. */
    /* Only from perbus/desk.h: */
    PERBUS_ERROR_NO_PAN_CONTROL = -18, /**< No source there, and no mixer downstream to pan on. */
    PERBUS_ERROR_CLOSED = -20,         /**< The engine was closed. */
    PERBUS_ERROR_INTERNAL = -21 /**< A fault of the library itself; the message says which. */
} perbus_status;

/** Why a call failed. Owned by the caller; never to be freed. */
typedef struct perbus_error {
    int32_t os_code;   /**< The system's own code (an OSStatus), or 0. */
    char message[252]; /**< One line of UTF-8, NUL-terminated. */
} perbus_error;

/** Which speaker each channel of a format feeds, in the order of the channels: L and R front left
 *  and right, C centre, LFE low frequencies, Ls and Rs surround, Lb and Rb back. Values are never
 *  renumbered. */
typedef enum perbus_layout {
    PERBUS_LAYOUT_USUAL = 0,    /**< Mono, stereo, quad, 5.1 and 7.1 for 1, 2, 4, 6 and 8 channels,
                                     discrete for any other count. */
    PERBUS_LAYOUT_DISCRETE = 1, /**< Any count: numbered channels without speakers. One is still
                                     mono, and two are stereo. */
    PERBUS_LAYOUT_MONO = 2,
    PERBUS_LAYOUT_STEREO = 3, /**< L R */
    PERBUS_LAYOUT_3_0 = 4,    /**< L R C */
    PERBUS_LAYOUT_QUAD = 5,   /**< L R Ls Rs */
    PERBUS_LAYOUT_5_0 = 6,    /**< L R C Ls Rs */
    PERBUS_LAYOUT_5_1 = 7,    /**< L R C LFE Ls Rs: WAV's order, and Core Audio's MPEG_5_1_A */
    PERBUS_LAYOUT_7_1 = 8,    /**< L R C LFE Lb Rb Ls Rs: WAV's order, and Core Audio's WAVE_7_1 */
    PERBUS_LAYOUT_7_1_C = 9   /**< L R C LFE Ls Rs Lb Rb: Core Audio's MPEG_7_1_C */
} perbus_layout;

/** A stream of planar 32-bit float. */
typedef struct perbus_format {
    double sample_rate;   /**< Hz, above 0, at most PERBUS_MAX_SAMPLE_RATE. */
    uint32_t channels;    /**< 1 to PERBUS_MAX_CHANNELS. */
    perbus_layout layout; /**< One with as many channels. Engines never report
                               PERBUS_LAYOUT_USUAL, except for a bus without a format. */
} perbus_format;

/** One bus of a node, the node named by perbus_node_get_id. */
typedef struct perbus_point {
    uint64_t node;
    uint32_t bus;
} perbus_point;

/** PERBUS_VERSION of the library. Threads: any. Real-time safe: yes. */
uint32_t perbus_version(void);

/** The status's name, such as "PERBUS_OK", or "unknown status". The string is static.
 *  Threads: any. Real-time safe: yes. */
const char *perbus_status_name(perbus_status status);

#ifdef __cplusplus
}
#endif

#endif
