// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus_test

import (
	"testing"
	"time"

	perbus "github.com/perbus/perbus/bindings/go"
)

// band is a group of a bus on the main mixer and one on a mixer that feeds it: 1 in all.
func band(t *testing.T, engine *perbus.Engine) (group *perbus.Group, kick, bass *perbus.Bus) {
	drums := must(engine.NewMixer())
	must(engine.MainMixer().ConnectNext(drums))
	kick = must(drums.ConnectNext(constant(engine, 0.75)))
	bass = must(engine.MainMixer().ConnectNext(constant(engine, 0.25)))
	group = must(engine.NewGroup("band"))
	ok(t, group.Add(kick, bass))
	settled(t, engine, 1)
	return group, kick, bass
}

func TestAGroupScalesItsMembers(t *testing.T) {
	engine := offline(t, 1)
	group, kick, bass := band(t, engine)
	ok(t, kick.SetVolume(0.5))
	ok(t, group.SetVolume(0.5))
	settled(t, engine, 0.3125)
	equal(t, group.Volume(), 0.5)
	equal(t, kick.Volume(), 0.5)
	equal(t, kick.EffectiveVolume(), 0.25)
	ok(t, group.SetVolumeDB(6))
	near(t, group.VolumeDB(), 6, 1e-5)
	ok(t, group.SetVolume(1))
	ok(t, group.Remove(kick))
	ok(t, group.SetMuted(true))
	equal(t, group.Muted(), true)
	settled(t, engine, 0.375)
	ok(t, group.SetMuted(false))
	ok(t, group.SetSoloed(true))
	equal(t, group.Soloed(), true)
	equal(t, bass.Soloed(), false)
	settled(t, engine, 0.25)
	ok(t, engine.RemoveGroup(group))
	settled(t, engine, 0.625)
	fails(t, group.SetVolume(0.5), perbus.ErrNotAttached)
	fails(t, engine.RemoveGroup(group), perbus.ErrNotAttached)
}

func TestGroupsInGroups(t *testing.T) {
	engine := offline(t, 1)
	inner, kick, bass := band(t, engine)
	outer := must(engine.NewGroup("all"))
	ok(t, outer.AddGroup(inner))
	ok(t, outer.Add(kick, bass))
	ok(t, outer.SetVolume(0.5)) // once, though two ways lead to it
	settled(t, engine, 0.5)
	fails(t, inner.AddGroup(outer), perbus.ErrCycle)
	fails(t, inner.AddGroup(inner), perbus.ErrCycle)
	equal(t, must(outer.InnerGroups())[0].Number(), inner.Number())
	equal(t, must(inner.Groups())[0].Name(), "all")
	equal(t, len(must(kick.Groups())), 2)
	equal(t, len(must(engine.Groups())), 2)
	members := must(inner.Members())
	equal(t, len(members), 2)
	equal(t, members[0].Mixer().ID() == kick.Mixer().ID() || members[1].Mixer().ID() == kick.Mixer().ID(), true)
	inner.SetName("brass")
	equal(t, inner.Name(), "brass")
	ok(t, outer.Remove(kick, bass))
	ok(t, outer.RemoveGroup(inner))
	settled(t, engine, 1)
}

