// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

import "unsafe"

// scratch is C's memory for a rendered block: Go slices are not passed to C.
type scratch struct {
	samples *C.float
	size    int
}

// reserve makes room for so many samples.
func (s *scratch) reserve(size int) error {
	if size <= s.size {
		return nil
	}
	s.free()
	s.samples = C.pbgo_samples(C.size_t(size))
	if s.samples == nil {
		return failf(ErrNoMemory, "no memory for a block of %d samples", size)
	}
	s.size = size
	return nil
}

func (s *scratch) free() {
	C.free(unsafe.Pointer(s.samples))
	s.samples, s.size = nil, 0
}

// Render renders the next block into planar slices, one a channel and all of one length: the number
// of frames, at most [Engine.MaxFrames]. One goroutine renders at a time; another one waits.
//
// [ErrWrongKind] for an engine that plays to a device and in a [RenderFunc], [ErrNotRunning] before
// Start, [ErrFormat] when the slices are not as many as the engine's channels, [ErrInvalidArgument]
// when their lengths differ, [ErrOutOfRange] when they are longer than the engine's longest block,
// [ErrRender] when the engine could not render. The slices are untouched then.
//
// Maps to renderOffline:toBuffer:error:.
func (e *Engine) Render(planar [][]float32) error {
	if e == nil || e.core == nil {
		return failf(ErrInvalidArgument, "the engine is nil")
	}
	if err := outside(); err != nil {
		return err
	}
	if err := e.core.renderInto(planar); err != nil {
		return err
	}
	e.core.lookAfterFades()
	return nil
}

func (c *core) renderInto(planar [][]float32) error {
	c.render.Lock()
	defer c.render.Unlock()
	switch {
	case c.raw == nil:
		return failf(ErrClosed, "the engine was closed")
	case c.maxFrames == 0:
		return failf(ErrWrongKind, "the engine plays to a device: only offline engines are rendered")
	}
	frames, err := checkPlanar(planar, c.format.Channels)
	if err != nil {
		return err
	}
	if int(frames) > c.maxFrames {
		return failf(ErrOutOfRange, "%d frames are more than %d, the engine's longest block", frames,
			c.maxFrames)
	}
	size := len(planar) * int(frames)
	if err := c.scratch.reserve(size + 1); err != nil {
		return err
	}
	failure := C.pbgo_engine_render(c.ref(), frames, c.scratch.samples, C.uint32_t(len(planar)))
	if err := check(failure); err != nil {
		return err
	}
	rendered := unsafe.Slice((*float32)(c.scratch.samples), size)
	for channel, samples := range planar {
		copy(samples, rendered[channel*int(frames):])
	}
	return nil
}

// SampleTime is the engine's time in frames: what was rendered since the start or the last
// [Engine.Reset]; on a device the output's, 0 while not running.
//
// Maps to manualRenderingSampleTime, or to the output's lastRenderTime.
func (e *Engine) SampleTime() (int64, error) {
	c, err := e.enter()
	if err != nil {
		return 0, err
	}
	defer e.leave()
	return c.sampleTime()
}

func (c *core) sampleTime() (int64, error) {
	time := C.pbgo_engine_get_sample_time(c.ref())
	return int64(time.value), check(time.failure)
}

// now is a time that a reset does not turn back, nor a device that halts and has no time: what fades
// count in. With the graph lock held.
func (c *core) now() int64 {
	time, err := c.sampleTime()
	if err != nil {
		time = 0
	}
	now := c.past.Load() + time
	for {
		latest := c.latest.Load()
		if now <= latest {
			return latest
		}
		if c.latest.CompareAndSwap(latest, now) {
			return now
		}
	}
}
