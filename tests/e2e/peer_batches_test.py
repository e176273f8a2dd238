"""Batches of the Python library that a Loop could refuse as a whole. The library keeps what is answered with anything but 200 and 422,
and sends the same batch again for ever; after a 422 it halves the batch, until what is refused stands alone and is deleted.

tools/fetch_peers brings the library into an environment of its own."""

import json
import random
import subprocess

import pytest
from loop_programs.process import clean_environment
from nodes import ORGANIZATION, image_files, jpeg_of, with_comment
from peers import PYTHON, peer_environment
from PIL import Image
from programs import ROOT, generate, jpeg, loop_server
from uploads import digest

UPLOAD = ROOT / "tests/e2e/peer_outbox/of_0_27_0.py"
MIB = 1 << 20


@pytest.fixture(name="loop")
def fixture_loop(tmp_path):
    with loop_server(tmp_path) as server:
        yield server


@pytest.fixture(name="upload")
def fixture_upload(loop, tmp_path):
    """upload(images): lets the library's outbox upload them once. How many still wait, what the library logged, and the digests of the
    images that are in the Loop."""
    assert PYTHON.exists(), "tools/fetch_peers brings the library"
    path = generate(loop, "batches", ORGANIZATION)
    def upload(contents):
        files = [tmp_path / f"{number}.jpg" for number in range(len(contents))]
        for file, content in zip(files, contents):
            file.write_bytes(content)
        done = subprocess.run([PYTHON, UPLOAD, *files], env=clean_environment(peer_environment(tmp_path / "data", loop, path)),
                              capture_output=True, text=True, timeout=90, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        log, said = done.stdout.rsplit("\n", 2)[:2]
        return json.loads(said)["wait"], log, {digest(content) for _, content in image_files(loop, path)}
    return upload


def noise(size):
    """A JPEG that cannot be small: about four bytes for each pixel."""
    return jpeg_of(Image.frombytes("RGB", size, random.Random(1).randbytes(size[0] * size[1] * 3)), quality=100)


def plain(width, height):
    return jpeg_of(Image.new("L", (width, height), 128), quality=75)


def test_twenty_images_of_ten_mebibytes_arrive_in_one_batch(upload):
    photograph = noise((1920, 1440))
    print(f"\n{len(photograph) / MIB:.1f} MiB each")
    assert 10 * MIB <= len(photograph) < 12 * MIB
    photographs = [with_comment(photograph, b"number %d" % number) for number in range(20)]
    waiting, log, arrived = upload(photographs)
    assert waiting == 0, log
    assert arrived == {digest(content) for content in photographs}
    assert "Broken content" not in log


def test_one_image_of_too_many_pixels_costs_no_other_of_its_batch(upload):
    good, bad = [jpeg(seed) for seed in range(5)], plain(9040, 6750)  # 61 megapixels
    waiting, log, arrived = upload([*good[:2], bad, *good[2:]])
    assert waiting == 0, log
    assert arrived == {digest(content) for content in good}
    assert log.count("Broken content in image") == 1