func TestWhatGroupsRefuse(t *testing.T) {
	engine, other := offline(t, 1), offline(t, 1)
	group, kick, _ := band(t, engine)
	fails(t, group.Add(must(other.MainMixer().Bus(0))), perbus.ErrWrongEngine)
	fails(t, group.AddGroup(must(other.NewGroup("x"))), perbus.ErrWrongEngine)
	fails(t, engine.RemoveGroup(must(other.NewGroup("x"))), perbus.ErrWrongEngine)
	fails(t, group.SetVolume(4.01), perbus.ErrOutOfRange)
	fails(t, group.SetVolumeDB(13), perbus.ErrOutOfRange)
	fails(t, failure(group.FadeTo(-1, time.Second, perbus.Linear)), perbus.ErrOutOfRange)
	fails(t, group.Add(kick, nil), perbus.ErrInvalidArgument)
	fails(t, group.AddGroup(nil), perbus.ErrInvalidArgument)
	fails(t, (*perbus.Group)(nil).SetVolume(1), perbus.ErrInvalidArgument)
	ok(t, group.Add())
	settled(t, engine, 1)
	ok(t, engine.Close())
	for _, err := range []error{group.SetVolume(1), group.SetMuted(true), group.SetSoloed(true), group.Add(kick),
		group.Remove(kick), group.AddGroup(group), group.RemoveGroup(group), failure(group.Members()),
		failure(group.Groups()), failure(group.InnerGroups()), failure(group.Meter()), failure(engine.Groups()),
		failure(engine.NewGroup("x")), failure(kick.Groups()), kick.EndSend(), kick.SetSendTap(perbus.PreFader),
		failure(kick.SendTap()), failure(kick.SendSource()), failure(kick.Sends()), kick.SendTo(kick, perbus.PreFader),
		failure(group.FadeTo(1, time.Second, perbus.Linear)), group.SetVolumeDB(0), engine.RemoveGroup(group),
		failure(kick.SendToMixer(engine.MainMixer(), perbus.PreFader))} {
		fails(t, err, perbus.ErrClosed)
	}
}

func TestAGroupFadesWhileItsMembersDo(t *testing.T) {
	engine := offline(t, 1)
	group, kick, bass := band(t, engine)
	fade := must(group.FadeTo(0, 10*time.Millisecond, perbus.Linear))
	for _, bus := range []*perbus.Bus{kick, bass} {
		must(bus.FadeTo(0, 10*time.Millisecond, perbus.Linear))
	}
	equal(t, render(t, engine, 120)[0][119] > 0, true)
	near(t, group.Volume(), 0.75, tolerance)
	settled(t, engine)
	settled(t, engine, 0)
	equal(t, fade.End(), perbus.FadeFinished)
}

func TestAGroupsMeterIsTheSumOfPowers(t *testing.T) {
	engine := offline(t, 1)
	group, _, _ := band(t, engine)
	must(group.Meter())
	render(t, engine, 9600)
	meter := must(group.Meter())
	near(t, meter.Peak[0], 0.75, tolerance)
	near(t, meter.RMS[0], 0.7905694, 1e-5)
}

func TestSends(t *testing.T) {
	engine := offline(t, 1)
	mixer, reverb := engine.MainMixer(), must(engine.NewMixer())
	voice := must(mixer.ConnectNext(constant(engine, 1)))
	must(mixer.ConnectNext(reverb))
	send := must(voice.SendToMixer(reverb, perbus.PostFader))
	ok(t, send.SetVolume(0.5))
	ok(t, voice.SetVolume(0.5))
	settled(t, engine, 0.75)
	equal(t, must(send.SendTap()), perbus.PostFader)
	equal(t, must(send.SendSource()).Number(), voice.Number())
	equal(t, len(must(voice.Sends())), 1)
	ok(t, send.SetSendTap(perbus.PreFader))
	settled(t, engine, 1)
	second := must(reverb.Bus(5))
	ok(t, voice.SendTo(second, perbus.PostFader))
	settled(t, engine, 1.5)
	ok(t, second.EndSend())
	ok(t, voice.SetMuted(true))
	settled(t, engine, 0.5)

	fails(t, failure(second.SendTap()), perbus.ErrWrongKind)
	fails(t, failure(second.SendSource()), perbus.ErrWrongKind)
	fails(t, second.SetSendTap(perbus.PreFader), perbus.ErrWrongKind)
	fails(t, second.EndSend(), perbus.ErrWrongKind)
	fails(t, second.SendTo(voice, perbus.PreFader), perbus.ErrNotConnected)
	fails(t, voice.SendTo(voice, perbus.PreFader), perbus.ErrInvalidArgument)
	fails(t, voice.SendTo(second, 2), perbus.ErrInvalidArgument)
	fails(t, voice.SendTo(must(offline(t, 1).MainMixer().Bus(0)), perbus.PreFader), perbus.ErrWrongEngine)
	settled(t, engine, 0.5)
}
