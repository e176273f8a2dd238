"""Trainings whose trainer, or whose Loop, is killed in each of their states: the Loop has all of them in the end, and once.

LL_TRAINER_KILL_SEED repeats what was drawn, LL_TRAINER_KILLS="50" kills as often in each state."""

import collections
import contextlib
import json
import os
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from nodes import wait_until
from peer_nodes import training
from programs import image_ids, loop_server
from trainer_kills import KilledTrainer
from trainer_moments import MOMENTS, Written

SEED = int(os.environ.get("LL_TRAINER_KILL_SEED") or random.SystemRandom().randrange(2**32))
KILLS = int(os.environ.get("LL_TRAINER_KILLS") or 3)
AT_ONCE = 6
MAX_RECOVERY_S = 0.6  # as long as it takes a node to come back to where it was


@pytest.fixture(name="loop", scope="module")
def fixture_loop(tmp_path_factory):
    with loop_server(tmp_path_factory.mktemp("loop")) as server:
        yield server


class Course:
    """One training that is killed at each of the moments."""

    def __init__(self, loop, folder, name, number=0, how=signal.SIGKILL, again=False):
        """`number`: other trainings are killed elsewhere, where there are several ways to be in a state."""
        self.number, self.how, self.again = number, how, again
        self.chance = random.Random(f"{SEED} {name}")
        self.loop, self.folder, self.name = loop, folder, name
        self.killed = collections.Counter()
        self.at = "its begin"

    def run(self):
        with KilledTrainer(self.loop, self.folder, self.name) as trainee:
            try:
                self.go_through(trainee)
            except BaseException as failure:
                raise AssertionError(f"seed {SEED}, {self.name}, {self.at}: {failure}") from failure
        return self.killed

    def go_through(self, trainee):
        trainee.node.start()
        trainee.wait_until_idle()
        trainee.add_base_model()
        ways = [ways[(SEED + self.number) % len(ways)] for _, ways in MOMENTS]
        for place, ((state, _), way) in enumerate(zip(MOMENTS, ways, strict=True)):
            self.at = f"{state}, {way}"
            with way.armed(trainee, trainee.begin if place == 0 else lambda: self.start(trainee)) as wait:
                wait()
                trainee.kill(self.how)
            self.killed[state] += 1
            limits = [one for one in ways[place + 1:-1] if not isinstance(one, Written)]
            if self.again and (limits or state == MOMENTS[-1][0]):
                self.kill_again(trainee, *limits[:1])
        self.at = "its end"
        self.start(trainee)
        trainee.wait_until_over()
        trainee.assert_whole()
        if not self.again:
            trainee.assert_each_epoch_was_made_once()

    def start(self, trainee):
        trainee.node.start()
        trainee.assert_no_process_outlived_it()

    def kill_again(self, trainee, limit=None):
        """While it comes back, before it is beyond that limit."""
        def start():
            trainee.node.start(wait=False)
        with limit.armed(trainee, start) if limit else contextlib.nullcontext(start()):
            time.sleep(self.chance.uniform(0, MAX_RECOVERY_S))
            trainee.kill()
        self.killed["the way back"] += 1


