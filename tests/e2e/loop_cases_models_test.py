"""Cases 16 and 17 of the published ones: what is called a zip is one and nothing else is, and the names of a model's files are names that
every node can write. LL_CASES_SEED repeats a draw."""

import zipfile

import pytest
from accounts import detail
from draws import draws
from packages import download, packed, send
from programs import generate, loop_server

@pytest.fixture(name="loop", scope="module")
def fixture_loop(tmp_path_factory):
    with loop_server(tmp_path_factory.mktemp("models")) as server:
        yield server


@pytest.fixture(name="path", scope="module")
def fixture_path(loop):
    return generate(loop, "field", point_categories=1)


def models_of(loop, path):
    return [model["id"] for model in loop.get(f"{path}/models").json()["models"]]


def taken(loop, path, files):
    """The files that nodes get of a model that came as these."""
    answer = send(loop, "POST", f"{path}/models/onnx", files)
    assert answer.status == 200, (list(files), answer)
    return download(loop, path, answer.json()["id"], "onnx")


def assert_refused(loop, path, files, *words):
    before = models_of(loop, path)
    answer = send(loop, "POST", f"{path}/models/onnx", files)
    assert answer.status == 422 and all(word in detail(answer) for word in words), (list(files), words, answer)
    assert models_of(loop, path) == before


# ------------------------------------------------------------------------------------------------------ 17: zip or no zip

OTHER_ENDINGS = [".npz", ".pt", ".pth", ".ckpt", ".jar", ".apk", ".docx", ".whl", ".mar", ".keras", ".mlpackage", ".tflite", ".onnx",
                 ".zipx", ".zip.1", ".zip.part", ".zi", ".gz", ".bin", ""]
ZIP_ENDINGS = [".zip", ".ZIP", ".Zip", ".zIp", ".tar.zip", "..zip", " .zip", "%2ezip", ".%5Aip"]
BEGINNINGS = [b"PK\3\4", b"PK\5\6", b"PK\1\2", b"PK\7\b", b"PK\6\6"]


def a_zip(chance):
    return packed({f"w{number}": chance.randbytes(chance.randint(0, 2000)) for number in range(chance.randint(1, 4))},
                  method=chance.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))


@pytest.mark.parametrize("ending", OTHER_ENDINGS)
def test_what_is_not_called_a_zip_stays_whole_whatever_it_is(loop, path, ending):
    chance = draws(ending)
    for content in (a_zip(chance), a_zip(chance)[:-7], chance.choice(BEGINNINGS) + chance.randbytes(300), chance.randbytes(300)):
        name = f"weights{chance.randrange(100)}{ending}"
        files = taken(loop, path, {name: content})
        assert files.keys() == {name, "model.json"} and files[name] == content


@pytest.mark.parametrize("ending", ZIP_ENDINGS)
def test_what_is_called_a_zip_is_taken_apart(loop, path, ending):
    chance = draws(ending)
    for _ in range(3):
        inner = {f"w{number}.bin": chance.randbytes(chance.randint(0, 2000)) for number in range(chance.randint(1, 4))}
        files = taken(loop, path, {f"model{ending}": packed(inner)})
        files.pop("model.json")
        assert files == inner


def no_zips(chance):
    """What is no zip, or not all of one, or more than one."""
    whole = a_zip(chance)
    return [b"", b"P", b"PK", b"hello", b"<html>", bytes(1000), chance.randbytes(1000), b"Rar!\x1a\x07\0" + chance.randbytes(100),
            b"\x1f\x8b\b" + chance.randbytes(100), b"7z\xbc\xaf\x27\x1c" + chance.randbytes(100), packed({}),
            *(beginning + chance.randbytes(100) for beginning in BEGINNINGS), *(whole[:chance.randrange(len(whole))] for _ in range(10)),
            whole[:-1], whole[1:], whole[4:], whole + b"x", whole + whole[:-1]]


def test_what_is_called_a_zip_and_is_none_is_refused_by_its_name(loop, path):
    chance = draws("no zips")
    for content in no_zips(chance):
        name = f"model{chance.randrange(100)}{chance.choice(ZIP_ENDINGS[:4])}"
        assert_refused(loop, path, {name: content}, name, "zip")
        assert_refused(loop, path, {"weights.bin": b"weights", name: content}, name, "zip")


def test_a_zip_beside_other_files_is_one_of_them(loop, path):
    chance = draws("beside")
    for _ in range(20):
        sent = {"config.yaml": chance.randbytes(20), f"data{chance.choice(ZIP_ENDINGS[:4])}": a_zip(chance)}
        files = taken(loop, path, sent)
        files.pop("model.json")
        assert files == sent


# ------------------------------------------------------------------------------------------------ 16: comments and names


