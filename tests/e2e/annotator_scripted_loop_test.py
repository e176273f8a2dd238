"""Annotators at a Loop that misbehaves in every way: what they ack, what they tell of it, and that they live on.

The Loop is a program on python-socketio, see scripted_loop/main.py. What takes long, since the node has to lose patience, is begun by
`slow` and looked at by the last tests."""

import uuid
from collections import Counter
from pathlib import Path

import pytest
from annotators import IMAGE, SEGMENTER, ScriptedNode, user_input
from node_status import figure, live, problem, wait_until_connected
from nodes import wait_until
from scripted_loops import ScriptedLoop

GOOD = {"success": True, "error_msg": None, "payload": None}
CUT_IMAGE = str(uuid.uuid4())
FAILED = {"success": False, "error_msg": "the disk of the Loop is full", "payload": None}


@pytest.fixture(name="loop", scope="module")
def fixture_loop(tmp_path_factory):
    with ScriptedLoop(tmp_path_factory.mktemp("loop")) as program:
        yield program


@pytest.fixture(name="node", scope="module")
def fixture_node(loop, slow, tmp_path_factory):  # pylint: disable=unused-argument
    with ScriptedNode(loop, tmp_path_factory.mktemp("nodes"), "pen") as started:
        started.saw("reported")
        yield started


@pytest.fixture(name="own", scope="function")
def fixture_own(loop, slow, tmp_path):  # pylint: disable=unused-argument
    """A node of this test alone, not started yet."""
    alone = ScriptedNode(loop, tmp_path, f"own{uuid.uuid4().hex}")
    yield alone
    alone.program.__exit__()


class Slow:
    """Nodes that have to lose patience with their Loop."""

    def __init__(self, loop, folder):
        self.nodes = [ScriptedNode(loop, folder, name) for name in ("unreported", "unkept", "ended", "cut")]
        self.unreported, self.unkept, self.ended, self.cut = self.nodes

    def begin(self):
        self.unreported.set(report={"silent": True, "times": 1})
        self.ended.set(ends_after_connect=2)
        for node in self.nodes:
            node.program.start()
        self.unkept.saw("reported")
        self.unkept.set(shape={"silent": True})
        draw_to_the_end(self.unkept)
        self.cut.saw("reported")
        self.cut.loop.tell(image=CUT_IMAGE, **{"is": "cut"})
        self.cut.begin("handle_user_input", user_input(image=CUT_IMAGE))


@pytest.fixture(name="slow", scope="module", autouse=True)
def fixture_slow(loop, tmp_path_factory):
    slow = Slow(loop, tmp_path_factory.mktemp("slow"))
    try:
        slow.begin()
        yield slow
    finally:
        for node in slow.nodes:
            node.program.__exit__()


def draw_to_the_end(node, window="one", **more):
    """Does not wait for the ack of the end, at which the shape is finished."""
    for place in ((1, 1), (9, 1)):
        node.drawn("left_mouse_down", place=place, window=window, **more)
    node.begin("handle_user_input", user_input("left_mouse_up", (9, 9), window, **more))


def corners(shape):
    return [(point["x"], point["y"]) for point in shape["shape"]["points"]]


# --------------------------------------------------------------------------------------------------- how it is connected


def test_it_asks_for_the_status_logs_in_connects_and_reports(own):
    own.program.start()
    login = own.saw("login")
    connect = own.saw("connect")
    assert (login["password"], connect["login"]) == (f"of {own.name}", 1)
    assert connect["headers"] == {"nodeType": "annotation_node", "organization": "", "project": ""}
    [report] = own.saw("reported")["arguments"]
    assert set(report) == {"id", "name", "state", "uptime", "errors", "capabilities"}
    assert (report["name"], report["state"], report["errors"], report["capabilities"]) == (own.name, "online", {}, ["segmentation"])
    assert uuid.UUID(report["id"]) and report["uptime"] >= 0
    assert own.saw("reported")["arguments"][0]["id"] == report["id"], "it reports again and again"


