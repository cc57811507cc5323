// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

// Fallback is what the by-number calls do on a bus without a source.
type Fallback int32

const (
	// FallbackGlobal uses the mixer's global control, which acts on all buses: [ControlMixer].
	FallbackGlobal Fallback = iota
	// FallbackDeny refuses: [ErrNotConnected].
	FallbackDeny
	// FallbackHold sets the bus's strip, for the next source on it: [ControlHeld].
	FallbackHold
)

// Control is which control a by-number call used.
type Control int

const (
	// ControlConnection is the bus's own: that of the tracked connection.
	ControlConnection Control = iota + 1
	// ControlMixer is the mixer's global one, because no source is tracked on the bus: it acts on
	// all buses.
	ControlMixer
	// ControlHeld is the bus's strip, which the next source on the bus gets: see [FallbackHold].
	ControlHeld
)

// String is the control's name: "connection", "mixer" or "held".
func (c Control) String() string {
	switch c {
	case ControlConnection:
		return "connection"
	case ControlMixer:
		return "mixer"
	case ControlHeld:
		return "held"
	}
	return "none"
}

// SetFallback chooses what the by-number calls do on a bus without a source; [FallbackGlobal] at
// first. [ErrInvalidArgument] for none of the three.
func (e *Engine) SetFallback(fallback Fallback) error {
	if fallback < FallbackGlobal || fallback > FallbackHold {
		return failf(ErrInvalidArgument, "unknown fallback %d", fallback)
	}
	c, err := e.enter()
	if err != nil {
		return err
	}
	defer e.leave()
	c.fallback.Store(int32(fallback))
	return nil
}

// Fallback is what [Engine.SetFallback] has set.
func (e *Engine) Fallback() Fallback { return Fallback(e.core.fallback.Load()) }

// SetMixerVolumeForBus sets the volume, 0 to 1, of a mixer's input bus, and says which control that
// was.
//
// With a source connected there it is the bus's own fader, the same as [Bus.SetVolume]:
// [ControlConnection]. Without one it is the mixer's output volume, which all buses share:
// [ControlMixer], and the bus's strip stays as it was; [Engine.SetFallback] chooses otherwise.
//
// [ErrOutOfRange] for the volume or the bus, [ErrNotConnected] for a bus without a source with
// [FallbackDeny], [ErrNotAttached] and [ErrWrongEngine] for the mixer.
//
// Maps to destinationForMixer:bus: and setVolume:, or to outputVolume.
func (e *Engine) SetMixerVolumeForBus(mixer *Mixer, volume float32, bus int) (Control, error) {
	if err := checkVolume(volume); err != nil {
		return 0, err
	}
	c, err := e.enter()
	if err != nil {
		return 0, err
	}
	defer e.leave()
	at, err := c.mixerBus(mixer, bus)
	if err != nil {
		return 0, err
	}
	if s, to := faderAt(at); s != nil {
		return ControlConnection, s.change(to, c, func(f *faders) { f.setVolume(volume) })
	}
	switch Fallback(c.fallback.Load()) {
	case FallbackDeny:
		return 0, denied(bus)
	case FallbackHold:
		s := at.node.strips.get(bus)
		return ControlHeld, s.change(connection{}, c, func(f *faders) { f.setVolume(volume) })
	}
	return ControlMixer, check(C.pbgo_mixer_set_output_volume(at.node.ref(), C.float(volume)))
}

// MixerVolumeForBus is what [Engine.SetMixerVolumeForBus] sets, and which control it is. It fails as
// the setter, but for the volume's range.
func (e *Engine) MixerVolumeForBus(mixer *Mixer, bus int) (float32, Control, error) {
	c, err := e.enter()
	if err != nil {
		return 0, 0, err
	}
	defer e.leave()
	at, err := c.mixerBus(mixer, bus)
	if err != nil {
		return 0, 0, err
	}
	if s, _ := faderAt(at); s != nil {
		return s.volume(c), ControlConnection, nil
	}
	switch Fallback(c.fallback.Load()) {
	case FallbackDeny:
		return 0, 0, denied(bus)
	case FallbackHold:
		return at.node.strips.get(bus).volume(c), ControlHeld, nil
	}
	volume := C.pbgo_mixer_get_output_volume(at.node.ref())
	return float32(volume.value), ControlMixer, check(volume.failure)
}

