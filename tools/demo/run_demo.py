#!/usr/bin/python3
"""The whole loop on one machine: a Loop, a trainer that makes a first model of its images, a detector that picks the model up and
sends home the frames it is unsure of. Started by ./demo, which has set up and built everything."""

import argparse
import collections
import datetime
import hashlib
import json
import secrets
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(1, str(ROOT / "tools"))
from http_client import HttpClient  # noqa: E402
from programs import DemoFailed, Programs  # noqa: E402
from screen import Bar, event, table  # noqa: E402

from loop_programs.ports import free_port  # noqa: E402

ORGANIZATION, PROJECT, CAMERA = "demo", "field", "camera"
TRAINING_ENDED = ("completed", "aborted", "failed")
API = f"/api/{ORGANIZATION}/projects"


def read_options():
    parser = argparse.ArgumentParser(prog="./demo", description=__doc__, allow_abbrev=False)
    parser.add_argument("--once", action="store_true", help="end after the table instead of staying up until Ctrl-C")
    parser.add_argument("--short", action="store_true", help="a shortened training that asks for less: mAP >= 0.2")
    parser.add_argument("--folder", type=Path, help="where everything goes; must be new (demo-runs/<time>)")
    parser.add_argument("--seed", type=int, default=1, help="of the rendered field (1)")
    options = parser.parse_args()
    options.images, options.frames = 300, 200
    options.steps = 280 if options.short else 1700
    options.min_map, options.min_gain = (0.2, 0.0) if options.short else (0.7, 0.3)
    options.bin = ROOT / "build/release/bin"
    return options


