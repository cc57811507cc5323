// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

import "runtime"

// NewPlayerForFile makes a player for a file, and others with its channels, and attaches it: with the
// file's channels and the engine's rate, to which it converts.
func (e *Engine) NewPlayerForFile(file *File) (*Player, error) {
	var made *Player
	var failed error
	err := file.with(func(opened C.uintptr_t) *C.pbgo_failure {
		made, failed = create(e, func(h handle) *Player { return &Player{h} },
			func(engine C.uintptr_t) C.pbgo_found { return C.pbgo_player_create_for_file(engine, opened) })
		return nil
	})
	if err == nil {
		err = failed
	}
	return made, err
}

// ScheduleFile queues a file after what was queued before. It is decoded ahead on a thread of the
// engine, so that at most two seconds of it are in memory, and its rate is converted to that of the
// player's connection. The player has a position of its own: the file may be read meanwhile, queued
// elsewhere, or closed.
//
// A file that cannot be read to its end is played as far as it can be, and ends with [BufferFailed].
//
// [ErrFormat] when the channel counts of file and connection differ, or the rates are too far apart,
// [ErrWrongKind] for a file that is being written, [ErrNotAttached], [ErrNotConnected] before the first
// connection of a player with a format of its own.
//
// Maps to scheduleFile:atTime:completionHandler:.
func (p *Player) ScheduleFile(file *File) error {
	return p.ScheduleFileWith(file, Schedule{}, nil)
}

// ScheduleFileWith is to ScheduleFile what ScheduleWith is to Schedule. [ErrInvalidArgument] for an
// empty file that loops.
func (p *Player) ScheduleFileWith(file *File, schedule Schedule, completed func()) error {
	return p.queueFile(file, schedule, completed, func(n, f C.uintptr_t, q queued) *C.pbgo_failure {
		return C.pbgo_player_schedule_file(n, f, q.start, q.flags, C.uintptr_t(q.handle))
	})
}

// ScheduleSegment queues so many frames of a file, from start on. Segments that follow each other in
// the file and in the queue sound like the whole. Everything else is as with ScheduleFile.
//
// [ErrOutOfRange] for a segment that is empty or goes past the file's end.
//
// Maps to scheduleSegment:startingFrame:frameCount:atTime:completionHandler:.
func (p *Player) ScheduleSegment(file *File, start, frames int64) error {
	return p.ScheduleSegmentWith(file, start, frames, Schedule{}, nil)
}

// ScheduleSegmentWith is to ScheduleSegment what ScheduleWith is to Schedule.
func (p *Player) ScheduleSegmentWith(file *File, start, frames int64, schedule Schedule, completed func()) error {
	return p.queueFile(file, schedule, completed, func(n, f C.uintptr_t, q queued) *C.pbgo_failure {
		return C.pbgo_player_schedule_segment(n, f, C.int64_t(start), C.int64_t(frames), q.start, q.flags,
			C.uintptr_t(q.handle))
	})
}

func (p *Player) queueFile(file *File, schedule Schedule, completed func(),
	call func(node, file C.uintptr_t, q queued) *C.pbgo_failure) error {
	node, err := p.base().use()
	if err != nil {
		return err
	}
	defer runtime.KeepAlive(p)
	return schedule.queue(completed, func(q queued) error {
		return file.with(func(opened C.uintptr_t) *C.pbgo_failure { return call(node, opened, q) })
	})
}

// Position is where a [Player] is.
type Position struct {
	// PlayerFrame is the player's time, in frames of its connection. It stands still while the player
	// is paused.
	PlayerFrame int64
	// FileFrame is the frame of the file that sounds next; -1 if the player plays a buffer, or nothing
	// is queued.
	FileFrame int64
	// FileFrames is the length of the whole file; 0 without one.
	FileFrames int64
	// LateFrames is how many frames were silent because a file was not decoded in time, since the
	// player was made. Always 0 offline, and on Apple's engine, which does not tell.
	LateFrames uint64
}

// Position is where the player is as of the last block, in its own time and in the file that it plays
// or, until it starts, has first in its queue. Maps to playerTimeForNodeTime:.
func (p *Player) Position() (Position, error) {
	var position Position
	err := do(p.base(), func(node C.uintptr_t) *C.pbgo_failure {
		found := C.pbgo_player_get_position(node)
		position = Position{
			PlayerFrame: int64(found.value.player_frame),
			FileFrame:   int64(found.value.file_frame),
			FileFrames:  int64(found.value.file_frames),
			LateFrames:  uint64(found.value.late_frames),
		}
		return found.failure
	})
	return position, err
}

// SeekTo makes the file that is played, or is first in the queue, go on from another of its frames. Where
// it ends, its loop, and what is queued behind it stay. The next block has the new place; on a device,
// what played goes on until the new place is decoded, which this call waits for. During a sound this
// clicks. It must not be called from a completion.
//
// [ErrOutOfRange] for a frame that is not in the part of the file that was queued, [ErrInvalidArgument]
// if the player plays no file.
//
// Maps to scheduleSegment:startingFrame:frameCount:atTime:completionHandler:.
func (p *Player) SeekTo(frame int64) error {
	return do(p.base(), func(node C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_player_seek(node, C.int64_t(frame))
	})
}
