"""A login that the Loop does not know any more, at whatever moment of an upload: one new login, and the same upload again, stored once."""

import sqlite3
from contextlib import closing

import pytest
from accounts import data_folder, rows
from fake_loop import FakeLoop, files_in
from link import Link
from nodes import ORGANIZATION, Client, Outbox, image_files, wait_until, with_comment
from programs import ADMIN_PASSWORD, BIN, detector, generate, jpeg, loop_server

LOGIN = {"LOOP_USERNAME": "admin", "LOOP_PASSWORD": ADMIN_PASSWORD, "SYNC_CYCLES": "1000"}  # nothing but uploads asks then
SCRIPTED = [BIN / "scripted_detector"]
LARGE = 1_500_000  # bytes: longer than what buffers and a refusal by its head let through


def image(name, size=0):
    """A JPEG that nobody else has."""
    content = with_comment(jpeg(1), name.encode())
    while len(content) < size:
        content = with_comment(content, bytes(60_000))
    return content


def set_mode(node, mode):
    assert node.ask("PUT", "/outbox_mode", mode).status == 200


class Field:
    """A Loop, a node that logs in, and the way between them."""

    def __init__(self, folder, loop, link, node, project):
        self.folder, self.loop, self.link, self.node, self.project = folder, loop, link, node, project
        self.sent = []

    def upload(self, name, size=0):
        self.sent.append(image(name, size))
        assert Client(self.node).upload(self.sent[-1]).status == 200

    def counts(self):
        return len(self.link.logins()), len(self.link.uploads())

    def wait_until_all_is_there(self):
        Outbox(self.folder).wait_until_empty()
        assert sorted(content for _, content in image_files(self.loop, self.project)) == sorted(self.sent)
        assert not Outbox(self.folder).rejected()


@pytest.fixture(name="field")
def fixture_field(tmp_path):
    with loop_server(tmp_path, environment={"ANONYMOUS_NODES": "none"}) as loop, Link(loop.port, keeps_bodies=True) as link:
        project = generate(loop, "logins", ORGANIZATION)
        with detector(tmp_path, link, ORGANIZATION, "logins", SCRIPTED, LOGIN) as node:
            field = Field(tmp_path, loop, link, node, project)
            field.upload("before")
            field.wait_until_all_is_there()
            assert len(link.logins()) == 1
            yield field


def revoke(loop):
    """Ends all logins of the account, the tests' own as well."""
    loop.run("user", "password", "--user", "admin", "--from-stdin", stdin=f"{ADMIN_PASSWORD}\n")
    loop.headers = {}
    loop.wait_ready()


def restart_without_logins(loop):
    """As a Loop does whose logins are signed with a secret that is a new one at each start."""
    loop.stop()
    with closing(sqlite3.connect(data_folder(loop) / "loop.db")) as database, database:
        assert database.execute("DELETE FROM sessions").rowcount > 0
    loop.headers = {}
    loop.start()


def restart_when_logins_expired(loop):
    loop.stop()
    with closing(sqlite3.connect(data_folder(loop) / "loop.db")) as database, database:
        assert database.execute("UPDATE sessions SET expires = created").rowcount > 0
    loop.headers = {}
    loop.start()


@pytest.mark.parametrize("end_logins", [revoke, restart_without_logins, restart_when_logins_expired])
def test_a_login_that_ended_is_renewed_once_and_the_upload_sent_again(field, end_logins):
    set_mode(field.node, "stopped")
    for number in range(5):
        field.upload(f"after {number}")
    before, asked_before = field.counts(), len(field.link.requests)
    end_logins(field.loop)
    set_mode(field.node, "continuous_upload")
    field.wait_until_all_is_there()
    logins = len(field.link.logins()) - before[0]
    names = [name for one in field.link.uploads()[before[1]:] for name, _ in files_in(bytes(one.body))]
    tries = sum(one.is_upload for one in field.link.requests[asked_before:])
    print(f"figures: {end_logins.__name__}: logins {logins}, uploads begun {tries}, keys {len(set(names)) // 2}, "
          f"images in the Loop {len(field.sent)} of {len(field.sent)}")
    assert logins == 1
    assert tries > 1 and len(set(names)) == 10, "sent again under the same keys"


