#!/usr/bin/python3
"""Computes mAP@0.5 of detections against annotated boxes.

    mean_average_precision.py --boxes truth.json --detections detections.json [--set test] [--json]

truth.json is what the Loop answers: {"categories": [{"id", "name"}], "images": [{"id", "set", "box_annotations": [...]}]}.
detections.json maps the id of each image to what a detector answered: {"<id>": {"box_detections": [{"category_name",
"x", "y", "width", "height", "confidence"}]}}.

Per category the detections of all images are taken by falling confidence. Each takes the box that it overlaps most among
those which are not taken yet, and is right if the IoU reaches the limit; everything else is a false alarm, a second
detection of the same plant too. AP is the area below precision over recall, the precision at each recall being the best one
at that recall or beyond (all points). A category without any annotated box is left out of the mean.
Wrong input ends the program with exit code 2.
"""

import argparse
import json
import sys
from pathlib import Path


class WrongInput(Exception):
    pass


def overlap(a, b):
    """Intersection over union of two boxes with x, y, width, height."""
    width = min(a["x"] + a["width"], b["x"] + b["width"]) - max(a["x"], b["x"])
    height = min(a["y"] + a["height"], b["y"] + b["height"]) - max(a["y"], b["y"])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (a["width"] * a["height"] + b["width"] * b["height"] - shared)


def average_precision(hits, positives):
    """`hits` says for every detection, by falling confidence, whether it is right; `positives` is the number of boxes."""
    points, right = [], 0
    for count, hit in enumerate(hits, 1):
        right += hit
        points.append((right / positives, right / count))
    area, best = 0.0, 0.0
    for i in range(len(points) - 1, -1, -1):
        recall, precision = points[i]
        best = max(best, precision)
        recall_before = points[i - 1][0] if i > 0 else 0.0
        area += (recall - recall_before) * best
    return area


def hits_of(category, boxes, detections, iou):
    """Whether each detection of this category is right, by falling confidence; equal ones in the order of the images."""
    ranked = [(found["confidence"], image_id, found) for image_id in boxes
              for found in detections[image_id] if found["category_name"] == category]
    ranked.sort(key=lambda entry: -entry[0])
    free = {image_id: list(of_image) for image_id, of_image in boxes.items()}
    hits = []
    for _, image_id, found in ranked:
        best = max(free[image_id], key=lambda box: overlap(box, found), default=None)
        hit = best is not None and overlap(best, found) >= iou
        if hit:
            free[image_id].remove(best)
        hits.append(hit)
    return hits


def mean_average_precision(truth, detections, iou=0.5):
    """{"mean": mAP or None, "categories": {name: AP}, "images": n, "boxes": n} for all images of `truth`."""
    names = {category["id"]: category["name"] for category in truth["categories"]}
    missing = [image["id"] for image in truth["images"] if image["id"] not in detections]
    if missing:
        raise WrongInput(f"detections: there are none of image {missing[0]} ({len(missing)} images are missing)")
    found = {image["id"]: detections[image["id"]]["box_detections"] for image in truth["images"]}
    precisions, count = {}, 0
    for category_id, name in names.items():
        boxes = {image["id"]: [box for box in image["box_annotations"] if box["category_id"] == category_id] for image in truth["images"]}
        positives = sum(len(of_image) for of_image in boxes.values())
        count += positives
        if positives:
            precisions[name] = average_precision(hits_of(name, boxes, found, iou), positives)
    mean = sum(precisions.values()) / len(precisions) if precisions else None
    return {"mean": mean, "categories": precisions, "images": len(found), "boxes": count}


def of_set(truth, name):
    """The same answer with the images of one set only."""
    return {"categories": truth["categories"], "images": [image for image in truth["images"] if image["set"] == name]}


def read_json(option, path):
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise WrongInput(f"{option}: {path}: {error.strerror}") from None
    except ValueError as error:
        raise WrongInput(f"{option}: {path}: is no JSON: {error}") from None


def print_result(result, iou):
    for name, precision in result["categories"].items():
        print(f"{name:24} AP@{iou:g}  {precision:.3f}")
    print(f"{'mean':24} mAP@{iou:g} {result['mean']:.3f}  ({result['boxes']} boxes in {result['images']} images)")


def run(options):
    truth = of_set(read_json("--boxes", options.boxes), options.set)
    if not truth["images"]:
        raise WrongInput(f"--boxes: {options.boxes}: no image is of the set {options.set!r}")
    result = mean_average_precision(truth, read_json("--detections", options.detections), options.iou)
    if result["mean"] is None:
        raise WrongInput(f"--boxes: {options.boxes}: the images of the set {options.set!r} have no boxes")
    if options.json:
        print(json.dumps(result))
    else:
        print_result(result, options.iou)


def main():
    parser = argparse.ArgumentParser(description="Computes mAP of detections against annotated boxes.", allow_abbrev=False)
    parser.add_argument("--boxes", required=True, metavar="FILE", help="categories and annotated images, as the Loop answers them")
    parser.add_argument("--detections", required=True, metavar="FILE", help="what was detected, by image id")
    parser.add_argument("--set", default="test", choices=("train", "test", "val"), help="which images count (test)")
    parser.add_argument("--iou", type=float, default=0.5, help="the overlap that makes a detection right (0.5)")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    try:
        run(parser.parse_args())
    except WrongInput as error:
        print(f"mean_average_precision.py: {error}", file=sys.stderr)
        return 2
    except (KeyError, TypeError) as error:
        print(f"mean_average_precision.py: the input has not the expected shape: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
