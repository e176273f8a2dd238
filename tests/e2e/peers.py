"""The Python library's detector as our peer, in the environment that tools/fetch_peers brings."""

from loop_programs.ports import free_port
from nodes import ORGANIZATION, wait_until
from programs import ROOT, Program, generate, image_ids, images

PYTHON = ROOT / "build/peers/learning_loop_node/bin/python"
DETECTOR = ROOT / "tests/e2e/peer_detector"


def project_with_target(loop, name, **categories):
    """The path of a project whose deployment target is its model 1.0, which comes in the format `mocked`."""
    path = generate(loop, name, ORGANIZATION, trainings=1, box_categories=1, **categories)
    [model] = loop.get(f"{path}/models").json()["models"]
    assert (model["version"], model["formats"]) == ("1.0", ["mocked"])
    assert loop.send_json("PUT", f"{path}/deployment/target", {"model_uuid": model["id"]}).status == 200
    return path


def peer_environment(folder, loop, project):
    """What the library's programs are told; their data is in `folder`."""
    return {"LOOP_HOST": f"127.0.0.1:{loop.port}", "LOOP_ORGANIZATION": ORGANIZATION, "LOOP_PROJECT": project.split("/")[-1],
            "DATA_FOLDER": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}


def peer_detector(folder, loop, project, environment=None, name="peer"):
    """The library's detector, whose data is in `folder/name`; it reports every 5 s."""
    assert PYTHON.exists(), "tools/fetch_peers brings the library"
    data = folder / name
    data.mkdir(exist_ok=True)
    port = free_port()
    environment = peer_environment(data, loop, project) | {"NODE_PORT": str(port), "NODE_VERSION": "1.2.3",
                                                           "SYNC_CYCLES": "1"} | (environment or {})
    return Program([PYTHON, DETECTOR / "main.py"], port, folder / "peer.log", "/about", environment)


def wait_for_model(node):
    wait_until(lambda: node.get("/about").json()["model_info"], "a model that the detector took from the Loop", 60)


def rows_from(loop, project, source):
    """The Loop's images of one source, without what differs from image to image."""
    rows = [row for row in images(loop, project, image_ids(loop, project)) if row["source"] == source]
    return [anonymous(row) for row in rows]


def anonymous(value):
    if isinstance(value, list):
        return [anonymous(item) for item in value]
    if isinstance(value, dict):
        return {key: anonymous(item) for key, item in value.items() if key not in ("id", "image_id", "resource", "thumbnail")}
    return value
