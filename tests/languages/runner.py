"""The runner in Python: a script's lines as calls of the package. See README.md."""

import struct
import sys
import threading

import numpy as np

import perbus


class Missing(Exception):
    """An object of that name was never made."""


def sample(frames, channel, seed):
    return ((frames * 73 + channel * 179 + seed * 31) % 257 - 128).astype(np.float32) / 256


def bits(*values):
    return " ".join(struct.pack(">f", value).hex() for value in values)


def flag(value):
    return "true" if value else "false"


def shown(format):
    return f"{format.sample_rate:.17g} {format.channels}"


def controlled(found):
    value, control = found
    return f"{bits(value)} {control.value}"


def metered(meter):
    return f"{bits(*meter.peak, *meter.rms)} {meter.clips}"


def format_of(rate, channels):
    return perbus.Format(float(rate), int(channels))


def optional(kind, word):
    return None if word == "-" else kind(word)


def switch(word):
    return word == "1"


def entries(words):
    return [
        perbus.BusConfig(
            int(bus), optional(float, volume), optional(float, pan), optional(switch, mute),
            optional(switch, solo), optional(lambda word: word[1:], label),
        )
        for bus, volume, pan, mute, solo, label in zip(*[iter(words)] * 6)
    ]


def listed(scene):
    def number(value):
        return "-" if value is None else bits(value)

    def switched(value):
        return "-" if value is None else str(int(value))

    return " ".join(
        f"{it.bus} {number(it.volume)} {number(it.pan)} {switched(it.muted)} "
        f"{switched(it.soloed)} {'-' if it.label is None else '=' + it.label}"
        for it in scene.buses
    )


class Named(dict):
    def __missing__(self, name):
        raise Missing


