// SPDX-License-Identifier: MIT OR Apache-2.0

// Mixdown mixes four tones, each on a mixer bus of its own with its volume and pan, to a WAV file.
//
//	go run ./examples/mixdown mix.wav
package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"math"
	"os"

	perbus "github.com/perbus/perbus/bindings/go"
)

const (
	rate    = 48000
	seconds = 3
	block   = 512
)

var tones = []struct {
	hertz       float64
	volume, pan float32
}{
	{220, 0.4, 0}, {277.2, 0.2, -0.8}, {329.6, 0.2, 0.8}, {440, 0.1, 0},
}

// tone is a decaying sine.
func tone(hertz float64) []float32 {
	samples := make([]float32, rate*seconds)
	for i := range samples {
		left := 1 - float64(i)/float64(len(samples))
		samples[i] = float32(left * math.Sin(2*math.Pi*hertz*float64(i)/rate))
	}
	return samples
}

func mix(engine *perbus.Engine) error {
	mono := perbus.Format{SampleRate: rate, Channels: 1}
	mixer := engine.MainMixer()
	if err := engine.Start(); err != nil {
		return err
	}
	for number, one := range tones {
		player, err := engine.NewPlayer()
		if err != nil {
			return err
		}
		if err := engine.ConnectWithFormat(player, mixer, 0, number, mono); err != nil {
			return err
		}
		bus, err := mixer.Bus(number)
		if err != nil {
			return err
		}
		if err := bus.SetVolume(one.volume); err != nil {
			return err
		}
		if err := bus.SetPan(one.pan); err != nil {
			return err
		}
		buffer, err := perbus.NewBuffer(mono, [][]float32{tone(one.hertz)})
		if err != nil {
			return err
		}
		if err := player.Schedule(buffer); err != nil {
			return err
		}
		if err := player.Play(); err != nil {
			return err
		}
	}
	return nil
}

// write renders 16-bit stereo, block by block.
func write(engine *perbus.Engine, to io.Writer) error {
	const frames = rate * seconds
	header := []any{
		[]byte("RIFF"), uint32(36 + frames*4), []byte("WAVEfmt "), uint32(16), uint16(1), uint16(2),
		uint32(rate), uint32(rate * 4), uint16(4), uint16(16), []byte("data"), uint32(frames * 4),
	}
	for _, field := range header {
		if err := binary.Write(to, binary.LittleEndian, field); err != nil {
			return err
		}
	}
	planar := [][]float32{make([]float32, block), make([]float32, block)}
	samples := make([]int16, 0, 2*block)
	for done := 0; done < frames; done += len(planar[0]) {
		if left := frames - done; left < block {
			planar[0], planar[1] = planar[0][:left], planar[1][:left]
		}
		if err := engine.Render(planar); err != nil {
			return err
		}
		samples = samples[:0]
		for i := range planar[0] {
			for _, channel := range planar {
				value := math.Max(-1, math.Min(1, float64(channel[i])))
				samples = append(samples, int16(math.Round(value*32767)))
			}
		}
		if err := binary.Write(to, binary.LittleEndian, samples); err != nil {
			return err
		}
	}
	return nil
}

func run(path string) error {
	stereo := perbus.Format{SampleRate: rate, Channels: 2}
	engine, err := perbus.NewOfflineEngine(stereo, block)
	if err != nil {
		return err
	}
	defer engine.Close()
	if err := mix(engine); err != nil {
		return err
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	buffered := bufio.NewWriter(file)
	if err := write(engine, buffered); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	return file.Close()
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: mixdown OUT.wav")
	}
	if err := run(os.Args[1]); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s: %d s, perbus %s\n", os.Args[1], seconds, perbus.Version())
}
