"""What a detector keeps for the Loop, on a robot's shell: `learning-loop outbox list`, `requeue` and `drop`, while the detector runs and
while it does not. What `export` copies is in outbox_export_test.py."""

import json
import os
import shutil
import stat
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
from detector_clients import SCRIPTED, put
from fake_loop import FakeLoop, files_in
from kept_images import KeptOutbox, id_of
from loop_programs.ports import free_port
from loop_programs.process import start_process
from machines import skip
from nodes import Client, Outbox, wait_until
from programs import detector, jpeg
from shell import PROGRAM, command, printed

REASONS = {id_of(5): "box_detections[0].width: is above the image's", id_of(6): "first line"}
WAITING = [("priority", id_of(1)), ("priority", id_of(4)), ("normal", id_of(2)), ("normal", id_of(3)), ("normal", id_of(7))]


def away():
    """A Loop that cannot be reached, so that whatever waits stays."""
    return SimpleNamespace(port=free_port())


@pytest.fixture(name="kept")
def fixture_kept(tmp_path):
    """Five images that wait, two that were refused, and something that is no image."""
    kept = KeptOutbox(tmp_path / "detector")
    for queue, image_id in WAITING:
        kept.add(queue, image_id)
    for image_id, reason in REASONS.items():
        kept.add("rejected", image_id, reason=reason + "\nsecond line\n")
    kept.add_stranger("rejected", "stray")
    return kept


@pytest.fixture(name="robot", params=["a detector runs", "no detector runs"])
def fixture_robot(request, kept, tmp_path):
    """The outbox at rest, whether its detector runs or not."""
    if request.param == "no detector runs":
        yield kept
        return
    with detector(tmp_path, away(), "o", "p", SCRIPTED):
        yield kept


def rows(text):
    """The lines of a list as (id, queue), without the head and the sums."""
    return [tuple(line.split()[:2]) for line in text.splitlines()[1:-1]]


# ------------------------------------------------------------------------------------------------------------------- list


def test_each_image_is_listed_the_oldest_first_with_its_date_and_why_it_was_refused(robot):
    said = printed("outbox", "list", folder=robot.data_folder)
    refused = [("rejected", image_id) for image_id in REASONS]
    assert rows(said) == [(name, queue) for queue, name in [*WAITING, *refused, ("rejected", "stray")]]
    lines = {line.split()[0]: line for line in said.splitlines()}
    for queue, image_id in [*WAITING, *refused]:
        bytes_there = sum(len(content) for name, content in robot.files(queue, image_id).items() if name != "reason.txt")
        assert lines[image_id].split()[2] == str(bytes_there) and "2024-01-31 12:00:00" in lines[image_id]
    assert all(lines[image_id].endswith(reason) for image_id, reason in REASONS.items())
    assert "5 images waiting, 2 with priority" in said and "3 rejected" in said


def test_a_program_reads_the_list_as_one_json_document(robot):
    document = json.loads(printed("outbox", "list", "--json", folder=robot.data_folder))
    assert [(image["queue"], image["id"]) for image in document["images"]][:5] == WAITING
    by_id = {image["id"]: image for image in document["images"]}
    assert {name: by_id[name]["reason"] for name in REASONS} == REASONS and by_id[id_of(1)]["created"] == robot.created
    sums = document["sums"]
    assert {queue: sums[queue]["images"] for queue in ("priority", "normal", "rejected")} == {"priority": 2, "normal": 3, "rejected": 3}
    assert sums["normal"]["bytes"] == sum(image["bytes"] for image in document["images"] if image["queue"] == "normal")


def test_a_list_of_thousands_is_told_as_it_is_read_and_passes_by_what_is_uploaded_meanwhile(tmp_path):
    kept = KeptOutbox(tmp_path / "detector")
    for number in range(3000):
        kept.add("normal", id_of(number), jpeg=b"a")
    words = [PROGRAM, "outbox", "list", "--data-folder", kept.data_folder]
    with start_process(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0) as process:
        first = [process.stdout.readline() for _ in range(2)]  # as long as nobody reads on, the pipe is full
        for number in range(2900, 3000):
            kept.remove("normal", id_of(number))
        rest, complaint = process.communicate(timeout=60)
    assert (process.returncode, complaint) == (0, b"")
    listed = rows((b"".join(first) + rest).decode())
    assert listed == [(id_of(number), "normal") for number in range(2900)]


