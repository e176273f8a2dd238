"""Where a training can be held, so that its trainer or its Loop is killed just then."""

import contextlib
import time

from nodes import wait_until

PUBLISHED = 2  # the epoch of which the Loop is told while the process is held


class Held:
    """A request that belongs to the state: `before` the Loop gets it, `inside` of its answer, or `after` it."""

    def __init__(self, request, when, unless=None):
        """`unless`: something that the record has from the first such request on; the second one is meant."""
        self.request, self.when, self.unless = request, when, unless

    def __str__(self):
        return f"{self.when} {self.request}"

    @contextlib.contextmanager
    def armed(self, trainee, go_on):
        """From `go_on()` on a training is held when it comes there; yields what waits until it is."""
        hold = trainee.way.holding_packet if self.request.startswith("UP") else trainee.way.holding
        with hold(self.request, self.when) as held:
            if self.unless and not (trainee.record() or {}).get(self.unless):
                trainee.way.let_pass(self.request)
            go_on()

            def wait():
                assert held.wait(40), f"{self} did not come: {trainee.record_state()}, {trainee.node.log_text()[-3000:]}"
            yield wait


class Written:
    """The state has just come to the disk, and nothing of the next has begun."""

    def __init__(self, state):
        self.state = state

    def __str__(self):
        return f"written: {self.state}"

    @contextlib.contextmanager
    def armed(self, trainee, go_on):
        is_there = trainee.record_state() == self.state and bool(trainee.number)  # from an earlier kill
        with contextlib.ExitStack() as stack:
            if is_there:
                stack.enter_context(trainee.way.closed())
                go_on()
                yield lambda: None
                return
            with trainee.way.closed(), trainee.control.holding(f"epoch {trainee.epochs}"):  # so that it gets no further meanwhile
                go_on()
                stack.enter_context(trainee.stopping_at(trainee.data))
            yield lambda: self.wait(trainee, stack)
            trainee.let_go_on()

    def wait(self, trainee, trace):
        """`trace`: at the node. It is let go on from each other record that it writes, once."""
        passed = 0
        while True:
            calls = wait_until(lambda passed=passed: trainee.calls_stopped_at(passed), f"a record that is written, with {self}", 40)
            if trainee.record_state() == self.state:
                break
            passed = calls
            trainee.let_go_on()
        trace.close()  # it stays stopped


class Program:
    """The program is at this step."""

    def __init__(self, step):
        self.step = step

    def __str__(self):
        return f"the program at '{self.step}'"

    @contextlib.contextmanager
    def armed(self, trainee, go_on):
        with trainee.control.holding(self.step):
            go_on()
            yield lambda: self.wait(trainee)
            trainee.assert_no_process_outlived_it()  # it would go on now

    def wait(self, trainee):
        trainee.control.wait_until_at(self.step)


class Published(Program):
    """The Loop has been told of the epoch's state since."""

    def __init__(self):
        super().__init__(f"epoch {PUBLISHED}")

    def wait(self, trainee):
        super().wait(trainee)

        def is_published():
            trainee.publish()
            return (trainee.record()["best"] or {}).get("epoch") == PUBLISHED
        wait_until(is_published, "a state of which the Loop was told")  # once there is a connection


TOLD = r'UP 42\d+\["update_training",.*'
CLEANED = r'UP 42\d+\["update_trainer",.*"state":"ready_for_cleanup".*'
# A training comes to these in their order: the node's state, and one of several ways to be there.
MOMENTS = [
    ("initialized", [Written("initialized"), Held(r'UP 43\d+\[\{.*', "before")]),
    ("data_downloading", [Held("GET .*/data.*", "before"), Held(r"GET .*/images\?ids=.*", "inside"),
                          Held("GET .*/images/.*/main", "inside"), Held("GET .*/images/.*/main", "before")]),
    ("data_downloaded", [Written("data_downloaded")]),
    ("train_model_downloading", [Held("GET .*/models/.*/file", "before"), Held("GET .*/models/.*/file", "inside")]),
    ("train_model_downloaded", [Written("train_model_downloaded")]),
    ("running", [Program("epoch 1")]),
    ("running, with a best state", [Published()]),
    ("training_finished", [Written("training_finished")]),
    ("confusion_matrix_syncing", [Held(TOLD, "before"), Held(TOLD, "after")]),
    ("confusion_matrix_synced", [Written("confusion_matrix_synced")]),
    ("train_model_uploading", [Held("PUT .*/mocked/file", "before")]),
    ("train_model_uploading, its reply lost", [Held("PUT .*/mocked/file", "after")]),
    ("train_model_uploading, between the formats", [Held("PUT .*/mocked_2/file", "before")]),
    ("train_model_uploading, the last reply lost", [Held("PUT .*/mocked_2/file", "after")]),
    ("train_model_uploaded", [Written("train_model_uploaded")]),
    ("detecting, the downloads", [Held("GET .*/models/.*/file", "inside"), Held("GET .*/images/.*/main", "inside")]),
    ("detecting, the program", [Program("detecting")]),
    ("detected", [Written("detected")]),
    ("detection_uploading, the reply lost", [Held("POST .*/detections", "after")]),
    ("detection_uploading, between the batches", [Held("POST .*/detections", "before", "detections_sent")]),
    ("ready_for_cleanup", [Written("ready_for_cleanup"), Held(CLEANED, "before"), Written("none")]),
]
