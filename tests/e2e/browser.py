"""A person's browser: as far as the pages of the Loop need one (Browser), and the real one (Chromium)."""

import contextlib
import html
import http.cookiejar
import json
import os
import re
import select
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from loop_programs.process import start_process

CHROMIUM = shutil.which("chromium")
KEY_CODES = {"Enter": 13, "Escape": 27, "PageUp": 33, "ArrowLeft": 37, "ArrowRight": 39}
MESSAGE_SECONDS = 30  # Chromium may take this long for what it is asked, such as to show the next page


@dataclass
class Page:
    url: str  # where the browser is after all redirects
    status: int
    headers: object
    body: bytes

    @property
    def text(self):
        return self.body.decode()

    def links(self):
        """What the page links to, sends its forms to and loads: absolute."""
        return [urllib.parse.urljoin(self.url, html.unescape(link)) for link in re.findall(r'(?:href|src|action)="([^"]*)"', self.text)]


class Browser:
    """It follows redirects, keeps cookies and tells which page asks."""

    def __init__(self, tls):
        self.cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=tls),
                                                   urllib.request.HTTPCookieProcessor(self.cookies))

    def open(self, url):
        return self._ask(urllib.request.Request(url))

    def send(self, page, action, **fields):
        """Sends the form of that page."""
        assert action in page.links(), f"no form of {page.url} goes to {action}"
        parts = urllib.parse.urlsplit(page.url)
        return self._ask(urllib.request.Request(action, urllib.parse.urlencode(fields).encode(), {
            "Origin": f"{parts.scheme}://{parts.netloc}", "Sec-Fetch-Site": "same-origin"}))

    def _ask(self, request):
        try:
            answer = self._opener.open(request, timeout=60)
        except urllib.error.HTTPError as refusal:
            answer = refusal
        with answer:
            return Page(answer.url, answer.status, answer.headers, answer.read())


