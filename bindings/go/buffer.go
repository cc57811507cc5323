// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

import (
	"runtime"
)

// Buffer is audio in memory: planar 32-bit float, for players. Its samples never change. It is an
// AVAudioPCMBuffer.
type Buffer struct {
	buffer shared
	format Format
	frames int
}

// NewBuffer copies planar samples, one slice a channel and all of one length.
//
// [ErrFormat] for the format, or slices that are not as many as its channels, [ErrInvalidArgument]
// when their lengths differ, [ErrNoMemory].
//
// Maps to initWithPCMFormat:frameCapacity:.
func NewBuffer(format Format, planar [][]float32) (*Buffer, error) {
	frames, err := checkPlanar(planar, format.Channels)
	if err != nil {
		return nil, err
	}
	made := C.pbgo_buffer_create(format.native(), &flattened(planar)[:1][0], frames)
	if err := check(made.failure); err != nil {
		return nil, err
	}
	return newBuffer(C.uintptr_t(made.number), format, int(frames)), nil
}

func newBuffer(handle C.uintptr_t, format Format, frames int) *Buffer {
	b := &Buffer{format: format, frames: frames}
	b.buffer.handle = handle
	b.buffer.end = func(buffer C.uintptr_t) { C.pbgo_buffer_release(buffer) }
	runtime.SetFinalizer(b, func(b *Buffer) { _ = b.Close() })
	return b
}

// flattened is the samples one channel after the other, with room for at least one.
func flattened(planar [][]float32) []C.float {
	flat := make([]C.float, 0, len(planar)*len(planar[0])+1)
	for _, samples := range planar {
		for _, sample := range samples {
			flat = append(flat, C.float(sample))
		}
	}
	return flat
}

// Close ends the buffer; calling it again has no effect. A player that has it queued keeps its
// samples.
func (b *Buffer) Close() error {
	if b != nil {
		b.buffer.close()
	}
	return nil
}

// Format is the format that the samples are in.
func (b *Buffer) Format() Format { return b.format }

// Frames is the length in frames.
func (b *Buffer) Frames() int { return b.frames }

// checkPlanar is the common length of one slice a channel.
func checkPlanar(planar [][]float32, channels int) (C.uint32_t, error) {
	if len(planar) != channels || channels == 0 {
		return 0, failf(ErrFormat, "%d slices for %d channels", len(planar), channels)
	}
	for channel, samples := range planar {
		if len(samples) != len(planar[0]) {
			return 0, failf(ErrInvalidArgument, "channel %d has %d samples, channel 0 has %d", channel,
				len(samples), len(planar[0]))
		}
	}
	return C.uint32_t(len(planar[0])), fit(len(planar[0]))
}
