"""Requests to the programs of the demo, over one connection each."""

import http.client
import json

from programs import DemoFailed

from loop_programs.connection import Connection
from loop_programs.multipart import multipart


class HttpClient:
    def __init__(self, port, token=None):
        self.port, self.address, self.token = port, f"http://127.0.0.1:{port}", token
        self.connection = Connection(port, headers={"Authorization": f"Bearer {token}"} if token else None)

    def ask(self, method, path, body=None, headers=None):
        try:
            return self.connection.ask(method, path, body, headers)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            return self.connection.ask(method, path, body, headers)  # the server may have closed a connection that was idle

    def ask_for_200(self, method, path, body=None, headers=None):
        answer = self.ask(method, path, body, headers)
        if answer.status != 200:
            raise DemoFailed(f"{method} {self.address}{path}: {answer.status} {answer.body[:200].decode(errors='replace')}")
        return answer

    def get(self, path):
        """The body of a 200."""
        return self.ask_for_200("GET", path).body

    def get_json(self, path):
        return json.loads(self.get(path))

    def send_json(self, method, path, value):
        return self.ask_for_200(method, path, json.dumps(value), {"Content-Type": "application/json"}).json()

    def post_files(self, path, field, files, headers=None):
        """`files`: (name, bytes). Headers and JSON of a 200."""
        body, content_type = multipart(files, field)
        answer = self.ask_for_200("POST", path, body, {"Content-Type": content_type} | (headers or {}))
        return answer.headers, answer.json()

    def is_up(self, path):
        try:
            return self.ask("GET", path).status == 200
        except OSError:
            return False
