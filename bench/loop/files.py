"""How fast image files go out, and how many readers who have one already are told so. The server has one core, wrk the other."""

import statistics

from loop_server import PROGRAM, PROJECT, LoopServer, transferred_bytes_per_second
from pictures import picture
from rounds import medians

from loop_programs.multipart import multipart

PICTURES = {"160 kB": (1600, 1200, 160_000), "5 MB": (4000, 3000, 5_000_000)}
CONNECTIONS = 4
MIN_GB_PER_S, MIN_NOT_MODIFIED_PER_S = 1, 20_000


def add(server, jpeg):
    """The path of an image that was uploaded, and what tells that it is the same."""
    body, content_type = multipart([("image.jpg", jpeg)])
    key = server.ask("POST", f"{PROJECT}/images", body, {"Content-Type": content_type}).json()["images"][0]["id"]
    path = f"{PROJECT}/images/{key}/main"
    return path, server.ask("GET", path).headers["ETag"]


def tell_file(server, figures, options, what, path):
    rates, cpu = [], []
    for _ in range(options.rounds):
        before = server.cpu_seconds()
        rates.append(transferred_bytes_per_second(server.load(path, options.seconds, CONNECTIONS)) / 1e9)
        cpu.append((server.cpu_seconds() - before) / options.seconds / rates[-1])
    figures.tell(what, statistics.median(rates), "GB/s", at_least=MIN_GB_PER_S)
    figures.tell(f"{what}: server's CPU", 1000 * statistics.median(cpu), "ms/GB")


def tell_not_modified(server, figures, options, what, path, tag):
    has_it = {"If-None-Match": tag}
    answer = server.answer_of("GET", path, headers=has_it)
    if answer.status != 304:
        server.fail(f"answers {answer.status} to who has the file already")
    rate, cpu = medians([server.measure(path, options.seconds, CONNECTIONS, headers=has_it) for _ in range(options.rounds)])
    figures.tell(f"{what}, which is there already: 304", rate, "/s", at_least=MIN_NOT_MODIFIED_PER_S)
    figures.tell(f"{what}, which is there already: server's CPU", 1000 * cpu, "us/answer")


def measure(options, figures, folder):
    figures.head(f"Image files, {CONNECTIONS} connections that stay open, medians of {options.rounds} rounds of {options.seconds} s")
    with LoopServer(options.bin / PROGRAM, folder, "files") as server:
        server.log_in().generate(inbox=1)
        for what, size in PICTURES.items():
            path, tag = add(server, picture(*size))
            server.measure(path, 1, CONNECTIONS)  # warm
            tell_file(server, figures, options, what, path)
            tell_not_modified(server, figures, options, what, path, tag)
        figures.tell("resident memory at the end", server.resident_mb(), "MB")
        figures.tell("most of it", server.resident_mb(peak=True), "MB")
