// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

// MaxBands is the most bands of an equalizer.
const MaxBands = C.PERBUS_MAX_BANDS

// FilterType is what a band does. In brackets: what it uses in addition to the frequency.
// The numbers are those of AVAudioUnitEQFilterType.
type FilterType int32

// The filter types.
const (
	// Parametric is a bell around the frequency (bandwidth, gain).
	Parametric FilterType = C.PERBUS_FILTER_PARAMETRIC
	// LowPass is Butterworth: -3 dB at the frequency.
	LowPass FilterType = C.PERBUS_FILTER_LOW_PASS
	// HighPass is Butterworth: -3 dB at the frequency.
	HighPass FilterType = C.PERBUS_FILTER_HIGH_PASS
	// ResonantLowPass has a resonance (bandwidth).
	ResonantLowPass FilterType = C.PERBUS_FILTER_RESONANT_LOW_PASS
	// ResonantHighPass has a resonance (bandwidth).
	ResonantHighPass FilterType = C.PERBUS_FILTER_RESONANT_HIGH_PASS
	// BandPass is 0 dB at the frequency, less elsewhere (bandwidth).
	BandPass FilterType = C.PERBUS_FILTER_BAND_PASS
	// BandStop is nothing at the frequency (bandwidth).
	BandStop FilterType = C.PERBUS_FILTER_BAND_STOP
	// LowShelf is the gain below the frequency, half of it there (gain).
	LowShelf FilterType = C.PERBUS_FILTER_LOW_SHELF
	// HighShelf is the gain above the frequency, half of it there (gain).
	HighShelf FilterType = C.PERBUS_FILTER_HIGH_SHELF
	// ResonantLowShelf has a resonance (bandwidth, gain).
	ResonantLowShelf FilterType = C.PERBUS_FILTER_RESONANT_LOW_SHELF
	// ResonantHighShelf has a resonance (bandwidth, gain).
	ResonantHighShelf FilterType = C.PERBUS_FILTER_RESONANT_HIGH_SHELF
)

// Band is one band of an equalizer. It is an AVAudioUnitEQFilterParameters.
type Band struct {
	// Filter is what the band does.
	Filter FilterType
	// Frequency is in Hz, above 0 and below half the sample rate.
	Frequency float32
	// Gain is in dB, -96 to 24.
	Gain float32
	// Bandwidth is in octaves, 0.05 to 5. 0 stands for the usual 0.5.
	Bandwidth float32
	// Bypass lets the band pass everything.
	Bypass bool
}

// Equalizer is bands in a row and a gain behind them, with one input and one output. It goes anywhere
// in the graph. Between a source and a mixer it leaves the bus's channel strip in charge: the strip
// controls the source that feeds the equalizer. Changes slide, click-free. It is an AVAudioUnitEQ.
type Equalizer struct{ handle }

func (q *Equalizer) base() *handle {
	if q == nil {
		return nil
	}
	return &q.handle
}

// Close is that of [Node].
func (q *Equalizer) Close() error { return q.base().Close() }

// NewEqualizer makes an equalizer of 1 to [MaxBands] bands, all bypassed, and attaches it.
//
// [ErrOutOfRange]. Maps to -[AVAudioUnitEQ initWithNumberOfBands:] and attachNode:.
func (e *Engine) NewEqualizer(bands int) (*Equalizer, error) {
	return create(e, func(h handle) *Equalizer { return &Equalizer{h} },
		func(engine C.uintptr_t) C.pbgo_found {
			return C.pbgo_equalizer_create(engine, C.uint32_t(bands))
		}, bands)
}

// BandCount is how many bands it was made with. Maps to bands.
func (q *Equalizer) BandCount() (int, error) {
	found, err := ask(q.base(), func(node C.uintptr_t) C.pbgo_found { return C.pbgo_equalizer_get_band_count(node) })
	return int(found.number), err
}

// SetBand sets a band.
//
// [ErrOutOfRange] when there is no such band, and for a frequency, gain or bandwidth outside its
// range; [ErrInvalidArgument] for an unknown filter.
//
// Maps to the properties of AVAudioUnitEQFilterParameters.
func (q *Equalizer) SetBand(index int, band Band) error {
	if band.Bandwidth == 0 {
		band.Bandwidth = 0.5
	}
	native := C.perbus_band{
		_type:     C.int32_t(band.Filter),
		frequency: C.float(band.Frequency),
		gain:      C.float(band.Gain),
		bandwidth: C.float(band.Bandwidth),
		bypass:    C.bool(band.Bypass),
	}
	return do(q.base(), func(node C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_equalizer_set_band(node, C.uint32_t(index), native)
	}, index)
}

// Band is what a band is set to. [ErrOutOfRange] when there is no such band.
func (q *Equalizer) Band(index int) (Band, error) {
	var band C.pbgo_band
	err := do(q.base(), func(node C.uintptr_t) *C.pbgo_failure {
		band = C.pbgo_equalizer_get_band(node, C.uint32_t(index))
		return band.failure
	}, index)
	return Band{
		Filter:    FilterType(band.value._type),
		Frequency: float32(band.value.frequency),
		Gain:      float32(band.value.gain),
		Bandwidth: float32(band.value.bandwidth),
		Bypass:    bool(band.value.bypass),
	}, err
}

// SetGlobalGain sets the gain behind the bands, -96 to 24 dB; 0 at first. [ErrOutOfRange].
// Maps to globalGain.
func (q *Equalizer) SetGlobalGain(db float32) error {
	return do(q.base(), func(node C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_equalizer_set_global_gain(node, C.float(db))
	})
}

// GlobalGain is the gain behind the bands, in dB.
func (q *Equalizer) GlobalGain() (float32, error) {
	return askFloat(q.base(), func(node C.uintptr_t) C.pbgo_found { return C.pbgo_equalizer_get_global_gain(node) })
}

// SetBypassed lets everything through as it is, or not; bands and gain stay set.
// Maps to -[AVAudioUnitEffect setBypass:].
func (q *Equalizer) SetBypassed(bypassed bool) error {
	return do(q.base(), func(node C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_equalizer_set_bypassed(node, C.bool(bypassed))
	})
}

// Bypassed reports whether it lets everything through as it is.
func (q *Equalizer) Bypassed() (bool, error) {
	found, err := ask(q.base(), func(node C.uintptr_t) C.pbgo_found { return C.pbgo_equalizer_is_bypassed(node) })
	return found.number != 0, err
}
