"""The same thing sent twice is there once, whatever came between: a lost reply, a second connection, a deletion, a broken file.

LL_DUPLICATES_SEED repeats a draw of images and moments.
"""

import json
import os
import random
import socket
import struct
import threading
import time

import pytest
from accounts import data_folder, detail, rows, send_head
from nodes import wait_until
from programs import generate, image_ids, images, jpeg, loop_server
from uploads import (Batch, UploadedModel, assert_ends_whole, assert_holds_images, assert_holds_models, check, digest, digests, files_below,
                     image, new_key, pair, strays, temporary_files, wait_until_uploads_are_over, weights_in)

SEED = int(os.environ.get("LL_DUPLICATES_SEED") or random.SystemRandom().randrange(2**32))


@pytest.fixture(name="loop")
def fixture_loop(tmp_path):
    print(f"\nseed {SEED}")
    with loop_server(tmp_path) as server:
        yield server


@pytest.fixture(name="path")
def fixture_path(loop):
    return generate(loop, "field")


@pytest.fixture(name="chance")
def fixture_chance():
    return random.Random(SEED)


def post_images(loop, path, *files):
    """`files`: pairs of name and bytes."""
    return loop.post_files(f"{path}/images", files)


def at_once(*calls):
    """What they return, called side by side."""
    barrier, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(number, call):
        barrier.wait()
        results[number] = call()

    threads = [threading.Thread(target=run, args=each, daemon=True) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


# ----------------------------------------------------------------------------------------------------------- a lost reply


class RawUpload:
    """A request of which the test sends any part when it likes."""

    def __init__(self, loop, upload, path, more=None):
        target, self.body, headers = upload.request(path)
        sent = [("Content-Length", len(self.body)), *(loop.headers | headers | (more or {})).items()]
        self.socket = send_head(loop.port, "POST", target, sent, timeout=60)

    def wait_until_let_in(self):
        """Of a request with `Expect`: until the Loop has begun to read its body."""
        answer = self.socket.recv(4096)
        assert answer.startswith(b"HTTP/1.1 100 "), answer

    def send(self, begin, end):
        self.socket.sendall(self.body[begin:end])

    def status(self):
        """None: the connection was closed without an answer."""
        try:
            answer = self.socket.recv(65536)
        except ConnectionResetError:
            answer = b""
        self.socket.close()
        return int(answer.split()[1]) if answer else None

    def cut(self, resets):
        if resets:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


@pytest.mark.parametrize("resets", [False, True], ids=["closed", "reset"])
def test_an_upload_whose_reply_was_lost_is_there_once_after_the_retry(loop, path, chance, resets):
    batches, models = [], {}
    for number in range(20):
        batches.append(Batch(chance, 4))
        model = UploadedModel(chance)
        for upload in (batches[-1], model):
            lost = RawUpload(loop, upload, path)
            lost.send(0, len(lost.body) - (number % 4 == 3))  # also but for the last byte
            time.sleep(chance.choice((0, chance.uniform(0, 0.05))))
            lost.cut(resets)
            answer = upload.post(loop, path)
            assert answer.status == 200, answer
        models[answer.json()["id"]] = digest(model.weights)
    assert_holds_images(loop, path, digests(*batches))
    wait_until_uploads_are_over(data_folder(loop))
    assert_holds_models(loop, path, models)
    assert_ends_whole(loop)


def test_the_same_from_two_connections_at_once_is_there_once(loop, path, chance):
    batches, models = [], {}
    for _ in range(20):
        batch, model = Batch(chance, 5), UploadedModel(chance)
        batches.append(batch)
        answers = at_once(*[lambda: batch.post(loop, path)] * 2)
        assert [answer.status for answer in answers] == [200, 200] and answers[0].json() == answers[1].json(), answers
        answers = at_once(*[lambda: model.post(loop, path)] * 2)
        assert [answer.status for answer in answers] == [200, 200] and answers[0].json() == answers[1].json(), answers
        models[answers[0].json()["id"]] = digest(model.weights)
    assert_holds_images(loop, path, digests(*batches))
    assert_holds_models(loop, path, models)
    assert_ends_whole(loop)


def test_batches_that_overlap_and_come_at_once_are_there_once(loop, path, chance):
    """In another order, too: neither may wait for the other for ever."""
    batches = []
    for _ in range(10):
        one, other = Batch(chance, 4), Batch(chance, 4)
        items = list(one.images.items()) + list(other.images.items())
        one.images, other.images = dict(items[:6]), dict(reversed(items[2:]))
        batches += [one, other]
        assert [answer.status for answer in at_once(lambda: one.post(loop, path), lambda: other.post(loop, path))] == [200, 200]
    assert_holds_images(loop, path, digests(*batches))
    assert_ends_whole(loop)


# ------------------------------------------------------------------------------------------------ one key, two contents


@pytest.mark.parametrize("other", ["image", "metadata"])
def test_the_same_key_with_another_content_is_409_and_keeps_the_whole_batch_out(loop, path, chance, other):
    first = Batch(chance, 3)
    assert first.post(loop, path).status == 200
    key, content = list(first.images.items())[1]
    changed = pair(key, image(chance)) if other == "image" else pair(key, content, {"source": "another"})
    before, after = (pair(new_key(chance), image(chance)) for _ in range(2))
    answer = post_images(loop, path, *before, *changed, *after)
    assert answer.status == 409 and key in detail(answer), answer
    assert_holds_images(loop, path, digests(first))
    assert first.post(loop, path).status == 200, "as it was, it is still welcome"
    assert_ends_whole(loop)


def test_two_contents_at_once_under_one_key_are_one_200_and_one_409(loop, path, chance):
    kept = {}
    for _ in range(20):
        key, contents = new_key(chance), [image(chance), image(chance)]
        answers = at_once(*[lambda content=content: post_images(loop, path, *pair(key, content)) for content in contents])
        assert sorted(answer.status for answer in answers) == [200, 409], answers
        kept[key] = digest(contents[[answer.status for answer in answers].index(200)])
    assert_holds_images(loop, path, kept)
    assert_ends_whole(loop)


def test_the_same_key_of_a_model_with_another_content_is_409(loop, path, chance):
    model, other = UploadedModel(chance), UploadedModel(chance)
    other.key = model.key
    answer = model.post(loop, path)
    refused = other.post(loop, path)
    assert answer.status == 200 and refused.status == 409 and "Idempotency-Key" in detail(refused), refused
    assert_holds_models(loop, path, {answer.json()["id"]: digest(model.weights)})
    assert_ends_whole(loop)


# ------------------------------------------------------------------------------------------------------- names of files


def test_the_same_content_twice_under_names_without_a_key_is_one_image(loop, path):
    for names in (("a.jpg", "a.jpg"), ("b.jpg", "c.jpg")):
        for name in names:
            assert post_images(loop, path, (name, jpeg(1))).status == 200
    assert len(image_ids(loop, path)) == 1
    assert post_images(loop, path, ("d.jpg", jpeg(1)), ("e.jpg", jpeg(1)), ("f.jpg", jpeg(2))).status == 200
    assert len(image_ids(loop, path)) == 2
    assert_ends_whole(loop)


def test_the_same_name_twice_in_a_batch_is_two_images_each_with_its_own_metadata(loop, path, chance):
    contents = [image(chance), image(chance), image(chance)]
    sources = [json.dumps({"source": str(number)}).encode() for number in range(3)]
    files = [("f.jpg", contents[0]), ("f.json", sources[0]), ("f.jpg", contents[1]), ("f.json", sources[1]), ("g.jpg", contents[2]),
             ("g.json", sources[2])]
    assert post_images(loop, path, *files).status == 200
    found = {item["source"]: loop.get(f"{path}/images/{item['id']}/main").body for item in images(loop, path, image_ids(loop, path))}
    assert found == {str(number): content for number, content in enumerate(contents)}
    assert_ends_whole(loop)


def test_a_name_twice_with_metadata_once_is_refused_whole(loop, path, chance):
    files = [("f.jpg", image(chance)), ("f.jpg", image(chance)), ("f.json", b"{}"), ("g.jpg", image(chance))]
    answer = post_images(loop, path, *files)
    assert answer.status == 422 and "f.j" in detail(answer), answer
    assert image_ids(loop, path) == []


def test_a_key_twice_in_a_batch_is_one_image_or_a_409(loop, path, chance):
    key, content, other = new_key(chance), image(chance), image(chance)
    answer = post_images(loop, path, *pair(key, content), *pair(key, other))
    assert answer.status == 409 and key in detail(answer) and image_ids(loop, path) == [], answer
    assert post_images(loop, path, *pair(key, content), *pair(key, content)).status == 200
    assert_holds_images(loop, path, {key: digest(content)})
    assert_ends_whole(loop)


# ------------------------------------------------------------------------------------------------------- after deletions


def test_a_deleted_image_stays_away_under_its_old_key_and_comes_back_under_a_new_one(loop, path, chance):
    batch = Batch(chance, 3)
    assert batch.post(loop, path).status == 200
    gone, *kept = batch.images
    assert loop.ask("DELETE", f"{path}/images?ids={gone}").status == 200
    for restarts in (False, True):
        if restarts:
            assert loop.stop() == 0
            loop.start()
        assert batch.post(loop, path).status == 200
        assert post_images(loop, path, *pair(gone, image(chance))).status in (200, 409)
        assert_holds_images(loop, path, {key: digest(batch.images[key]) for key in kept})
        assert loop.get(f"{path}/images/{gone}/main").status == 404
    anew = new_key(chance)
    assert post_images(loop, path, *pair(anew, batch.images[gone])).status == 200
    assert_holds_images(loop, path, {key: digest(batch.images[key]) for key in kept} | {anew: digest(batch.images[gone])})
    wait_until(lambda: not strays(data_folder(loop)), "no file of what was deleted")
    assert_ends_whole(loop)


def test_an_image_that_is_deleted_while_it_is_sent_again_is_away(loop, path, chance):
    for _ in range(20):
        batch = Batch(chance, 2)
        assert batch.post(loop, path).status == 200
        deleted, sent = at_once(lambda: loop.ask("DELETE", f"{path}/images?ids={','.join(batch.images)}"), lambda: batch.post(loop, path))
        assert deleted.status == sent.status == 200
        assert image_ids(loop, path) == []
    wait_until(lambda: not files_below(data_folder(loop) / "images"), "no file of what was deleted")
    assert_ends_whole(loop)


def left_of(loop, folder_of_project):
    """Rows and folders of the project that had that folder."""
    folder = data_folder(loop)
    found = [at for part in folder.iterdir() if part.is_dir() for at in [part / folder_of_project] if at.exists()]
    return found + rows(folder, "SELECT * FROM projects WHERE folder = ?", [folder_of_project])


def only_project(loop):
    [(number, folder)] = rows(data_folder(loop), "SELECT number, folder FROM projects WHERE removed IS NULL")
    return number, folder


def rows_of(loop, number):
    tables = [name for name, in rows(data_folder(loop), "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%project %'")]
    return [row for table in tables if table != "projects"
            for row in rows(data_folder(loop), f"SELECT * FROM {table} WHERE project = ?", [number]) if table != "image_counts" or row[2]]


def upload_until_refused(loop, path, make, statuses):
    while True:
        status = make().post(loop, path).status
        statuses.append(status)
        if status != 200:
            return


def test_a_project_that_is_deleted_while_clients_upload_leaves_nothing_behind(loop, chance):
    for number in range(5):
        path, statuses = generate(loop, f"field{number}"), []
        project, folder = only_project(loop)
        makes = [lambda chance=random.Random(f"{SEED} {client}"): Batch(chance) for client in range(4)]
        makes.append(lambda chance=random.Random(f"{SEED} models"): UploadedModel(chance))
        clients = [threading.Thread(target=upload_until_refused, args=(loop, path, make, statuses), daemon=True) for make in makes]
        for client in clients:
            client.start()
        wait_until(lambda: len(statuses) > 10 or not all(client.is_alive() for client in clients), "uploads")
        time.sleep(chance.uniform(0, 0.1))
        assert loop.ask("DELETE", path).status == 200
        for client in clients:
            client.join()
        assert set(statuses) == {200, 404} and statuses.count(404) == len(clients), statuses
        assert loop.get(f"{path}/data").status == 404
        wait_until(lambda: not left_of(loop, folder) and not temporary_files(data_folder(loop)), "nothing of the project")
        assert rows_of(loop, project) == []
    assert_ends_whole(loop)


def test_uploads_that_a_deletion_overtakes_end_whole_in_the_project_that_has_the_name_then_or_nowhere(loop, path, chance):
    old = Batch(chance)
    assert old.post(loop, path).status == UploadedModel(chance).post(loop, path).status == 200
    _, folder = only_project(loop)
    uploads = Batch(chance), Batch(chance), Batch(chance), UploadedModel(chance)
    begun = [RawUpload(loop, upload, path, {"Expect": "100-continue"}) for upload in uploads]
    for upload in begun:
        upload.wait_until_let_in()
        upload.send(0, len(upload.body) // 2)
    assert loop.ask("DELETE", path).status == 200
    assert generate(loop, "field") == path
    for upload in begun:
        upload.send(len(upload.body) // 2, len(upload.body))
    statuses = [upload.status() for upload in begun]
    assert set(statuses) <= {200, 404, None}
    taken = [upload for upload, status in zip(uploads[:3], statuses) if status == 200]
    assert_holds_images(loop, path, digests(*taken))
    assert len(loop.get(f"{path}/models").json()["models"]) == statuses[3:].count(200)
    wait_until(lambda: not left_of(loop, folder), "nothing of the former project")
    assert old.post(loop, path).status == 200, "what was of the former project is new to this one"
    assert_holds_images(loop, path, digests(old, *taken))
    assert_ends_whole(loop)


# -------------------------------------------------------------------------------------------------------- broken files


def cut(file):
    os.truncate(file, file.stat().st_size - 1)


BREAKS = {"removed": lambda file: file.unlink(), "emptied": lambda file: os.truncate(file, 0), "cut": cut}


def log_tells(loop, word):
    return any(word in line for line in loop.log_text().splitlines() if " warn" in line or " error " in line)


def assert_check_tells(loop, how, file):
    assert loop.stop() == 0
    done = check(data_folder(loop))
    kind = "lost" if how == "removed" else "cut"
    assert done.returncode == 1 and f"{kind}: {file.relative_to(data_folder(loop))}" in done.stdout, done
    loop.start()


@pytest.mark.parametrize("how", BREAKS)
def test_a_broken_file_of_an_image_is_told_and_mended_by_the_same_upload(loop, path, chance, how):
    batch = Batch(chance, 3)
    assert batch.post(loop, path).status == 200
    key, content = list(batch.images.items())[1]
    file = wait_until(lambda: [file for file in files_below(data_folder(loop) / "images") if file.name == key], "its file")[0]
    BREAKS[how](file)
    answer = loop.get(f"{path}/images/{key}/main")
    assert answer.status == 404 and detail(answer) and "immutable" not in answer.headers.get("Cache-Control", ""), answer
    assert log_tells(loop, key), loop.log_text()
    assert_check_tells(loop, how, file)
    assert key in image_ids(loop, path)
    assert batch.post(loop, path).status == 200
    assert_holds_images(loop, path, digests(batch))
    assert file.read_bytes() == content
    assert_ends_whole(loop)


@pytest.mark.parametrize("how", BREAKS)
def test_a_broken_file_of_a_model_is_told_and_mended_by_the_same_upload(loop, path, chance, how):
    model, other = UploadedModel(chance), UploadedModel(chance)
    answer, of_other = model.post(loop, path), other.post(loop, path)
    model_id = answer.json()["id"]
    [file] = [file for file in files_below(data_folder(loop) / "models") if model_id in str(file)]
    BREAKS[how](file)
    broken = loop.get(f"{path}/models/{model_id}/onnx/file")
    assert broken.status == 404 and detail(broken), broken
    assert log_tells(loop, model_id), loop.log_text()
    assert_check_tells(loop, how, file)
    again = model.post(loop, path)
    assert again.status == 200 and again.json() == answer.json(), again
    assert weights_in(loop.get(f"{path}/models/{model_id}/onnx/file").body) == model.weights
    assert_holds_models(loop, path, {model_id: digest(model.weights), of_other.json()["id"]: digest(other.weights)})
    assert_ends_whole(loop)
