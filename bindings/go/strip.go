// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

import (
	"errors"
	"sync"
	"sync/atomic"
)

// faders is one bus's fader positions. While one fades, its value is where the fade leads.
type faders struct {
	volume     float32
	volumeFade *moving
	// The fade's volume is set step by step: the engine can only fade from what is heard, and the
	// strip was silent when it came back into the fade.
	stepped bool
	pan     float32
	panFade *moving
	muted   bool
	soloed  bool
}

func (f *faders) setVolume(volume float32) { f.volume, f.volumeFade, f.stepped = volume, nil, false }

func (f *faders) setPan(pan float32) { f.pan, f.panFade = pan, nil }

// silenced: solo in place silences the strips that are not soloed.
func (f *faders) silenced(anySoloed bool) bool { return f.muted || (anySoloed && !f.soloed) }

// noteReturn is for after a change: of a strip that sounds again in the midst of a fade.
func (f *faders) noteReturn(wasSilenced, anySoloed bool) {
	if wasSilenced && !f.silenced(anySoloed) && f.volumeFade != nil {
		f.stepped = true
	}
}

// effective is the volume that the engine gets, and the fade that leads there.
func (f *faders) effective(anySoloed bool) level {
	if f.silenced(anySoloed) {
		return level{}
	}
	return level{f.volume, f.volumeFade}
}

// level is a value and the fade that leads there, if any.
type level struct {
	value float32
	fade  *moving
}

// strip is the channel strip of one input bus. Its lock is held while a change goes to the engine, so
// that the strip and the sound agree when two goroutines move one fader.
type strip struct {
	mu     sync.Mutex
	faders faders
	label  string
	// How many strips of the mixer are soloed; changes with all of their locks held.
	soloed *atomic.Int32
}

func (s *strip) anySoloed() bool { return s.soloed.Load() > 0 }

func (s *strip) get() faders {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faders
}

// change changes the strip, and the connection if it has a source; a change that the engine refuses
// is taken back. Not for solo, which is the whole mixer's business.
func (s *strip) change(to connection, c *core, change func(f *faders)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.faders
	change(&s.faders)
	anySoloed := s.anySoloed()
	s.faders.noteReturn(before.silenced(anySoloed), anySoloed)
	if to.source == nil {
		return nil
	}
	err := to.update(c, &before, &s.faders, anySoloed)
	if err != nil {
		s.faders = before
	}
	return err
}

// apply gives a new connection the strip's values: the engine starts it at the source's own.
func (s *strip) apply(to connection, c *core) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return to.start(c, &s.faders, s.anySoloed())
}

// connection is the source, mixer and bus that a strip's values go to. Without a source there is
// none.
type connection struct {
	source *node
	mixer  *node
	bus    int
}

// byParameter tells whether the bus is set by the mixer's own parameters, because what feeds it has
// no faders.
func (to connection) byParameter() bool { return to.source.kind == kindMatrix }

// update sends what differs.
func (to connection) update(c *core, before, after *faders, anySoloed bool) error {
	if volume := after.effective(anySoloed); volume != before.effective(anySoloed) {
		if err := to.sendVolume(c, volume, after.stepped); err != nil {
			return err
		}
	}
	if pan := (level{after.pan, after.panFade}); pan != (level{before.pan, before.panFade}) {
		return to.sendPan(c, pan)
	}
	return nil
}

// start sends everything. A new connection has not been anywhere: a fade starts from what it is
// given.
func (to connection) start(c *core, f *faders, anySoloed bool) error {
	volume := f.effective(anySoloed)
	if volume.fade != nil {
		if err := to.setVolume(c, volume.fade.at(c.now())); err != nil {
			return err
		}
	}
	if err := to.sendVolume(c, volume, f.stepped); err != nil {
		return err
	}
	pan := level{f.pan, f.panFade}
	if pan.fade != nil {
		if err := to.setPan(c, pan.fade.at(c.now())); err != nil {
			return err
		}
	}
	return to.sendPan(c, pan)
}

func (to connection) setVolume(c *core, volume float32) error {
	bus, value := C.uint32_t(to.bus), C.float(volume)
	if to.byParameter() {
		return check(C.pbgo_bus_set_volume(c.ref(), to.mixer.ref(), bus, value))
	}
	return check(C.pbgo_connection_set_volume(to.source.ref(), to.mixer.ref(), bus, value))
}

func (to connection) setPan(c *core, pan float32) error {
	bus, value := C.uint32_t(to.bus), C.float(pan)
	if to.byParameter() {
		return check(C.pbgo_bus_set_pan(c.ref(), to.mixer.ref(), bus, value))
	}
	return check(C.pbgo_connection_set_pan(to.source.ref(), to.mixer.ref(), bus, value))
}

func (to connection) sendVolume(c *core, volume level, stepped bool) error {
	if volume.fade == nil {
		return to.setVolume(c, volume.value)
	}
	now := c.now()
	left := volume.fade.framesLeft(now)
	if left > 0 && !stepped && !to.byParameter() && !c.withoutFades.Load() {
		failure := C.pbgo_connection_fade_volume(to.source.ref(), to.mixer.ref(), C.uint32_t(to.bus),
			C.float(volume.value), C.uint64_t(left), C.perbus_curve(volume.fade.curve))
		if err := check(failure); !errors.Is(err, ErrUnsupported) {
			return err
		}
		c.withoutFades.Store(true)
	}
	return to.setVolume(c, volume.fade.at(now))
}

func (to connection) sendPan(c *core, pan level) error {
	if pan.fade == nil {
		return to.setPan(c, pan.value)
	}
	now := c.now()
	left := pan.fade.framesLeft(now)
	if left > 0 && !to.byParameter() && !c.withoutFades.Load() {
		failure := C.pbgo_connection_fade_pan(to.source.ref(), to.mixer.ref(), C.uint32_t(to.bus),
			C.float(pan.value), C.uint64_t(left))
		if err := check(failure); !errors.Is(err, ErrUnsupported) {
			return err
		}
		c.withoutFades.Store(true)
	}
	return to.setPan(c, pan.fade.at(now))
}

// strips is a mixer's strips by bus; one is made when it is first asked for or connected to. Its lock
// is taken before those of the strips.
type strips struct {
	mu     sync.Mutex
	byBus  []*strip
	soloed atomic.Int32
}

func (s *strips) get(bus int) *strip {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.getLocked(bus)
}

func (s *strips) getLocked(bus int) *strip {
	if bus >= len(s.byBus) {
		grown := make([]*strip, bus+1, max(bus+1, 2*len(s.byBus)))
		copy(grown, s.byBus)
		s.byBus = grown
	}
	if s.byBus[bus] == nil {
		s.byBus[bus] = &strip{faders: faders{volume: 1}, soloed: &s.soloed}
	}
	return s.byBus[bus]
}

func max(a, b int) int {
	if a > b {
		return a
	}
	return b
}
