// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

import (
	"math"
	"time"
)

// AutomationPoint is one point of an automation: from a frame on, a value fades to another, or is set.
type AutomationPoint struct {
	// Frame is when it starts, in the engine's time: see [Engine.SampleTime].
	Frame int64
	// Value is where the value goes.
	Value float32
	// Duration is how long the fade takes; 0 sets the value.
	Duration time.Duration
	// Curve is how it gets there. A pan fades linearly.
	Curve Curve
}

type nativePoint = C.perbus_desk_automation_point

func nativePoints(points []AutomationPoint) []nativePoint {
	list := make([]nativePoint, len(points)+1) // the last one is never looked at
	for i, point := range points {
		list[i] = nativePoint{frame: C.int64_t(point.Frame), value: C.float(point.Value),
			seconds: C.double(point.Duration.Seconds()), curve: C.perbus_curve(point.Curve)}
	}
	return list
}

func scheduled(on receiver,
	call func(self C.uintptr_t, list *nativePoint, capacity C.size_t) C.pbgo_found) ([]AutomationPoint, error) {
	found, err := collect(func(into []nativePoint) (int, error) {
		found, err := ask(on, func(self C.uintptr_t) C.pbgo_found {
			return call(self, &into[0], C.size_t(len(into)))
		})
		return int(found.number), err
	})
	points := make([]AutomationPoint, len(found))
	for i, point := range found {
		points[i] = AutomationPoint{Frame: int64(point.frame), Value: float32(point.value),
			Duration: time.Duration(math.Round(float64(point.seconds) * 1e9)), Curve: Curve(point.curve)}
	}
	return points, err
}

// FadeAt fades the volume to a value, 0 to 4, from a given frame on, exactly there on the portable
// engine; Apple's, which has no automation, begins with the next block.
//
// Whatever starts later takes over from where the volume is then, and ends a fade that started earlier
// as [FadeReplaced]. So do values, fades and scenes that start now; what starts later stays. Of two that
// start at the same frame the later call counts. What waits belongs to the bus, and outlives
// reconnections. A fade that is cancelled or replaced before it has started has an end, too.
//
// [ErrOutOfRange] for a frame before the engine's time, the volume or the duration, [ErrInvalidArgument]
// for an unknown curve, [ErrNotAttached] when the mixer was detached.
func (b *Bus) FadeAt(frame int64, volume float32, duration time.Duration, curve Curve) (*Fade, error) {
	return fade(b, func(self, context C.uintptr_t) C.pbgo_found {
		return C.pbgo_bus_fade_at(self, C.int64_t(frame), C.float(volume), C.double(duration.Seconds()),
			C.uint32_t(curve), context)
	})
}

// SetVolumeAt sets the volume at a given frame, by a ramp as when it is set now. It fails as [Bus.FadeAt].
func (b *Bus) SetVolumeAt(frame int64, volume float32) error {
	return do(b, func(self C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_bus_set_volume_at(self, C.int64_t(frame), C.float(volume))
	})
}

// AutomateVolume adds points, in any order, to what the volume is going to do: all, or none
// when one is refused. [ErrInvalidArgument] for two that start at the same frame, otherwise as
// [Bus.FadeAt].
func (b *Bus) AutomateVolume(points ...AutomationPoint) error {
	list := nativePoints(points)
	return do(b, func(self C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_bus_automate_volume(self, &list[0], C.size_t(len(points)))
	})
}

// VolumeAutomation is what the volume is going to do, by ascending frame: the points that have not
// started.
func (b *Bus) VolumeAutomation() ([]AutomationPoint, error) {
	return scheduled(b, func(self C.uintptr_t, list *nativePoint, capacity C.size_t) C.pbgo_found {
		return C.pbgo_bus_get_volume_automation(self, list, capacity)
	})
}

// FadePanAt fades the pan linearly to a value from -1 to 1 from a given frame on; otherwise as [Bus.FadeAt].
func (b *Bus) FadePanAt(frame int64, pan float32, duration time.Duration) (*Fade, error) {
	return fade(b, func(self, context C.uintptr_t) C.pbgo_found {
		return C.pbgo_bus_fade_pan_at(self, C.int64_t(frame), C.float(pan), C.double(duration.Seconds()), context)
	})
}

// SetPanAt sets the pan at a given frame, by a ramp as when it is set now. It fails as [Bus.FadeAt].
func (b *Bus) SetPanAt(frame int64, pan float32) error {
	return do(b, func(self C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_bus_set_pan_at(self, C.int64_t(frame), C.float(pan))
	})
}

// AutomatePan adds points, in any order, to what the pan is going to do: all, or none
// when one is refused. [ErrInvalidArgument] for two that start at the same frame, otherwise as
// [Bus.FadeAt].
func (b *Bus) AutomatePan(points ...AutomationPoint) error {
	list := nativePoints(points)
	return do(b, func(self C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_bus_automate_pan(self, &list[0], C.size_t(len(points)))
	})
}

