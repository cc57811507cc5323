"""Operations on engines, nodes and connections."""

import numpy as np

import perbus

from answers import bits, controlled, flag, format_of, hashed, sample, shown


class Graph:
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
        places = [0, frames // 2, frames - 1] if frames else []
        return " ".join([hashed([planar]), *(bits(row[at]) for row in planar for at in places)])

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

    def do_bus_connect(self, m, bus, n):
        self.bus(m, bus).connect(self.nodes[n])

    def do_bus_disconnect(self, m, bus):
        self.bus(m, bus).disconnect()

    def do_connect_next(self, m, n):
        return self.buses([self.nodes[m].connect_next(self.nodes[n])])

    def do_buses(self, m):
        return self.buses(self.nodes[m].buses)

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