def test_names_and_reasons_of_others_cannot_steer_the_terminal(kept):
    kept.add("normal", "\x1b[31mred", jpeg=b"a")
    kept.add("rejected", id_of(9), reason="\x1b]0;title\x07\n")
    said = printed("outbox", "list", folder=kept.data_folder) + printed("outbox", "list", "--json", folder=kept.data_folder)
    assert "\x1b" not in said and "\x07" not in said and "?[31mred" in said


# ---------------------------------------------------------------------------------------------------------------- requeue


def test_what_a_strict_loop_refused_is_uploaded_once_it_is_taken(tmp_path):
    with FakeLoop() as loop, detector(tmp_path, loop, "o", "p", SCRIPTED) as node:
        loop.upload_statuses = [422]
        assert Client(node).upload(jpeg(1)).status == 200
        outbox = Outbox(tmp_path)
        [refused] = wait_until(outbox.rejected, "a refused image")
        assert refused.name in printed("outbox", "list", folder=tmp_path / "detector")
        assert "1 image to be uploaded again" in printed("outbox", "requeue", folder=tmp_path / "detector")
        wait_until(lambda: loop.uploads, "the image in the Loop")
        [(_, _), (name, content)] = files_in(loop.uploads[0])
        assert (name, content) == (f"image_{refused.name}.jpg", jpeg(1))
        wait_until(lambda: not outbox.waiting() and not outbox.rejected(), "an empty outbox")


def test_all_that_were_refused_wait_again_and_what_is_no_image_is_left_and_named(robot):
    done = command("outbox", "requeue", folder=robot.data_folder)
    assert done.returncode == 0 and "2 images to be uploaded again" in done.stdout, done
    assert "left: stray is no image" in done.stderr and "image_stray.jpg" in done.stderr
    assert robot.ids("normal") == {id_of(number) for number in (2, 3, 5, 6, 7)} and robot.ids("rejected") == {"stray"}
    assert robot.files("normal", id_of(5)).keys() == {f"image_{id_of(5)}.jpg", f"image_{id_of(5)}.json"}
    again = command("outbox", "requeue", folder=robot.data_folder)
    assert again.returncode == 0 and "0 images" in again.stdout


def test_what_was_requeued_without_a_detector_is_uploaded_by_the_next(kept, tmp_path):
    printed("outbox", "requeue", id_of(5), folder=kept.data_folder)
    with FakeLoop() as loop, detector(tmp_path, loop, "o", "p", SCRIPTED):
        wait_until(lambda: any(id_of(5).encode() in body for body in loop.uploads), "the image in the Loop")


def test_an_image_is_requeued_by_its_id_and_ids_that_are_none_are_named(robot):
    before = robot.content()
    wrong = ["../x", "..", ".", "/etc", "../normal/" + id_of(2), id_of(1), "none", "x" * 300]
    done = command("outbox", "requeue", *wrong, folder=robot.data_folder)
    assert done.returncode == 1 and "0 images" in done.stdout
    assert len(done.stderr.splitlines()) == len(wrong), done
    assert robot.content() == before
    done = command("outbox", "requeue", id_of(6), "none", folder=robot.data_folder)
    assert done.returncode == 1 and "1 image to" in done.stdout and "none" in done.stderr
    assert "rejected" not in robot.queues_of(id_of(6)) and robot.queues_of(id_of(5)) == ["rejected"]


def test_a_full_outbox_takes_no_refused_image_back_and_loses_none(kept, tmp_path):
    with detector(tmp_path, away(), "o", "p", SCRIPTED, more=["--max-outbox-size", "4"]):
        done = command("outbox", "requeue", folder=kept.data_folder)
        assert done.returncode == 0 and "1 image to" in done.stdout and "MAX_OUTBOX_SIZE" in done.stderr, done
        assert len(kept.ids("normal")) == 4 and kept.ids("rejected") == {id_of(6), "stray"}


# ------------------------------------------------------------------------------------------------------------------- drop


def test_drop_without_a_word_deletes_nothing_and_tells_what_there_is(robot):
    before = robot.content()
    for words in ([], ["--rejected", "--all"], [id_of(1), "--all"], [id_of(1), "--rejected"]):
        done = command("outbox", "drop", *words, folder=robot.data_folder)
        assert done.returncode == 2 and done.stdout == "", done
        assert "--all" in done.stderr and "2 priority, 3 normal, 3 rejected" in done.stderr
    assert robot.content() == before


