#!/usr/bin/env python3
"""Draws docs/console.svg: the console with its demo, as a terminal shows it.

usage: tools/console-picture.py PROGRAM OUTPUT.svg

Runs the program in tmux, waits until the demo has played for a while, and draws what is on the screen
with its colours.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from xml.sax.saxutils import escape

COLUMNS, ROWS = 84, 26
CELL, LINE, MARGIN = 8.4, 17, 12
INK, PAPER = "#d8d8d8", "#16181d"
COLOURS = ["#000000", "#d75f5f", "#5faf5f", "#d7af5f", "#5f87d7", "#af5faf", "#5fafaf", "#d0d0d0",
           "#6c6c6c", "#ff8787", "#87d787", "#ffd787", "#87afff", "#d787d7", "#87d7d7", "#ffffff"]
BLOCKS = " ▁▂▃▄▅▆▇█"
PATIENCE = 60


class Tmux:
    def __init__(self, folder):
        self.words = ["tmux", "-u", "-f", "/dev/null", "-S", os.path.join(folder, "tmux")]
        self.variables = {**os.environ, "LC_ALL": "C.UTF-8"}
        self.variables.pop("TMUX", None)

    def __call__(self, *arguments):
        done = subprocess.run(self.words + list(arguments), env=self.variables, check=True,
                              stdout=subprocess.PIPE)
        return done.stdout.decode()

    def wait(self, pattern):
        begin = time.monotonic()
        while not re.search(pattern, self("capture-pane", "-p")):
            if time.monotonic() - begin > PATIENCE:
                sys.exit(f"no {pattern} on:\n{self('capture-pane', '-p')}")
            time.sleep(0.05)


def captured(program):
    """The screen's lines, with the terminal's codes for colours."""
    with tempfile.TemporaryDirectory() as folder:
        tmux = Tmux(folder)
        tmux("new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS),
             f"cd {folder} && exec {os.path.abspath(program)} --demo --offline --play")
        try:
            tmux.wait("playing")
            for keys in (["Right", "Right", "Right"], ["w", "3"], ["r"]):
                tmux("send-keys", *keys)
            tmux.wait(r"0:05\.[5-9]")
            return tmux("capture-pane", "-e", "-p").split("\n")[:ROWS]
        finally:
            tmux("kill-server")


class Style:
    def __init__(self):
        self.ink = self.paper = None
        self.bold = self.reversed = False

    def apply(self, codes):
        codes = [int(code or 0) for code in codes]
        while codes:
            code = codes.pop(0)
            if code == 0:
                self.__init__()
            elif code == 1:
                self.bold = True
            elif code == 22:
                self.bold = False
            elif code in (7, 27):
                self.reversed = code == 7
            elif code in (38, 48) and codes[:1] == [5]:
                self.set(code, COLOURS[codes[1] % 16])
                del codes[:2]
            elif code in (39, 49):
                self.set(code - 1, None)
            elif code % 100 // 10 in (3, 4, 9, 0) and code % 10 < 8 and code >= 30:
                bright = code >= 90
                background = (code // 10) in (4, 10)
                self.set(48 if background else 38, COLOURS[code % 10 + 8 * bright])

    def set(self, code, colour):
        if code == 38:
            self.ink = colour
        else:
            self.paper = colour

    def colours(self):
        ink, paper = self.ink or INK, self.paper
        return (paper or PAPER, ink) if self.reversed else (ink, paper)


def cells(line, style):
    """Each letter of a line with its colours. The style goes on in the next line."""
    found = []
    for codes, letter in re.findall(r"\x1b\[([0-9;]*)m|(.)", line):
        if letter:
            found.append((letter, *style.colours(), style.bold))
        else:
            style.apply(codes.split(";"))
    return found


def runs(row):
    """A line's stretches of one style: column, text, style."""
    start = 0
    for column in range(1, len(row) + 1):
        if column == len(row) or row[column][1:] != row[start][1:]:
            yield start, "".join(cell[0] for cell in row[start:column]), row[start][1:]
            start = column


def svg(lines):
    width, height = COLUMNS * CELL + 2 * MARGIN, ROWS * LINE + 2 * MARGIN
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
             'font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14">',
             f'<rect width="{width:g}" height="{height:g}" rx="8" fill="{PAPER}"/>']
    style = Style()
    for number, line in enumerate(lines):
        top = MARGIN + number * LINE
        for column, text, (ink, paper, bold) in runs(cells(line, style)):
            left = MARGIN + column * CELL
            if paper:
                parts.append(f'<rect x="{left:g}" y="{top}" width="{len(text) * CELL:g}" '
                             f'height="{LINE}" fill="{paper}"/>')
            # Blocks are drawn, since fonts leave gaps between them.
            for place, letter in enumerate(text):
                if letter in BLOCKS[1:]:
                    tall = LINE * BLOCKS.index(letter) / 8
                    parts.append(f'<rect x="{left + place * CELL:g}" y="{top + LINE - tall:g}" '
                                 f'width="{CELL - 0.8:g}" height="{tall:g}" fill="{ink}"/>')
            for word in re.finditer("[^ " + BLOCKS[1:] + "]+", text):
                weight = ' font-weight="bold"' if bold else ""
                parts.append(f'<text x="{left + word.start() * CELL:g}" y="{top + 13}" '
                             f'textLength="{len(word.group()) * CELL:g}" fill="{ink}"{weight}>'
                             f"{escape(word.group())}</text>")
    return "\n".join(parts + ["</svg>", ""])


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    _, program, output = sys.argv
    drawn = svg(captured(program))
    with open(output, "w", encoding="utf-8") as file:
        file.write(drawn)


if __name__ == "__main__":
    main()
