// SPDX-License-Identifier: MIT OR Apache-2.0

package main

import (
	"fmt"

	perbus "github.com/perbus/perbus/bindings/go"
)

func (r *runner) onPlayer(p *perbus.Player) (string, error) {
	switch r.words[0] {
	case "schedule":
		return r.schedule(p)
	case "play":
		return done(p.Play())
	case "play_at":
		return done(p.PlayAt(r.long(2)))
	case "pause":
		return done(p.Pause())
	case "stop":
		return done(p.Stop())
	case "stop_after":
		return done(p.StopAfter(r.length(2)))
	case "pause_after":
		return done(p.PauseAfter(r.length(2)))
	case "playing":
		return plain(p.Playing())
	}
	return r.unknown()
}

func (r *runner) onEqualizer(q *perbus.Equalizer) (string, error) {
	switch r.words[0] {
	case "bands":
		return plain(q.BandCount())
	case "band":
		it, err := q.Band(r.number(2))
		values := bits(it.Frequency, it.Gain, it.Bandwidth)
		return fmt.Sprintf("%d %s %v", it.Filter, values, it.Bypass), err
	case "set_band":
		return done(q.SetBand(r.number(2), perbus.Band{Filter: perbus.FilterType(r.number(3)),
			Frequency: r.real(4), Gain: r.real(5), Bandwidth: r.real(6), Bypass: r.on(7)}))
	case "gain":
		return done(q.SetGlobalGain(r.real(2)))
	case "get_gain":
		return real(q.GlobalGain())
	case "bypass":
		return done(q.SetBypassed(r.on(2)))
	case "get_bypass":
		return plain(q.Bypassed())
	}
	return r.unknown()
}

func (r *runner) onMatrix(x *perbus.Matrix) (string, error) {
	switch r.words[0] {
	case "dimensions":
		inputs, outputs, err := x.Dimensions()
		return fmt.Sprint(inputs, outputs), err
	case "crosspoint":
		return done(x.SetCrosspoint(r.number(2), r.number(3), r.real(4)))
	case "get_crosspoint":
		return real(x.Crosspoint(r.number(2), r.number(3)))
	case "input":
		return done(x.SetInput(r.number(2), r.real(3)))
	case "get_input":
		return real(x.Input(r.number(2)))
	case "output_level":
		return done(x.SetOutput(r.number(2), r.real(3)))
	case "get_output_level":
		return real(x.Output(r.number(2)))
	case "master":
		return done(x.SetMaster(r.real(2)))
	case "get_master":
		return real(x.Master())
	case "enable_input":
		return done(x.EnableInput(r.number(2), r.on(3)))
	case "enable_output":
		return done(x.EnableOutput(r.number(2), r.on(3)))
	case "identity":
		return done(x.SetIdentity())
	case "clear":
		return done(x.Clear())
	case "invert":
		return done(x.Invert())
	case "levels":
		levels, err := x.Levels()
		if err != nil {
			return "", err
		}
		var flat []float32
		for input, row := range levels.Crosspoints {
			flat = append(append(flat, row...), levels.Inputs[input])
		}
		return bits(append(append(flat, levels.Outputs...), levels.Master)...), nil
	case "set_levels":
		levels := &perbus.Levels{}
		rows, columns := r.number(2), r.number(3)
		at := func(row, column int) float32 { return r.real(4 + row*columns + column) }
		for row := 0; row < rows; row++ {
			var values []float32
			for column := 0; column < columns-1; column++ {
				values = append(values, at(row, column))
			}
			if row == rows-1 {
				levels.Outputs, levels.Master = values, at(row, columns-1)
			} else {
				levels.Crosspoints = append(levels.Crosspoints, values)
				levels.Inputs = append(levels.Inputs, at(row, columns-1))
			}
		}
		return done(x.SetLevels(levels))
	}
	return r.unknown()
}
