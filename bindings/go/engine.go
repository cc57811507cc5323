// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

import (
	"runtime"
	"sync"
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

	mu      sync.Mutex // one caller renders at a time
	scratch *C.float   // what blocks are rendered into
	size    int
}

// NewEngine makes an engine for the default output device, which [Engine.Start] opens. Its format is
// the device's, or 44.1 kHz stereo where there is none.
//
// Maps to -[AVAudioEngine init].
func NewEngine() (*Engine, error) {
	return newEngine(C.perbus_format{}, 0)
}

// NewOfflineEngine makes an engine that renders the format when [Engine.Render] asks for it, in
// blocks of at most maxFrames frames (1 to 1048576), as fast as the machine can.
//
// [ErrFormat] for the format, [ErrOutOfRange] for maxFrames.
//
// Maps to enableManualRenderingMode:format:maximumFrameCount:error:.
func NewOfflineEngine(format Format, maxFrames int) (*Engine, error) {
	native, err := format.native()
	if err != nil {
		return nil, err
	}
	if _, err := number("maxFrames", maxFrames); err != nil {
		return nil, err
	}
	if maxFrames == 0 {
		return nil, failf(ErrOutOfRange, "maxFrames 0 is not in 1 to 1048576")
	}
	return newEngine(native, maxFrames)
}

func newEngine(format C.perbus_format, maxFrames int) (*Engine, error) {
	if version := C.perbus_version(); version < C.PERBUS_VERSION {
		return nil, failf(ErrUnavailable, "the library's version %d is lower than its header's, %d",
			uint32(version), C.PERBUS_VERSION)
	}
	made := C.pbgo_engine_create(format, C.uint32_t(maxFrames))
	if err := check(made.failure); err != nil {
		return nil, err
	}
	c := &core{handle: made.value, maxFrames: maxFrames, raw: C.pbgo_engine_get_raw(made.value)}
	runtime.SetFinalizer(c, (*core).free)
	got := C.pbgo_engine_get_format(c.handle)
	main := C.pbgo_engine_copy_main_mixer(c.handle)
	output := C.pbgo_engine_copy_output(c.handle)
	c.format, c.main, c.output = formatOf(got.value), newNode(main.value), newNode(output.value)
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
	C.pbgo_engine_release(c.handle)
	C.free(unsafe.Pointer(c.scratch))
}

// Close stops the engine and ends it and all of its nodes; calling it again has no effect. Calls
// afterwards fail with [ErrClosed]. It waits for calls that are under way, and for a completion that
// is running, unless called from one.
//
// [ErrInRender] in a [RenderFunc].
func (e *Engine) Close() error {
	if e == nil || e.core == nil {
		return nil
	}
	return e.do(func(engine C.uintptr_t) *C.pbgo_failure { return C.pbgo_engine_close(engine) })
}

// use checks that the engine may be called. The caller keeps it alive during the call.
func (e *Engine) use() (C.uintptr_t, error) {
	if e == nil || e.core == nil {
		return 0, failf(ErrInvalidArgument, "the engine is nil")
	}
	return e.core.handle, nil
}

func (e *Engine) do(call func(engine C.uintptr_t) *C.pbgo_failure) error {
	engine, err := e.use()
	if err != nil {
		return err
	}
	defer runtime.KeepAlive(e)
	return check(call(engine))
}

// create makes a node.
func (e *Engine) create(create func(engine C.uintptr_t) C.pbgo_handle) (handle, error) {
	engine, err := e.use()
	if err != nil {
		return handle{}, err
	}
	defer runtime.KeepAlive(e)
	made := create(engine)
	if err := check(made.failure); err != nil {
		return handle{}, err
	}
	return handle{engine: e, node: newNode(made.value)}, nil
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
	return e.do(func(engine C.uintptr_t) *C.pbgo_failure { return C.pbgo_engine_prepare(engine) })
}

