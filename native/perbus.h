/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/**
 * perbus: per-bus volume and pan over AVAudioEngine, as a flat C API.
 *
 * Conventions
 * - Every fallible function returns a perbus_status and takes a perbus_error last, which may be
 *   NULL. On failure the error is filled in and no out parameter is written.
 * - `create` and `copy` hand out a handle that the caller ends with `destroy` or `release` of the
 *   same noun. A node handle keeps the node alive, not the engine.
 * - Audio is planar 32-bit float, full scale -1 to 1: one pointer a channel, `frames` samples each.
 * - Volumes are linear gains, 0 (silence) to 1 (unity). Pans run from -1 (left) over 0 to 1 (right).
 * - NULL for a required pointer is PERBUS_ERROR_INVALID_ARGUMENT everywhere.
 * - PERBUS_ERROR_EXCEPTION is what AVFAudio threw for a reason that has no status of its own, with
 *   the reason as the message; every function that takes a perbus_error may return it.
 *
 * Threading
 * - Calls that change an engine's graph (attach, detach, connect, disconnect, destroy) must be
 *   alone: no other call on that engine or its nodes may run beside them, except rendering.
 * - All other calls may run on any threads at once, unless their comment says otherwise.
 * - "Real-time safe" says whether a function may be called on an audio thread.
 */
#ifndef PERBUS_H
#define PERBUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The version of this header, and of its binary interface: major * 10000 + minor * 100 + patch. */
#define PERBUS_VERSION 100

/** Input bus numbers of a mixer run from 0 to PERBUS_MAX_BUSES - 1. */
#define PERBUS_MAX_BUSES 65536
/** The most channels of a format. */
#define PERBUS_MAX_CHANNELS 64
/** The highest sample rate of a format, in Hz. */
#define PERBUS_MAX_SAMPLE_RATE 768000

/** An engine: a graph of nodes and what renders it. Maps to AVAudioEngine. */
typedef struct perbus_engine perbus_engine;
/** A node of any kind. Maps to AVAudioNode. */
typedef struct perbus_node perbus_node;
/** Samples for players. Maps to AVAudioPCMBuffer. */
typedef struct perbus_buffer perbus_buffer;

/** What a call came to. Values are never renumbered. */
typedef enum perbus_status {
    PERBUS_OK = 0,
    PERBUS_ERROR_INVALID_ARGUMENT = -1, /**< A NULL pointer, or a value that makes no sense. */
    PERBUS_ERROR_OUT_OF_RANGE = -2,     /**< A number outside its range, NaN and infinities too. */
    PERBUS_ERROR_NOT_CONNECTED = -3,    /**< Nothing is connected there. */
    PERBUS_ERROR_NOT_ATTACHED = -4,     /**< The node belongs to no engine. */
    PERBUS_ERROR_WRONG_ENGINE = -5,     /**< The node belongs to another engine. */
    PERBUS_ERROR_WRONG_KIND = -6,       /**< A node or engine of a kind the call is not for. */
    PERBUS_ERROR_NOT_MIXING = -7,       /**< The source has no per-connection volume and pan. */
    PERBUS_ERROR_CYCLE = -8,            /**< The connection would feed a node its own output. */
    PERBUS_ERROR_FORMAT = -9,           /**< A format that does not fit, or is none. */
    PERBUS_ERROR_NOT_RUNNING = -10,     /**< The engine is not started. */
    PERBUS_ERROR_START = -11,           /**< The engine cannot start: no device, for one. */
    PERBUS_ERROR_RENDER = -12,          /**< Rendering failed. */
    PERBUS_ERROR_EXCEPTION = -13,       /**< AVFAudio threw; the message is its reason. */
    PERBUS_ERROR_NO_MEMORY = -14,       /**< Memory ran out. */
    PERBUS_ERROR_UNAVAILABLE = -15      /**< The AVFAudio classes are not linked in. */
} perbus_status;

/** Why a call failed. The caller's; never freed. */
typedef struct perbus_error {
    int32_t os_code;   /**< The system's own code (an OSStatus), or 0. */
    char message[252]; /**< One line of UTF-8, NUL-terminated. */
} perbus_error;

/** A stream of planar 32-bit float. */
typedef struct perbus_format {
    double sample_rate; /**< Hz, above 0, at most PERBUS_MAX_SAMPLE_RATE. */
    uint32_t channels;  /**< 1 to PERBUS_MAX_CHANNELS. */
} perbus_format;

