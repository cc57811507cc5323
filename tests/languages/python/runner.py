"""The runner in Python: a script's lines as calls of the package. See README.md."""

import sys
import threading

import perbus

from answers import Missing
from automation import Automation
from desk import Desk
from graph import Graph
from listening import Listening


class Named(dict):
    def __missing__(self, name):
        raise Missing


class Runner(Graph, Desk, Automation, Listening):
    def __init__(self, path):
        with open(path, encoding="utf-8") as script:
            self.lines = script.read().splitlines()
        self.out = open(f"{path}.python", "w", encoding="utf-8")
        self.next = 0
        self.engines, self.nodes, self.buffers = Named(), Named(), Named()
        self.engine_scenes = Named()
        self.script, self.taps, self.takes = path, Named(), Named()
        self.groups = Named()
        self.scenes, self.fades, self.fade_ends = Named(), Named(), {}
        self.names = {}
        self.scheduled, self.ended = 0, {}
        self.one_more = threading.Condition()

    def run(self):
        while self.next < len(self.lines):
            self.run_line()
        for engine in self.engines.values():
            engine.close()
        self.out.close()

    def run_line(self):
        name, *words = self.lines[self.next].split(" ")
        self.next += 1
        number = self.line = self.next
        try:
            found = getattr(self, "do_" + name)(*words)
            answer = "n/a" if found is NotImplemented else f"ok {found}" if found else "ok"
        except Missing:
            answer = "none"
        except perbus.PerbusError as error:
            answer = f"err {int(error.status)} {error}"
        self.out.write(f"{number} {answer}\n")

    def bus(self, mixer, number):
        return self.nodes[mixer].bus(int(number))

    def keep(self, name, node):
        self.nodes[name] = node
        self.names[node.id] = name

    def point(self, point):
        if point is None:
            return "nothing"
        node, bus = point
        return f"{self.names.get(getattr(node, 'id', node), 'unknown')} {bus}"

    def buses(self, buses):
        return " ".join(self.point((bus.mixer, bus.number)) for bus in buses)

    def do_batch(self, engine, count):
        end = self.next + int(count)
        with self.engines[engine].batch():
            while self.next < end:
                self.run_line()


for path in sys.argv[1:]:
    Runner(path).run()
