// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

import (
	"sync"
	"time"
)

// Looking after the fades that are under way: their ends, and their steps on engines that do not fade
// by themselves.

// How often running fades are looked after while a device plays.
const fadeTick = 5 * time.Millisecond

// pendingFade is what waits for a fade's end.
type pendingFade struct {
	strip *strip
	at    point
	state *fadeState
}

// fades is what an engine has under way.
type fades struct {
	mu      sync.Mutex // taken after the graph lock and before the strips'
	pending []pendingFade
	ticking bool // a goroutine looks after them, because a device plays
	closed  bool
}

func (c *core) waitFor(fade pendingFade) {
	c.fades.mu.Lock()
	defer c.fades.mu.Unlock()
	if c.fades.closed {
		fade.state.finish(FadeReplaced)
		return
	}
	c.fades.pending = append(c.fades.pending, fade)
	// Offline the renderer looks after them, block by block.
	if c.maxFrames == 0 && !c.fades.ticking {
		c.fades.ticking = true
		go c.tick()
	}
}

func (c *core) tick() {
	for {
		time.Sleep(fadeTick)
		c.lookAfterFades()
		c.fades.mu.Lock()
		if len(c.fades.pending) == 0 {
			c.fades.ticking = false
			c.fades.mu.Unlock()
			return
		}
		c.fades.mu.Unlock()
	}
}

// lookAfterFades ends what is over, and steps what the engine does not fade itself.
func (c *core) lookAfterFades() {
	c.fades.mu.Lock()
	idle := len(c.fades.pending) == 0
	c.fades.mu.Unlock()
	if idle {
		return
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.raw == nil {
		return
	}
	now := c.now()
	c.fades.mu.Lock()
	defer c.fades.mu.Unlock()
	left := c.fades.pending[:0]
	for _, fade := range c.fades.pending {
		f := fade.strip.get()
		current := fade.state.current(&f) == fade.state.moving
		if current {
			c.step(fade)
		}
		switch {
		case !current:
			fade.state.finish(FadeReplaced)
		case fade.state.moving.framesLeft(now) == 0:
			fade.strip.settle(fade.state)
			fade.state.finish(FadeFinished)
		default:
			left = append(left, fade)
		}
	}
	for i := len(left); i < len(c.fades.pending); i++ {
		c.fades.pending[i] = pendingFade{}
	}
	c.fades.pending = left
}

// endFades is for an engine that was closed.
func (c *core) endFades() {
	c.fades.mu.Lock()
	defer c.fades.mu.Unlock()
	c.fades.closed = true
	for _, fade := range c.fades.pending {
		fade.state.finish(FadeReplaced)
	}
	c.fades.pending = nil
}

// step sets where a fade has got to, if the engine does not fade the value by itself. A value that
// the engine refuses is tried again with the next step.
func (c *core) step(fade pendingFade) {
	tracked, to := faderAt(fade.at)
	if tracked != fade.strip || to.source == nil {
		return
	}
	s := fade.strip
	s.mu.Lock()
	defer s.mu.Unlock()
	byItself := !c.withoutFades.Load() && !to.byParameter()
	if fade.state.current(&s.faders) != fade.state.moving {
		return
	}
	value := fade.state.moving.at(c.now())
	switch {
	case fade.state.ofPan && !byItself:
		_ = to.setPan(c, value)
	case !fade.state.ofPan && (!byItself || s.faders.stepped) && !s.faders.silenced(s.anySoloed()):
		_ = to.setVolume(c, value)
	}
}

// settle forgets a fade that has arrived.
func (s *strip) settle(arrived *fadeState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if arrived.current(&s.faders) != arrived.moving {
		return
	}
	if arrived.ofPan {
		s.faders.panFade = nil
	} else {
		s.faders.volumeFade = nil
	}
}
