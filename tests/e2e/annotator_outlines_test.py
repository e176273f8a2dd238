"""`learning-loop annotator` outlines rendered plants for people who show each by a box and two strokes, through the whole system."""

import contextlib
import threading

import pytest
from machines import settings_of
from nodes import Client, wait_until
from outlining import Window, corners_of, gestures_around, outline_in, overlap, pixels_of, way
from programs import BIN, Program, free_port, generate, image_ids, images, loop_server

PLANTS, OF_AN_IMAGE = 20, 3  # the first ones of each of the first images: whatever their size and kind
MIN_MEAN = 0.75


class Plant:
    """One of the generator's, whose exact outline is the `number`th of an image."""

    def __init__(self, field, image, number):
        exact = image["segmentation_annotations"][number]
        self.name, self._field = f"{image['id'][:8]} {number}", field
        self._image, self._size = image["id"], (image["width"], image["height"])
        self.exact = pixels_of(corners_of(exact["shape"]), *self._size)
        self.category = next(one for one in field.categories if one["id"] == exact["category_id"])

    def window(self, name):
        return Window(Client(self._field.loop), self._field.path, name, self._image, self.category)

    def outline(self, name):
        """What a person sees at last, who does it in the window of that name."""
        window = self.window(name)
        corners, object_stroke, ground_stroke = gestures_around(self.exact)
        window.drag(way(*corners, moves=10))
        window.drag(object_stroke, shift=True)
        window.drag(ground_stroke)
        return outline_in(window.press("Enter"))

    def match(self, seen):
        """How well the shape that stands in the Loop, as the person saw it, covers the plant."""
        [image] = images(self._field.loop, self._field.path, [self._image])
        assert seen in [corners_of(one["shape"]) for one in image["segmentation_annotations"] if one["category_id"] == self.category["id"]]
        return overlap(self.exact, pixels_of(seen, *self._size))


class Field:
    """A project of exactly annotated images, and an annotator that has reported to its Loop."""

    def __init__(self, loop):
        self.loop = loop
        self.path = generate(loop, "field", complete=10, image_style="beautiful", box_categories=0, segmentation_categories=2)
        self.categories = loop.get(self.path).json()["categories"]
        wait_until(lambda: any((node["kind"], node["state"]) == ("annotation_node", "online")
                               for node in loop.get("/api/nodes").json()["nodes"]), "an annotator that has reported")

    def count(self):
        """The segmentations in all images."""
        return sum(len(image["segmentation_annotations"]) for image in images(self.loop, self.path, image_ids(self.loop, self.path)))

    def plants(self):
        all_images = images(self.loop, self.path, sorted(image_ids(self.loop, self.path)))
        numbers = ((image, number) for image in all_images for number in range(len(image["segmentation_annotations"]))[:OF_AN_IMAGE])
        return [Plant(self, *one) for one, _ in zip(numbers, range(PLANTS))]


@pytest.fixture(name="field", scope="module")
def fixture_field(tmp_path_factory):
    folder, port = tmp_path_factory.mktemp("field"), free_port()
    with contextlib.ExitStack() as stack:
        loop = stack.enter_context(loop_server(folder))
        command = [BIN / "learning-loop", "annotator", "--port", port, "--data-folder", folder / "annotator"]
        token = settings_of(loop.run("token", "create", "--node", "artist"))
        stack.enter_context(Program(command, port, folder / "annotator.log", "/health/ready", token))
        yield Field(loop)


@pytest.fixture(name="plants", scope="module")
def fixture_plants(field):
    plants = field.plants()
    assert len(plants) == PLANTS and {plant.category["id"] for plant in plants} == {one["id"] for one in field.categories}
    return plants


@pytest.fixture(name="alone", scope="module")
def fixture_alone(field, plants):
    """What a person sees who outlines one plant after the other, in one window."""
    count = field.count()
    seen = [plant.outline("alone") for plant in plants]
    assert field.count() == count + PLANTS, "each session makes one segmentation"
    return seen


def test_a_box_and_two_strokes_outline_rendered_plants_well(plants, alone):
    matches = [plant.match(seen) for plant, seen in zip(plants, alone)]
    for plant, seen, match in zip(plants, alone, matches):
        print(f"figures: plant {plant.name}, {plant.category['name']}, {plant.exact.sum()} px: IoU {match:.3f}, {len(seen)} corners")
    mean = sum(matches) / PLANTS
    print(f"figures: {PLANTS} plants by a box and two strokes: mean IoU {mean:.3f}, from {min(matches):.3f} to {max(matches):.3f}")
    assert mean >= MIN_MEAN


def test_people_who_outline_at_the_same_time_get_what_one_alone_gets(field, plants, alone):
    count, seen = field.count(), {}
    people = [threading.Thread(target=lambda plant=plant: seen.update({plant.name: plant.outline(plant.name)})) for plant in plants]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert seen == {plant.name: outline for plant, outline in zip(plants, alone)}
    assert field.count() == count + PLANTS
