"""What a Loop takes in memory that nobody has asked for anything yet."""

import time
import urllib.request

from loop_server import ALL_CORES, PROGRAM, LoopServer

MAX_IDLE_MB = 60
SETTLED_S = 2


def measure(options, figures, folder):
    figures.head("A Loop that was just started in an empty folder")
    with LoopServer(options.bin / PROGRAM, folder, "idle", cores=ALL_CORES) as server:
        server.wait_ready(lambda port: urllib.request.Request(f"http://127.0.0.1:{port}/api/status"))
        time.sleep(SETTLED_S)
        figures.tell("resident memory, before a login", server.resident_mb(), "MB", at_most=MAX_IDLE_MB)
        server.log_in()
        figures.tell("resident memory, after a login", server.resident_mb(), "MB")
        figures.tell("most of it: the login's password takes some", server.resident_mb(peak=True), "MB")
