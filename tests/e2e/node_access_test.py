"""What a node's login is good for over Socket.IO: the node speaks for itself alone, in its project, and as long as its login counts."""

import json
import re

import pytest
from accounts import bearer, cookie_of, log_in, log_in_as_nobody, number_in, report, secret_in, token, with_headers
from nodes import wait_until
from nodes_by_hand import NodeByHand, Refused, annotator_status, begin_training, detector_status, trainer_status, training_out
from packages import send
from programs import generate, loop_server

MODEL = {"model.pt": b"weights", "model.json": json.dumps({"categories": []}).encode()}


@pytest.fixture(name="loop", scope="module")
def fixture_loop(tmp_path_factory):
    with loop_server(tmp_path_factory.mktemp("access")) as server:
        yield server


@pytest.fixture(name="field", scope="module")
def fixture_field(loop):
    return generate(loop, "field", complete=1, segmentation_categories=1)


@pytest.fixture(name="other", scope="module")
def fixture_other(loop):
    """The project of somebody else."""
    return generate(loop, "other", organization="foreign", complete=1, segmentation_categories=1)


def told_of(loop, name):
    """What the Loop knows of the node of that id; None: nothing."""
    return next((node for node in loop.get("/api/nodes").json()["nodes"] if node["id"] == name), None)


def connected(loop, kind, name, *words, project=""):
    return NodeByHand(loop, kind, token(loop, "--node", name, *words), project=project)


@pytest.fixture(name="busy")
def fixture_busy(loop, field):
    """The trainer `b`, at work on a training of `field`: its connection, its login and the training's path."""
    headers = token(loop, "--node", "b")
    trainer = NodeByHand(loop, "trainer", headers)
    assert trainer.call("update_trainer", trainer_status("b"))["success"]
    number = begin_training(loop, field, trainer, "b", {"organization": "test", "project": "field"})
    yield trainer, headers, f"{field}/trainings/{number}"
    trainer.call("update_trainer", trainer_status("b"))
    wait_until(lambda: loop.get(f"{field}/trainings/{number}").json()["ended"], "its end")
    trainer.close()


# ------------------------------------------------------------------------------------------------------- it is itself alone


@pytest.mark.parametrize("what, told", [
    ("the name of another", trainer_status("b")),
    ("its own name and the id of another", trainer_status("a", node_id="b")),
    ("the name of another and its own id", trainer_status("b", node_id="a")),
    ("no name", trainer_status("", node_id="b")),
])
def test_a_trainer_does_not_report_as_another_one(loop, busy, what, told):
    before = told_of(loop, "b"), loop.get(busy[2]).json()
    node = connected(loop, "trainer", "a")
    ack = node.call("update_trainer", told)
    assert not ack["success"] and "token" in ack["error_msg"] or "belongs to" in ack["error_msg"], (what, ack)
    after = told_of(loop, "b"), loop.get(busy[2]).json()
    assert [state["state"] for state in after] == [state["state"] for state in before], what
    assert after[0]["logged_in_as"] == before[0]["logged_in_as"]
    node.close()


def test_an_annotation_node_does_not_report_as_another_one(loop):
    first, second = connected(loop, "annotation_node", "n1"), connected(loop, "annotation_node", "n2")
    assert first.call("update_annotation_node", annotator_status("n1"))["success"]
    for told in (annotator_status("n1"), annotator_status("n2", node_id="n1")):
        assert not second.call("update_annotation_node", told)["success"]
    assert told_of(loop, "n1")["name"] == "n1"
    first.close(), second.close()


def test_a_trainer_tells_no_results_and_uploads_no_models_for_the_training_of_another(loop, busy):
    _, headers, path = busy
    stranger = token(loop, "--node", "a")
    node = NodeByHand(loop, "trainer", stranger)
    assert node.call("update_trainer", trainer_status("a"))["success"]
    ack = node.call("update_training", "test", "field", training_out("b"))
    assert not ack["success"] and "is that of the trainer 'b'" in ack["error_msg"], ack
    answer = send(with_headers(loop, stranger), "PUT", f"{path}/models/latest/mocked/file", MODEL)
    assert answer.status == 403 and "is that of the trainer 'b'" in answer.json()["detail"], answer
    assert loop.get(path).json()["results"] == []
    assert node.call("update_training", "test", "field", training_out("a"))["error_msg"].startswith("no training found"), "nor has it one"
    node.close()
    ack = busy[0].call("update_training", "test", "field", training_out("b"))
    assert ack["success"] and re.fullmatch("[0-9a-f-]{36}", ack["payload"]["model_uuid"])
    answer = send(with_headers(loop, headers), "PUT", f"{path}/models/latest/mocked/file", MODEL)
    assert answer.status == 200 and answer.json()["id"] == ack["payload"]["model_uuid"], answer


