"""Annotation nodes of the Python library, of its version 0.27.0 and of 0.7.40, and one of ours draw for people at our Loop.

All three have the same tool, see peer_annotation_node/line.py, and what a person sees is the same."""

import contextlib

import pytest
from annotators import LINE, Drawer, annotator
from machines import settings_of
from nodes import ORGANIZATION, detail, wait_until
from peer_nodes import loop_for_old_peers, old_peer_node, peer_node
from programs import generate, image_ids, loop_server

NEW, OLD, OURS = "0.27.0", "0.7.40", "ours"


class Table(Drawer):
    """A project with two images to draw on, and the node that draws."""

    def __init__(self, version, loop, node):
        path = generate(loop, "drawn", ORGANIZATION, inbox=2, box_categories=1, segmentation_categories=1)
        image, self.other = image_ids(loop, path)
        super().__init__(loop, path, image)
        self.version, self.program = version, node
        self.wait_until_listed()


@pytest.fixture(name="table", scope="module", params=[OURS, NEW, OLD])
def fixture_table(request, tmp_path_factory):
    folder, version = tmp_path_factory.mktemp("table"), request.param
    with contextlib.ExitStack() as stack:
        loop = stack.enter_context(loop_for_old_peers(folder) if version == OLD else loop_server(folder))
        if version == OURS:
            node = annotator(folder / "artist", LINE, settings_of(loop.run("token", "create", "--node", "artist")))
        elif version == NEW:
            node = peer_node(folder / "artist", loop, "peer_annotation_node/main.py", "artist")
        else:
            node = old_peer_node(folder / "artist", loop, "peer_annotation_node/of_0_7_40.py", "artist")
        stack.enter_context(node)
        yield Table(version, loop, node)


def test_the_node_is_listed_with_what_it_can_do(table):
    listed = table.listed()
    assert (listed["kind"], listed["state"], listed["capabilities"]) == ("annotation_node", "online", ["segmentation"])
    assert listed["errors"] == {} and listed["logged_in_as"]


def test_each_window_has_a_drawing_of_its_own(table):
    assert table.drawn("left_mouse_down", (3, 4)) == '<polyline points="3,4"/>'
    assert table.drawn("left_mouse_down", (1, 2), window="two") == '<polyline points="1,2"/>'
    assert table.drawn("mouse_move", (5, 6), epsilon=1.5, is_shift_key_pressed=True) == '<polyline points="3,4 5,6"/>'
    table.close("one")
    table.close("two")


def test_a_line_that_is_finished_is_a_segmentation_of_its_image(table):
    before = table.row(table.other)
    for event_type, place in (("left_mouse_down", (10, 10)), ("mouse_move", (50, 10)), ("left_mouse_up", (50, 40))):
        table.drawn(event_type, place, image=table.other, window="shape")
    table.close("shape")
    row = table.row(table.other)
    [annotation] = row["segmentation_annotations"]
    assert [(point["x"], point["y"]) for point in annotation["shape"]["points"]] == [(10, 10), (50, 10), (50, 40)]
    assert (annotation["category_id"], annotation["category_name"]) == (table.category["id"], table.category["name"])
    assert annotation["image_id"] == table.other and row["annotated_by"]
    assert row["revision"] == before["revision"] + 1 and row["state"] == before["state"]
    assert table.row()["segmentation_annotations"] == []


def test_escape_and_the_end_of_a_window_forget_what_was_begun(table):
    table.drawn("left_mouse_down", (1, 1), window="kept")
    for end in (lambda: table.drawn("key_up", key_up="Escape"), lambda: table.close("one")):
        table.drawn("left_mouse_down", (3, 4))
        assert not end()
        assert table.drawn("left_mouse_down", (7, 8)) == '<polyline points="7,8"/>'
        table.close("one")
    assert table.drawn("mouse_move", (2, 2), window="kept") == '<polyline points="1,1 2,2"/>'


def test_what_the_node_cannot_do_is_told_to_the_person(table):
    """The oldest tells no reason."""
    answer = table.act("right_mouse_down", window="wrong")
    assert answer.status == 422 and "annotation node" in detail(answer)
    assert ("there is nothing to the right" in detail(answer)) == (table.version != OLD)
    assert table.drawn("left_mouse_down", (1, 1), window="wrong") == '<polyline points="1,1"/>'


def test_a_node_that_is_gone_is_told_to_the_person_and_draws_again_when_it_is_back(table):
    """It ends when the Loop restarts it, but for the oldest, which does not know how."""
    known = table.listed()["id"]
    if table.version != OLD:
        assert table.loop.ask("POST", f"/api/nodes/annotation_node/{known}/restart").status == 200
        assert table.program.process.wait(20) == 0
    else:
        table.program.kill()
    wait_until(lambda: table.listed()["state"] == "offline", "a node that is offline")
    answer = table.act("left_mouse_down")
    assert answer.status == 503 and "no annotation node is connected" in detail(answer)
    table.program.start()
    wait_until(lambda: table.listed()["state"] == "online", "the node's return")
    assert table.listed()["id"] == known
    assert table.drawn("left_mouse_down", (9, 9), window="later") == '<polyline points="9,9"/>'
