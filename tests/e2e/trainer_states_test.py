"""A training from its begin to its end, at a Loop that can hold each step: the states and their progress, and what is sent."""

import pytest
from nodes import wait_until
from trainer_fixtures import fixture_loop  # noqa: F401
from trainers import BASE_MODEL, CATEGORIES, GOOD, HELD, SETS, STATES, ScriptedTrainer

LONG = "data_downloading", "running", "train_model_uploading", "detecting", "detection_uploading"
KINDS = ("ours", "the library's")


@pytest.fixture(name="node", scope="module", params=KINDS)
def fixture_node(loop, tmp_path_factory, request):
    """One that has made a training, which was held in each state."""
    name, environment = f"held-{KINDS.index(request.param)}", {"USE_BACKDOOR_CONTROLS": "1"}
    with ScriptedTrainer(loop, tmp_path_factory.mktemp("trainers"), name, request.param, environment) as started:
        started.come_to("idle")
        run_held(started)
        yield started


def run_held(node):
    """Keeps what it reported while it was held: `node.reported`, by the state."""
    node.reported = {}
    for state in HELD:
        if state != "confusion_matrix_syncing":
            node.hold(state)
    node.begin_training(base_model_uuid=BASE_MODEL)
    for state in HELD:
        node.reported[state] = node.wait_until_held(state)
        if node.is_ours and state in LONG:
            wait_until(lambda: has_progress(node), f"a progress in {state}")
            node.reported[state] = node.reports()[-1]
        if state == "running":
            node.saw("trained")
            node.hold("confusion_matrix_syncing")
        node.let_go_of(state)
    node.come_to("idle")


def has_progress(node):
    assert node.program.ask("POST", "/force_status_update").status == 200
    return node.reports()[-1]["progress"] is not None


def test_it_goes_through_all_states_in_their_order(node):
    """Those in between may be over before they are reported."""
    states = node.states()
    assert states[0] == states[-1] == "idle" and [one for one in STATES if one in states] == states[:-1]
    assert set(HELD) < set(states)
    assert "ready_for_cleanup" in states or not node.is_ours


def test_each_state_that_lasts_has_a_progress(node):
    told = {state: report["progress"] for state, report in node.reported.items()}
    assert told["running"] == 0.5
    if node.is_ours:
        assert all(0 <= told[state] <= 1 for state in LONG) and 0 < told["data_downloading"] < 1 and 0 < told["detecting"] < 1, told


def test_it_reports_its_training_and_no_more_once_it_is_over(node):
    for report in node.reports():
        assert set(report) == {"id", "name", "state", "uptime", "errors", "progress", "pretrained_models", "architecture", "context"}
        assert (report["name"], report["architecture"], report["errors"]) == (node.name, "tiny", {})
        assert [one["name"] for one in report["pretrained_models"]] == ["small", "large"]
        is_idle = report["state"] == "idle"
        assert report["context"] == (None if is_idle else {"organization": "o", "project": node.name})
        assert (report["uptime"] is None, report["progress"] is None) == (True, True) if is_idle else report["uptime"] >= 0
    assert len({report["id"] for report in node.reports()}) == 1


def test_it_tells_its_best_states_with_the_counts_of_images_and_what_it_was_told(node):
    told = [line["arguments"] for line in node.all("trained")]
    for organization, project, state in told:
        assert (organization, project) == ("o", node.name)
        assert set(state) == {"trainer_id", "trainer_name", "confusion_matrix", "train_image_count", "test_image_count",
                              "hyperparameters", "best_epoch"}
        assert (state["trainer_id"], state["trainer_name"]) == (node.reports()[0]["id"], node.name)
        assert (state["train_image_count"], state["test_image_count"]) == (len(SETS) - SETS.count("test"), SETS.count("test"))
        assert state["hyperparameters"].items() >= {"resolution": "320"}.items()
        assert set(state["confusion_matrix"]) == {one["id"] for one in CATEGORIES}
        assert all(set(one) == {"tp", "fp", "fn"} for one in state["confusion_matrix"].values())
    assert [state["best_epoch"] for *_, state in told] == [1, 2], "each best state once"


def test_it_uploads_each_format_once_with_one_description(node):
    uploads = node.all("uploaded")
    assert [(one["format"], one["again"]) for one in uploads] == [("mocked", False), ("mocked_2", False)]
    assert [set(one["files"]) for one in uploads] == [{"model.pt", "hyp.txt", "model.json"}, {"model.wts", "model.json"}]
    for one in uploads:
        assert [category["id"] for category in one["description"]["categories"]] == [category["id"] for category in CATEGORIES]
        assert one["description"]["conf_threshold"] == 0.25


def test_it_begins_with_the_base_model_and_detects_with_the_model_that_it_uploaded(node):
    model = node.all("uploaded")[0]["id"]
    assert node.asked("model") == [f"/api/o/projects/{node.name}/models/{one}/mocked/file" for one in (BASE_MODEL, model)]
    assert node.control.seen()["base"]["id"] == BASE_MODEL


def test_it_sends_what_it_found_in_every_image_to_look_at_once(node):
    sent = [item for line in node.all("detected") for item in line["items"]]
    assert sorted(item["image_id"] for item in sent) == sorted(node.images[:-2]), "none in the backlog, none in the trash"
    assert all(len(line["items"]) <= 100 for line in node.all("detected"))
    for item in sent:
        [box], [point] = item["box_detections"], item["point_detections"]
        assert (box["category_id"], point["category_id"]) == tuple(one["id"] for one in CATEGORIES)
        assert box["model_name"] == point["model_name"] == "1.0"


def test_nothing_of_it_is_left(node):
    assert node.record() is None and node.children() == []


def test_each_image_is_asked_for_once(node):
    asked = [path.split("/")[-2] for path in node.asked("image")]
    assert sorted(asked) == sorted(node.images[:-2])


def test_stop_and_abort_are_acked_with_success_while_nothing_runs(node):
    for event in ("stop_training", "abort_training"):
        assert node.call(event) == [GOOD]
    assert node.states()[-1] == "idle"
