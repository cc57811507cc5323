// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

// MaxMatrixBuses is the most buses of one side of a [Matrix].
const MaxMatrixBuses = C.PERBUS_MAX_MATRIX_BUSES

// Matrix is a matrix mixer: every input channel to every output channel with a gain of its own.
//
// output[o] = master * output volume[o] * sum over i of input[i] * input volume[i] * crosspoint[i][o].
// All four are 0 at first: a new matrix is silent.
//
// Channels are numbered over all buses of a side: with inputs of two, one and two channels, bus 0 has
// channels 0 and 1, bus 1 has channel 2, bus 2 has channels 3 and 4. A bus has two channels until it
// is connected, and then those of the connection's format: connect both sides with
// [Engine.ConnectWithFormat] first, then set levels. They keep their channel numbers, and are given
// to the engine again after every start and connection: Apple's matrix forgets them.
//
// A matrix that feeds a [Mixer] has no fader of its own there: the strip of that bus goes to the
// mixer's own parameters, its fades in steps, and it has no meter.
type Matrix struct{ handle }

func (m *Matrix) base() *handle {
	if m == nil {
		return nil
	}
	return &m.handle
}

// Close is that of [Node].
func (m *Matrix) Close() error { return m.base().Close() }

// NewMatrix makes a matrix mixer with so many input and output buses (1 to [MaxMatrixBuses] each) and
// attaches it. Waits for the system to make it.
//
// [ErrOutOfRange] for either count, [ErrUnsupported] when the system makes none.
//
// Maps to +[AVAudioUnit instantiateWithComponentDescription:options:completionHandler:] and
// kAudioUnitProperty_ElementCount.
func (e *Engine) NewMatrix(inputs, outputs int) (*Matrix, error) {
	return create(e, func(h handle) *Matrix { return &Matrix{h} },
		func(engine C.uintptr_t) C.pbgo_found {
			return C.pbgo_matrix_create(engine, C.uint32_t(inputs), C.uint32_t(outputs))
		}, inputs, outputs)
}

// Dimensions is the number of channels over all input buses, and over all output buses.
// Maps to kAudioUnitProperty_MatrixDimensions.
func (m *Matrix) Dimensions() (inputs, outputs int, err error) {
	var found C.pbgo_dimensions
	err = do(m.base(), func(node C.uintptr_t) *C.pbgo_failure {
		found = C.pbgo_matrix_get_dimensions(node)
		return found.failure
	})
	return int(found.inputs), int(found.outputs), err
}

// SetCrosspoint sets the gain, -1 to 1, from an input channel to an output channel; below 0 turns the
// polarity. [ErrOutOfRange] for the gain, or a channel that is not there.
// Maps to kMatrixMixerParam_Volume, global scope.
func (m *Matrix) SetCrosspoint(input, output int, gain float32) error {
	return do(m.base(), func(node C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_matrix_set_crosspoint(node, C.uint32_t(input), C.uint32_t(output), C.float(gain))
	}, input, output)
}

// Crosspoint is the gain from an input channel to an output channel. [ErrOutOfRange] for a channel.
func (m *Matrix) Crosspoint(input, output int) (float32, error) {
	return askFloat(m.base(), func(node C.uintptr_t) C.pbgo_found {
		return C.pbgo_matrix_get_crosspoint(node, C.uint32_t(input), C.uint32_t(output))
	}, input, output)
}

// SetInput sets the volume, 0 to 4, of an input channel. [ErrOutOfRange] for the volume or the
// channel. Maps to kMatrixMixerParam_Volume, input scope.
func (m *Matrix) SetInput(input int, volume float32) error {
	return do(m.base(), func(node C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_matrix_set_input(node, C.uint32_t(input), C.float(volume))
	}, input)
}

// Input is the volume of an input channel. [ErrOutOfRange] for the channel.
func (m *Matrix) Input(input int) (float32, error) {
	return askFloat(m.base(), func(node C.uintptr_t) C.pbgo_found {
		return C.pbgo_matrix_get_input(node, C.uint32_t(input))
	}, input)
}

// SetOutput sets the volume, 0 to 4, of an output channel. [ErrOutOfRange] for the volume or the
// channel. Maps to kMatrixMixerParam_Volume, output scope.
func (m *Matrix) SetOutput(output int, volume float32) error {
	return do(m.base(), func(node C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_matrix_set_output(node, C.uint32_t(output), C.float(volume))
	}, output)
}

// Output is the volume of an output channel. [ErrOutOfRange] for the channel.
func (m *Matrix) Output(output int) (float32, error) {
	return askFloat(m.base(), func(node C.uintptr_t) C.pbgo_found {
		return C.pbgo_matrix_get_output(node, C.uint32_t(output))
	}, output)
}

