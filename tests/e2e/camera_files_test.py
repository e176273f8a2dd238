"""Every JPEG that cameras send is read as Pillow, with which trainers read, shows it; what is damaged is refused.

Exactly the same pixels: Debian's Pillow and the codec decode with the same libjpeg-turbo, and mix inks by the same rule.
Which way is up is what orientations_test.py is about."""
import io

import numpy as np
import pytest
from camera_files import HEIGHT, WIDTH, Kind, inserted, restarts, scans, segments, with_transform, with_version, without, written
from image_bytes import lines_by_us, read_by_us
from PIL import Image

KINDS = {
    "4:2:0": Kind(),
    "4:4:4": Kind(sampling=(1, 1)),
    "gray": Kind("gray", (1, 1)),
    "progressive": Kind(progressive=True),
}
INTERVALS = (1, 2, 5)
RESTARTING = {f"{name}, {blocks} blocks": Kind(kind.colours, kind.sampling, restart_blocks=blocks, progressive=kind.progressive)
              for name, kind in KINDS.items() for blocks in INTERVALS}
INKS = {f"{colours} {sampling} {quality} {size}": Kind(colours, sampling, quality, size=size)
        for colours in ("cmyk", "ycck") for sampling in ((1, 1), (2, 2)) for quality in (30, 75, 95, 100)
        for size in ((WIDTH, HEIGHT), (33, 17), (8, 8), (1, 1))}


@pytest.fixture(name="sound", scope="module")
def fixture_sound(tmp_path_factory):
    """Files that are as they should be."""
    return written(tmp_path_factory.mktemp("written"), KINDS | RESTARTING | INKS)


def by_pillow(content):
    return Image.open(io.BytesIO(content)).convert("RGB")


def assert_same(folder, files, shown=None):
    """`shown`: what Pillow is given instead of a file that it does not look into."""
    assert len(files) >= 20
    read = list(read_by_us(folder, files))
    assert len(read) == len(files)
    for name, size, pixels in read:
        expected = by_pillow((shown or files)[name])
        assert size == expected.size, name
        assert np.array_equal(np.asarray(expected), pixels), name


def test_bytes_before_restart_markers_change_no_pixel(sound, tmp_path):
    """Case 02: webcams fill up with them."""
    paddings = [bytes([value]) * count for count, value in
                ((1, 0), (2, 0x11), (3, 0xaa), (16, 0), (17, 0x5a), (64, 0), (255, 1), (600, 0), (600, 0x77), (5, 0xff))]
    assert all(len(restarts(sound[name])) >= 4 for name in RESTARTING)
    assert_same(tmp_path, {f"{name}, {len(padding)} of {padding[0]}": inserted(sound[name], restarts(sound[name]), padding)
                           for name in RESTARTING for padding in paddings})


def test_bytes_before_the_end_change_no_pixel(sound, tmp_path):
    """Case 03: drones fill up to a length with them."""
    assert_same(tmp_path, {f"{name}, {count} of {value}": sound[name][:-2] + bytes([value]) * count + sound[name][-2:]
                           for name in [*KINDS, *RESTARTING] for count in (1, 2, 15, 16, 17, 608, 1024, 4095, 4096)
                           for value in (0, 0x11, 0xff)})


def test_what_headers_say_of_versions_changes_no_pixel(sound, tmp_path):
    """Case 05."""
    versions = [(major, minor) for major in (0, 1, 2, 3, 9, 255) for minor in (0, 1, 2, 255)]
    files = {f"{name}, JFIF {version}": with_version(sound[name], *version) for name in KINDS for version in versions}
    transformed = {"4:2:0": range(256), "4:4:4": range(9), "cmyk (2, 2) 95 (33, 17)": range(256), "ycck (1, 1) 95 (33, 17)": range(9)}
    files |= {f"{name}, Adobe {transform}": with_transform(sound[name], transform)
              for name, transforms in transformed.items() for transform in transforms}
    assert_same(tmp_path, files)


def test_bytes_between_segments_change_no_pixel(sound, tmp_path):
    """Case 08. Pillow looks for the third byte of a file, so behind the first marker they are not shown to it."""
    contents = [b"\0", b"\x5a", bytes(7), bytes(608), b"\x11" * 600, b"\xff", b"\xff" * 9, b"\xff\0" * 20, b"\xd8\xd9\xda"]
    files, shown = {}, {}
    for name in ("4:2:0", "gray", "progressive", "4:4:4, 2 blocks"):
        for place in segments(sound[name]):
            for number, content in enumerate(contents):
                key = f"{name}, content {number} at {place}"
                files[key] = inserted(sound[name], [place], content)
                shown[key] = files[key] if place > 2 else sound[name]
        files[f"{name}, everywhere"] = inserted(sound[name], segments(sound[name]), bytes(3))
        shown[f"{name}, everywhere"] = sound[name]
        files[f"{name}, a comment behind them"] = sound[name][:-2] + bytes(608) + b"\xff\xfe\0\4hi\xff\xd9"
        shown[f"{name}, a comment behind them"] = files[f"{name}, a comment behind them"]
    assert_same(tmp_path, files, shown)


