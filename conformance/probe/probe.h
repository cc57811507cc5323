// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the probes share. A probe measures what Apple does not document, on whichever AVFAudio it is
// linked to, and puts each answer as JSON at a path such as "mono.left".
#ifndef CONFORMANCE_PROBE_H
#define CONFORMANCE_PROBE_H

#include "../cases/support.h"

/// Takes an answer: a path of names with dots between them, and JSON.
typedef void (*ProbePut)(void *context, const char *path, const char *json);

typedef struct ProbeReport {
    void *context;
    ProbePut put;
} ProbeReport;

typedef void (*ProbeBody)(const ProbeReport *report);

/// Runs a probe in a pool of its own; an exception that it lets out is put as "failed".
void probe_run(ProbeBody body, void *context, ProbePut put);

#define PROBE(name)                                     \
    static void name##_body(const ProbeReport *report); \
    void name(void *context, ProbePut put);             \
    void name(void *context, ProbePut put) {            \
        probe_run(name##_body, context, put);           \
    }                                                   \
    static void name##_body(const ProbeReport *report)

// MARK: - Answers

/// Rounded to millionths, so that the same behaviour gives the same text; NaN and infinities are
/// put as words.
void probe_number(const ProbeReport *report, const char *path, double value);
void probe_numbers(const ProbeReport *report, const char *path, const double *values, size_t count);
void probe_truth(const ProbeReport *report, const char *path, BOOL value);
void probe_text(const ProbeReport *report, const char *path, const char *value);
/// There is nothing to measure: this AVFAudio has no such class.
void probe_none(const ProbeReport *report, const char *path);

// MARK: - Time

/// Of a clock that nobody sets.
double probe_seconds(void);
/// Lets other threads do something, for 2 ms.
void probe_pass(void);
/// Whether a counter of test_count gets there within 0.2 s: what does not come is waited for in full.
BOOL probe_comes(const int *counter, int wanted);

// MARK: - Sound

/// Starts the engine when it is not running; renders so many frames in blocks of the given size.
/// Raises when the engine refuses.
TestAudio *probe_render(AVAudioEngine *engine, AVAudioFrameCount frames, AVAudioFrameCount block);
/// The steady level on a channel: the last of 8192 frames.
double probe_level(AVAudioEngine *engine, AVAudioChannelCount channel);

#endif
