"""What an upload looks like on the wire: as the Python library's detector writes it, which the closed Loop takes, and no more."""

import re

import pytest
from fake_loop import FakeLoop, files_in
from link import Link
from nodes import ORGANIZATION, Client, Outbox, image_files, wait_until, with_comment
from peers import peer_detector, project_with_target, wait_for_model
from programs import BIN, detector, jpeg, loop_server

SCRIPTED = [BIN / "scripted_detector"]
IMAGES = [with_comment(jpeg(seed), b"form %d" % seed) for seed in range(3)]
LONG = jpeg(9) + bytes(1_500_000)  # of more than 1 MB libcurl asks first whether it may send it, which not every server understands
NEEDED = {"Host", "User-Agent", "Accept", "Content-Length", "Content-Type"}


def part_heads(upload):
    """The lines above each part's content, without what differs from image to image."""
    body = bytes(upload.body)
    boundary = body[:body.index(b"\r\n")]
    for part in body.split(boundary)[1:-1]:
        head = part.split(b"\r\n\r\n", 1)[0].decode()
        yield sorted(re.sub(r"image_[^\"]+\.", "image_ID.", line) for line in head.split("\r\n") if line)


def ids_of(names):
    return [re.fullmatch(r"image_(.+)\.(json|jpg)", name).groups() for name in names]


@pytest.fixture(name="of_ours", scope="module")
def fixture_of_ours(tmp_path_factory):
    """Our detector's uploads: three images that lay in its outbox, then a long one."""
    folder = tmp_path_factory.mktemp("ours")
    with FakeLoop() as loop, Link(loop.port, keeps_bodies=True) as link, detector(folder, link, "o", "p", SCRIPTED) as node:
        assert node.ask("PUT", "/outbox_mode", "stopped").status == 200
        assert Client(node).upload(*IMAGES).status == 200
        assert node.ask("PUT", "/outbox_mode", "continuous_upload").status == 200
        Outbox(folder).wait_until_empty()
        assert Client(node).upload(LONG).status == 200
        Outbox(folder).wait_until_empty()
        assert not Outbox(folder).rejected(), node.log_text()
        yield link.uploads()


def test_the_parts_are_json_and_jpeg_of_one_image_after_the_other(of_ours):
    for upload in of_ours:
        ids = ids_of(name for name, _ in files_in(bytes(upload.body)))
        assert [kind for _, kind in ids] == ["json", "jpg"] * (len(ids) // 2)
        assert [one for one, _ in ids[::2]] == [one for one, _ in ids[1::2]]
    files = [file for upload in of_ours for file in files_in(bytes(upload.body))]
    assert sorted(content for name, content in files if name.endswith("jpg")) == sorted([*IMAGES, LONG])


def test_the_head_has_nothing_but_what_every_client_sends(of_ours):
    for upload in of_ours:
        names = [name for name, _ in upload.headers]
        assert set(names) == NEEDED and len(names) == len(set(names)), upload.head
        assert re.fullmatch(r"multipart/form-data; boundary=[0-9A-Za-z'()+_,./:=?-]{1,70}", dict(upload.headers)["Content-Type"])
        assert upload.line == "POST /api/o/projects/p/images" and upload.head.split(b"\r\n")[0].endswith(b" HTTP/1.1")


def test_it_is_the_form_of_the_library_part_by_part_and_header_by_header(of_ours, tmp_path):
    with loop_server(tmp_path) as loop, Link(loop.port, keeps_bodies=True) as link:
        project = project_with_target(loop, "form")
        with peer_detector(tmp_path, link, project) as peer:
            wait_for_model(peer)
            assert peer.post_files("/upload", [("image.jpg", image) for image in IMAGES]).status == 200
            wait_until(lambda: len(list(image_files(loop, project))) == len(IMAGES), "the library's uploads", 60)
        theirs = link.uploads()
        assert all(upload.line == f"POST {project}/images" for upload in theirs)
    ours_parts, their_parts = ([head for one in uploads for head in part_heads(one)] for uploads in (of_ours, theirs))
    ours, them = ({name.lower() for one in uploads for name, _ in one.headers} for uploads in (of_ours, theirs))
    same_parts = {str(part) for part in ours_parts} == {str(part) for part in their_parts}
    print(f"figures: an upload has the parts of the library's: {same_parts}; headers only we send: {sorted(ours - them)}, "
          f"only the library: {sorted(them - ours)}")
    assert same_parts
    assert ours <= them
