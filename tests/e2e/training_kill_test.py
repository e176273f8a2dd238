"""Trainings end once and whole, however often the Loop, their trainers or both are killed, at each step of a training.

LL_TRAINING_KILL_SEED repeats a draw of steps and kills, LL_TRAINING_KILLS="3" shortens the test or makes it longer.
"""

import collections
import hashlib
import json
import os
import random
import time
from dataclasses import dataclass

from accounts import data_folder
from nodes import wait_until
from packages import download
from programs import generate, image_ids, images, loop_server
from scripted_trainers import FORMATS, STEPS, Crew, weights
from uploads import assert_ends_whole, files_below, wait_until_uploads_are_over

SEED = int(os.environ.get("LL_TRAINING_KILL_SEED") or random.SystemRandom().randrange(2**32))
KILLS = int(os.environ.get("LL_TRAINING_KILLS") or 10)  # of the Loop, and of the trainer, at each step
CREWS, TRAINERS = 3, 6
PROJECTS = 3
POSTED = "before begin_training"
VICTIMS = {"the Loop": ("Loop",), "the trainers": ("trainer",), "both": ("Loop", "trainer")}
ATTEMPTS = 3  # the Loop gives a training to no more trainers that lose it


@dataclass
class Posted:
    """A training that the Loop has acknowledged."""
    lost: int = 0           # how often, at most, it was given to a trainer in vain
    trainer: str = ""       # that has it, or had it last; empty: none
    mark: str = ""          # of what its trainer has kept; empty: nothing
    is_done: bool = False
    ended: str = ""         # as the Loop told it first


