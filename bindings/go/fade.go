// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

import (
	"math"
	"sync"
	"time"
)

// The longest fade.
const longestFade = 24 * time.Hour

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

func (c Curve) value(from, to float32, x float64) float32 {
	const floor = 1e-4
	a, b := float64(from), float64(to)
	switch c {
	case EqualPower:
		return float32(math.Sqrt((1-x)*a*a + x*b*b))
	case Exponential:
		a, b = math.Max(a, floor), math.Max(b, floor)
		return float32(a * math.Pow(b/a, x))
	}
	return float32(a + (b-a)*x)
}

// moving is a value on its way, in the engine's time. It never changes; one fade is one pointer.
type moving struct {
	from, to float32
	start    int64
	frames   uint64
	curve    Curve
}

// at is what the engine has reached at its time now.
func (m *moving) at(now int64) float32 {
	switch {
	case m.frames == 0: // over before its first frame
		return m.to
	case now <= m.start:
		return m.from
	case uint64(now-m.start) >= m.frames:
		return m.to
	}
	return m.curve.value(m.from, m.to, float64(now-m.start)/float64(m.frames))
}

func (m *moving) framesLeft(now int64) uint64 {
	switch {
	case now <= m.start:
		return m.frames
	case uint64(now-m.start) >= m.frames:
		return 0
	}
	return m.frames - uint64(now-m.start)
}

// or is where the fade has got to, or the value of a fader that does not fade: the engine's time is
// asked only while it does.
func (m *moving) or(value float32, b *Bus) float32 {
	if m == nil {
		return value
	}
	return m.at(b.now())
}

func (l level) at(now int64) float32 {
	if l.fade == nil {
		return l.value
	}
	return l.fade.at(now)
}

func (s *strip) volume(c *core) float32 {
	f := s.get()
	if f.volumeFade == nil {
		return f.volume
	}
	return f.volumeFade.at(c.now())
}

func (s *strip) pan(c *core) float32 {
	f := s.get()
	if f.panFade == nil {
		return f.pan
	}
	return f.panFade.at(c.now())
}

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
)

// Fade is a fade under way, or over. Forgetting it lets the fade go on.
type Fade struct {
	bus   *Bus
	state *fadeState
}

// fadeState is what the engine's list of fades and a Fade share.
type fadeState struct {
	moving *moving
	ofPan  bool
	done   chan struct{}

	mu  sync.Mutex
	end FadeEnd
}

// current is the fade that a strip is in.
func (s *fadeState) current(f *faders) *moving {
	if s.ofPan {
		return f.panFade
	}
	return f.volumeFade
}

func (s *fadeState) finish(end FadeEnd) {
	s.mu.Lock()
	s.end = end
	s.mu.Unlock()
	close(s.done)
}

// Done is closed when the fade is over: after the offline block that ends it, or within a few
// milliseconds while a device plays.
func (f *Fade) Done() <-chan struct{} { return f.state.done }

// End is how the fade came to its end, [FadeRunning] until then.
func (f *Fade) End() FadeEnd {
	f.state.mu.Lock()
	defer f.state.mu.Unlock()
	return f.state.end
}

// Cancel stops the fade where it is; no effect when it is over or was replaced. [ErrNotAttached] when
// the mixer was detached.
func (f *Fade) Cancel() error {
	if f == nil || f.state == nil {
		return failf(ErrInvalidArgument, "the fade is nil")
	}
	now := f.bus.now()
	err := f.bus.change(func(set *faders) {
		if f.state.current(set) != f.state.moving {
			return
		}
		if f.state.ofPan {
			set.setPan(f.state.moving.at(now))
		} else {
			set.setVolume(f.state.moving.at(now))
		}
	})
	if err == nil {
		f.bus.mixer.engine.core.lookAfterFades()
	}
	return err
}

// FadeTo fades the volume to a value, 0 to 1, over a duration, from the next block on. It starts from
// [Bus.Volume], also when that was set just before.
//
// On the portable engine every frame has its own gain, exactly that of the curve; Apple's gets a new
// volume every few milliseconds. A new value or fade replaces the running one. A bus that is unmuted
// in the midst of a fade follows the rest of it in steps, block by block.
//
// [ErrOutOfRange] for the volume, or a duration that is negative or more than a day,
// [ErrInvalidArgument] for an unknown curve.
func (b *Bus) FadeTo(volume float32, duration time.Duration, curve Curve) (*Fade, error) {
	if err := checkVolume(volume); err != nil {
		return nil, err
	}
	if curve < Linear || curve > Exponential {
		return nil, failf(ErrInvalidArgument, "unknown curve %d", curve)
	}
	return b.fade(volume, duration, curve, false)
}

// FadePanTo fades the pan, linearly, to a value from -1 to 1; otherwise as [Bus.FadeTo].
func (b *Bus) FadePanTo(pan float32, duration time.Duration) (*Fade, error) {
	if err := checkPan(pan); err != nil {
		return nil, err
	}
	return b.fade(pan, duration, Linear, true)
}

func (b *Bus) fade(to float32, duration time.Duration, curve Curve, ofPan bool) (*Fade, error) {
	if duration < 0 || duration > longestFade {
		return nil, failf(ErrOutOfRange, "a fade of %v is not in 0 to %v", duration, longestFade)
	}
	if err := b.check(); err != nil {
		return nil, err
	}
	c := b.mixer.engine.core
	now := b.now()
	m := &moving{
		to:     to,
		start:  now,
		frames: uint64(math.Round(duration.Seconds() * c.format.SampleRate)),
		curve:  curve,
	}
	err := b.change(func(f *faders) {
		if ofPan {
			m.from = level{f.pan, f.panFade}.at(now)
			f.setPan(to)
			f.panFade = m
		} else {
			m.from = level{f.volume, f.volumeFade}.at(now)
			f.setVolume(to)
			f.volumeFade = m
		}
	})
	if err != nil {
		return nil, err
	}
	state := &fadeState{moving: m, ofPan: ofPan, done: make(chan struct{})}
	c.waitFor(pendingFade{strip: b.strip, at: point{b.mixer.node, b.number}, state: state})
	c.lookAfterFades()
	return &Fade{bus: b, state: state}, nil
}
