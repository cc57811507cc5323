// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

import (
	"fmt"
	"math"
	"runtime/cgo"
	"strings"
	"time"
	"unsafe"
)

// Device is a device of the machine, as [Devices] lists it.
type Device struct {
	// ID is what [DeviceOptions] takes, Name is for people, and Host is the sound system:
	// "PulseAudio", "ALSA", "JACK".
	ID, Name, Host string
	// InputChannels is 0 for a device that does not record, OutputChannels for one that does not play.
	InputChannels, OutputChannels int
	// SampleRate is its own, in Hz.
	SampleRate float64
	// LowLatency is the shortest that is worth asking for; it breaks off on a busy machine.
	// DefaultLatency is what an engine asks for by default.
	LowLatency, DefaultLatency time.Duration
	// IsDefaultInput and IsDefaultOutput say whether it is the system's.
	IsDefaultInput, IsDefaultOutput bool
}

// Devices is all devices of the machine, those that only record included: those of PulseAudio or
// PipeWire if a server answers, else PortAudio's; the environment variable PERBUS_AUDIO, set to pulse or
// portaudio, decides otherwise.
//
// [ErrStart] when no sound system can be reached, [ErrUnsupported] on Apple's engine.
func Devices() ([]Device, error) {
	found := C.pbgo_devices_copy()
	if err := check(found.failure); err != nil {
		return nil, err
	}
	defer C.perbus_devices_free(found.list)
	devices := make([]Device, 0, int(found.count))
	for _, it := range unsafe.Slice(found.list, int(found.count)) {
		devices = append(devices, Device{
			ID: C.GoString(&it.id[0]), Name: C.GoString(&it.name[0]), Host: C.GoString(&it.host[0]),
			InputChannels: int(it.input_channels), OutputChannels: int(it.output_channels),
			SampleRate: float64(it.sample_rate),
			LowLatency: duration(it.low_latency), DefaultLatency: duration(it.default_latency),
			IsDefaultInput: bool(it.is_default_input), IsDefaultOutput: bool(it.is_default_output),
		})
	}
	return devices, nil
}

func duration(seconds C.double) time.Duration {
	return time.Duration(math.Round(float64(seconds) * float64(time.Second)))
}

// DeviceOptions is what [NewDeviceEngine] asks of its devices. Zeros are their choice.
type DeviceOptions struct {
	// Output is a [Device]'s ID; "" is whatever is the default output at each start.
	Output string
	// Input is likewise the device that [Engine.Input] records from.
	Input string
	// SampleRate is in Hz. The sound system converts if the device has another one.
	SampleRate float64
	// Block is how many frames are rendered at once, 16 to 4096.
	Block int
	// Latency is from rendering to hearing, 1 ms to 2 s, and at least two blocks; 30 ms by default.
	// [DeviceStatus] has what came of it.
	Latency time.Duration
	// Restarts says whether an engine that stops because of its device starts again by itself, as soon
	// as there is one that suits. Its players and fades go on then. [Engine.Stop], [Engine.Pause] and
	// [Engine.Close] end its attempts.
	Restarts bool
}

// NewDeviceEngine makes an engine for an output device, which [Engine.Start] opens.
//
// [ErrOutOfRange] for a number, [ErrStart] when there is no device of that ID, [ErrUnsupported] on Apple's
// engine if anything but Restarts is set.
//
// Maps to -[AVAudioEngine init].
func NewDeviceEngine(options DeviceOptions) (*Engine, error) {
	if err := fit(options.Block); err != nil {
		return nil, err
	}
	id, free, err := idOf(options.Output)
	if err != nil {
		return nil, err
	}
	defer free()
	input, freeInput, err := idOf(options.Input)
	if err != nil {
		return nil, err
	}
	defer freeInput()
	return newEngine(C.pbgo_engine_create_for_device(C.perbus_device_options{
		output: id, input: input, sample_rate: C.double(options.SampleRate), block: C.uint32_t(options.Block),
		latency: C.double(options.Latency.Seconds()), restarts: C.bool(options.Restarts),
	}), 0)
}

// idOf is the ID of a device as C takes it, and what frees that.
func idOf(id string) (*C.char, func(), error) {
	if strings.IndexByte(id, 0) >= 0 {
		return nil, nil, failf(ErrInvalidArgument, "the id of a device has a NUL: %q", id)
	}
	text := C.CString(id)
	return text, func() { C.free(unsafe.Pointer(text)) }, nil
}

// SetOutputDevice chooses another output device for a stopped engine, which keeps its rate, block and
// latency; "" is whatever is the default output at each start.
//
// [ErrStart] when there is no output device of that ID, or the engine is started, [ErrWrongKind] for an
// offline engine, [ErrUnsupported] on Apple's engine, except for the default.
func (e *Engine) SetOutputDevice(id string) error {
	text, free, err := idOf(id)
	if err != nil {
		return err
	}
	defer free()
	return do(e, func(engine C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_engine_set_output_device(engine, text)
	})
}

