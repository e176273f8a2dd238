#!/usr/bin/python3
"""What tools/demo/mean_average_precision.py promises, on cases small enough to be computed by hand."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[3] / "tools" / "demo" / "mean_average_precision.py"
sys.path.insert(0, str(SCRIPT.parent))
sys.dont_write_bytecode = True

from mean_average_precision import WrongInput, average_precision, mean_average_precision, of_set, overlap  # noqa: E402

CATEGORIES = [{"id": "1", "name": "beet"}, {"id": "2", "name": "radish"}]


def box(x, category_id="1"):
    return {"category_id": category_id, "x": x, "y": 0, "width": 10, "height": 10}


def found(x, confidence, category_name="beet"):
    return {"category_name": category_name, "x": x, "y": 0, "width": 10, "height": 10, "confidence": confidence}


def truth(**images):
    return {"categories": CATEGORIES, "images": [{"id": name, "set": "test", "box_annotations": boxes} for name, boxes in images.items()]}


def detections(**images):
    return {name: {"box_detections": boxes} for name, boxes in images.items()}


class MeanAveragePrecision(unittest.TestCase):
    def mean(self, annotated, detected, iou=0.5):
        return mean_average_precision(annotated, detected, iou)["mean"]

    def test_is_one_when_everything_is_found(self):
        self.assertAlmostEqual(self.mean(truth(a=[box(0), box(50, "2")]), detections(a=[found(0, 0.9), found(50, 0.8, "radish")])), 1.0)

    def test_is_zero_when_nothing_is_found(self):
        self.assertEqual(self.mean(truth(a=[box(0)]), detections(a=[])), 0.0)

    def test_a_miss_costs_its_share_of_the_recall(self):
        self.assertAlmostEqual(self.mean(truth(a=[box(0), box(50)]), detections(a=[found(0, 0.9)])), 0.5)

    def test_a_second_detection_of_the_same_box_is_a_false_alarm(self):
        # right, wrong, right: precision 1 up to recall 1/2, then 2/3
        result = self.mean(truth(a=[box(0), box(50)]), detections(a=[found(0, 0.9), found(1, 0.8), found(50, 0.7)]))
        self.assertAlmostEqual(result, 0.5 * 1 + 0.5 * 2 / 3)

    def test_the_wrong_category_finds_nothing(self):
        result = mean_average_precision(truth(a=[box(0), box(50, "2")]), detections(a=[found(0, 0.9, "radish"), found(50, 0.8, "radish")]))
        self.assertEqual(result["categories"]["beet"], 0.0)
        self.assertAlmostEqual(result["categories"]["radish"], 0.5)
        self.assertAlmostEqual(result["mean"], 0.25)

    def test_the_order_of_confidence_matters(self):
        annotated = truth(a=[box(0)])
        self.assertAlmostEqual(self.mean(annotated, detections(a=[found(0, 0.9), found(50, 0.1)])), 1.0)
        self.assertAlmostEqual(self.mean(annotated, detections(a=[found(0, 0.1), found(50, 0.9)])), 0.5)

    def test_confidence_is_compared_over_all_images(self):
        annotated = truth(a=[box(0)], b=[box(0)])
        # The false alarm in b comes between the two right ones: 1, then 2/3.
        result = self.mean(annotated, detections(a=[found(0, 0.5)], b=[found(50, 0.7), found(0, 0.9)]))
        self.assertAlmostEqual(result, 0.5 * 1 + 0.5 * 2 / 3)

    def test_a_box_of_another_image_is_not_found(self):
        self.assertAlmostEqual(self.mean(truth(a=[box(0)], b=[]), detections(a=[], b=[found(0, 0.9)])), 0.0)

    def test_a_category_without_boxes_is_left_out(self):
        result = mean_average_precision(truth(a=[box(0)]), detections(a=[found(0, 0.9), found(50, 0.95, "radish")]))
        self.assertEqual(result["categories"], {"beet": 1.0})
        self.assertEqual(result["mean"], 1.0)

    def test_the_limit_of_the_overlap_counts(self):
        annotated, detected = truth(a=[box(0)]), detections(a=[found(5, 0.9)])   # IoU 50 / 150
        self.assertEqual(self.mean(annotated, detected, iou=0.34), 0.0)
        self.assertEqual(self.mean(annotated, detected, iou=0.33), 1.0)

    def test_two_neighbours_are_both_found_whatever_they_overlap(self):
        self.assertAlmostEqual(self.mean(truth(a=[box(0), box(3)]), detections(a=[found(1, 0.9), found(2, 0.8)])), 1.0)

    def test_precision_is_the_best_at_that_recall_or_beyond(self):
        # wrong, right, right of 2 boxes: 1/2 and 2/3, so 2/3 all along
        self.assertAlmostEqual(average_precision([False, True, True], 2), 2 / 3)

    def test_an_image_without_an_entry_is_an_error_and_no_miss(self):
        with self.assertRaisesRegex(WrongInput, "image b"):
            mean_average_precision(truth(a=[box(0)], b=[]), detections(a=[]))

    def test_overlap_of_boxes_apart_is_zero(self):
        self.assertEqual(overlap(box(0), box(10)), 0.0)
        self.assertAlmostEqual(overlap(box(0), box(5)), 50 / 150)

    def test_only_the_wanted_set_counts(self):
        annotated = truth(a=[box(0)], b=[box(0)])
        annotated["images"][0]["set"] = "train"
        self.assertEqual([image["id"] for image in of_set(annotated, "test")["images"]], ["b"])


class CommandLine(unittest.TestCase):
    def run_script(self, annotated, detected, *options):
        with tempfile.TemporaryDirectory() as folder:
            boxes, results = Path(folder, "boxes.json"), Path(folder, "detections.json")
            boxes.write_text(json.dumps(annotated))
            results.write_text(json.dumps(detected))
            command = [sys.executable, str(SCRIPT), "--boxes", str(boxes), "--detections", str(results), *options]
            return subprocess.run(command, capture_output=True, text=True, check=False)

    def test_prints_json(self):
        done = self.run_script(truth(a=[box(0)]), detections(a=[found(0, 0.9)]), "--json")
        self.assertEqual(done.returncode, 0)
        self.assertEqual(json.loads(done.stdout), {"mean": 1.0, "categories": {"beet": 1.0}, "images": 1, "boxes": 1})

    def test_prints_a_table(self):
        done = self.run_script(truth(a=[box(0)]), detections(a=[found(0, 0.9)]))
        self.assertIn("mAP@0.5 1.000  (1 boxes in 1 images)", done.stdout)

    def test_names_what_is_missing(self):
        done = self.run_script(truth(a=[box(0)]), detections(), "--json")
        self.assertEqual(done.returncode, 2)
        self.assertIn("image a", done.stderr)


if __name__ == "__main__":
    unittest.main()
