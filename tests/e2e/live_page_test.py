"""The live page of a detector in a real browser: what people see there, who may see it, and that it needs nothing from elsewhere."""

import shlex
import subprocess

import pytest
from fake_loop import FakeLoop, model_zip
from loop_programs.ports import free_port
from machines import skip
from node_pages import HOSTILE, PALE_TEXTS, TOKEN, asked_of, enter_token, text_of, url_of, wait_for_text
from node_pages import fixture_chromium, fixture_page  # noqa: F401
from nodes import ORGANIZATION, Client, picture, wait_until
from programs import BIN, detector
from reverse_proxy import NGINX, Proxy, site_at

CATEGORIES = [{"id": f"0000000{number}-0000-4000-8000-000000000000", "name": name, "type": kind} for number, (name, kind) in enumerate(
    [("beet", "box"), ("stem", "point"), ("leaf", "segmentation"), ("dry", "classification")])]
LABELS = {"beet 0.90", "stem 0.80", "leaf 0.70", "dry 0.95"}
PHOTO = picture((160, 120), (90, 70, 50), [((40, 30, 90, 80), (255, 255, 255))])


@pytest.fixture(name="node")
def fixture_node(tmp_path_factory):
    """A detector whose model finds one thing of each kind in every image. Each test has one of its own, which shows twelve frames at once:
    frames of other tests would use them up."""
    with FakeLoop() as loop:
        loop.offer("1.3", model_zip("1.3", categories=CATEGORIES))
        with detector(tmp_path_factory.mktemp("node"), loop, ORGANIZATION, "field", [BIN / "scripted_detector"],
                      {"SCRIPTED_MODEL_FORMAT": "onnx"}) as node:
            yield node


def frames_on(page):
    """What a person sees of each frame, the newest first."""
    return page.evaluate("""[...document.querySelectorAll('.frame')].map(one => ({
        text: one.querySelector('figcaption').innerText, name: one.querySelector('button').getAttribute('aria-label'),
        labels: [...one.querySelectorAll('.label')].map(label => label.textContent),
        view: one.querySelector('svg').getAttribute('viewBox'),
        lines: [...one.querySelectorAll('svg path:not(.halo)')].map(line => line.getAttribute('d')),
        isThere: one.querySelector('img').naturalWidth > 0}))""")


def wait_for_camera(page, camera):
    """The newest frame, once it is of that camera and its picture is there."""
    def newest():
        frames = frames_on(page)
        return frames and frames[0]["text"].split("\n")[0] == camera and frames[0]["isThere"] and frames[0]
    return wait_until(newest, f"a frame of {camera}")


def seen_from(node, camera, **notes):
    answer = Client(node).detect(PHOTO, camera_id=camera, **notes)
    assert answer.status == 200, answer
    return answer


def test_everything_that_was_found_is_drawn_and_named(node, page):
    seen_from(node, "front", source="robot 7")
    page.open(url_of(node))
    frame = wait_for_camera(page, "front")
    assert set(frame["labels"]) == LABELS
    assert frame["view"] == "0 0 160 120"  # the pixels that detections count in
    assert frame["lines"] == ["M1 2h30v40h-30Z", "M1 1L9 1L9 9Z", "M10.5 20.5h.01"]
    assert "4 detections" in frame["name"] and "beet ×1" in frame["text"]
    for text in ("scripted_detector", "1.3, reached", "follow the Loop", f"{ORGANIZATION} / field", "uploads"):
        assert text in page.text, text


def test_frames_tell_why_they_are_kept(node, page):
    seen_from(node, "before")
    page.open(url_of(node))
    wait_for_camera(page, "before")
    place = page.evaluate("document.getElementById('earlier').offsetTop")
    for camera, notes, told in [("a", {"autoupload": "all"}, "kept: asked for"), ("b", {"autoupload": "disabled"}, "not kept"),
                                ("c", {}, "kept: has an outline")]:
        seen_from(node, camera, **notes)
        assert told in wait_for_camera(page, camera)["text"]
    assert page.evaluate("document.getElementById('earlier').offsetTop") == place, "nothing jumps while frames come"


def test_the_last_twelve_frames_stay_and_the_newest_comes_first(node, page):
    page.open(url_of(node))
    for number in range(14):
        wait_until(lambda number=number: seen_and_shown(node, f"camera {number}"), f"a turn for frame {number}")
    wait_for_camera(page, "camera 13")
    frames = wait_until(lambda: len(frames_on(page)) == 12 and frames_on(page), "twelve frames")
    assert [frame["text"].split("\n")[0] for frame in frames] == [f"camera {number}" for number in range(13, 1, -1)]
    assert all(frame["isThere"] for frame in frames)


