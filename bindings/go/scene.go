// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

// BusConfig is what [Engine.ConfigureMixerBuses] changes on one bus; what is nil stays. [Float],
// [Bool] and [String] make the pointers.
type BusConfig struct {
	// Bus is the bus's number.
	Bus int `json:"bus"`
	// Volume is the fader: a linear gain, 0 to 1.
	Volume *float32 `json:"volume,omitempty"`
	// Pan is -1 (left) to 1 (right).
	Pan *float32 `json:"pan,omitempty"`
	// Muted tells whether the bus is muted.
	Muted *bool `json:"muted,omitempty"`
	// Soloed tells whether the bus is soloed.
	Soloed *bool `json:"soloed,omitempty"`
	// Label is the bus's label.
	Label *string `json:"label,omitempty"`
}

// Float is a pointer to the value, for a field that may be left out.
func Float(value float32) *float32 { return &value }

// Bool is a pointer to the value, for a field that may be left out.
func Bool(value bool) *bool { return &value }

// String is a pointer to the value, for a field that may be left out.
func String(value string) *string { return &value }

func (b *BusConfig) check() error {
	if err := checkBus(b.Bus); err != nil {
		return err
	}
	if b.Volume != nil {
		if err := checkVolume(*b.Volume); err != nil {
			return err
		}
	}
	if b.Pan != nil {
		return checkPan(*b.Pan)
	}
	return nil
}

func (b *BusConfig) write(f *faders) {
	if b.Volume != nil {
		f.setVolume(*b.Volume)
	}
	if b.Pan != nil {
		f.setPan(*b.Pan)
	}
	if b.Muted != nil {
		f.muted = *b.Muted
	}
	if b.Soloed != nil {
		f.soloed = *b.Soloed
	}
}

// Scene is the strips of one mixer at one moment, see [Mixer.Snapshot]. As JSON it names no mixer and
// fits any.
type Scene struct {
	// Buses is what the scene sets, by ascending number in a snapshot.
	Buses []BusConfig `json:"buses"`

	mixer NodeID // of which it was taken; 0 for any
}

// ConfigureMixerBuses changes many strips at once. Everything is checked first; then all of it
// changes, and on the portable engine it is heard from one and the same block on.
//
// [ErrOutOfRange] for a volume, a pan or a bus, [ErrInvalidArgument] for a bus that is listed twice,
// [ErrNotAttached] and [ErrWrongEngine] for the mixer.
//
// Maps to destinationForMixer:bus:, setVolume: and setPan:.
func (e *Engine) ConfigureMixerBuses(mixer *Mixer, buses ...BusConfig) error {
	listed := make(map[int]*BusConfig, len(buses))
	for i := range buses {
		config := &buses[i]
		if err := config.check(); err != nil {
			return err
		}
		if listed[config.Bus] != nil {
			return failf(ErrInvalidArgument, "bus %d is listed twice", config.Bus)
		}
		listed[config.Bus] = config
	}
	c, err := e.enter()
	if err != nil {
		return err
	}
	defer e.leave()
	n, err := c.own(mixer.base())
	if err != nil {
		return err
	}
	if err := n.checkAttached(); err != nil {
		return err
	}
	n.strips.mu.Lock()
	defer n.strips.mu.Unlock()
	for bus := range listed {
		n.strips.getLocked(bus)
	}
	return c.changeStrips(n, listed)
}

// Snapshot is the strips as they are now: of every bus that was ever connected or asked for.
func (m *Mixer) Snapshot() (*Scene, error) {
	n, err := m.base().enter()
	if err != nil {
		return nil, err
	}
	defer m.engine.leave()
	n.strips.mu.Lock()
	defer n.strips.mu.Unlock()
	held := n.strips.lockAll()
	defer unlockAll(held)
	now := n.core.now()
	scene := &Scene{mixer: n.id}
	for bus, s := range held {
		if s == nil {
			continue
		}
		f := &s.faders
		scene.Buses = append(scene.Buses, BusConfig{
			Bus:    bus,
			Volume: Float(level{f.volume, f.volumeFade}.at(now)),
			Pan:    Float(level{f.pan, f.panFade}.at(now)),
			Muted:  Bool(f.muted),
			Soloed: Bool(f.soloed),
			Label:  String(s.label),
		})
	}
	return scene, nil
}

