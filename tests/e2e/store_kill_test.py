"""A Loop that is killed while clients upload: what it acknowledged is there, nothing is there twice, nothing is left over.

LL_STORE_KILL_SEED repeats a draw of moments and uploads, LL_STORE_KILLS="5" shortens the test or makes it longer.
"""

import collections
import http.client
import os
import random
import threading
import time

import pytest
from accounts import data_folder, rows
from loop_programs.connection import Answer
from programs import generate, loop_server
from system_calls import CHANGING, SENDING, Killer, Trace, not_durable
from uploads import (Batch, UploadedModel, assert_ends_whole, assert_holds_images, assert_holds_models, digest, digests, files_below,
                     strays, temporary_files, wait_until_uploads_are_over)

SEED = int(os.environ.get("LL_STORE_KILL_SEED") or random.SystemRandom().randrange(2**32))
KILLS = int(os.environ.get("LL_STORE_KILLS") or 20)
IMAGE_CLIENTS, MODEL_CLIENTS = 4, 2
PIECE_BYTES = 8192

# ---------------------------------------------------------------------------------------------------- kills at any moment


class Uploader(threading.Thread):
    """A client that uploads one thing after the other, each until it is answered 200, and each again under the same key."""

    def __init__(self, kind, number, loop, path):
        super().__init__(daemon=True)
        self.kind, self.loop, self.path = kind, loop, path
        self.chance = random.Random(f"{SEED} {kind} {number}")
        self.phase = None  # what its open request is at
        self.ending = threading.Event()
        self.acknowledged = {}
        self.broken = []  # what requests were at when they broke, each behind the kill that was the newest then
        self.statuses, self.failure = collections.Counter(), None

    def run(self):
        try:
            while not self.ending.is_set():
                self.upload_one()
        except BaseException as failure:
            self.failure = failure
            raise

    def upload_one(self):
        upload = Batch(self.chance, self.chance.randint(1, 8)) if self.kind == "images" else UploadedModel(self.chance)
        first = self.deliver(upload)
        if self.chance.random() < 0.2:
            assert self.deliver(upload).json() == first.json(), "the same again is answered alike"
        if self.kind == "images":
            self.acknowledged.update(digests(upload))
        else:
            self.acknowledged[first.json()["id"]] = digest(upload.weights)

    def deliver(self, upload):
        path, body, headers = upload.request(self.path)
        while True:
            answer = self.ask(path, body, headers)
            if answer and answer.status == 200:
                return answer
            time.sleep(0.01)

    def ask(self, path, body, headers):
        """None: there was no answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.loop.port, timeout=60)
        try:
            connection.connect()
        except OSError:
            return None  # nobody is there: no request that a kill could hit
        try:
            self.phase = "being sent"
            connection.request("POST", path, self.pieces(body), {"Content-Length": str(len(body))} | self.loop.headers | headers)
            self.phase = "waiting"
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException):
            self.broken.append((self.loop.newest_kill, self.phase))
            return None
        finally:
            self.phase = None
            connection.close()
        self.statuses[response.status] += 1
        return Answer(response.status, response.headers, content)

    def pieces(self, body):
        """Some of the bodies come in slowly, so that a kill finds one half there."""
        pause = self.chance.choice((0, 0, 0.002))
        for begin in range(0, len(body), PIECE_BYTES):
            if pause:
                time.sleep(pause)
            yield body[begin:begin + PIECE_BYTES]


class Kills:
    """Kills a Loop again and again, each time a moment after a drawn kind of request was at a drawn phase."""

    def __init__(self, loop, uploaders, chance):
        self.loop, self.uploaders, self.chance = loop, uploaders, chance
        self.while_starting = self.found_incoming = 0
        loop.newest_kill = "none"

    def one(self, number):
        assert [one.failure for one in self.uploaders if one.failure] == []
        self.loop.wait_ready()
        time.sleep(self.chance.uniform(0, 0.4))
        kind, phase = self.chance.choice([(kind, phase) for kind in ("images", "models") for phase in ("being sent", "waiting")])
        deadline = time.monotonic() + 5
        while not any(one.kind == kind and one.phase == phase for one in self.uploaders) and time.monotonic() < deadline:
            time.sleep(0.0005)
        time.sleep(self.chance.choice((0, 0, self.chance.uniform(0, 0.03))))
        self.loop.newest_kill = number
        self.loop.kill()
        self.found_incoming += bool(temporary_files(data_folder(self.loop)))
        self.loop.start(wait=False)
        if self.chance.random() < 0.2:  # also while it tidies up after the kill before
            time.sleep(self.chance.uniform(0, 0.1))
            self.loop.newest_kill = "at a start"
            self.loop.kill()
            self.while_starting += 1
            self.loop.start(wait=False)

    def report(self):
        """Tells at what the kills found the clients; the share of them that found an open request."""
        assert not any(kill == "none" for one in self.uploaders for kill, _ in one.broken), "no connection broke without a kill"
        broken = [(kill, one.kind, phase) for one in self.uploaders for kill, phase in one.broken if kill != "at a start"]
        hit = {kill for kill, _, _ in broken}
        per_kill = collections.Counter(collections.Counter(kill for kill, _, _ in broken).values())
        print(f"{len(hit)} of {KILLS} kills hit an open request, {self.found_incoming} left files of an upload; "
              f"{self.while_starting} more kills while the Loop started")
        for (kind, phase), count in sorted(collections.Counter((kind, phase) for _, kind, phase in broken).items()):
            print(f"    {kind:6} {phase:10} {count:5} {'#' * min(count, 80)}")
        print("    open at once: " + ", ".join(f"{count} requests at {kills} kills" for count, kills in sorted(per_kill.items())))
        return len(hit) / KILLS


def test_what_was_acknowledged_is_there_once_however_often_the_loop_is_killed(tmp_path):
    print(f"\nseed {SEED}")
    with loop_server(tmp_path) as loop:
        path = generate(loop, "kill")
        uploaders = [Uploader("images", number, loop, path) for number in range(IMAGE_CLIENTS)]
        uploaders += [Uploader("models", number, loop, path) for number in range(MODEL_CLIENTS)]
        kills = Kills(loop, uploaders, random.Random(SEED))
        for one in uploaders:
            one.start()
        for number in range(KILLS):
            kills.one(number)
        loop.wait_ready()
        for one in uploaders:
            one.ending.set()
        for one in uploaders:
            one.join()
            assert one.failure is None
        acknowledged = {kind: {key: sha for one in uploaders if one.kind == kind for key, sha in one.acknowledged.items()}
                        for kind in ("images", "models")}
        share = kills.report()
        statuses = sum((one.statuses for one in uploaders), collections.Counter())
        print(f"figures: kills {KILLS}, at open requests {share:.0%}, acknowledged images {len(acknowledged['images'])}, "
              f"models {len(acknowledged['models'])}, answers {dict(statuses)}")
        assert_holds_images(loop, path, acknowledged["images"])
        assert_holds_models(loop, path, acknowledged["models"])
        wait_until_uploads_are_over(data_folder(loop))
        assert_ends_whole(loop)
    assert share >= 0.8
    assert statuses.keys() <= {200, 503}, "503: more came at once than it takes"


# ------------------------------------------------------------------------------------------------- a kill at every call


def post_in_background(upload, loop, path):
    """The thread that posts it, and a list of the answer's status, empty if there was none."""
    statuses = []
    def post():
        try:
            statuses.append(upload.post(loop, path).status)
        except (OSError, http.client.HTTPException):
            pass
    thread = threading.Thread(target=post, daemon=True)
    thread.start()
    return thread, statuses


