// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

import (
	"math"
	"runtime"
)

// Fallback is what the by-number calls do on a bus without a source.
type Fallback int32

const (
	// FallbackGlobal uses the mixer's global control, which acts on all buses: [ControlMixer].
	FallbackGlobal Fallback = C.PERBUS_DESK_FALLBACK_GLOBAL
	// FallbackDeny refuses: [ErrNotConnected].
	FallbackDeny Fallback = C.PERBUS_DESK_FALLBACK_DENY
	// FallbackHold sets the bus's strip, for the next source on it: [ControlHeld].
	FallbackHold Fallback = C.PERBUS_DESK_FALLBACK_HOLD
)

// Control is which control a by-number call used.
type Control int

const (
	// ControlConnection is the bus's own: that of the tracked connection.
	ControlConnection Control = C.PERBUS_DESK_CONTROL_CONNECTION
	// ControlMixer is the mixer's global one, because no source is tracked on the bus: it acts on
	// all buses.
	ControlMixer Control = C.PERBUS_DESK_CONTROL_MIXER
	// ControlHeld is the bus's strip, which the next source on the bus gets: see [FallbackHold].
	ControlHeld Control = C.PERBUS_DESK_CONTROL_HELD
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
	return do(e, func(engine C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_engine_set_fallback(engine, C.int32_t(fallback))
	})
}

// Fallback is what [Engine.SetFallback] has set.
func (e *Engine) Fallback() Fallback {
	defer runtime.KeepAlive(e)
	return Fallback(C.pbgo_engine_get_fallback(e.core.handle).number)
}

// SetMixerVolumeForBus sets the volume, 0 to 4, of a mixer's input bus, and says which control that
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
	if !e.ready(mixer, bus) {
		return 0, e.refused(mixer, bus)
	}
	set := C.pbgo_engine_set_mixer_volume_for_bus(e.core.handle, mixer.node.handle, C.float(volume),
		C.uint32_t(bus))
	runtime.KeepAlive(e)
	runtime.KeepAlive(mixer)
	return Control(set.control), check(set.failure)
}

// MixerVolumeForBus is what [Engine.SetMixerVolumeForBus] sets, and which control it is. It fails as
// the setter, but for the volume's range.
func (e *Engine) MixerVolumeForBus(mixer *Mixer, bus int) (float32, Control, error) {
	if !e.ready(mixer, bus) {
		return 0, 0, e.refused(mixer, bus)
	}
	found := C.pbgo_engine_get_mixer_volume_for_bus(e.core.handle, mixer.node.handle, C.uint32_t(bus))
	runtime.KeepAlive(e)
	runtime.KeepAlive(mixer)
	return float32(found.value), Control(found.control), check(found.failure)
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
	if !e.ready(mixer, bus) {
		return 0, e.refused(mixer, bus)
	}
	set := C.pbgo_engine_set_mixer_pan_for_bus(e.core.handle, mixer.node.handle, C.float(pan),
		C.uint32_t(bus))
	runtime.KeepAlive(e)
	runtime.KeepAlive(mixer)
	return Control(set.control), check(set.failure)
}

// MixerPanForBus is what [Engine.SetMixerPanForBus] sets, and which control it is. It fails as the
// setter, but for the pan's range.
func (e *Engine) MixerPanForBus(mixer *Mixer, bus int) (float32, Control, error) {
	if !e.ready(mixer, bus) {
		return 0, 0, e.refused(mixer, bus)
	}
	found := C.pbgo_engine_get_mixer_pan_for_bus(e.core.handle, mixer.node.handle, C.uint32_t(bus))
	runtime.KeepAlive(e)
	runtime.KeepAlive(mixer)
	return float32(found.value), Control(found.control), check(found.failure)
}

// SetConnectionVolume sets the volume, 0 to 4, of one connection. It is the fader of the bus that the
// source feeds: [Bus.SetVolume] with the source checked.
//
// [ErrOutOfRange] for the volume or the bus, [ErrNotConnected] when the source does not feed that
// bus, directly or through effects, [ErrNotMixing] for an effect, [ErrNotAttached] and
// [ErrWrongEngine] for either node.
//
// Maps to destinationForMixer:bus: and setVolume:.
func (e *Engine) SetConnectionVolume(source Node, mixer *Mixer, bus int, volume float32) error {
	return e.between(baseOf(source), mixer.base(),
		func(engine, source, mixer C.uintptr_t) *C.pbgo_failure {
			return C.pbgo_engine_set_connection_volume(engine, source, mixer, C.uint32_t(bus), C.float(volume))
		}, bus)
}

// ConnectionVolume is the volume that the engine applies to one connection, asked of the engine: 0
// while the bus is muted. It fails as [Engine.SetConnectionVolume], but for the volume's range.
func (e *Engine) ConnectionVolume(source Node, mixer *Mixer, bus int) (float32, error) {
	var found C.pbgo_found
	err := e.between(baseOf(source), mixer.base(),
		func(engine, source, mixer C.uintptr_t) *C.pbgo_failure {
			found = C.pbgo_engine_get_connection_volume(engine, source, mixer, C.uint32_t(bus))
			return found.failure
		}, bus)
	return float32(found.value), err
}

// SetConnectionPan sets the pan, -1 (left) to 1 (right), of one connection. It fails as
// [Engine.SetConnectionVolume]. Maps to destinationForMixer:bus: and setPan:.
func (e *Engine) SetConnectionPan(source Node, mixer *Mixer, bus int, pan float32) error {
	return e.between(baseOf(source), mixer.base(),
		func(engine, source, mixer C.uintptr_t) *C.pbgo_failure {
			return C.pbgo_engine_set_connection_pan(engine, source, mixer, C.uint32_t(bus), C.float(pan))
		}, bus)
}

// ConnectionPan is the pan that the engine applies to one connection, asked of the engine. It fails
// as [Engine.SetConnectionVolume], but for the volume's range.
func (e *Engine) ConnectionPan(source Node, mixer *Mixer, bus int) (float32, error) {
	var found C.pbgo_found
	err := e.between(baseOf(source), mixer.base(),
		func(engine, source, mixer C.uintptr_t) *C.pbgo_failure {
			found = C.pbgo_engine_get_connection_pan(engine, source, mixer, C.uint32_t(bus))
			return found.failure
		}, bus)
	return float32(found.value), err
}

// ready reports whether a by-number call can be made: it costs what it checks, and nothing more.
func (e *Engine) ready(mixer *Mixer, bus int) bool {
	return e != nil && e.core != nil && mixer != nil && mixer.node != nil &&
		!mixer.node.closed.Load() && uint64(bus) <= math.MaxUint32
}

// refused is why one cannot.
func (e *Engine) refused(mixer *Mixer, bus int) error {
	nothing := func(_, _ C.uintptr_t) *C.pbgo_failure { return nil }
	return e.on(mixer.base(), nothing, bus)
}
