"""From pictures and annotated boxes to batches: reading, letterbox, augmentation."""

import json
import math
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageOps

GREY = 114            # of the letterbox
MULTIPLE = 16         # of which the sides of the network's input are: its largest stride
SMALLEST, LARGEST = 32, 2048
SETS = ("train", "val", "test")
ORIENTATION = 0x0112  # the tag of EXIF


class WrongInput(Exception):
    """What was handed in cannot be worked with; the message says what is wrong and where."""


# ------------------------------------------------------------------------------------------------------------- reading

@dataclass
class Sample:
    """One image at the size of the network's input, with its boxes in pixels of that input."""
    image: np.ndarray    # uint8 [H, W, 3]
    boxes: np.ndarray    # float32 [n, 4]: x1, y1, x2, y2
    classes: np.ndarray  # int64 [n]


@dataclass
class Dataset:
    categories: list                                # in the order of the classes
    input_size: tuple                               # width, height
    train: list = field(default_factory=list)       # Samples to learn from
    select: list = field(default_factory=list)      # Samples to choose the best state with; may be empty
    left_out: list = field(default_factory=list)    # why images could not be used, each with its file


def read_json(option, path):
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise WrongInput(f"{option}: {path}: {error.strerror}") from None
    except ValueError as error:
        raise WrongInput(f"{option}: {path}: is no JSON: {error}") from None


def read_records(path):
    """The categories and the images, checked."""
    answer = read_json("--dataset", path)
    try:
        categories, images = answer["categories"], answer["images"]
        known = {category["id"] for category in categories}
        if not all(isinstance(category["name"], str) for category in categories):
            raise WrongInput(f"--dataset: {path}: categories: a name is no text")
        for image in images:
            check_record(image, known, f"--dataset: {path}: image {image['id']}")
    except KeyError as error:
        raise WrongInput(f"--dataset: {path}: the key {error} is missing") from None
    except TypeError as error:
        raise WrongInput(f"--dataset: {path}: a value has the wrong type: {error}") from None
    if not categories:
        raise WrongInput(f"--dataset: {path}: categories: there are none")
    learned = [image for image in images if image["set"] == "train"]
    if not learned:
        raise WrongInput(f'--dataset: {path}: images: none is of the set "train"')
    if not any(image["box_annotations"] for image in learned):
        raise WrongInput(f'--dataset: {path}: images: none of the set "train" has a box')
    return categories, images


def check_record(image, known, where):
    if image["set"] not in SETS:
        raise WrongInput(f"{where}: set: {image['set']!r} is none of {', '.join(SETS)}")
    if Path(image["id"]).name != image["id"]:
        raise WrongInput(f"{where}: id: is no name of a file")
    if not (image["width"] > 0 and image["height"] > 0):
        raise WrongInput(f"{where}: width and height must be larger than 0")
    for box in image["box_annotations"]:
        if box["category_id"] not in known:
            raise WrongInput(f"{where}: category_id: {box['category_id']!r} is none of the categories")
        if not math.isfinite(box["x"] + box["y"] + box["width"] + box["height"]):
            raise WrongInput(f"{where}: box_annotations: a value is no number: {box}")
        if not (box["width"] > 0 and box["height"] > 0):
            raise WrongInput(f"{where}: box_annotations: width and height must be larger than 0: {box}")


def input_size(records, resolution):
    """Width and height of an input whose longer side has `resolution` pixels, in the shape that most pictures have."""
    side = lambda pixels: int(min(max(round(pixels / MULTIPLE) * MULTIPLE, SMALLEST), LARGEST))
    ratio = float(np.median([image["width"] / image["height"] for image in records]))
    return (side(resolution), side(resolution / ratio)) if ratio >= 1 else (side(resolution * ratio), side(resolution))


def read_dataset(path, folder, resolution, threads):
    """Models are chosen on the images of the set "val" if there are any, else on those of the set "test"."""
    categories, records = read_records(path)
    dataset = Dataset(categories, input_size(records, resolution))
    class_of = {category["id"]: i for i, category in enumerate(categories)}
    select = "val" if any(record["set"] == "val" for record in records) else "test"
    wanted = [record for record in records if record["set"] in ("train", select)]
    with ThreadPoolExecutor(threads) as pool:
        for record, sample in zip(wanted, pool.map(lambda record: try_sample(folder, record, class_of, dataset.input_size), wanted)):
            if isinstance(sample, str):
                dataset.left_out.append(sample)
            else:
                (dataset.train if record["set"] == "train" else dataset.select).append(sample)
    if not any(len(sample.boxes) for sample in dataset.train):
        raise WrongInput(f"--images: {folder}: no picture with a box is left to learn from: {dataset.left_out[0]}")
    return dataset


