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

// core is the engine itself. It never refers to its Engine, whose finalizer could not run then.
type core struct {
	// Graph calls hold it for writing, per-connection calls for reading. Taken before any other
	// lock but render.
	mu sync.RWMutex
	// One caller renders at a time. Taken before mu.
	render sync.Mutex

	raw       *C.perbus_engine // nil once closed; changes with both locks held
	nodes     []*node          // all that are not closed
	main      *node
	output    *node
	format    Format
	maxFrames int     // of an offline engine; 0 plays to a device
	scratch   scratch // what blocks are rendered into, with render held

	fallback     atomic.Int32
	past         atomic.Int64 // the engine's time before its resets, in frames
	latest       atomic.Int64 // the latest time seen: where time stands while a device does not play
	withoutFades atomic.Bool  // the engine has turned out to have no fades of its own
	fades        fades
}

// NewEngine makes an engine for the default output device, which [Engine.Start] opens. Its format is
// the device's, or 44.1 kHz stereo where there is none.
//
// Maps to -[AVAudioEngine init].
func NewEngine() (*Engine, error) {
	return newEngine(C.pbgo_engine_create(C.perbus_format{}, 0), 0)
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
	frames, err := number("maxFrames", maxFrames)
	if err != nil {
		return nil, err
	}
	if frames == 0 {
		return nil, failf(ErrOutOfRange, "maxFrames 0 is not in 1 to 1048576")
	}
	return newEngine(C.pbgo_engine_create(native, frames), maxFrames)
}

func newEngine(made C.pbgo_engine, maxFrames int) (*Engine, error) {
	if err := check(made.failure); err != nil {
		return nil, err
	}
	c := &core{raw: made.value, maxFrames: maxFrames}
	if err := c.prepareEnds(); err != nil {
		c.close()
		return nil, err
	}
	e := &Engine{core: c}
	runtime.SetFinalizer(e, func(e *Engine) { e.core.close() })
	return e, nil
}

// ref is the handle as C is given it.
func (c *core) ref() C.pbgo_engine_ref {
	return C.pbgo_engine_ref{address: C.uintptr_t(uintptr(unsafe.Pointer(c.raw)))}
}

// prepareEnds looks up what the engine makes itself: the format, the main mixer, and the output that
// it feeds.
func (c *core) prepareEnds() error {
	if version := C.perbus_version(); version < C.PERBUS_VERSION {
		return failf(ErrUnavailable, "the library's version %d is lower than its header's, %d",
			uint32(version), C.PERBUS_VERSION)
	}
	format := C.pbgo_engine_get_format(c.ref())
	if err := check(format.failure); err != nil {
		return err
	}
	c.format = formatOf(format.value)
	main := C.pbgo_engine_copy_main_mixer(c.ref())
	if err := check(main.failure); err != nil {
		return err
	}
	c.main = c.add(main.value, kindMixer)
	output := C.pbgo_engine_copy_output(c.ref())
	if err := check(output.failure); err != nil {
		return err
	}
	c.output = c.add(output.value, kindOutput)
	c.main.attached, c.output.attached = true, true
	connect(point{c.main, 0}, point{c.output, 0})
	return nil
}

// Close stops the engine and ends it and all of its nodes; calling it again has no effect. Calls
// afterwards fail with [ErrClosed]. It waits for calls that are under way, and for a completion that
// is running, unless called from one.
//
// [ErrWrongKind] in a [RenderFunc].
func (e *Engine) Close() error {
	if e == nil || e.core == nil {
		return nil
	}
	if err := outside(); err != nil {
		return err
	}
	// The finalizer stays: to take it off a copy that lies inside another value ends the program.
	e.core.close()
	return nil
}

func (c *core) close() {
	c.render.Lock()
	c.mu.Lock()
	raw, nodes := c.raw, c.nodes
	c.raw, c.nodes = nil, nil
	released := make([]*C.perbus_node, 0, len(nodes))
	for _, n := range nodes {
		released = append(released, n.raw)
		n.raw, n.attached = nil, false
		n.routes = routes{}
	}
	c.scratch.free()
	c.mu.Unlock()
	c.render.Unlock()
	c.endFades()
	// Without the locks: a completion that is waited for may call back.
	C.perbus_engine_destroy(raw)
	for _, raw := range released {
		C.perbus_node_release(raw)
	}
}

// enter keeps graph changes, and the engine's end, away until leave.
func (e *Engine) enter() (*core, error) {
	if e == nil || e.core == nil {
		return nil, failf(ErrInvalidArgument, "the engine is nil")
	}
	if err := outside(); err != nil {
		return nil, err
	}
	e.core.mu.RLock()
	if e.core.raw == nil {
		e.core.mu.RUnlock()
		return nil, failf(ErrClosed, "the engine was closed")
	}
	return e.core, nil
}

