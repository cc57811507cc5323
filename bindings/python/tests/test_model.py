"""Tracking against a plain model, and against the engine itself."""

from hypothesis import given, settings
from hypothesis import strategies as st

import perbus

PLAYERS, MIXERS, BUSES = 3, 2, 3
player = st.integers(0, PLAYERS - 1)
bus = st.tuples(st.integers(0, MIXERS - 1), st.integers(0, BUSES - 1))
calls = st.one_of(
    st.tuples(st.sampled_from(["connect", "add", "remove", "volume"]), player, bus),
    st.tuples(st.sampled_from(["disconnect_input"]), bus),
    st.tuples(st.sampled_from(["disconnect_output", "detach"]), player),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(calls, max_size=25))
def test_the_engine_and_its_strips_follow_the_same_model(operations):
    """The model: which player feeds a bus, and the volume of each bus; a strip stays."""
    with perbus.Engine.offline(48000, 1, 64) as engine:
        players = [engine.create_player() for _ in range(PLAYERS)]
        mixers = [engine.create_mixer() for _ in range(MIXERS)]
        for number, mixer in enumerate(mixers):
            engine.connect(mixer, engine.main_mixer, to_bus=number)
        fed, volumes = {}, {}
        for step, (name, *arguments) in enumerate(operations):
            if name in ("connect", "add", "remove", "volume"):
                who, (mixer, number) = arguments
                if name == "connect":
                    engine.connect(players[who], mixers[mixer], to_bus=number)
                    fed = {to: by for to, by in fed.items() if by != who}
                    fed[mixer, number] = who
                elif name == "add":
                    engine.add_destination(players[who], mixers[mixer], to_bus=number)
                    fed[mixer, number] = who
                elif name == "remove" and fed.get((mixer, number)) == who:
                    engine.remove_destination(players[who], mixers[mixer], to_bus=number)
                    del fed[mixer, number]
                else:
                    mixers[mixer].bus(number).volume = volumes[mixer, number] = step / 32
            elif name == "disconnect_input":
                ((mixer, number),) = arguments
                if number < len(engine.inspect(mixers[mixer]).inputs):
                    engine.disconnect_input(mixers[mixer], number)
                fed.pop((mixer, number), None)
            else:
                (who,) = arguments
                if name == "disconnect_output":
                    engine.disconnect_output(players[who])
                else:
                    engine.detach(players[who])
                    engine.attach(players[who])
                fed = {to: by for to, by in fed.items() if by != who}
        assert engine.audit() == []
        for mixer in range(MIXERS):
            for number in range(BUSES):
                strip = mixers[mixer].bus(number)
                who = fed.get((mixer, number))
                volume = volumes.get((mixer, number), 1.0)
                assert strip.source == (None if who is None else players[who])
                assert strip.volume == volume
                if who is not None:
                    assert engine.connection_volume(players[who], mixers[mixer], number) == volume
