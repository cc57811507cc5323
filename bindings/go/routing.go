// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// Which source feeds which input bus: the map behind every per-bus call. It follows the engine's
// rules: one input bus has one source, a plain connection moves its source, and detaching a node
// ends what hung on it. It changes only after the engine has, with the graph lock held for writing.

// point is one bus of a node.
type point struct {
	node *node
	bus  int
}

// link is what feeds one input bus.
type link struct {
	source point
	// The mixer's strip; nil where the destination is no mixer.
	strip *strip
	// Whose volume and pan the strip's are, on a mixer bus: the source itself, or the nearest
	// upstream of it that has such a control. Kept here, so that a per-bus call need not look.
	mixing *node
}

// routes is a node's part of the map.
type routes struct {
	inputs  []*link   // by input bus
	outputs [][]point // by output bus: the input buses that it feeds
}

// linkTo is what feeds an input bus, or nil.
func linkTo(to point) *link {
	if to.bus < 0 || to.bus >= len(to.node.routes.inputs) {
		return nil
	}
	return to.node.routes.inputs[to.bus]
}

// destinations is the input buses that an output bus feeds: a copy.
func destinations(from point) []point {
	outputs := from.node.routes.outputs
	if from.bus < 0 || from.bus >= len(outputs) {
		return nil
	}
	return append([]point(nil), outputs[from.bus]...)
}

// fedBy is the input buses that a node feeds, whichever its output bus: a copy.
func fedBy(n *node) []point {
	var fed []point
	for _, points := range n.routes.outputs {
		fed = append(fed, points...)
	}
	return fed
}

// connect makes the source's bus feed that input bus and nothing else.
func connect(from, to point) {
	disconnectOutput(from)
	join(from, to)
}

// join makes the source's bus feed that input bus, too; it has no other source.
func join(from, to point) {
	disconnectInput(to)
	l := &link{source: from}
	if to.node.kind == kindMixer {
		l.strip = to.node.strips.get(to.bus)
	}
	inputs := &to.node.routes.inputs
	for len(*inputs) <= to.bus {
		*inputs = append(*inputs, nil)
	}
	(*inputs)[to.bus] = l
	outputs := &from.node.routes.outputs
	for len(*outputs) <= from.bus {
		*outputs = append(*outputs, nil)
	}
	(*outputs)[from.bus] = append((*outputs)[from.bus], to)
}

func disconnectInput(to point) {
	l := linkTo(to)
	if l == nil {
		return
	}
	to.node.routes.inputs[to.bus] = nil
	fed := l.source.node.routes.outputs[l.source.bus]
	for i, other := range fed {
		if other == to {
			l.source.node.routes.outputs[l.source.bus] = append(fed[:i:i], fed[i+1:]...)
			return
		}
	}
}

func disconnectOutput(from point) {
	for _, to := range destinations(from) {
		disconnectInput(to)
	}
}

// removeRoutes disconnects a node on both sides.
func removeRoutes(n *node) {
	for bus := range n.routes.inputs {
		disconnectInput(point{n, bus})
	}
	for bus := range n.routes.outputs {
		disconnectOutput(point{n, bus})
	}
	n.routes = routes{}
}

// fader is the strip of a bus that something feeds, and where its values go: a connection without a
// source behind an effect that nothing feeds.
func (l *link) fader(to point) (*strip, connection) {
	return l.strip, connection{source: l.mixing, mixer: to.node, bus: to.bus}
}

// faderAt is the same for a bus; a nil strip where no source is tracked.
func faderAt(to point) (*strip, connection) {
	if l := linkTo(to); l != nil {
		return l.fader(to)
	}
	return nil, connection{}
}

// renew is for after what feeds some input buses has changed: it finds the sources of all mixer
// buses that hear of it anew, and gives their connections the strips' values, which the engine has
// dropped. The first failure is told when all is done.
func (c *core) renew(changed ...point) error {
	var failed error
	for _, input := range changed {
		for _, bus := range mixerBuses(input) {
			l := linkTo(bus)
			if l == nil {
				continue
			}
			l.mixing = mixingSource(l)
			if s, to := l.fader(bus); s != nil && to.source != nil {
				if err := s.apply(to, c); err != nil && failed == nil {
					failed = err
				}
			}
		}
	}
	return failed
}

// mixerBuses is the mixer buses that an input bus leads to: itself, or those behind an effect.
func mixerBuses(input point) []point {
	var found []point
	for open := []point{input}; len(open) > 0; {
		input = open[len(open)-1]
		open = open[:len(open)-1]
		switch input.node.kind {
		case kindMixer:
			found = append(found, input)
		case kindEffect:
			open = append(open, fedBy(input.node)...)
		}
	}
	return found
}

func mixingSource(l *link) *node {
	for l != nil && l.source.node.kind == kindEffect {
		l = linkTo(point{l.source.node, 0})
	}
	// A matrix has no faders: the mixer's own parameters take their place.
	if l != nil && (l.source.node.kind == kindMatrix || l.source.node.kind.mixes()) {
		return l.source.node
	}
	return nil
}
