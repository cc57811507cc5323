// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

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
	return e.alone(func(c *core) error {
		return check(C.pbgo_engine_set_render_threads(c.ref(), count))
	})
}