/** One bus of a node, the node named by perbus_node_get_id. */
typedef struct perbus_point {
    uint64_t node;
    uint32_t bus;
} perbus_point;

/** PERBUS_VERSION of the library. Real-time safe: yes. */
uint32_t perbus_version(void);

/** The status's name, such as "PERBUS_OK"; "unknown status" for a value that is none. Static.
 *  Real-time safe: yes. */
const char *perbus_status_name(perbus_status status);

/* ---- Engine ------------------------------------------------------------------------------- */

/**
 * Makes an engine for the default output device, which is opened by perbus_engine_start.
 * @param out_engine receives the engine; end it with perbus_engine_destroy
 * @retval PERBUS_ERROR_UNAVAILABLE the AVFAudio classes are missing from the program
 * Maps to -[AVAudioEngine init] and mainMixerNode. Real-time safe: no
 */
perbus_status perbus_engine_create(perbus_engine **out_engine, perbus_error *error);

/**
 * Makes an engine that renders only when asked (perbus_engine_render), faster than real time.
 * @param format what it renders
 * @param max_frames the longest block, in frames, 1 to 1048576
 * @param out_engine receives the engine; end it with perbus_engine_destroy
 * @retval PERBUS_ERROR_FORMAT a rate or channel count outside perbus_format's ranges
 * @retval PERBUS_ERROR_OUT_OF_RANGE max_frames
 * @retval PERBUS_ERROR_UNAVAILABLE the AVFAudio classes are missing from the program
 * Maps to enableManualRenderingMode:format:maximumFrameCount:error:. Real-time safe: no
 */
perbus_status perbus_engine_create_offline(const perbus_format *format, uint32_t max_frames,
                                           perbus_engine **out_engine, perbus_error *error);

/** Stops the engine, detaches its nodes and frees it. NULL is a no-op. Waits for a completion
 *  handler that is running, unless called from one. Real-time safe: no */
void perbus_engine_destroy(perbus_engine *engine);

/** The format in which the engine puts out its mix.
 *  Maps to -[AVAudioOutputNode outputFormatForBus:0]. Real-time safe: no */
perbus_status perbus_engine_get_format(perbus_engine *engine, perbus_format *out_format,
                                       perbus_error *error);

/** Allocates what rendering needs, so that a start is quick. Maps to -prepare. Real-time safe: no */
perbus_status perbus_engine_prepare(perbus_engine *engine, perbus_error *error);

/**
 * Starts rendering; no effect on a running engine.
 * @retval PERBUS_ERROR_START there is no device, it does not open, or the graph cannot be rendered
 * Maps to startAndReturnError:. Real-time safe: no
 */
perbus_status perbus_engine_start(perbus_engine *engine, perbus_error *error);

/** Halts rendering but keeps what it needs; perbus_engine_start goes on. Maps to -pause.
 *  Real-time safe: no */
perbus_status perbus_engine_pause(perbus_engine *engine, perbus_error *error);

/** Ends rendering and frees what it needed. Players stop playing but keep their queues.
 *  Maps to -stop. Real-time safe: no */
perbus_status perbus_engine_stop(perbus_engine *engine, perbus_error *error);

/** Sets the clock to 0 and clears the nodes' state, not their connections. Maps to -reset.
 *  Real-time safe: no */
perbus_status perbus_engine_reset(perbus_engine *engine, perbus_error *error);

/** Whether the engine renders: started and not paused. Maps to isRunning. Real-time safe: no */
perbus_status perbus_engine_is_running(perbus_engine *engine, bool *out_running,
                                       perbus_error *error);

/**
 * Renders the next `frames` frames of an offline engine.
 * @param frames 0 to the engine's max_frames
 * @param channels one pointer a channel, each to room for `frames` samples
 * @param channel_count the engine's channel count
 * @retval PERBUS_ERROR_WRONG_KIND the engine plays to a device
 * @retval PERBUS_ERROR_NOT_RUNNING the engine is not started
 * @retval PERBUS_ERROR_OUT_OF_RANGE frames
 * @retval PERBUS_ERROR_FORMAT channel_count
 * @retval PERBUS_ERROR_RENDER the engine could not render
 * Threading: one caller at a time. Maps to renderOffline:toBuffer:error:. Real-time safe: no
 */