// Start starts rendering; no effect while running. [ErrStart] when there is no output device, it
// does not open, or the graph cannot be rendered. Maps to startAndReturnError:.
func (e *Engine) Start() error {
	return e.do(func(engine C.uintptr_t) *C.pbgo_failure { return C.pbgo_engine_start(engine) })
}

// Pause halts rendering; [Engine.Start] goes on. Maps to pause.
func (e *Engine) Pause() error {
	return e.do(func(engine C.uintptr_t) *C.pbgo_failure { return C.pbgo_engine_pause(engine) })
}

// Stop ends rendering. Players stop playing but keep their queues. Maps to stop.
func (e *Engine) Stop() error {
	return e.do(func(engine C.uintptr_t) *C.pbgo_failure { return C.pbgo_engine_stop(engine) })
}

// Reset sets the clock to 0 and clears the nodes' state, not their connections. Maps to reset.
func (e *Engine) Reset() error {
	return e.do(func(engine C.uintptr_t) *C.pbgo_failure { return C.pbgo_engine_reset(engine) })
}

// Running tells whether the engine renders: started and not paused. Maps to isRunning.
func (e *Engine) Running() (bool, error) {
	engine, err := e.use()
	if err != nil {
		return false, err
	}
	defer runtime.KeepAlive(e)
	running := C.pbgo_engine_is_running(engine)
	return bool(running.value), check(running.failure)
}

// SampleTime is the engine's time in frames: what was rendered since the start or the last
// [Engine.Reset]; on a device the output's, 0 while not running.
//
// Maps to manualRenderingSampleTime, or to the output's lastRenderTime.
func (e *Engine) SampleTime() (int64, error) {
	engine, err := e.use()
	if err != nil {
		return 0, err
	}
	defer runtime.KeepAlive(e)
	time := C.pbgo_engine_get_sample_time(engine)
	return int64(time.value), check(time.failure)
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
	count, err := number("render threads", threads)
	if err != nil {
		return err
	}
	return e.do(func(engine C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_engine_set_render_threads(engine, count)
	})
}

// Render renders the next block into planar slices, one a channel and all of one length: the number
// of frames, at most [Engine.MaxFrames]. One goroutine renders at a time; another one waits.
//
// [ErrWrongKind] for an engine that plays to a device, [ErrInRender] in a [RenderFunc],
// [ErrNotRunning] before Start, [ErrFormat] when the slices are not as many as the engine's channels, [ErrInvalidArgument]
// when their lengths differ, [ErrOutOfRange] when they are longer than the engine's longest block,
// [ErrRender] when the engine could not render. The slices are untouched then.
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
	if !c.mu.TryLock() {
		// Nobody waits for the block that he is making.
		if C.perbus_desk_in_render() {
			return failf(ErrInRender, "a render function cannot render")
		}
		c.mu.Lock()
	}
	defer c.mu.Unlock()
	into, err := c.room(len(planar) * int(frames))
	if err != nil {
		return err
	}
	failure := C.pbgo_engine_render(engine, frames, into, C.uint32_t(len(planar)))
	if err := check(failure); err != nil {
		return err
	}
	rendered := unsafe.Slice((*float32)(into), len(planar)*int(frames))
	for channel, samples := range planar {
		copy(samples, rendered[channel*int(frames):])
	}
	return nil
}

// room is C's memory for a rendered block: Go slices are not passed to C.
func (c *core) room(samples int) (*C.float, error) {
	if longest := c.format.Channels * c.maxFrames; samples > longest && longest > 0 {
		return nil, failf(ErrOutOfRange, "%d frames are more than %d, the engine's longest block",
			samples/c.format.Channels, c.maxFrames)
	}
	if c.scratch == nil || samples > c.size {
		C.free(unsafe.Pointer(c.scratch))
		c.scratch = (*C.float)(C.malloc(C.size_t(samples+1) * C.sizeof_float))
		c.size = samples
	}
	return c.scratch, nil
}
