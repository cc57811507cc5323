// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

import (
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"
)

// Engine is a graph of audio nodes and what renders it: to the output device, or offline to the
// caller. It is an AVAudioEngine.
type Engine struct {
	core *core
}

// core owns the engine's handle. It never refers to an Engine, whose copies share it.
type core struct {
	handle C.uintptr_t
	raw    *C.perbus_engine // perbus.h's, for who goes past this package

	main, output *node
	format       Format
	maxFrames    int // of an offline engine; 0 plays to a device
	taps         *tapList
	filling      atomic.Pointer[filling] // of an offline engine's input

	mu      sync.Mutex
	scratch scratch // what the next block is rendered into
}

// scratch is memory for a block.
type scratch struct {
	samples *C.float
	size    int
}

// NewEngine makes an engine for the default output device, which [Engine.Start] opens. Its format is
// the device's, or 44.1 kHz stereo where there is none. [NewDeviceEngine] chooses a device.
//
// Maps to -[AVAudioEngine init].
func NewEngine() (*Engine, error) { return newEngine(C.pbgo_engine_create(), 0) }

// NewOfflineEngine makes an engine that renders the format when [Engine.Render] asks for it, in
// blocks of at most maxFrames frames (1 to 1048576), as fast as the machine can.
//
// [ErrFormat] for the format, [ErrOutOfRange] for maxFrames.
//
// Maps to enableManualRenderingMode:format:maximumFrameCount:error:.
func NewOfflineEngine(format Format, maxFrames int) (*Engine, error) {
	if err := fit(maxFrames); err != nil {
		return nil, err
	}
	return newEngine(C.pbgo_engine_create_offline(format.native(), C.uint32_t(maxFrames)), maxFrames)
}

func newEngine(made C.pbgo_found, maxFrames int) (*Engine, error) {
	if err := check(made.failure); err != nil {
		return nil, err
	}
	taps := &tapList{all: map[*Tap]struct{}{}}
	c := &core{handle: C.uintptr_t(made.number), maxFrames: maxFrames, taps: taps}
	c.raw = C.pbgo_engine_get_raw(c.handle)
	runtime.SetFinalizer(c, (*core).free)
	got := C.pbgo_engine_get_format(c.handle)
	main := C.pbgo_engine_copy_main_mixer(c.handle)
	output := C.pbgo_engine_copy_output(c.handle)
	c.format, c.main, c.output = formatOf(got.value), newNode(main), newNode(output)
	for _, failure := range []*C.pbgo_failure{got.failure, main.failure, output.failure} {
		if err := check(failure); err != nil {
			return nil, err
		}
	}
	return &Engine{core: c}, nil
}

// free is for when nothing refers to the engine any more.
func (c *core) free() {
	_ = check(C.pbgo_engine_close(c.handle))
	c.taps.close()
	C.pbgo_engine_release(c.handle)
	C.free(unsafe.Pointer(c.scratch.samples))
}

// takeScratch is memory for so many samples, and at least one, which is the caller's until giveScratch. No
// lock is held in between: who renders may be waiting for a batch in which another block is rendered.
func (c *core) takeScratch(samples int) scratch {
	c.mu.Lock()
	taken := c.scratch
	c.scratch = scratch{}
	c.mu.Unlock()
	if taken.size <= samples {
		C.free(unsafe.Pointer(taken.samples))
		size := samples + 1
		taken = scratch{(*C.float)(C.malloc(C.size_t(size) * C.sizeof_float)), size}
	}
	return taken
}

func (c *core) giveScratch(given scratch) {
	c.mu.Lock()
	former := c.scratch
	c.scratch = given
	c.mu.Unlock()
	C.free(unsafe.Pointer(former.samples))
}

// Close stops the engine, ends it and all of its nodes and taps, and completes the files of its
// recorders; calling it again has no effect. Calls afterwards fail with [ErrClosed]. It waits for calls
// that are under way, and for a completion or a function of a tap or of [Engine.OnEvent] that is running,
// unless called from one.
//
// [ErrInRender] in a [RenderFunc], [ErrWrongKind] in a batch.
func (e *Engine) Close() error {
	if e == nil || e.core == nil {
		return nil
	}
	err := do(e, func(engine C.uintptr_t) *C.pbgo_failure { return C.pbgo_engine_close(engine) })
	if err == nil {
		e.core.taps.close()
	}
	return err
}

// use checks that the engine may be called. The caller keeps it alive during the call.
func (e *Engine) use() (C.uintptr_t, error) {
	if e == nil || e.core == nil {
		return 0, failf(ErrInvalidArgument, "the engine is nil")
	}
	return e.core.handle, nil
}

// create makes a node of the kind that wrap is for.
func create[T any](e *Engine, wrap func(handle) *T, call func(engine C.uintptr_t) C.pbgo_found,
	numbers ...int) (*T, error) {
	made, err := ask(e, call, numbers...)
	if err != nil {
		return nil, err
	}
	return wrap(handle{engine: e, node: newNode(made)}), nil
}

// Format is the format of the mix.
func (e *Engine) Format() Format { return e.core.format }

// MaxFrames is the longest block that [Engine.Render] takes, in frames; 0 for an engine that plays to
// a device.
func (e *Engine) MaxFrames() int { return e.core.maxFrames }

// MainMixer is the mixer that feeds the output. Maps to mainMixerNode.
func (e *Engine) MainMixer() *Mixer { return &Mixer{handle{e, e.core.main}} }

// Output is where the mix leaves the engine. Maps to outputNode.
func (e *Engine) Output() *Output { return &Output{handle{e, e.core.output}} }

// Prepare allocates what rendering needs, so that a start is quick. Maps to prepare.
func (e *Engine) Prepare() error {
	return do(e, func(engine C.uintptr_t) *C.pbgo_failure { return C.pbgo_engine_prepare(engine) })
}