perbus_status perbus_engine_render(perbus_engine *engine, uint32_t frames, float *const *channels,
                                   uint32_t channel_count, perbus_error *error);

/** Frames rendered since the start or the last reset, offline. On a device: the output's time, 0
 *  while not running. Maps to manualRenderingSampleTime. Real-time safe: no */
perbus_status perbus_engine_get_sample_time(perbus_engine *engine, int64_t *out_frames,
                                            perbus_error *error);

/** A handle for the mixer that feeds the output; end it with perbus_node_release.
 *  Maps to mainMixerNode. Real-time safe: no */
perbus_status perbus_engine_copy_main_mixer(perbus_engine *engine, perbus_node **out_node,
                                            perbus_error *error);

/** A handle for the output node; end it with perbus_node_release. Maps to outputNode.
 *  Real-time safe: no */
perbus_status perbus_engine_copy_output(perbus_engine *engine, perbus_node **out_node,
                                        perbus_error *error);

/* ---- Graph --------------------------------------------------------------------------------- */

/**
 * Gives the node to the engine; no effect when it has it already.
 * @retval PERBUS_ERROR_WRONG_ENGINE another engine has it
 * Maps to attachNode:. Threading: alone. Real-time safe: no
 */
perbus_status perbus_engine_attach(perbus_engine *engine, perbus_node *node, perbus_error *error);

/**
 * Disconnects the node and takes it out of the engine. A player's queue is emptied.
 * @retval PERBUS_ERROR_NOT_ATTACHED, PERBUS_ERROR_WRONG_ENGINE the node is not this engine's
 * @retval PERBUS_ERROR_WRONG_KIND the output node or the main mixer
 * Maps to detachNode:. Threading: alone. Real-time safe: no
 */
perbus_status perbus_engine_detach(perbus_engine *engine, perbus_node *node, perbus_error *error);

/**
 * Connects one output bus to one input bus. Earlier connections of either bus end: a source that
 * is connected elsewhere moves. The new connection starts with the source's own volume and pan.
 * @param source_bus below the source's output count
 * @param destination_bus below PERBUS_MAX_BUSES for a mixer (it grows), else below its input count
 * @param format of the connection; NULL keeps the source's
 * @retval PERBUS_ERROR_NOT_ATTACHED, PERBUS_ERROR_WRONG_ENGINE either node is not this engine's
 * @retval PERBUS_ERROR_OUT_OF_RANGE either bus
 * @retval PERBUS_ERROR_CYCLE the destination feeds the source, or is the source
 * @retval PERBUS_ERROR_FORMAT a rate or channel count outside perbus_format's ranges
 * Maps to connect:to:fromBus:toBus:format:. Threading: alone. Real-time safe: no
 */
perbus_status perbus_engine_connect(perbus_engine *engine, perbus_node *source, uint32_t source_bus,
                                    perbus_node *destination, uint32_t destination_bus,
                                    const perbus_format *format, perbus_error *error);

/**
 * Ends the connection of an input bus; no effect when there is none.
 * @retval PERBUS_ERROR_NOT_ATTACHED, PERBUS_ERROR_WRONG_ENGINE the node is not this engine's
 * @retval PERBUS_ERROR_OUT_OF_RANGE bus: not below the node's input count
 * Maps to disconnectNodeInput:bus:. Threading: alone. Real-time safe: no
 */
perbus_status perbus_engine_disconnect_input(perbus_engine *engine, perbus_node *node, uint32_t bus,
                                             perbus_error *error);

/** Ends every connection of an output bus; otherwise as perbus_engine_disconnect_input.
 *  Maps to disconnectNodeOutput:bus:. Threading: alone. Real-time safe: no */
perbus_status perbus_engine_disconnect_output(perbus_engine *engine, perbus_node *node,
                                              uint32_t bus, perbus_error *error);

/* ---- Tracking: what the engine itself says is connected ----------------------------------------- */

/**
 * The source of an input bus.
 * @retval PERBUS_ERROR_NOT_CONNECTED the bus is free
 * @retval PERBUS_ERROR_NOT_ATTACHED, PERBUS_ERROR_WRONG_ENGINE the node is not this engine's
 * Maps to inputConnectionPointForNode:inputBus:. Real-time safe: no
 */
perbus_status perbus_track_input(perbus_engine *engine, perbus_node *node, uint32_t bus,
                                 perbus_point *out_source, perbus_error *error);

