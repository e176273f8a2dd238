"""Many nodes at once that report as those of the Python library do. Who loses its connection waits until the Loop is ready, and
connects: those with the login `cookie` log in anew before, those with `kept cookie` only when they have none that counts; the others
have a token, or nothing. Tells {"event": "all are back"} each time that all have reported. Settings are JSON in $NODES."""
import asyncio
import json
import os
import random
import sys
import time
from collections import Counter
from pathlib import Path

import aiohttp
import socketio

sys.path.append(str(Path(__file__).resolve().parents[1] / "socketio_peer"))
from lines import tell  # noqa: E402

REPORT_S = 5
EVENTS = {"trainer": "update_trainer", "annotation_node": "update_annotation_node", "detector": "update_detector"}


class Crowd:
    """What the nodes have done since they were all connected."""

    def __init__(self, count):
        self.count, self.connected, self.done, self.lost_at = count, set(), Counter(), time.monotonic()
        self.slowest_login_s = 0

    def is_back(self, node):
        self.connected.add(node)
        if len(self.connected) == self.count:
            tell("all are back", seconds=time.monotonic() - self.lost_at, slowest_login_s=self.slowest_login_s, **self.done)
            self.done.clear()
            self.slowest_login_s = 0

    def is_lost(self, node):
        if len(self.connected) == self.count:
            self.lost_at = time.monotonic()
        self.connected.discard(node)


class Node:
    def __init__(self, settings, crowd):
        self.kind, self.name, self.login, self.token = settings["kind"], settings["name"], settings["login"], settings["token"]
        self.address = settings["address"]
        self.crowd, self.client, self.cookie = crowd, None, None
        self.lost = asyncio.Event()

    def status(self):
        common = {"id": self.name, "name": self.name, "state": "idle" if self.kind == "trainer" else "online", "uptime": 1, "errors": {}}
        if self.kind == "trainer":
            return (common | {"progress": None, "pretrained_models": [], "architecture": "mocked", "context": None},)
        if self.kind == "annotation_node":
            return (common | {"capabilities": ["segmentation"]},)
        return ("test", "crowd", common | {"model_format": "mocked", "current_model": None, "target_model": None, "operation_mode": "idle"})

    async def run(self, options):
        connector = aiohttp.TCPConnector(limit=0, local_addr=(self.address, 0))
        async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as http:
            while True:
                try:
                    await self.live(http, options)
                except (aiohttp.ClientError, asyncio.TimeoutError, socketio.exceptions.SocketIOError, OSError) as failure:
                    self.crowd.done[f"failed: {type(failure).__name__} {str(failure)[:60]}"] += 1
                self.crowd.is_lost(self)
                if self.client and self.client.connected:
                    await self.client.disconnect()
                await asyncio.sleep(random.uniform(0, REPORT_S))  # it looks every 5 s

    async def live(self, http, options):
        """Until its connection is lost."""
        while not await self.is_ready(http, options["url"]):
            await asyncio.sleep(0.5)
        headers = {"nodeType": self.kind, "organization": "test", "project": "crowd"}
        if self.login == "cookie" or (self.login == "kept cookie" and not self.cookie):
            self.cookie = await self.log_in(http, options)
        headers |= {"Cookie": self.cookie} if self.cookie else {"Authorization": f"Bearer {self.token}"} if self.token else {}
        self.lost.clear()
        self.client = socketio.AsyncClient(reconnection=False, request_timeout=20, http_session=http)
        self.client.on("disconnect", self.is_lost)
        await self.client.connect(options["url"], headers=headers, socketio_path="/ws/socket.io")
        while not self.lost.is_set():
            ack = await self.call(EVENTS[self.kind], self.status())
            if not ack["success"]:
                self.crowd.done[f"refused: {ack['error_msg'][:60]}"] += 1
                return
            self.crowd.is_back(self)
            try:
                await asyncio.wait_for(self.lost.wait(), REPORT_S)
            except asyncio.TimeoutError:
                pass

    def is_lost(self, *_):
        self.crowd.is_lost(self)
        self.lost.set()

    async def call(self, event, arguments):
        """The ack. Does not wait for its end, as the library does, once the connection is lost."""
        call = asyncio.ensure_future(self.client.call(event, arguments, timeout=30))
        lost = asyncio.ensure_future(self.lost.wait())
        await asyncio.wait((call, lost), return_when=asyncio.FIRST_COMPLETED)
        lost.cancel()
        if call.done():
            return call.result()
        call.cancel()
        raise socketio.exceptions.DisconnectedError()

    async def is_ready(self, http, url):
        try:
            async with http.get(f"{url}/api/status", timeout=aiohttp.ClientTimeout(total=5)) as answer:
                return answer.status == 200
        except (aiohttp.ClientError, asyncio.TimeoutError):
            return False

    async def log_in(self, http, options):
        begin = time.monotonic()
        async with http.post(f"{options['url']}/api/login", data={"username": "admin", "password": options["password"]},
                             timeout=aiohttp.ClientTimeout(total=60)) as answer:
            self.crowd.done["logins"] += 1
            if answer.status != 200:
                self.crowd.done[f"login: {answer.status}"] += 1
            answer.raise_for_status()
            self.crowd.slowest_login_s = max(self.crowd.slowest_login_s, time.monotonic() - begin)
            return answer.headers["Set-Cookie"].split(";")[0]


async def run():
    options = json.loads(os.environ["NODES"])
    crowd = Crowd(len(options["nodes"]))
    await asyncio.gather(*(Node(one, crowd).run(options) for one in options["nodes"]))


if __name__ == "__main__":
    asyncio.run(run())
