/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/** @file
 * The desk: channel strips that stay with a mixer's buses while sources come and go, calls by number
 * that say which control they used, mute and solo, scenes, fades that report their end, sends, an
 * audit of what is connected, audio files, devices, taps, recorders. It is built on the functions of perbus.h,
 * in the same library.
 *
 * Conventions
 * - Every fallible function returns a perbus_status and takes a perbus_error last, which may be NULL.
 *   On failure the error is filled in, nothing has changed and no out parameter is written.
 * - `create` and `copy` return a handle that the caller frees with `release`; a handle keeps its object
 *   and the object's engine alive. `get` borrows. A released handle must not be used again.
 * - Audio is planar 32-bit float, full scale -1 to 1: one pointer per channel, `frames` samples each.
 * - Volumes are linear gains, 0 (silence) over 1 (unity) to 4; beyond 1 they are undocumented on
 *   Apple. Pans run from -1 (left) to 1 (right). Buses are numbered from 0.
 * - Strings are NUL-terminated UTF-8 and are copied.
 * - Every function may also return: PERBUS_ERROR_INVALID_ARGUMENT for NULL unless its comment allows
 *   it, PERBUS_ERROR_CLOSED after perbus_desk_engine_close, PERBUS_ERROR_IN_RENDER for a call from a
 *   source's render function, PERBUS_ERROR_EXCEPTION for an AVFAudio exception that has no status of
 *   its own, PERBUS_ERROR_NO_MEMORY, and PERBUS_ERROR_INTERNAL for a fault of the library.
 *
 * Threading: "Threads: any", which is true of every function here, means any thread, concurrently with
 * any other call on the same handles, except that a handle in use must not be released. Graph changes
 * wait for one another and for per-bus calls; per-bus calls run concurrently with one another, and
 * rendering with all of them. "Real-time safe" says whether a function may be called on an audio thread.
 *
 * The nodes and engines here are not those of perbus.h: perbus_desk_node_get_raw and
 * perbus_desk_engine_get_raw return the corresponding ones.
 */

#ifndef PERBUS_DESK_H
#define PERBUS_DESK_H

/* Made by cbindgen from bindings/c/src: `make -C bindings/c header` makes it anew. */

#include "clock.h"
#include "device.h"
#include "effect.h"
#include "fade.h"
#include "file.h"
#include "input.h"
#include "matrix.h"
#include "meter.h"
#include "node.h"
#include "player.h"
#include "source.h"
#include "tap.h"
#include "types.h"

/**
 * A bit of perbus_desk_group_config.set.
 */
#define PERBUS_DESK_SET_MEMBERS 64

/**
 * See PERBUS_DESK_SET_MEMBERS.
 */
#define PERBUS_DESK_SET_INNER_GROUPS 128

/**
 * Bits of perbus_desk_bus_config.set: which of its values count.
 */
#define PERBUS_DESK_SET_VOLUME 1

/**
 * See PERBUS_DESK_SET_VOLUME.
 */
#define PERBUS_DESK_SET_PAN 2

/**
 * See PERBUS_DESK_SET_VOLUME.
 */
#define PERBUS_DESK_SET_MUTED 4

/**
 * See PERBUS_DESK_SET_VOLUME.
 */
#define PERBUS_DESK_SET_SOLOED 8

/**
 * See PERBUS_DESK_SET_VOLUME.
 */
#define PERBUS_DESK_SET_SOLO_SAFE 16

/**
 * See PERBUS_DESK_SET_VOLUME.
 */
#define PERBUS_DESK_SET_SEND_TAP 32

/**
 * What of a scene is meant, for perbus_desk_scene_copy_only: the volumes of buses,
 * sends among them, and of groups.
 */
#define PERBUS_DESK_PART_FADERS 1

/**
 * The pans of buses.
 */
#define PERBUS_DESK_PART_PANS 2

/**
 * Which buses and groups are muted.
 */
#define PERBUS_DESK_PART_MUTES 4

/**
 * Which buses and groups are soloed, in a scene that has that.
 */
#define PERBUS_DESK_PART_SOLOS 8

/**
 * Which buses are solo-safe.
 */
#define PERBUS_DESK_PART_SOLO_SAFES 16

/**
 * The labels of buses, and the names of groups.
 */
#define PERBUS_DESK_PART_LABELS 32

/**
 * The output volumes of mixers.
 */
#define PERBUS_DESK_PART_OUTPUT_VOLUMES 64

/**
 * Which buses and groups are in which groups.
 */
#define PERBUS_DESK_PART_GROUPS 128

/**
 * Whether sends take their signal before or after the fader.
 */
#define PERBUS_DESK_PART_SEND_TAPS 256

/**
 * The pan laws of mixers.
 */
#define PERBUS_DESK_PART_PAN_LAWS 512

/**
 * How a fade came to its end.
 */
typedef enum perbus_desk_fade_end {
    /**
     * It reached its value.
     */
    PERBUS_DESK_FADE_FINISHED = 1,
    /**
     * It was cancelled, a new value or fade took its place, or its engine was closed.
     */
    PERBUS_DESK_FADE_REPLACED = 2,
    /**
     * Its mixer was detached, its group removed, or its engine is gone or, on Apple's, has stopped:
     * it has stayed where it had got to.
     */
    PERBUS_DESK_FADE_STOPPED = 3,
} perbus_desk_fade_end;

/**
 * What the by-number calls do on a bus without a source.
 */
typedef enum perbus_desk_fallback {
    /**
     * Use the mixer's global control, which acts on all buses. The default.
     */
    PERBUS_DESK_FALLBACK_GLOBAL = 0,
    /**
     * Refuse: PERBUS_ERROR_NOT_CONNECTED.
     */
    PERBUS_DESK_FALLBACK_DENY = 1,
    /**
     * Set the bus's strip, for the next source on it.
     */
    PERBUS_DESK_FALLBACK_HOLD = 2,
} perbus_desk_fallback;

/**
 * Which control a by-number call used.
 */
typedef enum perbus_desk_control {
    /**
     * The bus's own: that of the tracked connection.
     */
    PERBUS_DESK_CONTROL_CONNECTION = 1,
    /**
     * The mixer's global one, because no source is tracked on the bus: it acts on all buses.
     */
    PERBUS_DESK_CONTROL_MIXER = 2,
    /**
     * The bus's strip, which the next source on the bus gets: see PERBUS_DESK_FALLBACK_HOLD.
     */
    PERBUS_DESK_CONTROL_HELD = 3,
} perbus_desk_control;

/**
 * What a recorder does. Values are never renumbered.
 */
typedef enum perbus_desk_recorder_state {
    /**
     * Nothing has come yet: the engine does not render, or its time has not reached the start.
     */
    PERBUS_DESK_RECORDER_WAITING = 0,
    /**
     * It records.
     */
    PERBUS_DESK_RECORDER_RECORDING = 1,
    /**
     * The file is complete.
     */
    PERBUS_DESK_RECORDER_FINISHED = 2,
    /**
     * The file could not be written. Nothing is left of it.
     */
    PERBUS_DESK_RECORDER_FAILED = 3,
} perbus_desk_recorder_state;

/**
 * Where a send takes its signal.
 */
typedef enum perbus_desk_send_tap {
    /**
     * In front of the strip's fader, mute and groups: none of them changes the send.
     */
    PERBUS_DESK_SEND_PRE_FADER = 0,
    /**
     * Behind them: the send follows them, fades included.
     */
    PERBUS_DESK_SEND_POST_FADER = 1,
} perbus_desk_send_tap;

/**
 * Audio in memory, for players. Its samples never change.
 */
typedef struct perbus_desk_buffer perbus_desk_buffer;

/**
 * The channel strip of one input bus of a mixer.
 */
typedef struct perbus_desk_bus perbus_desk_bus;

/**
 * An engine: a graph of nodes, their channel strips, and what renders them.
 */
typedef struct perbus_desk_engine perbus_desk_engine;

/**
 * All mixers and groups of an engine at one moment. A mixer goes by its name, "mixer 0" for the main
 * mixer, and a group by its number; both are numbered in the order of their creation.
 */
typedef struct perbus_desk_engine_scene perbus_desk_engine_scene;

/**
 * A fade under way, or over.
 */
typedef struct perbus_desk_fade perbus_desk_fade;

/**
 * A group (VCA): it has no sound of its own, but a fader, mute and solo that act on its members.
 */
typedef struct perbus_desk_group perbus_desk_group;

/**
 * A node of an engine: its output, a mixer, player, source, equalizer or matrix mixer.
 */
typedef struct perbus_desk_node perbus_desk_node;

/**
 * Records a mixer or a bus into a file, from perbus_desk_mixer_record or perbus_desk_bus_record on
 * until it is stopped. A thread of its own writes; the file has another name until it is complete, as
 * with perbus_file_create.
 *
 * The recording follows the engine's time, frame by frame. What is not rendered while that time runs,
 * and frames that were dropped, are silence of the same length. While the time stands still, because
 * the engine is paused, stopped or has lost its device, nothing is recorded, and the recording
 * continues without a gap; so it does where the time jumps backwards, or by more than an hour.
 */
typedef struct perbus_desk_recorder perbus_desk_recorder;

/**
 * A mixer at one moment: its strips, its output volume and its pan law.
 */
typedef struct perbus_desk_scene perbus_desk_scene;

/**
 * An input bus on which the desk's map and the engine disagree.
 */
typedef struct perbus_desk_discrepancy {
    /**
     * The input bus.
     */
    perbus_point at;
    /**
     * The source and its output bus according to the map; node 0 for none.
     */
    perbus_point tracked;
    /**
     * The same according to the engine.
     */
    perbus_point engine;
} perbus_desk_discrepancy;

/**
 * Called once when a fade is over, with the context it was given: after the offline block that
 * ends it, on the thread that rendered; within the call that replaces it; or within a few
 * milliseconds on a thread of the library while a device plays. It may call the desk, but must not
 * throw.
 */
typedef void (*perbus_desk_fade_ended)(void *context, enum perbus_desk_fade_end end);

/**
 * One point of an automation: from a frame on, the value fades to another, or is set.
 */
typedef struct perbus_desk_automation_point {
    /**
     * When it starts, in the engine's time: see perbus_desk_engine_get_sample_time.
     */
    int64_t frame;
    /**
     * Where the value goes.
     */
    float value;
    /**
     * How long the fade takes, 0 to a day; 0 sets the value.
     */
    double seconds;
    /**
     * How it gets there. A pan fades linearly.
     */
    perbus_curve curve;
} perbus_desk_automation_point;

/**
 * Called once with the context of a source, input, tap or event handler, after its last use.
 */
typedef void (*perbus_desk_destroy)(void *context);

/**
 * A mixer's input bus, for perbus_desk_engine_connect_many.
 */
typedef struct perbus_desk_destination {
    /**
     * The mixer.
     */
    struct perbus_desk_node *mixer;
    /**
     * Its input bus.
     */
    uint32_t bus;
} perbus_desk_destination;

/**
 * What perbus_desk_engine_batch runs, with the context it was given.
 */
typedef void (*perbus_desk_changes)(void *context);

/**
 * What perbus_desk_recorder_get_status returns.
 */
typedef struct perbus_desk_recorder_status {
    /**
     * What the recorder does.
     */
    enum perbus_desk_recorder_state state;
    /**
     * The length so far. What was rendered last follows within a fraction of a second.
     */
    uint64_t frames;
    /**
     * Frames that were lost because the disk was too slow for ten seconds. They are silence in the
     * recording. 0 on Apple's engine, which does not count them.
     */
    uint64_t dropped;
    /**
     * Frames of silence where the mixer was not rendered, those that were dropped included.
     */
    uint64_t silence;
} perbus_desk_recorder_status;

/**
 * What perbus_desk_recorder_stop returns: the figures of a complete file.
 */
typedef struct perbus_desk_recording {
    /**
     * Its length.
     */
    uint64_t frames;
    /**
     * As in perbus_desk_recorder_status.
     */
    uint64_t dropped;
    /**
     * As in perbus_desk_recorder_status.
     */
    uint64_t silence;
} perbus_desk_recording;

/**
 * What is to change on one bus, or what a scene has of it.
 */
typedef struct perbus_desk_bus_config {
    /**
     * The bus's number.
     */
    uint32_t bus;
    /**
     * PERBUS_DESK_SET_*: which of the values below count; the others stay.
     */
    uint32_t set;
    /**
     * The fader: a linear gain, 0 to 4.
     */
    float volume;
    /**
     * -1 (left) to 1 (right).
     */
    float pan;
    /**
     * Whether the bus is muted.
     */
    bool muted;
    /**
     * Whether the bus is soloed.
     */
    bool soloed;
    /**
     * Whether solos of other buses leave it audible.
     */
    bool solo_safe;
    /**
     * The bus's label, UTF-8; NULL stays.
     */
    const char *label;
    /**
     * A perbus_desk_send_tap: where the bus, if it is a send, takes its signal from. No effect on
     * any other bus.
     */
    int32_t send_tap;
} perbus_desk_bus_config;

/**
 * A bus in a group.
 */
typedef struct perbus_desk_group_member {
    /**
     * The mixer's name, UTF-8: "mixer 0" for the main mixer.
     */
    const char *mixer;
    /**
     * The bus's number.
     */
    uint32_t bus;
} perbus_desk_group_member;

/**
 * What a scene has of a group.
 */
typedef struct perbus_desk_group_config {
    /**
     * The group's number: see perbus_desk_group_get_number.
     */
    uint32_t group;
    /**
     * PERBUS_DESK_SET_VOLUME, _MUTED, _SOLOED, _MEMBERS and _INNER_GROUPS: which of the values below
     * count; the others stay.
     */
    uint32_t set;
    /**
     * The fader: a linear gain, 0 to 4.
     */
    float volume;
    /**
     * Whether the group is muted.
     */
    bool muted;
    /**
     * Whether the group is soloed.
     */
    bool soloed;
    /**
     * The group's name, UTF-8; NULL stays.
     */
    const char *name;
    /**
     * The buses that are directly in the group; all others leave it.
     */
    const struct perbus_desk_group_member *members;
    /**
     * How many members there are.
     */
    size_t member_count;
    /**
     * The numbers of the groups that are directly in the group; all others leave it.
     */
    const uint32_t *inner_groups;
    /**
     * How many inner groups there are.
     */
    size_t inner_group_count;
} perbus_desk_group_config;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Takes up an AVAudioEngine that the program has made itself: its mixers have strips from now on,
 * which begin with the volume and pan of their connections. See perbus/adopt.h for what stays the
 * program's. The handle retains the engine. One that was adopted already, or is this library's own,
 * is the same engine again.
 *
 * From now on, and for as long as there are handles, the program makes its own calls that attach,
 * detach, connect, disconnect, start, stop or reset on this engine only while no other thread is in a
 * call of this library on it, rendering apart: inside of perbus_desk_engine_batch, for instance. After
 * them, and after setting volumes or pans by itself, it calls perbus_desk_engine_sync.
 *
 * perbus_desk_engine_close lets an adopted engine go and leaves it as it is: it may be adopted anew.
 * @param av_engine an AVAudioEngine. A pointer to anything that is not an Objective-C object is
 * undefined behaviour
 * @param out_engine receives the handle; free it with perbus_desk_engine_release
 * @retval PERBUS_ERROR_WRONG_KIND an object of another class
 * @retval PERBUS_ERROR_UNAVAILABLE as perbus_desk_engine_create
 * Maps to attachedNodes, inputConnectionPointForNode:inputBus: and isInManualRenderingMode.
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_adopt(void *av_engine,
                                       struct perbus_desk_engine **out_engine,
                                       perbus_error *error);

