// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

/*
#cgo pkg-config: perbus-desk
#include "native.h"
*/
import "C"

import (
	"fmt"
	"math"
	"runtime"
)

// Status is what a call came to. Each one is an error by itself, to be compared with [errors.Is].
type Status int32

// The statuses of perbus.h and perbus/desk.h.
const (
	// ErrInvalidArgument is a nil node or engine, or a value that makes no sense.
	ErrInvalidArgument Status = C.PERBUS_ERROR_INVALID_ARGUMENT
	// ErrOutOfRange is a number outside its range; NaN and infinities too.
	ErrOutOfRange Status = C.PERBUS_ERROR_OUT_OF_RANGE
	// ErrNotConnected says that nothing is connected there.
	ErrNotConnected Status = C.PERBUS_ERROR_NOT_CONNECTED
	// ErrNotAttached says that the node was detached from its engine.
	ErrNotAttached Status = C.PERBUS_ERROR_NOT_ATTACHED
	// ErrWrongEngine says that the node belongs to another engine.
	ErrWrongEngine Status = C.PERBUS_ERROR_WRONG_ENGINE
	// ErrWrongKind is a node or engine of a kind that the call is not for.
	ErrWrongKind Status = C.PERBUS_ERROR_WRONG_KIND
	// ErrNotMixing says that the source has no per-connection volume and pan.
	ErrNotMixing Status = C.PERBUS_ERROR_NOT_MIXING
	// ErrCycle says that the connection would feed a node its own output.
	ErrCycle Status = C.PERBUS_ERROR_CYCLE
	// ErrFormat is a format that does not fit, or is none.
	ErrFormat Status = C.PERBUS_ERROR_FORMAT
	// ErrNotRunning says that the engine is not started.
	ErrNotRunning Status = C.PERBUS_ERROR_NOT_RUNNING
	// ErrStart says that the engine cannot start: there is no device, for one.
	ErrStart Status = C.PERBUS_ERROR_START
	// ErrRender says that rendering failed.
	ErrRender Status = C.PERBUS_ERROR_RENDER
	// ErrException says that AVFAudio threw; the message is its reason.
	ErrException Status = C.PERBUS_ERROR_EXCEPTION
	// ErrNoMemory says that memory ran out.
	ErrNoMemory Status = C.PERBUS_ERROR_NO_MEMORY
	// ErrUnavailable says that the AVFAudio classes are missing from the program.
	ErrUnavailable Status = C.PERBUS_ERROR_UNAVAILABLE
	// ErrUnsupported says that this system's AVFAudio has no such thing.
	ErrUnsupported Status = C.PERBUS_ERROR_UNSUPPORTED
	// ErrInRender says that the call was made from a source's render function.
	ErrInRender Status = C.PERBUS_ERROR_IN_RENDER

	// ErrNoPanControl says that a bus has no source and its mixer feeds no other mixer: there is
	// no pan to fall back to.
	ErrNoPanControl Status = C.PERBUS_ERROR_NO_PAN_CONTROL
	// ErrFile says that an audio file could not be read or written.
	ErrFile Status = C.PERBUS_ERROR_FILE
	// ErrDamaged says that an audio file is cut short or damaged.
	ErrDamaged Status = C.PERBUS_ERROR_DAMAGED
	// ErrPending says that the source feeds the bus, but the engine does not let it control that yet.
	ErrPending Status = C.PERBUS_ERROR_PENDING
	// ErrClosed says that the engine, node or buffer was closed.
	ErrClosed Status = C.PERBUS_ERROR_CLOSED
	// ErrInternal is a fault of the library itself.
	ErrInternal Status = C.PERBUS_ERROR_INTERNAL
)

// String is the status's name in C, such as "PERBUS_ERROR_OUT_OF_RANGE".
func (s Status) String() string { return C.GoString(C.perbus_status_name(C.perbus_status(s))) }

// Is makes [ErrInRender] one of the calls that are for another time or place: it is [ErrWrongKind], too.
func (s Status) Is(target error) bool { return s == ErrInRender && target == ErrWrongKind }

// Error is String: a Status is an error.
func (s Status) Error() string { return s.String() }

// Error is why a call failed.
type Error struct {
	// Status is the kind of failure, which [errors.Is] compares with.
	Status Status
	// OSCode is the system's own code (an OSStatus), or 0.
	OSCode int32
	// Message is one line that names the value at fault and its limit.
	Message string
}

// Error is the message.
func (e *Error) Error() string {
	if e.OSCode != 0 {
		return fmt.Sprintf("perbus: %s (code %d)", e.Message, e.OSCode)
	}
	return "perbus: " + e.Message
}

// Unwrap is the status.
func (e *Error) Unwrap() error { return e.Status }

func failf(status Status, format string, values ...any) error {
	return &Error{Status: status, Message: fmt.Sprintf(format, values...)}
}

// check makes an error of a call's failure and ends it. nil for success.
func check(failure *C.pbgo_failure) error {
	if failure == nil {
		return nil
	}
	err := &Error{
		Status:  Status(failure.status),
		OSCode:  int32(failure.error.os_code),
		Message: C.GoString(&failure.error.message[0]),
	}
	C.pbgo_failure_free(failure)
	return err
}

// receiver is what calls are made on: an engine, a node or a bus. use checks that it may be called.
type receiver interface {
	use() (C.uintptr_t, error)
}

// do makes a call. The numbers are those that it takes as C's, of 32 bits without a sign.
func do(on receiver, call func(receiver C.uintptr_t) *C.pbgo_failure, numbers ...int) error {
	handle, err := on.use()
	if err == nil {
		err = fit(numbers...)
	}
	if err != nil {
		return err
	}
	defer runtime.KeepAlive(on)
	return check(call(handle))
}

// ask makes a call that finds something.
func ask(on receiver, call func(receiver C.uintptr_t) C.pbgo_found, numbers ...int) (C.pbgo_found, error) {
	var found C.pbgo_found
	err := do(on, func(receiver C.uintptr_t) *C.pbgo_failure {
		found = call(receiver)
		return found.failure
	}, numbers...)
	return found, err
}

// askFloat is ask for a volume, a pan or a gain.
func askFloat(on receiver, call func(receiver C.uintptr_t) C.pbgo_found, numbers ...int) (float32, error) {
	found, err := ask(on, call, numbers...)
	return float32(found.value), err
}

// fit refuses counts, buses and channels that C has no numbers for.
func fit(numbers ...int) error {
	for _, number := range numbers {
		if uint64(number) > math.MaxUint32 {
			return failf(ErrOutOfRange, "%d is not in 0 to %d", number, uint32(math.MaxUint32))
		}
	}
	return nil
}
