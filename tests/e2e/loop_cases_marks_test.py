"""Case 10 of the published ones: boxes, points, outlines and classes that make no sense. What a node sends is set aside with a remark, one
by one, and the image is kept, since released nodes delete what is refused; what a person writes is refused and named.
LL_CASES_SEED repeats a draw."""

import json
import math
import re

import pytest
from accounts import detail
from draws import draws, new_image
from programs import generate, images, loop_server
from uploads import row_of_new

WIDTH, HEIGHT = 64, 48

# A good one of each kind, with its fields as they stand in JSON.
MADE_BY = {"model_name": '"1.0"', "confidence": "0.5"}
BOX = {"category_name": '"purple box"', "x": "1", "y": "2", "width": "30", "height": "20"}
POINT = {"category_name": '"purple point"', "x": "10.5", "y": "12"}
OUTLINE = {"category_name": '"purple segmentation"', "shape": '"1,1,20,1,20,20"'}
CLASS = {"category_name": '"purple classification"'}
SENT_BY_NODES = {"box_detections": BOX | MADE_BY, "point_detections": POINT | MADE_BY, "segmentation_detections": OUTLINE | MADE_BY,
                 "classification_detections": CLASS | MADE_BY, "box_annotations": BOX, "point_annotations": POINT,
                 "classification_annotation": CLASS}
WRITTEN_BY_PEOPLE = {"box_annotations": BOX, "point_annotations": POINT, "segmentation_annotations": OUTLINE,
                     "classification_annotation": CLASS}

# Values that make no sense, as they stand in JSON.
NO_NUMBER = ['"NaN"', '"nan"', '"Infinity"', '"-inf"', '"1"', '""', "null", "true", "false", "[]", "[1]", "{}", '{"value": 1}']
NO_TEXT = ["null", "5", "-1.5", "true", "[]", '["purple box"]', "{}"]
TOO_LARGE = ["1e308", "-1e308", "1e10", "-1e10", "1" + "0" * 300]
NONSENSE = {
    "box x": NO_NUMBER + TOO_LARGE + ["64", "63.5", "1000", "-30", "-30.4", "-1000"],
    "box y": NO_NUMBER + TOO_LARGE + ["48", "47.5", "1000", "-20", "-20.4", "-1000"],
    "box width": NO_NUMBER + TOO_LARGE + ["0", "-0", "0.0", "-0.0", "0.4", "-0.4", "1e-300"],
    "box height": NO_NUMBER + TOO_LARGE + ["0", "-0", "0.0", "-0.0", "0.4", "-0.4", "1e-300"],
    "point x": NO_NUMBER + TOO_LARGE + ["64.1", "-0.1", "-1e-300", "1000"],
    "point y": NO_NUMBER + TOO_LARGE + ["48.1", "-0.1", "-1e-300", "1000"],
    "confidence": NO_NUMBER + TOO_LARGE + ["-0.1", "-1", "100.1", "1000"],
    "shape": NO_TEXT + ['""', '","', '"1,2"', '"1,2,3"', '"1,2,3,4"', '"1,1,5,5,"', '"a,b,c,d,e,f"', '"1 1 5 1 5 5"', '"1;1;5;1;5;5"',
                        '"NaN,1,5,1,5,5"', '"1,1,inf,1,5,5"', '"1e400,1,5,1,5,5"', '"1e308,1,5,1,5,5"', '"1,1,5,1,5,-1e308"',
                        '"1,1,2,2,3,3"', '"1,1,1,1,1,1"', '"1,1,5,1,9,1"', '"1,1,1,5,1,9"', '"64,1,70,1,70,9"', '"1,48,5,48,5,60"',
                        '"-9,1,0,1,0,9"', '"1,-9,5,-9,5,0"', '{"points": []}', '{"points": null}', '{"points": "1,1,5,1,5,5"}',
                        '{"points": [{"x": 1, "y": 1}, {"x": 5, "y": 5}]}', '{"points": [[1, 1], [5, 1], [5, 5]]}',
                        '{"points": [{"x": 1, "y": 1}, {"x": 5, "y": 1}, {"x": 5}]}', '{"points": [1, 1, 5, 1, 5, 5]}',
                        '{"points": [{"x": 1e308, "y": 1}, {"x": 5, "y": 1}, {"x": 5, "y": 5}]}',
                        '{"points": [{"x": "1", "y": 1}, {"x": 5, "y": 1}, {"x": 5, "y": 5}]}'],
    "category_name": NO_TEXT,
    "model_name": NO_TEXT,
    "category_id": ["5", "true", "[]", "{}", "another project's", "another type's"],
}
NO_MARK = ["null", "5", "-1.5", "true", '"box"', "[]", "[1, 2, 30, 20]", "{}"]
NO_LIST = ["5", "true", '"1,2,30,20"', "{}", '{"0": {}}']
UNSAYABLE = ["1e400", "-1e400", "1e999999999", "NaN", "Infinity", "-Infinity"]  # JSON does not know the last three; Python writes them


