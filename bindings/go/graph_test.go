// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus_test

import (
	"math/rand"
	"testing"

	perbus "github.com/perbus/perbus/bindings/go"
)

func TestVersionIsTheLibrarys(t *testing.T) {
	equal(t, perbus.Version(), "0.2.0")
}

func TestAnOutputFeedsOnePlace(t *testing.T) {
	engine := offline(t, 1)
	mixer := engine.MainMixer()
	one, two := constant(engine, 0.25), constant(engine, 0.5)
	ok(t, engine.Connect(one, mixer, 0, 0))
	ok(t, engine.Connect(one, mixer, 0, 1))
	if source, err := engine.SourceOf(mixer, 0); source != nil || err != nil {
		t.Fatal(source, err)
	}
	ok(t, engine.Connect(two, mixer, 0, 1))
	settled(t, engine, 0.5)
	source, err := engine.SourceOf(mixer, 1)
	ok(t, err)
	equal(t, *source, perbus.Endpoint{Node: two.ID()})
	fails(t, engine.SetConnectionVolume(one, mixer, 1, 0.5), perbus.ErrNotConnected)
	output, err := engine.SourceOf(engine.Output(), 0)
	ok(t, err)
	equal(t, output.Node, mixer.ID())
	clean(t, engine)
}

func TestAFailedConnectionLeavesTheMapAsItWas(t *testing.T) {
	engine := offline(t, 1)
	mixer := engine.MainMixer()
	source := constant(engine, 0.5)
	ok(t, engine.Connect(source, mixer, 0, 2))
	drums := must(engine.NewMixer())
	ok(t, engine.Connect(drums, mixer, 0, 3))
	fails(t, engine.Connect(mixer, drums, 0, 0), perbus.ErrCycle)
	fails(t, engine.Connect(source, mixer, 0, perbus.MaxBuses), perbus.ErrOutOfRange)
	fails(t, engine.Connect(source, mixer, 1, 0), perbus.ErrOutOfRange)
	fails(t, engine.Connect(source, mixer, 0, -1), perbus.ErrOutOfRange)
	fails(t, engine.Connect(source, mixer, -1, 0), perbus.ErrOutOfRange)
	fails(t, engine.ConnectWithFormat(source, mixer, 0, 2, perbus.Format{}), perbus.ErrFormat)
	fails(t, engine.DisconnectNodeInput(mixer, 99), perbus.ErrOutOfRange)
	fails(t, engine.DisconnectNodeInput(mixer, -1), perbus.ErrOutOfRange)
	fails(t, engine.DisconnectNodeOutput(source, 1), perbus.ErrOutOfRange)
	ok(t, engine.SetConnectionVolume(source, mixer, 2, 0.5))
	settled(t, engine, 0.25)
	clean(t, engine)
}

func TestDetachedNodesComeBack(t *testing.T) {
	engine := offline(t, 1)
	mixer := engine.MainMixer()
	source := constant(engine, 0.5)
	ok(t, engine.Connect(source, mixer, 0, 0))
	ok(t, engine.SetConnectionVolume(source, mixer, 0, 0.5))
	ok(t, engine.Detach(source))
	settled(t, engine, 0)
	info, err := engine.InspectNode(source)
	ok(t, err)
	equal(t, info.Attached, false)
	fails(t, engine.Detach(source), perbus.ErrNotAttached)
	fails(t, engine.Connect(source, mixer, 0, 0), perbus.ErrNotAttached)
	fails(t, engine.SetConnectionVolume(source, mixer, 0, 0.5), perbus.ErrNotAttached)
	ok(t, engine.Attach(source))
	ok(t, engine.Attach(source))
	ok(t, engine.Connect(source, mixer, 0, 0))
	settled(t, engine, 0.25)
	fails(t, engine.Detach(mixer), perbus.ErrWrongKind)
	fails(t, engine.Detach(engine.Output()), perbus.ErrWrongKind)
	clean(t, engine)
}