WRONG_LOGINS = {"401": ({"login": 401}, ["401", "LOOP_USERNAME and LOOP_PASSWORD"]),
                "403": ({"login": 403}, ["403", "LOOP_USERNAME and LOOP_PASSWORD"]),
                "429": ({"login": 429, "login_headers": {"Retry-After": "3"}}, ["login", "429"]),
                "500": ({"login": 500}, ["login", "500"]),
                "the namespace": ({"refusal": "this Loop is for <b>others</b>"}, ["refuses us", "this Loop is for"])}


def test_a_loop_that_does_not_let_it_in_is_told_and_used_once_it_does(loop, tmp_path):
    """Side by side, since each takes its time."""
    nodes = [ScriptedNode(loop, tmp_path, f"refused{number}") for number in range(len(WRONG_LOGINS))]
    try:
        for node, (script, _) in zip(nodes, WRONG_LOGINS.values(), strict=True):
            node.set(**script)
            node.program.start()
        for node, (_, words) in zip(nodes, WRONG_LOGINS.values(), strict=True):
            wait_until(lambda node=node, words=words: all(word in problem(node.program, "connection") for word in words), words)
            assert all(word in node.program.log_text() for word in words)
            assert node.program.get("/health/ready").status == 503
            node.set(login=200, login_headers={}, refusal="")
        for node in nodes:
            wait_until_connected(node.program)
            assert node.drawn() == '<polyline points="1,1"/>' and live(node.program)["errors"] == {}
        asked, again = nodes[2].saw("login")["at"], nodes[2].saw("login")["at"]
        assert again - asked > 2.9, "it was asked to wait for 3 s"
    finally:
        for node in nodes:
            node.program.__exit__()


def test_a_loop_that_is_not_ready_is_asked_for_its_status_alone(loop, own):
    loop.tell(status=503)
    try:
        own.program.start()
        wait_until(lambda: "503" in problem(own.program, "connection"), "the status on the page")
    finally:
        loop.tell(status=200)
    wait_until_connected(own.program)
    assert own.saw("login") and own.saw("connect")["login"] == 1, "it did not log in before"


BAD_REPORT_ACKS = {"a failure": {"ack": [FAILED]}, "no arguments": {"ack": []}, "null": {"ack": [None]}, "false": {"ack": [False]},
                   "a number": {"ack": [7]}, "an empty object": {"ack": [{}]}, "success as text": {"ack": [{"success": "true"}]},
                   "a broken connection": {"abort": True}}


def test_anything_but_success_renews_connection_and_login_and_not_faster_than_once_a_second(loop, tmp_path):
    nodes = {what: ScriptedNode(loop, tmp_path, f"unheard{number}") for number, what in enumerate(BAD_REPORT_ACKS)}
    try:
        for what, node in nodes.items():
            node.set(report=BAD_REPORT_ACKS[what] | {"times": 1})
            node.program.start()
        for what, node in nodes.items():
            first = node.saw("connect")
            second = node.saw("connect")
            assert (first["login"], second["login"]) == (1, 2), what
            assert second["at"] - first["at"] > 0.9, what
            assert "the Loop does not take the node's report" in node.program.log_text() or what == "a broken connection", what
        assert FAILED["error_msg"] in nodes["a failure"].program.log_text()
        for node in nodes.values():
            wait_until(lambda node=node: live(node.program)["errors"] == {} and node.program.get("/health/ready").status == 200,
                       "a node that is well again")
            assert node.drawn(window="after") == '<polyline points="1,1"/>'
    finally:
        for node in nodes.values():
            node.program.__exit__()


def test_a_loop_that_ends_each_connection_is_not_asked_faster_than_once_a_second(slow):
    connects = [slow.ended.saw("connect") for _ in range(3)]
    assert [one["login"] for one in connects] == [1, 2, 3], "each with a new login"
    waits = [after["at"] - before["at"] for before, after in zip(connects, connects[1:])]
    assert min(waits) > 0.9, waits
    assert slow.ended.saw("reported")