def nonsense_of(kind, field):
    own = f"{kind.split('_')[0]} {field}"
    return NONSENSE[own if own in NONSENSE else field]


def fields_of(kinds):
    """(kind, field) of everything that a mark has."""
    return [(kind, field) for kind, good in kinds.items() for field in [*good, "category_id"]]


def numbers_of(kinds):
    return [(kind, field) for kind, field in fields_of(kinds) if field in ("x", "y", "width", "height", "confidence")]


def written(mark):
    return "{" + ", ".join(f'"{field}": {value}' for field, value in mark.items()) + "}"


def metadata_with(kind, marks):
    """The text of metadata or annotations with these marks, as texts, of one kind."""
    if kind == "classification_annotation":
        [value] = marks
    else:
        value = f"[{', '.join(marks)}]"
    more = "" if kind == "box_annotations" else f', "box_annotations": [{written(BOX)}]'
    return f'{{"{kind}": {value}{more}}}'


@pytest.fixture(name="loop", scope="module")
def fixture_loop(tmp_path_factory):
    with loop_server(tmp_path_factory.mktemp("marks")) as server:
        yield server


KINDS = {f"{kind}_categories": 1 for kind in ("box", "point", "segmentation", "classification")}


@pytest.fixture(name="path", scope="module")
def fixture_path(loop):
    return generate(loop, "field", complete=1, **KINDS)


@pytest.fixture(name="categories", scope="module")
def fixture_categories(loop, path):
    """Ids that make no sense for a kind of mark, as JSON."""
    foreign = {one["type"]: one["id"] for one in loop.get(generate(loop, "other", "foreign", **KINDS)).json()["categories"]}
    own = {one["type"]: one["id"] for one in loop.get(path).json()["categories"]}
    return lambda kind: {"another project's": json.dumps(foreign[kind.split("_")[0]]),
                         "another type's": json.dumps(own["point" if kind.startswith("box") else "box"])}


def assert_alone_set_aside(row, kind, shown):
    """The mark between two good ones, or the only one where there can be one."""
    is_list = kind != "classification_annotation"
    [remark] = row["remarks"]
    assert remark["field"] == (f"{kind}[1]" if is_list else kind) and remark["reason"], (shown, row)
    good = json.loads(written(SENT_BY_NODES[kind]))
    good.pop("shape", None)
    if not is_list:
        assert row[kind] is None, (shown, row)
    else:
        assert len(row[kind]) == 2 and all(mark | good == mark for mark in row[kind]), (shown, row)
    assert len(row["box_annotations"]) == (2 if kind == "box_annotations" else 1), (shown, row)


def assert_costs_itself_alone(loop, path, chance, kind, mark):
    good = written(SENT_BY_NODES[kind])
    marks = [mark] if kind == "classification_annotation" else [good, mark, good]
    assert_alone_set_aside(row_of_new(loop, path, new_image(chance), metadata_with(kind, marks)), kind, mark)


# ------------------------------------------------------------------------------------------------------- what nodes send


@pytest.mark.parametrize("kind, field", fields_of(SENT_BY_NODES))
def test_nonsense_in_a_field_costs_its_mark_alone(loop, path, categories, kind, field):
    chance = draws(f"{kind} {field}")
    for value in nonsense_of(kind, field):
        wrong = SENT_BY_NODES[kind] | {field: categories(kind).get(value, value)}
        assert_costs_itself_alone(loop, path, chance, kind, written(wrong))
    if field != "category_id":
        missing = written({key: value for key, value in SENT_BY_NODES[kind].items() if key != field})
        assert_costs_itself_alone(loop, path, chance, kind, missing)


@pytest.mark.parametrize("kind, field", numbers_of(SENT_BY_NODES))
def test_a_number_that_json_cannot_say_costs_its_mark_alone(loop, path, kind, field):
    chance = draws(f"{kind} {field}")
    for value in UNSAYABLE:
        assert_costs_itself_alone(loop, path, chance, kind, written(SENT_BY_NODES[kind] | {field: value}))


