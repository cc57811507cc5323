// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

import (
	"runtime"
	"runtime/cgo"
	"time"
)

// Player plays buffers and files, one after the other. Their channel count must be that of the player's
// connection; the rate of buffers is taken to be the connection's, which the mixer converts.
//
// A player counts in frames of its connection: its own time, and the engine's time too, which for
// the player runs from the same moment at its own rate. It is an AVAudioPlayerNode.
type Player struct{ handle }

func (p *Player) base() *handle {
	if p == nil {
		return nil
	}
	return &p.handle
}

// Close is that of [Node].
func (p *Player) Close() error { return p.base().Close() }

// NewPlayer makes a player and attaches it. Maps to -[AVAudioPlayerNode init] and attachNode:.
func (e *Engine) NewPlayer() (*Player, error) {
	return create(e, func(h handle) *Player { return &Player{h} },
		func(engine C.uintptr_t) C.pbgo_found { return C.pbgo_player_create(engine) })
}

// NewPlayerWithFormat makes a player of a format and attaches it: it is connected in that format
// unless another is given, and takes buffers of no other. [ErrFormat].
func (e *Engine) NewPlayerWithFormat(format Format) (*Player, error) {
	return create(e, func(h handle) *Player { return &Player{h} },
		func(engine C.uintptr_t) C.pbgo_found {
			return C.pbgo_player_create_with_format(engine, format.native())
		})
}

// BufferEnd is how a scheduled buffer came to its end.
type BufferEnd int

const (
	// BufferPlayed says that it was heard to its end.
	BufferPlayed BufferEnd = C.PERBUS_END_PLAYED
	// BufferInterrupted says that another one took its place.
	BufferInterrupted BufferEnd = C.PERBUS_END_INTERRUPTED
	// BufferStopped says that its player was stopped.
	BufferStopped BufferEnd = C.PERBUS_END_STOPPED
	// BufferDetached says that its player was detached, or that its engine is gone.
	BufferDetached BufferEnd = C.PERBUS_END_DETACHED
	// BufferFailed says that a file could not be read to its end. What was decoded was heard.
	BufferFailed BufferEnd = C.PERBUS_END_FAILED
)

// Schedule is how [Player.ScheduleWith] queues a buffer. The zero value: after the previous one, once.
type Schedule struct {
	// At is the start, in frames of the player's own time; a past one means at once. nil follows
	// the previous buffer.
	At *int64
	// AtTime is, instead of At, when the first frame is heard; a past one means at once. What interrupts at
	// a time does so at once if the player does not play when it is scheduled. The zero value is no time.
	AtTime time.Time
	// Loops repeats the buffer until the player is stopped or interrupted.
	Loops bool
	// Interrupts replaces what plays now and all that is queued.
	Interrupts bool
	// InterruptsAtLoop does the same when the pass that plays now ends.
	InterruptsAtLoop bool
	// Ended is called, unless it is nil, once and with how the buffer came to its end: as completed of
	// [Player.ScheduleWith].
	Ended func(end BufferEnd)
}

// Frame is a pointer to the value, for [Schedule].At.
func Frame(frame int64) *int64 { return &frame }

// Schedule queues a buffer after the previous one.
//
// [ErrFormat] when the channel counts of buffer and connection differ, [ErrNotAttached].
// Maps to scheduleBuffer:completionHandler:.
func (p *Player) Schedule(buffer *Buffer) error {
	return p.ScheduleWith(buffer, Schedule{}, nil)
}

// ScheduleWith queues a buffer, and calls completed, unless it is nil, once the buffer was played,
// interrupted or stopped: on a thread of the engine, where it may schedule more but must not stop the
// player nor call [runtime.Goexit]. A panic in it ends the program, as in any goroutine.
//
// [ErrOutOfRange] for a start past 2^53 frames, [ErrInvalidArgument] for both a frame and a time,
// [ErrWrongKind] for a time on an offline engine, and all that Schedule fails with; completed is not
// called then.
//
// Maps to scheduleBuffer:atTime:options:completionHandler:.
func (p *Player) ScheduleWith(buffer *Buffer, schedule Schedule, completed func()) error {
	node, err := p.base().use()
	if err != nil {
		return err
	}
	defer runtime.KeepAlive(p)
	if buffer == nil {
		return failf(ErrInvalidArgument, "the buffer is nil")
	}
	samples, open := buffer.buffer.use()
	if !open {
		return failf(ErrClosed, "the buffer was closed")
	}
	defer buffer.buffer.leave()
	return schedule.queue(completed, func(q queued) error {
		return check(C.pbgo_player_schedule(node, samples, q.start, q.flags, C.uintptr_t(q.handle)))
	})
}