def test_events_at_once_after_each_connect_are_answered(own):
    """Also before its first report was answered."""
    own.set(greeting=[["handle_user_input", user_input("left_mouse_down", (3, 4))]], report={"silent": True})
    own.program.start()
    assert own.acked("handle_user_input") == [GOOD | {"payload": '<polyline points="3,4"/>'}]
    own.set(report={"ack": [GOOD]})
    own.loop.tell(node=own.name, abort=True)
    own.saw("disconnect")
    assert own.acked("handle_user_input") == [GOOD | {"payload": '<polyline points="3,4 3,4"/>'}], "the drawing stays"


def test_the_event_restart_ends_it_with_exit_status_0_and_without_an_ack(own):
    own.program.start()
    own.saw("reported")
    own.begin("restart")
    assert own.program.process.wait(20) == 0
    own.saw("disconnect")
    assert not [one for one in own.loop.kept if (one["event"], one.get("node")) == ("acked", own.name)]


# ------------------------------------------------------------------------------------------------------------ its acks


def test_an_event_that_it_does_not_know_is_acked_without_arguments(node):
    for event, *arguments in (("never_heard_of",), ("begin_training", {"organization": "o"}), ("update_annotation_node", None),
                              ("x" * 10_000, 1, 2, 3), ("", [])):
        assert node.call(event, *arguments) == []
    node.loop.tell(node=node.name, tell="never_heard_of", arguments=[1])
    assert node.drawn(window="unknown events") == '<polyline points="1,1"/>'


def test_a_window_that_is_closed_is_forgotten_and_acked_with_success_alone(node):
    node.drawn(window="closed")
    for _ in range(2):  # the second time there is none
        assert node.call("user_logout", "closed") == [GOOD]
    assert node.drawn(place=(5, 6), window="closed") == '<polyline points="5,6"/>'
    node.call("user_logout", "closed")


@pytest.mark.parametrize("arguments", [[], [None], [7], [{"frontend_id": "x"}], [["x"]]], ids=repr)
def test_a_window_that_is_none_is_refused(node, arguments):
    [ack] = node.call("user_logout", *arguments)
    assert (ack["success"], ack["payload"]) == (False, None) and ack["error_msg"]


def test_escape_forgets_what_was_drawn_and_answers_with_nothing_to_draw(node):
    node.drawn(window="escape")
    asked = figure(node.program, "annotator_answer_seconds_count")
    for event_type in ("key_up", "mouse_move"):
        assert node.drawn(event_type, window="escape", key_up="Escape") == ""
    assert figure(node.program, "annotator_answer_seconds_count") == asked + 2
    assert node.drawn(place=(5, 6), window="escape") == '<polyline points="5,6"/>'
    node.call("user_logout", "escape")


def test_an_error_of_the_tool_is_a_failure_and_forgets_what_was_drawn(node):
    for event_type, told in (("right_mouse_down", "there is nothing to the right"), ("right_mouse_up", "the annotator's tool failed")):
        node.drawn(window="error")
        node.drawn(window="other")
        refused = node.refused(event_type, window="error")
        assert told in refused and "nobody outside" not in refused
        assert node.drawn(place=(5, 6), window="error") == '<polyline points="5,6"/>'
        assert node.drawn(place=(5, 6), window="other") == '<polyline points="1,1 5,6"/>'
        for window in ("error", "other"):
            node.call("user_logout", window)
    assert "what nobody outside may see" in node.program.log_text(), "the person who runs it has to know"


def changed(**fields):
    """A user's input in which these fields of `data` are others; None: it is left out."""
    made = user_input()
    made["data"] |= fields
    made["data"] = {key: value for key, value in made["data"].items() if value is not None}
    return made


def context(organization, project):
    return changed(context={"organization": organization, "project": project})


