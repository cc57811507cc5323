// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

import "runtime"

// Connect connects a source's first output bus to this bus, in the source's format; otherwise as
// [Engine.Connect]. Maps to connect:to:fromBus:toBus:format:.
func (b *Bus) Connect(source Node) error { return b.connect(source, nil) }

// ConnectWithFormat is [Bus.Connect] in a given format: see [Engine.ConnectWithFormat].
func (b *Bus) ConnectWithFormat(source Node, format Format) error {
	native := format.native()
	return b.connect(source, &native)
}

func (b *Bus) connect(source Node, format *C.perbus_format) error {
	bus, err := b.use()
	if err != nil {
		return err
	}
	defer runtime.KeepAlive(b)
	return do(baseOf(source), func(source C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_bus_connect(bus, source, format)
	})
}

// Disconnect ends the bus's connection; no effect when there is none. The strip keeps its values.
// [ErrNotAttached] when the mixer was detached, [ErrOutOfRange] for a bus that the mixer does not have
// yet. Maps to disconnectNodeInput:bus:.
func (b *Bus) Disconnect() error {
	return do(b, func(bus C.uintptr_t) *C.pbgo_failure { return C.pbgo_bus_disconnect(bus) })
}

// Source is what is connected to the bus, directly: the node and its output bus, or nil. [ErrNotAttached]
// when the mixer was detached.
func (b *Bus) Source() (*Endpoint, error) {
	if _, err := b.use(); err != nil {
		return nil, err
	}
	return b.mixer.engine.SourceOf(b.mixer, b.number)
}

// ConnectNext connects a source to the lowest bus that nothing is connected to, in the source's format,
// and returns the bus. Goroutines that do so at the same time get different buses. It fails as
// [Engine.Connect]. Maps to nextAvailableInputBus and connect:to:fromBus:toBus:format:.
func (m *Mixer) ConnectNext(source Node) (*Bus, error) { return m.connectNext(source, nil) }

// ConnectNextWithFormat is [Mixer.ConnectNext] in a given format.
func (m *Mixer) ConnectNextWithFormat(source Node, format Format) (*Bus, error) {
	native := format.native()
	return m.connectNext(source, &native)
}

func (m *Mixer) connectNext(source Node, format *C.perbus_format) (*Bus, error) {
	mixer, err := m.base().use()
	if err != nil {
		return nil, err
	}
	defer runtime.KeepAlive(m)
	made, err := ask(baseOf(source), func(source C.uintptr_t) C.pbgo_found {
		return C.pbgo_mixer_connect_next(mixer, source, format)
	})
	if err != nil {
		return nil, err
	}
	return newBus(m.engine, C.uintptr_t(made.number)), nil
}

// Buses is the buses that have a strip, by ascending number: those that were ever connected or asked for.
func (m *Mixer) Buses() ([]*Bus, error) {
	if _, err := m.base().use(); err != nil {
		return nil, err
	}
	return buses(m.engine, m.base(), func(mixer C.uintptr_t, list *C.uintptr_t, capacity C.size_t) C.pbgo_found {
		return C.pbgo_mixer_copy_buses(mixer, list, capacity)
	})
}