@pytest.mark.parametrize("make", [lambda chance: Batch(chance, 2), UploadedModel], ids=["images", "a model"])
def test_a_kill_at_every_call_of_an_upload_leaves_it_whole_or_to_be_sent_again(tmp_path, make):
    chance = random.Random(SEED)
    kills = exactly = after_the_answer = 0
    reached = True
    with loop_server(tmp_path) as loop:
        path, folder = generate(loop, "kill"), data_folder(loop)
        while reached:
            upload = make(chance)
            with Killer(loop.process.pid, tmp_path / "strace.log", folder, kills + 1) as killer:
                thread, statuses = post_in_background(upload, loop, path)
                while thread.is_alive() and killer.step():
                    time.sleep(0.001)
                killer.wait_until_quiet()  # also what it does after the answer
            thread.join()
            reached, point = killer.has_killed, f"killed at call {kills + 1}, seed {SEED}"
            if reached:
                kills += 1
                exactly += killer.is_exact()
                after_the_answer += len(statuses)
                loop.process.wait()
                loop.start()
            else:
                assert statuses == [200]
            assert_is_there_once(upload, loop, path, point)
            assert temporary_files(folder) == [] and strays(folder) == [], point
        print(f"\nfigures: killed at {kills} calls, at {exactly} of them before anything else was asked of the folder, "
              f"at {after_the_answer} after the answer")
        assert kills >= 10 and rows(folder, "SELECT count(*) FROM images")[0][0] + rows(folder, "SELECT count(*) FROM models")[0][0] > kills
        assert_ends_whole(loop)


