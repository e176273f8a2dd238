"""Free ports of this machine."""

import random
import socket

# Below those that the system gives to the connections of clients: one of these could take a port between two starts.
OWN_PORTS = range(20_000, 32_000)


def free_port(wanted=0):
    """The wanted port, or another one if it is taken. Raises OSError if there is none."""
    for port in ([wanted] if wanted else []) + random.sample(OWN_PORTS, 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as a server binds it: also shortly after an earlier one
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("no port is free on 127.0.0.1")


def is_served(port):
    """Whether a program takes connections there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
