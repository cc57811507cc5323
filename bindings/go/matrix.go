// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

import "unsafe"

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
	in, err := number("input count", inputs)
	if err != nil {
		return nil, err
	}
	out, err := number("output count", outputs)
	if err != nil {
		return nil, err
	}
	h, err := e.adopt(kindMatrix, Format{}, func() C.pbgo_node { return C.pbgo_matrix_create(in, out) })
	if err != nil {
		return nil, err
	}
	return &Matrix{h}, nil
}

// Dimensions is the number of channels over all input buses, and over all output buses.
// Maps to kAudioUnitProperty_MatrixDimensions.
func (m *Matrix) Dimensions() (inputs, outputs int, err error) {
	n, err := m.base().enter()
	if err != nil {
		return 0, 0, err
	}
	defer m.engine.leave()
	found := C.pbgo_matrix_get_dimensions(n.ref())
	return int(found.inputs), int(found.outputs), check(found.failure)
}

// SetCrosspoint sets the gain, -1 to 1, from an input channel to an output channel; below 0 turns the
// polarity. [ErrOutOfRange] for the gain, or a channel that is not there.
// Maps to kMatrixMixerParam_Volume, global scope.
func (m *Matrix) SetCrosspoint(input, output int, gain float32) error {
	return m.set(place{crosspoint, input, output}, gain)
}

// Crosspoint is the gain from an input channel to an output channel. [ErrOutOfRange] for a channel.
func (m *Matrix) Crosspoint(input, output int) (float32, error) {
	return m.get(place{crosspoint, input, output})
}

// SetInput sets the volume, 0 to 1, of an input channel. [ErrOutOfRange] for the volume or the
// channel. Maps to kMatrixMixerParam_Volume, input scope.
func (m *Matrix) SetInput(input int, volume float32) error {
	return m.set(place{inputVolume, input, 0}, volume)
}

// Input is the volume of an input channel. [ErrOutOfRange] for the channel.
func (m *Matrix) Input(input int) (float32, error) { return m.get(place{inputVolume, input, 0}) }

// SetOutput sets the volume, 0 to 1, of an output channel. [ErrOutOfRange] for the volume or the
// channel. Maps to kMatrixMixerParam_Volume, output scope.
func (m *Matrix) SetOutput(output int, volume float32) error {
	return m.set(place{outputVolume, 0, output}, volume)
}

// Output is the volume of an output channel. [ErrOutOfRange] for the channel.
func (m *Matrix) Output(output int) (float32, error) { return m.get(place{outputVolume, 0, output}) }

// SetMaster sets the volume, 0 to 1, of the whole matrix. [ErrOutOfRange].
// Maps to kMatrixMixerParam_Volume, global scope, element 0xFFFFFFFF.
func (m *Matrix) SetMaster(volume float32) error { return m.set(place{what: master}, volume) }

// Master is the volume of the whole matrix.
func (m *Matrix) Master() (float32, error) { return m.get(place{what: master}) }

// EnableInput turns all channels of an input bus on, as they are at first, or off. [ErrOutOfRange]
// for a bus that is not there. Maps to kMatrixMixerParam_Enable, input scope.
func (m *Matrix) EnableInput(bus int, enabled bool) error {
	return m.set(place{inputBus, bus, 0}, toFloat(enabled))
}

// EnableOutput is as [Matrix.EnableInput], for an output bus.
func (m *Matrix) EnableOutput(bus int, enabled bool) error {
	return m.set(place{outputBus, 0, bus}, toFloat(enabled))
}

func toFloat(on bool) float32 {
	if on {
		return 1
	}
	return 0
}

// Levels is all levels of a [Matrix].
type Levels struct {
	// Crosspoints is the gains by input channel, then output channel, -1 to 1.
	Crosspoints [][]float32
	// Inputs is the volumes of the input channels, 0 to 1.
	Inputs []float32
	// Outputs is the volumes of the output channels, 0 to 1.
	Outputs []float32
	// Master is the volume of the whole matrix, 0 to 1.
	Master float32
}

// Levels is all levels at once, as the engine has them. Maps to kAudioUnitProperty_MatrixLevels.
func (m *Matrix) Levels() (*Levels, error) {
	n, err := m.base().enter()
	if err != nil {
		return nil, err
	}
	defer m.engine.leave()
	return n.levels()
}

