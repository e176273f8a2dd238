"""Case 19 of the published ones: a `model.json` that is taken can be read by every node, as strictly as the Python library reads it; what
can be mended safely is mended, and the rest is refused with its path. LL_CASES_SEED repeats a draw."""

import json

import pytest
from accounts import detail
from draws import draws
from packages import description_of, packed, send
from programs import generate, loop_server

GOOD = {"resolution": "640", "categories": '[{"id": "a", "name": "ape", "point_size": 20}, {"id": "b", "name": "beet", "type": "point"}]',
        "model_size": '"s6"', "conf_threshold": "0.25", "epochs": "3"}


@pytest.fixture(name="loop", scope="module")
def fixture_loop(tmp_path_factory):
    with loop_server(tmp_path_factory.mktemp("descriptions")) as server:
        yield server


@pytest.fixture(name="path", scope="module")
def fixture_path(loop):
    return generate(loop, "field", point_categories=1)


def written(fields):
    """`fields`: their values as they stand in JSON."""
    return ("{" + ", ".join(f"{json.dumps(key)}: {value}" for key, value in fields.items()) + "}").encode()


def post(loop, path, chance, description):
    """The answer to a model that tells this of itself, on one of the paths and in one of the forms in which models come."""
    files = {"weights.bin": chance.randbytes(16), "model.json": description}
    place = chance.choice([f"{path}/models/onnx", f"{path}/onnx"])
    return send(loop, "POST", place, chance.choice([files, {"model.zip": packed(files)}]))


# ------------------------------------------------------------------------------------------------------ as nodes read it


def assert_is(value, *kinds):
    """Exactly: to the reader True is no 1."""
    assert type(value) in kinds, value


def assert_nodes_can_read(description):
    """What the library's ModelInformation and Category are read from, with their types checked."""
    for key in ("id", "organization", "project", "version", "format"):
        assert_is(description[key], str)
    for key in ("host", "model_size"):
        assert_is(description[key], str, type(None))
    assert_is(description["resolution"], int, type(None))
    assert description["resolution"] is None or description["resolution"] > 0
    assert_is(description.get("conf_threshold"), float, int, type(None))
    assert_is(description["categories"], list)
    for category in description["categories"]:
        assert_is(category["id"], str)
        assert_is(category["name"], str)
        for key in ("description", "hotkey", "color", "type"):
            assert_is(category.get(key), str, type(None))
        assert_is(category.get("point_size"), int, type(None))


def read_by_nodes(loop, path, answer):
    description = description_of(loop, path, answer.json()["id"], "onnx")
    assert_nodes_can_read(description)
    return description


def assert_mended_or_refused(loop, path, chance, fields, place):
    answer = post(loop, path, chance, written(fields))
    if answer.status == 200:
        read_by_nodes(loop, path, answer)
        assert any(place in remark for remark in answer.json()["remarks"]), (fields, answer)
    else:
        assert answer.status == 422 and f"model.json: {place}" in detail(answer), (fields, place, answer)


# ------------------------------------------------------------------------------------------------------ field by field

MENDED = {  # and the numbers that are meant
    "resolution": {'"640"': 640, '" 640\\t"': 640, '"640.0"': 640, "640.0": 640, "6.4e2": 640, '"6.4e2"': 640, '"0640"': 640, '"1"': 1},
    "conf_threshold": {'"0.3"': 0.3, '"1"': 1, '"0"': 0, '" .5 "': 0.5, '"1e-3"': 0.001},
    "point_size": {'"20"': 20, "20.0": 20, '"20.0"': 20, '" 7 "': 7, "2e1": 20},
}
NO_NUMBER = ['"x"', '""', '" "', "true", "false", "[]", "[640]", "{}", '{"value": 640}', '"NaN"', '"Infinity"', '"0x280"', '"640px"',
             '"640,0"', '"640 640"', '"\\u0666\\u0664\\u0660"', '"1e400"']
