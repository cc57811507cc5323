// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

import (
	"errors"
	"testing"
	"unsafe"

	"github.com/perbus/perbus/bindings/go/internal/direct"
)

// What goes behind the map's back is told by an audit, and a setter that the engine refuses leaves
// the strips as they were.
func TestTheEngineMayRefuseWhatTheMapAllows(t *testing.T) {
	m := newMixing(t)
	bus, err := m.mixer.Bus(m.bus)
	if err != nil {
		t.Fatal(err)
	}
	if err := bus.SetVolume(0.5); err != nil {
		t.Fatal(err)
	}
	raw := uintptr(unsafe.Pointer(m.engine.core.raw))
	if status := direct.DisconnectInput(raw, m.rawMixer, uint32(m.bus)); status != 0 {
		t.Fatal(status)
	}
	_, byNumber := m.engine.SetMixerVolumeForBus(m.mixer, 0.25, m.bus)
	configured := m.engine.ConfigureMixerBuses(m.mixer,
		BusConfig{Bus: m.bus, Volume: Float(0.125)}, BusConfig{Bus: 0, Volume: Float(0.125)})
	for _, err := range []error{byNumber, configured, bus.SetVolume(0.75), bus.SetMuted(true)} {
		if !errors.Is(err, ErrNotConnected) {
			t.Errorf("got %v", err)
		}
	}
	other, _ := m.mixer.Bus(0)
	if bus.Volume() != 0.5 || bus.Muted() || other.Volume() != 1 {
		t.Errorf("volume %v, muted %v, other %v", bus.Volume(), bus.Muted(), other.Volume())
	}
	found, err := m.engine.Audit()
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	one := found[0]
	if one.At != (Endpoint{m.mixer.ID(), m.bus}) || one.Engine != nil ||
		*one.Tracked != (Endpoint{m.source.ID(), 0}) {
		t.Fatal(one)
	}
	// Connecting it anew puts both right.
	if err := m.engine.Connect(m.source, m.mixer, 0, m.bus); err != nil {
		t.Fatal(err)
	}
	if found, err := m.engine.Audit(); len(found) != 0 || err != nil {
		t.Fatal(found, err)
	}
	if volume, err := m.engine.ConnectionVolume(m.source, m.mixer, m.bus); volume != 0.5 {
		t.Fatal(volume, err)
	}
}
