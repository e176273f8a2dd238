"""The Loop on one machine and cameras on another, in plain HTTP on a network that is trusted."""

import ipaddress
import os
import re
import signal

import pytest
from loop_programs.one_request import ask_once
from loop_programs.process import start_process
from machines import DistantProgram, Machine, Place, contents, distant_loop, require_machines, settings_of
from nodes import ORGANIZATION, wait_until
from peers import DETECTOR, PYTHON
from programs import BIN, ROOT, generate, image_ids, images, jpeg, run_to_end

GUIDE = ROOT / "docs/self-hosting.md"
LOOP, CAMERA, STRANGER = "192.168.7.1", "192.168.7.2", "192.168.8.2"  # the stranger's network is not listed
LISTED = "192.168.7.0/24,fd07::/64"
TITLE = "First steps on two machines"
READ = "all of it was read"
PORT = 8000
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(name="network", scope="module")
def fixture_network():
    """The machine of the Loop and that of the cameras, which has two addresses."""
    require_machines()
    with Machine() as server, Machine() as camera:
        server.join(camera, f"{LOOP}/24", f"{CAMERA}/24")
        server.join(camera, "192.168.8.1/24", f"{STRANGER}/24")
        server.join(camera, "fd07::1/64", "fd07::2/64")
        server.join(camera, "fd08::1/64", "fd08::2/64")
        yield server, camera


@pytest.fixture(name="loop", scope="module")
def fixture_loop(network, tmp_path_factory):
    more = ["--host", LOOP, "--allow-plain-http", "--anonymous-nodes", LISTED]
    with distant_loop(Place(network[0], LOOP), tmp_path_factory.mktemp("loop"), PORT, more) as server:
        yield server


@pytest.fixture(name="project", scope="module")
def fixture_project(loop):
    """A project whose deployment target is its model 1.0."""
    path = generate(loop, "field", ORGANIZATION, trainings=1, box_categories=1)
    [model] = loop.get(f"{path}/models").json()["models"]
    assert loop.send_json("PUT", f"{path}/deployment/target", {"model_uuid": model["id"]}).status == 200
    return path


def uploads(loop, path, node, source, image):
    """Gives the node an image, and waits until it lies in the Loop's inbox, byte for byte."""
    assert node.post_files("/upload", [("image.jpg", image)], headers={"source": source}).status == 200
    wait_until(lambda: image in contents(loop, path), "the image, byte for byte")
    assert image_ids(loop, path, "inbox")


def report_of(loop, path, name):
    return [one for one in loop.get(f"{path}/detectors").json()["detectors"] if one["name"] == name]


def from_camera(network, method, path, body=None, headers=None, source=CAMERA):
    """One request from the machine of the cameras, without a login."""
    with network[1].inside():
        return ask_once((LOOP, PORT), method, path, body, headers, source=source)


# ------------------------------------------------------------------------------------------------------------ detectors


def test_our_detector_reports_and_uploads_by_its_token(network, loop, project, tmp_path):
    settings = settings_of(loop.run("token", "create", "--node", "cam1", "--project", f"{ORGANIZATION}/field"))
    assert settings["LOOP_HOST"] == f"http://{LOOP}:{PORT}"
    words = [BIN / "learning-loop", "detector", "--port", "8005", "--data-folder", tmp_path / "detector"]
    with DistantProgram(Place(network[1]), words, 8005, tmp_path / "detector.log", "/about", settings | {"SYNC_CYCLES": "1"}) as node:
        uploads(loop, project, node, "by token", jpeg(1))
        wait_until(lambda: report_of(loop, project, "cam1"), "the detector's report")
    assert "by token" in [row["source"] for row in images(loop, project, image_ids(loop, project))]


