"""Case 11 of the published ones: whatever a date looks like, its image is kept. What a date says is kept to the microsecond, and what is
lost of it is told. Compared with Python's datetime; LL_CASES_SEED repeats a draw."""

import json
from datetime import datetime, timedelta, timezone

import pytest
from dates import NO_DATES, ZONES, drawn_second, drawn_zone, written
from draws import draws, new_image
from programs import generate, loop_server
from uploads import row_of_new

KEYS = ["created", "creation_date", "date"]  # the last two are those of older nodes
DRAWS = 40

NO_TEXTS = ["0", "1706698800", "1.5", "true", "false", "[]", '["2024-01-31"]', "{}", '{"$date": "2024-01-31"}']
NOTHING = ["null", '""', '" "', '"\\t  \\t"']


@pytest.fixture(name="loop", scope="module")
def fixture_loop(tmp_path_factory):
    with loop_server(tmp_path_factory.mktemp("dates")) as server:
        yield server


@pytest.fixture(name="path", scope="module")
def fixture_path(loop):
    return generate(loop, "field")


def sent(loop, path, chance, value, key="created"):
    """The row of a new image whose date is this value, as it stands in JSON."""
    row = row_of_new(loop, path, new_image(chance), f'{{"{key}": {value}, "tags": ["kept"]}}')
    assert row["tags"][0]["name"] == "kept"
    return row


def assert_says(row, expected, text, is_lossy):
    """The same instant, or the same time of day where nobody knows the zone; and a remark if there was more than that."""
    found = datetime.fromisoformat(row["created"])
    assert found == expected and (found.tzinfo is None) == (expected.tzinfo is None), (text, row["created"])
    told = [(remark["field"], remark["value"]) for remark in row["remarks"]]
    assert told == ([("created", text.strip())] if is_lossy else []), (text, row["remarks"])


def assert_is_of_its_arrival(row, text):
    arrived = datetime.fromisoformat(row["created"])
    assert arrived.tzinfo and timedelta(0) <= datetime.now(timezone.utc) - arrived < timedelta(minutes=1), (text, row["created"])


@pytest.mark.parametrize("digits", range(13))
def test_a_fraction_of_a_second_is_kept_to_the_microsecond(loop, path, digits):
    chance = draws(f"{digits} digits")
    for _ in range(DRAWS):
        second, fraction = drawn_second(chance), "".join(chance.choice("0123456789") for _ in range(digits))
        if chance.random() < 0.2:
            fraction = fraction[:6] + "0" * len(fraction[6:])
        zone, expected = drawn_zone(chance, second + timedelta(microseconds=int(fraction[:6].ljust(6, "0"))))
        text = written(chance, second, (chance.choice(".,") + fraction if fraction else "") + zone)
        row = sent(loop, path, chance, json.dumps(text), chance.choice(KEYS))
        assert_says(row, expected, text, is_lossy=bool(fraction[6:].strip("0")))


def test_a_leap_second_is_the_second_after_and_told(loop, path):
    chance = draws("leap seconds")
    for _ in range(DRAWS):
        minute, fraction = drawn_second(chance).replace(second=0), chance.choice(["", ".5", ".123456", ".1234567", ".999999999"])
        text = f"{written(chance, minute, '').strip()[:17]}60{fraction}"
        microseconds = int(fraction[1:7].ljust(6, "0")) if fraction else 0
        zone, expected = drawn_zone(chance, minute + timedelta(minutes=1, microseconds=microseconds))
        assert_says(sent(loop, path, chance, json.dumps(text + zone), chance.choice(KEYS)), expected, text + zone, is_lossy=True)