# Arguments of handle_user_input, and a word that the ack has to contain.
WRONG_INPUTS = {
    "no arguments": ([], ""), "null": ([None], ""), "a text": (["drawn"], ""), "a list": ([[user_input()]], ""),
    "no frontend": ([{"data": user_input()["data"]}], "frontend_id"), "no data": ([{"frontend_id": "one"}], "data"),
    "data that is a text": ([{"frontend_id": "one", "data": "x"}], "data"),
    "a frontend that is a number": ([user_input(window=7)], "frontend_id"),
    "a frontend of a megabyte": ([user_input(window="x" * 1_000_000)], "frontend_id"),
    "no coordinate": ([changed(coordinate=None)], "coordinate"), "no x": ([changed(coordinate={"y": 1})], "x"),
    "a coordinate as text": ([changed(coordinate={"x": "1", "y": 1})], "x"),
    "a coordinate beyond all": ([changed(coordinate={"x": 1e300, "y": 1})], "x"),
    "a coordinate beyond int": ([changed(coordinate={"x": 1, "y": -2**40})], "y"),
    "an event that there is not": ([changed(event_type="double_click")], "event_type"),
    "no event": ([changed(event_type=None)], "event_type"), "an event as number": ([changed(event_type=3)], "event_type"),
    "no image": ([changed(image_uuid=None)], "image_uuid"),
    "an image that is a path": ([changed(image_uuid="../../../etc/passwd")], "image_uuid"),
    "an image with a path behind": ([changed(image_uuid=f"{IMAGE}/../../x")], "image_uuid"),
    "an image with a NUL": ([changed(image_uuid=IMAGE[:-1] + "\0")], "image_uuid"),
    "no context": ([changed(context=None)], "context"), "an organization that is a path": ([context("../o", "p")], "context"),
    "a project that is a folder above": ([context("o", "..")], "context"), "a project without a name": ([context("o", "")], "context"),
    "an absolute project": ([context("o", "/etc")], "context"),
    "an organization of a megabyte": ([context("o" * 1_000_000, "p")], "context"),
    "no category": ([changed(category=None)], "category"), "a category that is a text": ([changed(category="leaf")], "category"),
    "a key that is a number": ([changed(key_up=27)], "key_up"), "an epsilon as text": ([changed(epsilon="much")], "epsilon"),
    "shift as text": ([changed(is_shift_key_pressed="yes")], "is_shift_key_pressed"),
}


@pytest.mark.parametrize("what", WRONG_INPUTS)
def test_wrong_input_is_refused_with_the_name_of_the_field(node, what):
    arguments, field = WRONG_INPUTS[what]
    files = all_files(node)
    acks = node.call("handle_user_input", *arguments)
    [ack] = acks
    assert set(ack) == {"success", "error_msg", "payload"} and (ack["success"], ack["payload"]) == (False, None)
    assert field in ack["error_msg"] and 0 < len(ack["error_msg"]) < 1000
    assert all_files(node) == files, "it made no file"
    assert node.drawn(window="after wrong input", place=(2, 2))
    node.call("user_logout", "after wrong input")


def all_files(node):
    folder = Path(next(word for word in node.program.command if word.endswith("/data")))
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if "images" not in file.parts or file.suffix != ".jpg")


def test_fields_that_it_does_not_know_and_ids_in_capitals_are_taken(node):
    made = user_input(window="more", image=IMAGE.upper(), colour="red") | {"version": 2}
    assert node.call("handle_user_input", made) == [GOOD | {"payload": '<polyline points="1,1"/>'}]
    assert node.drawn(place=(5, 6), window="more") == '<polyline points="1,1 5,6"/>', "it is the same image"
    node.call("user_logout", "more")


def test_places_far_beyond_the_image_are_no_harm(node, loop, tmp_path):
    far = 1_000_000_000
    assert node.drawn(place=(-far, far), window="far") == f'<polyline points="{-far},{far}"/>'
    with ScriptedNode(loop, tmp_path, "scissors", SEGMENTER) as scissors:
        scissors.saw("reported")
        scissors.drawn("left_mouse_down", place=(-far, -far))
        scissors.drawn("mouse_move", place=(far, far))
        assert scissors.drawn("left_mouse_up", place=(far, far))
        for place in ((-far, far), (far, -far)):
            scissors.drawn("left_mouse_down", place=place, is_shift_key_pressed=True)
            scissors.drawn("left_mouse_up", place=(-place[0], -place[1]), is_shift_key_pressed=True)
        for epsilon in (-1.0, 0.0, 1e300, -1e300):
            scissors.drawn("left_mouse_down", place=(5, 5), epsilon=epsilon)
            scissors.drawn("left_mouse_up", place=(50, 50), epsilon=epsilon)
        assert scissors.drawn("key_up", key_up="Escape") == ""


