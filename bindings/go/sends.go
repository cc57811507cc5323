// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

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
	c, err := e.enterAlone()
	if err != nil {
		return err
	}
	defer e.leaveAlone()
	from, err := c.attachedPoint(source, fromBus)
	if err != nil {
		return err
	}
	points := make([]point, len(to))
	for i, destination := range to {
		if points[i], err = c.attachedPoint(destination.Mixer, destination.Bus); err != nil {
			return err
		}
	}
	return c.feed(from, points, format)
}

// AddDestination adds one mixer bus to those that a source's output bus feeds: a send. The others go
// on undisturbed on the portable engine; Apple's makes them anew, and their strips take hold again.
//
// It fails as [Engine.Connect].
func (e *Engine) AddDestination(source Node, mixer *Mixer, fromBus, toBus int) error {
	return e.between(source, mixer, fromBus, toBus, func(c *core, from, to point) error {
		points := append(without(destinations(from), to), to)
		return c.feed(from, points, c.formatFrom(from.node))
	})
}

// RemoveDestination ends the connection to one of several buses that a source feeds. The others go on
// as for [Engine.AddDestination].
//
// [ErrNotConnected] when the source does not feed that bus, [ErrNotAttached] and [ErrWrongEngine] for
// either node.
func (e *Engine) RemoveDestination(source Node, mixer *Mixer, fromBus, toBus int) error {
	return e.between(source, mixer, fromBus, toBus, func(c *core, from, to point) error {
		l := linkTo(to)
		if l == nil || l.source != from {
			return failf(ErrNotConnected, "the source does not feed input bus %d of this mixer", toBus)
		}
		points := without(destinations(from), to)
		if len(points) == 0 {
			return c.disconnectOutput(from)
		}
		return c.feed(from, points, c.formatFrom(from.node))
	})
}

// feed makes the source's bus feed exactly these input buses, each with its strip's values.
func (c *core) feed(from point, to []point, format Format) error {
	if len(to) == 0 {
		return failf(ErrInvalidArgument, "no destination")
	}
	native, err := format.native()
	if err != nil {
		return err
	}
	points := make([]C.perbus_destination, len(to))
	for i, p := range to {
		points[i] = C.perbus_destination{node: p.node.raw, bus: C.uint32_t(p.bus)}
	}
	return c.bracket(func() error {
		failure := C.pbgo_engine_connect_many(c.ref(), from.node.ref(), C.uint32_t(from.bus), &points[0],
			C.size_t(len(points)), native)
		if err := check(failure); err != nil {
			return err
		}
		from.node.format = format
		changed := destinations(from)
		disconnectOutput(from)
		for _, p := range to {
			join(from, p)
			changed = append(without(changed, p), p)
		}
		return c.renew(changed...)
	})
}
