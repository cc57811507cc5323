// SPDX-License-Identifier: MIT OR Apache-2.0

package main

import (
	"fmt"
	"strings"

	perbus "github.com/perbus/perbus/bindings/go"
)

func (r *runner) points(word int) []perbus.AutomationPoint {
	var points []perbus.AutomationPoint
	for ; word+3 < len(r.words); word += 4 {
		points = append(points, perbus.AutomationPoint{Frame: r.long(word), Value: r.real(word + 1),
			Duration: r.length(word + 2), Curve: curves[r.words[word+3]]})
	}
	return points
}

func shownPoints(points []perbus.AutomationPoint, err error) (string, error) {
	words := make([]string, len(points))
	for i, it := range points {
		words[i] = fmt.Sprint(it.Frame, " ", bits(it.Value), " ", it.Duration.Nanoseconds(), " ", int(it.Curve))
	}
	return strings.Join(words, " "), err
}

// onAutomation is for lines about automation, of a bus, a group or a mixer's output.
func (r *runner) onAutomation() (string, error) {
	of, what, _ := strings.Cut(r.words[0], "_")
	word := 1
	if what == "fade_at" {
		word = 2
	}
	if of == "group" {
		return r.ofGroup(r.groups[r.words[word]], what, word+1)
	}
	mixer, found := r.nodes[r.words[word]].(*perbus.Mixer)
	if !found {
		return "", errMissing
	}
	if of == "output" {
		return r.ofOutput(mixer, what, word+1)
	}
	bus, err := r.bus(word)
	if err != nil {
		return "", err
	}
	return r.ofBus(bus, of == "pan", what, word+2)
}

func (r *runner) ofOutput(mixer *perbus.Mixer, what string, at int) (string, error) {
	switch what {
	case "fade_at":
		return r.fade(func() (*perbus.Fade, error) {
			return mixer.FadeOutputVolumeAt(r.long(at), r.real(at+1), r.length(at+2), curves[r.words[at+3]])
		})
	case "set_at":
		return done(mixer.SetOutputVolumeAt(r.long(at), r.real(at+1)))
	case "automate":
		return done(mixer.AutomateOutputVolume(r.points(at)...))
	case "automation":
		return shownPoints(mixer.OutputVolumeAutomation())
	case "cancel_from":
		return done(mixer.CancelOutputAutomationFrom(r.long(at)))
	}
	return r.unknown()
}

func (r *runner) ofGroup(group *perbus.Group, what string, at int) (string, error) {
	if group == nil {
		return "", errMissing
	}
	switch what {
	case "fade_at":
		return r.fade(func() (*perbus.Fade, error) {
			return group.FadeAt(r.long(at), r.real(at+1), r.length(at+2), curves[r.words[at+3]])
		})
	case "set_at":
		return done(group.SetVolumeAt(r.long(at), r.real(at+1)))
	case "automate":
		return done(group.AutomateVolume(r.points(at)...))
	case "automation":
		return shownPoints(group.VolumeAutomation())
	case "cancel_from":
		return done(group.CancelAutomationFrom(r.long(at)))
	}
	return r.unknown()
}

func (r *runner) ofBus(bus *perbus.Bus, pan bool, what string, at int) (string, error) {
	set, automate, list := bus.SetVolumeAt, bus.AutomateVolume, bus.VolumeAutomation
	if pan {
		set, automate, list = bus.SetPanAt, bus.AutomatePan, bus.PanAutomation
	}
	switch what {
	case "fade_at":
		return r.fade(func() (*perbus.Fade, error) {
			if pan {
				return bus.FadePanAt(r.long(at), r.real(at+1), r.length(at+2))
			}
			return bus.FadeAt(r.long(at), r.real(at+1), r.length(at+2), curves[r.words[at+3]])
		})
	case "set_at":
		return done(set(r.long(at), r.real(at+1)))
	case "automate":
		return done(automate(r.points(at)...))
	case "automation":
		return shownPoints(list())
	case "cancel_from":
		return done(bus.CancelAutomationFrom(r.long(at)))
	}
	return r.unknown()
}