class Demo:
    def __init__(self, options):
        self.options = options
        self.folder = options.folder or ROOT / "demo-runs" / datetime.datetime.now().strftime("%Y-%m-%d_%H%M%S")
        try:
            self.folder.mkdir(parents=True)
        except FileExistsError:
            raise DemoFailed(f"--folder: {self.folder} exists: name one that does not") from None
        self.programs = Programs(self.folder)
        self.rows, self.done = [], False

    def run(self):
        event(f"everything goes to {self.folder}, logs too")
        self.start_loop()
        self.generate(PROJECT, {"complete": self.options.images}, self.options.seed)
        self.start_trainer()
        self.train()
        self.deploy()
        self.download()
        self.measure_baseline()
        self.measure_detector()
        self.generate(CAMERA, {"complete": self.options.frames}, self.options.seed + 1)
        self.stream()
        self.check_inbox()
        self.check_figures()
        self.done = True

    # ------------------------------------------------------------------------------------------------ the Loop's side

    def start_loop(self):
        port, folder = free_port(8000), self.folder / "server"
        self.password = secrets.token_urlsafe(12)
        self.programs.start("server", [self.options.bin / "learning-loop", "server", "--port", port, "--data-folder", folder],
                            {"LOOP_ADMIN_PASSWORD": self.password})
        self.programs.wait_until("server", lambda: HttpClient(port).is_up("/api/status"), 20, "starting the Loop")
        self.loop = HttpClient(port, self.make_token("--script", "demo")["LOOP_TOKEN"])
        event(f"the Loop runs at {self.loop.address}" + ("" if port == 8000 else " (8000 is taken)") +
              f", log in as admin with the password {self.password}")

    def make_token(self, kind, name):
        """The settings that the Loop tells for a script, which the demo itself is, or for a node."""
        command = [self.options.bin / "learning-loop", "token", "create", kind, name, "--data-folder", self.folder / "server"]
        settings = [line.strip().split("=", 1) for line in self.programs.lines("token", command) if not line.startswith("#")]
        return dict(settings)

    def generate(self, project, counts, seed):
        """Asks for a project of rendered images and shows how they come."""
        request = {"project_name": project, "box_categories": 2, "image_style": "beautiful", "seed": seed} | counts
        total = counts["complete"]
        failures = []

        def ask():
            try:
                HttpClient(self.loop.port, self.loop.token).send_json("POST", f"{API}/generator", request)
            except (DemoFailed, OSError) as failure:
                failures.append(failure)

        generator = threading.Thread(target=ask, daemon=True)
        generator.start()
        bar = Bar(f"rendering '{project}'", total)
        while generator.is_alive():
            generator.join(0.3)
            answer = self.loop.ask("GET", f"{API}/{project}/data")
            bar.show(len(answer.json()["image_ids"]) if answer.status == 200 else 0, "images")
        if failures:
            raise DemoFailed(f"the project '{project}' could not be made: {failures[0]}")
        event(f"project '{project}': {total} images in {bar.end():.1f} s")

    def deploy(self):
        """The model that the training left in the Loop."""
        self.loop.send_json("PUT", f"{API}/{PROJECT}/deployment/target", {"model_uuid": self.model["model_id"]})
        self.version = self.loop.get_json(f"{API}/{PROJECT}/deployment/target")["version"]
        event(f"model {self.version} is the deployment target")

    # -------------------------------------------------------------------------------------------------------- training

    def start_trainer(self):
        """A node that trains with examples/pytorch_trainer. Nothing else wants the cores now, so its threads may spin: a quarter faster."""
        port = free_port(8001)
        command = [self.options.bin / "learning-loop", "trainer", "--command", ROOT / "examples/pytorch_trainer/trainer.toml",
                   "--port", port, "--data-folder", self.folder / "trainer"]
        self.programs.start("trainer", command, self.make_token("--node", "trainer") | {"OMP_WAIT_POLICY": "active"})
        self.trainer = HttpClient(port)
        self.programs.wait_until("trainer", lambda: self.trainer.is_up("/health/ready"), 20, "starting the trainer")
        event(f"the trainer runs at {self.trainer.address}")

    def train(self):
        """Asks the Loop for a training, as its page does, and shows how it goes on."""
        begin = time.monotonic()
        wanted = {"steps": self.options.steps, "resolution": 320, "flip_rl": True, "flip_ud": True}
        request = {"model_variant": "small", "hyperparameters": wanted}
        number = self.loop.send_json("POST", f"{API}/{PROJECT}/trainings", request)["training_number"]
        event(f"training {number} is queued: {self.options.steps} batches")
        told = self.follow(number)
        if told["state"] != "completed":
            raise DemoFailed(f"training {number} is {told['state']}: {told['reason']} {told['errors'] or ''}; "
                             f"see {self.folder / 'trainer.log'}")
        self.model = told["results"][-1]
        event(f"trained model {self.model['model_version']} in {time.monotonic() - begin:.0f} s: F1 {self.model['f1']:.2f}, "
              f"formats {', '.join(self.model['formats'])}")

    def follow(self, number):
        """Shows a bar for each step of the trainer, until the training has ended; what the Loop then tells of it."""
        told, step, bar = {}, None, None

        def has_ended():
            nonlocal told, step, bar
            told = self.loop.get_json(f"{API}/{PROJECT}/trainings/{number}")
            if step != (told["trainer_state"] or "queued"):
                step = told["trainer_state"] or "queued"
                bar = Bar(f"training {number}: {step.replace('_', ' ')}", 100)
            bar.show(round(100 * (told["progress"] or 0)), f"F1 {told['results'][-1]['f1']:.2f}" if told["results"] else "")
            return told["state"] in TRAINING_ENDED

        self.programs.wait_until("trainer", has_ended, 3600, f"training {number}")
        bar.end()
        return told

    # --------------------------------------------------------------------------------------------------------- figures

    def download(self):
        """Images and boxes, to measure with."""
        (self.folder / "images").mkdir()
        data = self.loop.get_json(f"{API}/{PROJECT}/data?state=complete")
        ids = data["image_ids"]
        rows = []
        for at in range(0, len(ids), 100):
            rows += self.loop.get_json(f"{API}/{PROJECT}/images?ids={','.join(ids[at:at + 100])}")["images"]
        for image_id in ids:
            (self.folder / f"images/{image_id}.jpg").write_bytes(self.loop.get(f"{API}/{PROJECT}/images/{image_id}/main"))
        (self.folder / "boxes.json").write_text(json.dumps({"categories": data["categories"], "images": rows}))
        self.held_out = [row["id"] for row in rows if row["set"] == "test"]
        event(f"{len(ids) - len(self.held_out)} images were trained on, {len(self.held_out)} held out")

    def measured(self, script, *arguments):
        command = ["/usr/bin/python3", ROOT / "tools/demo" / script, "--boxes", self.folder / "boxes.json", "--json", *arguments]
        return next(self.programs.json_lines(script.removesuffix(".py"), command))

    def measure_baseline(self):
        event("fitting a colour threshold on the training images, for comparison")
        self.baseline = self.measured("colour_baseline.py", "--images", self.folder / "images")["mean"]
        event(f"the colour baseline reaches mAP@0.5 {self.baseline:.3f} on the held-out images")

    def measure_detector(self):
        """mAP of the running detector's answers, low confidences included, on the held-out images."""
        self.start_detector("detector-measured", {"CONF_THRESHOLD": "0.05"})
        answers = {}
        bar = Bar("measuring", len(self.held_out))
        for image_id in self.held_out:
            image = (self.folder / f"images/{image_id}.jpg").read_bytes()
            _, answers[image_id] = self.detector.post_files("/detect", "file", [("image.jpg", image)], {"autoupload": "disabled"})
            bar.show(len(answers), "images")
        bar.end()
        self.programs.stop("detector-measured")
        (self.folder / "detections.json").write_text(json.dumps(answers))
        result = self.measured("mean_average_precision.py", "--detections", self.folder / "detections.json")
        self.map = result["mean"]
        kinds = ", ".join(f"{name} {precision:.2f}" for name, precision in result["categories"].items())
        event(f"the detector reaches mAP@0.5 {self.map:.3f} on {result['images']} held-out images ({kinds})")
        self.rows += [("mAP@0.5", f"{self.map:.3f} on {result['images']} held-out images ({kinds})"),
                      ("colour baseline", f"{self.baseline:.3f}")]

    # ------------------------------------------------------------------------------------------------- the field's side

    def start_detector(self, name, environment):
        port = free_port(8004)
        folder = self.folder / name
        self.programs.start(name, [self.options.bin / "learning-loop", "detector", "--port", port, "--data-folder", folder],
                            {"LOOP_HOST": self.loop.address, "LOOP_ORGANIZATION": ORGANIZATION, "LOOP_PROJECT": PROJECT} | environment)
        self.detector = HttpClient(port)
        self.programs.wait_until(name, lambda: self.detector.is_up("/about"), 20, "starting the detector")

        def has_model():
            model = self.detector.get_json("/about")["model_info"]
            return model is not None and model["version"] == self.version

        self.programs.wait_until(name, has_model, 60, f"picking up model {self.version}")
        event(f"the detector at {self.detector.address} has picked up model {self.version}")

    def stream(self):
        """The frames of a camera, one after another."""
        self.start_detector("detector", {})
        ids = self.loop.get_json(f"{API}/{CAMERA}/data?state=complete")["image_ids"]
        self.kept, self.causes, detections, seconds = collections.Counter(), collections.Counter(), 0, []
        bar = Bar("streaming", len(ids))
        for done, frame_id in enumerate(ids, 1):
            frame = self.loop.get(f"{API}/{CAMERA}/images/{frame_id}/main")
            begin = time.perf_counter()
            headers, answer = self.detector.post_files("/detect", "file", [("frame.jpg", frame)], {"camera-id": "front"})
            seconds.append(time.perf_counter() - begin)
            detections += len(answer["box_detections"])
            if causes := headers.get("Upload-Causes"):
                self.kept[hashlib.sha256(frame).hexdigest()] += 1
                self.causes.update(causes.split(","))
            bar.show(done, f"frames, {self.kept.total()} kept")
        bar.end()
        seconds.sort()
        event(f"{len(ids)} frames streamed, {self.kept.total()} kept")
        self.rows += [("frames", len(ids)), ("detections", detections),
                      ("kept", f"{self.kept.total()} (" + ", ".join(f"{cause}: {n}" for cause, n in self.causes.items()) + ")"),
                      ("latency", f"p50 {1000 * seconds[len(seconds) // 2]:.1f} ms, "
                                  f"p99 {1000 * seconds[len(seconds) * 99 // 100]:.1f} ms")]

    def check_inbox(self):
        """Every kept frame must lie in the inbox, byte for byte, once."""
        path = f"{API}/{PROJECT}/data?state=inbox"
        self.programs.wait_until("detector", lambda: len(self.loop.get_json(path)["image_ids"]) >= self.kept.total(), 60,
                                 "the upload of the kept frames")
        ids = self.loop.get_json(path)["image_ids"]
        there = collections.Counter(
            hashlib.sha256(self.loop.get(f"{API}/{PROJECT}/images/{image_id}/main")).hexdigest() for image_id in ids)
        if there != self.kept:
            raise DemoFailed(f"{(self.kept - there).total()} kept frames are missing in the inbox, "
                             f"{(there - self.kept).total()} are too many")
        event(f"all {self.kept.total()} kept frames lie in the Loop's inbox, byte for byte")

    def check_figures(self):
        self.rows += [("Loop", f"{self.loop.address}/"), ("trainer", f"{self.trainer.address}/"),
                      ("login", f"admin, with the password {self.password}"),
                      ("detector", f"{self.detector.address}/about"), ("logs", self.folder)]
        table(self.rows)
        if len(self.held_out) < 60:
            raise DemoFailed(f"only {len(self.held_out)} images were held out, 60 are wanted")
        if self.map < self.options.min_map or self.map < self.baseline + self.options.min_gain:
            raise DemoFailed(f"mAP@0.5 {self.map:.3f} is too low: {self.options.min_map} is wanted, and {self.options.min_gain} "
                             f"above the colour baseline's {self.baseline:.3f}")
        if self.kept.total() < 10:
            raise DemoFailed(f"only {self.kept.total()} frames were kept, at least 10 are wanted")


def main():
    options = read_options()

    def interrupted(number, _):
        raise KeyboardInterrupt(signal.Signals(number).name)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupted)
    demo = None
    try:
        demo = Demo(options)
        demo.run()
        if not options.once:
            event("the Loop, the trainer and the detector stay up until Ctrl-C")
            signal.pause()
        return 0
    except KeyboardInterrupt:
        print()
        event("ending")
        return 0 if demo and demo.done else 130
    except (DemoFailed, OSError, subprocess.SubprocessError) as failure:
        print(f"./demo: {failure}", file=sys.stderr)
        return 1
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave programs behind
        if demo:
            demo.programs.stop_all()


if __name__ == "__main__":
    sys.exit(main())
