"""Scenes of the whole engine, parts of scenes, and fades to them."""

import pytest
from conftest import constant, near, settled

import perbus
from perbus import BusConfig, EngineScene, GroupConfig, Scene, SceneParts


@pytest.fixture
def desk(engine):
    """The engine with a source on its main mixer and one on a mixer that feeds it: 1.0 in all."""
    drums = engine.create_mixer()
    drums.connect_next(constant(engine, 0.75))
    engine.main_mixer.connect_next(drums)
    engine.main_mixer.connect_next(constant(engine, 0.25))
    return engine, engine.main_mixer, drums


def test_a_scene_of_all_mixers(desk):
    engine, main, drums = desk
    verse = engine.snapshot()
    drums.bus(0).volume, main.output_volume, main.bus(1).muted = 0.0, 0.5, True
    assert settled(engine) == near(0.0, 0.0)
    chorus = engine.snapshot()
    engine.apply(verse)
    assert settled(engine) == near(1.0, 1.0)
    assert verse.mixer("mixer 0") == main.snapshot()
    engine.apply(chorus.only(SceneParts.OUTPUT_VOLUMES))
    assert settled(engine) == near(0.5, 0.5)
    engine.apply(chorus.only_buses(drums.bus(0)))
    assert settled(engine) == near(0.125, 0.125)
    engine.apply(chorus.only_mixers("mixer 0").only(SceneParts.MUTES))
    assert settled(engine) == near(0.0, 0.0)
    assert engine.snapshot() == chorus
    with perbus.Engine.offline(48000, 2) as other, pytest.raises(perbus.NotAttachedError, match="mixer"):
        other.apply(chorus)


def test_a_part_of_a_scene(desk):
    scene = Scene((BusConfig(0, volume=0.5, pan=-1.0, label="a"), BusConfig(3, muted=True)), 0.8)
    faders = scene.only(SceneParts.FADERS | SceneParts.LABELS)
    assert faders == Scene((BusConfig(0, volume=0.5, label="a"), BusConfig(3)))
    assert scene.only_buses(3, 9) == Scene((BusConfig(3, muted=True),))
    assert scene.only(SceneParts.OUTPUT_VOLUMES).output_volume == 0.8
    for bad in (1, "FADERS", None):
        with pytest.raises(TypeError):
            scene.only(bad)
    engine, main, _ = desk
    for bad in (scene, None, EngineScene((("mixer 0", None),))):
        with pytest.raises(TypeError):
            engine.apply(bad)
    with pytest.raises(perbus.InvalidArgumentError, match="twice"):
        engine.apply(EngineScene((("mixer 0", scene), ("mixer 0", scene))))
    with pytest.raises(perbus.OutOfRangeError):
        main.apply(Scene((), 4.01))
    assert settled(engine) == near(1.0, 1.0)


def test_fades_to_scenes(desk):
    engine, main, drums = desk
    dark = EngineScene((("mixer 0", Scene((BusConfig(1, volume=0.0),), 0.5)),))
    verse = engine.snapshot()
    settled(engine)
    engine.fade_to_scene(dark, 0.01)
    engine.render(240)
    assert (main.bus(1).volume, main.output_volume) == (pytest.approx(0.5), pytest.approx(0.75))
    settled(engine)
    assert settled(engine) == near(0.375, 0.375)
    main.fade_to_scene(verse.mixer("mixer 0"), 0.01, perbus.Curve.EQUAL_POWER)
    settled(engine)
    assert settled(engine) == near(1.0, 1.0)
    with pytest.raises(perbus.OutOfRangeError):
        main.fade_to_scene(Scene(()), 90000.0)


def test_groups_come_back(desk):
    engine, main, drums = desk
    inner, outer = engine.create_group("inner"), engine.create_group("outer")
    inner.add(drums.bus(0))
    outer.add_group(inner)
    outer.volume = 0.5
    verse = engine.snapshot()
    assert [config.group for config in verse.groups] == [inner.number, outer.number]
    drums_name = verse.mixers[1][0]
    assert verse.groups[0].members == ((drums_name, 0),) and verse.groups[0].name == "inner"
    assert verse.groups[1].inner_groups == (inner.number,) and verse.groups[1].volume == 0.5
    assert (verse.groups[1].soloed, engine.snapshot_with_solo().groups[1].soloed) == (None, False)
    assert settled(engine) == near(0.625, 0.625)
    inner.remove(drums.bus(0))
    inner.add(main.bus(1))
    outer.volume = 2.0
    assert settled(engine) == near(1.25, 1.25)
    engine.apply(verse.only(SceneParts.GROUPS))
    assert settled(engine) == near(1.75, 1.75)
    engine.apply(verse)
    assert settled(engine) == near(0.625, 0.625)
    assert engine.snapshot() == verse
    assert verse.only_mixers("mixer 0").groups == ()

    quiet = EngineScene((), (GroupConfig(outer.number, volume=0.0, members=[], inner_groups=[]),))
    engine.apply(quiet)
    assert settled(engine) == near(1.0, 1.0)
    before = engine.snapshot()
    circle = (GroupConfig(inner.number, inner_groups=(outer.number,)),)
    for groups, error in (
        ((GroupConfig(9),), perbus.NotAttachedError),
        ((GroupConfig(0, members=(("mixer 99", 0),)),), perbus.NotAttachedError),
        ((GroupConfig(0), GroupConfig(0)), perbus.InvalidArgumentError),
        ((GroupConfig(0, volume=4.01),), perbus.OutOfRangeError),
        (circle + (GroupConfig(outer.number, inner_groups=(inner.number,)),), perbus.CycleError),
    ):
        with pytest.raises(error):
            engine.apply(EngineScene((), groups))
    for bad in (None, "drums", 3):
        with pytest.raises(TypeError):
            engine.apply(EngineScene((), (bad,)))
    assert engine.snapshot() == before


def test_taps_and_pan_laws_come_back(desk):
    engine, main, drums = desk
    aux = engine.create_mixer()
    send = main.bus(1).send_to(aux, perbus.SendTap.PRE_FADER)
    aux.pan_law = perbus.PanLaw.CONSTANT_POWER
    verse = aux.snapshot()
    assert (verse.buses[0].send_tap, verse.pan_law) == (perbus.SendTap.PRE_FADER, perbus.PanLaw.CONSTANT_POWER)
    send.send_tap, aux.pan_law = perbus.SendTap.POST_FADER, perbus.PanLaw.BALANCE
    aux.apply(verse.only(SceneParts.SEND_TAPS))
    assert (send.send_tap, aux.pan_law) == (perbus.SendTap.PRE_FADER, perbus.PanLaw.BALANCE)
    aux.apply(verse)
    assert aux.snapshot() == verse
