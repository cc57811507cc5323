"""Operations on strips, fades, scenes, players, equalizers and matrices."""

import numpy as np

import perbus

from answers import bits, entries, flag, listed, listed_all, metered, optional, sample, switch


TAPS = {"pre": perbus.SendTap.PRE_FADER, "post": perbus.SendTap.POST_FADER}


class Desk:
    # Strips.

    def do_volume(self, m, bus, v):
        self.bus(m, bus).volume = float(v)

    def do_volume_db(self, m, bus, v):
        self.bus(m, bus).volume_db = float(v)

    def do_get_volume_db(self, m, bus):
        return bits(self.bus(m, bus).volume_db)

    def do_pan(self, m, bus, v):
        self.bus(m, bus).pan = float(v)

    def do_mute(self, m, bus, on):
        self.bus(m, bus).muted = switch(on)

    def do_solo(self, m, bus, on):
        self.bus(m, bus).soloed = switch(on)

    def do_safe(self, m, bus, on):
        self.bus(m, bus).solo_safe = switch(on)

    def do_clear_solo(self, e):
        self.engines[e].clear_solo()

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

    def do_get_safe(self, m, bus):
        return flag(self.bus(m, bus).solo_safe)

    def do_audible(self, m, bus):
        return flag(self.bus(m, bus).is_audible)

    def do_get_label(self, m, bus):
        return "=" + self.bus(m, bus).label

    def do_effective(self, m, bus):
        return bits(self.bus(m, bus).effective_volume)

    def do_connected(self, m, bus):
        return flag(self.bus(m, bus).source is not None)

    def do_meter(self, m, bus):
        return metered(self.bus(m, bus).meter())

    # Groups and sends.

    def do_group(self, g, e):
        self.groups[g] = self.engines[e].create_group(g)

    def do_group_add(self, g, m, bus):
        self.groups[g].add(self.bus(m, bus))

    def do_group_remove(self, g, m, bus):
        self.groups[g].remove(self.bus(m, bus))

    def do_group_nest(self, g, inner):
        self.groups[g].add_group(self.groups[inner])

    def do_group_unnest(self, g, inner):
        self.groups[g].remove_group(self.groups[inner])

    def do_group_volume(self, g, v):
        self.groups[g].volume = float(v)

    def do_group_volume_db(self, g, v):
        self.groups[g].volume_db = float(v)

    def do_group_mute(self, g, on):
        self.groups[g].muted = switch(on)

    def do_group_solo(self, g, on):
        self.groups[g].soloed = switch(on)

    def do_get_group_volume(self, g):
        return bits(self.groups[g].volume)

    def do_get_group_volume_db(self, g):
        return bits(self.groups[g].volume_db)

    def do_get_group_mute(self, g):
        return flag(self.groups[g].muted)

    def do_get_group_solo(self, g):
        return flag(self.groups[g].soloed)

    def do_group_name(self, g):
        return self.groups[g].name

    def do_group_meter(self, g):
        return metered(self.groups[g].meter())

    def do_group_members(self, g):
        return self.buses(self.groups[g].members)

    def do_inner_groups(self, g):
        return " ".join(group.name for group in self.groups[g].inner_groups)

    def do_outer_groups(self, g):
        return " ".join(group.name for group in self.groups[g].groups)

    def do_all_groups(self, e):
        return " ".join(group.name for group in self.engines[e].groups)

    def do_remove_group(self, e, g):
        self.engines[e].remove_group(self.groups[g])

    def do_groups(self, m, bus):
        return " ".join(group.name for group in self.bus(m, bus).groups)

    def do_group_fade(self, f, g, v, length, curve):
        fade_to = self.groups[g].fade_to
        curve = perbus.Curve[curve.upper()]
        self.fades[f] = fade_to(float(v), int(length) / 1000, curve, self.fade_end(f))

    def do_send_to(self, m, bus, aux, to, tap):
        self.bus(m, bus).send_to(self.bus(aux, to), TAPS[tap])

    def do_send_next(self, m, bus, aux, tap):
        return self.buses([self.bus(m, bus).send_to(self.nodes[aux], TAPS[tap])])

    def do_end_send(self, m, bus):
        self.bus(m, bus).end_send()

    def do_send_tap(self, m, bus, tap):
        self.bus(m, bus).send_tap = TAPS[tap]

    def do_get_send_tap(self, m, bus):
        tap = self.bus(m, bus).send_tap
        return "nothing" if tap is None else tap.value.split("-")[0]

    def do_send_source(self, m, bus):
        source = self.bus(m, bus).send_source
        return source and self.buses([source])

    def do_sends(self, m, bus):
        return self.buses(self.bus(m, bus).sends)

    # Mixers and scenes.

    def do_output_volume(self, m, v):
        self.nodes[m].output_volume = float(v)

    def do_get_output_volume(self, m):
        return bits(self.nodes[m].output_volume)

    def do_output_volume_db(self, m, v):
        self.nodes[m].output_volume_db = float(v)

    def do_get_output_volume_db(self, m):
        return bits(self.nodes[m].output_volume_db)

    def do_pan_law(self, m, law):
        self.nodes[m].pan_law = perbus.PanLaw[law.upper()]

    def do_get_pan_law(self, m):
        return self.nodes[m].pan_law.name.lower()

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

    def do_snapshot_with_solo(self, s, m):
        scene = self.scenes[s] = self.nodes[m].snapshot_with_solo()
        return listed(scene)

    def do_apply(self, m, s):
        self.nodes[m].apply(self.scenes[s])

    def do_fade_to_scene(self, m, s, length, curve):
        self.nodes[m].fade_to_scene(self.scenes[s], int(length) / 1000, perbus.Curve[curve.upper()])

    def do_scene_only(self, to, s, bits):
        scene = self.scenes[to] = self.scenes[s].only(perbus.SceneParts(int(bits)))
        return listed(scene)

    def do_scene_buses(self, to, s, *buses):
        scene = self.scenes[to] = self.scenes[s].only_buses(*map(int, buses))
        return listed(scene)

    def do_engine_snapshot(self, s, e):
        scene = self.engine_scenes[s] = self.engines[e].snapshot()
        return listed_all(scene)

    def do_engine_snapshot_with_solo(self, s, e):
        scene = self.engine_scenes[s] = self.engines[e].snapshot_with_solo()
        return listed_all(scene)

    def do_engine_apply(self, e, s):
        self.engines[e].apply(self.engine_scenes[s])

    def do_engine_fade(self, e, s, length, curve):
        scene = self.engine_scenes[s]
        self.engines[e].fade_to_scene(scene, int(length) / 1000, perbus.Curve[curve.upper()])

    def do_engine_only(self, to, s, bits):
        scene = self.engine_scenes[to] = self.engine_scenes[s].only(perbus.SceneParts(int(bits)))
        return listed_all(scene)

    def do_engine_buses(self, to, s, m, bus):
        scene = self.engine_scenes[s].only_buses(self.bus(m, bus))
        self.engine_scenes[to] = scene
        return listed_all(scene)

    # Fades.

    def do_fade(self, f, m, bus, v, length, curve):
        curve = perbus.Curve[curve.upper()]
        fade_to = self.bus(m, bus).fade_to
        self.fades[f] = fade_to(float(v), int(length) / 1000, curve, self.fade_end(f))

    def do_output_fade(self, f, m, v, length, curve):
        fade_to = self.nodes[m].fade_output_volume_to
        curve = perbus.Curve[curve.upper()]
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
