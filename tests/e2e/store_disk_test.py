"""A Loop on a disk that is full, or that damaged its database: it says so, loses nothing, and goes on when there is room again.

LL_STORE_DISK_SEED repeats a draw of uploads.
"""

import os
import random
import shutil
import sqlite3
from contextlib import closing

import pytest
from accounts import data_folder, log_in, rows
from loop_programs.ports import free_port
from nodes import wait_until
from programs import BIN, generate, image_ids, loop_server, run_to_end
from small_disks import MIB, fill, require_own_mounts, small_disk
from system_calls import WRITING, Trace
from uploads import (Batch, UploadedModel, assert_ends_whole, assert_holds_images, assert_holds_models, check, digest, digests,
                     files_below, half_made, strays, temporary_files, wait_until_uploads_are_over)

SEED = int(os.environ.get("LL_STORE_DISK_SEED") or random.SystemRandom().randrange(2**32))
DISK_MIB, BALLAST_MIB = 24, 6

# ---------------------------------------------------------------------------------------------------------- a full disk


@pytest.fixture(name="own_mounts", scope="module")
def fixture_own_mounts():
    require_own_mounts()


@pytest.fixture(name="disk", params=["tmpfs", "ext4"])
def fixture_disk(request, own_mounts, tmp_path):
    with small_disk(request.param, tmp_path / "disk", DISK_MIB) as at:
        yield at


class Sender:
    """Uploads, and notes what of it the Loop has acknowledged."""

    def __init__(self, loop, path):
        self.loop, self.path, self.chance = loop, path, random.Random(SEED)
        self.images, self.models, self.refused = {}, {}, []

    def send(self, upload):
        answer = upload.post(self.loop, self.path)
        assert answer.status in (200, 507), answer
        if answer.status == 507:
            assert "disk" in answer.json()["detail"] and "free" in answer.json()["detail"], answer
            self.refused.append(upload)
        elif isinstance(upload, Batch):
            self.images |= digests(upload)
        else:
            self.models[answer.json()["id"]] = digest(upload.weights)
        return answer.status

    def send_until_full(self, make, in_a_row=1):
        refused = sent = 0
        while refused < in_a_row:
            refused = refused + 1 if self.send(make()) == 507 else 0
            sent += 1
        return sent

    def send_refused_again(self):
        """In small parts, since there may not be room for all; how many were taken."""
        again, self.refused = self.refused, []
        return sum(self.send(upload) == 200 for upload in again)


def big_batch(chance):
    return Batch(chance, 3, 150_000)


def small_batch(chance):
    return Batch(chance, 1, 4_000)


def waiting_images(folder):
    """{id: file} of images whose folder found no room: they have their row and are read where they came in, until the next start."""
    known = {image_id for image_id, in rows(folder, "SELECT id FROM images")}
    files = {file.name.split("_")[1]: file for file in files_below(folder / "images/.incoming")}
    return {image_id: file for image_id, file in files.items() if image_id in known}


def assert_serves(sender, may_wait=False):
    """Reading goes on, and all that was acknowledged is there; after a full disk images `may_wait` for their folder."""
    loop, path = sender.loop, sender.path
    assert_holds_images(loop, path, sender.images)
    assert_holds_models(loop, path, sender.models)
    assert loop.get(f"{path}/data").status == loop.get(path).status == loop.get("/api/projects").status == 200
    assert loop.get(f"/?organization=test&project={path.rsplit('/', 1)[1]}").status == 200
    folder = data_folder(loop)
    waiting = waiting_images(folder).values() if may_wait else ()
    wait_until(lambda: set(temporary_files(folder)) <= set(waiting), "no file of an upload")


