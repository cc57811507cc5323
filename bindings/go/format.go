// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

import (
	"fmt"
	"math"
)

const (
	// MaxBuses is how many input buses a mixer has at most: they are numbered 0 to MaxBuses-1.
	MaxBuses = C.PERBUS_MAX_BUSES
	// MaxChannels is the most channels of a Format.
	MaxChannels = C.PERBUS_MAX_CHANNELS
	// MaxSampleRate is the highest sample rate of a Format, in Hz.
	MaxSampleRate = C.PERBUS_MAX_SAMPLE_RATE
)

// Version is the C library's, such as "0.2.0".
func Version() string {
	version := uint32(C.perbus_version())
	return fmt.Sprintf("%d.%d.%d", version/10000, version/100%100, version%100)
}

// Format is a stream of planar 32-bit float samples. It is an AVAudioFormat.
type Format struct {
	// SampleRate is in Hz, above 0, at most MaxSampleRate.
	SampleRate float64
	// Channels is 1 to MaxChannels.
	Channels int
}

// native leaves it to C what makes sense.
func (f Format) native() C.perbus_format {
	channels := C.uint32_t(math.MaxUint32)
	if fit(f.Channels) == nil {
		channels = C.uint32_t(f.Channels)
	}
	return C.perbus_format{sample_rate: C.double(f.SampleRate), channels: channels}
}

// formatOf is for what an engine reports: a bus without a format has 0 Hz and 0 channels.
func formatOf(format C.perbus_format) Format {
	return Format{SampleRate: float64(format.sample_rate), Channels: int(format.channels)}
}

// FromDB is the linear gain of a level in decibels: 0 dB is 1, minus infinity is 0.
func FromDB(db float32) float32 { return float32(math.Pow(10, float64(db)/20)) }

// ToDB is the level in decibels of a linear gain, or of a sample's magnitude: minus infinity for 0.
func ToDB(gain float32) float32 { return float32(20 * math.Log10(math.Abs(float64(gain)))) }

// PanConstantPower is the gains of a pan whose power is constant: the cosine and the sine of
// (position+1)*pi/4. Both are 0.7071 (-3 dB) at the centre. It is for the crosspoints of a [Matrix],
// say: a mixer's own pan is a balance.
//
// A position outside -1 (left) to 1 (right) is [ErrOutOfRange].
func PanConstantPower(position float32) (left, right float32, err error) {
	pair := C.pbgo_pan_constant_power(C.float(position))
	return float32(pair.left), float32(pair.right), check(pair.failure)
}

// PanLinear is the gains of a linear pan: (1-position)/2 and (1+position)/2. Both are 0.5 (-6 dB) at
// the centre.
//
// A position outside -1 (left) to 1 (right) is [ErrOutOfRange].
func PanLinear(position float32) (left, right float32, err error) {
	pair := C.pbgo_pan_linear(C.float(position))
	return float32(pair.left), float32(pair.right), check(pair.failure)
}
