#!/usr/bin/python3
"""Trains a small one-stage box detector on a CPU and exports it as ONNX.

    train.py --images DIR --boxes FILE --out DIR [--steps 2300]

DIR holds one picture per image, {id}.jpg; FILE is what the Loop answers about them:

    {"categories": [{"id": "...", "name": "..."}],
     "images": [{"id": "...", "set": "train", "width": 640, "height": 480,
                 "box_annotations": [{"category_id": "...", "x": 1, "y": 2, "width": 30, "height": 40}]}]}

Only images of the set "train" are used. The result is model.onnx and model.json. The contract of model.onnx:

    input  "image"   float32 [1, 3, H, W]  RGB, 0 to 1, letterboxed: scaled by s = min(W/width, H/height), centred,
                                           the rest grey (114/255)
    output "boxes"   float32 [1, N, 4]     x1, y1, x2, y2 in pixels of the input, may reach beyond its border
    output "scores"  float32 [1, N, C]     0 to 1 per category, in the order of model.json's "categories"

Everything is decoded inside the graph; what is left to do is a threshold and non-maximum suppression per category.
Wrong input ends the program with exit code 2 and a message that names it.
"""

import argparse
import copy
import json
import math
import os
import re
import sys
import time
import warnings
from dataclasses import dataclass
from pathlib import Path

# Threads that wait shall sleep: spinning makes a training beside other busy programs five times slower. Read at the import.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageOps
from torch import nn

GREY = 114          # of the letterbox
STRIDES = (8, 16)   # one prediction per cell of so many input pixels
SETS = ("train", "test", "val")
ORIENTATION = 0x0112  # the tag of EXIF


class WrongInput(Exception):
    """What was handed in cannot be trained on; the message says what is wrong and where."""


# --------------------------------------------------------------------------------------------------- images and boxes

@dataclass
class Sample:
    """One image at the size of the network's input, with its boxes in pixels of that input."""
    image: np.ndarray    # uint8 [H, W, 3]
    boxes: np.ndarray    # float32 [n, 4]: x1, y1, x2, y2
    classes: np.ndarray  # int64 [n]


def read_boxes(path):
    """The categories in class order and the images of the set "train"."""
    try:
        answer = json.loads(Path(path).read_text(encoding="utf-8"))
        categories, images = answer["categories"], answer["images"]
        names = [c["name"] for c in categories]
        known = {c["id"] for c in categories}
        for image in images:
            where = f"--boxes: {path}: image {image['id']}"
            if image["set"] not in SETS:
                raise WrongInput(f"{where}: set: {image['set']!r} is none of {', '.join(SETS)}")
            if Path(image["id"]).name != image["id"]:
                raise WrongInput(f"{where}: id: is no name of a file")
            for box in image["box_annotations"]:
                if box["category_id"] not in known:
                    raise WrongInput(f"{where}: category_id: {box['category_id']!r} is none of the categories")
                if not (box["width"] > 0 and box["height"] > 0):
                    raise WrongInput(f"{where}: box_annotations: width and height must be larger than 0: {box}")
                if not math.isfinite(box["x"] + box["y"] + box["width"] + box["height"]):
                    raise WrongInput(f"{where}: box_annotations: a value is no number: {box}")
            if not (image["width"] > 0 and image["height"] > 0):
                raise WrongInput(f"{where}: width and height must be larger than 0")
    except OSError as error:
        raise WrongInput(f"--boxes: {path}: {error.strerror}") from None
    except ValueError as error:
        raise WrongInput(f"--boxes: {path}: is no JSON: {error}") from None
    except KeyError as error:
        raise WrongInput(f"--boxes: {path}: the key {error} is missing") from None
    except TypeError as error:
        raise WrongInput(f"--boxes: {path}: a value has the wrong type: {error}") from None
    if not names:
        raise WrongInput(f"--boxes: {path}: categories: there are none")
    train = [image for image in images if image["set"] == "train"]
    if not train:
        raise WrongInput(f'--boxes: {path}: images: none is of the set "train"')
    return categories, train


