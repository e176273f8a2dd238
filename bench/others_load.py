"""How much of the machine others used while we measured: what they took nobody has measured."""

import os
import time


def _busy_seconds():
    """Of all cores since the machine was started; what a virtual machine's host took away counts, too."""
    with open("/proc/stat", encoding="ascii") as file:
        user, nice, system, _idle, _waiting, *interrupts_and_stolen = (int(word) for word in file.readline().split()[1:9])
    return (user + nice + system + sum(interrupts_and_stolen)) / os.sysconf("SC_CLK_TCK")


def _own_seconds():
    """Ours, and of those that we started and that have ended."""
    return sum(os.times()[:4])


class OthersLoad:
    """Since it was made. The kernel's own work, as writing files back, is among that of others."""

    def __init__(self):
        self._begin, self._busy, self._own = time.monotonic(), _busy_seconds(), _own_seconds()

    def percent(self):
        """Of all cores' time; everything that we started must have ended."""
        seconds = (time.monotonic() - self._begin) * os.cpu_count()
        return max(0, 100 * (_busy_seconds() - self._busy - (_own_seconds() - self._own)) / seconds)