def test_what_is_left_out_of_a_time_is_zero(loop, path):
    chance = draws("short")
    for _ in range(DRAWS):
        second = drawn_second(chance)
        midnight, minute = second.replace(hour=0, minute=0, second=0), second.replace(second=0)
        zone, expected = drawn_zone(chance, minute)
        text = written(chance, midnight, "").strip()[:10]
        assert_says(sent(loop, path, chance, json.dumps(text), chance.choice(KEYS)), midnight, text, is_lossy=False)
        text = written(chance, minute, "").strip()[:16] + zone
        assert_says(sent(loop, path, chance, json.dumps(text), chance.choice(KEYS)), expected, text, is_lossy=False)


@pytest.mark.parametrize("text", ["2023-01-30 12:34:56", "2023-01-30", "2024-01-01_12:00:00.123", "2023-01-30T12:34:56",
                                  "2024-02-29T23:59:59.999999+00:00", "2024-01-31T12:00:00.1234567", "2024-01-31T12:00:00.123456789Z"])
def test_dates_that_nodes_have_sent_are_what_python_reads_in_them(loop, path, text):
    expected = datetime.fromisoformat(text.replace("_", "T"))
    assert_says(sent(loop, path, draws(text), json.dumps(text)), expected, text, is_lossy="4567" in text)


def test_a_text_that_is_no_date_costs_the_date_alone_and_is_told(loop, path):
    chance = draws("no dates")
    mutations = [mutated(chance, written(chance, drawn_second(chance), chance.choice(list(ZONES)))) for _ in range(200)]
    for text in NO_DATES + [text for text in mutations if not is_read(text)]:
        for key in KEYS[:1] if len(text) > 1000 else KEYS:
            row = sent(loop, path, chance, json.dumps(text), key)
            assert_is_of_its_arrival(row, text)
            [remark] = row["remarks"]
            assert remark["field"] in (key, "created") and remark["reason"], (text[:100], row["remarks"])
            known = text.strip()[:20]
            assert len(remark["value"]) <= 2000 and (remark["value"].startswith(known) or not known.isprintable()), (known, remark)


def mutated(chance, text):
    """With a character taken away, changed, doubled or put in."""
    at, letter = chance.randrange(len(text)), chance.choice("0123456789-:.TZ+ xé")
    return chance.choice([text[:at] + text[at + 1:], text[:at] + letter + text[at + 1:], text[:at] + 2 * text[at] + text[at + 1:],
                          text[:at] + letter + text[at:]])


def is_read(text):
    """Whether it may be a date all the same: what Python reads once the ways of cameras are put aside, or a leap second."""
    text = text.strip().replace(" +", "+").replace(" Z", "Z").replace(",", ".")
    text = text[:10] + "T" + text[11:] if text[10:11] in "Tt_ " else text
    try:
        datetime.fromisoformat(text.replace(":60", ":59", 1).upper())
        return True
    except ValueError:
        return False


@pytest.mark.parametrize("key", KEYS)
def test_what_is_no_text_costs_the_date_alone_and_is_told(loop, path, key):
    chance = draws(key)
    for value in NO_TEXTS:
        row = sent(loop, path, chance, value, key)
        assert_is_of_its_arrival(row, value)
        assert [remark["field"] for remark in row["remarks"]] == [key], (value, row["remarks"])


@pytest.mark.parametrize("key", KEYS)
def test_nothing_is_no_date_and_nothing_is_told(loop, path, key):
    chance = draws(key)
    for value in NOTHING:
        row = sent(loop, path, chance, value, key)
        assert_is_of_its_arrival(row, value)
        assert row["remarks"] == [], (value, row["remarks"])


def test_the_same_image_with_its_date_once_more_is_there_once(loop, path):
    """Also when its date is not read, and stands for the time of arrival."""
    chance = draws("twice")
    for text in chance.sample(NO_DATES, 10) + ["2024-01-31T12:00:60.1234567z", ""]:
        files = [("a.json", json.dumps({"created": text}).encode()), ("a.jpg", new_image(chance))]
        first, again = (loop.post_files(f"{path}/images", files) for _ in range(2))
        assert first.status == again.status == 200 and first.json() == again.json(), text[:100]
