#!/usr/bin/python3
"""What a threshold on colour reaches: the measure that a trained detector has to beat.

    colour_baseline.py --images DIR --boxes truth.json [--json] [--detections FILE]

Finds green regions (excess green or hue, fixed or Otsu's threshold, with or without opening), makes boxes of those whose
area is within limits, and names each after its area. All of these choices are fitted on the images of the set "train": the
combination with the best mAP@0.5 there is run on the set "test". Wrong input ends the program with exit code 2.
"""

import argparse
import itertools
import json
import multiprocessing
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from mean_average_precision import WrongInput, mean_average_precision, of_set, read_json

SHRINK = 4   # regions are searched at a quarter of the resolution, which is exact enough for an IoU of 0.5


# ------------------------------------------------------------------------------------------------- what counts as green

def excess_green(rgb):
    """2g - r - b of the shares of the three channels; 0 to 255, 85 is grey."""
    shares = rgb / (rgb.sum(2, keepdims=True) + 1e-6)
    return ((2 * shares[..., 1] - shares[..., 0] - shares[..., 2]) * 85 + 85).clip(0, 255)


def otsu(values):
    """The threshold that parts the values into two classes which differ most."""
    counts = np.histogram(values, 256, (0, 256))[0].astype(float)
    below = counts.cumsum()
    sums = (counts * np.arange(256)).cumsum()
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = (sums[-1] * below / below[-1] - sums) ** 2 / (below * (below[-1] - below))
    return int(np.nan_to_num(apart, posinf=0).argmax())


def by_excess(threshold):
    return lambda rgb, hsv: excess_green(rgb) > threshold


def by_otsu(rgb, hsv):
    green = excess_green(rgb)
    return green > otsu(green)


def by_hue(low, high, saturation):
    return lambda rgb, hsv: (hsv[..., 0] >= low) & (hsv[..., 0] <= high) & (hsv[..., 1] >= saturation)


SEGMENTATIONS = {
    **{f"excess green > {threshold}": by_excess(threshold) for threshold in (90, 95, 102, 110)},
    "excess green, Otsu": by_otsu,
    **{f"hue {low}-{high}, saturation {saturation}": by_hue(low, high, saturation)
       for low, high, saturation in ((35, 120, 60), (45, 100, 60), (45, 100, 100), (50, 85, 80))},
}


# -------------------------------------------------------------------------------------------------------------- regions

def opened(mask, size):
    """Without what is narrower than `size` pixels; 1 leaves the mask as it is."""
    if size == 1:
        return mask
    image = Image.fromarray(mask.astype(np.uint8) * 255)
    return np.asarray(image.filter(ImageFilter.MinFilter(size)).filter(ImageFilter.MaxFilter(size))) > 0


def regions_of(mask):
    """The boxes and areas of connected regions: left, top, right, bottom (both included), area."""
    edges = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(edges == 1)
    ends = np.nonzero(edges == -1)[1]
    runs = list(zip(rows.tolist(), starts.tolist(), (ends - 1).tolist()))
    parent = list(range(len(runs)))

    def root(i):
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    above = 0
    for i, (row, start, end) in enumerate(runs):   # runs are sorted, so those of the row above are a moving window
        while runs[above][0] < row - 1 or (runs[above][0] == row - 1 and runs[above][2] < start):
            above += 1
        k = above
        while k < i and runs[k][0] == row - 1 and runs[k][1] <= end:
            parent[root(k)] = root(i)
            k += 1
    regions = {}
    for i, (row, start, end) in enumerate(runs):
        left, top, right, bottom, area = regions.get(root(i), (start, row, end, row, 0))
        regions[root(i)] = (min(left, start), min(top, row), max(right, end), max(bottom, row), area + end - start + 1)
    return list(regions.values())


def boxes_of(regions):
    return [{"x": left * SHRINK, "y": top * SHRINK, "width": (right - left + 1) * SHRINK, "height": (bottom - top + 1) * SHRINK,
             "area": area * SHRINK * SHRINK} for left, top, right, bottom, area in regions]


# -------------------------------------------------------------------------------------------------------------- fitting

def read_pictures(folder, truth):
    pictures = {}
    for image in truth["images"]:
        path = Path(folder) / f"{image['id']}.jpg"
        try:
            with Image.open(path) as file:
                small = file.convert("RGB").reduce(SHRINK)
        except OSError as error:
            raise WrongInput(f"--images: {path}: {error.strerror or error}") from None
        pictures[image["id"]] = (np.asarray(small).astype(np.float32), np.asarray(small.convert("HSV")))
    return pictures


def segment(pictures, segmentation, opening):
    masks = {image_id: opened(SEGMENTATIONS[segmentation](rgb, hsv), opening) for image_id, (rgb, hsv) in pictures.items()}
    return {image_id: boxes_of(regions_of(mask)) for image_id, mask in masks.items()}