def test_a_node_puts_no_files_under_the_model_that_the_training_of_another_makes(loop, busy):
    trainer, headers, path = busy
    stranger = token(loop, "--node", "a")
    model = trainer.call("update_training", "test", "field", training_out("b"))["payload"]["model_uuid"]
    file = f"{path.rsplit('/trainings', 1)[0]}/models/{model}/mocked/file"
    converted = file.replace("mocked", "converted")
    assert send(with_headers(loop, stranger), "PUT", file, MODEL).status == 403
    assert send(with_headers(loop, headers), "PUT", file, MODEL).json()["id"] == model
    assert send(with_headers(loop, stranger), "PUT", converted, MODEL).status == 403
    trainer.call("update_trainer", trainer_status("b"))
    wait_until(lambda: loop.get(path).json()["state"] == "completed", "the end of the training")
    assert send(with_headers(loop, stranger), "PUT", converted, MODEL).json()["id"] == model, "as a converter does"


def test_a_trainer_tells_no_results_in_the_name_of_another_project(loop, busy, other):
    node = busy[0]
    ack = node.call("update_training", "foreign", "other", training_out("b"))
    assert not ack["success"] and "no training found" in ack["error_msg"], ack
    assert loop.get(f"{other}/trainings").json()["charts"] == []


# -------------------------------------------------------------------------------------------------------- in its own project


def test_a_detector_with_a_token_for_one_project_reports_in_no_other(loop, field, other):
    node = connected(loop, "detector", "cam1", "--project", "test/field")
    assert node.call("update_detector", "test", "field", detector_status("cam1"))["success"]
    messages = []
    for project in ("other", "there-is-none"):
        ack = node.call("update_detector", "foreign", project, detector_status("cam1"))
        assert not ack["success"] and ack["payload"] is None
        messages.append(ack["error_msg"].replace(project, "..."))
    assert len(set(messages)) == 1, "it does not learn what there is"
    assert not node.call("update_detector", "test", "field", detector_status("cam2"))["success"], "nor as another"
    assert [one["name"] for one in loop.get(f"{field}/detectors").json()["detectors"]] == ["cam1"]
    assert loop.get(f"{other}/detectors").json()["detectors"] == []
    node.close()


def test_a_node_with_a_token_for_one_project_sees_no_detectors_and_no_trainings_of_another(loop, field, other):
    node = with_headers(loop, token(loop, "--node", "a", "--project", "test/field"))
    assert loop.send_json("POST", f"{other}/detectors", report("foreign-cam")).status == 200
    for what in ("detectors", "trainings", "trainings/1", "trainings/1/dataset", "hyperparameters"):
        answers = [node.get(f"{path}/{what}") for path in (other, "/api/foreign/projects/there-is-none")]
        assert [answer.status for answer in answers] == [404, 404], what
        assert b"foreign-cam" not in answers[0].body
    assert node.get(f"{field}/detectors").status == 200


def test_a_trainer_with_a_token_for_one_project_gets_trainings_of_that_alone(loop, field, other):
    node = connected(loop, "trainer", "scoped", "--project", "test/field")
    assert node.call("update_trainer", trainer_status("scoped"))["success"]
    foreign = loop.send_json("POST", f"{other}/trainings", {"trainer_id": "scoped"}).json()["training_number"]
    own = loop.send_json("POST", f"{field}/trainings", {"trainer_id": "scoped"}).json()["training_number"]
    assert node.wait_for_event("begin_training")[:2] == ["test", "field"], "though the other one waits for longer"
    assert loop.get(f"{other}/trainings/{foreign}").json()["state"] == "queued"
    for path, number in ((other, foreign), (field, own)):
        loop.ask("POST", f"{path}/trainings/{number}/abort")
    node.close()


