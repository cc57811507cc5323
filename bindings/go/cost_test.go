// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

import (
	"math"
	"testing"
	"time"
	"unsafe"

	"github.com/perbus/perbus/bindings/go/internal/direct"
)

// mixing is an engine with a source on bus 3, and C's handles of both.
type mixing struct {
	engine                 *Engine
	mixer                  *Mixer
	source                 *Player
	rawSource, rawMixer    uintptr
	bus                    int
	volume, previousVolume float32
}

func newMixing(t testing.TB) *mixing {
	t.Helper()
	engine, err := NewOfflineEngine(Format{SampleRate: 48000, Channels: 2}, 512)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	player, err := engine.NewPlayer()
	if err != nil {
		t.Fatal(err)
	}
	mixer := engine.MainMixer()
	if err := engine.Connect(player, mixer, 0, 3); err != nil {
		t.Fatal(err)
	}
	if err := engine.Start(); err != nil {
		t.Fatal(err)
	}
	return &mixing{
		engine: engine, mixer: mixer, source: player, bus: 3,
		rawSource: uintptr(unsafe.Pointer(player.node.raw)), rawMixer: uintptr(unsafe.Pointer(mixer.node.raw)),
		volume: 0.25, previousVolume: 0.5,
	}
}

// next is two volumes in turn, so that every call has something to change.
func (m *mixing) next() float32 {
	m.volume, m.previousVolume = m.previousVolume, m.volume
	return m.volume
}

func BenchmarkBareCall(b *testing.B) {
	b.ReportAllocs()
	for i := 0; i < b.N; i++ {
		direct.Version()
	}
}

func BenchmarkInC(b *testing.B) {
	m := newMixing(b)
	b.ResetTimer()
	direct.SetVolumeRepeatedly(m.rawSource, m.rawMixer, 3, b.N)
}

func BenchmarkConnectionSetVolume(b *testing.B) {
	m := newMixing(b)
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		direct.SetVolume(m.rawSource, m.rawMixer, 3, m.next())
	}
}

func BenchmarkSetMixerVolumeForBus(b *testing.B) {
	m := newMixing(b)
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		if _, err := m.engine.SetMixerVolumeForBus(m.mixer, m.next(), m.bus); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMixerVolumeForBus(b *testing.B) {
	m := newMixing(b)
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		if _, _, err := m.engine.MixerVolumeForBus(m.mixer, m.bus); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRender512(b *testing.B) {
	m := newMixing(b)
	block := [][]float32{make([]float32, 512), make([]float32, 512)}
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		if err := m.engine.Render(block); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCost sets the calls against each other, in turn and in many short rounds, of which the
// best count: a control call is to cost no more than the bare call and twice the call in C that it
// makes.
func BenchmarkCost(b *testing.B) {
	const calls = 2000
	m := newMixing(b)
	ways := []struct {
		name string
		run  func()
	}{
		{"bare-ns", func() {
			for i := 0; i < calls; i++ {
				direct.Version()
			}
		}},
		{"c-ns", func() {
			direct.SetMixerVolumeRepeatedly(uintptr(m.engine.core.handle), uintptr(m.mixer.node.handle), 3, calls)
		}},
		{"shim-ns", func() { direct.SetVolumeRepeatedly(m.rawSource, m.rawMixer, 3, calls) }},
		{"raw-ns", func() {
			for i := 0; i < calls; i++ {
				direct.SetVolume(m.rawSource, m.rawMixer, 3, m.next())
			}
		}},
		{"full-ns", func() {
			for i := 0; i < calls; i++ {
				_, _ = m.engine.SetMixerVolumeForBus(m.mixer, m.next(), m.bus)
			}
		}},
	}
	best := make([]float64, len(ways))
	for way := range best {
		best[way] = math.Inf(1)
	}
	b.ResetTimer()
	for round := 0; round < b.N; round++ {
		for way := range ways {
			start := time.Now()
			ways[way].run()
			best[way] = math.Min(best[way], float64(time.Since(start).Nanoseconds())/calls)
		}
	}
	for way := range ways {
		b.ReportMetric(best[way], ways[way].name)
	}
	b.ReportMetric(best[0]+2*best[1], "limit-ns")
}

func TestControlCallsDoNotAllocate(t *testing.T) {
	m := newMixing(t)
	bus, err := m.mixer.Bus(m.bus)
	if err != nil {
		t.Fatal(err)
	}
	block := [][]float32{make([]float32, 512), make([]float32, 512)}
	calls := map[string]func() error{
		"SetMixerVolumeForBus": func() error {
			_, err := m.engine.SetMixerVolumeForBus(m.mixer, m.next(), m.bus)
			return err
		},
		"SetMixerPanForBus": func() error {
			_, err := m.engine.SetMixerPanForBus(m.mixer, m.next(), m.bus)
			return err
		},
		"SetMixerVolumeForBus without a source": func() error {
			_, err := m.engine.SetMixerVolumeForBus(m.mixer, m.next(), 9)
			return err
		},
		"MixerVolumeForBus": func() error {
			_, _, err := m.engine.MixerVolumeForBus(m.mixer, m.bus)
			return err
		},
		"SetConnectionVolume": func() error {
			return m.engine.SetConnectionVolume(m.source, m.mixer, m.bus, m.next())
		},
		"ConnectionVolume": func() error {
			_, err := m.engine.ConnectionVolume(m.source, m.mixer, m.bus)
			return err
		},
		"Bus.SetVolume": func() error { return bus.SetVolume(m.next()) },
		"Bus.SetPan":    func() error { return bus.SetPan(m.next()) },
		"Bus.SetMuted":  func() error { return bus.SetMuted(m.next() == 0.5) },
		"Bus.Meter": func() error {
			_, err := bus.Meter()
			return err
		},
		"Render": func() error { return m.engine.Render(block) },
	}
	for name, call := range calls {
		var failed error
		if count := testing.AllocsPerRun(100, func() { failed = call() }); count != 0 {
			t.Errorf("%s: %v allocations", name, count)
		}
		if failed != nil {
			t.Errorf("%s: %v", name, failed)
		}
	}
}
