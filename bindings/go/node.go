// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

import (
	"fmt"
	"unsafe"
)

// NodeID is a node's identity: equal for all handles of one node, and for that node only while it
// lives.
type NodeID uint64

// String is the identity in hexadecimal.
func (id NodeID) String() string { return fmt.Sprintf("%#x", uint64(id)) }

// Node is a node of an engine: [*Mixer], [*Player], [*Source], [*Equalizer], [*Matrix] or [*Output].
// It is an AVAudioNode.
//
// A detached node stays valid: calls that need its engine fail with [ErrNotAttached]. A closed one
// fails with [ErrClosed].
type Node interface {
	// ID is the node's identity.
	ID() NodeID
	// Engine is the engine that the node was made for.
	Engine() *Engine
	// Close takes the node out of its engine and ends it.
	Close() error
	base() *handle
}

type kind uint8

const (
	kindOutput kind = iota
	kindMixer
	kindPlayer
	kindSource
	kindEffect
	kindMatrix
)

// mixes tells whether the engine gives such a node a volume and pan per connection.
func (k kind) mixes() bool { return k == kindMixer || k == kindPlayer || k == kindSource }

// node owns a native node handle, with what belongs to the node rather than to its engine. It never
// refers to an Engine, which could not be collected then.
type node struct {
	core *core
	id   NodeID
	kind kind

	// The following change with the graph lock held for writing.

	raw      *C.perbus_node // nil once closed
	attached bool
	format   Format // of its output, once it was given one; else the zero value
	routes   routes

	strips   strips   // a mixer's: they outlive connections, and being detached
	settings settings // what a matrix was set to; it outlives connections and starts
}

func refOf(raw *C.perbus_node) C.pbgo_node_ref {
	return C.pbgo_node_ref{address: C.uintptr_t(uintptr(unsafe.Pointer(raw)))}
}

// ref is the handle as C is given it.
func (n *node) ref() C.pbgo_node_ref { return refOf(n.raw) }

func (n *node) checkAttached() error {
	if n.attached {
		return nil
	}
	return failf(ErrNotAttached, "the node was detached from its engine")
}

// handle is what users hold: it keeps the engine.
type handle struct {
	engine *Engine
	node   *node
}

// ID is the node's identity.
func (h *handle) ID() NodeID { return h.node.id }

// Engine is the engine that the node was made for.
func (h *handle) Engine() *Engine { return h.engine }

// Close takes the node out of its engine and ends it; calling it again has no effect. The strips of
// the mixers that it fed keep their values.
//
// [ErrWrongKind] for the main mixer and the output, which end with their engine, and in a
// [RenderFunc].
func (h *handle) Close() error {
	if h == nil || h.node == nil {
		return nil
	}
	if err := outside(); err != nil {
		return err
	}
	c := h.engine.core
	c.mu.Lock()
	n := h.node
	if n.raw == nil {
		c.mu.Unlock()
		return nil
	}
	var err error
	if n.attached {
		err = c.detach(n)
		if n.attached { // refused: the engine's own
			c.mu.Unlock()
			return err
		}
	}
	raw := n.raw
	n.raw = nil
	c.forget(n)
	c.mu.Unlock()
	// Without the lock: what the node's end runs may call back.
	C.perbus_node_release(raw)
	return err
}

// enter keeps graph changes away until the engine's leave.
func (h *handle) enter() (*node, error) {
	if h == nil || h.node == nil {
		return nil, failf(ErrInvalidArgument, "the node is nil")
	}
	c, err := h.engine.enter()
	if err != nil {
		return nil, err
	}
	n, err := c.own(h)
	if err != nil {
		h.engine.leave()
		return nil, err
	}
	return n, nil
}

func baseOf(n Node) *handle {
	if n == nil {
		return nil
	}
	return n.base()
}

// Output is where an engine's mix leaves it. It is an AVAudioOutputNode.
type Output struct{ handle }

func (o *Output) base() *handle {
	if o == nil {
		return nil
	}
	return &o.handle
}

// Close is that of [Node].
func (o *Output) Close() error { return o.base().Close() }