@pytest.mark.parametrize("floor", ["0", "3MiB"], ids=["to the last byte", "a floor of 3 MiB"])
def test_a_full_disk_is_507_loses_nothing_and_works_again_when_there_is_room(disk, tmp_path, floor):
    print(f"\nseed {SEED}")
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(BALLAST_MIB * MIB))
    loop = loop_server(disk, environment={"MIN_FREE_DISK_BYTES": floor})
    loop.log = tmp_path / "loop.log"
    with loop:
        path = generate(loop, "full")
        sender = Sender(loop, path)
        for _ in range(3):
            assert sender.send(UploadedModel(sender.chance)) == 200
        sender.send_until_full(lambda: big_batch(sender.chance))
        assert len(sender.images) > 30
        assert_serves(sender, may_wait=True)
        sender.send_until_full(lambda: UploadedModel(sender.chance, 100_000))
        sender.send_until_full(lambda: small_batch(sender.chance), in_a_row=5)
        for _ in range(40):
            sender.send(sender.chance.choice((big_batch, small_batch, UploadedModel))(sender.chance))
        assert_serves(sender, may_wait=True)
        half, waiting = half_made(data_folder(loop)), waiting_images(data_folder(loop))
        assert [stray for stray in strays(data_folder(loop)) if stray not in half and not any(image in stray for image in waiting)] == [], \
            "a row may stay until there is room to remove it, a file until there is room for its folder"
        full = len(sender.images), len(sender.models), len(sender.refused)

        ballast.unlink()
        assert sender.send(small_batch(sender.chance)) == sender.send(UploadedModel(sender.chance)) == 200
        taken = sender.send_refused_again()
        assert taken > 10
        assert_serves(sender, may_wait=True)
        print(f"figures: acknowledged {full[0]} images ({len(waiting)} without a folder) and {full[1]} models until the disk was full, "
              f"{full[2]} uploads refused; with room again {taken} of these taken, "
              f"{len(sender.images)} images and {len(sender.models)} models in all")
        ids = image_ids(loop, path)
        loop.kill()
        loop.start()
        assert image_ids(loop, path) == ids
        assert_serves(sender, may_wait=True)
        fill(disk / "of others")
        loop.kill()
        loop.start()
        assert_serves(sender, may_wait=True)
        (disk / "of others").unlink()
        loop.kill()
        loop.start()
        assert_serves(sender)
        assert_ends_whole(loop)


def test_a_disk_that_others_fill_to_the_last_byte_stops_nothing_but_uploads(disk, tmp_path):
    loop = loop_server(disk, environment={"MIN_FREE_DISK_BYTES": "0"})
    loop.log = tmp_path / "loop.log"
    with loop:
        sender = Sender(loop, generate(loop, "full"))
        assert sender.send(big_batch(sender.chance)) == sender.send(UploadedModel(sender.chance)) == 200
        fill(disk / "of others")
        statuses = {sender.send(make(sender.chance)) for make in (small_batch, big_batch, UploadedModel) for _ in range(3)}
        assert 507 in statuses
        assert_serves(sender, may_wait=True)
        (disk / "of others").unlink()
        assert sender.send_refused_again() > 0 and sender.refused == []
        assert_serves(sender, may_wait=True)
        assert_ends_whole(loop)


def refused_at_the_rows(loop, sender, upload, call, log):
    """Its answer, while strace tells the Loop at the database's log, and nowhere else, that the disk is full."""
    with Trace(loop.process.pid, log, [*WRITING, "fdatasync"],
               ["-P", data_folder(loop) / "loop.db-wal", "-e", f"inject={call}:error=ENOSPC"]) as trace:
        answer = upload.post(loop, sender.path)
        assert "INJECTED" in trace.text(), "the database's log was written"
    return answer


@pytest.mark.parametrize("make", [small_batch, UploadedModel], ids=["images", "a model"])
def test_a_disk_that_is_full_when_the_rows_are_written_takes_nothing_of_the_upload(tmp_path, make):
    with loop_server(tmp_path) as loop:
        folder = data_folder(loop)
        sender = Sender(loop, generate(loop, "full"))
        assert sender.send(make(sender.chance)) == 200
        before = rows(folder, "SELECT count(*) FROM images"), rows(folder, "SELECT count(*) FROM models")
        upload = make(sender.chance)
        assert refused_at_the_rows(loop, sender, upload, "pwrite64", tmp_path / "strace.log").status == 507
        wait_until_uploads_are_over(folder)
        assert strays(folder) == []
        assert (rows(folder, "SELECT count(*) FROM images"), rows(folder, "SELECT count(*) FROM models")) == before
        assert sender.send(upload) == sender.send(make(sender.chance)) == 200
        assert_serves(sender)
        assert_ends_whole(loop)


