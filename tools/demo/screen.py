"""What the demo shows: one line per event, a bar for every long step, a table at the end."""

import shutil
import sys
import time

_started = time.monotonic()


def event(text):
    print(f"[{time.monotonic() - _started:6.1f} s] {text}", flush=True)


class Bar:
    """On a terminal a bar that moves; elsewhere a line at every quarter."""

    def __init__(self, title, total):
        self.title, self.total, self.begin = title, max(1, total), time.monotonic()
        self.live, self.quarter = sys.stdout.isatty(), 0

    def show(self, done, note=""):
        share = min(1.0, done / self.total)
        if self.live:
            width = max(10, min(40, shutil.get_terminal_size().columns - len(self.title) - 40))
            drawn = "#" * round(share * width)
            print(f"\r  {self.title} [{drawn:<{width}}] {done}/{self.total} {note}\033[K", end="", flush=True)
        elif int(share * 4) > self.quarter:
            self.quarter = int(share * 4)
            print(f"  {self.title}: {done}/{self.total} {note}", flush=True)

    def end(self):
        """Returns the seconds that the step took."""
        if self.live:
            print("\r\033[K", end="", flush=True)
        return time.monotonic() - self.begin


def table(rows):
    width = max(len(name) for name, _ in rows)
    print()
    for name, value in rows:
        print(f"  {name:<{width}}  {value}")
    print(flush=True)
