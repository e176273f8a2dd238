#!/usr/bin/python3
"""Trains a small one-stage box detector on a CPU, and detects with it. `learning-loop trainer` drives it by trainer.toml.

    train.py train --dataset dataset.json --images DIR    from scratch, or from the model of --base-model
    train.py resume ...                                    the same options: goes on from the last checkpoint, if there is one
    train.py detect --model DIR --list FILE --detections FILE

dataset.json is what the Loop answers about images; DIR holds them as {id}.jpg:

    {"categories": [{"id": "...", "name": "..."}],
     "images": [{"id": "...", "set": "train", "width": 640, "height": 480,
                 "box_annotations": [{"category_id": "...", "x": 1, "y": 2, "width": 30, "height": 40}]}]}

Only images of the set "train" are learned from. What comes out, and what is told about it, is in README.md.
Exit status: 0 done, 2 wrong input (the message names it), 128 + n stopped by signal n with the best state written.
"""

import argparse
import json
import os
import sys
from pathlib import Path

# Threads that wait shall sleep soon, after some microseconds: spinning on makes a training beside other busy programs up to five times
# slower, sleeping at once a training alone by a fifth. Read at the import.
if "OMP_WAIT_POLICY" not in os.environ:
    os.environ.setdefault("GOMP_SPINCOUNT", "3000")

import torch  # noqa: E402

from measuring import BATCH, find  # noqa: E402
from model_files import load_detector  # noqa: E402
from pictures import LARGEST, SMALLEST, Image, WrongInput, letterbox, read_dataset, read_image  # noqa: E402
from training import Diverged, Training, append_to  # noqa: E402


# ------------------------------------------------------------------------------------------------------------ training