/**
 * A handle to a node that the program has made itself, of any class: PERBUS_KIND_OTHER for one that
 * this library knows nothing more about. A node that belongs to no engine is attached to this one.
 * What it is connected to, and the values of its connections, are known after the next
 * perbus_desk_engine_sync. Two handles to one node have the same id.
 * @param av_node an AVAudioNode. A pointer to anything that is not an Objective-C object is
 * undefined behaviour
 * @param out_node receives the handle; free it with perbus_desk_node_release
 * @retval PERBUS_ERROR_WRONG_KIND an object of another class
 * @retval PERBUS_ERROR_WRONG_ENGINE another engine has the node
 * Maps to attachNode:. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_node_adopt(struct perbus_desk_engine *engine,
                                     void *av_node,
                                     struct perbus_desk_node **out_node,
                                     perbus_error *error);

/**
 * Takes over what the program has changed by itself: nodes, connections, volumes and pans.
 * perbus_desk_engine_audit lists what differs until then. A connection on a bus that nothing is known
 * of gives its volume and pan to the strip; a new one on any other bus gets the strip's values. Where
 * nothing was reconnected, values other than those that the desk has set last move the fader and the
 * pan, but end neither a mute nor a solo, nor a fade.
 *
 * It looks at every node and bus: the cost is some microseconds for each connection.
 * @retval PERBUS_ERROR_EXCEPTION the engine refuses a value; the map is right all the same
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_sync(struct perbus_desk_engine *engine,
                                      perbus_error *error);

/**
 * Every input bus on which the desk's map and the engine disagree, asking the engine bus by bus.
 * There are none unless something outside the desk has rewired the engine.
 * @param out_found receives at most `capacity` of them; NULL for none
 * @param out_count receives how many there are
 * Maps to inputConnectionPointForNode:inputBus:. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_audit(struct perbus_desk_engine *engine,
                                       struct perbus_desk_discrepancy *out_found,
                                       size_t capacity,
                                       size_t *out_count,
                                       perbus_error *error);

/**
 * The graph in Graphviz's language: nodes by kind and number, connections with their buses and,
 * into mixers, volume and pan. `dot -Tsvg` draws it.
 * @param out_text receives the text; free it with perbus_desk_text_free
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_copy_dot(struct perbus_desk_engine *engine,
                                          char **out_text,
                                          perbus_error *error);

/**
 * A table of the mixer's buses that have a source or a strip: number, label, source, volume, pan
 * and what silences them.
 * @param out_text receives the text; free it with perbus_desk_text_free
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_mixer_copy_table(struct perbus_desk_node *mixer,
                                           char **out_text,
                                           perbus_error *error);

/**
 * Fades the volume to a value from a given frame on, exactly there on the portable engine; Apple's,
 * which has no automation, begins with the next block. Whatever starts later takes over from where
 * the volume is then, and ends a fade that started earlier as PERBUS_DESK_FADE_REPLACED. So do values,
 * fades and scenes that start now; what starts later stays. Of two that start at the same frame the
 * later call counts. What waits belongs to the bus, and outlives reconnections; it ends as
 * PERBUS_DESK_FADE_STOPPED when the mixer is detached.
 * @param frame not before the engine's time: see perbus_desk_engine_get_sample_time
 * @param volume 0 to 4
 * @param seconds 0 to a day
 * @param curve the course of the fade
 * @param ended called once when the fade is over, or is cancelled or replaced before it has started;
 * may be NULL. Not called if this fails
 * @param context the callback's argument
 * @param out_fade receives a handle, freed with perbus_desk_fade_release; may be NULL
 * @retval PERBUS_ERROR_OUT_OF_RANGE frame, volume or seconds
 * @retval PERBUS_ERROR_INVALID_ARGUMENT curve is not a perbus_curve
 * @retval PERBUS_ERROR_NOT_ATTACHED the mixer was detached
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_fade_at(struct perbus_desk_bus *bus,
                                      int64_t frame,
                                      float volume,
                                      double seconds,
                                      perbus_curve curve,
                                      perbus_desk_fade_ended ended,
                                      void *context,
                                      struct perbus_desk_fade **out_fade,
                                      perbus_error *error);

/**
 * Fades the pan linearly to a value from -1 to 1 from a given frame on; otherwise like
 * perbus_desk_bus_fade_at.
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_fade_pan_at(struct perbus_desk_bus *bus,
                                          int64_t frame,
                                          float pan,
                                          double seconds,
                                          perbus_desk_fade_ended ended,
                                          void *context,
                                          struct perbus_desk_fade **out_fade,
                                          perbus_error *error);

/**
 * Moves the fader at a given frame, as perbus_desk_bus_set_volume does now.
 * @retval as perbus_desk_bus_fade_at
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_set_volume_at(struct perbus_desk_bus *bus,
                                            int64_t frame,
                                            float volume,
                                            perbus_error *error);

/**
 * Sets the pan at a given frame, as perbus_desk_bus_set_pan does now.
 * @retval as perbus_desk_bus_fade_at
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_set_pan_at(struct perbus_desk_bus *bus,
                                         int64_t frame,
                                         float pan,
                                         perbus_error *error);

/**
 * Adds points to what the volume is going to do: all, or none when one is refused.
 * @param points `count` points, in any order
 * @retval PERBUS_ERROR_INVALID_ARGUMENT two start at the same frame, or a curve that does not fit
 * @retval as perbus_desk_bus_fade_at
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_automate_volume(struct perbus_desk_bus *bus,
                                              const struct perbus_desk_automation_point *points,
                                              size_t count,
                                              perbus_error *error);

/**
 * Adds points to what the pan is going to do, likewise.
 * @param points `count` points, in any order
 * @retval PERBUS_ERROR_INVALID_ARGUMENT two start at the same frame, or a curve that does not fit
 * @retval as perbus_desk_bus_fade_at
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_automate_pan(struct perbus_desk_bus *bus,
                                           const struct perbus_desk_automation_point *points,
                                           size_t count,
                                           perbus_error *error);

/**
 * What the volume is going to do: the points that have not started.
 * @param out_points receives up to `capacity` points, by ascending frame
 * @param out_count receives how many there are
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_get_volume_automation(struct perbus_desk_bus *bus,
                                                    struct perbus_desk_automation_point *out_points,
                                                    size_t capacity,
                                                    size_t *out_count,
                                                    perbus_error *error);

/**
 * What the pan is going to do, likewise.
 * @param out_points receives up to `capacity` points, by ascending frame
 * @param out_count receives how many there are
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_get_pan_automation(struct perbus_desk_bus *bus,
                                                 struct perbus_desk_automation_point *out_points,
                                                 size_t capacity,
                                                 size_t *out_count,
                                                 perbus_error *error);

/**
 * Cancels what volume and pan were to start at a frame or later. What starts earlier continues, a
 * fade that is under way then included: perbus_desk_fade_cancel stops it.
 * @retval PERBUS_ERROR_OUT_OF_RANGE frame is before the engine's time
 * @retval PERBUS_ERROR_NOT_ATTACHED the mixer was detached
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_cancel_automation_from(struct perbus_desk_bus *bus,
                                                     int64_t frame,
                                                     perbus_error *error);

/**
 * Fades the gain of the mixer's sum from a given frame on; otherwise like perbus_desk_bus_fade_at.
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_mixer_fade_output_volume_at(struct perbus_desk_node *mixer,
                                                      int64_t frame,
                                                      float volume,
                                                      double seconds,
                                                      perbus_curve curve,
                                                      perbus_desk_fade_ended ended,
                                                      void *context,
                                                      struct perbus_desk_fade **out_fade,
                                                      perbus_error *error);

/**
 * Sets the gain of the mixer's sum at a given frame.
 * @retval as perbus_desk_bus_fade_at
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_mixer_set_output_volume_at(struct perbus_desk_node *mixer,
                                                     int64_t frame,
                                                     float volume,
                                                     perbus_error *error);

/**
 * Adds points to what the output volume is going to do, as perbus_desk_bus_automate_volume does.
 * @param points `count` points, in any order
 * @retval PERBUS_ERROR_INVALID_ARGUMENT two start at the same frame, or a curve that does not fit
 * @retval as perbus_desk_bus_fade_at
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_mixer_automate_output_volume(struct perbus_desk_node *mixer,
                                                       const struct perbus_desk_automation_point *points,
                                                       size_t count,
                                                       perbus_error *error);

/**
 * What the output volume is going to do: the points that have not started.
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
 * @param out_points receives up to `capacity` points, by ascending frame
 * @param out_count receives how many there are
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_mixer_get_output_volume_automation(struct perbus_desk_node *mixer,
                                                             struct perbus_desk_automation_point *out_points,
                                                             size_t capacity,
                                                             size_t *out_count,
                                                             perbus_error *error);

/**
 * Cancels what the output volume was to start at a frame or later, as
 * perbus_desk_bus_cancel_automation_from does.
 * @retval as perbus_desk_bus_cancel_automation_from
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_mixer_cancel_output_automation_from(struct perbus_desk_node *mixer,
                                                              int64_t frame,
                                                              perbus_error *error);

/**
 * Makes a buffer of copied samples.
 * @param channels one pointer per channel of the format, each to `frames` samples
 * @param out_buffer receives the buffer; free it with perbus_desk_buffer_release
 * @retval PERBUS_ERROR_FORMAT format: a rate or channel count outside its range
 * @retval PERBUS_ERROR_NO_MEMORY there is not that much memory
 * Maps to initWithPCMFormat:frameCapacity:. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_buffer_create(const perbus_format *format,
                                        const float *const *channels,
                                        uint32_t frames,
                                        struct perbus_desk_buffer **out_buffer,
                                        perbus_error *error);

/**
 * Reads a whole audio file into a buffer, of any format that perbus_desk_file_open reads. It has the
 * file's channels, and takes at most 2 GiB.
 * @param path UTF-8, or whatever bytes the system takes for a name
 * @param sample_rate Hz, above 0, at most PERBUS_MAX_SAMPLE_RATE: the file is resampled to it
 * @param out_buffer receives the buffer; free it with perbus_desk_buffer_release
 * @retval PERBUS_ERROR_FILE the file is missing (os_code is errno), empty, damaged, of no kind that can
 * be decoded, or too large
 * @retval PERBUS_ERROR_FORMAT sample_rate
 * @retval PERBUS_ERROR_NO_MEMORY there is not that much memory
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_buffer_load(const char *path,
                                      double sample_rate,
                                      struct perbus_desk_buffer **out_buffer,
                                      perbus_error *error);

/**
 * The same with a limit of one's own.
 * @param limit the most bytes that the samples may take, four for each
 * @retval PERBUS_ERROR_FILE as perbus_desk_buffer_load, and beyond the limit
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_buffer_load_with_limit(const char *path,
                                                 double sample_rate,
                                                 uint64_t limit,
                                                 struct perbus_desk_buffer **out_buffer,
                                                 perbus_error *error);

/**
 * Frees the handle; a player that has the buffer queued keeps its samples. NULL is a no-op.
 * Threads: any. Real-time safe: no
 */
void perbus_desk_buffer_release(struct perbus_desk_buffer *buffer);

/**
 * The format that the samples are in. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_buffer_get_format(struct perbus_desk_buffer *buffer,
                                            perbus_format *out_format,
                                            perbus_error *error);

/**
 * The length in frames. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_buffer_get_frames(struct perbus_desk_buffer *buffer,
                                            uint32_t *out_frames,
                                            perbus_error *error);

/**
 * A channel's samples, which live as long as the buffer.
 * @retval PERBUS_ERROR_OUT_OF_RANGE there is no such channel
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_buffer_get_channel(struct perbus_desk_buffer *buffer,
                                             uint32_t channel,
                                             const float **out_samples,
                                             perbus_error *error);

/**
 * A handle to the strip of a mixer's input bus. It belongs to the bus, not to what is connected
 * there: it can be set before anything is connected, and keeps its values while sources come and
 * go.
 * @param bus 0 to PERBUS_MAX_BUSES - 1
 * @param out_bus receives the handle; free it with perbus_desk_bus_release
 * @retval PERBUS_ERROR_OUT_OF_RANGE bus
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_mixer_copy_bus(struct perbus_desk_node *mixer,
                                         uint32_t bus,
                                         struct perbus_desk_bus **out_bus,
                                         perbus_error *error);

/**
 * Frees the handle; the strip stays. NULL is a no-op. Threads: any. Real-time safe: no
 */
void perbus_desk_bus_release(struct perbus_desk_bus *bus);

