// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

import (
	"runtime"
	"runtime/cgo"
)

// Attach gives a detached node back to its engine; no effect on one that is attached.
//
// [ErrWrongEngine] for a node that was made for another engine. Maps to attachNode:.
func (e *Engine) Attach(node Node) error {
	return e.on(baseOf(node), func(engine, node C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_engine_attach(engine, node)
	})
}

// Detach disconnects the node and takes it out of the engine. A player's queue is emptied; a mixer's
// channel strips keep their values; what an effect stood between is connected, if the formats on
// both its sides are the same.
//
// [ErrNotAttached] when it is detached already, [ErrWrongEngine], and [ErrWrongKind] for the main
// mixer and the output. Maps to detachNode:.
func (e *Engine) Detach(node Node) error {
	return e.on(baseOf(node), func(engine, node C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_engine_detach(engine, node)
	})
}

// Connect connects a source's output bus to an input bus, in the format that the source was given
// last, else in the engine's.
//
// Earlier connections of either bus end: a source that is connected elsewhere moves. On a mixer, the
// bus's channel strip takes hold of the connection; the mixer grows when toBus is past its last one.
//
// [ErrNotAttached] and [ErrWrongEngine] for either node, [ErrOutOfRange] for either bus, [ErrCycle]
// when the destination feeds the source or is the source, and [ErrException] when the engine
// refuses: on the portable engine, sample rates further apart than 1 to 256, and a change of rate
// between a source with several connections and the mixer where its paths meet.
//
// Maps to connect:to:fromBus:toBus:format:.
func (e *Engine) Connect(source, destination Node, fromBus, toBus int) error {
	return e.connect(source, destination, fromBus, toBus, nil)
}

// ConnectWithFormat is [Engine.Connect] in a given format: that of the buffers a player will play,
// say. Mixers and the output convert any rate and channel count to their own output's.
//
// [ErrFormat] for the format, and all that Connect fails with.
func (e *Engine) ConnectWithFormat(source, destination Node, fromBus, toBus int, format Format) error {
	native := format.native()
	return e.connect(source, destination, fromBus, toBus, &native)
}

func (e *Engine) connect(source, destination Node, fromBus, toBus int, format *C.perbus_format) error {
	return e.between(baseOf(source), baseOf(destination),
		func(engine, source, destination C.uintptr_t) *C.pbgo_failure {
			return C.pbgo_engine_connect(engine, source, C.uint32_t(fromBus), destination, C.uint32_t(toBus), format)
		}, fromBus, toBus)
}

// DisconnectNodeInput ends the connection of an input bus; no effect when there is none. The bus's
// channel strip keeps its values.
//
// [ErrNotAttached], [ErrWrongEngine], and [ErrOutOfRange] when the node has no such bus.
// Maps to disconnectNodeInput:bus:.
func (e *Engine) DisconnectNodeInput(node Node, bus int) error {
	return e.on(baseOf(node), func(engine, node C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_engine_disconnect_input(engine, node, C.uint32_t(bus))
	}, bus)
}

// DisconnectNodeOutput ends every connection of an output bus; no effect when there is none.
//
// [ErrNotAttached], [ErrWrongEngine], and [ErrOutOfRange] when the node has no such bus.
// Maps to disconnectNodeOutput:bus:.
func (e *Engine) DisconnectNodeOutput(node Node, bus int) error {
	return e.on(baseOf(node), func(engine, node C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_engine_disconnect_output(engine, node, C.uint32_t(bus))
	}, bus)
}

// Destination is a mixer's input bus, for [Engine.ConnectMany].
type Destination struct {
	Mixer *Mixer
	Bus   int
}

// ConnectMany connects a source's output bus to several mixer buses in a given format: it feeds
// exactly these afterwards, each through the bus's own strip.
//
// It fails as [Engine.ConnectWithFormat], for any destination, and with [ErrInvalidArgument] for no
// destination, or one that is listed twice.
//
// Maps to connect:toConnectionPoints:fromBus:format:.
func (e *Engine) ConnectMany(source Node, fromBus int, format Format, to ...Destination) error {
	points := make([]C.pbgo_destination, len(to)+1) // the last one is never looked at
	numbers := []int{fromBus}
	for i, destination := range to {
		mixer, err := destination.Mixer.base().use()
		if err != nil {
			return err
		}
		points[i] = C.pbgo_destination{mixer: mixer, bus: C.uint32_t(destination.Bus)}
		numbers = append(numbers, destination.Bus)
	}
	defer runtime.KeepAlive(to)
	return e.on(baseOf(source), func(engine, source C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_engine_connect_many(engine, source, C.uint32_t(fromBus), &points[0],
			C.size_t(len(to)), format.native())
	}, numbers...)
}

// AddDestination adds one mixer bus to those that a source's output bus feeds: a send. The others go
// on undisturbed on the portable engine; Apple's makes them anew, and their strips take hold again.
//
// It fails as [Engine.Connect].
func (e *Engine) AddDestination(source Node, mixer *Mixer, fromBus, toBus int) error {
	return e.between(baseOf(source), mixer.base(),
		func(engine, source, mixer C.uintptr_t) *C.pbgo_failure {
			return C.pbgo_engine_add_destination(engine, source, C.uint32_t(fromBus), mixer, C.uint32_t(toBus))
		}, fromBus, toBus)
}

// RemoveDestination ends the connection to one of several buses that a source feeds. The others go on
// as for [Engine.AddDestination].
//
// [ErrNotConnected] when the source does not feed that bus, [ErrNotAttached] and [ErrWrongEngine] for
// either node.
func (e *Engine) RemoveDestination(source Node, mixer *Mixer, fromBus, toBus int) error {
	return e.between(baseOf(source), mixer.base(),
		func(engine, source, mixer C.uintptr_t) *C.pbgo_failure {
			return C.pbgo_engine_remove_destination(engine, source, C.uint32_t(fromBus), mixer, C.uint32_t(toBus))
		}, fromBus, toBus)
}

// Batch runs changes as a batch: what it connects, disconnects, sets, schedules, plays, pauses and stops
// on this goroutine is heard from one and the same frame on; players that are started in it start
// together. Batches nest: the outermost one counts. What it has done stays done when it fails, and its
// error is returned.
//
// Calls of other goroutines on the engine wait for its end, so that it must not wait for one, nor for a
// completion, nor panic or call [runtime.Goexit]. On Apple's engine only plays are collected.
func (e *Engine) Batch(changes func() error) error {
	if changes == nil {
		return failf(ErrInvalidArgument, "the function is nil")
	}
	var failed error
	context := cgo.NewHandle(func() { failed = changes() })
	defer context.Delete()
	err := do(e, func(engine C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_engine_batch(engine, C.uintptr_t(context))
	})
	if err != nil {
		return err
	}
	return failed
}

//export pbgoChange
func pbgoChange(context C.uintptr_t) { cgo.Handle(context).Value().(func())() }
