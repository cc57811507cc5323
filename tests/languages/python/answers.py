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


def hashed(arrays):
    """FNV-1a over the samples' bytes."""
    hash = 0xCBF29CE484222325
    for array in arrays:
        for byte in array.astype("<f4").tobytes():
            hash = (hash ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return f"{hash:016x}"


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


def or_dash(value, show):
    return "-" if value is None else show(value)


def switched(value, on=True):
    return or_dash(value, lambda value: str(int(value == on)))


def named(text):
    return or_dash(text, lambda text: "=" + text)


def listed(scene):
    buses = [
        f"{it.bus} {or_dash(it.volume, bits)} {or_dash(it.pan, bits)} {switched(it.muted)} "
        f"{switched(it.soloed)} {named(it.label)} {switched(it.solo_safe)} "
        f"{switched(it.send_tap, perbus.SendTap.POST_FADER)}"
        for it in scene.buses
    ]
    law = switched(scene.pan_law, perbus.PanLaw.CONSTANT_POWER)
    return " ".join([*buses, or_dash(scene.output_volume, bits), law])


def listed_group(it):
    members = or_dash(it.members, lambda places: ",".join(f"{mixer}/{bus}" for mixer, bus in places))
    inner = or_dash(it.inner_groups, lambda groups: ",".join(map(str, groups)))
    return (
        f"group {it.group}: {or_dash(it.volume, bits)} {switched(it.muted)} {switched(it.soloed)} "
        f"{named(it.name)} [{members}] [{inner}]"
    )


def listed_all(scene):
    mixers = [f"{mixer}: {listed(its)}" for mixer, its in scene.mixers]
    return "; ".join([*mixers, *map(listed_group, scene.groups)])
