"""Requests to the programs of the demo, over one connection each."""

import http.client
import json
import uuid

from programs import DemoFailed


class HttpClient:
    def __init__(self, port):
        self.address = f"http://127.0.0.1:{port}"
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, method, path, body=None, headers=None):
        """Status, headers and body of the answer."""
        for attempt in (1, 2):  # a kept connection may have been closed meanwhile
            try:
                self.connection.request(method, path, body, headers or {})
                answer = self.connection.getresponse()
                return answer.status, answer.headers, answer.read()
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self.connection.close()
                if attempt == 2:
                    raise
        return None

    def get(self, path):
        """The body of a 200."""
        status, _, body = self.ask("GET", path)
        if status != 200:
            raise DemoFailed(f"GET {self.address}{path}: {status} {body[:200].decode(errors='replace')}")
        return body

    def get_json(self, path):
        return json.loads(self.get(path))

    def send_json(self, method, path, value):
        status, _, body = self.ask(method, path, json.dumps(value), {"Content-Type": "application/json"})
        if status != 200:
            raise DemoFailed(f"{method} {self.address}{path}: {status} {body[:200].decode(errors='replace')}")
        return json.loads(body)

    def post_files(self, path, field, files, headers=None):
        """`files`: (name, bytes). Headers and JSON of a 200."""
        boundary = uuid.uuid4().hex
        body = b"".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'.encode() + content + b"\r\n"
            for name, content in files) + f"--{boundary}--\r\n".encode()
        status, answered, text = self.ask(
            "POST", path, body, {"Content-Type": f"multipart/form-data; boundary={boundary}"} | (headers or {}))
        if status != 200:
            raise DemoFailed(f"POST {self.address}{path}: {status} {text[:200].decode(errors='replace')}")
        return answered, json.loads(text)

    def is_up(self, path):
        try:
            return self.ask("GET", path)[0] == 200
        except OSError:
            self.connection.close()
            return False