class Kills:
    """Lets trainers go through trainings, stops each of them at steps that are to be hit, and kills when all stand."""

    def __init__(self, loop, crews, paths, chance):
        self.loop, self.crews, self.paths, self.chance = loop, crews, paths, chance
        self.crew_of = {one: crew for crew in crews for one in crew.ids}
        self.trainings = {}                   # (project, number): Posted
        self.busy = {}                        # trainer: its training's key
        self.standing = {}                    # (trainer, gate): step
        self.hits = collections.Counter()     # (step, who was killed): kills that found a trainer at it
        self.passing = collections.Counter()  # the same, for those that had left it just before
        self.kills, self.troubles = collections.Counter(), collections.Counter()
        self.victims, self.chosen = "the Loop", list(crews)
        self.last_news, self.while_starting, self.is_about_to_kill = time.monotonic(), 0, False

    # ------------------------------------------------------------------------------------------------ what trainers tell

    def listen(self):
        assert self.loop.process.poll() is None, f"seed {SEED}: the Loop ended by itself:\n{self.loop.log_text()[-3000:]}"
        for crew in self.crews:
            for line in crew.told():
                self.hear(line)

    def hear(self, line):
        self.last_news = time.monotonic()
        event = line["event"]
        if event == "at":
            self.hear_step(line)
        elif event == "kept":
            self.hear_kept(line)
        elif event == "started":
            self.hear_started(line)
        elif event == "idle":
            self.trainings[key_of(line)].is_done = True
            if self.busy.get(line["trainer"]) == key_of(line):
                del self.busy[line["trainer"]]
        elif event == "trouble":
            self.troubles[line["what"].split(" b'")[0]] += 1
        else:
            raise AssertionError(f"seed {SEED}: {line}")

    def hear_step(self, line):
        key, trainer, step = key_of(line), line["trainer"], line["step"]
        if step == "begin_training came":
            posted = self.trainings[key]
            assert not posted.mark and not posted.is_done, f"seed {SEED}: {key} was begun again, though {posted}"
            posted.trainer = trainer
            self.busy[trainer] = key
        if self.is_wanted(step, key):
            self.standing[trainer, line["gate"]] = step, key
        else:
            self.crew_of[trainer].let_go_on(line["gate"])

    def hear_kept(self, line):
        posted = self.trainings[key_of(line)]
        assert posted.mark in ("", line["mark"]), f"seed {SEED}: {line} was kept twice"
        posted.mark, posted.trainer = line["mark"], line["trainer"]

    def hear_started(self, line):
        trainer, has = line["trainer"], line["has"]
        key = self.busy.pop(trainer, None)
        if has:
            self.hear_kept(has)
            self.busy[trainer] = key_of(has)
        elif key and self.trainings[key].mark:
            self.trainings[key].is_done = True  # it had cleaned up
        elif key:
            self.trainings[key].trainer = ""

    # -------------------------------------------------------------------------------------------------------- what is killed

    def is_wanted(self, step, key):
        posted = self.trainings[key]
        if posted.lost >= ATTEMPTS - 1 and not posted.mark:
            return False
        if self.is_about_to_kill and step == "begin_training came":
            return True  # once it was acked, the Loop would wait for a report for 30 s
        return any(self.needs(step, victim) for victim in VICTIMS[self.victims]) and self.chance.random() < 0.8

    def needs(self, step, victim):
        standing = sum(one == step for one, _ in self.standing.values())
        return self.hits[step, victim] + standing < KILLS

    def is_enough(self, victim):
        return all(self.hits[step, victim] >= KILLS for step in (POSTED, *STEPS))

    def is_done(self):
        return self.is_enough("Loop") and self.is_enough("trainer")

    def at_risk(self):
        """Trainings that the next kill makes their trainer lose, or may make it."""
        for key, posted in self.trainings.items():
            is_lost = posted.trainer and "trainer" in VICTIMS[self.victims] and self.crew_of[posted.trainer] in self.chosen
            if not posted.is_done and not posted.mark and (not posted.trainer or is_lost):
                yield key

    def free(self):
        """How many trainers have nothing to do, and will not get it."""
        waiting = sum(not posted.trainer and not posted.is_done for posted in self.trainings.values())
        return len(self.crew_of) - len(self.busy) - waiting

    def post(self):
        path = self.chance.choice(self.paths)
        # The library's trainers keep a training once its data is there, others may keep it before they ack.
        hyperparameters = {"keeps_at_once": self.chance.random() < 0.5}
        answer = self.loop.send_json("POST", f"{path}/trainings", {"hyperparameters": hyperparameters})
        assert answer.status == 200, answer
        key = path.split("/")[-1], answer.json()["training_number"]
        assert key not in self.trainings
        self.trainings[key] = Posted()

    def one(self):
        """One kill, once all trainers stand or have nothing to do; those that have none get a training before or just then."""
        self.victims = self.chance.choices(list(VICTIMS), [1, 1, 1])[0]
        if all(self.is_enough(victim) for victim in VICTIMS[self.victims]):
            self.victims = "the trainers" if self.is_enough("Loop") else "the Loop"
        self.chosen = list(self.crews) if self.chance.random() < 0.8 else [self.chance.choice(self.crews)]
        needs_posted = any(self.needs(POSTED, victim) for victim in VICTIMS[self.victims])
        for _ in range(self.free() - (4 if needs_posted else 0)):
            self.post()
        self.wait_until_all_stand()
        self.is_about_to_kill = True
        for _ in range(self.free() if needs_posted else 0):
            self.post()
        time.sleep(self.chance.uniform(0, 0.02))
        self.kill()
        self.is_about_to_kill = False

    def wait_until_all_stand(self):
        deadline = time.monotonic() + 60
        self.last_news = time.monotonic()
        while True:
            self.listen()
            stand = {trainer for trainer, _ in self.standing}
            is_quiet = time.monotonic() > self.last_news + 0.3
            spent = [key for key in self.at_risk() if self.trainings[key].lost >= ATTEMPTS - 1]
            if not spent and self.are_all_told() and (stand.issuperset(self.busy) and self.free() >= 0 or is_quiet):
                return
            if spent and is_quiet:
                self.let_all_go_on()  # those that wait need a trainer
            if time.monotonic() > deadline:
                self.note_ends()
                raise AssertionError(f"seed {SEED}: {spent} do not go on, {dict(self.troubles)}")
            time.sleep(0.003)

    def are_all_told(self):
        """Whether no trainer is about to lose a training that it has acked, and not reported: the Loop would wait 30 s for that."""
        acked = {key for step, key in self.standing.values() if step in ("acked", "data_downloading")}.intersection(self.at_risk())
        for project, number in acked:
            [path] = [path for path in self.paths if path.endswith(f"/{project}")]
            training = self.loop.get(f"{path}/trainings/{number}").json()
            if training["state"] != "running" or not training["trainer_state"]:
                return False
        return True

    def kill(self):
        left = [one for one, (step, key) in self.standing.items()
                if self.chance.random() < 0.15 and (self.trainings[key].mark or self.victims == "the Loop")]  # in between when it comes
        for trainer, gate in left:
            self.crew_of[trainer].let_go_on(gate)
        if left:
            time.sleep(self.chance.uniform(0, 0.008))
        self.listen()
        before = dict(self.standing)
        victims = VICTIMS[self.victims]
        crews = self.chosen if "trainer" in victims else []
        lost = list(self.at_risk())
        if "Loop" in victims:
            self.loop.process.kill()
        last_words = [line for crew in crews for line in crew.kill()]
        if "Loop" in victims:
            self.loop.kill()
        for line in last_words:
            self.hear(line)
        self.count(before, left, lost, victims, crews)
        self.kills[self.victims] += 1
        self.let_all_go_on()
        for crew in crews:
            crew.start()
        if "Loop" in victims:
            self.loop.start(wait=False)
            if self.chance.random() < 0.2:
                self.kill_at_the_start()
        self.loop.wait_ready()

    def kill_at_the_start(self):
        time.sleep(self.chance.uniform(0, 0.1))
        self.listen()
        at_risk = [self.trainings[key] for key in self.at_risk()]
        if all(posted.lost < ATTEMPTS - 1 for posted in at_risk):
            self.loop.kill()
            self.while_starting += 1
            for posted in at_risk:
                posted.lost += 1
            self.loop.start(wait=False)

    def let_all_go_on(self):
        for trainer, gate in self.standing:
            self.crew_of[trainer].let_go_on(gate)
        self.standing.clear()

    def count(self, before, left, lost, victims, crews):
        for (trainer, gate), (step, _) in before.items():
            for victim in victims:
                if victim == "Loop" or self.crew_of[trainer] in crews:
                    (self.passing if (trainer, gate) in left else self.hits)[step, victim] += 1
        for key in lost:
            posted = self.trainings[key]
            posted.lost += 1
            if not posted.trainer:
                for victim in victims:
                    self.hits[POSTED, victim] += victim == "Loop" or len(crews) == len(self.crews)

    # -------------------------------------------------------------------------------------------------------- how it ends

    def finish(self):
        """Until all trainings have ended; nobody is killed any more."""
        self.hits.update({(step, victim): KILLS for step in STEPS for victim in ("Loop", "trainer")})  # nothing is wanted
        self.let_all_go_on()
        deadline = time.monotonic() + 90
        while open_ones := [key for key, posted in self.trainings.items() if not posted.is_done]:
            self.listen()
            assert time.monotonic() < deadline, f"seed {SEED}: {open_ones} do not end; {dict(self.troubles)}"
            time.sleep(0.01)

    def note_ends(self):
        """Of trainings that the Loop tells to have ended."""
        for path in self.paths:
            for one in self.loop.get(f"{path}/trainings").json()["trainings"]:
                posted = self.trainings[path.split("/")[-1], one["training_number"]]
                assert one["state"] not in ("failed", "aborted"), f"seed {SEED}: {one}"
                assert posted.ended in ("", one["ended"]), f"seed {SEED}: it ended again: {one}"
                posted.ended = one["ended"] or ""

    def wait_until_all_have_ended(self):
        """While the connection of a trainer that was killed still counts as open, the report of its successor that it is idle ends
        nothing: a later one does."""
        def have_ended():
            self.note_ends()
            return all(posted.ended for posted in self.trainings.values())
        wait_until(have_ended, f"seed {SEED}: the end of all trainings")

    def report(self, hits):
        print(f"{'a training was at':28} kills of the Loop, of the trainer; left just before the kill")
        for step in (POSTED, *STEPS):
            counts = [hits[step, victim] for victim in ("Loop", "trainer")]
            print(f"    {step:28} {counts[0]:5} {counts[1]:5}   {self.passing[step, 'Loop']:5} {self.passing[step, 'trainer']:5}")
        lost = collections.Counter(posted.lost for posted in self.trainings.values())
        print("    trainings that may have been lost so many times: " + ", ".join(f"{times}: {lost[times]}" for times in sorted(lost)))
        print(f"    {self.while_starting} more kills while the Loop started")
        print(f"    what trainers tried again: {dict(self.troubles)}")


