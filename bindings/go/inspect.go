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

func endpointOf(point C.perbus_point) Endpoint {
	return Endpoint{Node: NodeID(point.node), Bus: int(point.bus)}
}

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
	h := baseOf(node)
	formats := make([]C.perbus_format, 8)
	for {
		var found C.pbgo_info
		err := e.on(h, func(engine, node C.uintptr_t) *C.pbgo_failure {
			found = C.pbgo_engine_inspect(engine, node, &formats[0], C.size_t(len(formats)))
			return found.failure
		})
		if err != nil {
			return nil, err
		}
		inputs, outputs := int(found.value.inputs), int(found.value.outputs)
		if inputs+outputs > len(formats) {
			formats = make([]C.perbus_format, inputs+outputs)
			continue
		}
		info := &NodeInfo{Attached: bool(found.value.attached)}
		for _, format := range formats[:inputs] {
			info.Inputs = append(info.Inputs, formatOf(format))
		}
		for _, format := range formats[inputs : inputs+outputs] {
			info.Outputs = append(info.Outputs, formatOf(format))
		}
		return info, nil
	}
}

// SourceOf is what the map of connections says feeds an input bus: the source and its output bus, or
// nil. [ErrNotAttached], [ErrWrongEngine].
func (e *Engine) SourceOf(node Node, bus int) (*Endpoint, error) {
	at, err := number("bus", bus)
	if err != nil {
		return nil, before(err, e, baseOf(node))
	}
	var found C.pbgo_point
	err = e.on(baseOf(node), func(engine, node C.uintptr_t) *C.pbgo_failure {
		found = C.pbgo_engine_get_source(engine, node, at)
		return found.failure
	})
	if errors.Is(err, ErrNotConnected) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	source := endpointOf(found.value)
	return &source, nil
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
	found := make([]C.perbus_desk_discrepancy, 8)
	for {
		var count C.pbgo_size
		err := e.do(func(engine C.uintptr_t) *C.pbgo_failure {
			count = C.pbgo_engine_audit(engine, &found[0], C.size_t(len(found)))
			return count.failure
		})
		if err != nil {
			return nil, err
		}
		if int(count.value) > len(found) {
			found = make([]C.perbus_desk_discrepancy, count.value)
			continue
		}
		var list []Discrepancy
		for _, one := range found[:count.value] {
			list = append(list,
				Discrepancy{endpointOf(one.at), endpointIf(one.tracked), endpointIf(one.engine)})
		}
		return list, nil
	}
}

func endpointIf(point C.perbus_point) *Endpoint {
	if point.node == 0 {
		return nil
	}
	endpoint := endpointOf(point)
	return &endpoint
}
