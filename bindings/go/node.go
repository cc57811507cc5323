// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

import (
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
)

// NodeID is a node's identity: equal for all handles of one node, and for that node only while it
// lives.
type NodeID uint64

// String is the identity in hexadecimal.
func (id NodeID) String() string { return fmt.Sprintf("%#x", uint64(id)) }

// Node is a node of an engine: [*Mixer], [*Player], [*Source], [*Input], [*Equalizer], [*Matrix] or [*Output].
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

// node owns a node's handle. It never refers to an Engine, which could not be collected then.
type node struct {
	handle C.uintptr_t
	raw    *C.perbus_node // perbus.h's, for who goes past this package
	id     NodeID
	closed atomic.Bool
}

func newNode(made C.pbgo_found) *node {
	handle := C.uintptr_t(made.number)
	n := &node{
		handle: handle,
		raw:    C.pbgo_node_get_raw(handle),
		id:     NodeID(C.pbgo_node_get_id(handle)),
	}
	runtime.SetFinalizer(n, func(n *node) { C.pbgo_node_release(n.handle) })
	return n
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
// [ErrWrongKind] for the main mixer and the output, which end with their engine, [ErrInRender] in a
// [RenderFunc].
func (h *handle) Close() error {
	if h == nil || h.node == nil || h.node.closed.Load() {
		return nil
	}
	err := h.engine.Detach(h)
	switch {
	case errors.Is(err, ErrNotAttached), errors.Is(err, ErrClosed):
		err = nil
	case err != nil:
		return err
	}
	h.node.closed.Store(true)
	return err
}

func (h *handle) base() *handle { return h }

// use checks that the node may be called. The caller keeps it alive during the call.
func (h *handle) use() (C.uintptr_t, error) {
	switch {
	case h == nil || h.node == nil:
		return 0, failf(ErrInvalidArgument, "the node is nil")
	case h.node.closed.Load():
		return 0, failf(ErrClosed, "the node was closed")
	}
	return h.node.handle, nil
}

// between is for calls of an engine on nodes.
func (e *Engine) between(one, two *handle,
	call func(engine, one, two C.uintptr_t) *C.pbgo_failure, numbers ...int) error {
	engine, err := e.use()
	if err != nil {
		return err
	}
	first, err := one.use()
	if err != nil {
		return err
	}
	defer runtime.KeepAlive(e)
	defer runtime.KeepAlive(one)
	return do(two, func(second C.uintptr_t) *C.pbgo_failure {
		return call(engine, first, second)
	}, numbers...)
}

func (e *Engine) on(node *handle, call func(engine, node C.uintptr_t) *C.pbgo_failure,
	numbers ...int) error {
	return e.between(node, node, func(engine, node, _ C.uintptr_t) *C.pbgo_failure {
		return call(engine, node)
	}, numbers...)
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
