"""What tests of a detector's models share: models whose detections tell their version, and clients that send while models change.

The categories of a model are named after its version, so that an answer tells which model's logic made it (`category_name`) and which
the node takes for it (`model_name`)."""

import collections
import io
import re
import threading
import time
import uuid
import zipfile
from contextlib import ExitStack, contextmanager

from detector_clients import events_of, jpeg_image
from fake_loop import model_zip
from nodes import Client, picture, wait_until

KINDS = ("box", "point", "segmentation", "classification")


# Red and blue cells, as cells.onnx finds them.
CELLS_PICTURE = picture((96, 64), (114, 114, 114), [((16, 16, 32, 32), (200, 0, 0)), ((48, 32, 64, 48), (0, 0, 200))])


def categories_of(version, kinds=("box", "box")):
    return [{"id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{version} {number}")), "name": f"{kind} {number} of {version}", "type": kind}
            for number, kind in enumerate(kinds)]


def onnx_model(version, **more):
    return model_zip(version, categories=categories_of(version), **more)


def scripted_model(version, broken="", building_ms="", **more):
    files = [(name, text) for name, text in (("broken", broken), ("building_ms", str(building_ms))) if text]
    return model_zip(version, weights=b"weights", categories=categories_of(version, KINDS), more=files, **more)


def add(loop, version, make=onnx_model, **how):
    """The Loop has this model, and lists it: its id. `make`: from version and id to the zip."""
    model_id = str(uuid.uuid4())
    loop.downloads[model_id] = make(version, id=model_id, **how)
    loop.models = [one for one in loop.models or () if one["version"] != version] + [{"id": model_id, "version": version}]
    return model_id


def deploy(loop, version, make=onnx_model, held=False, **how):
    """A node that follows the Loop may ask for it at any moment from now on. `held`: its download begins and never ends."""
    model_id = add(loop, version, make, **how)
    if held:
        loop.held.add(model_id)
    loop.target = {"model_uuid": model_id, "version": version}


def look_now(node):
    """The node asks its Loop at once, not at the next cycle, and tries again what has failed."""
    assert node.ask("PUT", "/model_version", "follow_loop").status == 200


def runs(node):
    return node.get("/model_version").json()["current_version"]


def wait_until_runs(node, version, seconds=30):
    wait_until(lambda: runs(node) == version, f"model {version}", seconds)


def errors(node):
    return node.get("/live").json()["status"]["errors"]


def wait_for_error(node, version):
    """What the node says about the update to that version."""
    begin = f"Could not update model: version {version}: "
    return wait_until(lambda: errors(node).get("update_model", "").removeprefix(begin) if
                      errors(node).get("update_model", "").startswith(begin) else "", f"an error of {version}")


def failed_updates(node):
    return int(re.search(rb'^detector_model_updates_total\{result="failed"\} (\d+)$', node.get("/metrics").body, re.M)[1])


class Sender(threading.Thread):
    """Sends a picture again and again and notes what is said. `detect`: from an image to (whether it was answered, the answer)."""

    def __init__(self, detect, image):
        super().__init__(daemon=True)
        self.detect, self.image, self.ending = detect, image, threading.Event()
        self.answered, self.failed = collections.Counter(), []
        self.took = []  # (when it began, seconds) of each
        self.crossed = []  # answers of which another model is told than made them

    def run(self):
        while not self.ending.is_set():
            begin = time.monotonic()
            try:
                good, answer = self.detect(self.image)
            except Exception as failure:  # pylint: disable=broad-exception-caught  # any failure counts
                good, answer = False, repr(failure)
            self.took.append((begin, time.monotonic() - begin))
            if good:
                self.note(answer)
            else:
                self.failed.append(answer)

    def note(self, answer):
        found = [one for kind in KINDS for one in answer[f"{kind}_detections"]]
        versions = {one["model_name"] for one in found}
        self.answered[" and ".join(sorted(versions)) or "nothing"] += 1
        if any(not one["category_name"].endswith(f" of {one['model_name']}") for one in found):
            self.crossed.append(answer)


def by_rest(node):
    client = Client(node)
    def detect(image):
        answer = client.detect(image, autoupload="disabled")
        return answer.status == 200, answer.json() if answer.status == 200 else (answer.status, answer.body)
    return detect


def by_events(events):
    def detect(image):
        answer = events.call("detect", {"image": jpeg_image(image), "autoupload": "disabled"})
        return "error" not in answer, answer
    return detect


@contextmanager
def senders(node, folder, rest=2, events=2, image=CELLS_PICTURE):
    """Clients that send until this is left."""
    with ExitStack() as stack:
        detects = [by_rest(node) for _ in range(rest)]
        detects += [by_events(stack.enter_context(events_of(node, folder))) for _ in range(events)]
        threads = [Sender(detect, image) for detect in detects]
        for thread in threads:
            thread.start()
        try:
            yield threads
        finally:
            for thread in threads:
                thread.ending.set()
            for thread in threads:
                thread.join()


def answered(threads):
    return sum((thread.answered for thread in threads), collections.Counter())


def assert_nothing_failed(threads, versions):
    """All were answered, by one model each, one of these, and by that one's logic."""
    assert [failure for thread in threads for failure in thread.failed] == []
    assert [answer for thread in threads for answer in thread.crossed] == []
    assert answered(threads).keys() <= set(versions)


def zip_of(*entries):
    """A zip of (name or ZipInfo, bytes)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in entries:
            package.writestr(name, content)
    return out.getvalue()
