"""What a node of ours tells of itself over HTTP: on its page, to who watches over it, and in figures."""

from nodes import wait_until


def live(node):
    """What the node's page shows."""
    return node.get("/live").json()["status"]


def problem(node, step):
    """What keeps it from that step; empty: nothing."""
    return live(node)["errors"].get(step, "")


def wait_until_connected(node, seconds=30):
    wait_until(lambda: node.get("/health/ready").status == 200, "a node that is connected to its Loop", seconds)


def figure(node, name, labels=""):
    """What it has counted under that name, whatever the other labels."""
    lines = node.get("/metrics").body.decode().splitlines()
    found = [float(line.rsplit(" ", 1)[1]) for line in lines if line.split("{")[0].split(" ")[0] == name and labels in line]
    assert found, f"no {name} in the metrics"
    return sum(found)