// PanAutomation is what the pan is going to do, by ascending frame: the points that have not
// started.
func (b *Bus) PanAutomation() ([]AutomationPoint, error) {
	return scheduled(b, func(self C.uintptr_t, list *nativePoint, capacity C.size_t) C.pbgo_found {
		return C.pbgo_bus_get_pan_automation(self, list, capacity)
	})
}

// CancelAutomationFrom cancels what volume and pan were to start at a frame or later. What starts earlier
// continues, a fade that is under way then included: [Fade.Cancel] stops it. [ErrOutOfRange] for a frame
// before the engine's time, [ErrNotAttached].
func (b *Bus) CancelAutomationFrom(frame int64) error {
	return do(b, func(self C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_bus_cancel_automation_from(self, C.int64_t(frame))
	})
}

// FadeOutputVolumeAt fades the gain of the mixer's sum from a given frame on; otherwise as [Bus.FadeAt].
func (m *Mixer) FadeOutputVolumeAt(frame int64, volume float32, duration time.Duration,
	curve Curve) (*Fade, error) {
	return fade(m.base(), func(self, context C.uintptr_t) C.pbgo_found {
		return C.pbgo_mixer_fade_output_volume_at(self, C.int64_t(frame), C.float(volume), C.double(duration.Seconds()),
			C.uint32_t(curve), context)
	})
}

// SetOutputVolumeAt sets the gain of the mixer's sum at a given frame, by a ramp as when it is set now. It fails
// as [Bus.FadeAt].
func (m *Mixer) SetOutputVolumeAt(frame int64, volume float32) error {
	return do(m.base(), func(self C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_mixer_set_output_volume_at(self, C.int64_t(frame), C.float(volume))
	})
}

// AutomateOutputVolume adds points, in any order, to what the output volume is going to do: all, or none
// when one is refused. [ErrInvalidArgument] for two that start at the same frame, otherwise as
// [Bus.FadeAt].
func (m *Mixer) AutomateOutputVolume(points ...AutomationPoint) error {
	list := nativePoints(points)
	return do(m.base(), func(self C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_mixer_automate_output_volume(self, &list[0], C.size_t(len(points)))
	})
}

// OutputVolumeAutomation is what the output volume is going to do, by ascending frame: the points that have not
// started.
func (m *Mixer) OutputVolumeAutomation() ([]AutomationPoint, error) {
	return scheduled(m.base(), func(self C.uintptr_t, list *nativePoint, capacity C.size_t) C.pbgo_found {
		return C.pbgo_mixer_get_output_volume_automation(self, list, capacity)
	})
}

// CancelOutputAutomationFrom cancels what the output volume was to start at a frame or later, as
// [Bus.CancelAutomationFrom].
func (m *Mixer) CancelOutputAutomationFrom(frame int64) error {
	return do(m.base(), func(self C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_mixer_cancel_output_automation_from(self, C.int64_t(frame))
	})
}

// FadeAt fades the group's fader from a given frame on; otherwise as [Bus.FadeAt]. On the portable engine
// all members follow to the frame, those that join meanwhile as well, while their own fades and automation
// go on. What waits when the group is removed ends as [FadeStopped]. [ErrNotAttached] when it was removed.
func (g *Group) FadeAt(frame int64, volume float32, duration time.Duration, curve Curve) (*Fade, error) {
	return fade(g, func(self, context C.uintptr_t) C.pbgo_found {
		return C.pbgo_group_fade_at(self, C.int64_t(frame), C.float(volume), C.double(duration.Seconds()),
			C.uint32_t(curve), context)
	})
}

// SetVolumeAt moves the group's fader at a given frame, by a ramp as when it is set now. It fails as
// [Group.FadeAt].
func (g *Group) SetVolumeAt(frame int64, volume float32) error {
	return do(g, func(self C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_group_set_volume_at(self, C.int64_t(frame), C.float(volume))
	})
}

// AutomateVolume adds points, in any order, to what the group's volume is going to do: all, or none
// when one is refused. [ErrInvalidArgument] for two that start at the same frame, otherwise as
// [Group.FadeAt].
func (g *Group) AutomateVolume(points ...AutomationPoint) error {
	list := nativePoints(points)
	return do(g, func(self C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_group_automate_volume(self, &list[0], C.size_t(len(points)))
	})
}

// VolumeAutomation is what the group's volume is going to do, by ascending frame: the points that have
// not started.
func (g *Group) VolumeAutomation() ([]AutomationPoint, error) {
	return scheduled(g, func(self C.uintptr_t, list *nativePoint, capacity C.size_t) C.pbgo_found {
		return C.pbgo_group_get_volume_automation(self, list, capacity)
	})
}

// CancelAutomationFrom cancels what the group's volume was to start at a frame or later, as
// [Bus.CancelAutomationFrom]. [ErrOutOfRange] for a frame before the engine's time, [ErrNotAttached].
func (g *Group) CancelAutomationFrom(frame int64) error {
	return do(g, func(self C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_group_cancel_automation_from(self, C.int64_t(frame))
	})
}
