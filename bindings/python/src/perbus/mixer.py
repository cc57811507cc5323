"""Mixers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterable, List, Tuple

from . import _check
from ._handle import Kind
from ._library import ffi, lib
from ._strip import Faders
from .errors import InvalidArgumentError
from .meter import Meter, from_native
from .node import Node
from .scene import BusConfig, Scene

if TYPE_CHECKING:
    from ._link import Link, Value
    from .bus import Bus


class Mixer(Node):
    """A mixer: any number of input buses, each with a channel strip, summed into one output bus.

    >>> import perbus
    >>> engine = perbus.Engine.offline(48000, 2)
    >>> drums = engine.create_mixer()
    >>> engine.connect(drums, engine.main_mixer)
    >>> drums.bus(7).pan = -0.5
    >>> drums.output_volume = 0.5
    >>> drums.bus(7).pan, drums.output_volume
    (-0.5, 0.5)
    """

    __slots__ = ()
    _kind = Kind.MIXER

    def bus(self, number: int) -> Bus:
        """The channel strip of an input bus. It belongs to the bus, not to what is connected there:
        it may be set before anything is, and it keeps its values when sources come and go.

        :raises OutOfRangeError: for a bus not below ``MAX_BUSES``
        """
        from .bus import make

        return make(self, _check.bus(number))

    @property
    def output_volume(self) -> float:
        """The gain of the mixer's sum, 0 to 1: of all its buses at once.

        :raises OutOfRangeError: when it is set to another value
        """
        engine = self._engine
        with engine._lock:
            volume = ffi.new("float *")
            engine._call(lib.perbus_mixer_get_output_volume, engine._own(self).pointer, volume)
            return float(volume[0])

    @output_volume.setter
    def output_volume(self, volume: float) -> None:
        volume = _check.volume(volume)
        engine = self._engine
        with engine._lock:
            engine._call(lib.perbus_mixer_set_output_volume, engine._own(self).pointer, volume)

    def reserve(self, buses: int) -> None:
        """Gives the mixer at least so many input buses. It need not be called: a mixer grows when
        a connection asks for a higher bus.

        :raises OutOfRangeError: unless ``buses`` is 1 to ``MAX_BUSES``
        """
        buses = _check.index(buses, "bus count")
        engine = self._engine
        with engine._lock:
            engine._call(lib.perbus_mixer_reserve, engine._own(self).pointer, buses)

    @property
    def next_bus(self) -> int:
        """The lowest input bus that nothing is connected to."""
        engine = self._engine
        with engine._lock:
            bus = ffi.new("uint32_t *")
            engine._call(lib.perbus_mixer_get_next_bus, engine._own(self).pointer, bus)
            return int(bus[0])

    def meter(self) -> Meter:
        """The meter of the mixer's sum, after its output volume. The first call switches it on.

        :raises UnsupportedError: on Apple's AVFAudio
        """
        engine = self._engine
        with engine._lock:
            meter = ffi.new("perbus_meter *")
            engine._call(lib.perbus_mixer_get_meter, engine._own(self).pointer, meter)
            return from_native(meter)

    def configure(self, buses: Iterable[BusConfig]) -> None:
        """Changes many strips at once. Everything is checked first; then all of it changes, and on
        the portable engine it is heard from one and the same block on.

        :raises OutOfRangeError: for a volume, a pan or a bus
        :raises InvalidArgumentError: for a bus that is listed twice
        :raises NotAttachedError: when the mixer was detached

        >>> import perbus
        >>> mixer = perbus.Engine.offline(48000, 2).main_mixer
        >>> mixer.configure([
        ...     perbus.BusConfig(0, volume=0.5, pan=-1.0),
        ...     perbus.BusConfig(1, muted=True),
        ... ])
        >>> mixer.bus(0).volume, mixer.bus(1).muted
        (0.5, True)
        """
        configs = {}
        for config in buses:
            if not isinstance(config, BusConfig):
                raise TypeError(f"a BusConfig is wanted, not {type(config).__name__}")
            config._check()
            if config.bus in configs:
                raise InvalidArgumentError(f"bus {config.bus} is listed twice")
            configs[config.bus] = config
        with self._engine._lock:
            self._engine._attached(self)
            self._change_strips(configs.values())
            for config in configs.values():
                if config.label is not None:
                    self._raw.strips.get(config.bus).label = config.label

    def snapshot(self) -> Scene:
        """The strips as they are now: of every bus that was ever connected or asked for.

        >>> import perbus
        >>> mixer = perbus.Engine.offline(48000, 2).main_mixer
        >>> mixer.bus(0).volume = 0.3
        >>> verse = mixer.snapshot()
        >>> mixer.bus(0).volume = 0.9
        >>> mixer.apply(verse)
        >>> mixer.bus(0).volume
        0.3
        """
        from ._link import read_pan, read_volume

        engine = self._engine
        with engine._lock:
            raw = engine._own(self)
            buses = tuple(
                BusConfig(
                    bus,
                    read_volume(engine, strip),
                    read_pan(engine, strip),
                    strip.faders.muted,
                    strip.faders.soloed,
                    strip.label,
                )
                for bus, strip in raw.strips.items()
            )
            return Scene(buses, raw.id)

    def apply(self, scene: Scene) -> None:
        """Sets the strips to a scene, as :meth:`configure` does. Buses that it does not list stay.

        :raises InvalidArgumentError: for a scene of another mixer, or with a bus listed twice
        :raises OutOfRangeError: for a volume, a pan or a bus
        :raises NotAttachedError: when the mixer was detached
        """
        if not isinstance(scene, Scene):
            raise TypeError(f"a Scene is wanted, not {type(scene).__name__}")
        if scene.mixer is not None and scene.mixer != self.id:
            raise InvalidArgumentError(
                f"the scene is of mixer {scene.mixer:#x}, not of {self.id:#x}"
            )
        self.configure(scene.buses)

    def _change_strips(self, configs: Iterable[BusConfig]) -> None:
        """Gives the engine all connections that this changes in one call."""
        from ._link import at

        engine, raw = self._engine, self._raw
        strips = raw.strips
        for config in configs:
            strips.get(config.bus)
        before = {bus: strip.faders for bus, strip in strips.items()}
        wanted = dict(before)
        for config in configs:
            wanted[config.bus] = _written(wanted[config.bus], config)
        had, has = strips.soloed, sum(faders.soloed for faders in wanted.values())
        now = engine._now()
        changes: List[Tuple[Link, float, float]] = []
        fading: List[Tuple[Link, Value, Value]] = []
        for bus, old in before.items():
            new = wanted[bus] = wanted[bus].returned(old.silenced(had), has)
            volume, pan = new.effective(has), (new.pan, new.pan_fade)
            link = engine._routing.links.get((raw, bus))
            unchanged = volume == old.effective(had) and pan == (old.pan, old.pan_fade)
            if unchanged or link is None or link.mixing is None:
                continue
            # A fade's rest starts there.
            reached = at(*volume, now)
            if not link.by_parameter:
                changes.append((link, reached, at(*pan, now)))
            if link.by_parameter or volume[1] is not None or pan[1] is not None:
                fading.append((link, (reached, None) if new.stepped else volume, pan))
        if changes or fading:
            native = ffi.new("perbus_connection_change[]", len(changes))
            for entry, (link, to_volume, to_pan) in zip(native, changes):
                assert link.mixing is not None
                entry.source, entry.mixer = link.mixing.pointer, raw.pointer
                entry.bus, entry.volume, entry.pan = link.bus, to_volume, to_pan
            with engine.change():
                engine._call(lib.perbus_connections_apply, engine._pointer, native, len(changes))
                # A fade that the change leaves alone goes on; a matrix is not in that list.
                for link, volume, pan in fading:
                    link.send_volume(engine, volume)
                    link.send_pan(engine, pan)
        strips.soloed = has
        for bus, strip in strips.items():
            strip.faders = wanted[bus]


def _written(faders: Faders, config: BusConfig) -> Faders:
    if config.volume is not None:
        faders = faders.with_volume(float(config.volume))
    if config.pan is not None:
        faders = faders.with_pan(float(config.pan))
    if config.muted is not None:
        faders = faders._replace(muted=config.muted)
    if config.soloed is not None:
        faders = faders._replace(soloed=config.soloed)
    return faders