@pytest.mark.parametrize("kind", SENT_BY_NODES)
def test_what_is_no_mark_at_all_costs_itself_alone(loop, path, kind):
    chance = draws(kind)
    for mark in NO_MARK:
        if (kind, mark) != ("classification_annotation", "null"):
            assert_costs_itself_alone(loop, path, chance, kind, mark)
    for value in NO_LIST if kind != "classification_annotation" else []:
        row = row_of_new(loop, path, new_image(chance), f'{{"{kind}": {value}, "tags": ["kept"]}}')
        assert row[kind] == [] and [remark["field"] for remark in row["remarks"]] == [kind] and row["tags"][0]["name"] == "kept", row


NO_TAGS = ["5", "null", "true", "[]", "{}", '""', json.dumps("x" * 201), json.dumps("ü" * 101)]


def test_nonsense_beside_the_marks_costs_itself_alone(loop, path):
    chance = draws("tags and sources")
    for value in NO_TAGS:
        row = row_of_new(loop, path, new_image(chance), f'{{"tags": ["first", {value}, "last"], "source": "camera"}}')
        assert [tag["name"] for tag in row["tags"]] == ["first", "last"] and row["source"] == "camera", (value, row)
        assert [remark["field"].split("[")[0] for remark in row["remarks"]] == ["tags"], (value, row)
    for key, values in (("tags", NO_LIST), ("source", [value for value in NO_TEXT if value != "null"])):
        for value in values:
            row = row_of_new(loop, path, new_image(chance), f'{{"{key}": {value}, "box_detections": [{written(BOX | MADE_BY)}]}}')
            assert [remark["field"] for remark in row["remarks"]] == [key] and len(row["box_detections"]) == 1, (value, row)


@pytest.mark.parametrize("kind", [kind for kind in SENT_BY_NODES if kind != "classification_annotation"])
def test_more_remarks_than_are_kept_are_counted(loop, path, kind):
    for count in (50, 51, 52, 200):
        marks = ["7"] * count + [written(SENT_BY_NODES[kind])]
        row = row_of_new(loop, path, new_image(draws(f"{kind} {count}")), metadata_with(kind, marks))
        fields = [remark["field"] for remark in row["remarks"]]
        assert len(row[kind]) == 1 and fields[:49] == [f"{kind}[{index}]" for index in range(49)]
        told = len(fields) if fields[-1] else len(fields) - 1 + int(re.search(r"and (\d+) more", row["remarks"][-1]["reason"])[1])
        assert told == count, row["remarks"][-1]


@pytest.mark.parametrize("kind, field", numbers_of({kind: good for kind, good in SENT_BY_NODES.items() if kind.endswith("detections")}))
def test_a_number_that_makes_no_sense_among_what_a_trainer_found_costs_its_mark_alone(loop, path, kind, field):
    """Trainers send what is refused again, for ever."""
    image_id, good = row_of_new(loop, path, new_image(draws(f"{kind} {field}")), "{}")["id"], written(SENT_BY_NODES[kind])
    for value in [value for value in nonsense_of(kind, field) if value not in NO_NUMBER]:
        marks = [good, written(SENT_BY_NODES[kind] | {field: value}), good]
        answer = loop.ask("POST", f"{path}/detections", f'[{{"image_id": "{image_id}", "{kind}": [{", ".join(marks)}]}}]')
        assert answer.status == 200, (marks[1], answer)
        assert len(images(loop, path, [image_id])[0][kind]) == 2, marks[1]


# --------------------------------------------------------------------------------------------------------- drawn at random


def rounded(number):
    """As C rounds: halves away from zero."""
    return int(math.copysign(math.floor(abs(number) + 0.5), number))


def sound_box(mark):
    """The box that is kept: with its corners in order; None if it makes no sense."""
    x, y, width, height = (rounded(mark[field]) for field in ("x", "y", "width", "height"))
    x, width = (x, width) if width >= 0 else (x + width, -width)
    y, height = (y, height) if height >= 0 else (y + height, -height)
    is_inside = x < WIDTH and y < HEIGHT and x + width > 0 and y + height > 0
    return {"x": x, "y": y, "width": width, "height": height} if width and height and is_inside else None


def sound_point(mark):
    return {"x": mark["x"], "y": mark["y"]} if 0 <= mark["x"] <= WIDTH and 0 <= mark["y"] <= HEIGHT else None


def drawn_number(chance, size):
    span, edge = chance.choice([2, size, 3 * size]), chance.choice([0, 0.5, -0.5, size, -size, 1, -1])
    return chance.choice([chance.randint(-span, span), round(chance.uniform(-span, span), 2), edge])


def drawn(chance, fields):
    return {field: drawn_number(chance, WIDTH if field in ("x", "width") else HEIGHT) for field in fields}


FAMILIES = {"box": (["x", "y", "width", "height"], sound_box), "point": (["x", "y"], sound_point)}


def with_numbers(good, mark):
    return written(good | {field: json.dumps(value) for field, value in mark.items()})