NO_WHOLE_NUMBER = ["640.5", '"640.5"', "1e30", '"1e30"', "99999999999", '"99999999999"', "1e-9"]
NO_TEXT = ["5", "true", "1.5", "[]", '["s6"]', "{}"]
WRONG = {
    "resolution": NO_NUMBER + NO_WHOLE_NUMBER + ["0", "-640", '"0"', '"-640"', "-0.0"],
    "conf_threshold": NO_NUMBER,
    "model_size": NO_TEXT,
    "categories": ['"cow"', "5", "true", "{}", '{"0": {"id": "a", "name": "ape"}}', '["cow"]', "[5]", "[null]", "[[]]", "[true]", "[{}]",
                   '["cow", "pig"]'],
}
WRONG_IN_CATEGORY = {"id": ["null", *NO_TEXT], "name": ["null", *NO_TEXT], "description": NO_TEXT, "hotkey": NO_TEXT, "color": NO_TEXT,
                     "type": NO_TEXT, "point_size": NO_NUMBER + NO_WHOLE_NUMBER}


def with_category(chance, category):
    """Among good ones; and where it stands."""
    place = chance.randint(0, 3)
    good = [f'{{"id": "{number}", "name": "good {number}"}}' for number in range(3)]
    return f"[{', '.join(good[:place] + [category] + good[place:])}]", place


def category_with(key, value):
    fields = {"id": '"a"', "name": '"ape"'} | ({key: value} if value else {})
    return written({name: text for name, text in fields.items() if value or name != key}).decode()


@pytest.mark.parametrize("key", ["resolution", "conf_threshold"])
def test_a_number_in_a_text_is_taken_for_the_number_and_told(loop, path, key):
    chance = draws(key)
    for value, meant in MENDED[key].items():
        answer = post(loop, path, chance, written(GOOD | {key: value}))
        assert answer.status == 200, (value, answer)
        read = read_by_nodes(loop, path, answer)
        expected = {name: json.loads(text) for name, text in GOOD.items()} | {key: meant}
        assert read | expected == read, value
        assert [key in remark and str(meant) in remark for remark in answer.json()["remarks"]] == [True], answer


def test_a_number_in_a_text_of_a_category_is_taken_for_the_number_and_told(loop, path):
    chance = draws("point_size")
    for value, meant in MENDED["point_size"].items():
        categories, place = with_category(chance, category_with("point_size", value))
        answer = post(loop, path, chance, written({"categories": categories}))
        assert answer.status == 200, (value, answer)
        assert read_by_nodes(loop, path, answer)["categories"][place] == {"id": "a", "name": "ape", "point_size": meant}
        assert [f"categories[{place}].point_size" in remark for remark in answer.json()["remarks"]] == [True], answer


@pytest.mark.parametrize("key", WRONG)
def test_what_no_node_could_read_is_refused_with_its_path(loop, path, key):
    chance = draws(key)
    for value in WRONG[key]:
        assert_mended_or_refused(loop, path, chance, GOOD | {key: value}, key)


@pytest.mark.parametrize("key", WRONG_IN_CATEGORY)
def test_what_no_node_could_read_of_a_category_is_refused_with_its_path(loop, path, key):
    chance = draws(key)
    for value in WRONG_IN_CATEGORY[key] + ([""] if key in ("id", "name") else []):
        categories, place = with_category(chance, category_with(key, value))
        assert_mended_or_refused(loop, path, chance, {"categories": categories}, f"categories[{place}].{key}")


@pytest.mark.parametrize("value", ["1e400", "-1e400", "1e999999999"])
def test_a_number_beyond_all_is_refused_with_its_path(loop, path, value):
    chance = draws(value)
    for key in ("resolution", "conf_threshold"):
        assert_mended_or_refused(loop, path, chance, GOOD | {key: value}, key)
    categories, place = with_category(chance, category_with("point_size", value))
    assert_mended_or_refused(loop, path, chance, {"categories": categories}, f"categories[{place}].point_size")


def test_null_is_what_nobody_knows(loop, path):
    chance, keys = draws("null"), [*GOOD, "id", "host", "format"]
    for _ in range(20):
        nulls = chance.sample(keys, chance.randint(1, len(keys)))
        answer = post(loop, path, chance, written(GOOD | dict.fromkeys(nulls, "null")))
        assert answer.status == 200, (nulls, answer)
        read = read_by_nodes(loop, path, answer)
        project = loop.get(path).json()["categories"]
        assert read["categories"] == (project if "categories" in nulls else json.loads(GOOD["categories"]))
        assert read["resolution"] == (None if "resolution" in nulls else 640)


