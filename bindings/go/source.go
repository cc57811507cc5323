// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

import (
	"fmt"
	"runtime/cgo"
	"sync/atomic"
	"unsafe"
)

// RenderFunc makes the sound of a [Source]: it fills every channel of a block, in the source's format.
// sampleTime is the engine's time at the block's first frame, in frames of the source's rate. The
// slices lie in the engine's memory: they are valid during the call only.
//
// It is called on a thread that renders, see [Engine.SetRenderThreads], and not real-time safe:
// entering Go takes locks of its runtime and may wait for its garbage collector. That is no matter
// offline; for a device use a [Player].
//
// It must not call an engine or its nodes, which fail with [ErrInRender] then, nor
// [runtime.Goexit], by which its thread would never leave the block (so no FailNow of a test).
type RenderFunc func(sampleTime int64, planar [][]float32)

// Source is a node whose sound is made by a function. It is an AVAudioSourceNode.
type Source struct {
	handle
	rendering *rendering
}

func (s *Source) base() *handle {
	if s == nil {
		return nil
	}
	return &s.handle
}

// Close is that of [Node].
func (s *Source) Close() error { return s.base().Close() }

// rendering is what C knows by its cgo.Handle.
type rendering struct {
	render   RenderFunc
	planar   [][]float32
	panicked atomic.Pointer[error]
}

// NewSource makes a source and attaches it. A panic in render is caught: the source is silent from
// then on, and [Source.Err] returns it.
//
// [ErrFormat] for the format, [ErrInvalidArgument] for a nil function.
//
// Maps to -[AVAudioSourceNode initWithFormat:renderBlock:] and attachNode:.
func (e *Engine) NewSource(format Format, render RenderFunc) (*Source, error) {
	if render == nil {
		return nil, failf(ErrInvalidArgument, "the render function is nil")
	}
	r := &rendering{render: render}
	return create(e, func(h handle) *Source { return &Source{h, r} },
		func(engine C.uintptr_t) C.pbgo_found {
			context := cgo.NewHandle(r)
			made := C.pbgo_source_create(engine, format.native(), C.uintptr_t(context))
			if made.failure != nil {
				context.Delete()
			}
			return made
		})
}

// Err is what the render function has panicked with; nil while it has not.
func (s *Source) Err() error {
	if s == nil || s.rendering == nil {
		return nil
	}
	if err := s.rendering.panicked.Load(); err != nil {
		return *err
	}
	return nil
}

//export pbgoRender
func pbgoRender(context C.uintptr_t, sampleTime C.int64_t, frames C.uint32_t, channels **C.float,
	count C.uint32_t) (silent C.bool) {
	r := cgo.Handle(context).Value().(*rendering)
	if r.panicked.Load() != nil {
		return true
	}
	finished := false
	defer func() {
		// A panic must not unwind into C. Its reason may be nil.
		if reason := recover(); !finished {
			err := fmt.Errorf("perbus: the render function panicked: %v", reason)
			r.panicked.Store(&err)
			silent = true
		}
	}()
	planar := r.planar[:0]
	for _, samples := range unsafe.Slice(channels, int(count)) {
		planar = append(planar, unsafe.Slice((*float32)(samples), int(frames)))
	}
	r.planar = planar
	r.render(int64(sampleTime), planar)
	finished = true
	return false
}

//export pbgoEnd
func pbgoEnd(context C.uintptr_t) {
	cgo.Handle(context).Delete()
}
