"""How long it takes until a state of a training is on the disk."""

import subprocess

PROGRAM = "bench_save_states"
MAX_MS = 5


def measure(options, folder, figures):
    figures.head(f"The record of a training of 100,000 images, saved at each of its states, in {folder}")
    done = subprocess.run([options.bin / PROGRAM, folder], stdout=subprocess.PIPE, text=True, check=True)
    took = {name: float(value) for name, value in map(str.split, done.stdout.splitlines())}
    figures.tell("a state is on the disk after", took["median_ms"], "ms", at_most=MAX_MS)
    figures.tell("99 % of them after", took["p99_ms"], "ms")
    figures.tell("CPU", took["cpu_ms"], "ms")
    figures.tell("the record", took["bytes"] / 1000, "kB")