/**
 * The bus's number on its mixer. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_get_number(struct perbus_desk_bus *bus,
                                         uint32_t *out_number,
                                         perbus_error *error);

/**
 * A handle to the mixer whose bus it is. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_copy_mixer(struct perbus_desk_bus *bus,
                                         struct perbus_desk_node **out_node,
                                         perbus_error *error);

/**
 * Whether a source is connected. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_is_connected(struct perbus_desk_bus *bus,
                                           bool *out_connected,
                                           perbus_error *error);

/**
 * Moves the fader.
 * @param volume a linear gain, 0 (silence) over 1 (unity) to 4; initially 1. Beyond 1 it is
 * undocumented on Apple
 * @retval PERBUS_ERROR_OUT_OF_RANGE volume
 * @retval PERBUS_ERROR_NOT_ATTACHED the mixer was detached
 * Maps to -[AVAudioMixingDestination setVolume:]. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_set_volume(struct perbus_desk_bus *bus,
                                         float volume,
                                         perbus_error *error);

/**
 * The fader; during a fade, its current value. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_get_volume(struct perbus_desk_bus *bus,
                                         float *out_volume,
                                         perbus_error *error);

/**
 * Moves the fader to a gain in decibels.
 * @param decibels minus infinity (silence) over 0 (unity) to 12.04
 * @retval PERBUS_ERROR_OUT_OF_RANGE decibels
 * @retval PERBUS_ERROR_NOT_ATTACHED the mixer was detached
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_set_volume_db(struct perbus_desk_bus *bus,
                                            float decibels,
                                            perbus_error *error);

/**
 * The fader in decibels: 0 at unity, minus infinity at silence. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_get_volume_db(struct perbus_desk_bus *bus,
                                            float *out_decibels,
                                            perbus_error *error);

/**
 * Turns the pan: a mono source is panned, a stereo one balanced. It has no effect in a mixer with
 * a mono output.
 * @param pan -1 (left) to 1 (right); initially 0
 * @retval PERBUS_ERROR_OUT_OF_RANGE pan
 * @retval PERBUS_ERROR_NOT_ATTACHED the mixer was detached
 * Maps to -[AVAudioMixingDestination setPan:]. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_set_pan(struct perbus_desk_bus *bus, float pan, perbus_error *error);

/**
 * The pan; during a fade, its current value. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_get_pan(struct perbus_desk_bus *bus,
                                      float *out_pan,
                                      perbus_error *error);

/**
 * Silences the bus, or restores it at its fader's volume.
 * @retval PERBUS_ERROR_NOT_ATTACHED the mixer was detached
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_set_muted(struct perbus_desk_bus *bus,
                                        bool muted,
                                        perbus_error *error);

/**
 * Whether the bus is muted. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_is_muted(struct perbus_desk_bus *bus,
                                       bool *out_muted,
                                       perbus_error *error);

/**
 * Solo in place, for the whole engine: while any bus is soloed, only these are heard: the soloed and
 * the solo-safe buses, every bus that the source of a soloed one is heard through (its other
 * connections, and the mixers' buses that it goes on through), and every bus that leads into a
 * soloed one. The others' faders stay where they are, and sound again when the last solo ends. Mute
 * wins over solo.
 * @retval PERBUS_ERROR_NOT_ATTACHED the mixer was detached
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_set_soloed(struct perbus_desk_bus *bus,
                                         bool soloed,
                                         perbus_error *error);

/**
 * Whether the bus is soloed. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_is_soloed(struct perbus_desk_bus *bus,
                                        bool *out_soloed,
                                        perbus_error *error);

/**
 * Keeps solos of other buses from silencing this one, or no longer.
 * @retval PERBUS_ERROR_NOT_ATTACHED the mixer was detached
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_set_solo_safe(struct perbus_desk_bus *bus,
                                            bool solo_safe,
                                            perbus_error *error);

/**
 * Whether solo never silences the bus. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_is_solo_safe(struct perbus_desk_bus *bus,
                                           bool *out_solo_safe,
                                           perbus_error *error);

/**
 * Whether the bus is neither muted nor silenced by a solo elsewhere; its fader may still be at 0.
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_is_audible(struct perbus_desk_bus *bus,
                                         bool *out_audible,
                                         perbus_error *error);

/**
 * The volume that the engine receives: 0 while the bus is muted, or while solo silences it; else
 * the fader. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_get_effective_volume(struct perbus_desk_bus *bus,
                                                   float *out_volume,
                                                   perbus_error *error);

/**
 * Resets the strip to its initial state: volume 1, pan 0, neither muted nor soloed nor
 * solo-safe. The label is kept.
 * @retval PERBUS_ERROR_NOT_ATTACHED the mixer was detached
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_reset(struct perbus_desk_bus *bus, perbus_error *error);

/**
 * Names the bus.
 * @param label UTF-8; copied
 * @retval PERBUS_ERROR_INVALID_ARGUMENT label: not UTF-8
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_set_label(struct perbus_desk_bus *bus,
                                        const char *label,
                                        perbus_error *error);

/**
 * The bus's label; initially empty.
 * @param out_label receives the text; free it with perbus_desk_text_free
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_copy_label(struct perbus_desk_bus *bus,
                                         char **out_label,
                                         perbus_error *error);

/**
 * The bus's meter: what it adds to its mixer, after fader, pan, mute and solo. The first call for
 * a connection switches it on, and reads zeros until a window is full.
 * @retval PERBUS_ERROR_NOT_CONNECTED the bus has no source
 * @retval PERBUS_ERROR_NOT_MIXING its source is a matrix
 * @retval PERBUS_ERROR_NOT_ATTACHED the mixer was detached
 * @retval PERBUS_ERROR_UNSUPPORTED Apple's AVFAudio has no meter per connection: see
 *         perbus_desk_engine_set_meter_taps
 * @retval PERBUS_ERROR_INVALID_ARGUMENT taps feed the meters, and the program has one there
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_get_meter(struct perbus_desk_bus *bus,
                                        perbus_meter *out_meter,
                                        perbus_error *error);

/**
 * Connects a source's first output bus to this bus; otherwise like perbus_desk_engine_connect.
 * @param format NULL for the source's: the one that it was made with or last connected in, or else
 * the engine's
 * @retval as perbus_desk_engine_connect
 * Maps to connect:to:fromBus:toBus:format:. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_connect(struct perbus_desk_bus *bus,
                                      struct perbus_desk_node *source,
                                      const perbus_format *format,
                                      perbus_error *error);

/**
 * Ends the bus's connection; no effect when there is none. The strip keeps its values.
 * @retval PERBUS_ERROR_NOT_ATTACHED the mixer was detached
 * @retval PERBUS_ERROR_OUT_OF_RANGE the mixer does not have the bus yet
 * Maps to disconnectNodeInput:bus:. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_disconnect(struct perbus_desk_bus *bus, perbus_error *error);

/**
 * What is connected to the bus, directly.
 * @param out_node receives the handle; free it with perbus_desk_node_release
 * @retval PERBUS_ERROR_NOT_CONNECTED the bus has no source
 * @retval PERBUS_ERROR_NOT_ATTACHED the mixer was detached
 * Maps to inputConnectionPointForNode:inputBus:. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_copy_source(struct perbus_desk_bus *bus,
                                          struct perbus_desk_node **out_node,
                                          perbus_error *error);

/**
 * Connects a source to the lowest bus that nothing is connected to, like perbus_desk_bus_connect.
 * Threads that do so at the same time get different buses.
 * @param format NULL for the source's
 * @param out_bus receives the bus, freed with perbus_desk_bus_release; may be NULL
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
 * @retval as perbus_desk_engine_connect
 * Maps to nextAvailableInputBus and connect:to:fromBus:toBus:format:. Threads: any.
 * Real-time safe: no
 */
perbus_status perbus_desk_mixer_connect_next(struct perbus_desk_node *mixer,
                                             struct perbus_desk_node *source,
                                             const perbus_format *format,
                                             struct perbus_desk_bus **out_bus,
                                             perbus_error *error);

/**
 * The buses that have a strip, by ascending number: those that were ever connected or asked for.
 * @param out_buses receives up to `capacity` handles, each freed with perbus_desk_bus_release
 * @param out_count receives how many there are
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_mixer_copy_buses(struct perbus_desk_node *mixer,
                                           struct perbus_desk_bus **out_buses,
                                           size_t capacity,
                                           size_t *out_count,
                                           perbus_error *error);

/**
 * Chooses what calls by number do on a bus without a source.
 * @param fallback a perbus_desk_fallback
 * @retval PERBUS_ERROR_INVALID_ARGUMENT fallback is not one of them
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_set_fallback(struct perbus_desk_engine *engine,
                                              int32_t fallback,
                                              perbus_error *error);

/**
 * The value set by perbus_desk_engine_set_fallback. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_get_fallback(struct perbus_desk_engine *engine,
                                              enum perbus_desk_fallback *out_fallback,
                                              perbus_error *error);

/**
 * Sets the volume of a mixer's input bus, and says which control that was.
 *
 * If a source is connected there, it is the bus's own fader. Otherwise it is the mixer's output
 * volume, which all buses share, and the bus's strip is unchanged, unless
 * perbus_desk_engine_set_fallback chose otherwise.
 * @param volume 0 to 4
 * @param bus 0 to PERBUS_MAX_BUSES - 1
 * @param out_control receives which control it was; may be NULL
 * @retval PERBUS_ERROR_OUT_OF_RANGE volume or bus
 * @retval PERBUS_ERROR_NOT_CONNECTED a bus without a source, with PERBUS_DESK_FALLBACK_DENY
 * @retval PERBUS_ERROR_NOT_ATTACHED, PERBUS_ERROR_WRONG_ENGINE, PERBUS_ERROR_WRONG_KIND the mixer
 * Maps to destinationForMixer:bus: and setVolume:, or to outputVolume. Threads: any.
 * Real-time safe: no
 */
perbus_status perbus_desk_engine_set_mixer_volume_for_bus(struct perbus_desk_engine *engine,
                                                          struct perbus_desk_node *mixer,
                                                          float volume,
                                                          uint32_t bus,
                                                          enum perbus_desk_control *out_control,
                                                          perbus_error *error);

/**
 * What perbus_desk_engine_set_mixer_volume_for_bus sets, and which control it is. Fails as that
 * does, but for the volume's range.
 * @param out_control may be NULL
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_get_mixer_volume_for_bus(struct perbus_desk_engine *engine,
                                                          struct perbus_desk_node *mixer,
                                                          uint32_t bus,
                                                          float *out_volume,
                                                          enum perbus_desk_control *out_control,
                                                          perbus_error *error);

/**
 * Sets the pan of a mixer's input bus, and says which control that was.
 *
 * If a source is connected there, it is the bus's own pan. Otherwise it is the pan of the whole
 * mixer on the mixers that it feeds, since AVAudioMixerNode has no pan for its own sum.
 * @param pan -1 (left) to 1 (right)
 * @param bus 0 to PERBUS_MAX_BUSES - 1
 * @param out_control receives which control it was; may be NULL
 * @retval PERBUS_ERROR_OUT_OF_RANGE pan or bus
 * @retval PERBUS_ERROR_NO_PAN_CONTROL the bus has no source and the mixer feeds no other mixer
 * @retval PERBUS_ERROR_NOT_CONNECTED a bus without a source, with PERBUS_DESK_FALLBACK_DENY
 * @retval PERBUS_ERROR_NOT_ATTACHED, PERBUS_ERROR_WRONG_ENGINE, PERBUS_ERROR_WRONG_KIND the mixer
 * Maps to destinationForMixer:bus: and setPan:. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_set_mixer_pan_for_bus(struct perbus_desk_engine *engine,
                                                       struct perbus_desk_node *mixer,
                                                       float pan,
                                                       uint32_t bus,
                                                       enum perbus_desk_control *out_control,
                                                       perbus_error *error);

/**
 * What perbus_desk_engine_set_mixer_pan_for_bus sets, and which control it is. Fails as that does,
 * but for the pan's range.
 * @param out_control may be NULL
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_get_mixer_pan_for_bus(struct perbus_desk_engine *engine,
                                                       struct perbus_desk_node *mixer,
                                                       uint32_t bus,
                                                       float *out_pan,
                                                       enum perbus_desk_control *out_control,
                                                       perbus_error *error);

/**
 * Sets the volume of one connection: the fader of the bus, with the source checked.
 * @param volume 0 to 4
 * @retval PERBUS_ERROR_OUT_OF_RANGE volume or bus
 * @retval PERBUS_ERROR_NOT_CONNECTED the source does not feed that bus, directly or through
 * effects
 * @retval PERBUS_ERROR_NOT_MIXING the source is an effect
 * @retval PERBUS_ERROR_NOT_ATTACHED, PERBUS_ERROR_WRONG_ENGINE either node
 * @retval PERBUS_ERROR_WRONG_KIND the destination is not a mixer
 * Maps to destinationForMixer:bus: and setVolume:. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_set_connection_volume(struct perbus_desk_engine *engine,
                                                       struct perbus_desk_node *source,
                                                       struct perbus_desk_node *mixer,
                                                       uint32_t bus,
                                                       float volume,
                                                       perbus_error *error);

/**
 * The volume that the engine reports for one connection: 0 while the bus is muted. Fails as
 * perbus_desk_engine_set_connection_volume, but for the volume's range.
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_get_connection_volume(struct perbus_desk_engine *engine,
                                                       struct perbus_desk_node *source,
                                                       struct perbus_desk_node *mixer,
                                                       uint32_t bus,
                                                       float *out_volume,
                                                       perbus_error *error);

/**
 * Sets the pan of one connection, -1 (left) to 1 (right). Fails as
 * perbus_desk_engine_set_connection_volume.
 * Maps to destinationForMixer:bus: and setPan:. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_set_connection_pan(struct perbus_desk_engine *engine,
                                                    struct perbus_desk_node *source,
                                                    struct perbus_desk_node *mixer,
                                                    uint32_t bus,
                                                    float pan,
                                                    perbus_error *error);

/**
 * The pan that the engine reports for one connection. Fails as
 * perbus_desk_engine_set_connection_volume, but for the pan's range.
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_get_connection_pan(struct perbus_desk_engine *engine,
                                                    struct perbus_desk_node *source,
                                                    struct perbus_desk_node *mixer,
                                                    uint32_t bus,
                                                    float *out_pan,
                                                    perbus_error *error);

/**
 * Makes an engine for an output device, which perbus_desk_engine_start opens. perbus_devices_copy
 * lists the devices.
 * @param options zeros are the defaults
 * @param out_engine receives the engine; free it with perbus_desk_engine_release
 * @retval PERBUS_ERROR_OUT_OF_RANGE sample_rate, block or latency
 * @retval PERBUS_ERROR_START there is no output or input device of that id
 * @retval PERBUS_ERROR_UNSUPPORTED as perbus_engine_create_for_device
 * @retval PERBUS_ERROR_UNAVAILABLE as perbus_desk_engine_create
 * Maps to -[AVAudioEngine init]. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_create_for_device(const perbus_device_options *options,
                                                   struct perbus_desk_engine **out_engine,
                                                   perbus_error *error);

/**
 * Chooses another output device for a stopped engine, which keeps its rate, block and latency.
 * @param output a device's id; NULL or "": the default output at each start
 * @retval PERBUS_ERROR_START there is no output device of that id, or the engine is started
 * @retval PERBUS_ERROR_WRONG_KIND the engine is offline
 * @retval PERBUS_ERROR_UNSUPPORTED not on Apple's AVFAudio, but for the default
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_set_output_device(struct perbus_desk_engine *engine,
                                                   const char *output,
                                                   perbus_error *error);

/**
 * How the devices in use fare, since they were opened. On Apple's AVFAudio, only sample_rate, the
 * latencies and frames are known.
 * @retval PERBUS_ERROR_NOT_RUNNING the engine is stopped
 * @retval PERBUS_ERROR_WRONG_KIND the engine is offline
 * Maps to presentationLatency and lastRenderTime. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_get_device_status(struct perbus_desk_engine *engine,
                                                   perbus_device_status *out_status,
                                                   perbus_error *error);

/**
 * Sets the function that receives the engine's events, one by one, on a thread of the engine, and
 * replaces the previous one. It may call any function, also start, close and release. What happens at
 * a loss is said at perbus_engine_set_event_handler: strips, queues and fades go on once
 * perbus_desk_engine_start has found a device.
 * @param handler NULL: no events are reported
 * @param destroy called once with `context` when the handler is no longer needed: when another is
 * set, or the engine is closed or goes; NULL for none. A context that has a handle to the engine
 * keeps it from going, until it is closed. Not called when this fails
 * @retval PERBUS_ERROR_WRONG_KIND the engine is offline
 * @retval PERBUS_ERROR_INVALID_ARGUMENT in a batch of the engine's, for which a handler may be waiting
 * Maps to AVAudioEngineConfigurationChangeNotification. Threads: any; waits for a handler that is
 * running, unless called from it. Real-time safe: no
 */
perbus_status perbus_desk_engine_set_event_handler(struct perbus_desk_engine *engine,
                                                   perbus_event_handler handler,
                                                   void *context,
                                                   perbus_desk_destroy destroy,
                                                   perbus_error *error);

/**
 * Makes an engine for the default output device, which perbus_desk_engine_start opens. Its format
 * is the device's, or 44.1 kHz stereo where there is none.
 * @param out_engine receives the engine; free it with perbus_desk_engine_release
 * @retval PERBUS_ERROR_UNAVAILABLE the AVFAudio classes are missing from the program, or another
 * copy of perbus is in the process
 * Maps to -[AVAudioEngine init]. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_create(struct perbus_desk_engine **out_engine,
                                        perbus_error *error);

/**
 * Makes an engine that renders only on request (perbus_desk_engine_render), faster than real time.
 * @param format the format of the mix
 * @param max_frames the longest block, in frames, 1 to 1048576
 * @param out_engine receives the engine; free it with perbus_desk_engine_release
 * @retval PERBUS_ERROR_FORMAT format: a rate or channel count outside its range
 * @retval PERBUS_ERROR_OUT_OF_RANGE max_frames
 * @retval PERBUS_ERROR_UNAVAILABLE as perbus_desk_engine_create
 * Maps to enableManualRenderingMode:format:maximumFrameCount:error:. Threads: any.
 * Real-time safe: no
 */
