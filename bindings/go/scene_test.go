// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus_test

import (
	"encoding/json"
	"testing"
	"time"

	perbus "github.com/perbus/perbus/bindings/go"
)

// twoMixers is an engine with a source on its main mixer and one on a mixer that feeds it: 1 in all.
func twoMixers(t *testing.T) (engine *perbus.Engine, main, drums *perbus.Mixer) {
	engine = offline(t, 1)
	main, drums = engine.MainMixer(), must(engine.NewMixer())
	must(drums.ConnectNext(constant(engine, 0.75)))
	must(main.ConnectNext(drums))
	must(main.ConnectNext(constant(engine, 0.25)))
	settled(t, engine, 1)
	return engine, main, drums
}

func TestASceneOfAllMixers(t *testing.T) {
	engine, main, drums := twoMixers(t)
	verse := must(engine.Snapshot())
	ok(t, must(drums.Bus(0)).SetVolume(0))
	ok(t, main.SetOutputVolume(0.5))
	ok(t, must(main.Bus(1)).SetMuted(true))
	settled(t, engine, 0)
	chorus := must(engine.SnapshotWithSolo())
	ok(t, engine.Apply(verse))
	settled(t, engine, 1)
	equal(t, *verse.Mixer("mixer 0").OutputVolume, 1)
	equal(t, verse.Mixer("mixer 99") == nil, true)
	ok(t, engine.Apply(must(chorus.Only(perbus.OutputVolumes))))
	settled(t, engine, 0.5)
	ok(t, engine.Apply(must(chorus.OnlyBuses(must(drums.Bus(0))))))
	settled(t, engine, 0.125)
	ok(t, main.Apply(must(must(chorus.Mixer("mixer 0").Only(perbus.Mutes)).OnlyBuses(1))))
	settled(t, engine, 0)
	fails(t, offline(t, 1).Apply(chorus), perbus.ErrNotAttached)
	fails(t, engine.Apply(nil), perbus.ErrInvalidArgument)
	fails(t, main.FadeToScene(nil, 0, perbus.Linear), perbus.ErrInvalidArgument)
	fails(t, failure(chorus.Only(1024)), perbus.ErrInvalidArgument)
	twice := &perbus.EngineScene{Mixers: append(verse.Mixers, verse.Mixers[0])}
	fails(t, engine.Apply(twice), perbus.ErrInvalidArgument)
	fails(t, main.Apply(&perbus.Scene{OutputVolume: perbus.Float(4.01)}), perbus.ErrOutOfRange)
	settled(t, engine, 0)
}

func TestFadesToScenes(t *testing.T) {
	engine, main, _ := twoMixers(t)
	verse := must(engine.Snapshot())
	dark := &perbus.EngineScene{Mixers: []perbus.MixerScene{{Mixer: "mixer 0", Scene: perbus.Scene{
		Buses:        []perbus.BusConfig{{Bus: 1, Volume: perbus.Float(0)}},
		OutputVolume: perbus.Float(0.5),
	}}}}
	ok(t, engine.FadeToScene(dark, 10*time.Millisecond, perbus.Linear))
	render(t, engine, 240)
	near(t, must(main.OutputVolume()), 0.75, tolerance)
	near(t, must(main.Bus(1)).Volume(), 0.5, tolerance)
	settled(t, engine)
	settled(t, engine, 0.375)
	ok(t, main.FadeToScene(verse.Mixer("mixer 0"), 10*time.Millisecond, perbus.EqualPower))
	settled(t, engine)
	settled(t, engine, 1)
	fails(t, main.FadeToScene(verse.Mixer("mixer 0"), 25*time.Hour, perbus.Linear), perbus.ErrOutOfRange)
	ok(t, engine.Close())
	_, err := engine.Snapshot()
	fails(t, err, perbus.ErrClosed)
	fails(t, engine.Apply(dark), perbus.ErrClosed)
	fails(t, engine.FadeToScene(dark, 0, perbus.Linear), perbus.ErrClosed)
}

func TestScenesAsJSON(t *testing.T) {
	_, main, _ := twoMixers(t)
	ok(t, main.SetOutputVolume(0.5))
	var read perbus.Scene
	ok(t, json.Unmarshal(must(json.Marshal(must(main.Snapshot()))), &read))
	equal(t, *read.OutputVolume, 0.5)
	equal(t, len(read.Buses), 2)
}

func TestScenesBringAllStripsBack(t *testing.T) {
	engine := offline(t, 1)
	mixer := engine.MainMixer()
	ok(t, engine.Connect(constant(engine, 0.25), mixer, 0, 0))
	ok(t, engine.Connect(constant(engine, 0.5), mixer, 0, 1))
	ok(t, must(mixer.Bus(0)).SetVolume(0.5))
	must(mixer.Bus(1)).SetLabel("bass")
	verse := must(mixer.SnapshotWithSolo())
	ok(t, must(mixer.Bus(0)).SetMuted(true))
	ok(t, must(mixer.Bus(1)).SetSoloed(true))
	ok(t, must(mixer.Bus(1)).SetVolume(0.25))
	settled(t, engine, 0.125)
	chorus := must(mixer.SnapshotWithSolo())
	ok(t, mixer.Apply(verse))
	settled(t, engine, 0.625)
	ok(t, mixer.Apply(chorus))
	settled(t, engine, 0.125)

	stored := must(json.Marshal(verse))
	var loaded perbus.Scene
	ok(t, json.Unmarshal(stored, &loaded))
	ok(t, mixer.Apply(&loaded))
	settled(t, engine, 0.625)
	equal(t, *loaded.Buses[1].Label, "bass")

	other := must(engine.NewMixer())
	fails(t, mixer.Apply(nil), perbus.ErrInvalidArgument)
	// It is a plain value: another mixer's buses of the same numbers take it, too.
	ok(t, other.Apply(verse))
	equal(t, must(other.Bus(0)).Volume(), 0.5)
}