// Start starts rendering; no effect while running. [ErrStart] when there is no output device, it
// does not open, or the graph cannot be rendered. Maps to startAndReturnError:.
func (e *Engine) Start() error {
	return do(e, func(engine C.uintptr_t) *C.pbgo_failure { return C.pbgo_engine_start(engine) })
}

// Pause halts rendering; [Engine.Start] goes on. Maps to pause.
func (e *Engine) Pause() error {
	return do(e, func(engine C.uintptr_t) *C.pbgo_failure { return C.pbgo_engine_pause(engine) })
}

// Stop ends rendering. Players stop playing but keep their queues. Maps to stop.
func (e *Engine) Stop() error {
	return do(e, func(engine C.uintptr_t) *C.pbgo_failure { return C.pbgo_engine_stop(engine) })
}

// Reset sets the clock to 0 and clears the nodes' state, not their connections. Maps to reset.
func (e *Engine) Reset() error {
	return do(e, func(engine C.uintptr_t) *C.pbgo_failure { return C.pbgo_engine_reset(engine) })
}

// ClearSolo ends the solos of all buses, so that all sound again from one block on.
func (e *Engine) ClearSolo() error {
	return do(e, func(engine C.uintptr_t) *C.pbgo_failure { return C.pbgo_engine_clear_solo(engine) })
}

// Running reports whether the engine renders: started and not paused. Maps to isRunning.
func (e *Engine) Running() (bool, error) {
	found, err := ask(e, func(engine C.uintptr_t) C.pbgo_found { return C.pbgo_engine_is_running(engine) })
	return found.number != 0, err
}

// SampleTime is the engine's time in frames: what was rendered since the start or the last
// [Engine.Reset]; on a device the output's, 0 while not running.
//
// Maps to manualRenderingSampleTime, or to the output's lastRenderTime.
func (e *Engine) SampleTime() (int64, error) {
	found, err := ask(e, func(engine C.uintptr_t) C.pbgo_found { return C.pbgo_engine_get_sample_time(engine) })
	return int64(found.number), err
}

// SetMeterTaps has taps feed the meters of buses, mixers and groups where the engine has no meters of
// its own: Apple's. Initially off. On an engine that has meters it changes nothing.
//
// The first reading makes a tap, the only one that AVFAudio allows of that output bus: of the mixer, or
// of the node that is connected to the bus, which serves all buses that it feeds. A tap or a recorder
// of the program's takes its place, and until that ends the readings are [ErrInvalidArgument], as they
// are if it was there first. It goes with the connection or the node, with the engine, and when this is
// switched off.
//
// A bus's meter then reads the tapped signal times the gains of the strip as they are when a block of
// the tap is measured, 0.1 s or longer, which is an approximation while they move, and before the mixer
// converts its rate and channels, but for mono. Offline a reading waits for the blocks that are queued,
// but in a batch: hold no lock that a tap's function takes.
func (e *Engine) SetMeterTaps(on bool) error {
	return do(e, func(engine C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_engine_set_meter_taps(engine, C.bool(on))
	})
}

// MeterTaps is what [Engine.SetMeterTaps] has set.
func (e *Engine) MeterTaps() bool {
	defer runtime.KeepAlive(e)
	return C.pbgo_engine_get_meter_taps(e.core.handle).number != 0
}

// MaxRenderThreads is the most threads that can render one engine.
const MaxRenderThreads = C.PERBUS_MAX_RENDER_THREADS

// SetRenderThreads sets how many threads render, 1 to [MaxRenderThreads], the audio thread or the
// caller of [Engine.Render] included; 1, the default, is that one alone.
//
// Sub-mixers are then rendered side by side: those of at least 16 connected inputs, upstream mixers'
// included, and at most half of the graph's, as far as nothing upstream of them has a second
// connection and their sample rate is the engine's. Not one sample changes. A [RenderFunc] then runs
// on any of these threads: each on one at a time, those of different sources at the same time. More
// threads than the machine has free cores slow it down. It waits for a block that is being rendered.
//
// [ErrOutOfRange], [ErrNoMemory] when the system gives no more threads, the number stays as it was
// then, and [ErrUnsupported] on Apple's engine, which decides itself.
func (e *Engine) SetRenderThreads(threads int) error {
	return do(e, func(engine C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_engine_set_render_threads(engine, C.uint32_t(threads))
	}, threads)
}

// Render renders the next block into planar slices, one a channel and all of one length: the number
// of frames, at most [Engine.MaxFrames]. One goroutine renders at a time; another one waits.
//
// [ErrWrongKind] for an engine that plays to a device, [ErrInRender] in a [RenderFunc],
// [ErrNotRunning] before Start, [ErrFormat] when the slices are not as many as the engine's channels,
// [ErrInvalidArgument] when their lengths differ, [ErrOutOfRange] when they are longer than the engine's
// longest block, [ErrRender] when the engine could not render. The slices are untouched then.
//
// Maps to renderOffline:toBuffer:error:.
func (e *Engine) Render(planar [][]float32) error {
	engine, err := e.use()
	if err != nil {
		return err
	}
	defer runtime.KeepAlive(e)
	c := e.core
	frames, err := checkPlanar(planar, c.format.Channels)
	if err != nil {
		return err
	}
	samples := len(planar) * int(frames)
	block := c.takeScratch(samples)
	defer c.giveScratch(block)
	if err := check(C.pbgo_engine_render(engine, frames, block.samples, C.uint32_t(len(planar)))); err != nil {
		return err
	}
	rendered := unsafe.Slice((*float32)(block.samples), samples)
	for channel, samples := range planar {
		copy(samples, rendered[channel*int(frames):])
	}
	return nil
}