perbus_status perbus_desk_engine_create_offline(const perbus_format *format,
                                                uint32_t max_frames,
                                                struct perbus_desk_engine **out_engine,
                                                perbus_error *error);

/**
 * A second handle to the same engine, to be released like the first.
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_copy(struct perbus_desk_engine *engine,
                                      struct perbus_desk_engine **out_engine,
                                      perbus_error *error);

/**
 * Frees a handle. The engine is destroyed with the last handle to it or to its nodes, buses,
 * fades and recorders. NULL is a no-op. Threads: any. Real-time safe: no
 */
void perbus_desk_engine_release(struct perbus_desk_engine *engine);

/**
 * Closes the engine for all its handles: completes the files of its recorders, stops it, detaches its
 * nodes, ends its fades (PERBUS_DESK_FADE_REPLACED, with their values at their targets), and destroys
 * the contexts of its sources and of its event handler. From then on calls on it and its nodes return
 * PERBUS_ERROR_CLOSED, except for release and the getters of strips, also in batches that are open on
 * other threads. Waits for calls in progress, and for a completion or event handler that is running,
 * unless called from it. No effect on a closed engine.
 *
 * An adopted engine is neither stopped nor are its nodes detached: sources of
 * perbus_desk_source_create fall silent, everything else continues as it is. Its handles keep it in
 * memory until they are released.
 * @retval PERBUS_ERROR_WRONG_KIND in a batch of the engine's, for which it would have to wait
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_close(struct perbus_desk_engine *engine,
                                       perbus_error *error);

/**
 * The shim's handle to the engine, for functions of perbus.h that change nothing. It lives as long
 * as the engine. Do not change connections or strips through it, since the desk would not learn of
 * that. NULL for NULL. Threads: any. Real-time safe: yes
 */
perbus_engine *perbus_desk_engine_get_raw(struct perbus_desk_engine *engine);

/**
 * The format of the mix. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_get_format(struct perbus_desk_engine *engine,
                                            perbus_format *out_format,
                                            perbus_error *error);

/**
 * The longest block that perbus_desk_engine_render takes, in frames; 0 for an engine that plays to
 * a device. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_get_max_frames(struct perbus_desk_engine *engine,
                                                uint32_t *out_frames,
                                                perbus_error *error);

/**
 * Allocates what rendering needs, so that starting is quick. Maps to prepare.
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_prepare(struct perbus_desk_engine *engine, perbus_error *error);

/**
 * Starts rendering. No effect on a running engine.
 * @retval PERBUS_ERROR_START there is no device, the device cannot be opened, or the graph cannot
 * be rendered
 * Maps to startAndReturnError:. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_start(struct perbus_desk_engine *engine, perbus_error *error);

/**
 * Halts rendering; perbus_desk_engine_start resumes. Maps to pause. Threads: any.
 * Real-time safe: no
 */
perbus_status perbus_desk_engine_pause(struct perbus_desk_engine *engine, perbus_error *error);

/**
 * Ends rendering. Players stop playing but keep their queues. Maps to stop.
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_stop(struct perbus_desk_engine *engine, perbus_error *error);

/**
 * Sets the clock to 0 and clears the state of the nodes, but not their connections. Maps to reset.
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_reset(struct perbus_desk_engine *engine, perbus_error *error);

/**
 * Ends the solos of all buses, so that all sound again from one block on.
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_clear_solo(struct perbus_desk_engine *engine, perbus_error *error);

/**
 * Whether the engine is rendering: started and not paused. Maps to isRunning.
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_is_running(struct perbus_desk_engine *engine,
                                            bool *out_running,
                                            perbus_error *error);

/**
 * Sets how many threads render, as perbus_engine_set_render_threads does; initially 1.
 * @param threads 1 to PERBUS_MAX_RENDER_THREADS
 * @retval PERBUS_ERROR_OUT_OF_RANGE threads
 * @retval PERBUS_ERROR_NO_MEMORY the system cannot start more threads; the number is unchanged
 * @retval PERBUS_ERROR_UNSUPPORTED Apple's AVFAudio has no such setting
 * Threads: any. Waits for a block that is being rendered. Real-time safe: no
 */
perbus_status perbus_desk_engine_set_render_threads(struct perbus_desk_engine *engine,
                                                    uint32_t threads,
                                                    perbus_error *error);

/**
 * Renders the next `frames` frames of an offline engine. Fades that end within them report their
 * end before this returns.
 * @param frames 0 to the engine's max_frames
 * @param channels one pointer per channel, each to room for `frames` samples
 * @param channel_count the engine's channel count
 * @retval PERBUS_ERROR_WRONG_KIND the engine plays to a device
 * @retval PERBUS_ERROR_NOT_RUNNING the engine is not started
 * @retval PERBUS_ERROR_OUT_OF_RANGE frames
 * @retval PERBUS_ERROR_FORMAT channel_count
 * @retval PERBUS_ERROR_RENDER the engine could not render
 * Maps to renderOffline:toBuffer:error:. Threads: any; one renders, others wait.
 * Real-time safe: no
 */
perbus_status perbus_desk_engine_render(struct perbus_desk_engine *engine,
                                        uint32_t frames,
                                        float *const *channels,
                                        uint32_t channel_count,
                                        perbus_error *error);

/**
 * Renders `seconds` seconds of an offline engine into a WAV file of 32-bit float samples. The file
 * appears once it is complete; after a failure, an existing file is unchanged.
 * @param path UTF-8, or whatever bytes the system takes for a name
 * @param seconds 0 to a day
 * @retval PERBUS_ERROR_FILE the file cannot be written
 * @retval PERBUS_ERROR_OUT_OF_RANGE seconds
 * @retval as perbus_desk_engine_render
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_render_to_wav(struct perbus_desk_engine *engine,
                                               const char *file,
                                               double seconds,
                                               perbus_error *error);

/**
 * Offline, the frames rendered since the start or the last reset. On a device, the output's time;
 * 0 while not running. Maps to manualRenderingSampleTime or lastRenderTime. Threads: any.
 * Real-time safe: no
 */
perbus_status perbus_desk_engine_get_sample_time(struct perbus_desk_engine *engine,
                                                 int64_t *out_frames,
                                                 perbus_error *error);

/**
 * Where the engine is, and when that is heard, as perbus_engine_get_render_time has it: on a device,
 * host_time lies in the future by about perbus_device_status.latency; offline there is none.
 * @retval PERBUS_ERROR_NOT_RUNNING the engine is stopped or paused
 * Maps to lastRenderTime of the output node. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_get_render_time(struct perbus_desk_engine *engine,
                                                 perbus_render_time *out_time,
                                                 perbus_error *error);

/**
 * A handle to the mixer that feeds the output; free it with perbus_desk_node_release.
 * Maps to mainMixerNode. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_copy_main_mixer(struct perbus_desk_engine *engine,
                                                 struct perbus_desk_node **out_node,
                                                 perbus_error *error);

/**
 * A handle to the output node; free it with perbus_desk_node_release.
 * Maps to outputNode. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_copy_output(struct perbus_desk_engine *engine,
                                             struct perbus_desk_node **out_node,
                                             perbus_error *error);

/**
 * Fades to a scene: volumes, pans and the output volume start in the same block and arrive
 * together, pans linearly. Everything else switches at the start. Values that are right already do
 * not fade; a later value, fade or scene replaces those that it concerns.
 * @param seconds 0 to a day
 * @param curve of the volumes
 * @retval PERBUS_ERROR_OUT_OF_RANGE seconds
 * @retval PERBUS_ERROR_INVALID_ARGUMENT curve is not a perbus_curve
 * @retval as perbus_desk_mixer_apply
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_mixer_fade_to_scene(struct perbus_desk_node *mixer,
                                              struct perbus_desk_scene *scene,
                                              double seconds,
                                              perbus_curve curve,
                                              perbus_error *error);

/**
 * All mixers and groups as they are now. Which buses and groups are soloed is left out. Detached
 * mixers are left out, too.
 * @param out_scene receives the scene; free it with perbus_desk_engine_scene_release
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_snapshot(struct perbus_desk_engine *engine,
                                          struct perbus_desk_engine_scene **out_scene,
                                          perbus_error *error);

/**
 * As perbus_desk_engine_snapshot, with the solo of each strip and group.
 * @param out_scene receives the scene; free it with perbus_desk_engine_scene_release
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_snapshot_with_solo(struct perbus_desk_engine *engine,
                                                    struct perbus_desk_engine_scene **out_scene,
                                                    perbus_error *error);

/**
 * Sets the engine's mixers and groups to a scene: all or nothing, heard from one block on. What the
 * scene does not list stays. A group gets exactly the members and inner groups that it lists, but
 * that buses of detached mixers stay in it.
 * @retval PERBUS_ERROR_NOT_ATTACHED a mixer or a group that the engine does not have
 * @retval PERBUS_ERROR_INVALID_ARGUMENT a mixer, a bus of one, a group or a member of one is listed
 * twice
 * @retval PERBUS_ERROR_CYCLE groups in a circle
 * @retval PERBUS_ERROR_OUT_OF_RANGE a volume, a pan or a bus
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_apply(struct perbus_desk_engine *engine,
                                       struct perbus_desk_engine_scene *scene,
                                       perbus_error *error);

/**
 * Fades to a scene of the engine, as perbus_desk_mixer_fade_to_scene does for one mixer.
 * @retval as perbus_desk_engine_apply and perbus_desk_mixer_fade_to_scene
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_fade_to_scene(struct perbus_desk_engine *engine,
                                               struct perbus_desk_engine_scene *scene,
                                               double seconds,
                                               perbus_curve curve,
                                               perbus_error *error);

/**
 * Makes a scene of mixers' scenes, to which perbus_desk_engine_scene_copy_with_groups adds groups.
 * What it sets is checked when it is applied.
 * @param mixers `count` names, UTF-8
 * @param scenes `count` scenes, which are copied
 * @param out_scene receives the scene; free it with perbus_desk_engine_scene_release
 * @retval PERBUS_ERROR_INVALID_ARGUMENT a name is not UTF-8
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_scene_create(const char *const *mixers,
                                              struct perbus_desk_scene *const *scenes,
                                              size_t count,
                                              struct perbus_desk_engine_scene **out_scene,
                                              perbus_error *error);

/**
 * How many mixers the scene sets. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_scene_get_count(struct perbus_desk_engine_scene *scene,
                                                 size_t *out_count,
                                                 perbus_error *error);

/**
 * What the scene has of one of its mixers.
 * @param index below the scene's count
 * @param out_name receives the mixer's name, freed with perbus_desk_text_free
 * @param out_scene receives the scene, freed with perbus_desk_scene_release
 * @retval PERBUS_ERROR_OUT_OF_RANGE index
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_scene_copy_mixer(struct perbus_desk_engine_scene *scene,
                                                  size_t index,
                                                  char **out_name,
                                                  struct perbus_desk_scene **out_scene,
                                                  perbus_error *error);

/**
 * A scene of some of the values: see perbus_desk_scene_copy_only.
 * @param out_scene receives the scene; free it with perbus_desk_engine_scene_release
 * @retval PERBUS_ERROR_INVALID_ARGUMENT parts: unknown bits
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_scene_copy_only(struct perbus_desk_engine_scene *scene,
                                                 uint32_t parts,
                                                 struct perbus_desk_engine_scene **out_scene,
                                                 perbus_error *error);

/**
 * A scene of some buses, without what concerns whole mixers and without groups. Buses that it does
 * not have are ignored.
 * @param out_scene receives the scene; free it with perbus_desk_engine_scene_release
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_scene_copy_only_buses(struct perbus_desk_engine_scene *scene,
                                                       struct perbus_desk_bus *const *buses,
                                                       size_t count,
                                                       struct perbus_desk_engine_scene **out_scene,
                                                       perbus_error *error);

/**
 * Reads a scene from the JSON that perbus_desk_engine_scene_copy_json writes.
 * @param out_scene receives the scene; free it with perbus_desk_engine_scene_release
 * @retval PERBUS_ERROR_INVALID_ARGUMENT json: not UTF-8, no scene, or of a later version
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_scene_create_from_json(const char *json,
                                                        struct perbus_desk_engine_scene **out_scene,
                                                        perbus_error *error);

/**
 * The scene as JSON.
 * @param out_text receives the text; free it with perbus_desk_text_free
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_scene_copy_json(struct perbus_desk_engine_scene *scene,
                                                 char **out_text,
                                                 perbus_error *error);

/**
 * Frees the handle. NULL is a no-op. Threads: any. Real-time safe: no
 */
void perbus_desk_engine_scene_release(struct perbus_desk_engine_scene *scene);

/**
 * Makes an equalizer, its bands bypassed, and attaches it. Connect it between a source and a
 * mixer, or anywhere else: it has one input and one output. Behind it, the bus's strip controls
 * the source that feeds it.
 * @param bands 1 to PERBUS_MAX_BANDS
 * @param out_node receives the equalizer; free it with perbus_desk_node_release
 * @retval PERBUS_ERROR_OUT_OF_RANGE bands
 * Maps to -[AVAudioUnitEQ initWithNumberOfBands:] and attachNode:. Threads: any.
 * Real-time safe: no
 */
perbus_status perbus_desk_equalizer_create(struct perbus_desk_engine *engine,
                                           uint32_t bands,
                                           struct perbus_desk_node **out_node,
                                           perbus_error *error);