/**
 * All destinations of an output bus.
 * @param out_points receives an array to end with perbus_points_free; NULL when out_count is 0
 * @retval PERBUS_ERROR_NOT_ATTACHED, PERBUS_ERROR_WRONG_ENGINE the node is not this engine's
 * Maps to outputConnectionPointsForNode:outputBus:. Real-time safe: no
 */
perbus_status perbus_track_outputs(perbus_engine *engine, perbus_node *node, uint32_t bus,
                                   perbus_point **out_points, size_t *out_count,
                                   perbus_error *error);

/** Ends an array from perbus_track_outputs. NULL is a no-op. Real-time safe: no */
void perbus_points_free(perbus_point *points);

/* ---- Per-connection gain: the volume and pan of one source on one mixer bus ---------------------- */

/**
 * Sets the gain of the connection from `source` to the mixer's input bus.
 * The value holds until the source's own volume is set or the connection ends.
 * @param volume 0 to 1
 * @retval PERBUS_ERROR_OUT_OF_RANGE volume; nothing has changed
 * @retval PERBUS_ERROR_NOT_MIXING the source has no such control (an output node, an effect)
 * @retval PERBUS_ERROR_NOT_CONNECTED the source does not reach that bus
 * Maps to destinationForMixer:bus: and setVolume:. Real-time safe: no
 */
perbus_status perbus_connection_set_volume(perbus_node *source, perbus_node *mixer, uint32_t bus,
                                           float volume, perbus_error *error);

/** The gain that the setter sets; the same failures but for the range. Real-time safe: no */
perbus_status perbus_connection_get_volume(perbus_node *source, perbus_node *mixer, uint32_t bus,
                                           float *out_volume, perbus_error *error);

/** As perbus_connection_set_volume, for the pan, -1 to 1. A stereo source is balanced, a mono one
 *  panned. No effect in a mixer with a mono output. Real-time safe: no */
perbus_status perbus_connection_set_pan(perbus_node *source, perbus_node *mixer, uint32_t bus,
                                        float pan, perbus_error *error);

/** The pan that the setter sets; the same failures but for the range. Real-time safe: no */
perbus_status perbus_connection_get_pan(perbus_node *source, perbus_node *mixer, uint32_t bus,
                                        float *out_pan, perbus_error *error);

/**
 * As perbus_connection_set_volume, for whatever source the engine says feeds the bus: the nearest
 * one upstream that has per-connection control, through effects if need be.
 * @retval PERBUS_ERROR_NOT_CONNECTED nothing feeds the bus
 * @retval PERBUS_ERROR_NOT_MIXING what feeds it has no such control
 * @retval PERBUS_ERROR_WRONG_KIND `mixer` is no mixer
 * Real-time safe: no
 */
perbus_status perbus_bus_set_volume(perbus_engine *engine, perbus_node *mixer, uint32_t bus,
                                    float volume, perbus_error *error);
/** The gain that perbus_bus_set_volume sets. Real-time safe: no */
perbus_status perbus_bus_get_volume(perbus_engine *engine, perbus_node *mixer, uint32_t bus,
                                    float *out_volume, perbus_error *error);
/** As perbus_bus_set_volume, for the pan, -1 to 1. Real-time safe: no */
perbus_status perbus_bus_set_pan(perbus_engine *engine, perbus_node *mixer, uint32_t bus, float pan,
                                 perbus_error *error);
/** The pan that perbus_bus_set_pan sets. Real-time safe: no */
perbus_status perbus_bus_get_pan(perbus_engine *engine, perbus_node *mixer, uint32_t bus,
                                 float *out_pan, perbus_error *error);

/* ---- Nodes ----------------------------------------------------------------------------------- */

/** Ends a node handle. The engine keeps a node that is attached. NULL is a no-op.
 *  Real-time safe: no */
void perbus_node_release(perbus_node *node);

/** The same for two handles of one node, different for two nodes alive at the same time; 0 for
 *  NULL. Real-time safe: yes */
uint64_t perbus_node_get_id(const perbus_node *node);

/** What perbus_node_get_info tells. */
typedef struct perbus_node_info {
    bool attached;    /**< to any engine */
    uint32_t inputs;  /**< input buses, connected or not */
    uint32_t outputs; /**< output buses */
} perbus_node_info;

/** Whether the node is attached, and how many buses it has. Real-time safe: no */
perbus_status perbus_node_get_info(perbus_node *node, perbus_node_info *out_info,
                                   perbus_error *error);

