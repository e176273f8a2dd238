#!/usr/bin/python3
"""What examples/pytorch_trainer promises; needs Debian's python3-torch and python3-onnx."""

import contextlib
import io
import json
import pickle
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import numpy as np
import onnx
import torch
from PIL import Image

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = ROOT / "examples" / "pytorch_trainer" / "train.py"
sys.path[:0] = [str(SCRIPT.parent), str(ROOT / "tools" / "demo")]
sys.dont_write_bytecode = True

import measuring  # noqa: E402
import model_files  # noqa: E402
import network  # noqa: E402
import pictures  # noqa: E402
import train  # noqa: E402
import training  # noqa: E402
from mean_average_precision import mean_average_precision  # noqa: E402

CATEGORIES = [{"id": "b", "name": "beet"}, {"id": "a", "name": "radish"}, {"id": "c", "name": "leek"}]
SIZE = (96, 64)
CELLS = 12 * 8 + 6 * 4


def annotated(name, subset="train", category="a"):
    boxes = [{"category_id": category, "x": 20, "y": 10, "width": 40, "height": 30}]
    return {"id": name, "set": subset, "width": 120, "height": 80, "box_annotations": boxes}


class InFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.out = self.folder / "out"
        for name in ("one", "two", "three"):
            Image.new("RGB", (120, 80), (90, 70, 50)).save(self.folder / f"{name}.jpg")

    def words(self, command, images, *options):
        (self.folder / "dataset.json").write_text(json.dumps({"categories": CATEGORIES, "images": images}))
        return [command, "--images", str(self.folder), "--dataset", str(self.folder / "dataset.json"), "--folder", str(self.out),
                "--progress", str(self.folder / "progress"), "--max-batch-size", "2", "--resolution", "96", "--threads", "1", *options]

    def run_here(self, words):
        """In this process: importing torch takes longer than most of the tests."""
        out, err = io.StringIO(), io.StringIO()
        kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
        with mock.patch.object(sys, "argv", ["train.py", *words]), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = train.main()
            except SystemExit as end:
                code = end.code
        for number, handler in kept.items():
            signal.signal(number, handler)
        return SimpleNamespace(returncode=code, stdout=out.getvalue(), stderr=err.getvalue())

    def train(self, images, *options, command="train"):
        done = self.run_here(self.words(command, images, "--steps", "3", "--report-every", "0", *options))
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def start(self, words):
        return subprocess.Popen([sys.executable, "-B", str(SCRIPT), *words], stdout=subprocess.PIPE, text=True)

    def lines(self, key):
        """What progress lines tell under that key."""
        lines = map(json.loads, (self.folder / "progress").read_text().splitlines())
        return [line[key] for line in lines if key in line]

    def newest(self):
        return self.out / Path(self.lines("best")[-1]["files"]["onnx"][0]).parent

    def assert_refused(self, done, *words):
        self.assertEqual(done.returncode, 2, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)


