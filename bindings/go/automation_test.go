// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus_test

import (
	"testing"
	"time"

	perbus "github.com/perbus/perbus/bindings/go"
)

const short = 10 * time.Millisecond // 480 frames

// automated is a bus that puts out 0.5, of a mono engine at frame 0.
func automated(t *testing.T) (*perbus.Engine, *perbus.Bus) {
	engine := offline(t, 1)
	return engine, must(engine.MainMixer().ConnectNext(constant(engine, 0.5)))
}

// lastOf renders so many frames, at most a block, and is what the last of them has.
func lastOf(t *testing.T, engine *perbus.Engine, frames int) float32 {
	return render(t, engine, frames)[0][frames-1]
}

func TestAFadeStartsAtItsFrameAndALaterOneTakesOver(t *testing.T) {
	engine, bus := automated(t)
	down := must(bus.FadeAt(300, 0, short, perbus.Linear))
	up := must(bus.FadeAt(540, 1, short/2, perbus.Linear))
	near(t, lastOf(t, engine, 300), 0.5, 1e-6)
	near(t, lastOf(t, engine, 120), 0.375, 1e-6)
	equal(t, down.End(), perbus.FadeRunning)
	near(t, lastOf(t, engine, 120), 0.25, 1e-6)
	near(t, lastOf(t, engine, 120), 0.375, 1e-6)
	equal(t, down.End(), perbus.FadeReplaced)
	near(t, lastOf(t, engine, 120), 0.5, 1e-6)
	equal(t, up.End(), perbus.FadeFinished)
	never := must(bus.FadeAt(1000, 0, short, perbus.Linear))
	ok(t, never.Cancel())
	equal(t, never.End(), perbus.FadeReplaced)
	near(t, lastOf(t, engine, 500), 0.5, 1e-6)
}

func TestPointsAreAddedAllOrNone(t *testing.T) {
	engine, bus := automated(t)
	down := perbus.AutomationPoint{Frame: 100, Value: 0, Duration: short, Curve: perbus.Exponential}
	up := perbus.AutomationPoint{Frame: 1000, Value: 0.5}
	ok(t, bus.AutomateVolume(up, down))
	fails(t, bus.AutomateVolume(perbus.AutomationPoint{Frame: 50}, perbus.AutomationPoint{Frame: 60, Value: 4.01}),
		perbus.ErrOutOfRange)
	fails(t, bus.AutomateVolume(perbus.AutomationPoint{Frame: 50}, perbus.AutomationPoint{Frame: 50}),
		perbus.ErrInvalidArgument)
	fails(t, bus.AutomatePan(down), perbus.ErrInvalidArgument)
	ok(t, bus.AutomateVolume())
	points := must(bus.VolumeAutomation())
	equal(t, len(points), 2)
	equal(t, points[0], down)
	equal(t, points[1], up)
	near(t, lastOf(t, engine, 100), 0.5, 1e-6)
	near(t, lastOf(t, engine, 500), 0, 1e-6)
	near(t, lastOf(t, engine, 400), 0, 1e-6)
	near(t, lastOf(t, engine, 480), 0.25, 1e-6)

	many := make([]perbus.AutomationPoint, 20)
	for i := range many {
		many[i] = perbus.AutomationPoint{Frame: int64(10000 + i), Value: 1}
	}
	ok(t, bus.AutomateVolume(many...))
	equal(t, len(must(bus.VolumeAutomation())), 20)
}

func TestWhatWaitsIsCancelledFromAFrameOn(t *testing.T) {
	engine, bus := automated(t)
	must(bus.FadeAt(0, 0, short, perbus.Linear))
	ok(t, bus.SetVolumeAt(500, 1))
	ok(t, bus.CancelAutomationFrom(240))
	near(t, lastOf(t, engine, 240), 0.25, 1e-6)
	near(t, lastOf(t, engine, 260), 0, 1e-6)
	fails(t, bus.CancelAutomationFrom(499), perbus.ErrOutOfRange)
	fails(t, bus.SetVolumeAt(499, 1), perbus.ErrOutOfRange)
	waiting := must(bus.FadeAt(90000, 0, short, perbus.Linear))
	engine.Close()
	equal(t, waiting.End(), perbus.FadeReplaced)
	fails(t, bus.SetVolumeAt(95000, 1), perbus.ErrClosed)
}

