// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

import (
	"runtime"
	"runtime/cgo"
	"time"
)

// Curve is how a fade gets from one value to the other; x runs from 0 to 1 with time.
type Curve int

const (
	// Linear is from + (to - from) x.
	Linear Curve = C.PERBUS_CURVE_LINEAR
	// EqualPower is sqrt((1 - x) from^2 + x to^2): the power moves linearly, as in a crossfade of
	// two unlike sounds.
	EqualPower Curve = C.PERBUS_CURVE_EQUAL_POWER
	// Exponential is from (to / from)^x: the level in decibels moves linearly, silence taken as
	// -80 dB.
	Exponential Curve = C.PERBUS_CURVE_EXPONENTIAL
)

// FadeEnd is how a fade came to its end.
type FadeEnd int

const (
	// FadeRunning says that it has not ended yet.
	FadeRunning FadeEnd = iota
	// FadeFinished says that it reached its value.
	FadeFinished
	// FadeReplaced says that it was cancelled, that a new value or fade took its place, or that the
	// engine was closed.
	FadeReplaced
	// FadeStopped says that its mixer was detached, its group removed, or its engine went: it stayed
	// where it had got to.
	FadeStopped
)

// Fade is a fade under way, or over. Forgetting it lets the fade go on.
type Fade struct {
	of     receiver
	handle C.uintptr_t
	end    *fadeEnd
}

// fadeEnd is what C knows by its cgo.Handle.
type fadeEnd struct {
	done chan struct{}
	end  FadeEnd // before done is closed
}

//export pbgoEndFade
func pbgoEndFade(context C.uintptr_t, end C.perbus_desk_fade_end) {
	handle := cgo.Handle(context)
	fade := handle.Value().(*fadeEnd)
	handle.Delete()
	switch end {
	case C.PERBUS_DESK_FADE_FINISHED:
		fade.end = FadeFinished
	case C.PERBUS_DESK_FADE_STOPPED:
		fade.end = FadeStopped
	default:
		fade.end = FadeReplaced
	}
	close(fade.done)
}

// Done is closed when the fade is over: after the offline block that ends it, or within a few
// milliseconds while a device plays.
func (f *Fade) Done() <-chan struct{} { return f.end.done }

// End is how the fade came to its end, [FadeRunning] until then.
func (f *Fade) End() FadeEnd {
	select {
	case <-f.end.done:
		return f.end.end
	default:
		return FadeRunning
	}
}

// Cancel stops the fade where it is; no effect when it is over or was replaced. [ErrNotAttached] when
// the mixer was detached.
func (f *Fade) Cancel() error {
	if f == nil || f.of == nil {
		return failf(ErrInvalidArgument, "the fade is nil")
	}
	defer runtime.KeepAlive(f)
	return do(f.of, func(C.uintptr_t) *C.pbgo_failure { return C.pbgo_fade_cancel(f.handle) })
}

// FadeTo fades the volume to a value, 0 to 4, over a duration, from the next block on. It starts from
// [Bus.Volume], also when that was set just before.
//
// On the portable engine every frame has its own gain, exactly that of the curve; Apple's gets a new
// volume every few milliseconds. A new value or fade replaces the running one. A bus that is unmuted
// during a fade follows the rest of it in steps, block by block.
//
// [ErrOutOfRange] for the volume, or a duration that is negative or more than a day,
// [ErrInvalidArgument] for an unknown curve.
func (b *Bus) FadeTo(volume float32, duration time.Duration, curve Curve) (*Fade, error) {
	return fade(b, func(bus, context C.uintptr_t) C.pbgo_found {
		return C.pbgo_bus_fade(bus, C.float(volume), C.double(duration.Seconds()), C.uint32_t(curve), context)
	})
}

// FadePanTo fades the pan, linearly, to a value from -1 to 1; otherwise as [Bus.FadeTo].
func (b *Bus) FadePanTo(pan float32, duration time.Duration) (*Fade, error) {
	return fade(b, func(bus, context C.uintptr_t) C.pbgo_found {
		return C.pbgo_bus_fade_pan(bus, C.float(pan), C.double(duration.Seconds()), context)
	})
}

// FadeOutputVolumeTo fades the gain of the mixer's sum; otherwise as [Bus.FadeTo].
func (m *Mixer) FadeOutputVolumeTo(volume float32, duration time.Duration, curve Curve) (*Fade, error) {
	return fade(m.base(), func(mixer, context C.uintptr_t) C.pbgo_found {
		return C.pbgo_mixer_fade(mixer, C.float(volume), C.double(duration.Seconds()), C.uint32_t(curve), context)
	})
}

// fade starts a fade of something, with a context for its end.
func fade(of receiver, start func(of, context C.uintptr_t) C.pbgo_found) (*Fade, error) {
	self, err := of.use()
	if err != nil {
		return nil, err
	}
	defer runtime.KeepAlive(of)
	end := &fadeEnd{done: make(chan struct{})}
	context := cgo.NewHandle(end)
	made := start(self, C.uintptr_t(context))
	if err := check(made.failure); err != nil {
		context.Delete()
		return nil, err
	}
	fade := &Fade{of: of, handle: C.uintptr_t(made.number), end: end}
	runtime.SetFinalizer(fade, func(f *Fade) { C.pbgo_fade_release(f.handle) })
	return fade, nil
}
