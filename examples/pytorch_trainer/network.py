"""The network, and what it learns from: a one-stage detector with strides 8 and 16."""

import math

import torch
import torch.nn.functional as F
from torch import nn

STRIDES = (8, 16)   # one prediction per cell of so many input pixels


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
        self.classes = classes
        self.stem = nn.Sequential(conv(3, 16, stride=2), conv(16, 32, stride=2), Bottleneck(32))
        self.fine = nn.Sequential(conv(32, 64, stride=2), Bottleneck(64), Bottleneck(64))
        self.coarse = nn.Sequential(conv(64, 128, stride=2), Bottleneck(128), Bottleneck(128), Bottleneck(128), PyramidPooling(128))
        self.down, self.merge = conv(128, 64, 1), nn.Sequential(conv(128, 64, 1), Bottleneck(64))
        self.heads = nn.ModuleList([Head(64, classes), Head(64, classes)])
        self.register_buffer("centres", self.cell_centres(width, height), persistent=False)
        self.register_buffer("strides", self.cell_strides(width, height), persistent=False)

    def names_of_class_weights(self):
        """The weights that have a row for each class."""
        return {f"heads.{head}.scores.1.{kind}" for head in range(len(self.heads)) for kind in ("weight", "bias")}

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


# ----------------------------------------------------------------------------------------------------------- the loss

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
