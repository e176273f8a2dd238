"""The name of a project that was deleted is free at once, and whoever takes it keeps all that comes in under it, while the rows and files
of the former project still go. LL_CASES_SEED repeats a draw."""

import time

import pytest
from accounts import data_folder, rows, wait_until_looked_at
from draws import draws
from nodes import wait_until
from programs import generate, image_ids, loop_server
from uploads import (Batch, UploadedModel, assert_ends_whole, assert_holds_images, assert_holds_models, digest, digests, strays,
                     temporary_files)


@pytest.fixture(name="loop")
def fixture_loop(tmp_path):
    with loop_server(tmp_path) as server:
        yield server


def wait_until_removed(loop):
    """Until nothing of deleted projects is left, and all thumbnails are made."""
    folder = data_folder(loop)

    def is_at_rest():
        assert loop.process.poll() is None, loop.log_text()[-2000:]
        wait_until_looked_at(loop)
        try:
            waiting = rows(folder, "SELECT number FROM projects WHERE removed IS NOT NULL AND folder <> ''")
            return not waiting and not strays(folder) and not temporary_files(folder)
        except FileNotFoundError:
            return False  # something went while it was looked at
    wait_until(is_at_rest, "a Loop at rest")


@pytest.mark.parametrize("most_seconds", [0, 0.005, 0.05])
def test_a_project_under_a_name_that_became_free_keeps_what_comes_in(loop, most_seconds):
    """Asked to be gone, and made again a moment later: before, while and after the rows and the files of the former go."""
    chance = draws(f"names within {most_seconds} s")
    for number in range(25):
        path = generate(loop, "field", complete=chance.randint(0, 3), trainings=chance.randint(0, 2))
        assert loop.ask("DELETE", path).status == 200
        time.sleep(chance.uniform(0, most_seconds))
        path = generate(loop, "field")
        batches, model = [Batch(chance, chance.randint(1, 5)) for _ in range(2)], UploadedModel(chance)
        for upload in (*batches, model):
            answer = upload.post(loop, path)
            assert answer.status == 200, (number, answer)
        if number % 5 == 0:
            wait_until_removed(loop)
        assert_holds_images(loop, path, digests(*batches))
        assert_holds_models(loop, path, {answer.json()["id"]: digest(model.weights)})
        assert loop.ask("DELETE", path).status == 200
    wait_until_removed(loop)
    assert_ends_whole(loop)


def test_what_a_generator_made_under_a_name_that_became_free_is_all_there(loop):
    for number in range(40):
        path = generate(loop, "pytest", "zauberzeug", complete=3, trainings=2)
        for image_id in image_ids(loop, path):
            assert loop.get(f"{path}/images/{image_id}/main").status == 200, number
        for model in loop.get(f"{path}/models").json()["models"]:
            assert loop.get(f"{path}/models/{model['id']}/mocked/file").status == 200, number
        assert loop.ask("DELETE", path).status == 200
    wait_until_removed(loop)
    assert_ends_whole(loop)


def test_a_project_that_is_deleted_while_its_thumbnails_are_made_is_gone(loop):
    chance, stays = draws("thumbnails"), generate(loop, "stays")
    kept = Batch(chance, 20)
    assert kept.post(loop, stays).status == 200
    for _ in range(150):
        path = generate(loop, "field")
        assert Batch(chance, 10).post(loop, path).status == 200
        time.sleep(chance.uniform(0, 0.03))
        assert loop.ask("DELETE", path).status == 200
    wait_until_removed(loop)
    assert_holds_images(loop, stays, digests(kept))
    assert all(loop.get(f"{stays}/images/{key}/thumb").status == 200 for key in kept.images)
    assert wait_until(lambda: len(list((data_folder(loop) / "thumbs").glob("*/*"))) == 1, "no thumbnails but these", 10)
    assert_ends_whole(loop)