/**
 * The number of bands it was made with. @retval PERBUS_ERROR_WRONG_KIND the node is not an
 * equalizer
 * Maps to bands. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_equalizer_get_band_count(struct perbus_desk_node *equalizer,
                                                   uint32_t *out_count,
                                                   perbus_error *error);

/**
 * Sets one band. The sound moves to the new response without a click.
 * @param index below the band count
 * @retval PERBUS_ERROR_OUT_OF_RANGE index, or a value of the band; nothing has changed
 * @retval PERBUS_ERROR_INVALID_ARGUMENT type is not a perbus_filter
 * @retval PERBUS_ERROR_WRONG_KIND the node is not an equalizer
 * Maps to AVAudioUnitEQFilterParameters. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_equalizer_set_band(struct perbus_desk_node *equalizer,
                                             uint32_t index,
                                             const perbus_band *band,
                                             perbus_error *error);

/**
 * The values of a band. @retval PERBUS_ERROR_OUT_OF_RANGE index
 * @retval PERBUS_ERROR_WRONG_KIND the node is not an equalizer
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_equalizer_get_band(struct perbus_desk_node *equalizer,
                                             uint32_t index,
                                             perbus_band *out_band,
                                             perbus_error *error);

/**
 * Sets the gain applied after the bands.
 * @param gain dB, -96 to 24; initially 0
 * @retval PERBUS_ERROR_OUT_OF_RANGE gain
 * @retval PERBUS_ERROR_WRONG_KIND the node is not an equalizer
 * Maps to globalGain. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_equalizer_set_global_gain(struct perbus_desk_node *equalizer,
                                                    float gain,
                                                    perbus_error *error);

/**
 * The gain applied after the bands, in dB. @retval PERBUS_ERROR_WRONG_KIND the node is not an
 * equalizer
 * Maps to globalGain. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_equalizer_get_global_gain(struct perbus_desk_node *equalizer,
                                                    float *out_gain,
                                                    perbus_error *error);

/**
 * Turns the bypass on, which passes everything unchanged, or off; bands and gain keep their
 * values. Initially off.
 * @retval PERBUS_ERROR_WRONG_KIND the node is not an equalizer
 * Maps to -[AVAudioUnitEffect setBypass:]. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_equalizer_set_bypassed(struct perbus_desk_node *equalizer,
                                                 bool bypassed,
                                                 perbus_error *error);

/**
 * Whether it is bypassed. @retval PERBUS_ERROR_WRONG_KIND the node is not an equalizer
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_equalizer_is_bypassed(struct perbus_desk_node *equalizer,
                                                bool *out_bypassed,
                                                perbus_error *error);

/**
 * Fades the volume to a value, beginning with the next block. It starts from the value of
 * perbus_desk_bus_get_volume. On the portable engine every frame has exactly the gain of the
 * curve; Apple's receives a new volume every few milliseconds. A new value or fade replaces the
 * running one. A bus that is unmuted during its fade follows the rest in steps, once per block.
 * @param volume 0 to 4
 * @param seconds 0 to a day
 * @param curve the course of the fade
 * @param ended called once when the fade is over, possibly before this returns; may be NULL. Not
 * called if this fails
 * @param context the callback's argument
 * @param out_fade receives a handle, freed with perbus_desk_fade_release; may be NULL
 * @retval PERBUS_ERROR_OUT_OF_RANGE volume or seconds
 * @retval PERBUS_ERROR_INVALID_ARGUMENT curve is not a perbus_curve
 * @retval PERBUS_ERROR_NOT_ATTACHED the mixer was detached
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_fade_to(struct perbus_desk_bus *bus,
                                      float volume,
                                      double seconds,
                                      perbus_curve curve,
                                      perbus_desk_fade_ended ended,
                                      void *context,
                                      struct perbus_desk_fade **out_fade,
                                      perbus_error *error);

/**
 * Fades the pan linearly to a value from -1 to 1; otherwise like perbus_desk_bus_fade_to.
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_fade_pan_to(struct perbus_desk_bus *bus,
                                          float pan,
                                          double seconds,
                                          perbus_desk_fade_ended ended,
                                          void *context,
                                          struct perbus_desk_fade **out_fade,
                                          perbus_error *error);

/**
 * Fades the gain of the mixer's sum; otherwise like perbus_desk_bus_fade_to.
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
 * @retval as perbus_desk_bus_fade_to
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_mixer_fade_output_volume_to(struct perbus_desk_node *mixer,
                                                      float volume,
                                                      double seconds,
                                                      perbus_curve curve,
                                                      perbus_desk_fade_ended ended,
                                                      void *context,
                                                      struct perbus_desk_fade **out_fade,
                                                      perbus_error *error);

/**
 * Whether the fade is in progress. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_fade_is_running(struct perbus_desk_fade *fade,
                                          bool *out_running,
                                          perbus_error *error);

/**
 * Stops the fade at its current value. No effect if it is over or was replaced.
 * @retval PERBUS_ERROR_NOT_ATTACHED the mixer was detached
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_fade_cancel(struct perbus_desk_fade *fade, perbus_error *error);

/**
 * Frees the handle; the fade goes on. NULL is a no-op. Threads: any. Real-time safe: no
 */
void perbus_desk_fade_release(struct perbus_desk_fade *fade);

/**
 * Opens an audio file for reading as perbus_file_open does, and with decoders for what AVFAudio does
 * not read: AAC, ALAC, FLAC, MP3 and Opus in MP4; those, Vorbis and PCM in Matroska and WebM; ADTS;
 * FLAC in Ogg; ALAC and IMA in CAF. The first call sets them for the process, in place of what
 * perbus_file_set_decoder has set.
 * @param path in the file system's encoding, with any bytes
 * @param out_file receives the file, which all functions of perbus/file.h take; free it with
 * perbus_file_destroy
 * @retval PERBUS_ERROR_FILE the system refuses: os_code is its errno, ESPIPE for a pipe or device
 * @retval PERBUS_ERROR_UNSUPPORTED no format that is read; the message names it
 * @retval PERBUS_ERROR_DAMAGED an empty file, or one whose headers make no sense
 * Maps to initForReading:error:. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_file_open(const char *path,
                                    perbus_file **out_file,
                                    perbus_error *error);

/**
 * Attaches a detached node to its engine again. No effect on an attached node; new nodes are
 * attached. @retval PERBUS_ERROR_WRONG_ENGINE the node was made for another engine
 * Maps to attachNode:. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_attach(struct perbus_desk_engine *engine,
                                        struct perbus_desk_node *node,
                                        perbus_error *error);

/**
 * Disconnects the node and detaches it from the engine. A player's queue is emptied; a mixer's
 * strips keep their values; the neighbours of an effect are connected to each other if the formats
 * on both its sides are the same.
 * @retval PERBUS_ERROR_NOT_ATTACHED it is detached already
 * @retval PERBUS_ERROR_WRONG_ENGINE the node was made for another engine
 * @retval PERBUS_ERROR_WRONG_KIND the main mixer or the output
 * Maps to detachNode:. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_detach(struct perbus_desk_engine *engine,
                                        struct perbus_desk_node *node,
                                        perbus_error *error);

/**
 * Connects a source's output bus to an input bus. Earlier connections of either bus end: a source
 * that is connected elsewhere moves. On a mixer, the bus's strip is applied to the connection; the
 * mixer grows if `to_bus` is beyond its last one.
 * @param format of the connection; NULL for the one the source was given last, else the engine's
 * @retval PERBUS_ERROR_NOT_ATTACHED, PERBUS_ERROR_WRONG_ENGINE either node
 * @retval PERBUS_ERROR_OUT_OF_RANGE either bus
 * @retval PERBUS_ERROR_CYCLE the destination feeds the source, or is the source
 * @retval PERBUS_ERROR_FORMAT format
 * @retval PERBUS_ERROR_EXCEPTION the engine refuses, see perbus_engine_connect
 * Maps to connect:to:fromBus:toBus:format:. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_connect(struct perbus_desk_engine *engine,
                                         struct perbus_desk_node *source,
                                         uint32_t from_bus,
                                         struct perbus_desk_node *destination,
                                         uint32_t to_bus,
                                         const perbus_format *format,
                                         perbus_error *error);

/**
 * Ends the connection of an input bus; no effect when there is none. The strip keeps its values.
 * @retval PERBUS_ERROR_NOT_ATTACHED, PERBUS_ERROR_WRONG_ENGINE the node
 * @retval PERBUS_ERROR_OUT_OF_RANGE the node has no such bus
 * Maps to disconnectNodeInput:bus:. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_disconnect_input(struct perbus_desk_engine *engine,
                                                  struct perbus_desk_node *node,
                                                  uint32_t bus,
                                                  perbus_error *error);

/**
 * Ends every connection of an output bus; no effect when there is none. Fails as
 * perbus_desk_engine_disconnect_input.
 * Maps to disconnectNodeOutput:bus:. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_disconnect_output(struct perbus_desk_engine *engine,
                                                   struct perbus_desk_node *node,
                                                   uint32_t bus,
                                                   perbus_error *error);

/**
 * Connects a source's output bus to several mixer buses: it feeds exactly these afterwards, each
 * through the bus's own strip.
 * @param format of all the connections; NULL as for perbus_desk_engine_connect
 * @retval PERBUS_ERROR_INVALID_ARGUMENT no destination, or one that is listed twice
 * @retval PERBUS_ERROR_WRONG_KIND a destination is not a mixer
 * @retval as perbus_desk_engine_connect
 * Maps to connect:toConnectionPoints:fromBus:format:. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_connect_many(struct perbus_desk_engine *engine,
                                              struct perbus_desk_node *source,
                                              uint32_t from_bus,
                                              const struct perbus_desk_destination *destinations,
                                              size_t count,
                                              const perbus_format *format,
                                              perbus_error *error);

/**
 * Adds one mixer bus to those that a source's output bus feeds: a send. On the portable engine the
 * others continue undisturbed; Apple's recreates them, and their strips are applied again.
 * @retval PERBUS_ERROR_WRONG_KIND the destination is not a mixer
 * @retval as perbus_desk_engine_connect
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_add_destination(struct perbus_desk_engine *engine,
                                                 struct perbus_desk_node *source,
                                                 uint32_t from_bus,
                                                 struct perbus_desk_node *mixer,
                                                 uint32_t to_bus,
                                                 perbus_error *error);

/**
 * Ends the connection to one of several mixer buses that a source feeds. The others continue as
 * with perbus_desk_engine_add_destination.
 * @retval PERBUS_ERROR_NOT_CONNECTED the source does not feed that bus
 * @retval PERBUS_ERROR_NOT_ATTACHED, PERBUS_ERROR_WRONG_ENGINE either node
 * @retval PERBUS_ERROR_WRONG_KIND the destination is not a mixer
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_remove_destination(struct perbus_desk_engine *engine,
                                                    struct perbus_desk_node *source,
                                                    uint32_t from_bus,
                                                    struct perbus_desk_node *mixer,
                                                    uint32_t to_bus,
                                                    perbus_error *error);

/**
 * What feeds an input bus according to the desk's map: the source and its output bus.
 * @retval PERBUS_ERROR_NOT_CONNECTED nothing does
 * @retval PERBUS_ERROR_NOT_ATTACHED, PERBUS_ERROR_WRONG_ENGINE the node
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_get_source(struct perbus_desk_engine *engine,
                                            struct perbus_desk_node *node,
                                            uint32_t bus,
                                            perbus_point *out_source,
                                            perbus_error *error);

/**
 * Whether the node is attached, how many buses it has, and their formats.
 * @param out_formats receives at most `capacity` formats: those of the input buses, connected or
 * not, then those of the output buses; NULL for none
 * @retval PERBUS_ERROR_WRONG_ENGINE the node was made for another engine
 * Maps to numberOfInputs, numberOfOutputs, inputFormatForBus: and outputFormatForBus:.
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_inspect(struct perbus_desk_engine *engine,
                                         struct perbus_desk_node *node,
                                         perbus_node_info *out_info,
                                         perbus_format *out_formats,
                                         size_t capacity,
                                         perbus_error *error);

/**
 * Runs `changes` as a batch: what it connects, disconnects, sets, schedules, plays, pauses and
 * stops on this thread takes effect at one frame; players that are started in it start together.
 * Batches nest; only the outermost one counts. A call that fails in it fails alone. On Apple's engine
 * only plays are collected; everything else takes effect at once. What waits for callbacks,
 * such as perbus_tap_wait, gives up after half a second if one of them may be waiting for the end.
 * @param changes called once, before this returns PERBUS_OK, else not at all; it must not wait for another thread or a
 * completion, nor throw
 * @param context the function's argument
 * Threads: any; calls of other threads on the engine wait for the end. Real-time safe: no
 */
perbus_status perbus_desk_engine_batch(struct perbus_desk_engine *engine,
                                       perbus_desk_changes changes,
                                       void *context,
                                       perbus_error *error);

/**
 * Makes a group without members. Its fader multiplies those of its members, which may be on any
 * mixers of the engine and in several groups; the members' own faders stay where they are.
 * @param name UTF-8; copied
 * @param out_group receives the group; free it with perbus_desk_group_release
 * @retval PERBUS_ERROR_INVALID_ARGUMENT name: not UTF-8
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_group_create(struct perbus_desk_engine *engine,
                                       const char *name,
                                       struct perbus_desk_group **out_group,
                                       perbus_error *error);

/**
 * Frees the handle; the group goes on, and perbus_desk_engine_remove_group ends it. NULL is a no-op.
 * Threads: any. Real-time safe: no
 */
void perbus_desk_group_release(struct perbus_desk_group *group);