// SetMixerPanForBus sets the pan, -1 (left) to 1 (right), of a mixer's input bus, and says which
// control that was.
//
// With a source connected there it is the bus's own pan, the same as [Bus.SetPan]. Without one it is
// the pan of the whole mixer on the mixers that it feeds in turn: AVAudioMixerNode has no pan for its
// own sum.
//
// [ErrOutOfRange] for the pan or the bus, [ErrNoPanControl] when the bus has no source and the mixer
// feeds no other mixer, [ErrNotConnected] for a bus without a source with [FallbackDeny],
// [ErrNotAttached] and [ErrWrongEngine] for the mixer.
//
// Maps to destinationForMixer:bus: and setPan:.
func (e *Engine) SetMixerPanForBus(mixer *Mixer, pan float32, bus int) (Control, error) {
	if err := checkPan(pan); err != nil {
		return 0, err
	}
	c, err := e.enter()
	if err != nil {
		return 0, err
	}
	defer e.leave()
	at, err := c.mixerBus(mixer, bus)
	if err != nil {
		return 0, err
	}
	if s, to := faderAt(at); s != nil {
		return ControlConnection, s.change(to, c, func(f *faders) { f.setPan(pan) })
	}
	switch Fallback(c.fallback.Load()) {
	case FallbackDeny:
		return 0, denied(bus)
	case FallbackHold:
		s := at.node.strips.get(bus)
		return ControlHeld, s.change(connection{}, c, func(f *faders) { f.setPan(pan) })
	}
	downstream := downstreamBuses(at.node)
	if len(downstream) == 0 {
		return 0, noPan(bus)
	}
	for _, next := range downstream {
		if s, to := faderAt(next); s != nil {
			if err := s.change(to, c, func(f *faders) { f.setPan(pan) }); err != nil {
				return 0, err
			}
		}
	}
	return ControlMixer, nil
}

// MixerPanForBus is what [Engine.SetMixerPanForBus] sets, and which control it is. It fails as the
// setter, but for the pan's range.
func (e *Engine) MixerPanForBus(mixer *Mixer, bus int) (float32, Control, error) {
	c, err := e.enter()
	if err != nil {
		return 0, 0, err
	}
	defer e.leave()
	at, err := c.mixerBus(mixer, bus)
	if err != nil {
		return 0, 0, err
	}
	if s, _ := faderAt(at); s != nil {
		return s.pan(c), ControlConnection, nil
	}
	switch Fallback(c.fallback.Load()) {
	case FallbackDeny:
		return 0, 0, denied(bus)
	case FallbackHold:
		return at.node.strips.get(bus).pan(c), ControlHeld, nil
	}
	for _, next := range downstreamBuses(at.node) {
		if s, _ := faderAt(next); s != nil {
			return s.pan(c), ControlMixer, nil
		}
	}
	return 0, 0, noPan(bus)
}

// SetConnectionVolume sets the volume, 0 to 1, of one connection. It is the fader of the bus that the
// source feeds: [Bus.SetVolume] with the source checked.
//
// [ErrOutOfRange] for the volume or the bus, [ErrNotConnected] when the source does not feed that
// bus, directly or through effects, [ErrNotMixing] for an effect, [ErrNotAttached] and
// [ErrWrongEngine] for either node.
//
// Maps to destinationForMixer:bus: and setVolume:.
func (e *Engine) SetConnectionVolume(source Node, mixer *Mixer, bus int, volume float32) error {
	if err := checkVolume(volume); err != nil {
		return err
	}
	c, err := e.enter()
	if err != nil {
		return err
	}
	defer e.leave()
	s, to, err := c.connectionOf(source, mixer, bus)
	if err != nil {
		return err
	}
	return s.change(to, c, func(f *faders) { f.setVolume(volume) })
}