class Chromium:
    """A real browser without a window: one page, which is driven by the Chrome DevTools protocol, and a profile of its own in `folder`."""

    def __init__(self, folder, *flags):
        self._folder, self._flags, self._process = Path(folder), flags, None
        self._session, self._asked, self._answers, self._unread = {}, 0, {}, b""
        self._shown, self._is_loaded = None, False  # the page, named by the request that brought it
        self._statuses, self._headers = {}, {}  # by request
        self.asked = []  # the URL of every request so far
        self.complaints = []  # what its console told of: exceptions, what a Content-Security-Policy forbids, failed requests

    def __enter__(self):
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", f"--user-data-dir={self._folder / 'profile'}",
                 "--remote-debugging-pipe", *self._flags]  # which is its file descriptors 3 and 4
        command = ["sh", "-c", 'exec "$@" 3<&0 4>&1 </dev/null >/dev/null', "sh", CHROMIUM, *flags]
        with open(self._log, "wb") as log:
            self._process = start_process(command, {"HOME": str(self._folder)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                                          start_new_session=True)
        try:
            target = self._call("Target.createTarget", url="about:blank")["targetId"]
            self._session = {"sessionId": self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]}
            self._call("Page.enable")
            self._call("Network.enable")
            self._call("Runtime.enable")
            self._call("Log.enable")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)  # its helpers, too
        self._process.communicate()

    def open(self, url):
        """What a person does who types that address."""
        answer = self._call("Page.navigate", url=url)
        assert "errorText" not in answer, f"{url}: {answer['errorText']}"
        self._until(lambda: self._shown == answer["loaderId"] and self._is_loaded, f"the page {url}")

    def fill_in(self, **fields):
        """Types into the fields of the page's first form."""
        for name, value in fields.items():
            self.evaluate(f"document.forms[0].elements[{json.dumps(name)}].value = {json.dumps(value)}")

    def press(self, button):
        """Presses the button that is called so, which leads to another page."""
        former = self._shown
        self.evaluate(f"[...document.querySelectorAll('button')].find(one => one.textContent === {json.dumps(button)}).click()")
        self._until(lambda: self._shown != former and self._is_loaded, f"a page after '{button}'")

    def type_key(self, key):
        """Presses that key, such as Enter, on what has the focus."""
        text = {"text": "\r"} if key == "Enter" else {}
        self._call("Input.dispatchKeyEvent", type="keyDown", key=key, code=key, windowsVirtualKeyCode=KEY_CODES[key], **text)
        self._call("Input.dispatchKeyEvent", type="keyUp", key=key, code=key, windowsVirtualKeyCode=KEY_CODES[key])

    def become_a_phone(self, width_px, height_px):
        self._call("Emulation.setDeviceMetricsOverride", width=width_px, height=height_px, deviceScaleFactor=2, mobile=True)

    def prefer(self, scheme):
        """`light` or `dark`, as the person has chosen for all pages."""
        self._call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    @property
    def url(self):
        return self.evaluate("location.href")

    @property
    def text(self):
        """What a person reads on the page."""
        return self.evaluate("document.body.innerText")

    @property
    def status(self):
        """Of the answer that is the page."""
        return self._until(lambda: self._statuses.get(self._shown), "the page's status")

    @property
    def asked_with(self):
        """The headers of the request whose answer is the page."""
        return self._until(lambda: self._headers.get(self._shown), "the headers of the page's request")

    def cookies_for(self, url):
        return {cookie["name"]: cookie["value"] for cookie in self._call("Network.getCookies", urls=[url])["cookies"]}

    def evaluate(self, expression):
        """The value of that JavaScript on the page."""
        answer = self._call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, f"{expression}: {answer['exceptionDetails']}"
        return answer["result"].get("value")

    def _call(self, method, **parameters):
        self._asked += 1
        number = self._asked
        message = {"id": number, "method": method, "params": parameters} | self._session
        self._process.stdin.write(json.dumps(message).encode() + b"\0")
        self._process.stdin.flush()
        answer = self._until(lambda: self._answers.pop(number, None), f"an answer to {method}")
        assert "error" not in answer, f"{method}: {answer['error']}"
        return answer["result"]

    def _until(self, found, what):
        """Reads messages until there is what it waits for."""
        deadline = time.monotonic() + MESSAGE_SECONDS
        while not (result := found()):
            self._take(json.loads(self._message(deadline, what)))
        return result

    def _message(self, deadline, what):
        while b"\0" not in self._unread:
            is_there = select.select([self._process.stdout], [], [], max(0, deadline - time.monotonic()))[0]
            assert is_there, f"Chromium takes more than {MESSAGE_SECONDS} s for {what}:\n{self._log_text()}"
            more = os.read(self._process.stdout.fileno(), 1 << 16)
            assert more, f"Chromium ended instead of {what}:\n{self._log_text()}"
            self._unread += more
        message, self._unread = self._unread.split(b"\0", 1)
        return message

    def _take(self, message):
        if "id" in message:
            self._answers[message["id"]] = message
            return
        event, told = message["method"], message["params"]
        if event == "Page.frameNavigated" and "parentId" not in told["frame"]:
            self._shown, self._is_loaded = told["frame"]["loaderId"], False
        elif event == "Page.loadEventFired":
            self._is_loaded = True
        elif event == "Network.requestWillBeSent":
            self.asked.append(told["request"]["url"])
        elif event == "Runtime.exceptionThrown":
            self.complaints.append(told["exceptionDetails"])
        elif event == "Log.entryAdded":
            self.complaints.append(told["entry"])
        elif event == "Network.responseReceived":
            self._statuses[told["requestId"]] = told["response"]["status"]
        elif event == "Network.requestWillBeSentExtraInfo":
            self._headers[told["requestId"]] = told["headers"]

    @property
    def _log(self):
        return self._folder / "chromium.log"

    def _log_text(self):
        return self._log.read_text(errors="replace")
