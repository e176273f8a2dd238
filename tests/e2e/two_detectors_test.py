"""Two detectors by mistake: on one data folder, or on copies of one, as when a robot's disk is cloned."""

import json
import shutil

from detector_clients import SCRIPTED, put
from fake_loop import CountingLoop
from nodes import ORGANIZATION, Outbox, image_files, wait_until
from programs import detector, generate, loop_server, run_to_end
from uploads import PICTURES, digest


def keep(node, *images):
    assert node.post_files("/upload", [("image.jpg", one) for one in images]).status == 200


def stop_uploads(node):
    assert put(node, "/outbox_mode", "stopped") == (200, "OK")


def report_of(loop, path, node_version):
    """The newest of the only detector that the Loop knows, once it is of this version."""
    [report] = loop.get(f"{path}/detectors").json()["detectors"] or [{}]
    return report if report.get("node_version") == node_version else None


def test_a_second_detector_on_a_data_folder_is_refused_until_the_first_has_ended(tmp_path):
    with CountingLoop() as loop, detector(tmp_path, loop, "o", "p", SCRIPTED) as first:
        stop_uploads(first)
        keep(first, PICTURES[0])
        second = detector(tmp_path, loop, "o", "p", SCRIPTED)
        status, said = run_to_end(second.command)
        assert status == 2 and said.count("\n") == 1, said
        assert f"the data folder {tmp_path / 'detector'} is in use by process {first.process.pid}: end it, or choose another" in said
        assert "--data-folder" in said
        keep(first, PICTURES[1])
        first.kill()  # which leaves the lock to nobody
        with second:
            Outbox(tmp_path).wait_until_empty()
        assert set(loop.ids_by_digest()) == set(map(digest, PICTURES[:2]))


def test_of_two_detectors_that_start_at_once_on_a_data_folder_one_runs(tmp_path):
    with CountingLoop() as loop:
        for _ in range(5):
            pair = [detector(tmp_path, loop, "o", "p", SCRIPTED).start(wait=False) for _ in range(2)]
            with pair[0], pair[1]:
                [ended] = wait_until(lambda pair=pair: [one for one in pair if one.process.poll() is not None], "one has ended")
                assert ended.process.returncode == 2
                [other] = [one for one in pair if one is not ended]
                other.wait_ready()
                assert other.stop() == 0


def test_two_detectors_on_copies_of_a_data_folder_send_each_image_once(tmp_path):
    robot, clone = tmp_path / "robot", tmp_path / "clone"
    robot.mkdir()
    clone.mkdir()
    with loop_server(tmp_path) as loop:
        path = generate(loop, "twins", ORGANIZATION, box_categories=1)
        before = {image_id for image_id, _ in image_files(loop, path)}
        with detector(robot, loop, ORGANIZATION, "twins", SCRIPTED) as node:
            stop_uploads(node)
            keep(node, *PICTURES[:4])
        shutil.copytree(robot / "detector", clone / "detector", ignore=shutil.ignore_patterns("admin.sock"))
        with detector(robot, loop, ORGANIZATION, "twins", SCRIPTED, {"NODE_VERSION": "1"}) as first, \
                detector(clone, loop, ORGANIZATION, "twins", SCRIPTED, {"NODE_VERSION": "2"}) as second:
            keep(first, PICTURES[4])
            keep(second, PICTURES[5])
            for folder in (robot, clone):
                Outbox(folder).wait_until_empty()
                assert Outbox(folder).rejected() == []
            for node, version in ((first, "1"), (second, "2")):
                assert put(node, "/model_version", "follow_loop")[0] == 200  # it reports at once
                report = wait_until(lambda version=version: report_of(loop, path, version), f"the report of {version}")
                assert [report["uuid"]] == list(json.loads((clone / "detector/uuids.json").read_text()).values())
        arrived = [digest(image) for image_id, image in image_files(loop, path) if image_id not in before]
        assert sorted(arrived) == sorted(map(digest, PICTURES[:6]))
