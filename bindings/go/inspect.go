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
	// Attached reports whether the engine has the node.
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
	info := &NodeInfo{}
	inputs := 0
	formats, err := collect(func(into []C.perbus_format) (int, error) {
		var found C.pbgo_info
		err := e.on(baseOf(node), func(engine, node C.uintptr_t) *C.pbgo_failure {
			found = C.pbgo_engine_inspect(engine, node, &into[0], C.size_t(len(into)))
			return found.failure
		})
		info.Attached, inputs = bool(found.value.attached), int(found.value.inputs)
		return inputs + int(found.value.outputs), err
	})
	if err != nil {
		return nil, err
	}
	for _, format := range formats[:inputs] {
		info.Inputs = append(info.Inputs, formatOf(format))
	}
	for _, format := range formats[inputs:] {
		info.Outputs = append(info.Outputs, formatOf(format))
	}
	return info, nil
}

// collect asks for a list, again with room for all of it where there was too little. The answer is how
// many entries there are.
func collect[T any](ask func(into []T) (int, error)) ([]T, error) {
	for list := make([]T, 8); ; {
		count, err := ask(list)
		if err != nil {
			return nil, err
		}
		if count <= len(list) {
			return list[:count], nil
		}
		list = make([]T, count)
	}
}

// SourceOf is what the map of connections says feeds an input bus: the source and its output bus, or
// nil. [ErrNotAttached], [ErrWrongEngine].
func (e *Engine) SourceOf(node Node, bus int) (*Endpoint, error) {
	var found C.pbgo_point
	err := e.on(baseOf(node), func(engine, node C.uintptr_t) *C.pbgo_failure {
		found = C.pbgo_engine_get_source(engine, node, C.uint32_t(bus))
		return found.failure
	}, bus)
	if errors.Is(err, ErrNotConnected) {
		err = nil
	}
	return endpointIf(found.value), err
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
	found, err := collect(func(into []C.perbus_desk_discrepancy) (int, error) {
		count, err := ask(e, func(engine C.uintptr_t) C.pbgo_found {
			return C.pbgo_engine_audit(engine, &into[0], C.size_t(len(into)))
		})
		return int(count.number), err
	})
	var list []Discrepancy
	for _, one := range found {
		list = append(list,
			Discrepancy{endpointOf(one.at), endpointIf(one.tracked), endpointIf(one.engine)})
	}
	return list, err
}

func endpointIf(point C.perbus_point) *Endpoint {
	if point.node == 0 {
		return nil
	}
	endpoint := endpointOf(point)
	return &endpoint
}
