"""The clock of a program, set by the test while it runs: Debian's package faketime, whose library answers instead of the system.

Only the clock that people set is faked. The one that counts from the start of the machine goes on evenly, as it does on a robot."""

import datetime
import os
import time
from pathlib import Path

from machines import skip

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
UTC = datetime.timezone.utc


class FakedClock:
    def __init__(self, folder, time_zone="UTC"):
        if not LIBRARIES:
            skip("faketime is missing: Debian's package of that name has it")
        self.file = Path(folder) / "clock"
        self.environment = {"LD_PRELOAD": str(LIBRARIES[0]), "FAKETIME_TIMESTAMP_FILE": str(self.file), "FAKETIME_NO_CACHE": "1",
                            "DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1", "TZ": time_zone}
        self.be_right()

    def be_off_by(self, seconds):
        """From now on it differs so much from this machine's clock."""
        self.seconds = seconds
        new = self.file.with_suffix(".new")
        new.write_text(f"{seconds:+.3f}\n")
        os.replace(new, self.file)

    def be_right(self):
        self.be_off_by(0)

    def show(self, moment):
        """From now on it goes on from that moment."""
        self.be_off_by(moment.timestamp() - time.time())

    def now(self):
        return datetime.datetime.fromtimestamp(time.time() + self.seconds, UTC)


IN_1970 = datetime.datetime(1970, 1, 1, 0, 1, tzinfo=UTC)
DAY_S, HOUR_S = 86_400, 3_600
