"""Operations on taps, recorders, what comes in, and the engine's time."""

import os

import numpy as np

import perbus

from answers import flag, format_of, hashed, optional, sample


class Heard:
    """A tap and what it hears: its blocks one after the other, each channel after channel."""

    def __init__(self, node, bus, frames):
        self.first, self.frames, self.blocks = -1, 0, []
        self.tap = node.tap(frames, self.hear, bus)

    def hear(self, samples, time):
        if not self.frames:
            self.first = time
        self.frames += samples.shape[1]
        self.blocks.append(samples.ravel())


class Listening:
    def do_set_input(self, e, rate, channels, seed):
        def fill(block, time):
            frames = np.arange(time, time + block.shape[1])
            for channel, row in enumerate(block):
                row[:] = sample(frames, channel, int(seed))

        self.engines[e].set_input(fill, format_of(rate, channels))

    def do_input_node(self, name, e):
        self.keep(name, self.engines[e].input())

    def do_render_time(self, e):
        it = self.engines[e].render_time()
        return f"{it.sample_time} {it.sample_rate:.17g} {flag(it.time is not None)}"

    def do_tap(self, t, n, bus, frames):
        self.taps[t] = Heard(self.nodes[n], int(bus), int(frames))

    def do_untap(self, t):
        heard = self.taps[t]
        heard.tap.close()
        return f"{heard.first} {heard.frames} {hashed(heard.blocks)}"

    def do_record_mixer(self, take, m, at):
        self.record(take, self.nodes[m], at)

    def do_record_bus(self, take, m, bus, at):
        self.record(take, self.bus(m, bus), at)

    def record(self, take, of, at):
        self.takes[take] = of.record(f"{self.script}.python.{take}", at=optional(int, at))

    def do_record_until(self, take, frame):
        self.takes[take].stop_at(int(frame))

    def do_end_record(self, take):
        it = self.takes[take].stop()
        with perbus.File.open(it.path) as file:
            samples = file.read()
        os.remove(it.path)
        figures = f"{it.frames} {it.dropped} {it.silence}"
        return f"{figures} {flag(it.interrupted is not None)} {hashed([samples])}"