def key_of(line):
    return line["project"], line["training"]


def test_each_training_ends_once_and_whole_however_often_the_loop_and_its_trainers_are_killed(tmp_path):
    print(f"\nseed {SEED}")
    begin = time.monotonic()
    with loop_server(tmp_path) as loop:
        paths = [generate(loop, f"p{number}", complete=3, inbox=1, annotate=1) for number in range(PROJECTS)]
        crews = [Crew(tmp_path / f"crew{number}", loop, f"crew{number}", TRAINERS) for number in range(CREWS)]
        kills = Kills(loop, crews, paths, random.Random(SEED))
        for crew in crews:
            crew.start()
        while not kills.is_done():
            kills.one()
            kills.note_ends()
        hits = collections.Counter(kills.hits)
        kills.report(hits)
        kills.finish()
        print(f"figures: trainings {len(kills.trainings)}, kills of the Loop {kills.kills['the Loop']}, of trainers "
              f"{kills.kills['the trainers']}, of both {kills.kills['both']}, at each step at least "
              f"{min(hits[step, victim] for step in (POSTED, *STEPS) for victim in ('Loop', 'trainer'))}, "
              f"{time.monotonic() - begin:.0f} s")
        kills.wait_until_all_have_ended()
        for crew in crews:
            for line in crew.kill():
                kills.hear(line)
        for path in paths:
            wanted = {number: posted for (project, number), posted in kills.trainings.items() if path.endswith(f"/{project}")}
            assert_holds_trainings(loop, path, wanted)
        wait_until_uploads_are_over(data_folder(loop))
        datasets = [file for file in files_below(data_folder(loop) / "datasets")]
        assert len(datasets) == PROJECTS and not any(".begun" in file.parts for file in datasets), datasets
        assert_ends_whole(loop)