def try_sample(folder, record, class_of, size):
    """A Sample, or why there is none."""
    path = Path(folder) / f"{record['id']}.jpg"
    try:
        image = read_image(path)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        return f"{path} cannot be read: {getattr(error, 'strerror', None) or error}"
    if image.size != (record["width"], record["height"]):
        return f"{path} is {image.width}x{image.height}, not {record['width']}x{record['height']} as its annotations"
    pixels, fit = letterbox(image, *size)
    annotations = record["box_annotations"]
    boxes = np.array([[b["x"], b["y"], b["x"] + b["width"], b["y"] + b["height"]] for b in annotations], np.float32).reshape(-1, 4)
    return Sample(pixels, fit.to_input(boxes), np.array([class_of[b["category_id"]] for b in annotations], np.int64))


def read_image(path):
    with Image.open(path) as file:
        return upright(file).convert("RGB")


def upright(file):
    """The image as it is looked at, which the Loop's boxes are for. Pillow before 11 does not look into the XMP of a JPEG."""
    exif = file.getexif()
    packets = (content for name, content in getattr(file, "applist", ())
               if name == "APP1" and content.startswith(b"http://ns.adobe.com/xap/1.0/\0"))
    told = re.search(rb'tiff:Orientation(?:="|>)([0-9])', next(packets, b""))
    if told and ORIENTATION not in exif:
        exif[ORIENTATION] = int(told[1])
    return ImageOps.exif_transpose(file)


@dataclass
class Fit:
    """How an image lies in the input of the network."""
    scale: float
    left: int
    top: int
    width: int    # of the image itself
    height: int

    def to_input(self, boxes):
        return boxes * np.float32(self.scale) + np.array([self.left, self.top] * 2, np.float32)

    def to_image(self, boxes):
        """Clipped to the image."""
        moved = (boxes - np.array([self.left, self.top] * 2, np.float32)) / np.float32(self.scale)
        return moved.clip(0, np.array([self.width, self.height] * 2, np.float32))


def letterbox(image, width, height):
    """The image scaled to fit, centred on grey."""
    scale = min(width / image.width, height / image.height)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    resized = image.resize(size, Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR)
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    canvas = np.full((height, width, 3), GREY, np.uint8)
    canvas[top:top + size[1], left:left + size[0]] = np.asarray(resized)
    return canvas, Fit(scale, left, top, *image.size)


def to_tensor(images):
    """float32 [batch, 3, H, W], 0 to 1. In channels_last the first convolution is many times faster."""
    tensor = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float() / 255
    return tensor.contiguous(memory_format=torch.channels_last)


# ------------------------------------------------------------------------------------------------------------- batches

def repeats(samples, classes):
    """How often each sample is wanted per round: more often if it holds a category that has few boxes, up to three times."""
    counts = np.bincount(np.concatenate([s.classes for s in samples]), minlength=classes)
    factor = np.clip(np.sqrt(counts.max() / np.maximum(counts, 1)), 1, 3)
    return np.array([factor[s.classes].max(initial=1) for s in samples])


class Batches:
    """Endless batches of randomly changed samples, in a new order each round."""

    def __init__(self, samples, classes, batch_size, seed, flip_rl=True, flip_ud=True):
        self.samples, self.batch_size, self.flips = samples, batch_size, (flip_rl, flip_ud)
        self.random, self.order = np.random.default_rng(seed), []
        self.repeats = repeats(samples, classes)

    def per_round(self):
        """Batches of an epoch, on average."""
        return float(self.repeats.sum()) / self.batch_size

    def state(self):
        """All that the batches to come depend on."""
        return {"random": self.random.bit_generator.state, "order": [int(i) for i in self.order]}

    def go_on(self, state):
        self.random.bit_generator.state = state["random"]
        self.order = [i for i in state["order"] if i < len(self.samples)]

    def next(self):
        chosen = []
        for _ in range(self.batch_size):
            if not self.order:
                self.order = self.next_round()
            chosen.append(self.samples[self.order.pop()])
        images = to_tensor([s.image for s in chosen])
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
        zoom_x, zoom_y = (zoom * (self.random.choice((-1, 1)) if flips else 1) for flips in self.flips)
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