def train(options):
    # Debian's torch starts with a single thread, which is five times slower on two cores.
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    dataset = read_dataset(options.dataset, options.images, options.resolution, options.threads)
    print(f"{len(dataset.train)} images to learn from, {len(dataset.select)} to choose the best state with", flush=True)
    if dataset.left_out:
        print(f"{len(dataset.left_out)} images are left out:", *dataset.left_out[:20], sep="\n  ", flush=True)
    try:
        Path(options.folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WrongInput(f"--folder: {options.folder}: {error.strerror}") from None
    training = Training(options, dataset)
    if options.command == "resume":
        print(f"goes on after step {training.step}" if training.checkpoint.go_on() else "begins: there is no checkpoint", flush=True)
    training.run()
    return 128 + training.stopped_by if training.stopped_by else 0


# ----------------------------------------------------------------------------------------------------------- detecting

def detect(options):
    """A line of JSON for each image that can be read, written as soon as its batch is through."""
    torch.set_num_threads(options.threads)
    detector, categories, size, version = load_detector(options.model)
    try:
        paths = [Path(line) for line in Path(options.list).read_text(encoding="utf-8").splitlines() if line]
    except OSError as error:
        raise WrongInput(f"--list: {options.list}: {error.strerror}") from None
    with append_to(options.detections) as file:
        for at in range(0, len(paths), BATCH):
            for path, boxes in detect_in(detector, paths[at:at + BATCH], size, options):
                found = [told(box, categories[number], version, score) for score, number, box in boxes]
                line = {"image_id": path.stem, "box_detections": found, "point_detections": [], "segmentation_detections": [],
                        "classification_detections": []}
                file.write(json.dumps(line).encode() + b"\n")
            file.flush()
    return 0


def detect_in(detector, paths, size, options):
    """For each image that can be read, its path and (score, class, box in pixels of the image)."""
    inputs = []
    for path in paths:
        try:
            inputs.append((path, *letterbox(read_image(path), *size)))
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            print(f"{path} cannot be read and is left out: {error}", flush=True)
    found = find(detector, [pixels for _, pixels, _ in inputs], options.confidence, options.iou)
    return [(path, [(score, number, fit.to_image(box)) for score, number, box in boxes])
            for (path, _, fit), boxes in zip(inputs, found)]


def told(box, category, version, score):
    left, top, right, bottom = (round(float(side)) for side in box)
    return {"category_name": category["name"], "category_id": category["id"], "x": left, "y": top, "width": max(1, right - left),
            "height": max(1, bottom - top), "model_name": version, "confidence": min(1.0, score)}


# -------------------------------------------------------------------------------------------------------- command line

def number(kind, least, most):
    def read(text):
        value = kind(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text} is not within {least} and {most}")
        return value
    read.__name__ = kind.__name__   # argparse names it when a value is no number
    return read


def truth(text):
    try:
        return {"true": True, "1": True, "false": False, "0": False}[text.lower()]
    except KeyError:
        raise argparse.ArgumentTypeError(f"{text!r} is neither true nor false") from None


def read_options():
    parser = argparse.ArgumentParser(description="Trains a small box detector on a CPU, and detects with it.", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (("train", "train from the beginning"), ("resume", "go on from the last checkpoint, if there is one")):
        add_training_options(commands.add_parser(name, help=text, allow_abbrev=False))
    add_detecting_options(commands.add_parser("detect", help="detect in images", allow_abbrev=False))
    for command in commands.choices.values():
        command.add_argument("--threads", type=number(int, 1, 1024), default=os.cpu_count(), help="processor cores to use (all)")
    return parser.parse_args()


def add_training_options(parser):
    add = parser.add_argument
    add("--dataset", required=True, metavar="FILE", help="JSON with categories and images, as the Loop answers it")
    add("--images", required=True, metavar="DIR", help="folder with {id}.jpg")
    add("--folder", default=".", metavar="DIR", help="where checkpoints and best states go; made if missing (this one)")
    add("--progress", metavar="FILE", help="where lines of JSON are added that tell progress and best states")
    add("--base-model", metavar="DIR", help="folder with the model.npz to begin with (from scratch)")
    add("--steps", type=number(int, 0, 10**7), default=0, help="how many batches to train on; 0: as --epochs tells (0)")
    add("--epochs", type=number(float, 0.001, 10**5), default=60, help="how often to see each image (60)")
    add("--max-batch-size", type=number(int, 0, 256), default=0, metavar="N", help="images per step at most; 0: 8, the best (0)")
    add("--resolution", type=number(int, SMALLEST, LARGEST), default=320, metavar="PIXELS", help="of the input's longer side (320)")
    add("--flip-rl", type=truth, default=True, metavar="true|false", help="also learn from mirrored images (true)")
    add("--flip-ud", type=truth, default=True, metavar="true|false", help="also learn from images upside down (true)")
    add("--seed", type=int, default=0, help="the same seed and one thread train the same way (0)")
    add("--report-every", type=number(float, 0, 3600), default=2, metavar="SECONDS", help="between two lines of progress (2)")
    add("--checkpoint-every", type=number(float, 0, 3600), default=15, metavar="SECONDS", help="which a kill costs at most (15)")
    add("--measure-every", type=number(float, 0, 3600), default=45, metavar="SECONDS", help="at least, between two measurements (45)")


def add_detecting_options(parser):
    add = parser.add_argument
    add("--model", required=True, metavar="DIR", help="folder with model.npz and model.json")
    add("--list", required=True, metavar="FILE", help="paths of images {id}.jpg, one in each line")
    add("--detections", required=True, metavar="FILE", help="where a line of JSON is added for each image")
    add("--confidence", type=number(float, 0, 1), default=0.2, help="weaker detections are not told (0.2)")
    add("--iou", type=number(float, 0, 1), default=0.45, help="of two detections of a category that overlap more, one is left (0.45)")


def main():
    options = read_options()
    try:
        return detect(options) if options.command == "detect" else train(options)
    except WrongInput as error:
        print(f"train.py: {error}", file=sys.stderr)
        return 2
    except Diverged as error:
        print(f"train.py: {error}", file=sys.stderr)
        return 1
    except OSError as error:   # such as a disk that is full
        print(f"train.py: {error.filename or options.command}: {error.strerror or error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
