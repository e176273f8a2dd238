"""What a project of a million images costs those who ask for its list, its counts and its pages."""

import statistics
import threading
import time

from figures import percentile
from loop_server import PROJECT
from many_images import make_project, start
from raw_connection import RawConnection, request_bytes

MAX_LIST_S, MAX_EXTRA_MB, MAX_COUNTS_MS, MAX_PAGE_MS = 0.6, 16, 5, 10
OTHERS = 10_000  # images of each other state
PATHS = {"counts, `GET P`": (PROJECT, MAX_COUNTS_MS),
         "the page": ("/?organization=bench&project=bench", MAX_PAGE_MS),
         f"`data?state=complete`, {OTHERS} ids": (f"{PROJECT}/data?state=complete", MAX_PAGE_MS)}


def list_of(server, query):
    """Seconds, and megabytes of memory beyond what lay there before."""
    connection = RawConnection(server.port)
    request = request_bytes("GET", f"{PROJECT}/data{query}", server.headers)
    before, seconds = server.resident_mb(), []
    server.forget_peak()
    for _ in range(5):
        begin = time.perf_counter()
        connection.count_chunked(request)
        seconds.append(time.perf_counter() - begin)
    connection.close()
    return statistics.median(seconds), max(seconds), server.resident_mb(peak=True) - before


def latencies_meanwhile(server, path, seconds):
    """Milliseconds of answers every 10 ms while lists of all ids are sent one after another: p50 and p99."""
    ends, lister, asker = threading.Event(), RawConnection(server.port), RawConnection(server.port)

    def send_lists():
        while not ends.is_set():
            lister.count_chunked(request_bytes("GET", f"{PROJECT}/data", server.headers))

    thread, request, times = threading.Thread(target=send_lists), request_bytes("GET", path, server.headers), []
    thread.start()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        begin = time.perf_counter()
        asker.ask(request)
        times.append(1000 * (time.perf_counter() - begin))
        time.sleep(0.01)
    ends.set()
    thread.join()
    return statistics.median(times), percentile(times, 99)


def measure(options, figures, folder):
    figures.head(f"A project of {options.images} images in the inbox and {OTHERS} in each other state")
    make_project(options, folder, "million", options.images, OTHERS, newest=1000)
    begin = time.monotonic()
    with start(options, folder, "million") as server:
        server.log_in()
        figures.tell("start, with the login", time.monotonic() - begin, "s")
        figures.tell("resident memory before", server.resident_mb(), "MB")
        tell_list(server, figures, options.images)
        for what, (path, most_ms) in PATHS.items():
            tell_latencies(server, figures, what, path, most_ms, options.seconds)
        for what, (path, _) in PATHS.items():
            if "data" not in path:
                p50, p99 = latencies_meanwhile(server, path, options.seconds)
                figures.tell(f"{what}, while lists are sent: p50", p50, "ms")
                figures.tell(f"{what}, while lists are sent: p99", p99, "ms")
        figures.tell("resident memory after all", server.resident_mb(), "MB")


def tell_list(server, figures, images):
    ids = server.ask("GET", f"{PROJECT}/data?state=inbox").json()["image_ids"]
    if not images <= len(set(ids)) == len(ids) <= images + 4 * OTHERS:
        server.fail(f"lists {len(ids)} images in the inbox, not {images}")
    for query, count in (("?state=inbox", len(ids)), ("", images + 4 * OTHERS)):
        median, slowest, extra = list_of(server, query)
        figures.tell(f"`data{query}`, {count} ids: median of 5", median, "s", at_most=round(MAX_LIST_S * count / 1e6, 3))
        figures.tell(f"`data{query}`: the slowest", slowest, "s")
        figures.tell(f"`data{query}`: more memory than before", extra, "MB", at_most=MAX_EXTRA_MB)


def tell_latencies(server, figures, what, path, most_ms, seconds):
    server.latencies(path, 1)  # warm
    p50, p99 = server.latencies(path, seconds)
    figures.tell(f"{what}: p50", p50, "ms")
    figures.tell(f"{what}: p99", p99, "ms", at_most=most_ms)
