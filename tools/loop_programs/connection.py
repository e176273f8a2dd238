"""Requests to a program on this machine."""

import http.client
import json
import urllib.parse
from dataclasses import dataclass


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self):
        return json.loads(self.body)


class Connection:
    """One connection that stays open. An error that breaks it is raised; the next request opens a new one."""

    def __init__(self, port, timeout=60, headers=None):
        """`headers` go with each request, unless the request has its own of that name."""
        self._http, self._headers = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout), headers or {}

    def ask(self, method, path, body=None, headers=None):
        try:
            self._http.request(method, path, body, self._headers | (headers or {}))
            answer = self._http.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        except BaseException:
            self.close()
            raise

    def close(self):
        self._http.close()


def log_in(port, username, password):
    """The headers with which a script may do at the Loop what that account may."""
    connection = Connection(port)
    try:
        answer = connection.ask("POST", "/api/token", urllib.parse.urlencode({"username": username, "password": password}))
    finally:
        connection.close()
    assert answer.status == 200, answer.body
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}
