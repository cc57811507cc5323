"""How answers are written, and words read."""

import struct

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
            optional(switch, safe),
        )
        for bus, volume, pan, mute, solo, label, safe in zip(*[iter(words)] * 7)
    ]


def listed(scene):
    def number(value):
        return "-" if value is None else bits(value)

    def switched(value):
        return "-" if value is None else str(int(value))

    buses = [
        f"{it.bus} {number(it.volume)} {number(it.pan)} {switched(it.muted)} "
        f"{switched(it.soloed)} {'-' if it.label is None else '=' + it.label} "
        f"{switched(it.solo_safe)}"
        for it in scene.buses
    ]
    return " ".join([*buses, number(scene.output_volume)])


def listed_all(scene):
    return "; ".join(f"{mixer}: {listed(its)}" for mixer, its in scene.mixers)