class Runner:
    def __init__(self, path):
        with open(path, encoding="utf-8") as script:
            self.lines = script.read().splitlines()
        self.out = open(f"{path}.python", "w", encoding="utf-8")
        self.next = 0
        self.engines, self.nodes, self.buffers = Named(), Named(), Named()
        self.scenes, self.fades, self.fade_ends = Named(), Named(), {}
        self.names = {}
        self.scheduled, self.ended = 0, {}
        self.one_more = threading.Condition()

    def run(self):
        while self.next < len(self.lines):
            self.run_line()
        for engine in self.engines.values():
            engine.close()
        self.out.close()

    def run_line(self):
        name, *words = self.lines[self.next].split(" ")
        self.next += 1
        number = self.line = self.next
        try:
            found = getattr(self, "do_" + name)(*words)
            answer = "n/a" if found is NotImplemented else f"ok {found}" if found else "ok"
        except Missing:
            answer = "none"
        except perbus.PerbusError as error:
            answer = f"err {int(error.status)} {error}"
        self.out.write(f"{number} {answer}\n")

    def bus(self, mixer, number):
        return self.nodes[mixer].bus(int(number))

    def keep(self, name, node):
        self.nodes[name] = node
        self.names[node.id] = name

    def point(self, point):
        if point is None:
            return "nothing"
        node, bus = point
        return f"{self.names.get(getattr(node, 'id', node), 'unknown')} {bus}"

    def do_batch(self, engine, count):
        end = self.next + int(count)
        with self.engines[engine].batch():
            while self.next < end:
                self.run_line()

    # Engines.

    def do_engine(self, name, rate, channels, longest):
        self.engines[name] = perbus.Engine.offline(float(rate), int(channels), int(longest))

    def do_format(self, e):
        return shown(self.engines[e].format)

    def do_prepare(self, e):
        self.engines[e].prepare()

    def do_start(self, e):
        self.engines[e].start()

    def do_pause_engine(self, e):
        self.engines[e].pause()

    def do_stop_engine(self, e):
        self.engines[e].stop()

    def do_reset_engine(self, e):
        self.engines[e].reset()

    def do_running(self, e):
        return flag(self.engines[e].is_running)

    def do_time(self, e):
        return str(self.engines[e].sample_time)

    def do_threads(self, e, count):
        self.engines[e].set_render_threads(int(count))

    def do_render(self, e, frames):
        frames = int(frames)
        planar = self.engines[e].render(frames)
        hash = 0xCBF29CE484222325
        for byte in planar.astype("<f4").tobytes():
            hash = (hash ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
        places = [0, frames // 2, frames - 1] if frames else []
        return " ".join([f"{hash:016x}", *(bits(row[at]) for row in planar for at in places)])

    def do_render_past(self, e, frames):
        # Python renders what is longer than the longest block block by block.
        return NotImplemented

    # Nodes.

    def do_main(self, name, e):
        self.keep(name, self.engines[e].main_mixer)

    def do_output(self, name, e):
        self.keep(name, self.engines[e].output)

    def do_mixer(self, name, e):
        self.keep(name, self.engines[e].create_mixer())

    def do_player(self, name, e):
        self.keep(name, self.engines[e].create_player())

    def do_player_in(self, name, e, rate, channels):
        self.keep(name, self.engines[e].create_player(format_of(rate, channels)))

    def do_source(self, name, e, rate, channels, seed):
        def render(block, time):
            frames = np.arange(time, time + block.shape[1])
            for channel, row in enumerate(block):
                row[:] = sample(frames, channel, int(seed))

        self.keep(name, self.engines[e].create_source(render, format_of(rate, channels)))

    def do_equalizer(self, name, e, bands):
        self.keep(name, self.engines[e].create_equalizer(int(bands)))

    def do_matrix(self, name, e, inputs, outputs):
        self.keep(name, self.engines[e].create_matrix(int(inputs), int(outputs)))

    # The graph.

    def do_attach(self, e, n):
        self.engines[e].attach(self.nodes[n])

    def do_detach(self, e, n):
        self.engines[e].detach(self.nodes[n])

    def do_connect(self, e, n, start, to, bus):
        self.engines[e].connect(self.nodes[n], self.nodes[to], int(start), int(bus))

    def do_connect_in(self, e, n, start, to, bus, rate, channels):
        engine, source, to = self.engines[e], self.nodes[n], self.nodes[to]
        engine.connect(source, to, int(start), int(bus), format_of(rate, channels))

    def do_connect_many(self, e, n, start, rate, channels, *to):
        engine, source = self.engines[e], self.nodes[n]
        points = [(self.nodes[mixer], int(bus)) for mixer, bus in zip(to[::2], to[1::2])]
        engine.connect_many(source, points, int(start), format_of(rate, channels))

    def do_send(self, e, n, start, to, bus):
        self.engines[e].add_destination(self.nodes[n], self.nodes[to], int(start), int(bus))

    def do_unsend(self, e, n, start, to, bus):
        self.engines[e].remove_destination(self.nodes[n], self.nodes[to], int(start), int(bus))

    def do_disconnect_input(self, e, n, bus):
        self.engines[e].disconnect_input(self.nodes[n], int(bus))

    def do_disconnect_output(self, e, n, bus):
        self.engines[e].disconnect_output(self.nodes[n], int(bus))

    def do_source_of(self, e, n, bus):
        return self.point(self.engines[e].source_of(self.nodes[n], int(bus)))

    def do_inspect(self, e, n):
        attached, inputs, outputs = self.engines[e].inspect(self.nodes[n])
        counts = [flag(attached), str(len(inputs)), str(len(outputs))]
        return " ".join(counts + [shown(format) for format in inputs + outputs])

    def do_audit(self, e):
        return "; ".join(
            f"{self.point((it.node, it.bus))}: {self.point(it.tracked)}, {self.point(it.engine)}"
            for it in self.engines[e].audit()
        )

    def do_dot(self, e):
        return self.engines[e].to_dot().replace("\n", "|")

    def do_table(self, m):
        return str(self.nodes[m]).replace("\n", "|")

    # By number and by connection.

    def do_fallback(self, e, which):
        self.engines[e].fallback = perbus.Fallback(which)

    def do_get_fallback(self, e):
        return self.engines[e].fallback.value

    def do_volume_for(self, e, m, bus, v):
        engine = self.engines[e]
        return engine.set_mixer_volume_for_bus(self.nodes[m], float(v), int(bus)).value

    def do_pan_for(self, e, m, bus, v):
        engine = self.engines[e]
        return engine.set_mixer_pan_for_bus(self.nodes[m], float(v), int(bus)).value

    def do_get_volume_for(self, e, m, bus):
        return controlled(self.engines[e].mixer_volume_for_bus(self.nodes[m], int(bus)))

    def do_get_pan_for(self, e, m, bus):
        return controlled(self.engines[e].mixer_pan_for_bus(self.nodes[m], int(bus)))

    def do_connection_volume(self, e, n, m, bus, v):
        engine = self.engines[e]
        engine.set_connection_volume(self.nodes[n], self.nodes[m], int(bus), float(v))

    def do_connection_pan(self, e, n, m, bus, v):
        engine = self.engines[e]
        engine.set_connection_pan(self.nodes[n], self.nodes[m], int(bus), float(v))

    def do_get_connection_volume(self, e, n, m, bus):
        engine = self.engines[e]
        return bits(engine.connection_volume(self.nodes[n], self.nodes[m], int(bus)))

    def do_get_connection_pan(self, e, n, m, bus):
        engine = self.engines[e]
        return bits(engine.connection_pan(self.nodes[n], self.nodes[m], int(bus)))

    # Strips.

    def do_volume(self, m, bus, v):
        self.bus(m, bus).volume = float(v)

    def do_pan(self, m, bus, v):
        self.bus(m, bus).pan = float(v)

    def do_mute(self, m, bus, on):
        self.bus(m, bus).muted = switch(on)

    def do_solo(self, m, bus, on):
        self.bus(m, bus).soloed = switch(on)

    def do_label(self, m, bus, label):
        self.bus(m, bus).label = label[1:]

    def do_reset(self, m, bus):
        self.bus(m, bus).reset()

    def do_get_volume(self, m, bus):
        return bits(self.bus(m, bus).volume)

    def do_get_pan(self, m, bus):
        return bits(self.bus(m, bus).pan)

    def do_get_mute(self, m, bus):
        return flag(self.bus(m, bus).muted)

    def do_get_solo(self, m, bus):
        return flag(self.bus(m, bus).soloed)

    def do_get_label(self, m, bus):
        return "=" + self.bus(m, bus).label

    def do_effective(self, m, bus):
        return bits(self.bus(m, bus).effective_volume)

    def do_connected(self, m, bus):
        return flag(self.bus(m, bus).source is not None)

    def do_meter(self, m, bus):
        return metered(self.bus(m, bus).meter())

    # Mixers and scenes.

    def do_output_volume(self, m, v):
        self.nodes[m].output_volume = float(v)

    def do_get_output_volume(self, m):
        return bits(self.nodes[m].output_volume)

    def do_reserve(self, m, count):
        self.nodes[m].reserve(int(count))

    def do_next_bus(self, m):
        return str(self.nodes[m].next_bus)

    def do_mixer_meter(self, m):
        return metered(self.nodes[m].meter())

    def do_configure(self, m, *words):
        self.nodes[m].configure(entries(words))

    def do_scene(self, s, *words):
        self.scenes[s] = perbus.Scene(tuple(entries(words)))

    def do_snapshot(self, s, m):
        scene = self.scenes[s] = self.nodes[m].snapshot()
        return listed(scene)

    def do_apply(self, m, s):
        self.nodes[m].apply(self.scenes[s])

    # Fades.

    def do_fade(self, f, m, bus, v, length, curve):
        curve = perbus.Curve[curve.upper()]
        fade_to = self.bus(m, bus).fade_to
        self.fades[f] = fade_to(float(v), int(length) / 1000, curve, self.fade_end(f))

    def do_fade_pan(self, f, m, bus, v, length):
        fade_pan_to = self.bus(m, bus).fade_pan_to
        self.fades[f] = fade_pan_to(float(v), int(length) / 1000, self.fade_end(f))

    def fade_end(self, f):
        return lambda end: self.fade_ends.__setitem__(f, end.value)

    def do_fading(self, f):
        return flag(self.fades[f].is_running)

    def do_cancel(self, f):
        self.fades[f].cancel()

    def do_end(self, f):
        return self.fades[f] and self.fade_ends.get(f, "running")

    # Players.

    def do_buffer(self, b, rate, channels, frames, seed):
        frames = np.arange(int(frames))
        rows = [sample(frames, channel, int(seed)) for channel in range(int(channels))]
        self.buffers[b] = np.array(rows)

    def do_schedule(self, p, b, at, flags):
        line, flags = self.line, int(flags)

        def on_end(end):
            with self.one_more:
                self.ended[line] = end.value
                self.one_more.notify()

        self.nodes[p].schedule(
            self.buffers[b], optional(int, at), loops=bool(flags & 1), interrupts=bool(flags & 2),
            interrupts_at_loop=bool(flags & 4), on_end=on_end,
        )
        self.scheduled += 1

    def do_play(self, p):
        self.nodes[p].play()

    def do_play_at(self, p, frame):
        self.nodes[p].play_at(int(frame))

    def do_pause(self, p):
        self.nodes[p].pause()

    def do_stop(self, p):
        self.nodes[p].stop()

    def do_stop_after(self, p, length):
        self.nodes[p].stop_after(int(length) / 1000)

    def do_pause_after(self, p, length):
        self.nodes[p].pause_after(int(length) / 1000)

    def do_playing(self, p):
        return flag(self.nodes[p].is_playing)

    def do_ends(self):
        with self.one_more:
            self.one_more.wait_for(lambda: len(self.ended) == self.scheduled, 20)
            return " ".join(f"{line} {end}" for line, end in sorted(self.ended.items()))

    # Equalizers and matrices.

    def do_bands(self, q):
        return str(self.nodes[q].band_count)

    def do_band(self, q, index):
        it = self.nodes[q].band(int(index))
        values = bits(it.frequency, it.gain, it.bandwidth)
        return f"{int(it.filter)} {values} {flag(it.bypass)}"

    def do_set_band(self, q, index, filter, frequency, gain, bandwidth, bypass):
        band = perbus.Band(
            perbus.FilterType(int(filter)), float(frequency), float(gain), float(bandwidth),
            switch(bypass),
        )
        self.nodes[q].set_band(int(index), band)

    def do_gain(self, q, v):
        self.nodes[q].global_gain = float(v)

    def do_get_gain(self, q):
        return bits(self.nodes[q].global_gain)

    def do_bypass(self, q, on):
        self.nodes[q].bypassed = switch(on)

    def do_get_bypass(self, q):
        return flag(self.nodes[q].bypassed)

    def do_dimensions(self, x):
        inputs, outputs = self.nodes[x].dimensions
        return f"{inputs} {outputs}"

    def do_crosspoint(self, x, i, o, v):
        self.nodes[x].set_crosspoint(int(i), int(o), float(v))

    def do_get_crosspoint(self, x, i, o):
        return bits(self.nodes[x].crosspoint(int(i), int(o)))

    def do_input(self, x, i, v):
        self.nodes[x].set_input(int(i), float(v))

    def do_get_input(self, x, i):
        return bits(self.nodes[x].input(int(i)))

    def do_output_level(self, x, o, v):
        self.nodes[x].set_output(int(o), float(v))

    def do_get_output_level(self, x, o):
        return bits(self.nodes[x].output(int(o)))

    def do_master(self, x, v):
        self.nodes[x].master = float(v)

    def do_get_master(self, x):
        return bits(self.nodes[x].master)

    def do_enable_input(self, x, bus, on):
        self.nodes[x].enable_input(int(bus), switch(on))

    def do_enable_output(self, x, bus, on):
        self.nodes[x].enable_output(int(bus), switch(on))

    def do_identity(self, x):
        self.nodes[x].set_identity()

    def do_clear(self, x):
        self.nodes[x].clear()

    def do_invert(self, x):
        self.nodes[x].invert()

    def do_levels(self, x):
        return bits(*self.nodes[x].levels().ravel())

    def do_set_levels(self, x, rows, columns, *values):
        levels = np.array([float(value) for value in values], np.float32)
        self.nodes[x].set_levels(levels.reshape(int(rows), int(columns)))

    def do_pan_laws(self, v):
        laws = perbus.level.pan_constant_power, perbus.level.pan_linear
        return bits(*(gain for law in laws for gain in law(float(v))))


for path in sys.argv[1:]:
    Runner(path).run()