func (e *Engine) leave() { e.core.mu.RUnlock() }

// enterAlone keeps everything but rendering away until leaveAlone.
func (e *Engine) enterAlone() (*core, error) {
	if e == nil || e.core == nil {
		return nil, failf(ErrInvalidArgument, "the engine is nil")
	}
	if err := outside(); err != nil {
		return nil, err
	}
	e.core.mu.Lock()
	if e.core.raw == nil {
		e.core.mu.Unlock()
		return nil, failf(ErrClosed, "the engine was closed")
	}
	return e.core, nil
}

func (e *Engine) leaveAlone() { e.core.mu.Unlock() }

// own is the node of a handle, which must be this engine's and open.
func (c *core) own(h *handle) (*node, error) {
	switch {
	case h == nil || h.node == nil:
		return nil, failf(ErrInvalidArgument, "the node is nil")
	case h.node.core != c:
		return nil, failf(ErrWrongEngine, "the node belongs to another engine")
	case h.node.raw == nil:
		return nil, failf(ErrClosed, "the node was closed")
	}
	return h.node, nil
}

// add takes over a handle that C has just handed out.
func (c *core) add(raw *C.perbus_node, kind kind) *node {
	n := &node{core: c, raw: raw, id: NodeID(C.perbus_node_get_id(raw)), kind: kind}
	c.nodes = append(c.nodes, n)
	return n
}

func (c *core) forget(n *node) {
	for i, known := range c.nodes {
		if known == n {
			c.nodes = append(c.nodes[:i], c.nodes[i+1:]...)
			return
		}
	}
}

// adopt wraps and attaches a node that make makes; its output may have a format already.
func (e *Engine) adopt(kind kind, format Format, make func() C.pbgo_node) (handle, error) {
	c, err := e.enterAlone()
	if err != nil {
		return handle{}, err
	}
	defer e.leaveAlone()
	made := make()
	if err := check(made.failure); err != nil {
		return handle{}, err
	}
	if err := check(C.pbgo_engine_attach(c.ref(), refOf(made.value))); err != nil {
		C.perbus_node_release(made.value)
		return handle{}, err
	}
	n := c.add(made.value, kind)
	n.attached, n.format = true, format
	return handle{engine: e, node: n}, nil
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
	return e.alone(func(c *core) error { return check(C.pbgo_engine_prepare(c.ref())) })
}

// Start starts rendering; no effect while running. [ErrStart] when there is no output device, it
// does not open, or the graph cannot be rendered. Maps to startAndReturnError:.
func (e *Engine) Start() error {
	return e.alone(func(c *core) error {
		if err := check(C.pbgo_engine_start(c.ref())); err != nil {
			return err
		}
		return c.reapply()
	})
}

// Pause halts rendering; [Engine.Start] goes on. Maps to pause.
func (e *Engine) Pause() error {
	return e.alone(func(c *core) error {
		c.now()
		return check(C.pbgo_engine_pause(c.ref()))
	})
}

// Stop ends rendering. Players stop playing but keep their queues. Maps to stop.
func (e *Engine) Stop() error {
	return e.alone(func(c *core) error {
		c.now()
		return check(C.pbgo_engine_stop(c.ref()))
	})
}

// Reset sets the clock to 0 and clears the nodes' state, not their connections. Maps to reset.
func (e *Engine) Reset() error {
	return e.alone(func(c *core) error {
		now := c.now()
		if err := check(C.pbgo_engine_reset(c.ref())); err != nil {
			return err
		}
		after, err := c.sampleTime()
		c.past.Store(now - after)
		return err
	})
}

// Running tells whether the engine renders: started and not paused. Maps to isRunning.
func (e *Engine) Running() (bool, error) {
	c, err := e.enter()
	if err != nil {
		return false, err
	}
	defer e.leave()
	running := C.pbgo_engine_is_running(c.ref())
	return bool(running.value), check(running.failure)
}

func (e *Engine) alone(call func(c *core) error) error {
	c, err := e.enterAlone()
	if err != nil {
		return err
	}
	defer e.leaveAlone()
	return call(c)
}

// reapply gives every connection its strip's values again, and every matrix its levels: a start may
// have dropped them.
func (c *core) reapply() error {
	for _, n := range c.nodes {
		for bus, l := range n.routes.inputs {
			if l == nil {
				continue
			}
			if s, to := l.fader(point{n, bus}); s != nil && to.source != nil {
				if err := s.apply(to, c); err != nil {
					return err
				}
			}
		}
	}
	for _, n := range c.nodes {
		if err := n.settings.apply(n); err != nil {
			return err
		}
	}
	return nil
}