def assert_is_there_once(upload, loop, path, point):
    """After it was sent again."""
    answer = upload.post(loop, path)
    assert answer.status == 200, f"{point}: {answer}"
    wait_until_uploads_are_over(data_folder(loop), point)
    folder = data_folder(loop)
    if isinstance(upload, Batch):
        for key, content in upload.images.items():
            assert rows(folder, "SELECT count(*) FROM images WHERE id = ?", [key]) == [(1,)], point
            assert [file.read_bytes() for file in files_below(folder / "images") if file.name == key] == [content], point
    else:
        assert upload.post(loop, path).json() == answer.json(), point
        assert rows(folder, "SELECT id FROM models WHERE idempotency_key = ?", [upload.key]) == [(answer.json()["id"],)], point


# ------------------------------------------------------------------------------------------------- what is durable when


@pytest.mark.parametrize("make, part", [(lambda chance: Batch(chance, 5), "images"), (UploadedModel, "models")], ids=["images", "a model"])
def test_files_their_names_and_then_their_rows_are_synced_before_the_answer(tmp_path, make, part):
    """What a kill cannot show, and only a power cut would."""
    chance = random.Random(SEED)
    with loop_server(tmp_path) as loop:
        path, folder = generate(loop, "durable"), data_folder(loop)
        with Trace(loop.process.pid, tmp_path / "strace.log", CHANGING + SENDING) as trace:
            assert make(chance).post(loop, path).status == 200
            wait_until_uploads_are_over(folder)
        made = files_below(folder / part)
        assert len(made) == (5 if part == "images" else 1)
        assert not_durable(trace.text(), made, folder / "loop.db") == [], trace.text()


TRACE = """\
21 openat(AT_FDCWD</>, "/d/images/.incoming/7", O_WRONLY|O_CREAT|O_EXCL|O_CLOEXEC, 0644) = 9</d/images/.incoming/7>
22 openat(5</d/images/.incoming>, "8", O_WRONLY|O_CREAT|O_EXCL|O_CLOEXEC, 0644 <unfinished ...>
21 write(9</d/images/.incoming/7>, "\\377\\330"..., 8000) = 8000
22 <... openat resumed>)                   = 10</d/images/.incoming/8>
21 fdatasync(9</d/images/.incoming/7> <unfinished ...>
22 write(10</d/images/.incoming/8>, "\\377\\330"..., 8000) = 8000
22 fdatasync(10</d/images/.incoming/8>)    = 0
21 <... fdatasync resumed>)                = 0
21 fsync(5</d/images/.incoming>)           = 0
23 pwrite64(4</d/loop.db-wal>, "\\0\\0"..., 4096, 0) = 4096
23 pwrite64(4</d/loop.db-wal>, "\\0\\0"..., 4096, 4096) = 4096
23 fdatasync(4</d/loop.db-wal>)            = 0
23 rename("/d/images/.incoming/7", "/d/images/o/p/51/seven") = 0
20 sendmsg(16<socket:[1]>, {msg_name=NULL, msg_iov=[{iov_base="HTTP/1.1 200 OK\\r\\nDate: Sun, 29 N"..., iov_len=342}]}, 0) = 342
23 renameat2(AT_FDCWD</>, "/d/images/.incoming/8", AT_FDCWD</>, "/d/images/o/p/97/eight", RENAME_NOREPLACE) = 0
"""
SEVEN, EIGHT = "/d/images/o/p/51/seven", "/d/images/o/p/97/eight"
FAULTS = {  # a line that begins like this is missing, failed or comes last: what is told then
    "21 fdatasync(9": [f"the bytes of {SEVEN} were not synced"], "22 fdatasync(10": [f"the bytes of {EIGHT} were not synced"],
    "21 fsync(5": [f"the name of {SEVEN} was not synced", f"the name of {EIGHT} was not synced"],
    "23 fdatasync(4": ["the rows were not synced"], "23 pwrite64(4": ["the rows were not written"], "20 sendmsg": ["the answer is missing"],
}


def moved(line_begins, how):
    lines = TRACE.splitlines()
    found = [line for line in lines if line.startswith(line_begins)]
    assert found
    return "\n".join([line for line in lines if line not in found] + ([line for line in found] if how == "comes last" else [])
                     + ([line.split(" = ")[0] + " = -1 EIO" for line in found] if how == "failed" else []))


def test_a_trace_in_which_all_is_synced_is_told_to_be_durable():
    assert not_durable(TRACE, [SEVEN, EIGHT], "/d/loop.db") == []


@pytest.mark.parametrize("how", ["is missing", "failed", "comes last"])
@pytest.mark.parametrize("begins", FAULTS)
def test_a_trace_in_which_a_sync_is_missing_is_told(begins, how):
    if begins == "20 sendmsg" and how == "comes last":
        assert not_durable(moved(begins, how), [SEVEN, EIGHT], "/d/loop.db") == [], "the later the better"
    else:
        assert not_durable(moved(begins, how), [SEVEN, EIGHT], "/d/loop.db") == FAULTS[begins]
