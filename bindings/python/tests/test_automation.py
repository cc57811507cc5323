"""Automation: fades and sets at given frames."""

import pytest
from conftest import constant, near

import perbus
from perbus import AutomationPoint, Curve, FadeEnd


@pytest.fixture
def bus(mono):
    """A bus that puts out 1.0 at 1 kHz; the engine is running, at frame 0."""
    bus = mono.main_mixer.bus(0)
    bus.connect(constant(mono))
    mono.start()
    return bus


def heard(engine, frames):
    """What is heard, frame by frame."""
    parts = []
    while frames > 0:
        block = min(frames, 100)
        parts += engine.render(block)[0].tolist()
        frames -= block
    return parts


def test_a_fade_starts_at_its_frame_and_a_later_one_takes_over(mono, bus):
    ends = []
    first = bus.fade_at(150, 0.0, 0.2, on_end=ends.append)
    bus.fade_at(250, 1.0, 0.1, on_end=ends.append)
    assert not first.is_running
    sound = heard(mono, 400)
    # Frame k of a fade of n has gone (k + 1) / n of the way.
    expected = [1.0] * 150 + [1 - (k + 1) / 200 for k in range(100)]
    expected += [0.5 + (k + 1) / 200 for k in range(100)] + [1.0] * 50
    assert sound == near(*expected)
    assert ends == [FadeEnd.REPLACED, FadeEnd.FINISHED]


def test_points_are_added_all_or_none(mono, bus):
    down = AutomationPoint(120, 0.25, 0.08, Curve.EXPONENTIAL)
    up = AutomationPoint(1300, 1.0)
    bus.automate_volume(iter([up, down]))
    assert bus.volume_automation == [down, up]
    with pytest.raises(perbus.OutOfRangeError, match="4.01"):
        bus.automate_volume([AutomationPoint(400, 0.5), AutomationPoint(500, 4.01)])
    with pytest.raises(perbus.InvalidArgumentError):
        bus.automate_volume([AutomationPoint(400, 0.5), AutomationPoint(400, 1.0)])
    with pytest.raises(perbus.InvalidArgumentError):
        bus.automate_pan([AutomationPoint(400, 0.5, 1.0, Curve.EXPONENTIAL)])
    with pytest.raises(TypeError):
        bus.automate_volume([400])
    assert bus.volume_automation == [down, up]
    sound = heard(mono, 1900)
    assert sound[119] == 1.0
    assert [sound[159], sound[199], sound[1299]] == near(0.5, 0.25, 0.25)
    assert 0.25 < sound[1301] < 1.0 and sound[-1] == 1.0


def test_what_waits_is_cancelled_from_a_frame_on(mono, bus):
    ends = []
    fade = bus.fade_at(100, 0.0, 0.1, on_end=ends.append)
    bus.set_volume_at(300, 0.75)
    bus.cancel_automation_from(150)
    sound = heard(mono, 400)
    assert [sound[149], sound[199], sound[399]] == near(0.5, 0.0, 0.0)
    assert bus.volume_automation == []
    later = bus.fade_at(500, 1.0, 0.1, on_end=ends.append)
    later.cancel()
    assert heard(mono, 300)[-1] == pytest.approx(0.0, abs=1e-6)
    assert len(ends) == 2 and not fade.is_running
    with pytest.raises(perbus.OutOfRangeError, match="699"):
        bus.cancel_automation_from(699)
    with pytest.raises(perbus.OutOfRangeError, match="699"):
        bus.set_volume_at(699, 0.5)
    with pytest.raises(perbus.OutOfRangeError):
        bus.fade_at(2**63, 0.5, 1.0)


def test_pans(engine):
    bus = engine.main_mixer.bus(0)
    bus.connect(constant(engine))
    bus.fade_pan_at(100, -1.0, 0.01)
    bus.set_pan_at(2000, 0.0)
    bus.automate_pan([AutomationPoint(1000, 1.0, 0.01)])
    assert [point.frame for point in bus.pan_automation] == [100, 1000, 2000]
    engine.start()
    sound = [engine.render(500) for _ in range(6)]
    assert sound[0][:, 99].tolist() == near(1.0, 1.0)
    assert sound[1][:, 499].tolist() == near(1.0, 0.0)
    assert sound[3][:, 499].tolist() == near(0.0, 1.0)
    assert sound[5][:, 499].tolist() == near(1.0, 1.0)


def test_output_volumes(mono, bus):
    mixer, ends = mono.main_mixer, []
    mixer.fade_output_volume_at(150, 0.0, 0.1, on_end=ends.append)
    assert heard(mono, 300)[149::50] == near(1.0, 0.5, 0.0, 0.0)
    assert ends == [FadeEnd.FINISHED]
    point = AutomationPoint(400, 0.5, 0.1, Curve.LINEAR)
    mixer.automate_output_volume([point])
    mixer.set_output_volume_at(600, 1.0)
    assert mixer.output_volume_automation == [point, AutomationPoint(600, 1.0)]
    mixer.cancel_output_automation_from(450)
    assert heard(mono, 500)[149::150] == near(0.25, 0.5, 0.5)


def test_groups_fade_with_their_members_own_fades(mono, bus):
    group, ends = mono.create_group("all"), []
    group.add(bus)
    group.fade_at(150, 0.0, 0.2, on_end=ends.append)
    group.fade_at(250, 1.0, 0.1, on_end=ends.append)
    bus.set_volume_at(0, 0.5)
    bus.fade_at(300, 1.0, 0.1)
    sound = heard(mono, 450)
    own = [0.5] * 300 + [0.5 + (k + 1) / 200 for k in range(100)] + [1.0] * 50
    shared = [1.0] * 150 + [1 - (k + 1) / 200 for k in range(100)]
    shared += [0.5 + (k + 1) / 200 for k in range(100)] + [1.0] * 100
    assert sound == near(*(one * other for one, other in zip(own, shared)))
    assert ends == [FadeEnd.REPLACED, FadeEnd.FINISHED]


def test_points_of_groups(mono, bus):
    group, ends = mono.create_group("all"), []
    group.add(bus)
    down = AutomationPoint(120, 0.25, 0.08, Curve.EXPONENTIAL)
    up = AutomationPoint(1300, 1.0)
    group.automate_volume([up, down])
    group.set_volume_at(1400, 0.0)
    assert group.volume_automation == [down, up, AutomationPoint(1400, 0.0)]
    for bad in [AutomationPoint(400, 4.01)], [down, down]:
        with pytest.raises(perbus.PerbusError):
            group.automate_volume(bad)
    group.cancel_automation_from(1300)
    sound = heard(mono, 1400)
    assert [sound[119], sound[159], sound[199], sound[1399]] == near(1.0, 0.5, 0.25, 0.25)
    with pytest.raises(perbus.OutOfRangeError, match="1399"):
        group.cancel_automation_from(1399)
    group.fade_at(2000, 0.0, 1.0, on_end=ends.append)
    mono.remove_group(group)
    assert ends == [FadeEnd.STOPPED]
    with pytest.raises(perbus.NotAttachedError):
        group.set_volume_at(2000, 1.0)