class Trainer(InFolder):
    def test_exports_what_the_contract_says(self):
        self.train([annotated("one"), annotated("two", "test", "b")])
        model = onnx.load(str(self.newest() / "model.onnx"))
        onnx.checker.check_model(model)
        shape = lambda value: (value.name, [d.dim_value for d in value.type.tensor_type.shape.dim])
        self.assertEqual([shape(v) for v in model.graph.input], [("image", [1, 3, 64, 96])])
        self.assertEqual([shape(v) for v in model.graph.output], [("boxes", [1, CELLS, 4]), ("scores", [1, CELLS, 3])])
        self.assertEqual([entry.version for entry in model.opset_import], [12])
        about = json.loads((self.newest() / "model.json").read_text())
        self.assertEqual((about["categories"], about["resolution"]), (CATEGORIES, 96))

    def test_tells_its_progress_and_its_best_state(self):
        self.train([annotated("one"), annotated("two", "test", "b")])
        self.assertEqual(self.lines("progress"), [1 / 3, 2 / 3, 1])
        best = self.lines("best")[-1]
        self.assertEqual(set(best["confusion_matrix"]), {"a", "b", "c"})
        self.assertEqual(best["hyperparameters"], {"batch_size": 2})
        self.assertEqual(best["model"]["resolution"], 96)
        self.assertTrue(0 < best["model"]["conf_threshold"] < 1)
        self.assertEqual(set(best["files"]), {"pytorch_box", "onnx"})
        for [file] in best["files"].values():
            self.assertGreater((self.out / file).stat().st_size, 100_000)

    def test_chooses_the_best_state_on_the_val_images_if_there_are_any(self):
        for sets, category in ((("train", "test", "test"), "b"), (("train", "val", "test"), "c")):
            self.train([annotated("one", sets[0]), annotated("two", sets[1], category), annotated("three", sets[2], "b")],
                       "--folder", str(self.folder / category))
            counts = self.lines("best")[-1]["confusion_matrix"]
            there = {name: of["tp"] + of["fn"] for name, of in counts.items()}
            self.assertEqual(there, {"a": 0, "b": 2, "c": 0} if category == "b" else {"a": 0, "b": 0, "c": 1})

    def test_learns_from_images_of_the_set_train_alone(self):
        self.words("train", [annotated("one"), annotated("two", "test"), annotated("three", "val")])
        dataset = pictures.read_dataset(self.folder / "dataset.json", self.folder, 96, 1)
        self.assertEqual((len(dataset.train), len(dataset.select)), (1, 1))

    def test_without_images_to_choose_with_the_last_state_is_the_best(self):
        self.train([annotated("one")], "--measure-every", "0")
        [best] = self.lines("best")
        self.assertNotIn("conf_threshold", best["model"])

    def test_the_same_seed_trains_the_same_way(self):
        for name in ("first", "second"):
            self.train([annotated("one")], "--seed", "5", "--folder", str(self.folder / name))
        self.assertEqual(*((self.folder / name / "best_1/model.npz").read_bytes() for name in ("first", "second")))

    def test_trains_for_so_many_epochs(self):
        done = self.run_here(self.words("train", [annotated("one"), annotated("two")], "--epochs", "3", "--report-every", "0"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.lines("epoch")[:3], [1, 2, 3])

    def test_leaves_out_images_that_are_missing_cut_or_of_another_size_and_says_how_many(self):
        (self.folder / "two.jpg").write_bytes((self.folder / "one.jpg").read_bytes()[:500])
        Image.new("RGB", (80, 120)).save(self.folder / "three.jpg")
        done = self.train([annotated(name) for name in ("one", "two", "three", "four")])
        for words in ("1 images to learn from", "3 images are left out", "two.jpg cannot be read", "three.jpg is 80x120", "four.jpg"):
            self.assertIn(words, done.stdout)

    def test_names_what_it_cannot_train_on(self):
        for images, words in (([annotated("one", category="z")], ("image one", "category_id", "'z'")),
                              ([annotated("one", "test")], ("images", '"train"')),
                              ([annotated("one") | {"box_annotations": []}], ("none of the set", "has a box")),
                              ([annotated("four")], ("no picture with a box is left", "four.jpg"))):
            self.assert_refused(self.run_here(self.words("train", images)), *words)
        self.assertFalse(self.out.exists())

    def test_names_an_option_that_makes_no_sense(self):
        for option, value in (("--resolution", "5000"), ("--flip-rl", "perhaps"), ("--steps", "-1"), ("--epochs", "nan"), ("--seed", "x")):
            self.assert_refused(self.run_here(self.words("train", [annotated("one")], option, value)), option)


class Interrupted(InFolder):
    IMAGES = [annotated("one"), annotated("two"), annotated("three", "test")]

    def test_a_resumed_training_ends_like_one_that_was_never_interrupted(self):
        self.train(self.IMAGES, "--steps", "8", "--folder", str(self.folder / "whole"))
        whole = self.folder / "whole/checkpoint.npz"
        step = training.Training.train_step

        def cut(of):
            if of.step == 5:
                raise InterruptedError
            step(of)

        words = self.words("train", self.IMAGES, "--steps", "8", "--checkpoint-every", "0")
        with mock.patch.object(training.Training, "train_step", cut):
            self.assertEqual(self.run_here(words).returncode, 1)
        done = self.train(self.IMAGES, "--steps", "8", command="resume")
        self.assertIn("goes on after step 5", done.stdout)
        self.assertEqual((self.out / "checkpoint.npz").read_bytes(), whole.read_bytes())

    def test_killed_at_any_moment_it_goes_on(self):
        steps, kills = 150, 0
        words = self.words("resume", self.IMAGES, "--steps", str(steps), "--checkpoint-every", "0.05", "--measure-every", "0",
                           "--report-every", "0")
        for at in (1, 30, 31, 80):   # steps, more or less
            process = self.start(words)
            while process.poll() is None and not self.has_come_to(at / steps):
                time.sleep(0.001)
            process.kill()
            process.communicate()
            kills += process.returncode == -signal.SIGKILL
            self.assert_told_files_are_whole()
        self.assertGreater(kills, 2)
        done = self.run_here(words)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("begins", done.stdout)
        self.assertEqual(self.lines("progress")[-1], 1)
        self.assert_told_files_are_whole()
        self.assertLessEqual(len(list(self.out.glob("best_*"))), 3)   # two, and perhaps a part that a kill has left

    def has_come_to(self, share):
        try:
            whole = (self.folder / "progress").read_text().rpartition("\n")[0]
        except FileNotFoundError:
            return False
        return any(json.loads(line).get("progress", 0) >= share for line in whole.splitlines())

    def assert_told_files_are_whole(self):
        """Of the newest two best states, as the node may be about to take the one before."""
        whole = (self.folder / "progress").read_text().rpartition("\n")[0] if (self.folder / "progress").exists() else ""
        bests = [line["best"] for line in map(json.loads, whole.splitlines()) if "best" in line]
        for best in bests[-2:]:
            model_files.read_arrays(self.out / best["files"]["pytorch_box"][0])
            onnx.checker.check_model(onnx.load(str(self.out / best["files"]["onnx"][0])))

    def test_killed_while_it_writes_a_checkpoint_it_goes_on_from_the_one_before(self):
        def cut(file, **arrays):
            if "optimizer.0.exp_avg" in arrays and json.loads(arrays["about.json"].tobytes())["step"] == 2:
                file.write(b"half a checkpoint")
                raise InterruptedError
            savez(file, **arrays)

        savez = np.savez
        with mock.patch.object(model_files.np, "savez", cut):
            self.assertEqual(self.run_here(self.words("train", self.IMAGES, "--steps", "3", "--checkpoint-every", "0")).returncode, 1)
        self.assertIn("goes on after step 1", self.train(self.IMAGES, command="resume").stdout)

    def test_names_a_best_state_when_its_files_are_whole(self):
        def cut(*_):
            raise InterruptedError

        with mock.patch.object(Path, "rename", cut):
            self.assertEqual(self.run_here(self.words("train", self.IMAGES, "--steps", "3")).returncode, 1)
        self.assertEqual(self.lines("best"), [])
        self.train(self.IMAGES, command="resume")
        self.assertTrue((self.newest() / "model.onnx").exists())

    def test_tells_a_best_state_that_it_was_killed_before_it_could_tell(self):
        self.train(self.IMAGES)
        told = (self.folder / "progress").read_text()
        [line] = [line for line in told.splitlines(keepends=True) if "best" in line]
        (self.folder / "progress").write_text(told.replace(line, "") + line[:30])
        self.train(self.IMAGES, command="resume")
        self.train(self.IMAGES, command="resume")
        self.assertEqual((self.folder / "progress").read_text().count(line), 1)

    def test_a_worse_state_is_no_best_one_also_after_a_kill(self):
        self.train(self.IMAGES)
        state = json.loads((self.out / "best_1/state.json").read_text())
        (self.out / "best_1/state.json").write_text(json.dumps(state | {"score": 0.9}))
        self.train(self.IMAGES, command="resume")
        self.assertEqual(len(self.lines("best")), 1)

    def test_asked_to_end_it_does_with_its_best_state_written(self):
        process = self.start(self.words("train", self.IMAGES, "--steps", "100000", "--report-every", "0"))
        process.stdout.readline()
        self.assertIn("step 1/", process.stdout.readline())
        process.terminate()
        process.communicate()
        self.assertEqual(process.returncode, 128 + signal.SIGTERM)
        self.assertTrue((self.newest() / "model.onnx").exists())

    def test_does_not_go_on_with_another_training(self):
        self.train(self.IMAGES)
        done = self.run_here(self.words("resume", self.IMAGES, "--steps", "4"))
        self.assert_refused(done, "checkpoint.npz", "other options", "remove it")

    def test_names_a_checkpoint_that_is_damaged(self):
        self.train(self.IMAGES)
        (self.out / "checkpoint.npz").write_bytes((self.out / "checkpoint.npz").read_bytes()[:5000])
        self.assert_refused(self.run_here(self.words("resume", self.IMAGES, "--steps", "3")), "checkpoint.npz", "remove it")


class BaseModel(InFolder):
    def test_is_continued_category_by_category(self):
        old = network.Detector(2, *SIZE)
        self.write(old, [CATEGORIES[2], CATEGORIES[0]])
        new = network.Detector(3, *SIZE)
        before = new.heads[0].scores[1].weight.detach().clone()
        model_files.begin_with(new, self.folder / "base", CATEGORIES)
        for name, value in old.state_dict().items():
            if name not in new.names_of_class_weights():
                self.assertTrue(torch.equal(value, new.state_dict()[name]), name)
        rows, of_old = new.heads[0].scores[1].weight, old.heads[0].scores[1].weight
        self.assertTrue(torch.equal(rows[0], of_old[1]) and torch.equal(rows[2], of_old[0]) and torch.equal(rows[1], before[1]))

    def write(self, detector, categories):
        model_files.write_model(self.folder / "base", detector, categories, SIZE, {})

    def begin(self):
        return self.run_here(self.words("train", [annotated("one")], "--base-model", str(self.folder / "base")))

    def test_trains_on_and_resumes_without_it(self):
        self.write(network.Detector(3, *SIZE), CATEGORIES)
        images = [annotated("one")]
        self.train(images, "--base-model", str(self.folder / "base"))
        self.train(images, command="resume")

    def test_one_of_another_trainer_is_refused(self):
        (self.folder / "base").mkdir()
        self.assert_refused(self.begin(), "--base-model", "model.npz is missing")
        for content in (b"", b"PK\x03\x04 no more", pickle.dumps({"weights": 1})):
            (self.folder / "base/model.npz").write_bytes(content)
            self.assert_refused(self.begin(), "--base-model", "is no model of this trainer")

    def test_no_code_that_somebody_wrote_into_one_is_run(self):
        class Evil:
            def __reduce__(self):
                return (Path.touch, (trace,))

        trace = self.folder / "trace"
        (self.folder / "base").mkdir()
        np.savez(self.folder / "base/model.npz", **{"about.json": np.array([Evil()], object), "x": np.array([Evil()], object)})
        self.assert_refused(self.begin(), "--base-model")
        self.assertFalse(trace.exists())

    def test_one_that_would_fill_the_memory_is_refused(self):
        (self.folder / "base").mkdir()
        np.savez_compressed(self.folder / "base/model.npz", x=np.zeros(model_files.MOST_BYTES + 1, np.uint8))
        self.assert_refused(self.begin(), "more than 64 MB")

    def test_one_with_other_weights_is_refused(self):
        (self.folder / "base").mkdir()
        weights = network.Detector(3, *SIZE).state_dict()
        weights["stem.0.0.weight"] = weights["stem.0.0.weight"][:8]
        model_files.write_arrays(self.folder / "base/model.npz", weights, {"categories": CATEGORIES, "input_size": SIZE})
        self.assert_refused(self.begin(), "other weights")


class Detecting(InFolder):
    def setUp(self):
        super().setUp()
        self.model = self.folder / "model"
        model_files.write_model(self.model, network.Detector(3, *SIZE), CATEGORIES, SIZE, {"version": "1.4"})
        self.told = self.folder / "detections"

    def detect(self, *names):
        (self.folder / "list").write_text("".join(f"{self.folder / name}.jpg\n" for name in names))
        files = ["--model", str(self.model), "--list", str(self.folder / "list"), "--detections", str(self.told)]
        done = self.run_here(["detect", *files, "--threads", "1"])
        if done.returncode == 0:
            return [json.loads(line) for line in self.told.read_text().splitlines()], done
        return None, done

    def test_tells_boxes_in_pixels_of_the_upright_image(self):
        exif = Image.Exif()
        exif[pictures.ORIENTATION] = 6
        Image.new("RGB", (60, 120)).save(self.folder / "two.jpg", exif=exif)   # upright: 120 x 60, so with grey above and below
        box = np.array([12, 14, 108, 60], np.float32)
        with mock.patch.object(train, "find", lambda detector, images, *_: [[(0.75, 1, box)]] * len(images)):
            (one, two), _ = self.detect("one", "two")
        found = {"category_name": "radish", "category_id": "a", "model_name": "1.4", "confidence": 0.75}
        self.assertEqual((one["image_id"], one["box_detections"]), ("one", [found | {"x": 15, "y": 18, "width": 105, "height": 57}]))
        self.assertEqual((two["image_id"], two["box_detections"]), ("two", [found | {"x": 15, "y": 8, "width": 105, "height": 52}]))
        self.assertEqual([one[kind] for kind in ("point_detections", "segmentation_detections", "classification_detections")], [[], [], []])

    def test_tells_an_image_without_detections_too(self):
        lines, _ = self.detect("one", "two")
        self.assertEqual([(line["image_id"], line["box_detections"]) for line in lines], [("one", []), ("two", [])])

    def test_adds_to_what_an_earlier_call_has_told_and_removes_half_a_line(self):
        self.told.write_text('{"image_id": "zero"}\n{"image_id": "on')
        lines, _ = self.detect("one")
        self.assertEqual([line["image_id"] for line in lines], ["zero", "one"])

    def test_leaves_out_images_that_cannot_be_read_and_says_so(self):
        (self.folder / "two.jpg").write_bytes(b"no image")
        lines, done = self.detect("one", "two", "three", "four")
        self.assertEqual([line["image_id"] for line in lines], ["one", "three"])
        for name in ("two.jpg", "four.jpg"):
            self.assertIn(f"{name} cannot be read", done.stdout)

    def test_refuses_a_model_whose_categories_are_not_those_it_was_trained_on(self):
        (self.model / "model.json").write_text(json.dumps({"categories": CATEGORIES[::-1]}))
        self.assert_refused(self.detect("one")[1], "--model", "categories")


class Reading(unittest.TestCase):
    def test_turns_an_image_as_its_metadata_tell(self):
        xmp = b'http://ns.adobe.com/xap/1.0/\0<x tiff:Orientation="6"/>'
        exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x03\0\0\0\0\0\0"
        for segments, size in (([xmp], (90, 120)), ([exif], (120, 90)), ([xmp, exif], (120, 90)), ([], (120, 90))):
            out = io.BytesIO()
            Image.new("RGB", (120, 90), "red").save(out, "JPEG")
            added = b"".join(b"\xff\xe1" + (len(segment) + 2).to_bytes(2, "big") + segment for segment in segments)
            image = pictures.upright(Image.open(io.BytesIO(out.getvalue()[:2] + added + out.getvalue()[2:])))
            self.assertEqual(image.size, size, segments)

    def test_the_input_has_the_shape_of_most_images(self):
        wide, high = {"width": 640, "height": 480}, {"width": 480, "height": 640}
        for records, size in (([wide], (320, 240)), ([high], (240, 320)), ([wide, wide, high], (320, 240)),
                              ([{"width": 4000, "height": 10}], (320, 32))):
            self.assertEqual(pictures.input_size(records, 320), size)

    def test_images_of_a_rare_category_come_more_often(self):
        sample = lambda *classes: pictures.Sample(
            np.zeros((32, 32, 3), np.uint8), np.zeros((len(classes), 4), np.float32), np.array(classes, np.int64))
        self.assertEqual(pictures.repeats([sample(0, 0, 0, 1), sample(0), sample()], 2).tolist(), [2, 1, 1])


class Augmentation(unittest.TestCase):
    def setUp(self):
        self.pixels = np.zeros((64, 96, 3), np.uint8)
        self.pixels[20:40, 30:60] = 255
        self.sample = pictures.Sample(self.pixels, np.array([[30, 20, 60, 40]], np.float32), np.array([0]))

    def test_boxes_move_with_the_pixels(self):
        batches = pictures.Batches([self.sample], 1, 1, seed=1)
        image = torch.from_numpy(self.pixels).permute(2, 0, 1)[None].float() / 255
        for _ in range(20):
            move = batches.random_move(96, 64)
            moved = batches.move_images(image, [move])[0, 0] > 0.5
            boxes, _ = batches.move_boxes(self.sample, move, 96, 64)
            y, x = moved.nonzero(as_tuple=True)
            seen = [x.min(), y.min(), x.max() + 1, y.max() + 1]
            for value, expected in zip(seen, boxes[0]):
                self.assertLess(abs(float(value) - float(expected)), 1.1)

    def test_mirrors_only_in_the_directions_that_are_wanted(self):
        for rl in (False, True):
            for ud in (False, True):
                batches = pictures.Batches([self.sample], 1, 1, seed=1, flip_rl=rl, flip_ud=ud)
                moves = [batches.random_move(96, 64) for _ in range(40)]
                self.assertEqual((any(x < 0 for x, *_ in moves), any(y < 0 for _, y, *_ in moves)), (rl, ud))


class Measuring(unittest.TestCase):
    """Against tools/demo/mean_average_precision.py, which knows nothing of this program."""

    def setUp(self):
        random = np.random.default_rng(7)
        boxes = lambda count: np.sort(random.uniform(0, 60, (count, 2, 2)).astype(np.float32), axis=1).reshape(-1, 4) + (0, 0, 8, 8)
        self.samples, self.found = [], []
        for _ in range(20):
            truth, classes = boxes(6).astype(np.float32), random.integers(0, 2, 6)
            self.samples.append(pictures.Sample(np.zeros((64, 96, 3), np.uint8), truth, classes))
            guesses = [*(truth + random.normal(0, 4, truth.shape)), *boxes(8)]
            self.found.append([(float(random.random()), int(random.integers(0, 2)), box) for box in guesses])

    def measure(self):
        with mock.patch.object(measuring, "find", lambda *_, **__: self.found):
            return measuring.measure(None, self.samples, 3)

    def told(self, threshold=0.0):
        as_box = lambda box: {"x": float(box[0]), "y": float(box[1]), "width": float(box[2] - box[0]), "height": float(box[3] - box[1])}
        truth = {"categories": [{"id": i, "name": str(i)} for i in range(3)], "images": [
            {"id": i, "box_annotations": [as_box(box) | {"category_id": int(of)} for box, of in zip(sample.boxes, sample.classes)]}
            for i, sample in enumerate(self.samples)]}
        detections = {i: {"box_detections": [as_box(box) | {"category_name": str(of), "confidence": score}
                                             for score, of, box in found if score >= threshold]} for i, found in enumerate(self.found)}
        return truth, detections

    def test_the_mean_average_precision_is_that_of_the_demo(self):
        expected = mean_average_precision(*self.told())["mean"]
        self.assertTrue(0.05 < expected < 0.95, expected)
        self.assertAlmostEqual(self.measure().map50, expected, 6)

    def test_the_chosen_threshold_has_the_best_mean_f1_and_the_counts_are_those_at_it(self):
        measured = self.measure()
        of_classes = [measuring.rank(self.samples, self.found, number) for number in range(2)]
        mean = lambda threshold: np.mean([measuring.f1(ranked.counts(threshold)) for ranked in of_classes])
        self.assertGreaterEqual(mean(measured.conf_threshold) + 1e-9, max(mean(t) for t in np.arange(5, 96) / 100))
        self.assertEqual(measured.counts[2], {"tp": 0, "fp": 0, "fn": 0})
        seen = [[of for score, of, _ in found if score >= measured.conf_threshold] for found in self.found]
        for number in range(2):
            counts = measured.counts[number]
            self.assertEqual(counts["tp"] + counts["fn"], sum(int((sample.classes == number).sum()) for sample in self.samples))
            self.assertEqual(counts["tp"] + counts["fp"], sum(of.count(number) for of in seen))

    def test_of_boxes_that_overlap_the_best_one_is_left(self):
        boxes = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [30, 0, 40, 10]], np.float32)
        self.assertEqual(measuring.suppress(boxes, np.array([0.5, 0.9, 0.1]), 0.5), [1, 2])


if __name__ == "__main__":
    unittest.main()
