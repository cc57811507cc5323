// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the portable AVFAudio does where Apple does not document its own behaviour. The cases read
// these values, so that a run on Apple's AVFAudio shows which of them differ, and one line changes.
#ifndef CONFORMANCE_CHOICES_H
#define CONFORMANCE_CHOICES_H

#import <AudioToolbox/AudioToolbox.h>

/// Gain of a mono source on each channel of a stereo mixer, at pan 0.
#define CHOICE_MONO_CENTRE_GAIN 1.0f

/// Gain of each channel of a stereo source in a mono mixer: 0.5 * (left + right).
#define CHOICE_DOWNMIX_GAIN 0.5f

/// Pan is a balance: the far channel fades out, the near one stays. Mono is panned after up-mix.
static inline float choice_left_gain(float pan) {
    return pan <= 0.0f ? 1.0f : 1.0f - pan;
}

static inline float choice_right_gain(float pan) {
    return pan >= 0.0f ? 1.0f : 1.0f + pan;
}

/// A sound of another rate than its mixer's is late by at most so many frames of the mixer.
#define CHOICE_LONGEST_CONVERSION 400

/// Where one of a source's several paths to the output changes the rate and another does not, the
/// connection that would make it so: 1 throws.
#define CHOICE_SPLIT_ACROSS_RATES_THROWS 1

/// A changed gain ramps linearly and has settled after so many frames.
#define CHOICE_SETTLE_FRAMES 512

/// The largest step from one sample to the next of such a ramp, as a part of the whole change.
#define CHOICE_LARGEST_STEP 0.004f

/// The input count of a new mixer.
#define CHOICE_MIXER_INPUTS 8

/// nextAvailableInputBus of a new mixer whose inputs are all taken: the bus that it would grow.
#define CHOICE_NEXT_BUS_WHEN_FULL 8

/// connect:to:format: of a pair that is connected frees the old bus first and lands on it again.
#define CHOICE_RECONNECT_KEEPS_BUS 1

/// A node that was never configured has the engine's output format, which is this by default.
#define CHOICE_DEFAULT_SAMPLE_RATE 44100.0
#define CHOICE_DEFAULT_CHANNELS 2

/// Disconnecting a bus that is free: 0 does nothing, 1 throws.
#define CHOICE_DISCONNECT_FREE_BUS_THROWS 0

/// renderOffline with more than maximumFrameCount frames: status Error, no frames, this code.
#define CHOICE_TOO_MANY_FRAMES_ERROR kAudioUnitErr_TooManyFramesToProcess

/// Completion handlers run on a thread of the engine, never on the one that calls it.
#define CHOICE_HANDLERS_ON_OWN_THREAD 1

#endif
