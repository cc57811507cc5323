// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

import "math"

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
	strip  *strip
}

// Number is the bus's number on its mixer.
func (b *Bus) Number() int { return b.number }

// Mixer is the mixer whose bus it is.
func (b *Bus) Mixer() *Mixer { return b.mixer }

// Connected tells whether something is connected to the bus.
func (b *Bus) Connected() bool {
	n, err := b.mixer.base().enter()
	if err != nil {
		return false
	}
	defer b.mixer.engine.leave()
	return linkTo(point{n, b.number}) != nil
}

// Volume is the fader: a linear gain, 0 to 1, 1 at first. While it fades: where the fade has got to.
func (b *Bus) Volume() float32 {
	f := b.strip.get()
	return f.volumeFade.or(f.volume, b)
}

// SetVolume moves the fader. [ErrOutOfRange] outside 0 to 1.
// Maps to -[AVAudioMixingDestination setVolume:].
func (b *Bus) SetVolume(volume float32) error {
	if err := checkVolume(volume); err != nil {
		return err
	}
	return b.change(func(f *faders) { f.setVolume(volume) })
}

// Pan is -1 (left) to 1 (right), 0 at first. While it fades: where the fade has got to.
func (b *Bus) Pan() float32 {
	f := b.strip.get()
	return f.panFade.or(f.pan, b)
}

// SetPan turns the pan: a mono source is panned, a stereo one balanced. A mixer with a mono output
// has no use for it. [ErrOutOfRange] outside -1 to 1. Maps to -[AVAudioMixingDestination setPan:].
func (b *Bus) SetPan(pan float32) error {
	if err := checkPan(pan); err != nil {
		return err
	}
	return b.change(func(f *faders) { f.setPan(pan) })
}

// Muted tells whether the bus is muted.
func (b *Bus) Muted() bool { return b.strip.get().muted }

// SetMuted silences the bus, or lets it sound again at its fader's volume.
func (b *Bus) SetMuted(muted bool) error { return b.change(func(f *faders) { f.muted = muted }) }

// Soloed tells whether the bus is soloed.
func (b *Bus) Soloed() bool { return b.strip.get().soloed }

// SetSoloed is solo in place: while any bus of a mixer is soloed, those that are not are silent.
// Their faders stay where they are, and sound again when the last solo ends. Mute wins over solo.
func (b *Bus) SetSoloed(soloed bool) error {
	return b.configure(BusConfig{Soloed: Bool(soloed)})
}

// Reset puts the strip back to where a new one stands: volume 1, pan 0, neither muted nor soloed. The
// label stays.
func (b *Bus) Reset() error {
	return b.configure(BusConfig{
		Volume: Float(1), Pan: Float(0), Muted: Bool(false), Soloed: Bool(false),
	})
}

func (b *Bus) configure(config BusConfig) error {
	if err := b.check(); err != nil {
		return err
	}
	config.Bus = b.number
	return b.mixer.engine.ConfigureMixerBuses(b.mixer, config)
}

// Label is what the bus is called; empty at first.
func (b *Bus) Label() string {
	b.strip.mu.Lock()
	defer b.strip.mu.Unlock()
	return b.strip.label
}

// SetLabel names the bus.
func (b *Bus) SetLabel(label string) {
	b.strip.mu.Lock()
	defer b.strip.mu.Unlock()
	b.strip.label = label
}

// EffectiveVolume is the volume that the engine gets: 0 while the bus is muted, or another one is
// soloed and it is not; else Volume.
func (b *Bus) EffectiveVolume() float32 {
	f := b.strip.get()
	volume := f.effective(b.strip.anySoloed())
	return volume.fade.or(volume.value, b)
}

// Meter is what the bus adds to its mixer, after fader, pan, mute and solo. The first call for a
// connection switches it on, and reads zeros until a window is full.
//
// [ErrNotConnected] when the bus has no source, [ErrNotMixing] when its source is a matrix, and
// [ErrUnsupported] on Apple's AVFAudio, which has no meter per connection.
func (b *Bus) Meter() (Meter, error) {
	if err := b.check(); err != nil {
		return Meter{}, err
	}
	n, err := b.mixer.base().enter()
	if err != nil {
		return Meter{}, err
	}
	defer b.mixer.engine.leave()
	if err := n.checkAttached(); err != nil {
		return Meter{}, err
	}
	s, to := faderAt(point{n, b.number})
	if s == nil || to.source == nil {
		return Meter{}, failf(ErrNotConnected, "bus %d has no source", b.number)
	}
	return to.meter()
}

func (b *Bus) check() error {
	if b == nil || b.strip == nil {
		return failf(ErrInvalidArgument, "the bus is nil")
	}
	return nil
}

func (b *Bus) change(change func(f *faders)) error {
	if err := b.check(); err != nil {
		return err
	}
	n, err := b.mixer.base().enter()
	if err != nil {
		return err
	}
	defer b.mixer.engine.leave()
	if err := n.checkAttached(); err != nil {
		return err
	}
	_, to := faderAt(point{n, b.number})
	return b.strip.change(to, n.core, change)
}

// now is the engine's time; the end of all fades once it is closed.
func (b *Bus) now() int64 {
	c, err := b.mixer.engine.enter()
	if err != nil {
		return math.MaxInt64
	}
	defer b.mixer.engine.leave()
	return c.now()
}
