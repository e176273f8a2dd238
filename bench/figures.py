"""Figures that are printed as soon as they are known, each beside the goal that it is to reach."""


def percentile(values, percent):
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]


class Figures:
    """Prints a line for each figure, and knows which of them miss their goals."""

    def __init__(self):
        self.missed = []

    def tell(self, what, value, unit, at_least=None, at_most=None):
        line = f"  {what:56} {value:12,.3f}" if abs(value) < 10 else f"  {what:56} {value:12,.0f}"
        line += f" {unit}"
        for goal, word, is_met in ((at_least, "least", lambda: value >= at_least), (at_most, "most", lambda: value <= at_most)):
            if goal is None:
                continue
            line += f"   (goal: at {word} {goal:,g}{'' if is_met() else ' - MISSED'})"
            if not is_met():
                self.missed.append(what)
        print(line, flush=True)

    @staticmethod
    def head(text):
        print(text, flush=True)