def test_a_comment_of_any_length_is_passed_over(loop, path):
    chance = draws("comments")
    lengths = [0, 1, 2, 21, 22, 255, 256, 16_383, 16_384, 32_767, 32_768, 60_000, 65_534, 65_535]
    for length in lengths + [chance.randrange(65_536) for _ in range(20)]:
        inner = {"weights.bin": chance.randbytes(1000)}
        comment = chance.choice([chance.randbytes(length), b"x" * length, b"\n" * length, ("ü" * length).encode()[:length]])
        files = taken(loop, path, {"model.zip": packed(inner, comment)})
        assert files["weights.bin"] == inner["weights.bin"], length


FOREIGN = [
    "gewichte_größe.bin", "modèle.onnx", "weights\u0308.bin", "重み.onnx", "веса.pt", "🌱.bin", "αβγ.bin", "weights–final.onnx", "naïve.bin",
    "\u00a0.bin", "ﬁle.bin", "weights\u202e.bin",
]


def with_raw_names(package, names):
    """A zip whose names are these bytes, of the same lengths, without the mark that they are UTF-8: as old tools of Windows pack it."""
    for plain, raw in names.items():
        assert len(plain) == len(raw)
        package = package.replace(plain.encode(), raw)
    return package


@pytest.mark.parametrize("name", FOREIGN)
def test_a_name_that_is_more_than_ascii_is_refused_with_the_remedy(loop, path, name):
    chance = draws(name)
    weights = chance.randbytes(100)
    assert_refused(loop, path, {"model.zip": packed({name: weights})}, "rename")
    assert_refused(loop, path, {"model.zip": packed({"good.bin": b"good", name: weights, "model.json": b"{}"})}, "rename")
    assert_refused(loop, path, {"model.zip": packed({f"folder/{name}": weights, "folder/good.bin": b"good"})}, "rename")
    assert_refused(loop, path, {name: weights}, "rename")
    for encoding in ("cp437", "latin-1", "cp1252", "shift_jis", "koi8-r", "utf-8"):
        raw = name.encode(encoding, errors="ignore")
        if not raw.isascii():
            plain = "q" * len(raw)
            assert_refused(loop, path, {"model.zip": with_raw_names(packed({plain: weights}), {plain: raw})}, "rename")


# -------------------------------------------------------------------------------------------------- names of single files

KEPT_AS = {
    "best%20weights.pt": "best weights.pt", "best weights.pt": "best weights.pt", "a%2Bb.pt": "a+b.pt", "a+b.pt": "a+b.pt",
    "a%2eb.pt": "a.b.pt", "100%.pt": "100%.pt", "100%25.pt": "100%.pt", "50%zz.pt": "50%zz.pt", "%": "%", "a%20%20b.pt": "a  b.pt",
    "%61.pt": "a.pt", "w%5Fx.pt": "w_x.pt", "w(1).pt": "w(1).pt", "w%281%29.pt": "w(1).pt", "w[1].pt": "w[1].pt", "a=b&c.pt": "a=b&c.pt",
    "a,b@c#d!.pt": "a,b@c#d!.pt", "~w^{x}.pt": "~w^{x}.pt", "w%2Dx.pt": "w-x.pt", "W.PT": "W.PT", "w" * 252 + ".pt": "w" * 252 + ".pt",
    "w..pt": "w..pt", "a%23b": "a#b",
}
NOT_KEPT = [
    "..%2Fx.pt", "%2e%2e", "..", ".", "a%2Fb.pt", "a/b.pt", "a%5Cb.pt", "a\\b.pt", "%2Fetc%2Fpasswd", "a%00.pt", "%00", "a%0Ab.pt",
    "a%0db.pt", "a%09b.pt", "a%7f.pt", "C%3Ax.pt", "C:x.pt", "%2Dx.pt", "-x.pt", "%20x.pt", "x.pt%20", " x.pt", "%2ehidden", ".hidden",
    "a%7Cb", "a%3Bb", "a%3Cb", "a%3Eb", "a%22b", "a%27b", "a%60b", "a%24b", "a%2Ab", "a%3Fb", "a*b", "a$b", "a`b", "", "w" * 256,
    "%C3%BC.pt", "%FF.pt", "%E4.pt",
]


@pytest.mark.parametrize("name", KEPT_AS, ids=lambda name: name[:20])
def test_a_name_that_is_written_in_percents_is_the_name_that_is_meant(loop, path, name):
    content = draws(name).randbytes(100)
    files = taken(loop, path, {name: content, "other.bin": b"other"})
    assert files[KEPT_AS[name]] == content and files.keys() == {KEPT_AS[name], "other.bin", "model.json"}


def test_a_name_that_shells_and_file_systems_would_misread_is_refused(loop, path):
    chance = draws("names")
    for name in NOT_KEPT:
        assert_refused(loop, path, {"other.bin": b"other", name: chance.randbytes(10)}, "files: ")
    for first, again in (("best%20weights.pt", "best weights.pt"), ("a.pt", "%61.pt"), ("a.pt", "A.pt"), ("model.json", "model%2ejson")):
        assert_refused(loop, path, {first: b"{}", again: b"{}"}, "comes twice")