def letterbox(image, width, height):
    """The image scaled to fit, centred on grey; the scale and the offset that its boxes need."""
    scale = min(width / image.width, height / image.height)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    resized = image.resize(size, Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR)
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    canvas = np.full((height, width, 3), GREY, np.uint8)
    canvas[top:top + size[1], left:left + size[0]] = np.asarray(resized)
    return canvas, scale, left, top


def upright(file):
    """The image as it is looked at, which the Loop's boxes are for. Pillow before 11 does not look into the XMP of a JPEG."""
    exif = file.getexif()
    packets = (content for name, content in getattr(file, "applist", ())
               if name == "APP1" and content.startswith(b"http://ns.adobe.com/xap/1.0/\0"))
    told = re.search(rb'tiff:Orientation(?:="|>)([0-9])', next(packets, b""))
    if told and ORIENTATION not in exif:
        exif[ORIENTATION] = int(told[1])
    return ImageOps.exif_transpose(file)


def read_sample(folder, record, class_of, width, height):
    path = Path(folder) / f"{record['id']}.jpg"
    try:
        with Image.open(path) as file:
            image = upright(file).convert("RGB")
    except FileNotFoundError:
        raise WrongInput(f"--images: {path} is missing, although --boxes names the image") from None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise WrongInput(f"--images: {path} cannot be read: {error}") from None
    if image.size != (record["width"], record["height"]):
        raise WrongInput(f"--images: {path} is {image.width}x{image.height}, --boxes says {record['width']}x{record['height']}")
    pixels, scale, left, top = letterbox(image, width, height)
    annotations = record["box_annotations"]
    boxes = np.array([[b["x"], b["y"], b["x"] + b["width"], b["y"] + b["height"]] for b in annotations], np.float32).reshape(-1, 4)
    boxes = boxes * scale + np.array([left, top, left, top], np.float32)
    return Sample(pixels, boxes, np.array([class_of[b["category_id"]] for b in annotations], np.int64))


def repeats(samples, classes):
    """How often each sample is wanted per round: more often if it holds a category that has few boxes, up to three times."""
    counts = np.bincount(np.concatenate([s.classes for s in samples]), minlength=classes)
    factor = np.clip(np.sqrt(counts.max() / np.maximum(counts, 1)), 1, 3)
    return np.array([factor[s.classes].max(initial=1) for s in samples])


