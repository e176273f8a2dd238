"""Wrong logins from many addresses of this machine at once, as somebody sends them who guesses passwords."""

import threading
import time
import urllib.parse

from loop_programs.one_request import ask_once

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def addresses(network, count):
    """Addresses of this machine in 127.<network>.0.0/16."""
    return [f"127.{network}.{number // 250}.{number % 250 + 1}" for number in range(count)]


def log_in_from(address, port, username, password, path="/api/login", headers=None):
    """The answer to one login from that address of this machine."""
    body = urllib.parse.urlencode({"username": username, "password": password})
    return ask_once(("127.0.0.1", port), "POST", path, body, FORM | (headers or {}), 300, address)


class Storm:
    """Sends `tries` wrong logins of one account from each address, `at_once` of them side by side."""

    def __init__(self, port, addresses, tries=20, at_once=20, username="admin"):
        self.answers, self.broken, self.began, self.ended = [], [], None, None
        self._port, self._username = port, username
        self._threads = [threading.Thread(target=self._send, args=(address, range(first, tries, at_once)), daemon=True)
                         for first in range(at_once) for address in addresses]

    def start(self):
        self.began = time.monotonic()
        for thread in self._threads:
            thread.start()
        return self

    def is_over(self):
        return not any(thread.is_alive() for thread in self._threads)

    def wait(self):
        """All answers, once they are there; raises what broke a request."""
        for thread in self._threads:
            thread.join()
        self.ended = time.monotonic()
        for failure in self.broken:
            raise failure
        return self.answers

    def _send(self, address, numbers):
        for number in numbers:
            try:
                self.answers.append(log_in_from(address, self._port, self._username, f"guess {number}"))
            except OSError as failure:
                self.broken.append(failure)
