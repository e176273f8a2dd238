#!/usr/bin/python3
"""What examples/pytorch_trainer/train.py promises; needs Debian's python3-torch and python3-onnx."""

import contextlib
import io
import json
import sys
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import numpy as np
import onnx
import torch
from PIL import Image

SCRIPT = Path(__file__).resolve().parents[3] / "examples" / "pytorch_trainer" / "train.py"
sys.path.insert(0, str(SCRIPT.parent))
sys.dont_write_bytecode = True

import train  # noqa: E402

CATEGORIES = [{"id": "b", "name": "beet"}, {"id": "a", "name": "radish"}, {"id": "c", "name": "leek"}]


def annotated(name, subset="train", category="a"):
    boxes = [{"category_id": category, "x": 20, "y": 10, "width": 40, "height": 30}]
    return {"id": name, "set": subset, "width": 120, "height": 90, "box_annotations": boxes}


class Trainer(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        for name in ("one", "two"):
            Image.new("RGB", (120, 90), (90, 70, 50)).save(self.folder / f"{name}.jpg")

    def run_script(self, images, *options):
        (self.folder / "boxes.json").write_text(json.dumps({"categories": CATEGORIES, "images": images}))
        arguments = ["train.py", "--images", str(self.folder), "--boxes", str(self.folder / "boxes.json"),
                     "--out", str(self.folder / "out"),
                     "--steps", "3", "--batch-size", "2", "--input-size", "96x64", "--threads", "1", *options]
        out, err = io.StringIO(), io.StringIO()   # in this process: importing torch takes longer than all of the tests
        with mock.patch.object(sys, "argv", arguments), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = train.main()
        return SimpleNamespace(returncode=code, stdout=out.getvalue(), stderr=err.getvalue())

    def assert_refused(self, images, *words):
        done = self.run_script(images)
        self.assertEqual(done.returncode, 2, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertFalse((self.folder / "out" / "model.onnx").exists())

    def test_exports_what_the_contract_says(self):
        done = self.run_script([annotated("one"), annotated("two", category="b")])
        self.assertEqual(done.returncode, 0, done.stderr)
        model = onnx.load(str(self.folder / "out" / "model.onnx"))
        onnx.checker.check_model(model)
        shape = lambda value: (value.name, [d.dim_value for d in value.type.tensor_type.shape.dim])
        cells = 12 * 8 + 6 * 4
        self.assertEqual([shape(v) for v in model.graph.input], [("image", [1, 3, 64, 96])])
        self.assertEqual([shape(v) for v in model.graph.output], [("boxes", [1, cells, 4]), ("scores", [1, cells, 3])])
        about = json.loads((self.folder / "out" / "model.json").read_text())
        self.assertEqual((about["categories"], about["resolution"]), (CATEGORIES, 96))

    def test_reports_its_progress_as_json(self):
        done = self.run_script([annotated("one")], "--progress-json", "--report-every", "2")
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([(line["step"], line["steps"]) for line in lines], [(2, 3), (3, 3)])

    def test_the_same_seed_trains_the_same_way(self):
        losses = [self.run_script([annotated("one")], "--progress-json", "--seed", "5").stdout for _ in range(2)]
        self.assertEqual(*(json.loads(text.splitlines()[-1])["loss"] for text in losses))

    def test_names_an_image_that_is_missing(self):
        self.assert_refused([annotated("one"), annotated("three")], "three.jpg", "missing")

    def test_names_an_unknown_category(self):
        self.assert_refused([annotated("one", category="z")], "image one", "category_id", "'z'")

    def test_wants_training_images(self):
        self.assert_refused([annotated("one", subset="test")], "images", '"train"')

    def test_names_an_image_that_cannot_be_read(self):
        (self.folder / "two.jpg").write_bytes((self.folder / "one.jpg").read_bytes()[:500])
        self.assert_refused([annotated("one"), annotated("two")], "two.jpg", "cannot be read")

    def test_names_an_image_of_another_size(self):
        Image.new("RGB", (90, 120)).save(self.folder / "two.jpg")
        self.assert_refused([annotated("one"), annotated("two")], "two.jpg", "90x120")


class Sampling(unittest.TestCase):
    def test_turns_an_image_as_its_metadata_tell(self):
        xmp = b'http://ns.adobe.com/xap/1.0/\0<x tiff:Orientation="6"/>'
        exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x03\0\0\0\0\0\0"
        for segments, size in (([xmp], (90, 120)), ([exif], (120, 90)), ([xmp, exif], (120, 90)), ([], (120, 90))):
            out = io.BytesIO()
            Image.new("RGB", (120, 90), "red").save(out, "JPEG")
            added = b"".join(b"\xff\xe1" + (len(segment) + 2).to_bytes(2, "big") + segment for segment in segments)
            image = train.upright(Image.open(io.BytesIO(out.getvalue()[:2] + added + out.getvalue()[2:])))
            self.assertEqual(image.size, size, segments)

    def test_images_of_a_rare_category_come_more_often(self):
        sample = lambda *classes: train.Sample(
            np.zeros((32, 32, 3), np.uint8), np.zeros((len(classes), 4), np.float32), np.array(classes, np.int64))
        self.assertEqual(train.repeats([sample(0, 0, 0, 1), sample(0), sample()], 2).tolist(), [2, 1, 1])


class Augmentation(unittest.TestCase):
    def test_boxes_move_with_the_pixels(self):
        pixels = np.zeros((64, 96, 3), np.uint8)
        pixels[20:40, 30:60] = 255
        sample = train.Sample(pixels, np.array([[30, 20, 60, 40]], np.float32), np.array([0]))
        batches = train.Batches([sample], 1, 1, np.random.default_rng(1))
        image = torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 255
        for _ in range(20):
            move = batches.random_move(96, 64)
            moved = batches.move_images(image, [move])[0, 0] > 0.5
            boxes, _ = batches.move_boxes(sample, move, 96, 64)
            y, x = moved.nonzero(as_tuple=True)
            seen = [x.min(), y.min(), x.max() + 1, y.max() + 1]
            for value, expected in zip(seen, boxes[0]):
                self.assertLess(abs(float(value) - float(expected)), 1.1)


if __name__ == "__main__":
    unittest.main()
