// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

// Mixer is any number of input buses, each with a channel strip ([Bus]), summed into one output bus.
// It is an AVAudioMixerNode.
type Mixer struct{ handle }

func (m *Mixer) base() *handle {
	if m == nil {
		return nil
	}
	return &m.handle
}

// Close is that of [Node].
func (m *Mixer) Close() error { return m.base().Close() }

// NewMixer makes a mixer and attaches it. Maps to -[AVAudioMixerNode init] and attachNode:.
func (e *Engine) NewMixer() (*Mixer, error) {
	h, err := e.adopt(kindMixer, Format{}, func() C.pbgo_node { return C.pbgo_mixer_create() })
	if err != nil {
		return nil, err
	}
	return &Mixer{h}, nil
}

// Bus is the channel strip of an input bus. It belongs to the bus, not to what is connected there: it
// may be set before anything is, and it keeps its values when sources come and go.
//
// [ErrOutOfRange] unless the bus is 0 to MaxBuses-1.
func (m *Mixer) Bus(bus int) (*Bus, error) {
	n, err := m.base().enter()
	if err != nil {
		return nil, err
	}
	defer m.engine.leave()
	if err := checkBus(bus); err != nil {
		return nil, err
	}
	return &Bus{mixer: m, number: bus, strip: n.strips.get(bus)}, nil
}

// SetOutputVolume sets the gain of the mixer's sum, 0 to 1: of all its buses at once.
//
// [ErrOutOfRange]. Maps to outputVolume.
func (m *Mixer) SetOutputVolume(volume float32) error {
	n, err := m.base().enter()
	if err != nil {
		return err
	}
	defer m.engine.leave()
	return check(C.pbgo_mixer_set_output_volume(n.ref(), C.float(volume)))
}

// OutputVolume is the gain of the mixer's sum.
func (m *Mixer) OutputVolume() (float32, error) {
	n, err := m.base().enter()
	if err != nil {
		return 0, err
	}
	defer m.engine.leave()
	volume := C.pbgo_mixer_get_output_volume(n.ref())
	return float32(volume.value), check(volume.failure)
}

// Reserve gives the mixer at least so many input buses, 1 to [MaxBuses]. It need not be called: a
// mixer grows when a connection asks for a higher bus.
//
// [ErrOutOfRange]. Maps to -[AUAudioUnitBusArray setBusCount:error:].
func (m *Mixer) Reserve(buses int) error {
	count, err := number("bus count", buses)
	if err != nil {
		return err
	}
	h := m.base()
	if h == nil {
		return failf(ErrInvalidArgument, "the node is nil")
	}
	c, err := h.engine.enterAlone()
	if err != nil {
		return err
	}
	defer h.engine.leaveAlone()
	n, err := c.own(h)
	if err != nil {
		return err
	}
	return check(C.pbgo_mixer_reserve(n.ref(), count))
}

// NextBus is the lowest input bus that nothing is connected to. Maps to nextAvailableInputBus.
func (m *Mixer) NextBus() (int, error) {
	n, err := m.base().enter()
	if err != nil {
		return 0, err
	}
	defer m.engine.leave()
	bus := C.pbgo_mixer_get_next_bus(n.ref())
	return int(bus.value), check(bus.failure)
}
