"""Requests to a program on this machine."""

import http.client
import json
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

    def __init__(self, port, timeout=60):
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)

    def ask(self, method, path, body=None, headers=None):
        try:
            self._http.request(method, path, body, headers or {})
            answer = self._http.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        except BaseException:
            self.close()
            raise

    def close(self):
        self._http.close()