class Batches:
    """Endless batches of randomly changed samples, in a new order each round."""

    def __init__(self, samples, classes, batch_size, generator):
        self.samples, self.batch_size, self.random, self.order = samples, batch_size, generator, []
        self.repeats = repeats(samples, classes)

    def next(self):
        chosen = []
        for _ in range(self.batch_size):
            if not self.order:
                self.order = self.next_round()
            chosen.append(self.samples[self.order.pop()])
        images = torch.from_numpy(np.stack([s.image for s in chosen])).permute(0, 3, 1, 2).float() / 255
        moves = [self.random_move(*images.shape[:1:-1]) for _ in chosen]
        images = self.change_light(self.move_images(images, moves))
        targets = [self.move_boxes(sample, move, *images.shape[:1:-1]) for sample, move in zip(chosen, moves)]
        return images.contiguous(memory_format=torch.channels_last), targets

    def next_round(self):
        """2.3 repeats are two and, with a chance of 0.3, a third one."""
        times = (self.repeats + self.random.random(len(self.samples))).astype(int)
        return list(self.random.permutation(np.repeat(np.arange(len(self.samples)), times)))

    def random_move(self, width, height):
        """Mirroring, zoom and shift: x' = zoom_x * x + shift_x, the same for y; in pixels."""
        zoom = math.exp(self.random.uniform(-0.35, 0.35))
        zoom_x, zoom_y = (zoom * self.random.choice((-1, 1)) for _ in range(2))
        centre = np.array([width, height]) / 2
        shift = centre - centre * (zoom_x, zoom_y) + self.random.uniform(-0.12, 0.12, 2) * (width, height)
        return zoom_x, zoom_y, shift[0], shift[1]

    @staticmethod
    def move_images(images, moves):
        height, width = images.shape[2:]
        theta = torch.zeros(len(moves), 2, 3)
        for i, (zoom_x, zoom_y, shift_x, shift_y) in enumerate(moves):   # grid_sample asks from where, in -1 to 1
            theta[i, 0, 0], theta[i, 0, 2] = 1 / zoom_x, (1 - 2 * shift_x / width - zoom_x) / zoom_x
            theta[i, 1, 1], theta[i, 1, 2] = 1 / zoom_y, (1 - 2 * shift_y / height - zoom_y) / zoom_y
        grid = F.affine_grid(theta, list(images.shape), align_corners=False)
        grey = GREY / 255
        return F.grid_sample(images - grey, grid, mode="bilinear", padding_mode="zeros", align_corners=False) + grey

    @staticmethod
    def move_boxes(sample, move, width, height):
        """The boxes as they are seen after the move; those of which the border leaves less than a quarter are dropped."""
        zoom_x, zoom_y, shift_x, shift_y = move
        x = np.sort(sample.boxes[:, [0, 2]] * zoom_x + shift_x, axis=1)
        y = np.sort(sample.boxes[:, [1, 3]] * zoom_y + shift_y, axis=1)
        whole = (x[:, 1] - x[:, 0]) * (y[:, 1] - y[:, 0])
        x, y = x.clip(0, width), y.clip(0, height)
        seen = (x[:, 1] - x[:, 0]) * (y[:, 1] - y[:, 0])
        keep = (seen > 0.25 * whole) & (seen > 16)
        boxes = np.stack([x[:, 0], y[:, 0], x[:, 1], y[:, 1]], axis=1)[keep]
        return torch.from_numpy(boxes.astype(np.float32)), torch.from_numpy(sample.classes[keep])

    def change_light(self, images):
        count = len(images)
        gain = np.exp(self.random.uniform(-0.4, 0.4, (count, 1, 1, 1)))
        tint = np.exp(self.random.uniform(-0.1, 0.1, (count, 3, 1, 1)))
        gamma = np.exp(self.random.uniform(-0.25, 0.25, (count, 1, 1, 1)))
        return ((images * torch.from_numpy(gain * tint).float()).clamp(1e-4, 1)) ** torch.from_numpy(gamma).float()


# -------------------------------------------------------------------------------------------------------- the network

def conv(inputs, outputs, kernel=3, stride=1):
    return nn.Sequential(nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
                         nn.BatchNorm2d(outputs, momentum=0.03), nn.ReLU(inplace=True))


