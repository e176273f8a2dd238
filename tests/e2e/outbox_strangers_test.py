"""What others put into a detector's outbox: it harms no image, is put aside with a reason, and nothing outside of the outbox is touched.

LL_STRANGERS="1000000" chooses how many files lie there in the test of many."""

import functools
import os
import shutil
import stat
import tempfile
import time
import uuid
from contextlib import contextmanager
from pathlib import Path

import pytest
from detector_clients import SCRIPTED
from machines import skip
from nodes import ORGANIZATION, Client, Outbox, image_files, wait_until, with_comment
from outbox_scene import Sender, digest
from programs import detector, generate, jpeg, loop_server

MANY = int(os.environ.get("LL_STRANGERS") or 10_000)
STRANGER_UID = 65534
LONG = "n" * 255
UNFIT = ["a fifo", "a link", "a folder", "a device", "no bytes", "nothing"]  # instead of a file of an image
ENDLESS = stat.S_IFCHR | 0o666, os.makedev(1, 5)  # a device of zeros


@pytest.fixture(name="loop", scope="module")
def fixture_loop(tmp_path_factory):
    with loop_server(tmp_path_factory.mktemp("loop")) as server:
        yield server


@pytest.fixture(name="scene")
def fixture_scene(loop, tmp_path):
    scene = Scene(loop, tmp_path)
    yield scene
    shutil.rmtree(scene.outbox)  # pytest would keep the many files and the long ones


class Scene:
    """The outbox of a detector that does not run yet, a real Loop, and files elsewhere that nobody may touch."""

    def __init__(self, loop, folder):
        self.loop, self.folder, self.project = loop, folder, f"p{uuid.uuid4().hex[:12]}"
        self.path = generate(loop, self.project, ORGANIZATION, box_categories=1)
        self.outbox = folder / "detector/outbox"
        for queue in ("priority", "normal", "rejected", "tmp"):
            (self.outbox / queue).mkdir(parents=True)
        self.foreign = folder / "foreign"
        self.foreign_image = put_image(self.foreign, str(uuid.uuid4()), jpeg(99))
        for number in range(50):
            (self.foreign / f"deep/{number}").mkdir(parents=True)
            (self.foreign / f"deep/{number}/secret").write_text(f"secret {number}")
        (self.foreign / "etc").mkdir()
        shutil.copy("/etc/passwd", self.foreign / "etc")
        self.before = snapshot(self.foreign)
        self.good = []

    def put_good(self, count=4):
        """Images as a detector keeps them, in both queues."""
        for number in range(count):
            content = with_comment(jpeg(number), uuid.uuid4().bytes)
            put_image(self.outbox / ("priority", "normal")[number % 2], new_id(), content)
            self.good.append(digest(content))

    @contextmanager
    def node(self, environment=None):
        """As an ordinary user, whom the system denies files of others."""
        command = SCRIPTED
        if os.geteuid() == 0:
            command = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs", *SCRIPTED]
        with detector(self.folder, self.loop, ORGANIZATION, self.project, command, environment) as node:
            yield node

    def in_loop(self):
        return [digest(image) for _, image in image_files(self.loop, self.path)]

    def wait_for_good(self):
        """How many seconds that took."""
        begin = time.monotonic()
        wait_until(lambda: set(self.good) <= set(self.in_loop()), "all good images arrive")
        return time.monotonic() - begin

    def reasons(self):
        """By name: why it was put aside. None: nobody said."""
        return {item.name: (item / "reason.txt").read_text() if (item / "reason.txt").is_file() else None
                for item in Outbox(self.folder).rejected()}

    def assert_foreign_is_untouched(self):
        assert snapshot(self.foreign) == self.before
        assert digest(jpeg(99)) not in self.in_loop(), "an image from elsewhere came to the Loop"
        assert len(self.in_loop()) == len(set(self.in_loop()))


