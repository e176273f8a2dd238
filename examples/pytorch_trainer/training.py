"""The training itself: step by step, with checkpoints to go on from, and its best states."""

import copy
import json
import math
import shutil
import signal
import time
import zipfile
from pathlib import Path

import torch
from torch import nn

from measuring import measure
from model_files import begin_with, describe, read_arrays, replace_file, write_arrays, write_model
from network import Detector, loss_of
from pictures import Batches, WrongInput

LEARNING_RATE = 3e-3
LEARNING_RATE_OF_BASE = 1e-3   # a model that can do something already shall not forget it at once
BEST_KEPT = 2
MEASURED_SHARE = 0.1           # of the time, at most, goes into measuring
PATIENCE_S = 10                # of who asks a training to stop


class Diverged(Exception):
    """The weights have become useless."""


def optimizer_for(detector):
    """AdamW; only the weights of convolutions decay, not biases and norms."""
    weights = [p for p in detector.parameters() if p.ndim > 1]
    others = [p for p in detector.parameters() if p.ndim <= 1]
    groups = [{"params": weights, "weight_decay": 0.02}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=LEARNING_RATE, betas=(0.9, 0.99))


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


def append_to(path):
    """Opens a file of lines to add some; half a line, which a program that was killed left at its end, is removed."""
    file = open(path, "ab+")
    size = file.seek(0, 2)
    file.seek(max(0, size - (1 << 20)))
    torn = len(file.read().rpartition(b"\n")[2])
    file.truncate(size - torn)
    return file