def test_an_annotation_node_with_a_token_for_one_project_draws_in_that_alone(loop, field, other):
    node = connected(loop, "annotation_node", "pen", "--project", "test/field")
    assert node.call("update_annotation_node", annotator_status("pen"))["success"]
    drawn = {}
    for path in (field, other):
        category = next(one for one in loop.get(path).json()["categories"] if one["type"] == "segmentation")
        [image] = loop.get(f"{path}/data").json()["image_ids"]
        triangle = {"points": [{"x": 1, "y": 2}, {"x": 9, "y": 2}, {"x": 9, "y": 9}]}
        drawn[path] = {"id": "11111111-0000-4000-8000-000000000000", "shape": triangle, "image_id": image, "category_id": category["id"]}
    assert node.call("update_segmentation_annotation", "test", "field", drawn[field])["success"]
    assert not node.call("update_segmentation_annotation", "foreign", "other", drawn[other])["success"]
    assert not node.call("update_segmentation_annotation", "test", "field", drawn[other])["success"], "an image of another project"
    category = {"id": drawn[other]["category_id"], "name": "s", "type": "segmentation"}
    point = {"coordinate": {"x": 1, "y": 2}, "event_type": "left_mouse_down", "image_uuid": drawn[other]["image_id"],
             "category": category, "context": {"organization": "test", "project": "field"}}
    answer = loop.send_json("POST", f"{other}/user_input", {"frontend_id": "w", "data": point})
    assert answer.status == 503, "nobody is there that may see it"
    node.close()


# --------------------------------------------------------------------------------------------- as long as its login counts


@pytest.mark.parametrize("kind, event, told", [
    ("trainer", "update_trainer", [trainer_status("stolen")]),
    ("annotation_node", "update_annotation_node", [annotator_status("stolen")]),
    ("detector", "update_detector", ["test", "field", detector_status("stolen")]),
])
def test_a_revoked_token_ends_the_connection_at_its_next_event(loop, field, kind, event, told):
    made = loop.run("token", "create", "--node", "stolen")
    headers = bearer(secret_in(made))
    node = NodeByHand(loop, kind, headers)
    assert node.call(event, *told)["success"] and loop.get(field).status == 200
    loop.run("token", "revoke", number_in(made))
    assert_is_ended(node, event, *told)
    with pytest.raises(Refused, match="token create"):
        NodeByHand(loop, kind, headers)


def assert_is_ended(node, event, *told):
    """The Loop ends the connection over this event, which counts for nothing."""
    node.send(event, *told)
    assert not any(ack["success"] for ack in node.wait_until_ended())
    node.close()


def test_the_training_of_a_trainer_whose_token_is_revoked_is_given_to_nobody_by_it(loop, field):
    """It may neither go on with it nor end it: people decide."""
    made = loop.run("token", "create", "--node", "thief")
    node = NodeByHand(loop, "trainer", bearer(secret_in(made)))
    context = {"organization": "test", "project": "field"}
    assert node.call("update_trainer", trainer_status("thief"))["success"]
    number = begin_training(loop, field, node, "thief", context)
    path = f"{field}/trainings/{number}"
    loop.run("token", "revoke", number_in(made))
    assert_is_ended(node, "update_trainer", trainer_status("thief"))
    told = loop.get(path).json()
    assert told["state"] == "running" and told["trainer_lost_since"], told
    assert loop.ask("POST", f"{path}/abort").json()["state"] == "aborted"


def test_a_cookie_whose_login_was_ended_stops_counting_on_a_connection_that_is_open(loop):
    headers, elsewhere = cookie_of(log_in(loop)), cookie_of(log_in(loop))
    node, other = NodeByHand(loop, "trainer", headers), NodeByHand(loop, "trainer", elsewhere)
    assert node.call("update_trainer", trainer_status("by-cookie"))["success"]
    assert loop.nobody().ask("POST", "/api/logout", headers=headers).status == 200
    assert_is_ended(node, "update_trainer", trainer_status("by-cookie"))
    with pytest.raises(Refused, match="log in"):
        NodeByHand(loop, "trainer", headers)
    assert other.call("update_trainer", trainer_status("by-cookie"))["success"], "that of another login goes on"
    other.close()


@pytest.mark.parametrize("kind", ["trainer", "annotation_node", "converter", "node"])
def test_who_has_no_login_is_a_detector_and_nothing_else(loop, field, kind):
    for headers in ({}, cookie_of(log_in_as_nobody(loop))):
        with pytest.raises(Refused, match="token create"):
            NodeByHand(loop, kind, headers)
        node = NodeByHand(loop, "detector", headers)
        assert node.call("update_detector", "test", "field", detector_status("anonymous"))["success"]
        shape = {"id": "1", "shape": {"points": []}, "image_id": "1", "category_id": "1"}
        for event, arguments in (("update_trainer", [trainer_status("anonymous")]),
                                 ("update_annotation_node", [annotator_status("anonymous")]),
                                 ("update_training", ["test", "field", training_out("b")]),
                                 ("update_segmentation_annotation", ["test", "field", shape])):
            assert not node.call(event, *arguments)["success"], f"a connected detector sends {event}"
        node.close()
    assert told_of(loop, "anonymous") is None and loop.get(field).status == 200
