"""Plays stems, each on a bus of its own, to an output device: python live.py drums.wav bass.wav

Every second the faders move, and the levels are printed. When the device is lost, the engine starts again
as soon as there is one, and the stems go on where they were."""

import argparse
import sys
import time

import perbus
from perbus import EngineEvent, level


def load(engine, paths):
    """A strip for each stem, all of which start together."""
    strips, players = [], []
    for number, path in enumerate(paths):
        with perbus.File.open(path) as stem:
            player = engine.create_player_for_file(stem)
            strip = engine.main_mixer.bus(number)
            strip.connect(player)
            strip.label = path
            player.schedule_file(stem, loops=True)
        strips.append(strip)
        players.append(player)
    engine.start()
    with engine.batch():
        for player in players:
            player.play()
    return strips


def happened(event):
    if event is not EngineEvent.XRUN:
        print(event.value, flush=True)


def show(engine, strips):
    peaks = [f"{level.to_db(max(strip.meter().peak)):6.1f}" for strip in strips]
    try:
        device = engine.device_status()
    except perbus.NotRunningError:
        print("no device", flush=True)
        return
    state = f"{device.name}: {device.latency * 1000:.0f} ms, {device.underruns} underruns"
    print(f"{' '.join(peaks)} dB  {state}, load {device.mean_load:.1%}", flush=True)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("stems", nargs="+")
    options.add_argument("--output", help="the id of one of perbus.devices()")
    options.add_argument("--seconds", type=int, default=60)
    given = options.parse_args()
    with perbus.Engine(given.output, latency=0.05, restarts=True) as engine:
        engine.on_event(happened)
        strips = load(engine, given.stems)
        for second in range(given.seconds):
            for number, strip in enumerate(strips):
                # One after the other is in front.
                in_front = second % len(strips) == number
                strip.fade_to(1.0 if in_front else 0.25, seconds=0.5, curve=perbus.Curve.EQUAL_POWER)
            time.sleep(1)
            show(engine, strips)


if __name__ == "__main__":
    try:
        main()
    except perbus.PerbusError as error:
        sys.exit(f"live: {error}")