/**
 * The group's name.
 * @param out_name receives the text; free it with perbus_desk_text_free
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_group_copy_name(struct perbus_desk_group *group,
                                          char **out_name,
                                          perbus_error *error);

/**
 * Gives the group another name; names need not differ.
 * @param name UTF-8; copied
 * @retval PERBUS_ERROR_INVALID_ARGUMENT name: not UTF-8
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_group_set_name(struct perbus_desk_group *group,
                                         const char *name,
                                         perbus_error *error);

/**
 * Tells the group apart from the engine's other groups: 0 for the first one that was made. No
 * number is used twice. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_group_get_number(struct perbus_desk_group *group,
                                           uint32_t *out_number,
                                           perbus_error *error);

/**
 * Moves the group's fader, which multiplies those of its members. The cost does not depend on how
 * many there are.
 * @param volume a linear gain, 0 (silence) to 4 (+12 dB); initially 1. What is heard of a member is
 * at most 4
 * @retval PERBUS_ERROR_OUT_OF_RANGE volume
 * @retval PERBUS_ERROR_NOT_ATTACHED the group was removed
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_group_set_volume(struct perbus_desk_group *group,
                                           float volume,
                                           perbus_error *error);

/**
 * The group's fader; during a fade, its current value. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_group_get_volume(struct perbus_desk_group *group,
                                           float *out_volume,
                                           perbus_error *error);

/**
 * Moves the group's fader to a gain in decibels.
 * @param decibels minus infinity (silence) to 12.04 (a gain of 4)
 * @retval PERBUS_ERROR_OUT_OF_RANGE decibels
 * @retval PERBUS_ERROR_NOT_ATTACHED the group was removed
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_group_set_volume_db(struct perbus_desk_group *group,
                                              float decibels,
                                              perbus_error *error);

/**
 * The group's fader in decibels: 0 at unity, minus infinity at silence.
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_group_get_volume_db(struct perbus_desk_group *group,
                                              float *out_decibels,
                                              perbus_error *error);

/**
 * Silences the members, or lets those sound again that nothing else silences.
 * @retval PERBUS_ERROR_NOT_ATTACHED the group was removed
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_group_set_muted(struct perbus_desk_group *group,
                                          bool muted,
                                          perbus_error *error);

/**
 * Whether the group is muted. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_group_is_muted(struct perbus_desk_group *group,
                                         bool *out_muted,
                                         perbus_error *error);

/**
 * Solos all members, or ends that; those that are soloed themselves stay so.
 * @retval PERBUS_ERROR_NOT_ATTACHED the group was removed
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_group_set_soloed(struct perbus_desk_group *group,
                                           bool soloed,
                                           perbus_error *error);

/**
 * Whether the group is soloed. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_group_is_soloed(struct perbus_desk_group *group,
                                          bool *out_soloed,
                                          perbus_error *error);

/**
 * Makes buses members, which they stay while sources come and go: all of them, heard from one block
 * on, or none. No effect for those that are members.
 * @retval PERBUS_ERROR_WRONG_ENGINE a bus belongs to another engine
 * @retval PERBUS_ERROR_NOT_ATTACHED the group was removed
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_group_add(struct perbus_desk_group *group,
                                    struct perbus_desk_bus *const *buses,
                                    size_t count,
                                    perbus_error *error);

/**
 * Takes buses out of the group: all of them, heard from one block on. They may still be in it
 * through a group in this one. No effect for those that are no members.
 * @retval as perbus_desk_group_add
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_group_remove(struct perbus_desk_group *group,
                                       struct perbus_desk_bus *const *buses,
                                       size_t count,
                                       perbus_error *error);

/**
 * Makes a group a member: this one acts on all of that one's members, each once, however many ways
 * lead to it.
 * @retval PERBUS_ERROR_CYCLE the groups would contain each other
 * @retval PERBUS_ERROR_WRONG_ENGINE the group belongs to another engine
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_group_add_group(struct perbus_desk_group *group,
                                          struct perbus_desk_group *member,
                                          perbus_error *error);

/**
 * Ends a group's membership; no effect if there is none.
 * @retval PERBUS_ERROR_WRONG_ENGINE the group belongs to another engine
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_group_remove_group(struct perbus_desk_group *group,
                                             struct perbus_desk_group *member,
                                             perbus_error *error);

/**
 * Ends a group: its members sound as if they had never been in it, and so do the groups in it.
 * Fades of its fader stop.
 * @retval PERBUS_ERROR_WRONG_ENGINE the group belongs to another engine
 * @retval PERBUS_ERROR_NOT_ATTACHED it was removed already
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_remove_group(struct perbus_desk_engine *engine,
                                              struct perbus_desk_group *group,
                                              perbus_error *error);

/**
 * The members' meters as one, those of groups in this one too, each bus once, after all faders: the
 * power sum of their RMS, the highest of their peaks, all their clips. Buses without a source count
 * as silent. The first call switches the members' meters on.
 * @retval PERBUS_ERROR_NOT_ATTACHED the group was removed
 * @retval PERBUS_ERROR_UNSUPPORTED, PERBUS_ERROR_INVALID_ARGUMENT as perbus_desk_bus_get_meter
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_group_get_meter(struct perbus_desk_group *group,
                                          perbus_meter *out_meter,
                                          perbus_error *error);

/**
 * Fades the group's fader; otherwise like perbus_desk_bus_fade_to. The members' own fades go on at
 * the same time: each frame has the product.
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_group_fade_to(struct perbus_desk_group *group,
                                        float volume,
                                        double seconds,
                                        perbus_curve curve,
                                        perbus_desk_fade_ended ended,
                                        void *context,
                                        struct perbus_desk_fade **out_fade,
                                        perbus_error *error);

/**
 * Fades the group's fader from a given frame on; otherwise like perbus_desk_bus_fade_at. On the
 * portable engine all members follow to the frame, those that join meanwhile as well, while their own
 * fades and automation go on. What waits ends as PERBUS_DESK_FADE_STOPPED when the group is removed.
 * @retval PERBUS_ERROR_NOT_ATTACHED the group was removed
 * @retval as perbus_desk_bus_fade_at
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_group_fade_at(struct perbus_desk_group *group,
                                        int64_t frame,
                                        float volume,
                                        double seconds,
                                        perbus_curve curve,
                                        perbus_desk_fade_ended ended,
                                        void *context,
                                        struct perbus_desk_fade **out_fade,
                                        perbus_error *error);

/**
 * Moves the group's fader at a given frame, as perbus_desk_group_set_volume does now.
 * @retval as perbus_desk_group_fade_at
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_group_set_volume_at(struct perbus_desk_group *group,
                                              int64_t frame,
                                              float volume,
                                              perbus_error *error);

/**
 * Adds points to what the group's volume is going to do, as perbus_desk_bus_automate_volume does.
 * @param points `count` points, in any order
 * @retval PERBUS_ERROR_INVALID_ARGUMENT two start at the same frame
 * @retval as perbus_desk_group_fade_at
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_group_automate_volume(struct perbus_desk_group *group,
                                                const struct perbus_desk_automation_point *points,
                                                size_t count,
                                                perbus_error *error);

/**
 * What the group's volume is going to do: the points that have not started.
 * @param out_points receives up to `capacity` points, by ascending frame
 * @param out_count receives how many there are
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_group_get_volume_automation(struct perbus_desk_group *group,
                                                      struct perbus_desk_automation_point *out_points,
                                                      size_t capacity,
                                                      size_t *out_count,
                                                      perbus_error *error);

/**
 * Cancels what the group's volume was to start at a frame or later, as
 * perbus_desk_bus_cancel_automation_from does.
 * @retval PERBUS_ERROR_OUT_OF_RANGE frame is before the engine's time
 * @retval PERBUS_ERROR_NOT_ATTACHED the group was removed
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_group_cancel_automation_from(struct perbus_desk_group *group,
                                                       int64_t frame,
                                                       perbus_error *error);

/**
 * The buses that are directly in the group, not those of groups in it.
 * @param out_buses receives up to `capacity` handles, each freed with perbus_desk_bus_release
 * @param out_count receives how many members there are
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_group_copy_members(struct perbus_desk_group *group,
                                             struct perbus_desk_bus **out_buses,
                                             size_t capacity,
                                             size_t *out_count,
                                             perbus_error *error);

/**
 * The groups that are directly in this one.
 * @param out_groups receives up to `capacity` handles, each freed with perbus_desk_group_release
 * @param out_count receives how many there are
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_group_copy_inner_groups(struct perbus_desk_group *group,
                                                  struct perbus_desk_group **out_groups,
                                                  size_t capacity,
                                                  size_t *out_count,
                                                  perbus_error *error);

/**
 * The groups that this one is directly in.
 * @param out_groups receives up to `capacity` handles, each freed with perbus_desk_group_release
 * @param out_count receives how many there are
 * @retval PERBUS_ERROR_NOT_ATTACHED the group was removed
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_group_copy_groups(struct perbus_desk_group *group,
                                            struct perbus_desk_group **out_groups,
                                            size_t capacity,
                                            size_t *out_count,
                                            perbus_error *error);

/**
 * All groups of an engine, in the order in which they were made.
 * @param out_groups receives up to `capacity` handles, each freed with perbus_desk_group_release
 * @param out_count receives how many there are
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_copy_groups(struct perbus_desk_engine *engine,
                                             struct perbus_desk_group **out_groups,
                                             size_t capacity,
                                             size_t *out_count,
                                             perbus_error *error);

/**
 * The groups that a bus is a direct member of.
 * @param out_groups receives up to `capacity` handles, each freed with perbus_desk_group_release
 * @param out_count receives how many there are
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_copy_groups(struct perbus_desk_bus *bus,
                                          struct perbus_desk_group **out_groups,
                                          size_t capacity,
                                          size_t *out_count,
                                          perbus_error *error);

/**
 * A handle to the input node, a source of recorded sound that feeds any bus, with its strip, and can be
 * tapped; free it with perbus_desk_node_release. perbus_engine_copy_input says when it records: not
 * before it is connected or tapped. Offline, perbus_desk_engine_set_input says what it hears.
 * @retval PERBUS_ERROR_START there is no input device
 * Maps to inputNode. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_copy_input(struct perbus_desk_engine *engine,
                                            struct perbus_desk_node **out_node,
                                            perbus_error *error);

/**
 * Chooses another input device. An engine that records changes over at once, and plays on meanwhile;
 * this is also how an input that was lost comes back.
 * @param input a device's id; NULL or "": the default input whenever recording begins
 * @retval PERBUS_ERROR_START there is no input device of that id, or it cannot be opened; the previous
 * one goes on
 * @retval PERBUS_ERROR_WRONG_KIND the engine is offline
 * @retval PERBUS_ERROR_UNSUPPORTED not on Apple's AVFAudio, but for the default
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_set_input_device(struct perbus_desk_engine *engine,
                                                  const char *input,
                                                  perbus_error *error);

/**
 * Gives a stopped or paused offline engine its input, in place of the previous one. The input node asks
 * it for every block that is rendered while it is connected or tapped; the frames follow one another.
 * @param format the format in which `input` is asked
 * @param input fills every channel and returns true, or returns false for silence. It runs on the thread
 * that renders: calls from it on the desk are PERBUS_ERROR_IN_RENDER. NULL: there is no input
 * @param destroy called once with the context, after the last call of `input`: when another one is set,
 * or the engine goes or is closed; NULL for none. Not called when this fails
 * @retval PERBUS_ERROR_FORMAT format: a rate or channel count outside its range
 * @retval PERBUS_ERROR_WRONG_KIND the engine plays to a device
 * @retval PERBUS_ERROR_START the engine is running
 * Maps to setManualRenderingInputPCMFormat:inputBlock:. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_set_input(struct perbus_desk_engine *engine,
                                           const perbus_format *format,
                                           perbus_input_function input,
                                           void *context,
                                           perbus_desk_destroy destroy,
                                           perbus_error *error);

/**
 * Makes a matrix mixer and attaches it: every input channel to every output channel with a gain of
 * its own. Its channels are numbered as in perbus/matrix.h; the desk keeps the levels across
 * connections and starts. Waits for the system to create it.
 * @param inputs, outputs the number of buses, 1 to PERBUS_MAX_MATRIX_BUSES
 * @param out_node receives the matrix; free it with perbus_desk_node_release
 * @retval PERBUS_ERROR_OUT_OF_RANGE inputs or outputs
 * @retval PERBUS_ERROR_UNSUPPORTED the system cannot create one
 * Maps to +[AVAudioUnit instantiateWithComponentDescription:options:completionHandler:] and
 * attachNode:. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_matrix_create(struct perbus_desk_engine *engine,
                                        uint32_t inputs,
                                        uint32_t outputs,
                                        struct perbus_desk_node **out_node,
                                        perbus_error *error);

/**
 * The number of channels across all input buses, and across all output buses.
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a matrix, here and below
 * Maps to kAudioUnitProperty_MatrixDimensions. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_matrix_get_dimensions(struct perbus_desk_node *matrix,
                                                uint32_t *out_inputs,
                                                uint32_t *out_outputs,
                                                perbus_error *error);

/**
 * Sets the gain from one input channel to one output channel.
 * @param gain -1 to 1; a negative gain inverts the polarity
 * @retval PERBUS_ERROR_OUT_OF_RANGE gain, or a channel that is not below its side's number
 * Maps to kMatrixMixerParam_Volume, global scope. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_matrix_set_crosspoint(struct perbus_desk_node *matrix,
                                                uint32_t input,
                                                uint32_t output,
                                                float gain,
                                                perbus_error *error);

/**
 * The gain from one input channel to one output channel. @retval PERBUS_ERROR_OUT_OF_RANGE a
 * channel
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_matrix_get_crosspoint(struct perbus_desk_node *matrix,
                                                uint32_t input,
                                                uint32_t output,
                                                float *out_gain,
                                                perbus_error *error);

/**
 * Sets the volume of an input channel, 0 to 4.
 * @retval PERBUS_ERROR_OUT_OF_RANGE volume or input
 * Maps to kMatrixMixerParam_Volume, input scope. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_matrix_set_input(struct perbus_desk_node *matrix,
                                           uint32_t input,
                                           float volume,
                                           perbus_error *error);

/**
 * The volume of an input channel. @retval PERBUS_ERROR_OUT_OF_RANGE input
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_matrix_get_input(struct perbus_desk_node *matrix,
                                           uint32_t input,
                                           float *out_volume,
                                           perbus_error *error);

/**
 * Sets the volume of an output channel, 0 to 4.
 * @retval PERBUS_ERROR_OUT_OF_RANGE volume or output
 * Maps to kMatrixMixerParam_Volume, output scope. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_matrix_set_output(struct perbus_desk_node *matrix,
                                            uint32_t output,
                                            float volume,
                                            perbus_error *error);

/**
 * The volume of an output channel. @retval PERBUS_ERROR_OUT_OF_RANGE output
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_matrix_get_output(struct perbus_desk_node *matrix,
                                            uint32_t output,
                                            float *out_volume,
                                            perbus_error *error);

/**
 * Sets the volume of the whole matrix, 0 to 4. @retval PERBUS_ERROR_OUT_OF_RANGE volume
 * Maps to kMatrixMixerParam_Volume, global scope, element 0xFFFFFFFF.
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_matrix_set_master(struct perbus_desk_node *matrix,
                                            float volume,
                                            perbus_error *error);

/**
 * The volume of the whole matrix. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_matrix_get_master(struct perbus_desk_node *matrix,
                                            float *out_volume,
                                            perbus_error *error);

/**
 * Turns all channels of an input bus on or off. They are initially on.
 * @retval PERBUS_ERROR_OUT_OF_RANGE the matrix has no such bus
 * Maps to kMatrixMixerParam_Enable, input scope. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_matrix_enable_input(struct perbus_desk_node *matrix,
                                              uint32_t bus,
                                              bool enabled,
                                              perbus_error *error);

/**
 * As perbus_desk_matrix_enable_input, for an output bus. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_matrix_enable_output(struct perbus_desk_node *matrix,
                                               uint32_t bus,
                                               bool enabled,
                                               perbus_error *error);

/**
 * Sets all levels, or none if any is invalid.
 * @param levels row by row: an input channel's crosspoints and its volume; the last row has the
 * output volumes and the master volume
 * @param rows the number of input channels and 1
 * @param columns the number of output channels and 1
 * @retval PERBUS_ERROR_INVALID_ARGUMENT rows or columns are not those of the matrix
 * @retval PERBUS_ERROR_OUT_OF_RANGE a crosspoint outside -1 to 1 or a volume outside 0 to 4
 * Maps to kAudioUnitProperty_MatrixLevels. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_matrix_set_levels(struct perbus_desk_node *matrix,
                                            const float *levels,
                                            uint32_t rows,
                                            uint32_t columns,
                                            perbus_error *error);

/**
 * All levels as the engine has them, in the layout of perbus_desk_matrix_set_levels.
 * @param out_levels room for rows * columns values
 * @retval PERBUS_ERROR_INVALID_ARGUMENT rows or columns are not those of the matrix
 * Maps to kAudioUnitProperty_MatrixLevels. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_matrix_get_levels(struct perbus_desk_node *matrix,
                                            float *out_levels,
                                            uint32_t rows,
                                            uint32_t columns,
                                            perbus_error *error);

/**
 * Sends every input channel to the output channel of the same number, at 1, and nowhere else. The
 * volumes stay. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_matrix_set_identity(struct perbus_desk_node *matrix, perbus_error *error);

/**
 * Sets all crosspoints to 0. The volumes are unchanged. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_matrix_clear(struct perbus_desk_node *matrix, perbus_error *error);

/**
 * Inverts the polarity: negates every crosspoint. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_matrix_invert(struct perbus_desk_node *matrix, perbus_error *error);

/**
 * Has taps feed the meters of buses, mixers and groups where the engine has no meters of its own:
 * Apple's. Initially off. On an engine that has meters it changes nothing.
 *
 * The first reading makes a tap, the only one that AVFAudio allows of that output bus: of the mixer,
 * or of the node that is connected to the bus, which serves all buses that it feeds. A tap or a
 * recorder of the program's takes its place, and until that ends the readings are
 * PERBUS_ERROR_INVALID_ARGUMENT, as they are if it was there first. It goes with the connection or the
 * node, with the engine, and when this is switched off.
 *
 * A bus's meter then reads the tapped signal times the gains of the strip as they are when a block of
 * the tap is measured, 0.1 s or longer, which is an approximation while they move, and before the
 * mixer converts its rate and channels, but for mono. Offline a reading waits for the blocks that are
 * queued, as perbus_tap_wait does, but in a batch.
 * @retval PERBUS_ERROR_IN_RENDER called in a source's function
 * Threads: any, which offline holds no lock that a callback of a tap takes when it reads a meter.
 * Real-time safe: no
 */
perbus_status perbus_desk_engine_set_meter_taps(struct perbus_desk_engine *engine,
                                                bool on,
                                                perbus_error *error);

