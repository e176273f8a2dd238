"""A trainer of the Python library trains for a Loop behind nginx, whether nginx lets WebSocket through or HTTP alone."""

import re

import pytest
from loop_programs.ports import free_port
from machines import require_machines, skip
from nodes import ORGANIZATION
from peer_nodes import begin_training, end_training, ended, peer_node, wait_for_training
from programs import generate, image_ids, images, loop_server
from reverse_proxy import NGINX, Proxy, site_at

FARM = "farm.learning-loop.ai.test"  # the library asks over https whatever has learning-loop.ai in its name
HTTP = ("proxy_pass http://127.0.0.1:8000", "proxy_set_header Host $http_host", "proxy_set_header X-Forwarded-Proto $scheme",
        "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for")
UPGRADE = ("proxy_http_version 1.1", "proxy_set_header Upgrade $http_upgrade", "proxy_set_header Connection upgrade")
SITES = {"over WebSocket": site_at("/", *HTTP, *UPGRADE), "over polling": site_at("/", *HTTP)}


@pytest.mark.parametrize("way", SITES)
def test_a_trainer_behind_nginx_trains_and_can_be_stopped(tmp_path, way):
    require_machines("--mount")
    if not NGINX:
        skip("nginx is missing: tools/setup test installs it")
    port, proxy_port = free_port(), free_port()
    more = ["--public-url", f"https://{FARM}:{proxy_port}/", "--behind-proxy", "127.0.0.1"]
    with Proxy(tmp_path / "nginx", SITES[way], port, FARM, proxy_port) as proxy, loop_server(tmp_path, port, more=more) as loop:
        path = generate(loop, "behind", ORGANIZATION, complete=3, inbox=1, box_categories=1)
        settings = {"LOOP_SSL_CERT_PATH": str(proxy.authority)}
        with peer_node(tmp_path / "trainer", loop, "peer_trainer/main.py", "far away", settings, (FARM, proxy_port)) as trainer:
            whole = ended(loop, path, begin_training(loop, path, model_variant="small"))
            with trainer.control.holding("running"):
                number = begin_training(loop, path, base_model_uuid=whole["results"][-1]["model_id"])
                wait_for_training(loop, path, number, lambda one: one["results"], "a first model")
                end_training(loop, path, number, "stop")
                stopped = ended(loop, path, number)
            trainer.stop()  # nginx tells of a WebSocket when it has ended
        for end, version in ((whole, "1.0"), (stopped, "1.1")):
            result = end["results"][-1]
            assert (end["state"], result["model_version"], result["formats"]) == ("completed", version, ["mocked", "mocked_2"])
        for row in images(loop, path, image_ids(loop, path)):
            assert sorted(one["model_name"] for one in row["box_detections"]) == ["1.0", "1.1"]
    statuses = re.findall(r'transport=(\w+)[^"]*" (\d+)', (tmp_path / "nginx/access.log").read_text())
    polls = statuses.count(("polling", "200"))
    assert (("websocket", "101") in statuses) == (way == "over WebSocket"), statuses
    assert polls > 20 if way == "over polling" else polls < 10, statuses
