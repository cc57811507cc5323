// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

import "runtime"

// SendTap is where a send takes its signal.
type SendTap int32

const (
	// PreFader is in front of the strip's fader, mute and groups: none of them changes the send.
	PreFader SendTap = C.PERBUS_DESK_SEND_PRE_FADER
	// PostFader is behind them: the send follows them, fades included.
	PostFader SendTap = C.PERBUS_DESK_SEND_POST_FADER
)

// SendTo sends what feeds the bus to a further one, whose strip is the send's: its fader is the send's
// level, times the fader, mute and groups of this bus for a [PostFader] send, frame by frame while they
// fade. The send ends when one of the two gets another source, or with [Bus.EndSend].
//
// [ErrNotConnected] when the bus has no source, [ErrInvalidArgument] for an unknown tap or a send to
// itself, [ErrCycle] when this bus is a send of the other or gets its sound, [ErrWrongEngine] for a bus of
// another engine.
func (b *Bus) SendTo(to *Bus, tap SendTap) error {
	bus, err := b.use()
	if err != nil {
		return err
	}
	defer runtime.KeepAlive(b)
	return do(to, func(to C.uintptr_t) *C.pbgo_failure { return C.pbgo_bus_send_to(bus, to, C.int32_t(tap)) })
}

// SendToMixer is SendTo to the lowest bus of a mixer that nothing is connected to. It returns the send's
// strip.
func (b *Bus) SendToMixer(mixer *Mixer, tap SendTap) (*Bus, error) {
	bus, err := b.use()
	if err != nil {
		return nil, err
	}
	defer runtime.KeepAlive(b)
	send, err := ask(mixer.base(), func(mixer C.uintptr_t) C.pbgo_found {
		return C.pbgo_bus_send_to_mixer(bus, mixer, C.int32_t(tap))
	})
	if err != nil {
		return nil, err
	}
	return newBus(b.mixer.engine, C.uintptr_t(send.number)), nil
}

// EndSend ends a send: it disconnects its bus, whose strip keeps its values and is an ordinary one from
// now on. [ErrWrongKind] for a bus that is no send.
func (b *Bus) EndSend() error {
	return do(b, func(bus C.uintptr_t) *C.pbgo_failure { return C.pbgo_bus_end_send(bus) })
}

// SetSendTap moves a send's tap to the other side of the fader, without a click. It is called on the
// send's strip. [ErrInvalidArgument] for an unknown tap, [ErrWrongKind] for a bus that is no send.
func (b *Bus) SetSendTap(tap SendTap) error {
	return do(b, func(bus C.uintptr_t) *C.pbgo_failure { return C.pbgo_bus_set_send_tap(bus, C.int32_t(tap)) })
}

// SendTap is where a send takes its signal. [ErrWrongKind] for a bus that is no send.
func (b *Bus) SendTap() (SendTap, error) {
	found, err := ask(b, func(bus C.uintptr_t) C.pbgo_found { return C.pbgo_bus_get_send_tap(bus) })
	return SendTap(found.number), err
}

// SendSource is the bus that a send takes its signal from. [ErrWrongKind] for a bus that is no send.
func (b *Bus) SendSource() (*Bus, error) {
	found, err := ask(b, func(bus C.uintptr_t) C.pbgo_found { return C.pbgo_bus_copy_send_source(bus) })
	if err != nil {
		return nil, err
	}
	return newBus(b.mixer.engine, C.uintptr_t(found.number)), nil
}

// Sends is the sends of the bus.
func (b *Bus) Sends() ([]*Bus, error) {
	if _, err := b.use(); err != nil {
		return nil, err
	}
	return buses(b.mixer.engine, b, func(bus C.uintptr_t, list *C.uintptr_t, capacity C.size_t) C.pbgo_found {
		return C.pbgo_bus_copy_sends(bus, list, capacity)
	})
}
