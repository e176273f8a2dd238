#!/usr/bin/python3
"""make_data_folders.py BIN VERSION: writes folders/VERSION, data folders as the programs in BIN leave them.

    git worktree add /tmp/then COMMIT && (cd /tmp/then && tools/fetch_onnxruntime && tools/build release learning-loop)
    tests/data/make_data_folders.py /tmp/then/build/release/bin 0.1

They are never made anew: every later version has to take them over, which tests/e2e/data_folders_test.py checks.

loop.tar.gz      a Loop that was ended by a signal: the account with which the tests log in, two projects, images of several kinds
                 and states, two models of which one is deployed, the report of a detector; loop.json tells what that Loop answered
detector.tar.gz  a detector that was killed while its Loop was away: its uuid, an installed model, and an outbox with images of both
                 priorities, one that the Loop refused and one that was only half written
"""

import argparse
import contextlib
import gzip
import hashlib
import io
import json
import sys
import tarfile
import tempfile
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "e2e"), str(TESTS.parent / "tools")]
from fake_loop import CELLS, FakeLoop, model_zip  # noqa: E402
from nodes import Client, Outbox, jpeg_of, picture, wait_until, with_comment, with_segment  # noqa: E402
from PIL import Image  # noqa: E402
from programs import ADMIN_PASSWORD, Loop, Program, generate, image_ids, images  # noqa: E402

from loop_programs.ports import free_port  # noqa: E402

STATES = ["backlog", "inbox", "annotate", "review", "complete", "trash"]
UPRIGHT_BY_90_DEGREES = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"  # orientation 6
SENT_ID = "018f4e6a-0000-7000-8000-000000000001"
HALF_WRITTEN = "018f4e6a-0000-7000-8000-00000000dead"


def pack(folder, file):
    """A folder as a tar file that is the same for the same content."""
    def nobodys(member):
        member.uid = member.gid = 0
        member.uname = member.gname = "root"
        return member
    with open(file, "wb") as raw, gzip.GzipFile("", "wb", mtime=0, fileobj=raw) as packed:
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar:
            tar.add(folder, folder.name, filter=nobodys)


# ------------------------------------------------------------------------------------------------------------- the Loop


def png(size, colour):
    out = io.BytesIO()
    Image.new("RGBA", size, colour).save(out, "PNG")
    return out.getvalue()


def uploads():
    """File name, image and metadata of what nodes and people sent."""
    box = {"category_name": "purple box", "x": 3, "y": 4, "width": 20, "height": 10}
    point = {"category_name": "purple point", "x": 10.5, "y": 20.25}
    found = {"model_name": "1.0", "confidence": 0.456}
    triangle = {"points": [{"x": 1, "y": 1}, {"x": 9, "y": 1}, {"x": 9, "y": 9}]}
    upright = picture((64, 48), (120, 90, 40), [((5, 5, 20, 15), (250, 250, 250))])
    turned = with_segment(upright, 0xe1, UPRIGHT_BY_90_DEGREES)
    yield f"image_{SENT_ID}", turned, {
        "state": "inbox", "tags": ["front", "zw\u00f6lf"], "source": "robot", "created": "2024-01-31T12:00:00.123+00:00",
        "box_detections": [box | found], "point_detections": [point | found],
        "segmentation_detections": [{"category_name": "purple box", "shape": triangle} | found],
        "classification_detections": [{"category_name": "weedy"} | found]}
    yield "image_018f4e6a-0000-7000-8000-000000000002", png((40, 30), (10, 200, 60, 128)), {
        "state": "annotate", "created": "2024-02-01T08:00:00", "point_annotations": [point]}
    yield "018f4e6a-0000-7000-8000-000000000003", jpeg_of(Image.new("L", (32, 32), 90)), {"state": "review", "box_annotations": [box]}
    yield "by hand", picture((48, 64), (30, 60, 90)), {
        "state": "complete", "box_annotations": [box, box | {"x": 1}], "point_annotations": [point],
        "classification_annotation": {"category_name": "weedy"}}
    yield "thrown away", picture((16, 16), (1, 2, 3)), {"state": "trash", "tags": ["blurred"]}
    yield "for later", picture((16, 16), (3, 2, 1)), {"state": "backlog"}


def upload(loop, path):
    files = [pair for name, image, metadata in uploads()
             for pair in [(f"{name}.json", json.dumps(metadata).encode()), (f"{name}.{'png' if image[1:4] == b'PNG' else 'jpg'}", image)]]
    answer = loop.post_files(f"{path}/images", files)
    assert answer.status == 200, answer


def add_models(loop, path):
    """One comes as flat files, one as a zip, and that is the one that is deployed."""
    description = {"categories": loop.get(f"{path}/data").json()["categories"][:2], "resolution": 96}
    flat = [("model.onnx", CELLS), ("model.json", json.dumps(description).encode())]
    packed = [("model.zip", model_zip("7.3", CELLS, [("notes.txt", b"trained at night")], **description))]
    for files in (flat, packed):
        answer = loop.post_files(f"{path}/models/onnx", files)
        assert answer.status == 200, answer
    assert loop.send_json("PUT", f"{path}/deployment/target", {"model_uuid": answer.json()["id"]}).status == 200


