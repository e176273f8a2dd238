"""What is stored on the disk while something happens to it: files that are broken there, downloads of what is deleted.

LL_STORED_FILES_SEED repeats a draw.
"""

import os
import random

import pytest
from accounts import data_folder, send_head, wait_until_looked_at
from programs import generate, loop_server
from uploads import Batch, UploadedModel, assert_ends_whole, assert_holds_images, digests, files_below, weights_in

SEED = int(os.environ.get("LL_STORED_FILES_SEED") or random.SystemRandom().randrange(2**32))


@pytest.fixture(name="loop")
def fixture_loop(tmp_path):
    print(f"\nseed {SEED}")
    with loop_server(tmp_path) as server:
        yield server


@pytest.fixture(name="path")
def fixture_path(loop):
    return generate(loop, "field")


@pytest.fixture(name="chance")
def fixture_chance():
    return random.Random(SEED)


def test_a_batch_of_which_files_are_lost_or_cut_anywhere_is_mended_by_the_same_upload(loop, path, chance):
    batch = Batch(chance, 20)
    assert batch.post(loop, path).status == 200
    wait_until_looked_at(loop)
    files = [file for file in files_below(data_folder(loop) / "images") if ".incoming" not in str(file)]
    assert len(files) == 20
    for number, file in enumerate(files):
        if number % 4 == 0:
            file.unlink()
        else:
            os.truncate(file, chance.randrange(file.stat().st_size))
        assert loop.get(f"{path}/images/{file.name}/main").status == 404
    assert batch.post(loop, path).status == 200
    assert_holds_images(loop, path, digests(batch))
    assert_ends_whole(loop)


def begin_download(loop, target):
    connection = send_head(loop.port, "GET", target, [("Connection", "close"), *loop.headers.items()], timeout=60)
    return connection, connection.recv(1 << 16)


@pytest.mark.parametrize("deleted", ["the model", "the project"])
def test_a_download_that_runs_comes_to_its_end_though_what_it_is_of_is_deleted(loop, path, chance, deleted):
    model = UploadedModel(chance, 30 << 20)
    model_id = model.post(loop, path).json()["id"]
    connection, received = begin_download(loop, f"{path}/models/{model_id}/onnx/file")
    with connection:
        assert loop.ask("DELETE", path if deleted == "the project" else f"{path}/models/{model_id}").status == 200
        while piece := connection.recv(1 << 20):
            received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ") and weights_in(body) == model.weights
    assert loop.get(f"{path}/models/{model_id}/onnx/file").status == 404
