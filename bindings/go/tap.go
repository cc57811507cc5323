// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

import (
	"runtime"
	"runtime/cgo"
	"sync"
	"unsafe"
)

// TapFunc receives a block of a [Tap], which is its to keep: one slice a channel. sampleTime is the
// engine's time at the block's first frame, in frames of the tapped bus's rate.
//
// It is called on a thread of the engine, not on the one that renders: a device plays on while it works,
// but completions and other taps wait. It may call everything, but not [runtime.Goexit]. A panic in it
// ends the program, as in any goroutine.
type TapFunc func(sampleTime int64, planar [][]float32)

// Tap is what leaves an output bus of a node, as blocks of samples. It goes on until its Close, or until
// its engine is closed.
type Tap struct {
	list *tapList
	tap  shared
}

// tapList is an engine's taps. It lies between the two so that neither keeps the other from being
// collected.
type tapList struct {
	mu     sync.Mutex
	all    map[*Tap]struct{}
	closed bool
}

// NewTap has a function called with what leaves an output bus, from the next rendered block on. For a
// mixer that is after its output volume, for other nodes before the volume and pan of their connections.
// A bus has one tap at most, and is only heard while the engine renders its node.
//
// frames is the length of blocks to ask for, 1 to 1048576; AVFAudio rounds it to 0.1 to 0.4 s. On a
// device, frames are dropped while the function is more than a second late. The last, shorter block comes
// when the tap is closed, but not on Apple's engine.
//
// [ErrOutOfRange] for bus and frames, [ErrNotAttached], [ErrInvalidArgument] when the bus has a tap
// already, or for a nil function.
//
// Maps to installTapOnBus:bufferSize:format:block:.
func NewTap(node Node, bus, frames int, hear TapFunc) (*Tap, error) {
	if hear == nil {
		return nil, failf(ErrInvalidArgument, "the tap's function is nil")
	}
	of := baseOf(node)
	var context cgo.Handle
	made, err := ask(of, func(node C.uintptr_t) C.pbgo_found {
		context = cgo.NewHandle(hear)
		return C.pbgo_tap_create(node, C.uint32_t(bus), C.uint32_t(frames), C.uintptr_t(context))
	}, bus, frames)
	if err != nil {
		if context != 0 {
			context.Delete()
		}
		return nil, err
	}
	tap := &Tap{list: of.engine.core.taps}
	tap.tap.handle = C.uintptr_t(made.number)
	tap.tap.end = func(tap C.uintptr_t) { C.pbgo_tap_destroy(tap) }
	runtime.KeepAlive(of)
	if !tap.list.add(tap) {
		// Meanwhile the engine was closed.
		_ = tap.Close()
		return nil, failf(ErrClosed, "the engine was closed")
	}
	return tap, nil
}

// add keeps a tap, unless the engine was closed.
func (l *tapList) add(tap *Tap) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	l.all[tap] = struct{}{}
	return true
}

func (l *tapList) remove(tap *Tap) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.all, tap)
}

// close closes all taps, of an engine that was closed.
func (l *tapList) close() {
	l.mu.Lock()
	all := l.all
	l.all, l.closed = nil, true
	l.mu.Unlock()
	for tap := range all {
		_ = tap.Close()
	}
}

// use begins a call, which t.tap.leave ends.
func (t *Tap) use() (C.uintptr_t, error) {
	if t == nil || t.list == nil {
		return 0, failf(ErrInvalidArgument, "the tap is nil")
	}
	tap, open := t.tap.use()
	if !open {
		return 0, failf(ErrClosed, "the tap was closed")
	}
	return tap, nil
}

// Wait waits until the function has had all blocks that were queued. A program that renders offline calls
// it now and then, so that blocks do not pile up in memory. On Apple's engine it returns at once.
//
// [ErrInvalidArgument] on a thread of an engine, such as in the function; in a batch, once no function has
// returned for half a second, since one may be waiting for the batch's end.
func (t *Tap) Wait() error {
	tap, err := t.use()
	if err != nil {
		return err
	}
	defer t.tap.leave()
	return check(C.pbgo_tap_wait(tap))
}

// DroppedFrames is how many frames were dropped so far because the function was late: on a device, for
// more than a second. Offline there are none, unless another goroutine keeps a batch open during many
// blocks. [ErrUnsupported] on Apple's engine, which does not count them.
func (t *Tap) DroppedFrames() (uint64, error) {
	tap, err := t.use()
	if err != nil {
		return 0, err
	}
	defer t.tap.leave()
	found := C.pbgo_tap_get_dropped(tap)
	return uint64(found.number), check(found.failure)
}

// Close removes the tap; calling it again has no effect. The function gets what was rendered until now,
// and is not called once Close has returned, unless another goroutine is still in Wait. On a thread of
// an engine, such as in the function, what is queued is discarded.
//
// Maps to removeTapOnBus:.
func (t *Tap) Close() error {
	if t == nil || t.list == nil {
		return nil
	}
	t.list.remove(t)
	t.tap.close()
	return nil
}

//export pbgoTap
func pbgoTap(context C.uintptr_t, block *C.perbus_tap_block) {
	frames := int(block.frames)
	planar := make([][]float32, int(block.channel_count))
	samples := make([]float32, len(planar)*frames)
	for channel, from := range unsafe.Slice(block.channels, len(planar)) {
		planar[channel] = samples[channel*frames : (channel+1)*frames : (channel+1)*frames]
		copy(planar[channel], unsafe.Slice((*float32)(from), frames))
	}
	cgo.Handle(context).Value().(TapFunc)(int64(block.sample_time), planar)
}