@pytest.fixture(name="courses", scope="module")
def fixture_courses(loop, tmp_path_factory):
    """What they become, by how they are killed. They run side by side, since most of the time they wait."""
    folder = tmp_path_factory.mktemp("courses")
    planned = {"killed": [Course(loop, folder, f"killed-{number}", number) for number in range(KILLS)],
               "told to end": [Course(loop, folder, "ctrl-c", 0, signal.SIGINT), Course(loop, folder, "term", 1, signal.SIGTERM)],
               "killed again": [Course(loop, folder, f"again-{number}", number, again=True) for number in range(max(1, KILLS // 3))]}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {how: [pool.submit(course.run) for course in some] for how, some in planned.items()}


def assert_all_complete(courses):
    begin, killed = time.monotonic(), collections.Counter()
    for one in courses:
        killed += one.result()
    states = [state for state, _ in MOMENTS]
    print(f"\nfigures: seed {SEED}, {len(courses)} trainings, {killed.total()} kills, in each of {len(states)} places of a training "
          f"{min(killed[state] for state in states)}, on the way back {killed['the way back']}, {time.monotonic() - begin:.0f} s")
    assert all(killed[state] == len(courses) for state in states)


def test_a_trainer_that_is_killed_in_any_state_completes_its_training_once(courses):
    assert_all_complete(courses["killed"])


def test_a_trainer_that_is_told_to_end_in_any_state_completes_its_training_once(courses):
    assert_all_complete(courses["told to end"])


def test_a_trainer_that_is_killed_again_while_it_comes_back_completes_its_training_once(courses):
    assert_all_complete(courses["killed again"])


@pytest.fixture(name="trainee")
def fixture_trainee(loop, tmp_path, request):
    with KilledTrainer(loop, tmp_path, request.node.name[-40:].replace("_", "-").strip("-")) as started:
        started.node.start()
        started.wait_until_idle()
        yield started


def test_a_training_that_cannot_go_on_is_begun_once_though_its_trainer_is_killed_before_it_tells_why(trainee):
    cleaning = Written("ready_for_cleanup")
    with cleaning.armed(trainee, lambda: trainee.begin(hyperparameters={"epochs": "very many"})) as wait:
        wait()
        trainee.kill()
    with trainee.way.closed():
        trainee.node.start()
        time.sleep(1)
        assert trainee.record_state() == "ready_for_cleanup", "the Loop does not know yet"
    trainee.wait_until_over()
    told = training(trainee.loop, trainee.path, trainee.number)
    assert told["state"] == "failed" and "very many" in told["reason"], told
    assert trainee.way.count(r'DOWN 42\d+\["begin_training".*') == 1


def test_what_a_program_finds_after_its_node_was_killed_is_not_looked_for_again(trainee):
    sent = []

    def note(handler):
        sent.extend(one["image_id"] for one in json.loads(handler.body))
        handler.hand_on()

    trainee.way.on("POST .*/detections", note)
    trainee.control.tell("deaf")
    trainee.control.tell("slow detecting", "0.02")
    trainee.begin()
    wait_until(lambda: lines_of_detections(trainee) > 5, "some detections")
    trainee.kill()
    with trainee.way.closed():
        trainee.node.start()
        trace = trainee.stopping_at(trainee.training_folder())
        trace.__enter__()
    list_of_images = trainee.training_folder() / "images_to_look_at.txt"
    before = list_of_images.stat().st_mtime_ns
    calls = wait_until(lambda: trainee.calls_stopped_at(0), "a file that is written")
    while list_of_images.stat().st_mtime_ns == before:
        trainee.let_go_on()
        calls = wait_until(lambda calls=calls: trainee.calls_stopped_at(calls), "the list of the images to look at")
    trace.__exit__()
    listed = lines_of_detections(trainee)
    trainee.assert_no_process_outlived_it()
    print(f"\nfigures: {lines_of_detections(trainee) - listed} lines came after the list of the images to look at")
    trainee.control.withdraw("slow detecting")
    trainee.let_go_on()
    trainee.wait_until_over()
    assert sorted(sent) == sorted(image_ids(trainee.loop, trainee.path)), "each image once"
    trainee.assert_whole()


def lines_of_detections(trainee):
    try:
        return len((trainee.training_folder() / "detections.jsonl").read_text().splitlines())
    except (OSError, StopIteration):
        return 0


# ------------------------------------------------------------------------------------------------------------------ the Loop


PLACES = [(state, way) for state, ways in MOMENTS for way in ways]


def test_a_loop_that_is_killed_in_any_state_of_a_training_gets_all_of_it_once_it_is_back(tmp_path):
    """It is killed when each of them is held. Some go on while it is away, the rest once it is back."""
    print(f"\nseed {SEED}")
    chance, begin = random.Random(SEED), time.monotonic()
    with contextlib.ExitStack() as stack:
        loop = stack.enter_context(loop_server(tmp_path))
        trainees = [stack.enter_context(KilledTrainer(loop, tmp_path, f"held-{place}", 104 if "batches" in state else 3))
                    for place, (state, _) in enumerate(PLACES)]
        for trainee in trainees:
            trainee.node.start(wait=False)
        before, after = stack.enter_context(contextlib.ExitStack()), stack.enter_context(contextlib.ExitStack())
        for trainee, (state, way) in zip(trainees, PLACES, strict=True):
            trainee.wait_until_idle()
            if state == "train_model_downloading":
                trainee.add_base_model()
            wait = chance.choice([before, after]).enter_context(way.armed(trainee, trainee.begin))
            wait()
        loop.kill()
        before.close()
        loop.start()
        after.close()
        for trainee, (state, way) in zip(trainees, PLACES, strict=True):
            trainee.wait_until_over()
            trainee.assert_whole()
            print(f"{trainee.name}, held at {state}, {way}")
            trainee.assert_each_epoch_was_made_once()
    print(f"figures: the Loop killed while {len(trainees)} trainings were held, {time.monotonic() - begin:.0f} s")