def test_images_are_dropped_by_their_ids_wherever_they_are(robot):
    done = printed("outbox", "drop", id_of(1), id_of(2), id_of(5), "stray", id_of(2), folder=robot.data_folder)
    assert "4 images dropped" in done
    assert [robot.ids(queue) for queue in ("priority", "normal", "rejected")] == [{id_of(4)}, {id_of(3), id_of(7)}, {id_of(6)}]
    wrong = command("outbox", "drop", "../normal", "..", ".", "/tmp", id_of(1), id_of(3), folder=robot.data_folder)
    assert wrong.returncode == 1 and "1 image dropped" in wrong.stdout and len(wrong.stderr.splitlines()) == 5, wrong
    assert robot.ids("normal") == {id_of(7)} and robot.ids("priority") == {id_of(4)}


def test_all_that_were_refused_are_dropped_and_those_that_wait_stay(robot):
    robot.add("rejected", id_of(2))  # an id that waits, too, as after a copy by hand
    assert "images dropped" in printed("outbox", "drop", "--rejected", folder=robot.data_folder)
    assert robot.ids("rejected") <= {id_of(2)} and robot.ids("normal") == {id_of(2), id_of(3), id_of(7)}


def test_all_is_dropped_without_a_question(robot):
    assert "8 images dropped" in printed("outbox", "drop", "--all", folder=robot.data_folder)
    assert robot.content() == {}
    assert "0 images waiting" in printed("outbox", "list", folder=robot.data_folder)


def test_an_image_that_is_being_uploaded_is_dropped_and_the_next_arrives(tmp_path):
    with FakeLoop() as loop, detector(tmp_path, loop, "o", "p", SCRIPTED) as node:
        outbox = Outbox(tmp_path)
        loop.upload_statuses = [None]
        assert Client(node).upload(jpeg(1)).status == 200
        wait_until(lambda: not loop.upload_statuses, "an upload on its way")
        assert "1 image dropped" in printed("outbox", "drop", "--all", folder=tmp_path / "detector")
        assert put(node, "/outbox_mode", "stopped") == (200, "OK")  # breaks the upload off
        assert put(node, "/outbox_mode", "continuous_upload") == (200, "OK")
        assert Client(node).upload(jpeg(2)).status == 200
        [body] = wait_until(lambda: loop.uploads, "the next image")
        assert [content for name, content in files_in(body) if name.endswith(".jpg")] == [jpeg(2)]
        wait_until(lambda: not outbox.waiting(), "an empty outbox")
        assert outbox.rejected() == [] and node.get("/about").status == 200


# ---------------------------------------------------------------------------------------------------- where the outbox is


def test_the_socket_is_for_its_owner_alone_and_one_that_was_left_is_in_nobodys_way(kept, tmp_path):
    with detector(tmp_path, away(), "o", "p", SCRIPTED) as node:
        mode = (kept.data_folder / "admin.sock").stat().st_mode
        assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o600
        node.kill()
        assert "1 image dropped" in printed("outbox", "drop", id_of(1), folder=kept.data_folder)
        node.start()
        assert "1 image dropped" in printed("outbox", "drop", id_of(2), folder=kept.data_folder)
        assert node.stop() == 0 and not (kept.data_folder / "admin.sock").exists()


def test_a_detector_starts_where_its_socket_cannot_be_made_and_keeps_its_outbox_to_itself(kept, tmp_path):
    (kept.data_folder / "admin.sock/in the way").mkdir(parents=True)
    with detector(tmp_path, away(), "o", "p", SCRIPTED) as node:
        assert "admin.sock" in node.log_text()
        done = command("outbox", "drop", "--all", folder=kept.data_folder)
        assert done.returncode == 1 and str(node.process.pid) in done.stderr, done
        assert "5 images waiting" in printed("outbox", "list", folder=kept.data_folder)