/**
 * Whether taps feed the meters where the engine has none.
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_get_meter_taps(struct perbus_desk_engine *engine,
                                                bool *out_on,
                                                perbus_error *error);

/**
 * Makes a mixer and attaches it.
 * @param out_node receives the mixer; free it with perbus_desk_node_release
 * Maps to -[AVAudioMixerNode init] and attachNode:. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_mixer_create(struct perbus_desk_engine *engine,
                                       struct perbus_desk_node **out_node,
                                       perbus_error *error);

/**
 * Sets the gain of the mixer's sum, that is, of all its buses together.
 * @param volume 0 to 4; initially 1
 * @retval PERBUS_ERROR_OUT_OF_RANGE volume
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
 * Maps to outputVolume. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_mixer_set_output_volume(struct perbus_desk_node *mixer,
                                                  float volume,
                                                  perbus_error *error);

/**
 * The gain of the mixer's sum. @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
 * Maps to outputVolume. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_mixer_get_output_volume(struct perbus_desk_node *mixer,
                                                  float *out_volume,
                                                  perbus_error *error);

/**
 * Sets the gain of the mixer's sum in decibels.
 * @param decibels minus infinity (silence) over 0 (unity) to 12.04
 * @retval PERBUS_ERROR_OUT_OF_RANGE decibels
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
 * Maps to outputVolume. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_mixer_set_output_volume_db(struct perbus_desk_node *mixer,
                                                     float decibels,
                                                     perbus_error *error);

/**
 * The gain of the mixer's sum in decibels: 0 at unity, minus infinity at silence.
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
 * Maps to outputVolume. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_mixer_get_output_volume_db(struct perbus_desk_node *mixer,
                                                     float *out_decibels,
                                                     perbus_error *error);

/**
 * Sets the pan law of the mixer's mono inputs, those that are connected later included. It belongs to
 * the mixer: reconnections and being detached leave it alone. Where an input sounds, the change is
 * heard as a ramp, in all inputs from one block on. In a mixer with a mono output it has no effect.
 * Apple's mixers have no law but balance: there the library sends them the volume and the balance
 * whose gains are those of constant power, while a pan fades every few milliseconds.
 * @param law initially PERBUS_PAN_LAW_BALANCE, which inputs with more channels always have
 * @retval PERBUS_ERROR_INVALID_ARGUMENT law is not a perbus_pan_law
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
 * Maps to no selector of Apple's. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_mixer_set_pan_law(struct perbus_desk_node *mixer,
                                            perbus_pan_law law,
                                            perbus_error *error);

/**
 * The pan law of the mixer's mono inputs. @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_mixer_get_pan_law(struct perbus_desk_node *mixer,
                                            perbus_pan_law *out_law,
                                            perbus_error *error);

/**
 * Gives the mixer at least `buses` input buses.
 * @param buses 1 to PERBUS_MAX_BUSES; no effect if it has that many already
 * @retval PERBUS_ERROR_OUT_OF_RANGE buses
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
 * @retval PERBUS_ERROR_EXCEPTION the engine refuses
 * Maps to -[AUAudioUnitBusArray setBusCount:error:]. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_mixer_reserve(struct perbus_desk_node *mixer,
                                        uint32_t buses,
                                        perbus_error *error);

/**
 * The lowest input bus without a source. @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
 * Maps to nextAvailableInputBus. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_mixer_get_next_bus(struct perbus_desk_node *mixer,
                                             uint32_t *out_bus,
                                             perbus_error *error);

/**
 * The meter of the mixer's sum, after its output volume. The first call switches it on.
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
 * @retval PERBUS_ERROR_UNSUPPORTED Apple's AVFAudio has none: see perbus_desk_engine_set_meter_taps
 * @retval PERBUS_ERROR_INVALID_ARGUMENT taps feed the meters, and the program has one there
 * @retval PERBUS_ERROR_NOT_ATTACHED taps feed the meters, and the mixer was detached
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_mixer_get_meter(struct perbus_desk_node *mixer,
                                          perbus_meter *out_meter,
                                          perbus_error *error);

/**
 * Ends a handle. The engine keeps a node that is attached, and it goes on sounding, until it is
 * detached or the engine goes: perbus_desk_engine_copy_nodes finds it. NULL is a no-op.
 * Threads: any. Real-time safe: no
 */
void perbus_desk_node_release(struct perbus_desk_node *node);

/**
 * The same for two handles of one node, different for two nodes alive at the same time; 0 for
 * NULL. It is that of perbus_node_get_id. Threads: any. Real-time safe: yes
 */
uint64_t perbus_desk_node_get_id(struct perbus_desk_node *node);

/**
 * What the node is. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_node_get_kind(struct perbus_desk_node *node,
                                        perbus_kind *out_kind,
                                        perbus_error *error);

/**
 * A handle to the engine that the node was made for. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_node_copy_engine(struct perbus_desk_node *node,
                                           struct perbus_desk_engine **out_engine,
                                           perbus_error *error);

/**
 * The shim's handle of the node, for the functions of perbus.h that only look. It lives as long as
 * this handle. A connection or strip must not be changed by it: the desk would not know.
 * NULL for NULL. Threads: any. Real-time safe: yes
 */
perbus_node *perbus_desk_node_get_raw(struct perbus_desk_node *node);

/**
 * Handles of all nodes that the engine has, also of those whose last handle was released.
 * @param out_nodes receives at most `capacity` handles, each freed with
 * perbus_desk_node_release; NULL for none
 * @param out_count receives how many nodes there are
 * Maps to attachedNodes. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_copy_nodes(struct perbus_desk_engine *engine,
                                            struct perbus_desk_node **out_nodes,
                                            size_t capacity,
                                            size_t *out_count,
                                            perbus_error *error);

/**
 * Makes a player and attaches it.
 * @param out_node receives the player; free it with perbus_desk_node_release
 * Maps to -[AVAudioPlayerNode init] and attachNode:. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_player_create(struct perbus_desk_engine *engine,
                                        struct perbus_desk_node **out_node,
                                        perbus_error *error);

/**
 * Makes a player of a format and attaches it: it is connected in that format unless another is
 * given, and takes buffers of no other.
 * @param out_node receives the player; free it with perbus_desk_node_release
 * @retval PERBUS_ERROR_FORMAT format: a rate or channel count outside its range
 * Maps to -[AVAudioPlayerNode init] and attachNode:. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_player_create_with_format(struct perbus_desk_engine *engine,
                                                    const perbus_format *format,
                                                    struct perbus_desk_node **out_node,
                                                    perbus_error *error);

/**
 * Queues a buffer.
 * @param schedule NULL: after the previous buffer, once. The completion runs on a thread of the
 * engine, where it may call the desk, but must not stop the player; it is not called when this
 * fails
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a player
 * @retval PERBUS_ERROR_NOT_ATTACHED the player was detached
 * @retval PERBUS_ERROR_FORMAT the buffer's rate or channel count is not the player's
 * @retval PERBUS_ERROR_INVALID_ARGUMENT unknown flags, or an empty buffer that loops
 * @retval PERBUS_ERROR_OUT_OF_RANGE start: past PERBUS_MAX_TIME
 * Maps to scheduleBuffer:atTime:options:completionHandler:. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_player_schedule(struct perbus_desk_node *player,
                                          struct perbus_desk_buffer *buffer,
                                          const perbus_schedule *schedule,
                                          perbus_error *error);

/**
 * Plays from the next rendered frame, or from where it was paused.
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a player
 * @retval PERBUS_ERROR_NOT_ATTACHED the player was detached
 * @retval PERBUS_ERROR_NOT_RUNNING its engine is not started
 * @retval PERBUS_ERROR_NOT_CONNECTED its output goes nowhere
 * Maps to play. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_player_play(struct perbus_desk_node *player, perbus_error *error);

/**
 * As perbus_desk_player_play, from a given frame of the engine's time
 * (perbus_desk_engine_get_sample_time).
 * @param engine_frame counted at the rate of the player's connection; a past one means at once
 * @retval PERBUS_ERROR_OUT_OF_RANGE engine_frame: past PERBUS_MAX_TIME
 * Maps to playAtTime:. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_player_play_at(struct perbus_desk_node *player,
                                         int64_t engine_frame,
                                         perbus_error *error);

/**
 * The same, so that the first frame is heard at a host time, as perbus_player_play_at_host_time has it.
 * Players of one engine that are to play at one time begin with the same frame.
 * @param host_time nanoseconds of perbus_get_host_time, up to INT64_MAX; one that is too early for the
 * latency means at once
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a player, or the engine is offline
 * @retval PERBUS_ERROR_OUT_OF_RANGE host_time
 * Maps to playAtTime:. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_player_play_at_host_time(struct perbus_desk_node *player,
                                                   uint64_t host_time,
                                                   perbus_error *error);

/**
 * Halts the player where it is. @retval PERBUS_ERROR_WRONG_KIND the node is not a player
 * Maps to pause. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_player_pause(struct perbus_desk_node *player, perbus_error *error);

/**
 * Halts the player, empties its queue and sets its time to 0.
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a player
 * Maps to stop. Threads: any, but not in a completion. Real-time safe: no
 */
perbus_status perbus_desk_player_stop(struct perbus_desk_node *player, perbus_error *error);

/**
 * Stops the player without a click: its sound falls linearly to silence over `seconds`, and then
 * it stops as perbus_desk_player_stop does.
 * @param seconds 0 to a day, of the engine's time
 * @retval PERBUS_ERROR_OUT_OF_RANGE seconds
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a player
 * Maps to stop. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_player_stop_after(struct perbus_desk_node *player,
                                            double seconds,
                                            perbus_error *error);

/**
 * The same with a pause at its end: the player resumes at its full gain where it fell silent.
 * Maps to pause. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_player_pause_after(struct perbus_desk_node *player,
                                             double seconds,
                                             perbus_error *error);

/**
 * Whether the player is playing, even if its queue has run out.
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a player
 * Maps to isPlaying. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_player_is_playing(struct perbus_desk_node *player,
                                            bool *out_playing,
                                            perbus_error *error);

/**
 * Makes a player for a file, and others with its channels, and attaches it: it is connected with the
 * file's channels and the engine's rate, to which it converts.
 * @param file remains the caller's
 * @param out_node receives the player; free it with perbus_desk_node_release
 * Maps to -[AVAudioPlayerNode init] and attachNode:. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_player_create_for_file(struct perbus_desk_engine *engine,
                                                 perbus_file *file,
                                                 struct perbus_desk_node **out_node,
                                                 perbus_error *error);

/**
 * Queues a file, which is decoded ahead on a thread of the engine: at most two seconds of a player's
 * files are in memory. The file is opened anew, under its name, when its turn comes; the handle's
 * position stays, and the handle may be destroyed. Another rate is converted to that of the player's
 * connection. Everything else is as for perbus_player_schedule_file.
 * @param schedule NULL: after what was queued before, once. The completion runs as that of
 * perbus_desk_player_schedule does; PERBUS_END_FAILED says that the file could not be read to its end,
 * and that what was decoded was played
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a player, or the file is being written
 * @retval PERBUS_ERROR_NOT_ATTACHED the player was detached
 * @retval PERBUS_ERROR_FORMAT the file's channel count or layout is not the player's, or the rates are
 * too far apart
 * @retval PERBUS_ERROR_NOT_CONNECTED the player was made with a format of its own and was never
 * connected
 * @retval PERBUS_ERROR_INVALID_ARGUMENT unknown flags, or an empty file that loops
 * @retval PERBUS_ERROR_OUT_OF_RANGE start: past PERBUS_MAX_TIME
 * Maps to scheduleFile:atTime:completionHandler:. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_player_schedule_file(struct perbus_desk_node *player,
                                               perbus_file *file,
                                               const perbus_schedule *schedule,
                                               perbus_error *error);

/**
 * As perbus_desk_player_schedule_file, for a part of the file. Segments that follow each other in the
 * file and in the queue sound like the whole, also at another rate.
 * @param start_frame the file's frame that is played first
 * @param frames how many frames are played, or make one pass of a loop; at least 1
 * @retval PERBUS_ERROR_OUT_OF_RANGE the segment is empty or goes past the file's ends
 * Maps to scheduleSegment:startingFrame:frameCount:atTime:completionHandler:. Threads: any. Real-time
 * safe: no
 */
perbus_status perbus_desk_player_schedule_segment(struct perbus_desk_node *player,
                                                  perbus_file *file,
                                                  int64_t start_frame,
                                                  int64_t frames,
                                                  const perbus_schedule *schedule,
                                                  perbus_error *error);

/**
 * Where the player is as of the last block, in its own time and in the file that it plays or, until it
 * starts, has first in its queue.
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a player
 * Maps to playerTimeForNodeTime:. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_player_get_position(struct perbus_desk_node *player,
                                              perbus_position *out_position,
                                              perbus_error *error);

/**
 * The file that is played, or is first in the queue, goes on from another frame. Its segment's end,
 * its loop and what is queued behind it stay. The next block has the new place; on a device, the old
 * one goes on until the new one is decoded, which this call waits for. In the middle of a sound this
 * clicks.
 * @param file_frame a frame of the file, from the first to the last one of the segment
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a player
 * @retval PERBUS_ERROR_INVALID_ARGUMENT the player plays a buffer, or nothing is queued
 * @retval PERBUS_ERROR_OUT_OF_RANGE file_frame is not in the segment
 * Maps to scheduleSegment:startingFrame:frameCount:atTime:completionHandler:. Threads: any but a
 * completion's. Real-time safe: no
 */
perbus_status perbus_desk_player_seek(struct perbus_desk_node *player,
                                      int64_t file_frame,
                                      perbus_error *error);

