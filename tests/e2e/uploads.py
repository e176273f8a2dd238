"""Images and models as clients upload them, and what a Loop's data folder has to hold of them afterwards."""

import hashlib
import json
import subprocess
import uuid

from accounts import data_folder, rows
from fake_loop import model_zip
from loop_programs.multipart import multipart
from loop_programs.process import clean_environment
from nodes import wait_until, with_comment
from packages import unpacked
from programs import BIN, image_ids, images, jpeg

COMMENT_BYTES = 60_000  # the most that a JPEG's segment takes is a little more
PICTURES = [jpeg(seed) for seed in range(8)]


def new_key(chance):
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


def image(chance, size=8_000):
    """A JPEG of about so many bytes that nobody has sent before."""
    content = chance.choice(PICTURES)
    for begin in range(0, max(size - len(content), 16), COMMENT_BYTES):
        content = with_comment(content, chance.randbytes(min(COMMENT_BYTES, max(size - len(PICTURES[0]) - begin, 16))))
    return content


def metadata(key):
    """Of each kind of row that comes with an image there is one."""
    box = {"category_name": "purple box", "x": 1, "y": 2, "width": 30, "height": 20, "model_name": "1.0", "confidence": 0.5}
    return {"source": f"camera {key}", "tags": [f"tag {key[:1]}"], "box_detections": [box]}


def pair(key, content, more=None):
    """The two parts that are an image under its key."""
    return [(f"image_{key}.json", json.dumps(metadata(key) | (more or {})).encode()), (f"image_{key}.jpg", content)]


class Batch:
    """Some images under keys of their own, uploaded in one request."""

    def __init__(self, chance, count=4, size=8_000):
        self.images = {new_key(chance): image(chance, size) for _ in range(count)}

    def files(self):
        return [part for key, content in self.images.items() for part in pair(key, content)]

    def request(self, path):
        body, content_type = multipart(self.files())
        return f"{path}/images", body, {"Content-Type": content_type}

    def post(self, loop, path):
        return loop.ask("POST", *self.request(path))


class UploadedModel:
    """A model under a key of its own."""

    def __init__(self, chance, size=30_000):
        self.key, self.weights = new_key(chance), chance.randbytes(size)
        self.body, self.content_type = multipart([("model.zip", model_zip("0.1", self.weights))])

    def request(self, path):
        return f"{path}/models/onnx", self.body, {"Content-Type": self.content_type, "Idempotency-Key": self.key}

    def post(self, loop, path):
        return loop.ask("POST", *self.request(path))


def digest(content):
    return hashlib.sha256(content).hexdigest()


def digests(*batches):
    """What a Loop has to hold of these batches: key and digest of each image."""
    return {key: digest(content) for batch in batches for key, content in batch.images.items()}


def weights_in(package):
    return unpacked(package)["model.onnx"]


def row_of_new(loop, path, content, metadata):
    """The row of a new image with these metadata, a text, under a name without a key."""
    answer = loop.nobody().post_files(f"{path}/images", [("a.json", metadata.encode()), ("a.jpg", content)])
    assert answer.status == 200, (metadata[:5000], answer)
    return images(loop, path, [answer.json()["images"][0]["id"]])[0]


# ------------------------------------------------------------------------------------------------- what a Loop has of them


def assert_holds_images(loop, path, wanted):
    """These images, each once, with all that came with them, and no others. `wanted`: key and digest."""
    ids = image_ids(loop, path)
    assert len(ids) == len(set(ids)), "an image is there twice"
    assert set(ids) == wanted.keys(), f"lost: {wanted.keys() - set(ids)}; nobody sent: {set(ids) - wanted.keys()}"
    for item in images(loop, path, ids):
        sent = metadata(item["id"])
        assert item["source"] == sent["source"] and [tag["name"] for tag in item["tags"]] == sent["tags"], item
        assert [(box["x"], box["width"]) for box in item["box_detections"]] == [(1, 30)], item
    for image_id in ids:
        answer = loop.get(f"{path}/images/{image_id}/main")
        assert answer.status == 200 and digest(answer.body) == wanted[image_id], image_id


def assert_holds_models(loop, path, wanted):
    """These models, each once, and no others. `wanted`: id and digest of the weights."""
    ids = [model["id"] for model in loop.get(f"{path}/models").json()["models"]]
    assert len(ids) == len(set(ids)), "a model is there twice"
    assert set(ids) == wanted.keys(), f"lost: {wanted.keys() - set(ids)}; nobody sent: {set(ids) - wanted.keys()}"
    for model_id in ids:
        answer = loop.get(f"{path}/models/{model_id}/onnx/file")
        assert answer.status == 200 and digest(weights_in(answer.body)) == wanted[model_id], model_id


def files_below(folder):
    return sorted(file for file in folder.rglob("*") if not file.is_dir() or file.is_symlink())


def temporary_files(folder):
    """What an upload keeps only until it is answered."""
    return [*files_below(folder / "images/.incoming"), *files_below(folder / "models/.incoming"), *files_below(folder / "uploads")]


def wait_until_uploads_are_over(folder, point=""):
    """`point`: at what the test is, which a failure tells."""
    wait_until(lambda: not temporary_files(folder), f"no file of an upload, {point}" if point else "no file of an upload")


def half_made(folder):
    """Models that have a row, and no file yet."""
    return [model for model, in rows(folder, "SELECT id FROM models WHERE id NOT IN (SELECT model FROM model_files)")]


def strays(folder):
    """Files that have no row, and rows that have no file. The Loop must be at rest."""
    wanted = {f"images/{place}/{image_id}" for place, image_id in rows(
        folder, "SELECT folder, id FROM images JOIN projects ON projects.number = images.project")}
    wanted |= {f"models/{place}/{model}/{model_format}.zip" for place, model, model_format in rows(
        folder, "SELECT folder, model, format FROM model_files JOIN models ON models.id = model_files.model "
                "JOIN projects ON projects.number = models.project")}
    found = {f"images/{file.parent.parent.relative_to(folder / 'images')}/{file.name}" for file in files_below(folder / "images")}
    found |= {str(file.relative_to(folder)) for file in files_below(folder / "models")}
    half = half_made(folder)
    empty = [str(at.relative_to(folder)) for at in (folder / "models").glob("*/*/*") if at.is_dir() and not any(at.iterdir())]
    return sorted(wanted ^ found) + half + empty


def check(folder):
    """`learning-loop check` of a folder whose server has ended."""
    return subprocess.run([BIN / "learning-loop", "check", "--data-folder", folder], env=clean_environment(), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=300, check=False)


def assert_ends_whole(loop):
    """It ends, and leaves a folder with which nothing is wrong."""
    folder = data_folder(loop)
    assert temporary_files(folder) == [] and strays(folder) == []
    assert loop.stop() == 0
    done = check(folder)
    assert (done.returncode, done.stderr) == (0, "") and ": 0 findings" in done.stdout, done
    assert rows(folder, "PRAGMA integrity_check") == [("ok",)] and rows(folder, "PRAGMA foreign_key_check") == []
