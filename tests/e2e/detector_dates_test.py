"""A date that a client tells is answered as it came and kept to the microsecond, however it is written; a text that is none is refused by
its field. Compared with Python's datetime; LL_CASES_SEED repeats a draw."""

from datetime import datetime, timedelta, timezone

import pytest
from dates import NO_DATES, ZONES, drawn_second, drawn_zone, written
from detector_clients import GRAY, jpeg_image
from detector_fixtures import fixture_events, fixture_folder, fixture_kept, fixture_node  # noqa: F401
from draws import draws
from loop_programs.multipart import multipart
from nodes import Client, detail


def tell(node, events, date):
    """The date by each door: what is answered, None at doors that answer no date; each keeps one image."""
    client, image = Client(node), jpeg_image(GRAY)
    yield "detect", client.detect(GRAY, creation_date=date, autoupload="all").json()["created"]
    assert client.ask("POST", "/upload", *form_of({"creation-date": date})).status == 200
    yield "upload", None
    yield "event detect", events.call("detect", {"image": image, "creation_date": date, "autoupload": "all"})["created"]
    batch = events.call("batch_detect", {"images": [image], "creation_date": date, "autoupload": "all"})
    yield "event batch_detect", batch["items"][0]["created"]
    for message in ({"metadata": {"created": date}}, {"metadata": {"creation_date": date}}, {"creation_date": date}):
        assert events.call("upload", {"image": image} | message) == {"status": "OK"}
        yield "event upload", None


def form_of(notes):
    body, content_type = multipart([("a.jpg", GRAY)])
    return body, {"Content-Type": content_type} | notes


def assert_kept(kept, date, expected, doors):
    """What each door kept says the same instant, or the same time of day where nobody knows the zone."""
    found = kept.new()
    assert len(found) == doors
    for one in found:
        text = one.metadata["created"]
        stored = datetime.fromisoformat(text.replace("_", "T"))
        assert stored == expected and (stored.tzinfo is None) == (expected.tzinfo is None), (date, text)
        assert len(digits_of(text)) <= 6, (date, text)


def digits_of(text):
    """Of the fraction of a second."""
    rest = text.partition(".")[2]
    return rest[:len(rest) - len(rest.lstrip("0123456789"))]


@pytest.mark.parametrize("digits", [0, 1, 3, 6, 7, 9, 10, 18])
@pytest.mark.parametrize("number", range(3))
def test_a_date_is_answered_as_it_came_and_kept_to_the_microsecond(node, events, kept, digits, number):
    chance = draws(f"dates {digits} {number}")
    second, fraction = drawn_second(chance), "".join(chance.choice("0123456789") for _ in range(digits))
    zone, expected = drawn_zone(chance, second + timedelta(microseconds=int(fraction[:6].ljust(6, "0"))))
    date = written(chance, second, (chance.choice(".,") + fraction if fraction else "") + zone)
    for doors, (door, answered) in enumerate(tell(node, events, date), 1):
        if answered is not None:
            assert answered == (date if door.startswith("event") else date.strip()), door  # HTTP takes blanks from the ends of a header
    assert_kept(kept, date, expected, doors)


@pytest.mark.parametrize("zone", ZONES)
def test_nine_digits_of_ros_and_go_are_kept_in_every_zone(node, events, kept, zone):
    date = f"2024-01-31T12:00:00.123456789{zone}"
    for doors, (door, answered) in enumerate(tell(node, events, date), 1):
        assert answered in (date, None), door
    minutes = ZONES[zone]
    expected = datetime(2024, 1, 31, 12, 0, 0, 123456)
    if minutes is not None:
        expected = expected.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert_kept(kept, date, expected, doors)


@pytest.mark.parametrize("blank", ["", " ", "\t "])
def test_a_date_that_says_nothing_is_the_time_of_receipt(node, events, kept, blank):
    for doors, (door, answered) in enumerate(tell(node, events, blank), 1):
        assert answered is None, door
    found = kept.new()
    assert len(found) == doors and all(one.metadata["created"].endswith("+00:00") for one in found)


@pytest.mark.parametrize("text", NO_DATES, ids=lambda text: repr(text)[:30])
def test_a_text_that_is_no_date_is_refused_by_its_field_at_every_door(node, events, kept, text):
    image = jpeg_image(GRAY)
    for message, field in (({"metadata": {"created": text}}, "metadata.created"),
                           ({"metadata": {"creation_date": text}}, "metadata.creation_date"), ({"creation_date": text}, "creation_date")):
        said = events.call("upload", {"image": image} | message)
        assert said.keys() == {"error"} and field in said["error"] and "2024-01-31T12:00:00.123" in said["error"], (message, said)
    for event, images in (("detect", {"image": image}), ("batch_detect", {"images": [image]})):
        said = events.call(event, images | {"creation_date": text, "autoupload": "all"})
        assert said.keys() == {"error"} and said["error"].startswith("creation_date: "), said
    if text.isascii() and text.isprintable() and len(text) < 8000:  # what fits into a header
        for answer in (Client(node).detect(GRAY, creation_date=text, autoupload="all"),
                       node.ask("POST", "/upload", *form_of({"creation_date": text}))):
            assert answer.status == 422 and detail(answer)[0]["type"] == "datetime_parsing", answer
            assert "creation-date" in detail(answer)[0]["msg"] and detail(answer)[0]["loc"][0] == "header"
    assert kept.new() == []


@pytest.mark.parametrize("value", [0, 1706698800, 1.5, True, [], ["2024-01-31"], {}, {"$date": "2024-01-31"}], ids=repr)
def test_a_date_that_is_no_text_is_refused_by_its_field(events, kept, value):
    for message, field in (({"metadata": {"created": value}}, "metadata.created: "), ({"creation_date": value}, "creation_date: ")):
        said = events.call("upload", {"image": GRAY} | message)
        assert said.keys() == {"error"} and said["error"].startswith(field), said
    assert kept.new() == []