def test_ten_thousand_moves_at_once_are_all_acked_and_it_lives_on(node):
    """While their image does not come. Those that wait are merged; too many are refused one by one, not with the connection."""
    image = new_id()
    node.loop.tell(image=image, **{"is": "held"})
    moves = [[user_input("mouse_move", (number, 1), "storm", image)] for number in range(10_000)]
    node.loop.tell(node=node.name, emit="handle_user_input", all=moves)
    node.loop.tell(image=image, **{"is": "good"})
    acks = node.saw("acked", name="handle_user_input")["acks"]
    assert len(acks) == 10_000 and all(len(one) == 1 and set(one[0]) == {"success", "error_msg", "payload"} for one in acks)
    told = Counter("good" if one[0]["success"] else one[0]["error_msg"] for one in acks)
    merged = figure(node.program, "annotator_actions_total", 'result="merged"')
    print(f"figures: 10000 moves at once: {dict(told)}, merged into others: {merged:.0f}", flush=True)
    assert set(told) == {"good", "handle_user_input: too many events at once: wait for their acks"} and merged > 0
    assert node.drawn(place=(7, 7), window="storm", image=image).endswith(' 7,7"/>')
    assert node.call("user_logout", "storm") == [GOOD]
    assert node.drawn(place=(7, 7), window="storm") == '<polyline points="7,7"/>'


# --------------------------------------------------------------------------------------------------------------- images


def new_id():
    return str(uuid.uuid4())


def images_on_disk(node):
    folder = Path(next(word for word in node.program.command if word.endswith("/data")))
    return {file.name for file in (folder / "o/p/images").iterdir()}


@pytest.mark.parametrize("kind, told", [("missing", "404"), ("text", "not a JPEG or PNG"), ("bomb", "megapixels"),
                                        ("endless", "longer than")])
def test_an_image_that_cannot_be_had_is_told_and_drawn_on_once_it_can(node, kind, told):
    image = new_id()
    node.loop.tell(image=image, **{"is": kind})
    refused = node.refused(image=image, window=kind)
    assert told in refused and refused
    assert not [name for name in images_on_disk(node) if name.startswith(image)], "nothing is left of it"
    if kind == "endless":
        node.loop.wait_for("endless image given up", image=image)
    node.loop.tell(image=image, **{"is": "good"})
    assert node.drawn(image=image, window=kind) == '<polyline points="1,1"/>'
    assert f"{image}.jpg" in images_on_disk(node)


def test_a_person_whose_image_does_not_come_keeps_nobody_else_waiting(node):
    image = new_id()
    node.loop.tell(image=image, **{"is": "held"})
    node.begin("handle_user_input", user_input(image=image, window="waits"))
    node.loop.wait_for("image", image=image)
    assert node.drawn(window="draws") == '<polyline points="1,1"/>'
    assert node.drawn(image=new_id(), window="draws elsewhere") == '<polyline points="1,1"/>'
    node.loop.tell(image=image, **{"is": "good"})
    assert node.acked("handle_user_input") == [GOOD | {"payload": '<polyline points="1,1"/>'}]


def test_people_who_wait_for_the_same_image_have_it_fetched_once(node):
    image = new_id()
    node.loop.tell(image=image, **{"is": "held"})
    node.loop.tell(node=node.name, emit="handle_user_input", all=[[user_input(image=image, window=f"w{number}")] for number in range(20)])
    node.loop.wait_for("image", image=image)
    node.loop.tell(image=image, **{"is": "good"})
    acks = node.saw("acked", name="handle_user_input")["acks"]
    assert acks == [[GOOD | {"payload": '<polyline points="1,1"/>'}]] * 20
    assert not [line for line in node.loop.kept if (line["event"], line.get("image")) == ("image", image)]