def new_id():
    """Of version 7, as a detector names its images."""
    return f"019a0000-0000-7{uuid.uuid4().hex[:3]}-8000-{uuid.uuid4().hex[:12]}"


def put_image(queue, name, image, metadata=b"{}"):
    item = queue / name
    item.mkdir(parents=True)
    (item / f"image_{name}.jpg").write_bytes(image)
    (item / f"image_{name}.json").write_bytes(metadata)
    return item


def snapshot(folder):
    """All that is in a folder: names, kinds, modes, times and contents. Links are not followed."""
    found = {}
    for at, folders, files in os.walk(folder):
        for name in folders + files:
            file = Path(at, name)
            status = file.lstat()
            content = file.read_bytes() if stat.S_ISREG(status.st_mode) else None
            found[file] = status.st_mode, status.st_nlink, status.st_mtime_ns, status.st_ctime_ns, content
    return found


# ---------------------------------------------------------------------------------------------------------------- at the start


@functools.cache
def unfit_here():
    """Those that this test may make."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            os.mknod(f"{folder}/device", *ENDLESS)
        except PermissionError as failure:
            print(f"without a device: {failure}")
            return [what for what in UNFIT if what != "a device"]
    return UNFIT


def put_strangers(queue, foreign_image):
    """One of each kind; their names."""
    (queue / "a file").write_text("hello")
    (queue / "an empty file").touch()
    (queue / "an empty folder").mkdir()
    (queue / "a deep folder/of/others").mkdir(parents=True)
    (queue / "a deep folder/of/others/file").write_text("hello")
    (queue / LONG).mkdir()
    (queue / "two\nlines").mkdir()
    os.mkfifo(queue / "a fifo")
    foreign = foreign_image.parent
    for name, target in {"to etc": foreign / "etc", "to passwd": foreign / "etc/passwd", "to nowhere": "/nowhere",
                         "to itself": "a link to itself", "to others": foreign}.items():
        (queue / f"a link {name}").symlink_to(target)
    (queue / foreign_image.name).symlink_to(foreign_image)
    if "a device" in unfit_here():
        os.mknod(queue / "a device", *ENDLESS)
    for what in unfit_here():
        for kind in ("jpg", "json"):
            item = put_image(queue, new_id(), jpeg(1))
            spoil(item, kind, what, foreign_image)
    return [entry.name for entry in queue.iterdir()]


def spoil(item, kind, what, foreign_image):
    """The file of that kind becomes something else."""
    file = item / f"image_{item.name}.{kind}"
    file.unlink()
    if what == "a fifo":
        os.mkfifo(file)
    elif what == "a link":
        file.symlink_to(foreign_image / f"image_{foreign_image.name}.{kind}")
    elif what == "a folder":
        file.mkdir()
    elif what == "a device":
        os.mknod(file, *ENDLESS)
    elif what == "no bytes":
        file.touch()


def test_strangers_are_put_aside_with_a_reason_and_every_image_arrives(scene):
    strangers = [name for queue in ("priority", "normal") for name in put_strangers(scene.outbox / queue, scene.foreign_image)]
    for folder in ("tmp", "rejected"):
        (scene.outbox / folder / "a link").symlink_to(scene.foreign)
        put_image(scene.outbox / folder, new_id(), jpeg(5))
    (scene.outbox / "a stranger").symlink_to(scene.foreign)
    scene.put_good()
    with scene.node({"USE_BACKDOOR_CONTROLS": "1"}) as node:
        took = scene.wait_for_good()
        wait_until(lambda: not Outbox(scene.folder).waiting(), "nothing waits")
        assert not list((scene.outbox / "tmp").iterdir())
        reasons = [place for place, reason in scene.reasons().items() if reason]
        assert len(reasons) >= len(strangers), set(strangers) - set(reasons)
        assert not [name for name in strangers if len(name) < 200 and name not in reasons]
        scene.assert_foreign_is_untouched()
        print(f"figures: {len(strangers)} strangers put aside, all images arrived {took:.1f} s after it was ready")
        assert node.ask("POST", "/reset").json() is True
        assert not Outbox(scene.folder).waiting() and not Outbox(scene.folder).rejected()
        scene.assert_foreign_is_untouched()


def test_what_is_put_aside_and_deleted_to_keep_to_the_limit_takes_nothing_along(scene):
    put_strangers(scene.outbox / "priority", scene.foreign_image)
    scene.put_good()
    with scene.node({"REJECTED_MAX_BYTES": "1"}):
        scene.wait_for_good()
        wait_until(lambda: not Outbox(scene.folder).waiting(), "nothing waits")
        assert sum(file.lstat().st_size for file in (scene.outbox / "rejected").rglob("*.jpg")) <= 1
        scene.assert_foreign_is_untouched()


def test_images_that_are_broken_are_put_aside_whole_and_hold_up_no_other(scene):
    """Only the Loop can tell, by refusing them."""
    image = jpeg(3)
    broken = {new_id(): content for content in [
        (image[:-300], b"{}"), (image[:20], b"{}"), (os.urandom(3_000), b"{}"), (image, b'{"tags": ["a'), (image, b"[]"), (image, b"\xff"),
        (image, b"\0" * 100), (image, b"{" * 100_000), (image, b"{" + b" " * 100_000_000 + b"}")]}
    for number, (name, (picture, text)) in enumerate(broken.items()):
        put_image(scene.outbox / ("priority", "normal")[number % 2], name, picture, text)
    scene.put_good(20)
    with scene.node() as node:
        took = scene.wait_for_good()
        wait_until(lambda: not Outbox(scene.folder).waiting(), "nothing waits", 60)
        reasons = scene.reasons()
        assert not [broken[name][1][:20] for name in broken if not reasons.get(name)]
        for name, (picture, text) in broken.items():
            assert (scene.outbox / "rejected" / name / f"image_{name}.jpg").read_bytes() == picture
            assert (scene.outbox / "rejected" / name / f"image_{name}.json").read_bytes() == text
        assert sorted(scene.in_loop()) == sorted(scene.good)
        assert max(map(len, node.log_text().splitlines())) < 2_000
        print(f"figures: {len(broken)} broken images put aside, {len(scene.good)} arrived {took:.1f} s after it was ready")


def test_images_in_folders_with_odd_names_arrive_or_are_put_aside(scene):
    """Programs before this one named images otherwise."""
    names = ["two\nlines", 'quotes" and; name="files"; \t tabs', "größe ☃ 画像", "n" * 244, "-rf", "...", " ", "image_x.jpg", "%2e%2e%2f",
             "a\r\nX-Evil: 1", "2023-01-31_12:00:00.123456", b"not \xff UTF-8".decode(errors="surrogateescape")]
    named = {put_image(scene.outbox / "normal", name, with_comment(jpeg(1), uuid.uuid4().bytes)).name: name for name in names}
    contents = {digest((scene.outbox / "normal" / name / f"image_{name}.jpg").read_bytes()): name for name in named}
    scene.put_good()
    with scene.node():
        scene.wait_for_good()
        wait_until(lambda: not Outbox(scene.folder).waiting(), "nothing waits")
        aside = {digest(file.read_bytes()) for item in Outbox(scene.folder).rejected() for file in item.rglob("image_*.jpg")}
        come = set(scene.in_loop()) - set(scene.good)
        assert aside | come == contents.keys(), [contents[lost] for lost in contents.keys() - aside - come]
        assert "2023-01-31_12:00:00.123456" in [contents[one] for one in come]
        print(f"figures: of {len(names)} odd names {len(come)} arrived, {len(aside)} were put aside")


@pytest.mark.parametrize("queue", ["priority", "normal", "tmp", "rejected"])
def test_what_belongs_to_somebody_else_stops_nothing(scene, queue):
    """The system lets the detector neither read nor move it."""
    if os.geteuid() != 0:
        skip("only root may make files of others")
    for part in ("", "jpg", "json"):
        item = put_image(scene.outbox / queue, new_id(), jpeg(1))
        file = item / f"image_{item.name}.{part}" if part else item
        file.chmod(0)
        os.chown(file, STRANGER_UID, STRANGER_UID)
    scene.put_good()
    with scene.node() as node:
        scene.wait_for_good()
        assert Client(node).upload(with_comment(jpeg(2), b"another")).status == 200
        wait_until(lambda: digest(with_comment(jpeg(2), b"another")) in scene.in_loop(), "a new image arrives")
        assert len(scene.in_loop()) == len(scene.good) + 1
        assert len(node.log_text().splitlines()) < 100


def test_many_strangers_hold_up_nothing_and_fill_no_log(scene):
    queue = scene.outbox / "normal"
    for number in range(MANY):
        os.close(os.open(queue / f"stranger {number}", os.O_CREAT | os.O_WRONLY))
    scene.put_good(20)
    with scene.node() as node:
        took = scene.wait_for_good()
        lines = len(node.log_text().splitlines())
        assert lines <= 1_100
        assert Client(node).upload(with_comment(jpeg(2), b"another")).status == 200
        wait_until(lambda: digest(with_comment(jpeg(2), b"another")) in scene.in_loop(), "a new image arrives")
        print(f"figures: {MANY} strangers, {len(list(queue.iterdir()))} stay where they are, {lines} lines of log, "
              f"all images arrived {took:.1f} s after it was ready")


# ---------------------------------------------------------------------------------------------------------------- while it runs


def test_what_is_changed_under_a_detector_that_runs_harms_no_other_image(scene):
    unfit = unfit_here()
    with scene.node() as node:
        assert node.ask("PUT", "/outbox_mode", "stopped").status == 200
        sender = Sender(node)
        assert {sender.upload(priority=number % 2 == 0) for number in range(3 * len(unfit))} == {200}
        items = sorted(Outbox(scene.folder).waiting(), key=lambda item: item.name)
        spoilt = set()
        for number, what in enumerate(unfit):
            for kind, item in (("jpg", items[number * 3]), ("json", items[number * 3 + 1])):
                spoilt.add(digest((item / f"image_{item.name}.jpg").read_bytes()))
                spoil(item, kind, what, scene.foreign_image)
        put_strangers(scene.outbox / "normal", scene.foreign_image)
        put_strangers(scene.outbox / "tmp", scene.foreign_image)
        assert node.ask("PUT", "/outbox_mode", "continuous_upload").status == 200
        scene.good = [one for one in sender.acknowledged if one not in spoilt]
        scene.wait_for_good()
        assert {sender.upload() for _ in range(5)} == {200}
        scene.good += sender.acknowledged[-5:]
        scene.wait_for_good()
        scene.assert_foreign_is_untouched()
        assert set(scene.in_loop()) == set(scene.good)
        assert len(node.log_text().splitlines()) < 200
        print(f"figures: {len(spoilt)} images spoilt while they waited, {len(scene.good)} others arrived")


def test_an_outbox_whose_folders_vanish_says_so_and_keeps_the_next_image(scene):
    with scene.node() as node:
        sender = Sender(node)
        assert sender.upload() == 200
        while scene.outbox.exists():
            shutil.rmtree(scene.outbox, ignore_errors=True)  # an upload may put its file there meanwhile
        statuses = [Client(node).upload(with_comment(jpeg(4), b"%d" % number)).status for number in range(3)]
        assert set(statuses) <= {200, 507} and node.process.poll() is None
        node.stop()
        node.start()
        sender.reconnect()
        assert sender.upload() == 200
        scene.good = sender.acknowledged[-1:]
        scene.wait_for_good()
