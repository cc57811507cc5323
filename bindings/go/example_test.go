// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"time"

	perbus "github.com/perbus/perbus/bindings/go"
)

// ones is a source that puts out full scale.
func ones(_ int64, planar [][]float32) {
	for _, samples := range planar {
		for i := range samples {
			samples[i] = 1
		}
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// Two sources on two buses, each with its own fader.
func Example() {
	stereo := perbus.Format{SampleRate: 48000, Channels: 2}
	engine, err := perbus.NewOfflineEngine(stereo, 512)
	check(err)
	defer engine.Close()
	mixer := engine.MainMixer()
	drums, err := engine.NewSource(stereo, ones)
	check(err)
	bass, err := engine.NewSource(stereo, ones)
	check(err)
	check(engine.Connect(drums, mixer, 0, 0))
	check(engine.Connect(bass, mixer, 0, 1))

	control, err := engine.SetMixerVolumeForBus(mixer, 0.25, 0)
	check(err)
	_, err = engine.SetMixerPanForBus(mixer, -1, 1)
	check(err)

	check(engine.Start())
	block := [][]float32{make([]float32, 512), make([]float32, 512)}
	check(engine.Render(block))
	fmt.Println(control, block[0][511], block[1][511])

	// A bus without a source falls back to the mixer's global control, and says so.
	control, err = engine.SetMixerVolumeForBus(mixer, 0.5, 9)
	check(err)
	fmt.Println(control)
	// Output:
	// connection 1.25 0.25
	// mixer
}

// A strip belongs to the bus: it may be set before a source is there, and stays when one goes.
func ExampleBus() {
	mono := perbus.Format{SampleRate: 48000, Channels: 1}
	engine, err := perbus.NewOfflineEngine(mono, 512)
	check(err)
	defer engine.Close()
	bus, err := engine.MainMixer().Bus(3)
	check(err)
	check(bus.SetVolume(0.5))
	bus.SetLabel("voice")

	voice, err := engine.NewSource(mono, ones)
	check(err)
	check(engine.Connect(voice, bus.Mixer(), 0, 3))
	check(engine.Start())
	block := [][]float32{make([]float32, 512)}
	check(engine.Render(block))
	fmt.Println(bus.Label(), block[0][511])

	check(engine.DisconnectNodeInput(bus.Mixer(), 3))
	fmt.Println(bus.Connected(), bus.Volume())
	// Output:
	// voice 0.5
	// false 0.5
}

// One source on two mixers, each with a fader of its own.
func ExampleEngine_AddDestination() {
	mono := perbus.Format{SampleRate: 48000, Channels: 1}
	engine, err := perbus.NewOfflineEngine(mono, 512)
	check(err)
	defer engine.Close()
	main := engine.MainMixer()
	aux, err := engine.NewMixer()
	check(err)
	voice, err := engine.NewSource(mono, ones)
	check(err)
	check(engine.Connect(aux, main, 0, 1))
	check(engine.Connect(voice, main, 0, 0))
	check(engine.AddDestination(voice, aux, 0, 0)) // a send

	check(engine.SetConnectionVolume(voice, main, 0, 0.5))
	check(engine.SetConnectionVolume(voice, aux, 0, 0.25))
	check(engine.Start())
	block := [][]float32{make([]float32, 512)}
	check(engine.Render(block))
	fmt.Println(block[0][511])
	// Output: 0.75
}

func ExampleMixer_Snapshot() {
	engine, err := perbus.NewOfflineEngine(perbus.Format{SampleRate: 48000, Channels: 2}, 512)
	check(err)
	defer engine.Close()
	mixer := engine.MainMixer()
	check(engine.ConfigureMixerBuses(mixer,
		perbus.BusConfig{Bus: 0, Volume: perbus.Float(0.5), Label: perbus.String("drums")}))
	verse, err := mixer.Snapshot()
	check(err)
	stored, err := json.Marshal(verse)
	check(err)
	fmt.Println(string(stored))

	bus, err := mixer.Bus(0)
	check(err)
	check(bus.SetVolume(0))
	check(mixer.Apply(verse))
	fmt.Println(bus.Volume())
	// Output:
	// {"buses":[{"bus":0,"volume":0.5,"pan":0,"muted":false,"label":"drums","solo_safe":false}],"output_volume":1,"pan_law":"Balance"}
	// 0.5
}

func ExampleBus_FadeTo() {
	mono := perbus.Format{SampleRate: 48000, Channels: 1}
	engine, err := perbus.NewOfflineEngine(mono, 480)
	check(err)
	defer engine.Close()
	voice, err := engine.NewSource(mono, ones)
	check(err)
	check(engine.Connect(voice, engine.MainMixer(), 0, 0))
	bus, err := engine.MainMixer().Bus(0)
	check(err)
	check(engine.Start())
	block := [][]float32{make([]float32, 480)}
	check(engine.Render(block))

	fade, err := bus.FadeTo(0, 10*time.Millisecond, perbus.Linear)
	check(err)
	check(engine.Render(block))
	<-fade.Done()
	fmt.Printf("%.2f %.2f\n", block[0][119], block[0][479])
	// Output: 0.75 0.00
}

// Errors are told apart by their status, and name the value and its limit.
func ExampleError() {
	engine, err := perbus.NewOfflineEngine(perbus.Format{SampleRate: 48000, Channels: 2}, 512)
	check(err)
	defer engine.Close()
	_, err = engine.SetMixerVolumeForBus(engine.MainMixer(), 4.01, 0)
	fmt.Println(errors.Is(err, perbus.ErrOutOfRange), err)

	check(engine.SetFallback(perbus.FallbackDeny))
	_, err = engine.SetMixerVolumeForBus(engine.MainMixer(), 0.5, 0)
	fmt.Println(errors.Is(err, perbus.ErrNotConnected), err)
	// Output:
	// true perbus: volume 4.01 is not in 0 to 4
	// true perbus: bus 0 has no source, and the fallback is to deny
}