/** The format of an input bus. @retval PERBUS_ERROR_OUT_OF_RANGE bus
 *  Maps to inputFormatForBus:. Real-time safe: no */
perbus_status perbus_node_get_input_format(perbus_node *node, uint32_t bus,
                                           perbus_format *out_format, perbus_error *error);

/** The format of an output bus. @retval PERBUS_ERROR_OUT_OF_RANGE bus
 *  Maps to outputFormatForBus:. Real-time safe: no */
perbus_status perbus_node_get_output_format(perbus_node *node, uint32_t bus,
                                            perbus_format *out_format, perbus_error *error);

/**
 * Sets the source's own volume: on every connection it has and on every one it gets.
 * @param volume 0 to 1
 * @retval PERBUS_ERROR_OUT_OF_RANGE volume
 * @retval PERBUS_ERROR_NOT_MIXING the node has no such control
 * Maps to -[AVAudioMixing setVolume:]. Real-time safe: no
 */
perbus_status perbus_node_set_volume(perbus_node *node, float volume, perbus_error *error);
/** The source's own volume. Real-time safe: no */
perbus_status perbus_node_get_volume(perbus_node *node, float *out_volume, perbus_error *error);
/** As perbus_node_set_volume, for the pan, -1 to 1. Real-time safe: no */
perbus_status perbus_node_set_pan(perbus_node *node, float pan, perbus_error *error);
/** The source's own pan. Real-time safe: no */
perbus_status perbus_node_get_pan(perbus_node *node, float *out_pan, perbus_error *error);

/* ---- Mixer ----------------------------------------------------------------------------------- */

/** Makes a mixer, attached to nothing. Maps to -[AVAudioMixerNode init]. Real-time safe: no */
perbus_status perbus_mixer_create(perbus_node **out_node, perbus_error *error);

/**
 * Sets the gain of the mixer's sum: of all its buses at once. Set it after connecting: Apple's
 * mixer forgets a value from before it was attached.
 * @param volume 0 to 1
 * @retval PERBUS_ERROR_OUT_OF_RANGE volume
 * @retval PERBUS_ERROR_WRONG_KIND the node is no mixer
 * Maps to outputVolume. Real-time safe: no
 */
perbus_status perbus_mixer_set_output_volume(perbus_node *mixer, float volume, perbus_error *error);
/** The gain of the mixer's sum. Real-time safe: no */
perbus_status perbus_mixer_get_output_volume(perbus_node *mixer, float *out_volume,
                                             perbus_error *error);
/** The lowest free input bus. Maps to nextAvailableInputBus. Real-time safe: no */
perbus_status perbus_mixer_get_next_bus(perbus_node *mixer, uint32_t *out_bus, perbus_error *error);

/* ---- Buffer ---------------------------------------------------------------------------------- */

/**
 * Makes a buffer of `frames` frames of silence.
 * @retval PERBUS_ERROR_FORMAT a rate or channel count outside perbus_format's ranges
 * @retval PERBUS_ERROR_NO_MEMORY
 * Maps to initWithPCMFormat:frameCapacity:. Real-time safe: no
 */
perbus_status perbus_buffer_create(const perbus_format *format, uint32_t frames,
                                   perbus_buffer **out_buffer, perbus_error *error);
/** Ends the handle; a player that has the buffer queued keeps its samples. NULL is a no-op.
 *  Real-time safe: no */
void perbus_buffer_release(perbus_buffer *buffer);
/** A channel's samples, or NULL when there is no such channel; valid as long as the buffer. They
 *  must not change while a player has the buffer queued. Real-time safe: no */
float *perbus_buffer_get_channel(perbus_buffer *buffer, uint32_t channel);
/**
 * Shortens the buffer to its first `frames` frames, or lengthens it again.
 * @retval PERBUS_ERROR_OUT_OF_RANGE frames: more than it was made for
 * Maps to frameLength. Threading: before it is scheduled. Real-time safe: no
 */
perbus_status perbus_buffer_set_frames(perbus_buffer *buffer, uint32_t frames, perbus_error *error);
/** The buffer's length in frames; 0 for NULL. Real-time safe: no */
uint32_t perbus_buffer_get_frames(const perbus_buffer *buffer);

/* ---- Player ---------------------------------------------------------------------------------- */

/** A buffer starts right after the one before it. */
#define PERBUS_FOLLOW INT64_MIN