def seen_and_shown(node, camera):
    """Whether the node has shown this image: of a fast stream it shows two a second."""
    seen_from(node, camera, autoupload="disabled")
    return node.get("/live").json()["frames"][-1]["camera"] == camera


def test_a_held_page_stays_as_it_is_until_it_goes_on(node, page):
    seen_from(node, "before")
    page.open(url_of(node))
    wait_for_camera(page, "before")
    page.evaluate("document.getElementById('hold').click()")
    asked = len(page.asked)
    seen_from(node, "meanwhile")
    wait_until(lambda: page.evaluate("1") and len(page.asked) > asked + 2, "two more looks at the node")
    assert "before" in frames_on(page)[0]["text"] and "held" in page.text
    page.evaluate("document.getElementById('hold').click()")
    wait_for_camera(page, "meanwhile")


def test_a_frame_is_enlarged_and_closed_by_keyboard(node, page):
    seen_from(node, "near")
    page.open(url_of(node))
    wait_for_camera(page, "near")
    page.evaluate("document.querySelector('#latest button').focus()")
    page.type_key("Enter")
    assert page.evaluate("document.getElementById('large').open")
    assert page.evaluate("[...document.querySelectorAll('#large-rows tr')].map(row => [...row.cells].map(cell => cell.textContent))") == [
        ["beet", "box", "0.90", "1, 2, 30 × 40"], ["leaf", "outline", "0.70", "1, 1, 8 × 8"], ["stem", "point", "0.80", "11, 21"],
        ["dry", "whole image", "0.95", ""]]
    assert "160 × 120 px" in text_of(page, "large-facts")
    seen_from(node, "newer")
    wait_for_camera(page, "newer")
    assert "near" in text_of(page, "large-title"), "a frame that is looked at stays"
    page.type_key("ArrowLeft")
    assert "newer" in text_of(page, "large-title")
    page.type_key("Escape")
    assert not page.evaluate("document.getElementById('large').open")
    wait_until(lambda: "newer" in (page.evaluate("document.activeElement.getAttribute('aria-label')") or ""), "the focus on that frame")


def test_texts_from_outside_are_shown_and_never_run(page, tmp_path):
    categories = [one | {"name": HOSTILE + one["type"]} for one in CATEGORIES]
    with FakeLoop() as loop:
        loop.offer("1.3", model_zip("1.3", categories=categories))
        with detector(tmp_path, loop, ORGANIZATION, "field", [BIN / "scripted_detector"], {"SCRIPTED_MODEL_FORMAT": "onnx"},
                      ["--name", HOSTILE]) as node:
            seen_from(node, HOSTILE, source=HOSTILE, tags=HOSTILE)
            page.open(url_of(node))
            frame = wait_for_camera(page, HOSTILE)
            assert f"{HOSTILE}box 0.90" in frame["labels"]
            page.evaluate("document.querySelector('#latest button').click()")
            assert HOSTILE in text_of(page, "large-facts")
            assert page.evaluate("document.title") == HOSTILE  # the node's name, which the image would have replaced
            assert page.evaluate("[...document.images].every(one => one.src.startsWith('blob:'))")
    assert not page.complaints


def test_nothing_is_asked_of_another_machine_and_nothing_is_forbidden(node, page):
    seen_from(node, "front")
    page.open(url_of(node))
    wait_for_camera(page, "front")
    page.evaluate("document.querySelector('#latest button').click()")
    assert asked_of(page, node) == {"", "live", "live.css", "live.js", "live.svg"}
    assert not page.complaints