func TestStripsOfADetachedMixerKeepTheirValues(t *testing.T) {
	engine := offline(t, 1)
	drums := must(engine.NewMixer())
	bus := must(drums.Bus(1))
	ok(t, bus.SetVolume(0.5))
	ok(t, engine.Detach(drums))
	fails(t, bus.SetVolume(1), perbus.ErrNotAttached)
	fails(t, bus.SetSoloed(true), perbus.ErrNotAttached)
	_, err := bus.Meter()
	fails(t, err, perbus.ErrNotAttached)
	_, err = engine.SetMixerVolumeForBus(drums, 1, 1)
	fails(t, err, perbus.ErrNotAttached)
	equal(t, bus.Volume(), 0.5)
	ok(t, engine.Attach(drums))
	ok(t, engine.Connect(drums, engine.MainMixer(), 0, 0))
	ok(t, engine.Connect(constant(engine, 0.5), drums, 0, 1))
	settled(t, engine, 0.25)
}

func TestInspectTellsBusesAndFormats(t *testing.T) {
	engine := offline(t, 2)
	mixer := must(engine.NewMixer())
	ok(t, mixer.Reserve(16))
	half := perbus.Format{SampleRate: 24000, Channels: 1}
	player := must(engine.NewPlayer())
	ok(t, engine.ConnectWithFormat(player, mixer, 0, 3, half))
	info, err := engine.InspectNode(mixer)
	ok(t, err)
	equal(t, info.Attached, true)
	equal(t, len(info.Inputs), 16)
	equal(t, info.Inputs[3], half)
	equal(t, len(info.Outputs), 1)
	equal(t, must(mixer.NextBus()), 0)
	fails(t, mixer.Reserve(0), perbus.ErrOutOfRange)
	fails(t, mixer.Reserve(-1), perbus.ErrOutOfRange)
	fails(t, mixer.Reserve(perbus.MaxBuses+1), perbus.ErrOutOfRange)
	// Unless told otherwise, the format given last stays.
	ok(t, engine.Connect(player, mixer, 0, 4))
	info, err = engine.InspectNode(player)
	ok(t, err)
	equal(t, info.Outputs[0], half)
}

// The engine itself is the model: after any graph calls, refused ones too, it and the map agree.
func TestTheMapFollowsTheEngine(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	for round := 0; round < 20; round++ {
		engine := must(perbus.NewOfflineEngine(format(2), 64))
		mixers := []*perbus.Mixer{
			engine.MainMixer(), must(engine.NewMixer()), must(engine.NewMixer()),
		}
		nodes := []perbus.Node{
			mixers[0], mixers[1], mixers[2], must(engine.NewPlayer()), must(engine.NewPlayer()),
			must(engine.NewEqualizer(1)), must(engine.NewEqualizer(1)), engine.Output(),
		}
		for step := 0; step < 60; step++ {
			one, two := nodes[random.Intn(len(nodes))], nodes[random.Intn(len(nodes))]
			mixer := mixers[random.Intn(len(mixers))]
			bus := random.Intn(3)
			switch random.Intn(10) {
			case 0, 1, 2:
				_ = engine.Connect(one, two, 0, bus)
			case 3:
				_ = engine.ConnectMany(one, 0, format(2), perbus.Destination{Mixer: mixer, Bus: bus},
					perbus.Destination{Mixer: mixers[0], Bus: 3})
			case 4:
				_ = engine.AddDestination(one, mixer, 0, bus)
			case 5:
				_ = engine.RemoveDestination(one, mixer, 0, bus)
			case 6:
				_ = engine.DisconnectNodeInput(one, bus)
			case 7:
				_ = engine.DisconnectNodeOutput(one, 0)
			case 8:
				_ = engine.Detach(one)
				_ = engine.Attach(one)
			case 9:
				_, _ = engine.SetMixerVolumeForBus(mixer, random.Float32(), bus)
			}
		}
		clean(t, engine)
		// What is heard of a strip is what the strip says.
		for _, mixer := range mixers {
			for bus := 0; bus < 4; bus++ {
				for _, source := range nodes {
					if volume, err := engine.ConnectionVolume(source, mixer, bus); err == nil {
						equal(t, volume, must(mixer.Bus(bus)).EffectiveVolume())
					}
				}
			}
		}
		ok(t, engine.Close())
	}
}
