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

// Input is where recorded sound enters an engine: a source like any other, which feeds any bus, with its
// strip, and can be tapped. It is an AVAudioInputNode.
type Input struct{ handle }

func (i *Input) base() *handle {
	if i == nil {
		return nil
	}
	return &i.handle
}

// Close is that of [Node].
func (i *Input) Close() error { return i.base().Close() }

// Err is what the function of [Engine.SetInput] has panicked with; nil while it has not.
func (i *Input) Err() error {
	if i == nil || i.engine == nil {
		return nil
	}
	if f := i.engine.core.filling.Load(); f != nil {
		if err := f.panicked.Load(); err != nil {
			return *err
		}
	}
	return nil
}

// Input is the engine's input. On a device it records while it is connected or tapped and the engine runs;
// no microphone is opened before that. If the microphone is lost, the engine plays on, and [InputLost] says
// so. Offline, [Engine.SetInput] says what it hears.
//
// [ErrStart] when there is no input device.
//
// Maps to inputNode.
func (e *Engine) Input() (*Input, error) {
	return create(e, func(h handle) *Input { return &Input{h} },
		func(engine C.uintptr_t) C.pbgo_found { return C.pbgo_engine_copy_input(engine) })
}

// SetInputDevice chooses another device for [Engine.Input]; "" is whatever is the default input when
// recording begins. An engine that records changes over at once, and plays on meanwhile. This is also how
// a microphone that was lost comes back.
//
// [ErrStart] when there is no input device of that ID, or it cannot be opened; the previous one goes on
// then. [ErrWrongKind] for an offline engine, [ErrUnsupported] on Apple's engine, except for the default.
func (e *Engine) SetInputDevice(id string) error {
	text, free, err := idOf(id)
	if err != nil {
		return err
	}
	defer free()
	return do(e, func(engine C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_engine_set_input_device(engine, text)
	})
}

// InputFunc fills every channel of a block with the next frames of an input and returns true, or returns
// false if it has none, which is silence. What is said of a [RenderFunc] is true of it, too.
type InputFunc func(planar [][]float32) bool

// filling is what C knows by its cgo.Handle.
type filling struct {
	fill     InputFunc
	planar   [][]float32
	panicked atomic.Pointer[error]
}

// SetInput gives an offline engine that is stopped or paused its input, in place of the previous one; nil
// is none. It is asked for every block that is rendered while [Engine.Input] is connected or tapped; the
// frames follow one another. A panic in it is caught: the input is silent from then on, and [Input.Err]
// returns it.
//
// [ErrWrongKind] for an engine that plays to a device, [ErrStart] while the engine runs, [ErrFormat].
//
// Maps to setManualRenderingInputPCMFormat:inputBlock:.
func (e *Engine) SetInput(format Format, fill InputFunc) error {
	var context cgo.Handle
	var f *filling
	if fill != nil {
		f = &filling{fill: fill}
		context = cgo.NewHandle(f)
	}
	err := do(e, func(engine C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_engine_set_input(engine, format.native(), C.uintptr_t(context))
	})
	if err != nil {
		if context != 0 {
			context.Delete()
		}
		return err
	}
	e.core.filling.Store(f)
	return nil
}

//export pbgoFill
func pbgoFill(context C.uintptr_t, frames C.uint32_t, channels **C.float, count C.uint32_t) (filled C.bool) {
	f := cgo.Handle(context).Value().(*filling)
	if f.panicked.Load() != nil {
		return false
	}
	finished := false
	defer func() {
		// A panic must not unwind into C. Its reason may be nil.
		if reason := recover(); !finished {
			err := fmt.Errorf("perbus: the input's function panicked: %v", reason)
			f.panicked.Store(&err)
			filled = false
		}
	}()
	planar := f.planar[:0]
	for _, samples := range unsafe.Slice(channels, int(count)) {
		planar = append(planar, unsafe.Slice((*float32)(samples), int(frames)))
	}
	f.planar = planar
	filled = C.bool(f.fill(planar))
	finished = true
	return filled
}
