"""Audio files: loading, and decoding block by block. :class:`perbus.File` reads in pieces, and writes.

>>> import os, perbus, tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     path = os.path.join(folder, "silence.wav")
...     engine = perbus.Engine.offline(44100, 2)
...     engine.start()
...     engine.render_to_wav(path, seconds=0.5)
...     decoder = perbus.file.Decoder(path)
...     decoder.sample_rate, decoder.channels, decoder.frames
...     sum(block.shape[1] for block in decoder)
...     perbus.file.load(path, 48000).shape
(44100.0, 2, 22050)
22050
(2, 24000)
"""

from ._native import Decoder, load

__all__ = ["Decoder", "load"]