/** Bits of perbus_schedule.flags. */
enum {
    PERBUS_SCHEDULE_LOOPS = 1,             /**< Repeat until stopped or interrupted. */
    PERBUS_SCHEDULE_INTERRUPTS = 2,        /**< Replace what plays and what is queued. */
    PERBUS_SCHEDULE_INTERRUPTS_AT_LOOP = 4 /**< The same, when the current pass ends. */
};

/** Runs on a thread of the engine, once a scheduled buffer: when it was played, interrupted or
 *  stopped. It may schedule more; it must not stop the player or destroy the engine. */
typedef void (*perbus_completion)(void *context);

/** How perbus_player_schedule queues a buffer. All zero but `start` is the plain way. */
typedef struct perbus_schedule {
    int64_t start;                /**< In frames of the player's own time, or PERBUS_FOLLOW. */
    uint32_t flags;               /**< PERBUS_SCHEDULE_* */
    perbus_completion completion; /**< NULL for none. */
    void *context;                /**< The completion's argument. */
} perbus_schedule;

/** Makes a player, attached to nothing. Maps to -[AVAudioPlayerNode init]. Real-time safe: no */
perbus_status perbus_player_create(perbus_node **out_node, perbus_error *error);

/**
 * Queues a buffer. The buffer's rate is taken to be that of the player's connection.
 * @param schedule NULL: after the previous buffer, once
 * @retval PERBUS_ERROR_WRONG_KIND the node is no player
 * @retval PERBUS_ERROR_NOT_ATTACHED the player belongs to no engine
 * @retval PERBUS_ERROR_FORMAT the channel counts of buffer and player differ
 * @retval PERBUS_ERROR_INVALID_ARGUMENT unknown flags
 * Maps to scheduleBuffer:atTime:options:completionHandler:. Real-time safe: no
 */
perbus_status perbus_player_schedule(perbus_node *player, perbus_buffer *buffer,
                                     const perbus_schedule *schedule, perbus_error *error);

/**
 * Plays from the next rendered frame, or from where it was paused.
 * @retval PERBUS_ERROR_WRONG_KIND the node is no player
 * @retval PERBUS_ERROR_NOT_RUNNING its engine is not started
 * @retval PERBUS_ERROR_NOT_CONNECTED its output goes nowhere
 * Maps to -play. Real-time safe: no
 */
perbus_status perbus_player_play(perbus_node *player, perbus_error *error);

/** As perbus_player_play, from a given frame of the engine's time (perbus_engine_get_sample_time);
 *  a past one means at once. Maps to playAtTime:. Real-time safe: no */
perbus_status perbus_player_play_at(perbus_node *player, int64_t engine_frame, perbus_error *error);

/** Halts the player where it is. Maps to -pause. Real-time safe: no */
perbus_status perbus_player_pause(perbus_node *player, perbus_error *error);

/** Halts the player, empties its queue and sets its time to 0. Maps to -stop. Threading: not from
 *  a completion. Real-time safe: no */
perbus_status perbus_player_stop(perbus_node *player, perbus_error *error);

/** Whether the player was told to play; also true when its queue has run out. Maps to isPlaying.
 *  Real-time safe: no */
perbus_status perbus_player_is_playing(perbus_node *player, bool *out_playing, perbus_error *error);

/* ---- Source ---------------------------------------------------------------------------------- */

/**
 * Makes the sound of a source: fills channels[c][0 .. frames) for every channel. Returns true when
 * the block is silent (the samples are ignored then).
 * @param sample_time engine time of the first frame
 * Runs on the audio thread: it must not allocate, lock, wait or log.
 */
typedef bool (*perbus_render)(void *context, int64_t sample_time, uint32_t frames,
                              float *const *channels, uint32_t channel_count);

/**
 * Makes a source from a render function, attached to nothing.
 * @param format in which it renders
 * @param destroy called with the context, once, after the last call of `render`; NULL for none
 * @retval PERBUS_ERROR_FORMAT a rate or channel count outside perbus_format's ranges
 * On failure destroy is not called. Maps to -[AVAudioSourceNode initWithFormat:renderBlock:].
 * Real-time safe: no
 */
perbus_status perbus_source_create(const perbus_format *format, perbus_render render, void *context,
                                   void (*destroy)(void *context), perbus_node **out_node,
                                   perbus_error *error);

#ifdef __cplusplus
}
#endif

#endif
