"""How fast a trainer has what it learns from on its disk, verified, and how much memory that takes it. The Loop and the trainer share
the cores 0 and 1."""

import os
import shutil
import statistics
import subprocess

from complete_images import make_project, start
from loop_server import ALL_CORES, PASSWORD, USERNAME

PROGRAM = "bench_download_dataset"
MIN_IMAGES_PER_S, MAX_GROWTH_MB = 1000, 40
FEW = 10_000


def run(options, server, folder):
    """By name, what a download into an empty folder took; and the server's CPU."""
    shutil.rmtree(folder, ignore_errors=True)
    return run_again(options, server, folder)


def run_again(options, server, folder):
    folder.mkdir(parents=True, exist_ok=True)
    os.sync()
    before = server.cpu_seconds()
    command = ["taskset", "-c", ALL_CORES, options.bin / PROGRAM, f"http://127.0.0.1:{server.port}", "bench", "bench", folder]
    login = {"LOOP_USERNAME": USERNAME, "LOOP_PASSWORD": PASSWORD}
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False, env=os.environ | login)
    if done.returncode != 0:
        server.fail("was asked for images, which failed")
    return {name: float(value) for name, value in map(str.split, done.stdout.splitlines())} | {"server": server.cpu_seconds() - before}


def measure_project(options, figures, folder, count):
    """Peak memory of the downloads of a project of so many images, in MB."""
    make_project(options, folder, f"loop-{count}", count)
    with start(options, folder, f"loop-{count}") as server:
        rounds = [run(options, server, folder / "trainer") for _ in range(options.rounds if count <= FEW else 1)]
        again = run_again(options, server, folder / "trainer")
    median = {name: statistics.median(one[name] for one in rounds) for name in rounds[0]}
    if median["images"] != count:
        server.fail(f"gave {median['images']:.0f} images of {count}")
    title = f"{count:,} images"
    figures.tell(f"{title}: rows and images", count / median["seconds"], "images/s", at_least=MIN_IMAGES_PER_S)
    figures.tell(f"{title}: rows alone", count / median["rows_seconds"], "rows/s")
    figures.tell(f"{title}: CPU of the trainer", 1000 * median["cpu_seconds"] / count, "ms/image")
    figures.tell(f"{title}: CPU of the Loop", 1000 * median["server"] / count, "ms/image")
    figures.tell(f"{title}: most memory of the trainer", median["peak_mb"], "MB")
    figures.tell(f"{title}: the same again, all there", count / again["seconds"], "images/s")
    figures.tell(f"{title}: the same again, CPU of the trainer", 1000 * again["cpu_seconds"] / count, "ms/image")
    return median["peak_mb"]


def measure(options, folder, figures):
    figures.head(f"Complete images of 50 kB with 5 boxes each, medians of {options.rounds} rounds, data in {folder}")
    few = measure_project(options, figures, folder, min(FEW, options.images))
    if options.images > FEW:
        many = measure_project(options, figures, folder, options.images)
        figures.tell(f"memory that {options.images - FEW:,} images more take", many - few, "MB", at_most=MAX_GROWTH_MB)