def test_inks_are_shown_as_pillow_shows_them(sound, tmp_path):
    """Case 10: also when no segment of Adobe's tells that they are inverted."""
    files = {}
    for name in INKS:
        files |= {f"{name}, with Adobe's segment": sound[name], f"{name}, without": without(sound[name], 0xee)}
        assert len(files[f"{name}, without"]) == len(sound[name]) - 16
    assert_same(tmp_path, files)


# ------------------------------------------------------------------------------------------------------------- damage

DAMAGED = ["4:2:0", "gray", "progressive", "4:4:4, 2 blocks", "progressive, 5 blocks", f"ycck (2, 2) 75 {(WIDTH, HEIGHT)}"]


# libjpeg's words for what tells of pixels that are lost
TOLD = ("premature end of data segment", "instead of RST", "bad Huffman code", "Inconsistent progression")


def assert_refused(folder, files, *reasons):
    """Each with one of these reasons, in libjpeg's words or ours."""
    assert len(files) >= 20
    for name, (line, _) in lines_by_us(folder, files).items():
        assert line.startswith("the JPEG image is damaged (") and "send the whole file" in line, f"{name}: {line}"
        assert any(reason in line for reason in reasons), f"{name}: {line}"


def test_a_file_that_was_cut_off_is_refused(sound, tmp_path):
    """Also where only its end marker is missing: nobody can tell from that whether pixels are, and Pillow reads no such file."""
    files = {f"{name}, {percent} %": sound[name][:max(2, len(sound[name]) * percent // 100)] for name in DAMAGED for percent in range(100)}
    assert_refused(tmp_path, files, "its end marker FF D9 is missing", "it ends before its pixels", "a segment of it is cut off")
    ends = {f"{name}, the last {count}, then {filling}": sound[name][:-count] + filling for name in DAMAGED
            for count in (1, 2) for filling in (b"", bytes(9), b"\xff\0" * 9)}
    assert_refused(tmp_path, ends, "its end marker FF D9 is missing")


def test_pixels_that_were_cut_out_are_refused(sound, tmp_path):
    """The rest of the file follows, so that only who decodes it sees it."""
    files = {f"{name}, scan {number}, {percent} %": sound[name][:begin + (end - begin) * percent // 100] + sound[name][end:]
             for name in DAMAGED for number, (begin, end) in enumerate(scans(sound[name])) for percent in range(0, 100, 7)}
    assert_refused(tmp_path, files, *TOLD)


def renumbered(jpeg, place, by):
    return jpeg[:place + 1] + bytes([0xd0 + (jpeg[place + 1] + by) % 8]) + jpeg[place + 2:]


def test_wrong_restart_markers_are_refused(sound, tmp_path):
    files = {}
    for name in RESTARTING:
        jpeg = sound[name]
        for place in restarts(jpeg)[::7]:
            files |= {f"{name}, by {by} at {place}": renumbered(jpeg, place, by) for by in range(1, 8)}
            files[f"{name}, none at {place}"] = jpeg[:place] + jpeg[place + 2:]
            files[f"{name}, two at {place}"] = jpeg[:place] + jpeg[place:place + 2] + jpeg[place:]
    assert_refused(tmp_path, files, *TOLD)


def with_bad_code(jpeg, from_end):
    """No code of a JPEG consists of ones alone. libjpeg-turbo tells so only of the last 512 bytes for each component, and of all
    bytes of a progressive one: where nothing can end too early, its quick decoder takes a zero for what it cannot read."""
    begin, end = max(scans(jpeg), key=lambda scan: scan[1] - scan[0])
    place = end - from_end
    assert begin < place
    place -= jpeg[place - 1] == 0xff
    return jpeg[:place] + b"\xff\0" * 8 + jpeg[place + 16:]


def test_codes_that_there_are_not_are_refused(sound, tmp_path):
    files = {f"{name}, {from_end} before the end": with_bad_code(sound[name], from_end)
             for name in ("4:2:0", "4:4:4", "gray", "progressive") for from_end in range(100, 400, 20)}
    assert_refused(tmp_path, files, "bad Huffman code")


def test_damage_behind_something_harmless_is_refused(sound, tmp_path):
    """libjpeg tells of each, in the order of the file."""
    files = {}
    for name in DAMAGED:
        jpeg = with_transform(sound[name], 7) if name.startswith("ycck") else with_version(sound[name], 9)
        begin, end = scans(jpeg)[-1]
        filled = [*segments(jpeg)[1:3], *restarts(jpeg)]
        files |= {f"{name}, {cut} less": inserted(jpeg[:max(begin, end - cut)], filled, bytes(5)) + jpeg[end:] for cut in (1, 2, 3, 20, 40)}
        files |= {f"{name}, marker at {place}": inserted(renumbered(jpeg, place, 2), filled, bytes(5)) for place in restarts(jpeg)[-9:]}
    assert_refused(tmp_path, files, *TOLD)


def test_the_files_that_were_damaged_were_sound(sound, tmp_path):
    """Else the tests above would show nothing."""
    assert_same(tmp_path, {f"{name} {number}": sound[name] for name in {*DAMAGED, *RESTARTING, *KINDS} for number in range(2)})
