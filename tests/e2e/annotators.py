"""What tests of annotators share: the programs, people who draw at a Loop, and what they do at one that misbehaves."""

import uuid
from pathlib import Path

from loop_programs.ports import free_port
from nodes import detail, wait_until
from programs import BIN, Program, images
from scripted_loops import NodeOfScriptedLoop, settings_for

LINE, POLYGON, SEGMENTER = [BIN / "scripted_annotator"], [BIN / "polygon_tool"], [BIN / "learning-loop", "annotator"]


def annotator(folder, command, environment, more=()):
    """An annotator on a data folder inside of `folder`. Settings that its Loop needs are in the environment."""
    port = free_port()
    words = [*command, "--port", port, "--data-folder", Path(folder) / "data", *more]
    Path(folder).mkdir(exist_ok=True)
    return Program(words, port, Path(folder) / "annotator.log", "/health/live", environment)


class Drawer:
    """People who draw in a project's images at the Loop's own routes."""

    def __init__(self, loop, path, image, node="artist"):
        """`node`: the name of the one that draws for them."""
        self.loop, self.path, self.image, self.node = loop, path, image, node
        _, _, self.organization, _, self.project = path.split("/")
        self.category = next(one for one in loop.get(path).json()["categories"] if one["type"] == "segmentation")

    def listed(self):
        """The node, as the Loop shows it."""
        found = [one for one in self.loop.get("/api/nodes").json()["nodes"] if one["name"] == self.node]
        return found[0] if found else {"state": "unknown"}

    def wait_until_listed(self):
        wait_until(lambda: self.listed()["state"] == "online", f"a report of the node {self.node}")

    def act(self, event_type, place=(1, 1), window="one", image=None, **more):
        """What a person does there."""
        data = {"coordinate": {"x": place[0], "y": place[1]}, "event_type": event_type, "image_uuid": image or self.image,
                "category": self.category, "context": {"organization": self.organization, "project": self.project}} | more
        return self.loop.send_json("POST", f"{self.path}/user_input", {"frontend_id": window, "data": data})

    def drawn(self, *action, **more):
        answer = self.act(*action, **more)
        assert answer.status == 200, answer
        return answer.json()["svg"]

    def refused(self, *action, **more):
        """Why the node could not do it."""
        answer = self.act(*action, **more)
        assert answer.status == 422, answer
        return detail(answer)

    def close(self, window):
        answer = self.loop.ask("DELETE", f"{self.path}/user_input/{window}")
        assert answer.status == 200, answer

    def row(self, image=None):
        [row] = images(self.loop, self.path, [image or self.image])
        return row

    def shapes(self, image=None):
        """The corners of each shape in the image."""
        return [[(point["x"], point["y"]) for point in one["shape"]["points"]] for one in self.row(image)["segmentation_annotations"]]


class ScriptedNode(NodeOfScriptedLoop):
    """An annotator whose Loop is a ScriptedLoop, which knows it by the name."""

    def __init__(self, loop, folder, name, command=None, more=()):
        super().__init__(loop, name, annotator(Path(folder) / name, command or LINE, settings_for(loop, name), more))

    def act(self, event_type="left_mouse_down", seconds=60, **more):
        """Its ack, all of it, of what a person did; see `user_input`."""
        arguments = self.call("handle_user_input", user_input(event_type, **more), seconds=seconds)
        assert len(arguments) == 1 and set(arguments[0]) == {"success", "error_msg", "payload"}, arguments
        return arguments[0]

    def drawn(self, *action, **more):
        ack = self.act(*action, **more)
        assert ack["success"] is True and ack["error_msg"] is None, ack
        return ack["payload"]

    def refused(self, *action, **more):
        """Why it could not do it."""
        ack = self.act(*action, **more)
        assert ack["success"] is False and ack["payload"] is None, ack
        return ack["error_msg"]


IMAGE = str(uuid.uuid5(uuid.NAMESPACE_URL, "an image"))
CATEGORY = {"id": "5b0bbd1b-1f8f-44a4-9f0c-60ec4b5b7f5a", "name": "leaf", "description": "", "hotkey": "", "color": "#00FF00",
            "point_size": 5, "type": "segmentation"}


def user_input(event_type="left_mouse_down", place=(1, 1), window="one", image=IMAGE, **more):
    """The argument of `handle_user_input`, as a Loop sends it."""
    return {"frontend_id": window, "data": {
        "coordinate": {"x": place[0], "y": place[1]}, "event_type": event_type, "image_uuid": image, "category": CATEGORY,
        "context": {"organization": "o", "project": "p"}, "key_up": None, "key_down": None, "epsilon": None,
        "is_shift_key_pressed": None} | more}