@pytest.mark.parametrize("kind", ["box_detections", "point_detections", "box_annotations", "point_annotations"])
def test_of_many_marks_those_that_make_sense_are_kept_in_their_order(loop, path, kind):
    fields, sound_one = FAMILIES[kind.split("_")[0]]
    chance, kept_in_all = draws(kind), 0
    for _ in range(25):
        marks = [drawn(chance, fields) for _ in range(chance.randint(1, 40))]
        texts = [with_numbers(SENT_BY_NODES[kind], mark) for mark in marks]
        row = row_of_new(loop, path, new_image(chance), f'{{"{kind}": [{", ".join(texts)}]}}')
        expected = [mark for mark in map(sound_one, marks) if mark]
        assert [{field: mark[field] for field in fields} for mark in row[kind]] == expected, marks
        aside = [f"{kind}[{index}]" for index, mark in enumerate(marks) if not sound_one(mark)]
        assert [remark["field"] for remark in row["remarks"]] == aside, marks
        kept_in_all += len(expected)
    assert kept_in_all > 50, "else this would show little"


# ---------------------------------------------------------------------------------------------------- what people write


@pytest.fixture(name="place")
def fixture_place(loop, path):
    """Where the annotations of an image are written; there are some of each kind already, which stay."""
    row = row_of_new(loop, path, new_image(draws("a place")), "{}")
    place = f"{path}/images/{row['id']}/annotations"
    good = {kind: f"[{written(mark)}]" for kind, mark in WRITTEN_BY_PEOPLE.items()} | {"classification_annotation": written(CLASS)}
    assert loop.ask("PUT", place, written(good), {"Content-Type": "application/json"}).status == 200
    before = loop.get(place).json()
    assert all(before[kind] for kind in WRITTEN_BY_PEOPLE)
    yield place
    assert loop.get(place).json() == before


def write(loop, place, kind, marks):
    return loop.ask("PUT", place, metadata_with(kind, marks), {"Content-Type": "application/json"})


def assert_refused(loop, place, kind, mark):
    """Behind a good one, or alone where there can be one."""
    is_list = kind != "classification_annotation"
    answer = write(loop, place, kind, [written(WRITTEN_BY_PEOPLE[kind]), mark] if is_list else [mark])
    assert answer.status == 422 and (f"{kind}[1]" if is_list else kind) in detail(answer), (mark, answer)


@pytest.mark.parametrize("kind, field", fields_of(WRITTEN_BY_PEOPLE))
def test_nonsense_that_a_person_writes_is_refused_with_its_place(loop, place, categories, kind, field):
    for value in nonsense_of(kind, field) + (['"no such name"', '""'] if field == "category_name" else []):
        assert_refused(loop, place, kind, written(WRITTEN_BY_PEOPLE[kind] | {field: categories(kind).get(value, value)}))
    for value in UNSAYABLE:
        wrong = written(WRITTEN_BY_PEOPLE[kind] | {field: value})
        assert write(loop, place, kind, [wrong]).status == 422, wrong


@pytest.mark.parametrize("kind", WRITTEN_BY_PEOPLE)
def test_what_is_no_mark_at_all_is_refused_with_its_place(loop, place, kind):
    for mark in NO_MARK:
        if (kind, mark) != ("classification_annotation", "null"):
            assert_refused(loop, place, kind, mark)
    for value in NO_LIST if kind != "classification_annotation" else []:
        answer = loop.ask("PUT", place, f'{{"{kind}": {value}}}', {"Content-Type": "application/json"})
        assert answer.status == 422 and kind in detail(answer), (value, answer)


@pytest.mark.parametrize("kind", ["box_annotations", "point_annotations"])
def test_of_what_a_person_writes_at_random_the_first_nonsense_is_named(loop, path, kind):
    fields, sound_one = FAMILIES[kind.split("_")[0]]
    chance, place = draws(f"written {kind}"), f"{path}/images/{row_of_new(loop, path, new_image(draws(kind)), '{}')['id']}/annotations"
    for _ in range(40):
        marks = [drawn(chance, fields) for _ in range(chance.randint(1, 4))]
        answer = write(loop, place, kind, [with_numbers(WRITTEN_BY_PEOPLE[kind], mark) for mark in marks])
        wrong = [index for index, mark in enumerate(marks) if not sound_one(mark)]
        if wrong:
            assert answer.status == 422 and f"{kind}[{wrong[0]}]" in detail(answer), (marks, answer)
        else:
            kept = [{field: mark[field] for field in fields} for mark in answer.json()[kind]]
            assert answer.status == 200 and kept == [sound_one(mark) for mark in marks], (marks, answer)
