// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

import (
	"errors"
	"fmt"
)

// Endpoint is one bus of a node.
type Endpoint struct {
	Node NodeID
	Bus  int
}

// String is such as "0x5581 bus 3".
func (e Endpoint) String() string { return fmt.Sprintf("%v bus %d", e.Node, e.Bus) }

func (p point) endpoint() Endpoint { return Endpoint{p.node.id, p.bus} }

// NodeInfo is what [Engine.InspectNode] tells.
type NodeInfo struct {
	// Attached tells whether the engine has the node.
	Attached bool
	// Inputs is the formats of the input buses, connected or not.
	Inputs []Format
	// Outputs is the formats of the output buses.
	Outputs []Format
}

// InspectNode asks the engine whether a node is attached, and for its buses' formats.
//
// [ErrWrongEngine]. Maps to numberOfInputs, numberOfOutputs, inputFormatForBus: and
// outputFormatForBus:.
func (e *Engine) InspectNode(node Node) (*NodeInfo, error) {
	c, err := e.enter()
	if err != nil {
		return nil, err
	}
	defer e.leave()
	n, err := c.own(baseOf(node))
	if err != nil {
		return nil, err
	}
	found := C.pbgo_node_get_info(n.ref())
	if err := check(found.failure); err != nil {
		return nil, err
	}
	info := &NodeInfo{Attached: bool(found.value.attached)}
	for bus := C.uint32_t(0); bus < found.value.inputs; bus++ {
		format := C.pbgo_node_get_input_format(n.ref(), bus)
		if err := check(format.failure); err != nil {
			return nil, err
		}
		info.Inputs = append(info.Inputs, formatOf(format.value))
	}
	for bus := C.uint32_t(0); bus < found.value.outputs; bus++ {
		format := C.pbgo_node_get_output_format(n.ref(), bus)
		if err := check(format.failure); err != nil {
			return nil, err
		}
		info.Outputs = append(info.Outputs, formatOf(format.value))
	}
	return info, nil
}

// SourceOf is what the map of connections says feeds an input bus: the source and its output bus, or
// nil. [ErrNotAttached], [ErrWrongEngine].
func (e *Engine) SourceOf(node Node, bus int) (*Endpoint, error) {
	c, err := e.enter()
	if err != nil {
		return nil, err
	}
	defer e.leave()
	to, err := c.attachedPoint(node, bus)
	if err != nil {
		return nil, err
	}
	return tracked(to), nil
}

func tracked(to point) *Endpoint {
	l := linkTo(to)
	if l == nil {
		return nil
	}
	source := l.source.endpoint()
	return &source
}

// Discrepancy is an input bus on which the map of connections and the engine disagree.
type Discrepancy struct {
	// At is the input bus.
	At Endpoint
	// Tracked is the source and its output bus according to the map; nil for none.
	Tracked *Endpoint
	// Engine is the same according to the engine.
	Engine *Endpoint
}

// String is one line.
func (d Discrepancy) String() string {
	return fmt.Sprintf("%v: tracked %v, the engine has %v", d.At, d.Tracked, d.Engine)
}

// Audit is every input bus on which the map of connections and the engine disagree, the engine being
// asked bus by bus. Empty unless something outside this package has rewired the engine.
//
// Maps to inputConnectionPointForNode:inputBus:.
func (e *Engine) Audit() ([]Discrepancy, error) {
	// Alone: the engine's answers and the map must be of one moment.
	c, err := e.enterAlone()
	if err != nil {
		return nil, err
	}
	defer e.leaveAlone()
	var found []Discrepancy
	for _, n := range c.nodes {
		if !n.attached {
			continue
		}
		info := C.pbgo_node_get_info(n.ref())
		if err := check(info.failure); err != nil {
			return nil, err
		}
		for bus := 0; bus < max(int(info.value.inputs), len(n.routes.inputs)); bus++ {
			at := point{n, bus}
			engine, err := c.track(at)
			if err != nil {
				return nil, err
			}
			if known := tracked(at); !sameEndpoint(known, engine) {
				found = append(found, Discrepancy{at.endpoint(), known, engine})
			}
		}
	}
	return found, nil
}

func sameEndpoint(a, b *Endpoint) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// track is what the engine says feeds an input bus.
func (c *core) track(to point) (*Endpoint, error) {
	found := C.pbgo_track_input(c.ref(), to.node.ref(), C.uint32_t(to.bus))
	if err := check(found.failure); errors.Is(err, ErrNotConnected) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	return &Endpoint{NodeID(found.value.node), int(found.value.bus)}, nil
}