def test_a_detector_of_the_library_reports_and_uploads_without_a_login(network, loop, project, tmp_path):
    assert PYTHON.exists(), "tools/fetch_peers brings the library"
    environment = {"LOOP_HOST": f"{LOOP}:{PORT}", "LOOP_ORGANIZATION": ORGANIZATION, "LOOP_PROJECT": "field", "NODE_PORT": "8006",
                   "DATA_FOLDER": str(tmp_path), "SYNC_CYCLES": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [PYTHON, DETECTOR / "main.py"]
    with DistantProgram(Place(network[1]), command, 8006, tmp_path / "peer.log", "/about", environment) as node:
        uploads(loop, project, node, "the library", jpeg(2))
        def has_model():
            return [one for one in report_of(loop, project, "peer") if one["current_model"] == "1.0"]
        wait_until(has_model, "a report with the model that is the target", 60)


# -------------------------------------------------------------------------------------------------- who is let in, and how


def test_a_network_that_is_not_listed_needs_a_login_and_is_told_how(network, loop, project):
    image = {"Content-Type": "multipart/form-data; boundary=x"}
    for method, path, headers in (("POST", "/api/login", FORM), ("POST", f"{project}/images", image),
                                  ("GET", f"{project}/deployment/target", {})):
        refused = from_camera(network, method, path, "", headers, STRANGER)
        assert refused.status == 401
        assert all(word in refused.json()["detail"] for word in (STRANGER, "ANONYMOUS_NODES", "token create")), refused.body
        assert from_camera(network, method, path, "", headers).status != 401
    token = settings_of(loop.run("token", "create", "--node", "cam2"))["LOOP_TOKEN"]
    granted = from_camera(network, "GET", f"{project}/deployment/target", None, {"Authorization": f"Bearer {token}"}, STRANGER)
    assert granted.status == 200


def test_a_listed_network_may_do_what_detectors_do_and_no_more(network, project, loop):
    assert from_camera(network, "GET", f"{project}/deployment/target").status == 200
    for method, path in (("GET", "/api/projects"), ("GET", f"{project}/data"), ("PUT", f"{project}/deployment/target"),
                         ("POST", f"/api/{ORGANIZATION}/projects/generator"), ("GET", f"{project}/detectors")):
        assert from_camera(network, method, path).status == 401, (method, path)


def test_the_machine_is_known_by_its_address_and_by_no_foreign_name(network, loop):
    for host in (f"{LOOP}:{PORT}", LOOP):
        assert from_camera(network, "GET", "/api/status", headers={"Host": host}).status == 200
    for host in ("farm.example", f"farm.example:{PORT}", f"{CAMERA}:{PORT}", "192.168.8.1"):
        refused = from_camera(network, "GET", "/api/status", headers={"Host": host})
        assert refused.status == 403 and "ALLOWED_HOSTS" in refused.json()["detail"]


@pytest.mark.parametrize("host", [LOOP, "0.0.0.0", "::"])
def test_without_https_it_refuses_to_be_reached_and_names_the_remedies(network, tmp_path, host):
    with network[0].inside():
        status, said = run_to_end([BIN / "learning-loop", "server", "--host", host, "--port", "8001", "--data-folder", tmp_path])
    assert status == 2
    assert all(word in said for word in (host, "--tls-cert", "--behind-proxy", "--allow-plain-http")), said


def test_one_that_is_bound_to_every_address_knows_its_clients_by_either_protocol(network, tmp_path):
    more = ["--host", "::", "--allow-plain-http", "--anonymous-nodes", LISTED]
    with distant_loop(Place(network[0], "::1"), tmp_path, 8002, more):
        def logs_in(target, source):
            with network[1].inside():
                return ask_once((target, 8002), "POST", "/api/login", "", FORM, source=source).status
        assert (logs_in(LOOP, CAMERA), logs_in(LOOP, STRANGER)) == (200, 401)
        assert (logs_in("fd07::1", "fd07::2"), logs_in("fd07::1", "fd08::2")) == (200, 401)


# ------------------------------------------------------------------------------------------------------- the documentation


class Shell:
    """A person at one of the machines, who pastes a block of the guide and reads what it prints. The machine keeps its data in a folder
    of its own, since both share a file system."""

    def __init__(self, machine, block, folder, name):
        self.output = folder / f"{name}.out"
        with machine.inside(), open(self.output, "wb") as output:
            self.process = start_process(["bash", "-c", f"{block}\necho; echo {READ}; wait"], {"DATA_FOLDER": str(folder / name)},
                                         cwd=ROOT, stdout=output, stderr=output, start_new_session=True)

    def text(self):
        return self.output.read_text(errors="replace")

    def wait_until_read(self):
        try:
            wait_until(lambda: READ in self.text(), "the end of the block", 60)
        except AssertionError as failure:
            raise AssertionError(f"{failure}; it printed:\n{self.text()}") from None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def blocks_of_the_guide():
    """What is to be pasted at the Loop's machine, and at the camera's."""
    section = re.search(rf"\n#+ {TITLE}\n(.*?)(?:\n#+ |\Z)", GUIDE.read_text(), re.DOTALL)
    assert section, f"{GUIDE} has no section `{TITLE}`"
    first, second = (block.replace("build/release/bin", str(BIN)) for block in re.findall(r"```sh\n(.*?)```", section[1], re.DOTALL))
    return first, second


def addresses_in(first, second):
    """That of the Loop's machine, and that of the camera's or, where the guide names none, the next one."""
    server = re.search(r"--host (\S+)", first)[1]
    named = re.findall(r"\b(?:\d+\.){3}\d+\b(?!/)", first + second)
    others = [address for address in named if address not in (server, "127.0.0.1")]
    return server, others[0] if others else str(ipaddress.ip_address(server) + 1)


def test_the_first_steps_on_two_machines_bring_an_image_into_the_inbox(tmp_path):
    """The guide's commands are run as they stand, on two machines with the addresses that it names. All that a person has to put in is
    the token that the first machine printed."""
    require_machines()
    first, second = blocks_of_the_guide()
    server_address, camera_address = addresses_in(first, second)
    with Machine() as server, Machine() as camera:
        server.join(camera, f"{server_address}/24", f"{camera_address}/24")
        with Shell(server, first, tmp_path, "loop") as here:
            here.wait_until_read()
            printed = settings_of("\n".join(line for line in here.text().splitlines() if line.startswith("LOOP_")))
            if "LOOP_TOKEN" in printed:
                second = re.sub(r"LOOP_TOKEN=\S+", f"LOOP_TOKEN={printed['LOOP_TOKEN']}", second)
            loop = distant_loop(Place(server, server_address), tmp_path, PORT)
            loop.process = here.process
            loop.wait_ready()
            [project] = loop.get("/api/projects").json()["projects"]
            path = f"/api/{project['organization_id']}/projects/{project['project_id']}"
            with Shell(camera, second, tmp_path, "camera") as there:
                there.wait_until_read()
                image = (ROOT / re.search(r"@(\S+\.jpe?g)", second)[1]).read_bytes()
                wait_until(lambda: image in contents(loop, path), "the image in the Loop, byte for byte", 60)
            assert image_ids(loop, path, "inbox")
