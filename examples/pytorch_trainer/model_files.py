"""The files of a model, and those that a training leaves for itself.

Weights are kept as arrays of numpy and JSON (.npz), not as .pt: reading a .pt of a stranger with torch 1.13 may run what he wrote
into it, even with weights_only.
"""

import json
import os
import warnings
import zipfile
from pathlib import Path

import numpy as np
import torch

from network import Detector, Exported
from pictures import GREY, LARGEST, MULTIPLE, SMALLEST, WrongInput, read_json

MOST_BYTES = 64 << 20   # of the weights of a model; ours have 2.4 MB
ABOUT = "about.json"


def replace_file(path, write):
    """`write(file)` fills it; whoever looks finds the old file or the whole new one, whatever happens."""
    part = Path(f"{path}.part")
    with open(part, "wb") as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


def write_arrays(path, tensors, about):
    arrays = {name: tensor.detach().contiguous().numpy() for name, tensor in tensors.items()}
    arrays[ABOUT] = np.frombuffer(json.dumps(about).encode(), np.uint8)
    replace_file(path, lambda file: np.savez(file, **arrays))


def read_arrays(path, most_bytes=None):
    """Tensors by name, and the JSON that was written with them. Raises ValueError if it is no such file."""
    with zipfile.ZipFile(path) as entries:
        if most_bytes is not None and sum(entry.file_size for entry in entries.infolist()) > most_bytes:
            raise ValueError(f"it would have more than {most_bytes >> 20} MB")
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    about = json.loads(arrays.pop(ABOUT).tobytes())
    return {name: torch.from_numpy(array) for name, array in arrays.items()}, about


# ------------------------------------------------------------------------------------------------------------ the model

def write_model(folder, detector, categories, input_size, description):
    """model.npz to train on and to detect with, model.onnx for detector nodes, model.json with `description`."""
    folder.mkdir()
    write_arrays(folder / "model.npz", detector.state_dict(), {"categories": categories, "input_size": input_size})
    export(folder / "model.onnx", detector, input_size)
    (folder / "model.json").write_text(json.dumps({"categories": categories} | description, indent=2) + "\n", encoding="utf-8")


def describe(input_size, conf_threshold):
    """What runtimes need to know beside the categories."""
    width, height = input_size
    about = {"resolution": max(width, height),
             "input": {"width": width, "height": height, "channels": "RGB", "range": [0, 1], "letterbox": "centred", "padding": GREY}}
    return about if conf_threshold is None else about | {"conf_threshold": conf_threshold}


def export(path, detector, input_size):
    width, height = input_size
    model = Exported(copy_of(detector, input_size)).eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")   # the exporter's own remarks about constants, which help nobody here
        torch.onnx.export(model, torch.zeros(1, 3, height, width), str(path), opset_version=12,
                          input_names=["image"], output_names=["boxes", "scores"])


def copy_of(detector, input_size):
    """One whose weights lie as the exporter wants them, without a change of the one that is trained."""
    copy = Detector(detector.classes, *input_size)
    copy.load_state_dict(detector.state_dict())
    return copy


def read_model(folder, option):
    """The weights by name, and what was written with them: the categories and the size of the input."""
    path = Path(folder) / "model.npz"
    try:
        weights, about = read_arrays(path, MOST_BYTES)
        width, height = (int(side) for side in about["input_size"])
        if any(side % MULTIPLE or not SMALLEST <= side <= LARGEST for side in (width, height)):
            raise ValueError(f"its input is {width}x{height}")
        return weights, [str(category["id"]) for category in about["categories"]], (width, height)
    except FileNotFoundError:
        raise WrongInput(f"{option}: {path} is missing: only models that this trainer made can be used") from None
    except (OSError, ValueError, KeyError, TypeError, EOFError, MemoryError, zipfile.BadZipFile) as error:
        raise WrongInput(f"{option}: {path} is no model of this trainer: {error}") from None


def load_detector(folder):
    """To detect with: the network and the model.json beside it."""
    about = read_json("--model", Path(folder) / "model.json")
    weights, ids, size = read_model(folder, "--model")
    try:
        categories = [{"id": str(category["id"]), "name": str(category["name"])} for category in about["categories"]]
    except (KeyError, TypeError):
        raise WrongInput(f"--model: {folder}/model.json: categories: must be a list with id and name") from None
    if [category["id"] for category in categories] != ids:
        raise WrongInput(f"--model: {folder}/model.json: categories: are not those that the model was trained on")
    detector = Detector(len(ids), *size)
    try:
        detector.load_state_dict(weights)
    except RuntimeError as error:
        raise WrongInput(f"--model: {folder}/model.npz has other weights than this network: {error}") from None
    return detector.to(memory_format=torch.channels_last).eval(), categories, size, str(about.get("version") or "")


def begin_with(detector, folder, categories):
    """Takes over the weights of a base model; those of the last layers category by category, as it may have known others."""
    weights, ids, _ = read_model(folder, "--base-model")
    own = detector.state_dict()
    for name, tensor in own.items():
        old = weights.get(name)
        if old is None or old.dtype != tensor.dtype or old.shape[1:] != tensor.shape[1:]:
            raise WrongInput(f"--base-model: {folder}/model.npz has other weights than this network: {name}")
        if name in detector.names_of_class_weights():
            for row, category in enumerate(categories):
                if category["id"] in ids and ids.index(category["id"]) < len(old):
                    tensor[row] = old[ids.index(category["id"])]
        elif old.shape != tensor.shape:
            raise WrongInput(f"--base-model: {folder}/model.npz has other weights than this network: {name}")
        else:
            tensor.copy_(old)