// ConnectionVolume is the volume that the engine applies to one connection, asked of the engine: 0
// while the bus is muted. It fails as [Engine.SetConnectionVolume], but for the volume's range.
func (e *Engine) ConnectionVolume(source Node, mixer *Mixer, bus int) (float32, error) {
	c, err := e.enter()
	if err != nil {
		return 0, err
	}
	defer e.leave()
	_, to, err := c.connectionOf(source, mixer, bus)
	if err != nil {
		return 0, err
	}
	var volume C.pbgo_float
	if to.byParameter() {
		volume = C.pbgo_bus_get_volume(c.ref(), to.mixer.ref(), C.uint32_t(bus))
	} else {
		volume = C.pbgo_connection_get_volume(to.source.ref(), to.mixer.ref(), C.uint32_t(bus))
	}
	return float32(volume.value), check(volume.failure)
}

// SetConnectionPan sets the pan, -1 (left) to 1 (right), of one connection. It fails as
// [Engine.SetConnectionVolume]. Maps to destinationForMixer:bus: and setPan:.
func (e *Engine) SetConnectionPan(source Node, mixer *Mixer, bus int, pan float32) error {
	if err := checkPan(pan); err != nil {
		return err
	}
	c, err := e.enter()
	if err != nil {
		return err
	}
	defer e.leave()
	s, to, err := c.connectionOf(source, mixer, bus)
	if err != nil {
		return err
	}
	return s.change(to, c, func(f *faders) { f.setPan(pan) })
}

// ConnectionPan is the pan that the engine applies to one connection, asked of the engine. It fails
// as [Engine.SetConnectionVolume], but for the volume's range.
func (e *Engine) ConnectionPan(source Node, mixer *Mixer, bus int) (float32, error) {
	c, err := e.enter()
	if err != nil {
		return 0, err
	}
	defer e.leave()
	_, to, err := c.connectionOf(source, mixer, bus)
	if err != nil {
		return 0, err
	}
	var pan C.pbgo_float
	if to.byParameter() {
		pan = C.pbgo_bus_get_pan(c.ref(), to.mixer.ref(), C.uint32_t(bus))
	} else {
		pan = C.pbgo_connection_get_pan(to.source.ref(), to.mixer.ref(), C.uint32_t(bus))
	}
	return float32(pan.value), check(pan.failure)
}

// mixerBus checks what the by-number calls are for.
func (c *core) mixerBus(mixer *Mixer, bus int) (point, error) {
	n, err := c.own(mixer.base())
	if err != nil {
		return point{}, err
	}
	if err := checkBus(bus); err != nil {
		return point{}, err
	}
	return point{n, bus}, n.checkAttached()
}

func (c *core) connectionOf(source Node, mixer *Mixer, bus int) (*strip, connection, error) {
	n, err := c.own(baseOf(source))
	if err != nil {
		return nil, connection{}, err
	}
	at, err := c.mixerBus(mixer, bus)
	if err != nil {
		return nil, connection{}, err
	}
	if err := n.checkAttached(); err != nil {
		return nil, connection{}, err
	}
	if n.kind == kindEffect {
		return nil, connection{}, failf(ErrNotMixing,
			"an effect has no volume and pan: name the source that feeds it")
	}
	s, to := faderAt(at)
	if s == nil || to.source != n {
		return nil, connection{}, failf(ErrNotConnected,
			"the source is not connected to input bus %d of this mixer", bus)
	}
	return s, to, nil
}

// downstreamBuses is the input buses of mixers that a mixer feeds, through effects too.
func downstreamBuses(mixer *node) []point {
	var found []point
	for _, fed := range fedBy(mixer) {
		found = append(found, mixerBuses(fed)...)
	}
	return found
}

func denied(bus int) error {
	return failf(ErrNotConnected, "bus %d has no source, and the fallback is to deny", bus)
}

func noPan(bus int) error {
	return failf(ErrNoPanControl,
		"bus %d has no source, and its mixer feeds no other mixer on which to pan it", bus)
}
