"""What a detector takes that does nothing, and how much more for the images that are in flight."""

import threading
import urllib.request

from loop_programs.multipart import multipart
from null_detectors import picture, start_ours

IN_FLIGHT = 8


def measure(options, folder, figures):
    with start_ours(options, folder, {"STREAMS": str(IN_FLIGHT)}) as server:
        figures.head("memory")
        idle = server.resident_mb()
        figures.tell("idle, just started", idle, "MB", at_most=40)
        width, height = 4000, 3000
        jpeg = picture(width, height, 4_000_000)
        body, form = multipart([("a.jpg", jpeg)], "file", "image/jpeg")
        post_side_by_side(server.port, body, form)
        each = (server.resident_mb(peak=True) - idle) / IN_FLIGHT
        allowed = 1.3 * (len(body) + 3 * width * height) / 1e6
        figures.tell(f"each of {IN_FLIGHT} images of {width}x{height} in flight", each, "MB", at_most=allowed)
    return True


def post_side_by_side(port, body, form):
    def post():
        request = urllib.request.Request(f"http://127.0.0.1:{port}/detect", body, {"Content-Type": form, "autoupload": "disabled"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert answer.status == 200
    threads = [threading.Thread(target=post) for _ in range(IN_FLIGHT) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
