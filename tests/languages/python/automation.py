"""Operations on automation."""

import perbus

from answers import bits


def points(words):
    return [
        perbus.AutomationPoint(
            int(frame), float(value), int(length) / 1000, perbus.Curve[curve.upper()]
        )
        for frame, value, length, curve in zip(*[iter(words)] * 4)
    ]


def shown(points):
    return " ".join(
        f"{it.frame} {bits(it.value)} {round(it.seconds * 1e9)} {int(it.curve)}" for it in points
    )


class Automation:
    def do_volume_fade_at(self, f, m, bus, frame, v, length, curve):
        curve = perbus.Curve[curve.upper()]
        fade_at = self.bus(m, bus).fade_at
        self.fades[f] = fade_at(int(frame), float(v), int(length) / 1000, curve, self.fade_end(f))

    def do_pan_fade_at(self, f, m, bus, frame, v, length, curve):
        fade_pan_at = self.bus(m, bus).fade_pan_at
        self.fades[f] = fade_pan_at(int(frame), float(v), int(length) / 1000, self.fade_end(f))

    def do_output_fade_at(self, f, m, frame, v, length, curve):
        curve = perbus.Curve[curve.upper()]
        fade_at = self.nodes[m].fade_output_volume_at
        self.fades[f] = fade_at(int(frame), float(v), int(length) / 1000, curve, self.fade_end(f))

    def do_volume_set_at(self, m, bus, frame, v):
        self.bus(m, bus).set_volume_at(int(frame), float(v))

    def do_pan_set_at(self, m, bus, frame, v):
        self.bus(m, bus).set_pan_at(int(frame), float(v))

    def do_output_set_at(self, m, frame, v):
        self.nodes[m].set_output_volume_at(int(frame), float(v))

    def do_volume_automate(self, m, bus, *words):
        self.bus(m, bus).automate_volume(points(words))

    def do_pan_automate(self, m, bus, *words):
        self.bus(m, bus).automate_pan(points(words))

    def do_output_automate(self, m, *words):
        self.nodes[m].automate_output_volume(points(words))

    def do_volume_automation(self, m, bus):
        return shown(self.bus(m, bus).volume_automation)

    def do_pan_automation(self, m, bus):
        return shown(self.bus(m, bus).pan_automation)

    def do_output_automation(self, m):
        return shown(self.nodes[m].output_volume_automation)

    def do_volume_cancel_from(self, m, bus, frame):
        self.bus(m, bus).cancel_automation_from(int(frame))

    def do_output_cancel_from(self, m, frame):
        self.nodes[m].cancel_output_automation_from(int(frame))

    def do_group_fade_at(self, f, g, frame, v, length, curve):
        curve = perbus.Curve[curve.upper()]
        fade_at = self.groups[g].fade_at
        self.fades[f] = fade_at(int(frame), float(v), int(length) / 1000, curve, self.fade_end(f))

    def do_group_set_at(self, g, frame, v):
        self.groups[g].set_volume_at(int(frame), float(v))

    def do_group_automate(self, g, *words):
        self.groups[g].automate_volume(points(words))

    def do_group_automation(self, g):
        return shown(self.groups[g].volume_automation)

    def do_group_cancel_from(self, g, frame):
        self.groups[g].cancel_automation_from(int(frame))
