"""What a network finds, and how good that is."""

from dataclasses import dataclass

import numpy as np
import torch

from pictures import to_tensor

RIGHT_IOU = 0.5         # from which overlap on a box is found
LEAST_SCORE = 0.01      # weaker ones are not looked at when a state is measured
MOST_BOXES = 300        # per image and category
BATCH = 16              # images


def overlaps(box, others):
    """IoU of one box with others: x1, y1, x2, y2."""
    size = (np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])).clip(min=0)
    area = lambda boxes: (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])
    shared = size[:, 0] * size[:, 1]
    return shared / (area(box) + area(others) - shared + 1e-7)


def suppress(boxes, scores, iou):
    """Indices of the boxes that remain, by falling score: each removes the weaker ones that it overlaps by more than `iou`."""
    kept, left = [], np.argsort(-scores, kind="stable")[:MOST_BOXES]
    while len(left):
        kept.append(left[0])
        left = left[1:][overlaps(boxes[left[0]], boxes[left[1:]]) <= iou]
    return kept


@torch.no_grad()
def find(detector, images, least_score, iou):
    """For each image of the input's size a list of (score, class, box), a box being x1, y1, x2, y2 in pixels of the input."""
    found = []
    for at in range(0, len(images), BATCH):
        scores, boxes = detector(to_tensor(images[at:at + BATCH]))
        found += [find_in_one(*of_image, least_score, iou) for of_image in zip(scores.sigmoid().numpy(), boxes.numpy())]
    return found


def find_in_one(scores, boxes, least_score, iou):
    found = []
    for number in range(scores.shape[1]):
        cells = np.nonzero(scores[:, number] >= least_score)[0]
        of_class, certain = boxes[cells], scores[cells, number]
        found += [(float(certain[i]), number, of_class[i]) for i in suppress(of_class, certain, iou)]
    return found


@dataclass
class Ranked:
    """All that was found of one category, by falling score."""
    scores: np.ndarray
    hits: np.ndarray     # whether it is right
    boxes: int           # how many there are to be found

    def counts(self, threshold):
        seen = self.hits[self.scores >= threshold]
        tp = int(seen.sum())
        return {"tp": tp, "fp": len(seen) - tp, "fn": self.boxes - tp}


def rank(samples, found, number):
    """Each finding takes the box it overlaps most of those that are not taken; it is right if that is enough."""
    ranked = [(score, i, box) for i, of_image in enumerate(found) for score, of, box in of_image if of == number]
    ranked.sort(key=lambda entry: -entry[0])
    free = [sample.boxes[sample.classes == number] for sample in samples]
    count, hits = sum(len(boxes) for boxes in free), []
    for _, i, box in ranked:
        fits = overlaps(box, free[i])
        hits.append(len(fits) > 0 and fits.max() >= RIGHT_IOU)
        if hits[-1]:
            free[i] = np.delete(free[i], fits.argmax(), axis=0)
    return Ranked(np.array([score for score, _, _ in ranked]), np.array(hits, bool), count)


def average_precision(ranked):
    """The area below precision over recall, the precision at each recall being the best one there or beyond."""
    precision = ranked.hits.cumsum() / np.arange(1, len(ranked.hits) + 1)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    return float(best[ranked.hits].sum()) / ranked.boxes


def f1(counts):
    return 2 * counts["tp"] / max(1, 2 * counts["tp"] + counts["fp"] + counts["fn"])


def best_threshold(of_classes):
    """The one with the best mean of the categories' F1; of equal ones that in their middle."""
    tried = np.arange(5, 96) / 100
    means = np.array([np.mean([f1(ranked.counts(threshold)) for ranked in of_classes]) for threshold in tried])
    best = tried[means >= means.max() - 1e-9]
    return float(best[len(best) // 2])


@dataclass
class Measured:
    map50: float         # mean of the categories' average precision at an IoU of 0.5
    conf_threshold: float
    counts: list         # of each class at that threshold: tp, fp, fn


def measure(detector, samples, classes):
    """At least one box must be there to be found."""
    found = find(detector, [sample.image for sample in samples], LEAST_SCORE, iou=0.5)
    of_classes = [rank(samples, found, number) for number in range(classes)]
    present = [ranked for ranked in of_classes if ranked.boxes]
    threshold = best_threshold(present)
    return Measured(float(np.mean([average_precision(ranked) for ranked in present])), threshold,
                    [ranked.counts(threshold) for ranked in of_classes])
