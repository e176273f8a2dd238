"""POST /detect of a picture, beside decoding it and nothing else, and beside the Python node."""

import contextlib
import subprocess

from null_detectors import picture, start_all
from pinned_server import SERVER_CORE, write_form
from rounds import is_as_cheap_as_beside, measure_in_turns, medians

# Width, height, bytes at most, and the goals: our CPU by that of the bare decode, our rate, our rate and CPU by the peer's.
PICTURES = [(640, 480, 82_000, {"bare": 1.15, "peer_rate": 2.5, "peer_cpu": 0.38}),
            (1600, 1200, 470_000, {"bare": 1.15, "rate": 105})]


class BareDecode:
    """Takes turns with the servers, on their core."""

    name = "bare"

    def __init__(self, program, file):
        self.program, self.file = program, file

    def measure(self, seconds):
        said = subprocess.run(["taskset", "-c", str(SERVER_CORE), self.program, self.file, str(seconds)], check=True,
                              capture_output=True, text=True).stdout
        return tuple(map(float, said.split()))


def measure(options, folder, figures):
    good = True
    for width, height, max_bytes, goals in PICTURES:
        title, jpeg = f"{width}x{height}", picture(width, height, max_bytes)
        (folder / "picture.jpg").write_bytes(jpeg)
        bare = BareDecode(options.bin / "bare_decode", folder / "picture.jpg")
        with contextlib.ExitStack() as running:
            script, _, _ = write_form(folder, "file", "a.jpg", jpeg, "image/jpeg", {"autoupload": "disabled"})
            servers = list(start_all(options, folder, running))

            def load(server, seconds=options.seconds):
                return server.measure(seconds) if server is bare else server.measure("/detect", seconds, options.connections, script)
            for server in servers:
                load(server, 2)  # warm
            results = measure_in_turns([bare, *servers], options.rounds, load)
        figures.head(f"POST /detect, {title}, {len(jpeg) / 1000:.0f} kB, {options.connections} connection(s)")
        tell(figures, results, goals)
        if options.beside:
            good = is_as_cheap_as_beside(f"POST /detect {title}", results, options.max_ratio) and good
    return good


def tell(figures, results, goals):
    """The ratio to the bare decode is the median of those within each round, since the machine's speed drifts."""
    by_name = {name: medians(measured) for name, measured in results.items()}
    rate, cpu = by_name["ours"]
    figures.tell("requests/s of a core", rate, "/s", at_least=goals.get("rate"))
    figures.tell("CPU per request", cpu, "ms")
    figures.tell("CPU of the bare decode", by_name["bare"][1], "ms")
    ratios = sorted(ours[1] / bare[1] for ours, bare in zip(results["ours"], results["bare"]))
    figures.tell("ours / bare decode, CPU", ratios[len(ratios) // 2], "", at_most=goals["bare"])
    if "peer" in by_name:
        figures.tell("the Python node's requests/s", by_name["peer"][0], "/s")
        figures.tell("the Python node's CPU per request", by_name["peer"][1], "ms")
        figures.tell("ours / the Python node, rate", rate / by_name["peer"][0], "", at_least=goals.get("peer_rate"))
        figures.tell("ours / the Python node, CPU", cpu / by_name["peer"][1], "", at_most=goals.get("peer_cpu"))