def test_the_settings_file_of_the_detector_tells_where_it_is(kept, tmp_path):
    file = tmp_path / "detector.json"
    file.write_text(json.dumps({"data_folder": str(kept.data_folder), "port": 8004, "organization": "o"}))
    for words in (["list"], ["drop", id_of(1)], ["requeue", id_of(5)]):
        assert printed("outbox", *words, environment={"SETTINGS_FILE": str(file)})
    assert "4 images dropped" in printed("outbox", "drop", *sorted(kept.ids("normal")), "--settings-file", file)
    shutil.copytree(kept.data_folder, tmp_path / "state/learning-loop/detector")
    assert "1 image waiting, 1 with priority" in printed("outbox", "list", environment={"XDG_STATE_HOME": str(tmp_path / "state")})


EVERY_COMMAND = [["list"], ["requeue"], ["requeue", "a"], ["drop", "--all"], ["drop", "a"], ["export", "DIR"]]


@pytest.mark.parametrize("words", EVERY_COMMAND, ids=" ".join)
def test_a_folder_that_is_none_is_named_and_nothing_is_made(tmp_path, words):
    (tmp_path / "file").write_text("in the way")
    words = [str(tmp_path / "exported") if word == "DIR" else word for word in words]
    for folder in (tmp_path, tmp_path / "nothing", tmp_path / "file", Path("/dev/null")):
        done = command("outbox", *words, folder=folder)
        assert (done.returncode, done.stdout) == (1, "") and str(folder) in done.stderr and "no outbox" in done.stderr, done
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


def test_another_user_is_refused_in_words_and_root_leaves_no_file_of_its_own(open_folder):
    if os.geteuid() != 0:
        skip("only root may become another user")
    kept, nobody = KeptOutbox(open_folder / "detector"), ["setpriv", "--reuid=65534", "--clear-groups"]
    for number in range(3):
        kept.add("rejected", id_of(number), reason="refused\n")
    with detector(open_folder, away(), "o", "p", SCRIPTED):
        for words in (["requeue"], ["drop", "--all"], ["drop", id_of(1)]):
            done = command("outbox", *words, folder=kept.data_folder, program=open_folder / "learning-loop", prefix=nobody)
            assert (done.returncode, done.stdout) == (1, "") and "another user" in done.stderr, done
        kept.data_folder.chmod(0o700)
        for words in (["list"], ["requeue"], ["export", "/tmp"]):
            done = command("outbox", *words, folder=kept.data_folder, program=open_folder / "learning-loop", prefix=nobody)
            assert (done.returncode, done.stdout) == (1, "") and "another user" in done.stderr, done
    kept.data_folder.chmod(0o755)
    for file in [open_folder, *open_folder.rglob("*")]:
        os.chown(file, 65534, 65534)
    printed("outbox", "requeue", id_of(1), folder=kept.data_folder)
    printed("outbox", "drop", id_of(2), folder=kept.data_folder)
    assert kept.ids("normal") == {id_of(1)} and kept.ids("rejected") == {id_of(0)}
    assert not [file for file in open_folder.rglob("*") if file.stat().st_uid == 0]


# ------------------------------------------------------------------------------------------------------------ wrong words

WRONG = {  # the exit status, and the words that stderr has to contain
    "": (2, ["what to do", "outbox list", "outbox export"]), "empty": (2, ["'empty' is unknown", "outbox drop"]),
    "list --jsn": (2, ["--jsn"]), "list a b": (2, ["word"]), "list --json=perhaps": (2, ["--json"]), "requeue --all": (2, ["--all"]),
    "drop --rejected=perhaps": (2, ["--rejected"]), "drop": (2, ["which images"]), "export": (2, ["where to", "export DIR"]),
    "export /tmp/a /tmp/b": (2, ["one folder"]), "export /tmp/a --all": (2, ["--all"]), "drop --data-folder": (2, ["--data-folder"]),
}


@pytest.mark.parametrize("words", WRONG)
def test_a_wrong_word_is_named_and_does_nothing(kept, words):
    status, named = WRONG[words]
    before = kept.content()
    done = command("outbox", *words.split(), environment={"DATA_FOLDER": str(kept.data_folder)})
    assert (done.returncode, done.stdout) == (status, ""), done
    assert all(word in done.stderr for word in named), done.stderr
    assert kept.content() == before and not Path("/tmp/a").exists()


@pytest.mark.parametrize("words", ["--help", "list --help", "requeue -h", "drop --help", "export --help"])
def test_help_is_printed_and_exits_0(words):
    said = printed("outbox", *words.split())
    assert "--data-folder" in said or "--help` tells more" in said