@pytest.mark.parametrize("then", ["goes on", "is killed"])
@pytest.mark.parametrize("make", [small_batch, UploadedModel], ids=["images", "a model"])
def test_rows_that_could_not_be_synced_do_not_come_up_later_without_their_files(tmp_path, make, then):
    """They stand in the database's log, and a start that follows a kill may find them there."""
    with loop_server(tmp_path) as loop:
        folder = data_folder(loop)
        sender = Sender(loop, generate(loop, "full"))
        assert sender.send(make(sender.chance)) == 200
        upload = make(sender.chance)
        assert refused_at_the_rows(loop, sender, upload, "fdatasync", tmp_path / "strace.log").status in (500, 503, 507)
        if then == "is killed":
            loop.kill()
            loop.start()
            wait_until_uploads_are_over(folder)
            assert strays(folder) == []
        assert sender.send(upload) == sender.send(make(sender.chance)) == 200
        assert_serves(sender)
        assert_ends_whole(loop)


# ---------------------------------------------------------------------------------------------------- a damaged database


@pytest.fixture(name="sound", scope="module")
def fixture_sound(tmp_path_factory):
    """The folder of a Loop that has ended, with some hundred images."""
    with loop_server(tmp_path_factory.mktemp("sound")) as loop:
        path, chance = generate(loop, "field"), random.Random(SEED)
        for _ in range(10):
            assert Batch(chance, 20, 1_000).post(loop, path).status == 200
        assert loop.stop() == 0
        return data_folder(loop)


@pytest.fixture(name="folder")
def fixture_folder(sound, tmp_path):
    return shutil.copytree(sound, tmp_path / "loop")


def page_size(database):
    return int.from_bytes(database[16:18], "big")


def with_garbage(content, page):
    """One of its pages is written over."""
    size = page_size(content)
    return content[:page * size] + random.Random(SEED).randbytes(size) + content[(page + 1) * size:]


DAMAGES = {
    "its header is written over": lambda content: b"\xde\xad\xbe\xef" * 25 + content[100:],
    "a page in the middle is written over": lambda content: with_garbage(content, len(content) // page_size(content) // 2),
    "a page near the end is written over": lambda content: with_garbage(content, len(content) // page_size(content) - 2),
    "its second half is cut off": lambda content: content[:len(content) // 2],
    "its last page is cut off": lambda content: content[:-page_size(content)],
    "all but a few bytes are cut off": lambda content: content[:10],
}


def content_of(folder):
    """What must not change; the lock and the database's log are of the process that looks."""
    return {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*")
            if file.is_file() and file.name not in (".lock", "loop.db-wal", "loop.db-shm")}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_database_is_named_with_the_remedy_and_left_as_it_is(folder, damage):
    database = folder / "loop.db"
    database.write_bytes(DAMAGES[damage](database.read_bytes()))
    before = content_of(folder)
    status, said = run_to_end([BIN / "learning-loop", "server", "--data-folder", folder, "--port", free_port()], seconds=5)
    assert status > 0, said
    assert all(word in said for word in (str(database), "backups", "learning-loop check")) and "terminate" not in said, said
    assert content_of(folder) == before


def test_a_copy_from_the_backups_in_its_place_is_the_remedy(folder, tmp_path):
    """What came in after the copy has no row any more: check tells, and the server serves the rest."""
    database, copy = folder / "loop.db", tmp_path / "copy.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("VACUUM INTO ?", [str(copy)])
    with loop_server(tmp_path) as loop:
        path = "/api/test/projects/field"
        ids = image_ids(loop, path)
        later = Batch(random.Random(SEED + 1), 2)
        assert later.post(loop, path).status == 200
        loop.stop()
        database.write_bytes(b"\xde\xad\xbe\xef" * 1000)
        assert run_to_end(loop.command)[0] > 0
        for file in folder.glob("loop.db*"):
            file.unlink()
        copy.rename(database)
        done = check(folder)
        assert done.returncode == 1 and all(f"{key} has no row" in done.stdout for key in later.images), done
        loop.headers = {}  # the login was not yet in the copy
        loop.start()
        assert image_ids(loop, path) == ids
        assert later.post(loop, path).status == 200 and strays(folder) == []
        assert_ends_whole(loop)


# ------------------------------------------------------------------------------------------------ two servers, one folder


def test_a_second_server_on_the_folder_ends_names_the_first_and_disturbs_nothing(tmp_path):
    with loop_server(tmp_path) as first:
        sender = Sender(first, generate(first, "one"))
        for _ in range(3):
            assert sender.send(small_batch(sender.chance)) == 200
            status, said = run_to_end([BIN / "learning-loop", "server", "--data-folder", data_folder(first), "--port", free_port()])
            assert status == 2 and str(first.process.pid) in said and str(data_folder(first)) in said, said
        assert log_in(first).status == 200
        assert_serves(sender)
        assert_ends_whole(first)
