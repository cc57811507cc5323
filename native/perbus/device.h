/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/** @file
 * Devices: which there are, which ones an engine plays to and records from, how they fare, and what
 * happens to them.
 *
 * The portable engine speaks to PulseAudio (also PipeWire's) if a server answers, else to PortAudio.
 * Both libraries are loaded at run time. The environment variable PERBUS_AUDIO set to "pulse" or
 * "portaudio" decides otherwise, and so does the id of a device.
 *
 * On PulseAudio and PipeWire the threads that render ask for real-time priority: of the system, which
 * grants it within RLIMIT_RTPRIO, then of RealtimeKit. That one wants RLIMIT_RTTIME to be limited for
 * the whole process, so it is lowered to 200 ms, or what RealtimeKit is configured to want; a thread
 * that has run for half of that without a rest is an ordinary one again, and if the program handles
 * SIGXCPU itself, the kernel ends the process at the limit. With PERBUS_REALTIME set to "no", nobody
 * is asked.
 */
#ifndef PERBUS_DEVICE_H
#define PERBUS_DEVICE_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The size of the strings below, with the NUL; longer ones are cut. */
#define PERBUS_DEVICE_TEXT 256

/** The limits of perbus_device_options. */
#define PERBUS_MIN_BLOCK 16
#define PERBUS_MAX_BLOCK 4096
#define PERBUS_MIN_LATENCY 0.001
#define PERBUS_MAX_LATENCY 2.0

/** A device of the machine. UTF-8 throughout. */
typedef struct perbus_device {
    char id[PERBUS_DEVICE_TEXT];   /**< What perbus_device_options takes. */
    char name[PERBUS_DEVICE_TEXT]; /**< For people. */
    char host[32];                 /**< The sound system: "PulseAudio", "ALSA", "JACK". */
    uint32_t input_channels;       /**< 0: it does not record. */
    uint32_t output_channels;      /**< 0: it does not play. */
    double sample_rate;            /**< Its own, in Hz. */
    double low_latency;     /**< Seconds: the shortest that is worth asking for. It breaks off on a
                                 busy machine. */
    double default_latency; /**< Seconds: what an engine asks for by default. */
    bool is_default_input;
    bool is_default_output;
} perbus_device;

/** What an engine asks of its devices. Zeros are the defaults. */
typedef struct perbus_device_options {
    const char *output; /**< A device's id; NULL or "": the default output at each start. */
    const char *input;  /**< Likewise, for perbus_engine_copy_input. No device records unless the
                             input node is connected or tapped. */
    double sample_rate; /**< Hz, up to PERBUS_MAX_SAMPLE_RATE; 0: the device's. It is the engine's
                             from then on. */
    uint32_t block;     /**< Frames rendered at once, PERBUS_MIN_BLOCK to PERBUS_MAX_BLOCK; 0: what
                             suits the latency. */
    double latency;     /**< Seconds, PERBUS_MIN_LATENCY to PERBUS_MAX_LATENCY; 0: 0.03. At least
                             two blocks. perbus_device_status has what came of it. */
    bool restarts;      /**< Whether the engine starts again by itself after
                             PERBUS_EVENT_CONFIGURATION_CHANGED: see perbus_engine_create_for_device. */
} perbus_device_options;

/** How the devices of an engine fare, since they were opened. What is played of a microphone is heard
 *  after input_latency + latency seconds, if both are read at once. */
typedef struct perbus_device_status {
    char id[PERBUS_DEVICE_TEXT];   /**< The sound system may have moved the engine to another. */
    char name[PERBUS_DEVICE_TEXT]; /**< For people. */
    char host[32];                 /**< The sound system. */
    double sample_rate;            /**< Hz, at which the engine renders. */
    uint32_t block;                /**< Frames that were last rendered at once; 0: not known yet. */
    double latency;     /**< Seconds from rendering to hearing, as the sound system measures it. */
    uint64_t underruns; /**< Times that the device ran out of samples. */
    uint64_t late;      /**< Blocks that took longer to render than they last. */
    double mean_load;   /**< Time spent rendering divided by the time rendered. */
    double max_load;    /**< The same for the worst block. */
    uint64_t frames;    /**< Frames rendered. */
    char input_id[PERBUS_DEVICE_TEXT];   /**< Of the device that records; "" while none does. */
    char input_name[PERBUS_DEVICE_TEXT]; /**< For people. */
    double input_latency; /**< Seconds from the microphone to the engine, what waits in between
                               included. Negative for the monitor of an output, which hears what is
                               not audible yet. */
    uint64_t overruns;    /**< Times that recorded sound was lost or came too late. */
    bool realtime;        /**< Whether the thread that renders runs before all ordinary ones. With
                               PulseAudio and PipeWire the engine asks for that, see above; false
                               where it was refused, and where the thread is another library's, which
                               gives it the priority of its choice: PortAudio, Apple's. */
} perbus_device_status;

/** What happens to an engine by itself. Values are never renumbered. */
typedef enum perbus_event {
    PERBUS_EVENT_DEVICE_LOST = 1,    /**< The device or its sound system is gone. */
    PERBUS_EVENT_DEVICE_CHANGED = 2, /**< The sound system has moved the engine to another device,
                                          on which it goes on playing or recording. */
    PERBUS_EVENT_CONFIGURATION_CHANGED = 3, /**< The engine has stopped because of its device.
                                                 perbus_engine_start opens the device anew. */
    PERBUS_EVENT_XRUN = 4,         /**< The device has run out of samples, or recorded ones were
                                        lost, once or several times. */
    PERBUS_EVENT_DECODER_LATE = 5, /**< A file was not decoded in time, once or several times: see
                                        perbus_position.late_frames. */
    PERBUS_EVENT_RESTARTED = 6,    /**< The engine has started again by itself. */
    PERBUS_EVENT_INPUT_LOST = 7    /**< The input is gone or does not open. The engine plays on, and
                                        the input node is silent until the next start or
                                        perbus_engine_set_input_device. */
} perbus_event;