func TestGroupsComeBack(t *testing.T) {
	engine, main, drums := twoMixers(t)
	inner, outer := must(engine.NewGroup("inner")), must(engine.NewGroup("outer"))
	ok(t, inner.Add(must(drums.Bus(0))))
	ok(t, outer.AddGroup(inner))
	ok(t, outer.SetVolume(0.5))
	settled(t, engine, 0.625)
	verse := must(engine.Snapshot())
	equal(t, len(verse.Groups), 2)
	equal(t, len(verse.Groups[0].Members), 1)
	equal(t, verse.Groups[0].Members[0], perbus.GroupMember{Mixer: verse.Mixers[1].Mixer, Bus: 0})
	equal(t, len(verse.Groups[1].InnerGroups), 1)
	equal(t, *verse.Groups[1].Name, "outer")
	equal(t, verse.Groups[1].Soloed == nil, true)
	equal(t, *must(engine.SnapshotWithSolo()).Groups[1].Soloed, false)
	ok(t, inner.Remove(must(drums.Bus(0))))
	ok(t, inner.Add(must(main.Bus(1))))
	ok(t, outer.SetVolume(2))
	settled(t, engine, 1.25)
	ok(t, engine.Apply(must(verse.Only(perbus.Groups))))
	settled(t, engine, 1.75)
	ok(t, engine.Apply(verse))
	settled(t, engine, 0.625)

	empty := perbus.GroupConfig{Group: 1, Members: []perbus.GroupMember{}, InnerGroups: []int{}}
	ok(t, engine.Apply(&perbus.EngineScene{Groups: []perbus.GroupConfig{empty}}))
	settled(t, engine, 1)
	refused := func(target perbus.Status, groups ...perbus.GroupConfig) {
		t.Helper()
		fails(t, engine.Apply(&perbus.EngineScene{Groups: groups}), target)
		settled(t, engine, 1)
	}
	refused(perbus.ErrNotAttached, perbus.GroupConfig{Group: 9})
	refused(perbus.ErrNotAttached, perbus.GroupConfig{Members: []perbus.GroupMember{{Mixer: "mixer 99"}}})
	refused(perbus.ErrInvalidArgument, perbus.GroupConfig{}, perbus.GroupConfig{})
	refused(perbus.ErrOutOfRange, perbus.GroupConfig{Group: -1})
	refused(perbus.ErrOutOfRange, perbus.GroupConfig{Volume: perbus.Float(4.01)})
	refused(perbus.ErrCycle, perbus.GroupConfig{InnerGroups: []int{1}},
		perbus.GroupConfig{Group: 1, InnerGroups: []int{0}})
}

func TestTapsAndPanLawsComeBack(t *testing.T) {
	engine, main, _ := twoMixers(t)
	aux := must(engine.NewMixer())
	send := must(must(main.Bus(1)).SendToMixer(aux, perbus.PreFader))
	ok(t, aux.SetPanLaw(perbus.ConstantPower))
	verse := must(aux.Snapshot())
	equal(t, *verse.Buses[0].SendTap, perbus.PreFader)
	equal(t, *verse.PanLaw, perbus.ConstantPower)
	ok(t, send.SetSendTap(perbus.PostFader))
	ok(t, aux.SetPanLaw(perbus.Balance))
	ok(t, aux.Apply(must(verse.Only(perbus.SendTaps))))
	equal(t, must(send.SendTap()), perbus.PreFader)
	equal(t, must(aux.PanLaw()), perbus.Balance)
	ok(t, aux.Apply(verse))
	equal(t, must(aux.PanLaw()), perbus.ConstantPower)
	other := perbus.PanLaw(7)
	fails(t, aux.Apply(&perbus.Scene{PanLaw: &other}), perbus.ErrInvalidArgument)
}

// As Rust and C store it.
func TestTapsAndPanLawsAreStoredByName(t *testing.T) {
	var scene perbus.Scene
	stored := `{"version":4,"buses":[{"bus":0,"volume":null,"send_tap":"PreFader"}],"output_volume":null,` +
		`"pan_law":"ConstantPower"}`
	ok(t, json.Unmarshal([]byte(stored), &scene))
	equal(t, *scene.Buses[0].SendTap, perbus.PreFader)
	equal(t, *scene.PanLaw, perbus.ConstantPower)
	equal(t, string(must(json.Marshal(scene))),
		`{"buses":[{"bus":0,"send_tap":"PreFader"}],"pan_law":"ConstantPower"}`)
	for _, bad := range []string{`{"pan_law":"Loud"}`, `{"pan_law":1}`, `{"buses":[{"send_tap":"Balance"}]}`} {
		equal(t, json.Unmarshal([]byte(bad), &scene) == nil, false)
	}
	unknown := perbus.PanLaw(7)
	_, err := json.Marshal(perbus.Scene{PanLaw: &unknown})
	fails(t, err, perbus.ErrInvalidArgument)
}
