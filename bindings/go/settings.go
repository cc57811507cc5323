// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

import (
	"errors"
	"sync"
)

// What a matrix mixer was set to: the engine is told again when it may have forgotten.

type what uint8

const (
	crosspoint what = iota
	inputVolume
	outputVolume
	master
	inputBus
	outputBus
)

// place is one value of a matrix. Whether a bus is on is 0 or 1.
type place struct {
	what          what
	input, output int
}

func (p place) channels() (input, output C.uint32_t, err error) {
	if input, err = number("input", p.input); err != nil {
		return 0, 0, err
	}
	output, err = number("output", p.output)
	return input, output, err
}

func (p place) set(n *node, value float32) error {
	input, output, err := p.channels()
	if err != nil {
		return err
	}
	var failure *C.pbgo_failure
	switch p.what {
	case crosspoint:
		failure = C.pbgo_matrix_set_crosspoint(n.ref(), input, output, C.float(value))
	case inputVolume:
		failure = C.pbgo_matrix_set_input(n.ref(), input, C.float(value))
	case outputVolume:
		failure = C.pbgo_matrix_set_output(n.ref(), output, C.float(value))
	case master:
		failure = C.pbgo_matrix_set_master(n.ref(), C.float(value))
	case inputBus:
		failure = C.pbgo_matrix_enable_input(n.ref(), input, value != 0)
	case outputBus:
		failure = C.pbgo_matrix_enable_output(n.ref(), output, value != 0)
	}
	return check(failure)
}

// get is of a level; whether a bus is on cannot be asked for.
func (p place) get(n *node) (float32, error) {
	input, output, err := p.channels()
	if err != nil {
		return 0, err
	}
	var found C.pbgo_float
	switch p.what {
	case crosspoint:
		found = C.pbgo_matrix_get_crosspoint(n.ref(), input, output)
	case inputVolume:
		found = C.pbgo_matrix_get_input(n.ref(), input)
	case outputVolume:
		found = C.pbgo_matrix_get_output(n.ref(), output)
	case master:
		found = C.pbgo_matrix_get_master(n.ref())
	}
	return float32(found.value), check(found.failure)
}

// settings is every value that was set. Its lock is held while a value goes to the engine, so that
// they agree when two goroutines set one level.
type settings struct {
	mu     sync.Mutex
	values map[place]float32
}

func (s *settings) note(p place, value float32) {
	if s.values == nil {
		s.values = make(map[place]float32)
	}
	s.values[p] = value
}

func (s *settings) take(levels *Levels) {
	for input, row := range levels.Crosspoints {
		s.note(place{inputVolume, input, 0}, levels.Inputs[input])
		for output, gain := range row {
			s.note(place{crosspoint, input, output}, gain)
		}
	}
	for output, volume := range levels.Outputs {
		s.note(place{outputVolume, 0, output}, volume)
	}
	s.note(place{what: master}, levels.Master)
}

// apply tells the matrix everything again. Channels that it does not have now keep their values for
// when it has them again.
func (s *settings) apply(n *node) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for p, value := range s.values {
		if err := p.set(n, value); err != nil && !errors.Is(err, ErrOutOfRange) {
			return err
		}
	}
	return nil
}