// SetMaster sets the volume, 0 to 4, of the whole matrix. [ErrOutOfRange].
// Maps to kMatrixMixerParam_Volume, global scope, element 0xFFFFFFFF.
func (m *Matrix) SetMaster(volume float32) error {
	return do(m.base(), func(node C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_matrix_set_master(node, C.float(volume))
	})
}

// Master is the volume of the whole matrix.
func (m *Matrix) Master() (float32, error) {
	return askFloat(m.base(), func(node C.uintptr_t) C.pbgo_found { return C.pbgo_matrix_get_master(node) })
}

// EnableInput turns all channels of an input bus on, as they are at first, or off. [ErrOutOfRange]
// for a bus that is not there. Maps to kMatrixMixerParam_Enable, input scope.
func (m *Matrix) EnableInput(bus int, enabled bool) error {
	return do(m.base(), func(node C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_matrix_enable_input(node, C.uint32_t(bus), C.bool(enabled))
	}, bus)
}

// EnableOutput is as [Matrix.EnableInput], for an output bus.
func (m *Matrix) EnableOutput(bus int, enabled bool) error {
	return do(m.base(), func(node C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_matrix_enable_output(node, C.uint32_t(bus), C.bool(enabled))
	}, bus)
}

// Levels is all levels of a [Matrix].
type Levels struct {
	// Crosspoints is the gains by input channel, then output channel, -1 to 1.
	Crosspoints [][]float32
	// Inputs is the volumes of the input channels, 0 to 4.
	Inputs []float32
	// Outputs is the volumes of the output channels, 0 to 4.
	Outputs []float32
	// Master is the volume of the whole matrix, 0 to 4.
	Master float32
}

// Levels is all levels at once, as the engine has them. Maps to kAudioUnitProperty_MatrixLevels.
func (m *Matrix) Levels() (*Levels, error) {
	inputs, outputs, err := m.Dimensions()
	if err != nil {
		return nil, err
	}
	// A row is an input channel's crosspoints and its volume; the last one the output volumes and
	// the master volume.
	columns := outputs + 1
	flat := make([]C.float, (inputs+1)*columns)
	err = do(m.base(), func(node C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_matrix_get_levels(node, &flat[0], C.uint32_t(inputs+1), C.uint32_t(columns))
	})
	if err != nil {
		return nil, err
	}
	values := make([]float32, len(flat))
	for i, value := range flat {
		values[i] = float32(value)
	}
	levels := &Levels{}
	for ; inputs > 0; inputs-- {
		levels.Crosspoints = append(levels.Crosspoints, values[:outputs:outputs])
		levels.Inputs = append(levels.Inputs, values[outputs])
		values = values[columns:]
	}
	levels.Outputs, levels.Master = values[:outputs:outputs], values[outputs]
	return levels, nil
}

// SetLevels sets all levels, or none when any is bad.
//
// [ErrInvalidArgument] when the levels are of other [Matrix.Dimensions], [ErrOutOfRange] for a
// crosspoint outside -1 to 1 or a volume outside 0 to 4.
func (m *Matrix) SetLevels(levels *Levels) error {
	if _, err := m.base().use(); err != nil {
		return err
	}
	if levels == nil {
		return failf(ErrInvalidArgument, "the levels are nil")
	}
	if len(levels.Inputs) != len(levels.Crosspoints) {
		return failf(ErrInvalidArgument, "%d input volumes for %d rows of crosspoints",
			len(levels.Inputs), len(levels.Crosspoints))
	}
	var flat []C.float
	put := func(values ...float32) {
		for _, value := range values {
			flat = append(flat, C.float(value))
		}
	}
	for input, row := range levels.Crosspoints {
		if len(row) != len(levels.Outputs) {
			return failf(ErrInvalidArgument, "%d crosspoints of input %d for %d output volumes",
				len(row), input, len(levels.Outputs))
		}
		put(row...)
		put(levels.Inputs[input])
	}
	put(levels.Outputs...)
	put(levels.Master)
	return do(m.base(), func(node C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_matrix_set_levels(node, &flat[0], C.uint32_t(len(levels.Inputs)+1),
			C.uint32_t(len(levels.Outputs)+1))
	})
}

// SetIdentity sends every input channel to the output channel of the same number, at 1, and nowhere
// else. The volumes stay.
func (m *Matrix) SetIdentity() error {
	return do(m.base(), func(node C.uintptr_t) *C.pbgo_failure { return C.pbgo_matrix_set_identity(node) })
}

// Clear sets all crosspoints to 0. The volumes stay.
func (m *Matrix) Clear() error {
	return do(m.base(), func(node C.uintptr_t) *C.pbgo_failure { return C.pbgo_matrix_clear(node) })
}

// Invert turns the polarity: every crosspoint becomes its negative. Twice is as before.
func (m *Matrix) Invert() error {
	return do(m.base(), func(node C.uintptr_t) *C.pbgo_failure { return C.pbgo_matrix_invert(node) })
}
