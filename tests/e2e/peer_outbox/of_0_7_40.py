"""of_0_7_40.py DATA_FOLDER ITEMS.json: gives images to the outbox of the library's version 0.7.40, and lets it upload once. Prints the
names under which they waited, in the order of the items, and those of the ones that still do. Runs in that version's environment.

An item is {"image": FILE, "detections": {...}, "tags": [...]}; the last two may be absent."""
import json
import sys
import time
from pathlib import Path

from learning_loop_node import GLOBALS
from learning_loop_node.detector import (
    BoxDetection,
    Detections,
    Outbox,
    Point,
    PointDetection,
    SegmentationDetection,
    Shape,
)


def detections_of(item):
    """As a detector's logic makes them; a shape that is a text is what the detector node turns one into."""
    def segmentation(shape, **facts):
        return SegmentationDetection(shape=shape if isinstance(shape, str) else Shape([Point(*point) for point in shape]), **facts)
    given = item["detections"]
    return Detections(box_detections=[BoxDetection(**facts) for facts in given.get("box", [])],
                      point_detections=[PointDetection(**facts) for facts in given.get("point", [])],
                      segmentation_detections=[segmentation(**facts) for facts in given.get("segmentation", [])])


def save(outbox, item):
    """The name under which it waits."""
    time.sleep(0.002)  # names are milliseconds
    before = set(outbox.get_data_files())
    arguments = {"detections": detections_of(item)} if "detections" in item else {}
    arguments |= {"tags": item["tags"]} if "tags" in item else {}
    outbox.save(Path(item["image"]).read_bytes(), **arguments)
    [name] = set(outbox.get_data_files()) - before
    return Path(name).name


GLOBALS.data_folder, items = sys.argv[1:]
outbox = Outbox()
waited = [save(outbox, item) for item in json.loads(Path(items).read_text())]
outbox.upload()
print(json.dumps({"waited": waited, "wait": [Path(file).name for file in outbox.get_data_files()]}))
