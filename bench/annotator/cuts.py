"""How well and how fast rendered plants of 2-megapixel pictures are cut out.

A scripted person drags a box around each plant, a few pixels wider than it is, draws a stroke along one of its leaves and another
over ground in the box. Measured are how much of the plant's exact pixels and of the outline's are in both (IoU) after each of the three,
and the CPU time of a cut on one core; also of boxes as large as pictures of 2 and 50 megapixels, and of noise."""

import subprocess

from figures import percentile

PROGRAM = "bench_cut_plants"
STEPS = ("the box alone", "a stroke over the plant", "a stroke over ground")
SHOWN = 20


def run_program(options):
    """By the first word of the lines, what follows on each of them."""
    pinned = ["taskset", "-c", "0"] if options.threads == 1 else []
    command = [*pinned, options.bin / PROGRAM, str(options.plants), str(options.threads)]
    output = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    measured = {}
    for line in output.splitlines():
        name, *values = line.split()
        measured.setdefault(name, []).append([float(value) for value in values])
    return measured


def measure(options, _, figures):
    measured = run_program(options)
    tell_overlaps(figures, measured["plant"])
    figures.head("CPU time of a cut")
    cuts = [values[0] for values in measured["cut_ms"]]
    figures.tell("half of them take at most", percentile(cuts, 50), "ms")
    figures.tell("95 % of them take at most", percentile(cuts, 95), "ms", at_most=50)
    figures.tell("the longest", max(cuts), "ms")
    figures.tell("a box as large as a picture of 2 megapixels", max(measured["whole_ms"])[0], "ms", at_most=150)
    figures.tell("a box as large as one of 50 megapixels", max(measured["large_ms"])[0], "ms", at_most=500)
    figures.tell("a box as large as one of 2 megapixels of noise", max(measured["noise_ms"])[0], "ms", at_most=150)


def tell_overlaps(figures, plants):
    figures.head(f"IoU of the first {min(SHOWN, len(plants))} plants after the box, a stroke over the plant and one over ground")
    for number, shares in enumerate(plants[:SHOWN], 1):
        figures.head(f"  {number:2}  " + "  ".join(f"{share:.3f}" for share in shares))
    figures.head(f"mean IoU of {len(plants)} plants")
    for step, name in enumerate(STEPS):
        mean = sum(shares[step] for shares in plants) / len(plants)
        figures.tell(f"after {name}", mean, "", at_least=0.80 if step == 2 else None)
    figures.tell("plants below 0.75 after all three", sum(shares[-1] < 0.75 for shares in plants), "")
    figures.tell("plants of which the box alone finds less than a tenth", sum(shares[0] < 0.1 for shares in plants), "")
