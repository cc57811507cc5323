#!/bin/sh
# Runs a wheel in a root that has Python and nothing else: tools/check-wheel.sh WHEEL NUMPY-WHEEL ROOT
# ROOT is what debootstrap makes of a Debian with python3. Run as root, for chroot.
set -eu

[ $# -eq 3 ] || { echo "usage: $0 WHEEL NUMPY-WHEEL ROOT" >&2; exit 2; }
root=$3
place=$root/tmp/perbus-wheel
rm -rf "$place"
mkdir -p "$place"
for wheel in "$1" "$2"; do
    python3 -m zipfile -e "$wheel" "$place"
done
cat >"$place/check.py" <<'PROGRAM'
import importlib.metadata, numpy, perbus

assert importlib.metadata.version("perbus") == perbus.__version__
with perbus.Engine.offline(48000, 2, 512) as engine:
    player = engine.create_player()
    engine.connect(player, engine.main_mixer, to_bus=3)
    engine.main_mixer.bus(3).volume = 0.5
    engine.main_mixer.bus(3).pan = -1.0
    engine.start()
    player.schedule(numpy.ones((2, 512), numpy.float32))
    player.play()
    assert engine.render(512)[:, 511].tolist() == [0.5, 0.0]
    engine.render_to_wav("/tmp/perbus-wheel/silence.wav", 0.5)
    assert perbus.file.load("/tmp/perbus-wheel/silence.wav", 44100).shape == (2, 22050)
try:
    with perbus.Engine() as engine:
        engine.start()
except perbus.PerbusError as error:
    print("a device:", error)
else:
    raise SystemExit("there is no device, and no error says so")
print("rendered with", perbus.__version__)
PROGRAM
# GNUstep reads its process's arguments there.
unshare --mount sh -c 'mount -t proc proc "$0/proc" && exec chroot "$0" env -i \
    PYTHONPATH=/tmp/perbus-wheel python3 -B /tmp/perbus-wheel/check.py' "$root"
rm -rf "$place"
