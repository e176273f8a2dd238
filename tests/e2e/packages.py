"""Models as zips of files: packed, sent and taken as nodes do."""

import io
import json
import zipfile

from loop_programs.multipart import multipart


def packed(files, comment=b"", method=zipfile.ZIP_STORED):
    """A zip of these files, by name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as package:
        for name, content in files.items():
            package.writestr(name, content)
        package.comment = comment
    return out.getvalue()


def unpacked(package):
    """The files of a zip, by name."""
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def send(loop, method, path, files):
    """The answer to files that are sent as a model. `files`: by name."""
    body, content_type = multipart(files.items())
    return loop.ask(method, path, body, {"Content-Type": content_type})


def download(loop, path, model_id, model_format):
    """The files of a model, by name."""
    answer = loop.get(f"{path}/models/{model_id}/{model_format}/file")
    assert answer.status == 200, answer
    return unpacked(answer.body)


def description_of(loop, path, model_id, model_format):
    """The `model.json` that nodes get."""
    return json.loads(download(loop, path, model_id, model_format)["model.json"])
