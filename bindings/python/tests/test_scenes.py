"""Scenes of the whole engine, parts of scenes, and fades to them."""

import pytest
from conftest import constant, near, settled

import perbus
from perbus import BusConfig, EngineScene, Scene, SceneParts


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