@pytest.mark.parametrize("size", [0, LARGE], ids=["a small body", "a body that is refused by its head"])
def test_logins_that_are_revoked_while_uploads_are_on_their_way(field, size):
    """Each upload that began before is taken, or is sent again after one login."""
    field.link.rate = 2_000_000
    for number in range(4):
        field.upload(f"on its way {number}", size)
    begun = len(field.link.requests)
    wait_until(lambda: any(one.is_upload for one in field.link.requests[begun - 1:]), "an upload on its way")
    before = field.counts()
    revoke(field.loop)
    field.upload("afterwards", size)
    field.wait_until_all_is_there()
    logins = len(field.link.logins()) - before[0]
    print(f"figures: logins revoked while uploads of {size or 'few'} bytes are on their way: logins {logins}, "
          f"images in the Loop {len(field.sent)} of {len(field.sent)}")
    assert logins == 1


def test_a_loop_that_dies_in_an_upload_and_forgets_all_logins(field):
    field.link.rate = 500_000
    field.upload("cut", LARGE)
    wait_until(lambda: field.link.requests[-1].is_upload and field.link.requests[-1].body_bytes > LARGE // 3, "a third of the upload")
    before = field.counts()
    field.loop.kill()
    field.link.rate = 0
    restart_without_logins(field.loop)
    field.wait_until_all_is_there()
    print(f"figures: a Loop killed in mid-upload, and its logins gone: logins {field.counts()[0] - before[0]}, "
          f"images in the Loop {len(field.sent)} of {len(field.sent)}")
    assert field.counts()[0] - before[0] == 1


@pytest.mark.parametrize("closes", [False, True], ids=["and reads the rest", "and ends its side"])
def test_a_401_in_the_middle_of_a_body_is_followed_by_one_login_and_the_same_upload(tmp_path, closes):
    content = image("401", LARGE)
    with FakeLoop() as loop, Link(loop.port, keeps_bodies=True) as link:
        loop.cookie_seconds = 3600
        with detector(tmp_path, link, "o", "p", SCRIPTED, LOGIN) as node:
            wait_until(lambda: loop.reports, "a report, after the first login")
            loop.early_401 = "closes" if closes else "reads"
            assert loop.logins == 1 and Client(node).upload(content).status == 200
            Outbox(tmp_path).wait_until_empty()
    assert loop.early_401 is None and loop.logins == 2
    [taken] = [dict(files_in(body)) for body in loop.uploads]
    first = [one for one in link.requests if one.is_upload][0]
    print(f"figures: a 401 after {loop.read_early} bytes of an upload of {first.length}: logins {loop.logins - 1}, "
          f"stored {len(loop.uploads)}")
    assert content in taken.values() and loop.read_early < first.length
    assert next(files_in(bytes(first.body)))[0] == list(taken)[0], "the same key"


def test_a_cookie_that_expired_is_renewed_once(tmp_path):
    with FakeLoop() as loop, Link(loop.port, keeps_bodies=True) as link:
        loop.cookie_seconds = 3600
        with detector(tmp_path, link, "o", "p", SCRIPTED, LOGIN) as node:
            wait_until(lambda: loop.reports, "a report, after the first login")
            loop.expire_cookies()
            assert loop.logins == 1 and Client(node).upload(image("expired")).status == 200
            Outbox(tmp_path).wait_until_empty()
    names = {name for one in link.uploads() for name, _ in files_in(bytes(one.body))}
    print(f"figures: a cookie that expired: logins {loop.logins - 1}, uploads {len(link.uploads())}, stored {len(loop.uploads)}")
    assert loop.logins == 2 and len(loop.uploads) == 1 and len(names) == 2