/**
 * Records what leaves the mixer, after its output volume. It takes the mixer's one tap.
 * @param path in the file system's encoding, with any bytes
 * @param settings zeros for its format stand for the mixer's rate, channels and layout; NULL: a WAV file
 * of floats
 * @param start_frame of the engine's time, in frames of the mixer's rate; NULL: the next rendered one
 * @param out_recorder receives the recorder; free it with perbus_desk_recorder_release
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
 * @retval PERBUS_ERROR_FORMAT the settings' rate or channel count is not the mixer's
 * @retval PERBUS_ERROR_INVALID_ARGUMENT the mixer has a tap or another recorder; and as
 * perbus_file_create
 * @retval PERBUS_ERROR_OUT_OF_RANGE start_frame has passed; quality
 * @retval PERBUS_ERROR_NOT_ATTACHED the mixer was detached
 * @retval PERBUS_ERROR_UNSUPPORTED as perbus_file_create
 * @retval PERBUS_ERROR_FILE the system refuses: os_code is its errno
 * Maps to installTapOnBus:bufferSize:format:block: and
 * initForWriting:settings:commonFormat:interleaved:error:. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_mixer_record(struct perbus_desk_node *mixer,
                                       const char *path,
                                       const perbus_file_settings *settings,
                                       const int64_t *start_frame,
                                       struct perbus_desk_recorder **out_recorder,
                                       perbus_error *error);

/**
 * Records what is heard of the bus in its mixer's sum: after its fader, pan, mute, solo and groups, and
 * before the mixer's output volume. It goes on while sources come and go; without one there is silence.
 * The recording needs a free bus of the mixer, which perbus_desk_mixer_next_bus does not offer
 * meanwhile, but no list of nodes, scene or view shows.
 * @param path in the file system's encoding, with any bytes
 * @param settings as perbus_desk_mixer_record
 * @param start_frame as perbus_desk_mixer_record
 * @param out_recorder receives the recorder; free it with perbus_desk_recorder_release
 * @retval PERBUS_ERROR_INVALID_ARGUMENT the bus is recorded already; and as perbus_file_create
 * @retval as perbus_desk_mixer_record, and as perbus_desk_engine_connect
 * Maps to installTapOnBus:bufferSize:format:block: and
 * initForWriting:settings:commonFormat:interleaved:error:. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_record(struct perbus_desk_bus *bus,
                                     const char *path,
                                     const perbus_file_settings *settings,
                                     const int64_t *start_frame,
                                     struct perbus_desk_recorder **out_recorder,
                                     perbus_error *error);

/**
 * How the recording fares; also once it is over, or its engine closed.
 * @param out_reason receives why the file could not be written, to be ended by perbus_desk_text_free;
 * NULL in every other state. It may be NULL
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_recorder_get_status(struct perbus_desk_recorder *recorder,
                                              struct perbus_desk_recorder_status *out_status,
                                              char **out_reason,
                                              perbus_error *error);

/**
 * Ends the recording at a frame of the engine's time, in frames of the mixer's rate: the first that it
 * does not have. The file is complete soon after that was rendered. Another call before then sets
 * another end. It does not wait, and may be called in callbacks.
 * @retval PERBUS_ERROR_OUT_OF_RANGE a frame before the recording's start, or one that it has got past
 * @retval PERBUS_ERROR_CLOSED the recorder was stopped
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_recorder_stop_at(struct perbus_desk_recorder *recorder,
                                           int64_t frame,
                                           perbus_error *error);

/**
 * Waits until all that was rendered is on its way to the disk, but for the last part of less than
 * 0.1 s. A program that renders offline calls this now and then where the disk is slower than the
 * engine, so that blocks do not pile up in memory. On Apple's engine it does not wait for the engine.
 * @retval PERBUS_ERROR_INVALID_ARGUMENT on a thread of an engine, such as in a callback; in a batch, once
 * no callback has returned for half a second, since one may be waiting for the batch's end
 * @retval PERBUS_ERROR_CLOSED the recorder was stopped
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_recorder_wait(struct perbus_desk_recorder *recorder,
                                        perbus_error *error);

/**
 * Ends the recording with what has been rendered, unless it ended earlier by
 * perbus_desk_recorder_stop_at or the close of its engine, and completes the file. The handle is still
 * to be released.
 * @param out_recording receives the figures; NULL for none
 * @param out_interrupted receives why the recording ended before it was stopped, because the mixer got
 * another sample rate or channel count, to be ended by perbus_desk_text_free; NULL when it did not. It
 * may be NULL
 * @retval PERBUS_ERROR_FILE the disk is full or fails: nothing is left of the file
 * @retval PERBUS_ERROR_INVALID_ARGUMENT as perbus_desk_recorder_wait, and in a batch once the disk has taken
 * nothing for five seconds: the recording ends, but the file is completed by another thread
 * @retval PERBUS_ERROR_CLOSED the recorder was stopped before
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_recorder_stop(struct perbus_desk_recorder *recorder,
                                        struct perbus_desk_recording *out_recording,
                                        char **out_interrupted,
                                        perbus_error *error);

/**
 * Ends a handle, and the recording with it, as perbus_desk_recorder_stop does. NULL is a no-op.
 * Threads: any. Real-time safe: no
 */
void perbus_desk_recorder_release(struct perbus_desk_recorder *recorder);

/**
 * Changes many strips at once. Everything is checked first; then all of it changes, and on the
 * portable engine it is heard from one and the same block on.
 * @retval PERBUS_ERROR_OUT_OF_RANGE a volume, a pan or a bus
 * @retval PERBUS_ERROR_INVALID_ARGUMENT a bus is listed twice, unknown bits, an unknown tap, or a
 * label is not UTF-8
 * @retval PERBUS_ERROR_NOT_ATTACHED the mixer was detached
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_mixer_configure(struct perbus_desk_node *mixer,
                                          const struct perbus_desk_bus_config *buses,
                                          size_t count,
                                          perbus_error *error);

/**
 * The mixer as it is now: the strips of every bus that was ever connected or asked for, the output
 * volume and the pan law. Which buses are soloed is left out, so that to apply the scene leaves the
 * solos as they are then.
 * @param out_scene receives the scene; free it with perbus_desk_scene_release
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_mixer_snapshot(struct perbus_desk_node *mixer,
                                         struct perbus_desk_scene **out_scene,
                                         perbus_error *error);

/**
 * As perbus_desk_mixer_snapshot, with the solo of each strip.
 * @param out_scene receives the scene; free it with perbus_desk_scene_release
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_mixer_snapshot_with_solo(struct perbus_desk_node *mixer,
                                                   struct perbus_desk_scene **out_scene,
                                                   perbus_error *error);

/**
 * Sets the mixer to a scene, as perbus_desk_mixer_configure does: all or nothing, heard from one
 * block on. What the scene does not list stays.
 * @retval as perbus_desk_mixer_configure
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_mixer_apply(struct perbus_desk_node *mixer,
                                      struct perbus_desk_scene *scene,
                                      perbus_error *error);

/**
 * Makes a scene of these buses. What it sets is checked when it is applied.
 * @param out_scene receives the scene; free it with perbus_desk_scene_release
 * @retval PERBUS_ERROR_INVALID_ARGUMENT unknown bits, an unknown tap, or a label is not UTF-8
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_scene_create(const struct perbus_desk_bus_config *buses,
                                       size_t count,
                                       struct perbus_desk_scene **out_scene,
                                       perbus_error *error);

/**
 * Reads a scene from the JSON that perbus_desk_scene_copy_json writes.
 * @param out_scene receives the scene; free it with perbus_desk_scene_release
 * @retval PERBUS_ERROR_INVALID_ARGUMENT json: not UTF-8, or no scene
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_scene_create_from_json(const char *json,
                                                 struct perbus_desk_scene **out_scene,
                                                 perbus_error *error);

/**
 * The scene as JSON, which every language of perbus reads.
 * @param out_text receives the text; free it with perbus_desk_text_free
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_scene_copy_json(struct perbus_desk_scene *scene,
                                          char **out_text,
                                          perbus_error *error);

/**
 * How many buses the scene sets. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_scene_get_count(struct perbus_desk_scene *scene,
                                          size_t *out_count,
                                          perbus_error *error);

/**
 * What the scene sets on one of its buses; those of a snapshot are in ascending order. The label
 * lives as long as the scene.
 * @param index below the scene's count
 * @retval PERBUS_ERROR_OUT_OF_RANGE index
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_scene_get_bus(struct perbus_desk_scene *scene,
                                        size_t index,
                                        struct perbus_desk_bus_config *out_bus,
                                        perbus_error *error);

/**
 * Ends the handle. NULL is a no-op. Threads: any. Real-time safe: no
 */
void perbus_desk_scene_release(struct perbus_desk_scene *scene);

/**
 * The same scene with these groups in place of those that it has. What it sets is checked when it
 * is applied.
 * @param out_scene receives the scene; free it with perbus_desk_engine_scene_release
 * @retval PERBUS_ERROR_INVALID_ARGUMENT unknown bits, or a name is not UTF-8
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_scene_copy_with_groups(struct perbus_desk_engine_scene *scene,
                                                        const struct perbus_desk_group_config *groups,
                                                        size_t count,
                                                        struct perbus_desk_engine_scene **out_scene,
                                                        perbus_error *error);

/**
 * How many groups the scene sets. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_scene_get_group_count(struct perbus_desk_engine_scene *scene,
                                                       size_t *out_count,
                                                       perbus_error *error);

/**
 * What the scene sets of one of its groups; those of a snapshot are in ascending order. Names and
 * lists live as long as the scene.
 * @param index below the scene's count of groups
 * @retval PERBUS_ERROR_OUT_OF_RANGE index
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_engine_scene_get_group(struct perbus_desk_engine_scene *scene,
                                                 size_t index,
                                                 struct perbus_desk_group_config *out_group,
                                                 perbus_error *error);

/**
 * The same scene with an output volume for the mixer.
 * @param volume 0 to 4; what it sets is checked when it is applied
 * @param out_scene receives the scene; free it with perbus_desk_scene_release
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_scene_copy_with_output_volume(struct perbus_desk_scene *scene,
                                                        float volume,
                                                        struct perbus_desk_scene **out_scene,
                                                        perbus_error *error);

/**
 * The output volume that a scene sets.
 * @param out_is_set receives whether it sets one
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_scene_get_output_volume(struct perbus_desk_scene *scene,
                                                  float *out_volume,
                                                  bool *out_is_set,
                                                  perbus_error *error);

/**
 * The same scene with a pan law for the mixer.
 * @param out_scene receives the scene; free it with perbus_desk_scene_release
 * @retval PERBUS_ERROR_INVALID_ARGUMENT law is not a perbus_pan_law
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_scene_copy_with_pan_law(struct perbus_desk_scene *scene,
                                                  perbus_pan_law law,
                                                  struct perbus_desk_scene **out_scene,
                                                  perbus_error *error);

/**
 * The pan law that a scene sets.
 * @param out_is_set receives whether it sets one
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_scene_get_pan_law(struct perbus_desk_scene *scene,
                                            perbus_pan_law *out_law,
                                            bool *out_is_set,
                                            perbus_error *error);

/**
 * A scene of some of the values of a scene.
 * @param parts PERBUS_DESK_PART_*, combined with |
 * @param out_scene receives the scene; free it with perbus_desk_scene_release
 * @retval PERBUS_ERROR_INVALID_ARGUMENT parts: unknown bits
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_scene_copy_only(struct perbus_desk_scene *scene,
                                          uint32_t parts,
                                          struct perbus_desk_scene **out_scene,
                                          perbus_error *error);

/**
 * A scene of some of the buses of a scene, without what concerns the whole mixer. Buses that it does
 * not have are ignored.
 * @param buses `count` numbers
 * @param out_scene receives the scene; free it with perbus_desk_scene_release
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_scene_copy_only_buses(struct perbus_desk_scene *scene,
                                                const uint32_t *buses,
                                                size_t count,
                                                struct perbus_desk_scene **out_scene,
                                                perbus_error *error);

/**
 * Sends what feeds a bus to a further one, whose strip is the send's: its fader is the send's level,
 * times the fader, mute and groups of the first bus for a post-fader send, frame by frame while they
 * fade. The send ends when one of the two gets another source, or with perbus_desk_bus_end_send.
 * @param tap a perbus_desk_send_tap
 * @retval PERBUS_ERROR_NOT_CONNECTED the bus has no source
 * @retval PERBUS_ERROR_INVALID_ARGUMENT tap, or a send of a bus to itself
 * @retval PERBUS_ERROR_CYCLE the first bus is a send of the other, or gets its sound
 * @retval PERBUS_ERROR_WRONG_ENGINE `to` belongs to another engine
 * @retval PERBUS_ERROR_NOT_ATTACHED either mixer was detached
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_send_to(struct perbus_desk_bus *bus,
                                      struct perbus_desk_bus *to,
                                      int32_t tap,
                                      perbus_error *error);

/**
 * As perbus_desk_bus_send_to, to the lowest bus of a mixer that nothing is connected to.
 * @param out_send receives the send's strip, freed with perbus_desk_bus_release; may be NULL
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_send_to_mixer(struct perbus_desk_bus *bus,
                                            struct perbus_desk_node *mixer,
                                            int32_t tap,
                                            struct perbus_desk_bus **out_send,
                                            perbus_error *error);

/**
 * Ends a send: disconnects its bus, whose strip keeps its values and is an ordinary one from now on.
 * @retval PERBUS_ERROR_WRONG_KIND the bus is no send
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_end_send(struct perbus_desk_bus *send,
                                       perbus_error *error);

/**
 * Moves a send's tap to the other side of the fader, without a click.
 * @param send the send's strip
 * @param tap a perbus_desk_send_tap
 * @retval PERBUS_ERROR_INVALID_ARGUMENT tap
 * @retval PERBUS_ERROR_WRONG_KIND the bus is no send
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_set_send_tap(struct perbus_desk_bus *send,
                                           int32_t tap,
                                           perbus_error *error);

/**
 * Where a send takes its signal.
 * @retval PERBUS_ERROR_WRONG_KIND the bus is no send
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_get_send_tap(struct perbus_desk_bus *send,
                                           enum perbus_desk_send_tap *out_tap,
                                           perbus_error *error);

/**
 * The bus that a send takes its signal from: the dry strip.
 * @param out_bus receives the handle; free it with perbus_desk_bus_release
 * @retval PERBUS_ERROR_WRONG_KIND the bus is no send
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_copy_send_source(struct perbus_desk_bus *send,
                                               struct perbus_desk_bus **out_bus,
                                               perbus_error *error);

/**
 * The sends of a bus.
 * @param out_buses receives up to `capacity` handles, each freed with perbus_desk_bus_release
 * @param out_count receives how many sends there are
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_bus_copy_sends(struct perbus_desk_bus *bus,
                                         struct perbus_desk_bus **out_buses,
                                         size_t capacity,
                                         size_t *out_count,
                                         perbus_error *error);

/**
 * Whether this thread is inside a source's render function, where nothing may wait: most calls are
 * PERBUS_ERROR_IN_RENDER there. Threads: any. Real-time safe: yes
 */
bool perbus_desk_in_render(void);

/**
 * Makes a source from a render function, and attaches it.
 * @param format in which it renders
 * @param render fills every channel of a block, or returns true for silence. It runs on the audio
 * thread: it must not allocate, lock, wait or log, nor throw. Calls from it on the desk are
 * PERBUS_ERROR_IN_RENDER
 * @param context the functions' argument
 * @param destroy called with the context once, after the last call of `render`: when the source or
 * its engine goes, or is closed; NULL for none. Not called when this fails
 * @param out_node receives the source; free it with perbus_desk_node_release
 * @retval PERBUS_ERROR_FORMAT format: a rate or channel count outside its range
 * Maps to -[AVAudioSourceNode initWithFormat:renderBlock:] and attachNode:.
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_source_create(struct perbus_desk_engine *engine,
                                        const perbus_format *format,
                                        perbus_render render,
                                        void *context,
                                        perbus_desk_destroy destroy,
                                        struct perbus_desk_node **out_node,
                                        perbus_error *error);

/**
 * Taps an output bus of a node: from the next rendered block on, the callback gets what leaves it, on
 * a thread of the engine. perbus_tap_create says when blocks come, how long they are and when frames
 * are dropped. A tap keeps its node but not its engine alive, and may outlive both.
 * @param frames the length of blocks to ask for, 1 to PERBUS_MAX_TAP_FRAMES
 * @param callback may call anything, also perbus_tap_destroy
 * @param destroy called once with the context, after the last call of `callback`; NULL for none. Not
 * called when this fails
 * @param out_tap receives the tap, for the functions of perbus/tap.h; perbus_tap_destroy ends it
 * @retval PERBUS_ERROR_OUT_OF_RANGE bus, frames
 * @retval PERBUS_ERROR_NOT_ATTACHED the node was detached
 * @retval PERBUS_ERROR_INVALID_ARGUMENT the bus has a tap already
 * Maps to installTapOnBus:bufferSize:format:block:. Threads: any. Real-time safe: no
 */
perbus_status perbus_desk_tap_create(struct perbus_desk_node *node,
                                     uint32_t bus,
                                     uint32_t frames,
                                     perbus_tap_callback callback,
                                     void *context,
                                     perbus_desk_destroy destroy,
                                     perbus_tap **out_tap,
                                     perbus_error *error);

/**
 * Ends a text that a function has handed out. NULL is a no-op. Threads: any. Real-time safe: no
 */
void perbus_desk_text_free(char *text);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* PERBUS_DESK_H */
