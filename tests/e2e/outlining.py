"""A person who outlines plants over an image of the Loop by a box and strokes, as an annotator node helps with it."""

import json
import math
import re

import numpy as np
from PIL import Image, ImageDraw

MARGIN_PX = 3  # that a careful person keeps between a stroke and the edge


def pixels_of(points, width, height):
    """The pixels that an outline covers, those on its line included: the even-odd rule, as the generator's outlines have it."""
    picture = Image.new("1", (width, height))
    ImageDraw.Draw(picture).line([*points, *points[:1]], 1)
    covered = np.array(picture)
    crossings = [[] for _ in range(height)]
    for (x0, y0), (x1, y1) in zip(points, points[1:] + points[:1]):
        (x0, y0), (x1, y1) = sorted([(x0, y0), (x1, y1)], key=lambda point: point[1])
        for y in range(max(0, math.ceil(y0)), min(height, math.ceil(y1))):
            crossings[y].append(x0 + (x1 - x0) * (y - y0) / (y1 - y0))
    for row, at in zip(covered, map(sorted, crossings)):
        for left, right in zip(at[::2], at[1::2]):
            row[math.ceil(left):math.floor(right) + 1] = True
    return covered


def corners_of(shape):
    """Of a shape of the Loop."""
    return [(at["x"], at["y"]) for at in shape["points"]]


def overlap(one, other):
    """Intersection over union of two masks."""
    return np.count_nonzero(one & other) / np.count_nonzero(one | other)


def box_around(mask):
    """left, top, right, bottom of what is set, all included."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return tuple(int(at) for at in (columns[0], rows[0], columns[-1], rows[-1]))


def _depths(mask):
    """How many steps each pixel lies inside: 0 outside, 1 at the edge."""
    inside = np.pad(mask, 1)
    depths = inside.astype(int)
    while inside.any():
        core = inside.copy()
        core[1:-1, 1:-1] &= inside[:-2, 1:-1] & inside[2:, 1:-1] & inside[1:-1, :-2] & inside[1:-1, 2:]
        core[[0, -1], :] = core[:, [0, -1]] = False
        inside = core
        depths += inside
    return depths[1:-1, 1:-1]


def stroke_within(mask):
    """The points of the stroke that a person draws over what is set: straight through its deepest pixel, on the side of the edge where
    it is safe, in the direction in which that is furthest."""
    depths = _depths(mask)
    y, x = (int(at) for at in np.unravel_index(depths.argmax(), depths.shape))
    safe = depths >= min(MARGIN_PX + 1, depths[y, x])

    def pixel(angle, steps):
        return round(x + steps * math.cos(angle)), round(y + steps * math.sin(angle))

    def reach(angle):
        for steps in range(1, sum(mask.shape)):
            column, row = pixel(angle, steps)
            if not (0 <= row < mask.shape[0] and 0 <= column < mask.shape[1] and safe[row, column]):
                return steps - 1
        raise AssertionError("nothing is longer than the picture")

    angle = max((step * math.pi / 16 for step in range(16)), key=lambda one: reach(one) + reach(one + math.pi))
    begin, end = -reach(angle + math.pi), reach(angle)
    return [pixel(angle, begin + (end - begin) * step / 4) for step in range(5)]


def gestures_around(mask):
    """What a person does who outlines this: the corners of a box with a margin, a stroke over it, and one over what else is in the box."""
    height, width = mask.shape
    left, top, right, bottom = box_around(mask)
    left, top, right, bottom = max(0, left - 4), max(0, top - 3), min(width - 1, right + 3), min(height - 1, bottom + 5)
    ground = np.zeros_like(mask)
    ground[top:bottom + 1, left:right + 1] = ~mask[top:bottom + 1, left:right + 1]
    return [(left, top), (right, bottom)], stroke_within(mask), stroke_within(ground)


def way(begin, end, moves):
    """Where the mouse is on a straight way: at its begin, and after each of so many moves."""
    return [tuple(a + (b - a) * step // moves for a, b in zip(begin, end)) for step in range(moves + 1)]


def outline_in(svg):
    """The corners of the outline that is drawn; none if there is only a box."""
    x, y, corners = 0, 0, []
    steps = [int(word) for word in re.findall(r"-?\d+", "".join(re.findall(r' d="m([-\d ]+)z"', svg)[-1:]))]
    for right, down in zip(steps[::2], steps[1::2]):
        x, y = x + right, y + down
        corners.append((x, y))
    return corners


class Window:
    """A person's window over an image of the project at `path`, for one category. Each answer is the SVG."""

    def __init__(self, connection, path, name, image, category):
        self._connection, self._path, self._name = connection, path, name
        organization, project = path.removeprefix("/api/").split("/projects/")
        self._input = {"image_uuid": image, "category": category, "context": {"organization": organization, "project": project}}
        self._at = (0, 0)

    def body(self, event_type, at=None, **more):
        """Of the request that tells it."""
        self._at = at or self._at
        data = self._input | {"coordinate": dict(zip("xy", self._at)), "event_type": event_type} | more
        return json.dumps({"frontend_id": self._name, "data": data})

    def do(self, event_type, at=None, **more):
        answer = self._connection.ask("POST", f"{self._path}/user_input", self.body(event_type, at, **more),
                                      {"Content-Type": "application/json"})
        assert answer.status == 200, answer.body
        return answer.json()["svg"]

    def drag(self, points, shift=False):
        """With the left button, from the first point over each of the others."""
        self.do("left_mouse_down", points[0], is_shift_key_pressed=shift)
        for point in points[1:]:
            self.do("mouse_move", point, is_shift_key_pressed=shift)
        return self.do("left_mouse_up", points[-1], is_shift_key_pressed=shift)

    def press(self, key):
        self.do("key_down", key_down=key)
        return self.do("key_up", key_up=key)
