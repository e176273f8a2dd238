"""The routes by which tests steer a trainer (USE_BACKDOOR_CONTROLS), as those of the library, and those of its page."""

import json

import pytest
from nodes import wait_until
from programs import run_to_end
from trainer_fixtures import fixture_loop  # noqa: F401
from trainers import ScriptedTrainer, name_of

ROUTES = {("PUT", "/provide_new_model"): "on", ("POST", "/reset"): "", ("PUT", "/error_configuration"): "{}", ("POST", "/steps"): "1",
          ("POST", "/kill_training_process"): "", ("POST", "/force_status_update"): ""}


@pytest.fixture(name="node")
def fixture_node(loop, tmp_path, request):
    with ScriptedTrainer(loop, tmp_path, name_of(request), environment={"USE_BACKDOOR_CONTROLS": "1"}) as started:
        started.come_to("idle")
        yield started


def ask(node, method, path, body=""):
    headers = {"Content-Type": "application/json"} if path == "/error_configuration" else {}
    return node.program.ask(method, path, body, headers)


def do(node, method, path, body=""):
    answer = ask(node, method, path, body)
    assert (answer.status, answer.body) == (200, b"null"), answer


def configure(node, **errors):
    do(node, "PUT", "/error_configuration", json.dumps(errors))


def epochs_told(node):
    return [line["arguments"][2]["best_epoch"] for line in node.all("trained")]


def test_without_the_backdoor_there_are_none(loop, tmp_path, request):
    with ScriptedTrainer(loop, tmp_path, name_of(request)) as node:
        for (method, path), body in ROUTES.items():
            assert ask(node, method, path, body).status == 404, path


def test_the_backdoor_is_refused_where_others_can_reach_it(node):
    status, text = run_to_end([*node.program.command, "--host", "0.0.0.0"], node.program.environment)
    assert status != 0 and "USE_BACKDOOR_CONTROLS" in text.upper(), text


def test_steps_and_a_kill_need_a_process(node):
    for path, body in (("/steps", "1"), ("/kill_training_process", "")):
        answer = ask(node, "POST", path, body)
        assert (answer.status, answer.json()) == (409, {"detail": "trainer is not running"})
    node.begin_and_hold("data_downloading")
    assert ask(node, "POST", "/kill_training_process").status == 409
    node.let_go_of("data_downloading")
    node.come_to("idle")


def test_a_status_is_sent_at_once(node):
    before = len(node.reports())
    do(node, "POST", "/force_status_update")
    wait_until(lambda: len(node.reports()) > before, "a report", 3)


def test_steps_look_for_a_new_model_though_none_is_provided(node):
    do(node, "PUT", "/provide_new_model", "off")
    node.begin_and_hold("running")
    reports = len(node.reports())
    wait_until(lambda: len(node.reports()) >= reports + 2, "reports of two cycles", 20)
    assert epochs_told(node) == [], "none was looked for"
    do(node, "POST", "/steps", "2")
    assert epochs_told(node) == [1]
    do(node, "PUT", "/provide_new_model", "on")
    node.let_go_of("running")
    node.come_to("idle")
    assert epochs_told(node) == [1, 2]


@pytest.mark.parametrize("body", ["", "many", "-1", "1.5", "99999999999999999999"])
def test_a_number_of_steps_that_is_none_is_refused(node, body):
    node.begin_and_hold("running")
    assert ask(node, "POST", "/steps", body).status in (400, 422)
    node.call("abort_training")


def test_a_process_that_is_killed_is_begun_again(node):
    node.begin_and_hold("running")
    do(node, "POST", "/kill_training_process")
    report = node.come_to("train_model_downloaded", claim=lambda report: report["errors"])
    assert list(report["errors"]) == ["run_training"]
    node.let_go_of("running")
    node.come_to("idle", 60)
    assert epochs_told(node)[-1] == 2 and len(node.all("uploaded")) == 2


# What is to fail, the step under which it is told, and until when it is held.
FAILURES = {"get_new_model": "sync_confusion_matrix", "save_model": "upload_model", "crash_training": "run_training"}


@pytest.mark.parametrize("what", FAILURES)
def test_what_is_to_fail_fails_with_those_words_until_it_is_not_to_any_more(node, what):
    node.control.tell("hold running")
    configure(node, **{what: f"{what} was told to"})
    node.begin_training()
    if what == "save_model":
        node.control.withdraw("hold running")
    wait_until(lambda: f"{what} was told to" in node.problems().get(FAILURES[what], ""), "the error", 30)
    configure(node)
    if what != "save_model":
        node.control.withdraw("hold running")
    node.come_to("idle", 60)
    assert len(node.all("uploaded")) == 2 and node.problems() == {}


def test_a_begin_that_is_to_fail_is_acked_with_those_words(node):
    configure(node, begin_training="no card today")
    assert node.refused() == ("no card today", None)
    configure(node)
    node.begin_training()
    node.come_to("idle")


def test_a_reset_ends_the_training_and_what_was_to_fail_and_connects_anew(node):
    configure(node, save_model="no")
    node.begin_and_hold("running")
    node.saw("connect")
    do(node, "POST", "/reset")
    assert node.record() is None and node.children() == []
    assert node.saw("connect")["login"] > 1
    node.let_go_of("running")
    node.come_to("idle")
    node.begin_training(2)
    node.come_to("idle")
    assert {one["number"] for one in node.all("uploaded")} == {"2"}


def test_what_the_page_offers_stops_and_aborts(loop, tmp_path, request):
    """Without the backdoor, too."""
    with ScriptedTrainer(loop, tmp_path, name_of(request)) as node:
        node.come_to("idle")
        for path in ("/stop_training", "/abort_training"):
            assert node.program.ask("POST", path).status == 200, "nothing runs"
        node.begin_and_hold("running", 1)
        node.saw("trained")
        assert node.program.ask("POST", "/stop_training").status == 200
        node.come_to("idle")
        node.begin_training(2)
        node.control.wait_until_at("running")
        assert node.program.ask("POST", "/abort_training").status == 200
        assert node.record() is None
        assert {one["number"] for one in node.all("uploaded")} == {"1"}