# ------------------------------------------------------------------------------------------------------------- as a whole

BROKEN = {
    "nothing": b"", "a blank": b" ", "a word": b"x", "half an object": b'{"resolution": 640', "a comma too many": b'{"resolution": 640,}',
    "single quotes": b"{'resolution': 640}", "two objects": b"{}{}", "text behind it": b"{} x", "a list": b"[]", "a text": b'"{}"',
    "null": b"null", "a number": b"5", "NaN": b'{"lr": NaN}', "Infinity": b'{"lr": -Infinity}', "a number beyond all": b'{"lr": 1e400}',
    "a comment": b"{} // x", "a tab in a text": b'{"a": "\t"}', "Latin-1": '{"a": "größe"}'.encode("latin-1"),
    "UTF-16": '{"a": "b"}'.encode("utf-16"), "overlong UTF-8": b'{"a": "\xc0\xae"}', "a surrogate": b'{"a": "\xed\xa0\x80"}',
    "NUL": b"{}\0", "too deep": b'{"a": ' * 100 + b"1" + b"}" * 100, "much too deep": b"[" * 100_000, "YAML": b"resolution: 640\n",
    "HTML": b"<!DOCTYPE html>", "a pickle": b"\x80\4\x95\n\0\0\0", "a zip": packed({"a": b""}),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_no_json_object_is_refused_and_named(loop, path, what):
    chance = draws(what)
    for _ in range(3):
        answer = post(loop, path, chance, BROKEN[what])
        assert answer.status == 422 and "model.json" in detail(answer), answer


def test_what_editors_add_is_passed_over(loop, path):
    chance = draws("editors")
    in_lines = json.dumps(json.loads(written(GOOD)), indent=4).encode()
    for content in (b"\xef\xbb\xbf" + written(GOOD), b"\r\n\t " + written(GOOD) + b"\r\n\r\n", in_lines, in_lines.replace(b"\n", b"\r\n")):
        answer = post(loop, path, chance, content)
        assert answer.status == 200 and read_by_nodes(loop, path, answer)["resolution"] == 640, (content, answer)


@pytest.mark.parametrize("name", ["Model.json", "MODEL.JSON", "model.JSON", "modeL.json", "Model%2ejson"])
def test_another_spelling_of_its_name_is_refused_with_the_right_one(loop, path, name):
    content = written(GOOD)
    for files in ({name: content, "weights.bin": b"w"}, {name: content, "model.json": content}, {"model.json": content, name: content}):
        for sent in (files, {"model.zip": packed({key.replace("%2e", "."): value for key, value in files.items()})}):
            answer = send(loop, "POST", f"{path}/models/onnx", sent)
            assert answer.status == 422 and "model.json" in detail(answer).lower(), answer
            assert any(words in detail(answer) for words in ("call it model.json, in lower case", "comes twice")), answer


def test_at_random_it_is_either_readable_or_refused_with_one_of_its_mistakes(loop, path):
    chance, statuses = draws("at random"), []
    for _ in range(100):
        wrong = {key: chance.choice(WRONG[key]) for key in WRONG if chance.random() < 0.2}
        mended = {key: chance.choice(list(MENDED[key])) for key in ("resolution", "conf_threshold") if chance.random() < 0.5}
        fields = GOOD | mended | wrong
        answer = post(loop, path, chance, written(dict(chance.sample(list(fields.items()), len(fields)))))
        statuses.append(answer.status)
        if answer.status == 200:
            assert not wrong or "conf_threshold" in wrong, fields
            read = read_by_nodes(loop, path, answer)
            assert read["epochs"] == 3 and read["categories"] == json.loads(GOOD["categories"]), fields
        else:
            assert answer.status == 422 and any(f"model.json: {key}" in detail(answer) for key in wrong), (fields, answer)
    assert {200, 422} == set(statuses)
    for model in loop.get(f"{path}/models").json()["models"]:
        assert_nodes_can_read(description_of(loop, path, model["id"], model["formats"][0]))