def assert_holds_trainings(loop, path, wanted):
    """These trainings, all of them completed, each with one model, and no others; `wanted` by number."""
    told = loop.get(f"{path}/trainings").json()["trainings"]
    assert sorted(one["training_number"] for one in told) == sorted(wanted), "a training is lost, or there twice"
    models = {model["id"]: model for model in loop.get(f"{path}/models").json()["models"]}
    by_training = {}
    for number, posted in wanted.items():
        training = loop.get(f"{path}/trainings/{number}").json()
        assert (training["state"], training["trainer_id"], training["ended"]) == ("completed", posted.trainer, posted.ended), training
        assert [(one["best_epoch"], one["formats"]) for one in training["results"]] == [(1, []), (2, list(FORMATS))], training
        by_training[training["results"][-1]["model_id"]] = posted
        dataset = loop.get(f"{path}/trainings/{number}/dataset")
        assert dataset.status == 200 and hashlib.sha256(dataset.body).hexdigest() == training["dataset_revision"]
    assert models.keys() == by_training.keys(), "a model for each training, and no others"
    assert len({model["version"] for model in models.values()}) == len(models)
    for model_id, posted in by_training.items():
        assert_holds_model(loop, path, models[model_id], posted)


def assert_holds_model(loop, path, model, posted):
    """In both formats what its trainer has sent, and what it found in each image once."""
    assert model["formats"] == list(FORMATS), model
    for model_format in FORMATS:
        files = download(loop, path, model["id"], model_format)
        assert files.keys() == {"model.pt", "model.json"} and files["model.pt"] == weights(posted.mark, model_format), (model, posted)
        description = json.loads(files["model.json"])
        assert (description["id"], description["version"], description["format"]) == (model["id"], model["version"], model_format)
    ids = image_ids(loop, path)
    answer = loop.get(f"{path}/images?ids={','.join(ids)}&model_version={model['version']}").json()["images"]
    found = {one["id"]: [(box["x"], box["model_name"]) for box in one["box_detections"]] for one in answer}
    assert found == {one: [(1, model["version"])] for one in ids}, (model, found)