def naming_rules(truth):
    """Ways to name a box after its area: every kind alone, or thresholds half way between the kinds' typical areas."""
    names = {category["id"]: category["name"] for category in truth["categories"]}
    areas = {name: [] for name in names.values()}
    for image in truth["images"]:
        for box in image["box_annotations"]:
            areas[names[box["category_id"]]].append(box["width"] * box["height"])
    typical = sorted((float(np.median(values)), name) for name, values in areas.items() if values)
    rules = [[(float("inf"), name)] for _, name in typical]
    for factor in (0.6, 1.0, 1.5) if len(typical) > 1 else ():
        limits = [factor * (a * b) ** 0.5 for (a, _), (b, _) in zip(typical, typical[1:])] + [float("inf")]
        rules.append([(limit, name) for limit, (_, name) in zip(limits, typical)])
    return rules


def detections_of(boxes, smallest, largest, rule, confidence_from):
    found = {}
    for image_id, of_image in boxes.items():
        kept = [box for box in of_image if smallest <= box["area"] <= largest]
        found[image_id] = {"box_detections": [
            {"category_name": next(name for limit, name in rule if box["width"] * box["height"] <= limit),
             "x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"],
             "confidence": confidence(box, confidence_from)} for box in kept]}
    return found


def confidence(box, confidence_from):
    if confidence_from == "area":
        return min(1.0, box["area"] / 20000)
    return box["area"] / (box["width"] * box["height"])   # "fill": how much of its box a region covers


def fit(pictures, truth):
    """The choices with the best mAP on these images, and that mAP. Works on all cores."""
    choices = list(itertools.product(SEGMENTATIONS, (1, 3)))
    # A forked process sees the pictures without a copy.
    with multiprocessing.get_context("fork").Pool(initializer=remember, initargs=(pictures, truth)) as pool:
        return max(pool.starmap(fit_rest, choices, chunksize=1), key=lambda fitted: fitted[0])


def remember(pictures, truth):
    fit_rest.on = pictures, truth


def fit_rest(segmentation, opening):
    """The same for one segmentation and opening."""
    pictures, truth = fit_rest.on
    boxes = segment(pictures, segmentation, opening)
    best = (-1.0, None)
    for smallest, largest, rule, confidence_from in itertools.product(
            (200, 600, 1200), (8000, 30000), naming_rules(truth), ("area", "fill")):
        found = detections_of(boxes, smallest, largest, rule, confidence_from)
        score = mean_average_precision(truth, found)["mean"]
        if score > best[0]:
            best = (score, {"segmentation": segmentation, "opening": opening, "smallest": smallest, "largest": largest,
                            "rule": rule, "confidence_from": confidence_from})
    return best


def colour_baseline(folder, answer):
    """The result of mean_average_precision on the set "test", with what was fitted; and the detections themselves."""
    train, test = of_set(answer, "train"), of_set(answer, "test")
    for name, truth in (("train", train), ("test", test)):
        if not any(image["box_annotations"] for image in truth["images"]):
            raise WrongInput(f"--boxes: no image of the set {name!r} has a box")
    fitted, chosen = fit(read_pictures(folder, train), train)
    boxes = segment(read_pictures(folder, test), chosen["segmentation"], chosen["opening"])
    found = detections_of(boxes, chosen["smallest"], chosen["largest"], chosen["rule"], chosen["confidence_from"])
    kinds = [name for _, name in chosen["rule"]]
    return {**mean_average_precision(test, found), "train_mean": fitted, "chosen": {**chosen, "rule": kinds}}, found


def run(options):
    result, found = colour_baseline(options.images, read_json("--boxes", options.boxes))
    if options.detections:
        Path(options.detections).write_text(json.dumps(found), encoding="utf-8")
    if options.json:
        print(json.dumps(result))
        return
    print(f"fitted on train: {result['chosen']['segmentation']}, opening {result['chosen']['opening']}, mAP@0.5 {result['train_mean']:.3f}")
    print(f"on test: mAP@0.5 {result['mean']:.3f}  " + "  ".join(f"{name} {ap:.3f}" for name, ap in result["categories"].items()))


def main():
    parser = argparse.ArgumentParser(description="Fits a threshold on colour and measures its mAP.", allow_abbrev=False)
    parser.add_argument("--images", required=True, metavar="DIR", help="folder with {id}.jpg")
    parser.add_argument("--boxes", required=True, metavar="FILE", help="categories and annotated images, as the Loop answers them")
    parser.add_argument("--detections", metavar="FILE", help="where to write what was found in the test images")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    try:
        run(parser.parse_args())
    except WrongInput as error:
        print(f"colour_baseline.py: {error}", file=sys.stderr)
        return 2
    except (KeyError, TypeError) as error:
        print(f"colour_baseline.py: the input has not the expected shape: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