class Training:
    """`options` are those of the command line; `dataset` is a pictures.Dataset."""

    def __init__(self, options, dataset):
        self.options, self.dataset, self.folder = options, dataset, Path(options.folder)
        self.batch_size = min(8, options.max_batch_size) if options.max_batch_size else 8
        classes = len(dataset.categories)
        self.detector = Detector(classes, *dataset.input_size).to(memory_format=torch.channels_last).train()
        if options.base_model:
            begin_with(self.detector, options.base_model, dataset.categories)
        self.average, self.optimizer = Average(self.detector), optimizer_for(self.detector)
        self.batches = Batches(dataset.train, classes, self.batch_size, options.seed, options.flip_rl, options.flip_ud)
        self.peak_rate = LEARNING_RATE_OF_BASE if options.base_model else LEARNING_RATE
        self.steps = options.steps or max(1, round(options.epochs * self.batches.per_round()))
        self.step, self.stopped_by, self.losses = 0, None, []
        self.checkpoint, self.best = Checkpoint(self), BestStates(self)
        self.progress = Progress(self)

    def run(self):
        """Until the last step, or until a signal asks to stop: the best state is written in both cases."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        self.best.tell_again()
        while self.step < self.steps and not self.stopped_by:
            self.train_step()
            self.progress.report()
            self.checkpoint.save_when_due()
            self.best.look_when_due()
        self.checkpoint.save()
        if self.best.can_be_looked_for_now():
            self.best.look()

    def stop(self, number, _):
        self.stopped_by = number

    def epoch(self):
        return self.step / self.batches.per_round()

    def train_step(self):
        for group in self.optimizer.param_groups:
            group["lr"] = self.peak_rate * learning_rate_factor(self.step, self.steps)
        loss = loss_of(self.detector, *self.batches.next())
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.detector.parameters(), 10.0)
        self.optimizer.step()
        self.average.add(self.detector)
        self.step += 1
        self.losses.append(loss.item())
        if not math.isfinite(self.losses[-1]):
            raise Diverged(f"the loss of step {self.step} is no number: the training has failed; another seed may help")


class Checkpoint:
    """All that the steps to come depend on, in one file: a training that goes on from it ends as if nothing had happened."""

    def __init__(self, training):
        self.training, self.path, self.saved = training, training.folder / "checkpoint.npz", time.monotonic()

    def parts(self):
        return (("weights", self.training.detector), ("average", self.training.average.detector))

    def settings(self):
        """What must be the same to go on."""
        training = self.training
        return {"categories": [category["id"] for category in training.dataset.categories], "steps": training.steps,
                "input_size": list(training.dataset.input_size), "batch_size": training.batch_size, "seed": training.options.seed}

    def save_when_due(self):
        if time.monotonic() - self.saved >= self.training.options.checkpoint_every:
            self.save()

    def save(self):
        training = self.training
        tensors = {f"{part}.{name}": value for part, module in self.parts() for name, value in module.state_dict().items()}
        for number, values in training.optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer.{number}.{name}": value for name, value in values.items()}
        write_arrays(self.path, tensors, {"settings": self.settings(), "step": training.step, "averaged": training.average.steps,
                                          "peak_rate": training.peak_rate, "batches": training.batches.state()})
        self.saved = time.monotonic()

    def go_on(self):
        """False if there is nothing to go on from."""
        training = self.training
        try:
            tensors, about = read_arrays(self.path)
        except FileNotFoundError:
            return False
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise WrongInput(f"--folder: {self.path} cannot be read: {error}: remove it to train from the beginning") from None
        if about["settings"] != self.settings():
            raise WrongInput(f"--folder: {self.path} is of a training with other options or images: remove it to train from the beginning")
        for part, module in self.parts():
            module.load_state_dict({name: tensors[f"{part}.{name}"] for name in module.state_dict()})
        state = {}
        for name, value in tensors.items():
            if name.startswith("optimizer."):
                _, number, key = name.split(".")
                state.setdefault(int(number), {})[key] = value
        training.optimizer.load_state_dict({**training.optimizer.state_dict(), "state": state})
        training.step, training.average.steps, training.peak_rate = about["step"], about["averaged"], about["peak_rate"]
        training.batches.go_on(about["batches"])
        return True


class BestStates:
    """The best states so far, each in a folder best_<n>: the two newest are kept."""

    def __init__(self, training):
        self.training, self.seconds, self.looked = training, 0.0, time.monotonic()
        self.can_measure = any(len(sample.boxes) for sample in training.dataset.select)
        self.score, self.line = -1.0, None
        self.number = max((int(folder.name[5:]) for folder in training.folder.glob("best_*") if folder.name[5:].isdigit()), default=0)
        if self.number:
            state = json.loads((training.folder / f"best_{self.number}" / "state.json").read_text(encoding="utf-8"))
            self.score, self.line = state["score"], state["line"]

    def tell_again(self):
        """What an earlier process may have been killed before it told."""
        if self.line:
            self.training.progress.tell_once(self.line)

    def look_when_due(self):
        if not self.can_measure:
            return
        pause = max(self.training.options.measure_every, self.seconds / MEASURED_SHARE)
        if time.monotonic() - self.looked >= pause:
            self.look()

    def can_be_looked_for_now(self):
        """Who asks to stop waits for a state only if there is none, or if it does not take long."""
        return not self.training.stopped_by or self.number == 0 or self.seconds < PATIENCE_S

    def look(self):
        """Measures the state of now and keeps it if it is better. With nothing to measure on, the last one is the best."""
        begin, training = time.monotonic(), self.training
        dataset, measured = training.dataset, None
        if self.can_measure:
            measured = measure(training.average.detector, dataset.select, len(dataset.categories))
        if measured is None or measured.map50 > self.score:
            self.keep(measured)
        if measured:
            training.progress.tell({"metrics": {"map50": measured.map50}})
        self.looked = time.monotonic()
        self.seconds = self.looked - begin

    def keep(self, measured):
        training, number = self.training, self.number + 1
        categories, size = training.dataset.categories, training.dataset.input_size
        about = describe(size, measured.conf_threshold if measured else None)
        counts = measured.counts if measured else [{"tp": 0, "fp": 0, "fn": 0}] * len(categories)
        name = f"best_{number}"
        line = {"best": {"epoch": int(training.epoch()),
                         "confusion_matrix": {category["id"]: of for category, of in zip(categories, counts)},
                         "files": {"pytorch_box": [f"{name}/model.npz"], "onnx": [f"{name}/model.onnx"]},
                         "model": about, "hyperparameters": {"batch_size": training.batch_size}}}
        part = training.folder / f"{name}.part"
        shutil.rmtree(part, ignore_errors=True)
        write_model(part, training.average.detector, categories, size, about)
        self.score = measured.map50 if measured else self.score
        state = json.dumps({"score": self.score, "line": line}).encode()
        replace_file(part / "state.json", lambda file: file.write(state))
        part.rename(training.folder / name)
        training.progress.tell(line)
        self.number, self.line = number, line
        shutil.rmtree(training.folder / f"best_{number - BEST_KEPT}", ignore_errors=True)


class Progress:
    """Lines of JSON for the program that started the training, and lines for people."""

    def __init__(self, training):
        self.training, path = training, training.options.progress
        self.file = append_to(path) if path else None
        self.begin, self.first_step, self.told = time.monotonic(), None, -math.inf

    def tell(self, line):
        if self.file:
            self.file.write(json.dumps(line).encode() + b"\n")
            self.file.flush()

    def tell_once(self, line):
        if self.file:
            self.file.seek(0)
            if json.dumps(line).encode() + b"\n" not in self.file:
                self.tell(line)

    def report(self):
        """Every few seconds, and at the end."""
        training, now = self.training, time.monotonic()
        if self.first_step is None:
            self.first_step = training.step - 1
        if now - self.told < training.options.report_every and training.step < training.steps:
            return
        loss, self.told = sum(training.losses) / len(training.losses), now
        training.losses = []
        per_second = (training.step - self.first_step) / max(now - self.begin, 1e-3)
        self.tell({"progress": training.step / training.steps, "epoch": round(training.epoch(), 2),
                   "metrics": {"loss": loss, "images_per_second": per_second * training.batch_size}})
        print(f"step {training.step}/{training.steps}  loss {loss:.3f}  {per_second * training.batch_size:.1f} images/s  "
              f"{(training.steps - training.step) / per_second:.0f} s left", flush=True)
