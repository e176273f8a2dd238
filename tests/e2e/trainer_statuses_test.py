"""What a trainer makes of each answer that a request of a training may get: it asks again, asks again with a new login, or gives the model
up, which it keeps aside then. All trainers run side by side, since each has to wait."""

import hashlib
import time

import pytest
from nodes import wait_until
from trainers import ScriptedTrainer, ScriptedTrainingLoop

BASE_MODEL = "11111111-1111-4111-8111-111111111111"
STATUSES = [201, 204, 301, 302, 400, 401, 403, 404, 408, 409, 411, 413, 415, 422, 425, 429, 500, 502, 503, 504, 507, 599]
HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
# Answers that are none.
BROKEN = {"no HTTP": {"raw": "220 mail.example.org ready\r\n"}, "nothing": {"cut": True},
          "a cut chunk": {"raw": f"{HEAD}Transfer-Encoding: chunked\r\n\r\nff\r\n[1, 2"},
          "less than told": {"raw": f"{HEAD}Content-Length: 4096\r\n\r\n[1, 2"},
          "more than told": {"raw": f"{HEAD}Content-Length: 2\r\n\r\n{{}} and more"},
          "a packed body": {"raw": f"{HEAD}Content-Encoding: gzip\r\nContent-Length: 20\r\n\r\n\x1f\x8b\x08" + "\0" * 17},
          "a huge error": {"status": 500, "bytes": 100_000_000}, "a text": {"status": 200, "body": "all is well"},
          "a list": {"status": 200, "body": []}, "null": {"status": 200, "body": None}}
WAITS = {"a second": "1", "three seconds": "3", "a date": "Wed, 21 Oct 2015 07:28:00 GMT", "no time": "soon"}
ANSWERS = ({str(status): {"status": status} for status in STATUSES} | BROKEN |
           {f"429, wait {what}": {"status": 429, "headers": {"Retry-After": text}} for what, text in WAITS.items()})
# Statuses of an upload after which it makes no sense to send it again, and detections neither.
DEFINITE = ["400", "403", "404", "409", "411", "413", "415", "422", "425"]
FEW = ["204", "302", "401", "403", "404", "429", "500", "nothing", "a cut chunk", "a list"]  # those before a training, all come one way
BEFORE, AFTER = ("data", "rows", "model"), ("upload", "model", "detections")
# Answers of status 200: all that is said to detections.
TAKEN = ["more than told", "a packed body", "a text", "a list", "null"]
STATE_OF = {"data": "prepare", "rows": "prepare", "image": "prepare", "model": "download_model", "upload": "upload_model",
            "detections": "upload_detections"}


class Side:
    """A trainer whose first requests of these routes are all answered so."""

    def __init__(self, loop, folder, name, what, routes):
        self.node, self.what, self.routes = ScriptedTrainer(loop, folder, name), what, routes
        for route in routes:
            self.node.answer(route, ANSWERS[what])
        self.base = BASE_MODEL if routes == BEFORE else None
        self.node.program.start(wait=False)  # at once: its port is free now

    def begin(self):
        self.node.come_to("idle")
        self.node.begin_training(base_model_uuid=self.base)

    def errors(self, step):
        return [report["errors"][step] for report in self.node.reports() if step in report["errors"]]

    def wait(self, route):
        """Seconds between the first request and the second one."""
        times = [line["at"] for line in self.node.all("asked", route=route)]
        return times[1] - times[0]


class Field:
    def __init__(self, loop, folder):
        self.before = {what: Side(loop, folder, f"before-{number}", what, BEFORE) for number, what in enumerate(FEW)}
        self.after = {what: Side(loop, folder, f"after-{number}", what, AFTER[:2] if what in TAKEN else AFTER)
                      for number, what in enumerate(ANSWERS) if what not in DEFINITE}
        self.refused = {what: Side(loop, folder, f"refused-{number}", what, ("upload",)) for number, what in enumerate(DEFINITE)}
        self.sides = [*self.before.values(), *self.after.values(), *self.refused.values()]

    def run(self):
        for side in self.sides:
            side.begin()
        for side in self.sides:
            side.node.come_to("idle", 120)


