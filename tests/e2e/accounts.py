"""What tests of the Loop's accounts share: logins by cookie and by token, and all that a Loop keeps, to compare it."""

import copy
import json
import re
import socket
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

from nodes import wait_until
from programs import ADMIN_PASSWORD

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
COOKIE = "learning_loop_session"


def log_in(loop, username="admin", password=ADMIN_PASSWORD, headers=None, path="/api/login"):
    """The answer to the form of a login, sent without any other credentials."""
    return loop.nobody().ask("POST", path, urlencode({"username": username, "password": password}), FORM | (headers or {}))


def log_in_as_nobody(loop, headers=None):
    return loop.nobody().ask("POST", "/api/login", b"", FORM | (headers or {}))


def cookie_of(answer):
    """The headers with which a browser sends the cookie back that it was given."""
    return {"Cookie": answer.headers["Set-Cookie"].split(";")[0]}


def attributes_of(answer):
    """What stands behind name and value of the cookie."""
    return set(answer.headers["Set-Cookie"].split("; ")[1:])


def bearer(secret):
    return {"Authorization": f"Bearer {secret}"}


def secret_in(output):
    """The token that `token create` printed."""
    return re.search(r"^LOOP_TOKEN=(\S+)$", output, re.M)[1]


def number_in(output):
    return re.search(r"\(token (\d+)\)", output)[1]


def token(loop, *words):
    """The headers that go with a new token: `token(loop, "--node", "cam1")`."""
    return bearer(secret_in(loop.run("token", "create", *words)))


def with_headers(loop, headers):
    """The same Loop, asked with these headers and no others."""
    other = copy.copy(loop)
    other.headers = headers
    return other


def routes_of(loop):
    """(method, pattern, what the document says of it) of each route."""
    document = loop.get("/openapi.json").json()
    return [(method.upper(), pattern, operation) for pattern, operations in document["paths"].items()
            for method, operation in operations.items()]


def report(name, uuid="0b1b8dcb-6f1a-4a0c-9d3e-6d1f0f8d0001"):
    """What a detector tells of itself."""
    return {"uuid": uuid, "name": name, "state": "online", "uptime": 1, "model_format": "onnx", "errors": {}, "operation_mode": "idle"}


def detail(answer):
    value = answer.json()["detail"]
    return value if isinstance(value, str) else json.dumps(value)


def data_folder(loop):
    return Path(loop.command[loop.command.index("--data-folder") + 1])


def rows(folder, statement, values=()):
    """What the database says, also while a server uses it."""
    with closing(sqlite3.connect(f"file:{folder / 'loop.db'}?mode=ro", uri=True)) as database:
        return database.execute(statement, values).fetchall()


def dump_of(file):
    """Every table and row of a database that may be in use."""
    database = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        return list(database.iterdump())
    finally:
        database.close()


def wait_until_looked_at(loop):
    """The Loop decodes each image a moment after it has come, and notes what it found."""
    wait_until(lambda: not rows(data_folder(loop), "SELECT 1 FROM images WHERE pixels = 'unchecked' LIMIT 1"), "a look at each image")


def kept_by(loop):
    """All rows and the names of all files: what a request without side effects leaves as it is."""
    wait_until_looked_at(loop)
    folder = data_folder(loop)
    files = sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if not file.name.startswith("loop.db"))
    return dump_of(folder / "loop.db"), files


def send_head(port, method, path, headers, timeout=30):
    """Opens a connection on which the head of a request was sent, and nothing of its body."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers), "", ""]
    connection = socket.create_connection(("127.0.0.1", port), timeout=timeout)
    connection.sendall("\r\n".join(lines).encode())
    return connection


def answer_to_head(port, method, path, headers):
    """What comes back before anything of the body is sent: status and text. `headers`: pairs, of which names may come twice."""
    with send_head(port, method, path, headers) as connection:
        text = b""
        while b"\r\n\r\n" not in text and (more := connection.recv(4096)):
            text += more
    return int(text.split()[1]), text.decode()
