package perbus

import (
	"testing"
	"time"
)

// As that of a device that halts.
func TestAFadeStandsStillWhileItsEngineHasNoTime(t *testing.T) {
	const frames = 480
	engine, err := NewOfflineEngine(Format{SampleRate: 48000, Channels: 1}, frames)
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	bus, err := engine.MainMixer().Bus(0)
	if err != nil {
		t.Fatal(err)
	}
	if err := engine.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bus.FadeTo(0, 2*frames*time.Second/48000, Linear); err != nil {
		t.Fatal(err)
	}
	if err := engine.Render([][]float32{make([]float32, frames)}); err != nil {
		t.Fatal(err)
	}
	for _, halt := range []func() error{engine.Pause, engine.Stop} {
		if err := halt(); err != nil {
			t.Fatal(err)
		}
		engine.core.past.Add(-frames)
		if volume := bus.Volume(); volume != 0.5 {
			t.Errorf("the volume is %g", volume)
		}
		engine.core.past.Add(frames)
	}
}
