"""The way out of a robot without network: `learning-loop outbox export` copies what waits to a disk, from which a detector on another
machine sends it, or curl. LL_CASES_SEED repeats a draw."""

import contextlib
import os
import re
import subprocess
import time
from types import SimpleNamespace

import pytest
from accounts import token
from detector_clients import SCRIPTED
from draws import draws
from kept_images import KeptOutbox, id_of
from loop_programs.ports import free_port
from loop_programs.process import clean_environment, start_process
from nodes import ORGANIZATION, Outbox, image_files, wait_until
from programs import ROOT, detector, generate, image_ids, jpeg, loop_server
from shell import PROGRAM, command, printed
from small_disks import MIB, require_own_mounts, small_disk

WAITING = ("priority", "normal")
KILLS = 12
IMAGES = 4000  # so that an export takes longer than all moments until the last kill


def away():
    """A Loop that cannot be reached, so that whatever waits stays."""
    return SimpleNamespace(port=free_port())


@pytest.fixture(name="kept")
def fixture_kept(tmp_path):
    kept = KeptOutbox(tmp_path / "detector")
    for number in range(6):
        kept.add("priority" if number % 3 == 0 else "normal", id_of(number), jpeg(number))
    kept.add("rejected", id_of(8), jpeg(8), reason="refused\n")
    kept.add_stranger("rejected", "stray")
    return kept


def export(kept, to, *words):
    return command("outbox", "export", to, *words, folder=kept.data_folder)


# ------------------------------------------------------------------------------------------------------ what is copied


@pytest.mark.parametrize("running", [True, False], ids=["a detector runs", "no detector runs"])
def test_what_waits_is_copied_as_it_is_and_stays_where_it_was(kept, tmp_path, running):
    before, copies = kept.content(), KeptOutbox(tmp_path / "stick")
    with detector(tmp_path, away(), "o", "p", SCRIPTED) if running else contextlib.nullcontext():
        done = export(kept, tmp_path / "stick")
        assert (done.returncode, done.stderr) == (0, "") and "6 images exported" in done.stdout, done
        assert f"learning-loop outbox drop --all --data-folder {kept.data_folder}" in done.stdout
        assert copies.content() == kept.content(WAITING) and not (copies.outbox / "tmp").exists()
        assert kept.content() == before


def test_what_was_refused_is_copied_on_demand_with_its_reason_and_strangers_are_named(kept, tmp_path):
    copies = KeptOutbox(tmp_path / "stick")
    done = command("outbox", "export", "--rejected", tmp_path / "stick", folder=kept.data_folder)
    assert done.returncode == 0 and "7 images exported" in done.stdout and "left: stray is no image" in done.stderr, done
    assert copies.files("rejected", id_of(8)) == kept.files("rejected", id_of(8)) and copies.ids("rejected") == {id_of(8)}


def test_a_second_export_passes_by_what_is_there_and_brings_what_is_new(kept, tmp_path):
    copies = KeptOutbox(tmp_path / "stick")
    assert export(kept, tmp_path / "stick").returncode == 0
    kept.remove("normal", id_of(1))
    kept.add("normal", id_of(20), jpeg(20))
    written = {file: file.stat().st_mtime_ns for file in copies.outbox.rglob("image_*")}
    done = export(kept, tmp_path / "stick")
    assert done.returncode == 0 and "1 image exported" in done.stdout and "5 were there" in done.stdout, done
    assert copies.ids("normal") == kept.ids("normal") | {id_of(1)}
    assert all(file.stat().st_mtime_ns == time_ns for file, time_ns in written.items())


def test_another_content_is_never_overwritten_but_named(kept, tmp_path):
    copies = KeptOutbox(tmp_path / "stick")
    copies.add("normal", id_of(1), b"another image")
    copies.add("normal", id_of(2), jpeg(2), camera="other metadata")
    (copies.outbox / "normal" / id_of(4)).write_text("a file in the way")
    before = copies.content()
    done = export(kept, tmp_path / "stick")
    assert done.returncode == 1 and "3 images exported" in done.stdout, done
    assert all(id_of(number) in done.stderr for number in (1, 2, 4)) and done.stderr.count("another content") == 3
    assert {name: copies.content()[name] for name in before} == before


