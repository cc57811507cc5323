"""Groups and sends: faders that several strips share, and strips that follow another."""

import pytest
from conftest import constant, near, settled

import perbus
from perbus import SendTap


@pytest.fixture
def band(engine):
    """A group of a bus on the main mixer and one on a mixer that feeds it: 1.0 in all."""
    drums = engine.create_mixer()
    engine.main_mixer.connect_next(drums)
    group = engine.create_group("band")
    group.add(
        drums.connect_next(constant(engine, 0.75)), engine.main_mixer.connect_next(constant(engine, 0.25))
    )
    return group


def test_a_group_scales_its_members(engine, band):
    bass, kick = band.members
    assert settled(engine) == near(1.0, 1.0)
    kick.volume, band.volume = 0.5, 0.5
    assert settled(engine) == near(0.3125, 0.3125)
    assert (kick.volume, kick.effective_volume, bass.effective_volume) == (0.5, 0.25, 0.5)
    band.volume_db = 6.0
    assert band.volume == pytest.approx(10**0.3)
    band.volume = 1.0
    band.remove(kick)
    band.muted = True
    assert settled(engine) == near(0.375, 0.375)
    band.muted, band.soloed = False, True
    assert (settled(engine), bass.soloed) == (near(0.25, 0.25), False)
    engine.remove_group(band)
    assert settled(engine) == near(0.625, 0.625)
    with pytest.raises(perbus.NotAttachedError):
        band.volume = 0.5


def test_groups_in_groups(engine, band):
    outer = engine.create_group("all")
    outer.add_group(band)
    outer.add(*band.members)
    outer.volume = 0.5
    assert settled(engine) == near(0.5, 0.5)
    assert (outer.inner_groups, band.groups, band.members[0].groups) == ([band], [outer], [band, outer])
    assert engine.groups == [band, outer] and len({outer, *engine.groups}) == 2
    for group in (outer, band):
        with pytest.raises(perbus.CycleError, match="group"):
            band.add_group(group)
    outer.remove(*band.members)
    outer.remove_group(band)
    assert settled(engine) == near(1.0, 1.0)
    band.name = "brass"
    assert (band.name, band.number, band.engine) == ("brass", 0, engine)
    assert repr(band) == '<perbus.Group "brass": volume 1>'


def test_what_groups_refuse(engine, band):
    with perbus.Engine.offline(48000, 2) as other:
        for call in (
            lambda: band.add(other.main_mixer.bus(0)), lambda: band.add_group(other.create_group("x")),
            lambda: engine.remove_group(other.create_group("x")),
        ):
            with pytest.raises(perbus.WrongEngineError):
                call()
    for bad in (4.01, -0.1, float("nan")):
        with pytest.raises(perbus.OutOfRangeError):
            band.volume = bad
        with pytest.raises(perbus.OutOfRangeError):
            band.fade_to(bad, 1.0)
    for call in (lambda: band.add(engine), lambda: band.add_group(engine.main_mixer.bus(0))):
        with pytest.raises(TypeError):
            call()
    assert settled(engine) == near(1.0, 1.0)


def test_a_group_fades_while_its_members_do(engine, band):
    ends = []
    settled(engine)
    band.fade_to(0.0, 0.01, on_end=ends.append)
    for bus in band.members:
        bus.fade_to(0.0, 0.01)
    assert engine.render(120).min() > 0.0
    assert band.volume == pytest.approx(0.75)
    engine.render(480)
    assert (settled(engine), ends) == (near(0.0, 0.0), [perbus.FadeEnd.FINISHED])


def test_a_groups_meter_is_the_sum_of_powers(engine, band):
    band.meter()
    settled(engine)
    engine.render(4800)
    meter = band.meter()
    assert meter.peak[0] == pytest.approx(0.75)
    assert meter.rms[0] == pytest.approx(0.625**0.5, rel=1e-5)


def test_sends(engine):
    main, reverb, source = engine.main_mixer, engine.create_mixer(), constant(engine)
    voice = main.connect_next(source)
    main.connect_next(reverb)
    send = voice.send_to(reverb, SendTap.POST_FADER)
    send.volume, voice.volume = 0.5, 0.5
    assert settled(engine) == near(0.75, 0.75)
    assert (send.send_tap, send.send_source, voice.sends) == (SendTap.POST_FADER, voice, [send])
    send.send_tap = SendTap.PRE_FADER
    assert settled(engine) == near(1.0, 1.0)
    second = voice.send_to(reverb.bus(5), SendTap.POST_FADER)
    assert second == reverb.bus(5)
    assert settled(engine) == near(1.5, 1.5)
    second.end_send()
    voice.muted = True
    assert settled(engine) == near(0.5, 0.5)
    assert (second.send_tap, second.send_source, voice.send_source) == (None, None, None)


def test_what_sends_refuse(engine):
    main, aux = engine.main_mixer, engine.create_mixer()
    voice = main.connect_next(constant(engine))
    with pytest.raises(perbus.NotConnectedError):
        aux.bus(0).send_to(main, SendTap.PRE_FADER)
    with pytest.raises(perbus.InvalidArgumentError):
        voice.send_to(voice, SendTap.PRE_FADER)
    with pytest.raises(perbus.WrongKindError):
        voice.send_tap = SendTap.PRE_FADER
    with pytest.raises(perbus.WrongKindError):
        voice.end_send()
    for bad in (engine, constant(engine), None):
        with pytest.raises(TypeError):
            voice.send_to(bad, SendTap.PRE_FADER)
    with pytest.raises(TypeError):
        voice.send_to(aux, "pre")
    with perbus.Engine.offline(48000, 2) as other, pytest.raises(perbus.WrongEngineError):
        voice.send_to(other.main_mixer, SendTap.PRE_FADER)
    assert (voice.sends, settled(engine)) == ([], near(1.0, 1.0))
