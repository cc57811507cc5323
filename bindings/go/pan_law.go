// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

// PanLaw is how a mixer pans its mono inputs. Those with more channels are always balanced.
type PanLaw int32

const (
	// Balance leaves the near side at the volume, while the far side falls linearly to 0.
	Balance PanLaw = C.PERBUS_PAN_LAW_BALANCE
	// ConstantPower has cos((pan + 1) pi / 4) on the left and sin((pan + 1) pi / 4) on the right: -3 dB
	// each at the centre.
	ConstantPower PanLaw = C.PERBUS_PAN_LAW_CONSTANT_POWER
)

// SetPanLaw sets the pan law of the mixer's mono inputs, those that are connected later included; it is
// initially [Balance]. It belongs to the mixer: reconnections and being detached leave it alone. Where an
// input sounds, the change is heard as a ramp, in all inputs from one block on. In a mixer with a mono
// output it has no effect. Apple's mixers have no law but balance: they get the volume and the balance
// whose gains are those of constant power.
//
// [ErrInvalidArgument] for an unknown law. Maps to no selector of Apple's.
func (m *Mixer) SetPanLaw(law PanLaw) error {
	return do(m.base(), func(node C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_mixer_set_pan_law(node, C.perbus_pan_law(law))
	})
}

// PanLaw is the pan law of the mixer's mono inputs.
func (m *Mixer) PanLaw() (PanLaw, error) {
	found, err := ask(m.base(), func(node C.uintptr_t) C.pbgo_found { return C.pbgo_mixer_get_pan_law(node) })
	return PanLaw(found.number), err
}