func (n *node) levels() (*Levels, error) {
	copied := C.pbgo_matrix_copy_levels(n.ref())
	if err := check(copied.failure); err != nil {
		return nil, err
	}
	defer C.perbus_levels_free(copied.values)
	// A row is an input channel's crosspoints and its volume; the last one the output volumes and
	// the master volume.
	rows, columns := int(copied.rows), int(copied.columns)
	values := unsafe.Slice((*float32)(copied.values), rows*columns)
	levels := &Levels{}
	for row := 0; row < rows-1; row++ {
		line := values[row*columns : (row+1)*columns]
		levels.Crosspoints = append(levels.Crosspoints, append([]float32(nil), line[:columns-1]...))
		levels.Inputs = append(levels.Inputs, line[columns-1])
	}
	last := values[(rows-1)*columns:]
	levels.Outputs = append(levels.Outputs, last[:columns-1]...)
	levels.Master = last[columns-1]
	return levels, nil
}

// SetLevels sets all levels, or none when any is bad.
//
// [ErrInvalidArgument] when the levels are of other [Matrix.Dimensions], [ErrOutOfRange] for a
// crosspoint outside -1 to 1 or a volume outside 0 to 1.
func (m *Matrix) SetLevels(levels *Levels) error {
	n, err := m.base().enter()
	if err != nil {
		return err
	}
	defer m.engine.leave()
	if levels == nil {
		return failf(ErrInvalidArgument, "the levels are nil")
	}
	if len(levels.Inputs) != len(levels.Crosspoints) {
		return failf(ErrInvalidArgument, "%d input volumes for %d rows of crosspoints",
			len(levels.Inputs), len(levels.Crosspoints))
	}
	var flat []float32
	for input, row := range levels.Crosspoints {
		if len(row) != len(levels.Outputs) {
			return failf(ErrInvalidArgument, "%d crosspoints of input %d for %d output volumes",
				len(row), input, len(levels.Outputs))
		}
		flat = append(append(flat, row...), levels.Inputs[input])
	}
	flat = append(append(flat, levels.Outputs...), levels.Master)
	n.settings.mu.Lock()
	defer n.settings.mu.Unlock()
	failure := C.pbgo_matrix_set_levels(n.ref(), (*C.float)(&flat[0]),
		C.uint32_t(len(levels.Inputs)+1), C.uint32_t(len(levels.Outputs)+1))
	if err := check(failure); err != nil {
		return err
	}
	n.settings.take(levels)
	return nil
}

// SetIdentity sends every input channel to the output channel of the same number, at 1, and nowhere
// else. The volumes stay.
func (m *Matrix) SetIdentity() error {
	return m.all(func(ref C.pbgo_node_ref) *C.pbgo_failure { return C.pbgo_matrix_set_identity(ref) })
}

// Clear sets all crosspoints to 0. The volumes stay.
func (m *Matrix) Clear() error {
	return m.all(func(ref C.pbgo_node_ref) *C.pbgo_failure { return C.pbgo_matrix_clear(ref) })
}

// Invert turns the polarity: every crosspoint becomes its negative. Twice is as before.
func (m *Matrix) Invert() error {
	return m.all(func(ref C.pbgo_node_ref) *C.pbgo_failure { return C.pbgo_matrix_invert(ref) })
}

func (m *Matrix) all(call func(ref C.pbgo_node_ref) *C.pbgo_failure) error {
	n, err := m.base().enter()
	if err != nil {
		return err
	}
	defer m.engine.leave()
	n.settings.mu.Lock()
	defer n.settings.mu.Unlock()
	if err := check(call(n.ref())); err != nil {
		return err
	}
	levels, err := n.levels()
	if err != nil {
		return err
	}
	n.settings.take(levels)
	return nil
}

func (m *Matrix) set(p place, value float32) error {
	n, err := m.base().enter()
	if err != nil {
		return err
	}
	defer m.engine.leave()
	n.settings.mu.Lock()
	defer n.settings.mu.Unlock()
	if err := p.set(n, value); err != nil {
		return err
	}
	n.settings.note(p, value)
	return nil
}

func (m *Matrix) get(p place) (float32, error) {
	n, err := m.base().enter()
	if err != nil {
		return 0, err
	}
	defer m.engine.leave()
	return p.get(n)
}