def test_thousands_are_copied_with_a_word_on_the_way(tmp_path):
    kept, copies = KeptOutbox(tmp_path / "detector"), KeptOutbox(tmp_path / "stick")
    for number in range(2000):
        kept.add("normal", id_of(number), b"a")
    done = export(kept, tmp_path / "stick")
    assert done.returncode == 0 and "2000 images exported" in done.stdout
    told = [int(line.removesuffix(" images exported")) for line in done.stderr.splitlines()]
    assert 1000 <= told[0] < 1100 and len(told) == 2, done.stderr
    assert copies.content() == kept.content()


# ------------------------------------------------------------------------------------------------------- where it goes


def test_a_place_that_is_no_good_is_refused_with_the_remedy_and_nothing_is_copied(kept, tmp_path):
    (tmp_path / "link").symlink_to(kept.data_folder)
    (tmp_path / "half").mkdir()
    (tmp_path / "half/outbox").symlink_to(kept.outbox)
    (tmp_path / "file").write_text("in the way")
    before = kept.content()
    places = {kept.data_folder: "elsewhere", kept.data_folder / "export": "elsewhere", tmp_path / "link": "elsewhere",
              tmp_path / "link/x": "elsewhere", tmp_path / "half": "elsewhere", tmp_path / "file": "cannot be written",
              tmp_path / "not mounted/stick": "cannot be written", "/proc/self": "cannot be written"}
    for place, named in places.items():
        done = export(kept, place)
        assert (done.returncode, done.stdout) == (1, "") and named in done.stderr and str(place) in done.stderr, done
        assert "filesystem error" not in done.stderr and "take another folder" in done.stderr or "elsewhere" in done.stderr, done
    assert kept.content() == before and not (tmp_path / "not mounted").exists()


def test_the_folder_of_a_detector_that_runs_is_refused(kept, tmp_path):
    (tmp_path / "other").mkdir()
    with detector(tmp_path / "other", away(), "o", "p", SCRIPTED):
        done = export(kept, tmp_path / "other/detector")
        assert (done.returncode, done.stdout) == (1, "") and "in use by a detector" in done.stderr, done
        assert Outbox(tmp_path / "other").waiting() == []


def test_a_disk_that_is_too_small_or_may_not_be_written_is_named_before_anything_is_copied(kept, tmp_path):
    require_own_mounts()
    kept.add("normal", id_of(30), os.urandom(3 * MIB))
    with small_disk("tmpfs", tmp_path / "stick", 2) as stick:
        done = export(kept, stick)
        assert (done.returncode, done.stdout) == (1, "") and f"{stick} has " in done.stderr and "free space" in done.stderr, done
        assert list((stick / "outbox").glob("*/*")) == []
        subprocess.run(["mount", "-o", "remount,ro", stick], check=True)
        done = export(kept, stick)
        assert (done.returncode, done.stdout) == (1, "") and "cannot be written" in done.stderr and "Read-only" in done.stderr, done


def test_a_disk_that_becomes_full_keeps_whole_images_and_the_next_export_brings_the_rest(tmp_path):
    require_own_mounts()
    kept = KeptOutbox(tmp_path / "detector")
    for number in range(100):
        kept.add("normal", id_of(number))
    with small_disk("tmpfs", tmp_path / "stick", 4) as stick:
        subprocess.run(["mount", "-o", "remount,nr_inodes=200", stick], check=True)  # bytes are free, but not room for so many files
        copies = KeptOutbox(stick)
        done = export(kept, stick)
        assert done.returncode == 1 and "is full" in done.stderr and "export again" in done.stderr, done
        assert 0 < len(copies.ids("normal")) < 100 and copies.content().items() <= kept.content().items()
        assert all(len(copies.files("normal", image_id)) == 2 for image_id in copies.ids("normal"))
        assert not (copies.outbox / "tmp").exists()
        subprocess.run(["mount", "-o", "remount,nr_inodes=2000", stick], check=True)
        done = export(kept, stick)
        assert done.returncode == 0 and "were there already" in done.stdout, done
        assert copies.content() == kept.content()


