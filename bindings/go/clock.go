// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

import (
	"sync"
	"time"
)

// A moment on both clocks, which run alike: so that a time is always the same host time.
var (
	anchored   sync.Once
	anchorTime time.Time
	anchorHost int64
)

func anchor() (time.Time, int64) {
	anchored.Do(func() { anchorTime, anchorHost = time.Now(), int64(C.perbus_get_host_time()) })
	return anchorTime, anchorHost
}

// RenderTime is where an engine is, as [Engine.RenderTime] reports it.
type RenderTime struct {
	// SampleTime is the engine's time, in frames: of the first frame of the next block.
	SampleTime int64
	// SampleRate is frames per second.
	SampleRate float64
	// Time is when that frame is heard: in the future by about the device's latency. It is zero offline,
	// and until the device has asked for its first block.
	Time time.Time
}

// RenderTime is where the engine is, and when that is heard. [ErrNotRunning] while it is stopped or paused.
//
// Maps to lastRenderTime of the output node.
func (e *Engine) RenderTime() (RenderTime, error) {
	var found C.pbgo_render_time
	err := do(e, func(engine C.uintptr_t) *C.pbgo_failure {
		found = C.pbgo_engine_get_render_time(engine)
		return found.failure
	})
	if err != nil {
		return RenderTime{}, err
	}
	it := RenderTime{SampleTime: int64(found.value.sample_time), SampleRate: float64(found.value.sample_rate)}
	if found.value.known&C.PERBUS_TIME_HOST != 0 {
		moment, host := anchor()
		it.Time = moment.Add(time.Duration(int64(found.value.host_time) - host))
	}
	return it, nil
}

// PlayAtTime plays so that the first frame is heard at a time; one that is too early for the latency means
// at once. Players of one engine that are to play at the same time begin with the same frame.
//
// [ErrWrongKind] for an offline engine, [ErrNotAttached]. Maps to playAtTime:.
func (p *Player) PlayAtTime(at time.Time) error {
	return do(p.base(), func(node C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_player_play_at_host_time(node, C.uint64_t(hostTime(at)))
	})
}

// hostTime is a time as C has it; 0 for one before its clock began.
func hostTime(at time.Time) int64 {
	moment, host := anchor()
	if host += int64(at.Sub(moment)); host < 0 {
		return 0
	}
	return host
}