func TestPansAreAutomated(t *testing.T) {
	engine := offline(t, 2)
	bus := must(engine.MainMixer().ConnectNext(constant(engine, 0.5, 0.5)))
	must(bus.FadePanAt(0, -1, short))
	ok(t, bus.AutomatePan(perbus.AutomationPoint{Frame: 1000, Value: 1, Duration: short}))
	ok(t, bus.SetPanAt(2000, 0))
	equal(t, len(must(bus.PanAutomation())), 3)
	for _, want := range [][2]float32{{0.5, 0}, {0.5, 0}, {0, 0.5}, {0, 0.5}, {0.5, 0.5}} {
		heard := render(t, engine, 500)
		near(t, heard[0][499], want[0], 1e-6)
		near(t, heard[1][499], want[1], 1e-6)
	}
}

func TestOutputVolumesAreAutomated(t *testing.T) {
	engine, _ := automated(t)
	mixer := engine.MainMixer()
	fade := must(mixer.FadeOutputVolumeAt(100, 0, short, perbus.Linear))
	near(t, lastOf(t, engine, 340), 0.25, 1e-6)
	near(t, lastOf(t, engine, 240), 0, 1e-6)
	equal(t, fade.End(), perbus.FadeFinished)
	ok(t, mixer.AutomateOutputVolume(perbus.AutomationPoint{Frame: 600, Value: 1, Duration: short}))
	ok(t, mixer.SetOutputVolumeAt(2000, 0))
	equal(t, len(must(mixer.OutputVolumeAutomation())), 2)
	ok(t, mixer.CancelOutputAutomationFrom(840))
	near(t, lastOf(t, engine, 260), 0.25, 1e-6)
	near(t, lastOf(t, engine, 2000), 0.5, 1e-6)
}

func TestGroupsAreAutomated(t *testing.T) {
	engine, bus := automated(t)
	group := must(engine.NewGroup("all"))
	ok(t, group.Add(bus))
	// A group and a member fade at the same time: each frame has the product.
	down := must(group.FadeAt(300, 0, short, perbus.Linear))
	must(bus.FadeAt(300, 0, short, perbus.Linear))
	up := must(group.FadeAt(540, 1, short/2, perbus.Linear))
	near(t, lastOf(t, engine, 300), 0.5, 1e-6)
	near(t, lastOf(t, engine, 240), 0.125, 1e-6)
	near(t, lastOf(t, engine, 120), 0.09375, 1e-6)
	equal(t, down.End(), perbus.FadeReplaced)
	near(t, lastOf(t, engine, 340), 0, 1e-6)
	equal(t, up.End(), perbus.FadeFinished)
	// Now 1000, where the member is back.
	ok(t, bus.SetVolumeAt(1000, 1))
	fall := perbus.AutomationPoint{Frame: 2000, Value: 0.25, Duration: short, Curve: perbus.EqualPower}
	ok(t, group.AutomateVolume(perbus.AutomationPoint{Frame: 3000, Value: 1}, fall))
	ok(t, group.SetVolumeAt(4000, 0))
	points := must(group.VolumeAutomation())
	equal(t, len(points), 3)
	equal(t, points[0], fall)
	ok(t, group.CancelAutomationFrom(3000))
	near(t, lastOf(t, engine, 500), 0.5, 1e-6)
	near(t, lastOf(t, engine, 500), 0.5, 1e-6)
	near(t, lastOf(t, engine, 480), 0.125, 1e-6)
	for range [4]int{} {
		near(t, lastOf(t, engine, 510), 0.125, 1e-6)
	}

	fails(t, group.SetVolumeAt(4519, 1), perbus.ErrOutOfRange)
	fails(t, group.CancelAutomationFrom(4519), perbus.ErrOutOfRange)
	fails(t, group.AutomateVolume(perbus.AutomationPoint{Frame: 9000, Value: 4.01}), perbus.ErrOutOfRange)
	fails(t, group.AutomateVolume(fall, fall), perbus.ErrOutOfRange)
	fall.Frame = 9000
	fails(t, group.AutomateVolume(fall, fall), perbus.ErrInvalidArgument)
	fails(t, (*perbus.Group)(nil).SetVolumeAt(9000, 1), perbus.ErrInvalidArgument)
	waiting := must(group.FadeAt(9000, 0, short, perbus.Linear))
	ok(t, engine.RemoveGroup(group))
	equal(t, waiting.End(), perbus.FadeStopped)
	fails(t, group.SetVolumeAt(9000, 1), perbus.ErrNotAttached)
	ok(t, engine.Close())
	fails(t, failure(group.FadeAt(9000, 0, short, perbus.Linear)), perbus.ErrClosed)
	fails(t, failure(group.VolumeAutomation()), perbus.ErrClosed)
	fails(t, group.CancelAutomationFrom(9000), perbus.ErrClosed)
}