# --------------------------------------------------------------------------------------------------------------- shapes


def test_a_finished_shape_is_sent_and_the_next_one_is_another(node):
    ids = set()
    for _ in range(2):
        draw_to_the_end(node, "shape")
        organization, project, shape = node.saw("shape")["arguments"]
        assert (organization, project) == ("o", "p")
        assert set(shape) == {"id", "shape", "image_id", "category_id"}
        assert (shape["image_id"], shape["category_id"]) == (IMAGE, user_input()["data"]["category"]["id"])
        assert corners(shape) == [(1, 1), (9, 1), (9, 9)]
        ids.add(str(uuid.UUID(shape["id"])))
        assert node.acked("handle_user_input") == [GOOD | {"payload": '<polyline points="1,1 9,1 9,9"/>'}]
    assert len(ids) == 2


@pytest.mark.parametrize("how, told", [({"ack": [FAILED]}, FAILED["error_msg"]), ({"ack": []}, "does not take the shape"),
                                       ({"ack": [None]}, "does not take the shape"), ({"ack": [{}]}, "does not take the shape")],
                         ids=["failure", "nothing", "null", "an object"])
def test_a_shape_that_the_loop_does_not_take_stays_with_the_person_and_is_the_same_later(node, how, told):
    window = str(how)
    node.set(shape=how)
    draw_to_the_end(node, window)
    first = node.saw("shape")["arguments"][2]
    [ack] = node.acked("handle_user_input")
    node.set(shape={"ack": [GOOD]})
    assert ack["success"] is False and told in ack["error_msg"] and ack["payload"] is None
    assert node.drawn("left_mouse_up", place=(1, 9), window=window) == '<polyline points="1,1 9,1 9,9 1,9"/>'
    second = node.saw("shape")["arguments"][2]
    assert second["id"] == first["id"] and len(second["shape"]["points"]) == 4
    assert any(one["is_failure"] for one in live(node.program)["results"])


def test_a_shape_whose_connection_breaks_is_the_same_when_it_is_finished_again(own):
    own.program.start()
    own.saw("reported")
    own.set(shape={"abort": True})
    draw_to_the_end(own)
    first = own.saw("shape")["arguments"][2]
    own.saw("disconnect")
    own.set(shape={"ack": [GOOD]})
    own.saw("reported")
    own.drawn("left_mouse_up", place=(1, 9))
    second = own.saw("shape")["arguments"][2]
    assert second["id"] == first["id"] and len(second["shape"]["points"]) == 4


# ------------------------------------------------------------------------------- what `slow` has begun comes to its end


def test_an_image_that_breaks_off_again_and_again_is_told_and_drawn_on_once_it_is_whole(slow):
    [ack] = slow.cut.acked("handle_user_input")
    assert ack["success"] is False and ack["error_msg"]
    assert images_on_disk(slow.cut) == set(), "nothing is left of it"
    slow.cut.loop.tell(image=CUT_IMAGE, **{"is": "good"})
    assert slow.cut.drawn(image=CUT_IMAGE) == '<polyline points="1,1"/>'


def test_a_report_without_an_answer_renews_the_connection(slow):
    node = slow.unreported
    first, second = node.saw("connect"), node.saw("connect", 60)
    assert second["login"] == 2 and second["at"] - first["at"] > 9, "it is given 10 s"
    assert "report" in node.program.log_text()
    node.saw("reported")
    wait_until(lambda: live(node.program)["errors"] == {}, "a report that was taken", 60)


def test_a_shape_without_an_answer_is_told_to_the_person_and_is_the_same_when_it_is_finished_again(slow):
    node = slow.unkept
    first = node.saw("shape", 60)["arguments"][2]
    [ack] = node.acked("handle_user_input", 60)
    assert ack["success"] is False and "finish it again" in ack["error_msg"]
    node.set(shape={"ack": [GOOD]})
    node.drawn("left_mouse_up", place=(1, 9))
    assert node.saw("shape")["arguments"][2]["id"] == first["id"]
    assert figure(node.program, "annotator_shapes_total", 'result="not_taken"') == 1