def report(loop, path):
    status = {"uuid": "018f4e6a-0000-7000-8000-00000000beef", "name": "robot 7", "state": "online", "uptime": 3600, "model_format": "onnx",
              "current_model": "1.0", "target_model": "1.1", "errors": {"update_model": "Could not update model: no space"},
              "operation_mode": "idle", "node_version": "1.2.3"}
    assert loop.send_json("POST", f"{path}/detectors", status).status == 200


def told_of(loop, project):
    """What the Loop answers to all that nodes ask of a project; of files their hash."""
    path = f"/api/{project['organization_id']}/projects/{project['project_id']}"
    ids = image_ids(loop, path)
    files = {image_id: loop.get(f"{path}/images/{image_id}/main") for image_id in ids}
    models = loop.get(f"{path}/models").json()["models"]
    for model in models:
        del model["host"]  # of that run
    zips = {f"{model['id']}/{kind}": loop.get(f"{path}/models/{model['id']}/{kind}/file").body
            for model in models for kind in model["formats"]}
    target = loop.get(f"{path}/deployment/target")
    sent = {"id": SENT_ID, "metadata": next(uploads())[2]} if SENT_ID in ids else None
    return {"path": path, "sent": sent, "project": loop.get(path).json(), "data": loop.get(f"{path}/data").json(),
            "ids_by_state": {state: image_ids(loop, path, state) for state in STATES}, "images": images(loop, path, ids),
            "files": {image_id: [answer.headers["Content-Type"], hashlib.sha256(answer.body).hexdigest()]
                      for image_id, answer in files.items()},
            "models": models, "model_files": {name: hashlib.sha256(content).hexdigest() for name, content in zips.items()},
            "target": target.json() if target.status == 200 else None, "detectors": loop.get(f"{path}/detectors").json()["detectors"]}


def make_loop(bin_folder, work, out):
    port = free_port()
    command = [bin_folder / "learning-loop", "server", "--port", port, "--data-folder", work / "loop"]
    with Loop(command, port, work / "loop.log", environment={"LOOP_ADMIN_PASSWORD": ADMIN_PASSWORD}) as loop:
        field = generate(loop, "field", "zauberzeug", seed=3, point_categories=1, classification_categories=1, complete=3, review=1,
                         tags=1, box_detections=1)
        generate(loop, "garden", "allotment", seed=4, inbox=2)
        upload(loop, field)
        add_models(loop, field)
        report(loop, field)
        projects = loop.get("/api/projects").json()
        told = {"projects": projects["projects"], "by_project": [told_of(loop, project) for project in projects["projects"]]}
        assert loop.stop() == 0
    assert not list((work / "loop").rglob("*-wal"))
    (out / "loop.json").write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    pack(work / "loop", out / "loop.tar.gz")


# --------------------------------------------------------------------------------------------------------- the detector


def pictures(count):
    """Each shows a red cell, which the model of FakeLoop finds, and no two are the same."""
    for number in range(count):
        left = 16 * (number % 5)
        cell = picture((96, 64), (114, 114, 114), [((left, 16, left + 16, 32), (200, 0, 0))])
        yield with_comment(cell, b"%d" % number)


def fill_outbox(client):
    notes = {"autoupload": "all", "tags": "front,left", "source": "robot", "creation_date": "2024-01-31T12:00:00.123", "camera_id": "left"}
    for number, image in enumerate(pictures(28)):
        answer = client.detect(image, **notes, upload_priority="true" if number % 7 == 3 else "false")
        assert (answer.status, answer.headers["Upload-Causes"]) == (200, "all"), answer
    answer = client.upload(png((24, 16), (1, 2, 3, 255)), picture((24, 16), (3, 2, 1)))
    assert answer.status == 200, answer


def make_detector(bin_folder, work, out):
    port = free_port()
    with contextlib.ExitStack() as away:
        loop = away.enter_context(FakeLoop())
        command = [bin_folder / "learning-loop", "detector", "--port", port, "--data-folder", work / "detector", "--loop-host",
                   f"127.0.0.1:{loop.port}", "--organization", "o", "--project", "p", "--name", "Robot 7"]
        loop.offer("1.0", model_zip("1.0"))
        with Program(command, port, work / "detector.log", ready="/about") as node:
            wait_until(lambda: node.get("/about").json()["model_info"], "the model")
            loop.upload_statuses = [422]
            client = Client(node)
            assert client.upload(picture((8, 8), (9, 9, 9))).status == 200
            wait_until(Outbox(work).rejected, "the image that the Loop refuses")
            assert node.ask("PUT", "/outbox_mode", "stopped").status == 200
            away.close()
            assert node.ask("PUT", "/outbox_mode", "continuous_upload").status == 200
            fill_outbox(client)
            node.kill()
    half = work / "detector/outbox/tmp" / HALF_WRITTEN
    half.mkdir()
    (half / f"image_{HALF_WRITTEN}.jpg").write_bytes(picture((24, 16), (7, 7, 7))[:200])
    pack(work / "detector", out / "detector.tar.gz")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin", type=Path)
    parser.add_argument("version")
    options = parser.parse_args()
    out = Path(__file__).resolve().parent / "folders" / options.version
    out.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        make_loop(options.bin, Path(folder), out)
        make_detector(options.bin, Path(folder), out)
    for file in sorted(out.iterdir()):
        print(f"{file.stat().st_size:8} bytes  {file}")


if __name__ == "__main__":
    main()