class Bottleneck(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.layers = nn.Sequential(conv(width, width // 2, 1), conv(width // 2, width))

    def forward(self, x):
        return x + self.layers(x)


class PyramidPooling(nn.Module):
    """Lets a cell see far: the maximum of ever larger surroundings beside its own value."""

    def __init__(self, width):
        super().__init__()
        self.reduce, self.merge = conv(width, width // 2, 1), conv(width * 2, width, 1)
        self.pool = nn.MaxPool2d(5, 1, 2)

    def forward(self, x):
        maps = [self.reduce(x)]
        for _ in range(3):
            maps.append(self.pool(maps[-1]))
        return self.merge(torch.cat(maps, 1))


class Head(nn.Module):
    """Per cell of one resolution: a score for each category and the distances to the four sides of the box."""

    def __init__(self, width, classes):
        super().__init__()
        self.scores = nn.Sequential(conv(width, width), nn.Conv2d(width, classes, 1))
        self.sides = nn.Sequential(conv(width, width), nn.Conv2d(width, 4, 1))
        nn.init.constant_(self.scores[-1].bias, -4.6)   # a score of 0.01: nearly all cells are background
        nn.init.constant_(self.sides[-1].bias, 1.0)

    def forward(self, x):
        return self.scores(x).flatten(2), self.sides(x).flatten(2)


class Detector(nn.Module):
    def __init__(self, classes, width, height):
        super().__init__()
        self.stem = nn.Sequential(conv(3, 16, stride=2), conv(16, 32, stride=2), Bottleneck(32))
        self.fine = nn.Sequential(conv(32, 64, stride=2), Bottleneck(64), Bottleneck(64))
        self.coarse = nn.Sequential(conv(64, 128, stride=2), Bottleneck(128), Bottleneck(128), Bottleneck(128), PyramidPooling(128))
        self.down, self.merge = conv(128, 64, 1), nn.Sequential(conv(128, 64, 1), Bottleneck(64))
        self.heads = nn.ModuleList([Head(64, classes), Head(64, classes)])
        self.register_buffer("centres", self.cell_centres(width, height), persistent=False)
        self.register_buffer("strides", self.cell_strides(width, height), persistent=False)

    @staticmethod
    def cell_centres(width, height):
        levels = []
        for stride in STRIDES:
            y, x = torch.meshgrid(torch.arange(height // stride), torch.arange(width // stride), indexing="ij")
            levels.append((torch.stack([x.flatten(), y.flatten()], 1) + 0.5) * stride)
        return torch.cat(levels)

    @staticmethod
    def cell_strides(width, height):
        return torch.cat([torch.full(((height // s) * (width // s), 1), float(s)) for s in STRIDES])

    def forward(self, images):
        """Scores before the sigmoid [batch, N, C] and boxes x1, y1, x2, y2 in pixels [batch, N, 4]."""
        fine = self.fine(self.stem(images))
        coarse = self.down(self.coarse(fine))
        fine = self.merge(torch.cat([fine, F.interpolate(coarse, scale_factor=2.0, mode="nearest")], 1))
        outputs = [head(level) for head, level in zip(self.heads, (fine, coarse))]
        scores = torch.cat([scores for scores, _ in outputs], 2).transpose(1, 2)
        sides = torch.cat([sides for _, sides in outputs], 2).transpose(1, 2).clamp(max=5.0).exp() * self.strides
        return scores, torch.cat([self.centres - sides[..., :2], self.centres + sides[..., 2:]], -1)


class Exported(nn.Module):
    """The detector as its users see it: the outputs in their documented order, the sigmoid applied."""

    def __init__(self, detector):
        super().__init__()
        self.detector = detector

    def forward(self, image):
        scores, boxes = self.detector(image)
        return boxes, scores.sigmoid()


# ----------------------------------------------------------------------------------------------------------- training

def overlap(a, b):
    """Intersection over union of boxes whose shapes broadcast, and the area of the smallest box around both of them."""
    size = (torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2])).clamp(min=0)
    around = torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2])
    area = lambda box: (box[..., 2] - box[..., 0]) * (box[..., 3] - box[..., 1])
    shared = size[..., 0] * size[..., 1]
    return shared / (area(a) + area(b) - shared + 1e-7), around


def complete_iou(a, b):
    """IoU less penalties for centres that lie apart and for another ratio of the sides (CIoU)."""
    iou, around = overlap(a, b)
    apart = ((a[..., :2] + a[..., 2:] - b[..., :2] - b[..., 2:]) / 2).pow(2).sum(-1) / (around.pow(2).sum(-1) + 1e-7)
    slant = lambda box: torch.atan((box[..., 2] - box[..., 0]) / (box[..., 3] - box[..., 1]).clamp(min=1e-4))
    skew = 4 / math.pi ** 2 * (slant(a) - slant(b)).pow(2)
    with torch.no_grad():
        weight = skew / (1 - iou + skew + 1e-7)
    return iou - apart - weight * skew


@torch.no_grad()
def assign(scores, boxes, centres, truth_boxes, truth_classes, top=9):
    """Which cells of one image answer for which box: the `top` best by score^0.5 * IoU^4 of those whose centre lies inside it.

    Returns the cells, their boxes' indices and the score each cell shall have: its IoU at best, less for weaker cells.
    """
    inside = (centres > truth_boxes[:, None, :2]).all(-1) & (centres < truth_boxes[:, None, 2:]).all(-1)   # [boxes, cells]
    iou, _ = overlap(truth_boxes[:, None], boxes[None])
    fit = scores.sigmoid()[:, truth_classes].T.sqrt() * iou.pow(4) * inside
    threshold = fit.topk(min(top, fit.shape[1]), dim=1).values[:, -1:]
    fit = torch.where((fit >= threshold) & (fit > 0), fit, torch.zeros(()))
    owner = (iou * (fit > 0)).argmax(0)   # a cell wanted by two boxes goes to the one it overlaps more
    fit = fit * F.one_hot(owner, len(truth_boxes)).T
    best_fit, best_iou = fit.amax(1, keepdim=True), (iou * (fit > 0)).amax(1, keepdim=True)
    wanted = fit / (best_fit + 1e-9) * best_iou
    cells = wanted.amax(0).nonzero().flatten()
    return cells, owner[cells], wanted[owner[cells], cells]


def loss_of(detector, images, targets):
    scores, boxes = detector(images)
    wanted_scores = torch.zeros_like(scores)
    found, truth, weights = [], [], []
    for i, (truth_boxes, truth_classes) in enumerate(targets):
        if len(truth_boxes) == 0:
            continue
        cells, owners, wanted = assign(scores[i], boxes[i], detector.centres, truth_boxes, truth_classes)
        wanted_scores[i, cells, truth_classes[owners]] = wanted
        found.append(boxes[i, cells])
        truth.append(truth_boxes[owners])
        weights.append(wanted)
    total = wanted_scores.sum().clamp(min=1)
    loss = 0.7 * F.binary_cross_entropy_with_logits(scores, wanted_scores, reduction="sum") / total
    if found:
        loss = loss + 2 * ((1 - complete_iou(torch.cat(found), torch.cat(truth))) * torch.cat(weights)).sum() / total
    return loss


def optimizer_for(detector):
    """AdamW; only the weights of convolutions decay, not biases and norms."""
    weights = [p for p in detector.parameters() if p.ndim > 1]
    others = [p for p in detector.parameters() if p.ndim <= 1]
    groups = [{"params": weights, "weight_decay": 0.02}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=3e-3, betas=(0.9, 0.99))


def learning_rate_factor(step, steps):
    """A warm-up of 100 steps (or a fifth of a short training), then a cosine down to 1 %."""
    warm_up = max(1, min(100, steps // 5))
    if step < warm_up:
        return (step + 1) / warm_up
    return 0.01 + 0.99 * (1 + math.cos(math.pi * (step - warm_up) / max(1, steps - warm_up))) / 2


class Average:
    """The moving average of the weights over the last steps: it detects better than the weights of any one step."""

    def __init__(self, detector):
        self.detector, self.steps = copy.deepcopy(detector).eval().requires_grad_(False), 0

    @torch.no_grad()
    def add(self, detector):
        self.steps += 1
        keep = min(0.998, (1 + self.steps) / (10 + self.steps))
        for mean, value in zip(self.detector.state_dict().values(), detector.state_dict().values()):
            if mean.dtype.is_floating_point:
                mean.lerp_(value, 1 - keep)
            else:
                mean.copy_(value)


def train(samples, classes, options):
    width, height = options.input_size
    detector = Detector(classes, width, height).to(memory_format=torch.channels_last).train()
    average, optimizer = Average(detector), optimizer_for(detector)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: learning_rate_factor(step, options.steps))
    batches = Batches(samples, classes, options.batch_size, np.random.default_rng(options.seed))
    progress = Progress(options)
    for step in range(1, options.steps + 1):
        loss = loss_of(detector, *batches.next())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(detector.parameters(), 10.0)
        optimizer.step()
        schedule.step()
        average.add(detector)
        progress.report(step, loss)
    return average.detector


class Progress:
    """One line every few steps, for a person or (--progress-json) for a program that draws a bar."""

    def __init__(self, options):
        self.options, self.started, self.losses = options, time.monotonic(), []

    def report(self, step, loss):
        self.losses.append(loss.item())
        if not math.isfinite(self.losses[-1]):
            raise RuntimeError(f"the loss of step {step} is no number; the training has failed")
        if step % self.options.report_every != 0 and step != self.options.steps:
            return
        seconds = time.monotonic() - self.started
        line = {"step": step, "steps": self.options.steps, "loss": round(sum(self.losses) / len(self.losses), 4),
                "images_per_second": round(step * self.options.batch_size / seconds, 1),
                "seconds": round(seconds, 1), "seconds_left": round(seconds / step * (self.options.steps - step), 1)}
        self.losses = []
        if self.options.progress_json:
            print(json.dumps(line), flush=True)
        else:
            text = "step {step}/{steps}  loss {loss:.3f}  {images_per_second} images/s  {seconds_left:.0f} s left"
            print(text.format(**line), flush=True)


# ------------------------------------------------------------------------------------------------------------- export

def export(detector, categories, options):
    width, height = options.input_size
    folder = Path(options.out)
    model = Exported(detector.to(memory_format=torch.contiguous_format)).eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")   # the exporter's own remarks about constants, which help nobody here
        torch.onnx.export(model, torch.zeros(1, 3, height, width), str(folder / "model.onnx"), opset_version=12,
                          input_names=["image"], output_names=["boxes", "scores"])
    about = {"categories": categories, "resolution": max(width, height),
             "input": {"width": width, "height": height, "channels": "RGB", "range": [0, 1], "letterbox": "centred", "padding": GREY}}
    (folder / "model.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")


# ------------------------------------------------------------------------------------------------------- command line

def positive(text):
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not at least 1")
    return value


def size(text):
    try:
        width, height = (int(part) for part in text.split("x"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not like 320x240") from None
    if not (32 <= width <= 2048 and 32 <= height <= 2048) or width % STRIDES[-1] or height % STRIDES[-1]:
        raise argparse.ArgumentTypeError(f"{text}: both must be multiples of {STRIDES[-1]} from 32 to 2048")
    return width, height


def read_options():
    parser = argparse.ArgumentParser(description="Trains a small box detector on a CPU and exports it as ONNX.", allow_abbrev=False)
    parser.add_argument("--images", required=True, metavar="DIR", help="folder with {id}.jpg")
    parser.add_argument("--boxes", required=True, metavar="FILE", help="JSON with categories and images, as the Loop answers it")
    parser.add_argument("--out", required=True, metavar="DIR", help="where model.onnx and model.json go; made if missing")
    parser.add_argument("--steps", type=positive, default=2300, help="how many batches to train on (2300)")
    parser.add_argument("--batch-size", type=positive, default=8, help="images per step (8)")
    parser.add_argument("--input-size", type=size, default=(320, 240), metavar="WxH", help="of the network in pixels (320x240)")
    parser.add_argument("--threads", type=positive, default=os.cpu_count(), help="processor cores to use (all)")
    parser.add_argument("--seed", type=int, default=0, help="the same seed trains the same way (0)")
    parser.add_argument("--report-every", type=positive, default=20, metavar="STEPS", help="between two lines of progress (20)")
    parser.add_argument("--progress-json", action="store_true", help="progress as JSON, one object per line")
    return parser.parse_args()


def run(options):
    # Debian's torch starts with a single thread, which is five times slower on two cores.
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    categories, images = read_boxes(options.boxes)
    class_of = {category["id"]: i for i, category in enumerate(categories)}
    samples = [read_sample(options.images, image, class_of, *options.input_size) for image in images]
    try:
        Path(options.out).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WrongInput(f"--out: {options.out}: {error.strerror}") from None
    export(train(samples, len(categories), options), categories, options)


def main():
    options = read_options()
    try:
        run(options)
    except WrongInput as error:
        print(f"train.py: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
