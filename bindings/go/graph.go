// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

import "runtime"

// Attach gives a detached node back to its engine; no effect on one that is attached.
//
// [ErrWrongEngine] for a node that was made for another engine. Maps to attachNode:.
func (e *Engine) Attach(node Node) error {
	c, err := e.enterAlone()
	if err != nil {
		return err
	}
	defer e.leaveAlone()
	n, err := c.own(baseOf(node))
	if err != nil {
		return err
	}
	if err := check(C.pbgo_engine_attach(c.ref(), n.ref())); err != nil {
		return err
	}
	n.attached = true
	return nil
}

// Detach disconnects the node and takes it out of the engine. A player's queue is emptied; a mixer's
// channel strips keep their values; what an effect stood between is connected, if the formats on
// both its sides are the same.
//
// [ErrNotAttached] when it is detached already, [ErrWrongEngine], and [ErrWrongKind] for the main
// mixer and the output. Maps to detachNode:.
func (e *Engine) Detach(node Node) error {
	c, err := e.enterAlone()
	if err != nil {
		return err
	}
	defer e.leaveAlone()
	n, err := c.own(baseOf(node))
	if err != nil {
		return err
	}
	if err := n.checkAttached(); err != nil {
		return err
	}
	return c.detach(n)
}

// detach is with the graph lock held for writing.
func (c *core) detach(n *node) error {
	fed := fedBy(n)
	feeding := linkTo(point{n, 0})
	if err := check(C.pbgo_engine_detach(c.ref(), n.ref())); err != nil {
		return err
	}
	removeRoutes(n)
	n.attached = false
	var failed error
	if feeding != nil && n.kind == kindEffect {
		// Engines may connect what a detached effect stood between; the engine says where it did.
		for _, to := range fed {
			found, err := c.track(to)
			if err != nil {
				failed = err
			} else if found != nil && *found == feeding.source.endpoint() {
				join(feeding.source, to)
			}
		}
	}
	if err := c.renew(fed...); err != nil {
		return err
	}
	return failed
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
	return e.connect(source, destination, fromBus, toBus, &format)
}

// between calls with the graph lock held for writing, and both ends of a connection checked.
func (e *Engine) between(source, destination Node, fromBus, toBus int,
	call func(c *core, from, to point) error) error {
	c, err := e.enterAlone()
	if err != nil {
		return err
	}
	defer e.leaveAlone()
	from, err := c.attachedPoint(source, fromBus)
	if err != nil {
		return err
	}
	to, err := c.attachedPoint(destination, toBus)
	if err != nil {
		return err
	}
	return call(c, from, to)
}

func (e *Engine) connect(source, destination Node, fromBus, toBus int, format *Format) error {
	return e.between(source, destination, fromBus, toBus, func(c *core, from, to point) error {
		return c.connect(from, to, format)
	})
}

func (c *core) connect(from, to point, format *Format) error {
	wanted := c.formatFrom(from.node)
	if format != nil {
		wanted = *format
	}
	native, err := wanted.native()
	if err != nil {
		return err
	}
	return c.bracket(func() error {
		failure := C.pbgo_engine_connect(c.ref(), from.node.ref(), C.uint32_t(from.bus), to.node.ref(),
			C.uint32_t(to.bus), native)
		if err := check(failure); err != nil {
			return err
		}
		from.node.format = wanted
		if to.node.kind == kindEffect {
			// What comes in goes out: an effect converts nothing.
			to.node.format = wanted
		}
		left := without(destinations(from), to)
		connect(from, to)
		_ = c.renew(left...)
		applied := c.renew(to)
		if applied != nil {
			// A connection that its strip cannot take hold of is none of ours.
			failure := C.pbgo_engine_disconnect_input(c.ref(), to.node.ref(), C.uint32_t(to.bus))
			if err := check(failure); err != nil {
				return err
			}
			disconnectInput(to)
			_ = c.renew(to)
		}
		for _, n := range []*node{from.node, to.node} {
			// A matrix may have been made anew. One that takes no levels yet gets them with the
			// start, which also reports what is wrong with it.
			_ = n.settings.apply(n)
		}
		return applied
	})
}

// formatFrom is the format in which a node is connected unless told otherwise.
func (c *core) formatFrom(n *node) Format {
	if n.format != (Format{}) {
		return n.format
	}
	return c.format
}

// attachedPoint checks a node that a graph call is for.
func (c *core) attachedPoint(node Node, bus int) (point, error) {
	n, err := c.own(baseOf(node))
	if err != nil {
		return point{}, err
	}
	if err := n.checkAttached(); err != nil {
		return point{}, err
	}
	if _, err := number("bus", bus); err != nil {
		return point{}, err
	}
	return point{n, bus}, nil
}

func without(points []point, one point) []point {
	var others []point
	for _, p := range points {
		if p != one {
			others = append(others, p)
		}
	}
	return others
}

// bracket lets all that call does be heard from one block on, on the portable engine. With the graph
// lock held.
func (c *core) bracket(call func() error) error {
	// A bracket belongs to the thread that opened it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := check(C.pbgo_engine_begin_change(c.ref())); err != nil {
		return err
	}
	err := call()
	if ended := check(C.pbgo_engine_end_change(c.ref())); ended != nil {
		return ended
	}
	return err
}

// DisconnectNodeInput ends the connection of an input bus; no effect when there is none. The bus's
// channel strip keeps its values.
//
// [ErrNotAttached], [ErrWrongEngine], and [ErrOutOfRange] when the node has no such bus.
// Maps to disconnectNodeInput:bus:.
func (e *Engine) DisconnectNodeInput(node Node, bus int) error {
	c, err := e.enterAlone()
	if err != nil {
		return err
	}
	defer e.leaveAlone()
	to, err := c.attachedPoint(node, bus)
	if err != nil {
		return err
	}
	failure := C.pbgo_engine_disconnect_input(c.ref(), to.node.ref(), C.uint32_t(bus))
	if err := check(failure); err != nil {
		return err
	}
	disconnectInput(to)
	return c.renew(to)
}

// DisconnectNodeOutput ends every connection of an output bus; no effect when there is none.
//
// [ErrNotAttached], [ErrWrongEngine], and [ErrOutOfRange] when the node has no such bus.
// Maps to disconnectNodeOutput:bus:.
func (e *Engine) DisconnectNodeOutput(node Node, bus int) error {
	c, err := e.enterAlone()
	if err != nil {
		return err
	}
	defer e.leaveAlone()
	from, err := c.attachedPoint(node, bus)
	if err != nil {
		return err
	}
	return c.disconnectOutput(from)
}

func (c *core) disconnectOutput(from point) error {
	failure := C.pbgo_engine_disconnect_output(c.ref(), from.node.ref(), C.uint32_t(from.bus))
	if err := check(failure); err != nil {
		return err
	}
	fed := destinations(from)
	disconnectOutput(from)
	return c.renew(fed...)
}