def test_on_a_phone_the_page_scrolls_down_only(node, page):
    seen_from(node, "a camera with quite a long name of many words", tags="beet")
    unbroken = "a-camera-with-quite-a-long-name-that-has-no-blank-where-it-could-be-broken"
    seen_from(node, unbroken)
    page.become_a_phone(390, 844)
    page.open(url_of(node))
    wait_for_camera(page, unbroken)
    assert page.evaluate("[document.documentElement.scrollWidth, innerWidth]") == [390, 390]
    page.evaluate("document.querySelector('#latest button').click()")
    assert page.evaluate("document.getElementById('large').scrollWidth <= document.getElementById('large').clientWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_is_readable_by_day_and_by_night(scheme, page, tmp_path):
    page.prefer(scheme)
    with FakeLoop() as loop:
        loop.offer("1.3", model_zip("1.3", categories=CATEGORIES))
        with detector(tmp_path, loop, ORGANIZATION, "field", [BIN / "scripted_detector"], {"SCRIPTED_MODEL_FORMAT": "onnx"}) as node:
            loop.upload_statuses = [500] * 100  # an error, too
            seen_from(node, "front", autoupload="all")
            seen_from(node, "rear", autoupload="disabled")
            page.open(url_of(node))
            wait_for_camera(page, "rear")
            wait_for_text(page, "Images cannot be uploaded")
            count, pale = page.evaluate(PALE_TEXTS)
            assert count > 50 and not pale
            page.evaluate("document.querySelector('#latest button').click()")
            assert page.evaluate(PALE_TEXTS)[1] == []


def test_errors_appear_in_plain_words_and_go(page, tmp_path):
    with FakeLoop() as loop, detector(tmp_path, loop, ORGANIZATION, "field", [BIN / "scripted_detector"]) as node:
        loop.upload_statuses = [500] * 100
        seen_from(node, "front", autoupload="all")
        page.become_a_phone(390, 844)
        page.open(url_of(node))
        wait_for_text(page, "Images cannot be uploaded")
        assert "500" in text_of(page, "errors")
        assert page.evaluate("[document.title, document.documentElement.scrollWidth]") == ["(1) scripted_detector", 390]
        assert "1 image waits" in page.text
        loop.upload_statuses = []
        wait_until(lambda: not text_of(page, "errors"), "a page without errors")
        assert page.evaluate("document.title") == "scripted_detector"


def test_a_node_that_does_not_answer_is_told_and_found_again(page, tmp_path):
    with FakeLoop() as loop, detector(tmp_path, loop, ORGANIZATION, "field", [BIN / "scripted_detector"]) as node:
        seen_from(node, "of the first run")
        page.open(url_of(node))
        wait_for_camera(page, "of the first run")
        node.kill()
        wait_for_text(page, "The node has not answered since")
        assert "of the first run" in page.text and "not answering" in page.text
        with node.start():
            wait_for_text(page, "No image has come yet.")
            assert "has not answered" not in page.text
            seen_from(node, "of the second run")  # whose numbers begin anew
            wait_for_camera(page, "of the second run")
            assert len(frames_on(page)) == 1


def test_an_empty_page_tells_the_command_that_sends_a_first_image(page, tmp_path):
    (tmp_path / "photo.jpg").write_bytes(PHOTO)
    with FakeLoop() as loop, detector(tmp_path, loop, ORGANIZATION, "field", [BIN / "scripted_detector"]) as node:
        page.open(url_of(node))
        wait_for_text(page, "No image has come yet.")
        command = page.evaluate("document.getElementById('curl').textContent")
        subprocess.run(shlex.split(command) + ["--noproxy", "*"], cwd=tmp_path, check=True, capture_output=True, timeout=30)
        wait_for_camera(page, "no camera named")
        assert "No image has come yet." not in page.text


def test_beyond_this_machine_the_page_asks_for_the_token(page, tmp_path):
    with FakeLoop() as loop, detector(tmp_path, loop, ORGANIZATION, "field", [BIN / "scripted_detector"],
                                      {"NODE_HOST": "0.0.0.0", "NODE_TOKEN": TOKEN}) as node:
        seen_from(node, "secret place")
        page.open(url_of(node))
        wait_for_text(page, "Token of the node")
        enter_token(page, "of-another-node")
        wait_for_text(page, "This is not the token of this node.")
        assert "secret place" not in page.text
        enter_token(page, TOKEN)
        wait_for_camera(page, "secret place")
        assert "Token of the node" not in page.text
        page.open(url_of(node))
        wait_for_camera(page, "secret place")  # as long as the browser's tab is there
        assert not [url for url in page.asked if TOKEN in url]
        assert TOKEN not in node.log_text()


def test_beyond_this_machine_a_node_without_a_token_shows_nobody_what_it_sees_and_says_why(page, tmp_path):
    with FakeLoop() as loop, detector(tmp_path, loop, ORGANIZATION, "field", [BIN / "scripted_detector"],
                                      {"NODE_HOST": "0.0.0.0"}) as node:
        seen_from(node, "secret place")
        page.open(url_of(node))
        wait_for_text(page, "beyond this machine it takes a token, and none is set (NODE_TOKEN)")
        assert "secret place" not in page.text and "Token of the node" not in page.text


def test_a_proxy_may_have_the_node_below_a_path(page, tmp_path, node):
    if not NGINX:
        skip("nginx is missing: tools/setup test installs it")
    seen_from(node, "behind the proxy")
    port = free_port()
    with Proxy(tmp_path / "nginx", site_at("/robots/7/", "proxy_pass http://127.0.0.1:8000/"), node.port, "localhost", port):
        url = f"https://localhost:{port}/robots/7/"
        page.open(url)
        wait_for_camera(page, "behind the proxy")
        assert f"{url}detect" in page.evaluate("document.getElementById('curl').textContent")
        assert page.evaluate("[...document.querySelectorAll('nav a')].map(one => one.href)") == [f"{url}docs", f"{url}metrics"]
    assert not page.complaints
