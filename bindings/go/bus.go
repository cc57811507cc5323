// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

import (
	"runtime"
	"unsafe"
)

// Bus is a mixer's input bus with its fader, pan, mute, solo and label, as on a console.
//
// What is connected to the bus sounds through its strip; the strip keeps its values while sources
// come and go, and gives them to every new connection. Changes are click-free: the portable engine
// ramps them over 10 ms at 48 kHz.
//
// The setters fail with [ErrNotAttached] when the mixer was detached, and [ErrClosed]; the getters
// tell what was set last.
type Bus struct {
	mixer  *Mixer
	number int
	handle C.uintptr_t
}

// Number is the bus's number on its mixer.
func (b *Bus) Number() int { return b.number }

// Mixer is the mixer whose bus it is.
func (b *Bus) Mixer() *Mixer { return b.mixer }

// Connected reports whether something is connected to the bus.
func (b *Bus) Connected() bool {
	found, _ := ask(b, func(bus C.uintptr_t) C.pbgo_found { return C.pbgo_bus_is_connected(bus) })
	return found.number != 0
}

// Volume is the fader: a linear gain, 0 to 4, initially 1. During a fade it is the current value.
func (b *Bus) Volume() float32 {
	return float32(read(b, C.pbgo_bus_get_volume(b.handle)).value)
}

// SetVolume moves the fader. [ErrOutOfRange] outside 0 to 4.
// Maps to -[AVAudioMixingDestination setVolume:].
func (b *Bus) SetVolume(volume float32) error {
	return do(b, func(bus C.uintptr_t) *C.pbgo_failure { return C.pbgo_bus_set_volume(bus, C.float(volume)) })
}

// VolumeDB is the fader in decibels: 0 at unity, minus infinity at silence.
func (b *Bus) VolumeDB() float32 {
	return float32(read(b, C.pbgo_bus_get_volume_db(b.handle)).value)
}

// SetVolumeDB moves the fader to a gain in decibels, minus infinity (silence) over 0 (unity) to 12.04.
// [ErrOutOfRange] for others.
func (b *Bus) SetVolumeDB(decibels float32) error {
	return do(b, func(bus C.uintptr_t) *C.pbgo_failure { return C.pbgo_bus_set_volume_db(bus, C.float(decibels)) })
}

// Pan is -1 (left) to 1 (right), initially 0. During a fade it is the current value.
func (b *Bus) Pan() float32 {
	return float32(read(b, C.pbgo_bus_get_pan(b.handle)).value)
}

// SetPan turns the pan: a mono source is panned, a stereo one balanced. A mixer with a mono output
// has no use for it. [ErrOutOfRange] outside -1 to 1. Maps to -[AVAudioMixingDestination setPan:].
func (b *Bus) SetPan(pan float32) error {
	return do(b, func(bus C.uintptr_t) *C.pbgo_failure { return C.pbgo_bus_set_pan(bus, C.float(pan)) })
}

// Muted reports whether the bus is muted.
func (b *Bus) Muted() bool {
	return read(b, C.pbgo_bus_is_muted(b.handle)).number != 0
}

// SetMuted silences the bus, or lets it sound again at its fader's volume.
func (b *Bus) SetMuted(muted bool) error {
	return do(b, func(bus C.uintptr_t) *C.pbgo_failure { return C.pbgo_bus_set_muted(bus, C.bool(muted)) })
}

// Soloed reports whether the bus is soloed.
func (b *Bus) Soloed() bool {
	return read(b, C.pbgo_bus_is_soloed(b.handle)).number != 0
}

// SetSoloed is solo in place, for the whole engine: while any bus is soloed, only these are heard: the
// soloed and the solo-safe buses, every bus that the source of a soloed one is heard through (its other
// connections, and the mixers' buses that it goes on through), and every bus that leads into a soloed
// one. The others' faders stay where they are, and sound again when the last solo ends. Mute wins over
// solo.
func (b *Bus) SetSoloed(soloed bool) error {
	return do(b, func(bus C.uintptr_t) *C.pbgo_failure { return C.pbgo_bus_set_soloed(bus, C.bool(soloed)) })
}

// SoloSafe reports whether solo never silences the bus.
func (b *Bus) SoloSafe() bool {
	return read(b, C.pbgo_bus_is_solo_safe(b.handle)).number != 0
}

// SetSoloSafe keeps solos of other buses from silencing this one, or no longer.
func (b *Bus) SetSoloSafe(safe bool) error {
	return do(b, func(bus C.uintptr_t) *C.pbgo_failure { return C.pbgo_bus_set_solo_safe(bus, C.bool(safe)) })
}

// Audible reports whether the bus is neither muted nor silenced by a solo elsewhere; its fader may still
// be at 0.
func (b *Bus) Audible() bool {
	return read(b, C.pbgo_bus_is_audible(b.handle)).number != 0
}

// Reset puts the strip back to where a new one stands: volume 1, pan 0, neither muted nor soloed nor
// solo-safe. The label stays.
func (b *Bus) Reset() error {
	return do(b, func(bus C.uintptr_t) *C.pbgo_failure { return C.pbgo_bus_reset(bus) })
}

// Label is what the bus is called; initially empty.
func (b *Bus) Label() string {
	defer runtime.KeepAlive(b)
	label := C.pbgo_bus_copy_label(b.handle)
	defer C.perbus_desk_text_free(label.value)
	return C.GoString(label.value)
}

// SetLabel names the bus.
func (b *Bus) SetLabel(label string) {
	text := C.CString(label)
	defer C.free(unsafe.Pointer(text))
	defer runtime.KeepAlive(b)
	_ = check(C.pbgo_bus_set_label(b.handle, text))
}

// EffectiveVolume is the volume that the engine gets: 0 while the bus is muted, or solo silences it;
// else Volume.
func (b *Bus) EffectiveVolume() float32 {
	return float32(read(b, C.pbgo_bus_get_effective_volume(b.handle)).value)
}

// Meter is what the bus adds to its mixer, after fader, pan, mute and solo. The first call for a
// connection switches it on, and reads zeros until a window is full.
//
// [ErrNotConnected] when the bus has no source, [ErrNotMixing] when its source is a matrix, and
// [ErrUnsupported] on Apple's AVFAudio, which has no meter per connection, but with
// [Engine.SetMeterTaps]; with it, [ErrInvalidArgument] while the program taps what is connected.
func (b *Bus) Meter() (Meter, error) {
	return meterOf(b, func(bus C.uintptr_t) C.pbgo_meter { return C.pbgo_bus_get_meter(bus) })
}

// use checks that the bus may be called. The caller keeps it alive during the call.
func (b *Bus) use() (C.uintptr_t, error) {
	if b == nil || b.handle == 0 {
		return 0, failf(ErrInvalidArgument, "the bus is nil")
	}
	_, err := b.mixer.use()
	return b.handle, err
}

// read keeps what was asked alive until the answer was found.
func read(asked any, found C.pbgo_found) C.pbgo_found {
	runtime.KeepAlive(asked)
	return found
}
