// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

import "runtime"

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
	return create(e, func(h handle) *Mixer { return &Mixer{h} },
		func(engine C.uintptr_t) C.pbgo_found { return C.pbgo_mixer_create(engine) })
}

// Bus is the channel strip of an input bus. It belongs to the bus, not to what is connected there: it
// may be set before anything is, and it keeps its values when sources come and go.
//
// [ErrOutOfRange] unless the bus is 0 to MaxBuses-1.
func (m *Mixer) Bus(bus int) (*Bus, error) {
	copied, err := ask(m.base(), func(node C.uintptr_t) C.pbgo_found {
		return C.pbgo_mixer_copy_bus(node, C.uint32_t(bus))
	}, bus)
	if err != nil {
		return nil, err
	}
	b := &Bus{mixer: m, number: bus, handle: C.uintptr_t(copied.number)}
	runtime.SetFinalizer(b, func(b *Bus) { C.pbgo_bus_release(b.handle) })
	return b, nil
}

// SetOutputVolume sets the gain of the mixer's sum, 0 to 4: of all its buses at once.
//
// [ErrOutOfRange]. Maps to outputVolume.
func (m *Mixer) SetOutputVolume(volume float32) error {
	return do(m.base(), func(node C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_mixer_set_output_volume(node, C.float(volume))
	})
}

// OutputVolume is the gain of the mixer's sum. Maps to outputVolume.
func (m *Mixer) OutputVolume() (float32, error) {
	return askFloat(m.base(), func(node C.uintptr_t) C.pbgo_found { return C.pbgo_mixer_get_output_volume(node) })
}

// SetOutputVolumeDB sets the gain of the mixer's sum in decibels, minus infinity (silence) to 12.04
// (a gain of 4). [ErrOutOfRange] above that. Maps to outputVolume.
func (m *Mixer) SetOutputVolumeDB(decibels float32) error {
	return do(m.base(), func(node C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_mixer_set_output_volume_db(node, C.float(decibels))
	})
}

// OutputVolumeDB is the gain of the mixer's sum in decibels: 0 at unity, minus infinity at silence.
func (m *Mixer) OutputVolumeDB() (float32, error) {
	return askFloat(m.base(), func(node C.uintptr_t) C.pbgo_found { return C.pbgo_mixer_get_output_volume_db(node) })
}

// Reserve gives the mixer at least so many input buses, 1 to [MaxBuses]. It need not be called: a
// mixer grows when a connection asks for a higher bus.
//
// [ErrOutOfRange]. Maps to -[AUAudioUnitBusArray setBusCount:error:].
func (m *Mixer) Reserve(buses int) error {
	return do(m.base(), func(node C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_mixer_reserve(node, C.uint32_t(buses))
	}, buses)
}

// NextBus is the lowest input bus that nothing is connected to. Maps to nextAvailableInputBus.
func (m *Mixer) NextBus() (int, error) {
	found, err := ask(m.base(), func(node C.uintptr_t) C.pbgo_found { return C.pbgo_mixer_get_next_bus(node) })
	return int(found.number), err
}

// Meter is one look at a meter: linear, full scale is 1. Index 0 is left, 1 is right; a mono signal
// is left only; channels without a side, as a centre, count on both.
type Meter struct {
	// Peak is the highest magnitude of the last window, which is 2400 frames (50 ms at 48 kHz) or
	// what is left of the block that it ends with.
	Peak [2]float32
	// RMS is the root of the mean square of the last window.
	RMS [2]float32
	// Clips is the number of samples past full scale since the connection was made and first
	// metered.
	Clips uint64
}

func meterOf(on receiver, call func(receiver C.uintptr_t) C.pbgo_meter) (Meter, error) {
	var found C.pbgo_meter
	err := do(on, func(receiver C.uintptr_t) *C.pbgo_failure {
		found = call(receiver)
		return found.failure
	})
	m := &found.value
	return Meter{
		Peak:  [2]float32{float32(m.peak[0]), float32(m.peak[1])},
		RMS:   [2]float32{float32(m.rms[0]), float32(m.rms[1])},
		Clips: uint64(m.clips),
	}, err
}

// Meter is the meter of the mixer's sum, after its output volume. The first call switches it on.
// [ErrUnsupported] on Apple's AVFAudio, but with [Engine.SetMeterTaps]; with it, [ErrInvalidArgument] while
// the program taps or records the mixer, and [ErrNotAttached] when it was detached.
func (m *Mixer) Meter() (Meter, error) {
	return meterOf(m.base(), func(node C.uintptr_t) C.pbgo_meter { return C.pbgo_mixer_get_meter(node) })
}