// DeviceStatus is how the devices of an engine fare, since they were opened.
type DeviceStatus struct {
	// ID is the device's; the sound system may have moved the engine to another one. Name is for
	// people, and Host is the sound system.
	ID, Name, Host string
	// SampleRate is that at which the engine renders, in Hz.
	SampleRate float64
	// Block is how many frames were last rendered at once; 0 if that is not known yet.
	Block int
	// Latency is from rendering to hearing, as the sound system measures it.
	Latency time.Duration
	// Underruns is how often the device ran out of samples, Late how many blocks took longer to render
	// than they last.
	Underruns, Late uint64
	// MeanLoad is the time spent rendering divided by the time rendered, MaxLoad that of the worst block.
	MeanLoad, MaxLoad float64
	// Frames is how many were rendered.
	Frames uint64
	// InputID is that of the device that records, "" while none does. InputName is for people.
	InputID, InputName string
	// InputLatency is from the microphone to the engine, what waits in between included; negative for the
	// monitor of an output, which hears what is not audible yet. What is played of a microphone is heard
	// after InputLatency + Latency.
	InputLatency time.Duration
	// Overruns is how often recorded sound was lost or came too late.
	Overruns uint64
	// Realtime is whether the thread that renders runs before all ordinary ones. With PulseAudio and
	// PipeWire the engine asks the system and RealtimeKit for that, unless the environment variable
	// PERBUS_REALTIME is "no". RealtimeKit wants RLIMIT_RTTIME lowered for the whole process, see perbus.h.
	Realtime bool
}

// DeviceStatus is how the devices in use fare. On Apple's engine only the rate, the latencies and the
// frames are known. [ErrNotRunning] while the engine is stopped, [ErrWrongKind] for an offline engine.
func (e *Engine) DeviceStatus() (DeviceStatus, error) {
	var found C.pbgo_device_status
	err := do(e, func(engine C.uintptr_t) *C.pbgo_failure {
		found = C.pbgo_engine_get_device_status(engine)
		return found.failure
	})
	if err != nil {
		return DeviceStatus{}, err
	}
	it := &found.value
	return DeviceStatus{
		ID: C.GoString(&it.id[0]), Name: C.GoString(&it.name[0]), Host: C.GoString(&it.host[0]),
		SampleRate: float64(it.sample_rate), Block: int(it.block), Latency: duration(it.latency),
		Underruns: uint64(it.underruns), Late: uint64(it.late),
		MeanLoad: float64(it.mean_load), MaxLoad: float64(it.max_load), Frames: uint64(it.frames),
		InputID: C.GoString(&it.input_id[0]), InputName: C.GoString(&it.input_name[0]),
		InputLatency: duration(it.input_latency), Overruns: uint64(it.overruns),
		Realtime: bool(it.realtime),
	}, nil
}

// EngineEvent is what happens to an engine by itself.
type EngineEvent int

const (
	// DeviceLost says that the device or its sound system is gone.
	DeviceLost EngineEvent = C.PERBUS_EVENT_DEVICE_LOST
	// DeviceChanged says that the sound system has moved the engine to another device, on which it goes
	// on playing or recording.
	DeviceChanged EngineEvent = C.PERBUS_EVENT_DEVICE_CHANGED
	// ConfigurationChanged says that the engine has stopped because of its device. [Engine.Start] opens
	// the device anew.
	ConfigurationChanged EngineEvent = C.PERBUS_EVENT_CONFIGURATION_CHANGED
	// Xrun says that the device has run out of samples, or recorded ones were lost, once or several times.
	Xrun EngineEvent = C.PERBUS_EVENT_XRUN
	// DecoderLate says that a file was not decoded in time, once or several times: see
	// [Position].LateFrames.
	DecoderLate EngineEvent = C.PERBUS_EVENT_DECODER_LATE
	// Restarted says that the engine has started again by itself: see [DeviceOptions].Restarts.
	Restarted EngineEvent = C.PERBUS_EVENT_RESTARTED
	// InputLost says that the input is gone or does not open. The engine plays on, and [Engine.Input] is
	// silent until the next start or [Engine.SetInputDevice].
	InputLost EngineEvent = C.PERBUS_EVENT_INPUT_LOST
)

// String is the event in words.
func (e EngineEvent) String() string {
	switch e {
	case DeviceLost:
		return "device lost"
	case DeviceChanged:
		return "device changed"
	case ConfigurationChanged:
		return "configuration changed"
	case Xrun:
		return "xrun"
	case DecoderLate:
		return "decoder late"
	case Restarted:
		return "restarted"
	case InputLost:
		return "input lost"
	}
	return fmt.Sprintf("event %d", int(e))
}

// OnEvent has a function called with what happens to the engine by itself, in place of the previous one:
// on a thread of the engine, one event after the other. It may call everything, also [Engine.Start] and
// [Engine.Close], but not [runtime.Goexit]. A panic in it ends the program, as in any goroutine. nil: no
// events are reported.
//
// A loss is noticed within half a second. The engine has stopped by then: as after [Engine.Stop], players
// keep their queues, fades stand still, strips and output volumes are kept, and all of it goes on once
// Start has found a device and [Player.Play] has resumed the players; an engine that restarts does both
// by itself. OnEvent waits for a function that is running, unless called from it.
//
// [ErrWrongKind] for an offline engine, [ErrInvalidArgument] in a batch, for whose end a function may be
// waiting.
//
// Maps to AVAudioEngineConfigurationChangeNotification, the only event of Apple's engine.
func (e *Engine) OnEvent(happened func(event EngineEvent)) error {
	var handle cgo.Handle
	if happened != nil {
		handle = cgo.NewHandle(happened)
	}
	err := do(e, func(engine C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_engine_set_event_handler(engine, C.uintptr_t(handle))
	})
	if err != nil && handle != 0 {
		handle.Delete()
	}
	return err
}

//export pbgoEvent
func pbgoEvent(context C.uintptr_t, event C.perbus_event) {
	cgo.Handle(context).Value().(func(EngineEvent))(EngineEvent(event))
}