// queued is a schedule as C takes it.
type queued struct {
	start  C.int64_t
	flags  C.uint32_t
	handle cgo.Handle // 0 where nothing is called at the end
}

// queue makes a call that queues something, and leaves nothing of it when that fails.
func (s *Schedule) queue(completed func(), call func(q queued) error) error {
	q := queued{start: C.PERBUS_FOLLOW, flags: s.flags()}
	if !s.AtTime.IsZero() {
		if s.At != nil {
			return failf(ErrInvalidArgument, "a schedule has At or AtTime, not both")
		}
		q.start = C.int64_t(hostTime(s.AtTime))
	}
	if s.At != nil {
		if q.start = C.int64_t(*s.At); q.start == C.PERBUS_FOLLOW {
			return failf(ErrOutOfRange, "frame %d is past %d", *s.At, int64(C.PERBUS_MAX_TIME))
		}
	}
	if ended := s.Ended; completed != nil || ended != nil {
		q.handle = cgo.NewHandle(func(end BufferEnd) {
			if ended != nil {
				ended(end)
			}
			if completed != nil {
				completed()
			}
		})
	}
	err := call(q)
	if err != nil && q.handle != 0 {
		q.handle.Delete()
	}
	return err
}

func (s *Schedule) flags() C.uint32_t {
	flags := 0
	if s.Loops {
		flags |= C.PERBUS_SCHEDULE_LOOPS
	}
	if s.Interrupts {
		flags |= C.PERBUS_SCHEDULE_INTERRUPTS
	}
	if s.InterruptsAtLoop {
		flags |= C.PERBUS_SCHEDULE_INTERRUPTS_AT_LOOP
	}
	if !s.AtTime.IsZero() {
		flags |= C.PERBUS_SCHEDULE_HOST_TIME
	}
	return C.uint32_t(flags)
}

//export pbgoComplete
func pbgoComplete(context C.uintptr_t, end C.perbus_end) {
	handle := cgo.Handle(context)
	ended := handle.Value().(func(BufferEnd))
	handle.Delete()
	ended(BufferEnd(end))
}

// Play plays from the next rendered frame, or from where it was paused.
//
// [ErrNotRunning] before the engine's start, [ErrNotConnected] when its output goes nowhere,
// [ErrNotAttached]. Maps to play.
func (p *Player) Play() error {
	return do(p.base(), func(node C.uintptr_t) *C.pbgo_failure { return C.pbgo_player_play(node) })
}

// PlayAt plays from a frame of the engine's time ([Engine.SampleTime]), counted at the rate of the
// player's connection; a past one means at once. [ErrOutOfRange] past 2^53, and all that Play fails
// with. Maps to playAtTime:.
func (p *Player) PlayAt(frame int64) error {
	return do(p.base(), func(node C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_player_play_at(node, C.int64_t(frame))
	})
}

// Pause halts the player where it is. Maps to pause.
func (p *Player) Pause() error {
	return do(p.base(), func(node C.uintptr_t) *C.pbgo_failure { return C.pbgo_player_pause(node) })
}

// Stop halts the player, empties its queue and sets its time to 0. It must not be called from a
// completion. Maps to stop.
func (p *Player) Stop() error {
	return do(p.base(), func(node C.uintptr_t) *C.pbgo_failure { return C.pbgo_player_stop(node) })
}

// StopAfter stops the player without a click: its sound falls linearly to silence over the duration, of
// the engine's time, and then it stops as Stop does. [ErrOutOfRange] unless it is 0 to a day.
func (p *Player) StopAfter(duration time.Duration) error {
	return do(p.base(), func(node C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_player_stop_after(node, C.double(duration.Seconds()))
	})
}

// PauseAfter is the same with a pause at its end: the player resumes at its full gain where it fell
// silent.
func (p *Player) PauseAfter(duration time.Duration) error {
	return do(p.base(), func(node C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_player_pause_after(node, C.double(duration.Seconds()))
	})
}

// Playing reports whether the player is playing, even if its queue has run out. Maps to
// isPlaying.
func (p *Player) Playing() (bool, error) {
	found, err := ask(p.base(), func(node C.uintptr_t) C.pbgo_found { return C.pbgo_player_is_playing(node) })
	return found.number != 0, err
}