def test_an_export_that_is_killed_at_any_moment_leaves_whole_images_and_the_next_completes_it(tmp_path):
    kept, copies = KeptOutbox(tmp_path / "detector"), KeptOutbox(tmp_path / "stick")
    for number in range(IMAGES):
        kept.add("normal" if number % 5 else "priority", id_of(number), os.urandom(2_000))
    source, chance = kept.content(), draws("kills")
    words, killed, at_kill = [PROGRAM, "outbox", "export", tmp_path / "stick", "--data-folder", kept.data_folder], 0, []
    for _ in range(KILLS):
        goal = number_of(copies) + chance.randrange(IMAGES // 25)
        process = start_process(words, stdout=subprocess.DEVNULL)
        wait_until(lambda: number_of(copies) >= goal or process.poll() is not None, "images on the stick")
        time.sleep(chance.uniform(0, 0.02))  # somewhere in what follows
        process.kill()
        killed += process.wait() < 0
        content = copies.content(WAITING)
        assert content.items() <= source.items()
        assert all(len(copies.files(queue, image_id)) == 2 for queue in WAITING for image_id in copies.ids(queue))
        at_kill.append(number_of(copies))
    done = export(kept, tmp_path / "stick")
    assert done.returncode == 0 and copies.content() == source and not (copies.outbox / "tmp").exists(), done
    print(f"figures: kills {killed}, images there at each of them {at_kill}, of {IMAGES}; half 0, lost 0")
    assert killed >= KILLS // 2 and len(set(at_kill)) >= KILLS // 2, "most kills have to hit an export, at different places"


def number_of(copies):
    return sum(len(copies.ids(queue)) for queue in WAITING)


# -------------------------------------------------------------------------------------------- on the machine with network


@pytest.fixture(name="loop", scope="module")
def fixture_loop(tmp_path_factory):
    with loop_server(tmp_path_factory.mktemp("loop")) as server:
        yield server


def contents_in(loop, path):
    """Of each image in the Loop, by its id."""
    ids = image_ids(loop, path)
    assert len(ids) == len(set(ids))
    return dict(image_files(loop, path))


WANTED = {id_of(number): jpeg(number) for number in range(6)}


def test_a_detector_uploads_what_was_carried_to_it_and_the_robot_may_send_the_same(kept, tmp_path, loop):
    path = generate(loop, "carried", ORGANIZATION)
    (tmp_path / "elsewhere").mkdir()
    assert "6 images exported" in printed("outbox", "export", tmp_path / "elsewhere/detector", folder=kept.data_folder)
    pause = ["--version-control-default", "pause"]
    with detector(tmp_path / "elsewhere", loop, ORGANIZATION, "carried", more=pause, ready="/about"):
        Outbox(tmp_path / "elsewhere").wait_until_empty()
    assert contents_in(loop, path) == WANTED
    with detector(tmp_path, loop, ORGANIZATION, "carried", SCRIPTED):
        Outbox(tmp_path).wait_until_empty()
    assert contents_in(loop, path) == WANTED and kept.ids("rejected") == {id_of(8), "stray"}


def test_the_lines_of_the_manual_send_it_with_curl(kept, tmp_path, loop):
    path = generate(loop, "curled", ORGANIZATION)
    assert export(kept, tmp_path / "stick").returncode == 0
    manual = (ROOT / "docs/protocol.md").read_text()
    [lines] = re.findall(r"```sh\n(for image in /media/stick.*?)```", manual, re.DOTALL)
    lines = lines.replace("/media/stick", str(tmp_path / "stick")).replace("https://farm.example", f"http://127.0.0.1:{loop.port}")
    lines = lines.replace("/zauberzeug/projects/field/", f"/{ORGANIZATION}/projects/curled/")
    script = token(loop, "--script", "carry")["Authorization"].removeprefix("Bearer ")
    for _ in range(2):
        done = subprocess.run(["bash", "-c", lines], env=clean_environment({"LOOP_TOKEN": script}), capture_output=True, text=True,
                              timeout=60, check=False)
        assert done.returncode == 0, done
        assert contents_in(loop, path) == WANTED