@pytest.fixture(name="field", scope="module")
def fixture_field(tmp_path_factory):
    with ScriptedTrainingLoop(tmp_path_factory.mktemp("loop")) as loop:
        field, begin = Field(loop, tmp_path_factory.mktemp("trainers")), time.monotonic()
        try:
            field.run()
            print(f"figures: {len(field.sides)} trainers met {len(ANSWERS)} answers, {time.monotonic() - begin:.0f} s")
            yield field
        finally:
            for side in field.sides:
                side.node.program.__exit__()


@pytest.mark.parametrize("what", FEW)
def test_whatever_comes_instead_of_data_or_a_base_model_is_told_and_asked_for_again(field, what):
    side = field.before[what]
    assert len(side.node.all("uploaded")) == 2 and side.node.control.seen()["base"]["id"] == BASE_MODEL
    assert len(side.node.control.seen()["images"]) == 6, "it trains on all of them"
    assert_told_and_tried_again(side)


@pytest.mark.parametrize("what", [what for what in ANSWERS if what not in DEFINITE])
def test_whatever_comes_instead_of_an_uploads_answer_is_told_and_sent_again_unless_it_is_a_refusal(field, what):
    side = field.after[what]
    assert [one["format"] for one in side.node.all("uploaded")] == ["mocked", "mocked_2"]
    found = [item["image_id"] for line in side.node.all("detected") for item in line["items"]]
    assert sorted(found) == sorted(side.node.images[:-2])
    assert_told_and_tried_again(side)


def assert_told_and_tried_again(side):
    """A login that has run out is renewed at once, and so is a connection that was kept and is over; nothing else is asked again within
    a second. What a step tries again by itself, as a download that broke off, is told in the log alone."""
    assert len(side.node.all("login")) > 1 or side.what != "401"
    if side.what in ("401", "nothing"):
        return
    for route in side.routes:
        assert side.wait(route) > (2.9 if side.what.endswith("three seconds") else 0.9), (route, side.wait(route))
        step = "detecting" if route == "model" and side.routes != BEFORE else STATE_OF[route]
        if route in ("upload", "detections") and not side.what.startswith("429"):
            assert side.errors(step), (step, side.node.states())
        if route in ("upload", "detections", "model") and side.what.isdigit() and side.what != "429":
            assert any(side.what in text for text in side.errors(step)), side.errors(step)


@pytest.mark.parametrize("what", DEFINITE)
def test_a_model_that_the_loop_refuses_for_good_is_kept_aside(field, what):
    """A 409 that names no model is one, too."""
    node = field.refused[what].node
    assert len(node.asked("upload")) == 1 and not node.all("detected")
    [told, *_] = field.refused[what].errors("upload_model")
    assert ("does not tell the model's id" if what == "409" else what) in told, told
    kept = {file.name: file.read_text() for file in (node.home / "data/kept_models").rglob("*") if file.is_file()}
    assert {"model.pt", "hyp.txt", "model.wts"} <= set(kept) and kept["model.pt"] == "model.pt of mocked, epoch 2"
    assert node.record() is None and node.problems() == {}


def test_a_trainer_whose_model_was_refused_makes_the_next_one(field):
    node = field.refused["422"].node
    node.begin_training(2)
    node.come_to("idle")
    assert [(one["number"], one["format"]) for one in node.all("uploaded")] == [("2", "mocked"), ("2", "mocked_2")]
    wait_until(lambda: node.record() is None, "the end of it")
    assert [file for file in (node.home / "data/kept_models").rglob("model.pt")], "what was kept stays"


def test_nothing_was_lost_on_the_way(field):
    """Each model arrived as it was made."""
    wanted = {name: hashlib.sha256(f"{name} of mocked, epoch 2".encode()).hexdigest() for name in ("model.pt", "hyp.txt")}
    for side in [*field.before.values(), *field.after.values()]:
        [first, _] = side.node.all("uploaded")
        assert first["files"].items() >= wanted.items(), side.what