// Apply sets the strips to a scene, as [Engine.ConfigureMixerBuses] does: all or nothing, heard from
// one block on. Buses that the scene does not list stay.
//
// [ErrInvalidArgument] for a nil scene and one of another mixer, and all that ConfigureMixerBuses
// fails with.
func (m *Mixer) Apply(scene *Scene) error {
	h := m.base()
	if h == nil || h.node == nil {
		return failf(ErrInvalidArgument, "the node is nil")
	}
	if scene == nil {
		return failf(ErrInvalidArgument, "the scene is nil")
	}
	if scene.mixer != 0 && scene.mixer != h.node.id {
		return failf(ErrInvalidArgument, "the scene is of mixer %v, not of %v", scene.mixer, h.node.id)
	}
	return h.engine.ConfigureMixerBuses(m, scene.Buses...)
}

// lockAll locks all strips, in ascending order: nobody who holds a strip's lock waits for another's.
func (s *strips) lockAll() []*strip {
	for _, one := range s.byBus {
		if one != nil {
			one.mu.Lock()
		}
	}
	return s.byBus
}

func unlockAll(held []*strip) {
	for _, one := range held {
		if one != nil {
			one.mu.Unlock()
		}
	}
}

// sending is what does not fit the engine's list of changes: a fade, or a bus behind a matrix.
type sending struct {
	to          connection
	volume, pan level
	stepped     bool
}

// changeStrips changes any of a mixer's strips and lets the engine have the connections that this
// changes, in one call. With the list of strips locked.
func (c *core) changeStrips(mixer *node, listed map[int]*BusConfig) error {
	held := mixer.strips.lockAll()
	defer unlockAll(held)
	wanted := make([]faders, len(held))
	before, after := false, false
	soloed := int32(0)
	for bus, s := range held {
		if s == nil {
			continue
		}
		wanted[bus] = s.faders
		if config := listed[bus]; config != nil {
			config.write(&wanted[bus])
		}
		before = before || s.faders.soloed
		if wanted[bus].soloed {
			after = true
			soloed++
		}
	}
	// A fade's rest starts where it is.
	now := c.now()
	var changes []C.perbus_connection_change
	var others []sending
	for bus, s := range held {
		if s == nil {
			continue
		}
		old, new := &s.faders, &wanted[bus]
		new.noteReturn(old.silenced(before), after)
		volume, pan := new.effective(after), level{new.pan, new.panFade}
		if volume == old.effective(before) && pan == (level{old.pan, old.panFade}) {
			continue
		}
		tracked, to := faderAt(point{mixer, bus})
		if tracked == nil || to.source == nil {
			continue
		}
		if !to.byParameter() {
			changes = append(changes, C.perbus_connection_change{
				source: to.source.raw,
				mixer:  mixer.raw,
				bus:    C.uint32_t(bus),
				volume: C.float(volume.at(now)),
				pan:    C.float(pan.at(now)),
			})
		}
		if to.byParameter() || volume.fade != nil || pan.fade != nil {
			others = append(others, sending{to, volume, pan, new.stepped})
		}
	}
	if err := c.send(changes, others); err != nil {
		return err
	}
	mixer.strips.soloed.Store(soloed)
	for bus, s := range held {
		if s == nil {
			continue
		}
		s.faders = wanted[bus]
		if config := listed[bus]; config != nil && config.Label != nil {
			s.label = *config.Label
		}
	}
	return nil
}

func (c *core) send(changes []C.perbus_connection_change, others []sending) error {
	apply := func() error {
		if len(changes) == 0 {
			return nil
		}
		return check(C.pbgo_connections_apply(c.ref(), &changes[0], C.size_t(len(changes))))
	}
	if len(others) == 0 {
		return apply()
	}
	// A fade that the change leaves alone goes on, and a matrix is not in the engine's list.
	return c.bracket(func() error {
		if err := apply(); err != nil {
			return err
		}
		for _, other := range others {
			if err := other.to.sendVolume(c, other.volume, other.stepped); err != nil {
				return err
			}
			if err := other.to.sendPan(c, other.pan); err != nil {
				return err
			}
		}
		return nil
	})
}
