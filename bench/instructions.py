"""Counts the instructions of a server with valgrind's callgrind. Unlike CPU time they hardly differ from run to run, so they tell two
commits apart where a request takes microseconds; they say nothing of megabytes that are copied, which wait for memory."""

import re

COUNTED = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]  # goes before the command of a PinnedServer


def end_and_count(server):
    """Ends a `PinnedServer` as a person would. Returns the instructions that it executed from its start on."""
    server.end()
    counted = re.search(r"Collected : (\d+)", server.log.read_text(errors="replace"))
    if not counted:
        server.fail("ended without a count by valgrind")
    return int(counted[1])
