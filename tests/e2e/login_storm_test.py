"""Whoever guesses passwords is slowed down, and nobody else: a thousand wrong logins from fifty addresses."""

import pytest
from loop_programs.login_storm import Storm, addresses, log_in_from
from programs import ADMIN_PASSWORD, loop_server

ALLOWED_FAILURES = 10  # of one account from one address; one more is allowed every 30 s


@pytest.fixture(name="loop", scope="module")
def fixture_loop(tmp_path_factory):
    with loop_server(tmp_path_factory.mktemp("loop")) as server:
        yield server


def is_refusal(answer):
    """Wrong, or not even tried."""
    return answer.status == 401 or (answer.status == 429 and int(answer.headers["Retry-After"]) > 0)


def log_in(loop, address, password=ADMIN_PASSWORD):
    return log_in_from(address, loop.port, "admin", password)


def test_right_logins_are_granted_while_a_thousand_wrong_ones_are_tried_and_after_it(loop):
    storm = Storm(loop.port, addresses(1, 50)).start()
    granted = 0
    for address in addresses(2, 10_000):  # one that never failed for each login
        answer = log_in(loop, address)
        if storm.is_over():
            break
        assert answer.status == 200, answer.body
        granted += 1
    answers = storm.wait()
    assert granted >= 5, "the storm was over too soon"
    assert len(answers) == 1000 and all(is_refusal(answer) for answer in answers)
    assert sum(answer.status == 401 for answer in answers) >= 250  # which were tried, for 5 of each address
    for _ in range(ALLOWED_FAILURES + 5):  # again and again, since only failures count
        assert log_in(loop, "127.0.3.1").status == 200


def test_an_address_that_failed_too_often_is_refused_and_the_account_is_open_to_all_others(loop):
    statuses = [log_in(loop, "127.0.4.1", f"guess {number}").status for number in range(2 * ALLOWED_FAILURES)]
    assert statuses == [401] * ALLOWED_FAILURES + [429] * ALLOWED_FAILURES
    refused = log_in(loop, "127.0.4.1")  # though it is right, or whoever guesses would be told so
    assert refused.status == 429 and is_refusal(refused) and "127.0.4.1" in refused.json()["detail"]
    assert log_in(loop, "127.0.4.2").status == 200


def refusal(loop, address, username, path):
    """The whole answer, but for the time of day."""
    answer = log_in_from(address, loop.port, username, "of another", path, {"X-Request-Id": "same"})
    assert is_refusal(answer)
    return answer.status, [header for header in answer.headers.items() if header[0] != "Date"], answer.body


@pytest.mark.parametrize("path", ["/api/login", "/api/token", "/login"])
def test_nobody_learns_from_a_refusal_whether_a_name_is_known(loop, path):
    address = {"/api/login": "127.0.5.1", "/api/token": "127.0.5.2", "/login": "127.0.5.3"}[path]
    statuses = []
    for _ in range(ALLOWED_FAILURES + 1):
        known, unknown = (refusal(loop, address, username, path) for username in ("admin", "nimda"))
        assert known == unknown
        statuses.append(known[0])
    assert statuses == [401] * ALLOWED_FAILURES + [429]


def test_what_is_no_account_at_all_is_refused_like_a_wrong_name(loop):
    """Not with another error, which would tell how names are kept."""
    names = ("nimda", "x" * 2000, "' OR 1=1 --", "ädmin", "ADMIN", "admin ")
    answers = [refusal(loop, "127.0.6.1", name, "/api/login") for name in names]
    assert all(answer == answers[0] for answer in answers)
