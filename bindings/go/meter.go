// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

// Meter is one look at a meter: linear, full scale is 1. Index 0 is left, 1 is right; a mono signal
// is left only; of more than two channels the even ones count as left, the odd ones as right.
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

func meterOf(meter C.pbgo_meter) (Meter, error) {
	if err := check(meter.failure); err != nil {
		return Meter{}, err
	}
	m := &meter.value
	return Meter{
		Peak:  [2]float32{float32(m.peak[0]), float32(m.peak[1])},
		RMS:   [2]float32{float32(m.rms[0]), float32(m.rms[1])},
		Clips: uint64(m.clips),
	}, nil
}

func (to connection) meter() (Meter, error) {
	if to.byParameter() {
		return Meter{}, failf(ErrNotMixing,
			"bus %d is fed by a matrix, whose connections have no meter", to.bus)
	}
	return meterOf(C.pbgo_connection_get_meter(to.source.ref(), to.mixer.ref(), C.uint32_t(to.bus)))
}

// Meter is the meter of the mixer's sum, after its output volume. The first call switches it on.
// [ErrUnsupported] on Apple's AVFAudio.
func (m *Mixer) Meter() (Meter, error) {
	n, err := m.base().enter()
	if err != nil {
		return Meter{}, err
	}
	defer m.engine.leave()
	return meterOf(C.pbgo_mixer_get_meter(n.ref()))
}
