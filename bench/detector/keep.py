"""What keeping each image durably adds to the answer of POST /detect: autoupload `all` beside `disabled`, and the same writes without a
detector, in turns. And whether the bytes that are kept are those that came."""

import hashlib
import os
import random
import threading
import time

from figures import percentile
from null_detectors import picture, start_ours
from pinned_server import LOAD_CORE

from loop_programs.connection import Connection
from loop_programs.multipart import multipart

IMAGE_BYTES, COMMENT = 160_000, 16  # the latter: random bytes of each image, so that each is another
# How many clients, how many images each of them sends in a second (0: one after the other), and the goals for what is added.
LOADS = [(1, 0, {50: 1.5, 99: 5}), (4, 10, {50: 1.5, 99: 5})]


class Images:
    """Requests with images that came never before."""

    def __init__(self):
        jpeg = picture(640, 480, IMAGE_BYTES - COMMENT - 4)
        self.mark = random.randbytes(COMMENT)
        self.jpeg = jpeg[:2] + b"\xff\xfe" + (COMMENT + 2).to_bytes(2, "big") + self.mark + jpeg[2:]
        self.body, self.form = multipart([("a.jpg", self.jpeg)], "file", "image/jpeg")

    def next(self):
        """The request's body, and the digest of the image in it."""
        mark = random.randbytes(COMMENT)
        return self.body.replace(self.mark, mark, 1), hashlib.sha256(self.jpeg.replace(self.mark, mark, 1)).digest()


class Client(threading.Thread):
    """Sends images until the end of its block; `milliseconds` of each answer, `sent` the digests."""

    def __init__(self, server, images, autoupload, rate, seconds):
        super().__init__()
        self.server, self.images, self.autoupload, self.rate, self.end = server, images, autoupload, rate, time.monotonic() + seconds
        self.milliseconds, self.sent, self.fault = [], set(), None

    def run(self):
        connection = Connection(self.server.port)
        due = time.monotonic() + (random.random() / self.rate if self.rate else 0)
        try:
            while time.monotonic() < self.end and not self.fault:
                time.sleep(max(0, due - time.monotonic()))
                due += 1 / self.rate if self.rate else 0
                self.send(connection)
        except OSError as fault:
            self.fault = f"ended a connection: {fault}"
        finally:
            connection.close()

    def send(self, connection):
        body, digest = self.images.next()
        begin = time.perf_counter()
        answer = connection.ask("POST", "/detect", body, {"Content-Type": self.images.form, "autoupload": self.autoupload})
        self.milliseconds.append(1000 * (time.perf_counter() - begin))
        if answer.status != 200:
            self.fault = f"answered {answer.status}: {answer.body[:200]}"
        self.sent.add(digest)


class Floor:
    """What the same bytes cost who only writes them durably, one after the other: two files, their folder, and its place."""

    def __init__(self, folder, jpeg):
        self.folder, self.jpeg, self.number = folder, jpeg, 0
        for name in ("tmp", "normal"):
            (folder / name).mkdir(parents=True)

    def measure(self, seconds):
        end, milliseconds = time.monotonic() + seconds, []
        while time.monotonic() < end:
            begin = time.perf_counter()
            self.write_one()
            milliseconds.append(1000 * (time.perf_counter() - begin))
            time.sleep(0.01)
        return milliseconds

    def write_one(self):
        self.number += 1
        made = self.folder / "tmp" / str(self.number)
        made.mkdir()
        for name, content in (("image.jpg", self.jpeg), ("image.json", bytes(200))):
            file = os.open(made / name, os.O_CREAT | os.O_WRONLY)
            os.write(file, content)
            os.fdatasync(file)
            os.close(file)
        sync_folder(made)
        os.rename(made, self.folder / "normal" / str(self.number))
        sync_folder(self.folder / "normal")


def sync_folder(folder):
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    os.fsync(file)
    os.close(file)


def send_side_by_side(server, images, autoupload, clients, rate, seconds):
    """Milliseconds of all answers, and the digests of what was sent."""
    threads = [Client(server, images, autoupload, rate, seconds) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for fault in filter(None, (thread.fault for thread in threads)):
        server.fail(fault)
    return [each for thread in threads for each in thread.milliseconds], set().union(*(thread.sent for thread in threads))


def kept_in(folder):
    return {hashlib.sha256(file.read_bytes()).digest() for file in (folder / "ours/outbox/normal").glob("*/*.jpg")}


def measure(options, folder, figures):
    os.sched_setaffinity(0, {LOAD_CORE})
    images, kept = Images(), set()
    with start_ours(options, folder, {"STREAMS": "4"}) as server:
        for clients, rate, goals in LOADS:
            floor = Floor(folder / f"floor-{clients}", images.jpeg)
            times = {"disabled": [], "all": [], "floor": []}
            send_side_by_side(server, images, "disabled", clients, rate, 1)  # warm
            for number in range(2 * options.rounds):
                for what in ("disabled", "all") if number % 2 == 0 else ("all", "disabled"):
                    milliseconds, sent = send_side_by_side(server, images, what, clients, rate, options.seconds / 2)
                    times[what] += milliseconds
                    kept |= sent if what == "all" else set()
                times["floor"] += floor.measure(options.seconds / 4)
            pace = f"{rate} images/s each" if rate else "one image after the other"
            figures.head(f"keeping images of {len(images.jpeg) / 1000:.0f} kB, {clients} client(s), {pace}")
            tell(figures, times, goals)
        figures.tell("images kept", len(kept), "")
        figures.tell("of them not with the bytes that came", len(kept ^ kept_in(folder)), "", at_most=0)
    return True


def tell(figures, times, goals):
    for percent, goal in goals.items():
        bare, kept, floor = (percentile(times[name], percent) for name in ("disabled", "all", "floor"))
        figures.tell(f"answer without keeping, p{percent}", bare, "ms")
        figures.tell(f"answer with keeping, p{percent}", kept, "ms")
        figures.tell(f"what keeping adds, p{percent}", kept - bare, "ms", at_most=goal)
        figures.tell(f"a bare durable write of the same, p{percent}", floor, "ms")