/** Receives events one by one, on a thread of the engine. It may call any function, even
 *  perbus_engine_start and perbus_engine_destroy. */
typedef void (*perbus_event_handler)(void *context, perbus_event event);

/**
 * All devices, those that only record included.
 * @param out_devices receives an array, to be freed with perbus_devices_free; NULL if there are none
 * @retval PERBUS_ERROR_START no sound system can be reached
 * @retval PERBUS_ERROR_UNSUPPORTED Apple's AVFAudio has no such list; the portable one was built without
 * devices
 * Threads: any; waits for the sound system, at most a few seconds. Real-time safe: no
 */
perbus_status perbus_devices_copy(perbus_device **out_devices, size_t *out_count,
                                  perbus_error *error);

/** Frees what perbus_devices_copy made. NULL is a no-op. Threads: any. Real-time safe: no */
void perbus_devices_free(perbus_device *devices);

/**
 * Makes an engine for an output device, which perbus_engine_start opens.
 *
 * With the option `restarts`, an engine that stops because of its device starts again by itself, as
 * soon as there is a device that its options allow, and tries until then, twice a second after the
 * first second. Players that were playing go on where they stopped, all of them with the same block,
 * and so do fades. perbus_engine_stop and perbus_engine_pause end the attempts, and so does
 * perbus_engine_destroy; each may wait for one that is being made. A perbus_engine_start of the
 * program's, meanwhile or after a pause during which the device was lost, resumes players as well.
 * @param out_engine receives the engine; free it with perbus_engine_destroy
 * @retval PERBUS_ERROR_OUT_OF_RANGE sample_rate, block or latency
 * @retval PERBUS_ERROR_START there is no output or input device of that id
 * @retval PERBUS_ERROR_UNSUPPORTED Apple's AVFAudio uses the system's default devices as the system
 * has set them up: only `restarts` may be set; the portable one was built without devices
 * @retval PERBUS_ERROR_UNAVAILABLE the AVFAudio classes are missing from the program
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_engine_create_for_device(const perbus_device_options *options,
                                              perbus_engine **out_engine, perbus_error *error);

/**
 * Chooses another output device for a stopped engine, which keeps its rate, block and latency.
 * @param output a device's id; NULL or "": the default output at each start
 * @retval PERBUS_ERROR_START there is no output device of that id, or the engine is started
 * @retval PERBUS_ERROR_WRONG_KIND the engine is offline
 * @retval PERBUS_ERROR_UNSUPPORTED not on Apple's AVFAudio, but for the default, nor without devices
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_engine_set_output_device(perbus_engine *engine, const char *output,
                                              perbus_error *error);

/**
 * Chooses another input device. An engine that records changes over at once, and plays on meanwhile.
 * @param input a device's id; NULL or "": the default input whenever recording begins
 * @retval PERBUS_ERROR_START there is no input device of that id, or it cannot be opened
 * @retval PERBUS_ERROR_WRONG_KIND the engine is offline
 * @retval PERBUS_ERROR_UNSUPPORTED not on Apple's AVFAudio, but for the default, nor without devices
 * On failure the previous one goes on. Threads: any. Real-time safe: no
 */
perbus_status perbus_engine_set_input_device(perbus_engine *engine, const char *input,
                                             perbus_error *error);

/**
 * How the devices in use fare. On Apple's AVFAudio, only sample_rate, the latencies and frames are
 * known.
 * @retval PERBUS_ERROR_NOT_RUNNING the engine is stopped
 * @retval PERBUS_ERROR_WRONG_KIND the engine is offline
 * Maps to presentationLatency and lastRenderTime. Threads: any. Real-time safe: no
 */
perbus_status perbus_engine_get_device_status(perbus_engine *engine,
                                              perbus_device_status *out_status,
                                              perbus_error *error);

/**
 * Sets the function that receives the engine's events and replaces the previous one. A loss is noticed
 * within half a second. The engine has stopped by then: as after perbus_engine_stop, players keep their
 * queues, fades stand still, volumes and pans are kept, and all of it goes on once perbus_engine_start
 * has found a device and perbus_player_play has resumed the players. What was scheduled ends neither
 * with the loss nor with the restart. If only the input is lost, the engine plays on. On Apple's
 * AVFAudio, only configuration changes and restarts are reported, and the engine stops for an input,
 * too.
 * @param handler may be NULL: no events are reported
 * @param destroy called once with `context` when the handler is no longer needed; may be NULL
 * @retval PERBUS_ERROR_WRONG_KIND the engine is offline
 * @retval PERBUS_ERROR_INVALID_ARGUMENT in a batch of the engine's, for which a handler may be waiting
 * On failure destroy is not called.
 * Maps to AVAudioEngineConfigurationChangeNotification. Threads: any; waits for a handler that is
 * running, unless called from it. Real-time safe: no
 */
perbus_status perbus_engine_set_event_handler(perbus_engine *engine, perbus_event_handler handler,
                                              void *context, void (*destroy)(void *context),
                                              perbus_error *error);

#ifdef __cplusplus
}
#endif

#endif
